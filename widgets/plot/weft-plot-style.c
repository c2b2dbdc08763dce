/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-plot-style.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "weft-plot-style-private.h"

#define MAX_SCALE 4
#define N_SCHEMES 4

/* Two tiles more than activities: the hatch for values that are not known, and what lies over the
 * activities of a lane that is stopped. */
#define TILE_UNKNOWN_VALUE WEFT_N_ACTIVITIES
#define TILE_STOPPED (WEFT_N_ACTIVITIES + 1)
#define N_TILES (WEFT_N_ACTIVITIES + 2)

struct _WeftPlotStyle
{
  WeftStyleScheme scheme;
  PangoFontDescription *font;
  /* Made when first needed. A style is used by one thread at a time. */
  PangoContext *context;
  cairo_pattern_t *patterns[MAX_SCALE + 1][N_TILES];
};

#define RGB(hex)                                                                                             \
  {                                                                                                          \
    .red = (hex) / 65536 / 255.0, .green = (hex) / 256 % 256 / 255.0, .blue = (hex) % 256 / 255.0            \
  }

static const WeftColour colours[N_SCHEMES][WEFT_N_COLOURS] = {
  [WEFT_STYLE_LIGHT] = {
    [WEFT_COLOUR_BACKGROUND] = RGB (0xfafafa),
    [WEFT_COLOUR_PLOT] = RGB (0xffffff),
    [WEFT_COLOUR_TEXT] = RGB (0x2e2e33),
    [WEFT_COLOUR_DIM_TEXT] = RGB (0x68666e),
    [WEFT_COLOUR_GRID] = RGB (0xebebed),
    [WEFT_COLOUR_AXIS] = RGB (0xa9a7ad),
    [WEFT_COLOUR_CURSOR] = RGB (0x241f31),
    [WEFT_COLOUR_SELECTION] = RGB (0xdcebfb),
    [WEFT_COLOUR_CORE] = RGB (0x5c9ee6),
    [WEFT_COLOUR_STEAL] = RGB (0xd55e00),
    [WEFT_COLOUR_QUEUE] = RGB (0x2fa27c),
    [WEFT_COLOUR_CAPACITY] = RGB (0xae4408),
    [WEFT_COLOUR_FAILURE] = RGB (0xc01c28),
  },
  [WEFT_STYLE_DARK] = {
    [WEFT_COLOUR_BACKGROUND] = RGB (0x242424),
    [WEFT_COLOUR_PLOT] = RGB (0x1b1b1d),
    [WEFT_COLOUR_TEXT] = RGB (0xf0f0f2),
    [WEFT_COLOUR_DIM_TEXT] = RGB (0xaaa8af),
    [WEFT_COLOUR_GRID] = RGB (0x313134),
    [WEFT_COLOUR_AXIS] = RGB (0x77767b),
    [WEFT_COLOUR_CURSOR] = RGB (0xffffff),
    [WEFT_COLOUR_SELECTION] = RGB (0x1d3a5c),
    [WEFT_COLOUR_CORE] = RGB (0x4a90e2),
    [WEFT_COLOUR_STEAL] = RGB (0xff8c3a),
    [WEFT_COLOUR_QUEUE] = RGB (0x2fb98c),
    [WEFT_COLOUR_CAPACITY] = RGB (0xff9d5c),
    [WEFT_COLOUR_FAILURE] = RGB (0xff7b83),
  },
  [WEFT_STYLE_LIGHT_CONTRAST] = {
    [WEFT_COLOUR_BACKGROUND] = RGB (0xffffff),
    [WEFT_COLOUR_PLOT] = RGB (0xffffff),
    [WEFT_COLOUR_TEXT] = RGB (0x000000),
    [WEFT_COLOUR_DIM_TEXT] = RGB (0x333333),
    [WEFT_COLOUR_GRID] = RGB (0xc4c4c4),
    [WEFT_COLOUR_AXIS] = RGB (0x4d4d4d),
    [WEFT_COLOUR_CURSOR] = RGB (0x000000),
    [WEFT_COLOUR_SELECTION] = RGB (0xc3ddfb),
    [WEFT_COLOUR_CORE] = RGB (0x2a76d2),
    [WEFT_COLOUR_STEAL] = RGB (0xb34700),
    [WEFT_COLOUR_QUEUE] = RGB (0x007a55),
    [WEFT_COLOUR_CAPACITY] = RGB (0x8f3200),
    [WEFT_COLOUR_FAILURE] = RGB (0xa50010),
  },
  [WEFT_STYLE_DARK_CONTRAST] = {
    [WEFT_COLOUR_BACKGROUND] = RGB (0x101010),
    [WEFT_COLOUR_PLOT] = RGB (0x000000),
    [WEFT_COLOUR_TEXT] = RGB (0xffffff),
    [WEFT_COLOUR_DIM_TEXT] = RGB (0xd8d8d8),
    [WEFT_COLOUR_GRID] = RGB (0x4a4a4a),
    [WEFT_COLOUR_AXIS] = RGB (0xbbbbbb),
    [WEFT_COLOUR_CURSOR] = RGB (0xffffff),
    [WEFT_COLOUR_SELECTION] = RGB (0x16457c),
    [WEFT_COLOUR_CORE] = RGB (0x62a9ff),
    [WEFT_COLOUR_STEAL] = RGB (0xffa45c),
    [WEFT_COLOUR_QUEUE] = RGB (0x40dcab),
    [WEFT_COLOUR_CAPACITY] = RGB (0xffb37d),
    [WEFT_COLOUR_FAILURE] = RGB (0xff9aa0),
  },
};

