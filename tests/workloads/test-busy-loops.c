/* SPDX-License-Identifier: GPL-3.0-or-later */
/* busy-loops: N loops are N that could always run; under a global interpreter lock one at a time is. */
#include <signal.h>
#include <string.h>

#include "test-run.h"

#define NAME "loop "

static guint64
get_lane_total (TestRun *run, guint lane, WeftLaneTotal total)
{
  return atomic_load (&run->wire.lanes[lane].totals[total]);
}

/* The result against the kernel's own figures, which the lanes read as they end. */
static void
assert_cores_used (TestRun *run, guint n_loops)
{
  guint64 first = G_MAXUINT64, last = 0;
  guint64 noted_ns = 0, kernel_ns = 0;
  double wall_s;

  for (guint i = 1; i <= n_loops; i++)
    {
      /* On a machine that has much else to do one may get no core before the end. */
      if (get_lane_total (run, i, WEFT_LANE_FIRST_TICKS) != 0)
        first = MIN (first, get_lane_total (run, i, WEFT_LANE_FIRST_TICKS));
      last = MAX (last, get_lane_total (run, i, WEFT_LANE_LAST_TICKS));
      noted_ns += get_lane_total (run, i, WEFT_LANE_CPU_NS);
      kernel_ns += atomic_load (&run->wire.lanes[i].end_cpu_ns);
    }
  wall_s = test_run_to_seconds (run, last - first);
  g_assert_cmpuint (noted_ns, <=, kernel_ns);
  /* What they had before they started, and from the end of the loop on, is not in it. */
  g_assert_cmpuint (noted_ns + n_loops * UINT64_C (10000000), >=, kernel_ns - kernel_ns / 20);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (run->result, "cores_used"),
                                  (double) noted_ns * 1e-9 / wall_s, 0.01);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (run->result, "iterations_per_s"),
      (double) test_run_get_total (run, NAME, WEFT_LANE_ITERATIONS) / wall_s,
      0.01 * json_object_get_double_member (run->result, "iterations_per_s"));
}

/* However many other programs there are, a loop is never blocked: it has a core, or could do with one. */
static void
test_all_run (gconstpointer data)
{
  g_autofree char *values =
      g_strdup_printf ("backend=%s loops=3 duration-ms=800 cores=1", (const char *) data);
  TestRun *run = test_run_all ("busy-loops", values);

  g_assert_null (run->failure);
  g_assert_cmpstr (run->outcome, ==, "finished");
  g_assert_cmpuint (test_run_get_n_lanes (run), ==, 4);
  assert_cores_used (run, 3);
  /* It was kept to one core. */
  g_assert_cmpfloat (json_object_get_double_member (run->result, "cores_used"), <=, 1.02);
  g_assert_true (json_object_get_null_member (run->result, "handovers"));
  for (guint i = 1; i <= 3; i++)
    {
      const WeftWireLane *slot = &run->wire.lanes[i];
      guint64 runnable = atomic_load (&slot->end_on_core_ns) + atomic_load (&slot->end_ready_ns);

      g_assert_cmpint (slot->is_process != 0, ==, g_str_equal (data, "processes"));
      if (get_lane_total (run, i, WEFT_LANE_FIRST_TICKS) != 0)
        g_assert_cmpuint (get_lane_total (run, i, WEFT_LANE_ITERATIONS), >, 0);
      if ((atomic_load (&slot->end_flags) & WEFT_END_SCHEDSTAT) != 0)
        g_assert_cmpfloat ((double) runnable / 1e9, >=, 0.8 * 0.95);
    }
  test_run_free (run);
}

/* At any instant at most one has the lock, and only that one works. */
static void
test_global_lock (void)
{
  TestRun *run =
      test_run_all ("busy-loops", "backend=global-lock loops=4 duration-ms=1000 switch-interval-ms=5");
  gint owner = -1;
  guint last = 0;
  gint64 n_handovers = 0;
  guint64 n_acquisitions = 0, acquired = 0, held = 0, kernel_ns = 0;
  double wall_s;

  g_assert_null (run->failure);
  g_assert_cmpstr (run->outcome, ==, "finished");
  assert_cores_used (run, 4);
  for (guint i = 0; i < run->events->len; i++)
    {
      const WeftEvent *event = &g_array_index (run->events, WeftEvent, i);

      if (event->kind == WEFT_EVENT_ACQUIRE)
        {
          g_assert_cmpint (owner, ==, -1);
          owner = event->lane;
          acquired = event->ticks;
          n_acquisitions++;
          n_handovers += last != 0 && last != event->lane;
          last = event->lane;
        }
      else if (event->kind == WEFT_EVENT_RELEASE)
        {
          g_assert_cmpint (owner, ==, event->lane);
          owner = -1;
          held += event->ticks - acquired;
        }
      /* Who says that it works has the lock, or has just done with it. */
      else if (event->lane > 0 && event->kind == WEFT_EVENT_ACTIVITY)
        g_assert_cmpint (event->activity, !=, WEFT_WIRE_WORKING);
    }
  for (guint i = 1; i <= 4; i++)
    kernel_ns += atomic_load (&run->wire.lanes[i].end_cpu_ns);
  wall_s = test_run_to_seconds (run, atomic_load (&run->wire.objects[0].totals[WEFT_LOCK_LAST])
                                         - atomic_load (&run->wire.objects[0].totals[WEFT_LOCK_FIRST]));
  g_assert_cmpfloat (test_run_to_seconds (run, held), <=, wall_s);
  /* Who does not have it only looks at its watch now and then. */
  g_assert_cmpfloat ((double) kernel_ns / 1e9, <=, 1.2 * wall_s);
  g_assert_cmpint (json_object_get_int_member (run->result, "handovers"), ==, n_handovers);
  g_assert_cmpint (n_handovers, >, 0);
  /* Who hands it over does not have it again at once: but for the end, when nobody else may want it. */
  g_assert_cmpuint (n_acquisitions - (guint64) n_handovers, <=, 1);
  test_run_free (run);
}

