/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-recording.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "weft-memory-limit.h"
#include "weft-recording-internal.h"

/* Lanes are kept in chunks, so that a frame walks along memory. */
#define CHUNK_LANES 64
#define N_CHUNKS (WEFT_RECORDING_MAX_LANES / CHUNK_LANES)

#define NICE_UNKNOWN G_MAXINT

/* Of the memory that this process may have, one recording may take one part in so many. */
#define BUDGET_SHARE 4

typedef struct
{
  _Atomic gint64 cpu_ns;
  _Atomic gint64 voluntary;
  _Atomic gint64 involuntary;
  _Atomic gint64 migrations;
  _Atomic gint64 on_core_ns;
  _Atomic gint64 ready_ns;
} Usage;

typedef struct
{
  WeftLaneInfo info;       /* complete before the lane is counted */
  gint64 started_ns;       /* likewise */
  _Atomic gint64 ended_ns; /* stored with release after how it ended */
  _Atomic gint32 end;
  _Atomic gint32 exit_code;
  _Atomic gint32 signal;
  _Atomic guint64 tasks_started;
  _Atomic guint64 tasks_done;
  _Atomic guint64 tasks_failed;
  _Atomic guint64 dropped;
  Usage sampled; /* written by the main thread, which samples */
  Usage final;   /* written by the reader, from the lane's own last word; it wins */
  /* By the main thread, as well; the counter is made when the lane is first seen stopped. */
  _Atomic gboolean stops_sampled;
  _Atomic (WeftCounter *) stops;
} Lane;

typedef struct
{
  WeftObjectInfo info;
  gboolean has_totals; /* under the recording's lock, as the totals */
  union
  {
    WeftQueueTotals queue;
    WeftLockTotals lock;
  } totals; /* by kind */
} Object;

struct _WeftRecording
{
  GObject parent_instance;

  const WeftWorkloadInfo *info;
  WeftParameters *parameters;
  WeftRecordingNames *names;

  _Atomic gint64 start_ns;
  _Atomic gint64 now_ns; /* stored with release after everything up to then */
  _Atomic guint64 serial;
  _Atomic guint64 events;
  _Atomic guint64 dropped;
  _Atomic guint64 invalid;
  _Atomic gint64 full_ns; /* -1: not full */
  gsize budget;

  _Atomic guint n_lanes;
  Lane *chunks[N_CHUNKS];

  _Atomic guint n_objects;
  Object *objects[WEFT_RECORDING_MAX_OBJECTS];             /* in the order they became known */
  _Atomic (Object *) numbered[WEFT_RECORDING_MAX_OBJECTS]; /* by number - 1 */

  WeftTasks *tasks;
  WeftLog *log;

  guint n_cores;
  WeftCounter **core_loads;  /* one for each core, and one for all of them */
  WeftCounter **core_steals; /* likewise */
  double *core_means;        /* load and steal of each core; the main thread's */
  _Atomic guint64 n_cores_samples;

  WeftSchedule *schedule;
  _Atomic (const char *) scheduling;        /* where it comes from */
  _Atomic (const char *) scheduling_reason; /* why it is not exact; NULL: it is, or was not asked for */
  _Atomic int nice; /* NICE_UNKNOWN: not known */

  _Atomic gint32 outcome;
  char *message;
  JsonObject *result;

  pthread_mutex_t lock; /* the objects' exact totals: some dozen numbers that are read together */
};

G_DEFINE_FINAL_TYPE (WeftRecording, weft_recording, G_TYPE_OBJECT)

static void
usage_init (Usage *usage)
{
  _Atomic gint64 *fields = &usage->cpu_ns;

  for (guint i = 0; i < sizeof *usage / sizeof *fields; i++)
    atomic_init (&fields[i], -1);
}

static void
usage_store (Usage *usage, const WeftLaneUsage *from)
{
#define STORE(field)                                                                                         \
  if (from->field >= 0)                                                                                      \
  atomic_store_explicit (&usage->field, from->field, memory_order_relaxed)
  STORE (cpu_ns);
  STORE (voluntary);
  STORE (involuntary);
  STORE (migrations);
  STORE (on_core_ns);
  STORE (ready_ns);
#undef STORE
}

static inline gint64
known_of (const _Atomic gint64 *final, const _Atomic gint64 *sampled)
{
  gint64 value = atomic_load_explicit (final, memory_order_relaxed);

  return value >= 0 ? value : atomic_load_explicit (sampled, memory_order_relaxed);
}

