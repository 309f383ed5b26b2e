/*
 * The world of weave.h. The service reserves, creates a volume and launches a task on it in one
 * ACCEPT; launches it once more when it ended; and then destroys the volume and unreserves. The
 * other framework launches a task on all that it is offered. Both answer offers at once: that an
 * answer may take its time is in the messages, each of which arrives when the chooser says so. Per
 * channel messages keep their order, a message for who is gone is lost, and so is one that was sent
 * over a connection that is dead, as with TCP. Timers end in the order of their times, between any
 * two messages: a message may take any time.
 *
 * What must be true after every event:
 *   - the master recounts itself (hf_master_check), the checkpoint agrees with its directories
 *   - the auditor of the trace finds no broken invariant
 *   - data in the volume, once there, is the same until the service asked for its destruction
 *   - at most one task runs on the volume; nothing runs on a host that is down; there is one volume
 *   - nothing that is reserved is offered to the other framework
 *   - a task that a framework's executor runs is there with that, and there is one of each
 * and from any state, when no mishap comes any more, the service gets through (weave_heal), after
 * which nothing is reserved, and master and agent agree on what the agent has.
 */
#include "property/weave_internal.h"

#include "resource/text.h"

#define VOLUME     "disk(D:db)[data:p]:64"
#define HOME       "cpus(D:db):1;" VOLUME
#define EXECUTOR   "7=mem:32"
#define TASKS_MAX  2 /* of the service */
#define EATEN_MAX  3 /* tasks of the other */
#define WHILE      3600
#define HEAL_STEPS 600

static const HfPeer ends[] = {{HF_PEER_FRAMEWORK, 0}, {HF_PEER_FRAMEWORK, 1}, {HF_PEER_AGENT, 0}};
enum { CHANNELS = 6 }; /* of each of the ends: to the master, from the master */

/* ---- frameworks ---- */

typedef struct Amounts {
    gboolean has_volume;
    int64_t cpus, disk, free_cpus, free_mem, free_disk;
} Amounts;

static Amounts amounts_of(const Weave *weave, const HfResources *resources)
{
    Amounts sum = {0};
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        uint32_t flags = hf_meta_info(weave->pump->catalog, entry->meta)->flags;
        if (flags & HF_META_PERSISTENT)
            sum.has_volume = TRUE;
        else if (flags & HF_META_DYNAMIC)
            *(entry->kind == HF_KIND_CPUS ? &sum.cpus : &sum.disk) += entry->milli;
        else
            *(entry->kind == HF_KIND_CPUS  ? &sum.free_cpus
              : entry->kind == HF_KIND_MEM ? &sum.free_mem
                                           : &sum.free_disk) += entry->milli;
    }
    return sum;
}

static void say_offer(Weave *weave, HfPumpFramework *framework, const HfOfferInfo *offer,
                      const char *script)
{
    if (script != NULL)
        hf_pump_say(weave->pump, framework, offer->id, script, WHILE);
    else
        hf_driver_decline(framework->driver, &offer->id, 1, WHILE);
}

static char *launch_of(Weave *weave, const char *before)
{
    Service *service = &weave->service;
    service->running = service->next++;
    return g_strdup_printf("%sLAUNCH %u=%s%s", before, (unsigned)service->running, HOME,
                           weave->config.with_executor ? "+" EXECUTOR : "");
}

/* It does not know whether its executor is there, and may have to pay for it (again). */
static gboolean may_launch(const Weave *weave, const Amounts *has)
{
    return !weave->config.with_executor || has->free_mem >= 32000;
}

static char *give_back(Service *service, const Amounts *has)
{
    GString *script = g_string_new(has->has_volume ? "DESTROY " VOLUME " | " : "");
    int64_t disk = has->disk + (has->has_volume ? 64000 : 0);
    g_string_append(script, "UNRESERVE ");
    if (has->cpus > 0) g_string_append_printf(script, "cpus(D:db):%g;", (double)has->cpus / 1000);
    if (disk > 0) g_string_append_printf(script, "disk(D:db):%g;", (double)disk / 1000);
    g_string_truncate(script, script->len - 1);
    service->is_ending = service->is_ending || has->has_volume;
    return g_string_free(script, FALSE);
}

