/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One run, as the helper's processes see it: the shared memory, the parameters, and the things that
 * every workload needs. Fork copies it; each process uses its own copy.
 */
#pragma once

#include "weft-workload.h"

struct _WeftRun
{
  const WeftWorkload *workload;
  JsonObject *parameters; /* every parameter, checked against the description */
  WeftWire wire;
  WeftClockMap clock; /* only for durations: ticks to ns */
  guint64 seed;
  guint n_cores;  /* that this run may use */
  int failure_fd; /* a pipe to the supervisor: weft_run_fail(), weft_run_notice() */
};

gint64 weft_run_get_integer (const WeftRun *run, const char *name);
double weft_run_get_number (const WeftRun *run, const char *name);
const char *weft_run_get_text (const WeftRun *run, const char *name);

/* The elements of a list parameter, ending with NULL; free with g_strfreev(). */
char **weft_run_get_texts (const WeftRun *run, const char *name);

/* The elements of an integer list, @n of them; free with g_free(). */
gint64 *weft_run_get_integers (const WeftRun *run, const char *name, guint *n);

/* True when the run is to end in the ordinary way: it was asked to, or its time is over. Cheap: one load. */
static inline gboolean
weft_run_stopping (const WeftRun *run)
{
  return atomic_load_explicit (&run->wire.header->stop, memory_order_relaxed) != WEFT_STOP_NONE;
}

/* Tells the supervisor, and through it the person, why the run fails. One sentence that names the
 * thing, what was wrong and what to do. May be called from any process and thread of the run. */
void weft_run_fail (const WeftRun *run, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Tells the person something worth knowing that is no failure, in the same way. */
void weft_run_notice (const WeftRun *run, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Asks the run to end in the ordinary way, and wakes those who sleep in weft_run_sleep(). */
void weft_run_request_stop (WeftRun *run);

/* For a workload whose time is over: from now on weft_run_stopping() is true, which everyone sees and no
 * sleep outlasts, but the run counts as finished. */
void weft_run_end (WeftRun *run);

/* Whether it was asked to end before its time. */
gboolean weft_run_was_stopped (const WeftRun *run);

/* What to say when @error_number came of starting a process or thread: which limit was reached and
 * what to do, as the second half of a sentence. Free with g_free(). */
char *weft_run_describe_limit (int error_number);

/* Forks a process of the run: the child gets a parent-death signal, rechecks its parent, and takes
 * all signals. To be called from the main thread only, because the parent-death signal comes when
 * the thread that forked ends. Returns as fork() does; on -1 the failure has been told (with the
 * limit that was reached, if one was). */
pid_t weft_run_fork (const WeftRun *run);

/* Sleeps for @ns in one go, or until the run is to end: a lane that sleeps is not woken every now
 * and then to look, because its scheduling would show that. */
void weft_run_sleep (const WeftRun *run, gint64 ns);

/* Burns @ns of this thread's own CPU time, or until the run is to end. Less than 20 us is measured by the
 * clock on the wall, because to ask for the CPU time would take a good part of that. */
void weft_run_burn (const WeftRun *run, gint64 ns);

/* CPU time of the calling thread (CLOCK_THREAD_CPUTIME_ID). A system call. */
gint64 weft_run_get_cpu_ns (void);

/* Seconds that @ticks last. */
double weft_run_seconds (const WeftRun *run, guint64 ticks);
