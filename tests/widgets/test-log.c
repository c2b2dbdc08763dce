/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "weft-log-item.h"
#include "weft-log-model.h"
#include "weft-log-view.h"
#include "widgets-fixture.h"

/* Longer than lines may be held back. */
#define GROW_MS 250

/* They come at most this often. */
#define INTERVAL_US 100000

typedef struct
{
  WeftTimeView *view;
  GtkWidget *log;
  GtkWidget *window;
  GtkWidget *list;
  GtkAdjustment *adjustment;
  WeftRecording *recording;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->recording = fixture_queue (); /* goes on */
  fixture->view = weft_time_view_new ();
  weft_time_view_set_recording (fixture->view, fixture->recording);
  fixture->log = weft_log_view_new (fixture->view);
  fixture->window = fixture_window (fixture->log, 500, 200);
  fixture->list = fixture_find (fixture->log, GTK_TYPE_LIST_VIEW);
  fixture->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (fixture->list));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer log = fixture->log;

  g_object_add_weak_pointer (G_OBJECT (log), &log);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (log != NULL && g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (log);
  g_assert_finalize_object (fixture->view);
  g_assert_finalize_object (fixture->recording);
}

static GListModel *
get_model (Fixture *fixture)
{
  return G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (fixture->list)));
}

static void
grow (Fixture *fixture, guint n, gint64 begin_ns, gint64 step_ns)
{
  fixture_log (fixture->recording, n, begin_ns, step_ns);
  weft_time_view_advance (fixture->view, 500, 1);
}

static double
get_rest (Fixture *fixture)
{
  return gtk_adjustment_get_upper (fixture->adjustment) - gtk_adjustment_get_page_size (fixture->adjustment)
         - gtk_adjustment_get_value (fixture->adjustment);
}

static void
items_changed_cb (guint *n_changes)
{
  (*n_changes)++;
}

static void
test_model (void)
{
  g_autoptr (WeftRecording) recording = fixture_queue ();
  g_autoptr (WeftRecording) other = fixture_pool ();
  WeftLogModel *model = weft_log_model_new ();
  guint n_changes = 0;

  g_signal_connect_swapped (model, "items-changed", G_CALLBACK (items_changed_cb), &n_changes);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (model)) == WEFT_TYPE_LOG_ITEM);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), 0));

  fixture_log (recording, 1000000, 5, 10);
  weft_log_model_set (model, recording, 1000000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1000000);
  g_assert_cmpuint (n_changes, ==, 1);
  weft_log_model_set (model, recording, 1000000);
  g_assert_cmpuint (n_changes, ==, 1);

  {
    g_autoptr (WeftLogItem) item = g_list_model_get_item (G_LIST_MODEL (model), 999999);
    g_autofree char *text = weft_log_item_dup_text (item);
    g_autofree char *expected = weft_recording_render_log (recording, 999999);

    g_assert_cmpuint (weft_log_item_get_index (item), ==, 999999);
    g_assert_cmpint (weft_log_item_get_time (item), ==, 5 + 9999990);
    g_assert_cmpint (weft_log_item_get_lane (item), ==, 1);
    g_assert_cmpstr (text, ==, expected);
    g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), 1000000));
  }

  weft_log_model_set (model, other, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);
  weft_log_model_set (model, NULL, 0);
  g_assert_finalize_object (model);
}

static void
test_lines (Fixture *fixture, gconstpointer data)
{
  GtkWidget *label;
  g_autofree char *difference = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (get_model (fixture)), ==, 0);
  grow (fixture, 3, S, S);
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 3);

  label = fixture_find (fixture->list, GTK_TYPE_LABEL);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (label)), ==, "1.000 s");
  {
    g_autofree char *line = weft_recording_render_log (fixture->recording, 0);

    g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (gtk_widget_get_next_sibling (label))), ==, line);
  }

  difference = gtk_test_accessible_check_property (GTK_ACCESSIBLE (fixture->list),
                                                   GTK_ACCESSIBLE_PROPERTY_LABEL, "Log");
  g_assert_cmpstr (difference, ==, NULL);
}

