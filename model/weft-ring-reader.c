/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-ring-reader.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>

#include "weft-lane-reader.h"
#include "weft-recording-private.h"

/* Time between two passes, unless a ring is half full before: short enough for a picture that moves at a
 * display's rate. */
#define PERIOD_NS 10000000

/* Time between two copies of totals that no event announces. */
#define TOTALS_PERIOD_NS 100000000

/* The memory of the recording is added up with the totals, and each time so many events came in between:
 * some megabytes. */
#define BUDGET_EVENTS 100000

struct _WeftRingReader
{
  WeftReaderContext context;
  WeftLaneReader **lanes; /* by number in the shared table; NULL: not open yet */
  gboolean *has_more;     /* by number likewise: of this pass */
  guint n_lanes;          /* slots looked at, open or not */
  guint first_waiting;    /* no slot below it is waiting to be opened */
  gint64 totals_ns;       /* when totals were copied last */
  guint64 budget_events;  /* recorded when the memory was added up last */

  GThread *thread;
  atomic_bool finishing;
  gboolean finished;
};

WeftRingReader *
weft_ring_reader_new (const WeftWire *wire, WeftRecording *recording)
{
  WeftRingReader *reader = g_new0 (WeftRingReader, 1);
  WeftReaderContext *context = &reader->context;
  const WeftWorkloadInfo *info = weft_recording_get_workload (recording);

  context->wire = wire;
  context->recording = g_object_ref (recording);
  context->tasks = weft_recording_get_tasks (recording);
  context->merger = weft_event_merger_new (recording);
  context->start_ns = weft_recording_get_start_ns (recording);
  context->buffer = g_new (WeftEvent, WEFT_LANE_READER_BATCH);
  weft_clock_map_init (&context->clock, wire->clock);
  memset (context->recording_index, 0xff, sizeof context->recording_index);
  if (info != NULL)
    {
      context->n_lines = MIN (info->n_lines, 255);
      for (guint i = 0; i < context->n_lines; i++)
        {
          context->line_has_seconds[i + 1] = strstr (info->lines[i], "{seconds}") != NULL;
          context->line_has_value[i + 1] =
              context->line_has_seconds[i + 1] || strstr (info->lines[i], "{value}") != NULL;
        }
    }
  reader->lanes = g_new0 (WeftLaneReader *, WEFT_WIRE_MAX_LANES);
  reader->has_more = g_new0 (gboolean, WEFT_WIRE_MAX_LANES);
  return reader;
}

void
weft_ring_reader_take_switches (WeftRingReader *reader, WeftSwitchSource *source)
{
  g_return_if_fail (reader->thread == NULL && reader->context.switches == NULL);
  reader->context.switches = weft_switch_reader_new (source, reader->context.recording);
}

/* The nice value of the run's processes, as that of the first lane's. */
static void
note_nice (WeftRecording *recording)
{
  gint pid = weft_recording_get_lane (recording, 0)->pid;
  int nice;

  errno = 0;
  nice = getpriority (PRIO_PROCESS, (id_t) pid);
  if (pid > 0 && errno == 0)
    weft_recording_set_nice (recording, nice);
}

/* Opens the lanes that have been filled in since the last pass. One may still be in the making while
 * those after it are ready, or for ever, when its maker was killed. */
static void
open_lanes (WeftRingReader *reader)
{
  WeftReaderContext *context = &reader->context;
  const WeftWireHeader *header = context->wire->header;
  guint count = atomic_load_explicit (&header->lane_count, memory_order_acquire);
  guint n_before = weft_recording_get_n_lanes (context->recording);

  if (context->ring_records == 0)
    context->ring_records = atomic_load_explicit (&header->ring_records, memory_order_acquire);
  reader->n_lanes = MAX (reader->n_lanes, MIN (count, WEFT_WIRE_MAX_LANES));
  for (guint i = reader->first_waiting; i < reader->n_lanes; i++)
    {
      if (reader->lanes[i] == NULL)
        reader->lanes[i] = weft_lane_reader_open (context, (guint16) i);
      if (reader->lanes[i] != NULL && i == reader->first_waiting)
        reader->first_waiting++;
    }
  if (n_before == 0 && weft_recording_get_n_lanes (context->recording) > 0)
    note_nice (context->recording);
}

static void
open_objects (WeftRingReader *reader)
{
  guint count = atomic_load_explicit (&reader->context.wire->header->object_count, memory_order_acquire);

  for (guint number = 1; number <= MIN (count, WEFT_WIRE_MAX_OBJECTS); number++)
    weft_reader_context_find_object (&reader->context, number);
}

