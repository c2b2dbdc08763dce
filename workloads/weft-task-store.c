/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-task-store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Memory behind the head of a long ring is given back in pieces of this many items, 1 MiB. */
#define PIECE_ITEMS (G_GUINT64_CONSTANT (1) << 15)

#define PAGE_BYTES 4096u
#define PAGE_ITEMS (PAGE_BYTES / sizeof (WeftTaskSlot))

/* The set of ranks is a bitmap with bitmaps above it: a bit of a higher level says whether the word
 * below it is not 0. Only the lowest level counts; those above follow from it. The smallest rank is
 * found in one look at each level: 4 for 2^23 items. */
static gboolean
make_ranks (WeftTaskStorage *storage, guint64 n)
{
  guint64 words = 0;

  do
    {
      n = (n + 63) / 64;
      storage->level_start[storage->n_levels++] = words;
      words += n;
    }
  while (n > 1);
  storage->ranks = mmap (NULL, words * sizeof (guint64), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return storage->ranks != MAP_FAILED;
}

static void
apply_rank_change (WeftTaskStorage *storage, WeftRankChange change)
{
  guint64 position = change.rank;

  if (change.operation == WEFT_RANK_NONE)
    return;
  for (guint level = 0; level < storage->n_levels; level++, position /= 64)
    {
      guint64 *word = &storage->ranks[storage->level_start[level] + position / 64];
      guint64 bit = G_GUINT64_CONSTANT (1) << (position % 64);
      gboolean present = level == 0 ? change.operation == WEFT_RANK_ADD
                                    : storage->ranks[storage->level_start[level - 1] + position] != 0;

      if (present)
        *word |= bit;
      else
        *word &= ~bit;
    }
}

static guint64
find_smallest_rank (const WeftTaskStorage *storage)
{
  guint64 position = 0;

  for (guint level = storage->n_levels; level-- > 0;)
    position =
        position * 64 + (guint64) __builtin_ctzll (storage->ranks[storage->level_start[level] + position]);
  return position;
}

/* A pipe keeps its data in pages, and a page that is read in part takes its place until it is read to
 * the end: hence one page more than the items fill. */
static gboolean
make_pipe (WeftTaskStorage *storage, const WeftRun *run, guint64 limit)
{
  guint64 bytes = ((limit + PAGE_ITEMS - 1) / PAGE_ITEMS + 1) * PAGE_BYTES;
  int fds[2];

  if (pipe2 (fds, O_CLOEXEC | O_NONBLOCK) < 0)
    {
      weft_run_fail (run, "A pipe could not be made: %s.", g_strerror (errno));
      return FALSE;
    }
  storage->read_fd = fds[0];
  storage->write_fd = fds[1];
  if (fcntl (fds[1], F_GETPIPE_SZ) < (int) bytes && fcntl (fds[1], F_SETPIPE_SZ, (int) bytes) < 0)
    {
      weft_run_fail (run,
                     "A pipe that holds "
                     "%" G_GUINT64_FORMAT " items cannot be had: the system allows pipes of at most the "
                     "size in /proc/sys/fs/pipe-max-size, as a rule 32,640 items. "
                     "Choose a smaller capacity, or transport queue.",
                     limit);
      return FALSE;
    }
  return TRUE;
}

gboolean
weft_task_storage_init (WeftTaskStorage *storage, const WeftRun *run, WeftTaskStore kind, guint64 limit)
{
  guint64 slots = 1;

  *storage = (WeftTaskStorage){ .kind = kind, .read_fd = -1, .write_fd = -1 };
  if (kind == WEFT_TASK_STORE_PIPE)
    return make_pipe (storage, run, limit);
  while (slots < limit)
    slots *= 2;
  storage->mask = slots - 1;
  storage->gives_back = kind == WEFT_TASK_STORE_FIFO && slots > 2 * PIECE_ITEMS;

  /* Memory is only taken as it is written. */
  storage->slots = mmap (NULL, slots * sizeof (WeftTaskSlot), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (storage->slots == MAP_FAILED || (kind == WEFT_TASK_STORE_RANKED && !make_ranks (storage, slots)))
    {
      weft_run_fail (run,
                     "There is no memory for a queue of %" G_GUINT64_FORMAT " items: %s. Raise the limit on "
                     "memory (ulimit -v), or free some.",
                     limit, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

void
weft_task_storage_write (WeftTaskStorage *storage, const WeftTaskCounts *counts, const WeftTaskSlot *slot,
                         WeftRankChange *change)
{
  switch (storage->kind)
    {
    case WEFT_TASK_STORE_FIFO:
      storage->slots[counts->puts & storage->mask] = *slot;
      break;
    case WEFT_TASK_STORE_LIFO:
      storage->slots[counts->puts - counts->gets] = *slot;
      break;
    case WEFT_TASK_STORE_RANKED:
      storage->slots[slot->item.rank & storage->mask] = *slot;
      *change = (WeftRankChange){ slot->item.rank, WEFT_RANK_ADD };
      break;
    case WEFT_TASK_STORE_PIPE:
      /* Up to PIPE_BUF bytes go in whole or not at all, and there is room: the queue has counted. */
      if (write (storage->write_fd, slot, sizeof *slot) != sizeof *slot)
        g_error ("A pipe with room took no item: %s", g_strerror (errno));
      break;
    default:
      g_assert_not_reached ();
    }
}

void
weft_task_storage_read (WeftTaskStorage *storage, const WeftTaskCounts *counts, WeftTaskSlot *slot,
                        WeftRankChange *change)
{
  switch (storage->kind)
    {
    case WEFT_TASK_STORE_FIFO:
      *slot = storage->slots[counts->gets & storage->mask];
      break;
    case WEFT_TASK_STORE_LIFO:
      *slot = storage->slots[counts->puts - counts->gets - 1];
      break;
    case WEFT_TASK_STORE_RANKED:
      *change = (WeftRankChange){ (guint32) find_smallest_rank (storage), WEFT_RANK_REMOVE };
      *slot = storage->slots[change->rank];
      break;
    case WEFT_TASK_STORE_PIPE:
      if (read (storage->read_fd, slot, sizeof *slot) != sizeof *slot)
        g_error ("A pipe with items gave none: %s", g_strerror (errno));
      break;
    default:
      g_assert_not_reached ();
    }
}

void
weft_task_storage_finish (WeftTaskStorage *storage, WeftRankChange change)
{
  apply_rank_change (storage, change);
}

void
weft_task_storage_give_back (WeftTaskStorage *storage, const WeftTaskCounts *counts)
{
  /* Only while new items have not come round the ring into the piece. */
  if (storage->gives_back && counts->gets % PIECE_ITEMS == 0
      && counts->puts - counts->gets <= storage->mask + 1 - PIECE_ITEMS)
    madvise (&storage->slots[(counts->gets - PIECE_ITEMS) & storage->mask],
             PIECE_ITEMS * sizeof (WeftTaskSlot), MADV_REMOVE);
}

void
weft_task_storage_repair (WeftTaskStorage *storage, WeftTaskCounts *counts, WeftRankChange change)
{
  int bytes;

  apply_rank_change (storage, change);
  if (storage->kind == WEFT_TASK_STORE_PIPE && ioctl (storage->read_fd, FIONREAD, &bytes) == 0)
    {
      guint64 depth = (guint64) bytes / sizeof (WeftTaskSlot);

      /* One more than counted: it was put, and the count was not. One less: it was taken. */
      if (depth > counts->puts - counts->gets)
        counts->puts = counts->gets + depth;
      else
        counts->gets = counts->puts - depth;
    }
}
