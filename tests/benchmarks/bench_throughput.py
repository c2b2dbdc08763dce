# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks of throughput share: runs of the real weft-cli and of its peers, taken in turns, so
that whatever else the machine does meets all of them alike, and the medians of their rates."""

import json
import os
import statistics
import subprocess
import sys
import time

PYTHON_PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "throughput-python")


class Weft:
    """What `weft-cli run` does with some parameters, recording as always."""

    def __init__(self, program, workload, seconds_of, **parameters):
        """`seconds_of` a summary: how long the tasks or items took. A parameter's _ stands for -."""
        self.command = [program, "run", workload, "--quiet", "--summary", "-"]
        for name, value in parameters.items():
            self.command += ["-p", "%s=%s" % (name.replace("_", "-"), value)]
        self.n = parameters.get("tasks") or parameters["items"]
        self.seconds_of = seconds_of
        self.rates = []
        self.walls = []
        self.recorded = 0
        self.dropped = 0

    def run(self, *more):
        """The summary of a run, and how long weft-cli took from its start to its end."""
        start = time.monotonic()
        out = subprocess.run(self.command + list(more), stdout=subprocess.PIPE, check=True).stdout
        wall = time.monotonic() - start
        return json.loads(out), wall

    def measure(self):
        summary, wall = self.run()
        done = summary["tasks"]["completed"]
        if summary["outcome"] != "finished" or done != self.n:
            raise RuntimeError("%s: %s, %s of %d done"
                               % (" ".join(self.command), summary["outcome"], done, self.n))
        self.rates.append(self.n / self.seconds_of(summary))
        self.walls.append(wall)
        self.recorded += summary["events"]["recorded"]
        self.dropped += summary["events"]["dropped"]

    def describe_wall(self, *nothing):
        """The rate by a clock that is not Weft's: the time of the whole command, less that of the same
        command with `nothing` to do."""
        idle = statistics.median(self.run(*nothing)[1] for _ in range(5))
        wall = statistics.median(self.walls)
        return ("the whole command takes %.2f s from its start to its end, and %.2f s with a single one: %s/s"
                % (wall, idle, format_count(self.n / (wall - idle))))

    def dropped_share(self):
        return 100 * self.dropped / (self.recorded + self.dropped)


class Peer:
    """A program that prints how many seconds it took for `n`."""

    def __init__(self, n, *command):
        self.command = [str(part) for part in command]
        self.n = n
        self.rates = []

    def measure(self):
        out = subprocess.run(self.command, stdout=subprocess.PIPE, check=True).stdout
        self.rates.append(self.n / float(out))


def python_peer(what, n, *more):
    return Peer(n, sys.executable, PYTHON_PEER, what, n, *more)


def take_turns(rounds, *sides):
    for _ in range(rounds):
        for side in sides:
            side.measure()


def format_count(value):
    return "{:,.0f}".format(value)


def rate_of(side):
    return statistics.median(side.rates)


def print_rate(title, side, note=""):
    print("%-54s %12s/s   (%s to %s)%s" % (title, format_count(rate_of(side)), format_count(min(side.rates)),
                                           format_count(max(side.rates)), note), flush=True)


def print_ratio(title, side, peer, target):
    print("%-54s %12.2f   (target %s)" % (title, rate_of(side) / rate_of(peer), target), flush=True)
