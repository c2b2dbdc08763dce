/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "charts-fixture.h"

#include "weft-cores-chart.h"
#include "weft-hover-card.h"
#include "weft-overview.h"
#include "weft-timeline-chart.h"

static const ChartsSetup pool = { fixture_pool, 760, 700 };

/* ── what one can do with them ── */

static void
test_pointer (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  GtkWidget *card = charts_get_chart (fixture, WEFT_TYPE_HOVER_CARD);
  graphene_rect_t rectangle;
  WeftTimeAxis axis;

  weft_chart_get_axis (WEFT_CHART (timeline), &axis);
  g_assert_false (weft_hover_card_get_rectangle (WEFT_HOVER_CARD (card), &rectangle));
  for (double x = axis.x + 10; x < axis.x + axis.width - 10; x += 20)
    {
      charts_point (timeline, x, 60);
      g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, weft_time_axis_to_time (&axis, x));
      g_assert_true (weft_hover_card_get_rectangle (WEFT_HOVER_CARD (card), &rectangle));
      g_assert_cmpfloat (rectangle.origin.x, >=, 0);
      g_assert_cmpfloat (rectangle.origin.y, >=, 0);
      g_assert_cmpfloat (rectangle.origin.x + rectangle.size.width, <=,
                         gtk_widget_get_width (fixture->charts));
      g_assert_cmpfloat (rectangle.origin.y + rectangle.size.height, <=,
                         gtk_widget_get_height (fixture->charts));
    }
  g_assert_false (gtk_widget_get_can_target (card));

  /* Over the labels there is no time. */
  charts_point (timeline, 20, 60);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, -1);
  g_assert_false (weft_hover_card_get_rectangle (WEFT_HOVER_CARD (card), &rectangle));

  charts_point (timeline, 300, 60);
  charts_leave (timeline);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, -1);
}

/* A pointer that leaves takes its own cursor with it, nobody else's. */
static void
test_pointer_leaves_others_cursor (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);

  charts_point (timeline, 300, 60);
  weft_time_view_set_cursor (fixture->view, S);
  charts_leave (timeline);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, S);
}

/* The pointer rests while time moves under it. */
static void
test_pointer_while_panning (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  WeftTimeAxis axis;

  weft_time_view_zoom (fixture->view, 0.5, S);
  charts_point (timeline, 300, 60);
  weft_time_view_pan (fixture->view, 100 * MS);
  weft_chart_get_axis (WEFT_CHART (timeline), &axis);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, weft_time_axis_to_time (&axis, 300));
}

static void
test_wheel (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  gint64 width_ns = charts_get_width_ns (fixture);
  gint64 time_ns;
  gint64 begin_ns;
  WeftTimeAxis axis;

  charts_point (timeline, 300, 60);
  time_ns = weft_time_view_get_cursor (fixture->view);
  g_assert_true (charts_scroll (timeline, 0, -1));
  g_assert_cmpint (charts_get_width_ns (fixture), <, width_ns);
  weft_chart_get_axis (WEFT_CHART (timeline), &axis);
  g_assert_cmpfloat (ABS (weft_time_axis_to_x (&axis, time_ns) - 300), <, 0.01);

  begin_ns = charts_get_begin_ns (fixture);
  width_ns = charts_get_width_ns (fixture);
  g_assert_true (charts_scroll (timeline, -1, 0.2));
  g_assert_cmpint (charts_get_width_ns (fixture), ==, width_ns);
  g_assert_cmpint (charts_get_begin_ns (fixture), <, begin_ns);

  /* Over the labels it scrolls the rows, and where there is nothing to scroll it is not for us. */
  begin_ns = charts_get_begin_ns (fixture);
  charts_point (timeline, 20, 60);
  g_assert_false (charts_scroll (timeline, 0, 1));
  g_assert_cmpint (charts_get_width_ns (fixture), ==, width_ns);
  g_assert_cmpint (charts_get_begin_ns (fixture), ==, begin_ns);
}

static void
test_drag_pans (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  gint64 begin_ns;
  gint64 width_ns;
  WeftTimeAxis axis;

  weft_time_view_set_range (fixture->view, 500 * MS, 1500 * MS);
  begin_ns = charts_get_begin_ns (fixture);
  width_ns = charts_get_width_ns (fixture);
  weft_chart_get_axis (WEFT_CHART (timeline), &axis);
  charts_drag (timeline, 300, 60, 50, 0);
  g_assert_cmpint (charts_get_width_ns (fixture), ==, width_ns);
  g_assert_cmpint (ABS (begin_ns - charts_get_begin_ns (fixture) - (gint64) (50 * width_ns / axis.width)), <=,
                   1);

  /* An unsteady hand does not pan. */
  begin_ns = charts_get_begin_ns (fixture);
  charts_drag (timeline, 300, 60, 2, 1);
  g_assert_cmpint (charts_get_begin_ns (fixture), ==, begin_ns);
}

static void
test_click_selects (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  const WeftFrame *frame = weft_time_view_get_frame (fixture->view);
  g_autoptr (GArray) rows = weft_timeline_plot_get_rows (frame);
  double area_y;

  weft_chart_get_area (WEFT_CHART (timeline), &area_y, NULL, NULL, NULL);
  for (guint i = 0; i < rows->len; i++)
    {
      const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);

      if (row->lane < 0)
        continue;
      charts_drag (timeline, 300, area_y + row->y + row->height / 2, 0, 0);
      g_assert_cmpint (weft_time_view_get_selected_lane (fixture->view), ==, row->lane);
    }
}

