/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The column of charts on one time axis: overview, ruler, cores, timeline, legend, queues. It owns the
 * time view that they share, and the one tick callback that moves it.
 *
 * Accessible names of the charts: "Whole run", "Cores", "Timeline", "Legend", "Queues". Their current
 * values are their accessible descriptions, changed at most twice a second.
 *
 * Mouse and touch: the pointer moves the cursor; drag pans (lanes too, in the timeline); wheel zooms
 * at the pointer; Shift+wheel and a horizontal wheel pan; a wheel over the labels scrolls the rows;
 * pinch zooms; double click fits; a click selects a lane.
 *
 * Keys: see weft-view-keys.h.
 */
#pragma once

#include <gtk/gtk.h>

#include "weft-plot-style.h"
#include "weft-time-view.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CHARTS (weft_charts_get_type ())
G_DECLARE_FINAL_TYPE (WeftCharts, weft_charts, WEFT, CHARTS, GtkWidget)

/* Properties: view (WeftTimeView, read-only, never NULL: for follow, paused, cursor, selected lane),
 * scheme (int, a WeftStyleScheme), saving (boolean: a live run is redrawn once a second, in the same instant
 * as other timeouts of whole seconds, and not for each frame of the display). */
GtkWidget *weft_charts_new (void);

WeftTimeView *weft_charts_get_view (WeftCharts *self);

/** weft_charts_set_recording: @recording: (nullable): shown, and followed while it is live. */
void weft_charts_set_recording (WeftCharts *self, WeftRecording *recording);

/** weft_charts_set_style: light or dark, ordinary or high contrast; whoever knows of a change calls it. */
void weft_charts_set_style (WeftCharts *self, WeftStyleScheme scheme);
WeftStyleScheme weft_charts_get_style (WeftCharts *self);

/** weft_charts_handle_key: for a window that wants the charts' keys to work wherever the focus is (not
 * in an entry): call it from a key controller in the bubble phase.
 *
 * Returns: whether the key meant something here */
gboolean weft_charts_handle_key (WeftCharts *self, guint keyval, GdkModifierType state);

G_END_DECLS
