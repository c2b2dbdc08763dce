/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-catalogue.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <sched.h>
#include <string.h>

#include "weft-catalogue-reader.h"
#include "weft-catalogue-resources.h"
#include "weft-nearest.h"
#include "weft-value.h"

#define CATALOGUE_VERSION 1
#define CATALOGUE_PATH "/io/github/weftapp/Weft/catalogue.json"

struct _WeftCatalogue
{
  WeftWorkloadInfo *workloads;
  guint n_workloads;
  GStringChunk *strings;
  GPtrArray *memory;
};

static const char *const type_ids[] = {
  [WEFT_VALUE_INTEGER] = "integer",
  [WEFT_VALUE_NUMBER] = "number",
  [WEFT_VALUE_CHOICE] = "choice",
  [WEFT_VALUE_STRING] = "string",
  [WEFT_VALUE_INTEGER_LIST] = "integer-list",
  [WEFT_VALUE_STRING_LIST] = "string-list",
};

static const char *const rule_ids[] = {
  [WEFT_RULE_INFO_AT_MOST] = "at-most",
  [WEFT_RULE_INFO_FOLLOWS] = "follows",
  [WEFT_RULE_INFO_OVERRIDES] = "overrides",
};

G_DEFINE_QUARK (weft - usage - error, weft_usage_error)

/* The index of @id in the @n @ids, or @n. */
static guint
find_id (const char *const *ids, guint n, const char *id)
{
  guint i = 0;

  while (i < n && strcmp (ids[i], id) != 0)
    i++;
  return i;
}

static gboolean
is_numeric (WeftValueType type)
{
  return type == WEFT_VALUE_INTEGER || type == WEFT_VALUE_NUMBER;
}

static gboolean
is_list (WeftValueType type)
{
  return type == WEFT_VALUE_INTEGER_LIST || type == WEFT_VALUE_STRING_LIST;
}

guint
weft_machine_get_n_cores (void)
{
  /* The kernel refuses a set that is smaller than its own. */
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 4)
    {
      cpu_set_t *set = CPU_ALLOC (capacity);
      int n = 0;

      if (sched_getaffinity (0, CPU_ALLOC_SIZE (capacity), set) == 0)
        n = CPU_COUNT_S (CPU_ALLOC_SIZE (capacity), set);
      CPU_FREE (set);
      if (n > 0)
        return (guint) n;
    }
  return g_get_num_processors ();
}

static const WeftParameterInfo *
look_up_parameter (const WeftWorkloadInfo *info, const char *name)
{
  for (guint i = 0; i < info->n_parameters; i++)
    if (strcmp (info->parameters[i].name, name) == 0)
      return &info->parameters[i];
  return NULL;
}

/* ── reading ── */

static gboolean
is_name (const char *text)
{
  return g_ascii_islower (*text) && text[strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

/* Whether a double holds @bound, and every integer nearer to 0, exactly. */
static gboolean
is_integer_bound (double bound)
{
  return bound == floor (bound) && fabs (bound) <= (double) (G_GINT64_CONSTANT (1) << 53);
}

static void
read_default (WeftCatalogueReader *reader, JsonObject *object, const char *workload_id,
              WeftParameterInfo *info)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftValue) value = NULL;
  g_autofree char *text = NULL;

  if (is_numeric (info->type))
    {
      info->default_value = weft_catalogue_reader_number (reader, object, "default");
      info->default_per_core = weft_catalogue_reader_optional_number (reader, object, "default_per_core", 0);
      if (info->default_per_core == 0
          && (info->default_value < info->minimum || info->default_value > info->maximum))
        weft_catalogue_reader_fail (reader, "\"default\" is not between \"minimum\" and \"maximum\"");
      value = weft_value_new_number (info, info->default_value
                                               + info->default_per_core * weft_machine_get_n_cores ());
    }
  else
    {
      const char *typed = weft_catalogue_reader_optional_string (reader, object, "default");

      value = weft_value_parse (workload_id, info, typed != NULL ? typed : "", &error);
      if (value == NULL)
        {
          weft_catalogue_reader_fail (reader, "\"default\": %s", error->message);
          return;
        }
    }
  text = weft_value_dup_text (value);
  info->default_text = weft_catalogue_reader_keep (reader, text);
}

