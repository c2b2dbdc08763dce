/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The helper's first process. It has one thread, starts the workload when run control says go, tells
 * how it goes, and ends with every descendant gone, whatever happens to any of them or to run control.
 */
#pragma once

/* Serves one run. Returns the helper's exit status. */
int weft_supervisor_run (int memory_fd, int control_fd);
