/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program: its command line, its windows, and what they share.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WEFT_TYPE_APPLICATION (weft_application_get_type ())
G_DECLARE_FINAL_TYPE (WeftApplication, weft_application, WEFT, APPLICATION, AdwApplication)

/* Properties: save-power (boolean: a person wants it; remembered), saving (boolean, read-only: that, or the
 * system saves power). */
WeftApplication *weft_application_new (void);

G_END_DECLS
