/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "test-catalogue-sample.h"
#include "weft-catalogue.h"
#include "weft-json-text.h"
#include "weft-parameters.h"

static void
test_sample (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftCatalogue) catalogue = weft_catalogue_parse (sample_catalogue, -1, &error);
  const WeftWorkloadInfo *pool;
  const WeftParameterInfo *parameter;
  g_autofree char *n_cores = g_strdup_printf ("%u", weft_machine_get_n_cores ());

  g_assert_no_error (error);
  g_assert_cmpuint (weft_catalogue_get_n_workloads (catalogue), ==, 2);
  pool = weft_catalogue_find (catalogue, "pool", &error);
  g_assert_no_error (error);
  g_assert_true (pool == weft_catalogue_get_workload (catalogue, 0));
  g_assert_cmpstr (pool->title, ==, "Pool");
  g_assert_cmpstr (pool->task_noun, ==, "task");
  g_assert_null (pool->task_names);
  g_assert_cmpuint (pool->n_parameters, ==, 10);
  g_assert_cmpuint (pool->n_presets, ==, 2);
  g_assert_cmpuint (pool->n_rules, ==, 3);
  g_assert_cmpuint (pool->n_results, ==, 2);
  g_assert_cmpuint (pool->n_lines, ==, 1);
  g_assert_cmpstr (pool->lines[0], ==, "Run task {task} ({id})...");
  g_assert_cmpint (pool->rules[2].kind, ==, WEFT_RULE_INFO_OVERRIDES);

  parameter = weft_workload_info_find_parameter (pool, "workers", &error);
  g_assert_no_error (error);
  g_assert_cmpint (parameter->type, ==, WEFT_VALUE_INTEGER);
  g_assert_cmpstr (parameter->default_text, ==, n_cores);
  g_assert_null (parameter->unit);
  parameter = weft_workload_info_find_parameter (pool, "order", &error);
  g_assert_cmpuint (g_strv_length ((char **) parameter->choices), ==, 3);
  g_assert_true (parameter->choice_titles == parameter->choices);
  g_assert_cmpstr (parameter->default_text, ==, "fifo");
  parameter = weft_workload_info_find_parameter (pool, "cores", &error);
  g_assert_cmpfloat (parameter->maximum, ==, weft_machine_get_n_cores ());
}

static void
test_unknown_names (void)
{
  g_autoptr (WeftCatalogue) catalogue = weft_catalogue_parse (sample_catalogue, -1, NULL);
  const WeftWorkloadInfo *pool = weft_catalogue_get_workload (catalogue, 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (weft_catalogue_find (catalogue, "poll", &error));
  g_assert_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_WORKLOAD);
  g_assert_cmpstr (error->message, ==, "there is no workload \"poll\": did you mean \"pool\"?");
  g_clear_error (&error);
  g_assert_null (weft_catalogue_find (catalogue, "deadlock", &error));
  g_assert_cmpstr (error->message, ==, "there is no workload \"deadlock\": the workloads are pool and queue");
  g_clear_error (&error);
  g_assert_null (weft_workload_info_find_parameter (pool, "worker", &error));
  g_assert_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_PARAMETER);
  g_assert_cmpstr (error->message, ==, "pool has no parameter \"worker\": did you mean \"workers\"?");
  g_clear_error (&error);
  g_assert_null (weft_workload_info_find_preset (pool, "artcile", &error));
  g_assert_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_PRESET);
  g_assert_cmpstr (error->message, ==, "pool has no preset \"artcile\": did you mean \"article\"?");
  g_clear_error (&error);
  g_assert_null (weft_workload_info_find_preset (pool, "x\ny", &error));
  g_assert_cmpstr (error->message, ==, "pool has no preset \"x\\ny\": the presets are article and slow");
}

/* The sample with one piece of text replaced. */
static char *
mutate (const char *from, const char *to)
{
  const char *at = strstr (sample_catalogue, from);
  GString *text = g_string_new_len (sample_catalogue, at - sample_catalogue);

  g_assert_nonnull (at);
  g_string_append (text, to);
  g_string_append (text, at + strlen (from));
  return g_string_free (text, FALSE);
}

