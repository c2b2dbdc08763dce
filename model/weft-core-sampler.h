/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Samples the load of the cores into a recording while a run goes on: the kernel counts in ticks of
 * 10 ms, so five samples a second, each accurate to 5 %, is about what there is to be had. Main thread
 * only.
 */
#pragma once

#include "weft-core-source.h"
#include "weft-recording.h"

G_BEGIN_DECLS

#define WEFT_CORE_SAMPLER_PERIOD_MS 200

typedef struct _WeftCoreSampler WeftCoreSampler;

/** weft_core_sampler_new: sets the recording's number of cores. @source: (nullable): %NULL: this
 * machine's. */
WeftCoreSampler *
weft_core_sampler_new (WeftRecording *recording, guint n_cores, WeftCoreSource source, gpointer data);
void weft_core_sampler_free (WeftCoreSampler *sampler);

/** weft_core_sampler_start: when the run has begun: reads for the first time, and from then on by a timer. */
void weft_core_sampler_start (WeftCoreSampler *sampler);

/** weft_core_sampler_stop: ends the timer with a last sample, unless the one before it was just taken. */
void weft_core_sampler_stop (WeftCoreSampler *sampler);

/** weft_core_sampler_sample: reads at @now_ns since the run's start; all but the first time, that makes
 * a sample. For tests, and for the functions above. */
void weft_core_sampler_sample (WeftCoreSampler *sampler, gint64 now_ns);

G_END_DECLS
