/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One run at the command line: starts it, prints its log as it happens, and ends it when its time is
 * up, a signal comes, or nobody reads the output any more.
 */
#pragma once

#include "weft-run-control.h"

G_BEGIN_DECLS

typedef struct
{
  WeftParameters *parameters;
  WeftScheduling scheduling;
  double duration_s; /* after which the run is stopped in the ordinary way; 0: never */
  double timeout_s;  /* after which it counts as too long; 0: never */
  gboolean prints_log;
  gboolean is_quiet; /* no progress and no closing line either */
} WeftCliSessionOptions;

/**
 * weft_cli_session_run:
 * @code: (out): the exit code
 *
 * Returns when everything of the run is gone. What went wrong was then said on standard error.
 *
 * Returns: (transfer full) (nullable): what was recorded; %NULL if the run could not be started
 */
WeftRecording *weft_cli_session_run (const WeftCliSessionOptions *options, int *code);

G_END_DECLS
