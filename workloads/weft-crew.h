/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The workers of a run: threads of its first process, or processes that it forks. Started, waited for
 * and ended in the same way, by the first process's first thread alone.
 */
#pragma once

#include <pthread.h>

#include "weft-run.h"

typedef struct _WeftCrew WeftCrew;

/* What member @index does; @lane is its own. Returns its exit code. */
typedef int (*WeftCrewBody) (WeftRun *run, WeftLane *lane, guint index, gpointer data);

typedef struct
{
  WeftCrew *crew;
  guint index; /* as it was given to weft_crew_start() */
  WeftCrewBody body;
  gpointer data;
  WeftWireActivity activity; /* that its lane begins with */
  char name[WEFT_WIRE_NAME_SIZE];
  pid_t pid;         /* of a process */
  pthread_t thread;  /* of a thread */
  _Atomic int ended; /* a thread has */
  gboolean alive;    /* not waited for yet */
  gboolean asked;    /* weft_crew_terminate() was called */
  int signal;        /* that killed it, or 0 */
} WeftCrewMember;

/* The choices of the parameter "backend" of every workload that has a crew. */
extern const char *const weft_crew_backends[];

/* What @run has chosen of them. */
gboolean weft_crew_uses_processes (const WeftRun *run);

/* @processes: members are processes, else threads. @parent: the lane of the caller. */
WeftCrew *weft_crew_new (WeftRun *run, gboolean processes, guint max_members, const WeftLane *parent);

/* Starts a member with a lane called @name that begins with @activity. Lanes come in the order of the
 * calls, as long as the machine is not slower than some milliseconds a member. NULL after
 * weft_run_fail(). */
WeftCrewMember *weft_crew_start (WeftCrew *crew, const char *name, guint index, WeftWireActivity activity,
                                 WeftCrewBody body, gpointer data);

/* Sleeps until a member has ended, and returns it, reaped or joined and its end noted on the wire.
 * NULL after @timeout_ns (negative: none), or when there is reason to look whether the run is to
 * stop. */
WeftCrewMember *weft_crew_wait (WeftCrew *crew, gint64 timeout_ns);

guint weft_crew_get_n_alive (const WeftCrew *crew);

/* Ends a member that is a process, by SIGTERM. */
void weft_crew_terminate (WeftCrewMember *member);
