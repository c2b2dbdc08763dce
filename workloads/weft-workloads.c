/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of all workloads, in the catalogue's order. */
#include "weft-workloads.h"

#include <string.h>

const WeftWorkload *const weft_workloads[] = {
  &weft_pool_workload,
  &weft_queue_workload,
  &weft_busy_loops_workload,
  &weft_lock_contention_workload,
  NULL,
};

const WeftWorkload *
weft_workloads_find (const char *id)
{
  for (guint i = 0; weft_workloads[i] != NULL; i++)
    if (strcmp (weft_workloads[i]->id, id) == 0)
      return weft_workloads[i];
  return NULL;
}
