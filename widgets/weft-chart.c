/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-chart.h"

#include <math.h>

#include "weft-chart-private.h"

/* A screen reader is told of new values at most this often. */
#define DESCRIBE_INTERVAL_MS 500

/* Numbers of the present, and rows that come and go, change at most this often. */
#define PRESENT_INTERVAL_US (200 * 1000)

#define MINIMUM_PLOT_WIDTH 100
#define NATURAL_WIDTH 720

enum
{
  PROP_0,
  PROP_VIEW,
  PROP_SCHEME,
  PROP_TITLE,
  PROP_ADJUSTMENT,
  N_PROPS
};

enum
{
  SIGNAL_POINTER_MOVED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeftChart, weft_chart, GTK_TYPE_WIDGET)

#define GET_PRIVATE(self) ((WeftChartPrivate *) weft_chart_get_instance_private (self))

WeftChartPrivate *
weft_chart_get_private (WeftChart *self)
{
  return GET_PRIVATE (self);
}

/* What is drawn as long as there is no view. */
static const WeftFrame empty_frame;

const WeftFrame *
weft_chart_get_frame (WeftChart *self)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  return priv->view != NULL ? weft_time_view_get_frame (priv->view) : &empty_frame;
}

int
weft_chart_get_title_height (WeftChart *self)
{
  return GET_PRIVATE (self)->title != NULL ? WEFT_CHART_TITLE_HEIGHT : 0;
}

static gboolean
measure_rows (WeftChart *self, double width)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);
  double height = WEFT_CHART_GET_CLASS (self)->get_height (self, weft_chart_get_frame (self),
                                                           weft_chart_get_style (self), width);

  if (height == priv->rows_height)
    return FALSE;
  priv->rows_height = height;
  return TRUE;
}

static void
drop_node (WeftChart *self)
{
  g_clear_pointer (&GET_PRIVATE (self)->layers.node, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drop_style (WeftChart *self)
{
  g_clear_pointer (&GET_PRIVATE (self)->style, weft_plot_style_free);
  drop_node (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* ── descriptions ── */

static void
update_description (WeftChart *self)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);
  const WeftFrame *frame = weft_chart_get_frame (self);
  g_autofree char *description = NULL;

  priv->described_old = FALSE;
  if (frame->recording != NULL)
    description = WEFT_CHART_GET_CLASS (self)->describe (self, frame);
  if (description == NULL)
    description = g_strdup ("no run");
  if (g_strcmp0 (description, priv->description) == 0)
    return;

  g_free (priv->description);
  priv->description = g_steal_pointer (&description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  priv->description, -1);
}

static gboolean
describe_cb (gpointer data)
{
  WeftChart *self = data;
  WeftChartPrivate *priv = GET_PRIVATE (self);

  if (priv->described_old)
    {
      update_description (self);
      return G_SOURCE_CONTINUE;
    }
  priv->describe_id = 0;
  return G_SOURCE_REMOVE;
}

static void
queue_description (WeftChart *self)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  if (WEFT_CHART_GET_CLASS (self)->describe == NULL)
    return;

  priv->described_old = TRUE;
  if (priv->describe_id != 0)
    return;
  update_description (self);

  /* A run that begins is announced at once. */
  if (weft_chart_get_frame (self)->recording != NULL)
    priv->describe_id = g_timeout_add (DESCRIBE_INTERVAL_MS, describe_cb, self);
}

/* ── layout ── */

static GtkSizeRequestMode
weft_chart_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
weft_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  WeftChart *self = WEFT_CHART (widget);
  WeftChartPrivate *priv = GET_PRIVATE (self);
  WeftChartClass *klass = WEFT_CHART_GET_CLASS (self);
  int height;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = WEFT_CHART_NARROW_GUTTER + MINIMUM_PLOT_WIDTH + WEFT_CHART_MARGIN;
      *natural = NATURAL_WIDTH;
      return;
    }

  /* A scrolled window asks without a width; what it will be is best told by what it is. */
  if (for_size <= 0)
    for_size = gtk_widget_get_width (widget) > 0 ? gtk_widget_get_width (widget) : NATURAL_WIDTH;
  measure_rows (self, for_size - WEFT_CHART_MARGIN);
  height = (int) ceil (priv->rows_height);
  *natural = weft_chart_get_title_height (self) + height;
  *minimum = weft_chart_get_title_height (self);
  *minimum += klass->minimum_height > 0 ? MIN (height, (int) klass->minimum_height) : height;
}

