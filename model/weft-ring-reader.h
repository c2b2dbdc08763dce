/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that turns what is in the rings into the recording. It is the only one that writes lanes,
 * objects, tasks and log.
 *
 * Pass after pass, it notes the time T, takes what each ring holds, writes spans and tasks at once and
 * what needs a common order through the event merger (see weft-event-merger.h for T), and publishes
 * that the recording is complete up to T. It passes a hundred times a second, and each time that a lane
 * finds its ring half full.
 *
 * When the recording has reached its budget of memory, the rings are still emptied and the exact totals
 * still copied, but every event counts as dropped.
 */
#pragma once

#include "weft-recording.h"
#include "weft-switch-source.h"
#include "weft-wire.h"

G_BEGIN_DECLS

typedef struct _WeftRingReader WeftRingReader;

/** weft_ring_reader_new: of a run that has begun (weft_recording_begin()). @wire must outlive the reader. */
WeftRingReader *weft_ring_reader_new (const WeftWire *wire, WeftRecording *recording);

/** weft_ring_reader_free: finishes first if need be. */
void weft_ring_reader_free (WeftRingReader *reader);

/** weft_ring_reader_take_switches: @source: (transfer full): whose records it reads as well. Before it starts. */
void weft_ring_reader_take_switches (WeftRingReader *reader, WeftSwitchSource *source);

/** weft_ring_reader_start: starts the thread. False where the system gives none. */
gboolean weft_ring_reader_start (WeftRingReader *reader, GError **error);

/** weft_ring_reader_finish: to be called when every process of the run is gone: ends the thread, takes
 * what is left, ends the lanes that are still live, and lets the recording end now. Blocks for the few
 * milliseconds that takes. */
void weft_ring_reader_finish (WeftRingReader *reader);

/** weft_ring_reader_pass: one pass, for tests; not with the thread running. */
void weft_ring_reader_pass (WeftRingReader *reader);

G_END_DECLS
