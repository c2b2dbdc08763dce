/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-parameter-row.h"

#include <math.h>

/* Larger whole numbers than this are not exact in an adjustment's double; they get a plain entry. */
#define LARGEST_SPIN 1e15

struct _WeftParameterRow
{
  AdwPreferencesRow parent_instance;

  GtkWidget *title;
  GtkWidget *help;
  GtkWidget *message;
  GtkWidget *line;
  GtkWidget *controls;
  GtkWidget *reset;

  const WeftParameterInfo *info;
  GtkWidget *control; /* a GtkSpinButton, GtkDropDown or GtkEntry */
  char *overridden_by;
  gboolean updating; /* the program, not the person, changes the control */
};

G_DEFINE_FINAL_TYPE (WeftParameterRow, weft_parameter_row, ADW_TYPE_PREFERENCES_ROW)

enum
{
  EDITED,
  RESET,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
edited_cb (WeftParameterRow *self)
{
  if (!self->updating)
    g_signal_emit (self, signals[EDITED], 0);
}

static void
reset_clicked_cb (WeftParameterRow *self)
{
  g_signal_emit (self, signals[RESET], 0);
}

/* A spin button alone would clamp what was typed to its range, unseen. So the range makes room for
 * what was typed, and the form says what is wrong with it. */
static int
spin_input_cb (GtkSpinButton *spin, double *value, gpointer user_data)
{
  WeftParameterRow *self = user_data;
  GtkAdjustment *adjustment = gtk_spin_button_get_adjustment (spin);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin))));
  char *end;

  *value = g_ascii_strtod (text, &end);
  if (*text == '\0' || *end != '\0' || !isfinite (*value) || fabs (*value) > LARGEST_SPIN)
    return GTK_INPUT_ERROR;
  g_object_freeze_notify (G_OBJECT (adjustment));
  gtk_adjustment_set_lower (adjustment, MIN (self->info->minimum, *value));
  gtk_adjustment_set_upper (adjustment, MAX (self->info->maximum, *value));
  g_object_thaw_notify (G_OBJECT (adjustment));
  return TRUE;
}

/* Shows numbers as short as they can be told: "0.8", not "0.800". */
static gboolean
spin_output_cb (GtkSpinButton *spin, gpointer user_data)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.15g", gtk_spin_button_get_value (spin));
  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (spin))))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

/* A step that is felt but does not leap: a tenth of the default's power of ten. */
static double
choose_step (const WeftParameterInfo *info)
{
  double magnitude = fabs (info->default_value + info->default_per_core);
  double step;

  if (info->type == WEFT_VALUE_NUMBER)
    return (info->maximum - info->minimum) <= 1 ? 0.05 : 1;
  step = magnitude > 0 ? pow (10, floor (log10 (magnitude)) - 1) : 1;
  return MAX (1, step);
}

static GtkWidget *
create_spin (WeftParameterRow *self)
{
  const WeftParameterInfo *info = self->info;
  double step = choose_step (info);
  GtkWidget *spin = gtk_spin_button_new_with_range (info->minimum, info->maximum, step);
  gboolean whole = info->type == WEFT_VALUE_INTEGER;

  gtk_spin_button_set_increments (GTK_SPIN_BUTTON (spin), step, 10 * step);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), whole ? 0 : 6);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 10);
  gtk_editable_set_alignment (GTK_EDITABLE (spin), 1);
  g_signal_connect (spin, "input", G_CALLBACK (spin_input_cb), self);
  g_signal_connect (spin, "output", G_CALLBACK (spin_output_cb), self);
  g_signal_connect_swapped (spin, "changed", G_CALLBACK (edited_cb), self);
  return spin;
}

/* Whether the choices are shown as something else than their names. */
static gboolean
has_titles (const WeftParameterInfo *info)
{
  return info->type == WEFT_VALUE_CHOICE && info->choice_titles != info->choices;
}

static void
setup_choice_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_choice_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkStringObject *choice = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (choice));
}

