/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot-fixture.h"
#include "weft-time-view-private.h"

#define WIDTH_PX 1000

/* The run's start, on the clock that the tests turn by hand. */
#define START_NS (100 * S)

/* How far following is behind that clock, and how far it may be ahead of what is complete. */
#define DELAY_NS (40 * MS)
#define ALLOWANCE_NS (50 * MS)

typedef struct
{
  WeftTimeView *view;
  WeftRecording *recording;
  gint64 now_ns; /* of the clock */
  guint n_changed;
} Fixture;

static gint64
read_clock (gpointer data)
{
  return ((Fixture *) data)->now_ns;
}

static void
changed_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->recording = weft_recording_new (NULL, NULL);
  fixture->view = weft_time_view_new ();
  fixture->now_ns = START_NS;
  weft_time_view_set_clock (fixture->view, read_clock, fixture);
  g_signal_connect_swapped (fixture->view, "changed", G_CALLBACK (changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->view);
  g_assert_finalize_object (fixture->recording);
}

/* The run is @time_ns old, and all of it is known. */
static void
live_to (Fixture *fixture, gint64 time_ns)
{
  fixture->now_ns = START_NS + time_ns + DELAY_NS;
  weft_recording_advance (fixture->recording, time_ns);
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
}

static void
begin_run (Fixture *fixture)
{
  weft_recording_begin (fixture->recording, START_NS);
  weft_time_view_set_recording (fixture->view, fixture->recording);
}

static void
end_run (Fixture *fixture, gint64 time_ns)
{
  weft_recording_advance (fixture->recording, time_ns);
  weft_recording_set_outcome (fixture->recording, WEFT_OUTCOME_FINISHED, NULL);
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
}

static void
assert_range (WeftTimeView *view, gint64 begin_ns, gint64 end_ns)
{
  gint64 begin;
  gint64 end;

  weft_time_view_get_range (view, &begin, &end);
  g_assert_cmpint (begin, ==, begin_ns);
  g_assert_cmpint (end, ==, end_ns);
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  assert_range (fixture->view, 0, 10 * S);
  g_assert_null (weft_time_view_get_frame (fixture->view)->recording);
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
  weft_time_view_fit (fixture->view);
  g_assert_cmpuint (fixture->n_changed, ==, 0);
  weft_time_view_zoom (fixture->view, 0.5, 4 * S);
  assert_range (fixture->view, 2 * S, 7 * S);
}

static void
test_follow_fills_then_scrolls (Fixture *fixture, gconstpointer data)
{
  /* Before the start it is as if nothing had happened yet. */
  weft_time_view_set_recording (fixture->view, fixture->recording);
  assert_range (fixture->view, 0, 10 * S);
  weft_recording_begin (fixture->recording, START_NS);

  live_to (fixture, 3 * S);
  assert_range (fixture->view, 0, 10 * S);
  g_assert_true (weft_time_view_get_frame (fixture->view)->live);
  g_assert_cmpint (weft_time_view_get_frame (fixture->view)->now_ns, ==, 3 * S);

  live_to (fixture, 12 * S);
  assert_range (fixture->view, 2 * S, 12 * S);
  live_to (fixture, 12500 * MS);
  assert_range (fixture->view, 2500 * MS, 12500 * MS);
}

static void
test_follow_is_smooth (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 20 * S);
  assert_range (fixture->view, 10 * S, 20 * S);

  /* The clock goes on, the reader has not come round again. A pixel is 10 ms. */
  fixture->now_ns += 20 * MS;
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
  assert_range (fixture->view, 10020 * MS, 20020 * MS);

  /* It may be late; what is not known is not shown as the present for more than the allowance. */
  fixture->now_ns += S;
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
  assert_range (fixture->view, 20 * S + ALLOWANCE_NS - 10 * S, 20 * S + ALLOWANCE_NS);

  /* And the present never goes back. */
  fixture->now_ns -= S;
  weft_recording_advance (fixture->recording, 20 * S + 10 * MS);
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
  assert_range (fixture->view, 20 * S + ALLOWANCE_NS - 10 * S, 20 * S + ALLOWANCE_NS);
}

