/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-lock.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include "weft-lock-record.h"
#include "weft-relax.h"

/* Whoever comes takes the next ticket, and waits until it is served: Mellor-Crummey and Scott, Algorithms
 * for Scalable Synchronization on Shared-Memory Multiprocessors, 1991. Each on a line of its own, so that
 * an arrival does not disturb those who look at what is served. */
typedef struct
{
  _Alignas(64) _Atomic guint32 next;
  _Alignas(64) _Atomic guint32 served;
} Ticket;

struct _WeftLock
{
  WeftRun *run;
  WeftLockKind kind;
  WeftLockRecord record;
  union
  {
    _Alignas(64) pthread_mutex_t mutex;
    pthread_spinlock_t spinlock;
    Ticket ticket;
    pthread_rwlock_t rwlock;
    sem_t semaphore;
  };
};

const char *const weft_lock_kinds[] = {
  "mutex", "spinlock", "ticket", "adaptive", "rwlock", "semaphore", NULL
};

static int
init_mutex (pthread_mutex_t *mutex, int type)
{
  pthread_mutexattr_t attributes;
  int result;

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, type);
  result = pthread_mutex_init (mutex, &attributes);
  pthread_mutexattr_destroy (&attributes);
  return result;
}

static int
init (WeftLock *lock)
{
  switch (lock->kind)
    {
    case WEFT_LOCK_MUTEX:
      return init_mutex (&lock->mutex, PTHREAD_MUTEX_DEFAULT);
    case WEFT_LOCK_ADAPTIVE:
      return init_mutex (&lock->mutex, PTHREAD_MUTEX_ADAPTIVE_NP);
    case WEFT_LOCK_SPINLOCK:
      return pthread_spin_init (&lock->spinlock, PTHREAD_PROCESS_PRIVATE);
    case WEFT_LOCK_TICKET:
      /* Counted from 1, because 0 stands for no place in the order. */
      atomic_init (&lock->ticket.next, 1);
      atomic_init (&lock->ticket.served, 1);
      return 0;
    case WEFT_LOCK_RWLOCK:
      return pthread_rwlock_init (&lock->rwlock, NULL);
    case WEFT_LOCK_SEMAPHORE:
      return sem_init (&lock->semaphore, 0, 1) == 0 ? 0 : errno;
    default:
      g_assert_not_reached ();
    }
}

WeftLock *
weft_lock_new (WeftRun *run, const char *name, WeftLockKind kind)
{
  WeftLock *lock = g_aligned_alloc0 (1, sizeof *lock, 64);
  int error_number;

  lock->run = run;
  lock->kind = kind;
  error_number = init (lock);
  if (error_number != 0)
    {
      weft_run_fail (run, "The lock could not be made: %s. End other programs.", g_strerror (error_number));
      g_aligned_free (lock);
      return NULL;
    }
  if (!weft_lock_record_init (&lock->record, run, name, kind == WEFT_LOCK_RWLOCK))
    {
      g_aligned_free (lock);
      return NULL;
    }
  return lock;
}

/* Takes the lock if it is free. @arrival (out): of a ticket lock, also when it is not. */
static gboolean
try (WeftLock *lock, gboolean shared, guint32 *arrival)
{
  switch (lock->kind)
    {
    case WEFT_LOCK_MUTEX:
    case WEFT_LOCK_ADAPTIVE:
      return pthread_mutex_trylock (&lock->mutex) == 0;
    case WEFT_LOCK_SPINLOCK:
      return pthread_spin_trylock (&lock->spinlock) == 0;
    case WEFT_LOCK_TICKET:
      *arrival = atomic_fetch_add_explicit (&lock->ticket.next, 1, memory_order_relaxed);
      return atomic_load_explicit (&lock->ticket.served, memory_order_acquire) == *arrival;
    case WEFT_LOCK_RWLOCK:
      return (shared ? pthread_rwlock_tryrdlock (&lock->rwlock) : pthread_rwlock_trywrlock (&lock->rwlock))
             == 0;
    case WEFT_LOCK_SEMAPHORE:
      return sem_trywait (&lock->semaphore) == 0;
    default:
      g_assert_not_reached ();
    }
}

/* Spins until @ticket is served. When the run is to end, those whose turn it is may wait for a core that
 * others spin on: these then make way. */
static void
wait_for_ticket (WeftLock *lock, guint32 ticket)
{
  while (atomic_load_explicit (&lock->ticket.served, memory_order_acquire) != ticket)
    if (weft_run_stopping (lock->run))
      sched_yield ();
    else
      weft_relax ();
}

static void
block (WeftLock *lock, gboolean shared, guint32 arrival)
{
  int result = 0;

  switch (lock->kind)
    {
    case WEFT_LOCK_MUTEX:
    case WEFT_LOCK_ADAPTIVE:
      result = pthread_mutex_lock (&lock->mutex);
      break;
    case WEFT_LOCK_SPINLOCK:
      result = pthread_spin_lock (&lock->spinlock);
      break;
    case WEFT_LOCK_TICKET:
      wait_for_ticket (lock, arrival);
      break;
    case WEFT_LOCK_RWLOCK:
      result = shared ? pthread_rwlock_rdlock (&lock->rwlock) : pthread_rwlock_wrlock (&lock->rwlock);
      break;
    case WEFT_LOCK_SEMAPHORE:
      while ((result = sem_wait (&lock->semaphore)) != 0 && errno == EINTR)
        ;
      break;
    default:
      g_assert_not_reached ();
    }
  if (result != 0)
    g_error ("A lock is broken: %s", g_strerror (result > 0 ? result : errno));
}

guint64
weft_lock_acquire (WeftLock *lock, WeftLane *lane, gboolean shared, guint32 task)
{
  gboolean spins = lock->kind == WEFT_LOCK_SPINLOCK || lock->kind == WEFT_LOCK_TICKET;
  guint64 since = weft_clock_ticks (lane->clock);
  guint32 arrival = 0;
  gboolean waited = FALSE;

  if (!try (lock, shared, &arrival))
    {
      since = weft_lock_record_wait (&lock->record, lane, spins ? WEFT_WIRE_SPINNING : WEFT_WIRE_LOCK_WAIT,
                                     task, arrival);
      block (lock, shared, arrival);
      waited = TRUE;
    }
  return weft_lock_record_acquire (&lock->record, lane, shared, waited, since, task, arrival);
}

void
weft_lock_release (WeftLock *lock, WeftLane *lane, gboolean shared, guint64 acquired, guint32 task,
                   WeftWireActivity after)
{
  weft_lock_record_release (&lock->record, lane, shared, acquired, task, after);
  switch (lock->kind)
    {
    case WEFT_LOCK_MUTEX:
    case WEFT_LOCK_ADAPTIVE:
      pthread_mutex_unlock (&lock->mutex);
      break;
    case WEFT_LOCK_SPINLOCK:
      pthread_spin_unlock (&lock->spinlock);
      break;
    case WEFT_LOCK_TICKET:
      /* Only the owner writes it. */
      atomic_store_explicit (&lock->ticket.served,
                             atomic_load_explicit (&lock->ticket.served, memory_order_relaxed) + 1,
                             memory_order_release);
      break;
    case WEFT_LOCK_RWLOCK:
      pthread_rwlock_unlock (&lock->rwlock);
      break;
    case WEFT_LOCK_SEMAPHORE:
      sem_post (&lock->semaphore);
      break;
    default:
      g_assert_not_reached ();
    }
}
