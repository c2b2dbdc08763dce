/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The helper's end of the control channel: one JSON object a line, both ways, over a stream socket.
 * Neither reading nor writing ever blocks; docs/catalogue.md lists the messages.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct
{
  int fd;
  gboolean ended; /* the other side has closed, or what it sends cannot be read */
  GString *input;
  GString *output; /* what the socket did not take yet */
} WeftControlChannel;

void weft_control_channel_init (WeftControlChannel *channel, int fd);

/* Closes the socket and frees what is kept. */
void weft_control_channel_clear (WeftControlChannel *channel);

/* Takes in what has come. */
void weft_control_channel_receive (WeftControlChannel *channel);

/* The next whole message, or NULL when there is none yet. Free with json_object_unref(). A line that is
 * no JSON object ends the channel. */
JsonObject *weft_control_channel_next (WeftControlChannel *channel);

/* Sends the object that @builder has built. */
void weft_control_channel_send (WeftControlChannel *channel, JsonBuilder *builder);

/* Sends {"message": @message, "text": @text}. */
void weft_control_channel_send_text (WeftControlChannel *channel, const char *message, const char *text);

/* Tries again to send what is left. True when nothing is. */
gboolean weft_control_channel_flush (WeftControlChannel *channel);
