/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "weft-drain.h"
#include "weft-workloads.h"

#define LIMIT_MS 30000
#define MEMORY_FD 3
#define CONTROL_FD 4

const char *test_run_helper;

void
test_run_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  if (*argc < 2)
    g_error ("the path of weft-workload is missing");
  test_run_helper = (*argv)[1];
  prctl (PR_SET_CHILD_SUBREAPER, 1);
}

static JsonNode *
make_value (const WeftParameterSpec *spec, const char *text)
{
  g_auto (GStrv) elements = NULL;
  JsonArray *array;
  JsonNode *node;

  switch (spec->type)
    {
    case WEFT_PARAMETER_INTEGER:
      return json_node_init_int (json_node_alloc (), g_ascii_strtoll (text, NULL, 10));
    case WEFT_PARAMETER_NUMBER:
      return json_node_init_double (json_node_alloc (), g_ascii_strtod (text, NULL));
    case WEFT_PARAMETER_CHOICE:
    case WEFT_PARAMETER_STRING:
      return json_node_init_string (json_node_alloc (), text);
    case WEFT_PARAMETER_INTEGER_LIST:
    case WEFT_PARAMETER_STRING_LIST:
      array = json_array_new ();
      elements = g_strsplit (text, ",", -1);
      for (guint i = 0; elements[i] != NULL; i++)
        if (spec->type == WEFT_PARAMETER_INTEGER_LIST)
          json_array_add_int_element (array, g_ascii_strtoll (elements[i], NULL, 10));
        else
          json_array_add_string_element (array, elements[i]);
      node = json_node_alloc ();
      json_node_init_array (node, array);
      json_array_unref (array);
      return node;
    default:
      g_assert_not_reached ();
    }
}

static const WeftParameterSpec *
find_parameter (const WeftWorkload *workload, const char *name)
{
  for (const WeftParameterSpec *spec = workload->parameters; spec->name != NULL; spec++)
    if (g_str_equal (spec->name, name))
      return spec;
  return NULL;
}

static void
set_values (TestRun *run, const char *values)
{
  g_auto (GStrv) assignments = g_strsplit (values, " ", -1);

  for (guint i = 0; assignments[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (assignments[i], "=", 2);

      if (parts[0] == NULL)
        continue;
      if (g_str_equal (parts[0], "seed"))
        run->seed = g_ascii_strtoll (parts[1], NULL, 10);
      else if (g_str_equal (parts[0], "cores"))
        run->cores = g_ascii_strtoll (parts[1], NULL, 10);
      else
        {
          const WeftParameterSpec *spec = find_parameter (run->workload, parts[0]);

          if (spec == NULL)
            g_error ("no parameter \"%s\"", parts[0]);
          json_object_set_member (run->parameters, spec->name, make_value (spec, parts[1]));
        }
    }
}

TestRun *
test_run_new (const char *id, const char *values)
{
  TestRun *run = g_new0 (TestRun, 1);

  run->workload = weft_workloads_find (id);
  if (run->workload == NULL)
    g_error ("no workload \"%s\"", id);
  run->parameters = json_object_new ();
  run->seed = 1;
  run->cores = 1;
  run->keep_events = TRUE;
  run->supervisor = -1;
  run->control_fd = -1;
  for (const WeftParameterSpec *spec = run->workload->parameters; spec->name != NULL; spec++)
    {
      g_autofree char *text = NULL;

      if (spec->type == WEFT_PARAMETER_INTEGER)
        text = g_strdup_printf ("%.0f", spec->default_value + 2 * spec->default_per_core);
      else
        text = g_strdup (spec->default_text != NULL ? spec->default_text : "");
      json_object_set_member (run->parameters, spec->name, make_value (spec, text));
    }
  set_values (run, values);
  run->memory_fd = weft_wire_create (&run->wire, WEFT_WIRE_BUDGET, weft_clock_choose ());
  g_assert_cmpint (run->memory_fd, >=, 0);
  run->input = g_string_new (NULL);
  run->drains = g_ptr_array_new_with_free_func (g_free);
  run->events = g_array_new (FALSE, FALSE, sizeof (WeftEvent));
  run->notices = g_ptr_array_new_with_free_func (g_free);
  return run;
}

void
test_run_free (TestRun *run)
{
  if (run->control_fd >= 0)
    close (run->control_fd);
  close (run->memory_fd);
  weft_wire_detach (&run->wire);
  json_object_unref (run->parameters);
  g_clear_pointer (&run->result, json_object_unref);
  g_string_free (run->input, TRUE);
  g_ptr_array_unref (run->drains);
  g_array_unref (run->events);
  g_ptr_array_unref (run->notices);
  g_free (run->outcome);
  g_free (run->failure);
  g_free (run);
}

void
test_run_send (TestRun *run, const char *line)
{
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  size_t length = strlen (text);

  for (size_t sent = 0; sent < length;)
    {
      ssize_t n = send (run->control_fd, text + sent, length - sent, MSG_NOSIGNAL);

      if (n < 0)
        return;
      sent += (size_t) n;
    }
}

static void
send_run (TestRun *run)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  JsonObject *message = json_object_new ();

  json_object_set_string_member (message, "message", "run");
  json_object_set_string_member (message, "workload", run->workload->id);
  json_object_set_object_member (message, "parameters", json_object_ref (run->parameters));
  json_object_set_int_member (message, "seed", run->seed);
  json_object_set_int_member (message, "cores", run->cores);
  json_node_take_object (root, message);
  text = json_to_string (root, FALSE);
  test_run_send (run, text);
}

