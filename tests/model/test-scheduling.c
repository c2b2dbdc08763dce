/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact scheduling against a witness: each thread of a child process reads, as its last act, what the kernel
 * counted for it, and the spans made of the switch records must add up to that. The child does what it does
 * without Weft's help, but for telling its run delay after each wait where a lane would.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "weft-clock.h"
#include "weft-recording-private.h"
#include "weft-switch-reader.h"

#define MAX_WITNESSES 300
#define MAX_SAYINGS 400

/* What a thread of the child says of itself, in shared memory. */
typedef struct
{
  gint pid, tid;
  gint64 until_ns; /* CLOCK_MONOTONIC, when the rest was read */
  gint64 on_core_ns, ready_ns, voluntary, involuntary;
  gint64 last_delay_ns;
  guint n_sayings;
  struct
  {
    gint64 time_ns, ready_ns;
  } sayings[MAX_SAYINGS];
} Witness;

typedef struct
{
  _Atomic guint n;
  Witness witnesses[MAX_WITNESSES];
} Witnesses;

static Witnesses *shared;

typedef struct
{
  WeftRecording *recording;
  WeftSwitchReader *reader;
  pid_t pid;
  guint n_lanes;
  guint n_said[MAX_WITNESSES];
  gint64 steal_ns; /* as it began */
} Fixture;

/* ── in the child ── */

static void
read_delay (gint64 *on_core_ns, gint64 *ready_ns)
{
  char text[100] = "";
  int fd = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);

  if (fd >= 0 && read (fd, text, sizeof text - 1) > 0)
    sscanf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, on_core_ns, ready_ns);
  close (fd);
}

static Witness *
begin_witness (void)
{
  Witness *witness = &shared->witnesses[atomic_fetch_add (&shared->n, 1)];

  witness->pid = getpid ();
  witness->tid = (gint) syscall (SYS_gettid);
  return witness;
}

static void
say_ready (Witness *witness)
{
  gint64 on_core_ns = 0, ready_ns = 0, time_ns;

  g_assert_cmpuint (witness->n_sayings, <, MAX_SAYINGS);
  /* As a lane does: again, if the thread lost its core meanwhile. */
  do
    {
      time_ns = weft_monotonic_ns ();
      read_delay (&on_core_ns, &ready_ns);
    }
  while (weft_monotonic_ns () - time_ns > 200000);
  witness->sayings[witness->n_sayings].time_ns = time_ns;
  witness->sayings[witness->n_sayings].ready_ns = ready_ns - witness->last_delay_ns;
  witness->last_delay_ns = ready_ns;
  witness->n_sayings++;
}

static void
end_witness (Witness *witness)
{
  struct rusage before, usage;

  /* All of it at one instant: again, if the thread lost its core meanwhile. */
  do
    {
      struct timespec now;

      getrusage (RUSAGE_THREAD, &before);
      witness->until_ns = weft_monotonic_ns ();
      /* Without it the last few milliseconds would be missing from schedstat. */
      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
      read_delay (&witness->on_core_ns, &witness->ready_ns);
      getrusage (RUSAGE_THREAD, &usage);
    }
  while (usage.ru_nvcsw != before.ru_nvcsw || usage.ru_nivcsw != before.ru_nivcsw);
  witness->voluntary = usage.ru_nvcsw;
  witness->involuntary = usage.ru_nivcsw;
}

static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
burn (gint64 ns)
{
  gint64 end_ns = cpu_ns () + ns;

  while (cpu_ns () < end_ns)
    ;
}

static void *
be_busy (void *data)
{
  Witness *witness = begin_witness ();
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (GPOINTER_TO_INT (data), &set);
  if (GPOINTER_TO_INT (data) >= 0)
    sched_setaffinity (0, sizeof set, &set);
  burn (300000000);
  end_witness (witness);
  return NULL;
}

static void *
sleep_and_work (void *data)
{
  Witness *witness = begin_witness ();

  say_ready (witness);
  for (gint i = 0; i < GPOINTER_TO_INT (data); i++)
    {
      struct timespec time = { 0, 10000000 };

      nanosleep (&time, NULL);
      say_ready (witness);
      burn (1000000);
    }
  end_witness (witness);
  return NULL;
}

