/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A million tasks, and 256 workers, in every backend and order. */
#include "test-run.h"

static void
assert_all_done (TestRun *run, guint64 n_tasks)
{
  g_assert_null (run->failure);
  g_assert_cmpstr (run->outcome, ==, "finished");
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_PUTS), ==, n_tasks);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_GETS), ==, n_tasks);
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_DONE), ==, n_tasks);
}

static void
test_million (gconstpointer data)
{
  TestRun *run = test_run_new ("pool", data);

  run->keep_events = FALSE;
  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_finish (run);
  assert_all_done (run, 1000000);
  test_run_free (run);
}

static void
test_many_workers (gconstpointer data)
{
  g_autofree char *values =
      g_strdup_printf ("backend=%s workers=256 tasks=3000 max-ms=20", (const char *) data);
  TestRun *run = test_run_all ("pool", values);

  assert_all_done (run, 3000);
  g_assert_cmpuint (test_run_get_n_lanes (run), ==, 257);
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  g_test_add_data_func ("/pool/million/processes",
                        "backend=processes workers=2 tasks=1000000 min-ms=0 max-ms=0", test_million);
  g_test_add_data_func ("/pool/million/threads", "backend=threads workers=2 tasks=1000000 min-ms=0 max-ms=0",
                        test_million);
  g_test_add_data_func ("/pool/million/shortest",
                        "backend=threads workers=2 tasks=1000000 max-ms=0 order=shortest", test_million);
  g_test_add_data_func ("/pool/million/lifo", "backend=threads workers=2 tasks=1000000 max-ms=0 order=lifo",
                        test_million);
  g_test_add_data_func ("/pool/many-workers/processes", "processes", test_many_workers);
  g_test_add_data_func ("/pool/many-workers/threads", "threads", test_many_workers);
  return g_test_run ();
}
