/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values of one workload's parameters: what was set, and what follows from presets, rules and
 * defaults. A value that was set explicitly beats a preset's, whatever their order. Reference counted;
 * used by one thread at a time.
 */
#pragma once

#include "weft-catalogue.h"

G_BEGIN_DECLS

typedef struct _WeftParameters WeftParameters;

WeftParameters *weft_parameters_new (const WeftWorkloadInfo *info);
WeftParameters *weft_parameters_copy (WeftParameters *parameters);
WeftParameters *weft_parameters_ref (WeftParameters *parameters);
void weft_parameters_unref (WeftParameters *parameters);
const WeftWorkloadInfo *weft_parameters_get_workload (WeftParameters *parameters);

/** weft_parameters_apply_preset: values that were set explicitly win, whatever the order. */
gboolean weft_parameters_apply_preset (WeftParameters *parameters, const char *name, GError **error);

/** weft_parameters_set: sets @name from @text as typed. The error names the parameter, the value, and
 * what is allowed; an unknown name, the nearest one. On error nothing changes. */
gboolean weft_parameters_set (WeftParameters *parameters, const char *name, const char *text, GError **error);

/** weft_parameters_unset: back to the preset's value or the default. */
void weft_parameters_unset (WeftParameters *parameters, const char *name);

/** weft_parameters_check: applies the rules between parameters. The error names both. @offender: (out)
 * (optional): the name of the first parameter of the broken rule. */
gboolean weft_parameters_check (WeftParameters *parameters, const char **offender, GError **error);

/** weft_parameters_dup_text: the value in force, as it would be typed. */
char *weft_parameters_dup_text (WeftParameters *parameters, const char *name);
/** weft_parameters_is_set: explicitly, by weft_parameters_set(). */
gboolean weft_parameters_is_set (WeftParameters *parameters, const char *name);
gint64 weft_parameters_get_integer (WeftParameters *parameters, const char *name);
double weft_parameters_get_number (WeftParameters *parameters, const char *name);

/** weft_parameters_get_strings: (transfer full): elements of a list parameter. */
char **weft_parameters_get_strings (WeftParameters *parameters, const char *name);

/** weft_parameters_to_json: (transfer full): a JsonObject * with every parameter, typed. */
gpointer weft_parameters_to_json (WeftParameters *parameters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftParameters, weft_parameters_unref)

G_END_DECLS
