/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-thread-sampler.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "weft-clock.h"
#include "weft-recording-private.h"

#define PERIOD_MS 1000

/* Lanes of one turn. Each takes about 20 µs, on the main thread. */
#define LANES_PER_TURN 256

struct _WeftThreadSampler
{
  WeftRecording *recording;
  WeftFrame frame;
  guint next; /* lane to begin with */
  guint timer;
};

WeftThreadSampler *
weft_thread_sampler_new (WeftRecording *recording)
{
  WeftThreadSampler *sampler = g_new0 (WeftThreadSampler, 1);

  sampler->recording = g_object_ref (recording);
  return sampler;
}

void
weft_thread_sampler_free (WeftThreadSampler *sampler)
{
  if (sampler == NULL)
    return;
  g_clear_handle_id (&sampler->timer, g_source_remove);
  weft_frame_clear (&sampler->frame);
  g_object_unref (sampler->recording);
  g_free (sampler);
}

/* Reads a small file of the task into @text. */
static gboolean
read_task_file (const WeftLaneInfo *lane, const char *name, char *text, gsize size)
{
  char path[80];
  gssize length;
  int fd;

  g_snprintf (path, sizeof path, "/proc/%d/task/%d/%s", lane->pid, lane->tid, name);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  length = read (fd, text, size - 1);
  close (fd);
  if (length <= 0)
    return FALSE;
  text[length] = '\0';
  return TRUE;
}

/* Whether the task with the lane's ids is the lane, and not one that was given them later: it must
 * have been there when the lane began. */
static gboolean
task_is_lane (const WeftLaneInfo *lane, gint64 started_monotonic_ns)
{
  char text[1024];
  const char *rest;
  struct timespec boot;
  gint64 boot_offset_ns;
  guint64 start_ticks;

  /* Field 22, counted from 1; the second is the name, in brackets, and may hold anything. */
  if (!read_task_file (lane, "stat", text, sizeof text) || (rest = strrchr (text, ')')) == NULL
      || sscanf (rest + 1,
                 " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
                 "%" G_GUINT64_FORMAT,
                 &start_ticks)
             != 1)
    return FALSE;
  clock_gettime (CLOCK_BOOTTIME, &boot);
  boot_offset_ns = (gint64) boot.tv_sec * 1000000000 + boot.tv_nsec - weft_monotonic_ns ();
  return (gint64) (start_ticks * (guint64) (1000000000 / sysconf (_SC_CLK_TCK)))
         <= started_monotonic_ns + boot_offset_ns;
}

/* The number after @key in @text; -1 if it is not there. */
static gint64
number_after (const char *text, const char *key)
{
  const char *found = strstr (text, key);

  return found != NULL ? g_ascii_strtoll (found + strlen (key), NULL, 10) : -1;
}

static void
sample_lane (WeftThreadSampler *sampler, const WeftFrameLane *lane)
{
  WeftLaneUsage usage = { -1, -1, -1, -1, -1, -1 };
  char text[4096];

  if (!task_is_lane (lane->info, lane->started_ns + weft_recording_get_start_ns (sampler->recording)))
    return;
  if (read_task_file (lane->info, "schedstat", text, sizeof text)
      && sscanf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &usage.on_core_ns, &usage.ready_ns) == 2)
    usage.cpu_ns = usage.on_core_ns;
  if (read_task_file (lane->info, "status", text, sizeof text))
    {
      usage.voluntary = number_after (text, "\nvoluntary_ctxt_switches:");
      usage.involuntary = number_after (text, "\nnonvoluntary_ctxt_switches:");
    }
  weft_recording_set_lane_usage (sampler->recording, lane->info->index, &usage, FALSE);
}

void
weft_thread_sampler_sample (WeftThreadSampler *sampler)
{
  WeftFrame *frame = &sampler->frame;
  guint sampled = 0;

  weft_recording_take_frame (sampler->recording, frame);
  for (guint i = 0; i < frame->n_lanes && sampled < LANES_PER_TURN; i++)
    {
      const WeftFrameLane *lane = &frame->lanes[(sampler->next + i) % frame->n_lanes];

      if (lane->ended_ns >= 0)
        continue;
      sample_lane (sampler, lane);
      if (++sampled == LANES_PER_TURN)
        sampler->next = lane->info->index + 1;
    }
  if (sampled > 0)
    weft_recording_touch (sampler->recording);
}

static gboolean
timer_cb (gpointer data)
{
  weft_thread_sampler_sample (data);
  return G_SOURCE_CONTINUE;
}

void
weft_thread_sampler_start (WeftThreadSampler *sampler)
{
  g_return_if_fail (sampler->timer == 0);
  sampler->timer = g_timeout_add (PERIOD_MS, timer_cb, sampler);
}
