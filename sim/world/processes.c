/*
 * Executors that frameworks bring with them, as processes of a host: one is begun by its agent with
 * the first task that names it, registers, and is given that then (see starts.c). It ends when it
 * is shut down, with the last of its tasks if it is a default executor, or with its host. What it
 * still runs ends with it. One of a framework with checkpointing outlives its agent's process, as
 * its tasks do.
 */
#include "base/assert.h"
#include "world/world_internal.h"

static void record(HfWorld *world, const HfProcess *process, HfRecordType type)
{
    hf_trace_emit(world->trace,
                  &(HfRecord){.at = hf_world__now(world),
                              .type = (uint16_t)type,
                              .agent = process->host,
                              .framework = process->framework,
                              .id = process->info->id,
                              .value = process->info->usage_milli,
                              .resources = hf_executor_info_resources(process->info)});
}

/* NO_ROW when no such executor is there. */
static uint32_t find(const HfWorld *world, uint32_t host, uint32_t framework, uint32_t id)
{
    uint32_t row = world->hosts[host].first_process;
    while (row != NO_ROW && (world->processes.at[row].info->id != id ||
                             world->processes.at[row].framework != framework))
        row = world->processes.at[row].next;
    return row;
}

uint32_t hf_world__process_of(const HfWorld *world, const HfMessage *in)
{
    return find(world, in->to.row, in->framework, in->info.executor->id);
}

static void say(HfWorld *world, HfMessageType type, uint32_t host, uint32_t framework, uint32_t id)
{
    HfMessage *message = hf_outbox_send(&world->out, type, (HfPeer){HF_PEER_EXECUTOR, host},
                                        (HfPeer){HF_PEER_AGENT, host});
    message->framework = framework;
    message->executor = id;
}

void hf_world__begin_process(HfWorld *world, const HfMessage *in)
{
    HfHost *host = &world->hosts[in->to.row];
    HF_ASSERT(find(world, in->to.row, in->framework, in->info.executor->id) == NO_ROW);
    HfHandle handle = hf_slots_take(&world->process_slots);
    if (handle.row == world->processes.count) hf_vec_push_zero(&world->processes);
    HfProcess *process = &world->processes.at[handle.row];
    *process = (HfProcess){.framework = in->framework,
                           .host = in->to.row,
                           .next = host->first_process,
                           .is_checkpointed = in->checkpoint != FALSE,
                           .info = hf_executor_info_ref(in->info.executor)};
    host->first_process = handle.row;
    record(world, process, HF_RECORD_EXECUTOR_STARTED);
    if (host->agent.state != HF_AGENT_DOWN)
        say(world, HF_MESSAGE_EXECUTOR_REGISTERED, in->to.row, in->framework, process->info->id);
}

/* It runs nothing any more. */
static void forget(HfWorld *world, uint32_t row)
{
    HfProcess *process = &world->processes.at[row];
    HF_ASSERT(process->runs == 0);
    uint32_t *link = &world->hosts[process->host].first_process;
    while (*link != row) link = &world->processes.at[*link].next;
    *link = process->next;
    record(world, process, HF_RECORD_EXECUTOR_ENDED);
    hf_world__disk_on_executor_end(world, process);
    hf_executor_info_drop(world->catalog, &process->info);
    hf_slots_give(&world->process_slots, (HfHandle){row, world->process_slots.generation.at[row]});
}

void hf_world__say_exited(HfWorld *world, uint32_t host, uint32_t framework, uint32_t id)
{
    if (world->hosts[host].agent.state != HF_AGENT_DOWN)
        say(world, HF_MESSAGE_EXECUTOR_EXITED, host, framework, id);
}

static void exit_process(HfWorld *world, uint32_t row)
{
    const HfProcess *process = &world->processes.at[row];
    hf_world__say_exited(world, process->host, process->framework, process->info->id);
    forget(world, row);
}

void hf_world__process_left(HfWorld *world, uint32_t row)
{
    const HfProcess *process = &world->processes.at[row];
    if (process->runs == 0 && (process->info->is_default || process->is_stopping))
        exit_process(world, row);
}

void hf_world__shut_down_process(HfWorld *world, const HfMessage *in)
{
    uint32_t row = find(world, in->to.row, in->framework, in->executor);
    if (row == NO_ROW) { /* it has just ended by itself, or is not there yet */
        hf_world__stop_starting(world, in);
        return;
    }
    world->processes.at[row].is_stopping = TRUE;
    if (world->processes.at[row].runs > 0)
        hf_world__stop_runs(world, row, in->grace); /* with the last of them it goes */
    else
        exit_process(world, row);
}

void hf_world__reconnect_processes(HfWorld *world, uint32_t host)
{
    for (uint32_t row = world->hosts[host].first_process; row != NO_ROW;
         row = world->processes.at[row].next) {
        if (world->processes.at[row].is_hung) continue;
        HfMessage *message =
            hf_outbox_send(&world->out, HF_MESSAGE_EXECUTOR_REREGISTERED,
                           (HfPeer){HF_PEER_EXECUTOR, host}, (HfPeer){HF_PEER_AGENT, host});
        message->framework = world->processes.at[row].framework;
        message->task = 0;
        message->executor = world->processes.at[row].info->id;
    }
}

void hf_world__end_processes(HfWorld *world, uint32_t host, gboolean checkpointed)
{
    uint32_t next;
    for (uint32_t row = world->hosts[host].first_process; row != NO_ROW; row = next) {
        next = world->processes.at[row].next;
        if (checkpointed || !world->processes.at[row].is_checkpointed) forget(world, row);
    }
}

void hf_world__lose_processes(HfWorld *world, uint32_t host, double probability, HfStream *stream)
{
    uint32_t next;
    for (uint32_t row = world->hosts[host].first_process; row != NO_ROW; row = next) {
        next = world->processes.at[row].next;
        if (hf_stream_uniform(stream) >= probability) continue;
        hf_world__end_runs_of(world, row);
        forget(world, row);
    }
}

void hf_world__hang_processes(HfWorld *world, uint32_t host, double probability, HfStream *stream)
{
    for (uint32_t row = world->hosts[host].first_process; row != NO_ROW;
         row = world->processes.at[row].next)
        if (hf_stream_uniform(stream) < probability) world->processes.at[row].is_hung = TRUE;
}

void hf_world__clear_processes(HfWorld *world)
{
    for (guint32 i = 0; i < world->processes.count; i++)
        hf_executor_info_drop(world->catalog, &world->processes.at[i].info);
    hf_vec_clear(&world->processes);
    hf_slots_clear(&world->process_slots);
}

void hf_world__check_processes(const HfWorld *world)
{
    uint32_t processes = 0, within = 0, runs = 0;
    for (uint32_t h = 0; h < world->host_count; h++) {
        for (uint32_t row = world->hosts[h].first_process; row != NO_ROW;
             row = world->processes.at[row].next) {
            HF_ASSERT(world->processes.at[row].host == h && world->hosts[h].is_up);
            within += world->processes.at[row].runs;
            processes++;
        }
        for (uint32_t row = world->hosts[h].first_run; row != NO_ROW;
             row = world->runs.at[row].next)
            runs += world->runs.at[row].process != NO_ROW;
    }
    HF_ASSERT(processes == world->process_slots.live && within == runs);
}
