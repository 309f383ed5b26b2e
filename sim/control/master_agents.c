/*
 * The master's agents: registration, loss and return.
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

static void start_pings(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    agent->registered_at = now;
    agent->missed = 0;
    agent->ponged = TRUE;
    agent->epoch++;
    if (!master->config.explicit_heartbeats) return;
    agent->ponged = FALSE;
    hf_outbox_send(out, HF_MESSAGE_PING, self, host_of(master, row))->agent = row;
    hf_outbox_timer(out, now + master->config.agent_ping_timeout, HF_MASTER_TIMER_PING,
                    hf_master__agent_arg(master, row));
}

static void tell_allocator(HfMaster *master, HfTime now, uint32_t row, const HfHolding *used,
                           uint32_t used_count)
{
    const HfAgentRow *agent = &master->agents.at[row];
    HfStatus status = hf_allocator_agent_add(master->allocator, now, row,
                                             &(HfAgentSpec){.name = agent->name,
                                                            .hostname = agent->hostname,
                                                            .attributes = agent->attributes,
                                                            .total = agent->total,
                                                            .capabilities = HF_AGENT_CAPABILITY_ALL,
                                                            .owner = agent->owner},
                                             used, used_count);
    HF_ASSERT(status == HF_OK);
}

static void record_agent(const HfMaster *master, HfTime now, uint32_t row, HfRecordType type,
                         HfOutbox *out)
{
    const HfAgentRow *agent = &master->agents.at[row];
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = (uint16_t)type,
                                      .agent = row,
                                      .framework = HF_ROW_NONE,
                                      .value = agent->host,
                                      .resources = agent->total});
}

void hf_master__on_register(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    /* The reply to an earlier attempt may be on its way, or lost: the same host gets the same id
     * again. */
    uint32_t row = hf_map64_get(&master->agent_of_host, in->from.row);
    if (row == HF_MAP64_NONE) {
        row = master->agents.count;
        hf_map64_set(&master->agent_of_host, in->from.row, row);
        hf_vec_push_zero(&master->agents);
        HfAgentRow *agent = hf_vec_last(&master->agents);
        agent->host = in->from.row;
        agent->hostname = in->name;
        agent->total = in->total;
        agent->attributes = in->attributes;
        agent->owner = in->owner;
        agent->first_offer = agent->first_task = NO_ROW;
        g_snprintf(agent->name, sizeof agent->name, "S%08u", row);
        tell_allocator(master, now, row, NULL, 0);
        record_agent(master, now, row, HF_RECORD_AGENT_REGISTERED, out);
        start_pings(master, now, row, out);
    }
    hf_outbox_send(out, HF_MESSAGE_AGENT_REGISTERED, self, in->from)->agent = row;
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
 * Tasks in the master's book that the agent did not report (reconcileKnownSlave). It may have lost
 * them; or they were launched when its report was on its way already. Only the agent can tell: it
 * is asked, behind the order to run them, and answers for those that it does not have.
 */
static void ask_for_missing(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                            HfMessage *reply, HfOutbox *out)
{
    uint32_t next;
    for (uint32_t at = master->agents.at[row].first_task; at != NO_ROW; at = next) {
        const HfTaskRow *task = &master->tasks.at[at];
        next = task->links.next_of_agent;
        if (is_reported(in, task)) continue;
        gboolean aware =
            master->frameworks.at[task->framework].capabilities & HF_CAPABILITY_PARTITION_AWARE;
        HfTaskState state = aware ? HF_TASK_DROPPED : HF_TASK_LOST;
        if (!task->is_holding) { /* its end was heard; nobody will repeat it */
            hf_master__end_task(master, now, at, state, HF_REASON_RECONCILIATION, out);
            continue;
        }
        hf_vec_push_zero(&reply->reports);
        HfTaskReport *report = hf_vec_last(&reply->reports);
        report->framework = task->framework;
        report->task = task->id;
        report->role = task->role;
        report->state = state;
    }
}

