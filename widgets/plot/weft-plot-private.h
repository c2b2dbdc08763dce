/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the plots share among themselves.
 */
#pragma once

#include "weft-plot-style-private.h"
#include "weft-plot.h"

G_BEGIN_DECLS

#define WEFT_GUTTER_MARGIN 8    /* px between a label and the plot */
#define WEFT_GUTTER_HEADING 150 /* px of gutter that leave room for something on the left of the labels */
#define WEFT_HEADING_WIDTH 60

typedef struct
{
  WeftColour colour;
  double align;     /* 0: the left edge is at x, 0.5: the centre, 1: the right edge */
  double max_width; /* ellipsised to it; ≤ 0: not */
  gboolean bold;
  double size; /* of the font, relative to the style's; 0: 1 */
} WeftTextLook;

/* Draws @text, vertically centred on @y. Returns its width. */
double weft_plot_draw_text (WeftPlot *plot, const char *text, double x, double y, const WeftTextLook *look);

/* The width and height of @text without drawing it; @width, @height: (optional). */
void weft_plot_measure_text (WeftPlot *plot, const char *text, gboolean bold, double *width, double *height);

double weft_plot_text_height (const WeftPlotStyle *style);

/* A label of the gutter, right-aligned on @y, @inset px further from the plot than usual, and right of it
 * a dim @value (nullable). @value_width: px kept for it, so that the label stands still; 0: as many as it
 * takes; where there is no room only its last word is drawn, or nothing of it. */
void weft_plot_draw_gutter (WeftPlot *plot, double y, const char *label, const char *value,
                            double value_width, double inset);

/* Whether any of the height @height from @y is to be drawn. */
gboolean weft_plot_is_visible (const WeftPlot *plot, double y, double height);

/* The plot's background and the grid lines of the ticks, from @y on. */
void weft_plot_draw_ground (WeftPlot *plot, double y, double height);

/* The distance of the labelled ticks, on which the grid lines lie too. */
gint64 weft_plot_get_step (WeftPlot *plot);

/* Where the first tick at or after the axis's beginning is; later ones are each @step_ns on. */
gint64 weft_plot_first_tick (const WeftTimeAxis *axis, gint64 step_ns);

/* @value rounded to whole device px. */
double weft_plot_snap (const WeftPlot *plot, double value);

void weft_plot_set_colour (cairo_t *cr, WeftColour colour);
void weft_plot_set_colour_alpha (cairo_t *cr, WeftColour colour, double alpha);

/* The mark of a lane that crashed or was killed, centred on a point. */
#define WEFT_CROSS_SIZE 9
void weft_plot_draw_cross (WeftPlot *plot, double x, double y);

/* How a lane ended, in words: "killed (SIGKILL)", "exit code 1"; NULL while it lives. (transfer full) */
char *weft_plot_dup_lane_end (const WeftFrameLane *lane);

/* Where the lane's last span ends: its end, or how far the recording reaches. */
gint64 weft_plot_lane_until (const WeftFrame *frame, const WeftFrameLane *lane);

G_END_DECLS
