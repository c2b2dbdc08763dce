/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device pixel columns of a plot, and which instants fall into which. Everything that is drawn over
 * time is laid out in whole columns, so that what is drawn of one instant does not depend on its
 * neighbours, and scrolling by a whole pixel moves the picture without changing it.
 */
#pragma once

#include "weft-plot.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 begin_ns;
  double per_ns; /* columns */
  int count;
  double x;     /* of column 0, in px */
  double width; /* of a column, in px */
} WeftColumns;

/* Columns of @scale to a px; none where the axis has no width or no range. */
WeftColumns weft_columns_new (const WeftTimeAxis *axis, double scale);

/* The column in which @time_ns falls: it may be outside of those that are drawn, and is then clamped to
 * -1 and count. */
int weft_columns_at (const WeftColumns *columns, gint64 time_ns);

/* The last nanosecond that falls into @column, or any before it. */
gint64 weft_columns_last_ns (const WeftColumns *columns, int column);

G_END_DECLS
