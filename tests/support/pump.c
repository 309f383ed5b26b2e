/* The trivial host; see pump.h. Pending events stand in no order: the next one is searched for. */
#include "support/pump.h"

#include "base/assert.h"
#include "resource/text.h"
#include "support/pump_internal.h"

#define MAX_LATE (30 * HF_NS_PER_SECOND)

static const HfPeer master_peer = {HF_PEER_MASTER, 0};

static void dispatch(HfPump *pump, const HfMessage *message);

/* ---- life ---- */

void hf_pump_config_init(HfPumpConfig *config)
{
    *config = (HfPumpConfig){.seed = 1, .era = HF_ERA_1_11};
    hf_master_config_init(&config->master);
}

static HfAllocator *new_allocator(const HfPump *pump)
{
    HfAllocatorConfig config;
    hf_allocator_config_init(&config);
    config.interval = pump->config.master.allocation_interval;
    config.agent_order = HF_AGENT_ORDER_SORTED;
    config.era = pump->config.era;
    HfQuantities minimum[2] = {{0}};
    if (pump->config.has_minimum) {
        assert_true(hf_quantities_parse(pump->catalog, "cpus:0.01", &minimum[0], NULL));
        assert_true(hf_quantities_parse(pump->catalog, "mem:32", &minimum[1], NULL));
        config.min_allocatable = minimum;
        config.min_allocatable_count = 2;
    }
    HfAllocator *allocator = hf_allocator_new(pump->catalog, &config);
    for (int i = 0; i < 2; i++) hf_quantities_clear(&minimum[i]);
    return allocator;
}

HfPump *hf_pump_new(const HfPumpConfig *config)
{
    HfPump *pump = g_new0(HfPump, 1);
    pump->config = *config;
    pump->catalog = hf_catalog_new(0);
    pump->trace = hf_trace_new(pump->catalog);
    pump->pool = hf_message_pool_new(pump->catalog);
    pump->out = (HfOutbox){.catalog = pump->catalog, .pool = pump->pool, .trace = pump->trace};
    pump->hosts = g_ptr_array_new();
    pump->frameworks = g_ptr_array_new();
    pump->text = g_string_new(NULL);
    pump->is_lossless = pump->is_obeyed = TRUE;
    hf_stream_init(&pump->chaos, config->seed, "chaos", 0);
    hf_agent_config_init(&pump->agent_config, pump->catalog, config->seed);
    pump->agent_config.new_id_after_shutdown = !hf_era_has(config->era, HF_RULE_SHUTDOWN_KEEPS_ID);
    pump->agent_config.executor_registration_timeout = HF_TIME_NEVER; /* they start at once */
    pump->agent_config.verdicts_are_old = !hf_era_has(config->era, HF_RULE_EXECUTOR_VERDICTS);
    pump->agent_config.new_id_after_reboot = !hf_era_has(config->era, HF_RULE_REBOOT_KEEPS_ID);
    if (!config->is_quiet) hf_trace_listen(pump->trace, hf_pump__on_record, pump);
    pump->master = hf_master_new(pump->catalog, new_allocator(pump), &config->master);
    hf_master_start(pump->master, 0, &pump->out);
    hf_pump__flush(pump, master_peer);
    return pump;
}

static void host_free(HfPump *pump, HfPumpHost *host)
{
    hf_agent_clear(&host->agent);
    for (guint32 i = 0; i < host->runs.count; i++)
        hf_resources_clear(pump->catalog, &host->runs.at[i].resources);
    for (guint32 i = 0; i < host->executors.count; i++)
        hf_executor_info_drop(pump->catalog, &host->executors.at[i].info);
    hf_vec_clear(&host->executors);
    hf_vec_clear(&host->starts); /* what is in it is the pool's */
    hf_vec_clear(&host->runs);
    hf_vec_clear(&host->untold);
    hf_resources_clear(pump->catalog, &host->total);
    g_free(host);
}

