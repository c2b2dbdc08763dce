/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeftActivity:
 * @WEFT_ACTIVITY_UNKNOWN: events were lost here: what the lane did is not known
 * @WEFT_ACTIVITY_WORKING: on its task
 * @WEFT_ACTIVITY_LOCK_WAIT: waiting for a mutex, lock or semaphore
 * @WEFT_ACTIVITY_QUEUE_FULL: waiting for room in a queue
 * @WEFT_ACTIVITY_QUEUE_EMPTY: waiting for an item
 * @WEFT_ACTIVITY_IO: waiting for input or output
 * @WEFT_ACTIVITY_ASLEEP: sleeping for a time
 * @WEFT_ACTIVITY_SPINNING: busy, but only waiting
 * @WEFT_ACTIVITY_WAITING: waiting in a join, a barrier or for a result
 *
 * What a lane says it does. Each span has one.
 */
typedef enum
{
  WEFT_ACTIVITY_UNKNOWN,
  WEFT_ACTIVITY_WORKING,
  WEFT_ACTIVITY_LOCK_WAIT,
  WEFT_ACTIVITY_QUEUE_FULL,
  WEFT_ACTIVITY_QUEUE_EMPTY,
  WEFT_ACTIVITY_IO,
  WEFT_ACTIVITY_ASLEEP,
  WEFT_ACTIVITY_SPINNING,
  WEFT_ACTIVITY_WAITING,
  WEFT_N_ACTIVITIES
} WeftActivity;

/**
 * weft_activity_get_id:
 *
 * Returns: (transfer none): the key in the summary's `activity_s`: "lock-wait"; "unknown" for
 *   %WEFT_ACTIVITY_UNKNOWN
 */
const char *weft_activity_get_id (WeftActivity activity);

/**
 * weft_activity_get_label:
 *
 * Returns: (transfer none): what the legend says: "waiting for a lock"
 */
const char *weft_activity_get_label (WeftActivity activity);

G_END_DECLS
