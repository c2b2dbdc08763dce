/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-memory-limit.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* What is assumed where the system does not tell. */
#define UNKNOWN_BYTES (G_GUINT64_CONSTANT (1) << 30)

static guint64
machine_bytes (void)
{
  glong pages = sysconf (_SC_PHYS_PAGES);
  glong page = sysconf (_SC_PAGESIZE);

  return pages > 0 && page > 0 ? (guint64) pages * (guint64) page : UNKNOWN_BYTES;
}

static guint64
resource_bytes (int resource)
{
  struct rlimit limit;

  return getrlimit (resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : G_MAXUINT64;
}

/* The limit of the control group @path, "/a/b". */
static guint64
one_group_bytes (const char *path)
{
  g_autofree char *file = g_build_filename ("/sys/fs/cgroup", path, "memory.max", NULL);
  g_autofree char *text = NULL;
  guint64 bytes;

  /* "max": none. */
  if (!g_file_get_contents (file, &text, NULL, NULL)
      || !g_ascii_string_to_unsigned (g_strchomp (text), 10, 0, G_MAXUINT64, &bytes, NULL))
    return G_MAXUINT64;
  return bytes;
}

/* The least limit of our control group and of those around it. */
static guint64
group_bytes (void)
{
  g_autofree char *text = NULL;
  guint64 least = G_MAXUINT64;
  char *path, *slash;

  /* One line for each hierarchy: that of version 2 is number 0 and names no controller. */
  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL) || (path = strstr (text, "0::/")) == NULL)
    return least;
  path += strlen ("0::");
  path[strcspn (path, "\n")] = '\0';
  for (;;)
    {
      least = MIN (least, one_group_bytes (path));
      slash = strrchr (path, '/');
      if (slash == NULL || *path == '\0')
        return least;
      *slash = '\0';
    }
}

gsize
weft_memory_limit_get (void)
{
  guint64 bytes = MIN (machine_bytes (), group_bytes ());

  bytes = MIN (bytes, resource_bytes (RLIMIT_AS));
  return (gsize) MIN (bytes, resource_bytes (RLIMIT_DATA));
}
