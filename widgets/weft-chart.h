/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all charts are: a widget that draws one of the plots over the shared range of time, and changes
 * that range and the shared cursor by pointer, wheel, drag and pinch. Its picture has two layers: the
 * data, one render node that is kept until something of it changed by a device pixel; and highlight,
 * cursor and focus on top.
 *
 * Left of the plot is the gutter, for labels; right of it a margin for a scroll bar. Both are equal in
 * all charts, so that their plots line up.
 */
#pragma once

#include <gtk/gtk.h>

#include "weft-plot.h"
#include "weft-time-view.h"

G_BEGIN_DECLS

#define WEFT_CHART_MARGIN 14       /* px right of the plot */
#define WEFT_CHART_TITLE_HEIGHT 22 /* px above the plot, in charts with a title above it */
#define WEFT_CHART_TITLE_INSET 5   /* px left of a title */
#define WEFT_CHART_GUTTER 118      /* px left of the plot */
#define WEFT_CHART_NARROW_GUTTER 84
#define WEFT_CHART_NARROW_WIDTH 500 /* px: a chart less wide than this has the narrow gutter */

#define WEFT_TYPE_CHART (weft_chart_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeftChart, weft_chart, WEFT, CHART, GtkWidget)

typedef enum
{
  WEFT_CHART_DRAG_BEGIN,
  WEFT_CHART_DRAG_UPDATE,
  WEFT_CHART_DRAG_END
} WeftChartDragPhase;

/**
 * WeftChartDependence:
 * @WEFT_CHART_DEPENDS_RANGE: the shared range
 * @WEFT_CHART_DEPENDS_DATA: the data in the range
 * @WEFT_CHART_DEPENDS_WHOLE: all of the data
 */
typedef enum
{
  WEFT_CHART_DEPENDS_RANGE = 1 << 0,
  WEFT_CHART_DEPENDS_DATA = 1 << 1,
  WEFT_CHART_DEPENDS_WHOLE = 1 << 2
} WeftChartDependence;

/**
 * WeftChartClass:
 * @get_height: of all rows at @width px; the frame may have no recording
 * @draw: draws the data; @plot is prepared
 * @describe: (nullable): the current values, for the accessible description: at the cursor, or else
 *   at the end of what is known
 * @get_axis: where the time is on this chart; the default is the shared range over the plot
 * @pick_row: (nullable): the row at @y of the rows, to be highlighted under the pointer
 * @click: (nullable): a click at @y of the rows
 * @drag: a drag of the first button, @x since @start_x; the default pans
 * @point: (nullable): the pointer is at @x; to change its shape. @x -1: it left
 * @accessible_label: what a screen reader calls it
 * @depends: what has to change for another picture
 * @late_ns: how much later than its time data may come
 * @minimum_height: it may be made this low; 0: never lower than its rows
 * @scrolls: where it is lower than its rows, they scroll; otherwise @draw makes them lower
 * @draws_empty: @draw is called without a recording, too
 */
struct _WeftChartClass
{
  GtkWidgetClass parent_class;

  double (*get_height) (WeftChart *self, const WeftFrame *frame, const WeftPlotStyle *style, double width);
  void (*draw) (WeftChart *self, WeftPlot *plot);
  char *(*describe) (WeftChart *self, const WeftFrame *frame);
  void (*get_axis) (WeftChart *self, WeftTimeAxis *axis);
  gboolean (*pick_row) (WeftChart *self, const WeftFrame *frame, double y, double *row_y, double *row_height);
  void (*click) (WeftChart *self, double x, double y);
  void (*drag) (WeftChart *self, WeftChartDragPhase phase, double start_x, double x);
  void (*point) (WeftChart *self, double x);

  const char *accessible_label;
  WeftChartDependence depends;
  gint64 late_ns;
  double minimum_height;
  gboolean scrolls;
  gboolean draws_empty;
};

/* Properties: view (WeftTimeView, nullable), scheme (int: WeftStyleScheme), title (string,
 * nullable: drawn above the plot), adjustment (GtkAdjustment, read-only: of the rows).
 *
 * Signal "pointer-moved": the pointer came, moved within, or left. */

void weft_chart_set_view (WeftChart *self, WeftTimeView *view);
WeftTimeView *weft_chart_get_view (WeftChart *self);
void weft_chart_set_scheme (WeftChart *self, WeftStyleScheme scheme);
void weft_chart_set_title (WeftChart *self, const char *title);
GtkAdjustment *weft_chart_get_adjustment (WeftChart *self);

/** weft_chart_gutter_for_width: px left of the plot in a chart @width px wide. */
int weft_chart_gutter_for_width (int width);
int weft_chart_get_gutter (WeftChart *self);

/** weft_chart_get_style: (transfer none): in the scheme, with the font of the desktop. */
const WeftPlotStyle *weft_chart_get_style (WeftChart *self);

/** weft_chart_get_axis: in the widget's coordinates. */
void weft_chart_get_axis (WeftChart *self, WeftTimeAxis *axis);

/** weft_chart_get_area: the rows' place in the widget, of which all but [@top, height) is hidden. @y is
 * negative when scrolled. */
void weft_chart_get_area (WeftChart *self, double *y, double *top, double *width, double *height);

/** weft_chart_get_pointer: Returns: whether the pointer is over it; @rows_y: in the rows. */
gboolean weft_chart_get_pointer (WeftChart *self, double *x, double *y, double *rows_y);

/** weft_chart_scroll_to: scrolls so that the rows from @y to @y + @height are in view. */
void weft_chart_scroll_to (WeftChart *self, double y, double height);

/** weft_chart_get_described_time: the time that descriptions speak of: the cursor, where there is one,
 * else the end of what is known. */
gint64 weft_chart_get_described_time (WeftChart *self);

/** weft_chart_get_n_drawings: how often the data layer was drawn; for tests. */
guint weft_chart_get_n_drawings (WeftChart *self);

G_END_DECLS
