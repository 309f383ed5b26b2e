/*
 * Building a world from a scenario, and running it; see world.h. Hosts are built in build_hosts.c,
 * roles and master in build_control.c.
 */
#include "world/world.h"

#include <string.h>

#include "base/assert.h"
#include "world/world_internal.h"

/* ---- building: frameworks and faults ---- */

static uint32_t capabilities_of(uint32_t flags)
{
    static const struct {
        uint32_t scenario, allocator;
    } pairs[] = {
        {HF_FRAMEWORK_REVOCABLE_RESOURCES, HF_CAPABILITY_REVOCABLE_RESOURCES},
        {HF_FRAMEWORK_GPU_RESOURCES, HF_CAPABILITY_GPU_RESOURCES},
        {HF_FRAMEWORK_SHARED_RESOURCES, HF_CAPABILITY_SHARED_RESOURCES},
        {HF_FRAMEWORK_PARTITION_AWARE, HF_CAPABILITY_PARTITION_AWARE},
        {HF_FRAMEWORK_MULTI_ROLE, HF_CAPABILITY_MULTI_ROLE},
        {HF_FRAMEWORK_RESERVATION_REFINEMENT, HF_CAPABILITY_RESERVATION_REFINEMENT},
        {HF_FRAMEWORK_REGION_AWARE, HF_CAPABILITY_REGION_AWARE},
        {HF_FRAMEWORK_TASK_KILLING_STATE, HF_CAPABILITY_TASK_KILLING_STATE},
    };
    uint32_t capabilities = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (flags & pairs[i].scenario) capabilities |= pairs[i].allocator;
    return capabilities;
}

static gboolean build_guest(HfWorld *world, uint32_t row, GError **error)
{
    const HfScenarioFramework *keys = &world->scenario->frameworks.at[row];
    HfGuest *guest = &world->guests[row];
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    const char *single[] = {keys->role, NULL};
    for (const char **path = keys->roles ? keys->roles : single; *path; path++) {
        HfRoleId role;
        if (!hf_world__intern_role(world, *path, &role, error)) return FALSE;
        g_array_append_val(roles, role);
    }
    HfDriverConfig config = {.name = keys->name,
                             .principal = keys->principal,
                             .roles = (const HfRoleId *)(const void *)roles->data,
                             .role_count = roles->len,
                             .capabilities = capabilities_of(keys->capabilities),
                             .maintenance = (HfMaintenancePolicy)keys->maintenance,
                             .stops = {.time = &keys->stop_time,
                                       .entity = hf_stream_entity(keys->name),
                                       .has_grace = keys->kill_grace != HF_NO_KILL_POLICY,
                                       .grace = keys->kill_grace,
                                       .has_call_grace = keys->kill_call_grace != HF_NO_KILL_POLICY,
                                       .call_grace = keys->kill_call_grace},
                             .seed = world->scenario->seed};
    config.wishes = hf_world__build_wishes(world, row, &config, error);
    if (config.wishes == NULL) return FALSE;
    HfModelEnv env = {.catalog = world->catalog,
                      .seed = world->scenario->seed,
                      .principal = keys->principal,
                      .row = row,
                      .entity = hf_stream_entity(keys->name),
                      .name = keys->name,
                      .role = config.roles[0],
                      .duration = world->scenario->duration,
                      .era = world->scenario->era,
                      .world = world,
                      .choice = keys->model.model};
    GError *inner = NULL;
    guest->ops = (const HfFrameworkModel *)(const void *)keys->model.model;
    world->keeps_data |= guest->ops->data != NULL;
    guest->model = guest->ops->create(&env, keys->model.config, &inner);
    if (guest->model == NULL) {
        g_autofree char *where = g_strdup_printf("frameworks[%u] (%s)", keys->entry, keys->name);
        return hf_world__fail(error, where, inner);
    }
    HfModelDefaults defaults = {0};
    if (guest->ops->defaults) defaults = guest->ops->defaults(guest->model);
    config.failover_timeout =
        keys->failover_timeout == HF_AS_MODEL ? defaults.failover_timeout : keys->failover_timeout;
    config.checkpoint = keys->checkpoint == HF_CHECKPOINT_AS_MODEL
                            ? defaults.checkpoint
                            : keys->checkpoint == HF_CHECKPOINT_TRUE;
    guest->driver = hf_driver_new(row, &config, guest->ops->ops, guest->model);
    hf_stream_init(&guest->channel.latency, world->scenario->seed, "latency-framework", env.entity);
    hf_engine_at(world->engine, keys->start, world->kind.framework_start, row, 0);
    return TRUE;
}

static const char *fault_name(const HfWorld *world, uint32_t row)
{
    const HfScenarioFailure *keys = &world->scenario->failures.at[row];
    return keys->name ? keys->name : keys->what.model->name;
}

