/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-time-ruler.h"

struct _WeftTimeRuler
{
  WeftChart parent_instance;
};

G_DEFINE_FINAL_TYPE (WeftTimeRuler, weft_time_ruler, WEFT_TYPE_CHART)

static double
weft_time_ruler_get_height (WeftChart *chart, const WeftFrame *frame, const WeftPlotStyle *style,
                            double width)
{
  return weft_ruler_plot_get_height (style);
}

static void
weft_time_ruler_draw (WeftChart *chart, WeftPlot *plot)
{
  weft_ruler_plot_draw (plot);
  /* The cores are right below, and need no line of their own for their name. */
  weft_plot_text (plot, "Cores", WEFT_CHART_TITLE_INSET, plot->y + plot->height / 2, 0,
                  plot->gutter - WEFT_CHART_TITLE_INSET, TRUE);
}

static void
weft_time_ruler_class_init (WeftTimeRulerClass *klass)
{
  WeftChartClass *chart_class = WEFT_CHART_CLASS (klass);

  chart_class->get_height = weft_time_ruler_get_height;
  chart_class->draw = weft_time_ruler_draw;
  chart_class->accessible_label = "Time";
  chart_class->depends = WEFT_CHART_DEPENDS_RANGE;
  chart_class->draws_empty = TRUE;
}

static void
weft_time_ruler_init (WeftTimeRuler *self)
{
}

GtkWidget *
weft_time_ruler_new (WeftTimeView *view)
{
  return g_object_new (WEFT_TYPE_TIME_RULER, "view", view, NULL);
}
