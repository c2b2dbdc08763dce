/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window: the catalogue, the charts and the log of a run, its parameters and its result. It runs
 * one workload at a time; each workload keeps its form and its last run as long as the window lives.
 */
#pragma once

#include <adwaita.h>

#include "weft-parameters.h"

G_BEGIN_DECLS

#define WEFT_TYPE_WINDOW (weft_window_get_type ())
G_DECLARE_FINAL_TYPE (WeftWindow, weft_window, WEFT, WINDOW, AdwApplicationWindow)

/** weft_window_new: a window as the last one was left. */
WeftWindow *weft_window_new (AdwApplication *application);

/**
 * weft_window_open:
 * @parameters: (nullable): what its form shows, instead of what was there; %NULL: that stays, and so
 *   does the workload
 * @preset: (nullable): the preset that was applied to @parameters
 * @run: starts it, too
 *
 * Opens the workload of @parameters.
 */
void weft_window_open (WeftWindow *self, WeftParameters *parameters, const char *preset, gboolean run);

G_END_DECLS
