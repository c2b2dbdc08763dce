/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "weft-plot-private.h"
#include "weft-plot-series.h"

#define ROW_HEIGHT 76     /* px, gap included */
#define LOW_ROW_HEIGHT 48 /* where there are more than MOST_HIGH_ROWS */
#define MOST_HIGH_ROWS 4
#define ROW_GAP 8
#define HEADROOM 6 /* px over the top of the scale, so that a line there is seen as one */

static gboolean
is_drawn (const WeftFrameObject *object)
{
  return object->info->kind == WEFT_OBJECT_IS_QUEUE || object->info->kind == WEFT_OBJECT_IS_COUNTER;
}

static guint
count_rows (const WeftFrame *frame)
{
  guint n = 0;

  for (guint i = 0; i < frame->n_objects; i++)
    n += is_drawn (&frame->objects[i]);
  return n;
}

double
weft_queues_plot_get_height (const WeftFrame *frame)
{
  guint n = count_rows (frame);

  return n * (n > MOST_HIGH_ROWS ? LOW_ROW_HEIGHT : ROW_HEIGHT);
}

/* A whole number of at most three digits' width, or the value with two decimals where it is a mean. */
static char *
dup_value (double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return g_strdup ("unknown");
  if (value == floor (value) && fabs (value) < 1e15)
    return g_strdup_printf ("%.0f", value);
  return g_strdup (g_ascii_formatd (digits, sizeof digits, fabs (value) < 100 ? "%.1f" : "%.0f", value));
}

/* 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten, not below @value. */
static double
nice_top (double value)
{
  static const double factors[] = { 1, 2, 3, 4, 5, 6, 8, 10 };
  double power;

  if (!(value > 1))
    return 1;
  power = pow (10, floor (log10 (value)));
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
    if (factors[i] * power >= value * (1 - 1e-9))
      return factors[i] * power;
  return 10 * power;
}

typedef struct
{
  gboolean known;
  double now, minimum, maximum, mean; /* in what is visible */
  double base, top;                   /* of the scale, from the whole run, so that panning keeps it */
} Figures;

static Figures
get_figures (const WeftPlot *plot, const WeftFrameObject *object)
{
  const WeftCounter *values = object->info->values;
  gint64 now_ns = plot->frame->now_ns;
  double least, most, mean;
  Figures figures = { .top = 1 };

  figures.now = weft_counter_value_at (values, object->n_values, MIN (plot->axis.end_ns, now_ns));
  figures.known = weft_counter_range (values, object->n_values, now_ns, plot->axis.begin_ns,
                                      plot->axis.end_ns, &figures.minimum, &figures.maximum, &figures.mean);
  if (weft_counter_range (values, object->n_values, now_ns, G_MININT64 / 2, now_ns, &least, &most, &mean))
    {
      figures.top = nice_top (MAX (most, (double) object->info->capacity));
      figures.base = least < 0 ? -nice_top (-least) : 0;
    }
  else
    figures.top = nice_top ((double) object->info->capacity);
  /* A capacity far above all that ever lay in the queue would flatten the curve to nothing. */
  if (object->info->capacity > 0 && isfinite (most) && figures.known
      && most * 20 < (double) object->info->capacity)
    figures.top = nice_top (most);
  return figures;
}

/* The line, its name over it; the room for that is kept free over the scale. */
static void
draw_capacity (WeftPlot *plot, const WeftFrameObject *object, const WeftSeriesLook *series,
               double text_height)
{
  static const double dashes[] = { 5, 3 };
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_CAPACITY) };
  double share = ((double) object->info->capacity - series->base) / series->top;
  double y = weft_plot_snap (plot, series->y + series->height * (1 - share)) + 0.5;
  g_autofree char *label = g_strdup_printf ("capacity %" G_GINT64_FORMAT "%s", object->info->capacity,
                                            share > 1 ? " (above)" : "");

  if (object->info->capacity <= 0)
    return;
  if (share <= 1)
    {
      weft_plot_set_colour (plot->cr, look.colour);
      cairo_set_line_width (plot->cr, 1);
      cairo_set_dash (plot->cr, dashes, G_N_ELEMENTS (dashes), 0);
      cairo_move_to (plot->cr, plot->axis.x, y);
      cairo_line_to (plot->cr, plot->axis.x + plot->axis.width, y);
      cairo_stroke (plot->cr);
      cairo_set_dash (plot->cr, NULL, 0, 0);
    }
  if (series->height > text_height)
    weft_plot_draw_text (plot, label, plot->axis.x + 4, (share <= 1 ? y : series->y) - text_height / 2,
                         &look);
}

