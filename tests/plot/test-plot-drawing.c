/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the plots leave on an image, pixel by pixel. */
#include <math.h>

#include "plot-fixture.h"
#include "weft-plot-private.h"

#define MAGENTA 0xff00ff

typedef struct
{
  WeftRecording *recording;
  WeftFrame frame;
  WeftPlotStyle *style;
  cairo_surface_t *image;
  int width, height;
} Canvas;

typedef void (*Draw) (WeftPlot *plot);

/* Draws @recording, which it takes, over the range onto an image of its own. */
static void
canvas_draw (Canvas *canvas, WeftRecording *recording, Draw draw, int width, int height, int scale,
             double gutter, gint64 begin_ns, gint64 end_ns)
{
  WeftPlot plot;
  cairo_t *cr;

  *canvas = (Canvas){ .recording = recording, .width = width * scale, .height = height * scale };
  weft_recording_take_frame (recording, &canvas->frame);
  canvas->style = weft_plot_style_new (WEFT_STYLE_LIGHT, "Sans 9");
  canvas->image = fixture_image (width, height, scale);
  cr = cairo_create (canvas->image);
  weft_plot_begin (&plot, cr, canvas->style, &canvas->frame);
  g_assert_cmpfloat (plot.scale, ==, scale);
  fixture_set_area (&plot, width, height, gutter, begin_ns, end_ns);
  draw (&plot);
  weft_plot_end (&plot);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
}

static void
canvas_clear (Canvas *canvas)
{
  cairo_surface_destroy (canvas->image);
  weft_plot_style_free (canvas->style);
  weft_frame_clear (&canvas->frame);
  g_object_unref (canvas->recording);
}

/* How many pixels of column @x, from @top to @bottom, have @colour. */
static int
count_in_column (Canvas *canvas, int x, int top, int bottom, guint32 colour)
{
  int n = 0;

  for (int y = top; y < bottom; y++)
    n += fixture_pixel (canvas->image, x, y) == colour;
  return n;
}

static int
count_all (Canvas *canvas, guint32 colour)
{
  int n = 0;

  for (int x = 0; x < canvas->width; x++)
    n += count_in_column (canvas, x, 0, canvas->height, colour);
  return n;
}

static guint32
activity_rgb (Canvas *canvas, WeftActivity activity)
{
  return fixture_rgb (weft_plot_style_get_activity_colour (canvas->style, activity));
}

static guint32
role_rgb (Canvas *canvas, WeftColourRole role)
{
  return fixture_rgb (weft_plot_style_get_colour (canvas->style, role));
}

/* One lane that waits for 1 s, but for @n spans of work, each 1 ns long. */
static WeftRecording *
new_needles (guint n)
{
  WeftRecording *recording = weft_recording_new (NULL, NULL);

  weft_recording_set_n_cores (recording, 0);
  weft_recording_begin (recording, 1);
  weft_recording_add_lane (recording, "needles", TRUE, 1, 1, -1, 0);
  weft_recording_append_span (recording, 0, 0, WEFT_ACTIVITY_WAITING, 0, WEFT_SPAN_NO_TASK, 0);
  for (guint i = 0; i < n; i++)
    {
      gint64 time_ns = (gint64) ((i + 0.5) * 1e9 / n);

      weft_recording_append_span (recording, 0, time_ns, WEFT_ACTIVITY_WORKING, 0, i, 0);
      weft_recording_append_span (recording, 0, time_ns + 1, WEFT_ACTIVITY_WAITING, 0, WEFT_SPAN_NO_TASK, 0);
    }
  weft_recording_advance (recording, S);
  return recording;
}

/* A span of one nanosecond in a second marks its pixel, and just that. */
static void
test_needle (void)
{
  for (int scale = 1; scale <= 2; scale++)
    {
      guint32 working;
      Canvas canvas;

      canvas_draw (&canvas, new_needles (4), weft_timeline_plot_draw, 400, 28, scale, 0, 0, S);
      working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
      for (int x = 8 * scale; x < canvas.width; x++)
        {
          gboolean is_marked = x % (100 * scale) == 50 * scale;

          g_assert_cmpint (count_in_column (&canvas, x, 0, canvas.height, working) > 0, ==, is_marked);
        }
      canvas_clear (&canvas);
    }
}

