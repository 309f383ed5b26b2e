/* Frameworks that do what a test tells them, fake executors, and copies of messages; see pump.h. */
#include "base/assert.h"
#include "support/pump.h"
#include "support/pump_internal.h"

/* ---- frameworks: told from outside, they act inside a timer callback of their driver ---- */

struct HfPumpAction {
    HfMessageType type; /* ACCEPT, DECLINE, KILL, REVIVE, SUPPRESS or TEARDOWN */
    const uint64_t *offers;
    uint32_t offer_count;
    HfTaskInfo *tasks;
    uint32_t task_count;
    double refuse_seconds;
    uint64_t task; /* or the id of an operation */
    HfTime grace;  /* KILL: HF_TIME_NEVER = none */
    HfDriverTask asked;
    uint32_t agent;
    HfPump *pump;
    const char *script;           /* ACCEPT: operations; NULL = plain tasks */
    const HfDriverConfig *config; /* UPDATE_FRAMEWORK */
    const GArray *suppressed;
};

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    const HfPumpAction *action = ((HfPumpFramework *)model)->action;
    switch (action->type) {
    case HF_MESSAGE_ACCEPT:
        if (action->script != NULL) {
            hf_pump__say_operations(action->pump, driver, action->offers, action->offer_count,
                                    action->script, action->refuse_seconds);
            break;
        }
        hf_driver_accept(driver, action->offers, action->offer_count, action->tasks,
                         action->task_count, action->refuse_seconds);
        break;
    case HF_MESSAGE_DECLINE:
        hf_driver_decline(driver, action->offers, action->offer_count, action->refuse_seconds);
        break;
    case HF_MESSAGE_KILL:
        if (action->grace == HF_TIME_NEVER)
            hf_driver_kill(driver, action->task);
        else
            hf_driver_kill_within(driver, action->task, action->grace);
        break;
    case HF_MESSAGE_REVIVE:
        hf_driver_revive(driver);
        break;
    case HF_MESSAGE_SUPPRESS:
        hf_driver_suppress(driver);
        break;
    case HF_MESSAGE_RECONCILE_OPERATIONS:
        hf_driver_reconcile_operations(
            driver, &(HfOperationStatus){.id = action->task, .agent = action->agent},
            action->task != 0);
        break;
    case HF_MESSAGE_TEARDOWN:
        hf_driver_teardown(driver);
        break;
    case HF_MESSAGE_SHUTDOWN:
        hf_driver_shutdown(driver, action->agent, (uint32_t)action->task);
        break;
    case HF_MESSAGE_UPDATE_FRAMEWORK:
        hf_driver_update_framework(driver, action->config,
                                   (const HfRoleId *)(void *)action->suppressed->data,
                                   action->suppressed->len);
        break;
    case HF_MESSAGE_ACCEPT_INVERSE_OFFERS:
        hf_driver_accept_inverse(driver, action->offers, action->offer_count,
                                 action->refuse_seconds);
        break;
    case HF_MESSAGE_DECLINE_INVERSE_OFFERS:
        hf_driver_decline_inverse(driver, action->offers, action->offer_count,
                                  action->refuse_seconds);
        break;
    case HF_MESSAGE_RECONCILE:
        hf_driver_reconcile(driver, &action->asked, action->task_count);
        break;
    default:
        HF_ASSERT(!"an action that no framework takes");
    }
}

static void on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    HfPumpFramework *framework = model;
    framework->offered += count;
    for (uint32_t i = 0; i < count; i++) {
        const HfWindow *window = hf_driver_window(driver, &offers[i]);
        if (window != NULL) framework->window = *window;
        if (framework->answer != NULL)
            framework->answer(framework->model, framework, &offers[i]);
        else
            hf_vec_push(&framework->offers,
                        (HfPumpOffer){offers[i].id, offers[i].agent, offers[i].host,
                                      hf_offer_role(framework->catalog, &offers[i])});
    }
}

static void drop_offer(HfPumpFramework *framework, uint64_t offer)
{
    for (guint32 i = framework->offers.count; i-- > 0;)
        if (framework->offers.at[i].id == offer) hf_vec_remove(&framework->offers, i);
}

