/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-application.h"

#include <glib-unix.h>
#include <stdlib.h>

#include "weft-parameters.h"
#include "weft-settings.h"
#include "weft-window.h"

#define EXIT_USAGE 2
#define SUMMARY "Runs concurrent programs on purpose and shows what they do."

struct _WeftApplication
{
  AdwApplication parent_instance;

  guint signal_sources[2];     /* of SIGINT and SIGTERM */
  gboolean understood_options; /* each option of the command line is one that there is */
  GPowerProfileMonitor *power; /* from the startup on */
  gboolean save_power;
};

enum
{
  PROP_0,
  PROP_SAVE_POWER,
  PROP_SAVING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WeftApplication, weft_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "workload", 'w', 0, G_OPTION_ARG_STRING, NULL,
    "Open workload ID (see weft-cli list) instead of the one that was open last", "ID" },
  { "parameter", 'p', 0, G_OPTION_ARG_STRING_ARRAY, NULL,
    "Set a parameter of the workload; may be given again", "NAME=VALUE" },
  { "preset", 0, 0, G_OPTION_ARG_STRING, NULL, "Begin with the values of a preset of the workload", "NAME" },
  { "run", 0, 0, G_OPTION_ARG_NONE, NULL, "Run the workload at once", NULL },
  { "new-window", 0, 0, G_OPTION_ARG_NONE, NULL, "Open one more window", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, "Show the version and leave", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, NULL },
  { NULL }
};

static gboolean
set_assignment (WeftParameters *parameters, const char *assignment, GError **error)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *name = NULL;

  if (equals == NULL || equals == assignment)
    {
      g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_PARAMETER,
                   "-p \"%s\" is not a parameter and its value: write NAME=VALUE", assignment);
      return FALSE;
    }
  name = g_strndup (assignment, (gsize) (equals - assignment));
  return weft_parameters_set (parameters, name, equals + 1, error);
}

/* Whether the command line says what the form is to hold. */
static gboolean
asks_for_parameters (GVariantDict *dict)
{
  return g_variant_dict_contains (dict, "workload") || g_variant_dict_contains (dict, "preset")
         || g_variant_dict_contains (dict, "parameter");
}

/* The parameters that the command line asks for, or NULL. @preset: (out): the preset's name, which is
 * the window's own first one unless told otherwise. */
static WeftParameters *
read_parameters (GVariantDict *dict, const char **preset, GError **error)
{
  const WeftCatalogue *catalogue = weft_catalogue_get ();
  const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, 0);
  g_autoptr (WeftParameters) parameters = NULL;
  g_autofree const char **assignments = NULL;
  g_autofree const char **rest = NULL;
  const char *id;

  if (g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&s", &rest))
    {
      g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_WORKLOAD,
                   "\"%s\" is not an option: to open a workload, write --workload ID", rest[0]);
      return NULL;
    }
  if (g_variant_dict_lookup (dict, "workload", "&s", &id))
    info = weft_catalogue_find (catalogue, id, error);
  if (info == NULL)
    return NULL;
  parameters = weft_parameters_new (info);
  if (!g_variant_dict_lookup (dict, "preset", "&s", preset))
    *preset = "watch";
  if (!weft_parameters_apply_preset (parameters, *preset, error))
    return NULL;
  if (g_variant_dict_lookup (dict, "parameter", "^a&s", &assignments))
    for (int i = 0; assignments[i] != NULL; i++)
      if (!set_assignment (parameters, assignments[i], error))
        return NULL;
  if (!weft_parameters_check (parameters, NULL, error))
    return NULL;
  return g_steal_pointer (&parameters);
}

/* Answers what needs no window, in the process that was started; -1: go on. */
static int
weft_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  g_autoptr (WeftParameters) parameters = NULL;
  g_autoptr (GError) error = NULL;
  const char *preset;

  WEFT_APPLICATION (application)->understood_options = TRUE;
  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("weft %s\n", WEFT_VERSION);
      return EXIT_SUCCESS;
    }
  parameters = read_parameters (dict, &preset, &error);
  if (parameters == NULL)
    {
      g_printerr ("weft: %s\n", error->message);
      return EXIT_USAGE;
    }
  if (!gtk_init_check ())
    {
      g_printerr ("weft: There is no display to open a window on. Start Weft in a graphical session, or use "
                  "weft-cli, which needs no display.\n");
      return EXIT_FAILURE;
    }
  return -1;
}

/* GApplication answers options that do not exist itself, with an exit code that is another one's here. */
static gboolean
weft_application_local_command_line (GApplication *application, char ***arguments, int *exit_status)
{
  WeftApplication *self = WEFT_APPLICATION (application);
  gboolean done = G_APPLICATION_CLASS (weft_application_parent_class)
                      ->local_command_line (application, arguments, exit_status);

  if (done && *exit_status != EXIT_SUCCESS && !self->understood_options)
    *exit_status = EXIT_USAGE;
  return done;
}

static int
weft_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  WeftWindow *window;
  g_autoptr (WeftParameters) parameters = NULL;
  g_autoptr (GError) error = NULL;
  const char *preset;
  gboolean asked = asks_for_parameters (dict);
  gboolean run = g_variant_dict_contains (dict, "run");

  if (!asked && !run && !g_variant_dict_contains (dict, "new-window"))
    {
      g_application_activate (application);
      return EXIT_SUCCESS;
    }
  parameters = read_parameters (dict, &preset, &error);
  if (parameters == NULL)
    {
      g_application_command_line_printerr (command_line, "weft: %s\n", error->message);
      return EXIT_USAGE;
    }
  window = weft_window_new (ADW_APPLICATION (application));
  if (asked || run)
    weft_window_open (window, asked ? parameters : NULL, preset, run);
  gtk_window_present (GTK_WINDOW (window));
  return EXIT_SUCCESS;
}

