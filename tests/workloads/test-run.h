/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays run control for the tests: starts the helper on a run, speaks the protocol, drains the rings,
 * and keeps everything that was said and recorded.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "weft-wire.h"
#include "weft-workload.h"

/* The path of the helper; set by test_run_init(). */
extern const char *test_run_helper;

/* Figures by lane, from its slot and its events. */
typedef struct
{
  const char *name;
  gboolean is_process;
  pid_t pid;
  gboolean ended;
  gboolean has_status;
  int status; /* of waitpid() */
} TestLane;

typedef struct
{
  const WeftWorkload *workload;
  JsonObject *parameters;
  gint64 seed;
  gint64 cores;
  WeftWire wire;
  int memory_fd;
  int control_fd;
  pid_t supervisor;
  GString *input;
  GPtrArray *drains;    /* WeftDrain, in the order of the lanes */
  gboolean keep_events; /* TRUE unless the test says otherwise */
  GArray *events;       /* WeftEvent; sorted by time once the run has ended */
  guint64 n_events;
  gboolean ready;
  char *outcome; /* NULL: not ended */
  char *failure; /* the first one told */
  GPtrArray *notices;
  guint n_results; /* live ones */
  JsonObject *result;
  int exit_status; /* of the supervisor, once test_run_finish() has returned */
} TestRun;

/* Every test program's main() begins with it: g_test_init(), the helper's path from the command line, and
 * this process becomes a subreaper, so that nothing a test has started can hide from it. */
void test_run_init (int *argc, char ***argv);

/* A run of @id that is not started. @values: NAME=VALUE separated by spaces, on top of the defaults. */
TestRun *test_run_new (const char *id, const char *values);
void test_run_free (TestRun *run);

/* Starts the helper, and waits for its answer to the message "run". @pre_exec: called in the child before
 * it becomes the helper. */
void test_run_prepare (TestRun *run, void (*pre_exec) (void));
void test_run_go (TestRun *run);
void test_run_send (TestRun *run, const char *line);

/* Takes in messages and events for up to @ms milliseconds, or until the run has ended. */
void test_run_pump (TestRun *run, int ms);

/* Pumps until @condition is true, and fails the test if it is not after 30 s. */
void test_run_pump_until (TestRun *run, gboolean (*condition) (TestRun *run, gpointer data), gpointer data);

/* Pumps until the helper has closed its end, reaps it, and checks that no process of the run is left. */
void test_run_finish (TestRun *run);

/* All of the above: prepare, go, finish. */
TestRun *test_run_all (const char *id, const char *values);

guint test_run_get_n_lanes (TestRun *run);
TestLane test_run_get_lane (TestRun *run, guint index);
int test_run_find_lane (TestRun *run, const char *name);
guint64 test_run_get_total (TestRun *run, const char *role, WeftLaneTotal total);
guint64 test_run_get_queue_total (TestRun *run, WeftQueueTotal total);
double test_run_to_seconds (TestRun *run, guint64 ticks);

/* The events of @kind, in order of time. */
GArray *test_run_get_events (TestRun *run, WeftEventKind kind);

/* The log, as a reader renders it, in order of time. */
GPtrArray *test_run_get_log (TestRun *run);

/* The descendants of this process that are not zombies. */
GArray *test_run_get_descendants (void);

/* Fails unless all descendants are gone, and no zombie of them is left after 2 s. */
void test_run_assert_nothing_left (void);