static void service_answer(void *model, HfPumpFramework *framework, const HfOfferInfo *offer)
{
    Weave *weave = model;
    Service *service = &weave->service;
    Amounts has = amounts_of(weave, hf_parcel_resources(offer->resources));
    gboolean is_through = service->ran >= TASKS_MAX || service->is_ending;
    g_autofree char *script = NULL;
    if (service->running != 0)
        script = NULL;
    else if (has.has_volume && !is_through && has.cpus >= 1000)
        script = may_launch(weave, &has) ? launch_of(weave, "") : NULL;
    else if (has.has_volume || ((has.cpus > 0 || has.disk > 0) &&
                                (is_through || has.cpus < 1000 || has.disk < 64000)))
        script = give_back(service, &has);
    else if (has.cpus > 0)
        script = may_launch(weave, &has) ? launch_of(weave, "CREATE " VOLUME " | ") : NULL;
    else if (!is_through && service->ran == 0 && has.free_cpus >= 1000 && has.free_disk >= 64000 &&
             may_launch(weave, &has))
        script =
            launch_of(weave, weave->config.with_feedback
                                 ? "RESERVE#1 cpus(D:db):1;disk(D:db):64 | CREATE#2 " VOLUME " | "
                                 : "RESERVE cpus(D:db):1;disk(D:db):64 | CREATE " VOLUME " | ");
    say_offer(weave, framework, offer, script);
}

/* A task that was given up may come back. */
static void service_hear(void *model, HfPumpFramework *framework, const HfTaskStatus *status)
{
    Service *service = &((Weave *)model)->service;
    if (status->state == HF_TASK_RUNNING) {
        if (service->running == 0) service->running = status->task;
        if (service->running != status->task) hf_driver_kill(framework->driver, status->task);
        if (status->task > service->last_ran) {
            service->last_ran = status->task;
            service->ran++;
        }
    } else if (hf_task_state_is_terminal(status->state) && service->running == status->task) {
        service->running = 0;
        if (((Weave *)model)->config.ends_executor && status->agent != HF_ROW_NONE)
            hf_driver_shutdown(framework->driver, status->agent, 7);
        hf_driver_revive(framework->driver); /* what it refused meanwhile it may want now */
    }
}

static void eater_answer(void *model, HfPumpFramework *framework, const HfOfferInfo *offer)
{
    Weave *weave = model;
    Amounts has = amounts_of(weave, hf_parcel_resources(offer->resources));
    g_autofree char *script = NULL;
    if (weave->config.with_executor) has.free_mem = MAX(has.free_mem - 32000, 0); /* for that */
    if (!weave->is_healing && weave->eaten < EATEN_MAX && has.free_cpus > 0)
        script = g_strdup_printf("LAUNCH %u=cpus:%g;mem:%g;disk:%g", (unsigned)++weave->eaten,
                                 (double)has.free_cpus / 1000, (double)has.free_mem / 1000,
                                 (double)has.free_disk / 1000);
    say_offer(weave, framework, offer, script);
}

/* ---- life ---- */

static void on_record(void *context, const HfRecord *record)
{
    Weave *weave = context;
    hf_audit_listen(weave->audit, record);
    weave->was_late |= record->type == HF_RECORD_TASK_STATE &&
                       record->reason == HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT;
    if (record->type == HF_RECORD_OFFER_SENT && record->role != weave->db &&
        hf_resources_any(weave->pump->catalog, record->resources, HF_META_DYNAMIC))
        weave->wrong = "what is reserved is offered to another role";
}