static void
test_follow_moves_by_pixels (Fixture *fixture, gconstpointer data)
{
  guint n_changed;

  begin_run (fixture);
  live_to (fixture, 20 * S);
  n_changed = fixture->n_changed;

  /* Less than a pixel, and nothing new. */
  fixture->now_ns += 4 * MS;
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
  g_assert_cmpuint (fixture->n_changed, ==, n_changed);
  assert_range (fixture->view, 10 * S, 20 * S);

  /* On a display of twice the density that is a device pixel, of 5 ms. */
  fixture->now_ns += 2 * MS;
  weft_time_view_advance (fixture->view, WIDTH_PX, 2);
  g_assert_cmpuint (fixture->n_changed, ==, n_changed + 1);
  assert_range (fixture->view, 10005 * MS, 20005 * MS);
}

static void
test_follow_zooms (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 20 * S);
  weft_time_view_zoom (fixture->view, 0.5, 11 * S);
  g_assert_true (weft_time_view_get_follow (fixture->view));
  assert_range (fixture->view, 15 * S, 20 * S);
  live_to (fixture, 21 * S);
  assert_range (fixture->view, 16 * S, 21 * S);

  /* No wider than what there is. */
  weft_time_view_zoom (fixture->view, 1000, 0);
  assert_range (fixture->view, 0, 21 * S);
  for (int i = 0; i < 400; i++)
    weft_time_view_zoom (fixture->view, 0.5, 0);
  assert_range (fixture->view, 21 * S - 100, 21 * S);
}

static void
test_moving_ends_follow (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 30 * S);
  weft_time_view_pan (fixture->view, -2 * S);
  g_assert_false (weft_time_view_get_follow (fixture->view));
  assert_range (fixture->view, 18 * S, 28 * S);
  live_to (fixture, 31 * S);
  assert_range (fixture->view, 18 * S, 28 * S);
  g_assert_cmpint (weft_time_view_get_frame (fixture->view)->now_ns, ==, 31 * S);

  weft_time_view_set_follow (fixture->view, TRUE);
  assert_range (fixture->view, 21 * S, 31 * S);

  weft_time_view_pan (fixture->view, 0);
  g_assert_true (weft_time_view_get_follow (fixture->view));
}

static void
test_pause (Fixture *fixture, gconstpointer data)
{
  guint n_changed;

  begin_run (fixture);
  live_to (fixture, 30 * S);
  weft_time_view_set_paused (fixture->view, TRUE);
  g_assert_false (weft_time_view_get_follow (fixture->view));
  n_changed = fixture->n_changed;

  /* The picture stands still, whatever comes. */
  live_to (fixture, 40 * S);
  assert_range (fixture->view, 20 * S, 30 * S);
  g_assert_cmpint (weft_time_view_get_frame (fixture->view)->now_ns, ==, 30 * S);
  g_assert_cmpuint (fixture->n_changed, ==, n_changed);

  /* Who looks elsewhere sees what has come since. */
  weft_time_view_pan (fixture->view, 8 * S);
  assert_range (fixture->view, 28 * S, 38 * S);
  g_assert_cmpint (weft_time_view_get_frame (fixture->view)->now_ns, ==, 40 * S);

  weft_time_view_set_paused (fixture->view, FALSE);
  g_assert_true (weft_time_view_get_follow (fixture->view));
  assert_range (fixture->view, 30 * S, 40 * S);

  /* Without following before, none after. */
  weft_time_view_pan (fixture->view, -S);
  weft_time_view_set_paused (fixture->view, TRUE);
  weft_time_view_set_paused (fixture->view, FALSE);
  g_assert_false (weft_time_view_get_follow (fixture->view));
  assert_range (fixture->view, 29 * S, 39 * S);

  /* Following ends a pause. */
  weft_time_view_set_paused (fixture->view, TRUE);
  weft_time_view_set_follow (fixture->view, TRUE);
  g_assert_false (weft_time_view_get_paused (fixture->view));
}

static void
test_end_shows_whole_run (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 30 * S);
  end_run (fixture, 32 * S);
  g_assert_false (weft_time_view_get_frame (fixture->view)->live);
  assert_range (fixture->view, -320 * MS, 32320 * MS);

  /* Nothing more happens, so nothing more is drawn. */
  fixture->n_changed = 0;
  fixture->now_ns += S;
  weft_time_view_advance (fixture->view, WIDTH_PX, 1);
  g_assert_cmpuint (fixture->n_changed, ==, 0);
}

