/* The state of a pump as text; see dump.h. */
#include "support/dump.h"

#include <stdlib.h>

#include "control/master_internal.h"
#include "resource/text.h"

/* Numbers that only name something, in order of appearance. */
typedef struct Names {
    HF_VEC(uint64_t) of;
} Names;

typedef struct Dump {
    HfPump *pump;
    const HfMaster *master;
    GString *out;
    Names offers, serials, versions;
} Dump;

static guint32 name_of(Names *names, uint64_t number)
{
    guint32 i = 0;
    while (i < names->of.count && names->of.at[i] != number) i++;
    if (i == names->of.count) hf_vec_push(&names->of, number);
    return i;
}

#define say(d, ...) g_string_append_printf((d)->out, __VA_ARGS__)

static void say_time(Dump *d, const char *key, HfTime at)
{
    if (at == HF_TIME_NEVER)
        say(d, " %s=never", key);
    else if (at - d->pump->now > HF_DUMP_FAR)
        say(d, " %s=far", key);
    else
        say(d, " %s=%" G_GINT64_FORMAT, key, (gint64)(at - d->pump->now));
}

static void say_resources(Dump *d, const char *key, const HfResources *resources)
{
    if (resources == NULL || hf_resources_is_empty(resources)) return;
    g_autofree char *text = hf_resources_to_text(d->pump->catalog, resources);
    say(d, " %s=%s", key, text);
}

static void say_phase(Dump *d, HfTime since, HfTime period)
{
    if (period > 0) say(d, " phase=%" G_GINT64_FORMAT, (gint64)((d->pump->now - since) % period));
}

/* ---- the master ---- */

/* The newest offer of an agent that is older than this number, whether or not lists are kept. */
static uint32_t older_offer(const HfMaster *master, uint32_t agent, uint64_t number)
{
    uint32_t found = NO_ROW;
    uint64_t newest = 0;
    for (guint32 row = 0; row < master->offers.count; row++) {
        const HfOfferRow *offer = &master->offers.at[row];
        uint64_t own = hf_master__number_of(offer);
        if (offer->of == UINT64_MAX || offer->agent != agent || own >= number) continue;
        if (found != NO_ROW && own < newest) continue;
        found = row;
        newest = own;
    }
    return found;
}

static void dump_master_agent(Dump *d, uint32_t row)
{
    const HfMaster *master = d->master;
    const HfAgentRow *agent = &master->agents.at[row];
    const HfAgentMore *more = &master->agents_more.at[row];
    say(d, "\n A%u host%u %u%u%u%u%u%u%u v%u ops%u", row, agent->host, agent->standing,
        agent->drain, agent->is_deactivated, agent->is_gone_when_drained, agent->is_overheld,
        agent->is_silent, agent->is_condemned, name_of(&d->versions, more->version),
        more->operations);
    say_resources(d, "total", more->total);
    if (hf_master__is_held(agent))
        say_phase(d, more->registered_at, master->config.agent_ping_timeout);
    if (agent->standing == HF_STANDING_DISCONNECTED) say_time(d, "since", more->disconnected_at);
    if (agent->is_silent) say_time(d, "verdict", more->verdict_at);
    uint64_t number = UINT64_MAX;
    for (uint32_t o; (o = older_offer(master, row, number)) != NO_ROW;) {
        const HfOfferRow *offer = &master->offers.at[o];
        number = hf_master__number_of(offer);
        say(d, "\n  o%u f%u r%u", name_of(&d->offers, offer->id), hf_master__framework_of(offer),
            offer->role);
        say_resources(d, "", hf_parcel_resources(offer->resources));
    }
    for (uint32_t t = agent->first_task; t != NO_ROW; t = master->tasks.at[t].links.next_of_agent) {
        const HfTaskRow *task = &master->tasks.at[t];
        say(d, "\n  t%u/%u r%u %u %u%u", task->framework, (unsigned)task->id, task->role,
            task->state, task->is_holding, task->is_kill_wanted);
        say_resources(d, "", hf_parcel_resources(task->resources));
    }
}