/* One that begins with the very first column that is drawn, and ends within it. */
static void
test_needle_at_edge (void)
{
  guint32 working;
  Canvas canvas;

  canvas_draw (&canvas, new_needles (4), weft_timeline_plot_draw, 400, 28, 1, 0, 375 * MS, 475 * MS);
  working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
  g_assert_cmpint (count_in_column (&canvas, 0, 0, 28, working), ==, 2);
  g_assert_cmpint (count_in_column (&canvas, 1, 0, 28, working), ==, 0);
  canvas_clear (&canvas);
}

/* More needles than pixels: every pixel is marked, and still shows that it is nearly all waiting. */
static void
test_many_needles (void)
{
  guint32 working, waiting;
  Canvas canvas;

  canvas_draw (&canvas, new_needles (5000), weft_timeline_plot_draw, 300, 28, 1, 0, 0, S);
  working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
  waiting = activity_rgb (&canvas, WEFT_ACTIVITY_WAITING);
  for (int x = 8; x < canvas.width; x++)
    {
      g_assert_cmpint (count_in_column (&canvas, x, 0, 28, working), ==, 2);
      g_assert_cmpint (count_in_column (&canvas, x, 0, 28, waiting), ==, 20);
    }
  canvas_clear (&canvas);
}

/* A dense lane shows the shares of its states in each column: 60 % working of a bar 22 px high. */
static void
test_proportions (void)
{
  for (int scale = 1; scale <= 2; scale++)
    {
      guint32 working;
      Canvas canvas;

      canvas_draw (&canvas, fixture_dense (1, 30000), weft_timeline_plot_draw, 200, 28, scale, 0, 0, S);
      working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
      for (int x = 8 * scale; x < canvas.width; x++)
        {
          int n = count_in_column (&canvas, x, 0, canvas.height, working);

          g_assert_cmpint (n, >=, (int) floor (0.6 * 22 * scale) - 1);
          g_assert_cmpint (n, <=, (int) ceil (0.6 * 22 * scale) + 1);
          /* Work is at the bottom. */
          g_assert_cmphex (fixture_pixel (canvas.image, x, 24 * scale), ==, working);
        }
      canvas_clear (&canvas);
    }
}

/* What a column shows, at any zoom, agrees with the recording's own shares. */
static void
test_shares_at_any_zoom (void)
{
  for (gint64 range_ns = S; range_ns >= 10000; range_ns /= 7)
    {
      gint64 begin_ns = S / 3;
      double least, most;
      guint32 working;
      Canvas canvas;
      WeftSpans *spans;

      canvas_draw (&canvas, fixture_dense (1, 30000), weft_timeline_plot_draw, 150, 28, 1, 0, begin_ns,
                   begin_ns + range_ns);
      working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
      spans = canvas.frame.lanes[0].info->spans;
      for (int x = 0; x < 150; x++)
        {
          gint64 shares[WEFT_N_ACTIVITIES];
          gint64 from_ns = begin_ns + range_ns * x / 150, to_ns = begin_ns + range_ns * (x + 1) / 150;
          int n = count_in_column (&canvas, x, 0, 28, working);

          weft_spans_shares (spans, canvas.frame.lanes[0].n_spans, canvas.frame.now_ns, from_ns, to_ns,
                             shares);
          least = 22.0 * (double) shares[WEFT_ACTIVITY_WORKING] / (double) (to_ns - from_ns);
          most = least;
          /* Where spans are wider than pixels a column is one span's, and names and gaps take some of it. */
          if (range_ns / 150 < 400000)
            {
              least = shares[WEFT_ACTIVITY_WORKING] == to_ns - from_ns ? 4 : 0;
              most = shares[WEFT_ACTIVITY_WORKING] == 0 ? 0 : 22;
              if (most == 0)
                g_assert_cmpint (n, ==, 0);
              continue;
            }
          g_assert_cmpfloat (n, >=, least - 4);
          g_assert_cmpfloat (n, <=, most + 4);
        }
      canvas_clear (&canvas);
    }
}

