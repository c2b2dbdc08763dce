/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "test-catalogue-sample.h"
#include "weft-nearest.h"
#include "weft-parameters.h"
#include "weft-value.h"

static WeftCatalogue *catalogue;
static const WeftWorkloadInfo *pool;

static const struct
{
  const char *name;
  const char *text;
  const char *expected; /* as it then reads; NULL: refused */
  const char *message;  /* the whole error; NULL: only its beginning is checked */
} values[] = {
  { "workers", "1", "1", NULL },
  { "workers", "256", "256", NULL },
  { "workers", " 7\t", "7", NULL },
  { "workers", "+7", "7", NULL },
  { "workers", "007", "7", NULL },
  { "workers", "300", NULL, "parameter \"workers\" of pool is 300: allowed is a whole number from 1 to 256" },
  { "workers", "0", NULL, "parameter \"workers\" of pool is 0: allowed is a whole number from 1 to 256" },
  { "workers", "-1", NULL, "parameter \"workers\" of pool is -1: allowed is a whole number from 1 to 256" },
  { "workers", "257", NULL, NULL },
  { "workers", "many", NULL,
    "parameter \"workers\" of pool is \"many\": allowed is a whole number from 1 to 256" },
  { "workers", "", NULL, "parameter \"workers\" of pool is \"\": allowed is a whole number from 1 to 256" },
  { "workers", " ", NULL, NULL },
  { "workers", "4x", NULL,
    "parameter \"workers\" of pool is \"4x\": allowed is a whole number from 1 to 256" },
  { "workers", "4 5", NULL, NULL },
  { "workers", "4.0", NULL, NULL },
  { "workers", "1e2", NULL, NULL },
  { "workers", "0x10", NULL, NULL },
  { "workers", "1,000", NULL, NULL },
  { "workers", "99999999999999999999999", NULL, NULL },
  { "workers", "-99999999999999999999999", NULL, NULL },
  { "workers", "nan", NULL, NULL },
  { "workers", "inf", NULL, NULL },
  { "workers", "+", NULL, NULL },
  { "min-ms", "3600001", NULL,
    "parameter \"min-ms\" of pool is 3600001: allowed is a whole number of ms from 0 to 3600000" },
  { "seed", "9007199254740991", "9007199254740991", NULL },
  { "seed", "9007199254740993", NULL, NULL },
  { "skew", "0.5", "0.5", NULL },
  { "skew", "0.1", "0.1", NULL },
  { "skew", "1", "1", NULL },
  { "skew", "1e-3", "0.001", NULL },
  { "skew", ".5", "0.5", NULL },
  { "skew", "-0", "0", NULL },
  { "skew", "1.0000001", NULL, "parameter \"skew\" of pool is 1.0000001: allowed is a number from 0 to 1" },
  { "skew", "nan", NULL, "parameter \"skew\" of pool is \"nan\": allowed is a number from 0 to 1" },
  { "skew", "inf", NULL, NULL },
  { "skew", "-inf", NULL, NULL },
  { "skew", "1e999", NULL, NULL },
  { "skew", "0x1p-1", NULL, NULL },
  { "skew", "0,5", NULL, NULL },
  { "skew", "", NULL, NULL },
  { "skew", "e", NULL, NULL },
  { "order", "lifo", "lifo", NULL },
  { "order", " lifo ", "lifo", NULL },
  { "order", "LIFO", NULL,
    "parameter \"order\" of pool is \"LIFO\": allowed is fifo, lifo or shortest; did you mean \"lifo\"?" },
  { "order", "random", NULL, "parameter \"order\" of pool is \"random\": allowed is fifo, lifo or shortest" },
  { "order", "", NULL, NULL },
  { "note", "", "", NULL },
  { "note", " two\nlines ", " two\nlines ", NULL },
  { "note", "\xff", NULL, NULL },
  { "durations-ms", "", "", NULL },
  { "durations-ms", "  ", "", NULL },
  { "durations-ms", "1", "1", NULL },
  { "durations-ms", "1410, 270,140 ,0, 5000", "1410,270,140,0,5000", NULL },
  { "durations-ms", "1,2,3,4,5,6", NULL,
    "parameter \"durations-ms\" of pool is \"1,2,3,4,5,6\", where there are 6 elements: allowed is a list of "
    "up to 5 whole numbers of ms from 0 to 5000, with commas between" },
  { "durations-ms", "1,5001", NULL,
    "parameter \"durations-ms\" of pool is \"1,5001\", where element 2 is \"5001\": allowed is a list of up "
    "to 5 whole numbers of ms from 0 to 5000, with commas between" },
  { "durations-ms", "1,,2", NULL,
    "parameter \"durations-ms\" of pool is \"1,,2\", where element 2 is empty: allowed is a list of up to 5 "
    "whole numbers of ms from 0 to 5000, with commas between" },
  { "durations-ms", "1,", NULL, NULL },
  { "durations-ms", ",", NULL, NULL },
  { "durations-ms", "1;2", NULL, NULL },
  { "values", "A, B ,C", "A,B,C", NULL },
  { "values", "", "", NULL },
  { "values", "A,B,C,D", NULL, NULL },
  { "values", "A,\x01", NULL, NULL },
  { "values", "A,\xc3\x28", NULL, NULL },
  { "worker", "4", NULL, "pool has no parameter \"worker\": did you mean \"workers\"?" },
  { "wrokers", "4", NULL, "pool has no parameter \"wrokers\": did you mean \"workers\"?" },
  { "min_ms", "4", NULL, "pool has no parameter \"min_ms\": did you mean \"min-ms\"?" },
  { "xyzzy", "4", NULL,
    "pool has no parameter \"xyzzy\": the parameters are workers, min-ms, max-ms, skew, order, note, "
    "durations-ms, "
    "values, seed and cores" },
  { "", "4", NULL, NULL },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (WeftParameters) parameters = weft_parameters_new (pool);
      g_autoptr (GError) error = NULL;
      gboolean good = weft_parameters_set (parameters, values[i].name, values[i].text, &error);
      g_autofree char *text = NULL;
      g_autofree char *escaped = g_strescape (values[i].text, NULL);

      g_test_message ("%s = \"%s\"", values[i].name, escaped);
      g_assert_cmpint (good, ==, values[i].expected != NULL);
      if (good)
        {
          g_assert_no_error (error);
          text = weft_parameters_dup_text (parameters, values[i].name);
          g_assert_cmpstr (text, ==, values[i].expected);
          g_assert_true (weft_parameters_is_set (parameters, values[i].name));
          continue;
        }
      g_assert_true (error->domain == WEFT_USAGE_ERROR);
      if (values[i].message != NULL)
        g_assert_cmpstr (error->message, ==, values[i].message);
      else if (error->code == WEFT_USAGE_ERROR_VALUE)
        g_assert_nonnull (strstr (error->message, ": allowed is "));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
assert_text (WeftParameters *parameters, const char *name, const char *expected)
{
  g_autofree char *text = weft_parameters_dup_text (parameters, name);

  g_assert_cmpstr (text, ==, expected);
}

/* A refused value leaves everything as it was. */
static void
test_refused (void)
{
  g_autoptr (WeftParameters) parameters = weft_parameters_new (pool);

  g_assert_true (weft_parameters_set (parameters, "workers", "3", NULL));
  g_assert_false (weft_parameters_set (parameters, "workers", "x", NULL));
  assert_text (parameters, "workers", "3");
  g_assert_true (weft_parameters_apply_preset (parameters, "article", NULL));
  g_assert_false (weft_parameters_apply_preset (parameters, "articles", NULL));
  assert_text (parameters, "durations-ms", "1410,270,140,860,1910");
}

static void
test_precedence (void)
{
  g_autoptr (WeftParameters) before = weft_parameters_new (pool);
  g_autoptr (WeftParameters) after = weft_parameters_new (pool);
  g_autoptr (WeftParameters) copy = NULL;

  weft_parameters_set (before, "workers", "2", NULL);
  weft_parameters_apply_preset (before, "article", NULL);
  weft_parameters_apply_preset (after, "article", NULL);
  assert_text (after, "workers", "4");
  g_assert_false (weft_parameters_is_set (after, "workers"));
  weft_parameters_set (after, "workers", "2", NULL);
  assert_text (before, "workers", "2");
  assert_text (after, "workers", "2");

  copy = weft_parameters_copy (after);
  weft_parameters_unset (after, "workers");
  assert_text (after, "workers", "4");
  assert_text (copy, "workers", "2");
  weft_parameters_apply_preset (after, "slow", NULL);
  assert_text (after, "durations-ms", "");
  assert_text (after, "min-ms", "4000");
}

static void
test_cores (void)
{
  g_autoptr (WeftParameters) parameters = weft_parameters_new (pool);
  g_autofree char *n_cores = g_strdup_printf ("%u", weft_machine_get_n_cores ());
  g_autofree char *too_many = g_strdup_printf ("%u", weft_machine_get_n_cores () + 1);

  assert_text (parameters, "cores", n_cores);
  assert_text (parameters, "workers", n_cores);
  g_assert_false (weft_parameters_set (parameters, "cores", too_many, NULL));
  g_assert_true (weft_parameters_set (parameters, "cores", "1", NULL));
  assert_text (parameters, "workers", "1");
  weft_parameters_set (parameters, "workers", "5", NULL);
  assert_text (parameters, "workers", "5");
}

static void
test_follows (void)
{
  g_autoptr (WeftParameters) parameters = weft_parameters_new (pool);

  assert_text (parameters, "min-ms", "0");
  assert_text (parameters, "max-ms", "3000");
  weft_parameters_set (parameters, "min-ms", "5000", NULL);
  assert_text (parameters, "max-ms", "5000");
  g_assert_cmpint (weft_parameters_get_integer (parameters, "max-ms"), ==, 5000);
  weft_parameters_set (parameters, "max-ms", "6000", NULL);
  assert_text (parameters, "min-ms", "5000");
  assert_text (parameters, "max-ms", "6000");
  weft_parameters_unset (parameters, "min-ms");
  assert_text (parameters, "min-ms", "6000");
  weft_parameters_unset (parameters, "max-ms");
  assert_text (parameters, "max-ms", "3000");
  weft_parameters_apply_preset (parameters, "slow", NULL);
  assert_text (parameters, "max-ms", "4000");
  g_assert_true (weft_parameters_check (parameters, NULL, NULL));
}

static void
test_contradiction (void)
{
  g_autoptr (WeftParameters) parameters = weft_parameters_new (pool);
  g_autoptr (GError) error = NULL;
  const char *offender = NULL;

  weft_parameters_set (parameters, "min-ms", "500", NULL);
  weft_parameters_set (parameters, "max-ms", "400", NULL);
  g_assert_false (weft_parameters_check (parameters, &offender, &error));
  g_assert_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_CONTRADICTION);
  g_assert_cmpstr (
      error->message, ==,
      "parameter \"min-ms\" of pool is 500 and \"max-ms\" is 400: the first must be at most the second");
  g_assert_cmpstr (offender, ==, "min-ms");
  /* The durations make the shortest task mean nothing. */
  weft_parameters_set (parameters, "durations-ms", "1", NULL);
  g_assert_true (weft_parameters_check (parameters, NULL, NULL));
}

