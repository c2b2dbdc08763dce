# SPDX-License-Identifier: GPL-3.0-or-later
"""What is entered: marked where it is wrong, kept where it is right.

A field says what is wrong with it in its accessible description (GTK 4.8 does not pass the state
"invalid" on to the bus).
"""

import time
import unittest

import weft_ui
from weft_ui import wait_for


class Form(weft_ui.TestCase):
    def can_run(self, window):
        return window.find("Run", weft_ui.BUTTONS).has_state("SENSITIVE")

    def assert_marked(self, window, name, words):
        field = window.field(name)
        wait_for(lambda: words in field.read_description(), "%s marked with: %s" % (name, words))
        self.assertFalse(self.can_run(window))

    def assert_unmarked(self, window, name, words):
        field = window.field(name)
        wait_for(lambda: words not in field.read_description(), "%s no longer marked" % name)
        self.assertTrue(self.can_run(window))

    def test_values_out_of_range_are_marked_and_cannot_be_run(self):
        window = self.start("--workload", "pool")
        self.assertTrue(self.can_run(window))
        for text in ("0", "257", "99999999", "-3"):
            with self.subTest(text):
                window.focus("Workers")
                window.type("Workers", text)
                self.assert_marked(window, "Workers", '"workers" of pool is %s: ' % text)
                # Not even when the focus leaves is it changed into something that is allowed.
                window.keys("Tab")
                time.sleep(0.3)
                self.assert_marked(window, "Workers", "from 1 to 256")
        window.type("Workers", "5")
        self.assert_unmarked(window, "Workers", "from 1 to 256")
        window.type("Workers", "")
        self.assert_marked(window, "Workers", "from 1 to 256")

    def test_contradictions_are_marked(self):
        window = self.start("--workload", "pool")
        window.type("Shortest task", "3000")
        self.assert_marked(window, "Shortest task", '"max-ms"')
        window.type("Longest task", "4000")
        self.assert_unmarked(window, "Shortest task", '"max-ms"')

    def test_lists(self):
        window = self.start("--workload", "pool")
        window.type("Durations", "100,abc")
        self.assert_marked(window, "Durations", "abc")
        window.type("Durations", "100,200,300")
        self.assert_unmarked(window, "Durations", "abc")
        tasks = window.field("Tasks")
        wait_for(lambda: "“Durations”" in tasks.read_description(), "the note that Tasks means nothing now")
        self.assertFalse(tasks.has_state("SENSITIVE"))

    def test_each_workload_keeps_its_values(self):
        window = self.start("-p", "workers=7")
        values = "workers 7, tasks 33, cores %d" % window.value("Cores")
        window.type("Tasks", "33")
        wait_for(lambda: window.has_label(end=values), "the values")
        window.choose("Producer and consumer")
        window.type("Capacity", "9")
        window.choose("Pool")
        wait_for(lambda: window.has_label(end=values), "the values")
        window.choose("Producer and consumer")
        wait_for(lambda: window.has_label(end="capacity 9"), "the value that was entered before")

    def test_reset(self):
        window = self.start("--workload", "pool", "--preset", "four-workers-five-tasks")
        self.assertEqual(window.value("Tasks"), 5)
        window.type("Tasks", "8")
        window.press("Reset Tasks to 5")
        wait_for(lambda: window.look("Reset Tasks to 5", weft_ui.BUTTONS) is None, "the preset's value")
        self.assertEqual(window.value("Tasks"), 5)


if __name__ == "__main__":
    weft_ui.main()
