/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-lane.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "weft-futex.h"

/* A lane keeps its schedstat open, which makes a read three times as fast, but leaves to the workload one in so many
 * of the descriptors that there may be. */
#define FD_SHARE 2

/* A reading that took longer was interrupted, so that its time and its value may not belong together. */
#define LONGEST_READING_NS 50000
#define MAX_READINGS 5

/* Records kept free for a GAP record to go before the first record after a gap. */
#define GAP_ROOM 1

/* The calling thread's own; -1 where it cannot be had. */
static int
open_schedstat (void)
{
  struct rlimit limit;
  int fd = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);

  if (fd >= 0 && (getrlimit (RLIMIT_NOFILE, &limit) < 0 || (rlim_t) fd >= limit.rlim_cur / FD_SHARE))
    {
      close (fd);
      fd = -1;
    }
  return fd;
}

bool
weft_lane_begin (WeftLane *lane, WeftWire *wire, const char *name, bool is_process, int parent,
                 WeftWireActivity activity)
{
  uint32_t ring_records = atomic_load_explicit (&wire->header->ring_records, memory_order_acquire);
  uint64_t capacity;
  uint32_t index;
  WeftWireLane *slot;

  *lane = (WeftLane){ .schedstat_fd = -1 };
  if (ring_records == 0)
    return false;
  capacity = wire->rings_size / (ring_records * sizeof (WeftEvent));
  if (capacity > WEFT_WIRE_MAX_LANES)
    capacity = WEFT_WIRE_MAX_LANES;
  if (!weft_wire_claim (&wire->header->lane_count, (uint32_t) capacity, &index))
    return false;
  slot = &wire->lanes[index];
  slot->is_process = is_process;
  slot->pid = getpid ();
  slot->tid = (int32_t) syscall (SYS_gettid);
  slot->parent = parent;
  weft_wire_copy_name (slot->name, name);
  lane->records = (WeftEvent *) (wire->rings + (uint64_t) index * ring_records * sizeof (WeftEvent));
  lane->mask = ring_records - 1;
  lane->limit = ring_records / 2;
  lane->slot = slot;
  lane->reader_sleeps = &wire->header->reader_sleeps;
  lane->clock = wire->clock;
  lane->index = (uint16_t) index;
  if (atomic_load_explicit (&wire->header->tell_ready, memory_order_relaxed) != 0)
    lane->schedstat_fd = open_schedstat ();
  weft_lane_emit (lane, WEFT_EVENT_LANE_BEGIN, activity, WEFT_NO_OBJECT, WEFT_NO_TASK, parent, WEFT_NO_LINE);
  atomic_store_explicit (&slot->state, WEFT_SLOT_LIVE, memory_order_release);
  return true;
}

/* Whether the lane has done with the task of an event of @kind: what it does from then on is not about
 * it. */
static bool
leaves_task (WeftEventKind kind)
{
  return kind == WEFT_EVENT_PUT || kind == WEFT_EVENT_FINISH || kind == WEFT_EVENT_FAIL
         || kind == WEFT_EVENT_RELEASE;
}

/* Wakes the reader if it sleeps: once for each of its sleeps, whoever comes first. */
static void
wake_reader (WeftLane *lane)
{
  if (atomic_load_explicit (lane->reader_sleeps, memory_order_relaxed) != 0
      && atomic_exchange_explicit (lane->reader_sleeps, 0, memory_order_relaxed) != 0)
    weft_futex_wake (lane->reader_sleeps, 1);
}

/* Looks how far the reader is, and chooses when to look again: when the ring is half full, and from there
 * on after every eighth of it. True when there is room for a record, and a GAP record before it. */
static bool
look_at_tail (WeftLane *lane)
{
  /* Acquire: the reader has done with the records before this tail before we write over them. */
  uint64_t tail = atomic_load_explicit (&lane->slot->tail, memory_order_acquire);
  uint64_t capacity = lane->mask + 1;
  uint64_t used = lane->head - tail;

  /* A tail that no reader of ours can have written is taken as no news: as a full ring. */
  if (tail > lane->head || used >= capacity - GAP_ROOM)
    {
      wake_reader (lane);
      return false;
    }
  lane->limit = tail + capacity / 2;
  if (used >= capacity / 2)
    {
      wake_reader (lane);
      lane->limit = lane->head + capacity / 8;
      if (lane->limit > tail + capacity - GAP_ROOM)
        lane->limit = tail + capacity - GAP_ROOM;
    }
  return true;
}

