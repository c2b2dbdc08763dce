/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-counter.h"

#include <math.h>
#include <stdatomic.h>

#include "weft-blocks.h"
#include "weft-times.h"

#define POINT_SHIFT 6 /* points of the first block */
#define NODE_SHIFT 3  /* nodes of the first block of a level */
#define FAN_SHIFT 4   /* a node stands over 16 points, or over 16 nodes of the level below */
#define N_LEVELS 6    /* the highest node stands over 16 million points */

/* The values of a block from the first one on that a float cannot hold exactly, as the depth of a queue
 * always can. Zeroed, so that the pages before it stay untouched. */
typedef struct
{
  guint64 from;
  double values[];
} Exact;

/* The columns of a block of points, one allocation with the block itself; 10.4 bytes a point, nodes
 * included. */
typedef struct
{
  WeftTimes times;
  float *values;
  _Atomic (Exact *) exact; /* NULL: all are floats. Stored with release */
} Block;

/* What is known of a group of points, each from its time until the next point's. Sums belong to their
 * group alone: a running sum would lose the small figures of a short range to rounding. */
typedef struct
{
  double minimum; /* +inf: nothing known */
  double maximum;
  double integral; /* value × ns */
  gint64 known_ns;
} Node;

struct _WeftCounter
{
  /* Stored with release after the points, and the nodes over all complete groups, that it counts. A
   * group is complete once the point after it is there, because that says how long its last one held. */
  _Atomic guint64 count;
  Block *blocks[WEFT_N_BLOCKS];
  Node *nodes[N_LEVELS][WEFT_N_BLOCKS];

  /* The writer's own: the last point, and what is known of each level's group up to it. */
  gint64 last_time_ns;
  double last_value;
  Node open[N_LEVELS];
};

G_STATIC_ASSERT ((1 << POINT_SHIFT) % WEFT_TIMES_GROUP == 0);

static Block *
block_new (guint number)
{
  guint64 capacity = weft_block_capacity (number, POINT_SHIFT);
  Block *block = g_malloc (sizeof *block + weft_times_get_bytes (capacity) + capacity * sizeof (float));

  block->values = weft_times_place (&block->times, block + 1, capacity);
  atomic_init (&block->exact, NULL);
  return block;
}

/* Keeps @value, entry @offset of a block, as the double that it is. */
static void
set_exact (Block *block, guint64 offset, guint64 capacity, double value)
{
  Exact *exact = atomic_load_explicit (&block->exact, memory_order_relaxed);

  if (exact == NULL)
    {
      exact = g_malloc0 (sizeof *exact + capacity * sizeof (double));
      exact->from = offset;
      atomic_store_explicit (&block->exact, exact, memory_order_release);
    }
  exact->values[offset] = value;
}

static inline gint64
time_at (const WeftCounter *counter, guint64 index)
{
  guint64 offset;
  guint number = weft_block_of (index, POINT_SHIFT, &offset);

  return weft_times_get (&counter->blocks[number]->times, offset);
}

static inline double
value_at (const WeftCounter *counter, guint64 index)
{
  guint64 offset;
  const Block *block = counter->blocks[weft_block_of (index, POINT_SHIFT, &offset)];
  const Exact *exact = atomic_load_explicit (&block->exact, memory_order_acquire);

  return exact != NULL && offset >= exact->from ? exact->values[offset] : (double) block->values[offset];
}

static inline Node *
node_at (const WeftCounter *counter, guint level, guint64 index)
{
  guint64 offset;
  guint block = weft_block_of (index, NODE_SHIFT, &offset);

  return &counter->nodes[level][block][offset];
}

static void
node_clear (Node *node)
{
  *node = (Node){ .minimum = INFINITY, .maximum = -INFINITY };
}

static void
node_add_point (Node *node, double value, gint64 duration_ns)
{
  if (isnan (value))
    return;
  node->minimum = MIN (node->minimum, value);
  node->maximum = MAX (node->maximum, value);
  node->integral += value * (double) duration_ns;
  node->known_ns += duration_ns;
}

static void
node_add_node (Node *node, const Node *other)
{
  node->minimum = MIN (node->minimum, other->minimum);
  node->maximum = MAX (node->maximum, other->maximum);
  node->integral += other->integral;
  node->known_ns += other->known_ns;
}

/* Writes the nodes of all groups that end just before point @count. */
static void
complete_nodes (WeftCounter *counter, guint64 count)
{
  for (guint level = 0;
       level < N_LEVELS && (count & ((G_GUINT64_CONSTANT (1) << (level + 1) * FAN_SHIFT) - 1)) == 0; level++)
    {
      guint64 index = (count >> (level + 1) * FAN_SHIFT) - 1;
      guint64 offset;
      guint block = weft_block_of (index, NODE_SHIFT, &offset);

      if (offset == 0)
        counter->nodes[level][block] = g_new (Node, weft_block_capacity (block, NODE_SHIFT));
      counter->nodes[level][block][offset] = counter->open[level];
      if (level + 1 < N_LEVELS)
        node_add_node (&counter->open[level + 1], &counter->open[level]);
      node_clear (&counter->open[level]);
    }
}

/* Adds the points [@first, @end), all followed by another point, by the largest nodes that fit. */
static void
add_points (const WeftCounter *counter, guint64 first, guint64 end, Node *sum)
{
  while (first < end)
    {
      guint level = 0;

      while (level < N_LEVELS && (first & ((G_GUINT64_CONSTANT (1) << (level + 1) * FAN_SHIFT) - 1)) == 0
             && first + (G_GUINT64_CONSTANT (1) << (level + 1) * FAN_SHIFT) <= end)
        level++;
      if (level > 0)
        node_add_node (sum, node_at (counter, level - 1, first >> level * FAN_SHIFT));
      else
        node_add_point (sum, value_at (counter, first),
                        time_at (counter, first + 1) - time_at (counter, first));
      first += G_GUINT64_CONSTANT (1) << level * FAN_SHIFT;
    }
}

