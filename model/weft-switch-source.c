/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-switch-source.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Of a core's ring. The kernel grants so much at any limit on locked memory; where it does not, less is
 * tried. The larger holds 16,000 records: at 20,000 switches a second, 0.4 s. */
#define MAX_DATA_BYTES ((gsize) 512 << 10)
#define MIN_DATA_BYTES ((gsize) 64 << 10)

/* No record of those that were asked for is longer. */
#define MAX_RECORD_BYTES 256

typedef struct
{
  int fd;
  struct perf_event_mmap_page *page; /* NULL: the core is offline */
  const guint8 *data;
  gsize data_bytes; /* a power of two */
} Core;

struct _WeftSwitchSource
{
  Core *cores;
  guint n_cores;
  gsize page_bytes;
};

/* What sample_id_all puts at the end of each record, by the sample_type below. */
typedef struct
{
  guint32 pid, tid;
  guint64 time_ns;
  guint32 core, reserved;
} SampleId;

/* The body of a FORK or EXIT record. */
typedef struct
{
  guint32 pid, parent_pid, tid, parent_tid;
} TaskBody;

static int open_event (struct perf_event_attr *attributes, gint pid, gint core);

static WeftSwitchOpen open_function = open_event;
static gsize data_bytes_for_tests;

static int
open_event (struct perf_event_attr *attributes, gint pid, gint core)
{
  return (int) syscall (SYS_perf_event_open, attributes, pid, core, -1, PERF_FLAG_FD_CLOEXEC);
}

void
weft_switch_source_set_open_for_tests (WeftSwitchOpen function, gsize data_bytes)
{
  open_function = function != NULL ? function : open_event;
  data_bytes_for_tests = data_bytes;
}

static char *
describe_refusal (int code)
{
  g_autofree char *text = NULL;
  gint64 paranoid = 0;

  if (g_file_get_contents ("/proc/sys/kernel/perf_event_paranoid", &text, NULL, NULL))
    paranoid = g_ascii_strtoll (text, NULL, 10);
  if ((code == EACCES || code == EPERM) && paranoid > 2)
    return g_strdup_printf (
        "This system's kernel.perf_event_paranoid is %d, which keeps context switches from "
        "ordinary users. Set it to 2 (sysctl kernel.perf_event_paranoid=2).",
        (int) paranoid);
  if (code == EACCES || code == EPERM)
    return g_strdup ("A sandbox or container does not allow perf_event_open. Run Weft outside it, or, as a "
                     "Flatpak, with --allow=devel.");
  if (code == EMFILE || code == ENFILE)
    return g_strdup ("There are too many open files. Raise the limit (ulimit -n).");
  if (code == ENOSYS)
    return g_strdup (
        "perf_event_open is not there: the kernel was built without it, or a container hides it. "
        "Run Weft outside it.");
  return g_strdup_printf ("perf_event_open failed: %s.", g_strerror (code));
}

static gboolean
map_core (WeftSwitchSource *source, Core *core)
{
  gsize bytes = data_bytes_for_tests > 0 ? data_bytes_for_tests : MAX_DATA_BYTES;
  void *map = MAP_FAILED;

  for (; bytes >= (data_bytes_for_tests > 0 ? bytes : MIN_DATA_BYTES); bytes /= 2)
    {
      map = mmap (NULL, source->page_bytes + bytes, PROT_READ | PROT_WRITE, MAP_SHARED, core->fd, 0);
      if (map != MAP_FAILED || data_bytes_for_tests > 0)
        break;
    }
  if (map == MAP_FAILED)
    return FALSE;
  core->page = map;
  core->data = (const guint8 *) map + source->page_bytes;
  core->data_bytes = bytes;
  return TRUE;
}

