/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "test-catalogue-sample.h"
#include "weft-event-cost.h"
#include "weft-json-text.h"
#include "weft-quantiles.h"
#include "weft-recording-private.h"
#include "weft-summary.h"

#define MS G_GINT64_CONSTANT (1000000)

static WeftCatalogue *catalogue;

/* ── what the summary rests on ── */

static int
compare (const void *a, const void *b)
{
  const gint64 *x = a;
  const gint64 *y = b;

  return (*x > *y) - (*x < *y);
}

/* The definition, by sorting: the smallest value that at least @percent of all do not exceed. */
static gint64
quantile_by_definition (const gint64 *sorted, gsize n, guint percent)
{
  gsize i = 0;

  while ((i + 1) * 100 < n * percent)
    i++;
  return sorted[i];
}

static void
test_quantiles (void)
{
  WeftQuantiles quantiles = { 7, 7, 7, 7 };
  gint64 hundred[100];

  g_assert_false (weft_quantiles_compute (NULL, 0, &quantiles));
  g_assert_cmpint (quantiles.p50, ==, 7);
  for (guint i = 0; i < 100; i++)
    hundred[i] = 100 - i;
  g_assert_true (weft_quantiles_compute (hundred, 100, &quantiles));
  g_assert_cmpint (quantiles.p50, ==, 50);
  g_assert_cmpint (quantiles.p90, ==, 90);
  g_assert_cmpint (quantiles.p99, ==, 99);
  g_assert_cmpint (quantiles.max, ==, 100);
  for (guint round = 0; round < 2000; round++)
    {
      gint64 values[200], sorted[200];
      gsize n = (gsize) g_test_rand_int_range (1, 201);
      gint32 spread = g_test_rand_bit () ? 5 : 100000;

      for (gsize i = 0; i < n; i++)
        sorted[i] = values[i] = g_test_rand_int_range (0, spread);
      qsort (sorted, n, sizeof sorted[0], compare);
      weft_quantiles_compute (values, n, &quantiles);
      g_assert_cmpint (quantiles.p50, ==, quantile_by_definition (sorted, n, 50));
      g_assert_cmpint (quantiles.p90, ==, quantile_by_definition (sorted, n, 90));
      g_assert_cmpint (quantiles.p99, ==, quantile_by_definition (sorted, n, 99));
      g_assert_cmpint (quantiles.max, ==, sorted[n - 1]);
    }
}

static void
test_json_text (void)
{
  static const struct
  {
    const char *json;
    const char *text;
  } cases[] = {
    { "{}", "{}\n" },
    { "[]", "[]\n" },
    { "[1,-2.5,0.1,true,null]", "[ 1, -2.5, 0.1, true, null ]\n" },
    { "{\"a\":{\"b\":1},\"c\":[]}", "{\n  \"a\": { \"b\": 1 },\n  \"c\": []\n}\n" },
    { "[\"\\u0001\\\"\\\\\\n\\u00e9\"]", "[ \"\\u0001\\\"\\\\\\n\xc3\xa9\" ]\n" },
    { "[[[3]]]", "[\n  [\n    [ 3 ]\n  ]\n]\n" },
  };
  g_autoptr (JsonNode) infinite = json_node_init_double (json_node_alloc (), INFINITY);
  g_autofree char *null_text = weft_json_to_text (infinite);
  g_autoptr (JsonNode) wide = NULL;
  g_autofree char *wide_text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (cases[i].json, NULL);
      g_autofree char *text = weft_json_to_text (node);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
  g_assert_cmpstr (null_text, ==, "null\n");
  wide = json_from_string (
      "[\"0123456789012345678901234567890123456789012345678901234567890123456789012345678\","
      "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678\"]",
      NULL);
  wide_text = weft_json_to_text (wide);
  g_assert_true (g_str_has_prefix (wide_text, "[\n  \"0"));
}

static void
test_event_cost (void)
{
  double cost_ns = weft_event_cost_get_ns ();

  g_assert_cmpfloat (cost_ns, >, 0);
  g_assert_cmpfloat (cost_ns, ==, weft_event_cost_get_ns ());
}

/* ── a recording by hand: two workers, four tasks, one of which is lost with its worker ── */

