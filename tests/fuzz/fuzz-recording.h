/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "weft-recording.h"

/* Fails if anything of @recording, of a run that has ended, is not as its readers rely on: times that
 * run back, a span, value or line outside of the run, shares that do not add up, text that is no UTF-8,
 * a summary that does not read back as it was written. */
void fuzz_check_recording (WeftRecording *recording);
