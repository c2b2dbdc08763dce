/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-totals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The number N if the lane @index is called "@role N", else 0. */
static guint
get_number (const WeftRun *run, guint32 index, const char *role)
{
  const WeftWireLane *lane = &run->wire.lanes[index];
  size_t length = strlen (role);

  /* Acquire: the name is complete once the state says so. */
  if (atomic_load_explicit (&lane->state, memory_order_acquire) == WEFT_SLOT_FREE
      || strncmp (lane->name, role, length) != 0 || lane->name[length] != ' ')
    return 0;
  return (guint) strtoul (lane->name + length + 1, NULL, 10);
}

static guint32
get_n_lanes (const WeftRun *run)
{
  return MIN (atomic_load (&run->wire.header->lane_count), WEFT_WIRE_MAX_LANES);
}

static guint64
get_total (const WeftRun *run, guint32 index, WeftLaneTotal total)
{
  return atomic_load_explicit (&run->wire.lanes[index].totals[total], memory_order_relaxed);
}

guint64
weft_totals_sum (const WeftRun *run, const char *role, WeftLaneTotal total, guint *n)
{
  guint32 n_lanes = get_n_lanes (run);
  guint64 sum = 0;
  guint found = 0;

  for (guint32 i = 0; i < n_lanes; i++)
    if (get_number (run, i, role) > 0)
      {
        sum += get_total (run, i, total);
        found++;
      }
  if (n != NULL)
    *n = found;
  return sum;
}

guint64
weft_totals_min (const WeftRun *run, const char *role, WeftLaneTotal total)
{
  guint32 n_lanes = get_n_lanes (run);
  guint64 min = 0;

  for (guint32 i = 0; i < n_lanes; i++)
    if (get_number (run, i, role) > 0)
      {
        guint64 value = get_total (run, i, total);

        if (value != 0 && (min == 0 || value < min))
          min = value;
      }
  return min;
}

guint64
weft_totals_max (const WeftRun *run, const char *role, WeftLaneTotal total)
{
  guint32 n_lanes = get_n_lanes (run);
  guint64 max = 0;

  for (guint32 i = 0; i < n_lanes; i++)
    if (get_number (run, i, role) > 0)
      max = MAX (max, get_total (run, i, total));
  return max;
}

void
weft_totals_each (const WeftRun *run, const char *role, WeftLaneTotal total, guint64 *values, guint n)
{
  guint32 n_lanes = get_n_lanes (run);

  for (guint32 i = 0; i < n_lanes; i++)
    {
      guint number = get_number (run, i, role);

      if (number > 0 && number <= n)
        values[number - 1] += get_total (run, i, total);
    }
}

/* The number of the first object of @kind, which is the only one; WEFT_NO_OBJECT while there is none. */
static guint32
find_object (const WeftRun *run, WeftObjectKind kind)
{
  guint32 n_objects = MIN (atomic_load (&run->wire.header->object_count), WEFT_WIRE_MAX_OBJECTS);

  for (guint32 i = 0; i < n_objects; i++)
    {
      const WeftWireObject *object = &run->wire.objects[i];

      if (atomic_load_explicit (&object->state, memory_order_acquire) != WEFT_SLOT_FREE
          && object->kind == kind)
        return i + 1;
    }
  return WEFT_NO_OBJECT;
}

static guint64
get_object_total (const WeftRun *run, WeftObjectKind kind, guint total)
{
  guint32 number = find_object (run, kind);

  if (number == WEFT_NO_OBJECT)
    return 0;
  return atomic_load_explicit (&weft_wire_object (&run->wire, number)->totals[total], memory_order_relaxed);
}

guint64
weft_totals_queue (const WeftRun *run, WeftQueueTotal total)
{
  return get_object_total (run, WEFT_OBJECT_QUEUE, total);
}

guint64
weft_totals_lock (const WeftRun *run, WeftLockTotal total)
{
  return get_object_total (run, WEFT_OBJECT_LOCK, total);
}

void
weft_totals_add_quantiles (const WeftRun *run, JsonBuilder *builder, const char *name,
                           WeftLockHistogram which)
{
  guint32 number = find_object (run, WEFT_OBJECT_LOCK);
  WeftHistogramFigures figures;
  gboolean known = number != WEFT_NO_OBJECT
                   && weft_histogram_read (weft_wire_histogram (&run->wire, number, which), &figures);

  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  weft_totals_add_number (builder, "p50", known ? weft_run_seconds (run, figures.p50) : NAN);
  weft_totals_add_number (builder, "p90", known ? weft_run_seconds (run, figures.p90) : NAN);
  weft_totals_add_number (builder, "p99", known ? weft_run_seconds (run, figures.p99) : NAN);
  weft_totals_add_number (builder, "max", known ? weft_run_seconds (run, figures.max) : NAN);
  json_builder_end_object (builder);
}

void
weft_totals_note_cpu (WeftLane *lane, gint64 began_cpu_ns)
{
  guint64 now = weft_clock_ticks (lane->clock);
  _Atomic guint64 *totals = lane->slot->totals;

  if (atomic_load_explicit (&totals[WEFT_LANE_FIRST_TICKS], memory_order_relaxed) == 0)
    atomic_store_explicit (&totals[WEFT_LANE_FIRST_TICKS], now, memory_order_relaxed);
  atomic_store_explicit (&totals[WEFT_LANE_CPU_NS], (guint64) (weft_run_get_cpu_ns () - began_cpu_ns),
                         memory_order_relaxed);
  atomic_store_explicit (&totals[WEFT_LANE_LAST_TICKS], now, memory_order_relaxed);
}

void
weft_totals_add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}
