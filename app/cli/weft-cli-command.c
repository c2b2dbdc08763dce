/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-cli-command.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "weft-cli-text.h"
#include "weft-nearest.h"

static const WeftCliOption help_option = { 'h', "help", NULL, "Say all this, and nothing else." };

/* The option whose name is the @length bytes at @name, or NULL. */
static const WeftCliOption *
find_option (const WeftCliCommand *command, const char *name, gsize length)
{
  for (const WeftCliOption *option = command->options; option->name != NULL; option++)
    if (strlen (option->name) == length && strncmp (option->name, name, length) == 0)
      return option;
  return strlen ("help") == length && strncmp ("help", name, length) == 0 ? &help_option : NULL;
}

static const WeftCliOption *
find_letter (const WeftCliCommand *command, char letter)
{
  for (const WeftCliOption *option = command->options; option->name != NULL; option++)
    if (option->letter != '\0' && option->letter == letter)
      return option;
  return letter == help_option.letter ? &help_option : NULL;
}

static void
set_unknown_option (const WeftCliCommand *command, const char *text, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *typed = g_strndup (text, strcspn (text, "="));
  g_autofree char *quoted = weft_text_quote (typed);
  g_autofree char *hint = NULL;

  for (const WeftCliOption *option = command->options; option->name != NULL; option++)
    {
      if (option->letter != '\0')
        g_ptr_array_add (names, g_strdup_printf ("-%c", option->letter));
      g_ptr_array_add (names, g_strconcat ("--", option->name, NULL));
    }
  g_ptr_array_add (names, g_strdup ("--help"));
  g_ptr_array_add (names, NULL);
  hint = weft_nearest_hint (typed, (const char *const *) names->pdata, "options");
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "\"%s\" has no option %s: %s", command->name,
               quoted, hint);
}

/* Takes the option at @texts[*@at], and its value, which may be the next text. */
static gboolean
take_option (const WeftCliCommand *command, int n, char **texts, int *at, WeftCliGiven *given, GError **error)
{
  const char *text = texts[*at];
  const char *value = NULL;
  gboolean is_long = text[1] == '-';

  if (is_long)
    {
      const char *equals = strchr (text, '=');

      given->option =
          find_option (command, text + 2, equals != NULL ? (gsize) (equals - text - 2) : strlen (text + 2));
      value = equals != NULL ? equals + 1 : NULL;
    }
  else
    {
      given->option = find_letter (command, text[1]);
      value = text[2] != '\0' ? text + 2 : NULL;
    }
  if (given->option == NULL || (!is_long && value != NULL && given->option->argument == NULL))
    {
      set_unknown_option (command, text, error);
      return FALSE;
    }
  if (given->option->argument == NULL)
    {
      if (value == NULL)
        return TRUE;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "option --%s takes no value",
                   given->option->name);
      return FALSE;
    }
  if (value == NULL && *at + 1 < n)
    value = texts[++*at];
  if (value == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "option %s lacks its value, %s", text,
                   given->option->argument);
      return FALSE;
    }
  given->value = value;
  return TRUE;
}

gboolean
weft_cli_arguments_parse (const WeftCliCommand *command, int n, char **texts, WeftCliArguments *arguments,
                          gboolean *wants_help, GError **error)
{
  gboolean only_operands = FALSE;

  *wants_help = FALSE;
  arguments->operands = g_new0 (const char *, (gsize) n + 1);
  arguments->given = g_new0 (WeftCliGiven, (gsize) n + 1);
  arguments->n_operands = 0;
  arguments->n_given = 0;
  for (int at = 0; at < n; at++)
    {
      WeftCliGiven *given = &arguments->given[arguments->n_given];

      if (only_operands || texts[at][0] != '-' || texts[at][1] == '\0')
        arguments->operands[arguments->n_operands++] = texts[at];
      else if (strcmp (texts[at], "--") == 0)
        only_operands = TRUE;
      else if (!take_option (command, n, texts, &at, given, error))
        return FALSE;
      else if (given->option == &help_option)
        *wants_help = TRUE;
      else
        arguments->n_given++;
    }
  return TRUE;
}

void
weft_cli_arguments_clear (WeftCliArguments *arguments)
{
  g_free (arguments->operands);
  g_free (arguments->given);
}

const char *
weft_cli_arguments_find (const WeftCliArguments *arguments, const char *name)
{
  for (guint i = arguments->n_given; i > 0; i--)
    if (strcmp (arguments->given[i - 1].option->name, name) == 0)
      return arguments->given[i - 1].value != NULL ? arguments->given[i - 1].value : "";
  return NULL;
}

static void
append_option (GString *text, const WeftCliOption *option)
{
  if (option->letter != '\0')
    g_string_append_printf (text, "  -%c, --%s", option->letter, option->name);
  else
    g_string_append_printf (text, "      --%s", option->name);
  if (option->argument != NULL)
    g_string_append_printf (text, " %s", option->argument);
  g_string_append_c (text, '\n');
  weft_cli_text_append_wrapped (text, 10, option->help);
}

int
weft_cli_command_print_help (const WeftCliCommand *command)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "Usage: weft-cli %s%s%s\n\n", command->name,
                          *command->synopsis != '\0' ? " " : "", command->synopsis);
  weft_cli_text_append_wrapped (text, 0, command->summary);
  g_string_append (text, "\nOptions:\n");
  for (const WeftCliOption *option = command->options; option->name != NULL; option++)
    append_option (text, option);
  append_option (text, &help_option);
  if (command->help != NULL)
    g_string_append_printf (text, "\n%s", command->help);
  return weft_cli_text_print (text->str);
}

int
weft_cli_refuse (const WeftCliCommand *command, const char *message)
{
  fprintf (stderr, "weft-cli: %s\n", message);
  if (command != NULL)
    fprintf (stderr, "\"weft-cli %s --help\" says more.\n", command->name);
  return WEFT_CLI_WRONG_USAGE;
}

int
weft_cli_fail (const char *message)
{
  fprintf (stderr, "weft-cli: %s\n", message);
  return WEFT_CLI_FAILED;
}