/* Before its birth and after its death a lane is empty ground; a violent death leaves a cross. */
static void
test_birth_and_death (void)
{
  const int row = 28;
  guint32 ground, working, failure;
  Canvas canvas;

  canvas_draw (&canvas, fixture_ends (), weft_timeline_plot_draw, 400, 6 * row, 1, 0, 0, 2 * S);
  ground = role_rgb (&canvas, WEFT_COLOUR_PLOT);
  working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
  failure = role_rgb (&canvas, WEFT_COLOUR_FAILURE);
  for (int lane = 0; lane < 6; lane++)
    {
      int failures = 0;

      for (int x = 2; x < lane * 20 - 2; x++)
        g_assert_cmpint (count_in_column (&canvas, x, lane * row, lane * row + row, working), ==, 0);
      g_assert_cmpint (count_in_column (&canvas, lane * 20 + 30, lane * row, lane * row + row, working), >=,
                       12);
      g_assert_cmpint (count_in_column (&canvas, 390, lane * row, lane * row + row, working) > 0, ==,
                       lane == 5);
      if (lane < 5)
        g_assert_cmpint (count_in_column (&canvas, 390, lane * row, lane * row + row, ground), ==, row);
      for (int x = 200; x < 400; x++)
        failures += count_in_column (&canvas, x, lane * row, lane * row + row, failure);
      if (lane == 2 || lane == 3)
        {
          g_assert_cmpint (failures, >, 50);
          /* The middle of the cross, and the gap under it. */
          g_assert_cmphex (fixture_pixel (canvas.image, 200 + WEFT_CROSS_SIZE, lane * row + row / 2), ==,
                           failure);
          g_assert_cmphex (fixture_pixel (canvas.image, 200 + WEFT_CROSS_SIZE, lane * row + row / 2 + 7), ==,
                           ground);
        }
      else if (lane != 1)
        g_assert_cmpint (failures, ==, 0);
    }
  canvas_clear (&canvas);
}

/* Lost events look like nothing else: hatched, with neither work nor an empty ground. */
static void
test_gap (void)
{
  guint32 working, ink;
  int inked = 0;
  Canvas canvas;

  canvas_draw (&canvas, fixture_gap (), weft_timeline_plot_draw, 300, 28, 1, 0, 0, 3 * S);
  working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
  ink = fixture_rgb (weft_plot_style_get_look (canvas.style, WEFT_ACTIVITY_UNKNOWN)->ink);
  for (int x = 102; x < 198; x++)
    {
      g_assert_cmpint (count_in_column (&canvas, x, 0, 28, working), ==, 0);
      inked += count_in_column (&canvas, x, 0, 28, ink);
    }
  g_assert_cmpint (inked, >, 20);
  canvas_clear (&canvas);
}

/* A lane that was stopped does not look busy, neither in its bar nor in the strip; the legend says what that is.
 * A column that holds a stop and more is covered in part. */
