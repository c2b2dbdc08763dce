/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws the charts and the log as they are in a window, to be looked at: draw-widgets FOLDER
 */
#include <stdlib.h>

#include "weft-charts.h"
#include "weft-cores-chart.h"
#include "weft-log-view.h"
#include "weft-timeline-chart.h"
#include "widgets-fixture.h"

static const struct
{
  const char *name;
  WeftStyleScheme scheme;
  guint32 background;
} schemes[] = { { "light", WEFT_STYLE_LIGHT, 0xfafafa },
                { "dark", WEFT_STYLE_DARK, 0x242424 },
                { "light-contrast", WEFT_STYLE_LIGHT_CONTRAST, 0xffffff },
                { "dark-contrast", WEFT_STYLE_DARK_CONTRAST, 0x000000 } };

static void
draw (const char *folder, const char *name, WeftRecording *recording, guint scheme, int width, int height,
      GType pointed, double x, double y)
{
  GtkWidget *charts = weft_charts_new ();
  GtkWidget *window;
  g_autofree char *path =
      g_strdup_printf ("%s/%s-%s-%dx%d.png", folder, name, schemes[scheme].name, width, height);
  cairo_surface_t *image;

  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme",
                schemes[scheme].scheme == WEFT_STYLE_DARK
                    || schemes[scheme].scheme == WEFT_STYLE_DARK_CONTRAST,
                NULL);
  weft_charts_set_style (WEFT_CHARTS (charts), schemes[scheme].scheme);
  weft_charts_set_recording (WEFT_CHARTS (charts), recording);
  weft_time_view_set_paused (weft_charts_get_view (WEFT_CHARTS (charts)), TRUE);
  weft_time_view_fit (weft_charts_get_view (WEFT_CHARTS (charts)));
  window = fixture_window (charts, width, height);
  if (pointed != G_TYPE_NONE)
    {
      GtkWidget *chart = fixture_find (charts, pointed);

      weft_time_view_set_selected_lane (weft_charts_get_view (WEFT_CHARTS (charts)), 1);
      g_signal_emit_by_name (fixture_controller (chart, GTK_TYPE_EVENT_CONTROLLER_MOTION), "enter", x, y);
      gtk_widget_child_focus (charts, GTK_DIR_TAB_FORWARD);
      gtk_widget_grab_focus (chart);
      gtk_window_set_focus_visible (GTK_WINDOW (window), TRUE);
      fixture_settle (charts);
    }
  image = fixture_picture (charts, schemes[scheme].background);
  cairo_surface_write_to_png (image, path);
  cairo_surface_destroy (image);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
draw_log (const char *folder, WeftRecording *recording)
{
  g_autoptr (WeftTimeView) view = weft_time_view_new ();
  GtkWidget *log = weft_log_view_new (view);
  GtkWidget *window;
  g_autofree char *path = g_strdup_printf ("%s/log.png", folder);
  cairo_surface_t *image;

  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", FALSE, NULL);
  window = fixture_window (log, 600, 160);
  weft_time_view_set_recording (view, recording);
  fixture_settle (log);
  image = fixture_picture (log, 0xffffff);
  cairo_surface_write_to_png (image, path);
  cairo_surface_destroy (image);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (WeftRecording) pool = fixture_pool ();
  g_autoptr (WeftRecording) queue = fixture_queue ();
  g_autoptr (WeftRecording) dense = fixture_dense (256, 60);
  const char *folder;

  fixture_init (&argc, &argv);
  if (argc != 2)
    {
      g_printerr ("Usage: draw-widgets FOLDER\n");
      return 2;
    }
  folder = argv[1];
  fixture_log (pool, 40, 0, 50 * MS);

  draw (folder, "nothing", NULL, 0, 760, 600, G_TYPE_NONE, 0, 0);
  for (guint scheme = 0; scheme < G_N_ELEMENTS (schemes); scheme++)
    {
      draw (folder, "queue", queue, scheme, 760, 720, WEFT_TYPE_TIMELINE_CHART, 400, 90);
      draw (folder, "pool", pool, scheme, 760, 600, G_TYPE_NONE, 0, 0);
    }
  draw (folder, "pool", pool, 0, 360, 640, WEFT_TYPE_TIMELINE_CHART, 200, 90);
  draw (folder, "queue", queue, 1, 360, 300, G_TYPE_NONE, 0, 0);
  draw (folder, "pool", pool, 0, 3600, 2000, WEFT_TYPE_CORES_CHART, 3500, 20);
  draw (folder, "dense", dense, 0, 760, 720, WEFT_TYPE_CORES_CHART, 700, 30);
  draw_log (folder, pool);
  return 0;
}
