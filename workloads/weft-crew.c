/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "weft-futex.h"
#include "weft-reaper.h"

/* How long a member that was started may take to claim its lane before the next one is started, and
 * how long the whole crew may take so, all in all. */
#define CLAIM_NS (20 * INT64_C (1000000))
#define CLAIM_ALL_NS (300 * INT64_C (1000000))

#define STACK_BYTES ((size_t) 512 << 10)

struct _WeftCrew
{
  WeftRun *run;
  gboolean processes;
  int parent_lane;
  pthread_t first_thread;
  WeftCrewMember *members;
  guint n_members;
  guint max_members;
  guint n_alive;
  gint64 claim_left_ns;
  _Atomic guint32 *claimed; /* members that have their lane, in shared memory */
};

const char *const weft_crew_backends[] = { "processes", "threads", NULL };

gboolean
weft_crew_uses_processes (const WeftRun *run)
{
  return g_str_equal (weft_run_get_text (run, "backend"), "processes");
}

WeftCrew *
weft_crew_new (WeftRun *run, gboolean processes, guint max_members, const WeftLane *parent)
{
  WeftCrew *crew = g_new0 (WeftCrew, 1);

  crew->run = run;
  crew->processes = processes;
  crew->parent_lane = parent->index;
  crew->first_thread = pthread_self ();
  crew->members = g_new0 (WeftCrewMember, max_members);
  crew->max_members = max_members;
  crew->claim_left_ns = CLAIM_ALL_NS;
  crew->claimed =
      mmap (NULL, sizeof *crew->claimed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (crew->claimed == MAP_FAILED)
    {
      weft_run_fail (run, "There is no memory to start workers: %s. End other programs.", g_strerror (errno));
      g_free (crew->members);
      g_free (crew);
      return NULL;
    }
  return crew;
}

/* A member's whole life, in its own thread or process. */
static int
live (WeftCrewMember *member)
{
  WeftCrew *crew = member->crew;
  WeftRun *run = crew->run;
  WeftLane lane;
  gboolean has_lane =
      weft_lane_begin (&lane, &run->wire, member->name, crew->processes, crew->parent_lane, member->activity);
  int exit_code = 1;

  atomic_fetch_add (crew->claimed, 1);
  weft_futex_wake (crew->claimed, 1);
  if (has_lane)
    exit_code = member->body (run, &lane, member->index, member->data);
  else
    weft_run_fail (run, "There is no room for the events of %s: ask for fewer.", member->name);
  weft_lane_end (&lane, exit_code);
  return exit_code;
}

static void *
run_thread (void *data)
{
  WeftCrewMember *member = data;

  live (member);
  atomic_store_explicit (&member->ended, 1, memory_order_release);
  pthread_kill (member->crew->first_thread, SIGUSR1);
  return NULL;
}

static gboolean
start_process (WeftCrewMember *member)
{
  member->pid = weft_run_fork (member->crew->run);
  if (member->pid == 0)
    _exit (live (member));
  return member->pid > 0;
}

static gboolean
start_thread (WeftCrewMember *member)
{
  pthread_attr_t attributes;
  int error_number;

  pthread_attr_init (&attributes);
  pthread_attr_setstacksize (&attributes, STACK_BYTES);
  error_number = pthread_create (&member->thread, &attributes, run_thread, member);
  pthread_attr_destroy (&attributes);
  if (error_number != 0)
    {
      g_autofree char *limit = weft_run_describe_limit (error_number);

      weft_run_fail (member->crew->run, "A thread for %s could not be started: %s", member->name, limit);
    }
  return error_number == 0;
}

/* Lanes are numbered as they are claimed. Waiting for each member's claim keeps the lanes in the order
 * in which a person counts them; it is only for the eye, so it is given up when it takes too long. */
static void
wait_for_claim (WeftCrew *crew)
{
  gint64 start = weft_monotonic_ns ();
  struct timespec deadline = weft_futex_deadline (MIN (CLAIM_NS, crew->claim_left_ns));
  gint64 end = start + MIN (CLAIM_NS, crew->claim_left_ns);
  guint32 claimed;

  while ((claimed = atomic_load (crew->claimed)) < crew->n_members && weft_monotonic_ns () < end)
    weft_futex_wait (crew->claimed, claimed, &deadline);
  crew->claim_left_ns = MAX (0, crew->claim_left_ns - (weft_monotonic_ns () - start));
}

WeftCrewMember *
weft_crew_start (WeftCrew *crew, const char *name, guint index, WeftWireActivity activity, WeftCrewBody body,
                 gpointer data)
{
  WeftCrewMember *member = &crew->members[crew->n_members];

  g_return_val_if_fail (crew->n_members < crew->max_members, NULL);

  member->crew = crew;
  member->index = index;
  member->body = body;
  member->data = data;
  g_strlcpy (member->name, name, sizeof member->name);
  member->activity = activity;
  if (!(crew->processes ? start_process (member) : start_thread (member)))
    return NULL;
  member->alive = TRUE;
  crew->n_members++;
  crew->n_alive++;
  wait_for_claim (crew);
  return member;
}

static WeftCrewMember *
find_ended (WeftCrew *crew, pid_t pid)
{
  for (guint i = 0; i < crew->n_members; i++)
    {
      WeftCrewMember *member = &crew->members[i];

      if (member->alive
          && (crew->processes ? member->pid == pid
                              : atomic_load_explicit (&member->ended, memory_order_acquire) != 0))
        return member;
    }
  return NULL;
}

/* A member that has ended and was not waited for yet, or NULL. */
static WeftCrewMember *
reap (WeftCrew *crew)
{
  WeftCrewMember *member = NULL;
  pid_t pid = 0;
  int status = 0;

  while (member == NULL)
    {
      if (crew->processes && (pid = weft_reaper_reap (&crew->run->wire, &status)) <= 0)
        return NULL;
      member = find_ended (crew, pid);
      if (member == NULL && !crew->processes)
        return NULL;
    }
  if (crew->processes)
    member->signal = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
  else
    pthread_join (member->thread, NULL);
  member->alive = FALSE;
  crew->n_alive--;
  return member;
}

/* Both signals are blocked in the first process, so none is lost: one that comes before the wait ends
 * it at once. SIGCHLD: a process has ended. SIGUSR1: a thread has, or the supervisor wants us to look
 * whether we are to stop. */
WeftCrewMember *
weft_crew_wait (WeftCrew *crew, gint64 timeout_ns)
{
  struct timespec timeout = { .tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000 };
  WeftCrewMember *member = reap (crew);
  sigset_t signals;

  if (member != NULL)
    return member;
  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigaddset (&signals, SIGUSR1);
  if (timeout_ns < 0)
    sigwaitinfo (&signals, NULL);
  else
    sigtimedwait (&signals, NULL, &timeout);
  return reap (crew);
}

guint
weft_crew_get_n_alive (const WeftCrew *crew)
{
  return crew->n_alive;
}

void
weft_crew_terminate (WeftCrewMember *member)
{
  member->asked = TRUE;
  kill (member->pid, SIGTERM);
}
