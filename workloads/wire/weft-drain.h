/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader's side of the rings. Everything that comes out of them was written by processes that
 * may have gone wrong: each record is copied once, and the copy is checked.
 */
#pragma once

#include "weft-wire.h"

/* The reader's own state of one ring; the shared tail only tells the producer. */
typedef struct
{
  const WeftEvent *records;
  WeftWireLane *slot;
  uint64_t mask;
  uint64_t tail;
  uint16_t index;
  uint64_t read;    /* records handed out, ever */
  uint64_t invalid; /* records, or indices, that made no sense and were thrown away */
} WeftDrain;

/* Opens lane @index for reading. False while its slot is not LIVE or ENDED, or when the ring that
 * the shared header describes would not fit the memory. @ring_records: the size of a ring, as the
 * caller read it once from the header and keeps it. */
bool weft_drain_open (WeftDrain *drain, const WeftWire *wire, uint16_t index, uint32_t ring_records);

/* Copies up to @capacity valid records into @events, oldest first, and frees their room. Returns how
 * many. A head that is impossible (more than a ring ahead, or behind) empties the ring and counts
 * as one invalid. */
size_t weft_drain_read (WeftDrain *drain, WeftEvent *events, size_t capacity);

/* Records that the lane dropped so far. */
uint64_t weft_drain_dropped (const WeftDrain *drain);

/* Whether a copied record makes sense: kind, activity, lane, object and reserved byte in range.
 * @n_objects: objects known so far is not asked, only the table's capacity, because an object may
 * be added after the reader last looked. */
bool weft_event_is_valid (const WeftEvent *event, uint16_t lane);

/* For the one thread that reads: sleeps until a ring is half full, until weft_drain_wake(), or until
 * @until_ns of CLOCK_MONOTONIC. Returns at once when *@cancelled is set. May return early. */
void weft_drain_sleep (const WeftWire *wire, int64_t until_ns, const atomic_bool *cancelled);

/* Ends its sleep. What it waits for, *@cancelled, is to be set before. */
void weft_drain_wake (const WeftWire *wire);
