/*
 * Where members of a service keep their data out of band: in directories of their hosts, which the
 * world counts as real disk, or as shares of a store. See data.c.
 *
 *     a task starts -attach (and fence)-> SHARE -reads-> ALL: it serves while its store does
 *
 * External volumes are attached in the same way, whether or not a store of the scenario provides
 * them. What one host at a time can have is let go of some time after its task has ended; a host
 * that was lost, or is out of reach, does not let go. Then it is taken from it by force, which
 * takes longer, or, where that cannot be, tasks elsewhere fail until that host is back.
 */
#include <math.h>

#include "base/assert.h"
#include "models/frameworks/service/data_internal.h"

/* ---- directories ---- */

/* What its directory is named after. */
static uint32_t path_key(const HfDataset *data, const HfMember *member)
{
    return hf_data__rules(data)->identity == HF_IDENTITY_AGENT ? member->data_agent : 0;
}

static void fail(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    hf_world_task_fails(env->world, env->row, data->members[row].host, data->members[row].task);
}

/* Replicas that have moved to others while a member was away stay on its disk until it is back: it
 * is only written to while it runs. */
gboolean hf_data__write(HfDataset *data, uint32_t row, uint32_t more)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    if (hf_data__rules(data)->place != HF_DATA_PATH || member->runs == 0) return TRUE;
    member->is_full = !hf_world_path_hold(env->world, env->row, member->data_host,
                                          path_key(data, member), hf_data__number(data, row),
                                          data->part_bytes * (member->complete + more));
    if (member->is_full) fail(data, row);
    return !member->is_full;
}

/* ---- stores ---- */

static uint32_t store_of(const HfDataset *data)
{
    return data->service->kinds[data->kind].store - 1;
}

static const HfStoreRules *store_rules(const HfDataset *data)
{
    if (!hf_data__has_store(data)) return &hf_storage[HF_STORAGE_EXTERNAL].rules;
    return hf_world_store_rules(data->service->env.world, store_of(data));
}

static gboolean is_up(const HfDataset *data)
{
    return !hf_data__has_store(data) ||
           hf_world_store_is_up(data->service->env.world, store_of(data));
}

static void set_client(HfDataset *data, uint32_t row, gboolean is_client)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    if (!hf_data__has_store(data) || member->is_client == is_client) return;
    member->is_client = is_client;
    hf_world_store_clients(env->world, env->row, store_of(data), is_client ? 1 : -1);
}

/* A host begins to hold it, or does so no more. */
static void set_holder(HfDataset *data, uint32_t row, uint32_t host, gboolean by_force)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    uint64_t number = hf_data__number(data, row);
    if (store_rules(data)->is_exclusive && member->holder != HF_ROW_NONE)
        hf_world_note_share(env->world, env->row, number, member->holder, FALSE, by_force);
    if (store_rules(data)->is_exclusive && host != HF_ROW_NONE)
        hf_world_note_share(env->world, env->row, number, host, TRUE, by_force);
    member->holder = host;
    member->free_at = member->taken_at = 0;
}

static void set_stalled(HfDataset *data, uint32_t row, gboolean is_stalled)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    if (member->is_stalled == is_stalled) return;
    member->is_stalled = is_stalled;
    hf_world_store_stalled(env->world, env->row, store_of(data), is_stalled ? 1 : -1);
}

static void stop_read(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    if (member->read == NO_COPY) return;
    hf_world_copy_stop(data->service->env.world, member->read);
    member->read = NO_COPY;
}

static void start_read(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    int64_t bytes =
        (int64_t)((__int128)data->service->kinds[data->kind].rules.reads * 1048576 / 1000);
    if (bytes == 0) {
        hf_data__on_read(data, row);
    } else if (member->read == NO_COPY) {
        member->read = hf_world_store_copy_start(env->world, env->row, store_of(data), HF_ROW_NONE,
                                                 member->host, bytes, 0,
                                                 HF_DATA_READ | hf_data__number(data, row));
    }
}

/* What it does next, as far as its store lets it. A read that was stopped begins anew. */
static void go_on(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    if (member->runs == 0 || member->reach == HF_REACH_NOTHING) return;
    set_stalled(data, row, !is_up(data));
    if (!is_up(data)) {
        stop_read(data, row);
        hf_data__stop_serving(data, row);
        hf_data__stop_streams(data, row);
        if (store_rules(data)->on_outage == HF_ON_OUTAGE_FAIL) fail(data, row);
    } else if (member->reach == HF_REACH_SHARE) {
        start_read(data, row);
    } else if (!member->serves) {
        hf_data__begin_serving(data, row);
    }
}

static void reach_nothing(HfDataset *data, uint32_t row)
{
    stop_read(data, row);
    set_stalled(data, row, FALSE);
    set_client(data, row, FALSE);
    data->members[row].reach = HF_REACH_NOTHING;
}

