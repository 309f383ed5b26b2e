/* `holdfast list WHAT`: the names a scenario may use, each with a line on what it means. */
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "base/assert.h"
#include "base/near.h"
#include "models/frameworks/service/variants.h"
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

static void print_cell(const char *cell, glong column, gboolean is_last)
{
    glong blanks = MAX(0, column - g_utf8_strlen(cell, -1));
    if (is_last)
        printf("%s\n", cell);
    else
        printf("%s%*s  ", cell, (int)blanks, "");
}

/* The names of the columns in capitals, and the rows under them. */
static void print_text(const List *list, guint width)
{
    HF_ASSERT(width > 0);
    g_autofree glong *widths = g_new0(glong, width);
    for (guint i = 0; i < width; i++) widths[i] = (glong)strlen(list->columns[i]);
    for (guint i = 0; i < list->cells->len; i++) {
        glong size = g_utf8_strlen(cell_at(list, i), -1);
        if (size <= CELL_WIDTH_MAX) widths[i % width] = MAX(widths[i % width], size);
    }
    for (guint i = 0; i < width; i++) {
        g_autofree char *heading = g_ascii_strup(list->columns[i], -1);
        print_cell(heading, widths[i], i == width - 1);
    }
    for (guint i = 0; i < list->cells->len; i++)
        print_cell(cell_at(list, i), widths[i % width], i % width == width - 1);
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

/* Up to and without its first full stop that ends a sentence, which three dots do not; newly
 * allocated. */
static char *first_sentence(const char *text)
{
    const char *end = strstr(text, ". ");
    while (end != NULL && end > text && end[-1] == '.') end = strstr(end + 1, ". ");
    size_t size = end != NULL ? (size_t)(end - text) : strlen(text);
    if (size > 0 && text[size - 1] == '.' && !g_str_has_suffix(text, "...")) size--;
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

static gboolean list_scenarios(List *list, GError **error)
{
    g_autofree char *folder = hf_paths_find("scenarios", error);
    if (folder == NULL) return FALSE;
    g_auto(GStrv) names = hf_paths_scenarios(folder, error);
    if (names == NULL) return FALSE;
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *file = g_strconcat(*name, ".yaml", NULL);
        g_autofree char *path = g_build_filename(folder, file, NULL);
        g_autofree char *question = hf_scenario_question(path);
        add_row(list, *name, question);
    }
    return TRUE;
}

typedef struct KeyVisit {
    List *list;
    const HfScenarioRegistry *registry;
    const char *model; /* only keys of this model; NULL = all */
} KeyVisit;

/* Is this "frameworks[MODEL].key", or of another family? */
static gboolean is_of_model(const char *path, const char *model)
{
    const char *open = strchr(path, '['), *close = open != NULL ? strchr(open, ']') : NULL;
    size_t size = strlen(model);
    return close != NULL && close[1] == '.' && (size_t)(close - open - 1) == size &&
           strncmp(open + 1, model, size) == 0;
}

static void add_key(const char *path, const HfKey *key, void *data)
{
    KeyVisit *visit = data;
    if (visit->model != NULL && !is_of_model(path, visit->model)) return;
    g_autofree char *type = hf_key_type_text(key, visit->registry);
    g_autofree char *help = first_sentence(key->help != NULL ? key->help : "");
    add_row(visit->list, path, type, key->is_required ? "required" : key->fallback, help);
}

static gboolean list_keys(List *list, GError **error)
{
    HfRegistry registry;
    hf_registry_init(&registry);
    KeyVisit visit = {list, &registry.scenario, NULL};
    hf_scenario_keys_each(&registry.scenario, add_key, &visit);
    return TRUE;
}

static char *quantity(double value, gboolean is_shown)
{
    return is_shown ? g_strdup_printf("%g", value) : g_strdup("-");
}

static char *patience_text(HfTime wait)
{
    char buffer[32];
    return g_strdup(wait == HF_FOR_EVER ? "forever" : hf_time_print(wait, buffer, sizeof buffer));
}

/* The parameters of each kind of instance of each variant. */
static gboolean list_services(List *list, GError **error)
{
    for (int v = 0; v < HF_VARIANTS; v++) {
        const HfVariant *variant = &hf_variants[v];
        for (const HfNodeRules *node = variant->nodes; node->name != NULL; node++) {
            g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)node->count);
            g_autofree char *cpus = quantity((double)node->cpus / 1000, TRUE);
            g_autofree char *mem = quantity((double)node->mem / 1000, TRUE);
            g_autofree char *disk = quantity((double)node->disk / 1000, node->disk > 0);
            g_autofree char *replicas = quantity((double)node->replicas, node->data > 0);
            g_autofree char *quorum = quantity((double)node->quorum, TRUE);
            g_autofree char *wait = patience_text(node->same_wait);
            g_autofree char *failover = patience_text(variant->framework.failover_timeout);
            add_row(list, variant->model, variant->name, node->name, count, cpus, mem, disk,
                    hf_data_place_name((HfDataPlace)node->place),
                    hf_identity_name((HfIdentity)node->identity), wait, replicas, quorum, failover,
                    variant->source);
        }
    }
    return TRUE;
}

