/* `init` and the operations on agents. */
#include "tools/replay_internal.h"

#include <string.h>

static gboolean minimum_field(HfReplay *replay, GArray *out, GError **error)
{
    JsonNode *node = json_object_get_member(replay->line, "min_allocatable");
    if (node != NULL && JSON_NODE_HOLDS_NULL(node)) return TRUE;
    g_autoptr(JsonNode) standard = NULL;
    if (node == NULL) {
        standard = json_node_new(JSON_NODE_VALUE);
        json_node_set_string(standard, "cpus:0.01|mem:32");
        node = standard;
    }
    return hf_replay__alternatives(replay, node, out, error);
}

static gboolean sorter_field(HfReplay *replay, const char *name, HfSorterKind *kind_out,
                             GError **error)
{
    const char *text;
    if (!hf_replay__text(replay, name, FALSE, &text, error)) return FALSE;
    if (text == NULL || strcmp(text, "drf") == 0)
        *kind_out = HF_SORTER_DRF;
    else if (strcmp(text, "random") == 0)
        *kind_out = HF_SORTER_RANDOM;
    else
        return hf_replay__bad(error, name, "must be drf or random");
    return *kind_out == HF_SORTER_DRF || hf_era_check(replay->era, HF_RULE_RANDOM_SORTER, error);
}

gboolean hf_replay__op_init(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfAllocatorConfig config;
    hf_allocator_config_init(&config);
    config.agent_order = HF_AGENT_ORDER_SORTED;
    config.era = replay->era;
    g_autoptr(GArray) minimum = hf_replay__quantities_array();
    g_autoptr(GPtrArray) excluded = NULL;
    g_autofree char *region = NULL, *zone = NULL;
    if (!hf_replay__ms(replay, "allocation_interval_ms", FALSE, &config.interval, NULL, error) ||
        !hf_replay__ms(replay, "recovery_timeout_ms", FALSE, &config.recovery_timeout, NULL,
                       error) ||
        !hf_replay__number(replay, "agent_recovery_factor", FALSE, &config.agent_recovery_factor,
                           error) ||
        !hf_replay__flag(replay, "filter_gpu_resources", &config.filter_gpu_resources, error) ||
        !sorter_field(replay, "role_sorter", &config.role_sorter, error) ||
        !sorter_field(replay, "framework_sorter", &config.framework_sorter, error) ||
        !hf_replay__domain(replay, &region, &zone, error) ||
        !minimum_field(replay, minimum, error) ||
        !hf_replay__texts(replay, "fairness_exclude", &excluded, error))
        return FALSE;
    if (config.interval <= 0)
        return hf_replay__bad(error, "allocation_interval_ms", "must be positive");
    for (guint i = 0; i < excluded->len; i++)
        if (*(const char *)g_ptr_array_index(excluded, i) == '\0')
            return hf_replay__bad(error, "fairness_exclude", "must not hold empty names");
    g_autofree HfKindId *kinds = g_new0(HfKindId, excluded->len + 1);
    for (guint i = 0; i < excluded->len; i++)
        kinds[i] = hf_kind_intern(replay->catalog, g_ptr_array_index(excluded, i), HF_TYPE_SCALAR);
    config.region = region;
    config.min_allocatable = (HfQuantities *)(gpointer)minimum->data;
    config.min_allocatable_count = minimum->len;
    config.fairness_excluded = kinds;
    config.fairness_excluded_count = excluded->len;
    replay->allocator = hf_allocator_new(replay->catalog, &config);
    replay->interval = config.interval;
    replay->next_batch = config.interval;
    hf_allocator_batch_armed(replay->allocator);
    return TRUE;
}

/* ---- Agents ---- */