static void
test_stops (void)
{
  WeftRecording *recording = weft_recording_new (NULL, NULL);
  guint32 working, ink;
  int inked = 0;
  Canvas canvas;

  weft_recording_set_n_cores (recording, 0);
  weft_recording_begin (recording, 1);
  weft_recording_add_lane (recording, "lane", TRUE, 1, 1, -1, 0);
  weft_recording_append_span (recording, 0, 0, WEFT_ACTIVITY_WORKING, 0, WEFT_SPAN_NO_TASK, 0);
  weft_recording_append_stop (recording, 0, S, TRUE);
  weft_recording_append_stop (recording, 0, 2 * S, FALSE);
  weft_recording_append_stop (recording, 0, 2500 * MS, TRUE);
  weft_recording_append_stop (recording, 0, 2505 * MS, FALSE);
  weft_recording_end_lane (recording, 0, 3 * S, WEFT_LANE_EXITED, 0, 0);
  weft_recording_advance (recording, 3 * S);
  weft_recording_set_outcome (recording, WEFT_OUTCOME_FINISHED, NULL);

  canvas_draw (&canvas, g_object_ref (recording), weft_timeline_plot_draw, 300, 28, 1, 0, 0, 3 * S);
  working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
  ink = role_rgb (&canvas, WEFT_COLOUR_DIM_TEXT);
  for (int x = 102; x < 198; x++)
    {
      g_assert_cmpint (count_in_column (&canvas, x, 0, 28, working), ==, 0);
      inked += count_in_column (&canvas, x, 0, 28, ink);
    }
  g_assert_cmpint (inked, >, 20);
  g_assert_cmpint (count_in_column (&canvas, 90, 0, 28, working), ==, 22);
  g_assert_cmpint (count_in_column (&canvas, 210, 0, 28, working), ==, 22);
  g_assert_cmpint (count_in_column (&canvas, 250, 0, 28, working), ==, 11);
  canvas_clear (&canvas);

  canvas_draw (&canvas, g_object_ref (recording), weft_overview_plot_draw, 300, 26, 1, 0, 0, 3 * S);
  g_assert_cmpint (count_in_column (&canvas, 150, 0, 26, working), ==, 0);
  g_assert_cmpint (count_in_column (&canvas, 50, 0, 26, working), >=, 23);
  g_assert_cmpint (count_in_column (&canvas, 220, 0, 26, working), >=, 23);
  canvas_clear (&canvas);

  canvas_draw (&canvas, recording, weft_legend_plot_draw, 300, 20, 1, 0, 0, 3 * S);
  g_assert_cmpint (count_in_column (&canvas, 92, 0, 20, working), ==, 0);
  g_assert_cmpint (count_all (&canvas, ink), >, 20);
  canvas_clear (&canvas);
}

/* A core that is not known is hatched over its whole height: neither a load nor the line of a 0. */
static void
test_unknown_core (void)
{
  guint32 load, ground;
  Canvas canvas;
  int hatched = 0;

  canvas_draw (&canvas, fixture_gap (), weft_cores_plot_draw, 300, 60, 1, 0, 0, 3 * S);
  load = role_rgb (&canvas, WEFT_COLOUR_CORE);
  ground = role_rgb (&canvas, WEFT_COLOUR_PLOT);
  for (int x = 102; x < 198; x++)
    {
      g_assert_cmpint (count_in_column (&canvas, x, 32, 56, load), ==, 0);
      /* The bottom row is hatch or ground, but not one colour as a line of 0 is. */
      hatched += fixture_pixel (canvas.image, x, 54) != ground;
    }
  g_assert_cmpint (hatched, >, 5);
  g_assert_cmpint (hatched, <, 60);
  /* Where it is known, 40 % of 24 px. */
  g_assert_cmpint (count_in_column (&canvas, 50, 32, 56, load), >=, 8);
  g_assert_cmpint (count_in_column (&canvas, 50, 32, 56, load), <=, 10);
  canvas_clear (&canvas);
}

/* 128 cores fit, and the one that was offline is not drawn as idle. */
static void
test_many_cores (void)
{
  Canvas canvas;
  WeftFrame frame = { 0 };
  g_autoptr (WeftRecording) recording = fixture_cores (128);
  double height;
  guint32 axis;

  weft_recording_take_frame (recording, &frame);
  height = weft_cores_plot_get_height (&frame);
  weft_frame_clear (&frame);
  g_assert_cmpfloat (height, <=, 320);
  g_assert_cmpfloat (height, >=, 128);

  canvas_draw (&canvas, g_object_ref (recording), weft_cores_plot_draw, 200, (int) height, 2, 0, 0, 10 * S);
  axis = role_rgb (&canvas, WEFT_COLOUR_AXIS);
  {
    int top = 2 * (32 + 5 * 2), dashes = 0, shades = 0;

    for (int x = 2 * 60; x < 2 * 140; x++)
      {
        dashes += count_in_column (&canvas, x, top, top + 4, axis);
        shades += count_in_column (&canvas, x, top + 4, top + 8, axis);
      }
    g_assert_cmpint (dashes, >, 100);
    g_assert_cmpint (shades, ==, 0);
  }
  canvas_clear (&canvas);
}

