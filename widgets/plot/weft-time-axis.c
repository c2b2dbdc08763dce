/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-time-axis.h"

#include <math.h>
#include <stdlib.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define MAX_STEP_NS G_GINT64_CONSTANT (1000000000000000000)

static double
ns_per_px (const WeftTimeAxis *axis)
{
  return axis->width > 0 ? ((double) axis->end_ns - (double) axis->begin_ns) / axis->width : 0;
}

double
weft_time_axis_to_x (const WeftTimeAxis *axis, gint64 time_ns)
{
  double range_ns = (double) axis->end_ns - (double) axis->begin_ns;

  if (!(range_ns > 0))
    return axis->x;
  return axis->x + ((double) time_ns - (double) axis->begin_ns) / range_ns * axis->width;
}

gint64
weft_time_axis_to_time (const WeftTimeAxis *axis, double x)
{
  double offset_ns = (x - axis->x) * ns_per_px (axis);

  if (!isfinite (offset_ns) || fabs (offset_ns) > 9e18)
    return axis->begin_ns;
  return axis->begin_ns + (gint64) llround (offset_ns);
}

gint64
weft_time_axis_get_step (const WeftTimeAxis *axis, double min_px)
{
  double least_ns = ns_per_px (axis) * min_px;
  gint64 power = 1;

  if (axis->width <= 0 || axis->end_ns <= axis->begin_ns)
    return NS_PER_S;
  for (;;)
    {
      static const gint64 factors[] = { 1, 2, 5 };

      for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
        if ((double) (power * factors[i]) >= least_ns || power * factors[i] >= MAX_STEP_NS)
          return power * factors[i];
      power *= 10;
    }
}

/* Decimals of a second that a multiple of @step_ns needs. */
static guint
decimals_for (gint64 step_ns)
{
  guint decimals = 9;

  step_ns = MAX (step_ns, 1);
  while (decimals > 0 && step_ns % 10 == 0)
    {
      step_ns /= 10;
      decimals--;
    }
  return decimals;
}

char *
weft_time_dup_label (gint64 time_ns, gint64 step_ns)
{
  guint decimals = decimals_for (step_ns);
  guint64 size_ns = time_ns < 0 ? -(guint64) time_ns : (guint64) time_ns;
  GString *label = g_string_new (NULL);
  guint64 unit = NS_PER_S;
  guint64 rest;

  /* Rounded to the decimals that are shown: the cursor's time is seldom a multiple of the step. */
  for (guint i = 0; i < decimals; i++)
    unit /= 10;
  size_ns += unit / 2;
  size_ns -= size_ns % unit;
  if (time_ns < 0 && size_ns > 0)
    g_string_append (label, "−");
  g_string_append_printf (label, "%" G_GUINT64_FORMAT, size_ns / NS_PER_S);
  rest = size_ns % NS_PER_S;
  unit = NS_PER_S;
  for (guint i = 0; i < decimals; i++)
    {
      unit /= 10;
      if (i == 0)
        g_string_append_c (label, '.');
      else if (i % 3 == 0)
        g_string_append_c (label, ' ');
      g_string_append_c (label, (char) ('0' + rest / unit % 10));
    }
  g_string_append (label, " s");
  return g_string_free (label, FALSE);
}

char *
weft_time_dup_duration (gint64 duration_ns)
{
  static const struct
  {
    double ns;
    const char *name;
  } units[] = { { 1, "ns" }, { 1e3, "µs" }, { 1e6, "ms" }, { 1e9, "s" } };
  const char *sign = duration_ns < 0 ? "−" : "";
  double size_ns = fabs ((double) duration_ns);
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  guint unit = 0;
  double value;

  if (duration_ns == 0)
    return g_strdup ("0 s");
  if (size_ns >= 1000 * 1e9)
    {
      gint64 seconds = llround (size_ns / 1e9);

      if (seconds < 3600)
        return g_strdup_printf ("%s%" G_GINT64_FORMAT " min %02d s", sign, seconds / 60,
                                (int) (seconds % 60));
      return g_strdup_printf ("%s%" G_GINT64_FORMAT " h %02d min", sign, seconds / 3600,
                              (int) (seconds % 3600 / 60));
    }
  /* 999.5 of a unit would be shown as 1000 of it. */
  while (unit + 1 < G_N_ELEMENTS (units) && size_ns / units[unit].ns >= 999.5)
    unit++;
  value = size_ns / units[unit].ns;
  /* A point in every language, as in the tick labels beside it. */
  g_ascii_formatd (digits, sizeof digits,
                   unit == 0 || value >= 99.95 ? "%.0f"
                   : value >= 9.995            ? "%.1f"
                                               : "%.2f",
                   value);
  return g_strdup_printf ("%s%s %s", sign, digits, units[unit].name);
}
