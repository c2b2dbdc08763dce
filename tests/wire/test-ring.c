/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rings between real producers and a real reader: threads and forked processes, wrap-around,
 * and full rings. With the argument --records=N, N records of each producer.
 */
#include "wire-fixture.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL_RING WEFT_WIRE_MIN_RING
#define N_PRODUCERS 4

/* Of each producer, where none may be dropped: hundreds of times around the ring. Few, because each
 * time around may cost a time slice of whatever else the machine does. */
static uint64_t n_records = 40000;

/* Of each producer that need not wait. */
#define N_OVERRUN_RECORDS 2000000u

typedef struct
{
  WeftWire *wire;
  unsigned id;
  uint64_t records;
  bool lossless;
} Producer;

static void
produce (const Producer *producer)
{
  WeftLane lane;
  g_autofree char *name = g_strdup_printf ("producer %u", producer->id);

  g_assert_true (weft_lane_begin (&lane, producer->wire, name, false, -1, WEFT_WIRE_WORKING));
  for (uint64_t i = 0; i < producer->records; i++)
    {
      if (producer->lossless)
        wire_fixture_emit_all (&lane, i);
      else
        wire_fixture_emit (&lane, i);
      weft_lane_add (&lane, WEFT_LANE_TASKS_DONE, 1);
    }
  if (producer->lossless)
    while (lane.head - atomic_load (&lane.slot->tail) >= lane.mask)
      g_thread_yield ();
  weft_lane_end (&lane, 7);
}

static gpointer
produce_thread (gpointer data)
{
  produce (data);
  return NULL;
}

/* Reads all lanes until each of @n_lanes has ended and is empty, @batch records at a time and no
 * faster than one batch in @pause_us. */
static void
read_all (WeftWire *wire, WireChecker *checkers, unsigned n_lanes, size_t batch, gulong pause_us)
{
  bool open[N_PRODUCERS] = { false };
  bool done[N_PRODUCERS] = { false };
  unsigned n_done = 0;

  while (n_done < n_lanes)
    {
      size_t count = 0;

      for (uint16_t i = 0; i < n_lanes; i++)
        {
          uint32_t state = atomic_load_explicit (&wire->lanes[i].state, memory_order_acquire);

          if (!open[i] && state != WEFT_SLOT_FREE)
            {
              wire_checker_open (&checkers[i], wire, i);
              open[i] = true;
            }
          if (!open[i] || done[i])
            continue;
          /* The state was looked at before the ring: an ended lane that is empty now stays so. */
          if (state == WEFT_SLOT_ENDED)
            {
              wire_checker_drain (&checkers[i]);
              done[i] = true;
              n_done++;
            }
          else
            count += wire_checker_read (&checkers[i], batch);
        }
      if (count == 0)
        g_thread_yield ();
      if (pause_us > 0)
        g_usleep (pause_us);
    }
}

/* Every producer's records came in order, or are in its gaps; and the totals are exact either way. */
static void
check_totals (WeftWire *wire, const WireChecker *checkers, unsigned n_lanes, uint64_t records, bool lossless)
{
  uint64_t dropped_in_all = 0;

  for (unsigned i = 0; i < n_lanes; i++)
    {
      const WireChecker *checker = &checkers[i];
      uint64_t dropped = weft_drain_dropped (&checker->drain);
      uint64_t read = checker->drain.read - checker->gaps - 1 - checker->ended;

      dropped_in_all += dropped;
      g_assert_true (checker->begun);
      g_assert_cmpuint (read + dropped, ==, records + !checker->ended);
      g_assert_cmpuint (checker->missing, <=, dropped);
      /* What was dropped after the last record that could be written is in no GAP record. */
      g_assert_cmpuint (checker->next + (dropped - checker->missing), ==, records + !checker->ended);
      if (checker->ended)
        g_assert_cmpuint (checker->missing, ==, dropped);
      g_assert_cmpuint (atomic_load (&wire->lanes[i].totals[WEFT_LANE_TASKS_DONE]), ==, records);
      g_assert_cmpuint (atomic_load (&wire->lanes[i].end_ticks), >=, checker->last_ticks);
    }
  if (lossless)
    g_assert_cmpuint (dropped_in_all, ==, 0);
  else
    g_assert_cmpuint (dropped_in_all, >, 0);
}

static void
run_threads (bool lossless, uint64_t records, size_t batch, gulong pause_us)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, SMALL_RING, N_PRODUCERS);
  Producer producers[N_PRODUCERS];
  GThread *threads[N_PRODUCERS];
  WireChecker checkers[N_PRODUCERS];

  for (unsigned i = 0; i < N_PRODUCERS; i++)
    {
      producers[i] = (Producer){ &wire, i, records, lossless };
      threads[i] = g_thread_new ("producer", produce_thread, &producers[i]);
    }
  read_all (&wire, checkers, N_PRODUCERS, batch, pause_us);
  for (unsigned i = 0; i < N_PRODUCERS; i++)
    g_thread_join (threads[i]);
  check_totals (&wire, checkers, N_PRODUCERS, records, lossless);
  wire_fixture_destroy (&wire, fd);
}

