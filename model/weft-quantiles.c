/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-quantiles.h"

static inline void
swap (gint64 *values, gssize a, gssize b)
{
  gint64 value = values[a];

  values[a] = values[b];
  values[b] = value;
}

/* Hoare's selection: afterwards values[rank] is what it would be if @values were sorted, nothing
 * before it is greater and nothing after it smaller. All before @begin are known to be no greater. */
static gint64
select_rank (gint64 *values, gssize begin, gssize n, gssize rank)
{
  gssize left = begin;
  gssize right = n - 1;

  while (left < right)
    {
      gint64 pivot = values[left + (right - left) / 2];
      gssize i = left;
      gssize j = right;

      while (i <= j)
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i <= j)
            swap (values, i++, j--);
        }
      /* Between j and i, if anything, are values equal to the pivot. */
      if (rank <= j)
        right = j;
      else if (rank >= i)
        left = i;
      else
        break;
    }
  return values[rank];
}

/* The index of the ⌈percent/100·n⌉-th smallest. */
static gssize
get_rank (gssize n, guint percent)
{
  return (n * percent + 99) / 100 - 1;
}

gboolean
weft_quantiles_compute (gint64 *values, gsize n, WeftQuantiles *quantiles)
{
  gssize count = (gssize) n;

  if (count == 0)
    return FALSE;
  quantiles->p50 = select_rank (values, 0, count, get_rank (count, 50));
  quantiles->p90 = select_rank (values, get_rank (count, 50), count, get_rank (count, 90));
  quantiles->p99 = select_rank (values, get_rank (count, 90), count, get_rank (count, 99));
  quantiles->max = select_rank (values, get_rank (count, 99), count, count - 1);
  return TRUE;
}
