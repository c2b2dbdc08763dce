/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Producer and consumer: producers put items into one queue, consumers take them out. The first
 * process starts both kinds, waits for the producers, and then ends the consumers.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "weft-crew.h"
#include "weft-random.h"
#include "weft-task-queue.h"
#include "weft-totals.h"
#include "weft-work.h"
#include "weft-workloads.h"

/* How often it is looked whether the last items have been consumed, once the producers are done. */
#define IDLE_LOOK_NS (5 * INT64_C (1000000))

/* Little's law says nothing of a handful of items. */
#define LITTLE_MIN_ITEMS 100

enum
{
  LINE_WRITER = 1,
  LINE_PUT,
  LINE_READER,
  LINE_GET
};

static const char *const lines[] = {
  [LINE_WRITER - 1] = "Process to write: {id}",
  [LINE_PUT - 1] = "Put {task} to queue...",
  [LINE_READER - 1] = "Process to read: {id}",
  [LINE_GET - 1] = "Get {task} from queue.",
  NULL,
};

static const char *const distributions[] = { "fixed", "uniform", "exponential", NULL };
static const char *const transports[] = { "queue", "pipe", NULL };
static const char *const finishes[] = { "drain", "terminate", NULL };

static const WeftParameterSpec parameters[] = {
  { .name = "backend",
    .title = "Backend",
    .help = "Whether producers and consumers are processes, each with its own memory, or threads of one "
            "process.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "processes",
    .choices = weft_crew_backends },
  { .name = "producers",
    .title = "Producers",
    .help = "How many put items into the queue.",
    .type = WEFT_PARAMETER_INTEGER,
    .minimum = 1,
    .maximum = 256,
    .default_value = 1 },
  { .name = "consumers",
    .title = "Consumers",
    .help = "How many take items out of the queue.",
    .type = WEFT_PARAMETER_INTEGER,
    .minimum = 1,
    .maximum = 256,
    .default_value = 1 },
  { .name = "capacity",
    .title = "Capacity",
    .help = "How many items the queue holds before producers have to wait; 0: no bound but memory. A pipe "
            "is never without a bound: there 0 means the 2,048 items of 64 KiB, and the system allows at "
            "most 32,640 as a rule.",
    .type = WEFT_PARAMETER_INTEGER,
    .maximum = 1000000 },
  { .name = "items",
    .title = "Items",
    .help = "How many items each producer makes; 0: on and on until the run is stopped.",
    .type = WEFT_PARAMETER_INTEGER,
    .maximum = 1000000000,
    .default_value = 3 },
  { .name = "values",
    .title = "Values",
    .help = "The items by name, separated by commas: each producer puts all of them, in this order.",
    .type = WEFT_PARAMETER_STRING_LIST,
    .max_elements = 10000 },
  { .name = "produce-ms",
    .title = "Time to produce",
    .help = "How long a producer takes to make one item, on average.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "ms",
    .maximum = 3600000,
    .default_value = 500 },
  { .name = "consume-ms",
    .title = "Time to consume",
    .help = "How long a consumer takes with one item, on average.",
    .type = WEFT_PARAMETER_INTEGER,
    .unit = "ms",
    .maximum = 3600000 },
  { .name = "distribution",
    .title = "Distribution",
    .help = "How the times spread: always the mean, anything from 0 to twice the mean, or exponentially.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "uniform",
    .choices = distributions },
  { .name = "work",
    .title = "Work",
    .help = "What making and consuming an item do with their time: sleep, or use a core for that much CPU "
            "time.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "sleep",
    .choices = weft_works },
  { .name = "transport",
    .title = "Transport",
    .help = "What carries the items: a queue in shared memory, or a pipe of the kernel.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "queue",
    .choices = transports },
  { .name = "finish",
    .title = "Finish",
    .help = "How the consumers end when the producers are done and the queue is empty: drain tells them "
            "that nothing more will come; terminate ends consumers that loop for ever, processes by "
            "SIGTERM, while threads, which cannot be killed one by one, are told to leave their loop.",
    .type = WEFT_PARAMETER_CHOICE,
    .default_text = "terminate",
    .choices = finishes },
  { NULL },
};

static const WeftPresetSpec presets[] = {
  { "a-b-c", "A, B, C", "One writer puts A, B and C, one reader loops for ever and is ended at last.",
    "producers=1 consumers=1 values=A,B,C finish=terminate" },
  { "bounded-buffer", "Bounded buffer",
    "Items come twice as fast as they are consumed: the queue fills, and the producer has to wait.",
    "producers=1 consumers=1 capacity=8 items=60 produce-ms=200 consume-ms=400 distribution=fixed "
    "finish=drain" },
  { "overload", "Overload",
    "Items come four times as fast as they are consumed, and nothing bounds the queue.",
    "producers=2 consumers=1 capacity=0 items=60 produce-ms=100 consume-ms=200 distribution=fixed "
    "finish=drain" },
  { NULL },
};

