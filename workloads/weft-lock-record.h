/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is recorded of a lock: who had it when, who waited for it and how many others did, and its exact
 * totals. The lock itself is the caller's. An acquisition that does not wait costs two events and no
 * atomic step; nothing here calls the system.
 */
#pragma once

#include "weft-run.h"

typedef struct
{
  /* Written once. */
  WeftWireObject *object;
  WeftHistogram *waits;
  WeftHistogram *holds;
  guint32 number;
  gboolean sharable; /* lanes may share it */
  WeftClockKind clock;
  guint64 base; /* ticks: before all others */

  /* Who waits, who shares, and when that changed last; in one word, so that it changes in one step. */
  _Alignas(64) _Atomic guint64 crowd;

  /* Under the lock. */
  _Alignas(64) guint64 last; /* ticks of the last event of a lane that had it for itself */
  guint32 last_owner;        /* lane + 1 */
} WeftLockRecord;

/* Adds the lock to the wire as an object @name. FALSE after weft_run_fail(). */
gboolean weft_lock_record_init (WeftLockRecord *record, WeftRun *run, const char *name, gboolean sharable);

/* From now on @lane waits for the lock, which shows as @activity on @task. @arrival: its place in the order
 * of arrival, or 0. Returns the ticks. */
guint64 weft_lock_record_wait (WeftLockRecord *record, WeftLane *lane, WeftWireActivity activity,
                               guint32 task, guint32 arrival);

/* @lane has just got the lock, for itself or, @shared, with others, and works on @task with it. @since: the
 * ticks of weft_lock_record_wait() where it has @waited, else those before it tried. Returns the ticks. */
guint64 weft_lock_record_acquire (WeftLockRecord *record, WeftLane *lane, gboolean shared, gboolean waited,
                                  guint64 since, guint32 task, guint32 arrival);

/* @lane, which has the lock since @acquired, is about to give it back, and does @after from then on. */
void weft_lock_record_release (WeftLockRecord *record, WeftLane *lane, gboolean shared, guint64 acquired,
                               guint32 task, WeftWireActivity after);
