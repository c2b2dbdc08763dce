/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-log.h"

#include <stdatomic.h>

#include "weft-blocks.h"
#include "weft-times.h"

#define FIRST_BLOCK_SHIFT 6

G_STATIC_ASSERT ((1 << FIRST_BLOCK_SHIFT) % WEFT_TIMES_GROUP == 0);

/* The columns of a block, one allocation with the block itself, but for the values, which most lines do
 * without: 11.25 bytes an entry, 8 more with a value. */
typedef struct
{
  WeftTimes times;
  guint32 *task;
  guint16 *lane;
  guint8 *line;
  _Atomic (gint64 *) values; /* NULL: all are 0. Stored with release */
} Block;

struct _WeftLog
{
  /* Stored with release after the entries it counts. */
  _Atomic guint64 count;
  Block *blocks[WEFT_N_BLOCKS];
  gint64 last_time_ns; /* the writer's own */
};

/* Bytes of a block's columns for @count entries, without values. */
static gsize
column_bytes (guint64 count)
{
  return weft_times_get_bytes (count) + count * (sizeof (guint32) + sizeof (guint16) + sizeof (guint8));
}

static Block *
block_new (guint number)
{
  guint64 capacity = weft_block_capacity (number, FIRST_BLOCK_SHIFT);
  Block *block = g_malloc (sizeof *block + column_bytes (capacity));

  block->task = weft_times_place (&block->times, block + 1, capacity);
  block->lane = (guint16 *) (block->task + capacity);
  block->line = (guint8 *) (block->lane + capacity);
  atomic_init (&block->values, NULL);
  return block;
}

static void
set_value (Block *block, guint64 offset, guint64 capacity, gint64 value)
{
  gint64 *values = atomic_load_explicit (&block->values, memory_order_relaxed);

  if (value == 0)
    return;
  if (values == NULL)
    {
      values = g_new0 (gint64, capacity);
      atomic_store_explicit (&block->values, values, memory_order_release);
    }
  values[offset] = value;
}

static inline gint64
time_at (const WeftLog *log, guint64 index)
{
  guint64 offset;
  guint number = weft_block_of (index, FIRST_BLOCK_SHIFT, &offset);

  return weft_times_get (&log->blocks[number]->times, offset);
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
    if (log->blocks[i] != NULL)
      {
        weft_times_clear (&log->blocks[i]->times);
        g_free (atomic_load_explicit (&log->blocks[i]->values, memory_order_relaxed));
        g_free (log->blocks[i]);
      }
  g_free (log);
}

void
weft_log_append (WeftLog *log, const WeftLogEntry *entry)
{
  guint64 count = atomic_load_explicit (&log->count, memory_order_relaxed);
  guint64 offset;
  guint number = weft_block_of (count, FIRST_BLOCK_SHIFT, &offset);
  guint64 capacity = weft_block_capacity (number, FIRST_BLOCK_SHIFT);
  Block *block;

  g_return_if_fail (number < WEFT_N_BLOCKS);
  if (offset == 0)
    log->blocks[number] = block_new (number);
  block = log->blocks[number];
  log->last_time_ns = count > 0 ? MAX (entry->time_ns, log->last_time_ns) : entry->time_ns;
  weft_times_set (&block->times, offset, capacity, log->last_time_ns);
  block->task[offset] = entry->task;
  block->lane[offset] = entry->lane;
  block->line[offset] = entry->line;
  set_value (block, offset, capacity, entry->value);
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
  guint64 offset;
  const Block *block = log->blocks[weft_block_of (index, FIRST_BLOCK_SHIFT, &offset)];
  const gint64 *values = atomic_load_explicit (&block->values, memory_order_acquire);

  *entry = (WeftLogEntry){ .time_ns = weft_times_get (&block->times, offset),
                           .value = values != NULL ? values[offset] : 0,
                           .task = block->task[offset],
                           .lane = block->lane[offset],
                           .line = block->line[offset] };
}

gint64
weft_log_find (const WeftLog *log, guint64 count, gint64 time_ns)
{
  guint64 low = 0, high = count; /* entries before low: at or before the time; from high on: after it */

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (time_at (log, middle) <= time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return (gint64) low - 1;
}

gsize
weft_log_get_bytes (const WeftLog *log)
{
  guint64 count = weft_log_get_count (log);
  gsize bytes = sizeof *log;

  for (guint i = 0; i < WEFT_N_BLOCKS && count > weft_block_start (i, FIRST_BLOCK_SHIFT); i++)
    {
      guint64 used =
          MIN (count - weft_block_start (i, FIRST_BLOCK_SHIFT), weft_block_capacity (i, FIRST_BLOCK_SHIFT));
      const Block *block = log->blocks[i];

      bytes += sizeof *block + column_bytes (used)
               + (weft_times_are_long (&block->times) ? used * sizeof (guint32) : 0)
               + (atomic_load_explicit (&block->values, memory_order_relaxed) != NULL ? used * sizeof (gint64)
                                                                                      : 0);
    }
  return bytes;
}
