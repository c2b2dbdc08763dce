/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-span-painter.h"

#include <math.h>
#include <string.h>

#include "weft-plot-private.h"
#include "weft-span-walk.h"

#define RADIUS 3
#define SHAPE_WIDTH 10 /* px from which a span is a shape, with round corners, on a screen */
#define GAP_WIDTH 4    /* px from which a span leaves a gap before the next */
#define TEXT_WIDTH 12  /* px from which a name may fit */
#define TEXT_MARGIN 3
#define ACTIVITY_WIDTH 96 /* px from which a span without a task says what it is */
#define LEAST_MARK 2      /* px that even the shortest span gets of its column */

/* What of a column comes lowest: what is done, then what is waited for. */
static const WeftActivity order[] = {
  WEFT_ACTIVITY_WORKING,   WEFT_ACTIVITY_SPINNING,   WEFT_ACTIVITY_IO,
  WEFT_ACTIVITY_LOCK_WAIT, WEFT_ACTIVITY_QUEUE_FULL, WEFT_ACTIVITY_QUEUE_EMPTY,
  WEFT_ACTIVITY_WAITING,   WEFT_ACTIVITY_ASLEEP,     WEFT_ACTIVITY_UNKNOWN,
};

G_STATIC_ASSERT (G_N_ELEMENTS (order) == WEFT_N_ACTIVITIES);

/* A span as a shape. */
typedef struct
{
  double x, y, width, height;
} Shape;

/* A span that has room for its name. */
typedef struct
{
  double x, width, y;
  guint32 task;
  WeftActivity activity;
} Label;

/* The pixels of one activity's pattern. */
typedef struct
{
  const guint32 *pixels;
  int stride; /* in pixels */
} Tile;

struct _WeftSpanPainter
{
  WeftPlot *plot;
  WeftColumns columns;
  double scale;      /* of the columns: whole-numbered where they become pixels */
  int shape_columns; /* from which a span is a shape */
  gboolean contrast;
  double text_height;
  GArray *shapes[WEFT_N_ACTIVITIES];
  GArray *labels;
  Tile tiles[WEFT_N_ACTIVITIES];
  int tile_side;
  int device_x; /* of column 0, where the tiles begin at 0 */

  /* The pixels of the lane being added. */
  cairo_surface_t *image;
  guint32 *pixels;
  int stride;
  int image_column, image_width, image_height; /* columns and device px */
  int tile_y;                                  /* row of the tiles that is the image's first */
  int dirty_begin, dirty_end;                  /* columns painted so far */
};

WeftSpanPainter *
weft_span_painter_new (WeftPlot *plot)
{
  WeftSpanPainter *painter = g_new0 (WeftSpanPainter, 1);
  gboolean vector = weft_plot_is_vector (plot->cr);
  int whole;

  painter->plot = plot;
  painter->scale = vector ? 2 : MAX (round (plot->scale), 1);
  painter->columns = weft_columns_new (&plot->axis, painter->scale);
  /* On paper everything that is a span by itself is a shape: there are no pixels to save there. */
  painter->shape_columns = vector ? 1 : (int) (SHAPE_WIDTH * painter->scale);
  painter->contrast = weft_plot_style_is_contrast (plot->style);
  painter->text_height = weft_plot_text_height (plot->style);
  painter->labels = g_array_new (FALSE, FALSE, sizeof (Label));
  whole = CLAMP ((int) painter->scale, 1, 4);
  painter->tile_side = WEFT_PATTERN_TILE * whole;
  painter->device_x = (int) round (painter->columns.x * painter->scale);
  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    {
      cairo_surface_t *tile = weft_plot_style_get_tile (plot->style, a, whole);

      painter->shapes[a] = g_array_new (FALSE, FALSE, sizeof (Shape));
      painter->tiles[a].pixels = (const guint32 *) cairo_image_surface_get_data (tile);
      painter->tiles[a].stride = cairo_image_surface_get_stride (tile) / 4;
    }
  return painter;
}

static int
positive_modulo (int value, int divisor)
{
  int rest = value % divisor;

  return rest < 0 ? rest + divisor : rest;
}

/* The lane's pixels, made when the first of them is painted. */
static void
need_image (WeftSpanPainter *painter, double y, double height)
{
  if (painter->image != NULL)
    return;
  painter->image_height = MAX ((int) round (height * painter->scale), 1);
  painter->image =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, painter->image_width, painter->image_height);
  cairo_surface_flush (painter->image);
  painter->pixels = (guint32 *) cairo_image_surface_get_data (painter->image);
  painter->stride = cairo_image_surface_get_stride (painter->image) / 4;
  painter->tile_y = positive_modulo ((int) round (y * painter->scale), painter->tile_side);
  painter->dirty_begin = G_MAXINT;
  painter->dirty_end = 0;
}

