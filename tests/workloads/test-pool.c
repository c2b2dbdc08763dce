/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool, as run control sees it: what is recorded, logged and said of it. */
#include <string.h>

#include "test-run.h"
#include "weft-random.h"
#include "weft-workloads.h"

static const WeftEvent *
get_event (GArray *events, guint index)
{
  return &g_array_index (events, WeftEvent, index);
}

static char *
get_log_text (TestRun *run)
{
  g_autoptr (GPtrArray) log = test_run_get_log (run);

  g_ptr_array_add (log, NULL);
  return g_strjoinv ("\n", (char **) log->pdata);
}

static void
assert_exact (TestRun *run, guint64 n_tasks)
{
  g_assert_cmpstr (run->outcome, ==, "finished");
  g_assert_null (run->failure);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_PUTS), ==, n_tasks);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_GETS), ==, n_tasks);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_STARTED), ==, n_tasks);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_DONE), ==, n_tasks);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_FAILED), ==, 0);
}

/* Four workers, five tasks: the first four start before any is done, the fifth on a lane that has
 * finished one, after that. */
static void
test_first_four (gconstpointer data)
{
  const char *backend = data;
  g_autofree char *values =
      g_strdup_printf ("backend=%s workers=4 durations-ms=600,350,300,500,200", backend);
  TestRun *run = test_run_all ("pool", values);
  g_autoptr (GArray) gets = test_run_get_events (run, WEFT_EVENT_GET);
  g_autoptr (GArray) finishes = test_run_get_events (run, WEFT_EVENT_FINISH);
  guint32 lanes = 0;

  assert_exact (run, 5);
  g_assert_cmpuint (gets->len, ==, 5);
  g_assert_cmpuint (finishes->len, ==, 5);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (get_event (gets, i)->task, ==, i);
      g_assert_cmpuint (get_event (gets, i)->ticks, <, get_event (finishes, 0)->ticks);
      lanes |= 1u << get_event (gets, i)->lane;
    }
  g_assert_cmpuint (lanes, ==, 0x1e); /* four different ones; lane 0 is main */
  g_assert_cmpuint (get_event (gets, 4)->task, ==, 4);
  g_assert_cmpuint (get_event (gets, 4)->ticks, >, get_event (finishes, 0)->ticks);
  g_assert_cmpuint (get_event (gets, 4)->lane, ==, get_event (finishes, 0)->lane);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker %u", i + 1);
      TestLane lane = test_run_get_lane (run, i + 1);

      g_assert_cmpstr (lane.name, ==, name);
      g_assert_cmpint (lane.is_process, ==, g_str_equal (backend, "processes"));
      g_assert_true (lane.ended);
    }
  g_assert_cmpstr (test_run_get_lane (run, 0).name, ==, "main");
  test_run_free (run);
}

/* Every byte of the log. */
static void
test_log (gconstpointer data)
{
  g_autofree char *values = g_strdup_printf ("backend=%s workers=1 durations-ms=20,0", (const char *) data);
  TestRun *run = test_run_all ("pool", values);
  g_autofree char *log = get_log_text (run);
  const WeftWireLane *worker = &run->wire.lanes[1];
  int id = worker->is_process ? worker->pid : worker->tid;
  g_autofree char *pattern = g_strdup_printf ("^Parent process %d\\.\n"
                                              "(?:Waiting for all subprocesses done\\.\\.\\.\n"
                                              ")?Run task 0 \\(%d\\)\\.\\.\\.\n"
                                              "(?:Waiting for all subprocesses done\\.\\.\\.\n"
                                              ")?Task 0 runs [0-9]\\.[0-9][0-9] seconds\\.\n"
                                              "Run task 1 \\(%d\\)\\.\\.\\.\n"
                                              "Task 1 runs 0\\.[0-9][0-9] seconds\\.\n"
                                              "All subprocesses done\\.$",
                                              run->wire.lanes[0].pid, id, id);

  if (!g_regex_match_simple (pattern, log, 0, 0))
    g_error ("the log is:\n%s", log);
  g_assert_nonnull (strstr (log, "Waiting for all subprocesses done..."));
  test_run_free (run);
}

