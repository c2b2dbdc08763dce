/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-charts.h"

#include "weft-cores-chart.h"
#include "weft-hover-card.h"
#include "weft-legend.h"
#include "weft-overview.h"
#include "weft-queues-chart.h"
#include "weft-time-ruler.h"
#include "weft-timeline-chart.h"
#include "weft-view-keys.h"

/* How often a live run is looked at when it is not followed, and whenever power is saved. */
#define POLL_INTERVAL_MS 200
#define SAVING_INTERVAL_S 1

/* Polls without news after the end of a run, before nothing more is expected. */
#define QUIET_POLLS 5

/* Around the column, px. */
#define EDGE 4

typedef enum
{
  CHART_OVERVIEW,
  CHART_RULER,
  CHART_CORES,
  CHART_TIMELINE,
  CHART_LEGEND,
  CHART_QUEUES,
  N_CHARTS
} ChartIndex;

struct _WeftCharts
{
  GtkWidget parent_instance;

  WeftTimeView *view;
  WeftStyleScheme scheme;

  GtkWidget *overlay;
  GtkWidget *charts[N_CHARTS];
  GtkWidget *card;
  WeftChart *pointed; /* the chart under the pointer; not owned */

  gboolean saving;

  guint tick_id;
  guint poll_id;
  guint n_quiet; /* polls since the run's end, without news */
  guint64 polled_serial;
};

enum
{
  PROP_0,
  PROP_VIEW,
  PROP_SCHEME,
  PROP_SAVING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WeftCharts, weft_charts, GTK_TYPE_WIDGET)

static int
get_plot_width (WeftCharts *self)
{
  WeftTimeAxis axis;

  weft_chart_get_axis (WEFT_CHART (self->charts[CHART_TIMELINE]), &axis);
  return (int) axis.width;
}

/* ── time goes on ── */

static void
advance (WeftCharts *self)
{
  weft_time_view_advance (self->view, get_plot_width (self), gtk_widget_get_scale_factor (GTK_WIDGET (self)));
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  advance (WEFT_CHARTS (widget));
  return G_SOURCE_CONTINUE;
}

static gboolean
is_open (WeftCharts *self)
{
  WeftRecording *recording = weft_time_view_get_recording (self->view);

  return recording != NULL
         && (weft_time_view_get_frame (self->view)->live
             || weft_recording_get_outcome (recording) == WEFT_OUTCOME_RUNNING);
}

static gboolean
poll_cb (gpointer data)
{
  WeftCharts *self = data;
  guint64 serial;

  advance (self);

  serial = weft_time_view_get_frame (self->view)->serial;
  if (is_open (self) || serial != self->polled_serial)
    self->n_quiet = 0;
  else
    self->n_quiet++;
  self->polled_serial = serial;

  if (self->n_quiet < QUIET_POLLS)
    return G_SOURCE_CONTINUE;
  self->poll_id = 0;
  return G_SOURCE_REMOVE;
}

/* Each display frame while the picture follows a live run, unless power is to be saved; now and then while
 * there is a run that may still change; else never. */
static void
update_clock (WeftCharts *self)
{
  const WeftFrame *frame = weft_time_view_get_frame (self->view);
  gboolean watches = frame->recording != NULL && !weft_time_view_get_paused (self->view);
  gboolean ticks = watches && frame->live && !self->saving && weft_time_view_get_follow (self->view)
                   && gtk_widget_get_mapped (GTK_WIDGET (self));
  gboolean polls = watches && !ticks && (is_open (self) || self->n_quiet < QUIET_POLLS);

  if (ticks && self->tick_id == 0)
    {
      self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
    }
  else if (!ticks && self->tick_id != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
      self->tick_id = 0;
    }

  if (polls && self->poll_id == 0)
    self->poll_id = self->saving ? g_timeout_add_seconds (SAVING_INTERVAL_S, poll_cb, self)
                                 : g_timeout_add (POLL_INTERVAL_MS, poll_cb, self);
  else if (!polls)
    g_clear_handle_id (&self->poll_id, g_source_remove);
}

static void
set_saving (WeftCharts *self, gboolean saving)
{
  if (self->saving == saving)
    return;
  self->saving = saving;
  /* It comes at another pace from now on. */
  g_clear_handle_id (&self->poll_id, g_source_remove);
  update_clock (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAVING]);
}

/* ── the card ── */

static void
append_lines (GString *text, const char *lines)
{
  if (lines == NULL || *lines == '\0')
    return;
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, lines);
}

