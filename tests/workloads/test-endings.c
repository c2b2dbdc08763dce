/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever ends a run, and whatever state it is in: nothing of it is left running, what was recorded
 * stays, and the reason is said. How long a stop took is reported, not asserted.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test-run.h"

#define STOP "{\"message\":\"stop\"}"

static gboolean
has_lanes (TestRun *run, gpointer data)
{
  guint n = GPOINTER_TO_UINT (data);

  if (test_run_get_n_lanes (run) < n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (atomic_load (&run->wire.lanes[i].state) == WEFT_SLOT_FREE)
      return FALSE;
  return TRUE;
}

static gboolean
has_taken (TestRun *run, gpointer data)
{
  return test_run_get_queue_total (run, WEFT_QUEUE_GETS) >= GPOINTER_TO_UINT (data);
}

static TestRun *
start (const char *id, const char *values, guint n_lanes)
{
  TestRun *run = test_run_new (id, values);

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump_until (run, has_lanes, GUINT_TO_POINTER (n_lanes));
  return run;
}

/* By its lane's number: 0 is the first process. */
static void
send_signal (TestRun *run, guint lane, int signal_number)
{
  g_assert_no_errno (kill (test_run_get_lane (run, lane).pid, signal_number));
}

static void
stop_and_check (TestRun *run)
{
  gint64 began_us = g_get_monotonic_time ();

  test_run_send (run, STOP);
  test_run_finish (run);
  g_test_message ("stopped and gone in %.3f s", (double) (g_get_monotonic_time () - began_us) / 1e6);
  g_assert_cmpstr (run->outcome, ==, "stopped");
  g_assert_null (run->failure);
  for (guint i = 0; i < test_run_get_n_lanes (run); i++)
    g_assert_true (test_run_get_lane (run, i).ended);
  test_run_free (run);
}

typedef struct
{
  const char *name;
  const char *id;
  const char *values;
  guint n_lanes;
  int frozen_lane; /* that is stopped by SIGSTOP; -1: none; -2: all */
} StopRow;

static const StopRow stop_rows[] = {
  { "asleep", "pool", "workers=4 tasks=8 min-ms=60000 max-ms=60000", 5, -1 },
  { "asleep-threads", "pool", "backend=threads workers=4 tasks=8 min-ms=60000 max-ms=60000", 5, -1 },
  { "spinning", "pool", "workers=8 tasks=8 min-ms=60000 max-ms=60000 work=cpu", 9, -1 },
  { "spinning-threads", "pool", "backend=threads workers=8 tasks=8 min-ms=60000 max-ms=60000 work=cpu", 9,
    -1 },
  { "full-speed", "queue", "producers=3 consumers=3 items=0 capacity=4 produce-ms=0", 7, -1 },
  { "full-speed-threads", "queue", "backend=threads producers=3 consumers=3 items=0 capacity=4 produce-ms=0",
    7, -1 },
  { "queue-full", "queue", "producers=3 items=0 capacity=1 produce-ms=0 consume-ms=60000", 5, -1 },
  { "queue-full-threads", "queue",
    "backend=threads producers=3 items=0 capacity=1 produce-ms=0 consume-ms=60000", 5, -1 },
  { "queue-empty", "queue", "consumers=3 items=0 produce-ms=60000", 5, -1 },
  { "queue-empty-threads", "queue", "backend=threads consumers=3 items=0 produce-ms=60000", 5, -1 },
  { "pipe", "queue", "transport=pipe producers=2 consumers=2 capacity=2 items=0 produce-ms=0", 5, -1 },
  { "frozen-worker", "pool", "workers=4 tasks=8 min-ms=60000 max-ms=60000", 5, 2 },
  { "frozen-first", "pool", "workers=4 tasks=8 min-ms=60000 max-ms=60000", 5, 0 },
  { "frozen-all", "pool", "workers=4 tasks=1000000 max-ms=0", 5, -2 },
  { "frozen-threads", "pool", "backend=threads workers=4 tasks=8 min-ms=60000 max-ms=60000", 5, 0 },
  { "many", "pool", "workers=100 tasks=200 min-ms=60000 max-ms=60000", 101, -1 },
};

static void
test_stop (gconstpointer data)
{
  const StopRow *row = data;
  TestRun *run = start (row->id, row->values, row->n_lanes);

  test_run_pump (run, 50);
  for (guint i = 0; i < row->n_lanes; i++)
    if ((int) i == row->frozen_lane || row->frozen_lane == -2)
      send_signal (run, i, SIGSTOP);
  stop_and_check (run);
}

static gboolean
have_exited (TestRun *run, guint first, guint last)
{
  for (guint i = first; i <= last; i++)
    {
      TestLane lane = test_run_get_lane (run, i);

      if (!lane.ended || !lane.has_status || !WIFEXITED (lane.status) || WEXITSTATUS (lane.status) != 0)
        return FALSE;
    }
  return TRUE;
}

/* Consumers that wait for an item are woken, and end by themselves within the grace, although the
 * producer is frozen and wakes nobody: on a machine that is busy with other things not each time, but
 * one time in ten. */
static void
test_stop_wakes (void)
{
  gboolean ordinary = FALSE;

  for (guint i = 0; i < 10 && !ordinary; i++)
    {
      TestRun *run = start ("queue", "consumers=3 items=0 produce-ms=60000", 5);

      send_signal (run, 1, SIGSTOP);
      test_run_pump (run, 100); /* the first process has seen that its child was frozen */
      test_run_send (run, STOP);
      test_run_finish (run);
      ordinary = have_exited (run, 2, 4);
      test_run_free (run);
    }
  g_assert_true (ordinary);
}

/* At some instants between "go" and the last worker's start. */
static void
test_stop_while_starting (void)
{
  for (guint i = 0; i < 12; i++)
    {
      TestRun *run =
          test_run_new ("pool", i % 2 == 0 ? "workers=64 tasks=64 max-ms=60000 min-ms=60000"
                                           : "backend=threads workers=64 tasks=64 max-ms=60000 min-ms=60000");

      test_run_prepare (run, NULL);
      test_run_go (run);
      if (i > 1)
        test_run_pump (run, (int) i);
      stop_and_check (run);
    }
}

static void
test_stop_before_go (void)
{
  TestRun *run = test_run_new ("pool", "");

  test_run_prepare (run, NULL);
  stop_and_check (run);
}

static void
test_stop_twice (void)
{
  TestRun *run = start ("pool", "workers=2 tasks=2 min-ms=60000 max-ms=60000", 3);

  test_run_send (run, STOP);
  test_run_send (run, STOP);
  stop_and_check (run);
}

/* A task that a stop cuts short was given up, not done. */
static void
test_given_up (void)
{
  TestRun *run = start ("pool", "workers=2 tasks=5 min-ms=60000 max-ms=60000", 3);

  test_run_pump_until (run, has_taken, GUINT_TO_POINTER (2));
  test_run_send (run, STOP);
  test_run_finish (run);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_STARTED), ==, 2);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_FAILED), ==, 2);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_DONE), ==, 0);
  test_run_free (run);
}

