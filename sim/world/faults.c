/* Hosts going down and coming back, at the word of failure models; see faults.h. */
#include "world/faults.h"

#include "base/assert.h"
#include "world/world_internal.h"

uint32_t hf_world_hosts(const HfWorld *world)
{
    return world->host_count;
}

const char *hf_world_host_name(const HfWorld *world, uint32_t host)
{
    HF_ASSERT(host < world->host_count);
    return world->hosts[host].name;
}

const char *hf_world_host_group(const HfWorld *world, uint32_t host)
{
    HF_ASSERT(host < world->host_count);
    return world->scenario->agents.at[world->hosts[host].group].name;
}

const HfAttributes *hf_world_host_attributes(const HfWorld *world, uint32_t host)
{
    HF_ASSERT(host < world->host_count);
    return world->hosts[host].attributes;
}

const HfDomain *hf_world_host_domain(const HfWorld *world, uint32_t host)
{
    HF_ASSERT(host < world->host_count);
    const HfDomain *domain = &world->domains[world->hosts[host].group];
    return domain->region != NULL ? domain : NULL;
}

gboolean hf_world_host_is_up(const HfWorld *world, uint32_t host)
{
    HF_ASSERT(host < world->host_count);
    return world->hosts[host].is_up;
}

HfTime hf_world_now(const HfWorld *world)
{
    return hf_world__now(world);
}

HfCatalog *hf_world_catalog(const HfWorld *world)
{
    return world->catalog;
}

static void record_host(HfWorld *world, uint32_t host, HfRecordType type, int64_t value)
{
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = (uint16_t)type,
                                            .agent = host,
                                            .framework = HF_ROW_NONE,
                                            .value = value});
}

/* Nobody answers pings there any more, and perhaps the connection tells so at once. */
static void fall_silent(HfWorld *world, HfHost *host, gboolean visible)
{
    visible = visible && host->cut == 0; /* nobody sees through a partition */
    if (world->scenario->master.heartbeats == HF_HEARTBEATS_VIRTUAL)
        hf_world__tell_master(world, HF_MESSAGE_SILENT, host);
    if (visible) hf_world__tell_master(world, HF_MESSAGE_EXITED, host);
}

gboolean hf_world_host_crash(HfWorld *world, uint32_t row, gboolean visible)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (!host->is_up) return FALSE;
    host->is_up = host->is_agent_up = FALSE;
    host->is_lost = FALSE;
    record_host(world, row, HF_RECORD_AGENT_CRASHED, visible ? 1 : 0);
    hf_world__kill_all(world, row);
    hf_world__link_left(world, row);
    hf_agent_crash(&host->agent, HF_LOSS_HOST);
    fall_silent(world, host, visible);
    return TRUE;
}

gboolean hf_world__start_agent(HfWorld *world, uint32_t row)
{
    HfHost *host = &world->hosts[row];
    host->is_agent_up = hf_agent_start(&host->agent, hf_world__now(world), &world->out);
    host->started_at = hf_world__now(world);
    host->is_lost =
        !host->is_agent_up && !host->agent.mounts_are_missing; /* it refuses its flags */
    if (host->disk != NULL) hf_world__disk_on_agent(world, row);
    if (!host->is_agent_up) {
        hf_world__flush(world, (HfPeer){HF_PEER_AGENT, row});
        return FALSE;
    }
    /* A new agent knows of nothing that runs on the host, and destroys it (MesosContainerizer's
     * recovery: orphans). */
    if (host->agent.id == HF_ROW_NONE) hf_world__kill_all(world, row);
    /* A process without an id is a new agent: the master must not take its request for one that is
     * repeated by the agent that was there before, of which the connection is dead. */
    if (host->agent.id == HF_ROW_NONE && host->agent.life > 0)
        hf_world__tell_master(world, HF_MESSAGE_EXITED, host);
    if (host->agent.life > 0 && host->cut == 0 &&
        world->scenario->master.heartbeats == HF_HEARTBEATS_VIRTUAL)
        hf_world__tell_master(world, HF_MESSAGE_AUDIBLE, host); /* it answers pings from now on */
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, row});
    return TRUE;
}

gboolean hf_world_host_return(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (host->is_up) return FALSE;
    host->is_up = TRUE;
    record_host(world, row, HF_RECORD_AGENT_RETURNED, 0);
    hf_world__start_agent(world, row);
    return TRUE;
}