static gboolean
is_answered (TestRun *run, gpointer data)
{
  return run->ready || run->outcome != NULL;
}

/* In the child. The two descriptors may be where the other is to go, so they are moved away first. The
 * helper was opened before @helper_fd's owner may have become a user who cannot search its folder. */
static void
become_helper (int helper_fd, int memory_fd, int control_fd)
{
  char *arguments[] = { (char *) test_run_helper, "--run", "--memory-fd", "3", "--control-fd", "4", NULL };

  helper_fd = fcntl (helper_fd, F_DUPFD_CLOEXEC, 10);
  memory_fd = fcntl (memory_fd, F_DUPFD, 10);
  control_fd = fcntl (control_fd, F_DUPFD, 10);
  dup2 (memory_fd, MEMORY_FD);
  dup2 (control_fd, CONTROL_FD);
  close (memory_fd);
  close (control_fd);
  fexecve (helper_fd, arguments, environ);
  _exit (127);
}

void
test_run_prepare (TestRun *run, void (*pre_exec) (void))
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  run->supervisor = fork ();
  g_assert_cmpint (run->supervisor, >=, 0);
  if (run->supervisor == 0)
    {
      int helper_fd = open (test_run_helper, O_RDONLY | O_CLOEXEC);

      if (pre_exec != NULL)
        pre_exec ();
      become_helper (helper_fd, run->memory_fd, fds[1]);
    }
  close (fds[1]);
  run->control_fd = fds[0];
  send_run (run);
  test_run_pump_until (run, is_answered, NULL);
}

void
test_run_go (TestRun *run)
{
  test_run_send (run, "{\"message\":\"go\"}");
}

