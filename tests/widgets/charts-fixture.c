/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "charts-fixture.h"

#include "weft-cores-chart.h"
#include "weft-legend.h"
#include "weft-overview.h"
#include "weft-queues-chart.h"
#include "weft-time-ruler.h"
#include "weft-timeline-chart.h"

void
charts_set_up (ChartsFixture *fixture, gconstpointer data)
{
  const ChartsSetup *setup = data;

  fixture->charts = weft_charts_new ();
  fixture->view = weft_charts_get_view (WEFT_CHARTS (fixture->charts));
  fixture->recording = setup->make != NULL ? setup->make () : NULL;
  weft_charts_set_recording (WEFT_CHARTS (fixture->charts), fixture->recording);
  fixture->window = fixture_window (fixture->charts, setup->width, setup->height);
}

void
charts_tear_down (ChartsFixture *fixture, gconstpointer data)
{
  gpointer charts = fixture->charts;

  g_object_add_weak_pointer (G_OBJECT (fixture->charts), &charts);
  g_object_add_weak_pointer (G_OBJECT (fixture->view), (gpointer *) &fixture->view);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (charts != NULL && g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (charts);
  g_assert_null (fixture->view);
  if (fixture->recording != NULL)
    g_assert_finalize_object (fixture->recording);
}

GtkWidget *
charts_get_chart (ChartsFixture *fixture, GType type)
{
  GtkWidget *chart = fixture_find (fixture->charts, type);

  g_assert_nonnull (chart);
  return chart;
}

void
charts_point (GtkWidget *chart, double x, double y)
{
  g_signal_emit_by_name (fixture_controller (chart, GTK_TYPE_EVENT_CONTROLLER_MOTION), "motion", x, y);
}

void
charts_leave (GtkWidget *chart)
{
  g_signal_emit_by_name (fixture_controller (chart, GTK_TYPE_EVENT_CONTROLLER_MOTION), "leave");
}

gboolean
charts_scroll (GtkWidget *chart, double dx, double dy)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (fixture_controller (chart, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", dx, dy,
                         &handled);
  return handled;
}

void
charts_drag (GtkWidget *chart, double x, double y, double dx, double dy)
{
  GtkEventController *gesture = fixture_controller (chart, GTK_TYPE_GESTURE_DRAG);

  g_signal_emit_by_name (gesture, "drag-begin", x, y);
  if (dx != 0 || dy != 0)
    g_signal_emit_by_name (gesture, "drag-update", dx, dy);
  g_signal_emit_by_name (gesture, "drag-end", dx, dy);
}

gboolean
charts_press (ChartsFixture *fixture, guint keyval)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (fixture_controller (fixture->charts, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed",
                         keyval, 0u, (GdkModifierType) 0, &handled);
  return handled;
}

gint64
charts_get_width_ns (ChartsFixture *fixture)
{
  gint64 begin_ns;
  gint64 end_ns;

  weft_time_view_get_range (fixture->view, &begin_ns, &end_ns);
  return end_ns - begin_ns;
}

gint64
charts_get_begin_ns (ChartsFixture *fixture)
{
  gint64 begin_ns;

  weft_time_view_get_range (fixture->view, &begin_ns, NULL);
  return begin_ns;
}

guint
charts_count_drawings (ChartsFixture *fixture)
{
  static GType (*const types[]) (void) = { weft_overview_get_type,    weft_time_ruler_get_type,
                                           weft_cores_chart_get_type, weft_timeline_chart_get_type,
                                           weft_legend_get_type,      weft_queues_chart_get_type };
  guint n_drawings = 0;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    n_drawings += weft_chart_get_n_drawings (WEFT_CHART (charts_get_chart (fixture, types[i]())));
  return n_drawings;
}

gint64
charts_count_frames (ChartsFixture *fixture)
{
  return gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (fixture->charts));
}

static gboolean
is_described (GtkWidget *chart, const char *description)
{
  g_autofree char *difference =
      gtk_test_accessible_check_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                          description);

  return difference == NULL;
}

void
charts_assert_described (GtkWidget *chart, const char *description)
{
  gint64 begin_us = g_get_monotonic_time ();

  while (!is_described (chart, description) && g_get_monotonic_time () - begin_us < FIXTURE_PATIENCE_US)
    fixture_wait (10);
  {
    g_autofree char *difference =
        gtk_test_accessible_check_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                            description);

    g_assert_cmpstr (difference, ==, NULL);
  }
}
