/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "weft-clock.h"
#include "weft-own-usage.h"
#include "weft-recording-private.h"
#include "weft-thread-sampler.h"

static gint64
thread_cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What the sampler says of this very thread is what the kernel says to itself. */
static void
test_usage (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  WeftThreadSampler *sampler = weft_thread_sampler_new (recording);
  WeftFrame frame = { 0 };
  struct rusage before, after;
  gint64 cpu_before_ns, cpu_after_ns;

  for (guint i = 0; i < 20; i++)
    g_usleep (1000);
  while (thread_cpu_ns () < 100000000)
    ;
  weft_recording_begin (recording, weft_monotonic_ns ());
  weft_recording_add_lane (recording, "me", TRUE, getpid (), (gint) syscall (SYS_gettid), -1, 0);
  cpu_before_ns = thread_cpu_ns ();
  getrusage (RUSAGE_THREAD, &before);
  weft_thread_sampler_sample (sampler);
  getrusage (RUSAGE_THREAD, &after);
  cpu_after_ns = thread_cpu_ns ();
  weft_recording_take_frame (recording, &frame);
  /* The kernel adds a running thread's time up at its tick, every 10 ms at most. */
  g_assert_cmpint (frame.lanes[0].usage.cpu_ns, >=, cpu_before_ns - 12000000);
  g_assert_cmpint (frame.lanes[0].usage.cpu_ns, <=, cpu_after_ns);
  g_assert_cmpint (frame.lanes[0].usage.voluntary, >=, before.ru_nvcsw);
  g_assert_cmpint (frame.lanes[0].usage.voluntary, <=, after.ru_nvcsw);
  g_assert_cmpint (frame.lanes[0].usage.involuntary, >=, before.ru_nivcsw);
  g_assert_cmpint (frame.lanes[0].usage.involuntary, <=, after.ru_nivcsw);
  g_assert_cmpint (frame.lanes[0].usage.ready_ns, >=, 0);
  weft_frame_clear (&frame);
  weft_thread_sampler_free (sampler);
}

/* A task that began after the lane did has only been given its ids. One that is not there, or a lane
 * that has ended, is left alone too. */
static void
test_others (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  WeftThreadSampler *sampler = weft_thread_sampler_new (recording);
  gint tid = (gint) syscall (SYS_gettid);
  WeftFrame frame = { 0 };

  weft_recording_begin (recording, weft_monotonic_ns ());
  weft_recording_add_lane (recording, "long ago", TRUE, getpid (), tid, -1,
                           -G_GINT64_CONSTANT (3600000000000));
  weft_recording_add_lane (recording, "nobody", TRUE, G_MAXINT32, G_MAXINT32, -1, 0);
  weft_recording_add_lane (recording, "ended", TRUE, getpid (), tid, -1, 0);
  weft_recording_end_lane (recording, 2, 1, WEFT_LANE_EXITED, 0, 0);
  weft_thread_sampler_sample (sampler);
  weft_recording_take_frame (recording, &frame);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (frame.lanes[i].usage.cpu_ns, ==, -1);
      g_assert_cmpint (frame.lanes[i].usage.voluntary, ==, -1);
    }
  weft_frame_clear (&frame);
  weft_thread_sampler_free (sampler);
}

/* Of very many lanes each has its turn. */
static void
test_turns (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  WeftThreadSampler *sampler = weft_thread_sampler_new (recording);
  WeftFrame frame = { 0 };
  guint n_known = 0;

  weft_recording_begin (recording, weft_monotonic_ns ());
  for (guint i = 0; i < 600; i++)
    weft_recording_add_lane (recording, "me", FALSE, getpid (), (gint) syscall (SYS_gettid), -1, 0);
  weft_thread_sampler_sample (sampler);
  weft_recording_take_frame (recording, &frame);
  for (guint i = 0; i < 600; i++)
    n_known += frame.lanes[i].usage.cpu_ns >= 0;
  g_assert_cmpuint (n_known, >, 0);
  g_assert_cmpuint (n_known, <, 600);
  weft_thread_sampler_sample (sampler);
  weft_thread_sampler_sample (sampler);
  weft_recording_take_frame (recording, &frame);
  for (guint i = 0; i < 600; i++)
    g_assert_cmpint (frame.lanes[i].usage.cpu_ns, >=, 0);
  weft_frame_clear (&frame);
  weft_thread_sampler_free (sampler);
}

/* Sends @signal, and waits until what it does to the child is done. */
static void
signal_child (pid_t child, int signal)
{
  int status;

  g_assert_cmpint (kill (child, signal), ==, 0);
  g_assert_cmpint (waitpid (child, &status, WUNTRACED | WCONTINUED), ==, child);
}

static gint64
now_of_run (WeftRecording *recording)
{
  return weft_monotonic_ns () - weft_recording_get_start_ns (recording);
}

