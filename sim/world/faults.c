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

gboolean hf_world_host_crash(HfWorld *world, uint32_t row, gboolean visible)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (!host->is_up) return FALSE;
    host->is_up = FALSE;
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = HF_RECORD_AGENT_CRASHED,
                                            .agent = row,
                                            .framework = HF_ROW_NONE,
                                            .value = visible ? 1 : 0});
    hf_world__kill_all(world, row);
    hf_agent_crash(&host->agent);
    if (world->scenario->master.heartbeats == HF_HEARTBEATS_VIRTUAL)
        hf_world__tell_master(world, HF_MESSAGE_SILENT, host);
    if (visible) hf_world__tell_master(world, HF_MESSAGE_EXITED, host);
    return TRUE;
}

gboolean hf_world_host_return(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (host->is_up) return FALSE;
    host->is_up = TRUE;
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = HF_RECORD_AGENT_RETURNED,
                                            .agent = row,
                                            .framework = HF_ROW_NONE});
    /* Its registration may have got through without an answer; then the master must not take the
     * next one for a repetition. */
    if (host->agent.id == HF_ROW_NONE) hf_world__tell_master(world, HF_MESSAGE_EXITED, host);
    hf_agent_start(&host->agent, hf_world__now(world), &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, row});
    return TRUE;
}

void hf_world_fault_after(HfWorld *world, uint32_t fault, HfTime delay, uint32_t kind, uint64_t arg)
{
    HF_ASSERT(fault < world->fault_count && delay >= 0);
    hf_engine_after2(world->engine, delay, world->kind.fault_timer, fault, arg, kind);
}
