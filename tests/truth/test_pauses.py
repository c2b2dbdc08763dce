# SPDX-License-Identifier: GPL-3.0-or-later
"""The window is stopped for a while, then all processes of its run: both leave gaps, and nothing is drawn or
told for them that nobody saw."""

import os
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ui"))

import weft_ui  # noqa: E402
from weft_ui import wait_for  # noqa: E402

PAUSE_S = 5
N_PLACES = 16


class Pauses(weft_ui.TestCase):
    def pause_run(self, choose):
        """Opens a run of which `choose` picks processes, by the window's pid, that are stopped for a while. Returns
        the window, the run stopped and all of it in view."""
        window = self.start("--workload", "queue", "--run", "-p", "items=0", "-p", "produce-ms=200", "-p",
                            "consume-ms=200")
        wait_for(lambda: len(weft_ui.descendants(window.process.pid)) >= 4, "the run's processes")
        time.sleep(2)
        stopped = choose(window.process.pid)
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in stopped:
                os.kill(pid, number)
            time.sleep(PAUSE_S if number == signal.SIGSTOP else 2)
        window.press("Stop")
        window.find("Run", weft_ui.BUTTONS)
        window.find("Timeline", weft_ui.CHARTS)
        window.keys("f")
        return window

    def look_along(self, window, chart):
        """Points at instants all along the chart. Returns what it tells of each, and how far apart they are."""
        node = window.find(chart, weft_ui.CHARTS)
        x, y, width, height = window.place(node)
        told = {}

        def read():
            found = re.search(r"at (\d+\.\d+) s: (.*)", node.read_description(), re.DOTALL)
            return (float(found.group(1)), found.group(2)) if found else (None, None)

        # What it tells comes a little after the pointer, so of the place before at first.
        last, _ = read()
        # The first part of a chart is for its labels.
        for place in range(N_PLACES):
            at = x + width * (0.25 + 0.7 * place / N_PLACES)
            subprocess.run(["xdotool", "mousemove", "--window", window.xid, str(int(at)), str(int(y + height / 2))],
                           check=True)
            last, text = wait_for(lambda: (it := read())[0] not in (None, last) and it, "another instant of " + chart)
            told[last] = text
        instants = sorted(told)
        return [told[instant] for instant in instants], (instants[-1] - instants[0]) / (N_PLACES - 1)

    def assert_gap(self, in_gap, distance_s):
        """One gap, as long as the pause, with something known on both sides. The samplers look five times a second,
        or less often on a busy machine."""
        self.assertIn(True, in_gap)
        first, last = in_gap.index(True), len(in_gap) - 1 - in_gap[::-1].index(True)
        self.assertTrue(all(in_gap[first:last + 1]), in_gap)
        self.assertGreater(first, 0, in_gap)
        self.assertLess(last, len(in_gap) - 1, in_gap)
        self.assertAlmostEqual((last - first + 1) * distance_s, PAUSE_S, delta=1 + distance_s, msg=in_gap)

    def test_window(self):
        """Nobody sampled the cores, but what the lanes wrote meanwhile is there."""
        window = self.pause_run(lambda pid: [pid])
        cores, distance_s = self.look_along(window, "Cores")
        self.assert_gap([text == "all cores not sampled" for text in cores], distance_s)
        self.assertTrue(all("%" in text for text in cores if text != "all cores not sampled"), cores)
        lanes, _ = self.look_along(window, "Timeline")
        for text in lanes:
            self.assertIn("producer 1: ", text)
            self.assertNotIn("stopped", text)
            self.assertNotIn("unknown", text)

    def test_run(self):
        """What the lanes said last is not what they did."""
        window = self.pause_run(weft_ui.descendants)
        lanes, distance_s = self.look_along(window, "Timeline")
        for name in ("main", "producer 1", "consumer 1"):
            in_gap = [name + ": stopped (sampled), while " in text for text in lanes]
            self.assert_gap(in_gap, distance_s)
        cores, _ = self.look_along(window, "Cores")
        self.assertTrue(all("%" in text for text in cores), cores)


if __name__ == "__main__":
    weft_ui.main()
