/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "weft-chart-private.h"

static GdkRGBA
get_colour (WeftChart *self, WeftColourRole role, double alpha)
{
  WeftColour colour = weft_plot_style_get_colour (weft_chart_get_style (self), role);

  return (GdkRGBA){ (float) colour.red, (float) colour.green, (float) colour.blue, (float) alpha };
}

static gint64
to_pixel (const WeftTimeAxis *axis, int scale, gint64 time_ns)
{
  return (gint64) floor ((weft_time_axis_to_x (axis, time_ns) - axis->x) * scale);
}

static void
fill_key (WeftChart *self, WeftChartKey *key)
{
  WeftChartPrivate *priv = weft_chart_get_private (self);
  WeftChartClass *klass = WEFT_CHART_GET_CLASS (self);
  const WeftFrame *frame = weft_chart_get_frame (self);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  WeftTimeAxis axis;

  /* Compared byte by byte. */
  memset (key, 0, sizeof *key);
  key->width = gtk_widget_get_width (GTK_WIDGET (self));
  key->height = gtk_widget_get_height (GTK_WIDGET (self));
  key->scale = scale;
  key->scrolled = gtk_adjustment_get_value (priv->adjustment);
  key->selected_lane = -1;
  if (priv->view == NULL)
    return;

  key->recording = frame->recording;
  key->live = frame->live;
  key->n_lanes = frame->n_lanes;
  key->n_objects = frame->n_objects;
  key->selected_lane = weft_time_view_get_selected_lane (priv->view);

  weft_chart_get_axis (self, &axis);
  if (klass->depends & WEFT_CHART_DEPENDS_RANGE)
    {
      weft_time_view_get_range (priv->view, &key->begin_ns, &key->end_ns);
      if (klass->depends & WEFT_CHART_DEPENDS_WHOLE)
        {
          /* The range is but a window on what is drawn. */
          key->begin_ns = to_pixel (&axis, scale, key->begin_ns);
          key->end_ns = to_pixel (&axis, scale, key->end_ns);
        }
    }
  if (klass->depends & WEFT_CHART_DEPENDS_DATA)
    key->edge_px = to_pixel (&axis, scale, MIN (frame->now_ns, axis.end_ns));
  if (klass->depends & WEFT_CHART_DEPENDS_WHOLE
      || (klass->depends & WEFT_CHART_DEPENDS_DATA && frame->now_ns - klass->late_ns < axis.end_ns))
    key->n_presents = priv->layers.n_presents;
}

static void
draw_data (WeftChart *self, cairo_t *cr)
{
  WeftChartPrivate *priv = weft_chart_get_private (self);
  WeftChartClass *klass = WEFT_CHART_GET_CLASS (self);
  const WeftFrame *frame = weft_chart_get_frame (self);
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - WEFT_CHART_MARGIN;
  double visible_height = gtk_widget_get_height (GTK_WIDGET (self)) - weft_chart_get_title_height (self);
  WeftPlot plot;

  weft_plot_begin (&plot, cr, weft_chart_get_style (self), frame);

  if (priv->title != NULL)
    weft_plot_text (&plot, priv->title, WEFT_CHART_TITLE_INSET, WEFT_CHART_TITLE_HEIGHT / 2.0, 0,
                    width - WEFT_CHART_TITLE_INSET, TRUE);

  weft_chart_get_axis (self, &plot.axis);
  weft_chart_get_area (self, &plot.y, NULL, &plot.width, &plot.height);
  plot.x = 0;
  plot.scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  plot.gutter = weft_chart_get_gutter (self);
  plot.clip_y = gtk_adjustment_get_value (priv->adjustment);
  plot.clip_height = visible_height;
  plot.selected_lane = priv->view != NULL ? weft_time_view_get_selected_lane (priv->view) : -1;

  cairo_save (cr);
  cairo_rectangle (cr, 0, weft_chart_get_title_height (self), gtk_widget_get_width (GTK_WIDGET (self)),
                   visible_height);
  cairo_clip (cr);
  if (frame->recording != NULL || klass->draws_empty)
    {
      klass->draw (self, &plot);
    }
  else
    {
      weft_plot_style_set_source (plot.style, cr, WEFT_COLOUR_PLOT);
      cairo_rectangle (cr, plot.gutter, weft_chart_get_title_height (self), MAX (width - plot.gutter, 0),
                       visible_height);
      cairo_fill (cr);
    }
  cairo_restore (cr);

  weft_plot_end (&plot);
}

