/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shared memory itself: its seals, who may attach to it, its tables, the size of its rings, and
 * how a lane's end is noted.
 */
#include "wire-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

/* A helper gone wrong tries to change the size of the memory. Runs in a child, with its descriptor. */
static void
try_to_resize (int fd, off_t size)
{
  const off_t sizes[] = { 0, 1, 4096, size / 2, size - 1, size + 1, size * 2 };
  char path[64];

  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (ftruncate (fd, sizes[i]) == 0 || errno != EPERM)
      _exit (10 + (int) i);
  if (fallocate (fd, 0, size, 4096) == 0 || errno != EPERM)
    _exit (30);
  if (fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE) == 0 || errno != EPERM)
    _exit (31);
  if (pwrite (fd, "x", 1, size) > 0)
    _exit (32);
  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  if (open (path, O_RDWR | O_TRUNC | O_CLOEXEC) >= 0 || errno != EPERM)
    _exit (33);
  _exit (0);
}

static void
test_seals (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, WEFT_WIRE_MIN_RING, 2);
  struct stat status;
  WeftLane lane;
  WireChecker checker;
  pid_t child;
  int child_status;

  g_assert_cmpint (fcntl (fd, F_GET_SEALS) & SEALS, ==, SEALS);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  g_assert_true (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING));
  child = wire_fixture_fork ();
  if (child == 0)
    try_to_resize (fd, (off_t) wire.size);
  g_assert_cmpint (waitpid (child, &child_status, 0), ==, child);
  g_assert_cmpint (child_status, ==, 0);
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpuint ((size_t) status.st_size, ==, wire.size);
  wire_checker_open (&checker, &wire, 0);
  wire_checker_drain (&checker);
  g_assert_true (checker.begun);
  wire_fixture_destroy (&wire, fd);
}

/* Holes may be punched into it; they read as zeros, and nobody crashes. */
static void
test_punched_holes (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, WEFT_WIRE_MIN_RING, 2);
  WeftLane lane;
  WeftDrain drain;
  WeftEvent events[WEFT_WIRE_MIN_RING];

  g_assert_true (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING));
  for (uint64_t i = 0; i < 9; i++)
    wire_fixture_emit (&lane, i);
  g_assert_true (weft_drain_open (&drain, &wire, 0, WEFT_WIRE_MIN_RING));
  g_assert_cmpint (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                              (off_t) (wire.rings - (uint8_t *) wire.header), 4096),
                   ==, 0);
  g_assert_cmpuint (weft_drain_read (&drain, events, G_N_ELEMENTS (events)), ==, 0);
  g_assert_cmpuint (drain.invalid, ==, 10);
  g_assert_cmpint (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t) wire.size), ==, 0);
  g_assert_cmpuint (weft_drain_read (&drain, events, G_N_ELEMENTS (events)), ==, 0);
  g_assert_cmpuint (drain.invalid, ==, 11);
  g_assert_false (weft_drain_open (&drain, &wire, 0, WEFT_WIRE_MIN_RING));
  g_assert_false (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING));
  wire_fixture_destroy (&wire, fd);
}

static void
assert_refused (int fd, int wanted_errno)
{
  WeftWire wire;

  errno = 0;
  g_assert_false (weft_wire_attach (&wire, fd));
  g_assert_cmpint (errno, ==, wanted_errno);
}