static void
test_activities (void)
{
  static const struct
  {
    const char *work;
    WeftWireActivity activity;
  } rows[] = { { "sleep", WEFT_WIRE_ASLEEP }, { "cpu", WEFT_WIRE_WORKING } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *values = g_strdup_printf ("workers=1 tasks=3 max-ms=20 work=%s", rows[i].work);
      TestRun *run = test_run_all ("pool", values);
      g_autoptr (GArray) gets = test_run_get_events (run, WEFT_EVENT_GET);
      g_autoptr (GArray) finishes = test_run_get_events (run, WEFT_EVENT_FINISH);

      for (guint j = 0; j < 3; j++)
        {
          g_assert_cmpuint (get_event (gets, j)->activity, ==, rows[i].activity);
          g_assert_cmpuint (get_event (finishes, j)->activity, ==, WEFT_WIRE_QUEUE_EMPTY);
          g_assert_cmpuint (get_event (finishes, j)->object, ==, 1);
        }
      g_assert_cmpint (run->wire.objects[0].kind, ==, WEFT_OBJECT_QUEUE);
      g_assert_cmpstr (run->wire.objects[0].name, ==, "tasks");
      test_run_free (run);
    }
}

/* The depth that each event states is that before it, one more or one less, in the order of time. */
static void
test_depth (gconstpointer data)
{
  g_autofree char *values = g_strdup_printf ("backend=%s workers=4 tasks=2000 max-ms=0", (const char *) data);
  TestRun *run = test_run_all ("pool", values);
  guint64 last = 0;
  gint64 depth = 0;

  assert_exact (run, 2000);
  for (guint i = 0; i < run->events->len; i++)
    {
      const WeftEvent *event = get_event (run->events, i);

      if (event->kind != WEFT_EVENT_PUT && event->kind != WEFT_EVENT_GET)
        continue;
      depth += event->kind == WEFT_EVENT_PUT ? 1 : -1;
      g_assert_cmpint (event->value, ==, depth);
      g_assert_cmpuint (event->ticks, >, last);
      last = event->ticks;
    }
  g_assert_cmpint (depth, ==, 0);
  test_run_free (run);
}

/* A sleep is never shorter than asked for: so every task's service time shows its duration, which the
 * seed alone decides. */
static void
test_seed (void)
{
  gint64 order[2] = { 0, 0 };

  for (guint round = 0; round < 2; round++)
    {
      TestRun *run = test_run_all ("pool", "workers=8 tasks=40 min-ms=5 max-ms=200 seed=7");
      g_autoptr (GArray) finishes = test_run_get_events (run, WEFT_EVENT_FINISH);

      g_assert_cmpuint (finishes->len, ==, 40);
      for (guint i = 0; i < finishes->len; i++)
        {
          const WeftEvent *event = get_event (finishes, i);
          double expected_s = 0.005 + 0.195 * weft_random_unit (7, WEFT_RANDOM_TASKS, event->task);

          g_assert_cmpfloat (test_run_to_seconds (run, (guint64) event->value), >=, expected_s * 0.999);
          order[round] += event->task;
        }
      test_run_free (run);
    }
  g_assert_cmpint (order[0], ==, order[1]);
}

/* The one worker takes its first task before, while or after the others are submitted. By the time it
 * takes the next one they all wait, and the order shows. */
