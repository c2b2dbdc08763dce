/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "weft-recording.h"

G_BEGIN_DECLS

/** weft_summary_new: (transfer full): a JsonObject * with the summary of @recording as
 * docs/summary.md describes it. What is not known is null. The same object stands behind the result
 * panel. Main thread. */
gpointer weft_summary_new (WeftRecording *recording);

/** weft_summary_to_text: (transfer full): indented JSON with a newline at its end. */
char *weft_summary_to_text (WeftRecording *recording);

/**
 * WeftTaskTotals: exact, whatever events were dropped; -1: not known.
 * @submitted: put into the queue
 * @started: taken by a lane
 * @lost: taken by a lane, and neither completed nor failed when the run ended; -1 before that
 */
typedef struct
{
  gint64 submitted;
  gint64 started;
  gint64 completed;
  gint64 failed;
  gint64 lost;
} WeftTaskTotals;

/** weft_summary_get_task_totals: of a workload that has tasks; all -1 otherwise. Main thread. */
void weft_summary_get_task_totals (const WeftFrame *frame, WeftTaskTotals *totals);

G_END_DECLS