static void
weft_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WeftChart *self = WEFT_CHART (widget);
  WeftChartPrivate *priv = GET_PRIVATE (self);
  int top = weft_chart_get_title_height (self);
  double page = MAX (height - top, 0);
  gboolean scrolls;

  measure_rows (self, width - WEFT_CHART_MARGIN);
  scrolls = WEFT_CHART_GET_CLASS (self)->scrolls && ceil (priv->rows_height) > page;
  gtk_adjustment_configure (priv->adjustment, gtk_adjustment_get_value (priv->adjustment), 0,
                            scrolls ? priv->rows_height : page, 24, page * 0.9, page);

  gtk_widget_set_child_visible (priv->scrollbar, scrolls);
  if (scrolls)
    {
      int scrollbar_width;
      GtkAllocation allocation;

      gtk_widget_measure (priv->scrollbar, GTK_ORIENTATION_HORIZONTAL, -1, &scrollbar_width, NULL, NULL,
                          NULL);
      allocation = (GtkAllocation){ width - scrollbar_width, top, scrollbar_width, (int) page };
      gtk_widget_size_allocate (priv->scrollbar, &allocation, -1);
    }
}

static void
weft_chart_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  GTK_WIDGET_CLASS (weft_chart_parent_class)->state_flags_changed (widget, previous);

  /* The focus ring is drawn here, not by a style sheet. */
  if ((previous ^ gtk_widget_get_state_flags (widget))
      & (GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_FOCUS_VISIBLE))
    gtk_widget_queue_draw (widget);
}

static void
weft_chart_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (weft_chart_parent_class)->system_setting_changed (widget, setting);

  if (setting == GTK_SYSTEM_SETTING_DPI || setting == GTK_SYSTEM_SETTING_FONT_NAME
      || setting == GTK_SYSTEM_SETTING_FONT_CONFIG)
    drop_style (WEFT_CHART (widget));
}

/* ── following the view ── */

static gboolean present_cb (gpointer data);

/* Takes note that numbers of the present, or rows, may have changed, now or when it is time. */
static void
update_present (WeftChart *self)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);
  const WeftFrame *frame = weft_chart_get_frame (self);
  gboolean other_structure;
  gint64 elapsed_us;

  if (frame->serial == priv->present_serial && frame->recording == priv->layers.key.recording)
    return;

  other_structure = frame->recording != priv->layers.key.recording
                    || frame->n_lanes != priv->layers.key.n_lanes
                    || frame->n_objects != priv->layers.key.n_objects || frame->live != priv->layers.key.live;
  elapsed_us = g_get_monotonic_time () - priv->present_us;
  if (!other_structure && elapsed_us < PRESENT_INTERVAL_US)
    {
      if (priv->present_id == 0)
        priv->present_id =
            g_timeout_add ((guint) ((PRESENT_INTERVAL_US - elapsed_us) / 1000 + 1), present_cb, self);
      return;
    }

  priv->present_serial = frame->serial;
  priv->present_us += elapsed_us;
  priv->layers.n_presents++;
  if (measure_rows (self, gtk_widget_get_width (GTK_WIDGET (self)) - WEFT_CHART_MARGIN))
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

static gboolean
present_cb (gpointer data)
{
  WeftChart *self = data;

  GET_PRIVATE (self)->present_id = 0;
  update_present (self);
  weft_chart_update_layers (self);
  return G_SOURCE_REMOVE;
}

static void
view_changed_cb (WeftChart *self)
{
  update_present (self);
  weft_chart_input_range_moved (self);
  weft_chart_update_layers (self);
  queue_description (self);
}

static void
cursor_changed_cb (WeftChart *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
scrolled_cb (WeftChart *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ── the object ── */

void
weft_chart_get_shared_axis (WeftChart *self, WeftTimeAxis *axis)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  axis->begin_ns = 0;
  axis->end_ns = 1;
  if (priv->view != NULL)
    weft_time_view_get_range (priv->view, &axis->begin_ns, &axis->end_ns);
  axis->x = weft_chart_get_gutter (self);
  axis->width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - axis->x - WEFT_CHART_MARGIN, 1);
}

