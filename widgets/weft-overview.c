/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-overview.h"

#include <math.h>

#include "weft-chart-text.h"

/* This near to an edge of the window, px, is on it. */
#define GRIP 6

typedef enum
{
  PART_OUTSIDE,
  PART_BEGIN,
  PART_END,
  PART_MIDDLE
} Part;

struct _WeftOverview
{
  WeftChart parent_instance;

  WeftOverviewSums *sums;

  Part dragged;
  gint64 start_begin_ns, start_end_ns; /* of the range, when the drag began */
  const char *pointer;                 /* name of its shape */
};

G_DEFINE_FINAL_TYPE (WeftOverview, weft_overview, WEFT_TYPE_CHART)

static double
weft_overview_get_height (WeftChart *chart, const WeftFrame *frame, const WeftPlotStyle *style, double width)
{
  return weft_overview_plot_get_height ();
}

static void
weft_overview_draw (WeftChart *chart, WeftPlot *plot)
{
  plot->sums = WEFT_OVERVIEW (chart)->sums;
  /* The plot's axis says which part is marked. */
  weft_time_view_get_range (weft_chart_get_view (chart), &plot->axis.begin_ns, &plot->axis.end_ns);
  weft_overview_plot_draw (plot);
}

static void
weft_overview_get_axis (WeftChart *chart, WeftTimeAxis *axis)
{
  WeftTimeView *view = weft_chart_get_view (chart);
  WeftPlot plot = { .gutter = weft_chart_get_gutter (chart) };

  axis->begin_ns = 0;
  axis->end_ns = 1;
  axis->x = plot.gutter;
  axis->width = MAX (gtk_widget_get_width (GTK_WIDGET (chart)) - plot.gutter - WEFT_CHART_MARGIN, 1);
  if (view == NULL)
    return;

  plot.frame = weft_time_view_get_frame (view);
  plot.axis = *axis;
  plot.width = axis->width + plot.gutter;
  *axis = weft_overview_plot_get_axis (&plot);
}

static char *
weft_overview_describe (WeftChart *chart, const WeftFrame *frame)
{
  g_autofree char *whole = weft_time_dup_duration (frame->now_ns);
  g_autofree char *begin = NULL;
  g_autofree char *end = NULL;
  gint64 begin_ns;
  gint64 end_ns;

  weft_time_view_get_range (weft_chart_get_view (chart), &begin_ns, &end_ns);
  begin = weft_chart_text_dup_time (MAX (begin_ns, 0));
  end = weft_chart_text_dup_time (MIN (end_ns, MAX (frame->now_ns, 0)));
  return g_strdup_printf ("%s to %s of %s", begin, end, whole);
}

static Part
pick_part (WeftOverview *self, double x)
{
  gint64 begin_ns;
  gint64 end_ns;
  WeftTimeAxis axis;
  double begin_x;
  double end_x;

  weft_chart_get_axis (WEFT_CHART (self), &axis);
  weft_time_view_get_range (weft_chart_get_view (WEFT_CHART (self)), &begin_ns, &end_ns);
  begin_x = MAX (weft_time_axis_to_x (&axis, begin_ns), axis.x);
  end_x = MIN (weft_time_axis_to_x (&axis, end_ns), axis.x + axis.width);

  /* A window that is hardly wider than its grips is dragged by its middle. */
  if (end_x - begin_x > 2 * GRIP || x < begin_x || x > end_x)
    {
      if (fabs (x - begin_x) <= GRIP)
        return PART_BEGIN;
      if (fabs (x - end_x) <= GRIP)
        return PART_END;
    }
  return x > begin_x && x < end_x ? PART_MIDDLE : PART_OUTSIDE;
}

