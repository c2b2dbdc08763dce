/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-window-private.h"

/* What a workload's form shows at first. */
#define FIRST_PRESET "watch"

G_DEFINE_FINAL_TYPE (WeftWindow, weft_window, ADW_TYPE_APPLICATION_WINDOW)

static void
session_free (gpointer data)
{
  WeftSession *session = data;

  g_clear_object (&session->recording);
  g_free (session->run_summary);
  g_free (session);
}

static void
form_changed_cb (WeftWindow *self)
{
  weft_window_update_controls (self);
}

/* Gives @session a form with these values, in the place of the one it had. */
static void
set_form (WeftWindow *self, WeftSession *session, WeftParameters *parameters, const char *preset)
{
  if (session->form != NULL)
    gtk_stack_remove (self->forms, session->form);
  session->form = weft_parameter_form_new (parameters, preset);
  gtk_stack_add_named (self->forms, session->form, session->info->id);
  g_signal_connect_object (session->form, "changed", G_CALLBACK (form_changed_cb), self, G_CONNECT_SWAPPED);
}

static WeftSession *
get_session (WeftWindow *self, const WeftWorkloadInfo *info)
{
  WeftSession *session = g_hash_table_lookup (self->sessions, info);

  if (session == NULL)
    {
      const char *preset;
      g_autoptr (WeftParameters) parameters = weft_window_restore_parameters (info, &preset);

      if (parameters == NULL)
        {
          parameters = weft_parameters_new (info);
          preset = weft_parameters_apply_preset (parameters, FIRST_PRESET, NULL) ? FIRST_PRESET : NULL;
        }
      session = g_new0 (WeftSession, 1);
      session->info = info;
      g_hash_table_insert (self->sessions, (gpointer) info, session);
      set_form (self, session, parameters, preset);
    }
  return session;
}

static void
update_title (WeftWindow *self)
{
  WeftSession *session = self->session;
  g_autofree char *subtitle = NULL;
  g_autofree char *title = g_strdup_printf ("%s – Weft", session->info->title);

  if (session->recording != NULL)
    subtitle = g_strdup_printf ("%s · run %u", session->run_summary, session->n_runs);
  else
    subtitle = weft_parameter_form_dup_summary (WEFT_PARAMETER_FORM (session->form));
  adw_window_title_set_title (self->title, session->info->title);
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

/* What the workload is, and what it does: the first paragraph of what there is to see. */
static void
update_welcome (WeftWindow *self)
{
  const WeftWorkloadInfo *info = self->session->info;
  const char *end = strstr (info->see, "\n\n");
  g_autofree char *first = g_utf8_substring (info->summary, 0, 1);
  g_autofree char *upper = g_utf8_strup (first, -1);
  g_autofree char *does =
      end != NULL ? g_strndup (info->see, (gsize) (end - info->see)) : g_strdup (info->see);
  g_autofree char *title = g_markup_escape_text (info->title, -1);
  g_autofree char *description =
      g_markup_printf_escaped ("%s%s.\n\n%s", upper, g_utf8_next_char (info->summary), does);

  adw_status_page_set_title (ADW_STATUS_PAGE (self->welcome), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->welcome), description);
}

void
weft_window_show_session (WeftWindow *self)
{
  WeftSession *session = self->session;

  gtk_stack_set_visible_child (self->forms, session->form);
  gtk_label_set_text (self->see, session->info->see);
  if (weft_time_view_get_recording (weft_charts_get_view (self->charts)) != session->recording)
    weft_charts_set_recording (self->charts, session->recording);
  weft_result_panel_set_recording (self->result, session->recording);
  weft_status_line_set_recording (self->status, session->recording);
  update_welcome (self);
  weft_window_update_controls (self);
  weft_window_update_layout (self);
}

