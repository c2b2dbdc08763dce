/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "weft-recording-private.h"
#include "weft-run-control-private.h"
#include "weft-switch-source.h"

static WeftParameters *
make_parameters (const char *workload, const char *const *values)
{
  g_autoptr (GError) error = NULL;
  WeftParameters *parameters =
      weft_parameters_new (weft_catalogue_find (weft_catalogue_get (), workload, NULL));

  for (guint i = 0; values != NULL && values[i] != NULL; i += 2)
    {
      weft_parameters_set (parameters, values[i], values[i + 1], &error);
      g_assert_no_error (error);
    }
  return parameters;
}

static WeftRunControl *
start_scheduled (const char *workload, const char *const *values, WeftScheduling scheduling)
{
  g_autoptr (WeftParameters) parameters = make_parameters (workload, values);
  g_autoptr (GError) error = NULL;
  WeftRunControl *control = weft_run_control_start (parameters, scheduling, &error);

  g_assert_no_error (error);
  g_assert_nonnull (control);
  return control;
}

static WeftRunControl *
start (const char *workload, const char *const *values)
{
  return start_scheduled (workload, values, WEFT_SCHEDULING_SAMPLED);
}

static void
count_cb (WeftRunControl *control, gpointer data)
{
  g_assert_false (weft_run_control_is_running (control));
  ++*(guint *) data;
}

static void
wait_for_end (WeftRunControl *control)
{
  guint n_ended = 0;

  g_signal_connect (control, "ended", G_CALLBACK (count_cb), &n_ended);
  while (weft_run_control_is_running (control))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_ended, ==, 1);
  g_signal_handlers_disconnect_by_func (control, count_cb, &n_ended);
}

/* Iterates until at least @n lanes are known and their first events were read. */
static void
wait_for_lanes (WeftRunControl *control, guint n)
{
  WeftFrame frame = { 0 };

  do
    {
      g_assert_true (weft_run_control_is_running (control));
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
      weft_recording_take_frame (weft_run_control_get_recording (control), &frame);
    }
  while (frame.n_lanes < n || frame.lanes[n - 1].n_spans == 0);
  weft_frame_clear (&frame);
}

/* Processes whose parent is us, zombies too: what a run must not leave. */
static guint
count_children (void)
{
  GDir *folder = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
      g_autofree char *text = NULL;
      const char *rest;
      gint parent;

      if (g_ascii_isdigit (*name) && g_file_get_contents (path, &text, NULL, NULL)
          && (rest = strrchr (text, ')')) != NULL && sscanf (rest + 1, " %*c %d", &parent) == 1
          && parent == getpid ())
        n++;
    }
  g_dir_close (folder);
  return n;
}

/* Whether @mark is in the command line of any process. */
static gboolean
anyone_has (const char *mark)
{
  GDir *folder = g_dir_open ("/proc", 0, NULL);
  const char *name;
  gboolean found = FALSE;

  while (!found && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL);
      g_autofree char *text = NULL;
      gsize length;

      if (g_ascii_isdigit (*name) && atoi (name) != getpid ()
          && g_file_get_contents (path, &text, &length, NULL))
        found = memmem (text, length, mark, strlen (mark)) != NULL;
    }
  g_dir_close (folder);
  return found;
}

static guint
count_descriptors (void)
{
  GDir *folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  g_dir_close (folder);
  return n;
}

static void
assert_complete (const WeftFrame *frame)
{
  g_assert_false (frame->live);
  for (guint i = 0; i < frame->n_lanes; i++)
    {
      const WeftFrameLane *lane = &frame->lanes[i];
      gint64 shares_ns[WEFT_N_ACTIVITIES], total_ns = 0;

      g_assert_cmpint (lane->end, !=, WEFT_LANE_LIVE);
      g_assert_cmpint (lane->ended_ns, >=, lane->started_ns);
      g_assert_cmpint (lane->ended_ns, <=, frame->now_ns);
      g_assert_cmpuint (lane->n_spans, >, 0);
      g_assert_cmpint (weft_spans_get_begin (lane->info->spans, 0), ==, lane->started_ns);
      weft_spans_shares (lane->info->spans, lane->n_spans, lane->ended_ns, 0, frame->now_ns, shares_ns);
      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        total_ns += shares_ns[a];
      g_assert_cmpint (total_ns, ==, lane->ended_ns - lane->started_ns);
    }
}