void hf_pump_free(HfPump *pump)
{
    hf_master_free(pump->master);
    for (guint i = 0; i < pump->hosts->len; i++) host_free(pump, hf_pump_host(pump, i));
    for (guint i = 0; i < pump->frameworks->len; i++) {
        HfPumpFramework *framework = hf_pump_framework(pump, i);
        hf_driver_free(framework->driver);
        hf_vec_clear(&framework->offers);
        hf_vec_clear(&framework->updates);
        hf_vec_clear(&framework->operations);
        hf_vec_clear(&framework->inverse);
        g_free(framework->why);
        g_free(framework->name);
        g_free(framework);
    }
    g_ptr_array_unref(pump->hosts);
    g_ptr_array_unref(pump->frameworks);
    hf_vec_clear(&pump->out.messages);
    hf_vec_clear(&pump->out.timers);
    hf_vec_clear(&pump->events);
    hf_vec_clear(&pump->rules);
    for (guint32 i = 0; i < pump->calls.count; i++) {
        hf_call_clear(pump->catalog, pump->calls.at[i]);
        g_free(pump->calls.at[i]);
    }
    hf_vec_clear(&pump->calls);
    hf_vec_clear(&pump->answered);
    hf_message_pool_free(pump->pool);
    hf_trace_free(pump->trace);
    hf_catalog_free(pump->catalog);
    g_string_free(pump->text, TRUE);
    g_free(pump);
}

HfPumpHost *hf_pump_host(HfPump *pump, uint32_t host)
{
    HF_ASSERT(host < pump->hosts->len);
    return g_ptr_array_index(pump->hosts, host);
}

HfPumpFramework *hf_pump_framework(HfPump *pump, uint32_t framework)
{
    HF_ASSERT(framework < pump->frameworks->len);
    return g_ptr_array_index(pump->frameworks, framework);
}

/* ---- messages ---- */

static void push(HfPump *pump, HfTime at, HfPeer self, HfMessage *message, uint32_t kind,
                 uint64_t arg)
{
    HF_ASSERT(at >= pump->now);
    hf_vec_push(&pump->events,
                (HfPumpEvent){at, pump->sequence++, self, message, pump->reign, kind, arg});
}

static gboolean is_cut(HfPump *pump, HfPeer peer)
{
    return peer.kind == HF_PEER_AGENT && peer.row < pump->hosts->len &&
           hf_pump_host(pump, peer.row)->is_cut;
}

/* What the connection itself tells is no message of a peer: it is never lost. */
static gboolean is_of_transport(HfMessageType type)
{
    return type == HF_MESSAGE_EXITED || type == HF_MESSAGE_SILENT || type == HF_MESSAGE_AUDIBLE;
}

static HfPumpFate fate_of(HfPump *pump, const HfMessage *message, HfTime *delay_out)
{
    *delay_out = 0;
    for (guint32 i = 0; i < pump->rules.count; i++) {
        HfPumpRule *rule = &pump->rules.at[i];
        if (rule->type != message->type || rule->times == 0) continue;
        rule->times--;
        *delay_out = rule->delay;
        return rule->fate;
    }
    if (pump->config.lose + pump->config.twice + pump->config.late == 0) return HF_PUMP_PASS;
    uint64_t draw = hf_stream_below(&pump->chaos, 1000);
    if (draw < pump->config.lose) return HF_PUMP_LOSE;
    draw -= pump->config.lose;
    if (draw < pump->config.twice) return HF_PUMP_TWICE;
    draw -= pump->config.twice;
    if (draw >= pump->config.late) return HF_PUMP_PASS;
    *delay_out = (HfTime)hf_stream_below(&pump->chaos, (uint64_t)MAX_LATE);
    return HF_PUMP_LATE;
}

static void lose(HfPump *pump, HfMessage *message)
{
    if (pump->config.log_messages && !is_of_transport(message->type))
        hf_pump__print_message(pump, message, TRUE);
    hf_message_pool_give(pump->pool, message);
}

/* Tests send calls of frameworks that there are not. */
static gboolean is_framework(const HfPump *pump, uint32_t row)
{
    return row < pump->frameworks->len;
}

