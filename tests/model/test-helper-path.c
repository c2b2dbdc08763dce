/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "weft-helper-path.h"

/* An empty file at @path below @root, with its folders. */
static void
make_file (const char *root, const char *path, gint mode)
{
  g_autofree char *full = g_build_filename (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, "", 0, NULL));
  g_assert_cmpint (g_chmod (full, mode), ==, 0);
}

static void
assert_found (const char *root, const char *program, const char *expected)
{
  g_autofree char *full_program = g_build_filename (root, program, NULL);
  g_autofree char *full_expected = expected != NULL ? g_build_filename (root, expected, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = weft_helper_path_find (full_program, &error);

  if (expected != NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpstr (found, ==, full_expected);
    }
  else if (found == NULL) /* else Weft is installed on this machine */
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      g_assert_nonnull (strstr (error->message, full_program));
    }
}

static void
test_places (void)
{
  g_autofree char *root = g_dir_make_tmp ("weft-test-XXXXXX", NULL);
  g_autofree char *misleading = g_build_filename (root, "prefix/workloads/weft-workload", NULL);
  g_autoptr (GSubprocess) removal = NULL;

  assert_found (root, "build/app/cli/weft-cli", NULL);
  make_file (root, "build/workloads/weft-workload", 0700);
  assert_found (root, "build/app/cli/weft-cli", "build/workloads/weft-workload");
  assert_found (root, "build/app/weft", "build/workloads/weft-workload");
  assert_found (root, "build/tests/model/test", "build/workloads/weft-workload");

  make_file (root, "prefix/libexec/weft-workload", 0600);
  assert_found (root, "prefix/bin/weft", NULL); /* it is not executable */
  make_file (root, "prefix/libexec/weft-workload", 0700);
  assert_found (root, "prefix/bin/weft", "prefix/libexec/weft-workload");

  /* A source tree has a folder of that name, but no program in it. */
  g_assert_cmpint (g_mkdir_with_parents (misleading, 0700), ==, 0);
  assert_found (root, "prefix/bin/weft", "prefix/libexec/weft-workload");

  removal = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-r", root, NULL);
  g_assert_true (g_subprocess_wait_check (removal, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/helper-path/places", test_places);
  return g_test_run ();
}
