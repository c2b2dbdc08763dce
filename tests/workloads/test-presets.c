/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every preset of every workload, as it is. */
#include "test-run.h"
#include "weft-workloads.h"

typedef struct
{
  const WeftWorkload *workload;
  const char *name;
  const char *values;
} Row;

/* Sleeps are never shorter than asked for, so "watch" cannot come out shorter than it should. */
static void
test_preset (gconstpointer data)
{
  const Row *row = data;
  TestRun *run = test_run_new (row->workload->id, row->values);
  gint64 began_us = g_get_monotonic_time ();
  double took_s;

  run->keep_events = FALSE;
  test_run_prepare (run, NULL);
  test_run_go (run);
  test_run_finish (run);
  took_s = (double) (g_get_monotonic_time () - began_us) / 1e6;
  g_test_message ("%.2f s", took_s);
  g_assert_null (run->failure);
  g_assert_cmpstr (run->outcome, ==, "finished");
  if (run->wire.objects[0].kind == WEFT_OBJECT_QUEUE)
    g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_PUTS), >, 0);
  else
    g_assert_cmpuint (test_run_get_total (run, "", WEFT_LANE_CPU_NS), >, 0);
  g_assert_cmpuint (test_run_get_queue_total (run, WEFT_QUEUE_PUTS), ==,
                    test_run_get_queue_total (run, WEFT_QUEUE_GETS));
  if (g_str_equal (row->name, "watch"))
    g_assert_cmpfloat (took_s, >=, 5);
  test_run_free (run);
}

static void
add (const WeftWorkload *workload, const char *name, const char *values)
{
  g_autofree char *path = g_strdup_printf ("/presets/%s/%s", workload->id, name);
  Row row = { workload, name, values };

  g_test_add_data_func_full (path, g_memdup2 (&row, sizeof row), test_preset, g_free);
}

int
main (int argc, char **argv)
{
  test_run_init (&argc, &argv);
  for (guint i = 0; weft_workloads[i] != NULL; i++)
    {
      add (weft_workloads[i], "watch", weft_workloads[i]->watch);
      add (weft_workloads[i], "measure", weft_workloads[i]->measure);
      for (const WeftPresetSpec *preset = weft_workloads[i]->presets; preset->name != NULL; preset++)
        add (weft_workloads[i], preset->name, preset->values);
    }
  return g_test_run ();
}
