# SPDX-License-Identifier: GPL-3.0-or-later
"""A person picks Pool, sets it, runs it, watches it, and runs it again."""

import time
import unittest

import weft_ui
from weft_ui import wait_for


class Run(weft_ui.TestCase):
    def test_a_run_from_its_choice_to_its_end(self):
        window = self.start()
        window.choose("Producer and consumer")
        window.choose("Pool")
        window.type("Workers", "2")
        # It goes on for much longer than it takes to find what is to be watched on a busy machine.
        window.type("Tasks", str(40 * weft_ui.SLOWNESS))
        window.type("Shortest task", "700")
        window.type("Longest task", "700")
        blank = window.picture()

        window.press("Run")
        for name in ("Stop", "Pause", "Follow"):
            window.find(name, weft_ui.BUTTONS)
        self.assertIsNone(window.look("Run", weft_ui.BUTTONS))
        charts = {name: window.find(name, weft_ui.CHARTS) for name in ("Cores", "Timeline", "Queues")}
        seen = {name: set() for name in charts}

        def ended():
            # To look at the whole window takes long on a busy machine.
            for _ in range(8):
                for name, chart in charts.items():
                    seen[name].add(chart.read_description())
                time.sleep(0.1)
            return window.look("Run", weft_ui.BUTTONS)

        wait_for(ended, "the end of the run")
        for name in ("Timeline", "Queues"):
            self.assertGreater(len(seen[name]), 2, "%s did not follow the run: %s" % (name, seen[name]))
        # On a machine that is busy with other things, the load is the same all the time.
        self.assertTrue(any("all cores" in text and "%" in text for text in seen["Cores"]), seen["Cores"])
        self.assertTrue(any("worker 1" in text for text in seen["Timeline"]), seen["Timeline"])
        self.assertFalse(any("worker 3" in text for text in seen["Timeline"]), seen["Timeline"])

        picture = window.picture()
        lively = [colour for colour, count in picture.items() if count > 100]
        self.assertGreater(len(lively), 8, "the picture is as good as blank")
        changed = sum(count for colour, count in picture.items() if count != blank.get(colour))
        self.assertGreater(changed, 20000, "the picture has not changed")

        # The log and the result tell of it.
        self.assertIsNotNone(window.look("Log", weft_ui.LISTS))
        window.press("Result", ("page tab",))
        wait_for(lambda: window.has_label("Efficiency"), "the result")
        labels = window.labels()
        self.assertTrue(any(text.startswith("Finished · ") for text in labels), labels)
        self.assertTrue(any(text.endswith(" · run 1") for text in labels), labels)

        # Another number of workers, and again.
        window.press("Parameters", ("page tab",))
        window.type("Workers", "3")
        window.press("Run")
        window.find("Stop", weft_ui.BUTTONS)
        timeline = window.find("Timeline", weft_ui.CHARTS)
        wait_for(lambda: "worker 3" in timeline.read_description(), "the third worker's lane")
        self.assertTrue(window.has_label(end=" · run 2"))

    def test_pause_stop(self):
        window = self.start("--workload", "queue", "-p", "items=0")
        window.press("Run")
        window.find("Stop", weft_ui.BUTTONS)
        timeline = window.find("Timeline", weft_ui.CHARTS)
        wait_for(lambda: "producer" in timeline.read_description(), "lanes")
        window.press("Pause")
        time.sleep(1)
        still = timeline.read_description()
        time.sleep(1.5)
        self.assertEqual(timeline.read_description(), still, "the picture goes on while it is paused")
        window.press("Pause")
        wait_for(lambda: timeline.read_description() != still, "the picture to go on")
        window.press("Stop")
        window.find("Run", weft_ui.BUTTONS)
        wait_for(lambda: window.has_label("Stopped · "), "the outcome")
        self.assertEqual(weft_ui.descendants(window.process.pid), [])

    def test_keys(self):
        window = self.start("--workload", "queue", "-p", "items=0")
        window.keys("ctrl+r")
        window.find("Stop", weft_ui.BUTTONS)
        pause = window.find("Pause", weft_ui.BUTTONS)
        follow = window.find("Follow", weft_ui.BUTTONS)
        window.keys("space")
        wait_for(lambda: pause.has_state("PRESSED"), "Pause by Space")
        window.keys("space")
        wait_for(lambda: not pause.has_state("PRESSED"), "Pause to end by Space")
        wait_for(lambda: follow.has_state("PRESSED"), "Follow")
        window.keys("l")
        wait_for(lambda: not follow.has_state("PRESSED"), "Follow to end by L")

        # In an entry they are letters.
        window.keys("ctrl+f")
        window.keys("l", "space", "f")
        search = window.find("Search workloads", weft_ui.FIELDS)
        wait_for(lambda: search.read_text() == "l f", "the letters in the entry")
        self.assertFalse(pause.has_state("PRESSED"))
        self.assertFalse(follow.has_state("PRESSED"))

        # It opens beside the run, and is hidden.
        window.keys("F9")
        wait_for(lambda: window.look("Workloads", weft_ui.LISTS) is None, "the catalogue to be hidden")
        window.keys("F9")
        window.find("Workloads", weft_ui.LISTS)
        window.keys("ctrl+period")
        window.find("Run", weft_ui.BUTTONS)


if __name__ == "__main__":
    weft_ui.main()