/* ── with the real helper ── */

static void
check_pool (const char *backend)
{
  const char *const values[] = { "backend", backend, "workers", "4",   "tasks", "5",
                                 "min-ms",  "500",   "max-ms",  "600", NULL };
  guint n_descriptors = count_descriptors ();
  WeftRunControl *control = start ("pool", values);
  WeftRecording *recording = g_object_ref (weft_run_control_get_recording (control));
  WeftFrame frame = { 0 };
  gint64 last_started_ns = 0, first_finished_ns = G_MAXINT64;
  WeftQueueTotals totals;

  g_assert_cmpint (weft_run_control_get_helper_pid (control), >, 0);
  wait_for_end (control);
  g_object_unref (control);
  g_assert_cmpuint (count_children (), ==, 0);
  g_assert_cmpuint (count_descriptors (), <=, n_descriptors + 3); /* GLib keeps some for its worker */

  g_assert_cmpstr (weft_recording_get_message (recording), ==, NULL);
  g_assert_cmpint (weft_recording_get_outcome (recording), ==, WEFT_OUTCOME_FINISHED);
  g_assert_nonnull (weft_recording_get_result (recording));
  weft_recording_take_frame (recording, &frame);
  assert_complete (&frame);
  g_assert_cmpuint (frame.n_lanes, ==, 5);
  g_assert_cmpuint (frame.dropped, ==, 0);
  g_assert_cmpuint (frame.invalid, ==, 0);
  g_assert_cmpuint (frame.n_cores_samples, >=, 1);
  g_assert_cmpuint (weft_tasks_get_count (weft_recording_get_tasks (recording)), ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      WeftTask task;

      g_assert_true (weft_tasks_get (weft_recording_get_tasks (recording), i, &task));
      g_assert_cmpint (task.submitted_ns, >=, 0);
      g_assert_cmpint (task.started_ns, >=, task.submitted_ns);
      g_assert_cmpint (task.finished_ns, >=, task.started_ns + 500000000);
      g_assert_cmpint (task.outcome, ==, WEFT_TASK_OK);
      g_assert_cmpint (task.lane, >=, 1);
      last_started_ns = MAX (last_started_ns, task.started_ns);
      first_finished_ns = MIN (first_finished_ns, task.finished_ns);
    }
  /* The fifth waits until one of the four workers is free. (That the first four start together depends
   * on how long it takes to start processes.) */
  g_assert_cmpint (last_started_ns, >=, first_finished_ns);
  for (guint i = 0; i < frame.n_lanes; i++)
    {
      g_assert_cmpint (frame.lanes[i].end, ==, WEFT_LANE_EXITED);
      g_assert_cmpint (frame.lanes[i].exit_code, ==, 0);
      g_assert_cmpint (frame.lanes[i].usage.cpu_ns, >=, 0);
      g_assert_cmpint (frame.lanes[i].usage.voluntary, >=, 1);
    }
  g_assert_cmpuint (frame.n_objects, ==, 1);
  g_assert_true (weft_recording_get_queue_totals (recording, frame.objects[0].info->number, &totals));
  g_assert_cmpuint (totals.puts, ==, 5);
  g_assert_cmpuint (totals.gets, ==, 5);
  g_assert_cmpuint (frame.objects[0].n_values, ==, 1 + 5 + 5);
  for (guint64 i = 1; i < frame.objects[0].n_values; i++)
    g_assert_cmpfloat (fabs (weft_counter_get_value (frame.objects[0].info->values, i)
                             - weft_counter_get_value (frame.objects[0].info->values, i - 1)),
                       ==, 1);
  g_assert_cmpuint (frame.n_log, >=, 5);
  for (guint64 i = 0; i < frame.n_log; i++)
    {
      g_autofree char *text = weft_recording_render_log (recording, i);

      g_assert_null (strchr (text, '{'));
    }
  weft_frame_clear (&frame);
  g_object_unref (recording);
}

static void
test_pool_processes (void)
{
  check_pool ("processes");
}

static void
test_pool_threads (void)
{
  check_pool ("threads");
}

static const char *const long_pool[] = { "workers", "3",      "tasks", "6", "min-ms",
                                         "60000",   "max-ms", "60000", NULL };

