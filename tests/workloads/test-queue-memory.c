/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue without a bound that nobody empties: it takes all the memory it may have, and says so. */
#include <string.h>

#include "test-run.h"

static void
test_uses_up_its_memory (void)
{
  TestRun *run = test_run_new ("queue", "capacity=0 items=1000000000 produce-ms=0 consume-ms=3600000 "
                                        "distribution=fixed");

  run->keep_events = FALSE;
  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_nonnull (strstr (run->failure, "used up its memory: it holds 8388608 items, 256 MiB"));
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_MAX_DEPTH), ==, 8388608);
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  g_test_add_func ("/queue-memory/uses-up", test_uses_up_its_memory);
  return g_test_run ();
}
