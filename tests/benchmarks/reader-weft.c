/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the ring reader can take and what it costs, with the recording that it fills. Prints one figure
 * a line, "name value"; the script reader puts them beside their peers.
 *
 *   reader-weft drain LANES [lines]            time and memory of an event, out of full rings
 *   reader-weft paced LANES RATE SECONDS [full] the reader's thread at RATE events a second in all;
 *                                              full: its producers leave no core idle
 *
 * Producers are processes of their own. Every lane exchanges items with itself through a queue of its
 * own, in four events: it works on an item, puts it, takes it, has finished it; lines: the putting and
 * the taking are lines of the run's log too.
 */
#include "benchmark-clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "weft-lane.h"
#include "weft-recording-private.h"
#include "weft-ring-reader.h"

#define MAX_LANES 64
#define EVENTS_PER_ITEM 4
#define DRAIN_EVENTS 4000000 /* at least so many are drained, ring after ring */
#define MAX_ROUNDS 64
#define N_PROCESSES 2
#define NICE 5 /* as the processes of a run */

static const char *const lines[] = { "Put {task} to queue...", "Get {task} from queue." };
static const WeftWorkloadInfo workload = { .id = "benchmark", .lines = lines, .n_lines = 2 };

typedef struct
{
  WeftWire wire;
  WeftRecording *recording;
  WeftRingReader *reader;
  guint n_lanes;
  guint32 ring_records;
  gboolean with_lines;
} Bench;

typedef struct
{
  Bench *bench;
  WeftLane lane;
  guint32 object;
  guint number; /* of the lane */
  guint32 item;
} Producer;

static void G_GNUC_NORETURN
fail (const char *what)
{
  fprintf (stderr, "reader: %s\n", what);
  exit (1);
}

static void
begin_lane (Producer *producer, Bench *bench, guint number)
{
  char name[32];

  g_snprintf (name, sizeof name, "producer %u", number + 1);
  producer->bench = bench;
  producer->number = number;
  producer->object = number + 1;
  if (!weft_lane_begin (&producer->lane, &bench->wire, name, FALSE, -1, WEFT_WIRE_WORKING))
    fail ("no lane");
}

/* The four events of one item. */
static void
exchange_item (Producer *producer)
{
  WeftLane *lane = &producer->lane;
  guint32 task = producer->item++ * producer->bench->n_lanes + producer->number;

  weft_lane_activity (lane, WEFT_WIRE_WORKING, WEFT_NO_OBJECT, task);
  weft_lane_emit (lane, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, producer->object, task, 1,
                  producer->bench->with_lines ? 1 : WEFT_NO_LINE);
  weft_lane_emit (lane, WEFT_EVENT_GET, WEFT_WIRE_WORKING, producer->object, task, 0,
                  producer->bench->with_lines ? 2 : WEFT_NO_LINE);
  weft_lane_emit (lane, WEFT_EVENT_FINISH, WEFT_WIRE_QUEUE_EMPTY, producer->object, task, 100, WEFT_NO_LINE);
}

static void
set_up (Bench *bench, guint n_lanes, gboolean with_lines)
{
  int fd = weft_wire_create (&bench->wire, WEFT_WIRE_BUDGET, weft_clock_choose ());

  bench->n_lanes = n_lanes;
  bench->with_lines = with_lines;
  if (fd < 0 || (bench->ring_records = weft_wire_set_expected_lanes (&bench->wire, n_lanes)) == 0)
    fail ("no shared memory");
  close (fd);
  for (guint i = 0; i < n_lanes; i++)
    weft_wire_add_object (&bench->wire, WEFT_OBJECT_QUEUE, "queue", 1);
  bench->recording = weft_recording_new (&workload, NULL);
  weft_recording_begin (bench->recording, weft_monotonic_ns ());
  bench->reader = weft_ring_reader_new (&bench->wire, bench->recording);
}

static guint64
count_dropped (Bench *bench)
{
  guint64 dropped = 0;

  for (guint i = 0; i < bench->n_lanes; i++)
    dropped += atomic_load (&bench->wire.lanes[i].dropped);
  return dropped;
}

/* Every event that a lane wrote must be one that was recorded or one that was counted as dropped. */
static void
check_counts (Bench *bench, guint64 written)
{
  WeftFrame frame = { 0 };

  weft_recording_take_frame (bench->recording, &frame);
  if (frame.events + frame.dropped != written || frame.invalid != 0)
    {
      fprintf (stderr,
               "reader: %" PRIu64 " events were written, but %" PRIu64 " recorded, %" PRIu64
               " dropped, %" PRIu64 " invalid\n",
               written, frame.events, frame.dropped, frame.invalid);
      exit (1);
    }
  weft_frame_clear (&frame);
}

/* ── out of full rings ── */

