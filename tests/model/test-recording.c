/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "weft-recording-private.h"

static const char *const lines[] = { "Process {id} of {pid}: task {task}.",
                                     "Task {task} runs {seconds} seconds.", "{value} {unknown} {", "plain" };
static const WeftWorkloadInfo workload = { .id = "test", .task_noun = "task", .lines = lines, .n_lines = 4 };

static void
test_names_and_leaders (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (&workload, NULL);
  WeftFrame frame = { 0 };

  weft_recording_begin (recording, 1000);
  g_assert_cmpint (weft_recording_get_start_ns (recording), ==, 1000);
  weft_recording_add_lane (recording, "main", TRUE, 10, 10, -1, 0);
  weft_recording_add_lane (recording, "thread", FALSE, 10, 11, 0, 1);
  weft_recording_add_lane (recording, "wörker \xff\x01\n", TRUE, 12, 12, 0, 2);
  weft_recording_add_lane (recording, " \t", FALSE, 12, 13, 2, 3);
  weft_recording_add_lane (recording, "orphan", FALSE, 99, 99, -1, 4);
  weft_recording_add_lane (recording, "pid again", TRUE, 10, 10, -1, 5);
  weft_recording_add_lane (recording, "its thread", FALSE, 10, 14, 5, 6);

  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.n_lanes, ==, 7);
  g_assert_true (g_utf8_validate (frame.lanes[2].info->name, -1, NULL));
  g_assert_true (g_str_has_prefix (frame.lanes[2].info->name, "wörker"));
  g_assert_null (strchr (frame.lanes[2].info->name, '\n'));
  g_assert_cmpstr (frame.lanes[3].info->name, ==, "lane 3");
  g_assert_cmpuint (frame.lanes[0].info->leader, ==, 0);
  g_assert_cmpuint (frame.lanes[1].info->leader, ==, 0);
  g_assert_cmpuint (frame.lanes[3].info->leader, ==, 2);
  g_assert_cmpuint (frame.lanes[4].info->leader, ==, 4);
  g_assert_cmpuint (frame.lanes[5].info->leader, ==, 5);
  g_assert_cmpuint (frame.lanes[6].info->leader, ==, 5);
  weft_frame_clear (&frame);
}

