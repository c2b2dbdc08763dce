/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs one workload: starts the helper, reads its rings, samples the cores, ends everything. Main
 * thread only; needs its default main context to be iterated.
 */
#pragma once

#include <gio/gio.h>

#include "weft-recording.h"

G_BEGIN_DECLS

#define WEFT_TYPE_RUN_CONTROL (weft_run_control_get_type ())
G_DECLARE_FINAL_TYPE (WeftRunControl, weft_run_control, WEFT, RUN_CONTROL, GObject)

/** WeftScheduling: how the kernel's scheduling is recorded. */
typedef enum
{
  WEFT_SCHEDULING_EXACT, /* where the system allows it, else sampled, with the reason in the recording */
  WEFT_SCHEDULING_SAMPLED,
  WEFT_SCHEDULING_OFF
} WeftScheduling;

/**
 * weft_run_control_start:
 * @parameters: checked; every value in force is the run's
 *
 * Starts the helper and tells it to run. The error says what could not be had (memfd, helper program,
 * process) and what to do.
 *
 * Returns: (transfer full) (nullable):
 */
WeftRunControl *
weft_run_control_start (WeftParameters *parameters, WeftScheduling scheduling, GError **error);

/** weft_run_control_stop: asks for the ordinary end with @outcome (stopped or timeout); all of it has
 * ended within 500 ms, if need be by SIGKILL. Returns at once; calling it again does nothing. */
void weft_run_control_stop (WeftRunControl *control, WeftOutcome outcome);

/** weft_run_control_stop_now: as above, and iterates until the run has ended. For leaving a program. */
void weft_run_control_stop_now (WeftRunControl *control);

/** weft_run_control_is_running: until the signal "ended" is emitted: by then every process of the run
 * is gone, the rings are drained, and outcome, message and result are in the recording. */
gboolean weft_run_control_is_running (WeftRunControl *control);

WeftRecording *weft_run_control_get_recording (WeftRunControl *control);

/** weft_run_control_get_helper_pid: of the run's first process, its supervisor; 0 if it ended at once. */
gint weft_run_control_get_helper_pid (WeftRunControl *control);

G_END_DECLS
