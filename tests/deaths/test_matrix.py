# SPDX-License-Identifier: GPL-3.0-or-later
"""Each part of a run dies in each way at each time: nothing is left running, what was recorded is kept, and
the person is told. Prints what was told as a table.

Usage: test_matrix.py WEFT-CLI WEFT quick|whole
"""

import concurrent.futures
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "ui")]
CLI, WEFT, EXTENT = sys.argv[1:4]
os.environ["WEFT_TEST_PROGRAM"] = WEFT
ARGUMENTS = sys.argv[1:4]
del sys.argv[2:4]

import cli_fixture  # noqa: E402
import strike as s  # noqa: E402
import weft_ui  # noqa: E402
from strike import CRASH, DEATHS, FREEZE, KERNEL, KILL, REFUSED, children, strike, threads  # noqa: E402

STARTING, RUNNING, STOPPING = "starting", "running", "stopping"
PHASES = (STARTING, RUNNING, STOPPING)
THREAD, WORKER, SUPERVISOR, WINDOW, COMMAND = "thread", "worker", "supervisor", "window", "weft-cli"

# Starting is where it depends on the instant: so it is tried more often.
N_STARTING = 4 if EXTENT == "whole" else 1
# Several commands at a time: they sleep most of it.
N_AT_A_TIME = 3

# Tasks that sleep for 2 ms: events enough that every lane soon asks for another page of memory.
BUSY = ["pool", "-p", "min-ms=2", "-p", "max-ms=2"]
RUNS = {
    # The crew is so large that its start takes a while.
    STARTING: BUSY + ["-p", "workers=48", "-p", "tasks=9600"],
    RUNNING: BUSY + ["-p", "workers=3", "-p", "tasks=1000"],
    STOPPING: BUSY + ["-p", "workers=3", "-p", "tasks=1000000"],
}
BACKENDS = {THREAD: "threads"}

has_memory_group = None
table = []


def note(target, death, phase, told):
    table.append((target, death, phase, told))


def print_table():
    print("\n%-10s %-18s %-9s %s" % ("who", "how", "when", "what the person is told"))
    for target, death, phase, told in table:
        print("%-10s %-18s %-9s %s" % (target, death, phase, told))
    sys.stdout.flush()


def parts(front, target, phase):
    """The pid and the thread to strike, as soon as there is one: of a run that `front` has started."""
    if target in (COMMAND, WINDOW):
        if phase == STARTING:
            s.wait_for(lambda: children(front), "the helper")
        return front, None
    supervisor = s.wait_for(lambda: children(front), "the helper")[0]
    if target == SUPERVISOR and phase == STARTING:
        # Whoever starts a program is held up by it until it is there, so it is not frozen before.
        s.wait_for(lambda: s.program(supervisor) == "weft-workload" or not s.read_stat(supervisor), "the program")
    if target == SUPERVISOR:
        return supervisor, None
    first = s.wait_for(lambda: children(supervisor), "the first process")[0]
    if target == THREAD:
        return first, s.wait_for(lambda: threads(first), "the first thread")[0]
    return s.wait_for(lambda: children(first), "the first worker")[0], None


def wait_until_all_work(front, target):
    """Waits for the run's three workers. Returns the pid of one that can be held up."""
    supervisor = s.wait_for(lambda: children(front), "the helper")[0]
    first = s.wait_for(lambda: children(supervisor), "the first process")[0]
    if BACKENDS.get(target) == "threads":
        s.wait_for(lambda: len(threads(first)) == 3, "three threads")
        return first
    return s.wait_for(lambda: len(found := children(first)) == 3 and found, "three workers")[0]


