/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The median of many short measurements, so that a core taken away in between does not show. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

static int
benchmark_compare (const void *a, const void *b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

/* Sorts @values. */
static inline double
benchmark_median (double *values, size_t count)
{
  qsort (values, count, sizeof *values, benchmark_compare);
  return values[count / 2];
}
