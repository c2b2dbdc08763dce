/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-result-panel.h"

#include "weft-figure-text.h"
#include "weft-summary.h"

/* While a run goes on the figures are read twice a second, and more rarely where that would take more
 * than a twentieth of the time: a summary of a million tasks has to sort them. */
#define REFRESH_MS 500
#define MAX_SHARE 20

struct _WeftResultPanel
{
  AdwBin parent_instance;

  GtkWidget *nothing;
  GtkWidget *content;
  GtkWidget *notice;
  GtkWidget *heading;
  GtkWidget *figures;
  GtkWidget *facts;
  GtkWidget *copy;

  WeftRecording *recording;
  GPtrArray *figure_labels; /* of GtkLabel, as the workload's results */
  GPtrArray *fact_labels;   /* of GtkLabel, as the facts below */
  guint timeout;
};

G_DEFINE_FINAL_TYPE (WeftResultPanel, weft_result_panel, ADW_TYPE_BIN)

typedef enum
{
  FACT_OUTCOME,
  FACT_DURATION,
  FACT_TASKS,
  FACT_LANES,
  FACT_WAIT,
  FACT_EVENTS,
  N_FACTS
} Fact;

/* A title of NULL: what the workload calls its tasks. */
static const struct
{
  const char *title;
  const char *help;
} facts[N_FACTS] = {
  [FACT_OUTCOME] = { "Outcome", "How the run ended." },
  [FACT_DURATION] = { "Duration", "From the run's start to the end of its last process." },
  [FACT_TASKS] = { NULL, "How many were completed, of how many that were submitted." },
  [FACT_LANES] = { "Lanes", "How many threads and processes have lived." },
  [FACT_WAIT] = { "Wait until started", "From the submission to the start: the median, and the longest." },
  [FACT_EVENTS] = { "Events", "How many were recorded and how many were lost because a ring was full." },
};

static void schedule (WeftResultPanel *self, guint delay_ms);

/* A line of the card: the title, and a label for the value, which is returned. */
static GtkWidget *
add_line (GtkWidget *grid, int row, const char *title, const char *help)
{
  GtkWidget *name = gtk_label_new (title);
  GtkWidget *value = gtk_label_new ("—");

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_yalign (GTK_LABEL (name), 0);
  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_label_set_yalign (GTK_LABEL (value), 0);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (value), GTK_JUSTIFY_RIGHT);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, "value");
  gtk_widget_set_tooltip_text (name, help);
  gtk_widget_set_tooltip_text (value, help);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name, NULL,
                                  -1);
  gtk_grid_attach (GTK_GRID (grid), name, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), value, 1, row, 1, 1);
  return value;
}

static void
remove_lines (GtkWidget *grid, GPtrArray *labels)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (grid)) != NULL)
    gtk_grid_remove (GTK_GRID (grid), child);
  g_ptr_array_set_size (labels, 0);
}

static void
set_value (GPtrArray *labels, guint index, const char *text)
{
  gtk_label_set_text (g_ptr_array_index (labels, index), text);
}

/* A member of a member of the summary, or NULL. */
static JsonNode *
look_up (JsonObject *summary, const char *object, const char *member)
{
  JsonNode *node = json_object_get_member (summary, object);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  return json_object_get_member (json_node_get_object (node), member);
}

static char *
outcome_text (WeftOutcome outcome)
{
  const char *id = weft_outcome_get_id (outcome);
  char *text = g_strdup (id != NULL ? id : "running");

  text[0] = g_ascii_toupper (text[0]);
  return text;
}

static char *
wait_text (JsonObject *summary)
{
  JsonNode *wait = look_up (summary, "tasks", "wait_s");
  JsonObject *quantiles = wait != NULL && JSON_NODE_HOLDS_OBJECT (wait) ? json_node_get_object (wait) : NULL;
  g_autofree char *median = NULL;
  g_autofree char *longest = NULL;

  median = weft_figure_text_new (quantiles != NULL ? json_object_get_member (quantiles, "p50") : NULL, "s");
  longest = weft_figure_text_new (quantiles != NULL ? json_object_get_member (quantiles, "max") : NULL, "s");
  return g_str_equal (median, longest) ? g_steal_pointer (&median)
                                       : g_strdup_printf ("%s, at most %s", median, longest);
}