static void
run_threads (guint n, void *(*body) (void *), gpointer data)
{
  g_autofree pthread_t *threads = g_new (pthread_t, n);

  for (guint i = 0; i < n; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, body, data), ==, 0);
  for (guint i = 0; i < n; i++)
    pthread_join (threads[i], NULL);
}

/* The first core that this process may use. */
static gint
first_core (void)
{
  cpu_set_t set;

  sched_getaffinity (0, sizeof set, &set);
  for (gint i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET (i, &set))
      return i;
  return 0;
}

static void
child_busy (void)
{
  run_threads (2, be_busy, GINT_TO_POINTER (first_core ()));
}

static void
child_sleeper (void)
{
  run_threads (1, sleep_and_work, GINT_TO_POINTER (60));
}

static void
child_many (void)
{
  run_threads (256, sleep_and_work, GINT_TO_POINTER (4));
}

static void
child_tree (void)
{
  for (guint i = 0; i < 3; i++)
    if (fork () == 0)
      {
        if (fork () == 0)
          {
            run_threads (2, sleep_and_work, GINT_TO_POINTER (10));
            _exit (0);
          }
        run_threads (2, sleep_and_work, GINT_TO_POINTER (10));
        while (wait (NULL) > 0)
          ;
        _exit (0);
      }
  while (wait (NULL) > 0)
    ;
}

/* ── the test's side ── */

/* Time that the machine's host took away from all cores, which is no time on a core to the kernel, but to the
 * clock. */
static gint64
get_steal_ns (void)
{
  g_autofree char *text = NULL;
  gint64 steal = 0;

  if (g_file_get_contents ("/proc/stat", &text, NULL, NULL))
    sscanf (text, "cpu %*d %*d %*d %*d %*d %*d %*d %" G_GINT64_FORMAT, &steal);
  return steal * (1000000000 / sysconf (_SC_CLK_TCK));
}

/* Adds the lanes that the child has begun, and what they said. As the ring reader does, before the switches. */
static void
take_lanes (Fixture *fixture)
{
  guint n = atomic_load (&shared->n);

  for (guint i = 0; i < n; i++)
    {
      Witness *witness = &shared->witnesses[i];

      if (i == fixture->n_lanes && *(volatile gint *) &witness->tid != 0)
        {
          weft_recording_add_lane (fixture->recording, "lane", FALSE, witness->pid, witness->tid, -1,
                                   weft_monotonic_ns () - weft_recording_get_start_ns (fixture->recording));
          fixture->n_lanes++;
        }
      if (i >= fixture->n_lanes)
        break;
      for (; fixture->n_said[i] < *(volatile guint *) &witness->n_sayings; fixture->n_said[i]++)
        weft_switch_reader_note_ready (fixture->reader, i,
                                       witness->sayings[fixture->n_said[i]].time_ns
                                           - weft_recording_get_start_ns (fixture->recording),
                                       witness->sayings[fixture->n_said[i]].ready_ns);
    }
}

/* Runs @body in a child whose scheduling is recorded. False, and the test skipped, where that is refused. */
static gboolean
record (Fixture *fixture, void (*body) (void), gsize data_bytes)
{
  g_autofree char *reason = NULL;
  WeftSwitchSource *source;
  int pipe_fds[2];
  gint64 start_ns;

