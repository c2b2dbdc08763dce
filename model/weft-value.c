/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-value.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "weft-nearest.h"

static gboolean
is_list (WeftValueType type)
{
  return type == WEFT_VALUE_INTEGER_LIST || type == WEFT_VALUE_STRING_LIST;
}

static gboolean
in_range (const WeftParameterInfo *info, double number)
{
  return number >= info->minimum && number <= info->maximum;
}

/* @text is without blanks around it. */
static gboolean
parse_integer (const WeftParameterInfo *info, const char *text, gint64 *integer)
{
  char *end;

  if (text[strspn (text, "+-0123456789")] != '\0')
    return FALSE;
  errno = 0;
  *integer = g_ascii_strtoll (text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && in_range (info, (double) *integer);
}

static gboolean
parse_number (const WeftParameterInfo *info, const char *text, double *number)
{
  char *end;

  /* g_ascii_strtod() would also take hexadecimal, "inf" and "nan". */
  if (text[strspn (text, "+-.eE0123456789")] != '\0')
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*number) && in_range (info, *number);
}

/* A name that the log and the charts can show on one line. */
static gboolean
is_printable (const char *text)
{
  if (*text == '\0' || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isprint (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

/* What of @info's element is allowed; for one element or several. */
static char *
dup_allowed_range (const WeftParameterInfo *info, const char *noun)
{
  g_autofree char *minimum = weft_number_dup_text (info->minimum);
  g_autofree char *maximum = weft_number_dup_text (info->maximum);
  const char *unit = info->unit != NULL ? info->unit : "";

  return g_strdup_printf ("%s%s%s from %s to %s", noun, *unit != '\0' ? " of " : "", unit, minimum, maximum);
}

char *
weft_parameter_info_dup_allowed (const WeftParameterInfo *info)
{
  g_autofree char *range = NULL;

  switch (info->type)
    {
    case WEFT_VALUE_INTEGER:
      return dup_allowed_range (info, "a whole number");
    case WEFT_VALUE_NUMBER:
      return dup_allowed_range (info, "a number");
    case WEFT_VALUE_CHOICE:
      return weft_text_join_names (info->choices, "or");
    case WEFT_VALUE_STRING:
      return g_strdup ("text in UTF-8");
    case WEFT_VALUE_INTEGER_LIST:
      range = dup_allowed_range (info, "whole numbers");
      return g_strdup_printf ("a list of up to %u %s, with commas between", info->max_elements, range);
    case WEFT_VALUE_STRING_LIST:
      return g_strdup_printf ("a list of up to %u words, with commas between", info->max_elements);
    default:
      g_assert_not_reached ();
    }
}

/* Sets the error for @text; @detail: (nullable): which part of it is wrong. */
static void
set_error (GError **error, const char *workload_id, const WeftParameterInfo *info, const char *text,
           const char *detail)
{
  g_autofree char *allowed = weft_parameter_info_dup_allowed (info);
  g_autofree char *quoted = NULL;
  g_autofree char *hint = NULL;
  char *end;
  double number = g_ascii_strtod (text, &end);

  /* A plain number reads better without quotation marks. */
  if (end != text && *end == '\0' && isfinite (number) && strlen (text) <= 24
      && text[strspn (text, "+-.0123456789")] == '\0')
    quoted = g_strdup (text);
  else
    quoted = weft_text_quote (text);
  if (info->type == WEFT_VALUE_CHOICE)
    {
      const char *nearest = weft_nearest_name (text, info->choices);

      if (nearest != NULL)
        hint = g_strdup_printf ("; did you mean \"%s\"?", nearest);
    }
  g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_VALUE,
               "parameter \"%s\" of %s is %s%s%s: allowed is %s%s", info->name, workload_id, quoted,
               detail != NULL ? ", where " : "", detail != NULL ? detail : "", allowed,
               hint != NULL ? hint : "");
}

static char *
dup_element_detail (guint index, const char *element)
{
  g_autofree char *quoted = NULL;

  if (*element == '\0')
    return g_strdup_printf ("element %u is empty", index + 1);
  quoted = weft_text_quote (element);
  return g_strdup_printf ("element %u is %s", index + 1, quoted);
}

static gboolean
parse_list (const char *workload_id, const WeftParameterInfo *info, const char *text, WeftValue *value,
            GError **error)
{
  g_auto (GStrv) elements = NULL;
  guint n;

  /* Blank text is a list without elements, not a list of one empty element. */
  if (text[strspn (text, " \t\n\r\f\v")] == '\0')
    {
      value->elements = g_new0 (char *, 1);
      return TRUE;
    }
  /* One more than allowed is enough to see that there are too many. */
  elements = g_strsplit (text, ",", info->max_elements < G_MAXINT - 1 ? (int) info->max_elements + 1 : -1);
  n = g_strv_length (elements);
  if (n > info->max_elements)
    {
      gsize count = 1;
      g_autofree char *detail = NULL;

      for (const char *at = text; *at != '\0'; at++)
        count += *at == ',';
      detail = g_strdup_printf ("there are %" G_GSIZE_FORMAT " elements", count);
      set_error (error, workload_id, info, text, detail);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 integer = 0;
      gboolean good;

      g_strstrip (elements[i]);
      if (info->type == WEFT_VALUE_INTEGER_LIST)
        good = parse_integer (info, elements[i], &integer);
      else
        good = is_printable (elements[i]);
      if (!good)
        {
          g_autofree char *detail = dup_element_detail (i, elements[i]);

          set_error (error, workload_id, info, text, detail);
          return FALSE;
        }
      if (info->type == WEFT_VALUE_INTEGER_LIST)
        {
          g_free (elements[i]);
          elements[i] = g_strdup_printf ("%" G_GINT64_FORMAT, integer);
        }
    }
  value->elements = g_steal_pointer (&elements);
  return TRUE;
}

WeftValue *
weft_value_parse (const char *workload_id, const WeftParameterInfo *info, const char *text, GError **error)
{
  g_autoptr (WeftValue) value = g_new0 (WeftValue, 1);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gboolean good = FALSE;

  g_return_val_if_fail (info != NULL && text != NULL, NULL);

  value->type = info->type;
  switch (info->type)
    {
    case WEFT_VALUE_INTEGER:
      good = parse_integer (info, stripped, &value->integer);
      value->number = (double) value->integer;
      break;
    case WEFT_VALUE_NUMBER:
      good = parse_number (info, stripped, &value->number);
      break;
    case WEFT_VALUE_CHOICE:
      good = g_strv_contains (info->choices, stripped);
      value->text = g_steal_pointer (&stripped);
      break;
    case WEFT_VALUE_STRING:
      good = g_utf8_validate (text, -1, NULL);
      value->text = g_strdup (text);
      break;
    case WEFT_VALUE_INTEGER_LIST:
    case WEFT_VALUE_STRING_LIST:
      return parse_list (workload_id, info, text, value, error) ? g_steal_pointer (&value) : NULL;
    default:
      g_assert_not_reached ();
    }
  if (!good)
    {
      set_error (error, workload_id, info, text, NULL);
      return NULL;
    }
  return g_steal_pointer (&value);
}

WeftValue *
weft_value_new_number (const WeftParameterInfo *info, double number)
{
  WeftValue *value = g_new0 (WeftValue, 1);

  g_return_val_if_fail (info->type == WEFT_VALUE_INTEGER || info->type == WEFT_VALUE_NUMBER, value);

  value->type = info->type;
  value->number = CLAMP (number, info->minimum, info->maximum);
  if (info->type == WEFT_VALUE_INTEGER)
    {
      value->integer = (gint64) round (value->number);
      value->number = (double) value->integer;
    }
  return value;
}

WeftValue *
weft_value_copy (const WeftValue *value)
{
  WeftValue *copy = g_new (WeftValue, 1);

  *copy = *value;
  copy->text = g_strdup (value->text);
  copy->elements = g_strdupv (value->elements);
  return copy;
}

void
weft_value_free (WeftValue *value)
{
  if (value == NULL)
    return;
  g_free (value->text);
  g_strfreev (value->elements);
  g_free (value);
}

char *
weft_number_dup_text (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  /* Whole numbers are not written as 1e+06. */
  if (number == floor (number) && fabs (number) < 1e15)
    return g_strdup_printf ("%.0f", number == 0 ? 0.0 : number);
  g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  if (g_ascii_strtod (buffer, NULL) != number)
    g_ascii_formatd (buffer, sizeof buffer, "%.16g", number);
  if (g_ascii_strtod (buffer, NULL) != number)
    g_ascii_dtostr (buffer, sizeof buffer, number);
  return g_strdup (buffer);
}

char *
weft_value_dup_text (const WeftValue *value)
{
  if (value->type == WEFT_VALUE_INTEGER)
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  if (value->type == WEFT_VALUE_NUMBER)
    return weft_number_dup_text (value->number);
  if (is_list (value->type))
    return g_strjoinv (",", value->elements);
  return g_strdup (value->text);
}

gboolean
weft_value_is_empty (const WeftValue *value)
{
  if (is_list (value->type))
    return value->elements[0] == NULL;
  return value->text != NULL && *value->text == '\0';
}

JsonNode *
weft_value_to_json (const WeftValue *value)
{
  JsonNode *node;
  JsonArray *array;

  if (value->type == WEFT_VALUE_INTEGER)
    return json_node_init_int (json_node_alloc (), value->integer);
  if (value->type == WEFT_VALUE_NUMBER)
    return json_node_init_double (json_node_alloc (), value->number);
  if (!is_list (value->type))
    return json_node_init_string (json_node_alloc (), value->text);
  array = json_array_new ();
  for (char **element = value->elements; *element != NULL; element++)
    if (value->type == WEFT_VALUE_INTEGER_LIST)
      json_array_add_int_element (array, g_ascii_strtoll (*element, NULL, 10));
    else
      json_array_add_string_element (array, *element);
  node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return node;
}
