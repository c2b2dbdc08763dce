/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-process-tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char state;
  int parent;
  int session;
} ProcessStat;

/* Fields 3, 4 and 6 of /proc/PID/stat. The second is the program's name in brackets, which may hold
 * anything, brackets too: it ends at the last one. */
static gboolean
read_stat (const char *pid, ProcessStat *stat)
{
  char path[64], text[512];
  const char *rest;
  ssize_t length;
  int fd;

  g_snprintf (path, sizeof path, "/proc/%s/stat", pid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  length = read (fd, text, sizeof text - 1);
  close (fd);
  if (length <= 0)
    return FALSE;
  text[length] = '\0';
  rest = strrchr (text, ')');
  return rest != NULL && sscanf (rest + 1, " %c %d %*d %d", &stat->state, &stat->parent, &stat->session) == 3;
}

/* /proc lists processes by rising pid, so a parent mostly comes before its children and one pass finds
 * whole families; and each is killed at the moment it is seen, so that a family which forks without
 * end has the least time to get ahead of the pass. */
void
weft_process_tree_kill (void)
{
  g_autoptr (GHashTable) family = g_hash_table_new (NULL, NULL);
  pid_t own = getpid ();
  gboolean own_session = getsid (0) == own;
  struct dirent *entry;
  DIR *proc = opendir ("/proc");

  if (proc == NULL)
    return;
  g_hash_table_add (family, GINT_TO_POINTER (own));
  while ((entry = readdir (proc)) != NULL)
    {
      int pid = atoi (entry->d_name);
      ProcessStat stat;

      if (pid <= 0 || pid == own || !read_stat (entry->d_name, &stat))
        continue;
      if (!g_hash_table_contains (family, GINT_TO_POINTER (stat.parent))
          && !(own_session && stat.session == own))
        continue;
      g_hash_table_add (family, GINT_TO_POINTER (pid));
      /* SIGKILL ends a stopped process too; a zombie only waits to be reaped. */
      if (stat.state != 'Z' && stat.state != 'X')
        kill (pid, SIGKILL);
    }
  closedir (proc);
}
