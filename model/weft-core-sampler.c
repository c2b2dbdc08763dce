/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-core-sampler.h"

#include <math.h>

#include "weft-clock.h"
#include "weft-recording-private.h"

/* A shorter sample than this would show the kernel's ticks rather than the load. */
#define SHORTEST_LAST_SAMPLE_NS 50000000

G_STATIC_ASSERT (WEFT_RECORDING_LONGEST_SAMPLE_NS == G_GINT64_CONSTANT (3000000) * WEFT_CORE_SAMPLER_PERIOD_MS);

struct _WeftCoreSampler
{
  WeftRecording *recording;
  WeftCoreSource source;
  gpointer data;
  guint n_cores;
  WeftCoreReading *before; /* the last readings */
  WeftCoreReading *now;
  WeftCoreReading *sums; /* ticks of all comparisons so far; online: there was one */
  double *loads;
  double *steals;
  gint64 before_ns; /* when the last readings were taken; -1: never */
  guint n_samples;
  guint timer;
};

WeftCoreSampler *
weft_core_sampler_new (WeftRecording *recording, guint n_cores, WeftCoreSource source, gpointer data)
{
  WeftCoreSampler *sampler = g_new0 (WeftCoreSampler, 1);

  sampler->recording = g_object_ref (recording);
  sampler->source = source != NULL ? source : weft_core_source_machine;
  sampler->data = data;
  sampler->n_cores = n_cores;
  sampler->before = g_new0 (WeftCoreReading, n_cores);
  sampler->now = g_new0 (WeftCoreReading, n_cores);
  sampler->sums = g_new0 (WeftCoreReading, n_cores);
  sampler->loads = g_new (double, n_cores);
  sampler->steals = g_new (double, n_cores);
  sampler->before_ns = -1;
  weft_recording_set_n_cores (recording, n_cores);
  return sampler;
}

void
weft_core_sampler_free (WeftCoreSampler *sampler)
{
  if (sampler == NULL)
    return;
  g_clear_handle_id (&sampler->timer, g_source_remove);
  g_object_unref (sampler->recording);
  g_free (sampler->before);
  g_free (sampler->now);
  g_free (sampler->sums);
  g_free (sampler->loads);
  g_free (sampler->steals);
  g_free (sampler);
}

/* What one core did between two readings. Not known (not online) where it was offline at one of them, no
 * tick went by, or a counter ran backwards, as it does when a core comes back. */
static WeftCoreReading
compare (const WeftCoreReading *before, const WeftCoreReading *now)
{
  WeftCoreReading difference = { .busy = now->busy - before->busy,
                                 .idle = now->idle - before->idle,
                                 .steal = now->steal - before->steal };

  difference.online = before->online && now->online && now->busy >= before->busy && now->idle >= before->idle
                      && now->steal >= before->steal
                      && difference.busy + difference.idle + difference.steal > 0;
  return difference;
}

/* @ticks in percent; NaN where not known. */
static void
get_percent (const WeftCoreReading *ticks, double *load, double *steal)
{
  double total = (double) ticks->busy + (double) ticks->idle + (double) ticks->steal;

  *load = ticks->online ? 100.0 * (double) ticks->busy / total : (double) NAN;
  *steal = ticks->online ? 100.0 * (double) ticks->steal / total : (double) NAN;
}

/* Adds what went on between the last readings and those of now to the sums, for the means, and to the
 * curves, but for what lies too far apart for one: the kernel counted on while nobody looked, so the means
 * stay true, but when it was is not known. */
static void
add_sample (WeftCoreSampler *sampler, gboolean is_curve)
{
  for (guint i = 0; i < sampler->n_cores; i++)
    {
      WeftCoreReading ticks = compare (&sampler->before[i], &sampler->now[i]);
      WeftCoreReading *sum = &sampler->sums[i];

      if (ticks.online)
        *sum = (WeftCoreReading){ .online = TRUE,
                                  .busy = sum->busy + ticks.busy,
                                  .idle = sum->idle + ticks.idle,
                                  .steal = sum->steal + ticks.steal };
      ticks.online = ticks.online && is_curve;
      get_percent (&ticks, &sampler->loads[i], &sampler->steals[i]);
    }
  weft_recording_append_core_sample (sampler->recording, sampler->before_ns, sampler->loads, sampler->steals);
  for (guint i = 0; i < sampler->n_cores; i++)
    get_percent (&sampler->sums[i], &sampler->loads[i], &sampler->steals[i]);
  weft_recording_set_core_means (sampler->recording, sampler->loads, sampler->steals);
  sampler->n_samples++;
}

void
weft_core_sampler_sample (WeftCoreSampler *sampler, gint64 now_ns)
{
  WeftCoreReading *swap;

  sampler->source (sampler->now, sampler->n_cores, sampler->data);
  if (sampler->before_ns >= 0)
    add_sample (sampler, now_ns - sampler->before_ns <= WEFT_RECORDING_LONGEST_SAMPLE_NS);
  swap = sampler->before;
  sampler->before = sampler->now;
  sampler->now = swap;
  sampler->before_ns = now_ns;
}

static gint64
now_of_run (WeftCoreSampler *sampler)
{
  return weft_monotonic_ns () - weft_recording_get_start_ns (sampler->recording);
}

static gboolean
timer_cb (gpointer data)
{
  WeftCoreSampler *sampler = data;

  weft_core_sampler_sample (sampler, now_of_run (sampler));
  return G_SOURCE_CONTINUE;
}

void
weft_core_sampler_start (WeftCoreSampler *sampler)
{
  g_return_if_fail (sampler->timer == 0);
  weft_core_sampler_sample (sampler, MAX (now_of_run (sampler), 0));
  sampler->timer = g_timeout_add (WEFT_CORE_SAMPLER_PERIOD_MS, timer_cb, sampler);
}

void
weft_core_sampler_stop (WeftCoreSampler *sampler)
{
  if (sampler->timer == 0)
    return;
  g_clear_handle_id (&sampler->timer, g_source_remove);
  if (sampler->n_samples == 0 || now_of_run (sampler) - sampler->before_ns >= SHORTEST_LAST_SAMPLE_NS)
    weft_core_sampler_sample (sampler, now_of_run (sampler));
}