static void on_rescind(void *model, HfDriver *driver, uint64_t offer)
{
    HfPumpFramework *framework = model;
    framework->rescinds++;
    drop_offer(framework, offer);
}

static void on_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    HfPumpFramework *framework = model;
    hf_vec_push(&framework->updates, (HfPumpUpdate){hf_driver_now(driver), *status});
    if (framework->hear != NULL) framework->hear(framework->model, framework, status);
}

static void on_operation(void *model, HfDriver *driver, const HfOperationStatus *status)
{
    hf_vec_push(&((HfPumpFramework *)model)->operations, *status);
}

static void on_failure(void *model, HfDriver *driver, uint32_t agent)
{
    ((HfPumpFramework *)model)->failures++;
}

static void on_executor_lost(void *model, HfDriver *driver, uint32_t agent, uint32_t executor)
{
    ((HfPumpFramework *)model)->executors_lost++;
    ((HfPumpFramework *)model)->executor_lost = executor;
}

static void on_disconnected(void *model, HfDriver *driver)
{
    hf_vec_reset(&((HfPumpFramework *)model)->offers);
    hf_vec_reset(&((HfPumpFramework *)model)->inverse);
}

static void on_error(void *model, HfDriver *driver)
{
    HfPumpFramework *framework = model;
    framework->errors++;
    g_free(framework->why);
    framework->why = g_strdup(hf_driver_why(driver));
}

static void on_updated(void *model, HfDriver *driver, int status)
{
    ((HfPumpFramework *)model)->updated = status;
}

static void on_inverse_offers(void *model, HfDriver *driver, const HfInverseOfferInfo *offers,
                              uint32_t offer_count)
{
    HfPumpFramework *framework = model;
    framework->inverse_offered += offer_count;
    for (uint32_t i = 0; i < offer_count; i++) hf_vec_push(&framework->inverse, offers[i]);
}

static void on_rescind_inverse(void *model, HfDriver *driver, uint64_t inverse_offer)
{
    HfPumpFramework *framework = model;
    framework->inverse_rescinds++;
    for (guint32 i = framework->inverse.count; i-- > 0;)
        if (framework->inverse.at[i].id == inverse_offer) hf_vec_remove(&framework->inverse, i);
}

static const HfSchedulerOps scheduler = {
    .disconnected = on_disconnected,
    .error = on_error,
    .updated = on_updated,
    .inverse_offers = on_inverse_offers,
    .rescind_inverse = on_rescind_inverse,
    .offers = on_offers,
    .rescind = on_rescind,
    .update = on_update,
    .operation = on_operation,
    .failure = on_failure,
    .executor_lost = on_executor_lost,
    .timer = on_timer,
};

/* id: HF_ROW_NONE, or whose place it takes. */
static uint32_t add_framework(HfPump *pump, const char *principal, const HfPumpFramework *like,
                              const char *roles, uint32_t capabilities, gboolean checkpoint)
{
    const char *name = like->name;
    uint32_t id = like->id;
    uint32_t row = pump->frameworks->len;
    HfPumpFramework *framework = g_new0(HfPumpFramework, 1);
    g_ptr_array_add(pump->frameworks, framework);
    framework->catalog = pump->catalog;
    framework->name = g_strdup(name);
    framework->id = HF_ROW_NONE;
    framework->row = row;
    g_autoptr(GArray) ids = hf_roles_parse(pump->catalog, roles, NULL);
    assert_non_null(ids);
    framework->driver =
        hf_driver_new(row,
                      &(HfDriverConfig){.name = framework->name,
                                        .principal = principal,
                                        .roles = (const HfRoleId *)(void *)ids->data,
                                        .role_count = ids->len,
                                        .capabilities = capabilities,
                                        .checkpoint = checkpoint,
                                        .failover_timeout = pump->config.failover_timeout,
                                        .seed = pump->config.seed},
                      &scheduler, framework);
    if (id != HF_ROW_NONE) hf_driver_adopt(framework->driver, id);
    hf_driver_start(framework->driver, pump->now, &pump->out);
    hf_pump__flush(pump, (HfPeer){HF_PEER_FRAMEWORK, row});
    return row;
}

