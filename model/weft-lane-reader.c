/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-lane-reader.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* The activities of the wire and of the model are the same, but that the model's first is "unknown". */
G_STATIC_ASSERT ((int) WEFT_WIRE_WORKING == (int) WEFT_ACTIVITY_WORKING);
G_STATIC_ASSERT ((int) WEFT_WIRE_LOCK_WAIT == (int) WEFT_ACTIVITY_LOCK_WAIT);
G_STATIC_ASSERT ((int) WEFT_WIRE_QUEUE_FULL == (int) WEFT_ACTIVITY_QUEUE_FULL);
G_STATIC_ASSERT ((int) WEFT_WIRE_QUEUE_EMPTY == (int) WEFT_ACTIVITY_QUEUE_EMPTY);
G_STATIC_ASSERT ((int) WEFT_WIRE_IO == (int) WEFT_ACTIVITY_IO);
G_STATIC_ASSERT ((int) WEFT_WIRE_ASLEEP == (int) WEFT_ACTIVITY_ASLEEP);
G_STATIC_ASSERT ((int) WEFT_WIRE_SPINNING == (int) WEFT_ACTIVITY_SPINNING);
G_STATIC_ASSERT ((int) WEFT_WIRE_WAITING == (int) WEFT_ACTIVITY_WAITING);
G_STATIC_ASSERT ((int) WEFT_WIRE_N_ACTIVITIES == (int) WEFT_N_ACTIVITIES);
G_STATIC_ASSERT (WEFT_NO_TASK == WEFT_SPAN_NO_TASK);
G_STATIC_ASSERT (WEFT_NO_CORE == WEFT_SPAN_NO_CORE);
G_STATIC_ASSERT (WEFT_WIRE_MAX_LANES == WEFT_RECORDING_MAX_LANES);
G_STATIC_ASSERT (WEFT_WIRE_MAX_OBJECTS == WEFT_RECORDING_MAX_OBJECTS);

/* Longer durations than thirty years are nonsense. */
#define MAX_DURATION_NS 1e18

struct _WeftLaneReader
{
  WeftDrain drain;
  guint index; /* in the recording */
  WeftSpans *spans;
  gboolean is_process;

  gint64 last_ns;        /* of the last event; times of a lane never run back */
  guint64 last_ticks;    /* likewise */
  WeftActivity activity; /* of the last span, with its object and task */
  guint16 object;
  guint32 task;

  gboolean in_gap;      /* the next record is the first after a gap, from when on it does: */
  WeftActivity resumed; /* UNKNOWN: not known */
  guint16 resumed_object;
  guint32 resumed_task;

  guint64 gap_records; /* dropped, as far as GAP records told */
  GArray *valued;      /* guint16: the objects that it gave values to, each once */
  guint64 dropped;     /* as last seen in the slot */
  guint64 unrecorded;  /* that it wrote, but the recording was full */
  guint64 invalid;     /* as last seen in the drain */
  gboolean said_end;   /* it wrote its LANE_END */
  gint exit_code;      /* that it said */
  gboolean ended;      /* the recording has its end, and these two are known: */
  gint64 ended_ns;
  gboolean ended_itself;
  gboolean closed; /* nothing more will come */
};

gint64
weft_reader_context_now (const WeftReaderContext *context)
{
  return weft_clock_map_to_ns (&context->clock, weft_clock_ticks (context->wire->clock)) - context->start_ns;
}

