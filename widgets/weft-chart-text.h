/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences for the accessible descriptions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** weft_chart_text_join: (transfer full): the lines of @text in one, with @separator between them. */
char *weft_chart_text_join (const char *text, const char *separator);

/** weft_chart_text_dup_time: (transfer full): "1.410 s", however long the run is. */
char *weft_chart_text_dup_time (gint64 time_ns);

/** weft_chart_text_dup_place: (transfer full): "at 1.410 s: " when @cursor_ns is in the recording, which
 * reaches to @now_ns; else "". */
char *weft_chart_text_dup_place (gint64 cursor_ns, gint64 now_ns);

G_END_DECLS
