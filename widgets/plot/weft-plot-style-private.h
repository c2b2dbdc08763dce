/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the plots themselves need of the style beyond what their users see.
 */
#pragma once

#include "weft-plot-patterns.h"
#include "weft-plot-style.h"

G_BEGIN_DECLS

/* How an activity is shown: @ink on @base in @pattern, @text on all of it. */
typedef struct
{
  WeftPattern pattern;
  WeftColour base, ink, text;
} WeftActivityLook;

const WeftActivityLook *weft_plot_style_get_look (const WeftPlotStyle *style, WeftActivity activity);

/** weft_plot_style_is_contrast: whether shapes get an outline. */
gboolean weft_plot_style_is_contrast (const WeftPlotStyle *style);

/** weft_plot_style_is_flat: whether @activity is one colour. */
gboolean weft_plot_style_is_flat (const WeftPlotStyle *style, WeftActivity activity);

/** weft_plot_style_set_activity_source: the pattern of @activity for devices with @scale px to a px. */
void weft_plot_style_set_activity_source (const WeftPlotStyle *style, cairo_t *cr, WeftActivity activity,
                                          double scale);

/** weft_plot_style_get_tile: (transfer none): the tile of @activity at a whole-numbered @scale, an image surface
 * of WEFT_PATTERN_TILE × @scale px, CAIRO_FORMAT_ARGB32, opaque. */
cairo_surface_t *weft_plot_style_get_tile (const WeftPlotStyle *style, WeftActivity activity, int scale);

/** weft_plot_style_get_unknown_source: a pale hatch for "not known" behind a curve. */
void weft_plot_style_set_unknown_source (const WeftPlotStyle *style, cairo_t *cr, double scale);

/** weft_plot_style_set_stopped_source: what lies over the activities of a lane that is stopped. */
void weft_plot_style_set_stopped_source (const WeftPlotStyle *style, cairo_t *cr, double scale);

/** weft_plot_style_get_context: (transfer none): for measuring text where there is no drawing. */
PangoContext *weft_plot_style_get_context (const WeftPlotStyle *style);

/** weft_plot_device_scale: device px to a px on @cr; 3 where the target is made of shapes, not px. */
double weft_plot_device_scale (cairo_t *cr);

/** weft_plot_is_vector: whether the target is made of shapes: SVG, PDF. */
gboolean weft_plot_is_vector (cairo_t *cr);

WeftColour weft_colour_mix (WeftColour first, WeftColour second, double second_share);

G_END_DECLS
