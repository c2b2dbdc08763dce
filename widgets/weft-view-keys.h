/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the charts' keys do to a time view. No key with Ctrl, Alt or Super is taken.
 *
 *   A, Left      pan left                   D, Right      pan right
 *   W, +         zoom in                    S, -          zoom out
 *   Shift+Left   cursor left                Shift+Right   cursor right
 *   ,            cursor to the previous     .             cursor to the next span of the
 *                span of the selected lane                selected lane
 *   Up           previous lane              Down          next lane
 *   Page Up      ten lanes up               Page Down     ten lanes down
 *   Home         begin of the run           End           end of the run; follows it while it is live
 *   F            fit                        Escape        clears the cursor
 *
 * Zooming keeps the cursor where it is, when there is one in view, else the middle.
 */
#pragma once

#include <gdk/gdk.h>

#include "weft-time-view.h"

G_BEGIN_DECLS

/** weft_view_keys_handle: @width_px: of the plot. Returns: whether the key meant something. */
gboolean weft_view_keys_handle (WeftTimeView *view, guint keyval, GdkModifierType state, int width_px);

G_END_DECLS