static WeftRecording *
make_recording (void)
{
  const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, 0);
  g_autoptr (WeftParameters) parameters = weft_parameters_new (info);
  WeftRecording *recording;
  WeftTasks *tasks;
  const double loads[] = { 50, NAN };
  const double more_loads[] = { 100, NAN };
  const double steals[] = { 2, NAN };
  const double means[] = { 75, NAN };
  guint main_lane, first, second;
  WeftLaneUsage usage = { .cpu_ns = 500 * MS,
                          .voluntary = 9,
                          .involuntary = 3,
                          .migrations = 1,
                          .on_core_ns = 400 * MS,
                          .ready_ns = 100 * MS };

  weft_parameters_set (parameters, "workers", "2", NULL);
  weft_parameters_set (parameters, "seed", "42", NULL);
  recording = weft_recording_new (info, parameters);
  weft_recording_set_n_cores (recording, 2);
  weft_recording_set_scheduling (recording, "sampled", NULL);
  weft_recording_set_nice (recording, 5);
  weft_recording_begin (recording, 1);

  main_lane = weft_recording_add_lane (recording, "main", TRUE, 100, 100, -1, 0);
  weft_recording_append_span (recording, main_lane, 0, WEFT_ACTIVITY_WAITING, 0, WEFT_SPAN_NO_TASK, 0);
  first = weft_recording_add_lane (recording, "worker 1", TRUE, 101, 101, (gint) main_lane, 100 * MS);
  weft_recording_append_span (recording, first, 100 * MS, WEFT_ACTIVITY_WORKING, 0, 0, 0);
  weft_recording_append_span (recording, first, 500 * MS, WEFT_ACTIVITY_QUEUE_EMPTY, 1, WEFT_SPAN_NO_TASK, 0);
  second = weft_recording_add_lane (recording, "worker 2", TRUE, 102, 102, (gint) main_lane, 100 * MS);
  weft_recording_append_span (recording, second, 100 * MS, WEFT_ACTIVITY_ASLEEP, 0, 1, 1);

  weft_recording_add_object (recording, 1, "tasks", WEFT_OBJECT_IS_QUEUE, 8);
  weft_recording_add_object (recording, 2, "load", WEFT_OBJECT_IS_COUNTER, 0);
  weft_recording_append_value (recording, 1, 0, 4);
  weft_recording_set_queue_totals (recording, 1,
                                   &(WeftQueueTotals){ .puts = 4,
                                                       .gets = 3,
                                                       .max_depth = 4,
                                                       .depth_integral_s = 0.9,
                                                       .total_wait_s = 0.5,
                                                       .first_put_s = 0.05,
                                                       .last_get_s = 0.35,
                                                       .last_change_s = 0.35 });
  tasks = weft_recording_get_tasks (recording);
  for (guint32 id = 0; id < 4; id++)
    weft_tasks_submitted (tasks, id, 50 * MS);
  weft_tasks_started (tasks, 0, 100 * MS, (gint) first);
  weft_tasks_finished (tasks, 0, 300 * MS, TRUE);
  weft_tasks_started (tasks, 1, 100 * MS, (gint) second);
  weft_tasks_started (tasks, 2, 350 * MS, (gint) first);
  weft_tasks_finished (tasks, 2, 500 * MS, FALSE);

  weft_recording_set_lane_totals (recording, first, 2, 1, 1, 0);
  weft_recording_set_lane_totals (recording, second, 1, 0, 0, 0);
  weft_recording_set_lane_usage (recording, first, &usage, TRUE);
  weft_recording_set_counts (recording, 12, 0, 0);
  weft_recording_append_core_sample (recording, 0, loads, steals);
  weft_recording_append_core_sample (recording, 500 * MS, more_loads, steals);
  weft_recording_set_core_means (recording, means, steals);
  weft_recording_advance (recording, 900 * MS);
  return recording;
}

static void
end_recording (WeftRecording *recording)
{
  g_autoptr (JsonObject) result = json_object_new ();

  weft_recording_end_lane (recording, 2, 700 * MS, WEFT_LANE_KILLED, -1, 9);
  weft_recording_end_lane (recording, 1, 800 * MS, WEFT_LANE_EXITED, 0, 0);
  weft_recording_end_lane (recording, 0, 1000 * MS, WEFT_LANE_EXITED, 0, 0);
  weft_recording_advance (recording, 1000 * MS);
  json_object_set_double_member (result, "makespan_s", 0.45);
  weft_recording_set_result (recording, result);
  weft_recording_set_outcome (recording, WEFT_OUTCOME_FINISHED, NULL);
}

