/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-time-view.h"

#include <math.h>

#include "weft-time-view-private.h"

#define SECOND_NS G_GINT64_CONSTANT (1000000000)
#define MINIMUM_WIDTH_NS 100
#define FOLLOW_WIDTH_NS (10 * SECOND_NS)

/* A run shorter than this is shown as if it were this long: a range has to have a width. */
#define MINIMUM_EXTENT_NS 1000

/* The reader publishes in steps of some ten milliseconds. The picture is this far behind the clock, so
 * that it can move with every frame of the display and what it shows is nearly always complete; and
 * however late the reader is, it never shows more than the allowance as the present. */
#define FOLLOW_DELAY_NS (40 * SECOND_NS / 1000)
#define FOLLOW_ALLOWANCE_NS (50 * SECOND_NS / 1000)

/* Around the whole run; a share of it. */
#define FIT_MARGIN 0.01

/* How far within the range the cursor comes when the range moves after it; a share of its width. */
#define REVEAL_MARGIN 0.1

/* How far a range may reach outside of the run; a share of its own width. */
#define RANGE_MARGIN 0.05

struct _WeftTimeView
{
  GObject parent_instance;

  WeftRecording *recording;
  WeftFrame frame;
  gint64 drawn_now_ns; /* frame.now_ns when "changed" was last emitted for it */

  gint64 begin_ns;
  gint64 end_ns;
  gint64 follow_width_ns;
  gint64 shown_ns; /* the present, as following shows it; never goes back */
  gboolean follow;
  gboolean follows_whole; /* following shows the whole run so far */
  gboolean paused;
  gboolean resumes; /* unpausing goes back to following */

  gint64 cursor_ns;
  int selected_lane;

  WeftTimeViewClock clock;
  gpointer clock_data;
};

enum
{
  PROP_0,
  PROP_RECORDING,
  PROP_FOLLOW,
  PROP_PAUSED,
  PROP_CURSOR_NS,
  PROP_SELECTED_LANE,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WeftTimeView, weft_time_view, G_TYPE_OBJECT)

static gint64
read_monotonic_clock (gpointer data)
{
  return g_get_monotonic_time () * 1000;
}

static void
emit_changed (WeftTimeView *self)
{
  self->drawn_now_ns = self->frame.now_ns;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
take_frame (WeftTimeView *self)
{
  if (self->recording != NULL)
    weft_recording_take_frame (self->recording, &self->frame);
}

/* Whether the run goes on, or is about to begin. */
static gboolean
is_open (WeftTimeView *self)
{
  return self->frame.live
         || (self->recording != NULL && weft_recording_get_outcome (self->recording) == WEFT_OUTCOME_RUNNING);
}

/* The part of time that the range is clamped to: the run, and while it is live the room that it is
 * about to fill. */
static gint64
get_extent (WeftTimeView *self)
{
  gint64 extent_ns;

  if (self->recording == NULL)
    return FOLLOW_WIDTH_NS;

  extent_ns = MAX (self->frame.now_ns, MINIMUM_EXTENT_NS);
  if (is_open (self))
    extent_ns = MAX (extent_ns, self->follow_width_ns);
  return extent_ns;
}

static gboolean
store_range (WeftTimeView *self, gint64 begin_ns, gint64 end_ns)
{
  if (self->begin_ns == begin_ns && self->end_ns == end_ns)
    return FALSE;

  self->begin_ns = begin_ns;
  self->end_ns = end_ns;
  return TRUE;
}

static gboolean
store_clamped_range (WeftTimeView *self, gint64 begin_ns, gint64 width_ns)
{
  gint64 extent_ns = get_extent (self);
  gint64 widest_ns = MAX ((gint64) (extent_ns / (1 - 2 * RANGE_MARGIN)), MINIMUM_WIDTH_NS);
  gint64 margin_ns;
  gint64 first_ns;
  gint64 last_ns;

  width_ns = CLAMP (width_ns, MINIMUM_WIDTH_NS, widest_ns);
  margin_ns = (gint64) (width_ns * RANGE_MARGIN);
  first_ns = -margin_ns;
  last_ns = MAX (extent_ns + margin_ns - width_ns, first_ns);
  begin_ns = CLAMP (begin_ns, first_ns, last_ns);
  return store_range (self, begin_ns, begin_ns + width_ns);
}

static gboolean
store_whole_range (WeftTimeView *self, gint64 extent_ns)
{
  gint64 margin_ns;

  extent_ns = MAX (extent_ns, MINIMUM_EXTENT_NS);
  margin_ns = (gint64) ceil (extent_ns * FIT_MARGIN);
  return store_range (self, -margin_ns, extent_ns + margin_ns);
}

/* The present as it is shown: smooth, while the frame's jumps. */
static void
update_shown (WeftTimeView *self)
{
  gint64 now_ns = self->frame.now_ns;
  gint64 start_ns = weft_recording_get_start_ns (self->recording);
  gint64 shown_ns;

  if (!self->frame.live || start_ns == 0)
    {
      self->shown_ns = now_ns;
      return;
    }

  shown_ns = self->clock (self->clock_data) - start_ns - FOLLOW_DELAY_NS;
  shown_ns = CLAMP (shown_ns, now_ns - FOLLOW_DELAY_NS, now_ns + FOLLOW_ALLOWANCE_NS);
  self->shown_ns = MAX (shown_ns, self->shown_ns);
}

/* Moves the range to the present. @pixels: device pixels over the range, of which it moves by whole
 * ones, so that nothing shimmers and a move by less costs nothing; 0: not known. */
static gboolean
store_followed_range (WeftTimeView *self, int pixels)
{
  gint64 width_ns = self->follow_width_ns;
  gint64 end_ns;

  if (self->recording == NULL)
    return store_range (self, 0, FOLLOW_WIDTH_NS);

  if (!is_open (self))
    return store_whole_range (self, self->frame.now_ns);

  update_shown (self);
  if (self->follows_whole)
    {
      gint64 drawn_ns = self->begin_ns + self->end_ns; /* the margins cancel each other out */

      /* The present has to move by a pixel before all of the run is squeezed a little more. */
      if (pixels > 0 && self->shown_ns - drawn_ns < drawn_ns / pixels)
        return FALSE;
      return store_whole_range (self, self->shown_ns);
    }

  /* The run fills the range from the left; then it scrolls. */
  end_ns = MAX (self->shown_ns, width_ns);
  if (pixels > 0 && end_ns > width_ns)
    {
      double pixel_ns = (double) width_ns / pixels;

      end_ns = MAX ((gint64) floor (floor (end_ns / pixel_ns) * pixel_ns), width_ns);
    }
  return store_range (self, end_ns - width_ns, end_ns);
}

static void
store_follow (WeftTimeView *self, gboolean follow)
{
  if (self->follow == follow)
    return;
  self->follow = follow;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOW]);
}

