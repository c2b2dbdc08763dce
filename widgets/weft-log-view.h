/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The run's log, line by line. Rows are made when they come into view, so a million lines cost
 * nothing. Shows what the view's frame holds (so it stands still while paused), grows at most ten
 * times a second, and stays at its end while the run is followed, unless it was scrolled away from
 * there. Choosing a line moves the cursor to its time and selects its lane.
 *
 * Accessible name of the list: "Log".
 */
#pragma once

#include <gtk/gtk.h>

#include "weft-time-view.h"

G_BEGIN_DECLS

#define WEFT_TYPE_LOG_VIEW (weft_log_view_get_type ())
G_DECLARE_FINAL_TYPE (WeftLogView, weft_log_view, WEFT, LOG_VIEW, GtkWidget)

/* Property: view (WeftTimeView, nullable, rw): the charts' one. It scrolls by itself: no scrolled
 * window around it is needed. */
GtkWidget *weft_log_view_new (WeftTimeView *view);
void weft_log_view_set_view (WeftLogView *self, WeftTimeView *view);
WeftTimeView *weft_log_view_get_view (WeftLogView *self);

G_END_DECLS