void hf_pump_send(HfPump *pump, HfMessage *message)
{
    HfTime delay = 0;
    if (pump->passes != NULL && !pump->passes(pump->context, message)) {
        hf_message_pool_give(pump->pool, message);
        return;
    }
    HfPumpFate fate =
        is_of_transport(message->type) ? HF_PUMP_PASS : fate_of(pump, message, &delay);
    if (fate != HF_PUMP_PASS) pump->is_lossless = FALSE;
    if (fate == HF_PUMP_LOSE) {
        lose(pump, message);
        return;
    }
    if (message->to.kind == HF_PEER_AGENT)
        message->carrier = hf_pump_host(pump, message->to.row)->linked_life;
    else if (message->from.kind == HF_PEER_AGENT)
        message->carrier = hf_pump_link(hf_pump_host(pump, message->from.row));
    else if (message->to.kind == HF_PEER_FRAMEWORK && is_framework(pump, message->to.row))
        message->carrier = hf_pump_framework(pump, message->to.row)->linked_life;
    else if (message->from.kind == HF_PEER_FRAMEWORK && is_framework(pump, message->from.row))
        message->carrier = hf_pump_framework(pump, message->from.row)->life;
    message->reign = pump->reign;
    HfTime at = pump->now + pump->config.latency + delay;
    if (fate == HF_PUMP_TWICE)
        push(pump, at, message->to, hf_message_copy(pump->pool, message), 0, 0);
    push(pump, at, message->to, message, 0, 0);
}

HfMessage *hf_pump_message(HfPump *pump, HfMessageType type, HfPeer from, HfPeer to)
{
    return hf_message_pool_take(pump->pool, type, from, to);
}

void hf_pump_rule(HfPump *pump, HfMessageType type, HfPumpFate fate, HfTime delay, uint32_t times)
{
    hf_vec_push(&pump->rules, (HfPumpRule){type, fate, delay, times});
}

/* What is drawn may be fixed. */
static HfTime end_of_timer(HfPump *pump, HfPeer self, const HfTimerRequest *timer)
{
    if (self.kind == HF_PEER_FRAMEWORK && timer->kind == HF_DRIVER_TIMER_SUBSCRIBE) {
        hf_pump_framework(pump, self.row)->subscription = timer->arg;
        return pump->config.ask_again_after ? pump->now + pump->config.ask_again_after : timer->at;
    }
    if (self.kind == HF_PEER_AGENT && timer->kind == HF_AGENT_TIMER_REGISTER &&
        pump->config.register_after)
        return pump->now + (hf_pump_host(pump, self.row)->agent.attempts == 0
                                ? pump->config.register_after
                                : pump->config.ask_again_after);
    return timer->at;
}

/* Messages between an agent and its executor are handled at once, and may add to the outbox. */
void hf_pump__flush(HfPump *pump, HfPeer self)
{
    for (guint32 i = 0; i < pump->out.messages.count; i++) {
        HfMessage *message = pump->out.messages.at[i];
        if (message->to.kind == HF_PEER_EXECUTOR || message->from.kind == HF_PEER_EXECUTOR) {
            dispatch(pump, message);
            hf_outbox_done(&pump->out, message);
        } else {
            hf_pump_send(pump, message);
        }
    }
    for (guint32 i = 0; i < pump->out.timers.count; i++) {
        const HfTimerRequest *timer = &pump->out.timers.at[i];
        push(pump, end_of_timer(pump, self, timer), self, NULL, timer->kind, timer->arg);
    }
    hf_outbox_reset(&pump->out);
}

/* An executor keeps what it has to tell until its agent's process is back. */
static void step_agent(HfPump *pump, const HfMessage *message)
{
    HfPumpHost *host = hf_pump_host(pump, message->to.row);
    if (host->agent.state == HF_AGENT_DOWN) {
        HF_ASSERT(message->from.kind == HF_PEER_EXECUTOR);
        hf_vec_push(&host->untold, message->status);
        return;
    }
    hf_agent_step(&host->agent, pump->now, message, &pump->out);
    if (host->agent.state == HF_AGENT_DOWN) hf_pump_stop(pump, message->to.row);
}

