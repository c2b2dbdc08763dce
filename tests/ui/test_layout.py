# SPDX-License-Identifier: GPL-3.0-or-later
"""From 360 pixels to 4K: everything can be reached, and nothing complains (warnings are fatal)."""

import subprocess
import time
import unittest

import weft_ui
from weft_ui import wait_for


class Layout(weft_ui.TestCase):
    def test_narrow(self):
        window = self.start("--workload", "pool", "--run", "-p", "tasks=3", size=(360, 720))
        window.find("Stop", weft_ui.BUTTONS)
        size = subprocess.run(["xdotool", "getwindowgeometry", window.xid], capture_output=True, text=True,
                              check=True)
        self.assertIn("360x720", size.stdout)
        wait_for(lambda: window.look("Workers", weft_ui.FIELDS) is None, "the form to make room")
        self.assertIsNotNone(window.look("Timeline", weft_ui.CHARTS))
        for page, part in (("Parameters", ("Workers", weft_ui.FIELDS)), ("Log", ("Log", weft_ui.LISTS))):
            window.press(page, ("page tab",))
            wait_for(lambda: window.look(*part), page)
            self.assertIsNone(window.look("Timeline", weft_ui.CHARTS))

    def test_all_sizes(self):
        window = self.start("--workload", "queue", "--run")
        window.find("Stop", weft_ui.BUTTONS)
        for width, height in ((360, 720), (700, 500), (1000, 700), (3840, 2160), (360, 480), (1280, 800)):
            window.resize(width, height)
            time.sleep(0.5)
            self.assertIsNone(window.process.poll(), window.output())
        wait_for(lambda: window.look("Producers", weft_ui.FIELDS), "the form beside the charts")
        self.assertIsNotNone(window.look("Timeline", weft_ui.CHARTS))


if __name__ == "__main__":
    weft_ui.main()