/* Copies the exact totals of queue @number, if that is what it is. */
static void
copy_queue_totals (WeftReaderContext *context, guint number)
{
  const WeftObjectInfo *info = weft_recording_get_object (context->recording, number);
  const WeftWireObject *object = weft_wire_object (context->wire, number);
  double tick_s = weft_clock_map_ns_per_tick (&context->clock) / 1e9;

#define TOTAL(name) atomic_load_explicit (&object->totals[WEFT_QUEUE_##name], memory_order_relaxed)
#define TIME_S(name)                                                                                         \
  (TOTAL (name) != 0                                                                                         \
       ? (double) (weft_clock_map_to_ns (&context->clock, TOTAL (name)) - context->start_ns) / 1e9           \
       : (double) NAN)
  if (info == NULL || info->kind != WEFT_OBJECT_IS_QUEUE)
    return;
  weft_recording_set_queue_totals (context->recording, number,
                                   &(WeftQueueTotals){
                                       .puts = TOTAL (PUTS),
                                       .gets = TOTAL (GETS),
                                       .max_depth = TOTAL (MAX_DEPTH),
                                       .depth_integral_s = (double) TOTAL (DEPTH_TICKS) * tick_s,
                                       .total_wait_s = (double) TOTAL (WAIT_TICKS) * tick_s,
                                       .first_put_s = TIME_S (FIRST_PUT),
                                       .last_get_s = TIME_S (LAST_GET),
                                       .last_change_s = fmax (TIME_S (LAST_PUT), TIME_S (LAST_GET)) });
#undef TIME_S
#undef TOTAL
}

static WeftDurations
get_durations (const WeftHistogram *histogram, double tick_s)
{
  WeftHistogramFigures figures;

  if (!weft_histogram_read (histogram, &figures))
    return (WeftDurations){ NAN, NAN, NAN, NAN, 0 };
  return (WeftDurations){ .p50_s = (double) figures.p50 * tick_s,
                          .p90_s = (double) figures.p90 * tick_s,
                          .p99_s = (double) figures.p99 * tick_s,
                          .max_s = (double) figures.max * tick_s,
                          .total_s = (double) figures.total * tick_s };
}

/* Copies the exact totals of lock @number, if that is what it is. */
static void
copy_lock_totals (WeftReaderContext *context, guint number)
{
  const WeftObjectInfo *info = weft_recording_get_object (context->recording, number);
  const WeftWireObject *object = weft_wire_object (context->wire, number);
  double tick_s = weft_clock_map_ns_per_tick (&context->clock) / 1e9;

#define TOTAL(name) atomic_load_explicit (&object->totals[WEFT_LOCK_##name], memory_order_relaxed)
  if (info == NULL || info->kind != WEFT_OBJECT_IS_LOCK)
    return;
  weft_recording_set_lock_totals (
      context->recording, number,
      &(WeftLockTotals){
          .acquisitions = TOTAL (ACQUISITIONS),
          .contended = TOTAL (CONTENDED),
          .handovers = TOTAL (HANDOVERS),
          .free_s = (double) TOTAL (FREE_TICKS) * tick_s,
          .wait = get_durations (weft_wire_histogram (context->wire, number, WEFT_LOCK_WAITS), tick_s),
          .hold = get_durations (weft_wire_histogram (context->wire, number, WEFT_LOCK_HOLDS), tick_s) });
#undef TOTAL
}

static void
copy_totals (WeftRingReader *reader)
{
  guint count = atomic_load_explicit (&reader->context.wire->header->object_count, memory_order_acquire);

  for (guint i = 0; i < reader->n_lanes; i++)
    if (reader->lanes[i] != NULL && !weft_lane_reader_is_closed (reader->lanes[i]))
      weft_lane_reader_update_totals (reader->lanes[i], &reader->context);
  for (guint number = 1; number <= MIN (count, WEFT_WIRE_MAX_OBJECTS); number++)
    {
      copy_queue_totals (&reader->context, number);
      copy_lock_totals (&reader->context, number);
    }
}

/* Everything that is in the rings, a batch from each lane in turn: so what the merger holds stays little,
 * and in the processor's cache, however much there is. A ring is read at most once around: one that is
 * written as fast as we read must not keep us from the others. */
static void
read_lanes (WeftRingReader *reader, gint64 until_ns)
{
  WeftReaderContext *context = &reader->context;
  guint n_rounds = MAX (context->ring_records / WEFT_LANE_READER_BATCH, 1);
  gboolean more = TRUE;

  for (guint i = 0; i < reader->n_lanes; i++)
    reader->has_more[i] = reader->lanes[i] != NULL;
  for (guint round = 0; more && round < n_rounds; round++)
    {
      gint64 complete_ns = until_ns;

      more = FALSE;
      for (guint i = 0; i < reader->n_lanes; i++)
        if (reader->has_more[i] && (reader->has_more[i] = weft_lane_reader_read (reader->lanes[i], context)))
          {
            more = TRUE;
            complete_ns = MIN (complete_ns, weft_lane_reader_get_last (reader->lanes[i]));
          }
      if (more)
        weft_event_merger_flush (context->merger, complete_ns);
    }
  for (guint i = 0; i < reader->n_lanes; i++)
    if (reader->has_more[i])
      weft_lane_reader_update_totals (reader->lanes[i], context);
}

/* The recording is full at @now_ns: from here on it knows of no lane's activity and of no object's value.
 * That takes some memory more, once. */
