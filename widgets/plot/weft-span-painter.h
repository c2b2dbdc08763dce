/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paints the spans of lanes. What is wide enough to be looked at by itself becomes a shape of its own,
 * drawn with all others of its activity at once. All the rest, however dense, becomes pixels: a column
 * that holds several spans shows their shares of it, one on another, so a lane costs as much as it has
 * columns and not as much as it has spans.
 */
#pragma once

#include "weft-plot-columns.h"
#include "weft-plot.h"

G_BEGIN_DECLS

typedef struct _WeftSpanPainter WeftSpanPainter;

WeftSpanPainter *weft_span_painter_new (WeftPlot *plot);

/** weft_span_painter_add: paints @lane, or remembers to. @y and @height: of its bar. */
void weft_span_painter_add (WeftSpanPainter *painter, const WeftFrameLane *lane, double y, double height);

/** weft_span_painter_finish: paints what is still to be painted, and frees @painter. */
void weft_span_painter_finish (WeftSpanPainter *painter);

G_END_DECLS
