/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-parameter-form.h"

#include "weft-parameter-row.h"

/* How many parameters the summary in the title names. */
#define N_NAMED 3

struct _WeftParameterForm
{
  AdwBin parent_instance;

  GtkWidget *preset_list;
  GtkWidget *preset;
  GtkWidget *preset_help;
  GtkWidget *reset;
  GtkWidget *rows;

  const WeftWorkloadInfo *info;
  WeftParameters *parameters; /* the last value of each parameter that was valid by itself */
  GPtrArray *fields;          /* of WeftParameterRow, as the workload's parameters */
  char *problem;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WeftParameterForm, weft_parameter_form, ADW_TYPE_BIN)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static WeftParameterRow *
find_field (WeftParameterForm *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      WeftParameterRow *row = g_ptr_array_index (self->fields, i);

      if (g_str_equal (weft_parameter_row_get_info (row)->name, name))
        return row;
    }
  return NULL;
}

/* What parameter @name would be had it not been set here. */
static char *
dup_original (WeftParameterForm *self, const char *name)
{
  g_autoptr (WeftParameters) original = weft_parameters_copy (self->parameters);

  weft_parameters_unset (original, name);
  return weft_parameters_dup_text (original, name);
}

/* Model messages begin with a small letter, as they follow "weft-cli: " in a terminal. */
static char *
dup_sentence (const char *message)
{
  g_autofree char *first = g_utf8_substring (message, 0, 1);
  g_autofree char *upper = g_utf8_strup (first, -1);

  return g_strconcat (upper, g_utf8_next_char (message), g_str_has_suffix (message, ".") ? "" : ".", NULL);
}

/* The title of a parameter whose value makes @name mean nothing, or NULL. */
static const char *
find_overrider (WeftParameterForm *self, const char *name)
{
  for (guint i = 0; i < self->info->n_rules; i++)
    {
      const WeftRuleInfo *rule = &self->info->rules[i];
      g_autofree char *text = NULL;

      if (rule->kind != WEFT_RULE_INFO_OVERRIDES || !g_str_equal (rule->second, name))
        continue;
      text = weft_parameters_dup_text (self->parameters, rule->first);
      if (*text != '\0')
        return weft_parameter_row_get_info (find_field (self, rule->first))->title;
    }
  return NULL;
}

/* Shows the value in force in every field but those that hold something that is not valid by itself:
 * that stays as it was typed. @typing: (nullable): the field that the person is at. */
static void
show_values (WeftParameterForm *self, GHashTable *invalid, WeftParameterRow *typing)
{
  gboolean any_set = FALSE;

  for (guint i = 0; i < self->fields->len; i++)
    {
      WeftParameterRow *row = g_ptr_array_index (self->fields, i);
      const char *name = weft_parameter_row_get_info (row)->name;
      gboolean differs =
          g_hash_table_contains (invalid, row) || weft_parameters_is_set (self->parameters, name);
      g_autofree char *text = weft_parameters_dup_text (self->parameters, name);
      g_autofree char *original = differs ? dup_original (self, name) : NULL;

      if (!g_hash_table_contains (invalid, row) && row != typing)
        weft_parameter_row_set_text (row, text);
      weft_parameter_row_set_original (row, original);
      weft_parameter_row_set_overridden (row, find_overrider (self, name));
      any_set |= differs;
    }
  gtk_widget_set_visible (self->reset, any_set);
}

/* Takes every field's text into the parameters as far as it is valid, marks what is not, and tells
 * whoever listens. */
