/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads what the kernel has counted for each live lane: CPU time and ready time from
 * /proc/PID/task/TID/schedstat, context switches from status. When a lane ends it says its own last
 * figures, which are exact and replace the samples. And it looks, more often, whether a lane is stopped, by
 * SIGSTOP or a debugger, because then it does not do what its last event says. Main thread only.
 */
#pragma once

#include "weft-recording.h"

G_BEGIN_DECLS

typedef struct _WeftThreadSampler WeftThreadSampler;

WeftThreadSampler *weft_thread_sampler_new (WeftRecording *recording);
void weft_thread_sampler_free (WeftThreadSampler *sampler);

/** weft_thread_sampler_start: samples by a timer from now on, until it is freed. */
void weft_thread_sampler_start (WeftThreadSampler *sampler);

/** weft_thread_sampler_sample: one turn of it: all live lanes, or, when there are very many, the next of
 * them. */
void weft_thread_sampler_sample (WeftThreadSampler *sampler);

/** weft_thread_sampler_look: a turn that only looks which lanes are stopped. After the last event has been
 * read it also ends the stops of lanes that have ended. */
void weft_thread_sampler_look (WeftThreadSampler *sampler);

G_END_DECLS
