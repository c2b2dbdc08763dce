/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "plot-fixture.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* The number of files in the folder: what is left of temporary ones would be counted. */
static guint
count_files (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

static void
test_formats (void)
{
  static const struct
  {
    const char *name, *magic;
  } rows[] = {
    { "run.png", "\x89PNG\r\n\x1a\n" },
    { "run.svg", "<?xml" },
    { "run.pdf", "%PDF-1." },
    { "RUN.PNG", "\x89PNG" },
  };
  g_autoptr (WeftRecording) recording = fixture_pool ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = in_folder (rows[i].name);
      g_autofree char *content = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      g_assert_true (weft_picture_format_is_known (path));
      g_assert_true (weft_picture_save (recording, path, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &content, &length, NULL));
      g_assert_cmpuint (length, >, 2000);
      g_assert_cmpuint (length, <, 1000000);
      g_assert_cmpint (memcmp (content, rows[i].magic, strlen (rows[i].magic)), ==, 0);
      if (g_str_has_suffix (path, ".svg"))
        g_assert_true (g_str_has_suffix (g_strchomp (content), "</svg>"));
      if (g_str_has_suffix (path, ".pdf"))
        g_assert_nonnull (g_strrstr_len (content + length - 16, 16, "%%EOF"));
      g_assert_cmpuint (count_files (), ==, 1);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

/* 1280 px wide at two device px to a px, and not blank: in each section there are several colours. */
static void
test_png (void)
{
  g_autofree char *path = in_folder ("run.png");
  g_autoptr (WeftRecording) recording = fixture_queue ();
  cairo_surface_t *image;
  int width, height, busy_rows = 0;

  g_assert_true (weft_picture_save (recording, path, NULL));
  image = cairo_image_surface_create_from_png (path);
  width = cairo_image_surface_get_width (image);
  height = cairo_image_surface_get_height (image);
  g_assert_cmpint (width, ==, 2560);
  g_assert_cmpint (height, >, 800);
  for (int y = 0; y < height; y++)
    {
      guint32 first = fixture_pixel (image, 0, y);
      int n = 0;

      for (int x = 0; x < width; x += 3)
        n += fixture_pixel (image, x, y) != first;
      busy_rows += n > 20;
    }
  g_assert_cmpint (busy_rows, >, height / 2);
  cairo_surface_destroy (image);
  g_unlink (path);
}

/* An existing picture is replaced. */
static void
test_replace (void)
{
  g_autofree char *path = in_folder ("run.svg");
  g_autofree char *content = NULL;
  g_autoptr (WeftRecording) recording = fixture_pool ();

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_assert_true (weft_picture_save (recording, path, NULL));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_true (g_str_has_prefix (content, "<?xml"));
  g_assert_cmpuint (count_files (), ==, 1);
  g_unlink (path);
}

static void
test_unknown_ending (void)
{
  static const char *const names[] = { "run.jpg", "run", "png", ".png", "run.png.txt", "" };
  g_autoptr (WeftRecording) recording = fixture_pool ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected =
          g_strdup_printf ("Cannot write the picture %s: its name must end in .png, .svg or .pdf", names[i]);

      g_assert_false (weft_picture_format_is_known (names[i]));
      g_assert_false (weft_picture_save (recording, names[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_assert_cmpstr (error->message, ==, expected);
    }
  g_assert_cmpuint (count_files (), ==, 0);
}

/* A folder that is not there; a name that a folder has. Nothing is left behind. */
static void
test_cannot_write (void)
{
  g_autofree char *absent = in_folder ("absent/run.png");
  g_autofree char *taken = in_folder ("taken.pdf");
  g_autoptr (WeftRecording) recording = fixture_pool ();
  g_autoptr (GError) error = NULL;

  g_assert_false (weft_picture_save (recording, absent, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, absent));
  g_clear_error (&error);

  g_assert_cmpint (g_mkdir (taken, 0700), ==, 0);
  g_assert_false (weft_picture_save (recording, taken, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_assert_nonnull (strstr (error->message, taken));
  g_assert_cmpuint (count_files (), ==, 1);
  g_rmdir (taken);
}

/* However many lanes, a picture stays within 4000 px, and fits what is drawn into it. */
static void
test_height (void)
{
  static const guint n_lanes[] = { 1, 16, 64, 256 };
  WeftPlotStyle *style = weft_plot_style_new (WEFT_STYLE_LIGHT, NULL);
  double previous = 0;

  for (guint i = 0; i < G_N_ELEMENTS (n_lanes); i++)
    {
      g_autoptr (WeftRecording) recording = fixture_dense (n_lanes[i], 30);
      WeftFrame frame = { 0 };
      double height;

      weft_recording_take_frame (recording, &frame);
      height = weft_picture_get_height (&frame, style, 1280);
      g_assert_cmpfloat (height, >, previous);
      g_assert_cmpfloat (height, <=, 4000);
      previous = height;
      weft_frame_clear (&frame);
    }
  weft_plot_style_free (style);
}

/* A recording with nothing in it, and widths that hold nothing. */
static void
test_empty (void)
{
  static const double widths[] = { 0, 1, 50, 360, 1280 };
  g_autoptr (WeftRecording) recording = fixture_empty ();
  g_autofree char *path = in_folder ("empty.png");
  WeftPlotStyle *style = weft_plot_style_new (WEFT_STYLE_DARK_CONTRAST, NULL);
  WeftFrame frame = { 0 };

  weft_recording_take_frame (recording, &frame);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      cairo_surface_t *image =
          fixture_image ((int) widths[i], (int) weft_picture_get_height (&frame, style, widths[i]), 1);
      cairo_t *cr = cairo_create (image);

      weft_picture_draw (cr, style, &frame, 0, 0, widths[i]);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_destroy (cr);
      cairo_surface_destroy (image);
    }
  weft_frame_clear (&frame);
  weft_plot_style_free (style);
  g_assert_true (weft_picture_save (recording, path, NULL));
  g_unlink (path);
}

/* Dense lanes must not make a vector picture of millions of shapes. */
static void
test_dense_svg (void)
{
  g_autofree char *path = in_folder ("dense.svg");
  g_autoptr (WeftRecording) recording = fixture_dense (64, 30000);
  GStatBuf status;

  g_assert_true (weft_picture_save (recording, path, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, <, 8000000);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("weft-picture-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/plot/picture/formats", test_formats);
  g_test_add_func ("/plot/picture/png", test_png);
  g_test_add_func ("/plot/picture/replace", test_replace);
  g_test_add_func ("/plot/picture/unknown-ending", test_unknown_ending);
  g_test_add_func ("/plot/picture/cannot-write", test_cannot_write);
  g_test_add_func ("/plot/picture/height", test_height);
  g_test_add_func ("/plot/picture/empty", test_empty);
  g_test_add_func ("/plot/picture/dense-svg", test_dense_svg);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