static void
store_paused (WeftTimeView *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

static void
store_cursor (WeftTimeView *self, gint64 cursor_ns)
{
  if (self->cursor_ns == cursor_ns)
    return;
  self->cursor_ns = cursor_ns;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURSOR_NS]);
}

static void
store_selected_lane (WeftTimeView *self, int lane)
{
  if (self->selected_lane == lane)
    return;
  self->selected_lane = lane;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED_LANE]);
}

/* The person moves the range: while paused, what came since is shown. Returns whether that is more. */
static gboolean
begin_moving (WeftTimeView *self)
{
  guint64 serial = self->frame.serial;

  if (self->paused)
    take_frame (self);
  self->follows_whole = FALSE;
  return self->frame.serial != serial;
}

static void
weft_time_view_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeftTimeView *self = WEFT_TIME_VIEW (object);

  switch (prop_id)
    {
    case PROP_RECORDING:
      g_value_set_object (value, self->recording);
      break;
    case PROP_FOLLOW:
      g_value_set_boolean (value, self->follow);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_CURSOR_NS:
      g_value_set_int64 (value, self->cursor_ns);
      break;
    case PROP_SELECTED_LANE:
      g_value_set_int (value, self->selected_lane);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_time_view_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeftTimeView *self = WEFT_TIME_VIEW (object);

  switch (prop_id)
    {
    case PROP_RECORDING:
      weft_time_view_set_recording (self, g_value_get_object (value));
      break;
    case PROP_FOLLOW:
      weft_time_view_set_follow (self, g_value_get_boolean (value));
      break;
    case PROP_PAUSED:
      weft_time_view_set_paused (self, g_value_get_boolean (value));
      break;
    case PROP_CURSOR_NS:
      weft_time_view_set_cursor (self, g_value_get_int64 (value));
      break;
    case PROP_SELECTED_LANE:
      weft_time_view_set_selected_lane (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_time_view_dispose (GObject *object)
{
  WeftTimeView *self = WEFT_TIME_VIEW (object);

  weft_frame_clear (&self->frame);
  g_clear_object (&self->recording);
  G_OBJECT_CLASS (weft_time_view_parent_class)->dispose (object);
}

static void
weft_time_view_class_init (WeftTimeViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = weft_time_view_get_property;
  object_class->set_property = weft_time_view_set_property;
  object_class->dispose = weft_time_view_dispose;

  properties[PROP_RECORDING] = g_param_spec_object ("recording", NULL, NULL, WEFT_TYPE_RECORDING, flags);
  properties[PROP_FOLLOW] = g_param_spec_boolean ("follow", NULL, NULL, TRUE, flags);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  properties[PROP_CURSOR_NS] = g_param_spec_int64 ("cursor-ns", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_SELECTED_LANE] = g_param_spec_int ("selected-lane", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
weft_time_view_init (WeftTimeView *self)
{
  self->follow = TRUE;
  self->follow_width_ns = FOLLOW_WIDTH_NS;
  self->end_ns = FOLLOW_WIDTH_NS;
  self->cursor_ns = -1;
  self->selected_lane = -1;
  self->clock = read_monotonic_clock;
}

WeftTimeView *
weft_time_view_new (void)
{
  return g_object_new (WEFT_TYPE_TIME_VIEW, NULL);
}

void
weft_time_view_set_clock (WeftTimeView *self, WeftTimeViewClock clock, gpointer data)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  self->clock = clock != NULL ? clock : read_monotonic_clock;
  self->clock_data = data;
}

void
weft_time_view_set_recording (WeftTimeView *self, WeftRecording *recording)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));
  g_return_if_fail (recording == NULL || WEFT_IS_RECORDING (recording));

  if (self->recording == recording)
    return;

  g_object_freeze_notify (G_OBJECT (self));

  weft_frame_clear (&self->frame);
  memset (&self->frame, 0, sizeof self->frame);
  g_set_object (&self->recording, recording);
  take_frame (self);

  self->follow_width_ns = FOLLOW_WIDTH_NS;
  self->follows_whole = FALSE;
  self->shown_ns = 0;
  self->resumes = FALSE;
  store_paused (self, FALSE);
  store_follow (self, TRUE);
  store_cursor (self, -1);
  store_selected_lane (self, -1);
  store_followed_range (self, 0);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECORDING]);
  g_object_thaw_notify (G_OBJECT (self));
  emit_changed (self);
}

