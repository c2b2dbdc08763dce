/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Colours, patterns, font and measures of all plots, for light, dark and high contrast. Nothing is
 * told by colour alone: each activity has a pattern of its own as well.
 */
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include "weft-activity.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_STYLE_LIGHT,
  WEFT_STYLE_DARK,
  WEFT_STYLE_LIGHT_CONTRAST,
  WEFT_STYLE_DARK_CONTRAST
} WeftStyleScheme;

typedef struct
{
  double red, green, blue;
} WeftColour;

typedef struct _WeftPlotStyle WeftPlotStyle;

/** weft_plot_style_new: @font: (nullable): such as "Cantarell 10"; %NULL: "Sans 9". */
WeftPlotStyle *weft_plot_style_new (WeftStyleScheme scheme, const char *font);
void weft_plot_style_free (WeftPlotStyle *style);
WeftStyleScheme weft_plot_style_get_scheme (const WeftPlotStyle *style);
const PangoFontDescription *weft_plot_style_get_font (const WeftPlotStyle *style);

typedef enum
{
  WEFT_COLOUR_BACKGROUND,
  WEFT_COLOUR_PLOT, /* behind the data */
  WEFT_COLOUR_TEXT,
  WEFT_COLOUR_DIM_TEXT,
  WEFT_COLOUR_GRID,
  WEFT_COLOUR_AXIS,
  WEFT_COLOUR_CURSOR,
  WEFT_COLOUR_SELECTION,
  WEFT_COLOUR_CORE, /* a core's load */
  WEFT_COLOUR_STEAL,
  WEFT_COLOUR_QUEUE,
  WEFT_COLOUR_CAPACITY,
  WEFT_COLOUR_FAILURE, /* crosses, kills, errors */
  WEFT_N_COLOURS
} WeftColourRole;

WeftColour weft_plot_style_get_colour (const WeftPlotStyle *style, WeftColourRole role);
void weft_plot_style_set_source (const WeftPlotStyle *style, cairo_t *cr, WeftColourRole role);

/** weft_plot_style_fill_activity: fills a rectangle as @activity is shown: colour and pattern. The
 * pattern is fixed to the device, so that neighbours line up and scrolling does not shimmer. */
void weft_plot_style_fill_activity (const WeftPlotStyle *style, cairo_t *cr, WeftActivity activity, double x,
                                    double y, double width, double height);

/** weft_plot_style_get_activity_text: the colour in which text on @activity is legible. */
WeftColour weft_plot_style_get_activity_text (const WeftPlotStyle *style, WeftActivity activity);
/** weft_plot_style_get_activity_colour: what lies under the pattern, and behind the text. */
WeftColour weft_plot_style_get_activity_colour (const WeftPlotStyle *style, WeftActivity activity);

G_END_DECLS
