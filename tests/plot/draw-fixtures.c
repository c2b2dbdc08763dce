/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws the hand-made recordings as pictures to be looked at: draw-fixtures FOLDER
 */
#include <stdio.h>

#include "plot-fixture.h"

static const struct
{
  const char *name;
  WeftStyleScheme scheme;
} schemes[] = { { "light", WEFT_STYLE_LIGHT },
                { "dark", WEFT_STYLE_DARK },
                { "light-contrast", WEFT_STYLE_LIGHT_CONTRAST },
                { "dark-contrast", WEFT_STYLE_DARK_CONTRAST } };

static void
draw (const char *folder, const char *name, WeftRecording *recording, guint scheme, int width, int scale,
      gint64 begin_ns, gint64 end_ns)
{
  g_autofree char *path = g_strdup_printf ("%s/%s-%s-%d.png", folder, name, schemes[scheme].name, width);
  WeftPlotStyle *style = weft_plot_style_new (schemes[scheme].scheme, "Cantarell 9");
  WeftFrame frame = { 0 };
  cairo_surface_t *image;
  cairo_t *cr;

  weft_recording_take_frame (recording, &frame);
  image = fixture_image (width, (int) weft_picture_get_height (&frame, style, width), scale);
  cr = cairo_create (image);
  weft_picture_draw (cr, style, &frame, begin_ns, end_ns >= 0 ? end_ns : frame.now_ns, width);
  cairo_destroy (cr);
  cairo_surface_write_to_png (image, path);
  cairo_surface_destroy (image);
  weft_frame_clear (&frame);
  weft_plot_style_free (style);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    WeftRecording *(*make) (void);
    gint64 begin_ns, end_ns;
  } fixtures[] = { { "pool", fixture_pool, 0, -1 },         { "queue", fixture_queue, 3 * S, 9 * S },
                   { "overload", fixture_overload, 0, -1 }, { "gap", fixture_gap, 0, -1 },
                   { "ends", fixture_ends, 0, -1 },         { "empty", fixture_empty, 0, -1 } };

  if (argc != 2)
    {
      fprintf (stderr, "Usage: draw-fixtures FOLDER\n");
      return 2;
    }
  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autoptr (WeftRecording) recording = fixtures[i].make ();

      for (guint scheme = 0; scheme < G_N_ELEMENTS (schemes); scheme++)
        draw (argv[1], fixtures[i].name, recording, scheme, 1280, 1, fixtures[i].begin_ns,
              fixtures[i].end_ns);
      draw (argv[1], fixtures[i].name, recording, 0, 360, 2, fixtures[i].begin_ns, fixtures[i].end_ns);
    }
  {
    g_autoptr (WeftRecording) cores = fixture_cores (128);
    g_autoptr (WeftRecording) dense = fixture_dense (64, 6000);
    g_autoptr (WeftRecording) lanes = fixture_dense (256, 60);

    draw (argv[1], "cores", cores, 0, 1280, 1, 0, -1);
    draw (argv[1], "dense", dense, 0, 1280, 1, 0, -1);
    draw (argv[1], "dense-zoom", dense, 1, 1280, 1, 500 * MS, 540 * MS);
    draw (argv[1], "lanes", lanes, 0, 1280, 1, 0, -1);
  }
  return 0;
}
