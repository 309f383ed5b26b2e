/*
 * The scheduler half of a service: what each instance waits for, and what updates make of it; see
 * service.h. Offers are in offers.c, the queues in queues.c.
 */
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "models/frameworks/service/service.h"

/* ---- asking for offers ---- */

static void revive(HfService *service, HfDriver *driver)
{
    service->is_suppressed = FALSE;
    service->revived_at = hf_driver_now(driver);
    hf_driver_revive(driver);
}

static void want_offers(HfService *service, HfDriver *driver)
{
    if (service->held.count > 0) hf_held__use(service, driver);
    if (service->rules.hold > 0 && service->waiting == 0 && !service->is_leaving) return;
    if (service->is_revive_armed || service->is_over) return;
    HfTime wait = service->revived_at + service->rules.min_revive - hf_driver_now(driver);
    if (wait <= 0) {
        revive(service, driver);
    } else {
        service->is_revive_armed = TRUE;
        hf_driver_after(driver, wait, HF_SERVICE_TIMER_REVIVE, 0);
    }
}

void hf_service__note_waiting(HfService *service, HfDriver *driver)
{
    if (service->waiting == service->waiting_noted) return;
    service->waiting_noted = service->waiting;
    hf_driver_note_demand(driver, service->waiting);
}

/* ---- the plan: one new instance after the other ---- */

static void next_of_plan(HfService *service, HfDriver *driver)
{
    if (service->in_plan != HF_NO_NODE || service->plan_head == service->plan.count) return;
    service->in_plan = service->plan.at[service->plan_head++];
    if (service->plan_head == service->plan.count) {
        hf_vec_reset(&service->plan);
        service->plan_head = 0;
    }
    hf_service__want(service, driver, service->in_plan);
}

/* An instance that starts from nothing: at once, or when its turn comes. */
static void want_new(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    if (!service->rules.serial) {
        hf_service__want(service, driver, row);
        return;
    }
    if (node->is_new) { /* it is in the plan already: it goes on being the one */
        hf_service__want(service, driver, row);
        return;
    }
    node->is_new = TRUE;
    node->phase = HF_PHASE_HELD;
    hf_vec_push(&service->plan, row);
    next_of_plan(service, driver);
}

static void on_ready(HfService *service, HfDriver *driver, uint32_t row)
{
    if (service->in_plan != row) return;
    service->nodes[row].is_new = FALSE;
    service->in_plan = HF_NO_NODE;
    next_of_plan(service, driver);
}

/* ---- what becomes of instances ---- */

static void start_wait(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfTime patience = service->kinds[node->kind].rules.same_wait;
    node->wait++;
    if (patience != HF_FOR_EVER)
        hf_driver_after(driver, patience, HF_SERVICE_TIMER_WAIT,
                        hf_service__timer_arg(service, row));
}

void hf_service__give_up(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    if (node->is_bound && service->kinds[node->kind].data != NULL)
        hf_service__data_given_up(service, row);
    hf_service__abandon_home(service, driver, row);
    hf_service__unbind(service, row);
    hf_service__forget_tasks(service, row); /* should it come back, it is killed */
    want_new(service, driver, row);
}

/* It can be launched again, and the question is where. */
void hf_service__again(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeRules *rules = &service->kinds[node->kind].rules;
    gboolean has_tie = rules->identity == HF_IDENTITY_AGENT ||
                       rules->identity == HF_IDENTITY_HOST ||
                       rules->identity == HF_IDENTITY_RESERVATION;
    if (!has_tie || !node->is_bound) {
        hf_service__unbind(service, row);
        hf_service__want(service, driver, row);
    } else if (rules->same_wait == 0) { /* it takes whatever comes, and leaves its data */
        hf_service__give_up(service, driver, row);
    } else {
        node->phase = HF_PHASE_SUSPENDED;
        node->since = hf_driver_now(driver);
        hf_service__wait_at_host(service, row);
        start_wait(service, driver, row);
    }
    hf_service__note_waiting(service, driver);
    if (service->waiting > 0) want_offers(service, driver);
}

