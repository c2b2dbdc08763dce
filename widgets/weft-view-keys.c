/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-view-keys.h"

#include <math.h>

#include "weft-plot.h"

#define PAN_STEP 0.1 /* of the range */
#define ZOOM_STEP 1.25
#define CURSOR_STEP_PX 5
#define LANES_PER_PAGE 10

static void
pan (WeftTimeView *view, double share)
{
  gint64 begin_ns;
  gint64 end_ns;

  weft_time_view_get_range (view, &begin_ns, &end_ns);
  weft_time_view_pan (view, (gint64) round (share * (end_ns - begin_ns)));
}

static void
zoom (WeftTimeView *view, double factor)
{
  gint64 center_ns = weft_time_view_get_cursor (view);
  gint64 begin_ns;
  gint64 end_ns;

  weft_time_view_get_range (view, &begin_ns, &end_ns);
  if (center_ns < begin_ns || center_ns > end_ns)
    center_ns = begin_ns + (end_ns - begin_ns) / 2;
  weft_time_view_zoom (view, factor, center_ns);
}

/* Where the cursor starts from when there is none: the last instant in view that is known. */
static gint64
get_cursor (WeftTimeView *view)
{
  gint64 cursor_ns = weft_time_view_get_cursor (view);
  gint64 end_ns;

  if (cursor_ns >= 0)
    return cursor_ns;
  weft_time_view_get_range (view, NULL, &end_ns);
  return MIN (end_ns, weft_time_view_get_frame (view)->now_ns);
}

static void
step_cursor (WeftTimeView *view, int direction, int width_px)
{
  gint64 begin_ns;
  gint64 end_ns;
  gint64 step_ns;

  weft_time_view_get_range (view, &begin_ns, &end_ns);
  step_ns = MAX ((end_ns - begin_ns) * CURSOR_STEP_PX / MAX (width_px, 1), 1);
  weft_time_view_go_to (view, get_cursor (view) + direction * step_ns);
}

/* The lanes from the top down, as the timeline has them. */
static GArray *
get_lanes (WeftTimeView *view)
{
  g_autoptr (GArray) rows = weft_timeline_plot_get_rows (weft_time_view_get_frame (view));
  GArray *lanes = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < rows->len; i++)
    {
      int lane = g_array_index (rows, WeftTimelineRow, i).lane;

      if (lane >= 0)
        g_array_append_val (lanes, lane);
    }
  return lanes;
}

static void
select_lane (WeftTimeView *view, int step)
{
  g_autoptr (GArray) lanes = get_lanes (view);
  int selected = weft_time_view_get_selected_lane (view);
  int place = -1;

  if (lanes->len == 0)
    return;
  for (guint i = 0; i < lanes->len; i++)
    if (g_array_index (lanes, int, i) == selected)
      place = (int) i;

  if (place < 0)
    place = step > 0 ? 0 : (int) lanes->len - 1;
  else
    place = CLAMP (place + step, 0, (int) lanes->len - 1);
  weft_time_view_set_selected_lane (view, g_array_index (lanes, int, place));
}

static void
step_span (WeftTimeView *view, int direction)
{
  const WeftFrame *frame = weft_time_view_get_frame (view);
  gint64 cursor_ns = get_cursor (view);
  const WeftFrameLane *lane;
  gint64 index;

  if (weft_time_view_get_selected_lane (view) < 0)
    select_lane (view, 1);
  if (weft_time_view_get_selected_lane (view) < 0
      || weft_time_view_get_selected_lane (view) >= (int) frame->n_lanes)
    return;

  lane = &frame->lanes[weft_time_view_get_selected_lane (view)];
  if (lane->n_spans == 0)
    return;

  /* Spans without a length begin together; stepping passes over them. */
  index = weft_spans_find (lane->info->spans, lane->n_spans, cursor_ns);
  if (direction < 0)
    {
      if (index >= 0 && weft_spans_get_begin (lane->info->spans, (guint64) index) == cursor_ns)
        index = weft_spans_find (lane->info->spans, lane->n_spans, cursor_ns - 1);
      if (index >= 0)
        weft_time_view_go_to (view, weft_spans_get_begin (lane->info->spans, (guint64) index));
    }
  else if (index + 1 < (gint64) lane->n_spans)
    {
      weft_time_view_go_to (view, weft_spans_get_begin (lane->info->spans, (guint64) (index + 1)));
    }
}

static void
go_to_begin (WeftTimeView *view)
{
  gint64 begin_ns;
  gint64 end_ns;

  weft_time_view_get_range (view, &begin_ns, &end_ns);
  weft_time_view_set_range (view, 0, end_ns - begin_ns);
}

static void
go_to_end (WeftTimeView *view)
{
  const WeftFrame *frame = weft_time_view_get_frame (view);
  gint64 begin_ns;
  gint64 end_ns;

  if (frame->live && !weft_time_view_get_paused (view))
    {
      weft_time_view_set_follow (view, TRUE);
      return;
    }
  weft_time_view_get_range (view, &begin_ns, &end_ns);
  weft_time_view_set_range (view, frame->now_ns - (end_ns - begin_ns), frame->now_ns);
}

gboolean
weft_view_keys_handle (WeftTimeView *view, guint keyval, GdkModifierType state, int width_px)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;

  g_return_val_if_fail (WEFT_IS_TIME_VIEW (view), FALSE);

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)
      || weft_time_view_get_recording (view) == NULL)
    return FALSE;

  switch (gdk_keyval_to_lower (keyval))
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      if (shift)
        step_cursor (view, -1, width_px);
      else
        pan (view, -PAN_STEP);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      if (shift)
        step_cursor (view, 1, width_px);
      else
        pan (view, PAN_STEP);
      return TRUE;
    case GDK_KEY_a:
      pan (view, -PAN_STEP);
      return TRUE;
    case GDK_KEY_d:
      pan (view, PAN_STEP);
      return TRUE;
    case GDK_KEY_w:
    case GDK_KEY_plus:
    case GDK_KEY_equal: /* where + needs Shift */
    case GDK_KEY_KP_Add:
      zoom (view, 1 / ZOOM_STEP);
      return TRUE;
    case GDK_KEY_s:
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom (view, ZOOM_STEP);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      select_lane (view, -1);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      select_lane (view, 1);
      return TRUE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      select_lane (view, -LANES_PER_PAGE);
      return TRUE;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      select_lane (view, LANES_PER_PAGE);
      return TRUE;
    case GDK_KEY_comma:
      step_span (view, -1);
      return TRUE;
    case GDK_KEY_period:
      step_span (view, 1);
      return TRUE;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      go_to_begin (view);
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      go_to_end (view);
      return TRUE;
    case GDK_KEY_f:
      weft_time_view_fit (view);
      return TRUE;
    case GDK_KEY_Escape:
      if (weft_time_view_get_cursor (view) < 0)
        return FALSE;
      weft_time_view_set_cursor (view, -1);
      return TRUE;
    default:
      return FALSE;
    }
}
