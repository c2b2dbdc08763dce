/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-status-line.h"

#include <math.h>

#include "weft-core-sampler.h"
#include "weft-figure-text.h"
#include "weft-own-usage.h"

#define REFRESH_MS 250
#define SAVING_S 1 /* between two refreshes while power is saved */
#define USAGE_S 1

struct _WeftStatusLine
{
  AdwBin parent_instance;

  GtkWidget *dot;
  GtkWidget *text;
  GtkWidget *usage;

  WeftRecording *recording;
  WeftFrame frame;
  WeftOwnUsage own;
  gboolean compact;
  gboolean saving;
  guint refresh_timeout; /* while the run goes on */
  guint usage_timeout;   /* while it can be seen */
};

G_DEFINE_FINAL_TYPE (WeftStatusLine, weft_status_line, ADW_TYPE_BIN)

/* The first word of the line, and the class that colours the dot before it. */
static const char *
describe_outcome (WeftOutcome outcome, const char **css_class)
{
  *css_class = NULL;
  switch (outcome)
    {
    case WEFT_OUTCOME_RUNNING:
      *css_class = "live";
      return "Live";
    case WEFT_OUTCOME_FINISHED:
      return "Finished";
    case WEFT_OUTCOME_STOPPED:
      return "Stopped";
    case WEFT_OUTCOME_DEADLOCK:
      *css_class = "failed";
      return "Deadlock";
    case WEFT_OUTCOME_TIMEOUT:
      return "Out of time";
    case WEFT_OUTCOME_FAILED:
    default:
      *css_class = "failed";
      return "Failed";
    }
}

static char *
dup_text (WeftStatusLine *self, const char *state)
{
  const WeftFrame *frame = &self->frame;
  const char *message = weft_recording_get_message (self->recording);
  g_autofree char *events = weft_count_text_new (frame->events);
  g_autofree char *dropped = weft_count_text_new (frame->dropped);
  GString *text = g_string_new (state);

  if (message != NULL)
    g_string_append_printf (text, ": %s", message);
  g_string_append_printf (text, " · %.1f s · %s events, %s dropped", (double) frame->now_ns / 1e9, events,
                          dropped);
  if (frame->full_ns >= 0)
    g_string_append_printf (text, " · recording full since %.1f s", (double) frame->full_ns / 1e9);
  if (frame->invalid > 0)
    {
      g_autofree char *invalid = weft_count_text_new (frame->invalid);

      g_string_append_printf (text, ", %s invalid", invalid);
    }
  if (!self->compact)
    g_string_append_printf (text, " · scheduling sampled · cores sampled at %d Hz",
                            1000 / WEFT_CORE_SAMPLER_PERIOD_MS);
  if (self->saving && frame->live)
    g_string_append (text, " · redrawn once a second");
  return g_string_free (text, FALSE);
}

static gboolean
refresh_cb (gpointer user_data)
{
  WeftStatusLine *self = user_data;

  weft_status_line_refresh (self);
  if (self->recording != NULL && weft_recording_get_outcome (self->recording) == WEFT_OUTCOME_RUNNING)
    return G_SOURCE_CONTINUE;
  self->refresh_timeout = 0;
  return G_SOURCE_REMOVE;
}

static void
start_refreshing (WeftStatusLine *self)
{
  g_clear_handle_id (&self->refresh_timeout, g_source_remove);
  self->refresh_timeout = self->saving ? g_timeout_add_seconds (SAVING_S, refresh_cb, self)
                                       : g_timeout_add (REFRESH_MS, refresh_cb, self);
}

static gboolean
usage_cb (gpointer user_data)
{
  WeftStatusLine *self = user_data;
  double percent = weft_own_usage_sample (&self->own);
  g_autofree char *text = NULL;

  if (isnan (percent))
    return G_SOURCE_CONTINUE;
  text = g_strdup_printf ("Weft uses %.1f %% of a core", percent);
  gtk_label_set_text (GTK_LABEL (self->usage), text);
  return G_SOURCE_CONTINUE;
}

static void
weft_status_line_map (GtkWidget *widget)
{
  WeftStatusLine *self = WEFT_STATUS_LINE (widget);

  GTK_WIDGET_CLASS (weft_status_line_parent_class)->map (widget);
  weft_own_usage_sample (&self->own);
  self->usage_timeout = g_timeout_add_seconds (USAGE_S, usage_cb, self);
}

static void
weft_status_line_unmap (GtkWidget *widget)
{
  WeftStatusLine *self = WEFT_STATUS_LINE (widget);

  g_clear_handle_id (&self->usage_timeout, g_source_remove);
  GTK_WIDGET_CLASS (weft_status_line_parent_class)->unmap (widget);
}

static void
weft_status_line_dispose (GObject *object)
{
  WeftStatusLine *self = WEFT_STATUS_LINE (object);

  g_clear_handle_id (&self->refresh_timeout, g_source_remove);
  g_clear_handle_id (&self->usage_timeout, g_source_remove);
  weft_frame_clear (&self->frame);
  g_clear_object (&self->recording);
  gtk_widget_dispose_template (GTK_WIDGET (object), WEFT_TYPE_STATUS_LINE);
  G_OBJECT_CLASS (weft_status_line_parent_class)->dispose (object);
}

static void
weft_status_line_class_init (WeftStatusLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weft_status_line_dispose;
  widget_class->map = weft_status_line_map;
  widget_class->unmap = weft_status_line_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/weftapp/Weft/weft-status-line.ui");
  gtk_widget_class_bind_template_child (widget_class, WeftStatusLine, dot);
  gtk_widget_class_bind_template_child (widget_class, WeftStatusLine, text);
  gtk_widget_class_bind_template_child (widget_class, WeftStatusLine, usage);
}

static void
weft_status_line_init (WeftStatusLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  weft_status_line_refresh (self);
}

void
weft_status_line_set_recording (WeftStatusLine *self, WeftRecording *recording)
{
  g_return_if_fail (WEFT_IS_STATUS_LINE (self));

  if (!g_set_object (&self->recording, recording))
    return;
  weft_frame_clear (&self->frame);
  start_refreshing (self);
  weft_status_line_refresh (self);
}

void
weft_status_line_set_saving (WeftStatusLine *self, gboolean saving)
{
  g_return_if_fail (WEFT_IS_STATUS_LINE (self));

  if (self->saving == saving)
    return;
  self->saving = saving;
  if (self->refresh_timeout != 0)
    start_refreshing (self);
  weft_status_line_refresh (self);
}

void
weft_status_line_set_compact (WeftStatusLine *self, gboolean compact)
{
  g_return_if_fail (WEFT_IS_STATUS_LINE (self));

  if (self->compact == compact)
    return;
  self->compact = compact;
  gtk_widget_set_visible (self->usage, !compact);
  weft_status_line_refresh (self);
}

void
weft_status_line_refresh (WeftStatusLine *self)
{
  const char *css_class = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (WEFT_IS_STATUS_LINE (self));

  if (self->recording != NULL)
    {
      const char *state = describe_outcome (weft_recording_get_outcome (self->recording), &css_class);

      weft_recording_take_frame (self->recording, &self->frame);
      text = dup_text (self, state);
    }
  else
    {
      text = g_strdup ("Ready");
    }
  gtk_label_set_text (GTK_LABEL (self->text), text);
  gtk_widget_set_tooltip_text (self->text, self->compact ? text : NULL);
  gtk_widget_remove_css_class (self->dot, "live");
  gtk_widget_remove_css_class (self->dot, "failed");
  if (css_class != NULL)
    gtk_widget_add_css_class (self->dot, css_class);
}
