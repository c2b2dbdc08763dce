/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-run.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "weft-futex.h"

/* Between two looks at the thread's CPU clock, which is a system call. */
#define BURN_SLICE_NS INT64_C (20000)

gint64
weft_run_get_integer (const WeftRun *run, const char *name)
{
  return json_object_get_int_member (run->parameters, name);
}

double
weft_run_get_number (const WeftRun *run, const char *name)
{
  return json_object_get_double_member (run->parameters, name);
}

const char *
weft_run_get_text (const WeftRun *run, const char *name)
{
  return json_object_get_string_member (run->parameters, name);
}

char **
weft_run_get_texts (const WeftRun *run, const char *name)
{
  JsonArray *array = json_object_get_array_member (run->parameters, name);
  guint n = json_array_get_length (array);
  char **texts = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    texts[i] = g_strdup (json_array_get_string_element (array, i));
  return texts;
}

gint64 *
weft_run_get_integers (const WeftRun *run, const char *name, guint *n)
{
  JsonArray *array = json_object_get_array_member (run->parameters, name);
  gint64 *integers;

  *n = json_array_get_length (array);
  integers = g_new (gint64, MAX (*n, 1));
  for (guint i = 0; i < *n; i++)
    integers[i] = json_array_get_int_element (array, i);
  return integers;
}

/* One write of at most PIPE_BUF bytes is never mixed with another's. The pipe does not block: who
 * has filled it has told enough. */
G_GNUC_PRINTF (3, 0)
static void
tell (const WeftRun *run, char kind, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *line = NULL;

  g_strdelimit (text, "\n\r", ' ');
  line = g_strdup_printf ("%c%.*s\n", kind, PIPE_BUF - 3, text);
  if (write (run->failure_fd, line, strlen (line)) < 0)
    return;
}

void
weft_run_fail (const WeftRun *run, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  tell (run, 'F', format, arguments);
  va_end (arguments);
}

void
weft_run_notice (const WeftRun *run, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  tell (run, 'N', format, arguments);
  va_end (arguments);
}

void
weft_run_request_stop (WeftRun *run)
{
  atomic_store (&run->wire.header->stop, WEFT_STOP_ASKED);
  weft_futex_wake (&run->wire.header->stop, INT_MAX);
}

void
weft_run_end (WeftRun *run)
{
  guint32 expected = WEFT_STOP_NONE;

  /* Who has asked for it before stays the one who did. */
  if (atomic_compare_exchange_strong (&run->wire.header->stop, &expected, WEFT_STOP_DONE))
    weft_futex_wake (&run->wire.header->stop, INT_MAX);
}

gboolean
weft_run_was_stopped (const WeftRun *run)
{
  return weft_run_stopping (run) && atomic_load (&run->wire.header->stop) != WEFT_STOP_DONE;
}

char *
weft_run_describe_limit (int error_number)
{
  struct rlimit limit;

  if (error_number == ENOMEM)
    return g_strdup ("there is not enough memory. Ask for fewer, or end other programs.");
  if (error_number != EAGAIN)
    return g_strdup_printf ("the system refused it: %s.", g_strerror (error_number));
  /* That there is no memory for a thread's stack is told in the same way. */
  if (getrlimit (RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    return g_strdup ("the limit on memory (\"ulimit -v\") or on processes and threads (\"ulimit -u\") is "
                     "reached. Ask for fewer, or raise the limit.");
  if (getrlimit (RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    return g_strdup_printf ("the limit on processes and threads is reached (this user may have %llu, "
                            "\"ulimit -u\"; the system or a container may allow fewer). Ask for fewer, "
                            "end other programs, or raise the limit.",
                            (unsigned long long) limit.rlim_cur);
  return g_strdup ("the limit on processes and threads of the system or of this container is reached "
                   "(kernel.threads-max, pids.max). Ask for fewer, end other programs, or raise the "
                   "limit.");
}

pid_t
weft_run_fork (const WeftRun *run)
{
  pid_t parent = getpid ();
  pid_t pid = fork ();
  sigset_t none;

  if (pid < 0)
    {
      g_autofree char *limit = weft_run_describe_limit (errno);

      weft_run_fail (run, "A process could not be started: %s", limit);
      return -1;
    }
  if (pid == 0)
    {
      /* The parent may have died before the signal was asked for. */
      if (prctl (PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid () != parent)
        _exit (1);
      sigemptyset (&none);
      sigprocmask (SIG_SETMASK, &none, NULL);
    }
  return pid;
}

void
weft_run_sleep (const WeftRun *run, gint64 ns)
{
  struct timespec deadline = weft_futex_deadline (ns);
  gint64 end = (gint64) deadline.tv_sec * 1000000000 + deadline.tv_nsec;

  while (!weft_run_stopping (run) && weft_monotonic_ns () < end)
    weft_futex_wait (&run->wire.header->stop, WEFT_STOP_NONE, &deadline);
}

gint64
weft_run_get_cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

void
weft_run_burn (const WeftRun *run, gint64 ns)
{
  gint64 end, left;

  if (ns <= 0)
    return;
  if (ns < BURN_SLICE_NS)
    {
      end = weft_monotonic_ns () + ns;
      while (weft_monotonic_ns () < end)
        ;
      return;
    }
  end = weft_run_get_cpu_ns () + ns;
  while (!weft_run_stopping (run) && (left = end - weft_run_get_cpu_ns ()) > 0)
    {
      /* Off the core, this clock runs on: then the slice is shorter than it seems, never longer. */
      gint64 slice_end = weft_monotonic_ns () + MIN (left, BURN_SLICE_NS);

      while (weft_monotonic_ns () < slice_end)
        ;
    }
}

double
weft_run_seconds (const WeftRun *run, guint64 ticks)
{
  return (double) ticks * weft_clock_map_ns_per_tick (&run->clock) * 1e-9;
}