class Cell:
    """One death of one part of one run under weft-cli."""

    def __init__(self, target, death, phase):
        self.target, self.death, self.phase = target, death, phase
        self.name = "%s, %s, %s" % (target, death, phase)

    def run(self):
        """Returns what was told; raises an AssertionError that names the cell."""
        with tempfile.TemporaryDirectory(prefix="weft-deaths-") as folder:
            summary, picture = os.path.join(folder, "s.json"), os.path.join(folder, "p.svg")
            options = ["--summary", summary, "--export", picture]
            if self.death == FREEZE and self.target != COMMAND and self.phase != STOPPING:
                options += ["--timeout", "1.5"]
            run = cli_fixture.Run("run", *RUNS[self.phase], "-p", "backend=" + BACKENDS.get(self.target, "processes"),
                                  *options)
            group = None
            try:
                group = self.strike(run)
                code, _, error = run.finish()
                return self.check(run, code, error, summary, picture)
            except subprocess.TimeoutExpired:
                raise AssertionError("%s: weft-cli hangs; there are %s" % (self.name, run.find_left())) from None
            except AssertionError as failure:
                raise AssertionError("%s: %s" % (self.name, failure)) from None
            finally:
                cli_fixture.CliTest.clean_up(run)
                if group is not None:
                    group.close()

    def strike(self, run):
        front = run.process.pid
        if self.phase == RUNNING:
            wait_until_all_work(front, self.target)
            time.sleep(random.uniform(0.05, 0.2))
        elif self.phase == STOPPING:
            held = wait_until_all_work(front, self.target)
        pid, tid = parts(front, self.target, self.phase)
        if self.phase == STARTING:
            time.sleep(random.uniform(0, 0.01))
        elif self.phase == STOPPING:
            os.kill(pid if self.target == WORKER else held, signal.SIGSTOP)
            run.process.send_signal(signal.SIGINT)
            time.sleep(random.uniform(0, 0.13))
        group = strike(self.death, pid, tid)
        if self.death == FREEZE and self.target == COMMAND:
            time.sleep(0.4)
            os.kill(pid, signal.SIGCONT)
        return group

    def check(self, run, code, error, summary, picture):
        left = run.wait_for_none() if code < 0 else run.find_left()
        assert not left, "these are left: %s" % left
        told = error.strip().replace("\n", " / ")
        if self.target == COMMAND and self.death not in (FREEZE, REFUSED):
            assert code == -{KILL: 9, CRASH: 11, KERNEL: 9}[self.death] or self.phase == STOPPING and code == 130, code
            return "exit code %d" % code
        if self.target == COMMAND and self.death == REFUSED and code < 0:
            return "ended by signal %d: %s" % (-code, told)
        assert code >= 0, "weft-cli was ended by signal %d: %s" % (-code, error)
        allowed, words = self.expect()
        assert code in allowed, "the exit code is %d: %s" % (code, error)
        assert re.search(words, error), "this is not told (%s): %s" % (words, error)
        # GLib's own last words may come first.
        assert code != 1 or re.search(r"^weft-cli: ", error, re.MULTILINE), error
        if code != 1 or os.path.exists(summary) or self.target != COMMAND:
            self.check_kept(code, summary, picture)
        return "exit code %d: %s" % (code, told)

    @staticmethod
    def check_kept(code, summary, picture):
        with open(summary, encoding="utf-8") as file:
            kept = json.load(file)
        expected = {0: "finished", 1: "failed", 4: "timeout", 130: "stopped"}[code]
        assert kept["outcome"] == expected, (kept["outcome"], expected)
        if code == 1:
            assert kept["message"], "the summary does not say why"
        with open(picture, encoding="utf-8") as file:
            assert file.read().rstrip().endswith("</svg>"), "the picture is not whole"

    def expect(self):
        """The exit codes that may be, and what must be told with 0 and 1."""
        signals = {KILL: "SIGKILL", CRASH: "SIGSEGV", KERNEL: "SIGKILL"}
        if self.phase == STOPPING and self.target == SUPERVISOR and self.death in (KILL, CRASH, KERNEL):
            # It may have been killed for memory a moment after it had done its work.
            return (130,), "stopped after" if self.death == KERNEL else "ended before it could stop the run"
        if self.phase == STOPPING:
            return (130,), "stopped after"
        if self.target == COMMAND:
            return ((0,), "finished after") if self.death == FREEZE else ((0, 1), "memory|finished after")
        if self.death == FREEZE:
            return (4,), "did not answer in time" if self.target == SUPERVISOR else "timeout after"
        if self.death == REFUSED:
            # One that needs no more goes on without.
            return (0, 1), "finished after|memory|exit code|SIG|its exit status was"
        if self.target == WORKER:
            return (0,), r"was ended by %s; the task it was on is lost" % signals[self.death]
        if self.target == THREAD:
            return (1,), "The workload's first process was killed by %s" % signals[self.death]
        return (1,), r"(ended too early|before the run began): it was ended by %s" % signals[self.death]


