/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-workload-list.h"

struct _WeftWorkloadList
{
  AdwBin parent_instance;

  GtkWidget *search;
  GtkWidget *list;

  char *needle;         /* casefolded, what is searched for; NULL: nothing */
  gboolean moving;      /* an arrow key is about to select a row */
  gboolean restricting; /* rows are being hidden: the selection that this moves was nobody's choice */
};

G_DEFINE_FINAL_TYPE (WeftWorkloadList, weft_workload_list, ADW_TYPE_BIN)

enum
{
  SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const WeftWorkloadInfo *
row_get_info (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "weft-info");
}

static GtkWidget *
row_get_mark (GtkListBoxRow *row)
{
  return gtk_widget_get_last_child (gtk_list_box_row_get_child (row));
}

static GtkWidget *
create_row (const WeftWorkloadInfo *info)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (info->title);
  GtkWidget *mark = gtk_image_new_from_icon_name ("media-record-symbolic");

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_set_visible (mark, FALSE);
  gtk_widget_set_tooltip_text (mark, "Running");
  gtk_accessible_update_property (GTK_ACCESSIBLE (mark), GTK_ACCESSIBLE_PROPERTY_LABEL, "Running", -1);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, info->summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, info->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, info->summary, -1);
  g_object_set_data (G_OBJECT (row), "weft-info", (gpointer) info);
  return row;
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  const char *group = row_get_info (row)->group;
  GtkWidget *label;

  if (before != NULL && g_str_equal (row_get_info (before)->group, group))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  if (gtk_list_box_row_get_header (row) != NULL)
    return;
  label = gtk_label_new (group);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "group");
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_list_box_row_set_header (row, label);
}

static gboolean
filter_row (GtkListBoxRow *row, gpointer user_data)
{
  WeftWorkloadList *self = user_data;
  const WeftWorkloadInfo *info = row_get_info (row);
  g_autofree char *all = NULL;
  g_autofree char *folded = NULL;

  if (self->needle == NULL)
    return TRUE;
  all = g_strjoin ("\n", info->id, info->title, info->summary, info->group, NULL);
  folded = g_utf8_casefold (all, -1);
  return strstr (folded, self->needle) != NULL;
}

static GtkListBoxRow *
find_row (WeftWorkloadList *self, const WeftWorkloadInfo *info)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    if (row_get_info (row) == info)
      return row;
  return NULL;
}

static void
row_selected_cb (WeftWorkloadList *self, GtkListBoxRow *row)
{
  if (row != NULL && !self->restricting)
    g_signal_emit (self, signals[SELECTED], 0, row_get_info (row), !self->moving);
}

static void
row_activated_cb (WeftWorkloadList *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[SELECTED], 0, row_get_info (row), TRUE);
}

static gboolean
before_move_cursor_cb (WeftWorkloadList *self)
{
  self->moving = TRUE;
  return FALSE;
}

static void
after_move_cursor_cb (WeftWorkloadList *self)
{
  self->moving = FALSE;
}

static void
search_changed_cb (WeftWorkloadList *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  g_clear_pointer (&self->needle, g_free);
  if (*trimmed != '\0')
    self->needle = g_utf8_casefold (trimmed, -1);
  self->restricting = TRUE;
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (self->list));
  gtk_list_box_invalidate_headers (GTK_LIST_BOX (self->list));
  self->restricting = FALSE;
}

/* Enter in the search entry opens the first workload that was found. */
static void
search_activate_cb (WeftWorkloadList *self)
{
  GtkListBoxRow *row;

  search_changed_cb (self);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row)))
      {
        gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
        row_activated_cb (self, row);
        return;
      }
}

static void
stop_search_cb (WeftWorkloadList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  search_changed_cb (self);
}

static void
weft_workload_list_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WEFT_TYPE_WORKLOAD_LIST);
  G_OBJECT_CLASS (weft_workload_list_parent_class)->dispose (object);
}

static void
weft_workload_list_finalize (GObject *object)
{
  g_free (WEFT_WORKLOAD_LIST (object)->needle);
  G_OBJECT_CLASS (weft_workload_list_parent_class)->finalize (object);
}

static void
weft_workload_list_class_init (WeftWorkloadListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weft_workload_list_dispose;
  object_class->finalize = weft_workload_list_finalize;

  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/weftapp/Weft/weft-workload-list.ui");
  gtk_widget_class_bind_template_child (widget_class, WeftWorkloadList, search);
  gtk_widget_class_bind_template_child (widget_class, WeftWorkloadList, list);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, before_move_cursor_cb);
  gtk_widget_class_bind_template_callback (widget_class, after_move_cursor_cb);
}

/* Tab would go from row to row, and so open one workload after another. It is to leave the list; the
 * arrow keys stay within it. */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType modifiers,
                gpointer user_data)
{
  WeftWorkloadList *self = user_data;
  gboolean moved;

  if ((key != GDK_KEY_Tab && key != GDK_KEY_ISO_Left_Tab)
      || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  /* Without this, the focus would find the next row. */
  gtk_widget_set_can_focus (self->list, FALSE);
  moved = gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (self->list)),
                                  key == GDK_KEY_Tab ? GTK_DIR_TAB_FORWARD : GTK_DIR_TAB_BACKWARD);
  gtk_widget_set_can_focus (self->list, TRUE);
  return moved;
}

static void
weft_workload_list_init (WeftWorkloadList *self)
{
  const WeftCatalogue *catalogue = weft_catalogue_get ();
  guint n_workloads = weft_catalogue_get_n_workloads (catalogue);
  GtkEventController *keys;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (GTK_LIST_BOX (self->list), update_header, NULL, NULL);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), filter_row, self, NULL);
  keys = gtk_event_controller_key_new ();
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (self->list, keys);
  for (guint i = 0; i < n_workloads; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), create_row (weft_catalogue_get_workload (catalogue, i)));
}

void
weft_workload_list_select (WeftWorkloadList *self, const WeftWorkloadInfo *info)
{
  GtkListBoxRow *row;

  g_return_if_fail (WEFT_IS_WORKLOAD_LIST (self));
  g_return_if_fail (info != NULL);

  row = find_row (self, info);
  g_return_if_fail (row != NULL);
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
}

void
weft_workload_list_set_running (WeftWorkloadList *self, const WeftWorkloadInfo *info)
{
  GtkListBoxRow *row;

  g_return_if_fail (WEFT_IS_WORKLOAD_LIST (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    gtk_widget_set_visible (row_get_mark (row), info != NULL && row_get_info (row) == info);
}

void
weft_workload_list_focus_search (WeftWorkloadList *self)
{
  g_return_if_fail (WEFT_IS_WORKLOAD_LIST (self));

  gtk_widget_grab_focus (self->search);
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

void
weft_workload_list_focus_selected (WeftWorkloadList *self)
{
  GtkListBoxRow *row;

  g_return_if_fail (WEFT_IS_WORKLOAD_LIST (self));

  row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}
