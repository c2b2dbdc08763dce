/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-cli-output.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weft-nearest.h"

/* Whether there was no standard output. */
static gboolean was_closed;

static gboolean
set_error (GError **error, const char *path, const char *reason)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *quoted = weft_text_quote (name);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot write %s: %s", quoted, reason);
  return FALSE;
}

/* Whether a file can be made in the folder of @path: only making one tells, for a folder may be full,
 * read-only or not to be searched. */
static gboolean
check_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *probe = g_build_filename (folder, ".weft-XXXXXX", NULL);
  g_autofree char *name = NULL;
  g_autofree char *reason = NULL;
  int fd = g_mkstemp_full (probe, O_RDWR | O_CLOEXEC, 0600);
  int saved_errno = errno;

  if (fd >= 0)
    {
      close (fd);
      g_unlink (probe);
      return TRUE;
    }
  name = g_filename_display_name (folder);
  if (saved_errno == ENOENT && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    reason = g_strdup_printf ("there is no folder \"%s\"", name);
  else
    reason = g_strdup_printf ("no file can be made in \"%s\": %s", name, g_strerror (saved_errno));
  return set_error (error, path, reason);
}

void
weft_cli_output_open_standard (void)
{
  int fd;

  was_closed = fcntl (STDOUT_FILENO, F_GETFD) < 0;
  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO)
    close (fd);
}

gboolean
weft_cli_output_check_standard (GError **error)
{
  return !was_closed || set_error (error, "-", "standard output is closed");
}

gboolean
weft_cli_output_check (const char *path, GError **error)
{
  struct stat status;

  if (*path == '\0')
    return set_error (error, path, "a file needs a name");
  if (g_str_has_suffix (path, "/"))
    return set_error (error, path, "this names a folder");
  if (stat (path, &status) < 0)
    return errno == ENOENT ? check_folder (path, error) : set_error (error, path, g_strerror (errno));
  if (S_ISDIR (status.st_mode))
    return set_error (error, path, "it is a folder");
  /* The finished file takes the place of the one that is there, which must not be a device or a pipe. */
  if (!S_ISREG (status.st_mode))
    return set_error (error, path, "it is not an ordinary file");
  if (access (path, W_OK) < 0)
    return set_error (error, path, g_strerror (errno));
  return check_folder (path, error);
}

gboolean
weft_cli_output_write (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) file_error = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &file_error))
    return TRUE;
  return set_error (error, path, file_error->message);
}