static void
test_order (gconstpointer data)
{
  static const guint32 fifo[] = { 0, 1, 2, 3, 4, 5 };
  static const guint32 lifo[] = { 5, 4, 3, 2, 1, 0 };
  static const guint32 shortest[] = { 3, 1, 5, 2, 0, 4 };
  const char *order = data;
  const guint32 *expected = g_str_equal (order, "fifo")   ? fifo
                            : g_str_equal (order, "lifo") ? lifo
                                                          : shortest;
  g_autofree char *values =
      g_strdup_printf ("workers=1 order=%s durations-ms=150,120,140,110,160,130", order);
  TestRun *run = test_run_all ("pool", values);
  g_autoptr (GArray) gets = test_run_get_events (run, WEFT_EVENT_GET);
  guint32 first = get_event (gets, 0)->task;
  guint position = 1;

  assert_exact (run, 6);
  for (guint i = 0; i < 6; i++)
    if (expected[i] != first)
      g_assert_cmpuint (get_event (gets, position++)->task, ==, expected[i]);
  test_run_free (run);
}

static void
test_result (void)
{
  TestRun *run = test_run_all ("pool", "workers=2 durations-ms=100,200,300,50,0");
  JsonArray *per_worker = json_object_get_array_member (run->result, "tasks_per_worker");
  double makespan_s = json_object_get_double_member (run->result, "makespan_s");
  double ideal_s = json_object_get_double_member (run->result, "ideal_s");
  g_autoptr (GArray) puts = test_run_get_events (run, WEFT_EVENT_PUT);
  g_autoptr (GArray) finishes = test_run_get_events (run, WEFT_EVENT_FINISH);
  guint64 ticks = get_event (finishes, 4)->ticks - get_event (puts, 0)->ticks;

  g_assert_cmpfloat_with_epsilon (makespan_s, test_run_to_seconds (run, ticks), 0.005);
  g_assert_cmpfloat (ideal_s, >=, 0.65 / 2);
  g_assert_cmpfloat (ideal_s, <=, makespan_s);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (run->result, "efficiency"),
                                  ideal_s / makespan_s, 1e-9);
  g_assert_cmpuint (json_array_get_length (per_worker), ==, 2);
  g_assert_cmpint (json_array_get_int_element (per_worker, 0) + json_array_get_int_element (per_worker, 1),
                   ==, 5);
  g_assert_cmpuint (run->n_results, >, 0);
  test_run_free (run);
}

static void
test_no_tasks (void)
{
  TestRun *run = test_run_all ("pool", "workers=2 tasks=0");

  assert_exact (run, 0);
  g_assert_true (json_object_get_null_member (run->result, "makespan_s"));
  g_assert_true (json_object_get_null_member (run->result, "ideal_s"));
  g_assert_true (json_object_get_null_member (run->result, "efficiency"));
  test_run_free (run);
}

static void
test_presets (void)
{
  for (const WeftPresetSpec *preset = weft_pool_workload.presets; preset->name != NULL; preset++)
    {
      g_autofree char *values = g_strconcat (preset->values, " max-ms=300", NULL);
      TestRun *run = test_run_all ("pool", values);

      assert_exact (run, 5);
      test_run_free (run);
    }
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  g_test_add_data_func ("/pool/first-four/processes", "processes", test_first_four);
  g_test_add_data_func ("/pool/first-four/threads", "threads", test_first_four);
  g_test_add_data_func ("/pool/log/processes", "processes", test_log);
  g_test_add_data_func ("/pool/log/threads", "threads", test_log);
  g_test_add_func ("/pool/activities", test_activities);
  g_test_add_data_func ("/pool/depth/processes", "processes", test_depth);
  g_test_add_data_func ("/pool/depth/threads", "threads", test_depth);
  g_test_add_func ("/pool/seed", test_seed);
  g_test_add_data_func ("/pool/order/fifo", "fifo", test_order);
  g_test_add_data_func ("/pool/order/lifo", "lifo", test_order);
  g_test_add_data_func ("/pool/order/shortest", "shortest", test_order);
  g_test_add_func ("/pool/result", test_result);
  g_test_add_func ("/pool/no-tasks", test_no_tasks);
  g_test_add_func ("/pool/presets", test_presets);
  return g_test_run ();
}
