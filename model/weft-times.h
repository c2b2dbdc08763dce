/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A column of times in order, in nanoseconds, of one block of a recording: 4.25 bytes a time. Every 32
 * of them share a base and are kept as 32 bits after it. Where a group lasts longer than those reach,
 * 4.29 s, the block gets the 32 bits above them for each time: such times come rarely.
 *
 * One writer. Readers may look at what the writer published after it was set, as in weft-spans.h.
 */
#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

/* Times that share a base. Blocks hold a multiple of it. */
#define WEFT_TIMES_GROUP 32

typedef struct
{
  gint64 *base_ns; /* one for each group */
  guint32 *low;
  _Atomic (guint32 *) high; /* NULL: all 0. Stored with release, because it was zeroed */
} WeftTimes;

/* Bytes of the columns for @count times. */
static inline gsize
weft_times_get_bytes (guint64 count)
{
  return (count + WEFT_TIMES_GROUP - 1) / WEFT_TIMES_GROUP * sizeof (gint64) + count * sizeof (guint32);
}

/* Puts the columns of @capacity times at @memory, which is aligned for them. Returns what follows. */
static inline void *
weft_times_place (WeftTimes *times, void *memory, guint64 capacity)
{
  times->base_ns = memory;
  times->low = (guint32 *) (times->base_ns + capacity / WEFT_TIMES_GROUP);
  atomic_init (&times->high, NULL);
  return times->low + capacity;
}

/* Whether the times have the bits above. */
static inline gboolean
weft_times_are_long (const WeftTimes *times)
{
  return atomic_load_explicit (&times->high, memory_order_relaxed) != NULL;
}

static inline void
weft_times_clear (WeftTimes *times)
{
  g_free (atomic_load_explicit (&times->high, memory_order_acquire));
}

/* Sets time @index; those of its group before it are set and not later. */
static inline void
weft_times_set (WeftTimes *times, guint64 index, guint64 capacity, gint64 time_ns)
{
  guint64 after = 0;

  if (index % WEFT_TIMES_GROUP == 0)
    times->base_ns[index / WEFT_TIMES_GROUP] = time_ns;
  else
    after = (guint64) (time_ns - times->base_ns[index / WEFT_TIMES_GROUP]);
  times->low[index] = (guint32) after;
  if (G_UNLIKELY (after > G_MAXUINT32))
    {
      guint32 *high = atomic_load_explicit (&times->high, memory_order_relaxed);

      if (high == NULL)
        {
          high = g_new0 (guint32, capacity);
          atomic_store_explicit (&times->high, high, memory_order_release);
        }
      high[index] = (guint32) (after >> 32);
    }
}

static inline gint64
weft_times_get (const WeftTimes *times, guint64 index)
{
  const guint32 *high = atomic_load_explicit (&times->high, memory_order_acquire);
  guint64 after = times->low[index];

  if (G_UNLIKELY (high != NULL))
    after |= (guint64) high[index] << 32;
  return times->base_ns[index / WEFT_TIMES_GROUP] + (gint64) after;
}

G_END_DECLS
