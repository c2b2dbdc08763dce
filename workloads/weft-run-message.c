/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-run-message.h"

#include <string.h>

#include "weft-workloads.h"

static gboolean
is_integer (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64;
}

/* The parser makes bytes that are no UTF-8 out of octal escapes. */
static gboolean
is_text (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         && g_utf8_validate (json_node_get_string (node), -1, NULL);
}

static gboolean
is_number_in_range (JsonNode *node, const WeftParameterSpec *spec)
{
  double value;

  if (!is_integer (node)
      && !(spec->type == WEFT_PARAMETER_NUMBER && node != NULL && JSON_NODE_HOLDS_VALUE (node)
           && json_node_get_value_type (node) == G_TYPE_DOUBLE))
    return FALSE;
  value = json_node_get_double (node);
  return value >= spec->minimum && value <= spec->maximum;
}

static gboolean
is_list (JsonNode *node, const WeftParameterSpec *spec)
{
  WeftParameterSpec element = { .type = WEFT_PARAMETER_INTEGER,
                                .minimum = spec->minimum,
                                .maximum = spec->maximum };
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  if (json_array_get_length (array) > spec->max_elements)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node_i = json_array_get_element (array, i);

      if (!(spec->type == WEFT_PARAMETER_INTEGER_LIST ? is_number_in_range (node_i, &element)
                                                      : is_text (node_i)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fits (JsonNode *node, const WeftParameterSpec *spec)
{
  switch (spec->type)
    {
    case WEFT_PARAMETER_INTEGER:
    case WEFT_PARAMETER_NUMBER:
      return is_number_in_range (node, spec);
    case WEFT_PARAMETER_CHOICE:
      return is_text (node) && g_strv_contains (spec->choices, json_node_get_string (node));
    case WEFT_PARAMETER_STRING:
      return is_text (node);
    case WEFT_PARAMETER_INTEGER_LIST:
    case WEFT_PARAMETER_STRING_LIST:
      return is_list (node, spec);
    default:
      g_assert_not_reached ();
    }
}

char *
weft_run_message_read (JsonObject *message, WeftRun *run)
{
  JsonNode *id = json_object_get_member (message, "workload");
  JsonNode *parameters = json_object_get_member (message, "parameters");
  JsonNode *seed = json_object_get_member (message, "seed");
  JsonNode *cores = json_object_get_member (message, "cores");

  run->workload = is_text (id) ? weft_workloads_find (json_node_get_string (id)) : NULL;
  if (run->workload == NULL)
    return g_strdup_printf ("The helper knows no workload \"%s\": it is of another version than the "
                            "program that started it. Install both from the same build.",
                            is_text (id) ? json_node_get_string (id) : "");
  if (parameters == NULL || !JSON_NODE_HOLDS_OBJECT (parameters) || !is_integer (seed) || !is_integer (cores)
      || json_node_get_int (seed) < 0 || json_node_get_int (cores) < 1)
    return g_strdup ("The message \"run\" lacks its parameters, seed or cores.");
  for (const WeftParameterSpec *spec = run->workload->parameters; spec->name != NULL; spec++)
    if (!fits (json_object_get_member (json_node_get_object (parameters), spec->name), spec))
      return g_strdup_printf ("Parameter %s of workload %s is missing or not what the helper allows: it "
                              "is of another version than the program that started it. Install both from "
                              "the same build.",
                              spec->name, run->workload->id);
  run->parameters = json_object_ref (json_node_get_object (parameters));
  run->seed = (guint64) json_node_get_int (seed);
  run->n_cores = (guint) json_node_get_int (cores);
  return NULL;
}
