/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a workload is: a description, which is the single source of its form, options, help,
 * validation, log lines and results; a function that runs it; and one that reads its figures from
 * the exact totals in shared memory.
 *
 * `weft-workload --catalogue` prints all descriptions as JSON (docs/catalogue.md has the format).
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "weft-lane.h"

typedef enum
{
  WEFT_PARAMETER_INTEGER,
  WEFT_PARAMETER_NUMBER,
  WEFT_PARAMETER_CHOICE,
  WEFT_PARAMETER_STRING,
  WEFT_PARAMETER_INTEGER_LIST,
  WEFT_PARAMETER_STRING_LIST
} WeftParameterType;

/* One parameter. Its default is `default_value` (numbers) or `default_text`; for integers
 * `default_per_core` times the number of cores that the run may use is added. */
typedef struct
{
  const char *name;  /* as on the command line: "min-ms" */
  const char *title; /* as in the form: "Shortest task" */
  const char *help;  /* one sentence */
  WeftParameterType type;
  const char *unit; /* "ms", "us", or NULL */
  double minimum;   /* of the value, or of each element of a list */
  double maximum;
  double default_value;
  double default_per_core;
  const char *default_text;   /* choice, string, lists (comma separated); NULL: "" */
  const char *const *choices; /* NULL-terminated */
  const char *const *choice_titles; /* as in the form, as many; NULL: as they are */
  guint max_elements;         /* of a list */
} WeftParameterSpec;

/* A rule between parameters, enforced by whoever takes the values. */
typedef enum
{
  WEFT_RULE_AT_MOST,  /* `first` must not exceed `second` */
  WEFT_RULE_FOLLOWS,  /* if just one of the two is set, the other takes the same value */
  WEFT_RULE_OVERRIDES /* a non-empty `first` makes `second` mean nothing; forms show that */
} WeftRuleKind;

typedef struct
{
  WeftRuleKind kind;
  const char *first;
  const char *second;
} WeftRuleSpec;

typedef struct
{
  const char *name; /* "four-workers-five-tasks" */
  const char *title;
  const char *help;
  const char *values; /* "workers=4 tasks=5": NAME=VALUE, separated by spaces */
} WeftPresetSpec;

typedef struct
{
  const char *name;  /* key in the summary's result: "makespan_s" */
  const char *title; /* in the result panel: "Makespan" */
  const char *unit;  /* "s", "/s", "%" (a fraction shown as percent), or NULL */
  const char *help;
} WeftResultSpec;

typedef struct _WeftRun WeftRun;

typedef struct
{
  const char *id;                      /* "pool" */
  const char *title;                   /* "Pool" */
  const char *summary;                 /* "more tasks than workers" */
  const char *group;                   /* "Start here" */
  const char *see;                     /* what happens and what to look for, paragraphs separated by \n\n */
  const char *task_noun;               /* "task": what one unit of work is called, or NULL */
  const char *task_names;              /* a list parameter that names the units in turn, or NULL */
  const char *watch;                   /* values of preset "watch", which the window opens with */
  const char *measure;                 /* values of preset "measure" */
  const WeftParameterSpec *parameters; /* ends with a NULL name; seed and cores are added to all */
  const WeftPresetSpec *presets;       /* ends with a NULL name; watch and measure are added */
  const WeftRuleSpec *rules;           /* ends with a NULL first */
  const WeftResultSpec *results;       /* ends with a NULL name */
  const char *const *lines;            /* templates of the log; a line's number is its index + 1. {pid}: the
                               lane's process; {id}: its tid for a thread, its pid for a process;
                               {task}: the task's name or number; {seconds}: the event's value, in
                               ticks, as seconds with two decimals; {value}: the value as it is */

  /* How many lanes a run will have at most, so that rings can be sized. */
  guint (*lanes) (const WeftRun *run);

  /* Runs it, in the workload's own first process, until it is finished or weft_run_stopping().
   * Returns the exit status: 0 finished; 1 failed, after weft_run_fail(). */
  int (*run) (WeftRun *run);

  /* Adds the members of `results` to the open object of @builder, from the totals in shared memory
   * and the parameters; what is not known is null. Called in the supervisor, while the run goes on
   * too, so it must not rely on anything that run() keeps in its own memory. */
  void (*result) (const WeftRun *run, JsonBuilder *builder);
} WeftWorkload;

/* All workloads, in the catalogue's order, ending with NULL. */
extern const WeftWorkload *const weft_workloads[];
