/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "weft-plot-private.h"
#include "weft-plot-series.h"

#define ROW_GAP 4
#define ALL_ROW 32      /* px, gap included */
#define MOST_HEIGHT 320 /* of all rows */
#define LABEL_ROOM 76   /* px for "all cores" beside its value; with less, labels are shortened */

/* Up to this many cores have a curve each; more are shown as a map of shades. */
#define MOST_CURVES 16
#define MOST_SHADES 264 /* rows, at least a px each */
#define SHADES_HEIGHT 264

/* Cores beyond this many are summed up in descriptions. */
#define MOST_DESCRIBED 16
#define N_BUSIEST 4

typedef struct
{
  guint n_cores;
  gboolean shades;
  guint cores_per_row;
  guint n_rows; /* without the one for all cores */
  double all_height, row_height;
} Layout;

static Layout
get_layout (const WeftFrame *frame)
{
  Layout layout = { .n_cores = frame->recording != NULL ? weft_recording_get_n_cores (frame->recording) : 0 };

  layout.all_height = ALL_ROW;
  layout.cores_per_row = 1;
  layout.n_rows = layout.n_cores;
  if (layout.n_cores > MOST_CURVES)
    {
      layout.shades = TRUE;
      layout.cores_per_row = (layout.n_cores + MOST_SHADES - 1) / MOST_SHADES;
      layout.n_rows = (layout.n_cores + layout.cores_per_row - 1) / layout.cores_per_row;
      layout.row_height = MIN (14, floor (2.0 * SHADES_HEIGHT / layout.n_rows) / 2);
    }
  else if (layout.n_cores > 0)
    layout.row_height = MIN (28, floor ((MOST_HEIGHT - ALL_ROW) / layout.n_cores));
  return layout;
}

double
weft_cores_plot_get_height (const WeftFrame *frame)
{
  Layout layout = get_layout (frame);

  return layout.n_cores > 0 ? layout.all_height + layout.n_rows * layout.row_height : 0;
}

static guint64
count_of (const WeftFrame *frame, const WeftCounter *counter)
{
  return counter != NULL ? MIN (weft_counter_get_count (counter), frame->n_cores_samples) : 0;
}

/* How long the last sample of @counter holds: while the next is late, nothing is known. */
static gint64
get_until (const WeftFrame *frame, const WeftCounter *counter)
{
  guint64 count = count_of (frame, counter);

  if (count == 0)
    return frame->now_ns;
  return MIN (frame->now_ns, weft_counter_get_time (counter, count - 1) + WEFT_RECORDING_LONGEST_SAMPLE_NS);
}

static double
get_value (const WeftFrame *frame, const WeftCounter *counter, gint64 time_ns)
{
  if (time_ns > get_until (frame, counter))
    return NAN;
  return weft_counter_value_at (counter, count_of (frame, counter), time_ns);
}

/* Whether @time_ns lies where the sampler itself was stopped. */
static gboolean
is_gap (const WeftFrame *frame, const WeftCounter *counter, gint64 time_ns)
{
  guint64 count = count_of (frame, counter);
  gint64 index = weft_counter_find (counter, count, time_ns);
  gint64 next_ns;

  if (index < 0 || time_ns > frame->now_ns)
    return FALSE;
  next_ns = (guint64) index + 1 < count ? weft_counter_get_time (counter, (guint64) index + 1)
                                        : frame->now_ns;
  return next_ns - weft_counter_get_time (counter, (guint64) index) > WEFT_RECORDING_LONGEST_SAMPLE_NS
         && isnan (get_value (frame, counter, time_ns));
}

/* The value at the end of what is visible. */
static double
latest (const WeftPlot *plot, const WeftCounter *counter)
{
  return get_value (plot->frame, counter, MIN (plot->axis.end_ns, plot->frame->now_ns));
}

static char *
dup_percent (double value)
{
  return isnan (value) ? g_strdup ("unknown") : g_strdup_printf ("%.0f %%", value);
}

