/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parameters as they are typed. The first line names a workload, each other one is NAME=VALUE, a preset
 * after an @, or a name to unset after a #. A value is refused with a reason, or reads back the same.
 */
#include <json-glib/json-glib.h>
#include <stdlib.h>

#include "fuzz-input.h"
#include "weft-parameters.h"

static void
check_error (const GError *error)
{
  g_assert_true (error->domain == WEFT_USAGE_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
}

/* What was set, typed again as it is told, is the same. */
static void
check_text (WeftParameters *parameters, const char *name)
{
  g_autofree char *text = weft_parameters_dup_text (parameters, name);
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;

  weft_parameters_set (parameters, name, text, &error);
  g_assert_no_error (error);
  again = weft_parameters_dup_text (parameters, name);
  g_assert_cmpstr (again, ==, text);
}

static void
use_line (WeftParameters *parameters, char *line)
{
  g_autoptr (GError) error = NULL;
  char *value;

  if (*line == '@')
    weft_parameters_apply_preset (parameters, line + 1, &error);
  else if (*line == '#')
    {
      if (weft_workload_info_find_parameter (weft_parameters_get_workload (parameters), line + 1, &error)
          != NULL)
        weft_parameters_unset (parameters, line + 1);
    }
  else if ((value = strchr (line, '=')) != NULL)
    {
      *value++ = '\0';
      if (weft_parameters_set (parameters, line, value, &error))
        check_text (parameters, line);
    }
  if (error != NULL)
    check_error (error);
}

/* What is used in the end can be shown, sent and taken again as it is. */
static void
check_all (WeftParameters *parameters)
{
  const WeftWorkloadInfo *info = weft_parameters_get_workload (parameters);
  const char *offender = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftParameters) copy = weft_parameters_copy (parameters);
  g_autoptr (WeftParameters) typed = weft_parameters_new (info);
  g_autoptr (JsonObject) object = weft_parameters_to_json (parameters);
  g_autoptr (JsonObject) object_again = NULL;
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autoptr (JsonNode) node_again = NULL;

  if (!weft_parameters_check (copy, &offender, &error))
    {
      check_error (error);
      g_assert_nonnull (offender);
      return;
    }
  for (guint i = 0; i < info->n_parameters; i++)
    {
      g_autofree char *text = weft_parameters_dup_text (copy, info->parameters[i].name);

      weft_parameters_set (typed, info->parameters[i].name, text, &error);
      g_assert_no_error (error);
    }
  object_again = weft_parameters_to_json (typed);
  node_again = json_node_init_object (json_node_alloc (), object_again);
  g_assert_true (json_node_equal (node, node_again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  g_autofree char *text = fuzz_dup_rest (&input);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GError) error = NULL;
  const WeftWorkloadInfo *info;

  if (lines[0] == NULL)
    return 0;
  info = weft_catalogue_find (weft_catalogue_get (), lines[0], &error);
  if (info == NULL)
    check_error (error);
  else
    {
      g_autoptr (WeftParameters) parameters = weft_parameters_new (info);

      for (guint i = 1; lines[i] != NULL; i++)
        use_line (parameters, lines[i]);
      check_all (parameters);
    }
  return 0;
}