/* One worker is killed while it sleeps on its task: that task is lost, the others go on. */
static void
test_kill_worker (void)
{
  TestRun *run = start ("pool", "workers=3 tasks=9 min-ms=200 max-ms=200", 4);

  test_run_pump_until (run, has_taken, GUINT_TO_POINTER (3));
  send_signal (run, 2, SIGKILL);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "finished");
  g_assert_null (run->failure);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_GETS), ==, 9);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_DONE), ==, 8);
  g_assert_cmpint (WTERMSIG (test_run_get_lane (run, 2).status), ==, SIGKILL);
  g_assert_cmpuint (run->notices->len, ==, 1);
  g_assert_nonnull (strstr (run->notices->pdata[0], "worker 2"));
  g_assert_nonnull (strstr (run->notices->pdata[0], "SIGKILL"));
  test_run_free (run);
}

static void
test_kill_all_workers (void)
{
  TestRun *run = start ("pool", "workers=3 tasks=9 min-ms=60000 max-ms=60000", 4);

  test_run_pump_until (run, has_taken, GUINT_TO_POINTER (3));
  for (guint i = 1; i <= 3; i++)
    send_signal (run, i, SIGKILL);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_cmpstr (run->failure, ==,
                   "All 3 workers were ended from outside with 6 of 9 tasks left. Run it again, and leave "
                   "a worker alive.");
  g_assert_cmpint (WEXITSTATUS (run->exit_status), ==, 1);
  test_run_free (run);
}

