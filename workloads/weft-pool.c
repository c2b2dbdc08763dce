/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pool: more tasks than workers. The first process makes a queue, starts the workers, submits every
 * task, closes the queue and joins; the workers take tasks from the queue until it is closed and
 * empty.
 */
#include <math.h>
#include <string.h>

#include "weft-crew.h"
#include "weft-random.h"
#include "weft-task-queue.h"
#include "weft-totals.h"
#include "weft-work.h"
#include "weft-workloads.h"

enum
{
  LINE_PARENT = 1,
  LINE_WAITING,
  LINE_RUN,
  LINE_RAN,
  LINE_DONE
};

static const char *const lines[] = {
  [LINE_PARENT - 1] = "Parent process {pid}.",
  [LINE_WAITING - 1] = "Waiting for all subprocesses done...",
  [LINE_RUN - 1] = "Run task {task} ({id})...",
  [LINE_RAN - 1] = "Task {task} runs {seconds} seconds.",
  [LINE_DONE - 1] = "All subprocesses done.",
  NULL,
};

static const char *const orders[] = { "fifo", "lifo", "shortest", NULL };

static const WeftParameterSpec parameters[] = {
  { .name = "backend",
    .title = "Backend",
    .help = "Whether the workers are processes, each with its own memory, or threads of one process.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "processes",
    .choices = weft_crew_backends },
  { .name = "workers",
    .title = "Workers",
    .help = "How many tasks can run at the same time.",
    .type = WEFT_PARAMETER_INTEGER,
    .minimum = 1,
    .maximum = 256,
    .default_per_core = 1 },
  { .name = "tasks",
    .title = "Tasks",
    .help = "How many tasks are submitted.",
    .type = WEFT_PARAMETER_INTEGER,
    .maximum = 1000000,
    .default_value = 1,
    .default_per_core = 1 },
  { .name = "min-ms",
    .title = "Shortest task",
    .help = "A task takes a random time between the shortest and the longest; if only one of the two is "
            "set, the other follows it.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "ms",
    .maximum = 3600000 },
  { .name = "max-ms",
    .title = "Longest task",
    .help = "A task takes a random time between the shortest and the longest; if only one of the two is "
            "set, the other follows it.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "ms",
    .maximum = 3600000,
    .default_value = 3000 },
  { .name = "durations-ms",
    .title = "Durations",
    .help = "How long each task takes, one number for each task, separated by commas; there are then as "
            "many tasks as numbers.",
    .type = WEFT_PARAMETER_INTEGER_LIST,
    .unit = "ms",
    .maximum = 3600000,
    .max_elements = 10000 },
  { .name = "work",
    .title = "Work",
    .help = "What a task does with its time: sleep, or use a core for that much CPU time.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "sleep",
    .choices = weft_works },
  { .name = "order",
    .title = "Order",
    .help = "Which of the waiting tasks a free worker takes: the first submitted, the last submitted, or "
            "the shortest.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "fifo",
    .choices = orders },
  { NULL },
};

static const WeftPresetSpec presets[] = {
  { "four-workers-five-tasks", "Four workers, five tasks",
    "Tasks 0 to 3 start at once, task 4 when the first of them is done.", "workers=4 tasks=5" },
  { "article", "The textbook's durations",
    "Four workers, and five tasks that take 1.41, 0.27, 0.14, 0.86 and 1.91 s.",
    "workers=4 durations-ms=1410,270,140,860,1910" },
  { NULL },
};

static const WeftRuleSpec rules[] = {
  { .kind = WEFT_RULE_FOLLOWS, .first = "min-ms", .second = "max-ms" },
  { .kind = WEFT_RULE_AT_MOST, .first = "min-ms", .second = "max-ms" },
  { .kind = WEFT_RULE_OVERRIDES, .first = "durations-ms", .second = "tasks" },
  { .kind = WEFT_RULE_OVERRIDES, .first = "durations-ms", .second = "min-ms" },
  { .kind = WEFT_RULE_OVERRIDES, .first = "durations-ms", .second = "max-ms" },
  { .first = NULL },
};

static const WeftResultSpec results[] = {
  { "makespan_s", "Makespan", "s", "From the first submitted task to the end of the last one." },
  { "ideal_s", "Ideal", "s",
    "The time of all tasks together, divided by the workers: no order could be faster." },
  { "efficiency", "Efficiency", "%",
    "The ideal divided by the makespan: how much of the workers' time went to tasks." },
  { "tasks_per_worker", "Tasks of each worker", NULL,
    "How many tasks each worker has finished, worker 1 first." },
  { NULL },
};

/* What all processes of a run share by having been forked from the same one. */
typedef struct
{
  WeftTaskQueue *queue;
  WeftWork work;
  guint n_tasks;
  gint64 *durations_ns;
} Pool;

static guint
get_n_lanes (const WeftRun *run)
{
  return 1 + (guint) weft_run_get_integer (run, "workers");
}