/* The hues are those of Okabe and Ito's palette, which people with any of the three kinds of colour
 * blindness can tell apart; pale for states in which nothing goes on, strong for work. */
static const WeftActivityLook looks[N_SCHEMES][WEFT_N_ACTIVITIES] = {
  [WEFT_STYLE_LIGHT] = {
    [WEFT_ACTIVITY_UNKNOWN] = { WEFT_PATTERN_WIDE_HATCH, RGB (0xffffff), RGB (0xd07a80), RGB (0x8c0d18) },
    [WEFT_ACTIVITY_WORKING] = { WEFT_PATTERN_SOLID, RGB (0x2272cf), RGB (0x2272cf), RGB (0xffffff) },
    [WEFT_ACTIVITY_LOCK_WAIT] = { WEFT_PATTERN_CROSS_HATCH, RGB (0xfbdcd3), RGB (0xd4553a), RGB (0x5c1200) },
    [WEFT_ACTIVITY_QUEUE_FULL] = { WEFT_PATTERN_DIAGONAL, RGB (0xffe7b8), RGB (0xe69f00), RGB (0x3d2800) },
    [WEFT_ACTIVITY_QUEUE_EMPTY] = { WEFT_PATTERN_SPARSE_DOTS, RGB (0xf1f1f3), RGB (0xa2a0a8), RGB (0x4a484f) },
    [WEFT_ACTIVITY_IO] = { WEFT_PATTERN_VERTICAL, RGB (0xd3efe5), RGB (0x2fa27c), RGB (0x00402c) },
    [WEFT_ACTIVITY_ASLEEP] = { WEFT_PATTERN_DASHES, RGB (0xdfebf8), RGB (0xa3c2e4), RGB (0x1b3a5c) },
    [WEFT_ACTIVITY_SPINNING] = { WEFT_PATTERN_ZIGZAG, RGB (0xecd2e6), RGB (0xa0508f), RGB (0x43113a) },
    [WEFT_ACTIVITY_WAITING] = { WEFT_PATTERN_PLAIN, RGB (0xe9e9ec), RGB (0xe9e9ec), RGB (0x4a484f) },
  },
  [WEFT_STYLE_DARK] = {
    [WEFT_ACTIVITY_UNKNOWN] = { WEFT_PATTERN_WIDE_HATCH, RGB (0x1b1b1d), RGB (0xb35960), RGB (0xffb3b8) },
    [WEFT_ACTIVITY_WORKING] = { WEFT_PATTERN_SOLID, RGB (0x2a76d2), RGB (0x2a76d2), RGB (0xffffff) },
    [WEFT_ACTIVITY_LOCK_WAIT] = { WEFT_PATTERN_CROSS_HATCH, RGB (0x4d211a), RGB (0xd9654b), RGB (0xffe0d8) },
    [WEFT_ACTIVITY_QUEUE_FULL] = { WEFT_PATTERN_DIAGONAL, RGB (0x4a3608), RGB (0xb98208), RGB (0xffedc9) },
    [WEFT_ACTIVITY_QUEUE_EMPTY] = { WEFT_PATTERN_SPARSE_DOTS, RGB (0x2b2b2e), RGB (0x7a797f), RGB (0xd0cfd4) },
    [WEFT_ACTIVITY_IO] = { WEFT_PATTERN_VERTICAL, RGB (0x123c30), RGB (0x2a9a76), RGB (0xd6fff0) },
    [WEFT_ACTIVITY_ASLEEP] = { WEFT_PATTERN_DASHES, RGB (0x22354b), RGB (0x44658a), RGB (0xd6e6f8) },
    [WEFT_ACTIVITY_SPINNING] = { WEFT_PATTERN_ZIGZAG, RGB (0x452140), RGB (0xc274b3), RGB (0xffe3f9) },
    [WEFT_ACTIVITY_WAITING] = { WEFT_PATTERN_PLAIN, RGB (0x343437), RGB (0x343437), RGB (0xd0cfd4) },
  },
  [WEFT_STYLE_LIGHT_CONTRAST] = {
    [WEFT_ACTIVITY_UNKNOWN] = { WEFT_PATTERN_WIDE_HATCH, RGB (0xffffff), RGB (0xa50010), RGB (0x6b0008) },
    [WEFT_ACTIVITY_WORKING] = { WEFT_PATTERN_SOLID, RGB (0x0f4f9e), RGB (0x0f4f9e), RGB (0xffffff) },
    [WEFT_ACTIVITY_LOCK_WAIT] = { WEFT_PATTERN_CROSS_HATCH, RGB (0xffe1d8), RGB (0xa82a10), RGB (0x3a0b00) },
    [WEFT_ACTIVITY_QUEUE_FULL] = { WEFT_PATTERN_DIAGONAL, RGB (0xfff0cc), RGB (0xc98500), RGB (0x2b1c00) },
    [WEFT_ACTIVITY_QUEUE_EMPTY] = { WEFT_PATTERN_SPARSE_DOTS, RGB (0xf7f7f7), RGB (0x606060), RGB (0x1a1a1a) },
    [WEFT_ACTIVITY_IO] = { WEFT_PATTERN_VERTICAL, RGB (0xd9f7ec), RGB (0x007a55), RGB (0x002b1e) },
    [WEFT_ACTIVITY_ASLEEP] = { WEFT_PATTERN_DASHES, RGB (0xe3effc), RGB (0x5f8fc4), RGB (0x0b2440) },
    [WEFT_ACTIVITY_SPINNING] = { WEFT_PATTERN_ZIGZAG, RGB (0xf3dbee), RGB (0x84306f), RGB (0x2d0525) },
    [WEFT_ACTIVITY_WAITING] = { WEFT_PATTERN_PLAIN, RGB (0xdcdcdc), RGB (0xdcdcdc), RGB (0x1a1a1a) },
  },
  [WEFT_STYLE_DARK_CONTRAST] = {
    [WEFT_ACTIVITY_UNKNOWN] = { WEFT_PATTERN_WIDE_HATCH, RGB (0x000000), RGB (0xff8087), RGB (0xffc9cc) },
    [WEFT_ACTIVITY_WORKING] = { WEFT_PATTERN_SOLID, RGB (0x6db0ff), RGB (0x6db0ff), RGB (0x000000) },
    [WEFT_ACTIVITY_LOCK_WAIT] = { WEFT_PATTERN_CROSS_HATCH, RGB (0x43150c), RGB (0xff8a6b), RGB (0xffffff) },
    [WEFT_ACTIVITY_QUEUE_FULL] = { WEFT_PATTERN_DIAGONAL, RGB (0x3f2d00), RGB (0xd99a10), RGB (0xffffff) },
    [WEFT_ACTIVITY_QUEUE_EMPTY] = { WEFT_PATTERN_SPARSE_DOTS, RGB (0x1f1f1f), RGB (0xb5b5b5), RGB (0xffffff) },
    [WEFT_ACTIVITY_IO] = { WEFT_PATTERN_VERTICAL, RGB (0x08352a), RGB (0x3ccf9e), RGB (0xffffff) },
    [WEFT_ACTIVITY_ASLEEP] = { WEFT_PATTERN_DASHES, RGB (0x14293f), RGB (0x6d9bd0), RGB (0xffffff) },
    [WEFT_ACTIVITY_SPINNING] = { WEFT_PATTERN_ZIGZAG, RGB (0x40163a), RGB (0xee9fdd), RGB (0xffffff) },
    [WEFT_ACTIVITY_WAITING] = { WEFT_PATTERN_PLAIN, RGB (0x3d3d3d), RGB (0x3d3d3d), RGB (0xffffff) },
  },
};

