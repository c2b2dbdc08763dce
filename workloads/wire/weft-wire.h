/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shared memory of a run: a sealed memfd that run control creates and the helper inherits. It
 * holds a header, the table of objects, histograms of the locks among them, the table of lanes with their
 * exact totals, and one ring of events for each lane.
 *
 * Run control trusts nothing in it: whatever the run's processes can write, they may write wrongly.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "weft-clock.h"
#include "weft-event.h"
#include "weft-histogram.h"

#define WEFT_WIRE_MAGIC 0x57656674u /* "Weft" */
#define WEFT_WIRE_VERSION 3u

#define WEFT_WIRE_NAME_SIZE 40 /* bytes of a name, with its end */
#define WEFT_WIRE_N_TOTALS 8   /* exact totals of an object */
#define WEFT_WIRE_N_LANE_TOTALS 16
#define WEFT_WIRE_MAX_LANES 8192 /* lanes that a run may have */
#define WEFT_WIRE_MAX_OBJECTS 1024
#define WEFT_WIRE_MIN_RING 64 /* records of the smallest ring */
#define WEFT_WIRE_MAX_RING 65536
#define WEFT_WIRE_BUDGET ((size_t) 256 << 20) /* bytes of all rings together, by default */

/* Indices of a lane's exact totals. Times are in ticks of the run's clock, because that is all that
 * a lane needs to know, unless the name says otherwise. */
typedef enum
{
  WEFT_LANE_TASKS_STARTED,
  WEFT_LANE_TASKS_DONE,
  WEFT_LANE_TASKS_FAILED,
  WEFT_LANE_SERVICE_TICKS, /* sum of the service times of the tasks done */
  WEFT_LANE_BLOCKED_TICKS, /* time in queue-full waits that ended */
  WEFT_LANE_IDLE_TICKS,    /* time in queue-empty waits that ended */
  WEFT_LANE_LAST_DONE,     /* ticks: when the last task was done; 0: none yet */
  WEFT_LANE_BUSY_TICKS,    /* time that a producer or consumer took for its items: to make and to
                              put, or to take and to serve them, without the waits */
  WEFT_LANE_ITERATIONS,    /* of a loop that does nothing else */
  WEFT_LANE_CPU_NS,        /* CPU time between the next two, in ns: noted by the lane now and then */
  WEFT_LANE_FIRST_TICKS,   /* when it began with what is measured; 0: not yet */
  WEFT_LANE_LAST_TICKS     /* when it noted its CPU time last */
} WeftLaneTotal;

typedef enum
{
  WEFT_OBJECT_NONE,
  WEFT_OBJECT_QUEUE,
  WEFT_OBJECT_LOCK,
  WEFT_OBJECT_COUNTER,
  WEFT_N_OBJECT_KINDS
} WeftObjectKind;

/* Indices of a queue's exact totals; all are written by whoever holds the queue's lock. */
typedef enum
{
  WEFT_QUEUE_PUTS,
  WEFT_QUEUE_GETS,
  WEFT_QUEUE_MAX_DEPTH,
  WEFT_QUEUE_DEPTH_TICKS, /* integral of the depth over time: items × ticks, up to the later of
                             LAST_PUT and LAST_GET */
  WEFT_QUEUE_WAIT_TICKS,  /* sum of the times that the taken items spent in the queue */
  WEFT_QUEUE_FIRST_PUT,   /* ticks; 0: none yet */
  WEFT_QUEUE_LAST_GET,    /* ticks; 0: none yet */
  WEFT_QUEUE_LAST_PUT     /* ticks; 0: none yet */
} WeftQueueTotal;

/* Indices of a lock's exact totals; written by whoever has the lock. */
typedef enum
{
  WEFT_LOCK_ACQUISITIONS,
  WEFT_LOCK_CONTENDED,  /* those of them that had to wait */
  WEFT_LOCK_FREE_TICKS, /* what the others took, from the call until the lock was had */
  WEFT_LOCK_HANDOVERS,  /* those by another lane than the one before it */
  WEFT_LOCK_FIRST,      /* ticks of the first acquisition; 0: none yet */
  WEFT_LOCK_LAST        /* ticks of the last release; 0: none yet */
} WeftLockTotal;