void
weft_window_update_controls (WeftWindow *self)
{
  WeftSession *session = self->session;
  gboolean running = self->control != NULL;
  gboolean live = running && self->running == session;
  gboolean paused = weft_time_view_get_paused (weft_charts_get_view (self->charts));
  const char *problem;
  g_autofree char *stop_text = NULL;

  if (session == NULL)
    return;
  problem = weft_parameter_form_get_problem (WEFT_PARAMETER_FORM (session->form));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.run", !running && problem == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.stop", running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.fit", session->recording != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.export", session->recording != NULL);
  gtk_widget_set_visible (self->run, !running);
  gtk_widget_set_visible (self->stop, running);
  gtk_widget_set_sensitive (self->pause, live || paused);
  gtk_widget_set_sensitive (self->follow, live);

  if (running && !live)
    {
      stop_text = g_strdup_printf ("Stop “%s”, which still runs (Ctrl+.)", self->running->info->title);
      problem = "Another workload is still running: stop it first.";
    }
  gtk_widget_set_tooltip_text (self->stop, stop_text != NULL ? stop_text : "Stop (Ctrl+.)");
  gtk_widget_set_tooltip_text (self->run, problem != NULL ? problem : "Run (Ctrl+R)");
  gtk_widget_set_tooltip_text (self->run_first, problem);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  problem != NULL ? problem : "", -1);
  update_title (self);
}

void
weft_window_show_section (WeftWindow *self, const char *name)
{
  if (g_str_equal (name, "parameters") || g_str_equal (name, "result") || g_str_equal (name, "see"))
    gtk_stack_set_visible_child_name (self->side_stack, name);
  adw_view_stack_set_visible_child_name (self->sections, name);
  weft_window_update_layout (self);
}

static void
toast_dismissed_cb (WeftWindow *self)
{
  self->toast = NULL;
}

/* What is still shown of something earlier is old news, so its toast tells this instead: a new one would wait until
 * that is gone. (It is not dismissed: libadwaita 1.2 crashes where that meets its animation.) */
void
weft_window_toast (WeftWindow *self, const char *text, const char *button, const char *action)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast = self->toast;

  if (toast == NULL)
    {
      toast = adw_toast_new (markup);
      adw_toast_set_timeout (toast, 4);
      g_signal_connect_object (toast, "dismissed", G_CALLBACK (toast_dismissed_cb), self, G_CONNECT_SWAPPED);
    }
  adw_toast_set_title (toast, markup);
  adw_toast_set_button_label (toast, button);
  adw_toast_set_action_name (toast, action);
  if (self->toast == NULL)
    adw_toast_overlay_add_toast (self->toasts, toast);
  self->toast = toast;
}

void
weft_window_show_failure (WeftWindow *self, const char *heading, const char *text)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", "_Close");
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
open_session (WeftWindow *self, const WeftWorkloadInfo *info, gboolean forward)
{
  WeftSession *session = get_session (self, info);

  if (self->session != session)
    {
      self->session = session;
      weft_window_show_session (self);
    }
  if (forward)
    adw_leaflet_set_visible_child_name (self->leaflet, "run");
}

static void
workload_selected_cb (WeftWindow *self, gpointer info, gboolean open)
{
  open_session (self, info, open);
}

static void
folded_cb (WeftWindow *self)
{
  weft_window_update_fold (self);
}

static void
narrow_cb (WeftWindow *self)
{
  weft_window_update_layout (self);
}

static void
section_cb (WeftWindow *self)
{
  if (self->session != NULL)
    weft_window_update_layout (self);
}

static void
log_moved_cb (WeftWindow *self)
{
  weft_window_note_border (self);
}

static void
log_space_changed_cb (WeftWindow *self)
{
  weft_window_place_log (self);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state,
                gpointer user_data)
{
  return weft_window_handle_key (WEFT_WINDOW (user_data), keyval, state);
}

static void
style_changed_cb (WeftWindow *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gboolean dark = adw_style_manager_get_dark (manager);

  if (adw_style_manager_get_high_contrast (manager))
    weft_charts_set_style (self->charts, dark ? WEFT_STYLE_DARK_CONTRAST : WEFT_STYLE_LIGHT_CONTRAST);
  else
    weft_charts_set_style (self->charts, dark ? WEFT_STYLE_DARK : WEFT_STYLE_LIGHT);
}

/* The charts have the property of the same name. */
static void
saving_cb (WeftWindow *self)
{
  gboolean saving;

  g_object_get (self->charts, "saving", &saving, NULL);
  weft_status_line_set_saving (self->status, saving);
}

