/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the events and totals of a lock become in the recording and in the summary. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <unistd.h>

#include "test-catalogue-sample.h"
#include "weft-event-merger.h"
#include "weft-lane.h"
#include "weft-recording-private.h"
#include "weft-ring-reader.h"
#include "weft-summary.h"

#define N_LANES 3

static WeftCatalogue *catalogue;

typedef struct
{
  WeftWire wire;
  WeftRecording *recording;
  WeftRingReader *reader;
  WeftLane lanes[N_LANES];
  guint32 lock;
  guint64 ticks; /* of the last event */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, 0);
  g_autoptr (WeftParameters) parameters = weft_parameters_new (info);
  int fd = weft_wire_create (&fixture->wire, N_LANES * WEFT_WIRE_MIN_RING * sizeof (WeftEvent),
                             WEFT_CLOCK_MONOTONIC);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_cmpuint (weft_wire_set_expected_lanes (&fixture->wire, N_LANES), ==, WEFT_WIRE_MIN_RING);
  fixture->recording = weft_recording_new (info, parameters);
  weft_recording_begin (fixture->recording, weft_monotonic_ns ());
  fixture->reader = weft_ring_reader_new (&fixture->wire, fixture->recording);
  fixture->lock = weft_wire_add_object (&fixture->wire, WEFT_OBJECT_LOCK, "balance lock", 0);
  for (guint i = 0; i < N_LANES; i++)
    g_assert_true (weft_lane_begin (&fixture->lanes[i], &fixture->wire, "thread", false, -1,
                                    WEFT_WIRE_WORKING));
  fixture->ticks = weft_clock_ticks (fixture->wire.clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  weft_ring_reader_free (fixture->reader);
  g_object_unref (fixture->recording);
  weft_wire_detach (&fixture->wire);
}

/* Emits an event at @ticks. */
static void
emit_at (Fixture *fixture, guint64 ticks, guint lane, WeftEventKind kind, gint64 value)
{
  WeftWireActivity activity = kind == WEFT_EVENT_LOCK_WAIT ? WEFT_WIRE_LOCK_WAIT : WEFT_WIRE_WORKING;

  weft_lane_emit_at (&fixture->lanes[lane], ticks, kind, activity, fixture->lock, 7, value, WEFT_NO_LINE);
}

/* Emits an event a microsecond after the last one. Returns its ticks. */
static guint64
emit (Fixture *fixture, guint lane, WeftEventKind kind, guint waiters, guint sharers)
{
  fixture->ticks += 1000;
  emit_at (fixture, fixture->ticks, lane, kind, weft_lock_value (waiters, sharers, 0));
  return fixture->ticks;
}

/* Lets all that was emitted be in the past, and be read. */
static void
read_all (Fixture *fixture)
{
  while (weft_clock_ticks (fixture->wire.clock) < fixture->ticks + 2 * WEFT_EVENT_MERGER_MARGIN_NS)
    ;
  weft_ring_reader_pass (fixture->reader);
}

static void
assert_series (const WeftCounter *counter, const double *expected, guint n_expected)
{
  g_assert_cmpuint (weft_counter_get_count (counter), ==, n_expected);
  for (guint i = 0; i < n_expected; i++)
    if (isnan (expected[i]))
      g_assert_true (isnan (weft_counter_get_value (counter, i)));
    else
      g_assert_cmpfloat (weft_counter_get_value (counter, i), ==, expected[i]);
}

static const WeftObjectInfo *
get_lock (Fixture *fixture)
{
  const WeftObjectInfo *info = weft_recording_get_object (fixture->recording, fixture->lock);

  g_assert_nonnull (info);
  g_assert_cmpint (info->kind, ==, WEFT_OBJECT_IS_LOCK);
  g_assert_nonnull (info->holders);
  return info;
}

