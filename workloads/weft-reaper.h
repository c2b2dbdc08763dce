/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include "weft-wire.h"

/* Reaps one child that has ended, if there is one, and notes on the wire how each of its lanes ended.
 * Returns its pid with waitpid()'s @status, 0 if none has ended yet, -1 if there are no children. */
pid_t weft_reaper_reap (WeftWire *wire, int *status);