/* What holds at the cursor on all charts; most of all on the one that is pointed at. */
static char *
dup_card_text (WeftCharts *self, const WeftFrame *frame, gint64 cursor_ns, gint64 pixel_ns)
{
  GString *text = g_string_new (NULL);
  g_autofree char *cores = weft_cores_plot_describe (frame, cursor_ns);
  g_autofree char *lanes = NULL;
  int lane = -1;
  double rows_y;

  if (self->pointed == WEFT_CHART (self->charts[CHART_TIMELINE]))
    {
      weft_chart_get_pointer (self->pointed, NULL, NULL, &rows_y);
      lane = weft_timeline_plot_pick (frame, rows_y);
    }
  else if (self->pointed == NULL)
    {
      lane = weft_time_view_get_selected_lane (self->view);
    }
  if (lane >= (int) frame->n_lanes)
    lane = -1;

  lanes = weft_timeline_plot_describe (frame, lane, cursor_ns, lane >= 0 ? pixel_ns : 0);
  append_lines (text, lanes);

  /* One line for all cores, unless they are what is looked at. */
  if (self->pointed != WEFT_CHART (self->charts[CHART_CORES]) && strchr (cores, '\n') != NULL)
    *strchr (cores, '\n') = '\0';
  append_lines (text, cores);

  if (gtk_widget_get_visible (self->charts[CHART_QUEUES]))
    {
      g_autofree char *queues = weft_queues_plot_describe (frame, cursor_ns);

      append_lines (text, queues);
    }
  return g_string_free (text, FALSE);
}

static gboolean
has_focus (WeftCharts *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));
}

static void
update_card (WeftCharts *self)
{
  const WeftFrame *frame = weft_time_view_get_frame (self->view);
  gint64 cursor_ns = weft_time_view_get_cursor (self->view);
  GtkWidget *chart = self->charts[CHART_TIMELINE];
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  WeftTimeAxis axis;
  double x;
  double y = 0;

  if (self->pointed != NULL)
    chart = GTK_WIDGET (self->pointed);
  weft_chart_get_axis (WEFT_CHART (chart), &axis);
  x = weft_time_axis_to_x (&axis, cursor_ns);
  if (frame->recording == NULL || cursor_ns < 0 || cursor_ns > frame->now_ns || x < axis.x
      || x > axis.x + axis.width || (self->pointed == NULL && !has_focus (self)))
    {
      weft_hover_card_hide (WEFT_HOVER_CARD (self->card));
      return;
    }

  if (self->pointed != NULL)
    weft_chart_get_pointer (self->pointed, NULL, &y, NULL);
  gtk_widget_translate_coordinates (chart, self->card, x, y, &x, &y);

  title = weft_time_dup_label (cursor_ns, weft_time_axis_get_step (&axis, 1));
  text = dup_card_text (self, frame, cursor_ns, (gint64) ((axis.end_ns - axis.begin_ns) / axis.width));
  weft_hover_card_show (WEFT_HOVER_CARD (self->card), title, text, x, y);
}

static void
pointer_moved_cb (WeftCharts *self, WeftChart *chart)
{
  if (weft_chart_get_pointer (chart, NULL, NULL, NULL))
    self->pointed = chart;
  else if (self->pointed == chart)
    self->pointed = NULL;
  update_card (self);
}

/* ── the view ── */

static void
changed_cb (WeftCharts *self)
{
  const WeftFrame *frame = weft_time_view_get_frame (self->view);

  gtk_widget_set_visible (self->charts[CHART_QUEUES],
                          frame->recording != NULL && weft_queues_plot_get_height (frame) > 0);
  update_card (self);
  update_clock (self);
}

static void
recording_cb (WeftCharts *self)
{
  self->n_quiet = 0;
}

static gboolean
key_pressed_cb (WeftCharts *self, guint keyval, guint keycode, GdkModifierType state)
{
  return weft_charts_handle_key (self, keyval, state);
}

static void
weft_charts_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weft_charts_parent_class)->map (widget);
  update_clock (WEFT_CHARTS (widget));
}

static void
weft_charts_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weft_charts_parent_class)->unmap (widget);
  update_clock (WEFT_CHARTS (widget));
}

