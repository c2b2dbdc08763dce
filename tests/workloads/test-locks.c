/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lock-contention: what is recorded of a lock is what happened to it, whatever kind it is of. */
#include <signal.h>
#include <string.h>

#include "test-run.h"
#include "weft-histogram.h"
#include "weft-lock.h"

#define LOCK 1 /* the number of the run's only object */
#define MAX_LANES 32

static guint64
get_total (TestRun *run, WeftLockTotal total)
{
  g_assert_cmpint (run->wire.objects[LOCK - 1].kind, ==, WEFT_OBJECT_LOCK);
  return atomic_load (&run->wire.objects[LOCK - 1].totals[total]);
}

static WeftHistogramFigures
get_figures (TestRun *run, WeftLockHistogram which)
{
  WeftHistogramFigures figures;

  weft_histogram_read (weft_wire_histogram (&run->wire, LOCK, which), &figures);
  return figures;
}

/* What the events say of the lock, one after the other. */
typedef struct
{
  gint owner;        /* the lane that has it for itself; -1: none */
  guint n_sharers;   /* that have it together */
  guint max_sharers;
  guint n_waiters;
  guint last_owner;
  guint64 last;
  guint32 arrival; /* of the last acquisition */
  struct
  {
    guint64 since; /* ticks; 0: it does not wait */
    guint64 acquired;
    guint32 task;
    guint32 arrival;
    gboolean shares;
  } lanes[MAX_LANES];
  guint64 n_waits, n_acquisitions, n_releases, n_handovers;
  guint64 wait_ticks, hold_ticks, max_wait, max_hold;
} Story;

static void
tell_wait (Story *story, const WeftEvent *event)
{
  g_assert_cmpuint (story->lanes[event->lane].since, ==, 0);
  g_assert_cmpuint (story->lanes[event->lane].acquired, ==, 0);
  g_assert_cmpuint (weft_lock_value_waiters (event->value), ==, ++story->n_waiters);
  story->lanes[event->lane].since = event->ticks;
  story->lanes[event->lane].task = event->task;
  story->lanes[event->lane].arrival = weft_lock_value_arrival (event->value);
  story->n_waits++;
}

static void
tell_acquire (Story *story, const WeftEvent *event)
{
  gboolean waited = story->lanes[event->lane].since != 0;
  guint waiters = weft_lock_value_waiters (event->value);
  guint sharers = weft_lock_value_sharers (event->value);

  /* One owner at a time, and nobody beside one who has it for itself. */
  g_assert_cmpint (story->owner, ==, -1);
  g_assert_cmpint (event->activity, ==, WEFT_WIRE_WORKING);
  if (sharers == 0)
    {
      g_assert_cmpuint (story->n_sharers, ==, 0);
      story->owner = event->lane;
      story->n_handovers += story->last_owner != 0 && story->last_owner != event->lane;
      story->last_owner = event->lane; /* never 0: that is main */
    }
  else
    {
      g_assert_cmpuint (sharers, ==, ++story->n_sharers);
      story->max_sharers = MAX (story->max_sharers, sharers);
      story->lanes[event->lane].shares = TRUE;
    }
  if (waited)
    {
      guint64 wait = event->ticks - story->lanes[event->lane].since;

      story->n_waiters--;
      story->wait_ticks += wait;
      story->max_wait = MAX (story->max_wait, wait);
      g_assert_cmpuint (event->task, ==, story->lanes[event->lane].task);
      g_assert_cmpuint (weft_lock_value_arrival (event->value), ==, story->lanes[event->lane].arrival);
      g_assert_cmpuint (waiters, !=, WEFT_LOCK_AS_BEFORE);
    }
  if (waiters != WEFT_LOCK_AS_BEFORE)
    g_assert_cmpuint (waiters, ==, story->n_waiters);
  story->arrival = weft_lock_value_arrival (event->value);
  story->lanes[event->lane].since = 0;
  story->lanes[event->lane].acquired = event->ticks;
  story->lanes[event->lane].task = event->task;
  story->n_acquisitions++;
}