uint32_t hf_pump_add_framework(HfPump *pump, const char *name, const char *roles,
                               uint32_t capabilities, gboolean checkpoint)
{
    return hf_pump_add_framework_as(pump, name, NULL, roles, capabilities, checkpoint);
}

uint32_t hf_pump_add_framework_as(HfPump *pump, const char *name, const char *principal,
                                  const char *roles, uint32_t capabilities, gboolean checkpoint)
{
    const HfPumpFramework like = {.name = (char *)name, .id = HF_ROW_NONE};
    return add_framework(pump, principal, &like, roles, capabilities, checkpoint);
}

uint32_t hf_pump_add_successor(HfPump *pump, uint32_t framework)
{
    const HfPumpFramework *first = hf_pump_framework(pump, framework);
    const HfPumpFramework like = {.name = "successor", .id = first->id};
    return add_framework(pump, NULL, &like, first->name, 0, FALSE);
}

uint32_t hf_pump_add_successor_as(HfPump *pump, uint32_t framework, const char *principal,
                                  const char *roles, uint32_t capabilities, gboolean checkpoint)
{
    const HfPumpFramework like = {.name = "successor",
                                  .id = hf_pump_framework(pump, framework)->id};
    return add_framework(pump, principal, &like, roles, capabilities, checkpoint);
}

void hf_pump_scheduler_stop(HfPump *pump, uint32_t row)
{
    HfPumpFramework *framework = hf_pump_framework(pump, row);
    framework->is_down = TRUE;
    framework->life++;
    hf_driver_disconnect(framework->driver, pump->now, &pump->out);
    HfMessage *message = hf_pump_message(pump, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_FRAMEWORK, row},
                                         (HfPeer){HF_PEER_MASTER, 0});
    message->framework = hf_driver_framework(framework->driver);
    hf_pump_send(pump, message);
}

void hf_pump_scheduler_start(HfPump *pump, uint32_t row)
{
    HfPumpFramework *framework = hf_pump_framework(pump, row);
    framework->is_down = FALSE;
    hf_driver_start(framework->driver, pump->now, &pump->out);
    hf_pump__flush(pump, (HfPeer){HF_PEER_FRAMEWORK, row});
}

static void act(HfPump *pump, uint32_t row, const HfPumpAction *action)
{
    HfPumpFramework *framework = hf_pump_framework(pump, row);
    if (!hf_driver_is_subscribed(framework->driver)) { /* nothing can be said */
        for (uint32_t i = 0; i < action->task_count && action->tasks != NULL; i++)
            hf_parcel_drop(pump->catalog, &action->tasks[i].resources);
        return;
    }
    framework->action = action;
    hf_driver_timer(framework->driver, pump->now, 0, 0, &pump->out);
    framework->action = NULL;
    hf_pump__flush(pump, (HfPeer){HF_PEER_FRAMEWORK, row});
    for (uint32_t i = 0; i < action->offer_count; i++) drop_offer(framework, action->offers[i]);
}

void hf_pump_accept(HfPump *pump, uint32_t framework, const uint64_t *offers, uint32_t offer_count,
                    const HfPumpTask *tasks, uint32_t task_count, double refuse_seconds)
{
    g_autofree uint64_t *ids = g_memdup2(offers, offer_count * sizeof *offers);
    g_autofree HfTaskInfo *infos = g_new0(HfTaskInfo, task_count);
    for (uint32_t i = 0; i < task_count; i++)
        infos[i] = (HfTaskInfo){.id = tasks[i].id,
                                .tag = tasks[i].tag,
                                .resources = hf_pump_parcel(pump, tasks[i].resources),
                                .duration = tasks[i].duration,
                                .stop_time = tasks[i].stop_time,
                                .has_kill_grace = tasks[i].kill_grace > 0,
                                .kill_grace = tasks[i].kill_grace,
                                .end = tasks[i].end ? tasks[i].end : HF_TASK_FINISHED,
                                .usage_milli = 1000};
    act(pump, framework,
        &(HfPumpAction){.type = HF_MESSAGE_ACCEPT,
                        .offers = ids,
                        .offer_count = offer_count,
                        .tasks = infos,
                        .task_count = task_count,
                        .refuse_seconds = refuse_seconds});
}

