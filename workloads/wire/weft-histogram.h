/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often a duration took how long, in shared memory: so that quantiles are known although events were
 * dropped. The buckets are a sixteenth of a power of two wide, so a quantile is known to 3 %; the longest
 * duration and the sum of all are exact.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Each power of two is split into so many buckets (as a power of two). */
#define WEFT_HISTOGRAM_SPLIT 4
/* Durations have less than so many bits: in ticks of a nanosecond, three days. Longer ones count as the
 * longest. */
#define WEFT_HISTOGRAM_BITS 48
#define WEFT_HISTOGRAM_BUCKETS ((WEFT_HISTOGRAM_BITS - WEFT_HISTOGRAM_SPLIT + 1) << WEFT_HISTOGRAM_SPLIT)

typedef struct
{
  _Alignas(64) _Atomic uint64_t total; /* the sum of all durations */
  _Atomic uint64_t max;
  _Atomic uint64_t counts[WEFT_HISTOGRAM_BUCKETS];
} WeftHistogram;

/* What is known of a histogram's durations; in its own unit. */
typedef struct
{
  uint64_t n;
  uint64_t total;
  uint64_t p50;
  uint64_t p90;
  uint64_t p99;
  uint64_t max;
} WeftHistogramFigures;

/* The bucket of @value. */
static inline unsigned
weft_histogram_find (uint64_t value)
{
  unsigned shift;

  if (value >= UINT64_C (1) << WEFT_HISTOGRAM_BITS)
    return WEFT_HISTOGRAM_BUCKETS - 1;
  if (value >> WEFT_HISTOGRAM_SPLIT == 0)
    return (unsigned) value;
  shift = 63u - (unsigned) __builtin_clzll (value) - WEFT_HISTOGRAM_SPLIT;
  return (shift << WEFT_HISTOGRAM_SPLIT) + (unsigned) (value >> shift);
}

/* Adds @amount to a total of which the caller is the only writer at this moment, or, where it is not,
 * @shared. */
static inline void
weft_total_add (_Atomic uint64_t *total, uint64_t amount, bool shared)
{
  if (shared)
    atomic_fetch_add_explicit (total, amount, memory_order_relaxed);
  else
    atomic_store_explicit (total, atomic_load_explicit (total, memory_order_relaxed) + amount,
                           memory_order_relaxed);
}

/* Makes a total at least @value; likewise. */
static inline void
weft_total_raise (_Atomic uint64_t *total, uint64_t value, bool shared)
{
  uint64_t now = atomic_load_explicit (total, memory_order_relaxed);

  while (value > now)
    {
      if (shared ? atomic_compare_exchange_weak_explicit (total, &now, value, memory_order_relaxed,
                                                          memory_order_relaxed)
                 : (atomic_store_explicit (total, value, memory_order_relaxed), true))
        return;
    }
}

static inline void
weft_histogram_add (WeftHistogram *histogram, uint64_t value, bool shared)
{
  weft_total_add (&histogram->counts[weft_histogram_find (value)], 1, shared);
  weft_total_add (&histogram->total, value, shared);
  weft_total_raise (&histogram->max, value, shared);
}

/* Quantiles by the nearest rank, each as the middle of the bucket in which it lies, but not beyond the
 * longest. Whatever is in the memory, the result is in order. False when there was no duration. */
bool weft_histogram_read (const WeftHistogram *histogram, WeftHistogramFigures *figures);