static void
test_stop (void)
{
  WeftRunControl *control = start ("pool", long_pool);
  WeftRecording *recording = weft_run_control_get_recording (control);
  WeftFrame frame = { 0 };

  wait_for_lanes (control, 4);
  weft_run_control_stop (control, WEFT_OUTCOME_TIMEOUT);
  weft_run_control_stop (control, WEFT_OUTCOME_STOPPED); /* does nothing */
  g_assert_true (weft_run_control_is_running (control));
  wait_for_end (control);
  g_assert_cmpuint (count_children (), ==, 0);
  g_assert_cmpint (weft_recording_get_outcome (recording), ==, WEFT_OUTCOME_TIMEOUT);
  weft_recording_take_frame (recording, &frame);
  assert_complete (&frame);
  g_assert_cmpuint (frame.n_lanes, ==, 4);
  weft_frame_clear (&frame);
  weft_run_control_stop (control, WEFT_OUTCOME_STOPPED);
  weft_run_control_stop_now (control);
  g_object_unref (control);
}

static void
test_stop_at_once (void)
{
  WeftRunControl *control = start ("pool", long_pool);
  guint n_ended = 0;

  g_signal_connect (control, "ended", G_CALLBACK (count_cb), &n_ended);
  weft_run_control_stop_now (control);
  g_assert_cmpuint (n_ended, ==, 1);
  g_assert_cmpint (weft_recording_get_outcome (weft_run_control_get_recording (control)), ==,
                   WEFT_OUTCOME_STOPPED);
  g_assert_cmpuint (count_children (), ==, 0);
  g_object_unref (control);
}

static void
test_drop (void)
{
  WeftRunControl *control = start ("pool", long_pool);
  g_autoptr (WeftRecording) recording = g_object_ref (weft_run_control_get_recording (control));
  WeftFrame frame = { 0 };

  wait_for_lanes (control, 4);
  g_object_unref (control);
  g_assert_cmpuint (count_children (), ==, 0);
  g_assert_cmpint (weft_recording_get_outcome (recording), ==, WEFT_OUTCOME_STOPPED);
  weft_recording_take_frame (recording, &frame);
  assert_complete (&frame);
  weft_frame_clear (&frame);
}

/* The supervisor is killed, the run's processes are left to us: they end, and the recording stays. */
static void
test_supervisor_killed (void)
{
  WeftRunControl *control = start ("pool", long_pool);
  WeftRecording *recording = weft_run_control_get_recording (control);
  WeftFrame frame = { 0 };

  wait_for_lanes (control, 4);
  kill (weft_run_control_get_helper_pid (control), SIGKILL);
  wait_for_end (control);
  g_assert_cmpuint (count_children (), ==, 0);
  g_assert_cmpint (weft_recording_get_outcome (recording), ==, WEFT_OUTCOME_FAILED);
  g_assert_nonnull (strstr (weft_recording_get_message (recording), "SIGKILL"));
  weft_recording_take_frame (recording, &frame);
  assert_complete (&frame);
  g_assert_cmpuint (frame.n_lanes, ==, 4);
  for (guint i = 0; i < frame.n_lanes; i++)
    {
      g_assert_cmpint (frame.lanes[i].end, ==, WEFT_LANE_KILLED);
      g_assert_cmpint (frame.lanes[i].signal, ==, SIGKILL);
    }
  weft_frame_clear (&frame);
  g_object_unref (control);
}

/* A stopped supervisor cannot end anything: it is killed, and all with it. */
static void
test_supervisor_stopped (void)
{
  WeftRunControl *control = start ("pool", long_pool);

  wait_for_lanes (control, 4);
  kill (weft_run_control_get_helper_pid (control), SIGSTOP);
  weft_run_control_stop (control, WEFT_OUTCOME_STOPPED);
  wait_for_end (control);
  g_assert_cmpuint (count_children (), ==, 0);
  g_assert_cmpint (weft_recording_get_outcome (weft_run_control_get_recording (control)), ==,
                   WEFT_OUTCOME_STOPPED);
  g_object_unref (control);
}

/* Another child of ours, an orphan of another that has become ours, and a second run live on while a
 * run is swept away. */