static void
read_parameter (WeftCatalogueReader *reader, JsonObject *object, const WeftWorkloadInfo *workload,
                gpointer item)
{
  WeftParameterInfo *info = item;
  const char *type;

  info->default_text = "";
  info->name = weft_catalogue_reader_string (reader, object, "name");
  info->title = weft_catalogue_reader_string (reader, object, "title");
  info->help = weft_catalogue_reader_string (reader, object, "help");
  info->unit = weft_catalogue_reader_optional_string (reader, object, "unit");
  if (!is_name (info->name))
    weft_catalogue_reader_fail (reader, "\"name\" must be lower-case letters, digits and hyphens");
  type = weft_catalogue_reader_string (reader, object, "type");
  info->type = find_id (type_ids, G_N_ELEMENTS (type_ids), type);
  if (info->type == G_N_ELEMENTS (type_ids))
    {
      weft_catalogue_reader_fail (reader, "\"type\" is \"%s\", which is none", type);
      info->type = WEFT_VALUE_STRING;
    }
  if (is_numeric (info->type) || info->type == WEFT_VALUE_INTEGER_LIST)
    {
      info->minimum = weft_catalogue_reader_number (reader, object, "minimum");
      info->maximum = weft_catalogue_reader_number (reader, object, "maximum");
      if (strcmp (info->name, "cores") == 0)
        info->maximum = MIN (info->maximum, MAX (info->minimum, weft_machine_get_n_cores ()));
      if (info->minimum > info->maximum)
        weft_catalogue_reader_fail (reader, "\"minimum\" exceeds \"maximum\"");
      if (info->type != WEFT_VALUE_NUMBER
          && !(is_integer_bound (info->minimum) && is_integer_bound (info->maximum)))
        weft_catalogue_reader_fail (reader, "\"minimum\" and \"maximum\" must be whole, to 2 to the 53rd");
    }
  info->choices = weft_catalogue_reader_strings (reader, object, "choices");
  if (info->type == WEFT_VALUE_CHOICE && info->choices[0] == NULL)
    weft_catalogue_reader_fail (reader, "a choice needs \"choices\"");
  info->choice_titles = weft_catalogue_reader_strings (reader, object, "choice_titles");
  if (info->choice_titles[0] == NULL)
    info->choice_titles = info->choices;
  else if (g_strv_length ((char **) info->choice_titles) != g_strv_length ((char **) info->choices))
    weft_catalogue_reader_fail (reader, "\"choice_titles\" must be as many as \"choices\"");
  if (is_list (info->type))
    {
      double max_elements = weft_catalogue_reader_number (reader, object, "max_elements");

      if (max_elements < 1 || max_elements > G_MAXINT)
        weft_catalogue_reader_fail (reader, "\"max_elements\" must be from 1 to %d", G_MAXINT);
      else
        info->max_elements = (guint) max_elements;
    }
  if (!weft_catalogue_reader_has_failed (reader))
    read_default (reader, object, workload->id, info);
}

static void
read_preset (WeftCatalogueReader *reader, JsonObject *object, const WeftWorkloadInfo *workload, gpointer item)
{
  WeftPresetInfo *preset = item;
  JsonObject *values = weft_catalogue_reader_object (reader, object, "values");
  g_autoptr (GList) members = values != NULL ? json_object_get_members (values) : NULL;
  guint n = g_list_length (members);
  const char **names = weft_catalogue_reader_allocate (reader, n + 1, sizeof (char *));
  const char **texts = weft_catalogue_reader_allocate (reader, n + 1, sizeof (char *));
  guint i = 0;

  preset->name = weft_catalogue_reader_string (reader, object, "name");
  preset->title = weft_catalogue_reader_string (reader, object, "title");
  preset->help = weft_catalogue_reader_string (reader, object, "help");
  preset->names = names;
  preset->values = texts;
  if (!is_name (preset->name))
    weft_catalogue_reader_fail (reader, "\"name\" must be lower-case letters, digits and hyphens");
  for (GList *link = members; link != NULL; link = link->next, i++)
    {
      const WeftParameterInfo *info = look_up_parameter (workload, link->data);
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftValue) value = NULL;

      names[i] = weft_catalogue_reader_keep (reader, link->data);
      texts[i] = weft_catalogue_reader_string (reader, values, link->data);
      if (info == NULL)
        weft_catalogue_reader_fail (reader, "there is no parameter \"%s\"", names[i]);
      else if ((value = weft_value_parse (workload->id, info, texts[i], &error)) == NULL)
        weft_catalogue_reader_fail (reader, "%s", error->message);
    }
}