static gboolean build_fault(HfWorld *world, uint32_t row, GError **error)
{
    const HfScenarioFailure *keys = &world->scenario->failures.at[row];
    HfFault *fault = &world->faults[row];
    uint32_t twins = 0; /* before it, with the same name: most have none but their model's */
    for (uint32_t i = 0; i < row; i++)
        if (strcmp(fault_name(world, i), fault_name(world, row)) == 0) twins++;
    HfModelEnv env = {.catalog = world->catalog,
                      .seed = world->scenario->seed,
                      .row = row,
                      .entity = hf_stream_entity(fault_name(world, row)) + twins,
                      .name = fault_name(world, row),
                      .role = HF_ROLE_STAR,
                      .duration = world->scenario->duration};
    GError *inner = NULL;
    fault->ops = (const HfFailureModel *)(const void *)keys->what.model;
    fault->model = fault->ops->create(world, &env, keys->what.config, &inner);
    if (fault->model == NULL) {
        g_autofree char *where = g_strdup_printf("failures[%u]", row);
        return hf_world__fail(error, where, inner);
    }
    hf_engine_at(world->engine, 0, world->kind.fault_start, row, 0);
    return TRUE;
}

/* Is there a link with a latency of its own? */
static gboolean has_own_latencies(const HfScenario *scenario)
{
    gboolean found = FALSE;
    for (uint32_t g = 0; g < scenario->agents.count; g++)
        found |= scenario->agents.at[g].latency.kind != NULL;
    for (uint32_t f = 0; f < scenario->frameworks.count; f++)
        found |= scenario->frameworks.at[f].latency.kind != NULL;
    return found;
}

static void build_network(HfWorld *world)
{
    const HfLaw *law = &world->scenario->network.latency;
    world->constant_latency = HF_TIME_NEVER;
    if (law->kind == hf_law_kind_find("constant") && !has_own_latencies(world->scenario) &&
        world->scenario->network.loss == 0) {
        world->constant_latency = hf_time_from_seconds(hf_law_mean(law));
        return;
    }
    world->latency = g_new(HfStream, world->host_count);
    for (uint32_t h = 0; h < world->host_count; h++)
        hf_stream_init(&world->latency[h], world->scenario->seed, "latency-agent",
                       hf_stream_entity(world->hosts[h].name));
}

/* ---- events of the world itself ---- */

static void on_framework_start(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    hf_driver_start(world->guests[event->target].driver, event->now, &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_FRAMEWORK, event->target});
}

static void on_host_start(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfHost *host = &world->hosts[event->target];
    if (host->agent.state == HF_AGENT_DOWN && host->is_up && host->is_agent_up)
        hf_world__start_agent(world, event->target);
}

static void on_fault_start(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfFault *fault = &world->faults[event->target];
    fault->ops->start(fault->model, world);
}

static void on_fault_timer(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfFault *fault = &world->faults[event->target];
    hf_stall__count(world);
    fault->ops->timer(fault->model, world, (uint32_t)event->arg2, event->arg);
}

static void on_record(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    hf_recorder_tick(world->recorder, event->now);
    if (event->now < world->scenario->duration)
        hf_engine_at(world->engine, hf_recorder_next_tick(world->recorder), world->kind.record, 0,
                     0);
}

static void register_kinds(HfWorld *world)
{
    hf_world__register_transport(world);
    hf_world__register_retries(world);
    hf_world__register_executor(world);
    hf_world__register_starts(world);
    hf_world__register_operators(world);
    hf_world__register_faults(world);
    hf_world__register_data(world);
    hf_world__register_masters(world);
    hf_world__register_links(world);
    hf_world__register_disks(world);
    hf_world__register_stores(world);
    HfEngine *engine = world->engine;
    world->kind.framework_start =
        hf_engine_register(engine, "framework-start", on_framework_start, world);
    world->kind.host_start = hf_engine_register(engine, "host-start", on_host_start, world);
    world->kind.fault_start = hf_engine_register(engine, "fault-start", on_fault_start, world);
    world->kind.fault_timer = hf_engine_register(engine, "fault-timer", on_fault_timer, world);
    world->kind.record = hf_engine_register(engine, "record", on_record, world);
}

