/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One value of a parameter with any bounds: it is refused with a reason, or it is within the bounds and
 * reads back the same.
 */
#include <math.h>

#include "fuzz-input.h"
#include "weft-value.h"

static const char *const choices[] = { "fifo", "lifo", "shortest", "0", NULL };

static void
check_in_bounds (const WeftParameterInfo *info, const WeftValue *value)
{
  if (info->type == WEFT_VALUE_INTEGER || info->type == WEFT_VALUE_NUMBER)
    {
      g_assert_cmpfloat (value->number, >=, info->minimum);
      g_assert_cmpfloat (value->number, <=, info->maximum);
    }
  if (value->elements != NULL)
    g_assert_cmpuint (g_strv_length (value->elements), <=, info->max_elements);
}

static void
check_same (const WeftParameterInfo *info, const WeftValue *value)
{
  g_autofree char *text = weft_value_dup_text (value);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftValue) again = weft_value_parse ("fuzz", info, text, &error);
  g_autoptr (JsonNode) node = weft_value_to_json (value);
  g_autoptr (JsonNode) node_again = NULL;
  g_autofree char *text_again = NULL;

  g_assert_no_error (error);
  text_again = weft_value_dup_text (again);
  g_assert_cmpstr (text_again, ==, text);
  g_assert_true (weft_value_is_empty (value) == weft_value_is_empty (again));
  node_again = weft_value_to_json (again);
  g_assert_true (json_node_equal (node, node_again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  WeftParameterInfo info = { .name = "name", .title = "", .help = "", .unit = "ms", .choices = choices };
  guint8 bounds = fuzz_take_u8 (&input);
  g_autofree char *text = NULL;
  g_autoptr (WeftValue) value = NULL;
  g_autoptr (GError) error = NULL;

  info.type = fuzz_take_u8 (&input) % 6;
  info.max_elements = 1 + fuzz_take_u8 (&input);
  info.minimum = -(double) (G_GUINT64_CONSTANT (1) << bounds % 64);
  info.maximum = (double) (G_GUINT64_CONSTANT (1) << bounds / 4);
  text = fuzz_dup_rest (&input);
  value = weft_value_parse ("fuzz", &info, text, &error);
  g_assert_true ((value == NULL) == (error != NULL));
  if (value == NULL)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  check_in_bounds (&info, value);
  check_same (&info, value);
  return 0;
}