void hf_world_host_lost(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count && !world->hosts[row].is_up);
    world->hosts[row].is_lost = TRUE;
}

gboolean hf_world_disk_lose(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (host->is_up) return FALSE;
    record_host(world, row, HF_RECORD_DISK_LOST, 0);
    hf_agent_crash(&host->agent, HF_LOSS_DISK);
    hf_world__disk_lost(world, row);
    hf_world__disk_on_loss(world, row);
    return TRUE;
}

gboolean hf_world_mounts_lose(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    if (world->hosts[row].is_up) return FALSE;
    world->hosts[row].agent.mounts_are_missing = TRUE;
    return TRUE;
}

gboolean hf_world_mounts_return(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (!host->agent.mounts_are_missing) return FALSE;
    host->agent.mounts_are_missing = FALSE;
    hf_world_agent_start(world, row);
    return TRUE;
}

/* ---- the agent's process alone ---- */

static void left(HfWorld *world, uint32_t row)
{
    HfHost *host = &world->hosts[row];
    host->is_agent_up = FALSE;
    record_host(world, row, HF_RECORD_AGENT_STOPPED, host->agent.death);
    hf_world__link_left(world, row);
    hf_world__agent_left(world, row);
    fall_silent(world, host, TRUE);
    if (host->first_run != NO_ROW || host->first_process != NO_ROW)
        hf_engine_after2(world->engine, world->scenario->agent.recovery_timeout,
                         world->kind.recovery_timeout, row, host->agent.life, 0);
}

void hf_world__agent_died(HfWorld *world, uint32_t row)
{
    left(world, row);
    HfHost *host = &world->hosts[row];
    HfTime delay = host->agent.death == HF_DEATH_WRITING ? host->restart_after
                                                         : world->scenario->agent.restart_delay;
    hf_engine_after2(world->engine, delay, world->kind.restart, row, host->agent.life, 0);
}

gboolean hf_world_agent_stop(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (!host->is_up || !host->is_agent_up) return FALSE;
    hf_agent_crash(&host->agent, HF_LOSS_PROCESS);
    left(world, row);
    return TRUE;
}

gboolean hf_world_agent_start(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (!host->is_up || host->is_agent_up) return FALSE;
    record_host(world, row, HF_RECORD_AGENT_STARTED, 0);
    return hf_world__start_agent(world, row);
}

void hf_world_executors_lose(HfWorld *world, uint32_t row, double probability, HfStream *stream)
{
    HF_ASSERT(row < world->host_count);
    if (!world->hosts[row].is_agent_up) hf_world__lose_executors(world, row, probability, stream);
}

void hf_world_executors_hang(HfWorld *world, uint32_t row, double probability, HfStream *stream)
{
    HF_ASSERT(row < world->host_count);
    if (!world->hosts[row].is_agent_up) hf_world__hang_executors(world, row, probability, stream);
}

gboolean hf_world_agent_is_up(const HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    return world->hosts[row].is_agent_up;
}

void hf_world_agent_dies_at(HfWorld *world, uint32_t row, HfCheckpointStep step, HfTime down)
{
    HF_ASSERT(row < world->host_count && down >= 0);
    world->hosts[row].agent.dies_at = (uint8_t)step;
    world->hosts[row].restart_after = down;
}

gboolean hf_world_agent_forget(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    if (world->hosts[row].is_agent_up) return FALSE;
    hf_agent_forget(&world->hosts[row].agent);
    return TRUE;
}

/* Flags are parsed once for each text that a model names. */
static const HfResources *resources_of(HfWorld *world, const char *text, GError **error)
{
    const HfResources *known = g_hash_table_lookup(world->flag_resources, text);
    if (known != NULL) return known;
    known = hf_world__parse_total(world, text, error);
    if (known != NULL) g_hash_table_insert(world->flag_resources, g_strdup(text), (gpointer)known);
    return known;
}

static const HfAttributes *attributes_of(HfWorld *world, const char *text, GError **error)
{
    const HfAttributes *known = g_hash_table_lookup(world->flag_attributes, text);
    if (known != NULL) return known;
    known = hf_world__parse_attributes(world, text, error);
    if (known != NULL) g_hash_table_insert(world->flag_attributes, g_strdup(text), (gpointer)known);
    return known;
}