/* The curve of one counter, with steal time standing on it. */
static void
draw_curve (WeftPlot *plot, const WeftColumns *columns, int core, double y, double height, double top)
{
  const WeftCounter *load = weft_recording_get_core (plot->frame->recording, core);
  const WeftCounter *steal = weft_recording_get_core_steal (plot->frame->recording, core);
  WeftColour colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_CORE);
  WeftColour ground = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_PLOT);
  WeftSeriesLook look = {
    .y = y,
    .height = height,
    .top = top,
    .fill = colour,
    .band = weft_colour_mix (colour, ground, 0.5),
    .line = weft_colour_mix (colour, weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT), 0.35),
    .line_width = 1
  };
  g_autoptr (GArray) runs = NULL;
  g_autoptr (GArray) stolen = NULL;
  gint64 until_ns;

  if (load == NULL)
    return;
  until_ns = get_until (plot->frame, load);
  runs = weft_series_get_runs (columns, load, count_of (plot->frame, load), until_ns);
  weft_series_draw (plot, columns, runs, &look);
  if (steal == NULL)
    return;

  /* Steal has samples at the same instants, so its place is on top of the load of its columns. */
  stolen = weft_series_get_runs (columns, steal, count_of (plot->frame, steal), until_ns);
  for (guint i = 0, j = 0; i < stolen->len && j < runs->len;)
    {
      const WeftSeriesRun *above = &g_array_index (stolen, WeftSeriesRun, i);
      const WeftSeriesRun *below = &g_array_index (runs, WeftSeriesRun, j);
      int begin = MAX (above->begin, below->begin), end = MIN (above->end, below->end);

      if (begin < end && above->mean > 0 && !isnan (below->mean))
        {
          double foot = weft_plot_snap (plot, y + height * (1 - MIN (below->mean / top, 1)));
          double head = weft_plot_snap (plot, y + height * (1 - MIN ((below->mean + above->mean) / top, 1)));

          /* However little it is, it is seen; at full load, inside of the row. */
          head = MAX (MIN (head, foot - 1), y);
          cairo_rectangle (plot->cr, columns->x + begin * columns->width, head,
                           (end - begin) * columns->width, MAX (foot, head + 1) - head);
        }
      if (above->end <= below->end)
        i++;
      else
        j++;
    }
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_STEAL);
  cairo_fill (plot->cr);
}

static WeftColour
shade (const WeftPlot *plot, double percent)
{
  WeftColour ground = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_PLOT);
  WeftColour text = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT);
  WeftColour full = weft_colour_mix (weft_plot_style_get_colour (plot->style, WEFT_COLOUR_CORE), text, 0.25);

  return weft_colour_mix (weft_colour_mix (ground, full, 0.06), full, CLAMP (percent / 100, 0, 1));
}

/* What the shades mean, on the left of the gutter, under the heading. */
static void
draw_shades_key (WeftPlot *plot, double y)
{
  const double width = 40, height = 8;
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT) };
  double x = plot->x + WEFT_GUTTER_MARGIN / 2;

  if (plot->gutter < WEFT_GUTTER_HEADING)
    return;
  x += weft_plot_draw_text (plot, "0", x, y, &look) + 4;
  for (int i = 0; i < (int) width; i++, x++)
    {
      weft_plot_set_colour (plot->cr, shade (plot, i * 100 / (width - 1)));
      cairo_rectangle (plot->cr, x, y - height / 2, 1, height);
      cairo_fill (plot->cr);
    }
  weft_plot_draw_text (plot, "100 %", x + 4, y, &look);
}

/* A core that is not known, in a row too low for a hatch: dashes with gaps between. */
static void
draw_unknown (WeftPlot *plot, double x, double y, double width, double height)
{
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_PLOT);
  cairo_rectangle (plot->cr, x, y, width, height);
  cairo_fill (plot->cr);
  weft_plot_style_set_source (plot->style, plot->cr, WEFT_COLOUR_AXIS);
  for (double dash = ceil (x / 6) * 6; dash < x + width; dash += 6)
    cairo_rectangle (plot->cr, dash, height < 2 ? y : y + height / 4, MIN (3, x + width - dash),
                     height < 2 ? height : height / 2);
  cairo_fill (plot->cr);
}