/* Fills columns [@begin, @end), rows [@top, @bottom) of the image. */
static void
fill_pixels (WeftSpanPainter *painter, WeftActivity activity, int begin, int end, int top, int bottom)
{
  const Tile *tile = &painter->tiles[activity];
  int side = painter->tile_side;
  int first_x = positive_modulo (painter->device_x + begin, side);
  int tile_y = (painter->tile_y + top) % side;
  guint32 *row = painter->pixels + (gsize) top * painter->stride + (begin - painter->image_column);

  for (int y = top; y < bottom; y++, row += painter->stride)
    {
      const guint32 *source = tile->pixels + (gsize) tile_y * tile->stride;

      for (int x = 0, from = first_x; x < end - begin; x++)
        {
          row[x] = source[from];
          from = from + 1 == side ? 0 : from + 1;
        }
      tile_y = tile_y + 1 == side ? 0 : tile_y + 1;
    }
  painter->dirty_begin = MIN (painter->dirty_begin, begin);
  painter->dirty_end = MAX (painter->dirty_end, end);
}

/* Paints one column that holds several spans: each activity gets its share of the height, and none that
 * was there at all gets nothing. */
static void
paint_shares (WeftSpanPainter *painter, int column, const gint64 shares[WEFT_N_ACTIVITIES])
{
  int height = painter->image_height;
  int heights[WEFT_N_ACTIVITIES];
  int mark, n_present = 0, left = height, tile_x, tile_y;
  guint largest = 0;
  double sum = 0, scale;
  guint32 *pixel;

  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    if (shares[a] > 0)
      {
        n_present++;
        sum += (double) shares[a];
        if (shares[a] > shares[largest])
          largest = a;
      }
  if (n_present == 0)
    return;
  mark = CLAMP (height / n_present, 1, (int) (LEAST_MARK * painter->scale));
  scale = height / sum;
  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    {
      heights[a] = shares[a] > 0 ? MAX ((int) ((double) shares[a] * scale + 0.5), mark) : 0;
      left -= heights[a];
    }
  /* What rounding and marks took too much, or left over, is the largest share's. */
  heights[largest] = MAX (heights[largest] + left, 1);

  /* The inner loop of a dense frame: one pixel under another, from the top down. */
  pixel = painter->pixels + (column - painter->image_column);
  tile_x = positive_modulo (painter->device_x + column, painter->tile_side);
  tile_y = painter->tile_y;
  left = height;
  for (guint i = G_N_ELEMENTS (order); i-- > 0;)
    {
      const Tile *tile = &painter->tiles[order[i]];

      for (int n = MIN (heights[order[i]], left); n > 0; n--, left--)
        {
          *pixel = tile->pixels[(gsize) tile_y * tile->stride + tile_x];
          pixel += painter->stride;
          tile_y = tile_y + 1 == painter->tile_side ? 0 : tile_y + 1;
        }
    }
  painter->dirty_begin = MIN (painter->dirty_begin, column);
  painter->dirty_end = MAX (painter->dirty_end, column + 1);
}

static void
add_label (WeftSpanPainter *painter, const WeftSpan *span, int begin, int end, double y, double height)
{
  Label label = { .x = painter->columns.x + begin * painter->columns.width,
                  .width = (end - begin) * painter->columns.width,
                  .y = y + height / 2,
                  .task = span->task,
                  .activity = span->activity };

  if (label.width >= TEXT_WIDTH && height >= painter->text_height - 2)
    g_array_append_val (painter->labels, label);
}

/* Paints @span over columns [@begin, @end), which are its own. */
static void
add_span (WeftSpanPainter *painter, const WeftSpan *span, int begin, int end, double y, double height)
{
  int gap = end - begin >= GAP_WIDTH * painter->scale ? MAX ((int) (painter->scale / 2 + 0.5), 1) : 0;
  WeftColumns *columns = &painter->columns;

  if (end - begin < painter->shape_columns)
    {
      need_image (painter, y, height);
      fill_pixels (painter, span->activity, begin, end - gap, 0, painter->image_height);
    }
  else
    {
      Shape shape = { .x = columns->x + begin * columns->width,
                      .y = y,
                      .width = (end - begin - gap) * columns->width,
                      .height = height };

      /* One that reaches out of the picture shows no corners there. */
      if (span->begin_ns < columns->begin_ns)
        {
          shape.x -= 2 * RADIUS;
          shape.width += 2 * RADIUS;
        }
      if (weft_columns_at (columns, span->end_ns) >= columns->count)
        shape.width += 2 * RADIUS;
      g_array_append_val (painter->shapes[span->activity], shape);
    }
  add_label (painter, span, begin, end - gap, y, height);
}

