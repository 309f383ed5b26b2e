/*
 * The master's agents: registration, loss and return. What they bring back with them is in
 * master_return.c.
 *
 * Health (MESOS: master/health-checker): a ping goes out at registration and every
 * agent_ping_timeout; a tick without a pong since the last ping counts as missed; at
 * max_agent_ping_timeouts misses in a row the agent is unreachable. With virtual heartbeats no ping
 * is an event: when the host says from when on no pong will arrive, the tick at which the last miss
 * will be counted is worked out, and one timer armed for it. Both ways decide at the same instant.
 */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

static HfPeer host_of(const HfMaster *master, uint32_t agent)
{
    return (HfPeer){HF_PEER_AGENT, master->agents.at[agent].host};
}

/* A timer about an agent, and what it is armed for: it means nothing once that has moved on. */
static uint64_t timer_arg(uint32_t row, uint32_t what_for)
{
    return (uint64_t)what_for << 32 | row;
}

static void start_pings(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    more->registered_at = now;
    more->missed = 0;
    agent->ponged = TRUE;
    more->epoch++;
    hf_master__end_silence(agent);
    if (!master->config.explicit_heartbeats) return;
    agent->ponged = FALSE;
    HfMessage *ping = hf_outbox_send(out, HF_MESSAGE_PING, self, host_of(master, row));
    ping->agent = row;
    ping->task = 0;
    hf_outbox_timer(out, now + master->config.agent_ping_timeout, HF_MASTER_TIMER_PING,
                    timer_arg(row, more->epoch));
}

static const char *region_of(const HfAgentMore *more)
{
    return more->domain != NULL ? more->domain->region : NULL;
}

static const char *zone_of(const HfAgentMore *more)
{
    return more->domain != NULL ? more->domain->zone : NULL;
}

void hf_master__tell_allocator(HfMaster *master, HfTime now, uint32_t row, const HfHolding *used,
                               uint32_t used_count)
{
    const HfAgentRow *agent = &master->agents.at[row];
    const HfAgentMore *more = &master->agents_more.at[row];
    HfStatus status = hf_allocator_agent_add(master->allocator, now, row,
                                             &(HfAgentSpec){.name = more->name,
                                                            .hostname = more->hostname,
                                                            .region = region_of(more),
                                                            .zone = zone_of(more),
                                                            .attributes = agent->attributes,
                                                            .total = more->total,
                                                            .capabilities = HF_AGENT_CAPABILITY_ALL,
                                                            .owner = more->owner},
                                             used, used_count);
    HF_ASSERT(status == HF_OK);
}

static void record_agent(const HfMaster *master, HfTime now, uint32_t row, HfRecordType type,
                         HfOutbox *out)
{
    const HfAgentRow *agent = &master->agents.at[row];
    const HfAgentMore *more = &master->agents_more.at[row];
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = (uint16_t)type,
                                      .agent = row,
                                      .framework = HF_ROW_NONE,
                                      .value = agent->host,
                                      .resources = more->total});
}

/* Take over what an agent says of itself; TRUE when it is not what was known. */
static gboolean describe(HfMaster *master, uint32_t row, const HfMessage *in)
{
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    gboolean is_another = !hf_resources_equal(master->catalog, more->total, in->total) ||
                          agent->attributes != in->attributes || more->domain != in->domain;
    more->hostname = in->name;
    agent->attributes = in->attributes;
    more->domain = in->domain;
    more->owner = in->owner;
    if (is_another) hf_resources_copy(master->catalog, more->total, in->total);
    more->version = in->version;
    return is_another;
}

/* An agent that has no id gets one: a new one each time. */
static uint32_t name_agent(HfMaster *master, const HfMessage *in)
{
    uint32_t row = master->agents.count;
    hf_vec_push_zero(&master->agents);
    hf_vec_push_zero(&master->agents_more);
    HfAgentRow *agent = hf_vec_last(&master->agents);
    HfAgentMore *more = hf_vec_last(&master->agents_more);
    agent->standing = HF_STANDING_UNKNOWN;
    agent->host = in->from.row;
    more->hostname = in->name;
    more->total = g_new0(HfResources, 1);
    agent->first_offer = agent->first_task = more->first_executor = NO_ROW;
    g_snprintf(more->name, sizeof more->name, "S%08u", row);
    return row;
}

