/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A loop on each core that watches for gaps in the clock. After so many seconds it prints a line of
 * JSON: the gaps, their quantiles in µs, and the percent of the time that was lost to them.
 *
 * Usage: fidelity-gaps SECONDS
 */

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Less than this is the loop itself, or an interrupt. */
#define GAP_NS 20000
#define MAX_GAPS 100000
#define MAX_CORES 1024
#define NICE 5 /* as the processes of a run */

typedef struct
{
  int core;
  uint64_t duration_ns;
  uint64_t *gaps;
  unsigned n_gaps;
} Watch;

static uint64_t
now_ns (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}

static void *
watch (void *data)
{
  Watch *self = data;
  cpu_set_t set;
  CPU_ZERO (&set);
  CPU_SET (self->core, &set);
  if (pthread_setaffinity_np (pthread_self (), sizeof set, &set) != 0)
    abort ();
  uint64_t last = now_ns ();
  uint64_t end = last + self->duration_ns;
  while (last < end)
    {
      uint64_t now = now_ns ();
      if (now - last > GAP_NS && self->n_gaps < MAX_GAPS)
        self->gaps[self->n_gaps++] = now - last;
      last = now;
    }
  return NULL;
}

static int
compare (const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *) a;
  uint64_t y = *(const uint64_t *) b;
  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  double seconds = argc == 2 ? atof (argv[1]) : 0;
  cpu_set_t allowed;
  if (seconds <= 0 || sched_getaffinity (0, sizeof allowed, &allowed) != 0)
    return 2;
  setpriority (PRIO_PROCESS, 0, NICE);

  static Watch watches[MAX_CORES];
  static pthread_t threads[MAX_CORES];
  unsigned n = 0;
  for (int core = 0; core < MAX_CORES; core++)
    if (CPU_ISSET (core, &allowed))
      {
        watches[n] = (Watch){ .core = core,
                              .duration_ns = (uint64_t) (seconds * 1e9),
                              .gaps = calloc (MAX_GAPS, sizeof (uint64_t)) };
        if (watches[n].gaps == NULL || pthread_create (&threads[n], NULL, watch, &watches[n]) != 0)
          return 1;
        n++;
      }

  uint64_t *all = calloc ((size_t) n * MAX_GAPS, sizeof *all);
  if (all == NULL)
    return 1;
  size_t n_all = 0;
  uint64_t lost = 0;
  for (unsigned i = 0; i < n; i++)
    {
      pthread_join (threads[i], NULL);
      for (unsigned k = 0; k < watches[i].n_gaps; k++)
        {
          all[n_all++] = watches[i].gaps[k];
          lost += watches[i].gaps[k];
        }
    }
  qsort (all, n_all, sizeof *all, compare);
#define QUANTILE(share) (n_all > 0 ? (double) all[(size_t) ((double) (n_all - 1) * (share))] / 1000 : 0.0)
  printf ("{\"gaps\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, \"lost_percent\": %.3f}\n",
          n_all, QUANTILE (0.5), QUANTILE (0.99), QUANTILE (1.0),
          100.0 * (double) lost / (seconds * 1e9 * n));
  return 0;
}
