/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "weft-plot-private.h"

#define SAVED_WIDTH 1280
#define PNG_SCALE 2
#define MARGIN 16
#define NARROW_MARGIN 8
#define NARROW_WIDTH 500
#define SECTION_GAP 12
#define MOST_HEIGHT 4000 /* px of the whole picture: the rows of many lanes and queues shrink to it */
#define LEAST_SHRINK (6.0 / 28)
#define TITLE_SIZE 1.45

/* Where everything is. Heights of 0: there is nothing of the kind. */
typedef struct
{
  double margin, gutter;
  double title, subtitle; /* line heights */
  double legend_inset;
  double overview, ruler, cores, timeline, legend, queues, footer;
  double height;
} Layout;

static char *
dup_parameters (WeftRecording *recording)
{
  WeftParameters *parameters = weft_recording_get_parameters (recording);
  const WeftWorkloadInfo *info = weft_recording_get_workload (recording);
  GString *text = g_string_new (NULL);

  if (parameters == NULL || info == NULL)
    return g_string_free (text, FALSE);
  for (guint i = 0; i < info->n_parameters; i++)
    {
      const WeftParameterInfo *parameter = &info->parameters[i];
      g_autofree char *value = weft_parameters_dup_text (parameters, parameter->name);

      if (g_strcmp0 (value, parameter->default_text) == 0)
        continue;
      if (text->len > 0)
        g_string_append (text, ", ");
      g_string_append_printf (text, "%s %s", parameter->name, value);
    }
  return g_string_free (text, FALSE);
}

/* "workers 4, tasks 5 · finished · 3.21 s" */
static char *
dup_subtitle (const WeftFrame *frame)
{
  GString *text = g_string_new (NULL);
  g_autofree char *parameters = frame->recording != NULL ? dup_parameters (frame->recording) : g_strdup ("");
  g_autofree char *duration = weft_time_dup_duration (frame->now_ns);
  const char *outcome =
      frame->recording != NULL ? weft_outcome_get_id (weft_recording_get_outcome (frame->recording)) : NULL;

  if (*parameters != '\0')
    g_string_append_printf (text, "%s · ", parameters);
  g_string_append_printf (text, "%s · %s", outcome != NULL ? outcome : "running", duration);
  return g_string_free (text, FALSE);
}

static void
append_grouped (GString *text, guint64 number)
{
  char digits[32];
  int length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, number);

  for (int i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
}

/* "4,213 events recorded, none dropped", and, where there is room, what is exact and what is not. */
static char *
dup_footer (const WeftFrame *frame, gboolean in_full)
{
  GString *text = g_string_new (NULL);

  append_grouped (text, frame->events);
  g_string_append (text, frame->events == 1 ? " event recorded, " : " events recorded, ");
  if (frame->dropped == 0)
    g_string_append (text, "none");
  else
    append_grouped (text, frame->dropped);
  g_string_append (text, " dropped");
  if (in_full && frame->recording != NULL && weft_recording_get_n_cores (frame->recording) > 0)
    g_string_append (text, " · lanes from events, cores sampled");
  return g_string_free (text, FALSE);
}

static double
section (double height)
{
  return height > 0 ? height + SECTION_GAP : 0;
}

static Layout
get_layout (const WeftFrame *frame, const WeftPlotStyle *style, double width)
{
  Layout layout = { 0 };
  double text = weft_plot_text_height (style);
  double fixed, flexible;

  layout.margin = width < NARROW_WIDTH ? NARROW_MARGIN : MARGIN;
  layout.gutter = CLAMP (width * 0.18, 96, 190);
  layout.title = ceil (text * TITLE_SIZE) + 6;
  layout.subtitle = text + 14;
  layout.overview = weft_overview_plot_get_height ();
  layout.ruler = weft_ruler_plot_get_height (style);
  layout.cores = weft_cores_plot_get_height (frame);
  layout.timeline = weft_timeline_plot_get_height (frame);
  /* Under the lanes where there is room for that, else over the whole width. */
  layout.legend_inset = width >= 2 * NARROW_WIDTH ? layout.gutter : 0;
  layout.legend = weft_legend_plot_get_height (frame, style, width - 2 * layout.margin - layout.legend_inset);
  layout.queues = weft_queues_plot_get_height (frame);
  layout.footer = text;

  fixed = 2 * layout.margin + layout.title + layout.subtitle + section (layout.overview) + layout.ruler
          + section (layout.cores) + section (layout.legend) + SECTION_GAP + layout.footer + 2 * SECTION_GAP;
  flexible = layout.timeline + layout.queues;
  if (fixed + flexible > MOST_HEIGHT && flexible > 0)
    {
      double shrink = MAX ((MOST_HEIGHT - fixed) / flexible, LEAST_SHRINK);

      layout.timeline *= shrink;
      layout.queues *= shrink;
    }
  layout.height = 2 * layout.margin + layout.title + layout.subtitle + section (layout.overview)
                  + layout.ruler + 2 + section (layout.cores) + section (layout.timeline)
                  + section (layout.legend) + section (layout.queues) + layout.footer;
  layout.height = ceil (layout.height);
  return layout;
}