static void admit(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in, HfOutbox *out)
{
    hf_map64_set(&master->agent_of_host, in->from.row, row);
    master->agents.at[row].standing = HF_STANDING_REGISTERED;
    describe(master, row, in);
    hf_master__tell_allocator(master, now, row, NULL, 0);
    record_agent(master, now, row, HF_RECORD_AGENT_REGISTERED, out);
    start_pings(master, now, row, out);
    hf_master__tell_unavailability(master, now, row);
}

/* Does the agent still have this task? */
static gboolean is_reported(const HfMessage *in, const HfTaskRow *task)
{
    for (guint32 i = 0; i < in->reports.count; i++)
        if (in->reports.at[i].task == task->id && in->reports.at[i].framework == task->framework)
            return TRUE;
    return FALSE;
}

/*
 * The answer to a registration. Of the tasks in the master's book that the agent did not name only
 * the agent can tell whether they are gone, or were on their way to it when it wrote: it is asked
 * (reconcileKnownSlave, MESOS-1696). So is one that had ended: its framework may not know.
 */
static void welcome(HfMaster *master, uint32_t row, const HfMessage *in, HfMessageType type,
                    HfOutbox *out)
{
    HfMessage *reply = hf_outbox_send(out, type, self, in->from);
    reply->agent = row;
    reply->pings_are_messages = master->config.explicit_heartbeats;
    reply->ping_period = master->config.agent_ping_timeout;
    reply->ping_timeout =
        master->config.agent_ping_timeout * (HfTime)master->config.max_agent_ping_timeouts;
    for (uint32_t t = master->agents.at[row].first_task; t != NO_ROW;
         t = master->tasks.at[t].links.next_of_agent) {
        const HfTaskRow *task = &master->tasks.at[t];
        if (is_reported(in, task)) continue;
        hf_vec_push_zero(&reply->reports);
        HfTaskReport *report = hf_vec_last(&reply->reports);
        report->framework = task->framework;
        report->task = task->id;
        report->role = task->role;
        report->state = hf_master__state_for(master, task->framework, HF_TASK_DROPPED);
    }
    hf_master__ask_operations(master, row, in, reply);
}

/* It is pinged no more, if it is still there: with virtual heartbeats it must be told. */
static void tell_unpinged(HfMaster *master, uint32_t row, HfOutbox *out)
{
    if (!master->config.explicit_heartbeats)
        hf_outbox_send(out, HF_MESSAGE_SILENT, self, host_of(master, row))->agent = row;
}

/* Master::sendSlaveLost. */
static void tell_all_lost(HfMaster *master, uint32_t row, HfOutbox *out)
{
    for (guint32 f = 0; f < master->frameworks.count; f++) {
        if (master->frameworks.at[f].standing != HF_FRAMEWORK_ACTIVE) continue;
        HfMessage *message =
            hf_outbox_send(out, HF_MESSAGE_FAILURE, self,
                           (HfPeer){HF_PEER_FRAMEWORK, master->frameworks.at[f].peer});
        message->framework = f;
        message->agent = row;
        message->executor = 0;
    }
}

void hf_master__give_up(HfMaster *master, HfTime now, uint32_t row, HfAgentStanding standing,
                        HfTaskState aware, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    HF_ASSERT(hf_master__is_held(agent) && standing >= HF_STANDING_UNREACHABLE);
    hf_master__rescind_agent(master, now, row, out);
    hf_master__rescind_inverse(master, now, row, NO_ROW, out);
    agent->standing = standing;
    more->epoch++;
    hf_master__end_silence(agent);
    record_agent(master, now, row,
                 standing == HF_STANDING_UNREACHABLE ? HF_RECORD_AGENT_UNREACHABLE
                 : standing == HF_STANDING_REMOVED   ? HF_RECORD_AGENT_REMOVED
                                                     : HF_RECORD_AGENT_GONE,
                 out);
    while (agent->first_task != NO_ROW) {
        uint32_t task = agent->first_task;
        /* TASK_UNREACHABLE is not terminal for the framework, but this book forgets the task either
         * way; it is entered again from the agent's report should the agent come back with it. */
        HfTaskState state = hf_master__state_for(master, master->tasks.at[task].framework, aware);
        if (standing == HF_STANDING_UNREACHABLE && master->tasks.at[task].is_holding)
            hf_master__remember_unreachable(master, master->tasks.at[task].framework,
                                            master->tasks.at[task].id, row);
        hf_master__end_task(master, now, task, state, HF_REASON_SLAVE_REMOVED, out);
    }
    hf_master__remove_executors_on(master, now, row, TRUE, out);
    hf_master__end_operations(master, now, row,
                              standing == HF_STANDING_GONE ? HF_OPERATION_GONE_BY_OPERATOR
                                                           : HF_OPERATION_UNREACHABLE,
                              out);
    HfStatus status = hf_allocator_agent_remove(master->allocator, now, row);
    HF_ASSERT(status == HF_OK);
    tell_unpinged(master, row, out);
    tell_all_lost(master, row, out);
}

