/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot-fixture.h"
#include "weft-view-keys.h"

#define WIDTH_PX 1000

typedef struct
{
  WeftTimeView *view;
  WeftRecording *recording;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->recording = fixture_pool ();
  fixture->view = weft_time_view_new ();
  weft_time_view_set_recording (fixture->view, fixture->recording);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->view);
  g_assert_finalize_object (fixture->recording);
}

static gboolean
press (Fixture *fixture, guint keyval, GdkModifierType state)
{
  return weft_view_keys_handle (fixture->view, keyval, state, WIDTH_PX);
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
test_range (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint keyval;
    GdkModifierType state;
    gint64 begin_ns, end_ns;
  } rows[] = {
    { GDK_KEY_Left, 0, 400 * MS, 1400 * MS },
    { GDK_KEY_a, 0, 400 * MS, 1400 * MS },
    { GDK_KEY_A, GDK_LOCK_MASK, 400 * MS, 1400 * MS },
    { GDK_KEY_Right, 0, 600 * MS, 1600 * MS },
    { GDK_KEY_d, 0, 600 * MS, 1600 * MS },
    { GDK_KEY_w, 0, 600 * MS, 1400 * MS },
    { GDK_KEY_plus, GDK_SHIFT_MASK, 600 * MS, 1400 * MS },
    { GDK_KEY_s, 0, 375 * MS, 1625 * MS },
    { GDK_KEY_minus, 0, 375 * MS, 1625 * MS },
    { GDK_KEY_Home, 0, 0, S },
    { GDK_KEY_End, 0, 1130 * MS, 2130 * MS },
    { GDK_KEY_f, 0, -21300000, 2151300000 },
    { GDK_KEY_space, 0, 500 * MS, 1500 * MS }, /* not of the charts */
    { GDK_KEY_f, GDK_CONTROL_MASK, 500 * MS, 1500 * MS },
    { GDK_KEY_Left, GDK_ALT_MASK, 500 * MS, 1500 * MS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      weft_time_view_set_range (fixture->view, 500 * MS, 1500 * MS);
      g_assert_cmpint (press (fixture, rows[i].keyval, rows[i].state), ==, i < G_N_ELEMENTS (rows) - 3);
      assert_range (fixture->view, rows[i].begin_ns, rows[i].end_ns);
    }
}

static void
test_zoom_at_cursor (Fixture *fixture, gconstpointer data)
{
  weft_time_view_set_range (fixture->view, 500 * MS, 1500 * MS);
  weft_time_view_set_cursor (fixture->view, 500 * MS);
  press (fixture, GDK_KEY_w, 0);
  assert_range (fixture->view, 500 * MS, 1300 * MS);
}

static void
test_lanes (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint keyval;
    int lane;
  } rows[] = {
    { GDK_KEY_Down, 0 },      { GDK_KEY_Down, 1 }, { GDK_KEY_Down, 2 },    { GDK_KEY_Up, 1 },
    { GDK_KEY_Page_Down, 4 }, { GDK_KEY_Down, 4 }, { GDK_KEY_Page_Up, 0 }, { GDK_KEY_Up, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_true (press (fixture, rows[i].keyval, 0));
      g_assert_cmpint (weft_time_view_get_selected_lane (fixture->view), ==, rows[i].lane);
    }
}

static void
test_spans (Fixture *fixture, gconstpointer data)
{
  /* Worker 1: queue empty from 10 ms, asleep from 40 ms, queue empty from 1450 ms. */
  weft_time_view_set_selected_lane (fixture->view, 1);
  weft_time_view_set_cursor (fixture->view, 0);
  press (fixture, GDK_KEY_period, 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 10 * MS);
  press (fixture, GDK_KEY_period, 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 40 * MS);
  press (fixture, GDK_KEY_period, 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 1450 * MS);
  press (fixture, GDK_KEY_period, 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 1450 * MS);

  weft_time_view_set_cursor (fixture->view, 1500 * MS);
  press (fixture, GDK_KEY_comma, 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 1450 * MS);
  press (fixture, GDK_KEY_comma, 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 40 * MS);
  press (fixture, GDK_KEY_comma, 0);
  press (fixture, GDK_KEY_comma, 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 10 * MS);
}

static void
test_spans_select_a_lane (Fixture *fixture, gconstpointer data)
{
  g_assert_true (press (fixture, GDK_KEY_comma, 0));
  g_assert_cmpint (weft_time_view_get_selected_lane (fixture->view), ==, 0);
  /* From the end of the run back to the beginning of the last span of main. */
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 40 * MS);
}

static void
test_spans_come_into_view (Fixture *fixture, gconstpointer data)
{
  gint64 begin_ns;
  gint64 end_ns;

  weft_time_view_set_selected_lane (fixture->view, 1);
  weft_time_view_set_range (fixture->view, 500 * MS, 600 * MS);
  weft_time_view_set_cursor (fixture->view, 550 * MS);
  press (fixture, GDK_KEY_period, 0);
  weft_time_view_get_range (fixture->view, &begin_ns, &end_ns);
  g_assert_cmpint (end_ns - begin_ns, ==, 100 * MS);
  g_assert_cmpint (begin_ns, <, 1450 * MS);
  g_assert_cmpint (end_ns, >, 1450 * MS);
}

static void
test_cursor (Fixture *fixture, gconstpointer data)
{
  weft_time_view_set_range (fixture->view, S, 2 * S);
  press (fixture, GDK_KEY_Left, GDK_SHIFT_MASK);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 1995 * MS);
  press (fixture, GDK_KEY_Right, GDK_SHIFT_MASK);
  press (fixture, GDK_KEY_Right, GDK_SHIFT_MASK);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 2005 * MS);

  g_assert_true (press (fixture, GDK_KEY_Escape, 0));
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, -1);
  /* With nothing to clear, Escape is for somebody else. */
  g_assert_false (press (fixture, GDK_KEY_Escape, 0));
}

static void
test_end_follows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WeftRecording) live = fixture_queue ();

  weft_time_view_set_recording (fixture->view, live);
  press (fixture, GDK_KEY_Home, 0);
  g_assert_false (weft_time_view_get_follow (fixture->view));
  press (fixture, GDK_KEY_End, 0);
  g_assert_true (weft_time_view_get_follow (fixture->view));
  weft_time_view_set_recording (fixture->view, fixture->recording);
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  static const guint keyvals[] = { GDK_KEY_Left,   GDK_KEY_w, GDK_KEY_Down,
                                   GDK_KEY_period, GDK_KEY_f, GDK_KEY_Home };

  weft_time_view_set_recording (fixture->view, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (keyvals); i++)
    g_assert_false (press (fixture, keyvals[i], 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/view-keys/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("range", test_range);
  ADD ("zoom-at-cursor", test_zoom_at_cursor);
  ADD ("lanes", test_lanes);
  ADD ("spans", test_spans);
  ADD ("spans/select-a-lane", test_spans_select_a_lane);
  ADD ("spans/come-into-view", test_spans_come_into_view);
  ADD ("cursor", test_cursor);
  ADD ("end-follows", test_end_follows);
  ADD ("nothing", test_nothing);
#undef ADD
  return g_test_run ();
}
