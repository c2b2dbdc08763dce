# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of weft-cli share: starting it, and finding what it has left running."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else None

# Long enough for the slowest machine; nothing waits for it when all is well.
PATIENCE_S = 60


class Run:
    """A weft-cli that was started. Its processes all carry a mark in their environment."""

    def __init__(self, *arguments, **options):
        self.mark = "WEFT_TEST_MARK=" + uuid.uuid4().hex
        name, value = self.mark.split("=")
        environment = dict(os.environ, **{name: value})
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("stdin", subprocess.DEVNULL)
        self.process = subprocess.Popen([PROGRAM, *arguments], env=environment, **options)

    def finish(self):
        """Waits for its end. Returns the exit code, standard output and standard error."""
        out, error = self.process.communicate(timeout=PATIENCE_S)
        return (self.process.returncode, (out or b"").decode(), (error or b"").decode())

    def find_left(self):
        """The command lines of the processes of this run that live, but for weft-cli itself."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/environ" % pid, "rb") as file:
                    variables = file.read().split(b"\0")
                with open("/proc/%s/stat" % pid, "rb") as file:
                    state = file.read().rpartition(b")")[2].split()[0]
                with open("/proc/%s/cmdline" % pid, "rb") as file:
                    command = file.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if self.mark.encode() in variables and state not in (b"Z", b"X") and int(pid) != self.process.pid:
                found.append("%s %s" % (pid, command))
        return found

    def wait_for_children(self, least):
        """Waits until at least that many processes of the run live."""
        wait_until(lambda: len(self.find_left()) >= least or self.process.poll() is not None)

    def wait_for_none(self):
        """Waits until no process of the run lives. Returns those that stay."""
        wait_until(lambda: not self.find_left())
        return self.find_left()


def wait_until(condition, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weft-cli-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, *arguments, **options):
        run = Run(*arguments, **options)
        self.addCleanup(self.clean_up, run)
        return run

    def run_cli(self, *arguments, **options):
        return self.start(*arguments, **options).finish()

    @staticmethod
    def clean_up(run):
        if run.process.poll() is None:
            run.process.kill()
        run.process.wait()
        for stream in (run.process.stdout, run.process.stderr):
            if stream is not None:
                stream.close()
        for left in run.find_left():
            try:
                os.kill(int(left.split()[0]), signal.SIGKILL)
            except OSError:
                pass

    def assert_refused(self, message, *arguments, **options):
        """Exit code 2, the message as the first line on standard error, and no output."""
        code, out, error = self.run_cli(*arguments, **options)
        self.assertEqual(error.split("\n")[0], "weft-cli: " + message)
        self.assertEqual(out, "")
        self.assertEqual(code, 2)
