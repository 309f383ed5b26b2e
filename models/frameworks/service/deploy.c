/*
 * Deployments: an app is scaled, or its instances are replaced (restart, upgrade), while it runs,
 * within the bounds of its upgradeStrategy. An app is in one deployment at a time; another is
 * refused, or takes its place when it is forced.
 *
 * Replacing, with w instances wanted: of the healthy ones all but ceil(w * least_healthy) are
 * killed at once, and new ones are started as far as no more than w * (1 + most_over) are there.
 * Each new one that is healthy lets an old one be killed, each old one that is gone lets a new one
 * be started. Where both bounds are w one more may be there, or, where instances keep their data,
 * one less. What an instance has reserved stays its own: it is stopped, and started there again.
 *
 * A group is deployed as a whole: its apps are held from the beginning to the end, and each level
 * of those that others depend on is done before the next one begins.
 *
 * While a deployment goes on, each of its changes counts the rows of its kind anew.
 * Source: Marathon 1.11, TaskReplaceActor.scala, ScalingProposition.scala, DeploymentPlan.scala.
 */
#include <math.h>

#include "base/assert.h"
#include "models/frameworks/service/service.h"

#define KILL_AGAIN (10 * HF_NS_PER_SECOND) /* Marathon --kill_retry_timeout */

static gboolean is_there(const HfNode *node)
{
    return node->phase != HF_PHASE_IDLE;
}

static gboolean is_launched(const HfNode *node)
{
    return node->phase == HF_PHASE_LAUNCHED || node->phase == HF_PHASE_RUNNING;
}

/* Its instances are what they keep: their data is found by them alone. */
static gboolean keeps_data(const HfNodeKind *kind)
{
    return kind->rules.identity != HF_IDENTITY_NONE;
}

/* Instances of a kind; kept are those that nobody kills. */
typedef struct Census {
    int64_t there;
    int64_t old, old_kept;  /* of an earlier version */
    int64_t started, ready; /* of the present one, kept; and healthy */
    int64_t healthy, healthy_kept, launched;
} Census;

static Census census_of(const HfService *service, const HfNodeKind *kind)
{
    Census census = {0};
    for (uint32_t i = 0; i < kind->rows; i++) {
        const HfNode *node = &service->nodes[kind->first + i];
        if (!is_there(node)) continue;
        gboolean is_old = node->version != kind->version, is_kept = !node->is_doomed;
        census.there++;
        census.old += is_old;
        census.old_kept += is_old && is_kept;
        census.started += !is_old && is_kept;
        census.ready += !is_old && is_kept && node->is_ready;
        census.healthy += node->is_ready;
        census.healthy_kept += node->is_ready && is_kept;
        census.launched += is_launched(node);
    }
    return census;
}

static void note(const HfService *service, const HfNodeKind *kind, HfRecordType type, int64_t value,
                 const char *app)
{
    hf_world_note_deployment(service->env.world, service->env.row, type, kind->job, value, app);
}

void hf_deploy__note(HfService *service, HfNodeKind *kind)
{
    if (kind->deployment == 0) return;
    Census census = census_of(service, kind);
    gboolean is_new = census.launched != kind->noted_launched;
    gboolean rises = census.launched > kind->noted_launched; /* healthy ones are launched */
    if (is_new && rises) note(service, kind, HF_RECORD_DEPLOYMENT_INSTANCES, census.launched, NULL);
    if (census.healthy != kind->noted_healthy)
        note(service, kind, HF_RECORD_DEPLOYMENT_HEALTHY, census.healthy, NULL);
    if (is_new && !rises)
        note(service, kind, HF_RECORD_DEPLOYMENT_INSTANCES, census.launched, NULL);
    kind->noted_healthy = census.healthy;
    kind->noted_launched = census.launched;
}

/* ---- one instance ---- */

/* The row has no instance any more. What it had reserved is kept for one that is started again. */
static void become_idle(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    gboolean has_home = !hf_resources_is_empty(&node->home);
    if (has_home && (!kind->is_rolling || !node->is_at_home)) {
        HfStackId stack =
            hf_meta(service->env.catalog, hf_resources_at(&node->home, 0)->meta)->stack;
        hf_service__abandon_home(service, driver, row);
        hf_map64_set(&service->stray_stacks, stack, 1); /* destroyed when it is offered */
        has_home = FALSE;
    }
    if (!has_home) hf_service__unbind(service, row);
    if (!keeps_data(kind)) node->task = 0;
    node->ended_at = -1; /* it was meant */
    node->is_doomed = node->is_ready = FALSE;
    node->phase = HF_PHASE_IDLE;
    node->wait++;
}

