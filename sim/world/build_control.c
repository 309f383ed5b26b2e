/* Building a world: roles, the allocator and the master, from the keys of the scenario. */
#include "base/assert.h"
#include "world/world_internal.h"

/* ---- building: roles ---- */

gboolean hf_world__intern_role(HfWorld *world, const char *path, HfRoleId *role_out, GError **error)
{
    GError *inner = NULL;
    if (hf_role_intern(world->catalog, path, role_out, &inner)) return TRUE;
    return hf_world__fail(error, path, inner);
}

static void set_weights(HfWorld *world, HfAllocator *allocator)
{
    const HfScenario *scenario = world->scenario;
    for (uint32_t r = 0; r < scenario->roles.count; r++)
        hf_allocator_weight_set(allocator, hf_world__now(world),
                                hf_role_find(world->catalog, scenario->roles.at[r].name),
                                scenario->roles.at[r].weight);
}

/* Policy static: which role owns host `i` of the `n` hosts in its group. A role owns the groups
 * that it names, and a fraction of each group that no role names: the first so many hosts, role by
 * role in the order of the file. */
static HfRoleId owner_of(const HfWorld *world, const char *group, uint32_t i, uint32_t n,
                         const HfRoleId *roles)
{
    const HfScenario *scenario = world->scenario;
    for (uint32_t r = 0; r < scenario->roles.count; r++) {
        const char **names = scenario->roles.at[r].agents;
        if (names && g_strv_contains((const gchar *const *)names, group)) return roles[r];
    }
    double before = 0, here = ((double)i + 0.5) / (double)n;
    for (uint32_t r = 0; r < scenario->roles.count; r++) {
        before += scenario->roles.at[r].partition;
        if (scenario->roles.at[r].partition > 0 && here < before) return roles[r];
    }
    return HF_ROLE_NONE;
}

gboolean hf_world__build_roles(HfWorld *world, GError **error)
{
    const HfScenario *scenario = world->scenario;
    g_autofree HfRoleId *roles = g_new0(HfRoleId, scenario->roles.count + 1);
    for (uint32_t r = 0; r < scenario->roles.count; r++)
        if (!hf_world__intern_role(world, scenario->roles.at[r].name, &roles[r], error))
            return FALSE;
    set_weights(world, hf_master_allocator(world->master));
    if (!hf_world__build_quotas(world, roles, error) || !hf_world__build_whitelist(world, error))
        return FALSE;
    world->domains = g_new0(HfDomain, scenario->agents.count + 1);
    for (uint32_t g = 0; g < scenario->agents.count; g++)
        world->domains[g] = (HfDomain){scenario->agents.at[g].region, scenario->agents.at[g].zone};
    g_autofree uint32_t *size = g_new0(uint32_t, scenario->agents.count);
    g_autofree uint32_t *seen = g_new0(uint32_t, scenario->agents.count);
    for (uint32_t h = 0; h < world->host_count; h++) size[world->hosts[h].group]++;
    for (uint32_t h = 0; h < world->host_count; h++) {
        HfHost *host = &world->hosts[h];
        const char *group = scenario->agents.at[host->group].name;
        HfRoleId owner = owner_of(world, group, seen[host->group]++, size[host->group], roles);
        hf_agent_init(&host->agent, &world->agent_config, h, host->name, host->total,
                      host->attributes, owner);
        if (world->domains[host->group].region != NULL)
            hf_agent_set_domain(&host->agent, &world->domains[host->group]);
        host->agent.entity = hf_stream_entity(host->name);
    }
    return TRUE;
}

/* ---- building: master ---- */

static gboolean build_minimum(HfWorld *world, HfAllocatorConfig *config, GError **error)
{
    const char *text = world->scenario->master.min_allocatable_resources;
    config->min_allocatable_count = 0;
    if (text == NULL) return TRUE;
    g_auto(GStrv) sets = g_strsplit(text, "|", -1);
    config->min_allocatable = g_new0(HfQuantities, g_strv_length(sets) + 1);
    for (guint i = 0; sets[i]; i++) {
        GError *inner = NULL;
        if (!hf_quantities_parse(world->catalog, sets[i], &config->min_allocatable[i], &inner))
            return hf_world__fail(error, "master.min_allocatable_resources", inner);
        config->min_allocatable_count++;
    }
    return TRUE;
}

