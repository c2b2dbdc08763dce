/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-activity.h"

static const struct
{
  const char *id;
  const char *label;
} activities[WEFT_N_ACTIVITIES] = {
  [WEFT_ACTIVITY_UNKNOWN] = { "unknown", "events lost" },
  [WEFT_ACTIVITY_WORKING] = { "working", "working" },
  [WEFT_ACTIVITY_LOCK_WAIT] = { "lock-wait", "waiting for a lock" },
  [WEFT_ACTIVITY_QUEUE_FULL] = { "queue-full", "queue full" },
  [WEFT_ACTIVITY_QUEUE_EMPTY] = { "queue-empty", "queue empty" },
  [WEFT_ACTIVITY_IO] = { "io", "waiting for I/O" },
  [WEFT_ACTIVITY_ASLEEP] = { "asleep", "asleep" },
  [WEFT_ACTIVITY_SPINNING] = { "spinning", "spinning" },
  [WEFT_ACTIVITY_WAITING] = { "waiting", "waiting (join, result)" },
};

const char *
weft_activity_get_id (WeftActivity activity)
{
  g_return_val_if_fail (activity >= 0 && activity < WEFT_N_ACTIVITIES, NULL);
  return activities[activity].id;
}

const char *
weft_activity_get_label (WeftActivity activity)
{
  g_return_val_if_fail (activity >= 0 && activity < WEFT_N_ACTIVITIES, NULL);
  return activities[activity].label;
}
