/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Producer and consumer, as run control sees it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test-run.h"
#include "weft-random.h"
#include "weft-workloads.h"

static const WeftEvent *
get_event (GArray *events, guint index)
{
  return &g_array_index (events, WeftEvent, index);
}

static double
get_figure (TestRun *run, const char *name)
{
  return json_object_get_double_member (run->result, name);
}

static void
assert_totals (TestRun *run, guint64 n_items)
{
  g_assert_null (run->failure);
  g_assert_cmpstr (run->outcome, ==, "finished");
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_PUTS), ==, n_items);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_GETS), ==, n_items);
  g_assert_cmpuint (test_run_get_total (run, "consumer ", WEFT_LANE_TASKS_DONE), ==, n_items);
}

/* What was put was taken, each item once. For runs that are too small to overflow a ring. */
static void
assert_exact (TestRun *run, guint64 n_items)
{
  g_autoptr (GArray) puts = test_run_get_events (run, WEFT_EVENT_PUT);
  g_autoptr (GArray) gets = test_run_get_events (run, WEFT_EVENT_GET);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  assert_totals (run, n_items);
  g_assert_cmpuint (puts->len, ==, n_items);
  g_assert_cmpuint (gets->len, ==, n_items);
  for (guint i = 0; i < gets->len; i++)
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (get_event (gets, i)->task + 1)));
  for (guint i = 0; i < puts->len; i++)
    g_assert_true (g_hash_table_contains (seen, GUINT_TO_POINTER (get_event (puts, i)->task + 1)));
}

/* The textbook's program, line by line, and its end: the reader is killed. */
static void
test_a_b_c (gconstpointer data)
{
  const char *more = data;
  g_autofree char *values =
      g_strconcat (weft_queue_workload.presets[0].values, " produce-ms=150 ", more, NULL);
  TestRun *run = test_run_all ("queue", values);
  g_autoptr (GPtrArray) log = test_run_get_log (run);
  int producer = test_run_find_lane (run, "producer 1");
  int consumer = test_run_find_lane (run, "consumer 1");
  TestLane reader = test_run_get_lane (run, (guint) consumer);
  g_autofree char *write_line = g_strdup_printf ("Process to write: %d", run->wire.lanes[producer].tid);
  g_autofree char *read_line = g_strdup_printf ("Process to read: %d", run->wire.lanes[consumer].tid);
  static const char *const others[] = { "Put A to queue...", "Get A from queue.", "Put B to queue...",
                                        "Get B from queue.", "Put C to queue...", "Get C from queue." };
  guint position = 0;

  g_assert_cmpstr (weft_queue_workload.presets[0].name, ==, "a-b-c");
  assert_exact (run, 3);
  g_assert_cmpuint (log->len, ==, 8);
  for (guint i = 0; i < log->len; i++)
    if (g_str_equal (log->pdata[i], write_line))
      g_assert_cmpuint (position, ==, 0); /* before it puts anything */
    else if (g_str_equal (log->pdata[i], read_line))
      g_assert_cmpuint (position, <=, 1); /* before it gets anything */
    else
      g_assert_cmpstr (log->pdata[i], ==, others[position++]);
  g_assert_cmpuint (position, ==, 6);
  g_assert_true (reader.ended);
  if (reader.is_process)
    {
      g_assert_true (reader.has_status);
      g_assert_true (WIFSIGNALED (reader.status));
      g_assert_cmpint (WTERMSIG (reader.status), ==, SIGTERM);
    }
  test_run_free (run);
}

static void
test_depth_events (TestRun *run, gint64 capacity)
{
  gint64 depth = 0;
  gint64 max = 0;
  guint64 last = 0;

  for (guint i = 0; i < run->events->len; i++)
    {
      const WeftEvent *event = get_event (run->events, i);

      if (event->kind != WEFT_EVENT_PUT && event->kind != WEFT_EVENT_GET)
        continue;
      depth += event->kind == WEFT_EVENT_PUT ? 1 : -1;
      g_assert_cmpint (event->value, ==, depth);
      g_assert_cmpint (depth, >=, 0);
      g_assert_cmpint (depth, <=, capacity);
      g_assert_cmpuint (event->ticks, >, last);
      last = event->ticks;
      max = MAX (max, depth);
    }
  g_assert_cmpint (depth, ==, 0);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_MAX_DEPTH), ==, max);
  g_assert_cmpint (json_object_get_int_member (run->result, "max_depth"), ==, max);
}

