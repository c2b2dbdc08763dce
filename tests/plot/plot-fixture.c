/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot-fixture.h"

#include <math.h>
#include <signal.h>

#define NO_TASK WEFT_SPAN_NO_TASK
#define NO_CORE WEFT_SPAN_NO_CORE

static WeftRecording *
begin (const char *workload, guint n_cores)
{
  const WeftWorkloadInfo *info = weft_catalogue_find (weft_catalogue_get (), workload, NULL);
  g_autoptr (WeftParameters) parameters = info != NULL ? weft_parameters_new (info) : NULL;
  WeftRecording *recording;

  if (g_strcmp0 (workload, "pool") == 0 && parameters != NULL)
    {
      weft_parameters_set (parameters, "workers", "4", NULL);
      weft_parameters_set (parameters, "tasks", "5", NULL);
    }
  recording = weft_recording_new (info, parameters);
  weft_recording_set_n_cores (recording, n_cores);
  weft_recording_begin (recording, 1000);
  return recording;
}

static void
span (WeftRecording *recording, guint lane, gint64 begin_ns, WeftActivity activity, guint object,
      guint32 task)
{
  weft_recording_append_span (recording, lane, begin_ns, activity, object, task, NO_CORE);
}

static void
sample_cores (WeftRecording *recording, guint n_cores, gint64 until_ns,
              double (*load) (guint core, gint64 time_ns), double (*steal) (guint core, gint64 time_ns))
{
  g_autofree double *loads = g_new (double, n_cores);
  g_autofree double *steals = g_new (double, n_cores);

  for (gint64 time_ns = 0; time_ns < until_ns; time_ns += 200 * MS)
    {
      for (guint core = 0; core < n_cores; core++)
        {
          loads[core] = load (core, time_ns);
          steals[core] = steal != NULL ? steal (core, time_ns) : 0;
        }
      weft_recording_append_core_sample (recording, time_ns, loads, steals);
    }
}

static double
calm_load (guint core, gint64 time_ns)
{
  return 4 + 3 * sin (core + (double) time_ns / 4e8);
}

static double
busy_load (guint core, gint64 time_ns)
{
  double wave = sin (core * 2.1 + (double) time_ns / 6e8);

  return wave > 0.6 ? 60 : 92 + 5 * wave;
}

static double
some_steal (guint core, gint64 time_ns)
{
  return core == 0 && time_ns > 4 * S && time_ns < 6 * S ? 12 : 0;
}

WeftRecording *
fixture_pool (void)
{
  static const gint64 durations[] = { 1410 * MS, 270 * MS, 140 * MS, 860 * MS, 1910 * MS };
  WeftRecording *recording = begin ("pool", 2);
  guint main_lane = weft_recording_add_lane (recording, "main", TRUE, 4710, 4710, -1, 0);

  weft_recording_add_object (recording, 1, "waiting tasks", WEFT_OBJECT_IS_QUEUE, 0);
  span (recording, main_lane, 0, WEFT_ACTIVITY_WORKING, 0, NO_TASK);
  span (recording, main_lane, 40 * MS, WEFT_ACTIVITY_WAITING, 0, NO_TASK);
  for (guint i = 0; i < 5; i++)
    weft_recording_append_value (recording, 1, (30 + i) * MS, i + 1);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker %u", i + 1);
      guint lane =
          weft_recording_add_lane (recording, name, TRUE, 4711 + (int) i, 4711 + (int) i, 0, (10 + i) * MS);

      span (recording, lane, (10 + i) * MS, WEFT_ACTIVITY_QUEUE_EMPTY, 1, NO_TASK);
      span (recording, lane, (40 + i) * MS, WEFT_ACTIVITY_ASLEEP, 0, i);
      weft_recording_append_value (recording, 1, (40 + i) * MS, 4 - (double) i);
      if (i == 2)
        {
          span (recording, lane, 40 * MS + durations[2], WEFT_ACTIVITY_ASLEEP, 0, 4);
          span (recording, lane, 40 * MS + durations[2] + durations[4], WEFT_ACTIVITY_QUEUE_EMPTY, 1,
                NO_TASK);
          weft_recording_append_value (recording, 1, 40 * MS + durations[2], 0);
        }
      else
        span (recording, lane, (40 + i) * MS + durations[i], WEFT_ACTIVITY_QUEUE_EMPTY, 1, NO_TASK);
      weft_recording_end_lane (recording, lane, 2120 * MS + i * MS, WEFT_LANE_EXITED, 0, 0);
    }
  weft_recording_end_lane (recording, main_lane, 2130 * MS, WEFT_LANE_EXITED, 0, 0);
  sample_cores (recording, 2, 2130 * MS, calm_load, NULL);
  weft_recording_set_counts (recording, 43, 0, 0);
  weft_recording_advance (recording, 2130 * MS);
  weft_recording_set_outcome (recording, WEFT_OUTCOME_FINISHED, NULL);
  return recording;
}

