/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The run's log: one entry for each line, with the arguments of its template; the text is made when
 * somebody reads it. Append-only, sorted by time; one writer, any reader.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WeftLog WeftLog;

typedef struct
{
  gint64 time_ns;
  gint64 value; /* nanoseconds for a {seconds}, else as in the event */
  guint32 task;
  guint16 lane;
  guint8 line; /* from 1 */
} WeftLogEntry;

WeftLog *weft_log_new (void);
void weft_log_free (WeftLog *log);
void weft_log_append (WeftLog *log, const WeftLogEntry *entry);
guint64 weft_log_get_count (const WeftLog *log);
void weft_log_get (const WeftLog *log, guint64 index, WeftLogEntry *entry);

/** weft_log_find: the last of the first @count entries at or before @time_ns, or -1. */
gint64 weft_log_find (const WeftLog *log, guint64 count, gint64 time_ns);

/** weft_log_get_bytes: resident memory of the entries, in bytes. Any thread. */
gsize weft_log_get_bytes (const WeftLog *log);

G_END_DECLS