/* Titles are longer than the names of choices: the button shows as much of the chosen one as there is room
 * for, the list that it opens all of it. */
static void
make_room_for_titles (GtkDropDown *drop_down)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_choice_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_choice_cb), NULL);
  gtk_drop_down_set_list_factory (drop_down, gtk_drop_down_get_factory (drop_down));
  gtk_drop_down_set_factory (drop_down, factory);
  gtk_widget_set_hexpand (GTK_WIDGET (drop_down), TRUE);
  g_object_unref (factory);
}

static GtkWidget *
create_drop_down (WeftParameterRow *self)
{
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (self->info->choice_titles);

  if (has_titles (self->info))
    make_room_for_titles (GTK_DROP_DOWN (drop_down));
  g_signal_connect_swapped (drop_down, "notify::selected", G_CALLBACK (edited_cb), self);
  return drop_down;
}

static GtkWidget *
create_entry (WeftParameterRow *self)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_widget_set_hexpand (entry, TRUE);
  if (self->info->type == WEFT_VALUE_INTEGER_LIST || self->info->type == WEFT_VALUE_STRING_LIST)
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "None; else separated by commas");
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (edited_cb), self);
  return entry;
}

static void
build_control (WeftParameterRow *self)
{
  const WeftParameterInfo *info = self->info;
  gboolean is_number = info->type == WEFT_VALUE_INTEGER || info->type == WEFT_VALUE_NUMBER;

  if (info->type == WEFT_VALUE_CHOICE)
    self->control = create_drop_down (self);
  else if (is_number && info->maximum <= LARGEST_SPIN)
    self->control = create_spin (self);
  else
    self->control = create_entry (self);
  gtk_box_append (GTK_BOX (self->controls), self->control);

  if (info->unit != NULL)
    {
      GtkWidget *unit = gtk_label_new (info->unit);

      gtk_widget_add_css_class (unit, "dim-label");
      gtk_box_append (GTK_BOX (self->controls), unit);
    }

  /* Text needs the width of the whole row: it goes under the title, with the button beside it. */
  if (GTK_IS_ENTRY (self->control) || has_titles (info))
    {
      GtkWidget *column = gtk_widget_get_parent (self->line);

      g_object_ref (self->controls);
      gtk_box_remove (GTK_BOX (self->line), self->controls);
      gtk_box_insert_child_after (GTK_BOX (column), self->controls, self->help);
      g_object_unref (self->controls);
    }
}

/* What a screen reader says of the control beside its title. */
static void
update_description (WeftParameterRow *self)
{
  const char *error = weft_parameter_row_get_error (self);
  const char *help = gtk_label_get_text (GTK_LABEL (self->help));
  g_autofree char *text = error != NULL ? g_strdup_printf ("%s %s", error, help) : g_strdup (help);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
                               error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
weft_parameter_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WEFT_TYPE_PARAMETER_ROW);
  G_OBJECT_CLASS (weft_parameter_row_parent_class)->dispose (object);
}

static void
weft_parameter_row_finalize (GObject *object)
{
  g_free (WEFT_PARAMETER_ROW (object)->overridden_by);
  G_OBJECT_CLASS (weft_parameter_row_parent_class)->finalize (object);
}

static void
weft_parameter_row_class_init (WeftParameterRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weft_parameter_row_dispose;
  object_class->finalize = weft_parameter_row_finalize;

  signals[EDITED] = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[RESET] = g_signal_new ("reset", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/weftapp/Weft/weft-parameter-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WeftParameterRow, title);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterRow, help);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterRow, message);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterRow, line);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterRow, controls);
  gtk_widget_class_bind_template_child (widget_class, WeftParameterRow, reset);
  gtk_widget_class_bind_template_callback (widget_class, reset_clicked_cb);
}

