/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is remembered from one start to the next: the keys are in data/weft.gschema.xml.in.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * weft_settings_get:
 *
 * The schema is found without any environment variable: in the build folder that the program lies in,
 * else in the `share` beside it, else where Weft was configured to be installed, else where GLib looks.
 * Where it is missing, that is said once on standard error: Weft works without, and remembers nothing.
 * To be called in the main thread.
 *
 * Returns: (transfer none) (nullable): the settings
 */
GSettings *weft_settings_get (void);

G_END_DECLS
