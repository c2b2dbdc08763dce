/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A catalogue of workloads, as JSON: it is refused with a reason, or everything that it says can be used.
 */
#include <json-glib/json-glib.h>

#include "fuzz-input.h"
#include "weft-json-text.h"
#include "weft-parameters.h"
#include "weft-value.h"

static void
use_parameter (const WeftWorkloadInfo *info, const WeftParameterInfo *parameter)
{
  g_autofree char *allowed = weft_parameter_info_dup_allowed (parameter);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftValue) value = weft_value_parse (info->id, parameter, parameter->default_text, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = weft_value_dup_text (value);
  g_assert_cmpstr (text, ==, parameter->default_text);
}

static void
use_workload (const WeftWorkloadInfo *info)
{
  g_autoptr (WeftParameters) parameters = weft_parameters_new (info);
  g_autoptr (JsonObject) description = weft_workload_info_to_json (info);
  g_autoptr (JsonObject) defaults = NULL;
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), description);
  g_autofree char *text = weft_json_to_text (node);
  g_autoptr (JsonNode) again = json_from_string (text, NULL);

  g_assert_nonnull (again);
  for (guint i = 0; i < info->n_parameters; i++)
    use_parameter (info, &info->parameters[i]);
  for (guint i = 0; i < info->n_presets; i++)
    {
      g_autoptr (GError) error = NULL;

      weft_parameters_apply_preset (parameters, info->presets[i].name, &error);
      g_assert_no_error (error);
      weft_parameters_check (parameters, NULL, NULL);
    }
  defaults = weft_parameters_to_json (parameters);
  g_assert_cmpuint (json_object_get_size (defaults), ==, info->n_parameters);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  g_autofree char *text = fuzz_dup_rest (&input);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftCatalogue) catalogue = weft_catalogue_parse (text, (gssize) size, &error);

  g_assert_true ((catalogue == NULL) == (error != NULL));
  if (catalogue == NULL)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  for (guint i = 0; i < weft_catalogue_get_n_workloads (catalogue); i++)
    {
      const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, i);

      g_assert_true (weft_catalogue_find (catalogue, info->id, NULL) == info);
      use_workload (info);
    }
  return 0;
}