/* A memfd of @size bytes that begins with @header. */
static int
make_memfd (const WeftWireHeader *header, size_t size, int seals)
{
  int fd = memfd_create ("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  g_assert_cmpint (fd, >=, 0);
  if (header != NULL)
    g_assert_cmpint (pwrite (fd, header, MIN (size, sizeof *header), 0), >=, 0);
  g_assert_cmpint (ftruncate (fd, (off_t) size), ==, 0);
  if (seals != 0)
    g_assert_cmpint (fcntl (fd, F_ADD_SEALS, seals), ==, 0);
  return fd;
}

static void
test_attach (void)
{
  WeftWire wire, other;
  int fd = wire_fixture_create (&wire, 128, 3);

  g_assert_true (weft_wire_attach (&other, fd));
  g_assert_cmpuint (other.size, ==, wire.size);
  g_assert_cmpuint (other.rings_size, ==, wire.rings_size);
  g_assert_cmpint (other.clock, ==, wire.clock);
  g_assert_true (other.header != wire.header);
  g_assert_cmpint ((uint8_t *) other.objects - (uint8_t *) other.header, ==,
                   (uint8_t *) wire.objects - (uint8_t *) wire.header);
  g_assert_cmpint ((uint8_t *) other.lanes - (uint8_t *) other.header, ==,
                   (uint8_t *) wire.lanes - (uint8_t *) wire.header);
  g_assert_cmpint (other.rings - (uint8_t *) other.header, ==, wire.rings - (uint8_t *) wire.header);
  g_assert_cmpuint (weft_wire_add_object (&other, WEFT_OBJECT_QUEUE, "queue", 8), ==, 1);
  g_assert_cmpstr (weft_wire_object (&wire, 1)->name, ==, "queue");
  weft_wire_detach (&other);
  g_assert_null (other.header);
  weft_wire_detach (&other);
  wire_fixture_destroy (&wire, fd);
}

static void
test_attach_foreign (void)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  WeftWire wire;
  int fd = wire_fixture_create (&wire, 64, 1);
  WeftWireHeader header = *wire.header;
  WeftWireHeader zero = { 0 };
  size_t size = wire.size;
  int file, pipe_ends[2], made;

  wire_fixture_destroy (&wire, fd);
  assert_refused (-1, EBADF);
  file = g_file_open_tmp ("weft-test-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ftruncate (file, (off_t) size), ==, 0);
  assert_refused (file, EPROTO);
  close (file);
  unlink (path);
  g_assert_cmpint (pipe (pipe_ends), ==, 0);
  assert_refused (pipe_ends[0], EPROTO);
  close (pipe_ends[0]);
  close (pipe_ends[1]);

  /* Not sealed, or not enough. */
  for (int seals = 0; seals < 8; seals++)
    {
      int given = ((seals & 1) != 0 ? F_SEAL_SHRINK : 0) | ((seals & 2) != 0 ? F_SEAL_GROW : 0)
                  | ((seals & 4) != 0 ? F_SEAL_SEAL : 0);

      made = make_memfd (&header, size, given);
      if (given != SEALS)
        assert_refused (made, EPROTO);
      else
        g_assert_true (weft_wire_attach (&wire, made));
      close (made);
    }
  weft_wire_detach (&wire);

  /* Too short, or of another size than it says. */
  {
    const size_t sizes[] = { 0,           1,        sizeof header - 1, sizeof header, 4096,
                             size - 4096, size - 1, size + 1,          size * 2 };

    for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        made = make_memfd (&header, sizes[i], SEALS);
        assert_refused (made, EPROTO);
        close (made);
      }
  }
  made = make_memfd (&zero, size, SEALS);
  assert_refused (made, EPROTO);
  close (made);
}

/* Each word of the header that describes the layout, changed alone, is noticed. */
static void
test_attach_damaged (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, 64, 1);
  WeftWireHeader header = *wire.header;
  size_t size = wire.size;
  uint64_t random = 11;
  uint8_t damaged[sizeof header];

  wire_fixture_destroy (&wire, fd);
  for (size_t at = 0; at < offsetof (WeftWireHeader, tell_ready); at += 4)
    for (unsigned i = 0; i < 40; i++)
      {
        uint32_t old, changed;
        int made;

        memcpy (&old, (uint8_t *) &header + at, sizeof old);
        changed = i < 32 ? old ^ (1u << i) : (uint32_t) wire_fixture_random (&random);
        if (changed == old || (at == offsetof (WeftWireHeader, clock) && changed <= WEFT_CLOCK_TSC))
          continue;
        memcpy (damaged, &header, sizeof damaged);
        memcpy (damaged + at, &changed, sizeof changed);
        made = make_memfd ((const WeftWireHeader *) damaged, size, SEALS);
        assert_refused (made, EPROTO);
        close (made);
      }
}

