/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lanes do with the time that a task takes. */
#pragma once

#include "weft-run.h"
#include "weft-task-queue.h"

typedef enum
{
  WEFT_WORK_SLEEP,
  WEFT_WORK_CPU
} WeftWork;

/* The choices of the parameter "work". */
extern const char *const weft_works[];

/* Which of them @text is. */
WeftWork weft_work_parse (const char *text);

/* What a lane says that it does meanwhile. */
static inline WeftWireActivity
weft_work_get_activity (WeftWork work)
{
  return work == WEFT_WORK_SLEEP ? WEFT_WIRE_ASLEEP : WEFT_WIRE_WORKING;
}

/* Works for @duration_ns. @lane tells how long it was ready after a sleep. */
void weft_work_do (const WeftRun *run, WeftLane *lane, WeftWork work, gint64 duration_ns);

/* Works on @item, which the lane took at @taken, keeps the lane's totals, and writes the FINISH event
 * with @line: from then on the lane waits for an item of queue @object. When the run is stopped
 * meanwhile the task is given up instead. Returns the ticks of its end. */
guint64 weft_work_on_task (const WeftRun *run, WeftLane *lane, WeftWork work, const WeftTaskItem *item,
                           guint32 object, guint64 taken, guint8 line);
