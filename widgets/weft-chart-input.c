/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-chart-private.h"

#include <math.h>

/* Less than this is a click, not a drag, px. */
#define DRAG_THRESHOLD 4

#define ZOOM_STEP 1.25   /* for a notch of the wheel */
#define PAN_STEP 0.1     /* of the range, for a notch */
#define SCROLL_STEP 48   /* px of rows, for a notch */
#define SURFACE_NOTCH 30 /* px of a touchpad that count as a notch */

static gboolean
has_recording (WeftChart *self)
{
  WeftTimeView *view = weft_chart_get_view (self);

  return view != NULL && weft_time_view_get_recording (view) != NULL;
}

/* Whether time lies elsewhere on it than on the other charts. */
static gboolean
is_overview (WeftChart *self)
{
  return WEFT_CHART_GET_CLASS (self)->get_axis != weft_chart_get_shared_axis;
}

static gboolean
axis_contains (const WeftTimeAxis *axis, double x)
{
  return x >= axis->x && x <= axis->x + axis->width;
}

/* The pointer's time is the cursor; off the plot there is none, unless somebody else has set it. */
static void
move_cursor (WeftChart *self)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;
  WeftTimeView *view = weft_chart_get_view (self);
  gint64 cursor_ns = -1;
  WeftTimeAxis axis;

  if (view == NULL)
    return;

  weft_chart_get_axis (self, &axis);
  if (input->inside && has_recording (self) && axis_contains (&axis, input->x))
    cursor_ns = MAX (weft_time_axis_to_time (&axis, input->x), -1);

  if (cursor_ns < 0 && weft_time_view_get_cursor (view) != input->cursor_ns)
    return;
  input->cursor_ns = cursor_ns;
  weft_time_view_set_cursor (view, cursor_ns);
}

void
weft_chart_input_range_moved (WeftChart *self)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;
  WeftTimeView *view = weft_chart_get_view (self);

  if (input->inside && input->cursor_ns >= 0 && weft_time_view_get_cursor (view) == input->cursor_ns)
    move_cursor (self);
}

static void
motion_cb (WeftChart *self, double x, double y)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;

  if (input->inside && input->x == x && input->y == y)
    return;

  input->inside = TRUE;
  input->x = x;
  input->y = y;
  move_cursor (self);
  if (WEFT_CHART_GET_CLASS (self)->point != NULL)
    WEFT_CHART_GET_CLASS (self)->point (self, x);
  weft_chart_emit_pointer_moved (self);
}

static void
leave_cb (WeftChart *self)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;

  input->inside = FALSE;
  move_cursor (self);
  if (WEFT_CHART_GET_CLASS (self)->point != NULL)
    WEFT_CHART_GET_CLASS (self)->point (self, -1);
  weft_chart_emit_pointer_moved (self);
}

void
weft_chart_input_pan (WeftChart *self, WeftChartDragPhase phase, double start_x, double x)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;
  WeftTimeView *view = weft_chart_get_view (self);
  gint64 shift_ns;
  WeftTimeAxis axis;

  if (phase == WEFT_CHART_DRAG_BEGIN)
    {
      weft_time_view_get_range (view, &input->start_begin_ns, &input->start_end_ns);
      return;
    }

  weft_chart_get_axis (self, &axis);
  if (axis.width <= 0)
    return;
  shift_ns = (gint64) round ((start_x - x) * (input->start_end_ns - input->start_begin_ns) / axis.width);
  weft_time_view_set_range (view, input->start_begin_ns + shift_ns, input->start_end_ns + shift_ns);
}

static void
drag_begin_cb (WeftChart *self, double x, double y)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;

  if (gtk_widget_get_focusable (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  input->pans = FALSE;
  input->scrolls = FALSE;
  input->start_x = x;
  input->start_y = y;
  input->start_value = gtk_adjustment_get_value (weft_chart_get_adjustment (self));
}

static void
drag_update_cb (WeftChart *self, double dx, double dy)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;

  if (!has_recording (self))
    return;

  if (!input->scrolls && fabs (dy) > DRAG_THRESHOLD)
    input->scrolls = TRUE;
  if (input->scrolls)
    gtk_adjustment_set_value (weft_chart_get_adjustment (self), input->start_value - dy);

  if (!input->pans && fabs (dx) > DRAG_THRESHOLD)
    {
      /* From here on the pointer holds what was under it when it was pressed. */
      input->pans = TRUE;
      WEFT_CHART_GET_CLASS (self)->drag (self, WEFT_CHART_DRAG_BEGIN, input->start_x, input->start_x);
    }
  if (input->pans)
    WEFT_CHART_GET_CLASS (self)->drag (self, WEFT_CHART_DRAG_UPDATE, input->start_x, input->start_x + dx);
}

