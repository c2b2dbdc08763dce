/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that weft-cli writes. Whether they can be written is found before the run starts, and they
 * appear complete or not at all.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** weft_cli_output_open_standard: gives standard descriptors that are closed a place where nothing is
 * read or kept, so that no file of ours gets their numbers. Before anything is opened. */
void weft_cli_output_open_standard (void);

/** weft_cli_output_check_standard: whether standard output was open when the program started; what it
 * was asked to write there would be lost. */
gboolean weft_cli_output_check_standard (GError **error);

/** weft_cli_output_check: whether a file can be put at @path. Leaves nothing behind. The error names
 * @path and the reason. */
gboolean weft_cli_output_check (const char *path, GError **error);

/** weft_cli_output_write: puts @text at @path. */
gboolean weft_cli_output_write (const char *path, const char *text, GError **error);

G_END_DECLS