static void readmit(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    HfAgentStanding before = (HfAgentStanding)agent->standing;
    gboolean was_held = hf_master__is_held(agent);
    if (was_held) hf_master__end_disks(master, now, row, in, out);
    gboolean is_another = describe(master, row, in);
    master->recovered -= before == HF_STANDING_RECOVERED;
    agent->is_overheld = was_held && (agent->is_overheld || is_another);
    if (is_another && before == HF_STANDING_REGISTERED)
        hf_master__rescind_agent(master, now, row, out);
    agent->standing = HF_STANDING_REGISTERED;
    hf_master__end_silence(agent); /* it can be heard */
    more->missed = 0;
    agent->ponged = TRUE;
    record_agent(master, now, row, HF_RECORD_AGENT_REREGISTERED, out);
    if (!was_held) {
        hf_map64_set(&master->agent_of_host, agent->host, row);
        hf_master__forget_unreachable(master, row);
        hf_master__take_back(master, now, row, in, before, out);
        hf_master__adopt_operations(master, row, in);
        start_pings(master, now, row, out);
        hf_master__tell_unavailability(master, now, row);
        hf_master__resume_drain(master, now, row, out);
        return;
    }
    hf_master__reconcile_executors(master, now, row, in, out);
    hf_master__stop_unwanted(master, row, in, out);
    if (is_another) {
        HfResources total = {0};
        hf_master__free_total(master, row, &total);
        hf_allocator_agent_update(master->allocator, now, row,
                                  &(HfAgentSpec){.attributes = agent->attributes,
                                                 .region = region_of(more),
                                                 .zone = zone_of(more),
                                                 .total = &total,
                                                 .owner = more->owner,
                                                 .capabilities = HF_AGENT_CAPABILITIES_KEEP});
        hf_resources_clear(master->catalog, &total);
    }
    if (before == HF_STANDING_DISCONNECTED)
        hf_allocator_agent_activate(master->allocator, now, row);
    hf_master__resume_drain(master, now, row, out);
}

/* The agent that a message or a connection belongs to; NO_ROW when it never registered. */
static uint32_t agent_of(const HfMaster *master, const HfMessage *in)
{
    return hf_map64_get(&master->agent_of_host, in->from.row);
}

static void store(HfMaster *master, HfTime now, uint32_t row, HfRegistryChangeType type,
                  HfEffect effect, const HfMessage *in, HfOutbox *out)
{
    hf_master__store(
        master, now,
        &(HfStoring){
            .change = {.type = type, .agent = row, .host = master->agents.at[row].host, .at = now},
            .effect = effect,
            .message = in},
        out, NULL);
}

/* At most one agent is at an address: another one that was there is removed (Master::registerSlave,
 * "a new agent registered at the same address"). */
static void make_way(HfMaster *master, HfTime now, uint32_t host, uint32_t row, HfOutbox *out)
{
    uint32_t other = hf_map64_get(&master->agent_of_host, host);
    if (other == NO_ROW || other == row || !hf_master__is_held(&master->agents.at[other])) return;
    store(master, now, other, HF_REGISTRY_REMOVE, HF_EFFECT_NONE, NULL, out);
    hf_master__give_up(master, now, other, HF_STANDING_REMOVED, HF_TASK_LOST, out);
}

/*
 * It asks once more, for it had no answer when it did. Operations that were sent to it since are
 * meant for its first request, and it will not do them: what it says now is what it has.
 */
static void repeat(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in, HfOutbox *out)
{
    if (hf_resources_equal(master->catalog, master->agents_more.at[row].total, in->total))
        master->agents_more.at[row].version = in->version;
    else
        readmit(master, now, row, in, out);
}

/*
 * An agent that knows no id of its own: new, or the answer to an earlier attempt has not come. One
 * that was there before, and whose connection broke, had no id on its disk, or lost it.
 */
void hf_master__on_register(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = agent_of(master, in);
    if (!hf_master__is_welcome(master, NO_ROW, in, out)) return;
    if (row != NO_ROW && master->agents.at[row].standing == HF_STANDING_REGISTERED) {
        if (in->version != master->agents_more.at[row].version) repeat(master, now, row, in, out);
        welcome(master, row, in, HF_MESSAGE_AGENT_REGISTERED, out);
        return;
    }
    if (hf_master__is_asked_again(master, HF_EFFECT_ADMIT, in)) return;
    row = name_agent(master, in);
    store(master, now, row, HF_REGISTRY_ADMIT, HF_EFFECT_ADMIT, in, out);
}