static gboolean build(HfWorld *world, GError **error)
{
    const HfScenario *scenario = world->scenario;
    if (!hf_world__build_master(world, error) || !hf_world__build_hosts(world, error) ||
        !hf_world__build_roles(world, error))
        return FALSE;
    build_network(world);
    hf_world__build_starts(world);
    hf_world__build_stores(world);
    world->recorder = hf_recorder_new(world->catalog, scenario, world->host_count, world->master);
    hf_trace_listen_runs(world->trace, hf_recorder_listen, hf_recorder_listen_run, world->recorder);
    world->guests = g_new0(HfGuest, scenario->frameworks.count + 1);
    for (uint32_t f = 0; f < scenario->frameworks.count; f++) {
        world->guest_count = f + 1;
        if (!build_guest(world, f, error)) return FALSE;
    }
    world->faults = g_new0(HfFault, scenario->failures.count + 1);
    for (uint32_t f = 0; f < scenario->failures.count; f++) {
        world->fault_count = f + 1;
        if (!build_fault(world, f, error)) return FALSE;
    }
    return hf_world__build_operators(world, error);
}

static void build_agent_config(HfWorld *world)
{
    const HfScenarioAgentFlags *flags = &world->scenario->agent;
    hf_agent_config_init(&world->agent_config, world->catalog, world->scenario->seed);
    world->agent_config.executor_reregistration_timeout = flags->executor_reregistration_timeout;
    world->agent_config.executor_registration_timeout =
        hf_world__starts_take_time(world) ? flags->executor_registration_timeout : HF_TIME_NEVER;
    world->agent_config.executor_shutdown_grace = flags->executor_shutdown_grace_period;
    world->agent_config.registration_backoff = flags->registration_backoff_factor;
    world->agent_config.reconfiguration_policy =
        flags->reconfiguration_policy == HF_SCENARIO_RECONFIGURATION_ADDITIVE
            ? HF_RECONFIGURATION_ADDITIVE
            : HF_RECONFIGURATION_EQUAL;
    world->agent_config.profiles =
        (HfDiskProfiles){flags->disk_profiles.at, flags->disk_profiles.count};
    world->agent_config.new_id_after_shutdown =
        !hf_era_has(world->scenario->era, HF_RULE_SHUTDOWN_KEEPS_ID);
    world->agent_config.verdicts_are_old =
        !hf_era_has(world->scenario->era, HF_RULE_EXECUTOR_VERDICTS);
    world->agent_config.new_id_after_reboot =
        !hf_era_has(world->scenario->era, HF_RULE_REBOOT_KEEPS_ID);
}

HfWorld *hf_world_new(const HfScenario *scenario, GError **error)
{
    g_autoptr(HfWorld) world = g_new0(HfWorld, 1);
    world->scenario = scenario;
    world->catalog =
        hf_catalog_new(scenario->master.quirks == HF_SCENARIO_QUIRKS_STRICT ? HF_QUIRKS_MESOS : 0);
    world->engine = hf_engine_new(HF_EVENT_LIST_LADDER);
    world->clock = hf_engine_clock(world->engine);
    world->trace = hf_trace_new(world->catalog);
    world->removals = hf_trace_counter(world->trace, HF_RECORD_FRAMEWORK_REMOVED);
    world->pool = hf_message_pool_new(world->catalog);
    world->out = (HfOutbox){.catalog = world->catalog, .pool = world->pool, .trace = world->trace};
    world->totals = g_ptr_array_new();
    world->attributes = g_ptr_array_new();
    world->flag_resources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    world->flag_attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    build_agent_config(world);
    register_kinds(world);
    if (!build(world, error)) return NULL;
    hf_trace_emit(world->trace, &(HfRecord){.type = HF_RECORD_RUN_STARTED,
                                            .agent = HF_ROW_NONE,
                                            .framework = HF_ROW_NONE,
                                            .value = (int64_t)scenario->seed});
    hf_master_start(world->master, 0, &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_MASTER, 0});
    for (uint32_t h = 0; h < world->host_count; h++)
        hf_engine_at(world->engine, 0, world->kind.host_start, h, 0);
    hf_engine_at(world->engine, hf_recorder_next_tick(world->recorder), world->kind.record, 0, 0);
    return g_steal_pointer(&world);
}

static void free_people(HfWorld *world)
{
    for (uint32_t f = 0; f < world->guest_count; f++) {
        hf_driver_free(world->guests[f].driver);
        if (world->guests[f].model) world->guests[f].ops->destroy(world->guests[f].model);
        hf_world__clear_wishes(&world->guests[f]);
    }
    for (uint32_t f = 0; f < world->fault_count; f++)
        if (world->faults[f].model) world->faults[f].ops->destroy(world->faults[f].model);
    for (uint32_t h = 0; h < world->host_count; h++) {
        if (world->hosts[h].agent.config) hf_agent_clear(&world->hosts[h].agent);
        hf_vec_clear(&world->hosts[h].untold);
        hf_world__disk_free(&world->hosts[h]);
        g_free(world->hosts[h].name);
    }
    g_free(world->guests);
    g_free(world->faults);
    g_free(world->hosts);
}

