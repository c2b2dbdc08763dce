/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-parameters.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weft-value.h"

/* Both arrays are indexed as the workload's parameters; NULL: not set. */
struct _WeftParameters
{
  gatomicrefcount references;
  const WeftWorkloadInfo *info;
  WeftValue **set;    /* explicitly */
  WeftValue **preset; /* by the preset that was applied last */
};

static WeftValue **
copy_values (WeftValue *const *values, guint n)
{
  WeftValue **copy = g_new0 (WeftValue *, n);

  for (guint i = 0; i < n; i++)
    copy[i] = values[i] != NULL ? weft_value_copy (values[i]) : NULL;
  return copy;
}

static void
free_values (WeftValue **values, guint n)
{
  for (guint i = 0; i < n; i++)
    weft_value_free (values[i]);
  g_free (values);
}

/* The index of parameter @name, or -1. */
static int
find_index (const WeftWorkloadInfo *info, const char *name)
{
  for (guint i = 0; i < info->n_parameters; i++)
    if (strcmp (info->parameters[i].name, name) == 0)
      return (int) i;
  return -1;
}

/* What was set for parameter @index, explicitly or by the preset; NULL: nothing. */
static const WeftValue *
get_given (WeftParameters *parameters, int index)
{
  return parameters->set[index] != NULL ? parameters->set[index] : parameters->preset[index];
}

/* What parameter @index follows because it was not given itself, or NULL. */
static const WeftValue *
get_followed (WeftParameters *parameters, int index)
{
  const WeftWorkloadInfo *info = parameters->info;
  const char *name = info->parameters[index].name;

  for (guint i = 0; i < info->n_rules; i++)
    {
      const WeftRuleInfo *rule = &info->rules[i];
      const WeftValue *followed = NULL;

      if (rule->kind != WEFT_RULE_INFO_FOLLOWS)
        continue;
      if (strcmp (rule->first, name) == 0)
        followed = get_given (parameters, find_index (info, rule->second));
      else if (strcmp (rule->second, name) == 0)
        followed = get_given (parameters, find_index (info, rule->first));
      if (followed != NULL)
        return followed;
    }
  return NULL;
}

/* The cores that the run may use: defaults that grow with them rest on it. */
static double
get_cores (WeftParameters *parameters)
{
  int index = find_index (parameters->info, "cores");
  const WeftValue *given = index >= 0 ? get_given (parameters, index) : NULL;
  double machine = weft_machine_get_n_cores ();

  return given != NULL ? MIN (given->number, machine) : machine;
}

/* The value in force; the caller frees it. */
static WeftValue *
dup_value (WeftParameters *parameters, int index)
{
  const WeftParameterInfo *info = &parameters->info->parameters[index];
  const WeftValue *value = get_given (parameters, index);

  if (value == NULL)
    value = get_followed (parameters, index);
  if (value != NULL)
    return weft_value_copy (value);
  if (info->type == WEFT_VALUE_INTEGER || info->type == WEFT_VALUE_NUMBER)
    return weft_value_new_number (info,
                                  info->default_value + info->default_per_core * get_cores (parameters));
  /* The catalogue has checked that its defaults can be read. */
  return weft_value_parse (parameters->info->id, info, info->default_text, NULL);
}

/* As above, for a name that the caller answers for; NULL, with a warning, where there is none. */
static WeftValue *
dup_named_value (WeftParameters *parameters, const char *name)
{
  int index = find_index (parameters->info, name);

  g_return_val_if_fail (index >= 0, NULL);
  return dup_value (parameters, index);
}

WeftParameters *
weft_parameters_new (const WeftWorkloadInfo *info)
{
  WeftParameters *parameters = g_new0 (WeftParameters, 1);

  g_return_val_if_fail (info != NULL, parameters);

  g_atomic_ref_count_init (&parameters->references);
  parameters->info = info;
  parameters->set = g_new0 (WeftValue *, info->n_parameters);
  parameters->preset = g_new0 (WeftValue *, info->n_parameters);
  return parameters;
}

