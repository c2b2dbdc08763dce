/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-spans.h"

#include <stdatomic.h>
#include <string.h>

#include "weft-blocks.h"
#include "weft-times.h"

/* Spans under one node: those whose times share a base. Blocks hold a multiple of it, so a node lies in
 * the block of its spans. */
#define NODE_SPANS WEFT_TIMES_GROUP
#define FIRST_BLOCK_SHIFT 6

/* Activity and object share a word. */
#define ACTIVITY_BITS 4
#define MAX_OBJECT (G_MAXUINT16 >> ACTIVITY_BITS)

G_STATIC_ASSERT ((1 << FIRST_BLOCK_SHIFT) % NODE_SPANS == 0);
G_STATIC_ASSERT (WEFT_N_ACTIVITIES <= 1 << ACTIVITY_BITS);

/* Time spent in each activity from the lane's first span up to the beginning of the node's first. */
typedef struct
{
  gint64 sums_ns[WEFT_N_ACTIVITIES];
} Node;

/* The columns of a block, one allocation with the block itself. 14.5 bytes a span, nodes included. */
typedef struct
{
  Node *nodes;
  WeftTimes begins;
  guint32 *task;
  guint16 *state; /* object << ACTIVITY_BITS | activity */
  guint16 *core;
} Block;

struct _WeftSpans
{
  /* Stored with release after everything that belongs to the spans it counts. */
  _Atomic guint64 count;
  Block *blocks[WEFT_N_BLOCKS];

  /* The writer's own: what the node after the last span will hold, without that span. */
  Node running;
  gint64 last_begin_ns;
  WeftActivity last_activity;
};

/* Bytes of a block's columns for @count spans. */
static gsize
column_bytes (guint64 count)
{
  return (count + NODE_SPANS - 1) / NODE_SPANS * sizeof (Node) + weft_times_get_bytes (count)
         + count * (sizeof (guint32) + 2 * sizeof (guint16));
}

/* The pages of a large block become resident only as its spans are written. */
static Block *
block_new (guint number)
{
  guint64 capacity = weft_block_capacity (number, FIRST_BLOCK_SHIFT);
  Block *block = g_malloc (sizeof *block + column_bytes (capacity));

  block->nodes = (Node *) (block + 1);
  block->task = weft_times_place (&block->begins, block->nodes + capacity / NODE_SPANS, capacity);
  block->state = (guint16 *) (block->task + capacity);
  block->core = block->state + capacity;
  return block;
}

static inline const Block *
block_of (const WeftSpans *spans, guint64 index, guint64 *offset)
{
  return spans->blocks[weft_block_of (index, FIRST_BLOCK_SHIFT, offset)];
}

static inline WeftActivity
activity_at (const Block *block, guint64 offset)
{
  return (WeftActivity) (block->state[offset] & ((1 << ACTIVITY_BITS) - 1));
}

/* Adds to @sums_ns the time for each activity from the first span up to @time_ns, which lies in span
 * @index (or is its end), times @sign. Walks to it from the nearer of the nodes around it. */
static void
add_sums_until (const WeftSpans *spans, guint64 index, gint64 time_ns, gint sign, gint64 *sums_ns)
{
  guint64 offset, next_offset;
  const Block *block = block_of (spans, index, &offset);
  guint64 next = index - offset % NODE_SPANS + NODE_SPANS;
  gboolean forward = offset % NODE_SPANS < NODE_SPANS / 2
                     || next >= atomic_load_explicit (&spans->count, memory_order_acquire);
  const Block *node_block = forward ? block : block_of (spans, next, &next_offset);
  const Node *node = &node_block->nodes[(forward ? offset : next_offset) / NODE_SPANS];
  gint64 begin_ns;

  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    sums_ns[a] += sign * node->sums_ns[a];
  if (forward)
    {
      begin_ns = weft_times_get (&block->begins, offset - offset % NODE_SPANS);
      for (guint64 i = offset - offset % NODE_SPANS; i < offset; i++)
        {
          gint64 end_ns = weft_times_get (&block->begins, i + 1);

          sums_ns[activity_at (block, i)] += sign * (end_ns - begin_ns);
          begin_ns = end_ns;
        }
    }
  else
    {
      gint64 end_ns = weft_times_get (&node_block->begins, next_offset);

      for (guint64 i = offset - offset % NODE_SPANS + NODE_SPANS; i-- > offset;)
        {
          begin_ns = weft_times_get (&block->begins, i);
          sums_ns[activity_at (block, i)] -= sign * (end_ns - begin_ns);
          end_ns = begin_ns;
        }
      begin_ns = end_ns;
    }
  sums_ns[activity_at (block, offset)] += sign * (time_ns - begin_ns);
}

