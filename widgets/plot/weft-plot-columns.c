/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-plot-columns.h"

#include <math.h>

#define MAX_COLUMNS 32768

/* A quarter of a year in ns, up to which a double is exact. No run is longer. */
#define MAX_TIME_NS (G_GINT64_CONSTANT (1) << 53)

WeftColumns
weft_columns_new (const WeftTimeAxis *axis, double scale)
{
  double range_ns = (double) axis->end_ns - (double) axis->begin_ns;
  double count = ceil (axis->width * scale - 1e-6);

  if (axis->begin_ns < -MAX_TIME_NS || axis->end_ns > MAX_TIME_NS || !(range_ns > 0) || !(axis->width > 0)
      || !(count >= 1) || !isfinite (count))
    return (WeftColumns){ 0 };
  return (WeftColumns){ .begin_ns = axis->begin_ns,
                        .per_ns = axis->width * scale / range_ns,
                        .count = (int) MIN (count, MAX_COLUMNS),
                        .x = axis->x,
                        .width = 1 / scale };
}

static double
position (const WeftColumns *columns, gint64 time_ns)
{
  return ((double) time_ns - (double) columns->begin_ns) * columns->per_ns;
}

int
weft_columns_at (const WeftColumns *columns, gint64 time_ns)
{
  double column = floor (position (columns, time_ns));

  return column < 0 ? -1 : column >= columns->count ? columns->count : (int) column;
}

gint64
weft_columns_last_ns (const WeftColumns *columns, int column)
{
  gint64 time_ns = columns->begin_ns + (gint64) ceil ((column + 1) / columns->per_ns) - 1;

  /* The division may have rounded to a neighbour; what counts is what weft_columns_at() says. */
  while (position (columns, time_ns) >= column + 1)
    time_ns--;
  while (position (columns, time_ns + 1) < column + 1)
    time_ns++;
  return time_ns;
}