static const WeftRuleSpec rules[] = {
  { .kind = WEFT_RULE_OVERRIDES, .first = "values", .second = "items" },
  { .first = NULL },
};

static const WeftResultSpec results[] = {
  { "offered_rate", "Offered", "/s",
    "Items a second that the producers would put if they never had to wait." },
  { "accepted_rate", "Accepted", "/s",
    "Items a second that were really put, between the first and the last." },
  { "service_rate", "Served", "/s",
    "Items a second that the consumers could serve if there were always one to take." },
  { "mean_depth", "Mean depth", NULL,
    "Items in the queue, averaged over the time from the first put to the last change." },
  { "max_depth", "Greatest depth", NULL, "The most items that were in the queue at once." },
  { "mean_wait_s", "Mean wait", "s", "How long an item was in the queue, on average." },
  { "littles_law_error", "Little's law, error", "%",
    "By how much the mean depth differs from the rate times the mean wait; not known under 100 items." },
  { "producers_blocked_fraction", "Producers blocked", "%",
    "How much of their time the producers waited for room." },
  { "consumers_idle_fraction", "Consumers idle", "%",
    "How much of their time the consumers waited for an item." },
  { NULL },
};

/* What all lanes of a run share by having been started from the same process. */
typedef struct
{
  WeftTaskQueue *queue;
  WeftWork work;
  WeftDistribution distribution;
  gint64 produce_ns;
  gint64 consume_ns;
  guint64 n_producers;
  guint64 n_items; /* of each producer; 0: on and on */
  gboolean interleaved;
  _Atomic guint32 *busy; /* in shared memory: consumer i is on an item */
} Exchange;

typedef struct
{
  WeftCrew *crew;
  guint producers_alive;
  guint producers_killed;
  guint consumers_alive;
  WeftCrewMember **consumers;
} Staff;

static guint
get_n_lanes (const WeftRun *run)
{
  return 1 + (guint) weft_run_get_integer (run, "producers")
         + (guint) weft_run_get_integer (run, "consumers");
}

/* The id of item @i of a producer: the producers' items one after another, so that their names repeat
 * with the values; by turns where their number has no end or ids would run out. */
static guint32
get_id (const Exchange *exchange, guint64 producer, guint64 i)
{
  guint64 id =
      exchange->interleaved ? i * exchange->n_producers + producer : producer * exchange->n_items + i;

  return (guint32) (id % WEFT_NO_TASK);
}

/* One of the lane's own totals so far. */
static guint64
get_total (const WeftLane *lane, WeftLaneTotal total)
{
  return atomic_load_explicit (&lane->slot->totals[total], memory_order_relaxed);
}

static int
produce (WeftRun *run, WeftLane *lane, guint index, gpointer data)
{
  Exchange *exchange = data;
  WeftWireActivity activity = weft_work_get_activity (exchange->work);
  guint64 began = weft_clock_ticks (lane->clock);

  weft_lane_emit (lane, WEFT_EVENT_LOG, WEFT_WIRE_WORKING, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, LINE_WRITER);
  for (guint64 i = 0; exchange->n_items == 0 || i < exchange->n_items; i++)
    {
      WeftTaskItem item = { .task = get_id (exchange, index, i) };
      guint64 blocked = get_total (lane, WEFT_LANE_BLOCKED_TICKS);
      WeftTaskQueueStatus status;
      guint64 spent;

      item.duration_ns = weft_random_duration (exchange->distribution, exchange->consume_ns, run->seed,
                                               WEFT_RANDOM_CONSUME, item.task);
      if (exchange->produce_ns > 0)
        {
          weft_lane_emit_at (lane, began, WEFT_EVENT_ACTIVITY, activity, WEFT_NO_OBJECT, item.task, 0,
                             WEFT_NO_LINE);
          weft_work_do (run, lane, exchange->work,
                        weft_random_duration (exchange->distribution, exchange->produce_ns, run->seed,
                                              WEFT_RANDOM_PRODUCE, item.task));
        }
      if (weft_run_stopping (run))
        return 0;
      status = weft_task_queue_put (exchange->queue, lane, &item, WEFT_WIRE_WORKING, LINE_PUT, NULL);

      /* An item is not made before it is put, which takes its time too. */
      spent = weft_totals_since (lane, began);
      blocked = get_total (lane, WEFT_LANE_BLOCKED_TICKS) - blocked;
      weft_lane_add (lane, WEFT_LANE_BUSY_TICKS, spent - MIN (spent, blocked));
      began += spent;
      if (status == WEFT_TASK_QUEUE_NO_MEMORY)
        {
          weft_run_fail (run,
                         "The queue has used up its memory: it holds %u items, 256 MiB. Choose a "
                         "capacity, or consume faster than you produce.",
                         WEFT_TASK_QUEUE_MAX_ITEMS);
          return 1;
        }
      if (status != WEFT_TASK_QUEUE_OK)
        return 0;
    }
  return 0;
}