static void
choose_durations (WeftRun *run, Pool *pool)
{
  guint n_given;
  g_autofree gint64 *given_ms = weft_run_get_integers (run, "durations-ms", &n_given);
  double min_ns = (double) weft_run_get_integer (run, "min-ms") * 1e6;
  double max_ns = (double) weft_run_get_integer (run, "max-ms") * 1e6;

  pool->n_tasks = n_given > 0 ? n_given : (guint) weft_run_get_integer (run, "tasks");
  pool->durations_ns = g_new (gint64, MAX (pool->n_tasks, 1));
  for (guint i = 0; i < pool->n_tasks; i++)
    if (n_given > 0)
      pool->durations_ns[i] = given_ms[i] * 1000000;
    else
      pool->durations_ns[i] =
          (gint64) (min_ns + (max_ns - min_ns) * weft_random_unit (run->seed, WEFT_RANDOM_TASKS, i));
}

static int
compare_durations (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const gint64 *durations_ns = user_data;
  guint32 first = *(const guint32 *) a;
  guint32 second = *(const guint32 *) b;

  if (durations_ns[first] != durations_ns[second])
    return durations_ns[first] < durations_ns[second] ? -1 : 1;
  return first < second ? -1 : 1;
}

/* The place of each task when all of them are sorted by duration. */
static guint32 *
rank_by_duration (const Pool *pool)
{
  g_autofree guint32 *sorted = g_new (guint32, MAX (pool->n_tasks, 1));
  guint32 *ranks = g_new (guint32, MAX (pool->n_tasks, 1));

  for (guint32 i = 0; i < pool->n_tasks; i++)
    sorted[i] = i;
  g_qsort_with_data (sorted, (gint) pool->n_tasks, sizeof *sorted, compare_durations, pool->durations_ns);
  for (guint32 i = 0; i < pool->n_tasks; i++)
    ranks[sorted[i]] = i;
  return ranks;
}

static int
work_on_tasks (WeftRun *run, WeftLane *lane, guint index, gpointer data)
{
  Pool *pool = data;
  WeftTaskItem item;
  guint64 taken;

  weft_lane_activity (lane, WEFT_WIRE_QUEUE_EMPTY, weft_task_queue_get_object (pool->queue), WEFT_NO_TASK);
  while (weft_task_queue_get (pool->queue, lane, &item, weft_work_get_activity (pool->work), LINE_RUN, NULL,
                              &taken)
         == WEFT_TASK_QUEUE_OK)
    weft_work_on_task (run, lane, pool->work, &item, weft_task_queue_get_object (pool->queue), taken,
                       LINE_RAN);
  return 0;
}

static gboolean
submit_tasks (WeftRun *run, Pool *pool, WeftLane *lane, const guint32 *ranks)
{
  for (guint32 i = 0; i < pool->n_tasks; i++)
    {
      WeftTaskItem item = { .task = i,
                            .rank = ranks != NULL ? ranks[i] : 0,
                            .duration_ns = pool->durations_ns[i] };

      if (weft_task_queue_put (pool->queue, lane, &item, WEFT_WIRE_WORKING, WEFT_NO_LINE, NULL)
          != WEFT_TASK_QUEUE_OK)
        return weft_run_stopping (run);
    }
  return TRUE;
}

/* What a pool promises after its closing: nothing more is taken in. */
static gboolean
later_submit_is_refused (Pool *pool, WeftLane *lane)
{
  WeftTaskItem item = { .task = WEFT_NO_TASK };
  WeftTaskQueueStatus status =
      weft_task_queue_put (pool->queue, lane, &item, WEFT_WIRE_WORKING, WEFT_NO_LINE, NULL);

  return status == WEFT_TASK_QUEUE_CLOSED || status == WEFT_TASK_QUEUE_STOPPED;
}

static void
join_workers (WeftRun *run, WeftCrew *crew, Pool *pool)
{
  while (weft_crew_get_n_alive (crew) > 0)
    {
      WeftCrewMember *member = weft_crew_wait (crew, -1);

      if (member != NULL && member->signal != 0)
        weft_run_notice (run, "%s (process %d) was ended by SIG%s; the task it was on is lost.", member->name,
                         (int) member->pid, sigabbrev_np (member->signal));
      if ((member != NULL && member->signal != 0) || weft_run_stopping (run))
        weft_task_queue_wake_all (pool->queue);
    }
}

static gboolean
start_workers (WeftCrew *crew, Pool *pool, guint n_workers)
{
  char name[WEFT_WIRE_NAME_SIZE];

  for (guint i = 0; i < n_workers; i++)
    {
      g_snprintf (name, sizeof name, WEFT_TOTALS_WORKER " %u", i + 1);
      if (weft_crew_start (crew, name, i, WEFT_WIRE_WORKING, work_on_tasks, pool) == NULL)
        return FALSE;
    }
  return TRUE;
}

