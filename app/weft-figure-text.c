/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-figure-text.h"

#include <math.h>

#include "weft-time-axis.h"

#define UNKNOWN "—"

/* A list longer than this is cut, and says how much is missing. */
#define MAX_ELEMENTS 16

static char *
number_text (double number, const char *unit)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    return g_strdup (UNKNOWN);
  if (g_strcmp0 (unit, "s") == 0)
    return fabs (number) < 1e9 ? weft_time_dup_duration ((gint64) llround (number * 1e9))
                               : g_strdup_printf ("%.0f s", number);
  if (g_strcmp0 (unit, "%") == 0)
    {
      g_ascii_formatd (text, sizeof text, "%.1f", number * 100);
      return g_strdup_printf ("%s %%", text);
    }
  if (number == floor (number) && fabs (number) < 1e15)
    {
      g_autofree char *whole = weft_count_text_new ((guint64) fabs (number));

      g_snprintf (text, sizeof text, "%s%s", number < 0 ? "−" : "", whole);
    }
  else if (fabs (number) >= 1000 && fabs (number) < 1e15)
    {
      g_autofree char *whole = weft_count_text_new ((guint64) llround (fabs (number)));

      g_snprintf (text, sizeof text, "%s%s", number < 0 ? "−" : "", whole);
    }
  else
    g_ascii_formatd (text, sizeof text, "%.3g", number);
  if (unit == NULL)
    return g_strdup (text);
  return g_strdup_printf ("%s%s%s", text, *unit == '/' ? "" : " ", unit);
}

static char *
array_text (JsonArray *array, const char *unit)
{
  GString *text = g_string_new (NULL);
  guint length = json_array_get_length (array);

  if (length == 0)
    g_string_append (text, UNKNOWN);
  for (guint i = 0; i < MIN (length, MAX_ELEMENTS); i++)
    {
      g_autofree char *element = weft_figure_text_new (json_array_get_element (array, i), unit);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", element);
    }
  if (length > MAX_ELEMENTS)
    g_string_append_printf (text, " and %u more", length - MAX_ELEMENTS);
  return g_string_free (text, FALSE);
}

static char *
object_text (JsonObject *object, const char *unit)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *member = weft_figure_text_new (json_object_get_member (object, l->data), unit);

      g_string_append_printf (text, "%s%s %s", l != names ? "\n" : "", (const char *) l->data, member);
    }
  return g_string_free (text, FALSE);
}

char *
weft_figure_text_new (JsonNode *value, const char *unit)
{
  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return g_strdup (UNKNOWN);
  if (JSON_NODE_HOLDS_ARRAY (value))
    return array_text (json_node_get_array (value), unit);
  if (JSON_NODE_HOLDS_OBJECT (value))
    return object_text (json_node_get_object (value), unit);
  if (json_node_get_value_type (value) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (value));
  if (json_node_get_value_type (value) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (value) ? "yes" : "no");
  return number_text (json_node_get_double (value), unit);
}

char *
weft_count_text_new (guint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  gsize length = strlen (digits);
  GString *text = g_string_sized_new (length + length / 3);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}