Weave *weave_new(const WeaveConfig *config)
{
    Weave *weave = g_new0(Weave, 1);
    HfPumpConfig pump;
    hf_pump_config_init(&pump);
    pump.is_quiet = !config->log;
    pump.log_messages = config->log;
    pump.register_after = HF_SECONDS(1);
    pump.ask_again_after = HF_SECONDS(13);
    pump.failover_timeout = HF_SECONDS(9);
    pump.master.allocation_interval = HF_SECONDS(5);
    pump.master.agent_ping_timeout = HF_SECONDS(3);
    pump.master.max_agent_ping_timeouts = 2;
    pump.master.agent_reregister_timeout = HF_SECONDS(11);
    weave->config = *config;
    weave->pump = hf_pump_new(&pump);
    weave->pump->agent_config.retry_min = weave->pump->agent_config.retry_max = HF_SECONDS(7);
    weave->pump->passes = weave__passes;
    weave->pump->executors_wait = config->with_executor;
    if (config->with_executor)
        weave->pump->agent_config.executor_registration_timeout = HF_SECONDS(3);
    weave->pump->context = weave;
    weave->service.next = 1;
    hf_role_intern(weave->pump->catalog, "db", &weave->db, NULL);
    HfResources one = {0};
    hf_resources_parse_canonical(weave->pump->catalog, VOLUME, &one, NULL);
    weave->volume = *hf_resources_at(&one, 0);
    hf_resources_clear(weave->pump->catalog, &one);
    HfAuditConfig audit = {.allocation_interval = pump.master.allocation_interval,
                           .executor_registration_timeout =
                               config->with_executor ? HF_TIME_NEVER : 0,
                           .era = HF_ERA_1_11};
    weave->audit = hf_audit_new(weave->pump->catalog, &audit);
    hf_trace_listen(weave->pump->trace, on_record, weave);
    for (uint32_t f = 0; f < 2; f++) {
        hf_pump_add_framework(weave->pump, f == 0 ? "service" : "eater", f == 0 ? "db" : "web",
                              config->capabilities, config->checkpoint);
        HfPumpFramework *framework = hf_pump_framework(weave->pump, f);
        framework->answer = f == 0 ? service_answer : eater_answer;
        framework->hear = f == 0 ? service_hear : NULL;
        framework->model = weave;
    }
    hf_pump_add_agent(weave->pump, "cpus:2;mem:512;disk:128");
    while (hf_trace_count(weave->pump->trace, HF_RECORD_OFFER_SENT) == 0) hf_pump_step(weave->pump);
    return weave;
}

void weave_free(Weave *weave)
{
    hf_executor_info_drop(weave->pump->catalog, &weave->executor);
    if (weave->repeated != NULL) hf_message_pool_give(weave->pump->pool, weave->repeated);
    hf_audit_free(weave->audit);
    hf_pump_free(weave->pump);
    hf_vec_clear(&weave->choices);
    g_free(weave);
}

/* ---- what may happen ---- */

/* The first message of a channel; UINT32_MAX when it is empty. */
static guint32 head_of(const Weave *weave, uint32_t channel)
{
    const HfPump *pump = weave->pump;
    HfPeer end = ends[channel / 2];
    guint32 head = UINT32_MAX;
    for (guint32 i = 0; i < pump->events.count; i++) {
        const HfMessage *message = pump->events.at[i].message;
        if (message == NULL) continue;
        HfPeer far = channel % 2 == 0 ? message->from : message->to;
        if (far.kind == end.kind && far.row == end.row &&
            (head == UINT32_MAX || pump->events.at[i].sequence < pump->events.at[head].sequence))
            head = i;
    }
    if (head != UINT32_MAX && end.kind == HF_PEER_AGENT && weave->is_cut &&
        pump->events.at[head].sequence >= weave->held_from)
        return UINT32_MAX;
    return head;
}

static gboolean is_down(const Weave *weave)
{
    return weave__host(weave)->agent.state == HF_AGENT_DOWN;
}

static gboolean is_master_down(const Weave *weave)
{
    return hf_master_is_down(weave->pump->master);
}