static const struct
{
  const char *from;
  const char *to;
  const char *message; /* part of what the error says */
} broken[] = {
  { "{\"version\":1", "", "is no JSON" },
  { "\"version\":1", "\"version\":2", "the catalogue: \"version\" must be 1" },
  { "\"version\":1,", "", "the number \"version\" is missing" },
  { "\"workloads\":[", "\"workloads\":[3,", "element 1 of \"workloads\" must be an object" },
  { "\"id\":\"pool\"", "\"id\":\"Pool Party\"", "workload 1: \"id\" must be lower-case" },
  { "\"id\":\"queue\"", "\"id\":\"pool\"", "workload 2: there are two workloads \"pool\"" },
  { "\"title\":\"Pool\",", "", "workload 1: the string \"title\" is missing" },
  { "\"title\":\"Pool\"", "\"title\":7", "workload 1: \"title\" must be a string" },
  { "\"task_names\":\"values\"", "\"task_names\":\"none\"", "\"task_names\" is \"none\", which is no list" },
  { "\"name\":\"skew\"", "\"name\":\"workers\"", "two parameters \"workers\"" },
  { "\"name\":\"min-ms\"", "\"name\":\"Min\"", "workload 1, parameter 2: \"name\" must be lower-case" },
  { "\"type\":\"number\"", "\"type\":\"float\"",
    "workload 1, parameter 4: \"type\" is \"float\", which is none" },
  { "\"minimum\":1,", "\"minimum\":300,", "workload 1, parameter 1: \"minimum\" exceeds \"maximum\"" },
  { "\"minimum\":1,", "\"minimum\":1.5,",
    "workload 1, parameter 1: \"minimum\" and \"maximum\" must be whole" },
  { "\"maximum\":9007199254740991", "\"maximum\":1e300",
    "workload 1, parameter 9: \"minimum\" and \"maximum\"" },
  { "\"minimum\":1,", "", "workload 1, parameter 1: the number \"minimum\" is missing" },
  { "\"default\":0.8", "\"default\":1.8", "workload 1, parameter 4: \"default\" is not between" },
  { "\"default\":0.8", "\"default\":\"x\"", "workload 1, parameter 4: \"default\" must be a number" },
  { "[\"fifo\",\"lifo\",\"shortest\"]", "[]", "workload 1, parameter 5: a choice needs \"choices\"" },
  { "[\"fifo\",\"lifo\",\"shortest\"]", "[\"fifo\"],\"choice_titles\":[\"First\",\"Last\"]",
    "workload 1, parameter 5: \"choice_titles\" must be as many as \"choices\"" },
  { "[\"fifo\",\"lifo\",\"shortest\"]", "[1]", "element 1 of \"choices\" must be a string" },
  { "\"default\":\"fifo\"", "\"default\":\"none\"",
    "parameter 5: \"default\": parameter \"order\" of pool is" },
  { "\"max_elements\":5", "\"max_elements\":0", "parameter 7: \"max_elements\" must be from 1" },
  { "\"workers\":\"4\"", "\"worker\":\"4\"", "preset 1: there is no parameter \"worker\"" },
  { "\"workers\":\"4\"", "\"workers\":\"400\"", "preset 1: parameter \"workers\" of pool is 400" },
  { "\"workers\":\"4\"", "\"workers\":4", "preset 1: \"workers\" must be a string" },
  { "\"name\":\"slow\"", "\"name\":\"article\"", "two presets \"article\"" },
  { "\"kind\":\"follows\"", "\"kind\":\"leads\"", "rule 1: \"kind\" is \"leads\", which is none" },
  { "\"first\":\"min-ms\"", "\"first\":\"min\"", "rule 1: there is no parameter \"min\"" },
  { "\"first\":\"min-ms\"", "\"first\":\"order\"",
    "rule 1: \"follows\" is only between parameters of one type" },
  { "\"first\":\"durations-ms\"", "\"first\":\"workers\"", "rule 3: only a list or a string" },
  { "\"lines\":[\"Run", "\"lines\":[null,\"Run", "element 1 of \"lines\" must be a string" },
  { "\"lines\":[\"Run task {task} ({id})...\"]", "\"lines\":{}", "\"lines\" must be an array" },
  { "\"results\":[{\"name\"", "\"results\":[{\"nam\"",
    "workload 1, result 1: the string \"name\" is missing" },
};

