/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happened to each task or item, by its id. A time that is not known (not yet, or its event was
 * lost) is -1. One writer, any reader: each field is published on its own.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WeftTasks WeftTasks;

typedef enum
{
  WEFT_TASK_UNKNOWN, /* not finished, or its end was lost */
  WEFT_TASK_OK,
  WEFT_TASK_FAILED
} WeftTaskOutcome;

typedef struct
{
  gint64 submitted_ns; /* since the run's start */
  gint64 started_ns;
  gint64 finished_ns;
  gint32 lane; /* that started it, or -1 */
  WeftTaskOutcome outcome;
} WeftTask;

WeftTasks *weft_tasks_new (void);
void weft_tasks_free (WeftTasks *tasks);

/* The writer's; ids of WEFT_TASKS_MAX and more, and ids strewn so wildly that they cannot be those of
 * tasks, are ignored and counted. */
#define WEFT_TASKS_MAX (1u << 28)
void weft_tasks_submitted (WeftTasks *tasks, guint32 id, gint64 time_ns);
void weft_tasks_started (WeftTasks *tasks, guint32 id, gint64 time_ns, gint32 lane);
void weft_tasks_finished (WeftTasks *tasks, guint32 id, gint64 time_ns, gboolean ok);

/** weft_tasks_get_count: one more than the largest id seen. */
guint32 weft_tasks_get_count (const WeftTasks *tasks);

/** weft_tasks_get: false if nothing is known of @id. */
gboolean weft_tasks_get (const WeftTasks *tasks, guint32 id, WeftTask *task);

/** weft_tasks_next: the first task from @id (inout) on of which something is known; false if there is none.
 * To go through all tasks: ids that are out of the row, from a process gone wrong, cost nothing. */
gboolean weft_tasks_next (const WeftTasks *tasks, guint32 *id, WeftTask *task);

/** weft_tasks_get_ignored: updates with an id that was ignored. */
guint64 weft_tasks_get_ignored (const WeftTasks *tasks);

/** weft_tasks_get_bytes: memory of what is known of the tasks, in bytes. Any thread. */
gsize weft_tasks_get_bytes (const WeftTasks *tasks);

G_END_DECLS
