/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "weft-control-channel.h"
#include "weft-process-tree.h"
#include "weft-reaper.h"
#include "weft-run-message.h"

/* How long a run that was asked to stop may take to end by itself. */
#define GRACE_NS (150 * INT64_C (1000000))

/* Between two passes over /proc while descendants are being killed. */
#define KILL_PASS_NS (2 * INT64_C (1000000))

/* At most four results a second. */
#define RESULT_NS (250 * INT64_C (1000000))

/* How long the last message may take to be read. */
#define FAREWELL_NS (200 * INT64_C (1000000))

/* The workload yields to the window and whatever else the person does. */
#define NICE 5

#define NEVER INT64_MAX

typedef enum
{
  PHASE_ASKED, /* nothing known yet */
  PHASE_READY, /* prepared, waiting for "go" */
  PHASE_RUNNING,
  PHASE_STOPPING, /* asked to end, within the grace */
  PHASE_KILLING,  /* until no descendant is left */
  PHASE_ENDED
} Phase;

typedef struct
{
  WeftRun run;
  WeftControlChannel channel;
  Phase phase;
  cpu_set_t cores;
  int signal_fd;
  int failure_fd; /* the reading end */
  GString *told;  /* from the failure pipe, not a whole line yet */
  pid_t parent;   /* run control */
  pid_t first;    /* the workload's first process */
  gboolean first_ended;
  int first_status;
  gboolean stop_asked; /* by run control */
  gboolean killed;     /* by us: how the first process ended says nothing */
  gboolean failed;
  gint64 kill_at_ns; /* end of the grace */
  gint64 result_at_ns;
  char *last_result;
} Supervisor;

static void
fail (Supervisor *supervisor, const char *text)
{
  if (!supervisor->failed)
    weft_control_channel_send_text (&supervisor->channel, "failed", text);
  supervisor->failed = TRUE;
}

/* The first of the cores that this process may use, as many as the run may. */
static gboolean
choose_cores (Supervisor *supervisor)
{
  cpu_set_t allowed;
  guint wanted = supervisor->run.n_cores;
  guint found = 0;

  CPU_ZERO (&supervisor->cores);
  if (sched_getaffinity (0, sizeof allowed, &allowed) < 0)
    return FALSE;
  for (int i = 0; i < CPU_SETSIZE && found < wanted; i++)
    if (CPU_ISSET (i, &allowed))
      {
        CPU_SET (i, &supervisor->cores);
        found++;
      }
  return found == wanted;
}

static void
prepare (Supervisor *supervisor, JsonObject *message)
{
  g_autofree char *problem = weft_run_message_read (message, &supervisor->run);
  g_autoptr (JsonBuilder) builder = NULL;
  guint n_lanes;

  if (problem == NULL && !choose_cores (supervisor))
    problem = g_strdup_printf (
        "The run is to use %u cores, but there are fewer here that it may use. Choose fewer cores.",
        supervisor->run.n_cores);
  if (problem == NULL)
    {
      n_lanes = supervisor->run.workload->lanes (&supervisor->run);
      if (weft_wire_set_expected_lanes (&supervisor->run.wire, n_lanes) == 0)
        problem = g_strdup_printf (
            "The events of %u threads or processes do not fit the memory for them. Ask for fewer.", n_lanes);
    }
  if (problem != NULL)
    {
      fail (supervisor, problem);
      supervisor->phase = PHASE_KILLING;
      return;
    }
  weft_clock_map_init (&supervisor->run.clock, supervisor->run.wire.clock);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, "ready");
  json_builder_set_member_name (builder, "pid");
  json_builder_add_int_value (builder, getpid ());
  json_builder_end_object (builder);
  weft_control_channel_send (&supervisor->channel, builder);
  supervisor->phase = PHASE_READY;
}

/* The workload's first process, in place of the supervisor's: it keeps the shared memory and the
 * writing end of the failure pipe. SIGCHLD and SIGUSR1 stay blocked, for weft_crew_wait(). */
static int
run_workload (Supervisor *supervisor)
{
  WeftRun *run = &supervisor->run;
  sigset_t signals;

  close (supervisor->channel.fd);
  close (supervisor->signal_fd);
  close (supervisor->failure_fd);
  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigaddset (&signals, SIGUSR1);
  sigprocmask (SIG_SETMASK, &signals, NULL);

  /* A preference: not worth failing for. */
  if (getpriority (PRIO_PROCESS, 0) < NICE)
    setpriority (PRIO_PROCESS, 0, NICE);
  if (sched_setaffinity (0, sizeof supervisor->cores, &supervisor->cores) < 0)
    {
      weft_run_fail (run, "The run could not be kept to %u cores: %s. Choose all cores.", run->n_cores,
                     g_strerror (errno));
      return 1;
    }
  return run->workload->run (run);
}

