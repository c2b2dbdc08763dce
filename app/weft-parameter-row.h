/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One field of the form, made from a parameter's description alone: its title and help, a control
 * that fits its type, its unit, and what is wrong with what was entered. What is entered is never
 * changed behind the person's back: a number that is out of range stays as it was typed.
 *
 * Signals:
 *   "edited": the person changed the value (see weft_parameter_row_get_text())
 *   "reset": the person wants the value back that it had at first
 */
#pragma once

#include <adwaita.h>

#include "weft-catalogue.h"

G_BEGIN_DECLS

#define WEFT_TYPE_PARAMETER_ROW (weft_parameter_row_get_type ())
G_DECLARE_FINAL_TYPE (WeftParameterRow, weft_parameter_row, WEFT, PARAMETER_ROW, AdwPreferencesRow)

GtkWidget *weft_parameter_row_new (const WeftParameterInfo *info);
const WeftParameterInfo *weft_parameter_row_get_info (WeftParameterRow *self);

/** weft_parameter_row_dup_text: what is entered now, valid or not. */
char *weft_parameter_row_dup_text (WeftParameterRow *self);

/** weft_parameter_row_set_text: shows @text; emits nothing. */
void weft_parameter_row_set_text (WeftParameterRow *self, const char *text);

/** weft_parameter_row_set_error: @message: (nullable): marks the field as invalid and says why. */
void weft_parameter_row_set_error (WeftParameterRow *self, const char *message);
const char *weft_parameter_row_get_error (WeftParameterRow *self);

/** weft_parameter_row_set_original: @text: (nullable): the value that "reset" leads back to; %NULL: the
 * value is that. */
void weft_parameter_row_set_original (WeftParameterRow *self, const char *text);

/** weft_parameter_row_set_overridden: @title: (nullable): of the parameter because of which this one
 * means nothing now. */
void weft_parameter_row_set_overridden (WeftParameterRow *self, const char *title);

G_END_DECLS
