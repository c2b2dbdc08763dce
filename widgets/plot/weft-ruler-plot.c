/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "weft-plot-private.h"

#define TICK 5
#define MINOR_TICK 3
#define LABEL_DISTANCE 8 /* px between two labels, at least */

double
weft_ruler_plot_get_height (const WeftPlotStyle *style)
{
  return weft_plot_text_height (style) + TICK + 3;
}

static void
draw_ticks (WeftPlot *plot, gint64 step_ns, double length)
{
  double bottom = plot->y + plot->height;

  for (gint64 tick = weft_plot_first_tick (&plot->axis, step_ns); tick <= plot->axis.end_ns; tick += step_ns)
    {
      double x = weft_plot_snap (plot, weft_time_axis_to_x (&plot->axis, tick));

      cairo_rectangle (plot->cr, MIN (x, plot->axis.x + plot->axis.width - 1), bottom - length, 1, length);
    }
  cairo_fill (plot->cr);
}

void
weft_ruler_plot_draw (WeftPlot *plot)
{
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT) };
  double left = plot->gutter > 0 ? plot->x : plot->axis.x;
  double right = plot->axis.x + plot->axis.width;
  double y, end_of_last = left - LABEL_DISTANCE;
  gint64 step_ns, minor_ns;

  if (!(plot->axis.width > 0) || plot->axis.end_ns <= plot->axis.begin_ns)
    return;
  step_ns = weft_plot_get_step (plot);
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_AXIS);
  draw_ticks (plot, step_ns, TICK);
  minor_ns = step_ns % 5 == 0 ? step_ns / 5 : step_ns / 2;
  if (minor_ns > 0)
    draw_ticks (plot, minor_ns, MINOR_TICK);
  cairo_rectangle (plot->cr, plot->axis.x, plot->y + plot->height - 1, plot->axis.width, 1);
  cairo_fill (plot->cr);

  y = plot->y + (plot->height - TICK) / 2;
  for (gint64 tick = weft_plot_first_tick (&plot->axis, step_ns); tick <= plot->axis.end_ns; tick += step_ns)
    {
      g_autofree char *label = weft_time_dup_label (tick, step_ns);
      double width, x;

      weft_plot_measure_text (plot, label, FALSE, &width, NULL);
      x = CLAMP (weft_time_axis_to_x (&plot->axis, tick) - width / 2, left, MAX (right - width, left));
      if (x < end_of_last + LABEL_DISTANCE / 2)
        continue;
      weft_plot_draw_text (plot, label, x, y, &look);
      end_of_last = x + width;
    }
}
