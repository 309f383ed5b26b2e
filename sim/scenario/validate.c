/*
 * Rules between parts of one scenario: names, partitions (quota and era: validate_rules.c). They
 * run on a scenario whose every key is good, with the tree at hand to point at the place.
 */
#include <string.h>

#include "base/near.h"
#include "scenario/scenario_internal.h"

#define AGENTS_MAX 10000000 /* in all groups together */

typedef struct Validator {
    const HfNode *root;
    const HfScenario *scenario;
    HfComplaints *complaints;
} Validator;

/* The value of list[i].key; the entry itself when the key is not written. */
static const HfNode *entry_node(const Validator *v, const char *list, uint32_t i, const char *key)
{
    const HfNode *entry = hf_node__get(v->root, list)->items[i];
    const HfNode *value = hf_node__get(entry, key);
    return value ? value : entry;
}

static void check_unique(const Validator *v, GHashTable *seen, const char *list, uint32_t i,
                         const char *name)
{
    if (g_hash_table_add(seen, (gpointer)name)) return;
    g_autofree char *path = g_strdup_printf("%s[%u].name", list, i);
    hf_complain(v->complaints, entry_node(v, list, i, "name"), path,
                "another entry is called \"%s\", too", name);
}

/* Whether `name` is what one of `count` frameworks called `group` will be called: group-7. */
static gboolean is_one_of(const char *name, const char *group, int64_t count)
{
    size_t length = strlen(group);
    guint64 number = 0;
    if (strncmp(name, group, length) != 0 || name[length] != '-') return FALSE;
    const char *digits = name + length + 1;
    if (*digits == '0' && digits[1] != '\0') return FALSE;
    return g_ascii_string_to_unsigned(digits, 10, 0, (guint64)count - 1, &number, NULL);
}

static void check_template(const Validator *v, uint32_t framework_ix, const char *key,
                           const char *text)
{
    const char *why = NULL;
    if (text == NULL || strchr(text, '{') == NULL) return;
    g_autofree char *expanded = hf_template__expand(text, 0, &why);
    if (expanded != NULL) return;
    g_autofree char *path = g_strdup_printf("frameworks[%u].%s", framework_ix, key);
    hf_complain(v->complaints, entry_node(v, "frameworks", framework_ix, key), path, "%s", why);
}

/* Names that `count` makes are nobody else's, and there are not too many. */
static void check_framework_counts(const Validator *v)
{
    int64_t total = 0;
    for (uint32_t i = 0; i < v->scenario->frameworks.count; i++) {
        const HfScenarioFramework *group = &v->scenario->frameworks.at[i];
        total += group->count;
        check_template(v, i, "role", group->role);
        check_template(v, i, "principal", group->principal);
        if (total > HF_FRAMEWORKS_MAX) {
            g_autofree char *path = g_strdup_printf("frameworks[%u].count", i);
            hf_complain(v->complaints, entry_node(v, "frameworks", i, "count"), path,
                        "more than %d frameworks in all", HF_FRAMEWORKS_MAX);
            return;
        }
        for (uint32_t j = 0; group->count > 1 && j < v->scenario->frameworks.count; j++) {
            const HfScenarioFramework *other = &v->scenario->frameworks.at[j];
            if (j == i || !is_one_of(other->name, group->name, group->count)) continue;
            g_autofree char *path = g_strdup_printf("frameworks[%u].name", j);
            hf_complain(v->complaints, entry_node(v, "frameworks", j, "name"), path,
                        "one of the %" G_GINT64_FORMAT " called \"%s\" has this name, too",
                        (gint64)group->count, group->name);
        }
    }
}

static void check_names(const Validator *v)
{
    g_autoptr(GHashTable) agents = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) frameworks = g_hash_table_new(g_str_hash, g_str_equal);
    for (uint32_t i = 0; i < v->scenario->agents.count; i++)
        check_unique(v, agents, "agents", i, v->scenario->agents.at[i].name);
    for (uint32_t i = 0; i < v->scenario->frameworks.count; i++)
        check_unique(v, frameworks, "frameworks", i, v->scenario->frameworks.at[i].name);
    check_framework_counts(v);
}

static void check_agent_counts(const Validator *v)
{
    int64_t total = 0;
    for (uint32_t i = 0; i < v->scenario->agents.count; i++) {
        const HfScenarioAgents *group = &v->scenario->agents.at[i];
        const HfNode *entry = hf_node__get(v->root, "agents")->items[i];
        const HfNode *count = hf_node__get(entry, "count");
        g_autofree char *path = g_strdup_printf("agents[%u].count", i);
        if (group->trace.format.model != NULL) {
            if (count != NULL)
                hf_complain(v->complaints, count, path,
                            "the trace says how many machines there "
                            "are");
            continue;
        }
        total += group->count;
        if (total <= AGENTS_MAX) continue;
        hf_complain(v->complaints, entry_node(v, "agents", i, "count"), path,
                    "more than %d agents in all", AGENTS_MAX);
        return;
    }
}

static const char *const *group_names(const HfScenario *scenario)
{
    const char **names = g_new0(const char *, scenario->agents.count + 1);
    for (uint32_t i = 0; i < scenario->agents.count; i++) names[i] = scenario->agents.at[i].name;
    return names;
}

