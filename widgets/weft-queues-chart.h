/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chart "Queues": the depth of each queue over time. */
#pragma once

#include "weft-chart.h"

G_BEGIN_DECLS

#define WEFT_TYPE_QUEUES_CHART (weft_queues_chart_get_type ())
G_DECLARE_FINAL_TYPE (WeftQueuesChart, weft_queues_chart, WEFT, QUEUES_CHART, WeftChart)

GtkWidget *weft_queues_chart_new (WeftTimeView *view);

G_END_DECLS