static void
test_grows_at_intervals (Fixture *fixture, gconstpointer data)
{
  gint64 begin_us = g_get_monotonic_time ();
  guint n_changes = 0;

  g_signal_connect_swapped (get_model (fixture), "items-changed", G_CALLBACK (items_changed_cb), &n_changes);
  for (int i = 0; i < 50; i++)
    {
      grow (fixture, 1, S + i, 0);
      fixture_wait (4);
    }
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 50);
  g_assert_cmpuint (n_changes, <=, (g_get_monotonic_time () - begin_us) / INTERVAL_US + 2);

  /* What waits is shown without another call. */
  grow (fixture, 1, 2 * S, 0);
  grow (fixture, 1, 2 * S, 0);
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 52);
}

static void
test_stays_at_end (Fixture *fixture, gconstpointer data)
{
  grow (fixture, 100, S, MS);
  fixture_wait_until (gtk_adjustment_get_upper (fixture->adjustment) > 1000 && get_rest (fixture) <= 1);
  grow (fixture, 100, 2 * S, MS);
  fixture_wait_until (gtk_adjustment_get_upper (fixture->adjustment) > 2000 && get_rest (fixture) <= 1);

  /* Who has scrolled away is left alone, */
  gtk_adjustment_set_value (fixture->adjustment, 200);
  grow (fixture, 100, 3 * S, MS);
  fixture_wait_until (gtk_adjustment_get_upper (fixture->adjustment) > 3000);
  fixture_settle (fixture->log);
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), ==, 200);

  /* until they follow again. */
  weft_time_view_set_follow (fixture->view, FALSE);
  weft_time_view_set_follow (fixture->view, TRUE);
  fixture_wait_until (get_rest (fixture) <= 1);
}

static void
test_million_lines (Fixture *fixture, gconstpointer data)
{
  guint n_rows = 0;

  grow (fixture, 1000000, S, 1000);
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 1000000);
  fixture_settle (fixture->log);
  for (GtkWidget *row = gtk_widget_get_first_child (fixture->list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    n_rows++;
  g_assert_cmpuint (n_rows, <, 1000);
}

static void
test_choosing_moves_cursor (Fixture *fixture, gconstpointer data)
{
  GtkSingleSelection *selection;

  grow (fixture, 10, S, S);
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 10);
  weft_time_view_set_range (fixture->view, 0, 4 * S);
  selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (fixture->list)));
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, -1);

  gtk_single_selection_set_selected (selection, 6);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 7 * S);
  g_assert_cmpint (weft_time_view_get_selected_lane (fixture->view), ==, 1);
  {
    gint64 begin_ns;
    gint64 end_ns;

    weft_time_view_get_range (fixture->view, &begin_ns, &end_ns);
    g_assert_cmpint (begin_ns, <=, 7 * S);
    g_assert_cmpint (end_ns, >=, 7 * S);
  }

  /* The same line again. */
  weft_time_view_set_cursor (fixture->view, -1);
  g_signal_emit_by_name (fixture->list, "activate", 6);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 7 * S);

  /* More lines do not choose anything. */
  weft_time_view_set_cursor (fixture->view, 3 * S);
  grow (fixture, 10, 11 * S, 0);
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 20);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, 3 * S);

  /* Another run has another log. */
  weft_time_view_set_recording (fixture->view, NULL);
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 0);
  g_assert_cmpint (weft_time_view_get_cursor (fixture->view), ==, -1);
}

static void
test_paused (Fixture *fixture, gconstpointer data)
{
  weft_time_view_set_paused (fixture->view, TRUE);
  grow (fixture, 10, S, S);
  fixture_wait (GROW_MS);
  g_assert_cmpuint (g_list_model_get_n_items (get_model (fixture)), ==, 0);
  weft_time_view_set_paused (fixture->view, FALSE);
  fixture_wait_until (g_list_model_get_n_items (get_model (fixture)) == 10);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/log/model", test_model);
#define ADD(path, function) g_test_add ("/log/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("lines", test_lines);
  ADD ("grows-at-intervals", test_grows_at_intervals);
  ADD ("stays-at-end", test_stays_at_end);
  ADD ("million-lines", test_million_lines);
  ADD ("choosing-moves-cursor", test_choosing_moves_cursor);
  ADD ("paused", test_paused);
#undef ADD
  return g_test_run ();
}
