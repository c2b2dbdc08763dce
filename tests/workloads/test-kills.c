/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Workers that are killed at random instants of a run at full speed, so also while they hold the queue's
 * lock, wait for it, or have just been woken: the others never hang, and at most one item is lost with
 * each. With the argument --rounds=N, N times.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "test-run.h"

#define STOP "{\"message\":\"stop\"}"

static guint n_rounds = 4;

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

static void
pause_at_random (TestRun *run)
{
  gint64 until = g_get_monotonic_time () + g_test_rand_int_range (0, 15000);

  do
    test_run_pump (run, 1);
  while (g_get_monotonic_time () < until);
}

static void
kill_lane (TestRun *run, guint lane)
{
  TestLane victim = test_run_get_lane (run, lane);

  /* It may have ended by itself in the meantime. */
  if (!victim.ended && kill (victim.pid, SIGKILL) < 0)
    g_assert_cmpint (errno, ==, ESRCH);
}

/* All workers but one are killed; that one does the rest. */
static void
test_pool (gconstpointer data)
{
  for (guint round = 0; round < n_rounds; round++)
    {
      g_autofree char *values =
          g_strdup_printf ("workers=6 tasks=300000 max-ms=0 order=%s", (const char *) data);
      TestRun *run = test_run_new ("pool", values);
      guint64 done, gets;

      run->keep_events = FALSE;
      test_run_prepare (run, NULL);
      test_run_go (run);
      test_run_pump_until (run, has_lanes, GUINT_TO_POINTER (7));
      for (guint i = 2; i <= 6 && run->outcome == NULL; i++)
        {
          pause_at_random (run);
          if (run->outcome == NULL && !test_run_get_lane (run, 1).ended)
            kill_lane (run, i);
        }
      test_run_finish (run);
      g_assert_null (run->failure);
      g_assert_cmpstr (run->outcome, ==, "finished");
      done = test_run_get_total (run, "worker ", WEFT_LANE_TASKS_DONE);
      gets = test_run_get_queue_total (run, WEFT_QUEUE_GETS);
      g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_PUTS), ==, 300000);
      g_assert_cmpuint (gets, ==, 300000);
      g_assert_cmpuint (done, <=, gets);
      g_assert_cmpuint (done + run->notices->len, >=, gets);
      test_run_free (run);
    }
}

static gboolean
has_taken_more (TestRun *run, gpointer data)
{
  return test_run_get_queue_total (run, WEFT_QUEUE_GETS) > *(guint64 *) data;
}

/* Producers and consumers on a queue that is always full or empty, so that most of them wait. After each
 * killing the rest goes on. */
static void
test_queue (gconstpointer data)
{
  for (guint round = 0; round < n_rounds; round++)
    {
      g_autofree char *values =
          g_strdup_printf ("producers=4 consumers=4 items=0 produce-ms=0 consume-ms=0 %s",
                           (const char *) data);
      TestRun *run = test_run_new ("queue", values);
      static const guint order[] = { 2, 6, 3, 7, 4, 8 };
      guint64 puts, gets, done;

      run->keep_events = FALSE;
      test_run_prepare (run, NULL);
      test_run_go (run);
      test_run_pump_until (run, has_lanes, GUINT_TO_POINTER (9));
      for (guint i = 0; i < G_N_ELEMENTS (order); i++)
        {
          pause_at_random (run);
          kill_lane (run, order[i]);
          gets = test_run_get_queue_total (run, WEFT_QUEUE_GETS) + 200;
          test_run_pump_until (run, has_taken_more, &gets);
        }
      test_run_send (run, STOP);
      test_run_finish (run);
      g_assert_null (run->failure);
      g_assert_cmpstr (run->outcome, ==, "stopped");
      puts = test_run_get_queue_total (run, WEFT_QUEUE_PUTS);
      gets = test_run_get_queue_total (run, WEFT_QUEUE_GETS);
      done = test_run_get_total (run, "consumer ", WEFT_LANE_TASKS_DONE);
      g_assert_cmpuint (puts, >=, gets);
      g_assert_cmpuint (puts - gets, <=, 3);
      g_assert_cmpuint (gets, >=, done);
      g_assert_cmpuint (gets - done, <=, 4);
      test_run_free (run);
    }
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  for (int i = 2; i < argc; i++)
    if (g_str_has_prefix (argv[i], "--rounds="))
      n_rounds = (guint) atoi (argv[i] + strlen ("--rounds="));
  g_test_add_data_func ("/kills/pool/fifo", "fifo", test_pool);
  g_test_add_data_func ("/kills/pool/lifo", "lifo", test_pool);
  g_test_add_data_func ("/kills/pool/shortest", "shortest", test_pool);
  g_test_add_data_func ("/kills/queue/bounded", "capacity=3", test_queue);
  g_test_add_data_func ("/kills/queue/one", "capacity=1", test_queue);
  g_test_add_data_func ("/kills/queue/pipe", "capacity=3 transport=pipe", test_queue);
  return g_test_run ();
}