static void
tell_release (Story *story, const WeftEvent *event)
{
  guint64 hold = event->ticks - story->lanes[event->lane].acquired;

  if (story->lanes[event->lane].shares)
    story->n_sharers--;
  else
    {
      g_assert_cmpint (story->owner, ==, event->lane);
      story->owner = -1;
    }
  g_assert_cmpuint (weft_lock_value_sharers (event->value), ==, story->n_sharers);
  g_assert_cmpuint (event->task, ==, story->lanes[event->lane].task);
  story->hold_ticks += hold;
  story->max_hold = MAX (story->max_hold, hold);
  story->lanes[event->lane].acquired = 0;
  story->lanes[event->lane].shares = FALSE;
  story->n_releases++;
}

/* Goes through all events, in the order of their ticks. With @in_line, the lock is handed over in the order
 * of arrival. */
static Story
read_story (TestRun *run, gboolean in_line)
{
  Story story = { .owner = -1 };

  g_assert_cmpuint (test_run_get_n_lanes (run), <=, MAX_LANES);
  for (guint i = 0; i < run->events->len; i++)
    {
      const WeftEvent *event = &g_array_index (run->events, WeftEvent, i);

      if (event->kind == WEFT_EVENT_LOCK_WAIT)
        tell_wait (&story, event);
      else if (event->kind == WEFT_EVENT_ACQUIRE)
        {
          guint32 before = story.arrival;

          tell_acquire (&story, event);
          g_assert_cmpuint (story.arrival, ==, in_line ? before + 1 : 0);
        }
      else if (event->kind == WEFT_EVENT_RELEASE)
        tell_release (&story, event);
      else
        continue;
      g_assert_cmpuint (event->object, ==, LOCK);
      if (event->kind != WEFT_EVENT_LOCK_WAIT)
        {
          g_assert_cmpuint (event->ticks, >, story.last);
          story.last = event->ticks;
        }
    }
  return story;
}

/* The totals are those of the story, and of the lanes, which count for themselves. */
static void
assert_totals (TestRun *run, const Story *story)
{
  WeftHistogramFigures waits = get_figures (run, WEFT_LOCK_WAITS);
  WeftHistogramFigures holds = get_figures (run, WEFT_LOCK_HOLDS);

  g_assert_cmpuint (story->n_acquisitions, >, 0);
  g_assert_cmpuint (story->n_acquisitions, ==, story->n_releases);
  g_assert_cmpuint (get_total (run, WEFT_LOCK_ACQUISITIONS), ==, story->n_acquisitions);
  g_assert_cmpuint (get_total (run, WEFT_LOCK_CONTENDED), ==, story->n_waits);
  g_assert_cmpuint (get_total (run, WEFT_LOCK_HANDOVERS), ==, story->n_handovers);
  g_assert_cmpuint (get_total (run, WEFT_LOCK_LAST), ==, story->last);
  g_assert_cmpuint (waits.n, ==, story->n_waits);
  g_assert_cmpuint (waits.total, ==, story->wait_ticks);
  g_assert_cmpuint (waits.max, ==, story->max_wait);
  g_assert_cmpuint (holds.n, ==, story->n_acquisitions);
  g_assert_cmpuint (holds.total, ==, story->hold_ticks);
  g_assert_cmpuint (holds.max, ==, story->max_hold);
  g_assert_cmpuint (story->n_waiters, ==, 0);
}

static void
assert_finished (TestRun *run)
{
  g_assert_null (run->failure);
  g_assert_cmpstr (run->outcome, ==, "finished");
  for (guint i = 0; i < test_run_get_n_lanes (run); i++)
    g_assert_cmpuint (atomic_load (&run->wire.lanes[i].dropped), ==, 0);
}

