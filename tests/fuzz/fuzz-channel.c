/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the helper sends over the control channel: objects are handed over, one a line, until the first
 * line that is none; then it is closed, with a reason, and nothing more comes.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz-input.h"
#include "weft-channel.h"
#include "weft-json-text.h"

typedef struct
{
  guint n_messages;
  guint n_ends;
} Received;

/* An object as it is shown reads back the same. */
static void
check_message (JsonObject *message)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), message);
  g_autofree char *text = weft_json_to_text (node);
  g_autofree char *text_again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) again = json_from_string (text, &error);

  g_assert_no_error (error);
  text_again = weft_json_to_text (again);
  g_assert_cmpstr (text_again, ==, text);
}

static void
received_cb (JsonObject *message, const GError *error, gpointer data)
{
  Received *received = data;

  g_assert_cmpuint (received->n_ends, ==, 0);
  if (message != NULL)
    {
      received->n_messages++;
      check_message (message);
    }
  else
    received->n_ends++;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  guint chunk = 1u << fuzz_take_u8 (&input) % 18;
  Received received = { 0 };
  g_autoptr (JsonObject) answer = json_object_new ();
  WeftChannel *channel;
  guint n_lines = 0;
  int sockets[2];

  for (gsize i = 0; i < input.size; i++)
    n_lines += input.data[i] == '\n';
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
  channel = weft_channel_new (sockets[0], received_cb, &received);
  while (input.size > 0 && received.n_ends == 0)
    {
      gssize sent = send (sockets[1], input.data, MIN (input.size, chunk), MSG_DONTWAIT | MSG_NOSIGNAL);

      g_assert_true (sent > 0 || errno == EAGAIN);
      if (sent > 0)
        {
          input.data += sent;
          input.size -= (gsize) sent;
        }
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  json_object_set_string_member (answer, "message", "stop");
  weft_channel_send (channel, answer);
  close (sockets[1]);
  weft_channel_drain (channel);
  g_assert_cmpuint (received.n_ends, ==, 1);
  g_assert_cmpuint (received.n_messages, <=, n_lines);
  weft_channel_free (channel);
  return 0;
}
