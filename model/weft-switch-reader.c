/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-switch-reader.h"

#include <math.h>

#include "weft-recording-private.h"

/* How long after its time a record may become visible: the kernel writes it with interrupts off, but a
 * virtual machine may lose its core in the middle of that. */
#define MARGIN_NS 2000000

/* How long a wake-up waits for its lane to say how long it was ready: so long on a core, because a lane says so
 * as soon as it goes on; and so long in all. */
#define LONGEST_RUN_NS 50000000
#define LONGEST_WAIT_NS G_GINT64_CONSTANT (3000000000)

/* By how much the number of ready threads lags: which of those that are blocked now had been woken is known
 * only when they have run. */
#define DEPTH_LAG_NS 1000000000

/* How long after its death a thread may still turn out to be a lane. */
#define LONGEST_OPENING_NS 1000000000

/* What a thread did last, and what of that is not in its column yet. */
typedef struct
{
  const WeftThread *info;
  WeftThreadFigures figures;
  WeftSchedulingState state;
  gint64 since_ns;
  gint last_core; /* that it ran on; -1: none yet */

  gboolean open; /* it was blocked and ran again: its column ends with the blocked span, because the lane may
                        yet say for how long of it it was ready; what came since is held */
  gint64 blocked_ns; /* since when it was blocked */
  GArray *held;      /* Held; the first says when and where it ran again */
  gint64
      exact_ns; /* time ready that the switches told of, since the lane said something last, less what it said of time before */
} State;

/* A span that is not in its column yet. */
typedef struct
{
  gint64 time_ns;
  WeftSchedulingState state;
  guint core;
} Held;

/* From @time_ns on so many more threads are ready. */
typedef struct
{
  gint64 time_ns;
  gint change;
} DepthChange;

/* What a lane said. */
typedef struct
{
  gint64 time_ns;
  gint64 ready_ns;
  guint lane;
} Saying;

struct _WeftSwitchReader
{
  WeftSwitchSource *source; /* NULL once it is stopped */
  WeftRecording *recording;
  WeftSchedule *schedule;
  gint64 start_ns;
  GArray *switches;    /* WeftSwitch: read, and not put into the recording yet */
  GArray *sayings;     /* Saying: likewise */
  GHashTable *threads; /* tid → State *: of those that live */
  GPtrArray *dead;     /* State *: of those that died and may still be a lane that is not open yet */
  GPtrArray *kept;     /* State *: of those that died and are lanes */
  GPtrArray *lanes;    /* State *, by lane; NULL: not known yet */
  guint first_missing; /* no lane below it is missing there */
  GPtrArray *open;     /* State *: those that are open */
  GArray *changes;     /* DepthChange: by time; not in the counter yet */
  gint depth;
};

static void
state_free (gpointer data)
{
  State *thread = data;

  g_array_unref (thread->held);
  g_free (thread);
}

WeftSwitchReader *
weft_switch_reader_new (WeftSwitchSource *source, WeftRecording *recording)
{
  WeftSwitchReader *reader = g_new0 (WeftSwitchReader, 1);

  reader->source = source;
  reader->recording = g_object_ref (recording);
  reader->schedule = weft_recording_get_schedule (recording);
  reader->start_ns = weft_recording_get_start_ns (recording);
  reader->switches = g_array_new (FALSE, FALSE, sizeof (WeftSwitch));
  reader->sayings = g_array_new (FALSE, FALSE, sizeof (Saying));
  reader->threads = g_hash_table_new (NULL, NULL);
  reader->dead = g_ptr_array_new_with_free_func (state_free);
  reader->kept = g_ptr_array_new_with_free_func (state_free);
  reader->lanes = g_ptr_array_new ();
  reader->open = g_ptr_array_new ();
  reader->changes = g_array_new (FALSE, FALSE, sizeof (DepthChange));
  return reader;
}

