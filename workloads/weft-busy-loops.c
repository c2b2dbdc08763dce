/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Busy loops: threads or processes that only count. Where each may use a core of its own, N loops use N
 * cores; under a global interpreter lock they use one.
 */
#include <math.h>
#include <string.h>

#include "weft-global-lock.h"
#include "weft-starting-line.h"
#include "weft-totals.h"
#include "weft-workloads.h"

/* Between two looks whether to go on: about a microsecond of work. */
#define ROUND_ITERATIONS 1024

static const char *const lines[] = { NULL };

static const char *const backends[] = { "threads", "processes", "global-lock", NULL };
static const char *const backend_titles[] = { "threads", "processes",
                                              "threads under a global interpreter lock (GIL)" };

static const WeftParameterSpec parameters[] = {
  { .name = "backend",
    .title = "Backend",
    .help = "What the loops are: threads of one process, processes, or threads under a global interpreter "
            "lock (GIL), as in CPython, of which only the one that has the lock runs.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "threads",
    .choices = backends,
    .choice_titles = backend_titles },
  { .name = "loops",
    .title = "Loops",
    .help = "How many there are. Each would keep one core busy.",
    .type = WEFT_PARAMETER_INTEGER,
    .minimum = 1,
    .maximum = 1024,
    .default_per_core = 1 },
  { .name = "duration-ms",
    .title = "Duration",
    .help = "For how long they run.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "ms",
    .maximum = 3600000,
    .default_value = 5000 },
  { .name = "switch-interval-ms",
    .title = "Switch interval",
    .help =
        "Under a global interpreter lock: how long a loop waits for it before it asks the one that has it "
        "to hand it over. CPython waits 5 ms.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "ms",
    .maximum = 3600000,
    .default_value = 5 },
  { NULL },
};

static const WeftPresetSpec presets[] = {
  { "one-loop", "One loop", "One core is busy, the others are not.", "loops=1" },
  { "two-loops", "Two loops", "Two cores are busy: 200 % in all.", "loops=2" },
  { "all-cores", "All cores", "As many loops as there are cores: all of them are busy.", "backend=threads" },
  { "gil", "Global interpreter lock",
    "Four threads, of which one runs at a time: 100 % in all. The switch interval is made so long that each "
    "turn can be seen.",
    "backend=global-lock loops=4 duration-ms=8000 switch-interval-ms=200" },
  { NULL },
};

static const WeftRuleSpec rules[] = { { .first = NULL } };

static const WeftResultSpec results[] = {
  { "cores_used", "Cores used", NULL, "CPU time of all loops, divided by the time that passed." },
  { "iterations_per_s", "Iterations", "/s", "How often all loops together went round in a second." },
  { "handovers", "Handovers", NULL,
    "How often the global interpreter lock passed from one loop to another; without one there are none." },
  { NULL },
};

/* What all loops of a run share by having been started from the same process. */
typedef struct
{
  WeftStartingLine line;
  WeftGlobalLock *global_lock; /* or NULL */
} Loops;

static guint
get_n_lanes (const WeftRun *run)
{
  return 1 + (guint) weft_run_get_integer (run, "loops");
}

/* The steps of a linear congruential generator (Knuth's MMIX): each needs the one before, so that neither
 * the compiler nor the processor can take a short cut. */
static guint64
go_round (guint64 x)
{
  for (guint i = 0; i < ROUND_ITERATIONS; i++)
    x = x * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  __asm__ volatile("" : "+r"(x));
  return x;
}

static int
loop (WeftRun *run, WeftLane *lane, guint index, gpointer data)
{
  Loops *loops = data;
  guint64 x = run->seed + index;
  gint64 began_cpu_ns, noted_ns;

  weft_starting_line_wait (&loops->line);
  /* Where there are so many that it got no core before the end, it is none of those that are measured. */
  if (weft_run_stopping (run))
    return 0;
  began_cpu_ns = weft_run_get_cpu_ns ();
  weft_totals_note_cpu (lane, began_cpu_ns);
  noted_ns = weft_monotonic_ns ();
  if (loops->global_lock != NULL)
    weft_global_lock_take (loops->global_lock, lane);
  else
    weft_lane_activity (lane, WEFT_WIRE_WORKING, WEFT_NO_OBJECT, WEFT_NO_TASK);
  while (!weft_run_stopping (run))
    {
      gint64 now_ns;

      x = go_round (x);
      weft_lane_add (lane, WEFT_LANE_ITERATIONS, ROUND_ITERATIONS);
      if (loops->global_lock != NULL && weft_global_lock_is_asked (loops->global_lock))
        weft_global_lock_hand_over (loops->global_lock, lane);
      now_ns = weft_monotonic_ns ();
      if (now_ns - noted_ns >= WEFT_TOTALS_NOTE_NS)
        {
          weft_totals_note_cpu (lane, began_cpu_ns);
          noted_ns = now_ns;
        }
    }
  if (loops->global_lock != NULL)
    weft_global_lock_drop (loops->global_lock, lane);
  weft_totals_note_cpu (lane, began_cpu_ns);
  return 0;
}