gboolean
weft_reader_context_find_object (WeftReaderContext *context, guint number)
{
  const WeftWireObject *object;
  char name[WEFT_WIRE_NAME_SIZE + 1] = "";
  WeftObjectInfoKind kind;

  if (number == 0 || number > WEFT_WIRE_MAX_OBJECTS)
    return FALSE;
  if (weft_recording_get_object (context->recording, number) != NULL)
    return TRUE;
  object = weft_wire_object (context->wire, number);
  if (atomic_load_explicit (&object->state, memory_order_acquire) != WEFT_SLOT_LIVE)
    return FALSE;
  switch (*(const volatile guint32 *) &object->kind)
    {
    case WEFT_OBJECT_QUEUE:
      kind = WEFT_OBJECT_IS_QUEUE;
      break;
    case WEFT_OBJECT_LOCK:
      kind = WEFT_OBJECT_IS_LOCK;
      break;
    case WEFT_OBJECT_COUNTER:
      kind = WEFT_OBJECT_IS_COUNTER;
      break;
    default:
      return FALSE;
    }
  memcpy (name, object->name, WEFT_WIRE_NAME_SIZE);
  weft_recording_add_object (context->recording, number, name, kind, MAX (object->capacity, 0));
  /* A queue is empty until its first put, and nobody waits for a lock, which is free. */
  if (kind != WEFT_OBJECT_IS_COUNTER)
    weft_recording_append_value (context->recording, number, 0, 0);
  if (kind == WEFT_OBJECT_IS_LOCK)
    weft_recording_append_holder (context->recording, number, 0, WEFT_HOLDER_NONE);
  return TRUE;
}

/* The shared table's number of a lane, as a number of the recording; -1: not known. */
static gint
parent_in_recording (const WeftReaderContext *context, gint32 parent)
{
  return parent >= 0 && parent < WEFT_WIRE_MAX_LANES ? context->recording_index[parent] : -1;
}

static gint64
ticks_to_run_ns (const WeftReaderContext *context, guint64 ticks)
{
  return weft_clock_map_to_ns (&context->clock, ticks) - context->start_ns;
}

static void
begin_span (WeftLaneReader *reader, gint64 time_ns, WeftActivity activity, guint16 object, guint32 task,
            guint16 core)
{
  /* The same again is no new span. */
  if (weft_spans_get_count (reader->spans) > 0 && reader->activity == activity && reader->object == object
      && reader->task == task)
    return;
  weft_spans_append (reader->spans, time_ns, activity, object, task, core);
  reader->activity = activity;
  reader->object = object;
  reader->task = task;
}

WeftLaneReader *
weft_lane_reader_open (WeftReaderContext *context, guint16 index)
{
  const WeftWireLane *slot = &context->wire->lanes[index];
  char name[WEFT_WIRE_NAME_SIZE + 1] = "";
  WeftLaneReader *reader;
  WeftDrain drain;
  gint64 now_ns = weft_reader_context_now (context);

  if (!weft_drain_open (&drain, context->wire, index, context->ring_records))
    return NULL;
  reader = g_new0 (WeftLaneReader, 1);
  reader->drain = drain;
  reader->is_process = slot->is_process != 0;
  reader->exit_code = -1;
  reader->task = WEFT_NO_TASK;
  reader->valued = g_array_new (FALSE, FALSE, sizeof (guint16));

  /* The first record says when it began. It was complete before the slot was. */
  if (atomic_load_explicit (&slot->head, memory_order_acquire) > 0
      && drain.records[0].kind == WEFT_EVENT_LANE_BEGIN)
    reader->last_ns = CLAMP (ticks_to_run_ns (context, drain.records[0].ticks), 0, MAX (now_ns, 0));
  else
    reader->last_ns = MAX (now_ns, 0);
  memcpy (name, slot->name, WEFT_WIRE_NAME_SIZE);
  reader->index = weft_recording_add_lane (context->recording, name, reader->is_process, MAX (slot->pid, 0),
                                           MAX (slot->tid, 0), parent_in_recording (context, slot->parent),
                                           reader->last_ns);
  reader->spans = weft_recording_get_lane (context->recording, reader->index)->spans;
  context->recording_index[index] = (gint) reader->index;
  if (context->full)
    weft_lane_reader_stop_recording (reader, reader->last_ns);
  return reader;
}

void
weft_lane_reader_free (WeftLaneReader *reader)
{
  if (reader == NULL)
    return;
  g_array_unref (reader->valued);
  g_free (reader);
}

/* A duration in ticks, out of shared memory, in nanoseconds. */
static gint64
duration_ns (const WeftReaderContext *context, gint64 ticks)
{
  return (gint64) CLAMP ((double) ticks * weft_clock_map_ns_per_tick (&context->clock), 0.0, MAX_DURATION_NS);
}