static void
read_rule (WeftCatalogueReader *reader, JsonObject *object, const WeftWorkloadInfo *workload, gpointer item)
{
  WeftRuleInfo *rule = item;
  const char *kind = weft_catalogue_reader_string (reader, object, "kind");
  const WeftParameterInfo *first, *second;

  rule->first = weft_catalogue_reader_string (reader, object, "first");
  rule->second = weft_catalogue_reader_string (reader, object, "second");
  rule->kind = find_id (rule_ids, G_N_ELEMENTS (rule_ids), kind);
  if (rule->kind == G_N_ELEMENTS (rule_ids))
    {
      weft_catalogue_reader_fail (reader, "\"kind\" is \"%s\", which is none", kind);
      return;
    }
  first = look_up_parameter (workload, rule->first);
  second = look_up_parameter (workload, rule->second);
  if (first == NULL || second == NULL)
    weft_catalogue_reader_fail (reader, "there is no parameter \"%s\"",
                                first == NULL ? rule->first : rule->second);
  else if (rule->kind == WEFT_RULE_INFO_AT_MOST && !(is_numeric (first->type) && is_numeric (second->type)))
    weft_catalogue_reader_fail (reader, "\"%s\" is only between numbers", kind);
  else if (rule->kind == WEFT_RULE_INFO_FOLLOWS && first->type != second->type)
    weft_catalogue_reader_fail (reader, "\"%s\" is only between parameters of one type", kind);
  else if (rule->kind == WEFT_RULE_INFO_OVERRIDES
           && !(is_list (first->type) || first->type == WEFT_VALUE_STRING))
    weft_catalogue_reader_fail (reader, "only a list or a string, which can be empty, \"%s\"", kind);
}

static void
read_result (WeftCatalogueReader *reader, JsonObject *object, const WeftWorkloadInfo *workload, gpointer item)
{
  WeftResultInfo *result = item;

  result->name = weft_catalogue_reader_string (reader, object, "name");
  result->title = weft_catalogue_reader_string (reader, object, "title");
  result->unit = weft_catalogue_reader_optional_string (reader, object, "unit");
  result->help = weft_catalogue_reader_string (reader, object, "help");
}

static void
check_names (WeftCatalogueReader *reader, const WeftWorkloadInfo *workload)
{
  for (guint i = 0; i < workload->n_parameters; i++)
    if (look_up_parameter (workload, workload->parameters[i].name) != &workload->parameters[i])
      weft_catalogue_reader_fail (reader, "there are two parameters \"%s\"", workload->parameters[i].name);
  for (guint i = 0; i < workload->n_presets; i++)
    for (guint j = 0; j < i; j++)
      if (strcmp (workload->presets[i].name, workload->presets[j].name) == 0)
        weft_catalogue_reader_fail (reader, "there are two presets \"%s\"", workload->presets[i].name);
  if (workload->task_names != NULL)
    {
      const WeftParameterInfo *names = look_up_parameter (workload, workload->task_names);

      if (names == NULL || !is_list (names->type))
        weft_catalogue_reader_fail (reader, "\"task_names\" is \"%s\", which is no list parameter",
                                    workload->task_names);
    }
}

typedef void (*ReadFunc) (WeftCatalogueReader *reader, JsonObject *object, const WeftWorkloadInfo *workload,
                          gpointer item);

/* Reads the objects of the array @member with @read into a new array of items of @size; @noun names
 * one of them in messages. */
static gpointer
read_all (WeftCatalogueReader *reader, JsonObject *object, const char *member, const char *noun, gsize size,
          ReadFunc read, const WeftWorkloadInfo *workload, guint *n_items)
{
  JsonArray *array = weft_catalogue_reader_objects (reader, object, member);
  guint n = array != NULL ? json_array_get_length (array) : 0;
  char *items = weft_catalogue_reader_allocate (reader, n, size);

  for (guint i = 0; i < n && !weft_catalogue_reader_has_failed (reader); i++)
    {
      weft_catalogue_reader_enter (reader, "%s %u", noun, i + 1);
      read (reader, json_array_get_object_element (array, i), workload, items + i * size);
      weft_catalogue_reader_leave (reader);
    }
  *n_items = weft_catalogue_reader_has_failed (reader) ? 0 : n;
  return items;
}

