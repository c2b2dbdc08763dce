/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-legend.h"

struct _WeftLegend
{
  WeftChart parent_instance;
};

G_DEFINE_FINAL_TYPE (WeftLegend, weft_legend, WEFT_TYPE_CHART)

static double
weft_legend_get_height (WeftChart *chart, const WeftFrame *frame, const WeftPlotStyle *style, double width)
{
  if (frame->recording == NULL)
    return 0;
  return weft_legend_plot_get_height (frame, style,
                                      width - weft_chart_gutter_for_width ((int) width + WEFT_CHART_MARGIN));
}

static void
weft_legend_draw (WeftChart *chart, WeftPlot *plot)
{
  weft_legend_plot_draw (plot);
}

static void
weft_legend_class_init (WeftLegendClass *klass)
{
  WeftChartClass *chart_class = WEFT_CHART_CLASS (klass);

  chart_class->get_height = weft_legend_get_height;
  chart_class->draw = weft_legend_draw;
  chart_class->accessible_label = "Legend";
  chart_class->depends = WEFT_CHART_DEPENDS_WHOLE;
  chart_class->draws_empty = TRUE;
}

static void
weft_legend_init (WeftLegend *self)
{
}

GtkWidget *
weft_legend_new (WeftTimeView *view)
{
  return g_object_new (WEFT_TYPE_LEGEND, "view", view, NULL);
}