/* Items come faster than they are served: the depth pins at the capacity, and only then does a producer
 * turn queue-full; at the end it is the consumers who turn queue-empty. */
static void
test_bounded (gconstpointer data)
{
  g_autofree char *values = g_strdup_printf ("producers=2 consumers=1 capacity=4 items=20 produce-ms=1 "
                                             "consume-ms=10 distribution=fixed finish=drain %s",
                                             (const char *) data);
  TestRun *run = test_run_all ("queue", values);
  guint n_full = 0;
  gint64 depth = 0;

  assert_exact (run, 40);
  test_depth_events (run, 4);
  g_assert_cmpint (run->wire.objects[0].capacity, ==, 4);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_MAX_DEPTH), ==, 4);
  for (guint i = 0; i < run->events->len; i++)
    {
      const WeftEvent *event = get_event (run->events, i);

      if (event->kind == WEFT_EVENT_PUT || event->kind == WEFT_EVENT_GET)
        depth = event->value;
      if (event->activity == WEFT_WIRE_QUEUE_FULL)
        {
          n_full++;
          g_assert_cmpint (depth, ==, 4);
          g_assert_true (g_str_has_prefix (run->wire.lanes[event->lane].name, "producer "));
          g_assert_cmpuint (event->line, !=, WEFT_NO_LINE); /* it said "Put ..." before it blocked */
        }
    }
  g_assert_cmpuint (n_full, >=, 10);
  g_assert_cmpuint (test_run_get_total (run, "producer ", WEFT_LANE_BLOCKED_TICKS), >, 0);
  g_assert_cmpfloat (get_figure (run, "producers_blocked_fraction"), >, 0.1);
  g_assert_cmpfloat (get_figure (run, "accepted_rate"), <, get_figure (run, "offered_rate"));
  test_run_free (run);
}

static void
test_idle_consumers (void)
{
  TestRun *run =
      test_run_all ("queue", "producers=1 consumers=3 items=10 produce-ms=20 consume-ms=0 finish=drain");
  guint n_empty = 0;

  assert_exact (run, 10);
  for (guint i = 0; i < run->events->len; i++)
    n_empty += get_event (run->events, i)->activity == WEFT_WIRE_QUEUE_EMPTY;
  g_assert_cmpuint (n_empty, >=, 10);
  g_assert_cmpfloat (get_figure (run, "consumers_idle_fraction"), >, 0.9);
  g_assert_cmpfloat (get_figure (run, "producers_blocked_fraction"), ==, 0);
  g_assert_true (json_object_get_null_member (run->result, "littles_law_error")); /* under 100 items */
  test_run_free (run);
}

/* L = lambda W, from totals that were summed in two different ways: by time, and by item. */
static void
test_littles_law (gconstpointer data)
{
  g_autofree char *values = g_strdup_printf ("producers=2 consumers=2 capacity=100 items=10000 "
                                             "produce-ms=0 consume-ms=0 finish=drain %s",
                                             (const char *) data);
  TestRun *run = test_run_all ("queue", values);
  g_autoptr (GHashTable) put_at = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  double waits_s = 0;

  assert_exact (run, 20000);
  test_depth_events (run, 100);
  g_assert_cmpfloat (get_figure (run, "littles_law_error"), <, 1e-6);
  for (guint i = 0; i < run->events->len; i++)
    {
      const WeftEvent *event = get_event (run->events, i);

      if (event->kind == WEFT_EVENT_PUT)
        g_hash_table_insert (put_at, GUINT_TO_POINTER (event->task),
                             g_memdup2 (&event->ticks, sizeof event->ticks));
      else if (event->kind == WEFT_EVENT_GET)
        waits_s += test_run_to_seconds (
            run, event->ticks - *(guint64 *) g_hash_table_lookup (put_at, GUINT_TO_POINTER (event->task)));
    }
  g_assert_cmpfloat_with_epsilon (get_figure (run, "mean_wait_s") * 20000, waits_s, waits_s * 0.01);
  test_run_free (run);
}