static void dispatch(HfPump *pump, const HfMessage *message)
{
    switch (message->to.kind) {
    case HF_PEER_MASTER:
        hf_master_step(pump->master, pump->now, message, &pump->out);
        return;
    case HF_PEER_AGENT:
        step_agent(pump, message);
        return;
    case HF_PEER_FRAMEWORK:
        if (message->type == HF_MESSAGE_SUBSCRIBED)
            hf_pump_framework(pump, message->to.row)->id = message->framework;
        hf_driver_step(hf_pump_framework(pump, message->to.row)->driver, pump->now, message,
                       &pump->out);
        return;
    case HF_PEER_EXECUTOR:
        hf_pump__executor(pump, message);
        return;
    }
}

/*
 * Is there somebody to take it? A connection lives as long as the agent's process: what was under
 * way to an earlier life of it is lost. Chaos knows no connections.
 */
static gboolean is_heard(HfPump *pump, const HfMessage *message)
{
    if (message->reign != pump->reign || hf_master_is_down(pump->master)) return FALSE;
    if (message->to.kind == HF_PEER_FRAMEWORK) {
        if (message->to.row >= pump->frameworks->len) return FALSE;
        const HfPumpFramework *framework = hf_pump_framework(pump, message->to.row);
        return !framework->is_down && (!pump->is_lossless || message->carrier == framework->life);
    }
    if (message->to.kind != HF_PEER_AGENT) return TRUE;
    const HfPumpHost *host = hf_pump_host(pump, message->to.row);
    if (host->agent.state == HF_AGENT_DOWN) return FALSE;
    return !pump->is_lossless || message->from.kind == HF_PEER_EXECUTOR ||
           is_of_transport(message->type) || message->type == HF_MESSAGE_PING ||
           message->carrier == hf_pump_link(host);
}

static void deliver(HfPump *pump, HfMessage *message)
{
    HfPeer to = message->to;
    gboolean is_remote = to.kind == HF_PEER_MASTER || message->from.kind == HF_PEER_MASTER;
    gboolean is_blocked = is_remote && (is_cut(pump, to) || is_cut(pump, message->from)) &&
                          !is_of_transport(message->type);
    if (is_blocked || !is_heard(pump, message)) {
        if (is_blocked && (message->type == HF_MESSAGE_SHUTDOWN_FRAMEWORK ||
                           message->type == HF_MESSAGE_SHUTDOWN_EXECUTOR ||
                           message->type == HF_MESSAGE_KILL_TASK))
            pump->is_obeyed = FALSE;
        lose(pump, message);
        return;
    }
    if (pump->config.log_messages) hf_pump__print_message(pump, message, FALSE);
    if (message->type == HF_MESSAGE_REGISTER_AGENT || message->type == HF_MESSAGE_REREGISTER_AGENT)
        hf_pump_host(pump, message->from.row)->linked_life = message->carrier;
    if (message->type == HF_MESSAGE_SUBSCRIBE && is_framework(pump, message->from.row))
        hf_pump_framework(pump, message->from.row)->linked_life = message->carrier;
    dispatch(pump, message);
    hf_outbox_done(&pump->out, message);
    hf_pump__flush(pump, to);
}

/* ---- time ---- */

static void take_answers(HfPump *pump)
{
    HfCallAnswer answer;
    while (hf_master_take_answer(pump->master, &answer)) {
        hf_vec_push(&pump->answered, answer.status);
        g_free(answer.why);
    }
}

/* ---- masters ---- */