/* 256 cores have a row of pixels each: the offline one is seen between its neighbours. */
static void
test_very_many_cores (void)
{
  Canvas canvas;
  guint32 ground, axis;
  int dashes = 0;

  canvas_draw (&canvas, fixture_cores (256), weft_cores_plot_draw, 200, 288, 1, 0, 0, 10 * S);
  ground = role_rgb (&canvas, WEFT_COLOUR_PLOT);
  axis = role_rgb (&canvas, WEFT_COLOUR_AXIS);
  for (int x = 60; x < 140; x++)
    {
      guint32 pixel = fixture_pixel (canvas.image, x, 32 + 5);

      g_assert_true (pixel == ground || pixel == axis);
      dashes += pixel == axis;
      for (int y = 32; y < 288; y++)
        if (y != 32 + 5)
          g_assert_true (fixture_pixel (canvas.image, x, y) != ground
                         && fixture_pixel (canvas.image, x, y) != axis);
    }
  g_assert_cmpint (dashes, >=, 36);
  g_assert_cmpint (dashes, <=, 44);
  canvas_clear (&canvas);
}

/* One value among thousands that reaches the top is seen, in a column of its own. */
static void
test_spike (void)
{
  WeftRecording *recording = weft_recording_new (NULL, NULL);
  guint32 ground;
  Canvas canvas;
  int spikes = 0;

  weft_recording_begin (recording, 1);
  weft_recording_add_object (recording, 1, "queue", WEFT_OBJECT_IS_QUEUE, 0);
  for (gint64 i = 0; i < 100000; i++)
    weft_recording_append_value (recording, 1, i * 10000, i == 50000 ? 100 : (double) (i % 2));
  weft_recording_advance (recording, S);
  canvas_draw (&canvas, recording, weft_queues_plot_draw, 300, 76, 1, 0, 0, S);
  ground = role_rgb (&canvas, WEFT_COLOUR_PLOT);
  for (int x = 0; x < 300; x++)
    if (fixture_pixel (canvas.image, x, 20) != ground
        && fixture_pixel (canvas.image, x, 20) != role_rgb (&canvas, WEFT_COLOUR_GRID))
      {
        g_assert_cmpint (abs (x - 150), <=, 1);
        spikes++;
      }
  g_assert_cmpint (spikes, >=, 1);
  canvas_clear (&canvas);
}

static void
test_capacity (void)
{
  guint32 capacity;
  Canvas canvas;
  gboolean found = FALSE;

  canvas_draw (&canvas, fixture_queue (), weft_queues_plot_draw, 300, 76 * 2, 1, 0, 0, 12 * S);
  capacity = role_rgb (&canvas, WEFT_COLOUR_CAPACITY);
  for (int y = 0; y < 60 && !found; y++)
    {
      int n = 0;

      for (int x = 0; x < 300; x++)
        n += fixture_pixel (canvas.image, x, y) == capacity;
      /* Dashed: 5 of 8. */
      found = n > 150 && n < 220;
    }
  g_assert_true (found);
  canvas_clear (&canvas);
}

/* The first and last labels stay inside of the area, and ticks are where their times are. */
static void
test_ruler (void)
{
  guint32 axis;
  Canvas canvas;

  canvas_draw (&canvas, fixture_queue (), weft_ruler_plot_draw, 600, 24, 1, 0, 0, 12 * S);
  axis = role_rgb (&canvas, WEFT_COLOUR_AXIS);
  /* 2 s a label: 100 px. */
  for (int x = 0; x < 600; x += 100)
    g_assert_cmpint (count_in_column (&canvas, x, 0, 24, axis), >=, 5);
  g_assert_cmpint (count_in_column (&canvas, 0, 0, 24, MAGENTA), <, 24);
  g_assert_cmpint (count_in_column (&canvas, 599, 0, 24, MAGENTA), <, 24);
  canvas_clear (&canvas);
}

static void
draw_cursor (WeftPlot *plot)
{
  weft_plot_draw_cursor (plot, S / 2);
  weft_plot_draw_cursor (plot, -S);
  weft_plot_draw_cursor (plot, 5 * S);
}

