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

/* What copies share at one host, or at one store (which has a disk alone); made at the first copy
 * there. */
typedef struct HfPort {
    uint32_t first_out, first_in; /* lists of copies; of a store, empty */
    uint32_t out, in, on_disk;
    int64_t network, disk; /* bytes a second; 0 = no limit */
    int64_t moves;         /* of a store: what it reads and writes, bytes a second */
} HfPort;

typedef struct HfCopy {
    uint32_t framework, from, to;   /* from, to: hosts; from: NO_ROW = a store alone */
    uint32_t from_port, to_port;    /* whose interfaces it takes; from: NO_ROW */
    uint32_t read_port, write_port; /* and whose disks; write: NO_ROW = none */
    uint32_t write_weight;          /* how many times it is written */
    uint32_t store, store_port;     /* one of these two, if it is a store's; NO_ROW */
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
    HfMap64 port_of; /* host, or STORE + store -> row of ports */
    HF_VEC(HfPort) ports;
    uint64_t started;
};

#define MB    INT64_C(1048576)
#define STORE (UINT64_C(1) << 32)

static uint32_t port_at(HfWorld *world, uint64_t key, int64_t network, int64_t disk)
{
    HfCopies *copies = world->copies;
    uint32_t row = hf_map64_get(&copies->port_of, key);
    if (row != HF_MAP64_NONE) return row;
    row = copies->ports.count;
    hf_vec_push(&copies->ports, (HfPort){.first_out = NO_ROW,
                                         .first_in = NO_ROW,
                                         .network = network / 1000 * MB,
                                         .disk = disk / 1000 * MB});
    hf_map64_set(&copies->port_of, key, row);
    return row;
}

static uint32_t port_of(HfWorld *world, uint32_t host)
{
    const HfScenarioAgents *group = &world->scenario->agents.at[world->hosts[host].group];
    return port_at(world, host, group->network_bandwidth, group->disk_bandwidth);
}

static int64_t least(int64_t rate, int64_t bandwidth, uint32_t sharers)
{
    return bandwidth == 0 ? rate : MIN(rate, bandwidth / sharers);
}

