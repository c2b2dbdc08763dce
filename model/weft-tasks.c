/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-tasks.h"

#include <stdatomic.h>

#define BLOCK_SHIFT 12
#define BLOCK_TASKS (1u << BLOCK_SHIFT)
#define N_BLOCKS (WEFT_TASKS_MAX >> BLOCK_SHIFT)

/* Ids come out of shared memory and may be nonsense, each in another block. A million tasks are free
 * to come in any order; beyond that, a block must be earned by so many updates, so that memory stays
 * in proportion to what was really recorded. */
#define FREE_BLOCKS 256
#define UPDATES_PER_BLOCK 256

/* The moments of a task's life that are kept. */
typedef enum
{
  SUBMITTED,
  STARTED,
  FINISHED,
  N_MOMENTS
} Moment;

/* The upper halves of the times of a block, in which one was further from the others than 32 bits reach. */
typedef struct
{
  _Atomic guint32 times[N_MOMENTS][BLOCK_TASKS];
} Upper;

/* 14 bytes a task, as long as all times of a block lie within about 3 s. Zeroed memory means nothing known,
 * so that untouched pages of a block cost nothing: a time is kept as its distance from the base, which is
 * never 0, and the lane plus one. */
typedef struct
{
  guint64 base;
  _Atomic (Upper *) upper; /* NULL: all 0. Stored with release */
  _Atomic guint32 lower[N_MOMENTS][BLOCK_TASKS];
  _Atomic guint16 lane[BLOCK_TASKS]; /* and the outcome, above LANE_BITS */
} Block;

#define LANE_BITS 14
#define LANE_MASK ((1u << LANE_BITS) - 1)

/* The base lies so long before the first time of a block that is read: another lane's may be earlier. */
#define BASE_MARGIN_NS 1000000000

struct _WeftTasks
{
  _Atomic guint32 count;
  _Atomic guint64 ignored;
  guint64 updates;  /* the writer's own */
  guint32 n_blocks; /* the writer's own */
  _Atomic gsize bytes;
  _Atomic (Block *) blocks[N_BLOCKS];
};

static void
count_bytes (WeftTasks *tasks, gsize bytes)
{
  atomic_fetch_add_explicit (&tasks->bytes, bytes, memory_order_relaxed);
}

/* The block for writing task @id, of which something is known at @time_ns; made if need be. NULL if the id
 * must be ignored. */
static Block *
block_for_update (WeftTasks *tasks, guint32 id, gint64 time_ns)
{
  Block *block;

  if (id >= WEFT_TASKS_MAX)
    {
      atomic_fetch_add_explicit (&tasks->ignored, 1, memory_order_relaxed);
      return NULL;
    }
  tasks->updates++;
  block = atomic_load_explicit (&tasks->blocks[id >> BLOCK_SHIFT], memory_order_relaxed);
  if (block != NULL)
    return block;
  if (tasks->n_blocks >= FREE_BLOCKS + tasks->updates / UPDATES_PER_BLOCK)
    {
      atomic_fetch_add_explicit (&tasks->ignored, 1, memory_order_relaxed);
      return NULL;
    }
  block = g_new0 (Block, 1);
  block->base = (guint64) time_ns - BASE_MARGIN_NS;
  tasks->n_blocks++;
  count_bytes (tasks, sizeof *block);
  /* Release: whoever finds the block finds it zeroed. */
  atomic_store_explicit (&tasks->blocks[id >> BLOCK_SHIFT], block, memory_order_release);
  return block;
}

static void
count_task (WeftTasks *tasks, guint32 id)
{
  if (id >= atomic_load_explicit (&tasks->count, memory_order_relaxed))
    atomic_store_explicit (&tasks->count, id + 1, memory_order_release);
}

static void
set_time (WeftTasks *tasks, Block *block, guint32 id, Moment moment, gint64 time_ns)
{
  guint64 after = (guint64) time_ns - block->base;
  Upper *upper = atomic_load_explicit (&block->upper, memory_order_relaxed);

  /* The one time that would look like none. */
  if (after == 0)
    after = 1;
  if (G_UNLIKELY (after > G_MAXUINT32))
    {
      if (upper == NULL)
        {
          upper = g_new0 (Upper, 1);
          count_bytes (tasks, sizeof *upper);
          atomic_store_explicit (&block->upper, upper, memory_order_release);
        }
      atomic_store_explicit (&upper->times[moment][id % BLOCK_TASKS], (guint32) (after >> 32),
                             memory_order_relaxed);
    }
  /* Release: whoever sees it sees the upper half, and what else belongs to the moment. */
  atomic_store_explicit (&block->lower[moment][id % BLOCK_TASKS], (guint32) after, memory_order_release);
  count_task (tasks, id);
}