/* What a lock's histograms are of. */
typedef enum
{
  WEFT_LOCK_WAITS, /* from when the lane began to wait, of the acquisitions that had to */
  WEFT_LOCK_HOLDS, /* from acquisition to release */
  WEFT_N_LOCK_HISTOGRAMS
} WeftLockHistogram;

typedef enum
{
  WEFT_SLOT_FREE, /* not claimed, or being filled in */
  WEFT_SLOT_LIVE, /* identity complete, the lane may write */
  WEFT_SLOT_ENDED /* the end_ fields are complete */
} WeftSlotState;

/* A queue, lock or counter. Written once by the process that adds it, but for the totals. */
typedef struct
{
  _Atomic uint32_t state; /* WeftSlotState, published last */
  uint32_t kind;          /* WeftObjectKind */
  int64_t capacity;       /* of a queue; 0: unbounded */
  char name[WEFT_WIRE_NAME_SIZE];
  uint64_t reserved;
  _Atomic uint64_t totals[WEFT_WIRE_N_TOTALS];
} WeftWireObject;

_Static_assert(sizeof (WeftWireObject) == 128, "two cache lines");

/* Flags that say which of a lane's end_ fields are known. */
typedef enum
{
  WEFT_END_STATUS = 1 << 0,    /* end_status, from waitpid() */
  WEFT_END_USAGE = 1 << 1,     /* CPU time and switches, from getrusage() or wait4() */
  WEFT_END_SCHEDSTAT = 1 << 2, /* on-core and ready time, from schedstat */
  WEFT_END_MIGRATIONS = 1 << 3
} WeftEndFlags;

typedef struct
{
  /* Who it is: written by the claimer, published by `state`. */
  _Atomic uint32_t state; /* WeftSlotState */
  uint32_t is_process;    /* 1: the lane is the first thread of a process of its own */
  int32_t pid;
  int32_t tid;
  int32_t parent; /* index of the lane that started it, or -1 */
  uint32_t reserved0;
  char name[WEFT_WIRE_NAME_SIZE];

  /* The producer's line. The head counts records ever written; the ring holds the last of them. */
  _Alignas(64) _Atomic uint64_t head;
  _Atomic uint64_t dropped; /* records that found the ring full */

  /* The reader's line. */
  _Alignas(64) _Atomic uint64_t tail;

  /* Exact totals, written by the lane alone. */
  _Alignas(64) _Atomic uint64_t totals[WEFT_WIRE_N_LANE_TOTALS];

  /* How it ended: written by the lane itself as its last act, or by whoever reaped its process. */
  _Alignas(64) _Atomic uint64_t end_ticks; /* 0: it has not ended */
  _Atomic uint32_t end_flags;              /* WeftEndFlags */
  _Atomic int32_t end_status;
  _Atomic uint64_t end_cpu_ns;
  _Atomic uint64_t end_voluntary;
  _Atomic uint64_t end_involuntary;
  _Atomic uint64_t end_migrations;
  _Atomic uint64_t end_on_core_ns;
  _Atomic uint64_t end_ready_ns;
} WeftWireLane;

_Static_assert(sizeof (WeftWireLane) == 384, "six cache lines");

typedef struct
{
  uint32_t magic;
  uint32_t version;
  uint64_t size; /* bytes of the whole mapping */
  uint32_t lane_capacity;
  uint32_t object_capacity;
  uint64_t objects_offset;
  uint64_t histograms_offset;
  uint64_t lanes_offset;
  uint64_t rings_offset;
  uint64_t rings_size;
  uint32_t clock; /* WeftClockKind */
  _Atomic uint32_t tell_ready; /* 1: lanes are to write READY events. Set by run control before the run begins */

  _Alignas(64) _Atomic uint32_t ring_records; /* records of each ring, a power of two; set by the
                                                  helper before the first lane is claimed */
  _Atomic uint32_t lane_count;                /* slots ever claimed */
  _Atomic uint32_t object_count;
  _Atomic uint32_t stop; /* a futex: WeftStop */

  /* A futex: 1 while the reader sleeps and wants to be woken when a ring is half full. Whoever makes it
   * 0 wakes it. */
  _Alignas(64) _Atomic uint32_t reader_sleeps;
} WeftWireHeader;

