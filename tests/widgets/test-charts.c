/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "charts-fixture.h"

#include "weft-cores-chart.h"
#include "weft-hover-card.h"
#include "weft-legend.h"
#include "weft-overview.h"
#include "weft-queues-chart.h"
#include "weft-time-ruler.h"
#include "weft-timeline-chart.h"

static const ChartsSetup nothing = { NULL, 760, 700 };
static const ChartsSetup pool = { fixture_pool, 760, 700 };
static const ChartsSetup pool_360 = { fixture_pool, 360, 640 };
static const ChartsSetup pool_4k = { fixture_pool, 3840, 2160 };
static const ChartsSetup pool_low = { fixture_pool, 500, 200 };
static const ChartsSetup queue = { fixture_queue, 760, 800 }; /* goes on */

/* ── what they are ── */

static void
test_accessible (ChartsFixture *fixture, gconstpointer data)
{
  const struct
  {
    GType type;
    const char *label;
  } rows[] = { { WEFT_TYPE_OVERVIEW, "Whole run" },
               { WEFT_TYPE_CORES_CHART, "Cores" },
               { WEFT_TYPE_TIMELINE_CHART, "Timeline" },
               { WEFT_TYPE_LEGEND, "Legend" },
               { WEFT_TYPE_QUEUES_CHART, "Queues" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *chart = charts_get_chart (fixture, rows[i].type);
      g_autofree char *difference =
          gtk_test_accessible_check_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                              rows[i].label);

      g_assert_cmpstr (difference, ==, NULL);
      g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_ROLE_IMG));
    }
}

static void
test_descriptions (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  GtkWidget *queues = charts_get_chart (fixture, WEFT_TYPE_QUEUES_CHART);
  GtkWidget *cores = charts_get_chart (fixture, WEFT_TYPE_CORES_CHART);
  g_autofree char *all = NULL;
  g_autofree char *at_cursor = NULL;

  charts_assert_described (queues, "waiting tasks: depth 1 of unbounded, max 5");

  for (guint32 task = 0; task < 5; task++)
    weft_tasks_submitted (weft_recording_get_tasks (fixture->recording), task, 0);
  weft_recording_set_lane_totals (fixture->recording, 1, 3, 3, 0, 0);
  weft_recording_set_lane_totals (fixture->recording, 2, 2, 1, 0, 0);
  weft_recording_touch (fixture->recording);
  weft_time_view_set_cursor (fixture->view, 500 * MS);
  weft_time_view_set_selected_lane (fixture->view, 1);
  charts_assert_described (timeline,
                           "5 lanes, 2.13 s. at 0.500 s: worker 1: asleep, task 0, 460 ms of 1.41 s; "
                           "4 of 5 tasks done");
  all = weft_cores_plot_describe (weft_time_view_get_frame (fixture->view), 500 * MS);
  g_strdelimit (all, "\n", '|');
  at_cursor = g_strdup_printf ("at 0.500 s: %s", all);
  {
    g_auto (GStrv) parts = g_strsplit (at_cursor, "|", -1);
    g_autofree char *expected = g_strjoinv (", ", parts);

    charts_assert_described (cores, expected);
  }
}

static void
test_nothing_described (ChartsFixture *fixture, gconstpointer data)
{
  charts_assert_described (charts_get_chart (fixture, WEFT_TYPE_CORES_CHART), "no run");
  charts_assert_described (charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART), "no run");
}

/* No more often than twice a second, and the last word is always said. */
static void
test_descriptions_follow_run (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *queues = charts_get_chart (fixture, WEFT_TYPE_QUEUES_CHART);
  double depth;

  for (depth = 20; depth < 30; depth++)
    {
      weft_recording_append_value (fixture->recording, 1, 12 * S, depth);
      weft_recording_advance (fixture->recording, 12 * S + (gint64) depth * MS);
      fixture_wait (30);
    }
  charts_assert_described (queues, "queue: depth 29 of 8, max 29");
}

/* ── what they look like ── */

static void
test_picture (ChartsFixture *fixture, gconstpointer data)
{
  cairo_surface_t *image = fixture_picture (fixture->charts, BACKGROUND);

  g_assert_cmpuint (fixture_count_colours (image), >=, 16);
  cairo_surface_destroy (image);
}

