/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything known about a run. Append-only. The ring reader's thread is the only writer of lanes,
 * objects, tasks and log; the main thread is the only writer of the cores and of the run's own facts
 * (outcome, result). Nothing published is ever moved or freed before the recording is.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC since the run's start.
 */
#pragma once

#include <glib-object.h>

#include "weft-catalogue.h"
#include "weft-counter.h"
#include "weft-log.h"
#include "weft-parameters.h"
#include "weft-schedule.h"
#include "weft-spans.h"
#include "weft-tasks.h"

G_BEGIN_DECLS

#define WEFT_TYPE_RECORDING (weft_recording_get_type ())
G_DECLARE_FINAL_TYPE (WeftRecording, weft_recording, WEFT, RECORDING, GObject)

typedef enum
{
  WEFT_LANE_LIVE,    /* it has not ended */
  WEFT_LANE_EXITED,  /* it returned or called exit */
  WEFT_LANE_CRASHED, /* its process got SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT or SIGSYS */
  WEFT_LANE_KILLED,  /* its process got another signal */
  WEFT_LANE_VANISHED /* it ended, how is not known */
} WeftLaneEnd;

/**
 * WeftLaneInfo: one lane. The identity never changes; read the rest through the frame.
 */
typedef struct
{
  guint index;
  char *name;          /* valid UTF-8 */
  gboolean is_process; /* the first thread of a process of its own */
  gint pid;
  gint tid;
  gint parent;  /* lane index, or -1 */
  guint leader; /* index of the lane that stands for its process (itself, when it is one, or when
                   none is known) */
  WeftSpans *spans;
} WeftLaneInfo;

typedef enum
{
  WEFT_OBJECT_IS_QUEUE,
  WEFT_OBJECT_IS_LOCK,
  WEFT_OBJECT_IS_COUNTER
} WeftObjectInfoKind;

typedef struct
{
  guint number; /* from 1 */
  char *name;
  WeftObjectInfoKind kind;
  gint64 capacity;      /* 0: unbounded */
  WeftCounter *values;  /* the depth of a queue; how many lanes wait for a lock; a counter's value */
  WeftCounter *holders; /* of a lock: the index of the lane that has it, WEFT_HOLDER_NONE when it is free,
                           WEFT_HOLDER_NONE - n when n lanes share it; else NULL */
} WeftObjectInfo;

#define WEFT_HOLDER_NONE (-1)

/**
 * WeftLaneUsage: what the kernel counted for a lane; negative: not known.
 */
typedef struct
{
  gint64 cpu_ns;
  gint64 voluntary;
  gint64 involuntary;
  gint64 migrations;
  gint64 on_core_ns;
  gint64 ready_ns;
} WeftLaneUsage;

/* A lane as it was when the frame was taken. */
typedef struct
{
  const WeftLaneInfo *info;
  guint64 n_spans;
  gint64 started_ns;
  gint64 ended_ns; /* -1: live */
  WeftLaneEnd end;
  gint exit_code;     /* -1: not known or not exited */
  gint signal;        /* 0: none */
  guint64 tasks_done; /* exact, as the next two */
  guint64 tasks_started;
  guint64 tasks_failed;
  guint64 dropped;
  WeftLaneUsage usage;
  gboolean stops_sampled;   /* whether anybody ever looked if it was stopped */
  const WeftCounter *stops; /* 1 from when it was seen stopped (SIGSTOP, a debugger), 0 from when it
                               went on; NULL: never seen stopped. Sampled */
  guint64 n_stops;          /* of its points */
} WeftFrameLane;

typedef struct
{
  const WeftObjectInfo *info;
  guint64 n_values;
  guint64 n_holders;
} WeftFrameObject;

/**
 * WeftFrame: the counts that a drawing, or a summary, took at its start; everything it then reads is
 * of that instant. Zero it first; weft_recording_take_frame() may fill the same one again and again.
 */
typedef struct
{
  WeftRecording *recording; /* not owned */
  gint64 now_ns;            /* how far the recording reaches: complete up to here */
  gboolean live;            /* the run goes on */
  WeftFrameLane *lanes;
  guint n_lanes;
  WeftFrameObject *objects;
  guint n_objects;
  guint64 n_log;
  guint64 n_cores_samples;
  guint64 events; /* recorded, all lanes */
  guint64 dropped;
  gint64 full_ns;                       /* since when the recording is full; -1: it is not */
  guint64 invalid;                      /* records that made no sense */
  guint64 serial;                       /* changes whenever anything was added */
  guint lane_capacity, object_capacity; /* private */
} WeftFrame;

void weft_recording_take_frame (WeftRecording *recording, WeftFrame *frame);
void weft_frame_clear (WeftFrame *frame);

/** weft_recording_get_serial: changes whenever anything was added; cheap, for a tick callback. */
guint64 weft_recording_get_serial (WeftRecording *recording);

/** weft_recording_new: @info, @parameters: what is run. */
WeftRecording *weft_recording_new (const WeftWorkloadInfo *info, WeftParameters *parameters);

const WeftWorkloadInfo *weft_recording_get_workload (WeftRecording *recording);
WeftParameters *weft_recording_get_parameters (WeftRecording *recording);

/** weft_recording_get_start_ns: CLOCK_MONOTONIC of the run's start; 0 before it. */
gint64 weft_recording_get_start_ns (WeftRecording *recording);

/** weft_recording_get_budget: bytes of memory that the recording may take: unless set otherwise, a quarter of
 * what weft_memory_limit_get() says. When they are used up it is full: whatever happens later is counted
 * as dropped; exact totals stay exact. */
gsize weft_recording_get_budget (WeftRecording *recording);