static void check_groups_of_role(const Validator *v, const HfScenarioRole *role,
                                 const char *const *known, GHashTable *owner)
{
    for (uint32_t i = 0; role->agents != NULL && role->agents[i] != NULL; i++) {
        const char *group = role->agents[i];
        const HfNode *list = hf_validate__role_node(v->root, role, "agents");
        g_autofree char *path = g_strdup_printf("roles.%s.agents[%u]", role->name, i);
        g_autofree char *quoted = hf_text__quoted(group);
        const char *near = hf_near_find(group, known);
        const char *other = g_hash_table_lookup(owner, group);
        if (g_strv_contains(known, group)) {
            if (other != NULL)
                hf_complain(v->complaints, list->items[i], path, "role %s owns %s, too", other,
                            quoted);
            g_hash_table_replace(owner, (gpointer)group, (gpointer)role->name);
        } else if (near != NULL) {
            hf_complain(v->complaints, list->items[i], path,
                        "no group of agents is called %s; did you mean \"%s\"?", quoted, near);
        } else {
            hf_complain(v->complaints, list->items[i], path, "no group of agents is called %s",
                        quoted);
        }
    }
}

/* Shares and groups are checked under every policy, so that a file is right for all its arms. */
static void check_partitions(const Validator *v)
{
    g_autoptr(GHashTable) owner = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree const char *const *known = group_names(v->scenario);
    double sum = 0;
    for (uint32_t i = 0; i < v->scenario->roles.count; i++) {
        const HfScenarioRole *role = &v->scenario->roles.at[i];
        check_groups_of_role(v, role, known, owner);
        sum += role->partition;
    }
    if (sum > 1 + 1e-9)
        hf_complain(v->complaints, hf_node__get(v->root, "roles"), "roles",
                    "the partitions add up to %.15g, more than 1", sum);
}

static gboolean owns_agents(const HfScenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < scenario->roles.count; i++) {
        const HfScenarioRole *role = &scenario->roles.at[i];
        if (strcmp(role->name, name) == 0)
            return role->partition > 0 || (role->agents != NULL && role->agents[0] != NULL);
    }
    return FALSE;
}

static void check_owner(const Validator *v, uint32_t framework_ix, const char *key,
                        const char *role)
{
    if (owns_agents(v->scenario, role)) return;
    g_autofree char *path = g_strdup_printf("frameworks[%u].%s", framework_ix, key);
    g_autofree char *quoted = hf_text__quoted(role);
    hf_complain(v->complaints, entry_node(v, "frameworks", framework_ix, key), path,
                "role %s owns no agents under policy static: give it a partition or agents",
                quoted);
}

static void check_static(const Validator *v)
{
    if (strcmp(v->scenario->master.policy.name, "static") != 0) return;
    for (uint32_t i = 0; i < v->scenario->frameworks.count; i++) {
        const HfScenarioFramework *framework = &v->scenario->frameworks.at[i];
        if (framework->role != NULL) check_owner(v, i, "role", framework->role);
        for (uint32_t r = 0; framework->roles != NULL && framework->roles[r] != NULL; r++)
            check_owner(v, i, "roles", framework->roles[r]);
    }
}

/* The master would refuse a framework of another role: it would never run. */
static void check_listed_role(const Validator *v, uint32_t framework_ix, const char *key,
                              const char *role)
{
    const gchar *const *listed = (const gchar *const *)v->scenario->master.roles;
    if (strchr(role, '{') != NULL) { /* of several frameworks: each has its own */
        for (uint32_t k = 0; k < (uint64_t)v->scenario->frameworks.at[framework_ix].count; k++) {
            const char *why;
            g_autofree char *one = hf_template__expand(role, k, &why);
            if (one == NULL) return; /* told elsewhere */
            check_listed_role(v, framework_ix, key, one);
        }
        return;
    }
    if (strcmp(role, "*") == 0 || g_strv_contains(listed, role)) return;
    g_autofree char *path = g_strdup_printf("frameworks[%u].%s", framework_ix, key);
    g_autofree char *quoted = hf_text__quoted(role);
    hf_complain(v->complaints, entry_node(v, "frameworks", framework_ix, key), path,
                "role %s is not among master.roles: nobody may use it", quoted);
}

static void check_listed(const Validator *v)
{
    if (v->scenario->master.roles == NULL) return;
    for (uint32_t i = 0; i < v->scenario->frameworks.count; i++) {
        const HfScenarioFramework *framework = &v->scenario->frameworks.at[i];
        if (framework->role != NULL) check_listed_role(v, i, "role", framework->role);
        for (uint32_t r = 0; framework->roles != NULL && framework->roles[r] != NULL; r++)
            check_listed_role(v, i, "roles", framework->roles[r]);
    }
}

gboolean hf_validate__scenario(const HfNode *root, const HfScenario *scenario,
                               HfComplaints *complaints)
{
    Validator v = {.root = root, .scenario = scenario, .complaints = complaints};
    guint before = complaints->texts->len;
    check_names(&v);
    check_agent_counts(&v);
    hf_validate__quota(root, scenario, complaints);
    hf_validate__regions(root, scenario, complaints);
    hf_validate__stores(root, scenario, complaints);
    hf_validate__era(root, scenario, complaints);
    check_partitions(&v);
    check_static(&v);
    check_listed(&v);
    return complaints->texts->len == before;
}
