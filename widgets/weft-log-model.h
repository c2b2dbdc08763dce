/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The entries of a recording's log as a list model whose items are made when somebody asks for one.
 */
#pragma once

#include <gio/gio.h>

#include "weft-recording.h"

G_BEGIN_DECLS

#define WEFT_TYPE_LOG_MODEL (weft_log_model_get_type ())
G_DECLARE_FINAL_TYPE (WeftLogModel, weft_log_model, WEFT, LOG_MODEL, GObject)

WeftLogModel *weft_log_model_new (void);

/** weft_log_model_set: shows the first @n_entries of @recording's log (nullable). As long as the
 * recording stays the same, only the growth is announced. */
void weft_log_model_set (WeftLogModel *self, WeftRecording *recording, guint64 n_entries);
WeftRecording *weft_log_model_get_recording (WeftLogModel *self);

G_END_DECLS
