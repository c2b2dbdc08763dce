/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole run in a strip, with the shared range as a window on it. Dragging the window moves it,
 * dragging an edge resizes it, a click elsewhere centres it there.
 */
#pragma once

#include "weft-chart.h"

G_BEGIN_DECLS

#define WEFT_TYPE_OVERVIEW (weft_overview_get_type ())
G_DECLARE_FINAL_TYPE (WeftOverview, weft_overview, WEFT, OVERVIEW, WeftChart)

GtkWidget *weft_overview_new (WeftTimeView *view);

G_END_DECLS
