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

int
weft_wire_create (WeftWire *wire, size_t budget, WeftClockKind clock)
{
  size_t objects_offset = round_up (sizeof (WeftWireHeader));
  size_t lanes_offset = objects_offset + round_up (WEFT_WIRE_MAX_OBJECTS * sizeof (WeftWireObject));
  size_t rings_offset = lanes_offset + round_up (WEFT_WIRE_MAX_LANES * sizeof (WeftWireLane));
  size_t rings_size = round_up (budget);
  size_t size = rings_offset + rings_size;
  int saved_errno;
  int fd = memfd_create ("weft-run", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0)
    return -1;
  if (ftruncate (fd, (off_t) size) < 0 || fcntl (fd, F_ADD_SEALS, SEALS) < 0 || !map_memory (wire, fd, size))
    {
      saved_errno = errno;
      close (fd);
      errno = saved_errno;
      return -1;
    }
  *wire->header = (WeftWireHeader){ .magic = WEFT_WIRE_MAGIC,
                                    .version = WEFT_WIRE_VERSION,
                                    .size = size,
                                    .lane_capacity = WEFT_WIRE_MAX_LANES,
                                    .object_capacity = WEFT_WIRE_MAX_OBJECTS,
                                    .objects_offset = objects_offset,
                                    .lanes_offset = lanes_offset,
                                    .rings_offset = rings_offset,
                                    .rings_size = rings_size,
                                    .clock = clock };
  wire->objects = (WeftWireObject *) ((uint8_t *) wire->header + objects_offset);
  wire->lanes = (WeftWireLane *) ((uint8_t *) wire->header + lanes_offset);
  wire->rings = (uint8_t *) wire->header + rings_offset;
  wire->rings_size = rings_size;
  wire->clock = clock;
  return fd;
}

static bool
layout_fits (const WeftWireHeader *header, size_t size)
{
  return header->magic == WEFT_WIRE_MAGIC && header->version == WEFT_WIRE_VERSION && header->size == size
         && header->lane_capacity == WEFT_WIRE_MAX_LANES && header->object_capacity == WEFT_WIRE_MAX_OBJECTS
         && header->objects_offset % PAGE == 0 && header->lanes_offset % PAGE == 0
         && header->rings_offset % PAGE == 0 && header->objects_offset >= sizeof *header
         && header->objects_offset <= size
         && size - header->objects_offset >= WEFT_WIRE_MAX_OBJECTS * sizeof (WeftWireObject)
         && header->lanes_offset <= size
         && size - header->lanes_offset >= WEFT_WIRE_MAX_LANES * sizeof (WeftWireLane)
         && header->rings_offset <= size && size - header->rings_offset >= header->rings_size
         && (header->clock == WEFT_CLOCK_MONOTONIC || header->clock == WEFT_CLOCK_TSC);
}

bool
weft_wire_attach (WeftWire *wire, int fd)
{
  struct stat status;
  int seals = fcntl (fd, F_GET_SEALS);
  WeftWireHeader header;

  if (seals < 0 || fstat (fd, &status) < 0)
    return false;
  if ((seals & SEALS) != SEALS || status.st_size < (off_t) sizeof header)
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
  wire->objects = (WeftWireObject *) ((uint8_t *) wire->header + header.objects_offset);
  wire->lanes = (WeftWireLane *) ((uint8_t *) wire->header + header.lanes_offset);
  wire->rings = (uint8_t *) wire->header + header.rings_offset;
  wire->rings_size = header.rings_size;
  wire->clock = header.clock;
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
  while (records >= WEFT_WIRE_MIN_RING && (uint64_t) records * sizeof (WeftEvent) * expected_lanes > wire->rings_size)
    records /= 2;
  if (records < WEFT_WIRE_MIN_RING)
    return 0;
  atomic_store_explicit (&wire->header->ring_records, records, memory_order_release);
  return records;
}

/* Copies @name, cut at the start of a UTF-8 character when it is too long. */
static void
copy_name (char *target, const char *name)
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
  uint32_t index = atomic_fetch_add_explicit (&wire->header->object_count, 1, memory_order_relaxed);
  WeftWireObject *object;

  if (index >= WEFT_WIRE_MAX_OBJECTS)
    {
      atomic_store_explicit (&wire->header->object_count, WEFT_WIRE_MAX_OBJECTS, memory_order_relaxed);
      return WEFT_NO_OBJECT;
    }
  object = &wire->objects[index];
  object->kind = kind;
  object->capacity = capacity;
  copy_name (object->name, name);
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

  if (count > WEFT_WIRE_MAX_LANES)
    count = WEFT_WIRE_MAX_LANES;
  for (uint32_t i = 0; i < count; i++)
    {
      WeftWireLane *lane = &wire->lanes[i];
      uint32_t flags;

      if (atomic_load_explicit (&lane->state, memory_order_acquire) == WEFT_SLOT_FREE || lane->pid != pid)
        continue;
      flags = atomic_load_explicit (&lane->end_flags, memory_order_relaxed);
      if ((flags & WEFT_END_STATUS) != 0)
        continue; /* an earlier process that had the same pid */
      atomic_store_explicit (&lane->end_status, status, memory_order_relaxed);
      if (lane->is_process && first < 0)
        {
          first = (int) i;
          if (cpu_ns >= 0 && (flags & WEFT_END_USAGE) == 0)
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
