/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run control's end of the control channel: a stream socket with one JSON object a line. What arrives
 * is untrusted: the length of a line and the depth of its JSON are bounded. Main thread only; uses its
 * default main context. Never blocks.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _WeftChannel WeftChannel;

/**
 * WeftChannelFunc:
 * @message: (nullable): what arrived; %NULL: nothing more will come
 * @error: (nullable): with no @message: why, if it was not the other side that closed
 *
 * May free the channel only when @message is %NULL.
 */
typedef void (*WeftChannelFunc) (JsonObject *message, const GError *error, gpointer data);

/** weft_channel_new: takes @fd. */
WeftChannel *weft_channel_new (int fd, WeftChannelFunc func, gpointer data);
void weft_channel_free (WeftChannel *channel);

/** weft_channel_send: queues @message (transfer none), and sends as much as goes. */
void weft_channel_send (WeftChannel *channel, JsonObject *message);

/** weft_channel_drain: handles what has arrived already, now. */
void weft_channel_drain (WeftChannel *channel);

G_END_DECLS
