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

/* Zeroed memory means nothing known, so that untouched pages of a block cost nothing: times are
 * stored plus one, the lane too. */
typedef struct
{
  _Atomic gint64 submitted[BLOCK_TASKS];
  _Atomic gint64 started[BLOCK_TASKS];
  _Atomic gint64 finished[BLOCK_TASKS];
  _Atomic gint32 lane[BLOCK_TASKS];
  _Atomic guint8 outcome[BLOCK_TASKS];
} Block;

struct _WeftTasks
{
  _Atomic guint32 count;
  _Atomic guint64 ignored;
  guint64 updates;  /* the writer's own */
  guint32 n_blocks; /* the writer's own */
  _Atomic (Block *) blocks[N_BLOCKS];
};

/* The block for writing task @id, made if need be; NULL if the id must be ignored. */
static Block *
block_for_update (WeftTasks *tasks, guint32 id)
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
  tasks->n_blocks++;
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
  for (guint i = 0; i < N_BLOCKS; i++)
    g_free (atomic_load_explicit (&tasks->blocks[i], memory_order_relaxed));
  g_free (tasks);
}

void
weft_tasks_submitted (WeftTasks *tasks, guint32 id, gint64 time_ns)
{
  Block *block = block_for_update (tasks, id);

  if (block == NULL)
    return;
  atomic_store_explicit (&block->submitted[id % BLOCK_TASKS], time_ns + 1, memory_order_release);
  count_task (tasks, id);
}

void
weft_tasks_started (WeftTasks *tasks, guint32 id, gint64 time_ns, gint32 lane)
{
  Block *block = block_for_update (tasks, id);

  if (block == NULL)
    return;
  atomic_store_explicit (&block->lane[id % BLOCK_TASKS], lane + 1, memory_order_relaxed);
  /* Release: whoever sees the start sees the lane. */
  atomic_store_explicit (&block->started[id % BLOCK_TASKS], time_ns + 1, memory_order_release);
  count_task (tasks, id);
}

void
weft_tasks_finished (WeftTasks *tasks, guint32 id, gint64 time_ns, gboolean ok)
{
  Block *block = block_for_update (tasks, id);

  if (block == NULL)
    return;
  atomic_store_explicit (&block->outcome[id % BLOCK_TASKS], ok ? WEFT_TASK_OK : WEFT_TASK_FAILED,
                         memory_order_relaxed);
  /* Release: whoever sees the end sees the outcome. */
  atomic_store_explicit (&block->finished[id % BLOCK_TASKS], time_ns + 1, memory_order_release);
  count_task (tasks, id);
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
  guint32 i = id % BLOCK_TASKS;

  if (id < WEFT_TASKS_MAX)
    block = atomic_load_explicit (&tasks->blocks[id >> BLOCK_SHIFT], memory_order_acquire);
  if (block == NULL)
    {
      *task = (WeftTask){ .submitted_ns = -1, .started_ns = -1, .finished_ns = -1, .lane = -1 };
      return FALSE;
    }
  task->finished_ns = atomic_load_explicit (&block->finished[i], memory_order_acquire) - 1;
  task->outcome = task->finished_ns < 0 ? WEFT_TASK_UNKNOWN
                                        : atomic_load_explicit (&block->outcome[i], memory_order_relaxed);
  task->started_ns = atomic_load_explicit (&block->started[i], memory_order_acquire) - 1;
  task->lane = task->started_ns < 0 ? -1 : atomic_load_explicit (&block->lane[i], memory_order_relaxed) - 1;
  task->submitted_ns = atomic_load_explicit (&block->submitted[i], memory_order_acquire) - 1;
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