bool
weft_lane_make_room (WeftLane *lane, uint64_t ticks, WeftEventKind kind, WeftWireActivity activity,
                     uint32_t object, uint32_t task)
{
  WeftEvent *record;

  if (!look_at_tail (lane))
    {
      if (lane->gap_records++ == 0)
        {
          lane->gap_ticks = ticks;
          lane->gap_activity = WEFT_WIRE_KEEP;
        }
      if (activity != WEFT_WIRE_KEEP)
        {
          lane->gap_activity = (uint8_t) activity;
          lane->gap_object = kind == WEFT_EVENT_RELEASE ? WEFT_NO_OBJECT : object;
          lane->gap_task = leaves_task (kind) ? WEFT_NO_TASK : task;
        }
      atomic_store_explicit (&lane->slot->dropped,
                             atomic_load_explicit (&lane->slot->dropped, memory_order_relaxed) + 1,
                             memory_order_relaxed);
      /* While a gap is open the limit is below any head, so that every record comes here first. */
      lane->limit = 0;
      return false;
    }
  if (lane->gap_records != 0)
    {
      bool knows = lane->gap_activity != WEFT_WIRE_KEEP;

      record = &lane->records[lane->head & lane->mask];
      *record = (WeftEvent){ .ticks = lane->gap_ticks,
                             .value = (int64_t) lane->gap_records,
                             .task = knows ? lane->gap_task : WEFT_NO_TASK,
                             .object = knows ? lane->gap_object : WEFT_NO_OBJECT,
                             .lane = lane->index,
                             .core = weft_current_core (),
                             .kind = WEFT_EVENT_GAP,
                             .activity = lane->gap_activity };
      lane->head++;
      atomic_store_explicit (&lane->slot->head, lane->head, memory_order_release);
      lane->gap_records = 0;
    }
  return true;
}

/* Reads a small file of /proc into @text. */
static bool
read_proc (const char *path, char *text, size_t size)
{
  ssize_t length;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return false;
  length = read (fd, text, size - 1);
  close (fd);
  if (length < 0)
    return false;
  text[length] = '\0';
  return true;
}

/* What the kernel knows of the calling thread, into the slot's end_ fields. Returns their flags. */
static uint32_t
note_usage (WeftWireLane *slot)
{
  struct rusage usage;
  char text[4096];
  unsigned long long on_core, ready;
  const char *migrations;
  uint32_t flags = 0;
  struct timespec now;

  /* The kernel counts the time on a core only now and then, and when this clock is read: without it
   * the last few milliseconds would be missing from the figures below. */
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  if (getrusage (RUSAGE_THREAD, &usage) == 0)
    {
      atomic_store_explicit (&slot->end_voluntary, (uint64_t) usage.ru_nvcsw, memory_order_relaxed);
      atomic_store_explicit (&slot->end_involuntary, (uint64_t) usage.ru_nivcsw, memory_order_relaxed);
      atomic_store_explicit (&slot->end_cpu_ns,
                             (uint64_t) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000u
                                 + (uint64_t) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000u,
                             memory_order_relaxed);
      flags |= WEFT_END_USAGE;
    }
  if (read_proc ("/proc/thread-self/schedstat", text, sizeof text)
      && sscanf (text, "%llu %llu", &on_core, &ready) == 2)
    {
      atomic_store_explicit (&slot->end_on_core_ns, on_core, memory_order_relaxed);
      atomic_store_explicit (&slot->end_ready_ns, ready, memory_order_relaxed);
      flags |= WEFT_END_SCHEDSTAT;
    }
  if (read_proc ("/proc/thread-self/sched", text, sizeof text)
      && (migrations = strstr (text, "nr_migrations")) != NULL
      && (migrations = strchr (migrations, ':')) != NULL)
    {
      atomic_store_explicit (&slot->end_migrations, strtoull (migrations + 1, NULL, 10),
                             memory_order_relaxed);
      flags |= WEFT_END_MIGRATIONS;
    }
  return flags;
}

void
weft_lane_tell_ready (WeftLane *lane)
{
  uint64_t ticks = 0;
  unsigned long long ready_ns = 0;

  if (lane->records == NULL || lane->schedstat_fd < 0)
    return;
  for (int i = 0; i < MAX_READINGS; i++)
    {
      char text[80];
      int64_t began_ns = weft_monotonic_ns ();
      ssize_t length;

      ticks = weft_clock_ticks (lane->clock);
      length = pread (lane->schedstat_fd, text, sizeof text - 1, 0);
      if (length <= 0)
        return;
      text[length] = '\0';
      /* The second number: time on a core, run delay, times on a core. */
      ready_ns = strtoull (text + strcspn (text, " "), NULL, 10);
      if (weft_monotonic_ns () - began_ns <= LONGEST_READING_NS)
        break;
    }
  weft_lane_emit_at (lane, ticks, WEFT_EVENT_READY, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK,
                     (int64_t) (ready_ns - lane->ready_ns), WEFT_NO_LINE);
  lane->ready_ns = ready_ns;
}

void
weft_lane_end (WeftLane *lane, int exit_code)
{
  WeftWireLane *slot = lane->slot;
  uint64_t ticks;
  uint32_t flags;

  if (slot == NULL)
    return;
  flags = note_usage (slot);
  ticks = weft_clock_ticks (lane->clock);
  weft_lane_emit_at (lane, ticks, WEFT_EVENT_LANE_END, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK,
                     exit_code, WEFT_NO_LINE);
  atomic_store_explicit (&slot->end_ticks, ticks, memory_order_relaxed);
  atomic_store_explicit (&slot->end_flags, flags, memory_order_release);
  atomic_store_explicit (&slot->state, WEFT_SLOT_ENDED, memory_order_release);
  if (lane->schedstat_fd >= 0)
    close (lane->schedstat_fd);
  *lane = (WeftLane){ .schedstat_fd = -1 };
}