static void dump_master(Dump *d)
{
    const HfMaster *master = d->master;
    say(d, "master %d%d registry", hf_master_is_down(master), master->is_run_pending);
    const HfMasterRegistry *registry = hf_master_registry(master);
    for (uint32_t a = 0; a < registry->agents.count; a++)
        say(d, " %u", hf_master_registry_standing(registry, a));
    say(d, " +%u", hf_master_changes_waiting(master));
    for (guint32 a = 0; a < master->agents.count; a++) dump_master_agent(d, a);
    for (guint32 f = 0; f < master->frameworks.count; f++) {
        const HfFrameworkRow *framework = &master->frameworks.at[f];
        say(d, "\n F%u peer%u %d c%u", f, framework->peer, framework->standing,
            framework->connection);
        for (guint32 i = 0; i < framework->unreachable.count; i++)
            say(d, " u%u:%u", (unsigned)framework->unreachable.at[i],
                hf_master__unreachable_on(master, f, framework->unreachable.at[i]));
    }
    for (guint32 e = 0; e < master->executors.count; e++) {
        const HfExecutorRow *executor = &master->executors.at[e];
        if (executor->info == NULL) continue;
        say(d, "\n X%u f%u A%u r%u", executor->info->id, executor->framework, executor->agent,
            executor->role);
        say_resources(d, "", hf_executor_info_resources(executor->info));
    }
    for (guint32 o = 0; o < master->operations.count; o++) {
        const HfOperationRow *operation = &master->operations.at[o];
        if (!operation->is_live) continue;
        say(d, "\n O%u %u f%u A%u %d", name_of(&d->serials, operation->serial),
            (unsigned)operation->id, operation->framework, operation->agent, operation->state);
    }
}

/* ---- hosts ---- */

static void dump_agent_task(Dump *d, const HfAgent *agent, const HfAgentTask *task)
{
    say(d, "\n  t%u/%u r%u %d %u%u %u x%u u", task->framework, (unsigned)task->id, task->role,
        task->state, task->is_checkpointed, task->is_connected, task->reason, task->executor);
    for (uint8_t i = 0; i < task->update_count; i++) say(d, ",%u", task->updates[i]);
    if (task->update_count > 0 && agent->state == HF_AGENT_REGISTERED)
        say_time(d, "sent", task->sent_at);
    if (task->resources != NULL) say_resources(d, "", hf_parcel_resources(task->resources));
}

static void dump_disk(Dump *d, const HfCheckpoint *disk)
{
    say(d, "\n  disk id%d", (int)disk->agent_id);
    const HfKept *kept = disk->kept;
    if (kept == NULL) return;
    say_resources(d, "committed", &kept->committed);
    if (kept->has_target) say(d, " target!");
    say_resources(d, "target", &kept->target);
    for (guint32 i = 0; i < kept->volumes.count; i++)
        say(d, " v%u:%u:%u", kept->volumes.at[i].role, kept->volumes.at[i].id,
            (unsigned)kept->volumes.at[i].data);
}