/* Each kind, by its number. The holds are long enough that the rings are not filled. */
static void
test_kind (gconstpointer data)
{
  WeftLockKind kind = (WeftLockKind) GPOINTER_TO_INT (data);
  g_autofree char *values =
      g_strdup_printf ("lock=%s threads=4 hold-us=50 outside-us=20 duration-ms=700 read-fraction=0.5 cores=2",
                       weft_lock_kinds[kind]);
  gboolean spins = kind == WEFT_LOCK_SPINLOCK || kind == WEFT_LOCK_TICKET;
  TestRun *run;
  Story story;
  double sum = 0, squares = 0;

  if (g_get_num_processors () < 2)
    {
      g_test_skip ("with one core hardly anyone waits");
      return;
    }
  run = test_run_all ("lock-contention", values);
  assert_finished (run);
  story = read_story (run, kind == WEFT_LOCK_TICKET);
  assert_totals (run, &story);
  g_assert_cmpuint (test_run_get_total (run, "thread ", WEFT_LANE_TASKS_DONE), ==, story.n_acquisitions);
  g_assert_cmpuint (test_run_get_total (run, "thread ", WEFT_LANE_TASKS_STARTED), ==, story.n_acquisitions);
  g_assert_cmpuint (story.n_waits, >, 0);
  if (kind != WEFT_LOCK_RWLOCK)
    g_assert_cmpuint (story.max_sharers, ==, 0);
  for (guint i = 0; i < run->events->len; i++)
    if (g_array_index (run->events, WeftEvent, i).kind == WEFT_EVENT_LOCK_WAIT)
      g_assert_cmpint (g_array_index (run->events, WeftEvent, i).activity, ==,
                       spins ? WEFT_WIRE_SPINNING : WEFT_WIRE_LOCK_WAIT);

  g_assert_cmpint (json_object_get_int_member (run->result, "acquisitions"), ==, (gint64) story.n_acquisitions);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (run->result, "contended_fraction"),
                                  (double) story.n_waits / (double) story.n_acquisitions, 1e-9);
  for (guint i = 1; i <= 4; i++)
    {
      double done = (double) atomic_load (&run->wire.lanes[i].totals[WEFT_LANE_TASKS_DONE]);

      sum += done;
      squares += done * done;
    }
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (run->result, "fairness"),
                                  sum * sum / (4 * squares), 1e-9);
  test_run_free (run);
}

/* Readers have it together, and never wait for each other. */
static void
test_readers (void)
{
  TestRun *run = test_run_all ("lock-contention", "lock=rwlock threads=4 hold-us=50000 outside-us=0 "
                                                  "duration-ms=600 read-fraction=1");
  Story story;

  assert_finished (run);
  story = read_story (run, FALSE);
  assert_totals (run, &story);
  g_assert_cmpuint (story.n_waits, ==, 0);
  g_assert_cmpuint (story.n_handovers, ==, 0);
  g_assert_cmpuint (story.max_sharers, >, 1);
  test_run_free (run);
}

/* CPU time for each acquisition, against what the kernel says of each thread as it ends. */
static void
test_cpu (void)
{
  TestRun *run = test_run_all ("lock-contention", "threads=2 hold-us=1000 outside-us=1000 duration-ms=1000");
  double noted_s =
      json_object_get_double_member (run->result, "cpu_s_per_acquisition")
      * (double) json_object_get_int_member (run->result, "acquisitions");
  double kernel_s = 0;

  assert_finished (run);
  for (guint i = 1; i <= 2; i++)
    kernel_s += (double) atomic_load (&run->wire.lanes[i].end_cpu_ns) / 1e9;
  g_assert_cmpfloat (noted_s, <=, kernel_s);
  /* What they had before they started, and from the last round on, is not in it. */
  g_assert_cmpfloat (noted_s + 0.02, >=, 0.95 * kernel_s);
  test_run_free (run);
}

/* At full speed, with nobody to empty the rings: events are dropped, the totals are not. */
static void
test_dropped (void)
{
  TestRun *run = test_run_new ("lock-contention", "threads=2 hold-us=0 outside-us=0 duration-ms=700");
  WeftHistogramFigures holds;
  guint64 dropped = 0;

  run->keep_events = FALSE;
  test_run_prepare (run, NULL);
  test_run_go (run);
  g_usleep (1000000);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "finished");
  for (guint i = 0; i < test_run_get_n_lanes (run); i++)
    dropped += atomic_load (&run->wire.lanes[i].dropped);
  g_assert_cmpuint (dropped, >, 0);
  holds = get_figures (run, WEFT_LOCK_HOLDS);
  g_assert_cmpuint (get_total (run, WEFT_LOCK_ACQUISITIONS), ==,
                    test_run_get_total (run, "thread ", WEFT_LANE_TASKS_DONE));
  g_assert_cmpuint (get_total (run, WEFT_LOCK_ACQUISITIONS), ==, holds.n);
  g_assert_cmpuint (get_total (run, WEFT_LOCK_CONTENDED), ==, get_figures (run, WEFT_LOCK_WAITS).n);
  g_assert_false (json_object_get_null_member (run->result, "throughput"));
  test_run_free (run);
}