/* Anonymous memory of this process that is in use now. */
static guint64
resident_bytes (void)
{
  FILE *status = fopen ("/proc/self/status", "r");
  char line[256];
  guint64 kib = 0;

  if (status == NULL)
    fail ("/proc/self/status cannot be read");
  while (fgets (line, sizeof line, status) != NULL)
    if (sscanf (line, "RssAnon: %" SCNu64, &kib) == 1)
      break;
  fclose (status);
  return kib * 1024;
}

/* A process that fills every ring, item by item from lane to lane, each time it is asked. */
static void G_GNUC_NORETURN
fill_rings (Bench *bench, int requests, int answers)
{
  static Producer producers[MAX_LANES];
  char byte = 0;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (guint i = 0; i < bench->n_lanes; i++)
    begin_lane (&producers[i], bench, i);
  while (read (requests, &byte, 1) == 1)
    {
      for (guint n = 0; n < bench->ring_records / EVENTS_PER_ITEM - 1; n++)
        for (guint i = 0; i < bench->n_lanes; i++)
          exchange_item (&producers[i]);
      if (write (answers, &byte, 1) != 1)
        break;
    }
  _exit (0);
}

/* The least that could be done with the same records: to append a copy of them to memory. */
static double
measure_copy (Bench *bench, guint64 count)
{
  WeftEvent *copy = malloc (count * bench->n_lanes * sizeof *copy);
  int64_t start = weft_monotonic_ns ();

  if (copy == NULL)
    fail ("no memory for a copy of the rings");
  for (guint i = 0; i < bench->n_lanes; i++)
    memcpy (copy + i * count, bench->wire.rings + (gsize) i * bench->ring_records * sizeof *copy,
            count * sizeof *copy);
  __asm__ volatile("" : : "r"(copy) : "memory");
  start = weft_monotonic_ns () - start;
  free (copy);
  return (double) start / (double) (count * bench->n_lanes);
}

static void
measure_drain (guint n_lanes, gboolean with_lines)
{
  static double reader_ns[MAX_ROUNDS], copy_ns[MAX_ROUNDS];
  Bench bench = { 0 };
  guint64 written = n_lanes, events, before = 0, resident = 0, own = 0;
  guint64 per_lane;
  guint n_rounds;
  int requests[2], answers[2];
  char byte = 0;
  pid_t child;

  set_up (&bench, n_lanes, with_lines);
  per_lane = (bench.ring_records / EVENTS_PER_ITEM - 1) * EVENTS_PER_ITEM;
  n_rounds = (guint) MIN (DRAIN_EVENTS / (per_lane * n_lanes) + 1, MAX_ROUNDS);
  if (pipe (requests) < 0 || pipe (answers) < 0 || (child = fork ()) < 0)
    fail ("no process to fill the rings");
  if (child == 0)
    {
      close (requests[1]);
      fill_rings (&bench, requests[0], answers[1]);
    }
  /* The first round pays for what there is only one of. It is not counted. */
  for (guint round = 0; round <= n_rounds; round++)
    {
      int64_t start;

      if (write (requests[1], &byte, 1) != 1 || read (answers[0], &byte, 1) != 1)
        fail ("the process that fills the rings ended");
      if (round == 1)
        {
          before = resident_bytes ();
          own = weft_recording_get_bytes (bench.recording);
        }
      start = weft_monotonic_ns ();
      weft_ring_reader_pass (bench.reader);
      start = weft_monotonic_ns () - start;
      written += per_lane * n_lanes;
      if (round > 0)
        {
          reader_ns[round - 1] = (double) start / (double) (per_lane * n_lanes);
          resident = resident_bytes ();
          copy_ns[round - 1] = measure_copy (&bench, per_lane);
        }
    }
  own = weft_recording_get_bytes (bench.recording) - own;
  events = n_rounds * per_lane * n_lanes;
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  weft_ring_reader_finish (bench.reader);
  check_counts (&bench, written + count_dropped (&bench));
  printf ("drain-ns %.2f\ncopy-ns %.2f\nbytes-own %.2f\nbytes-resident %.2f\n",
          benchmark_median (reader_ns, n_rounds), benchmark_median (copy_ns, n_rounds),
          (double) own / (double) events, (double) (resident - before) / (double) events);
}

/* ── at a given rate ── */

typedef struct
{
  Bench *bench;
  guint number;
  guint64 n_items;
  double items_per_s;
  int64_t chunk_ns; /* how long it rests between two bursts */
  int64_t start_ns;
  gboolean never_rests;
} Pace;

static void *
run_paced (void *data)
{
  const Pace *pace = data;
  Producer producer = { 0 };
  guint64 done = 0;

  begin_lane (&producer, pace->bench, pace->number);
  for (int64_t at_ns = pace->start_ns; done < pace->n_items; at_ns += pace->chunk_ns)
    {
      guint64 due;

      if (pace->never_rests)
        while (weft_monotonic_ns () < at_ns)
          ;
      else
        clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME,
                         &(struct timespec){ at_ns / 1000000000, at_ns % 1000000000 }, NULL);
      due = (guint64) ((double) (at_ns - pace->start_ns) / 1e9 * pace->items_per_s);
      for (; done < MIN (due, pace->n_items); done++)
        exchange_item (&producer);
    }
  weft_lane_end (&producer.lane, 0);
  return NULL;
}

