# SPDX-License-Identifier: GPL-3.0-or-later
"""The window comes back as it was left."""

import os
import time
import unittest

import weft_ui
from weft_ui import wait_for

# In a file below HOME, which is this test's own.
os.environ["GSETTINGS_BACKEND"] = "keyfile"
SETTINGS = "glib-2.0/settings/keyfile"


class State(weft_ui.TestCase):
    def setUp(self):
        path = os.path.join(os.environ["XDG_CONFIG_HOME"], SETTINGS)
        if os.path.exists(path):
            os.remove(path)

    def test_it_comes_back_as_it_was_left(self):
        window = self.start("-p", "workers=7", size=None)
        self.assertEqual(window.size(), (1280, 800))
        window.choose("Producer and consumer")
        window.type("Capacity", "9")
        window.resize(1190, 760)
        window.keys("F9")
        wait_for(lambda: window.look("Workloads", weft_ui.LISTS) is None, "the catalogue to be hidden")
        wait_for(lambda: window.has_label(end="capacity 9"), "the value")
        window.quit()

        window = self.start(size=None)
        self.assertEqual(window.size(), (1190, 760))
        self.assertIn("Producer and consumer", window.title())
        self.assertEqual(window.value("Capacity"), 9)
        self.assertIsNone(window.look("Workloads", weft_ui.LISTS))
        window.keys("F9")
        window.choose("Pool")
        self.assertEqual(window.value("Workers"), 7)
        window.quit()

        # What the command line says counts more; what it does not say is as it was.
        window = self.start("--workload", "queue", "--preset", "a-b-c", size=None)
        self.assertEqual(window.size(), (1190, 760))
        self.assertIn("Producer and consumer", window.title())
        self.assertNotEqual(window.value("Capacity"), 9)

    def test_the_border_of_the_log(self):
        def log_height(window):
            return wait_for(lambda: window.look("Log", weft_ui.LISTS), "the log").read_extents()[3]

        window = self.start("--workload", "pool", "--run", "-p", "tasks=1")
        first = log_height(window)
        x, y, _, _ = window.place(window.find("Log", ("label",)))
        window.drag(x + 100, y - 3, -60)
        wait_for(lambda: log_height(window) > first + 30, "the log to grow")
        left = log_height(window)
        window.quit()

        window = self.start("--run")
        wait_for(lambda: log_height(window) == left, "the log to have its height again, %d" % left)

    def test_saving_power(self):
        def saves(window):
            return any("redrawn once a second" in text for text in window.labels())

        window = self.start("--workload", "queue", "--run", "-p", "items=0")
        window.find("Stop", weft_ui.BUTTONS)
        self.assertFalse(saves(window))
        # The main menu, and its entry by the letter that is underlined there.
        window.keys("F10")
        time.sleep(1)
        window.keys("s")
        wait_for(lambda: saves(window), "the status line to say so")
        self.assertTrue(window.has_label("Live"))
        window.quit()

        window = self.start("--workload", "queue", "--run", "-p", "items=0")
        wait_for(lambda: saves(window), "it to be remembered")

    def test_what_it_does_not_know_is_left_out(self):
        path = os.path.join(os.environ["XDG_CONFIG_HOME"], SETTINGS)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("[io/github/weftapp/Weft%s]\n" % os.environ["WEFT_TEST_SETTINGS"])
            file.write("workload='weaving'\n"
                       "parameters={'pool': ('watch', {'workers': '6', 'looms': '3', 'tasks': '-1'}),"
                       " 'queue': ('shuttle', {'capacity': '9'})}\n")
        window = self.start()
        self.assertIn("Pool", window.title())
        self.assertEqual(window.value("Workers"), 6)
        self.assertGreater(window.value("Tasks"), 0)
        window.choose("Producer and consumer")
        self.assertNotEqual(window.value("Capacity"), 9)


if __name__ == "__main__":
    weft_ui.main()
