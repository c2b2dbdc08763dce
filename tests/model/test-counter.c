/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "weft-counter.h"
#include "weft-log.h"
#include "weft-tasks.h"

typedef struct
{
  gint64 time_ns;
  double value;
} Point;

/* Small integers, so that sums are exact and can be compared; some unknown, some of no duration. */
static WeftCounter *
make_random (guint count, GArray *reference)
{
  WeftCounter *counter = weft_counter_new ();
  gint64 time_ns = 5;

  for (guint i = 0; i < count; i++)
    {
      Point point = { time_ns, g_test_rand_int_range (0, 12) == 0 ? NAN : g_test_rand_int_range (-50, 1000) };

      weft_counter_append (counter, time_ns, point.value);
      g_array_append_val (reference, point);
      time_ns += g_test_rand_int_range (0, 3) == 0 ? 0 : g_test_rand_int_range (0, 5000);
    }
  return counter;
}

static gboolean
naive_range (GArray *reference, guint64 count, gint64 until_ns, gint64 begin_ns, gint64 end_ns,
             double *minimum, double *maximum, double *mean)
{
  double integral = 0, known = 0;

  *minimum = INFINITY;
  *maximum = -INFINITY;
  *mean = NAN;
  end_ns = MIN (end_ns, until_ns);
  if (begin_ns > end_ns)
    return FALSE;
  for (guint64 i = 0; i < count; i++)
    {
      const Point *point = &g_array_index (reference, Point, i);
      gboolean replaced = i + 1 < count && g_array_index (reference, Point, i + 1).time_ns <= begin_ns;
      gint64 to_ns = i + 1 < count ? g_array_index (reference, Point, i + 1).time_ns : until_ns;

      if (replaced || point->time_ns > end_ns || isnan (point->value))
        continue;
      *minimum = MIN (*minimum, point->value);
      *maximum = MAX (*maximum, point->value);
      integral += point->value * (double) (MIN (to_ns, end_ns) - MAX (point->time_ns, begin_ns));
      known += (double) (MIN (to_ns, end_ns) - MAX (point->time_ns, begin_ns));
    }
  if (*minimum > *maximum)
    return FALSE;
  *mean = known > 0 ? integral / known : (*minimum + *maximum) / 2;
  return TRUE;
}

static void
check_against_reference (gconstpointer data)
{
  guint appended = GPOINTER_TO_UINT (data);
  g_autoptr (GArray) reference = g_array_new (FALSE, FALSE, sizeof (Point));
  WeftCounter *counter = make_random (appended, reference);
  gint64 last_ns = g_array_index (reference, Point, appended - 1).time_ns;

  for (guint i = 0; i < 1000; i++)
    {
      guint64 count = i % 3 == 0 ? (guint64) g_test_rand_int_range (1, (gint32) appended + 1) : appended;
      gint64 until_ns = last_ns + g_test_rand_int_range (0, 1000);
      gint64 begin_ns = (gint64) g_test_rand_double_range (-100, (double) last_ns + 2000);
      gint64 end_ns = i % 2 == 0 ? begin_ns + g_test_rand_int_range (-5, 9000)
                                 : (gint64) g_test_rand_double_range (-100, (double) last_ns + 2000);
      double minimum, maximum, mean, expected_minimum, expected_maximum, expected_mean;
      gboolean known, expected;
      gint64 found = -1;

      if (i % 4 == 0)
        begin_ns = weft_counter_get_time (counter, (guint64) g_test_rand_int_range (0, (gint32) count));
      known = weft_counter_range (counter, count, until_ns, begin_ns, end_ns, &minimum, &maximum, &mean);
      expected = naive_range (reference, count, until_ns, begin_ns, end_ns, &expected_minimum,
                              &expected_maximum, &expected_mean);
      g_assert_cmpint (known, ==, expected);
      if (known)
        {
          g_assert_cmpfloat (minimum, ==, expected_minimum);
          g_assert_cmpfloat (maximum, ==, expected_maximum);
          g_assert_cmpfloat_with_epsilon (mean, expected_mean, 1e-6);
        }
      for (guint64 p = 0; p < count && g_array_index (reference, Point, p).time_ns <= begin_ns; p++)
        found = (gint64) p;
      g_assert_cmpint (weft_counter_find (counter, count, begin_ns), ==, found);
      if (found < 0 || isnan (g_array_index (reference, Point, found).value))
        g_assert_true (isnan (weft_counter_value_at (counter, count, begin_ns)));
      else
        g_assert_cmpfloat (weft_counter_value_at (counter, count, begin_ns), ==,
                           g_array_index (reference, Point, found).value);
    }
  weft_counter_free (counter);
}

/* The mean of a short range late in a long series must not be lost in the sum of all that was before. */
static void
test_precision (void)
{
  WeftCounter *counter = weft_counter_new ();
  double minimum, maximum, mean;

  for (guint i = 0; i < 100000; i++)
    weft_counter_append (counter, (gint64) i * 1000000000, 1e9 + i % 2);
  g_assert_true (weft_counter_range (counter, 100000, G_MAXINT64, (gint64) 99000 * 1000000000,
                                     (gint64) 99002 * 1000000000, &minimum, &maximum, &mean));
  g_assert_cmpfloat (mean, ==, 1e9 + 0.5);
  weft_counter_free (counter);
}