static inline Lane *
lane_at (WeftRecording *recording, guint index)
{
  return &recording->chunks[index / CHUNK_LANES][index % CHUNK_LANES];
}

static Object *
object_at (WeftRecording *recording, guint number)
{
  if (number == 0 || number > WEFT_RECORDING_MAX_OBJECTS)
    return NULL;
  return atomic_load_explicit (&recording->numbered[number - 1], memory_order_acquire);
}

/* A name as it can be shown: valid UTF-8 on one line, not empty. */
static char *
clean_name (const char *name, const char *otherwise)
{
  char *clean = g_utf8_make_valid (name, -1);

  for (char *c = clean; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (clean);
  if (*clean == '\0')
    {
      g_free (clean);
      return g_strdup (otherwise);
    }
  return clean;
}

/* The lane that stands for the process of a new lane @index. A pid that was given to another process
 * later has a later leader, so the search goes backwards. */
static guint
find_leader (WeftRecording *recording, guint index, gboolean is_process, gint pid)
{
  if (is_process)
    return index;
  for (guint i = index; i-- > 0;)
    {
      const WeftLaneInfo *info = &lane_at (recording, i)->info;

      if (info->pid == pid)
        return info->leader;
    }
  return index;
}

static void
weft_recording_finalize (GObject *object)
{
  WeftRecording *recording = WEFT_RECORDING (object);

  for (guint i = 0; i < atomic_load_explicit (&recording->n_lanes, memory_order_acquire); i++)
    {
      Lane *lane = lane_at (recording, i);

      g_free (lane->info.name);
      weft_spans_free (lane->info.spans);
      weft_counter_free (atomic_load_explicit (&lane->stops, memory_order_relaxed));
    }
  for (guint i = 0; i < N_CHUNKS; i++)
    g_free (recording->chunks[i]);
  for (guint i = 0; i < atomic_load_explicit (&recording->n_objects, memory_order_acquire); i++)
    {
      g_free (recording->objects[i]->info.name);
      weft_counter_free (recording->objects[i]->info.values);
      weft_counter_free (recording->objects[i]->info.holders);
      g_free (recording->objects[i]);
    }
  if (recording->core_loads != NULL)
    for (guint i = 0; i <= recording->n_cores; i++)
      {
        weft_counter_free (recording->core_loads[i]);
        weft_counter_free (recording->core_steals[i]);
      }
  g_free (recording->core_loads);
  g_free (recording->core_steals);
  g_free (recording->core_means);
  weft_tasks_free (recording->tasks);
  weft_log_free (recording->log);
  weft_schedule_free (recording->schedule);
  weft_recording_names_free (recording->names);
  g_clear_pointer (&recording->parameters, weft_parameters_unref);
  g_clear_pointer (&recording->result, json_object_unref);
  g_free (recording->message);
  pthread_mutex_destroy (&recording->lock);
  G_OBJECT_CLASS (weft_recording_parent_class)->finalize (object);
}

static void
weft_recording_class_init (WeftRecordingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_recording_finalize;
}

static void
weft_recording_init (WeftRecording *recording)
{
  recording->tasks = weft_tasks_new ();
  recording->log = weft_log_new ();
  recording->schedule = weft_schedule_new ();
  atomic_init (&recording->scheduling, "off");
  recording->budget = weft_memory_limit_get () / BUDGET_SHARE;
  atomic_init (&recording->full_ns, -1);
  atomic_init (&recording->nice, NICE_UNKNOWN);
  pthread_mutex_init (&recording->lock, NULL);
}

WeftRecording *
weft_recording_new (const WeftWorkloadInfo *info, WeftParameters *parameters)
{
  WeftRecording *recording = g_object_new (WEFT_TYPE_RECORDING, NULL);

  recording->info = info;
  if (parameters != NULL)
    recording->parameters = weft_parameters_ref (parameters);
  recording->names = weft_recording_names_new (info, parameters);
  return recording;
}

const WeftWorkloadInfo *
weft_recording_get_workload (WeftRecording *recording)
{
  g_return_val_if_fail (WEFT_IS_RECORDING (recording), NULL);
  return recording->info;
}

WeftParameters *
weft_recording_get_parameters (WeftRecording *recording)
{
  g_return_val_if_fail (WEFT_IS_RECORDING (recording), NULL);
  return recording->parameters;
}

const WeftRecordingNames *
weft_recording_get_names (WeftRecording *recording)
{
  return recording->names;
}

/* ── reading ── */

static void
fill_lane (WeftFrameLane *target, Lane *lane)
{
  target->info = &lane->info;
  target->started_ns = lane->started_ns;
  target->ended_ns = atomic_load_explicit (&lane->ended_ns, memory_order_acquire);
  target->end = (WeftLaneEnd) atomic_load_explicit (&lane->end, memory_order_relaxed);
  target->exit_code = atomic_load_explicit (&lane->exit_code, memory_order_relaxed);
  target->signal = atomic_load_explicit (&lane->signal, memory_order_relaxed);
  target->tasks_started = atomic_load_explicit (&lane->tasks_started, memory_order_relaxed);
  target->tasks_done = atomic_load_explicit (&lane->tasks_done, memory_order_relaxed);
  target->tasks_failed = atomic_load_explicit (&lane->tasks_failed, memory_order_relaxed);
  target->dropped = atomic_load_explicit (&lane->dropped, memory_order_relaxed);
  target->usage =
      (WeftLaneUsage){ .cpu_ns = known_of (&lane->final.cpu_ns, &lane->sampled.cpu_ns),
                       .voluntary = known_of (&lane->final.voluntary, &lane->sampled.voluntary),
                       .involuntary = known_of (&lane->final.involuntary, &lane->sampled.involuntary),
                       .migrations = known_of (&lane->final.migrations, &lane->sampled.migrations),
                       .on_core_ns = known_of (&lane->final.on_core_ns, &lane->sampled.on_core_ns),
                       .ready_ns = known_of (&lane->final.ready_ns, &lane->sampled.ready_ns) };
  target->n_spans = weft_spans_get_count (lane->info.spans);
  target->stops_sampled = atomic_load_explicit (&lane->stops_sampled, memory_order_relaxed);
  target->stops = atomic_load_explicit (&lane->stops, memory_order_acquire);
  target->n_stops = target->stops != NULL ? weft_counter_get_count (target->stops) : 0;
}

void
weft_recording_take_frame (WeftRecording *recording, WeftFrame *frame)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));

  /* The serial first, so that what comes while we read leads to another frame; then how far the
   * recording reaches, so that the counts after it hold at least all of that. */
  frame->recording = recording;
  frame->serial = atomic_load_explicit (&recording->serial, memory_order_acquire);
  frame->live = weft_recording_get_start_ns (recording) != 0
                && weft_recording_get_outcome (recording) == WEFT_OUTCOME_RUNNING;
  frame->now_ns = atomic_load_explicit (&recording->now_ns, memory_order_acquire);
  frame->n_log = weft_log_get_count (recording->log);
  frame->n_cores_samples = atomic_load_explicit (&recording->n_cores_samples, memory_order_acquire);
  frame->events = atomic_load_explicit (&recording->events, memory_order_relaxed);
  frame->dropped = atomic_load_explicit (&recording->dropped, memory_order_relaxed);
  frame->full_ns = weft_recording_get_full (recording);
  frame->invalid = atomic_load_explicit (&recording->invalid, memory_order_relaxed);

  frame->n_objects = atomic_load_explicit (&recording->n_objects, memory_order_acquire);
  if (frame->n_objects > frame->object_capacity)
    {
      frame->object_capacity = MAX (frame->n_objects, 2 * frame->object_capacity);
      frame->objects = g_renew (WeftFrameObject, frame->objects, frame->object_capacity);
    }
  for (guint i = 0; i < frame->n_objects; i++)
    {
      const WeftObjectInfo *info = &recording->objects[i]->info;

      frame->objects[i] = (WeftFrameObject){
        .info = info,
        .n_values = weft_counter_get_count (info->values),
        .n_holders = info->holders != NULL ? weft_counter_get_count (info->holders) : 0,
      };
    }

  frame->n_lanes = atomic_load_explicit (&recording->n_lanes, memory_order_acquire);
  if (frame->n_lanes > frame->lane_capacity)
    {
      frame->lane_capacity = MAX (frame->n_lanes, 2 * frame->lane_capacity);
      frame->lanes = g_renew (WeftFrameLane, frame->lanes, frame->lane_capacity);
    }
  for (guint i = 0; i < frame->n_lanes; i++)
    fill_lane (&frame->lanes[i], lane_at (recording, i));
}

