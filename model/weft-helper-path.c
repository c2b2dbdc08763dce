/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-helper-path.h"

#include <gio/gio.h>

#define HELPER_NAME "weft-workload"

static gboolean
is_program (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE);
}

/* @folder/@subfolder/weft-workload, if that is a program. */
static char *
helper_in (const char *folder, const char *subfolder)
{
  g_autofree char *path = g_build_filename (folder, subfolder, HELPER_NAME, NULL);

  return is_program (path) ? g_steal_pointer (&path) : NULL;
}

char *
weft_helper_path_find (const char *program, GError **error)
{
  g_autofree char *program_folder = g_path_get_dirname (program);
  g_autofree char *prefix = g_path_get_dirname (program_folder);
  g_autofree char *installed = g_build_filename (prefix, "libexec", NULL);
  g_autofree char *folder = g_strdup (program_folder);
  char *found = NULL;

  while (found == NULL && g_strcmp0 (folder, "/") != 0 && g_strcmp0 (folder, ".") != 0)
    {
      char *parent = g_path_get_dirname (folder);

      found = helper_in (folder, "workloads");
      g_free (folder);
      folder = parent;
    }
  if (found == NULL)
    found = helper_in (prefix, "libexec");
  if (found == NULL)
    found = helper_in (WEFT_LIBEXECDIR, ".");
  if (found == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "The program " HELPER_NAME
                 ", which runs the workloads, is neither in the build folder of %s nor "
                 "in %s nor in " WEFT_LIBEXECDIR ". Build or install Weft again.",
                 program, installed);
  return found;
}
