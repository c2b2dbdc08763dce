/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-process-sweeper.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of a process's environment, at most so much is searched for the mark. */
#define MAX_ENVIRONMENT ((gsize) 1 << 18)

/* How long one that has none is looked at. */
#define EXEC_TRIES 10
#define EXEC_WAIT_US 500

typedef struct
{
  gint pid;
  gint parent;
  gint session;
  char state;
  guint64 start_ticks;
  char name[17];
} Process;

struct _WeftProcessSweeper
{
  gint helper;
  char *mark; /* "WEFT_RUN=…", with its end */
  WeftProcessReaped reaped;
  gpointer data;
  GArray *left; /* Process */

  /* Pids that were found to be the run's: a zombie's environment cannot be read any more. */
  GHashTable *members;
};

static gssize
read_file (const char *path, char *text, gsize size)
{
  gsize length = 0;
  gssize count;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return -1;
  while (length < size && (count = read (fd, text + length, size - length)) > 0)
    length += (gsize) count;
  close (fd);
  return (gssize) length;
}

static gboolean
read_process (gint pid, Process *process)
{
  char path[40], text[1024];
  const char *name, *rest;
  gssize length;

  g_snprintf (path, sizeof path, "/proc/%d/stat", pid);
  length = read_file (path, text, sizeof text - 1);
  if (length <= 0)
    return FALSE;
  text[length] = '\0';
  /* The name is in brackets, and may hold brackets. */
  name = strchr (text, '(');
  rest = strrchr (text, ')');
  if (name == NULL || rest == NULL || rest < name)
    return FALSE;
  *process = (Process){ .pid = pid };
  memcpy (process->name, name + 1, MIN ((gsize) (rest - name) - 1, sizeof process->name - 1));
  return sscanf (
             rest + 1,
             " %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %" G_GUINT64_FORMAT,
             &process->state, &process->parent, &process->session, &process->start_ticks)
         == 4;
}

/* All processes there are, by pid. */
static GHashTable *
list_processes (void)
{
  GHashTable *processes = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  GDir *folder = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      Process process;

      if (g_ascii_isdigit (*name) && read_process (atoi (name), &process))
        g_hash_table_insert (processes, GINT_TO_POINTER (process.pid), g_memdup2 (&process, sizeof process));
    }
  g_clear_pointer (&folder, g_dir_close);
  return processes;
}

/* Whether we are among the ancestors of @process. */
static gboolean
is_descendant (GHashTable *processes, const Process *process)
{
  gint self = getpid ();

  /* The list is not of one instant, so it may seem to hold a circle; no tree is that deep. */
  for (guint depth = 0; process != NULL && depth < 1000; depth++)
    {
      if (process->parent == self)
        return TRUE;
      process = g_hash_table_lookup (processes, GINT_TO_POINTER (process->parent));
    }
  return FALSE;
}

static gboolean
has_mark (const WeftProcessSweeper *sweeper, gint pid)
{
  g_autofree char *text = g_malloc (MAX_ENVIRONMENT);
  gsize mark_length = strlen (sweeper->mark) + 1;
  char path[40];
  gssize length;

  /* In the middle of an exec a process seems to have no environment. */
  g_snprintf (path, sizeof path, "/proc/%d/environ", pid);
  for (guint i = 0; (length = read_file (path, text, MAX_ENVIRONMENT)) == 0 && i < EXEC_TRIES; i++)
    g_usleep (EXEC_WAIT_US);
  return length > 0 && memmem (text, (gsize) length, sweeper->mark, mark_length) != NULL;
}

/* Kills @process, if it is still the same. */
static void
kill_process (const Process *process)
{
  Process now;
  int fd = (int) syscall (SYS_pidfd_open, process->pid, 0);

  /* The descriptor stands for whoever has the pid now; if that is who we mean, it stays so. */
  if (fd < 0)
    return;
  if (read_process (process->pid, &now) && now.start_ticks == process->start_ticks)
    syscall (SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
  close (fd);
}

WeftProcessSweeper *
weft_process_sweeper_new (gint helper, const char *mark, WeftProcessReaped reaped, gpointer data)
{
  WeftProcessSweeper *sweeper = g_new0 (WeftProcessSweeper, 1);

  sweeper->helper = helper;
  sweeper->mark = g_strconcat (WEFT_RUN_MARK_VARIABLE "=", mark, NULL);
  sweeper->reaped = reaped;
  sweeper->data = data;
  sweeper->left = g_array_new (FALSE, FALSE, sizeof (Process));
  sweeper->members = g_hash_table_new (NULL, NULL);
  return sweeper;
}

void
weft_process_sweeper_free (WeftProcessSweeper *sweeper)
{
  if (sweeper == NULL)
    return;
  g_free (sweeper->mark);
  g_array_unref (sweeper->left);
  g_hash_table_unref (sweeper->members);
  g_free (sweeper);
}

guint
weft_process_sweeper_sweep (WeftProcessSweeper *sweeper)
{
  g_autoptr (GHashTable) processes = list_processes ();
  GHashTableIter iter;
  gpointer value;
  guint n_found = 0;

  g_array_set_size (sweeper->left, 0);
  g_hash_table_iter_init (&iter, processes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Process *process = value;
      struct rusage usage;
      gint status;

      if (process->pid == sweeper->helper || !is_descendant (processes, process))
        continue;
      if ((sweeper->helper == 0 || process->session != sweeper->helper)
          && !g_hash_table_contains (sweeper->members, GINT_TO_POINTER (process->pid))
          && !has_mark (sweeper, process->pid))
        continue;
      n_found++;
      g_hash_table_add (sweeper->members, GINT_TO_POINTER (process->pid));
      if (process->state != 'Z' && process->state != 'X')
        kill_process (process);
      if (process->parent == getpid () && wait4 (process->pid, &status, WNOHANG, &usage) == process->pid)
        {
          g_hash_table_remove (sweeper->members, GINT_TO_POINTER (process->pid));
          if (sweeper->reaped != NULL)
            sweeper->reaped (process->pid, status, &usage, sweeper->data);
          continue;
        }
      g_array_append_val (sweeper->left, *process);
    }
  return n_found;
}

char *
weft_process_sweeper_describe (WeftProcessSweeper *sweeper)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < sweeper->left->len; i++)
    {
      const Process *process = &g_array_index (sweeper->left, Process, i);

      g_string_append_printf (text, "%s%s (%d)", i > 0 ? ", " : "", process->name, process->pid);
    }
  return g_string_free (text, FALSE);
}
