/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory there is for this program. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** weft_memory_limit_get: bytes of memory that this process can have at most: those of the machine, or fewer
 * where its control group (memory.max, version 2) or its limits (ulimit -v, -d) say so. */
gsize weft_memory_limit_get (void);

G_END_DECLS
