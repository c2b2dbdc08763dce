/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire-fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAX_BATCH 256

int
wire_fixture_create (WeftWire *wire, uint32_t ring_records, uint32_t lanes)
{
  uint32_t even = lanes + lanes % 2; /* of the smallest rings, two fill a page */
  int fd = weft_wire_create (wire, (size_t) ring_records * even * sizeof (WeftEvent), WEFT_CLOCK_MONOTONIC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (weft_wire_set_expected_lanes (wire, even), ==, ring_records);
  return fd;
}

void
wire_fixture_destroy (WeftWire *wire, int fd)
{
  weft_wire_detach (wire);
  close (fd);
}

pid_t
wire_fixture_fork (void)
{
  pid_t parent = getpid ();
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0 && (prctl (PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid () != parent))
    _exit (127);
  return child;
}

uint64_t
wire_fixture_random (uint64_t *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15u;

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* A record of a kind that workloads use in the middle of a lane; all else is drawn from its number. */
static WeftEvent
record_of (uint64_t number, uint16_t lane)
{
  uint64_t state = number;
  uint64_t bits = wire_fixture_random (&state);

  return (WeftEvent){ .value = (int64_t) wire_fixture_random (&state),
                      .task = (uint32_t) number,
                      .object = (uint32_t) (bits % (WEFT_WIRE_MAX_OBJECTS + 1)),
                      .lane = lane,
                      .kind = (uint8_t) (WEFT_EVENT_ACTIVITY
                                         + (bits >> 16) % (WEFT_EVENT_GAP - WEFT_EVENT_ACTIVITY)),
                      .activity = (uint8_t) ((bits >> 32) % WEFT_WIRE_N_ACTIVITIES),
                      .line = (uint8_t) (bits >> 48) };
}

void
wire_fixture_emit (WeftLane *lane, uint64_t number)
{
  WeftEvent record = record_of (number, lane->index);

  weft_lane_emit (lane, record.kind, record.activity, record.object, record.task, record.value, record.line);
}

void
wire_fixture_emit_all (WeftLane *lane, uint64_t number)
{
  /* The last place is kept for a GAP record, so it is no room. */
  while (lane->head - atomic_load_explicit (&lane->slot->tail, memory_order_acquire) >= lane->mask)
    sched_yield ();
  wire_fixture_emit (lane, number);
}

void
wire_checker_open (WireChecker *checker, const WeftWire *wire, uint16_t index)
{
  *checker = (WireChecker){ 0 };
  g_assert_true (weft_drain_open (&checker->drain, wire, index, atomic_load (&wire->header->ring_records)));
}

static void
check_record (WireChecker *checker, const WeftEvent *event)
{
  WeftEvent wanted;

  g_assert_true (weft_event_is_valid (event, checker->drain.index));
  g_assert_cmpuint (event->ticks, >=, checker->last_ticks);
  checker->last_ticks = event->ticks;
  g_assert_false (checker->ended);
  if (!checker->begun)
    {
      g_assert_cmpuint (event->kind, ==, WEFT_EVENT_LANE_BEGIN);
      checker->begun = true;
      return;
    }
  switch (event->kind)
    {
    case WEFT_EVENT_LANE_END:
      checker->ended = true;
      return;
    case WEFT_EVENT_GAP:
      g_assert_cmpint (event->value, >, 0);
      checker->gaps++;
      checker->missing += (uint64_t) event->value;
      checker->next += (uint64_t) event->value;
      return;
    default:
      wanted = record_of (checker->next++, checker->drain.index);
      wanted.ticks = event->ticks;
      wanted.core = event->core;
      g_assert_cmpmem (event, sizeof *event, &wanted, sizeof wanted);
    }
}

size_t
wire_checker_read (WireChecker *checker, size_t batch)
{
  WeftEvent events[MAX_BATCH];
  size_t count = weft_drain_read (&checker->drain, events, MIN (batch, MAX_BATCH));

  for (size_t i = 0; i < count; i++)
    check_record (checker, &events[i]);
  g_assert_cmpuint (checker->drain.invalid, ==, 0);
  return count;
}

void
wire_checker_drain (WireChecker *checker)
{
  while (wire_checker_read (checker, MAX_BATCH) > 0)
    ;
}