/* An unreachable agent is back: its tasks that run on are entered again, each with an update. */
static void readd_with_tasks(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                             HfOutbox *out)
{
    HF_VEC(HfHolding) used = {0};
    for (guint32 i = 0; i < in->reports.count; i++) {
        const HfTaskReport *report = &in->reports.at[i];
        if (report->framework >= master->frameworks.count ||
            !master->frameworks.at[report->framework].is_active) {
            hf_outbox_send(out, HF_MESSAGE_SHUTDOWN_FRAMEWORK, self, in->from)->framework =
                report->framework;
            continue;
        }
        if (hf_task_state_is_terminal(report->state)) continue; /* its update is still to come */
        hf_master__add_task(master, report->framework, row, report->role, report->task,
                            report->state, &report->resources);
        hf_vec_push(&used, (HfHolding){.framework = report->framework,
                                       .agent = row,
                                       .role = report->role,
                                       .resources = &report->resources});
        hf_master__record(out, (HfRecord){.at = now,
                                          .type = HF_RECORD_TASK_LAUNCHED,
                                          .agent = row,
                                          .framework = report->framework,
                                          .role = report->role,
                                          .id = report->task,
                                          .resources = &report->resources});
        hf_master__tell_task(master, report->framework,
                             &(HfTaskStatus){.framework = report->framework,
                                             .task = report->task,
                                             .state = report->state,
                                             .reason = HF_REASON_SLAVE_REREGISTERED,
                                             .agent = row,
                                             .host = master->agents.at[row].host},
                             out);
    }
    tell_allocator(master, now, row, used.at, used.count);
    hf_vec_clear(&used);
}

void hf_master__on_reregister(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = in->agent;
    if (row >= master->agents.count || master->agents.at[row].host != in->from.row) return;
    HfAgentRow *agent = &master->agents.at[row];
    agent->hostname = in->name;
    agent->total = in->total;
    agent->attributes = in->attributes;
    HfAgentStanding before = agent->standing;
    agent->standing = HF_STANDING_REGISTERED;
    HfMessage *reply = hf_outbox_send(out, HF_MESSAGE_AGENT_REREGISTERED, self, in->from);
    reply->agent = row;
    if (before == HF_STANDING_UNREACHABLE) {
        readd_with_tasks(master, now, row, in, out);
    } else {
        ask_for_missing(master, now, row, in, reply, out);
        if (before == HF_STANDING_DISCONNECTED)
            hf_allocator_agent_activate(master->allocator, now, row);
    }
    record_agent(master, now, row, HF_RECORD_AGENT_REREGISTERED, out);
    start_pings(master, now, row, out);
}

static void rescind_all(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    while (master->agents.at[row].first_offer != NO_ROW)
        hf_master__take_offer_back(master, now, master->agents.at[row].first_offer,
                                   HF_RECORD_OFFER_RESCINDED, HF_NO_FILTER, TRUE, out);
}

/* The agent that a connection belongs to; NO_ROW when it never registered. */
static uint32_t agent_of(const HfMaster *master, const HfMessage *in)
{
    return in->agent < master->agents.count && master->agents.at[in->agent].host == in->from.row
               ? in->agent
               : NO_ROW;
}

/* The connection to an agent broke: Master::exited, Master::disconnect(slave). */
void hf_master__on_exited(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = agent_of(master, in);
    if (row == NO_ROW || master->agents.at[row].standing != HF_STANDING_REGISTERED) return;
    hf_allocator_agent_deactivate(master->allocator, now, row);
    rescind_all(master, now, row, out);
    HfAgentRow *agent = &master->agents.at[row];
    agent->standing = HF_STANDING_DISCONNECTED;
    record_agent(master, now, row, HF_RECORD_AGENT_DISCONNECTED, out);
    uint32_t next;
    for (uint32_t task = agent->first_task; task != NO_ROW; task = next) {
        next = master->tasks.at[task].links.next_of_agent;
        if (!master->frameworks.at[master->tasks.at[task].framework].checkpoint)
            hf_master__end_task(master, now, task, HF_TASK_LOST, HF_REASON_SLAVE_DISCONNECTED, out);
    }
    /* Pings go on unanswered, and there is a limit for coming back; the earlier of the two counts.
     * The first is armed by SILENT, or runs on by itself with explicit heartbeats. */
    hf_outbox_timer(out, now + master->config.agent_reregister_timeout, HF_MASTER_TIMER_UNREACHABLE,
                    hf_master__agent_arg(master, row));
}