/* The node at @path, members and indices separated by dots. */
static JsonNode *
find (JsonObject *summary, const char *path)
{
  g_auto (GStrv) steps = g_strsplit (path, ".", -1);
  JsonNode *node = json_object_get_member (summary, steps[0]);

  for (guint i = 1; steps[i] != NULL && node != NULL; i++)
    if (JSON_NODE_HOLDS_ARRAY (node))
      node = json_array_get_element (json_node_get_array (node), (guint) atoi (steps[i]));
    else
      node = json_object_get_member (json_node_get_object (node), steps[i]);
  if (node == NULL)
    g_error ("the summary has no %s", path);
  return node;
}

static void
assert_number (JsonObject *summary, const char *path, double expected)
{
  JsonNode *node = find (summary, path);

  if (!JSON_NODE_HOLDS_VALUE (node))
    g_error ("%s is no number", path);
  g_assert_cmpfloat_with_epsilon (json_node_get_double (node), expected, 1e-12);
}

static void
assert_string (JsonObject *summary, const char *path, const char *expected)
{
  g_assert_cmpstr (json_node_get_string (find (summary, path)), ==, expected);
}

static void
assert_null (JsonObject *summary, const char *path)
{
  if (!JSON_NODE_HOLDS_NULL (find (summary, path)))
    g_error ("%s is not null", path);
}

static void
test_arithmetic (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  g_autoptr (JsonObject) summary = NULL;

  end_recording (recording);
  summary = weft_summary_new (recording);
  assert_string (summary, "workload", "pool");
  assert_number (summary, "parameters.workers", 2);
  assert_number (summary, "parameters.max-ms", 3000);
  assert_number (summary, "seed", 42);
  assert_string (summary, "outcome", "finished");
  assert_null (summary, "message");
  assert_number (summary, "duration_s", 1.0);
  assert_number (summary, "nice", 5);

  assert_string (summary, "lanes.0.name", "main");
  assert_string (summary, "lanes.1.kind", "process");
  assert_number (summary, "lanes.1.pid", 101);
  assert_number (summary, "lanes.1.started_s", 0.1);
  assert_number (summary, "lanes.1.ended_s", 0.8);
  assert_string (summary, "lanes.1.end", "exited");
  assert_number (summary, "lanes.1.exit_code", 0);
  assert_null (summary, "lanes.1.signal");
  assert_number (summary, "lanes.1.tasks", 1);
  assert_number (summary, "lanes.1.cpu_s", 0.5);
  assert_number (summary, "lanes.1.switches.voluntary", 9);
  assert_number (summary, "lanes.1.switches.involuntary", 3);
  assert_number (summary, "lanes.1.migrations", 1);
  assert_number (summary, "lanes.1.activity_s.working", 0.4);
  assert_number (summary, "lanes.1.activity_s.queue-empty", 0.3);
  assert_number (summary, "lanes.1.activity_s.asleep", 0);
  assert_null (summary, "lanes.1.stopped_s");
  assert_number (summary, "lanes.1.scheduling_s.on-core", 0.4);
  assert_number (summary, "lanes.1.scheduling_s.ready", 0.1);
  assert_number (summary, "lanes.1.scheduling_s.blocked", 0.2);
  assert_string (summary, "lanes.1.scheduling_source", "sampled");
  assert_string (summary, "lanes.2.end", "killed");
  assert_null (summary, "lanes.2.exit_code");
  assert_number (summary, "lanes.2.signal", 9);
  assert_number (summary, "lanes.2.activity_s.asleep", 0.6);
  /* What the kernel never told is null, not 0. */
  assert_null (summary, "lanes.2.cpu_s");
  assert_null (summary, "lanes.2.switches.voluntary");
  assert_null (summary, "lanes.2.migrations");
  assert_null (summary, "lanes.2.scheduling_s.on-core");
  assert_null (summary, "lanes.2.scheduling_s.blocked");

  assert_number (summary, "tasks.submitted", 4);
  assert_number (summary, "tasks.completed", 1);
  assert_number (summary, "tasks.failed", 1);
  assert_number (summary, "tasks.lost", 1);
  assert_number (summary, "tasks.makespan_s", 0.45);
  assert_number (summary, "tasks.wait_s.p50", 0.05);
  assert_number (summary, "tasks.wait_s.max", 0.3);
  assert_number (summary, "tasks.service_s.p50", 0.15);
  assert_number (summary, "tasks.service_s.max", 0.2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (summary, "task_list")), ==, 4);
  assert_string (summary, "task_list.0.name", "task 0");
  assert_string (summary, "task_list.0.lane", "worker 1");
  assert_string (summary, "task_list.0.outcome", "ok");
  assert_string (summary, "task_list.1.outcome", "lost");
  assert_null (summary, "task_list.1.finished_s");
  assert_string (summary, "task_list.2.outcome", "failed");
  assert_number (summary, "task_list.3.submitted_s", 0.05);
  assert_null (summary, "task_list.3.started_s");
  assert_null (summary, "task_list.3.lane");
  assert_null (summary, "task_list.3.outcome");

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (summary, "queues")), ==, 1);
  assert_string (summary, "queues.0.name", "tasks");
  assert_number (summary, "queues.0.capacity", 8);
  assert_number (summary, "queues.0.puts", 4);
  assert_number (summary, "queues.0.gets", 3);
  assert_number (summary, "queues.0.max_depth", 4);
  assert_number (summary, "queues.0.mean_depth", 3.0);
  assert_number (summary, "queues.0.wait_s.p90", 0.3);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (summary, "locks")), ==, 0);

  assert_number (summary, "cores.0.core", 0);
  assert_number (summary, "cores.0.mean_percent", 75);
  assert_null (summary, "cores.0.workload_percent");
  assert_number (summary, "cores.0.steal_percent", 2);
  assert_null (summary, "cores.1.mean_percent");
  assert_null (summary, "cores.1.steal_percent");
  assert_number (summary, "result.makespan_s", 0.45);
  assert_null (summary, "result.efficiency");
  assert_number (summary, "events.recorded", 12);
  assert_number (summary, "events.dropped", 0);
  find (summary, "events.ns_per_event");
}

