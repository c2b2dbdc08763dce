/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON as people like to read it, too.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * weft_json_to_text:
 *
 * Returns: (transfer full): @node as JSON with a newline at its end. Indented; an array or object
 *   that fits is kept on one line. Each number is the shortest that reads back as the same (JSON-GLib
 *   itself writes 0.10000000000000001); what is not finite is null.
 */
char *weft_json_to_text (JsonNode *node);

G_END_DECLS