static cairo_pattern_t *
tile_new (const WeftPlotStyle *style, guint tile, int scale)
{
  int side = WEFT_PATTERN_TILE * scale;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, side, side);
  cairo_pattern_t *pattern;
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  if (tile == TILE_UNKNOWN_VALUE)
    weft_pattern_draw (cr, WEFT_PATTERN_WIDE_HATCH, colours[style->scheme][WEFT_COLOUR_PLOT],
                       colours[style->scheme][WEFT_COLOUR_AXIS]);
  else if (tile == TILE_STOPPED)
    weft_pattern_draw (cr, WEFT_PATTERN_PAUSE, colours[style->scheme][WEFT_COLOUR_PLOT],
                       colours[style->scheme][WEFT_COLOUR_DIM_TEXT]);
  else
    {
      const WeftActivityLook *look = &looks[style->scheme][tile];

      weft_pattern_draw (cr, look->pattern, look->base, look->ink);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  pattern = cairo_pattern_create_for_surface (surface);
  cairo_surface_destroy (surface);
  cairo_pattern_set_extend (pattern, CAIRO_EXTEND_REPEAT);
  cairo_pattern_set_filter (pattern, CAIRO_FILTER_NEAREST);
  return pattern;
}

static cairo_pattern_t *
get_pattern (const WeftPlotStyle *style, guint tile, double scale)
{
  int whole = CLAMP ((int) ceil (scale - 0.01), 1, MAX_SCALE);
  cairo_pattern_t **place = &((WeftPlotStyle *) style)->patterns[whole][tile];

  if (*place == NULL)
    *place = tile_new (style, tile, whole);
  return *place;
}

