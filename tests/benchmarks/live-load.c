/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands in for the helper of a run: lanes that write events at a given rate, whatever workload was asked
 * for, and one more, the marker, that changes what it does now and then. The first two lanes each exchange items
 * with themselves through a queue, the others finish one task after another.
 *
 * Told by the environment, because weft passes that on:
 *   WEFT_LIVE_LANES, WEFT_LIVE_RATE (events a second of all lanes), WEFT_LIVE_SECONDS
 *   WEFT_LIVE_MARKS: a file; a line for each change of the marker: CLOCK_MONOTONIC in ns, just before it, and
 *   W (working) or J (waiting in a join); at the end a line "written N dropped N".
 */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "weft-lane.h"
#include "weft-wire.h"

#define MAX_LANES 64
#define N_QUEUES 2
#define EVENTS_PER_ITEM 4
#define NICE 5          /* as the processes of a run */
#define REST_NS 2000000 /* between two bursts of a lane */
#define MARK_MS 350     /* between two changes of the marker, and up to so many more */
#define MARK_MORE_MS 300

typedef struct
{
  unsigned number;
  unsigned n_lanes;
  double items_per_s;
  int64_t start_ns, end_ns;
  pthread_t thread;
} Producer;

static WeftWire wire;

static void __attribute__ ((noreturn)) fail (const char *what)
{
  fprintf (stderr, "live-load: %s\n", what);
  exit (1);
}

static double
read_number (const char *name)
{
  const char *text = getenv (name);

  if (text == NULL)
    fail (name);
  return atof (text);
}

static void
sleep_until (int64_t ns)
{
  clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &(struct timespec){ ns / 1000000000, ns % 1000000000 },
                   NULL);
}

static void *
produce (void *data)
{
  Producer *producer = data;
  uint32_t object = producer->number < N_QUEUES ? producer->number + 1 : WEFT_NO_OBJECT, item = 0;
  WeftLane lane = { 0 };
  uint64_t done = 0;
  char name[32];

  snprintf (name, sizeof name, "producer %u", producer->number + 1);
  if (!weft_lane_begin (&lane, &wire, name, false, 0, WEFT_WIRE_WORKING))
    fail ("no lane");
  for (int64_t at_ns = producer->start_ns; at_ns < producer->end_ns; at_ns += REST_NS)
    {
      uint64_t due = (uint64_t) ((double) (at_ns - producer->start_ns) / 1e9 * producer->items_per_s);

      sleep_until (at_ns);
      for (; done < due; done++)
        {
          uint32_t task = item++ * producer->n_lanes + producer->number;

          weft_lane_activity (&lane, WEFT_WIRE_WORKING, WEFT_NO_OBJECT, task);
          if (object != WEFT_NO_OBJECT)
            {
              weft_lane_emit (&lane, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, object, task, 1, WEFT_NO_LINE);
              weft_lane_emit (&lane, WEFT_EVENT_GET, WEFT_WIRE_WORKING, object, task, 0, WEFT_NO_LINE);
            }
          else
            {
              weft_lane_activity (&lane, WEFT_WIRE_ASLEEP, WEFT_NO_OBJECT, task);
              weft_lane_activity (&lane, WEFT_WIRE_WORKING, WEFT_NO_OBJECT, task);
            }
          weft_lane_emit (&lane, WEFT_EVENT_FINISH, WEFT_WIRE_QUEUE_EMPTY, object, task, 100, WEFT_NO_LINE);
        }
    }
  weft_lane_end (&lane, 0);
  return NULL;
}

/* Changes what the marker does until @end_ns. */
static void
mark (WeftLane *lane, FILE *marks, int64_t end_ns)
{
  bool working = false;

  srand (1);
  for (int64_t at_ns = weft_monotonic_ns (); at_ns < end_ns;
       at_ns += (int64_t) (MARK_MS + rand () % MARK_MORE_MS) * 1000000)
    {
      sleep_until (at_ns);
      working = !working;
      fprintf (marks, "%" PRId64 " %c\n", weft_monotonic_ns (), working ? 'W' : 'J');
      weft_lane_activity (lane, working ? WEFT_WIRE_WORKING : WEFT_WIRE_WAITING, WEFT_NO_OBJECT,
                          WEFT_NO_TASK);
      fflush (marks);
    }
}

static void
run (FILE *marks)
{
  static Producer producers[MAX_LANES];
  unsigned n_lanes = (unsigned) read_number ("WEFT_LIVE_LANES");
  double rate = read_number ("WEFT_LIVE_RATE");
  int64_t start_ns = weft_monotonic_ns (), written = 0, dropped = 0;
  int64_t end_ns = start_ns + (int64_t) (read_number ("WEFT_LIVE_SECONDS") * 1e9);
  WeftLane lane = { 0 };

  if (n_lanes == 0 || n_lanes > MAX_LANES || weft_wire_set_expected_lanes (&wire, n_lanes + 1) == 0
      || !weft_lane_begin (&lane, &wire, "marker", true, -1, WEFT_WIRE_WAITING))
    fail ("no lanes");
  for (unsigned i = 0; i < N_QUEUES; i++)
    weft_wire_add_object (&wire, WEFT_OBJECT_QUEUE, "queue", 1);
  for (unsigned i = 0; i < n_lanes; i++)
    {
      producers[i] = (Producer){ .number = i,
                                 .n_lanes = n_lanes,
                                 .items_per_s = rate / EVENTS_PER_ITEM / n_lanes,
                                 /* Not all at the same instant. */
                                 .start_ns = start_ns + REST_NS * i / n_lanes,
                                 .end_ns = end_ns };
      if (pthread_create (&producers[i].thread, NULL, produce, &producers[i]) != 0)
        fail ("no thread");
    }
  mark (&lane, marks, end_ns);
  for (unsigned i = 0; i < n_lanes; i++)
    pthread_join (producers[i].thread, NULL);
  weft_lane_end (&lane, 0);
  for (unsigned i = 0; i < atomic_load (&wire.header->lane_count); i++)
    {
      written += (int64_t) atomic_load (&wire.lanes[i].head);
      dropped += (int64_t) atomic_load (&wire.lanes[i].dropped);
    }
  fprintf (marks, "written %" PRId64 " dropped %" PRId64 "\n", written, dropped);
  fclose (marks);
}

/* Takes in messages until one has @word in it. */
static void
await_message (FILE *channel, const char *word)
{
  static char line[1 << 16];

  while (fgets (line, sizeof line, channel) != NULL)
    if (strstr (line, word) != NULL)
      return;
  exit (0);
}

int
main (int argc, char **argv)
{
  int memory_fd = -1, control_fd = -1;
  FILE *channel, *marks;

  for (int i = 1; i + 1 < argc; i++)
    if (strcmp (argv[i], "--memory-fd") == 0)
      memory_fd = atoi (argv[i + 1]);
    else if (strcmp (argv[i], "--control-fd") == 0)
      control_fd = atoi (argv[i + 1]);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  setpriority (PRIO_PROCESS, 0, NICE);
  if (memory_fd < 0 || control_fd < 0 || !weft_wire_attach (&wire, memory_fd)
      || (channel = fdopen (control_fd, "r")) == NULL
      || (marks = fopen (getenv ("WEFT_LIVE_MARKS"), "w")) == NULL)
    fail ("weft starts this program");
  await_message (channel, "{");
  dprintf (control_fd, "{\"message\":\"ready\",\"pid\":%d}\n", getpid ());
  await_message (channel, "go");
  run (marks);
  dprintf (control_fd, "{\"message\":\"ended\",\"outcome\":\"finished\",\"result\":{}}\n");
  return 0;
}
