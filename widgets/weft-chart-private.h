/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What weft-chart.c shares with its two parts: weft-chart-layers.c draws, weft-chart-input.c listens to
 * pointer, wheel and fingers. */
#pragma once

#include "weft-chart.h"

G_BEGIN_DECLS

/* Whatever the data layer was drawn from. Another key: it has to be drawn again. */
typedef struct
{
  WeftRecording *recording; /* for comparison only */
  gint64 begin_ns, end_ns;
  gint64 edge_px; /* the device pixel up to which the frame is known, in the range */
  guint64 n_presents;
  gboolean live;
  guint n_lanes, n_objects;
  int selected_lane;
  int width, height, scale;
  double scrolled;
} WeftChartKey;

typedef struct
{
  GskRenderNode *node; /* the data; (nullable) */
  WeftChartKey key;    /* of @node */
  guint64 n_presents;  /* how often the present was taken note of */
  guint n_drawings;
} WeftChartLayers;

/* Where pointer and fingers are, and what they are about. */
typedef struct
{
  gboolean inside;
  double x, y;
  gint64 cursor_ns; /* that the pointer has set; -1: none */

  double start_x, start_y; /* of a drag */
  gboolean pans;           /* it has moved far enough in x */
  gboolean scrolls;        /* and in y */
  gboolean was_double;     /* its end is no click */
  gint64 start_begin_ns, start_end_ns;
  double start_value;
  double pinch_scale;
} WeftChartInput;

typedef struct
{
  WeftTimeView *view;
  WeftStyleScheme scheme;
  char *title;
  WeftPlotStyle *style;

  GtkAdjustment *adjustment;
  GtkWidget *scrollbar;
  double rows_height;

  guint64 present_serial;
  gint64 present_us; /* when that was taken note of */
  guint present_id;  /* timeout: it is time again */

  char *description;
  guint describe_id; /* timeout: no news before it */
  gboolean described_old;

  WeftChartLayers layers;
  WeftChartInput input;
} WeftChartPrivate;

WeftChartPrivate *weft_chart_get_private (WeftChart *self);

/** weft_chart_get_frame: (transfer none): an empty one as long as there is no view. */
const WeftFrame *weft_chart_get_frame (WeftChart *self);
int weft_chart_get_title_height (WeftChart *self);

/** weft_chart_get_shared_axis: the default axis: the shared range over the plot. */
void weft_chart_get_shared_axis (WeftChart *self, WeftTimeAxis *axis);
void weft_chart_emit_pointer_moved (WeftChart *self);

/** weft_chart_snapshot_layers: the widget's snapshot(). */
void weft_chart_snapshot_layers (GtkWidget *widget, GtkSnapshot *snapshot);

/** weft_chart_update_layers: draws again if the data layer would look different. */
void weft_chart_update_layers (WeftChart *self);

void weft_chart_input_init (WeftChart *self);

/** weft_chart_input_range_moved: the pointer rests, but the time under it has changed. */
void weft_chart_input_range_moved (WeftChart *self);

/** weft_chart_input_pan: the default drag. */
void weft_chart_input_pan (WeftChart *self, WeftChartDragPhase phase, double start_x, double x);

G_END_DECLS