/* Why a run is to end in the ordinary way. */
typedef enum
{
  WEFT_STOP_NONE,
  WEFT_STOP_ASKED, /* run control or the supervisor asks for it */
  WEFT_STOP_DONE   /* the workload itself: its time is over */
} WeftStop;

/* One process's view of the shared memory. */
typedef struct
{
  WeftWireHeader *header;
  WeftWireObject *objects;
  WeftHistogram *histograms; /* WEFT_N_LOCK_HISTOGRAMS for each object; only those of locks are used */
  WeftWireLane *lanes;
  uint8_t *rings;
  uint64_t rings_size;
  uint64_t size;
  WeftClockKind clock;
} WeftWire;

/* Creates the shared memory for up to WEFT_WIRE_MAX_LANES lanes whose rings take @budget bytes
 * together, maps it into @wire, and seals it against shrinking, growing and unsealing. Memory is
 * only taken as it is written. Returns the memfd (close-on-exec), or -1 with errno set. */
int weft_wire_create (WeftWire *wire, size_t budget, WeftClockKind clock);

/* Maps the shared memory behind @fd, made by another process. False with errno set where it cannot
 * be mapped, EPROTO where it is not Weft's, is of another version, is not sealed, or its layout
 * does not fit its size. */
bool weft_wire_attach (WeftWire *wire, int fd);

/* Unmaps it. */
void weft_wire_detach (WeftWire *wire);

/* Chooses the size of the rings for @expected_lanes: the largest power of two of records, within
 * WEFT_WIRE_MIN_RING and WEFT_WIRE_MAX_RING, for which all of them fit the budget. To be called
 * once, before the first lane is claimed. Returns the records of a ring, 0 if so many lanes do not
 * fit. */
uint32_t weft_wire_set_expected_lanes (WeftWire *wire, uint32_t expected_lanes);

/* Takes the next index below @capacity from @count, which never grows beyond it. False when all are
 * taken. For the tables in the shared memory. */
bool weft_wire_claim (_Atomic uint32_t *count, uint32_t capacity, uint32_t *index);

/* Copies @name into a table's field of WEFT_WIRE_NAME_SIZE bytes, cut at the start of a UTF-8
 * character when it is too long. */
void weft_wire_copy_name (char *target, const char *name);

/* Adds a queue, lock or counter with a copy of @name, cut to fit at a character. Returns its number,
 * from 1, or WEFT_NO_OBJECT when the table is full. */
uint32_t weft_wire_add_object (WeftWire *wire, WeftObjectKind kind, const char *name, int64_t capacity);

/* The object numbered @number (from 1). Not checked. */
static inline WeftWireObject *
weft_wire_object (const WeftWire *wire, uint32_t number)
{
  return &wire->objects[number - 1];
}

/* The histogram @which of the lock numbered @number. Not checked. */
static inline WeftHistogram *
weft_wire_histogram (const WeftWire *wire, uint32_t number, WeftLockHistogram which)
{
  return &wire->histograms[(number - 1) * WEFT_N_LOCK_HISTOGRAMS + which];
}

/* For whoever reaps a process: marks every lane of @pid that has not said its own end as ended now,
 * and notes waitpid()'s @status on all of them. @cpu_ns, @voluntary and @involuntary, from wait4(),
 * are those of the whole process: they go to its first lane where it had not written its own and has
 * no other lanes beside it; @cpu_ns < 0: not known. Returns the number of that first lane, or -1. */
int weft_wire_note_exit (WeftWire *wire, pid_t pid, int status, int64_t cpu_ns, uint64_t voluntary,
                         uint64_t involuntary);
