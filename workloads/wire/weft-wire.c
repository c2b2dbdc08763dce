/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE ((size_t) 4096)
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static size_t
round_up (size_t bytes)
{
  return (bytes + PAGE - 1) & ~(PAGE - 1);
}

static bool
map_memory (WeftWire *wire, int fd, size_t size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);

  if (memory == MAP_FAILED)
    return false;
  *wire = (WeftWire){ .header = memory, .size = size };
  return true;
}

/* The header of a shared memory of this version whose rings take @rings_size bytes. */
static WeftWireHeader
plan_layout (size_t rings_size, WeftClockKind clock)
{
  WeftWireHeader header = { .magic = WEFT_WIRE_MAGIC,
                            .version = WEFT_WIRE_VERSION,
                            .lane_capacity = WEFT_WIRE_MAX_LANES,
                            .object_capacity = WEFT_WIRE_MAX_OBJECTS,
                            .rings_size = rings_size,
                            .clock = clock };

  header.objects_offset = round_up (sizeof header);
  header.histograms_offset =
      header.objects_offset + round_up (WEFT_WIRE_MAX_OBJECTS * sizeof (WeftWireObject));
  header.lanes_offset = header.histograms_offset
                        + round_up (WEFT_WIRE_MAX_OBJECTS * WEFT_N_LOCK_HISTOGRAMS * sizeof (WeftHistogram));
  header.rings_offset = header.lanes_offset + round_up (WEFT_WIRE_MAX_LANES * sizeof (WeftWireLane));
  header.size = header.rings_offset + rings_size;
  return header;
}

/* Points @wire, mapped already, at the parts that @header describes. */
static void
use_layout (WeftWire *wire, const WeftWireHeader *header)
{
  uint8_t *start = (uint8_t *) wire->header;

  wire->objects = (WeftWireObject *) (start + header->objects_offset);
  wire->histograms = (WeftHistogram *) (start + header->histograms_offset);
  wire->lanes = (WeftWireLane *) (start + header->lanes_offset);
  wire->rings = start + header->rings_offset;
  wire->rings_size = header->rings_size;
  wire->clock = header->clock;
}

int
weft_wire_create (WeftWire *wire, size_t budget, WeftClockKind clock)
{
  WeftWireHeader header = plan_layout (round_up (budget), clock);
  int saved_errno;
  int fd = memfd_create ("weft-run", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0)
    return -1;
  if (ftruncate (fd, (off_t) header.size) < 0 || fcntl (fd, F_ADD_SEALS, SEALS) < 0
      || !map_memory (wire, fd, header.size))
    {
      saved_errno = errno;
      close (fd);
      errno = saved_errno;
      return -1;
    }
  *wire->header = header;
  use_layout (wire, &header);
  return fd;
}

/* Whether a mapping of @size bytes that begins with @header is one that weft_wire_create() made. */
static bool
layout_fits (const WeftWireHeader *header, size_t size)
{
  WeftWireHeader plan = plan_layout (header->rings_size, header->clock);

  return header->magic == plan.magic && header->version == plan.version && header->size == size
         && header->lane_capacity == plan.lane_capacity && header->object_capacity == plan.object_capacity
         && header->objects_offset == plan.objects_offset
         && header->histograms_offset == plan.histograms_offset && header->lanes_offset == plan.lanes_offset
         && header->rings_offset == plan.rings_offset && header->rings_offset <= size
         && header->rings_size == size - header->rings_offset
         && (header->clock == WEFT_CLOCK_MONOTONIC || header->clock == WEFT_CLOCK_TSC);
}

bool
weft_wire_attach (WeftWire *wire, int fd)
{
  struct stat status;
  int seals = fcntl (fd, F_GET_SEALS);
  WeftWireHeader header;

  /* EINVAL: a file that cannot be sealed at all. */
  if ((seals < 0 && errno != EINVAL) || fstat (fd, &status) < 0)
    return false;
  if (seals < 0 || (seals & SEALS) != SEALS || status.st_size < (off_t) sizeof header)
    {
      errno = EPROTO;
      return false;
    }
  if (!map_memory (wire, fd, (size_t) status.st_size))
    return false;
  memcpy (&header, wire->header, sizeof header);
  if (!layout_fits (&header, wire->size))
    {
      weft_wire_detach (wire);
      errno = EPROTO;
      return false;
    }
  use_layout (wire, &header);
  return true;
}