/* Lane 0 has it, 1 and 2 wait, 2 gets it first; then two share it. */
static void
test_holders (Fixture *fixture, gconstpointer data)
{
  static const double holders[] = { -1, 0, -1, 2, -1, 1, -1, -2, -3, -2, -1 };
  static const double waiters[] = { 0, 1, 2, 1, 0 };
  WeftFrame frame = { 0 };
  WeftSpan span;

  emit (fixture, 0, WEFT_EVENT_ACQUIRE, WEFT_LOCK_AS_BEFORE, 0);
  emit (fixture, 1, WEFT_EVENT_LOCK_WAIT, 1, 0);
  emit (fixture, 2, WEFT_EVENT_LOCK_WAIT, 2, 0);
  emit (fixture, 0, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 0);
  emit (fixture, 2, WEFT_EVENT_ACQUIRE, 1, 0);
  emit (fixture, 2, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 0);
  emit (fixture, 1, WEFT_EVENT_ACQUIRE, 0, 0);
  emit (fixture, 1, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 0);
  emit (fixture, 0, WEFT_EVENT_ACQUIRE, WEFT_LOCK_AS_BEFORE, 1);
  emit (fixture, 1, WEFT_EVENT_ACQUIRE, WEFT_LOCK_AS_BEFORE, 2);
  emit (fixture, 0, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 1);
  emit (fixture, 1, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 0);
  read_all (fixture);
  assert_series (get_lock (fixture)->holders, holders, G_N_ELEMENTS (holders));
  assert_series (get_lock (fixture)->values, waiters, G_N_ELEMENTS (waiters));
  weft_recording_take_frame (fixture->recording, &frame);
  g_assert_cmpuint (frame.objects[0].n_holders, ==, G_N_ELEMENTS (holders));
  g_assert_cmpuint (frame.invalid, ==, 0);

  /* Lane 1: working, waiting for the lock, working with it, working without it. */
  for (guint i = 1; i <= 3; i++)
    {
      weft_spans_get (frame.lanes[1].info->spans, frame.lanes[1].n_spans, i, frame.now_ns, &span);
      g_assert_cmpint (span.activity, ==, i == 1 ? WEFT_ACTIVITY_LOCK_WAIT : WEFT_ACTIVITY_WORKING);
      g_assert_cmpuint (span.object, ==, i == 3 ? 0 : fixture->lock);
      g_assert_cmpuint (span.task, ==, i == 3 ? WEFT_SPAN_NO_TASK : 7);
    }
  weft_frame_clear (&frame);
}

/* A count that becomes visible after a newer one tells nothing any more; but the number of those who wait
 * is not made older by an acquisition that does not know it. */
static void
test_late (Fixture *fixture, gconstpointer data)
{
  static const double holders[] = { -1, -3, -2, 2 };
  static const double waiters[] = { 0, 2, 3 };
  guint64 first = fixture->ticks + 1000;

  fixture->ticks += 2000;
  emit (fixture, 1, WEFT_EVENT_ACQUIRE, WEFT_LOCK_AS_BEFORE, 2);
  emit (fixture, 2, WEFT_EVENT_LOCK_WAIT, 2, 0);
  read_all (fixture);
  emit_at (fixture, first, 0, WEFT_EVENT_ACQUIRE, weft_lock_value (1, 1, 0));
  read_all (fixture);
  first = fixture->ticks + 1000;
  fixture->ticks += 2000;
  emit (fixture, 1, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 1);
  emit (fixture, 2, WEFT_EVENT_ACQUIRE, WEFT_LOCK_AS_BEFORE, 0);
  read_all (fixture);
  emit_at (fixture, first, 0, WEFT_EVENT_LOCK_WAIT, weft_lock_value (3, 0, 0));
  read_all (fixture);
  assert_series (get_lock (fixture)->holders, holders, G_N_ELEMENTS (holders));
  assert_series (get_lock (fixture)->values, waiters, G_N_ELEMENTS (waiters));
}

/* Where a lane's events were dropped, neither is known until somebody tells again. */
static void
test_gap (Fixture *fixture, gconstpointer data)
{
  static const double holders[] = { -1, 0, NAN, -1 };
  const WeftObjectInfo *info;

  emit (fixture, 0, WEFT_EVENT_ACQUIRE, 0, 0);
  read_all (fixture);
  for (guint i = 0; i < 2 * WEFT_WIRE_MIN_RING; i++)
    {
      fixture->ticks += 1000;
      weft_lane_emit_at (&fixture->lanes[0], fixture->ticks, WEFT_EVENT_LOG, WEFT_WIRE_KEEP, WEFT_NO_OBJECT,
                         WEFT_NO_TASK, 0, WEFT_NO_LINE);
    }
  read_all (fixture);
  info = get_lock (fixture);
  emit (fixture, 0, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 0);
  read_all (fixture);
  assert_series (info->holders, holders, G_N_ELEMENTS (holders));
  g_assert_true (isnan (weft_counter_get_value (info->values, weft_counter_get_count (info->values) - 1)));
}