void
weft_frame_clear (WeftFrame *frame)
{
  g_free (frame->lanes);
  g_free (frame->objects);
  memset (frame, 0, sizeof *frame);
}

guint64
weft_recording_get_serial (WeftRecording *recording)
{
  return atomic_load_explicit (&recording->serial, memory_order_acquire);
}

gint64
weft_recording_get_start_ns (WeftRecording *recording)
{
  return atomic_load_explicit (&recording->start_ns, memory_order_acquire);
}

/* Copies the totals of object @number, if it is of @kind and they were recorded. */
static gboolean
get_totals (WeftRecording *recording, guint number, WeftObjectInfoKind kind, gpointer totals, gsize size)
{
  Object *object = object_at (recording, number);
  gboolean known;

  if (object == NULL || object->info.kind != kind)
    return FALSE;
  pthread_mutex_lock (&recording->lock);
  known = object->has_totals;
  if (known)
    memcpy (totals, &object->totals, size);
  pthread_mutex_unlock (&recording->lock);
  return known;
}

gboolean
weft_recording_get_queue_totals (WeftRecording *recording, guint number, WeftQueueTotals *totals)
{
  g_return_val_if_fail (WEFT_IS_RECORDING (recording), FALSE);
  *totals = (WeftQueueTotals){ .first_put_s = NAN, .last_get_s = NAN, .last_change_s = NAN };
  return get_totals (recording, number, WEFT_OBJECT_IS_QUEUE, totals, sizeof *totals);
}

