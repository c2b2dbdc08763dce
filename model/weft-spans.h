/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The spans of one lane: append-only columns, sorted by time, in blocks that never move. A lane is
 * always in exactly one activity, so a span ends where the next one begins, and only beginnings are
 * stored.
 *
 * Over every 32 spans stands a node with the time spent in each activity since the lane began, up to
 * that span. The difference of two nodes is the exact time for each activity between them, so the
 * shares of a pixel column, however many spans it covers, take two lookups. (One level of running
 * sums answers what a tree of levels would, with one hop.)
 *
 * One thread appends; any thread may read what was published: take the count once
 * (weft_spans_get_count(), acquire) and pass it to the readers below.
 */
#pragma once

#include <glib.h>

#include "weft-activity.h"

G_BEGIN_DECLS

#define WEFT_SPAN_NO_TASK G_MAXUINT32
#define WEFT_SPAN_NO_CORE G_MAXUINT16

typedef struct _WeftSpans WeftSpans;

/**
 * WeftSpan:
 * @begin_ns: since the run's start
 * @end_ns: where the next span begins, or the `until` that was passed for the last one
 * @activity: what the lane did
 * @object: the queue or lock it was about, from 1; 0: none
 * @task: the task or item, or %WEFT_SPAN_NO_TASK
 * @core: the core the lane was on when the span began, or %WEFT_SPAN_NO_CORE
 */
typedef struct
{
  gint64 begin_ns;
  gint64 end_ns;
  WeftActivity activity;
  guint16 object;
  guint16 core;
  guint32 task;
} WeftSpan;

WeftSpans *weft_spans_new (void);
void weft_spans_free (WeftSpans *spans);

/**
 * weft_spans_append:
 * @begin_ns: not before the last span's; an earlier one is taken as equal
 * @object: up to 4095
 *
 * Begins a span, which ends the one before. A span that begins at the very instant of the one before
 * does not replace it: both are kept, the earlier with no length. Writer thread only.
 */
void weft_spans_append (WeftSpans *spans, gint64 begin_ns, WeftActivity activity, guint16 object,
                        guint32 task, guint16 core);

/** weft_spans_get_count: how many spans are published. Acquire. */
guint64 weft_spans_get_count (const WeftSpans *spans);

/** weft_spans_get: span @index < @count; the last of @count ends at @until_ns. */
void weft_spans_get (const WeftSpans *spans, guint64 count, guint64 index, gint64 until_ns, WeftSpan *span);

/** weft_spans_get_begin: just the beginning of span @index, in ns since the run's start. */
gint64 weft_spans_get_begin (const WeftSpans *spans, guint64 index);

/**
 * weft_spans_find:
 *
 * Returns: the index of the last of the first @count spans that begins at or before @time_ns, or -1.
 *   O(log n).
 */
gint64 weft_spans_find (const WeftSpans *spans, guint64 count, gint64 time_ns);

/** weft_spans_find_from: as weft_spans_find(), galloping forward from @hint (an index that is known
 * to begin at or before @time_ns); O(log distance). For walking along the pixels of a row. */
gint64 weft_spans_find_from (const WeftSpans *spans, guint64 count, gint64 time_ns, gint64 hint);

/**
 * weft_spans_shares:
 * @until_ns: where the last span ends
 * @shares_ns: (out caller-allocates): for each activity, the time within [@begin_ns, @end_ns)
 *
 * Exact, whatever the range. O(log n).
 */
void weft_spans_shares (const WeftSpans *spans, guint64 count, gint64 until_ns, gint64 begin_ns,
                        gint64 end_ns, gint64 shares_ns[WEFT_N_ACTIVITIES]);

/**
 * weft_spans_sums:
 * @index: the span in which @time_ns lies, or which it ends
 * @sums_ns: (out caller-allocates): for each activity, the time from the first span up to @time_ns
 *
 * What weft_spans_shares() is the difference of two of. For walking along the pixels of a row, where the
 * end of one is the beginning of the next. O(1).
 */
void
weft_spans_sums (const WeftSpans *spans, guint64 index, gint64 time_ns, gint64 sums_ns[WEFT_N_ACTIVITIES]);

/** weft_spans_get_bytes: resident memory of the columns and nodes, in bytes. Any thread. */
gsize weft_spans_get_bytes (const WeftSpans *spans);

G_END_DECLS