/* The desktop activates what runs already when its icon is clicked once more. */
static void
weft_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (weft_window_new (ADW_APPLICATION (application)));
  gtk_window_present (window);
}

static void
new_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (weft_window_new (ADW_APPLICATION (user_data))));
}

/* What a person sees who has never used Weft: the first workload, as its form begins. */
static void
run_default_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WeftWindow *window = weft_window_new (ADW_APPLICATION (user_data));
  g_autoptr (GVariantDict) nothing = g_variant_dict_new (NULL);
  g_autoptr (WeftParameters) parameters = NULL;
  g_autoptr (GError) error = NULL;
  const char *preset;

  parameters = read_parameters (nothing, &preset, &error);
  if (parameters == NULL)
    g_error ("The catalogue's first workload cannot be opened: %s", error->message);
  weft_window_open (window, parameters, preset, TRUE);
  gtk_window_present (GTK_WINDOW (window));
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (window, "application-name", "Weft", "application-icon", WEFT_APPLICATION_ID,
                         "version", WEFT_VERSION, "developer-name", WEFT_DEVELOPERS, "copyright",
                         "© 2026 " WEFT_DEVELOPERS, "license-type", GTK_LICENSE_GPL_3_0, "website",
                         WEFT_HOMEPAGE, "issue-url", WEFT_ISSUES, "comments", SUMMARY, NULL);
}

/* Closes every window, each of which ends its run first; without windows the program ends. */
static void
close_all (GtkApplication *application)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (application));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  close_all (GTK_APPLICATION (user_data));
}

static gboolean
signal_cb (gpointer user_data)
{
  close_all (GTK_APPLICATION (user_data));
  return G_SOURCE_CONTINUE;
}

static gboolean
is_saving (WeftApplication *self)
{
  return self->save_power
         || (self->power != NULL && g_power_profile_monitor_get_power_saver_enabled (self->power));
}

static void
power_saver_cb (WeftApplication *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAVING]);
}

/* What a person chose, now and in earlier sessions, and what the system does. */
static void
set_up_saving (WeftApplication *self)
{
  GSettings *settings = weft_settings_get ();
  g_autoptr (GPropertyAction) action = g_property_action_new ("save-power", self, "save-power");

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
  if (settings != NULL)
    g_settings_bind (settings, "save-power", self, "save-power", G_SETTINGS_BIND_DEFAULT);
  self->power = g_power_profile_monitor_dup_default ();
  g_signal_connect_object (self->power, "notify::power-saver-enabled", G_CALLBACK (power_saver_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
weft_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "new-window", .activate = new_window_cb },
    { .name = "run-default", .activate = run_default_cb },
    { .name = "about", .activate = about_cb },
    { .name = "quit", .activate = quit_cb },
  };
  static const struct
  {
    const char *action;
    const char *accels[3];
  } accels[] = {
    { "app.new-window", { "<Control>n" } }, { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },   { "win.run", { "<Control>r" } },
    { "win.stop", { "<Control>period" } },  { "win.search", { "<Control>f" } },
    { "win.export", { "<Control>e" } },     { "win.sidebar", { "F9" } },
    { "win.shortcuts", { "<Control>question" } },
  };
  WeftApplication *self = WEFT_APPLICATION (application);

  G_APPLICATION_CLASS (weft_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (WEFT_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accels[i].action,
                                           (const char **) accels[i].accels);
  set_up_saving (self);
  self->signal_sources[0] = g_unix_signal_add (SIGINT, signal_cb, application);
  self->signal_sources[1] = g_unix_signal_add (SIGTERM, signal_cb, application);
}

static void
weft_application_shutdown (GApplication *application)
{
  WeftApplication *self = WEFT_APPLICATION (application);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  g_clear_object (&self->power);
  G_APPLICATION_CLASS (weft_application_parent_class)->shutdown (application);
}

static void
weft_application_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeftApplication *self = WEFT_APPLICATION (object);

  switch (prop_id)
    {
    case PROP_SAVE_POWER:
      g_value_set_boolean (value, self->save_power);
      break;
    case PROP_SAVING:
      g_value_set_boolean (value, is_saving (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_application_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeftApplication *self = WEFT_APPLICATION (object);

  switch (prop_id)
    {
    case PROP_SAVE_POWER:
      if (self->save_power == g_value_get_boolean (value))
        return;
      self->save_power = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, properties[PROP_SAVE_POWER]);
      g_object_notify_by_pspec (object, properties[PROP_SAVING]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_application_class_init (WeftApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->get_property = weft_application_get_property;
  object_class->set_property = weft_application_set_property;
  application_class->local_command_line = weft_application_local_command_line;
  application_class->handle_local_options = weft_application_handle_local_options;
  application_class->command_line = weft_application_command_line;
  application_class->activate = weft_application_activate;
  application_class->startup = weft_application_startup;
  application_class->shutdown = weft_application_shutdown;

  properties[PROP_SAVE_POWER] =
      g_param_spec_boolean ("save-power", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_SAVING] =
      g_param_spec_boolean ("saving", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_application_init (WeftApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self), SUMMARY);
}

WeftApplication *
weft_application_new (void)
{
  return g_object_new (WEFT_TYPE_APPLICATION, "application-id", WEFT_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE, "resource-base-path", "/io/github/weftapp/Weft",
                       NULL);
}
