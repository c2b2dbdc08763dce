/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-log-view.h"

#include "weft-chart-text.h"
#include "weft-log-item.h"
#include "weft-log-model.h"

/* Lines come at most this often: a list that grows more often is not read any faster. */
#define GROW_INTERVAL_MS 100

/* This near to its end, px, the list is at its end. */
#define END_DISTANCE 24

struct _WeftLogView
{
  GtkWidget parent_instance;

  WeftTimeView *view;
  GSignalGroup *view_signals;
  WeftLogModel *model;
  GtkSingleSelection *selection;
  GtkWidget *scrolled;
  GtkWidget *list;

  guint grow_id;                 /* timeout: no more lines before it */
  guint scroll_id;               /* idle: goes to the end */
  gboolean at_end;               /* the person has not scrolled away from the end */
  double last_value, last_upper; /* of the adjustment */
};

enum
{
  PROP_0,
  PROP_VIEW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WeftLogView, weft_log_view, GTK_TYPE_WIDGET)

static void
setup_cb (WeftLogView *self, GtkListItem *list_item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *time = gtk_label_new (NULL);
  GtkWidget *text = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (time), 1);
  gtk_label_set_width_chars (GTK_LABEL (time), 10);
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (time, "monospace");
  gtk_box_append (GTK_BOX (row), time);

  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_add_css_class (text, "monospace");
  gtk_box_append (GTK_BOX (row), text);

  gtk_list_item_set_child (list_item, row);
}

static void
bind_cb (WeftLogView *self, GtkListItem *list_item)
{
  WeftLogItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *time = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *text = gtk_widget_get_next_sibling (time);
  g_autofree char *time_text = weft_chart_text_dup_time (weft_log_item_get_time (item));
  g_autofree char *line = weft_log_item_dup_text (item);

  gtk_label_set_label (GTK_LABEL (time), time_text);
  gtk_label_set_label (GTK_LABEL (text), line);
}

static void
go_to_item (WeftLogView *self, WeftLogItem *item)
{
  if (item == NULL || self->view == NULL
      || weft_log_model_get_recording (self->model) != weft_time_view_get_recording (self->view))
    return;

  weft_time_view_set_selected_lane (self->view, weft_log_item_get_lane (item));
  weft_time_view_go_to (self->view, weft_log_item_get_time (item));
}

static void
selected_cb (WeftLogView *self)
{
  go_to_item (self, gtk_single_selection_get_selected_item (self->selection));
}