static void
test_cursor (void)
{
  Canvas canvas;

  canvas_draw (&canvas, fixture_empty (), draw_cursor, 200, 10, 1, 100, 0, S);
  g_assert_cmpint (count_in_column (&canvas, 150, 0, 10, role_rgb (&canvas, WEFT_COLOUR_CURSOR)), ==, 10);
  g_assert_cmpint (count_all (&canvas, MAGENTA), ==, 199 * 10);
  canvas_clear (&canvas);
}

/* The strip shows what the lanes did, and steps back outside of the visible range. */
static void
test_overview (void)
{
  WeftRecording *recording = fixture_ends ();
  WeftFrame frame = { 0 };
  WeftPlot plot = { .frame = &frame, .axis = { .x = 10, .width = 100 } };
  guint32 working;
  Canvas canvas;

  weft_recording_take_frame (recording, &frame);
  /* Live: the strip ends at a round time, not before what is there. */
  g_assert_cmpint (weft_overview_plot_get_axis (&plot).begin_ns, ==, 0);
  g_assert_cmpint (weft_overview_plot_get_axis (&plot).end_ns, ==, 2 * S);
  g_assert_cmpfloat (weft_overview_plot_get_axis (&plot).x, ==, 10);
  weft_frame_clear (&frame);

  canvas_draw (&canvas, recording, weft_overview_plot_draw, 400, 26, 1, 0, 100 * MS, 900 * MS);
  working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
  /* All 6 lanes work from 0.5 s on. */
  g_assert_cmpint (count_in_column (&canvas, 130, 0, 26, working), >=, 23);
  /* From 1 s on one of 6, and dimmed. */
  g_assert_cmpint (count_in_column (&canvas, 300, 0, 26, working), ==, 0);
  g_assert_cmpint (count_in_column (&canvas, 300, 0, 26, fixture_pixel (canvas.image, 300, 25)), <=, 6);
  canvas_clear (&canvas);
}

static WeftOverviewSums *kept_sums;

static void
draw_overview_kept (WeftPlot *plot)
{
  plot->sums = kept_sums;
  weft_overview_plot_draw (plot);
}

/* What was added up for the frames before makes no difference: while the run grows, a lane comes, one is seen
 * stopped, the strip leaps, and for another run. */
static void
test_overview_kept (void)
{
  static const gint64 ends_ns[] = { 12 * S,          13 * S,          13 * S + 30 * MS, 13 * S + 900 * MS,
                                    14 * S + 5 * MS, 15 * S + 5 * MS, 16 * S,           19 * S };
  g_autoptr (WeftRecording) recording = fixture_queue ();
  g_autoptr (WeftRecording) other = fixture_overload ();

  kept_sums = weft_overview_sums_new ();
  for (guint i = 0; i <= G_N_ELEMENTS (ends_ns); i++)
    {
      WeftRecording *drawn = i < G_N_ELEMENTS (ends_ns) ? recording : other;
      Canvas kept, fresh;

      if (i > 0 && i < G_N_ELEMENTS (ends_ns))
        {
          WeftSpans *spans = weft_recording_get_lane (recording, i % 6)->spans;

          for (gint64 time_ns = ends_ns[i - 1]; time_ns < ends_ns[i]; time_ns += 7 * MS)
            weft_spans_append (spans, time_ns, (WeftActivity) (time_ns / MS % WEFT_N_ACTIVITIES), 0,
                               WEFT_SPAN_NO_TASK, 0);
          if (i == 3)
            weft_recording_append_stop (recording, 2, 13 * S + 100 * MS, TRUE);
          if (i == 5)
            weft_recording_append_stop (recording, 2, 14 * S + 800 * MS, FALSE);
          if (i == 6)
            weft_recording_add_lane (recording, "late", FALSE, 4711, 4799, 0, 15 * S + 500 * MS);
          weft_recording_advance (recording, ends_ns[i]);
        }
      canvas_draw (&kept, g_object_ref (drawn), draw_overview_kept, 400, 26, 1, 0, S, 2 * S);
      canvas_draw (&fresh, g_object_ref (drawn), weft_overview_plot_draw, 400, 26, 1, 0, S, 2 * S);
      g_assert_cmpmem (cairo_image_surface_get_data (kept.image), 400 * 26 * 4,
                       cairo_image_surface_get_data (fresh.image), 400 * 26 * 4);
      canvas_clear (&kept);
      canvas_clear (&fresh);
    }
  g_clear_pointer (&kept_sums, weft_overview_sums_free);
}

