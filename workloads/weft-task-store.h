/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a WeftTaskQueue keeps its items. Everything here happens under the queue's lock, and in a way
 * that leaves the items whole when the caller is killed: writing an item changes nothing that counts
 * until the queue commits its new state.
 */
#pragma once

#include "weft-task-queue.h"

/* An item with the instant at which it was put. The size divides that of a page, so that a pipe's
 * pages are filled without a rest. */
typedef struct
{
  WeftTaskItem item;
  guint64 put_ticks;
  guint64 reserved;
} WeftTaskSlot;

G_STATIC_ASSERT (sizeof (WeftTaskSlot) == 32);

/* The queue's counts, as of its last commit. */
typedef struct
{
  guint64 puts;
  guint64 gets;
} WeftTaskCounts;

/* What the last commit still has to do to the set of ranks: idempotent, so that it can be done again
 * by whoever finds the lock's owner dead. */
typedef struct
{
  guint32 rank;
  guint32 operation; /* WeftRankOperation */
} WeftRankChange;

typedef enum
{
  WEFT_RANK_NONE,
  WEFT_RANK_ADD,
  WEFT_RANK_REMOVE
} WeftRankOperation;

typedef struct
{
  WeftTaskStore kind;
  WeftTaskSlot *slots;
  guint64 mask;        /* slots - 1, a power of two; not for PIPE */
  gboolean gives_back; /* memory behind the head of a long ring goes back to the system */
  guint64 *ranks;      /* RANKED: the ranks that are present, see weft-task-store.c */
  guint n_levels;
  guint64 level_start[5];
  int read_fd; /* PIPE */
  int write_fd;
} WeftTaskStorage;

/* Makes room for @limit items. False after weft_run_fail(). */
gboolean
weft_task_storage_init (WeftTaskStorage *storage, const WeftRun *run, WeftTaskStore kind, guint64 limit);

/* Writes @slot where it will be the next put. */
void weft_task_storage_write (WeftTaskStorage *storage, const WeftTaskCounts *counts,
                              const WeftTaskSlot *slot, WeftRankChange *change);

/* Reads the item that is the next to be taken; there is one. */
void weft_task_storage_read (WeftTaskStorage *storage, const WeftTaskCounts *counts, WeftTaskSlot *slot,
                             WeftRankChange *change);

/* To be called after the commit: what the ranks still need. */
void weft_task_storage_finish (WeftTaskStorage *storage, WeftRankChange change);

/* To be called after the commit of a get: returns memory behind the head to the system. */
void weft_task_storage_give_back (WeftTaskStorage *storage, const WeftTaskCounts *counts);

/* Puts right what a killed owner of the lock has left: the ranks by @change, and @counts by what is
 * really in a pipe. */
void weft_task_storage_repair (WeftTaskStorage *storage, WeftTaskCounts *counts, WeftRankChange change);
