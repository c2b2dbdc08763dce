/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper by hand, its catalogue, and a run control that says wrong things. */
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test-run.h"
#include "weft-catalogue-printer.h"
#include "weft-workloads.h"

static int
run_by_hand (const char *arguments, char **output, char **error)
{
  g_autofree char *command = g_strdup_printf ("'%s' %s", test_run_helper, arguments);
  int status;

  g_assert_true (g_spawn_command_line_sync (command, output, error, &status, NULL));
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
test_by_hand (void)
{
  static const char *const refused[] = { "", "--run", "--run --memory-fd 3 --control-fd 4",
                                         "--run --memory-fd 3", "--run --memory-fd x --control-fd 0" };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *output = NULL;
      g_autofree char *error = NULL;

      g_assert_cmpint (run_by_hand (refused[i], &output, &error), ==, 2);
      g_assert_cmpstr (output, ==, "");
      g_assert_nonnull (strstr (error, "weft-cli run WORKLOAD"));
    }
}

static void
test_wrong_descriptors (void)
{
  g_autofree char *error = NULL;

  g_assert_cmpint (run_by_hand ("--run --memory-fd 1 --control-fd 2", NULL, &error), ==, 2);
  g_assert_nonnull (strstr (error, "file descriptor 1 holds no memory of a run"));
}

static void
test_unknown_option (void)
{
  g_autofree char *error = NULL;

  g_assert_cmpint (run_by_hand ("--rum", NULL, &error), ==, 2);
  g_assert_nonnull (strstr (error, "unknown option \"--rum\""));
}

static void
test_help_and_version (void)
{
  g_autofree char *help = NULL;
  g_autofree char *version = NULL;

  g_assert_cmpint (run_by_hand ("--help", &help, NULL), ==, 0);
  g_assert_nonnull (strstr (help, "--catalogue"));
  g_assert_cmpint (run_by_hand ("--version", &version, NULL), ==, 0);
  g_assert_true (g_str_has_prefix (version, "weft-workload "));
}

static JsonObject *
load_catalogue (JsonParser *parser)
{
  g_autofree char *output = NULL;

  g_assert_cmpint (run_by_hand ("--catalogue", &output, NULL), ==, 0);
  g_assert_true (json_parser_load_from_data (parser, output, -1, NULL));
  return json_node_get_object (json_parser_get_root (parser));
}

static JsonObject *
find_named (JsonArray *array, const char *name)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);

      if (g_str_equal (json_object_get_string_member (object, "name"), name))
        return object;
    }
  return NULL;
}

static void
assert_value_fits (JsonObject *parameter, const char *text)
{
  const char *type = json_object_get_string_member (parameter, "type");
  double minimum = json_object_get_double_member (parameter, "minimum");
  double maximum = json_object_get_double_member (parameter, "maximum");
  JsonArray *choices = json_object_get_array_member (parameter, "choices");
  g_auto (GStrv) elements = g_strsplit (text, ",", -1);
  gboolean found = FALSE;

  if (g_str_equal (type, "choice"))
    {
      for (guint i = 0; i < json_array_get_length (choices); i++)
        found |= g_str_equal (json_array_get_string_element (choices, i), text);
      g_assert_true (found);
    }
  else if (g_str_equal (type, "integer") || g_str_equal (type, "integer-list"))
    for (guint i = 0; elements[i] != NULL; i++)
      {
        g_assert_true (g_ascii_string_to_signed (elements[i], 10, G_MININT64, G_MAXINT64, NULL, NULL));
        g_assert_cmpfloat (g_ascii_strtod (elements[i], NULL), >=, minimum);
        g_assert_cmpfloat (g_ascii_strtod (elements[i], NULL), <=, maximum);
      }
}

/* Names, texts and values of the descriptions are such that a form and a command line can be made of
 * them: all there, none twice, defaults and presets within the ranges. */
