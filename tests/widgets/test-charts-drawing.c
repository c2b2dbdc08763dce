/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "charts-fixture.h"

#include "weft-overview.h"
#include "weft-queues-chart.h"
#include "weft-timeline-chart.h"

static const ChartsSetup nothing = { NULL, 760, 700 };
static const ChartsSetup pool = { fixture_pool, 760, 700 };
static const ChartsSetup queue = { fixture_queue, 760, 800 }; /* goes on */

/* ── when they are drawn ── */

static void
test_idle (ChartsFixture *fixture, gconstpointer data)
{
  guint n_drawings;
  gint64 n_frames;

  fixture_wait (1200); /* the polls after the end have stopped */
  n_drawings = charts_count_drawings (fixture);
  n_frames = charts_count_frames (fixture);
  fixture_wait (400);
  g_assert_cmpuint (charts_count_drawings (fixture), ==, n_drawings);
  g_assert_cmpint (charts_count_frames (fixture), ==, n_frames);
}

/* The cursor has a layer of its own. */
static void
test_cursor_leaves_data (ChartsFixture *fixture, gconstpointer data)
{
  GtkWidget *timeline = charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART);
  cairo_surface_t *before;
  cairo_surface_t *after;
  guint n_drawings;

  fixture_wait (NEWS_MS);
  fixture_settle (fixture->charts);
  before = fixture_picture (timeline, BACKGROUND);
  n_drawings = charts_count_drawings (fixture);

  charts_point (timeline, 300, 60);
  fixture_settle (fixture->charts);
  after = fixture_picture (timeline, BACKGROUND);
  g_assert_cmpuint (charts_count_drawings (fixture), ==, n_drawings);
  g_assert_cmphex (fixture_pixel (after, 300, 5), !=, fixture_pixel (before, 300, 5));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);

  charts_point (timeline, 301, 61);
  charts_leave (timeline);
  fixture_settle (fixture->charts);
  g_assert_cmpuint (charts_count_drawings (fixture), ==, n_drawings);
}

/* What comes outside of the range is drawn by the overview alone. */
static void
test_news_elsewhere (ChartsFixture *fixture, gconstpointer data)
{
  WeftChart *timeline = WEFT_CHART (charts_get_chart (fixture, WEFT_TYPE_TIMELINE_CHART));
  WeftChart *queues = WEFT_CHART (charts_get_chart (fixture, WEFT_TYPE_QUEUES_CHART));
  WeftChart *overview = WEFT_CHART (charts_get_chart (fixture, WEFT_TYPE_OVERVIEW));
  guint n_timeline;
  guint n_queues;
  guint n_overview;

  weft_time_view_set_range (fixture->view, S, 2 * S);
  fixture_wait (NEWS_MS);
  n_timeline = weft_chart_get_n_drawings (timeline);
  n_queues = weft_chart_get_n_drawings (queues);
  n_overview = weft_chart_get_n_drawings (overview);
  weft_recording_append_span (fixture->recording, 1, 12 * S, WEFT_ACTIVITY_IO, 0, WEFT_SPAN_NO_TASK,
                              WEFT_SPAN_NO_CORE);
  weft_recording_advance (fixture->recording, 20 * S);
  fixture_wait_until (weft_chart_get_n_drawings (overview) > n_overview);
  fixture_wait (NEWS_MS);
  g_assert_cmpuint (weft_chart_get_n_drawings (timeline), ==, n_timeline);
  g_assert_cmpuint (weft_chart_get_n_drawings (queues), ==, n_queues);
}

/* A live run is followed with every frame, and its end ends that. */
static void
test_follow (ChartsFixture *fixture, gconstpointer data)
{
  gint64 n_frames;

  g_assert_true (weft_time_view_get_follow (fixture->view));
  n_frames = charts_count_frames (fixture);
  fixture_wait_until (charts_count_frames (fixture) > n_frames + 3);

  weft_recording_advance (fixture->recording, 15 * S);
  fixture_wait_until (weft_time_view_get_frame (fixture->view)->now_ns == 15 * S);
  g_assert_cmpint (charts_get_begin_ns (fixture), >=, 5 * S - 100 * MS);

  weft_recording_set_outcome (fixture->recording, WEFT_OUTCOME_FINISHED, NULL);
  fixture_wait_until (charts_get_begin_ns (fixture) == -150 * MS);
  fixture_settle (fixture->charts);
}

/* Not followed: no frames, but the run is not lost sight of. */
static void
test_unfollowed (ChartsFixture *fixture, gconstpointer data)
{
  gint64 n_frames;

  weft_time_view_set_range (fixture->view, S, 2 * S);
  fixture_wait (NEWS_MS);
  n_frames = charts_count_frames (fixture);
  fixture_wait (400);
  g_assert_cmpint (charts_count_frames (fixture), ==, n_frames);
  weft_recording_advance (fixture->recording, 30 * S);
  fixture_wait_until (weft_time_view_get_frame (fixture->view)->now_ns == 30 * S);
}

/* While power is saved a live run is followed all the same, but once a second. */
static void
test_saving (ChartsFixture *fixture, gconstpointer data)
{
  gint64 n_frames, now_ns = 12 * S;

  g_object_set (fixture->charts, "saving", TRUE, NULL);
  fixture_wait (NEWS_MS);
  n_frames = charts_count_frames (fixture);
  for (guint i = 0; i < 30; i++)
    {
      now_ns += 100 * MS;
      weft_recording_advance (fixture->recording, now_ns);
      fixture_wait (100);
    }
  /* On a slow machine it took longer, but then frames do as well. */
  g_assert_cmpint (charts_count_frames (fixture) - n_frames, <=, 10);
  fixture_wait_until (weft_time_view_get_frame (fixture->view)->now_ns == now_ns);
  g_assert_cmpint (charts_get_begin_ns (fixture), >, 0);

  g_object_set (fixture->charts, "saving", FALSE, NULL);
  n_frames = charts_count_frames (fixture);
  fixture_wait_until (charts_count_frames (fixture) > n_frames + 3);
}

static void
test_paused (ChartsFixture *fixture, gconstpointer data)
{
  guint n_drawings;

  weft_time_view_set_paused (fixture->view, TRUE);
  fixture_wait (NEWS_MS);
  n_drawings = charts_count_drawings (fixture);
  weft_recording_advance (fixture->recording, 30 * S);
  fixture_wait (400);
  g_assert_cmpuint (charts_count_drawings (fixture), ==, n_drawings);
  g_assert_cmpint (weft_time_view_get_frame (fixture->view)->now_ns, ==, 12 * S);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

#define ADD(path, setup, function)                                                                           \
  g_test_add ("/charts/" path, ChartsFixture, &setup, charts_set_up, function, charts_tear_down)
  ADD ("drawing/idle", pool, test_idle);
  ADD ("drawing/idle/nothing", nothing, test_idle);
  ADD ("drawing/cursor-leaves-data", pool, test_cursor_leaves_data);
  ADD ("drawing/news-elsewhere", queue, test_news_elsewhere);
  ADD ("drawing/follow", queue, test_follow);
  ADD ("drawing/unfollowed", queue, test_unfollowed);
  ADD ("drawing/saving", queue, test_saving);
  ADD ("drawing/paused", queue, test_paused);
#undef ADD
  return g_test_run ();
}
