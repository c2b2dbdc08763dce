# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that end before their end, and runs that cannot be had: the exit code, what is kept, and that
nothing is left running."""

import ctypes
import fcntl
import json
import os
import platform
import resource
import signal
import struct
import subprocess
import termios
import time
import unittest
import unittest.mock

from cli_fixture import PROGRAM, CliTest, wait_until

# Lasts until it is ended, and prints a few lines first.
LONG = ("run", "pool", "-p", "workers=3", "-p", "durations-ms=1,600000,600000,600000")
# Prints lines without an end.
CHATTY = ("run", "queue", "-p", "items=0", "-p", "produce-ms=1", "-p", "consume-ms=0", "-p", "finish=drain")


def bytes_in(pipe):
    """How many bytes wait to be read."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


class Ended(CliTest):
    def start_long(self, *arguments, **options):
        """A run whose three workers live."""
        run = self.start(*LONG, *arguments, **options)
        run.wait_for_children(5)
        return run

    def assert_nothing_left(self, run):
        self.assertEqual(run.find_left(), [])

    def test_signals(self):
        for number, expected in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            summary, picture = self.path("s.json"), self.path("p.png")
            run = self.start_long("--summary", summary, "--export", picture)
            time.sleep(0.1)
            run.process.send_signal(number)
            code, out, error = run.finish()
            self.assertEqual(code, expected, error)
            self.assert_nothing_left(run)
            self.assertIn("Run task 0 (", out)
            self.assertIn("pool: stopped after ", error)
            with open(summary) as file:
                kept = json.load(file)
            self.assertEqual(kept["outcome"], "stopped")
            self.assertEqual(kept["tasks"]["completed"], 1)
            self.assertEqual(kept["task_list"][0]["outcome"], "ok")
            with open(picture, "rb") as file:
                self.assertTrue(file.read().startswith(b"\x89PNG"))

    def test_interrupted_terminal(self):
        """Ctrl+C sends the signal to every process of the terminal's group, twice if need be."""
        run = self.start_long(start_new_session=True)
        os.killpg(run.process.pid, signal.SIGINT)
        os.killpg(run.process.pid, signal.SIGINT)
        code, _, error = run.finish()
        self.assertEqual(code, 130, error)
        self.assertIn("pool: stopped after ", error)
        self.assert_nothing_left(run)

    def test_duration(self):
        summary = self.path("s.json")
        run = self.start(*LONG, "--duration", "0.5", "--summary", summary)
        code, _, error = run.finish()
        self.assertEqual(code, 0, error)
        self.assert_nothing_left(run)
        with open(summary) as file:
            kept = json.load(file)
        self.assertEqual(kept["outcome"], "stopped")
        self.assertGreaterEqual(kept["duration_s"], 0.499)

    def test_timeout(self):
        run = self.start(*LONG, "--timeout", "0.5", "--summary", "-")
        code, out, error = run.finish()
        self.assertEqual(code, 4, error)
        self.assert_nothing_left(run)
        self.assertEqual(json.loads(out)["outcome"], "timeout")

    def test_timeout_that_is_not_reached(self):
        self.assertEqual(self.run_cli("run", "pool", "-p", "max-ms=1", "--timeout", "60")[0], 0)

    def test_killed(self):
        """SIGKILL of weft-cli itself: its processes see it and end."""
        run = self.start_long()
        run.process.kill()
        run.process.wait()
        self.assertEqual(run.wait_for_none(), [])

    def test_killed_while_the_helper_is_frozen(self):
        """A stopped supervisor is continued by the death of its parent, and ends the rest."""
        run = self.start_long()
        helper = min(int(left.split()[0]) for left in run.find_left())
        os.kill(helper, signal.SIGSTOP)
        run.process.kill()
        run.process.wait()
        self.assertEqual(run.wait_for_none(), [])

    def test_helper_killed(self):
        """SIGKILL of the supervisor: weft-cli ends the rest, keeps what was recorded, and says so."""
        path = self.path("s.json")
        run = self.start_long("--summary", path)
        helper = min(int(left.split()[0]) for left in run.find_left())
        # Else, on a machine with much to do, there is nothing yet to be kept.
        self.assertTrue(any(line.startswith(b"Task 0 runs ") for line in run.process.stdout))
        os.kill(helper, signal.SIGKILL)
        code, _, error = run.finish()
        self.assertEqual(code, 1, error)
        self.assertIn("weft-cli: pool failed: ", error)
        with open(path) as file:
            kept = json.load(file)
        self.assertEqual(kept["outcome"], "failed")
        self.assertEqual(kept["tasks"]["completed"], 1)
        self.assert_nothing_left(run)

    def test_closed_pipe(self):
        """As with `| head -2`: the run ends without a word."""
        run = self.start(*CHATTY)
        for _ in range(2):
            self.assertNotEqual(run.process.stdout.readline(), b"")
        run.process.stdout.close()
        self.assertEqual(run.process.wait(30), 141)
        self.assertNotIn(b"weft-cli: ", run.process.stderr.read())
        self.assert_nothing_left(run)

    def test_closed_pipe_of_a_silent_run(self):
        run = self.start_long()
        run.process.stdout.close()
        self.assertEqual(run.process.wait(30), 141)
        self.assert_nothing_left(run)

    def test_stuck_reader(self):
        """Nobody reads, and the pipe is full: a signal ends the run all the same."""
        run = self.start("run", "pool", "-p", "backend=threads", "-p", "tasks=20000", "-p", "max-ms=0")
        wait_until(lambda: bytes_in(run.process.stdout) > 30000)
        self.assertEqual(run.wait_for_none(), [])
        self.assertIsNone(run.process.poll())
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.process.wait(30), 130)
        self.assert_nothing_left(run)

    def test_full_disk(self):
        with open("/dev/full", "w") as full:
            run = self.start(*CHATTY, stdout=full)
            code, _, error = run.finish()
        self.assertEqual(code, 1)
        self.assertIn("weft-cli: cannot write the log to standard output: No space left on device\n", error)
        self.assert_nothing_left(run)

    def test_closed_descriptors(self):
        run = self.start("run", "pool", "-p", "max-ms=1", stdout=None, stderr=None, stdin=None,
                         preexec_fn=lambda: os.closerange(0, 3))
        self.assertEqual(run.process.wait(30), 0)

    def test_summary_into_a_closed_output(self):
        """It would be lost: that is said before the run."""
        run = self.start("run", "pool", "-p", "max-ms=1", "--summary", "-", stdout=None,
                         preexec_fn=lambda: os.close(1))
        self.assertEqual(run.process.wait(30), 2)
        self.assertIn(b'cannot write "-": standard output is closed\n', run.process.stderr.read())


