/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is drawn can be read, and told apart, by everybody: contrast after WCAG 2, colour blindness
 * after Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
 * Deficiency" (2009), difference as distance in CIELAB.
 */
#include <math.h>

#include "plot-fixture.h"
#include "weft-plot-style-private.h"

#define READABLE 4.5
#define DIFFERENT 20.0 /* 2.3 is just noticeable, side by side */

static const WeftStyleScheme schemes[] = { WEFT_STYLE_LIGHT, WEFT_STYLE_DARK, WEFT_STYLE_LIGHT_CONTRAST,
                                           WEFT_STYLE_DARK_CONTRAST };

typedef struct
{
  double v[3];
} Triple;

static Triple
to_linear (WeftColour colour)
{
  Triple rgb = { { colour.red, colour.green, colour.blue } };

  for (int i = 0; i < 3; i++)
    rgb.v[i] = rgb.v[i] <= 0.04045 ? rgb.v[i] / 12.92 : pow ((rgb.v[i] + 0.055) / 1.055, 2.4);
  return rgb;
}

static Triple
multiply (const double matrix[3][3], Triple in)
{
  Triple out;

  for (int i = 0; i < 3; i++)
    out.v[i] = matrix[i][0] * in.v[0] + matrix[i][1] * in.v[1] + matrix[i][2] * in.v[2];
  return out;
}

static double
contrast (WeftColour first, WeftColour second)
{
  Triple a = to_linear (first), b = to_linear (second);
  double la = 0.2126 * a.v[0] + 0.7152 * a.v[1] + 0.0722 * a.v[2];
  double lb = 0.2126 * b.v[0] + 0.7152 * b.v[1] + 0.0722 * b.v[2];

  return (MAX (la, lb) + 0.05) / (MIN (la, lb) + 0.05);
}

/* At full severity: protanopia, deuteranopia, tritanopia; first, full colour vision. */
static const double visions[4][3][3] = {
  { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } },
  { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } },
  { { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 }, { 0.004733, 0.691367, 0.303900 } },
};

static Triple
to_lab (Triple linear)
{
  static const double to_xyz[3][3] = { { 0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047 },
                                       { 0.2126729, 0.7151522, 0.0721750 },
                                       { 0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883 } };
  Triple xyz = multiply (to_xyz, linear);

  for (int i = 0; i < 3; i++)
    xyz.v[i] = xyz.v[i] > 0.008856 ? cbrt (xyz.v[i]) : 7.787 * xyz.v[i] + 16.0 / 116;
  return (Triple){ { 116 * xyz.v[1] - 16, 500 * (xyz.v[0] - xyz.v[1]), 200 * (xyz.v[1] - xyz.v[2]) } };
}

static double
difference (WeftColour first, WeftColour second, guint vision)
{
  Triple a = to_lab (multiply (visions[vision], to_linear (first)));
  Triple b = to_lab (multiply (visions[vision], to_linear (second)));

  return sqrt (pow (a.v[0] - b.v[0], 2) + pow (a.v[1] - b.v[1], 2) + pow (a.v[2] - b.v[2], 2));
}

/* The formulas themselves, at points that are known. */
static void
test_formulas (void)
{
  const WeftColour black = { 0, 0, 0 }, white = { 1, 1, 1 }, red = { 1, 0, 0 }, green = { 0.35, 0.45, 0 };

  g_assert_cmpfloat_with_epsilon (contrast (black, white), 21, 1e-6);
  g_assert_cmpfloat_with_epsilon (contrast (white, white), 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (difference (black, white, 0), 100, 0.1);
  for (guint vision = 0; vision < G_N_ELEMENTS (visions); vision++)
    g_assert_cmpfloat_with_epsilon (difference (white, white, vision), 0, 1e-6);
  /* Red and green of like lightness are much alike to a protanope. */
  g_assert_cmpfloat (difference (red, green, 1), <, difference (red, green, 0) / 3);
}

static void
test_activity_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      WeftPlotStyle *style = weft_plot_style_new (schemes[i], NULL);

      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        g_assert_cmpfloat (contrast (weft_plot_style_get_activity_text (style, a),
                                     weft_plot_style_get_activity_colour (style, a)),
                           >=, READABLE);
      weft_plot_style_free (style);
    }
}

static void
test_text (void)
{
  static const WeftColourRole texts[] = { WEFT_COLOUR_TEXT, WEFT_COLOUR_DIM_TEXT, WEFT_COLOUR_CAPACITY,
                                          WEFT_COLOUR_FAILURE };
  static const WeftColourRole grounds[] = { WEFT_COLOUR_BACKGROUND, WEFT_COLOUR_PLOT, WEFT_COLOUR_SELECTION };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      WeftPlotStyle *style = weft_plot_style_new (schemes[i], NULL);
      gboolean more = weft_plot_style_is_contrast (style);

      for (guint text = 0; text < G_N_ELEMENTS (texts); text++)
        for (guint ground = 0; ground < G_N_ELEMENTS (grounds); ground++)
          g_assert_cmpfloat (contrast (weft_plot_style_get_colour (style, texts[text]),
                                       weft_plot_style_get_colour (style, grounds[ground])),
                             >=, more && ground < 2 ? 7 : READABLE);
      weft_plot_style_free (style);
    }
}

