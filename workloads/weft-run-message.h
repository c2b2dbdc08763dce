/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "weft-run.h"

/* Fills @run's workload, parameters, seed and cores from run control's "run" message. It has checked
 * the values against the catalogue; here only what would crash a workload is looked for: something
 * missing, or of another type. Returns NULL, or a sentence to free with g_free(). */
char *weft_run_message_read (JsonObject *message, WeftRun *run);