static void
test_catalogue (void)
{
  static const char *const types[] = { "integer",      "number",      "choice", "string",
                                       "integer-list", "string-list", NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *workloads = json_object_get_array_member (load_catalogue (parser), "workloads");

  g_assert_cmpuint (json_array_get_length (workloads), ==, 4);
  for (guint i = 0; i < json_array_get_length (workloads); i++)
    {
      JsonObject *workload = json_array_get_object_element (workloads, i);
      JsonArray *parameters = json_object_get_array_member (workload, "parameters");
      JsonArray *presets = json_object_get_array_member (workload, "presets");
      JsonArray *rules = json_object_get_array_member (workload, "rules");
      JsonArray *results = json_object_get_array_member (workload, "results");

      for (guint j = 0; j < json_array_get_length (parameters); j++)
        {
          JsonObject *parameter = json_array_get_object_element (parameters, j);
          const char *type = json_object_get_string_member (parameter, "type");
          const char *help = json_object_get_string_member (parameter, "help");

          g_assert_true (find_named (parameters, json_object_get_string_member (parameter, "name"))
                         == parameter);
          g_assert_cmpstr (json_object_get_string_member (parameter, "title"), !=, "");
          g_assert_true (g_str_has_suffix (help, "."));
          g_assert_true (g_strv_contains (types, type));
          if (g_str_equal (type, "choice"))
            assert_value_fits (parameter, json_object_get_string_member (parameter, "default"));
        }
      g_assert_nonnull (find_named (parameters, "seed"));
      g_assert_nonnull (find_named (parameters, "cores"));
      g_assert_nonnull (find_named (presets, "watch"));
      g_assert_nonnull (find_named (presets, "measure"));
      for (guint j = 0; j < json_array_get_length (presets); j++)
        {
          JsonObject *values =
              json_object_get_object_member (json_array_get_object_element (presets, j), "values");
          g_autoptr (GList) names = json_object_get_members (values);

          g_assert_nonnull (names);
          for (GList *name = names; name != NULL; name = name->next)
            {
              JsonObject *parameter = find_named (parameters, name->data);

              g_assert_nonnull (parameter);
              assert_value_fits (parameter, json_object_get_string_member (values, name->data));
            }
        }
      for (guint j = 0; j < json_array_get_length (rules); j++)
        {
          JsonObject *rule = json_array_get_object_element (rules, j);

          g_assert_nonnull (find_named (parameters, json_object_get_string_member (rule, "first")));
          g_assert_nonnull (find_named (parameters, json_object_get_string_member (rule, "second")));
        }
      for (guint j = 0; j < json_array_get_length (results); j++)
        {
          JsonObject *result = json_array_get_object_element (results, j);

          g_assert_true (find_named (results, json_object_get_string_member (result, "name")) == result);
          g_assert_true (g_str_has_suffix (json_object_get_string_member (result, "help"), "."));
        }
    }
}

/* The place of a workload in the catalogue. */
static guint
find_index (const char *id)
{
  for (guint i = 0; weft_workloads[i] != NULL; i++)
    if (g_str_equal (weft_workloads[i]->id, id))
      return i;
  g_assert_not_reached ();
}

/* Names that people write scripts on. */
static void
test_fixed_names (void)
{
  static const struct
  {
    const char *workload;
    const char *array;
    const char *names;
  } rows[] = {
    { "pool", "parameters", "backend workers tasks min-ms max-ms durations-ms work order seed cores" },
    { "pool", "presets", "watch four-workers-five-tasks article measure" },
    { "pool", "results", "makespan_s ideal_s efficiency tasks_per_worker" },
    { "queue", "parameters",
      "backend producers consumers capacity items values produce-ms consume-ms distribution work "
      "transport finish seed cores" },
    { "queue", "presets", "watch a-b-c bounded-buffer overload measure" },
    { "queue", "results",
      "offered_rate accepted_rate service_rate mean_depth max_depth mean_wait_s littles_law_error "
      "producers_blocked_fraction consumers_idle_fraction" },
    { "busy-loops", "parameters", "backend loops duration-ms switch-interval-ms seed cores" },
    { "busy-loops", "presets", "watch one-loop two-loops all-cores gil measure" },
    { "busy-loops", "results", "cores_used iterations_per_s handovers" },
    { "lock-contention", "parameters",
      "lock threads hold-us outside-us read-fraction duration-ms seed cores" },
    { "lock-contention", "presets", "watch measure" },
    { "lock-contention", "results",
      "acquisitions contended_fraction throughput wait_s fairness cpu_s_per_acquisition" },
  };
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *workloads = json_object_get_array_member (load_catalogue (parser), "workloads");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JsonObject *workload = json_array_get_object_element (workloads, find_index (rows[i].workload));
      JsonArray *array = json_object_get_array_member (workload, rows[i].array);
      g_auto (GStrv) names = g_strsplit (rows[i].names, " ", -1);

      g_assert_cmpstr (json_object_get_string_member (workload, "id"), ==, rows[i].workload);
      g_assert_cmpuint (json_array_get_length (array), ==, g_strv_length (names));
      for (guint j = 0; names[j] != NULL; j++)
        g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (array, j), "name"), ==,
                         names[j]);
    }
}

/* It is built in, so it must not say anything of the machine that built it. */
static void
test_same_everywhere (void)
{
  g_autofree char *here = weft_catalogue_to_text ();
  g_autofree char *there = NULL;
  cpu_set_t one, all;

  CPU_ZERO (&one);
  g_assert_no_errno (sched_getaffinity (0, sizeof all, &all));
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT (&one) == 0; i++)
    if (CPU_ISSET (i, &all))
      CPU_SET (i, &one);
  g_assert_no_errno (sched_setaffinity (0, sizeof one, &one));
  g_assert_cmpint (run_by_hand ("--catalogue", &there, NULL), ==, 0);
  g_assert_no_errno (sched_setaffinity (0, sizeof all, &all));
  g_assert_cmpstr (there, ==, here);
}

