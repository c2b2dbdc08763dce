/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-global-lock.h"

#include <errno.h>
#include <pthread.h>

#include "weft-futex.h"
#include "weft-lock-record.h"

/* The shortest interval; CPython's sys.setswitchinterval() has it as well. */
#define MIN_INTERVAL_NS 1000

struct _WeftGlobalLock
{
  WeftLockRecord record;
  gint64 interval_ns;
  pthread_mutex_t mutex;   /* of all the rest; whoever has the global lock does not keep it */
  pthread_cond_t free;     /* nobody has the lock any more */
  pthread_cond_t switched; /* another lane has it than before */
  gboolean held;
  guint64 acquired;      /* ticks: since when */
  guint64 n_switches;    /* acquisitions */
  guint32 holder;        /* lane + 1 that has it, or had it last */
  _Atomic guint32 asked; /* written under the mutex, read by the owner without */
};

WeftGlobalLock *
weft_global_lock_new (WeftRun *run, const char *name, gint64 interval_ns)
{
  WeftGlobalLock *lock = g_aligned_alloc0 (1, sizeof *lock, 64);
  pthread_condattr_t attributes;

  lock->interval_ns = MAX (interval_ns, MIN_INTERVAL_NS);
  pthread_mutex_init (&lock->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&lock->free, &attributes);
  pthread_cond_init (&lock->switched, &attributes);
  pthread_condattr_destroy (&attributes);
  if (!weft_lock_record_init (&lock->record, run, name, FALSE))
    {
      g_aligned_free (lock);
      return NULL;
    }
  return lock;
}

/* Under the mutex: waits for the lock and takes it. When it was nobody else's turn for a whole interval,
 * the owner is asked. Nobody gives up waiting: when the run is to end, each owner lets go at once. */
static void
take_locked (WeftGlobalLock *lock, WeftLane *lane, gboolean waited, guint64 since)
{
  if (lock->held && !waited)
    {
      since = weft_lock_record_wait (&lock->record, lane, WEFT_WIRE_LOCK_WAIT, WEFT_NO_TASK, 0);
      waited = TRUE;
    }
  while (lock->held)
    {
      struct timespec deadline = weft_futex_deadline (lock->interval_ns);
      guint64 n_switches = lock->n_switches;

      if (pthread_cond_timedwait (&lock->free, &lock->mutex, &deadline) == ETIMEDOUT && lock->held
          && lock->n_switches == n_switches)
        atomic_store_explicit (&lock->asked, 1, memory_order_relaxed);
    }
  lock->held = TRUE;
  lock->n_switches++;
  atomic_store_explicit (&lock->asked, 0, memory_order_relaxed);
  if (lock->holder != lane->index + 1u)
    {
      lock->holder = lane->index + 1u;
      pthread_cond_signal (&lock->switched);
    }
  lock->acquired = weft_lock_record_acquire (&lock->record, lane, FALSE, waited, since, WEFT_NO_TASK, 0);
}

void
weft_global_lock_take (WeftGlobalLock *lock, WeftLane *lane)
{
  guint64 since = weft_clock_ticks (lane->clock);

  pthread_mutex_lock (&lock->mutex);
  take_locked (lock, lane, FALSE, since);
  pthread_mutex_unlock (&lock->mutex);
}

gboolean
weft_global_lock_is_asked (const WeftGlobalLock *lock)
{
  return atomic_load_explicit (&lock->asked, memory_order_relaxed) != 0;
}

/* Under the mutex. */
static void
let_go (WeftGlobalLock *lock, WeftLane *lane, WeftWireActivity after)
{
  weft_lock_record_release (&lock->record, lane, FALSE, lock->acquired, WEFT_NO_TASK, after);
  lock->held = FALSE;
  pthread_cond_signal (&lock->free);
}

/* Without the wait for another one the owner, which has a core, would have the lock again before whoever
 * asked has woken up. There is one who takes it: who has asked does not give up. */
void
weft_global_lock_hand_over (WeftGlobalLock *lock, WeftLane *lane)
{
  guint64 since;

  pthread_mutex_lock (&lock->mutex);
  let_go (lock, lane, WEFT_WIRE_KEEP);
  since = weft_lock_record_wait (&lock->record, lane, WEFT_WIRE_LOCK_WAIT, WEFT_NO_TASK, 0);
  while (lock->holder == lane->index + 1u)
    pthread_cond_wait (&lock->switched, &lock->mutex);
  take_locked (lock, lane, TRUE, since);
  pthread_mutex_unlock (&lock->mutex);
}

void
weft_global_lock_drop (WeftGlobalLock *lock, WeftLane *lane)
{
  pthread_mutex_lock (&lock->mutex);
  let_go (lock, lane, WEFT_WIRE_WORKING);
  pthread_mutex_unlock (&lock->mutex);
}
