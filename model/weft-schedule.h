/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel's scheduler did with the threads of a run, as far as it was told exactly: for each thread
 * a column of scheduling spans, for each core a column of who ran there, and how many threads were ready
 * without a core. Threads of programs that are not ours are there as well: a lane finds its own by
 * weft_schedule_get_lane_thread(), and whoever wants to show any other program goes through all of them.
 *
 * The columns are WeftSpans: a span's `activity` is a WeftSchedulingState, its `core` the core. One thread
 * writes, any may read, as with all of a recording. Times are ns since the run's start.
 */
#pragma once

#include "weft-counter.h"
#include "weft-spans.h"

G_BEGIN_DECLS

/**
 * WeftSchedulingState:
 * @WEFT_SCHEDULING_IS_UNKNOWN: nothing was told of it
 * @WEFT_SCHEDULING_IS_RUNNING: it ran, on the span's core
 * @WEFT_SCHEDULING_IS_READY: it could have run, but had no core
 * @WEFT_SCHEDULING_IS_BLOCKED: it waited for something. As far as a thread is not told apart from it by its own
 *   run delay, this includes the time from its being woken until it ran
 */
typedef enum
{
  WEFT_SCHEDULING_IS_UNKNOWN,
  WEFT_SCHEDULING_IS_RUNNING,
  WEFT_SCHEDULING_IS_READY,
  WEFT_SCHEDULING_IS_BLOCKED,
  WEFT_N_SCHEDULING_STATES
} WeftSchedulingState;

#define WEFT_SCHEDULE_MAX_THREADS 65536

typedef struct _WeftSchedule WeftSchedule;

/**
 * WeftThread: one thread that the kernel told of.
 * @index: in the order in which they were told of
 * @pid, @tid: may be given to another thread once this one has died
 * @parent: the tid of the thread that started it; 0: not known
 * @born_ns: when it was started, or first heard of
 * @spans: its scheduling, from @born_ns on
 */
typedef struct
{
  guint index;
  gint pid;
  gint tid;
  gint parent;
  gint64 born_ns;
  WeftSpans *spans;
} WeftThread;

/**
 * WeftThreadFigures: what is counted of a thread.
 * @died_ns: -1: it lives
 * @voluntary: switches away from a core because it blocked
 * @involuntary: because another was put there
 * @migrations: times that it began to run on another core than before
 * @lane: index of its lane; -1: it has none
 */
typedef struct
{
  gint64 died_ns;
  guint64 voluntary;
  guint64 involuntary;
  guint64 migrations;
  gint lane;
} WeftThreadFigures;

/** weft_schedule_get_n_threads: how many are published. Acquire. */
guint weft_schedule_get_n_threads (const WeftSchedule *schedule);

/** weft_schedule_get_thread: (transfer none): @index below the number of threads. */
const WeftThread *weft_schedule_get_thread (const WeftSchedule *schedule, guint index);

void weft_schedule_get_figures (const WeftSchedule *schedule, guint thread, WeftThreadFigures *figures);

/** weft_schedule_get_name: (transfer none): what the kernel calls it ("comm"); "" while not known. */
const char *weft_schedule_get_name (const WeftSchedule *schedule, guint thread);

/** weft_schedule_get_lane_thread: (nullable): the thread that is lane @lane of the recording; %NULL: the
 * kernel told nothing of it, at least not yet. */
const WeftThread *weft_schedule_get_lane_thread (const WeftSchedule *schedule, guint lane);

/** weft_schedule_get_core: (nullable): who of the run's threads ran on @core: a span that is RUNNING has the
 * index of the thread as its `task`; while BLOCKED, none of them did. */
const WeftSpans *weft_schedule_get_core (const WeftSchedule *schedule, guint core);

/** weft_schedule_get_depth: how many threads were ready without a core. */
WeftCounter *weft_schedule_get_depth (const WeftSchedule *schedule);

/** weft_schedule_get_end: since when nothing more was told, in ns; -1: it was told to the end. */
gint64 weft_schedule_get_end (const WeftSchedule *schedule);

/** weft_schedule_get_bytes: resident memory. Any thread. */
gsize weft_schedule_get_bytes (const WeftSchedule *schedule);

/* ── the writer's side ── */

WeftSchedule *weft_schedule_new (void);
void weft_schedule_free (WeftSchedule *schedule);

/** weft_schedule_set_n_cores: once, before anything is read. */
void weft_schedule_set_n_cores (WeftSchedule *schedule, guint n_cores);

/** weft_schedule_add_thread: (transfer none) (nullable): %NULL when there are too many. */
const WeftThread *
weft_schedule_add_thread (WeftSchedule *schedule, gint pid, gint tid, gint parent, gint64 born_ns);
void weft_schedule_set_figures (WeftSchedule *schedule, guint thread, const WeftThreadFigures *figures);
void weft_schedule_set_name (WeftSchedule *schedule, guint thread, const char *name);
void weft_schedule_set_lane (WeftSchedule *schedule, guint lane, guint thread);

/** weft_schedule_append_core: from @time_ns on @thread runs on @core; -1: none of the run's. */
void weft_schedule_append_core (WeftSchedule *schedule, guint core, gint64 time_ns, gint thread);

/** weft_schedule_set_end: nothing more is told from @time_ns on. Once. */
void weft_schedule_set_end (WeftSchedule *schedule, gint64 time_ns);

G_END_DECLS
