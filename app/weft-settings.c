/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-settings.h"

/* The schema, if it is among those compiled in @folder. One that is damaged is as good as none. */
static GSettingsSchema *
look_up_in (const char *folder)
{
  g_autoptr (GSettingsSchemaSource) source = NULL;
  g_autofree char *compiled = g_build_filename (folder, "gschemas.compiled", NULL);

  /* Most folders have none, which is no error to make a message for. */
  if (!g_file_test (compiled, G_FILE_TEST_EXISTS))
    return NULL;
  source = g_settings_schema_source_new_from_directory (folder, NULL, FALSE, NULL);
  return source != NULL ? g_settings_schema_source_lookup (source, WEFT_APPLICATION_ID, FALSE) : NULL;
}

static GSettingsSchema *
look_up_in_data (const char *datadir)
{
  g_autofree char *folder = g_build_filename (datadir, "glib-2.0", "schemas", NULL);

  return look_up_in (folder);
}

/* In the folder `data` of one of those above the program: there it is in a build tree. */
static GSettingsSchema *
look_up_above (const char *program)
{
  g_autofree char *folder = g_path_get_dirname (program);
  GSettingsSchema *schema = NULL;

  while (schema == NULL && g_strcmp0 (folder, "/") != 0 && g_strcmp0 (folder, ".") != 0)
    {
      g_autofree char *data = g_build_filename (folder, "data", NULL);
      char *parent = g_path_get_dirname (folder);

      schema = look_up_in (data);
      g_free (folder);
      folder = parent;
    }
  return schema;
}

static GSettingsSchema *
find_schema (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  GSettingsSchema *schema = NULL;

  if (program != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (program);
      g_autofree char *share = g_build_filename (folder, "..", "share", NULL);

      schema = look_up_above (program);
      if (schema == NULL)
        schema = look_up_in_data (share);
    }
  if (schema == NULL)
    schema = look_up_in_data (WEFT_DATADIR);
  if (schema == NULL && g_settings_schema_source_get_default () != NULL)
    schema =
        g_settings_schema_source_lookup (g_settings_schema_source_get_default (), WEFT_APPLICATION_ID, TRUE);
  return schema;
}

GSettings *
weft_settings_get (void)
{
  static gboolean looked;
  static GSettings *settings;

  if (!looked)
    {
      g_autoptr (GSettingsSchema) schema = find_schema ();

      looked = TRUE;
      if (schema != NULL)
        settings = g_settings_new_full (schema, NULL, NULL);
      else
        g_printerr (
            "weft: The settings schema " WEFT_APPLICATION_ID
            " is neither beside the program nor in " WEFT_DATADIR
            "/glib-2.0/schemas, so the window will not be remembered. Build or install Weft again.\n");
    }
  return settings;
}
