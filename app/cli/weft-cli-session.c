/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-cli-session.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "weft-cli-command.h"
#include "weft-cli-progress.h"
#include "weft-cli-writer.h"

/* How often the recording is looked at for new lines: soon enough to be seen as at once. */
#define TICK_MS 20

/* Lines are rendered only as fast as they are read, so that a slow reader costs no memory. */
#define MAX_PENDING ((gsize) 1 << 20)

/* After a signal, a reader that takes nothing for so long is not waited for. */
#define PATIENCE_US (G_USEC_PER_SEC / 2)

/* Threads that a run needs here: GLib's for signals and two for child processes, the log's, the reader. */
#define N_THREADS 5

typedef struct
{
  const WeftCliSessionOptions *options;
  GMainLoop *loop;
  WeftRunControl *control;
  WeftRecording *recording;
  WeftCliProgress *progress;
  WeftCliWriter *writer; /* NULL: no log is printed */
  GString *text;
  guint64 printed;    /* entries of the log that were handed to the writer */
  int signal;         /* the first that came; 0: none */
  gboolean is_broken; /* standard output cannot be written to any more */
  gsize pending;      /* as it was when the reader last took something */
  gint64 taken_us;
  gboolean duration_started;
  guint duration_source;
  guint timeout_source;
  guint interrupt_source;
  guint terminate_source;
} Session;

static gboolean
duration_cb (gpointer data)
{
  Session *session = data;

  session->duration_source = 0;
  weft_run_control_stop (session->control, WEFT_OUTCOME_STOPPED);
  return G_SOURCE_REMOVE;
}

static gboolean
timeout_cb (gpointer data)
{
  Session *session = data;

  session->timeout_source = 0;
  weft_run_control_stop (session->control, WEFT_OUTCOME_TIMEOUT);
  return G_SOURCE_REMOVE;
}

static void
take_signal (Session *session, int number)
{
  /* A second one means: do not even wait for the reader of the log. */
  if (session->signal != 0 && !weft_run_control_is_running (session->control))
    session->is_broken = TRUE;
  if (session->signal == 0)
    session->signal = number;
  session->taken_us = g_get_monotonic_time ();
  weft_run_control_stop (session->control, WEFT_OUTCOME_STOPPED);
}

static gboolean
interrupt_cb (gpointer data)
{
  take_signal (data, SIGINT);
  return G_SOURCE_CONTINUE;
}

static gboolean
terminate_cb (gpointer data)
{
  take_signal (data, SIGTERM);
  return G_SOURCE_CONTINUE;
}

/* The run's own time counts, not that which starting it took. */
static void
start_duration (Session *session)
{
  gint64 start_ns = weft_recording_get_start_ns (session->recording);
  gint64 duration_ms = (gint64) (session->options->duration_s * 1000 + 0.5);
  gint64 elapsed_ms;

  if (session->duration_started || start_ns == 0 || duration_ms == 0)
    return;
  elapsed_ms = g_get_monotonic_time () / 1000 - start_ns / 1000000;
  session->duration_source = g_timeout_add ((guint) MAX (duration_ms - elapsed_ms, 1), duration_cb, session);
  session->duration_started = TRUE;
}

/* Hands what is new in the log to the writer. True when there is no more. */
static gboolean
print_log (Session *session)
{
  guint64 count = weft_log_get_count (weft_recording_get_log (session->recording));
  gsize room = weft_cli_writer_get_pending (session->writer);

  room = room < MAX_PENDING ? MAX_PENDING - room : 0;
  while (session->printed < count && session->text->len < room)
    {
      g_autofree char *line = weft_recording_render_log (session->recording, session->printed++);

      g_string_append (session->text, line);
      g_string_append_c (session->text, '\n');
    }
  if (session->text->len > 0)
    {
      weft_cli_progress_hide (session->progress);
      weft_cli_writer_push (session->writer, session->text);
    }
  return session->printed == count;
}

