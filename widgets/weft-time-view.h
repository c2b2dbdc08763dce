/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all charts share: the recording shown, the visible range of time, whether it follows the run,
 * the cursor, the selected lane. Charts watch it and change it; they know nothing of each other.
 */
#pragma once

#include <glib-object.h>

#include "weft-recording.h"

G_BEGIN_DECLS

#define WEFT_TYPE_TIME_VIEW (weft_time_view_get_type ())
G_DECLARE_FINAL_TYPE (WeftTimeView, weft_time_view, WEFT, TIME_VIEW, GObject)

/* Properties (all explicit-notify): recording (WeftRecording, nullable), follow (boolean, rw),
 * paused (boolean, rw: the picture stands still while the run and its recording go on; follow is FALSE
 * meanwhile, and unpausing returns to following if it followed before), cursor-ns (int64, -1: none),
 * selected-lane (int, -1: none).
 * Signals: "changed": anything that a chart draws may have changed: range, recording, cursor. */
WeftTimeView *weft_time_view_new (void);

void weft_time_view_set_recording (WeftTimeView *view, WeftRecording *recording);
WeftRecording *weft_time_view_get_recording (WeftTimeView *view);

/** weft_time_view_get_range: visible range, ns since the run's start; may reach outside the run. */
void weft_time_view_get_range (WeftTimeView *view, gint64 *begin_ns, gint64 *end_ns);

/** weft_time_view_set_range: clamps to [100 ns, …] of width and to the run with a margin; ends
 * following. */
void weft_time_view_set_range (WeftTimeView *view, gint64 begin_ns, gint64 end_ns);

/** weft_time_view_zoom: @factor < 1 zooms in; @center_ns stays where it is on the screen. While
 * following, the width changes and it follows on. */
void weft_time_view_zoom (WeftTimeView *view, double factor, gint64 center_ns);
void weft_time_view_pan (WeftTimeView *view, gint64 delta_ns);

/** weft_time_view_fit: shows the whole run; of a live one, all there is so far, following it. */
void weft_time_view_fit (WeftTimeView *view);

gboolean weft_time_view_get_follow (WeftTimeView *view);
void weft_time_view_set_follow (WeftTimeView *view, gboolean follow);
gboolean weft_time_view_get_paused (WeftTimeView *view);
void weft_time_view_set_paused (WeftTimeView *view, gboolean paused);

gint64 weft_time_view_get_cursor (WeftTimeView *view);
void weft_time_view_set_cursor (WeftTimeView *view, gint64 time_ns);

/** weft_time_view_go_to: moves the cursor to @time_ns, or as near as the run is, and the range if it
 * would be out of sight. */
void weft_time_view_go_to (WeftTimeView *view, gint64 time_ns);
int weft_time_view_get_selected_lane (WeftTimeView *view);
void weft_time_view_set_selected_lane (WeftTimeView *view, int lane);

/** weft_time_view_get_frame: (transfer none): the frame that all charts draw now: taken at most once
 * for each call of weft_time_view_advance(). */
const WeftFrame *weft_time_view_get_frame (WeftTimeView *view);

/** weft_time_view_advance: called once for each display frame (by the one tick callback that the
 * window's WeftCharts container has): takes a new frame if the recording's serial changed, moves the
 * range when following by at least a device pixel of @width_px, emits "changed" if anything did. */
void weft_time_view_advance (WeftTimeView *view, int width_px, int scale);

G_END_DECLS