double
weft_picture_get_height (const WeftFrame *frame, const WeftPlotStyle *style, double width)
{
  return get_layout (frame, style, width).height;
}

/* @heading: (nullable): drawn on the left of the gutter, beside the first row, whose middle is @heading_y
 * below the section's top. */
static void
draw_section (WeftPlot *plot, double *y, double height, void (*draw) (WeftPlot *plot), const char *heading,
              double heading_y)
{
  if (!(height > 0))
    return;
  if (heading != NULL && plot->gutter >= WEFT_GUTTER_HEADING)
    weft_plot_text (plot, heading, plot->x + WEFT_GUTTER_MARGIN / 2, *y + heading_y, 0, WEFT_HEADING_WIDTH,
                    TRUE);
  plot->y = *y;
  plot->height = height;
  draw (plot);
  *y += section (height);
}

static double
first_row_height (const WeftFrame *frame)
{
  g_autoptr (GArray) rows = weft_timeline_plot_get_rows (frame);

  return rows->len > 0 ? g_array_index (rows, WeftTimelineRow, 0).height : 0;
}

static void
draw_title (WeftPlot *plot, const Layout *layout, double *y)
{
  const WeftWorkloadInfo *info =
      plot->frame->recording != NULL ? weft_recording_get_workload (plot->frame->recording) : NULL;
  g_autofree char *subtitle = dup_subtitle (plot->frame);
  WeftTextLook look = { .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_TEXT),
                        .max_width = MAX (plot->width, 1),
                        .bold = TRUE,
                        .size = TITLE_SIZE };

  weft_plot_draw_text (plot, info != NULL ? info->title : "Run", plot->x, *y + layout->title / 2, &look);
  *y += layout->title;
  look = (WeftTextLook){ .colour = weft_plot_style_get_colour (plot->style, WEFT_COLOUR_DIM_TEXT),
                         .max_width = MAX (plot->width, 1) };
  weft_plot_draw_text (plot, subtitle, plot->x, *y + layout->subtitle / 2 - 4, &look);
  *y += layout->subtitle;
}

void
weft_picture_draw (cairo_t *cr, const WeftPlotStyle *style, const WeftFrame *frame, gint64 begin_ns,
                   gint64 end_ns, double width)
{
  Layout layout = get_layout (frame, style, width);
  WeftTextLook dim = { .colour = weft_plot_style_get_colour (style, WEFT_COLOUR_DIM_TEXT) };
  g_autofree char *footer = dup_footer (frame, width >= NARROW_WIDTH);
  double y = layout.margin;
  WeftPlot plot;

  weft_plot_begin (&plot, cr, style, frame);
  weft_plot_style_set_source (style, cr, WEFT_COLOUR_BACKGROUND);
  cairo_rectangle (cr, 0, 0, width, layout.height);
  cairo_fill (cr);

  plot.x = layout.margin;
  plot.width = MAX (width - 2 * layout.margin, 0);
  plot.gutter = MIN (layout.gutter, plot.width / 2);
  plot.axis = (WeftTimeAxis){ .begin_ns = begin_ns,
                              .end_ns = end_ns,
                              .x = round (plot.x + plot.gutter),
                              .width = round (plot.width - plot.gutter) };
  plot.gutter = plot.axis.x - plot.x;

  draw_title (&plot, &layout, &y);
  draw_section (&plot, &y, layout.overview, weft_overview_plot_draw, NULL, 0);
  y -= SECTION_GAP / 2;
  draw_section (&plot, &y, layout.ruler, weft_ruler_plot_draw, NULL, 0);
  y += 2 - SECTION_GAP / 2;
  draw_section (&plot, &y, layout.cores, weft_cores_plot_draw, "Cores", 14);
  draw_section (&plot, &y, layout.timeline, weft_timeline_plot_draw, "Timeline",
                MIN (first_row_height (frame), 2 * layout.footer) / 2);
  plot.y = y;
  plot.height = layout.legend;
  if (layout.legend > 0)
    {
      double gutter = plot.gutter;

      plot.gutter = layout.legend_inset > 0 ? gutter : 0;
      weft_legend_plot_draw (&plot);
      plot.gutter = gutter;
      y += section (layout.legend);
    }
  draw_section (&plot, &y, layout.queues, weft_queues_plot_draw, "Queues", layout.footer / 2);
  dim.max_width = MAX (plot.width, 1);
  weft_plot_draw_text (&plot, footer, plot.x, layout.height - layout.margin - layout.footer / 2, &dim);
  weft_plot_end (&plot);
}