static void
weft_chart_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeftChartPrivate *priv = GET_PRIVATE (WEFT_CHART (object));

  switch (prop_id)
    {
    case PROP_VIEW:
      g_value_set_object (value, priv->view);
      break;
    case PROP_SCHEME:
      g_value_set_int (value, (int) priv->scheme);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_ADJUSTMENT:
      g_value_set_object (value, priv->adjustment);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_chart_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeftChart *self = WEFT_CHART (object);

  switch (prop_id)
    {
    case PROP_VIEW:
      weft_chart_set_view (self, g_value_get_object (value));
      break;
    case PROP_SCHEME:
      weft_chart_set_scheme (self, (WeftStyleScheme) g_value_get_int (value));
      break;
    case PROP_TITLE:
      weft_chart_set_title (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_chart_constructed (GObject *object)
{
  WeftChart *self = WEFT_CHART (object);

  G_OBJECT_CLASS (weft_chart_parent_class)->constructed (object);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  WEFT_CHART_GET_CLASS (self)->accessible_label, -1);
  if (WEFT_CHART_GET_CLASS (self)->describe != NULL)
    update_description (self);
}

static void
weft_chart_dispose (GObject *object)
{
  WeftChart *self = WEFT_CHART (object);
  WeftChartPrivate *priv = GET_PRIVATE (self);

  weft_chart_set_view (self, NULL);
  g_clear_handle_id (&priv->describe_id, g_source_remove);
  g_clear_handle_id (&priv->present_id, g_source_remove);
  g_clear_pointer (&priv->scrollbar, gtk_widget_unparent);
  g_clear_pointer (&priv->layers.node, gsk_render_node_unref);
  G_OBJECT_CLASS (weft_chart_parent_class)->dispose (object);
}

static void
weft_chart_finalize (GObject *object)
{
  WeftChartPrivate *priv = GET_PRIVATE (WEFT_CHART (object));

  g_clear_object (&priv->adjustment);
  g_clear_pointer (&priv->style, weft_plot_style_free);
  g_free (priv->title);
  g_free (priv->description);
  G_OBJECT_CLASS (weft_chart_parent_class)->finalize (object);
}

static void
weft_chart_class_init (WeftChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = weft_chart_get_property;
  object_class->set_property = weft_chart_set_property;
  object_class->constructed = weft_chart_constructed;
  object_class->dispose = weft_chart_dispose;
  object_class->finalize = weft_chart_finalize;

  widget_class->get_request_mode = weft_chart_get_request_mode;
  widget_class->measure = weft_chart_measure;
  widget_class->size_allocate = weft_chart_size_allocate;
  widget_class->snapshot = weft_chart_snapshot_layers;
  widget_class->state_flags_changed = weft_chart_state_flags_changed;
  widget_class->system_setting_changed = weft_chart_system_setting_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "weftchart");

  klass->get_axis = weft_chart_get_shared_axis;
  klass->drag = weft_chart_input_pan;
  klass->accessible_label = "Chart";

  properties[PROP_VIEW] = g_param_spec_object ("view", NULL, NULL, WEFT_TYPE_TIME_VIEW, flags);
  properties[PROP_SCHEME] = g_param_spec_int ("scheme", NULL, NULL, WEFT_STYLE_LIGHT,
                                              WEFT_STYLE_DARK_CONTRAST, WEFT_STYLE_LIGHT, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_ADJUSTMENT] = g_param_spec_object ("adjustment", NULL, NULL, GTK_TYPE_ADJUSTMENT,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_POINTER_MOVED] = g_signal_new ("pointer-moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weft_chart_init (WeftChart *self)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  priv->adjustment = g_object_ref_sink (gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_object (priv->adjustment, "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  priv->scrollbar = gtk_scrollbar_new (GTK_ORIENTATION_VERTICAL, priv->adjustment);
  /* Thin and without a ground, so that it stays within the margin: the newest of the plot lies next to it. */
  gtk_widget_add_css_class (priv->scrollbar, "overlay-indicator");
  gtk_widget_set_parent (priv->scrollbar, GTK_WIDGET (self));
  gtk_widget_set_child_visible (priv->scrollbar, FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  weft_chart_input_init (self);
}

void
weft_chart_emit_pointer_moved (WeftChart *self)
{
  if (WEFT_CHART_GET_CLASS (self)->pick_row != NULL)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_POINTER_MOVED], 0);
}

void
weft_chart_set_view (WeftChart *self, WeftTimeView *view)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  g_return_if_fail (WEFT_IS_CHART (self));
  g_return_if_fail (view == NULL || WEFT_IS_TIME_VIEW (view));

  if (priv->view == view)
    return;

  if (priv->view != NULL)
    {
      g_signal_handlers_disconnect_by_func (priv->view, view_changed_cb, self);
      g_signal_handlers_disconnect_by_func (priv->view, cursor_changed_cb, self);
    }
  g_set_object (&priv->view, view);
  if (view != NULL)
    {
      g_signal_connect_swapped (view, "changed", G_CALLBACK (view_changed_cb), self);
      g_signal_connect_swapped (view, "notify::cursor-ns", G_CALLBACK (cursor_changed_cb), self);
      view_changed_cb (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VIEW]);
}

