/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-summary.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "weft-event-cost.h"
#include "weft-json-text.h"
#include "weft-lane-stops.h"
#include "weft-quantiles.h"

/* The tasks that the summary lists one by one. */
#define MAX_LISTED_TASKS 10000

#define NS_PER_S 1e9

/* ── members; whatever is not known is null ── */

static void
add_null (JsonBuilder *builder, const char *member)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_null_value (builder);
}

static void
add_string (JsonBuilder *builder, const char *member, const char *text)
{
  json_builder_set_member_name (builder, member);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

/* Negative: not known. */
static void
add_count (JsonBuilder *builder, const char *member, gint64 count)
{
  json_builder_set_member_name (builder, member);
  if (count >= 0)
    json_builder_add_int_value (builder, count);
  else
    json_builder_add_null_value (builder);
}

/* NaN: not known. */
static void
add_number (JsonBuilder *builder, const char *member, double number)
{
  json_builder_set_member_name (builder, member);
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

/* Negative: not known. */
static void
add_seconds (JsonBuilder *builder, const char *member, gint64 ns)
{
  add_number (builder, member, ns >= 0 ? (double) ns / NS_PER_S : NAN);
}

/* Of the durations @values (gint64, may be NULL), which are put into another order. */
static void
add_quantiles (JsonBuilder *builder, const char *member, GArray *values)
{
  WeftQuantiles quantiles = { -1, -1, -1, -1 };

  if (values != NULL)
    weft_quantiles_compute ((gint64 *) (gpointer) values->data, values->len, &quantiles);
  json_builder_set_member_name (builder, member);
  json_builder_begin_object (builder);
  add_seconds (builder, "p50", quantiles.p50);
  add_seconds (builder, "p90", quantiles.p90);
  add_seconds (builder, "p99", quantiles.p99);
  add_seconds (builder, "max", quantiles.max);
  json_builder_end_object (builder);
}

/* ── lanes ── */

static const char *
get_end_id (WeftLaneEnd end)
{
  switch (end)
    {
    case WEFT_LANE_EXITED:
      return "exited";
    case WEFT_LANE_CRASHED:
      return "crashed";
    case WEFT_LANE_KILLED:
      return "killed";
    case WEFT_LANE_LIVE:
    case WEFT_LANE_VANISHED:
    default:
      return NULL;
    }
}

static void
add_activities (JsonBuilder *builder, const WeftFrameLane *lane, gint64 until_ns)
{
  gint64 shares_ns[WEFT_N_ACTIVITIES], stops_ns[WEFT_N_ACTIVITIES];
  gint64 stopped_ns;

  weft_spans_shares (lane->info->spans, lane->n_spans, until_ns, lane->started_ns, until_ns, shares_ns);
  /* While it was stopped, it did not do what it last said. */
  stopped_ns = weft_lane_stops_shares (lane, until_ns, lane->started_ns, until_ns, stops_ns);
  for (guint i = 0; i < WEFT_N_ACTIVITIES; i++)
    shares_ns[i] -= stops_ns[i];
  json_builder_set_member_name (builder, "activity_s");
  json_builder_begin_object (builder);
  for (guint i = WEFT_ACTIVITY_UNKNOWN + 1; i < WEFT_N_ACTIVITIES; i++)
    add_seconds (builder, weft_activity_get_id (i), shares_ns[i]);
  /* The time for which events were dropped, so that the activities always add up to the lane's life. */
  add_seconds (builder, weft_activity_get_id (WEFT_ACTIVITY_UNKNOWN), shares_ns[WEFT_ACTIVITY_UNKNOWN]);
  json_builder_end_object (builder);
  add_seconds (builder, "stopped_s", lane->stops_sampled ? stopped_ns : -1);
}

/* The thread that is @lane, if everything that the kernel did with it is known exactly. */
static const WeftThread *
get_exact_thread (const WeftFrame *frame, const WeftFrameLane *lane)
{
  if (strcmp (weft_recording_get_scheduling_source (frame->recording), "exact") != 0)
    return NULL;
  return weft_schedule_get_lane_thread (weft_recording_get_schedule (frame->recording), lane->info->index);
}

/* What the switches of @thread add up to, in place of the kernel's own figures. The kernel's ready time is
 * exact; that of the switches lacks what followed a wake-up of which nobody told. */
static void
use_exact_figures (const WeftFrame *frame, const WeftFrameLane *lane, gint64 until_ns, const WeftThread *thread,
                   WeftLaneUsage *usage)
{
  gint64 shares_ns[WEFT_N_ACTIVITIES];
  WeftThreadFigures figures;

  weft_spans_shares (thread->spans, weft_spans_get_count (thread->spans), until_ns, lane->started_ns, until_ns,
                     shares_ns);
  usage->on_core_ns = shares_ns[WEFT_SCHEDULING_IS_RUNNING];
  if (usage->ready_ns < 0)
    usage->ready_ns = shares_ns[WEFT_SCHEDULING_IS_READY];
  weft_schedule_get_figures (weft_recording_get_schedule (frame->recording), thread->index, &figures);
  usage->voluntary = (gint64) figures.voluntary;
  usage->involuntary = (gint64) figures.involuntary;
  usage->migrations = (gint64) figures.migrations;
}

static void
add_scheduling (JsonBuilder *builder, const WeftLaneUsage *usage, gint64 life_ns, const char *source)
{
  gint64 on_core_ns = usage->on_core_ns;
  gint64 ready_ns = usage->ready_ns;
  gint64 blocked_ns = -1;

  if (strcmp (source, "off") == 0)
    on_core_ns = ready_ns = -1;
  /* The kernel's figures and the lane's events are not of the same instant: never below 0. */
  if (on_core_ns >= 0 && ready_ns >= 0)
    blocked_ns = MAX (life_ns - on_core_ns - ready_ns, 0);
  json_builder_set_member_name (builder, "scheduling_s");
  json_builder_begin_object (builder);
  add_seconds (builder, "on-core", on_core_ns);
  add_seconds (builder, "ready", ready_ns);
  add_seconds (builder, "blocked", blocked_ns);
  json_builder_end_object (builder);
  add_string (builder, "scheduling_source", source);
}

static void
add_lane (JsonBuilder *builder, const WeftFrame *frame, const WeftFrameLane *lane)
{
  gint64 until_ns = lane->ended_ns >= 0 ? lane->ended_ns : frame->now_ns;
  const char *source = weft_recording_get_scheduling_source (frame->recording);
  const WeftThread *thread = get_exact_thread (frame, lane);
  WeftLaneUsage usage = lane->usage;

  if (thread != NULL)
    use_exact_figures (frame, lane, until_ns, thread, &usage);
  else if (strcmp (source, "exact") == 0)
    source = "sampled";
  json_builder_begin_object (builder);
  add_string (builder, "name", lane->info->name);
  add_string (builder, "kind", lane->info->is_process ? "process" : "thread");
  add_count (builder, "pid", lane->info->pid > 0 ? lane->info->pid : -1);
  add_count (builder, "tid", lane->info->tid > 0 ? lane->info->tid : -1);
  add_seconds (builder, "started_s", lane->started_ns);
  add_seconds (builder, "ended_s", lane->ended_ns);
  add_string (builder, "end", get_end_id (lane->end));
  add_count (builder, "exit_code", lane->end == WEFT_LANE_EXITED ? lane->exit_code : -1);
  add_count (builder, "signal", lane->signal > 0 ? lane->signal : -1);
  add_count (builder, "tasks", (gint64) lane->tasks_done);
  add_seconds (builder, "cpu_s", usage.cpu_ns);
  json_builder_set_member_name (builder, "switches");
  json_builder_begin_object (builder);
  add_count (builder, "voluntary", usage.voluntary);
  add_count (builder, "involuntary", usage.involuntary);
  json_builder_end_object (builder);
  add_count (builder, "migrations", usage.migrations);
  add_activities (builder, lane, until_ns);
  add_scheduling (builder, &usage, until_ns - lane->started_ns, source);
  json_builder_end_object (builder);
}

/* ── tasks ── */

static gboolean
has_tasks (WeftRecording *recording)
{
  const WeftWorkloadInfo *info = weft_recording_get_workload (recording);

  return info != NULL && info->task_noun != NULL;
}

/* The totals of the one queue that the tasks go through. False where there is none, or several. */
static gboolean
get_only_queue (const WeftFrame *frame, WeftQueueTotals *totals)
{
  guint number = 0;

  for (guint i = 0; i < frame->n_objects; i++)
    if (frame->objects[i].info->kind == WEFT_OBJECT_IS_QUEUE)
      {
        if (number != 0)
          return FALSE;
        number = frame->objects[i].info->number;
      }
  return number != 0 && weft_recording_get_queue_totals (frame->recording, number, totals);
}

/* A total out of shared memory. More than any run counts to is nonsense, of which the sum over all
 * lanes must not overflow. */
static gint64
to_count (guint64 total)
{
  return (gint64) MIN (total, G_GUINT64_CONSTANT (1) << 48);
}

void
weft_summary_get_task_totals (const WeftFrame *frame, WeftTaskTotals *totals)
{
  WeftQueueTotals queue;

  *totals = (WeftTaskTotals){ -1, -1, -1, -1, -1 };
  if (!has_tasks (frame->recording))
    return;
  totals->started = 0;
  totals->completed = 0;
  totals->failed = 0;
  for (guint i = 0; i < frame->n_lanes; i++)
    {
      totals->started += to_count (frame->lanes[i].tasks_started);
      totals->completed += to_count (frame->lanes[i].tasks_done);
      totals->failed += to_count (frame->lanes[i].tasks_failed);
    }
  if (get_only_queue (frame, &queue))
    totals->submitted = to_count (queue.puts);
  if (!frame->live)
    totals->lost = MAX (totals->started - totals->completed - totals->failed, 0);
}

/* What the events of the tasks add up to. */
typedef struct
{
  GArray *waits_ns;    /* gint64: of those whose submission and start are known */
  GArray *services_ns; /* gint64: of those whose start and end are known */
  gint64 n_submitted;
  gint64 n_finished;
  gint64 first_submitted_ns; /* -1: none */
  gint64 last_finished_ns;
} TaskTimes;

static void
collect_task_times (WeftTasks *tasks, TaskTimes *times)
{
  WeftTask task;

  *times = (TaskTimes){ .first_submitted_ns = -1, .last_finished_ns = -1 };
  times->waits_ns = g_array_new (FALSE, FALSE, sizeof (gint64));
  times->services_ns = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint32 id = 0; weft_tasks_next (tasks, &id, &task); id++)
    {
      gint64 wait_ns = MAX (task.started_ns - task.submitted_ns, 0);
      gint64 service_ns = MAX (task.finished_ns - task.started_ns, 0);

      if (task.submitted_ns >= 0)
        {
          times->n_submitted++;
          if (times->first_submitted_ns < 0 || task.submitted_ns < times->first_submitted_ns)
            times->first_submitted_ns = task.submitted_ns;
        }
      if (task.finished_ns >= 0)
        {
          times->n_finished++;
          times->last_finished_ns = MAX (times->last_finished_ns, task.finished_ns);
        }
      if (task.submitted_ns >= 0 && task.started_ns >= 0)
        g_array_append_val (times->waits_ns, wait_ns);
      if (task.started_ns >= 0 && task.finished_ns >= 0)
        g_array_append_val (times->services_ns, service_ns);
    }
}

/* Events are dropped in bursts, when the most happens: quantiles of the tasks that are left would be
 * those of the quiet times. So they are not known unless all tasks are there. */
static void
forget_incomplete_times (TaskTimes *times, const WeftFrame *frame)
{
  WeftTaskTotals totals;

  if (frame->dropped == 0)
    return;
  weft_summary_get_task_totals (frame, &totals);
  if ((gint64) times->waits_ns->len < totals.started)
    g_array_set_size (times->waits_ns, 0);
  if ((gint64) times->services_ns->len < totals.completed + totals.failed)
    g_array_set_size (times->services_ns, 0);
}

static void
clear_task_times (TaskTimes *times)
{
  g_array_unref (times->waits_ns);
  g_array_unref (times->services_ns);
}

static void
add_tasks (JsonBuilder *builder, const WeftFrame *frame, TaskTimes *times)
{
  WeftTaskTotals totals;
  gint64 makespan_ns = -1;

  weft_summary_get_task_totals (frame, &totals);
  /* The first submission or the last end may be among the events that were dropped. */
  if (times->first_submitted_ns >= 0 && times->last_finished_ns >= times->first_submitted_ns
      && times->n_submitted >= totals.submitted && times->n_finished >= totals.completed + totals.failed)
    makespan_ns = times->last_finished_ns - times->first_submitted_ns;
  json_builder_set_member_name (builder, "tasks");
  json_builder_begin_object (builder);
  add_count (builder, "submitted", totals.submitted);
  add_count (builder, "completed", totals.completed);
  add_count (builder, "failed", totals.failed);
  add_count (builder, "lost", totals.lost);
  add_seconds (builder, "makespan_s", makespan_ns);
  add_quantiles (builder, "wait_s", times->waits_ns);
  add_quantiles (builder, "service_s", times->services_ns);
  json_builder_end_object (builder);
}

static const char *
get_task_outcome (const WeftFrame *frame, const WeftTask *task)
{
  if (task->outcome == WEFT_TASK_OK)
    return "ok";
  if (task->outcome == WEFT_TASK_FAILED)
    return "failed";
  /* Without an end in a complete recording of a run that is over, it never had one. */
  if (task->started_ns >= 0 && !frame->live && frame->dropped == 0)
    return "lost";
  return NULL;
}

static void
add_task_list (JsonBuilder *builder, const WeftFrame *frame)
{
  WeftTasks *tasks = weft_recording_get_tasks (frame->recording);
  guint listed = 0;
  WeftTask task;

  json_builder_set_member_name (builder, "task_list");
  json_builder_begin_array (builder);
  for (guint32 id = 0; listed < MAX_LISTED_TASKS && weft_tasks_next (tasks, &id, &task); id++)
    {
      g_autofree char *name = weft_recording_dup_task_name (frame->recording, id);

      json_builder_begin_object (builder);
      add_count (builder, "id", id);
      add_string (builder, "name", name);
      add_string (builder, "lane",
                  task.lane >= 0 && (guint) task.lane < frame->n_lanes ? frame->lanes[task.lane].info->name
                                                                       : NULL);
      add_seconds (builder, "submitted_s", task.submitted_ns);
      add_seconds (builder, "started_s", task.started_ns);
      add_seconds (builder, "finished_s", task.finished_ns);
      add_string (builder, "outcome", get_task_outcome (frame, &task));
      json_builder_end_object (builder);
      listed++;
    }
  json_builder_end_array (builder);
}

/* ── queues, locks, cores, events ── */

/* @times: of the items, where this is the only queue, else NULL. */
static void
add_queue (JsonBuilder *builder, const WeftFrame *frame, const WeftObjectInfo *info, TaskTimes *times)
{
  WeftQueueTotals totals;
  gboolean known = weft_recording_get_queue_totals (frame->recording, info->number, &totals);
  double span_s = known ? totals.last_change_s - totals.first_put_s : NAN;

  json_builder_begin_object (builder);
  add_string (builder, "name", info->name);
  add_count (builder, "capacity", info->capacity);
  add_count (builder, "puts", known ? (gint64) totals.puts : -1);
  add_count (builder, "gets", known ? (gint64) totals.gets : -1);
  add_count (builder, "max_depth", known ? (gint64) totals.max_depth : -1);
  add_number (builder, "mean_depth", span_s > 0 ? totals.depth_integral_s / span_s : NAN);
  add_quantiles (builder, "wait_s", times != NULL ? times->waits_ns : NULL);
  json_builder_end_object (builder);
}

static void
add_queues (JsonBuilder *builder, const WeftFrame *frame, TaskTimes *times)
{
  guint n_queues = 0;

  for (guint i = 0; i < frame->n_objects; i++)
    n_queues += frame->objects[i].info->kind == WEFT_OBJECT_IS_QUEUE;
  json_builder_set_member_name (builder, "queues");
  json_builder_begin_array (builder);
  for (guint i = 0; i < frame->n_objects; i++)
    if (frame->objects[i].info->kind == WEFT_OBJECT_IS_QUEUE)
      add_queue (builder, frame, frame->objects[i].info, n_queues == 1 ? times : NULL);
  json_builder_end_array (builder);
}

/* How often it was, where that is known. */
static void
add_lock_count (JsonBuilder *builder, const char *member, gboolean known, guint64 count)
{
  add_count (builder, member, known ? to_count (count) : -1);
}

static void
add_durations (JsonBuilder *builder, const char *member, const WeftDurations *durations)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_object (builder);
  add_number (builder, "p50", durations->p50_s);
  add_number (builder, "p90", durations->p90_s);
  add_number (builder, "p99", durations->p99_s);
  add_number (builder, "max", durations->max_s);
  add_number (builder, "total", durations->total_s);
  json_builder_end_object (builder);
}

