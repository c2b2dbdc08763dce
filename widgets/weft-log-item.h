/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a recording's log, as an item of a WeftLogModel. */
#pragma once

#include <glib-object.h>

#include "weft-recording.h"

G_BEGIN_DECLS

#define WEFT_TYPE_LOG_ITEM (weft_log_item_get_type ())
G_DECLARE_FINAL_TYPE (WeftLogItem, weft_log_item, WEFT, LOG_ITEM, GObject)

WeftLogItem *weft_log_item_new (WeftRecording *recording, guint64 index);

guint64 weft_log_item_get_index (WeftLogItem *self);
gint64 weft_log_item_get_time (WeftLogItem *self);
int weft_log_item_get_lane (WeftLogItem *self);
char *weft_log_item_dup_text (WeftLogItem *self);

G_END_DECLS
