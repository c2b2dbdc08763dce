/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "weft-lane.h"
#include "weft-recording-private.h"
#include "weft-ring-reader.h"

static const char *const lines[] = { "{task}", "{seconds}" };
static const WeftWorkloadInfo workload = { .id = "test", .lines = lines, .n_lines = 2 };

typedef struct
{
  WeftWire wire;
  WeftRecording *recording;
  WeftRingReader *reader;
} Fixture;

static void
set_up (Fixture *fixture, guint n_lanes, gsize budget)
{
  int fd = weft_wire_create (&fixture->wire, budget, weft_clock_choose ());

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_cmpuint (weft_wire_set_expected_lanes (&fixture->wire, n_lanes), >, 0);
  fixture->recording = weft_recording_new (&workload, NULL);
  weft_recording_begin (fixture->recording, weft_monotonic_ns ());
  fixture->reader = weft_ring_reader_new (&fixture->wire, fixture->recording);
}

static void
tear_down (Fixture *fixture)
{
  weft_ring_reader_free (fixture->reader);
  g_object_unref (fixture->recording);
  weft_wire_detach (&fixture->wire);
}

/* ── real threads, one queue under a real lock ── */

#define N_THREADS 4
#define STEPS 100000

typedef struct
{
  Fixture *fixture;
  pthread_mutex_t lock; /* of the queue */
  guint32 queue;
  guint64 ticks;  /* under the lock: of the last event */
  gint64 depth;   /* likewise */
  gint64 *series; /* likewise: the depth after each event */
  guint n_series;
} Queue;

/* Lets the reader catch up before the ring could be full: here nothing may be dropped. */
static void
wait_for_room (const WeftLane *lane)
{
  while (lane->head - atomic_load_explicit (&lane->slot->tail, memory_order_acquire) > lane->mask / 2)
    sched_yield ();
}

static gpointer
producer_thread (gpointer data)
{
  Queue *queue = data;
  WeftLane lane;

  g_assert_true (weft_lane_begin (&lane, &queue->fixture->wire, "worker", false, -1, WEFT_WIRE_WAITING));
  for (guint32 i = 0; i < STEPS; i++)
    {
      wait_for_room (&lane);
      pthread_mutex_lock (&queue->lock);
      queue->ticks = weft_clock_ticks_after (lane.clock, queue->ticks);
      if (queue->depth == 0 || (i * 2654435761u) >> 31 == 0)
        weft_lane_emit_at (&lane, queue->ticks, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, queue->queue, i,
                           ++queue->depth, WEFT_NO_LINE);
      else
        weft_lane_emit_at (&lane, queue->ticks, WEFT_EVENT_GET, WEFT_WIRE_WORKING, queue->queue, i,
                           --queue->depth, 1);
      queue->series[queue->n_series++] = queue->depth;
      pthread_mutex_unlock (&queue->lock);
      weft_lane_activity (&lane, WEFT_WIRE_SPINNING, queue->queue, i);
    }
  weft_lane_end (&lane, 0);
  return NULL;
}

/* What the lanes wrote while the reader read is all there, each lane's in its own order, and the
 * queue's depths in the order of the lock. */
