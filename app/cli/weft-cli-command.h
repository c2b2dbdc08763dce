/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands of weft-cli: each is one description, from which its options are read and its help is
 * written, and one function.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the program ends with. 130 and 143 are 128 and the number of the signal, as a shell has it
 * for programs that a signal ended; so is 141, when nobody reads the output any more. */
enum
{
  WEFT_CLI_FINISHED = 0,
  WEFT_CLI_FAILED = 1,
  WEFT_CLI_WRONG_USAGE = 2,
  WEFT_CLI_DEADLOCK = 3,
  WEFT_CLI_TIMEOUT = 4,
  WEFT_CLI_SIGNAL = 128
};

typedef struct
{
  char letter;          /* '\0': none */
  const char *name;     /* without the hyphens */
  const char *argument; /* what its value is called in the help; NULL: it takes none */
  const char *help;
} WeftCliOption;

/* One option as it was given. */
typedef struct
{
  const WeftCliOption *option;
  const char *value; /* NULL if it takes none */
} WeftCliGiven;

typedef struct
{
  const char **operands; /* ends with NULL */
  guint n_operands;
  WeftCliGiven *given; /* in their order */
  guint n_given;
} WeftCliArguments;

typedef struct
{
  const char *name;
  const char *synopsis;                           /* what follows the name */
  const char *summary;                            /* for the list of commands */
  const char *help;                               /* what follows the options in the help */
  const WeftCliOption *options;                   /* ends with a NULL name; --help is always there */
  int (*run) (const WeftCliArguments *arguments); /* returns the exit code */
} WeftCliCommand;

extern const WeftCliCommand weft_cli_list;
extern const WeftCliCommand weft_cli_describe;
extern const WeftCliCommand weft_cli_run;

/**
 * weft_cli_arguments_parse:
 * @wants_help: (out): --help was among them; nothing else then matters
 *
 * Sorts the @n @texts that follow the command's name into options and operands. `--name VALUE`,
 * `--name=VALUE`, `-l VALUE` and `-lVALUE` are the same; after `--` everything is an operand.
 *
 * Returns: %FALSE, with an error naming what is wrong and what is allowed
 */
gboolean weft_cli_arguments_parse (const WeftCliCommand *command, int n, char **texts,
                                   WeftCliArguments *arguments, gboolean *wants_help, GError **error);
void weft_cli_arguments_clear (WeftCliArguments *arguments);

/** weft_cli_arguments_find: (nullable): the value of option @name given last; "" if it takes none. */
const char *weft_cli_arguments_find (const WeftCliArguments *arguments, const char *name);

/** weft_cli_command_print_help: on standard output. Returns the exit code. */
int weft_cli_command_print_help (const WeftCliCommand *command);

/** weft_cli_refuse: says on standard error that what was typed is wrong. Returns the exit code.
 * @command: (nullable): whose help would tell more. */
int weft_cli_refuse (const WeftCliCommand *command, const char *message);

/** weft_cli_fail: says on standard error what failed. Returns the exit code. */
int weft_cli_fail (const char *message);

G_END_DECLS