static void
test_frame (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (&workload, NULL);
  const WeftLaneUsage sampled = { 100, 1, 2, -1, 100, 50 }, final = { 120, 3, -1, 4, -1, -1 };
  WeftFrame frame = { 0 };
  guint64 serial;
  guint lane;

  weft_recording_take_frame (recording, &frame);
  g_assert_false (frame.live);
  weft_recording_begin (recording, 1);
  lane = weft_recording_add_lane (recording, "a", TRUE, 1, 1, -1, 7);
  weft_recording_append_span (recording, lane, 7, WEFT_ACTIVITY_WORKING, 0, 3, 1);
  weft_recording_append_span (recording, lane, 9, WEFT_ACTIVITY_ASLEEP, 0, 3, 1);
  weft_recording_add_object (recording, 5, "queue", WEFT_OBJECT_IS_QUEUE, 8);
  weft_recording_append_value (recording, 5, 7, 2);
  serial = weft_recording_get_serial (recording);
  weft_recording_advance (recording, 50);
  g_assert_cmpuint (weft_recording_get_serial (recording), !=, serial);

  weft_recording_take_frame (recording, &frame);
  g_assert_true (frame.live);
  g_assert_true (frame.recording == recording);
  g_assert_cmpint (frame.now_ns, ==, 50);
  g_assert_cmpuint (frame.n_lanes, ==, 1);
  g_assert_cmpuint (frame.lanes[0].n_spans, ==, 2);
  g_assert_cmpint (frame.lanes[0].started_ns, ==, 7);
  g_assert_cmpint (frame.lanes[0].ended_ns, ==, -1);
  g_assert_cmpint (frame.lanes[0].end, ==, WEFT_LANE_LIVE);
  g_assert_cmpint (frame.lanes[0].exit_code, ==, -1);
  g_assert_cmpint (frame.lanes[0].usage.cpu_ns, ==, -1);
  g_assert_cmpuint (frame.n_objects, ==, 1);
  g_assert_cmpuint (frame.objects[0].info->number, ==, 5);
  g_assert_cmpint (frame.objects[0].info->capacity, ==, 8);
  g_assert_cmpuint (frame.objects[0].n_values, ==, 1);
  g_assert_cmpuint (frame.serial, ==, weft_recording_get_serial (recording));

  /* What is final wins, whatever comes later; what it does not know is as sampled. */
  weft_recording_set_lane_usage (recording, lane, &final, TRUE);
  weft_recording_set_lane_usage (recording, lane, &sampled, FALSE);
  weft_recording_set_lane_totals (recording, lane, 4, 2, 1, 9);
  weft_recording_end_lane (recording, lane, 40, WEFT_LANE_KILLED, -1, 9);
  weft_recording_set_counts (recording, 10, 9, 8);
  weft_recording_advance (recording, 20); /* does not go back */
  weft_recording_set_outcome (recording, WEFT_OUTCOME_FAILED, "why");
  weft_recording_take_frame (recording, &frame);
  g_assert_false (frame.live);
  g_assert_cmpint (frame.now_ns, ==, 50);
  g_assert_cmpint (frame.lanes[0].usage.cpu_ns, ==, 120);
  g_assert_cmpint (frame.lanes[0].usage.voluntary, ==, 3);
  g_assert_cmpint (frame.lanes[0].usage.involuntary, ==, 2);
  g_assert_cmpint (frame.lanes[0].usage.migrations, ==, 4);
  g_assert_cmpint (frame.lanes[0].usage.ready_ns, ==, 50);
  g_assert_cmpuint (frame.lanes[0].tasks_started, ==, 4);
  g_assert_cmpuint (frame.lanes[0].tasks_done, ==, 2);
  g_assert_cmpuint (frame.lanes[0].tasks_failed, ==, 1);
  g_assert_cmpuint (frame.lanes[0].dropped, ==, 9);
  g_assert_cmpint (frame.lanes[0].ended_ns, ==, 40);
  g_assert_cmpint (frame.lanes[0].end, ==, WEFT_LANE_KILLED);
  g_assert_cmpint (frame.lanes[0].signal, ==, 9);
  g_assert_cmpuint (frame.events, ==, 10);
  g_assert_cmpuint (frame.dropped, ==, 9);
  g_assert_cmpuint (frame.invalid, ==, 8);
  g_assert_cmpstr (weft_recording_get_message (recording), ==, "why");
  g_assert_cmpstr (weft_outcome_get_id (weft_recording_get_outcome (recording)), ==, "failed");
  weft_frame_clear (&frame);
}

static void
test_many_lanes (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (&workload, NULL);
  WeftFrame frame = { 0 };

  weft_recording_begin (recording, 1);
  for (guint i = 0; i < WEFT_RECORDING_MAX_LANES; i++)
    {
      if (i < 300 || i % 97 == 0)
        {
          weft_recording_take_frame (recording, &frame);
          g_assert_cmpuint (frame.n_lanes, ==, i);
        }
      g_assert_cmpuint (weft_recording_add_lane (recording, "lane", TRUE, (gint) i + 1, (gint) i + 1, -1, i),
                        ==, i);
    }
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.n_lanes, ==, WEFT_RECORDING_MAX_LANES);
  for (guint i = 0; i < frame.n_lanes; i++)
    g_assert_cmpuint (frame.lanes[i].info->index, ==, i);
  weft_frame_clear (&frame);
}

static void
test_cores (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (&workload, NULL);
  const double loads[3] = { 50, NAN, 98 }, steals[3] = { 1, NAN, 0 }, unknown[3] = { NAN, NAN, NAN };
  WeftFrame frame = { 0 };

  weft_recording_set_n_cores (recording, 3);
  weft_recording_begin (recording, 1);
  weft_recording_append_core_sample (recording, 0, loads, steals);
  weft_recording_append_core_sample (recording, 200, unknown, unknown);
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.n_cores_samples, ==, 2);
  g_assert_cmpuint (weft_recording_get_n_cores (recording), ==, 3);
  g_assert_cmpfloat (weft_counter_value_at (weft_recording_get_core (recording, 0), 2, 100), ==, 50);
  g_assert_true (isnan (weft_counter_value_at (weft_recording_get_core (recording, 1), 2, 100)));
  g_assert_cmpfloat (weft_counter_value_at (weft_recording_get_core (recording, -1), 2, 100), ==, 148);
  g_assert_cmpfloat (weft_counter_value_at (weft_recording_get_core_steal (recording, -1), 2, 100), ==, 1);
  g_assert_true (isnan (weft_counter_value_at (weft_recording_get_core (recording, -1), 2, 300)));
  weft_frame_clear (&frame);
}

