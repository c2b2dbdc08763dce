/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a frame of the timeline costs: plot-benchmark [LANES SPANS [WIDTH]]. Prints medians over frames
 * at several zooms, software rendering. Not a test: figures are for reading.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plot-fixture.h"

#define FRAMES 21

static int
compare (const void *first, const void *second)
{
  gint64 a = *(const gint64 *) first, b = *(const gint64 *) second;

  return a < b ? -1 : a > b;
}

/* CPU time, not the wall's: what else the machine does is no part of the cost. */
static gint64
cpu_time_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Median µs of drawing a frame with @draw. */
static double
measure (WeftRecording *recording, int width, int height, gint64 begin_ns, gint64 end_ns,
         void (*draw) (WeftPlot *))
{
  WeftPlotStyle *style = weft_plot_style_new (WEFT_STYLE_LIGHT, "Cantarell 10");
  cairo_surface_t *image = fixture_image (width, height, 1);
  WeftFrame frame = { 0 };
  gint64 times[FRAMES];
  double median;

  weft_recording_take_frame (recording, &frame);
  for (int i = 0; i < FRAMES; i++)
    {
      cairo_t *cr = cairo_create (image);
      gint64 start_us = cpu_time_us ();
      WeftPlot plot;

      weft_plot_begin (&plot, cr, style, &frame);
      fixture_set_area (&plot, width, height, 0, begin_ns + i * 1000, end_ns + i * 1000);
      draw (&plot);
      weft_plot_end (&plot);
      cairo_destroy (cr);
      times[i] = cpu_time_us () - start_us;
    }
  qsort (times, FRAMES, sizeof *times, compare);
  median = (double) times[FRAMES / 2];
  weft_frame_clear (&frame);
  cairo_surface_destroy (image);
  weft_plot_style_free (style);
  return median;
}

int
main (int argc, char **argv)
{
  guint n_lanes = argc > 2 ? (guint) atoi (argv[1]) : 64;
  guint n_spans = argc > 2 ? (guint) atoi (argv[2]) : 10000;
  int width = argc > 3 ? atoi (argv[3]) : 1000;
  g_autoptr (WeftRecording) recording = fixture_dense (n_lanes, n_spans);
  WeftFrame frame = { 0 };
  int height;

  weft_recording_take_frame (recording, &frame);
  height = (int) weft_timeline_plot_get_height (&frame);
  weft_frame_clear (&frame);
  printf ("%u lanes, %u spans each, %d × %d px; median of %d frames\n", n_lanes, n_spans, width, height,
          FRAMES);
  for (gint64 range_ns = S; range_ns >= S / 1000000; range_ns /= 10)
    printf ("timeline, %9.3f spans a px: %7.2f ms\n", (double) n_spans * ((double) range_ns / 1e9) / width,
            measure (recording, width, height, S / 3, S / 3 + range_ns, weft_timeline_plot_draw) / 1000);
  printf ("timeline, whole run:          %8.2f ms\n",
          measure (recording, width, height, 0, S, weft_timeline_plot_draw) / 1000);
  printf ("overview:                     %8.2f ms\n",
          measure (recording, width, 26, 0, S, weft_overview_plot_draw) / 1000);
  printf ("legend:                       %8.2f ms\n",
          measure (recording, width, 26, 0, S, weft_legend_plot_draw) / 1000);
  return 0;
}
