/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holds one child and says when it is narrow, so that whoever owns it can lay the child out in
 * another way. (libadwaita has breakpoints from 1.4 on; the floor is 1.2.)
 *
 * Properties: narrow (boolean, read-only, explicit-notify): the width given is less than
 * narrow-below; narrow-below (int, px); natural-width (int, px): what it asks for, whatever is in
 * it, so that a leaflet around it folds at a known width.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WEFT_TYPE_ADAPTIVE_BIN (weft_adaptive_bin_get_type ())
G_DECLARE_FINAL_TYPE (WeftAdaptiveBin, weft_adaptive_bin, WEFT, ADAPTIVE_BIN, GtkWidget)

gboolean weft_adaptive_bin_get_narrow (WeftAdaptiveBin *self);

G_END_DECLS
