/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-run-control.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "weft-channel.h"
#include "weft-core-sampler.h"
#include "weft-helper-path.h"
#include "weft-process-sweeper.h"
#include "weft-recording-private.h"
#include "weft-ring-reader.h"
#include "weft-run-control-private.h"
#include "weft-thread-sampler.h"
#include "weft-wire.h"

/* The descriptors that the helper is started with. */
#define MEMORY_FD 3
#define CONTROL_FD 4

/* How long the helper may take to be ready: it prepares in a few milliseconds, but the machine may be
 * busy with other things. */
#define READY_TIMEOUT_MS 10000

/* An ordinary end that was asked for must be over by then; after it, all is killed. Leaves 100 ms for
 * that within the 500 ms that Stop may take. */
#define KILL_AFTER_MS 400

#define SWEEP_PERIOD_MS 5
#define SWEEP_TIMEOUT_US 2000000

/* A sentence out of another process. */
#define MAX_TEXT 2000

struct _WeftRunControl
{
  GObject parent_instance;

  WeftRecording *recording;
  WeftScheduling scheduling;
  gboolean running; /* until everything has ended */

  WeftWire wire;
  WeftChannel *channel; /* NULL once nothing more will come */
  GSubprocess *helper;
  char *helper_path;
  gint helper_pid;
  GCancellable *wait_cancellable;
  WeftProcessSweeper *sweeper;
  WeftRingReader *reader; /* NULL until the helper is ready */
  WeftCoreSampler *core_sampler;
  WeftThreadSampler *thread_sampler;

  guint ready_timer;
  guint kill_timer;
  guint sweep_timer;
  gint64 sweep_until_us;

  gboolean stop_requested;
  gboolean helper_killed; /* by us */
  WeftOutcome stop_outcome;
  WeftOutcome said_outcome; /* what the supervisor said last; RUNNING: nothing yet */
  char *failure;            /* the first reason why it failed */
};

enum
{
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];
static guint n_running; /* controls of this process */
static char *helper_for_tests;
static guint ready_timeout_for_tests_ms;

G_DEFINE_FINAL_TYPE (WeftRunControl, weft_run_control, G_TYPE_OBJECT)

/* Notes why the run fails. The first reason is the true one. */
static void
note_failure (WeftRunControl *control, const char *text)
{
  if (control->failure == NULL)
    control->failure = g_strdup (text);
}

/* ── the end ── */

/* Every process of the run is gone, or can do no more: completes the recording, once. */
static void
complete_recording (WeftRunControl *control)
{
  if (control->core_sampler != NULL)
    weft_core_sampler_stop (control->core_sampler);
  if (control->reader != NULL)
    weft_ring_reader_finish (control->reader);
  if (control->thread_sampler != NULL)
    weft_thread_sampler_look (control->thread_sampler);
  g_clear_pointer (&control->thread_sampler, weft_thread_sampler_free);
}

static WeftOutcome
choose_outcome (WeftRunControl *control)
{
  if (control->said_outcome == WEFT_OUTCOME_STOPPED && control->stop_requested)
    return control->stop_outcome;
  if (control->said_outcome != WEFT_OUTCOME_RUNNING)
    return control->said_outcome;
  return control->stop_requested && control->failure == NULL ? control->stop_outcome : WEFT_OUTCOME_FAILED;
}

/* What is worth saying of a run that did not fail: what it said last, and that its recording was full. */
static char *
dup_message (WeftRunControl *control)
{
  const char *message = weft_recording_get_message (control->recording);
  g_autofree char *full = weft_recording_dup_full_text (control->recording);

  return full != NULL && message != NULL ? g_strdup_printf ("%s %s", message, full)
         : full != NULL                  ? g_steal_pointer (&full)
                                         : g_strdup (message);
}

