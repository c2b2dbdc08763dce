/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One value of a parameter, checked against its description.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "weft-catalogue.h"

G_BEGIN_DECLS

typedef struct
{
  WeftValueType type;
  gint64 integer;  /* of an integer */
  double number;   /* of an integer or a number */
  char *text;      /* of a choice or a string, else NULL */
  char **elements; /* of a list, in canonical form, else NULL */
} WeftValue;

/**
 * weft_value_parse:
 * @workload_id: for the message
 * @info: what is allowed
 * @text: as typed; blanks around a number, a choice or an element of a list mean nothing
 * @error: a %WEFT_USAGE_ERROR_VALUE that names the parameter, the value, and what is allowed
 *
 * Returns: (transfer full) (nullable):
 */
WeftValue *
weft_value_parse (const char *workload_id, const WeftParameterInfo *info, const char *text, GError **error);

/** weft_value_new_number: (transfer full): @number, rounded where @info is of an integer, and brought
 * into the range of @info. */
WeftValue *weft_value_new_number (const WeftParameterInfo *info, double number);

WeftValue *weft_value_copy (const WeftValue *value);
void weft_value_free (WeftValue *value);

/** weft_value_dup_text: (transfer full): as it would be typed; parses to an equal value. */
char *weft_value_dup_text (const WeftValue *value);

/** weft_value_is_empty: an empty text or a list without elements. */
gboolean weft_value_is_empty (const WeftValue *value);

/** weft_value_to_json: (transfer full): a number, a string, or an array of either. */
JsonNode *weft_value_to_json (const WeftValue *value);

/** weft_number_dup_text: (transfer full): the shortest decimal text that reads back as @number. */
char *weft_number_dup_text (double number);

/** weft_parameter_info_dup_allowed: (transfer full): "a whole number from 1 to 256", "fifo, lifo or
 * shortest". */
char *weft_parameter_info_dup_allowed (const WeftParameterInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftValue, weft_value_free)

G_END_DECLS
