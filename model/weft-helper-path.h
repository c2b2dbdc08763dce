/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * weft_helper_path_find:
 * @program: absolute path of the running program
 *
 * Finds the helper program without any environment variable: in the build tree that @program lies in
 * (`workloads/weft-workload` of one of the folders above it), else in the installation that it belongs to
 * (`../libexec`), else where Weft was configured to be installed.
 *
 * Returns: (transfer full): its path; %NULL with %G_IO_ERROR_NOT_FOUND saying where it was looked for
 */
char *weft_helper_path_find (const char *program, GError **error);

G_END_DECLS
