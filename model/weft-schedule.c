/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-schedule.h"

#include <stdatomic.h>

#include "weft-recording-private.h"

/* Threads are kept in chunks that never move. */
#define CHUNK_THREADS 256
#define N_CHUNKS (WEFT_SCHEDULE_MAX_THREADS / CHUNK_THREADS)

G_STATIC_ASSERT ((int) WEFT_N_SCHEDULING_STATES <= (int) WEFT_N_ACTIVITIES);

typedef struct
{
  WeftThread info; /* complete before the thread is counted */
  _Atomic gint64 died_ns;
  _Atomic guint64 voluntary;
  _Atomic guint64 involuntary;
  _Atomic guint64 migrations;
  _Atomic gint lane;
  _Atomic (const char *) name; /* interned */
} Thread;

struct _WeftSchedule
{
  _Atomic guint n_threads; /* stored with release after the thread */
  Thread *chunks[N_CHUNKS];
  _Atomic guint lane_threads[WEFT_RECORDING_MAX_LANES]; /* index + 1; 0: none */
  guint n_cores;
  WeftSpans **cores;
  WeftCounter *depth;
  _Atomic gint64 end_ns;
};

static inline Thread *
thread_at (const WeftSchedule *schedule, guint index)
{
  return &schedule->chunks[index / CHUNK_THREADS][index % CHUNK_THREADS];
}

guint
weft_schedule_get_n_threads (const WeftSchedule *schedule)
{
  return atomic_load_explicit (&schedule->n_threads, memory_order_acquire);
}

const WeftThread *
weft_schedule_get_thread (const WeftSchedule *schedule, guint index)
{
  g_return_val_if_fail (index < weft_schedule_get_n_threads (schedule), NULL);
  return &thread_at (schedule, index)->info;
}

void
weft_schedule_get_figures (const WeftSchedule *schedule, guint thread, WeftThreadFigures *figures)
{
  const Thread *from = thread_at (schedule, thread);

  *figures =
      (WeftThreadFigures){ .died_ns = atomic_load_explicit (&from->died_ns, memory_order_relaxed),
                           .voluntary = atomic_load_explicit (&from->voluntary, memory_order_relaxed),
                           .involuntary = atomic_load_explicit (&from->involuntary, memory_order_relaxed),
                           .migrations = atomic_load_explicit (&from->migrations, memory_order_relaxed),
                           .lane = atomic_load_explicit (&from->lane, memory_order_relaxed) };
}

const char *
weft_schedule_get_name (const WeftSchedule *schedule, guint thread)
{
  return atomic_load_explicit (&thread_at (schedule, thread)->name, memory_order_acquire);
}

const WeftThread *
weft_schedule_get_lane_thread (const WeftSchedule *schedule, guint lane)
{
  guint number;

  g_return_val_if_fail (lane < WEFT_RECORDING_MAX_LANES, NULL);
  number = atomic_load_explicit (&schedule->lane_threads[lane], memory_order_acquire);
  return number > 0 ? &thread_at (schedule, number - 1)->info : NULL;
}

const WeftSpans *
weft_schedule_get_core (const WeftSchedule *schedule, guint core)
{
  return core < schedule->n_cores ? schedule->cores[core] : NULL;
}

WeftCounter *
weft_schedule_get_depth (const WeftSchedule *schedule)
{
  return schedule->depth;
}

gint64
weft_schedule_get_end (const WeftSchedule *schedule)
{
  return atomic_load_explicit (&schedule->end_ns, memory_order_relaxed);
}

gsize
weft_schedule_get_bytes (const WeftSchedule *schedule)
{
  gsize bytes = sizeof *schedule + weft_counter_get_bytes (schedule->depth);

  for (guint i = 0; i < weft_schedule_get_n_threads (schedule); i++)
    bytes += sizeof (Thread) + weft_spans_get_bytes (thread_at (schedule, i)->info.spans);
  for (guint i = 0; i < schedule->n_cores; i++)
    bytes += weft_spans_get_bytes (schedule->cores[i]);
  return bytes;
}

/* ── writing ── */

WeftSchedule *
weft_schedule_new (void)
{
  WeftSchedule *schedule = g_new0 (WeftSchedule, 1);

  schedule->depth = weft_counter_new ();
  atomic_init (&schedule->end_ns, -1);
  return schedule;
}

