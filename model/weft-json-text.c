/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-json-text.h"

#include <math.h>

#include "weft-value.h"

/* A task of the summary fits. */
#define LINE_WIDTH 160

static void append_node (GString *text, JsonNode *node, guint depth);

static void
append_string (GString *text, const char *string)
{
  g_string_append_c (text, '"');
  for (const char *at = string; *at != '\0'; at++)
    switch (*at)
      {
      case '"':
      case '\\':
        g_string_append_c (text, '\\');
        g_string_append_c (text, *at);
        break;
      case '\n':
        g_string_append (text, "\\n");
        break;
      case '\t':
        g_string_append (text, "\\t");
        break;
      default:
        if ((guchar) *at < 0x20 || *at == 0x7f)
          g_string_append_printf (text, "\\u%04x", (guchar) *at);
        else
          g_string_append_c (text, *at);
      }
  g_string_append_c (text, '"');
}

static void
append_scalar (GString *text, JsonNode *node)
{
  g_autofree char *number = NULL;

  if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (text, "null");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    append_string (text, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (text, json_node_get_boolean (node) ? "true" : "false");
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else if (!isfinite (json_node_get_double (node)))
    g_string_append (text, "null");
  else
    {
      number = weft_number_dup_text (json_node_get_double (node));
      g_string_append (text, number);
    }
}

static void
append_line_start (GString *text, guint depth)
{
  g_string_append_c (text, '\n');
  for (guint i = 0; i < depth; i++)
    g_string_append (text, "  ");
}

/* Writes the elements of @node, an array or object: on one line if @depth is 0, else on lines of
 * their own, indented by @depth. */
static void
append_elements (GString *text, JsonNode *node, guint depth)
{
  gboolean is_object = JSON_NODE_HOLDS_OBJECT (node);
  g_autoptr (GList) elements = is_object ? json_object_get_members (json_node_get_object (node))
                                         : json_array_get_elements (json_node_get_array (node));

  g_string_append_c (text, is_object ? '{' : '[');
  for (GList *link = elements; link != NULL; link = link->next)
    {
      JsonNode *child = link->data;

      if (depth > 0)
        append_line_start (text, depth);
      else
        g_string_append_c (text, ' ');
      if (is_object)
        {
          append_string (text, link->data);
          g_string_append (text, ": ");
          child = json_object_get_member (json_node_get_object (node), link->data);
        }
      append_node (text, child, depth);
      if (link->next != NULL)
        g_string_append_c (text, ',');
    }
  if (depth > 0)
    append_line_start (text, depth - 1);
  else if (elements != NULL)
    g_string_append_c (text, ' ');
  g_string_append_c (text, is_object ? '}' : ']');
}

/* True if @node, an array or object, holds nothing but scalars. */
static gboolean
is_flat (JsonNode *node)
{
  g_autoptr (GList) elements = JSON_NODE_HOLDS_OBJECT (node)
                                   ? json_object_get_values (json_node_get_object (node))
                                   : json_array_get_elements (json_node_get_array (node));

  for (GList *link = elements; link != NULL; link = link->next)
    if (JSON_NODE_HOLDS_OBJECT ((JsonNode *) link->data) || JSON_NODE_HOLDS_ARRAY ((JsonNode *) link->data))
      return FALSE;
  return TRUE;
}

/* @depth: the indentation of what @node contains. */
static void
append_node (GString *text, JsonNode *node, guint depth)
{
  gsize start = text->len;
  gsize line_start = start;

  if (!JSON_NODE_HOLDS_OBJECT (node) && !JSON_NODE_HOLDS_ARRAY (node))
    {
      append_scalar (text, node);
      return;
    }
  if (is_flat (node))
    {
      append_elements (text, node, 0);
      while (line_start > 0 && text->str[line_start - 1] != '\n')
        line_start--;
      if (text->len - line_start <= LINE_WIDTH)
        return;
      g_string_truncate (text, start);
    }
  append_elements (text, node, depth + 1);
}

char *
weft_json_to_text (JsonNode *node)
{
  GString *text = g_string_new (NULL);

  append_node (text, node, 0);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}
