/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chart "Timeline": a row for each lane; a click selects one. */
#pragma once

#include "weft-chart.h"

G_BEGIN_DECLS

#define WEFT_TYPE_TIMELINE_CHART (weft_timeline_chart_get_type ())
G_DECLARE_FINAL_TYPE (WeftTimelineChart, weft_timeline_chart, WEFT, TIMELINE_CHART, WeftChart)

GtkWidget *weft_timeline_chart_new (WeftTimeView *view);

G_END_DECLS
