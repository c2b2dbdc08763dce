# SPDX-License-Identifier: GPL-3.0-or-later
"""What bash offers to complete is what the programs know."""

import json
import os
import shutil
import subprocess
import sys
import unittest

COMPLETION = os.path.join(os.environ["WEFT_TEST_SOURCE"], "data", "completions", "weft-cli")
FOLDERS = [os.path.dirname(os.environ[name]) for name in ("WEFT_TEST_PROGRAM", "WEFT_TEST_CLI")]
SCRIPT = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_weft "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(*words):
    """What is offered for the last of `words`, which are as bash takes them apart."""
    environment = dict(os.environ, PATH=":".join(FOLDERS + [os.environ["PATH"]]))
    answer = subprocess.run(["bash", "-c", SCRIPT, "bash", COMPLETION, *words], env=environment,
                            capture_output=True, text=True, timeout=30, check=True)
    assert answer.stderr == "", answer
    return answer.stdout.split()


def describe(*arguments):
    return json.loads(subprocess.run([os.environ["WEFT_TEST_CLI"], *arguments, "--json"], capture_output=True,
                                     check=True).stdout)


class Completion(unittest.TestCase):
    def test_words(self):
        workloads = [workload["id"] for workload in describe("list")]
        self.assertEqual(complete("weft-cli", "r"), ["run"])
        self.assertEqual(complete("weft-cli", "run", ""), workloads)
        self.assertEqual(complete("weft", "--workload", "=", ""), workloads)
        self.assertIn("--summary", complete("weft-cli", "run", "pool", ""))
        self.assertNotIn("--summary", complete("weft-cli", "list", ""))
        self.assertIn("--new-window", complete("weft", "--"))

    def test_workloads(self):
        for workload in describe("list"):
            told = describe("describe", workload["id"])
            names = [parameter["name"] for parameter in told["parameters"]]
            self.assertEqual(complete("weft-cli", "run", workload["id"], "-p", ""), [name + "=" for name in names])
            self.assertEqual(complete("weft-cli", "run", workload["id"], "--preset", ""),
                             [preset["name"] for preset in told["presets"]])
            for parameter in told["parameters"]:
                offered = complete("weft-cli", "run", workload["id"], "-p", parameter["name"], "=")
                self.assertEqual(offered, parameter.get("choices") or [], parameter["name"])


if __name__ == "__main__":
    if shutil.which("bash") is None:
        print("There is no bash to complete for.")
        sys.exit(77)
    unittest.main(verbosity=2)
