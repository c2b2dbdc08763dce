# SPDX-License-Identifier: GPL-3.0-or-later
"""What weft-cli says of itself and of the workloads, and what it refuses."""

import json
import os
import subprocess
import unittest

from cli_fixture import PROGRAM, CliTest


class Usage(CliTest):
    def test_help(self):
        code, out, error = self.run_cli("--help")
        self.assertEqual((code, error), (0, ""))
        for command in ("list", "describe", "run"):
            self.assertIn("\n  %s " % command, out)
            code, help_text, error = self.run_cli(command, "--help")
            self.assertEqual((code, error), (0, ""))
            self.assertTrue(help_text.startswith("Usage: weft-cli %s " % command))
            self.assertLessEqual(max(map(len, help_text.split("\n"))), 80)
        # Help is given even where the rest would be refused.
        self.assertEqual(self.run_cli("run", "nothing", "-h")[0], 0)

    def test_version(self):
        code, out, error = self.run_cli("--version")
        self.assertEqual((code, error), (0, ""))
        self.assertRegex(out, r"\Aweft-cli [0-9]+\.[0-9]+\.[0-9]+\n\Z")

    def test_nothing(self):
        code, out, error = self.run_cli()
        self.assertEqual((code, out), (2, ""))
        self.assertTrue(error.startswith("Usage: weft-cli COMMAND"))

    def test_list(self):
        code, out, error = self.run_cli("list")
        self.assertEqual((code, error), (0, ""))
        self.assertIn("\n  pool ", out)
        self.assertIn("\n  queue ", out)
        code, out, error = self.run_cli("list", "--json")
        self.assertEqual((code, error), (0, ""))
        workloads = {workload["id"]: workload for workload in json.loads(out)}
        self.assertEqual(workloads["pool"]["title"], "Pool")
        self.assertEqual(set(workloads["queue"]), {"id", "title", "summary", "group"})
        self.assertEqual(workloads["lock-contention"]["group"], "Locks")

    def test_describe(self):
        for workload in json.loads(self.run_cli("list", "--json")[1]):
            code, out, error = self.run_cli("describe", workload["id"])
            self.assertEqual((code, error), (0, ""))
            code, text, error = self.run_cli("describe", workload["id"], "--json")
            self.assertEqual((code, error), (0, ""))
            described = json.loads(text)
            self.assertEqual(described["title"], workload["title"])
            for parameter in described["parameters"]:
                self.assertIn("\n  %s: %s\n" % (parameter["name"], parameter["title"]), out)
                self.assertIn("default", parameter)
            for preset in described["presets"]:
                self.assertIn("\n  %s: " % preset["name"], out)
            for result in described["results"]:
                self.assertIn("\n  %s: " % result["name"], out)

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            code, _, error = self.run_cli("list", stdout=full)
        self.assertEqual(code, 1)
        self.assertEqual(error, "weft-cli: cannot write to standard output: No space left on device\n")

    def test_no_gtk(self):
        """weft-cli is for machines without a display, and without GTK."""
        needed = subprocess.run(["readelf", "-d", PROGRAM], stdout=subprocess.PIPE, check=True).stdout.decode()
        self.assertIn("libglib-2.0", needed)
        for library in ("libgtk", "libadwaita", "libgdk", "libgsk"):
            self.assertNotIn(library, needed)
        mapped = subprocess.run(["ldd", PROGRAM], stdout=subprocess.PIPE, check=True).stdout.decode()
        for library in ("libgtk", "libadwaita"):
            self.assertNotIn(library, mapped)