static void
test_threads (void)
{
  Fixture fixture;
  Queue queue = { .fixture = &fixture };
  GThread *threads[N_THREADS];
  WeftFrame frame = { 0 };
  const WeftCounter *values;
  guint64 n_log;

  set_up (&fixture, N_THREADS, WEFT_WIRE_BUDGET);
  pthread_mutex_init (&queue.lock, NULL);
  queue.queue = weft_wire_add_object (&fixture.wire, WEFT_OBJECT_QUEUE, "queue", 0);
  queue.series = g_new (gint64, N_THREADS * STEPS);
  g_assert_true (weft_ring_reader_start (fixture.reader, NULL));
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("producer", producer_thread, &queue);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  weft_ring_reader_finish (fixture.reader);

  weft_recording_take_frame (fixture.recording, &frame);
  g_assert_cmpuint (frame.n_lanes, ==, N_THREADS);
  g_assert_cmpuint (frame.dropped, ==, 0);
  g_assert_cmpuint (frame.invalid, ==, 0);
  g_assert_cmpuint (frame.events, ==, N_THREADS * (2 * STEPS + 2));
  for (guint i = 0; i < N_THREADS; i++)
    {
      const WeftFrameLane *lane = &frame.lanes[i];
      gint64 before_ns = 0;

      g_assert_cmpuint (lane->n_spans, ==, 1 + 2 * STEPS);
      for (guint64 s = 1; s < lane->n_spans; s++)
        {
          WeftSpan span;

          weft_spans_get (lane->info->spans, lane->n_spans, s, lane->ended_ns, &span);
          g_assert_cmpint (span.begin_ns, >=, before_ns);
          /* What follows a put is no longer about the item. */
          if (s % 2 == 0 || span.task != WEFT_SPAN_NO_TASK)
            g_assert_cmpuint (span.task, ==, (s - 1) / 2);
          g_assert_cmpint (span.activity, ==, s % 2 == 1 ? WEFT_ACTIVITY_WORKING : WEFT_ACTIVITY_SPINNING);
          before_ns = span.begin_ns;
        }
      g_assert_cmpint (lane->end, ==, WEFT_LANE_EXITED);
      g_assert_cmpint (lane->exit_code, ==, 0);
      g_assert_cmpint (lane->ended_ns, >=, before_ns);
      g_assert_cmpint (lane->ended_ns, <=, frame.now_ns);
    }

  values = weft_recording_get_object (fixture.recording, queue.queue)->values;
  g_assert_cmpuint (weft_counter_get_count (values), ==, 1 + N_THREADS * STEPS);
  g_assert_cmpfloat (weft_counter_get_value (values, 0), ==, 0);
  for (guint i = 0; i < N_THREADS * STEPS; i++)
    g_assert_cmpfloat (weft_counter_get_value (values, i + 1), ==, (double) queue.series[i]);

  /* As many log lines as gets; time never runs back. */
  n_log = weft_log_get_count (weft_recording_get_log (fixture.recording));
  g_assert_cmpuint (n_log, ==, (N_THREADS * STEPS - (guint64) queue.depth) / 2);
  for (guint64 i = 1; i < n_log; i++)
    {
      WeftLogEntry a, b;

      weft_log_get (weft_recording_get_log (fixture.recording), i - 1, &a);
      weft_log_get (weft_recording_get_log (fixture.recording), i, &b);
      g_assert_cmpint (a.time_ns, <=, b.time_ns);
    }
  weft_frame_clear (&frame);
  g_free (queue.series);
  pthread_mutex_destroy (&queue.lock);
  tear_down (&fixture);
}

/* ── what one lane's events become ── */

/* Spans of lane 0 are exactly these activities. */
static void
assert_activities (const WeftFrame *frame, const WeftActivity *expected, guint n_expected)
{
  g_assert_cmpuint (frame->lanes[0].n_spans, ==, n_expected);
  for (guint i = 0; i < n_expected; i++)
    {
      WeftSpan span;

      weft_spans_get (frame->lanes[0].info->spans, n_expected, i, frame->now_ns, &span);
      g_assert_cmpint (span.activity, ==, expected[i]);
    }
}

static void
test_tasks_and_lines (void)
{
  static const WeftActivity expected[] = { WEFT_ACTIVITY_QUEUE_EMPTY, WEFT_ACTIVITY_WORKING,
                                           WEFT_ACTIVITY_QUEUE_EMPTY };
  Fixture fixture;
  WeftLane lane;
  WeftFrame frame = { 0 };
  WeftTask task;
  WeftLogEntry entry;
  WeftSpan span;
  guint32 queue;
  gint64 before_ns, after_ns;
  WeftClockMap clock;
  g_autofree char *line = NULL;

  set_up (&fixture, 2, 1 << 20);
  weft_clock_map_init (&clock, fixture.wire.clock);
  before_ns = weft_monotonic_ns () - weft_recording_get_start_ns (fixture.recording);
  g_assert_true (weft_lane_begin (&lane, &fixture.wire, "worker", true, -1, WEFT_WIRE_QUEUE_EMPTY));
  queue = weft_wire_add_object (&fixture.wire, WEFT_OBJECT_QUEUE, "tasks", 8);
  weft_lane_emit (&lane, WEFT_EVENT_PUT, WEFT_WIRE_KEEP, queue, 7, 1, WEFT_NO_LINE);
  weft_lane_emit (&lane, WEFT_EVENT_GET, WEFT_WIRE_WORKING, queue, 7, 0, 1);
  weft_lane_activity (&lane, WEFT_WIRE_WORKING, queue, 7); /* the same again */
  weft_lane_emit (&lane, WEFT_EVENT_FINISH, WEFT_WIRE_QUEUE_EMPTY, queue, 7,
                  (gint64) (1.5e9 / weft_clock_map_ns_per_tick (&clock)), 2);
  weft_lane_add (&lane, WEFT_LANE_TASKS_STARTED, 1);
  weft_lane_add (&lane, WEFT_LANE_TASKS_DONE, 1);
  weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, 7, 0, 77); /* no such line */
  g_usleep (100);
  after_ns = weft_monotonic_ns () - weft_recording_get_start_ns (fixture.recording);
  weft_ring_reader_pass (fixture.reader);

  weft_recording_take_frame (fixture.recording, &frame);
  g_assert_true (frame.live);
  g_assert_cmpuint (frame.n_lanes, ==, 1);
  assert_activities (&frame, expected, G_N_ELEMENTS (expected));
  weft_spans_get (frame.lanes[0].info->spans, 3, 1, frame.now_ns, &span);
  g_assert_cmpuint (span.task, ==, 7);
  g_assert_cmpuint (span.object, ==, queue);
  g_assert_cmpuint (span.core, !=, WEFT_SPAN_NO_CORE);
  g_assert_cmpuint (frame.lanes[0].tasks_done, ==, 1);
  g_assert_cmpint (frame.lanes[0].info->pid, ==, getpid ());
  g_assert_cmpuint (frame.invalid, ==, 1);
  g_assert_cmpuint (frame.events, ==, 6);
  g_assert_true (weft_tasks_get (weft_recording_get_tasks (fixture.recording), 7, &task));
  g_assert_cmpint (task.submitted_ns, >=, before_ns - 10000);
  g_assert_cmpint (task.started_ns, >=, task.submitted_ns);
  g_assert_cmpint (task.finished_ns, >=, task.started_ns);
  g_assert_cmpint (task.finished_ns, <=, after_ns + 10000);
  g_assert_cmpint (task.lane, ==, 0);
  g_assert_cmpint (task.outcome, ==, WEFT_TASK_OK);
  weft_log_get (weft_recording_get_log (fixture.recording), 1, &entry);
  g_assert_cmpint (ABS (entry.value - 1500000000), <, 1500000);
  line = weft_recording_render_log (fixture.recording, 1);
  g_assert_cmpstr (line, ==, "1.50");
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