typedef enum
{
  FORMAT_PNG,
  FORMAT_SVG,
  FORMAT_PDF,
  FORMAT_UNKNOWN
} Format;

static Format
get_format (const char *path)
{
  static const char *const endings[] = { ".png", ".svg", ".pdf" };
  gsize length = strlen (path);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (length > 4 && g_ascii_strcasecmp (path + length - 4, endings[i]) == 0)
      return i;
  return FORMAT_UNKNOWN;
}

gboolean
weft_picture_format_is_known (const char *path)
{
  return get_format (path) != FORMAT_UNKNOWN;
}

/* Where cairo's bytes go; remembers why they could not. */
typedef struct
{
  int fd;
  int error;
} Output;

static cairo_status_t
write_cb (void *data, const unsigned char *bytes, unsigned int length)
{
  Output *output = data;

  while (length > 0)
    {
      ssize_t written = write (output->fd, bytes, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          output->error = errno;
          return CAIRO_STATUS_WRITE_ERROR;
        }
      bytes += written;
      length -= (unsigned int) written;
    }
  return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t
write_picture (const WeftFrame *frame, Format format, Output *output)
{
  WeftPlotStyle *style = weft_plot_style_new (WEFT_STYLE_LIGHT, NULL);
  double height = weft_picture_get_height (frame, style, SAVED_WIDTH);
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  if (format == FORMAT_PNG)
    {
      surface =
          cairo_image_surface_create (CAIRO_FORMAT_RGB24, SAVED_WIDTH * PNG_SCALE, (int) height * PNG_SCALE);
      cairo_surface_set_device_scale (surface, PNG_SCALE, PNG_SCALE);
    }
  else if (format == FORMAT_SVG)
    {
      surface = cairo_svg_surface_create_for_stream (write_cb, output, SAVED_WIDTH, height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
    }
  else
    surface = cairo_pdf_surface_create_for_stream (write_cb, output, SAVED_WIDTH, height);
  cr = cairo_create (surface);
  weft_picture_draw (cr, style, frame, 0, MAX (frame->now_ns, 1), SAVED_WIDTH);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && format == FORMAT_PNG)
    status = cairo_surface_write_to_png_stream (surface, write_cb, output);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  weft_plot_style_free (style);
  return status;
}

static gboolean
fail (const char *path, int code, const char *reason, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, code != 0 ? (int) g_io_error_from_errno (code) : G_IO_ERROR_FAILED,
               "Cannot write the picture %s: %s", name, reason);
  return FALSE;
}

gboolean
weft_picture_save (WeftRecording *recording, const char *path, GError **error)
{
  Format format = get_format (path);
  g_autofree char *temporary = NULL;
  WeftFrame frame = { 0 };
  cairo_status_t status;
  Output output = { 0 };

  g_return_val_if_fail (WEFT_IS_RECORDING (recording), FALSE);
  if (format == FORMAT_UNKNOWN)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "Cannot write the picture %s: its name must end in .png, .svg or .pdf", name);
      return FALSE;
    }
  /* Beside the target, so that the last step is a rename within one file system. */
  temporary = g_strconcat (path, ".XXXXXX", NULL);
  output.fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);
  if (output.fd < 0)
    return fail (path, errno, g_strerror (errno), error);

  weft_recording_take_frame (recording, &frame);
  status = write_picture (&frame, format, &output);
  weft_frame_clear (&frame);
  if (close (output.fd) != 0 && output.error == 0)
    output.error = errno;
  if (status == CAIRO_STATUS_SUCCESS && output.error == 0 && g_rename (temporary, path) != 0)
    output.error = errno;
  if (status == CAIRO_STATUS_SUCCESS && output.error == 0)
    return TRUE;
  g_unlink (temporary);
  return fail (path, output.error,
               output.error != 0 ? g_strerror (output.error) : cairo_status_to_string (status), error);
}
