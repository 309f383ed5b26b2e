/* `holdfast list WHAT`: the names a scenario may use, each with a line on what it means. */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "resource/era.h"
#include "resource/quirks.h"
#include "scenario/reference.h"
#include "scenario/scenario.h"
#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/paths.h"
#include "tools/registry.h"
#include "world/metrics.h"

#define CELL_WIDTH_MAX 34 /* one long cell must not push a whole column out of sight */

/* A table being printed: rows of texts under fixed column names. */
typedef struct List {
    const char *const *columns; /* NULL-terminated; the last one may be long */
    GPtrArray *cells;           /* char *, row after row; NULL stands for nothing */
} List;

static void add_row(List *list, ...)
{
    va_list cells;
    va_start(cells, list);
    for (size_t i = 0; list->columns[i] != NULL; i++)
        g_ptr_array_add(list->cells, g_strdup(va_arg(cells, const char *)));
    va_end(cells);
}

static const char *cell_at(const List *list, guint i)
{
    return list->cells->pdata[i] != NULL ? list->cells->pdata[i] : "-";
}

static void print_text(const List *list, guint width)
{
    HF_ASSERT(width > 0);
    g_autofree glong *widths = g_new0(glong, width);
    for (guint i = 0; i < list->cells->len; i++) {
        glong size = g_utf8_strlen(cell_at(list, i), -1);
        if (size <= CELL_WIDTH_MAX) widths[i % width] = MAX(widths[i % width], size);
    }
    for (guint i = 0; i < list->cells->len; i++) {
        const char *cell = cell_at(list, i);
        glong blanks = MAX(0, widths[i % width] - g_utf8_strlen(cell, -1));
        if (i % width == width - 1)
            printf("%s\n", cell);
        else
            printf("%s%*s  ", cell, (int)blanks, "");
    }
}

static void print_json(const List *list, guint width)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_array(json);
    for (guint row = 0; row < list->cells->len; row += width) {
        json_builder_begin_object(json);
        for (guint i = 0; i < width; i++)
            hf_json_string(json, list->columns[i], list->cells->pdata[row + i]);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    hf_json_print(json);
}

/* Up to and without its first full stop that ends a sentence; newly allocated. */
static char *first_sentence(const char *text)
{
    const char *end = strstr(text, ". ");
    size_t size = end != NULL ? (size_t)(end - text) : strlen(text);
    if (size > 0 && text[size - 1] == '.') size--;
    return g_strndup(text, size);
}

static gboolean list_models(List *list, GError **error)
{
    for (int family = 0; family < HF_MODEL_FAMILIES; family++) {
        const HfModelKeys *const *model = hf_registry_models(family);
        for (; *model != NULL; model++) {
            g_autofree char *help = first_sentence((*model)->help);
            add_row(list, (*model)->name, hf_model_family_name(family), help);
        }
    }
    return TRUE;
}

static gboolean list_policies(List *list, GError **error)
{
    HfRegistry registry;
    hf_registry_init(&registry);
    for (const char *const *name = registry.policies; *name != NULL; name++) {
        g_autofree char *help = first_sentence(hf_registry_policy_help(*name));
        add_row(list, *name, help);
    }
    return TRUE;
}

static gboolean list_metrics(List *list, GError **error)
{
    for (const HfMetricKind *kind = hf_metric_kinds; kind->pattern != NULL; kind++)
        add_row(list, kind->pattern, kind->unit, kind->help);
    return TRUE;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean list_scenarios(List *list, GError **error)
{
    g_autofree char *folder = hf_paths_find("scenarios", error);
    if (folder == NULL) return FALSE;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    if (dir == NULL) return FALSE;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        if (g_str_has_suffix(name, ".yaml")) g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, by_name);

    HfRegistry registry;
    hf_registry_init(&registry);
    g_auto(GStrv) trace_dirs = hf_paths_trace_dirs();
    HfScenarioOptions options = {.registry = &registry.scenario,
                                 .trace_dirs = (const char *const *)trace_dirs};
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *stem = g_strndup(names->pdata[i], strlen(names->pdata[i]) - 5);
        g_autoptr(GError) why = NULL;
        g_autoptr(HfScenarioSet) set = hf_scenario_load(path, &options, NULL, &why);
        /* A scenario whose trace is not on this machine is still there to be listed. */
        if (set == NULL) hf_cli_note("%s", why->message);
        add_row(list, stem, set != NULL && set->question != NULL ? set->question : NULL);
    }
    hf_registry_clear(&registry);
    return TRUE;
}