WeftSpans *
weft_spans_new (void)
{
  return g_new0 (WeftSpans, 1);
}

void
weft_spans_free (WeftSpans *spans)
{
  if (spans == NULL)
    return;
  for (guint i = 0; i < WEFT_N_BLOCKS; i++)
    if (spans->blocks[i] != NULL)
      {
        weft_times_clear (&spans->blocks[i]->begins);
        g_free (spans->blocks[i]);
      }
  g_free (spans);
}

void
weft_spans_append (WeftSpans *spans, gint64 begin_ns, WeftActivity activity, guint16 object, guint32 task,
                   guint16 core)
{
  guint64 count = atomic_load_explicit (&spans->count, memory_order_relaxed);
  guint64 offset;
  guint number = weft_block_of (count, FIRST_BLOCK_SHIFT, &offset);
  Block *block;

  g_return_if_fail (activity >= 0 && activity < WEFT_N_ACTIVITIES);
  g_return_if_fail (object <= MAX_OBJECT);
  g_return_if_fail (number < WEFT_N_BLOCKS);

  if (offset == 0)
    spans->blocks[number] = block_new (number);
  block = spans->blocks[number];
  if (count > 0)
    {
      begin_ns = MAX (begin_ns, spans->last_begin_ns);
      spans->running.sums_ns[spans->last_activity] += begin_ns - spans->last_begin_ns;
    }
  if (offset % NODE_SPANS == 0)
    block->nodes[offset / NODE_SPANS] = spans->running;
  weft_times_set (&block->begins, offset, weft_block_capacity (number, FIRST_BLOCK_SHIFT), begin_ns);
  block->task[offset] = task;
  block->state[offset] = (guint16) (object << ACTIVITY_BITS | activity);
  block->core[offset] = core;
  spans->last_begin_ns = begin_ns;
  spans->last_activity = activity;
  atomic_store_explicit (&spans->count, count + 1, memory_order_release);
}

guint64
weft_spans_get_count (const WeftSpans *spans)
{
  return atomic_load_explicit (&spans->count, memory_order_acquire);
}

void
weft_spans_get (const WeftSpans *spans, guint64 count, guint64 index, gint64 until_ns, WeftSpan *span)
{
  guint64 offset;
  const Block *block;
  gint64 begin_ns, end_ns;

  g_return_if_fail (index < count);
  block = block_of (spans, index, &offset);
  begin_ns = weft_times_get (&block->begins, offset);
  end_ns = index + 1 < count ? weft_spans_get_begin (spans, index + 1) : until_ns;
  *span = (WeftSpan){ .begin_ns = begin_ns,
                      .end_ns = MAX (end_ns, begin_ns),
                      .activity = activity_at (block, offset),
                      .object = block->state[offset] >> ACTIVITY_BITS,
                      .core = block->core[offset],
                      .task = block->task[offset] };
}

gint64
weft_spans_get_begin (const WeftSpans *spans, guint64 index)
{
  guint64 offset;
  const Block *block = block_of (spans, index, &offset);

  return weft_times_get (&block->begins, offset);
}

/* Of the spans [@first, @end), all in block @number, the last that begins at or before @time_ns; the
 * first is known to. */