static void
paint_image (WeftSpanPainter *painter, double y)
{
  cairo_t *cr = painter->plot->cr;
  double left = painter->columns.x + painter->image_column * painter->columns.width;

  if (painter->image == NULL)
    return;
  cairo_surface_mark_dirty (painter->image);
  if (painter->dirty_end > painter->dirty_begin)
    {
      cairo_surface_set_device_scale (painter->image, painter->scale, painter->scale);
      cairo_set_source_surface (cr, painter->image, left, y);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
      cairo_rectangle (cr, painter->columns.x + painter->dirty_begin * painter->columns.width, y,
                       (painter->dirty_end - painter->dirty_begin) * painter->columns.width,
                       painter->image_height / painter->scale);
      cairo_fill (cr);
    }
  g_clear_pointer (&painter->image, cairo_surface_destroy);
}

/* Whether the walk's next column, @column, holds more than two spans, and is then painted. */
static gboolean
add_dense_column (WeftSpanPainter *painter, WeftSpanWalk *walk, int column, double y, double height)
{
  gint64 end_ns = weft_columns_last_ns (&painter->columns, column) + 1;
  gint64 shares[WEFT_N_ACTIVITIES];

  if (weft_span_walk_look (walk, end_ns) < 2)
    return FALSE;
  need_image (painter, y, height);
  weft_span_walk_to (walk, end_ns, shares);
  paint_shares (painter, column, shares);
  return TRUE;
}

void
weft_span_painter_add (WeftSpanPainter *painter, const WeftFrameLane *lane, double y, double height)
{
  const WeftColumns *columns = &painter->columns;
  const WeftSpans *spans = lane->info->spans;
  gint64 until_ns = weft_plot_lane_until (painter->plot->frame, lane);
  gboolean dense = FALSE;
  int column, end;
  WeftSpanWalk walk;

  if (columns->count == 0 || lane->n_spans == 0 || until_ns < columns->begin_ns)
    return;
  column = MAX (weft_columns_at (columns, weft_spans_get_begin (spans, 0)), 0);
  /* A lane that just began, or ended at once, still marks its column. */
  end = MIN (weft_columns_at (columns, MAX (until_ns - 1, weft_spans_get_begin (spans, 0))) + 1,
             columns->count);
  if (column >= end)
    return;
  painter->image_column = column;
  painter->image_width = end - column;
  weft_span_walk_begin (&walk, spans, lane->n_spans, until_ns,
                        weft_columns_last_ns (columns, column - 1) + 1);
  while (column < end)
    {
      gboolean was_seen;
      WeftSpan span;
      int next;

      /* In a dense stretch there is no need to look at single spans. */
      if (dense && add_dense_column (painter, &walk, column, y, height))
        {
          column++;
          continue;
        }
      weft_spans_get (spans, lane->n_spans, walk.index, until_ns, &span);
      next = walk.index + 1 == lane->n_spans ? end : weft_columns_at (columns, span.end_ns);
      if (next <= column)
        {
          gint64 end_ns = weft_columns_last_ns (columns, column) + 1;

          was_seen = weft_columns_at (columns, span.begin_ns) < column;
          if (weft_span_walk_look (&walk, end_ns) > 1 || !was_seen)
            {
              gint64 shares[WEFT_N_ACTIVITIES];

              need_image (painter, y, height);
              weft_span_walk_skip (&walk, weft_columns_last_ns (columns, column - 1) + 1);
              weft_span_walk_to (&walk, end_ns, shares);
              paint_shares (painter, column, shares);
              dense = TRUE;
              column++;
              continue;
            }
          /* One boundary, and the span before it was seen further left: the column is the later one's. */
          weft_span_walk_skip (&walk, end_ns - 1);
          weft_spans_get (spans, lane->n_spans, walk.index, until_ns, &span);
          next = walk.index + 1 == lane->n_spans ? end : weft_columns_at (columns, span.end_ns);
        }
      dense = FALSE;
      next = CLAMP (next, column + 1, end);
      add_span (painter, &span, column, next, y, height);
      column = next;
    }
  paint_image (painter, y);
}