/* ---- back-off ---- */

static HfTime longest_delay(const HfService *service, const HfNodeKind *kind)
{
    return kind->max_backoff >= 0 ? kind->max_backoff : service->rules.max_backoff;
}

static HfTime delay_of(const HfService *service, const HfNodeKind *kind)
{
    const HfFrameworkRules *rules = &service->rules;
    double seconds = hf_time_to_seconds(kind->backoff >= 0 ? kind->backoff : rules->backoff);
    double longest = hf_time_to_seconds(longest_delay(service, kind));
    double factor =
        (double)(kind->backoff_factor > 0 ? kind->backoff_factor : rules->backoff_factor) / 1000;
    for (uint32_t i = 1; i < kind->failures && seconds < longest; i++) seconds *= factor;
    return hf_time_from_seconds(MIN(seconds, longest));
}

/* Has the back-off been forgotten by now? Sweeps are understood, not simulated. */
static gboolean is_forgotten(const HfService *service, const HfNodeKind *kind, const HfNode *node,
                             HfTime now)
{
    static const HfTime sweep = 10 * HF_NS_PER_SECOND;
    gboolean ran = node->phase == HF_PHASE_RUNNING;
    switch ((HfForget)service->rules.forget) {
    case HF_FORGET_RUNNING:
        return ran;
    case HF_FORGET_SWEEP: /* was there a multiple of 10 s after the deadline? */
        return now / sweep * sweep > kind->deadline;
    case HF_FORGET_MINUTE:
        return (now - HF_NS_PER_MINUTE) / sweep * sweep >= kind->deadline &&
               now >= HF_NS_PER_MINUTE;
    case HF_FORGET_DELAY:
        return now / sweep * sweep > hf_time_add(kind->reference, longest_delay(service, kind));
    case HF_FORGET_OUTLIVED:
        break;
    }
    return ran && now - node->since > delay_of(service, kind);
}

static void on_failed(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    kind->failures++;
    HfTime delay = delay_of(service, kind);
    kind->deadline = hf_driver_now(driver) + delay;
    node->phase = HF_PHASE_DELAYED;
    node->wait++;
    hf_driver_after(driver, delay, HF_SERVICE_TIMER_BACKOFF, hf_service__timer_arg(service, row));
}

/* Marathon, MarathonTaskStatus.MightComeBack: lost for these reasons it may still run. */
static gboolean may_come_back(const HfTaskStatus *status)
{
    return status->state == HF_TASK_UNREACHABLE ||
           (status->state == HF_TASK_LOST && (status->reason == HF_REASON_SLAVE_DISCONNECTED ||
                                              status->reason == HF_REASON_SLAVE_REMOVED ||
                                              status->reason == HF_REASON_RECONCILIATION));
}

