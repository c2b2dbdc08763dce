# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual pages name every command, option, value and exit code that the programs name, and no other;
and their examples are such as the programs take."""

import os
import re
import shlex
import subprocess
import unittest

WEFT = os.environ["WEFT_TEST_PROGRAM"]
CLI = os.environ["WEFT_TEST_CLI"]
MANUALS = os.path.join(os.environ["WEFT_TEST_BUILD"], "docs", "man")

# What they are told is wrong comes last, so that all before it was right.
REFUSED_AT_LAST = ("--export", "picture.weaving")


def run(*command):
    environment = dict(os.environ, GDK_BACKEND="x11", COLUMNS="200")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def read_help(*command):
    answer = run(*command)
    assert answer.returncode == 0, answer
    return answer.stdout


def read_manual(name):
    """The sections of a manual page, as mdoc, by their titles; those of sections below them, too."""
    with open(os.path.join(MANUALS, name + ".1"), encoding="utf-8") as file:
        text = file.read()
    parts = re.split(r"^\.S[hs] (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def read_options(section):
    """{long name: (letter or "", name of the value or "")} of the options listed in a section."""
    options = {}
    for line in re.findall(r"^\.It (Fl .*)$", section, flags=re.MULTILINE):
        plain = re.sub(r"\b(Ns|Ar) ", "", line).replace(" = ", "=")
        match = re.fullmatch(r"(?:Fl (\w)(?: \S+)? , )?Fl -([a-z-]+)(?:[ =](\S+))?", plain)
        assert match, line
        options[match.group(2)] = (match.group(1) or "", match.group(3) or "")
    return options


def read_codes(text, pattern):
    return {int(code) for code in re.findall(pattern, text, flags=re.MULTILINE)}


class Manuals(unittest.TestCase):
    maxDiff = None

    def test_options_of_weft(self):
        told = {}
        for letter, name, value in re.findall(r"^  (?:-(\w), )?--([a-z-]+)(?:=(\S+))?  ",
                                              read_help(WEFT, "--help-all"), flags=re.MULTILINE):
            told[name] = (letter, value)
        self.assertIn("workload", told)
        self.assertEqual(read_options(read_manual("weft")["OPTIONS"]), told)

    def test_commands_and_options_of_weft_cli(self):
        manual = read_manual("weft-cli")
        commands = re.findall(r"^  (\w+)  +\w", read_help(CLI, "--help"), flags=re.MULTILINE)
        self.assertIn("run", commands)
        self.assertEqual(re.findall(r"^\.Cm (\w+)$", manual["SYNOPSIS"], flags=re.MULTILINE), commands)
        described = {title.split()[0]: text for title, text in manual.items() if title.split()[0] in commands}
        self.assertEqual(sorted(described), sorted(commands))
        for command in commands:
            told = {}
            for letter, name, value in re.findall(r"^  (?:-(\w), |    )--([a-z-]+)(?: (\S+))?$",
                                                  read_help(CLI, command, "--help"), flags=re.MULTILINE):
                told[name] = (letter, value)
            self.assertEqual(read_options(described[command]), told, command)

    def test_the_synopsis_has_all_options(self):
        synopsis = read_manual("weft-cli")["SYNOPSIS"]
        for name, (letter, _) in read_options(read_manual("weft-cli")["run WORKLOAD"]).items():
            self.assertRegex(synopsis, r"Fl (-%s|%s)\b" % (name, letter or "-" + name))

    def test_exit_codes_of_weft_cli(self):
        told = read_codes(read_help(CLI, "run", "--help").partition("Exit codes:")[2], r"(?:^ *|; )(\d+)(?::|  )")
        self.assertIn(143, told)
        self.assertEqual(read_codes(read_manual("weft-cli")["EXIT STATUS"], r"^\.It (\d+)$"), told)

    def test_exit_codes_of_weft(self):
        codes = {run(WEFT, "--version").returncode, run(WEFT).returncode, run(WEFT, "--weave").returncode}
        self.assertEqual(read_codes(read_manual("weft")["EXIT STATUS"], r"^\.It (\d+)$"), codes)

    def test_examples(self):
        for page in ("weft", "weft-cli"):
            examples = re.findall(r"^(weft(?:-cli)? .*)$", read_manual(page)["EXAMPLES"], flags=re.MULTILINE)
            self.assertGreater(len(examples), 1)
            for example in examples:
                with self.subTest(example):
                    program, *arguments = shlex.split(example)
                    if program == "weft":
                        # It looks at what is typed before it looks for a display.
                        self.assertEqual(run(WEFT, *arguments).returncode, 1)
                    elif arguments[0] == "run":
                        answer = run(CLI, *arguments, *REFUSED_AT_LAST)
                        self.assertEqual(answer.returncode, 2)
                        self.assertIn(REFUSED_AT_LAST[1], answer.stderr.splitlines()[0])
                    else:
                        self.assertEqual(run(CLI, *arguments).returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
