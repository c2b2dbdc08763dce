/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-cores-chart.h"

#include "weft-chart-text.h"

/* A sample is the mean since the one before, so the present is only known a sample later. */
#define LATE_NS G_GINT64_CONSTANT (1000000000)

#define MINIMUM_HEIGHT 72

struct _WeftCoresChart
{
  WeftChart parent_instance;
};

G_DEFINE_FINAL_TYPE (WeftCoresChart, weft_cores_chart, WEFT_TYPE_CHART)

static double
weft_cores_chart_get_height (WeftChart *chart, const WeftFrame *frame, const WeftPlotStyle *style,
                             double width)
{
  return frame->recording != NULL ? weft_cores_plot_get_height (frame) : MINIMUM_HEIGHT;
}

static void
weft_cores_chart_draw (WeftChart *chart, WeftPlot *plot)
{
  weft_cores_plot_draw (plot);
}

static char *
weft_cores_chart_describe (WeftChart *chart, const WeftFrame *frame)
{
  g_autofree char *lines = weft_cores_plot_describe (frame, weft_chart_get_described_time (chart));
  g_autofree char *place =
      weft_chart_text_dup_place (weft_time_view_get_cursor (weft_chart_get_view (chart)), frame->now_ns);
  g_autofree char *line = weft_chart_text_join (lines, ", ");

  return g_strconcat (place, line, NULL);
}

static void
weft_cores_chart_class_init (WeftCoresChartClass *klass)
{
  WeftChartClass *chart_class = WEFT_CHART_CLASS (klass);

  chart_class->get_height = weft_cores_chart_get_height;
  chart_class->draw = weft_cores_chart_draw;
  chart_class->describe = weft_cores_chart_describe;
  chart_class->accessible_label = "Cores";
  chart_class->depends = WEFT_CHART_DEPENDS_RANGE | WEFT_CHART_DEPENDS_DATA;
  chart_class->late_ns = LATE_NS;
  chart_class->minimum_height = MINIMUM_HEIGHT;
}

static void
weft_cores_chart_init (WeftCoresChart *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

GtkWidget *
weft_cores_chart_new (WeftTimeView *view)
{
  return g_object_new (WEFT_TYPE_CORES_CHART, "view", view, NULL);
}