/* The last step, when nothing of the run is left. Does not emit the signal. */
static void
finish (WeftRunControl *control)
{
  WeftOutcome outcome = choose_outcome (control);
  g_autofree char *message = NULL;

  complete_recording (control);
  if (outcome == WEFT_OUTCOME_FAILED)
    message = g_strdup (control->failure != NULL ? control->failure
                                                 : "The workload failed without saying why.");
  else
    message = dup_message (control);
  g_clear_handle_id (&control->ready_timer, g_source_remove);
  g_clear_handle_id (&control->kill_timer, g_source_remove);
  g_clear_handle_id (&control->sweep_timer, g_source_remove);
  g_clear_pointer (&control->channel, weft_channel_free);
  g_clear_pointer (&control->reader, weft_ring_reader_free);
  g_clear_pointer (&control->core_sampler, weft_core_sampler_free);
  weft_wire_detach (&control->wire);
  control->running = FALSE;
  weft_recording_set_outcome (control->recording, outcome, message);
  if (--n_running == 0)
    prctl (PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

/* A process that its own parent has left to us has been reaped here. */
static void
process_reaped (gint pid, gint status, gconstpointer usage, gpointer data)
{
  WeftRunControl *control = data;
  const struct rusage *resources = usage;
  gint64 cpu_us = ((gint64) resources->ru_utime.tv_sec + resources->ru_stime.tv_sec) * G_USEC_PER_SEC
                  + resources->ru_utime.tv_usec + resources->ru_stime.tv_usec;

  if (control->wire.header != NULL)
    weft_wire_note_exit (&control->wire, pid, status, cpu_us * 1000, (guint64) resources->ru_nvcsw,
                         (guint64) resources->ru_nivcsw);
}

/* Ends what the helper left behind. True when nothing is left, or what is left cannot be ended. */
static gboolean
sweep (WeftRunControl *control)
{
  if (weft_process_sweeper_sweep (control->sweeper) == 0)
    return TRUE;
  if (g_get_monotonic_time () < control->sweep_until_us)
    return FALSE;
  g_autofree char *left = weft_process_sweeper_describe (control->sweeper);
  g_autofree char *text =
      g_strdup_printf ("Weft could not end these processes of the run: %s. End them by hand.", left);

  note_failure (control, text);
  control->said_outcome = WEFT_OUTCOME_FAILED;
  return TRUE;
}

static gboolean
sweep_cb (gpointer data)
{
  g_autoptr (WeftRunControl) control = g_object_ref (WEFT_RUN_CONTROL (data));

  if (!sweep (control))
    return G_SOURCE_CONTINUE;
  control->sweep_timer = 0;
  finish (control);
  g_signal_emit (control, signals[ENDED], 0);
  return G_SOURCE_REMOVE;
}

/* Something worth knowing, which is no failure. */
static void
note_notice (WeftRunControl *control, const char *text)
{
  weft_recording_set_outcome (control->recording, WEFT_OUTCOME_RUNNING, text);
}

/* How the helper ended, if it did so without having said that the run had. */
static void
note_helper_exit (WeftRunControl *control)
{
  g_autofree char *how = NULL;
  g_autofree char *text = NULL;

  if (control->said_outcome != WEFT_OUTCOME_RUNNING)
    return;
  if (control->stop_requested)
    {
      note_notice (control, control->helper_killed
                                ? "The supervisor of the run did not answer in time, and was killed; what it had "
                                  "not told yet is missing in the result."
                                : "The supervisor of the run ended before it could stop the run; what it had not "
                                  "told yet is missing in the result.");
      return;
    }
  if (g_subprocess_get_if_signaled (control->helper))
    how = g_strdup_printf ("it was ended by SIG%s",
                           sigabbrev_np (g_subprocess_get_term_sig (control->helper)));
  else
    how = g_strdup_printf ("its exit status was %d", g_subprocess_get_exit_status (control->helper));
  if (control->reader == NULL)
    text = g_strdup_printf ("The program that runs the workloads, %s, ended before the run began: %s. %s",
                            control->helper_path, how,
                            g_subprocess_get_if_signaled (control->helper) ? "Run it again."
                                                                           : "Build or install Weft again.");
  else
    text = g_strdup_printf (
        "The supervisor of the run ended too early: %s. What was recorded until then is kept.", how);
  note_failure (control, text);
}

static void
helper_exited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  WeftRunControl *control;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the control is gone */
  control = g_object_ref (WEFT_RUN_CONTROL (data));
  if (control->running)
    {
      g_clear_handle_id (&control->ready_timer, g_source_remove);
      g_clear_handle_id (&control->kill_timer, g_source_remove);
      if (control->channel != NULL)
        weft_channel_drain (control->channel);
      g_clear_pointer (&control->channel, weft_channel_free);
      note_helper_exit (control);
      control->sweep_until_us = g_get_monotonic_time () + SWEEP_TIMEOUT_US;
      control->sweep_timer = g_timeout_add (SWEEP_PERIOD_MS, sweep_cb, control);
      if (sweep (control))
        {
          finish (control);
          g_signal_emit (control, signals[ENDED], 0);
        }
    }
  g_object_unref (control);
}

/* Kills the supervisor and all that it would have ended. What follows comes with its exit. */
static void
kill_run (WeftRunControl *control)
{
  g_clear_handle_id (&control->kill_timer, g_source_remove);
  control->helper_killed = TRUE;
  g_subprocess_force_exit (control->helper);
  weft_process_sweeper_sweep (control->sweeper);
}

static gboolean
kill_cb (gpointer data)
{
  WeftRunControl *control = data;

  control->kill_timer = 0;
  if (control->said_outcome == WEFT_OUTCOME_RUNNING && !control->stop_requested)
    note_failure (
        control, "The supervisor of the run stopped talking to Weft, and was killed. What was recorded until "
                 "then is kept.");
  kill_run (control);
  return G_SOURCE_REMOVE;
}

/* The helper is to end by itself now; if it does not, it is killed. */
static void
expect_exit (WeftRunControl *control)
{
  if (control->kill_timer == 0)
    control->kill_timer = g_timeout_add (KILL_AFTER_MS, kill_cb, control);
}

/* It cannot go on. */
static void
fail (WeftRunControl *control, const char *text)
{
  note_failure (control, text);
  kill_run (control);
}

/* ── what the helper says ── */

/* The string @name of @message as it can be shown, or NULL. */
static char *
dup_text (JsonObject *message, const char *name)
{
  JsonNode *node = json_object_get_member (message, name);
  const char *text = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  char *clean;

  if (text == NULL || *text == '\0')
    return NULL;
  clean = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_TEXT));
  for (char *c = clean; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return clean;
}