static void
test_end_leaves_what_is_looked_at (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 30 * S);
  weft_time_view_set_range (fixture->view, 4 * S, 6 * S);
  end_run (fixture, 32 * S);
  assert_range (fixture->view, 4 * S, 6 * S);
}

static void
test_fit (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 20 * S);
  weft_time_view_pan (fixture->view, -S);

  /* The whole of a live run grows. */
  weft_time_view_fit (fixture->view);
  g_assert_true (weft_time_view_get_follow (fixture->view));
  assert_range (fixture->view, -200 * MS, 20200 * MS);
  live_to (fixture, 40 * S);
  assert_range (fixture->view, -400 * MS, 40400 * MS);

  weft_time_view_set_paused (fixture->view, TRUE);
  weft_time_view_set_range (fixture->view, 0, S);
  weft_time_view_fit (fixture->view);
  assert_range (fixture->view, -400 * MS, 40400 * MS);
  live_to (fixture, 41 * S);
  assert_range (fixture->view, -400 * MS, 40400 * MS);
}

static void
test_zoom_keeps_center (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 100 * S);
  end_run (fixture, 100 * S);
  weft_time_view_set_range (fixture->view, 40 * S, 60 * S);

  for (double factor = 0.1; factor < 3; factor *= 1.3)
    {
      gint64 begin_ns;
      gint64 end_ns;

      weft_time_view_set_range (fixture->view, 40 * S, 60 * S);
      weft_time_view_zoom (fixture->view, factor, 45 * S);
      weft_time_view_get_range (fixture->view, &begin_ns, &end_ns);
      /* A quarter of the range was left of it, and still is. */
      g_assert_cmpint (ABS ((45 * S - begin_ns) * 4 - (end_ns - begin_ns)), <=, 8);
      g_assert_cmpint (ABS (end_ns - begin_ns - (gint64) (20 * S * factor)), <=, 2);
    }
}

static void
test_zoom_in_and_out (Fixture *fixture, gconstpointer data)
{
  gint64 begin_ns;
  gint64 end_ns;

  begin_run (fixture);
  live_to (fixture, 3600 * S);
  end_run (fixture, 3600 * S);
  for (int i = 0; i < 200; i++)
    weft_time_view_zoom (fixture->view, 0.8, 1234567890123);
  weft_time_view_get_range (fixture->view, &begin_ns, &end_ns);
  g_assert_cmpint (end_ns - begin_ns, ==, 100);
  g_assert_cmpint (begin_ns, <=, 1234567890123);
  g_assert_cmpint (end_ns, >=, 1234567890123);

  /* The narrowest range is not a trap. */
  for (int i = 0; i < 200; i++)
    weft_time_view_zoom (fixture->view, 1.25, begin_ns);
  weft_time_view_get_range (fixture->view, &begin_ns, &end_ns);
  g_assert_cmpint (begin_ns, <=, 0);
  g_assert_cmpint (end_ns, >=, 3600 * S);
}

static void
test_clamp (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gint64 begin_ns, end_ns, expected_begin_ns, expected_end_ns;
  } rows[] = {
    { 10 * S, 20 * S, 10 * S, 20 * S },
    { -30 * S, -20 * S, -500 * MS, 9500 * MS }, /* a twentieth of its width may be outside */
    { 500 * S, 510 * S, 90500 * MS, 100500 * MS },
    { 50 * S, 50 * S, 50 * S, 50 * S + 100 },
    { -1000 * S, 1000 * S, -5555555555, 105555555556 },
  };

  begin_run (fixture);
  live_to (fixture, 100 * S);
  end_run (fixture, 100 * S);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 begin_ns;
      gint64 end_ns;

      weft_time_view_set_range (fixture->view, rows[i].begin_ns, rows[i].end_ns);
      weft_time_view_get_range (fixture->view, &begin_ns, &end_ns);
      g_assert_cmpint (ABS (begin_ns - rows[i].expected_begin_ns), <=, 2);
      g_assert_cmpint (ABS (end_ns - rows[i].expected_end_ns), <=, 2);
    }
}

static void
test_empty_run (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  end_run (fixture, 0);
  assert_range (fixture->view, -10, 1010);
  weft_time_view_pan (fixture->view, -S);
  weft_time_view_zoom (fixture->view, 0.001, 0);
  weft_time_view_go_to (fixture->view, 5 * S);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 0);
}