def forbid_memfd():
    """Makes memfd_create() fail in this process and its children, as a sandbox may."""
    number = {"x86_64": 319, "aarch64": 279}[platform.machine()]
    libc = ctypes.CDLL(None, use_errno=True)
    # Load the number of the system call; if it is this one, answer ENOSYS, else allow it.
    code = b"".join(struct.pack("HBBI", *step) for step in (
        (0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000)))
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", 4, ctypes.addressof(buffer))
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0:
        os._exit(99)


# The leak sanitizer itself cannot work without descriptors and processes.
@unittest.mock.patch.dict(os.environ, LSAN_OPTIONS="detect_leaks=0")
class CannotBeHad(CliTest):
    def assert_fails(self, *words, arguments=("run", "pool", "-p", "max-ms=1"), **options):
        run = self.start(*arguments, **options)
        code, _, error = run.finish()
        self.assertEqual(code, 1, error)
        self.assertTrue(error.startswith("weft-cli: "), error)
        for word in words:
            self.assertIn(word, error)
        self.assertEqual(run.find_left(), [])
        return error

    @unittest.skipUnless(platform.machine() in ("x86_64", "aarch64"), "the number of the system call is not known")
    def test_no_memfd(self):
        self.assert_fails("memfd", preexec_fn=forbid_memfd)

    def test_memory_may_not_grow(self):
        self.assert_fails(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)))

    def test_no_descriptors(self):
        for n in (5, 6):
            self.assert_fails("open files", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))

    def test_too_few_descriptors(self):
        """However many there are: the run fails with a sentence, or succeeds."""
        for n in range(3, 24, 2):
            run = self.start("run", "pool", "-p", "max-ms=1",
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))
            code, _, error = run.finish()
            if code not in (0, 127):
                self.assertEqual(code, 1, "with %d descriptors: %s" % (n, error))
                self.assertTrue(error.startswith("weft-cli: "), error)
            self.assertEqual(run.find_left(), [])

    def test_no_processes(self):
        """The limit on processes binds no one who is root, so root becomes somebody else."""
        nobody = 65534

        def limit(extra):
            if os.getuid() == 0:
                os.setgid(nobody)
                os.setuid(nobody)
            resource.setrlimit(resource.RLIMIT_NPROC, (extra, extra))

        if os.getuid() == 0:
            reachable = subprocess.run([PROGRAM, "--version"], preexec_fn=lambda: os.setuid(nobody), check=False,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if reachable.returncode != 0:
                self.skipTest("the build folder is closed to other users")
        # Of weft-cli's own threads, and of the run's processes, a different one is the first too many.
        for extra in range(1, 10):
            self.assert_fails("processes", arguments=("run", "pool", "-p", "workers=64", "-p", "max-ms=1"),
                              preexec_fn=lambda: limit(extra))


if __name__ == "__main__":
    unittest.main()
