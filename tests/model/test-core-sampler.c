/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "weft-core-sampler.h"
#include "weft-recording-private.h"

/* One core, two readings, and what follows. */
typedef struct
{
  const char *name;
  WeftCoreReading before;
  WeftCoreReading after;
  double load; /* NaN: not known */
  double steal;
} Case;

static const Case cases[] = {
  { "busy", { TRUE, 100, 100, 0 }, { TRUE, 120, 100, 0 }, 100, 0 },
  { "idle", { TRUE, 100, 100, 0 }, { TRUE, 100, 120, 0 }, 0, 0 },
  { "half", { TRUE, 100, 100, 7 }, { TRUE, 110, 110, 7 }, 50, 0 },
  { "steal-is-not-busy", { TRUE, 0, 0, 0 }, { TRUE, 10, 0, 10 }, 50, 50 },
  { "zero-delta", { TRUE, 100, 100, 0 }, { TRUE, 100, 100, 0 }, NAN, NAN },
  { "busy-runs-back", { TRUE, 100, 100, 0 }, { TRUE, 99, 120, 0 }, NAN, NAN },
  { "idle-runs-back", { TRUE, 100, 100, 0 }, { TRUE, 120, 99, 0 }, NAN, NAN },
  { "steal-runs-back", { TRUE, 100, 100, 5 }, { TRUE, 120, 100, 4 }, NAN, NAN },
  { "goes-offline", { TRUE, 100, 100, 0 }, { FALSE, 0, 0, 0 }, NAN, NAN },
  { "comes-back", { FALSE, 0, 0, 0 }, { TRUE, 100, 100, 0 }, NAN, NAN },
  { "stays-offline", { FALSE, 0, 0, 0 }, { FALSE, 0, 0, 0 }, NAN, NAN },
};

/* The readings that the injected source gives, in turn. */
typedef struct
{
  const WeftCoreReading *readings;
  guint next;
} Script;

static void
scripted_source (WeftCoreReading *readings, guint n_cores, gpointer data)
{
  Script *script = data;

  for (guint i = 0; i < n_cores; i++)
    readings[i] = script->readings[script->next++];
}

static void
assert_same (double value, double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat (value, ==, expected);
}

static void
test_case (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  const WeftCoreReading readings[2] = { row->before, row->after };
  Script script = { readings, 0 };
  WeftCoreSampler *sampler = weft_core_sampler_new (recording, 1, scripted_source, &script);
  WeftCounter *core = weft_recording_get_core (recording, 0);

  weft_core_sampler_sample (sampler, 1000);
  g_assert_cmpuint (weft_counter_get_count (core), ==, 0); /* the first says nothing yet */
  weft_core_sampler_sample (sampler, 3000);
  g_assert_cmpuint (weft_counter_get_count (core), ==, 1);
  g_assert_cmpint (weft_counter_get_time (core, 0), ==, 1000); /* it is the mean since then */
  assert_same (weft_counter_get_value (core, 0), row->load);
  assert_same (weft_counter_get_value (weft_recording_get_core_steal (recording, 0), 0), row->steal);
  assert_same (weft_counter_get_value (weft_recording_get_core (recording, -1), 0), row->load);
  weft_core_sampler_free (sampler);
}

/* One of three cores is offline for a while: the others are known all the time, and so is their sum. */
static void
test_sum (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  const WeftCoreReading readings[] = { { TRUE, 0, 0, 0 },  { TRUE, 0, 0, 0 },  { TRUE, 0, 0, 0 },
                                       { TRUE, 10, 0, 0 }, { FALSE, 0, 0, 0 }, { TRUE, 5, 5, 0 },
                                       { TRUE, 20, 0, 0 }, { TRUE, 50, 0, 0 }, { TRUE, 5, 15, 0 },
                                       { TRUE, 30, 0, 0 }, { TRUE, 55, 5, 0 }, { TRUE, 15, 15, 0 } };
  Script script = { readings, 0 };
  WeftCoreSampler *sampler = weft_core_sampler_new (recording, 3, scripted_source, &script);
  WeftCounter *all = weft_recording_get_core (recording, -1);

  for (guint i = 0; i < 4; i++)
    weft_core_sampler_sample (sampler, i * 200);
  g_assert_cmpuint (weft_counter_get_count (all), ==, 3);
  assert_same (weft_counter_get_value (all, 0), 150);
  assert_same (weft_counter_get_value (all, 1), 100);
  assert_same (weft_counter_get_value (all, 2), 250);
  assert_same (weft_counter_get_value (weft_recording_get_core (recording, 1), 1), NAN);
  assert_same (weft_counter_get_value (weft_recording_get_core (recording, 1), 2), 50);
  weft_core_sampler_free (sampler);
}

