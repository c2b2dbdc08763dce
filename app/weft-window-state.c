/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window comes back as it was left: its size, its parts, the workload, and what the forms hold.
 */
#include "weft-settings.h"
#include "weft-window-private.h"

/* For each workload its preset, and the parameters that were set besides. */
#define FORMS_TYPE "a{s(sa{ss})}"
#define FORM_TYPE "(sa{ss})"

void
weft_window_restore_size (WeftWindow *self)
{
  GSettings *settings = weft_settings_get ();

  if (settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  self->log_height = g_settings_get_int (settings, "log-height");
  gtk_widget_set_visible (self->catalogue, g_settings_get_boolean (settings, "show-workloads"));
  weft_window_update_fold (self);
}

const WeftWorkloadInfo *
weft_window_restore_workload (void)
{
  const WeftCatalogue *catalogue = weft_catalogue_get ();
  GSettings *settings = weft_settings_get ();
  const WeftWorkloadInfo *info = NULL;
  g_autofree char *id = NULL;

  if (settings != NULL)
    {
      id = g_settings_get_string (settings, "workload");
      info = *id != '\0' ? weft_catalogue_find (catalogue, id, NULL) : NULL;
    }
  return info != NULL ? info : weft_catalogue_get_workload (catalogue, 0);
}

/* What was written by another version may name what this one lacks, or does not allow any more: that
 * is passed over. */
WeftParameters *
weft_window_restore_parameters (const WeftWorkloadInfo *info, const char **preset)
{
  GSettings *settings = weft_settings_get ();
  g_autoptr (WeftParameters) parameters = NULL;
  g_autoptr (GVariant) forms = NULL;
  g_autoptr (GVariant) form = NULL;
  g_autoptr (GVariantIter) values = NULL;
  const char *preset_name, *name, *text;

  *preset = NULL;
  if (settings == NULL)
    return NULL;
  forms = g_settings_get_value (settings, "parameters");
  form = g_variant_lookup_value (forms, info->id, G_VARIANT_TYPE (FORM_TYPE));
  if (form == NULL)
    return NULL;
  g_variant_get (form, "(&sa{ss})", &preset_name, &values);
  parameters = weft_parameters_new (info);
  if (*preset_name != '\0')
    {
      const WeftPresetInfo *found = weft_workload_info_find_preset (info, preset_name, NULL);

      if (found == NULL || !weft_parameters_apply_preset (parameters, found->name, NULL))
        return NULL;
      *preset = found->name;
    }
  while (g_variant_iter_next (values, "{&s&s}", &name, &text))
    weft_parameters_set (parameters, name, text, NULL);
  return weft_parameters_check (parameters, NULL, NULL) ? g_steal_pointer (&parameters) : NULL;
}

static GVariant *
describe_form (WeftSession *session)
{
  WeftParameterForm *form = WEFT_PARAMETER_FORM (session->form);
  g_autoptr (WeftParameters) parameters = weft_parameter_form_dup_parameters (form);
  const char *preset = weft_parameter_form_get_preset (form);
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < session->info->n_parameters; i++)
    {
      const char *name = session->info->parameters[i].name;
      g_autofree char *text = weft_parameters_dup_text (parameters, name);

      if (weft_parameters_is_set (parameters, name))
        g_variant_builder_add (&values, "{ss}", name, text);
    }
  return g_variant_new (FORM_TYPE, preset != NULL ? preset : "", &values);
}

/* The forms of this window in the place of what was known of them; those that it never showed stay. */
static GVariant *
describe_forms (WeftWindow *self, GSettings *settings)
{
  g_autoptr (GVariant) known = g_settings_get_value (settings, "parameters");
  GVariantDict dict;
  GVariantIter iter;
  GVariantBuilder builder;
  const char *id;
  GVariant *form;
  gpointer session;
  GHashTableIter sessions;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (FORMS_TYPE));
  g_variant_dict_init (&dict, NULL);
  g_hash_table_iter_init (&sessions, self->sessions);
  while (g_hash_table_iter_next (&sessions, NULL, &session))
    {
      const char *shown = ((WeftSession *) session)->info->id;
      g_autoptr (GVariant) described = g_variant_ref_sink (describe_form (session));

      g_variant_builder_add (&builder, "{s@" FORM_TYPE "}", shown, described);
      g_variant_dict_insert (&dict, shown, "b", TRUE);
    }
  g_variant_iter_init (&iter, known);
  while (g_variant_iter_next (&iter, "{&s@" FORM_TYPE "}", &id, &form))
    {
      if (!g_variant_dict_contains (&dict, id))
        g_variant_builder_add (&builder, "{s@" FORM_TYPE "}", id, form);
      g_variant_unref (form);
    }
  g_variant_dict_clear (&dict);
  return g_variant_builder_end (&builder);
}

void
weft_window_save (WeftWindow *self)
{
  GSettings *settings = weft_settings_get ();
  int width, height;

  if (settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_delay (settings);
  g_settings_set_int (settings, "window-width", width);
  g_settings_set_int (settings, "window-height", height);
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  /* Where it stands above the run it is always there, and that says nothing. */
  if (!adw_leaflet_get_folded (self->leaflet))
    g_settings_set_boolean (settings, "show-workloads", gtk_widget_get_visible (self->catalogue));
  g_settings_set_int (settings, "log-height", weft_window_get_log_height (self));
  g_settings_set_string (settings, "workload", self->session->info->id);
  g_settings_set_value (settings, "parameters", describe_forms (self, settings));
  g_settings_apply (settings);
}