WeftTimeView *
weft_chart_get_view (WeftChart *self)
{
  g_return_val_if_fail (WEFT_IS_CHART (self), NULL);

  return GET_PRIVATE (self)->view;
}

void
weft_chart_set_scheme (WeftChart *self, WeftStyleScheme scheme)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  g_return_if_fail (WEFT_IS_CHART (self));

  if (priv->scheme == scheme)
    return;
  priv->scheme = scheme;
  drop_style (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCHEME]);
}

void
weft_chart_set_title (WeftChart *self, const char *title)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  g_return_if_fail (WEFT_IS_CHART (self));

  if (g_strcmp0 (priv->title, title) == 0)
    return;
  g_free (priv->title);
  priv->title = g_strdup (title);
  drop_node (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

GtkAdjustment *
weft_chart_get_adjustment (WeftChart *self)
{
  g_return_val_if_fail (WEFT_IS_CHART (self), NULL);

  return GET_PRIVATE (self)->adjustment;
}

int
weft_chart_gutter_for_width (int width)
{
  return width < WEFT_CHART_NARROW_WIDTH ? WEFT_CHART_NARROW_GUTTER : WEFT_CHART_GUTTER;
}

int
weft_chart_get_gutter (WeftChart *self)
{
  g_return_val_if_fail (WEFT_IS_CHART (self), 0);

  return weft_chart_gutter_for_width (gtk_widget_get_width (GTK_WIDGET (self)));
}

const WeftPlotStyle *
weft_chart_get_style (WeftChart *self)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);

  g_return_val_if_fail (WEFT_IS_CHART (self), NULL);

  if (priv->style == NULL)
    {
      g_autofree char *name = NULL;
      g_autofree char *font = NULL;
      g_autoptr (PangoFontDescription) description = NULL;
      int dpi;

      /* The desktop's family, a little smaller than its text, and larger where the desktop's text is. */
      g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-font-name", &name, "gtk-xft-dpi", &dpi,
                    NULL);
      description = pango_font_description_from_string (name != NULL ? name : "Sans");
      pango_font_description_set_size (description,
                                       (int) (9 * PANGO_SCALE * (dpi > 0 ? dpi / 1024.0 / 96 : 1)));
      font = pango_font_description_to_string (description);
      priv->style = weft_plot_style_new (priv->scheme, font);
    }
  return priv->style;
}

void
weft_chart_get_axis (WeftChart *self, WeftTimeAxis *axis)
{
  g_return_if_fail (WEFT_IS_CHART (self));

  WEFT_CHART_GET_CLASS (self)->get_axis (self, axis);
}

void
weft_chart_get_area (WeftChart *self, double *y, double *top, double *width, double *height)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);
  int title_height = weft_chart_get_title_height (self);

  g_return_if_fail (WEFT_IS_CHART (self));

  if (y != NULL)
    *y = title_height - gtk_adjustment_get_value (priv->adjustment);
  if (top != NULL)
    *top = title_height;
  if (width != NULL)
    *width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - WEFT_CHART_MARGIN, 0);
  if (height != NULL)
    *height = MAX (gtk_adjustment_get_upper (priv->adjustment), 0);
}

gboolean
weft_chart_get_pointer (WeftChart *self, double *x, double *y, double *rows_y)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);
  double area_y;

  g_return_val_if_fail (WEFT_IS_CHART (self), FALSE);

  weft_chart_get_area (self, &area_y, NULL, NULL, NULL);
  if (x != NULL)
    *x = priv->input.x;
  if (y != NULL)
    *y = priv->input.y;
  if (rows_y != NULL)
    *rows_y = priv->input.y - area_y;
  return priv->input.inside;
}

void
weft_chart_scroll_to (WeftChart *self, double y, double height)
{
  g_return_if_fail (WEFT_IS_CHART (self));

  gtk_adjustment_clamp_page (GET_PRIVATE (self)->adjustment, y, y + height);
}

gint64
weft_chart_get_described_time (WeftChart *self)
{
  WeftChartPrivate *priv = GET_PRIVATE (self);
  gint64 now_ns = weft_chart_get_frame (self)->now_ns;
  gint64 cursor_ns = priv->view != NULL ? weft_time_view_get_cursor (priv->view) : -1;

  g_return_val_if_fail (WEFT_IS_CHART (self), 0);

  return cursor_ns >= 0 && cursor_ns <= now_ns ? cursor_ns : now_ns;
}

guint
weft_chart_get_n_drawings (WeftChart *self)
{
  g_return_val_if_fail (WEFT_IS_CHART (self), 0);

  return GET_PRIVATE (self)->layers.n_drawings;
}