void
weft_switch_reader_free (WeftSwitchReader *reader)
{
  GHashTableIter iter;
  gpointer state;

  if (reader == NULL)
    return;
  weft_switch_source_free (reader->source);
  g_hash_table_iter_init (&iter, reader->threads);
  while (g_hash_table_iter_next (&iter, NULL, &state))
    state_free (state);
  g_hash_table_unref (reader->threads);
  g_ptr_array_unref (reader->dead);
  g_ptr_array_unref (reader->kept);
  g_ptr_array_unref (reader->lanes);
  g_ptr_array_unref (reader->open);
  g_array_unref (reader->switches);
  g_array_unref (reader->sayings);
  g_array_unref (reader->changes);
  g_object_unref (reader->recording);
  g_free (reader);
}

/* ── how many are ready ── */

static void
change_depth (WeftSwitchReader *reader, gint64 time_ns, gint change)
{
  DepthChange entry = { MAX (time_ns, 0), change };
  guint place = reader->changes->len;

  while (place > 0 && g_array_index (reader->changes, DepthChange, place - 1).time_ns > time_ns)
    place--;
  g_array_insert_val (reader->changes, place, entry);
}

/* Nothing earlier than @until_ns will come. */
static void
flush_depth (WeftSwitchReader *reader, gint64 until_ns)
{
  guint n = 0;

  while (n < reader->changes->len && g_array_index (reader->changes, DepthChange, n).time_ns <= until_ns)
    {
      gint64 time_ns = g_array_index (reader->changes, DepthChange, n).time_ns;

      for (; n < reader->changes->len && g_array_index (reader->changes, DepthChange, n).time_ns == time_ns;
           n++)
        reader->depth += g_array_index (reader->changes, DepthChange, n).change;
      weft_counter_append (weft_schedule_get_depth (reader->schedule), time_ns, reader->depth);
    }
  if (n > 0)
    g_array_remove_range (reader->changes, 0, n);
}

/* ── threads ── */

static void
append_span (State *thread, gint64 time_ns, WeftSchedulingState state, guint core)
{
  weft_spans_append (thread->info->spans, time_ns, (WeftActivity) state, 0, WEFT_SPAN_NO_TASK,
                     (guint16) core);
}

/* The thread's wake-up is known as well as it will be: it was ready for @ready_ns of its wait. */
static void
close_wake (WeftSwitchReader *reader, State *thread, gint64 ready_ns)
{
  gint64 woken_ns = g_array_index (thread->held, Held, 0).time_ns;
  gint64 ready_since_ns = MAX (thread->blocked_ns, woken_ns - ready_ns);

  thread->open = FALSE;
  g_ptr_array_remove_fast (reader->open, thread);
  if (ready_since_ns < woken_ns)
    {
      append_span (thread, ready_since_ns, WEFT_SCHEDULING_IS_READY, WEFT_SPAN_NO_CORE);
      change_depth (reader, ready_since_ns, 1);
      change_depth (reader, woken_ns, -1);
    }
  for (guint i = 0; i < thread->held->len; i++)
    {
      const Held *held = &g_array_index (thread->held, Held, i);

      append_span (thread, held->time_ns, held->state, held->core);
    }
  g_array_set_size (thread->held, 0);
}

/* From @time_ns on the thread is in @state. */
static void
enter (WeftSwitchReader *reader, State *thread, gint64 time_ns, WeftSchedulingState state, guint core)
{
  Held held = { MAX (time_ns, thread->since_ns), state, core };

  if (thread->state == WEFT_SCHEDULING_IS_READY)
    {
      change_depth (reader, held.time_ns, -1);
      thread->exact_ns += held.time_ns - thread->since_ns;
    }
  if (state == WEFT_SCHEDULING_IS_READY)
    change_depth (reader, held.time_ns, 1);
  /* Only while it goes on without a wait, the last wait is the one that its lane may speak of. */
  if (thread->open && state != WEFT_SCHEDULING_IS_RUNNING && state != WEFT_SCHEDULING_IS_READY)
    close_wake (reader, thread, 0);
  if (state == WEFT_SCHEDULING_IS_RUNNING && thread->state == WEFT_SCHEDULING_IS_BLOCKED)
    {
      thread->open = TRUE;
      thread->blocked_ns = thread->since_ns;
      g_ptr_array_add (reader->open, thread);
    }
  if (thread->open)
    g_array_append_val (thread->held, held);
  else
    append_span (thread, held.time_ns, state, core);
  thread->state = state;
  thread->since_ns = held.time_ns;
}

