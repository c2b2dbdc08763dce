/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds and ends the processes of a run that its supervisor has left behind, because it was killed
 * itself. Run control is a subreaper, so they become its children, or stay descendants of one. Which
 * of our descendants belong to the run is told by their session, which is one that the helper makes, and
 * by a mark in their environment; the window's other children have neither.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The variable that marks a run's processes. */
#define WEFT_RUN_MARK_VARIABLE "WEFT_RUN"

typedef struct _WeftProcessSweeper WeftProcessSweeper;

/**
 * WeftProcessReaped: a process of the run was reaped.
 * @status: as waitpid() gives it
 * @usage: as wait4() gives it, a struct rusage
 */
typedef void (*WeftProcessReaped) (gint pid, gint status, gconstpointer usage, gpointer data);

/** weft_process_sweeper_new: @helper: pid and session of the helper, 0: not known; @mark: the variable's
 * value. */
WeftProcessSweeper *
weft_process_sweeper_new (gint helper, const char *mark, WeftProcessReaped reaped, gpointer data);
void weft_process_sweeper_free (WeftProcessSweeper *sweeper);

/**
 * weft_process_sweeper_sweep:
 *
 * Kills every process of the run but the helper itself, which others reap, and reaps those that have
 * become our children. To be called again until it finds none, because what is killed takes its time to
 * be gone, and may have forked just before.
 *
 * Returns: how many it found, those that it reaped included
 */
guint weft_process_sweeper_sweep (WeftProcessSweeper *sweeper);

/** weft_process_sweeper_describe: (transfer full): those left at the last sweep: "sleep (1234), sort
 * (1235)". */
char *weft_process_sweeper_describe (WeftProcessSweeper *sweeper);

G_END_DECLS