/* Every chart's plot begins and ends where the others do, at any width. */
static void
test_aligned (ChartsFixture *fixture, gconstpointer data)
{
  const ChartsSetup *setup = data;
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  GType types[] = { WEFT_TYPE_OVERVIEW, WEFT_TYPE_TIME_RULER, WEFT_TYPE_CORES_CHART, WEFT_TYPE_QUEUES_CHART };
  WeftTimeAxis axis;
  double left;

  g_assert_cmpint (gtk_widget_get_width (fixture->charts), ==, setup->width);
  weft_chart_get_axis (WEFT_CHART (timeline), &axis);
  g_assert_cmpfloat (axis.x, ==, setup->width < 500 ? WEFT_CHART_NARROW_GUTTER : WEFT_CHART_GUTTER);
  gtk_widget_translate_coordinates (timeline, fixture->charts, axis.x, 0, &left, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GtkWidget *chart = charts_get_chart (fixture, types[i]);
      WeftTimeAxis other;
      double other_left;

      weft_chart_get_axis (WEFT_CHART (chart), &other);
      gtk_widget_translate_coordinates (chart, fixture->charts, other.x, 0, &other_left, NULL);
      g_assert_cmpfloat (other_left, ==, left);
      g_assert_cmpfloat (other.width, ==, axis.width);
    }
}

/* Where there is no room, the column scrolls, and no chart is squeezed to nothing. */
static void
test_low (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *scrolled = charts_get_chart (fixture, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));

  g_assert_cmpint (gtk_widget_get_height (fixture->charts), ==, 200);
  g_assert_cmpfloat (gtk_adjustment_get_upper (adjustment), >, 300);
  g_assert_cmpint (gtk_widget_get_height (charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART)), >, 100);
}

static void
test_queues_only_where_there_are_any (ChartsFixture *fixture, gconstpointer data)
{
  g_autoptr (WeftRecording) other = fixture_gap ();
  GtkWidget *queues = charts_get_chart (fixture, WEFT_TYPE_QUEUES_CHART);

  g_assert_true (gtk_widget_get_visible (queues));
  weft_charts_set_recording (WEFT_CHARTS (fixture->charts), other);
  g_assert_false (gtk_widget_get_visible (queues));
  weft_charts_set_recording (WEFT_CHARTS (fixture->charts), NULL);
  g_assert_false (gtk_widget_get_visible (queues));
}

static void
test_schemes (ChartsFixture *fixture, gconstpointer data)
{
  guint32 pixels[4];

  for (int scheme = WEFT_STYLE_LIGHT; scheme <= WEFT_STYLE_DARK_CONTRAST; scheme++)
    {
      cairo_surface_t *image;

      weft_charts_set_style (WEFT_CHARTS (fixture->charts), (WeftStyleScheme) scheme);
      fixture_settle (fixture->charts);
      image = fixture_picture (charts_get_chart (fixture, WEFT_TYPE_CORES_CHART), BACKGROUND);
      pixels[scheme] = fixture_pixel (image, 300, 4); /* the ground of the plot */
      g_assert_cmpuint (fixture_count_colours (image), >=, 3);
      cairo_surface_destroy (image);
    }
  g_assert_cmphex (pixels[WEFT_STYLE_LIGHT], !=, pixels[WEFT_STYLE_DARK]);
  g_assert_cmphex (pixels[WEFT_STYLE_LIGHT_CONTRAST], !=, pixels[WEFT_STYLE_DARK_CONTRAST]);
}

/* ── many lanes ── */