static void
add_lock (JsonBuilder *builder, const WeftFrame *frame, const WeftObjectInfo *info)
{
  WeftLockTotals totals;
  gboolean known = weft_recording_get_lock_totals (frame->recording, info->number, &totals);

  json_builder_begin_object (builder);
  add_string (builder, "name", info->name);
  add_lock_count (builder, "acquisitions", known, totals.acquisitions);
  add_lock_count (builder, "contended", known, totals.contended);
  add_lock_count (builder, "handovers", known, totals.handovers);
  add_durations (builder, "wait_s", &totals.wait);
  add_durations (builder, "hold_s", &totals.hold);
  add_number (builder, "uncontended_mean_s",
              totals.acquisitions > totals.contended
                  ? totals.free_s / (double) (totals.acquisitions - totals.contended)
                  : NAN);
  json_builder_end_object (builder);
}

static void
add_locks (JsonBuilder *builder, const WeftFrame *frame)
{
  json_builder_set_member_name (builder, "locks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < frame->n_objects; i++)
    if (frame->objects[i].info->kind == WEFT_OBJECT_IS_LOCK)
      add_lock (builder, frame, frame->objects[i].info);
  json_builder_end_array (builder);
}

/* Which part of the run's time threads of the run were on @core; NaN where that is not known exactly. */
static double
get_workload_percent (const WeftFrame *frame, guint core)
{
  const WeftSpans *spans = weft_schedule_get_core (weft_recording_get_schedule (frame->recording), core);
  gint64 shares_ns[WEFT_N_ACTIVITIES];

  if (strcmp (weft_recording_get_scheduling_source (frame->recording), "exact") != 0 || spans == NULL
      || frame->now_ns <= 0)
    return NAN;
  weft_spans_shares (spans, weft_spans_get_count (spans), frame->now_ns, 0, frame->now_ns, shares_ns);
  return 100.0 * (double) shares_ns[WEFT_SCHEDULING_IS_RUNNING] / (double) frame->now_ns;
}

static void
add_cores (JsonBuilder *builder, const WeftFrame *frame)
{
  guint n_cores = weft_recording_get_n_cores (frame->recording);

  json_builder_set_member_name (builder, "cores");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_cores; i++)
    {
      double load, steal;

      weft_recording_get_core_means (frame->recording, i, &load, &steal);
      json_builder_begin_object (builder);
      add_count (builder, "core", i);
      add_number (builder, "mean_percent", load);
      add_number (builder, "workload_percent", get_workload_percent (frame, i));
      add_number (builder, "steal_percent", steal);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_events (JsonBuilder *builder, const WeftFrame *frame)
{
  json_builder_set_member_name (builder, "events");
  json_builder_begin_object (builder);
  add_count (builder, "recorded", (gint64) frame->events);
  add_count (builder, "dropped", (gint64) frame->dropped);
  add_number (builder, "full_s", frame->full_ns >= 0 ? (double) frame->full_ns / 1e9 : (double) NAN);
  /* To a hundredth: the measurement is no finer. */
  add_number (builder, "ns_per_event", round (weft_event_cost_get_ns () * 100) / 100);
  json_builder_end_object (builder);
}

static void
add_run (JsonBuilder *builder, const WeftFrame *frame)
{
  WeftRecording *recording = frame->recording;
  const WeftWorkloadInfo *info = weft_recording_get_workload (recording);
  WeftParameters *parameters = weft_recording_get_parameters (recording);
  JsonObject *values = weft_parameters_to_json (parameters);
  JsonNode *node = json_node_init_object (json_node_alloc (), values);
  int nice;

  add_string (builder, "workload", info->id);
  json_builder_set_member_name (builder, "parameters");
  json_builder_add_value (builder, node);
  if (json_object_has_member (values, "seed"))
    add_count (builder, "seed", json_object_get_int_member (values, "seed"));
  else
    add_null (builder, "seed");
  json_object_unref (values);
  add_string (builder, "outcome", weft_outcome_get_id (weft_recording_get_outcome (recording)));
  add_string (builder, "message", weft_recording_get_message (recording));
  add_seconds (builder, "duration_s", frame->now_ns);
  add_string (builder, "scheduling_reason", weft_recording_get_scheduling_reason (recording));
  json_builder_set_member_name (builder, "nice");
  if (weft_recording_get_nice (recording, &nice))
    json_builder_add_int_value (builder, nice);
  else
    json_builder_add_null_value (builder);
}

/* The workload's own figures. Each that its description names is there; null until it is known. */
static void
add_result (JsonBuilder *builder, WeftRecording *recording)
{
  const WeftWorkloadInfo *info = weft_recording_get_workload (recording);
  JsonObject *result = weft_recording_get_result (recording);

  json_builder_set_member_name (builder, "result");
  json_builder_begin_object (builder);
  for (guint i = 0; i < info->n_results; i++)
    {
      JsonNode *node = result != NULL ? json_object_get_member (result, info->results[i].name) : NULL;

      json_builder_set_member_name (builder, info->results[i].name);
      if (node != NULL)
        json_builder_add_value (builder, json_node_copy (node));
      else
        json_builder_add_null_value (builder);
    }
  json_builder_end_object (builder);
}

/* ── the summary ── */

static JsonNode *
build (WeftRecording *recording)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  WeftFrame frame = { 0 };
  TaskTimes times;

  weft_recording_take_frame (recording, &frame);
  collect_task_times (weft_recording_get_tasks (recording), &times);
  forget_incomplete_times (&times, &frame);
  json_builder_begin_object (builder);
  add_run (builder, &frame);
  json_builder_set_member_name (builder, "lanes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < frame.n_lanes; i++)
    add_lane (builder, &frame, &frame.lanes[i]);
  json_builder_end_array (builder);
  add_tasks (builder, &frame, &times);
  add_task_list (builder, &frame);
  add_queues (builder, &frame, &times);
  add_locks (builder, &frame);
  add_cores (builder, &frame);
  add_result (builder, recording);
  add_events (builder, &frame);
  json_builder_end_object (builder);
  clear_task_times (&times);
  weft_frame_clear (&frame);
  return json_builder_get_root (builder);
}

gpointer
weft_summary_new (WeftRecording *recording)
{
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (WEFT_IS_RECORDING (recording), NULL);
  root = build (recording);
  return json_node_dup_object (root);
}

char *
weft_summary_to_text (WeftRecording *recording)
{
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (WEFT_IS_RECORDING (recording), NULL);
  root = build (recording);
  return weft_json_to_text (root);
}
