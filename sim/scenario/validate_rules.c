/*
 * What Mesos demands of the parts of a scenario together: quota (master/quota.cpp, validate), and
 * what the era does not have (resource/era.h), each at the key that asks for it. That guarantees
 * fit into the cluster is checked when its machines are known, by the world.
 */
#include <string.h>

#include "resource/quantities.h"
#include "scenario/scenario_internal.h"

const HfNode *hf_validate__role_node(const HfNode *root, const HfScenarioRole *role,
                                     const char *key)
{
    const HfNode *entry = hf_node__get(hf_node__get(root, "roles"), role->name);
    const HfNode *value = hf_node__get(entry, key);
    return value ? value : entry;
}

/* ---- Quota ---- */

static void complain_of_role(const HfNode *root, const HfScenarioRole *role, const char *key,
                             HfComplaints *complaints, const char *why)
{
    g_autofree char *path = g_strdup_printf("roles.%s.%s", role->name, key);
    hf_complain(complaints, hf_validate__role_node(root, role, key), path, "%s", why);
}

/* The first kind of which more is guaranteed than the limit allows, as a sentence; or NULL. */
static char *above_limit(const HfCatalog *catalog, const HfQuantities *guarantees,
                         const HfLimits *limits)
{
    const HfQuantity *at = hf_quantities_entries(guarantees);
    for (uint32_t i = 0; i < guarantees->count; i++) {
        int64_t limit;
        char more[HF_MILLI_TEXT_SIZE], less[HF_MILLI_TEXT_SIZE];
        if (!hf_limits_get(limits, at[i].kind, &limit) || at[i].milli <= limit) continue;
        return g_strdup_printf("guarantees %s %s, above the limit of %s",
                               hf_milli_print(at[i].milli, more), catalog->kind[at[i].kind].name,
                               hf_milli_print(limit, less));
    }
    return NULL;
}

static void check_amounts(const HfNode *root, const HfScenarioRole *role, HfComplaints *complaints)
{
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    if (role->guarantee != NULL &&
        !hf_quantities_parse(catalog, role->guarantee, &guarantees, NULL))
        HF_ASSERT(!"a guarantee that was checked already");
    if (role->limit != NULL && !hf_limits_parse(catalog, role->limit, &limits, &error))
        complain_of_role(root, role, "limit", complaints, error->message);
    else if ((why = above_limit(catalog, &guarantees, &limits)) != NULL)
        complain_of_role(root, role, "guarantee", complaints, why);
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
}

void hf_validate__quota(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints)
{
    for (uint32_t i = 0; i < scenario->roles.count; i++) {
        const HfScenarioRole *role = &scenario->roles.at[i];
        const char *key = role->guarantee ? "guarantee" : role->limit ? "limit" : NULL;
        if (key == NULL) continue;
        if (strchr(role->name, '/') != NULL)
            complain_of_role(root, role, key, complaints,
                             "quota is for top-level roles alone (MESOS-7402)");
        else if (scenario->master.offer_scope == HF_OFFER_CELL)
            complain_of_role(root, role, key, complaints,
                             "quota needs master.offer_scope agent: offers of the whole cell know "
                             "none");
        else
            check_amounts(root, role, complaints);
    }
}

/* ---- Regions ---- */

void hf_validate__regions(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints)
{
    const HfNode *list = hf_node__get(root, "agents");
    if (scenario->master.region != NULL) return;
    for (uint32_t i = 0; i < scenario->agents.count; i++) {
        if (scenario->agents.at[i].region == NULL) continue;
        g_autofree char *path = g_strdup_printf("agents[%u].region", i);
        hf_complain(complaints, hf_node__get(list->items[i], "region"), path,
                    "the master has no region (master.region), and then refuses agents of one");
    }
}

/* ---- Era ---- */

typedef struct EraCheck {
    const HfNode *root;
    const HfScenario *scenario;
    HfComplaints *complaints;
} EraCheck;

/* Complain at `node` unless the era has the rule; `format` makes the path. */
static void G_GNUC_PRINTF(4, 5)
    need(const EraCheck *check, HfEraRule rule, const HfNode *node, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    if (hf_era_check(check->scenario->era, rule, &error)) return;
    va_list args;
    va_start(args, format);
    g_autofree char *path = g_strdup_vprintf(format, args);
    va_end(args);
    hf_complain(check->complaints, node, path, "%s", error->message);
}

static const HfNode *master_node(const EraCheck *check, const char *key)
{
    const HfNode *master = hf_node__get(check->root, "master");
    const HfNode *value = hf_node__get(master, key);
    return value ? value : master;
}

