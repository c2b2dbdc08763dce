/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weft-cli: Weft without a display, for scripts, servers, tests and lectures.
 */
#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "weft-cli-command.h"
#include "weft-cli-output.h"
#include "weft-cli-text.h"
#include "weft-nearest.h"

static const WeftCliCommand *const commands[] = { &weft_cli_list, &weft_cli_describe, &weft_cli_run };

static void
append_usage (GString *text)
{
  g_string_append (text, "Usage: weft-cli COMMAND [OPTION]...\n\n"
                         "Runs concurrent programs and shows what they do, without a display.\n\n"
                         "Commands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-10s  %s\n", commands[i]->name, commands[i]->summary);
  g_string_append (text,
                   "\n\"weft-cli COMMAND --help\" says more; \"weft-cli --version\" says which this is.\n");
}

static int
refuse_option (const char *typed)
{
  static const char *const names[] = { "--help", "--version", NULL };
  g_autofree char *name = g_strndup (typed, strcspn (typed, "="));
  g_autofree char *quoted = weft_text_quote (name);
  g_autofree char *hint = weft_nearest_hint (name, names, "options");
  g_autofree char *message =
      g_strdup_printf ("before a command there is no option %s: %s", quoted, hint);

  return weft_cli_refuse (NULL, message);
}

static int
refuse_command (const char *name)
{
  const char *names[G_N_ELEMENTS (commands) + 1] = { NULL };
  g_autofree char *quoted = weft_text_quote (name);
  g_autofree char *hint = NULL;
  g_autofree char *message = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    names[i] = commands[i]->name;
  hint = weft_nearest_hint (name, names, "commands");
  message = g_strdup_printf ("there is no command %s: %s", quoted, hint);
  return weft_cli_refuse (NULL, message);
}

static int
run_command (const WeftCliCommand *command, int n, char **texts)
{
  WeftCliArguments arguments = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean wants_help;
  int code;

  if (!weft_cli_arguments_parse (command, n, texts, &arguments, &wants_help, &error))
    code = weft_cli_refuse (command, error->message);
  else if (wants_help)
    code = weft_cli_command_print_help (command);
  else
    code = command->run (&arguments);
  weft_cli_arguments_clear (&arguments);
  return code;
}

/* A signal that comes before the run can look after it waits until then: so even the earliest leaves a
 * summary. */
static void
hold_signals (void)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigprocmask (SIG_BLOCK, &signals, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GString) usage = g_string_new (NULL);

  weft_cli_output_open_standard ();
  /* A file or shared memory that may not grow is then an error like others, and can be told. */
  signal (SIGXFSZ, SIG_IGN);
  if (argc > 1 && strcmp (argv[1], "run") == 0)
    hold_signals ();
  g_set_prgname ("weft-cli");
  append_usage (usage);
  if (argc < 2)
    {
      fputs (usage->str, stderr);
      return WEFT_CLI_WRONG_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    return weft_cli_text_print (usage->str);
  if (strcmp (argv[1], "--version") == 0)
    return weft_cli_text_print ("weft-cli " WEFT_VERSION "\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i]->name) == 0)
      return run_command (commands[i], argc - 2, argv + 2);
  return argv[1][0] == '-' ? refuse_option (argv[1]) : refuse_command (argv[1]);
}
