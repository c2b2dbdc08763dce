/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A counter over the columns of a plot, as a filled step curve.
 */
#pragma once

#include "weft-plot-columns.h"
#include "weft-plot.h"

G_BEGIN_DECLS

/* Columns [@begin, @end) in which the counter is alike: one value, or, in a single column that holds
 * several, the extremes and the mean over time. NaN: not known. */
typedef struct
{
  int begin, end;
  double minimum, maximum, mean;
} WeftSeriesRun;

/* (transfer full) (element-type WeftSeriesRun): what is to be drawn of the first @count points, the last
 * of which holds until @until_ns; nothing before the first and after that. Sorted, not overlapping. */
GArray *
weft_series_get_runs (const WeftColumns *columns, const WeftCounter *counter, guint64 count, gint64 until_ns);

typedef struct
{
  double y, height; /* of the values from @base to @base + @top */
  double base;
  double top;
  WeftColour fill; /* up to the smallest value */
  WeftColour band; /* from there to the largest */
  WeftColour line; /* the mean */
  double line_width;
} WeftSeriesLook;

/* Draws @runs; hatched where not known. */
void
weft_series_draw (WeftPlot *plot, const WeftColumns *columns, const GArray *runs, const WeftSeriesLook *look);

G_END_DECLS