static void
take_result (WeftRunControl *control, JsonObject *message)
{
  JsonNode *node = json_object_get_member (message, "result");

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    weft_recording_set_result (control->recording, json_node_get_object (node));
}

static void
send_message (WeftRunControl *control, const char *name)
{
  g_autoptr (JsonObject) message = json_object_new ();

  if (control->channel == NULL)
    return;
  json_object_set_string_member (message, "message", name);
  weft_channel_send (control->channel, message);
}

/* Before the run may start anything: what is started later is covered. */
static void
record_scheduling (WeftRunControl *control)
{
  g_autofree char *reason = NULL;
  WeftSwitchSource *switches = NULL;

  if (control->scheduling == WEFT_SCHEDULING_OFF)
    return;
  if (control->scheduling == WEFT_SCHEDULING_EXACT)
    switches = weft_switch_source_open (control->helper_pid, weft_recording_get_n_cores (control->recording),
                                        &reason);
  weft_recording_set_scheduling (control->recording, switches != NULL ? "exact" : "sampled", reason);
  if (switches == NULL)
    return;
  weft_ring_reader_take_switches (control->reader, switches);
  atomic_store_explicit (&control->wire.header->tell_ready, 1, memory_order_relaxed);
}

/* The helper is ready: from here on it is a run. */
static void
begin_run (WeftRunControl *control)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&control->ready_timer, g_source_remove);
  weft_recording_begin (control->recording, weft_monotonic_ns ());
  control->reader = weft_ring_reader_new (&control->wire, control->recording);
  record_scheduling (control);
  if (!weft_ring_reader_start (control->reader, &error))
    {
      g_autofree char *text = g_strdup_printf (
          "Weft could not start the thread that reads the events: %s. Close other programs, or "
          "raise the limit on processes (ulimit -u).",
          error->message);

      fail (control, text);
      return;
    }
  weft_core_sampler_start (control->core_sampler);
  if (control->scheduling != WEFT_SCHEDULING_OFF)
    {
      control->thread_sampler = weft_thread_sampler_new (control->recording);
      weft_thread_sampler_start (control->thread_sampler);
    }
  send_message (control, "go");
}