void hf_service__on_ended(HfService *service, HfDriver *driver, uint32_t row,
                          const HfTaskStatus *status)
{
    HfTaskState state = status->state;
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    HfTime now = hf_driver_now(driver);
    hf_service__forget_tasks(service, row);
    if (is_forgotten(service, kind, node, now)) kind->failures = 0;
    node->ended_at = now;
    node->is_ready = FALSE;
    if (node->phase == HF_PHASE_LAUNCHED) node->in_vain++;
    hf_twins__part(service, row);
    if (service->is_leaving) {
        hf_service__abandon_home(service, driver, row);
        node->phase = HF_PHASE_OVER;
        want_offers(service, driver); /* to give back what it had */
        hf_service__leave(service, driver);
        return;
    }
    if (hf_deploy__on_ended(service, driver, row)) {
        hf_service__note_waiting(service, driver);
        if (service->waiting > 0 || service->stray_stacks.count > 0) want_offers(service, driver);
        return;
    }
    if (kind->rules.period > 0) {
        hf_cron__on_ended(service, driver, row, state);
        return;
    }
    if (may_come_back(status) && hf_absent__begin(service, driver, row)) return;
    if (kind->rules.identity == HF_IDENTITY_NONE) hf_service__unbind(service, row);
    node->is_overdue = FALSE;
    if (state == HF_TASK_FAILED || state == HF_TASK_KILLED)
        node->is_at_home = TRUE; /* if only to begin: it got there */
    if (!node->is_at_home && !hf_resources_is_empty(&node->home)) {
        hf_service__abandon_home(service, driver, row); /* it may not be there */
        hf_service__unbind(service, row);
    }
    if (kind->rules.stays_lost && state != HF_TASK_FAILED && state != HF_TASK_KILLED) {
        node->phase = HF_PHASE_OVER;
        hf_service__unbind(service, row);
        return;
    }
    gboolean is_unfit = node->is_unfit && state == HF_TASK_KILLED;
    node->is_unfit = FALSE;
    if (state == HF_TASK_FAILED ||
        (is_unfit && service->rules.forget == HF_FORGET_RUNNING)) { /* Marathon until 0.10 */
        on_failed(service, driver, row);
    } else if (state == HF_TASK_GONE_BY_OPERATOR ||
               (kind->rules.gives_up_lost && state != HF_TASK_KILLED)) {
        hf_service__give_up(service, driver, row); /* its host does not come back */
        hf_service__note_waiting(service, driver);
        if (service->waiting > 0) want_offers(service, driver);
    } else { /* its agent failed, or its executor (TASK_GONE), not the task */
        hf_service__again(service, driver, row);
        if (state == HF_TASK_UNREACHABLE && node->phase == HF_PHASE_SUSPENDED)
            hf_service__remember_tasks(service, row); /* it may come back */
    }
}

/* The same where it waited for nothing. */
static void node_is_back(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    node->phase = HF_PHASE_RUNNING;
    node->wait++;
    hf_health__on_running(service, driver, row);
}

/* Out of reach, and waited for, it ran on. */
static void on_found(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    hf_service__unwait(service, row);
    node->phase = HF_PHASE_RUNNING;
    node->since = hf_driver_now(driver);
    hf_service__note_waiting(service, driver);
    hf_health__on_running(service, driver, row);
}

/* ---- levels: apps that depend on others ---- */

static gboolean is_level_up(const HfService *service)
{
    for (uint32_t k = 0; k < service->kind_count; k++) {
        const HfNodeKind *kind = &service->kinds[k];
        if (kind->level == service->level && kind->started < kind->rules.count) return FALSE;
    }
    return TRUE;
}

static gboolean is_higher(const HfService *service)
{
    for (uint32_t k = 0; k < service->kind_count; k++)
        if (service->kinds[k].level > service->level) return TRUE;
    return FALSE;
}

/* For the first time: once an operator has set up what it needs in its store. */
static void want_first(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    uint32_t store = service->kinds[node->kind].store;
    HfTime now = hf_driver_now(driver), ready = now;
    if (store != 0)
        ready = hf_world_store_set_up(service->env.world, service->env.row, store - 1, row);
    if (ready == now) {
        want_new(service, driver, row);
        return;
    }
    HF_ASSERT(node->phase == HF_PHASE_HELD);
    hf_driver_after(driver, ready - now, HF_SERVICE_TIMER_SET_UP,
                    hf_service__timer_arg(service, row));
}

static void start_level(HfService *service, HfDriver *driver)
{
    for (uint32_t k = 0; k < service->kind_count; k++) {
        const HfNodeKind *kind = &service->kinds[k];
        if (kind->level != service->level) continue;
        for (uint32_t i = 0; i < kind->rules.count; i++) {
            if (kind->rules.period > 0)
                hf_cron__start(service, driver, kind->first + i);
            else
                want_first(service, driver, kind->first + i);
        }
    }
}

