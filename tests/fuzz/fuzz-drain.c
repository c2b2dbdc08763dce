/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One ring, whatever is in its slot and in its records: only valid events of its own lane come out of
 * it, and each record that the reader passes by is counted once, as read or as invalid.
 */
#include <glib.h>
#include <stdlib.h>

#include "fuzz-input.h"
#include "weft-drain.h"

/* Rings of the sizes that are allowed, and one lane more than fits them. */
#define RINGS_SIZE (4 * WEFT_WIRE_MIN_RING * sizeof (WeftEvent))
#define MAX_BATCH 100

static WeftWireLane lanes[WEFT_WIRE_MAX_LANES];

static void
read_some (WeftDrain *drain, size_t capacity)
{
  g_autofree WeftEvent *events = g_new (WeftEvent, capacity);
  WeftDrain before = *drain;
  uint64_t waiting = atomic_load (&drain->slot->head) - drain->tail;
  size_t count = weft_drain_read (drain, events, capacity);

  g_assert_cmpuint (count, <=, capacity);
  g_assert_cmpuint (drain->read, ==, before.read + count);
  for (size_t i = 0; i < count; i++)
    {
      g_assert_true (weft_event_is_valid (&events[i], drain->index));
      g_assert_cmpuint (events[i].kind, <, WEFT_N_EVENT_KINDS);
      g_assert_cmpuint (events[i].object, <=, WEFT_WIRE_MAX_OBJECTS);
    }
  if (waiting > drain->mask + 1)
    {
      g_assert_cmpuint (count, ==, 0);
      g_assert_cmpuint (drain->invalid, ==, before.invalid + 1);
      g_assert_cmpuint (drain->tail, ==, atomic_load (&drain->slot->head));
    }
  else
    {
      g_assert_cmpuint (drain->tail - before.tail, <=, waiting);
      g_assert_cmpuint (drain->tail - before.tail, ==, count + (drain->invalid - before.invalid));
      /* Short of what was asked for, it has read all that there was. */
      if (count < capacity)
        g_assert_cmpuint (drain->tail - before.tail, ==, waiting);
    }
  if (waiting != 0)
    g_assert_cmpuint (atomic_load (&drain->slot->tail), ==, drain->tail);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  /* Of its own, so that a sanitizer sees what is read behind it. */
  g_autofree uint8_t *rings = g_malloc0 (RINGS_SIZE);
  WeftWire wire = { .lanes = lanes, .rings = rings, .rings_size = RINGS_SIZE };
  uint8_t shift = fuzz_take_u8 (&input);
  uint32_t ring_records = shift < 32 ? 1u << shift : fuzz_take_u32 (&input);
  uint16_t index = fuzz_take_u16 (&input);
  WeftWireLane *slot = &lanes[index % WEFT_WIRE_MAX_LANES];
  WeftDrain drain;

  fuzz_take (&input, slot, sizeof *slot);
  slot->state %= 4;
  if (!weft_drain_open (&drain, &wire, index, ring_records))
    return 0;
  g_assert_cmpuint ((index + UINT64_C (1)) * ring_records * sizeof (WeftEvent), <=, RINGS_SIZE);
  while (input.size > 0)
    {
      WeftEvent *record = (WeftEvent *) drain.records + (fuzz_take_u8 (&input) & drain.mask);

      switch (fuzz_take_u8 (&input) % 6)
        {
        case 0:
          atomic_store (&slot->head, fuzz_take_u64 (&input));
          break;
        case 1:
          atomic_fetch_add (&slot->head, fuzz_take_u8 (&input));
          break;
        case 2:
          fuzz_take (&input, record, sizeof *record);
          break;
        case 3: /* one that makes sense, at the head */
          drain.slot->head++;
          record = (WeftEvent *) drain.records + ((drain.slot->head - 1) & drain.mask);
          fuzz_take (&input, record, sizeof *record);
          record->lane = index;
          record->kind %= WEFT_N_EVENT_KINDS;
          record->activity %= WEFT_WIRE_N_ACTIVITIES;
          record->object %= WEFT_WIRE_MAX_OBJECTS;
          record->reserved = 0;
          break;
        case 4:
          fuzz_take (&input, slot, sizeof *slot);
          break;
        default:
          read_some (&drain, 1 + fuzz_take_u8 (&input) % MAX_BATCH);
        }
    }
  read_some (&drain, MAX_BATCH);
  weft_drain_dropped (&drain);
  return 0;
}
