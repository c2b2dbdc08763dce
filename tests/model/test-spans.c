/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "weft-spans.h"

typedef struct
{
  gint64 begin_ns;
  WeftActivity activity;
} Reference;

/* Spans of which some have no length, some are long, some are appended with a time that runs back. */
static WeftSpans *
make_random (guint count, GArray *reference)
{
  WeftSpans *spans = weft_spans_new ();
  gint64 time_ns = g_test_rand_int_range (0, 50);

  for (guint i = 0; i < count; i++)
    {
      Reference entry = { time_ns, (WeftActivity) g_test_rand_int_range (0, WEFT_N_ACTIVITIES) };
      gint64 said_ns = i > 0 && g_test_rand_int_range (0, 20) == 0
                               && time_ns == g_array_index (reference, Reference, i - 1).begin_ns
                           ? time_ns - 7
                           : time_ns;

      weft_spans_append (spans, said_ns, entry.activity, (guint16) (i % 1025), i, (guint16) (i % 3));
      g_array_append_val (reference, entry);
      switch (g_test_rand_int_range (0, 4))
        {
        case 0:
          break;
        case 1:
          time_ns += 1;
          break;
        case 2:
          time_ns += g_test_rand_int_range (0, 100);
          break;
        default:
          time_ns += g_test_rand_int_range (0, 100000);
        }
    }
  return spans;
}

static gint64
naive_find (GArray *reference, guint64 count, gint64 time_ns)
{
  gint64 found = -1;

  for (guint64 i = 0; i < count && g_array_index (reference, Reference, i).begin_ns <= time_ns; i++)
    found = (gint64) i;
  return found;
}

static void
naive_shares (GArray *reference, guint64 count, gint64 until_ns, gint64 begin_ns, gint64 end_ns,
              gint64 *shares_ns)
{
  memset (shares_ns, 0, WEFT_N_ACTIVITIES * sizeof *shares_ns);
  end_ns = MIN (end_ns, until_ns);
  for (guint64 i = 0; i < count; i++)
    {
      const Reference *span = &g_array_index (reference, Reference, i);
      gint64 to_ns = i + 1 < count ? g_array_index (reference, Reference, i + 1).begin_ns : until_ns;
      gint64 overlap_ns = MIN (to_ns, end_ns) - MAX (span->begin_ns, begin_ns);

      if (overlap_ns > 0)
        shares_ns[span->activity] += overlap_ns;
    }
}

/* Asks for many ranges and instants, within, across and outside the spans, of a count that may lie
 * behind what was appended. */
static void
check_against_reference (gconstpointer data)
{
  guint appended = GPOINTER_TO_UINT (data);
  g_autoptr (GArray) reference = g_array_new (FALSE, FALSE, sizeof (Reference));
  WeftSpans *spans = make_random (appended, reference);
  gint64 last_ns = g_array_index (reference, Reference, appended - 1).begin_ns;

  g_assert_cmpuint (weft_spans_get_count (spans), ==, appended);
  for (guint i = 0; i < 600; i++)
    {
      guint64 count = i % 3 == 0 ? (guint64) g_test_rand_int_range (1, (gint32) appended + 1) : appended;
      gint64 until_ns = last_ns + g_test_rand_int_range (-30, 1000);
      gint64 begin_ns = (gint64) g_test_rand_double_range (-1000, (double) last_ns + 2000);
      gint64 end_ns = i % 2 == 0 ? begin_ns + g_test_rand_int_range (-5, 300)
                                 : (gint64) g_test_rand_double_range (-1000, (double) last_ns + 2000);
      gint64 shares_ns[WEFT_N_ACTIVITIES], expected_ns[WEFT_N_ACTIVITIES];
      gint64 found, hint;

      if (i % 5 == 0)
        begin_ns = weft_spans_get_begin (spans, (guint64) g_test_rand_int_range (0, (gint32) count));
      weft_spans_shares (spans, count, until_ns, begin_ns, end_ns, shares_ns);
      naive_shares (reference, count, until_ns, begin_ns, end_ns, expected_ns);
      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        g_assert_cmpint (shares_ns[a], ==, expected_ns[a]);
      found = weft_spans_find (spans, count, end_ns);
      if (found >= 0 && end_ns <= until_ns)
        {
          weft_spans_sums (spans, (guint64) found, end_ns, shares_ns);
          naive_shares (reference, count, until_ns, G_MININT64 / 2, end_ns, expected_ns);
          for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
            g_assert_cmpint (shares_ns[a], ==, expected_ns[a]);
        }

      found = weft_spans_find (spans, count, begin_ns);
      g_assert_cmpint (found, ==, naive_find (reference, count, begin_ns));
      if (found >= 0)
        {
          hint = g_test_rand_int_range (0, (gint32) found + 1);
          g_assert_cmpint (weft_spans_find_from (spans, count, begin_ns, hint), ==, found);
          g_assert_cmpint (weft_spans_find_from (spans, count, begin_ns, -1), ==, found);
        }
    }
  weft_spans_free (spans);
}