void hf_pump_launch(HfPump *pump, uint32_t framework, uint64_t task, const char *resources,
                    HfTime duration)
{
    HfPumpFramework *self = hf_pump_framework(pump, framework);
    assert_true(self->offers.count > 0);
    hf_pump_accept(pump, framework, &self->offers.at[0].id, 1,
                   &(HfPumpTask){.id = task, .resources = resources, .duration = duration}, 1,
                   HF_REFUSE_DEFAULT);
}

void hf_pump_decline(HfPump *pump, uint32_t framework, double refuse_seconds)
{
    HfPumpFramework *self = hf_pump_framework(pump, framework);
    assert_true(self->offers.count > 0);
    uint64_t offer = self->offers.at[0].id;
    act(pump, framework,
        &(HfPumpAction){.type = HF_MESSAGE_DECLINE,
                        .offers = &offer,
                        .offer_count = 1,
                        .refuse_seconds = refuse_seconds});
}

void hf_pump_decline_all(HfPump *pump, uint32_t framework, double refuse_seconds)
{
    while (hf_pump_framework(pump, framework)->offers.count > 0)
        hf_pump_decline(pump, framework, refuse_seconds);
}

/* The ids of the first offers held; the caller frees them. */
static uint64_t *first_ids(HfPump *pump, uint32_t framework, uint32_t count)
{
    const HfPumpFramework *self = hf_pump_framework(pump, framework);
    assert_true(self->offers.count >= count);
    uint64_t *ids = g_new0(uint64_t, count + 1);
    for (uint32_t i = 0; i < count; i++) ids[i] = self->offers.at[i].id;
    return ids;
}

void hf_pump_decline_at_once(HfPump *pump, uint32_t framework, double refuse_seconds)
{
    uint32_t count = hf_pump_framework(pump, framework)->offers.count;
    g_autofree uint64_t *ids = first_ids(pump, framework, count);
    act(pump, framework,
        &(HfPumpAction){.type = HF_MESSAGE_DECLINE,
                        .offers = ids,
                        .offer_count = count,
                        .refuse_seconds = refuse_seconds});
}

void hf_pump_operate(HfPump *pump, uint32_t framework, uint32_t offer_count, const char *script,
                     double refuse_seconds)
{
    g_autofree uint64_t *ids = first_ids(pump, framework, offer_count);
    act(pump, framework,
        &(HfPumpAction){.type = HF_MESSAGE_ACCEPT,
                        .offers = ids,
                        .offer_count = offer_count,
                        .pump = pump,
                        .script = script,
                        .refuse_seconds = refuse_seconds});
}

void hf_pump_reconcile_operation(HfPump *pump, uint32_t framework, uint64_t id, uint32_t agent)
{
    act(pump, framework,
        &(HfPumpAction){.type = HF_MESSAGE_RECONCILE_OPERATIONS, .task = id, .agent = agent});
}

HfOperationState hf_pump_operation(HfPump *pump, uint32_t framework, uint64_t id)
{
    const HfPumpFramework *self = hf_pump_framework(pump, framework);
    for (guint32 i = self->operations.count; i-- > 0;)
        if (self->operations.at[i].id == id) return self->operations.at[i].state;
    return HF_OPERATION_STATES;
}

static GArray *roles_of(HfPump *pump, const char *text)
{
    if (text[0] == '\0') return g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    GArray *roles = hf_roles_parse(pump->catalog, text, NULL);
    assert_non_null(roles);
    return roles;
}