static int64_t rate_of(const HfCopies *copies, const HfCopy *copy)
{
    const HfPort *ports = copies->ports.at, *to = &ports[copy->to_port];
    const HfPort *read = &ports[copy->read_port];
    int64_t rate = copy->limit > 0 ? copy->limit : INT64_MAX / 2;
    if (copy->from_port != NO_ROW)
        rate = least(rate, ports[copy->from_port].network, ports[copy->from_port].out);
    rate = least(rate, to->network, to->in);
    rate = least(rate, read->disk, read->on_disk);
    if (copy->write_port != NO_ROW)
        rate = least(rate, ports[copy->write_port].disk, ports[copy->write_port].on_disk);
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

/* Without any limit a copy is there at once: it does not move with more than this. */
#define MOVES_MOST INT64_C(1000000000000)

/* What a copy takes of its store's bandwidth counts there, or (-1) no more. */
static void count_moves(HfCopies *copies, const HfCopy *copy, int sign)
{
    if (copy->store == NO_ROW) return;
    int64_t rate = MIN(copy->rate, MOVES_MOST);
    copies->ports.at[copy->read_port].moves += sign * rate;
    if (copy->write_port != NO_ROW)
        copies->ports.at[copy->write_port].moves += sign * rate * copy->write_weight;
}

static void plan(HfWorld *world, uint32_t row)
{
    HfCopy *copy = &world->copies->rows.at[row];
    int64_t rate = rate_of(world->copies, copy);
    if (rate == copy->rate) return;
    progress(world, copy);
    count_moves(world->copies, copy, -1);
    copy->rate = rate;
    count_moves(world->copies, copy, 1);
    hf_engine_cancel(world->engine, &copy->event);
    __int128 wait = ((__int128)copy->left * HF_NS_PER_SECOND + rate - 1) / rate;
    copy->event = hf_engine_after(world->engine, wait > HF_TIME_MAX ? HF_TIME_MAX : (HfTime)wait,
                                  world->kind.copied, row, copy->generation);
}

/* The number of copies at these places has changed. Those of a store are looked for among all. */
static void plan_around(HfWorld *world, uint32_t from_port, uint32_t to_port, uint32_t store_port)
{
    const uint32_t ports[2] = {from_port, to_port};
    HfCopies *copies = world->copies;
    for (int i = from_port == to_port || from_port == NO_ROW ? 1 : 0; i < 2 && ports[i] != NO_ROW;
         i++) {
        const HfPort *port = &copies->ports.at[ports[i]];
        for (uint32_t row = port->first_out; row != NO_ROW; row = copies->rows.at[row].next_out)
            plan(world, row);
        for (uint32_t row = port->first_in; row != NO_ROW; row = copies->rows.at[row].next_in)
            plan(world, row);
    }
    for (uint32_t row = 0; store_port != NO_ROW && row < copies->rows.count; row++)
        if (copies->rows.at[row].store_port == store_port) plan(world, row);
    for (uint32_t s = 0; s < world->scenario->stores.count; s++) {
        uint32_t port = hf_map64_get(&copies->port_of, STORE + s);
        if (port != HF_MAP64_NONE) hf_world__store_rate(world, s, copies->ports.at[port].moves);
    }
}

void hf_world__store_recovers(HfWorld *world, uint32_t store, int64_t rate)
{
    int64_t bandwidth = hf_world_store_rules(world, store)->bandwidth;
    uint32_t port = port_at(world, STORE + store, 0, bandwidth);
    bandwidth = bandwidth / 1000 * MB;
    if (bandwidth == 0) return; /* it has no limit */
    bandwidth = MAX(1, bandwidth - rate);
    if (world->copies->ports.at[port].disk == bandwidth) return;
    world->copies->ports.at[port].disk = bandwidth;
    plan_around(world, NO_ROW, NO_ROW, port);
}

static void note(HfWorld *world, const HfCopy *copy, HfRecordType type, int64_t bytes)
{
    if (copy->from != HF_ROW_NONE)
        hf_world_note_data(world, copy->framework, type, copy->number, copy->to, bytes);
    else if (type == HF_RECORD_COPY_ENDED)
        hf_world__store_read(world, copy->framework, copy->store, copy->to, bytes);
}

static void link_out(HfCopies *copies, uint32_t row)
{
    HfCopy *copy = &copies->rows.at[row];
    if (copy->from_port == NO_ROW) return;
    HfPort *sender = &copies->ports.at[copy->from_port];
    copy->next_out = sender->first_out;
    if (copy->next_out != NO_ROW) copies->rows.at[copy->next_out].prev_out = row;
    sender->first_out = row;
    sender->out++;
}

static void link_in(HfCopies *copies, uint32_t row)
{
    HfCopy *copy = &copies->rows.at[row];
    HfPort *receiver = &copies->ports.at[copy->to_port];
    copy->next_in = receiver->first_in;
    if (copy->next_in != NO_ROW) copies->rows.at[copy->next_in].prev_in = row;
    receiver->first_in = row;
    receiver->in++;
}

static void use_disks(HfCopies *copies, const HfCopy *copy, int sign)
{
    copies->ports.at[copy->read_port].on_disk += (uint32_t)sign;
    if (copy->write_port != NO_ROW)
        copies->ports.at[copy->write_port].on_disk += (uint32_t)(sign * (int)copy->write_weight);
}

/* `copy` says who, from where and to where, how much, and whose disks. */
static uint32_t start(HfWorld *world, HfCopy copy)
{
    HfCopies *copies = world->copies;
    HF_ASSERT(copy.bytes > 0 && copy.limit >= 0 && copy.to < world->host_count);
    HfHandle handle = hf_slots_take(&copies->slots);
    if (handle.row == copies->rows.count) hf_vec_push_zero(&copies->rows);
    copy.prev_out = copy.next_out = copy.prev_in = copy.next_in = NO_ROW;
    copy.generation = handle.generation;
    copy.left = copy.bytes;
    copy.since = hf_world__now(world);
    copy.number = ++copies->started;
    copies->rows.at[handle.row] = copy;
    link_out(copies, handle.row);
    link_in(copies, handle.row);
    use_disks(copies, &copy, 1);
    note(world, &copy, HF_RECORD_COPY_STARTED, copy.bytes);
    plan_around(world, copy.from_port, copy.to_port, copy.store_port);
    return handle.row;
}

uint32_t hf_world_copy_start(HfWorld *world, uint32_t framework, uint32_t from, uint32_t to,
                             int64_t bytes, int64_t limit, uint64_t arg)
{
    HF_ASSERT(from < world->host_count);
    uint32_t from_port = port_of(world, from), to_port = port_of(world, to);
    return start(world, (HfCopy){.framework = framework,
                                 .from = from,
                                 .to = to,
                                 .from_port = from_port,
                                 .to_port = to_port,
                                 .read_port = from_port,
                                 .write_port = to_port,
                                 .write_weight = 1,
                                 .store = NO_ROW,
                                 .store_port = NO_ROW,
                                 .bytes = bytes,
                                 .limit = limit,
                                 .arg = arg});
}

uint32_t hf_world_store_copy_start(HfWorld *world, uint32_t framework, uint32_t store,
                                   uint32_t from, uint32_t to, int64_t bytes, int64_t limit,
                                   uint64_t arg)
{
    const HfStoreRules *rules = hf_world_store_rules(world, store);
    uint32_t port = port_at(world, STORE + store, 0, rules->bandwidth);
    return start(world, (HfCopy){.framework = framework,
                                 .from = from,
                                 .to = to,
                                 .from_port = from == HF_ROW_NONE ? NO_ROW : port_of(world, from),
                                 .to_port = port_of(world, to),
                                 .read_port = port,
                                 .write_port = from == HF_ROW_NONE ? NO_ROW : port,
                                 .write_weight = (uint32_t)rules->replicas,
                                 .store = store,
                                 .store_port = port,
                                 .bytes = bytes,
                                 .limit = limit,
                                 .arg = arg});
}

static void end(HfWorld *world, uint32_t row)
{
    HfCopies *copies = world->copies;
    HfCopy copy = copies->rows.at[row];
    HfPort *receiver = &copies->ports.at[copy.to_port];
    if (copy.next_out != NO_ROW) copies->rows.at[copy.next_out].prev_out = copy.prev_out;
    if (copy.prev_out != NO_ROW)
        copies->rows.at[copy.prev_out].next_out = copy.next_out;
    else if (copy.from_port != NO_ROW)
        copies->ports.at[copy.from_port].first_out = copy.next_out;
    if (copy.from_port != NO_ROW) copies->ports.at[copy.from_port].out--;
    if (copy.next_in != NO_ROW) copies->rows.at[copy.next_in].prev_in = copy.prev_in;
    if (copy.prev_in != NO_ROW)
        copies->rows.at[copy.prev_in].next_in = copy.next_in;
    else
        receiver->first_in = copy.next_in;
    receiver->in--;
    use_disks(copies, &copy, -1);
    count_moves(copies, &copy, -1);
    copies->rows.at[row].store_port = NO_ROW;
    hf_slots_give(&copies->slots, (HfHandle){row, copy.generation});
    note(world, &copy, HF_RECORD_COPY_ENDED, copy.bytes - copy.left);
    plan_around(world, copy.from_port, copy.to_port, copy.store_port);
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
    if (type <= HF_RECORD_SERVICE_QUORUM && world->scenario->stores.count > 0)
        hf_world__store_provider(world, framework, type, id, value);
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

gboolean hf_world__run_prepares(const HfWorld *world, const HfRun *run)
{
    const HfGuest *guest = keeper_of(world, run->framework);
    return guest != NULL && guest->ops->data->prepares != NULL &&
           guest->ops->data->prepares(guest->model, run->task);
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

void hf_world__volume_emptied(HfWorld *world, uint32_t host, HfTextId persistence)
{
    for (uint32_t f = 0; f < world->guest_count; f++) {
        const HfGuest *guest = &world->guests[f];
        if (guest->ops->data != NULL && guest->ops->data->volume_emptied != NULL)
            guest->ops->data->volume_emptied(guest->model, host, persistence);
    }
}

void hf_world__disk_lost(HfWorld *world, uint32_t host)
{
    for (uint32_t f = 0; f < world->guest_count; f++) {
        const HfGuest *guest = &world->guests[f];
        if (guest->ops->data != NULL && guest->ops->data->disk_lost != NULL)
            guest->ops->data->disk_lost(guest->model, host);
    }
}

/* The master has removed frameworks: their models are told by an event of its own, as one of them
 * may be at work. */
void hf_world__see_removals(HfWorld *world)
{
    world->removals_seen = *world->removals;
    for (uint32_t f = 0; f < world->guest_count; f++) {
        HfGuest *guest = &world->guests[f];
        uint32_t id = hf_driver_framework(guest->driver);
        if (guest->is_removed || !hf_master_framework_is_removed(world->master, id)) continue;
        guest->is_removed = TRUE;
        if (guest->ops->data != NULL && guest->ops->data->removed != NULL)
            hf_engine_after(world->engine, 0, world->kind.data_removed, f, 0);
    }
}

static void on_data_removed(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    const HfGuest *guest = &world->guests[event->target];
    guest->ops->data->removed(guest->model);
}

void hf_world__register_data(HfWorld *world)
{
    world->copies = g_new0(HfCopies, 1);
    world->kind.copied = hf_engine_register(world->engine, "copied", on_copied, world);
    world->kind.data_timer = hf_engine_register(world->engine, "data-timer", on_data_timer, world);
    world->kind.data_removed =
        hf_engine_register(world->engine, "data-removed", on_data_removed, world);
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