static void build_exclusions(HfWorld *world, HfAllocatorConfig *config)
{
    const char **names = world->scenario->master.fair_sharing_excluded_resource_names;
    if (names == NULL) return;
    config->fairness_excluded = g_new0(HfKindId, g_strv_length((gchar **)names) + 1);
    for (uint32_t i = 0; names[i]; i++)
        config->fairness_excluded[config->fairness_excluded_count++] =
            hf_kind_intern(world->catalog, names[i], HF_TYPE_SCALAR);
}

static void configure_master(const HfWorld *world, HfMasterConfig *config)
{
    const HfScenarioMaster *keys = &world->scenario->master;
    hf_master_config_init(config);
    config->acls = world->acls;
    config->roles = world->listed_roles;
    config->role_count = world->listed_role_count;
    config->allocation_interval = keys->allocation_interval;
    config->offer_timeout = keys->offer_timeout;
    config->agent_ping_timeout = keys->agent_ping_timeout;
    config->max_agent_ping_timeouts = (uint32_t)keys->max_agent_ping_timeouts;
    config->agent_reregister_timeout = keys->agent_reregister_timeout;
    if (keys->agent_removal_rate_limit > 0)
        config->agent_removal_interval = hf_time_from_seconds(1 / keys->agent_removal_rate_limit);
    config->explicit_heartbeats = keys->heartbeats == HF_HEARTBEATS_EXPLICIT;
    config->seed = world->scenario->seed;
    if (hf_law_mean(&keys->registry_latency) > 0) config->registry_latency = keys->registry_latency;
    config->registry_store_timeout = keys->registry_store_timeout;
    config->registry_gc_interval = keys->registry_gc_interval;
    config->registry_limits =
        (HfRegistryLimits){keys->registry_max_agent_age, (uint32_t)keys->registry_max_agent_count};
    config->recovery_agent_removal_limit = keys->recovery_agent_removal_limit;
}

/* Errors: NULL: the key that is wrong. */
static HfAllocator *new_allocator(HfWorld *world, GError **error)
{
    const HfScenarioMaster *keys = &world->scenario->master;
    HfAllocatorConfig config;
    hf_allocator_config_init(&config);
    config.interval = keys->allocation_interval;
    config.policy = keys->policy.library ? keys->policy.library : hf_policy_find(keys->policy.name);
    config.role_sorter =
        keys->role_sorter == HF_SCENARIO_SORTER_RANDOM ? HF_SORTER_RANDOM : HF_SORTER_DRF;
    config.framework_sorter =
        keys->framework_sorter == HF_SCENARIO_SORTER_RANDOM ? HF_SORTER_RANDOM : HF_SORTER_DRF;
    config.agent_order =
        keys->agent_order == HF_AGENTS_SORTED ? HF_AGENT_ORDER_SORTED : HF_AGENT_ORDER_SHUFFLED;
    config.offer_scope =
        keys->offer_scope == HF_OFFER_CELL ? HF_OFFER_SCOPE_CELL : HF_OFFER_SCOPE_AGENT;
    config.filter_gpu_resources = keys->filter_gpu_resources;
    config.region = keys->region;
    config.era = world->scenario->era;
    hf_stream_init(&config.stream, world->scenario->seed, "allocator", world->reign);
    gboolean good = build_minimum(world, &config, error);
    build_exclusions(world, &config);
    HfAllocator *allocator = good ? hf_allocator_new(world->catalog, &config) : NULL;
    for (uint32_t i = 0; i < config.min_allocatable_count; i++)
        hf_quantities_clear(&config.min_allocatable[i]);
    g_free(config.min_allocatable);
    g_free(config.fairness_excluded);
    return allocator;
}

HfAllocator *hf_world__new_allocator(HfWorld *world)
{
    HfAllocator *allocator = new_allocator(world, NULL);
    HF_ASSERT(allocator != NULL); /* it was built once from the same keys */
    set_weights(world, allocator);
    hf_world__set_whitelist(world, allocator);
    return allocator;
}

gboolean hf_world__build_master(HfWorld *world, GError **error)
{
    if (!hf_world__build_acls(world, world->scenario->master.acls, error) ||
        !hf_world__build_role_list(world, error))
        return FALSE;
    HfAllocator *allocator = new_allocator(world, error);
    if (allocator == NULL) return FALSE;
    HfMasterConfig config;
    configure_master(world, &config);
    world->master = hf_master_new(world->catalog, allocator, &config);
    return TRUE;
}
