/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the figures of a summary are shown to a person. */
#include "weft-figure-text.h"

typedef struct
{
  const char *json; /* NULL: the member is missing */
  const char *unit;
  const char *text;
} Figure;

static const Figure figures[] = {
  { NULL, "s", "—" },
  { "null", NULL, "—" },
  { "null", "%", "—" },
  { "[]", NULL, "—" },
  { "0", NULL, "0" },
  { "0", "%", "0.0 %" },
  { "0.889", "%", "88.9 %" },
  { "1", "%", "100.0 %" },
  { "8.43", "s", "8.43 s" },
  { "0.801", "s", "801 ms" },
  { "4.614", "/s", "4.61/s" },
  { "1234567", "/s", "1,234,567/s" },
  { "999", NULL, "999" },
  { "1000", NULL, "1,000" },
  { "1000000", NULL, "1,000,000" },
  { "-1000", NULL, "−1,000" },
  { "3.14159", NULL, "3.14" },
  { "12", "items", "12 items" },
  { "[2, 1, null]", NULL, "2, 1, —" },
  { "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", NULL,
    "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 and 2 more" },
  { "{\"p50\": 0.5, \"max\": null}", "s", "p50 500 ms\nmax —" },
  { "\"sorted\"", NULL, "sorted" },
  { "true", NULL, "yes" },
};

static void
test_figures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      g_autoptr (JsonNode) node = figures[i].json != NULL ? json_from_string (figures[i].json, NULL) : NULL;
      g_autofree char *text = weft_figure_text_new (node, figures[i].unit);

      g_test_message ("%s %s", figures[i].json, figures[i].unit);
      g_assert_cmpstr (text, ==, figures[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figure-text/figures", test_figures);
  return g_test_run ();
}
