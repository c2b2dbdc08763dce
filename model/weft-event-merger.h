/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts the events that need one order among all lanes into it: values of objects, and log lines. (Spans
 * and tasks belong to one lane, or to one id, and need none.)
 *
 * The rule. Let T be the clock, read before the reader looks at any ring's head. Events up to T may be
 * written to the recording, in the order of their times; later ones wait for the next pass. For an
 * object this is exact: its events are emitted while its lock is held, so an event from before T that
 * was not visible yet belongs to a lane that still holds the lock, and nothing after it on that object
 * can exist. A log line that comes late, because its lane lost its core just before publishing it, is
 * written after those already there.
 *
 * The order is that of the ticks, not of the nanoseconds they are mapped to, of which several ticks may
 * share one. Whoever emits an object's events sees to it, under the lock, that each has more ticks than
 * the one before: the time-stamp counter is read without a fence, so a lane that waits for the lock may
 * have read it before the owner's last event. For the same reason a reading may be some nanoseconds older
 * than what is then seen, and events are kept back for a margin.
 */
#pragma once

#include "weft-recording-private.h"

G_BEGIN_DECLS

/* The value of an object, or the holder of a lock and its waiters, when events were dropped. */
#define WEFT_EVENT_MERGER_UNKNOWN G_MININT64

/* What an event tells of its object. How many share a lock, or wait for it, changes in one step with the
 * ticks of its event, which becomes visible some time later: when a newer one has been written before, it
 * tells nothing any more. */
typedef enum
{
  WEFT_MERGED_VALUE = 0,        /* its value, @value */
  WEFT_MERGED_HOLDER = 1 << 0,  /* of a lock: who has it, @holder */
  WEFT_MERGED_WAITERS = 1 << 1, /* of a lock: how many wait for it, @value */
} WeftMergedChange;

typedef struct
{
  guint64 ticks; /* the order */
  gint64 time_ns;
  gint64 value;      /* of the object; WEFT_EVENT_MERGER_UNKNOWN: not known from then on */
  gint64 line_value; /* of the log line */
  guint32 task;
  gint32 holder;  /* as in weft_recording_append_holder() */
  guint16 object; /* known to the recording, has @value from then on; 0: none */
  guint16 lane;   /* index in the recording */
  guint8 line;    /* 0: none */
  guint8 changes; /* WeftMergedChange: what of @object it tells */
} WeftMergedEvent;

typedef struct _WeftEventMerger WeftEventMerger;

WeftEventMerger *weft_event_merger_new (WeftRecording *recording);
void weft_event_merger_free (WeftEventMerger *merger);

/** weft_event_merger_add: events of one lane must come in the order of their ticks, those of one lane
 * after those of another as far as possible. */
void weft_event_merger_add (WeftEventMerger *merger, const WeftMergedEvent *event);

/* How long before the given time events are kept back. */
#define WEFT_EVENT_MERGER_MARGIN_NS 20000

/** weft_event_merger_flush: writes all events up to @until_ns, less the margin, to the recording;
 * %G_MAXINT64: all there are. Returns how many. */
gsize weft_event_merger_flush (WeftEventMerger *merger, gint64 until_ns);

/** weft_event_merger_get_n_held: events that wait. */
gsize weft_event_merger_get_n_held (WeftEventMerger *merger);

G_END_DECLS