static void
test_to_json (void)
{
  g_autoptr (WeftParameters) parameters = weft_parameters_new (pool);
  g_autoptr (JsonObject) object = NULL;
  g_auto (GStrv) strings = NULL;

  weft_parameters_apply_preset (parameters, "article", NULL);
  object = weft_parameters_to_json (parameters);
  g_assert_cmpuint (json_object_get_size (object), ==, pool->n_parameters);
  g_assert_cmpint (json_object_get_int_member (object, "workers"), ==, 4);
  g_assert_cmpfloat (json_object_get_double_member (object, "skew"), ==, 0.8);
  g_assert_cmpstr (json_object_get_string_member (object, "order"), ==, "fifo");
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (object, "durations-ms"), 4), ==,
                   1910);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (object, "values"), 1), ==,
                   "B");
  strings = weft_parameters_get_strings (parameters, "durations-ms");
  g_assert_cmpuint (g_strv_length (strings), ==, 5);
}

/* Random text: never a crash; what is taken reads back, and is taken again, as the same. */
static void
test_garbage (void)
{
  static const char alphabet[] = "0123456789+-.,eExX nNaAiIfF\t\n\"'\\;:/\x7f\x80\xc3\xa9\xff"
                                 "fifolifo";
  guint n_good = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (WeftParameters) parameters = weft_parameters_new (pool);
      const char *name = pool->parameters[g_test_rand_int_range (0, (gint32) pool->n_parameters)].name;
      char text[24];
      int length = g_test_rand_int_range (0, (gint32) sizeof text);
      g_autoptr (GError) error = NULL;
      g_autofree char *read = NULL;
      g_autofree char *again = NULL;

      for (int i = 0; i < length; i++)
        text[i] = g_test_rand_bit () ? alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)]
                                     : (char) g_test_rand_int_range ('0', '9' + 1);
      text[length] = '\0';
      if (!weft_parameters_set (parameters, name, text, &error))
        {
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          continue;
        }
      n_good++;
      read = weft_parameters_dup_text (parameters, name);
      g_assert_true (weft_parameters_set (parameters, name, read, &error));
      again = weft_parameters_dup_text (parameters, name);
      g_assert_cmpstr (again, ==, read);
    }
  /* If nothing were taken, nothing would have been tested. */
  g_assert_cmpuint (n_good, >, 1000);
}

