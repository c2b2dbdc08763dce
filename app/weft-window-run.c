/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-window-private.h"

#include "weft-time-axis.h"

static void
tell_outcome (WeftWindow *self, WeftRecording *recording)
{
  WeftFrame frame = { 0 };
  g_autofree char *duration = NULL;
  g_autofree char *text = NULL;
  const char *message = weft_recording_get_message (recording);

  weft_recording_take_frame (recording, &frame);
  duration = weft_time_dup_duration (frame.now_ns);
  weft_frame_clear (&frame);
  switch (weft_recording_get_outcome (recording))
    {
    case WEFT_OUTCOME_FINISHED:
      text = g_strdup_printf ("Finished after %s", duration);
      break;
    case WEFT_OUTCOME_STOPPED:
      text = g_strdup_printf ("Stopped after %s", duration);
      break;
    case WEFT_OUTCOME_DEADLOCK:
      text = g_strdup_printf ("Deadlock after %s", duration);
      break;
    case WEFT_OUTCOME_TIMEOUT:
      text = g_strdup_printf ("Out of time after %s", duration);
      break;
    case WEFT_OUTCOME_FAILED:
    case WEFT_OUTCOME_RUNNING:
    default:
      text = g_strdup (message != NULL ? "The run failed; its result says why" : "The run failed");
      gtk_stack_set_visible_child_name (self->side_stack, "result");
      break;
    }
  /* In a narrow window it would lie over Run, and the status line above that says the same. */
  if (gtk_widget_get_parent (self->controls) != self->narrow_bar
      || weft_recording_get_outcome (recording) == WEFT_OUTCOME_FAILED)
    weft_window_toast (self, text, "Show Result", "win.show-result");
}

static void
ended_cb (WeftWindow *self)
{
  WeftSession *session = self->running;

  if (session == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->control, self);
  g_clear_object (&self->control);
  self->running = NULL;
  weft_workload_list_set_running (self->workloads, NULL);
  weft_result_panel_refresh (self->result);
  weft_status_line_refresh (self->status);
  weft_window_update_controls (self);
  tell_outcome (self, session->recording);
}

void
weft_window_start_run (WeftWindow *self)
{
  WeftSession *session = self->session;
  WeftParameterForm *form;
  g_autoptr (WeftParameters) parameters = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (session != NULL);

  form = WEFT_PARAMETER_FORM (session->form);
  if (self->control != NULL || weft_parameter_form_get_problem (form) != NULL)
    return;
  parameters = weft_parameter_form_dup_parameters (form);
  self->control = weft_run_control_start (parameters, WEFT_SCHEDULING_SAMPLED, &error);
  if (self->control == NULL)
    {
      /* Without a heading, whose font may not be there yet: Pango makes a thread for each font that it looks for, and
       * GLib aborts where the limit that kept the run from starting allows none. */
      weft_window_show_failure (self, NULL, error->message);
      return;
    }

  g_set_object (&session->recording, weft_run_control_get_recording (self->control));
  g_free (session->run_summary);
  session->run_summary = weft_parameter_form_dup_summary (form);
  session->n_runs++;
  self->running = session;
  g_signal_connect_swapped (self->control, "ended", G_CALLBACK (ended_cb), self);
  weft_workload_list_set_running (self->workloads, session->info);
  weft_window_show_session (self);
  weft_window_show_section (self, "charts");
  /* The button that had the focus is gone, and Space now means Pause. */
  gtk_widget_child_focus (GTK_WIDGET (self->charts), GTK_DIR_TAB_FORWARD);
}

void
weft_window_stop_run (WeftWindow *self)
{
  if (self->control != NULL)
    weft_run_control_stop (self->control, WEFT_OUTCOME_STOPPED);
}

void
weft_window_end_run_now (WeftWindow *self)
{
  g_autoptr (WeftRunControl) control = NULL;

  if (self->control == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->control, self);
  control = g_steal_pointer (&self->control);
  self->running = NULL;
  weft_run_control_stop_now (control);
}