def choose_cells():
    """The cells under weft-cli, in the order of the table."""
    cells = [Cell(target, death, phase) for target in (THREAD, WORKER, SUPERVISOR, COMMAND) for death in DEATHS
             for phase in PHASES if death != KERNEL or has_memory_group]
    if EXTENT == "whole":
        return cells
    return [cell for cell in cells if cell.death == KILL or cell.phase == RUNNING and cell.death in (FREEZE, CRASH)]


class UnderTheCommandLine(unittest.TestCase):
    def test_deaths(self):
        cells = choose_cells()
        failures = []

        def try_cell(cell):
            told = []
            for _ in range(N_STARTING if cell.phase == STARTING else 1):
                told.append(cell.run())
            return told

        with concurrent.futures.ThreadPoolExecutor(N_AT_A_TIME) as pool:
            for cell, future in [(cell, pool.submit(try_cell, cell)) for cell in cells]:
                try:
                    for told in dict.fromkeys(future.result()):
                        note(cell.target, cell.death, cell.phase, told)
                except AssertionError as failure:
                    note(cell.target, cell.death, cell.phase, "FAILED")
                    failures.append(str(failure))
        self.assertEqual(failures, [])


class Watched:
    """A window of which as little as possible is asked while it draws: then it answers once a frame."""

    def __init__(self, window):
        self.window = window
        self.pid = window.process.pid
        self.status = None
        self.before = None  # what the status line said of the run before

    def look_up(self):
        """Finds the status line and the timeline, which are there after a first run."""
        self.press_run()
        s.wait_for(lambda: children(self.pid), "the helper")
        self.press_stop()
        s.wait_for(lambda: not children(self.pid), "the end of the first run")
        self.timeline = self.window.find("Timeline", weft_ui.CHARTS)
        self.status = weft_ui.wait_for(lambda: next((n for n in self.window.read() if " events, " in n.name), None),
                                       "the status line")

    def press_run(self):
        self.before = self.status.read_name() if self.status is not None else None
        self.window.keys("ctrl+r")

    def press_stop(self):
        self.window.keys("ctrl+period")

    def is_running(self):
        return not self.wait_for_status("").startswith(("Failed", "Stopped"))

    def wait_for_status(self, *words):
        """The status line, once it tells of this run and one of these is in it."""
        def look():
            text = self.status.read_name()
            return text if text != self.before and any(word in text for word in words) else None
        try:
            return weft_ui.wait_for(look, " or ".join(words))
        except AssertionError as failure:
            raise AssertionError("%s; the status line says: %s" % (failure, self.status.read_name())) from None