/* "task, agent": what data there outlives. */
static char *outlives(const HfStorageInfo *info)
{
    static const char *const names[] = {"task", "agent", "reboot", "agent id", "host"};
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if ((info->outlives >> i & 1) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", names[i]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What a store stands for that says no more than its kind. */
static char *defaults_of(const HfStoreRules *rules)
{
    g_autofree char *setup = patience_text(rules->setup);
    g_autofree char *attach = patience_text(rules->attach);
    g_autofree char *detach = patience_text(rules->detach);
    g_autofree char *fence = patience_text(rules->fence);
    return g_strdup_printf("servers %" G_GINT64_FORMAT ", spares %" G_GINT64_FORMAT
                           ", replicas %" G_GINT64_FORMAT
                           ", %g MB/s, setup %s, attach %s, detach %s, fence %s, %s",
                           (gint64)rules->servers, (gint64)rules->spares, (gint64)rules->replicas,
                           (double)rules->bandwidth / 1000, setup, attach, detach, fence,
                           rules->on_outage == HF_ON_OUTAGE_HANG ? "hang" : "fail");
}

static gboolean list_storage(List *list, GError **error)
{
    for (int k = 0; k < HF_STORAGE_KINDS; k++) {
        const HfStorageInfo *info = &hf_storage[k];
        g_autofree char *lives = outlives(info);
        g_autofree char *defaults = k >= HF_STORAGE_EXTERNAL ? defaults_of(&info->rules) : NULL;
        g_autofree char *effect =
            g_strconcat(info->help, " Bandwidth: ", info->bandwidth, ". Down: ", info->outage,
                        ". Isolation: ", info->isolation, ".", NULL);
        add_row(list, info->key, info->accounted, lives,
                hf_storage_cleaning_name((HfStorageCleaning)info->rules.cleaning), defaults,
                effect);
    }
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

static gboolean list_invariants(List *list, GError **error)
{
    for (const HfInvariantInfo *info = hf_invariants; info->id != NULL; info++)
        add_row(list, info->id, info->rule, info->where);
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

static const char *const service_columns[] = {
    "model",    "variant",   "kind",     "count",  "cpus",     "mem_mb", "disk_mb", "place",
    "identity", "same_wait", "replicas", "quorum", "failover", "source", NULL};
static const char *const storage_columns[] = {"key",      "accounted", "outlives", "cleaning",
                                              "defaults", "help",      NULL};
static const char *const era_columns[] = {"rule", "era", "mesos", "source", "effect", NULL};
static const char *const invariant_columns[] = {"id", "rule", "checked", NULL};
static const char *const quirk_columns[] = {"quirk", "source", "effect", NULL};

static const Kind kinds[] = {
    {"models", model_columns, list_models},
    {"services", service_columns, list_services},
    {"storage", storage_columns, list_storage},
    {"policies", name_columns, list_policies},
    {"scenarios", scenario_columns, list_scenarios},
    {"metrics", metric_columns, list_metrics},
    {"keys", key_columns, list_keys},
    {"eras", era_columns, list_eras},
    {"quirks", quirk_columns, list_quirks},
    {"invariants", invariant_columns, list_invariants},
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

/* The model of any family that may have been meant, or NULL; its name stays. */
static const char *near_model(const HfScenarioRegistry *registry, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (int family = 0; family < HF_MODEL_FAMILIES; family++)
        for (const HfModelKeys *const *model = registry->models[family]; model && *model; model++)
            g_ptr_array_add(names, (char *)(*model)->name);
    g_ptr_array_add(names, NULL);
    return hf_near_find(name, (const char *const *)names->pdata);
}

/* `holdfast list models --keys NAME`. */
static int print_keys_of(const char *model, const HfGlobals *globals)
{
    HfRegistry registry;
    hf_registry_init(&registry);
    List list = {key_columns, g_ptr_array_new_with_free_func(g_free)};
    KeyVisit visit = {&list, &registry.scenario, model};
    gboolean is_known = FALSE;
    for (int family = 0; family < HF_MODEL_FAMILIES; family++)
        is_known |= hf_registry_find(&registry.scenario, (HfModelFamily)family, model) != NULL;
    const char *near = is_known ? NULL : near_model(&registry.scenario, model);
    hf_scenario_keys_each(&registry.scenario, add_key, &visit);
    if (is_known && globals->format == HF_FORMAT_JSON) print_json(&list, 4);
    if (is_known && globals->format == HF_FORMAT_TEXT) print_text(&list, 4);
    g_ptr_array_unref(list.cells);
    hf_registry_clear(&registry);
    if (is_known) return HF_EXIT_OK;
    if (near == NULL)
        return hf_cli_usage_error(&hf_cmd_list,
                                  "there is no model '%s'; `holdfast list models` tells "
                                  "which there are",
                                  model);
    return hf_cli_usage_error(&hf_cmd_list, "there is no model '%s'; did you mean '%s'?", model,
                              near);
}

typedef struct ListFlags {
    char *model; /* NULL = not given */
} ListFlags;

static const HfOption options[] = {{"keys", 0, HF_OPTION_TEXT, "NAME",
                                    "with models: the keys of this one instead",
                                    offsetof(ListFlags, model)},
                                   {0}};

static int print(const ListFlags *flags, const HfGlobals *globals, char **args)
{
    if (g_strv_length(args) != 1)
        return hf_cli_usage_error(&hf_cmd_list, "expected one of: %s", hf_cmd_list.usage);
    if (flags->model != NULL && strcmp(args[0], "models") != 0)
        return hf_cli_usage_error(&hf_cmd_list, "--keys goes with models");
    if (flags->model != NULL) return print_keys_of(flags->model, globals);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].name, args[0]) == 0) return print_kind(&kinds[i], globals);
    }
    g_auto(GStrv) known = g_strsplit(hf_cmd_list.usage, "|", -1);
    const char *near = hf_near_find(args[0], (const char *const *)known);
    if (near != NULL)
        return hf_cli_usage_error(&hf_cmd_list, "cannot list '%s'; did you mean '%s'?", args[0],
                                  near);
    return hf_cli_usage_error(&hf_cmd_list, "cannot list '%s'; expected one of: %s", args[0],
                              hf_cmd_list.usage);
}

static int run(int argc, char **argv)
{
    HfGlobals globals;
    ListFlags flags = {0};
    char **args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_list, argc, argv, &flags, &globals, &args, &code)) return code;
    code = print(&flags, &globals, args);
    hf_cli_clear(&hf_cmd_list, &flags, args);
    return code;
}

const HfCommand hf_cmd_list = {
    .name = "list",
    .summary = "list models, services, storage, policies, scenarios, metrics, keys, eras, quirks "
               "or invariants",
    .usage = "models|services|storage|policies|scenarios|metrics|keys|eras|quirks|invariants",
    .description =
        "Lists what a scenario may name, a line each under a line of headings: models of\n"
        "frameworks, failures and traces, and with --keys NAME the keys of one; services as\n"
        "parameters of their models, each with its source; places for their data, what data\n"
        "outlives there, and what stores are by their kind; allocation policies; the\n"
        "scenarios that come with the program; metrics with their units; every key of a\n"
        "scenario file; what the eras of Mesos differ in (key era); where its code does\n"
        "something else than its documents say (key master.quirks); or what --audit checks.",
    .options = options,
    .run = run,
};
