/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "weft-time-view.h"

G_BEGIN_DECLS

/* Nanoseconds of CLOCK_MONOTONIC. */
typedef gint64 (*WeftTimeViewClock) (gpointer data);

/** weft_time_view_set_clock: for tests: where following reads the time from. @clock NULL: the real one. */
void weft_time_view_set_clock (WeftTimeView *view, WeftTimeViewClock clock, gpointer data);

G_END_DECLS