/* Remembers that the lane gives values to @object. Most know one or two. */
static void
note_valued (WeftLaneReader *reader, guint16 object)
{
  for (guint i = 0; i < reader->valued->len; i++)
    if (g_array_index (reader->valued, guint16, i) == object)
      return;
  g_array_append_val (reader->valued, object);
}

/* Whether object @number, which the recording knows, is a lock. */
static gboolean
is_lock (const WeftReaderContext *context, guint number)
{
  return weft_recording_get_object (context->recording, number)->kind == WEFT_OBJECT_IS_LOCK;
}

/* From @time_ns on the lane's events were dropped: what it did is not known, nor what became of the objects
 * that it gave values to, until the next value of each, whoever gives that. */
static void
begin_gap (WeftLaneReader *reader, WeftReaderContext *context, guint64 ticks, gint64 time_ns, guint16 core)
{
  begin_span (reader, time_ns, WEFT_ACTIVITY_UNKNOWN, WEFT_NO_OBJECT, WEFT_NO_TASK, core);
  for (guint i = 0; i < reader->valued->len; i++)
    {
      guint16 object = g_array_index (reader->valued, guint16, i);

      weft_event_merger_add (context->merger,
                             &(WeftMergedEvent){ .ticks = ticks,
                                                 .time_ns = time_ns,
                                                 .value = WEFT_EVENT_MERGER_UNKNOWN,
                                                 .object = object,
                                                 .lane = (guint16) reader->index,
                                                 .changes = is_lock (context, object)
                                                                ? WEFT_MERGED_HOLDER | WEFT_MERGED_WAITERS
                                                                : WEFT_MERGED_VALUE });
    }
}

/* Hands what an event tells of a lock to the merger. */
static void
merge_lock_event (WeftLaneReader *reader, WeftReaderContext *context, const WeftEvent *event, gint64 time_ns)
{
  guint waiters = weft_lock_value_waiters (event->value);
  gint sharers = (gint) weft_lock_value_sharers (event->value);
  WeftMergedEvent merged = { .ticks = event->ticks,
                             .time_ns = time_ns,
                             .value = waiters,
                             .holder = WEFT_HOLDER_NONE - sharers,
                             .task = event->task,
                             .object = (guint16) event->object,
                             .lane = (guint16) reader->index };

  if (!weft_reader_context_find_object (context, event->object) || !is_lock (context, event->object))
    {
      context->invalid++;
      return;
    }
  note_valued (reader, merged.object);
  if (event->kind == WEFT_EVENT_ACQUIRE && sharers == 0)
    merged.holder = (gint) reader->index;
  if (event->kind != WEFT_EVENT_LOCK_WAIT)
    merged.changes |= WEFT_MERGED_HOLDER;
  if (waiters != WEFT_LOCK_AS_BEFORE)
    merged.changes |= WEFT_MERGED_WAITERS;
  if (merged.changes != 0)
    weft_event_merger_add (context->merger, &merged);
}

/* Hands what needs an order among all lanes to the merger. */
static void
merge_event (WeftLaneReader *reader, WeftReaderContext *context, const WeftEvent *event, gint64 time_ns)
{
  WeftMergedEvent merged = { .ticks = event->ticks,
                             .time_ns = time_ns,
                             .value = event->value,
                             .line_value = event->value,
                             .task = event->task,
                             .lane = (guint16) reader->index };
  gboolean has_value =
      event->kind == WEFT_EVENT_PUT || event->kind == WEFT_EVENT_GET || event->kind == WEFT_EVENT_COUNTER;

  if (has_value && weft_reader_context_find_object (context, event->object)
      && (event->kind == WEFT_EVENT_COUNTER || event->value >= 0))
    {
      merged.object = (guint16) event->object;
      note_valued (reader, merged.object);
    }
  else if (has_value)
    context->invalid++;
  if (event->line != WEFT_NO_LINE && event->line <= context->n_lines)
    {
      merged.line = event->line;
      if (context->line_has_seconds[event->line])
        merged.line_value = duration_ns (context, event->value);
    }
  else if (event->line != WEFT_NO_LINE)
    context->invalid++;
  if (!context->line_has_value[merged.line])
    merged.line_value = 0;
  if (merged.object != 0 || merged.line != 0)
    weft_event_merger_add (context->merger, &merged);
}

