/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the plots have in common. A plot is a pair of pure functions over a frame: a layout (how high,
 * which row is where; needs no display) and a drawing on cairo and Pango. The window, the exports
 * and the command line draw with the same code.
 *
 * A plot's area is a gutter on the left, for labels, and the plot right of it, under which the time
 * axis lies: axis.x = x + gutter, axis.width = width - gutter.
 */
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include "weft-plot-style.h"
#include "weft-recording.h"
#include "weft-time-axis.h"

G_BEGIN_DECLS

/** WeftOverviewSums: what the overview has added up of a run and need not add up again: it outlives a frame. */
typedef struct _WeftOverviewSums WeftOverviewSums;

typedef struct
{
  cairo_t *cr;
  const WeftPlotStyle *style;
  PangoLayout *layout; /* one for all texts of a drawing; made by weft_plot_begin() */
  const WeftFrame *frame;
  WeftTimeAxis axis;
  double x, y; /* of the area, gutter included */
  double width, height;
  double gutter;              /* px for labels; 0: none are drawn */
  double clip_y, clip_height; /* the part that is visible, from the area's top; rows outside need no
                                 drawing. clip_height 0: all */
  int selected_lane;          /* -1: none */
  WeftOverviewSums *sums;     /* of the overview; NULL: it begins anew */
  double scale;               /* device px to a px. weft_plot_begin() reads it from the target; set it where
                             that cannot know, as when a widget's drawing is recorded first */
} WeftPlot;

/** weft_plot_begin: prepares @plot for drawing on @cr; the caller then sets axis and area. */
void weft_plot_begin (WeftPlot *plot, cairo_t *cr, const WeftPlotStyle *style, const WeftFrame *frame);
void weft_plot_end (WeftPlot *plot);

/** weft_plot_text: draws @text with its left edge (@align 0), centre (0.5) or right edge (1) at @x,
 * vertically centred on @y, ellipsised to @max_width (≤ 0: not). Returns its width. */
double weft_plot_text (WeftPlot *plot, const char *text, double x, double y, double align, double max_width,
                       gboolean bold);

/* ── cores: a row for "all cores" and one for each core ── */
double weft_cores_plot_get_height (const WeftFrame *frame); /* natural */
void weft_cores_plot_draw (WeftPlot *plot);
/** What holds at @time_ns, a line for each value ("all cores 312 %"); for hover and descriptions. */
char *weft_cores_plot_describe (const WeftFrame *frame, gint64 time_ns);

/* ── timeline: lanes grouped by process ── */
typedef struct
{
  int lane;   /* index of the lane, or -1: a header that names a process of several lanes */
  int leader; /* lane that stands for the process */
  double y, height;
} WeftTimelineRow;

/** weft_timeline_plot_get_rows: (transfer full): the rows, top down, for @frame. */
GArray *weft_timeline_plot_get_rows (const WeftFrame *frame);
double weft_timeline_plot_get_height (const WeftFrame *frame);
/** weft_timeline_plot_draw: in an area that is less high than its rows, they shrink together; so do those
 * of the cores and queues. */
void weft_timeline_plot_draw (WeftPlot *plot);
/** weft_timeline_plot_pick: the lane drawn at @y (from the plot's top), or -1. */
int weft_timeline_plot_pick (const WeftFrame *frame, double y);
/** weft_timeline_plot_describe: (transfer full): what @lane does at @time_ns ("worker 2: asleep, task 3, 0.31 s of
 * 1.91 s"); with @pixel_ns > 0 and several states within it, their shares ("61 % queue empty, 39 %
 * working"). @lane -1: a line for each lane that then lives, at most 8 and how many more. */
char *weft_timeline_plot_describe (const WeftFrame *frame, int lane, gint64 time_ns, gint64 pixel_ns);

/* ── queues: depth over time, capacity, mean and maximum ── */
double weft_queues_plot_get_height (const WeftFrame *frame);
void weft_queues_plot_draw (WeftPlot *plot);
char *weft_queues_plot_describe (const WeftFrame *frame, gint64 time_ns);

/* ── ruler: ticks and labels of the axis ── */
double weft_ruler_plot_get_height (const WeftPlotStyle *style);
void weft_ruler_plot_draw (WeftPlot *plot);

/* ── overview: the whole run in a strip; the axis's range is highlighted on it ── */
double weft_overview_plot_get_height (void);
/** The strip's own axis, over the whole run, is derived from the frame and the area. */
WeftTimeAxis weft_overview_plot_get_axis (const WeftPlot *plot);
void weft_overview_plot_draw (WeftPlot *plot);
WeftOverviewSums *weft_overview_sums_new (void);
void weft_overview_sums_free (WeftOverviewSums *sums);

/* ── legend: the activities that occur in the frame, in rows that fit the width ── */
/** weft_legend_plot_get_height: @width: right of the gutter. */
double weft_legend_plot_get_height (const WeftFrame *frame, const WeftPlotStyle *style, double width);
void weft_legend_plot_draw (WeftPlot *plot);

/* ── a vertical line through a plot at @time_ns ── */
void weft_plot_draw_cursor (WeftPlot *plot, gint64 time_ns);

/* ── a picture of it all, for files ── */

/** weft_picture_get_height: of the whole picture at @width px: title, overview, ruler, cores, timeline,
 * legend, queues, footer. */
double weft_picture_get_height (const WeftFrame *frame, const WeftPlotStyle *style, double width);
void weft_picture_draw (cairo_t *cr, const WeftPlotStyle *style, const WeftFrame *frame, gint64 begin_ns,
                        gint64 end_ns, double width);

/** weft_picture_format_is_known: whether @path ends in .png, .svg or .pdf. */
gboolean weft_picture_format_is_known (const char *path);

/** weft_picture_save: draws the whole run as a picture 1280 px wide into @path, format by its ending;
 * the file appears complete or not at all. The error names the path, and the allowed endings. */
gboolean weft_picture_save (WeftRecording *recording, const char *path, GError **error);

G_END_DECLS
