/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-timeline-chart.h"

#include "weft-chart-text.h"

#define MINIMUM_HEIGHT 132

/* Whether a lane was stopped is sampled, and known that much later than its events. */
#define LATE_NS G_GINT64_CONSTANT (1000000000)

struct _WeftTimelineChart
{
  WeftChart parent_instance;

  GSignalGroup *view_signals;
};

G_DEFINE_FINAL_TYPE (WeftTimelineChart, weft_timeline_chart, WEFT_TYPE_CHART)

static double
weft_timeline_chart_get_height (WeftChart *chart, const WeftFrame *frame, const WeftPlotStyle *style,
                                double width)
{
  return frame->recording != NULL ? MAX (weft_timeline_plot_get_height (frame), 1) : MINIMUM_HEIGHT;
}

static void
weft_timeline_chart_draw (WeftChart *chart, WeftPlot *plot)
{
  weft_timeline_plot_draw (plot);
}

static char *
dup_noun (const WeftFrame *frame)
{
  const WeftWorkloadInfo *info = weft_recording_get_workload (frame->recording);

  return g_strdup (info != NULL && info->task_noun != NULL ? info->task_noun : "task");
}

static char *
weft_timeline_chart_describe (WeftChart *chart, const WeftFrame *frame)
{
  WeftTimeView *view = weft_chart_get_view (chart);
  int selected = weft_time_view_get_selected_lane (view);
  guint n_tasks = weft_tasks_get_count (weft_recording_get_tasks (frame->recording));
  GString *text = g_string_new (NULL);
  g_autofree char *place = weft_chart_text_dup_place (weft_time_view_get_cursor (view), frame->now_ns);
  g_autofree char *duration = weft_time_dup_duration (frame->now_ns);
  g_autofree char *lines = NULL;
  g_autofree char *line = NULL;
  guint64 n_done = 0;

  g_string_append_printf (text, "%u %s, %s. ", frame->n_lanes, frame->n_lanes == 1 ? "lane" : "lanes",
                          duration);

  if (selected >= (int) frame->n_lanes)
    selected = -1;
  lines = weft_timeline_plot_describe (frame, selected, weft_chart_get_described_time (chart), 0);
  line = weft_chart_text_join (lines, "; ");
  g_string_append_printf (text, "%s%s", place, line);

  for (guint i = 0; i < frame->n_lanes; i++)
    n_done += frame->lanes[i].tasks_done;
  if (n_tasks > 0)
    {
      g_autofree char *noun = dup_noun (frame);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " of %u %s%s done", *line != '\0' ? "; " : "",
                              n_done, n_tasks, noun, n_tasks == 1 ? "" : "s");
    }
  return g_string_free (text, FALSE);
}

static gboolean
weft_timeline_chart_pick_row (WeftChart *chart, const WeftFrame *frame, double y, double *row_y,
                              double *row_height)
{
  g_autoptr (GArray) rows = weft_timeline_plot_get_rows (frame);

  for (guint i = 0; i < rows->len; i++)
    {
      const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);

      if (row->lane >= 0 && y >= row->y && y < row->y + row->height)
        {
          *row_y = row->y;
          *row_height = row->height;
          return TRUE;
        }
    }
  return FALSE;
}

static void
weft_timeline_chart_click (WeftChart *chart, double x, double y)
{
  WeftTimeView *view = weft_chart_get_view (chart);

  weft_time_view_set_selected_lane (view, weft_timeline_plot_pick (weft_time_view_get_frame (view), y));
}

static void
selected_cb (WeftTimelineChart *self)
{
  WeftTimeView *view = weft_chart_get_view (WEFT_CHART (self));
  const WeftFrame *frame = weft_time_view_get_frame (view);
  int selected = weft_time_view_get_selected_lane (view);
  g_autoptr (GArray) rows = NULL;

  if (selected < 0 || frame->recording == NULL)
    return;

  rows = weft_timeline_plot_get_rows (frame);
  for (guint i = 0; i < rows->len; i++)
    {
      const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);

      if (row->lane == selected)
        weft_chart_scroll_to (WEFT_CHART (self), row->y, row->height);
    }
}

/* Another run begins at its first lane. */
static void
recording_cb (WeftTimelineChart *self)
{
  gtk_adjustment_set_value (weft_chart_get_adjustment (WEFT_CHART (self)), 0);
}

static void
weft_timeline_chart_dispose (GObject *object)
{
  WeftTimelineChart *self = WEFT_TIMELINE_CHART (object);

  g_clear_object (&self->view_signals);
  G_OBJECT_CLASS (weft_timeline_chart_parent_class)->dispose (object);
}

static void
weft_timeline_chart_class_init (WeftTimelineChartClass *klass)
{
  WeftChartClass *chart_class = WEFT_CHART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weft_timeline_chart_dispose;

  chart_class->get_height = weft_timeline_chart_get_height;
  chart_class->draw = weft_timeline_chart_draw;
  chart_class->describe = weft_timeline_chart_describe;
  chart_class->pick_row = weft_timeline_chart_pick_row;
  chart_class->click = weft_timeline_chart_click;
  chart_class->accessible_label = "Timeline";
  chart_class->depends = WEFT_CHART_DEPENDS_RANGE | WEFT_CHART_DEPENDS_DATA;
  chart_class->late_ns = LATE_NS;
  chart_class->minimum_height = MINIMUM_HEIGHT;
  chart_class->scrolls = TRUE;
}

static void
weft_timeline_chart_init (WeftTimelineChart *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);

  self->view_signals = g_signal_group_new (WEFT_TYPE_TIME_VIEW);
  g_signal_group_connect_swapped (self->view_signals, "notify::selected-lane", G_CALLBACK (selected_cb),
                                  self);
  g_signal_group_connect_swapped (self->view_signals, "notify::recording", G_CALLBACK (recording_cb), self);
  g_object_bind_property (self, "view", self->view_signals, "target", G_BINDING_DEFAULT);
}

GtkWidget *
weft_timeline_chart_new (WeftTimeView *view)
{
  return g_object_new (WEFT_TYPE_TIMELINE_CHART, "view", view, "title", "Timeline", NULL);
}