/* One row of the map: the mean of its cores, in shades. */
static void
draw_shades (WeftPlot *plot, const WeftColumns *columns, guint first, guint n, double y, double height)
{
  g_autofree double *sums = g_new0 (double, MAX (columns->count, 1));
  g_autofree guint *known = g_new0 (guint, MAX (columns->count, 1));
  g_autofree gboolean *recorded = g_new0 (gboolean, MAX (columns->count, 1));

  for (guint core = first; core < first + n; core++)
    {
      const WeftCounter *load = weft_recording_get_core (plot->frame->recording, (int) core);
      g_autoptr (GArray) runs =
          weft_series_get_runs (columns, load, count_of (plot->frame, load), get_until (plot->frame, load));

      for (guint i = 0; i < runs->len; i++)
        {
          const WeftSeriesRun *run = &g_array_index (runs, WeftSeriesRun, i);

          for (int column = run->begin; column < run->end; column++)
            {
              recorded[column] = TRUE;
              if (!isnan (run->mean))
                {
                  sums[column] += run->mean;
                  known[column]++;
                }
            }
        }
    }
  for (int column = 0, end; column < columns->count; column = end)
    {
      end = column + 1;
      while (end < columns->count && recorded[end] == recorded[column] && known[end] == known[column]
             && sums[end] == sums[column])
        end++;
      if (!recorded[column])
        continue;
      if (known[column] == 0)
        {
          draw_unknown (plot, columns->x + column * columns->width, y, (end - column) * columns->width,
                        height);
          continue;
        }
      weft_plot_set_colour (plot->cr, shade (plot, sums[column] / known[column]));
      cairo_rectangle (plot->cr, columns->x + column * columns->width, y, (end - column) * columns->width,
                       height);
      cairo_fill (plot->cr);
    }
}

static void
draw_core_label (WeftPlot *plot, const Layout *layout, guint row, double y, double value_width)
{
  guint first = row * layout->cores_per_row;
  guint last = MIN (first + layout->cores_per_row, layout->n_cores) - 1;
  gboolean narrow = plot->gutter - value_width < LABEL_ROOM;
  g_autofree char *label = first == last ? g_strdup_printf (narrow ? "%u" : "core %u", first)
                                         : g_strdup_printf (narrow ? "%u–%u" : "cores %u–%u", first, last);
  g_autofree char *value = NULL;

  if (!layout->shades)
    value = dup_percent (latest (plot, weft_recording_get_core (plot->frame->recording, (int) first)));
  weft_plot_draw_gutter (plot, y, label, value, value_width, 0);
}

void
weft_cores_plot_draw (WeftPlot *plot)
{
  Layout layout = get_layout (plot->frame);
  WeftColumns columns = weft_columns_new (&plot->axis, plot->scale);
  double text_height = weft_plot_text_height (plot->style);
  double value_width, last_label, y, shrink, natural;
  double top = 100.0 * layout.n_cores;
  g_autofree char *all = NULL;
  g_autofree char *widest = NULL;

  if (layout.n_cores == 0)
    return;
  natural = weft_cores_plot_get_height (plot->frame);
  shrink = plot->height > 0 && plot->height < natural ? plot->height / natural : 1;
  layout.all_height *= shrink;
  layout.row_height *= shrink;

  all = dup_percent (latest (plot, weft_recording_get_core (plot->frame->recording, -1)));
  widest = g_strdup_printf ("%.0f %%", top);
  weft_plot_measure_text (plot, widest, FALSE, &value_width, NULL);

  y = plot->y;
  weft_plot_draw_ground (plot, y, layout.all_height - ROW_GAP);
  draw_curve (plot, &columns, -1, y, layout.all_height - ROW_GAP, top);
  if (plot->gutter > 0)
    weft_plot_draw_gutter (plot, y + (layout.all_height - ROW_GAP) / 2,
                           plot->gutter - value_width < LABEL_ROOM ? "all" : "all cores", all, value_width,
                           0);
  y += layout.all_height;
  if (layout.shades)
    {
      weft_plot_draw_ground (plot, y, layout.n_rows * layout.row_height);
      draw_shades_key (plot, y + text_height);
    }
  last_label = y - text_height;
  for (guint row = 0; row < layout.n_rows; row++, y += layout.row_height)
    {
      double gap = layout.shades ? 0 : layout.row_height >= 12 ? ROW_GAP : 1;
      double label_y = y + (layout.row_height - gap) / 2;
      double top_y = weft_plot_snap (plot, y);

      if (!weft_plot_is_visible (plot, y, layout.row_height))
        continue;
      if (layout.shades)
        draw_shades (plot, &columns, row * layout.cores_per_row,
                     MIN (layout.cores_per_row, layout.n_cores - row * layout.cores_per_row), top_y,
                     MAX (weft_plot_snap (plot, y + layout.row_height) - top_y, 1 / plot->scale));
      else
        {
          weft_plot_draw_ground (plot, y, layout.row_height - gap);
          draw_curve (plot, &columns, (int) row, y, layout.row_height - gap, 100);
        }
      if (plot->gutter > 0 && label_y - last_label >= text_height
          && (!layout.shades || row % 8 == 0 || layout.row_height >= text_height))
        {
          draw_core_label (plot, &layout, row, label_y, value_width);
          last_label = label_y;
        }
    }
}

