# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the processes of a run, and lets them die in each of the ways there are."""

import ctypes
import os
import resource
import signal
import tempfile
import time

KILL, CRASH, FREEZE = "SIGKILL", "SIGSEGV", "SIGSTOP"
# The kernel ends it, because its memory group has no more; an allocation of its own fails.
KERNEL, REFUSED = "killed for memory", "memory refused"
DEATHS = (KILL, CRASH, FREEZE, KERNEL, REFUSED)

LIBC = ctypes.CDLL(None, use_errno=True)


def read_stat(pid):
    """The state and the parent of a process; None when it is gone."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return fields[0].decode(), int(fields[1])


def children(parent):
    """The living children of a process, the eldest first. Most have a greater pid, so that there are few to
    look at: what is to be struck as it starts is found within a millisecond."""
    pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
    for candidates in ([pid for pid in pids if pid > parent], [pid for pid in pids if pid < parent]):
        found = [pid for pid in candidates if (stat := read_stat(pid)) and stat[1] == parent and stat[0] not in "ZX"]
        if found:
            return found
    return []


def threads(pid):
    """The threads of a process but for its first."""
    try:
        return sorted(int(name) for name in os.listdir("/proc/%d/task" % pid) if int(name) != pid)
    except OSError:
        return []


def program(pid):
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid))
    except OSError:
        return ""


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError("waited %d s in vain for %s" % (seconds, what))
        time.sleep(0.0005)
    return value


class MemoryGroup:
    """A control group whose processes get no more memory: the next page that one of them asks for is its end."""

    PLACES = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"))

    def __init__(self):
        self.folder = None
        for place, limit in self.PLACES:
            try:
                self.folder = tempfile.mkdtemp(prefix="weft-test-", dir=place)
                with open(os.path.join(self.folder, limit), "w") as file:
                    file.write("0")
                return
            except OSError:
                self.close()

    def is_there(self):
        return self.folder is not None

    def take(self, pid):
        with open(os.path.join(self.folder, "cgroup.procs"), "w") as file:
            file.write(str(pid))

    def close(self):
        if self.folder is None:
            return
        # It can be removed as soon as the kernel has done with whoever was in it.
        end = time.monotonic() + 5
        while os.path.isdir(self.folder) and time.monotonic() < end:
            try:
                os.rmdir(self.folder)
            except OSError:
                time.sleep(0.01)
        self.folder = None


def strike(death, pid, tid=None):
    """Lets it die; a signal goes to the thread `tid`. Returns the memory group to close later, or None. That
    it is gone already is no failure."""
    if death == KERNEL:
        group = MemoryGroup()
        try:
            group.take(pid)
        except OSError:
            pass
        return group
    try:
        if death == REFUSED:
            resource.prlimit(pid, resource.RLIMIT_AS, (1, 1))
        else:
            LIBC.tgkill(pid, tid or pid, getattr(signal, death))
    except OSError:
        pass
    return None
