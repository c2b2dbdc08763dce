/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-lane-stops.h"

#include <string.h>

gint64
weft_lane_stops_shares (const WeftFrameLane *lane, gint64 until_ns, gint64 begin_ns, gint64 end_ns,
                        gint64 shares_ns[WEFT_N_ACTIVITIES])
{
  gint64 sum_ns = 0;
  gint64 first;

  memset (shares_ns, 0, WEFT_N_ACTIVITIES * sizeof *shares_ns);
  if (lane->n_stops == 0)
    return 0;
  end_ns = MIN (end_ns, until_ns);
  first = MAX (weft_counter_find (lane->stops, lane->n_stops, begin_ns), 0);
  for (guint64 i = (guint64) first; i < lane->n_stops; i++)
    {
      gint64 from_ns = MAX (weft_counter_get_time (lane->stops, i), begin_ns);
      gint64 to_ns = i + 1 < lane->n_stops ? weft_counter_get_time (lane->stops, i + 1) : end_ns;
      gint64 part_ns[WEFT_N_ACTIVITIES];

      if (from_ns >= end_ns)
        break;
      if (weft_counter_get_value (lane->stops, i) == 0)
        continue;
      weft_spans_shares (lane->info->spans, lane->n_spans, until_ns, from_ns, MIN (to_ns, end_ns), part_ns);
      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        {
          shares_ns[a] += part_ns[a];
          sum_ns += part_ns[a];
        }
    }
  return sum_ns;
}
