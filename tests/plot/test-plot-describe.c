/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the plots say in words, for hover and screen readers. */
#include <math.h>
#include <string.h>

#include "plot-fixture.h"

static WeftFrame frame;

static void
take (WeftRecording *recording)
{
  weft_recording_take_frame (recording, &frame);
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_free (text);
}

static void
test_lane (void)
{
  g_autoptr (WeftRecording) recording = fixture_pool ();

  take (recording);
  assert_text (weft_timeline_plot_describe (&frame, 1, 350 * MS, 0),
               "worker 1: asleep, task 0, 310 ms of 1.41 s");
  assert_text (weft_timeline_plot_describe (&frame, 3, S, 0), "worker 3: asleep, task 4, 820 ms of 1.91 s");
  assert_text (weft_timeline_plot_describe (&frame, 0, S, 0),
               "main: waiting (join, result), 960 ms of 2.09 s");
  assert_text (weft_timeline_plot_describe (&frame, 2, S, 0),
               "worker 2: queue empty (waiting tasks), 689 ms of 1.81 s");
  /* The very beginnings and ends. */
  assert_text (weft_timeline_plot_describe (&frame, 1, 40 * MS, 0),
               "worker 1: asleep, task 0, 0 s of 1.41 s");
  assert_text (weft_timeline_plot_describe (&frame, 1, 9 * MS, 0), "worker 1: not started");
  assert_text (weft_timeline_plot_describe (&frame, 1, -S, 0), "worker 1: not started");
  assert_text (weft_timeline_plot_describe (&frame, 1, 2120 * MS, 0), "worker 1: exited at 2.12 s");
  assert_text (weft_timeline_plot_describe (&frame, 99, S, 0), "");
}

static void
test_ends (void)
{
  static const char *const expected[] = {
    "exits: exited at 1.00 s",
    "fails: exit code 3 at 1.00 s",
    "crashes: crashed (SIGSEGV) at 1.00 s",
    "killed: killed (SIGKILL) at 1.00 s",
    "vanishes: ended at 1.00 s",
    "lives: working, task 5, for 1.00 s so far",
  };
  g_autoptr (WeftRecording) recording = fixture_ends ();

  take (recording);
  for (int lane = 0; lane < 6; lane++)
    assert_text (weft_timeline_plot_describe (&frame, lane, 1500 * MS, 0), expected[lane]);
  /* Beyond what is recorded nothing is claimed. */
  assert_text (weft_timeline_plot_describe (&frame, 5, 3 * S, 0), "lives: unknown");
}

static void
test_shares (void)
{
  g_autoptr (WeftRecording) recording = fixture_dense (1, 30000);

  take (recording);
  assert_text (weft_timeline_plot_describe (&frame, 0, 500 * MS, 10 * MS),
               "worker 1: 60 % working, 30 % queue empty, 10 % waiting for a lock");
  /* The pixel lies around the time: half of it on either side. */
  assert_text (weft_timeline_plot_describe (&frame, 0, 100000, 60000),
               "worker 1: 50 % working, 33 % queue empty, 17 % waiting for a lock");
  /* One state within the pixel: it is named as ever. */
  assert_text (weft_timeline_plot_describe (&frame, 0, 10000, 100),
               "worker 1: working, task 0, 10.0 µs of 60.0 µs");
}

static void
test_rare_share (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);

  weft_recording_begin (recording, 1);
  weft_recording_add_lane (recording, "lane", TRUE, 1, 1, -1, 0);
  weft_recording_append_span (recording, 0, 0, WEFT_ACTIVITY_ASLEEP, 0, WEFT_SPAN_NO_TASK, 0);
  weft_recording_append_span (recording, 0, S / 2, WEFT_ACTIVITY_UNKNOWN, 0, WEFT_SPAN_NO_TASK, 0);
  weft_recording_append_span (recording, 0, S / 2 + 1000, WEFT_ACTIVITY_ASLEEP, 0, WEFT_SPAN_NO_TASK, 0);
  weft_recording_advance (recording, S);
  take (recording);
  assert_text (weft_timeline_plot_describe (&frame, 0, S / 2, S / 2), "lane: > 99 % asleep, < 1 % unknown");
}

static void
test_gap (void)
{
  g_autoptr (WeftRecording) recording = fixture_gap ();

  take (recording);
  assert_text (weft_timeline_plot_describe (&frame, 0, 1500 * MS, 0),
               "worker 1: unknown, events lost, 500 ms of 1.00 s");
  assert_text (weft_cores_plot_describe (&frame, 1500 * MS), "all cores unknown\ncore 0 unknown");
  assert_text (weft_cores_plot_describe (&frame, 2500 * MS), "all cores 40 %\ncore 0 40 %");
}

