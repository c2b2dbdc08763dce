/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weft-cli run: takes the options, refuses what is wrong before anything is started, runs, and leaves
 * the pictures and the summary.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "weft-cli-command.h"
#include "weft-cli-output.h"
#include "weft-cli-session.h"
#include "weft-cli-text.h"
#include "weft-nearest.h"
#include "weft-plot.h"
#include "weft-summary.h"

/* A day; the timers count milliseconds in 32 bits. */
#define MAX_SECONDS 86400

typedef struct
{
  WeftCliSessionOptions session;
  GPtrArray *pictures; /* paths */
  const char *summary; /* a path, "-" for standard output, or NULL */
} RunOptions;

G_GNUC_PRINTF (2, 3)
static gboolean
set_error (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_VALUE, format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
take_parameter (WeftParameters *parameters, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = NULL;
  g_autofree char *quoted = NULL;

  if (equals != NULL && equals != text)
    {
      name = g_strndup (text, (gsize) (equals - text));
      return weft_parameters_set (parameters, name, equals + 1, error);
    }
  quoted = weft_text_quote (text);
  return set_error (error, "-p %s is no NAME=VALUE; \"weft-cli describe %s\" lists the names", quoted,
                    weft_parameters_get_workload (parameters)->id);
}

static gboolean
take_seconds (const char *name, const char *text, double *seconds, GError **error)
{
  g_autofree char *quoted = NULL;
  char *end;

  *seconds = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && text[strspn (text, "+.eE0123456789-")] == '\0' && *seconds >= 0.001
      && *seconds <= MAX_SECONDS)
    return TRUE;
  quoted = weft_text_quote (text);
  return set_error (error, "--%s is %s: allowed is a number of seconds from 0.001 to %d", name, quoted,
                    MAX_SECONDS);
}

static gboolean
take_scheduling (RunOptions *run, const char *text, GError **error)
{
  static const char *const names[] = { "exact", "sampled", "off", NULL };
  g_autofree char *quoted = NULL;
  const char *nearest;

  if (g_strv_contains (names, text))
    {
      run->session.scheduling = strcmp (text, "off") == 0       ? WEFT_SCHEDULING_OFF
                                : strcmp (text, "sampled") == 0 ? WEFT_SCHEDULING_SAMPLED
                                                                : WEFT_SCHEDULING_EXACT;
      return TRUE;
    }
  quoted = weft_text_quote (text);
  nearest = weft_nearest_name (text, names);
  return set_error (error, "--scheduling is %s: allowed is exact, sampled or off%s%s%s", quoted,
                    nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                    nearest != NULL ? "\"?" : "");
}

static gboolean
take_option (RunOptions *run, const WeftCliGiven *given, GError **error)
{
  const char *name = given->option->name;
  const char *value = given->value;

  if (strcmp (name, "parameter") == 0)
    return take_parameter (run->session.parameters, value, error);
  if (strcmp (name, "preset") == 0)
    return weft_parameters_apply_preset (run->session.parameters, value, error);
  if (strcmp (name, "seed") == 0)
    return weft_parameters_set (run->session.parameters, "seed", value, error);
  if (strcmp (name, "duration") == 0)
    return take_seconds (name, value, &run->session.duration_s, error);
  if (strcmp (name, "timeout") == 0)
    return take_seconds (name, value, &run->session.timeout_s, error);
  if (strcmp (name, "scheduling") == 0)
    return take_scheduling (run, value, error);
  if (strcmp (name, "export") == 0)
    g_ptr_array_add (run->pictures, (gpointer) value);
  else if (strcmp (name, "summary") == 0)
    run->summary = value;
  else if (strcmp (name, "quiet") == 0)
    run->session.is_quiet = TRUE;
  else
    g_assert_not_reached ();
  return TRUE;
}

static gboolean
check_outputs (const RunOptions *run, GError **error)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < run->pictures->len; i++)
    {
      const char *path = run->pictures->pdata[i];
      g_autofree char *quoted = weft_text_quote (path);

      if (!weft_picture_format_is_known (path))
        return set_error (error, "--export is %s: the ending must be .png, .svg or .pdf", quoted);
      if (!weft_cli_output_check (path, error))
        return FALSE;
      if (!g_hash_table_add (paths, g_canonicalize_filename (path, NULL)))
        return set_error (error, "%s is to be written twice", quoted);
    }
  if (run->summary == NULL)
    return TRUE;
  if (strcmp (run->summary, "-") == 0)
    return weft_cli_output_check_standard (error);
  if (!weft_cli_output_check (run->summary, error))
    return FALSE;
  if (!g_hash_table_add (paths, g_canonicalize_filename (run->summary, NULL)))
    return set_error (error, "\"%s\" is to be written twice", run->summary);
  return TRUE;
}

/* What was set and means nothing, because another parameter overrides it. */
static void
print_overridden (WeftParameters *parameters)
{
  const WeftWorkloadInfo *info = weft_parameters_get_workload (parameters);

  for (guint i = 0; i < info->n_rules; i++)
    {
      const WeftRuleInfo *rule = &info->rules[i];
      g_autofree char *first = NULL;

      if (rule->kind != WEFT_RULE_INFO_OVERRIDES || !weft_parameters_is_set (parameters, rule->second))
        continue;
      first = weft_parameters_dup_text (parameters, rule->first);
      if (*first != '\0')
        fprintf (stderr, "weft-cli: parameter \"%s\" means nothing here, because \"%s\" is given\n",
                 rule->second, rule->first);
    }
}