static void
take_message (TestRun *run, const char *line)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object;
  const char *message;

  g_assert_true (json_parser_load_from_data (parser, line, -1, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  message = json_object_get_string_member (object, "message");
  g_assert_null (run->outcome); /* nothing comes after "ended" */
  if (g_str_equal (message, "ready"))
    {
      run->ready = TRUE;
      g_assert_cmpint (json_object_get_int_member (object, "pid"), ==, run->supervisor);
    }
  else if (g_str_equal (message, "failed"))
    {
      g_assert_null (run->failure);
      run->failure = g_strdup (json_object_get_string_member (object, "text"));
    }
  else if (g_str_equal (message, "notice"))
    g_ptr_array_add (run->notices, g_strdup (json_object_get_string_member (object, "text")));
  else if (g_str_equal (message, "result"))
    run->n_results++;
  else if (g_str_equal (message, "ended"))
    {
      run->outcome = g_strdup (json_object_get_string_member (object, "outcome"));
      run->result = json_object_ref (json_object_get_object_member (object, "result"));
    }
  else
    g_error ("unknown message \"%s\"", message);
}

/* False at the end of the channel. */
static gboolean
take_input (TestRun *run)
{
  char bytes[4096];
  gboolean open = TRUE;
  char *end;
  ssize_t n;

  while ((n = recv (run->control_fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
    g_string_append_len (run->input, bytes, n);
  if (n == 0 || (errno != EAGAIN && errno != EINTR))
    open = FALSE;
  while ((end = memchr (run->input->str, '\n', run->input->len)) != NULL)
    {
      *end = '\0';
      take_message (run, run->input->str);
      g_string_erase (run->input, 0, end + 1 - run->input->str);
    }
  return open;
}

static void
drain_rings (TestRun *run)
{
  static WeftEvent events[16384];
  guint32 ring_records = atomic_load (&run->wire.header->ring_records);
  guint32 n_lanes = atomic_load (&run->wire.header->lane_count);
  size_t n;

  for (guint i = run->drains->len; i < n_lanes; i++)
    {
      WeftDrain *drain = g_new0 (WeftDrain, 1);

      if (!weft_drain_open (drain, &run->wire, (uint16_t) i, ring_records))
        {
          g_free (drain);
          break;
        }
      g_ptr_array_add (run->drains, drain);
    }
  for (guint i = 0; i < run->drains->len; i++)
    while ((n = weft_drain_read (run->drains->pdata[i], events, G_N_ELEMENTS (events))) > 0)
      {
        run->n_events += n;
        if (run->keep_events)
          g_array_append_vals (run->events, events, (guint) n);
      }
}

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/* False at the end of the channel. */
static gboolean
pump_once (TestRun *run)
{
  struct pollfd fd = { .fd = run->control_fd, .events = POLLIN };

  poll (&fd, 1, 2);
  drain_rings (run);
  return take_input (run);
}

void
test_run_pump (TestRun *run, int ms)
{
  gint64 until = now_ms () + ms;

  while (now_ms () < until && run->outcome == NULL && pump_once (run))
    ;
}

void
test_run_pump_until (TestRun *run, gboolean (*condition) (TestRun *run, gpointer data), gpointer data)
{
  gint64 until = now_ms () + LIMIT_MS;

  while (!condition (run, data))
    {
      if (now_ms () >= until)
        g_error ("the run never got there");
      if (!pump_once (run) && !condition (run, data))
        g_error ("the helper has ended before");
    }
}

static int
compare_ticks (gconstpointer a, gconstpointer b)
{
  const WeftEvent *first = a;
  const WeftEvent *second = b;

  return first->ticks < second->ticks ? -1 : first->ticks > second->ticks;
}

void
test_run_finish (TestRun *run)
{
  gint64 until = now_ms () + 4 * LIMIT_MS;

  while (pump_once (run))
    if (now_ms () >= until)
      g_error ("the helper does not end");
  g_assert_cmpint (waitpid (run->supervisor, &run->exit_status, 0), ==, run->supervisor);
  test_run_assert_nothing_left ();
  drain_rings (run);

  /* g_array_sort() keeps the order of equal elements, so that of a lane's own events. */
  g_array_sort (run->events, compare_ticks);
}

TestRun *
test_run_all (const char *id, const char *values)
{
  TestRun *run = test_run_new (id, values);

  test_run_prepare (run, NULL);
  g_assert_null (run->failure);
  test_run_go (run);
  test_run_finish (run);
  return run;
}

guint
test_run_get_n_lanes (TestRun *run)
{
  return atomic_load (&run->wire.header->lane_count);
}

TestLane
test_run_get_lane (TestRun *run, guint index)
{
  const WeftWireLane *slot = &run->wire.lanes[index];

  return (TestLane){ .name = slot->name,
                     .is_process = slot->is_process != 0,
                     .pid = slot->pid,
                     .ended = atomic_load (&slot->state) == WEFT_SLOT_ENDED,
                     .has_status = (atomic_load (&slot->end_flags) & WEFT_END_STATUS) != 0,
                     .status = atomic_load (&slot->end_status) };
}

int
test_run_find_lane (TestRun *run, const char *name)
{
  for (guint i = 0; i < test_run_get_n_lanes (run); i++)
    if (atomic_load (&run->wire.lanes[i].state) != WEFT_SLOT_FREE
        && g_str_equal (run->wire.lanes[i].name, name))
      return (int) i;
  return -1;
}

guint64
test_run_get_total (TestRun *run, const char *role, WeftLaneTotal total)
{
  guint64 sum = 0;

  for (guint i = 0; i < test_run_get_n_lanes (run); i++)
    if (g_str_has_prefix (run->wire.lanes[i].name, role))
      sum += atomic_load (&run->wire.lanes[i].totals[total]);
  return sum;
}

guint64
test_run_get_queue_total (TestRun *run, WeftQueueTotal total)
{
  if (atomic_load (&run->wire.header->object_count) == 0 || run->wire.objects[0].kind != WEFT_OBJECT_QUEUE)
    return 0;
  return atomic_load (&run->wire.objects[0].totals[total]);
}

double
test_run_to_seconds (TestRun *run, guint64 ticks)
{
  static WeftClockMap map;
  static gboolean started;

  if (!started)
    weft_clock_map_init (&map, run->wire.clock);
  started = TRUE;
  return (double) ticks * weft_clock_map_ns_per_tick (&map) * 1e-9;
}

GArray *
test_run_get_events (TestRun *run, WeftEventKind kind)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (WeftEvent));

  for (guint i = 0; i < run->events->len; i++)
    if (g_array_index (run->events, WeftEvent, i).kind == kind)
      g_array_append_val (events, g_array_index (run->events, WeftEvent, i));
  return events;
}

static void
replace (GString *text, const char *what, const char *with)
{
  g_string_replace (text, what, with, 0);
}

static char *
render (TestRun *run, const WeftEvent *event)
{
  const WeftWireLane *slot = &run->wire.lanes[event->lane];
  GString *text = g_string_new (run->workload->lines[event->line - 1]);
  g_autofree char *pid = g_strdup_printf ("%d", slot->pid);
  g_autofree char *id = g_strdup_printf ("%d", slot->is_process ? slot->pid : slot->tid);
  g_autofree char *task = g_strdup_printf ("%u", event->task);
  g_autofree char *seconds = g_strdup_printf ("%.2f", test_run_to_seconds (run, (guint64) event->value));
  JsonArray *names = NULL;

  if (run->workload->task_names != NULL)
    names = json_object_get_array_member (run->parameters, run->workload->task_names);
  if (names != NULL && json_array_get_length (names) > 0)
    {
      g_free (task);
      task = g_strdup (json_array_get_string_element (names, event->task % json_array_get_length (names)));
    }
  replace (text, "{pid}", pid);
  replace (text, "{id}", id);
  replace (text, "{task}", task);
  replace (text, "{seconds}", seconds);
  return g_string_free (text, FALSE);
}

GPtrArray *
test_run_get_log (TestRun *run)
{
  GPtrArray *log = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < run->events->len; i++)
    if (g_array_index (run->events, WeftEvent, i).line != WEFT_NO_LINE)
      g_ptr_array_add (log, render (run, &g_array_index (run->events, WeftEvent, i)));
  return log;
}

/* Descendants by the parents in /proc. With @zombies, those too. */
static GArray *
scan (gboolean zombies)
{
  g_autoptr (GHashTable) family = g_hash_table_new (NULL, NULL);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  gboolean grown = TRUE;
  const char *name;

  g_hash_table_add (family, GINT_TO_POINTER (getpid ()));
  while (grown)
    {
      grown = FALSE;
      g_dir_rewind (proc);
      while ((name = g_dir_read_name (proc)) != NULL)
        {
          g_autofree char *path = g_strdup_printf ("/proc/%s/stat", name);
          g_autofree char *text = NULL;
          const char *rest;
          char state;
          int pid = atoi (name);
          int parent;

          if (pid <= 0 || g_hash_table_contains (family, GINT_TO_POINTER (pid))
              || !g_file_get_contents (path, &text, NULL, NULL) || (rest = strrchr (text, ')')) == NULL
              || sscanf (rest + 1, " %c %d", &state, &parent) != 2
              || !g_hash_table_contains (family, GINT_TO_POINTER (parent)))
            continue;
          g_hash_table_add (family, GINT_TO_POINTER (pid));
          grown = TRUE;
          if (zombies || (state != 'Z' && state != 'X'))
            g_array_append_val (found, pid);
        }
    }
  return found;
}

GArray *
test_run_get_descendants (void)
{
  return scan (FALSE);
}

/* A process that was killed is gone at once for every purpose of ours, but its entry may need a moment:
 * orphans come to this process, which reaps them here. */
void
test_run_assert_nothing_left (void)
{
  gint64 until = now_ms () + 2000;

  for (;;)
    {
      g_autoptr (GArray) left = NULL;

      while (waitpid (-1, NULL, WNOHANG) > 0)
        ;
      left = scan (TRUE);
      if (left->len == 0)
        return;
      if (now_ms () >= until)
        g_error ("%u processes of the run are left, the first is %d", left->len,
                 g_array_index (left, int, 0));
      g_usleep (2000);
    }
}
