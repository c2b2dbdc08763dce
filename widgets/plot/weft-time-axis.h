/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeftTimeAxis: which time is where.
 * @begin_ns: the time at @x, since the run's start
 * @end_ns: the time at @x + @width
 */
typedef struct
{
  gint64 begin_ns;
  gint64 end_ns;
  double x;
  double width;
} WeftTimeAxis;

/** weft_time_axis_to_x: in the unit of @x; not clamped. */
double weft_time_axis_to_x (const WeftTimeAxis *axis, gint64 time_ns);

/** weft_time_axis_to_time: the time at @x, to the nearest nanosecond; not clamped. */
gint64 weft_time_axis_to_time (const WeftTimeAxis *axis, double x);

/** weft_time_axis_get_step: the distance between labelled ticks: 1, 2 or 5 times a power of ten ns,
 * the smallest with at least @min_px between two. */
gint64 weft_time_axis_get_step (const WeftTimeAxis *axis, double min_px);

/** weft_time_dup_label: (transfer full): @time_ns as a tick label for ticks @step_ns apart: as many
 * decimals as the step needs, one unit for the whole axis: "8.5 s", "10.370 20 s". */
char *weft_time_dup_label (gint64 time_ns, gint64 step_ns);

/** weft_time_dup_duration: (transfer full): "4.21 ms", "260 µs", "1.41 s": three digits. */
char *weft_time_dup_duration (gint64 duration_ns);

G_END_DECLS
