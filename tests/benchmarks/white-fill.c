/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least that a window can draw: a fill of white over all of it, with each frame of the display. Of white and
 * of what is next to it in turn, because what does not change is not drawn. */
#include <gtk/gtk.h>

#define WHITE_TYPE_FILL (white_fill_get_type ())
G_DECLARE_FINAL_TYPE (WhiteFill, white_fill, WHITE, FILL, GtkWidget)

struct _WhiteFill
{
  GtkWidget parent_instance;
  gboolean odd;
};

G_DEFINE_FINAL_TYPE (WhiteFill, white_fill, GTK_TYPE_WIDGET)

static void
white_fill_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  float blue = (WHITE_FILL (widget)->odd = !WHITE_FILL (widget)->odd) ? 1 : 254 / 255.0f;

  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, blue, 1 },
                             &GRAPHENE_RECT_INIT (0, 0, width, height));
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static void
white_fill_class_init (WhiteFillClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = white_fill_snapshot;
}

static void
white_fill_init (WhiteFill *self)
{
  gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

int
main (int argc, char **argv)
{
  GtkWidget *window;

  gtk_init ();
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), atoi (argv[1]), atoi (argv[2]));
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), g_object_new (WHITE_TYPE_FILL, NULL));
  gtk_window_present (GTK_WINDOW (window));
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}
