/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-drain.h"

#include <string.h>

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
  for (; waiting > 0 && count < capacity; waiting--, drain->tail++)
    {
      memcpy (&events[count], &drain->records[drain->tail & drain->mask], sizeof *events);
      /* The check must look at the copy. Without this the compiler may load the fields again from
       * the shared record, which a writer gone wrong can change in between. */
      atomic_signal_fence (memory_order_seq_cst);
      if (weft_event_is_valid (&events[count], drain->index))
        count++;
      else
        drain->invalid++;
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
