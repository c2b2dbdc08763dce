/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-cli-progress.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "weft-summary.h"

#define INTERVAL_US (G_USEC_PER_SEC / 5)
#define DEFAULT_COLUMNS 80

/* To the first column, and clear to the end of the line. */
#define CLEAR "\r\033[K"

struct _WeftCliProgress
{
  WeftRecording *recording;
  WeftFrame frame;
  gint64 shown_us; /* monotonic time of the last drawing; 0: never */
  gboolean visible;
};

WeftCliProgress *
weft_cli_progress_new (WeftRecording *recording)
{
  WeftCliProgress *progress;
  const char *terminal = g_getenv ("TERM");

  if (!isatty (STDERR_FILENO) || g_strcmp0 (terminal, "dumb") == 0)
    return NULL;
  progress = g_new0 (WeftCliProgress, 1);
  progress->recording = g_object_ref (recording);
  return progress;
}

void
weft_cli_progress_free (WeftCliProgress *progress)
{
  if (progress == NULL)
    return;
  weft_cli_progress_hide (progress);
  weft_frame_clear (&progress->frame);
  g_object_unref (progress->recording);
  g_free (progress);
}

/* A terminal that was stopped takes nothing; waiting for it would hold up the run's end. */
static void
write_text (const char *text)
{
  struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };

  if (poll (&terminal, 1, 0) > 0 && (terminal.revents & POLLOUT) != 0)
    {
      fputs (text, stderr);
      fflush (stderr);
    }
}

static guint
get_columns (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : DEFAULT_COLUMNS;
}

char *
weft_cli_dup_figures (const WeftFrame *frame)
{
  const WeftWorkloadInfo *info = weft_recording_get_workload (frame->recording);
  GString *text = g_string_new (NULL);
  WeftTaskTotals totals;

  weft_summary_get_task_totals (frame, &totals);
  if (totals.submitted >= 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " %ss, ", totals.completed,
                            totals.submitted, info->task_noun);
  else if (totals.completed >= 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " %ss, ", totals.completed, info->task_noun);
  if (totals.failed > 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " failed, ", totals.failed);
  if (totals.lost > 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " lost, ", totals.lost);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " events", frame->events);
  if (frame->dropped > 0)
    g_string_append_printf (text, ", %" G_GUINT64_FORMAT " dropped", frame->dropped);
  else
    g_string_append (text, ", none dropped");
  if (frame->full_ns >= 0)
    g_string_append_printf (text, ", recording full since %.1f s", (double) frame->full_ns / 1e9);
  return g_string_free (text, FALSE);
}

void
weft_cli_progress_show (WeftCliProgress *progress)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autofree char *figures = NULL;
  g_autofree char *line = NULL;
  g_autofree char *text = NULL;
  const WeftWorkloadInfo *info;

  if (progress == NULL || (progress->shown_us != 0 && now_us - progress->shown_us < INTERVAL_US))
    return;
  weft_recording_take_frame (progress->recording, &progress->frame);
  info = weft_recording_get_workload (progress->recording);
  figures = weft_cli_dup_figures (&progress->frame);
  line = g_strdup_printf ("%s: %.1f s, %s", info->id, (double) progress->frame.now_ns / 1e9, figures);
  /* A line that reaches the last column would wrap, and could not be cleared. */
  if (strlen (line) >= get_columns ())
    line[get_columns () - 1] = '\0';
  text = g_strconcat (CLEAR, line, NULL);
  write_text (text);
  progress->shown_us = now_us;
  progress->visible = TRUE;
}

void
weft_cli_progress_hide (WeftCliProgress *progress)
{
  if (progress == NULL || !progress->visible)
    return;
  write_text (CLEAR);
  progress->visible = FALSE;
}