static void dump_host(Dump *d, uint32_t row)
{
    HfPumpHost *host = hf_pump_host(d->pump, row);
    const HfAgent *agent = &host->agent;
    say(d, "\nhost%u %d%d %d id%d v%u %u%u%u", row, host->is_cut,
        host->linked_life == hf_pump_link(host), agent->state, (int)agent->id,
        name_of(&d->versions, agent->version), agent->dies_at, agent->was_rebooted, agent->refusal);
    say_resources(d, "total", hf_agent_total(agent));
    say_time(d, "retry", agent->retry_at);
    if (agent->state == HF_AGENT_REGISTERED) {
        say_time(d, "give-up", agent->give_up_at);
        say_phase(d, agent->registered_at, agent->ping_period);
    }
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        dump_agent_task(d, agent, task);
    for (guint32 i = 0; i < agent->executors.count; i++) {
        const HfAgentExecutor *executor = &agent->executors.at[i];
        if (executor->info == NULL) continue;
        say(d, "\n  x%u/%u %u %u%u", executor->framework, executor->info->id, executor->stage,
            executor->is_checkpointed, executor->is_connected);
        say_resources(d, "", hf_executor_info_resources(executor->info));
        for (guint32 k = 0; k < executor->queued.count; k++)
            say(d, " t%u", (unsigned)executor->queued.at[k].id);
    }
    for (guint32 i = 0; i < agent->operations.count; i++) {
        const HfAgentOperation *operation = &agent->operations.at[i];
        say(d, "\n  O%u %d", name_of(&d->serials, operation->status.serial),
            operation->status.state);
        if (agent->state == HF_AGENT_REGISTERED) say_time(d, "sent", operation->sent_at);
    }
    dump_disk(d, &agent->disk);
    if (agent->drain != HF_AGENT_DRAIN_NONE)
        say(d, " drain%u/%" G_GINT64_FORMAT, agent->drain, (gint64)agent->drain_grace);
    for (guint32 i = 0; i < host->runs.count; i++) {
        const HfPumpRun *run = &host->runs.at[i];
        say(d, "\n  run t%u/%u %d g%u", run->framework, (unsigned)run->task, run->is_checkpointed,
            (unsigned)run->group);
        say_resources(d, "", &run->resources);
    }
    for (guint32 i = 0; i < host->starts.count; i++)
        say(d, "\n  start t%u/%u x%u", host->starts.at[i]->framework,
            (unsigned)host->starts.at[i]->info.id,
            host->starts.at[i]->info.executor != NULL ? host->starts.at[i]->info.executor->id : 0);
    for (guint32 i = 0; i < host->executors.count; i++)
        say(d, "\n  executor x%u/%u %d", host->executors.at[i].framework,
            host->executors.at[i].info->id, host->executors.at[i].is_stopping);
    for (guint32 i = 0; i < host->untold.count; i++)
        say(d, "\n  untold t%u/%u %d", host->untold.at[i].framework,
            (unsigned)host->untold.at[i].task, host->untold.at[i].state);
}

/* ---- under way ---- */

static void say_status(Dump *d, const HfTaskStatus *status)
{
    say(d, " t%u/%u %d.%d.%d A%d %d", (unsigned)status->framework, (unsigned)status->task,
        status->state, status->reason, status->latest, (int)status->agent, status->needs_ack);
}

static void dump_lists(Dump *d, const HfMessage *message)
{
    for (guint32 i = 0; i < message->ids.count; i++)
        say(d, " o%u", name_of(&d->offers, message->ids.at[i]));
    for (guint32 i = 0; i < message->offers.count; i++) {
        say(d, " o%u A%u", name_of(&d->offers, message->offers.at[i].id),
            message->offers.at[i].agent);
        say_resources(d, "", hf_parcel_resources(message->offers.at[i].resources));
    }
    for (guint32 i = 0; i < message->tasks.count; i++) {
        say(d, " t%u", (unsigned)message->tasks.at[i].id);
        say_resources(d, "", hf_parcel_resources(message->tasks.at[i].resources));
    }
    for (guint32 i = 0; i < message->reports.count; i++) {
        const HfTaskReport *report = &message->reports.at[i];
        say(d, " t%u/%u %d", report->framework, (unsigned)report->task, report->state);
        if (report->resources != NULL) say_resources(d, "", hf_parcel_resources(report->resources));
    }
    for (guint32 i = 0; i < message->executors.count; i++)
        say(d, " x%u/%u", message->executors.at[i].framework, message->executors.at[i].info->id);
    for (guint32 i = 0; i < message->operations.count; i++) {
        const HfOfferOperation *operation = &message->operations.at[i];
        say(d, " op%d#%u:%d", operation->action, (unsigned)operation->id, operation->change.type);
        say_resources(d, "", &operation->change.resources);
        say_resources(d, "more", &operation->change.addition);
    }
    for (guint32 i = 0; i < message->statuses.count; i++)
        say(d, " O%u#%u %d A%d", name_of(&d->serials, message->statuses.at[i].serial),
            (unsigned)message->statuses.at[i].id, message->statuses.at[i].state,
            (int)message->statuses.at[i].agent);
}

/* Over a connection that stands? */
static gboolean is_current(Dump *d, const HfMessage *message)
{
    HfPeer end = message->to.kind == HF_PEER_MASTER ? message->from : message->to;
    if (message->reign != d->pump->reign) return FALSE;
    return end.kind == HF_PEER_AGENT
               ? message->carrier == hf_pump_link(hf_pump_host(d->pump, end.row))
               : message->carrier == hf_pump_framework(d->pump, end.row)->life;
}

