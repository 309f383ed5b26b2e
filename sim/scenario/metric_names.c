/*
 * The names of metrics in expectations, before anything runs: each must have one of the registry's
 * forms, `framework.FRAMEWORK.running`, and name frameworks and stores that there are. What depends
 * on the run (a role that never got anything has no share) is found when it is over.
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

/* Whether `text` of `size` bytes may stand for the word in capitals. */
static gboolean may_stand(const HfScenario *scenario, const char *word, const char *text,
                          size_t size)
{
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
static gboolean has_form(const HfScenario *scenario, const char *pattern, const char *name)
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
        if (may_stand(scenario, word, name, size) && has_form(scenario, pattern, name + size))
            return TRUE;
    return FALSE;
}

static gboolean is_known(const HfScenario *scenario, const char *const *patterns, const char *name)
{
    for (; *patterns != NULL; patterns++)
        if (has_form(scenario, *patterns, name)) return TRUE;
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
static GPtrArray *likely_names(const HfScenario *scenario, const char *const *patterns)
{
    static const char *const resources[] = {"cpus", "mem", "disk", "gpus"};
    g_autoptr(GPtrArray) frameworks = g_ptr_array_new(), roles = g_ptr_array_new(),
                         stores = g_ptr_array_new(), kinds = g_ptr_array_new(),
                         numbers = g_ptr_array_new();
    for (uint32_t i = 0; i < scenario->frameworks.count && frameworks->len < NAMES_MAX; i++) {
        if (i > 0 && scenario->frameworks.at[i].entry == scenario->frameworks.at[i - 1].entry)
            continue;
        g_ptr_array_add(frameworks, (char *)framework_name(scenario, i));
        if (scenario->frameworks.at[i].role != NULL)
            g_ptr_array_add(roles, (char *)scenario->frameworks.at[i].role);
    }
    for (uint32_t i = 0; i < MIN(scenario->roles.count, NAMES_MAX); i++)
        g_ptr_array_add(roles, (char *)scenario->roles.at[i].name);
    for (uint32_t i = 0; i < MIN(scenario->stores.count, NAMES_MAX); i++)
        g_ptr_array_add(stores, (char *)scenario->stores.at[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(resources); i++)
        g_ptr_array_add(kinds, (char *)resources[i]);
    g_ptr_array_add(numbers, (char *)".1.");
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (; *patterns != NULL; patterns++) g_ptr_array_add(names, g_strdup(*patterns));
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
            if (own == NULL || is_known(names->scenario, names->patterns, own)) continue;
            g_autofree char *at = g_strdup_printf("%s[%u]", path, i);
            g_autoptr(GPtrArray) likely = likely_names(names->scenario, names->patterns);
            const char *near = hf_near_find(own, (const char *const *)likely->pdata);
            is_good = hf_complain(complaints, list->items[i], at, "unknown metric \"%s\"%s%s%s",
                                  own, near != NULL ? "; did you mean \"" : "",
                                  near != NULL ? near : "; `holdfast list metrics` shows all",
                                  near != NULL ? "\"?" : "");
        }
    }
    return is_good;
}