/* Cores in the order of their load, the busiest first. */
static int
compare_loads (gconstpointer first, gconstpointer second, gpointer data)
{
  const double *loads = data;
  double a = loads[*(const guint *) first], b = loads[*(const guint *) second];

  return a > b ? -1 : a < b ? 1 : 0;
}

static void
describe_many (GString *text, const double *loads, guint n_cores)
{
  g_autofree guint *order = g_new (guint, n_cores);
  guint n_known = 0;
  double sum = 0;

  for (guint core = 0; core < n_cores; core++)
    if (!isnan (loads[core]))
      {
        order[n_known++] = core;
        sum += loads[core];
      }
  if (n_known > 0)
    g_string_append_printf (text, "\nmean of %u cores %.0f %%", n_known, sum / n_known);
  g_qsort_with_data (order, (int) n_known, sizeof *order, compare_loads, (gpointer) loads);
  for (guint i = 0; i < MIN (n_known, N_BUSIEST); i++)
    g_string_append_printf (text, "\ncore %u %.0f %%", order[i], loads[order[i]]);
  if (n_known > N_BUSIEST)
    g_string_append_printf (text, "\n%u more, less busy", n_known - N_BUSIEST);
  if (n_known < n_cores)
    g_string_append_printf (text, "\n%u %s unknown", n_cores - n_known,
                            n_cores - n_known == 1 ? "core" : "cores");
}

static void
append_load (GString *text, double load, double steal)
{
  g_autofree char *percent = dup_percent (load);

  g_string_append (text, percent);
  if (steal >= 0.5)
    g_string_append_printf (text, ", steal %.0f %%", steal);
}

char *
weft_cores_plot_describe (const WeftFrame *frame, gint64 time_ns)
{
  GString *text = g_string_new ("all cores ");
  guint n_cores = frame->recording != NULL ? weft_recording_get_n_cores (frame->recording) : 0;
  g_autofree double *loads = g_new (double, n_cores + 1);

  if (frame->recording != NULL && n_cores > 0
      && is_gap (frame, weft_recording_get_core (frame->recording, -1), time_ns))
    {
      g_string_append (text, "not sampled");
      return g_string_free (text, FALSE);
    }
  for (int core = -1; core < (int) n_cores; core++)
    {
      const WeftCounter *load = NULL, *steal = NULL;
      double stolen;

      if (frame->recording != NULL)
        {
          load = weft_recording_get_core (frame->recording, core);
          steal = weft_recording_get_core_steal (frame->recording, core);
        }
      loads[core + 1] = load != NULL ? get_value (frame, load, time_ns) : NAN;
      stolen = steal != NULL ? get_value (frame, steal, time_ns) : NAN;
      if (core >= 0 && n_cores > MOST_DESCRIBED)
        continue;
      if (core >= 0)
        g_string_append_printf (text, "\ncore %d ", core);
      append_load (text, loads[core + 1], stolen);
    }
  if (n_cores > MOST_DESCRIBED)
    describe_many (text, loads + 1, n_cores);
  return g_string_free (text, FALSE);
}
