/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the colours and patterns of the timeline mean: those that occur. */
#pragma once

#include "weft-chart.h"

G_BEGIN_DECLS

#define WEFT_TYPE_LEGEND (weft_legend_get_type ())
G_DECLARE_FINAL_TYPE (WeftLegend, weft_legend, WEFT, LEGEND, WeftChart)

GtkWidget *weft_legend_new (WeftTimeView *view);

G_END_DECLS
