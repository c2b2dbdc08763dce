/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small catalogue with a parameter of every type and a rule of every kind.
 */
#pragma once

#define PARAMETER(name, type, rest) \
  "{\"name\":\"" name "\",\"title\":\"T\",\"help\":\"H.\",\"type\":\"" type "\"," rest "}"

static const char sample_catalogue[] =
    "{\"version\":1,\"workloads\":[{"
    "\"id\":\"pool\",\"title\":\"Pool\",\"summary\":\"more tasks than workers\",\"group\":\"Pools\","
    "\"see\":\"Look.\",\"task_noun\":\"task\",\"task_names\":null,"
    "\"parameters\":["
    PARAMETER ("workers", "integer", "\"unit\":null,\"minimum\":1,\"maximum\":256,\"default\":0,\"default_per_core\":1")
    "," PARAMETER ("min-ms", "integer", "\"unit\":\"ms\",\"minimum\":0,\"maximum\":3600000,\"default\":0")
    "," PARAMETER ("max-ms", "integer", "\"unit\":\"ms\",\"minimum\":0,\"maximum\":3600000,\"default\":3000")
    "," PARAMETER ("skew", "number", "\"minimum\":0,\"maximum\":1,\"default\":0.8")
    "," PARAMETER ("order", "choice", "\"choices\":[\"fifo\",\"lifo\",\"shortest\"],\"default\":\"fifo\"")
    "," PARAMETER ("note", "string", "\"default\":\"\"")
    "," PARAMETER ("durations-ms", "integer-list",
                   "\"unit\":\"ms\",\"minimum\":0,\"maximum\":5000,\"max_elements\":5,\"default\":\"\"")
    "," PARAMETER ("values", "string-list", "\"max_elements\":3,\"default\":\"A,B\"")
    "," PARAMETER ("seed", "integer", "\"minimum\":0,\"maximum\":9007199254740991,\"default\":1")
    "," PARAMETER ("cores", "integer", "\"minimum\":1,\"maximum\":1024,\"default\":0,\"default_per_core\":1")
    "],"
    "\"presets\":["
    "{\"name\":\"article\",\"title\":\"A\",\"help\":\"H.\","
    "\"values\":{\"workers\":\"4\",\"durations-ms\":\"1410,270,140,860,1910\"}},"
    "{\"name\":\"slow\",\"title\":\"S\",\"help\":\"H.\",\"values\":{\"min-ms\":\"4000\"}}],"
    "\"rules\":["
    "{\"kind\":\"follows\",\"first\":\"min-ms\",\"second\":\"max-ms\"},"
    "{\"kind\":\"at-most\",\"first\":\"min-ms\",\"second\":\"max-ms\"},"
    "{\"kind\":\"overrides\",\"first\":\"durations-ms\",\"second\":\"min-ms\"}],"
    "\"results\":[{\"name\":\"makespan_s\",\"title\":\"Makespan\",\"unit\":\"s\",\"help\":\"H.\"},"
    "{\"name\":\"efficiency\",\"title\":\"Efficiency\",\"unit\":\"%\",\"help\":\"H.\"}],"
    "\"lines\":[\"Run task {task} ({id})...\"]},"
    "{\"id\":\"queue\",\"title\":\"Queue\",\"summary\":\"s\",\"group\":\"Pools\",\"see\":\"S\",\"task_noun\":\"item\","
    "\"task_names\":\"values\",\"parameters\":["
    PARAMETER ("values", "string-list", "\"max_elements\":10,\"default\":\"A,B,C\"")
    "],\"presets\":[],\"rules\":[],\"results\":[],\"lines\":[]}]}";

#undef PARAMETER
