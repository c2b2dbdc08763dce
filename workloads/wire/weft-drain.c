/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-drain.h"

#include <string.h>

#include "weft-futex.h"

bool
weft_event_is_valid (const WeftEvent *event, uint16_t lane)
{
  return event->kind > WEFT_EVENT_NONE && event->kind < WEFT_N_EVENT_KINDS
         && event->activity < WEFT_WIRE_N_ACTIVITIES && event->lane == lane
         && event->object <= WEFT_WIRE_MAX_OBJECTS && event->reserved == 0;
}

bool
weft_drain_open (WeftDrain *drain, const WeftWire *wire, uint16_t index, uint32_t ring_records)
{
  WeftWireLane *slot;

  if (index >= WEFT_WIRE_MAX_LANES || ring_records < WEFT_WIRE_MIN_RING || ring_records > WEFT_WIRE_MAX_RING
      || (ring_records & (ring_records - 1)) != 0
      || (uint64_t) (index + 1u) * ring_records * sizeof (WeftEvent) > wire->rings_size)
    return false;
  slot = &wire->lanes[index];
  switch (atomic_load_explicit (&slot->state, memory_order_acquire))
    {
    case WEFT_SLOT_LIVE:
    case WEFT_SLOT_ENDED:
      break;
    default:
      return false;
    }
  *drain = (WeftDrain){
    .records = (const WeftEvent *) (wire->rings + (uint64_t) index * ring_records * sizeof (WeftEvent)),
    .slot = slot,
    .mask = ring_records - 1,
    .index = index
  };
  return true;
}

/* Copies the next @count records, which are there. All in one go: the processor then fetches many of the
 * writer's cache lines at once. */
static void
copy_records (const WeftDrain *drain, WeftEvent *events, uint64_t count)
{
  uint64_t place = drain->tail & drain->mask;
  uint64_t first = drain->mask + 1 - place; /* up to the end of the ring */

  if (first > count)
    first = count;
  memcpy (events, &drain->records[place], first * sizeof *events);
  memcpy (events + first, drain->records, (count - first) * sizeof *events);
  /* What follows must look at the copy. Without this the compiler may load the fields again from the
   * shared records, which a writer gone wrong can change in between. */
  atomic_signal_fence (memory_order_seq_cst);
}

/* Of @count copied records keeps those that make sense. Returns how many. */
static size_t
keep_valid (WeftDrain *drain, WeftEvent *events, uint64_t count)
{
  size_t kept = 0;

  for (uint64_t i = 0; i < count; i++)
    if (weft_event_is_valid (&events[i], drain->index))
      {
        if (kept != i)
          events[kept] = events[i];
        kept++;
      }
  drain->invalid += count - kept;
  return kept;
}

size_t
weft_drain_read (WeftDrain *drain, WeftEvent *events, size_t capacity)
{
  /* Acquire: the records before this head are complete. */
  uint64_t head = atomic_load_explicit (&drain->slot->head, memory_order_acquire);
  uint64_t waiting = head - drain->tail;
  size_t count = 0;

  if (waiting == 0)
    return 0;
  if (waiting > drain->mask + 1)
    {
      drain->invalid++;
      drain->tail = head;
      atomic_store_explicit (&drain->slot->tail, drain->tail, memory_order_release);
      return 0;
    }
  /* Again only where records were thrown away. */
  while (waiting > 0 && count < capacity)
    {
      uint64_t taken = waiting < capacity - count ? waiting : capacity - count;

      copy_records (drain, &events[count], taken);
      drain->tail += taken;
      waiting -= taken;
      count += keep_valid (drain, &events[count], taken);
    }
  drain->read += count;
  /* Release: our copies are done before the producer may write over the records. */
  atomic_store_explicit (&drain->slot->tail, drain->tail, memory_order_release);
  return count;
}

uint64_t
weft_drain_dropped (const WeftDrain *drain)
{
  /* Acquire: records that are read later are at least as new. */
  return atomic_load_explicit (&drain->slot->dropped, memory_order_acquire);
}

void
weft_drain_sleep (const WeftWire *wire, int64_t until_ns, const atomic_bool *cancelled)
{
  _Atomic uint32_t *sleeps = &wire->header->reader_sleeps;
  struct timespec deadline = { .tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000 };

  /* Sequentially consistent, as in weft_drain_wake(): of its setting the one and our setting the other at
   * least one is seen. */
  atomic_store (sleeps, 1);
  if (!atomic_load (cancelled))
    weft_futex_wait (sleeps, 1, &deadline);
  atomic_store_explicit (sleeps, 0, memory_order_relaxed);
}

void
weft_drain_wake (const WeftWire *wire)
{
  atomic_store (&wire->header->reader_sleeps, 0);
  weft_futex_wake (&wire->header->reader_sleeps, 1);
}
