/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-core-source.h"

#include <glibtop.h>
#include <glibtop/cpu.h>
#include <glibtop/sysinfo.h>
#include <stdlib.h>
#include <string.h>

/* The highest number in a list like "0-3,6", plus one. */
static guint
highest_in_list (const char *list)
{
  guint highest = 0;

  for (const char *c = list; *c != '\0';)
    {
      char *end;
      gulong number = strtoul (c, &end, 10);

      if (end == c)
        break;
      highest = MAX (highest, (guint) MIN (number, GLIBTOP_NCPU - 1) + 1);
      c = *end == '\0' ? end : end + 1;
    }
  return highest;
}

guint
weft_core_source_count_cores (void)
{
  g_autofree char *cpuinfo = NULL;
  g_autofree char *present = NULL;
  guint n_cores = 1;

  /* libgtop ends the program when it cannot open a file of /proc, for want of descriptors say. */
  if (g_file_get_contents ("/proc/cpuinfo", &cpuinfo, NULL, NULL))
    {
      /* Not glibtop_global_server->ncpu, which is the last index where there are several. */
      const glibtop_sysinfo *info = glibtop_get_sysinfo ();

      n_cores = (guint) CLAMP (info->ncpu, 1, GLIBTOP_NCPU);
    }
  /* It counts the cores that are online. */
  if (g_file_get_contents ("/sys/devices/system/cpu/present", &present, NULL, NULL))
    n_cores = MAX (n_cores, highest_in_list (present));
  return n_cores;
}

void
weft_core_source_parse_stat (const char *text, WeftCoreReading *readings, guint n_cores)
{
  memset (readings, 0, n_cores * sizeof *readings);
  for (const char *line = text; line != NULL;
       line = strchr (line, '\n'), line = line != NULL ? line + 1 : NULL)
    {
      guint64 fields[8] = { 0 }; /* user nice system idle iowait irq softirq steal */
      gulong core;
      char *end;

      if (strncmp (line, "cpu", 3) != 0 || !g_ascii_isdigit (line[3]))
        continue;
      core = strtoul (line + 3, &end, 10);
      if (core >= n_cores)
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (fields) && *end == ' '; i++)
        fields[i] = g_ascii_strtoull (end, &end, 10);
      readings[core] = (WeftCoreReading){ .online = TRUE,
                                          .busy = fields[0] + fields[1] + fields[2] + fields[5] + fields[6],
                                          .idle = fields[3] + fields[4],
                                          .steal = fields[7] };
    }
}

void
weft_core_source_machine (WeftCoreReading *readings, guint n_cores, gpointer data)
{
  static glibtop_cpu cpu; /* 64 KiB, and the main thread's alone */
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL))
    {
      memset (readings, 0, n_cores * sizeof *readings);
      return;
    }
  weft_core_source_parse_stat (text, readings, n_cores);
  for (guint i = 0; i < n_cores; i++)
    if (!readings[i].online)
      return;
  glibtop_get_cpu (&cpu);
  for (guint i = 0; i < MIN (n_cores, GLIBTOP_NCPU); i++)
    {
      readings[i].busy =
          cpu.xcpu_user[i] + cpu.xcpu_nice[i] + cpu.xcpu_sys[i] + cpu.xcpu_irq[i] + cpu.xcpu_softirq[i];
      readings[i].idle = cpu.xcpu_idle[i] + cpu.xcpu_iowait[i];
    }
}
