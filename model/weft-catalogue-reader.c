/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-catalogue-reader.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

struct _WeftCatalogueReader
{
  GStringChunk *strings;
  GPtrArray *memory;
  GPtrArray *places; /* of the texts passed to enter() */
  GError *error;
};

WeftCatalogueReader *
weft_catalogue_reader_new (GStringChunk *strings, GPtrArray *memory)
{
  WeftCatalogueReader *reader = g_new0 (WeftCatalogueReader, 1);

  reader->strings = strings;
  reader->memory = memory;
  reader->places = g_ptr_array_new_with_free_func (g_free);
  return reader;
}

gboolean
weft_catalogue_reader_free (WeftCatalogueReader *reader, GError **error)
{
  GError *first = reader->error;

  g_ptr_array_unref (reader->places);
  g_free (reader);
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, first);
  return FALSE;
}

gboolean
weft_catalogue_reader_has_failed (WeftCatalogueReader *reader)
{
  return reader->error != NULL;
}

void
weft_catalogue_reader_enter (WeftCatalogueReader *reader, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (reader->places, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

void
weft_catalogue_reader_leave (WeftCatalogueReader *reader)
{
  g_ptr_array_set_size (reader->places, (int) reader->places->len - 1);
}

void
weft_catalogue_reader_fail (WeftCatalogueReader *reader, const char *format, ...)
{
  va_list arguments;
  g_autofree char *what = NULL;
  g_autofree char *valid = NULL;
  g_autoptr (GString) where = g_string_new ("the catalogue");

  if (reader->error != NULL)
    return;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  for (guint i = 0; i < reader->places->len; i++)
    g_string_append_printf (where, ", %s", (const char *) reader->places->pdata[i]);
  /* It may quote what is no UTF-8. */
  valid = g_utf8_make_valid (what, -1);
  reader->error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", where->str, valid);
}

const char *
weft_catalogue_reader_keep (WeftCatalogueReader *reader, const char *text)
{
  return g_string_chunk_insert (reader->strings, text);
}

gpointer
weft_catalogue_reader_allocate (WeftCatalogueReader *reader, gsize n, gsize size)
{
  gpointer memory = g_malloc0_n (MAX (n, 1), size);

  g_ptr_array_add (reader->memory, memory);
  return memory;
}

/* NULL where @object is NULL, or the member is missing or null. */
static JsonNode *
find (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/* The parser makes bytes that are no UTF-8 out of octal escapes. */
static gboolean
is_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         && g_utf8_validate (json_node_get_string (node), -1, NULL);
}

const char *
weft_catalogue_reader_optional_string (WeftCatalogueReader *reader, JsonObject *object, const char *member)
{
  JsonNode *node = find (object, member);

  if (node == NULL)
    return NULL;
  if (!is_string (node))
    {
      weft_catalogue_reader_fail (reader, "\"%s\" must be a string", member);
      return NULL;
    }
  return weft_catalogue_reader_keep (reader, json_node_get_string (node));
}

const char *
weft_catalogue_reader_string (WeftCatalogueReader *reader, JsonObject *object, const char *member)
{
  const char *text = weft_catalogue_reader_optional_string (reader, object, member);

  if (text != NULL)
    return text;
  weft_catalogue_reader_fail (reader, "the string \"%s\" is missing", member);
  return "";
}

double
weft_catalogue_reader_optional_number (WeftCatalogueReader *reader, JsonObject *object, const char *member,
                                       double otherwise)
{
  JsonNode *node = find (object, member);
  double number;

  if (node == NULL)
    return otherwise;
  if (!JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_INT64
          && json_node_get_value_type (node) != G_TYPE_DOUBLE))
    {
      weft_catalogue_reader_fail (reader, "\"%s\" must be a number", member);
      return otherwise;
    }
  number = json_node_get_double (node);
  if (!isfinite (number))
    {
      weft_catalogue_reader_fail (reader, "\"%s\" must be finite", member);
      return otherwise;
    }
  return number;
}

double
weft_catalogue_reader_number (WeftCatalogueReader *reader, JsonObject *object, const char *member)
{
  if (find (object, member) == NULL)
    weft_catalogue_reader_fail (reader, "the number \"%s\" is missing", member);
  return weft_catalogue_reader_optional_number (reader, object, member, 0);
}

/* The array in @member; NULL where it is missing. */
static JsonArray *
find_array (WeftCatalogueReader *reader, JsonObject *object, const char *member)
{
  JsonNode *node = find (object, member);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      weft_catalogue_reader_fail (reader, "\"%s\" must be an array", member);
      return NULL;
    }
  return json_node_get_array (node);
}

const char *const *
weft_catalogue_reader_strings (WeftCatalogueReader *reader, JsonObject *object, const char *member)
{
  JsonArray *array = find_array (reader, object, member);
  guint n = array != NULL ? json_array_get_length (array) : 0;
  const char **strings = weft_catalogue_reader_allocate (reader, n + 1, sizeof (char *));

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      strings[i] = "";
      if (is_string (node))
        strings[i] = weft_catalogue_reader_keep (reader, json_node_get_string (node));
      else
        weft_catalogue_reader_fail (reader, "element %u of \"%s\" must be a string", i + 1, member);
    }
  return strings;
}

JsonArray *
weft_catalogue_reader_objects (WeftCatalogueReader *reader, JsonObject *object, const char *member)
{
  JsonArray *array = find_array (reader, object, member);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
      {
        weft_catalogue_reader_fail (reader, "element %u of \"%s\" must be an object", i + 1, member);
        return NULL;
      }
  return array;
}

JsonObject *
weft_catalogue_reader_object (WeftCatalogueReader *reader, JsonObject *object, const char *member)
{
  JsonNode *node = find (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      weft_catalogue_reader_fail (reader, "the object \"%s\" is missing", member);
      return NULL;
    }
  return json_node_get_object (node);
}
