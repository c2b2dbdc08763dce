/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line at the bottom of the window: how the run stands, what was recorded and lost, how it was
 * sampled, and what Weft itself costs.
 */
#pragma once

#include <adwaita.h>

#include "weft-recording.h"

G_BEGIN_DECLS

#define WEFT_TYPE_STATUS_LINE (weft_status_line_get_type ())
G_DECLARE_FINAL_TYPE (WeftStatusLine, weft_status_line, WEFT, STATUS_LINE, AdwBin)

/** weft_status_line_set_recording: @recording: (nullable): what it tells of. */
void weft_status_line_set_recording (WeftStatusLine *self, WeftRecording *recording);

/** weft_status_line_set_compact: only what fits a narrow window. */
void weft_status_line_set_compact (WeftStatusLine *self, gboolean compact);

/** weft_status_line_set_saving: it is to be redrawn once a second only. */
void weft_status_line_set_saving (WeftStatusLine *self, gboolean saving);

/** weft_status_line_refresh: tells it now. To be called when the run has ended. */
void weft_status_line_refresh (WeftStatusLine *self);

G_END_DECLS
