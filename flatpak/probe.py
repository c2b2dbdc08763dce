#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what of the system Weft can see and do here: one line for each thing, "yes" or "no" before its
name. flatpak/check runs it outside and inside of the sandbox and compares."""
import ctypes
import fcntl
import os
import platform
import struct

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SYS_PERF_EVENT_OPEN = {'x86_64': 298, 'aarch64': 241}
PERF_TYPE_SOFTWARE = 1
PERF_COUNT_SW_DUMMY = 9
PERF_ATTR_SIZE = 112
PERF_EXCLUDE_KERNEL = 1 << 5
PERF_CONTEXT_SWITCH = 1 << 26

libc = ctypes.CDLL(None, use_errno=True)


def call(result):
    """The result of a function of the C library, or its error as an exception."""
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def cores():
    """The load of every core, which libgtop reads from here."""
    with open('/proc/stat', encoding='ascii') as file:
        lines = [line for line in file if line.startswith('cpu') and line[3].isdigit()]
    assert len(lines) == len(os.sched_getaffinity(0)) or len(lines) == os.cpu_count()


def schedstat():
    """Time on a core and time ready, of a thread."""
    with open('/proc/thread-self/schedstat', encoding='ascii') as file:
        assert len(file.read().split()) == 3


def sealed_memory():
    """Shared memory that nobody can shrink under the reader."""
    memory = os.memfd_create('probe', os.MFD_ALLOW_SEALING)
    os.ftruncate(memory, 4096)
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    os.close(memory)


def subreaper():
    """Orphans of a run become the supervisor's children."""
    call(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def parent_death_signal():
    """A process of a run ends with its parent."""
    call(libc.prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0))


def context_switches():
    """Every switch of a thread of ours, from the kernel."""
    attributes = struct.pack('=IIQQQQQ', PERF_TYPE_SOFTWARE, PERF_ATTR_SIZE, PERF_COUNT_SW_DUMMY,
                             0, 0, 0, PERF_EXCLUDE_KERNEL | PERF_CONTEXT_SWITCH)
    attributes = attributes.ljust(PERF_ATTR_SIZE, b'\0')
    number = SYS_PERF_EVENT_OPEN[platform.machine()]
    os.close(call(libc.syscall(number, attributes, 0, -1, -1, 0)))


def lower_priority():
    """The helper runs at nice 5."""
    os.nice(5)


def main():
    for name, probe in [('load of every core (/proc/stat)', cores),
                        ('times of a thread (/proc/…/schedstat)', schedstat),
                        ('sealed shared memory (memfd_create)', sealed_memory),
                        ('orphans adopted (PR_SET_CHILD_SUBREAPER)', subreaper),
                        ('signal at the parent\'s death (PR_SET_PDEATHSIG)', parent_death_signal),
                        ('lower priority (nice)', lower_priority),
                        ('every context switch (perf_event_open)', context_switches)]:
        try:
            probe()
            print('yes', name)
        except (OSError, AssertionError, KeyError) as error:
            print('no ', name, '-', error or type(error).__name__)


if __name__ == '__main__':
    main()