WeftParameters *
weft_parameters_copy (WeftParameters *parameters)
{
  WeftParameters *copy = g_new0 (WeftParameters, 1);

  g_atomic_ref_count_init (&copy->references);
  copy->info = parameters->info;
  copy->set = copy_values (parameters->set, parameters->info->n_parameters);
  copy->preset = copy_values (parameters->preset, parameters->info->n_parameters);
  return copy;
}

WeftParameters *
weft_parameters_ref (WeftParameters *parameters)
{
  g_atomic_ref_count_inc (&parameters->references);
  return parameters;
}

void
weft_parameters_unref (WeftParameters *parameters)
{
  if (!g_atomic_ref_count_dec (&parameters->references))
    return;
  free_values (parameters->set, parameters->info->n_parameters);
  free_values (parameters->preset, parameters->info->n_parameters);
  g_free (parameters);
}

const WeftWorkloadInfo *
weft_parameters_get_workload (WeftParameters *parameters)
{
  return parameters->info;
}

gboolean
weft_parameters_apply_preset (WeftParameters *parameters, const char *name, GError **error)
{
  const WeftWorkloadInfo *info = parameters->info;
  const WeftPresetInfo *preset = weft_workload_info_find_preset (info, name, error);
  WeftValue **values;

  if (preset == NULL)
    return FALSE;
  values = g_new0 (WeftValue *, info->n_parameters);
  for (guint i = 0; preset->names[i] != NULL; i++)
    {
      int index = find_index (info, preset->names[i]);

      values[index] = weft_value_parse (info->id, &info->parameters[index], preset->values[i], error);
      if (values[index] == NULL)
        {
          free_values (values, info->n_parameters);
          return FALSE;
        }
    }
  free_values (parameters->preset, info->n_parameters);
  parameters->preset = values;
  return TRUE;
}

gboolean
weft_parameters_set (WeftParameters *parameters, const char *name, const char *text, GError **error)
{
  const WeftWorkloadInfo *info = parameters->info;
  const WeftParameterInfo *parameter = weft_workload_info_find_parameter (info, name, error);
  WeftValue *value;
  gsize index;

  if (parameter == NULL)
    return FALSE;
  value = weft_value_parse (info->id, parameter, text, error);
  if (value == NULL)
    return FALSE;
  index = (gsize) (parameter - info->parameters);
  weft_value_free (parameters->set[index]);
  parameters->set[index] = value;
  return TRUE;
}

void
weft_parameters_unset (WeftParameters *parameters, const char *name)
{
  int index = find_index (parameters->info, name);

  g_return_if_fail (index >= 0);
  g_clear_pointer (&parameters->set[index], weft_value_free);
}

/* Whether another parameter's value makes @name mean nothing. */
static gboolean
is_overridden (WeftParameters *parameters, const char *name)
{
  const WeftWorkloadInfo *info = parameters->info;

  for (guint i = 0; i < info->n_rules; i++)
    if (info->rules[i].kind == WEFT_RULE_INFO_OVERRIDES && strcmp (info->rules[i].second, name) == 0)
      {
        g_autoptr (WeftValue) value = dup_named_value (parameters, info->rules[i].first);

        if (!weft_value_is_empty (value))
          return TRUE;
      }
  return FALSE;
}

static gboolean
check_at_most (WeftParameters *parameters, const WeftRuleInfo *rule, GError **error)
{
  g_autoptr (WeftValue) first = dup_named_value (parameters, rule->first);
  g_autoptr (WeftValue) second = dup_named_value (parameters, rule->second);
  g_autofree char *first_text = NULL;
  g_autofree char *second_text = NULL;

  if (first->number <= second->number || is_overridden (parameters, rule->first)
      || is_overridden (parameters, rule->second))
    return TRUE;
  first_text = weft_value_dup_text (first);
  second_text = weft_value_dup_text (second);
  g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_CONTRADICTION,
               "parameter \"%s\" of %s is %s and \"%s\" is %s: the first must be at most the second",
               rule->first, parameters->info->id, first_text, rule->second, second_text);
  return FALSE;
}

