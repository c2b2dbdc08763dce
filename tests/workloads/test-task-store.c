/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a queue keeps its items, and what is put right after its user was killed in the middle. */
#include <stdlib.h>

#include "weft-task-store.h"

static WeftTaskSlot
make_slot (guint32 task, guint32 rank)
{
  return (WeftTaskSlot){ .item = { .task = task, .rank = rank, .duration_ns = task * 10 },
                         .put_ticks = task + 100 };
}

static void
put (WeftTaskStorage *storage, WeftTaskCounts *counts, guint32 task, guint32 rank)
{
  WeftTaskSlot slot = make_slot (task, rank);
  WeftRankChange change = { 0 };

  weft_task_storage_write (storage, counts, &slot, &change);
  counts->puts++;
  weft_task_storage_finish (storage, change);
}

static guint32
get (WeftTaskStorage *storage, WeftTaskCounts *counts)
{
  WeftTaskSlot slot;
  WeftRankChange change = { 0 };

  weft_task_storage_read (storage, counts, &slot, &change);
  counts->gets++;
  weft_task_storage_finish (storage, change);
  weft_task_storage_give_back (storage, counts);
  g_assert_cmpint (slot.item.duration_ns, ==, (gint64) slot.item.task * 10);
  g_assert_cmpuint (slot.put_ticks, ==, slot.item.task + 100);
  return slot.item.task;
}

/* Puts and gets by turns, at random, against a plain array. */
static void
test_order (gconstpointer data)
{
  WeftTaskStore kind = (WeftTaskStore) GPOINTER_TO_INT (data);
  enum
  {
    N = 3000
  };
  WeftRun run = { .failure_fd = -1 };
  WeftTaskStorage storage;
  WeftTaskCounts counts = { 0 };
  g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 next = 0;
  guint32 ranks[N];

  for (guint32 i = 0; i < N; i++)
    ranks[i] = i;
  for (guint32 i = N - 1; i > 0; i--)
    {
      guint32 j = (guint32) g_test_rand_int_range (0, (gint32) i + 1);
      guint32 rank = ranks[i];

      ranks[i] = ranks[j];
      ranks[j] = rank;
    }
  g_assert_true (weft_task_storage_init (&storage, &run, kind, N));
  while (next < N || model->len > 0)
    {
      guint taken = kind == WEFT_TASK_STORE_LIFO ? model->len - 1 : 0;

      if (next < N && (model->len == 0 || g_test_rand_bit ()))
        {
          put (&storage, &counts, next, ranks[next]);
          g_array_append_val (model, next);
          next++;
          continue;
        }
      if (kind == WEFT_TASK_STORE_RANKED)
        for (guint i = 1; i < model->len; i++)
          if (ranks[g_array_index (model, guint32, i)] < ranks[g_array_index (model, guint32, taken)])
            taken = i;
      g_assert_cmpuint (get (&storage, &counts), ==, g_array_index (model, guint32, taken));
      g_array_remove_index (model, taken);
    }
}

/* The ring of a queue without a bound is given back behind its head, and never before it. */
static void
test_give_back (void)
{
  WeftRun run = { .failure_fd = -1 };
  WeftTaskStorage storage;
  WeftTaskCounts counts = { 0 };
  guint32 put_next = 0, get_next = 0;

  g_assert_true (weft_task_storage_init (&storage, &run, WEFT_TASK_STORE_FIFO, 1 << 17));
  for (guint round = 0; round < 12; round++)
    {
      while (put_next - get_next < (round % 3 == 0 ? 1u << 17 : 50000))
        put (&storage, &counts, put_next++, 0);
      while (put_next - get_next > (round % 2 == 0 ? 10 : 20000))
        g_assert_cmpuint (get (&storage, &counts), ==, get_next++);
    }
}