static void
test_time_never_runs_back (void)
{
  WeftCounter *counter = weft_counter_new ();

  weft_counter_append (counter, 100, 1);
  weft_counter_append (counter, 50, 2);
  g_assert_cmpint (weft_counter_get_time (counter, 1), ==, 100);
  g_assert_cmpfloat (weft_counter_value_at (counter, 2, 100), ==, 2);
  g_assert_true (isnan (weft_counter_value_at (counter, 2, 99)));
  weft_counter_free (counter);
}

static void
test_log (void)
{
  WeftLog *log = weft_log_new ();
  WeftLogEntry entry;

  g_assert_cmpint (weft_log_find (log, 0, 5), ==, -1);
  for (guint i = 0; i < 1000; i++)
    weft_log_append (log,
                     &(WeftLogEntry){ .time_ns = 10 * (i / 2), .value = i, .task = i, .lane = 3, .line = 7 });
  weft_log_append (log, &(WeftLogEntry){ .time_ns = 3 });
  g_assert_cmpuint (weft_log_get_count (log), ==, 1001);
  weft_log_get (log, 777, &entry);
  g_assert_cmpint (entry.time_ns, ==, 3880);
  g_assert_cmpint (entry.value, ==, 777);
  g_assert_cmpuint (entry.line, ==, 7);
  weft_log_get (log, 1000, &entry);
  g_assert_cmpint (entry.time_ns, ==, 4990);
  g_assert_cmpint (weft_log_find (log, 1000, 45), ==, 9);
  g_assert_cmpint (weft_log_find (log, 1000, 40), ==, 9);
  g_assert_cmpint (weft_log_find (log, 1000, -1), ==, -1);
  g_assert_cmpint (weft_log_find (log, 1000, 1000000), ==, 999);
  weft_log_free (log);
}

static void
test_tasks (void)
{
  WeftTasks *tasks = weft_tasks_new ();
  WeftTask task;

  g_assert_false (weft_tasks_get (tasks, 0, &task));
  weft_tasks_submitted (tasks, 5000, 0);
  g_assert_cmpuint (weft_tasks_get_count (tasks), ==, 5001);
  g_assert_false (weft_tasks_get (tasks, 4999, &task));
  g_assert_true (weft_tasks_get (tasks, 5000, &task));
  g_assert_cmpint (task.submitted_ns, ==, 0);
  g_assert_cmpint (task.started_ns, ==, -1);
  g_assert_cmpint (task.lane, ==, -1);
  weft_tasks_started (tasks, 5000, 10, 0);
  weft_tasks_finished (tasks, 5000, 20, FALSE);
  g_assert_true (weft_tasks_get (tasks, 5000, &task));
  g_assert_cmpint (task.started_ns, ==, 10);
  g_assert_cmpint (task.finished_ns, ==, 20);
  g_assert_cmpint (task.lane, ==, 0);
  g_assert_cmpint (task.outcome, ==, WEFT_TASK_FAILED);
  g_assert_cmpuint (weft_tasks_get_ignored (tasks), ==, 0);
  weft_tasks_started (tasks, WEFT_TASKS_MAX, 10, 0);
  g_assert_cmpuint (weft_tasks_get_ignored (tasks), ==, 1);
  g_assert_false (weft_tasks_get (tasks, WEFT_TASKS_MAX, &task));
  g_assert_false (weft_tasks_get (tasks, G_MAXUINT32, &task));
  weft_tasks_free (tasks);
}

/* Going through all tasks finds each, and takes no time for the ids between. */
static void
test_tasks_next (void)
{
  static const guint32 ids[] = { 0, 1, 4095, 4096, 5000, WEFT_TASKS_MAX - 2 };
  WeftTasks *tasks = weft_tasks_new ();
  WeftTask task;
  guint32 id = 0;
  guint n = 0;

  g_assert_false (weft_tasks_next (tasks, &id, &task));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    weft_tasks_finished (tasks, ids[i], ids[i], TRUE);
  for (id = 0; weft_tasks_next (tasks, &id, &task); id++)
    {
      g_assert_cmpuint (n, <, G_N_ELEMENTS (ids));
      g_assert_cmpuint (id, ==, ids[n++]);
      g_assert_cmpint (task.finished_ns, ==, id);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (ids));
  weft_tasks_free (tasks);
}

/* A million tasks in any order are all kept; ids strewn over everything take memory in proportion. */
static void
test_tasks_strewn (void)
{
  WeftTasks *tasks = weft_tasks_new ();
  WeftTask task;

  for (guint i = 0; i < 1000000; i += 1000)
    weft_tasks_started (tasks, 999999 - i, 1, 0);
  g_assert_cmpuint (weft_tasks_get_ignored (tasks), ==, 0);
  g_assert_true (weft_tasks_get (tasks, 999999, &task));
  for (guint i = 0; i < 20000; i++)
    weft_tasks_started (tasks, i * 12345 % WEFT_TASKS_MAX, 1, 0);
  g_assert_cmpuint (weft_tasks_get_ignored (tasks), >, 10000);
  weft_tasks_free (tasks);
}

int
main (int argc, char **argv)
{
  static const guint counts[] = { 1, 2, 16, 17, 33, 257, 258, 1000, 9000 };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/counter/reference/%u", counts[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (counts[i]), check_against_reference);
    }
  g_test_add_func ("/counter/precision", test_precision);
  g_test_add_func ("/counter/time-never-runs-back", test_time_never_runs_back);
  g_test_add_func ("/log", test_log);
  g_test_add_func ("/tasks/times", test_tasks);
  g_test_add_func ("/tasks/strewn", test_tasks_strewn);
  g_test_add_func ("/tasks/next", test_tasks_next);
  return g_test_run ();
}
