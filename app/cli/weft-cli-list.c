/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weft-cli list: the workloads, in the catalogue's order.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "weft-catalogue.h"
#include "weft-cli-command.h"
#include "weft-cli-text.h"

static int
print_json (const WeftCatalogue *catalogue)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < weft_catalogue_get_n_workloads (catalogue); i++)
    {
      const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder, info->id);
      json_builder_set_member_name (builder, "title");
      json_builder_add_string_value (builder, info->title);
      json_builder_set_member_name (builder, "summary");
      json_builder_add_string_value (builder, info->summary);
      json_builder_set_member_name (builder, "group");
      json_builder_add_string_value (builder, info->group);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return weft_cli_text_print_json (json_builder_get_root (builder));
}

static int
print_text (const WeftCatalogue *catalogue)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *group = NULL;
  gsize widest = 0;

  for (guint i = 0; i < weft_catalogue_get_n_workloads (catalogue); i++)
    widest = MAX (widest, strlen (weft_catalogue_get_workload (catalogue, i)->id));
  for (guint i = 0; i < weft_catalogue_get_n_workloads (catalogue); i++)
    {
      const WeftWorkloadInfo *info = weft_catalogue_get_workload (catalogue, i);

      if (g_strcmp0 (group, info->group) != 0)
        g_string_append_printf (text, "%s%s\n", group != NULL ? "\n" : "", info->group);
      group = info->group;
      g_string_append_printf (text, "  %-*s  %s: %s\n", (int) widest, info->id, info->title, info->summary);
    }
  return weft_cli_text_print (text->str);
}

static int
run (const WeftCliArguments *arguments)
{
  const WeftCatalogue *catalogue = weft_catalogue_get ();

  if (arguments->n_operands > 0)
    return weft_cli_refuse (&weft_cli_list, "\"list\" takes no operands; \"describe\" tells of one workload");
  if (weft_cli_arguments_find (arguments, "json") != NULL)
    return print_json (catalogue);
  return print_text (catalogue);
}

static const WeftCliOption options[] = {
  { '\0', "json", NULL, "Write an array of objects with the members id, title, summary and group." },
  { 0 },
};

const WeftCliCommand weft_cli_list = {
  .name = "list",
  .synopsis = "[--json]",
  .summary = "Lists the workloads that can be run.",
  .options = options,
  .run = run,
};
