/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-ring-reader.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "weft-lane-reader.h"
#include "weft-recording-private.h"

/* Time between two passes: the long one is short enough for a picture that moves at a display's rate. */
#define MAX_PERIOD_US 10000
#define MIN_PERIOD_US 500
#define FIRST_PERIOD_US 2000 /* many workloads begin with a burst */

/* Time between two copies of totals that no event announces. */
#define TOTALS_PERIOD_NS 100000000

struct _WeftRingReader
{
  WeftReaderContext context;
  WeftLaneReader **lanes; /* by number in the shared table; NULL: not open yet */
  guint n_lanes;          /* slots looked at, open or not */
  guint first_waiting;    /* no slot below it is waiting to be opened */
  gint64 totals_ns;       /* when totals were copied last */
  gint64 period_us;

  GThread *thread;
  pthread_mutex_t lock; /* not GLib's, which ThreadSanitizer does not see */
  pthread_cond_t wake;
  gboolean finishing; /* under the lock */
  gboolean finished;
};

WeftRingReader *
weft_ring_reader_new (const WeftWire *wire, WeftRecording *recording)
{
  WeftRingReader *reader = g_new0 (WeftRingReader, 1);
  WeftReaderContext *context = &reader->context;
  const WeftWorkloadInfo *info = weft_recording_get_workload (recording);
  pthread_condattr_t attributes;

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
        context->line_has_seconds[i + 1] = strstr (info->lines[i], "{seconds}") != NULL;
    }
  reader->lanes = g_new0 (WeftLaneReader *, WEFT_WIRE_MAX_LANES);
  reader->period_us = FIRST_PERIOD_US;
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&reader->wake, &attributes);
  pthread_condattr_destroy (&attributes);
  pthread_mutex_init (&reader->lock, NULL);
  return reader;
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

static void
copy_totals (WeftRingReader *reader)
{
  guint count = atomic_load_explicit (&reader->context.wire->header->object_count, memory_order_acquire);

  for (guint i = 0; i < reader->n_lanes; i++)
    if (reader->lanes[i] != NULL && !weft_lane_reader_is_closed (reader->lanes[i]))
      weft_lane_reader_update_totals (reader->lanes[i], &reader->context);
  for (guint number = 1; number <= MIN (count, WEFT_WIRE_MAX_OBJECTS); number++)
    copy_queue_totals (&reader->context, number);
}

/* Everything that is in the rings. Returns how full the fullest was. */
static double
read_lanes (WeftRingReader *reader)
{
  guint64 fullest = 0;

  for (guint i = 0; i < reader->n_lanes; i++)
    if (reader->lanes[i] != NULL)
      fullest = MAX (fullest, weft_lane_reader_read (reader->lanes[i], &reader->context));
  return reader->context.ring_records > 0 ? (double) fullest / reader->context.ring_records : 0;
}

static void
set_counts (WeftReaderContext *context)
{
  weft_recording_set_counts (context->recording, context->events, context->dropped,
                             context->invalid + weft_tasks_get_ignored (context->tasks));
}

double
weft_ring_reader_pass (WeftRingReader *reader)
{
  WeftReaderContext *context = &reader->context;
  gint64 until_ns;
  double fullness;

  weft_clock_map_refresh (&context->clock);
  until_ns = weft_reader_context_now (context);
  open_objects (reader);
  open_lanes (reader);
  fullness = read_lanes (reader);
  weft_event_merger_flush (context->merger, until_ns);
  if (until_ns - reader->totals_ns >= TOTALS_PERIOD_NS)
    {
      copy_totals (reader);
      reader->totals_ns = until_ns;
    }
  set_counts (context);
  weft_recording_advance (context->recording, until_ns - WEFT_EVENT_MERGER_MARGIN_NS);
  return fullness;
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
  set_counts (context);
  weft_recording_advance (context->recording, weft_reader_context_now (context));
}

/* Chooses the time to the next pass by how full the fullest ring was in this one: quickly shorter, so
 * that a sudden burst fits, slowly longer. */
static void
adapt_period (WeftRingReader *reader, double fullness)
{
  if (fullness > 0.2)
    reader->period_us = MAX (reader->period_us / 4, MIN_PERIOD_US);
  else if (fullness < 0.05)
    reader->period_us = MIN (reader->period_us * 5 / 4, MAX_PERIOD_US);
}

static gpointer
reader_thread (gpointer data)
{
  WeftRingReader *reader = data;
  gboolean finishing = FALSE;

  while (!finishing)
    {
      gint64 wake_ns;

      adapt_period (reader, weft_ring_reader_pass (reader));
      wake_ns = weft_monotonic_ns () + reader->period_us * 1000;
      pthread_mutex_lock (&reader->lock);
      while (!reader->finishing
             && pthread_cond_timedwait (&reader->wake, &reader->lock,
                                        &(struct timespec){ wake_ns / 1000000000, wake_ns % 1000000000 })
                    == 0)
        ;
      finishing = reader->finishing;
      pthread_mutex_unlock (&reader->lock);
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
      pthread_mutex_lock (&reader->lock);
      reader->finishing = TRUE;
      pthread_cond_signal (&reader->wake);
      pthread_mutex_unlock (&reader->lock);
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
  g_free (reader->context.buffer);
  weft_event_merger_free (reader->context.merger);
  g_object_unref (reader->context.recording);
  pthread_mutex_destroy (&reader->lock);
  pthread_cond_destroy (&reader->wake);
  g_free (reader);
}