static void
round_rectangle (cairo_t *cr, const Shape *shape, double inset)
{
  double x = shape->x + inset, y = shape->y + inset;
  double width = shape->width - 2 * inset, height = shape->height - 2 * inset;
  double radius = MIN (RADIUS, MIN (width, height) / 2);

  if (shape->width < SHAPE_WIDTH || height < 8)
    {
      cairo_rectangle (cr, x, y, width, height);
      return;
    }
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static void
paint_shapes (WeftSpanPainter *painter, WeftActivity activity)
{
  const WeftPlotStyle *style = painter->plot->style;
  cairo_t *cr = painter->plot->cr;
  GArray *shapes = painter->shapes[activity];

  if (shapes->len == 0)
    return;
  for (guint i = 0; i < shapes->len; i++)
    round_rectangle (cr, &g_array_index (shapes, Shape, i), 0);
  weft_plot_style_set_activity_source (style, cr, activity, painter->plot->scale);
  cairo_fill (cr);
  if (!painter->contrast)
    return;
  for (guint i = 0; i < shapes->len; i++)
    if (g_array_index (shapes, Shape, i).width > 2)
      round_rectangle (cr, &g_array_index (shapes, Shape, i), 0.5);
  weft_plot_style_set_source (style, cr, WEFT_COLOUR_AXIS);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

/* Draws @text in the middle of @label if it fits. */
static gboolean
paint_text (WeftSpanPainter *painter, const Label *label, const char *text, double digit_width)
{
  WeftPlot *plot = painter->plot;
  const WeftActivityLook *activity = weft_plot_style_get_look (plot->style, label->activity);
  WeftTextLook look = { .colour = activity->text, .align = 0.5 };
  double room = label->width - 2 * TEXT_MARGIN;
  double width, height;

  /* Nothing is shaped that cannot fit: no letter is half as narrow as a digit. */
  if ((double) g_utf8_strlen (text, -1) * digit_width / 2 > room)
    return FALSE;
  weft_plot_measure_text (plot, text, FALSE, &width, &height);
  if (width > room)
    return FALSE;
  if (!weft_plot_style_is_flat (plot->style, label->activity))
    {
      /* The pattern gives way to the text. */
      weft_plot_set_colour (plot->cr, activity->base);
      cairo_rectangle (plot->cr, weft_plot_snap (plot, label->x + (label->width - width) / 2 - 3),
                       weft_plot_snap (plot, label->y - height / 2), width + 6, height);
      cairo_fill (plot->cr);
    }
  weft_plot_draw_text (plot, text, label->x + label->width / 2, label->y, &look);
  return TRUE;
}

/* The longest of the names that fits: "task 3, asleep", "task 3", "3"; without a task, the activity's. */
static void
paint_label (WeftSpanPainter *painter, const Label *label, double digit_width)
{
  WeftRecording *recording = painter->plot->frame->recording;
  const char *activity = weft_activity_get_label (label->activity);
  double room = label->width - 2 * TEXT_MARGIN;
  g_autofree char *short_name = NULL;

  if (label->task == WEFT_SPAN_NO_TASK)
    {
      /* A short span without a task has its pattern; its name on each would be noise. */
      if (label->width >= ACTIVITY_WIDTH && label->activity != WEFT_ACTIVITY_WORKING)
        paint_text (painter, label, activity, digit_width);
      return;
    }
  if (room >= 5 * digit_width)
    {
      g_autofree char *name = weft_recording_dup_task_name (recording, label->task);
      g_autofree char *full = g_strdup_printf ("%s, %s", name, activity);

      if ((label->activity != WEFT_ACTIVITY_WORKING && paint_text (painter, label, full, digit_width))
          || paint_text (painter, label, name, digit_width))
        return;
    }
  short_name = weft_recording_dup_short_task_name (recording, label->task);
  paint_text (painter, label, short_name, digit_width);
}

void
weft_span_painter_finish (WeftSpanPainter *painter)
{
  double digit_width;

  for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
    {
      paint_shapes (painter, a);
      g_array_unref (painter->shapes[a]);
    }
  weft_plot_measure_text (painter->plot, "0", FALSE, &digit_width, NULL);
  for (guint i = 0; i < painter->labels->len; i++)
    paint_label (painter, &g_array_index (painter->labels, Label, i), digit_width);
  g_array_unref (painter->labels);
  g_free (painter);
}
