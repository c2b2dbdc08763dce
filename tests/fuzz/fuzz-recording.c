/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-recording.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "weft-json-text.h"
#include "weft-summary.h"

static void
check_spans (const WeftFrame *frame, const WeftFrameLane *lane)
{
  gint64 shares_ns[WEFT_N_ACTIVITIES], total_ns = 0, last_ns = lane->started_ns;

  for (guint64 i = 0; i < lane->n_spans; i++)
    {
      WeftSpan span;

      weft_spans_get (lane->info->spans, lane->n_spans, i, lane->ended_ns, &span);
      g_assert_cmpint (span.begin_ns, >=, last_ns);
      g_assert_cmpint (span.end_ns, >=, span.begin_ns);
      g_assert_cmpint (span.end_ns, <=, lane->ended_ns);
      g_assert_cmpuint (span.activity, <, WEFT_N_ACTIVITIES);
      last_ns = span.end_ns;
    }
  if (lane->n_spans == 0)
    return;
  g_assert_cmpint (last_ns, ==, lane->ended_ns);
  weft_spans_shares (lane->info->spans, lane->n_spans, lane->ended_ns, 0, G_MAXINT64, shares_ns);
  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    {
      g_assert_cmpint (shares_ns[a], >=, 0);
      total_ns += shares_ns[a];
    }
  g_assert_cmpint (total_ns, ==, lane->ended_ns - weft_spans_get_begin (lane->info->spans, 0));
}

static void
check_lanes (const WeftFrame *frame)
{
  guint64 dropped = 0;

  for (guint i = 0; i < frame->n_lanes; i++)
    {
      const WeftFrameLane *lane = &frame->lanes[i];

      g_assert_cmpuint (lane->info->index, ==, i);
      g_assert_true (g_utf8_validate (lane->info->name, -1, NULL));
      g_assert_cmpint (lane->info->pid, >=, 0);
      g_assert_cmpint (lane->info->tid, >=, 0);
      g_assert_cmpint (lane->info->parent, >=, -1);
      g_assert_cmpint (lane->info->parent, <, (gint) frame->n_lanes);
      g_assert_cmpuint (lane->info->leader, <, frame->n_lanes);
      g_assert_cmpint (lane->started_ns, >=, 0);
      g_assert_cmpint (lane->ended_ns, >=, lane->started_ns);
      g_assert_cmpint (lane->ended_ns, <=, frame->now_ns);
      g_assert_cmpint (lane->exit_code, >=, -1);
      g_assert_cmpint (lane->exit_code, <=, 255);
      check_spans (frame, lane);
      dropped += lane->dropped;
    }
  g_assert_cmpuint (dropped, ==, frame->dropped);
}

static void
check_objects (const WeftFrame *frame)
{
  for (guint i = 0; i < frame->n_objects; i++)
    {
      const WeftFrameObject *object = &frame->objects[i];
      const WeftCounter *values = object->info->values;
      double minimum, maximum, mean;

      g_assert_true (g_utf8_validate (object->info->name, -1, NULL));
      g_assert_cmpint (object->info->capacity, >=, 0);
      for (guint64 v = 0; v < object->n_values; v++)
        {
          g_assert_cmpint (weft_counter_get_time (values, v), >=,
                           v > 0 ? weft_counter_get_time (values, v - 1) : 0);
          g_assert_cmpint (weft_counter_get_time (values, v), <=, frame->now_ns);
          if (object->info->kind == WEFT_OBJECT_IS_QUEUE)
            {
              double depth = weft_counter_get_value (values, v);

              /* Not known where events were dropped. */
              g_assert_true (isnan (depth) || depth >= 0);
            }
        }
      if (weft_counter_range (values, object->n_values, frame->now_ns, 0, frame->now_ns, &minimum, &maximum,
                              &mean))
        {
          g_assert_cmpfloat (minimum, <=, mean);
          g_assert_cmpfloat (mean, <=, maximum);
        }
    }
}

static void
check_log (const WeftFrame *frame)
{
  gint64 last_ns = 0;

  for (guint64 i = 0; i < frame->n_log; i++)
    {
      g_autofree char *text = weft_recording_render_log (frame->recording, i);
      WeftLogEntry entry;

      g_assert_true (g_utf8_validate (text, -1, NULL));
      weft_log_get (weft_recording_get_log (frame->recording), i, &entry);
      g_assert_cmpint (entry.time_ns, >=, last_ns);
      g_assert_cmpint (entry.time_ns, <=, frame->now_ns);
      g_assert_cmpuint (entry.lane, <, frame->n_lanes);
      last_ns = entry.time_ns;
    }
}

static void
check_tasks (const WeftFrame *frame)
{
  WeftTasks *tasks = weft_recording_get_tasks (frame->recording);
  WeftTask task;

  for (guint32 id = 0; weft_tasks_next (tasks, &id, &task); id++)
    {
      g_assert_cmpint (task.submitted_ns, <=, frame->now_ns);
      g_assert_cmpint (task.started_ns, <=, frame->now_ns);
      g_assert_cmpint (task.finished_ns, <=, frame->now_ns);
      g_assert_cmpint (task.lane, <, (gint) frame->n_lanes);
    }
}

/* A summary is JSON that reads back, and is then written the same. */
static void
check_summary (WeftRecording *recording)
{
  g_autofree char *text = weft_summary_to_text (recording);
  g_autofree char *again = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_utf8_validate (text, -1, NULL));
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  again = weft_json_to_text (json_parser_get_root (parser));
  g_assert_cmpstr (again, ==, text);
}

void
fuzz_check_recording (WeftRecording *recording)
{
  WeftFrame frame = { 0 };

  weft_recording_take_frame (recording, &frame);
  check_lanes (&frame);
  check_objects (&frame);
  check_log (&frame);
  check_tasks (&frame);
  check_summary (recording);
  weft_frame_clear (&frame);
}
