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

/* The best clock of this machine: the time-stamp counter where the processor says it is invariant
 * and the kernel itself keeps time by it (which it does only while all cores agree). */
WeftClockKind weft_clock_choose (void);

/* A monotone, piecewise linear map from ticks to nanoseconds of CLOCK_MONOTONIC. Used by one thread
 * at a time. */
typedef struct
{
  WeftClockKind kind;
  uint64_t anchor_ticks; /* of the piece in use */
  int64_t anchor_ns;
  double ns_per_tick;         /* slope of the piece in use */
  uint64_t reference_ticks;   /* the first pair of readings, for the long-run rate */
  int64_t reference_ns;
  int64_t refreshed_ns;       /* CLOCK_MONOTONIC of the last refresh */
} WeftClockMap;

/* Takes the first pair of readings. The rate is measured for about 2 ms. */
void weft_clock_map_init (WeftClockMap *map, WeftClockKind kind);

/* Starts a new piece, when the last one is older than a second: it begins where the old one is
 * now, so that no time is ever mapped backwards, and its slope makes good the old one's error
 * within a second. Returns true if it did. */
bool weft_clock_map_refresh (WeftClockMap *map);

/* Nanoseconds of CLOCK_MONOTONIC for @ticks. Ticks from before the piece in use are extrapolated
 * backwards along it. Monotone within a piece. */
int64_t weft_clock_map_to_ns (const WeftClockMap *map, uint64_t ticks);

/* How many nanoseconds one tick takes in the piece in use. */
double weft_clock_map_ns_per_tick (const WeftClockMap *map);