static int
consume (WeftRun *run, WeftLane *lane, guint index, gpointer data)
{
  Exchange *exchange = data;
  guint32 object = weft_task_queue_get_object (exchange->queue);
  WeftTaskItem item;
  guint64 taken, done, began = weft_clock_ticks (lane->clock);
  guint64 idle = 0;

  weft_lane_emit_at (lane, began, WEFT_EVENT_LOG, WEFT_WIRE_QUEUE_EMPTY, object, WEFT_NO_TASK, 0,
                     LINE_READER);
  while (weft_task_queue_get (exchange->queue, lane, &item, weft_work_get_activity (exchange->work), LINE_GET,
                              &exchange->busy[index], &taken)
         == WEFT_TASK_QUEUE_OK)
    {
      guint64 spent, waited;

      done = weft_work_on_task (run, lane, exchange->work, &item, object, taken, WEFT_NO_LINE);

      /* Taking an item is part of serving it; waiting for one is not. One cut short is not served. */
      spent = done > began ? done - began : 0;
      waited = get_total (lane, WEFT_LANE_IDLE_TICKS) - idle;
      if (!weft_run_stopping (run))
        weft_lane_add (lane, WEFT_LANE_BUSY_TICKS, spent - MIN (spent, waited));
      idle += waited;
      began = done;
      atomic_store_explicit (&exchange->busy[index], 0, memory_order_release);
    }
  return 0;
}