static void
test_legend (void)
{
  g_autoptr (WeftRecording) pool = fixture_pool ();
  g_autoptr (WeftRecording) empty = fixture_empty ();
  WeftPlotStyle *style = weft_plot_style_new (WEFT_STYLE_LIGHT, "Sans 9");
  WeftFrame frame = { 0 };
  Canvas canvas;

  weft_recording_take_frame (empty, &frame);
  g_assert_cmpfloat (weft_legend_plot_get_height (&frame, style, 500), ==, 0);
  weft_recording_take_frame (pool, &frame);
  g_assert_cmpfloat (weft_legend_plot_get_height (&frame, style, 1000), >, 0);
  /* Less width, more lines. */
  g_assert_cmpfloat (weft_legend_plot_get_height (&frame, style, 150), >,
                     2 * weft_legend_plot_get_height (&frame, style, 1000));
  weft_frame_clear (&frame);
  weft_plot_style_free (style);

  canvas_draw (&canvas, g_steal_pointer (&pool), weft_legend_plot_draw, 800, 40, 1, 0, 0, S);
  g_assert_cmpint (count_all (&canvas, activity_rgb (&canvas, WEFT_ACTIVITY_WORKING)), >, 100);
  g_assert_cmpint (count_all (&canvas, activity_rgb (&canvas, WEFT_ACTIVITY_WAITING)), >, 100);
  g_assert_cmpint (count_all (&canvas, activity_rgb (&canvas, WEFT_ACTIVITY_LOCK_WAIT)), ==, 0);
  canvas_clear (&canvas);
}

/* Rows: lanes of one process stand together under its name; a process of one lane has no header. */
static void
test_rows (void)
{
  g_autoptr (WeftRecording) threads = fixture_queue ();
  g_autoptr (WeftRecording) processes = fixture_pool ();
  WeftFrame frame = { 0 };
  GArray *rows;
  double y = 0;

  weft_recording_take_frame (threads, &frame);
  rows = weft_timeline_plot_get_rows (&frame);
  g_assert_cmpuint (rows->len, ==, 7);
  for (guint i = 0; i < rows->len; i++)
    {
      const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);

      g_assert_cmpint (row->lane, ==, (int) i - 1);
      g_assert_cmpint (row->leader, ==, 0);
      g_assert_cmpfloat (row->y, ==, y);
      g_assert_cmpint (weft_timeline_plot_pick (&frame, y), ==, row->lane);
      g_assert_cmpint (weft_timeline_plot_pick (&frame, y + row->height - 0.5), ==, row->lane);
      y += row->height;
    }
  g_assert_cmpfloat (weft_timeline_plot_get_height (&frame), ==, y);
  g_assert_cmpint (weft_timeline_plot_pick (&frame, y), ==, -1);
  g_assert_cmpint (weft_timeline_plot_pick (&frame, -1), ==, -1);
  g_array_unref (rows);

  weft_recording_take_frame (processes, &frame);
  rows = weft_timeline_plot_get_rows (&frame);
  g_assert_cmpuint (rows->len, ==, 5);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpint (g_array_index (rows, WeftTimelineRow, i).lane, ==, (int) i);
  g_array_unref (rows);
  weft_frame_clear (&frame);
}

/* Only rows inside of the clip are drawn. */
static void
draw_clipped (WeftPlot *plot)
{
  plot->clip_y = 28;
  plot->clip_height = 28;
  weft_timeline_plot_draw (plot);
}

static void
test_clip (void)
{
  guint32 working;
  Canvas canvas;

  canvas_draw (&canvas, fixture_ends (), draw_clipped, 400, 6 * 28, 1, 0, 0, 2 * S);
  working = activity_rgb (&canvas, WEFT_ACTIVITY_WORKING);
  g_assert_cmpint (count_in_column (&canvas, 150, 0, 28, working), ==, 0);
  g_assert_cmpint (count_in_column (&canvas, 150, 28, 56, working), >, 12);
  g_assert_cmpint (count_in_column (&canvas, 150, 56, 168, working), ==, 0);
  canvas_clear (&canvas);
}

