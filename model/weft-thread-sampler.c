/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-thread-sampler.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "weft-clock.h"
#include "weft-recording-private.h"

/* How often it looks whether lanes are stopped, and in how many of these turns it reads all figures. */
#define PERIOD_MS 200
#define TURNS_FOR_FIGURES 5

/* Lanes of one turn. Each takes about 20 µs, on the main thread. */
#define LANES_PER_TURN 256

struct _WeftThreadSampler
{
  WeftRecording *recording;
  WeftFrame frame;
  guint next_look, next_figures; /* lanes to begin with */
  GArray *stopped_ns; /* gint64, by lane: when it was last seen stopped; -1: it is not */
  guint n_turns;
  guint timer;
};

WeftThreadSampler *
weft_thread_sampler_new (WeftRecording *recording)
{
  WeftThreadSampler *sampler = g_new0 (WeftThreadSampler, 1);

  sampler->recording = g_object_ref (recording);
  sampler->stopped_ns = g_array_new (FALSE, FALSE, sizeof (gint64));
  return sampler;
}

void
weft_thread_sampler_free (WeftThreadSampler *sampler)
{
  if (sampler == NULL)
    return;
  g_clear_handle_id (&sampler->timer, g_source_remove);
  weft_frame_clear (&sampler->frame);
  g_array_unref (sampler->stopped_ns);
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

/* The state of the lane's task, as in /proc: 'R', 'S', 'T' …; '\0' where there is none. A task that was
 * given the lane's ids later is not the lane: it must have been there when the lane began. */
static char
read_state (const WeftLaneInfo *lane, gint64 started_monotonic_ns)
{
  char text[1024];
  const char *rest;
  struct timespec boot;
  gint64 boot_offset_ns;
  guint64 start_ticks;
  char state;

  /* Field 22, counted from 1; the second is the name, in brackets, and may hold anything. */
  if (!read_task_file (lane, "stat", text, sizeof text) || (rest = strrchr (text, ')')) == NULL
      || sscanf (rest + 1,
                 " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
                 "%" G_GUINT64_FORMAT,
                 &state, &start_ticks)
             != 2)
    return '\0';
  clock_gettime (CLOCK_BOOTTIME, &boot);
  boot_offset_ns = (gint64) boot.tv_sec * 1000000000 + boot.tv_nsec - weft_monotonic_ns ();
  return (gint64) (start_ticks * (guint64) (1000000000 / sysconf (_SC_CLK_TCK)))
                 <= started_monotonic_ns + boot_offset_ns
             ? state
             : '\0';
}

/* The number after @key in @text; -1 if it is not there. */
static gint64
number_after (const char *text, const char *key)
{
  const char *found = strstr (text, key);

  return found != NULL ? g_ascii_strtoll (found + strlen (key), NULL, 10) : -1;
}

/* The beginning of the lane's first span after @time_ns: then it ran, whatever its state was before and
 * later. @otherwise_ns where there is none. */
static gint64
next_begin (const WeftFrameLane *lane, gint64 time_ns, gint64 otherwise_ns)
{
  guint64 index = (guint64) (weft_spans_find (lane->info->spans, lane->n_spans, time_ns) + 1);

  return index < lane->n_spans ? MIN (weft_spans_get_begin (lane->info->spans, index), otherwise_ns)
                               : otherwise_ns;
}

static gint64 *
get_stopped_ns (WeftThreadSampler *sampler, guint lane)
{
  const gint64 not_stopped = -1;

  while (sampler->stopped_ns->len <= lane)
    g_array_append_val (sampler->stopped_ns, not_stopped);
  return &g_array_index (sampler->stopped_ns, gint64, lane);
}

/* Records that the lane, at @now_ns, is stopped or not. A stop that was seen holds until the lane is seen to
 * go on, but not over its own next event. */
static void
note_stop (WeftThreadSampler *sampler, const WeftFrameLane *lane, gboolean stopped, gint64 now_ns)
{
  gint64 *stopped_ns = get_stopped_ns (sampler, lane->info->index);

  if (*stopped_ns >= 0)
    {
      gint64 end_ns = next_begin (lane, *stopped_ns, now_ns);

      if (!stopped || end_ns < now_ns)
        {
          weft_recording_append_stop (sampler->recording, lane->info->index, end_ns, FALSE);
          *stopped_ns = -1;
        }
    }
  if (!stopped)
    return;
  if (*stopped_ns < 0)
    weft_recording_append_stop (sampler->recording, lane->info->index, now_ns, TRUE);
  *stopped_ns = now_ns;
}

/* Looks whether the lane is stopped. Returns whether its task is there. */
static gboolean
look_at_lane (WeftThreadSampler *sampler, const WeftFrameLane *lane)
{
  gint64 start_ns = weft_recording_get_start_ns (sampler->recording);
  char state = read_state (lane->info, lane->started_ns + start_ns);

  if (state == '\0')
    return FALSE;
  weft_recording_set_stops_sampled (sampler->recording, lane->info->index);
  /* Read after the state, so that what the lane did before it stopped lies before that. */
  note_stop (sampler, lane, state == 'T' || state == 't', weft_monotonic_ns () - start_ns);
  return TRUE;
}

static void
read_figures (WeftThreadSampler *sampler, const WeftFrameLane *lane)
{
  WeftLaneUsage usage = { -1, -1, -1, -1, -1, -1 };
  char text[4096];

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

/* Looks at all live lanes, or, where there are very many, at the next of them, from @next on. */
static void
take_turn (WeftThreadSampler *sampler, guint *next, gboolean figures)
{
  WeftFrame *frame = &sampler->frame;
  guint sampled = 0;

  weft_recording_take_frame (sampler->recording, frame);
  for (guint i = 0; i < frame->n_lanes && sampled < LANES_PER_TURN; i++)
    {
      const WeftFrameLane *lane = &frame->lanes[(*next + i) % frame->n_lanes];

      if (lane->ended_ns >= 0)
        {
          note_stop (sampler, lane, FALSE, lane->ended_ns);
          continue;
        }
      if (look_at_lane (sampler, lane) && figures)
        read_figures (sampler, lane);
      if (++sampled == LANES_PER_TURN)
        *next = lane->info->index + 1;
    }
  if (sampled > 0)
    weft_recording_touch (sampler->recording);
}

void
weft_thread_sampler_look (WeftThreadSampler *sampler)
{
  take_turn (sampler, &sampler->next_look, FALSE);
}

void
weft_thread_sampler_sample (WeftThreadSampler *sampler)
{
  take_turn (sampler, &sampler->next_figures, TRUE);
}

static gboolean
timer_cb (gpointer data)
{
  WeftThreadSampler *sampler = data;

  if (++sampler->n_turns % TURNS_FOR_FIGURES == 0)
    weft_thread_sampler_sample (sampler);
  else
    weft_thread_sampler_look (sampler);
  return G_SOURCE_CONTINUE;
}

void
weft_thread_sampler_start (WeftThreadSampler *sampler)
{
  g_return_if_fail (sampler->timer == 0);
  sampler->timer = g_timeout_add (PERIOD_MS, timer_cb, sampler);
}
