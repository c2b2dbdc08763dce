/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the name that a person meant when they typed another.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * weft_nearest_distance:
 *
 * Returns: how many letters must be inserted, left out, replaced, or swapped with their neighbour to
 *   make @b of @a (optimal string alignment), counted in bytes, upper and lower case being the same
 */
guint weft_nearest_distance (const char *a, const char *b);

/**
 * weft_nearest_name:
 * @word: what was typed
 * @names: (array zero-terminated=1): the right names
 *
 * Returns: (nullable) (transfer none): the name nearest to @word, the first of several; %NULL if
 *   none is near: at most one letter in three may be wrong, but one always may; or else it must be the
 *   only one that begins with @word
 */
const char *weft_nearest_name (const char *word, const char *const *names);

/**
 * weft_nearest_hint:
 *
 * Returns: (transfer full): how a message about an unknown name ends: `did you mean "workers"?`, or
 *   where none is near, `the @plural are …` with all the names
 */
char *weft_nearest_hint (const char *word, const char *const *names, const char *plural);

/** weft_text_join_names: (transfer full): "a", "a @conjunction b", "a, b @conjunction c". */
char *weft_text_join_names (const char *const *names, const char *conjunction);

/**
 * weft_text_quote:
 *
 * Returns: (transfer full): @text in double quotes, fit for one line of a message: what is not
 *   printable is escaped, and what is very long is cut
 */
char *weft_text_quote (const char *text);

G_END_DECLS
