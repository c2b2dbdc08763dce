/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-event-merger.h"

#include <string.h>

/* How far apart two events may be whose times are in the wrong order. Measured: up to about 1 µs, when
 * one lane takes and leaves a lock many times while another one's attempt is under way. */
#define REORDER_NS 10000

G_STATIC_ASSERT (WEFT_EVENT_MERGER_MARGIN_NS >= 2 * REORDER_NS);

/* How many events of one object are considered at once for another order, how many of them must then
 * follow each other, and how many steps finding that may take. */
#define REORDER_EVENTS 32
#define REORDER_GOAL 8
#define REORDER_STEPS 1000

/* Where events were lost, depths do not tell: so many must follow each other again before they do. */
#define DISTRUST_EVENTS 16

/* What is known of a queue while its events are written. */
typedef struct
{
  gint64 depth;   /* after the last event written; -1: not known */
  guint distrust; /* events that must follow each other before their order is questioned again */
} Chain;

struct _WeftEventMerger
{
  WeftRecording *recording; /* not owned */
  WeftMergedEvent *events;
  WeftMergedEvent *scratch; /* as large as events */
  gsize n_events;
  gsize capacity;
  GArray *runs; /* gsize: where each run of events in order begins */

  Chain chains[WEFT_RECORDING_MAX_OBJECTS]; /* by number - 1 */
};

WeftEventMerger *
weft_event_merger_new (WeftRecording *recording)
{
  WeftEventMerger *merger = g_new0 (WeftEventMerger, 1);

  merger->recording = recording;
  merger->runs = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (guint i = 0; i < WEFT_RECORDING_MAX_OBJECTS; i++)
    merger->chains[i].depth = -1;
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
  if (merger->n_events == 0 || event->time_ns < merger->events[merger->n_events - 1].time_ns)
    g_array_append_val (merger->runs, merger->n_events);
  merger->events[merger->n_events++] = *event;
}

/* Merges the neighbouring runs [@a, @b) and [@b, @end) of events into scratch. Of equal times those of
 * the first run come first. */