static void
go (Supervisor *supervisor)
{
  WeftRun *run = &supervisor->run;
  pid_t parent = getpid ();
  int fds[2];

  if (pipe2 (fds, O_CLOEXEC | O_NONBLOCK) < 0)
    {
      fail (supervisor, "A pipe for the run could not be made: too many files are open. Close some.");
      supervisor->phase = PHASE_KILLING;
      return;
    }
  supervisor->failure_fd = fds[0];
  run->failure_fd = fds[1];
  supervisor->first = fork ();
  if (supervisor->first == 0)
    {
      if (prctl (PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid () != parent)
        _exit (1);
      _exit (run_workload (supervisor));
    }
  if (supervisor->first < 0)
    {
      g_autofree char *limit = weft_run_describe_limit (errno);
      g_autofree char *text =
          g_strdup_printf ("The workload's first process could not be started: %s", limit);

      fail (supervisor, text);
      supervisor->phase = PHASE_KILLING;
      return;
    }
  close (fds[1]);
  run->failure_fd = -1;
  supervisor->phase = PHASE_RUNNING;
  supervisor->result_at_ns = weft_monotonic_ns () + RESULT_NS;
}

/* Asks the run to end: everyone sees the flag, sleepers are woken, and the first process, which
 * may wait for its workers, is told to look. */
static void
ask_to_stop (Supervisor *supervisor)
{
  if (supervisor->phase < PHASE_RUNNING)
    supervisor->phase = PHASE_KILLING;
  if (supervisor->phase != PHASE_RUNNING)
    return;
  weft_run_request_stop (&supervisor->run);
  if (!supervisor->first_ended)
    kill (supervisor->first, SIGUSR1);
  supervisor->phase = PHASE_STOPPING;
  supervisor->kill_at_ns = weft_monotonic_ns () + GRACE_NS;
}

/* Run control is gone, or wants no grace. */
static void
end_at_once (Supervisor *supervisor)
{
  weft_run_request_stop (&supervisor->run);
  supervisor->stop_asked = TRUE;
  if (supervisor->phase < PHASE_KILLING)
    supervisor->phase = PHASE_KILLING;
}

static void
handle_messages (Supervisor *supervisor)
{
  JsonObject *object;

  weft_control_channel_receive (&supervisor->channel);
  while ((object = weft_control_channel_next (&supervisor->channel)) != NULL)
    {
      const char *message = json_object_get_string_member_with_default (object, "message", "");

      if (g_str_equal (message, "run") && supervisor->phase == PHASE_ASKED)
        prepare (supervisor, object);
      else if (g_str_equal (message, "go") && supervisor->phase == PHASE_READY)
        go (supervisor);
      else if (g_str_equal (message, "stop"))
        {
          supervisor->stop_asked = TRUE;
          ask_to_stop (supervisor);
        }
      json_object_unref (object);
    }
  if (supervisor->channel.ended)
    end_at_once (supervisor);
}

/* Lines from the failure pipe: F and why the run fails, N and what is worth knowing. */
static void
handle_told (Supervisor *supervisor)
{
  char bytes[4096];
  char *end;
  ssize_t length;

  if (supervisor->failure_fd < 0)
    return;
  while ((length = read (supervisor->failure_fd, bytes, sizeof bytes)) > 0)
    g_string_append_len (supervisor->told, bytes, length);
  while ((end = memchr (supervisor->told->str, '\n', supervisor->told->len)) != NULL)
    {
      g_autofree char *text = NULL;

      *end = '\0';
      text = g_utf8_make_valid (supervisor->told->str, -1);
      g_string_erase (supervisor->told, 0, end + 1 - supervisor->told->str);
      if (text[0] == 'F')
        {
          fail (supervisor, text + 1);
          ask_to_stop (supervisor);
        }
      else if (text[0] == 'N')
        weft_control_channel_send_text (&supervisor->channel, "notice", text + 1);
    }
}

/* Reaps whoever has ended. True when there are no children left. */
static gboolean
reap (Supervisor *supervisor)
{
  int status;
  pid_t pid;

  while ((pid = weft_reaper_reap (&supervisor->run.wire, &status)) > 0)
    if (pid == supervisor->first)
      {
        supervisor->first_ended = TRUE;
        supervisor->first_status = status;
      }
  return pid < 0;
}

static void
add_result (Supervisor *supervisor, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  if (supervisor->first > 0)
    supervisor->run.workload->result (&supervisor->run, builder);
  json_builder_end_object (builder);
}

/* Sends the figures so far, if they have changed. While run control does not read they wait. */
static void
send_result (Supervisor *supervisor)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  supervisor->result_at_ns = weft_monotonic_ns () + RESULT_NS;
  if (!weft_control_channel_flush (&supervisor->channel))
    return;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, "result");
  json_builder_set_member_name (builder, "result");
  add_result (supervisor, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  if (g_strcmp0 (text, supervisor->last_result) == 0)
    return;
  g_free (supervisor->last_result);
  supervisor->last_result = g_steal_pointer (&text);
  g_string_append (supervisor->channel.output, supervisor->last_result);
  g_string_append_c (supervisor->channel.output, '\n');
  weft_control_channel_flush (&supervisor->channel);
}