static gboolean needs_recovery(const Weave *weave)
{
    return is_master_down(weave) || is_down(weave) || weave->is_cut ||
           weave->is_scheduler_down[0] || weave->is_scheduler_down[1];
}

static gboolean is_subscribed(const Weave *weave, uint32_t framework)
{
    return hf_driver_is_subscribed(hf_pump_framework(weave->pump, framework)->driver);
}

static void add(Weave *weave, WeaveWhat what, uint32_t arg)
{
    hf_vec_push(&weave->choices, (WeaveChoice){(uint8_t)what, (uint8_t)arg});
}

/* One that means something: always, while a master leads. */
static gboolean has_timer(const Weave *weave)
{
    for (guint32 i = 0; i < weave->pump->events.count; i++)
        if (weave->pump->events.at[i].message == NULL &&
            hf_pump_timer_counts(weave->pump, &weave->pump->events.at[i]))
            return TRUE;
    return FALSE;
}

static void add_mishaps(Weave *weave)
{
    guint32 head = head_of(weave, 5);
    if (!is_down(weave)) {
        if (head != UINT32_MAX &&
            weave->pump->events.at[head].message->type == HF_MESSAGE_APPLY_OPERATION)
            for (uint32_t step = HF_CHECKPOINT_NOTHING; step < HF_CHECKPOINT_STEPS; step++)
                add(weave, WEAVE_DIE_AT, step);
        add(weave, WEAVE_STOP, 0);
        if (!weave->is_cut) {
            add(weave, WEAVE_BREAK, 0);
            add(weave, WEAVE_CUT, 0);
            add(weave, WEAVE_CUT, 1);
        }
    }
    if (!weave->is_host_down) {
        add(weave, WEAVE_CRASH, 0);
        add(weave, WEAVE_VANISH, 0);
        add(weave, WEAVE_FORGET, 0);
    }
    for (uint32_t f = 0; f < 2; f++)
        if (is_subscribed(weave, f)) add(weave, WEAVE_STOP_SCHEDULER, f);
    if (!is_master_down(weave)) add(weave, WEAVE_MASTER, 0);
}

const WeaveChoice *weave_choices(Weave *weave, guint32 *count_out)
{
    hf_vec_reset(&weave->choices);
    for (uint32_t c = 0; c < CHANNELS; c++)
        if (head_of(weave, c) != UINT32_MAX) add(weave, WEAVE_DELIVER, c);
    if (has_timer(weave)) add(weave, WEAVE_TIMER, 0);
    for (uint32_t f = 0; f < 2; f++)
        if (weave__run_of(weave, f) != UINT32_MAX && (f == 0 || weave->eaten_ended == 0))
            add(weave, WEAVE_END, f);
    if (needs_recovery(weave)) add(weave, WEAVE_RECOVER, 0);
    if (weave__host(weave)->starts.count > 0) add(weave, WEAVE_REGISTER, 0);
    if (weave->mishaps < weave->config.crashes) add_mishaps(weave);
    *count_out = weave->choices.count;
    return weave->choices.at;
}

/* ---- events ---- */

static void record(Weave *weave, HfRecordType type, uint32_t host, uint32_t framework,
                   int64_t value)
{
    hf_trace_emit(weave->pump->trace, &(HfRecord){.at = weave->pump->now,
                                                  .type = (uint16_t)type,
                                                  .agent = host,
                                                  .framework = framework,
                                                  .value = value});
}