static void
update (WeftParameterForm *self, WeftParameterRow *typing)
{
  g_autoptr (GHashTable) invalid = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) contradiction = NULL;
  const char *offender = NULL;

  g_clear_pointer (&self->problem, g_free);
  for (guint i = 0; i < self->fields->len; i++)
    {
      WeftParameterRow *row = g_ptr_array_index (self->fields, i);
      const char *name = weft_parameter_row_get_info (row)->name;
      g_autofree char *text = weft_parameter_row_dup_text (row);
      g_autofree char *known = weft_parameters_dup_text (self->parameters, name);
      g_autofree char *original = NULL;
      g_autofree char *message = NULL;
      g_autoptr (GError) error = NULL;

      if (row != typing && weft_parameter_row_get_error (row) == NULL)
        continue;
      if (!g_str_equal (text, known) || row == typing)
        {
          original = dup_original (self, name);
          if (g_str_equal (text, original))
            weft_parameters_unset (self->parameters, name);
          else if (!weft_parameters_set (self->parameters, name, text, &error))
            {
              /* A field that means nothing now may hold anything. */
              if (find_overrider (self, name) == NULL)
                {
                  message = dup_sentence (error->message);
                  g_hash_table_add (invalid, row);
                }
            }
        }
      weft_parameter_row_set_error (row, message);
      if (message != NULL && self->problem == NULL)
        self->problem = g_steal_pointer (&message);
    }

  if (!weft_parameters_check (self->parameters, &offender, &contradiction))
    {
      WeftParameterRow *row = find_field (self, offender);
      g_autofree char *message = dup_sentence (contradiction->message);

      if (weft_parameter_row_get_error (row) == NULL)
        weft_parameter_row_set_error (row, message);
      if (self->problem == NULL)
        self->problem = g_steal_pointer (&message);
    }
  show_values (self, invalid, typing);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
field_edited_cb (WeftParameterForm *self, WeftParameterRow *row)
{
  update (self, row);
}

static void
field_reset_cb (WeftParameterForm *self, WeftParameterRow *row)
{
  const char *name = weft_parameter_row_get_info (row)->name;
  g_autofree char *text = NULL;

  weft_parameters_unset (self->parameters, name);
  text = weft_parameters_dup_text (self->parameters, name);
  weft_parameter_row_set_text (row, text);
  update (self, row);
}

static void
show_preset_help (WeftParameterForm *self, const WeftPresetInfo *preset)
{
  gtk_label_set_text (GTK_LABEL (self->preset_help), preset->help);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->preset), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  preset->help, -1);
}

/* Everything as the chosen preset has it. */
static void
apply_preset (WeftParameterForm *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->preset));

  g_clear_pointer (&self->parameters, weft_parameters_unref);
  self->parameters = weft_parameters_new (self->info);
  if (selected < self->info->n_presets)
    {
      const WeftPresetInfo *preset = &self->info->presets[selected];
      g_autoptr (GError) error = NULL;

      if (!weft_parameters_apply_preset (self->parameters, preset->name, &error))
        g_error ("The catalogue's preset \"%s\" cannot be applied: %s", preset->name, error->message);
      show_preset_help (self, preset);
    }
  for (guint i = 0; i < self->fields->len; i++)
    {
      WeftParameterRow *row = g_ptr_array_index (self->fields, i);
      g_autofree char *text =
          weft_parameters_dup_text (self->parameters, weft_parameter_row_get_info (row)->name);

      weft_parameter_row_set_error (row, NULL);
      weft_parameter_row_set_text (row, text);
    }
  update (self, NULL);
}

static void
preset_selected_cb (WeftParameterForm *self)
{
  if (!self->updating)
    apply_preset (self);
}

static void
reset_all_cb (WeftParameterForm *self)
{
  apply_preset (self);
}

static void
weft_parameter_form_dispose (GObject *object)
{
  WeftParameterForm *self = WEFT_PARAMETER_FORM (object);

  self->updating = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (object), WEFT_TYPE_PARAMETER_FORM);
  G_OBJECT_CLASS (weft_parameter_form_parent_class)->dispose (object);
}

static void
weft_parameter_form_finalize (GObject *object)
{
  WeftParameterForm *self = WEFT_PARAMETER_FORM (object);

  g_clear_pointer (&self->parameters, weft_parameters_unref);
  g_ptr_array_unref (self->fields);
  g_free (self->problem);
  G_OBJECT_CLASS (weft_parameter_form_parent_class)->finalize (object);
}