/* -1: not known. */
static gint64
get_time (const Block *block, guint32 id, Moment moment)
{
  guint64 after = atomic_load_explicit (&block->lower[moment][id % BLOCK_TASKS], memory_order_acquire);
  const Upper *upper = atomic_load_explicit (&block->upper, memory_order_acquire);

  if (upper != NULL)
    after |= (guint64) atomic_load_explicit (&upper->times[moment][id % BLOCK_TASKS], memory_order_relaxed)
             << 32;
  return after == 0 ? -1 : (gint64) (after + block->base);
}

WeftTasks *
weft_tasks_new (void)
{
  return g_new0 (WeftTasks, 1);
}

void
weft_tasks_free (WeftTasks *tasks)
{
  if (tasks == NULL)
    return;
  for (guint32 first = 0; first < weft_tasks_get_count (tasks); first += BLOCK_TASKS)
    {
      Block *block = atomic_load_explicit (&tasks->blocks[first >> BLOCK_SHIFT], memory_order_relaxed);

      if (block != NULL)
        g_free (atomic_load_explicit (&block->upper, memory_order_relaxed));
      g_free (block);
    }
  g_free (tasks);
}

void
weft_tasks_submitted (WeftTasks *tasks, guint32 id, gint64 time_ns)
{
  Block *block = block_for_update (tasks, id, time_ns);

  if (block != NULL)
    set_time (tasks, block, id, SUBMITTED, time_ns);
}

void
weft_tasks_started (WeftTasks *tasks, guint32 id, gint64 time_ns, gint32 lane)
{
  Block *block = block_for_update (tasks, id, time_ns);
  _Atomic guint16 *place;

  if (block == NULL)
    return;
  place = &block->lane[id % BLOCK_TASKS];
  atomic_store_explicit (place,
                         (guint16) ((atomic_load_explicit (place, memory_order_relaxed) & ~LANE_MASK)
                                    | ((guint32) (lane + 1) & LANE_MASK)),
                         memory_order_relaxed);
  set_time (tasks, block, id, STARTED, time_ns);
}

void
weft_tasks_finished (WeftTasks *tasks, guint32 id, gint64 time_ns, gboolean ok)
{
  Block *block = block_for_update (tasks, id, time_ns);
  _Atomic guint16 *place;

  if (block == NULL)
    return;
  place = &block->lane[id % BLOCK_TASKS];
  atomic_store_explicit (place,
                         (guint16) ((atomic_load_explicit (place, memory_order_relaxed) & LANE_MASK)
                                    | (guint32) (ok ? WEFT_TASK_OK : WEFT_TASK_FAILED) << LANE_BITS),
                         memory_order_relaxed);
  set_time (tasks, block, id, FINISHED, time_ns);
}

guint32
weft_tasks_get_count (const WeftTasks *tasks)
{
  return atomic_load_explicit (&tasks->count, memory_order_acquire);
}

gboolean
weft_tasks_get (const WeftTasks *tasks, guint32 id, WeftTask *task)
{
  const Block *block = NULL;
  guint32 lane;

  *task = (WeftTask){ .submitted_ns = -1, .started_ns = -1, .finished_ns = -1, .lane = -1 };
  if (id < WEFT_TASKS_MAX)
    block = atomic_load_explicit (&tasks->blocks[id >> BLOCK_SHIFT], memory_order_acquire);
  if (block == NULL)
    return FALSE;
  task->finished_ns = get_time (block, id, FINISHED);
  task->started_ns = get_time (block, id, STARTED);
  task->submitted_ns = get_time (block, id, SUBMITTED);
  lane = atomic_load_explicit (&block->lane[id % BLOCK_TASKS], memory_order_relaxed);
  if (task->finished_ns >= 0)
    task->outcome = (WeftTaskOutcome) (lane >> LANE_BITS);
  if (task->started_ns >= 0)
    task->lane = (gint32) (lane & LANE_MASK) - 1;
  return task->submitted_ns >= 0 || task->started_ns >= 0 || task->finished_ns >= 0;
}

gboolean
weft_tasks_next (const WeftTasks *tasks, guint32 *id, WeftTask *task)
{
  guint32 count = weft_tasks_get_count (tasks);

  while (*id < count)
    if (atomic_load_explicit (&tasks->blocks[*id >> BLOCK_SHIFT], memory_order_relaxed) == NULL)
      *id = (*id | (BLOCK_TASKS - 1)) + 1;
    else if (weft_tasks_get (tasks, *id, task))
      return TRUE;
    else
      ++*id;
  return FALSE;
}

guint64
weft_tasks_get_ignored (const WeftTasks *tasks)
{
  return atomic_load_explicit (&tasks->ignored, memory_order_relaxed);
}

gsize
weft_tasks_get_bytes (const WeftTasks *tasks)
{
  return atomic_load_explicit (&tasks->bytes, memory_order_relaxed);
}
