/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * weft_event_cost_get_ns:
 *
 * What writing one event costs a lane on this machine and with the clock that runs use, in ns. The
 * first call measures it (about 1 ms), in the calling thread, with the same code and a ring of the
 * same kind as a run's; later calls return the same figure. Any thread.
 *
 * Returns: NaN if no shared memory could be had for it
 */
double weft_event_cost_get_ns (void);

G_END_DECLS
