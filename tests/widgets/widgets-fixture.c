/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets-fixture.h"

#include <stdlib.h>

/* This long without a frame, and nothing more is going to be drawn. */
#define STILL_MS 40

void
fixture_init (int *argc, char ***argv)
{
  if (!gtk_init_check ())
    {
      g_printerr ("There is no display: skipped. xvfb-run provides one.\n");
      exit (77);
    }
  g_test_init (argc, argv, NULL);
}

static gboolean
stop_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
fixture_wait (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, stop_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

void
fixture_settle (GtkWidget *widget)
{
  gint64 begin_us = g_get_monotonic_time ();
  gint64 drawn = -1;

  while (g_get_monotonic_time () - begin_us < FIXTURE_PATIENCE_US)
    {
      GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
      gint64 frame = gdk_frame_clock_get_frame_counter (clock);

      if (frame == drawn)
        return;
      drawn = frame;
      fixture_wait (STILL_MS);
    }
  g_error ("The window never came to rest.");
}

GtkWidget *
fixture_window (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (widget) || gtk_widget_get_width (widget) == 0)
    g_main_context_iteration (NULL, TRUE);
  fixture_wait (2 * STILL_MS);
  return window;
}

cairo_surface_t *
fixture_picture (GtkWidget *widget, guint32 background)
{
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX (width, 1), MAX (height, 1));
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  cairo_t *cr = cairo_create (image);

  cairo_set_source_rgb (cr, (background >> 16 & 0xff) / 255.0, (background >> 8 & 0xff) / 255.0,
                        (background & 0xff) / 255.0);
  cairo_paint (cr);
  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  return image;
}

guint
fixture_count_colours (cairo_surface_t *image)
{
  guint32 colours[64];
  guint n_colours = 0;

  for (int y = 0; y < cairo_image_surface_get_height (image); y++)
    for (int x = 0; x < cairo_image_surface_get_width (image); x++)
      {
        guint32 pixel = fixture_pixel (image, x, y);
        guint i;

        for (i = 0; i < n_colours && colours[i] != pixel; i++)
          ;
        if (i == n_colours)
          colours[n_colours++] = pixel;
        if (n_colours == G_N_ELEMENTS (colours))
          return n_colours;
      }
  return n_colours;
}

GtkEventController *
fixture_controller (GtkWidget *widget, GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (G_OBJECT_TYPE (controller) == type)
        return controller; /* the widget owns it */
    }
  g_error ("%s has no %s.", G_OBJECT_TYPE_NAME (widget), g_type_name (type));
}

GtkWidget *
fixture_find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = fixture_find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
fixture_log (WeftRecording *recording, guint n, gint64 begin_ns, gint64 step_ns)
{
  for (guint i = 0; i < n; i++)
    {
      WeftLogEntry entry = { .time_ns = begin_ns + i * step_ns, .line = 1, .task = i, .lane = 1 };

      weft_log_append (weft_recording_get_log (recording), &entry);
    }
  weft_recording_touch (recording);
}
