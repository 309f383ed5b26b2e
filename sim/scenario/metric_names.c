/*
 * The names of metrics in expectations, before anything runs: each must have one of the registry's
 * forms, `framework.FRAMEWORK.running`, and name frameworks and stores that there are. Roles and
 * resources must stand somewhere in the file; which of them a run gets to see (a role that was
 * never allocated anything has no share) is found when it is over.
 */
#include <string.h>

#include "base/near.h"
#include "scenario/scenario_internal.h"

#define WORD_MAX  32
#define NAMES_MAX 100 /* frameworks and stores that are tried for a near miss */

static gboolean is_same(const char *name, const char *text, size_t size)
{
    return strlen(name) == size && strncmp(name, text, size) == 0;
}

/* In metrics; several that were made alike (`count`) have one name. */
static const char *framework_name(const HfScenario *scenario, uint32_t i)
{
    const HfScenarioFramework *one = &scenario->frameworks.at[i];
    return one->group != NULL ? one->group : one->name;
}

/* ---- Whether a name stands somewhere in the file ---- */

static gboolean is_of_name(char c)
{
    return g_ascii_isalnum(c) || strchr("_-.", c) != NULL;
}

/* Whether `name` stands in `text` by itself. A role stands there with its sub-roles, too: "a" in
 * "a/b", where "b" does not. */
static gboolean holds_name(const char *text, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        gboolean begins = at == text || !(is_of_name(at[-1]) || at[-1] == '/');
        if (begins && (at[size] == '\0' || !is_of_name(at[size]))) return TRUE;
    }
    return FALSE;
}

static gboolean tree_holds(const HfNode *node, const char *name)
{
    if (node == NULL) return FALSE;
    if (node->kind == HF_NODE_SCALAR) return holds_name(node->text, name);
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == HF_NODE_MAPPING && holds_name(node->keys[i]->text, name)) return TRUE;
        if (tree_holds(node->items[i], name)) return TRUE;
    }
    return FALSE;
}

static gboolean any_holds(const HfNode *root, const char *const *keys, const char *name)
{
    for (; *keys != NULL; keys++)
        if (tree_holds(hf_node__get(root, *keys), name)) return TRUE;
    return FALSE;
}

/* What agents are started with, and what restarts give them. Traces tell of no other resources. */
static gboolean is_resource(const HfMetricNames *names, const char *name)
{
    static const char *const keys[] = {"agents", "agent", "failures", NULL};
    static const char *const traced[] = {"cpus", "mem", "disk", "gpus", NULL};
    for (uint32_t i = 0; i < names->scenario->agents.count; i++)
        if (names->scenario->agents.at[i].resources == NULL && g_strv_contains(traced, name))
            return TRUE;
    return any_holds(names->root, keys, name);
}

static gboolean is_role(const HfMetricNames *names, const char *name)
{
    static const char *const keys[] = {"roles",    "frameworks", "agents", "agent",
                                       "failures", "operators",  NULL};
    if (strcmp(name, "*") == 0 || any_holds(names->root, keys, name)) return TRUE;
    for (uint32_t i = 0; i < names->scenario->frameworks.count; i++) {
        const HfScenarioFramework *one = &names->scenario->frameworks.at[i];
        if (one->role == NULL || strchr(one->role, '{') == NULL) continue;
        for (int64_t k = 0; k < one->count; k++) { /* "h{index}" */
            const char *why;
            g_autofree char *role = hf_template__expand(one->role, (uint64_t)k, &why);
            if (role != NULL && holds_name(role, name)) return TRUE;
        }
    }
    return FALSE;
}

/* ---- Forms ---- */

/* Whether `text` of `size` bytes may stand for the word in capitals. */
static gboolean may_stand(const HfMetricNames *names, const char *word, const char *text,
                          size_t size)
{
    const HfScenario *scenario = names->scenario;
    g_autofree char *name = g_strndup(text, size);
    if (strcmp(word, "RESOURCE") == 0) return is_resource(names, name);
    if (strcmp(word, "ROLE") == 0) return is_role(names, name);
    gboolean is_framework = strcmp(word, "FRAMEWORK") == 0;
    if (!is_framework && strcmp(word, "STORE") != 0) return TRUE;
    uint32_t count = is_framework ? scenario->frameworks.count : scenario->stores.count;
    for (uint32_t i = 0; i < count; i++)
        if (is_same(is_framework ? framework_name(scenario, i) : scenario->stores.at[i].name, text,
                    size))
            return TRUE;
    return FALSE;
}

/* Whether `name` has this form; a word in capitals stands for one letter or more. */
static gboolean has_form(const HfMetricNames *names, const char *pattern, const char *name)
{
    while (*pattern != '\0' && !g_ascii_isupper(*pattern))
        if (*pattern++ != *name++) return FALSE;
    if (*pattern == '\0') return *name == '\0';
    char word[WORD_MAX];
    size_t length = 0;
    for (; g_ascii_isupper(*pattern); pattern++) {
        HF_ASSERT(length + 1 < WORD_MAX);
        word[length++] = *pattern;
    }
    word[length] = '\0';
    for (size_t size = 1; size <= strlen(name); size++)
        if (has_form(names, pattern, name + size) && may_stand(names, word, name, size))
            return TRUE;
    return FALSE;
}