static void
test_ring_sizes (void)
{
  static const struct
  {
    uint32_t lanes;
    uint32_t records;
  } rows[] = {
    { 0, 65536 },   { 1, 65536 },   { 64, 65536 },  { 128, 65536 }, { 129, 32768 },    { 256, 32768 },
    { 257, 16384 }, { 5000, 1024 }, { 8192, 1024 }, { 8193, 0 },    { UINT32_MAX, 0 },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WeftWire wire;
      int fd = weft_wire_create (&wire, WEFT_WIRE_BUDGET, WEFT_CLOCK_MONOTONIC);
      WeftLane lane;

      g_assert_cmpint (fd, >=, 0);
      g_assert_cmpuint (weft_wire_set_expected_lanes (&wire, rows[i].lanes), ==, rows[i].records);
      g_assert_cmpuint (atomic_load (&wire.header->ring_records), ==, rows[i].records);
      g_assert_cmpuint ((uint64_t) rows[i].records * rows[i].lanes * sizeof (WeftEvent), <=,
                        WEFT_WIRE_BUDGET);
      /* Without rings there are no lanes. */
      g_assert_cmpint (weft_lane_begin (&lane, &wire, "lane", true, -1, WEFT_WIRE_WORKING), ==,
                       rows[i].records > 0);
      wire_fixture_destroy (&wire, fd);
    }
}

static void
test_small_budget (void)
{
  WeftWire wire;
  int fd = weft_wire_create (&wire, 4096, WEFT_CLOCK_MONOTONIC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (weft_wire_set_expected_lanes (&wire, 3), ==, 0);
  g_assert_cmpuint (weft_wire_set_expected_lanes (&wire, 2), ==, 64);
  wire_fixture_destroy (&wire, fd);
}

/* Memory is taken as it is written, not as it is promised. */
static void
test_memory_is_lazy (void)
{
  WeftWire wire;
  int fd = weft_wire_create (&wire, WEFT_WIRE_BUDGET, WEFT_CLOCK_MONOTONIC);
  struct stat status;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpint (status.st_size, >, (off_t) WEFT_WIRE_BUDGET);
  g_assert_cmpint (status.st_blocks * 512, <, 1 << 20);
  wire_fixture_destroy (&wire, fd);
}

static gpointer
claim_lanes (gpointer data)
{
  WeftWire *wire = data;
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  WeftLane lane;

  while (weft_lane_begin (&lane, wire, "lane", false, -1, WEFT_WIRE_WORKING))
    g_array_append_val (indices, lane.index);
  g_assert_null (lane.records);
  g_assert_null (lane.slot);
  g_assert_cmpuint (weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, 0, 0, 0, 1), ==, 0);
  weft_lane_add (&lane, WEFT_LANE_TASKS_DONE, 1);
  weft_lane_end (&lane, 0);
  return indices;
}

static gpointer
claim_objects (gpointer data)
{
  WeftWire *wire = data;
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  uint32_t number;

  while ((number = weft_wire_add_object (wire, WEFT_OBJECT_LOCK, "lock", 0)) != WEFT_NO_OBJECT)
    {
      uint16_t index = (uint16_t) (number - 1);

      g_array_append_val (indices, index);
    }
  return indices;
}

/* Four threads at once take all of a table: each index is given out once, and no more than there are. */
static void
exhaust (GThreadFunc claim, WeftWire *wire, const _Atomic uint32_t *count, unsigned capacity)
{
  g_autofree bool *taken = g_new0 (bool, capacity);
  GThread *threads[4];
  unsigned n_taken = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("claimer", claim, wire);
  for (unsigned i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (GArray) indices = g_thread_join (threads[i]);

      for (unsigned j = 0; j < indices->len; j++)
        {
          uint16_t index = g_array_index (indices, uint16_t, j);

          g_assert_cmpuint (index, <, capacity);
          g_assert_false (taken[index]);
          taken[index] = true;
          n_taken++;
        }
    }
  g_assert_cmpuint (n_taken, ==, capacity);
  g_assert_cmpuint (atomic_load (count), ==, capacity);
}