gboolean
weft_recording_get_lock_totals (WeftRecording *recording, guint number, WeftLockTotals *totals)
{
  static const WeftDurations none = { NAN, NAN, NAN, NAN, NAN };

  g_return_val_if_fail (WEFT_IS_RECORDING (recording), FALSE);
  *totals = (WeftLockTotals){ .free_s = NAN, .wait = none, .hold = none };
  return get_totals (recording, number, WEFT_OBJECT_IS_LOCK, totals, sizeof *totals);
}

gsize
weft_recording_get_budget (WeftRecording *recording)
{
  g_return_val_if_fail (WEFT_IS_RECORDING (recording), 0);
  return recording->budget;
}

gsize
weft_recording_get_bytes (WeftRecording *recording)
{
  gsize bytes = weft_tasks_get_bytes (recording->tasks) + weft_log_get_bytes (recording->log)
                + weft_schedule_get_bytes (recording->schedule);

  for (guint i = 0; i < weft_recording_get_n_lanes (recording); i++)
    bytes += sizeof (Lane) + weft_spans_get_bytes (lane_at (recording, i)->info.spans);
  for (guint i = 0; i < atomic_load_explicit (&recording->n_objects, memory_order_acquire); i++)
    {
      const WeftObjectInfo *info = &recording->objects[i]->info;

      bytes += sizeof (Object) + weft_counter_get_bytes (info->values);
      if (info->holders != NULL)
        bytes += weft_counter_get_bytes (info->holders);
    }
  return bytes;
}

WeftTasks *
weft_recording_get_tasks (WeftRecording *recording)
{
  return recording->tasks;
}

WeftLog *
weft_recording_get_log (WeftRecording *recording)
{
  return recording->log;
}

guint
weft_recording_get_n_cores (WeftRecording *recording)
{
  return recording->n_cores;
}

WeftCounter *
weft_recording_get_core (WeftRecording *recording, int core)
{
  g_return_val_if_fail (core >= -1 && core < (int) recording->n_cores, NULL);
  g_return_val_if_fail (recording->core_loads != NULL, NULL);
  return recording->core_loads[core < 0 ? recording->n_cores : (guint) core];
}

void
weft_recording_get_core_means (WeftRecording *recording, guint core, double *load, double *steal)
{
  *load = *steal = NAN;
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  g_return_if_fail (core < recording->n_cores);
  *load = recording->core_means[2 * core];
  *steal = recording->core_means[2 * core + 1];
}

const char *
weft_recording_get_scheduling_source (WeftRecording *recording)
{
  g_return_val_if_fail (WEFT_IS_RECORDING (recording), NULL);
  return atomic_load_explicit (&recording->scheduling, memory_order_acquire);
}

