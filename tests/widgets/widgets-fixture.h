/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows to test widgets in, and what they look like. */
#pragma once

#include <gtk/gtk.h>

#include "plot-fixture.h"

#define FIXTURE_PATIENCE_US (10 * G_USEC_PER_SEC)

/* gtk_init() and g_test_init(); skips the program where there is no display. */
void fixture_init (int *argc, char ***argv);

/* A window @width × @height with @widget in it, shown and drawn once. */
GtkWidget *fixture_window (GtkWidget *widget, int width, int height);

/* Iterates until nothing has been drawn for a while. Not with a live run, which is drawn all the time. */
void fixture_settle (GtkWidget *widget);

/* Iterates for @ms. */
void fixture_wait (guint ms);

/* Iterates until @condition holds, however slow the machine is. */
#define fixture_wait_until(condition)                                                                        \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    gint64 fixture_begin_us = g_get_monotonic_time ();                                                       \
                                                                                                             \
    while (!(condition))                                                                                     \
      {                                                                                                      \
        if (g_get_monotonic_time () - fixture_begin_us > FIXTURE_PATIENCE_US)                                \
          g_error ("This never came: %s", #condition);                                                       \
        fixture_wait (10);                                                                                   \
      }                                                                                                      \
  }                                                                                                          \
  G_STMT_END

/* What @widget looks like, on @background. */
cairo_surface_t *fixture_picture (GtkWidget *widget, guint32 background);

/* How many different colours an image has; counting stops at 64. */
guint fixture_count_colours (cairo_surface_t *image);

/* The controller of @widget of type @type. */
GtkEventController *fixture_controller (GtkWidget *widget, GType type);

/* The first descendant of @widget of type @type. */
GtkWidget *fixture_find (GtkWidget *widget, GType type);

/* Adds @n lines to the log of @recording, @step_ns apart from @begin_ns on. */
void fixture_log (WeftRecording *recording, guint n, gint64 begin_ns, gint64 step_ns);