/* A stop lasts from the look that saw it to the one that does not, but never over an event of the lane: one
 * that was stopped at two looks may have run in between. */
static void
test_stops (void)
{
  g_autoptr (WeftRecording) recording = weft_recording_new (NULL, NULL);
  WeftThreadSampler *sampler = weft_thread_sampler_new (recording);
  WeftFrame frame = { 0 };
  pid_t child = fork ();
  gint64 stopped_ns, event_ns, went_on_ns;
  const WeftCounter *stops;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      for (;;)
        pause ();
    }
  weft_recording_begin (recording, weft_monotonic_ns ());
  weft_recording_add_lane (recording, "child", TRUE, child, child, -1, 0);
  weft_recording_append_span (recording, 0, 0, WEFT_ACTIVITY_WORKING, 0, WEFT_SPAN_NO_TASK, 0);
  weft_recording_add_lane (recording, "nobody", TRUE, G_MAXINT32, G_MAXINT32, -1, 0);
  weft_recording_append_span (recording, 1, 0, WEFT_ACTIVITY_WORKING, 0, WEFT_SPAN_NO_TASK, 0);

  weft_thread_sampler_look (sampler);
  weft_recording_take_frame (recording, &frame);
  g_assert_true (frame.lanes[0].stops_sampled);
  g_assert_null (frame.lanes[0].stops);
  g_assert_cmpint (frame.lanes[0].usage.cpu_ns, ==, -1); /* a look is not for figures */
  g_assert_false (frame.lanes[1].stops_sampled);

  signal_child (child, SIGSTOP);
  stopped_ns = now_of_run (recording);
  weft_thread_sampler_look (sampler);
  weft_thread_sampler_look (sampler);
  weft_recording_take_frame (recording, &frame);
  stops = frame.lanes[0].stops;
  g_assert_cmpuint (frame.lanes[0].n_stops, ==, 1);
  g_assert_cmpfloat (weft_counter_get_value (stops, 0), ==, 1);
  g_assert_cmpint (weft_counter_get_time (stops, 0), >=, stopped_ns);

  /* It went on, wrote an event, and was stopped again, between two looks. */
  event_ns = now_of_run (recording);
  weft_recording_append_span (recording, 0, event_ns, WEFT_ACTIVITY_ASLEEP, 0, WEFT_SPAN_NO_TASK, 0);
  weft_thread_sampler_sample (sampler);
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.lanes[0].n_stops, ==, 3);
  g_assert_cmpfloat (weft_counter_get_value (stops, 1), ==, 0);
  g_assert_cmpint (weft_counter_get_time (stops, 1), ==, event_ns);
  g_assert_cmpfloat (weft_counter_get_value (stops, 2), ==, 1);
  g_assert_cmpint (weft_counter_get_time (stops, 2), >, event_ns);

  signal_child (child, SIGCONT);
  went_on_ns = now_of_run (recording);
  weft_thread_sampler_look (sampler);
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.lanes[0].n_stops, ==, 4);
  g_assert_cmpfloat (weft_counter_get_value (stops, 3), ==, 0);
  g_assert_cmpint (weft_counter_get_time (stops, 3), >=, went_on_ns);

  /* And one that ends while it is stopped is so until its end. */
  signal_child (child, SIGSTOP);
  weft_thread_sampler_look (sampler);
  signal_child (child, SIGKILL);
  event_ns = now_of_run (recording);
  weft_recording_end_lane (recording, 0, event_ns, WEFT_LANE_KILLED, -1, SIGKILL);
  weft_thread_sampler_look (sampler);
  weft_recording_take_frame (recording, &frame);
  g_assert_cmpuint (frame.lanes[0].n_stops, ==, 6);
  g_assert_cmpint (weft_counter_get_time (stops, 5), ==, event_ns);
  g_assert_false (frame.lanes[1].stops_sampled);
  weft_frame_clear (&frame);
  weft_thread_sampler_free (sampler);
}

static void
test_own_usage (void)
{
  WeftOwnUsage usage = { 0 };
  gint64 until_ns;
  double percent;

  g_assert_true (isnan (weft_own_usage_sample (&usage)));
  until_ns = thread_cpu_ns () + 50000000;
  while (thread_cpu_ns () < until_ns)
    ;
  percent = weft_own_usage_sample (&usage);
  g_assert_cmpfloat (percent, >, 0);
  g_assert_cmpfloat (percent, <, 150);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/thread-sampler/usage", test_usage);
  g_test_add_func ("/thread-sampler/others", test_others);
  g_test_add_func ("/thread-sampler/turns", test_turns);
  g_test_add_func ("/thread-sampler/stops", test_stops);
  g_test_add_func ("/own-usage", test_own_usage);
  return g_test_run ();
}