static gboolean
someone_has_it (TestRun *run, gpointer data)
{
  for (guint i = 0; i < run->events->len; i++)
    if (g_array_index (run->events, WeftEvent, i).kind == WEFT_EVENT_ACQUIRE)
      return TRUE;
  return FALSE;
}

/* Stopped while one has the lock for an hour and the others wait for it. */
static void
test_stop (gconstpointer data)
{
  g_autofree char *values = g_strdup_printf ("lock=%s threads=8 hold-us=3600000000 duration-ms=3600000",
                                             weft_lock_kinds[GPOINTER_TO_INT (data)]);
  TestRun *run = test_run_new ("lock-contention", values);

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump_until (run, someone_has_it, NULL);
  test_run_send (run, "{\"message\":\"stop\"}");
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "stopped");
  g_assert_null (run->failure);
  test_run_free (run);
}

/* The owner is killed, and with it its process: it still has the lock in what was recorded. */
static void
test_kill (void)
{
  TestRun *run = test_run_new ("lock-contention", "threads=4 hold-us=3600000000 duration-ms=3600000");
  gint owner = -1;

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump_until (run, someone_has_it, NULL);
  kill (test_run_get_lane (run, 0).pid, SIGKILL);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_nonnull (strstr (run->failure, "SIGKILL"));
  for (guint i = 0; i < run->events->len; i++)
    {
      const WeftEvent *event = &g_array_index (run->events, WeftEvent, i);

      g_assert_cmpint (event->kind, !=, WEFT_EVENT_RELEASE);
      if (event->kind == WEFT_EVENT_ACQUIRE)
        {
          g_assert_cmpint (owner, ==, -1);
          owner = event->lane;
        }
    }
  g_assert_cmpint (owner, >, 0);
  g_assert_cmpuint (get_total (run, WEFT_LOCK_ACQUISITIONS), ==, 1);
  g_assert_cmpint (json_object_get_int_member (run->result, "acquisitions"), ==, 1);
  g_assert_true (json_object_get_null_member (run->result, "throughput"));
  for (guint i = 0; i < test_run_get_n_lanes (run); i++)
    g_assert_true (test_run_get_lane (run, i).ended);
  test_run_free (run);
}

/* No time at all: nobody gets the lock, and what is not known is null. */
static void
test_no_time (void)
{
  TestRun *run = test_run_all ("lock-contention", "duration-ms=0 threads=1 hold-us=0");
  JsonObject *wait = json_object_get_object_member (run->result, "wait_s");

  assert_finished (run);
  g_assert_true (json_object_get_null_member (wait, "p50"));
  g_assert_true (json_object_get_null_member (wait, "max"));
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  for (int kind = 0; weft_lock_kinds[kind] != NULL; kind++)
    {
      g_autofree char *path = g_strconcat ("/locks/kind/", weft_lock_kinds[kind], NULL);
      g_autofree char *stop_path = g_strconcat ("/locks/stop/", weft_lock_kinds[kind], NULL);

      g_test_add_data_func (path, GINT_TO_POINTER (kind), test_kind);
      g_test_add_data_func (stop_path, GINT_TO_POINTER (kind), test_stop);
    }
  g_test_add_func ("/locks/readers", test_readers);
  g_test_add_func ("/locks/cpu", test_cpu);
  g_test_add_func ("/locks/dropped", test_dropped);
  g_test_add_func ("/locks/kill", test_kill);
  g_test_add_func ("/locks/no-time", test_no_time);
  return g_test_run ();
}