static void
show_facts (WeftResultPanel *self, JsonObject *summary)
{
  JsonNode *lanes = json_object_get_member (summary, "lanes");
  g_autofree char *outcome = outcome_text (weft_recording_get_outcome (self->recording));
  g_autofree char *duration = weft_figure_text_new (json_object_get_member (summary, "duration_s"), "s");
  g_autofree char *completed = weft_figure_text_new (look_up (summary, "tasks", "completed"), NULL);
  JsonNode *n_submitted = look_up (summary, "tasks", "submitted");
  g_autofree char *submitted = weft_figure_text_new (n_submitted, NULL);
  /* Rounds, say, are done without having been submitted. */
  g_autofree char *tasks = n_submitted != NULL && !JSON_NODE_HOLDS_NULL (n_submitted)
                               ? g_strdup_printf ("%s of %s", completed, submitted)
                               : g_strdup (completed);
  g_autofree char *n_lanes = NULL;
  g_autofree char *wait = wait_text (summary);
  g_autofree char *recorded = weft_figure_text_new (look_up (summary, "events", "recorded"), NULL);
  g_autofree char *dropped = weft_figure_text_new (look_up (summary, "events", "dropped"), NULL);
  g_autofree char *events = g_strdup_printf ("%s, %s dropped", recorded, dropped);

  if (lanes != NULL && JSON_NODE_HOLDS_ARRAY (lanes))
    n_lanes = weft_count_text_new (json_array_get_length (json_node_get_array (lanes)));
  set_value (self->fact_labels, FACT_OUTCOME, outcome);
  set_value (self->fact_labels, FACT_DURATION, duration);
  set_value (self->fact_labels, FACT_TASKS, tasks);
  set_value (self->fact_labels, FACT_LANES, n_lanes != NULL ? n_lanes : "—");
  set_value (self->fact_labels, FACT_WAIT, wait);
  set_value (self->fact_labels, FACT_EVENTS, events);
}

static void
show_figures (WeftResultPanel *self, JsonObject *summary)
{
  const WeftWorkloadInfo *info = weft_recording_get_workload (self->recording);

  for (guint i = 0; i < info->n_results; i++)
    {
      g_autofree char *text =
          weft_figure_text_new (look_up (summary, "result", info->results[i].name), info->results[i].unit);

      set_value (self->figure_labels, i, text);
    }
}

static void
show_notice (WeftResultPanel *self)
{
  const char *message = weft_recording_get_message (self->recording);

  gtk_label_set_text (GTK_LABEL (self->notice), message != NULL ? message : "");
  gtk_widget_set_visible (self->notice, message != NULL && *message != '\0');
  if (weft_recording_get_outcome (self->recording) == WEFT_OUTCOME_FAILED)
    gtk_widget_add_css_class (self->notice, "failure");
  else
    gtk_widget_remove_css_class (self->notice, "failure");
}

static void
read_recording (WeftResultPanel *self)
{
  gboolean running = weft_recording_get_outcome (self->recording) == WEFT_OUTCOME_RUNNING;
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr (JsonObject) summary = weft_summary_new (self->recording);
  gint64 cost_us;

  gtk_label_set_text (GTK_LABEL (self->heading), running ? "Result so far" : "Result");
  show_notice (self);
  show_figures (self, summary);
  show_facts (self, summary);
  cost_us = g_get_monotonic_time () - begin_us;
  if (running)
    schedule (self, (guint) CLAMP (cost_us * MAX_SHARE / 1000, REFRESH_MS, 60000));
}