static void
ensure_node (WeftChart *self)
{
  WeftChartPrivate *priv = weft_chart_get_private (self);
  WeftChartKey key;
  graphene_rect_t bounds;
  cairo_t *cr;

  fill_key (self, &key);
  if (priv->layers.node != NULL && memcmp (&key, &priv->layers.key, sizeof key) == 0)
    return;

  g_clear_pointer (&priv->layers.node, gsk_render_node_unref);
  priv->layers.key = key;
  graphene_rect_init (&bounds, 0, 0, key.width, key.height);
  priv->layers.node = gsk_cairo_node_new (&bounds);
  cr = gsk_cairo_node_get_draw_context (priv->layers.node);
  draw_data (self, cr);
  cairo_destroy (cr);
  priv->layers.n_drawings++;
}

/* ── the layer on top ── */

static void
snapshot_hovered_row (WeftChart *self, GtkSnapshot *snapshot)
{
  WeftChartPrivate *priv = weft_chart_get_private (self);
  WeftChartClass *klass = WEFT_CHART_GET_CLASS (self);
  double area_y;
  double area_width;
  double row_y;
  double row_height;
  GdkRGBA colour;

  weft_chart_get_area (self, &area_y, NULL, &area_width, NULL);
  if (klass->pick_row == NULL || !priv->input.inside || priv->input.y < weft_chart_get_title_height (self)
      || weft_chart_get_frame (self)->recording == NULL
      || !klass->pick_row (self, weft_chart_get_frame (self), priv->input.y - area_y, &row_y, &row_height))
    return;

  colour = get_colour (self, WEFT_COLOUR_TEXT, 0.06);
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT (0, weft_chart_get_title_height (self), (float) area_width,
                                               gtk_widget_get_height (GTK_WIDGET (self))));
  gtk_snapshot_append_color (snapshot, &colour,
                             &GRAPHENE_RECT_INIT (0, (float) (area_y + row_y), (float) area_width,
                                                  (float) row_height));
  gtk_snapshot_pop (snapshot);
}

static void
snapshot_cursor (WeftChart *self, GtkSnapshot *snapshot)
{
  WeftChartPrivate *priv = weft_chart_get_private (self);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gint64 cursor_ns = priv->view != NULL ? weft_time_view_get_cursor (priv->view) : -1;
  GdkRGBA colour;
  WeftTimeAxis axis;
  double x;

  if (cursor_ns < 0 || weft_chart_get_frame (self)->recording == NULL)
    return;
  weft_chart_get_axis (self, &axis);
  x = floor (weft_time_axis_to_x (&axis, cursor_ns) * scale) / scale;
  if (x < axis.x || x > axis.x + axis.width)
    return;

  colour = get_colour (self, WEFT_COLOUR_CURSOR, 1);
  gtk_snapshot_append_color (snapshot, &colour,
                             &GRAPHENE_RECT_INIT ((float) x, 0, 1,
                                                  gtk_widget_get_height (GTK_WIDGET (self))));
}

static void
snapshot_focus (WeftChart *self, GtkSnapshot *snapshot)
{
  static const float widths[] = { 2, 2, 2, 2 };
  GtkWidget *widget = GTK_WIDGET (self);
  GtkStateFlags focused = GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_FOCUS_VISIBLE;
  GdkRGBA colours[4];
  GskRoundedRect outline;

  if ((gtk_widget_get_state_flags (widget) & focused) != focused)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    colours[i] = get_colour (self, WEFT_COLOUR_CORE, 1);
  gsk_rounded_rect_init_from_rect (
      &outline, &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)), 5);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

void
weft_chart_snapshot_layers (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WeftChart *self = WEFT_CHART (widget);
  WeftChartPrivate *priv = weft_chart_get_private (self);

  ensure_node (self);
  gtk_snapshot_append_node (snapshot, priv->layers.node);
  snapshot_hovered_row (self, snapshot);
  snapshot_cursor (self, snapshot);
  snapshot_focus (self, snapshot);
  gtk_widget_snapshot_child (widget, priv->scrollbar, snapshot);
}

void
weft_chart_update_layers (WeftChart *self)
{
  WeftChartPrivate *priv = weft_chart_get_private (self);
  WeftChartKey key;

  fill_key (self, &key);
  if (priv->layers.node == NULL || memcmp (&key, &priv->layers.key, sizeof key) != 0)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}
