/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-plot.h"

#define LANE_HEIGHT 28
#define HEADER_HEIGHT 22

static guint
leader_of (const WeftFrame *frame, guint lane)
{
  guint leader = frame->lanes[lane].info->leader;

  return leader < frame->n_lanes ? leader : lane;
}

static void
add_row (GArray *rows, int lane, int leader, double *y)
{
  WeftTimelineRow row = {
    .lane = lane, .leader = leader, .y = *y, .height = lane < 0 ? HEADER_HEIGHT : LANE_HEIGHT
  };

  g_array_append_val (rows, row);
  *y += row.height;
}

/* Lanes of one process stand together, where the first of them would stand; processes in the order in
 * which they came. Lanes are chained by leader, so that thousands of them take one pass. */
GArray *
weft_timeline_plot_get_rows (const WeftFrame *frame)
{
  GArray *rows = g_array_sized_new (FALSE, FALSE, sizeof (WeftTimelineRow), frame->n_lanes + 8);
  g_autofree int *first = g_new (int, frame->n_lanes + 1);
  g_autofree int *last = g_new (int, frame->n_lanes + 1);
  g_autofree int *next = g_new (int, frame->n_lanes + 1);
  double y = 0;

  for (guint i = 0; i < frame->n_lanes; i++)
    first[i] = last[i] = next[i] = -1;
  for (guint i = 0; i < frame->n_lanes; i++)
    {
      guint leader = leader_of (frame, i);

      if (last[leader] >= 0)
        next[last[leader]] = (int) i;
      else
        first[leader] = (int) i;
      last[leader] = (int) i;
    }
  for (guint i = 0; i < frame->n_lanes; i++)
    {
      guint leader = leader_of (frame, i);

      if (first[leader] != (int) i)
        continue;
      if (last[leader] != (int) i)
        add_row (rows, -1, (int) leader, &y);
      for (int lane = (int) i; lane >= 0; lane = next[lane])
        add_row (rows, lane, (int) leader, &y);
    }
  return rows;
}

double
weft_timeline_plot_get_height (const WeftFrame *frame)
{
  g_autoptr (GArray) rows = weft_timeline_plot_get_rows (frame);
  const WeftTimelineRow *last;

  if (rows->len == 0)
    return 0;
  last = &g_array_index (rows, WeftTimelineRow, rows->len - 1);
  return last->y + last->height;
}

int
weft_timeline_plot_pick (const WeftFrame *frame, double y)
{
  g_autoptr (GArray) rows = weft_timeline_plot_get_rows (frame);

  for (guint i = 0; i < rows->len; i++)
    {
      const WeftTimelineRow *row = &g_array_index (rows, WeftTimelineRow, i);

      if (y >= row->y && y < row->y + row->height)
        return row->lane;
    }
  return -1;
}
