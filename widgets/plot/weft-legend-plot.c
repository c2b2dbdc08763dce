/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "weft-plot-private.h"

#define SWATCH_WIDTH 20
#define SWATCH_HEIGHT 12
#define SWATCH_GAP 6 /* between a swatch and its label */
#define ITEM_GAP 18  /* between two items */
#define LINE_GAP 6
#define MARGIN 4 /* over and under all lines */

/* What the legend may name: the activities, then what else has a colour of its own. */
enum
{
  ITEM_STOPPED = WEFT_N_ACTIVITIES,
  ITEM_STEAL,
  ITEM_FAILURE,
  N_ITEMS
};

/* In the order of the list, which is that of interest and not that of the enumeration. */
static const guint order[N_ITEMS] = {
  WEFT_ACTIVITY_WORKING,
  WEFT_ACTIVITY_ASLEEP,
  WEFT_ACTIVITY_QUEUE_FULL,
  WEFT_ACTIVITY_QUEUE_EMPTY,
  WEFT_ACTIVITY_IO,
  WEFT_ACTIVITY_LOCK_WAIT,
  WEFT_ACTIVITY_SPINNING,
  WEFT_ACTIVITY_WAITING,
  WEFT_ACTIVITY_UNKNOWN,
  ITEM_STOPPED,
  ITEM_STEAL,
  ITEM_FAILURE,
};

static void
find_items (const WeftFrame *frame, gboolean items[N_ITEMS])
{
  const WeftCounter *steal;
  double minimum, maximum, mean;

  for (guint i = 0; i < N_ITEMS; i++)
    items[i] = FALSE;
  for (guint i = 0; i < frame->n_lanes; i++)
    {
      const WeftFrameLane *lane = &frame->lanes[i];
      gint64 shares[WEFT_N_ACTIVITIES];

      weft_spans_shares (lane->info->spans, lane->n_spans, weft_plot_lane_until (frame, lane), G_MININT64 / 2,
                         G_MAXINT64 / 2, shares);
      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        items[a] |= shares[a] > 0;
      items[ITEM_STOPPED] |= lane->n_stops > 0;
      items[ITEM_FAILURE] |= lane->end == WEFT_LANE_CRASHED || lane->end == WEFT_LANE_KILLED;
    }
  steal = frame->recording != NULL && weft_recording_get_n_cores (frame->recording) > 0
              ? weft_recording_get_core_steal (frame->recording, -1)
              : NULL;
  if (steal != NULL
      && weft_counter_range (steal, MIN (weft_counter_get_count (steal), frame->n_cores_samples),
                             frame->now_ns, G_MININT64 / 2, frame->now_ns, &minimum, &maximum, &mean))
    items[ITEM_STEAL] = maximum >= 0.5;
}

static const char *
get_label (guint item)
{
  if (item == ITEM_STOPPED)
    return "stopped (sampled)";
  if (item == ITEM_STEAL)
    return "steal (taken by the host)";
  if (item == ITEM_FAILURE)
    return "crashed or killed";
  return weft_activity_get_label (item);
}

static void
draw_swatch (WeftPlot *plot, guint item, double x, double y)
{
  double top = weft_plot_snap (plot, y - SWATCH_HEIGHT / 2.0);

  if (item == ITEM_FAILURE)
    weft_plot_draw_cross (plot, x + SWATCH_WIDTH / 2.0, y);
  else if (item == ITEM_STEAL)
    {
      weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_STEAL);
      cairo_rectangle (plot->cr, x, top, SWATCH_WIDTH, SWATCH_HEIGHT);
      cairo_fill (plot->cr);
    }
  else
    {
      cairo_save (plot->cr);
      cairo_rectangle (plot->cr, x, top, SWATCH_WIDTH, SWATCH_HEIGHT);
      if (item == ITEM_STOPPED)
        {
          /* One sign of it, in the middle. */
          cairo_translate (plot->cr, weft_plot_snap (plot, x) + (SWATCH_WIDTH - WEFT_PATTERN_TILE) / 2.0,
                           top + (SWATCH_HEIGHT - WEFT_PATTERN_TILE) / 2.0);
          weft_plot_style_set_stopped_source (plot->style, plot->cr, plot->scale);
        }
      else
        weft_plot_style_set_activity_source (plot->style, plot->cr, item, plot->scale);
      cairo_fill (plot->cr);
      cairo_restore (plot->cr);
      /* The pale ones need an edge to be seen as swatches. */
      weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_AXIS);
      cairo_set_line_width (plot->cr, 1);
      cairo_rectangle (plot->cr, x + 0.5, top + 0.5, SWATCH_WIDTH - 1, SWATCH_HEIGHT - 1);
      cairo_stroke (plot->cr);
    }
}

/* Lays the items out, drawing them where @plot is not NULL. Returns the number of lines. */
static guint
lay_out (WeftPlot *plot, PangoLayout *layout, const gboolean items[N_ITEMS], double left, double width,
         double top, double line_height)
{
  double x = left;
  guint lines = 0;

  for (guint i = 0; i < N_ITEMS; i++)
    {
      double item_width;
      int text_width;

      if (!items[order[i]])
        continue;
      pango_layout_set_text (layout, get_label (order[i]), -1);
      pango_layout_get_pixel_size (layout, &text_width, NULL);
      item_width = SWATCH_WIDTH + SWATCH_GAP + text_width;
      if (lines == 0 || x + item_width > left + width)
        {
          x = left;
          lines++;
        }
      if (plot != NULL)
        {
          double y = top + (lines - 0.5) * line_height;
          WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT),
                                .max_width = MAX (width - SWATCH_WIDTH - SWATCH_GAP, 1) };

          draw_swatch (plot, order[i], x, y);
          weft_plot_draw_text (plot, get_label (order[i]), x + SWATCH_WIDTH + SWATCH_GAP, y, &look);
        }
      x += item_width + ITEM_GAP;
    }
  return lines;
}

static double
get_line_height (const WeftPlotStyle *style)
{
  return MAX (weft_plot_text_height (style), SWATCH_HEIGHT) + LINE_GAP;
}

double
weft_legend_plot_get_height (const WeftFrame *frame, const WeftPlotStyle *style, double width)
{
  PangoLayout *layout = pango_layout_new (weft_plot_style_get_context (style));
  gboolean items[N_ITEMS];
  guint lines;

  pango_layout_set_font_description (layout, weft_plot_style_get_font (style));
  find_items (frame, items);
  lines = lay_out (NULL, layout, items, 0, width, 0, 0);
  g_object_unref (layout);
  return lines > 0 ? lines * get_line_height (style) + 2 * MARGIN : 0;
}

void
weft_legend_plot_draw (WeftPlot *plot)
{
  /* The same layout as for the height, not that of @plot: hinted metrics may differ by a fraction. */
  PangoLayout *layout = pango_layout_new (weft_plot_style_get_context (plot->style));
  gboolean items[N_ITEMS];

  find_items (plot->frame, items);
  pango_layout_set_font_description (layout, weft_plot_style_get_font (plot->style));
  lay_out (plot, layout, items, plot->x + plot->gutter, plot->width - plot->gutter, plot->y + MARGIN,
           get_line_height (plot->style));
  g_object_unref (layout);
}
