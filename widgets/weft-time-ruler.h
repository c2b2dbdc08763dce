/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ticks and labels of the shared range of time. */
#pragma once

#include "weft-chart.h"

G_BEGIN_DECLS

#define WEFT_TYPE_TIME_RULER (weft_time_ruler_get_type ())
G_DECLARE_FINAL_TYPE (WeftTimeRuler, weft_time_ruler, WEFT, TIME_RULER, WeftChart)

GtkWidget *weft_time_ruler_new (WeftTimeView *view);

G_END_DECLS