const char *
weft_recording_get_scheduling_reason (WeftRecording *recording)
{
  return atomic_load_explicit (&recording->scheduling_reason, memory_order_acquire);
}

WeftSchedule *
weft_recording_get_schedule (WeftRecording *recording)
{
  return recording->schedule;
}

gboolean
weft_recording_get_nice (WeftRecording *recording, int *nice)
{
  g_return_val_if_fail (WEFT_IS_RECORDING (recording), FALSE);
  *nice = atomic_load_explicit (&recording->nice, memory_order_relaxed);
  return *nice != NICE_UNKNOWN;
}

WeftCounter *
weft_recording_get_core_steal (WeftRecording *recording, int core)
{
  g_return_val_if_fail (core >= -1 && core < (int) recording->n_cores, NULL);
  g_return_val_if_fail (recording->core_steals != NULL, NULL);
  return recording->core_steals[core < 0 ? recording->n_cores : (guint) core];
}

WeftOutcome
weft_recording_get_outcome (WeftRecording *recording)
{
  return (WeftOutcome) atomic_load_explicit (&recording->outcome, memory_order_acquire);
}

const char *
weft_outcome_get_id (WeftOutcome outcome)
{
  static const char *const ids[] = { NULL, "finished", "stopped", "failed", "deadlock", "timeout" };

  g_return_val_if_fail (outcome >= 0 && outcome < (int) G_N_ELEMENTS (ids), NULL);
  return ids[outcome];
}

const char *
weft_recording_get_message (WeftRecording *recording)
{
  return recording->message;
}

gpointer
weft_recording_get_result (WeftRecording *recording)
{
  return recording->result;
}

/* ── writing ── */

void
weft_recording_touch (WeftRecording *recording)
{
  atomic_fetch_add_explicit (&recording->serial, 1, memory_order_release);
}

guint
weft_recording_get_n_lanes (WeftRecording *recording)
{
  return atomic_load_explicit (&recording->n_lanes, memory_order_acquire);
}

const WeftLaneInfo *
weft_recording_get_lane (WeftRecording *recording, guint index)
{
  g_return_val_if_fail (index < weft_recording_get_n_lanes (recording), NULL);
  return &lane_at (recording, index)->info;
}

guint
weft_recording_add_lane (WeftRecording *recording, const char *name, gboolean is_process, gint pid, gint tid,
                         gint parent, gint64 started_ns)
{
  guint index = atomic_load_explicit (&recording->n_lanes, memory_order_relaxed);
  g_autofree char *otherwise = g_strdup_printf ("lane %u", index);
  Lane *lane;

  g_return_val_if_fail (index < WEFT_RECORDING_MAX_LANES, 0);
  if (index % CHUNK_LANES == 0)
    recording->chunks[index / CHUNK_LANES] = g_new0 (Lane, CHUNK_LANES);
  lane = lane_at (recording, index);
  lane->info = (WeftLaneInfo){ .index = index,
                               .name = clean_name (name, otherwise),
                               .is_process = is_process,
                               .pid = pid,
                               .tid = tid,
                               .parent = parent,
                               .leader = find_leader (recording, index, is_process, pid),
                               .spans = weft_spans_new () };
  lane->started_ns = started_ns;
  atomic_init (&lane->ended_ns, -1);
  atomic_init (&lane->exit_code, -1);
  usage_init (&lane->sampled);
  usage_init (&lane->final);
  atomic_store_explicit (&recording->n_lanes, index + 1, memory_order_release);
  return index;
}

void
weft_recording_append_span (WeftRecording *recording, guint lane, gint64 begin_ns, WeftActivity activity,
                            guint object, guint32 task, guint core)
{
  weft_spans_append (lane_at (recording, lane)->info.spans, begin_ns, activity, (guint16) object, task,
                     (guint16) core);
}

void
weft_recording_end_lane (WeftRecording *recording, guint lane, gint64 ended_ns, WeftLaneEnd end,
                         gint exit_code, gint signal)
{
  Lane *target = lane_at (recording, lane);

  atomic_store_explicit (&target->end, end, memory_order_relaxed);
  atomic_store_explicit (&target->exit_code, exit_code, memory_order_relaxed);
  atomic_store_explicit (&target->signal, signal, memory_order_relaxed);
  atomic_store_explicit (&target->ended_ns, ended_ns, memory_order_release);
}