/* Every plot bears every recording in every area and range. Magenta shows that the test sees drawing at all. */
static void
test_anything_goes (void)
{
  static WeftRecording *(*const makers[]) (void) = { fixture_empty,    fixture_pool, fixture_queue,
                                                     fixture_overload, fixture_gap,  fixture_ends };
  static const Draw draws[] = { weft_cores_plot_draw, weft_timeline_plot_draw, weft_queues_plot_draw,
                                weft_ruler_plot_draw, weft_overview_plot_draw, weft_legend_plot_draw };
  static const struct
  {
    double width, height, gutter;
  } areas[] = { { 300, 80, 100 }, { 0, 0, 0 }, { 50, 1, 50 }, { 1, 1, 0 }, { 40, 20, 100 }, { NAN, 20, 0 } };
  static const struct
  {
    gint64 begin_ns, end_ns;
  } ranges[] = { { 0, S },
                 { -5 * S, -4 * S },
                 { -S, 100 * S },
                 { 0, 0 },
                 { S, 0 },
                 { 500, 501 },
                 { S / 2, S / 2 + 100 },
                 { 1000 * S, 1001 * S },
                 { G_MININT64 / 4, G_MAXINT64 / 4 } };

  for (guint m = 0; m < G_N_ELEMENTS (makers); m++)
    for (guint d = 0; d < G_N_ELEMENTS (draws); d++)
      for (guint a = 0; a < G_N_ELEMENTS (areas); a++)
        for (guint r = 0; r < G_N_ELEMENTS (ranges); r++)
          {
            cairo_surface_t *image = fixture_image (300, 80, 1);
            WeftPlotStyle *style = weft_plot_style_new ((WeftStyleScheme) (r % 4), NULL);
            g_autoptr (WeftRecording) recording = makers[m]();
            cairo_t *cr = cairo_create (image);
            WeftFrame frame = { 0 };
            WeftPlot plot;

            weft_recording_take_frame (recording, &frame);
            weft_plot_begin (&plot, cr, style, &frame);
            fixture_set_area (&plot, areas[a].width, areas[a].height, areas[a].gutter, ranges[r].begin_ns,
                              ranges[r].end_ns);
            draws[d](&plot);
            weft_plot_draw_cursor (&plot, 5);
            weft_plot_end (&plot);
            g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
            weft_frame_clear (&frame);
            cairo_destroy (cr);
            weft_plot_style_free (style);
            cairo_surface_destroy (image);
          }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/timeline/needle", test_needle);
  g_test_add_func ("/plot/timeline/needle-at-edge", test_needle_at_edge);
  g_test_add_func ("/plot/timeline/many-needles", test_many_needles);
  g_test_add_func ("/plot/timeline/proportions", test_proportions);
  g_test_add_func ("/plot/timeline/shares-at-any-zoom", test_shares_at_any_zoom);
  g_test_add_func ("/plot/timeline/birth-and-death", test_birth_and_death);
  g_test_add_func ("/plot/timeline/gap", test_gap);
  g_test_add_func ("/plot/timeline/stops", test_stops);
  g_test_add_func ("/plot/timeline/rows", test_rows);
  g_test_add_func ("/plot/timeline/clip", test_clip);
  g_test_add_func ("/plot/cores/unknown", test_unknown_core);
  g_test_add_func ("/plot/cores/many", test_many_cores);
  g_test_add_func ("/plot/cores/very-many", test_very_many_cores);
  g_test_add_func ("/plot/queues/spike", test_spike);
  g_test_add_func ("/plot/queues/capacity", test_capacity);
  g_test_add_func ("/plot/ruler", test_ruler);
  g_test_add_func ("/plot/cursor", test_cursor);
  g_test_add_func ("/plot/overview", test_overview);
  g_test_add_func ("/plot/overview/kept", test_overview_kept);
  g_test_add_func ("/plot/legend", test_legend);
  g_test_add_func ("/plot/anything-goes", test_anything_goes);
  return g_test_run ();
}
