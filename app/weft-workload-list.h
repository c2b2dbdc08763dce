/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalogue: a search entry over a list of workloads, grouped, in the catalogue's order.
 *
 * Signals:
 *   "selected" (gpointer info, gboolean open): a workload was chosen. @open: it was chosen for good,
 *   not passed with the arrow keys, so where the list hides its page, the page should come forward.
 */
#pragma once

#include <adwaita.h>

#include "weft-catalogue.h"

G_BEGIN_DECLS

#define WEFT_TYPE_WORKLOAD_LIST (weft_workload_list_get_type ())
G_DECLARE_FINAL_TYPE (WeftWorkloadList, weft_workload_list, WEFT, WORKLOAD_LIST, AdwBin)

/** weft_workload_list_select: selects @info's row, which emits "selected" if another was selected. */
void weft_workload_list_select (WeftWorkloadList *self, const WeftWorkloadInfo *info);

/** weft_workload_list_set_running: @info: (nullable): marks the workload that runs now. */
void weft_workload_list_set_running (WeftWorkloadList *self, const WeftWorkloadInfo *info);

/** weft_workload_list_focus_search: puts the focus into the search entry. */
void weft_workload_list_focus_search (WeftWorkloadList *self);

/** weft_workload_list_focus_selected: puts the focus onto the selected workload. */
void weft_workload_list_focus_selected (WeftWorkloadList *self);

G_END_DECLS
