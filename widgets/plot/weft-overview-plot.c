/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "weft-lane-stops.h"
#include "weft-plot-private.h"
#include "weft-span-walk.h"

#define HEIGHT 26
#define BAR_WIDTH 3 /* px, at least, its gap included */

/* How many times the spans of a lane may be asked for one drawing: what takes about a millisecond. */
#define MOST_QUESTIONS 8192
#define LEAST_BARS 48

/* From the bottom up: first what is done, then what is waited for. */
static const WeftActivity order[] = {
  WEFT_ACTIVITY_WORKING,   WEFT_ACTIVITY_SPINNING,   WEFT_ACTIVITY_IO,
  WEFT_ACTIVITY_LOCK_WAIT, WEFT_ACTIVITY_QUEUE_FULL, WEFT_ACTIVITY_QUEUE_EMPTY,
  WEFT_ACTIVITY_WAITING,   WEFT_ACTIVITY_ASLEEP,     WEFT_ACTIVITY_UNKNOWN,
};

G_STATIC_ASSERT (G_N_ELEMENTS (order) == WEFT_N_ACTIVITIES);

double
weft_overview_plot_get_height (void)
{
  return HEIGHT;
}

/* The end of the strip: while a run goes on it grows in leaps of a quarter or so, because a strip that
 * shrank with every frame would never stand still. */
static gint64
strip_end (const WeftFrame *frame)
{
  static const double leaps[] = { 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 };
  gint64 now_ns = MAX (frame->now_ns, 1);
  double power = 1e9;

  if (!frame->live)
    return now_ns;
  while (power * 10 < (double) now_ns)
    power *= 10;
  for (guint i = 0; i < G_N_ELEMENTS (leaps); i++)
    if (power * leaps[i] >= (double) now_ns)
      return (gint64) (power * leaps[i]);
  return now_ns;
}

WeftTimeAxis
weft_overview_plot_get_axis (const WeftPlot *plot)
{
  return (WeftTimeAxis){
    .begin_ns = 0, .end_ns = strip_end (plot->frame), .x = plot->axis.x, .width = plot->axis.width
  };
}

/* A stop is seen this much later at most, and a lane that began is known. */
#define LATE_NS 1000000000

struct _WeftOverviewSums
{
  /* What they are of; anything else, and they begin anew. */
  gint64 start_ns; /* of the run, which no two have in common */
  gint64 end_ns;
  guint n_lanes;
  guint n_bars;

  guint n_done;    /* bars that will not change any more */
  gint64 *time_ns; /* that all lanes together spent, bar by bar, in each activity */
};

WeftOverviewSums *
weft_overview_sums_new (void)
{
  return g_new0 (WeftOverviewSums, 1);
}

void
weft_overview_sums_free (WeftOverviewSums *sums)
{
  if (sums == NULL)
    return;
  g_free (sums->time_ns);
  g_free (sums);
}

/* The time at which @bar begins. */
static gint64
bar_begin (const WeftTimeAxis *strip, const WeftOverviewSums *sums, guint bar)
{
  return weft_time_axis_to_time (strip, strip->x + bar * (strip->width / sums->n_bars));
}

/* Takes what the lane did not do because it was stopped out of the bars. */
static void
take_out_stops (const WeftFrameLane *lane, gint64 until_ns, const WeftTimeAxis *strip, WeftOverviewSums *sums)
{
  if (lane->n_stops == 0)
    return;
  for (guint bar = sums->n_done; bar < sums->n_bars; bar++)
    {
      gint64 stops[WEFT_N_ACTIVITIES];

      weft_lane_stops_shares (lane, until_ns, bar_begin (strip, sums, bar), bar_begin (strip, sums, bar + 1),
                              stops);
      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        sums->time_ns[bar * WEFT_N_ACTIVITIES + a] -= stops[a];
    }
}

static void
add_lane (const WeftFrame *frame, const WeftFrameLane *lane, const WeftTimeAxis *strip,
          WeftOverviewSums *sums)
{
  gint64 until_ns = weft_plot_lane_until (frame, lane);
  WeftSpanWalk walk;

  if (lane->n_spans == 0 || until_ns < bar_begin (strip, sums, sums->n_done))
    return;
  weft_span_walk_begin (&walk, lane->info->spans, lane->n_spans, until_ns,
                        bar_begin (strip, sums, sums->n_done));
  for (guint bar = sums->n_done; bar < sums->n_bars && walk.time_ns < until_ns; bar++)
    {
      gint64 end_ns = bar_begin (strip, sums, bar + 1);
      gint64 shares[WEFT_N_ACTIVITIES];

      if (end_ns <= lane->started_ns)
        continue;
      weft_span_walk_to (&walk, end_ns, shares);
      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        sums->time_ns[bar * WEFT_N_ACTIVITIES + a] += shares[a];
    }
  take_out_stops (lane, until_ns, strip, sums);
}

/* Brings @sums up to the frame: the time that all lanes together spent in each activity within each of @n_bars
 * bars. */