static void
drag_end_cb (WeftChart *self, double dx, double dy)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;
  double y;

  if (!has_recording (self))
    return;

  if (input->pans)
    {
      WEFT_CHART_GET_CLASS (self)->drag (self, WEFT_CHART_DRAG_END, input->start_x, input->start_x + dx);
    }
  else if (!input->scrolls && !input->was_double && WEFT_CHART_GET_CLASS (self)->click != NULL)
    {
      weft_chart_get_area (self, &y, NULL, NULL, NULL);
      WEFT_CHART_GET_CLASS (self)->click (self, input->start_x, input->start_y - y);
    }
  input->pans = FALSE;
  input->scrolls = FALSE;
  input->was_double = FALSE;
}

static void
drag_cancel_cb (WeftChart *self)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;

  input->pans = FALSE;
  input->scrolls = FALSE;
  input->was_double = FALSE;
}

static void
pressed_cb (WeftChart *self, int n_press)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;

  if (n_press != 2 || !has_recording (self))
    return;
  input->was_double = TRUE;
  weft_time_view_fit (weft_chart_get_view (self));
}

static gboolean
scroll_rows (WeftChart *self, double notches)
{
  GtkAdjustment *adjustment = weft_chart_get_adjustment (self);
  double value = gtk_adjustment_get_value (adjustment);

  if (gtk_adjustment_get_upper (adjustment) <= gtk_adjustment_get_page_size (adjustment))
    return FALSE;
  gtk_adjustment_set_value (adjustment, value + notches * SCROLL_STEP);
  return gtk_adjustment_get_value (adjustment) != value;
}

static gboolean
scroll_cb (WeftChart *self, double dx, double dy, GtkEventControllerScroll *controller)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;
  WeftTimeView *view = weft_chart_get_view (self);
  GtkEventController *event_controller = GTK_EVENT_CONTROLLER (controller);
  gint64 begin_ns;
  gint64 end_ns;
  gint64 center_ns;
  WeftTimeAxis axis;

  if (!has_recording (self))
    return GDK_EVENT_PROPAGATE;

  if (gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE)
    {
      dx /= SURFACE_NOTCH;
      dy /= SURFACE_NOTCH;
    }
  if (gtk_event_controller_get_current_event_state (event_controller) & GDK_SHIFT_MASK && dx == 0)
    {
      dx = dy;
      dy = 0;
    }

  weft_chart_get_axis (self, &axis);
  weft_time_view_get_range (view, &begin_ns, &end_ns);

  /* Two fingers never move straight: what there is more of is meant. */
  if (fabs (dx) > fabs (dy))
    {
      weft_time_view_pan (view, (gint64) (dx * PAN_STEP * (end_ns - begin_ns)));
      return GDK_EVENT_STOP;
    }
  if (!axis_contains (&axis, input->x))
    return scroll_rows (self, dy);

  center_ns =
      is_overview (self) ? begin_ns + (end_ns - begin_ns) / 2 : weft_time_axis_to_time (&axis, input->x);
  weft_time_view_zoom (view, pow (ZOOM_STEP, dy), center_ns);
  return GDK_EVENT_STOP;
}

static void
pinch_begin_cb (WeftChart *self)
{
  weft_chart_get_private (self)->input.pinch_scale = 1;
}

static void
pinch_scale_cb (WeftChart *self, double scale, GtkGesture *gesture)
{
  WeftChartInput *input = &weft_chart_get_private (self)->input;
  double x;
  double y;
  WeftTimeAxis axis;

  if (!has_recording (self) || scale <= 0 || !gtk_gesture_get_bounding_box_center (gesture, &x, &y))
    return;

  weft_chart_get_axis (self, &axis);
  if (is_overview (self))
    weft_time_view_get_range (weft_chart_get_view (self), &axis.begin_ns, &axis.end_ns);
  weft_time_view_zoom (weft_chart_get_view (self), input->pinch_scale / scale,
                       weft_time_axis_to_time (&axis, x));
  input->pinch_scale = scale;
}

void
weft_chart_input_init (WeftChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  weft_chart_get_private (self)->input.cursor_ns = -1;

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (widget, motion);

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (widget, scroll);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect_swapped (drag, "cancel", G_CALLBACK (drag_cancel_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_group (click, drag);

  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (pinch_scale_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}
