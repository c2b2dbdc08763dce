/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-nearest.h"

#include <string.h>

/* A longer word is no misspelt name, and the comparison takes the product of the lengths. */
#define LONGEST_WORD 64
/* Of a name that was not typed to its end. */
#define SHORTEST_BEGINNING 3
#define LONGEST_QUOTE 60

guint
weft_nearest_distance (const char *a, const char *b)
{
  gsize a_length = strlen (a);
  gsize b_length = strlen (b);
  gsize width = b_length + 1;
  g_autofree guint *cells = g_new (guint, 3 * width);
  guint *before = cells; /* the row before the last */
  guint *last = cells + width;
  guint *row = cells + 2 * width;

  for (gsize j = 0; j <= b_length; j++)
    last[j] = (guint) j;
  for (gsize i = 1; i <= a_length; i++)
    {
      guint *recycled = before;

      row[0] = (guint) i;
      for (gsize j = 1; j <= b_length; j++)
        {
          char x = g_ascii_tolower (a[i - 1]);
          char y = g_ascii_tolower (b[j - 1]);
          guint best = last[j - 1] + (x != y);

          best = MIN (best, last[j] + 1);
          best = MIN (best, row[j - 1] + 1);
          if (i > 1 && j > 1 && x == g_ascii_tolower (b[j - 2]) && g_ascii_tolower (a[i - 2]) == y)
            best = MIN (best, before[j - 2] + 1);
          row[j] = best;
        }
      before = last;
      last = row;
      row = recycled;
    }
  return last[b_length];
}

/* The only one of @names that begins with @word, or NULL. */
static const char *
find_beginning (const char *word, const char *const *names)
{
  const char *found = NULL;

  for (; *names != NULL; names++)
    if (g_ascii_strncasecmp (word, *names, strlen (word)) == 0)
      {
        if (found != NULL)
          return NULL;
        found = *names;
      }
  return found;
}

const char *
weft_nearest_name (const char *word, const char *const *names)
{
  gsize length = strlen (word);
  guint nearest_distance = MAX (1, (guint) MIN (length, LONGEST_WORD) / 3) + 1;
  const char *nearest = NULL;

  if (length == 0 || length > LONGEST_WORD)
    return NULL;
  for (guint i = 0; names[i] != NULL; i++)
    {
      guint distance;

      if (strlen (names[i]) > LONGEST_WORD)
        continue;
      distance = weft_nearest_distance (word, names[i]);
      /* A name of which no letter was typed is not near, however short. */
      if (distance < nearest_distance && distance < MAX (length, strlen (names[i])))
        {
          nearest = names[i];
          nearest_distance = distance;
        }
    }
  if (nearest == NULL && length >= SHORTEST_BEGINNING)
    nearest = find_beginning (word, names);
  return nearest;
}

char *
weft_text_join_names (const char *const *names, const char *conjunction)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (i > 0 && names[i + 1] == NULL)
        g_string_append_printf (text, " %s ", conjunction);
      else if (i > 0)
        g_string_append (text, ", ");
      g_string_append (text, names[i]);
    }
  return g_string_free (text, FALSE);
}

char *
weft_nearest_hint (const char *word, const char *const *names, const char *plural)
{
  const char *nearest = weft_nearest_name (word, names);
  g_autofree char *list = NULL;

  if (nearest != NULL)
    return g_strdup_printf ("did you mean \"%s\"?", nearest);
  list = weft_text_join_names (names, "and");
  return g_strdup_printf ("the %s are %s", plural, list);
}

char *
weft_text_quote (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, 4 * LONGEST_QUOTE + 4));
  GString *quoted = g_string_new ("\"");
  guint n = 0;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (n++ == LONGEST_QUOTE)
        {
          g_string_append (quoted, "\xe2\x80\xa6");
          break;
        }
      if (c == '\n')
        g_string_append (quoted, "\\n");
      else if (c == '\t')
        g_string_append (quoted, "\\t");
      else if (!g_unichar_isprint (c))
        g_string_append_printf (quoted, "\\u%04x", c);
      else
        g_string_append_unichar (quoted, c);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}