static void
read_workload (WeftCatalogueReader *reader, JsonObject *object, WeftWorkloadInfo *workload)
{
  workload->id = weft_catalogue_reader_string (reader, object, "id");
  workload->title = weft_catalogue_reader_string (reader, object, "title");
  workload->summary = weft_catalogue_reader_string (reader, object, "summary");
  workload->group = weft_catalogue_reader_string (reader, object, "group");
  workload->see = weft_catalogue_reader_string (reader, object, "see");
  workload->task_noun = weft_catalogue_reader_optional_string (reader, object, "task_noun");
  workload->task_names = weft_catalogue_reader_optional_string (reader, object, "task_names");
  if (!is_name (workload->id))
    weft_catalogue_reader_fail (reader, "\"id\" must be lower-case letters, digits and hyphens");

  workload->parameters = read_all (reader, object, "parameters", "parameter", sizeof (WeftParameterInfo),
                                   read_parameter, workload, &workload->n_parameters);
  workload->presets = read_all (reader, object, "presets", "preset", sizeof (WeftPresetInfo), read_preset,
                                workload, &workload->n_presets);
  workload->rules = read_all (reader, object, "rules", "rule", sizeof (WeftRuleInfo), read_rule, workload,
                              &workload->n_rules);
  workload->results = read_all (reader, object, "results", "result", sizeof (WeftResultInfo), read_result,
                                workload, &workload->n_results);
  workload->lines = weft_catalogue_reader_strings (reader, object, "lines");
  workload->n_lines = g_strv_length ((char **) workload->lines);
  if (!weft_catalogue_reader_has_failed (reader))
    check_names (reader, workload);
}

static void
read_root (WeftCatalogueReader *reader, JsonNode *root, WeftCatalogue *catalogue)
{
  JsonObject *object;
  JsonArray *array;
  double version;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      weft_catalogue_reader_fail (reader, "it must be an object");
      return;
    }
  object = json_node_get_object (root);
  version = weft_catalogue_reader_number (reader, object, "version");
  if (version != CATALOGUE_VERSION)
    weft_catalogue_reader_fail (reader, "\"version\" must be %d", CATALOGUE_VERSION);
  array = weft_catalogue_reader_objects (reader, object, "workloads");
  if (array == NULL || json_array_get_length (array) == 0)
    {
      weft_catalogue_reader_fail (reader, "there are no \"workloads\"");
      return;
    }
  catalogue->workloads =
      weft_catalogue_reader_allocate (reader, json_array_get_length (array), sizeof (WeftWorkloadInfo));
  for (guint i = 0; i < json_array_get_length (array) && !weft_catalogue_reader_has_failed (reader); i++)
    {
      WeftWorkloadInfo *workload = &catalogue->workloads[i];

      weft_catalogue_reader_enter (reader, "workload %u", i + 1);
      read_workload (reader, json_array_get_object_element (array, i), workload);
      for (guint j = 0; j < i; j++)
        if (strcmp (workload->id, catalogue->workloads[j].id) == 0)
          weft_catalogue_reader_fail (reader, "there are two workloads \"%s\"", workload->id);
      weft_catalogue_reader_leave (reader);
      catalogue->n_workloads = i + 1;
    }
}

/* ── the catalogue ── */

const char *
weft_value_type_get_id (WeftValueType type)
{
  g_return_val_if_fail (type < G_N_ELEMENTS (type_ids), NULL);
  return type_ids[type];
}

const char *
weft_rule_info_kind_get_id (WeftRuleInfoKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (rule_ids), NULL);
  return rule_ids[kind];
}