static void
test_many_lanes (ChartsFixture *fixture, gconstpointer data)
{
  g_autoptr (WeftRecording) many = fixture_dense (5000, 30);
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  GtkAdjustment *adjustment = weft_chart_get_adjustment (WEFT_CHART (timeline));
  cairo_surface_t *image;
  double value;

  weft_recording_set_outcome (many, WEFT_OUTCOME_FINISHED, NULL);
  weft_charts_set_recording (WEFT_CHARTS (fixture->charts), many);
  fixture_settle (fixture->charts);
  g_assert_cmpint (gtk_widget_get_height (fixture->charts), ==, 700);
  g_assert_cmpfloat (gtk_adjustment_get_upper (adjustment), >, 5000 * 10);

  /* The wheel over the labels, */
  charts_point (timeline, 20, 60);
  g_assert_true (charts_scroll (timeline, 0, 2));
  value = gtk_adjustment_get_value (adjustment);
  g_assert_cmpfloat (value, >, 0);

  /* a drag, */
  charts_drag (timeline, 300, 100, 0, -50);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, value + 50);

  /* and a lane that is selected elsewhere. */
  weft_time_view_set_selected_lane (fixture->view, 4999);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), >, 4900 * 10);
  fixture_settle (fixture->charts);
  image = fixture_picture (timeline, BACKGROUND);
  g_assert_cmpuint (fixture_count_colours (image), >=, 8);
  cairo_surface_destroy (image);

  /* Another run begins at its top. */
  weft_charts_set_recording (WEFT_CHARTS (fixture->charts), fixture->recording);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
}

/* ── all types ── */

static void
test_finalize (void)
{
  static GType (*const types[]) (void) = { weft_charts_get_type,         weft_overview_get_type,
                                           weft_time_ruler_get_type,     weft_cores_chart_get_type,
                                           weft_timeline_chart_get_type, weft_legend_get_type,
                                           weft_queues_chart_get_type,   weft_hover_card_get_type };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GtkWidget *widget = g_object_ref_sink (g_object_new (types[i](), NULL));

      g_assert_finalize_object (widget);
    }
}

static void
count_cb (guint *n_notified)
{
  (*n_notified)++;
}

static void
test_properties (void)
{
  g_autoptr (WeftTimeView) view = weft_time_view_new ();
  GtkWidget *chart = g_object_ref_sink (weft_timeline_chart_new (NULL));
  static const char *const names[] = { "view", "scheme", "title" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (chart), names[i]);
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);
      g_auto (GValue) value = G_VALUE_INIT;
      g_auto (GValue) read = G_VALUE_INIT;
      guint n_notified = 0;

      g_value_init (&value, pspec->value_type);
      if (G_IS_PARAM_SPEC_INT (pspec))
        g_value_set_int (&value, WEFT_STYLE_DARK);
      else if (G_IS_PARAM_SPEC_STRING (pspec))
        g_value_set_string (&value, "Title");
      else
        g_value_set_object (&value, view);
      g_signal_connect_swapped (chart, signal, G_CALLBACK (count_cb), &n_notified);
      g_object_set_property (G_OBJECT (chart), names[i], &value);
      g_object_set_property (G_OBJECT (chart), names[i], &value);
      g_assert_cmpuint (n_notified, ==, 1);
      g_object_get_property (G_OBJECT (chart), names[i], &read);
      g_assert_cmpint (g_param_values_cmp (pspec, &value, &read), ==, 0);
    }
  g_assert_finalize_object (chart);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/charts/finalize", test_finalize);
  g_test_add_func ("/charts/properties", test_properties);

#define ADD(path, setup, function)                                                                           \
  g_test_add ("/charts/" path, ChartsFixture, &setup, charts_set_up, function, charts_tear_down)
  ADD ("accessible", pool, test_accessible);
  ADD ("descriptions", pool, test_descriptions);
  ADD ("descriptions/nothing", nothing, test_nothing_described);
  ADD ("descriptions/follow-run", queue, test_descriptions_follow_run);
  ADD ("picture/760", pool, test_picture);
  ADD ("picture/360", pool_360, test_picture);
  ADD ("picture/4k", pool_4k, test_picture);
  ADD ("aligned/760", pool, test_aligned);
  ADD ("aligned/360", pool_360, test_aligned);
  ADD ("aligned/4k", pool_4k, test_aligned);
  ADD ("low", pool_low, test_low);
  ADD ("queues-only-where-there-are-any", pool, test_queues_only_where_there_are_any);
  ADD ("schemes", pool, test_schemes);
  ADD ("many-lanes", pool, test_many_lanes);
#undef ADD
  return g_test_run ();
}
