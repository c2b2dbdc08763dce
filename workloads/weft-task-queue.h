/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A queue between the threads or processes of a run. It is made before they start, and each of them
 * uses it through the same handle.
 *
 * It is a ring in shared memory under one robust mutex, rather than a pipe, because then the depth is
 * exact at every instant, PUT and GET events are in the order in which they happened (they are
 * written under the lock), a bound is a number of items rather than of bytes, a million items fit,
 * and the order need not be first in, first out. WEFT_TASK_STORE_PIPE keeps the items in a real pipe
 * instead, under the same lock, for those who want to see one.
 *
 * It survives the death of whoever uses it, at any instruction. The mutex is robust, so the next one
 * to take it hears of the death; the state has two copies and one word that says which of them
 * counts, so an operation has happened or has not. Those who wait sleep on a futex and not on a
 * condition variable: glibc's is not robust, and a waiter killed inside one can hang the others.
 */
#pragma once

#include "weft-run.h"

typedef enum
{
  WEFT_TASK_STORE_FIFO,
  WEFT_TASK_STORE_LIFO,
  WEFT_TASK_STORE_RANKED, /* the item with the smallest rank first */
  WEFT_TASK_STORE_PIPE    /* first in, first out, through a pipe */
} WeftTaskStore;

typedef struct
{
  guint32 task;       /* id, as in the events */
  guint32 rank;       /* its place among all items that will ever be put; for RANKED only */
  gint64 duration_ns; /* for whoever takes it; the queue does not look */
} WeftTaskItem;

typedef enum
{
  WEFT_TASK_QUEUE_OK,
  WEFT_TASK_QUEUE_CLOSED,   /* put: refused; get: closed, and nothing is left */
  WEFT_TASK_QUEUE_STOPPED,  /* the run was asked to stop */
  WEFT_TASK_QUEUE_NO_MEMORY /* put: an unbounded queue has used up its memory */
} WeftTaskQueueStatus;

typedef struct _WeftTaskQueue WeftTaskQueue;

/* The most items that a queue without a bound can hold, within the memory budget of 256 MiB. */
#define WEFT_TASK_QUEUE_MAX_ITEMS (1u << 23)

/* Items that a pipe holds when no bound is set: 64 KiB of them. */
#define WEFT_TASK_QUEUE_PIPE_ITEMS 2048u

/* Makes the queue and its object @name on the wire. @capacity: 0 for no bound; for RANKED, how many
 * items will ever be put. NULL after weft_run_fail(). */
WeftTaskQueue *weft_task_queue_new (WeftRun *run, const char *name, WeftTaskStore store, guint64 capacity);

/* The number of its object. */
guint32 weft_task_queue_get_object (const WeftTaskQueue *queue);

/* Puts @item and writes the PUT event with @line, after which @lane does @after. While the queue is
 * full the lane waits: then @line goes with the event that says so, as a program prints before it
 * blocks. Adds the wait to the lane's totals. @ticks (out, nullable): when it was put. */
WeftTaskQueueStatus weft_task_queue_put (WeftTaskQueue *queue, WeftLane *lane, const WeftTaskItem *item,
                                         WeftWireActivity after, guint8 line, guint64 *ticks);

/* Takes an item, waiting for one if need be, and writes the GET event with @line, after which @lane
 * does @after on it. The caller has said QUEUE_EMPTY before. @busy (nullable) is set before anyone
 * can see that the item has gone. Adds the wait to the lane's totals. @ticks (out): when it was taken. */
WeftTaskQueueStatus
weft_task_queue_get (WeftTaskQueue *queue, WeftLane *lane, WeftTaskItem *item, WeftWireActivity after,
                     guint8 line, _Atomic guint32 *busy, guint64 *ticks);

/* No more puts; those who wait are told. */
void weft_task_queue_close (WeftTaskQueue *queue);

/* Wakes all who wait, and forgets that they did: for when one who used the queue was killed, who may
 * have been counted as waiting or have taken a wake-up along, and for when the run is to stop. */
void weft_task_queue_wake_all (WeftTaskQueue *queue);

/* Items in the queue, under its lock. */
guint64 weft_task_queue_get_depth (WeftTaskQueue *queue);

/* Items ever put and ever taken, under its lock. */
void weft_task_queue_get_counts (WeftTaskQueue *queue, guint64 *puts, guint64 *gets);