static void
test_others_untouched (void)
{
  WeftRunControl *other = start ("pool", long_pool);
  WeftRunControl *control = start ("pool", long_pool);
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "sh", "-c",
                                                    "sleep 61 & echo $!; exec sleep 62", NULL);
  char text[32] = "";
  gint orphan, status;

  wait_for_lanes (control, 4);
  wait_for_lanes (other, 4);
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (child), text, sizeof text - 1, NULL,
                                        NULL),
                   >, 0);
  orphan = atoi (text);
  kill (weft_run_control_get_helper_pid (control), SIGKILL);
  wait_for_end (control);
  g_assert_cmpint (kill (orphan, 0), ==, 0);
  g_assert_nonnull (g_subprocess_get_identifier (child));
  g_assert_true (weft_run_control_is_running (other));
  g_object_unref (control);

  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  control = start ("pool", long_pool);
  wait_for_lanes (control, 4);
  kill (weft_run_control_get_helper_pid (control), SIGKILL);
  wait_for_end (control);
  g_assert_cmpint (kill (orphan, 0), ==, 0);
  g_object_unref (control);
  kill (orphan, SIGKILL);
  g_assert_cmpint (waitpid (orphan, &status, 0), ==, orphan);
  weft_run_control_stop_now (other);
  g_object_unref (other);
  g_assert_cmpuint (count_children (), ==, 0);
}

/* CPU time, sampled while it runs and said at the end, is what the tasks burned. */
static void
test_usage (void)
{
  const char *const values[] = { "backend", "threads", "workers", "1",    "tasks", "1", "min-ms",
                                 "1500",    "max-ms",  "1500",    "work", "cpu",   NULL };
  WeftRunControl *control = start ("pool", values);
  WeftRecording *recording = weft_run_control_get_recording (control);
  WeftFrame frame = { 0 };
  gint64 sampled_ns = -1, sampled_voluntary = -1;

  while (weft_run_control_is_running (control))
    {
      g_main_context_iteration (NULL, TRUE);
      weft_recording_take_frame (recording, &frame);
      if (frame.n_lanes == 2 && frame.lanes[1].ended_ns < 0)
        {
          sampled_ns = MAX (sampled_ns, frame.lanes[1].usage.cpu_ns);
          sampled_voluntary = MAX (sampled_voluntary, frame.lanes[1].usage.voluntary);
        }
    }
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.n_lanes, ==, 2);
  g_assert_cmpint (sampled_ns, >, 0);
  g_assert_cmpint (sampled_ns, <=, frame.lanes[1].usage.cpu_ns);
  g_assert_cmpint (sampled_voluntary, >=, 0);
  g_assert_cmpint (sampled_voluntary, <=, frame.lanes[1].usage.voluntary);
  g_assert_cmpint (ABS (frame.lanes[1].usage.cpu_ns - 1500000000), <, 1500000000 / 50);
  g_assert_cmpint (ABS (frame.lanes[1].usage.on_core_ns - frame.lanes[1].usage.cpu_ns), <, 1500000000 / 50);
  g_assert_cmpstr (weft_recording_get_scheduling_source (recording), ==, "sampled");
  weft_frame_clear (&frame);
  g_object_unref (control);
}

/* Every lane's scheduling is there to its end, and the ready time in its spans, of wake-ups too, is the kernel's. */
static void
test_exact (void)
{
  const char *values[] = { "backend", "threads",    "capacity", "1",    "items", "200", "produce-ms",
                           "1",       "consume-ms", "1",        "work", "sleep", NULL };
  WeftRunControl *control = start_scheduled ("queue", values, WEFT_SCHEDULING_EXACT);
  g_autoptr (WeftRecording) recording = g_object_ref (weft_run_control_get_recording (control));
  WeftFrame frame = { 0 };

  wait_for_end (control);
  g_object_unref (control);
  if (g_str_equal (weft_recording_get_scheduling_source (recording), "sampled"))
    {
      g_test_skip (weft_recording_get_scheduling_reason (recording));
      return;
    }
  g_assert_cmpstr (weft_recording_get_scheduling_source (recording), ==, "exact");
  g_assert_null (weft_recording_get_scheduling_reason (recording));
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.n_lanes, ==, 3);
  for (guint i = 0; i < frame.n_lanes; i++)
    {
      const WeftFrameLane *lane = &frame.lanes[i];
      const WeftThread *thread = weft_schedule_get_lane_thread (weft_recording_get_schedule (recording), i);
      gint64 shares_ns[WEFT_N_ACTIVITIES];
      double difference_ns;

      g_assert_nonnull (thread);
      g_assert_cmpint (thread->tid, ==, lane->info->tid);
      weft_spans_shares (thread->spans, weft_spans_get_count (thread->spans), lane->ended_ns, 0,
                         lane->ended_ns, shares_ns);
      difference_ns = fabs ((double) (shares_ns[WEFT_SCHEDULING_IS_READY] - lane->usage.ready_ns));
      g_test_message ("ready %" G_GINT64_FORMAT " ns, the kernel says %" G_GINT64_FORMAT,
                      shares_ns[WEFT_SCHEDULING_IS_READY], lane->usage.ready_ns);
      /* The first lane, which waits for the others, does not tell. */
      if (i > 0)
        g_assert_cmpfloat (difference_ns, <=, 0.03 * (double) lane->usage.ready_ns + 2e5);
    }
  weft_frame_clear (&frame);
}

