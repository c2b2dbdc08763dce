/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-event-cost.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "weft-lane.h"

#define RING_RECORDS 8192
#define BATCH 4096
#define BATCHES 17

static int
compare (const void *a, const void *b)
{
  const double *x = a;
  const double *y = b;

  return (*x > *y) - (*x < *y);
}

/* Time for one event in a batch of them; the ring has room for all. */
static double
measure_batch (WeftLane *lane)
{
  int64_t begin_ns;

  /* There is no reader: everything written before counts as read. */
  atomic_store_explicit (&lane->slot->tail, lane->head, memory_order_release);
  begin_ns = weft_monotonic_ns ();
  for (uint32_t i = 0; i < BATCH; i++)
    weft_lane_emit (lane, WEFT_EVENT_ACTIVITY, WEFT_WIRE_WORKING, WEFT_NO_OBJECT, i, 0, WEFT_NO_LINE);
  return (double) (weft_monotonic_ns () - begin_ns) / BATCH;
}

static double
measure (void)
{
  WeftWire wire;
  WeftLane lane;
  double batches[BATCHES];
  double median = NAN;
  int fd = weft_wire_create (&wire, RING_RECORDS * sizeof (WeftEvent), weft_clock_choose ());

  if (fd < 0)
    return NAN;
  if (weft_wire_set_expected_lanes (&wire, 1) >= BATCH + 64
      && weft_lane_begin (&lane, &wire, "calibration", false, -1, WEFT_WIRE_WORKING))
    {
      /* The first rounds, through the whole ring, also pay for memory that was never touched. */
      for (guint i = 0; i < 2 * RING_RECORDS / BATCH; i++)
        measure_batch (&lane);
      for (guint i = 0; i < BATCHES; i++)
        batches[i] = measure_batch (&lane);
      /* The median leaves out the batches in which the thread lost its core. */
      qsort (batches, BATCHES, sizeof batches[0], compare);
      median = batches[BATCHES / 2];
    }
  weft_wire_detach (&wire);
  close (fd);
  return median;
}

double
weft_event_cost_get_ns (void)
{
  static gsize measured;
  static double cost_ns;

  if (g_once_init_enter (&measured))
    {
      cost_ns = measure ();
      g_once_init_leave (&measured, 1);
    }
  return cost_ns;
}