void hf_master__admitted(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                         HfOutbox *out)
{
    if (!hf_master__is_welcome(master, row, in, out)) return; /* its machine went down meanwhile */
    make_way(master, now, in->from.row, NO_ROW, out);
    admit(master, now, row, in, out);
    welcome(master, row, in, HF_MESSAGE_AGENT_REGISTERED, out);
}

void hf_master__on_reregister(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->agent >= master->agents.count || master->agents.at[in->agent].host != in->from.row)
        return;
    const HfAgentRow *agent = &master->agents.at[in->agent];
    if (!hf_master__is_held(agent) && agent->standing != HF_STANDING_RECOVERED &&
        agent->standing != HF_STANDING_UNKNOWN && !hf_master__has(master, HF_RULE_AGENTS_RETURN)) {
        hf_outbox_send(out, HF_MESSAGE_SHUTDOWN_AGENT, self, in->from)->agent = in->agent;
        return;
    }
    if (!hf_master__is_welcome(master, in->agent, in, out)) return;
    if (hf_master__is_held(agent)) {
        hf_master__readmitted(master, now, in->agent, in, out);
        return;
    }
    if (!hf_master__is_asked_again(master, HF_EFFECT_READMIT, in))
        store(master, now, in->agent, HF_REGISTRY_MARK_REACHABLE, HF_EFFECT_READMIT, in, out);
}

void hf_master__readmitted(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                           HfOutbox *out)
{
    if (!hf_master__is_welcome(master, row, in, out)) return; /* marked gone meanwhile */
    make_way(master, now, in->from.row, row, out);
    readmit(master, now, row, in, out);
    welcome(master, row, in, HF_MESSAGE_AGENT_REREGISTERED, out);
}

/* The connection to an agent broke: Master::exited, Master::disconnect(slave). */
void hf_master__on_exited(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = agent_of(master, in);
    if (row == NO_ROW || master->agents.at[row].standing != HF_STANDING_REGISTERED) return;
    hf_allocator_agent_deactivate(master->allocator, now, row);
    hf_master__rescind_agent(master, now, row, out);
    hf_master__rescind_inverse(master, now, row, NO_ROW, out);
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    agent->standing = HF_STANDING_DISCONNECTED;
    more->disconnected_at = now;
    record_agent(master, now, row, HF_RECORD_AGENT_DISCONNECTED, out);
    uint32_t next;
    for (uint32_t task = agent->first_task; task != NO_ROW; task = next) {
        next = master->tasks.at[task].links.next_of_agent;
        if (!master->frameworks.at[master->tasks.at[task].framework].checkpoint)
            hf_master__end_task(master, now, task, HF_TASK_LOST, HF_REASON_SLAVE_DISCONNECTED, out);
    }
    hf_master__remove_executors_on(master, now, row, FALSE, out);
    /* Pings go on unanswered, and there is a limit for coming back; the earlier of the two counts.
     * The first is armed by SILENT, or runs on by itself with explicit heartbeats. */
    hf_outbox_timer(out, now + master->config.agent_reregister_timeout, HF_MASTER_TIMER_REREGISTER,
                    row);
}

/*
 * No pong from now on. The last of them answered a ping that was sent a round trip before; the tick
 * after it saw it, and each tick from the next on is a miss.
 */
void hf_master__on_silent(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = agent_of(master, in);
    if (row == NO_ROW || !hf_master__is_held(&master->agents.at[row])) return;
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    if (agent->is_silent) return; /* its verdict is coming already */
    agent->is_silent = TRUE;
    HfTime first = more->registered_at, period = master->config.agent_ping_timeout;
    HfTime seen = first; /* by the tick of registration, which misses nothing */
    HfTime since = now - in->round_trip - first;
    if (since > 0) {
        HfTime answered = (since - 1) / period * period;
        seen = first + ((answered + in->round_trip) / period + 1) * period;
    }
    HfTime verdict = seen + (HfTime)master->config.max_agent_ping_timeouts * period;
    more->verdict_at = MAX(verdict, now);
    hf_outbox_timer(out, more->verdict_at, HF_MASTER_TIMER_SILENCE, timer_arg(row, agent->silence));
}

/*
 * Pongs arrive again. The first will be that to the ping which arrived when it could be heard, or
 * to the next; a pending verdict is void unless it comes before that one.
 */
