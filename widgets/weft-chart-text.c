/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-chart-text.h"

#include "weft-time-axis.h"

#define MILLISECOND_NS 1000000

char *
weft_chart_text_join (const char *text, const char *separator)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strjoinv (separator, lines);
}

char *
weft_chart_text_dup_time (gint64 time_ns)
{
  return weft_time_dup_label (time_ns, MILLISECOND_NS);
}

char *
weft_chart_text_dup_place (gint64 cursor_ns, gint64 now_ns)
{
  g_autofree char *time = NULL;

  if (cursor_ns < 0 || cursor_ns > now_ns)
    return g_strdup ("");
  time = weft_chart_text_dup_time (cursor_ns);
  return g_strdup_printf ("at %s: ", time);
}
