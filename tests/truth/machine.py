# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of one's own making: its cores are what the test says they are.

Its /proc/stat, /proc/cpuinfo and list of present cores are files that a program sees in the place of
the real ones, in a mount namespace of its own. While the program runs, a thread adds ticks to each
core's counters, always in the same proportion, so that what the program is to find is arithmetic,
whenever it looks.
"""

import os
import shutil
import subprocess
import threading

PERIOD_S = 0.01

# Ticks of one core for each period: so many that a hundredth of a percent is a whole number.
TICKS = 10000

PLACES = {"stat": "/proc/stat", "cpuinfo": "/proc/cpuinfo", "present": "/sys/devices/system/cpu/present"}
# In the namespace of a user who is not root, who is one only as far as the mounts need it.
MOUNT = """set -e
for pair in $WEFT_TEST_MOUNTS; do mount --bind "${pair%%=*}" "${pair#*=}"; done
unset WEFT_TEST_MOUNTS
exec $WEFT_TEST_USER "$@"
"""


def unshare_command():
    """The beginning of a command in a mount namespace of its own."""
    return ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])


def why_not():
    """Why a machine cannot be made here; None where it can."""
    if shutil.which("unshare") is None:
        return "unshare is missing"
    tried = subprocess.run(unshare_command() + ["mount", "--bind", "/proc/uptime", "/proc/stat"],
                           capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        return "no mount namespace can be had here: " + tried.stderr.strip()
    return None


class Core:
    """Percent of the time that it is busy and stolen, and what it has counted so far."""

    def __init__(self, busy, steal=0):
        self.busy = busy
        self.steal = steal
        self.online = True
        self.counted = [0, 0, 0]  # busy, idle, stolen

    def advance(self):
        if self.online:
            busy, stolen = round(self.busy * TICKS / 100), round(self.steal * TICKS / 100)
            self.counted[0] += busy
            self.counted[1] += TICKS - busy - stolen
            self.counted[2] += stolen

    def line(self, name):
        """Its line of /proc/stat. Busy is user, nice, system, irq and softirq; idle is idle and iowait."""
        busy, idle, stolen = self.counted
        user, nice, system, irq = busy // 2, busy // 8, busy // 4, busy // 16
        iowait = idle // 10
        text = "%s %18d %17d %17d %18d %17d %17d %17d %17d 0 0" % (
            name, user, nice, system, idle - iowait, iowait, irq, busy - user - nice - system - irq, stolen)
        return text if self.online else " " * len(text)


class Machine:
    """Make it, start() it, run commands that command() gives, change `cores` meanwhile, stop() it."""

    def __init__(self, folder, cores):
        self.cores = cores
        self.paths = {name: os.path.join(folder, name) for name in PLACES}
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        with open(self.paths["present"], "w", encoding="ascii") as file:
            file.write("0-%d\n" % (len(cores) - 1))
        with open(self.paths["cpuinfo"], "w", encoding="ascii") as file:
            for number in range(len(cores)):
                file.write("processor\t: %d\nmodel name\t: Loom\ncpu MHz\t\t: 1000.000\n\n" % number)
        self.stat = open(self.paths["stat"], "wb", buffering=0)
        self._advance()

    def _advance(self):
        for core in self.cores:
            core.advance()
        lines = ["cpu  %d 0 0 %d 0 0 0 %d 0 0" % tuple(sum(core.counted[i] for core in self.cores) for i in range(3))]
        lines[0] = lines[0].ljust(90)
        lines += [core.line("cpu%d" % number) for number, core in enumerate(self.cores)]
        lines += ["intr 0", "ctxt 0", "btime 1700000000", "processes 1", "procs_running 1", "procs_blocked 0", ""]
        # Always of the same length, so that the file is never seen cut short.
        os.pwrite(self.stat.fileno(), "\n".join(lines).encode("ascii"), 0)

    def _run(self):
        while not self.ending.wait(PERIOD_S):
            with self.lock:
                self._advance()

    def start(self):
        self.thread.start()

    def stop(self):
        self.ending.set()
        if self.thread.is_alive():
            self.thread.join()
        self.stat.close()

    def change(self, number, **values):
        """Changes a core, from the next tick on."""
        with self.lock:
            for name, value in values.items():
                setattr(self.cores[number], name, value)

    def command(self):
        """The beginning of a command that sees this machine, and the environment that it needs."""
        mounts = " ".join("%s=%s" % (self.paths[name], place) for name, place in PLACES.items())
        user = "" if os.geteuid() == 0 else "unshare --user --map-user=%d --map-group=%d" % (os.geteuid(), os.getegid())
        return unshare_command() + ["env", "WEFT_TEST_MOUNTS=" + mounts, "WEFT_TEST_USER=" + user, "sh", "-c", MOUNT, "sh"]