/* No two activities share a pattern but the two flat ones, and those differ strongly in colour to any eye. */
static void
test_activities_differ (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      WeftPlotStyle *style = weft_plot_style_new (schemes[i], NULL);

      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        for (guint b = a + 1; b < WEFT_N_ACTIVITIES; b++)
          {
            const WeftActivityLook *first = weft_plot_style_get_look (style, a);
            const WeftActivityLook *second = weft_plot_style_get_look (style, b);

            if (!(weft_plot_style_is_flat (style, a) && weft_plot_style_is_flat (style, b)))
              g_assert_cmpint (first->pattern, !=, second->pattern);
            else
              for (guint vision = 0; vision < G_N_ELEMENTS (visions); vision++)
                g_assert_cmpfloat (difference (first->base, second->base, vision), >=, DIFFERENT);
          }
      weft_plot_style_free (style);
    }
}

/* A pattern that nobody can see is none: ink and base differ to any eye. */
static void
test_patterns_show (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      WeftPlotStyle *style = weft_plot_style_new (schemes[i], NULL);

      for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
        {
          const WeftActivityLook *look = weft_plot_style_get_look (style, a);

          for (guint vision = 0; vision < G_N_ELEMENTS (visions); vision++)
            if (!weft_plot_style_is_flat (style, a))
              g_assert_cmpfloat (difference (look->base, look->ink, vision), >=, DIFFERENT * 0.75);
        }
      weft_plot_style_free (style);
    }
}

/* Asleep and waiting for an item must not look busy: next to working they are near the background. */
static void
test_idle_is_calm (void)
{
  static const WeftActivity idle[] = { WEFT_ACTIVITY_ASLEEP, WEFT_ACTIVITY_QUEUE_EMPTY,
                                       WEFT_ACTIVITY_WAITING };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      WeftPlotStyle *style = weft_plot_style_new (schemes[i], NULL);
      WeftColour ground = weft_plot_style_get_colour (style, WEFT_COLOUR_PLOT);
      WeftColour working = weft_plot_style_get_activity_colour (style, WEFT_ACTIVITY_WORKING);

      for (guint a = 0; a < G_N_ELEMENTS (idle); a++)
        {
          WeftColour calm = weft_plot_style_get_activity_colour (style, idle[a]);

          g_assert_cmpfloat (2 * difference (calm, ground, 0), <, difference (working, ground, 0));
        }
      weft_plot_style_free (style);
    }
}

/* The pattern hangs on the device, not on the rectangle: two halves look as the whole does. */
static void
test_pattern_is_fixed (void)
{
  WeftPlotStyle *style = weft_plot_style_new (WEFT_STYLE_LIGHT, NULL);

  for (int scale = 1; scale <= 2; scale++)
    for (guint a = 0; a < WEFT_N_ACTIVITIES; a++)
      {
        cairo_surface_t *whole = fixture_image (50, 30, scale), *halves = fixture_image (50, 30, scale);
        cairo_t *cr = cairo_create (whole);

        weft_plot_style_fill_activity (style, cr, a, 0, 0, 50, 30);
        cairo_destroy (cr);
        cr = cairo_create (halves);
        weft_plot_style_fill_activity (style, cr, a, 0, 0, 21, 30);
        weft_plot_style_fill_activity (style, cr, a, 21, 0, 29, 30);
        cairo_destroy (cr);
        for (int y = 0; y < 30 * scale; y++)
          for (int x = 0; x < 50 * scale; x++)
            g_assert_cmphex (fixture_pixel (whole, x, y), ==, fixture_pixel (halves, x, y));
        cairo_surface_destroy (whole);
        cairo_surface_destroy (halves);
      }
  weft_plot_style_free (style);
}

static void
test_font (void)
{
  WeftPlotStyle *standard = weft_plot_style_new (WEFT_STYLE_DARK, NULL);
  WeftPlotStyle *own = weft_plot_style_new (WEFT_STYLE_DARK, "Serif 14");

  g_assert_cmpint (pango_font_description_get_size (weft_plot_style_get_font (standard)), ==,
                   9 * PANGO_SCALE);
  g_assert_cmpstr (pango_font_description_get_family (weft_plot_style_get_font (own)), ==, "Serif");
  g_assert_cmpint (weft_plot_style_get_scheme (own), ==, WEFT_STYLE_DARK);
  weft_plot_style_free (standard);
  weft_plot_style_free (own);
  weft_plot_style_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/style/formulas", test_formulas);
  g_test_add_func ("/plot/style/activity-text", test_activity_text);
  g_test_add_func ("/plot/style/text", test_text);
  g_test_add_func ("/plot/style/activities-differ", test_activities_differ);
  g_test_add_func ("/plot/style/patterns-show", test_patterns_show);
  g_test_add_func ("/plot/style/idle-is-calm", test_idle_is_calm);
  g_test_add_func ("/plot/style/pattern-is-fixed", test_pattern_is_fixed);
  g_test_add_func ("/plot/style/font", test_font);
  return g_test_run ();
}