static gboolean
write_summary (WeftRecording *recording, const char *path, GError **error)
{
  g_autofree char *text = weft_summary_to_text (recording);

  if (strcmp (path, "-") != 0)
    return weft_cli_output_write (path, text, error);
  /* The program is as good as over: being ended by the pipe's reader is nothing special any more. */
  signal (SIGPIPE, SIG_DFL);
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return TRUE;
  return set_error (error, "cannot write the summary to standard output: %s", g_strerror (errno));
}

/* Writes every file, whatever becomes of the others. */
static int
write_outputs (const RunOptions *run, WeftRecording *recording, int code)
{
  for (guint i = 0; i < run->pictures->len + 1; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean good = TRUE;

      if (i < run->pictures->len)
        good = weft_picture_save (recording, run->pictures->pdata[i], &error);
      else if (run->summary != NULL)
        good = write_summary (recording, run->summary, &error);
      if (good)
        continue;
      weft_cli_fail (error->message);
      if (code == WEFT_CLI_FINISHED)
        code = WEFT_CLI_FAILED;
    }
  return code;
}

static int
run_it (RunOptions *run)
{
  g_autoptr (WeftRecording) recording = NULL;
  int code;

  run->session.prints_log = !run->session.is_quiet && g_strcmp0 (run->summary, "-") != 0;
  print_overridden (run->session.parameters);
  recording = weft_cli_session_run (&run->session, &code);
  return recording != NULL ? write_outputs (run, recording, code) : code;
}

static gboolean
take_operands (const WeftCliArguments *arguments, const WeftWorkloadInfo **info, GError **error)
{
  g_autofree char *quoted = NULL;

  if (arguments->n_operands == 0)
    return set_error (error, "\"run\" takes the name of a workload; \"weft-cli list\" lists them");
  *info = weft_catalogue_find (weft_catalogue_get (), arguments->operands[0], error);
  if (*info == NULL)
    return FALSE;
  if (arguments->n_operands == 1)
    return TRUE;
  quoted = weft_text_quote (arguments->operands[1]);
  return set_error (error,
                    "\"run\" takes one workload, and %s follows it; parameters are written -p NAME=VALUE",
                    quoted);
}

static gboolean
take_all (RunOptions *run, const WeftCliArguments *arguments, GError **error)
{
  const WeftWorkloadInfo *info = NULL;

  if (!take_operands (arguments, &info, error))
    return FALSE;
  run->session.parameters = weft_parameters_new (info);
  for (guint i = 0; i < arguments->n_given; i++)
    if (!take_option (run, &arguments->given[i], error))
      return FALSE;
  return weft_parameters_check (run->session.parameters, NULL, error) && check_outputs (run, error);
}

static int
run_command (const WeftCliArguments *arguments)
{
  RunOptions run = { .pictures = g_ptr_array_new () };
  g_autoptr (GError) error = NULL;
  int code;

  if (take_all (&run, arguments, &error))
    code = run_it (&run);
  else
    code = weft_cli_refuse (&weft_cli_run, error->message);
  g_clear_pointer (&run.session.parameters, weft_parameters_unref);
  g_ptr_array_unref (run.pictures);
  return code;
}

static const WeftCliOption options[] = {
  { 'p', "parameter", "NAME=VALUE",
    "Sets a parameter; may be given for several. It beats the preset, whatever their order. Of two for the "
    "same parameter the last counts." },
  { '\0', "preset", "NAME",
    "Sets several parameters at once; \"weft-cli describe WORKLOAD\" lists the presets." },
  { '\0', "seed", "N", "Repeats the random durations and values of an earlier run: the same as -p seed=N." },
  { '\0', "duration", "SECONDS", "Stops the run in the ordinary way after that time. That is no failure." },
  { '\0', "timeout", "SECONDS", "Ends the run after that time with exit code 4." },
  { '\0', "scheduling", "exact|sampled|off",
    "How to record what the kernel did with each lane: exact, the default, takes each context switch from the "
    "kernel, and is sampled where the system refuses that; off, to measure without the cost of it." },
  { '\0', "export", "FILE",
    "Writes a picture of the whole run, as PNG, SVG or PDF by the ending of FILE; may be given several "
    "times." },
  { '\0', "summary", "FILE",
    "Writes the figures of the run as JSON; to standard output, without the log, if FILE is -." },
  { '\0', "quiet", NULL, "Prints no log, no progress and no closing line; only what goes wrong." },
  { 0 },
};

const WeftCliCommand weft_cli_run = {
  .name = "run",
  .synopsis = "WORKLOAD [OPTION]...",
  .summary = "Runs a workload and prints its log as it happens.",
  .help = "While the run goes on, its log is on standard output, and its progress on\n"
          "standard error where that is a terminal. SIGINT (Ctrl+C) and SIGTERM stop the\n"
          "run; what was recorded until then is kept, and still exported and summed up.\n"
          "\n"
          "Exit codes:\n"
          "    0  the run finished, or --duration ended it\n"
          "    1  it failed, or a file could not be written; standard error says why\n"
          "    2  something typed is wrong; nothing was started\n"
          "    3  the run ended in a deadlock\n"
          "    4  --timeout ended it\n"
          "  130  SIGINT ended it; 143: SIGTERM; 141: nobody reads the log any more\n",
  .options = options,
  .run = run_command,
};