void
weft_wire_detach (WeftWire *wire)
{
  if (wire->header != NULL)
    munmap (wire->header, wire->size);
  *wire = (WeftWire){ 0 };
}

uint32_t
weft_wire_set_expected_lanes (WeftWire *wire, uint32_t expected_lanes)
{
  uint32_t records = WEFT_WIRE_MAX_RING;

  if (expected_lanes == 0)
    expected_lanes = 1;
  if (expected_lanes > WEFT_WIRE_MAX_LANES)
    return 0;
  while (records >= WEFT_WIRE_MIN_RING
         && (uint64_t) records * sizeof (WeftEvent) * expected_lanes > wire->rings_size)
    records /= 2;
  if (records < WEFT_WIRE_MIN_RING)
    return 0;
  atomic_store_explicit (&wire->header->ring_records, records, memory_order_release);
  return records;
}

bool
weft_wire_claim (_Atomic uint32_t *count, uint32_t capacity, uint32_t *index)
{
  uint32_t taken = atomic_load_explicit (count, memory_order_relaxed);

  /* Relaxed: the index alone is handed out here; what is put behind it is published by its state. */
  do
    if (taken >= capacity)
      return false;
  while (!atomic_compare_exchange_weak_explicit (count, &taken, taken + 1, memory_order_relaxed,
                                                 memory_order_relaxed));
  *index = taken;
  return true;
}

void
weft_wire_copy_name (char *target, const char *name)
{
  size_t length = strnlen (name, WEFT_WIRE_NAME_SIZE);

  if (length == WEFT_WIRE_NAME_SIZE)
    for (length--; length > 0 && ((unsigned char) name[length] & 0xc0) == 0x80; length--)
      ;
  memcpy (target, name, length);
  memset (target + length, 0, WEFT_WIRE_NAME_SIZE - length);
}

uint32_t
weft_wire_add_object (WeftWire *wire, WeftObjectKind kind, const char *name, int64_t capacity)
{
  uint32_t index;
  WeftWireObject *object;

  if (!weft_wire_claim (&wire->header->object_count, WEFT_WIRE_MAX_OBJECTS, &index))
    return WEFT_NO_OBJECT;
  object = &wire->objects[index];
  object->kind = kind;
  object->capacity = capacity;
  weft_wire_copy_name (object->name, name);
  atomic_store_explicit (&object->state, WEFT_SLOT_LIVE, memory_order_release);
  return index + 1;
}

int
weft_wire_note_exit (WeftWire *wire, pid_t pid, int status, int64_t cpu_ns, uint64_t voluntary,
                     uint64_t involuntary)
{
  uint32_t count = atomic_load_explicit (&wire->header->lane_count, memory_order_acquire);
  uint64_t now = weft_clock_ticks (wire->clock);
  int first = -1;
  unsigned lanes = 0;

  if (count > WEFT_WIRE_MAX_LANES)
    count = WEFT_WIRE_MAX_LANES;
  /* Backwards, so that the other lanes of the process have been counted when its first one comes. */
  for (uint32_t i = count; i-- > 0;)
    {
      WeftWireLane *lane = &wire->lanes[i];
      uint32_t flags;

      if (atomic_load_explicit (&lane->state, memory_order_acquire) == WEFT_SLOT_FREE || lane->pid != pid)
        continue;
      flags = atomic_load_explicit (&lane->end_flags, memory_order_relaxed);
      if ((flags & WEFT_END_STATUS) != 0)
        continue; /* an earlier process that had the same pid */
      lanes++;
      atomic_store_explicit (&lane->end_status, status, memory_order_relaxed);
      if (lane->is_process)
        {
          first = (int) i;
          if (lanes == 1 && cpu_ns >= 0 && (flags & WEFT_END_USAGE) == 0)
            {
              atomic_store_explicit (&lane->end_cpu_ns, (uint64_t) cpu_ns, memory_order_relaxed);
              atomic_store_explicit (&lane->end_voluntary, voluntary, memory_order_relaxed);
              atomic_store_explicit (&lane->end_involuntary, involuntary, memory_order_relaxed);
              flags |= WEFT_END_USAGE;
            }
        }
      if (atomic_load_explicit (&lane->end_ticks, memory_order_relaxed) == 0)
        atomic_store_explicit (&lane->end_ticks, now, memory_order_relaxed);
      atomic_store_explicit (&lane->end_flags, flags | WEFT_END_STATUS, memory_order_release);
      atomic_store_explicit (&lane->state, WEFT_SLOT_ENDED, memory_order_release);
    }
  return first;
}