@unittest.skipUnless(EXTENT == "whole", "the short set leaves the window out")
class InTheWindow(weft_ui.TestCase):
    """The window as what dies, and as what tells."""

    def open(self, *arguments):
        """A window, and what finds the processes of its runs."""
        run = cli_fixture.Run.__new__(cli_fixture.Run)
        name, value = "WEFT_TEST_MARK", "%x" % random.getrandbits(128)
        os.environ[name] = value
        run.mark = "%s=%s" % (name, value)
        window = self.start("--workload", *arguments)
        run.process = window.process
        return Watched(window), run

    @staticmethod
    def strike_in(window, target, death, phase):
        """Presses Run, and Stop for the last phase, and strikes."""
        window.press_run()
        if phase == STARTING:
            pid, tid = parts(window.pid, target, phase)
            time.sleep(random.uniform(0, 0.01))
            return strike(death, pid, tid)
        held = wait_until_all_work(window.pid, target)
        # A thread is there a little before its lane is.
        time.sleep(random.uniform(0.2, 0.4))
        pid, tid = parts(window.pid, target, phase)
        if phase == STOPPING:
            os.kill(pid if target == WORKER else held, signal.SIGSTOP)
            window.press_stop()
            time.sleep(random.uniform(0, 0.1))
        return strike(death, pid, tid)

    def test_told(self):
        """What dies is a part of the run: the window tells, keeps the charts, and runs again."""
        failures = []
        for target in (THREAD, WORKER, SUPERVISOR):
            arguments = RUNS[STOPPING] + ["-p", "backend=" + BACKENDS.get(target, "processes")]
            window, run = self.open(*arguments)
            window.look_up()
            for death in DEATHS:
                if death == KERNEL and not has_memory_group:
                    continue
                for phase in PHASES:
                    try:
                        self.check_told(window, run, target, death, phase)
                    except AssertionError as failure:
                        note(target + "*", death, phase, "FAILED")
                        failures.append("%s, %s, %s: %s" % (target, death, phase, failure))
                        # The next one begins anew.
                        window.window.end()
                        window, run = self.open(*arguments)
                        window.look_up()
            window.window.end()
        self.assertEqual(failures, [])

    def check_told(self, window, run, target, death, phase):
        group = self.strike_in(window, target, death, phase)
        told = []
        if death in (FREEZE, REFUSED) or target == WORKER:
            # It goes on, or stands still, until it is stopped.
            if target == WORKER and phase != STOPPING and death not in (FREEZE, REFUSED):
                told.append(window.wait_for_status("is lost"))
            # Its own death may have ended the run before.
            if window.is_running():
                window.press_stop()
            told.append(window.wait_for_status("Stopped", "Failed"))
        else:
            # A key that is pressed may come after the death.
            told.append(window.wait_for_status(*["Failed", "Stopped"][:1 + (phase == STOPPING)]))
        if group is not None:
            group.close()
        self.assertEqual(run.find_left(), [])
        if phase != STARTING:
            weft_ui.wait_for(lambda: window.timeline.read_description().startswith("4 lanes, "), "the lanes in the chart")
        note(target + "*", death, phase, " / ".join(told))

    def test_frozen(self):
        """The window stands still for a while, and goes on."""
        window, run = self.open(*RUNS[STOPPING])
        window.look_up()
        for phase in PHASES:
            self.strike_in(window, WINDOW, FREEZE, phase)
            time.sleep(0.5)
            os.kill(window.pid, signal.SIGCONT)
            if phase != STOPPING:
                window.wait_for_status("Live")
                window.press_stop()
            note(WINDOW, FREEZE, phase, window.wait_for_status("Stopped"))
            self.assertEqual(run.find_left(), [])

    def test_killed(self):
        for death in (KILL, CRASH, KERNEL, REFUSED):
            if death == KERNEL and not has_memory_group:
                continue
            for phase in PHASES:
                with self.subTest(death=death, phase=phase):
                    self.check_killed(death, phase)

    def check_killed(self, death, phase):
        window, run = self.open(*RUNS[STOPPING])
        process = window.window.process
        group = self.strike_in(window, WINDOW, death, phase)
        if death == REFUSED:
            # It goes on with what it has, or GLib gives up; in either case the run ends with it.
            time.sleep(1)
            process.terminate()
        try:
            code = process.wait(weft_ui.PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.fail("the window hangs")
        left = run.wait_for_none()
        if group is not None:
            group.close()
        note(WINDOW, death, phase, "exit code %d" % code)
        self.assertEqual(left, [])
        window.window.end()


if __name__ == "__main__":
    if weft_ui.INSIDE not in os.environ and EXTENT == "whole":
        sys.argv[1:1] = ARGUMENTS
        weft_ui.main()
    probe = s.MemoryGroup()
    has_memory_group = probe.is_there()
    probe.close()
    if not has_memory_group:
        print("no memory group can be made here: the kernel kills none for memory in this test")
    random.seed()
    if EXTENT == "whole":
        weft_ui.start_display()
    result = unittest.main(verbosity=2, exit=False).result
    print_table()
    sys.exit(not result.wasSuccessful())
