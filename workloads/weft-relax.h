/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tells the processor that this thread spins. */
static inline void
weft_relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