void
weft_recording_set_lane_totals (WeftRecording *recording, guint lane, guint64 started, guint64 done,
                                guint64 failed, guint64 dropped)
{
  Lane *target = lane_at (recording, lane);

  atomic_store_explicit (&target->tasks_started, started, memory_order_relaxed);
  atomic_store_explicit (&target->tasks_done, done, memory_order_relaxed);
  atomic_store_explicit (&target->tasks_failed, failed, memory_order_relaxed);
  atomic_store_explicit (&target->dropped, dropped, memory_order_relaxed);
}

void
weft_recording_set_lane_usage (WeftRecording *recording, guint lane, const WeftLaneUsage *usage,
                               gboolean final)
{
  Lane *target = lane_at (recording, lane);

  usage_store (final ? &target->final : &target->sampled, usage);
}

void
weft_recording_append_stop (WeftRecording *recording, guint lane, gint64 time_ns, gboolean stopped)
{
  Lane *target = lane_at (recording, lane);
  WeftCounter *stops = atomic_load_explicit (&target->stops, memory_order_relaxed);

  if (stops == NULL)
    stops = weft_counter_new ();
  weft_counter_append (stops, time_ns, stopped ? 1 : 0);
  atomic_store_explicit (&target->stops, stops, memory_order_release);
}

void
weft_recording_set_stops_sampled (WeftRecording *recording, guint lane)
{
  atomic_store_explicit (&lane_at (recording, lane)->stops_sampled, TRUE, memory_order_relaxed);
}

void
weft_recording_add_object (WeftRecording *recording, guint number, const char *name, WeftObjectInfoKind kind,
                           gint64 capacity)
{
  g_autofree char *otherwise = g_strdup_printf ("object %u", number);
  guint count = atomic_load_explicit (&recording->n_objects, memory_order_relaxed);
  Object *object;

  g_return_if_fail (number >= 1 && number <= WEFT_RECORDING_MAX_OBJECTS);
  g_return_if_fail (object_at (recording, number) == NULL);
  object = g_new0 (Object, 1);
  object->info = (WeftObjectInfo){ .number = number,
                                   .name = clean_name (name, otherwise),
                                   .kind = kind,
                                   .capacity = capacity,
                                   .values = weft_counter_new (),
                                   .holders = kind == WEFT_OBJECT_IS_LOCK ? weft_counter_new () : NULL };
  recording->objects[count] = object;
  atomic_store_explicit (&recording->numbered[number - 1], object, memory_order_release);
  atomic_store_explicit (&recording->n_objects, count + 1, memory_order_release);
}

const WeftObjectInfo *
weft_recording_get_object (WeftRecording *recording, guint number)
{
  Object *object = object_at (recording, number);

  return object != NULL ? &object->info : NULL;
}

void
weft_recording_append_value (WeftRecording *recording, guint number, gint64 time_ns, double value)
{
  Object *object = object_at (recording, number);

  g_return_if_fail (object != NULL);
  weft_counter_append (object->info.values, time_ns, value);
}

void
weft_recording_append_holder (WeftRecording *recording, guint number, gint64 time_ns, double holder)
{
  Object *object = object_at (recording, number);

  g_return_if_fail (object != NULL && object->info.holders != NULL);
  weft_counter_append (object->info.holders, time_ns, holder);
}

static void
set_totals (WeftRecording *recording, Object *object, gconstpointer totals, gsize size)
{
  pthread_mutex_lock (&recording->lock);
  memcpy (&object->totals, totals, size);
  object->has_totals = TRUE;
  pthread_mutex_unlock (&recording->lock);
}

void
weft_recording_set_queue_totals (WeftRecording *recording, guint number, const WeftQueueTotals *totals)
{
  Object *object = object_at (recording, number);

  g_return_if_fail (object != NULL && object->info.kind == WEFT_OBJECT_IS_QUEUE);
  set_totals (recording, object, totals, sizeof *totals);
}

void
weft_recording_set_lock_totals (WeftRecording *recording, guint number, const WeftLockTotals *totals)
{
  Object *object = object_at (recording, number);

  g_return_if_fail (object != NULL && object->info.kind == WEFT_OBJECT_IS_LOCK);
  set_totals (recording, object, totals, sizeof *totals);
}