static gboolean
start_loops (WeftCrew *crew, Loops *loops, guint n_loops)
{
  char name[WEFT_WIRE_NAME_SIZE];

  for (guint i = 0; i < n_loops; i++)
    {
      g_snprintf (name, sizeof name, WEFT_TOTALS_LOOP " %u", i + 1);
      if (weft_crew_start (crew, name, i, WEFT_WIRE_WAITING, loop, loops) == NULL)
        return FALSE;
    }
  return TRUE;
}

static int
run_loops (WeftRun *run)
{
  guint n_loops = (guint) weft_run_get_integer (run, "loops");
  Loops loops = { 0 };
  WeftCrew *crew;
  WeftLane lane;

  if (!weft_lane_begin (&lane, &run->wire, "main", TRUE, -1, WEFT_WIRE_WORKING))
    {
      weft_run_fail (run, "There is no room for the events of so many loops: ask for fewer.");
      return 1;
    }
  if (g_str_equal (weft_run_get_text (run, "backend"), "global-lock"))
    {
      loops.global_lock = weft_global_lock_new (run, "global interpreter lock",
                                                weft_run_get_integer (run, "switch-interval-ms") * 1000000);
      if (loops.global_lock == NULL)
        return 1;
    }
  crew = weft_crew_new (run, weft_crew_uses_processes (run), n_loops, &lane);
  if (crew == NULL || !weft_starting_line_init (&loops.line, run) || !start_loops (crew, &loops, n_loops))
    return 1;
  if (run->n_cores == 1 && n_loops > 1 && loops.global_lock == NULL)
    weft_run_notice (run, "This run may use only one core, so %u loops use no more of it than one would.",
                     n_loops);
  weft_lane_activity (&lane, WEFT_WIRE_WAITING, WEFT_NO_OBJECT, WEFT_NO_TASK);
  if (weft_starting_line_run (&loops.line, run, crew, weft_run_get_integer (run, "duration-ms") * 1000000)
          == n_loops
      && !weft_run_was_stopped (run))
    {
      weft_run_fail (run, "All loops were ended from outside. Run it again, and leave one alive.");
      return 1;
    }
  weft_lane_end (&lane, 0);
  return 0;
}

static void
add_result (const WeftRun *run, JsonBuilder *builder)
{
  guint64 first = weft_totals_min (run, WEFT_TOTALS_LOOP, WEFT_LANE_FIRST_TICKS);
  guint64 last = weft_totals_max (run, WEFT_TOTALS_LOOP, WEFT_LANE_LAST_TICKS);
  double wall_s = first != 0 && last > first ? weft_run_seconds (run, last - first) : NAN;
  guint64 cpu_ns = weft_totals_sum (run, WEFT_TOTALS_LOOP, WEFT_LANE_CPU_NS, NULL);
  guint64 iterations = weft_totals_sum (run, WEFT_TOTALS_LOOP, WEFT_LANE_ITERATIONS, NULL);

  weft_totals_add_number (builder, "cores_used", (double) cpu_ns * 1e-9 / wall_s);
  weft_totals_add_number (builder, "iterations_per_s", (double) iterations / wall_s);
  json_builder_set_member_name (builder, "handovers");
  if (g_str_equal (weft_run_get_text (run, "backend"), "global-lock"))
    json_builder_add_int_value (builder, (gint64) weft_totals_lock (run, WEFT_LOCK_HANDOVERS));
  else
    json_builder_add_null_value (builder);
}

const WeftWorkload weft_busy_loops_workload = {
  .id = "busy-loops",
  .title = "Busy loops",
  .summary = "how many cores do N loops use?",
  .group = "Start here",
  .see = "Each loop only counts, so it can keep one core busy and no more. One loop is 100 % in the row of "
         "all cores, two are 200 %, until there are as many loops as cores: more of them share what there "
         "is.\n"
         "\n"
         "Then choose the global interpreter lock: the same threads use 100 % in all, because at any instant "
         "only the one that has the lock works. Whoever waits longer than the switch interval asks for it, "
         "and the owner hands it over. With processes the cores are full again: each has a lock of its own, "
         "which is why programs in Python use processes for such work.\n"
         "\n"
         "Make the interval shorter, and the turns follow each other faster. The cores used stay the same.",
  .watch = "backend=threads loops=2 duration-ms=8000",
  .measure = "backend=threads duration-ms=5000",
  .parameters = parameters,
  .presets = presets,
  .rules = rules,
  .results = results,
  .lines = lines,
  .lanes = get_n_lanes,
  .run = run_loops,
  .result = add_result,
};