/* A parameter that follows another takes a value that only the other was checked for. */
static gboolean
check_follower (WeftParameters *parameters, const char *name, const char *followed, GError **error)
{
  int index = find_index (parameters->info, name);
  const WeftParameterInfo *info = &parameters->info->parameters[index];
  const WeftValue *value = get_given (parameters, index) == NULL ? get_followed (parameters, index) : NULL;
  g_autoptr (WeftValue) own = NULL;
  g_autofree char *text = NULL;
  g_autofree char *allowed = NULL;

  if (value == NULL)
    return TRUE;
  text = weft_value_dup_text (value);
  own = weft_value_parse (parameters->info->id, info, text, NULL);
  if (own != NULL)
    return TRUE;
  allowed = weft_parameter_info_dup_allowed (info);
  g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_CONTRADICTION,
               "parameter \"%s\" of %s is %s, and \"%s\", which was not set, would follow it: allowed is %s",
               followed, parameters->info->id, text, name, allowed);
  return FALSE;
}

gboolean
weft_parameters_check (WeftParameters *parameters, const char **offender, GError **error)
{
  const WeftWorkloadInfo *info = parameters->info;

  for (guint i = 0; i < info->n_rules; i++)
    {
      const WeftRuleInfo *rule = &info->rules[i];
      gboolean good = TRUE;

      if (rule->kind == WEFT_RULE_INFO_AT_MOST)
        good = check_at_most (parameters, rule, error);
      else if (rule->kind == WEFT_RULE_INFO_FOLLOWS)
        good = check_follower (parameters, rule->first, rule->second, error)
               && check_follower (parameters, rule->second, rule->first, error);
      if (!good)
        {
          if (offender != NULL)
            *offender = rule->first;
          return FALSE;
        }
    }
  return TRUE;
}

char *
weft_parameters_dup_text (WeftParameters *parameters, const char *name)
{
  g_autoptr (WeftValue) value = dup_named_value (parameters, name);

  return value != NULL ? weft_value_dup_text (value) : NULL;
}

gboolean
weft_parameters_is_set (WeftParameters *parameters, const char *name)
{
  int index = find_index (parameters->info, name);

  g_return_val_if_fail (index >= 0, FALSE);
  return parameters->set[index] != NULL;
}

gint64
weft_parameters_get_integer (WeftParameters *parameters, const char *name)
{
  g_autoptr (WeftValue) value = dup_named_value (parameters, name);

  g_return_val_if_fail (value != NULL && value->type == WEFT_VALUE_INTEGER, 0);
  return value->integer;
}

double
weft_parameters_get_number (WeftParameters *parameters, const char *name)
{
  g_autoptr (WeftValue) value = dup_named_value (parameters, name);

  g_return_val_if_fail (value != NULL
                            && (value->type == WEFT_VALUE_INTEGER || value->type == WEFT_VALUE_NUMBER),
                        0);
  return value->number;
}

char **
weft_parameters_get_strings (WeftParameters *parameters, const char *name)
{
  g_autoptr (WeftValue) value = dup_named_value (parameters, name);

  g_return_val_if_fail (value != NULL && value->elements != NULL, g_new0 (char *, 1));
  return g_steal_pointer (&value->elements);
}

gpointer
weft_parameters_to_json (WeftParameters *parameters)
{
  const WeftWorkloadInfo *info = parameters->info;
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < info->n_parameters; i++)
    {
      g_autoptr (WeftValue) value = dup_value (parameters, (int) i);

      json_object_set_member (object, info->parameters[i].name, weft_value_to_json (value));
    }
  return object;
}
