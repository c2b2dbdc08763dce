/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "weft-random.h"

#define N 20000

static void
test_repeats (void)
{
  guint same = 0;

  for (guint64 i = 0; i < N; i++)
    {
      double value = weft_random_unit (5, WEFT_RANDOM_TASKS, i);

      g_assert_cmpfloat (value, >=, 0);
      g_assert_cmpfloat (value, <, 1);
      g_assert_cmpfloat (value, ==, weft_random_unit (5, WEFT_RANDOM_TASKS, i));
      same += value == weft_random_unit (6, WEFT_RANDOM_TASKS, i);
      same += value == weft_random_unit (5, WEFT_RANDOM_PRODUCE, i);
      same += value == weft_random_unit (5, WEFT_RANDOM_TASKS, i + 1);
    }
  g_assert_cmpuint (same, ==, 0);
}

/* So that a recording of an earlier version can be repeated. */
static void
test_known (void)
{
  g_assert_cmpfloat_with_epsilon (weft_random_unit (1, WEFT_RANDOM_TASKS, 0), 0.6935121390102292, 1e-12);
  g_assert_cmpfloat_with_epsilon (weft_random_unit (1, WEFT_RANDOM_CONSUME, 41), 0.9512704816253448, 1e-12);
}

static void
test_distributions (void)
{
  static const struct
  {
    WeftDistribution distribution;
    double max_over_mean;
    double variance_over_mean_squared;
  } rows[] = { { WEFT_DISTRIBUTION_FIXED, 1, 0 },
               { WEFT_DISTRIBUTION_UNIFORM, 2, 1.0 / 3 },
               { WEFT_DISTRIBUTION_EXPONENTIAL, 40, 1 } };
  const double mean_ns = 1e6;

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      double sum = 0, squares = 0;

      for (guint64 i = 0; i < N; i++)
        {
          double ns = (double) weft_random_duration (rows[row].distribution, (gint64) mean_ns, 3,
                                                     WEFT_RANDOM_CONSUME, i);

          g_assert_cmpfloat (ns, >=, 0);
          g_assert_cmpfloat (ns, <=, rows[row].max_over_mean * mean_ns);
          sum += ns / mean_ns;
          squares += ns / mean_ns * (ns / mean_ns);
        }
      g_assert_cmpfloat_with_epsilon (sum / N, 1, 0.03);
      g_assert_cmpfloat_with_epsilon (squares / N - sum / N * (sum / N), rows[row].variance_over_mean_squared,
                                      0.08);
      g_assert_cmpint (weft_random_duration (rows[row].distribution, 0, 3, WEFT_RANDOM_CONSUME, 1), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/repeats", test_repeats);
  g_test_add_func ("/random/known", test_known);
  g_test_add_func ("/random/distributions", test_distributions);
  return g_test_run ();
}