/* Those who live hear of it at once. */
static void tell_all(HfPump *pump, HfMessageType type)
{
    for (guint h = 0; h < pump->hosts->len; h++) {
        HfPeer to = {HF_PEER_AGENT, h};
        if (hf_pump_host(pump, h)->agent.state == HF_AGENT_DOWN) continue;
        HfMessage *message = hf_pump_message(pump, type, master_peer, to);
        hf_agent_step(&hf_pump_host(pump, h)->agent, pump->now, message, &pump->out);
        hf_outbox_done(&pump->out, message);
        hf_pump__flush(pump, to);
    }
    for (guint f = 0; f < pump->frameworks->len; f++) {
        HfPeer to = {HF_PEER_FRAMEWORK, f};
        if (hf_pump_framework(pump, f)->is_down || hf_pump_framework(pump, f)->errors > 0) continue;
        HfMessage *message = hf_pump_message(pump, type, master_peer, to);
        hf_driver_step(hf_pump_framework(pump, f)->driver, pump->now, message, &pump->out);
        hf_outbox_done(&pump->out, message);
        hf_pump__flush(pump, to);
    }
}

static void master_gone(HfPump *pump)
{
    for (guint32 i = 0; i < pump->out.messages.count; i++) /* it says nothing more */
        hf_message_pool_give(pump->pool, pump->out.messages.at[i]);
    hf_outbox_reset(&pump->out);
    pump->reign++;
    pump->is_obeyed = FALSE; /* orders that were under way are lost */
    tell_all(pump, HF_MESSAGE_NO_MASTER);
}

void hf_pump_master_crash(HfPump *pump)
{
    hf_master_crash(pump->master, pump->now, &pump->out);
    take_answers(pump);
    master_gone(pump);
}

void hf_pump_master_lead(HfPump *pump)
{
    pump->reign++;
    hf_master_lead(pump->master, pump->now, new_allocator(pump), &pump->out);
    hf_pump__flush(pump, master_peer);
    tell_all(pump, HF_MESSAGE_DETECTED);
}

void hf_pump_master_failover(HfPump *pump, HfTime down)
{
    hf_pump_master_crash(pump);
    hf_pump_run_for(pump, down);
    hf_pump_master_lead(pump);
}

static void fire_timer(HfPump *pump, const HfPumpEvent *event)
{
    switch (event->self.kind) {
    case HF_PEER_MASTER:
        if (event->reign != pump->reign) return; /* of a master that ended */
        hf_master_timer(pump->master, pump->now, event->kind, event->arg, &pump->out);
        take_answers(pump);
        if (hf_master_is_down(pump->master)) master_gone(pump);
        break;
    case HF_PEER_AGENT:
        hf_agent_timer(&hf_pump_host(pump, event->self.row)->agent, pump->now, event->kind,
                       event->arg, &pump->out);
        break;
    case HF_PEER_FRAMEWORK:
        hf_driver_timer(hf_pump_framework(pump, event->self.row)->driver, pump->now, event->kind,
                        event->arg, &pump->out);
        break;
    case HF_PEER_EXECUTOR:
        hf_pump__end_by_itself(pump, event->self.row, (uint32_t)event->arg);
        hf_pump__flush(pump, (HfPeer){HF_PEER_AGENT, event->self.row});
        return;
    }
    hf_pump__flush(pump, event->self);
}

/* If orders arrive, no host ever runs more than it has. (Shared volumes may be used by any number.)
 */
static void check_hosts(HfPump *pump)
{
    for (guint h = 0; h < pump->hosts->len; h++) {
        HfPumpHost *host = hf_pump_host(pump, h);
        HfResources sum = {0}, all = {0};
        for (guint32 i = 0; i < host->runs.count; i++)
            hf_resources_add(pump->catalog, &all, &host->runs.at[i].resources);
        for (guint32 i = 0; i < host->executors.count; i++)
            hf_resources_add(pump->catalog, &all,
                             hf_executor_info_resources(host->executors.at[i].info));
        hf_resources_non_shared(pump->catalog, &all, &sum);
        hf_resources_clear(pump->catalog, &all);
        hf_resources_unallocate(pump->catalog, &sum);
        gboolean runs_more_than_it_has =
            !hf_resources_contains(pump->catalog, hf_agent_total(&host->agent), &sum);
        if (runs_more_than_it_has)
            print_error("seed %d: host %u at %.9f s\n", (int)pump->config.seed, h,
                        hf_time_to_seconds(pump->now));
        HF_ASSERT(!runs_more_than_it_has);
        hf_resources_clear(pump->catalog, &sum);
    }
}

