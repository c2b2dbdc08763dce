/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the members of a crew wait until all of them are there, so that they start at the same time. They
 * sleep there: one that spun would keep others from their cores.
 */
#pragma once

#include "weft-crew.h"

typedef struct
{
  _Atomic guint32 *open; /* in shared memory */
} WeftStartingLine;

/* FALSE after weft_run_fail(). */
gboolean weft_starting_line_init (WeftStartingLine *line, WeftRun *run);

/* For a member, whose lane has begun with WEFT_WIRE_WAITING: returns once the line is open. */
void weft_starting_line_wait (const WeftStartingLine *line);

/* For the one who has started all of them: opens the line, lets them run for @duration_ns, ends the run's
 * time, and waits for them. Tells of those that were ended from outside, and returns how many they were. */
guint weft_starting_line_run (const WeftStartingLine *line, WeftRun *run, WeftCrew *crew, gint64 duration_ns);
