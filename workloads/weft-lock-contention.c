/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lock contention: threads that all want the same lock, hold it for a time, and do something else for a
 * time.
 */
#include <math.h>

#include "weft-lock.h"
#include "weft-random.h"
#include "weft-starting-line.h"
#include "weft-totals.h"
#include "weft-workloads.h"

static const char *const lines[] = { NULL };

/* What the lock is called, by its kind. */
static const char *const lock_names[] = { "mutex",          "spinlock", "ticket lock",
                                          "adaptive mutex", "rwlock",   "semaphore" };

static const WeftParameterSpec parameters[] = {
  { .name = "lock",
    .title = "Lock",
    .help = "mutex: those who wait sleep, and whoever comes along may take it before them. spinlock: they "
            "look again and again. ticket: likewise, but in the order of arrival. adaptive: a mutex that is "
            "looked at for a moment before going to sleep. rwlock: readers have it together. semaphore: one "
            "permit.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "mutex",
    .choices = weft_lock_kinds },
  { .name = "threads",
    .title = "Threads",
    .help = "How many want the lock.",
    .type = WEFT_PARAMETER_INTEGER,
    .minimum = 1,
    .maximum = 256,
    .default_value = 4 },
  { .name = "hold-us",
    .title = "Time with the lock",
    .help = "How much CPU time a thread uses while it has the lock.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "us",
    .maximum = 3600000000.0,
    .default_value = 50 },
  { .name = "outside-us",
    .title = "Time without the lock",
    .help = "How much CPU time a thread uses before it wants the lock again.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "us",
    .maximum = 3600000000.0,
    .default_value = 50 },
  { .name = "read-fraction",
    .title = "Readers",
    .help = "Of a rwlock: how many of the acquisitions share it, from 0 to 1. Other locks are not shared.",
    .type = WEFT_PARAMETER_NUMBER,
    .maximum = 1 },
  { .name = "duration-ms",
    .title = "Duration",
    .help = "For how long the threads go on.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "ms",
    .maximum = 3600000,
    .default_value = 5000 },
  { NULL },
};

static const WeftPresetSpec presets[] = { { NULL } };

static const WeftRuleSpec rules[] = { { .first = NULL } };

static const WeftResultSpec results[] = {
  { "acquisitions", "Acquisitions", NULL, "How often the lock was taken." },
  { "contended_fraction", "Contended", "%", "How many of the acquisitions had to wait." },
  { "throughput", "Throughput", "/s", "Acquisitions a second, from the first one to the last release." },
  { "wait_s", "Wait", "s", "How long those acquisitions took that had to wait." },
  { "fairness", "Fairness", "%",
    "Jain's index of the acquisitions of each thread: 100 % if all got it equally often, 1 / threads if one "
    "got it always." },
  { "cpu_s_per_acquisition", "CPU time for each", "s",
    "CPU time of all threads, divided by the acquisitions: to hold the lock, to be outside, and to wait." },
  { NULL },
};

/* What all threads of a run share. */
typedef struct
{
  WeftStartingLine line;
  WeftLock *lock;
  gint64 hold_ns;
  gint64 outside_ns;
  guint n_threads;
  double read_fraction; /* 0 where the lock cannot be shared */
} Contention;

static guint
get_n_lanes (const WeftRun *run)
{
  return 1 + (guint) weft_run_get_integer (run, "threads");
}

static int
contend (WeftRun *run, WeftLane *lane, guint index, gpointer data)
{
  Contention *contention = data;
  guint64 note_ticks = (guint64) (WEFT_TOTALS_NOTE_NS / weft_clock_map_ns_per_tick (&run->clock));
  guint64 noted = 0;
  gint64 began_cpu_ns;

  weft_starting_line_wait (&contention->line);
  began_cpu_ns = weft_run_get_cpu_ns ();
  for (guint64 round = 0; !weft_run_stopping (run); round++)
    {
      guint64 number = round * contention->n_threads + index;
      guint32 task = (guint32) (number % WEFT_NO_TASK);
      gboolean shared =
          contention->read_fraction > 0
          && weft_random_unit (run->seed, WEFT_RANDOM_READS, number) < contention->read_fraction;
      guint64 acquired;

      weft_lane_add (lane, WEFT_LANE_TASKS_STARTED, 1);
      acquired = weft_lock_acquire (contention->lock, lane, shared, task);
      weft_run_burn (run, contention->hold_ns);
      weft_lane_add (lane, WEFT_LANE_TASKS_DONE, 1);
      weft_lock_release (contention->lock, lane, shared, acquired, task, WEFT_WIRE_WORKING);
      weft_run_burn (run, contention->outside_ns);
      if (acquired - noted >= note_ticks)
        {
          weft_totals_note_cpu (lane, began_cpu_ns);
          noted = acquired;
        }
    }
  weft_totals_note_cpu (lane, began_cpu_ns);
  return 0;
}

