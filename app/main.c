/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "weft-application.h"

int
main (int argc, char **argv)
{
  g_autoptr (WeftApplication) application = NULL;

  setlocale (LC_ALL, "");
  g_set_application_name ("Weft");
  application = weft_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
