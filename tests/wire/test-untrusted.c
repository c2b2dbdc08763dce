/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared memory full of rubbish, and shared memory that somebody goes on scribbling over: whoever
 * reads it, or writes beside it, never crashes, never leaves its bounds, and hands out only records
 * that make sense. The memory lies between pages that cannot be touched, so that one byte too far
 * is a crash.
 */
#include "wire-fixture.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_LANES 4
#define RING WEFT_WIRE_MIN_RING
#define N_SEEDS 4000
#define GUARD ((size_t) 1 << 20)

typedef struct
{
  WeftWire wire;
  uint8_t *reserved; /* the whole range of addresses, with the guards */
  size_t reserved_size;
  int fd;
} Arena;

static void
arena_init (Arena *arena)
{
  WeftWire made;
  uint8_t *start;

  arena->fd = wire_fixture_create (&made, RING, N_LANES);
  arena->reserved_size = made.size + 2 * GUARD;
  arena->reserved =
      mmap (NULL, arena->reserved_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_assert_true (arena->reserved != MAP_FAILED);
  start = arena->reserved + GUARD;
  g_assert_true (mmap (start, made.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, arena->fd, 0)
                 == start);
  arena->wire = made;
  arena->wire.header = (WeftWireHeader *) start;
  arena->wire.objects = (WeftWireObject *) (start + ((uint8_t *) made.objects - (uint8_t *) made.header));
  arena->wire.histograms = (WeftHistogram *) (start + ((uint8_t *) made.histograms - (uint8_t *) made.header));
  arena->wire.lanes = (WeftWireLane *) (start + ((uint8_t *) made.lanes - (uint8_t *) made.header));
  arena->wire.rings = start + (made.rings - (uint8_t *) made.header);
  weft_wire_detach (&made);
}

static void
arena_clear (Arena *arena)
{
  munmap (arena->reserved, arena->reserved_size);
  close (arena->fd);
}

static void
scribble (void *memory, size_t size, uint64_t *random)
{
  uint8_t *bytes = memory;

  for (size_t i = 0; i < size; i += sizeof (uint64_t))
    {
      uint64_t word = wire_fixture_random (random);

      memcpy (bytes + i, &word, MIN (sizeof word, size - i));
    }
}

/* Rubbish that is nearly right: each field is, more often than not, one that passes. */
static void
scribble_nearly_right (WeftEvent *records, uint16_t lane, uint64_t *random)
{
  for (unsigned i = 0; i < RING; i++)
    {
      uint64_t dice = wire_fixture_random (random);

      scribble (&records[i], sizeof records[i], random);
      if (dice % 8 != 0)
        records[i].lane = lane;
      if (dice / 8 % 8 != 0)
        records[i].kind = (uint8_t) (records[i].kind % (WEFT_N_EVENT_KINDS + 1));
      if (dice / 64 % 8 != 0)
        records[i].activity = (uint8_t) (records[i].activity % (WEFT_WIRE_N_ACTIVITIES + 1));
      if (dice / 512 % 8 != 0)
        records[i].object %= WEFT_WIRE_MAX_OBJECTS + 2;
      if (dice / 4096 % 8 != 0)
        records[i].reserved = 0;
    }
}

/* What is asked of a record, said once more and on its own. */
static bool
makes_sense (const WeftEvent *event, uint16_t lane)
{
  return event->kind >= 1 && event->kind <= 14 && event->activity <= 8 && event->lane == lane
         && event->object <= 1024 && event->reserved == 0;
}

/* All of a ring is rubbish and waiting: exactly what makes sense is handed out, the rest counted. */
static void
test_random_records (void)
{
  Arena arena;
  uint64_t valid_in_all = 0, invalid_in_all = 0;

  arena_init (&arena);
  for (uint64_t seed = 0; seed < N_SEEDS; seed++)
    {
      uint64_t random = seed;
      uint16_t lane = (uint16_t) (seed % N_LANES);
      WeftEvent *records = (WeftEvent *) arena.wire.rings + lane * RING;
      WeftEvent wanted[RING], events[RING];
      WeftDrain drain;
      size_t n_wanted = 0, n_read = 0;

      if (seed % 2 == 0)
        scribble (records, RING * sizeof *records, &random);
      else
        scribble_nearly_right (records, lane, &random);
      for (unsigned i = 0; i < RING; i++)
        if (makes_sense (&records[i], lane))
          wanted[n_wanted++] = records[i];
      atomic_store (&arena.wire.lanes[lane].state, WEFT_SLOT_LIVE);
      atomic_store (&arena.wire.lanes[lane].head, RING);
      g_assert_true (weft_drain_open (&drain, &arena.wire, lane, RING));
      for (unsigned i = 0; i < RING + 1; i++)
        n_read += weft_drain_read (&drain, &events[n_read], MIN (RING - n_read, 1 + seed % 9));
      g_assert_cmpmem (events, n_read * sizeof *events, wanted, n_wanted * sizeof *wanted);
      g_assert_cmpuint (drain.invalid, ==, RING - n_wanted);
      g_assert_cmpuint (drain.read, ==, n_wanted);
      g_assert_cmpuint (atomic_load (&arena.wire.lanes[lane].tail), ==, RING);
      valid_in_all += n_wanted;
      invalid_in_all += drain.invalid;
    }
  /* Both sorts were there in numbers, else nothing was tested. */
  g_assert_cmpuint (valid_in_all, >, 1000);
  g_assert_cmpuint (invalid_in_all, >, 1000);
  arena_clear (&arena);
}

/* Every byte that the run's processes can write is random, heads and states too. */
static void
test_random_memory (void)
{
  Arena arena;
  WeftEvent events[RING];

  arena_init (&arena);
  for (uint64_t seed = 0; seed < N_SEEDS; seed++)
    {
      uint64_t random = seed ^ 0x5eed;
      WeftDrain drains[N_LANES];
      bool open[N_LANES];

      scribble (arena.wire.lanes, (N_LANES + 1) * sizeof *arena.wire.lanes, &random);
      scribble (arena.wire.rings, N_LANES * RING * sizeof (WeftEvent), &random);
      for (uint16_t i = 0; i < N_LANES; i++)
        {
          if (seed % 4 != 0)
            atomic_store (&arena.wire.lanes[i].state, (uint32_t) (wire_fixture_random (&random) % 4));
          open[i] = weft_drain_open (&drains[i], &arena.wire, i, RING);
          g_assert_cmpint (open[i], ==,
                           atomic_load (&arena.wire.lanes[i].state) == WEFT_SLOT_LIVE
                               || atomic_load (&arena.wire.lanes[i].state) == WEFT_SLOT_ENDED);
        }
      for (unsigned round = 0; round < 4; round++)
        for (uint16_t i = 0; i < N_LANES; i++)
          {
            uint64_t head, seen;
            size_t count;

            if (!open[i])
              continue;
            /* Heads behind, ahead, far away, and now and then possible. */
            head = drains[i].tail + wire_fixture_random (&random) % (4 * RING) - RING;
            if (round > 0)
              atomic_store (&arena.wire.lanes[i].head, head);
            else
              head = atomic_load (&arena.wire.lanes[i].head);
            seen = head - drains[i].tail;
            drains[i].invalid = drains[i].read = 0;
            count = weft_drain_read (&drains[i], events, RING);
            g_assert_cmpuint (count, <=, RING);
            g_assert_cmpuint (drains[i].tail, ==, head);
            if (seen > RING)
              {
                g_assert_cmpuint (count, ==, 0);
                g_assert_cmpuint (drains[i].invalid, ==, 1);
              }
            else
              g_assert_cmpuint (drains[i].invalid + count, ==, seen);
            for (size_t e = 0; e < count; e++)
              g_assert_true (makes_sense (&events[e], i));
            weft_drain_dropped (&drains[i]);
          }
      atomic_store (&arena.wire.header->lane_count, (uint32_t) wire_fixture_random (&random));
      weft_wire_note_exit (&arena.wire, 1 + (pid_t) (seed % 3), 0, 1, 1, 1);
    }
  arena_clear (&arena);
}

/* A ring size, or an index, that the memory does not hold is refused. */
static void
test_impossible_rings (void)
{
  static const uint32_t refused[] = { 0, 1, 32, 63, 65, 96, 128, 65536, 65537, 131072, UINT32_MAX };
  Arena arena;
  WeftDrain drain;

  arena_init (&arena);
  for (uint32_t i = 0; i < WEFT_WIRE_MAX_LANES; i++)
    atomic_store (&arena.wire.lanes[i].state, WEFT_SLOT_LIVE);
  for (unsigned i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_false (weft_drain_open (&drain, &arena.wire, N_LANES - 1, refused[i]));
  for (uint32_t i = 0; i <= UINT16_MAX; i++)
    g_assert_cmpint (weft_drain_open (&drain, &arena.wire, (uint16_t) i, RING), ==, i < N_LANES);
  arena_clear (&arena);
}

typedef struct
{
  Arena *arena;
  uint64_t seed;
  gint stop;
} Scribbler;

static gpointer
scribble_rings (gpointer data)
{
  Scribbler *scribbler = data;
  uint64_t random = scribbler->seed;

  while (!g_atomic_int_get (&scribbler->stop))
    {
      uint16_t lane = (uint16_t) (wire_fixture_random (&random) % N_LANES);
      volatile WeftEvent *record =
          (WeftEvent *) scribbler->arena->wire.rings + lane * RING + wire_fixture_random (&random) % RING;

      /* One field at a time goes from right to wrong and back, so that a field that is read twice
       * can be caught. */
      record->lane = lane;
      record->kind = WEFT_EVENT_LOG;
      record->activity = WEFT_WIRE_ASLEEP;
      record->object = 3;
      record->reserved = 0;
      switch (wire_fixture_random (&random) % 8)
        {
        case 0:
          record->kind = 200;
          break;
        case 1:
          record->activity = 200;
          break;
        case 2:
          record->object = UINT32_MAX;
          break;
        case 3:
          record->lane = UINT16_MAX;
          break;
        case 4:
          atomic_store (&scribbler->arena->wire.lanes[lane].head, wire_fixture_random (&random));
          break;
        default:
          atomic_store (&scribbler->arena->wire.lanes[lane].head,
                        atomic_load (&scribbler->arena->wire.lanes[lane].tail)
                            + wire_fixture_random (&random) % RING);
        }
    }
  return NULL;
}

/* Reading while somebody writes: what is handed out was checked after it was copied. */
static void
test_scribbled_while_read (void)
{
  Arena arena;
  Scribbler scribbler = { .arena = &arena, .seed = 4 };
  WeftDrain drains[N_LANES];
  WeftEvent events[RING];
  uint64_t n_valid = 0, n_invalid = 0;
  GThread *thread;

  arena_init (&arena);
  for (uint16_t i = 0; i < N_LANES; i++)
    {
      atomic_store (&arena.wire.lanes[i].state, WEFT_SLOT_LIVE);
      g_assert_true (weft_drain_open (&drains[i], &arena.wire, i, RING));
    }
  thread = g_thread_new ("scribbler", scribble_rings, &scribbler);
  while (n_valid < 50000 || n_invalid < 5000)
    {
      n_invalid = 0;
      for (uint16_t i = 0; i < N_LANES; i++)
        {
          size_t count = weft_drain_read (&drains[i], events, RING);

          for (size_t e = 0; e < count; e++)
            g_assert_true (makes_sense (&events[e], i));
          n_valid += count;
          n_invalid += drains[i].invalid;
        }
    }
  g_atomic_int_set (&scribbler.stop, 1);
  g_thread_join (thread);
  arena_clear (&arena);
}

static gpointer
scribble_tail (gpointer data)
{
  Scribbler *scribbler = data;
  uint64_t random = scribbler->seed;
  WeftWireLane *slot = &scribbler->arena->wire.lanes[1];

  while (!g_atomic_int_get (&scribbler->stop))
    {
      uint64_t dice = wire_fixture_random (&random);

      atomic_store (&slot->tail, dice % 2 == 0 ? dice : atomic_load (&slot->head) - dice / 2 % (2 * RING));
    }
  return NULL;
}

/* A producer whose tail is scribbled over goes on, and never leaves its own ring. */
static void
test_scribbled_tail (void)
{
  Arena arena;
  Scribbler scribbler = { .arena = &arena, .seed = 5 };
  WeftLane lanes[N_LANES];
  WeftEvent *records;
  GThread *thread;

  arena_init (&arena);
  records = (WeftEvent *) arena.wire.rings;
  for (unsigned i = 0; i < N_LANES; i++)
    g_assert_true (weft_lane_begin (&lanes[i], &arena.wire, "lane", false, -1, WEFT_WIRE_WORKING));
  thread = g_thread_new ("scribbler", scribble_tail, &scribbler);
  /* At least ten times around, however seldom the other thread gets to run. */
  for (uint64_t i = 0; i < 1000000 || atomic_load (&lanes[1].slot->head) <= 10 * RING; i++)
    wire_fixture_emit (&lanes[1], i);
  g_atomic_int_set (&scribbler.stop, 1);
  g_thread_join (thread);
  for (unsigned i = 0; i < N_LANES * RING; i++)
    {
      WeftEvent nothing = { 0 };

      if (i / RING == 1)
        continue;
      if (i % RING == 0)
        g_assert_cmpuint (records[i].kind, ==, WEFT_EVENT_LANE_BEGIN);
      else
        g_assert_cmpmem (&records[i], sizeof nothing, &nothing, sizeof nothing);
    }
  arena_clear (&arena);
}

/* A tail that cannot be is no news: the full ring stays full, and its records stay. */
static void
test_impossible_tail (void)
{
  static const uint64_t offsets[] = { 1, RING, UINT64_C (1) << 40, UINT64_MAX / 2, UINT64_MAX - 3 * RING };

  for (unsigned i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      Arena arena;
      WeftLane lane;
      WireChecker checker;

      arena_init (&arena);
      g_assert_true (weft_lane_begin (&lane, &arena.wire, "lane", false, -1, WEFT_WIRE_WORKING));
      for (uint64_t n = 0; n < RING - 2; n++)
        wire_fixture_emit (&lane, n);
      atomic_store (&lane.slot->tail, lane.head + offsets[i]);
      for (uint64_t n = 0; n < 10; n++)
        wire_fixture_emit (&lane, RING - 2 + n);
      wire_checker_open (&checker, &arena.wire, 0);
      g_assert_cmpuint (weft_drain_dropped (&checker.drain), ==, 10);
      wire_checker_drain (&checker);
      g_assert_cmpuint (checker.next, ==, RING - 2);
      arena_clear (&arena);
    }
}

/* After the head was wrong for a while the lane can be read again. */
static void
test_recovers (void)
{
  static const int64_t offsets[] = { -1, -1000, RING + 1, 1 << 20, INT64_MIN };

  for (unsigned i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      Arena arena;
      WeftLane lane;
      WeftDrain drain;
      WeftEvent events[RING];

      arena_init (&arena);
      g_assert_true (weft_lane_begin (&lane, &arena.wire, "lane", false, -1, WEFT_WIRE_WORKING));
      for (unsigned n = 0; n < 20; n++)
        wire_fixture_emit (&lane, n);
      g_assert_true (weft_drain_open (&drain, &arena.wire, 0, RING));
      g_assert_cmpuint (weft_drain_read (&drain, events, RING), ==, 21);
      atomic_fetch_add (&lane.slot->head, (uint64_t) offsets[i]);
      g_assert_cmpuint (weft_drain_read (&drain, events, RING), ==, 0);
      g_assert_cmpuint (drain.invalid, ==, 1);
      wire_fixture_emit (&lane, 20);
      g_assert_cmpuint (weft_drain_read (&drain, events, RING), ==, offsets[i] == -1 ? 2 : 0);
      wire_fixture_emit (&lane, 21);
      g_assert_cmpuint (weft_drain_read (&drain, events, RING), ==, 1);
      g_assert_cmpuint (events[0].task, ==, 21);
      arena_clear (&arena);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/untrusted/random-records", test_random_records);
  g_test_add_func ("/wire/untrusted/random-memory", test_random_memory);
  g_test_add_func ("/wire/untrusted/impossible-rings", test_impossible_rings);
  g_test_add_func ("/wire/untrusted/scribbled-while-read", test_scribbled_while_read);
  g_test_add_func ("/wire/untrusted/scribbled-tail", test_scribbled_tail);
  g_test_add_func ("/wire/untrusted/impossible-tail", test_impossible_tail);
  g_test_add_func ("/wire/untrusted/recovers", test_recovers);
  return g_test_run ();
}
