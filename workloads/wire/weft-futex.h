/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two calls of futex(2), on words that processes share. */
#pragma once

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Sleeps while *@word is @expected, until woken or until @deadline of CLOCK_MONOTONIC (NULL: never).
 * May return early; the caller looks again. */
static inline void
weft_futex_wait (_Atomic uint32_t *word, uint32_t expected, const struct timespec *deadline)
{
  syscall (SYS_futex, word, FUTEX_WAIT_BITSET, expected, deadline, NULL, FUTEX_BITSET_MATCH_ANY);
}

/* Wakes up to @count sleepers on @word. */
static inline void
weft_futex_wake (_Atomic uint32_t *word, int count)
{
  syscall (SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

/* The instant @ns from now, as a deadline. */
static inline struct timespec
weft_futex_deadline (int64_t ns)
{
  struct timespec deadline;

  clock_gettime (CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += ns / 1000000000;
  deadline.tv_nsec += ns % 1000000000;
  if (deadline.tv_nsec >= 1000000000)
    {
      deadline.tv_sec++;
      deadline.tv_nsec -= 1000000000;
    }
  return deadline;
}