static void
test_kill_consumers (void)
{
  TestRun *run =
      start ("queue", "producers=2 consumers=2 items=0 capacity=3 produce-ms=1 consume-ms=60000", 5);

  test_run_pump_until (run, has_taken, GUINT_TO_POINTER (2));
  send_signal (run, 3, SIGKILL);
  send_signal (run, 4, SIGKILL);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_true (g_str_has_prefix (run->failure, "All consumers were ended from outside with "));
  test_run_free (run);
}

static void
test_kill_producers (void)
{
  TestRun *run = start ("queue", "producers=2 consumers=2 items=0 produce-ms=1 finish=drain", 5);

  test_run_pump_until (run, has_taken, GUINT_TO_POINTER (2));
  send_signal (run, 1, SIGKILL);
  send_signal (run, 2, SIGKILL);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_true (g_str_has_prefix (run->failure, "All producers were ended from outside."));
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_PUTS), ==,
                    test_run_get_queue_total (run, WEFT_QUEUE_GETS));
  test_run_free (run);
}

typedef struct
{
  const char *name;
  const char *values;
  guint n_lanes;
  int signal_number;
} KillRow;

static const KillRow kill_rows[] = {
  { "processes", "workers=4 tasks=20 min-ms=60000 max-ms=60000", 5, SIGKILL },
  { "threads", "backend=threads workers=4 tasks=20 min-ms=60000 max-ms=60000", 5, SIGKILL },
  { "spinning", "workers=4 tasks=20 min-ms=60000 max-ms=60000 work=cpu", 5, SIGKILL },
  { "full-speed", "workers=4 tasks=1000000 max-ms=0", 5, SIGKILL },
  { "crash", "workers=4 tasks=20 min-ms=60000 max-ms=60000", 5, SIGABRT },
  { "terminated", "workers=4 tasks=20 min-ms=60000 max-ms=60000", 5, SIGTERM },
};

static void
test_kill_first (gconstpointer data)
{
  const KillRow *row = data;
  TestRun *run = start ("pool", row->values, row->n_lanes);
  g_autofree char *text = g_strdup_printf ("The workload's first process was killed by SIG%s.",
                                           sigabbrev_np (row->signal_number));

  send_signal (run, 0, row->signal_number);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_cmpstr (run->failure, ==, text);
  g_assert_cmpuint (run->n_events, >, row->n_lanes); /* the recording is there */
  for (guint i = 0; i < row->n_lanes; i++)
    {
      g_assert_true (test_run_get_lane (run, i).ended);
      g_assert_true (test_run_get_lane (run, i).has_status);
      g_assert_true (WIFSIGNALED (test_run_get_lane (run, i).status));
    }
  test_run_free (run);
}

static void
test_kill_supervisor (gconstpointer data)
{
  const KillRow *row = data;
  TestRun *run = start ("pool", row->values, row->n_lanes);

  g_assert_no_errno (kill (run->supervisor, SIGKILL));
  test_run_finish (run);
  g_assert_null (run->outcome);
  g_assert_true (WIFSIGNALED (run->exit_status));
  g_assert_cmpuint (run->n_events, >, row->n_lanes);
  test_run_free (run);
}

static void
test_terminate_supervisor (gconstpointer data)
{
  const KillRow *row = data;
  TestRun *run = start ("pool", row->values, row->n_lanes);

  g_assert_no_errno (kill (run->supervisor, SIGTERM));
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "stopped");
  test_run_free (run);
}

/* Run control has died: its end of the channel is closed. */
static void
test_close_channel (gconstpointer data)
{
  const KillRow *row = data;
  TestRun *run = start ("pool", row->values, row->n_lanes);

  close (run->control_fd);
  run->control_fd = -1;
  g_assert_cmpint (waitpid (run->supervisor, &run->exit_status, 0), ==, run->supervisor);
  test_run_assert_nothing_left ();
  test_run_free (run);
}