gboolean hf_service__is_deployed(HfService *service)
{
    service->was_deployed = service->was_deployed || (is_level_up(service) && !is_higher(service));
    return service->was_deployed;
}

static void climb(HfService *service, HfDriver *driver)
{
    while (is_level_up(service) && is_higher(service)) {
        service->level++;
        start_level(service, driver);
    }
}

static void note_started(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    if (node->has_run) return;
    node->has_run = TRUE;
    kind->started++;
    if (service->is_leaving || kind->level != service->level) return;
    if (kind->started < kind->rules.count) return;
    climb(service, driver);
    hf_service__note_waiting(service, driver);
    if (service->waiting > 0) want_offers(service, driver);
}

static void on_running(HfService *service, HfDriver *driver, uint32_t row,
                       const HfTaskStatus *status)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    HfTime now = hf_driver_now(driver);
    hf_driver_note_waited(driver, status, now - node->since);
    node->phase = HF_PHASE_RUNNING;
    node->is_at_home = TRUE;
    node->in_vain = 0;
    node->since = now;
    kind->reference = now;
    node->wait++;
    note_started(service, driver, row);
    hf_health__on_running(service, driver, row);
    if (service->in_plan != row) return;
    if (kind->rules.ready_after == 0)
        on_ready(service, driver, row);
    else
        hf_driver_after(driver, kind->rules.ready_after, HF_SERVICE_TIMER_READY,
                        hf_service__timer_arg(service, row));
    hf_service__note_waiting(service, driver);
    if (service->waiting > 0) want_offers(service, driver);
}

static void on_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    HfService *service = model;
    uint32_t row = hf_map64_get(&service->task_nodes, status->task);
    if (hf_absent__on_update(service, driver, status)) return;
    if (service->twins.count > 0 && hf_twins__on_update(service, driver, status)) return;
    if (row == HF_MAP64_NONE) { /* given up: it must not run beside its successor */
        if (hf_task_state_is_alive(status->state)) hf_driver_kill(driver, status->task);
        return;
    }
    const HfNode *node = &service->nodes[row];
    HfTaskStatus whole;
    if (status->state == HF_TASK_STAGING && node->phase == HF_PHASE_LAUNCHED)
        hf_overdue__on_staging(service, driver, row);
    if (G_UNLIKELY(node->parts > 0)) {
        if (!hf_pods__fold(service, row, status, &whole)) return;
        status = &whole;
    }
    gboolean is_alive = hf_task_state_is_alive(status->state);
    if (node->phase == HF_PHASE_MISSING && may_come_back(status)) return;
    if (node->phase == HF_PHASE_MISSING && is_alive) {
        node_is_back(service, driver, row);
    } else if (node->phase == HF_PHASE_SUSPENDED) {
        if (is_alive)
            on_found(service, driver, row);
        else if (hf_task_state_is_terminal(status->state))
            hf_service__forget_tasks(service, row);
    } else if (!is_alive) {
        if (node->phase == HF_PHASE_MISSING) service->nodes[row].wait++; /* for nothing any more */
        hf_service__on_ended(service, driver, row, status);
    } else if (status->state == HF_TASK_RUNNING && node->phase == HF_PHASE_LAUNCHED) {
        on_running(service, driver, row, status);
    }
}

/* ---- uninstalling ---- */

void hf_service__leave(HfService *service, HfDriver *driver)
{
    if (!service->is_leaving || service->is_over || service->stray_stacks.count > 0) return;
    for (uint32_t row = 0; row < service->node_count; row++)
        if (service->nodes[row].phase != HF_PHASE_OVER) return;
    service->is_over = TRUE;
    hf_driver_teardown(driver);
}

/* Everything is killed; what was reserved is given back as it is offered, or never. Then it goes.
 */