void hf_pump_update_framework(HfPump *pump, uint32_t framework, const char *principal,
                              const char *roles, const char *suppressed, uint32_t capabilities,
                              gboolean checkpoint, const HfOfferWishes *wishes)
{
    g_autoptr(GArray) ids = roles_of(pump, roles);
    g_autoptr(GArray) silent = roles_of(pump, suppressed);
    HfDriverConfig config = {.name = hf_pump_framework(pump, framework)->name,
                             .principal = principal,
                             .roles = (const HfRoleId *)(void *)ids->data,
                             .role_count = ids->len,
                             .capabilities = capabilities,
                             .checkpoint = checkpoint,
                             .failover_timeout = pump->config.failover_timeout,
                             .wishes = wishes};
    act(pump, framework,
        &(HfPumpAction){
            .type = HF_MESSAGE_UPDATE_FRAMEWORK, .config = &config, .suppressed = silent});
}

void hf_pump_answer_inverse(HfPump *pump, uint32_t framework, gboolean accepts,
                            double refuse_seconds)
{
    HfPumpFramework *self = hf_pump_framework(pump, framework);
    assert_true(self->inverse.count > 0);
    uint64_t id = self->inverse.at[0].id;
    hf_vec_remove(&self->inverse, 0);
    act(pump, framework,
        &(HfPumpAction){.type = accepts ? HF_MESSAGE_ACCEPT_INVERSE_OFFERS
                                        : HF_MESSAGE_DECLINE_INVERSE_OFFERS,
                        .offers = &id,
                        .offer_count = 1,
                        .refuse_seconds = refuse_seconds});
}

void hf_pump_kill(HfPump *pump, uint32_t framework, uint64_t task)
{
    hf_pump_kill_within(pump, framework, task, HF_TIME_NEVER);
}

void hf_pump_kill_within(HfPump *pump, uint32_t framework, uint64_t task, HfTime grace)
{
    act(pump, framework, &(HfPumpAction){.type = HF_MESSAGE_KILL, .task = task, .grace = grace});
}

void hf_pump_revive(HfPump *pump, uint32_t framework)
{
    act(pump, framework, &(HfPumpAction){.type = HF_MESSAGE_REVIVE});
}

void hf_pump_suppress(HfPump *pump, uint32_t framework)
{
    act(pump, framework, &(HfPumpAction){.type = HF_MESSAGE_SUPPRESS});
}

void hf_pump_teardown(HfPump *pump, uint32_t framework)
{
    act(pump, framework, &(HfPumpAction){.type = HF_MESSAGE_TEARDOWN});
}

void hf_pump_shutdown(HfPump *pump, uint32_t framework, uint32_t agent, uint32_t executor)
{
    act(pump, framework,
        &(HfPumpAction){.type = HF_MESSAGE_SHUTDOWN, .agent = agent, .task = executor});
}

void hf_pump_reconcile(HfPump *pump, uint32_t framework, uint64_t task, uint32_t agent)
{
    act(pump, framework,
        &(HfPumpAction){.type = HF_MESSAGE_RECONCILE, .asked = {task, agent}, .task_count = 1});
}

void hf_pump_reconcile_all(HfPump *pump, uint32_t framework)
{
    act(pump, framework, &(HfPumpAction){.type = HF_MESSAGE_RECONCILE});
}

const HfPumpUpdate *hf_pump_update(HfPump *pump, uint32_t framework, uint64_t task)
{
    const HfPumpFramework *self = hf_pump_framework(pump, framework);
    for (guint32 i = self->updates.count; i-- > 0;)
        if (self->updates.at[i].status.task == task) return &self->updates.at[i];
    return NULL;
}

/* ---- executors: start at once, end when the time has come, stop when told ---- */

static void report(HfPump *pump, uint32_t host, const HfPumpRun *run, HfTaskState state)
{
    HfMessage *message =
        hf_outbox_send(&pump->out, HF_MESSAGE_EXECUTOR_STATUS, (HfPeer){HF_PEER_EXECUTOR, host},
                       (HfPeer){HF_PEER_AGENT, host});
    message->framework = run->framework;
    message->status = (HfTaskStatus){.framework = run->framework,
                                     .task = run->task,
                                     .state = state,
                                     .host = host,
                                     .seat = run->seat};
}

