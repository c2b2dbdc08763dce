/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * weft_figure_text_new:
 * @value: (nullable): a member of the summary
 * @unit: (nullable): "s" (shown as a duration), "%" (a fraction, shown as percent), "/s", or another
 *   that is put after the number
 *
 * How a figure of the summary is shown to a person. Numbers have three digits, counts all of theirs.
 *
 * Returns: (transfer full): the text; "—" for what is not known
 */
char *weft_figure_text_new (JsonNode *value, const char *unit);

/** weft_count_text_new: (transfer full): @count with its thousands apart: "4,213". */
char *weft_count_text_new (guint64 count);

G_END_DECLS