static void
test_double_click_fits (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  gint64 width_ns = charts_get_width_ns (fixture);

  weft_time_view_set_range (fixture->view, 500 * MS, 600 * MS);
  g_signal_emit_by_name (fixture_controller (timeline, GTK_TYPE_GESTURE_CLICK), "pressed", 2, 300.0, 60.0);
  g_assert_cmpint (charts_get_width_ns (fixture), ==, width_ns);
}

static void
test_keys (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *cores = charts_get_chart (fixture, WEFT_TYPE_CORES_CHART);
  gint64 width_ns = charts_get_width_ns (fixture);

  g_assert_true (gtk_widget_grab_focus (cores));
  g_assert_true (charts_press (fixture, GDK_KEY_w));
  g_assert_cmpint (charts_get_width_ns (fixture), <, width_ns);
  g_assert_true (charts_press (fixture, GDK_KEY_f));
  g_assert_cmpint (charts_get_width_ns (fixture), ==, width_ns);
  g_assert_false (charts_press (fixture, GDK_KEY_Tab));
  g_assert_true (weft_charts_handle_key (WEFT_CHARTS (fixture->charts), GDK_KEY_Down, 0));
  g_assert_cmpint (weft_time_view_get_selected_lane (fixture->view), ==, 0);
}

/* A chart that has the focus looks different. */
static void
test_focus_is_visible (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *cores = charts_get_chart (fixture, WEFT_TYPE_CORES_CHART);
  cairo_surface_t *before;
  cairo_surface_t *after;

  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  fixture_settle (fixture->charts);
  before = fixture_picture (cores, BACKGROUND);
  gtk_widget_grab_focus (cores);
  gtk_widget_set_state_flags (cores, GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_FOCUS_VISIBLE, FALSE);
  fixture_settle (fixture->charts);
  after = fixture_picture (cores, BACKGROUND);
  g_assert_cmphex (fixture_pixel (before, 300, 0), !=, fixture_pixel (after, 300, 0));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

/* By the keyboard, too, one learns what holds at the cursor. */
static void
test_card_for_keyboard (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *card = charts_get_chart (fixture, WEFT_TYPE_HOVER_CARD);
  graphene_rect_t rectangle;

  gtk_widget_grab_focus (charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART));
  charts_press (fixture, GDK_KEY_comma);
  g_assert_true (weft_hover_card_get_rectangle (WEFT_HOVER_CARD (card), &rectangle));
  charts_press (fixture, GDK_KEY_Escape);
  g_assert_false (weft_hover_card_get_rectangle (WEFT_HOVER_CARD (card), &rectangle));
}

static void
test_overview (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *overview = charts_get_chart (fixture, WEFT_TYPE_OVERVIEW);
  WeftTimeAxis axis;
  double pixel_ns;
  gint64 end_ns;

  weft_time_view_set_range (fixture->view, 500 * MS, 1500 * MS);
  weft_chart_get_axis (WEFT_CHART (overview), &axis);
  pixel_ns = (axis.end_ns - axis.begin_ns) / axis.width;

  /* The window is moved by its middle, */
  charts_drag (overview, weft_time_axis_to_x (&axis, S), 10, 40, 0);
  g_assert_cmpint (charts_get_width_ns (fixture), ==, S);
  g_assert_cmpint (ABS (charts_get_begin_ns (fixture) - 500 * MS - (gint64) (40 * pixel_ns)), <=, 2);

  /* resized by its edges, */
  weft_time_view_set_range (fixture->view, 500 * MS, 1500 * MS);
  charts_drag (overview, weft_time_axis_to_x (&axis, 500 * MS), 10, 40, 0);
  g_assert_cmpint (ABS (charts_get_begin_ns (fixture) - 500 * MS - (gint64) (40 * pixel_ns)), <=, 2);
  g_assert_cmpint (ABS (charts_get_begin_ns (fixture) + charts_get_width_ns (fixture) - 1500 * MS), <=, 2);
  charts_drag (overview, weft_time_axis_to_x (&axis, 1500 * MS), 10, 40, 0);
  end_ns = charts_get_begin_ns (fixture) + charts_get_width_ns (fixture);
  g_assert_cmpint (ABS (end_ns - 1500 * MS - (gint64) (40 * pixel_ns)), <=, 2);

  /* and comes to where one clicks. */
  weft_time_view_set_range (fixture->view, 0, 200 * MS);
  charts_drag (overview, weft_time_axis_to_x (&axis, S), 10, 0, 0);
  g_assert_cmpint (charts_get_width_ns (fixture), ==, 200 * MS);
  g_assert_cmpint (ABS (charts_get_begin_ns (fixture) - 900 * MS), <=, 2);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

#define ADD(path, setup, function)                                                                           \
  g_test_add ("/charts/" path, ChartsFixture, &setup, charts_set_up, function, charts_tear_down)
  ADD ("pointer", pool, test_pointer);
  ADD ("pointer/leaves-others-cursor", pool, test_pointer_leaves_others_cursor);
  ADD ("pointer/while-panning", pool, test_pointer_while_panning);
  ADD ("wheel", pool, test_wheel);
  ADD ("drag", pool, test_drag_pans);
  ADD ("click", pool, test_click_selects);
  ADD ("double-click", pool, test_double_click_fits);
  ADD ("keys", pool, test_keys);
  ADD ("keys/focus-is-visible", pool, test_focus_is_visible);
  ADD ("keys/card", pool, test_card_for_keyboard);
  ADD ("overview", pool, test_overview);
#undef ADD
  return g_test_run ();
}