/* How long it takes until its host has it, or HF_TIME_NEVER: another has it and does not let go. */
static HfTime time_to_attach(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    const HfStoreRules *rules = store_rules(data);
    HfMember *member = &data->members[row];
    HfTime now = hf_world_now(env->world);
    if (!rules->is_exclusive || member->holder == HF_ROW_NONE) return rules->attach;
    if (member->free_at > 0) return hf_time_add(member->free_at - now, rules->attach);
    /* Its host went down and is up again: nothing there holds it. */
    if (member->runs == 1 && hf_world_host_is_up(env->world, member->holder)) {
        set_holder(data, row, HF_ROW_NONE, FALSE);
        return rules->attach;
    }
    if (rules->fence == HF_TIME_NEVER) return HF_TIME_NEVER;
    if (member->taken_at == 0) member->taken_at = hf_time_add(now, rules->fence);
    return hf_time_add(MAX(0, member->taken_at - now), rules->attach);
}

void hf_data__attach(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    if (member->runs > 1) { /* one that is out of reach has it, and is no longer asked */
        hf_data__stop_serving(data, row);
        hf_data__stop_streams(data, row);
    }
    reach_nothing(data, row);
    HfTime wait = time_to_attach(data, row);
    if (wait == HF_TIME_NEVER)
        fail(data, row);
    else
        hf_world_data_after(env->world, env->row, wait, HF_DATA_TIMER_ATTACHED,
                            hf_data__timer_arg(data, row));
}

void hf_data__on_attached(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    if (member->runs == 0 || !member->has_data) return; /* there was no room: it will fail */
    if (member->holder != member->host)
        set_holder(data, row, member->host, member->holder != HF_ROW_NONE);
    if (hf_data__rules(data)->place == HF_DATA_EXTERNAL &&
        !hf_world_task_ready(env->world, env->row, member->host, member->task))
        return;
    member->reach = HF_REACH_SHARE;
    hf_data__count(data, row, TRUE);
    set_client(data, row, TRUE);
    go_on(data, row);
}

void hf_data__on_read(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    HF_ASSERT(member->reach == HF_REACH_SHARE);
    member->read = NO_COPY;
    member->reach = HF_REACH_ALL;
    go_on(data, row);
}

/* A task that ends on a host that is up lets go of its share; what went down with its host, or was
 * not seen to end, holds it. One that had not got it yet leaves whoever has it alone. */
void hf_data__detach(HfDataset *data, uint32_t row, HfTaskState how)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    if (!hf_data__is_attached(data)) return;
    reach_nothing(data, row);
    if (how == HF_TASK_LOST || member->holder != member->host || member->free_at > 0) return;
    HfTime takes = store_rules(data)->is_exclusive ? store_rules(data)->detach : 0;
    if (takes == 0) {
        set_holder(data, row, HF_ROW_NONE, FALSE);
        return;
    }
    member->free_at = hf_time_add(hf_world_now(env->world), takes);
    hf_world_data_after(env->world, env->row, takes, HF_DATA_TIMER_DETACHED,
                        hf_data__number(data, row));
}

void hf_data__on_detached(HfDataset *data, uint32_t row)
{
    HF_ASSERT(data->members[row].free_at > 0);
    set_holder(data, row, HF_ROW_NONE, FALSE);
}

double hf_data__part_is_hit(const HfDataset *data, double fraction)
{
    int64_t block = store_rules(data)->block;
    if (block == 0 || fraction >= 1) return MIN(fraction, 1);
    double pieces = ceil((double)data->part_bytes / ((double)block / 1000 * 1048576));
    return 1 - pow(1 - fraction, pieces);
}

void hf_data__on_store(HfDataset *data)
{
    for (uint32_t m = 0; m < data->member_count; m++) go_on(data, m);
}

/* ---- both ---- */

int64_t hf_data__leave(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    const HfMember *member = &data->members[row];
    if (!member->has_data) return 0;
    if (hf_data__rules(data)->place == HF_DATA_PATH)
        return hf_world_path_leave(env->world, env->row, member->data_host,
                                   hf_data__number(data, row));
    if (hf_data__has_store(data))
        hf_world_store_leave(env->world, env->row, store_of(data), hf_data__number(data, row));
    return data->member_bytes;
}

/* A directory that is named after the host or the agent alone is found by whoever comes next; one
 * that is named after nothing, by nobody. In a store each instance has a share of its own, in its
 * full size from the start. */
gboolean hf_data__settle_in(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    const HfNodeRules *rules = hf_data__rules(data);
    if (hf_data__has_store(data)) {
        if (hf_world_store_take(env->world, env->row, store_of(data), hf_data__number(data, row),
                                data->member_bytes))
            return TRUE;
        fail(data, row);
        return FALSE;
    }
    if (rules->place == HF_DATA_PATH && rules->identity != HF_IDENTITY_NONE) {
        hf_world_path_adopt(env->world, env->row, data->members[row].data_host,
                            path_key(data, &data->members[row]), hf_data__number(data, 0),
                            hf_data__number(data, data->member_count), hf_data__number(data, row));
    }
    return TRUE;
}

uint32_t hf_data__copy(HfDataset *data, uint32_t from, uint32_t to, uint64_t arg)
{
    const HfModelEnv *env = &data->service->env;
    uint32_t sender = data->members[from].host, receiver = data->members[to].host;
    if (hf_data__has_store(data))
        return hf_world_store_copy_start(env->world, env->row, store_of(data), sender, receiver,
                                         data->part_bytes, data->limit, arg);
    return hf_world_copy_start(env->world, env->row, sender, receiver, data->part_bytes,
                               data->limit, arg);
}
