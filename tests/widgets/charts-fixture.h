/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window with the charts of a run, and hands to use them with. */
#pragma once

#include "weft-chart.h"
#include "weft-charts.h"
#include "widgets-fixture.h"

#define BACKGROUND 0xfafafa

/* Longer than a description, or a number in the gutter, may be old. */
#define NEWS_MS 600

typedef struct
{
  GtkWidget *charts;
  GtkWidget *window;
  WeftTimeView *view;
  WeftRecording *recording;
} ChartsFixture;

typedef struct
{
  WeftRecording *(*make) (void); /* NULL: no run */
  int width, height;
} ChartsSetup;

/* @data: a ChartsSetup. */
void charts_set_up (ChartsFixture *fixture, gconstpointer data);

/* Closes the window, and asserts that nothing of it is left. */
void charts_tear_down (ChartsFixture *fixture, gconstpointer data);

GtkWidget *charts_get_chart (ChartsFixture *fixture, GType type);

/* What pointer, wheel and keys do, by the signals of the controllers. */
void charts_point (GtkWidget *chart, double x, double y);
void charts_leave (GtkWidget *chart);
gboolean charts_scroll (GtkWidget *chart, double dx, double dy);
void charts_drag (GtkWidget *chart, double x, double y, double dx, double dy);
gboolean charts_press (ChartsFixture *fixture, guint keyval);

gint64 charts_get_width_ns (ChartsFixture *fixture);
gint64 charts_get_begin_ns (ChartsFixture *fixture);

/* How often a chart's data layer was drawn, and the window at all. */
guint charts_count_drawings (ChartsFixture *fixture);
gint64 charts_count_frames (ChartsFixture *fixture);

/* A description may be late. */
void charts_assert_described (GtkWidget *chart, const char *description);