static void deliver(Weave *weave, uint32_t channel)
{
    HfPump *pump = weave->pump;
    guint32 head = head_of(weave, channel);
    HF_ASSERT(head != UINT32_MAX);
    const HfMessage *message = pump->events.at[head].message;
    gboolean is_back = message->type == HF_MESSAGE_SUBSCRIBED && message->to.row == 0 &&
                       (hf_pump_framework(pump, 0)->life > 0 || pump->reign > 0);
    gboolean is_end = message->type == HF_MESSAGE_STATUS_ACKNOWLEDGEMENT &&
                      message->status.framework == 0 &&
                      hf_task_state_is_terminal(message->status.state);
    weave__before_message(weave);
    hf_pump_fire(pump, head);
    weave__after_message(weave);
    /* What it said last may not have arrived. */
    if (is_back && weave->service.running != 0 && is_subscribed(weave, 0))
        hf_pump_reconcile(pump, 0, weave->service.running, HF_ROW_NONE);
    if (is_end && weave->repeated != NULL) {
        hf_pump_send(pump, weave->repeated);
        weave->repeated = NULL;
        weave->config.fault = WEAVE_FAULT_NONE;
    }
}

/* Timers that mean nothing any more are passed over on the way, by whom they are for. */
static void fire_timer(Weave *weave)
{
    HfPump *pump = weave->pump;
    gboolean counts;
    do {
        guint32 next = UINT32_MAX;
        for (guint32 i = 0; i < pump->events.count; i++) {
            const HfPumpEvent *event = &pump->events.at[i];
            if (event->message != NULL) continue;
            if (next == UINT32_MAX || event->at < pump->events.at[next].at ||
                (event->at == pump->events.at[next].at &&
                 event->sequence < pump->events.at[next].sequence))
                next = i;
        }
        HF_ASSERT(next != UINT32_MAX); /* see has_timer */
        counts = hf_pump_timer_counts(pump, &pump->events.at[next]);
        hf_pump_fire(pump, next);
    } while (!counts);
}

static void end_task(Weave *weave, uint32_t framework)
{
    HfPumpRun kept;
    gboolean has_kept = framework == 0 && weave__keep_run(weave, &kept);
    weave->eaten_ended += framework == 1;
    hf_pump_end_run(weave->pump, 0, weave__run_of(weave, framework));
    weave__outlive(weave, has_kept, &kept, WEAVE_FAULT_SAYS_ENDED);
}

static void boot(Weave *weave)
{
    weave__plant_on_disk(weave);
    if (weave->is_host_down && weave->has_new_id) hf_agent_forget(&weave__host(weave)->agent);
    record(weave, weave->is_host_down ? HF_RECORD_AGENT_RETURNED : HF_RECORD_AGENT_STARTED, 0,
           HF_ROW_NONE, 0);
    weave->is_host_down = weave->has_new_id = FALSE;
    hf_pump_boot(weave->pump, 0);
    guint32 run = weave__run_of(weave, 0);
    if (weave__is_planted(weave, WEAVE_FAULT_RUN_TWICE) && run != UINT32_MAX)
        weave__run_again(weave, &weave__host(weave)->runs.at[run]);
}

static void break_link(Weave *weave)
{
    if (is_down(weave)) return;
    record(weave, HF_RECORD_LINK_BROKEN, 0, HF_ROW_NONE, 0);
    hf_pump_break(weave->pump, 0);
}

/* TCP keeps what is sent meanwhile, unless it gives up. */
static void cut_link(Weave *weave, gboolean will_reset)
{
    record(weave, HF_RECORD_LINK_CUT, 0, HF_ROW_NONE, 3);
    hf_pump_cut(weave->pump, 0);
    weave__host(weave)->is_cut = FALSE;
    weave->is_cut = TRUE;
    weave->will_reset = will_reset;
    weave->held_from = weave->pump->sequence;
}

static void recover(Weave *weave)
{
    if (is_master_down(weave)) hf_pump_master_lead(weave->pump);
    if (is_down(weave)) boot(weave);
    if (weave->is_cut) {
        weave->is_cut = FALSE;
        record(weave, HF_RECORD_LINK_CUT, 0, HF_ROW_NONE, 0);
        if (weave->will_reset) break_link(weave);
        hf_pump_heal(weave->pump, 0);
    }
    for (uint32_t f = 0; f < 2; f++) {
        if (!weave->is_scheduler_down[f]) continue;
        weave->is_scheduler_down[f] = FALSE;
        record(weave, HF_RECORD_SCHEDULER_STARTED, HF_ROW_NONE, f, 0);
        hf_pump_scheduler_start(weave->pump, f);
    }
}