static const HfReplayCapability agent_capabilities[] = {
    {"MULTI_ROLE", HF_AGENT_CAPABILITY_MULTI_ROLE},
    {"HIERARCHICAL_ROLE", HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE},
    {"RESERVATION_REFINEMENT", HF_AGENT_CAPABILITY_RESERVATION_REFINEMENT},
    {"RESOURCE_PROVIDER", 0},
    {"RESIZE_VOLUME", 0},
    {"AGENT_OPERATION_FEEDBACK", 0},
    {"AGENT_DRAINING", 0},
    {"TASK_RESOURCE_LIMITS", 0},
    {NULL, 0}};

static gboolean agent_spec(HfReplay *replay, HfAgentSpec *spec, HfAttributes *attributes,
                           char **region, char **zone, GError **error)
{
    const char *text;
    if (!hf_replay__text(replay, "hostname", FALSE, &spec->hostname, error) ||
        !hf_replay__text(replay, "attributes", FALSE, &text, error) ||
        !hf_replay__capabilities(replay, agent_capabilities, &spec->capabilities, error) ||
        !hf_replay__domain(replay, region, zone, error))
        return FALSE;
    if (text != NULL) {
        if (!hf_attributes_parse(replay->catalog, text, attributes, error)) return FALSE;
        spec->attributes = attributes;
    }
    spec->region = *region;
    spec->zone = *zone;
    return TRUE;
}

gboolean hf_replay__op_add_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    if (!hf_replay__known(replay, replay->agents, "id", &agent, error)) return FALSE;
    HfAgentSpec spec = {.name = hf_intern_name(replay->agents, agent),
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE,
                        .unavailable_duration = HF_TIME_NEVER};
    HfResources total = {0};
    HfAttributes attributes = {0};
    g_autofree char *region = NULL, *zone = NULL;
    HfReplayUsed used;
    hf_replay__used_init(replay, &used);
    gboolean done =
        hf_replay__resources(replay, "resources", &total, error) &&
        agent_spec(replay, &spec, &attributes, &region, &zone, error) &&
        hf_replay__ms(replay, "start_ms", FALSE, &spec.unavailable_start, &spec.has_unavailability,
                      error) &&
        hf_replay__ms(replay, "duration_ms", FALSE, &spec.unavailable_duration, NULL, error) &&
        hf_replay__used(replay, &used, agent, UINT32_MAX, error);
    if (done) {
        spec.total = &total;
        done = hf_replay__status_ok(
            hf_allocator_agent_add(replay->allocator, replay->now, agent, &spec,
                                   (const HfHolding *)(gpointer)used.holdings->data,
                                   used.holdings->len),
            error);
    }
    hf_replay__used_clear(&used);
    hf_resources_clear(replay->catalog, &total);
    hf_attributes_clear(replay->catalog, &attributes);
    return done;
}

gboolean hf_replay__op_update_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    if (!hf_replay__known(replay, replay->agents, "id", &agent, error)) return FALSE;
    HfAgentSpec spec = {.capabilities = HF_AGENT_CAPABILITIES_KEEP, .owner = HF_ROLE_NONE};
    HfResources total = {0};
    HfAttributes attributes = {0};
    g_autofree char *region = NULL, *zone = NULL;
    gboolean has_total = hf_replay__field(replay, "resources") != NULL;
    gboolean done = (!has_total || hf_replay__resources(replay, "resources", &total, error)) &&
                    agent_spec(replay, &spec, &attributes, &region, &zone, error);
    if (done) {
        spec.total = has_total ? &total : NULL;
        done = hf_replay__status_ok(
            hf_allocator_agent_update(replay->allocator, replay->now, agent, &spec), error);
    }
    hf_resources_clear(replay->catalog, &total);
    hf_attributes_clear(replay->catalog, &attributes);
    return done;
}

gboolean hf_replay__op_remove_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    return hf_replay__row_op(replay, replay->agents, hf_allocator_agent_remove, error);
}

gboolean hf_replay__op_activate_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    return hf_replay__row_op(replay, replay->agents, hf_allocator_agent_activate, error);
}

gboolean hf_replay__op_deactivate_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    return hf_replay__row_op(replay, replay->agents, hf_allocator_agent_deactivate, error);
}