static guint32 next_event(const HfPump *pump)
{
    guint32 next = 0;
    for (guint32 i = 1; i < pump->events.count; i++) {
        const HfPumpEvent *a = &pump->events.at[i], *b = &pump->events.at[next];
        if (a->at < b->at || (a->at == b->at && a->sequence < b->sequence)) next = i;
    }
    return next;
}

void hf_pump_fire(HfPump *pump, guint32 which)
{
    HF_ASSERT(which < pump->events.count);
    HfPumpEvent event = pump->events.at[which];
    pump->events.at[which] = *hf_vec_last(&pump->events);
    pump->events.count--;
    pump->now = MAX(pump->now, event.at);
    if (event.message != NULL)
        deliver(pump, event.message);
    else
        fire_timer(pump, &event);
    if (pump->is_known_good) return;
    if (!hf_master_is_down(pump->master)) hf_master_check(pump->master);
    if (pump->is_lossless && pump->is_obeyed) check_hosts(pump);
}

gboolean hf_pump_step(HfPump *pump)
{
    if (pump->events.count == 0) return FALSE;
    hf_pump_fire(pump, next_event(pump));
    return TRUE;
}

void hf_pump_run(HfPump *pump, HfTime until)
{
    while (pump->events.count > 0 && pump->events.at[next_event(pump)].at <= until)
        hf_pump_step(pump);
    pump->now = MAX(pump->now, until);
}

void hf_pump_run_for(HfPump *pump, HfTime duration)
{
    hf_pump_run(pump, pump->now + duration);
}

/* ---- hosts ---- */

HfResources hf_pump_resources(HfPump *pump, const char *text)
{
    HfResources resources = {0};
    GError *error = NULL;
    if (!hf_resources_parse(pump->catalog, text, HF_ROLE_STAR, 0, &resources, &error))
        fail_msg("%s: %s", text, error->message);
    return resources;
}

HfParcel *hf_pump_parcel(HfPump *pump, const char *text)
{
    HfResources resources = hf_pump_resources(pump, text);
    return hf_parcel_take(pump->catalog, &resources);
}

uint32_t hf_pump_add_host(HfPump *pump, const char *resources)
{
    uint32_t row = pump->hosts->len;
    HfPumpHost *host = g_new0(HfPumpHost, 1);
    g_ptr_array_add(pump->hosts, host);
    g_snprintf(host->name, sizeof host->name, "host%u", row);
    host->total = hf_pump_resources(pump, resources);
    hf_agent_init(&host->agent, &pump->agent_config, row, host->name, &host->total,
                  &host->attributes, HF_ROLE_NONE);
    return row;
}

uint32_t hf_pump_add_agent(HfPump *pump, const char *resources)
{
    uint32_t host = hf_pump_add_host(pump, resources);
    hf_pump_boot(pump, host);
    return host;
}

/* What the connection to a host tells the master. */
static void tell_master(HfPump *pump, uint32_t host, HfMessageType type)
{
    HfMessage *message = hf_pump_message(pump, type, (HfPeer){HF_PEER_AGENT, host}, master_peer);
    message->agent = hf_pump_host(pump, host)->agent.id;
    message->round_trip = 2 * pump->config.latency;
    hf_pump_send(pump, message);
}

static void tell_heartbeats(HfPump *pump, uint32_t host, HfMessageType type)
{
    if (pump->config.master.explicit_heartbeats) return;
    tell_master(pump, host, type);
    if (hf_pump_host(pump, host)->agent.state == HF_AGENT_DOWN) return;
    hf_pump_send(pump, hf_pump_message(pump, type, master_peer, (HfPeer){HF_PEER_AGENT, host}));
}

