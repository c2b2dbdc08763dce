/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-plot.h"

#include <math.h>
#include <string.h>

#include "weft-plot-private.h"

#define LEAST_TICK_DISTANCE 64 /* px between two labelled ticks */
#define TICK_LABEL_GAP 24      /* px between two labels */

static void
prepare_layout (PangoLayout *layout, const WeftPlotStyle *style)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  /* Digits of one width, so that figures that change do not make their neighbours dance. */
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_font_description (layout, weft_plot_style_get_font (style));
  pango_layout_set_single_paragraph_mode (layout, TRUE);
}

/* Sets the layout to @text. Where it differs from the plain font, restore_font() follows. */
static void
set_text (WeftPlot *plot, const char *text, gboolean bold, double size)
{
  if (bold || size > 0)
    {
      PangoFontDescription *font = pango_font_description_copy (weft_plot_style_get_font (plot->style));

      if (bold)
        pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
      if (size > 0 && pango_font_description_get_size_is_absolute (font))
        pango_font_description_set_absolute_size (font, pango_font_description_get_size (font) * size);
      else if (size > 0)
        pango_font_description_set_size (font, (int) (pango_font_description_get_size (font) * size));
      pango_layout_set_font_description (plot->layout, font);
      pango_font_description_free (font);
    }
  pango_layout_set_text (plot->layout, text, -1);
}

static void
restore_font (WeftPlot *plot, gboolean bold, double size)
{
  if (bold || size > 0)
    pango_layout_set_font_description (plot->layout, weft_plot_style_get_font (plot->style));
}

double
weft_plot_draw_text (WeftPlot *plot, const char *text, double x, double y, const WeftTextLook *look)
{
  PangoRectangle logical;
  double width, height;

  set_text (plot, text, look->bold, look->size);
  if (look->max_width > 0)
    {
      pango_layout_set_ellipsize (plot->layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (plot->layout, (int) (look->max_width * PANGO_SCALE));
    }
  pango_layout_get_extents (plot->layout, NULL, &logical);
  width = (double) logical.width / PANGO_SCALE;
  height = (double) logical.height / PANGO_SCALE;
  weft_plot_set_colour (plot->cr, look->colour);
  cairo_move_to (plot->cr, weft_plot_snap (plot, x - look->align * width),
                 weft_plot_snap (plot, y - height / 2));
  pango_cairo_show_layout (plot->cr, plot->layout);
  if (look->max_width > 0)
    {
      pango_layout_set_width (plot->layout, -1);
      pango_layout_set_ellipsize (plot->layout, PANGO_ELLIPSIZE_NONE);
    }
  restore_font (plot, look->bold, look->size);
  return width;
}

void
weft_plot_measure_text (WeftPlot *plot, const char *text, gboolean bold, double *width, double *height)
{
  PangoRectangle logical;

  set_text (plot, text, bold, 0);
  pango_layout_get_extents (plot->layout, NULL, &logical);
  restore_font (plot, bold, 0);
  if (width != NULL)
    *width = (double) logical.width / PANGO_SCALE;
  if (height != NULL)
    *height = (double) logical.height / PANGO_SCALE;
}

double
weft_plot_text_height (const WeftPlotStyle *style)
{
  PangoFontMetrics *metrics =
      pango_context_get_metrics (weft_plot_style_get_context (style), weft_plot_style_get_font (style), NULL);
  double height =
      (double) (pango_font_metrics_get_ascent (metrics) + pango_font_metrics_get_descent (metrics))
      / PANGO_SCALE;

  pango_font_metrics_unref (metrics);
  return ceil (height);
}

void
weft_plot_draw_gutter (WeftPlot *plot, double y, const char *label, const char *value, double value_width,
                       double inset)
{
  double right = plot->x + plot->gutter - WEFT_GUTTER_MARGIN - inset;
  double room = right - plot->x - WEFT_GUTTER_MARGIN / 2;
  WeftTextLook look = { .align = 1 };

  if (room <= 0)
    return;
  if (value != NULL)
    {
      double width, label_width;

      /* Where both do not fit, a name is worth more than its number; a measured value is what the row is for. */
      weft_plot_measure_text (plot, value, FALSE, &width, NULL);
      weft_plot_measure_text (plot, label, FALSE, &label_width, NULL);
      if (value_width <= 0 && label_width + width + 6 > room)
        {
          const char *number = strrchr (value, ' ');

          value = number != NULL ? number + 1 : NULL;
          if (value != NULL)
            weft_plot_measure_text (plot, value, FALSE, &width, NULL);
          if (label_width + width + 6 > room)
            value = NULL;
        }
    }
  if (value != NULL)
    {
      double width;

      look.colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT);
      width = weft_plot_draw_text (plot, value, right, y, &look);
      right -= MAX (width, value_width) + 6;
      room = right - plot->x - WEFT_GUTTER_MARGIN / 2;
    }
  if (room <= 8)
    return;
  look.colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT);
  look.max_width = room;
  weft_plot_draw_text (plot, label, right, y, &look);
}

gboolean
weft_plot_is_visible (const WeftPlot *plot, double y, double height)
{
  double top = y - plot->y;

  return !(plot->clip_height > 0) || (top < plot->clip_y + plot->clip_height && top + height > plot->clip_y);
}

gint64
weft_plot_get_step (WeftPlot *plot)
{
  gint64 step_ns = weft_time_axis_get_step (&plot->axis, LEAST_TICK_DISTANCE);

  /* The finer the step, the longer its labels. */
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *label = weft_time_dup_label (plot->axis.end_ns, step_ns);
      gint64 wider_ns;
      double width;

      weft_plot_measure_text (plot, label, FALSE, &width, NULL);
      wider_ns = weft_time_axis_get_step (&plot->axis, MAX (width + TICK_LABEL_GAP, LEAST_TICK_DISTANCE));
      if (wider_ns == step_ns)
        break;
      step_ns = wider_ns;
    }
  return step_ns;
}

