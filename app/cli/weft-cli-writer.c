/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-cli-writer.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* The lock protects everything but `fd` and `is_pipe`, which never change. The thread holds a
 * reference, because it may be stuck in a write when the main thread gives the writer up. */
struct _WeftCliWriter
{
  int fd;
  gboolean is_pipe;
  gatomicrefcount references;
  GMutex lock;
  GCond changed;
  GString *pending; /* not taken by the thread yet */
  gsize writing;    /* bytes that the thread has taken and not written */
  int error;
  gboolean closing;
};

static void
unref (WeftCliWriter *writer)
{
  if (!g_atomic_ref_count_dec (&writer->references))
    return;
  g_string_free (writer->pending, TRUE);
  g_mutex_clear (&writer->lock);
  g_cond_clear (&writer->changed);
  g_free (writer);
}

/* Writes @text, telling how far it is. Returns 0 or an errno. */
static int
write_all (WeftCliWriter *writer, const GString *text)
{
  gsize done = 0;

  while (done < text->len)
    {
      gssize n = write (writer->fd, text->str + done, text->len - done);

      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return errno;
      if (n < 0 && errno == EAGAIN)
        {
          /* Whoever gave us the descriptor made it non-blocking. */
          struct pollfd room = { .fd = writer->fd, .events = POLLOUT };

          poll (&room, 1, -1);
        }
      if (n <= 0)
        continue;
      done += (gsize) n;
      g_mutex_lock (&writer->lock);
      writer->writing -= (gsize) n;
      g_mutex_unlock (&writer->lock);
    }
  return 0;
}

static gpointer
run (gpointer data)
{
  WeftCliWriter *writer = data;
  GString *text = g_string_new (NULL);

  g_mutex_lock (&writer->lock);
  while (!writer->closing && writer->error == 0)
    {
      GString *empty = text;
      int error;

      if (writer->pending->len == 0)
        {
          g_cond_wait (&writer->changed, &writer->lock);
          continue;
        }
      text = writer->pending;
      writer->pending = g_string_truncate (empty, 0);
      writer->writing = text->len;
      g_mutex_unlock (&writer->lock);
      error = write_all (writer, text);
      g_mutex_lock (&writer->lock);
      if (writer->error == 0)
        writer->error = error;
      writer->writing = 0;
    }
  g_mutex_unlock (&writer->lock);
  g_string_free (text, TRUE);
  unref (writer);
  return NULL;
}

WeftCliWriter *
weft_cli_writer_new (int fd, GError **error)
{
  WeftCliWriter *writer = g_new0 (WeftCliWriter, 1);
  GThread *thread;
  struct stat status;

  writer->fd = fd;
  writer->is_pipe = fstat (fd, &status) == 0 && (S_ISFIFO (status.st_mode) || S_ISSOCK (status.st_mode));
  writer->pending = g_string_new (NULL);
  g_mutex_init (&writer->lock);
  g_cond_init (&writer->changed);
  g_atomic_ref_count_init (&writer->references);
  g_atomic_ref_count_inc (&writer->references);
  thread = g_thread_try_new ("output", run, writer, error);
  if (thread == NULL)
    {
      unref (writer);
      unref (writer);
      return NULL;
    }
  g_thread_unref (thread);
  return writer;
}

void
weft_cli_writer_push (WeftCliWriter *writer, GString *text)
{
  g_mutex_lock (&writer->lock);
  g_string_append_len (writer->pending, text->str, (gssize) text->len);
  g_cond_signal (&writer->changed);
  g_mutex_unlock (&writer->lock);
  g_string_truncate (text, 0);
}

gsize
weft_cli_writer_get_pending (WeftCliWriter *writer)
{
  gsize pending;

  g_mutex_lock (&writer->lock);
  pending = writer->pending->len + writer->writing;
  g_mutex_unlock (&writer->lock);
  return pending;
}

int
weft_cli_writer_get_error (WeftCliWriter *writer)
{
  struct pollfd reader = { .fd = writer->fd };
  int error;

  g_mutex_lock (&writer->lock);
  if (writer->error == 0 && writer->is_pipe && poll (&reader, 1, 0) > 0 && (reader.revents & POLLERR) != 0)
    writer->error = EPIPE;
  error = writer->error;
  g_mutex_unlock (&writer->lock);
  return error;
}

void
weft_cli_writer_free (WeftCliWriter *writer)
{
  g_mutex_lock (&writer->lock);
  writer->closing = TRUE;
  g_cond_signal (&writer->changed);
  g_mutex_unlock (&writer->lock);
  unref (writer);
}
