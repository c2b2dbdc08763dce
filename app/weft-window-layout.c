/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-window-private.h"

/* What the log has in any case, its title included. */
#define LOG_HEIGHT 140

static int
get_room (WeftWindow *self)
{
  int room;

  g_object_get (self->paned, "max-position", &room, NULL);
  return room;
}

static void
measure_charts (WeftWindow *self, int *minimum, int *natural)
{
  gtk_widget_measure (GTK_WIDGET (self->charts), GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (self->paned),
                      minimum, natural, NULL, NULL);
}

/* Where the border has to be for the log to have its height; the room goes as far as where the log has
 * the least that it can do with. */
static int
get_place_for_log (WeftWindow *self)
{
  int minimum;

  gtk_widget_measure (self->log_box, GTK_ORIENTATION_VERTICAL, -1, &minimum, NULL, NULL, NULL);
  return self->placed_room - MAX (0, self->log_height - minimum);
}

static gboolean
place_log_cb (gpointer user_data)
{
  WeftWindow *self = user_data;
  int height = gtk_widget_get_height (self->paned);
  int minimum, charts_height;

  self->place_log = 0;
  if (self->border_moved || height <= 0 || !gtk_widget_get_visible (self->log_box)
      || !gtk_widget_get_visible (GTK_WIDGET (self->charts)))
    return G_SOURCE_REMOVE;
  measure_charts (self, &minimum, &self->charts_height);
  self->placed_room = get_room (self);
  /* GTK may put it elsewhere, for want of room; that is not a person who moves it. */
  self->placed_at = -1;
  charts_height = MIN (self->charts_height, height - LOG_HEIGHT);
  if (self->log_height > 0)
    {
      charts_height = get_place_for_log (self);
      self->border_moved = TRUE;
    }
  gtk_paned_set_position (GTK_PANED (self->paned), MAX (minimum, charts_height));
  self->placed_at = gtk_paned_get_position (GTK_PANED (self->paned));
  return G_SOURCE_REMOVE;
}

void
weft_window_place_log (WeftWindow *self)
{
  int minimum, natural;

  if (self->place_log != 0 || self->border_moved || gtk_widget_get_width (self->paned) <= 0)
    return;
  /* GTK keeps the answer until something asks for another size, so this may be asked each frame. */
  measure_charts (self, &minimum, &natural);
  /* Not at once: it may be an allocation that tells of the new room. */
  if (natural != self->charts_height || get_room (self) != self->placed_room)
    self->place_log = g_idle_add_full (G_PRIORITY_HIGH_IDLE, place_log_cb, self, NULL);
}

void
weft_window_note_border (WeftWindow *self)
{
  int position = gtk_paned_get_position (GTK_PANED (self->paned));

  /* With other room than it was placed in, it was moved by that. */
  if (self->placed_at >= 0 && self->placed_room == get_room (self) && position != self->placed_at)
    self->border_moved = TRUE;
}

int
weft_window_get_log_height (WeftWindow *self)
{
  gboolean both = gtk_widget_get_visible (self->paned) && gtk_widget_get_visible (self->log_box)
                  && gtk_widget_get_visible (GTK_WIDGET (self->charts));

  return self->border_moved && both ? gtk_widget_get_height (self->log_box) : self->log_height;
}

/* Run, Pause and Follow stand in the header bar where it has room for them and the title, and else
 * at the bottom, where a thumb reaches them. */
static void
place_controls (WeftWindow *self, gboolean narrow)
{
  gboolean is_below = gtk_widget_get_parent (self->controls) == self->narrow_bar;
  GtkWidget *child;

  if (is_below == narrow)
    return;
  g_object_ref (self->controls);
  if (narrow)
    {
      adw_header_bar_remove (self->header, self->controls);
      gtk_box_append (GTK_BOX (self->narrow_bar), self->controls);
    }
  else
    {
      gtk_box_remove (GTK_BOX (self->narrow_bar), self->controls);
      adw_header_bar_pack_start (self->header, self->controls);
    }
  g_object_unref (self->controls);
  gtk_box_set_homogeneous (GTK_BOX (self->controls), narrow);
  gtk_widget_set_hexpand (self->controls, narrow);
  for (child = gtk_widget_get_first_child (self->controls); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_hexpand (child, narrow);
}

void
weft_window_update_layout (WeftWindow *self)
{
  gboolean narrow = weft_adaptive_bin_get_narrow (self->adaptive);
  const char *section = adw_view_stack_get_visible_child_name (self->sections);
  gboolean has_run = self->session != NULL && self->session->recording != NULL;
  gboolean on_charts = !narrow || g_strcmp0 (section, "charts") == 0;
  gboolean on_log = narrow && g_strcmp0 (section, "log") == 0;
  gboolean on_side = !narrow || !(on_charts || on_log);

  gtk_widget_set_visible (self->welcome, on_charts && !has_run);
  gtk_widget_set_visible (self->paned, (on_charts && has_run) || on_log);
  gtk_widget_set_visible (GTK_WIDGET (self->charts), on_charts);
  gtk_widget_set_visible (self->log_box, !narrow || on_log);
  gtk_widget_set_visible (self->divider, !narrow);
  gtk_widget_set_visible (self->side, on_side);
  gtk_widget_set_visible (self->side_switcher, !narrow);
  gtk_widget_set_hexpand (self->side, narrow);
  if (narrow && on_side)
    gtk_stack_set_visible_child_name (self->side_stack, section);

  gtk_widget_set_visible (self->export, !narrow);
  gtk_widget_set_visible (self->narrow_bar, narrow);
  adw_view_switcher_bar_set_reveal (self->section_bar, narrow);
  weft_status_line_set_compact (self->status, narrow);
  weft_window_place_log (self);
  place_controls (self, narrow);
}

void
weft_window_update_fold (WeftWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  gtk_widget_set_visible (self->back, folded);
  adw_header_bar_set_show_end_title_buttons (self->catalogue_header, folded);
  adw_header_bar_set_show_start_title_buttons (self->header,
                                               folded || !gtk_widget_get_visible (self->catalogue));
  if (folded)
    gtk_widget_set_visible (self->catalogue, TRUE);
}