/* Closes the wakes of which their lanes do not speak. */
static void
close_old_wakes (WeftSwitchReader *reader, gint64 now_ns)
{
  for (guint i = reader->open->len; i-- > 0;)
    {
      State *thread = g_ptr_array_index (reader->open, i);

      if (g_array_index (thread->held, Held, 0).time_ns < now_ns - LONGEST_WAIT_NS
          || (thread->state == WEFT_SCHEDULING_IS_RUNNING && thread->since_ns < now_ns - LONGEST_RUN_NS))
        close_wake (reader, thread, 0);
    }
}

/* The thread of that tid; makes it if nobody told of it before. NULL where there are too many. */
static State *
find_thread (WeftSwitchReader *reader, const WeftSwitch *entry, gint64 time_ns)
{
  State *thread = g_hash_table_lookup (reader->threads, GINT_TO_POINTER (entry->tid));
  const WeftThread *info;

  /* Of one that has died, the last switch may still come; it makes no other. */
  if (thread != NULL || entry->tid <= 0
      || (entry->kind != WEFT_SWITCH_IN && entry->kind != WEFT_SWITCH_BIRTH))
    return thread;
  info = weft_schedule_add_thread (reader->schedule, entry->pid, entry->tid,
                                   entry->kind == WEFT_SWITCH_BIRTH ? entry->parent : 0, time_ns);
  if (info == NULL)
    return NULL;
  thread = g_new0 (State, 1);
  thread->info = info;
  thread->figures = (WeftThreadFigures){ .died_ns = -1, .lane = -1 };
  thread->since_ns = time_ns;
  thread->last_core = -1;
  thread->held = g_array_new (FALSE, FALSE, sizeof (Held));
  g_hash_table_insert (reader->threads, GINT_TO_POINTER (entry->tid), thread);
  return thread;
}

static void
end_thread (WeftSwitchReader *reader, State *thread, const WeftSwitch *entry, gint64 time_ns)
{
  if (thread->state == WEFT_SCHEDULING_IS_RUNNING)
    weft_schedule_append_core (reader->schedule, entry->core, time_ns, -1);
  enter (reader, thread, time_ns, WEFT_SCHEDULING_IS_UNKNOWN, WEFT_SPAN_NO_CORE);
  thread->figures.died_ns = time_ns;
  g_hash_table_remove (reader->threads, GINT_TO_POINTER (entry->tid));
  g_ptr_array_add (reader->dead, thread);
}

static void
begin_running (WeftSwitchReader *reader, State *thread, const WeftSwitch *entry, gint64 time_ns)
{
  if (thread->last_core >= 0 && thread->last_core != (gint) entry->core)
    thread->figures.migrations++;
  thread->last_core = (gint) entry->core;
  weft_schedule_append_core (reader->schedule, entry->core, time_ns, (gint) thread->info->index);
  enter (reader, thread, time_ns, WEFT_SCHEDULING_IS_RUNNING, entry->core);
}

static void
end_running (WeftSwitchReader *reader, State *thread, const WeftSwitch *entry, gint64 time_ns)
{
  gboolean ready = entry->kind == WEFT_SWITCH_OUT_READY;

  if (ready)
    thread->figures.involuntary++;
  else
    thread->figures.voluntary++;
  weft_schedule_append_core (reader->schedule, entry->core, time_ns, -1);
  enter (reader, thread, time_ns, ready ? WEFT_SCHEDULING_IS_READY : WEFT_SCHEDULING_IS_BLOCKED,
         WEFT_SPAN_NO_CORE);
}

