/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalogue of workloads, as the helper printed it when Weft was built.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WEFT_VALUE_INTEGER,
  WEFT_VALUE_NUMBER,
  WEFT_VALUE_CHOICE,
  WEFT_VALUE_STRING,
  WEFT_VALUE_INTEGER_LIST,
  WEFT_VALUE_STRING_LIST
} WeftValueType;

/* All strings are owned by the catalogue and never NULL unless said. */
typedef struct
{
  const char *name;
  const char *title;
  const char *help;
  WeftValueType type;
  const char *unit; /* (nullable) */
  double minimum;
  double maximum;
  const char *default_text; /* as it would be typed, for the number of cores of this machine */
  double default_value;     /* numbers: default_value + default_per_core × cores */
  double default_per_core;
  const char *const *choices;       /* NULL-terminated; empty unless a choice */
  const char *const *choice_titles; /* what to show for each of them */
  guint max_elements;
} WeftParameterInfo;

typedef struct
{
  const char *name;
  const char *title;
  const char *help;
  const char *const *names; /* of the parameters it sets, NULL-terminated */
  const char *const *values;
} WeftPresetInfo;

typedef enum
{
  WEFT_RULE_INFO_AT_MOST,
  WEFT_RULE_INFO_FOLLOWS,
  WEFT_RULE_INFO_OVERRIDES
} WeftRuleInfoKind;

typedef struct
{
  WeftRuleInfoKind kind;
  const char *first;
  const char *second;
} WeftRuleInfo;

typedef struct
{
  const char *name;
  const char *title;
  const char *unit; /* (nullable) */
  const char *help;
} WeftResultInfo;

typedef struct
{
  const char *id;
  const char *title;
  const char *summary;
  const char *group;
  const char *see;
  const char *task_noun;  /* (nullable) */
  const char *task_names; /* (nullable): name of the list parameter */
  const WeftParameterInfo *parameters;
  guint n_parameters;
  const WeftPresetInfo *presets;
  guint n_presets;
  const WeftRuleInfo *rules;
  guint n_rules;
  const WeftResultInfo *results;
  guint n_results;
  const char *const *lines; /* log templates; line n is lines[n - 1] */
  guint n_lines;
} WeftWorkloadInfo;

typedef struct _WeftCatalogue WeftCatalogue;

/** weft_catalogue_get: (transfer none): the one that is built in. Aborts if that is broken. */
const WeftCatalogue *weft_catalogue_get (void);

/** weft_catalogue_parse: (transfer full): from JSON, see docs/catalogue.md. Everything in it is
 * checked, defaults and presets too; %G_IO_ERROR_INVALID_DATA names the place and what is wrong.
 * The parameter `cores` is bounded by the cores of this machine. */
WeftCatalogue *weft_catalogue_parse (const char *json, gssize length, GError **error);
void weft_catalogue_free (WeftCatalogue *catalogue);

guint weft_catalogue_get_n_workloads (const WeftCatalogue *catalogue);
const WeftWorkloadInfo *weft_catalogue_get_workload (const WeftCatalogue *catalogue, guint index);

/** weft_catalogue_find: (nullable): sets @error naming @id and the nearest id. */
const WeftWorkloadInfo *weft_catalogue_find (const WeftCatalogue *catalogue, const char *id, GError **error);

const WeftParameterInfo *
weft_workload_info_find_parameter (const WeftWorkloadInfo *info, const char *name, GError **error);
const WeftPresetInfo *
weft_workload_info_find_preset (const WeftWorkloadInfo *info, const char *name, GError **error);

/** weft_workload_info_to_json: (transfer full): a JsonObject * with the description, defaults being
 * those of this machine. */
gpointer weft_workload_info_to_json (const WeftWorkloadInfo *info);

/** weft_value_type_get_id: "integer", "number", "choice", "string", "integer-list", "string-list". */
const char *weft_value_type_get_id (WeftValueType type);

/** weft_rule_info_kind_get_id: "at-most", "follows", "overrides". */
const char *weft_rule_info_kind_get_id (WeftRuleInfoKind kind);

/** weft_machine_get_n_cores: cores that this process may use (its affinity). */
guint weft_machine_get_n_cores (void);

/* Errors of what a person typed. */
#define WEFT_USAGE_ERROR (weft_usage_error_quark ())
GQuark weft_usage_error_quark (void);
typedef enum
{
  WEFT_USAGE_ERROR_WORKLOAD,
  WEFT_USAGE_ERROR_PARAMETER,
  WEFT_USAGE_ERROR_PRESET,
  WEFT_USAGE_ERROR_VALUE,
  WEFT_USAGE_ERROR_CONTRADICTION
} WeftUsageError;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftCatalogue, weft_catalogue_free)

G_END_DECLS
