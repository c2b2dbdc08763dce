/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one event costs the thread that writes it: weft_lane_emit() in a loop, on a ring of the
 * largest size that a reader thread of its own empties every millisecond, as the reader of a run
 * does. A batch is measured only when the ring is empty before it and holds all of it, so nothing
 * is dropped. Prints one figure a line, "name nanoseconds", the median of all batches.
 */
#include "benchmark-clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "weft-drain.h"
#include "weft-lane.h"

#define BATCHES 400
#define BATCH 16384
#define READER_PAUSE_US 1000

typedef struct
{
  WeftDrain drain;
  atomic_bool stop;
} Reader;

static void *
run_reader (void *data)
{
  static WeftEvent events[4096];
  Reader *reader = data;

  while (!atomic_load_explicit (&reader->stop, memory_order_relaxed))
    {
      while (weft_drain_read (&reader->drain, events, sizeof events / sizeof events[0]) > 0)
        ;
      usleep (READER_PAUSE_US);
    }
  return NULL;
}

static double
measure_on (WeftClockKind clock)
{
  static double ns[BATCHES];
  WeftWire wire;
  WeftLane lane;
  Reader reader = { 0 };
  pthread_t thread;
  int fd = weft_wire_create (&wire, WEFT_WIRE_BUDGET, clock);

  if (fd < 0 || weft_wire_set_expected_lanes (&wire, 1) == 0
      || !weft_lane_begin (&lane, &wire, "benchmark", true, -1, WEFT_WIRE_WORKING)
      || !weft_drain_open (&reader.drain, &wire, 0, WEFT_WIRE_MAX_RING)
      || pthread_create (&thread, NULL, run_reader, &reader) != 0)
    {
      fprintf (stderr, "event-cost: no shared memory or no thread for the measurement\n");
      exit (1);
    }
  for (unsigned batch = 0; batch < BATCHES; batch++)
    {
      int64_t start;

      while (atomic_load (&lane.slot->tail) != lane.head)
        usleep (READER_PAUSE_US / 2);
      start = weft_monotonic_ns ();
      for (uint32_t i = 0; i < BATCH; i++)
        weft_lane_emit (&lane, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, 1, i, i, WEFT_NO_LINE);
      ns[batch] = (double) (weft_monotonic_ns () - start) / BATCH;
    }
  atomic_store (&reader.stop, true);
  pthread_join (thread, NULL);
  if (weft_drain_dropped (&reader.drain) > 0)
    {
      fprintf (stderr, "event-cost: %" PRIu64 " events were dropped, the figures are worth nothing\n",
               weft_drain_dropped (&reader.drain));
      exit (1);
    }
  weft_wire_detach (&wire);
  close (fd);
  return benchmark_median (ns, BATCHES);
}

static double
measure_off (void)
{
  static double ns[BATCHES];
  WeftLane lane = { 0 };

  for (unsigned batch = 0; batch < BATCHES; batch++)
    {
      int64_t start = weft_monotonic_ns ();

      for (uint32_t i = 0; i < BATCH; i++)
        {
          /* The compiler must not know that the lane is off, or it would leave the loop out. */
          __asm__ volatile("" : : "r"(&lane) : "memory");
          weft_lane_emit (&lane, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, 1, i, i, WEFT_NO_LINE);
        }
      ns[batch] = (double) (weft_monotonic_ns () - start) / BATCH;
    }
  return benchmark_median (ns, BATCHES);
}

int
main (void)
{
  if (weft_clock_choose () == WEFT_CLOCK_TSC)
    printf ("weft-tsc %.2f\n", measure_on (WEFT_CLOCK_TSC));
  printf ("weft-clock-gettime %.2f\n", measure_on (WEFT_CLOCK_MONOTONIC));
  printf ("weft-off %.2f\n", measure_off ());
  return 0;
}
