/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "weft-adaptive-bin.h"
#include "weft-charts.h"
#include "weft-log-view.h"
#include "weft-parameter-form.h"
#include "weft-result-panel.h"
#include "weft-run-control.h"
#include "weft-status-line.h"
#include "weft-window.h"
#include "weft-workload-list.h"

G_BEGIN_DECLS

/* What the window keeps of one workload. */
typedef struct
{
  const WeftWorkloadInfo *info;
  GtkWidget *form;          /* owned by the window's stack of forms */
  WeftRecording *recording; /* of the last run; NULL: none yet */
  char *run_summary;        /* a few words on the parameters of that run */
  guint n_runs;
} WeftSession;

struct _WeftWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwToast *toast; /* that is shown, or will be next; not owned */
  AdwLeaflet *leaflet;
  AdwLeafletPage *catalogue_page;
  AdwLeafletPage *run_page;
  GtkWidget *catalogue;
  AdwHeaderBar *catalogue_header;
  WeftWorkloadList *workloads;
  WeftAdaptiveBin *adaptive;
  AdwHeaderBar *header;
  GtkWidget *back;
  GtkWidget *controls;
  GtkWidget *run;
  GtkWidget *stop;
  GtkWidget *pause;
  GtkWidget *follow;
  AdwWindowTitle *title;
  GtkWidget *export;
  GtkWidget *welcome;
  GtkWidget *run_first;
  GtkWidget *paned;
  WeftCharts *charts;
  GtkWidget *log_box;
  WeftLogView *log;
  GtkWidget *divider;
  GtkWidget *side;
  GtkWidget *side_switcher;
  GtkStack *side_stack;
  GtkStack *forms;
  WeftResultPanel *result;
  GtkLabel *see;
  WeftStatusLine *status;
  GtkWidget *narrow_bar;
  AdwViewSwitcherBar *section_bar;
  AdwViewStack *sections;

  GHashTable *sessions;    /* WeftWorkloadInfo → WeftSession */
  WeftSession *session;    /* that is shown */
  WeftRunControl *control; /* NULL: nothing runs */
  WeftSession *running;    /* the session of `control` */

  /* The border between charts and log. */
  guint place_log;   /* the source that will place it; 0: none */
  int charts_height; /* that they asked for when it was placed last */
  int placed_at;     /* where it was put, with that much room; -1: not yet */
  int placed_room;
  gboolean border_moved; /* by a person, who knows better */
  int log_height;        /* that the log is to have when it first has room; 0: what the charts leave */
};

/* weft-window.c */
void weft_window_show_session (WeftWindow *self);
void weft_window_update_controls (WeftWindow *self);
void weft_window_show_section (WeftWindow *self, const char *name);
void weft_window_toast (WeftWindow *self, const char *text, const char *button, const char *action);
/** weft_window_show_failure: says in a dialog what is too long for a toast. @heading: (nullable). */
void weft_window_show_failure (WeftWindow *self, const char *heading, const char *text);

/* weft-window-layout.c: which parts are shown, and where, at the width there is. */
void weft_window_update_layout (WeftWindow *self);
void weft_window_update_fold (WeftWindow *self);
/** weft_window_place_log: if that has changed, gives the charts the height they ask for and the log the rest, unless a
 * person has moved the border between them. */
void weft_window_place_log (WeftWindow *self);
/** weft_window_note_border: the border has moved. */
void weft_window_note_border (WeftWindow *self);
/** weft_window_get_log_height: that a person gave the log, now or in an earlier window; 0: nobody did. */
int weft_window_get_log_height (WeftWindow *self);

/* weft-window-state.c: as the window was left. Where nothing is known, each does what a new one needs. */
void weft_window_restore_size (WeftWindow *self);
const WeftWorkloadInfo *weft_window_restore_workload (void);
/** weft_window_restore_parameters: (transfer full) (nullable): what the form of @info held; @preset:
 * (out) (nullable): the preset they began with. */
WeftParameters *weft_window_restore_parameters (const WeftWorkloadInfo *info, const char **preset);
void weft_window_save (WeftWindow *self);

/* weft-window-run.c */
void weft_window_start_run (WeftWindow *self);
void weft_window_stop_run (WeftWindow *self);
/** weft_window_end_run_now: returns when every process of the run is gone. */
void weft_window_end_run_now (WeftWindow *self);

/* weft-window-actions.c */
void weft_window_install_actions (GtkWidgetClass *widget_class);
gboolean weft_window_handle_key (WeftWindow *self, guint keyval, GdkModifierType state);

G_END_DECLS