static gboolean
timeout_cb (gpointer user_data)
{
  WeftResultPanel *self = user_data;

  self->timeout = 0;
  if (self->recording != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_recording (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (WeftResultPanel *self, guint delay_ms)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add (delay_ms, timeout_cb, self);
}

static void
copy_cb (WeftResultPanel *self)
{
  g_autofree char *text = weft_summary_to_text (self->recording);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
weft_result_panel_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weft_result_panel_parent_class)->map (widget);
  weft_result_panel_refresh (WEFT_RESULT_PANEL (widget));
}

static void
weft_result_panel_dispose (GObject *object)
{
  WeftResultPanel *self = WEFT_RESULT_PANEL (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_object (&self->recording);
  gtk_widget_dispose_template (GTK_WIDGET (object), WEFT_TYPE_RESULT_PANEL);
  G_OBJECT_CLASS (weft_result_panel_parent_class)->dispose (object);
}

static void
weft_result_panel_finalize (GObject *object)
{
  WeftResultPanel *self = WEFT_RESULT_PANEL (object);

  g_ptr_array_unref (self->figure_labels);
  g_ptr_array_unref (self->fact_labels);
  G_OBJECT_CLASS (weft_result_panel_parent_class)->finalize (object);
}

static void
weft_result_panel_class_init (WeftResultPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weft_result_panel_dispose;
  object_class->finalize = weft_result_panel_finalize;
  widget_class->map = weft_result_panel_map;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/weftapp/Weft/weft-result-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, WeftResultPanel, nothing);
  gtk_widget_class_bind_template_child (widget_class, WeftResultPanel, content);
  gtk_widget_class_bind_template_child (widget_class, WeftResultPanel, notice);
  gtk_widget_class_bind_template_child (widget_class, WeftResultPanel, heading);
  gtk_widget_class_bind_template_child (widget_class, WeftResultPanel, figures);
  gtk_widget_class_bind_template_child (widget_class, WeftResultPanel, facts);
  gtk_widget_class_bind_template_child (widget_class, WeftResultPanel, copy);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
weft_result_panel_init (WeftResultPanel *self)
{
  self->figure_labels = g_ptr_array_new ();
  self->fact_labels = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* "Items", or "Tasks" where the workload has no word of its own. */
static char *
dup_tasks_title (const WeftWorkloadInfo *info)
{
  char *title = g_strdup_printf ("%ss", info->task_noun != NULL ? info->task_noun : "task");

  title[0] = g_ascii_toupper (title[0]);
  return title;
}

static void
add_lines (WeftResultPanel *self, const WeftWorkloadInfo *info)
{
  g_autofree char *tasks = dup_tasks_title (info);

  for (guint i = 0; i < info->n_results; i++)
    g_ptr_array_add (self->figure_labels,
                     add_line (self->figures, (int) i, info->results[i].title, info->results[i].help));
  for (int i = 0; i < N_FACTS; i++)
    g_ptr_array_add (self->fact_labels,
                     add_line (self->facts, i, facts[i].title != NULL ? facts[i].title : tasks,
                               facts[i].help));
}

void
weft_result_panel_set_recording (WeftResultPanel *self, WeftRecording *recording)
{
  g_return_if_fail (WEFT_IS_RESULT_PANEL (self));

  if (!g_set_object (&self->recording, recording))
    return;
  g_clear_handle_id (&self->timeout, g_source_remove);
  remove_lines (self->figures, self->figure_labels);
  remove_lines (self->facts, self->fact_labels);
  gtk_widget_set_visible (self->nothing, recording == NULL);
  gtk_widget_set_visible (self->content, recording != NULL);
  if (recording != NULL)
    {
      add_lines (self, weft_recording_get_workload (recording));
      weft_result_panel_refresh (self);
    }
}

void
weft_result_panel_refresh (WeftResultPanel *self)
{
  g_return_if_fail (WEFT_IS_RESULT_PANEL (self));

  if (self->recording != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_recording (self);
}