/* The other way to notice it: the signal that comes when the thread that started the helper ends. */
static void
test_parent_dies (void)
{
  TestRun *run = test_run_new ("pool", "workers=4 tasks=20 min-ms=60000 max-ms=60000");
  int status;
  pid_t parent = fork ();

  if (parent == 0)
    {
      test_run_prepare (run, NULL);
      test_run_go (run);
      test_run_pump_until (run, has_lanes, GUINT_TO_POINTER (5));

      /* A copy of the channel that stays open, so that its end is not what ends the helper. */
      if (fork () == 0)
        {
          sleep (5);
          _exit (0);
        }
      kill (getpid (), SIGKILL);
    }
  g_assert_cmpint (waitpid (parent, &status, 0), ==, parent);
  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (GArray) left = NULL;

      while (waitpid (-1, NULL, WNOHANG) > 0)
        ;
      left = test_run_get_descendants ();
      if (left->len == 1) /* who keeps the copy of the channel */
        break;
      g_usleep (5000);
    }
  {
    g_autoptr (GArray) left = test_run_get_descendants ();

    g_assert_cmpuint (left->len, ==, 1);
    kill (g_array_index (left, int, 0), SIGKILL);
  }
  test_run_assert_nothing_left ();
  test_run_free (run);
}

/* Root is exempt from the limit, so the helper becomes nobody. The few processes that it may have are
 * enough for the supervisor and some workers; where the user has more already, for none. */
static void
limit_processes (void)
{
  struct rlimit limit = { 6, 6 };

  setrlimit (RLIMIT_NPROC, &limit);
  if (geteuid () == 0 && (setgid (54321) != 0 || setuid (54321) != 0))
    _exit (126);
}

static void
test_process_limit (gconstpointer data)
{
  g_autofree char *values =
      g_strdup_printf ("backend=%s workers=32 tasks=64 min-ms=100 max-ms=100", (const char *) data);
  TestRun *run = test_run_new ("pool", values);

  test_run_prepare (run, limit_processes);
  test_run_go (run);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_nonnull (run->failure);
  g_assert_nonnull (strstr (run->failure, "limit on processes and threads is reached (this user may have 6"));
  g_assert_nonnull (strstr (run->failure, "Ask for fewer"));
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (stop_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/endings/stop/", stop_rows[i].name, NULL);

      g_test_add_data_func (path, &stop_rows[i], test_stop);
    }
  g_test_add_func ("/endings/stop/wakes", test_stop_wakes);
  g_test_add_func ("/endings/stop/while-starting", test_stop_while_starting);
  g_test_add_func ("/endings/stop/before-go", test_stop_before_go);
  g_test_add_func ("/endings/stop/twice", test_stop_twice);
  g_test_add_func ("/endings/stop/given-up", test_given_up);
  g_test_add_func ("/endings/kill-worker", test_kill_worker);
  g_test_add_func ("/endings/kill-all-workers", test_kill_all_workers);
  g_test_add_func ("/endings/kill-consumers", test_kill_consumers);
  g_test_add_func ("/endings/kill-producers", test_kill_producers);
  for (guint i = 0; i < G_N_ELEMENTS (kill_rows); i++)
    {
      g_autofree char *first = g_strconcat ("/endings/kill-first/", kill_rows[i].name, NULL);
      g_autofree char *supervisor = g_strconcat ("/endings/kill-supervisor/", kill_rows[i].name, NULL);
      g_autofree char *terminate = g_strconcat ("/endings/terminate-supervisor/", kill_rows[i].name, NULL);
      g_autofree char *channel = g_strconcat ("/endings/close-channel/", kill_rows[i].name, NULL);

      g_test_add_data_func (first, &kill_rows[i], test_kill_first);
      if (kill_rows[i].signal_number != SIGKILL)
        continue;
      g_test_add_data_func (supervisor, &kill_rows[i], test_kill_supervisor);
      g_test_add_data_func (terminate, &kill_rows[i], test_terminate_supervisor);
      g_test_add_data_func (channel, &kill_rows[i], test_close_channel);
    }
  g_test_add_func ("/endings/parent-dies", test_parent_dies);
  g_test_add_data_func ("/endings/process-limit/processes", "processes", test_process_limit);
  g_test_add_data_func ("/endings/process-limit/threads", "threads", test_process_limit);
  return g_test_run ();
}
