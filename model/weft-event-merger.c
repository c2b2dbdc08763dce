/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-event-merger.h"

#include <math.h>
#include <string.h>

struct _WeftEventMerger
{
  WeftRecording *recording; /* not owned */
  WeftMergedEvent *events;
  WeftMergedEvent *scratch; /* as large as events */
  gsize n_events;
  gsize capacity;
  GArray *runs; /* gsize: where each run of events in order begins */
};

WeftEventMerger *
weft_event_merger_new (WeftRecording *recording)
{
  WeftEventMerger *merger = g_new0 (WeftEventMerger, 1);

  merger->recording = recording;
  merger->runs = g_array_new (FALSE, FALSE, sizeof (gsize));
  return merger;
}

void
weft_event_merger_free (WeftEventMerger *merger)
{
  if (merger == NULL)
    return;
  g_free (merger->events);
  g_free (merger->scratch);
  g_array_unref (merger->runs);
  g_free (merger);
}

void
weft_event_merger_add (WeftEventMerger *merger, const WeftMergedEvent *event)
{
  if (merger->n_events == merger->capacity)
    {
      merger->capacity = MAX (1024, 2 * merger->capacity);
      merger->events = g_renew (WeftMergedEvent, merger->events, merger->capacity);
      merger->scratch = g_renew (WeftMergedEvent, merger->scratch, merger->capacity);
    }
  if (merger->n_events == 0 || event->ticks < merger->events[merger->n_events - 1].ticks)
    g_array_append_val (merger->runs, merger->n_events);
  merger->events[merger->n_events++] = *event;
}

/* Merges the neighbouring runs [@a, @b) and [@b, @end) of events into scratch. Of equal ticks those of
 * the first run come first. */
static void
merge_pair (WeftEventMerger *merger, gsize a, gsize b, gsize end)
{
  const WeftMergedEvent *events = merger->events;
  WeftMergedEvent *target = merger->scratch + a;
  gsize middle = b;

  while (a < middle && b < end)
    *target++ = events[b].ticks < events[a].ticks ? events[b++] : events[a++];
  while (a < middle)
    *target++ = events[a++];
  while (b < end)
    *target++ = events[b++];
}

/* Merges all runs, pair by pair. Lanes deliver their events in order, so there are few. */
static void
sort_events (WeftEventMerger *merger)
{
  GArray *runs = merger->runs;

#define RUN(i) ((i) < runs->len ? g_array_index (runs, gsize, i) : merger->n_events)
  while (runs->len > 1)
    {
      WeftMergedEvent *merged;
      guint n_runs = (runs->len + 1) / 2;

      for (guint i = 0; i < n_runs; i++)
        merge_pair (merger, RUN (2 * i), RUN (2 * i + 1), RUN (2 * i + 2));
      for (guint i = 0; i < n_runs; i++)
        g_array_index (runs, gsize, i) = RUN (2 * i);
      g_array_set_size (runs, n_runs);
      merged = merger->scratch;
      merger->scratch = merger->events;
      merger->events = merged;
    }
#undef RUN
}

static void
write_event (WeftEventMerger *merger, const WeftMergedEvent *event)
{
  if (event->object != 0)
    weft_recording_append_value (merger->recording, event->object, event->time_ns,
                                 event->value == WEFT_EVENT_MERGER_UNKNOWN ? (double) NAN
                                                                           : (double) event->value);
  if (event->line != 0)
    weft_log_append (weft_recording_get_log (merger->recording), &(WeftLogEntry){ .time_ns = event->time_ns,
                                                                                  .value = event->line_value,
                                                                                  .task = event->task,
                                                                                  .lane = event->lane,
                                                                                  .line = event->line });
}

gsize
weft_event_merger_flush (WeftEventMerger *merger, gint64 until_ns)
{
  gsize written = 0, first_run = 0;

  if (merger->n_events == 0)
    return 0;
  if (until_ns != G_MAXINT64)
    until_ns -= WEFT_EVENT_MERGER_MARGIN_NS;
  sort_events (merger);
  for (; written < merger->n_events && merger->events[written].time_ns <= until_ns; written++)
    write_event (merger, &merger->events[written]);
  merger->n_events -= written;
  memmove (merger->events, merger->events + written, merger->n_events * sizeof *merger->events);
  g_array_set_size (merger->runs, 0);
  if (merger->n_events > 0)
    g_array_append_val (merger->runs, first_run);
  return written;
}

gsize
weft_event_merger_get_n_held (WeftEventMerger *merger)
{
  return merger->n_events;
}
