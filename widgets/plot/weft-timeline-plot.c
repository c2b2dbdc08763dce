/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "weft-plot-private.h"
#include "weft-plot-series.h"
#include "weft-span-painter.h"

#define BAR_INSET 3 /* px between a row's edge and its bar */
#define LEAST_LABEL_ROW 12
#define GROUP_INSET 10 /* px by which the labels of a process's lanes stand back for its bracket */
#define MARK_WIDTH 2
#define STOPPED_LABEL "stopped (sampled)"
#define FLAG 4 /* px: size of the little flag at a lane's birth */

typedef struct
{
  double y, height; /* of the row */
  double bar_y, bar_height;
} RowPlace;

/* Rows shrink together where the plot is less high than they would like. */
static RowPlace
get_place (const WeftPlot *plot, const WeftTimelineRow *row, double shrink)
{
  RowPlace place;
  double inset = row->height * shrink >= 14 ? BAR_INSET : row->height * shrink >= 5 ? 1 : 0.5;

  place.y = weft_plot_snap (plot, plot->y + row->y * shrink);
  place.height = weft_plot_snap (plot, plot->y + (row->y + row->height) * shrink) - place.y;
  place.bar_y = weft_plot_snap (plot, place.y + inset);
  place.bar_height =
      MAX (weft_plot_snap (plot, place.y + place.height - inset) - place.bar_y, 1 / plot->scale);
  return place;
}

static gboolean
is_in_group (const GArray *rows, guint i)
{
  const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);

  for (guint j = i; j-- > 0;)
    {
      const WeftTimelineRow *above = &g_array_index (rows, WeftTimelineRow, j);

      if (above->leader != row->leader)
        return FALSE;
      if (above->lane < 0)
        return TRUE;
      /* Lanes of one leader without a header do not exist; the row above is of the same group. */
    }
  return FALSE;
}

static void
draw_header (WeftPlot *plot, const WeftTimelineRow *row, const RowPlace *place)
{
  const WeftFrameLane *leader = &plot->frame->lanes[row->leader];
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT),
                        .align = 1,
                        .max_width = plot->gutter - 1.5 * WEFT_GUTTER_MARGIN,
                        .bold = TRUE };
  g_autofree char *text = g_strdup_printf ("process %d", leader->info->pid);

  if (look.max_width > 8)
    weft_plot_draw_text (plot, text, plot->x + plot->gutter - WEFT_GUTTER_MARGIN,
                         place->y + place->height / 2, &look);
}

/* Name and number: a process's pid, or a thread's tid where the header above has the pid. */
static void
draw_label (WeftPlot *plot, const WeftFrameLane *lane, const RowPlace *place, gboolean in_group)
{
  g_autofree char *id = NULL;

  if (!in_group)
    id = g_strdup_printf ("pid %d", lane->info->pid);
  else
    id = g_strdup_printf ("tid %d", lane->info->tid);
  weft_plot_draw_gutter (plot, place->bar_y + place->bar_height / 2, lane->info->name, id, 0,
                         in_group ? GROUP_INSET : 0);
}

/* The line that holds the lanes of a process together, beside their labels. */
static void
draw_bracket (WeftPlot *plot, const RowPlace *place, gboolean is_last)
{
  double x = weft_plot_snap (plot, plot->x + plot->gutter - WEFT_GUTTER_MARGIN - 1);

  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_AXIS);
  cairo_rectangle (plot->cr, x, place->y, 1,
                   is_last ? place->bar_y + place->bar_height - place->y : place->height);
  if (is_last)
    cairo_rectangle (plot->cr, x - 3, place->bar_y + place->bar_height - 1, 4, 1);
  cairo_fill (plot->cr);
}

/* A line over the row's whole height with a small flag that points into the lane. */
static void
draw_birth (WeftPlot *plot, const WeftFrameLane *lane, const RowPlace *place)
{
  double x = weft_plot_snap (plot, weft_time_axis_to_x (&plot->axis, lane->started_ns));

  if (x < plot->axis.x - 1 || x >= plot->axis.x + plot->axis.width)
    return;
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_TEXT);
  cairo_rectangle (plot->cr, x, place->y + 1, 1.5, place->height - 2);
  if (place->height >= 12)
    {
      cairo_move_to (plot->cr, x, place->y);
      cairo_line_to (plot->cr, x + FLAG + 1.5, place->y + FLAG * 0.75);
      cairo_line_to (plot->cr, x, place->y + FLAG * 1.5);
      cairo_close_path (plot->cr);
    }
  cairo_fill (plot->cr);
}

