/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-queues-chart.h"

#include <math.h>

#include "weft-chart-text.h"

/* Of two queues; of more, these scroll. */
#define MINIMUM_HEIGHT 140

struct _WeftQueuesChart
{
  WeftChart parent_instance;
};

G_DEFINE_FINAL_TYPE (WeftQueuesChart, weft_queues_chart, WEFT_TYPE_CHART)

static double
weft_queues_chart_get_height (WeftChart *chart, const WeftFrame *frame, const WeftPlotStyle *style,
                              double width)
{
  return frame->recording != NULL ? weft_queues_plot_get_height (frame) : 0;
}

static void
weft_queues_chart_draw (WeftChart *chart, WeftPlot *plot)
{
  weft_queues_plot_draw (plot);
}

static void
append_queue (GString *text, const WeftFrameObject *object, gint64 time_ns, gint64 now_ns)
{
  double depth = weft_counter_value_at (object->info->values, object->n_values, time_ns);
  double minimum;
  double maximum;
  double mean;

  if (text->len > 0)
    g_string_append (text, "; ");
  if (isnan (depth))
    g_string_append_printf (text, "%s: depth unknown", object->info->name);
  else
    g_string_append_printf (text, "%s: depth %.0f", object->info->name, depth);
  if (object->info->capacity > 0)
    g_string_append_printf (text, " of %" G_GINT64_FORMAT, object->info->capacity);
  else
    g_string_append (text, " of unbounded");
  if (weft_counter_range (object->info->values, object->n_values, now_ns, 0, MAX (now_ns, 1), &minimum,
                          &maximum, &mean))
    g_string_append_printf (text, ", max %.0f", maximum);
}

static char *
weft_queues_chart_describe (WeftChart *chart, const WeftFrame *frame)
{
  GString *text = g_string_new (NULL);
  g_autofree char *place =
      weft_chart_text_dup_place (weft_time_view_get_cursor (weft_chart_get_view (chart)), frame->now_ns);
  g_autofree char *queues = NULL;

  for (guint i = 0; i < frame->n_objects; i++)
    if (frame->objects[i].info->kind == WEFT_OBJECT_IS_QUEUE)
      append_queue (text, &frame->objects[i], weft_chart_get_described_time (chart), frame->now_ns);
  if (text->len == 0)
    g_string_append (text, "no queues");

  queues = g_string_free (text, FALSE);
  return g_strconcat (place, queues, NULL);
}

static void
weft_queues_chart_class_init (WeftQueuesChartClass *klass)
{
  WeftChartClass *chart_class = WEFT_CHART_CLASS (klass);

  chart_class->get_height = weft_queues_chart_get_height;
  chart_class->draw = weft_queues_chart_draw;
  chart_class->describe = weft_queues_chart_describe;
  chart_class->accessible_label = "Queues";
  chart_class->depends = WEFT_CHART_DEPENDS_RANGE | WEFT_CHART_DEPENDS_DATA;
  chart_class->minimum_height = MINIMUM_HEIGHT;
  chart_class->scrolls = TRUE;
}

static void
weft_queues_chart_init (WeftQueuesChart *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

GtkWidget *
weft_queues_chart_new (WeftTimeView *view)
{
  return g_object_new (WEFT_TYPE_QUEUES_CHART, "view", view, "title", "Queues", NULL);
}