static void record_run(HfPump *pump, uint32_t host, const HfPumpRun *run, HfRecordType type,
                       HfTaskState state)
{
    hf_trace_emit(pump->trace, &(HfRecord){.at = pump->now,
                                           .type = (uint16_t)type,
                                           .state = (uint16_t)state,
                                           .agent = host,
                                           .framework = run->framework,
                                           .id = run->task,
                                           .value = 1000,
                                           .resources = &run->resources});
}

void hf_pump__end_run(HfPump *pump, uint32_t host, guint32 i, HfTaskState state)
{
    HfPumpRun *run = &hf_pump_host(pump, host)->runs.at[i];
    record_run(pump, host, run, HF_RECORD_TASK_ENDED, state);
    hf_resources_clear(pump->catalog, &run->resources);
    hf_vec_remove(&hf_pump_host(pump, host)->runs, i);
}

static void end_at(HfPump *pump, uint32_t host, const HfPumpRun *run, HfTime after)
{
    hf_vec_push(&pump->events, (HfPumpEvent){.at = pump->now + after,
                                             .sequence = pump->sequence++,
                                             .self = {HF_PEER_EXECUTOR, host},
                                             .arg = run->generation});
}

static void start_run(HfPump *pump, const HfMessage *in)
{
    HfPumpHost *host = hf_pump_host(pump, in->to.row);
    hf_vec_push_zero(&host->runs);
    HfPumpRun *run = hf_vec_last(&host->runs);
    run->executor = in->info.executor != NULL ? in->info.executor->id : 0;
    run->framework = in->framework;
    run->task = in->info.id;
    run->seat = in->status.seat;
    run->group = in->info.group;
    run->generation = ++pump->generation;
    run->end = in->info.end;
    run->is_checkpointed = in->checkpoint != FALSE;
    run->knows_killing =
        in->about != NULL && in->about->capabilities & HF_CAPABILITY_TASK_KILLING_STATE;
    run->stop_time = in->info.stop_time;
    run->grace = in->info.has_kill_grace ? in->info.kill_grace : HF_KILL_GRACE_DEFAULT;
    run->stopped_at = HF_TIME_NEVER;
    hf_resources_copy(pump->catalog, &run->resources, hf_parcel_resources(in->info.resources));
    record_run(pump, in->to.row, run, HF_RECORD_TASK_STARTED, HF_TASK_RUNNING);
    report(pump, in->to.row, run, HF_TASK_RUNNING);
    if (in->info.duration != HF_TIME_NEVER) end_at(pump, in->to.row, run, in->info.duration);
}

/* A first kill begins the grace, a later one may shorten it. */
void hf_pump__kill_run(HfPump *pump, uint32_t host, guint32 i, HfTime override)
{
    HfPumpRun *run = &hf_pump_host(pump, host)->runs.at[i];
    gboolean is_first = run->stopped_at == HF_TIME_NEVER;
    HfTime grace = override != HF_TIME_NEVER ? override : run->grace;
    if (!is_first && grace >= run->grace) return;
    if (is_first) run->stopped_at = pump->now;
    run->grace = grace;
    HfTime left = MAX(0, run->stopped_at + grace - pump->now);
    if (run->stop_time > 0 || run->knows_killing)
        hf_trace_emit(pump->trace, &(HfRecord){.at = pump->now,
                                               .type = HF_RECORD_TASK_STOPPING,
                                               .agent = host,
                                               .framework = run->framework,
                                               .id = run->task,
                                               .value = left});
    if (is_first && run->knows_killing) report(pump, host, run, HF_TASK_KILLING);
    HfTime after = MAX(0, run->stopped_at + MIN(run->stop_time, grace) - pump->now);
    if (after == 0) {
        HfPumpRun copy = *run;
        report(pump, host, run, HF_TASK_KILLED);
        hf_pump__end_run(pump, host, i, HF_TASK_KILLED);
        hf_pump__run_left(pump, host, &copy, HF_TASK_KILLED);
        return;
    }
    run->end = HF_TASK_KILLED;
    run->generation = ++pump->generation;
    end_at(pump, host, run, after);
}

