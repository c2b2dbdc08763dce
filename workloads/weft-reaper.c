/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-reaper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
read_proc (pid_t pid, const char *name, char *text, size_t size)
{
  char path[64];
  ssize_t length;
  int fd;

  snprintf (path, sizeof path, "/proc/%d/%s", (int) pid, name);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  length = read (fd, text, size - 1);
  close (fd);
  if (length <= 0)
    return false;
  text[length] = '\0';
  return true;
}

static uint64_t
field (const char *text, const char *name)
{
  const char *place = strstr (text, name);

  return place != NULL ? strtoull (place + strlen (name), NULL, 10) : 0;
}

/* What the kernel still knows of the first thread of @pid, which has ended but is not reaped. Not
 * from wait4(): its figures add the process's other threads and the children it has reaped, and
 * those are lanes of their own. */
static int64_t
usage_of_first_thread (pid_t pid, uint64_t *voluntary, uint64_t *involuntary)
{
  char text[8192];
  int64_t cpu_ns;

  if (!read_proc (pid, "schedstat", text, sizeof text))
    return -1;
  cpu_ns = strtoll (text, NULL, 10);
  if (!read_proc (pid, "status", text, sizeof text))
    return -1;
  *voluntary = field (text, "\nvoluntary_ctxt_switches:");
  *involuntary = field (text, "\nnonvoluntary_ctxt_switches:");
  return cpu_ns;
}

pid_t
weft_reaper_reap (WeftWire *wire, int *status)
{
  siginfo_t info = { 0 };
  uint64_t voluntary = 0, involuntary = 0;
  int64_t cpu_ns;

  if (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
    return errno == ECHILD ? -1 : 0;
  if (info.si_pid == 0)
    return 0;
  cpu_ns = usage_of_first_thread (info.si_pid, &voluntary, &involuntary);
  if (waitpid (info.si_pid, status, 0) != info.si_pid)
    return 0;
  weft_wire_note_exit (wire, info.si_pid, *status, cpu_ns, voluntary, involuntary);
  return info.si_pid;
}
