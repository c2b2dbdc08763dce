/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the helper is sent over the control channel: a "run" message is refused with a reason, or a
 * workload can ask for every parameter of it.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz-input.h"
#include "weft-control-channel.h"
#include "weft-run-message.h"
#include "weft-run.h"

static void
use_parameter (const WeftRun *run, const WeftParameterSpec *spec)
{
  g_auto (GStrv) texts = NULL;
  g_autofree gint64 *integers = NULL;
  guint n;

  switch (spec->type)
    {
    case WEFT_PARAMETER_INTEGER:
      g_assert_cmpint (weft_run_get_integer (run, spec->name), >=, (gint64) spec->minimum);
      g_assert_cmpint (weft_run_get_integer (run, spec->name), <=, (gint64) spec->maximum);
      break;
    case WEFT_PARAMETER_NUMBER:
      g_assert_cmpfloat (weft_run_get_number (run, spec->name), >=, spec->minimum);
      g_assert_cmpfloat (weft_run_get_number (run, spec->name), <=, spec->maximum);
      break;
    case WEFT_PARAMETER_CHOICE:
      g_assert_true (g_strv_contains (spec->choices, weft_run_get_text (run, spec->name)));
      break;
    case WEFT_PARAMETER_STRING:
      g_assert_nonnull (weft_run_get_text (run, spec->name));
      break;
    case WEFT_PARAMETER_INTEGER_LIST:
      integers = weft_run_get_integers (run, spec->name, &n);
      g_assert_cmpuint (n, <=, spec->max_elements);
      for (guint i = 0; i < n; i++)
        g_assert_cmpint (integers[i], <=, (gint64) spec->maximum);
      break;
    case WEFT_PARAMETER_STRING_LIST:
      texts = weft_run_get_texts (run, spec->name);
      g_assert_cmpuint (g_strv_length (texts), <=, spec->max_elements);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
use_message (JsonObject *message)
{
  WeftRun run = { 0 };
  g_autofree char *refusal = weft_run_message_read (message, &run);

  if (refusal != NULL)
    {
      g_assert_true (g_utf8_validate (refusal, -1, NULL));
      g_assert_null (run.parameters);
      return;
    }
  g_assert_cmpuint (run.n_cores, >=, 1);
  for (const WeftParameterSpec *spec = run.workload->parameters; spec->name != NULL; spec++)
    use_parameter (&run, spec);
  g_assert_cmpuint (run.workload->lanes (&run), >=, 1);
  json_object_unref (run.parameters);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  WeftControlChannel channel;
  JsonObject *message;
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
  weft_control_channel_init (&channel, sockets[0]);
  while (input.size > 0 && !channel.ended)
    {
      gssize sent = send (sockets[1], input.data, input.size, MSG_DONTWAIT | MSG_NOSIGNAL);

      g_assert_cmpint (sent, >, 0);
      input.data += sent;
      input.size -= (gsize) sent;
      weft_control_channel_receive (&channel);
      while (!channel.ended && (message = weft_control_channel_next (&channel)) != NULL)
        {
          use_message (message);
          json_object_unref (message);
        }
    }
  close (sockets[1]);
  weft_control_channel_receive (&channel);
  g_assert_true (channel.ended);
  weft_control_channel_clear (&channel);
  return 0;
}