static void crash_host(Weave *weave, gboolean is_visible, gboolean has_new_id)
{
    HfPumpRun kept;
    gboolean has_kept = weave__keep_run(weave, &kept);
    weave->is_host_down = TRUE;
    weave->has_new_id = has_new_id;
    hf_pump_crash(weave->pump, 0, is_visible);
    weave__outlive(weave, has_kept, &kept, WEAVE_FAULT_GHOST);
}

static void stop_agent(Weave *weave)
{
    HfPumpRun kept;
    gboolean has_kept = weave__keep_run(weave, &kept);
    hf_pump_stop(weave->pump, 0);
    weave__outlive(weave, has_kept, &kept,
                   weave->config.with_executor ? WEAVE_FAULT_TASK_OUTLIVES : WEAVE_FAULT_OUTLIVES);
}

static void take(Weave *weave, WeaveChoice choice)
{
    HfAgent *agent = &weave__host(weave)->agent;
    weave->mishaps += choice.what >= WEAVE_CRASHES;
    switch ((WeaveWhat)choice.what) {
    case WEAVE_DELIVER:
        deliver(weave, choice.arg);
        break;
    case WEAVE_TIMER:
        fire_timer(weave);
        break;
    case WEAVE_END:
        end_task(weave, choice.arg);
        break;
    case WEAVE_RECOVER:
        recover(weave);
        break;
    case WEAVE_REGISTER:
        hf_pump_register_executor(weave->pump, 0);
        break;
    case WEAVE_DIE_AT:
        agent->dies_at = choice.arg;
        deliver(weave, 5);
        agent->dies_at = HF_CHECKPOINT_WHOLE; /* it may have had nothing to write */
        break;
    case WEAVE_STOP:
        stop_agent(weave);
        break;
    case WEAVE_CRASH:
        crash_host(weave, TRUE, FALSE);
        break;
    case WEAVE_VANISH:
        crash_host(weave, FALSE, FALSE);
        break;
    case WEAVE_FORGET:
        crash_host(weave, TRUE, TRUE);
        break;
    case WEAVE_STOP_SCHEDULER:
        record(weave, HF_RECORD_SCHEDULER_STOPPED, HF_ROW_NONE, choice.arg, 0);
        weave->is_scheduler_down[choice.arg] = TRUE;
        hf_pump_scheduler_stop(weave->pump, choice.arg);
        break;
    case WEAVE_BREAK:
        break_link(weave);
        break;
    case WEAVE_CUT:
        cut_link(weave, choice.arg);
        break;
    case WEAVE_MASTER:
        hf_pump_master_crash(weave->pump);
        break;
    }
}

/* ---- what must be true ---- */

static const char *check_volume(Weave *weave)
{
    HfCatalog *catalog = weave->pump->catalog;
    const HfPumpHost *host = weave__host(weave);
    uint32_t users = 0, volumes = 0;
    for (guint32 i = 0; i < host->runs.count; i++)
        users += hf_resources_any(catalog, &host->runs.at[i].resources, HF_META_PERSISTENT) != 0;
    if (users > 1) return "two tasks run on one volume";
    if (weave->is_host_down && host->runs.count > 0) return "a task runs on a host that is down";
    const HfResources *total = hf_agent_total(&host->agent);
    for (uint32_t i = 0; i < hf_resources_count(total); i++)
        volumes += hf_meta_is_persistent(catalog, hf_resources_at(total, i)->meta) != 0;
    if (volumes > 1) return "the agent has the volume twice";
    uint64_t data = hf_checkpoint_data(catalog, &host->agent.disk, &weave->volume);
    uint64_t before = weave->data;
    weave->data = data;
    if (before != 0 && data != before && !(data == 0 && weave->service.is_ending))
        return "what was in the volume is lost";
    return NULL;
}