/* The supervisor says that every process of the run is gone. */
static void
take_end (WeftRunControl *control, JsonObject *message)
{
  g_autofree char *outcome = dup_text (message, "outcome");

  if (g_strcmp0 (outcome, "finished") == 0)
    control->said_outcome = WEFT_OUTCOME_FINISHED;
  else if (g_strcmp0 (outcome, "stopped") == 0)
    control->said_outcome = WEFT_OUTCOME_STOPPED;
  else
    control->said_outcome = WEFT_OUTCOME_FAILED;
  take_result (control, message);
  complete_recording (control);
  expect_exit (control);
}

static void
take_message (WeftRunControl *control, JsonObject *message)
{
  g_autofree char *name = dup_text (message, "message");
  g_autofree char *text = dup_text (message, "text");

  if (g_strcmp0 (name, "ready") == 0)
    {
      if (control->reader == NULL && control->failure == NULL && !control->stop_requested)
        begin_run (control);
    }
  else if (g_strcmp0 (name, "result") == 0)
    take_result (control, message);
  else if (g_strcmp0 (name, "failed") == 0)
    {
      note_failure (control, text != NULL ? text : "The workload failed without saying why.");
      /* Before the run has begun, that is also its end. */
      if (control->reader == NULL)
        {
          control->said_outcome = WEFT_OUTCOME_FAILED;
          expect_exit (control);
        }
    }
  else if (g_strcmp0 (name, "notice") == 0)
    note_notice (control, text);
  else if (g_strcmp0 (name, "ended") == 0)
    take_end (control, message);
  else
    fail (control,
          "The program that runs the workloads sent a message that Weft does not know. Is it of the same "
          "version?");
}

static void
channel_cb (JsonObject *message, const GError *error, gpointer data)
{
  WeftRunControl *control = data;

  if (message != NULL)
    {
      take_message (control, message);
      return;
    }
  /* The channel is freed with its control, because this may be called while it is being drained. */
  if (error != NULL)
    fail (control, error->message);
  else
    expect_exit (control);
}

static gboolean
ready_timeout_cb (gpointer data)
{
  WeftRunControl *control = data;
  g_autofree char *text = g_strdup_printf (
      "The program that runs the workloads, %s, was started but did not say that it was ready. "
      "Build or install Weft again.",
      control->helper_path);

  control->ready_timer = 0;
  fail (control, text);
  return G_SOURCE_REMOVE;
}

/* ── the start ── */

static char *
find_helper (GError **error)
{
  g_autofree char *program = NULL;

  if (helper_for_tests != NULL)
    return g_strdup (helper_for_tests);
  program = g_file_read_link ("/proc/self/exe", error);
  return program != NULL ? weft_helper_path_find (program, error) : NULL;
}

/* Starts the helper with its ends of memory and channel, which are taken. */
static GSubprocess *
spawn_helper (WeftRunControl *control, const char *mark, int memory_fd, int control_fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GError) spawn_error = NULL;
  GSubprocess *helper;

  g_subprocess_launcher_setenv (launcher, WEFT_RUN_MARK_VARIABLE, mark, TRUE);
  g_subprocess_launcher_take_fd (launcher, memory_fd, MEMORY_FD);
  g_subprocess_launcher_take_fd (launcher, control_fd, CONTROL_FD);
  helper =
      g_subprocess_launcher_spawn (launcher, &spawn_error, control->helper_path, "--run", "--memory-fd",
                                   G_STRINGIFY (MEMORY_FD), "--control-fd", G_STRINGIFY (CONTROL_FD), NULL);
  if (helper == NULL)
    {
      gboolean no_process = g_error_matches (spawn_error, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK);
      /* A pipe or a copy of a descriptor that could not be had; the others are about the program. */
      gboolean no_file = spawn_error->domain != G_SPAWN_ERROR
                         || g_error_matches (spawn_error, G_SPAWN_ERROR, G_SPAWN_ERROR_MFILE)
                         || g_error_matches (spawn_error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s could not be started: %s. %s",
                   control->helper_path, spawn_error->message,
                   no_process ? "Close other programs, or raise the limit on processes (ulimit -u)."
                   : no_file  ? "Raise the limit on open files (ulimit -n)."
                              : "Build or install Weft again.");
    }
  return helper;
}