/* While the run goes on, nothing is called lost, and what has not ended has no end. */
static void
test_live (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  g_autoptr (JsonObject) summary = weft_summary_new (recording);

  assert_null (summary, "outcome");
  assert_number (summary, "duration_s", 0.9);
  assert_null (summary, "lanes.1.ended_s");
  assert_null (summary, "lanes.1.end");
  assert_null (summary, "lanes.1.exit_code");
  assert_number (summary, "lanes.2.activity_s.asleep", 0.8);
  assert_null (summary, "tasks.lost");
  assert_null (summary, "task_list.1.outcome");
  assert_null (summary, "result.makespan_s");
}

/* Dropped events: the totals stay exact, what rested on the events becomes null. */
static void
test_dropped (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  g_autoptr (JsonObject) summary = NULL;

  weft_recording_set_lane_totals (recording, 1, 50, 49, 1, 96);
  weft_recording_set_counts (recording, 12, 96, 0);
  weft_recording_set_scheduling (recording, "off", NULL);
  end_recording (recording);
  summary = weft_summary_new (recording);
  assert_number (summary, "tasks.completed", 49);
  assert_null (summary, "tasks.makespan_s");
  assert_null (summary, "tasks.wait_s.p50");
  assert_null (summary, "tasks.service_s.max");
  assert_null (summary, "queues.0.wait_s.p99");
  assert_null (summary, "task_list.1.outcome");
  assert_number (summary, "events.dropped", 96);
  assert_string (summary, "lanes.1.scheduling_source", "off");
  assert_null (summary, "lanes.1.scheduling_s.on-core");
  assert_number (summary, "lanes.1.cpu_s", 0.5);
}

/* A run that failed before anything happened has a summary too. */
static void
test_empty (void)
{
  const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, 1);
  g_autoptr (WeftParameters) parameters = weft_parameters_new (info);
  g_autoptr (WeftRecording) recording = weft_recording_new (info, parameters);
  g_autoptr (JsonObject) summary = NULL;

  weft_recording_set_outcome (recording, WEFT_OUTCOME_FAILED, "no \"processes\" left");
  summary = weft_summary_new (recording);
  assert_string (summary, "outcome", "failed");
  assert_string (summary, "message", "no \"processes\" left");
  assert_null (summary, "seed");
  assert_null (summary, "nice");
  assert_null (summary, "tasks.submitted");
  assert_null (summary, "tasks.wait_s.p50");
  assert_null (summary, "tasks.makespan_s");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (summary, "lanes")), ==, 0);
}

