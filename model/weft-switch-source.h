/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's own record of context switches, births and deaths of a process and of everything that it
 * starts later: one software event that never counts anything (perf_event_open) for each core, and a ring
 * for each that the kernel writes. It takes no privilege up to perf_event_paranoid 2.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

struct perf_event_attr;

typedef enum
{
  WEFT_SWITCH_IN,
  WEFT_SWITCH_OUT_READY,   /* another was put on its core */
  WEFT_SWITCH_OUT_BLOCKED, /* it waits for something */
  WEFT_SWITCH_BIRTH,
  WEFT_SWITCH_DEATH,
  WEFT_SWITCH_NAME
} WeftSwitchKind;

/**
 * WeftSwitch: one record.
 * @time_ns: CLOCK_MONOTONIC
 * @pid, @tid: whom it is about
 * @parent: of a birth: the tid of who started it
 * @core: where it was written
 * @name: of a name
 */
typedef struct
{
  gint64 time_ns;
  WeftSwitchKind kind;
  gint pid;
  gint tid;
  gint parent;
  guint core;
  char name[16];
} WeftSwitch;

typedef struct _WeftSwitchSource WeftSwitchSource;

/**
 * weft_switch_source_open:
 * @pid: single-threaded still; what it starts from now on is covered
 * @reason: (out): why it could not be had and what to do, in sentences
 *
 * Returns: (transfer full) (nullable): %NULL with @reason where it is refused.
 */
WeftSwitchSource *weft_switch_source_open (gint pid, guint n_cores, char **reason);
void weft_switch_source_free (WeftSwitchSource *source);

/**
 * weft_switch_source_read:
 * @switches: (element-type WeftSwitch): what is there is appended; the records of one core in their order
 *
 * Returns: %FALSE if records were lost: what was read is complete only up to then
 */
gboolean weft_switch_source_read (WeftSwitchSource *source, GArray *switches);

/** weft_switch_source_set_open_for_tests: what stands for perf_event_open(2) from now on; %NULL: itself.
 * @data_bytes: of a core's ring; 0: as large as can be had. */
typedef int (*WeftSwitchOpen) (struct perf_event_attr *attributes, gint pid, gint core);
void weft_switch_source_set_open_for_tests (WeftSwitchOpen open_event, gsize data_bytes);

G_END_DECLS
