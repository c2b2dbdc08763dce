/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** weft_cli_text_append_wrapped: appends @paragraphs, separated by blank lines, in lines of at most 79
 * columns, each indented by @indent. */
void weft_cli_text_append_wrapped (GString *text, guint indent, const char *paragraphs);

/** weft_cli_text_print: writes @text to standard output. Returns the exit code. */
int weft_cli_text_print (const char *text);

/** weft_cli_text_print_json: (transfer full): writes @node to standard output. Returns the exit code. */
int weft_cli_text_print_json (JsonNode *node);

G_END_DECLS