/* As the supervisor of a run does: a session of its own, both nice. */
static void
become_nice (void)
{
  FILE *group;

  setpriority (PRIO_PROCESS, 0, NICE);
  if (setsid () < 0 || (group = fopen ("/proc/self/autogroup", "w")) == NULL)
    return;
  fprintf (group, "%d", NICE);
  fclose (group);
}

/* One of the processes, with its share of the lanes. */
static void G_GNUC_NORETURN
run_process (const Pace *pace, guint process)
{
  Pace paces[MAX_LANES];
  pthread_t threads[MAX_LANES];

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (guint i = process; i < pace->bench->n_lanes; i += N_PROCESSES)
    {
      paces[i] = *pace;
      paces[i].number = i;
      /* Not all at the same instant. */
      paces[i].start_ns += pace->chunk_ns * i / pace->bench->n_lanes;
      if (pthread_create (&threads[i], NULL, run_paced, &paces[i]) != 0)
        fail ("no thread");
    }
  for (guint i = process; i < pace->bench->n_lanes; i += N_PROCESSES)
    pthread_join (threads[i], NULL);
  _exit (0);
}

/* The first process of the run, which starts the others. */
static void G_GNUC_NORETURN
run_all (const Pace *pace)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  become_nice ();
  for (guint i = 0; i < N_PROCESSES; i++)
    {
      pid_t child = fork ();

      if (child < 0)
        fail ("no process");
      if (child == 0)
        run_process (pace, i);
    }
  while (wait (NULL) > 0)
    ;
  _exit (0);
}

/* The CPU time clock of this process's thread of that name. */
static clockid_t
find_thread_clock (const char *name)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *tid;

  while (tasks != NULL && (tid = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", tid);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && g_str_equal (g_strchomp (comm), name))
        /* As the kernel encodes the clock of a thread: its CPUCLOCK_PERTHREAD and CPUCLOCK_SCHED. */
        return (clockid_t) (~(unsigned) atoi (tid) << 3 | 6);
    }
  fail ("the reader's thread was not found");
}

static double
clock_s (clockid_t clock)
{
  struct timespec now;

  if (clock_gettime (clock, &now) < 0)
    fail ("the CPU time of the reader's thread cannot be read");
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
measure_paced (guint n_lanes, double rate, double seconds, gboolean full)
{
  Bench bench = { 0 };
  Pace pace = { .bench = &bench,
                .n_items = (guint64) (rate * seconds / EVENTS_PER_ITEM / n_lanes),
                .items_per_s = rate / EVENTS_PER_ITEM / n_lanes,
                .chunk_ns = n_lanes <= 8 ? 1000000 : 4000000,
                .never_rests = full };
  pid_t child;
  guint64 written, dropped;
  double cpu, took;
  clockid_t clock;

  set_up (&bench, n_lanes, FALSE);
  if (!weft_ring_reader_start (bench.reader, NULL))
    fail ("no thread for the reader");
  /* The thread gives itself its name. */
  usleep (20000);
  clock = find_thread_clock ("weft-reader");
  pace.start_ns = weft_monotonic_ns () + 50000000;
  if ((child = fork ()) < 0)
    fail ("no process");
  if (child == 0)
    run_all (&pace);
  cpu = clock_s (clock);
  waitpid (child, NULL, 0);
  took = (double) (weft_monotonic_ns () - pace.start_ns) / 1e9;
  cpu = clock_s (clock) - cpu;
  weft_ring_reader_finish (bench.reader);
  written = (pace.n_items * EVENTS_PER_ITEM + 2) * n_lanes;
  check_counts (&bench, written);
  dropped = count_dropped (&bench);
  printf ("rate %.0f\ncpu-percent %.2f\ndropped-percent %.3f\n", (double) written / took, cpu / took * 100,
          (double) dropped / (double) written * 100);
}

int
main (int argc, char **argv)
{
  guint n_lanes = argc > 2 ? (guint) CLAMP (atoi (argv[2]), 1, MAX_LANES) : 1;

  if (argc >= 3 && strcmp (argv[1], "drain") == 0)
    measure_drain (n_lanes, argc > 3 && strcmp (argv[3], "lines") == 0);
  else if (argc >= 5 && strcmp (argv[1], "paced") == 0)
    measure_paced (n_lanes, atof (argv[3]), atof (argv[4]), argc > 5 && strcmp (argv[5], "full") == 0);
  else
    fail ("drain LANES [lines] | paced LANES RATE SECONDS [full]");
  return 0;
}
