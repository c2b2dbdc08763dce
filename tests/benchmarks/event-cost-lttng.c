/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The same loop as event-cost-weft, with an LTTng-UST tracepoint of the same payload. To be run by
 * the script event-cost, in a session that records it. Between batches it waits, untimed, so that
 * LTTng's consumer keeps up. Prints "lttng-ust nanoseconds".
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "event-cost-provider.inc"

#include "benchmark-clock.h"

#include <time.h>
#include <unistd.h>

#define BATCHES 100
#define BATCH 4096
#define PAUSE_US 2000

static double
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}

int
main (void)
{
  static double ns[BATCHES];

  if (!lttng_ust_tracepoint_enabled (weft_benchmark, event))
    {
      fprintf (stderr, "event-cost: no LTTng session records the tracepoint\n");
      return 1;
    }
  for (unsigned batch = 0; batch < BATCHES; batch++)
    {
      double start;

      usleep (PAUSE_US);
      start = now_ns ();
      for (uint32_t i = 0; i < BATCH; i++)
        lttng_ust_tracepoint (weft_benchmark, event, 4, 1, 1, i, i);
      ns[batch] = (now_ns () - start) / BATCH;
    }
  printf ("lttng-ust %.2f\n", benchmark_median (ns, BATCHES));
  return 0;
}