static gboolean
prepare (WeftRun *run, Contention *contention)
{
  const char *chosen = weft_run_get_text (run, "lock");
  WeftLockKind kind = WEFT_LOCK_MUTEX;

  while (!g_str_equal (weft_lock_kinds[kind], chosen))
    kind++;
  contention->hold_ns = weft_run_get_integer (run, "hold-us") * 1000;
  contention->outside_ns = weft_run_get_integer (run, "outside-us") * 1000;
  contention->n_threads = (guint) weft_run_get_integer (run, "threads");
  contention->read_fraction = kind == WEFT_LOCK_RWLOCK ? weft_run_get_number (run, "read-fraction") : 0;
  contention->lock = weft_lock_new (run, lock_names[kind], kind);
  return contention->lock != NULL && weft_starting_line_init (&contention->line, run);
}

static gboolean
start_threads (WeftCrew *crew, Contention *contention)
{
  char name[WEFT_WIRE_NAME_SIZE];

  for (guint i = 0; i < contention->n_threads; i++)
    {
      g_snprintf (name, sizeof name, WEFT_TOTALS_THREAD " %u", i + 1);
      if (weft_crew_start (crew, name, i, WEFT_WIRE_WAITING, contend, contention) == NULL)
        return FALSE;
    }
  return TRUE;
}

static int
run_contention (WeftRun *run)
{
  Contention contention = { 0 };
  WeftCrew *crew;
  WeftLane lane;

  if (!weft_lane_begin (&lane, &run->wire, "main", TRUE, -1, WEFT_WIRE_WORKING))
    {
      weft_run_fail (run, "There is no room for the events of so many threads: ask for fewer.");
      return 1;
    }
  if (!prepare (run, &contention))
    return 1;
  crew = weft_crew_new (run, FALSE, contention.n_threads, &lane);
  if (crew == NULL || !start_threads (crew, &contention))
    return 1;
  if (run->n_cores == 1 && contention.n_threads > 1)
    weft_run_notice (run,
                     "This run may use only one core, so a thread has to wait only for one that lost the "
                     "core while it had the lock.");
  weft_lane_activity (&lane, WEFT_WIRE_WAITING, WEFT_NO_OBJECT, WEFT_NO_TASK);
  weft_starting_line_run (&contention.line, run, crew, weft_run_get_integer (run, "duration-ms") * 1000000);
  weft_lane_end (&lane, 0);
  return 0;
}

/* Jain's index: (sum of x)² / (n × sum of x²). NaN where nobody got anything. */
static double
get_fairness (const WeftRun *run)
{
  guint n = (guint) weft_run_get_integer (run, "threads");
  g_autofree guint64 *done = g_new0 (guint64, n);
  double sum = 0, squares = 0;

  weft_totals_each (run, WEFT_TOTALS_THREAD, WEFT_LANE_TASKS_DONE, done, n);
  for (guint i = 0; i < n; i++)
    {
      sum += (double) done[i];
      squares += (double) done[i] * (double) done[i];
    }
  return sum * sum / (n * squares);
}

static void
add_result (const WeftRun *run, JsonBuilder *builder)
{
  guint64 acquisitions = weft_totals_lock (run, WEFT_LOCK_ACQUISITIONS);
  guint64 first = weft_totals_lock (run, WEFT_LOCK_FIRST);
  guint64 last = weft_totals_lock (run, WEFT_LOCK_LAST);
  guint64 cpu_ns = weft_totals_sum (run, WEFT_TOTALS_THREAD, WEFT_LANE_CPU_NS, NULL);

  json_builder_set_member_name (builder, "acquisitions");
  json_builder_add_int_value (builder, (gint64) acquisitions);
  weft_totals_add_number (builder, "contended_fraction",
                          (double) weft_totals_lock (run, WEFT_LOCK_CONTENDED) / (double) acquisitions);
  weft_totals_add_number (builder, "throughput",
                          first != 0 && last > first
                              ? (double) acquisitions / weft_run_seconds (run, last - first)
                              : NAN);
  weft_totals_add_quantiles (run, builder, "wait_s", WEFT_LOCK_WAITS);
  weft_totals_add_number (builder, "fairness", get_fairness (run));
  weft_totals_add_number (builder, "cpu_s_per_acquisition", (double) cpu_ns * 1e-9 / (double) acquisitions);
}

const WeftWorkload weft_lock_contention_workload = {
  .id = "lock-contention",
  .title = "Lock contention",
  .summary = "threads that all want the same lock",
  .group = "Locks",
  .see = "Of the threads one has the lock at any time and works with it; the others that want it have to "
         "wait. On the mutex they sleep; on a spinlock they look busy, but get nothing done, and where there "
         "are more threads than cores they take the core from the very one they wait for.\n"
         "\n"
         "Look who gets the lock next. A mutex is taken by whoever comes along when it is free, often the "
         "one that has just had it: that is fast, and unfair. A ticket lock is handed over in the order of "
         "arrival: that is fair, and slow when the next one in line has no core.\n"
         "\n"
         "Then make the time without the lock ten times as long as that with it: hardly anyone waits any "
         "more. Or choose the rwlock with readers: those have it at the same time.",
  .task_noun = "round",
  .watch = "lock=mutex threads=4 hold-us=200000 outside-us=100000 duration-ms=8000",
  .measure = "lock=mutex threads=4 hold-us=0 outside-us=0 duration-ms=5000",
  .parameters = parameters,
  .presets = presets,
  .rules = rules,
  .results = results,
  .lines = lines,
  .lanes = get_n_lanes,
  .run = run_contention,
  .result = add_result,
};
