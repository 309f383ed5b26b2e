/* What stores and those who use them must say of each other; see validate.c. */
#include <string.h>

#include "base/near.h"
#include "scenario/scenario_internal.h"

static uint32_t find_store(const HfScenario *scenario, const char *name)
{
    uint32_t s = 0;
    while (s < scenario->stores.count && strcmp(scenario->stores.at[s].name, name) != 0) s++;
    return s;
}

static void complain_unknown(HfComplaints *complaints, const HfNode *node, const char *path,
                             const char *what, const char *name, const char *const *known)
{
    const char *near = hf_near_find(name, known);
    if (near != NULL)
        hf_complain(complaints, node, path, "no %s is called \"%s\"; did you mean \"%s\"?", what,
                    name, near);
    else
        hf_complain(complaints, node, path, "no %s is called \"%s\"", what, name);
}

/* One `store:` of a framework, or of one of its kinds. */
static void check_use(const HfNode *node, const char *path, const HfScenario *scenario,
                      uint32_t framework, HfComplaints *complaints)
{
    if (node == NULL || node->kind != HF_NODE_SCALAR) return;
    uint32_t s = find_store(scenario, node->text);
    if (s == scenario->stores.count) {
        g_autofree const char **names = g_new0(const char *, scenario->stores.count + 1);
        for (uint32_t i = 0; i < scenario->stores.count; i++)
            names[i] = scenario->stores.at[i].name;
        complain_unknown(complaints, node, path, "store", node->text, names);
    }
    const char *user = scenario->frameworks.at[framework].name;
    for (uint32_t i = 0; i < scenario->stores.count; i++)
        if (g_strcmp0(scenario->stores.at[i].framework, user) == 0)
            hf_complain(complaints, node, path,
                        "it runs the store \"%s\", and cannot keep its own data in one",
                        scenario->stores.at[i].name);
}

/* Each `store:` of a list of a framework's: its kinds of instances, or apps. */
static void check_parts(const HfNode *entry, const char *name, const HfScenario *scenario,
                        uint32_t framework, HfComplaints *complaints)
{
    const HfNode *list = hf_node__get(entry, name);
    if (list == NULL || list->kind != HF_NODE_SEQUENCE) return;
    for (uint32_t i = 0; i < list->count; i++) {
        g_autofree char *path = g_strdup_printf("frameworks[%u].%s[%u].store", framework, name, i);
        if (list->items[i]->kind == HF_NODE_MAPPING)
            check_use(hf_node__get(list->items[i], "store"), path, scenario, framework, complaints);
    }
}

static void check_uses(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints)
{
    const HfNode *list = hf_node__get(root, "frameworks");
    for (uint32_t f = 0; f < scenario->frameworks.count; f++) {
        g_autofree char *path = g_strdup_printf("frameworks[%u].store", f);
        check_use(hf_node__get(list->items[f], "store"), path, scenario, f, complaints);
        check_parts(list->items[f], "kinds", scenario, f, complaints);
        check_parts(list->items[f], "apps", scenario, f, complaints);
    }
}

static void check_provider(const HfNode *entry, const HfScenario *scenario, uint32_t s,
                           HfComplaints *complaints)
{
    const char *name = scenario->stores.at[s].framework;
    const HfNode *node = hf_node__get(entry, "framework");
    g_autofree char *path = g_strdup_printf("stores[%u].framework", s);
    g_autofree const char **names = g_new0(const char *, scenario->frameworks.count + 1);
    for (uint32_t f = 0; f < scenario->frameworks.count; f++) {
        const HfScenarioFramework *framework = &scenario->frameworks.at[f];
        names[f] = framework->name;
        if (strcmp(framework->name, name) != 0) continue;
        if (framework->count > 1)
            hf_complain(complaints, node, path, "\"%s\" stands for %" G_GINT64_FORMAT " frameworks",
                        name, (gint64)framework->count);
        return;
    }
    complain_unknown(complaints, node, path, "framework", name, names);
}

void hf_validate__stores(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints)
{
    const HfNode *list = hf_node__get(root, "stores");
    for (uint32_t s = 0; s < scenario->stores.count; s++) {
        const HfNode *entry = list->items[s];
        if (find_store(scenario, scenario->stores.at[s].name) < s) {
            g_autofree char *path = g_strdup_printf("stores[%u].name", s);
            hf_complain(complaints, hf_node__get(entry, "name"), path,
                        "another entry is called \"%s\", too", scenario->stores.at[s].name);
        }
        if (scenario->stores.at[s].framework != NULL)
            check_provider(entry, scenario, s, complaints);
    }
    check_uses(root, scenario, complaints);
}