static void
run_processes (bool lossless, uint64_t records, size_t batch, gulong pause_us)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, SMALL_RING, N_PRODUCERS);
  pid_t children[N_PRODUCERS];
  WireChecker checkers[N_PRODUCERS];

  for (unsigned i = 0; i < N_PRODUCERS; i++)
    {
      children[i] = wire_fixture_fork ();
      if (children[i] == 0)
        {
          /* One half through the mapping it inherited, the other through one of its own. */
          WeftWire own = wire;

          if (i % 2 == 1 && !weft_wire_attach (&own, fd))
            _exit (errno);
          produce (&(Producer){ &own, i, records, lossless });
          _exit (0);
        }
    }
  read_all (&wire, checkers, N_PRODUCERS, batch, pause_us);
  for (unsigned i = 0; i < N_PRODUCERS; i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_cmpint (status, ==, 0);
    }
  check_totals (&wire, checkers, N_PRODUCERS, records, lossless);
  wire_fixture_destroy (&wire, fd);
}

/* Around and around the smallest ring, without a loss. */
static void
test_threads_in_order (void)
{
  run_threads (true, n_records, 256, 0);
}

static void
test_threads_in_order_odd_batches (void)
{
  run_threads (true, n_records / 4, 7, 0);
}

static void
test_threads_overrun (void)
{
  run_threads (false, N_OVERRUN_RECORDS, 13, 50);
}

static void
test_processes_in_order (void)
{
  run_processes (true, n_records, 256, 0);
}

static void
test_processes_overrun (void)
{
  run_processes (false, N_OVERRUN_RECORDS, 13, 50);
}

/* A ring that nobody reads, then one that is read again. */
static void
test_full (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, SMALL_RING, 1);
  WeftLane lane;
  WireChecker checker;
  WeftEvent events[SMALL_RING];
  uint64_t first_dropped;
  uint64_t number = 0;

  g_assert_true (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING));
  wire_checker_open (&checker, &wire, 0);

  /* LANE_BEGIN is there, and one place is kept for the GAP record. */
  while (number < SMALL_RING - 2)
    wire_fixture_emit (&lane, number++);
  g_assert_cmpuint (weft_drain_dropped (&checker.drain), ==, 0);
  first_dropped = (uint64_t) weft_monotonic_ns ();
  for (unsigned i = 0; i < 1000; i++)
    wire_fixture_emit (&lane, number++);
  g_assert_cmpuint (weft_drain_dropped (&checker.drain), ==, 1000);
  g_assert_cmpuint (atomic_load (&lane.slot->head), ==, SMALL_RING - 1);

  /* One place is freed: with the kept one it holds the GAP record and one more. */
  g_assert_cmpuint (wire_checker_read (&checker, 1), ==, 1);
  wire_fixture_emit (&lane, number++);
  wire_fixture_emit (&lane, number++);
  g_assert_cmpuint (weft_drain_dropped (&checker.drain), ==, 1001);
  g_assert_cmpuint (atomic_load (&lane.slot->head), ==, SMALL_RING + 1);
  for (unsigned i = 0; i < SMALL_RING - 2; i++)
    g_assert_cmpuint (wire_checker_read (&checker, 1), ==, 1);
  g_assert_cmpuint (weft_drain_read (&checker.drain, events, 1), ==, 1);
  g_assert_cmpuint (events[0].kind, ==, WEFT_EVENT_GAP);
  g_assert_cmpint (events[0].value, ==, 1000);
  g_assert_cmpuint (events[0].ticks, >=, first_dropped);
  checker.next += 1000;
  g_assert_cmpuint (wire_checker_read (&checker, 1), ==, 1);
  g_assert_cmpuint (events[0].ticks, <=, checker.last_ticks);

  /* The gap of one, that opened meanwhile. */
  wire_fixture_emit (&lane, number++);
  wire_checker_drain (&checker);
  g_assert_cmpuint (checker.gaps, ==, 1);
  g_assert_cmpuint (checker.missing, ==, 1);
  g_assert_cmpuint (checker.next, ==, number);
  weft_lane_end (&lane, 0);
  wire_checker_drain (&checker);
  g_assert_true (checker.ended);
  wire_fixture_destroy (&wire, fd);
}

