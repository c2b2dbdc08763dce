/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "weft-plot-columns.h"
#include "weft-time-axis.h"

#define MS G_GINT64_CONSTANT (1000000)
#define S G_GINT64_CONSTANT (1000000000)

static void
test_label (void)
{
  static const struct
  {
    gint64 time_ns, step_ns;
    const char *label;
  } rows[] = {
    { 0, S, "0 s" },
    { 8500 * MS, 500 * MS, "8.5 s" },
    { 8 * S, 500 * MS, "8.0 s" },
    { 10370200000, 10000, "10.370 20 s" },
    { 10370200000, 20000, "10.370 20 s" },
    { 1234567891, 1, "1.234 567 891 s" },
    { 120 * S, 20 * S, "120 s" },
    { -500 * MS, 500 * MS, "−0.5 s" },
    { -1, S, "0 s" },
    { 999999999, 100 * MS, "1.0 s" },
    { 10370 * MS + 499, 1000, "10.370 000 s" },
    { 3600 * S, 500 * S, "3600 s" },
    { 5, 0, "0.000 000 005 s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *label = weft_time_dup_label (rows[i].time_ns, rows[i].step_ns);

      g_assert_cmpstr (label, ==, rows[i].label);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 duration_ns;
    const char *text;
  } rows[] = {
    { 0, "0 s" },
    { 1, "1 ns" },
    { 999, "999 ns" },
    { 1000, "1.00 µs" },
    { 260000, "260 µs" },
    { 999499, "999 µs" },
    { 999600, "1.00 ms" },
    { 4210000, "4.21 ms" },
    { 9996000, "10.0 ms" },
    { 99960000, "100 ms" },
    { 1410 * MS, "1.41 s" },
    { 12340 * MS, "12.3 s" },
    { 999 * S, "999 s" },
    { 1000 * S, "16 min 40 s" },
    { 3723 * S, "1 h 02 min" },
    { -260000, "−260 µs" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = weft_time_dup_duration (rows[i].duration_ns);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static WeftTimeAxis
random_axis (void)
{
  gint64 range_ns = (gint64) pow (10, g_test_rand_double_range (2, 13));
  WeftTimeAxis axis = { .begin_ns = (gint64) g_test_rand_double_range (-1e12, 1e13),
                        .x = g_test_rand_double_range (-100, 500),
                        .width = g_test_rand_double_range (1, 4000) };

  axis.end_ns = axis.begin_ns + range_ns;
  return axis;
}

/* The ends are at the edges, and back from x comes the same time, to the precision of a double. */
static void
test_inverse (void)
{
  for (int i = 0; i < 20000; i++)
    {
      WeftTimeAxis axis = random_axis ();
      double share = g_test_rand_double_range (-0.5, 1.5);
      gint64 time_ns = axis.begin_ns + (gint64) (share * (double) (axis.end_ns - axis.begin_ns));
      gint64 back_ns = weft_time_axis_to_time (&axis, weft_time_axis_to_x (&axis, time_ns));
      double tolerance_ns = 1 + (double) (axis.end_ns - axis.begin_ns) / axis.width * 1e-9;

      g_assert_cmpfloat_with_epsilon (weft_time_axis_to_x (&axis, axis.begin_ns), axis.x, 1e-6);
      g_assert_cmpfloat_with_epsilon (weft_time_axis_to_x (&axis, axis.end_ns), axis.x + axis.width, 1e-6);
      g_assert_cmpfloat (fabs ((double) (back_ns - time_ns)), <=, tolerance_ns);
    }
}

static void
test_nearest (void)
{
  const WeftTimeAxis axis = { .begin_ns = 0, .end_ns = 10, .x = 0, .width = 100 };

  g_assert_cmpint (weft_time_axis_to_time (&axis, 14), ==, 1);
  g_assert_cmpint (weft_time_axis_to_time (&axis, 17), ==, 2);
  g_assert_cmpint (weft_time_axis_to_time (&axis, -17), ==, -2);
}

/* The step is 1, 2 or 5 times a power of ten, wide enough, and the next smaller one is not. */
static void
test_step (void)
{
  for (int i = 0; i < 20000; i++)
    {
      WeftTimeAxis axis = random_axis ();
      double min_px = g_test_rand_double_range (10, 200);
      gint64 step_ns = weft_time_axis_get_step (&axis, min_px);
      double px_per_ns = axis.width / (double) (axis.end_ns - axis.begin_ns);
      gint64 mantissa = step_ns;
      gint64 smaller_ns;

      while (mantissa % 10 == 0)
        mantissa /= 10;
      g_assert_true (mantissa == 1 || mantissa == 2 || mantissa == 5);
      g_assert_cmpfloat ((double) step_ns * px_per_ns, >=, min_px * (1 - 1e-9));
      smaller_ns = mantissa == 5 ? step_ns / 5 * 2 : step_ns / 2;
      if (smaller_ns >= 1)
        g_assert_cmpfloat ((double) smaller_ns * px_per_ns, <, min_px * (1 + 1e-9));
    }
}

static void
test_degenerate (void)
{
  static const WeftTimeAxis axes[] = {
    { 0, 0, 10, 100 },
    { 0, S, 10, 0 },
    { S, 0, 10, 100 },
    { 0, S, 10, -5 },
    { G_MININT64, G_MAXINT64, 0, 100 },
    { 0, S, 10, NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    {
      g_assert_cmpint (weft_time_axis_get_step (&axes[i], 80), >, 0);
      weft_time_axis_to_x (&axes[i], 5);
      weft_time_axis_to_time (&axes[i], 5);
      if (i != 0)
        g_assert_cmpint (weft_columns_new (&axes[i], 1).count, ==, 0);
    }
  g_assert_cmpint (weft_columns_new (&axes[0], 1).count, ==, 0);
  g_assert_cmpint (weft_time_axis_to_time (&axes[1], NAN), ==, 0);
}

/* Every nanosecond is in one column: the one whose last nanosecond is the first not before it. */
static void
test_columns (void)
{
  for (int i = 0; i < 100000; i++)
    {
      WeftTimeAxis axis = random_axis ();
      WeftColumns columns = weft_columns_new (&axis, g_test_rand_int_range (1, 4));
      int column = g_test_rand_int_range (0, columns.count);
      gint64 last_ns = weft_columns_last_ns (&columns, column);

      g_assert_cmpint (weft_columns_at (&columns, last_ns), <=, column);
      g_assert_cmpint (weft_columns_at (&columns, last_ns + 1), >, column);
      g_assert_cmpint (weft_columns_last_ns (&columns, column - 1), <=, last_ns);
      g_assert_cmpint (weft_columns_at (&columns, axis.begin_ns - 1), ==, -1);
      g_assert_cmpint (weft_columns_at (&columns, axis.begin_ns), ==, 0);
    }
}

/* Where a column takes a whole number of nanoseconds its edges are exact, however the division rounds. */
static void
test_whole_columns (void)
{
  for (gint64 column_ns = 1; column_ns < 100 * MS; column_ns = column_ns * 7 / 3 + 1)
    for (int width = 300; width < 2000; width += 171)
      {
        const WeftTimeAxis axis = { .begin_ns = 12345678901,
                                    .end_ns = 12345678901 + width * column_ns,
                                    .width = width };
        WeftColumns columns = weft_columns_new (&axis, 1);

        for (int column = 0; column < width; column++)
          {
            gint64 last_ns = weft_columns_last_ns (&columns, column);

            g_assert_cmpint (weft_columns_at (&columns, last_ns), ==, column);
            g_assert_cmpint (weft_columns_at (&columns, last_ns + 1), ==, column + 1);
          }
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/time-axis/label", test_label);
  g_test_add_func ("/plot/time-axis/duration", test_duration);
  g_test_add_func ("/plot/time-axis/inverse", test_inverse);
  g_test_add_func ("/plot/time-axis/nearest", test_nearest);
  g_test_add_func ("/plot/time-axis/step", test_step);
  g_test_add_func ("/plot/time-axis/degenerate", test_degenerate);
  g_test_add_func ("/plot/time-axis/columns", test_columns);
  g_test_add_func ("/plot/time-axis/whole-columns", test_whole_columns);
  return g_test_run ();
}