static void
test_tables_exhausted (void)
{
  static const unsigned lanes[] = { WEFT_WIRE_MAX_LANES, 6 };

  for (unsigned i = 0; i < G_N_ELEMENTS (lanes); i++)
    {
      WeftWire wire;
      int fd = wire_fixture_create (&wire, WEFT_WIRE_MIN_RING, lanes[i]);

      exhaust (claim_lanes, &wire, &wire.header->lane_count, lanes[i]);
      exhaust (claim_objects, &wire, &wire.header->object_count, WEFT_WIRE_MAX_OBJECTS);
      for (uint16_t lane = 0; lane < lanes[i]; lane++)
        {
          WireChecker checker;

          wire_checker_open (&checker, &wire, lane);
          g_assert_cmpuint (wire_checker_read (&checker, 8), ==, 1);
        }
      wire_fixture_destroy (&wire, fd);
    }
}

static void
test_names (void)
{
  /* 39 bytes fit. "ö" has two bytes, "€" three, "😀" four. */
  static const struct
  {
    const char *name;
    const char *kept;
  } rows[] = {
    { "", "" },
    { "worker 1", "worker 1" },
    { "123456789012345678901234567890123456789", "123456789012345678901234567890123456789" },
    { "1234567890123456789012345678901234567890", "123456789012345678901234567890123456789" },
    { "1234567890123456789012345678901234567ö", "1234567890123456789012345678901234567ö" },
    { "12345678901234567890123456789012345678ö", "12345678901234567890123456789012345678" },
    { "123456789012345678901234567890123456789ö", "123456789012345678901234567890123456789" },
    { "1234567890123456789012345678901234567€", "1234567890123456789012345678901234567" },
    { "123456789012345678901234567890123456€", "123456789012345678901234567890123456€" },
    { "12345678901234567890123456789012345678😀", "12345678901234567890123456789012345678" },
    { "1234567890123456789012345678901234567😀", "1234567890123456789012345678901234567" },
    { "123456789012345678901234567890123456😀", "123456789012345678901234567890123456" },
    { "12345678901234567890123456789012345😀 and more", "12345678901234567890123456789012345😀" },
  };
  WeftWire wire;
  int fd = wire_fixture_create (&wire, WEFT_WIRE_MIN_RING, G_N_ELEMENTS (rows));

  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      uint32_t object = weft_wire_add_object (&wire, WEFT_OBJECT_QUEUE, rows[i].name, 0);
      WeftLane lane;

      g_assert_cmpuint (object, ==, i + 1);
      g_assert_cmpstr (weft_wire_object (&wire, object)->name, ==, rows[i].kept);
      g_assert_true (weft_lane_begin (&lane, &wire, rows[i].name, false, -1, WEFT_WIRE_WORKING));
      g_assert_cmpstr (lane.slot->name, ==, rows[i].kept);
      g_assert_true (g_utf8_validate (lane.slot->name, -1, NULL));
    }
  wire_fixture_destroy (&wire, fd);
}

