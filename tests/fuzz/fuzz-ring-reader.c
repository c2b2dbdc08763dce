/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shared memory of a run, written by lanes that keep to the rules and by processes gone wrong, and
 * read pass by pass. Whatever is in it, what comes out can be shown; and of lanes that keep to the rules
 * every event is recorded or counted as dropped.
 *
 * The input is a list of steps, each a byte that says which, followed by its arguments.
 */
#include <glib.h>
#include <unistd.h>

#include "fuzz-input.h"
#include "fuzz-recording.h"
#include "weft-lane.h"
#include "weft-recording-private.h"
#include "weft-ring-reader.h"

#define MAX_LANES 8    /* that keep to the rules */
#define MAX_WILD 16    /* slots and objects that are written wildly */
#define MAX_STEPS 2000 /* so that one input does not take for ever */
#define MAX_BURST 100

/* What an honest step does comes first. */
enum
{
  STEP_BEGIN,
  STEP_EMIT,
  STEP_BURST,
  STEP_END,
  STEP_ADD_OBJECT,
  STEP_NOTE_EXIT,
  STEP_PASS,
  N_HONEST_STEPS,
  STEP_WILD_HEADER = N_HONEST_STEPS,
  STEP_WILD_SLOT,
  STEP_WILD_HEAD,
  STEP_WILD_RECORD,
  STEP_LIKELY_RECORD,
  STEP_WILD_TOTALS,
  STEP_WILD_OBJECT,
  N_STEPS
};

typedef struct
{
  FuzzInput input;
  WeftWire wire;
  WeftRecording *recording;
  WeftRingReader *reader;
  WeftLane lanes[MAX_LANES];
  guint n_lanes; /* ever begun */
  guint64 emitted;
} Run;

/* The ticks of an event: about now, or anything. */
static guint64
take_ticks (Run *run)
{
  guint8 kind = fuzz_take_u8 (&run->input);
  gint64 now = (gint64) weft_clock_ticks (run->wire.clock);

  if (kind < 128)
    return (guint64) now;
  if (kind < 255)
    return (guint64) (now + (gint32) fuzz_take_u32 (&run->input));
  return fuzz_take_u64 (&run->input);
}

static WeftLane *
take_lane (Run *run)
{
  return &run->lanes[fuzz_take_u8 (&run->input) % MAX_LANES];
}

static void
begin_lane (Run *run)
{
  WeftLane *lane = &run->lanes[run->n_lanes % MAX_LANES];
  guint8 flags = fuzz_take_u8 (&run->input);
  char name[WEFT_WIRE_NAME_SIZE + 10] = "";

  if (lane->slot != NULL)
    return;
  fuzz_take (&run->input, name, fuzz_take_u8 (&run->input) % (sizeof name - 1));
  if (!weft_lane_begin (lane, &run->wire, name, flags & 1, (flags >> 1) % 16 - 1,
                        (flags >> 5) % WEFT_WIRE_N_ACTIVITIES))
    return;
  run->n_lanes++;
  run->emitted++;
}

static void
emit (Run *run, WeftLane *lane, guint64 ticks, guint64 seed)
{
  static const WeftEventKind kinds[] = { WEFT_EVENT_ACTIVITY, WEFT_EVENT_PUT,  WEFT_EVENT_GET,
                                         WEFT_EVENT_FINISH,   WEFT_EVENT_FAIL, WEFT_EVENT_COUNTER,
                                         WEFT_EVENT_LOG,      WEFT_EVENT_LOCK_WAIT,
                                         WEFT_EVENT_ACQUIRE,  WEFT_EVENT_RELEASE };

  if (lane->slot == NULL)
    return;
  weft_lane_emit_at (lane, ticks, kinds[seed % G_N_ELEMENTS (kinds)], (seed >> 8) % WEFT_WIRE_N_ACTIVITIES,
                     (seed >> 16) % (MAX_WILD + 2), seed >> 24 & 0xff ? seed >> 24 & 0xffff : WEFT_NO_TASK,
                     (gint64) (seed >> 40) - 5, (seed >> 5) & 7);
  run->emitted++;
}