/* Run control may have set the flag itself, and the run have seen it before its message came. */
static gboolean
was_stopped (const Supervisor *supervisor)
{
  return supervisor->stop_asked || weft_run_was_stopped (&supervisor->run);
}

/* What the end of the first process says, unless we brought it about. */
static void
judge_first (Supervisor *supervisor)
{
  int status = supervisor->first_status;
  g_autofree char *text = NULL;

  if (!supervisor->first_ended || supervisor->killed || was_stopped (supervisor))
    return;
  if (WIFSIGNALED (status))
    text = g_strdup_printf ("The workload's first process was killed by SIG%s.",
                            sigabbrev_np (WTERMSIG (status)));
  else if (WEXITSTATUS (status) != 0)
    text = g_strdup_printf ("The workload's first process ended with exit code %d.", WEXITSTATUS (status));
  if (text != NULL)
    fail (supervisor, text);
}

static void
say_ended (Supervisor *supervisor)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, "ended");
  json_builder_set_member_name (builder, "outcome");
  json_builder_add_string_value (builder, supervisor->failed         ? "failed"
                                          : was_stopped (supervisor) ? "stopped"
                                                                     : "finished");
  json_builder_set_member_name (builder, "result");
  add_result (supervisor, builder);
  json_builder_end_object (builder);
  weft_control_channel_send (&supervisor->channel, builder);
}

/* What is to be done now, whatever has woken us. */
static void
advance (Supervisor *supervisor)
{
  gboolean childless = reap (supervisor);
  gint64 now = weft_monotonic_ns ();

  handle_told (supervisor);
  if (supervisor->phase == PHASE_RUNNING && now >= supervisor->result_at_ns)
    send_result (supervisor);

  /* Once the first process has ended the run is over, and who is left has no business here. */
  if ((supervisor->phase == PHASE_RUNNING || supervisor->phase == PHASE_STOPPING)
      && (supervisor->first_ended || (supervisor->phase == PHASE_STOPPING && now >= supervisor->kill_at_ns)))
    {
      judge_first (supervisor);
      supervisor->phase = PHASE_KILLING;
    }
  if (supervisor->phase == PHASE_KILLING && childless)
    {
      judge_first (supervisor);
      say_ended (supervisor);
      supervisor->phase = PHASE_ENDED;
    }
  else if (supervisor->phase == PHASE_KILLING)
    {
      supervisor->killed = TRUE;
      weft_process_tree_kill ();
    }
}

static gint64
next_wake_ns (const Supervisor *supervisor)
{
  switch (supervisor->phase)
    {
    case PHASE_RUNNING:
      return supervisor->result_at_ns;
    case PHASE_STOPPING:
      return supervisor->kill_at_ns;
    case PHASE_KILLING:
      return weft_monotonic_ns () + KILL_PASS_NS;
    default:
      return NEVER;
    }
}