/* What was stopped says so, and what nobody sampled: a lane, the sampler of the cores, events of a queue. */
static void
test_pauses (void)
{
  const double load[] = { 40 }, none[] = { 0 }, unknown[] = { NAN };
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);

  weft_recording_set_n_cores (recording, 1);
  weft_recording_begin (recording, 1);
  weft_recording_add_lane (recording, "lane", TRUE, 1, 1, -1, 0);
  weft_recording_append_span (recording, 0, 0, WEFT_ACTIVITY_WORKING, 0, WEFT_SPAN_NO_TASK, 0);
  weft_recording_append_stop (recording, 0, S, TRUE);
  weft_recording_append_stop (recording, 0, 3 * S, FALSE);
  weft_recording_add_object (recording, 1, "queue", WEFT_OBJECT_IS_QUEUE, 8);
  weft_recording_append_value (recording, 1, 0, 5);
  weft_recording_append_value (recording, 1, S, NAN);
  weft_recording_append_core_sample (recording, 0, load, none);
  weft_recording_append_core_sample (recording, 200 * MS, unknown, unknown);
  weft_recording_append_core_sample (recording, 3 * S, load, none);
  weft_recording_advance (recording, 10 * S);
  take (recording);
  assert_text (weft_timeline_plot_describe (&frame, 0, S / 2, 0), "lane: working, for 500 ms so far");
  assert_text (weft_timeline_plot_describe (&frame, 0, 2 * S, S),
               "lane: stopped (sampled), while working, for 2.00 s so far");
  assert_text (weft_timeline_plot_describe (&frame, 0, 4 * S, 0), "lane: working, for 4.00 s so far");
  assert_text (weft_cores_plot_describe (&frame, 100 * MS), "all cores 40 %\ncore 0 40 %");
  assert_text (weft_cores_plot_describe (&frame, S), "all cores not sampled");
  assert_text (weft_cores_plot_describe (&frame, 3100 * MS), "all cores 40 %\ncore 0 40 %");
  /* The next sample is late: the last one does not hold for ever. */
  assert_text (weft_cores_plot_describe (&frame, 9 * S), "all cores not sampled");
  assert_text (weft_queues_plot_describe (&frame, S / 2), "queue 5 of 8");
  assert_text (weft_queues_plot_describe (&frame, 2 * S), "queue unknown");
}

static void
test_all_lanes (void)
{
  g_autoptr (WeftRecording) few = fixture_ends ();
  g_autoptr (WeftRecording) many = fixture_dense (64, 300);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  take (few);
  assert_text (weft_timeline_plot_describe (&frame, -1, 150 * MS, 0),
               "exits: working, task 0, 150 ms of 1.00 s\nfails: working, task 1, 50.0 ms of 900 ms");
  assert_text (weft_timeline_plot_describe (&frame, -1, -5, 0), "no lanes");
  take (many);
  text = weft_timeline_plot_describe (&frame, -1, 500 * MS, 0);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 9);
  g_assert_true (g_str_has_prefix (lines[0], "worker 1: "));
  g_assert_cmpstr (lines[8], ==, "and 56 more");
}

static void
test_cores (void)
{
  g_autoptr (WeftRecording) few = fixture_queue ();
  g_autoptr (WeftRecording) many = fixture_cores (128);
  g_autoptr (WeftRecording) none = fixture_empty ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  take (few);
  text = weft_cores_plot_describe (&frame, 5 * S);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_true (g_str_has_prefix (lines[0], "all cores 3"));
  g_assert_true (g_str_has_suffix (lines[0], ", steal 12 %"));
  g_assert_true (g_str_has_prefix (lines[1], "core 0 "));
  g_assert_true (g_str_has_suffix (lines[1], ", steal 12 %"));
  g_assert_true (g_str_has_prefix (lines[4], "core 3 "));
  g_assert_null (strstr (lines[4], "steal"));

  g_clear_pointer (&text, g_free);
  g_clear_pointer (&lines, g_strfreev);
  take (many);
  text = weft_cores_plot_describe (&frame, 5 * S);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 8);
  g_assert_true (g_str_has_prefix (lines[1], "mean of 127 cores "));
  g_assert_true (g_str_has_suffix (lines[2], " 100 %"));
  g_assert_cmpstr (lines[6], ==, "123 more, less busy");
  g_assert_cmpstr (lines[7], ==, "1 core unknown");

  take (none);
  assert_text (weft_cores_plot_describe (&frame, S), "all cores unknown");
}

static void
test_queues (void)
{
  g_autoptr (WeftRecording) pool = fixture_pool ();
  g_autoptr (WeftRecording) queue = fixture_queue ();
  g_autoptr (WeftRecording) none = fixture_empty ();
  g_autofree char *text = NULL;

  take (pool);
  assert_text (weft_queues_plot_describe (&frame, 35 * MS), "waiting tasks 5");
  assert_text (weft_queues_plot_describe (&frame, 2 * S), "waiting tasks 1");
  assert_text (weft_queues_plot_describe (&frame, 0), "waiting tasks unknown");
  take (queue);
  text = weft_queues_plot_describe (&frame, 6 * S);
  /* The lock is no queue. */
  g_assert_true (g_regex_match_simple ("^queue [0-8] of 8\nbalance -?[0-9]+$", text, 0, 0));
  take (none);
  assert_text (weft_queues_plot_describe (&frame, S), "no queues");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/describe/lane", test_lane);
  g_test_add_func ("/plot/describe/ends", test_ends);
  g_test_add_func ("/plot/describe/shares", test_shares);
  g_test_add_func ("/plot/describe/rare-share", test_rare_share);
  g_test_add_func ("/plot/describe/gap", test_gap);
  g_test_add_func ("/plot/describe/pauses", test_pauses);
  g_test_add_func ("/plot/describe/all-lanes", test_all_lanes);
  g_test_add_func ("/plot/describe/cores", test_cores);
  g_test_add_func ("/plot/describe/queues", test_queues);
  status = g_test_run ();
  weft_frame_clear (&frame);
  return status;
}
