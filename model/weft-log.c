/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-log.h"

#include <stdatomic.h>

#include "weft-blocks.h"

#define FIRST_BLOCK_SHIFT 6

struct _WeftLog
{
  /* Stored with release after the entries it counts. */
  _Atomic guint64 count;
  WeftLogEntry *blocks[WEFT_N_BLOCKS];
};

static inline const WeftLogEntry *
entry_at (const WeftLog *log, guint64 index)
{
  guint64 offset;
  guint block = weft_block_of (index, FIRST_BLOCK_SHIFT, &offset);

  return &log->blocks[block][offset];
}

WeftLog *
weft_log_new (void)
{
  return g_new0 (WeftLog, 1);
}

void
weft_log_free (WeftLog *log)
{
  if (log == NULL)
    return;
  for (guint i = 0; i < WEFT_N_BLOCKS; i++)
    g_free (log->blocks[i]);
  g_free (log);
}

void
weft_log_append (WeftLog *log, const WeftLogEntry *entry)
{
  guint64 count = atomic_load_explicit (&log->count, memory_order_relaxed);
  guint64 offset;
  guint block = weft_block_of (count, FIRST_BLOCK_SHIFT, &offset);
  WeftLogEntry *target;

  g_return_if_fail (block < WEFT_N_BLOCKS);
  if (offset == 0)
    log->blocks[block] = g_malloc (weft_block_capacity (block, FIRST_BLOCK_SHIFT) * sizeof (WeftLogEntry));
  target = &log->blocks[block][offset];
  *target = *entry;
  if (count > 0)
    target->time_ns = MAX (target->time_ns, entry_at (log, count - 1)->time_ns);
  atomic_store_explicit (&log->count, count + 1, memory_order_release);
}

guint64
weft_log_get_count (const WeftLog *log)
{
  return atomic_load_explicit (&log->count, memory_order_acquire);
}

void
weft_log_get (const WeftLog *log, guint64 index, WeftLogEntry *entry)
{
  *entry = *entry_at (log, index);
}

gint64
weft_log_find (const WeftLog *log, guint64 count, gint64 time_ns)
{
  guint64 low = 0, high = count; /* entries before low: at or before the time; from high on: after it */

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (entry_at (log, middle)->time_ns <= time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return (gint64) low - 1;
}