static void
test_queue_totals (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (&workload, NULL);
  WeftQueueTotals totals;

  g_assert_false (weft_recording_get_queue_totals (recording, 1, &totals));
  g_assert_false (weft_recording_get_queue_totals (recording, 0, &totals));
  g_assert_false (weft_recording_get_queue_totals (recording, 5000, &totals));
  weft_recording_add_object (recording, 1, "q", WEFT_OBJECT_IS_QUEUE, 0);
  g_assert_false (weft_recording_get_queue_totals (recording, 1, &totals));
  g_assert_cmpuint (totals.puts, ==, 0);
  g_assert_true (isnan (totals.first_put_s));
  weft_recording_set_queue_totals (recording, 1, &(WeftQueueTotals){ .puts = 3, .max_depth = 2 });
  g_assert_true (weft_recording_get_queue_totals (recording, 1, &totals));
  g_assert_cmpuint (totals.puts, ==, 3);
}

static void
assert_line (WeftRecording *recording, WeftLogEntry entry, const char *expected)
{
  WeftLog *log = weft_recording_get_log (recording);
  g_autofree char *text = NULL;

  weft_log_append (log, &entry);
  text = weft_recording_render_log (recording, weft_log_get_count (log) - 1);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_log_lines (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (&workload, NULL);

  weft_recording_add_lane (recording, "process", TRUE, 674, 674, -1, 0);
  weft_recording_add_lane (recording, "thread", FALSE, 674, 680, 0, 0);
  assert_line (recording, (WeftLogEntry){ .task = 3, .lane = 0, .line = 1 }, "Process 674 of 674: task 3.");
  assert_line (recording, (WeftLogEntry){ .task = 3, .lane = 1, .line = 1 }, "Process 680 of 674: task 3.");
  assert_line (recording, (WeftLogEntry){ .task = 0, .value = 1414999999, .line = 2 },
               "Task 0 runs 1.41 seconds.");
  assert_line (recording, (WeftLogEntry){ .task = 0, .value = 1995000000, .line = 2 },
               "Task 0 runs 2.00 seconds.");
  assert_line (recording, (WeftLogEntry){ .task = 0, .value = 70000000, .line = 2 },
               "Task 0 runs 0.07 seconds.");
  assert_line (recording, (WeftLogEntry){ .value = -5, .line = 3 }, "-5 {unknown} {");
  assert_line (recording, (WeftLogEntry){ .line = 4 }, "plain");
}

static void
assert_task_names (WeftRecording *recording, guint32 task, const char *short_name, const char *name)
{
  g_autofree char *given_short = weft_recording_dup_short_task_name (recording, task);
  g_autofree char *given = weft_recording_dup_task_name (recording, task);

  g_assert_cmpstr (given_short, ==, short_name);
  g_assert_cmpstr (given, ==, name);
}

static void
test_task_names (void)
{
  g_autoptr (WeftRecording) plain = weft_recording_new (&workload, NULL);
  g_autoptr (WeftRecording) anonymous = weft_recording_new (NULL, NULL);
  const WeftWorkloadInfo *queue = weft_catalogue_find (weft_catalogue_get (), "queue", NULL);
  g_autoptr (WeftParameters) parameters = weft_parameters_new (queue);
  g_autoptr (WeftRecording) named = NULL;

  assert_task_names (plain, 3, "3", "task 3");
  assert_task_names (anonymous, 3, "3", "3");
  g_assert_true (weft_parameters_set (parameters, "values", "A,B,C", NULL));
  named = weft_recording_new (queue, parameters);
  assert_task_names (named, 0, "A", "item A");
  assert_task_names (named, 5, "C", "item C");
}

static void
test_result (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (&workload, NULL);
  g_autoptr (JsonObject) result = json_object_new ();

  g_assert_null (weft_recording_get_result (recording));
  weft_recording_set_result (recording, result);
  weft_recording_set_result (recording, weft_recording_get_result (recording));
  g_assert_true (weft_recording_get_result (recording) == result);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording/names-and-leaders", test_names_and_leaders);
  g_test_add_func ("/recording/frame", test_frame);
  g_test_add_func ("/recording/many-lanes", test_many_lanes);
  g_test_add_func ("/recording/cores", test_cores);
  g_test_add_func ("/recording/queue-totals", test_queue_totals);
  g_test_add_func ("/recording/log-lines", test_log_lines);
  g_test_add_func ("/recording/task-names", test_task_names);
  g_test_add_func ("/recording/result", test_result);
  return g_test_run ();
}