static void
take_switch (WeftSwitchReader *reader, const WeftSwitch *entry)
{
  gint64 time_ns = MAX (entry->time_ns - reader->start_ns, 0);
  State *thread = find_thread (reader, entry, time_ns);

  if (thread == NULL)
    {
      /* Its last: it has died, and its core is given to another. */
      if (entry->kind == WEFT_SWITCH_OUT_BLOCKED || entry->kind == WEFT_SWITCH_OUT_READY)
        weft_schedule_append_core (reader->schedule, entry->core, time_ns, -1);
      return;
    }
  switch (entry->kind)
    {
    case WEFT_SWITCH_IN:
      begin_running (reader, thread, entry, time_ns);
      break;
    case WEFT_SWITCH_OUT_READY:
    case WEFT_SWITCH_OUT_BLOCKED:
      end_running (reader, thread, entry, time_ns);
      break;
    case WEFT_SWITCH_BIRTH:
      enter (reader, thread, time_ns, WEFT_SCHEDULING_IS_READY, WEFT_SPAN_NO_CORE);
      break;
    case WEFT_SWITCH_DEATH:
      end_thread (reader, thread, entry, time_ns);
      break;
    case WEFT_SWITCH_NAME:
      weft_schedule_set_name (reader->schedule, thread->info->index, entry->name);
      break;
    default:
      break;
    }
  weft_schedule_set_figures (reader->schedule, thread->info->index, &thread->figures);
}

/* ── lanes ── */

/* The thread of lane @index; NULL while it is not known. */
static State *
find_lane (WeftSwitchReader *reader, guint index)
{
  const WeftLaneInfo *lane = weft_recording_get_lane (reader->recording, index);
  State *thread = g_ptr_array_index (reader->lanes, index);

  if (thread != NULL)
    return thread;
  thread = g_hash_table_lookup (reader->threads, GINT_TO_POINTER (lane->tid));
  for (guint i = reader->dead->len; thread == NULL && i-- > 0;)
    {
      State *dead = g_ptr_array_index (reader->dead, i);

      if (dead->info->tid == lane->tid && dead->figures.lane < 0)
        thread = dead;
    }
  if (thread == NULL)
    return NULL;
  g_ptr_array_index (reader->lanes, index) = thread;
  thread->figures.lane = (gint) index;
  weft_schedule_set_lane (reader->schedule, index, thread->info->index);
  return thread;
}

static void
find_lanes (WeftSwitchReader *reader)
{
  guint n_lanes = weft_recording_get_n_lanes (reader->recording);

  if (reader->lanes->len < n_lanes)
    g_ptr_array_set_size (reader->lanes, (gint) n_lanes);
  for (guint i = reader->first_missing; i < n_lanes; i++)
    if (find_lane (reader, i) != NULL && i == reader->first_missing)
      reader->first_missing++;
}

/* A lane is opened soon after it began: those that died longer ago are none, or are known to be one. */
static void
forget_dead (WeftSwitchReader *reader, gint64 now_ns)
{
  for (guint i = reader->dead->len; i-- > 0;)
    {
      State *thread = g_ptr_array_index (reader->dead, i);

      if (thread->figures.lane >= 0)
        g_ptr_array_add (reader->kept, g_ptr_array_steal_index_fast (reader->dead, i));
      else if (thread->figures.died_ns < now_ns - LONGEST_OPENING_NS)
        g_ptr_array_remove_index_fast (reader->dead, i);
    }
}

void
weft_switch_reader_note_ready (WeftSwitchReader *reader, guint lane, gint64 time_ns, gint64 ready_ns)
{
  Saying saying = { time_ns, ready_ns, lane };

  if (reader->source != NULL)
    g_array_append_val (reader->sayings, saying);
}

/* What is left of @saying when the time that the switches told of is taken away lay in the wait that the lane has
 * just ended. The lane may have been switched between reading the time and reading its run delay: what is told
 * twice or not yet for that is carried over, so that the sum stays exact. */