void hf_deploy__kill_surely(HfDriver *driver, const HfNode *node)
{
    hf_service__kill(driver, node);
    hf_driver_after(driver, KILL_AGAIN, HF_SERVICE_TIMER_KILL_AGAIN, node->task);
}

static void doom(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HF_ASSERT(is_there(node) && !node->is_doomed);
    if (is_launched(node)) {
        node->is_doomed = TRUE;
        hf_deploy__kill_surely(driver, node);
        return;
    }
    if (node->phase == HF_PHASE_WANTED || node->phase == HF_PHASE_SUSPENDED ||
        node->phase == HF_PHASE_RESERVING)
        hf_service__unwait(service, row);
    hf_service__forget_tasks(service, row); /* killed, should it come back */
    become_idle(service, driver, row);
}

void hf_deploy__on_kill_again(HfService *service, HfDriver *driver, uint64_t task)
{
    uint32_t row = hf_map64_get(&service->task_nodes, task);
    if (row == HF_MAP64_NONE) return;
    const HfNode *node = &service->nodes[row];
    if (!node->is_doomed && !node->is_unfit && !node->is_overdue) return;
    hf_service__kill(driver, node);
    hf_driver_after(driver, KILL_AGAIN, HF_SERVICE_TIMER_KILL_AGAIN, task);
}

/* The row to start next: first where something is kept. HF_NO_NODE: all are in use. */
static uint32_t free_row(const HfService *service, const HfNodeKind *kind)
{
    uint32_t found = HF_NO_NODE;
    for (uint32_t i = 0; i < kind->rows; i++) {
        const HfNode *node = &service->nodes[kind->first + i];
        if (is_there(node)) continue;
        if (!hf_resources_is_empty(&node->home)) return kind->first + i;
        if (found == HF_NO_NODE) found = kind->first + i;
    }
    return found;
}

static void start(HfService *service, HfDriver *driver, HfNodeKind *kind, int64_t count)
{
    for (; count > 0; count--) {
        uint32_t row = free_row(service, kind);
        if (row == HF_NO_NODE) return; /* when one of those that are being killed is gone */
        service->nodes[row].version = kind->version;
        hf_service__again(service, driver, row);
    }
}

/* ---- which are killed ---- */

/* Those that are not healthy first, then by age; where groups are to be even, of the largest. */
static gboolean goes_before(const HfService *service, const HfNodeKind *kind, const HfNode *a,
                            const HfNode *b)
{
    if (a->is_ready != b->is_ready) return !a->is_ready;
    if (is_launched(a) != is_launched(b)) return !is_launched(a);
    if (a->is_bound && b->is_bound) {
        const HfWorld *world = service->env.world;
        uint32_t left = hf_constraints__group_size(&kind->constraints, world, a->host);
        uint32_t right = hf_constraints__group_size(&kind->constraints, world, b->host);
        if (left != right) return left > right;
    }
    return kind->kills_oldest ? a->task < b->task : a->task > b->task;
}

static void kill_surplus(HfService *service, HfDriver *driver, HfNodeKind *kind, int64_t count)
{
    for (; count > 0; count--) {
        uint32_t victim = HF_NO_NODE;
        for (uint32_t i = 0; i < kind->rows; i++) {
            const HfNode *node = &service->nodes[kind->first + i];
            if (!is_there(node) || node->is_doomed) continue;
            if (victim == HF_NO_NODE || goes_before(service, kind, node, &service->nodes[victim]))
                victim = kind->first + i;
        }
        HF_ASSERT(victim != HF_NO_NODE);
        doom(service, driver, victim);
    }
}

/* Old ones: those that are not healthy first. */
static void kill_old(HfService *service, HfDriver *driver, HfNodeKind *kind, int64_t count)
{
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < kind->rows && count > 0; i++) {
            const HfNode *node = &service->nodes[kind->first + i];
            if (!is_there(node) || node->is_doomed || node->version == kind->version) continue;
            if (node->is_ready != (pass == 1)) continue;
            doom(service, driver, kind->first + i);
            count--;
        }
    }
}

int64_t hf_deploy__times(int64_t count, double by)
{
    return (int64_t)ceil((double)count * by - 1e-9);
}

/* ---- the course of one ---- */

static void next_of_batch(HfService *service, HfDriver *driver, HfDeployment *done);
static void drop_batch(HfService *service, uint32_t head);

static void finish(HfService *service, HfDriver *driver, HfNodeKind *kind, HfDeploymentEnd how)
{
    HfDeployment *deployment = &service->deployments.at[kind->deployment - 1];
    hf_deploy__note(service, kind);
    note(service, kind, HF_RECORD_DEPLOYMENT_ENDED, how, NULL);
    kind->deployment = 0;
    kind->is_rolling = FALSE;
    deployment->is_done = TRUE;
    if (how == HF_DEPLOYMENT_DONE)
        next_of_batch(service, driver, deployment);
    else
        drop_batch(service, deployment->head);
}