static void
weft_parameter_form_class_init (WeftParameterFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weft_parameter_form_dispose;
  object_class->finalize = weft_parameter_form_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/weftapp/Weft/weft-parameter-form.ui");
  gtk_widget_class_bind_template_child (widget_class, WeftParameterForm, preset_list);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterForm, preset);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterForm, preset_help);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterForm, reset);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterForm, rows);
  gtk_widget_class_bind_template_callback (widget_class, preset_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_all_cb);
}

static void
weft_parameter_form_init (WeftParameterForm *self)
{
  self->updating = TRUE;
  self->fields = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill_presets (WeftParameterForm *self, const char *chosen)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint selected = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < self->info->n_presets; i++)
    {
      gtk_string_list_append (titles, self->info->presets[i].title);
      if (g_strcmp0 (self->info->presets[i].name, chosen) == 0)
        selected = i;
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->preset), G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->preset), selected);
  if (selected != GTK_INVALID_LIST_POSITION)
    show_preset_help (self, &self->info->presets[selected]);
  gtk_widget_set_visible (self->preset_list, self->info->n_presets > 0);
}

GtkWidget *
weft_parameter_form_new (WeftParameters *parameters, const char *preset)
{
  WeftParameterForm *self;

  g_return_val_if_fail (parameters != NULL, NULL);

  self = g_object_new (WEFT_TYPE_PARAMETER_FORM, NULL);
  self->info = weft_parameters_get_workload (parameters);
  self->parameters = weft_parameters_copy (parameters);
  fill_presets (self, preset);
  for (guint i = 0; i < self->info->n_parameters; i++)
    {
      GtkWidget *row = weft_parameter_row_new (&self->info->parameters[i]);
      g_autofree char *text = weft_parameters_dup_text (self->parameters, self->info->parameters[i].name);

      weft_parameter_row_set_text (WEFT_PARAMETER_ROW (row), text);
      g_signal_connect_object (row, "edited", G_CALLBACK (field_edited_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "reset", G_CALLBACK (field_reset_cb), self, G_CONNECT_SWAPPED);
      gtk_list_box_append (GTK_LIST_BOX (self->rows), row);
      g_ptr_array_add (self->fields, row);
    }
  self->updating = FALSE;
  update (self, NULL);
  return GTK_WIDGET (self);
}

const char *
weft_parameter_form_get_problem (WeftParameterForm *self)
{
  g_return_val_if_fail (WEFT_IS_PARAMETER_FORM (self), NULL);
  return self->problem;
}

WeftParameters *
weft_parameter_form_dup_parameters (WeftParameterForm *self)
{
  g_return_val_if_fail (WEFT_IS_PARAMETER_FORM (self), NULL);
  return weft_parameters_copy (self->parameters);
}

const char *
weft_parameter_form_get_preset (WeftParameterForm *self)
{
  guint selected;

  g_return_val_if_fail (WEFT_IS_PARAMETER_FORM (self), NULL);

  selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->preset));
  return selected < self->info->n_presets ? self->info->presets[selected].name : NULL;
}

char *
weft_parameter_form_dup_summary (WeftParameterForm *self)
{
  GString *text;
  guint selected, n_named = 0;

  g_return_val_if_fail (WEFT_IS_PARAMETER_FORM (self), NULL);

  text = g_string_new (NULL);
  selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->preset));
  if (selected < self->info->n_presets)
    g_string_append_printf (text, "%s · ", self->info->presets[selected].title);

  /* Counts say most in the fewest words; times and choices would need theirs. */
  for (guint i = 0; i < self->info->n_parameters && n_named < N_NAMED; i++)
    {
      const WeftParameterInfo *info = &self->info->parameters[i];
      g_autofree char *value = NULL;
      g_autofree char *title = NULL;

      if (info->type != WEFT_VALUE_INTEGER || info->unit != NULL || find_overrider (self, info->name) != NULL
          || g_str_equal (info->name, "seed"))
        continue;
      value = weft_parameters_dup_text (self->parameters, info->name);
      title = g_utf8_strdown (info->title, -1);
      g_string_append_printf (text, "%s%s %s", n_named > 0 ? ", " : "", title, value);
      n_named++;
    }
  return g_string_free (text, FALSE);
}