gint64
weft_plot_first_tick (const WeftTimeAxis *axis, gint64 step_ns)
{
  gint64 tick = axis->begin_ns / step_ns * step_ns;

  return tick < axis->begin_ns ? tick + step_ns : tick;
}

void
weft_plot_draw_ground (WeftPlot *plot, double y, double height)
{
  gint64 step_ns;

  if (!(plot->axis.width > 0) || !(height > 0))
    return;
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_PLOT);
  cairo_rectangle (plot->cr, plot->axis.x, y, plot->axis.width, height);
  cairo_fill (plot->cr);
  if (plot->axis.end_ns <= plot->axis.begin_ns)
    return;
  step_ns = weft_plot_get_step (plot);
  for (gint64 tick = weft_plot_first_tick (&plot->axis, step_ns); tick <= plot->axis.end_ns; tick += step_ns)
    {
      double x = weft_plot_snap (plot, weft_time_axis_to_x (&plot->axis, tick));

      if (x < plot->axis.x + plot->axis.width)
        cairo_rectangle (plot->cr, x, y, 1 / plot->scale > 0.5 ? 1 / plot->scale : 0.5, height);
    }
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_GRID);
  cairo_fill (plot->cr);
}

double
weft_plot_snap (const WeftPlot *plot, double value)
{
  return round (value * plot->scale) / plot->scale;
}

void
weft_plot_set_colour (cairo_t *cr, WeftColour colour)
{
  cairo_set_source_rgb (cr, colour.red, colour.green, colour.blue);
}

void
weft_plot_set_colour_alpha (cairo_t *cr, WeftColour colour, double alpha)
{
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, alpha);
}

void
weft_plot_draw_cross (WeftPlot *plot, double x, double y)
{
  const double arm = WEFT_CROSS_SIZE / 2.0;

  /* A halo, so that it stands out from whatever it lies on. */
  for (int pass = 0; pass < 2; pass++)
    {
      weft_plot_style_set_source (plot->style, plot->cr, pass == 0 ? WEFT_COLOUR_PLOT : WEFT_COLOUR_FAILURE);
      cairo_set_line_width (plot->cr, pass == 0 ? 5 : 2.25);
      cairo_set_line_cap (plot->cr, CAIRO_LINE_CAP_ROUND);
      cairo_move_to (plot->cr, x - arm, y - arm);
      cairo_line_to (plot->cr, x + arm, y + arm);
      cairo_move_to (plot->cr, x - arm, y + arm);
      cairo_line_to (plot->cr, x + arm, y - arm);
      cairo_stroke (plot->cr);
    }
  cairo_set_line_cap (plot->cr, CAIRO_LINE_CAP_BUTT);
}

static char *
dup_signal_name (int signal)
{
  const char *name = sigabbrev_np (signal);

  return name != NULL ? g_strdup_printf ("SIG%s", name) : g_strdup_printf ("signal %d", signal);
}

char *
weft_plot_dup_lane_end (const WeftFrameLane *lane)
{
  g_autofree char *name = NULL;

  switch (lane->end)
    {
    case WEFT_LANE_EXITED:
      return lane->exit_code > 0 ? g_strdup_printf ("exit code %d", lane->exit_code) : g_strdup ("exited");
    case WEFT_LANE_CRASHED:
    case WEFT_LANE_KILLED:
      name = lane->signal > 0 ? dup_signal_name (lane->signal) : NULL;
      if (name == NULL)
        return g_strdup (lane->end == WEFT_LANE_CRASHED ? "crashed" : "killed");
      return g_strdup_printf ("%s (%s)", lane->end == WEFT_LANE_CRASHED ? "crashed" : "killed", name);
    case WEFT_LANE_VANISHED:
      return g_strdup ("ended");
    case WEFT_LANE_LIVE:
    default:
      return NULL;
    }
}

gint64
weft_plot_lane_until (const WeftFrame *frame, const WeftFrameLane *lane)
{
  return lane->ended_ns >= 0 ? lane->ended_ns : frame->now_ns;
}

void
weft_plot_begin (WeftPlot *plot, cairo_t *cr, const WeftPlotStyle *style, const WeftFrame *frame)
{
  memset (plot, 0, sizeof *plot);
  plot->cr = cr;
  plot->style = style;
  plot->frame = frame;
  plot->selected_lane = -1;
  plot->scale = weft_plot_device_scale (cr);
  plot->layout = pango_cairo_create_layout (cr);
  prepare_layout (plot->layout, style);
}

void
weft_plot_end (WeftPlot *plot)
{
  g_clear_object (&plot->layout);
}

double
weft_plot_text (WeftPlot *plot, const char *text, double x, double y, double align, double max_width,
                gboolean bold)
{
  const WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT),
                              .align = align,
                              .max_width = max_width,
                              .bold = bold };

  return weft_plot_draw_text (plot, text, x, y, &look);
}

void
weft_plot_draw_cursor (WeftPlot *plot, gint64 time_ns)
{
  double x = weft_plot_snap (plot, weft_time_axis_to_x (&plot->axis, time_ns));

  if (plot->axis.end_ns <= plot->axis.begin_ns || x < plot->axis.x - 1 || x > plot->axis.x + plot->axis.width)
    return;
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_CURSOR);
  cairo_rectangle (plot->cr, x, plot->y, 1, plot->height);
  cairo_fill (plot->cr);
}