gboolean hf_world_flags_check(HfWorld *world, const char *resources, const char *attributes,
                              GError **error)
{
    return (resources == NULL || resources_of(world, resources, error) != NULL) &&
           (attributes == NULL || attributes_of(world, attributes, error) != NULL);
}

void hf_world_agent_flags(HfWorld *world, uint32_t row, const char *resources,
                          const char *attributes)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (resources != NULL) host->total = resources_of(world, resources, NULL);
    if (attributes != NULL) host->attributes = attributes_of(world, attributes, NULL);
    HF_ASSERT(host->total != NULL && host->attributes != NULL);
    hf_agent_set_flags(&host->agent, &(HfAgentFlags){host->total, host->attributes});
}

/* Something on the host starts the process again. */
static void on_restart(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    if (world->hosts[event->target].agent.life == (uint32_t)event->arg)
        hf_world_agent_start(world, event->target);
}

/* Executors waited long enough for their agent (Mesos: --recovery_timeout). */
static void on_recovery_timeout(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfHost *host = &world->hosts[event->target];
    if (!host->is_agent_up && host->agent.life == (uint32_t)event->arg)
        hf_world__kill_all(world, event->target);
}

void hf_world__register_faults(HfWorld *world)
{
    world->kind.restart = hf_engine_register(world->engine, "agent-restart", on_restart, world);
    world->kind.recovery_timeout =
        hf_engine_register(world->engine, "recovery-timeout", on_recovery_timeout, world);
}

/* ---- frameworks ---- */

uint32_t hf_world_frameworks(const HfWorld *world)
{
    return world->scenario->frameworks.count;
}

const char *hf_world_framework_name(const HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->scenario->frameworks.count);
    return world->scenario->frameworks.at[row].name;
}

const char *hf_world_framework_group(const HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->scenario->frameworks.count);
    return world->scenario->frameworks.at[row].group;
}

static void record_scheduler(HfWorld *world, uint32_t row, HfRecordType type)
{
    hf_trace_emit(world->trace,
                  &(HfRecord){.at = hf_world__now(world),
                              .type = (uint16_t)type,
                              .agent = HF_ROW_NONE,
                              .framework = hf_driver_framework(world->guests[row].driver)});
}

gboolean hf_world_scheduler_stop(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->guest_count);
    HfGuest *guest = &world->guests[row];
    if (guest->is_down || hf_driver_framework(guest->driver) == HF_ROW_NONE) return FALSE;
    record_scheduler(world, row, HF_RECORD_SCHEDULER_STOPPED);
    HfMessage *message =
        hf_outbox_send(&world->out, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_FRAMEWORK, row},
                       (HfPeer){HF_PEER_MASTER, 0});
    message->framework = hf_driver_framework(guest->driver);
    hf_driver_disconnect(guest->driver, hf_world__now(world), &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_FRAMEWORK, row});
    guest->is_down = TRUE;
    guest->life++;
    guest->stops++;
    return TRUE;
}

uint32_t hf_world_scheduler_lives(const HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->guest_count);
    return world->guests[row].stops;
}

static void set_roles(HfWorld *world, HfDriver *driver, const char *const *roles)
{
    uint32_t count = g_strv_length((char **)roles);
    g_autofree HfRoleId *ids = g_new(HfRoleId, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        gboolean is_good = hf_role_intern(world->catalog, roles[i], &ids[i], NULL);
        HF_ASSERT(is_good);
    }
    hf_driver_set_roles(driver, ids, count);
}

gboolean hf_world_scheduler_start_as(HfWorld *world, uint32_t row, const char *const *roles)
{
    HF_ASSERT(row < world->guest_count);
    HfGuest *guest = &world->guests[row];
    if (!guest->is_down) return FALSE;
    if (roles != NULL) set_roles(world, guest->driver, roles);
    guest->is_down = FALSE;
    record_scheduler(world, row, HF_RECORD_SCHEDULER_STARTED);
    hf_driver_start(guest->driver, hf_world__now(world), &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_FRAMEWORK, row});
    return TRUE;
}

gboolean hf_world_scheduler_start(HfWorld *world, uint32_t row)
{
    return hf_world_scheduler_start_as(world, row, NULL);
}

void hf_world_fault_after(HfWorld *world, uint32_t fault, HfTime delay, uint32_t kind, uint64_t arg)
{
    HF_ASSERT(fault < world->fault_count && delay >= 0);
    hf_engine_after2(world->engine, delay, world->kind.fault_timer, fault, arg, kind);
}
