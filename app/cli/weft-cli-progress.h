/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The progress line: on standard error, where that is a terminal, redrawn in place.
 */
#pragma once

#include "weft-recording.h"

G_BEGIN_DECLS

typedef struct _WeftCliProgress WeftCliProgress;

/** weft_cli_progress_new: (nullable): %NULL where standard error is no terminal. */
WeftCliProgress *weft_cli_progress_new (WeftRecording *recording);
void weft_cli_progress_free (WeftCliProgress *progress);

/** weft_cli_progress_show: draws it with what is now true, no more often than five times a second. */
void weft_cli_progress_show (WeftCliProgress *progress);

/** weft_cli_progress_hide: clears it, because something else is to be written. */
void weft_cli_progress_hide (WeftCliProgress *progress);

/** weft_cli_dup_figures: (transfer full): "4 of 5 tasks, 96 events, none dropped": what the progress
 * line and the closing line say. */
char *weft_cli_dup_figures (const WeftFrame *frame);

G_END_DECLS
