# SPDX-License-Identifier: GPL-3.0-or-later
"""However the window ends, nothing of its run is left."""

import os
import signal
import time
import unittest

import weft_ui
from weft_ui import wait_for


class Endings(weft_ui.TestCase):
    def start_run(self, backend):
        window = self.start("--workload", "pool", "--run", "-p", "tasks=1000", "-p", "backend=" + backend)
        window.find("Stop", weft_ui.BUTTONS)
        family = wait_for(lambda: len(weft_ui.descendants(window.process.pid)) >= 2
                          and weft_ui.descendants(window.process.pid), "the run's processes")
        time.sleep(0.5)
        return window, family

    def assert_gone(self, family, seconds):
        wait_for(lambda: not any(map(weft_ui.is_alive, family)), "the run's processes to end", seconds)

    def test_closing(self):
        for backend in ("processes", "threads"):
            with self.subTest(backend):
                window, family = self.start_run(backend)
                window.press("Close")
                self.assertEqual(window.process.wait(weft_ui.PATIENCE_S), 0, window.output())
                self.assertFalse(any(map(weft_ui.is_alive, family)), "processes outlive the window")

    def test_quit_by_keys(self):
        window, family = self.start_run("processes")
        window.keys("ctrl+q")
        self.assertEqual(window.process.wait(weft_ui.PATIENCE_S), 0, window.output())
        self.assertFalse(any(map(weft_ui.is_alive, family)), "processes outlive the window")

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                window, family = self.start_run("processes")
                window.process.send_signal(number)
                window.process.wait(weft_ui.PATIENCE_S)
                self.assert_gone(family, weft_ui.PATIENCE_S)

    def test_a_killed_helper_leaves_the_window(self):
        window, family = self.start_run("processes")
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        window.find("Run", weft_ui.BUTTONS)
        wait_for(lambda: window.has_label("Failed"), "the outcome")
        self.assertIsNotNone(window.look("Timeline", weft_ui.CHARTS), "what was recorded is gone")


if __name__ == "__main__":
    weft_ui.main()