static void
take_saying (WeftSwitchReader *reader, const Saying *saying)
{
  State *thread = saying->lane < reader->lanes->len ? find_lane (reader, saying->lane) : NULL;
  gint64 left_ns;

  if (thread == NULL)
    return;
  left_ns = saying->ready_ns - thread->exact_ns;
  if (thread->open)
    {
      gint64 woken_ns = g_array_index (thread->held, Held, 0).time_ns;
      gint64 ready_ns = CLAMP (left_ns, 0, woken_ns - thread->blocked_ns);

      close_wake (reader, thread, ready_ns);
      left_ns -= ready_ns;
    }
  thread->exact_ns = -left_ns;
}

/* ── passes ── */

static gint
compare_switches (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 first = ((const WeftSwitch *) a)->time_ns, second = ((const WeftSwitch *) b)->time_ns;

  return first < second ? -1 : first > second;
}

static gint
compare_sayings (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 first = ((const Saying *) a)->time_ns, second = ((const Saying *) b)->time_ns;

  return first < second ? -1 : first > second;
}

/* Takes switches and sayings up to @until_ns, in the order of their times. */
static void
take_until (WeftSwitchReader *reader, gint64 until_ns)
{
  guint n_sayings = 0, n = 0;

  g_qsort_with_data (reader->switches->data, (gint) reader->switches->len, sizeof (WeftSwitch),
                     compare_switches, NULL);
  g_qsort_with_data (reader->sayings->data, (gint) reader->sayings->len, sizeof (Saying), compare_sayings,
                     NULL);
  for (;;)
    {
      const WeftSwitch *entry =
          n < reader->switches->len ? &g_array_index (reader->switches, WeftSwitch, n) : NULL;
      const Saying *saying =
          n_sayings < reader->sayings->len ? &g_array_index (reader->sayings, Saying, n_sayings) : NULL;
      gint64 switch_ns = entry != NULL ? entry->time_ns - reader->start_ns : G_MAXINT64;
      gint64 saying_ns = saying != NULL ? saying->time_ns : G_MAXINT64;

      if ((entry == NULL && saying == NULL) || MIN (switch_ns, saying_ns) > until_ns)
        break;
      if (switch_ns <= saying_ns)
        {
          take_switch (reader, entry);
          n++;
        }
      else
        {
          take_saying (reader, saying);
          n_sayings++;
        }
    }
  g_array_remove_range (reader->switches, 0, n);
  g_array_remove_range (reader->sayings, 0, n_sayings);
}

void
weft_switch_reader_stop (WeftSwitchReader *reader, gint64 now_ns, const char *reason)
{
  GHashTableIter iter;
  gpointer state;

  if (reader->source == NULL)
    return;
  take_until (reader, G_MAXINT64);
  find_lanes (reader);
  g_hash_table_iter_init (&iter, reader->threads);
  while (g_hash_table_iter_next (&iter, NULL, &state))
    enter (reader, state, now_ns, WEFT_SCHEDULING_IS_UNKNOWN, WEFT_SPAN_NO_CORE);
  flush_depth (reader, G_MAXINT64);
  if (reason != NULL)
    {
      weft_counter_append (weft_schedule_get_depth (reader->schedule), now_ns, (double) NAN);
      weft_schedule_set_end (reader->schedule, now_ns);
      weft_recording_set_scheduling (reader->recording, "sampled", reason);
    }
  g_clear_pointer (&reader->source, weft_switch_source_free);
}

void
weft_switch_reader_pass (WeftSwitchReader *reader, gint64 now_ns, gboolean last)
{
  gint64 until_ns = last ? G_MAXINT64 : now_ns - MARGIN_NS;
  gboolean complete;

  if (reader->source == NULL)
    return;
  complete = weft_switch_source_read (reader->source, reader->switches);
  find_lanes (reader);
  take_until (reader, until_ns);
  find_lanes (reader);
  forget_dead (reader, now_ns);
  close_old_wakes (reader, now_ns);
  flush_depth (reader, now_ns - DEPTH_LAG_NS);
  if (!complete)
    weft_switch_reader_stop (
        reader, now_ns,
        "Records of context switches were lost, because more came than Weft could read: "
        "from there on it is sampled. Close other programs, or let the run switch less.");
  else if (last)
    weft_switch_reader_stop (reader, now_ns, NULL);
}