static gboolean is_over(const HfNodeKind *kind, const Census *census)
{
    int64_t healthy = kind->is_rolling ? census->ready : census->healthy_kept;
    return census->there == kind->rules.count && healthy >= kind->rules.count &&
           (!kind->is_rolling || census->old == 0);
}

/* What can be done now; after each change. */
static void step(HfService *service, HfDriver *driver, HfNodeKind *kind)
{
    if (kind->deployment == 0) return;
    Census census = census_of(service, kind);
    int64_t have = census.started + (kind->is_rolling ? 0 : census.old_kept);
    int64_t room = kind->is_rolling ? kind->most - census.old - census.started : INT64_MAX;
    start(service, driver, kind, MIN(kind->rules.count - have, room));
    hf_deploy__note(service, kind);
    census = census_of(service, kind);
    if (is_over(kind, &census)) finish(service, driver, kind, HF_DEPLOYMENT_DONE);
}

static void begin_rolling(HfService *service, HfDriver *driver, HfNodeKind *kind)
{
    Census census = census_of(service, kind);
    int64_t wanted = kind->rules.count;
    int64_t least = (int64_t)ceil((double)wanted * kind->least_healthy - 1e-9);
    int64_t now = MAX(0, census.healthy_kept - least);
    kind->most = (int64_t)floor((double)wanted * (1 + kind->most_over) + 1e-9);
    if (least == kind->most && kind->most <= census.healthy_kept) {
        if (keeps_data(kind))
            now = census.healthy_kept - least + 1;
        else
            kind->most++;
    }
    if (wanted < census.old_kept) now = MAX(now, census.old_kept - wanted);
    kind->failures = 0;
    kill_old(service, driver, kind, now);
}

/* The next version's definition; old instances stay what they are. */
static void adopt(HfService *service, HfNodeKind *kind, HfNodeKind *next)
{
    HfConstraints constraints = kind->constraints;
    HfResources fixed = kind->fixed;
    int64_t count = kind->rules.count;
    kind->rules = next->rules;
    kind->rules.count = count;
    kind->demand = next->demand;
    kind->holder = next->holder;
    HfPodPart *parts = kind->parts;
    kind->parts = next->parts;
    next->parts = parts; /* to be freed with it */
    kind->part_count = next->part_count;
    kind->constraints = next->constraints;
    kind->fixed = next->fixed;
    kind->accepts = next->accepts;
    kind->inactive_after = next->inactive_after;
    kind->expunge_after = next->expunge_after;
    kind->backoff = next->backoff;
    kind->max_backoff = next->max_backoff;
    kind->backoff_factor = next->backoff_factor;
    kind->kills_oldest = next->kills_oldest;
    kind->has_kill_grace = next->has_kill_grace;
    kind->kill_grace = next->kill_grace;
    hf_vec_reset(&kind->checks);
    for (guint32 i = 0; i < next->checks.count; i++) hf_vec_push(&kind->checks, next->checks.at[i]);
    kind->readiness_interval = next->readiness_interval;
    kind->most_over = next->most_over;
    kind->least_healthy = next->least_healthy;
    next->constraints = constraints; /* to be freed with it */
    next->fixed = fixed;
    for (uint32_t i = 0; i < kind->rows; i++) {
        const HfNode *node = &service->nodes[kind->first + i];
        if (node->is_bound)
            hf_constraints__count(&kind->constraints, service->env.world, node->host, 1);
    }
    for (guint32 i = 0; i < service->absent.count; i++) {
        const HfAbsent *absent = &service->absent.at[i];
        if (&service->kinds[service->nodes[absent->row].kind] == kind)
            hf_constraints__count(&kind->constraints, service->env.world, absent->host, 1);
    }
}

void hf_deploy__set_count(HfService *service, HfDriver *driver, HfNodeKind *kind, int64_t count)
{
    if (kind->deployment > 0 || kind->claim > 0 || !hf_service__is_deployed(service)) return;
    kind->rules.count = count;
    Census census = census_of(service, kind);
    int64_t have = census.started + census.old_kept;
    kill_surplus(service, driver, kind, have - count);
    start(service, driver, kind, count - have);
}