void
weft_recording_set_counts (WeftRecording *recording, guint64 events, guint64 dropped, guint64 invalid)
{
  atomic_store_explicit (&recording->events, events, memory_order_relaxed);
  atomic_store_explicit (&recording->dropped, dropped, memory_order_relaxed);
  atomic_store_explicit (&recording->invalid, invalid, memory_order_relaxed);
}

void
weft_recording_set_full (WeftRecording *recording, gint64 time_ns)
{
  atomic_store_explicit (&recording->full_ns, time_ns, memory_order_relaxed);
}

gint64
weft_recording_get_full (WeftRecording *recording)
{
  return atomic_load_explicit (&recording->full_ns, memory_order_relaxed);
}

void
weft_recording_advance (WeftRecording *recording, gint64 now_ns)
{
  if (now_ns > atomic_load_explicit (&recording->now_ns, memory_order_relaxed))
    atomic_store_explicit (&recording->now_ns, now_ns, memory_order_release);
  weft_recording_touch (recording);
}

void
weft_recording_set_n_cores (WeftRecording *recording, guint n_cores)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  g_return_if_fail (recording->core_loads == NULL);
  recording->n_cores = n_cores;
  weft_schedule_set_n_cores (recording->schedule, n_cores);
  recording->core_loads = g_new (WeftCounter *, n_cores + 1);
  recording->core_steals = g_new (WeftCounter *, n_cores + 1);
  recording->core_means = g_new (double, 2 * n_cores);
  for (guint i = 0; i < 2 * n_cores; i++)
    recording->core_means[i] = NAN;
  for (guint i = 0; i <= n_cores; i++)
    {
      recording->core_loads[i] = weft_counter_new ();
      recording->core_steals[i] = weft_counter_new ();
    }
}

void
weft_recording_set_budget (WeftRecording *recording, gsize bytes)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  recording->budget = bytes;
}

void
weft_recording_begin (WeftRecording *recording, gint64 start_ns)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  atomic_store_explicit (&recording->start_ns, start_ns, memory_order_release);
  weft_recording_touch (recording);
}

void
weft_recording_set_scheduling (WeftRecording *recording, const char *source, const char *reason)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  atomic_store_explicit (&recording->scheduling_reason, g_intern_string (reason), memory_order_release);
  atomic_store_explicit (&recording->scheduling, source, memory_order_release);
}

void
weft_recording_set_nice (WeftRecording *recording, int nice)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  atomic_store_explicit (&recording->nice, nice, memory_order_relaxed);
}

/* Appends the values of each core, and the sum of those that are known, NaN if none is. */
static void
append_row (WeftCounter **counters, guint n_cores, gint64 since_ns, const double *values)
{
  double sum = NAN;

  for (guint i = 0; i < n_cores; i++)
    {
      weft_counter_append (counters[i], since_ns, values[i]);
      if (!isnan (values[i]))
        sum = isnan (sum) ? values[i] : sum + values[i];
    }
  weft_counter_append (counters[n_cores], since_ns, sum);
}

void
weft_recording_append_core_sample (WeftRecording *recording, gint64 since_ns, const double *loads,
                                   const double *steals)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  g_return_if_fail (recording->core_loads != NULL);
  append_row (recording->core_loads, recording->n_cores, since_ns, loads);
  append_row (recording->core_steals, recording->n_cores, since_ns, steals);
  atomic_fetch_add_explicit (&recording->n_cores_samples, 1, memory_order_release);
  weft_recording_touch (recording);
}

void
weft_recording_set_core_means (WeftRecording *recording, const double *loads, const double *steals)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  for (guint i = 0; i < recording->n_cores; i++)
    {
      recording->core_means[2 * i] = loads[i];
      recording->core_means[2 * i + 1] = steals[i];
    }
}

void
weft_recording_set_outcome (WeftRecording *recording, WeftOutcome outcome, const char *message)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  if (message != recording->message)
    {
      g_free (recording->message);
      recording->message = g_strdup (message);
    }
  atomic_store_explicit (&recording->outcome, outcome, memory_order_release);
  weft_recording_touch (recording);
}

void
weft_recording_set_result (WeftRecording *recording, gpointer result)
{
  g_return_if_fail (WEFT_IS_RECORDING (recording));
  if (result != NULL)
    json_object_ref (result);
  g_clear_pointer (&recording->result, json_object_unref);
  recording->result = result;
  weft_recording_touch (recording);
}
