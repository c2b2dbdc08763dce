/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-recording-internal.h"

#include <string.h>

struct _WeftRecordingNames
{
  const WeftWorkloadInfo *info; /* owned by the catalogue */
  char **tasks;                 /* names of the units of work, in turn; NULL: numbers */
  guint n_tasks;
};

WeftRecordingNames *
weft_recording_names_new (const WeftWorkloadInfo *info, WeftParameters *parameters)
{
  WeftRecordingNames *names = g_new0 (WeftRecordingNames, 1);

  names->info = info;
  if (info != NULL && parameters != NULL && info->task_names != NULL)
    {
      names->tasks = weft_parameters_get_strings (parameters, info->task_names);
      names->n_tasks = g_strv_length (names->tasks);
    }
  return names;
}

void
weft_recording_names_free (WeftRecordingNames *names)
{
  if (names == NULL)
    return;
  g_strfreev (names->tasks);
  g_free (names);
}

char *
weft_recording_dup_short_task_name (WeftRecording *recording, guint32 task)
{
  const WeftRecordingNames *names = weft_recording_get_names (recording);

  if (names->n_tasks > 0)
    return g_strdup (names->tasks[task % names->n_tasks]);
  return g_strdup_printf ("%u", task);
}

char *
weft_recording_dup_task_name (WeftRecording *recording, guint32 task)
{
  const WeftRecordingNames *names = weft_recording_get_names (recording);
  g_autofree char *short_name = weft_recording_dup_short_task_name (recording, task);

  if (names->info == NULL || names->info->task_noun == NULL)
    return g_steal_pointer (&short_name);
  return g_strdup_printf ("%s %s", names->info->task_noun, short_name);
}

/* Appends what stands for the place holder @key in the line of @entry. False if it is none. */
static gboolean
append_argument (WeftRecording *recording, GString *text, const WeftLogEntry *entry, const char *key,
                 gsize length)
{
  const WeftLaneInfo *lane = weft_recording_get_lane (recording, entry->lane);

#define KEY_IS(name) (length == strlen (name) && strncmp (key, name, length) == 0)
  if (KEY_IS ("pid"))
    g_string_append_printf (text, "%d", lane->pid);
  else if (KEY_IS ("id"))
    g_string_append_printf (text, "%d", lane->is_process ? lane->pid : lane->tid);
  else if (KEY_IS ("task"))
    {
      g_autofree char *name = weft_recording_dup_short_task_name (recording, entry->task);

      g_string_append (text, name);
    }
  else if (KEY_IS ("seconds"))
    {
      /* Not printf's %f, whose decimal point depends on the locale. */
      gint64 hundredths = (entry->value + 5000000) / 10000000;

      g_string_append_printf (text, "%" G_GINT64_FORMAT ".%02d", hundredths / 100, (int) (hundredths % 100));
    }
  else if (KEY_IS ("value"))
    g_string_append_printf (text, "%" G_GINT64_FORMAT, entry->value);
  else
    return FALSE;
#undef KEY_IS
  return TRUE;
}

char *
weft_recording_render_log (WeftRecording *recording, guint64 index)
{
  const WeftWorkloadInfo *info = weft_recording_get_workload (recording);
  GString *text = g_string_new (NULL);
  WeftLogEntry entry;

  g_return_val_if_fail (index < weft_log_get_count (weft_recording_get_log (recording)), NULL);
  weft_log_get (weft_recording_get_log (recording), index, &entry);
  g_return_val_if_fail (info != NULL && entry.line >= 1 && entry.line <= info->n_lines, NULL);
  for (const char *c = info->lines[entry.line - 1]; *c != '\0'; c++)
    {
      const char *end = *c == '{' ? strchr (c, '}') : NULL;

      if (end != NULL && append_argument (recording, text, &entry, c + 1, (gsize) (end - c) - 1))
        c = end;
      else
        g_string_append_c (text, *c);
    }
  return g_string_free (text, FALSE);
}

char *
weft_recording_dup_full_text (WeftRecording *recording)
{
  gint64 full_ns = weft_recording_get_full (recording);
  g_autofree char *budget =
      g_format_size_full (weft_recording_get_budget (recording), G_FORMAT_SIZE_IEC_UNITS);

  if (full_ns < 0)
    return NULL;
  return g_strdup_printf ("The recording was full after %" G_GINT64_FORMAT
                          " s: it may take %s, a part of this machine's memory. What happened later is not "
                          "in it; its events count as dropped, and the totals are exact.",
                          full_ns / 1000000000, budget);
}
