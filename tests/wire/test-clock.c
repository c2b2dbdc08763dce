/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The map from ticks to CLOCK_MONOTONIC: with readings that the test makes up, and with the real
 * clocks of this machine. A map belongs to one thread, so there is nothing here with two.
 */
#include "weft-clock.h"

#include <glib.h>

#define SECOND_NS INT64_C (1000000000)
#define START_NS (INT64_C (12345) * SECOND_NS)
#define START_TICKS UINT64_C (987654321987)

/* A made-up pair of clocks: the counter runs at @hz, CLOCK_MONOTONIC is slewed by @slew_ppm. */
typedef struct
{
  const char *name;
  double hz;
  double slew_ppm;       /* in the first half of the time */
  double later_slew_ppm; /* from half time on */
  int64_t jitter_ns;     /* a reading may be off by so much */
  int64_t allowed_ns;    /* error that the map may have once it has settled */
} Case;

static const Case cases[] = {
  { "plain", 2.5e9, 0, 0, 0, 3 },
  { "jitter", 2.5e9, 0, 0, 30, 200 },
  { "slow-counter", 24e6, 0, 0, 100, 600 },
  { "ntp", 3.1e9, 40, -40, 30, 90000 },
  { "ntp-at-its-limit", 3.1e9, -500, 500, 30, 1100000 },
};

#define DURATION_NS (20 * SECOND_NS)

static double
slewed_ns (const Case *c, int64_t real_ns)
{
  int64_t half = DURATION_NS / 2;

  if (real_ns <= half)
    return (double) real_ns * (1.0 + c->slew_ppm * 1e-6);
  return (double) half * (1.0 + c->slew_ppm * 1e-6)
         + (double) (real_ns - half) * (1.0 + c->later_slew_ppm * 1e-6);
}

static uint64_t
ticks_at (const Case *c, int64_t real_ns)
{
  return START_TICKS + (uint64_t) ((double) real_ns * c->hz / 1e9);
}

static int64_t
ns_at (const Case *c, int64_t real_ns)
{
  return START_NS + (int64_t) slewed_ns (c, real_ns);
}

static void
test_drift (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  WeftClockMap map;
  int64_t last = INT64_MIN;
  int64_t settled_error = 0;
  unsigned n_pieces = 0;
  int64_t t = 2 * SECOND_NS / 1000;

  weft_clock_map_start (&map, ticks_at (c, 0), ns_at (c, 0), ticks_at (c, t), ns_at (c, t));
  while (t < DURATION_NS)
    {
      int64_t now, mapped, late;
      uint64_t ticks;

      t += g_rand_int_range (rand, 1, 3000000);
      ticks = ticks_at (c, t);
      now = ns_at (c, t)
            + (c->jitter_ns > 0 ? g_rand_int_range (rand, (gint32) -c->jitter_ns, (gint32) c->jitter_ns) : 0);
      n_pieces += weft_clock_map_update (&map, ticks, now);
      mapped = weft_clock_map_to_ns (&map, ticks);
      g_assert_cmpint (mapped, >=, last);
      last = mapped;
      /* A record read a little late lies where it would have lain in time. */
      late = weft_clock_map_to_ns (&map, ticks_at (c, t - 500));
      g_assert_cmpint (late, <=, mapped);
      g_assert_cmpint (mapped - late, <=, 1500);
      if (t > 6 * SECOND_NS)
        settled_error = MAX (settled_error, ABS (mapped - ns_at (c, t)));
    }
  g_test_message ("%s: %u pieces, error up to %" G_GINT64_FORMAT " ns", c->name, n_pieces, settled_error);
  g_assert_cmpuint (n_pieces, >=, 20);
  g_assert_cmpint (settled_error, <=, c->allowed_ns);
}

/* The same ticks, mapped before and after a new piece begins, are the same time. */
static void
test_late_records (void)
{
  WeftClockMap map;
  uint64_t ticks[100];
  int64_t before[100];

  /* 1 GHz, measured 300 ppm wrong at first, so that the second piece has another slope. */
  weft_clock_map_start (&map, 1000, 0, 2001000, 2000600);
  for (unsigned i = 0; i < G_N_ELEMENTS (ticks); i++)
    {
      ticks[i] = 2001000 + i * 100000;
      before[i] = weft_clock_map_to_ns (&map, ticks[i]);
    }
  g_assert_true (weft_clock_map_update (&map, 12001000, 12000000));
  for (unsigned i = 0; i < G_N_ELEMENTS (ticks); i++)
    g_assert_cmpint (ABS (weft_clock_map_to_ns (&map, ticks[i]) - before[i]), <=, 1);
}

/* Whatever the system clock does, mapped time does not run backwards, and comes back to it. */
static void
test_jumps (void)
{
  static const int64_t jumps_ns[] = { SECOND_NS, -SECOND_NS, 10 * SECOND_NS, -3 * SECOND_NS, 1, -1 };

  for (unsigned i = 0; i < G_N_ELEMENTS (jumps_ns); i++)
    {
      WeftClockMap map;
      int64_t last = INT64_MIN;
      int64_t t;

      weft_clock_map_start (&map, 0, START_NS, 2000000, START_NS + 2000000);
      for (t = 2000000; t < 60 * SECOND_NS; t += 10000000)
        {
          int64_t mapped;

          weft_clock_map_update (&map, (uint64_t) t, START_NS + t + (t > 5 * SECOND_NS ? jumps_ns[i] : 0));
          mapped = weft_clock_map_to_ns (&map, (uint64_t) t);
          g_assert_cmpint (mapped, >=, last);
          last = mapped;
        }
      g_assert_cmpint (ABS (last - (START_NS + t + jumps_ns[i])), <, 11000000);
    }
}

