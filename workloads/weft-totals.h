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

/* The sum of @total over the lanes called "@role N". @n (out, nullable): how many there are. */
guint64 weft_totals_sum (const WeftRun *run, const char *role, WeftLaneTotal total, guint *n);

/* The largest @total of those lanes. */
guint64 weft_totals_max (const WeftRun *run, const char *role, WeftLaneTotal total);

/* Adds @total of the lane called "@role N" to @values[N - 1], for N up to @n. */
void weft_totals_each (const WeftRun *run, const char *role, WeftLaneTotal total, guint64 *values, guint n);

/* @total of the run's only queue; 0 while there is none. */
guint64 weft_totals_queue (const WeftRun *run, WeftQueueTotal total);

/* Adds a number, or null if @value is not finite. */
void weft_totals_add_number (JsonBuilder *builder, const char *name, double value);

/* Ticks since @since, on the lane's clock. */
static inline guint64
weft_totals_since (const WeftLane *lane, guint64 since)
{
  guint64 now = weft_clock_ticks (lane->clock);

  return now > since ? now - since : 0;
}
