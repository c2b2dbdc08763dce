/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long the frames of a GTK program take its main thread, from the tick callbacks to what is handed to the
 * display. Loaded into the program by LD_PRELOAD, in the place of gtk_window_present(); for each frame a line
 * with its milliseconds goes to the file that WEFT_FRAME_TIMES names.
 */
#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdio.h>

static FILE *file;
static gint64 began_ns;

static gint64
clock_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
before_paint_cb (void)
{
  began_ns = clock_ns ();
}

static void
after_paint_cb (void)
{
  fprintf (file, "%.4f\n", (double) (clock_ns () - began_ns) / 1e6);
  fflush (file);
}

void
gtk_window_present (GtkWindow *window)
{
  void (*present) (GtkWindow *) = (void (*) (GtkWindow *)) dlsym (RTLD_NEXT, "gtk_window_present");
  const char *path = g_getenv ("WEFT_FRAME_TIMES");
  GdkFrameClock *clock;

  present (window);
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  if (file != NULL || path == NULL || clock == NULL || (file = fopen (path, "w")) == NULL)
    return;
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), NULL);
}
