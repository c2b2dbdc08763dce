/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads one lane: takes its records out of the ring, checks them, and writes what they say into the
 * recording. For the ring reader's thread.
 */
#pragma once

#include "weft-drain.h"
#include "weft-event-merger.h"
#include "weft-switch-reader.h"

G_BEGIN_DECLS

/* What all lanes of a run share. */
typedef struct
{
  const WeftWire *wire;
  WeftRecording *recording;
  WeftTasks *tasks;
  WeftEventMerger *merger;
  WeftSwitchReader *switches; /* NULL: scheduling is not recorded exactly */
  WeftClockMap clock;
  gint64 start_ns;      /* of the run, CLOCK_MONOTONIC */
  guint32 ring_records; /* 0: not known yet */
  WeftEvent *buffer;    /* WEFT_LANE_READER_BATCH of them */
  guint64 events;       /* recorded */
  guint64 dropped;      /* by the lanes, or because the recording is full */
  gboolean full;        /* the recording has reached its budget: nothing more is added */
  guint64 invalid;
  gboolean line_has_seconds[256]; /* whether the value of a log line is a duration */
  gboolean line_has_value[256];   /* whether it shows a value at all */
  guint n_lines;
  gint recording_index[WEFT_WIRE_MAX_LANES]; /* of the lane in the shared table; -1: not known */
} WeftReaderContext;

#define WEFT_LANE_READER_BATCH 512

typedef struct _WeftLaneReader WeftLaneReader;

/** weft_reader_context_now: the run's clock, in ns since the run's start. */
gint64 weft_reader_context_now (const WeftReaderContext *context);

/** weft_reader_context_find_object: whether the recording has object @number; adds it from the shared
 * table if it is there. */
gboolean weft_reader_context_find_object (WeftReaderContext *context, guint number);

/** weft_lane_reader_open: (nullable): %NULL while the slot is not filled in. */
WeftLaneReader *weft_lane_reader_open (WeftReaderContext *context, guint16 index);
void weft_lane_reader_free (WeftLaneReader *reader);

/** weft_lane_reader_read: the next WEFT_LANE_READER_BATCH records, or as many as there are. Returns whether
 * there may be more. */
gboolean weft_lane_reader_read (WeftLaneReader *reader, WeftReaderContext *context);

/** weft_lane_reader_get_last: the time of the last record that was read; what follows is not earlier. */
gint64 weft_lane_reader_get_last (const WeftLaneReader *reader);

/** weft_lane_reader_update_totals: copies the exact totals. */
void weft_lane_reader_update_totals (WeftLaneReader *reader, WeftReaderContext *context);

/** weft_lane_reader_stop_recording: the recording is full, as @context says from now on: what the lane does
 * from @time_ns on is not known. */
void weft_lane_reader_stop_recording (WeftLaneReader *reader, gint64 time_ns);

/** weft_lane_reader_is_closed: nothing more will come. */
gboolean weft_lane_reader_is_closed (const WeftLaneReader *reader);

/** weft_lane_reader_close: ends the lane now, however it is, because every process of the run is gone. */
void weft_lane_reader_close (WeftLaneReader *reader, WeftReaderContext *context);

G_END_DECLS