WeftRecording *
weft_time_view_get_recording (WeftTimeView *self)
{
  g_return_val_if_fail (WEFT_IS_TIME_VIEW (self), NULL);

  return self->recording;
}

void
weft_time_view_get_range (WeftTimeView *self, gint64 *begin_ns, gint64 *end_ns)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  if (begin_ns != NULL)
    *begin_ns = self->begin_ns;
  if (end_ns != NULL)
    *end_ns = self->end_ns;
}

void
weft_time_view_set_range (WeftTimeView *self, gint64 begin_ns, gint64 end_ns)
{
  gboolean changed;

  g_return_if_fail (WEFT_IS_TIME_VIEW (self));
  g_return_if_fail (begin_ns <= end_ns);

  changed = begin_moving (self);
  store_follow (self, FALSE);
  if (store_clamped_range (self, begin_ns, end_ns - begin_ns) || changed)
    emit_changed (self);
}

void
weft_time_view_zoom (WeftTimeView *self, double factor, gint64 center_ns)
{
  double width_ns;
  double wanted_ns;
  gint64 widest_ns;
  gint64 begin_ns;
  gboolean changed;

  g_return_if_fail (WEFT_IS_TIME_VIEW (self));
  g_return_if_fail (factor > 0 && isfinite (factor));

  if (self->follow && is_open (self))
    {
      /* Wider than all that there is shows nothing more; but leave room for a run that has just begun. */
      widest_ns = MAX (self->frame.now_ns, 2 * FOLLOW_WIDTH_NS);
      width_ns = self->follows_whole ? self->end_ns - self->begin_ns : self->follow_width_ns;
      self->follow_width_ns =
          (gint64) round (CLAMP (width_ns * factor, MINIMUM_WIDTH_NS, (double) widest_ns));
      self->follows_whole = FALSE;
      if (store_followed_range (self, 0))
        emit_changed (self);
      return;
    }

  changed = begin_moving (self);
  store_follow (self, FALSE);
  width_ns = self->end_ns - self->begin_ns;
  wanted_ns = CLAMP (width_ns * factor, MINIMUM_WIDTH_NS, get_extent (self) / (1 - 2 * RANGE_MARGIN));
  begin_ns = center_ns - (gint64) round ((center_ns - self->begin_ns) * (wanted_ns / width_ns));
  if (store_clamped_range (self, begin_ns, (gint64) round (wanted_ns)) || changed)
    emit_changed (self);
}

void
weft_time_view_pan (WeftTimeView *self, gint64 delta_ns)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  if (delta_ns == 0)
    return;
  weft_time_view_set_range (self, self->begin_ns + delta_ns, self->end_ns + delta_ns);
}