static void
test_identity_and_end (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, WEFT_WIRE_MIN_RING, 2);
  WeftLane lane;
  WeftWireLane *slot = &wire.lanes[0];
  WeftDrain drain;
  WeftEvent events[4];
  uint32_t flags;

  g_assert_false (weft_drain_open (&drain, &wire, 0, WEFT_WIRE_MIN_RING));
  g_assert_true (weft_lane_begin (&lane, &wire, "main", true, 5, WEFT_WIRE_WAITING));
  g_assert_cmpint (slot->pid, ==, getpid ());
  g_assert_cmpint (slot->tid, ==, gettid ());
  g_assert_cmpint (slot->parent, ==, 5);
  g_assert_cmpuint (slot->is_process, ==, 1);
  weft_lane_add (&lane, WEFT_LANE_SERVICE_TICKS, 40);
  weft_lane_add (&lane, WEFT_LANE_SERVICE_TICKS, 2);
  g_assert_cmpuint (atomic_load (&slot->totals[WEFT_LANE_SERVICE_TICKS]), ==, 42);
  weft_lane_end (&lane, 9);
  g_assert_null (lane.slot);
  weft_lane_end (&lane, 9);
  flags = atomic_load (&slot->end_flags);
  g_assert_cmpuint (flags & WEFT_END_USAGE, ==, WEFT_END_USAGE);
  g_assert_cmpuint (flags & WEFT_END_STATUS, ==, 0);
  g_assert_cmpuint (atomic_load (&slot->end_cpu_ns), >, 0);
  g_assert_true (weft_drain_open (&drain, &wire, 0, WEFT_WIRE_MIN_RING));
  g_assert_cmpuint (weft_drain_read (&drain, events, 4), ==, 2);
  g_assert_cmpuint (events[0].kind, ==, WEFT_EVENT_LANE_BEGIN);
  g_assert_cmpuint (events[0].activity, ==, WEFT_WIRE_WAITING);
  g_assert_cmpint (events[0].value, ==, 5);
  g_assert_cmpuint (events[1].kind, ==, WEFT_EVENT_LANE_END);
  g_assert_cmpint (events[1].value, ==, 9);
  g_assert_cmpuint (events[1].ticks, ==, atomic_load (&slot->end_ticks));
  g_assert_true (events[1].core == WEFT_NO_CORE || events[1].core < g_get_num_processors () + 4096u);
  wire_fixture_destroy (&wire, fd);
}

typedef struct
{
  WeftWire *wire;
  bool ends_itself;
} LaneThread;

static gpointer
run_lane (gpointer data)
{
  LaneThread *thread = data;
  WeftLane lane;

  if (!weft_lane_begin (&lane, thread->wire, "thread", false, 0, WEFT_WIRE_WORKING))
    _exit (1);
  if (thread->ends_itself)
    weft_lane_end (&lane, 0);
  else
    for (uint64_t i = 0;; i++)
      wire_fixture_emit (&lane, i);
  return NULL;
}

static void
wait_for_lanes (WeftWire *wire, unsigned n_lanes)
{
  for (unsigned i = 0; i < n_lanes; i++)
    while (atomic_load (&wire->lanes[i].state) == WEFT_SLOT_FREE)
      g_usleep (100);
}

/* A killed process with several thread lanes: all of them have ended, with its status. */
static void
test_note_exit_of_threads (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, WEFT_WIRE_MIN_RING, 8);
  pid_t child = wire_fixture_fork ();
  uint64_t before, own_end = 0;
  unsigned n_own_ends = 0;
  int status;

  if (child == 0)
    {
      WeftLane lane;
      GThread *finished;
      LaneThread endless = { &wire, false };
      LaneThread ends_itself = { &wire, true };

      if (!weft_lane_begin (&lane, &wire, "main", true, -1, WEFT_WIRE_WAITING))
        _exit (1);
      finished = g_thread_new ("lane", run_lane, &ends_itself);
      g_thread_join (finished);
      for (unsigned i = 0; i < 3; i++)
        g_thread_new ("lane", run_lane, &endless);
      for (;;)
        pause ();
    }
  wait_for_lanes (&wire, 5);
  for (unsigned i = 0; i < 5; i++)
    if (atomic_load (&wire.lanes[i].state) == WEFT_SLOT_ENDED)
      own_end = atomic_load (&wire.lanes[i].end_ticks);
  g_assert_cmpuint (own_end, >, 0);
  before = weft_clock_ticks (wire.clock);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (weft_wire_note_exit (&wire, child, status, 123, 4, 5), ==, 0);
  for (unsigned i = 0; i < 5; i++)
    {
      WeftWireLane *lane = &wire.lanes[i];
      uint32_t flags = atomic_load (&lane->end_flags);

      g_assert_cmpuint (atomic_load (&lane->state), ==, WEFT_SLOT_ENDED);
      g_assert_cmpuint (flags & WEFT_END_STATUS, ==, WEFT_END_STATUS);
      g_assert_cmpint (atomic_load (&lane->end_status), ==, status);
      if (atomic_load (&lane->end_ticks) == own_end)
        {
          n_own_ends++;
          g_assert_cmpuint (flags & WEFT_END_USAGE, ==, WEFT_END_USAGE);
        }
      else
        {
          g_assert_cmpuint (atomic_load (&lane->end_ticks), >=, before);
          /* The figures are those of five threads together, so they are nobody's. */
          g_assert_cmpuint (flags & WEFT_END_USAGE, ==, 0);
        }
    }
  g_assert_cmpuint (n_own_ends, ==, 1);
  g_assert_cmpuint (atomic_load (&wire.lanes[5].state), ==, WEFT_SLOT_FREE);

  /* A later process with the same pid has no lanes: those that are noted stay as they are. */
  g_assert_cmpint (weft_wire_note_exit (&wire, child, 0, 1, 1, 1), ==, -1);
  g_assert_cmpint (atomic_load (&wire.lanes[0].end_status), ==, status);
  wire_fixture_destroy (&wire, fd);
}