/* Every result that is described is reported, and nothing else. */
static void
test_results_are_complete (void)
{
  static const char *const values[] = { "workers=2 tasks=3 max-ms=1", "produce-ms=1", "duration-ms=10",
                                        "duration-ms=10" };

  for (guint i = 0; weft_workloads[i] != NULL; i++)
    {
      TestRun *run = test_run_all (weft_workloads[i]->id, values[i]);
      guint n = 0;

      for (const WeftResultSpec *spec = weft_workloads[i]->results; spec->name != NULL; spec++, n++)
        g_assert_true (json_object_has_member (run->result, spec->name));
      g_assert_cmpuint (json_object_get_size (run->result), ==, n);
      test_run_free (run);
    }
}

typedef struct
{
  const char *name;
  const char *member; /* of the parameters, or NULL */
  const char *value;  /* JSON; NULL: taken out */
  gint64 cores;
  const char *says;
} WrongRow;

static const WrongRow wrong_rows[] = {
  { "missing", "workers", NULL, 1, "Parameter workers of workload pool" },
  { "type", "workers", "\"4\"", 1, "Parameter workers" },
  { "null", "workers", "null", 1, "Parameter workers" },
  { "range", "workers", "100000", 1, "Parameter workers" },
  { "choice", "backend", "\"coroutines\"", 1, "Parameter backend" },
  { "list", "durations-ms", "3", 1, "Parameter durations-ms" },
  { "element", "durations-ms", "[1,\"2\"]", 1, "Parameter durations-ms" },
  { "cores", NULL, NULL, 1000, "The run is to use 1000 cores" },
  { "no-cores", NULL, NULL, 0, "lacks its parameters, seed or cores" },
};

static void
test_wrong_run (gconstpointer data)
{
  const WrongRow *row = data;
  TestRun *run = test_run_new ("pool", "");

  run->cores = row->cores;
  if (row->member != NULL && row->value == NULL)
    json_object_remove_member (run->parameters, row->member);
  else if (row->member != NULL)
    json_object_set_member (run->parameters, row->member, json_from_string (row->value, NULL));
  test_run_prepare (run, NULL);
  test_run_finish (run);
  g_assert_false (run->ready);
  g_assert_cmpstr (run->outcome, ==, "failed");
  g_assert_nonnull (strstr (run->failure, row->says));
  g_assert_cmpuint (test_run_get_n_lanes (run), ==, 0);
  test_run_free (run);
}

/* What is no JSON object ends the channel, and with it the run. */
static void
test_garbage (gconstpointer data)
{
  TestRun *run = test_run_new ("pool", "workers=2 tasks=2 min-ms=60000 max-ms=60000");

  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_pump (run, 30);
  test_run_send (run, data);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "stopped");
  test_run_free (run);
}

/* Words it does not know, and known ones at the wrong time, change nothing. */
static void
test_ignored (void)
{
  TestRun *run = test_run_new ("pool", "workers=2 tasks=4 max-ms=50");

  test_run_prepare (run, NULL);
  test_run_send (run, "{\"message\":\"dance\"}");
  test_run_send (run, "{\"message\":\"run\",\"workload\":\"queue\"}");
  test_run_go (run);
  test_run_go (run);
  test_run_finish (run);
  g_assert_cmpstr (run->outcome, ==, "finished");
  g_assert_cmpuint (test_run_get_total (run, "worker ", WEFT_LANE_TASKS_DONE), ==, 4);
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  g_test_add_func ("/helper/by-hand", test_by_hand);
  g_test_add_func ("/helper/wrong-descriptors", test_wrong_descriptors);
  g_test_add_func ("/helper/unknown-option", test_unknown_option);
  g_test_add_func ("/helper/help-and-version", test_help_and_version);
  g_test_add_func ("/helper/catalogue", test_catalogue);
  g_test_add_func ("/helper/fixed-names", test_fixed_names);
  g_test_add_func ("/helper/same-everywhere", test_same_everywhere);
  g_test_add_func ("/helper/results-are-complete", test_results_are_complete);
  for (guint i = 0; i < G_N_ELEMENTS (wrong_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/helper/wrong-run/", wrong_rows[i].name, NULL);

      g_test_add_data_func (path, &wrong_rows[i], test_wrong_run);
    }
  g_test_add_data_func ("/helper/garbage/text", "Hello?", test_garbage);
  g_test_add_data_func ("/helper/garbage/array", "[1,2,3]", test_garbage);
  g_test_add_data_func ("/helper/garbage/empty", "", test_garbage);
  g_test_add_func ("/helper/ignored", test_ignored);
  return g_test_run ();
}
