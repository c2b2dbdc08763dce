/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that weft-cli writes. Whether they can be written is found before the run starts, and they
 * appear complete or not at all.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** weft_cli_output_check: whether a file can be put at @path. Leaves nothing behind. The error names
 * @path and the reason. */
gboolean weft_cli_output_check (const char *path, GError **error);

/** weft_cli_output_write: puts @text at @path. */
gboolean weft_cli_output_write (const char *path, const char *text, GError **error);

G_END_DECLS
