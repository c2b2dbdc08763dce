/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-histogram.h"

/* More than any run counts to in one bucket is nonsense, of which the sum must not overflow. */
#define MAX_COUNT (UINT64_C (1) << 48)

/* The middle of bucket @index. */
static uint64_t
middle_of (unsigned index)
{
  unsigned shift;
  uint64_t low;

  if (index >> (WEFT_HISTOGRAM_SPLIT + 1) == 0)
    return index; /* narrow enough to hold one value each */
  shift = (index >> WEFT_HISTOGRAM_SPLIT) - 1;
  low = (uint64_t) ((index & ((1u << WEFT_HISTOGRAM_SPLIT) - 1)) | 1u << WEFT_HISTOGRAM_SPLIT) << shift;
  return low + (UINT64_C (1) << shift) / 2;
}

/* The @rank-th smallest, from 1. */
static uint64_t
find_rank (const uint64_t *counts, uint64_t rank, uint64_t max)
{
  uint64_t seen = 0;

  for (unsigned i = 0; i < WEFT_HISTOGRAM_BUCKETS; i++)
    {
      seen += counts[i];
      if (seen >= rank)
        return middle_of (i) < max ? middle_of (i) : max;
    }
  return max;
}

bool
weft_histogram_read (const WeftHistogram *histogram, WeftHistogramFigures *figures)
{
  uint64_t counts[WEFT_HISTOGRAM_BUCKETS];

  *figures = (WeftHistogramFigures){ .total = atomic_load_explicit (&histogram->total, memory_order_relaxed),
                                     .max = atomic_load_explicit (&histogram->max, memory_order_relaxed) };
  for (unsigned i = 0; i < WEFT_HISTOGRAM_BUCKETS; i++)
    {
      counts[i] = atomic_load_explicit (&histogram->counts[i], memory_order_relaxed);
      if (counts[i] > MAX_COUNT)
        counts[i] = MAX_COUNT;
      figures->n += counts[i];
    }
  if (figures->n == 0)
    return false;
  figures->p50 = find_rank (counts, (figures->n + 1) / 2, figures->max);
  figures->p90 = find_rank (counts, figures->n - figures->n / 10, figures->max);
  figures->p99 = find_rank (counts, figures->n - figures->n / 100, figures->max);
  return true;
}