/* Whether the reader of the log took anything lately. */
static gboolean
reader_moves (Session *session)
{
  gsize pending = weft_cli_writer_get_pending (session->writer);
  gint64 now_us = g_get_monotonic_time ();

  if (pending != session->pending)
    {
      session->pending = pending;
      session->taken_us = now_us;
    }
  return now_us - session->taken_us < PATIENCE_US;
}

static void
check_output (Session *session)
{
  int error = weft_cli_writer_get_error (session->writer);

  if (error == 0)
    return;
  session->is_broken = TRUE;
  /* That nobody reads any more is how `| head` ends a program: nothing to speak of. */
  if (error == EPIPE)
    {
      if (session->signal == 0)
        session->signal = SIGPIPE;
    }
  else
    {
      weft_cli_progress_hide (session->progress);
      fprintf (stderr, "weft-cli: cannot write the log to standard output: %s\n", g_strerror (error));
    }
  weft_run_control_stop (session->control, WEFT_OUTCOME_STOPPED);
}

static gboolean
tick_cb (gpointer data)
{
  Session *session = data;
  gboolean is_running = weft_run_control_is_running (session->control);
  gboolean is_done = TRUE;

  start_duration (session);
  if (session->writer != NULL && !session->is_broken)
    check_output (session);
  if (session->writer != NULL && !session->is_broken)
    {
      is_done = print_log (session) && weft_cli_writer_get_pending (session->writer) == 0;
      if (!is_running && session->signal != 0 && !reader_moves (session))
        is_done = TRUE;
    }
  if (!is_running && is_done)
    g_main_loop_quit (session->loop);
  else if (is_done && !session->options->is_quiet)
    weft_cli_progress_show (session->progress);
  return G_SOURCE_CONTINUE;
}

/* The last line on standard error. */
static void
print_closing_line (Session *session)
{
  WeftOutcome outcome = weft_recording_get_outcome (session->recording);
  const char *message = weft_recording_get_message (session->recording);
  const char *id = weft_recording_get_workload (session->recording)->id;
  g_autofree char *figures = NULL;
  WeftFrame frame = { 0 };

  if (outcome == WEFT_OUTCOME_FAILED)
    fprintf (stderr, "weft-cli: %s failed: %s\n", id, message != NULL ? message : "it did not say why");
  else if (message != NULL && !session->options->is_quiet)
    fprintf (stderr, "weft-cli: %s\n", message);
  if (session->options->is_quiet)
    return;
  weft_recording_take_frame (session->recording, &frame);
  figures = weft_cli_dup_figures (&frame);
  fprintf (stderr, "%s: %s after %.2f s: %s\n", id, weft_outcome_get_id (outcome),
           (double) frame.now_ns / 1e9, figures);
  if (frame.dropped > 0 && session->options->prints_log)
    fprintf (stderr, "%s: lines of the log may be among the events that were dropped\n", id);
  weft_frame_clear (&frame);
}

static int
get_exit_code (Session *session)
{
  if (session->signal != 0)
    return WEFT_CLI_SIGNAL + session->signal;
  switch (weft_recording_get_outcome (session->recording))
    {
    case WEFT_OUTCOME_FINISHED:
    case WEFT_OUTCOME_STOPPED:
      return session->is_broken ? WEFT_CLI_FAILED : WEFT_CLI_FINISHED;
    case WEFT_OUTCOME_DEADLOCK:
      return WEFT_CLI_DEADLOCK;
    case WEFT_OUTCOME_TIMEOUT:
      return WEFT_CLI_TIMEOUT;
    case WEFT_OUTCOME_FAILED:
    case WEFT_OUTCOME_RUNNING:
    default:
      return WEFT_CLI_FAILED;
    }
}

