/*
 * Copies of data between hosts, at rates that follow from who shares what; see data.h. Rates are
 * whole bytes a second and progress is whole bytes, so a run repeats on any machine.
 *
 * Invariant: the rates of the copies at one interface, or at one disk, add up to no more than it
 * has: each is at most its bandwidth divided by their number.
 */
#include <string.h>

#include "base/assert.h"
#include "world/data.h"
#include "world/world_internal.h"

/* What copies share at one host; made at the first copy there. */
typedef struct HfPort {
    uint32_t first_out, first_in; /* lists of copies */
    uint32_t out, in;
    int64_t network, disk; /* bytes a second; 0 = no limit */
} HfPort;

typedef struct HfCopy {
    uint32_t framework, from, to; /* from, to: hosts */
    uint32_t from_port, to_port;
    uint32_t next_out, prev_out, next_in, prev_in;
    uint32_t generation;
    int64_t bytes, left, rate, limit;
    HfTime since; /* `left` is of then */
    uint64_t arg, number;
    HfEvent event;
} HfCopy;

struct HfCopies {
    HfSlots slots;
    HF_VEC(HfCopy) rows;
    HfMap64 port_of; /* host -> row of ports */
    HF_VEC(HfPort) ports;
    uint64_t started;
};

#define MB INT64_C(1048576)

static uint32_t port_of(HfWorld *world, uint32_t host)
{
    HfCopies *copies = world->copies;
    uint32_t row = hf_map64_get(&copies->port_of, host);
    if (row != HF_MAP64_NONE) return row;
    const HfScenarioAgents *group = &world->scenario->agents.at[world->hosts[host].group];
    row = copies->ports.count;
    hf_vec_push(&copies->ports, (HfPort){.first_out = NO_ROW,
                                         .first_in = NO_ROW,
                                         .network = group->network_bandwidth / 1000 * MB,
                                         .disk = group->disk_bandwidth / 1000 * MB});
    hf_map64_set(&copies->port_of, host, row);
    return row;
}

static int64_t least(int64_t rate, int64_t bandwidth, uint32_t sharers)
{
    return bandwidth == 0 ? rate : MIN(rate, bandwidth / sharers);
}

static int64_t rate_of(const HfCopies *copies, const HfCopy *copy)
{
    const HfPort *from = &copies->ports.at[copy->from_port];
    const HfPort *to = &copies->ports.at[copy->to_port];
    int64_t rate = copy->limit > 0 ? copy->limit : INT64_MAX / 2;
    rate = least(rate, from->network, from->out);
    rate = least(rate, to->network, to->in);
    rate = least(rate, from->disk, from->out + from->in);
    rate = least(rate, to->disk, to->out + to->in);
    return MAX(rate, 1);
}

/* How much is left now. */
static void progress(HfWorld *world, HfCopy *copy)
{
    HfTime now = hf_world__now(world);
    __int128 done = (__int128)copy->rate * (now - copy->since) / HF_NS_PER_SECOND;
    copy->left = done >= copy->left ? 0 : copy->left - (int64_t)done;
    copy->since = now;
}

static void plan(HfWorld *world, uint32_t row)
{
    HfCopy *copy = &world->copies->rows.at[row];
    int64_t rate = rate_of(world->copies, copy);
    if (rate == copy->rate) return;
    progress(world, copy);
    copy->rate = rate;
    hf_engine_cancel(world->engine, &copy->event);
    __int128 wait = ((__int128)copy->left * HF_NS_PER_SECOND + rate - 1) / rate;
    copy->event = hf_engine_after(world->engine, wait > HF_TIME_MAX ? HF_TIME_MAX : (HfTime)wait,
                                  world->kind.copied, row, copy->generation);
}

/* The number of copies at these two hosts has changed. */
static void plan_around(HfWorld *world, uint32_t from_port, uint32_t to_port)
{
    const uint32_t ports[2] = {from_port, to_port};
    HfCopies *copies = world->copies;
    for (int i = 0; i < (from_port == to_port ? 1 : 2); i++) {
        const HfPort *port = &copies->ports.at[ports[i]];
        for (uint32_t row = port->first_out; row != NO_ROW; row = copies->rows.at[row].next_out)
            plan(world, row);
        for (uint32_t row = port->first_in; row != NO_ROW; row = copies->rows.at[row].next_in)
            plan(world, row);
    }
}