static void
test_broken (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *json = mutate (broken[i].from, broken[i].to);
      g_autoptr (GError) error = NULL;

      g_assert_null (weft_catalogue_parse (json, -1, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_test_message ("\"%s\" in \"%s\"", broken[i].message, error->message);
      g_assert_nonnull (strstr (error->message, broken[i].message));
    }
}

/* A byte by its number is no JSON, but JSON-GLib takes it: 1.6 makes that byte of it, which is no text and
 * must be refused, 1.10 a character. */
static void
test_bytes_by_number (void)
{
  g_autofree char *json = mutate ("\"title\":\"Pool\"", "\"title\":\"\\377\"");
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftCatalogue) catalogue = weft_catalogue_parse (json, -1, &error);

  if (catalogue != NULL)
    {
      const WeftWorkloadInfo *pool = weft_catalogue_find (catalogue, "pool", NULL);

      g_assert_nonnull (pool);
      g_assert_true (g_utf8_validate (pool->title, -1, NULL));
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

/* Whatever the bytes, there is a catalogue or an error, and no warning. */
static void
test_mutations (void)
{
  static const char *const tokens[] = { "null", "[]",   "{}",  "-1",   "1e308",
                                        "\"\"", "true", "0.5", "[[]]", "\xff" };
  gsize length = strlen (sample_catalogue);
  guint n_good = 0;

  for (guint round = 0; round < 5000; round++)
    {
      g_autoptr (GString) json = g_string_new (sample_catalogue);
      guint changes = (guint) g_test_rand_int_range (1, 4);
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftCatalogue) catalogue = NULL;

      for (guint i = 0; i < changes; i++)
        {
          gssize at = g_test_rand_int_range (0, (gint32) json->len);
          gssize n = g_test_rand_int_range (1, 20);

          switch (g_test_rand_int_range (0, 4))
            {
            case 0:
              json->str[at] = (char) g_test_rand_int_range (1, 256);
              break;
            case 1:
              g_string_erase (json, at, MIN ((gssize) json->len - at, n));
              break;
            case 2:
              g_string_truncate (json, MAX ((gsize) at, length / 2));
              break;
            default:
              /* In the place of a whole value: what follows a colon up to the next comma. */
              {
                const char *colon = strchr (json->str + at, ':');
                gsize span = colon != NULL ? strcspn (colon + 1, ",}]") : 0;

                if (colon != NULL)
                  {
                    g_string_erase (json, colon + 1 - json->str, (gssize) span);
                    g_string_insert (json, colon + 1 - json->str,
                                     tokens[g_test_rand_int_range (0, G_N_ELEMENTS (tokens))]);
                  }
              }
            }
        }
      catalogue = weft_catalogue_parse (json->str, (gssize) json->len, &error);
      g_assert_true ((catalogue == NULL) == (error != NULL));
      n_good += catalogue != NULL;
      for (guint i = 0; catalogue != NULL && i < weft_catalogue_get_n_workloads (catalogue); i++)
        {
          g_autoptr (WeftParameters) parameters =
              weft_parameters_new (weft_catalogue_get_workload (catalogue, i));

          json_object_unref (weft_parameters_to_json (parameters));
        }
    }
  g_test_message ("%u of 5000 were still catalogues", n_good);
}

/* What is built in: every default and preset holds, rules included. */
static void
test_built_in (void)
{
  const WeftCatalogue *catalogue = weft_catalogue_get ();

  g_assert_true (catalogue == weft_catalogue_get ());
  g_assert_nonnull (weft_catalogue_find (catalogue, "pool", NULL));
  g_assert_nonnull (weft_catalogue_find (catalogue, "queue", NULL));
  for (guint i = 0; i < weft_catalogue_get_n_workloads (catalogue); i++)
    {
      const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, i);

      g_assert_nonnull (weft_workload_info_find_preset (info, "watch", NULL));
      g_assert_nonnull (weft_workload_info_find_preset (info, "measure", NULL));
      g_assert_nonnull (weft_workload_info_find_parameter (info, "seed", NULL));
      g_assert_nonnull (weft_workload_info_find_parameter (info, "cores", NULL));
      for (guint j = 0; j <= info->n_presets; j++)
        {
          g_autoptr (WeftParameters) parameters = weft_parameters_new (info);
          g_autoptr (GError) error = NULL;

          if (j < info->n_presets)
            weft_parameters_apply_preset (parameters, info->presets[j].name, &error);
          g_assert_no_error (error);
          weft_parameters_check (parameters, NULL, &error);
          g_assert_no_error (error);
        }
    }
}

static void
test_to_json (void)
{
  g_autoptr (WeftCatalogue) catalogue = weft_catalogue_parse (sample_catalogue, -1, NULL);
  g_autoptr (JsonObject) object = weft_workload_info_to_json (weft_catalogue_get_workload (catalogue, 0));
  JsonArray *parameters = json_object_get_array_member (object, "parameters");
  JsonObject *parameter = json_array_get_object_element (parameters, 7);

  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, "pool");
  g_assert_cmpuint (json_array_get_length (parameters), ==, 10);
  g_assert_cmpstr (json_object_get_string_member (parameter, "type"), ==, "string-list");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (parameter, "default")), ==, 2);
  g_assert_cmpint (json_object_get_int_member (parameter, "max_elements"), ==, 3);
  g_assert_false (json_object_has_member (parameter, "minimum"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "presets")), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "rules")), ==, 3);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "results")), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/sample", test_sample);
  g_test_add_func ("/catalogue/unknown-names", test_unknown_names);
  g_test_add_func ("/catalogue/broken", test_broken);
  g_test_add_func ("/catalogue/bytes-by-number", test_bytes_by_number);
  g_test_add_func ("/catalogue/mutations", test_mutations);
  g_test_add_func ("/catalogue/built-in", test_built_in);
  g_test_add_func ("/catalogue/to-json", test_to_json);
  return g_test_run ();
}
