/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chart "Cores": a row for all cores and one for each core. */
#pragma once

#include "weft-chart.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CORES_CHART (weft_cores_chart_get_type ())
G_DECLARE_FINAL_TYPE (WeftCoresChart, weft_cores_chart, WEFT, CORES_CHART, WeftChart)

GtkWidget *weft_cores_chart_new (WeftTimeView *view);

G_END_DECLS
