/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The patterns that tell activities apart without colour, drawn into square tiles that repeat.
 */
#pragma once

#include <cairo.h>

#include "weft-plot-style.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_PATTERN_SOLID,
  WEFT_PATTERN_PLAIN, /* solid and pale: nothing goes on */
  WEFT_PATTERN_SPARSE_DOTS,
  WEFT_PATTERN_DASHES,   /* short horizontal ones */
  WEFT_PATTERN_DIAGONAL, /* rising stripes */
  WEFT_PATTERN_ZIGZAG,
  WEFT_PATTERN_CROSS_HATCH,
  WEFT_PATTERN_VERTICAL,
  WEFT_PATTERN_WIDE_HATCH, /* falling stripes, far apart */
  WEFT_PATTERN_PAUSE,      /* pairs of short bars, as on the key of a player */
  WEFT_N_PATTERNS
} WeftPattern;

/* Side of a tile in px, a multiple of every pattern's period. */
#define WEFT_PATTERN_TILE 16

/** weft_pattern_draw: draws one tile of @pattern at the origin of @cr. */
void weft_pattern_draw (cairo_t *cr, WeftPattern pattern, WeftColour base, WeftColour ink);

G_END_DECLS
