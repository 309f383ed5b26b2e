/* What a file has happen after the end of each of its runs; see hf_scenario_late(). */
#include <string.h>

#include "scenario/scenario_internal.h"

static void add(GPtrArray *found, const HfScenario *scenario, char *path, HfTime at)
{
    char when[64];
    g_autofree char *name = path;
    if (at <= scenario->duration || at == HF_TIME_NEVER) return;
    g_ptr_array_add(found, g_strdup_printf("%s: %s is after the end", name,
                                           hf_time_print(at, when, sizeof when)));
}

/* When a failure first strikes, if its model has a key that says so; else 0. */
static HfTime strikes_at(const HfModelChoice *what)
{
    const HfKey *key = what->model != NULL ? hf_key_find(what->model->keys, "at") : NULL;
    if (key == NULL || key->type != HF_KEY_DURATION || what->config == NULL) return 0;
    HfTime at;
    memcpy(&at, (const char *)what->config + key->offset, sizeof at);
    return at;
}

static GPtrArray *late_in(const HfScenario *scenario)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < scenario->frameworks.count; i++) {
        const HfScenarioFramework *framework = &scenario->frameworks.at[i];
        if (framework->entry != last)
            add(found, scenario, g_strdup_printf("frameworks[%u].start", framework->entry),
                framework->start);
        last = framework->entry;
    }
    for (uint32_t i = 0; i < scenario->failures.count; i++)
        add(found, scenario, g_strdup_printf("failures[%u].at", i),
            strikes_at(&scenario->failures.at[i].what));
    for (uint32_t i = 0; i < scenario->operators.count; i++)
        add(found, scenario, g_strdup_printf("operators[%u].at", i), scenario->operators.at[i].at);
    return found;
}

GPtrArray *hf_scenario_late(const HfScenarioSet *set)
{
    GPtrArray *late = late_in(set->arms[0]);
    for (uint32_t a = 1; a < set->count && late->len > 0; a++) {
        g_autoptr(GPtrArray) other = late_in(set->arms[a]);
        for (guint i = late->len; i-- > 0;)
            if (!g_ptr_array_find_with_equal_func(other, late->pdata[i], g_str_equal, NULL))
                g_ptr_array_remove_index(late, i);
    }
    char end[64];
    hf_time_print(set->arms[0]->duration, end, sizeof end);
    for (guint i = 0; i < late->len; i++) {
        g_autofree char *text = late->pdata[i];
        g_autofree char *where = hf_scenario_where(set, text);
        late->pdata[i] =
            set->count > 1 ? g_strdup_printf("%s: %s of every arm", where, text)
                           : g_strdup_printf("%s: %s of the run, which is at %s", where, text, end);
    }
    return late;
}