void hf_pump_boot(HfPump *pump, uint32_t host)
{
    HfAgent *agent = &hf_pump_host(pump, host)->agent;
    gboolean is_there = hf_agent_start(agent, pump->now, &pump->out);
    if (is_there && agent->id == HF_ROW_NONE) hf_pump__kill_runs(pump, host); /* it has none */
    if (is_there && agent->life > 0) {
        if (agent->id == HF_ROW_NONE) tell_master(pump, host, HF_MESSAGE_EXITED);
        tell_heartbeats(pump, host, HF_MESSAGE_AUDIBLE);
    }
    hf_pump__flush(pump, (HfPeer){HF_PEER_AGENT, host});
}

void hf_pump_stop(HfPump *pump, uint32_t host)
{
    HfAgent *agent = &hf_pump_host(pump, host)->agent;
    hf_trace_emit(pump->trace,
                  &(HfRecord){.at = pump->now,
                              .type = HF_RECORD_AGENT_STOPPED,
                              .agent = host,
                              .framework = HF_ROW_NONE,
                              .value = agent->state == HF_AGENT_DOWN ? agent->death : 0});
    hf_pump__end_unchecked_runs(pump, host);
    if (agent->state != HF_AGENT_DOWN) hf_agent_crash(agent, HF_LOSS_PROCESS);
    tell_heartbeats(pump, host, HF_MESSAGE_SILENT);
    tell_master(pump, host, HF_MESSAGE_EXITED);
}

void hf_pump_lose_disk(HfPump *pump, uint32_t host)
{
    hf_agent_crash(&hf_pump_host(pump, host)->agent, HF_LOSS_DISK);
}

void hf_pump_crash(HfPump *pump, uint32_t host, gboolean visible)
{
    hf_trace_emit(pump->trace, &(HfRecord){.at = pump->now,
                                           .type = HF_RECORD_AGENT_CRASHED,
                                           .agent = host,
                                           .framework = HF_ROW_NONE,
                                           .value = visible});
    hf_pump__kill_runs(pump, host);
    hf_agent_crash(&hf_pump_host(pump, host)->agent, HF_LOSS_HOST);
    tell_heartbeats(pump, host, HF_MESSAGE_SILENT);
    if (visible) tell_master(pump, host, HF_MESSAGE_EXITED);
}

void hf_pump_cut(HfPump *pump, uint32_t host)
{
    hf_pump_host(pump, host)->is_cut = TRUE;
    tell_heartbeats(pump, host, HF_MESSAGE_SILENT);
}

void hf_pump_heal(HfPump *pump, uint32_t host)
{
    hf_pump_host(pump, host)->is_cut = FALSE;
    tell_heartbeats(pump, host, HF_MESSAGE_AUDIBLE);
}

void hf_pump_break(HfPump *pump, uint32_t host)
{
    HfPeer agent = {HF_PEER_AGENT, host};
    for (guint32 i = pump->events.count; i-- > 0;) {
        HfMessage *message = pump->events.at[i].message;
        if (message == NULL || is_of_transport(message->type)) continue;
        if ((message->from.kind == HF_PEER_AGENT && message->from.row == host) ||
            (message->to.kind == HF_PEER_AGENT && message->to.row == host)) {
            hf_message_pool_give(pump->pool, message);
            hf_vec_remove(&pump->events, i);
        }
    }
    hf_pump_host(pump, host)->breaks++;
    tell_master(pump, host, HF_MESSAGE_EXITED);
    HfMessage *message = hf_pump_message(pump, HF_MESSAGE_EXITED, master_peer, agent);
    dispatch(pump, message);
    hf_outbox_done(&pump->out, message);
    hf_pump__flush(pump, agent);
}

char *hf_pump_available(HfPump *pump, uint32_t agent)
{
    const HfResources *free_now = hf_allocator_available(hf_master_allocator(pump->master), agent);
    return free_now == NULL ? g_strdup("unknown") : hf_resources_to_text(pump->catalog, free_now);
}
