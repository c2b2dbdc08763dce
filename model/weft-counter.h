/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A number over time: the depth of a queue, the load of a core. A step function: a value holds from
 * its time until the next one. NaN means not known. Append-only, blocks that never move; one writer,
 * any reader (see weft-spans.h).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WeftCounter WeftCounter;

WeftCounter *weft_counter_new (void);
void weft_counter_free (WeftCounter *counter);

/** weft_counter_append: @time_ns not before the last one's; an earlier one is taken as equal. */
void weft_counter_append (WeftCounter *counter, gint64 time_ns, double value);

guint64 weft_counter_get_count (const WeftCounter *counter);
gint64 weft_counter_get_time (const WeftCounter *counter, guint64 index);
double weft_counter_get_value (const WeftCounter *counter, guint64 index);

/** weft_counter_find: index of the last of the first @count points at or before @time_ns, or -1. */
gint64 weft_counter_find (const WeftCounter *counter, guint64 count, gint64 time_ns);

/** weft_counter_value_at: the value at @time_ns; NaN before the first point or where not known. */
double weft_counter_value_at (const WeftCounter *counter, guint64 count, gint64 time_ns);

/**
 * weft_counter_range:
 * @until_ns: where the last value ends
 * @minimum: (out): the smallest known value that holds somewhere in [@begin_ns, @end_ns]
 * @maximum: (out): the largest
 * @mean: (out): the mean over time of what is known, NaN if nothing is
 *
 * A value that was replaced in the very instant of its coming counts for the extremes. O(log n), from
 * sums and extremes kept for every 16 points, every 256, and so on.
 *
 * Returns: %FALSE if no value is known in the range
 */
gboolean weft_counter_range (const WeftCounter *counter, guint64 count, gint64 until_ns, gint64 begin_ns,
                             gint64 end_ns, double *minimum, double *maximum, double *mean);

/** weft_counter_get_bytes: resident memory of the points and nodes, in bytes. Any thread. */
gsize weft_counter_get_bytes (const WeftCounter *counter);

G_END_DECLS