static void
activated_cb (WeftLogView *self, guint position)
{
  g_autoptr (WeftLogItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  go_to_item (self, item);
}

static gboolean
is_at_end (WeftLogView *self)
{
  return self->at_end && self->view != NULL && weft_time_view_get_follow (self->view);
}

static gboolean
scroll_cb (gpointer data)
{
  WeftLogView *self = data;
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  self->scroll_id = 0;
  if (n_items > 0 && is_at_end (self))
    gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", n_items - 1);
  return G_SOURCE_REMOVE;
}

/* The list knows where a row is only after the next layout, which an idle function comes after. */
static void
queue_scroll (WeftLogView *self)
{
  if (self->scroll_id == 0 && is_at_end (self))
    self->scroll_id = g_idle_add (scroll_cb, self);
}

static void
grow (WeftLogView *self)
{
  WeftRecording *recording = self->view != NULL ? weft_time_view_get_recording (self->view) : NULL;
  guint64 n_entries = recording != NULL ? weft_time_view_get_frame (self->view)->n_log : 0;

  if (weft_log_model_get_recording (self->model) != recording)
    self->at_end = TRUE;
  weft_log_model_set (self->model, recording, n_entries);
  queue_scroll (self);
}

static gboolean
is_grown (WeftLogView *self)
{
  WeftRecording *recording = self->view != NULL ? weft_time_view_get_recording (self->view) : NULL;

  return weft_log_model_get_recording (self->model) == recording
         && (recording == NULL
             || weft_time_view_get_frame (self->view)->n_log
                    == g_list_model_get_n_items (G_LIST_MODEL (self->model)));
}

static gboolean
grow_cb (gpointer data)
{
  WeftLogView *self = data;

  if (is_grown (self))
    {
      self->grow_id = 0;
      return G_SOURCE_REMOVE;
    }
  grow (self);
  return G_SOURCE_CONTINUE;
}

static void
changed_cb (WeftLogView *self)
{
  if (is_grown (self) || self->grow_id != 0)
    return;
  grow (self);
  self->grow_id = g_timeout_add (GROW_INTERVAL_MS, grow_cb, self);
}

/* Back to the present: the log, too. */
static void
follow_cb (WeftLogView *self)
{
  if (!weft_time_view_get_follow (self->view))
    return;
  self->at_end = TRUE;
  queue_scroll (self);
}

static void
scrolled_cb (WeftLogView *self, GtkAdjustment *adjustment)
{
  double value = gtk_adjustment_get_value (adjustment);
  double upper = gtk_adjustment_get_upper (adjustment);

  /* The list itself moves the value too, when it learns how high its rows are. Only a person goes back
   * in a list that is as high as before. */
  if (upper - gtk_adjustment_get_page_size (adjustment) - value <= END_DISTANCE)
    self->at_end = TRUE;
  else if (value < self->last_value && upper == self->last_upper)
    self->at_end = FALSE;
  self->last_value = value;
  self->last_upper = upper;
}

static void
weft_log_view_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VIEW:
      g_value_set_object (value, WEFT_LOG_VIEW (object)->view);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_log_view_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VIEW:
      weft_log_view_set_view (WEFT_LOG_VIEW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_log_view_dispose (GObject *object)
{
  WeftLogView *self = WEFT_LOG_VIEW (object);

  g_clear_handle_id (&self->grow_id, g_source_remove);
  g_clear_handle_id (&self->scroll_id, g_source_remove);
  g_clear_object (&self->view_signals);
  g_clear_object (&self->view);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (weft_log_view_parent_class)->dispose (object);
}

static void
weft_log_view_class_init (WeftLogViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = weft_log_view_get_property;
  object_class->set_property = weft_log_view_set_property;
  object_class->dispose = weft_log_view_dispose;

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "weftlog");

  properties[PROP_VIEW] =
      g_param_spec_object ("view", NULL, NULL, WEFT_TYPE_TIME_VIEW,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_log_view_init (WeftLogView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->at_end = TRUE;
  self->model = weft_log_model_new ();
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  self->list = gtk_list_view_new (g_object_ref (GTK_SELECTION_MODEL (self->selection)), factory);
  g_signal_connect_object (self->list, "activate", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, "Log", -1);

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->list);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)),
                           "value-changed", G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)),
                           "changed", G_CALLBACK (queue_scroll), self, G_CONNECT_SWAPPED);

  self->view_signals = g_signal_group_new (WEFT_TYPE_TIME_VIEW);
  g_signal_group_connect_swapped (self->view_signals, "changed", G_CALLBACK (changed_cb), self);
  g_signal_group_connect_swapped (self->view_signals, "notify::follow", G_CALLBACK (follow_cb), self);
}

GtkWidget *
weft_log_view_new (WeftTimeView *view)
{
  return g_object_new (WEFT_TYPE_LOG_VIEW, "view", view, NULL);
}

void
weft_log_view_set_view (WeftLogView *self, WeftTimeView *view)
{
  g_return_if_fail (WEFT_IS_LOG_VIEW (self));
  g_return_if_fail (view == NULL || WEFT_IS_TIME_VIEW (view));

  if (!g_set_object (&self->view, view))
    return;
  g_signal_group_set_target (self->view_signals, view);
  changed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VIEW]);
}

WeftTimeView *
weft_log_view_get_view (WeftLogView *self)
{
  g_return_val_if_fail (WEFT_IS_LOG_VIEW (self), NULL);

  return self->view;
}
