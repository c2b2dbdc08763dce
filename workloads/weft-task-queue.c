/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-task-queue.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "weft-futex.h"
#include "weft-relax.h"
#include "weft-task-store.h"

/* Tries for the lock before the kernel is asked. It is held for some tens of nanoseconds, and an owner
 * that has no sleeper to wake unlocks without a system call. */
#define LOCK_SPINS 200

/* How long one sleep for the lock is at most. An owner wakes one sleeper, and counts on that one to know
 * that there may be more; if it is killed on its way while another has already taken the lock, neither
 * the kernel nor that other one knows of the rest. So those look again by themselves. */
#define LOCK_NS (50 * INT64_C (1000000))

/* Looks at the depth before a consumer goes to sleep: about as long as being woken would take. */
#define EMPTY_SPINS 200

/* How long one who waits sleeps at most. Nothing depends on it as long as the first process runs,
 * because that notices a death and wakes everyone. */
#define WAIT_NS (500 * INT64_C (1000000))

/* Everything that an operation changes, in two copies. */
typedef struct
{
  WeftTaskCounts counts;
  guint64 max_depth;
  guint64 depth_ticks;
  guint64 wait_ticks;
  guint64 first_put;
  guint64 last_put;
  guint64 last_get;
  guint64 last_change; /* the later of the two */
  WeftRankChange change;
} State;

/* Those who sleep until there is an item, or room. All under the lock, but for the word itself. */
typedef struct
{
  _Atomic guint32 sequence; /* the futex: changes with each wake-up */
  guint32 sleepers;
  guint32 woken; /* sleepers who were woken and have not come back yet */
  guint32 epoch; /* changes when all of them are forgotten */
} Waiters;

typedef struct
{
  pthread_mutex_t mutex;
  _Alignas(64) State states[2];
  _Atomic guint32 current; /* the index of the state that counts: the single point of commit */
  guint32 closed;
  Waiters for_item;
  Waiters for_room;
  _Alignas(64) _Atomic guint64 depth_hint; /* what spinning consumers look at, without the lock */
} Shared;

struct _WeftTaskQueue
{
  WeftRun *run;
  Shared *shared;
  WeftTaskStorage storage;
  WeftWireObject *totals;
  guint32 object;
  guint64 limit;
  gboolean bounded;
  guint empty_spins;
};

static inline State *
get_state (WeftTaskQueue *queue)
{
  return &queue->shared->states[atomic_load_explicit (&queue->shared->current, memory_order_relaxed)];
}

static inline guint64
get_depth (const State *state)
{
  return state->counts.puts - state->counts.gets;
}

/* The state as it is, into the copy that does not count, for the caller to change. */
static inline State *
begin_change (WeftTaskQueue *queue)
{
  guint32 current = atomic_load_explicit (&queue->shared->current, memory_order_relaxed);
  State *next = &queue->shared->states[1 - current];

  *next = queue->shared->states[current];
  next->change = (WeftRankChange){ 0 };
  return next;
}

static inline void
set_total (WeftTaskQueue *queue, WeftQueueTotal total, guint64 value)
{
  atomic_store_explicit (&queue->totals->totals[total], value, memory_order_relaxed);
}

/* From here on the operation has happened. The totals on the wire are a copy: if the caller is killed
 * before they are written, whoever repairs writes them. */
static inline void
commit (WeftTaskQueue *queue, const State *state)
{
  Shared *shared = queue->shared;

  /* Release: the copy is complete before it counts. */
  atomic_store_explicit (&shared->current, (guint32) (state - shared->states), memory_order_release);
  atomic_store_explicit (&shared->depth_hint, get_depth (state), memory_order_relaxed);
  set_total (queue, WEFT_QUEUE_PUTS, state->counts.puts);
  set_total (queue, WEFT_QUEUE_GETS, state->counts.gets);
  set_total (queue, WEFT_QUEUE_MAX_DEPTH, state->max_depth);
  set_total (queue, WEFT_QUEUE_DEPTH_TICKS, state->depth_ticks);
  set_total (queue, WEFT_QUEUE_WAIT_TICKS, state->wait_ticks);
  set_total (queue, WEFT_QUEUE_FIRST_PUT, state->first_put);
  set_total (queue, WEFT_QUEUE_LAST_GET, state->last_get);
  set_total (queue, WEFT_QUEUE_LAST_PUT, state->last_put);
}