  memset (shared, 0, sizeof *shared);
  *fixture = (Fixture){ .steal_ns = get_steal_ns () };
  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  fixture->pid = fork ();
  g_assert_cmpint (fixture->pid, >=, 0);
  if (fixture->pid == 0)
    {
      char byte;

      close (pipe_fds[1]);
      if (read (pipe_fds[0], &byte, 1) == 1)
        body ();
      _exit (0);
    }
  close (pipe_fds[0]);
  weft_switch_source_set_open_for_tests (NULL, data_bytes);
  source = weft_switch_source_open (fixture->pid, (guint) sysconf (_SC_NPROCESSORS_CONF), &reason);
  weft_switch_source_set_open_for_tests (NULL, 0);
  if (source == NULL)
    {
      close (pipe_fds[1]);
      waitpid (fixture->pid, NULL, 0);
      g_test_skip (reason);
      return FALSE;
    }
  fixture->recording = weft_recording_new (NULL, NULL);
  weft_recording_set_n_cores (fixture->recording, (guint) sysconf (_SC_NPROCESSORS_CONF));
  start_ns = weft_monotonic_ns ();
  weft_recording_begin (fixture->recording, start_ns);
  weft_recording_set_scheduling (fixture->recording, "exact", NULL);
  fixture->reader = weft_switch_reader_new (source, fixture->recording);
  g_assert_cmpint (write (pipe_fds[1], "x", 1), ==, 1);
  close (pipe_fds[1]);
  while (waitpid (fixture->pid, NULL, data_bytes > 0 ? 0 : WNOHANG) == 0)
    {
      gint64 now_ns = weft_monotonic_ns () - start_ns;

      take_lanes (fixture);
      weft_switch_reader_pass (fixture->reader, now_ns, FALSE);
      g_usleep (5000);
    }
  while (fixture->n_lanes < atomic_load (&shared->n))
    take_lanes (fixture);
  take_lanes (fixture);
  weft_switch_reader_pass (fixture->reader, weft_monotonic_ns () - start_ns, TRUE);
  weft_recording_advance (fixture->recording, weft_monotonic_ns () - start_ns);
  return TRUE;
}

static void
fixture_clear (Fixture *fixture)
{
  weft_switch_reader_free (fixture->reader);
  g_clear_object (&fixture->recording);
}

/* @got is within @percent of @expected, and @slack beside it. */
static void
assert_near (gint64 got, gint64 expected, double percent, gint64 slack, const char *what)
{
  double allowed = (double) expected * percent / 100.0 + (double) slack;

  if (fabs ((double) (got - expected)) > allowed)
    g_error ("%s: recorded %" G_GINT64_FORMAT ", the kernel says %" G_GINT64_FORMAT ", allowed is %.0f off",
             what, got, expected, allowed);
}

/* How often the thread of @spans left its core up to @until_ns: what it does as it ends is not in what it said. */
static void
count_switches (const WeftSpans *spans, gint64 until_ns, gint64 *voluntary, gint64 *involuntary)
{
  guint64 count = weft_spans_get_count (spans);
  gboolean ran = FALSE;

  *voluntary = *involuntary = 0;
  for (guint64 i = 0; i < count; i++)
    {
      WeftSpan span;

      weft_spans_get (spans, count, i, G_MAXINT64, &span);
      if (span.begin_ns > until_ns)
        break;
      if (ran && (gint) span.activity == (gint) WEFT_SCHEDULING_IS_READY)
        ++*involuntary;
      else if (ran)
        ++*voluntary;
      ran = (gint) span.activity == (gint) WEFT_SCHEDULING_IS_RUNNING;
    }
}

