/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a lane that was stopped, by SIGSTOP or a debugger, did not do: its spans go on saying what it last
 * did, and its stops, which are sampled, say for which part of them that is not true.
 */
#pragma once

#include "weft-recording.h"

G_BEGIN_DECLS

/**
 * weft_lane_stops_shares:
 * @until_ns: where the lane's last span ends
 * @shares_ns: (out caller-allocates): for each activity, the part of [@begin_ns, @end_ns) for which the lane's
 *   spans claim it although it was seen stopped
 *
 * Returns: their sum, in ns; 0 where it was never seen stopped
 */
gint64 weft_lane_stops_shares (const WeftFrameLane *lane, gint64 until_ns, gint64 begin_ns, gint64 end_ns,
                               gint64 shares_ns[WEFT_N_ACTIVITIES]);

G_END_DECLS
