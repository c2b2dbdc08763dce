/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The description of a workload as JSON, for scripts: `weft-cli describe --json`.
 */
#include <json-glib/json-glib.h>
#include <math.h>

#include "weft-catalogue.h"
#include "weft-value.h"

static void
add_string (JsonBuilder *builder, const char *member, const char *text)
{
  json_builder_set_member_name (builder, member);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

/* Whole numbers are written as such. */
static void
add_number (JsonBuilder *builder, const char *member, double number)
{
  json_builder_set_member_name (builder, member);
  if (number == floor (number) && fabs (number) < 1e15)
    json_builder_add_int_value (builder, (gint64) number);
  else
    json_builder_add_double_value (builder, number);
}

static void
add_parameter (JsonBuilder *builder, const char *workload_id, const WeftParameterInfo *info)
{
  g_autoptr (WeftValue) value = weft_value_parse (workload_id, info, info->default_text, NULL);

  json_builder_begin_object (builder);
  add_string (builder, "name", info->name);
  add_string (builder, "title", info->title);
  add_string (builder, "help", info->help);
  add_string (builder, "type", weft_value_type_get_id (info->type));
  add_string (builder, "unit", info->unit);
  json_builder_set_member_name (builder, "default");
  json_builder_add_value (builder, weft_value_to_json (value));
  if (info->type == WEFT_VALUE_INTEGER || info->type == WEFT_VALUE_NUMBER
      || info->type == WEFT_VALUE_INTEGER_LIST)
    {
      add_number (builder, "minimum", info->minimum);
      add_number (builder, "maximum", info->maximum);
    }
  if (info->type == WEFT_VALUE_INTEGER_LIST || info->type == WEFT_VALUE_STRING_LIST)
    add_number (builder, "max_elements", info->max_elements);
  if (info->type == WEFT_VALUE_CHOICE)
    {
      json_builder_set_member_name (builder, "choices");
      json_builder_begin_array (builder);
      for (guint i = 0; info->choices[i] != NULL; i++)
        json_builder_add_string_value (builder, info->choices[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static void
add_preset (JsonBuilder *builder, const WeftPresetInfo *preset)
{
  json_builder_begin_object (builder);
  add_string (builder, "name", preset->name);
  add_string (builder, "title", preset->title);
  add_string (builder, "help", preset->help);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_object (builder);
  for (guint i = 0; preset->names[i] != NULL; i++)
    add_string (builder, preset->names[i], preset->values[i]);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

gpointer
weft_workload_info_to_json (const WeftWorkloadInfo *info)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  add_string (builder, "id", info->id);
  add_string (builder, "title", info->title);
  add_string (builder, "summary", info->summary);
  add_string (builder, "group", info->group);
  add_string (builder, "see", info->see);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_array (builder);
  for (guint i = 0; i < info->n_parameters; i++)
    add_parameter (builder, info->id, &info->parameters[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "presets");
  json_builder_begin_array (builder);
  for (guint i = 0; i < info->n_presets; i++)
    add_preset (builder, &info->presets[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "rules");
  json_builder_begin_array (builder);
  for (guint i = 0; i < info->n_rules; i++)
    {
      json_builder_begin_object (builder);
      add_string (builder, "kind", weft_rule_info_kind_get_id (info->rules[i].kind));
      add_string (builder, "first", info->rules[i].first);
      add_string (builder, "second", info->rules[i].second);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint i = 0; i < info->n_results; i++)
    {
      json_builder_begin_object (builder);
      add_string (builder, "name", info->results[i].name);
      add_string (builder, "title", info->results[i].title);
      add_string (builder, "unit", info->results[i].unit);
      add_string (builder, "help", info->results[i].help);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_node_dup_object (root);
}
