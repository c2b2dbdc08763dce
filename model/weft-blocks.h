/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where entry `index` of an append-only column lives. A column is a short directory of blocks, each
 * twice as large as the one before it, so that nothing ever moves, a short column takes little memory,
 * and a directory of fixed size is enough for billions of entries.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Blocks of a directory. With the first block of 2^3 entries the last index is about 2^38. */
#define WEFT_N_BLOCKS 36

/* Entries of block @block, when the first one has 2^@shift. */
static inline guint64
weft_block_capacity (guint block, guint shift)
{
  return G_GUINT64_CONSTANT (1) << (block + shift);
}

/* Index of the first entry of block @block. */
static inline guint64
weft_block_start (guint block, guint shift)
{
  return ((G_GUINT64_CONSTANT (1) << block) - 1) << shift;
}

/* The block that holds entry @index; @offset: where in it. */
static inline guint
weft_block_of (guint64 index, guint shift, guint64 *offset)
{
  guint block = 63 - (guint) __builtin_clzll ((index >> shift) + 1);

  *offset = index - weft_block_start (block, shift);
  return block;
}

G_END_DECLS