/* Whether the lane has done with the event's task: what it does from then on is not about it. */
static gboolean
leaves_task (const WeftEvent *event)
{
  return event->kind == WEFT_EVENT_PUT || event->kind == WEFT_EVENT_FINISH || event->kind == WEFT_EVENT_FAIL
         || event->kind == WEFT_EVENT_RELEASE;
}

/* Records were dropped from @time_ns until the next record. From then on the lane does what the GAP says,
 * or what it did before. */
static void
read_gap (WeftLaneReader *reader, WeftReaderContext *context, const WeftEvent *event, gint64 time_ns)
{
  reader->gap_records += (guint64) MAX (event->value, 0);
  if (event->activity != WEFT_WIRE_KEEP)
    {
      reader->resumed = (WeftActivity) event->activity;
      reader->resumed_object = (guint16) event->object;
      reader->resumed_task = event->task;
    }
  else if (!reader->in_gap)
    {
      reader->resumed = reader->activity;
      reader->resumed_object = reader->object;
      reader->resumed_task = reader->task;
    }
  reader->in_gap = TRUE;
  begin_gap (reader, context, event->ticks, time_ns, event->core);
}

static void
read_event (WeftLaneReader *reader, WeftReaderContext *context, const WeftEvent *event, gint64 limit_ns)
{
  gint64 time_ns = CLAMP (ticks_to_run_ns (context, event->ticks), 0, limit_ns);

  time_ns = MAX (time_ns, reader->last_ns);
  reader->last_ns = time_ns;
  reader->last_ticks = event->ticks;
  switch ((WeftEventKind) event->kind)
    {
    case WEFT_EVENT_LANE_END:
      reader->said_end = TRUE;
      reader->exit_code = (gint) CLAMP (event->value, -1, 255);
      break;
    case WEFT_EVENT_GAP:
      read_gap (reader, context, event, time_ns);
      return;
    case WEFT_EVENT_PUT:
      if (event->task != WEFT_NO_TASK)
        weft_tasks_submitted (context->tasks, event->task, time_ns);
      break;
    case WEFT_EVENT_GET:
      if (event->task != WEFT_NO_TASK)
        weft_tasks_started (context->tasks, event->task, time_ns, (gint32) reader->index);
      break;
    case WEFT_EVENT_FINISH:
    case WEFT_EVENT_FAIL:
      if (event->task != WEFT_NO_TASK)
        weft_tasks_finished (context->tasks, event->task, time_ns, event->kind == WEFT_EVENT_FINISH);
      break;
    case WEFT_EVENT_READY:
      if (context->switches != NULL)
        weft_switch_reader_note_ready (context->switches, reader->index, time_ns,
                                       CLAMP (event->value, 0, (gint64) MAX_DURATION_NS));
      break;
    default:
      break;
    }
  if (event->activity != WEFT_WIRE_KEEP)
    begin_span (reader, time_ns, (WeftActivity) event->activity,
                event->kind == WEFT_EVENT_RELEASE ? WEFT_NO_OBJECT : (guint16) event->object,
                leaves_task (event) ? WEFT_NO_TASK : event->task, event->core);
  else if (G_UNLIKELY (reader->in_gap) && event->kind != WEFT_EVENT_LANE_END)
    begin_span (reader, time_ns, reader->resumed, reader->resumed_object, reader->resumed_task, event->core);
  reader->in_gap = FALSE;
  context->events++;
  if (event->line != WEFT_NO_LINE || event->kind == WEFT_EVENT_PUT || event->kind == WEFT_EVENT_GET
      || event->kind == WEFT_EVENT_COUNTER)
    merge_event (reader, context, event, time_ns);
  else if (event->kind == WEFT_EVENT_LOCK_WAIT || event->kind == WEFT_EVENT_ACQUIRE
           || event->kind == WEFT_EVENT_RELEASE)
    merge_lock_event (reader, context, event, time_ns);
}

