/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The writers' side of a recording: for the ring reader, run control, and tests that make a recording
 * by hand. The rules for threads are those of weft-recording.h: one thread writes lanes, objects,
 * tasks and log, the main thread the cores and the run's own facts. A test may do it all from one.
 *
 * A recording by hand:
 *
 *   recording = weft_recording_new (info, parameters);
 *   weft_recording_set_n_cores (recording, 2);
 *   weft_recording_begin (recording, weft_monotonic_ns ());
 *   lane = weft_recording_add_lane (recording, "worker 1", TRUE, 100, 100, -1, 0);
 *   weft_recording_append_span (recording, lane, 0, WEFT_ACTIVITY_WORKING, 0, 3, WEFT_SPAN_NO_CORE);
 *   weft_recording_add_object (recording, 1, "queue", WEFT_OBJECT_IS_QUEUE, 8);
 *   weft_recording_append_value (recording, 1, 0, 2.0);
 *   weft_tasks_started (weft_recording_get_tasks (recording), 3, 0, lane);
 *   weft_recording_end_lane (recording, lane, 900, WEFT_LANE_EXITED, 0, 0);
 *   weft_recording_advance (recording, 1000);
 *   weft_recording_set_outcome (recording, WEFT_OUTCOME_FINISHED, NULL);
 *
 * All times are nanoseconds since the run's start.
 */
#pragma once

#include "weft-recording.h"

G_BEGIN_DECLS

/* As many as the shared memory has room for. */
#define WEFT_RECORDING_MAX_LANES 8192
#define WEFT_RECORDING_MAX_OBJECTS 1024

/* ── either thread ── */

/** weft_recording_touch: changes the serial, because something was added. */
void weft_recording_touch (WeftRecording *recording);

/* ── the reader's thread ── */

/** weft_recording_add_lane: in the order of their indices. @name may be any bytes. Its first span must
 * follow. Returns its index. */
guint weft_recording_add_lane (WeftRecording *recording, const char *name, gboolean is_process, gint pid,
                               gint tid, gint parent, gint64 started_ns);

/** weft_recording_append_span: see weft_spans_append(). */
void weft_recording_append_span (WeftRecording *recording, guint lane, gint64 begin_ns, WeftActivity activity,
                                 guint object, guint32 task, guint core);

/** weft_recording_end_lane: it ended at @ended_ns. May be called again when more is known of how. */
void weft_recording_end_lane (WeftRecording *recording, guint lane, gint64 ended_ns, WeftLaneEnd end,
                              gint exit_code, gint signal);

/** weft_recording_set_lane_totals: the lane's exact totals. */
void weft_recording_set_lane_totals (WeftRecording *recording, guint lane, guint64 started, guint64 done,
                                     guint64 failed, guint64 dropped);

/** weft_recording_set_lane_usage: what is negative leaves unchanged what was known. @final: the lane's
 * own last word, which samples do not replace: for the reader's thread; samples, for the main thread. */
void weft_recording_set_lane_usage (WeftRecording *recording, guint lane, const WeftLaneUsage *usage,
                                    gboolean final);

/** weft_recording_append_stop: the lane was seen stopped at @time_ns, or goes on from then on. Main thread. */
void
weft_recording_append_stop (WeftRecording *recording, guint lane, gint64 time_ns, gboolean stopped);

/** weft_recording_set_stops_sampled: somebody looks whether the lane is stopped. Main thread. */
void weft_recording_set_stops_sampled (WeftRecording *recording, guint lane);

/** weft_recording_get_lane: (transfer none): info of lane @index < number of lanes. Either thread. */
const WeftLaneInfo *weft_recording_get_lane (WeftRecording *recording, guint index);
guint weft_recording_get_n_lanes (WeftRecording *recording);

/** weft_recording_add_object: @number from 1, in any order, each once. @name may be any bytes. */
void weft_recording_add_object (WeftRecording *recording, guint number, const char *name,
                                WeftObjectInfoKind kind, gint64 capacity);

/** weft_recording_get_object: (nullable): the object numbered @number. */
const WeftObjectInfo *weft_recording_get_object (WeftRecording *recording, guint number);

/** weft_recording_append_value: object @number, which was added, has @value from @time_ns on. */
void weft_recording_append_value (WeftRecording *recording, guint number, gint64 time_ns, double value);

/** weft_recording_append_holder: who has lock @number from @time_ns on, as WeftObjectInfo says; NaN: not
 * known. */
void weft_recording_append_holder (WeftRecording *recording, guint number, gint64 time_ns, double holder);

/** weft_recording_set_lock_totals: exact totals of the lock numbered @number. */
void weft_recording_set_lock_totals (WeftRecording *recording, guint number, const WeftLockTotals *totals);

/** weft_recording_set_queue_totals: exact totals of the queue numbered @number. */
void weft_recording_set_queue_totals (WeftRecording *recording, guint number, const WeftQueueTotals *totals);

/** weft_recording_set_nice: the nice value that the run's processes have. Either thread. */
void weft_recording_set_nice (WeftRecording *recording, int nice);

/** weft_recording_set_counts: events of all lanes so far. */
void weft_recording_set_counts (WeftRecording *recording, guint64 events, guint64 dropped, guint64 invalid);

/** weft_recording_set_full: it has reached its budget, at @time_ns. Once. */
void weft_recording_set_full (WeftRecording *recording, gint64 time_ns);
gint64 weft_recording_get_full (WeftRecording *recording);

/** weft_recording_advance: everything up to @now_ns is there. Never goes back. Changes the serial. */
void weft_recording_advance (WeftRecording *recording, gint64 now_ns);

/* ── the main thread ── */

/** weft_recording_set_n_cores: once, before weft_recording_begin(). */
void weft_recording_set_n_cores (WeftRecording *recording, guint n_cores);

/** weft_recording_set_budget: before weft_recording_begin(). */
void weft_recording_set_budget (WeftRecording *recording, gsize bytes);

/** weft_recording_begin: the run starts at @start_ns of CLOCK_MONOTONIC. */
void weft_recording_begin (WeftRecording *recording, gint64 start_ns);

/** weft_recording_set_scheduling: @source: "exact", "sampled" or "off", a string that lives for ever; "off" until
 * it is set. @reason: (nullable): why not exact. By the reader's thread, too, when it cannot go on. */
void weft_recording_set_scheduling (WeftRecording *recording, const char *source, const char *reason);

/** weft_recording_append_core_sample: @loads and @steals: percent of each core from @since_ns on, NaN
 * where not known. The row of all cores is the sum of what is known. */
void weft_recording_append_core_sample (WeftRecording *recording, gint64 since_ns, const double *loads,
                                        const double *steals);

/** weft_recording_set_core_means: @loads, @steals: of each core, over the time that was sampled so far; NaN
 * where not known. */
void
weft_recording_set_core_means (WeftRecording *recording, const double *loads, const double *steals);

/** weft_recording_set_outcome: @message: (nullable): why it failed, or what else is worth saying. From the
 * first outcome other than running on, the recording is not live. */
void weft_recording_set_outcome (WeftRecording *recording, WeftOutcome outcome, const char *message);

/** weft_recording_set_result: (transfer none) (nullable): a JsonObject * that no one changes any more. */
void weft_recording_set_result (WeftRecording *recording, gpointer result);

G_END_DECLS