static void
stop_recording (WeftRingReader *reader, gint64 now_ns)
{
  WeftReaderContext *context = &reader->context;

  /* Nothing can come any more that would have to be put before what waits. */
  weft_event_merger_flush (context->merger, G_MAXINT64);
  context->full = TRUE;
  if (context->switches != NULL)
    weft_switch_reader_stop (context->switches, now_ns,
                             "The recording is full: from there on context switches are not recorded.");
  for (guint i = 0; i < reader->n_lanes; i++)
    if (reader->lanes[i] != NULL)
      weft_lane_reader_stop_recording (reader->lanes[i], now_ns);
  for (guint number = 1; number <= WEFT_WIRE_MAX_OBJECTS; number++)
    {
      const WeftObjectInfo *info = weft_recording_get_object (context->recording, number);

      if (info != NULL)
        weft_recording_append_value (context->recording, number, now_ns, NAN);
      if (info != NULL && info->holders != NULL)
        weft_recording_append_holder (context->recording, number, now_ns, NAN);
    }
  weft_recording_set_full (context->recording, now_ns);
}

static void
keep_budget (WeftRingReader *reader, gint64 now_ns)
{
  WeftReaderContext *context = &reader->context;

  if (context->full
      || (now_ns - reader->totals_ns < TOTALS_PERIOD_NS
          && context->events - reader->budget_events < BUDGET_EVENTS))
    return;
  reader->budget_events = context->events;
  if (weft_recording_get_bytes (context->recording) >= weft_recording_get_budget (context->recording))
    stop_recording (reader, now_ns);
}

static void
set_counts (WeftReaderContext *context)
{
  weft_recording_set_counts (context->recording, context->events, context->dropped,
                             context->invalid + weft_tasks_get_ignored (context->tasks));
}

void
weft_ring_reader_pass (WeftRingReader *reader)
{
  WeftReaderContext *context = &reader->context;
  gint64 until_ns;

  weft_clock_map_refresh (&context->clock);
  until_ns = weft_reader_context_now (context);
  open_objects (reader);
  open_lanes (reader);
  read_lanes (reader, until_ns);
  weft_event_merger_flush (context->merger, until_ns);
  if (context->switches != NULL)
    weft_switch_reader_pass (context->switches, until_ns, FALSE);
  keep_budget (reader, until_ns);
  if (until_ns - reader->totals_ns >= TOTALS_PERIOD_NS)
    {
      copy_totals (reader);
      reader->totals_ns = until_ns;
    }
  set_counts (context);
  weft_recording_advance (context->recording, until_ns - WEFT_EVENT_MERGER_MARGIN_NS);
}

/* The last pass: nobody writes any more. */
static void
final_pass (WeftRingReader *reader)
{
  WeftReaderContext *context = &reader->context;

  /* A ring is read at most once around in a pass, and it may hold one round more. */
  for (guint i = 0; i < 2; i++)
    weft_ring_reader_pass (reader);
  copy_totals (reader);
  for (guint i = 0; i < reader->n_lanes; i++)
    if (reader->lanes[i] != NULL)
      weft_lane_reader_close (reader->lanes[i], context);
  weft_event_merger_flush (context->merger, G_MAXINT64);
  if (context->switches != NULL)
    weft_switch_reader_pass (context->switches, weft_reader_context_now (context), TRUE);
  set_counts (context);
  weft_recording_advance (context->recording, weft_reader_context_now (context));
}

static gpointer
reader_thread (gpointer data)
{
  WeftRingReader *reader = data;

  while (!atomic_load (&reader->finishing))
    {
      gint64 began_ns = weft_monotonic_ns ();

      weft_ring_reader_pass (reader);
      weft_drain_sleep (reader->context.wire, began_ns + PERIOD_NS, &reader->finishing);
    }
  return NULL;
}

gboolean
weft_ring_reader_start (WeftRingReader *reader, GError **error)
{
  g_return_val_if_fail (reader->thread == NULL, FALSE);
  reader->thread = g_thread_try_new ("weft-reader", reader_thread, reader, error);
  return reader->thread != NULL;
}

void
weft_ring_reader_finish (WeftRingReader *reader)
{
  if (reader->finished)
    return;
  reader->finished = TRUE;
  if (reader->thread != NULL)
    {
      atomic_store (&reader->finishing, true);
      weft_drain_wake (reader->context.wire);
      g_thread_join (g_steal_pointer (&reader->thread));
    }
  final_pass (reader);
}

void
weft_ring_reader_free (WeftRingReader *reader)
{
  if (reader == NULL)
    return;
  weft_ring_reader_finish (reader);
  for (guint i = 0; i < reader->n_lanes; i++)
    weft_lane_reader_free (reader->lanes[i]);
  g_free (reader->lanes);
  g_free (reader->has_more);
  g_free (reader->context.buffer);
  weft_event_merger_free (reader->context.merger);
  weft_switch_reader_free (reader->context.switches);
  g_object_unref (reader->context.recording);
  g_free (reader);
}