/* A reading that is not later than the last is refused and changes nothing. */
static void
test_refused_readings (void)
{
  WeftClockMap map, before;

  weft_clock_map_start (&map, 1000, 1000, 3000000, 3000000);
  before = map;
  g_assert_false (weft_clock_map_update (&map, 3000000, 30000000));
  g_assert_false (weft_clock_map_update (&map, 2000000, 30000000));
  g_assert_false (weft_clock_map_update (&map, 30000000, 3000000));
  g_assert_false (weft_clock_map_update (&map, 30000000, 2000000));
  g_assert_false (weft_clock_map_update (&map, 3000001, 3000001));
  g_assert_cmpmem (&map, sizeof map, &before, sizeof before);
}

/* Ticks come out of untrusted memory: any value is mapped, without overflow, to a time on its side. */
static void
test_any_ticks (void)
{
  static const uint64_t ticks[] = {
    0, 1, START_TICKS, UINT64_MAX / 2, UINT64_MAX / 2 + 1, UINT64_MAX - 1, UINT64_MAX
  };
  static const double rates_hz[] = { 24e6, 1e9, 5e9 };

  for (unsigned r = 0; r < G_N_ELEMENTS (rates_hz); r++)
    {
      Case c = { .hz = rates_hz[r] };
      WeftClockMap map;

      weft_clock_map_start (&map, ticks_at (&c, 0), ns_at (&c, 0), ticks_at (&c, SECOND_NS),
                            ns_at (&c, SECOND_NS));
      for (unsigned i = 0; i < G_N_ELEMENTS (ticks); i++)
        {
          int64_t mapped = weft_clock_map_to_ns (&map, ticks[i]);

          g_assert_cmpint (ABS (mapped), <=, INT64_MAX / 2 + 1);
          if ((int64_t) (ticks[i] - map.anchor_ticks) >= 0)
            g_assert_cmpint (mapped, >=, map.anchor_ns);
          else
            g_assert_cmpint (mapped, <=, map.anchor_ns);
        }
    }
}

static void
test_monotonic_kind (void)
{
  WeftClockMap map;
  int64_t now = weft_monotonic_ns ();

  weft_clock_map_init (&map, WEFT_CLOCK_MONOTONIC);
  g_assert_cmpint (weft_clock_map_to_ns (&map, (uint64_t) now), ==, now);
  for (unsigned i = 0; i < 64; i++)
    {
      int64_t mapped = weft_clock_map_to_ns (&map, UINT64_C (1) << i);

      g_assert_cmpint (mapped, >, 0);
      g_assert_cmpint (mapped, <=, INT64_MAX / 2 + 1);
    }
  g_assert_false (weft_clock_map_refresh (&map));
  g_assert_cmpfloat (weft_clock_map_ns_per_tick (&map), ==, 1.0);
}

/* The counter of this machine, mapped, lies between two readings of CLOCK_MONOTONIC around it, to a
 * few microseconds. That two readings frame the third makes it safe to be interrupted in between. */
static void
test_agrees_with_system_clock (void)
{
  const int64_t allowed_ns = 5000;
  WeftClockMap map;
  int64_t end_ns, last = INT64_MIN;
  int64_t worst_ns = 0;
  unsigned n_pieces = 0;

  if (weft_clock_choose () != WEFT_CLOCK_TSC)
    {
      g_test_skip ("the time-stamp counter of this machine cannot be trusted");
      return;
    }
  weft_clock_map_init (&map, WEFT_CLOCK_TSC);
  end_ns = weft_monotonic_ns () + 2 * SECOND_NS;
  for (;;)
    {
      int64_t before = weft_monotonic_ns ();
      uint64_t ticks = weft_clock_ticks (WEFT_CLOCK_TSC);
      int64_t after = weft_monotonic_ns ();
      int64_t mapped;

      n_pieces += weft_clock_map_refresh (&map);
      mapped = weft_clock_map_to_ns (&map, ticks);
      g_assert_cmpint (mapped, >=, last);
      last = mapped;
      worst_ns = MAX (worst_ns, MAX (before - mapped, mapped - after));
      if (after > end_ns)
        break;
      g_usleep (1000);
    }
  g_test_message ("%u pieces, outside the two readings by at most %" G_GINT64_FORMAT " ns", n_pieces,
                  worst_ns);
  g_assert_cmpuint (n_pieces, >=, 5);
  g_assert_cmpint (worst_ns, <=, allowed_ns);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/wire/clock/drift/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_drift);
    }
  g_test_add_func ("/wire/clock/late-records", test_late_records);
  g_test_add_func ("/wire/clock/jumps", test_jumps);
  g_test_add_func ("/wire/clock/refused-readings", test_refused_readings);
  g_test_add_func ("/wire/clock/any-ticks", test_any_ticks);
  g_test_add_func ("/wire/clock/monotonic-kind", test_monotonic_kind);
  g_test_add_func ("/wire/clock/agrees-with-system-clock", test_agrees_with_system_clock);
  return g_test_run ();
}