static gboolean is_known(const HfMetricNames *names, const char *name)
{
    for (const char *const *pattern = names->patterns; *pattern != NULL; pattern++)
        if (has_form(names, *pattern, name)) return TRUE;
    return FALSE;
}

/* ---- What may have been meant ---- */

static void add_replaced(GPtrArray *names, const char *pattern, const char *word, const char *by)
{
    const char *at = strstr(pattern, word);
    g_ptr_array_add(
        names, g_strdup_printf("%.*s%s%s", (int)(at - pattern), pattern, by, at + strlen(word)));
}

/* Every way to fill in one word of the patterns that have it; those patterns go. */
static GPtrArray *fill_in(GPtrArray *patterns, const char *word, const GPtrArray *by)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint p = 0; p < patterns->len; p++) {
        const char *pattern = patterns->pdata[p];
        if (strstr(pattern, word) == NULL)
            g_ptr_array_add(names, g_strdup(pattern));
        else
            for (guint i = 0; i < by->len; i++) add_replaced(names, pattern, word, by->pdata[i]);
    }
    g_ptr_array_unref(patterns);
    return names;
}

/* The names of metrics that are likely, NULL-terminated. */
static GPtrArray *likely_names(const HfMetricNames *of)
{
    const HfScenario *scenario = of->scenario;
    static const char *const resources[] = {"cpus", "mem", "disk", "gpus"};
    g_autoptr(GPtrArray) frameworks = g_ptr_array_new(), roles = g_ptr_array_new(),
                         stores = g_ptr_array_new(), kinds = g_ptr_array_new(),
                         numbers = g_ptr_array_new();
    for (uint32_t i = 0; i < scenario->frameworks.count && frameworks->len < NAMES_MAX; i++) {
        if (i > 0 && scenario->frameworks.at[i].entry == scenario->frameworks.at[i - 1].entry)
            continue;
        g_ptr_array_add(frameworks, (char *)framework_name(scenario, i));
        const char *role = scenario->frameworks.at[i].role;
        if (role != NULL && strchr(role, '{') == NULL) g_ptr_array_add(roles, (char *)role);
    }
    for (uint32_t i = 0; i < MIN(scenario->roles.count, NAMES_MAX); i++)
        g_ptr_array_add(roles, (char *)scenario->roles.at[i].name);
    for (uint32_t i = 0; i < MIN(scenario->stores.count, NAMES_MAX); i++)
        g_ptr_array_add(stores, (char *)scenario->stores.at[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(resources); i++)
        if (is_resource(of, resources[i])) g_ptr_array_add(kinds, (char *)resources[i]);
    g_ptr_array_add(numbers, (char *)".1.");
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *pattern = of->patterns; *pattern != NULL; pattern++)
        g_ptr_array_add(names, g_strdup(*pattern));
    names = fill_in(names, "RESOURCE", kinds);
    names = fill_in(names, "FRAMEWORK", frameworks);
    names = fill_in(names, "STORE", stores);
    names = fill_in(names, "ROLE", roles);
    names = fill_in(names, ".N.", numbers);
    g_ptr_array_add(names, NULL);
    return names;
}

/* ---- Checking ---- */

/* The metric of this arm that a name means; NULL: that of another arm. */
static const char *own_name(const HfScenario *scenario, const char *const *arms, const char *name)
{
    for (; arms != NULL && *arms != NULL; arms++) {
        size_t length = strlen(*arms);
        if (strncmp(name, *arms, length) != 0 || name[length] != '.') continue;
        return g_strcmp0(scenario->arm, *arms) == 0 ? name + length + 1 : NULL;
    }
    return name;
}

gboolean hf_metric_names__check(const HfMetricNames *names, const HfNode *list, const char *path,
                                const HfExpect *const *expects, HfComplaints *complaints)
{
    gboolean is_good = TRUE;
    for (uint32_t i = 0; names->patterns != NULL && expects[i] != NULL; i++) {
        for (const char *const *name = hf_expect_names(expects[i]); *name != NULL; name++) {
            const char *own = own_name(names->scenario, names->arms, *name);
            if (own == NULL || is_known(names, own)) continue;
            g_autofree char *at = g_strdup_printf("%s[%u]", path, i);
            g_autoptr(GPtrArray) likely = likely_names(names);
            const char *near = hf_near_find(own, (const char *const *)likely->pdata);
            is_good = hf_complain(complaints, list->items[i], at, "unknown metric \"%s\"%s%s%s",
                                  own, near != NULL ? "; did you mean \"" : "",
                                  near != NULL ? near : "; `holdfast list metrics` shows all",
                                  near != NULL ? "\"?" : "");
        }
    }
    return is_good;
}
