/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histograms: each duration in the right bucket, quantiles by their definition, whatever is in the memory. */
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "weft-histogram.h"

static int
compare (const void *a, const void *b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

/* The smallest that at least @percent of all do not exceed. */
static guint64
by_definition (const guint64 *sorted, gsize n, guint percent)
{
  gsize i = 0;

  while ((i + 1) * 100 < n * percent)
    i++;
  return sorted[i];
}

static void
assert_close (guint64 found, guint64 right)
{
  double error = right > found ? (double) (right - found) : (double) (found - right);

  g_assert_cmpfloat (error, <=, 0.032 * (double) right);
}

static void
test_buckets (void)
{
  guint before = 0;

  for (guint64 value = 0; value < 100000; value++)
    {
      guint bucket = weft_histogram_find (value);

      g_assert_cmpuint (bucket, >=, before);
      g_assert_cmpuint (bucket, <=, before + 1);
      before = bucket;
    }
  for (guint bit = 0; bit < 64; bit++)
    {
      guint64 value = G_GUINT64_CONSTANT (1) << bit;

      g_assert_cmpuint (weft_histogram_find (value), <, WEFT_HISTOGRAM_BUCKETS);
      if (bit > 0 && bit <= WEFT_HISTOGRAM_BITS)
        g_assert_cmpuint (weft_histogram_find (value - 1) + (bit < WEFT_HISTOGRAM_BITS), ==,
                          weft_histogram_find (value));
    }
  g_assert_cmpuint (weft_histogram_find (G_MAXUINT64), ==, WEFT_HISTOGRAM_BUCKETS - 1);
}

static void
test_quantiles (void)
{
  static WeftHistogram memory;
  WeftHistogram *histogram = &memory;
  WeftHistogramFigures figures;

  for (guint round = 0; round < 500; round++)
    {
      guint64 values[300];
      gsize n = (gsize) g_test_rand_int_range (1, G_N_ELEMENTS (values));
      gint bits = g_test_rand_int_range (1, WEFT_HISTOGRAM_BITS);
      guint64 total = 0;

      memset (histogram, 0, sizeof *histogram);
      g_assert_false (weft_histogram_read (histogram, &figures));
      for (gsize i = 0; i < n; i++)
        {
          values[i] = ((guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ())
                      >> (64 - bits);
          weft_histogram_add (histogram, values[i], g_test_rand_bit ());
          total += values[i];
        }
      qsort (values, n, sizeof values[0], compare);
      g_assert_true (weft_histogram_read (histogram, &figures));
      g_assert_cmpuint (figures.n, ==, n);
      g_assert_cmpuint (figures.total, ==, total);
      g_assert_cmpuint (figures.max, ==, values[n - 1]);
      assert_close (figures.p50, by_definition (values, n, 50));
      assert_close (figures.p90, by_definition (values, n, 90));
      assert_close (figures.p99, by_definition (values, n, 99));
      g_assert_cmpuint (figures.p99, <=, figures.max);
    }
}

/* Whatever somebody has written into it. */
static void
test_wild (void)
{
  static WeftHistogram memory;
  WeftHistogram *histogram = &memory;

  for (guint round = 0; round < 200; round++)
    {
      guint32 *words = (guint32 *) histogram;
      WeftHistogramFigures figures;

      for (gsize i = 0; i < sizeof *histogram / sizeof *words; i++)
        words[i] = g_test_rand_bit () ? (guint32) g_test_rand_int () : 0;
      g_assert_true (weft_histogram_read (histogram, &figures));
      g_assert_cmpuint (figures.p50, <=, figures.p90);
      g_assert_cmpuint (figures.p90, <=, figures.p99);
      g_assert_cmpuint (figures.p99, <=, figures.max);
    }
}

static gpointer
add_many (gpointer data)
{
  for (guint64 i = 0; i < 100000; i++)
    weft_histogram_add (data, i, true);
  return NULL;
}

/* Several at once, where they say so. */
static void
test_shared (void)
{
  static WeftHistogram memory;
  WeftHistogram *histogram = &memory;
  GThread *threads[4];
  WeftHistogramFigures figures;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("adder", add_many, histogram);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_true (weft_histogram_read (histogram, &figures));
  g_assert_cmpuint (figures.n, ==, 400000);
  g_assert_cmpuint (figures.total, ==, 4 * G_GUINT64_CONSTANT (4999950000));
  g_assert_cmpuint (figures.max, ==, 99999);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/buckets", test_buckets);
  g_test_add_func ("/histogram/quantiles", test_quantiles);
  g_test_add_func ("/histogram/wild", test_wild);
  g_test_add_func ("/histogram/shared", test_shared);
  return g_test_run ();
}
