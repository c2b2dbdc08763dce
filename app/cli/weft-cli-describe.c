/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weft-cli describe: one workload, its parameters, presets and results.
 */
#include <json-glib/json-glib.h>

#include "weft-catalogue.h"
#include "weft-cli-command.h"
#include "weft-cli-text.h"
#include "weft-value.h"

static void
append_parameters (GString *text, const WeftWorkloadInfo *info)
{
  g_string_append (text, "\nParameters:\n");
  for (guint i = 0; i < info->n_parameters; i++)
    {
      const WeftParameterInfo *parameter = &info->parameters[i];
      g_autofree char *allowed = weft_parameter_info_dup_allowed (parameter);

      g_string_append_printf (text, "  %s: %s\n", parameter->name, parameter->title);
      g_string_append_printf (text, "      %s; ", allowed);
      if (*parameter->default_text != '\0')
        g_string_append_printf (text, "default %s\n", parameter->default_text);
      else
        g_string_append (text, "default empty\n");
      weft_cli_text_append_wrapped (text, 6, parameter->help);
    }
}

static void
append_rules (GString *text, const WeftWorkloadInfo *info)
{
  if (info->n_rules > 0)
    g_string_append (text, "\nRules:\n");
  for (guint i = 0; i < info->n_rules; i++)
    {
      const WeftRuleInfo *rule = &info->rules[i];

      switch (rule->kind)
        {
        case WEFT_RULE_INFO_AT_MOST:
          g_string_append_printf (text, "  %s must be at most %s.\n", rule->first, rule->second);
          break;
        case WEFT_RULE_INFO_FOLLOWS:
          g_string_append_printf (text, "  If just one of %s and %s is set, the other takes its value.\n",
                                  rule->first, rule->second);
          break;
        case WEFT_RULE_INFO_OVERRIDES:
          g_string_append_printf (text, "  Where %s is not empty, %s means nothing.\n", rule->first,
                                  rule->second);
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

static void
append_presets (GString *text, const WeftWorkloadInfo *info)
{
  g_string_append (text, "\nPresets:\n");
  for (guint i = 0; i < info->n_presets; i++)
    {
      const WeftPresetInfo *preset = &info->presets[i];

      g_string_append_printf (text, "  %s: %s\n      ", preset->name, preset->title);
      for (guint j = 0; preset->names[j] != NULL; j++)
        g_string_append_printf (text, "%s%s=%s", j > 0 ? " " : "", preset->names[j], preset->values[j]);
      g_string_append_c (text, '\n');
      weft_cli_text_append_wrapped (text, 6, preset->help);
    }
}

static void
append_results (GString *text, const WeftWorkloadInfo *info)
{
  g_string_append (text, "\nResults, in the summary:\n");
  for (guint i = 0; i < info->n_results; i++)
    {
      g_string_append_printf (text, "  %s: %s\n", info->results[i].name, info->results[i].title);
      weft_cli_text_append_wrapped (text, 6, info->results[i].help);
    }
}

static int
print_text (const WeftWorkloadInfo *info)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%s: %s: %s\n\n", info->id, info->title, info->summary);
  weft_cli_text_append_wrapped (text, 0, info->see);
  append_parameters (text, info);
  append_rules (text, info);
  append_presets (text, info);
  append_results (text, info);
  return weft_cli_text_print (text->str);
}

static int
run (const WeftCliArguments *arguments)
{
  const WeftWorkloadInfo *info;
  g_autoptr (GError) error = NULL;
  JsonObject *object;
  JsonNode *node;

  if (arguments->n_operands != 1)
    return weft_cli_refuse (&weft_cli_describe,
                            "\"describe\" takes the name of one workload; \"weft-cli list\" lists them");
  info = weft_catalogue_find (weft_catalogue_get (), arguments->operands[0], &error);
  if (info == NULL)
    return weft_cli_refuse (NULL, error->message);
  if (weft_cli_arguments_find (arguments, "json") == NULL)
    return print_text (info);
  object = weft_workload_info_to_json (info);
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  return weft_cli_text_print_json (node);
}

static const WeftCliOption options[] = {
  { '\0', "json", NULL, "Write one object: the workload with its parameters, presets, rules and results." },
  { 0 },
};

const WeftCliCommand weft_cli_describe = {
  .name = "describe",
  .synopsis = "WORKLOAD [--json]",
  .summary = "Says what a workload shows, its parameters and its presets.",
  .options = options,
  .run = run,
};
