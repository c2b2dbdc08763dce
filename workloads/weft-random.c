/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-random.h"

#include <math.h>

/* SplitMix64: the golden-ratio increment and the finaliser of Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014. */
#define GOLDEN_GAMMA G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

double
weft_random_unit (guint64 seed, WeftRandomStream stream, guint64 index)
{
  guint64 start = mix (mix (seed + GOLDEN_GAMMA) + ((guint64) stream + 1) * GOLDEN_GAMMA);

  /* The 53 bits that a double holds. */
  return (double) (mix (start + (index + 1) * GOLDEN_GAMMA) >> 11) * 0x1p-53;
}

gint64
weft_random_duration (WeftDistribution distribution, gint64 mean_ns, guint64 seed, WeftRandomStream stream,
                      guint64 index)
{
  switch (distribution)
    {
    case WEFT_DISTRIBUTION_FIXED:
      return mean_ns;
    case WEFT_DISTRIBUTION_UNIFORM:
      return (gint64) (2.0 * (double) mean_ns * weft_random_unit (seed, stream, index));
    case WEFT_DISTRIBUTION_EXPONENTIAL:
      return (gint64) (-(double) mean_ns * log1p (-weft_random_unit (seed, stream, index)));
    default:
      g_assert_not_reached ();
    }
}