static guint64
find_in_block (const WeftSpans *spans, guint number, guint64 first, guint64 end, gint64 time_ns)
{
  guint64 start = weft_block_start (number, FIRST_BLOCK_SHIFT);
  const WeftTimes *begins = &spans->blocks[number]->begins;
  guint64 low = first - start, high = end - start;

  while (high - low > 1)
    {
      guint64 middle = low + (high - low) / 2;

      if (weft_times_get (begins, middle) <= time_ns)
        low = middle;
      else
        high = middle;
    }
  return start + low;
}

gint64
weft_spans_find (const WeftSpans *spans, guint64 count, gint64 time_ns)
{
  guint64 offset;
  gint number;

  if (count == 0)
    return -1;
  for (number = (gint) weft_block_of (count - 1, FIRST_BLOCK_SHIFT, &offset); number >= 0; number--)
    if (weft_times_get (&spans->blocks[number]->begins, 0) <= time_ns)
      break;
  if (number < 0)
    return -1;
  return (gint64) find_in_block (spans, (guint) number, weft_block_start ((guint) number, FIRST_BLOCK_SHIFT),
                                 MIN (count, weft_block_start ((guint) number + 1, FIRST_BLOCK_SHIFT)),
                                 time_ns);
}

gint64
weft_spans_find_from (const WeftSpans *spans, guint64 count, gint64 time_ns, gint64 hint)
{
  guint64 low, high, step = 1;

  if (hint < 0 || (guint64) hint >= count)
    return weft_spans_find (spans, count, time_ns);
  for (low = (guint64) hint; (high = low + step) < count && weft_spans_get_begin (spans, high) <= time_ns;
       step *= 2)
    low = high;
  high = MIN (high, count);
  while (high - low > 1)
    {
      guint64 middle = low + (high - low) / 2;

      if (weft_spans_get_begin (spans, middle) <= time_ns)
        low = middle;
      else
        high = middle;
    }
  return (gint64) low;
}

void
weft_spans_shares (const WeftSpans *spans, guint64 count, gint64 until_ns, gint64 begin_ns, gint64 end_ns,
                   gint64 shares_ns[WEFT_N_ACTIVITIES])
{
  gint64 first, last;

  memset (shares_ns, 0, WEFT_N_ACTIVITIES * sizeof *shares_ns);
  if (count == 0)
    return;
  begin_ns = MAX (begin_ns, weft_spans_get_begin (spans, 0));
  end_ns = MIN (end_ns, until_ns);
  if (begin_ns >= end_ns)
    return;
  first = weft_spans_find (spans, count, begin_ns);
  last = weft_spans_find_from (spans, count, end_ns, first);
  add_sums_until (spans, (guint64) last, end_ns, 1, shares_ns);
  add_sums_until (spans, (guint64) first, begin_ns, -1, shares_ns);
}

void
weft_spans_sums (const WeftSpans *spans, guint64 index, gint64 time_ns, gint64 sums_ns[WEFT_N_ACTIVITIES])
{
  memset (sums_ns, 0, WEFT_N_ACTIVITIES * sizeof *sums_ns);
  add_sums_until (spans, index, time_ns, 1, sums_ns);
}

gsize
weft_spans_get_bytes (const WeftSpans *spans)
{
  guint64 count = weft_spans_get_count (spans);
  gsize bytes = sizeof *spans;

  for (guint i = 0; i < WEFT_N_BLOCKS && count > weft_block_start (i, FIRST_BLOCK_SHIFT); i++)
    {
      guint64 used =
          MIN (count - weft_block_start (i, FIRST_BLOCK_SHIFT), weft_block_capacity (i, FIRST_BLOCK_SHIFT));

      bytes += sizeof (Block) + column_bytes (used)
               + (weft_times_are_long (&spans->blocks[i]->begins) ? used * sizeof (guint32) : 0);
    }
  return bytes;
}