static void
repair (WeftTaskQueue *queue)
{
  State *state = get_state (queue);
  WeftTaskCounts counts = state->counts;

  weft_task_storage_repair (&queue->storage, &counts, state->change);
  if (counts.puts != state->counts.puts || counts.gets != state->counts.gets)
    {
      state = begin_change (queue);
      state->counts = counts;
      state->max_depth = MAX (state->max_depth, get_depth (state));
    }
  commit (queue, state);
  pthread_mutex_consistent (&queue->shared->mutex);
}

static void
lock (WeftTaskQueue *queue)
{
  int result = EBUSY;

  for (int i = 0; i < LOCK_SPINS && result == EBUSY; i++)
    {
      result = pthread_mutex_trylock (&queue->shared->mutex);
      if (result == EBUSY)
        weft_relax ();
    }
  while (result == EBUSY || result == ETIMEDOUT)
    {
      struct timespec deadline = weft_futex_deadline (LOCK_NS);

      result = pthread_mutex_clocklock (&queue->shared->mutex, CLOCK_MONOTONIC, &deadline);
    }
  if (result == EOWNERDEAD)
    repair (queue);
  else if (result != 0)
    g_error ("The lock of a queue is broken: %s", g_strerror (result));
}

static void
unlock (WeftTaskQueue *queue)
{
  pthread_mutex_unlock (&queue->shared->mutex);
}

/* Sleeps until someone else may have changed what the caller waits for. Called, and returns, with the
 * lock held. Registered under the lock, and asleep only while the word has not changed since: no
 * wake-up falls in between. */
static void
wait_for_change (WeftTaskQueue *queue, Waiters *waiters)
{
  struct timespec deadline = weft_futex_deadline (WAIT_NS);
  guint32 sequence = atomic_load_explicit (&waiters->sequence, memory_order_relaxed);
  guint32 epoch = waiters->epoch;

  waiters->sleepers++;
  unlock (queue);
  weft_futex_wait (&waiters->sequence, sequence, &deadline);
  lock (queue);
  if (waiters->epoch != epoch)
    return;
  waiters->sleepers--;
  if (waiters->woken > 0)
    waiters->woken--;
}

/* Whether one of @waiters is to be woken once the lock is free: not when as many as there are items, or
 * room, for are on their way already. So a burst of puts costs one system call a sleeper at most, and
 * nobody is woken for an item that is somebody else's. */
static inline gboolean
claim_wake (Waiters *waiters, guint64 available)
{
  if (waiters->sleepers <= waiters->woken || waiters->woken >= available)
    return FALSE;
  waiters->woken++;
  atomic_fetch_add_explicit (&waiters->sequence, 1, memory_order_relaxed);
  return TRUE;
}

static void
forget_waiters (Waiters *waiters)
{
  waiters->sleepers = 0;
  waiters->woken = 0;
  waiters->epoch++;
  atomic_fetch_add_explicit (&waiters->sequence, 1, memory_order_relaxed);
}

static gboolean
init_mutex (pthread_mutex_t *mutex)
{
  pthread_mutexattr_t attributes;
  gboolean done;

  if (pthread_mutexattr_init (&attributes) != 0)
    return FALSE;
  done = pthread_mutexattr_setpshared (&attributes, PTHREAD_PROCESS_SHARED) == 0
         && pthread_mutexattr_setrobust (&attributes, PTHREAD_MUTEX_ROBUST) == 0
         && pthread_mutex_init (mutex, &attributes) == 0;
  pthread_mutexattr_destroy (&attributes);
  return done;
}