/* The shared memory and the channel, and the helper at their other ends. */
static gboolean
start_helper (WeftRunControl *control, GError **error)
{
  g_autofree char *mark =
      g_strdup_printf ("%d-%" G_GINT64_FORMAT "-%08x", getpid (), weft_monotonic_ns (), g_random_int ());
  const char *pid;
  int sockets[2];
  int memory_fd = weft_wire_create (&control->wire, WEFT_WIRE_BUDGET, weft_clock_choose ());

  if (memory_fd < 0)
    {
      int code = errno;

      g_set_error (
          error, G_IO_ERROR, g_io_error_from_errno (code),
          "Weft could not have the shared memory (memfd) through which a run reports its events: %s. %s",
          g_strerror (code),
          code == EMFILE || code == ENFILE ? "Raise the limit on open files (ulimit -n)."
          : code == ENOMEM                 ? "Raise the limit on memory (ulimit -v), or free some."
          : code == EFBIG                  ? "Raise the limit on the size of files (ulimit -f)."
                          : "Weft needs a Linux kernel that allows memfd_create with sealing.");
      return FALSE;
    }
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
    {
      int code = errno;

      close (memory_fd);
      g_set_error (
          error, G_IO_ERROR, g_io_error_from_errno (code),
          "Weft could not open a channel to the program that runs the workloads: %s. Raise the limit on open "
          "files (ulimit -n).",
          g_strerror (code));
      return FALSE;
    }
  control->helper = spawn_helper (control, mark, memory_fd, sockets[1], error);
  if (control->helper == NULL)
    {
      close (sockets[0]);
      return FALSE;
    }
  /* One that has ended already has none. */
  pid = g_subprocess_get_identifier (control->helper);
  control->helper_pid = pid != NULL ? atoi (pid) : 0;
  control->sweeper = weft_process_sweeper_new (control->helper_pid, mark, process_reaped, control);
  control->channel = weft_channel_new (sockets[0], channel_cb, control);
  return TRUE;
}

static void
send_run (WeftRunControl *control, WeftParameters *parameters)
{
  g_autoptr (JsonObject) message = json_object_new ();

  json_object_set_string_member (message, "message", "run");
  json_object_set_string_member (message, "workload", weft_parameters_get_workload (parameters)->id);
  json_object_set_object_member (message, "parameters", weft_parameters_to_json (parameters));
  json_object_set_int_member (message, "seed", weft_parameters_get_integer (parameters, "seed"));
  json_object_set_int_member (message, "cores", weft_parameters_get_integer (parameters, "cores"));
  weft_channel_send (control->channel, message);
}

/* Ends everything here and now, without a main loop. */
static void
end_now (WeftRunControl *control)
{
  g_cancellable_cancel (control->wait_cancellable);
  control->stop_requested = TRUE;
  control->stop_outcome = WEFT_OUTCOME_STOPPED;
  kill_run (control);
  g_subprocess_wait (control->helper, NULL, NULL);
  control->sweep_until_us = g_get_monotonic_time () + SWEEP_TIMEOUT_US;
  while (!sweep (control))
    g_usleep (SWEEP_PERIOD_MS * 1000);
  finish (control);
}

static void
weft_run_control_dispose (GObject *object)
{
  WeftRunControl *control = WEFT_RUN_CONTROL (object);

  if (control->running)
    end_now (control);
  G_OBJECT_CLASS (weft_run_control_parent_class)->dispose (object);
}