/* Not of a lock, or of nothing. */
static void
test_invalid (Fixture *fixture, gconstpointer data)
{
  static const double holders[] = { -1 };
  guint32 queue = weft_wire_add_object (&fixture->wire, WEFT_OBJECT_QUEUE, "queue", 0);
  WeftFrame frame = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      static const WeftEventKind kinds[] = { WEFT_EVENT_LOCK_WAIT, WEFT_EVENT_ACQUIRE, WEFT_EVENT_RELEASE };

      fixture->ticks += 1000;
      weft_lane_emit_at (&fixture->lanes[0], fixture->ticks, kinds[i], WEFT_WIRE_WORKING, queue,
                         WEFT_NO_TASK, 0, WEFT_NO_LINE);
      weft_lane_emit_at (&fixture->lanes[0], fixture->ticks, kinds[i], WEFT_WIRE_WORKING, WEFT_NO_OBJECT,
                         WEFT_NO_TASK, 0, WEFT_NO_LINE);
    }
  read_all (fixture);
  assert_series (get_lock (fixture)->holders, holders, G_N_ELEMENTS (holders));
  g_assert_null (weft_recording_get_object (fixture->recording, queue)->holders);
  weft_recording_take_frame (fixture->recording, &frame);
  g_assert_cmpuint (frame.invalid, ==, 6);
  weft_frame_clear (&frame);
}

/* From a full recording on. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  static const double holders[] = { -1, 0, NAN };

  emit (fixture, 0, WEFT_EVENT_ACQUIRE, WEFT_LOCK_AS_BEFORE, 0);
  weft_recording_set_budget (fixture->recording, 1);
  g_usleep (110000);
  read_all (fixture);
  emit (fixture, 0, WEFT_EVENT_RELEASE, WEFT_LOCK_AS_BEFORE, 0);
  read_all (fixture);
  assert_series (get_lock (fixture)->holders, holders, G_N_ELEMENTS (holders));
}

static void
assert_quantile (JsonObject *lock, const char *durations, const char *member, double expected_s)
{
  JsonObject *object = json_object_get_object_member (lock, durations);

  if (isnan (expected_s))
    g_assert_true (json_object_get_null_member (object, member));
  else
    g_assert_cmpfloat_with_epsilon (json_object_get_double_member (object, member), expected_s,
                                    0.032 * expected_s + 1e-12);
}

static void
test_summary (Fixture *fixture, gconstpointer data)
{
  _Atomic guint64 *totals = weft_wire_object (&fixture->wire, fixture->lock)->totals;
  WeftHistogram *waits = weft_wire_histogram (&fixture->wire, fixture->lock, WEFT_LOCK_WAITS);
  JsonObject *summary, *lock;

  weft_wire_add_object (&fixture->wire, WEFT_OBJECT_QUEUE, "queue", 0);
  read_all (fixture);
  atomic_store (&totals[WEFT_LOCK_ACQUISITIONS], 200);
  atomic_store (&totals[WEFT_LOCK_CONTENDED], 100);
  atomic_store (&totals[WEFT_LOCK_HANDOVERS], 42);
  atomic_store (&totals[WEFT_LOCK_FREE_TICKS], 4000);
  /* From 1 to 100 ms; ticks are nanoseconds here. */
  for (guint64 i = 1; i <= 100; i++)
    weft_histogram_add (waits, i * 1000000, FALSE);
  weft_ring_reader_finish (fixture->reader);
  summary = weft_summary_new (fixture->recording);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (summary, "locks")), ==, 1);
  lock = json_array_get_object_element (json_object_get_array_member (summary, "locks"), 0);
  g_assert_cmpstr (json_object_get_string_member (lock, "name"), ==, "balance lock");
  g_assert_cmpint (json_object_get_int_member (lock, "acquisitions"), ==, 200);
  g_assert_cmpint (json_object_get_int_member (lock, "contended"), ==, 100);
  g_assert_cmpint (json_object_get_int_member (lock, "handovers"), ==, 42);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (lock, "uncontended_mean_s"), 40e-9, 1e-12);
  assert_quantile (lock, "wait_s", "p50", 0.05);
  assert_quantile (lock, "wait_s", "p90", 0.09);
  assert_quantile (lock, "wait_s", "p99", 0.099);
  assert_quantile (lock, "wait_s", "max", 0.1);
  assert_quantile (lock, "wait_s", "total", 5.05);
  assert_quantile (lock, "hold_s", "p50", NAN);
  assert_quantile (lock, "hold_s", "total", 0);
  json_object_unref (summary);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  catalogue = weft_catalogue_parse (sample_catalogue, -1, NULL);
#define ADD(name) g_test_add ("/locks/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (holders);
  ADD (late);
  ADD (gap);
  ADD (invalid);
  ADD (full);
  ADD (summary);
#undef ADD
  status = g_test_run ();
  weft_catalogue_free (catalogue);
  return status;
}
