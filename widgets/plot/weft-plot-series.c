/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-plot-series.h"

#include <math.h>

#include "weft-plot-private.h"

static void
add_run (GArray *runs, WeftSeriesRun run)
{
  if (runs->len > 0)
    {
      WeftSeriesRun *last = &g_array_index (runs, WeftSeriesRun, runs->len - 1);
      gboolean same_value =
          last->minimum == run.minimum && last->maximum == run.maximum && last->mean == run.mean;

      if (last->end == run.begin && (same_value || (isnan (last->mean) && isnan (run.mean))))
        {
          last->end = run.end;
          return;
        }
    }
  g_array_append_val (runs, run);
}

GArray *
weft_series_get_runs (const WeftColumns *columns, const WeftCounter *counter, guint64 count, gint64 until_ns)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (WeftSeriesRun));
  gint64 index;
  int column, end;

  if (columns->count == 0 || count == 0)
    return runs;
  end = MIN (weft_columns_at (columns, until_ns) + 1, columns->count);
  column = MAX (weft_columns_at (columns, weft_counter_get_time (counter, 0)), 0);
  index = MAX (weft_counter_find (counter, count, weft_columns_last_ns (columns, column - 1)), 0);
  while (column < end)
    {
      WeftSeriesRun run = { .begin = column, .end = column + 1 };
      gint64 next_ns =
          (guint64) index + 1 < count ? weft_counter_get_time (counter, (guint64) index + 1) : G_MAXINT64;
      int next = weft_columns_at (columns, next_ns);

      if (next > column)
        {
          run.end = MIN (next, end);
          run.minimum = run.maximum = run.mean = weft_counter_get_value (counter, (guint64) index);
        }
      else
        {
          gint64 begin_ns = weft_columns_last_ns (columns, column - 1) + 1;
          gint64 end_ns = weft_columns_last_ns (columns, column) + 1;
          gint64 last = weft_counter_find (counter, count, end_ns - 1);

          /* With one step in the column, the value before it was drawn further left: the step is here. */
          if (last == index + 1 && weft_counter_get_time (counter, (guint64) index) < begin_ns)
            run.minimum = run.maximum = run.mean = weft_counter_get_value (counter, (guint64) last);
          else if (!weft_counter_range (counter, (guint64) last + 1, MIN (end_ns, until_ns), begin_ns, end_ns,
                                        &run.minimum, &run.maximum, &run.mean))
            run.minimum = run.maximum = run.mean = NAN;
          index = last;
        }
      add_run (runs, run);
      column = run.end;
    }
  return runs;
}

static double
y_of (const WeftSeriesLook *look, double value)
{
  return look->y + look->height * (1 - CLAMP ((value - look->base) / look->top, 0, 1));
}

/* Adds the boxes from @lower (or 0) up to @upper of all known runs to the path. */
static void
add_boxes (WeftPlot *plot, const WeftColumns *columns, const GArray *runs, const WeftSeriesLook *look,
           gboolean band)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const WeftSeriesRun *run = &g_array_index (runs, WeftSeriesRun, i);
      double bottom = look->y + look->height, top;

      if (isnan (run->mean) || (band && !(run->maximum > run->minimum)))
        continue;
      if (band)
        bottom = weft_plot_snap (plot, y_of (look, run->minimum));
      top = weft_plot_snap (plot, y_of (look, band ? run->maximum : run->minimum));
      if (bottom > top)
        cairo_rectangle (plot->cr, columns->x + run->begin * columns->width, top,
                         (run->end - run->begin) * columns->width, bottom - top);
    }
}

void
weft_series_draw (WeftPlot *plot, const WeftColumns *columns, const GArray *runs, const WeftSeriesLook *look)
{
  cairo_t *cr = plot->cr;
  gboolean pen_down = FALSE;

  if (!(look->top > 0) || !(look->height > 0))
    return;
  add_boxes (plot, columns, runs, look, FALSE);
  weft_plot_set_colour (cr, look->fill);
  cairo_fill (cr);
  add_boxes (plot, columns, runs, look, TRUE);
  weft_plot_set_colour (cr, look->band);
  cairo_fill (cr);

  for (guint i = 0; i < runs->len; i++)
    {
      const WeftSeriesRun *run = &g_array_index (runs, WeftSeriesRun, i);
      double y;

      if (isnan (run->mean))
        {
          pen_down = FALSE;
          continue;
        }
      /* Inside of the area, also at its edges. */
      y = CLAMP (weft_plot_snap (plot, y_of (look, run->mean)) + look->line_width / 2,
                 look->y + look->line_width / 2, look->y + look->height - look->line_width / 2);
      if (i > 0 && g_array_index (runs, WeftSeriesRun, i - 1).end != run->begin)
        pen_down = FALSE;
      if (pen_down)
        cairo_line_to (cr, columns->x + run->begin * columns->width, y);
      else
        cairo_move_to (cr, columns->x + run->begin * columns->width, y);
      cairo_line_to (cr, columns->x + run->end * columns->width, y);
      pen_down = TRUE;
    }
  weft_plot_set_colour (cr, look->line);
  cairo_set_line_width (cr, look->line_width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  cairo_stroke (cr);

  for (guint i = 0; i < runs->len; i++)
    {
      const WeftSeriesRun *run = &g_array_index (runs, WeftSeriesRun, i);

      if (isnan (run->mean))
        cairo_rectangle (cr, columns->x + run->begin * columns->width, look->y,
                         (run->end - run->begin) * columns->width, look->height);
    }
  weft_plot_style_set_unknown_source (plot->style, cr, plot->scale);
  cairo_fill (cr);
}