static void begin(HfService *service, HfDriver *driver, uint32_t row)
{
    HfDeployment *deployment = &service->deployments.at[row];
    HfNodeKind *kind = &service->kinds[deployment->kind];
    kind->deployment = row + 1;
    kind->noted_healthy = kind->noted_launched = -1;
    note(service, kind, HF_RECORD_DEPLOYMENT_STARTED, deployment->number, deployment->app);
    hf_deploy__note(service, kind);
    if (deployment->scale >= 0) kind->rules.count = deployment->scale;
    if (deployment->scale_by > 0)
        kind->rules.count = hf_deploy__times(kind->rules.count, deployment->scale_by);
    if (deployment->next != NULL) adopt(service, kind, deployment->next);
    kind->is_rolling = deployment->restart && kind->rules.count > 0;
    if (deployment->restart) kind->version++;
    if (kind->is_rolling) {
        begin_rolling(service, driver, kind);
    } else {
        Census census = census_of(service, kind);
        kill_surplus(service, driver, kind, census.started + census.old_kept - kind->rules.count);
    }
    step(service, driver, kind);
}

/* ---- batches ---- */

static void drop_batch(HfService *service, uint32_t head)
{
    HfDeployment *first = &service->deployments.at[head];
    first->is_dropped = TRUE;
    for (uint32_t row = head; row < first->end; row++) {
        HfNodeKind *kind = &service->kinds[service->deployments.at[row].kind];
        if (kind->claim == head + 1) kind->claim = 0;
    }
}

/* Those of the lowest level that has not begun. */
static void begin_level(HfService *service, HfDriver *driver, uint32_t head)
{
    HfDeployment *first = &service->deployments.at[head];
    uint32_t from = first->begun, to = from;
    uint32_t level = service->kinds[service->deployments.at[from].kind].level;
    while (to < first->end && service->kinds[service->deployments.at[to].kind].level == level) to++;
    first->begun = to; /* one may be done as soon as it has begun */
    for (uint32_t row = from; row < to && !first->is_dropped; row++) begin(service, driver, row);
}

static void next_of_batch(HfService *service, HfDriver *driver, HfDeployment *done)
{
    HfDeployment *first = &service->deployments.at[done->head];
    if (first->is_dropped) return;
    for (uint32_t row = done->head; row < first->begun; row++)
        if (!service->deployments.at[row].is_done) return;
    if (first->begun < first->end)
        begin_level(service, driver, done->head);
    else
        drop_batch(service, done->head); /* its apps are free again */
}

/* May it begin? What another deployment holds is refused, or taken from it. */
static gboolean is_refused(HfService *service, const HfDeployment *first)
{
    for (uint32_t row = first->head; row < first->end; row++) {
        const HfNodeKind *kind = &service->kinds[service->deployments.at[row].kind];
        gboolean is_locked =
            kind->deployment > 0 || kind->claim > 0 || !hf_service__is_deployed(service);
        if ((is_locked && !first->force) || kind->level > service->level) return TRUE;
    }
    return FALSE;
}

void hf_deploy__on_time(HfService *service, HfDriver *driver, uint32_t head)
{
    HfDeployment *first = &service->deployments.at[head];
    if (service->is_leaving || service->is_over) return;
    if (is_refused(service, first)) {
        for (uint32_t row = head; row < first->end; row++) {
            const HfDeployment *one = &service->deployments.at[row];
            note(service, &service->kinds[one->kind], HF_RECORD_DEPLOYMENT_REFUSED, one->number,
                 one->app);
        }
        return;
    }
    for (uint32_t row = head; row < first->end; row++) {
        HfNodeKind *kind = &service->kinds[service->deployments.at[row].kind];
        if (kind->claim > 0) drop_batch(service, kind->claim - 1);
        if (kind->deployment > 0) finish(service, driver, kind, HF_DEPLOYMENT_REPLACED);
        kind->claim = head + 1;
    }
    first->begun = head;
    begin_level(service, driver, head);
}

void hf_deploy__on_unhealthy(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    node->is_ready = FALSE;
    step(service, driver, kind);
}

void hf_deploy__on_healthy(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    node->is_ready = TRUE;
    if (kind->deployment == 0) return;
    if (kind->is_rolling && node->version == kind->version && !node->is_doomed)
        kill_old(service, driver, kind, 1);
    step(service, driver, kind);
}

gboolean hf_deploy__on_ended(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    if (kind->deployment == 0 && !node->is_doomed) return FALSE;
    gboolean is_old = kind->is_rolling && node->version != kind->version;
    if (!node->is_doomed && !is_old) {
        node->phase = HF_PHASE_DELAYED; /* whatever becomes of it, it is not launched */
        hf_deploy__note(service, kind);
        return FALSE;
    }
    become_idle(service, driver, row);
    step(service, driver, kind);
    return TRUE;
}

void hf_deploy__start_all(HfService *service, HfDriver *driver)
{
    for (guint32 i = 0; i < service->deployments.count; i = service->deployments.at[i].end) {
        HfTime wait = service->deployments.at[i].at - hf_driver_now(driver);
        hf_driver_after(driver, MAX(0, wait), HF_SERVICE_TIMER_DEPLOY, i);
    }
}