/* A ring that was full: what was dropped is not known, from the instant it began, and counted. */
static void
test_gap (void)
{
  static const WeftActivity gap[] = { WEFT_ACTIVITY_WORKING, WEFT_ACTIVITY_IO, WEFT_ACTIVITY_UNKNOWN,
                                      WEFT_ACTIVITY_ASLEEP, WEFT_ACTIVITY_UNKNOWN };
  Fixture fixture;
  WeftLane lane;
  WeftFrame frame = { 0 };
  guint64 dropped;

  set_up (&fixture, 1, WEFT_WIRE_MIN_RING * sizeof (WeftEvent));
  g_assert_true (weft_lane_begin (&lane, &fixture.wire, "worker", true, -1, WEFT_WIRE_WORKING));
  for (guint i = 0; i < 4 * WEFT_WIRE_MIN_RING; i++)
    weft_lane_activity (&lane, WEFT_WIRE_IO, WEFT_NO_OBJECT, WEFT_NO_TASK);
  dropped = lane.gap_records;
  g_assert_cmpuint (dropped, >, WEFT_WIRE_MIN_RING);
  weft_ring_reader_pass (fixture.reader);
  weft_lane_activity (&lane, WEFT_WIRE_ASLEEP, WEFT_NO_OBJECT, WEFT_NO_TASK);
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  assert_activities (&frame, gap, 4);
  g_assert_cmpuint (frame.dropped, ==, dropped);
  g_assert_cmpuint (frame.lanes[0].dropped, ==, dropped);

  /* And it is killed after more were dropped: nothing is known of its last time. */
  for (guint i = 0; i < 4 * WEFT_WIRE_MIN_RING; i++)
    weft_lane_activity (&lane, WEFT_WIRE_ASLEEP, WEFT_NO_OBJECT, WEFT_NO_TASK);
  weft_wire_note_exit (&fixture.wire, getpid (), SIGKILL, -1, 0, 0);
  weft_ring_reader_finish (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  assert_activities (&frame, gap, 5);
  g_assert_cmpint (frame.lanes[0].end, ==, WEFT_LANE_KILLED);
  g_assert_cmpint (frame.lanes[0].signal, ==, SIGKILL);
  g_assert_cmpuint (frame.dropped, >, dropped);
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

/* What became of a queue is not known from the dropped events on until its next value, whichever lane gives
 * that; of a queue that the lane has nothing to do with it is. */
static void
test_queue_gap (void)
{
  Fixture fixture;
  WeftLane first, second;
  WeftFrame frame = { 0 };
  guint32 queue, other;
  guint64 before, n;
  const WeftCounter *values, *others;
  WeftSpan span;

  set_up (&fixture, 2, 2 * WEFT_WIRE_MIN_RING * sizeof (WeftEvent));
  g_assert_true (weft_lane_begin (&first, &fixture.wire, "first", true, -1, WEFT_WIRE_WORKING));
  g_assert_true (weft_lane_begin (&second, &fixture.wire, "second", true, -1, WEFT_WIRE_WORKING));
  queue = weft_wire_add_object (&fixture.wire, WEFT_OBJECT_QUEUE, "queue", 0);
  other = weft_wire_add_object (&fixture.wire, WEFT_OBJECT_QUEUE, "other", 0);
  weft_lane_emit (&second, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, other, 1, 1, WEFT_NO_LINE);
  for (guint i = 1; i < 2 * WEFT_WIRE_MIN_RING; i++)
    weft_lane_emit (&first, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, queue, i, i, WEFT_NO_LINE);
  g_assert_cmpuint (first.gap_records, >, 0);
  g_usleep (1000);
  weft_ring_reader_pass (fixture.reader);
  g_usleep (1000);
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  values = frame.objects[0].info->values;
  others = frame.objects[1].info->values;
  /* It has been silent since, so there is no GAP record yet, and may never be. */
  n = frame.objects[0].n_values;
  g_assert_cmpfloat (weft_counter_get_value (values, n - 2), ==,
                      2 * WEFT_WIRE_MIN_RING - 1 - (double) first.gap_records);
  g_assert_true (isnan (weft_counter_get_value (values, n - 1)));
  g_assert_cmpfloat (weft_counter_get_value (others, frame.objects[1].n_values - 1), ==, 1);
  weft_spans_get (frame.lanes[0].info->spans, frame.lanes[0].n_spans, frame.lanes[0].n_spans - 1, frame.now_ns,
                  &span);
  g_assert_cmpint (span.activity, ==, WEFT_ACTIVITY_UNKNOWN);

  /* Another lane's value ends it. Once it is known, it stays so: the first lane wrote no more. */
  weft_lane_emit (&second, WEFT_EVENT_GET, WEFT_WIRE_WORKING, queue, 2, 77, WEFT_NO_LINE);
  g_usleep (1000);
  weft_ring_reader_pass (fixture.reader);
  before = n;
  weft_recording_take_frame (fixture.recording, &frame);
  n = frame.objects[0].n_values;
  g_assert_cmpuint (n, ==, before + 1);
  g_assert_cmpfloat (weft_counter_get_value (values, n - 1), ==, 77);

  /* The GAP record comes with the first lane's next event, whose own value is known. */
  weft_lane_emit (&first, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, queue, 3, 78, WEFT_NO_LINE);
  g_usleep (1000);
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  n = frame.objects[0].n_values;
  g_assert_true (isnan (weft_counter_get_value (values, n - 2)));
  g_assert_cmpfloat (weft_counter_get_value (values, n - 1), ==, 78);
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

/* After a gap the lane does what the last dropped event said, or what it did before, even when the next
 * event does not say. */
static void
test_gap_activity (void)
{
  static const WeftActivity expected[] = { WEFT_ACTIVITY_WORKING, WEFT_ACTIVITY_IO,
                                           WEFT_ACTIVITY_UNKNOWN, WEFT_ACTIVITY_LOCK_WAIT,
                                           WEFT_ACTIVITY_UNKNOWN, WEFT_ACTIVITY_LOCK_WAIT };
  Fixture fixture;
  WeftLane lane;
  WeftFrame frame = { 0 };
  WeftSpan span;
  guint32 lock;

  set_up (&fixture, 1, WEFT_WIRE_MIN_RING * sizeof (WeftEvent));
  lock = weft_wire_add_object (&fixture.wire, WEFT_OBJECT_LOCK, "lock", 0);
  g_assert_true (weft_lane_begin (&lane, &fixture.wire, "worker", true, -1, WEFT_WIRE_WORKING));
  for (guint i = 0; i < 4 * WEFT_WIRE_MIN_RING; i++)
    weft_lane_activity (&lane, WEFT_WIRE_IO, WEFT_NO_OBJECT, WEFT_NO_TASK);
  weft_lane_activity (&lane, WEFT_WIRE_LOCK_WAIT, lock, 7);
  weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, 9, 0, 1);
  weft_ring_reader_pass (fixture.reader);
  weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, 1);
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  assert_activities (&frame, expected, 4);
  weft_spans_get (frame.lanes[0].info->spans, 4, 3, frame.now_ns, &span);
  g_assert_cmpuint (span.object, ==, lock);
  g_assert_cmpuint (span.task, ==, 7);

  /* This time nothing is dropped that says what it does. */
  for (guint i = 0; i < 4 * WEFT_WIRE_MIN_RING; i++)
    weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, 1);
  weft_ring_reader_pass (fixture.reader);
  weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, 1);
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  assert_activities (&frame, expected, 6);
  weft_spans_get (frame.lanes[0].info->spans, 6, 5, frame.now_ns, &span);
  g_assert_cmpuint (span.object, ==, lock);
  g_assert_cmpuint (span.task, ==, 7);

  /* What is left of a task after its end, in a gap, is not about it. */
  for (guint i = 0; i < 4 * WEFT_WIRE_MIN_RING; i++)
    weft_lane_emit (&lane, WEFT_EVENT_FINISH, WEFT_WIRE_SPINNING, WEFT_NO_OBJECT, 8, 0, WEFT_NO_LINE);
  weft_ring_reader_pass (fixture.reader);
  weft_lane_emit (&lane, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT, WEFT_NO_TASK, 0, 1);
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  weft_spans_get (frame.lanes[0].info->spans, frame.lanes[0].n_spans, frame.lanes[0].n_spans - 1,
                  frame.now_ns, &span);
  g_assert_cmpint (span.activity, ==, WEFT_ACTIVITY_SPINNING);
  g_assert_cmpuint (span.task, ==, WEFT_SPAN_NO_TASK);
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