/* More tasks than are listed. */
static void
test_many_tasks (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  g_autoptr (JsonObject) summary = NULL;

  for (guint32 id = 4; id < 20000; id++)
    weft_tasks_submitted (weft_recording_get_tasks (recording), id, 60 * MS);
  end_recording (recording);
  summary = weft_summary_new (recording);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (summary, "task_list")), ==, 10000);
  assert_number (summary, "task_list.9999.id", 9999);
}

/* A lane that was stopped did not do what it last said; one that nobody looked at may have been. */
static void
test_stops (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  g_autoptr (JsonObject) summary = NULL;

  /* Working from 100 to 500, then queue empty until 800; stopped from 200 to 400 and from 600 on. */
  weft_recording_set_stops_sampled (recording, 1);
  weft_recording_append_stop (recording, 1, 200 * MS, TRUE);
  weft_recording_append_stop (recording, 1, 400 * MS, FALSE);
  weft_recording_append_stop (recording, 1, 600 * MS, TRUE);
  weft_recording_set_stops_sampled (recording, 2);
  end_recording (recording);
  summary = weft_summary_new (recording);
  assert_null (summary, "lanes.0.stopped_s");
  assert_number (summary, "lanes.1.stopped_s", 0.4);
  assert_number (summary, "lanes.1.activity_s.working", 0.2);
  assert_number (summary, "lanes.1.activity_s.queue-empty", 0.1);
  assert_number (summary, "lanes.2.stopped_s", 0);
  assert_number (summary, "lanes.2.activity_s.asleep", 0.6);
}

/* The members of each object, in order: scripts rely on all of them being there. */
static const struct
{
  const char *path;
  const char *members;
} schema[] = {
  { "lanes.0",
    "name kind pid tid started_s ended_s end exit_code signal tasks cpu_s switches migrations activity_s "
    "stopped_s scheduling_s scheduling_source" },
  { "lanes.0.switches", "voluntary involuntary" },
  { "lanes.0.activity_s", "working lock-wait queue-full queue-empty io asleep spinning waiting unknown" },
  { "lanes.0.scheduling_s", "on-core ready blocked" },
  { "tasks", "submitted completed failed lost makespan_s wait_s service_s" },
  { "tasks.wait_s", "p50 p90 p99 max" },
  { "tasks.service_s", "p50 p90 p99 max" },
  { "task_list.0", "id name lane submitted_s started_s finished_s outcome" },
  { "queues.0", "name capacity puts gets max_depth mean_depth wait_s" },
  { "queues.0.wait_s", "p50 p90 p99 max" },
  { "cores.0", "core mean_percent workload_percent steal_percent" },
  { "result", "makespan_s efficiency" },
  { "events", "recorded dropped full_s ns_per_event" },
};

static void
assert_members (JsonObject *object, const char *expected)
{
  g_autoptr (GList) members = json_object_get_members (object);
  g_autoptr (GString) names = g_string_new (NULL);

  for (GList *link = members; link != NULL; link = link->next)
    g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", (const char *) link->data);
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_schema (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  g_autoptr (JsonObject) summary = NULL;
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) parsed = NULL;

  end_recording (recording);
  summary = weft_summary_new (recording);
  assert_members (
      summary, "workload parameters seed outcome message duration_s scheduling_reason nice lanes tasks task_list queues locks "
               "cores result events");
  for (guint i = 0; i < G_N_ELEMENTS (schema); i++)
    assert_members (json_node_get_object (find (summary, schema[i].path)), schema[i].members);
  text = weft_summary_to_text (recording);
  g_assert_true (g_str_has_suffix (text, "}\n"));
  parsed = json_from_string (text, NULL);
  g_assert_cmpuint (json_object_get_size (json_node_get_object (parsed)), ==, json_object_get_size (summary));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  catalogue = weft_catalogue_parse (sample_catalogue, -1, NULL);
  g_test_add_func ("/summary/quantiles", test_quantiles);
  g_test_add_func ("/summary/json-text", test_json_text);
  g_test_add_func ("/summary/event-cost", test_event_cost);
  g_test_add_func ("/summary/arithmetic", test_arithmetic);
  g_test_add_func ("/summary/live", test_live);
  g_test_add_func ("/summary/dropped", test_dropped);
  g_test_add_func ("/summary/empty", test_empty);
  g_test_add_func ("/summary/many-tasks", test_many_tasks);
  g_test_add_func ("/summary/stops", test_stops);
  g_test_add_func ("/summary/schema", test_schema);
  result = g_test_run ();
  weft_catalogue_free (catalogue);
  return result;
}