/* An end tick, or a cross where it was not the lane's own will, and in words where there is room. */
static void
draw_death (WeftPlot *plot, const WeftFrameLane *lane, const RowPlace *place)
{
  double x = weft_plot_snap (plot, weft_time_axis_to_x (&plot->axis, lane->ended_ns));
  double right = plot->axis.x + plot->axis.width;
  gboolean violent = lane->end == WEFT_LANE_CRASHED || lane->end == WEFT_LANE_KILLED;
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_FAILURE) };
  double label_x = x + 6;

  if (lane->ended_ns < 0 || lane->end == WEFT_LANE_LIVE || x < plot->axis.x || x > right)
    return;
  weft_plot_style_set_source (plot->style, plot->cr, violent ? WEFT_COLOUR_FAILURE : WEFT_COLOUR_TEXT);
  cairo_rectangle (plot->cr, MIN (x, right - MARK_WIDTH), place->bar_y, MARK_WIDTH, place->bar_height);
  cairo_fill (plot->cr);
  if (place->height < LEAST_LABEL_ROW)
    {
      if (violent)
        {
          /* A cross has no room: the failure's colour reaches out of the bar instead. */
          cairo_rectangle (plot->cr, MIN (x, right - 5), place->y, 5, place->height);
          cairo_fill (plot->cr);
        }
      return;
    }
  if (violent)
    {
      double cross_x = MIN (x + WEFT_CROSS_SIZE, right - WEFT_CROSS_SIZE / 2.0 - 2);

      weft_plot_draw_cross (plot, cross_x, place->bar_y + place->bar_height / 2);
      label_x = cross_x + WEFT_CROSS_SIZE;
    }
  if (violent || lane->exit_code > 0)
    {
      g_autofree char *text = weft_plot_dup_lane_end (lane);
      double width;

      weft_plot_measure_text (plot, text, FALSE, &width, NULL);
      if (label_x + width < right)
        weft_plot_draw_text (plot, text, label_x, place->bar_y + place->bar_height / 2, &look);
    }
}

/* Over the activities where the lane was seen stopped. A column that holds less of it is covered as far. */
static void
draw_stops (WeftPlot *plot, const WeftColumns *columns, const WeftFrameLane *lane, const RowPlace *place)
{
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT),
                        .align = 0.5 };
  g_autoptr (GArray) runs = NULL;
  double text_width, text_height;

  if (lane->stops == NULL)
    return;
  runs = weft_series_get_runs (columns, lane->stops, lane->n_stops, weft_plot_lane_until (plot->frame, lane));
  for (guint i = 0; i < runs->len; i++)
    {
      const WeftSeriesRun *run = &g_array_index (runs, WeftSeriesRun, i);
      double height = weft_plot_snap (plot, place->bar_height * run->mean);

      if (run->mean > 0)
        cairo_rectangle (plot->cr, columns->x + run->begin * columns->width, place->bar_y,
                         (run->end - run->begin) * columns->width, MAX (height, 1 / plot->scale));
    }
  /* One row of the pattern, in the middle of the bar. */
  cairo_save (plot->cr);
  cairo_translate (plot->cr, 0,
                   weft_plot_snap (plot, place->bar_y + (place->bar_height - WEFT_PATTERN_TILE) / 2));
  weft_plot_style_set_stopped_source (plot->style, plot->cr, plot->scale);
  cairo_fill (plot->cr);
  cairo_restore (plot->cr);
  weft_plot_measure_text (plot, STOPPED_LABEL, FALSE, &text_width, &text_height);
  if (place->height < LEAST_LABEL_ROW)
    return;
  for (guint i = 0; i < runs->len; i++)
    {
      const WeftSeriesRun *run = &g_array_index (runs, WeftSeriesRun, i);
      double x = columns->x + (run->begin + run->end) * columns->width / 2;
      double y = place->bar_y + place->bar_height / 2;

      if (run->mean < 1 || (run->end - run->begin) * columns->width < text_width + 12)
        continue;
      /* The pattern gives way to the text. */
      weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_PLOT);
      cairo_rectangle (plot->cr, weft_plot_snap (plot, x - text_width / 2 - 3),
                       weft_plot_snap (plot, y - text_height / 2), text_width + 6, text_height);
      cairo_fill (plot->cr);
      weft_plot_draw_text (plot, STOPPED_LABEL, x, y, &look);
    }
}