const WeftActivityLook *
weft_plot_style_get_look (const WeftPlotStyle *style, WeftActivity activity)
{
  return &looks[style->scheme][activity];
}

gboolean
weft_plot_style_is_contrast (const WeftPlotStyle *style)
{
  return style->scheme == WEFT_STYLE_LIGHT_CONTRAST || style->scheme == WEFT_STYLE_DARK_CONTRAST;
}

gboolean
weft_plot_style_is_flat (const WeftPlotStyle *style, WeftActivity activity)
{
  WeftPattern pattern = looks[style->scheme][activity].pattern;

  return pattern == WEFT_PATTERN_SOLID || pattern == WEFT_PATTERN_PLAIN;
}

void
weft_plot_style_set_activity_source (const WeftPlotStyle *style, cairo_t *cr, WeftActivity activity,
                                     double scale)
{
  if (weft_plot_style_is_flat (style, activity))
    {
      WeftColour colour = looks[style->scheme][activity].base;

      cairo_set_source_rgb (cr, colour.red, colour.green, colour.blue);
    }
  else
    cairo_set_source (cr, get_pattern (style, activity, scale));
}

cairo_surface_t *
weft_plot_style_get_tile (const WeftPlotStyle *style, WeftActivity activity, int scale)
{
  cairo_surface_t *surface = NULL;

  cairo_pattern_get_surface (get_pattern (style, activity, scale), &surface);
  return surface;
}