typedef struct KeyVisit {
    List *list;
    const HfScenarioRegistry *registry;
} KeyVisit;

static void add_key(const char *path, const HfKey *key, void *data)
{
    KeyVisit *visit = data;
    g_autofree char *type = hf_key_type_text(key, visit->registry);
    g_autofree char *help = first_sentence(key->help != NULL ? key->help : "");
    add_row(visit->list, path, type, key->is_required ? "required" : key->fallback, help);
}

static gboolean list_keys(List *list, GError **error)
{
    HfRegistry registry;
    hf_registry_init(&registry);
    KeyVisit visit = {list, &registry.scenario};
    hf_scenario_keys_each(&registry.scenario, add_key, &visit);
    return TRUE;
}

static gboolean list_eras(List *list, GError **error)
{
    for (int rule = 0; rule < HF_RULES; rule++) {
        const HfEraRuleInfo *info = &hf_era_rules[rule];
        g_autofree char *effect = g_strconcat(info->after, " Before: ", info->before, NULL);
        add_row(list, info->name, hf_era_name(info->since), info->release, info->source, effect);
    }
    return TRUE;
}

static gboolean list_quirks(List *list, GError **error)
{
    for (const HfQuirkInfo *quirk = hf_quirks; quirk->name != NULL; quirk++) {
        g_autofree char *effect = g_strconcat(quirk->documented, " Strict: ", quirk->strict, NULL);
        add_row(list, quirk->name, quirk->source, effect);
    }
    return TRUE;
}

typedef struct Kind {
    const char *name;
    const char *const *columns;
    gboolean (*fill)(List *list, GError **error);
} Kind;

static const char *const model_columns[] = {"name", "family", "help", NULL};
static const char *const name_columns[] = {"name", "help", NULL};
static const char *const scenario_columns[] = {"name", "question", NULL};
static const char *const metric_columns[] = {"metric", "unit", "help", NULL};
static const char *const key_columns[] = {"key", "type", "default", "help", NULL};

static const char *const era_columns[] = {"rule", "era", "mesos", "source", "effect", NULL};
static const char *const quirk_columns[] = {"quirk", "source", "effect", NULL};

static const Kind kinds[] = {
    {"models", model_columns, list_models},
    {"policies", name_columns, list_policies},
    {"scenarios", scenario_columns, list_scenarios},
    {"metrics", metric_columns, list_metrics},
    {"keys", key_columns, list_keys},
    {"eras", era_columns, list_eras},
    {"quirks", quirk_columns, list_quirks},
};

static int print_kind(const Kind *kind, const HfGlobals *globals)
{
    GError *error = NULL;
    List list = {kind->columns, g_ptr_array_new_with_free_func(g_free)};
    gboolean ok = kind->fill(&list, &error);
    guint width = 0;
    while (kind->columns[width] != NULL) width++;
    if (ok && globals->format == HF_FORMAT_JSON) print_json(&list, width);
    if (ok && globals->format == HF_FORMAT_TEXT) print_text(&list, width);
    g_ptr_array_unref(list.cells);
    return ok ? HF_EXIT_OK : hf_cli_fail(HF_EXIT_FAILURE, error);
}

static int run(int argc, char **argv)
{
    HfGlobals globals;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_list, argc, argv, NULL, &globals, &args, &code)) return code;
    if (g_strv_length(args) != 1)
        return hf_cli_usage_error(&hf_cmd_list, "expected one of: %s", hf_cmd_list.usage);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].name, args[0]) == 0) return print_kind(&kinds[i], &globals);
    }
    return hf_cli_usage_error(&hf_cmd_list, "cannot list '%s'; expected one of: %s", args[0],
                              hf_cmd_list.usage);
}

const HfCommand hf_cmd_list = {
    .name = "list",
    .summary = "list models, policies, scenarios, metrics, keys, eras or quirks",
    .usage = "models|policies|scenarios|metrics|keys|eras|quirks",
    .description =
        "Lists what a scenario may name, a line each: models of frameworks, failures and\n"
        "traces; allocation policies; the scenarios that come with the program; every key of\n"
        "a scenario file; what the eras of Mesos differ in (key era); or where its code does\n"
        "something else than its documents say (key master.quirks).",
    .run = run,
};