static void
test_columns (void)
{
  g_autoptr (GArray) reference = g_array_new (FALSE, FALSE, sizeof (Reference));
  WeftSpans *spans = make_random (5000, reference);
  gint64 until_ns = g_array_index (reference, Reference, 4999).begin_ns + 1;

  for (guint i = 0; i < 5000; i++)
    {
      const Reference *expected = &g_array_index (reference, Reference, i);
      WeftSpan span;

      weft_spans_get (spans, 5000, i, until_ns, &span);
      g_assert_cmpint (span.begin_ns, ==, expected->begin_ns);
      g_assert_cmpint (span.end_ns, ==, i + 1 < 5000 ? expected[1].begin_ns : until_ns);
      g_assert_cmpint (span.activity, ==, expected->activity);
      g_assert_cmpuint (span.object, ==, i % 1025);
      g_assert_cmpuint (span.task, ==, i);
      g_assert_cmpuint (span.core, ==, i % 3);
      g_assert_cmpint (weft_spans_get_begin (spans, i), ==, expected->begin_ns);
    }
  weft_spans_free (spans);
}

static void
test_empty (void)
{
  WeftSpans *spans = weft_spans_new ();
  gint64 shares_ns[WEFT_N_ACTIVITIES];

  g_assert_cmpuint (weft_spans_get_count (spans), ==, 0);
  g_assert_cmpint (weft_spans_find (spans, 0, 100), ==, -1);
  g_assert_cmpint (weft_spans_find_from (spans, 0, 100, 0), ==, -1);
  weft_spans_shares (spans, 0, 100, 0, 100, shares_ns);
  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    g_assert_cmpint (shares_ns[a], ==, 0);
  weft_spans_free (spans);
}

static void
test_bytes (void)
{
  WeftSpans *spans = weft_spans_new ();

  for (guint i = 0; i < 1000000; i++)
    weft_spans_append (spans, i, (WeftActivity) (i % WEFT_N_ACTIVITIES), 0, i, 0);
  g_assert_cmpuint (weft_spans_get_bytes (spans), <=, 15 * 1000000);
  g_assert_cmpuint (weft_spans_get_bytes (spans), >=, 14 * 1000000);
  weft_spans_free (spans);
}

#define APPENDED 2000000

static gpointer
append_thread (gpointer data)
{
  for (guint i = 0; i < APPENDED; i++)
    weft_spans_append (data, 10 * (gint64) i, (WeftActivity) (i % 2 + 1), 0, i, 0);
  return NULL;
}

/* While another thread appends, every published span is complete and the shares add up. */
static void
test_reader_beside_writer (void)
{
  WeftSpans *spans = weft_spans_new ();
  GThread *writer = g_thread_new ("writer", append_thread, spans);
  guint64 count = 0;

  while (count < APPENDED)
    {
      gint64 shares_ns[WEFT_N_ACTIVITIES];
      WeftSpan span;

      count = weft_spans_get_count (spans);
      if (count == 0)
        continue;
      weft_spans_get (spans, count, count - 1, G_MAXINT64, &span);
      g_assert_cmpint (span.begin_ns, ==, 10 * (gint64) (count - 1));
      g_assert_cmpuint (span.task, ==, count - 1);
      weft_spans_shares (spans, count, span.begin_ns, 0, span.begin_ns, shares_ns);
      g_assert_cmpint (shares_ns[1], ==, 10 * (gint64) (count / 2));
      g_assert_cmpint (shares_ns[2], ==, 10 * (gint64) ((count - 1) / 2));
    }
  g_thread_join (writer);
  weft_spans_free (spans);
}

int
main (int argc, char **argv)
{
  static const guint counts[] = { 1, 2, 15, 16, 17, 63, 64, 65, 1000, 4999 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spans/empty", test_empty);
  g_test_add_func ("/spans/columns", test_columns);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/spans/reference/%u", counts[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (counts[i]), check_against_reference);
    }
  g_test_add_func ("/spans/bytes", test_bytes);
  g_test_add_func ("/spans/reader-beside-writer", test_reader_beside_writer);
  return g_test_run ();
}