/* Returns when the run has ended and its log is written, or given up. */
static void
run_loop (Session *session)
{
  guint tick_source = g_timeout_add (TICK_MS, tick_cb, session);
  double timeout_s = session->options->timeout_s;

  if (timeout_s > 0)
    session->timeout_source = g_timeout_add ((guint) (timeout_s * 1000 + 0.5), timeout_cb, session);
  g_main_loop_run (session->loop);
  g_source_remove (tick_source);
  g_clear_handle_id (&session->duration_source, g_source_remove);
  g_clear_handle_id (&session->timeout_source, g_source_remove);
}

/* Starts the run, and sees it through. */
static gboolean
run (Session *session, GError **error)
{
  const WeftCliSessionOptions *options = session->options;

  session->control = weft_run_control_start (options->parameters, options->scheduling, error);
  if (session->control == NULL)
    return FALSE;
  session->recording = g_object_ref (weft_run_control_get_recording (session->control));
  session->loop = g_main_loop_new (NULL, FALSE);
  session->text = g_string_new (NULL);
  if (!options->is_quiet)
    session->progress = weft_cli_progress_new (session->recording);
  run_loop (session);

  weft_cli_progress_free (session->progress);
  print_closing_line (session);
  g_string_free (session->text, TRUE);
  g_main_loop_unref (session->loop);
  g_object_unref (session->control);
  return TRUE;
}

/* GLib aborts, too, where it has no descriptors for its main loops: one for each of the two. */
static gboolean
can_open_files (void)
{
  int first = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  int second = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

  if (first >= 0)
    close (first);
  if (second >= 0)
    close (second);
  return first >= 0 && second >= 0;
}

static gpointer
wait_for_release (gpointer data)
{
  g_mutex_lock (data);
  g_mutex_unlock (data);
  return NULL;
}

/* GLib makes threads for signals and for child processes when the first is asked for, and aborts if it
 * cannot. So that they can be had is found out before. */
static gboolean
can_start_threads (GError **error)
{
  GThread *probes[N_THREADS];
  GMutex hold;
  guint n = 0;

  g_mutex_init (&hold);
  g_mutex_lock (&hold);
  while (n < N_THREADS && (probes[n] = g_thread_try_new ("probe", wait_for_release, &hold, error)) != NULL)
    n++;
  g_mutex_unlock (&hold);
  for (guint i = 0; i < n; i++)
    g_thread_join (probes[i]);
  g_mutex_clear (&hold);
  return n == N_THREADS;
}

/* Once the signals are looked after they may come; main() has held them back until then. */
static gboolean
start_threads (Session *session, GError **error)
{
  sigset_t signals;

  if (!can_start_threads (error))
    return FALSE;
  session->interrupt_source = g_unix_signal_add (SIGINT, interrupt_cb, session);
  session->terminate_source = g_unix_signal_add (SIGTERM, terminate_cb, session);
  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  pthread_sigmask (SIG_UNBLOCK, &signals, NULL);
  if (session->options->prints_log)
    session->writer = weft_cli_writer_new (STDOUT_FILENO, error);
  return session->writer != NULL || !session->options->prints_log;
}

WeftRecording *
weft_cli_session_run (const WeftCliSessionOptions *options, int *code)
{
  Session session = { .options = options };
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  /* A write to a closed pipe then fails, and the run can be ended in order. */
  signal (SIGPIPE, SIG_IGN);
  if (!can_open_files ())
    *code = weft_cli_fail ("too many files are open: raise the limit (\"ulimit -n\")");
  else if (!start_threads (&session, &error))
    {
      message =
          g_strdup_printf ("no thread could be started: %s. The limit on processes and threads is reached "
                           "(\"ulimit -u\"): end other programs, or raise it.",
                           error->message);
      *code = weft_cli_fail (message);
    }
  else
    *code = run (&session, &error) ? get_exit_code (&session) : weft_cli_fail (error->message);
  g_clear_pointer (&session.writer, weft_cli_writer_free);
  g_clear_handle_id (&session.interrupt_source, g_source_remove);
  g_clear_handle_id (&session.terminate_source, g_source_remove);
  return session.recording;
}
