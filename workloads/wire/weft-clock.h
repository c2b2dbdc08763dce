/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The run's clock: raw ticks where the time-stamp counter can be trusted, else nanoseconds of
 * CLOCK_MONOTONIC; and the map from ticks to nanoseconds of CLOCK_MONOTONIC.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

typedef enum
{
  WEFT_CLOCK_MONOTONIC, /* ticks are nanoseconds of CLOCK_MONOTONIC */
  WEFT_CLOCK_TSC        /* ticks are those of an invariant time-stamp counter */
} WeftClockKind;

/* Nanoseconds of CLOCK_MONOTONIC. */
static inline int64_t
weft_monotonic_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Ticks of @kind, now. The time-stamp counter is read without a fence: rdtscp alone costs 20 ns,
 * and an event may be a few instructions early or late without a reader noticing. */
static inline uint64_t
weft_clock_ticks (WeftClockKind kind)
{
#if defined(__x86_64__) || defined(__i386__)
  if (kind == WEFT_CLOCK_TSC)
    return __rdtsc ();
#endif
  return (uint64_t) weft_monotonic_ns ();
}

/* Ticks of @kind, now, but more than @last: for what happens under a lock and must be in the order of
 * its ticks. The counter alone does not give that: a thread that waits for the lock may read it before
 * the owner's last reading. */
static inline uint64_t
weft_clock_ticks_after (WeftClockKind kind, uint64_t last)
{
  uint64_t now = weft_clock_ticks (kind);

  return now > last ? now : last + 1;
}

/* The best clock of this machine: the time-stamp counter where the processor says it is invariant
 * and the kernel itself keeps time by it (which it does only while all cores agree). */
WeftClockKind weft_clock_choose (void);

/* A monotone, piecewise linear map from ticks to nanoseconds of CLOCK_MONOTONIC. A plain struct for
 * one thread at a time; nothing in it is locked or atomic. */
typedef struct
{
  WeftClockKind kind;
  uint64_t anchor_ticks; /* where the piece in use begins, and the one before it ends */
  int64_t anchor_ns;
  double ns_per_tick;         /* slope of the piece in use */
  double earlier_ns_per_tick; /* slope of the piece before it */
  uint64_t reading_ticks;     /* the last pair of readings */
  int64_t reading_ns;
  int64_t interval_ns; /* how old the piece in use is to get */
} WeftClockMap;

/* Takes the first pair of readings. The rate is measured for about 2 ms. */
void weft_clock_map_init (WeftClockMap *map, WeftClockKind kind);

/* Starts a new piece from a new pair of readings, when the piece in use is old enough: some
 * milliseconds at first, when its slope is known least well, then longer and longer, up to a
 * second. The new piece begins where the old one is now, so that no time is ever mapped backwards,
 * and its slope makes good the old one's error within its own life. Returns true if it did. */
bool weft_clock_map_refresh (WeftClockMap *map);

/* The same two steps, for a time-stamp counter, with the readings given. Neither reads a clock.
 * weft_clock_map_start() wants the second pair later than the first on both clocks;
 * weft_clock_map_update() answers false to a pair that is not later than the last. */
void weft_clock_map_start (WeftClockMap *map, uint64_t first_ticks, int64_t first_ns, uint64_t second_ticks,
                           int64_t second_ns);
bool weft_clock_map_update (WeftClockMap *map, uint64_t ticks, int64_t ns);

/* Nanoseconds of CLOCK_MONOTONIC for @ticks. Ticks from before the piece in use lie on the piece
 * before it, so that a record read late is put in its right place. Monotone. Whatever @ticks are, the
 * difference of two such times does not overflow. */
int64_t weft_clock_map_to_ns (const WeftClockMap *map, uint64_t ticks);

/* How many nanoseconds one tick takes in the piece in use. */
double weft_clock_map_ns_per_tick (const WeftClockMap *map);
