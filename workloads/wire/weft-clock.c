/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-clock.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define REFRESH_NS INT64_C (1000000000)
#define FIRST_RATE_NS INT64_C (2000000)
#define PAIR_TRIES 8

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
weft_clock_map_init (WeftClockMap *map, WeftClockKind kind)
{
  uint64_t ticks;
  int64_t ns;

  *map = (WeftClockMap){ .kind = kind, .ns_per_tick = 1.0 };
  if (kind == WEFT_CLOCK_MONOTONIC)
    {
      map->anchor_ns = map->reference_ns = map->refreshed_ns = weft_monotonic_ns ();
      map->anchor_ticks = map->reference_ticks = (uint64_t) map->anchor_ns;
      return;
    }
  read_pair (&map->reference_ticks, &map->reference_ns);
  do
    read_pair (&ticks, &ns);
  while (ns - map->reference_ns < FIRST_RATE_NS);
  map->ns_per_tick = (double) (ns - map->reference_ns) / (double) (ticks - map->reference_ticks);
  map->anchor_ticks = ticks;
  map->anchor_ns = map->refreshed_ns = ns;
}

bool
weft_clock_map_refresh (WeftClockMap *map)
{
  uint64_t ticks;
  int64_t ns, mapped;
  double rate, slope;

  if (map->kind == WEFT_CLOCK_MONOTONIC || weft_monotonic_ns () - map->refreshed_ns < REFRESH_NS)
    return false;
  read_pair (&ticks, &ns);
  mapped = weft_clock_map_to_ns (map, ticks);
  rate = (double) (ns - map->reference_ns) / (double) (ticks - map->reference_ticks);

  /* Aim to agree with the system clock one refresh from now. The slope stays positive, so mapped
   * time never runs backwards, even if the system clock was found far ahead or behind. */
  slope = rate * (1.0 + (double) (ns - mapped) / (double) REFRESH_NS);
  if (slope < rate * 0.5)
    slope = rate * 0.5;
  if (slope > rate * 2.0)
    slope = rate * 2.0;
  map->anchor_ticks = ticks;
  map->anchor_ns = mapped;
  map->ns_per_tick = slope;
  map->refreshed_ns = ns;
  return true;
}

int64_t
weft_clock_map_to_ns (const WeftClockMap *map, uint64_t ticks)
{
  if (map->kind == WEFT_CLOCK_MONOTONIC)
    return (int64_t) ticks;

  /* The signed difference, so that ticks from just before the anchor come out before it. A double
   * holds differences of up to 52 days at 2 GHz to the nanosecond. */
  return map->anchor_ns + (int64_t) ((double) (int64_t) (ticks - map->anchor_ticks) * map->ns_per_tick);
}

double
weft_clock_map_ns_per_tick (const WeftClockMap *map)
{
  return map->ns_per_tick;
}
