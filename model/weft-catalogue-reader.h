/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads members of JSON objects strictly, for the catalogue. The first thing that is wrong becomes
 * the error; after it every function answers with something harmless, so that callers need to look
 * for an error only at the end.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _WeftCatalogueReader WeftCatalogueReader;

/** weft_catalogue_reader_new: what it returns lives as long as @strings and @memory (of g_free()). */
WeftCatalogueReader *weft_catalogue_reader_new (GStringChunk *strings, GPtrArray *memory);

/** weft_catalogue_reader_free: %FALSE, with @error set, if something was wrong. */
gboolean weft_catalogue_reader_free (WeftCatalogueReader *reader, GError **error);

gboolean weft_catalogue_reader_has_failed (WeftCatalogueReader *reader);

/* Where the reader is, for messages: `workload "pool"`, `parameter 3`. */
void weft_catalogue_reader_enter (WeftCatalogueReader *reader, const char *format, ...) G_GNUC_PRINTF (2, 3);
void weft_catalogue_reader_leave (WeftCatalogueReader *reader);

void weft_catalogue_reader_fail (WeftCatalogueReader *reader, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** Never %NULL. */
const char *
weft_catalogue_reader_string (WeftCatalogueReader *reader, JsonObject *object, const char *member);

/** %NULL where the member is missing or null. */
const char *
weft_catalogue_reader_optional_string (WeftCatalogueReader *reader, JsonObject *object, const char *member);

/** A finite number. */
double weft_catalogue_reader_number (WeftCatalogueReader *reader, JsonObject *object, const char *member);

/** A finite number; @otherwise where the member is missing or null. */
double weft_catalogue_reader_optional_number (WeftCatalogueReader *reader, JsonObject *object,
                                              const char *member, double otherwise);

/** %NULL-terminated, never %NULL; empty where the member is missing. */
const char *const *
weft_catalogue_reader_strings (WeftCatalogueReader *reader, JsonObject *object, const char *member);

/** (transfer none) (nullable): the array, whose elements are all objects; empty or %NULL on failure. */
JsonArray *
weft_catalogue_reader_objects (WeftCatalogueReader *reader, JsonObject *object, const char *member);

/** (transfer none) (nullable): the member, which must be an object. */
JsonObject *
weft_catalogue_reader_object (WeftCatalogueReader *reader, JsonObject *object, const char *member);

/** Zeroed memory for @n elements of @size; at least one. */
gpointer weft_catalogue_reader_allocate (WeftCatalogueReader *reader, gsize n, gsize size);

const char *weft_catalogue_reader_keep (WeftCatalogueReader *reader, const char *text);

G_END_DECLS
