# SPDX-License-Identifier: GPL-3.0-or-later
"""What the summary says of cores, CPU time and switches, beside what this test reads in /proc itself.

Usage: test_witness.py WEFT-CLI
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))

# How far apart two readings of the same thing may be.
SHARE = 0.02
# A lane can be looked at only until it ends, and its thread a little longer. What is done in between, to be told that
# there is no more to do and to end, takes this much at most.
LAST_SWITCHES = 6
LAST_CPU_S = 0.02
PERIOD_S = 0.004
BUSY_FIELDS = (0, 1, 2, 5, 6)  # user, nice, system, irq, softirq
STEAL_FIELD = 7
N_FIELDS = 8  # those after it are parts of user and nice


def read(path):
    """The text of a file of /proc; None when what it tells of is gone."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def read_cores():
    """For each core of /proc/stat: its counters, in ticks."""
    cores = {}
    for line in read("/proc/stat").splitlines():
        name, *fields = line.split()
        if name.startswith("cpu") and name != "cpu":
            cores[int(name[3:])] = [int(field) for field in fields[:N_FIELDS]]
    return cores


def get_percents(before, after):
    """For each core: how busy it was in between, and how much of it was stolen."""
    percents = {}
    for core, counters in after.items():
        grown = [new - old for new, old in zip(counters, before[core])]
        percents[core] = (100 * sum(grown[i] for i in BUSY_FIELDS) / sum(grown), 100 * grown[STEAL_FIELD] / sum(grown))
    return percents


def find_processes(root):
    """All descendants of a process."""
    found = [root]
    for pid in found:
        for tid in os.listdir("/proc/%d/task" % pid):
            found += [int(child) for child in (read("/proc/%d/task/%s/children" % (pid, tid)) or "").split()]
    return found[1:]


class Thread:
    """A thread, as it was when it was looked at last."""

    def __init__(self, pid, tid):
        self.folder = "/proc/%d/task/%d/" % (pid, tid)
        self.cpu_s = self.voluntary = self.involuntary = None

    def look(self):
        """Returns whether it is still there."""
        status, schedstat = read(self.folder + "status"), read(self.folder + "schedstat")
        if not status or not schedstat or "\nState:\tZ" in status or "\nState:\tX" in status:
            return False
        fields = dict(line.split(":", 1) for line in status.splitlines())
        self.cpu_s = int(schedstat.split()[0]) / 1e9
        self.voluntary = int(fields["voluntary_ctxt_switches"])
        self.involuntary = int(fields["nonvoluntary_ctxt_switches"])
        return True


class Witness(unittest.TestCase):
    def run_watched(self, n_lanes, *arguments):
        """Runs a workload whose lanes are all there soon. Returns its summary, the threads by their ids, and the
        percents of the cores."""
        with tempfile.TemporaryDirectory(prefix="weft-witness-test-") as folder:
            path = os.path.join(folder, "summary.json")
            process = subprocess.Popen([PROGRAM, "run", *arguments, "--quiet", "--summary", path],
                                       stderr=subprocess.DEVNULL)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            before, threads = self.find_threads(process, n_lanes)
            alive = list(threads.values())
            while process.poll() is None:
                alive = [thread for thread in alive if thread.look()]
                if not alive:
                    break
                time.sleep(PERIOD_S)
            after = read_cores()
            self.assertEqual(process.wait(timeout=60), 0)
            with open(path, encoding="utf-8") as file:
                return json.load(file), threads, get_percents(before, after)

    def find_threads(self, process, n_lanes):
        """Waits until the run has all of its threads, and knows the cores of just before there were any."""
        before = read_cores()
        while True:
            self.assertIsNone(process.poll(), "the run ended before it had %d threads" % n_lanes)
            # The first is the supervisor, which is no lane.
            found = [(pid, int(tid)) for pid in find_processes(process.pid)[1:] for tid in os.listdir("/proc/%d/task" % pid)]
            if len(found) == n_lanes:
                return before, {tid: Thread(pid, tid) for pid, tid in found}
            if not found:
                before = read_cores()
            time.sleep(0.001)

    def check_lanes(self, summary, threads):
        self.assertEqual(sorted(lane["tid"] for lane in summary["lanes"]), sorted(threads))
        for lane in summary["lanes"]:
            seen = threads[lane["tid"]]
            told = "%s: %s; seen: %s" % (lane["name"], lane, vars(seen))
            self.assertGreaterEqual(lane["cpu_s"], seen.cpu_s * (1 - SHARE) - LAST_CPU_S, told)
            self.assertLessEqual(lane["cpu_s"], seen.cpu_s * (1 + SHARE) + LAST_CPU_S, told)
            for kind in ("voluntary", "involuntary"):
                count = getattr(seen, kind)
                self.assertGreaterEqual(lane["switches"][kind], count * (1 - SHARE) - LAST_SWITCHES, told)
                self.assertLessEqual(lane["switches"][kind], count * (1 + SHARE) + LAST_SWITCHES, told)

    def check_cores(self, summary, percents):
        for core in summary["cores"]:
            busy, stolen = percents[core["core"]]
            self.assertAlmostEqual(core["mean_percent"], busy, delta=100 * SHARE, msg=core)
            self.assertAlmostEqual(core["steal_percent"], stolen, delta=100 * SHARE, msg=core)

    def test_work(self):
        """Two lanes that work, one after the other done, so that the first is seen to its last moment."""
        for backend in ("processes", "threads"):
            with self.subTest(backend):
                summary, threads, percents = self.run_watched(
                    3, "pool", "-p", "backend=" + backend, "-p", "workers=2", "-p", "work=cpu", "-p",
                    "durations-ms=2500,4000")
                self.check_lanes(summary, threads)
                self.check_cores(summary, percents)
                # The figures are of work, and not all of one lane.
                self.assertEqual(sum(thread.cpu_s > 0.5 for thread in threads.values()), 2)

    def test_switches(self):
        """A producer and a consumer that wait for each other some thousand times."""
        for backend in ("processes", "threads"):
            with self.subTest(backend):
                summary, threads, percents = self.run_watched(
                    3, "queue", "-p", "backend=" + backend, "-p", "items=3000", "-p", "capacity=1", "-p",
                    "produce-ms=1", "-p", "consume-ms=1", "-p", "distribution=fixed", "-p", "finish=drain")
                self.check_lanes(summary, threads)
                self.check_cores(summary, percents)
                self.assertEqual(sum(thread.voluntary > 2500 for thread in threads.values()), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