WeftRecording *
fixture_queue (void)
{
  WeftRecording *recording = begin ("queue", 4);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint32 task = 0;
  guint lane = weft_recording_add_lane (recording, "main", TRUE, 4711, 4711, -1, 0);
  int depth = 0;

  weft_recording_add_object (recording, 1, "queue", WEFT_OBJECT_IS_QUEUE, 8);
  weft_recording_add_object (recording, 2, "lock", WEFT_OBJECT_IS_LOCK, 0);
  weft_recording_add_object (recording, 3, "balance", WEFT_OBJECT_IS_COUNTER, 0);
  span (recording, lane, 0, WEFT_ACTIVITY_WAITING, 0, NO_TASK);
  for (int i = 0; i < 5; i++)
    {
      gboolean producer = i < 2;
      g_autofree char *name =
          g_strdup_printf (producer ? "producer %d" : "consumer %d", producer ? i + 1 : i - 1);
      gint64 time_ns = 20 * MS + i * 3 * MS;

      lane = weft_recording_add_lane (recording, name, FALSE, 4711, 4712 + i, 0, time_ns);
      while (time_ns < 12 * S)
        {
          span (recording, lane, time_ns, WEFT_ACTIVITY_WORKING, 0, task++);
          time_ns += g_rand_int_range (random, producer ? 60 : 120, producer ? 200 : 700) * MS;
          if (i == 0 && time_ns > 4 * S && time_ns < 8 * S)
            {
              static const WeftActivity others[] = { WEFT_ACTIVITY_LOCK_WAIT, WEFT_ACTIVITY_IO,
                                                     WEFT_ACTIVITY_SPINNING, WEFT_ACTIVITY_ASLEEP };

              span (recording, lane, time_ns, others[task % 4], task % 4 == 0 ? 2 : 0, task);
              time_ns += 300 * MS;
            }
          span (recording, lane, time_ns, producer ? WEFT_ACTIVITY_QUEUE_FULL : WEFT_ACTIVITY_QUEUE_EMPTY, 1,
                NO_TASK);
          time_ns +=
              producer ? g_rand_int_range (random, 50, 400) * MS : g_rand_int_range (random, 1, 60) * MS;
        }
    }
  for (gint64 time_ns = 25 * MS; time_ns < 12 * S; time_ns += g_rand_int_range (random, 10, 90) * MS)
    {
      depth += g_rand_int_range (random, 0, 10) < (time_ns < 8 * S ? 7 : 3) ? 1 : -1;
      depth = CLAMP (depth, 0, 8);
      weft_recording_append_value (recording, 1, time_ns, depth);
      weft_recording_append_value (recording, 3, time_ns, depth * 20 - 60);
    }
  sample_cores (recording, 4, 12 * S, busy_load, some_steal);
  weft_recording_set_counts (recording, 4213, 0, 0);
  weft_recording_advance (recording, 12 * S);
  return recording;
}

WeftRecording *
fixture_overload (void)
{
  WeftRecording *recording = begin ("queue", 2);
  double depth = 0;

  weft_recording_add_object (recording, 1, "queue", WEFT_OBJECT_IS_QUEUE, 0);
  for (int i = 0; i < 3; i++)
    {
      const char *const names[] = { "producer 1", "producer 2", "consumer 1" };
      guint lane = weft_recording_add_lane (recording, names[i], TRUE, 300 + i, 300 + i, -1, i * 100 * MS);

      for (gint64 time_ns = i * 100 * MS, n = 0; time_ns < (i == 2 ? 6 : 8) * S;
           time_ns += (i == 2 ? 200 : 100) * MS, n++)
        span (recording, lane, time_ns, n % 8 == 7 ? WEFT_ACTIVITY_QUEUE_EMPTY : WEFT_ACTIVITY_ASLEEP, 0,
              (guint32) n);
      if (i == 2)
        weft_recording_end_lane (recording, lane, 6 * S, WEFT_LANE_KILLED, -1, SIGKILL);
      else
        weft_recording_end_lane (recording, lane, 8 * S, WEFT_LANE_EXITED, 0, 0);
    }
  for (gint64 time_ns = 0; time_ns < 8 * S; time_ns += 50 * MS)
    weft_recording_append_value (recording, 1, time_ns,
                                 depth += time_ns % (200 * MS) == 0 ? -1 + 2 * (depth < 1) : 1);
  sample_cores (recording, 2, 8 * S, calm_load, NULL);
  weft_recording_set_counts (recording, 940, 0, 0);
  weft_recording_advance (recording, 8 * S);
  weft_recording_set_outcome (recording, WEFT_OUTCOME_FINISHED, NULL);
  return recording;
}