void hf_master__on_audible(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = agent_of(master, in);
    if (row == NO_ROW) return;
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    if (!hf_master__is_held(agent)) { /* its host takes for granted that it is pinged */
        tell_unpinged(master, row, out);
        return;
    }
    HfTime period = master->config.agent_ping_timeout;
    HfTime since = MAX(now - in->round_trip - more->registered_at, 0);
    HfTime ping = more->registered_at + (since + period - 1) / period * period;
    if (ping + in->round_trip < more->verdict_at || more->verdict_at <= now)
        hf_master__end_silence(agent);
}

void hf_master__on_pong(HfMaster *master, const HfMessage *in)
{
    uint32_t row = agent_of(master, in);
    if (row == NO_ROW) return;
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    agent->ponged = TRUE;
    more->missed = 0;
    if (agent->standing != HF_STANDING_DISCONNECTED)
        hf_master__end_silence(agent); /* it may go on */
}

static gboolean may_be_given_up(const HfAgentRow *agent)
{
    return agent->standing <= HF_STANDING_RECOVERED;
}

/* In the registry first; a second verdict while that is under way changes nothing. Eras that do not
 * take agents back forget them altogether. */
static void write_off(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    if (hf_master__is_storing(master, HF_EFFECT_UNREACHABLE, row, NO_ROW)) return;
    store(master, now, row,
          hf_master__has(master, HF_RULE_AGENTS_RETURN) ? HF_REGISTRY_MARK_UNREACHABLE
                                                        : HF_REGISTRY_REMOVE,
          HF_EFFECT_UNREACHABLE, NULL, out);
}

void hf_master__unreachable(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    if (hf_master__is_held(agent)) {
        hf_master__give_up(master, now, row, HF_STANDING_UNREACHABLE, HF_TASK_UNREACHABLE, out);
        return;
    }
    if (agent->standing != HF_STANDING_RECOVERED) return;
    agent->standing = HF_STANDING_UNREACHABLE;
    hf_master__end_silence(agent);
    master->recovered--;
    record_agent(master, now, row, HF_RECORD_AGENT_UNREACHABLE, out);
    tell_all_lost(master, row, out); /* of its tasks this master knows nothing */
}

/*
 * An agent is to be given up. With a limit it waits for a permit, one for each interval, and is
 * spared when it is heard before it comes (SlaveObserver::markUnreachable).
 */
void hf_master__mark_unreachable(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    if (!may_be_given_up(agent) || agent->is_condemned) return;
    HfTime permit = MAX(now, master->next_permit);
    master->next_permit = hf_time_add(permit, master->config.agent_removal_interval);
    if (permit == now) {
        write_off(master, now, row, out);
        return;
    }
    agent->is_condemned = TRUE;
    hf_outbox_timer(out, permit, HF_MASTER_TIMER_REMOVAL, timer_arg(row, agent->silence));
}

void hf_master__on_removal_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    uint32_t row = (uint32_t)arg;
    const HfAgentRow *agent = &master->agents.at[row];
    if (may_be_given_up(agent) && agent->is_condemned && timer_arg(row, agent->silence) == arg)
        write_off(master, now, row, out);
}

void hf_master__on_silence_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    uint32_t row = (uint32_t)arg;
    if (timer_arg(row, master->agents.at[row].silence) == arg)
        hf_master__mark_unreachable(master, now, row, out);
}

void hf_master__on_reregister_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    const HfAgentRow *agent = &master->agents.at[arg];
    const HfAgentMore *more = &master->agents_more.at[arg];
    if (agent->standing == HF_STANDING_DISCONNECTED &&
        now >= more->disconnected_at + master->config.agent_reregister_timeout)
        hf_master__mark_unreachable(master, now, (uint32_t)arg, out);
}

void hf_master__on_ping_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    uint32_t row = (uint32_t)arg;
    if (timer_arg(row, master->agents_more.at[row].epoch) != arg) return;
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    if (!agent->ponged && ++more->missed >= master->config.max_agent_ping_timeouts) {
        hf_master__mark_unreachable(master, now, row, out);
        if (!hf_master__is_held(agent)) return; /* else it is pinged on until its permit is there */
    }
    agent->ponged = FALSE;
    HfMessage *ping = hf_outbox_send(out, HF_MESSAGE_PING, self, host_of(master, row));
    ping->agent = row;
    ping->task = agent->standing == HF_STANDING_DISCONNECTED;
    hf_outbox_timer(out, now + master->config.agent_ping_timeout, HF_MASTER_TIMER_PING, arg);
}