/* Sleeps until a message, a signal, a word from the workload, or the next thing that is due. */
static void
sleep_until (Supervisor *supervisor, gint64 wake_ns)
{
  struct pollfd fds[3] = {
    { .fd = supervisor->channel.ended ? -1 : supervisor->channel.fd,
      .events = (short) (POLLIN | (supervisor->channel.output->len > 0 ? POLLOUT : 0)) },
    { .fd = supervisor->signal_fd, .events = POLLIN },
    { .fd = supervisor->failure_fd, .events = POLLIN },
  };
  gint64 left = MAX (0, wake_ns - weft_monotonic_ns ());
  struct timespec timeout = { .tv_sec = left / 1000000000, .tv_nsec = left % 1000000000 };
  struct signalfd_siginfo info;

  if (ppoll (fds, G_N_ELEMENTS (fds), wake_ns == NEVER ? NULL : &timeout, NULL) < 0)
    return;
  while (read (supervisor->signal_fd, &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD && (info.ssi_signo != SIGCONT || getppid () != supervisor->parent))
      end_at_once (supervisor);
  if ((fds[0].revents & POLLOUT) != 0)
    weft_control_channel_flush (&supervisor->channel);
  if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
    handle_messages (supervisor);

  /* Every process of the run that could write to it has closed it. */
  if ((fds[2].revents & POLLHUP) != 0 && (fds[2].revents & POLLIN) == 0)
    {
      close (supervisor->failure_fd);
      supervisor->failure_fd = -1;
    }
}

/* The last message is not lost because run control was slow to read. */
static void
say_farewell (Supervisor *supervisor)
{
  gint64 until = weft_monotonic_ns () + FAREWELL_NS;
  struct pollfd fd = { .fd = supervisor->channel.fd, .events = POLLOUT };

  while (!weft_control_channel_flush (&supervisor->channel) && weft_monotonic_ns () < until)
    poll (&fd, 1, 20);
}

/* Where the scheduler groups processes by session (autogroup), a nice value counts only within the
 * session: so the group, which setsid() has made, is given one too. */
static void
make_group_nice (void)
{
  int fd = open ("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (dprintf (fd, "%d", NICE) < 0)
    g_debug ("The session's group keeps its nice value: %s", g_strerror (errno));
  close (fd);
}

/* Whoever started us may ignore some of them, which a program inherits. */
static void
take_signals (Supervisor *supervisor)
{
  static const int numbers[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGPIPE };
  sigset_t signals;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    signal (numbers[i], SIG_DFL);
  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGHUP);
  sigaddset (&signals, SIGCONT);
  supervisor->signal_fd = signalfd (-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);

  /* For the workload's first process, which must not be without it blocked for an instant. */
  sigaddset (&signals, SIGUSR1);
  sigprocmask (SIG_SETMASK, &signals, NULL);
}

/* Before anything else: so that no descendant escapes, and nothing outlives run control. The signal
 * comes when the thread that started us ends; if that happened before, or while, we asked for it,
 * the parent is another by now. It is SIGCONT, because that reaches a stopped supervisor too. */
static gboolean
become_supervisor (Supervisor *supervisor)
{
  supervisor->parent = getppid ();
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  prctl (PR_SET_DUMPABLE, 1);
  if (setsid () > 0)
    make_group_nice ();
  take_signals (supervisor);
  if (supervisor->signal_fd < 0)
    return FALSE;
  prctl (PR_SET_PDEATHSIG, SIGCONT);
  return getppid () == supervisor->parent;
}

int
weft_supervisor_run (int memory_fd, int control_fd)
{
  Supervisor supervisor = { .phase = PHASE_ASKED, .failure_fd = -1, .run = { .failure_fd = -1 } };

  fcntl (memory_fd, F_SETFD, FD_CLOEXEC);
  fcntl (control_fd, F_SETFD, FD_CLOEXEC);
  if (!weft_wire_attach (&supervisor.run.wire, memory_fd))
    {
      fprintf (stderr, "weft-workload: file descriptor %d holds no memory of a run: %s\n", memory_fd,
               g_strerror (errno));
      return 2;
    }
  close (memory_fd);
  if (!become_supervisor (&supervisor))
    return 1;
  weft_control_channel_init (&supervisor.channel, control_fd);
  supervisor.told = g_string_new (NULL);
  while (supervisor.phase != PHASE_ENDED)
    {
      sleep_until (&supervisor, next_wake_ns (&supervisor));
      advance (&supervisor);
    }
  say_farewell (&supervisor);
  weft_control_channel_clear (&supervisor.channel);
  weft_wire_detach (&supervisor.run.wire);
  g_clear_pointer (&supervisor.run.parameters, json_object_unref);
  g_string_free (supervisor.told, TRUE);
  g_free (supervisor.last_result);
  return supervisor.failed ? 1 : 0;
}