static int
run_pool (WeftRun *run)
{
  guint n_workers = (guint) weft_run_get_integer (run, "workers");
  gboolean processes = weft_crew_uses_processes (run);
  const char *order = weft_run_get_text (run, "order");
  WeftTaskStore store = g_str_equal (order, "fifo")   ? WEFT_TASK_STORE_FIFO
                        : g_str_equal (order, "lifo") ? WEFT_TASK_STORE_LIFO
                                                      : WEFT_TASK_STORE_RANKED;
  Pool pool = { .work = weft_work_parse (weft_run_get_text (run, "work")) };
  g_autofree guint32 *ranks = NULL;
  WeftCrew *crew;
  WeftLane lane;
  guint64 left;

  if (!weft_lane_begin (&lane, &run->wire, "main", TRUE, -1, WEFT_WIRE_WORKING))
    {
      weft_run_fail (run, "There is no room for the events of so many workers: ask for fewer.");
      return 1;
    }
  weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, LINE_PARENT);
  choose_durations (run, &pool);
  if (store == WEFT_TASK_STORE_RANKED)
    ranks = rank_by_duration (&pool);
  pool.queue = weft_task_queue_new (run, "tasks", store, store == WEFT_TASK_STORE_RANKED ? pool.n_tasks : 0);
  crew = weft_crew_new (run, processes, n_workers, &lane);
  if (pool.queue == NULL || crew == NULL || !start_workers (crew, &pool, n_workers))
    return 1;
  if (!submit_tasks (run, &pool, &lane, ranks))
    {
      weft_run_fail (run, "The pool took no more tasks before it was closed.");
      return 1;
    }
  weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, LINE_WAITING);
  weft_task_queue_close (pool.queue);
  if (!later_submit_is_refused (&pool, &lane))
    {
      weft_run_fail (run, "The pool took a task although it was closed.");
      return 1;
    }
  weft_lane_activity (&lane, WEFT_WIRE_WAITING, WEFT_NO_OBJECT, WEFT_NO_TASK);
  join_workers (run, crew, &pool);
  left = weft_task_queue_get_depth (pool.queue);
  if (left > 0 && !weft_run_stopping (run))
    {
      weft_run_fail (run,
                     "All %u workers were ended from outside with %" G_GUINT64_FORMAT
                     " of %u tasks left. Run it again, and leave a worker alive.",
                     n_workers, left, pool.n_tasks);
      return 1;
    }
  if (!weft_run_stopping (run))
    weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_WORKING, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, LINE_DONE);
  weft_lane_end (&lane, 0);
  return 0;
}

/* The figures are those of the lanes called "worker N", and of the only queue. */
static void
add_result (const WeftRun *run, JsonBuilder *builder)
{
  guint n_workers = (guint) weft_run_get_integer (run, "workers");
  g_autofree guint64 *done = g_new0 (guint64, n_workers);
  guint64 service = weft_totals_sum (run, WEFT_TOTALS_WORKER, WEFT_LANE_SERVICE_TICKS, NULL);
  guint64 first_put = weft_totals_queue (run, WEFT_QUEUE_FIRST_PUT);
  guint64 last_done = weft_totals_max (run, WEFT_TOTALS_WORKER, WEFT_LANE_LAST_DONE);
  double makespan_s =
      first_put != 0 && last_done > first_put ? weft_run_seconds (run, last_done - first_put) : NAN;
  double ideal_s = isnan (makespan_s) ? NAN : weft_run_seconds (run, service) / n_workers;

  weft_totals_each (run, WEFT_TOTALS_WORKER, WEFT_LANE_TASKS_DONE, done, n_workers);
  weft_totals_add_number (builder, "makespan_s", makespan_s);
  weft_totals_add_number (builder, "ideal_s", ideal_s);
  weft_totals_add_number (builder, "efficiency", ideal_s / makespan_s);
  json_builder_set_member_name (builder, "tasks_per_worker");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_workers; i++)
    json_builder_add_int_value (builder, (gint64) done[i]);
  json_builder_end_array (builder);
}

const WeftWorkload weft_pool_workload = {
  .id = "pool",
  .title = "Pool",
  .summary = "more tasks than workers",
  .group = "Start here",
  .see = "The main process starts a fixed number of workers, submits all tasks to one queue, closes the "
         "queue and waits. As many tasks as there are workers start at once; each later one starts at the "
         "moment when a worker becomes free.\n"
         "\n"
         "Follow the depth of the queue: it falls by one step whenever a worker takes a task. At the end "
         "the workers finish one after another, and those without a task have to wait for the longest: "
         "that is the difference between the makespan and the ideal.\n"
         "\n"
         "Then double the workers: the depth falls faster, but the makespan never gets below the longest "
         "task. Or set the work to cpu with more workers than cores: all of them look busy, yet each task "
         "takes longer.",
  .task_noun = "task",
  .watch = "backend=processes workers=4 tasks=20 min-ms=500 max-ms=2500 work=sleep",
  .measure = "tasks=1000000 min-ms=0 max-ms=0",
  .parameters = parameters,
  .presets = presets,
  .rules = rules,
  .results = results,
  .lines = lines,
  .lanes = get_n_lanes,
  .run = run_pool,
  .result = add_result,
};
