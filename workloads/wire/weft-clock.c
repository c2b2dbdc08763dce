/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-clock.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define FIRST_RATE_NS INT64_C (2000000)       /* the first rate is measured for so long */
#define FIRST_INTERVAL_NS INT64_C (8000000)   /* life of the first piece; each later one lives twice */
#define LAST_INTERVAL_NS INT64_C (1000000000) /* as long as the one before it, up to this */
#define PAIR_TRIES 8
#define MAX_NS (INT64_C (1) << 62)       /* so that the difference of two times cannot overflow */
#define MAX_DISTANCE (INT64_C (1) << 56) /* ticks: nine months at 3 GHz */

/* CPUID leaf 0x80000007, EDX bit 8: the counter runs at a constant rate in all power states (Intel
 * SDM volume 3, 18.17.1; AMD APM volume 3, E.4.7). */
static bool
counter_is_invariant (void)
{
#if defined(__x86_64__) || defined(__i386__)
  unsigned a, b, c, d;

  return __get_cpuid (0x80000007, &a, &b, &c, &d) && (d & (1u << 8)) != 0;
#else
  return false;
#endif
}

static bool
kernel_keeps_time_by_counter (void)
{
  char name[16] = "";
  ssize_t length;
  int fd = open ("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return false;
  length = read (fd, name, sizeof name - 1);
  close (fd);
  return length >= 4 && strncmp (name, "tsc\n", 4) == 0;
}

WeftClockKind
weft_clock_choose (void)
{
  return counter_is_invariant () && kernel_keeps_time_by_counter () ? WEFT_CLOCK_TSC : WEFT_CLOCK_MONOTONIC;
}

/* Reads both clocks at as nearly one instant as can be: of several tries, the one whose two counter
 * readings around the system clock lie closest together. */
static void
read_pair (uint64_t *ticks, int64_t *ns)
{
  uint64_t best = UINT64_MAX;

  *ticks = 0;
  *ns = 0;
  for (int i = 0; i < PAIR_TRIES; i++)
    {
      uint64_t before = weft_clock_ticks (WEFT_CLOCK_TSC);
      int64_t middle = weft_monotonic_ns ();
      uint64_t after = weft_clock_ticks (WEFT_CLOCK_TSC);

      if (after - before < best)
        {
          best = after - before;
          *ticks = before + (after - before) / 2;
          *ns = middle;
        }
    }
}

void
weft_clock_map_start (WeftClockMap *map, uint64_t first_ticks, int64_t first_ns, uint64_t second_ticks,
                      int64_t second_ns)
{
  double rate = (double) (second_ns - first_ns) / (double) (second_ticks - first_ticks);

  *map = (WeftClockMap){ .kind = WEFT_CLOCK_TSC,
                         .anchor_ticks = second_ticks,
                         .anchor_ns = second_ns,
                         .ns_per_tick = rate,
                         .earlier_ns_per_tick = rate,
                         .reading_ticks = second_ticks,
                         .reading_ns = second_ns,
                         .interval_ns = FIRST_INTERVAL_NS };
}

void
weft_clock_map_init (WeftClockMap *map, WeftClockKind kind)
{
  uint64_t first_ticks, ticks;
  int64_t first_ns, ns;

  if (kind == WEFT_CLOCK_MONOTONIC)
    {
      *map = (WeftClockMap){ .kind = kind, .ns_per_tick = 1.0, .earlier_ns_per_tick = 1.0 };
      return;
    }
  read_pair (&first_ticks, &first_ns);
  do
    read_pair (&ticks, &ns);
  while (ns - first_ns < FIRST_RATE_NS);
  weft_clock_map_start (map, first_ticks, first_ns, ticks, ns);
}

bool
weft_clock_map_update (WeftClockMap *map, uint64_t ticks, int64_t ns)
{
  int64_t mapped, next_interval_ns;
  double rate, slope;

  if (map->kind == WEFT_CLOCK_MONOTONIC || ticks <= map->reading_ticks || ns <= map->reading_ns
      || ns - map->reading_ns < map->interval_ns)
    return false;
  mapped = weft_clock_map_to_ns (map, ticks);
  /* The rate since the last pair of readings: over a second it is exact to a few parts in a hundred
   * million, and it follows CLOCK_MONOTONIC when that is being slewed. */
  rate = (double) (ns - map->reading_ns) / (double) (ticks - map->reading_ticks);
  next_interval_ns = map->interval_ns * 2 < LAST_INTERVAL_NS ? map->interval_ns * 2 : LAST_INTERVAL_NS;

  /* Aim to agree with the system clock at the next refresh. The slope stays positive, so mapped time
   * never runs backwards, even if the system clock was found far ahead or behind. */
  slope = rate * (1.0 + (double) (ns - mapped) / (double) next_interval_ns);
  if (slope < rate * 0.5)
    slope = rate * 0.5;
  if (slope > rate * 2.0)
    slope = rate * 2.0;
  map->anchor_ticks = ticks;
  map->anchor_ns = mapped;
  map->earlier_ns_per_tick = map->ns_per_tick;
  map->ns_per_tick = slope;
  map->reading_ticks = ticks;
  map->reading_ns = ns;
  map->interval_ns = next_interval_ns;
  return true;
}

bool
weft_clock_map_refresh (WeftClockMap *map)
{
  uint64_t ticks;
  int64_t ns;

  if (map->kind == WEFT_CLOCK_MONOTONIC || weft_monotonic_ns () - map->reading_ns < map->interval_ns)
    return false;
  read_pair (&ticks, &ns);
  return weft_clock_map_update (map, ticks, ns);
}

int64_t
weft_clock_map_to_ns (const WeftClockMap *map, uint64_t ticks)
{
  int64_t distance;

  if (map->kind == WEFT_CLOCK_MONOTONIC)
    return ticks < (uint64_t) MAX_NS ? (int64_t) ticks : MAX_NS;

  /* Both pieces go through the anchor. A double holds distances of up to 52 days at 2 GHz to the
   * nanosecond; further away than any run is long, garbage in a record must not overflow. */
  distance = (int64_t) (ticks - map->anchor_ticks);
  if (distance > MAX_DISTANCE)
    distance = MAX_DISTANCE;
  if (distance < -MAX_DISTANCE)
    distance = -MAX_DISTANCE;
  return map->anchor_ns
         + (int64_t) ((double) distance * (distance < 0 ? map->earlier_ns_per_tick : map->ns_per_tick));
}

double
weft_clock_map_ns_per_tick (const WeftClockMap *map)
{
  return map->ns_per_tick;
}
