/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every workload's description. A new workload is one file, one line here and one in the table.
 */
#pragma once

#include "weft-workload.h"

extern const WeftWorkload weft_pool_workload;
extern const WeftWorkload weft_queue_workload;
extern const WeftWorkload weft_busy_loops_workload;
extern const WeftWorkload weft_lock_contention_workload;

/* The workload whose id is @id, or NULL. */
const WeftWorkload *weft_workloads_find (const char *id);