/* The GAP record says what the lane does after it: the last activity that was dropped, if any was. */
static void
test_gap_activity (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, SMALL_RING, 1);
  WeftLane lane;
  WeftDrain drain;
  WeftEvent events[2 * SMALL_RING];
  size_t count;

  g_assert_true (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING));
  g_assert_true (weft_drain_open (&drain, &wire, 0, SMALL_RING));
  for (unsigned round = 0; round < 3; round++)
    {
      for (unsigned i = 0; i < SMALL_RING; i++)
        weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, 1, 2, 0, WEFT_NO_LINE);
      if (round == 1)
        weft_lane_activity (&lane, WEFT_WIRE_LOCK_WAIT, 5, 6);
      if (round == 2)
        weft_lane_emit (&lane, WEFT_EVENT_PUT, WEFT_WIRE_QUEUE_FULL, 7, 8, 0, WEFT_NO_LINE);
      weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, 3, 4, 0, WEFT_NO_LINE);
      weft_drain_read (&drain, events, G_N_ELEMENTS (events));
      weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, 3, 4, 0, WEFT_NO_LINE);
      count = weft_drain_read (&drain, events, G_N_ELEMENTS (events));
      g_assert_cmpuint (count, ==, 2);
      g_assert_cmpuint (events[0].kind, ==, WEFT_EVENT_GAP);
      g_assert_cmpuint (events[0].activity, ==,
                        round == 0   ? WEFT_WIRE_KEEP
                        : round == 1 ? WEFT_WIRE_LOCK_WAIT
                                     : WEFT_WIRE_QUEUE_FULL);
      g_assert_cmpuint (events[0].object, ==, round == 0 ? WEFT_NO_OBJECT : round == 1 ? 5 : 7);
      /* It has done with what it has put. */
      g_assert_cmpuint (events[0].task, ==, round == 1 ? 6 : WEFT_NO_TASK);
    }
  wire_fixture_destroy (&wire, fd);
}

static gpointer
sleep_thread (gpointer data)
{
  static const atomic_bool cancelled;

  weft_drain_sleep (data, weft_monotonic_ns () + INT64_C (60000000000), &cancelled);
  return NULL;
}

/* A reader that sleeps is woken by the lane whose ring is half full, and not before. */
static void
test_wakes_reader (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, SMALL_RING, 1);
  WeftLane lane;
  GThread *thread;
  atomic_bool cancelled = true;

  /* One that is to end does not even begin to sleep. */
  weft_drain_sleep (&wire, weft_monotonic_ns () + INT64_C (60000000000), &cancelled);

  g_assert_true (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING));
  thread = g_thread_new ("sleeper", sleep_thread, &wire);
  while (atomic_load (&wire.header->reader_sleeps) == 0)
    sched_yield ();
  while (lane.head < SMALL_RING / 2)
    wire_fixture_emit (&lane, lane.head);
  g_assert_cmpuint (atomic_load (&wire.header->reader_sleeps), ==, 1);
  wire_fixture_emit (&lane, lane.head);
  g_thread_join (thread);
  wire_fixture_destroy (&wire, fd);
}

/* A lane that ends while its ring is full cannot write LANE_END; its slot says it all the same. */
static void
test_end_while_full (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, SMALL_RING, 1);
  WeftLane lane;
  WireChecker checker;

  g_assert_true (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING));
  for (uint64_t i = 0; i < SMALL_RING; i++)
    wire_fixture_emit (&lane, i);
  weft_lane_end (&lane, 3);
  wire_checker_open (&checker, &wire, 0);
  wire_checker_drain (&checker);
  g_assert_false (checker.ended);
  g_assert_cmpuint (weft_drain_dropped (&checker.drain), ==, 3);
  g_assert_cmpuint (atomic_load (&wire.lanes[0].state), ==, WEFT_SLOT_ENDED);
  g_assert_cmpuint (atomic_load (&wire.lanes[0].end_ticks), >=, checker.last_ticks);
  wire_fixture_destroy (&wire, fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && g_str_has_prefix (argv[1], "--records="))
    n_records = strtoull (argv[1] + strlen ("--records="), NULL, 10);
  g_test_add_func ("/wire/ring/gap-activity", test_gap_activity);
  g_test_add_func ("/wire/ring/wakes-reader", test_wakes_reader);
  g_test_add_func ("/wire/ring/threads/in-order", test_threads_in_order);
  g_test_add_func ("/wire/ring/threads/in-order-odd-batches", test_threads_in_order_odd_batches);
  g_test_add_func ("/wire/ring/threads/overrun", test_threads_overrun);
  g_test_add_func ("/wire/ring/processes/in-order", test_processes_in_order);
  g_test_add_func ("/wire/ring/processes/overrun", test_processes_overrun);
  g_test_add_func ("/wire/ring/full", test_full);
  g_test_add_func ("/wire/ring/end-while-full", test_end_while_full);
  return g_test_run ();
}