static void note(HfWorld *world, const HfCopy *copy, HfRecordType type, int64_t bytes)
{
    hf_world_note_data(world, copy->framework, type, copy->number, copy->to, bytes);
}

uint32_t hf_world_copy_start(HfWorld *world, uint32_t framework, uint32_t from, uint32_t to,
                             int64_t bytes, int64_t limit, uint64_t arg)
{
    HF_ASSERT(bytes > 0 && limit >= 0 && from < world->host_count && to < world->host_count);
    HfCopies *copies = world->copies;
    HfHandle handle = hf_slots_take(&copies->slots);
    if (handle.row == copies->rows.count) hf_vec_push_zero(&copies->rows);
    HfCopy *copy = &copies->rows.at[handle.row];
    *copy = (HfCopy){.framework = framework,
                     .from = from,
                     .to = to,
                     .from_port = port_of(world, from),
                     .to_port = port_of(world, to),
                     .prev_out = NO_ROW,
                     .prev_in = NO_ROW,
                     .generation = handle.generation,
                     .bytes = bytes,
                     .left = bytes,
                     .limit = limit,
                     .since = hf_world__now(world),
                     .arg = arg,
                     .number = ++copies->started};
    HfPort *sender = &copies->ports.at[copy->from_port],
           *receiver = &copies->ports.at[copy->to_port];
    copy->next_out = sender->first_out;
    if (copy->next_out != NO_ROW) copies->rows.at[copy->next_out].prev_out = handle.row;
    sender->first_out = handle.row;
    sender->out++;
    copy->next_in = receiver->first_in;
    if (copy->next_in != NO_ROW) copies->rows.at[copy->next_in].prev_in = handle.row;
    receiver->first_in = handle.row;
    receiver->in++;
    note(world, copy, HF_RECORD_COPY_STARTED, bytes);
    plan_around(world, copy->from_port, copy->to_port);
    return handle.row;
}

static void end(HfWorld *world, uint32_t row)
{
    HfCopies *copies = world->copies;
    HfCopy copy = copies->rows.at[row];
    HfPort *sender = &copies->ports.at[copy.from_port], *receiver = &copies->ports.at[copy.to_port];
    if (copy.next_out != NO_ROW) copies->rows.at[copy.next_out].prev_out = copy.prev_out;
    if (copy.prev_out != NO_ROW)
        copies->rows.at[copy.prev_out].next_out = copy.next_out;
    else
        sender->first_out = copy.next_out;
    sender->out--;
    if (copy.next_in != NO_ROW) copies->rows.at[copy.next_in].prev_in = copy.prev_in;
    if (copy.prev_in != NO_ROW)
        copies->rows.at[copy.prev_in].next_in = copy.next_in;
    else
        receiver->first_in = copy.next_in;
    receiver->in--;
    hf_slots_give(&copies->slots, (HfHandle){row, copy.generation});
    note(world, &copy, HF_RECORD_COPY_ENDED, copy.bytes - copy.left);
    plan_around(world, copy.from_port, copy.to_port);
}

void hf_world_copy_stop(HfWorld *world, uint32_t row)
{
    HfCopy *copy = &world->copies->rows.at[row];
    HF_ASSERT(row < world->copies->rows.count &&
              hf_slots_is_live(&world->copies->slots, (HfHandle){row, copy->generation}));
    progress(world, copy);
    hf_engine_cancel(world->engine, &copy->event);
    end(world, row);
}

static void on_copied(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    uint32_t row = event->target;
    HfCopy *copy = &world->copies->rows.at[row];
    HF_ASSERT(copy->generation == (uint32_t)event->arg);
    uint64_t arg = copy->arg;
    const HfGuest *guest = &world->guests[copy->framework];
    copy->event = 0;
    copy->left = 0;
    end(world, row);
    if (guest->ops->data->copied) guest->ops->data->copied(guest->model, arg);
}

/* ---- what else models of services are told, and tell ---- */

static void on_data_timer(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    const HfGuest *guest = &world->guests[event->target];
    guest->ops->data->timer(guest->model, (uint32_t)event->arg2, event->arg);
}