WeftTaskQueue *
weft_task_queue_new (WeftRun *run, const char *name, WeftTaskStore store, guint64 capacity)
{
  WeftTaskQueue *queue = g_new0 (WeftTaskQueue, 1);

  queue->run = run;
  if (store == WEFT_TASK_STORE_PIPE && capacity == 0)
    capacity = WEFT_TASK_QUEUE_PIPE_ITEMS;
  queue->bounded = capacity > 0 && store != WEFT_TASK_STORE_RANKED;
  queue->limit = capacity > 0 ? capacity : WEFT_TASK_QUEUE_MAX_ITEMS;

  /* Where there is one core, nothing changes while we look. */
  queue->empty_spins = run->n_cores > 1 ? EMPTY_SPINS : 0;
  queue->shared =
      mmap (NULL, sizeof *queue->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (queue->shared == MAP_FAILED || !init_mutex (&queue->shared->mutex))
    {
      weft_run_fail (run, "There is no memory for a queue: %s. End other programs.", g_strerror (errno));
      return NULL;
    }
  if (!weft_task_storage_init (&queue->storage, run, store, queue->limit))
    return NULL;
  queue->object =
      weft_wire_add_object (&run->wire, WEFT_OBJECT_QUEUE, name, queue->bounded ? (gint64) queue->limit : 0);
  queue->totals = weft_wire_object (&run->wire, queue->object);
  return queue;
}

guint32
weft_task_queue_get_object (const WeftTaskQueue *queue)
{
  return queue->object;
}

static inline void
add_depth_ticks (State *state, guint64 ticks)
{
  if (state->last_change != 0)
    state->depth_ticks += get_depth (state) * (ticks - state->last_change);
  state->last_change = ticks;
}

static guint64
put_locked (WeftTaskQueue *queue, WeftLane *lane, const WeftTaskItem *item, WeftWireActivity after,
            guint8 line)
{
  State *state = begin_change (queue);
  guint64 ticks = weft_clock_ticks_after (queue->run->wire.clock, state->last_change);
  WeftTaskSlot slot = { .item = *item, .put_ticks = ticks };

  weft_task_storage_write (&queue->storage, &state->counts, &slot, &state->change);
  add_depth_ticks (state, ticks);
  state->counts.puts++;
  state->max_depth = MAX (state->max_depth, get_depth (state));
  if (state->first_put == 0)
    state->first_put = ticks;
  state->last_put = ticks;
  commit (queue, state);
  weft_task_storage_finish (&queue->storage, state->change);
  weft_lane_emit_at (lane, ticks, WEFT_EVENT_PUT, after, queue->object, item->task,
                     (gint64) get_depth (state), line);
  return ticks;
}

static guint64
get_locked (WeftTaskQueue *queue, WeftLane *lane, WeftTaskItem *item, WeftWireActivity after, guint8 line)
{
  State *state = begin_change (queue);
  guint64 ticks = weft_clock_ticks_after (queue->run->wire.clock, state->last_change);
  WeftTaskSlot slot;

  weft_task_storage_read (&queue->storage, &state->counts, &slot, &state->change);
  add_depth_ticks (state, ticks);
  state->counts.gets++;
  state->wait_ticks += ticks - slot.put_ticks;
  state->last_get = ticks;
  commit (queue, state);
  weft_task_storage_finish (&queue->storage, state->change);
  weft_task_storage_give_back (&queue->storage, &state->counts);
  weft_lane_emit_at (lane, ticks, WEFT_EVENT_GET, after, queue->object, slot.item.task,
                     (gint64) get_depth (state), line);
  *item = slot.item;
  return ticks;
}

/* Adds a wait that ended at @until, or in vain, now, where that is 0. */
static void
add_wait (WeftTaskQueue *queue, WeftLane *lane, WeftLaneTotal total, guint64 since, guint64 until)
{
  if (until == 0)
    until = weft_clock_ticks (queue->run->wire.clock);
  if (until > since)
    weft_lane_add (lane, total, until - since);
}

WeftTaskQueueStatus
weft_task_queue_put (WeftTaskQueue *queue, WeftLane *lane, const WeftTaskItem *item, WeftWireActivity after,
                     guint8 line, guint64 *ticks)
{
  Shared *shared = queue->shared;
  WeftTaskQueueStatus status = WEFT_TASK_QUEUE_OK;
  gboolean wake = FALSE;
  guint64 full_since = 0;
  guint64 now = 0;

  lock (queue);
  for (;;)
    {
      if (weft_run_stopping (queue->run))
        status = WEFT_TASK_QUEUE_STOPPED;
      else if (shared->closed)
        status = WEFT_TASK_QUEUE_CLOSED;
      else if (get_depth (get_state (queue)) < queue->limit)
        {
          now = put_locked (queue, lane, item, after, line);
          wake = claim_wake (&shared->for_item, get_depth (get_state (queue)));
        }
      else if (!queue->bounded)
        status = WEFT_TASK_QUEUE_NO_MEMORY;
      else
        {
          if (full_since == 0)
            {
              full_since = weft_clock_ticks (queue->run->wire.clock);
              weft_lane_emit_at (lane, full_since, WEFT_EVENT_ACTIVITY, WEFT_WIRE_QUEUE_FULL, queue->object,
                                 item->task, 0, line);
              line = WEFT_NO_LINE;
            }
          wait_for_change (queue, &shared->for_room);
          continue;
        }
      break;
    }
  unlock (queue);
  if (wake)
    weft_futex_wake (&shared->for_item.sequence, 1);
  if (full_since != 0)
    {
      add_wait (queue, lane, WEFT_LANE_BLOCKED_TICKS, full_since, now);
      weft_lane_tell_ready (lane);
    }
  if (ticks != NULL)
    *ticks = now;
  return status;
}

WeftTaskQueueStatus
weft_task_queue_get (WeftTaskQueue *queue, WeftLane *lane, WeftTaskItem *item, WeftWireActivity after,
                     guint8 line, _Atomic guint32 *busy, guint64 *ticks)
{
  Shared *shared = queue->shared;
  WeftTaskQueueStatus status = WEFT_TASK_QUEUE_OK;
  gboolean wake = FALSE;
  guint64 empty_since = 0;

  *ticks = 0;
  for (guint i = 0; i < queue->empty_spins; i++)
    {
      if (atomic_load_explicit (&shared->depth_hint, memory_order_relaxed) > 0)
        break;
      weft_relax ();
    }
  lock (queue);
  for (;;)
    {
      if (weft_run_stopping (queue->run))
        status = WEFT_TASK_QUEUE_STOPPED;
      else if (get_depth (get_state (queue)) > 0)
        {
          if (busy != NULL)
            atomic_store_explicit (busy, 1, memory_order_relaxed);
          *ticks = get_locked (queue, lane, item, after, line);
          wake =
              queue->bounded && claim_wake (&shared->for_room, queue->limit - get_depth (get_state (queue)));
        }
      else if (shared->closed)
        status = WEFT_TASK_QUEUE_CLOSED;
      else
        {
          if (empty_since == 0)
            empty_since = weft_clock_ticks (queue->run->wire.clock);
          wait_for_change (queue, &shared->for_item);
          continue;
        }
      break;
    }
  unlock (queue);
  if (wake)
    weft_futex_wake (&shared->for_room.sequence, 1);
  if (empty_since != 0)
    {
      add_wait (queue, lane, WEFT_LANE_IDLE_TICKS, empty_since, *ticks);
      weft_lane_tell_ready (lane);
    }
  return status;
}

void
weft_task_queue_wake_all (WeftTaskQueue *queue)
{
  lock (queue);
  forget_waiters (&queue->shared->for_item);
  forget_waiters (&queue->shared->for_room);
  unlock (queue);
  weft_futex_wake (&queue->shared->for_item.sequence, INT_MAX);
  weft_futex_wake (&queue->shared->for_room.sequence, INT_MAX);
}

void
weft_task_queue_close (WeftTaskQueue *queue)
{
  lock (queue);
  queue->shared->closed = TRUE;
  unlock (queue);
  weft_task_queue_wake_all (queue);
}

guint64
weft_task_queue_get_depth (WeftTaskQueue *queue)
{
  guint64 puts, gets;

  weft_task_queue_get_counts (queue, &puts, &gets);
  return puts - gets;
}

void
weft_task_queue_get_counts (WeftTaskQueue *queue, guint64 *puts, guint64 *gets)
{
  State *state;

  lock (queue);
  state = get_state (queue);
  *puts = state->counts.puts;
  *gets = state->counts.gets;
  unlock (queue);
}
