/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of the wire share: records that prove by themselves that they are whole, a reader
 * that checks them, and a small random generator.
 */
#pragma once

#include <glib.h>

#include "weft-drain.h"
#include "weft-lane.h"

/* Creates a wire whose rings have exactly @ring_records records, with room for @lanes of them. Fails
 * the test where it cannot. Returns the memfd. */
int wire_fixture_create (WeftWire *wire, uint32_t ring_records, uint32_t lanes);

void wire_fixture_destroy (WeftWire *wire, int fd);

/* fork(), but the child is killed when the test ends, however it ends. Fails the test where it
 * cannot. */
pid_t wire_fixture_fork (void);

/* The next of a sequence of 64 random bits (splitmix64). */
uint64_t wire_fixture_random (uint64_t *state);

/* Emits the record numbered @number of @lane. Each of its fields follows from the number. */
void wire_fixture_emit (WeftLane *lane, uint64_t number);

/* The same, but waits while the ring has no room, so that nothing is dropped. */
void wire_fixture_emit_all (WeftLane *lane, uint64_t number);

/* Reads one lane to check it. All zero but for the drain: nothing read yet. */
typedef struct
{
  WeftDrain drain;
  uint64_t next;    /* the number that the next record must have */
  uint64_t gaps;    /* GAP records seen */
  uint64_t missing; /* records that they stood for */
  uint64_t last_ticks;
  bool begun; /* LANE_BEGIN was seen */
  bool ended; /* LANE_END was seen */
} WireChecker;

/* Opens lane @index. Fails the test where it is not there. */
void wire_checker_open (WireChecker *checker, const WeftWire *wire, uint16_t index);

/* Reads once what is there, up to @batch records, and checks that each is whole, in its order, and
 * that the gaps are as long as they say. Returns how many it read. */
size_t wire_checker_read (WireChecker *checker, size_t batch);

/* Reads until the lane has nothing more. */
void wire_checker_drain (WireChecker *checker);
