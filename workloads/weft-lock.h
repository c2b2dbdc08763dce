/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A lock of one of the usual kinds, between the threads of one process, and what is recorded of it.
 */
#pragma once

#include "weft-run.h"

typedef enum
{
  WEFT_LOCK_MUTEX,    /* pthread_mutex_t: sleeps, and whoever comes along may take it first */
  WEFT_LOCK_SPINLOCK, /* pthread_spinlock_t: never sleeps */
  WEFT_LOCK_TICKET,   /* never sleeps; in the order of arrival */
  WEFT_LOCK_ADAPTIVE, /* pthread_mutex_t that spins for a moment before it sleeps */
  WEFT_LOCK_RWLOCK,   /* pthread_rwlock_t: those who share it have it together */
  WEFT_LOCK_SEMAPHORE /* sem_t with one permit */
} WeftLockKind;

/* The choices of a parameter "lock", in the order of the kinds. */
extern const char *const weft_lock_kinds[];

typedef struct _WeftLock WeftLock;

/* Makes a lock and its object @name on the wire. NULL after weft_run_fail(). */
WeftLock *weft_lock_new (WeftRun *run, const char *name, WeftLockKind kind);

/* Takes the lock, waiting for it if need be, and records both; then @lane works on @task. @shared: together
 * with others who share it, where the kind allows that, else FALSE. Also when the run is to end, whoever
 * waits gets it in the end. Returns the ticks of the acquisition. */
guint64 weft_lock_acquire (WeftLock *lock, WeftLane *lane, gboolean shared, guint32 task);

/* Gives back the lock that @lane has since @acquired; it does @after from then on. */
void weft_lock_release (WeftLock *lock, WeftLane *lane, gboolean shared, guint64 acquired, guint32 task,
                        WeftWireActivity after);
