/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes to standard output from a thread of its own, so that a slow or stuck reader never keeps the
 * main thread from stopping the run. All functions are for the main thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WeftCliWriter WeftCliWriter;

/** weft_cli_writer_new: (nullable): the error says that no thread could be had. */
WeftCliWriter *weft_cli_writer_new (int fd, GError **error);

/** weft_cli_writer_push: takes @text over, and empties it. */
void weft_cli_writer_push (WeftCliWriter *writer, GString *text);

/** weft_cli_writer_get_pending: bytes that were pushed and are not written. */
gsize weft_cli_writer_get_pending (WeftCliWriter *writer);

/** weft_cli_writer_get_error: the errno of the write that failed, after which nothing more is written;
 * EPIPE as soon as nobody reads any more, even if nothing was to be written; 0: all is well. */
int weft_cli_writer_get_error (WeftCliWriter *writer);

/** weft_cli_writer_free: what is pending is given up. */
void weft_cli_writer_free (WeftCliWriter *writer);

G_END_DECLS