/** weft_recording_get_bytes: memory taken by what came out of the rings: spans, values, tasks and log. Any
 * thread. */
gsize weft_recording_get_bytes (WeftRecording *recording);

WeftTasks *weft_recording_get_tasks (WeftRecording *recording);

/**
 * WeftQueueTotals: what a queue's own totals say; they stay exact when events are dropped.
 */
typedef struct
{
  guint64 puts;
  guint64 gets;
  guint64 max_depth;
  double depth_integral_s; /* items × seconds from the first put to the last change */
  double total_wait_s;     /* of the items that were taken, in the queue */
  double first_put_s;      /* since the run's start; NaN: none yet */
  double last_get_s;
  double last_change_s;
} WeftQueueTotals;

/** weft_recording_get_queue_totals: @object: its number, from 1. False where it is no queue, or its
 * totals were not recorded. Main thread. */
gboolean weft_recording_get_queue_totals (WeftRecording *recording, guint object, WeftQueueTotals *totals);

/**
 * WeftDurations: how long something took each time, in seconds; but for the sum NaN where it never happened.
 * Quantiles are known to 3 %, the longest and the sum exactly.
 */
typedef struct
{
  double p50_s;
  double p90_s;
  double p99_s;
  double max_s;
  double total_s;
} WeftDurations;

/**
 * WeftLockTotals: what a lock's own totals say; they stay exact when events are dropped.
 */
typedef struct
{
  guint64 acquisitions;
  guint64 contended;  /* those of them that had to wait */
  guint64 handovers;  /* those by another lane than the one before it, for itself alone */
  double free_s;      /* what the others took together, from the call until the lock was had */
  WeftDurations wait; /* of the contended ones */
  WeftDurations hold; /* of those that were given back */
} WeftLockTotals;

/** weft_recording_get_lock_totals: @object: its number, from 1. False where it is no lock, or its totals were
 * not recorded. Main thread. */
gboolean weft_recording_get_lock_totals (WeftRecording *recording, guint object, WeftLockTotals *totals);

WeftLog *weft_recording_get_log (WeftRecording *recording);

/** weft_recording_get_n_cores: how many cores are drawn: the highest number that exists, plus one. */
guint weft_recording_get_n_cores (WeftRecording *recording);

/* What lies further apart than this, in ns, are not two samples of one curve: where the sampler itself was
 * stopped, the cores are not known in between. It is three of its periods. */
#define WEFT_RECORDING_LONGEST_SAMPLE_NS G_GINT64_CONSTANT (600000000)

/** weft_recording_get_core: load of @core in percent of it, sampled; NaN where it was offline, and where
 * nobody sampled. A sample at time t is the mean since the sample before, so it is stored at that earlier
 * time. @core -1: all cores together (398 for 3.98 cores). */
WeftCounter *weft_recording_get_core (WeftRecording *recording, int core);

/** weft_recording_get_core_means: of the time from the first sample to the last, in percent: how busy @core
 * was, and how much of it was stolen. From the kernel's totals, so that they also count what went on where
 * nobody sampled. @load, @steal: (out): NaN where not known. Main thread. */
void weft_recording_get_core_means (WeftRecording *recording, guint core, double *load, double *steal);

/** weft_recording_get_scheduling_source: "exact", "sampled" or "off": where the lanes' on-core and
 * ready times come from. */
const char *weft_recording_get_scheduling_source (WeftRecording *recording);

/** weft_recording_get_scheduling_reason: (nullable): why scheduling is sampled, or is from some time on, although
 * it was to be exact, and what to do about it, in sentences. */
const char *weft_recording_get_scheduling_reason (WeftRecording *recording);

/** weft_recording_get_schedule: (transfer none): what was told exactly; empty where nothing was. */
WeftSchedule *weft_recording_get_schedule (WeftRecording *recording);

/** weft_recording_get_nice: the nice value that the run's processes have. False while not known. */
gboolean weft_recording_get_nice (WeftRecording *recording, int *nice);

/** weft_recording_get_core_steal: steal time of @core in percent, as above. */
WeftCounter *weft_recording_get_core_steal (WeftRecording *recording, int core);

/** weft_recording_dup_task_name: "task 3", "item A", or "3" when the workload names no noun. */
char *weft_recording_dup_task_name (WeftRecording *recording, guint32 task);

/** weft_recording_dup_short_task_name: "3", "A". */
char *weft_recording_dup_short_task_name (WeftRecording *recording, guint32 task);

/** weft_recording_render_log: (transfer full): the text of entry @index, without a newline. */
char *weft_recording_render_log (WeftRecording *recording, guint64 index);

/** weft_recording_dup_full_text: (transfer full) (nullable): that the recording is full, and what that means,
 * in sentences; %NULL if it is not. */
char *weft_recording_dup_full_text (WeftRecording *recording);

typedef enum
{
  WEFT_OUTCOME_RUNNING,
  WEFT_OUTCOME_FINISHED,
  WEFT_OUTCOME_STOPPED,
  WEFT_OUTCOME_FAILED,
  WEFT_OUTCOME_DEADLOCK,
  WEFT_OUTCOME_TIMEOUT
} WeftOutcome;

WeftOutcome weft_recording_get_outcome (WeftRecording *recording);

/** weft_outcome_get_id: "finished", …; %NULL while running. */
const char *weft_outcome_get_id (WeftOutcome outcome);

/** weft_recording_get_message: (nullable): why it failed, or what else is worth saying. */
const char *weft_recording_get_message (WeftRecording *recording);

/** weft_recording_get_result: (nullable): the workload's own figures, newest first known. A borrowed
 * JsonObject; main thread only. */
gpointer weft_recording_get_result (WeftRecording *recording);

G_END_DECLS