/* Every producer puts all of the values. */
static void
test_values (void)
{
  TestRun *run =
      test_run_all ("queue", "producers=3 consumers=2 values=x,y items=50 produce-ms=0 finish=drain");
  g_autoptr (GPtrArray) log = test_run_get_log (run);
  guint n_x = 0, n_y = 0;

  assert_exact (run, 6);
  for (guint i = 0; i < log->len; i++)
    {
      n_x += g_str_equal (log->pdata[i], "Put x to queue...");
      n_y += g_str_equal (log->pdata[i], "Put y to queue...");
    }
  g_assert_cmpuint (n_x, ==, 3);
  g_assert_cmpuint (n_y, ==, 3);
  test_run_free (run);
}

/* Sleeps are never shorter than asked for, so the times show what the seed decided: for each item, whoever
 * consumes it. */
static void
test_seed (gconstpointer data)
{
  const char *name = data;
  WeftDistribution distribution = g_str_equal (name, "fixed")     ? WEFT_DISTRIBUTION_FIXED
                                  : g_str_equal (name, "uniform") ? WEFT_DISTRIBUTION_UNIFORM
                                                                  : WEFT_DISTRIBUTION_EXPONENTIAL;
  g_autofree char *values = g_strdup_printf ("producers=2 consumers=4 items=10 produce-ms=5 consume-ms=40 "
                                             "seed=11 distribution=%s finish=drain",
                                             name);
  TestRun *run = test_run_all ("queue", values);
  g_autoptr (GArray) finishes = test_run_get_events (run, WEFT_EVENT_FINISH);

  assert_exact (run, 20);
  for (guint i = 0; i < finishes->len; i++)
    {
      const WeftEvent *event = get_event (finishes, i);
      gint64 expected_ns =
          weft_random_duration (distribution, 40000000, 11, WEFT_RANDOM_CONSUME, event->task);

      g_assert_cmpfloat (test_run_to_seconds (run, (guint64) event->value), >=,
                         (double) expected_ns * 1e-9 * 0.999);
    }
  test_run_free (run);
}

static void
test_presets (gconstpointer data)
{
  for (const WeftPresetSpec *preset = weft_queue_workload.presets; preset->name != NULL; preset++)
    {
      g_autofree char *values =
          g_strdup_printf ("%s produce-ms=1 consume-ms=2 %s", preset->values, (const char *) data);
      TestRun *run = test_run_all ("queue", values);
      gboolean overload = g_str_equal (preset->name, "overload");

      assert_exact (run, g_str_equal (preset->name, "a-b-c") ? 3 : overload ? 120 : 60);
      if (overload)
        g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_MAX_DEPTH), >, 30);
      test_run_free (run);
    }
}

static void
test_measure (void)
{
  TestRun *run = test_run_new ("queue", weft_queue_workload.measure);

  run->keep_events = FALSE;
  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "finished");
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_GETS), ==, 1000000);
  g_assert_cmpfloat (get_figure (run, "littles_law_error"), <, 1e-6);
  test_run_free (run);
}

/* More items than a piece of the ring that is given back to the system; each comes out once, and those of
 * a producer in their order. Events may be dropped at this speed. */
static void
test_unbounded (void)
{
  TestRun *run =
      test_run_all ("queue", "producers=2 consumers=1 capacity=0 items=100000 produce-ms=0 finish=drain");
  g_autoptr (GArray) gets = test_run_get_events (run, WEFT_EVENT_GET);
  gint64 last[2] = { -1, -1 };

  assert_totals (run, 200000);
  for (guint i = 0; i < gets->len; i++)
    {
      guint32 task = get_event (gets, i)->task;

      g_assert_cmpuint (task, <, 200000);
      g_assert_cmpint (task, >, last[task / 100000]);
      last[task / 100000] = task;
    }
  g_assert_cmpint (run->wire.objects[0].capacity, ==, 0);
  test_run_free (run);
}