void
weft_schedule_free (WeftSchedule *schedule)
{
  if (schedule == NULL)
    return;
  for (guint i = 0; i < weft_schedule_get_n_threads (schedule); i++)
    weft_spans_free (thread_at (schedule, i)->info.spans);
  for (guint i = 0; i < N_CHUNKS; i++)
    g_free (schedule->chunks[i]);
  for (guint i = 0; i < schedule->n_cores; i++)
    weft_spans_free (schedule->cores[i]);
  g_free (schedule->cores);
  weft_counter_free (schedule->depth);
  g_free (schedule);
}

void
weft_schedule_set_n_cores (WeftSchedule *schedule, guint n_cores)
{
  g_return_if_fail (schedule->cores == NULL);
  schedule->n_cores = n_cores;
  schedule->cores = g_new (WeftSpans *, n_cores);
  for (guint i = 0; i < n_cores; i++)
    schedule->cores[i] = weft_spans_new ();
}

const WeftThread *
weft_schedule_add_thread (WeftSchedule *schedule, gint pid, gint tid, gint parent, gint64 born_ns)
{
  guint index = atomic_load_explicit (&schedule->n_threads, memory_order_relaxed);
  Thread *thread;

  if (index == WEFT_SCHEDULE_MAX_THREADS)
    return NULL;
  if (index % CHUNK_THREADS == 0)
    schedule->chunks[index / CHUNK_THREADS] = g_new0 (Thread, CHUNK_THREADS);
  thread = thread_at (schedule, index);
  thread->info = (WeftThread){
    .index = index, .pid = pid, .tid = tid, .parent = parent, .born_ns = born_ns, .spans = weft_spans_new ()
  };
  atomic_init (&thread->died_ns, -1);
  atomic_init (&thread->lane, -1);
  atomic_init (&thread->name, "");
  atomic_store_explicit (&schedule->n_threads, index + 1, memory_order_release);
  return &thread->info;
}

void
weft_schedule_set_figures (WeftSchedule *schedule, guint thread, const WeftThreadFigures *figures)
{
  Thread *target = thread_at (schedule, thread);

  atomic_store_explicit (&target->died_ns, figures->died_ns, memory_order_relaxed);
  atomic_store_explicit (&target->voluntary, figures->voluntary, memory_order_relaxed);
  atomic_store_explicit (&target->involuntary, figures->involuntary, memory_order_relaxed);
  atomic_store_explicit (&target->migrations, figures->migrations, memory_order_relaxed);
}

void
weft_schedule_set_name (WeftSchedule *schedule, guint thread, const char *name)
{
  g_autofree char *clean = g_utf8_make_valid (name, -1);

  atomic_store_explicit (&thread_at (schedule, thread)->name, g_intern_string (clean), memory_order_release);
}

void
weft_schedule_set_lane (WeftSchedule *schedule, guint lane, guint thread)
{
  g_return_if_fail (lane < WEFT_RECORDING_MAX_LANES);
  atomic_store_explicit (&thread_at (schedule, thread)->lane, (gint) lane, memory_order_relaxed);
  atomic_store_explicit (&schedule->lane_threads[lane], thread + 1, memory_order_release);
}

void
weft_schedule_append_core (WeftSchedule *schedule, guint core, gint64 time_ns, gint thread)
{
  if (core >= schedule->n_cores)
    return;
  weft_spans_append (schedule->cores[core], time_ns,
                     (WeftActivity) (thread >= 0 ? WEFT_SCHEDULING_IS_RUNNING : WEFT_SCHEDULING_IS_BLOCKED),
                     0, thread >= 0 ? (guint32) thread : WEFT_SPAN_NO_TASK, (guint16) core);
}

void
weft_schedule_set_end (WeftSchedule *schedule, gint64 time_ns)
{
  for (guint i = 0; i < schedule->n_cores; i++)
    weft_spans_append (schedule->cores[i], time_ns, (WeftActivity) WEFT_SCHEDULING_IS_UNKNOWN, 0,
                       WEFT_SPAN_NO_TASK, (guint16) i);
  atomic_store_explicit (&schedule->end_ns, time_ns, memory_order_relaxed);
}