/* A full pipe: everything that it was made for fits, wherever its pages begin. */
static void
test_pipe_holds_its_limit (void)
{
  WeftRun run = { .failure_fd = -1 };
  WeftTaskStorage storage;
  WeftTaskCounts counts = { 0 };
  guint32 put_next = 0, get_next = 0;

  g_assert_true (weft_task_storage_init (&storage, &run, WEFT_TASK_STORE_PIPE, WEFT_TASK_QUEUE_PIPE_ITEMS));
  for (guint round = 0; round < 300; round++)
    {
      while (put_next - get_next < WEFT_TASK_QUEUE_PIPE_ITEMS)
        put (&storage, &counts, put_next++, 0);
      for (guint i = 0; i < 61; i++)
        g_assert_cmpuint (get (&storage, &counts), ==, get_next++);
    }
}

/* Killed after the item went into the pipe, or came out of it, and before that was counted. */
static void
test_repair_pipe (void)
{
  WeftRun run = { .failure_fd = -1 };
  WeftTaskStorage storage;
  WeftTaskCounts counts = { 0 };
  WeftTaskSlot slot = make_slot (2, 0);
  WeftRankChange change = { 0 };

  g_assert_true (weft_task_storage_init (&storage, &run, WEFT_TASK_STORE_PIPE, 10));
  put (&storage, &counts, 0, 0);
  put (&storage, &counts, 1, 0);
  weft_task_storage_repair (&storage, &counts, change);
  g_assert_cmpuint (counts.puts, ==, 2);
  g_assert_cmpuint (counts.gets, ==, 0);
  weft_task_storage_write (&storage, &counts, &slot, &change);
  weft_task_storage_repair (&storage, &counts, change);
  g_assert_cmpuint (counts.puts, ==, 3);
  g_assert_cmpuint (counts.gets, ==, 0);
  weft_task_storage_read (&storage, &counts, &slot, &change);
  weft_task_storage_repair (&storage, &counts, change);
  g_assert_cmpuint (counts.puts, ==, 3);
  g_assert_cmpuint (counts.gets, ==, 1);
  g_assert_cmpuint (get (&storage, &counts), ==, 1);
  g_assert_cmpuint (get (&storage, &counts), ==, 2);
}

/* Killed after the commit, and before the set of ranks was changed, or when only its lowest level was. */
static void
test_repair_ranks (void)
{
  WeftRun run = { .failure_fd = -1 };
  WeftTaskStorage storage;
  WeftTaskCounts counts = { 0 };
  WeftTaskSlot slot = make_slot (5, 100000);
  WeftRankChange change = { 0 };

  g_assert_true (weft_task_storage_init (&storage, &run, WEFT_TASK_STORE_RANKED, 1 << 20));
  put (&storage, &counts, 1, 700000);
  weft_task_storage_write (&storage, &counts, &slot, &change);
  counts.puts++;
  storage.ranks[100000 / 64] |= G_GUINT64_CONSTANT (1) << (100000 % 64);
  weft_task_storage_repair (&storage, &counts, change);
  weft_task_storage_repair (&storage, &counts, change);
  weft_task_storage_read (&storage, &counts, &slot, &change);
  g_assert_cmpuint (slot.item.task, ==, 5);
  counts.gets++;
  weft_task_storage_repair (&storage, &counts, change);
  weft_task_storage_repair (&storage, &counts, change);
  g_assert_cmpuint (get (&storage, &counts), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/task-store/fifo", GINT_TO_POINTER (WEFT_TASK_STORE_FIFO), test_order);
  g_test_add_data_func ("/task-store/lifo", GINT_TO_POINTER (WEFT_TASK_STORE_LIFO), test_order);
  g_test_add_data_func ("/task-store/ranked", GINT_TO_POINTER (WEFT_TASK_STORE_RANKED), test_order);
  g_test_add_data_func ("/task-store/pipe", GINT_TO_POINTER (WEFT_TASK_STORE_PIPE), test_order);
  g_test_add_func ("/task-store/give-back", test_give_back);
  g_test_add_func ("/task-store/pipe-holds-its-limit", test_pipe_holds_its_limit);
  g_test_add_func ("/task-store/repair-pipe", test_repair_pipe);
  g_test_add_func ("/task-store/repair-ranks", test_repair_ranks);
  return g_test_run ();
}
