/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-channel.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A result holds a figure for each of 256 workers, a failure a sentence: this is far more. */
#define MAX_LINE ((gsize) 1 << 20)
#define MAX_DEPTH 32
#define CHUNK 65536

struct _WeftChannel
{
  int fd;
  WeftChannelFunc func; /* NULL once it was told that nothing more will come */
  gpointer data;
  GByteArray *incoming; /* the line that is not complete yet */
  GByteArray *outgoing;
  guint in_source;
  guint out_source;
};

/* Whether brackets nest deeper than our parser's stack should have to bear. */
static gboolean
nests_too_deep (const char *text, gsize length)
{
  gsize depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (in_string && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = !in_string;
      else if (!in_string && (text[i] == '{' || text[i] == '['))
        {
          if (++depth > MAX_DEPTH)
            return TRUE;
        }
      else if (!in_string && (text[i] == '}' || text[i] == ']') && depth > 0)
        depth--;
    }
  return FALSE;
}

/* Whether all texts in @node are UTF-8. Those of a line that is need not be: the parser knows octal
 * escapes too, of which each makes a byte. */
static gboolean
is_utf8 (JsonNode *node)
{
  g_autoptr (GList) children = NULL;
  gboolean good = TRUE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));

      for (GList *link = names; link != NULL && good; link = link->next)
        good = g_utf8_validate (link->data, -1, NULL);
      children = json_object_get_values (json_node_get_object (node));
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    children = json_array_get_elements (json_node_get_array (node));
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    good = g_utf8_validate (json_node_get_string (node), -1, NULL);
  for (GList *link = children; link != NULL && good; link = link->next)
    good = is_utf8 (link->data);
  return good;
}

/* The object in a line; NULL if it holds none. */
static JsonObject *
parse_line (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (!g_utf8_validate_len (text, length, NULL) || nests_too_deep (text, length)
      || !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) && is_utf8 (root)
             ? json_object_ref (json_node_get_object (root))
             : NULL;
}

static void
tell_closed (WeftChannel *channel, const GError *error)
{
  WeftChannelFunc func = channel->func;

  g_clear_handle_id (&channel->in_source, g_source_remove);
  g_clear_handle_id (&channel->out_source, g_source_remove);
  channel->func = NULL;
  if (func != NULL)
    func (NULL, error, channel->data);
}

static void
tell_nonsense (WeftChannel *channel)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "The program that runs the workloads sent a message that Weft does "
                           "not understand. Is it of the same version?");

  tell_closed (channel, error);
}

/* Hands over all complete lines. False when the channel was closed because of one. */
static gboolean
handle_lines (WeftChannel *channel)
{
  GByteArray *incoming = channel->incoming;
  gsize begin = 0;
  const guint8 *end;

  while (begin < incoming->len
         && (end = memchr (incoming->data + begin, '\n', incoming->len - begin)) != NULL)
    {
      gsize length = (gsize) (end - (incoming->data + begin));
      g_autoptr (JsonObject) message = parse_line ((const char *) incoming->data + begin, length);

      if (message == NULL)
        {
          tell_nonsense (channel);
          return FALSE;
        }
      channel->func (message, NULL, channel->data);
      begin += length + 1;
    }
  g_byte_array_remove_range (incoming, 0, (guint) begin);
  if (incoming->len > MAX_LINE)
    {
      tell_nonsense (channel);
      return FALSE;
    }
  return TRUE;
}

/* Reads and handles what is there. False when nothing more will come; the channel may be gone then. */
static gboolean
receive (WeftChannel *channel)
{
  guint8 chunk[CHUNK];
  gssize length = recv (channel->fd, chunk, sizeof chunk, MSG_DONTWAIT);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (length <= 0)
    {
      tell_closed (channel, NULL);
      return FALSE;
    }
  g_byte_array_append (channel->incoming, chunk, (guint) length);
  return handle_lines (channel);
}

static gboolean
readable_cb (gint fd, GIOCondition condition, gpointer data)
{
  /* A source that was removed meanwhile may not be removed again by what we return. */
  receive (data);
  return G_SOURCE_CONTINUE;
}

/* Sends what is queued. False when it was all sent, or cannot be. */
static gboolean
flush (WeftChannel *channel)
{
  while (channel->outgoing->len > 0)
    {
      gssize length =
          send (channel->fd, channel->outgoing->data, channel->outgoing->len, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (length < 0 && errno == EINTR)
        continue;
      if (length < 0 && errno == EAGAIN)
        return TRUE;
      /* That the other side is gone shows when reading. */
      g_byte_array_remove_range (channel->outgoing, 0, length < 0 ? channel->outgoing->len : (guint) length);
    }
  return FALSE;
}

static gboolean
writable_cb (gint fd, GIOCondition condition, gpointer data)
{
  WeftChannel *channel = data;

  if (flush (channel))
    return G_SOURCE_CONTINUE;
  channel->out_source = 0;
  return G_SOURCE_REMOVE;
}

WeftChannel *
weft_channel_new (int fd, WeftChannelFunc func, gpointer data)
{
  WeftChannel *channel = g_new0 (WeftChannel, 1);

  channel->fd = fd;
  channel->func = func;
  channel->data = data;
  channel->incoming = g_byte_array_new ();
  channel->outgoing = g_byte_array_new ();
  channel->in_source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable_cb, channel);
  return channel;
}

void
weft_channel_free (WeftChannel *channel)
{
  if (channel == NULL)
    return;
  g_clear_handle_id (&channel->in_source, g_source_remove);
  g_clear_handle_id (&channel->out_source, g_source_remove);
  g_byte_array_unref (channel->incoming);
  g_byte_array_unref (channel->outgoing);
  close (channel->fd);
  g_free (channel);
}

void
weft_channel_send (WeftChannel *channel, JsonObject *message)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), message);
  g_autofree char *text = json_to_string (node, FALSE);

  if (channel->func == NULL)
    return;
  g_byte_array_append (channel->outgoing, (const guint8 *) text, (guint) strlen (text));
  g_byte_array_append (channel->outgoing, (const guint8 *) "\n", 1);
  if (channel->out_source == 0 && flush (channel))
    channel->out_source = g_unix_fd_add (channel->fd, G_IO_OUT | G_IO_HUP | G_IO_ERR, writable_cb, channel);
}

void
weft_channel_drain (WeftChannel *channel)
{
  while (channel->func != NULL)
    {
      GPollFD poll = { .fd = channel->fd, .events = G_IO_IN };

      if (g_poll (&poll, 1, 0) <= 0 || !receive (channel))
        return;
    }
}
