/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-work.h"

const char *const weft_works[] = { "sleep", "cpu", NULL };

WeftWork
weft_work_parse (const char *text)
{
  return g_str_equal (text, "cpu") ? WEFT_WORK_CPU : WEFT_WORK_SLEEP;
}

void
weft_work_do (const WeftRun *run, WeftLane *lane, WeftWork work, gint64 duration_ns)
{
  if (duration_ns <= 0)
    return;
  if (work == WEFT_WORK_CPU)
    weft_run_burn (run, duration_ns);
  else
    {
      weft_run_sleep (run, duration_ns);
      weft_lane_tell_ready (lane);
    }
}

guint64
weft_work_on_task (const WeftRun *run, WeftLane *lane, WeftWork work, const WeftTaskItem *item,
                   guint32 object, guint64 taken, guint8 line)
{
  gboolean given_up;
  guint64 done;

  weft_lane_add (lane, WEFT_LANE_TASKS_STARTED, 1);
  weft_work_do (run, lane, work, item->duration_ns);
  given_up = item->duration_ns > 0 && weft_run_stopping (run);
  done = MAX (weft_clock_ticks (lane->clock), taken);
  if (given_up)
    {
      weft_lane_add (lane, WEFT_LANE_TASKS_FAILED, 1);
      weft_lane_emit_at (lane, done, WEFT_EVENT_FAIL, WEFT_WIRE_QUEUE_EMPTY, object, item->task,
                         (gint64) (done - taken), WEFT_NO_LINE);
      return done;
    }
  weft_lane_add (lane, WEFT_LANE_TASKS_DONE, 1);
  weft_lane_add (lane, WEFT_LANE_SERVICE_TICKS, done - taken);
  atomic_store_explicit (&lane->slot->totals[WEFT_LANE_LAST_DONE], done, memory_order_relaxed);
  weft_lane_emit_at (lane, done, WEFT_EVENT_FINISH, WEFT_WIRE_QUEUE_EMPTY, object, item->task,
                     (gint64) (done - taken), line);
  return done;
}
