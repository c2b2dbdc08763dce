/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Figures from the exact totals in shared memory, for a workload's result. They know lanes by their
 * names, because the supervisor, which asks for them, has started none of them.
 */
#pragma once

#include "weft-run.h"

#define WEFT_TOTALS_WORKER "worker"
#define WEFT_TOTALS_PRODUCER "producer"
#define WEFT_TOTALS_CONSUMER "consumer"
#define WEFT_TOTALS_THREAD "thread"
#define WEFT_TOTALS_LOOP "loop"

/* The sum of @total over the lanes called "@role N". @n (out, nullable): how many there are. */
guint64 weft_totals_sum (const WeftRun *run, const char *role, WeftLaneTotal total, guint *n);

/* The smallest @total of those lanes that is not 0; 0 where there is none. */
guint64 weft_totals_min (const WeftRun *run, const char *role, WeftLaneTotal total);

/* The largest @total of those lanes. */
guint64 weft_totals_max (const WeftRun *run, const char *role, WeftLaneTotal total);

/* Adds @total of the lane called "@role N" to @values[N - 1], for N up to @n. */
void weft_totals_each (const WeftRun *run, const char *role, WeftLaneTotal total, guint64 *values, guint n);

/* @total of the run's only queue; 0 while there is none. */
guint64 weft_totals_queue (const WeftRun *run, WeftQueueTotal total);

/* @total of the run's only lock; 0 while there is none. */
guint64 weft_totals_lock (const WeftRun *run, WeftLockTotal total);

/* Adds quantiles of the durations in a histogram of the run's only lock, as the member @name. */
void weft_totals_add_quantiles (const WeftRun *run, JsonBuilder *builder, const char *name,
                                WeftLockHistogram which);

/* Adds a number, or null if @value is not finite. */
void weft_totals_add_number (JsonBuilder *builder, const char *name, double value);

/* For a lane that begins with what is measured, or goes on with it: notes its CPU time since it began, and
 * when that was. @began_cpu_ns: weft_run_get_cpu_ns() at the beginning. */
void weft_totals_note_cpu (WeftLane *lane, gint64 began_cpu_ns);

/* A lane notes its CPU time about so often; more often would cost too much. */
#define WEFT_TOTALS_NOTE_NS (100 * INT64_C (1000000))

/* Ticks since @since, on the lane's clock. */
static inline guint64
weft_totals_since (const WeftLane *lane, guint64 since)
{
  guint64 now = weft_clock_ticks (lane->clock);

  return now > since ? now - since : 0;
}
