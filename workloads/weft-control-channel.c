/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-control-channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than the longest "run" message: two lists of 10,000 elements. */
#define MAX_INPUT_BYTES ((gsize) 16 << 20)

void
weft_control_channel_init (WeftControlChannel *channel, int fd)
{
  *channel = (WeftControlChannel){ .fd = fd, .input = g_string_new (NULL), .output = g_string_new (NULL) };
}

void
weft_control_channel_clear (WeftControlChannel *channel)
{
  close (channel->fd);
  g_string_free (channel->input, TRUE);
  g_string_free (channel->output, TRUE);
  *channel = (WeftControlChannel){ .fd = -1 };
}

void
weft_control_channel_receive (WeftControlChannel *channel)
{
  char bytes[4096];
  ssize_t length;

  while (!channel->ended)
    {
      length = recv (channel->fd, bytes, sizeof bytes, MSG_DONTWAIT);
      if (length < 0 && errno == EINTR)
        continue;
      if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
      if (length > 0 && channel->input->len + (gsize) length <= MAX_INPUT_BYTES)
        g_string_append_len (channel->input, bytes, length);
      else
        channel->ended = TRUE;
    }
}

JsonObject *
weft_control_channel_next (WeftControlChannel *channel)
{
  const char *end = memchr (channel->input->str, '\n', channel->input->len);
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object = NULL;
  JsonNode *root;
  gssize length;

  if (end == NULL)
    return NULL;
  length = end - channel->input->str;
  parser = json_parser_new ();
  if (json_parser_load_from_data (parser, channel->input->str, length, NULL)
      && (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root))
    object = json_object_ref (json_node_get_object (root));
  else
    channel->ended = TRUE;
  g_string_erase (channel->input, 0, length + 1);
  return object;
}

gboolean
weft_control_channel_flush (WeftControlChannel *channel)
{
  while (channel->output->len > 0)
    {
      ssize_t length =
          send (channel->fd, channel->output->str, channel->output->len, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (length < 0 && errno == EINTR)
        continue;
      if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return FALSE;
      if (length < 0)
        {
          channel->ended = TRUE;
          g_string_truncate (channel->output, 0);
        }
      else
        g_string_erase (channel->output, 0, length);
    }
  return TRUE;
}

void
weft_control_channel_send (WeftControlChannel *channel, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  g_string_append (channel->output, text);
  g_string_append_c (channel->output, '\n');
  weft_control_channel_flush (channel);
}

void
weft_control_channel_send_text (WeftControlChannel *channel, const char *message, const char *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, message);
  json_builder_set_member_name (builder, "text");
  json_builder_add_string_value (builder, text);
  json_builder_end_object (builder);
  weft_control_channel_send (channel, builder);
}
