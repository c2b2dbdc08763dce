/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parameters of one workload as a form, made from its description alone: presets on top, a row
 * for each parameter, with the rules between them. One form for each workload lives as long as the
 * window, so what was entered is still there when the person comes back.
 *
 * Signal "changed": a value, or whether all of them are valid, has changed.
 */
#pragma once

#include <adwaita.h>

#include "weft-parameters.h"

G_BEGIN_DECLS

#define WEFT_TYPE_PARAMETER_FORM (weft_parameter_form_get_type ())
G_DECLARE_FINAL_TYPE (WeftParameterForm, weft_parameter_form, WEFT, PARAMETER_FORM, AdwBin)

/** weft_parameter_form_new: @parameters: (transfer none): what it shows at first, copied. @preset:
 * (nullable): the preset that was applied to them. */
GtkWidget *weft_parameter_form_new (WeftParameters *parameters, const char *preset);

/** weft_parameter_form_get_problem: (nullable): why the values cannot be run; %NULL: they can. */
const char *weft_parameter_form_get_problem (WeftParameterForm *self);

/** weft_parameter_form_dup_parameters: (transfer full): a copy of the values, for a run. */
WeftParameters *weft_parameter_form_dup_parameters (WeftParameterForm *self);

/** weft_parameter_form_get_preset: (nullable): the name of the preset that was chosen last. */
const char *weft_parameter_form_get_preset (WeftParameterForm *self);

/** weft_parameter_form_dup_summary: (transfer full): a few words on what is set: "Watch · workers 8,
 * tasks 20". */
char *weft_parameter_form_dup_summary (WeftParameterForm *self);

G_END_DECLS
