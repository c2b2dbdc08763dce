/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quantiles by the nearest rank: the p-quantile of n values is the ⌈p·n⌉-th smallest, so that each is
 * a value that occurred.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 p50;
  gint64 p90;
  gint64 p99;
  gint64 max;
} WeftQuantiles;

/**
 * weft_quantiles_compute:
 * @values: (array length=n): in any order; they are put into another
 *
 * In a time that grows with @n only.
 *
 * Returns: %FALSE, with @quantiles unchanged, if @n is 0
 */
gboolean weft_quantiles_compute (gint64 *values, gsize n, WeftQuantiles *quantiles);

G_END_DECLS