static void
weft_parameter_row_init (WeftParameterRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
weft_parameter_row_new (const WeftParameterInfo *info)
{
  WeftParameterRow *self;

  g_return_val_if_fail (info != NULL, NULL);

  self = g_object_new (WEFT_TYPE_PARAMETER_ROW, "title", info->title, NULL);
  self->info = info;
  gtk_label_set_text (GTK_LABEL (self->title), info->title);
  gtk_label_set_text (GTK_LABEL (self->help), info->help);
  build_control (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_LABEL, info->title,
                                  -1);
  update_description (self);
  return GTK_WIDGET (self);
}

const WeftParameterInfo *
weft_parameter_row_get_info (WeftParameterRow *self)
{
  g_return_val_if_fail (WEFT_IS_PARAMETER_ROW (self), NULL);
  return self->info;
}

char *
weft_parameter_row_dup_text (WeftParameterRow *self)
{
  g_return_val_if_fail (WEFT_IS_PARAMETER_ROW (self), NULL);

  if (GTK_IS_DROP_DOWN (self->control))
    return g_strdup (self->info->choices[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control))]);
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->control))));
}

void
weft_parameter_row_set_text (WeftParameterRow *self, const char *text)
{
  g_autofree char *shown = NULL;

  g_return_if_fail (WEFT_IS_PARAMETER_ROW (self));
  g_return_if_fail (text != NULL);

  shown = weft_parameter_row_dup_text (self);
  if (g_str_equal (shown, text))
    return;
  self->updating = TRUE;
  if (GTK_IS_DROP_DOWN (self->control))
    {
      for (guint i = 0; self->info->choices[i] != NULL; i++)
        if (g_str_equal (self->info->choices[i], text))
          gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), i);
    }
  else
    {
      gtk_editable_set_text (GTK_EDITABLE (self->control), text);
      if (GTK_IS_SPIN_BUTTON (self->control))
        gtk_spin_button_update (GTK_SPIN_BUTTON (self->control));
    }
  self->updating = FALSE;
}

void
weft_parameter_row_set_error (WeftParameterRow *self, const char *message)
{
  g_return_if_fail (WEFT_IS_PARAMETER_ROW (self));

  if (g_strcmp0 (weft_parameter_row_get_error (self), message) == 0)
    return;
  gtk_label_set_text (GTK_LABEL (self->message), message != NULL ? message : "");
  gtk_widget_set_visible (self->message, message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (self->control, "error");
  else
    gtk_widget_remove_css_class (self->control, "error");
  update_description (self);
}

const char *
weft_parameter_row_get_error (WeftParameterRow *self)
{
  const char *text;

  g_return_val_if_fail (WEFT_IS_PARAMETER_ROW (self), NULL);

  text = gtk_label_get_text (GTK_LABEL (self->message));
  return *text != '\0' ? text : NULL;
}

void
weft_parameter_row_set_original (WeftParameterRow *self, const char *text)
{
  g_return_if_fail (WEFT_IS_PARAMETER_ROW (self));

  if (text != NULL)
    {
      g_autofree char *label =
          g_strdup_printf ("Reset %s to %s", self->info->title, *text != '\0' ? text : "nothing");

      gtk_widget_set_tooltip_text (self->reset, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    }
  gtk_widget_set_visible (self->reset, text != NULL);
}

void
weft_parameter_row_set_overridden (WeftParameterRow *self, const char *title)
{
  g_return_if_fail (WEFT_IS_PARAMETER_ROW (self));

  if (g_strcmp0 (self->overridden_by, title) == 0)
    return;
  g_free (self->overridden_by);
  self->overridden_by = g_strdup (title);
  gtk_widget_set_sensitive (self->control, title == NULL);
  if (title != NULL)
    {
      g_autofree char *help = g_strdup_printf ("Means nothing while “%s” is set.", title);

      gtk_label_set_text (GTK_LABEL (self->help), help);
      gtk_widget_add_css_class (GTK_WIDGET (self), "overridden");
    }
  else
    {
      gtk_label_set_text (GTK_LABEL (self->help), self->info->help);
      gtk_widget_remove_css_class (GTK_WIDGET (self), "overridden");
    }
  update_description (self);
}
