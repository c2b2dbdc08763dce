/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record that a lane writes when something happens, and the words in it. Everything in this
 * file is the format of the shared memory: changing it means a new WEFT_WIRE_VERSION.
 */
#pragma once

#include <stdint.h>

/* What a lane says it does, from the instant of the event that carries it until its next event
 * that carries another. A lane is in exactly one activity at a time. */
typedef enum
{
  WEFT_WIRE_KEEP,        /* the activity stays what it was */
  WEFT_WIRE_WORKING,     /* on its task, using a core when it gets one */
  WEFT_WIRE_LOCK_WAIT,   /* blocked on the mutex, lock or semaphore `object` */
  WEFT_WIRE_QUEUE_FULL,  /* blocked until `object` has room */
  WEFT_WIRE_QUEUE_EMPTY, /* blocked until `object` has an item */
  WEFT_WIRE_IO,          /* blocked on input or output */
  WEFT_WIRE_ASLEEP,      /* sleeping for a time */
  WEFT_WIRE_SPINNING,    /* busy, but only waiting */
  WEFT_WIRE_WAITING,     /* blocked in a join, a barrier, or for a result */
  WEFT_WIRE_N_ACTIVITIES
} WeftWireActivity;

typedef enum
{
  WEFT_EVENT_NONE,
  WEFT_EVENT_LANE_BEGIN, /* first record of a lane */
  WEFT_EVENT_LANE_END,   /* last record of a lane that ended by itself; value: exit code */
  WEFT_EVENT_ACTIVITY,   /* only the activity changed */
  WEFT_EVENT_PUT,        /* `task` was put into queue `object`; value: the depth after it */
  WEFT_EVENT_GET,        /* `task` was taken from `object` by this lane; value: the depth after it */
  WEFT_EVENT_FINISH,     /* this lane finished `task`; value: its service time in ticks */
  WEFT_EVENT_FAIL,       /* this lane gave `task` up; value: its service time in ticks */
  WEFT_EVENT_COUNTER,    /* counter `object` has `value` from now on */
  WEFT_EVENT_LOG,        /* nothing but its log line */
  WEFT_EVENT_LOCK_WAIT,  /* this lane waits for lock `object` from now on; value: weft_lock_value() */
  WEFT_EVENT_ACQUIRE,    /* this lane has `object` from now on; value: weft_lock_value() after it */
  WEFT_EVENT_RELEASE,    /* this lane has given `object` back; what it does from now on is not about it,
                            nor about the task; value: weft_lock_value() after it */
  WEFT_EVENT_READY, /* a wait in the kernel has ended: since its last of this kind, or since its beginning, the
                            lane was ready without a core for `value` ns in all */
  WEFT_EVENT_GAP,   /* records of this lane were dropped from `ticks` until the next record;
                            value: how many. `activity`, `object` and `task`: what the lane does
                            when that comes, KEEP: what it did before the gap. Written by
                            weft_lane_emit() itself */
  WEFT_N_EVENT_KINDS
} WeftEventKind;

/* No task. */
#define WEFT_NO_TASK UINT32_MAX
/* No object: objects count from 1. */
#define WEFT_NO_OBJECT 0u
/* No log line: lines count from 1, as in the workload's description. */
#define WEFT_NO_LINE 0u
/* The core is not known. */
#define WEFT_NO_CORE UINT16_MAX

/* One event. 32 bytes, half a cache line, so that a record is never torn over two lines more often
 * than needed and a ring index is a shift.
 *
 * PUT, GET and COUNTER events on one object are emitted by whoever holds that object's lock, or by
 * one lane only, each with more ticks than the one before it; the reader relies on that to put them
 * in order (see model/weft-event-merger.h). */
typedef struct
{
  uint64_t ticks;   /* of the run's clock, see weft-clock.h */
  int64_t value;    /* by kind; arguments of the log line too */
  uint32_t task;    /* the task or item it is about, or WEFT_NO_TASK */
  uint32_t object;  /* the queue, lock or counter it is about, or WEFT_NO_OBJECT */
  uint16_t lane;    /* the writer's own index; a reader checks it against the ring it read */
  uint16_t core;    /* the core the writer was on, or WEFT_NO_CORE */
  uint8_t kind;     /* WeftEventKind */
  uint8_t activity; /* WeftWireActivity from now on */
  uint8_t line;     /* a line of the run's log that this event prints, or WEFT_NO_LINE */
  uint8_t reserved; /* 0 */
} WeftEvent;

/* The value of the events of a lock:
 *
 *   bits 0 to 15:  how many lanes wait for it, or WEFT_LOCK_AS_BEFORE
 *   bits 16 to 31: how many lanes share it; 0: none does: the lane of an ACQUIRE has it for itself, and
 *                  after a RELEASE it is free. Without meaning in a LOCK_WAIT
 *   bits 32 to 63: of a lock that is first come, first served: the place in the order of arrival, from 1,
 *                  the same in a lane's LOCK_WAIT and in the ACQUIRE that ends it; else 0
 *
 * Who has a lock for itself writes its events while it has it, each with more ticks than the one before
 * it. Those who wait for it, or share it, take their ticks and the counts in one atomic step; such a record
 * may become visible after later ones, which then hold newer counts. */
#define WEFT_LOCK_AS_BEFORE 0xffffu

static inline int64_t
weft_lock_value (uint32_t waiters, uint32_t sharers, uint32_t arrival)
{
  return (int64_t) ((uint64_t) arrival << 32 | (uint64_t) (sharers & 0xffffu) << 16 | (waiters & 0xffffu));
}

static inline uint32_t
weft_lock_value_waiters (int64_t value)
{
  return (uint32_t) value & 0xffffu;
}

static inline uint32_t
weft_lock_value_sharers (int64_t value)
{
  return (uint32_t) value >> 16;
}

static inline uint32_t
weft_lock_value_arrival (int64_t value)
{
  return (uint32_t) ((uint64_t) value >> 32);
}

_Static_assert(sizeof (WeftEvent) == 32, "the record is part of the format");
