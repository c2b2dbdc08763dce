/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The producer's side of a lane: one for each thread that is recorded, used by that thread alone.
 */
#pragma once

#include "weft-wire.h"

#if defined(__GLIBC__) && defined(__has_include)
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#define WEFT_HAVE_RSEQ 1
#endif
#endif
#ifndef WEFT_HAVE_RSEQ
#include <sched.h>
#endif

/* A thread's handle of its lane. All zero: recording is off, every call returns at once. */
typedef struct
{
  WeftEvent *records;   /* the ring; NULL: off */
  uint64_t mask;        /* records of the ring - 1 */
  uint64_t head;        /* own copy of the slot's */
  uint64_t limit;       /* the head at which the ring may be full, as far as known */
  uint64_t gap_ticks;   /* when the first record of the present gap was dropped */
  uint64_t gap_records; /* dropped in the present gap; 0: no gap */
  uint32_t gap_object;  /* with the activity */
  uint32_t gap_task;    /* likewise */
  WeftWireLane *slot;
  _Atomic uint32_t *reader_sleeps; /* the header's */
  WeftClockKind clock;
  uint64_t ready_ns; /* run delay that it has told of */
  int schedstat_fd;  /* of the thread; -1: it does not tell of its run delay */
  uint16_t index;
  uint8_t gap_activity; /* the last that was dropped in the present gap, WEFT_WIRE_KEEP: none */
} WeftLane;

/* Claims a lane for the calling thread and writes its first record, LANE_BEGIN with @activity.
 * @is_process: the thread is the first of a process of its own. @parent: the lane that started it,
 * or -1. A child that fork() made must claim its own. False, with @lane off, when the table or the
 * rings' memory is used up. */
bool weft_lane_begin (WeftLane *lane, WeftWire *wire, const char *name, bool is_process, int parent,
                      WeftWireActivity activity);

/* Writes the last record, LANE_END with @exit_code, and what the kernel says of the thread: CPU
 * time, switches, migrations, run delay. The lane is off afterwards. */
void weft_lane_end (WeftLane *lane, int exit_code);

/* After a wait that entered the kernel: tells for how long the lane was ready meanwhile, where somebody wants to
 * know. Not with a lock held: it asks the kernel, which takes about 1 µs. */
void weft_lane_tell_ready (WeftLane *lane);

/* Not to be called directly: room was not seen; looks again, writes a GAP record when records were
 * dropped before, or drops this one, counts it and notes its activity. Wakes a sleeping reader when the
 * ring is half full. True when there is room now. */
bool weft_lane_make_room (WeftLane *lane, uint64_t ticks, WeftEventKind kind, WeftWireActivity activity,
                          uint32_t object, uint32_t task);

/* The core the caller is on. From the restartable sequence area that glibc registers for each
 * thread: a plain load. */
static inline uint16_t
weft_current_core (void)
{
#ifdef WEFT_HAVE_RSEQ
  const struct rseq *area =
      (const struct rseq *) ((const char *) __builtin_thread_pointer () + __rseq_offset);
  uint32_t core = __atomic_load_n (&area->cpu_id, __ATOMIC_RELAXED);

  return core < WEFT_NO_CORE ? (uint16_t) core : WEFT_NO_CORE;
#else
  int core = sched_getcpu ();

  return core >= 0 && core < WEFT_NO_CORE ? (uint16_t) core : WEFT_NO_CORE;
#endif
}

/* Writes one event that happened at @ticks. Never blocks: when the ring is full the event is dropped and
 * counted. Calls the system only to wake a reader that sleeps while the ring is half full. The record is complete before the new head is
 * published (release), so a writer killed in the middle leaves nothing half written to be seen. */
static inline void
weft_lane_emit_at (WeftLane *lane, uint64_t ticks, WeftEventKind kind, WeftWireActivity activity,
                   uint32_t object, uint32_t task, int64_t value, uint8_t line)
{
  WeftEvent *record;

  if (lane->records == NULL)
    return;
  if (__builtin_expect (lane->head >= lane->limit, 0)
      && !weft_lane_make_room (lane, ticks, kind, activity, object, task))
    return;
  record = &lane->records[lane->head & lane->mask];
  record->ticks = ticks;
  record->value = value;
  record->task = task;
  record->object = object;
  record->lane = lane->index;
  record->core = weft_current_core ();
  record->kind = (uint8_t) kind;
  record->activity = (uint8_t) activity;
  record->line = line;
  record->reserved = 0;
  lane->head++;
  atomic_store_explicit (&lane->slot->head, lane->head, memory_order_release);
}

/* Writes one event that happens now. Returns its ticks, 0 when recording is off. */
static inline uint64_t
weft_lane_emit (WeftLane *lane, WeftEventKind kind, WeftWireActivity activity, uint32_t object, uint32_t task,
                int64_t value, uint8_t line)
{
  uint64_t ticks;

  if (lane->records == NULL)
    return 0;
  ticks = weft_clock_ticks (lane->clock);
  weft_lane_emit_at (lane, ticks, kind, activity, object, task, value, line);
  return ticks;
}

/* From now on the lane does @activity, on @object and @task where it has them. */
static inline void
weft_lane_activity (WeftLane *lane, WeftWireActivity activity, uint32_t object, uint32_t task)
{
  weft_lane_emit (lane, WEFT_EVENT_ACTIVITY, activity, object, task, 0, WEFT_NO_LINE);
}

/* Adds @amount to one of the lane's exact totals. They stay right when events are dropped. A plain
 * add: the lane is the only writer. */
static inline void
weft_lane_add (WeftLane *lane, WeftLaneTotal total, uint64_t amount)
{
  _Atomic uint64_t *place;

  if (lane->slot == NULL)
    return;
  place = &lane->slot->totals[total];
  atomic_store_explicit (place, atomic_load_explicit (place, memory_order_relaxed) + amount,
                         memory_order_relaxed);
}
