/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The entry point of a fuzz target, and a reader that takes numbers out of its input. Once the input is
 * used up, everything is 0.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct
{
  const uint8_t *data;
  size_t size;
} FuzzInput;

/* Copies the next @size bytes into @target, with zeros for those that are not there. */
static inline void
fuzz_take (FuzzInput *input, void *target, size_t size)
{
  size_t taken = size < input->size ? size : input->size;

  if (taken > 0)
    memcpy (target, input->data, taken);
  memset ((uint8_t *) target + taken, 0, size - taken);
  input->data += taken;
  input->size -= taken;
}

static inline uint8_t
fuzz_take_u8 (FuzzInput *input)
{
  uint8_t number;

  fuzz_take (input, &number, sizeof number);
  return number;
}

static inline uint16_t
fuzz_take_u16 (FuzzInput *input)
{
  uint16_t number;

  fuzz_take (input, &number, sizeof number);
  return number;
}

static inline uint32_t
fuzz_take_u32 (FuzzInput *input)
{
  uint32_t number;

  fuzz_take (input, &number, sizeof number);
  return number;
}

static inline uint64_t
fuzz_take_u64 (FuzzInput *input)
{
  uint64_t number;

  fuzz_take (input, &number, sizeof number);
  return number;
}

/* What is left of the input, as a string of its own; free with free(). */
char *fuzz_dup_rest (const FuzzInput *input);