/* ── every event is recorded, or counted as dropped ── */

#define N_FLOODS 3
#define FLOOD 2000000

static gpointer
flood_thread (gpointer data)
{
  Fixture *fixture = data;
  WeftLane lane;

  g_assert_true (weft_lane_begin (&lane, &fixture->wire, "flood", false, -1, WEFT_WIRE_WORKING));
  for (guint32 i = 0; i < FLOOD; i++)
    weft_lane_activity (&lane, i % 2 == 0 ? WEFT_WIRE_SPINNING : WEFT_WIRE_WORKING, WEFT_NO_OBJECT, i);
  weft_lane_end (&lane, 0);
  return NULL;
}

static void
flood (Fixture *fixture)
{
  GThread *threads[N_FLOODS];

  g_assert_true (weft_ring_reader_start (fixture->reader, NULL));
  for (guint i = 0; i < N_FLOODS; i++)
    threads[i] = g_thread_new ("producer", flood_thread, fixture);
  for (guint i = 0; i < N_FLOODS; i++)
    g_thread_join (threads[i]);
  weft_ring_reader_finish (fixture->reader);
}

/* Lanes that write faster than anybody could read. */
static void
test_flood (void)
{
  Fixture fixture;
  WeftFrame frame = { 0 };
  guint64 dropped = 0;

  set_up (&fixture, N_FLOODS, 1 << 20);
  flood (&fixture);
  weft_recording_take_frame (fixture.recording, &frame);
  for (guint i = 0; i < N_FLOODS; i++)
    dropped += frame.lanes[i].dropped;
  g_assert_cmpuint (dropped, ==, frame.dropped);
  g_assert_cmpuint (frame.events + frame.dropped, ==, (guint64) N_FLOODS * (FLOOD + 2));
  g_assert_cmpuint (frame.events, >, 0);
  g_assert_cmpint (frame.full_ns, ==, -1);
  g_assert_null (weft_recording_dup_full_text (fixture.recording));
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

#define BUDGET (8u << 20)

/* A recording that reaches its budget stops growing; what comes later is counted, and lanes that begin
 * later are there all the same. */
static void
test_full (void)
{
  Fixture fixture;
  WeftLane before, after;
  WeftFrame frame = { 0 };
  WeftSpan span;
  const WeftCounter *values;
  guint32 queue;
  g_autofree char *text = NULL;
  gsize bytes = 0;
  guint64 written = 2;

  set_up (&fixture, 2, WEFT_WIRE_BUDGET);
  weft_recording_set_budget (fixture.recording, BUDGET);
  queue = weft_wire_add_object (&fixture.wire, WEFT_OBJECT_QUEUE, "queue", 8);
  g_assert_true (weft_lane_begin (&before, &fixture.wire, "before", true, -1, WEFT_WIRE_WORKING));
  for (guint round = 0; round < 40; round++)
    {
      for (guint32 i = 0; i < 5000; i++, written += 4)
        {
          weft_lane_emit (&before, WEFT_EVENT_PUT, WEFT_WIRE_WORKING, queue, i, 1, 1);
          weft_lane_emit (&before, WEFT_EVENT_GET, WEFT_WIRE_IO, queue, i, 0, WEFT_NO_LINE);
          weft_lane_activity (&before, WEFT_WIRE_SPINNING, WEFT_NO_OBJECT, i);
          weft_lane_emit (&before, WEFT_EVENT_FINISH, WEFT_WIRE_WORKING, queue, i, 0, WEFT_NO_LINE);
        }
      weft_ring_reader_pass (fixture.reader);
      if (round == 30)
        bytes = weft_recording_get_bytes (fixture.recording);
    }
  g_assert_true (weft_lane_begin (&after, &fixture.wire, "after", false, 0, WEFT_WIRE_WORKING));
  weft_lane_add (&after, WEFT_LANE_TASKS_DONE, 77);
  weft_ring_reader_pass (fixture.reader);
  weft_lane_end (&before, 3);
  written++;
  weft_ring_reader_finish (fixture.reader);

  weft_recording_take_frame (fixture.recording, &frame);
  g_assert_cmpint (frame.full_ns, >, 0);
  g_assert_cmpint (frame.full_ns, <, frame.now_ns);
  text = weft_recording_dup_full_text (fixture.recording);
  g_assert_nonnull (strstr (text, "8.0"));
  g_assert_cmpuint (frame.events, >, 100000);
  g_assert_cmpuint (frame.events, <, written);
  g_assert_cmpuint (frame.events + frame.dropped, ==, written);
  g_assert_cmpuint (frame.lanes[0].dropped, ==, frame.dropped - 1);
  g_assert_cmpuint (frame.invalid, ==, 0);
  g_assert_cmpuint (bytes, >=, BUDGET);
  g_assert_cmpuint (bytes, <, BUDGET + (4u << 20));
  g_assert_cmpuint (weft_recording_get_bytes (fixture.recording), <, bytes + 100000);

  /* What is not known is not made up. */
  weft_spans_get (frame.lanes[0].info->spans, frame.lanes[0].n_spans, frame.lanes[0].n_spans - 1,
                  frame.now_ns, &span);
  g_assert_cmpint (span.activity, ==, WEFT_ACTIVITY_UNKNOWN);
  g_assert_cmpint (span.begin_ns, ==, frame.full_ns);
  g_assert_cmpint (frame.lanes[0].ended_ns, >, frame.full_ns);
  g_assert_cmpint (frame.lanes[0].exit_code, ==, 3);
  values = weft_recording_get_object (fixture.recording, queue)->values;
  g_assert_true (isnan (weft_counter_value_at (values, weft_counter_get_count (values), frame.now_ns)));
  g_assert_cmpuint (frame.n_lanes, ==, 2);
  g_assert_cmpuint (frame.lanes[1].n_spans, ==, 1);
  g_assert_cmpuint (frame.lanes[1].tasks_done, ==, 77);
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

/* It is full while lanes write. */
static void
test_full_flood (void)
{
  Fixture fixture;
  WeftFrame frame = { 0 };

  set_up (&fixture, N_FLOODS, WEFT_WIRE_BUDGET);
  weft_recording_set_budget (fixture.recording, 1u << 20);
  flood (&fixture);
  weft_recording_take_frame (fixture.recording, &frame);
  g_assert_cmpint (frame.full_ns, >, 0);
  g_assert_cmpuint (frame.events + frame.dropped, ==, (guint64) N_FLOODS * (FLOOD + 2));
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

/* ── how lanes end ── */

typedef struct
{
  const char *name;
  gboolean ends_itself;
  gint own_code;
  gint status; /* of waitpid(); -1: nobody reaps it */
  WeftLaneEnd end;
  gint exit_code;
  gint signal;
} EndCase;

static const EndCase end_cases[] = {
  { "itself", TRUE, 3, -1, WEFT_LANE_EXITED, 3, 0 },
  { "itself-and-reaped", TRUE, 0, 5 << 8, WEFT_LANE_EXITED, 5, 0 },
  { "exit-without-a-word", FALSE, 0, 7 << 8, WEFT_LANE_EXITED, 7, 0 },
  { "segfault", FALSE, 0, SIGSEGV | 0x80, WEFT_LANE_CRASHED, -1, SIGSEGV },
  { "abort", FALSE, 0, SIGABRT, WEFT_LANE_CRASHED, -1, SIGABRT },
  { "killed", FALSE, 0, SIGKILL, WEFT_LANE_KILLED, -1, SIGKILL },
  { "terminated", FALSE, 0, SIGTERM, WEFT_LANE_KILLED, -1, SIGTERM },
  { "vanished", FALSE, 0, -1, WEFT_LANE_VANISHED, -1, 0 },
};

static void
test_end (gconstpointer data)
{
  const EndCase *row = data;
  Fixture fixture;
  WeftLane lane;
  WeftFrame frame = { 0 };

  set_up (&fixture, 1, 1 << 20);
  g_assert_true (weft_lane_begin (&lane, &fixture.wire, "worker", true, -1, WEFT_WIRE_WORKING));
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  g_assert_cmpint (frame.lanes[0].ended_ns, ==, -1);
  if (row->ends_itself)
    weft_lane_end (&lane, row->own_code);
  weft_ring_reader_pass (fixture.reader);
  if (row->status >= 0)
    weft_wire_note_exit (&fixture.wire, getpid (), row->status, 5000000, 6, 7);
  weft_ring_reader_pass (fixture.reader);
  weft_ring_reader_finish (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  g_assert_cmpint (frame.lanes[0].end, ==, row->end);
  g_assert_cmpint (frame.lanes[0].exit_code, ==, row->exit_code);
  g_assert_cmpint (frame.lanes[0].signal, ==, row->signal);
  g_assert_cmpint (frame.lanes[0].ended_ns, >=, frame.lanes[0].started_ns);
  g_assert_cmpint (frame.lanes[0].ended_ns, <=, frame.now_ns);
  if (row->ends_itself)
    g_assert_cmpint (frame.lanes[0].usage.cpu_ns, >, 0);
  else if (row->status >= 0)
    g_assert_cmpint (frame.lanes[0].usage.voluntary, ==, 6);
  else
    g_assert_cmpint (frame.lanes[0].usage.cpu_ns, ==, -1);
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

/* ── queues' exact totals ── */

static void
test_totals (void)
{
  Fixture fixture;
  WeftQueueTotals totals;
  WeftWireObject *object;
  WeftClockMap clock;
  guint64 now;
  guint32 queue;
  double tick_s;

  set_up (&fixture, 1, 1 << 20);
  weft_clock_map_init (&clock, fixture.wire.clock);
  tick_s = weft_clock_map_ns_per_tick (&clock) / 1e9;
  queue = weft_wire_add_object (&fixture.wire, WEFT_OBJECT_QUEUE, "tasks", 8);
  weft_ring_reader_pass (fixture.reader);
  g_assert_false (weft_recording_get_queue_totals (fixture.recording, queue, &totals));
  object = weft_wire_object (&fixture.wire, queue);
  now = weft_clock_ticks (fixture.wire.clock);
  object->totals[WEFT_QUEUE_PUTS] = 30;
  object->totals[WEFT_QUEUE_GETS] = 28;
  object->totals[WEFT_QUEUE_MAX_DEPTH] = 8;
  object->totals[WEFT_QUEUE_DEPTH_TICKS] = (guint64) (5.0 / tick_s);
  object->totals[WEFT_QUEUE_WAIT_TICKS] = (guint64) (3.0 / tick_s);
  object->totals[WEFT_QUEUE_FIRST_PUT] = now;
  weft_ring_reader_finish (fixture.reader);
  g_assert_true (weft_recording_get_queue_totals (fixture.recording, queue, &totals));
  g_assert_cmpuint (totals.puts, ==, 30);
  g_assert_cmpuint (totals.gets, ==, 28);
  g_assert_cmpuint (totals.max_depth, ==, 8);
  g_assert_cmpfloat_with_epsilon (totals.depth_integral_s, 5.0, 0.05);
  g_assert_cmpfloat_with_epsilon (totals.total_wait_s, 3.0, 0.03);
  g_assert_cmpfloat (totals.first_put_s, >=, 0);
  g_assert_cmpfloat (totals.first_put_s, <, 5);
  g_assert_true (isnan (totals.last_get_s));
  tear_down (&fixture);
}

/* ── shared memory full of nonsense ── */

static void
fill_random (void *memory, gsize size)
{
  guint32 *words = memory;

  for (gsize i = 0; i < size / sizeof *words; i++)
    words[i] = g_test_rand_int ();
}

/* Random rings, slots and objects, some made to look alive: it is read without harm, what makes no
 * sense is counted, and what comes out of it can be shown. */
static void
test_random_memory (void)
{
  for (guint round = 0; round < 20; round++)
    {
      Fixture fixture;
      WeftFrame frame = { 0 };
      guint n_lanes = 1 + round % 7;
      guint32 ring;

      set_up (&fixture, n_lanes, 1 << 20);
      ring = atomic_load (&fixture.wire.header->ring_records);
      fill_random (fixture.wire.rings, fixture.wire.rings_size);
      fill_random (fixture.wire.lanes, sizeof (WeftWireLane) * 64);
      fill_random (fixture.wire.objects, sizeof (WeftWireObject) * 64);
      atomic_store (&fixture.wire.header->lane_count, round % 3 == 0 ? G_MAXUINT32 : n_lanes);
      atomic_store (&fixture.wire.header->object_count, round % 2 == 0 ? G_MAXUINT32 : 5);
      for (guint i = 0; i < n_lanes; i++)
        {
          WeftWireLane *slot = &fixture.wire.lanes[i];
          WeftEvent *records = (WeftEvent *) (fixture.wire.rings + (gsize) i * ring * sizeof (WeftEvent));

          atomic_store (&slot->state, i % 2 == 0 ? WEFT_SLOT_LIVE : WEFT_SLOT_ENDED);
          if (i % 3 != 2)
            atomic_store (&slot->head, ring);
          /* Records that pass the first look, with random times, values, tasks and objects. */
          for (guint r = 0; r < ring; r += 2)
            {
              records[r].lane = (guint16) i;
              records[r].kind = (guint8) g_test_rand_int_range (1, WEFT_N_EVENT_KINDS);
              records[r].activity = (guint8) g_test_rand_int_range (0, WEFT_WIRE_N_ACTIVITIES);
              records[r].object %= r % 4 == 0 ? 70 : WEFT_WIRE_MAX_OBJECTS + 2;
              records[r].reserved = 0;
            }
        }
      for (guint i = 0; i < 10; i++)
        {
          weft_wire_object (&fixture.wire, i + 1)->kind = i % 5;
          atomic_store (&weft_wire_object (&fixture.wire, i + 1)->state, WEFT_SLOT_LIVE);
        }

      weft_ring_reader_pass (fixture.reader);
      fill_random (fixture.wire.rings, fixture.wire.rings_size);
      fill_random (fixture.wire.lanes, sizeof (WeftWireLane) * 64);
      weft_ring_reader_finish (fixture.reader);

      weft_recording_take_frame (fixture.recording, &frame);
      g_assert_cmpuint (frame.n_lanes, >, 0);
      g_assert_cmpuint (frame.invalid, >, 0);
      for (guint i = 0; i < frame.n_lanes; i++)
        {
          const WeftFrameLane *lane = &frame.lanes[i];
          gint64 shares_ns[WEFT_N_ACTIVITIES], total_ns = 0, first_ns;

          g_assert_true (g_utf8_validate (lane->info->name, -1, NULL));
          g_assert_cmpint (lane->info->pid, >=, 0);
          g_assert_cmpint (lane->info->parent, <, (gint) frame.n_lanes);
          g_assert_cmpuint (lane->info->leader, <, frame.n_lanes);
          g_assert_cmpint (lane->ended_ns, >=, lane->started_ns);
          g_assert_cmpint (lane->ended_ns, <=, frame.now_ns);
          if (lane->n_spans == 0)
            continue;
          first_ns = weft_spans_get_begin (lane->info->spans, 0);
          g_assert_cmpint (first_ns, >=, 0);
          weft_spans_shares (lane->info->spans, lane->n_spans, lane->ended_ns, 0, G_MAXINT64, shares_ns);
          for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
            total_ns += shares_ns[a];
          g_assert_cmpint (total_ns, ==, lane->ended_ns - first_ns);
        }
      for (guint64 i = 0; i < frame.n_log; i++)
        {
          g_autofree char *text = weft_recording_render_log (fixture.recording, i);

          g_assert_nonnull (text);
        }
      weft_frame_clear (&frame);
      tear_down (&fixture);
    }
}

/* A lane whose slot was claimed but never filled in, because its maker was killed just then, does not
 * hide the lanes after it. */
static void
test_hole (void)
{
  Fixture fixture;
  WeftLane lane;
  WeftFrame frame = { 0 };

  set_up (&fixture, 4, 1 << 20);
  atomic_fetch_add (&fixture.wire.header->lane_count, 1);
  g_assert_true (weft_lane_begin (&lane, &fixture.wire, "after", true, 0, WEFT_WIRE_WORKING));
  weft_ring_reader_pass (fixture.reader);
  weft_recording_take_frame (fixture.recording, &frame);
  g_assert_cmpuint (frame.n_lanes, ==, 1);
  g_assert_cmpstr (frame.lanes[0].info->name, ==, "after");
  g_assert_cmpint (frame.lanes[0].info->parent, ==, -1);
  weft_frame_clear (&frame);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring-reader/tasks-and-lines", test_tasks_and_lines);
  g_test_add_func ("/ring-reader/gap", test_gap);
  g_test_add_func ("/ring-reader/queue-gap", test_queue_gap);
  g_test_add_func ("/ring-reader/gap-activity", test_gap_activity);
  g_test_add_func ("/ring-reader/flood", test_flood);
  g_test_add_func ("/ring-reader/full", test_full);
  g_test_add_func ("/ring-reader/full-flood", test_full_flood);
  g_test_add_func ("/ring-reader/totals", test_totals);
  for (guint i = 0; i < G_N_ELEMENTS (end_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/ring-reader/end/", end_cases[i].name, NULL);

      g_test_add_data_func (path, &end_cases[i], test_end);
    }
  g_test_add_func ("/ring-reader/hole", test_hole);
  g_test_add_func ("/ring-reader/random-memory", test_random_memory);
  g_test_add_func ("/ring-reader/threads", test_threads);
  return g_test_run ();
}
