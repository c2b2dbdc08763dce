/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A producer that is killed at any instant, also in the middle of writing a record, leaves only
 * whole records to be read, and totals that agree with them. With the argument --rounds=N, N times.
 */
#include "wire-fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned n_rounds = 400;

/* Between its two totals each record is written: whatever was killed, at most one is under way. */
static void
produce_until_killed (WeftWire *wire)
{
  WeftLane lane;

  if (!weft_lane_begin (&lane, wire, "victim", true, -1, WEFT_WIRE_WORKING))
    _exit (1);
  for (uint64_t i = 0;; i++)
    {
      weft_lane_add (&lane, WEFT_LANE_TASKS_STARTED, 1);
      wire_fixture_emit (&lane, i);
      weft_lane_add (&lane, WEFT_LANE_TASKS_DONE, 1);
    }
}

static void
kill_one (uint64_t *random, uint64_t *dropped_in_all)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, 256, 1);
  bool keeps_up = wire_fixture_random (random) % 2 == 0;
  gint64 end_us;
  pid_t child = wire_fixture_fork ();
  WireChecker checker;
  WeftWireLane *slot = &wire.lanes[0];
  uint64_t read, dropped, started, finished;
  int status;

  if (child == 0)
    produce_until_killed (&wire);
  while (atomic_load_explicit (&slot->state, memory_order_acquire) == WEFT_SLOT_FREE)
    g_thread_yield ();
  wire_checker_open (&checker, &wire, 0);
  end_us = g_get_monotonic_time () + (gint64) (wire_fixture_random (random) % 2000);
  while (g_get_monotonic_time () < end_us)
    if (wire_checker_read (&checker, 64) == 0 || !keeps_up)
      g_usleep (keeps_up ? 0 : 100);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  /* The kill takes effect on another core while this one reads on. */
  wire_checker_drain (&checker);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  wire_checker_drain (&checker);

  dropped = weft_drain_dropped (&checker.drain);
  read = checker.drain.read - 1 - checker.gaps;
  started = atomic_load (&slot->totals[WEFT_LANE_TASKS_STARTED]);
  finished = atomic_load (&slot->totals[WEFT_LANE_TASKS_DONE]);
  g_assert_cmpuint (started - finished, <=, 1);
  g_assert_cmpuint (read + dropped, >=, finished);
  g_assert_cmpuint (read + dropped, <=, started);
  g_assert_cmpuint (checker.missing, <=, dropped);
  g_assert_cmpuint (checker.next, ==, read + checker.missing);
  *dropped_in_all += dropped;

  g_assert_cmpint (weft_wire_note_exit (&wire, child, status, 5, 6, 7), ==, 0);
  g_assert_cmpuint (atomic_load (&slot->state), ==, WEFT_SLOT_ENDED);
  g_assert_cmpuint (atomic_load (&slot->end_ticks), >=, checker.last_ticks);
  wire_fixture_destroy (&wire, fd);
}

static void
test_killed (void)
{
  uint64_t random = 1;
  uint64_t dropped = 0;

  for (unsigned i = 0; i < n_rounds; i++)
    kill_one (&random, &dropped);
  /* Some were killed beside a full ring, else the gaps were not tested. */
  g_assert_cmpuint (dropped, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && g_str_has_prefix (argv[1], "--rounds="))
    n_rounds = (unsigned) strtoul (argv[1] + strlen ("--rounds="), NULL, 10);
  g_test_add_func ("/wire/killed", test_killed);
  return g_test_run ();
}