static void uninstall(HfService *service, HfDriver *driver)
{
    service->is_leaving = TRUE;
    hf_vec_reset(&service->plan);
    service->plan_head = 0;
    service->in_plan = HF_NO_NODE;
    for (uint32_t row = 0; row < service->node_count; row++) {
        HfNode *node = &service->nodes[row];
        switch (node->phase) {
        case HF_PHASE_LAUNCHED:
        case HF_PHASE_RUNNING:
            hf_service__kill(driver, node);
            continue;
        case HF_PHASE_MISSING:
            hf_service__forget_tasks(service, row); /* killed, should it come back */
            break;
        case HF_PHASE_WANTED:
        case HF_PHASE_SUSPENDED:
        case HF_PHASE_RESERVING:
            hf_service__unwait(service, row);
            break;
        case HF_PHASE_HELD:
        case HF_PHASE_DELAYED:
        case HF_PHASE_RESTING:
        case HF_PHASE_IDLE:
        case HF_PHASE_OVER:
            break;
        }
        hf_service__abandon_home(service, driver, row);
        node->phase = HF_PHASE_OVER;
        node->wait++;
    }
    hf_service__note_waiting(service, driver);
    want_offers(service, driver);
    hf_service__leave(service, driver);
}

/* ---- timers ---- */

/* What was to be reserved did not come; it goes on waiting, since when it began. */
static void want_once_more(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfTime since = node->since;
    hf_service__want(service, driver, row);
    node->since = since;
    node->in_vain++;
}

static void on_node_timer(HfService *service, HfDriver *driver, uint32_t kind, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    switch (kind) {
    case HF_SERVICE_TIMER_BACKOFF:
        hf_service__again(service, driver, row);
        break;
    case HF_SERVICE_TIMER_WAIT:
        hf_service__unwait(service, row);
        hf_service__give_up(service, driver, row);
        break;
    case HF_SERVICE_TIMER_RESERVE: /* Mesos never answers: perhaps it was done, and it is tried */
        hf_service__unwait(service, row); /* anew, perhaps elsewhere */
        hf_service__abandon_home(service, driver, row);
        hf_service__unbind(service, row);
        want_once_more(service, driver, row);
        break;
    case HF_SERVICE_TIMER_SET_UP:
        want_new(service, driver, row);
        break;
    case HF_SERVICE_TIMER_MISSED:
        hf_cron__on_missed(service, row);
        break;
    case HF_SERVICE_TIMER_INACTIVE:
        hf_absent__on_inactive(service, driver, row);
        break;
    case HF_SERVICE_TIMER_HEALTHY:
        if (node->phase == HF_PHASE_RUNNING) hf_health__on_healthy(service, driver, row);
        break;
    case HF_SERVICE_TIMER_UNHEALTHY:
        if (node->phase == HF_PHASE_RUNNING) hf_health__on_unhealthy(service, driver, row);
        break;
    case HF_SERVICE_TIMER_UNFIT:
        if (node->phase == HF_PHASE_RUNNING) hf_health__on_unfit(service, driver, row);
        break;
    case HF_SERVICE_TIMER_OVERDUE:
        hf_overdue__on_time(service, driver, row);
        break;
    case HF_SERVICE_TIMER_READY:
        if (node->phase == HF_PHASE_RUNNING) on_ready(service, driver, row);
        break;
    default:
        HF_ASSERT(!"a timer that no instance armed");
    }
    hf_service__note_waiting(service, driver);
    if (service->waiting > 0) want_offers(service, driver);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    HfService *service = model;
    if (kind == HF_SERVICE_TIMER_REVIVE) {
        service->is_revive_armed = FALSE;
        if (!service->is_over && (service->waiting > 0 || service->is_leaving))
            revive(service, driver);
    } else if (kind == HF_SERVICE_TIMER_UNINSTALL) {
        uninstall(service, driver);
    } else if (kind == HF_SERVICE_TIMER_DEPLOY) {
        hf_deploy__on_time(service, driver, (uint32_t)arg);
        hf_service__note_waiting(service, driver);
        if (service->waiting > 0 || service->stray_stacks.count > 0) want_offers(service, driver);
    } else if (kind == HF_SERVICE_TIMER_CURVE) {
        hf_curve__on_time(service, driver, (uint32_t)arg);
        hf_service__note_waiting(service, driver);
        if (service->waiting > 0 || service->stray_stacks.count > 0) want_offers(service, driver);
    } else if (kind == HF_SERVICE_TIMER_KILL_AGAIN) {
        hf_deploy__on_kill_again(service, driver, arg);
    } else if (kind == HF_SERVICE_TIMER_HOLD) {
        hf_held__on_time(service, driver, arg);
    } else if (kind == HF_SERVICE_TIMER_EXPUNGE) {
        hf_absent__on_expunge(service, arg);
    } else if (kind == HF_SERVICE_TIMER_TICK) {
        hf_cron__on_tick(service, driver, (uint32_t)arg);
        hf_service__note_waiting(service, driver);
        if (service->waiting > 0) want_offers(service, driver);
    } else if (service->nodes[(uint32_t)arg].wait == (uint32_t)(arg >> 32)) {
        on_node_timer(service, driver, kind, (uint32_t)arg);
    }
}