static void
weft_charts_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeftCharts *self = WEFT_CHARTS (object);

  switch (prop_id)
    {
    case PROP_VIEW:
      g_value_set_object (value, self->view);
      break;
    case PROP_SCHEME:
      g_value_set_int (value, (int) self->scheme);
      break;
    case PROP_SAVING:
      g_value_set_boolean (value, self->saving);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_charts_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SCHEME:
      weft_charts_set_style (WEFT_CHARTS (object), (WeftStyleScheme) g_value_get_int (value));
      break;
    case PROP_SAVING:
      set_saving (WEFT_CHARTS (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_charts_dispose (GObject *object)
{
  WeftCharts *self = WEFT_CHARTS (object);

  g_clear_handle_id (&self->poll_id, g_source_remove);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (self->view, self);
  for (guint i = 0; i < N_CHARTS; i++)
    if (self->charts[i] != NULL)
      g_signal_handlers_disconnect_by_data (self->charts[i], self);
  self->pointed = NULL;
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  G_OBJECT_CLASS (weft_charts_parent_class)->dispose (object);
}

/* The view outlives the widgets that a screen reader or a binding may still hold. */
static void
weft_charts_finalize (GObject *object)
{
  g_clear_object (&WEFT_CHARTS (object)->view);
  G_OBJECT_CLASS (weft_charts_parent_class)->finalize (object);
}

static void
weft_charts_class_init (WeftChartsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = weft_charts_get_property;
  object_class->set_property = weft_charts_set_property;
  object_class->dispose = weft_charts_dispose;
  object_class->finalize = weft_charts_finalize;
  widget_class->map = weft_charts_map;
  widget_class->unmap = weft_charts_unmap;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "weftcharts");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  properties[PROP_VIEW] = g_param_spec_object ("view", NULL, NULL, WEFT_TYPE_TIME_VIEW,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SCHEME] =
      g_param_spec_int ("scheme", NULL, NULL, WEFT_STYLE_LIGHT, WEFT_STYLE_DARK_CONTRAST, WEFT_STYLE_LIGHT,
                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_SAVING] =
      g_param_spec_boolean ("saving", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_charts_init (WeftCharts *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->view = weft_time_view_new ();
  self->charts[CHART_OVERVIEW] = weft_overview_new (self->view);
  self->charts[CHART_RULER] = weft_time_ruler_new (self->view);
  self->charts[CHART_CORES] = weft_cores_chart_new (self->view);
  self->charts[CHART_TIMELINE] = weft_timeline_chart_new (self->view);
  self->charts[CHART_LEGEND] = weft_legend_new (self->view);
  self->charts[CHART_QUEUES] = weft_queues_chart_new (self->view);
  for (guint i = 0; i < N_CHARTS; i++)
    {
      gtk_box_append (GTK_BOX (column), self->charts[i]);
      g_signal_connect_swapped (self->charts[i], "pointer-moved", G_CALLBACK (pointer_moved_cb), self);
    }
  gtk_widget_set_margin_start (column, EDGE);
  gtk_widget_set_margin_top (column, EDGE);
  gtk_widget_set_margin_bottom (column, EDGE);

  /* Each chart is as high as its rows, so that they stand together. Where that is too much, the timeline
   * gives way first, being the highest, and scrolls; then the column does. Fingers pan the charts. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_kinetic_scrolling (GTK_SCROLLED_WINDOW (scrolled), FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), column);

  self->card = weft_hover_card_new ();
  self->overlay = gtk_overlay_new ();
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), scrolled);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->card);
  gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));

  /* Before the scrolled window takes the page keys. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);

  g_signal_connect_swapped (self->view, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (self->view, "notify::recording", G_CALLBACK (recording_cb), self);
  changed_cb (self);
}

GtkWidget *
weft_charts_new (void)
{
  return g_object_new (WEFT_TYPE_CHARTS, NULL);
}

WeftTimeView *
weft_charts_get_view (WeftCharts *self)
{
  g_return_val_if_fail (WEFT_IS_CHARTS (self), NULL);

  return self->view;
}

void
weft_charts_set_recording (WeftCharts *self, WeftRecording *recording)
{
  g_return_if_fail (WEFT_IS_CHARTS (self));

  weft_time_view_set_recording (self->view, recording);
}

void
weft_charts_set_style (WeftCharts *self, WeftStyleScheme scheme)
{
  g_return_if_fail (WEFT_IS_CHARTS (self));

  if (self->scheme == scheme)
    return;
  self->scheme = scheme;
  for (guint i = 0; i < N_CHARTS; i++)
    weft_chart_set_scheme (WEFT_CHART (self->charts[i]), scheme);
  weft_hover_card_set_scheme (WEFT_HOVER_CARD (self->card), scheme);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCHEME]);
}

WeftStyleScheme
weft_charts_get_style (WeftCharts *self)
{
  g_return_val_if_fail (WEFT_IS_CHARTS (self), WEFT_STYLE_LIGHT);

  return self->scheme;
}

gboolean
weft_charts_handle_key (WeftCharts *self, guint keyval, GdkModifierType state)
{
  g_return_val_if_fail (WEFT_IS_CHARTS (self), FALSE);

  return weft_view_keys_handle (self->view, keyval, state, get_plot_width (self));
}