static void
merge_pair (WeftEventMerger *merger, gsize a, gsize b, gsize end)
{
  const WeftMergedEvent *events = merger->events;
  WeftMergedEvent *target = merger->scratch + a;
  gsize middle = b;

  while (a < middle && b < end)
    *target++ = events[b].time_ns < events[a].time_ns ? events[b++] : events[a++];
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

static inline gboolean
is_step (const WeftMergedEvent *event)
{
  return event->kind == WEFT_MERGED_PUT || event->kind == WEFT_MERGED_GET;
}

/* Whether @event may come when its queue's depth is @depth. */
static inline gboolean
follows (gint64 depth, const WeftMergedEvent *event)
{
  return depth < 0 || event->value == depth + (event->kind == WEFT_MERGED_PUT ? 1 : -1);
}

/* Index of the next event after @index that steps the same queue, soon enough to be in the wrong order;
 * 0 if there is none. */
static gsize
next_step (const WeftEventMerger *merger, gsize index)
{
  const WeftMergedEvent *events = merger->events;

  for (gsize i = index + 1; i < merger->n_events && events[i].time_ns - events[index].time_ns <= REORDER_NS;
       i++)
    if (events[i].object == events[index].object && is_step (&events[i]))
      return i;
  return 0;
}

/* A search for the order in which the steps of a queue follow each other and which contradicts their
 * times the least: each event that comes after one with a later time costs the time between the two.
 * So one event that was stamped far too early costs little, however many have to come before it. */
typedef struct
{
  const WeftMergedEvent *events[REORDER_EVENTS]; /* in the order of their times */
  gsize index[REORDER_EVENTS];                   /* in the merger */
  guint n_events;
  guint goal; /* how many events must follow each other */
  guint steps;
  gboolean found;
  gint64 cost_ns; /* of the order found */
  guint first;    /* its first event */
} Search;

/* An order in the making. */
typedef struct
{
  guint32 used; /* which events are in it */
  guint length;
  guint first;
  gint64 depth;     /* after them */
  gint64 latest_ns; /* of their times */
  gint64 cost_ns;
} Order;

/* What @order costs at least: itself, and the events that it has left behind. */
static gint64
order_cost (const Search *search, const Order *order)
{
  gint64 cost_ns = order->cost_ns;

  for (guint i = 0; i < search->n_events && search->events[i]->time_ns < order->latest_ns; i++)
    if ((order->used & (1u << i)) == 0)
      cost_ns += order->latest_ns - search->events[i]->time_ns;
  return cost_ns;
}

/* Extends @order by each event that may come next: it follows, and does not overtake one of its lane. */
static void
extend_order (Search *search, const Order *order)
{
  gint64 cost_ns = order_cost (search, order);

  if (search->found && cost_ns >= search->cost_ns)
    return;
  if (order->length == search->goal)
    {
      search->found = TRUE;
      search->cost_ns = cost_ns;
      search->first = order->first;
      return;
    }
  for (guint i = 0; i < search->n_events; i++)
    {
      const WeftMergedEvent *event = search->events[i];
      Order longer = *order;
      gboolean overtakes = FALSE;

      if ((order->used & (1u << i)) != 0 || !follows (order->depth, event))
        continue;
      for (guint j = 0; j < i && !overtakes; j++)
        overtakes = (order->used & (1u << j)) == 0 && search->events[j]->lane == event->lane;
      if (overtakes)
        continue;
      if (search->steps++ >= REORDER_STEPS)
        return;
      longer.used |= 1u << i;
      longer.first = order->length == 0 ? i : order->first;
      longer.length++;
      longer.depth = event->value;
      longer.cost_ns += MAX (order->latest_ns - event->time_ns, 0);
      longer.latest_ns = MAX (order->latest_ns, event->time_ns);
      extend_order (search, &longer);
    }
}

/* Sees to it that the step at @index is the one that comes next in its queue. */
static void
order_steps (WeftEventMerger *merger, gsize index)
{
  WeftMergedEvent *events = merger->events;
  Chain *chain = &merger->chains[events[index].object - 1];
  gboolean fits = follows (chain->depth, &events[index]);
  gsize next = fits ? next_step (merger, index) : 0;
  Search search = { 0 };

  if (chain->distrust > 0)
    {
      chain->distrust = fits ? chain->distrust - 1 : DISTRUST_EVENTS;
      return;
    }
  /* The usual case: it follows the one before, and the next follows it. */
  if (fits && (next == 0 || follows (events[index].value, &events[next])))
    return;
  for (gsize i = index; i < merger->n_events && search.n_events < REORDER_EVENTS
                        && events[i].time_ns - events[index].time_ns <= REORDER_NS;
       i++)
    if (events[i].object == events[index].object && is_step (&events[i]))
      {
        search.events[search.n_events] = &events[i];
        search.index[search.n_events++] = i;
      }
  search.goal = MIN (search.n_events, REORDER_GOAL);
  extend_order (&search, &(Order){ .depth = chain->depth, .latest_ns = events[index].time_ns });
  if (!search.found)
    chain->distrust = DISTRUST_EVENTS;
  else if (search.first > 0)
    {
      gsize from = search.index[search.first];
      WeftMergedEvent moved = events[from];

      memmove (events + index + 1, events + index, (from - index) * sizeof *events);
      events[index] = moved;
    }
}

static void
write_event (WeftEventMerger *merger, const WeftMergedEvent *event)
{
  if (event->kind != WEFT_MERGED_LINE)
    {
      weft_recording_append_value (merger->recording, event->object, event->time_ns, (double) event->value);
      merger->chains[event->object - 1].depth = event->value;
    }
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
    {
      if (is_step (&merger->events[written]))
        order_steps (merger, written);
      write_event (merger, &merger->events[written]);
    }
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