/* What a framework's executor runs is there with it. */
static const char *check_executors(const Weave *weave)
{
    const HfPumpHost *host = weave__host(weave);
    for (guint32 i = 0; i < host->runs.count; i++) {
        const HfPumpRun *run = &host->runs.at[i];
        gboolean is_there = run->executor == 0;
        for (guint32 k = 0; k < host->executors.count; k++)
            is_there |= host->executors.at[k].framework == run->framework &&
                        host->executors.at[k].info->id == run->executor;
        if (!is_there) return "a task runs in an executor that is not there";
    }
    for (guint32 i = 0; i < host->executors.count; i++)
        for (guint32 k = 0; k < i; k++)
            if (host->executors.at[i].framework == host->executors.at[k].framework &&
                host->executors.at[i].info->id == host->executors.at[k].info->id)
                return "an executor is there twice";
    return NULL;
}

static const char *check(Weave *weave)
{
    if (weave->wrong != NULL) return weave->wrong;
    const HfAuditBreach *breach = hf_audit_breach(weave->audit);
    if (breach != NULL) return weave->wrong = breach->sentence;
    weave->wrong = check_executors(weave);
    return weave->wrong = weave->wrong != NULL ? weave->wrong : check_volume(weave);
}

const char *weave_take(Weave *weave, WeaveChoice choice)
{
    take(weave, choice);
    return check(weave);
}

void weave_follow(Weave *weave, const WeaveChoice *choices, guint32 count)
{
    weave->pump->is_known_good = TRUE;
    for (guint32 i = 0; i < count; i++) {
        take(weave, choices[i]);
        check_volume(weave); /* it remembers what was in there */
    }
    weave->pump->is_known_good = FALSE;
}

/* ---- in order ---- */

WeaveChoice weave_orderly(Weave *weave)
{
    uint32_t next = CHANNELS;
    uint64_t first = UINT64_MAX;
    for (uint32_t c = 0; c < CHANNELS; c++) {
        guint32 head = head_of(weave, c);
        if (head == UINT32_MAX || weave->pump->events.at[head].sequence >= first) continue;
        first = weave->pump->events.at[head].sequence;
        next = c;
    }
    /* Messages take time, or who asks for the same again and again would never hear of a retry. */
    if (weave->heal_steps % 40 == 39 && has_timer(weave)) return (WeaveChoice){WEAVE_TIMER, 0};
    if (next < CHANNELS) return (WeaveChoice){WEAVE_DELIVER, (uint8_t)next};
    if (needs_recovery(weave)) return (WeaveChoice){WEAVE_RECOVER, 0};
    if (weave__host(weave)->starts.count > 0) return (WeaveChoice){WEAVE_REGISTER, 0};
    guint32 run = weave__run_of(weave, 0);
    if (run != UINT32_MAX && !is_down(weave) &&
        (weave__host(weave)->runs.at[run].task == weave->service.running ||
         weave->heal_steps > HEAL_STEPS / 2)) /* one that was given up is not soon over */
        return (WeaveChoice){WEAVE_END, 0};
    if (weave->is_healing && weave__run_of(weave, 1) != UINT32_MAX)
        return (WeaveChoice){WEAVE_END, 1};
    return (WeaveChoice){WEAVE_TIMER, 0};
}

/* All is free but what the executor holds, if it is there (it outlives its tasks). */
static gboolean is_free(const Weave *weave, const HfAgent *agent)
{
    HfPump *pump = weave->pump;
    HfResources all = {0};
    const HfResources *available =
        hf_allocator_available(hf_master_allocator(pump->master), agent->id);
    if (available == NULL) return FALSE; /* the master has just given it up */
    hf_resources_copy(pump->catalog, &all, available);
    for (guint32 i = 0; i < agent->executors.count; i++)
        if (agent->executors.at[i].info != NULL)
            hf_resources_add(pump->catalog, &all,
                             hf_executor_info_resources(agent->executors.at[i].info));
    hf_resources_unallocate(pump->catalog, &all);
    gboolean is_all = hf_resources_equal(pump->catalog, hf_agent_total(agent), &all);
    hf_resources_clear(pump->catalog, &all);
    return is_all;
}

