/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-window-private.h"

#include "weft-plot.h"

static void
run_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  weft_window_start_run (WEFT_WINDOW (widget));
}

static void
stop_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  weft_window_stop_run (WEFT_WINDOW (widget));
}

static void
fit_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  weft_time_view_fit (weft_charts_get_view (WEFT_WINDOW (widget)->charts));
}

static void
show_result_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  weft_window_show_section (WEFT_WINDOW (widget), "result");
}

/* The catalogue: beside the run it is hidden and shown, above it it is gone to and back from. */
static void
sidebar_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WeftWindow *self = WEFT_WINDOW (widget);

  if (adw_leaflet_get_folded (self->leaflet))
    {
      gboolean on_run = g_strcmp0 (adw_leaflet_get_visible_child_name (self->leaflet), "run") == 0;

      adw_leaflet_set_visible_child_name (self->leaflet, on_run ? "catalogue" : "run");
      return;
    }
  gtk_widget_set_visible (self->catalogue, !gtk_widget_get_visible (self->catalogue));
  weft_window_update_fold (self);
}

static void
search_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WeftWindow *self = WEFT_WINDOW (widget);

  gtk_widget_set_visible (self->catalogue, TRUE);
  adw_leaflet_set_visible_child_name (self->leaflet, "catalogue");
  weft_window_update_fold (self);
  weft_workload_list_focus_search (self->workloads);
}

/* One filter for all formats: the ending that is typed chooses among them. */
static GtkFileFilter *
create_picture_filter (void)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, "Pictures (.png, .svg, .pdf)");
  gtk_file_filter_add_pattern (filter, "*.png");
  gtk_file_filter_add_pattern (filter, "*.svg");
  gtk_file_filter_add_pattern (filter, "*.pdf");
  return filter;
}

static void
save_picture (WeftWindow *self, WeftRecording *recording, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *saved = g_strdup_printf ("Saved %s", name);
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    {
      g_autofree char *uri = g_file_get_uri (file);

      g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s is not a place on this computer: choose a local folder.", uri);
    }
  if (path != NULL && weft_picture_save (recording, path, &error))
    weft_window_toast (self, saved, NULL, NULL);
  else
    weft_window_show_failure (self, "The picture was not saved", error->message);
}

static void
export_response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  WeftWindow *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      save_picture (self, g_object_get_data (G_OBJECT (dialog), "weft-recording"), file);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
export_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WeftWindow *self = WEFT_WINDOW (widget);
  GtkFileChooserNative *dialog;
  g_autofree char *file_name = NULL;
  g_autoptr (GtkFileFilter) filter = create_picture_filter ();

  g_return_if_fail (self->session != NULL && self->session->recording != NULL);

  file_name = g_strdup_printf ("weft-%s-run-%u.png", self->session->info->id, self->session->n_runs);
  dialog = gtk_file_chooser_native_new ("Export Picture", GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                        "_Export", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), file_name);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  g_object_set_data_full (G_OBJECT (dialog), "weft-recording", g_object_ref (self->session->recording),
                          g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (export_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Made when it is asked for: GTK would make its own help overlay with every window, before the first frame. */
static void
shortcuts_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/io/github/weftapp/Weft/weft-shortcuts.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (widget));
  gtk_window_present (shortcuts);
}

void
weft_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.run", NULL, run_cb);
  gtk_widget_class_install_action (widget_class, "win.stop", NULL, stop_cb);
  gtk_widget_class_install_action (widget_class, "win.fit", NULL, fit_cb);
  gtk_widget_class_install_action (widget_class, "win.show-result", NULL, show_result_cb);
  gtk_widget_class_install_action (widget_class, "win.sidebar", NULL, sidebar_cb);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, export_cb);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, shortcuts_cb);
}

static void
flip (GtkWidget *toggle)
{
  if (gtk_widget_is_sensitive (toggle))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle),
                                  !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggle)));
}

/* Keys that mean something wherever the focus is, as long as what has it does not want them: an entry
 * takes its letters before they come here. */
gboolean
weft_window_handle_key (WeftWindow *self, guint keyval, GdkModifierType state)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0
      || !gtk_widget_get_mapped (GTK_WIDGET (self->charts)))
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
      flip (self->pause);
      return TRUE;
    case GDK_KEY_l:
    case GDK_KEY_L:
      flip (self->follow);
      return TRUE;
    /* These move the focus, or the selection in a list; the charts take them when they have it. */
    case GDK_KEY_Left:
    case GDK_KEY_Right:
    case GDK_KEY_Up:
    case GDK_KEY_Down:
    case GDK_KEY_Home:
    case GDK_KEY_Page_Up:
    case GDK_KEY_Page_Down:
      return FALSE;
    default:
      return weft_charts_handle_key (self->charts, keyval, state);
    }
}