void hf_world_free(HfWorld *world)
{
    if (world == NULL) return;
    free_people(world);
    hf_world__clear_data(world);
    hf_world__clear_stores(world);
    hf_world__clear_operators(world);
    g_free(world->listed_roles);
    hf_world__clear_links(world);
    for (guint32 i = 0; i < world->runs.count; i++)
        hf_parcel_drop(world->catalog, &world->runs.at[i].resources);
    hf_vec_clear(&world->retries);
    hf_vec_clear(&world->runs);
    hf_world__clear_starts(world);
    hf_world__clear_processes(world);
    hf_slots_clear(&world->run_slots);
    hf_vec_clear(&world->stops);
    hf_slots_clear(&world->stop_slots);
    hf_recorder_free(world->recorder);
    hf_master_free(world->master);
    hf_vec_clear(&world->out.messages);
    hf_vec_clear(&world->out.timers);
    hf_message_pool_free(world->pool);
    hf_trace_free(world->trace);
    hf_engine_free(world->engine);
    for (guint i = 0; i < world->totals->len; i++) {
        hf_resources_clear(world->catalog, g_ptr_array_index(world->totals, i));
        g_free(g_ptr_array_index(world->totals, i));
    }
    for (guint i = 0; i < world->attributes->len; i++) {
        hf_attributes_clear(world->catalog, g_ptr_array_index(world->attributes, i));
        g_free(g_ptr_array_index(world->attributes, i));
    }
    g_hash_table_unref(world->flag_resources);
    g_free(world->domains);
    g_hash_table_unref(world->flag_attributes);
    g_ptr_array_unref(world->totals);
    g_ptr_array_unref(world->attributes);
    g_free(world->latency);
    hf_catalog_free(world->catalog);
    g_free(world);
}

/* ---- running ---- */

HfRunEnd hf_world_run(HfWorld *world, HfTime until)
{
    return hf_engine_run_until(world->engine, MIN(until, world->scenario->duration));
}

void hf_world_stop(HfWorld *world)
{
    hf_engine_stop(world->engine);
}

void hf_world_finish(HfWorld *world)
{
    hf_recorder_finish(world->recorder, hf_world__now(world));
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = HF_RECORD_RUN_ENDED,
                                            .agent = HF_ROW_NONE,
                                            .framework = HF_ROW_NONE});
}

HfTrace *hf_world_trace(HfWorld *world)
{
    return world->trace;
}

HfRecorder *hf_world_recorder(HfWorld *world)
{
    return world->recorder;
}

HfMaster *hf_world_master(HfWorld *world)
{
    return world->master;
}

const HfEngine *hf_world_engine(const HfWorld *world)
{
    return world->engine;
}

const HfScenario *hf_world_scenario(const HfWorld *world)
{
    return world->scenario;
}

static const char *agent_name(void *context, uint32_t agent)
{
    const HfWorld *world = context;
    return hf_master_agent_name(world->master, agent);
}

static const char *host_name(void *context, uint32_t host)
{
    const HfWorld *world = context;
    return host < world->host_count ? world->hosts[host].name : NULL;
}

static const char *framework_name(void *context, uint32_t framework)
{
    const HfWorld *world = context;
    return hf_master_framework_name(world->master, framework);
}

HfTraceNames hf_world_names(HfWorld *world)
{
    return (HfTraceNames){agent_name, host_name, framework_name, world};
}

HfWorldMemory hf_world_memory(const HfWorld *world)
{
    HfEngineStats stats;
    hf_engine_stats(world->engine, &stats);
    size_t hosts = world->runs.room * sizeof(HfRun);
    for (uint32_t h = 0; h < world->host_count; h++)
        hosts += sizeof(HfHost) + strlen(world->hosts[h].name) + 1 +
                 hf_agent_task_room(&world->hosts[h].agent) * (sizeof(HfAgentTask) + 8) +
                 hf_world__disk_memory(&world->hosts[h]);
    return (HfWorldMemory){
        .engine = stats.memory_bytes,
        .master = hf_master_memory(world->master),
        .allocator = hf_allocator_memory(hf_master_allocator(world->master)),
        .messages = hf_message_pool_memory(world->pool),
        .hosts = hosts,
        .recorder = hf_recorder_memory(world->recorder),
    };
}

void hf_world_check(const HfWorld *world)
{
    hf_master_check(world->master);
    uint32_t runs = 0;
    for (uint32_t h = 0; h < world->host_count; h++) {
        for (uint32_t row = world->hosts[h].first_run; row != NO_ROW;
             row = world->runs.at[row].next) {
            HF_ASSERT(world->runs.at[row].host == h && world->hosts[h].is_up);
            runs++;
        }
    }
    HF_ASSERT(runs == world->run_slots.live);
    hf_world__check_processes(world);
}