static gboolean
weft_window_close_request (GtkWindow *window)
{
  weft_window_save (WEFT_WINDOW (window));
  /* What takes up to half a second is not seen. */
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
  weft_window_end_run_now (WEFT_WINDOW (window));
  return GTK_WINDOW_CLASS (weft_window_parent_class)->close_request (window);
}

static void
weft_window_dispose (GObject *object)
{
  WeftWindow *self = WEFT_WINDOW (object);

  weft_window_end_run_now (self);
  g_clear_handle_id (&self->place_log, g_source_remove);
  self->session = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (object), WEFT_TYPE_WINDOW);
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  G_OBJECT_CLASS (weft_window_parent_class)->dispose (object);
}

static void
weft_window_class_init (WeftWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  object_class->dispose = weft_window_dispose;
  window_class->close_request = weft_window_close_request;

  g_type_ensure (WEFT_TYPE_ADAPTIVE_BIN);
  g_type_ensure (WEFT_TYPE_CHARTS);
  g_type_ensure (WEFT_TYPE_LOG_VIEW);
  g_type_ensure (WEFT_TYPE_RESULT_PANEL);
  g_type_ensure (WEFT_TYPE_STATUS_LINE);
  g_type_ensure (WEFT_TYPE_WORKLOAD_LIST);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/weftapp/Weft/weft-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, catalogue_page);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, run_page);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, catalogue);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, catalogue_header);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, workloads);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, adaptive);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, header);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, back);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, controls);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, run);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, stop);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, pause);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, follow);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, export);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, run_first);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, charts);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, log_box);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, log);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, divider);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, side);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, side_switcher);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, side_stack);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, forms);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, result);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, see);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, status);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, narrow_bar);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, section_bar);
  gtk_widget_class_bind_template_child (widget_class, WeftWindow, sections);
  gtk_widget_class_bind_template_callback (widget_class, workload_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, section_cb);
  gtk_widget_class_bind_template_callback (widget_class, log_moved_cb);
  gtk_widget_class_bind_template_callback (widget_class, log_space_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  weft_window_install_actions (widget_class);
}

static void
weft_window_init (WeftWindow *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  WeftTimeView *view;

  self->placed_at = -1;
  self->sessions = g_hash_table_new_full (NULL, NULL, NULL, session_free);
  gtk_widget_init_template (GTK_WIDGET (self));

  view = weft_charts_get_view (self->charts);
  weft_log_view_set_view (self->log, view);
  g_object_bind_property (view, "paused", self->pause, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_object_bind_property (view, "follow", self->follow, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->charts, "notify::saving", G_CALLBACK (saving_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "notify::paused", G_CALLBACK (weft_window_update_controls), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "changed", G_CALLBACK (weft_window_place_log), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (style_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (style_changed_cb), self,
                           G_CONNECT_SWAPPED);
  style_changed_cb (self);

  weft_window_update_fold (self);
}

WeftWindow *
weft_window_new (AdwApplication *application)
{
  WeftWindow *self = g_object_new (WEFT_TYPE_WINDOW, "application", application, NULL);
  const WeftWorkloadInfo *last = weft_window_restore_workload ();

  g_object_bind_property (application, "saving", self->charts, "saving", G_BINDING_SYNC_CREATE);
  if (WEFT_IS_DEVELOPMENT)
    gtk_widget_add_css_class (GTK_WIDGET (self), "devel");
  weft_window_restore_size (self);
  self->session = get_session (self, last);
  weft_workload_list_select (self->workloads, last);
  weft_window_show_session (self);
  adw_leaflet_set_visible_child_name (self->leaflet, "catalogue");
  weft_workload_list_focus_selected (self->workloads);
  return self;
}

void
weft_window_open (WeftWindow *self, WeftParameters *parameters, const char *preset, gboolean run)
{
  const WeftWorkloadInfo *info;
  WeftSession *session;

  g_return_if_fail (WEFT_IS_WINDOW (self));

  if (parameters != NULL)
    {
      info = weft_parameters_get_workload (parameters);
      session = get_session (self, info);
      set_form (self, session, parameters, preset);
      open_session (self, info, TRUE);
      weft_workload_list_select (self->workloads, info);
      weft_window_show_session (self);
    }
  else
    adw_leaflet_set_visible_child_name (self->leaflet, "run");
  if (run)
    weft_window_start_run (self);
}