/* What is left to do with an event when the recording is full: it counts as dropped, but a lane's own end
 * is not missed. */
static void
pass_over_event (WeftLaneReader *reader, WeftReaderContext *context, const WeftEvent *event)
{
  if (event->kind == WEFT_EVENT_LANE_END)
    {
      reader->said_end = TRUE;
      reader->exit_code = (gint) CLAMP (event->value, -1, 255);
    }
  if (event->kind == WEFT_EVENT_GAP)
    reader->gap_records += (guint64) MAX (event->value, 0);
  else
    {
      reader->unrecorded++;
      context->dropped++;
    }
}

/* What the end_ fields hold of the kernel's figures. */
static void
record_usage (WeftLaneReader *reader, WeftReaderContext *context, guint32 flags)
{
  const WeftWireLane *slot = reader->drain.slot;
  WeftLaneUsage usage = { -1, -1, -1, -1, -1, -1 };

#define FIELD(name)                                                                                          \
  ((gint64) MIN (atomic_load_explicit (&slot->end_##name, memory_order_relaxed), (guint64) MAX_DURATION_NS))
  if ((flags & WEFT_END_USAGE) != 0)
    {
      usage.cpu_ns = FIELD (cpu_ns);
      usage.voluntary = FIELD (voluntary);
      usage.involuntary = FIELD (involuntary);
    }
  if ((flags & WEFT_END_SCHEDSTAT) != 0)
    {
      usage.on_core_ns = FIELD (on_core_ns);
      usage.ready_ns = FIELD (ready_ns);
    }
  if ((flags & WEFT_END_MIGRATIONS) != 0)
    usage.migrations = FIELD (migrations);
#undef FIELD
  weft_recording_set_lane_usage (context->recording, reader->index, &usage, TRUE);
}

static gboolean
is_crash (gint signal)
{
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGABRT
         || signal == SIGSYS;
}

/* The first time that the lane is seen to have ended: when, and whether by itself. */
static void
note_end (WeftLaneReader *reader, WeftReaderContext *context, guint32 flags)
{
  guint64 ticks = atomic_load_explicit (&reader->drain.slot->end_ticks, memory_order_relaxed);
  gint64 now_ns = MAX (weft_reader_context_now (context), reader->last_ns);

  reader->ended = TRUE;
  /* Only the lane itself knows its schedstat, so it has spoken even if its LANE_END was dropped. */
  reader->ended_itself = reader->said_end || (flags & WEFT_END_SCHEDSTAT) != 0;
  /* The time of its LANE_END, where that was recorded. */
  if (reader->said_end && !context->full)
    {
      reader->ended_ns = reader->last_ns;
      return;
    }
  reader->ended_ns = ticks != 0 ? CLAMP (ticks_to_run_ns (context, ticks), reader->last_ns, now_ns) : now_ns;
  if (!context->full && reader->dropped > reader->gap_records)
    begin_gap (reader, context, reader->last_ticks, reader->last_ns, WEFT_NO_CORE);
}

/* Records the end of a lane whose last record has been read, as far as it is known. */
static void
record_end (WeftLaneReader *reader, WeftReaderContext *context)
{
  const WeftWireLane *slot = reader->drain.slot;
  guint32 flags = atomic_load_explicit (&slot->end_flags, memory_order_acquire);
  gint32 status = atomic_load_explicit (&slot->end_status, memory_order_relaxed);
  gboolean has_status = (flags & WEFT_END_STATUS) != 0;
  WeftLaneEnd end = WEFT_LANE_VANISHED;
  gint exit_code = -1, signal = 0;

  if (!reader->ended)
    note_end (reader, context, flags);
  if (reader->ended_itself)
    {
      end = WEFT_LANE_EXITED;
      exit_code =
          reader->is_process && has_status && WIFEXITED (status) ? WEXITSTATUS (status) : reader->exit_code;
    }
  else if (has_status && WIFEXITED (status))
    {
      end = WEFT_LANE_EXITED;
      exit_code = WEXITSTATUS (status);
    }
  else if (has_status && WIFSIGNALED (status))
    {
      signal = WTERMSIG (status);
      end = is_crash (signal) ? WEFT_LANE_CRASHED : WEFT_LANE_KILLED;
    }
  record_usage (reader, context, flags);
  weft_recording_end_lane (context->recording, reader->index, reader->ended_ns, end, exit_code, signal);
  /* Of a process, waitpid() may have more to say. */
  reader->closed = !reader->is_process || has_status;
}

gboolean
weft_lane_reader_read (WeftLaneReader *reader, WeftReaderContext *context)
{
  guint64 dropped;
  gint64 limit_ns;
  gsize count;
  gboolean was_ended;

  if (reader->closed)
    return FALSE;
  /* Before the ring: what was dropped by now and has no GAP record in it, was dropped after all that it
   * holds. */
  dropped = weft_drain_dropped (&reader->drain);
  /* The state before the ring: when it says ended, the ring holds all that will ever come. */
  was_ended = atomic_load_explicit (&reader->drain.slot->state, memory_order_acquire) == WEFT_SLOT_ENDED;
  count = weft_drain_read (&reader->drain, context->buffer, WEFT_LANE_READER_BATCH);
  limit_ns = MAX (weft_reader_context_now (context), reader->last_ns);
  for (gsize i = 0; i < count; i++)
    if (G_UNLIKELY (context->full))
      pass_over_event (reader, context, &context->buffer[i]);
    else
      read_event (reader, context, &context->buffer[i], limit_ns);
  if (count == WEFT_LANE_READER_BATCH)
    return TRUE;
  /* A lane that has been silent since it dropped events, though there is room: it may do anything. */
  if (count == 0 && dropped > reader->gap_records && reader->activity != WEFT_ACTIVITY_UNKNOWN)
    begin_gap (reader, context, reader->last_ticks, reader->last_ns, WEFT_NO_CORE);
  if (count > 0 || was_ended)
    weft_lane_reader_update_totals (reader, context);
  if (was_ended)
    record_end (reader, context);
  return FALSE;
}

gint64
weft_lane_reader_get_last (const WeftLaneReader *reader)
{
  return reader->last_ns;
}

void
weft_lane_reader_update_totals (WeftLaneReader *reader, WeftReaderContext *context)
{
  const WeftWireLane *slot = reader->drain.slot;
  guint64 dropped = weft_drain_dropped (&reader->drain);

#define TOTAL(name) atomic_load_explicit (&slot->totals[WEFT_LANE_##name], memory_order_relaxed)
  if (dropped > reader->dropped)
    {
      context->dropped += dropped - reader->dropped;
      reader->dropped = dropped;
    }
  context->invalid += reader->drain.invalid - reader->invalid;
  reader->invalid = reader->drain.invalid;
  weft_recording_set_lane_totals (context->recording, reader->index, TOTAL (TASKS_STARTED),
                                  TOTAL (TASKS_DONE), TOTAL (TASKS_FAILED),
                                  reader->dropped + reader->unrecorded);
#undef TOTAL
}

void
weft_lane_reader_stop_recording (WeftLaneReader *reader, gint64 time_ns)
{
  if (reader->ended)
    return;
  reader->last_ns = MAX (reader->last_ns, time_ns);
  reader->in_gap = FALSE;
  begin_span (reader, reader->last_ns, WEFT_ACTIVITY_UNKNOWN, WEFT_NO_OBJECT, WEFT_NO_TASK, WEFT_NO_CORE);
}

gboolean
weft_lane_reader_is_closed (const WeftLaneReader *reader)
{
  return reader->closed;
}

void
weft_lane_reader_close (WeftLaneReader *reader, WeftReaderContext *context)
{
  if (reader->closed)
    return;
  weft_lane_reader_update_totals (reader, context);
  record_end (reader, context);
  reader->closed = TRUE;
}
