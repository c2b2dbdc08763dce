/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-lock-record.h"

/* The word `crowd`: from the lowest bit up how many wait and how many share, and above them the time of
 * the last change in units of 16 ticks since `base`, some 5 ns, which lasts for a day. After that the order
 * of the changes is no longer exact. */
#define WAITERS_BITS 11
#define SHARERS_BITS 9
#define UNIT_SHIFT 4
#define COUNT_BITS (WAITERS_BITS + SHARERS_BITS)
#define WAITERS_MASK ((G_GUINT64_CONSTANT (1) << WAITERS_BITS) - 1)
#define SHARERS_MASK ((G_GUINT64_CONSTANT (1) << SHARERS_BITS) - 1)
#define MAX_UNIT (G_MAXUINT64 >> COUNT_BITS)

typedef struct
{
  guint64 ticks;
  guint32 waiters;
  guint32 sharers;
} Crowd;

gboolean
weft_lock_record_init (WeftLockRecord *record, WeftRun *run, const char *name, gboolean sharable)
{
  *record = (WeftLockRecord){ .sharable = sharable, .clock = run->wire.clock };
  record->number = weft_wire_add_object (&run->wire, WEFT_OBJECT_LOCK, name, 0);
  if (record->number == WEFT_NO_OBJECT)
    {
      weft_run_fail (run, "There is no room for the figures of so many locks: ask for fewer.");
      return FALSE;
    }
  record->object = weft_wire_object (&run->wire, record->number);
  record->waits = weft_wire_histogram (&run->wire, record->number, WEFT_LOCK_WAITS);
  record->holds = weft_wire_histogram (&run->wire, record->number, WEFT_LOCK_HOLDS);
  record->base = weft_clock_ticks (record->clock);
  return TRUE;
}

/* Adds to the counts, at a time after that of every other step and after @last. */
static Crowd
step (WeftLockRecord *record, int waiters, int sharers, guint64 last)
{
  guint64 old = atomic_load_explicit (&record->crowd, memory_order_relaxed);
  guint64 after = last > record->base ? ((last - record->base) >> UNIT_SHIFT) + 1 : 0;
  guint64 now, unit, next;
  Crowd crowd;

  do
    {
      now = weft_clock_ticks (record->clock);
      unit = now > record->base ? (now - record->base) >> UNIT_SHIFT : 0;
      unit = MIN (MAX (MAX (unit, (old >> COUNT_BITS) + 1), after), MAX_UNIT);
      crowd.waiters = (guint32) (((old & WAITERS_MASK) + (guint64) (gint64) waiters) & WAITERS_MASK);
      crowd.sharers =
          (guint32) (((old >> WAITERS_BITS & SHARERS_MASK) + (guint64) (gint64) sharers) & SHARERS_MASK);
      next = unit << COUNT_BITS | (guint64) crowd.sharers << WAITERS_BITS | crowd.waiters;
    }
  while (!atomic_compare_exchange_weak_explicit (&record->crowd, &old, next, memory_order_relaxed,
                                                 memory_order_relaxed));
  crowd.ticks = unit < MAX_UNIT ? record->base + (unit << UNIT_SHIFT) : now;
  return crowd;
}

guint64
weft_lock_record_wait (WeftLockRecord *record, WeftLane *lane, WeftWireActivity activity, guint32 task,
                       guint32 arrival)
{
  Crowd crowd = step (record, 1, 0, 0);

  weft_lane_emit_at (lane, crowd.ticks, WEFT_EVENT_LOCK_WAIT, activity, record->number, task,
                     weft_lock_value (crowd.waiters, 0, arrival), WEFT_NO_LINE);
  return crowd.ticks;
}

/* A lane that has the lock for itself is in order with all who had it so before; where others may have
 * shared it, or when it leaves those who wait, also with their steps. */
static Crowd
take (WeftLockRecord *record, gboolean shared, gboolean waited)
{
  Crowd crowd;

  if (waited || record->sharable)
    {
      crowd = step (record, waited ? -1 : 0, shared ? 1 : 0, record->last);
      if (!shared)
        crowd.sharers = 0;
    }
  else
    crowd = (Crowd){ .ticks = weft_clock_ticks_after (record->clock, record->last),
                     .waiters = WEFT_LOCK_AS_BEFORE };
  if (!shared)
    record->last = crowd.ticks;
  return crowd;
}

guint64
weft_lock_record_acquire (WeftLockRecord *record, WeftLane *lane, gboolean shared, gboolean waited,
                          guint64 since, guint32 task, guint32 arrival)
{
  _Atomic guint64 *totals = record->object->totals;
  Crowd crowd = take (record, shared, waited);
  guint64 took = crowd.ticks > since ? crowd.ticks - since : 0;
  guint32 owner = lane->index + 1u;

  if (atomic_load_explicit (&totals[WEFT_LOCK_FIRST], memory_order_relaxed) == 0)
    atomic_store_explicit (&totals[WEFT_LOCK_FIRST], crowd.ticks, memory_order_relaxed);
  weft_total_add (&totals[WEFT_LOCK_ACQUISITIONS], 1, shared);
  if (waited)
    {
      weft_total_add (&totals[WEFT_LOCK_CONTENDED], 1, shared);
      weft_histogram_add (record->waits, took, shared);
    }
  else
    weft_total_add (&totals[WEFT_LOCK_FREE_TICKS], took, shared);
  if (!shared && record->last_owner != owner)
    {
      if (record->last_owner != 0)
        weft_total_add (&totals[WEFT_LOCK_HANDOVERS], 1, FALSE);
      record->last_owner = owner;
    }
  weft_lane_emit_at (lane, crowd.ticks, WEFT_EVENT_ACQUIRE, WEFT_WIRE_WORKING, record->number, task,
                     weft_lock_value (crowd.waiters, crowd.sharers, arrival), WEFT_NO_LINE);
  return crowd.ticks;
}

void
weft_lock_record_release (WeftLockRecord *record, WeftLane *lane, gboolean shared, guint64 acquired,
                          guint32 task, WeftWireActivity after)
{
  Crowd crowd = { .waiters = WEFT_LOCK_AS_BEFORE };

  if (shared)
    crowd = step (record, 0, -1, record->last);
  else
    record->last = crowd.ticks = weft_clock_ticks_after (record->clock, record->last);
  weft_histogram_add (record->holds, crowd.ticks - acquired, shared);
  weft_total_raise (&record->object->totals[WEFT_LOCK_LAST], crowd.ticks, shared);
  weft_lane_emit_at (lane, crowd.ticks, WEFT_EVENT_RELEASE, after, record->number, task,
                     weft_lock_value (crowd.waiters, crowd.sharers, 0), WEFT_NO_LINE);
}
