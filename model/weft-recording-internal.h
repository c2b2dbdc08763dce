/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What weft-recording.c and weft-recording-text.c share: the words for tasks and log lines. Made once,
 * read by any thread.
 */
#pragma once

#include "weft-recording-private.h"

G_BEGIN_DECLS

typedef struct _WeftRecordingNames WeftRecordingNames;

/* @info and @parameters may be %NULL: tasks are then called by their number. */
WeftRecordingNames *weft_recording_names_new (const WeftWorkloadInfo *info, WeftParameters *parameters);
void weft_recording_names_free (WeftRecordingNames *names);
const WeftRecordingNames *weft_recording_get_names (WeftRecording *recording);

G_END_DECLS
