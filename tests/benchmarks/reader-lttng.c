/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peer of the ring reader: LTTng's consumer, at the same rate of events with the same payload. To be
 * run by the script reader, in a session that records them: reader-lttng CONSUMER-PID RATE SECONDS.
 * Prints "name value" lines.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "event-cost-provider.inc"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define N_THREADS 2
#define CHUNK_NS 1000000

static long long n_events; /* of each thread */
static double events_per_s;
static long long start_ns;

static long long
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* CPU seconds of all threads of process @pid. */
static double
cpu_s (int pid)
{
  char path[64], text[1024] = "";
  unsigned long user = 0, system = 0;
  const char *fields;
  FILE *file;

  snprintf (path, sizeof path, "/proc/%d/stat", pid);
  file = fopen (path, "r");
  if (file == NULL || fgets (text, sizeof text, file) == NULL || (fields = strrchr (text, ')')) == NULL
      || sscanf (fields, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    {
      fprintf (stderr, "reader: %s cannot be read\n", path);
      exit (1);
    }
  fclose (file);
  return (double) (user + system) / (double) sysconf (_SC_CLK_TCK);
}

static void *
run_paced (void *data)
{
  long long done = 0;

  for (long long at_ns = start_ns; done < n_events; at_ns += CHUNK_NS)
    {
      long long due = (long long) ((double) (at_ns - start_ns) / 1e9 * events_per_s);

      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME,
                       &(struct timespec){ at_ns / 1000000000, at_ns % 1000000000 }, NULL);
      for (; done < due && done < n_events; done++)
        lttng_ust_tracepoint (weft_benchmark, event, 4, 1, 1, (uint32_t) done, done);
    }
  return data;
}

int
main (int argc, char **argv)
{
  pthread_t threads[N_THREADS];
  double cpu, took;
  int pid;

  if (argc < 4 || !lttng_ust_tracepoint_enabled (weft_benchmark, event))
    {
      fprintf (stderr, "reader: no LTTng session records the tracepoint\n");
      return 1;
    }
  pid = atoi (argv[1]);
  events_per_s = atof (argv[2]) / N_THREADS;
  n_events = (long long) (events_per_s * atof (argv[3]));
  start_ns = now_ns () + 10000000;
  cpu = cpu_s (pid);
  for (int i = 0; i < N_THREADS; i++)
    if (pthread_create (&threads[i], NULL, run_paced, NULL) != 0)
      return 1;
  for (int i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  took = (double) (now_ns () - start_ns) / 1e9;
  printf ("lttng-cpu-percent %.2f\nlttng-events %lld\n", (cpu_s (pid) - cpu) / took * 100,
          n_events * N_THREADS);
  return 0;
}