class Refused(CliTest):
    def test_commands(self):
        self.assert_refused('there is no command "rnu": did you mean "run"?', "rnu", "pool")
        self.assert_refused('there is no command "info": the commands are list, describe and run', "info", "x.weft")
        self.assert_refused('there is no command "export": the commands are list, describe and run', "export")

    def test_options(self):
        self.assert_refused('before a command there is no option "--hlep": did you mean "--help"?', "--hlep")
        self.assert_refused('before a command there is no option "--json": the options are --help and --version',
                            "--json=x", "list")
        self.assert_refused('"run" has no option "--presett": did you mean "--preset"?',
                            "run", "pool", "--presett", "watch")
        self.assert_refused(
            '"run" has no option "--output": the options are -p, --parameter, --preset, --seed, --duration, --timeout, '
            "--scheduling, --export, --summary, --quiet and --help", "run", "pool", "--output", "x.weft")
        self.assert_refused("option --preset lacks its value, NAME", "run", "pool", "--preset")
        self.assert_refused("option --quiet takes no value", "run", "pool", "--quiet=yes")
        self.assert_refused('"list" has no option "--jsn": did you mean "--json"?', "list", "--jsn")

    def test_operands(self):
        self.assert_refused('"run" takes the name of a workload; "weft-cli list" lists them', "run")
        self.assert_refused('"run" takes one workload, and "tasks=5" follows it; parameters are written -p NAME=VALUE',
                            "run", "pool", "tasks=5")
        self.assert_refused('there is no workload "poool": did you mean "pool"?', "run", "poool")
        self.assert_refused('there is no workload "poool": did you mean "pool"?', "describe", "poool")
        self.assert_refused('"describe" takes the name of one workload; "weft-cli list" lists them', "describe")
        self.assert_refused('"list" takes no operands; "describe" tells of one workload', "list", "pool")

    def test_parameters(self):
        for message, argument in (
            ('pool has no parameter "worker": did you mean "workers"?', "worker=3"),
            ('parameter "workers" of pool is 300: allowed is a whole number from 1 to 256', "workers=300"),
            ('parameter "workers" of pool is "two": allowed is a whole number from 1 to 256', "workers=two"),
            ('parameter "workers" of pool is "": allowed is a whole number from 1 to 256', "workers="),
            ('parameter "tasks" of pool is -1: allowed is a whole number from 0 to 1000000', "tasks=-1"),
            ('parameter "order" of pool is "fido": allowed is fifo, lifo or shortest; did you mean "fifo"?',
             "order=fido"),
            ('parameter "durations-ms" of pool is "1,x", where element 2 is "x": allowed is a list of up to 10000 whole '
             "numbers of ms from 0 to 3600000, with commas between", "durations-ms=1,x"),
            ('-p "workers" is no NAME=VALUE; "weft-cli describe pool" lists the names', "workers"),
            ('-p "=3" is no NAME=VALUE; "weft-cli describe pool" lists the names', "=3"),
        ):
            self.assert_refused(message, "run", "pool", "-p", argument)
            self.assert_refused(message, "run", "pool", "-p" + argument)
            self.assert_refused(message, "run", "pool", "--parameter=" + argument)
        self.assert_refused(
            'parameter "min-ms" of pool is 500 and "max-ms" is 400: the first must be at most the second',
            "run", "pool", "-p", "min-ms=500", "-p", "max-ms=400")
        for workload, message, argument in (
            ("lock-contention", 'parameter "lock" of lock-contention is "mutx": allowed is mutex, spinlock, ticket, '
             'adaptive, rwlock or semaphore; did you mean "mutex"?', "lock=mutx"),
            ("lock-contention", 'parameter "read-fraction" of lock-contention is 1.5: allowed is a number from 0 to 1',
             "read-fraction=1.5"),
            ("lock-contention", 'parameter "threads" of lock-contention is 0: allowed is a whole number from 1 to 256',
             "threads=0"),
            ("busy-loops", 'parameter "loops" of busy-loops is 1025: allowed is a whole number from 1 to 1024',
             "loops=1025"),
            ("busy-loops", 'parameter "backend" of busy-loops is "gil": allowed is threads, processes or global-lock',
             "backend=gil"),
        ):
            self.assert_refused(message, "run", workload, "-p", argument)
        self.assert_refused('pool has no preset "artcle": did you mean "article"?', "run", "pool", "--preset", "artcle")
        self.assert_refused('parameter "seed" of pool is "x": allowed is a whole number from 0 to 9007199254740991',
                            "run", "pool", "--seed", "x")

    def test_too_many_cores(self):
        n_cores = len(os.sched_getaffinity(0))
        self.assert_refused(
            'parameter "cores" of pool is %d: allowed is a whole number from 1 to %d' % (n_cores + 1, n_cores),
            "run", "pool", "-p", "cores=%d" % (n_cores + 1))

    def test_times(self):
        for option in ("duration", "timeout"):
            for value in ("0", "-1", "", "x", "5s", "nan", "inf", "1e99", "0x10", "-0", "1 2"):
                self.assert_refused('--%s is "%s": allowed is a number of seconds from 0.001 to 86400'
                                    % (option, value), "run", "pool", "--" + option, value)

    def test_scheduling(self):
        self.assert_refused('--scheduling is "exat": allowed is exact, sampled or off; did you mean "exact"?',
                            "run", "pool", "--scheduling", "exat")
        self.assert_refused('--scheduling is "perfect": allowed is exact, sampled or off',
                            "run", "pool", "--scheduling", "perfect")

    def test_outputs(self):
        missing = self.path("missing/x.png")
        folder = self.path("folder.svg")
        fifo = self.path("fifo.json")
        os.mkdir(folder)
        os.mkfifo(fifo)
        self.assert_refused('cannot write "%s": there is no folder "%s"' % (missing, os.path.dirname(missing)),
                            "run", "pool", "--export", missing)
        self.assert_refused('cannot write "%s": it is a folder' % folder, "run", "pool", "--export", folder)
        self.assert_refused('cannot write "%s": it is not an ordinary file' % fifo, "run", "pool", "--summary", fifo)
        self.assert_refused('cannot write "": a file needs a name', "run", "pool", "--summary", "")
        self.assert_refused('cannot write "%s/": this names a folder' % self.folder,
                            "run", "pool", "--summary", self.folder + "/")
        self.assert_refused('--export is "x.gif": the ending must be .png, .svg or .pdf',
                            "run", "pool", "--export", "x.gif")
        self.assert_refused('--export is "x.csv": the ending must be .png, .svg or .pdf',
                            "run", "pool", "--export", "x.csv")
        twice = self.path("x.png")
        again = self.folder + "/./x.png"
        self.assert_refused('"%s" is to be written twice' % again, "run", "pool", "--export", twice, "--export", again)
        code, _, error = self.run_cli("run", "pool", "--export", "/proc/x.png")
        self.assertEqual(code, 2)
        self.assertTrue(error.startswith('weft-cli: cannot write "/proc/x.png": no file can be made in "/proc": '))
        code, _, error = self.run_cli("run", "pool", "--summary", "/dev/full")
        self.assertEqual(code, 2)
        self.assertTrue(error.startswith('weft-cli: cannot write "/dev/full": it is not an ordinary file'))
        self.assertEqual(sorted(os.listdir(self.folder)), ["fifo.json", "folder.svg"])


if __name__ == "__main__":
    unittest.main()
