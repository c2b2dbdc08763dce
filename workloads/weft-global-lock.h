/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A global interpreter lock, as CPython's (Python/ceval_gil.c): of the threads of one process only the one
 * that has it runs. One that waits asks for it after an interval; the owner looks now and then whether it is
 * asked, lets go, and does not take it again before another has had it.
 */
#pragma once

#include "weft-run.h"

typedef struct _WeftGlobalLock WeftGlobalLock;

/* Makes the lock and its object @name on the wire. NULL after weft_run_fail(). */
WeftGlobalLock *weft_global_lock_new (WeftRun *run, const char *name, gint64 interval_ns);

/* Waits until @lane may run. */
void weft_global_lock_take (WeftGlobalLock *lock, WeftLane *lane);

/* Whether the owner is asked to let go. Cheap: one load. */
gboolean weft_global_lock_is_asked (const WeftGlobalLock *lock);

/* Lets another one run, and waits until @lane may again. */
void weft_global_lock_hand_over (WeftGlobalLock *lock, WeftLane *lane);

/* @lane has done with it. */
void weft_global_lock_drop (WeftGlobalLock *lock, WeftLane *lane);