static void
centre_on (WeftOverview *self, double x, gint64 *begin_ns, gint64 *end_ns)
{
  WeftTimeView *view = weft_chart_get_view (WEFT_CHART (self));
  WeftTimeAxis axis;
  gint64 width_ns;

  weft_chart_get_axis (WEFT_CHART (self), &axis);
  weft_time_view_get_range (view, begin_ns, end_ns);
  width_ns = *end_ns - *begin_ns;
  *begin_ns = weft_time_axis_to_time (&axis, x) - width_ns / 2;
  *end_ns = *begin_ns + width_ns;
  weft_time_view_set_range (view, *begin_ns, *end_ns);
}

static void
weft_overview_click (WeftChart *chart, double x, double y)
{
  WeftTimeAxis axis;
  gint64 begin_ns;
  gint64 end_ns;

  weft_chart_get_axis (chart, &axis);
  if (x >= axis.x && x <= axis.x + axis.width)
    centre_on (WEFT_OVERVIEW (chart), x, &begin_ns, &end_ns);
}

static void
weft_overview_drag (WeftChart *chart, WeftChartDragPhase phase, double start_x, double x)
{
  WeftOverview *self = WEFT_OVERVIEW (chart);
  WeftTimeView *view = weft_chart_get_view (chart);
  gint64 shift_ns;
  gint64 begin_ns;
  gint64 end_ns;
  WeftTimeAxis axis;

  if (phase == WEFT_CHART_DRAG_BEGIN)
    {
      self->dragged = pick_part (self, start_x);
      if (self->dragged == PART_OUTSIDE)
        centre_on (self, start_x, &self->start_begin_ns, &self->start_end_ns);
      weft_time_view_get_range (view, &self->start_begin_ns, &self->start_end_ns);
      return;
    }

  weft_chart_get_axis (chart, &axis);
  shift_ns = weft_time_axis_to_time (&axis, x) - weft_time_axis_to_time (&axis, start_x);
  begin_ns = self->start_begin_ns;
  end_ns = self->start_end_ns;
  if (self->dragged != PART_END)
    begin_ns += shift_ns;
  if (self->dragged != PART_BEGIN)
    end_ns += shift_ns;

  /* An edge that is dragged over the other one takes its place. */
  weft_time_view_set_range (view, MIN (begin_ns, end_ns), MAX (begin_ns, end_ns));
}

static void
weft_overview_point (WeftChart *chart, double x)
{
  WeftOverview *self = WEFT_OVERVIEW (chart);
  const char *pointer = NULL;

  if (x >= 0 && weft_chart_get_view (chart) != NULL
      && weft_time_view_get_recording (weft_chart_get_view (chart)) != NULL)
    {
      Part part = pick_part (self, x);

      if (part == PART_BEGIN || part == PART_END)
        pointer = "ew-resize";
      else if (part == PART_MIDDLE)
        pointer = "grab";
    }
  if (g_strcmp0 (pointer, self->pointer) == 0)
    return;
  self->pointer = pointer;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), pointer);
}

static void
weft_overview_finalize (GObject *object)
{
  weft_overview_sums_free (WEFT_OVERVIEW (object)->sums);
  G_OBJECT_CLASS (weft_overview_parent_class)->finalize (object);
}

static void
weft_overview_class_init (WeftOverviewClass *klass)
{
  WeftChartClass *chart_class = WEFT_CHART_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weft_overview_finalize;
  chart_class->get_height = weft_overview_get_height;
  chart_class->draw = weft_overview_draw;
  chart_class->get_axis = weft_overview_get_axis;
  chart_class->describe = weft_overview_describe;
  chart_class->click = weft_overview_click;
  chart_class->drag = weft_overview_drag;
  chart_class->point = weft_overview_point;
  chart_class->accessible_label = "Whole run";
  chart_class->depends = WEFT_CHART_DEPENDS_RANGE | WEFT_CHART_DEPENDS_WHOLE;
}

static void
weft_overview_init (WeftOverview *self)
{
  self->sums = weft_overview_sums_new ();
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

GtkWidget *
weft_overview_new (WeftTimeView *view)
{
  return g_object_new (WEFT_TYPE_OVERVIEW, "view", view, NULL);
}