WeftCounter *
weft_counter_new (void)
{
  WeftCounter *counter = g_new0 (WeftCounter, 1);

  for (guint level = 0; level < N_LEVELS; level++)
    node_clear (&counter->open[level]);
  return counter;
}

void
weft_counter_free (WeftCounter *counter)
{
  if (counter == NULL)
    return;
  for (guint i = 0; i < WEFT_N_BLOCKS; i++)
    {
      if (counter->blocks[i] != NULL)
        {
          weft_times_clear (&counter->blocks[i]->times);
          g_free (atomic_load_explicit (&counter->blocks[i]->exact, memory_order_relaxed));
          g_free (counter->blocks[i]);
        }
      for (guint level = 0; level < N_LEVELS; level++)
        g_free (counter->nodes[level][i]);
    }
  g_free (counter);
}

void
weft_counter_append (WeftCounter *counter, gint64 time_ns, double value)
{
  guint64 count = atomic_load_explicit (&counter->count, memory_order_relaxed);
  guint64 offset;
  guint number = weft_block_of (count, POINT_SHIFT, &offset);
  guint64 capacity = weft_block_capacity (number, POINT_SHIFT);
  Block *block;

  g_return_if_fail (number < WEFT_N_BLOCKS);
  if (offset == 0)
    counter->blocks[number] = block_new (number);
  block = counter->blocks[number];
  if (count > 0)
    {
      time_ns = MAX (time_ns, counter->last_time_ns);
      node_add_point (&counter->open[0], counter->last_value, time_ns - counter->last_time_ns);
      complete_nodes (counter, count);
    }
  weft_times_set (&block->times, offset, capacity, time_ns);
  if (atomic_load_explicit (&block->exact, memory_order_relaxed) == NULL
      && ((double) (float) value == value || isnan (value)))
    block->values[offset] = (float) value;
  else
    set_exact (block, offset, capacity, value);
  counter->last_time_ns = time_ns;
  counter->last_value = value;
  atomic_store_explicit (&counter->count, count + 1, memory_order_release);
}

guint64
weft_counter_get_count (const WeftCounter *counter)
{
  return atomic_load_explicit (&counter->count, memory_order_acquire);
}

gint64
weft_counter_get_time (const WeftCounter *counter, guint64 index)
{
  return time_at (counter, index);
}

double
weft_counter_get_value (const WeftCounter *counter, guint64 index)
{
  return value_at (counter, index);
}

gint64
weft_counter_find (const WeftCounter *counter, guint64 count, gint64 time_ns)
{
  guint64 low = 0, high = count; /* points before low: at or before the time; from high on: after it */

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (time_at (counter, middle) <= time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return (gint64) low - 1;
}

double
weft_counter_value_at (const WeftCounter *counter, guint64 count, gint64 time_ns)
{
  gint64 index = weft_counter_find (counter, count, time_ns);

  return index < 0 ? NAN : weft_counter_get_value (counter, (guint64) index);
}

gboolean
weft_counter_range (const WeftCounter *counter, guint64 count, gint64 until_ns, gint64 begin_ns,
                    gint64 end_ns, double *minimum, double *maximum, double *mean)
{
  gint64 first, last;
  Node sum;

  node_clear (&sum);
  *minimum = *maximum = *mean = NAN;
  end_ns = MIN (end_ns, until_ns);
  last = weft_counter_find (counter, count, end_ns);
  if (last < 0 || begin_ns > end_ns)
    return FALSE;
  first = MAX (weft_counter_find (counter, count, begin_ns), 0);
  begin_ns = MAX (begin_ns, weft_counter_get_time (counter, (guint64) first));
  if (first < last)
    {
      node_add_point (&sum, weft_counter_get_value (counter, (guint64) first),
                      weft_counter_get_time (counter, (guint64) first + 1) - begin_ns);
      add_points (counter, (guint64) first + 1, (guint64) last, &sum);
      begin_ns = weft_counter_get_time (counter, (guint64) last);
    }
  node_add_point (&sum, weft_counter_get_value (counter, (guint64) last), end_ns - begin_ns);
  if (sum.minimum > sum.maximum)
    return FALSE;
  *minimum = sum.minimum;
  *maximum = sum.maximum;
  /* In an instant there is no time to take a mean over. */
  *mean = sum.known_ns > 0 ? CLAMP (sum.integral / (double) sum.known_ns, sum.minimum, sum.maximum)
                           : (sum.minimum + sum.maximum) / 2;
  return TRUE;
}

gsize
weft_counter_get_bytes (const WeftCounter *counter)
{
  guint64 count = weft_counter_get_count (counter);
  gsize bytes = sizeof *counter;

  for (guint i = 0; i < WEFT_N_BLOCKS && count > weft_block_start (i, POINT_SHIFT); i++)
    {
      guint64 used = MIN (count - weft_block_start (i, POINT_SHIFT), weft_block_capacity (i, POINT_SHIFT));
      const Block *block = counter->blocks[i];
      const Exact *exact = atomic_load_explicit (&block->exact, memory_order_acquire);

      bytes += sizeof *block + weft_times_get_bytes (used) + used * sizeof (float)
               + (weft_times_are_long (&block->times) ? used * sizeof (guint32) : 0)
               + (exact != NULL && exact->from < used ? (used - exact->from) * sizeof (double) : 0);
    }
  for (guint level = 0; level < N_LEVELS; level++)
    bytes += (count >> (level + 1) * FAN_SHIFT) * sizeof (Node);
  return bytes;
}