static gboolean
all_go_round (TestRun *run, gpointer data)
{
  for (guint i = 1; i <= 3; i++)
    if (test_run_get_n_lanes (run) <= i || get_lane_total (run, i, WEFT_LANE_ITERATIONS) == 0)
      return FALSE;
  return TRUE;
}

/* Loops that are processes, of which some are killed, or all. */
static void
test_kill (gconstpointer data)
{
  guint n_killed = GPOINTER_TO_UINT (data);
  TestRun *run = test_run_new ("busy-loops", n_killed == 3 ? "backend=processes loops=3 duration-ms=3600000"
                                                           : "backend=processes loops=3 duration-ms=1500");

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump_until (run, all_go_round, NULL);
  for (guint i = 1; i <= n_killed; i++)
    kill (test_run_get_lane (run, i).pid, SIGKILL);
  test_run_finish (run);
  /* The first says that there is one core. */
  g_assert_cmpuint (run->notices->len, ==, 1 + n_killed);
  g_assert_nonnull (strstr (run->notices->pdata[0], "only one core"));
  for (guint i = 1; i <= n_killed; i++)
    g_assert_true (g_str_has_prefix (run->notices->pdata[i], NAME));
  if (n_killed == 3)
    {
      g_assert_cmpstr (run->outcome, ==, "failed");
      g_assert_nonnull (strstr (run->failure, "All loops were ended from outside"));
    }
  else
    {
      g_assert_null (run->failure);
      g_assert_cmpstr (run->outcome, ==, "finished");
    }
  test_run_free (run);
}

/* The process of all threads, of which one has the lock, is killed. */
static void
test_kill_owner (void)
{
  TestRun *run = test_run_new ("busy-loops", "backend=global-lock loops=3 duration-ms=3600000");

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump_until (run, all_go_round, NULL);
  kill (test_run_get_lane (run, 0).pid, SIGKILL);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_nonnull (strstr (run->failure, "SIGKILL"));
  test_run_free (run);
}

static void
test_stop (gconstpointer data)
{
  g_autofree char *values =
      g_strdup_printf ("backend=%s loops=3 duration-ms=3600000 switch-interval-ms=20", (const char *) data);
  TestRun *run = test_run_new ("busy-loops", values);

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump_until (run, all_go_round, NULL);
  test_run_send (run, "{\"message\":\"stop\"}");
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "stopped");
  g_assert_null (run->failure);
  test_run_free (run);
}

/* No time, and an interval of none, which is the shortest there is. */
static void
test_edges (void)
{
  static const char *const values[] = { "duration-ms=0 loops=2", "backend=global-lock duration-ms=0 loops=3",
                                        "backend=global-lock duration-ms=200 loops=3 switch-interval-ms=0",
                                        "backend=global-lock duration-ms=200 loops=1" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      TestRun *run = test_run_all ("busy-loops", values[i]);

      g_assert_null (run->failure);
      g_assert_cmpstr (run->outcome, ==, "finished");
      test_run_free (run);
    }
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  g_test_add_data_func ("/busy-loops/all-run/threads", "threads", test_all_run);
  g_test_add_data_func ("/busy-loops/all-run/processes", "processes", test_all_run);
  g_test_add_func ("/busy-loops/global-lock", test_global_lock);
  g_test_add_data_func ("/busy-loops/kill/one", GUINT_TO_POINTER (1), test_kill);
  g_test_add_data_func ("/busy-loops/kill/all", GUINT_TO_POINTER (3), test_kill);
  g_test_add_func ("/busy-loops/kill/owner", test_kill_owner);
  g_test_add_data_func ("/busy-loops/stop/threads", "threads", test_stop);
  g_test_add_data_func ("/busy-loops/stop/processes", "processes", test_stop);
  g_test_add_data_func ("/busy-loops/stop/global-lock", "global-lock", test_stop);
  g_test_add_func ("/busy-loops/edges", test_edges);
  return g_test_run ();
}
