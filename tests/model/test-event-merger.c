/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "weft-event-merger.h"

static const char *const lines[] = { "one", "two" };
static const WeftWorkloadInfo workload = { .id = "test", .lines = lines, .n_lines = 2 };

static WeftRecording *
make_recording (void)
{
  WeftRecording *recording = weft_recording_new (&workload, NULL);

  for (guint i = 0; i < 300; i++)
    weft_recording_add_lane (recording, "lane", FALSE, 1, (gint) i + 1, -1, 0);
  weft_recording_add_object (recording, 1, "queue", WEFT_OBJECT_IS_QUEUE, 0);
  weft_recording_add_object (recording, 2, "counter", WEFT_OBJECT_IS_COUNTER, 0);
  return recording;
}

static void
add (WeftEventMerger *merger, gint64 time_ns, guint16 lane, guint16 object, gint64 value, guint8 line)
{
  weft_event_merger_add (merger, &(WeftMergedEvent){ .ticks = (guint64) time_ns,
                                                     .time_ns = time_ns,
                                                     .value = value,
                                                     .line_value = value,
                                                     .object = object,
                                                     .lane = lane,
                                                     .line = line });
}

/* Random events of many lanes, added lane by lane in several passes, come out sorted, none lost. */
static void
test_random (void)
{
  for (guint round = 0; round < 50; round++)
    {
      g_autoptr (WeftRecording) recording = make_recording ();
      WeftEventMerger *merger = weft_event_merger_new (recording);
      const WeftCounter *values = weft_recording_get_object (recording, 2)->values;
      guint n_lanes = (guint) g_test_rand_int_range (1, 300);
      guint64 added = 0;
      gint64 base_ns = 0, previous_ns = 0;
      gint64 sum = 0, written_sum = 0;

      for (guint pass = 0; pass < 4; pass++, base_ns += 1000000)
        {
          for (guint16 lane = 0; lane < n_lanes; lane++)
            {
              /* Beyond the pass's own time too: those have to wait. */
              gint64 time_ns = base_ns + g_test_rand_int_range (0, 1000000);

              for (gint i = g_test_rand_int_range (0, 30); i > 0; i--)
                {
                  gint64 value = g_test_rand_int_range (0, 1000);

                  add (merger, time_ns, lane, 2, value, 0);
                  added++;
                  sum += value;
                  time_ns += g_test_rand_int_range (0, 3) == 0 ? 0 : g_test_rand_int_range (0, 40000);
                  time_ns = MIN (time_ns, base_ns + 1000000);
                }
            }
          weft_event_merger_flush (merger, base_ns + 500000);
          g_assert_cmpuint (weft_counter_get_count (values) + weft_event_merger_get_n_held (merger), ==,
                            added);
          if (weft_counter_get_count (values) > 0)
            g_assert_cmpint (weft_counter_get_time (values, weft_counter_get_count (values) - 1), <=,
                             base_ns + 500000);
          weft_event_merger_flush (merger, base_ns + 1000000 + 50000);
          g_assert_cmpuint (weft_event_merger_get_n_held (merger), ==, 0);
        }
      g_assert_cmpuint (weft_counter_get_count (values), ==, added);
      for (guint64 i = 0; i < added; i++)
        {
          g_assert_cmpint (weft_counter_get_time (values, i), >=, previous_ns);
          previous_ns = weft_counter_get_time (values, i);
          written_sum += (gint64) weft_counter_get_value (values, i);
        }
      g_assert_cmpint (written_sum, ==, sum);
      weft_event_merger_free (merger);
    }
}

/* Of one instant, a lane's own events stay in their order. */
static void
test_stable (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  WeftEventMerger *merger = weft_event_merger_new (recording);
  const WeftCounter *values = weft_recording_get_object (recording, 2)->values;

  for (guint16 lane = 0; lane < 5; lane++)
    for (gint64 i = 0; i < 10; i++)
      add (merger, 100, lane, 2, lane * 10 + i, 0);
  weft_event_merger_flush (merger, G_MAXINT64);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpfloat (weft_counter_get_value (values, i), ==, i);

  /* Also when they come in two goes. */
  add (merger, 200, 0, 2, 1, 0);
  add (merger, 150, 1, 2, 0, 0);
  add (merger, 200, 0, 2, 2, 0);
  weft_event_merger_flush (merger, G_MAXINT64);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (weft_counter_get_value (values, 50 + i), ==, i);
  weft_event_merger_free (merger);
}

/* Several ticks may share a nanosecond: the ticks are the order, in which the log follows too. */
static void
test_ticks_tell (void)
{
  g_autoptr (WeftRecording) recording = make_recording ();
  WeftEventMerger *merger = weft_event_merger_new (recording);
  const WeftCounter *depth = weft_recording_get_object (recording, 1)->values;

  for (guint i = 0; i < 6; i++)
    {
      /* Lane 0 has the odd ticks and delivers first. */
      guint n = i < 3 ? 2 * i + 1 : 2 * (i - 3);

      weft_event_merger_add (merger, &(WeftMergedEvent){ .ticks = 1000 + n,
                                                         .time_ns = 500 + n / 3,
                                                         .value = n,
                                                         .task = n,
                                                         .object = 1,
                                                         .lane = i < 3 ? 0 : 1,
                                                         .line = 1 });
    }
  weft_event_merger_flush (merger, G_MAXINT64);
  g_assert_cmpuint (weft_counter_get_count (depth), ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      WeftLogEntry entry;

      g_assert_cmpfloat (weft_counter_get_value (depth, i), ==, i);
      weft_log_get (weft_recording_get_log (recording), i, &entry);
      g_assert_cmpuint (entry.task, ==, i);
    }
  weft_event_merger_free (merger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-merger/random", test_random);
  g_test_add_func ("/event-merger/stable", test_stable);
  g_test_add_func ("/event-merger/ticks-tell", test_ticks_tell);
  return g_test_run ();
}