static gboolean
has_taken_100 (TestRun *run, gpointer data)
{
  return test_run_get_queue_total (run, WEFT_QUEUE_GETS) >= 100;
}

/* items=0: on and on. A stop is the ordinary end; what was put was taken or is left. */
static void
test_endless (gconstpointer data)
{
  g_autofree char *values =
      g_strdup_printf ("producers=2 consumers=2 items=0 produce-ms=1 consume-ms=1 %s", (const char *) data);
  TestRun *run = test_run_new ("queue", values);
  guint64 puts, gets;

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump_until (run, has_taken_100, NULL);
  test_run_send (run, "{\"message\":\"stop\"}");
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "stopped");
  g_assert_null (run->failure);
  puts = test_run_get_queue_total (run, WEFT_QUEUE_PUTS);
  gets = test_run_get_queue_total (run, WEFT_QUEUE_GETS);
  g_assert_cmpuint (puts, >=, gets);
  g_assert_cmpuint (gets, ==,
                    test_run_get_total (run, "consumer ", WEFT_LANE_TASKS_DONE)
                        + test_run_get_total (run, "consumer ", WEFT_LANE_TASKS_FAILED));
  test_run_free (run);
}

/* A pipe is bounded by its own size, and says which bound is too large. */
static void
test_pipe_too_large (void)
{
  TestRun *run;
  int limit = 0;
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/sys/fs/pipe-max-size", &text, NULL, NULL));
  limit = atoi (text);
  run = test_run_new ("queue", "transport=pipe capacity=1000000");
  test_run_prepare (run, NULL);
  test_run_go (run);
  if (limit >= 32 * 1000000 || geteuid () == 0)
    {
      /* Allowed here. */
      test_run_send (run, "{\"message\":\"stop\"}");
      test_run_finish (run);
    }
  else
    {
      test_run_finish (run);
      g_assert_cmpstr (run->outcome, ==, "failed");
      g_assert_nonnull (strstr (run->failure, "smaller capacity"));
    }
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  g_test_add_data_func ("/queue/a-b-c/processes", "backend=processes", test_a_b_c);
  g_test_add_data_func ("/queue/a-b-c/threads", "backend=threads", test_a_b_c);
  g_test_add_data_func ("/queue/a-b-c/pipe", "transport=pipe", test_a_b_c);
  g_test_add_data_func ("/queue/a-b-c/drain", "backend=threads finish=drain", test_a_b_c);
  g_test_add_data_func ("/queue/bounded/processes", "backend=processes", test_bounded);
  g_test_add_data_func ("/queue/bounded/threads", "backend=threads", test_bounded);
  g_test_add_data_func ("/queue/bounded/pipe", "transport=pipe", test_bounded);
  g_test_add_data_func ("/queue/bounded/cpu", "work=cpu", test_bounded);
  g_test_add_func ("/queue/idle-consumers", test_idle_consumers);
  g_test_add_data_func ("/queue/littles-law/processes", "backend=processes", test_littles_law);
  g_test_add_data_func ("/queue/littles-law/threads", "backend=threads", test_littles_law);
  g_test_add_data_func ("/queue/littles-law/pipe", "transport=pipe", test_littles_law);
  g_test_add_func ("/queue/unbounded", test_unbounded);
  g_test_add_func ("/queue/values", test_values);
  g_test_add_data_func ("/queue/seed/fixed", "fixed", test_seed);
  g_test_add_data_func ("/queue/seed/uniform", "uniform", test_seed);
  g_test_add_data_func ("/queue/seed/exponential", "exponential", test_seed);
  g_test_add_data_func ("/queue/presets/processes", "backend=processes", test_presets);
  g_test_add_data_func ("/queue/presets/threads", "backend=threads", test_presets);
  g_test_add_func ("/queue/measure", test_measure);
  g_test_add_data_func ("/queue/endless/processes", "backend=processes", test_endless);
  g_test_add_data_func ("/queue/endless/threads", "backend=threads", test_endless);
  g_test_add_data_func ("/queue/endless/pipe", "transport=pipe capacity=5", test_endless);
  g_test_add_func ("/queue/pipe-too-large", test_pipe_too_large);
  return g_test_run ();
}