/* No pong from now on: the first unanswered ping is the next one, and each of the ticks after it is
 * a miss. */
void hf_master__on_silent(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = agent_of(master, in);
    if (row == NO_ROW || master->agents.at[row].standing == HF_STANDING_UNREACHABLE) return;
    const HfAgentRow *agent = &master->agents.at[row];
    HfTime period = master->config.agent_ping_timeout;
    HfTime since = now - agent->registered_at;
    HfTime ping = agent->registered_at + (since + period - 1) / period * period;
    hf_outbox_timer(out, ping + (HfTime)master->config.max_agent_ping_timeouts * period,
                    HF_MASTER_TIMER_UNREACHABLE, hf_master__agent_arg(master, row));
}

void hf_master__on_audible(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = agent_of(master, in);
    if (row != NO_ROW && master->agents.at[row].standing == HF_STANDING_REGISTERED)
        master->agents.at[row].epoch++; /* a pending verdict is void */
}

void hf_master__on_pong(HfMaster *master, const HfMessage *in)
{
    uint32_t row = agent_of(master, in);
    if (row == NO_ROW) return;
    master->agents.at[row].ponged = TRUE;
    master->agents.at[row].missed = 0;
}

static void mark_unreachable(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    if (agent->standing == HF_STANDING_UNREACHABLE) return;
    rescind_all(master, now, row, out);
    agent->standing = HF_STANDING_UNREACHABLE;
    agent->epoch++;
    record_agent(master, now, row, HF_RECORD_AGENT_UNREACHABLE, out);
    while (agent->first_task != NO_ROW) {
        uint32_t task = agent->first_task;
        uint32_t framework = master->tasks.at[task].framework;
        gboolean aware =
            master->frameworks.at[framework].capabilities & HF_CAPABILITY_PARTITION_AWARE;
        /* TASK_UNREACHABLE is not terminal for the framework, but this book forgets the task either
         * way; it is entered again from the agent's report should the agent come back with it. */
        hf_master__end_task(master, now, task, aware ? HF_TASK_UNREACHABLE : HF_TASK_LOST,
                            HF_REASON_SLAVE_REMOVED, out);
    }
    HfStatus status = hf_allocator_agent_remove(master->allocator, now, row);
    HF_ASSERT(status == HF_OK);
    for (guint32 f = 0; f < master->frameworks.count; f++) { /* slaveLost goes to every framework */
        if (!master->frameworks.at[f].is_active) continue;
        HfMessage *message =
            hf_outbox_send(out, HF_MESSAGE_FAILURE, self,
                           (HfPeer){HF_PEER_FRAMEWORK, master->frameworks.at[f].peer});
        message->framework = f;
        message->agent = row;
    }
}

void hf_master__on_unreachable_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    uint32_t row = (uint32_t)arg;
    if (hf_master__agent_arg(master, row) == arg) mark_unreachable(master, now, row, out);
}

void hf_master__on_ping_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    uint32_t row = (uint32_t)arg;
    if (hf_master__agent_arg(master, row) != arg) return;
    HfAgentRow *agent = &master->agents.at[row];
    if (!agent->ponged && ++agent->missed >= master->config.max_agent_ping_timeouts) {
        mark_unreachable(master, now, row, out);
        return;
    }
    agent->ponged = FALSE;
    hf_outbox_send(out, HF_MESSAGE_PING, self, host_of(master, row))->agent = row;
    hf_outbox_timer(out, now + master->config.agent_ping_timeout, HF_MASTER_TIMER_PING, arg);
}