WeftCatalogue *
weft_catalogue_parse (const char *json, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (WeftCatalogue) catalogue = NULL;
  g_autoptr (GError) json_error = NULL;
  WeftCatalogueReader *reader;

  g_return_val_if_fail (json != NULL, NULL);

  if (!json_parser_load_from_data (parser, json, length, &json_error))
    {
      g_autofree char *valid = g_utf8_make_valid (json_error->message, -1);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the catalogue is no JSON: %s", valid);
      return NULL;
    }
  catalogue = g_new0 (WeftCatalogue, 1);
  catalogue->strings = g_string_chunk_new (4096);
  catalogue->memory = g_ptr_array_new_with_free_func (g_free);
  reader = weft_catalogue_reader_new (catalogue->strings, catalogue->memory);
  read_root (reader, json_parser_get_root (parser), catalogue);
  if (!weft_catalogue_reader_free (reader, error))
    return NULL;
  return g_steal_pointer (&catalogue);
}

void
weft_catalogue_free (WeftCatalogue *catalogue)
{
  if (catalogue == NULL)
    return;
  g_ptr_array_unref (catalogue->memory);
  g_string_chunk_free (catalogue->strings);
  g_free (catalogue);
}

const WeftCatalogue *
weft_catalogue_get (void)
{
  static gsize built_in;

  if (g_once_init_enter (&built_in))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = g_resource_lookup_data (weft_catalogue_get_resource (), CATALOGUE_PATH,
                                                         G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
      WeftCatalogue *catalogue = NULL;
      gsize size;

      if (bytes != NULL)
        {
          const char *json = g_bytes_get_data (bytes, &size);

          catalogue = weft_catalogue_parse (json, (gssize) size, &error);
        }
      if (catalogue == NULL)
        g_error ("Weft was built with a broken catalogue of workloads: %s", error->message);
      g_once_init_leave (&built_in, (gsize) catalogue);
    }
  return (const WeftCatalogue *) built_in;
}

guint
weft_catalogue_get_n_workloads (const WeftCatalogue *catalogue)
{
  return catalogue->n_workloads;
}

const WeftWorkloadInfo *
weft_catalogue_get_workload (const WeftCatalogue *catalogue, guint index)
{
  g_return_val_if_fail (index < catalogue->n_workloads, NULL);
  return &catalogue->workloads[index];
}

const WeftWorkloadInfo *
weft_catalogue_find (const WeftCatalogue *catalogue, const char *id, GError **error)
{
  g_autofree const char **ids = g_new0 (const char *, catalogue->n_workloads + 1);
  g_autofree char *quoted = NULL;
  g_autofree char *hint = NULL;

  for (guint i = 0; i < catalogue->n_workloads; i++)
    {
      ids[i] = catalogue->workloads[i].id;
      if (strcmp (ids[i], id) == 0)
        return &catalogue->workloads[i];
    }
  quoted = weft_text_quote (id);
  hint = weft_nearest_hint (id, ids, "workloads");
  g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_WORKLOAD, "there is no workload %s: %s", quoted,
               hint);
  return NULL;
}

const WeftParameterInfo *
weft_workload_info_find_parameter (const WeftWorkloadInfo *info, const char *name, GError **error)
{
  const WeftParameterInfo *found = look_up_parameter (info, name);
  g_autofree const char **names = NULL;
  g_autofree char *quoted = NULL;
  g_autofree char *hint = NULL;

  if (found != NULL)
    return found;
  names = g_new0 (const char *, info->n_parameters + 1);
  for (guint i = 0; i < info->n_parameters; i++)
    names[i] = info->parameters[i].name;
  quoted = weft_text_quote (name);
  hint = weft_nearest_hint (name, names, "parameters");
  g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_PARAMETER, "%s has no parameter %s: %s", info->id,
               quoted, hint);
  return NULL;
}

const WeftPresetInfo *
weft_workload_info_find_preset (const WeftWorkloadInfo *info, const char *name, GError **error)
{
  g_autofree const char **names = g_new0 (const char *, info->n_presets + 1);
  g_autofree char *quoted = NULL;
  g_autofree char *hint = NULL;

  for (guint i = 0; i < info->n_presets; i++)
    {
      names[i] = info->presets[i].name;
      if (strcmp (names[i], name) == 0)
        return &info->presets[i];
    }
  quoted = weft_text_quote (name);
  hint = weft_nearest_hint (name, names, "presets");
  g_set_error (error, WEFT_USAGE_ERROR, WEFT_USAGE_ERROR_PRESET, "%s has no preset %s: %s", info->id, quoted,
               hint);
  return NULL;
}