static void dump_message(Dump *d, const HfMessage *message)
{
    say(d, "\n %u.%u>%u.%u %s %d f%d A%d", message->from.kind, message->from.row, message->to.kind,
        message->to.row, hf_message_type_name(message->type), is_current(d, message),
        (int)message->framework, (int)message->agent);
    dump_lists(d, message);
    switch (message->type) {
    case HF_MESSAGE_STATUS_UPDATE:
    case HF_MESSAGE_UPDATE:
    case HF_MESSAGE_ACKNOWLEDGE:
    case HF_MESSAGE_STATUS_ACKNOWLEDGEMENT:
        say_status(d, &message->status);
        break;
    case HF_MESSAGE_RUN_TASK:
        say(d, " t%u", (unsigned)message->info.id);
        say_resources(d, "", hf_parcel_resources(message->info.resources));
        if (message->info.executor != NULL)
            say(d, " x%u %d", message->info.executor->id, message->launch);
        break;
    case HF_MESSAGE_RUN_TASK_GROUP:
        say(d, " x%u %d", message->info.executor->id, message->launch);
        break;
    case HF_MESSAGE_KILL:
    case HF_MESSAGE_KILL_TASK:
        say(d, " t%u", (unsigned)message->task);
        if (message->grace != HF_TIME_NEVER)
            say(d, " within %g", hf_time_to_seconds(message->grace));
        break;
    case HF_MESSAGE_SHUTDOWN:
    case HF_MESSAGE_SHUTDOWN_EXECUTOR:
    case HF_MESSAGE_EXITED_EXECUTOR:
    case HF_MESSAGE_FAILURE:
        say(d, " x%u", message->executor);
        break;
    case HF_MESSAGE_ACCEPT:
    case HF_MESSAGE_DECLINE:
        say(d, " %g", message->refuse_seconds);
        break;
    case HF_MESSAGE_SUBSCRIBE:
        say(d, " c%u", message->connection);
        break;
    case HF_MESSAGE_REGISTER_AGENT:
    case HF_MESSAGE_REREGISTER_AGENT:
    case HF_MESSAGE_CHECKPOINT_RESOURCES:
        say_resources(d, "total", message->total);
        say(d, " v%u", name_of(&d->versions, message->version));
        break;
    case HF_MESSAGE_APPLY_OPERATION:
        say(d, " v%u", name_of(&d->versions, message->version));
        break;
    default:
        break;
    }
}

/* Is one that was begun late then, if it has not registered before? */
static gboolean awaits_executor(const HfAgent *agent, HfTime at)
{
    HfTime since = at - agent->config->executor_registration_timeout;
    for (guint32 i = 0; i < agent->executors.count; i++)
        if (agent->executors.at[i].info != NULL &&
            agent->executors.at[i].stage == HF_EXECUTOR_REGISTERING &&
            agent->executors.at[i].begun_at <= since)
            return TRUE;
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        if (task->executor == 0 && task->state == HF_TASK_STAGING && task->sent_at <= since)
            return TRUE;
    return FALSE;
}

gboolean hf_pump_timer_counts(HfPump *pump, const HfPumpEvent *timer)
{
    const HfMaster *master = pump->master;
    uint32_t row = (uint32_t)timer->arg;
    if (timer->self.kind == HF_PEER_MASTER) {
        if (timer->reign != pump->reign) return FALSE;
        switch (timer->kind) {
        case HF_MASTER_TIMER_SILENCE:
            return master->agents.at[row].is_silent &&
                   master->agents.at[row].silence == timer->arg >> 32;
        case HF_MASTER_TIMER_REREGISTER:
            return master->agents.at[row].standing == HF_STANDING_DISCONNECTED &&
                   timer->at >= master->agents_more.at[row].disconnected_at +
                                    master->config.agent_reregister_timeout;
        case HF_MASTER_TIMER_FAILOVER:
            return master->frameworks.at[row].standing == HF_FRAMEWORK_DISCONNECTED &&
                   master->frameworks.at[row].epoch == timer->arg >> 32;
        default:
            return TRUE;
        }
    }
    if (timer->self.kind == HF_PEER_FRAMEWORK) {
        const HfPumpFramework *framework = hf_pump_framework(pump, timer->self.row);
        return !hf_driver_is_subscribed(framework->driver) && !framework->is_down &&
               framework->errors == 0 && timer->arg == framework->subscription;
    }
    if (timer->self.kind != HF_PEER_AGENT) return TRUE;
    const HfAgent *agent = &hf_pump_host(pump, timer->self.row)->agent;
    switch (timer->kind) {
    case HF_AGENT_TIMER_REGISTER:
        return agent->state == HF_AGENT_REGISTERING && timer->arg == agent->draws;
    case HF_AGENT_TIMER_RETRY:
        return agent->state != HF_AGENT_DOWN && timer->arg == agent->life &&
               timer->at == agent->retry_at;
    case HF_AGENT_TIMER_NUDGE:
        return agent->state == HF_AGENT_REGISTERED && timer->arg == agent->draws &&
               agent->give_up_at == HF_TIME_NEVER;
    case HF_AGENT_TIMER_EXECUTORS:
        return timer->arg == agent->life && awaits_executor(agent, timer->at);
    default:
        return timer->arg == agent->life;
    }
}

