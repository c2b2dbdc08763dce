/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random numbers by name rather than by order: the number for (seed, stream, index) is the same
 * whoever asks and when, so a run repeats its durations although the kernel shuffles its lanes.
 */
#pragma once

#include <glib.h>

typedef enum
{
  WEFT_RANDOM_TASKS,
  WEFT_RANDOM_PRODUCE,
  WEFT_RANDOM_CONSUME,
  WEFT_RANDOM_READS
} WeftRandomStream;

typedef enum
{
  WEFT_DISTRIBUTION_FIXED,
  WEFT_DISTRIBUTION_UNIFORM,
  WEFT_DISTRIBUTION_EXPONENTIAL
} WeftDistribution;

/* A number in [0, 1). */
double weft_random_unit (guint64 seed, WeftRandomStream stream, guint64 index);

/* A time of mean @mean_ns: that itself, uniform from 0 to twice it, or exponential. */
gint64 weft_random_duration (WeftDistribution distribution, gint64 mean_ns, guint64 seed,
                             WeftRandomStream stream, guint64 index);