static gboolean
prepare (WeftRun *run, Exchange *exchange)
{
  gboolean pipe = g_str_equal (weft_run_get_text (run, "transport"), "pipe");
  const char *distribution = weft_run_get_text (run, "distribution");
  g_auto (GStrv) values = weft_run_get_texts (run, "values");
  guint n_values = g_strv_length (values);
  size_t busy_bytes = (size_t) weft_run_get_integer (run, "consumers") * sizeof *exchange->busy;

  exchange->work = weft_work_parse (weft_run_get_text (run, "work"));
  exchange->distribution = g_str_equal (distribution, "fixed")     ? WEFT_DISTRIBUTION_FIXED
                           : g_str_equal (distribution, "uniform") ? WEFT_DISTRIBUTION_UNIFORM
                                                                   : WEFT_DISTRIBUTION_EXPONENTIAL;
  exchange->produce_ns = weft_run_get_integer (run, "produce-ms") * 1000000;
  exchange->consume_ns = weft_run_get_integer (run, "consume-ms") * 1000000;
  exchange->n_producers = (guint64) weft_run_get_integer (run, "producers");
  exchange->n_items = n_values > 0 ? n_values : (guint64) weft_run_get_integer (run, "items");
  exchange->interleaved = exchange->n_items == 0 || exchange->n_items * exchange->n_producers >= WEFT_NO_TASK;
  exchange->busy = mmap (NULL, busy_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (exchange->busy == MAP_FAILED)
    {
      weft_run_fail (run, "There is no memory to start consumers: %s. End other programs.",
                     g_strerror (errno));
      return FALSE;
    }
  exchange->queue = weft_task_queue_new (run, "queue", pipe ? WEFT_TASK_STORE_PIPE : WEFT_TASK_STORE_FIFO,
                                         (guint64) weft_run_get_integer (run, "capacity"));
  return exchange->queue != NULL;
}

static gboolean
start (Staff *staff, Exchange *exchange, guint n_consumers)
{
  char name[WEFT_WIRE_NAME_SIZE];

  for (guint i = 0; i < exchange->n_producers; i++, staff->producers_alive++)
    {
      g_snprintf (name, sizeof name, WEFT_TOTALS_PRODUCER " %u", i + 1);
      if (weft_crew_start (staff->crew, name, i, WEFT_WIRE_WORKING, produce, exchange) == NULL)
        return FALSE;
    }
  for (guint i = 0; i < n_consumers; i++, staff->consumers_alive++)
    {
      g_snprintf (name, sizeof name, WEFT_TOTALS_CONSUMER " %u", i + 1);
      staff->consumers[i] = weft_crew_start (staff->crew, name, i, WEFT_WIRE_QUEUE_EMPTY, consume, exchange);
      if (staff->consumers[i] == NULL)
        return FALSE;
    }
  return TRUE;
}

/* Waits for the next thing to happen, and counts who has ended. */
static void
look_after (WeftRun *run, Staff *staff, Exchange *exchange, gint64 timeout_ns)
{
  WeftCrewMember *member = weft_crew_wait (staff->crew, timeout_ns);

  if (member != NULL && member->body == produce)
    {
      staff->producers_alive--;
      staff->producers_killed += member->signal != 0;
    }
  else if (member != NULL)
    staff->consumers_alive--;
  if (member != NULL && member->signal != 0 && !member->asked)
    weft_run_notice (run, "%s (process %d) was ended by SIG%s; the item it was on is lost.", member->name,
                     (int) member->pid, sigabbrev_np (member->signal));
  if ((member != NULL && member->signal != 0) || weft_run_stopping (run))
    weft_task_queue_wake_all (exchange->queue);
}

/* The producers are done: so when the queue is empty, a consumer that is on nothing now stays so. */
static gboolean
all_is_consumed (const Staff *staff, Exchange *exchange, guint n_consumers)
{
  if (weft_task_queue_get_depth (exchange->queue) > 0)
    return FALSE;
  for (guint i = 0; i < n_consumers; i++)
    if (staff->consumers[i]->alive && atomic_load_explicit (&exchange->busy[i], memory_order_acquire) != 0)
      return FALSE;
  return TRUE;
}

/* Threads cannot be killed one by one: they are told, as in a drain. */
static void
end_consumers (WeftRun *run, Staff *staff, Exchange *exchange, guint n_consumers)
{
  gboolean processes = weft_crew_uses_processes (run);
  gboolean terminate = g_str_equal (weft_run_get_text (run, "finish"), "terminate");

  while (terminate && staff->consumers_alive > 0 && !weft_run_stopping (run)
         && !all_is_consumed (staff, exchange, n_consumers))
    look_after (run, staff, exchange, IDLE_LOOK_NS);
  if (terminate && processes && !weft_run_stopping (run))
    for (guint i = 0; i < n_consumers; i++)
      if (staff->consumers[i]->alive)
        weft_crew_terminate (staff->consumers[i]);
  if (!terminate || !processes)
    weft_task_queue_close (exchange->queue);
  while (staff->consumers_alive > 0)
    look_after (run, staff, exchange, -1);
}

/* Says why not all of it was done, if it was not. */
static gboolean
check_outcome (WeftRun *run, const Staff *staff, Exchange *exchange)
{
  guint64 puts, gets;

  weft_task_queue_get_counts (exchange->queue, &puts, &gets);
  if (weft_run_stopping (run))
    return TRUE;
  if (staff->producers_alive > 0 || puts > gets)
    weft_run_fail (run,
                   "All consumers were ended from outside with %" G_GUINT64_FORMAT
                   " items left in the queue. Run it again, and leave a consumer alive.",
                   puts - gets);
  else if (staff->producers_killed == exchange->n_producers)
    weft_run_fail (run, "All producers were ended from outside. Run it again, and leave a producer alive.");
  else
    return TRUE;
  return FALSE;
}

static int
run_queue (WeftRun *run)
{
  guint n_consumers = (guint) weft_run_get_integer (run, "consumers");
  gboolean processes = weft_crew_uses_processes (run);
  Exchange exchange = { 0 };
  Staff staff = { 0 };
  WeftLane lane;

  if (!weft_lane_begin (&lane, &run->wire, "main", TRUE, -1, WEFT_WIRE_WORKING))
    {
      weft_run_fail (run, "There is no room for the events of so many lanes: ask for fewer.");
      return 1;
    }
  if (!prepare (run, &exchange))
    return 1;
  staff.crew = weft_crew_new (run, processes, (guint) exchange.n_producers + n_consumers, &lane);
  staff.consumers = g_new0 (WeftCrewMember *, n_consumers);
  if (staff.crew == NULL || !start (&staff, &exchange, n_consumers))
    return 1;
  weft_lane_activity (&lane, WEFT_WIRE_WAITING, WEFT_NO_OBJECT, WEFT_NO_TASK);

  /* Without consumers the producers may wait for room for ever, so there is nothing more to wait for. */
  while (staff.producers_alive > 0 && (staff.consumers_alive > 0 || weft_run_stopping (run)))
    look_after (run, &staff, &exchange, -1);
  end_consumers (run, &staff, &exchange, n_consumers);
  if (!check_outcome (run, &staff, &exchange))
    return 1;
  weft_lane_end (&lane, 0);
  return 0;
}

/* A rate that @n lanes reach together when each of @count units took @ticks / @count of a lane's time. */
static double
get_rate (const WeftRun *run, guint n, guint64 count, guint64 ticks)
{
  return n * (double) count / weft_run_seconds (run, ticks);
}

static void
add_result (const WeftRun *run, JsonBuilder *builder)
{
  guint n_producers, n_consumers;
  guint64 produce = weft_totals_sum (run, WEFT_TOTALS_PRODUCER, WEFT_LANE_BUSY_TICKS, &n_producers);
  guint64 blocked = weft_totals_sum (run, WEFT_TOTALS_PRODUCER, WEFT_LANE_BLOCKED_TICKS, NULL);
  guint64 serve = weft_totals_sum (run, WEFT_TOTALS_CONSUMER, WEFT_LANE_BUSY_TICKS, &n_consumers);
  guint64 idle = weft_totals_sum (run, WEFT_TOTALS_CONSUMER, WEFT_LANE_IDLE_TICKS, NULL);
  guint64 done = weft_totals_sum (run, WEFT_TOTALS_CONSUMER, WEFT_LANE_TASKS_DONE, NULL);
  guint64 puts = weft_totals_queue (run, WEFT_QUEUE_PUTS);
  guint64 gets = weft_totals_queue (run, WEFT_QUEUE_GETS);
  guint64 first_put = weft_totals_queue (run, WEFT_QUEUE_FIRST_PUT);
  guint64 last_put = weft_totals_queue (run, WEFT_QUEUE_LAST_PUT);
  double window = (double) (MAX (last_put, weft_totals_queue (run, WEFT_QUEUE_LAST_GET)) - first_put);
  double waits = (double) weft_totals_queue (run, WEFT_QUEUE_WAIT_TICKS);
  double mean_depth = (double) weft_totals_queue (run, WEFT_QUEUE_DEPTH_TICKS) / window;
  double arrival_depth = (double) gets / window * (waits / (double) gets);

  weft_totals_add_number (builder, "offered_rate", get_rate (run, n_producers, puts, produce));
  weft_totals_add_number (builder, "accepted_rate",
                          puts < 2 ? NAN
                                   : (double) (puts - 1) / weft_run_seconds (run, last_put - first_put));
  weft_totals_add_number (builder, "service_rate", get_rate (run, n_consumers, done, serve));
  weft_totals_add_number (builder, "mean_depth", mean_depth);
  json_builder_set_member_name (builder, "max_depth");
  json_builder_add_int_value (builder, (gint64) weft_totals_queue (run, WEFT_QUEUE_MAX_DEPTH));
  weft_totals_add_number (builder, "mean_wait_s",
                          weft_run_seconds (run, weft_totals_queue (run, WEFT_QUEUE_WAIT_TICKS))
                              / (double) gets);
  weft_totals_add_number (builder, "littles_law_error",
                          gets < LITTLE_MIN_ITEMS ? NAN : fabs (mean_depth - arrival_depth) / mean_depth);
  weft_totals_add_number (builder, "producers_blocked_fraction",
                          (double) blocked / (double) (produce + blocked));
  weft_totals_add_number (builder, "consumers_idle_fraction", (double) idle / (double) (serve + idle));
}

const WeftWorkload weft_queue_workload = {
  .id = "queue",
  .title = "Producer and consumer",
  .summary = "a queue between those who make and those who use",
  .group = "Start here",
  .see = "Producers make items and put them into one queue; consumers take them out and work on them. "
         "When items come faster than they are served the depth rises, until the queue is full: it pins "
         "at its capacity, and the producers turn queue-full.\n"
         "\n"
         "When the consumers are the faster ones, or the producers are done, the depth falls to 0 and the "
         "consumers turn queue-empty. At every instant the items put are those taken and those left.\n"
         "\n"
         "Then add a consumer: the same producers never wait any more, and the consumers do. Or set the "
         "capacity to 0: nobody waits, but every item spends longer in the queue than the one before it.",
  .task_noun = "item",
  .task_names = "values",
  .watch = "backend=processes producers=2 consumers=2 capacity=6 items=15 produce-ms=400 consume-ms=600 "
           "distribution=fixed work=sleep finish=drain",
  .measure = "capacity=1000 items=1000000 produce-ms=0 consume-ms=0 finish=drain",
  .parameters = parameters,
  .presets = presets,
  .rules = rules,
  .results = results,
  .lines = lines,
  .lanes = get_n_lanes,
  .run = run_queue,
  .result = add_result,
};