static void reconnect(HfPump *pump, uint32_t row)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    HfPeer executor = {HF_PEER_EXECUTOR, row}, agent = {HF_PEER_AGENT, row};
    for (guint32 i = 0; i < host->runs.count; i++) {
        HfMessage *message =
            hf_outbox_send(&pump->out, HF_MESSAGE_EXECUTOR_REREGISTERED, executor, agent);
        message->framework = host->runs.at[i].framework;
        message->task = host->runs.at[i].task;
        message->executor = 0;
    }
    hf_pump__reconnect_executors(pump, row);
    for (guint32 i = 0; i < host->untold.count; i++) {
        HfMessage *message =
            hf_outbox_send(&pump->out, HF_MESSAGE_EXECUTOR_STATUS, executor, agent);
        message->framework = host->untold.at[i].framework;
        message->status = host->untold.at[i];
    }
    hf_vec_reset(&host->untold);
}

void hf_pump__start_now(HfPump *pump, const HfMessage *in)
{
    if (in->type == HF_MESSAGE_EXECUTOR_BEGIN)
        hf_pump__begin_executor(pump, in);
    else
        start_run(pump, in);
}

void hf_pump__executor(HfPump *pump, const HfMessage *in)
{
    if (in->type == HF_MESSAGE_EXECUTOR_LAUNCH || in->type == HF_MESSAGE_EXECUTOR_BEGIN) {
        if (!hf_pump__start_later(pump, in)) hf_pump__start_now(pump, in);
        return;
    }
    if (in->type == HF_MESSAGE_EXECUTOR_RECONNECT) {
        reconnect(pump, in->to.row);
        return;
    }
    if (in->type == HF_MESSAGE_EXECUTOR_SHUTDOWN) {
        hf_pump__shut_down_executor(pump, in);
        return;
    }
    HF_ASSERT(in->type == HF_MESSAGE_EXECUTOR_KILL);
    HfPumpHost *host = hf_pump_host(pump, in->to.row);
    for (guint32 i = 0; i < host->runs.count; i++) {
        if (host->runs.at[i].task != in->task || host->runs.at[i].framework != in->framework)
            continue;
        hf_pump__kill_run(pump, in->to.row, i, in->grace);
        return;
    }
    HfPumpRun run = {.framework = in->framework, .task = in->task};
    if (!hf_pump__cancel_task(pump, in->to.row, in->framework, in->task)) return;
    report(pump, in->to.row, &run, HF_TASK_KILLED);
    (*hf_vec_last(&pump->out.messages))->status.reason = HF_REASON_TASK_KILLED_DURING_LAUNCH;
}

void hf_pump_end_run(HfPump *pump, uint32_t row, guint32 run)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    HF_ASSERT(run < host->runs.count);
    hf_pump__end_by_itself(pump, row, host->runs.at[run].generation);
    hf_pump__flush(pump, (HfPeer){HF_PEER_AGENT, row});
}

void hf_pump__end_by_itself(HfPump *pump, uint32_t row, uint32_t generation)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    for (guint32 i = 0; i < host->runs.count; i++) {
        HfPumpRun *run = &host->runs.at[i];
        if (run->generation != generation) continue;
        HfPumpRun copy = *run;
        report(pump, row, run, run->end);
        hf_pump__end_run(pump, row, i, run->end);
        hf_pump__run_left(pump, row, &copy, copy.end);
        return;
    }
}

void hf_pump__end_unchecked_runs(HfPump *pump, uint32_t host)
{
    for (guint32 i = hf_pump_host(pump, host)->runs.count; i-- > 0;)
        if (!hf_pump_host(pump, host)->runs.at[i].is_checkpointed)
            hf_pump__end_run(pump, host, i, HF_TASK_LOST);
    hf_pump__end_executors(pump, host, FALSE);
    hf_pump__cancel_starts(pump, host);
}

void hf_pump__kill_runs(HfPump *pump, uint32_t host)
{
    hf_vec_reset(&hf_pump_host(pump, host)->untold);
    while (hf_pump_host(pump, host)->runs.count > 0) hf_pump__end_run(pump, host, 0, HF_TASK_LOST);
    hf_pump__end_executors(pump, host, TRUE);
    hf_pump__cancel_starts(pump, host);
}
