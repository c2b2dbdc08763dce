/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "weft-workload.h"

/* The parameters that every workload has besides its own, ending with a NULL name. */
extern const WeftParameterSpec weft_common_parameters[];

/* The catalogue as indented JSON with a newline at its end; docs/catalogue.md describes it. It says
 * nothing of the machine, so that it can be built in. Free with g_free(). */
char *weft_catalogue_to_text (void);