/* ---- the connection ---- */

static void on_subscribed(void *model, HfDriver *driver)
{
    HfService *service = model;
    service->revived_at = hf_driver_now(driver);
    service->lives = hf_world_scheduler_lives(service->env.world, service->env.row);
    hf_service__declare_data(service);
    start_level(service, driver);
    climb(service, driver); /* where there is nothing to wait for */
    hf_service__note_waiting(service, driver);
    hf_deploy__start_all(service, driver);
    hf_curve__start_all(service, driver);
    if (service->uninstall_at > 0)
        hf_driver_after(driver, MAX(0, service->uninstall_at - hf_driver_now(driver)),
                        HF_SERVICE_TIMER_UNINSTALL, 0);
}

/* What was said last may be lost: ask about every task. A wait for an old host begins anew, for the
 * clock of a scheduler starts with its process. */
static void on_resubscribed(void *model, HfDriver *driver)
{
    HfService *service = model;
    HF_VEC(HfDriverTask) asked = {0};
    uint32_t lives = hf_world_scheduler_lives(service->env.world, service->env.row);
    gboolean is_new = lives != service->lives;
    service->lives = lives;
    service->is_dying = FALSE;
    hf_held__drop_all(service);
    if (is_new && service->rules.forgets_parents) hf_cron__forget_parents(service);
    for (uint32_t i = 0; i < service->node_count; i++) {
        const HfNode *node = &service->nodes[i];
        if (node->phase == HF_PHASE_LAUNCHED || node->phase == HF_PHASE_RUNNING ||
            node->phase == HF_PHASE_MISSING)
            for (uint32_t k = 0; k < MAX(node->parts, 1); k++)
                hf_vec_push(&asked, (HfDriverTask){node->task + k, HF_ROW_NONE});
        else if (node->phase == HF_PHASE_SUSPENDED && is_new)
            start_wait(service, driver, i);
    }
    hf_driver_reconcile_until_answered(driver, asked.at, asked.count);
    hf_vec_clear(&asked);
    if (is_new && service->rules.runs_twice) hf_twins__begin(service, driver);
    service->is_suppressed =
        service->rules.suppress && service->waiting == 0 && !service->is_leaving;
    if (service->is_suppressed) hf_driver_suppress(driver);
}

static void on_error(void *model, HfDriver *driver)
{
    HfService *service = model;
    service->is_over = TRUE;
}

const HfSchedulerOps hf_service__ops = {.subscribed = on_subscribed,
                                        .offers = hf_service__on_offers,
                                        .rescind = hf_held__on_rescind,
                                        .update = on_update,
                                        .resubscribed = on_resubscribed,
                                        .error = on_error,
                                        .timer = on_timer,
                                        .waits = hf_service__waits,
                                        .unheard = hf_service__unheard};
