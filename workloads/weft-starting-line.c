/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-starting-line.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "weft-futex.h"

gboolean
weft_starting_line_init (WeftStartingLine *line, WeftRun *run)
{
  line->open = mmap (NULL, sizeof *line->open, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (line->open != MAP_FAILED)
    return TRUE;
  weft_run_fail (run, "There is no memory to start workers: %s. End other programs.", g_strerror (errno));
  return FALSE;
}

void
weft_starting_line_wait (const WeftStartingLine *line)
{
  while (atomic_load_explicit (line->open, memory_order_acquire) == 0)
    weft_futex_wait (line->open, 0, NULL);
}

guint
weft_starting_line_run (const WeftStartingLine *line, WeftRun *run, WeftCrew *crew, gint64 duration_ns)
{
  gint64 end_ns = weft_monotonic_ns () + duration_ns;
  guint n_killed = 0;

  atomic_store_explicit (line->open, 1, memory_order_release);
  weft_futex_wake (line->open, INT_MAX);
  while (weft_crew_get_n_alive (crew) > 0)
    {
      gint64 left_ns = end_ns - weft_monotonic_ns ();
      WeftCrewMember *member;

      if (left_ns <= 0)
        weft_run_end (run);
      member = weft_crew_wait (crew, left_ns > 0 && !weft_run_stopping (run) ? left_ns : -1);
      if (member == NULL || member->signal == 0)
        continue;
      n_killed++;
      weft_run_notice (run, "%s (process %d) was ended by SIG%s; its figures end there.", member->name,
                       (int) member->pid, sigabbrev_np (member->signal));
    }
  return n_killed;
}
