# SPDX-License-Identifier: GPL-3.0-or-later
"""Cores, on machines whose figures are known: what the summary and the picture say of them."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

import machine  # noqa: E402
from machine import Core  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))

# Of the picture: device px to a px, and colours.
SCALE = 2
LOAD = (0x5c, 0x9e, 0xe6)
STEAL = (0xd5, 0x5e, 0x00)
GROUND = (0xff, 0xff, 0xff)
HATCH = (0xa9, 0xa7, 0xad)
FULL_SHADE = (80, 130, 185)
CORE_ROW = 28 * SCALE
CORE_BAR = 24 * SCALE


class Picture:
    """A PNG that weft-cli wrote."""

    def __init__(self, path):
        pixbuf = GdkPixbuf.Pixbuf.new_from_file(path)
        self.width, self.height = pixbuf.get_width(), pixbuf.get_height()
        self.stride, self.size = pixbuf.get_rowstride(), pixbuf.get_n_channels()
        self.pixels = pixbuf.get_pixels()

    def at(self, x, y):
        place = y * self.stride + x * self.size
        return tuple(self.pixels[place:place + 3])

    def column(self, x, top, height):
        return [self.at(x, y) for y in range(top, top + height)]

    def find_run(self, x, colour, least):
        """The top of the first `least` px of `colour`, one under another, in column `x`."""
        length = 0
        for y in range(self.height):
            length = length + 1 if near(self.at(x, y), colour) else 0
            if length == least:
                return y - least + 1
        raise AssertionError("nothing of that colour in column %d" % x)


def near(colour, other):
    return all(abs(a - b) <= 3 for a, b in zip(colour, other))


class Cores(unittest.TestCase):
    def setUp(self):
        reason = machine.why_not()
        if reason is not None:
            self.skipTest(reason)
        folder = tempfile.TemporaryDirectory(prefix="weft-cores-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def make(self, cores):
        made = machine.Machine(self.folder, cores)
        self.addCleanup(made.stop)
        made.start()
        return made

    def start(self, made, milliseconds):
        """Starts a run of that length, of a task that only sleeps."""
        self.summary = os.path.join(self.folder, "summary.json")
        self.png = os.path.join(self.folder, "picture.png")
        process = subprocess.Popen([*made.command(), PROGRAM, "run", "pool", "-p", "workers=1", "-p",
                                    "durations-ms=%d" % milliseconds, "--summary", self.summary, "--export", self.png],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        # It has begun when it says so.
        while not process.stdout.readline().startswith("Run task 0 "):
            self.assertIsNone(process.poll())
        return process

    def finish(self, process):
        """Waits for its end. Returns the summary's cores, and the picture."""
        self.assertEqual(process.wait(timeout=60), 0)
        with open(self.summary, encoding="utf-8") as file:
            return json.load(file)["cores"], Picture(self.png)

    def assert_figures(self, told, cores, missing=()):
        self.assertEqual([core["core"] for core in told], list(range(len(cores))))
        for core, known in zip(told, cores):
            if core["core"] in missing:
                self.assertIsNone(core["mean_percent"], core)
                self.assertIsNone(core["steal_percent"], core)
                continue
            self.assertIsNotNone(core["mean_percent"], core)
            self.assertAlmostEqual(core["mean_percent"], known.busy, delta=0.01, msg=core)
            self.assertAlmostEqual(core["steal_percent"], known.steal, delta=0.01, msg=core)

    def test_each_kind(self):
        """Full, idle, stolen; offline, now offline and now not; a counter that runs backwards."""
        cores = [Core(100), Core(0), Core(30), Core(25, steal=50), Core(40), Core(40), Core(60)]
        cores[2].online = False
        made = self.make(cores)
        run = self.start(made, 4000)
        time.sleep(1)
        made.change(4, online=False)
        made.change(6, counted=[5, 5, 5])
        time.sleep(1)
        # As kernels do, it begins anew when it comes back.
        made.change(4, online=True, counted=[0, 0, 0])
        told, picture = self.finish(run)
        self.assert_figures(told, cores, missing=[2])

        x = picture.width - 150
        top = picture.find_run(x, LOAD, CORE_BAR - 4) - 2
        bars = [picture.column(x, top + i * CORE_ROW, CORE_BAR) for i in range(len(cores))]
        for bar, core in zip(bars, cores):
            if core.online:
                self.assertAlmostEqual(sum(near(pixel, LOAD) for pixel in bar), core.busy / 100 * CORE_BAR, delta=3)
                self.assertAlmostEqual(sum(near(pixel, STEAL) for pixel in bar), core.steal / 100 * CORE_BAR, delta=3)
        # The one that is missing is hatched from end to end: neither a load nor the line of a 0.
        top_of = lambda core: top + core * CORE_ROW  # noqa: E731
        left = picture.width // 4
        for y in range(top_of(2) + 1, top_of(2) + CORE_BAR - 1):
            row = [picture.at(column, y) for column in range(left, x)]
            self.assertFalse(any(near(pixel, LOAD) for pixel in row))
            self.assertGreater(sum(near(pixel, HATCH) for pixel in row), len(row) // 20)
            self.assertGreater(sum(near(pixel, GROUND) for pixel in row), len(row) // 2)
        # The one that came back has a load on both sides of a hatch.
        row = [picture.at(column, top_of(4) + CORE_BAR - 3) for column in range(left, x)]
        known = [near(pixel, LOAD) for pixel in row]
        self.assertTrue(known[0] and known[-1])
        hatch = known.index(False), len(known) - known[::-1].index(False)
        self.assertGreater(hatch[1] - hatch[0], len(row) // 8)
        self.assertFalse(any(known[hatch[0]:hatch[1]]))
        self.assertTrue(any(near(pixel, HATCH) for pixel in row[hatch[0]:hatch[1]]))

    def test_256(self):
        """Each has its own row of the map, and the one that is missing is seen between its neighbours."""
        missing = 100
        cores = [Core(100) if i < 8 else Core(i * 37 % 60 + 10) for i in range(256)]
        cores[missing].online = False
        run = self.start(self.make(cores), 1500)
        told, picture = self.finish(run)
        self.assert_figures(told, cores, missing=[missing])

        x = picture.width // 2
        top = picture.find_run(x, FULL_SHADE, 8 * SCALE)
        for core in range(256):
            row = [picture.at(column, top + core * SCALE + 1) for column in range(x, x + 120)]
            if core == missing:
                self.assertTrue(all(near(pixel, HATCH) or near(pixel, GROUND) for pixel in row))
                self.assertGreater(sum(near(pixel, HATCH) for pixel in row), 40)
            else:
                self.assertEqual(len(set(row)), 1)
                self.assertFalse(near(row[0], GROUND) or near(row[0], HATCH))
        # More load is darker.
        shades = {core.busy: sum(picture.at(x, top + i * SCALE + 1)) for i, core in enumerate(cores) if i != missing}
        ordered = [shades[busy] for busy in sorted(shades)]
        self.assertEqual(ordered, sorted(ordered, reverse=True))
        self.assertEqual(len(set(ordered)), len(ordered))

    def test_all_online(self):
        """Without a core that is missing the figures come by another way, from libgtop."""
        cores = [Core(i % 90, steal=i % 7) for i in range(256)]
        run = self.start(self.make(cores), 700)
        told, _ = self.finish(run)
        self.assert_figures(told, cores)


if __name__ == "__main__":
    unittest.main(verbosity=2)