static void
weft_run_control_finalize (GObject *object)
{
  WeftRunControl *control = WEFT_RUN_CONTROL (object);

  weft_wire_detach (&control->wire);
  g_clear_pointer (&control->core_sampler, weft_core_sampler_free);
  weft_process_sweeper_free (control->sweeper);
  g_clear_object (&control->helper);
  g_clear_object (&control->wait_cancellable);
  g_clear_object (&control->recording);
  g_free (control->helper_path);
  g_free (control->failure);
  G_OBJECT_CLASS (weft_run_control_parent_class)->finalize (object);
}

static void
weft_run_control_class_init (WeftRunControlClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_run_control_dispose;
  object_class->finalize = weft_run_control_finalize;

  /**
   * WeftRunControl::ended:
   *
   * Everything of the run has ended, and the recording is complete. Emitted once.
   */
  signals[ENDED] =
      g_signal_new ("ended", WEFT_TYPE_RUN_CONTROL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weft_run_control_init (WeftRunControl *control)
{
  control->wait_cancellable = g_cancellable_new ();
}

WeftRunControl *
weft_run_control_start (WeftParameters *parameters, WeftScheduling scheduling, GError **error)
{
  g_autoptr (WeftRunControl) control = NULL;

  g_return_val_if_fail (parameters != NULL, NULL);
  control = g_object_new (WEFT_TYPE_RUN_CONTROL, NULL);
  control->scheduling = scheduling;
  control->recording = weft_recording_new (weft_parameters_get_workload (parameters), parameters);
  control->helper_path = find_helper (error);
  if (control->helper_path == NULL)
    return NULL;

  /* Before the helper can leave anyone behind. */
  if (n_running == 0)
    prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  if (!start_helper (control, error))
    {
      if (n_running == 0)
        prctl (PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
      return NULL;
    }
  n_running++;
  control->running = TRUE;
  control->core_sampler =
      weft_core_sampler_new (control->recording, weft_core_source_count_cores (), NULL, NULL);
  g_subprocess_wait_async (control->helper, control->wait_cancellable, helper_exited_cb, control);
  control->ready_timer =
      g_timeout_add (ready_timeout_for_tests_ms > 0 ? ready_timeout_for_tests_ms : READY_TIMEOUT_MS,
                     ready_timeout_cb, control);
  send_run (control, parameters);
  return g_steal_pointer (&control);
}

void
weft_run_control_stop (WeftRunControl *control, WeftOutcome outcome)
{
  g_return_if_fail (WEFT_IS_RUN_CONTROL (control));
  g_return_if_fail (outcome == WEFT_OUTCOME_STOPPED || outcome == WEFT_OUTCOME_TIMEOUT);
  if (!control->running || control->stop_requested)
    return;
  control->stop_requested = TRUE;
  control->stop_outcome = outcome;
  /* In shared memory too, where a lane sees it even when its supervisor is slow. */
  atomic_store_explicit (&control->wire.header->stop, 1, memory_order_relaxed);
  send_message (control, "stop");
  expect_exit (control);
}

void
weft_run_control_stop_now (WeftRunControl *control)
{
  g_return_if_fail (WEFT_IS_RUN_CONTROL (control));
  g_object_ref (control);
  weft_run_control_stop (control, WEFT_OUTCOME_STOPPED);
  while (control->running)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (control);
}

gboolean
weft_run_control_is_running (WeftRunControl *control)
{
  g_return_val_if_fail (WEFT_IS_RUN_CONTROL (control), FALSE);
  return control->running;
}

WeftRecording *
weft_run_control_get_recording (WeftRunControl *control)
{
  g_return_val_if_fail (WEFT_IS_RUN_CONTROL (control), NULL);
  return control->recording;
}

gint
weft_run_control_get_helper_pid (WeftRunControl *control)
{
  g_return_val_if_fail (WEFT_IS_RUN_CONTROL (control), 0);
  return control->helper_pid;
}

void
weft_run_control_set_helper_for_tests (const char *path, guint ready_timeout_ms)
{
  g_free (helper_for_tests);
  helper_for_tests = g_strdup (path);
  ready_timeout_for_tests_ms = ready_timeout_ms;
}
