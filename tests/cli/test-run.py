# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs to their end: the log, the summary, the pictures."""

import json
import os
import pty
import re
import unittest

from cli_fixture import CliTest, wait_until

ARTICLE = [1.41, 0.27, 0.14, 0.86, 1.91]


def closing_line(error):
    return error.rstrip("\n").split("\n")[-1]


class Log(CliTest):
    def test_pool(self):
        """The preset of the textbook: every line, byte for byte, and what the order must be."""
        code, out, error = self.run_cli("run", "pool", "--preset", "article")
        self.assertEqual(code, 0)
        self.assertRegex(closing_line(error), r"\Apool: finished after [0-9.]+ s: 5 of 5 tasks, [0-9]+ events, "
                                              r"none dropped\Z")
        lines = out.split("\n")
        self.assertEqual(lines.pop(), "")
        self.assertEqual(len(lines), 13)
        self.assertRegex(lines[0], r"\AParent process [1-9][0-9]*\.\Z")
        self.assertEqual(lines[-1], "All subprocesses done.")
        self.assertEqual(lines.count("Waiting for all subprocesses done..."), 1)
        workers = {}
        for line in lines:
            match = re.fullmatch(r"Run task ([0-4]) \(([1-9][0-9]*)\)\.\.\.", line)
            if match:
                workers[int(match[1])] = match[2]
        self.assertEqual(sorted(workers), [0, 1, 2, 3, 4])
        # Four processes share the first four tasks; the last goes to one that is free again.
        self.assertEqual(len({workers[task] for task in range(4)}), 4)
        self.assertIn(workers[4], {workers[task] for task in range(4)})
        durations = {}
        for line in lines:
            match = re.fullmatch(r"Task ([0-4]) runs ([0-9]+\.[0-9][0-9]) seconds\.", line)
            if match:
                durations[int(match[1])] = float(match[2])
        self.assertEqual(sorted(durations), [0, 1, 2, 3, 4])
        for task, duration in durations.items():
            self.assertGreaterEqual(duration, ARTICLE[task])
        self.assertEqual(len(workers) + len(durations) + 3, len(lines))

    def test_queue(self):
        code, out, error = self.run_cli("run", "queue", "--preset", "a-b-c")
        self.assertEqual(code, 0)
        self.assertRegex(closing_line(error), r"\Aqueue: finished after [0-9.]+ s: 3 of 3 items, ")
        self.assertRegex(out, r"\A(Process to (read|write): [1-9][0-9]*\n|[PG]et [ABC] from queue\.\n"
                              r"|Put [ABC] to queue\.\.\.\n)*\Z")
        lines = out.split("\n")
        self.assertEqual([line for line in lines if line.startswith("Put")],
                         ["Put %s to queue..." % value for value in "ABC"])
        self.assertEqual([line for line in lines if line.startswith("Get")],
                         ["Get %s from queue." % value for value in "ABC"])
        self.assertEqual(sum(line.startswith("Process to ") for line in lines), 2)
        for value in "ABC":
            self.assertLess(lines.index("Put %s to queue..." % value), lines.index("Get %s from queue." % value))

    def test_as_it_happens(self):
        """Lines come while the run goes on, not at its end."""
        run = self.start("run", "pool", "-p", "workers=1", "-p", "durations-ms=1,600000")
        line = b""
        while not line.startswith(b"Task 0 runs") and run.process.poll() is None:
            line = run.process.stdout.readline()
        self.assertTrue(line.startswith(b"Task 0 runs"))
        self.assertIsNone(run.process.poll())

    def test_many_lines(self):
        """Each task prints two lines; what a full ring dropped is missing, and said to be."""
        code, out, error = self.run_cli("run", "pool", "-p", "backend=threads", "-p", "tasks=100000", "-p", "max-ms=0")
        self.assertEqual(code, 0)
        lines = out.split("\n")
        self.assertIn("100000 of 100000 tasks", error)
        if "none dropped" in error:
            self.assertEqual(len(lines), 200004)
        else:
            self.assertIn("lines of the log may be among the events that were dropped", error)
        self.assertGreater(len(lines), 1000)

    def test_quiet(self):
        code, out, error = self.run_cli("run", "pool", "-p", "max-ms=1", "--quiet")
        self.assertEqual((code, out, error), (0, "", ""))

    def test_notices(self):
        code, _, error = self.run_cli("run", "pool", "-p", "max-ms=1", "--scheduling", "exact")
        self.assertEqual(code, 0)
        self.assertEqual(error.count("scheduling"), 0)
        code, _, error = self.run_cli("run", "pool", "-p", "durations-ms=1", "-p", "tasks=7")
        self.assertEqual(code, 0)
        self.assertIn('weft-cli: parameter "tasks" means nothing here, because "durations-ms" is given\n', error)
        self.assertIn("1 of 1 tasks", error)

    def test_progress(self):
        """On a terminal there is a progress line, and nothing of it is left at the end."""
        control, terminal = pty.openpty()
        self.addCleanup(os.close, control)
        os.set_blocking(control, False)
        run = self.start("run", "pool", "-p", "durations-ms=700,1", "-p", "workers=1", stderr=terminal,
                         stdout=terminal)
        os.close(terminal)
        screen = b""

        def read():
            nonlocal screen
            try:
                screen += os.read(control, 65536)
            except BlockingIOError:
                return False
            except OSError:
                return True
            return False

        wait_until(read)
        self.assertEqual(run.process.wait(), 0)
        self.assertGreater(screen.count(b"\r\x1b[Kpool: "), 1)
        # Each drawing is cleared before a line of the log or another drawing: what stays is the log.
        stays = [re.sub(rb".*\r\x1b\[K", b"", line) for line in screen.replace(b"\r\n", b"\n").split(b"\n")]
        self.assertIn(b"All subprocesses done.", stays)
        self.assertTrue(stays[-2].startswith(b"pool: finished after "), stays)
        self.assertEqual(sum(b"pool: " in line for line in stays), 1, stays)


