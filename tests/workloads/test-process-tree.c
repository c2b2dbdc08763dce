/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ending families of processes that do not want to end: deep, orphaned, stopped, deaf to signals, in
 * sessions of their own, or forking without end. */
#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "weft-process-tree.h"

static void
sleep_for_ever (void)
{
  for (;;)
    pause ();
}

/* Each generation forks the next and stays. */
static void
become_deep (void)
{
  for (int i = 0; i < 10; i++)
    if (fork () != 0)
      sleep_for_ever ();
  sleep_for_ever ();
}

/* The parent in between is gone, and the child leads a session of its own. */
static void
become_orphan (void)
{
  if (fork () != 0)
    _exit (0);
  setsid ();
  sleep_for_ever ();
}

static void
become_deaf (void)
{
  for (int i = 1; i < NSIG; i++)
    signal (i, SIG_IGN);
  sleep_for_ever ();
}

static void
become_stopped (void)
{
  raise (SIGSTOP);
  sleep_for_ever ();
}

/* Always one process, never the same one for long. */
static void
become_storm (void)
{
  for (;;)
    if (fork () > 0)
      _exit (0);
}

/* A family that grows, up to a limit that spares the machine. */
static void
become_tree (void)
{
  for (int i = 0; i < 6; i++)
    fork ();
  for (;;)
    g_usleep (1000);
}

static void
end_family (void (*become) (void), guint n)
{
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  for (guint i = 0; i < n; i++)
    if (fork () == 0)
      {
        become ();
        _exit (0);
      }
  g_usleep (20000);
  for (;;)
    {
      pid_t pid;

      while ((pid = waitpid (-1, NULL, WNOHANG)) > 0)
        ;
      if (pid < 0 && errno == ECHILD)
        _exit (0);
      if (g_get_monotonic_time () >= until)
        _exit (1);
      weft_process_tree_kill ();
      g_usleep (1000);
    }
}

typedef struct
{
  const char *name;
  void (*become) (void);
  guint n;
} Row;

static const Row rows[] = {
  { "deep", become_deep, 3 },       { "orphans", become_orphan, 5 }, { "deaf", become_deaf, 3 },
  { "stopped", become_stopped, 3 }, { "storm", become_storm, 8 },    { "tree", become_tree, 2 },
};

/* In a child, which is what the supervisor is: a subreaper that leads a session. */
static void
test_family (gconstpointer data)
{
  const Row *row = data;
  gint64 began_us = g_get_monotonic_time ();
  pid_t supervisor = fork ();
  int status;

  g_assert_cmpint (supervisor, >=, 0);
  if (supervisor == 0)
    {
      prctl (PR_SET_CHILD_SUBREAPER, 1);
      setsid ();
      end_family (row->become, row->n);
    }
  g_assert_cmpint (waitpid (supervisor, &status, 0), ==, supervisor);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_test_message ("gone in %.3f s", (double) (g_get_monotonic_time () - began_us) / 1e6);
}

/* Only descendants: a sibling stays. */
static void
test_spares_others (void)
{
  pid_t sibling = fork ();
  pid_t supervisor;
  int status;

  if (sibling == 0)
    sleep_for_ever ();
  supervisor = fork ();
  if (supervisor == 0)
    {
      prctl (PR_SET_CHILD_SUBREAPER, 1);
      end_family (become_deep, 1);
    }
  g_assert_cmpint (waitpid (supervisor, &status, 0), ==, supervisor);
  g_assert_cmpint (waitpid (sibling, &status, WNOHANG), ==, 0);
  kill (sibling, SIGKILL);
  g_assert_cmpint (waitpid (sibling, &status, 0), ==, sibling);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/process-tree/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_family);
    }
  g_test_add_func ("/process-tree/spares-others", test_spares_others);
  return g_test_run ();
}