static void
wild_slot (Run *run)
{
  WeftWireLane *slot = &run->wire.lanes[fuzz_take_u8 (&run->input) % MAX_WILD];
  guint8 flags = fuzz_take_u8 (&run->input);

  if (flags & 1)
    fuzz_take (&run->input, slot, offsetof (WeftWireLane, head));
  else
    slot->parent = (gint32) fuzz_take_u32 (&run->input);
  atomic_store (&slot->state, (flags >> 1) % 4);
}

static void
wild_head (Run *run)
{
  WeftWireLane *slot = &run->wire.lanes[fuzz_take_u8 (&run->input) % MAX_WILD];

  switch (fuzz_take_u8 (&run->input) % 4)
    {
    case 0:
      atomic_fetch_add (&slot->head, fuzz_take_u8 (&run->input));
      break;
    case 1:
      atomic_store (&slot->head, fuzz_take_u64 (&run->input));
      break;
    case 2:
      atomic_store (&slot->tail, fuzz_take_u64 (&run->input));
      break;
    default:
      atomic_store (&slot->dropped, fuzz_take_u64 (&run->input));
    }
}

/* A record of any lane's ring; a likely one is published too, and passes the first look. */
static void
wild_record (Run *run, gboolean is_likely)
{
  guint64 ring = atomic_load (&run->wire.header->ring_records);
  guint lane = fuzz_take_u8 (&run->input) % MAX_WILD;
  WeftWireLane *slot = &run->wire.lanes[lane];
  guint64 place = is_likely ? atomic_load (&slot->head) : fuzz_take_u8 (&run->input);
  WeftEvent *records = (WeftEvent *) run->wire.rings;
  WeftEvent *record;

  place = lane * ring + place % MAX (ring, 1);
  if (place >= run->wire.rings_size / sizeof (WeftEvent))
    return;
  record = &records[place];
  if (is_likely)
    {
      fuzz_take (&run->input, &record->value, sizeof *record - offsetof (WeftEvent, value));
      record->ticks = take_ticks (run);
      record->lane = (guint16) lane;
      record->kind = 1 + record->kind % (WEFT_N_EVENT_KINDS - 1);
      record->activity %= WEFT_WIRE_N_ACTIVITIES;
      record->object %= MAX_WILD + 2;
      record->reserved = 0;
      atomic_fetch_add (&slot->head, 1);
    }
  else
    fuzz_take (&run->input, record, sizeof *record);
}

static void
wild_totals (Run *run)
{
  guint8 place = fuzz_take_u8 (&run->input);
  guint8 which = fuzz_take_u8 (&run->input);

  if (which < 64)
    atomic_store (&run->wire.lanes[place % MAX_WILD].totals[which % WEFT_WIRE_N_LANE_TOTALS],
                  fuzz_take_u64 (&run->input));
  else if (which < 128)
    atomic_store (&run->wire.objects[place % MAX_WILD].totals[which % WEFT_WIRE_N_TOTALS],
                  fuzz_take_u64 (&run->input));
  else
    fuzz_take (&run->input, (void *) &run->wire.lanes[place % MAX_WILD].end_ticks,
               sizeof (WeftWireLane) - offsetof (WeftWireLane, end_ticks));
}

static void
wild_object (Run *run)
{
  WeftWireObject *object = &run->wire.objects[fuzz_take_u8 (&run->input) % MAX_WILD];

  fuzz_take (&run->input, object, offsetof (WeftWireObject, totals));
  object->state %= 4;
  object->kind %= WEFT_N_OBJECT_KINDS + 1;
}

