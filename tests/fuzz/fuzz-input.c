/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-input.h"

#include <glib.h>
#include <stdlib.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);

/* libFuzzer and the driver call it once, before any input: a bug of a caller ends the target. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  return 0;
}

char *
fuzz_dup_rest (const FuzzInput *input)
{
  /* Of just this size, so that a sanitizer sees the first byte behind it read. */
  char *text = malloc (input->size + 1);

  g_assert_nonnull (text);
  if (input->size > 0)
    memcpy (text, input->data, input->size);
  text[input->size] = '\0';
  return text;
}