WeftRecording *
fixture_dense (guint n_lanes, guint n_spans)
{
  WeftRecording *recording = begin ("pool", 2);
  double period_ns = 1e9 / MAX (n_spans / 3, 1);

  for (guint i = 0; i < n_lanes; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker %u", i + 1);
      guint lane = weft_recording_add_lane (recording, name, i == 0, 500, 500 + (int) i, i == 0 ? -1 : 0, 0);

      for (guint n = 0; n < n_spans / 3; n++)
        {
          gint64 time_ns = (gint64) (n * period_ns);

          span (recording, lane, time_ns, WEFT_ACTIVITY_WORKING, 0, n);
          span (recording, lane, time_ns + (gint64) (0.6 * period_ns), WEFT_ACTIVITY_QUEUE_EMPTY, 0, NO_TASK);
          span (recording, lane, time_ns + (gint64) (0.9 * period_ns), WEFT_ACTIVITY_LOCK_WAIT, 0, NO_TASK);
        }
    }
  sample_cores (recording, 2, S, busy_load, NULL);
  weft_recording_advance (recording, S);
  return recording;
}

static double
gap_load (guint core, gint64 time_ns)
{
  return time_ns >= S && time_ns < 2 * S ? NAN : 40;
}

WeftRecording *
fixture_gap (void)
{
  WeftRecording *recording = begin ("pool", 1);
  guint lane = weft_recording_add_lane (recording, "worker 1", TRUE, 20, 20, -1, 0);

  span (recording, lane, 0, WEFT_ACTIVITY_WORKING, 0, 0);
  span (recording, lane, S, WEFT_ACTIVITY_UNKNOWN, 0, NO_TASK);
  span (recording, lane, 2 * S, WEFT_ACTIVITY_WORKING, 0, 1);
  sample_cores (recording, 1, 3 * S, gap_load, NULL);
  weft_recording_set_counts (recording, 1204, 311, 0);
  weft_recording_advance (recording, 3 * S);
  return recording;
}

static double
many_load (guint core, gint64 time_ns)
{
  if (core == 5 && time_ns > 2 * S && time_ns < 8 * S)
    return NAN;
  return 50 + 50 * sin (core * 0.7 + (double) time_ns / 1e9);
}

WeftRecording *
fixture_cores (guint n_cores)
{
  WeftRecording *recording = begin ("pool", n_cores);

  sample_cores (recording, n_cores, 10 * S, many_load, NULL);
  weft_recording_advance (recording, 10 * S);
  return recording;
}

WeftRecording *
fixture_ends (void)
{
  static const struct
  {
    const char *name;
    WeftLaneEnd end;
    int exit_code, signal;
  } ends[] = {
    { "exits", WEFT_LANE_EXITED, 0, 0 },           { "fails", WEFT_LANE_EXITED, 3, 0 },
    { "crashes", WEFT_LANE_CRASHED, -1, SIGSEGV }, { "killed", WEFT_LANE_KILLED, -1, SIGKILL },
    { "vanishes", WEFT_LANE_VANISHED, -1, 0 },     { "lives", WEFT_LANE_LIVE, -1, 0 },
  };
  WeftRecording *recording = begin ("pool", 1);

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      guint lane = weft_recording_add_lane (recording, ends[i].name, TRUE, 30 + (int) i, 30 + (int) i, -1,
                                            i * 100 * MS);

      span (recording, lane, i * 100 * MS, WEFT_ACTIVITY_WORKING, 0, i);
      if (ends[i].end != WEFT_LANE_LIVE)
        weft_recording_end_lane (recording, lane, S, ends[i].end, ends[i].exit_code, ends[i].signal);
    }
  weft_recording_advance (recording, 2 * S);
  return recording;
}

WeftRecording *
fixture_empty (void)
{
  return begin ("pool", 0);
}

cairo_surface_t *
fixture_image (int width, int height, int scale)
{
  cairo_surface_t *image =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX (width * scale, 1), MAX (height * scale, 1));
  cairo_t *cr = cairo_create (image);

  cairo_set_source_rgb (cr, 1, 0, 1);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_set_device_scale (image, scale, scale);
  return image;
}

guint32
fixture_pixel (cairo_surface_t *image, int x, int y)
{
  cairo_surface_flush (image);
  g_assert_cmpint (x, >=, 0);
  g_assert_cmpint (x, <, cairo_image_surface_get_width (image));
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (y, <, cairo_image_surface_get_height (image));
  return *(guint32 *) (cairo_image_surface_get_data (image)
                       + (gsize) y * cairo_image_surface_get_stride (image) + 4 * (gsize) x)
         & 0xffffff;
}

guint32
fixture_rgb (WeftColour colour)
{
  return (guint32) lround (colour.red * 255) << 16 | (guint32) lround (colour.green * 255) << 8
         | (guint32) lround (colour.blue * 255);
}

void
fixture_set_area (WeftPlot *plot, double width, double height, double gutter, gint64 begin_ns, gint64 end_ns)
{
  plot->width = width;
  plot->height = height;
  plot->gutter = gutter;
  plot->axis = (WeftTimeAxis){ .begin_ns = begin_ns, .end_ns = end_ns, .x = gutter, .width = width - gutter };
}
