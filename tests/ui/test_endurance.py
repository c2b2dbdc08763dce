# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that is used for long: a thousand runs, a hundred that are stopped as soon as they start, and runs that
cannot be started because a limit is reached. It loses nothing, keeps nothing, and tells what happened."""

import os
import random
import resource
import tempfile
import time
import unittest

import weft_ui
from weft_ui import wait_for

N_RUNS = 1000
# So many are run before the first look: then all that is made once has been made, and what the allocator and GTK
# keep for reuse has found its size, which a window does in some hundred runs (3,000 runs: 36 MB at first, 43 MB after
# 600 and after 1,000).
N_BEFORE = 500
# What may come on top from there, in KiB. A run that leaves its recording behind comes to more than 25 MB.
MEMORY_SLACK_KIB = 3072
N_CYCLES = 100
PIDS = "/sys/fs/cgroup/pids", "/sys/fs/cgroup"


class Watched:
    """A window of which as little as possible is asked: then it answers once a frame."""

    def __init__(self, window):
        self.window = window
        self.pid = window.process.pid
        # What tells of a run is there, to stay, once there was one.
        self.n_runs = 1
        self.press_run()
        self.title = self.find(lambda name: name.endswith(" · run 1"), "the title")
        self.status = self.find(lambda name: " events, " in name, "the status line")
        self.press_stop()
        self.wait_for_end()

    def find(self, condition, what):
        return wait_for(lambda: next((n for n in self.window.read() if condition(n.name)), None), what)

    def press_run(self):
        self.window.keys("ctrl+r")

    def press_stop(self):
        self.window.keys("ctrl+period")

    def wait_for_run(self):
        """Until the run that was asked for has been there; returns what is told of it, once it has ended."""
        self.n_runs += 1
        wait_quickly(lambda: self.title.read_name().endswith(" · run %d" % self.n_runs), "run %d" % self.n_runs)
        return self.wait_for_end()

    def wait_for_end(self):
        wait_quickly(lambda: not self.status.read_name().startswith("Live"), "the run to end")
        return self.status.read_name()

    def measure(self):
        """KiB of memory of its own, descriptors, threads."""
        with open("/proc/%d/smaps_rollup" % self.pid, encoding="ascii") as rollup:
            lines = [line.split() for line in rollup]
        kib = sum(int(fields[1]) for fields in lines if fields[0] in ("Private_Dirty:", "Swap:"))
        return kib, len(os.listdir("/proc/%d/fd" % self.pid)), len(os.listdir("/proc/%d/task" % self.pid))


def wait_quickly(condition, what):
    end = time.monotonic() + weft_ui.PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "waited in vain for %s" % what
        time.sleep(0.002)


class Endurance(weft_ui.TestCase):
    def open(self, *arguments):
        return Watched(self.start("--workload", "pool", "--preset", "watch", "-p", "workers=2", *arguments))

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "the address sanitizer keeps what was freed")
    def test_a_thousand_runs(self):
        window = self.open("-p", "tasks=50", "-p", "min-ms=0", "-p", "max-ms=0")
        before = None
        for run in range(1, N_RUNS + 1):
            window.press_run()
            self.assertTrue(window.wait_for_run().startswith("Finished"))
            if run == N_BEFORE:
                before = window.measure()
        after = window.measure()
        print("KiB, descriptors, threads after %d runs: %s; after %d: %s" % (N_BEFORE, before, N_RUNS, after))
        self.assertLess(after[0] - before[0], MEMORY_SLACK_KIB)
        self.assertLessEqual(after[1], before[1])
        self.assertLessEqual(after[2], before[2])
        self.assertEqual(weft_ui.descendants(window.pid), [])

    def test_started_and_stopped(self):
        for backend in ("processes", "threads"):
            with self.subTest(backend):
                window = self.open("-p", "tasks=1000", "-p", "backend=" + backend)
                for _ in range(3):
                    window.press_run()
                    time.sleep(0.3)
                    window.press_stop()
                    window.wait_for_run()
                before = window.measure()
                for _ in range(N_CYCLES):
                    window.press_run()
                    time.sleep(random.choice((0, random.uniform(0, 0.02), random.uniform(0, 0.2))))
                    window.press_stop()
                    # Stop means nothing until there is a run; one that came too early is pressed again.
                    window.n_runs += 1
                    wait_quickly(lambda: window.title.read_name().endswith(" · run %d" % window.n_runs), "the run")
                    if window.status.read_name().startswith("Live"):
                        window.press_stop()
                    self.assertTrue(window.wait_for_end().startswith("Stopped"), window.status.read_name())
                    self.assertEqual(weft_ui.descendants(window.pid), [])
                after = window.measure()
                self.assertLessEqual(after[1], before[1])
                self.assertLessEqual(after[2], before[2])
                window.window.quit()

    def check_limited(self, window, limit, words):
        """Presses Run under ever higher limits, from what the window has now: it tells of the limit, in a dialog or as
        the result of the run, until one is high enough; none leaves anything behind."""
        succeeded = failed = 0
        for extra in range(40):
            limit(extra)
            window.window.keys("ctrl+r")
            told = self.await_outcome(window)
            limit(None)
            self.assertEqual(weft_ui.descendants(window.pid), [])
            if told.startswith("Finished"):
                succeeded += 1
                if succeeded == 3:
                    break
                continue
            self.assertTrue(any(word in told for word in words), told)
            failed += 1
        self.assertGreater(failed, 2)
        self.assertEqual(succeeded, 3)

    def await_outcome(self, window):
        """What the status line says of the new run, or the dialog that says why there is none."""
        def look():
            title = window.title.read_name()
            if title.endswith(" · run %d" % (window.n_runs + 1)):
                window.n_runs += 1
                return window.wait_for_end()
            dialog = next((n for n in window.window.labels() if "ulimit" in n or "limit" in n and "Weft" in n), None)
            if dialog is not None and not title.endswith(" · run %d" % (window.n_runs + 1)):
                window.window.keys("Escape")
                wait_for(lambda: dialog not in window.window.labels(), "the dialog to close")
                window.window.take_focus()
            return dialog
        return wait_for(look, "what became of the run")

    def test_limit_on_files(self):
        window = self.open("-p", "tasks=3", "-p", "min-ms=1", "-p", "max-ms=1")
        window.press_run()
        window.wait_for_run()
        hard = resource.prlimit(window.pid, resource.RLIMIT_NOFILE)[1]

        def limit(extra):
            used = max(map(int, os.listdir("/proc/%d/fd" % window.pid))) + 1
            resource.prlimit(window.pid, resource.RLIMIT_NOFILE, (hard if extra is None else used + extra, hard))
        self.check_limited(window, limit, ("ulimit -n",))

    def test_limit_on_processes(self):
        group = next((tempfile.mkdtemp(prefix="weft-test-", dir=place) for place in PIDS
                      if os.access(place, os.W_OK) and os.path.exists(os.path.join(place, "cgroup.procs"))), None)
        if group is None or not os.path.exists(os.path.join(group, "pids.max")):
            if group is not None:
                os.rmdir(group)
            self.skipTest("no control group for processes can be made here")
        self.addCleanup(self.remove, group)
        window = self.open("-p", "tasks=3", "-p", "min-ms=1", "-p", "max-ms=1")
        self.addCleanup(window.window.end)
        window.press_run()
        window.wait_for_run()
        with open(os.path.join(group, "cgroup.procs"), "w", encoding="ascii") as file:
            file.write(str(window.pid))

        def limit(extra):
            with open(os.path.join(group, "pids.current"), encoding="ascii") as file:
                used = int(file.read())
            with open(os.path.join(group, "pids.max"), "w", encoding="ascii") as file:
                file.write("max" if extra is None else str(used + extra))
        self.check_limited(window, limit, ("ulimit -u", "limit on processes"))

    @staticmethod
    def remove(group):
        end = time.monotonic() + 10
        while os.path.isdir(group) and time.monotonic() < end:
            try:
                os.rmdir(group)
            except OSError:
                time.sleep(0.05)


if __name__ == "__main__":
    weft_ui.main()