/* Opens @core's event and ring. One that is offline has none, and no one runs there. */
static gboolean
open_core (WeftSwitchSource *source, gint pid, guint core, char **reason)
{
  struct perf_event_attr attributes = { .type = PERF_TYPE_SOFTWARE,
                                        .size = sizeof attributes,
                                        .config = PERF_COUNT_SW_DUMMY,
                                        .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU,
                                        .inherit = 1,
                                        .exclude_kernel = 1,
                                        .exclude_hv = 1,
                                        .comm = 1,
                                        .task = 1,
                                        .sample_id_all = 1,
                                        .use_clockid = 1,
                                        .context_switch = 1,
                                        .clockid = CLOCK_MONOTONIC };
  Core *opened = &source->cores[core];

  opened->fd = open_function (&attributes, pid, (gint) core);
  if (opened->fd < 0)
    {
      if (errno == ENODEV)
        return TRUE;
      *reason = describe_refusal (errno);
      return FALSE;
    }
  if (!map_core (source, opened))
    {
      *reason =
          g_strdup_printf ("The memory for it was refused: %s. Raise the limit on locked memory (ulimit -l), "
                           "or kernel.perf_event_mlock_kb.",
                           g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

WeftSwitchSource *
weft_switch_source_open (gint pid, guint n_cores, char **reason)
{
  WeftSwitchSource *source = g_new0 (WeftSwitchSource, 1);

  *reason = NULL;
  source->page_bytes = (gsize) sysconf (_SC_PAGESIZE);
  source->cores = g_new0 (Core, n_cores);
  source->n_cores = n_cores;
  for (guint i = 0; i < n_cores; i++)
    source->cores[i].fd = -1;
  for (guint i = 0; i < n_cores; i++)
    if (!open_core (source, pid, i, reason))
      {
        weft_switch_source_free (source);
        return NULL;
      }
  return source;
}

void
weft_switch_source_free (WeftSwitchSource *source)
{
  if (source == NULL)
    return;
  for (guint i = 0; i < source->n_cores; i++)
    {
      if (source->cores[i].page != NULL)
        munmap (source->cores[i].page, source->page_bytes + source->cores[i].data_bytes);
      if (source->cores[i].fd >= 0)
        close (source->cores[i].fd);
    }
  g_free (source->cores);
  g_free (source);
}

/* Copies @size bytes at @position of the ring, which may go over its end. */
static void
copy_out (const Core *core, guint64 position, void *to, gsize size)
{
  gsize offset = position & (core->data_bytes - 1);
  gsize first = MIN (size, core->data_bytes - offset);

  memcpy (to, core->data + offset, first);
  memcpy ((guint8 *) to + first, core->data, size - first);
}

/* Appends what the record says, if it is of those that matter. False if it says that others were lost. */
static gboolean
take_record (const guint8 *record, const struct perf_event_header *header, guint core, GArray *switches)
{
  const guint8 *body = record + sizeof *header;
  gsize body_bytes = header->size - sizeof *header;
  WeftSwitch entry = { .core = core };
  SampleId id;
  TaskBody task;

  if (header->type == PERF_RECORD_LOST)
    return FALSE;
  if (body_bytes < sizeof id)
    return TRUE;
  body_bytes -= sizeof id;
  memcpy (&id, body + body_bytes, sizeof id);
  entry.time_ns = (gint64) id.time_ns;
  entry.pid = (gint) id.pid;
  entry.tid = (gint) id.tid;
  switch (header->type)
    {
    case PERF_RECORD_SWITCH:
    case PERF_RECORD_SWITCH_CPU_WIDE:
      entry.kind = (header->misc & PERF_RECORD_MISC_SWITCH_OUT) == 0           ? WEFT_SWITCH_IN
                   : (header->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0 ? WEFT_SWITCH_OUT_READY
                                                                               : WEFT_SWITCH_OUT_BLOCKED;
      break;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
      if (body_bytes < sizeof task)
        return TRUE;
      memcpy (&task, body, sizeof task);
      entry.kind = header->type == PERF_RECORD_FORK ? WEFT_SWITCH_BIRTH : WEFT_SWITCH_DEATH;
      entry.pid = (gint) task.pid;
      entry.tid = (gint) task.tid;
      entry.parent = (gint) task.parent_tid;
      break;
    case PERF_RECORD_COMM:
      if (body_bytes < 2 * sizeof (guint32))
        return TRUE;
      entry.kind = WEFT_SWITCH_NAME;
      memcpy (entry.name, body + 2 * sizeof (guint32),
              MIN (body_bytes - 2 * sizeof (guint32), sizeof entry.name - 1));
      break;
    default:
      return TRUE;
    }
  g_array_append_val (switches, entry);
  return TRUE;
}

static gboolean
read_core (Core *core, guint number, GArray *switches)
{
  /* Acquire: the records before this head are complete. The tail is stored with release, so that the kernel
   * writes over them only when they have been read. */
  guint64 head = __atomic_load_n (&core->page->data_head, __ATOMIC_ACQUIRE);
  guint64 tail = core->page->data_tail;
  /* Of what did not fit, the kernel tells with the next record that does. There may be none. */
  gboolean complete = head - tail <= core->data_bytes - MAX_RECORD_BYTES;

  while (complete && tail < head)
    {
      struct perf_event_header header;
      guint8 record[MAX_RECORD_BYTES];

      if (head - tail < sizeof header)
        return FALSE;
      copy_out (core, tail, &header, sizeof header);
      if (header.size < sizeof header || header.size > head - tail)
        return FALSE;
      if (header.size <= sizeof record)
        {
          copy_out (core, tail, record, header.size);
          complete = take_record (record, &header, number, switches);
        }
      tail += header.size;
    }
  __atomic_store_n (&core->page->data_tail, tail, __ATOMIC_RELEASE);
  return complete;
}

gboolean
weft_switch_source_read (WeftSwitchSource *source, GArray *switches)
{
  gboolean complete = TRUE;

  for (guint i = 0; i < source->n_cores; i++)
    if (source->cores[i].page != NULL)
      complete = read_core (&source->cores[i], i, switches) && complete;
  return complete;
}
