/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a run has yielded so far, or in the end: the workload's own figures under the titles of its
 * description, and what all runs have. All of it comes from the summary. What is not known is "—".
 */
#pragma once

#include <adwaita.h>

#include "weft-recording.h"

G_BEGIN_DECLS

#define WEFT_TYPE_RESULT_PANEL (weft_result_panel_get_type ())
G_DECLARE_FINAL_TYPE (WeftResultPanel, weft_result_panel, WEFT, RESULT_PANEL, AdwBin)

/** weft_result_panel_set_recording: @recording: (nullable): what it shows. */
void weft_result_panel_set_recording (WeftResultPanel *self, WeftRecording *recording);

/** weft_result_panel_refresh: reads the recording again: now, or, when it was done a moment ago or
 * nobody can see it, when that has changed. To be called when the run has ended. */
void weft_result_panel_refresh (WeftResultPanel *self);

G_END_DECLS