/* The sampler itself was stopped for a while: what went on is not known, but the means count it. */
static void
test_pause (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  const WeftCoreReading readings[] = { { TRUE, 0, 0, 0 },   { TRUE, 0, 0, 0 },   { TRUE, 20, 0, 0 },
                                       { FALSE, 0, 0, 0 },  { TRUE, 20, 500, 5 }, { TRUE, 7, 7, 0 },
                                       { TRUE, 30, 510, 5 }, { TRUE, 27, 7, 0 } };
  const gint64 times_ms[] = { 0, 200, 5200, 5400 };
  Script script = { readings, 0 };
  WeftCoreSampler *sampler = weft_core_sampler_new (recording, 2, scripted_source, &script);
  double load, steal;

  weft_recording_get_core_means (recording, 0, &load, &steal);
  assert_same (load, NAN);
  for (guint i = 0; i < G_N_ELEMENTS (times_ms); i++)
    weft_core_sampler_sample (sampler, times_ms[i] * 1000000);
  for (int core = -1; core < 2; core++)
    assert_same (weft_counter_get_value (weft_recording_get_core (recording, core), 1), NAN);
  assert_same (weft_counter_get_value (weft_recording_get_core_steal (recording, 0), 1), NAN);
  assert_same (weft_counter_get_value (weft_recording_get_core (recording, 0), 0), 100);
  assert_same (weft_counter_get_value (weft_recording_get_core (recording, 0), 2), 50);
  weft_recording_get_core_means (recording, 0, &load, &steal);
  assert_same (load, 100.0 * 30 / 545);
  assert_same (steal, 100.0 * 5 / 545);
  /* The other came back while nobody looked: what it had counted is not the run's. */
  weft_recording_get_core_means (recording, 1, &load, &steal);
  assert_same (load, 100);
  weft_core_sampler_free (sampler);
}

static void
test_parse (void)
{
  WeftCoreReading readings[4];

  weft_core_source_parse_stat ("cpu  1 2 3 4 5 6 7 8 9 10\n"
                               "cpu0 1 2 4 8 16 32 64 128 256 512\n"
                               "cpu2 10 0 0 5\n"
                               "cpu9 1 1 1 1\n"
                               "intr 5 cpu1 7\n",
                               readings, 4);
  g_assert_true (readings[0].online);
  g_assert_cmpuint (readings[0].busy, ==, 1 + 2 + 4 + 32 + 64);
  g_assert_cmpuint (readings[0].idle, ==, 8 + 16);
  g_assert_cmpuint (readings[0].steal, ==, 128);
  g_assert_false (readings[1].online);
  g_assert_true (readings[2].online);
  g_assert_cmpuint (readings[2].busy, ==, 10);
  g_assert_cmpuint (readings[2].idle, ==, 5);
  g_assert_false (readings[3].online);
}

/* What libgtop says of this machine agrees with the kernel's own file. */
static void
test_machine (void)
{
  guint n_cores = weft_core_source_count_cores ();
  g_autofree WeftCoreReading *before = g_new0 (WeftCoreReading, n_cores);
  g_autofree WeftCoreReading *given = g_new0 (WeftCoreReading, n_cores);
  g_autofree WeftCoreReading *after = g_new0 (WeftCoreReading, n_cores);
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  g_assert_cmpuint (n_cores, >=, g_get_num_processors ());
  g_assert_true (g_file_get_contents ("/proc/stat", &first, NULL, NULL));
  weft_core_source_machine (given, n_cores, NULL);
  g_assert_true (g_file_get_contents ("/proc/stat", &last, NULL, NULL));
  weft_core_source_parse_stat (first, before, n_cores);
  weft_core_source_parse_stat (last, after, n_cores);
  for (guint i = 0; i < n_cores; i++)
    {
      g_assert_cmpint (given[i].online, ==, after[i].online);
      g_assert_cmpuint (given[i].busy, >=, before[i].busy);
      g_assert_cmpuint (given[i].busy, <=, after[i].busy);
      g_assert_cmpuint (given[i].steal, >=, before[i].steal);
      g_assert_cmpuint (given[i].steal, <=, after[i].steal);
    }
}

/* The timer samples while the main loop runs. */
static void
test_timer (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  WeftCoreSampler *sampler = weft_core_sampler_new (recording, weft_core_source_count_cores (), NULL, NULL);
  WeftCounter *all = weft_recording_get_core (recording, -1);

  weft_recording_begin (recording, g_get_monotonic_time () * 1000);
  weft_core_sampler_start (sampler);
  while (weft_counter_get_count (all) < 2)
    g_main_context_iteration (NULL, TRUE);
  weft_core_sampler_stop (sampler);
  g_assert_cmpint (weft_counter_get_time (all, 0), <, weft_counter_get_time (all, 1));
  g_assert_cmpfloat (weft_counter_get_value (all, 0), >=, 0);
  g_assert_cmpfloat (weft_counter_get_value (all, 0), <=, 100.0 * weft_recording_get_n_cores (recording));
  weft_core_sampler_free (sampler);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/core-sampler/case/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/core-sampler/sum", test_sum);
  g_test_add_func ("/core-sampler/pause", test_pause);
  g_test_add_func ("/core-sampler/parse", test_parse);
  g_test_add_func ("/core-sampler/machine", test_machine);
  g_test_add_func ("/core-sampler/timer", test_timer);
  return g_test_run ();
}
