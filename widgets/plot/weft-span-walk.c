/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-span-walk.h"

/* From so many spans a step on it is worth guessing where the next one ends. */
#define GUESS_STRIDE 16

void
weft_span_walk_begin (WeftSpanWalk *walk, const WeftSpans *spans, guint64 count, gint64 until_ns,
                      gint64 time_ns)
{
  gint64 index = weft_spans_find (spans, count, time_ns);

  *walk = (WeftSpanWalk){ .spans = spans,
                          .count = count,
                          .until_ns = until_ns,
                          .time_ns = time_ns,
                          .index = index < 0 ? 0 : (guint64) index,
                          .ahead_ns = G_MININT64 };
}

/* The last span that begins before @time_ns. Steps of a dense stretch pass about as many spans each, so it
 * is looked for from a little before there. */
static guint64
find_ahead (WeftSpanWalk *walk, gint64 time_ns)
{
  guint64 hint = walk->index;
  guint64 guess = walk->index + walk->stride - walk->stride / 16;

  if (walk->ahead_ns == time_ns)
    return walk->ahead;
  if (walk->stride > GUESS_STRIDE && guess < walk->count
      && weft_spans_get_begin (walk->spans, guess) < time_ns)
    hint = guess;
  walk->ahead = (guint64) weft_spans_find_from (walk->spans, walk->count, time_ns - 1, (gint64) hint);
  walk->ahead_ns = time_ns;
  return walk->ahead;
}

guint64
weft_span_walk_look (WeftSpanWalk *walk, gint64 time_ns)
{
  return find_ahead (walk, time_ns) - walk->index;
}

void
weft_span_walk_skip (WeftSpanWalk *walk, gint64 time_ns)
{
  if (time_ns <= walk->time_ns)
    return;
  walk->index = (guint64) weft_spans_find_from (walk->spans, walk->count, time_ns, (gint64) walk->index);
  walk->time_ns = time_ns;
  walk->has_sums = FALSE;
}

/* Sums at @time_ns in span @index, or where that ends or begins if the time is outside of it. */
static void
get_sums (const WeftSpanWalk *walk, guint64 index, gint64 time_ns, gint64 sums_ns[WEFT_N_ACTIVITIES])
{
  gint64 begin_ns = weft_spans_get_begin (walk->spans, index);

  weft_spans_sums (walk->spans, index, MAX (MIN (time_ns, walk->until_ns), begin_ns), sums_ns);
}

void
weft_span_walk_to (WeftSpanWalk *walk, gint64 time_ns, gint64 shares_ns[WEFT_N_ACTIVITIES])
{
  guint64 index = find_ahead (walk, time_ns);
  gint64 sums_ns[WEFT_N_ACTIVITIES];

  if (!walk->has_sums)
    get_sums (walk, walk->index, walk->time_ns, walk->sums_ns);
  get_sums (walk, index, time_ns, sums_ns);
  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    {
      shares_ns[a] = sums_ns[a] - walk->sums_ns[a];
      walk->sums_ns[a] = sums_ns[a];
    }
  walk->has_sums = TRUE;
  walk->stride = index - walk->index;
  walk->index = index;
  walk->time_ns = time_ns;
}
