/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "weft-plot-private.h"

#define MOST_LANES 8

/* Whether the span's object is what the lane waited for. An item that came from a queue does not make
 * the work on it a matter of the queue. */
static gboolean
waits_for_object (const WeftSpan *span)
{
  return span->object > 0
         && (span->activity == WEFT_ACTIVITY_LOCK_WAIT || span->activity == WEFT_ACTIVITY_QUEUE_FULL
             || span->activity == WEFT_ACTIVITY_QUEUE_EMPTY);
}

/* "worker 2: asleep, task 3, 0.31 s of 1.91 s" without the name of the lane. */
static void
append_span (GString *text, const WeftFrame *frame, const WeftFrameLane *lane, const WeftSpan *span,
             gboolean is_last, gint64 time_ns)
{
  g_autofree char *so_far = weft_time_dup_duration (time_ns - span->begin_ns);
  g_autofree char *whole = weft_time_dup_duration (span->end_ns - span->begin_ns);

  g_string_append (text, span->activity == WEFT_ACTIVITY_UNKNOWN ? "unknown, events lost"
                                                                 : weft_activity_get_label (span->activity));
  if (waits_for_object (span))
    for (guint i = 0; i < frame->n_objects; i++)
      if (frame->objects[i].info->number == span->object)
        g_string_append_printf (text, " (%s)", frame->objects[i].info->name);
  if (span->task != WEFT_SPAN_NO_TASK && frame->recording != NULL)
    {
      g_autofree char *task = weft_recording_dup_task_name (frame->recording, span->task);

      g_string_append_printf (text, ", %s", task);
    }
  if (is_last && lane->ended_ns < 0 && frame->live)
    g_string_append_printf (text, ", for %s so far", so_far);
  else
    g_string_append_printf (text, ", %s of %s", so_far, whole);
}

/* "61 % queue empty, 39 % working": the largest first. Of a share below half a percent "< 1 %". */
static void
append_shares (GString *text, const gint64 shares[WEFT_N_ACTIVITIES])
{
  gboolean done[WEFT_N_ACTIVITIES] = { FALSE };
  gint64 sum = 0;

  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    sum += shares[a];
  for (guint n = 0; n < WEFT_N_ACTIVITIES; n++)
    {
      guint largest = WEFT_N_ACTIVITIES;
      double percent;

      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        if (!done[a] && shares[a] > 0 && (largest == WEFT_N_ACTIVITIES || shares[a] > shares[largest]))
          largest = a;
      if (largest == WEFT_N_ACTIVITIES)
        return;
      done[largest] = TRUE;
      percent = 100.0 * (double) shares[largest] / (double) sum;
      if (n > 0)
        g_string_append (text, ", ");
      if (percent < 0.5)
        g_string_append (text, "< 1 % ");
      else if (percent > 99.5)
        g_string_append (text, "> 99 % ");
      else
        g_string_append_printf (text, "%.0f %% ", percent);
      g_string_append (text,
                       largest == WEFT_ACTIVITY_UNKNOWN ? "unknown" : weft_activity_get_label (largest));
    }
}

static void
append_lane (GString *text, const WeftFrame *frame, const WeftFrameLane *lane, gint64 time_ns,
             gint64 pixel_ns)
{
  gint64 until_ns = weft_plot_lane_until (frame, lane);
  gboolean stopped;
  gint64 index;
  WeftSpan span;

  g_string_append_printf (text, "%s: ", lane->info->name);
  if (time_ns < lane->started_ns)
    {
      g_string_append (text, "not started");
      return;
    }
  if (lane->ended_ns >= 0 && time_ns >= lane->ended_ns)
    {
      g_autofree char *end = weft_plot_dup_lane_end (lane);
      g_autofree char *when = weft_time_dup_duration (lane->ended_ns);

      g_string_append_printf (text, "%s at %s", end != NULL ? end : "ended", when);
      return;
    }
  if (time_ns > until_ns)
    {
      g_string_append (text, "unknown");
      return;
    }
  /* What it last said, it does not do now. */
  stopped = lane->stops != NULL && weft_counter_value_at (lane->stops, lane->n_stops, time_ns) > 0;
  if (stopped)
    g_string_append (text, "stopped (sampled), while ");
  if (pixel_ns > 0 && !stopped)
    {
      gint64 shares[WEFT_N_ACTIVITIES];
      gint64 begin_ns = time_ns - pixel_ns / 2;
      guint n = 0;

      weft_spans_shares (lane->info->spans, lane->n_spans, until_ns, begin_ns, begin_ns + pixel_ns, shares);
      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        n += shares[a] > 0;
      if (n > 1)
        {
          append_shares (text, shares);
          return;
        }
    }
  index = weft_spans_find (lane->info->spans, lane->n_spans, time_ns);
  if (index < 0)
    {
      g_string_append (text, "unknown");
      return;
    }
  weft_spans_get (lane->info->spans, lane->n_spans, (guint64) index, until_ns, &span);
  append_span (text, frame, lane, &span, (guint64) index + 1 == lane->n_spans, time_ns);
}

char *
weft_timeline_plot_describe (const WeftFrame *frame, int lane, gint64 time_ns, gint64 pixel_ns)
{
  GString *text = g_string_new (NULL);
  guint n_shown = 0, n_more = 0;

  if (lane >= 0)
    {
      if ((guint) lane < frame->n_lanes)
        append_lane (text, frame, &frame->lanes[lane], time_ns, pixel_ns);
      return g_string_free (text, FALSE);
    }
  for (guint i = 0; i < frame->n_lanes; i++)
    {
      const WeftFrameLane *candidate = &frame->lanes[i];

      if (time_ns < candidate->started_ns || time_ns > weft_plot_lane_until (frame, candidate)
          || (candidate->ended_ns >= 0 && time_ns >= candidate->ended_ns))
        continue;
      if (n_shown == MOST_LANES)
        {
          n_more++;
          continue;
        }
      if (n_shown++ > 0)
        g_string_append_c (text, '\n');
      append_lane (text, frame, candidate, time_ns, pixel_ns);
    }
  if (n_more > 0)
    g_string_append_printf (text, "\nand %u more", n_more);
  if (n_shown == 0)
    g_string_append (text, "no lanes");
  return g_string_free (text, FALSE);
}