/* Numbers of every size read back as the very same. */
static void
test_numbers_round_trip (void)
{
  WeftParameterInfo info = { .name = "x", .type = WEFT_VALUE_NUMBER, .minimum = -1e300, .maximum = 1e300 };

  for (guint round = 0; round < 20000; round++)
    {
      double exponent = g_test_rand_double_range (-290, 290);
      double number = g_test_rand_double_range (-10, 10) * __builtin_exp10 (exponent);
      g_autofree char *text = weft_number_dup_text (number);
      g_autoptr (WeftValue) value = weft_value_parse ("w", &info, text, NULL);

      g_assert_nonnull (value);
      g_assert_cmpfloat (value->number, ==, number);
    }
}

static const struct
{
  const char *a;
  const char *b;
  guint distance;
} distances[] = {
  { "", "", 0 },
  { "", "abc", 3 },
  { "worker", "workers", 1 },
  { "workers", "workers", 0 },
  { "wrokers", "workers", 1 },
  { "ab", "ba", 1 },
  { "abc", "cab", 2 },
  { "kitten", "sitting", 3 },
  { "Pool", "pool", 0 },
  { "min_ms", "min-ms", 1 },
  { "ca", "abc", 3 },
};

static void
test_nearest (void)
{
  const char *const names[] = { "fifo", "lifo", "shortest", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (distances); i++)
    {
      g_assert_cmpuint (weft_nearest_distance (distances[i].a, distances[i].b), ==, distances[i].distance);
      g_assert_cmpuint (weft_nearest_distance (distances[i].b, distances[i].a), ==, distances[i].distance);
    }
  g_assert_cmpstr (weft_nearest_name ("fif", names), ==, "fifo");
  g_assert_cmpstr (weft_nearest_name ("shortets", names), ==, "shortest");
  g_assert_cmpstr (weft_nearest_name ("short", names), ==, "shortest");
  g_assert_cmpstr (weft_nearest_name ("shotes", names), ==, "shortest");
  g_assert_cmpstr (weft_nearest_name ("", names), ==, NULL);
  g_assert_cmpstr (weft_nearest_name ("zzzz", names), ==, NULL);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  catalogue = weft_catalogue_parse (sample_catalogue, -1, NULL);
  pool = weft_catalogue_get_workload (catalogue, 0);
  g_test_add_func ("/parameters/values", test_values);
  g_test_add_func ("/parameters/refused", test_refused);
  g_test_add_func ("/parameters/precedence", test_precedence);
  g_test_add_func ("/parameters/cores", test_cores);
  g_test_add_func ("/parameters/follows", test_follows);
  g_test_add_func ("/parameters/contradiction", test_contradiction);
  g_test_add_func ("/parameters/to-json", test_to_json);
  g_test_add_func ("/parameters/garbage", test_garbage);
  g_test_add_func ("/parameters/numbers-round-trip", test_numbers_round_trip);
  g_test_add_func ("/parameters/nearest", test_nearest);
  result = g_test_run ();
  weft_catalogue_free (catalogue);
  return result;
}