static void
update_sums (WeftPlot *plot, const WeftTimeAxis *strip, guint n_bars, WeftOverviewSums *sums)
{
  const WeftFrame *frame = plot->frame;
  gint64 start_ns = weft_recording_get_start_ns (frame->recording);

  if (sums->time_ns == NULL || sums->start_ns != start_ns || sums->end_ns != strip->end_ns
      || sums->n_lanes != frame->n_lanes || sums->n_bars != n_bars)
    {
      g_free (sums->time_ns);
      *sums = (WeftOverviewSums){ .start_ns = start_ns,
                                  .end_ns = strip->end_ns,
                                  .n_lanes = frame->n_lanes,
                                  .n_bars = n_bars,
                                  .time_ns = g_new (gint64, (gsize) n_bars * WEFT_N_ACTIVITIES) };
    }
  memset (sums->time_ns + (gsize) sums->n_done * WEFT_N_ACTIVITIES, 0,
          (gsize) (n_bars - sums->n_done) * WEFT_N_ACTIVITIES * sizeof (gint64));
  for (guint i = 0; i < frame->n_lanes; i++)
    add_lane (frame, &frame->lanes[i], strip, sums);
  while (sums->n_done < n_bars && bar_begin (strip, sums, sums->n_done + 1) <= frame->now_ns - LATE_NS)
    sums->n_done++;
}

/* What all lanes did, one on another; the height of the strip is all lanes for all of a bar. */
static void
add_bar (WeftPlot *plot, GArray **boxes, const gint64 sums[WEFT_N_ACTIVITIES], double whole_ns, double x,
         double width)
{
  double below = 0;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      double above = below + (double) sums[order[i]];
      double top = weft_plot_snap (plot, plot->y + plot->height * (1 - above / whole_ns));
      double bottom = weft_plot_snap (plot, plot->y + plot->height * (1 - below / whole_ns));
      cairo_rectangle_t box = { x, top, width, bottom - top };

      if (bottom > top)
        g_array_append_val (boxes[order[i]], box);
      below = above;
    }
}

static void
draw_bars (WeftPlot *plot, const WeftTimeAxis *strip)
{
  guint n_bars = (guint) (plot->axis.width / BAR_WIDTH);
  GArray *boxes[WEFT_N_ACTIVITIES];
  WeftOverviewSums *own = plot->sums == NULL ? weft_overview_sums_new () : NULL;
  WeftOverviewSums *sums = plot->sums != NULL ? plot->sums : own;
  double width, whole_ns;

  n_bars = MIN (n_bars, MAX (MOST_QUESTIONS / MAX (plot->frame->n_lanes, 1), LEAST_BARS));
  if (n_bars == 0)
    {
      weft_overview_sums_free (own);
      return;
    }
  width = plot->axis.width / n_bars;
  whole_ns = (double) strip->end_ns / n_bars * plot->frame->n_lanes;
  update_sums (plot, strip, n_bars, sums);
  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    boxes[a] = g_array_new (FALSE, FALSE, sizeof (cairo_rectangle_t));
  for (guint bar = 0; bar < n_bars; bar++)
    {
      double left = weft_plot_snap (plot, strip->x + bar * width);
      double right = weft_plot_snap (plot, strip->x + (bar + 1) * width);

      add_bar (plot, boxes, sums->time_ns + (gsize) bar * WEFT_N_ACTIVITIES, whole_ns, left, right - left);
    }
  weft_overview_sums_free (own);
  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    {
      for (guint i = 0; i < boxes[a]->len; i++)
        {
          const cairo_rectangle_t *box = &g_array_index (boxes[a], cairo_rectangle_t, i);

          cairo_rectangle (plot->cr, box->x, box->y, box->width, box->height);
        }
      weft_plot_style_set_activity_source (plot->style, plot->cr, a, plot->scale);
      cairo_fill (plot->cr);
      g_array_unref (boxes[a]);
    }
}

/* The part that the other plots show stays clear, the rest steps back. */
static void
draw_range (WeftPlot *plot, const WeftTimeAxis *strip)
{
  double left = weft_time_axis_to_x (strip, plot->axis.begin_ns);
  double right = weft_time_axis_to_x (strip, plot->axis.end_ns);
  double end = strip->x + strip->width;
  WeftColour ground = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_BACKGROUND);

  if (plot->axis.end_ns <= plot->axis.begin_ns)
    return;
  left = CLAMP (weft_plot_snap (plot, left), strip->x, end);
  right = CLAMP (weft_plot_snap (plot, right), strip->x, end);
  /* At least wide enough to be seen and taken hold of. */
  if (right - left < 4)
    {
      left = CLAMP (left - 2, strip->x, MAX (end - 4, strip->x));
      right = MIN (left + 4, end);
    }
  weft_plot_set_colour_alpha (plot->cr, ground, 0.66);
  cairo_rectangle (plot->cr, strip->x, plot->y, left - strip->x, plot->height);
  cairo_rectangle (plot->cr, right, plot->y, end - right, plot->height);
  cairo_fill (plot->cr);
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_DIM_TEXT);
  cairo_set_line_width (plot->cr, 1);
  cairo_rectangle (plot->cr, left + 0.5, plot->y + 0.5, MAX (right - left - 1, 1), plot->height - 1);
  cairo_stroke (plot->cr);
}

void
weft_overview_plot_draw (WeftPlot *plot)
{
  WeftTimeAxis strip = weft_overview_plot_get_axis (plot);

  if (!(plot->axis.width > 0) || !(plot->height > 0))
    return;
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_PLOT);
  cairo_rectangle (plot->cr, plot->axis.x, plot->y, plot->axis.width, plot->height);
  cairo_fill (plot->cr);
  if (plot->frame->n_lanes > 0)
    draw_bars (plot, &strip);
  draw_range (plot, &strip);
  if (plot->gutter > 0)
    {
      const WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT),
                                  .align = 1,
                                  .max_width = MAX (plot->gutter - 1.5 * WEFT_GUTTER_MARGIN, 1) };

      weft_plot_draw_text (plot, "whole run", plot->x + plot->gutter - WEFT_GUTTER_MARGIN,
                           plot->y + plot->height / 2, &look);
    }
}
