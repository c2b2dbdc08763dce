/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target as an ordinary test: over every file of the folders that are its arguments, and
 * over an empty input.
 */
#include <glib.h>

#include "fuzz-input.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);

/* Runs the target on a copy of just the size of @bytes. */
static void
run_input (const char *bytes, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, size);

  LLVMFuzzerTestOneInput (copy, size);
}

static void
run_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  if (!g_file_get_contents (path, &bytes, &size, &error))
    g_error ("%s", error->message);
  /* So that a crash names its input. */
  g_print ("%s\n", path);
  run_input (bytes, size);
}

int
main (int argc, char **argv)
{
  guint n_files = 0;

  LLVMFuzzerInitialize (&argc, &argv);
  run_input ("", 0);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GDir) folder = g_dir_open (argv[i], 0, &error);
      const char *name;

      if (folder == NULL)
        g_error ("%s", error->message);
      for (; (name = g_dir_read_name (folder)) != NULL; n_files++)
        {
          g_autofree char *path = g_build_filename (argv[i], name, NULL);

          run_file (path);
        }
    }
  if (n_files == 0)
    g_error ("there are no inputs");
  g_print ("%u inputs\n", n_files);
  return 0;
}
