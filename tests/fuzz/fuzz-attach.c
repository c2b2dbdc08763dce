/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared memory that another made, of any size, seals and header: what is taken for Weft's can be used
 * to its last byte.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz-input.h"
#include "weft-wire.h"

/* The header as weft_wire_create() writes it, changed here and there; then the rest of the input. */
static int
make_memory (FuzzInput *input)
{
  static const int seals[] = { F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_SEAL };
  uint8_t flags = fuzz_take_u8 (input);
  uint8_t n_changes = fuzz_take_u8 (input) % 8;
  WeftWire wire;
  int fd = weft_wire_create (&wire, fuzz_take_u16 (input), flags & 1 ? WEFT_CLOCK_TSC : WEFT_CLOCK_MONOTONIC);
  WeftWireHeader header;
  size_t size;

  g_assert_cmpint (fd, >=, 0);
  memcpy (&header, wire.header, sizeof header);
  size = wire.size;
  weft_wire_detach (&wire);
  close (fd);

  for (uint8_t i = 0; i < n_changes; i++)
    {
      size_t offset = fuzz_take_u8 (input) % (sizeof header - 8);
      uint64_t word = fuzz_take_u64 (input);

      memcpy ((uint8_t *) &header + offset, &word, sizeof word);
    }
  if (flags & 2)
    size = fuzz_take_u32 (input) % (64u << 20);
  /* In step with the size, or not. */
  if (flags & 4)
    {
      header.size = size;
      header.rings_size = size - header.rings_offset;
    }
  fd = memfd_create ("fuzz", MFD_CLOEXEC | (flags & 8 ? 0 : MFD_ALLOW_SEALING));
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, (off_t) size), ==, 0);
  g_assert_cmpint (pwrite (fd, &header, MIN (size, sizeof header), 0), >=, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS (seals); i++)
    if ((flags & (16u << i)) == 0)
      fcntl (fd, F_ADD_SEALS, seals[i]);
  return fd;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  int fd = make_memory (&input);
  WeftWire wire = { 0 };

  errno = 0;
  if (weft_wire_attach (&wire, fd))
    {
      uint8_t *end = (uint8_t *) wire.header + wire.size;

      g_assert_cmpuint ((uint8_t *) wire.objects + WEFT_WIRE_MAX_OBJECTS * sizeof (WeftWireObject)
                            - (uint8_t *) wire.header,
                        <=, wire.size);
      g_assert_true (wire.rings + wire.rings_size == end);
      g_assert_true ((uint8_t *) (wire.lanes + WEFT_WIRE_MAX_LANES) <= wire.rings);
      wire.lanes[WEFT_WIRE_MAX_LANES - 1].pid = 1;
      wire.objects[WEFT_WIRE_MAX_OBJECTS - 1].capacity = 1;
      if (wire.rings_size > 0)
        wire.rings[wire.rings_size - 1] = 1;
      weft_wire_set_expected_lanes (&wire, fuzz_take_u16 (&input));
      g_assert_cmpint (weft_wire_note_exit (&wire, 1, 0, 0, 0, 0), ==, -1);
      weft_wire_detach (&wire);
    }
  else
    g_assert_cmpint (errno, !=, 0);
  g_assert_null (wire.header);
  close (fd);
  return 0;
}
