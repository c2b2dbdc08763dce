/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns the kernel's switch records into the recording's schedule. For the ring reader's thread, which stays
 * the only writer of what it writes.
 *
 * The records of all cores are put into one order by their time. A record may become visible some time after
 * its time, so the last few milliseconds wait for the next pass.
 */
#pragma once

#include "weft-recording.h"
#include "weft-switch-source.h"

G_BEGIN_DECLS

typedef struct _WeftSwitchReader WeftSwitchReader;

/** weft_switch_reader_new: @source: (transfer full): of a run that has begun. */
WeftSwitchReader *weft_switch_reader_new (WeftSwitchSource *source, WeftRecording *recording);
void weft_switch_reader_free (WeftSwitchReader *reader);

/** weft_switch_reader_pass: takes what there is up to about @now_ns, in ns since the run's start. To be called
 * after the rings of the lanes were read up to then. @last: nothing will come any more. */
void weft_switch_reader_pass (WeftSwitchReader *reader, gint64 now_ns, gboolean last);

/** weft_switch_reader_stop: from @now_ns on the run is sampled, because of @reason (static, sentences). */
void weft_switch_reader_stop (WeftSwitchReader *reader, gint64 now_ns, const char *reason);

/** weft_switch_reader_note_ready: lane @lane of the recording says at @time_ns that, since it said so last, it
 * was ready without a core for @ready_ns in all. In the order of time for each lane. */
void weft_switch_reader_note_ready (WeftSwitchReader *reader, guint lane, gint64 time_ns, gint64 ready_ns);

G_END_DECLS
