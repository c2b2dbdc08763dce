/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-counter.h"

#include <math.h>
#include <stdatomic.h>

#include "weft-blocks.h"

#define POINT_SHIFT 6 /* points of the first block */
#define NODE_SHIFT 3  /* nodes of the first block of a level */
#define FAN_SHIFT 4   /* a node stands over 16 points, or over 16 nodes of the level below */
#define N_LEVELS 6    /* the highest node stands over 16 million points */

typedef struct
{
  gint64 time_ns;
  double value;
} Point;

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
  Point *points[WEFT_N_BLOCKS];
  Node *nodes[N_LEVELS][WEFT_N_BLOCKS];
};

static inline const Point *
point_at (const WeftCounter *counter, guint64 index)
{
  guint64 offset;
  guint block = weft_block_of (index, POINT_SHIFT, &offset);

  return &counter->points[block][offset];
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

/* Writes the nodes of all groups that end just before point @count, which has been written. */
static void
complete_nodes (WeftCounter *counter, guint64 count)
{
  for (guint level = 0;
       level < N_LEVELS && (count & ((G_GUINT64_CONSTANT (1) << (level + 1) * FAN_SHIFT) - 1)) == 0; level++)
    {
      guint64 index = (count >> (level + 1) * FAN_SHIFT) - 1;
      guint64 first = index << FAN_SHIFT;
      guint64 offset;
      guint block = weft_block_of (index, NODE_SHIFT, &offset);
      Node *node;

      if (offset == 0)
        counter->nodes[level][block] = g_new (Node, weft_block_capacity (block, NODE_SHIFT));
      node = &counter->nodes[level][block][offset];
      node_clear (node);
      for (guint64 i = first; i < first + (1 << FAN_SHIFT); i++)
        if (level > 0)
          node_add_node (node, node_at (counter, level - 1, i));
        else
          node_add_point (node, point_at (counter, i)->value,
                          point_at (counter, i + 1)->time_ns - point_at (counter, i)->time_ns);
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
        node_add_point (sum, point_at (counter, first)->value,
                        point_at (counter, first + 1)->time_ns - point_at (counter, first)->time_ns);
      first += G_GUINT64_CONSTANT (1) << level * FAN_SHIFT;
    }
}

WeftCounter *
weft_counter_new (void)
{
  return g_new0 (WeftCounter, 1);
}

void
weft_counter_free (WeftCounter *counter)
{
  if (counter == NULL)
    return;
  for (guint i = 0; i < WEFT_N_BLOCKS; i++)
    {
      g_free (counter->points[i]);
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
  guint block = weft_block_of (count, POINT_SHIFT, &offset);

  g_return_if_fail (block < WEFT_N_BLOCKS);
  if (offset == 0)
    counter->points[block] = g_new (Point, weft_block_capacity (block, POINT_SHIFT));
  if (count > 0)
    time_ns = MAX (time_ns, point_at (counter, count - 1)->time_ns);
  counter->points[block][offset] = (Point){ .time_ns = time_ns, .value = value };
  if (count > 0)
    complete_nodes (counter, count);
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
  return point_at (counter, index)->time_ns;
}

double
weft_counter_get_value (const WeftCounter *counter, guint64 index)
{
  return point_at (counter, index)->value;
}

gint64
weft_counter_find (const WeftCounter *counter, guint64 count, gint64 time_ns)
{
  guint64 low = 0, high = count; /* points before low: at or before the time; from high on: after it */

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (point_at (counter, middle)->time_ns <= time_ns)
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
