/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

/* Sends SIGKILL to every process that descends from the caller, or is of the caller's session where
 * the caller leads one. One pass over /proc: what is born meanwhile may be missed, so the caller
 * repeats it until it has no children left; as a subreaper it inherits every orphan among them. */
void weft_process_tree_kill (void);
