/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-own-usage.h"

#include <math.h>
#include <sys/resource.h>

#include "weft-clock.h"

double
weft_own_usage_sample (WeftOwnUsage *usage)
{
  WeftOwnUsage before = *usage;
  struct rusage now;

  if (getrusage (RUSAGE_SELF, &now) < 0)
    return NAN;
  usage->wall_ns = weft_monotonic_ns ();
  usage->cpu_ns = ((gint64) now.ru_utime.tv_sec + now.ru_stime.tv_sec) * 1000000000
                  + ((gint64) now.ru_utime.tv_usec + now.ru_stime.tv_usec) * 1000;
  if (before.wall_ns == 0 || usage->wall_ns <= before.wall_ns)
    return NAN;
  return 100.0 * (double) (usage->cpu_ns - before.cpu_ns) / (double) (usage->wall_ns - before.wall_ns);
}