void
weft_plot_style_set_unknown_source (const WeftPlotStyle *style, cairo_t *cr, double scale)
{
  cairo_set_source (cr, get_pattern (style, TILE_UNKNOWN_VALUE, scale));
}

void
weft_plot_style_set_stopped_source (const WeftPlotStyle *style, cairo_t *cr, double scale)
{
  cairo_set_source (cr, get_pattern (style, TILE_STOPPED, scale));
}

PangoContext *
weft_plot_style_get_context (const WeftPlotStyle *style)
{
  WeftPlotStyle *self = (WeftPlotStyle *) style;

  if (self->context == NULL)
    self->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  return self->context;
}

gboolean
weft_plot_is_vector (cairo_t *cr)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));

  return type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PDF;
}

double
weft_plot_device_scale (cairo_t *cr)
{
  double x_scale, y_scale, x = 1, y = 0;

  if (weft_plot_is_vector (cr))
    return 3;
  cairo_surface_get_device_scale (cairo_get_target (cr), &x_scale, &y_scale);
  cairo_user_to_device_distance (cr, &x, &y);
  return CLAMP (fabs (x) * x_scale, 0.25, 16);
}

WeftColour
weft_colour_mix (WeftColour first, WeftColour second, double second_share)
{
  return (WeftColour){ .red = first.red + (second.red - first.red) * second_share,
                       .green = first.green + (second.green - first.green) * second_share,
                       .blue = first.blue + (second.blue - first.blue) * second_share };
}

WeftPlotStyle *
weft_plot_style_new (WeftStyleScheme scheme, const char *font)
{
  WeftPlotStyle *style;

  g_return_val_if_fail (scheme >= WEFT_STYLE_LIGHT && scheme <= WEFT_STYLE_DARK_CONTRAST, NULL);
  style = g_new0 (WeftPlotStyle, 1);
  style->scheme = scheme;
  style->font = pango_font_description_from_string (font != NULL ? font : "Sans 9");
  return style;
}

void
weft_plot_style_free (WeftPlotStyle *style)
{
  if (style == NULL)
    return;
  pango_font_description_free (style->font);
  g_clear_object (&style->context);
  for (guint scale = 0; scale <= MAX_SCALE; scale++)
    for (guint tile = 0; tile < N_TILES; tile++)
      g_clear_pointer (&style->patterns[scale][tile], cairo_pattern_destroy);
  g_free (style);
}

WeftStyleScheme
weft_plot_style_get_scheme (const WeftPlotStyle *style)
{
  return style->scheme;
}

const PangoFontDescription *
weft_plot_style_get_font (const WeftPlotStyle *style)
{
  return style->font;
}

WeftColour
weft_plot_style_get_colour (const WeftPlotStyle *style, WeftColourRole role)
{
  g_return_val_if_fail (role < WEFT_N_COLOURS, colours[style->scheme][WEFT_COLOUR_TEXT]);
  return colours[style->scheme][role];
}

void
weft_plot_style_set_source (const WeftPlotStyle *style, cairo_t *cr, WeftColourRole role)
{
  WeftColour colour = weft_plot_style_get_colour (style, role);

  cairo_set_source_rgb (cr, colour.red, colour.green, colour.blue);
}

void
weft_plot_style_fill_activity (const WeftPlotStyle *style, cairo_t *cr, WeftActivity activity, double x,
                               double y, double width, double height)
{
  g_return_if_fail (activity >= 0 && activity < WEFT_N_ACTIVITIES);
  weft_plot_style_set_activity_source (style, cr, activity, weft_plot_device_scale (cr));
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

WeftColour
weft_plot_style_get_activity_text (const WeftPlotStyle *style, WeftActivity activity)
{
  return looks[style->scheme][activity].text;
}

WeftColour
weft_plot_style_get_activity_colour (const WeftPlotStyle *style, WeftActivity activity)
{
  return looks[style->scheme][activity].base;
}
