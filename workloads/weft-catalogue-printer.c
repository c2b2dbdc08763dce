/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-catalogue-printer.h"

#define CATALOGUE_VERSION 1

/* The largest seed that every JSON reader keeps exactly: 2^53 - 1. */
#define MAX_SEED 9007199254740991.0
/* As many as the kernel's fixed-size CPU sets hold. */
#define MAX_CORES 1024

const WeftParameterSpec weft_common_parameters[] = {
  { .name = "seed",
    .title = "Seed",
    .help = "Repeats the random durations and values of a run; the order in which the kernel runs the "
            "lanes is never repeated.",
    .type = WEFT_PARAMETER_INTEGER,
    .maximum = MAX_SEED,
    .default_value = 1 },
  { .name = "cores",
    .title = "Cores",
    .help = "How many cores the run may use: with fewer than all it is kept to that many, so that a large "
            "machine can act as a small one.",
    .type = WEFT_PARAMETER_INTEGER,
    .minimum = 1,
    .maximum = MAX_CORES,
    .default_per_core = 1 },
  { NULL },
};

static const char *
type_name (WeftParameterType type)
{
  switch (type)
    {
    case WEFT_PARAMETER_INTEGER:
      return "integer";
    case WEFT_PARAMETER_NUMBER:
      return "number";
    case WEFT_PARAMETER_CHOICE:
      return "choice";
    case WEFT_PARAMETER_STRING:
      return "string";
    case WEFT_PARAMETER_INTEGER_LIST:
      return "integer-list";
    case WEFT_PARAMETER_STRING_LIST:
      return "string-list";
    default:
      g_assert_not_reached ();
    }
}

static const char *
rule_name (WeftRuleKind kind)
{
  switch (kind)
    {
    case WEFT_RULE_AT_MOST:
      return "at-most";
    case WEFT_RULE_FOLLOWS:
      return "follows";
    case WEFT_RULE_OVERRIDES:
      return "overrides";
    default:
      g_assert_not_reached ();
    }
}

static void
add_text (JsonBuilder *builder, const char *key, const char *text)
{
  json_builder_set_member_name (builder, key);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

/* A whole number is written without a point, whatever the type of its field in the description. */
static void
add_number (JsonBuilder *builder, const char *key, double number)
{
  json_builder_set_member_name (builder, key);
  if (number == (double) (gint64) number)
    json_builder_add_int_value (builder, (gint64) number);
  else
    json_builder_add_double_value (builder, number);
}

static gboolean
is_number (const WeftParameterSpec *spec)
{
  return spec->type == WEFT_PARAMETER_INTEGER || spec->type == WEFT_PARAMETER_NUMBER;
}

static void
add_parameter (JsonBuilder *builder, const WeftParameterSpec *spec)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", spec->name);
  add_text (builder, "title", spec->title);
  add_text (builder, "help", spec->help);
  add_text (builder, "type", type_name (spec->type));
  add_text (builder, "unit", spec->unit);
  add_number (builder, "minimum", spec->minimum);
  add_number (builder, "maximum", spec->maximum);
  if (is_number (spec))
    add_number (builder, "default", spec->default_value);
  else
    add_text (builder, "default", spec->default_text != NULL ? spec->default_text : "");
  add_number (builder, "default_per_core", spec->default_per_core);
  json_builder_set_member_name (builder, "choices");
  json_builder_begin_array (builder);
  for (guint i = 0; spec->choices != NULL && spec->choices[i] != NULL; i++)
    json_builder_add_string_value (builder, spec->choices[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "choice_titles");
  json_builder_begin_array (builder);
  for (guint i = 0; spec->choice_titles != NULL && spec->choices[i] != NULL; i++)
    json_builder_add_string_value (builder, spec->choice_titles[i]);
  json_builder_end_array (builder);
  add_number (builder, "max_elements", spec->max_elements);
  json_builder_end_object (builder);
}

static void
add_preset (JsonBuilder *builder, const char *name, const char *title, const char *help, const char *values)
{
  g_auto (GStrv) assignments = g_strsplit (values, " ", -1);

  json_builder_begin_object (builder);
  add_text (builder, "name", name);
  add_text (builder, "title", title);
  add_text (builder, "help", help);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_object (builder);
  for (guint i = 0; assignments[i] != NULL; i++)
    {
      char *equals = strchr (assignments[i], '=');

      g_assert (equals != NULL);
      *equals = '\0';
      add_text (builder, assignments[i], equals + 1);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_workload (JsonBuilder *builder, const WeftWorkload *workload)
{
  json_builder_begin_object (builder);
  add_text (builder, "id", workload->id);
  add_text (builder, "title", workload->title);
  add_text (builder, "summary", workload->summary);
  add_text (builder, "group", workload->group);
  add_text (builder, "see", workload->see);
  add_text (builder, "task_noun", workload->task_noun);
  add_text (builder, "task_names", workload->task_names);

  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_array (builder);
  for (const WeftParameterSpec *spec = workload->parameters; spec->name != NULL; spec++)
    add_parameter (builder, spec);
  for (const WeftParameterSpec *spec = weft_common_parameters; spec->name != NULL; spec++)
    add_parameter (builder, spec);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "presets");
  json_builder_begin_array (builder);
  add_preset (builder, "watch", "To watch",
              "Slow enough to follow with the eye, the same on any number of cores.", workload->watch);
  for (const WeftPresetSpec *preset = workload->presets; preset->name != NULL; preset++)
    add_preset (builder, preset->name, preset->title, preset->help, preset->values);
  add_preset (builder, "measure", "To measure", "At full speed, for figures rather than for the eye.",
              workload->measure);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "rules");
  json_builder_begin_array (builder);
  for (const WeftRuleSpec *rule = workload->rules; rule->first != NULL; rule++)
    {
      json_builder_begin_object (builder);
      add_text (builder, "kind", rule_name (rule->kind));
      add_text (builder, "first", rule->first);
      add_text (builder, "second", rule->second);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (const WeftResultSpec *result = workload->results; result->name != NULL; result++)
    {
      json_builder_begin_object (builder);
      add_text (builder, "name", result->name);
      add_text (builder, "title", result->title);
      add_text (builder, "unit", result->unit);
      add_text (builder, "help", result->help);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "lines");
  json_builder_begin_array (builder);
  for (guint i = 0; workload->lines[i] != NULL; i++)
    json_builder_add_string_value (builder, workload->lines[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

char *
weft_catalogue_to_text (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  add_number (builder, "version", CATALOGUE_VERSION);
  json_builder_set_member_name (builder, "workloads");
  json_builder_begin_array (builder);
  for (guint i = 0; weft_workloads[i] != NULL; i++)
    add_workload (builder, weft_workloads[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}
