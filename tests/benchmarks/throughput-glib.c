/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GLib's pool and queue, with as little work as can be: what Weft's are compared with. Nothing is
 * recorded here. Prints the seconds from the first task or item put in to the last one done or taken.
 *
 * Usage: throughput-glib pool TASKS | queue ITEMS | bounded ITEMS CAPACITY
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define POOL_THREADS 2

/* A bounded buffer as textbooks have it. */
typedef struct
{
  GMutex mutex;
  GCond not_full;
  GCond not_empty;
  gpointer *items;
  guint64 capacity;
  guint64 puts;
  guint64 gets;
} BoundedBuffer;

typedef struct
{
  guint64 n_items;
  GAsyncQueue *queue;    /* either this */
  BoundedBuffer *buffer; /* or that */
} Exchange;

static void
do_nothing (gpointer task, gpointer data)
{
}

static gint64
run_pool (guint64 n_tasks)
{
  GThreadPool *pool = g_thread_pool_new (do_nothing, NULL, POOL_THREADS, TRUE, NULL);
  gint64 start_us;

  /* Its threads are there, as Weft's workers are when the first task is submitted. */
  g_usleep (20000);
  start_us = g_get_monotonic_time ();
  for (guint64 i = 1; i <= n_tasks; i++)
    g_thread_pool_push (pool, GSIZE_TO_POINTER (i), NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  return g_get_monotonic_time () - start_us;
}

static void
put (BoundedBuffer *buffer, gpointer item)
{
  g_mutex_lock (&buffer->mutex);
  while (buffer->puts - buffer->gets == buffer->capacity)
    g_cond_wait (&buffer->not_full, &buffer->mutex);
  buffer->items[buffer->puts++ % buffer->capacity] = item;
  g_cond_signal (&buffer->not_empty);
  g_mutex_unlock (&buffer->mutex);
}

static gpointer
get (BoundedBuffer *buffer)
{
  gpointer item;

  g_mutex_lock (&buffer->mutex);
  while (buffer->puts == buffer->gets)
    g_cond_wait (&buffer->not_empty, &buffer->mutex);
  item = buffer->items[buffer->gets++ % buffer->capacity];
  g_cond_signal (&buffer->not_full);
  g_mutex_unlock (&buffer->mutex);
  return item;
}

static gpointer
consume (gpointer data)
{
  Exchange *exchange = data;

  for (guint64 i = 1; i <= exchange->n_items; i++)
    {
      gpointer item = exchange->queue != NULL ? g_async_queue_pop (exchange->queue) : get (exchange->buffer);

      if (GPOINTER_TO_SIZE (item) != i)
        g_error ("Item %" G_GUINT64_FORMAT " came as %p", i, item);
    }
  return NULL;
}

static gpointer
produce (gpointer data)
{
  Exchange *exchange = data;

  for (guint64 i = 1; i <= exchange->n_items; i++)
    if (exchange->queue != NULL)
      g_async_queue_push (exchange->queue, GSIZE_TO_POINTER (i));
    else
      put (exchange->buffer, GSIZE_TO_POINTER (i));
  return NULL;
}

static gint64
run_exchange (Exchange *exchange)
{
  GThread *consumer = g_thread_new ("consumer", consume, exchange);
  gint64 start_us = g_get_monotonic_time ();
  GThread *producer = g_thread_new ("producer", produce, exchange);

  g_thread_join (producer);
  g_thread_join (consumer);
  return g_get_monotonic_time () - start_us;
}

int
main (int argc, char **argv)
{
  guint64 n = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 0;
  guint64 capacity = argc > 3 ? g_ascii_strtoull (argv[3], NULL, 10) : 0;
  gint64 us;

  if (argc == 3 && n > 0 && strcmp (argv[1], "pool") == 0)
    us = run_pool (n);
  else if (argc == 3 && n > 0 && strcmp (argv[1], "queue") == 0)
    us = run_exchange (&(Exchange){ .n_items = n, .queue = g_async_queue_new () });
  else if (argc == 4 && n > 0 && capacity > 0 && strcmp (argv[1], "bounded") == 0)
    us = run_exchange (&(Exchange){
        .n_items = n,
        .buffer = &(BoundedBuffer){ .capacity = capacity, .items = g_new0 (gpointer, capacity) } });
  else
    {
      g_printerr ("Usage: throughput-glib pool TASKS | queue ITEMS | bounded ITEMS CAPACITY\n");
      return 2;
    }
  g_print ("%.6f\n", (double) us / G_USEC_PER_SEC);
  return 0;
}