static void
test_note_exit_of_process (void)
{
  WeftWire wire;
  int fd = wire_fixture_create (&wire, WEFT_WIRE_MIN_RING, 4);

  /* 0: killed, 1: exits without a word, 2: says its end, 3: its usage is not known. */
  for (unsigned i = 0; i < 4; i++)
    {
      WeftWireLane *slot = &wire.lanes[i];
      pid_t child = wire_fixture_fork ();
      uint32_t flags;
      int status;

      if (child == 0)
        {
          WeftLane lane;

          if (!weft_lane_begin (&lane, &wire, "process", true, -1, WEFT_WIRE_WORKING))
            _exit (1);
          if (i == 0)
            raise (SIGKILL);
          if (i == 2)
            weft_lane_end (&lane, 3);
          _exit (3);
        }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_cmpint (weft_wire_note_exit (&wire, child, status, i == 3 ? -1 : 123, 4, 5), ==, (int) i);
      flags = atomic_load (&slot->end_flags);
      g_assert_cmpint (atomic_load (&slot->end_status), ==, status);
      g_assert_cmpuint (atomic_load (&slot->end_ticks), >, 0);
      g_assert_cmpuint (flags & WEFT_END_STATUS, ==, WEFT_END_STATUS);
      g_assert_cmpuint ((flags & WEFT_END_USAGE) != 0, ==, i != 3);
      if (i < 2)
        {
          g_assert_cmpuint (atomic_load (&slot->end_cpu_ns), ==, 123);
          g_assert_cmpuint (atomic_load (&slot->end_voluntary), ==, 4);
          g_assert_cmpuint (atomic_load (&slot->end_involuntary), ==, 5);
        }
      if (i == 2)
        g_assert_cmpuint (atomic_load (&slot->end_cpu_ns), !=, 123);
    }
  wire_fixture_destroy (&wire, fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/memory/seals", test_seals);
  g_test_add_func ("/wire/memory/punched-holes", test_punched_holes);
  g_test_add_func ("/wire/memory/attach", test_attach);
  g_test_add_func ("/wire/memory/attach-foreign", test_attach_foreign);
  g_test_add_func ("/wire/memory/attach-damaged", test_attach_damaged);
  g_test_add_func ("/wire/memory/ring-sizes", test_ring_sizes);
  g_test_add_func ("/wire/memory/small-budget", test_small_budget);
  g_test_add_func ("/wire/memory/lazy", test_memory_is_lazy);
  g_test_add_func ("/wire/memory/tables-exhausted", test_tables_exhausted);
  g_test_add_func ("/wire/memory/names", test_names);
  g_test_add_func ("/wire/memory/identity-and-end", test_identity_and_end);
  g_test_add_func ("/wire/memory/note-exit-of-threads", test_note_exit_of_threads);
  g_test_add_func ("/wire/memory/note-exit-of-process", test_note_exit_of_process);
  return g_test_run ();
}