static int
refuse (struct perf_event_attr *attributes, gint pid, gint core)
{
  errno = EACCES;
  return -1;
}

/* Where perf is refused, the run is sampled, and says why. */
static void
test_exact_refused (void)
{
  const char *values[] = { "max-ms", "1", NULL };
  WeftRunControl *control;
  WeftRecording *recording;
  WeftFrame frame = { 0 };

  weft_switch_source_set_open_for_tests (refuse, 0);
  control = start_scheduled ("pool", values, WEFT_SCHEDULING_EXACT);
  recording = weft_run_control_get_recording (control);
  wait_for_end (control);
  weft_switch_source_set_open_for_tests (NULL, 0);
  g_assert_cmpint (weft_recording_get_outcome (recording), ==, WEFT_OUTCOME_FINISHED);
  g_assert_cmpstr (weft_recording_get_scheduling_source (recording), ==, "sampled");
  g_assert_nonnull (weft_recording_get_scheduling_reason (recording));
  g_assert_cmpuint (weft_schedule_get_n_threads (weft_recording_get_schedule (recording)), ==, 0);
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpint (frame.lanes[1].usage.on_core_ns, >, 0);
  weft_frame_clear (&frame);
  g_object_unref (control);
}

/* Without descriptors to be had, it says so, and leaves nothing behind. */
static void
test_no_descriptors (void)
{
  g_autoptr (WeftParameters) parameters = make_parameters ("pool", NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_null (weft_run_control_start (parameters, WEFT_SCHEDULING_OFF, &error));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "ulimit -n"));
  g_assert_cmpuint (count_children (), ==, 0);
}

/* ── with another program in the helper's place ── */

/* Runs @script (of sh, with the control channel as descriptor 4) as the helper until it has ended.
 * Returns the recording. @stop: asks it to stop once it is ready. */
static WeftRecording *
run_script (const char *script, guint mode, guint ready_timeout_ms, gboolean stop)
{
  g_autofree char *folder = g_dir_make_tmp ("weft-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "helper", NULL);
  g_autofree char *text = g_strconcat ("#!/bin/sh\n", script, "\n", NULL);
  g_autoptr (WeftParameters) parameters = make_parameters ("pool", NULL);
  g_autoptr (GError) error = NULL;
  WeftRunControl *control;
  WeftRecording *recording = NULL;

  if (script[0] != '\0')
    g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, (int) mode, NULL));
  weft_run_control_set_helper_for_tests (path, ready_timeout_ms);
  control = weft_run_control_start (parameters, WEFT_SCHEDULING_OFF, &error);
  if (control == NULL)
    {
      /* The test of this looks at the error. */
      recording = weft_recording_new (NULL, NULL);
      weft_recording_set_outcome (recording, WEFT_OUTCOME_FAILED, error->message);
    }
  else
    {
      recording = g_object_ref (weft_run_control_get_recording (control));
      while (stop && weft_run_control_is_running (control) && weft_recording_get_start_ns (recording) == 0)
        g_main_context_iteration (NULL, TRUE);
      if (stop)
        weft_run_control_stop (control, WEFT_OUTCOME_STOPPED);
      wait_for_end (control);
      g_object_unref (control);
    }
  weft_run_control_set_helper_for_tests (NULL, 0);

  /* These scripts have no session of their own, so one of their processes that was dead before it was
   * seen cannot be told from another child of this program. It is a zombie; nothing may be alive. */
  while (waitpid (-1, NULL, WNOHANG) > 0)
    ;
  g_assert_cmpuint (count_children (), ==, 0);
  g_unlink (path);
  g_rmdir (folder);
  return recording;
}

