/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weft-workload, the program that every run takes place in. Run control starts it; by hand it can only
 * tell what it holds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weft-catalogue-printer.h"
#include "weft-supervisor.h"

static const char help[] =
    "weft-workload: runs one workload for weft or weft-cli, which start it themselves.\n"
    "\n"
    "  --catalogue   print the descriptions of all workloads as JSON\n"
    "  --help        print this\n"
    "  --version     print the version\n"
    "\n"
    "To run a workload: weft-cli run WORKLOAD\n";

static int
print (const char *text)
{
  return fputs (text, stdout) >= 0 && fflush (stdout) == 0 ? 0 : 1;
}

/* A file descriptor that is open, or -1. */
static int
parse_fd (const char *text)
{
  char *end;
  long fd = strtol (text, &end, 10);

  return *text != '\0' && *end == '\0' && fd >= 0 && fd <= 1 << 20 && fcntl ((int) fd, F_GETFD) >= 0
             ? (int) fd
             : -1;
}

int
main (int argc, char **argv)
{
  int memory_fd = -1;
  int control_fd = -1;
  gboolean run = FALSE;

  if (argc == 2 && strcmp (argv[1], "--catalogue") == 0)
    {
      g_autofree char *text = weft_catalogue_to_text ();

      return print (text);
    }
  if (argc == 2 && strcmp (argv[1], "--help") == 0)
    return print (help);
  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    return print ("weft-workload " WEFT_VERSION "\n");
  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--run") == 0)
      run = TRUE;
    else if (strcmp (argv[i], "--memory-fd") == 0 && i + 1 < argc)
      memory_fd = parse_fd (argv[++i]);
    else if (strcmp (argv[i], "--control-fd") == 0 && i + 1 < argc)
      control_fd = parse_fd (argv[++i]);
    else
      {
        fprintf (stderr, "weft-workload: unknown option \"%s\"; --help lists what there is.\n", argv[i]);
        return 2;
      }
  if (run && memory_fd >= 0 && control_fd >= 0)
    return weft_supervisor_run (memory_fd, control_fd);
  fputs ("weft-workload is started by weft and weft-cli, which give it a memory and a control channel. To "
         "run a workload, use \"weft-cli run WORKLOAD\".\n",
         stderr);
  return 2;
}
