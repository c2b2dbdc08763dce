/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-event-merger.h"

#include <math.h>
#include <string.h>

/* Events in order: those of one lane, as a rule. */
typedef struct
{
  gsize next; /* the first that is not written yet */
  gsize end;
} Run;

struct _WeftEventMerger
{
  WeftRecording *recording; /* not owned */
  WeftMergedEvent *events;
  gsize n_events;
  gsize capacity;
  GArray *runs; /* Run: all events, one run after the other */
  GArray *heap; /* Next: of those runs that have events left, the earliest on top */
  /* By number - 1 of a lock: the time of the last event that told of it. */
  gint64 holder_ns[WEFT_RECORDING_MAX_OBJECTS];
  gint64 waiters_ns[WEFT_RECORDING_MAX_OBJECTS];
};

/* The next event of a run. Its ticks are here too, so that the heap is put in order without looking
 * elsewhere. */
typedef struct
{
  guint64 ticks;
  guint run;
} Next;

WeftEventMerger *
weft_event_merger_new (WeftRecording *recording)
{
  WeftEventMerger *merger = g_new0 (WeftEventMerger, 1);

  merger->recording = recording;
  merger->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  merger->heap = g_array_new (FALSE, FALSE, sizeof (Next));
  return merger;
}

void
weft_event_merger_free (WeftEventMerger *merger)
{
  if (merger == NULL)
    return;
  g_free (merger->events);
  g_array_unref (merger->runs);
  g_array_unref (merger->heap);
  g_free (merger);
}

void
weft_event_merger_add (WeftEventMerger *merger, const WeftMergedEvent *event)
{
  if (merger->n_events == merger->capacity)
    {
      merger->capacity = MAX (1024, 2 * merger->capacity);
      merger->events = g_renew (WeftMergedEvent, merger->events, merger->capacity);
    }
  if (merger->n_events == 0 || event->ticks < merger->events[merger->n_events - 1].ticks)
    {
      Run run = { .next = merger->n_events, .end = merger->n_events };

      g_array_append_val (merger->runs, run);
    }
  merger->events[merger->n_events++] = *event;
  g_array_index (merger->runs, Run, merger->runs->len - 1).end = merger->n_events;
}

#define RUN(number) (&g_array_index (merger->runs, Run, (number)))

/* Of equal ticks those of the first run come first. */
static inline gboolean
is_before (Next a, Next b)
{
  return a.ticks != b.ticks ? a.ticks < b.ticks : a.run < b.run;
}

/* Puts @next, instead of what is there, at @place of a heap or below it, where it belongs. */
static void
sift_down (Next *heap, guint n, guint place, Next next)
{
  for (guint child; (child = 2 * place + 1) < n; place = child)
    {
      if (child + 1 < n && is_before (heap[child + 1], heap[child]))
        child++;
      if (is_before (next, heap[child]))
        break;
      heap[place] = heap[child];
    }
  heap[place] = next;
}

static void
make_heap (WeftEventMerger *merger)
{
  guint n = merger->runs->len;
  Next *heap;

  g_array_set_size (merger->heap, n);
  heap = (Next *) merger->heap->data;
  for (guint i = 0; i < n; i++)
    heap[i] = (Next){ .ticks = merger->events[RUN (i)->next].ticks, .run = i };
  for (guint i = n / 2; i-- > 0;)
    sift_down (heap, n, i, heap[i]);
}

static void
write_lock_event (WeftEventMerger *merger, const WeftMergedEvent *event)
{
  gboolean unknown = event->value == WEFT_EVENT_MERGER_UNKNOWN;
  gint64 *holder_ns = &merger->holder_ns[event->object - 1];
  gint64 *waiters_ns = &merger->waiters_ns[event->object - 1];

  if ((event->changes & WEFT_MERGED_HOLDER) != 0 && event->time_ns >= *holder_ns)
    {
      *holder_ns = event->time_ns;
      weft_recording_append_holder (merger->recording, event->object, event->time_ns,
                                    unknown ? (double) NAN : (double) event->holder);
    }
  if ((event->changes & WEFT_MERGED_WAITERS) != 0 && event->time_ns >= *waiters_ns)
    {
      *waiters_ns = event->time_ns;
      weft_recording_append_value (merger->recording, event->object, event->time_ns,
                                   unknown ? (double) NAN : (double) event->value);
    }
}

static void
write_event (WeftEventMerger *merger, const WeftMergedEvent *event)
{
  if (event->changes != WEFT_MERGED_VALUE)
    write_lock_event (merger, event);
  else if (event->object != 0)
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

/* Writes events of the run on top of the heap for as long as they come before those of all others, which
 * in a busy lane is long. False when the next one is later than @until_ns. */
static gboolean
write_from_top (WeftEventMerger *merger, gint64 until_ns)
{
  Next *heap = (Next *) merger->heap->data;
  guint n = merger->heap->len;
  Next top = heap[0];
  Run *run = RUN (top.run);
  guint64 others = G_MAXUINT64; /* before these ticks */

  for (guint child = 1; child < MIN (n, 3); child++)
    others = MIN (others, heap[child].ticks);
  do
    {
      const WeftMergedEvent *event = &merger->events[run->next];

      if (event->time_ns > until_ns)
        return FALSE;
      write_event (merger, event);
      run->next++;
    }
  while (run->next < run->end && merger->events[run->next].ticks < others);
  if (run->next < run->end)
    top.ticks = merger->events[run->next].ticks;
  else
    {
      top = heap[--n];
      g_array_set_size (merger->heap, n);
    }
  if (n > 0)
    sift_down (heap, n, 0, top);
  return TRUE;
}

/* Moves what is left together, run after run. */
static void
close_ranks (WeftEventMerger *merger)
{
  guint n_runs = 0;
  gsize n_events = 0;

  for (guint i = 0; i < merger->runs->len; i++)
    {
      Run run = *RUN (i);
      gsize count = run.end - run.next;

      if (count == 0)
        continue;
      memmove (merger->events + n_events, merger->events + run.next, count * sizeof *merger->events);
      *RUN (n_runs++) = (Run){ .next = n_events, .end = n_events + count };
      n_events += count;
    }
  g_array_set_size (merger->runs, n_runs);
  merger->n_events = n_events;
}

gsize
weft_event_merger_flush (WeftEventMerger *merger, gint64 until_ns)
{
  gsize before = merger->n_events;

  if (before == 0)
    return 0;
  if (until_ns != G_MAXINT64)
    until_ns -= WEFT_EVENT_MERGER_MARGIN_NS;
  make_heap (merger);
  while (merger->heap->len > 0 && write_from_top (merger, until_ns))
    ;
  close_ranks (merger);
  return before - merger->n_events;
}

gsize
weft_event_merger_get_n_held (WeftEventMerger *merger)
{
  return merger->n_events;
}