void hf_world_data_after(HfWorld *world, uint32_t framework, HfTime delay, uint32_t kind,
                         uint64_t arg)
{
    HF_ASSERT(framework < world->guest_count && delay >= 0);
    hf_engine_after2(world->engine, delay, world->kind.data_timer, framework, arg, kind);
}

const HfResources *hf_world_host_total(const HfWorld *world, uint32_t host)
{
    HF_ASSERT(host < world->host_count);
    return world->hosts[host].total;
}

gboolean hf_world_host_usable(const HfWorld *world, uint32_t framework, uint32_t role_ix,
                              uint32_t host, HfResources *out)
{
    HF_ASSERT(host < world->host_count);
    const HfScenarioFramework *keys = &world->scenario->frameworks.at[framework];
    const char *one[] = {keys->role, NULL};
    const char **roles = keys->roles != NULL ? keys->roles : one;
    if (role_ix >= g_strv_length((char **)roles)) return FALSE;
    hf_resources_allocatable_to(world->catalog, world->hosts[host].total,
                                hf_role_find(world->catalog, roles[role_ix]), out);
    return TRUE;
}

gboolean hf_world_hosts_may_change(const HfWorld *world)
{
    const HfScenario *scenario = world->scenario;
    for (uint32_t f = 0; f < scenario->failures.count; f++)
        if (((const HfFailureModel *)(const void *)scenario->failures.at[f].what.model)
                ->changes_agents)
            return TRUE;
    for (uint32_t i = 0; i < scenario->operators.count; i++)
        for (uint32_t type = 0; type < HF_OPERATOR_CALLS; type++)
            if (scenario->operators.at[i].body[type] != NULL &&
                strcmp(hf_operator_call_key(type), "restart_agent") == 0)
                return TRUE;
    return FALSE;
}

void hf_world_note_data(HfWorld *world, uint32_t framework, HfRecordType type, uint64_t id,
                        uint32_t host, int64_t value)
{
    HF_ASSERT(type >= HF_RECORD_SERVICE_DECLARED && type <= HF_RECORD_COPY_ENDED);
    hf_trace_emit(world->trace,
                  &(HfRecord){.at = hf_world__now(world),
                              .type = (uint16_t)type,
                              .agent = host,
                              .framework = hf_driver_framework(world->guests[framework].driver),
                              .id = id,
                              .value = value});
}

/* The guest whose task this is, if it wants to know. */
static const HfGuest *keeper_of(const HfWorld *world, uint32_t framework)
{
    const HfGuest *guest = &world->guests[hf_master_framework_peer(world->master, framework)];
    return guest->ops->data != NULL ? guest : NULL;
}

void hf_world__run_started(HfWorld *world, const HfRun *run)
{
    const HfGuest *guest = keeper_of(world, run->framework);
    if (guest != NULL && guest->ops->data->started != NULL)
        guest->ops->data->started(guest->model, run->task, run->host);
}

void hf_world__run_ended(HfWorld *world, uint32_t framework, uint64_t task, uint32_t host,
                         HfTaskState how)
{
    const HfGuest *guest = keeper_of(world, framework);
    if (guest != NULL && guest->ops->data->ended != NULL)
        guest->ops->data->ended(guest->model, task, host, how);
}

void hf_world__disk_lost(HfWorld *world, uint32_t host)
{
    for (uint32_t f = 0; f < world->guest_count; f++) {
        const HfGuest *guest = &world->guests[f];
        if (guest->ops->data != NULL && guest->ops->data->disk_lost != NULL)
            guest->ops->data->disk_lost(guest->model, host);
    }
}

void hf_world__register_data(HfWorld *world)
{
    world->copies = g_new0(HfCopies, 1);
    world->kind.copied = hf_engine_register(world->engine, "copied", on_copied, world);
    world->kind.data_timer = hf_engine_register(world->engine, "data-timer", on_data_timer, world);
}

void hf_world__clear_data(HfWorld *world)
{
    if (world->copies == NULL) return;
    hf_slots_clear(&world->copies->slots);
    hf_vec_clear(&world->copies->rows);
    hf_vec_clear(&world->copies->ports);
    hf_map64_clear(&world->copies->port_of);
    g_free(world->copies);
}