class Summary(CliTest):
    def summarise(self, *arguments):
        code, out, error = self.run_cli("run", *arguments, "--summary", "-")
        self.assertEqual(code, 0, error)
        return json.loads(out)

    def test_four_workers_five_tasks(self):
        """Tasks 0 to 3 start at once, task 4 only when a worker is free."""
        summary = self.summarise("pool", "--preset", "four-workers-five-tasks", "-p", "min-ms=300", "-p", "max-ms=900")
        self.assertEqual(summary["outcome"], "finished")
        self.assertIsNone(summary["message"])
        self.assertEqual(summary["parameters"]["workers"], 4)
        self.assertEqual({key: summary["tasks"][key] for key in ("submitted", "completed", "failed", "lost")},
                         {"submitted": 5, "completed": 5, "failed": 0, "lost": 0})
        tasks = summary["task_list"]
        self.assertEqual([task["id"] for task in tasks], [0, 1, 2, 3, 4])
        self.assertEqual([task["outcome"] for task in tasks], ["ok"] * 5)
        first_end = min(task["finished_s"] for task in tasks[:4])
        for task in tasks[:4]:
            self.assertLess(task["started_s"], first_end)
        self.assertEqual(len({task["lane"] for task in tasks[:4]}), 4)
        self.assertGreaterEqual(tasks[4]["started_s"], first_end)
        freed = next(task for task in tasks[:4] if task["finished_s"] == first_end)
        self.assertEqual(tasks[4]["lane"], freed["lane"])
        lanes = {lane["name"]: lane for lane in summary["lanes"]}
        self.assertEqual(sum(lane["tasks"] for lane in lanes.values()), 5)
        for lane in lanes.values():
            self.assertEqual((lane["end"], lane["exit_code"], lane["signal"]), ("exited", 0, None))
            self.assertAlmostEqual(sum(lane["activity_s"].values()) + (lane["stopped_s"] or 0),
                                   lane["ended_s"] - lane["started_s"], places=6)
        queue = summary["queues"][0]
        self.assertEqual((queue["puts"], queue["gets"]), (5, 5))
        self.assertAlmostEqual(summary["result"]["makespan_s"], summary["tasks"]["makespan_s"], places=2)
        self.assertEqual(summary["events"]["dropped"], 0)
        self.assertGreater(summary["events"]["ns_per_event"], 0)

    def test_every_kind_of_run(self):
        for arguments in (("pool", "-p", "backend=threads", "-p", "max-ms=50"),
                          ("pool", "-p", "work=cpu", "-p", "max-ms=50"),
                          ("pool", "-p", "tasks=0"),
                          ("queue", "-p", "produce-ms=1", "-p", "finish=drain"),
                          ("queue", "-p", "produce-ms=1", "-p", "backend=threads"),
                          ("queue", "-p", "produce-ms=1", "-p", "transport=pipe")):
            summary = self.summarise(*arguments)
            self.assertEqual(summary["outcome"], "finished", arguments)
            self.assertEqual(summary["tasks"]["completed"], summary["tasks"]["submitted"], arguments)
            self.assertEqual(summary["locks"], [])

    def test_locks(self):
        """The lock's own figures, the workload's, and what each lane counted are the same."""
        path = self.path("s.json")
        code, out, _ = self.run_cli("run", "lock-contention", "-p", "threads=3", "-p", "hold-us=1000",
                                    "-p", "outside-us=100", "-p", "duration-ms=500", "--summary", path)
        self.assertEqual((code, out), (0, ""))
        with open(path, encoding="utf-8") as file:
            summary = json.load(file)
        lock, = summary["locks"]
        self.assertEqual(lock["name"], "mutex")
        self.assertGreater(lock["acquisitions"], 0)
        self.assertEqual(lock["acquisitions"], summary["result"]["acquisitions"])
        self.assertEqual(lock["acquisitions"], sum(lane["tasks"] for lane in summary["lanes"]))
        self.assertEqual(lock["acquisitions"], summary["tasks"]["completed"])
        waited = sum(lane["activity_s"]["lock-wait"] for lane in summary["lanes"])
        self.assertAlmostEqual(lock["wait_s"]["total"], waited, delta=0.01 * waited + 1e-6)
        self.assertGreaterEqual(lock["hold_s"]["p50"], 0.96e-3)
        for name in ("wait_s", "hold_s"):
            self.assertLessEqual(lock[name]["p50"] or 0, lock[name]["max"] or 0)

    def test_seed_repeats(self):
        def durations(seed):
            summary = self.summarise("pool", "-p", "min-ms=0", "-p", "max-ms=300", "-p", "tasks=3", "-p", "workers=3", "--seed", seed)
            self.assertEqual((summary["seed"], summary["parameters"]["seed"]), (int(seed), int(seed)))
            return [task["finished_s"] - task["started_s"] for task in summary["task_list"]]
        first, again, other = durations("7"), durations("7"), durations("8")
        order = sorted(range(3), key=first.__getitem__)
        self.assertEqual(order, sorted(range(3), key=again.__getitem__))
        self.assertNotEqual([round(x, 2) for x in first], [round(x, 2) for x in other])

    def test_preset_and_parameter(self):
        """-p beats --preset, whatever their order."""
        before = self.summarise("queue", "-p", "values=X", "-p", "produce-ms=1", "--preset", "a-b-c")
        after = self.summarise("queue", "--preset", "a-b-c", "-p", "values=X", "-p", "produce-ms=1")
        self.assertEqual(before["parameters"], after["parameters"])
        self.assertEqual(before["parameters"]["values"], ["X"])

    def test_scheduling_off(self):
        summary = self.summarise("pool", "-p", "max-ms=1", "--scheduling", "off")
        for lane in summary["lanes"]:
            self.assertEqual(lane["scheduling_source"], "off")
            self.assertEqual(set(lane["scheduling_s"].values()), {None})


class Files(CliTest):
    def test_files(self):
        png, svg, pdf, summary = (self.path(name) for name in ("a.png", "a.svg", "a.pdf", "a.json"))
        with open(summary, "w") as file:
            file.write("an older one")
        code, out, error = self.run_cli("run", "pool", "-p", "max-ms=50", "--export", png, "--export", svg,
                                        "--export", pdf, "--summary", summary)
        self.assertEqual(code, 0, error)
        self.assertIn("All subprocesses done.\n", out)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.json", "a.pdf", "a.png", "a.svg"])
        for path, start in ((png, b"\x89PNG\r\n"), (pdf, b"%PDF-"), (svg, b"<?xml")):
            with open(path, "rb") as file:
                self.assertTrue(file.read().startswith(start), path)
        with open(summary) as file:
            self.assertEqual(json.load(file)["outcome"], "finished")

    def test_relative(self):
        code, _, error = self.run_cli("run", "pool", "-p", "max-ms=1", "--summary", "s.json", "--quiet",
                                      cwd=self.folder)
        self.assertEqual((code, error), (0, ""))
        self.assertEqual(os.listdir(self.folder), ["s.json"])


if __name__ == "__main__":
    unittest.main()