static void
take_step (Run *run, guint step)
{
  FuzzInput *input = &run->input;
  WeftLane *lane;
  guint64 ticks, seed;

  switch (step)
    {
    case STEP_BEGIN:
      begin_lane (run);
      break;
    case STEP_EMIT:
      lane = take_lane (run);
      ticks = take_ticks (run);
      emit (run, lane, ticks, fuzz_take_u64 (input));
      break;
    case STEP_BURST:
      lane = take_lane (run);
      seed = fuzz_take_u64 (input);
      for (guint n = fuzz_take_u8 (input) % MAX_BURST; n > 0; n--)
        emit (run, lane, weft_clock_ticks (run->wire.clock), seed * n);
      break;
    case STEP_END:
      lane = take_lane (run);
      run->emitted += lane->slot != NULL;
      weft_lane_end (lane, (gint8) fuzz_take_u8 (input));
      break;
    case STEP_ADD_OBJECT:
      weft_wire_add_object (&run->wire, fuzz_take_u8 (input) % WEFT_N_OBJECT_KINDS, "object",
                            fuzz_take_u8 (input));
      break;
    case STEP_NOTE_EXIT:
      weft_wire_note_exit (&run->wire, getpid (), (gint16) fuzz_take_u16 (input), fuzz_take_u8 (input), 1, 2);
      /* A process that has been reaped writes no more. */
      memset (run->lanes, 0, sizeof run->lanes);
      break;
    case STEP_PASS:
      weft_ring_reader_pass (run->reader);
      break;
    case STEP_WILD_HEADER:
      atomic_store (fuzz_take_u8 (input) % 2 ? &run->wire.header->lane_count
                                             : &run->wire.header->object_count,
                    fuzz_take_u32 (input));
      break;
    case STEP_WILD_SLOT:
      wild_slot (run);
      break;
    case STEP_WILD_HEAD:
      wild_head (run);
      break;
    case STEP_WILD_RECORD:
    case STEP_LIKELY_RECORD:
      wild_record (run, step == STEP_LIKELY_RECORD);
      break;
    case STEP_WILD_TOTALS:
      wild_totals (run);
      break;
    default:
      wild_object (run);
    }
}

/* Of lanes that kept to the rules: each event that they emitted was recorded or counted as dropped, once.
 * The rings may hold more, a GAP record each time that a lane found room again. */
static void
check_counts (Run *run)
{
  WeftFrame frame = { 0 };
  guint64 written = 0;

  weft_recording_take_frame (run->recording, &frame);
  g_assert_cmpuint (frame.n_lanes, ==, run->n_lanes);
  for (guint i = 0; i < frame.n_lanes; i++)
    written += atomic_load (&run->wire.lanes[i].head);
  g_assert_cmpuint (frame.events, <=, written);
  g_assert_cmpuint (frame.events + frame.dropped, ==, run->emitted);
  weft_frame_clear (&frame);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const WeftCatalogue *catalogue = weft_catalogue_get ();
  Run run = { .input = { data, size } };
  guint8 flags = fuzz_take_u8 (&run.input);
  guint n_steps = flags & 1 ? N_HONEST_STEPS : N_STEPS;
  const WeftWorkloadInfo *workload =
      weft_catalogue_get_workload (catalogue, flags / 2 % weft_catalogue_get_n_workloads (catalogue));
  g_autoptr (WeftParameters) parameters = weft_parameters_new (workload);
  int fd =
      weft_wire_create (&run.wire, (1 + flags / 16) * MAX_LANES * WEFT_WIRE_MIN_RING * sizeof (WeftEvent),
                        WEFT_CLOCK_MONOTONIC);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  if (n_steps == N_STEPS && (flags & 8) != 0)
    atomic_store (&run.wire.header->ring_records, fuzz_take_u32 (&run.input));
  else
    weft_wire_set_expected_lanes (&run.wire, MAX_LANES);
  run.recording = weft_recording_new (workload, parameters);
  weft_recording_set_n_cores (run.recording, 2);
  weft_recording_begin (run.recording, weft_monotonic_ns ());
  run.reader = weft_ring_reader_new (&run.wire, run.recording);
  for (guint i = 0; i < MAX_STEPS && run.input.size > 0; i++)
    take_step (&run, fuzz_take_u8 (&run.input) % n_steps);
  weft_ring_reader_finish (run.reader);
  weft_recording_set_outcome (run.recording, WEFT_OUTCOME_FINISHED, NULL);
  if (n_steps == N_HONEST_STEPS)
    check_counts (&run);
  fuzz_check_recording (run.recording);
  weft_ring_reader_free (run.reader);
  g_object_unref (run.recording);
  weft_wire_detach (&run.wire);
  return 0;
}
