/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-cli-text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "weft-cli-command.h"
#include "weft-json-text.h"

#define COLUMNS 79

static void
append_paragraph (GString *text, guint indent, const char *paragraph)
{
  g_auto (GStrv) words = g_strsplit_set (paragraph, " \n", -1);
  glong column = 0;

  for (char **word = words; *word != NULL; word++)
    {
      glong width = g_utf8_strlen (*word, -1);

      if (width == 0)
        continue;
      if (column > 0 && column + 1 + width > COLUMNS)
        {
          g_string_append_c (text, '\n');
          column = 0;
        }
      if (column == 0)
        g_string_append_printf (text, "%*s", (int) indent, "");
      else
        g_string_append_c (text, ' ');
      column += width + (column == 0 ? (glong) indent : 1);
      g_string_append (text, *word);
    }
  g_string_append_c (text, '\n');
}

void
weft_cli_text_append_wrapped (GString *text, guint indent, const char *paragraphs)
{
  g_auto (GStrv) parts = g_strsplit (paragraphs, "\n\n", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (text, '\n');
      append_paragraph (text, indent, parts[i]);
    }
}

int
weft_cli_text_print (const char *text)
{
  g_autofree char *message = NULL;

  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return WEFT_CLI_FINISHED;
  message = g_strdup_printf ("cannot write to standard output: %s", g_strerror (errno));
  return weft_cli_fail (message);
}

int
weft_cli_text_print_json (JsonNode *node)
{
  g_autofree char *text = weft_json_to_text (node);

  json_node_unref (node);
  return weft_cli_text_print (text);
}
