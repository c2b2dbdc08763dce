/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-log-item.h"

struct _WeftLogItem
{
  GObject parent_instance;

  WeftRecording *recording;
  guint64 index;
};

G_DEFINE_FINAL_TYPE (WeftLogItem, weft_log_item, G_TYPE_OBJECT)

static void
weft_log_item_finalize (GObject *object)
{
  g_clear_object (&WEFT_LOG_ITEM (object)->recording);
  G_OBJECT_CLASS (weft_log_item_parent_class)->finalize (object);
}

static void
weft_log_item_class_init (WeftLogItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_log_item_finalize;
}

static void
weft_log_item_init (WeftLogItem *self)
{
}

WeftLogItem *
weft_log_item_new (WeftRecording *recording, guint64 index)
{
  WeftLogItem *self;

  g_return_val_if_fail (WEFT_IS_RECORDING (recording), NULL);
  g_return_val_if_fail (index < weft_log_get_count (weft_recording_get_log (recording)), NULL);

  self = g_object_new (WEFT_TYPE_LOG_ITEM, NULL);
  self->recording = g_object_ref (recording);
  self->index = index;
  return self;
}

static WeftLogEntry
get_entry (WeftLogItem *self)
{
  WeftLogEntry entry;

  weft_log_get (weft_recording_get_log (self->recording), self->index, &entry);
  return entry;
}

guint64
weft_log_item_get_index (WeftLogItem *self)
{
  g_return_val_if_fail (WEFT_IS_LOG_ITEM (self), 0);

  return self->index;
}

gint64
weft_log_item_get_time (WeftLogItem *self)
{
  g_return_val_if_fail (WEFT_IS_LOG_ITEM (self), 0);

  return get_entry (self).time_ns;
}

int
weft_log_item_get_lane (WeftLogItem *self)
{
  g_return_val_if_fail (WEFT_IS_LOG_ITEM (self), -1);

  return get_entry (self).lane;
}

char *
weft_log_item_dup_text (WeftLogItem *self)
{
  g_return_val_if_fail (WEFT_IS_LOG_ITEM (self), NULL);

  return weft_recording_render_log (self->recording, self->index);
}