static void
compare (Fixture *fixture, guint n_expected)
{
  WeftSchedule *schedule = weft_recording_get_schedule (fixture->recording);
  gint64 start_ns = weft_recording_get_start_ns (fixture->recording);
  gint64 steal_ns = get_steal_ns () - fixture->steal_ns;
  gint64 on_core_ns = 0, ready_ns = 0, expected_on_core_ns = 0, expected_ready_ns = 0, n_switches = 0;
  guint n = atomic_load (&shared->n);

  /* It is told in ticks: where there is any, each thread may have lost part of one. */
  if (fixture->steal_ns > 0)
    steal_ns += 1000000000 / sysconf (_SC_CLK_TCK);
  g_assert_cmpuint (n, ==, n_expected);
  g_assert_cmpstr (weft_recording_get_scheduling_source (fixture->recording), ==, "exact");
  for (guint i = 0; i < n; i++)
    {
      const Witness *witness = &shared->witnesses[i];
      const WeftThread *thread = weft_schedule_get_lane_thread (schedule, i);
      gint64 shares_ns[WEFT_N_ACTIVITIES];
      gint64 until_ns = witness->until_ns - start_ns;
      WeftThreadFigures figures;
      gint64 voluntary, involuntary;

      g_assert_nonnull (thread);
      g_assert_cmpint (thread->tid, ==, witness->tid);
      weft_spans_shares (thread->spans, weft_spans_get_count (thread->spans), until_ns, 0, until_ns,
                         shares_ns);
      weft_schedule_get_figures (schedule, thread->index, &figures);
      g_assert_cmpint (figures.died_ns, >=, 0);
      /* The kernel counts the switch itself as time on a core; between the two records it is on neither
       * side. On a loaded virtual machine that is up to 10 µs. */
      assert_near (shares_ns[WEFT_SCHEDULING_IS_RUNNING], witness->on_core_ns, 1,
                   100000 + 10000 * (witness->voluntary + witness->involuntary) + steal_ns, "time on a core");
      assert_near (shares_ns[WEFT_SCHEDULING_IS_READY], witness->ready_ns, 3,
                   100000 + 10000 * (witness->voluntary + witness->involuntary), "time ready");
      count_switches (thread->spans, until_ns, &voluntary, &involuntary);
      assert_near (voluntary, witness->voluntary, 1, 1, "voluntary switches");
      assert_near (involuntary, witness->involuntary, 1, 1, "involuntary switches");
      g_assert_cmpuint (figures.voluntary, >=, voluntary);
      g_assert_cmpuint (figures.involuntary, >=, involuntary);
      on_core_ns += shares_ns[WEFT_SCHEDULING_IS_RUNNING];
      expected_on_core_ns += witness->on_core_ns;
      ready_ns += shares_ns[WEFT_SCHEDULING_IS_READY];
      expected_ready_ns += witness->ready_ns;
      n_switches += witness->voluntary + witness->involuntary;
    }
  g_test_message ("on a core %.3f ms, the kernel says %.3f; ready %.3f, the kernel says %.3f; %d switches",
                  (double) on_core_ns / 1e6, (double) expected_on_core_ns / 1e6, (double) ready_ns / 1e6,
                  (double) expected_ready_ns / 1e6, (int) n_switches);
  assert_near (on_core_ns, expected_on_core_ns, 1, 10000 * n_switches + steal_ns, "time on a core of all");
  assert_near (ready_ns, expected_ready_ns, 3, 10000 * n_switches, "time ready of all");
}

typedef struct
{
  gint64 begin_ns, end_ns;
  guint core;
} Run;

static gint
compare_runs (gconstpointer a, gconstpointer b)
{
  const Run *first = a, *second = b;

  if (first->core != second->core)
    return first->core < second->core ? -1 : 1;
  return first->begin_ns < second->begin_ns ? -1 : first->begin_ns > second->begin_ns;
}

/* Of all threads' spans: no two were on one core at one instant; and the cores' own columns say the same. */
static void
assert_one_on_a_core (Fixture *fixture)
{
  WeftSchedule *schedule = weft_recording_get_schedule (fixture->recording);
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  gint64 sum_ns = 0, cores_ns = 0, now_ns = weft_monotonic_ns ();

  for (guint i = 0; i < weft_schedule_get_n_threads (schedule); i++)
    {
      const WeftSpans *spans = weft_schedule_get_thread (schedule, i)->spans;
      guint64 count = weft_spans_get_count (spans);

      for (guint64 s = 0; s < count; s++)
        {
          WeftSpan span;

          weft_spans_get (spans, count, s, now_ns, &span);
          if ((gint) span.activity != (gint) WEFT_SCHEDULING_IS_RUNNING || span.end_ns == span.begin_ns)
            continue;
          g_array_append_val (runs, ((Run){ span.begin_ns, span.end_ns, span.core }));
          sum_ns += span.end_ns - span.begin_ns;
        }
    }
  g_array_sort (runs, compare_runs);
  for (guint i = 1; i < runs->len; i++)
    {
      const Run *before = &g_array_index (runs, Run, i - 1), *run = &g_array_index (runs, Run, i);

      if (before->core == run->core)
        g_assert_cmpint (before->end_ns, <=, run->begin_ns);
    }
  for (guint i = 0; weft_schedule_get_core (schedule, i) != NULL; i++)
    {
      const WeftSpans *spans = weft_schedule_get_core (schedule, i);
      gint64 shares_ns[WEFT_N_ACTIVITIES];

      weft_spans_shares (spans, weft_spans_get_count (spans), now_ns, 0, now_ns, shares_ns);
      cores_ns += shares_ns[WEFT_SCHEDULING_IS_RUNNING];
    }
  g_assert_cmpuint (runs->len, >, 0);
  g_assert_cmpint (cores_ns, ==, sum_ns);
}

