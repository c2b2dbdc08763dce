/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests of run control: another program in the helper's place.
 */
#pragma once

#include "weft-run-control.h"

G_BEGIN_DECLS

/** weft_run_control_set_helper_for_tests: @path: (nullable): what the next runs start; %NULL: the real helper
 * again. @ready_timeout_ms: how long it may take to say that it is ready; 0: as ever. */
void weft_run_control_set_helper_for_tests (const char *path, guint ready_timeout_ms);

G_END_DECLS