/* Nothing is on its way, nothing is reserved, and both sides agree on what there is. */
static gboolean is_through(Weave *weave)
{
    HfPump *pump = weave->pump;
    const HfAgent *agent = &weave__host(weave)->agent;
    if (is_master_down(weave)) return FALSE;
    for (guint32 i = 0; i < pump->events.count; i++)
        if (pump->events.at[i].message != NULL) return FALSE;
    if (agent->state != HF_AGENT_REGISTERED || agent->tasks.count + agent->operations.count > 0 ||
        weave__host(weave)->runs.count > 0)
        return FALSE;
    gboolean is_orphan = hf_pump_framework(pump, 0)->errors > 0; /* its volume stays */
    if (!is_orphan && (!weave->service.is_ending || weave->data != 0 ||
                       hf_resources_any(pump->catalog, hf_agent_total(agent), HF_META_DYNAMIC)))
        return FALSE;
    return hf_master_tasks(pump->master) == 0 && is_free(weave, agent);
}

const char *weave_heal(Weave *weave)
{
    weave->is_healing = TRUE;
    for (; weave->heal_steps < HEAL_STEPS; weave->heal_steps++) {
        if (is_through(weave)) return NULL;
        const char *wrong = weave_take(weave, weave_orderly(weave));
        if (wrong != NULL) return wrong;
        if (weave->heal_steps % 40 == 39 && weave->service.running != 0 &&
            is_subscribed(weave, 0)) /* the good habit of asking now and then */
            hf_pump_reconcile(weave->pump, 0, weave->service.running, HF_ROW_NONE);
    }
    return "left alone, the service does not get through";
}

uint32_t weave_progress(const Weave *weave)
{
    return (uint32_t)weave->service.next - 1 + (weave__run_of(weave, 0) != UINT32_MAX ? 100 : 0) +
           (weave->service.is_ending ? 1000 : 0);
}

/* ---- as text ---- */

void weave_dump(Weave *weave, GString *out)
{
    const Service *service = &weave->service;
    guint32 held = 0;
    hf_pump_dump(weave->pump, out);
    g_string_append_printf(
        out, "\nservice %u %u %u %u %d eater %u %u mishaps %u %d%d%d%d %d%d data %u\n",
        (unsigned)service->next, (unsigned)service->running, (unsigned)service->last_ran,
        service->ran, service->is_ending, (unsigned)weave->eaten, (unsigned)weave->eaten_ended,
        weave->mishaps, weave->is_host_down, weave->has_new_id, weave->is_scheduler_down[0],
        weave->is_scheduler_down[1], weave->is_cut, weave->is_cut && weave->will_reset,
        (unsigned)weave->data);
    for (guint32 i = 0; i < weave->pump->events.count && weave->is_cut; i++)
        held += weave->pump->events.at[i].message != NULL &&
                weave->pump->events.at[i].sequence >= weave->held_from;
    g_string_append_printf(out, "held %u\n", held);
}

void weave_say(WeaveChoice choice, GString *out)
{
    static const char *const names[] = {"deliver",        "timer", "end",   "recover", "register",
                                        "die-at",         "stop",  "crash", "vanish",  "forget",
                                        "stop-scheduler", "break", "cut",   "master"};
    static const char *const channels[] = {"service>master", "master>service", "eater>master",
                                           "master>eater",   "agent>master",   "master>agent"};
    g_string_append(out, names[choice.what]);
    if (choice.what == WEAVE_DELIVER)
        g_string_append_printf(out, ":%s", channels[choice.arg]);
    else if (choice.arg != 0)
        g_string_append_printf(out, ":%u", choice.arg);
}

gboolean weave_was_late(const Weave *weave)
{
    return weave->was_late;
}

char *weave_take_text(Weave *weave)
{
    return hf_pump_take_text(weave->pump);
}
