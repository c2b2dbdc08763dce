/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-plot-patterns.h"

/* Parallel stripes over the tile, each @distance px from the next along x; @slope 1 falls, -1 rises.
 * The lines reach past the tile, so that the tile's copies join. */
static void
add_stripes (cairo_t *cr, double distance, int slope)
{
  const double side = WEFT_PATTERN_TILE;

  for (double x = -2 * side; x <= 3 * side; x += distance)
    {
      cairo_move_to (cr, x - slope * side, -side);
      cairo_line_to (cr, x + slope * 2 * side, 2 * side);
    }
}

static void
add_zigzag (cairo_t *cr, double y)
{
  for (int i = -1; i <= WEFT_PATTERN_TILE / 4 + 1; i++)
    cairo_line_to (cr, i * 4, y + (i % 2 == 0 ? 1.5 : -1.5));
}

static void
add_dots (cairo_t *cr, double distance, double size)
{
  for (double y = 0, row = 0; y < WEFT_PATTERN_TILE; y += distance / 2, row++)
    for (double x = (int) row % 2 == 0 ? distance / 4 : distance * 3 / 4; x < WEFT_PATTERN_TILE;
         x += distance)
      cairo_rectangle (cr, x, y + distance / 4, size, size);
}

void
weft_pattern_draw (cairo_t *cr, WeftPattern pattern, WeftColour base, WeftColour ink)
{
  const double side = WEFT_PATTERN_TILE;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, side, side);
  cairo_clip (cr);
  cairo_set_source_rgb (cr, base.red, base.green, base.blue);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, ink.red, ink.green, ink.blue);
  switch (pattern)
    {
    case WEFT_PATTERN_SPARSE_DOTS:
      add_dots (cr, 8, 1);
      cairo_fill (cr);
      break;
    case WEFT_PATTERN_DASHES:
      for (int y = 0; y < 4; y++)
        cairo_rectangle (cr, y % 2 == 0 ? 1 : 9, y * 4 + 1, 5, 1);
      cairo_fill (cr);
      break;
    case WEFT_PATTERN_DIAGONAL:
      cairo_set_line_width (cr, 2.6);
      add_stripes (cr, 8, -1);
      cairo_stroke (cr);
      break;
    case WEFT_PATTERN_ZIGZAG:
      cairo_set_line_width (cr, 1.3);
      for (int y = 2; y <= WEFT_PATTERN_TILE; y += 4)
        {
          cairo_new_sub_path (cr);
          add_zigzag (cr, y);
        }
      cairo_stroke (cr);
      break;
    case WEFT_PATTERN_CROSS_HATCH:
      cairo_set_line_width (cr, 1);
      add_stripes (cr, 8, 1);
      add_stripes (cr, 8, -1);
      cairo_stroke (cr);
      break;
    case WEFT_PATTERN_VERTICAL:
      for (int x = 1; x < WEFT_PATTERN_TILE; x += 4)
        cairo_rectangle (cr, x, 0, 1.5, side);
      cairo_fill (cr);
      break;
    case WEFT_PATTERN_WIDE_HATCH:
      cairo_set_line_width (cr, 2);
      add_stripes (cr, 16, 1);
      cairo_stroke (cr);
      break;
    case WEFT_PATTERN_PAUSE:
      cairo_rectangle (cr, 4, 5, 2, 7);
      cairo_rectangle (cr, 9, 5, 2, 7);
      cairo_fill (cr);
      break;
    case WEFT_PATTERN_SOLID:
    case WEFT_PATTERN_PLAIN:
    case WEFT_N_PATTERNS:
      break;
    }
  cairo_restore (cr);
}