static void
draw_gutter (WeftPlot *plot, const GArray *rows, double shrink)
{
  double last_label = -G_MAXDOUBLE;
  double text_height = weft_plot_text_height (plot->style);
  gboolean in_group = FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);
      RowPlace place = get_place (plot, row, shrink);
      gboolean is_last =
          i + 1 == rows->len || g_array_index (rows, WeftTimelineRow, i + 1).leader != row->leader;

      if (!weft_plot_is_visible (plot, place.y, place.height))
        continue;
      if (row->lane < 0)
        {
          draw_header (plot, row, &place);
          last_label = place.y + place.height / 2;
          continue;
        }
      in_group = is_in_group (rows, i);
      if (in_group)
        draw_bracket (plot, &place, is_last);
      /* Where rows are lower than text, every so many get a label. */
      if (place.y + place.height / 2 - last_label >= MIN (text_height, place.height + text_height / 2))
        {
          draw_label (plot, &plot->frame->lanes[row->lane], &place, in_group);
          last_label = place.y + place.height / 2;
        }
    }
}

static void
draw_selection (WeftPlot *plot, const RowPlace *place)
{
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_SELECTION);
  cairo_rectangle (plot->cr, plot->x, place->y, plot->gutter + plot->axis.width, place->height);
  cairo_fill (plot->cr);
}

void
weft_timeline_plot_draw (WeftPlot *plot)
{
  g_autoptr (GArray) rows = weft_timeline_plot_get_rows (plot->frame);
  double natural, shrink;
  WeftSpanPainter *painter;
  WeftColumns columns;

  if (rows->len == 0)
    return;
  natural = g_array_index (rows, WeftTimelineRow, rows->len - 1).y
            + g_array_index (rows, WeftTimelineRow, rows->len - 1).height;
  shrink = plot->height > 0 && plot->height < natural ? plot->height / natural : 1;

  weft_plot_draw_ground (plot, plot->y, natural * shrink);
  if (plot->axis.width > 0 && plot->axis.end_ns > plot->axis.begin_ns)
    {
      cairo_save (plot->cr);
      painter = weft_span_painter_new (plot);
      for (guint i = 0; i < rows->len; i++)
        {
          const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);
          RowPlace place = get_place (plot, row, shrink);

          if (row->lane < 0 || !weft_plot_is_visible (plot, place.y, place.height))
            continue;
          if (row->lane == plot->selected_lane)
            draw_selection (plot, &place);
        }
      cairo_rectangle (plot->cr, plot->axis.x, plot->y, plot->axis.width, natural * shrink);
      cairo_clip (plot->cr);
      for (guint i = 0; i < rows->len; i++)
        {
          const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);
          RowPlace place = get_place (plot, row, shrink);

          if (row->lane >= 0 && weft_plot_is_visible (plot, place.y, place.height))
            weft_span_painter_add (painter, &plot->frame->lanes[row->lane], place.bar_y, place.bar_height);
        }
      weft_span_painter_finish (painter);
      columns = weft_columns_new (&plot->axis, plot->scale);
      for (guint i = 0; i < rows->len; i++)
        {
          const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);
          RowPlace place = get_place (plot, row, shrink);

          if (row->lane < 0 || !weft_plot_is_visible (plot, place.y, place.height))
            continue;
          draw_stops (plot, &columns, &plot->frame->lanes[row->lane], &place);
          draw_birth (plot, &plot->frame->lanes[row->lane], &place);
          draw_death (plot, &plot->frame->lanes[row->lane], &place);
        }
      cairo_restore (plot->cr);
    }
  if (plot->gutter > 0)
    draw_gutter (plot, rows, shrink);
}