typedef struct
{
  const char *name;
  const char *script;
  guint mode;
  guint ready_timeout_ms; /* 0: as ever */
  gboolean stop;
  WeftOutcome outcome;
  const char *message; /* a part of it; NULL: there is none */
} ScriptCase;

#define READY "echo '{\"message\":\"ready\",\"pid\":1}' >&4\n"
#define READY_QUOTED "echo \"{\\\"message\\\":\\\"ready\\\",\\\"pid\\\":1}\" >&4\n" /* within single quotes */
#define WAIT_GO "while read line <&4; do case \"$line\" in *go*) break;; esac; done\n"

static const ScriptCase script_cases[] = {
  { "never-answers", "exec sleep 63", 0700, 300, FALSE, WEFT_OUTCOME_FAILED,
    "did not say that it was ready" },
  { "missing", "", 0700, 0, FALSE, WEFT_OUTCOME_FAILED, "could not be started" },
  { "not-executable", "exit 0", 0600, 0, FALSE, WEFT_OUTCOME_FAILED, "could not be started" },
  { "exits-at-once", "exit 3", 0700, 0, FALSE, WEFT_OUTCOME_FAILED, "exit status was 3" },
  { "crashes-at-once", "kill -SEGV $$", 0700, 0, FALSE, WEFT_OUTCOME_FAILED, "SIGSEGV" },
  { "says-why", "echo '{\"message\":\"failed\",\"text\":\"No luck\\\\ntoday.\"}' >&4; exit 1", 0700, 0, FALSE,
    WEFT_OUTCOME_FAILED, "No luck today." },
  { "talks-nonsense", "echo nonsense >&4; sleep 64", 0700, 0, FALSE, WEFT_OUTCOME_FAILED,
    "does not understand" },
  { "unknown-message", "echo '{\"message\":\"hello\"}' >&4; sleep 64", 0700, 0, FALSE, WEFT_OUTCOME_FAILED,
    "does not know" },
  { "not-an-object", "echo '[1]' >&4; sleep 64", 0700, 0, FALSE, WEFT_OUTCOME_FAILED, "does not understand" },
  { "wrong-types", "echo '{\"message\":{\"text\":1}}' >&4; sleep 64", 0700, 0, FALSE, WEFT_OUTCOME_FAILED,
    "does not know" },
  { "not-utf-8", "printf '{\"message\":\"\\377\"}\\n' >&4; sleep 64", 0700, 0, FALSE, WEFT_OUTCOME_FAILED,
    "does not understand" },
  { "endless-line", "yes yes | tr -d '\\n' >&4; sleep 64", 0700, 0, FALSE, WEFT_OUTCOME_FAILED,
    "does not understand" },
  { "deep-json", "(head -c 900000 /dev/zero | tr '\\0' '['; echo) >&4; sleep 64", 0700, 0, FALSE,
    WEFT_OUTCOME_FAILED, "does not understand" },
  { "closes-channel", READY "exec 4>&-; sleep 64", 0700, 0, FALSE, WEFT_OUTCOME_FAILED, "stopped talking" },
  { "vanishes-after-ready", READY WAIT_GO "exit 0", 0700, 0, FALSE, WEFT_OUTCOME_FAILED, "ended too early" },
  { "finishes",
    READY WAIT_GO "echo '{\"message\":\"ended\",\"outcome\":\"finished\",\"result\":{\"a\":1}}' >&4", 0700, 0,
    FALSE, WEFT_OUTCOME_FINISHED, NULL },
  { "finishes-but-stays",
    READY WAIT_GO "echo '{\"message\":\"ended\",\"outcome\":\"finished\",\"result\":{}}' >&4; sleep 64", 0700,
    0, FALSE, WEFT_OUTCOME_FINISHED, NULL },
  { "notice",
    READY WAIT_GO "echo '{\"message\":\"notice\",\"text\":\"One core only.\"}' >&4; "
                  "echo '{\"message\":\"ended\",\"outcome\":\"finished\"}' >&4",
    0700, 0, FALSE, WEFT_OUTCOME_FINISHED, "One core only." },
  { "fails-later",
    READY WAIT_GO "echo '{\"message\":\"failed\",\"text\":\"First.\"}' >&4; "
                  "echo '{\"message\":\"failed\",\"text\":\"Second.\"}' >&4; "
                  "echo '{\"message\":\"ended\",\"outcome\":\"failed\"}' >&4",
    0700, 0, FALSE, WEFT_OUTCOME_FAILED, "First." },
  { "ignores-stop", "trap '' TERM INT HUP\n" READY "while :; do sleep 65; done", 0700, 0, TRUE,
    WEFT_OUTCOME_STOPPED, "did not answer in time" },
  { "leaves-orphans",
    "exec setsid sh -c '" READY_QUOTED
    "(sleep 65.5 & setsid sleep 65.5 & setsid sh -c \"sleep 65.5 & sleep 65.5\" &)\n"
    "sleep 65.5'",
    0700, 0, TRUE, WEFT_OUTCOME_STOPPED, "did not answer in time" },
};