void
weft_time_view_fit (WeftTimeView *self)
{
  gboolean changed;

  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  if (self->recording == NULL)
    return;

  changed = begin_moving (self);
  if (self->paused)
    {
      changed |= store_whole_range (self, self->frame.now_ns);
    }
  else
    {
      /* The whole of a live run is more every moment. */
      self->follows_whole = is_open (self);
      store_follow (self, TRUE);
      changed |= store_followed_range (self, 0);
    }
  if (changed)
    emit_changed (self);
}

gboolean
weft_time_view_get_follow (WeftTimeView *self)
{
  g_return_val_if_fail (WEFT_IS_TIME_VIEW (self), FALSE);

  return self->follow;
}

void
weft_time_view_set_follow (WeftTimeView *self, gboolean follow)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  follow = !!follow;
  if (self->follow == follow)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  store_follow (self, follow);
  if (follow)
    {
      store_paused (self, FALSE);
      self->resumes = FALSE;
      take_frame (self);
      store_followed_range (self, 0);
    }
  else
    {
      self->follows_whole = FALSE;
    }
  g_object_thaw_notify (G_OBJECT (self));
  emit_changed (self);
}

gboolean
weft_time_view_get_paused (WeftTimeView *self)
{
  g_return_val_if_fail (WEFT_IS_TIME_VIEW (self), FALSE);

  return self->paused;
}

void
weft_time_view_set_paused (WeftTimeView *self, gboolean paused)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  paused = !!paused;
  if (self->paused == paused)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  store_paused (self, paused);
  if (paused)
    {
      self->resumes = self->follow;
      store_follow (self, FALSE);
    }
  else
    {
      take_frame (self);
      if (self->resumes)
        {
          store_follow (self, TRUE);
          store_followed_range (self, 0);
        }
      self->resumes = FALSE;
    }
  g_object_thaw_notify (G_OBJECT (self));
  emit_changed (self);
}

gint64
weft_time_view_get_cursor (WeftTimeView *self)
{
  g_return_val_if_fail (WEFT_IS_TIME_VIEW (self), -1);

  return self->cursor_ns;
}

void
weft_time_view_set_cursor (WeftTimeView *self, gint64 time_ns)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  time_ns = MAX (time_ns, -1);
  if (self->cursor_ns == time_ns)
    return;
  store_cursor (self, time_ns);
  emit_changed (self);
}

void
weft_time_view_go_to (WeftTimeView *self, gint64 time_ns)
{
  gint64 margin_ns;

  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  time_ns = CLAMP (time_ns, 0, MAX (self->frame.now_ns, 0));
  margin_ns = (gint64) ((self->end_ns - self->begin_ns) * REVEAL_MARGIN);
  if (time_ns < self->begin_ns)
    weft_time_view_pan (self, time_ns - self->begin_ns - margin_ns);
  else if (time_ns > self->end_ns)
    weft_time_view_pan (self, time_ns - self->end_ns + margin_ns);
  weft_time_view_set_cursor (self, time_ns);
}

int
weft_time_view_get_selected_lane (WeftTimeView *self)
{
  g_return_val_if_fail (WEFT_IS_TIME_VIEW (self), -1);

  return self->selected_lane;
}

void
weft_time_view_set_selected_lane (WeftTimeView *self, int lane)
{
  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  lane = MAX (lane, -1);
  if (self->selected_lane == lane)
    return;
  store_selected_lane (self, lane);
  emit_changed (self);
}

const WeftFrame *
weft_time_view_get_frame (WeftTimeView *self)
{
  g_return_val_if_fail (WEFT_IS_TIME_VIEW (self), NULL);

  return &self->frame;
}

void
weft_time_view_advance (WeftTimeView *self, int width_px, int scale)
{
  int pixels = MAX (width_px * scale, 1);
  guint64 serial;
  gboolean was_live;
  gboolean changed;

  g_return_if_fail (WEFT_IS_TIME_VIEW (self));

  if (self->recording == NULL || self->paused)
    return;

  serial = self->frame.serial;
  was_live = self->frame.live;

  if (weft_recording_get_serial (self->recording) != serial)
    take_frame (self);

  changed = self->frame.serial != serial || self->frame.live != was_live;
  if (self->follow)
    changed |= store_followed_range (self, pixels);
  changed |= self->frame.now_ns - self->drawn_now_ns >= (self->end_ns - self->begin_ns) / pixels
             && self->frame.now_ns != self->drawn_now_ns;
  if (changed)
    emit_changed (self);
}
