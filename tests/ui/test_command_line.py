# SPDX-License-Identifier: GPL-3.0-or-later
"""What weft answers on a terminal, with a display and without."""

import os
import subprocess
import unittest

WEFT = os.environ["WEFT_TEST_PROGRAM"]


def run(*arguments):
    environment = dict(os.environ, GDK_BACKEND="x11")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    return subprocess.run([WEFT, *arguments], env=environment, capture_output=True, text=True, timeout=30,
                          check=False)


class CommandLine(unittest.TestCase):
    def assert_refused(self, arguments, *words):
        answer = run(*arguments)
        self.assertEqual(answer.returncode, 2, answer)
        self.assertEqual(answer.stdout, "")
        for word in words:
            self.assertIn(word, answer.stderr)

    def test_help_and_version(self):
        answer = run("--help")
        self.assertEqual(answer.returncode, 0, answer)
        for option in ("--workload", "--parameter", "--preset", "--run"):
            self.assertIn(option, answer.stdout)
        answer = run("--version")
        self.assertEqual(answer.returncode, 0, answer)
        self.assertTrue(answer.stdout.startswith("weft "), answer)

    def test_wrong_usage(self):
        self.assert_refused(["--workload", "pol"], "pol", "pool")
        self.assert_refused(["-p", "wokers=3"], "wokers", "workers")
        self.assert_refused(["-p", "workers=0"], "workers", "0", "from 1 to 256")
        self.assert_refused(["-p", "workers=many"], "workers", "many")
        self.assert_refused(["-p", "workers"], "workers", "NAME=VALUE")
        self.assert_refused(["-p", "min-ms=9", "-p", "max-ms=3"], "min-ms", "max-ms")
        self.assert_refused(["--preset", "wach"], "wach", "watch")
        self.assert_refused(["--no-such-option"], "--no-such-option")
        self.assert_refused(["pool"], "pool", "--workload")

    def test_no_display(self):
        answer = run("--workload", "pool")
        self.assertEqual(answer.returncode, 1, answer)
        self.assertIn("display", answer.stderr)
        self.assertIn("weft-cli", answer.stderr)
        self.assertEqual(len(answer.stderr.strip().splitlines()), 1, answer.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