static void
test_script (gconstpointer data)
{
  const ScriptCase *row = data;
  g_autoptr (WeftRecording) recording = run_script (row->script, row->mode, row->ready_timeout_ms, row->stop);
  const char *message = weft_recording_get_message (recording);

  g_assert_cmpint (weft_recording_get_outcome (recording), ==, row->outcome);
  if (row->message != NULL)
    {
      g_assert_nonnull (message);
      if (strstr (message, row->message) == NULL)
        g_assert_cmpstr (message, ==, row->message);
    }
  else
    g_assert_cmpstr (message, ==, NULL);
  g_assert_false (anyone_has ("65.5"));
}

static void
test_result_kept (void)
{
  g_autoptr (WeftRecording) recording =
      run_script (READY WAIT_GO
                  "echo '{\"message\":\"result\",\"result\":{\"makespan_s\":2}}' >&4; kill -KILL $$",
                  0700, 0, FALSE);
  JsonObject *result = weft_recording_get_result (recording);

  g_assert_nonnull (result);
  g_assert_cmpint (json_object_get_int_member (result, "makespan_s"), ==, 2);
  g_assert_cmpint (weft_recording_get_outcome (recording), ==, WEFT_OUTCOME_FAILED);
}

/* What the helper is told: the workload and every parameter with its value. */
static void
test_run_message (void)
{
  g_autofree char *folder = g_dir_make_tmp ("weft-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "message", NULL);
  g_autofree char *script = g_strdup_printf ("read line <&4; echo \"$line\" > %s", path);
  g_autoptr (WeftRecording) recording = run_script (script, 0700, 0, FALSE);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *message, *parameters;

  g_assert_cmpint (weft_recording_get_outcome (recording), ==, WEFT_OUTCOME_FAILED);
  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  message = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (message, "message"), ==, "run");
  g_assert_cmpstr (json_object_get_string_member (message, "workload"), ==, "pool");
  g_assert_cmpint (json_object_get_int_member (message, "cores"), ==, weft_machine_get_n_cores ());
  parameters = json_object_get_object_member (message, "parameters");
  g_assert_cmpint (json_object_get_int_member (parameters, "max-ms"), ==, 3000);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-control/pool/processes", test_pool_processes);
  g_test_add_func ("/run-control/pool/threads", test_pool_threads);
  g_test_add_func ("/run-control/stop", test_stop);
  g_test_add_func ("/run-control/stop-at-once", test_stop_at_once);
  g_test_add_func ("/run-control/drop", test_drop);
  g_test_add_func ("/run-control/supervisor-killed", test_supervisor_killed);
  g_test_add_func ("/run-control/supervisor-stopped", test_supervisor_stopped);
  g_test_add_func ("/run-control/others-untouched", test_others_untouched);
  g_test_add_func ("/run-control/usage", test_usage);
  g_test_add_func ("/run-control/exact", test_exact);
  g_test_add_func ("/run-control/exact/refused", test_exact_refused);
  g_test_add_func ("/run-control/no-descriptors", test_no_descriptors);
  for (guint i = 0; i < G_N_ELEMENTS (script_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/run-control/helper/", script_cases[i].name, NULL);

      g_test_add_data_func (path, &script_cases[i], test_script);
    }
  g_test_add_func ("/run-control/helper/result-kept", test_result_kept);
  g_test_add_func ("/run-control/helper/run-message", test_run_message);
  return g_test_run ();
}