static void check_master(const EraCheck *check)
{
    const HfScenarioMaster *master = &check->scenario->master;
    const struct {
        const char *key;
        HfEraRule rule;
        gboolean is_asked;
    } flags[] = {
        {"role_sorter", HF_RULE_RANDOM_SORTER, master->role_sorter != HF_SCENARIO_SORTER_DRF},
        {"framework_sorter", HF_RULE_RANDOM_SORTER,
         master->framework_sorter != HF_SCENARIO_SORTER_DRF},
        {"min_allocatable_resources", HF_RULE_MIN_ALLOCATABLE,
         g_strcmp0(master->min_allocatable_resources, "cpus:0.01|mem:32") != 0},
        {"agent_ping_timeout", HF_RULE_PING_FLAGS,
         master->agent_ping_timeout != 15 * HF_NS_PER_SECOND},
        {"max_agent_ping_timeouts", HF_RULE_PING_FLAGS, master->max_agent_ping_timeouts != 5},
        {"region", HF_RULE_REGIONS, master->region != NULL},
        {"fair_sharing_excluded_resource_names", HF_RULE_FAIRNESS_EXCLUSION,
         master->fair_sharing_excluded_resource_names != NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (flags[i].is_asked)
            need(check, flags[i].rule, master_node(check, flags[i].key), "master.%s", flags[i].key);
}

static void check_roles(const EraCheck *check)
{
    for (uint32_t i = 0; i < check->scenario->roles.count; i++) {
        const HfScenarioRole *role = &check->scenario->roles.at[i];
        const HfNode *root = check->root;
        if (strchr(role->name, '/') != NULL)
            need(check, HF_RULE_HIERARCHICAL_ROLES, hf_validate__role_node(root, role, "weight"),
                 "roles.%s", role->name);
        if (role->guarantee != NULL)
            need(check, HF_RULE_QUOTA, hf_validate__role_node(root, role, "guarantee"),
                 "roles.%s.guarantee", role->name);
        if (role->limit != NULL)
            need(check,
                 hf_era_has(check->scenario->era, HF_RULE_QUOTA) ? HF_RULE_QUOTA_LIMITS
                                                                 : HF_RULE_QUOTA,
                 hf_validate__role_node(root, role, "limit"), "roles.%s.limit", role->name);
    }
}

static void check_agents(const EraCheck *check)
{
    const HfNode *list = hf_node__get(check->root, "agents");
    for (uint32_t i = 0; i < check->scenario->agents.count; i++)
        if (check->scenario->agents.at[i].region != NULL)
            need(check, HF_RULE_REGIONS, hf_node__get(list->items[i], "region"),
                 "agents[%u].region", i);
}

static void check_capabilities(const EraCheck *check, uint32_t framework_ix)
{
    const HfNode *entry = hf_node__get(check->root, "frameworks")->items[framework_ix];
    const HfNode *list = hf_node__get(entry, "capabilities");
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        g_autoptr(GError) error = NULL;
        if (hf_era_check_capability(check->scenario->era, list->items[i]->text, &error)) continue;
        g_autofree char *path = g_strdup_printf("frameworks[%u].capabilities[%u]", framework_ix, i);
        hf_complain(check->complaints, list->items[i], path, "%s", error->message);
    }
}

static void check_frameworks(const EraCheck *check)
{
    for (uint32_t i = 0; i < check->scenario->frameworks.count; i++) {
        const HfScenarioFramework *framework = &check->scenario->frameworks.at[i];
        const HfNode *entry = hf_node__get(check->root, "frameworks")->items[i];
        const HfNode *roles = hf_node__get(entry, "roles");
        if (framework->role != NULL && strchr(framework->role, '/') != NULL)
            need(check, HF_RULE_HIERARCHICAL_ROLES, hf_node__get(entry, "role"),
                 "frameworks[%u].role", i);
        if (framework->roles != NULL)
            need(check, HF_RULE_MULTI_ROLE, roles, "frameworks[%u].roles", i);
        for (uint32_t r = 0; framework->roles != NULL && framework->roles[r] != NULL; r++)
            if (strchr(framework->roles[r], '/') != NULL)
                need(check, HF_RULE_HIERARCHICAL_ROLES, roles->items[r], "frameworks[%u].roles[%u]",
                     i, r);
        if (framework->min_allocatable_resources != NULL)
            need(check, HF_RULE_FRAMEWORK_MINIMUM, hf_node__get(entry, "min_allocatable_resources"),
                 "frameworks[%u].min_allocatable_resources", i);
        if (framework->offer_constraints != NULL)
            need(check, HF_RULE_OFFER_CONSTRAINTS, hf_node__get(entry, "offer_constraints"),
                 "frameworks[%u].offer_constraints", i);
        check_capabilities(check, i);
    }
}

void hf_validate__era(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints)
{
    EraCheck check = {root, scenario, complaints};
    check_master(&check);
    check_roles(&check);
    check_agents(&check);
    check_frameworks(&check);
}
