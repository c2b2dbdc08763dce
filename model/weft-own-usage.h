/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What Weft itself costs, for its status line.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When usage was last asked for. Zero it first. */
typedef struct
{
  gint64 cpu_ns;
  gint64 wall_ns;
} WeftOwnUsage;

/**
 * weft_own_usage_sample:
 *
 * Returns: CPU time that this process, all its threads but not its children, took since the last call,
 *   in percent of a core; NaN the first time, or when no time has passed
 */
double weft_own_usage_sample (WeftOwnUsage *usage);

G_END_DECLS