static int compare_events(const void *a, const void *b)
{
    const HfPumpEvent *x = a, *y = b;
    gboolean is_timer[2] = {x->message == NULL, y->message == NULL};
    if (is_timer[0] != is_timer[1]) return is_timer[0] ? 1 : -1;
    if (is_timer[0] && x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* Which channel; messages of one stand together, in the order in which they were sent. */
static uint32_t channel_of(const HfMessage *message)
{
    return (uint32_t)message->from.kind << 24 | message->from.row << 16 |
           (uint32_t)message->to.kind << 8 | message->to.row;
}

static void dump_events(Dump *d)
{
    HfPump *pump = d->pump;
    g_autofree HfPumpEvent *events =
        g_memdup2(pump->events.at, pump->events.count * sizeof *events);
    g_autofree uint32_t *said = g_new0(uint32_t, pump->events.count + 1);
    guint32 channels = 0;
    qsort(events, pump->events.count, sizeof *events, compare_events);
    for (guint32 i = 0; i < pump->events.count && events[i].message != NULL; i++) {
        uint32_t channel = channel_of(events[i].message);
        guint32 c = 0;
        while (c < channels && said[c] != channel) c++;
        if (c == channels) said[channels++] = channel;
    }
    for (guint32 c = 1; c < channels; c++) /* by channel, whichever spoke first */
        for (guint32 k = c; k > 0 && said[k] < said[k - 1]; k--) {
            uint32_t swap = said[k];
            said[k] = said[k - 1];
            said[k - 1] = swap;
        }
    say(d, "\nevents");
    for (guint32 c = 0; c < channels; c++)
        for (guint32 i = 0; i < pump->events.count; i++)
            if (events[i].message != NULL && channel_of(events[i].message) == said[c])
                dump_message(d, events[i].message);
    for (guint32 i = 0; i < pump->events.count; i++) {
        if (events[i].message != NULL || !hf_pump_timer_counts(pump, &events[i])) continue;
        say(d, "\n timer %u.%u %u", events[i].self.kind, events[i].self.row, events[i].kind);
        say_time(d, "at", events[i].at);
    }
}

void hf_pump_dump(HfPump *pump, GString *out)
{
    Dump d = {.pump = pump, .master = pump->master, .out = out};
    dump_master(&d);
    hf_dump_allocator(pump->master->allocator, pump->catalog, pump->now, out);
    for (guint h = 0; h < pump->hosts->len; h++) dump_host(&d, h);
    for (guint f = 0; f < pump->frameworks->len; f++) {
        const HfPumpFramework *framework = hf_pump_framework(pump, f);
        say(&d, "\nframework%u %d%d%u id%d c%u", f, hf_driver_is_subscribed(framework->driver),
            framework->is_down, framework->errors, (int)framework->id, framework->life);
        for (guint32 i = 0; i < framework->offers.count; i++)
            say(&d, " o%u", name_of(&d.offers, framework->offers.at[i].id));
    }
    dump_events(&d);
    hf_vec_clear(&d.offers.of);
    hf_vec_clear(&d.serials.of);
    hf_vec_clear(&d.versions.of);
}
