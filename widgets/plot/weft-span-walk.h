/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A walk along the spans of a lane from instant to instant, asking at each step how much time each
 * activity took since the one before. What is known at one instant is used at the next, so a step costs two
 * or three cache misses, however many spans it passes.
 */
#pragma once

#include "weft-spans.h"

G_BEGIN_DECLS

typedef struct
{
  const WeftSpans *spans;
  guint64 count;
  gint64 until_ns;
  gint64 time_ns; /* where the walk is */
  guint64 index;  /* the span there, or the first */
  guint64 ahead;  /* what weft_span_walk_look() found, for @ahead_ns */
  gint64 ahead_ns;
  guint64 stride; /* spans that the last step passed */
  gboolean has_sums;
  gint64 sums_ns[WEFT_N_ACTIVITIES]; /* at @time_ns, if @has_sums */
} WeftSpanWalk;

/** weft_span_walk_begin: @count > 0 spans, of which the last ends at @until_ns; from @time_ns on. */
void weft_span_walk_begin (WeftSpanWalk *walk, const WeftSpans *spans, guint64 count, gint64 until_ns,
                           gint64 time_ns);

/** weft_span_walk_look: how many spans begin between here and @time_ns, which is not before. */
guint64 weft_span_walk_look (WeftSpanWalk *walk, gint64 time_ns);

/** weft_span_walk_skip: goes to @time_ns, if that is ahead. */
void weft_span_walk_skip (WeftSpanWalk *walk, gint64 time_ns);

/** weft_span_walk_to: goes to @time_ns; @shares_ns: (out): what each activity took on the way there. */
void weft_span_walk_to (WeftSpanWalk *walk, gint64 time_ns, gint64 shares_ns[WEFT_N_ACTIVITIES]);

G_END_DECLS
