/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel has counted for each core since it came up. From libgtop, as far as that goes:
 *
 * - It says nothing of steal time, and its total leaves it out. That comes from /proc/stat.
 * - It stops at the first core that is offline, so that all after it read 0. While any core is offline,
 *   all of it comes from /proc/stat.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeftCoreReading: in ticks of the kernel, 10 ms on most.
 * @online: whether the rest is known
 * @busy: user, nice, system, irq and softirq
 * @idle: idle, and idle while input or output was under way
 * @steal: when the hypervisor ran others
 */
typedef struct
{
  gboolean online;
  guint64 busy;
  guint64 idle;
  guint64 steal;
} WeftCoreReading;

/** WeftCoreSource: fills in @n_cores readings. */
typedef void (*WeftCoreSource) (WeftCoreReading *readings, guint n_cores, gpointer data);

/** weft_core_source_machine: this machine's. Main thread only, because of libgtop. */
void weft_core_source_machine (WeftCoreReading *readings, guint n_cores, gpointer data);

/** weft_core_source_count_cores: the highest number of a core that exists, plus one. */
guint weft_core_source_count_cores (void);

/** weft_core_source_parse_stat: what @text, of the form of /proc/stat, says of each core. */
void weft_core_source_parse_stat (const char *text, WeftCoreReading *readings, guint n_cores);

G_END_DECLS