static void
test_go_to (Fixture *fixture, gconstpointer data)
{
  begin_run (fixture);
  live_to (fixture, 100 * S);
  end_run (fixture, 100 * S);
  weft_time_view_set_range (fixture->view, 40 * S, 50 * S);

  weft_time_view_go_to (fixture->view, 42 * S);
  assert_range (fixture->view, 40 * S, 50 * S);
  weft_time_view_go_to (fixture->view, 20 * S);
  assert_range (fixture->view, 19 * S, 29 * S);
  weft_time_view_go_to (fixture->view, 60 * S);
  assert_range (fixture->view, 51 * S, 61 * S);
  weft_time_view_go_to (fixture->view, 1000 * S);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 100 * S);
}

static void
test_another_recording (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WeftRecording) other = weft_recording_new (NULL, NULL);

  begin_run (fixture);
  live_to (fixture, 30 * S);
  weft_time_view_set_range (fixture->view, 4 * S, 6 * S);
  weft_time_view_set_cursor (fixture->view, 5 * S);
  weft_time_view_set_selected_lane (fixture->view, 2);
  weft_time_view_set_paused (fixture->view, TRUE);

  weft_time_view_set_recording (fixture->view, other);
  g_assert_true (weft_time_view_get_recording (fixture->view) == other);
  g_assert_true (weft_time_view_get_follow (fixture->view));
  g_assert_false (weft_time_view_get_paused (fixture->view));
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, -1);
  g_assert_cmpint (weft_time_view_get_selected_lane (fixture->view), ==, -1);
  assert_range (fixture->view, 0, 10 * S);

  weft_time_view_set_recording (fixture->view, NULL);
  g_assert_null (weft_time_view_get_frame (fixture->view)->recording);
}

static void
count_cb (guint *n_notified)
{
  (*n_notified)++;
}

/* Each property takes a value, notifies once, keeps it, and does not notify of the same one again. */
static void
test_properties (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "recording", "follow", "paused", "cursor-ns", "selected-lane" };

  begin_run (fixture);
  weft_time_view_set_recording (fixture->view, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (fixture->view), names[i]);
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);
      g_auto (GValue) value = G_VALUE_INIT;
      g_auto (GValue) read = G_VALUE_INIT;
      guint n_notified = 0;

      g_assert_nonnull (pspec);
      g_value_init (&value, pspec->value_type);
      if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
        g_value_set_boolean (&value, !G_PARAM_SPEC_BOOLEAN (pspec)->default_value);
      else if (G_IS_PARAM_SPEC_INT64 (pspec))
        g_value_set_int64 (&value, 1234);
      else if (G_IS_PARAM_SPEC_INT (pspec))
        g_value_set_int (&value, 3);
      else
        g_value_set_object (&value, fixture->recording);

      g_signal_connect_swapped (fixture->view, signal, G_CALLBACK (count_cb), &n_notified);
      g_object_set_property (G_OBJECT (fixture->view), names[i], &value);
      g_object_set_property (G_OBJECT (fixture->view), names[i], &value);
      g_assert_cmpuint (n_notified, ==, 1);
      g_object_get_property (G_OBJECT (fixture->view), names[i], &read);
      g_assert_cmpint (g_param_values_cmp (pspec, &value, &read), ==, 0);
      g_signal_handlers_disconnect_by_data (fixture->view, &n_notified);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/time-view/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("nothing", test_nothing);
  ADD ("follow/fills-then-scrolls", test_follow_fills_then_scrolls);
  ADD ("follow/is-smooth", test_follow_is_smooth);
  ADD ("follow/moves-by-pixels", test_follow_moves_by_pixels);
  ADD ("follow/zooms", test_follow_zooms);
  ADD ("follow/moving-ends-it", test_moving_ends_follow);
  ADD ("pause", test_pause);
  ADD ("end/shows-whole-run", test_end_shows_whole_run);
  ADD ("end/leaves-what-is-looked-at", test_end_leaves_what_is_looked_at);
  ADD ("fit", test_fit);
  ADD ("zoom/keeps-center", test_zoom_keeps_center);
  ADD ("zoom/in-and-out", test_zoom_in_and_out);
  ADD ("clamp", test_clamp);
  ADD ("empty-run", test_empty_run);
  ADD ("go-to", test_go_to);
  ADD ("another-recording", test_another_recording);
  ADD ("properties", test_properties);
#undef ADD
  return g_test_run ();
}