/* Name and depth, and mean and maximum of what is visible; in low rows on fewer lines. */
static void
draw_labels (WeftPlot *plot, const WeftFrameObject *object, const Figures *figures, double y, double height,
             double text_height)
{
  gboolean is_queue = object->info->kind == WEFT_OBJECT_IS_QUEUE;
  double line = text_height + 1, right = plot->x + plot->gutter - WEFT_GUTTER_MARGIN;
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT),
                        .align = 1,
                        .max_width = plot->gutter - 1.5 * WEFT_GUTTER_MARGIN };
  g_autofree char *now = dup_value (figures->now);
  g_autofree char *mean = figures->known ? dup_value (figures->mean) : NULL;
  g_autofree char *most = figures->known ? dup_value (figures->maximum) : NULL;
  g_autofree char *depth = g_strdup_printf (is_queue ? "depth %s" : "now %s", now);
  g_autofree char *extent = figures->known ? g_strdup_printf ("mean %s, max %s", mean, most) : NULL;
  double room = look.max_width, width;

  if (room <= 8)
    return;
  if (height < 3 * line)
    {
      weft_plot_draw_gutter (plot, y + MIN (line, height) / 2, object->info->name, depth, 0, 0);
      y -= line;
    }
  else
    {
      /* On the left of a wide gutter whoever draws the plot may have put its name. */
      if (plot->gutter >= WEFT_GUTTER_HEADING)
        look.max_width -= WEFT_HEADING_WIDTH;
      weft_plot_draw_text (plot, object->info->name, right, y + line / 2, &look);
      look.max_width = room;
      look.colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT);
      weft_plot_draw_text (plot, depth, right, y + 1.5 * line, &look);
    }
  look.colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT);
  if (extent == NULL || height < 2 * line)
    return;
  weft_plot_measure_text (plot, extent, FALSE, &width, NULL);
  if (width <= room)
    weft_plot_draw_text (plot, extent, right, y + 2.5 * line, &look);
  else
    {
      g_autofree char *mean_line = g_strdup_printf ("mean %s", mean);
      g_autofree char *most_line = g_strdup_printf ("max %s", most);

      weft_plot_draw_text (plot, most_line, right, y + 2.5 * line, &look);
      if (height >= 4 * line)
        weft_plot_draw_text (plot, mean_line, right, y + 3.5 * line, &look);
    }
}

/* Where values below 0 occur, 0 is not the bottom. */
static void
draw_zero (WeftPlot *plot, const WeftSeriesLook *look)
{
  double y;

  if (!(look->base < 0))
    return;
  y = weft_plot_snap (plot, look->y + look->height * (1 + look->base / look->top));
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_AXIS);
  cairo_rectangle (plot->cr, plot->axis.x, y, plot->axis.width, 1);
  cairo_fill (plot->cr);
}

static void
draw_row (WeftPlot *plot, const WeftColumns *columns, const WeftFrameObject *object, double y, double height,
          double text_height)
{
  WeftColour colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_QUEUE);
  WeftColour ground = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_PLOT);
  WeftColour text = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT);
  Figures figures = get_figures (plot, object);
  double headroom =
      object->info->capacity > 0 ? MIN (text_height + 1, height / 3) : MIN (HEADROOM, height / 8);
  WeftSeriesLook look = { .y = y + headroom,
                          .height = height - headroom,
                          .top = figures.top - figures.base,
                          .base = figures.base,
                          .fill = weft_colour_mix (ground, colour, 0.32),
                          .band = weft_colour_mix (ground, colour, 0.55),
                          .line = weft_colour_mix (colour, text, 0.15),
                          .line_width = 1.5 };
  g_autoptr (GArray) runs =
      weft_series_get_runs (columns, object->info->values, object->n_values, plot->frame->now_ns);

  weft_plot_draw_ground (plot, y, height);
  weft_series_draw (plot, columns, runs, &look);
  draw_zero (plot, &look);
  draw_capacity (plot, object, &look, text_height);
  draw_labels (plot, object, &figures, y, height, text_height);
}

void
weft_queues_plot_draw (WeftPlot *plot)
{
  WeftColumns columns = weft_columns_new (&plot->axis, plot->scale);
  double text_height = weft_plot_text_height (plot->style);
  double natural = weft_queues_plot_get_height (plot->frame);
  guint n = count_rows (plot->frame);
  double y = plot->y, height;

  if (n == 0)
    return;
  height = (plot->height > 0 ? MIN (plot->height, natural) : natural) / n;
  for (guint i = 0; i < plot->frame->n_objects; i++)
    if (is_drawn (&plot->frame->objects[i]))
      {
        if (weft_plot_is_visible (plot, y, height))
          draw_row (plot, &columns, &plot->frame->objects[i], y, height - MIN (ROW_GAP, height / 6),
                    text_height);
        y += height;
      }
}

char *
weft_queues_plot_describe (const WeftFrame *frame, gint64 time_ns)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < frame->n_objects; i++)
    {
      const WeftFrameObject *object = &frame->objects[i];
      g_autofree char *value = NULL;

      if (!is_drawn (object))
        continue;
      value = dup_value (weft_counter_value_at (object->info->values, object->n_values, time_ns));
      if (text->len > 0)
        g_string_append_c (text, '\n');
      g_string_append_printf (text, "%s %s", object->info->name, value);
      if (object->info->kind == WEFT_OBJECT_IS_QUEUE && object->info->capacity > 0
          && strcmp (value, "unknown") != 0)
        g_string_append_printf (text, " of %" G_GINT64_FORMAT, object->info->capacity);
    }
  if (text->len == 0)
    g_string_append (text, "no queues");
  return g_string_free (text, FALSE);
}