/* The counter of ready threads is never negative, and its integral is their time ready. */
static void
assert_depth (Fixture *fixture)
{
  WeftSchedule *schedule = weft_recording_get_schedule (fixture->recording);
  WeftCounter *depth = weft_schedule_get_depth (schedule);
  guint64 count = weft_counter_get_count (depth);
  double integral_ns = 0;
  gint64 ready_ns = 0, now_ns = weft_monotonic_ns ();

  g_assert_cmpuint (count, >, 0);
  for (guint64 i = 0; i < count; i++)
    {
      g_assert_cmpfloat (weft_counter_get_value (depth, i), >=, 0);
      if (i + 1 < count)
        integral_ns += weft_counter_get_value (depth, i)
                       * (double) (weft_counter_get_time (depth, i + 1) - weft_counter_get_time (depth, i));
    }
  g_assert_cmpfloat (weft_counter_get_value (depth, count - 1), ==, 0);
  for (guint i = 0; i < weft_schedule_get_n_threads (schedule); i++)
    {
      const WeftSpans *spans = weft_schedule_get_thread (schedule, i)->spans;
      gint64 shares_ns[WEFT_N_ACTIVITIES];

      weft_spans_shares (spans, weft_spans_get_count (spans), now_ns, 0, now_ns, shares_ns);
      ready_ns += shares_ns[WEFT_SCHEDULING_IS_READY];
    }
  assert_near ((gint64) integral_ns, ready_ns, 1, 1000000, "integral of the run-queue depth");
}

static void
witness (void (*body) (void), guint n_expected)
{
  Fixture fixture;

  if (!record (&fixture, body, 0))
    return;
  compare (&fixture, n_expected);
  assert_one_on_a_core (&fixture);
  assert_depth (&fixture);
  fixture_clear (&fixture);
}

static void
test_busy (void)
{
  witness (child_busy, 2);
}

static void
test_sleeper (void)
{
  witness (child_sleeper, 1);
}

static void
test_many (void)
{
  witness (child_many, 256);
}

static void
test_tree (void)
{
  witness (child_tree, 12);
}

/* A ring of one page that nobody reads until the end: the run is sampled from there on, and says so. */
static void
test_lost (void)
{
  Fixture fixture;

  if (!record (&fixture, child_many, (gsize) sysconf (_SC_PAGESIZE)))
    return;
  g_assert_cmpstr (weft_recording_get_scheduling_source (fixture.recording), ==, "sampled");
  g_assert_nonnull (strstr (weft_recording_get_scheduling_reason (fixture.recording), "were lost"));
  g_assert_cmpint (weft_schedule_get_end (weft_recording_get_schedule (fixture.recording)), >=, 0);
  fixture_clear (&fixture);
}

static int refusal;

static int
refuse (struct perf_event_attr *attributes, gint pid, gint core)
{
  errno = refusal;
  return -1;
}

/* What could not be had is told with what to do. */
static void
test_refused (void)
{
  static const struct
  {
    int code;
    const char *part;
  } rows[] = { { EACCES, "Run Weft outside it" },
               { EPERM, "Run Weft outside it" },
               { EMFILE, "ulimit -n" },
               { ENOSYS, "without it" },
               { EINVAL, "perf_event_open failed" } };
  g_autofree char *text = NULL;
  gboolean paranoid = g_file_get_contents ("/proc/sys/kernel/perf_event_paranoid", &text, NULL, NULL)
                      && g_ascii_strtoll (text, NULL, 10) > 2;

  weft_switch_source_set_open_for_tests (refuse, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *reason = NULL;

      refusal = rows[i].code;
      g_assert_null (weft_switch_source_open (getpid (), 2, &reason));
      g_assert_nonnull (strstr (reason, paranoid && i < 2 ? "perf_event_paranoid=2" : rows[i].part));
    }
  weft_switch_source_set_open_for_tests (NULL, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (shared != MAP_FAILED);
  g_test_add_func ("/scheduling/busy", test_busy);
  g_test_add_func ("/scheduling/sleeper", test_sleeper);
  g_test_add_func ("/scheduling/many", test_many);
  g_test_add_func ("/scheduling/tree", test_tree);
  g_test_add_func ("/scheduling/lost", test_lost);
  g_test_add_func ("/scheduling/refused", test_refused);
  return g_test_run ();
}
