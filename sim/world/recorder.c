/*
 * From records to levels, counters and histograms; see recorder.h. Cheap by construction: an offer
 * touches one level for each of its scalars, twice in its life.
 */
#include "base/assert.h"
#include "base/checked.h"
#include "world/recorder_internal.h"

HfRecorder *hf_recorder_new(HfCatalog *catalog, const HfScenario *scenario, uint32_t host_count,
                            const HfMaster *master)
{
    HfRecorder *recorder = g_new0(HfRecorder, 1);
    recorder->catalog = catalog;
    recorder->scenario = scenario;
    recorder->master = master;
    recorder->hosts = host_count;
    recorder->kinds = catalog->kind_count;
    recorder->resource = g_new0(HfTracked, recorder->kinds * HF_RESOURCE_LEVELS);
    recorder->demand = g_new0(int64_t, recorder->kinds);
    recorder->row_total = g_new0(double, recorder->kinds);
    recorder->warm_up = scenario->warm_up == HF_WARM_UP_AUTO ? 0 : scenario->warm_up;
    recorder->responses = hf_histogram_new(HF_RECORDER_PRECISION);
    recorder->relaunch_times = hf_histogram_new(HF_RECORDER_PRECISION);
    recorder->stateful_times = hf_histogram_new(HF_RECORDER_PRECISION);
    hf_level_add(&recorder->cluster[HF_LEVEL_AGENTS_UP].level, 0, host_count);
    return recorder;
}

void hf_recorder_free(HfRecorder *recorder)
{
    if (recorder == NULL) return;
    for (guint32 f = 0; f < recorder->frameworks.count; f++) {
        hf_histogram_free(recorder->frameworks.at[f].waits);
        g_free(recorder->frameworks.at[f].allocated);
        g_free(recorder->frameworks.at[f].reserved_idle);
    }
    for (guint32 r = 0; r < recorder->roles.count; r++) {
        g_free(recorder->roles.at[r].allocated);
        g_free(recorder->roles.at[r].reserved_idle);
    }
    for (guint32 r = 0; r < recorder->refusals.count; r++)
        g_free(recorder->refusals.at[r].allocated);
    hf_histogram_free(recorder->responses);
    hf_histogram_free(recorder->relaunch_times);
    hf_histogram_free(recorder->stateful_times);
    hf_recorder__reserved_clear(recorder);
    hf_recorder__volumes_clear(recorder);
    hf_recorder__disks_free(recorder->disks);
    hf_vec_clear(&recorder->used);
    hf_vec_clear(&recorder->counted_agents);
    hf_vec_clear(&recorder->stores);
    hf_vec_clear(&recorder->store_rows);
    hf_recorder__relaunches_clear(recorder);
    g_free(recorder->resource);
    g_free(recorder->demand);
    g_free(recorder->row_total);
    hf_vec_clear(&recorder->role_shares);
    hf_recorder__clear_services(recorder);
    hf_vec_clear(&recorder->frameworks);
    hf_vec_clear(&recorder->roles);
    hf_vec_clear(&recorder->rows);
    hf_vec_clear(&recorder->row_times);
    hf_vec_clear(&recorder->role_counts);
    hf_vec_clear(&recorder->relaunches);
    hf_vec_clear(&recorder->refusals);
    hf_vec_clear(&recorder->tasks);
    hf_vec_clear(&recorder->spare);
    hf_map64_clear(&recorder->live);
    hf_map64_clear(&recorder->forgotten);
    g_free(recorder);
}

void hf_recorder_set_task_sink(HfRecorder *recorder, HfTaskSink sink, void *context)
{
    recorder->sink = sink;
    recorder->sink_context = context;
}

void hf_recorder_set_warm_up(HfRecorder *recorder, HfTime warm_up)
{
    HF_ASSERT(warm_up >= 0 && !recorder->is_marked);
    recorder->warm_up = warm_up;
}

size_t hf_recorder_memory(const HfRecorder *recorder)
{
    return sizeof *recorder + recorder->rows.room * sizeof(double) +
           recorder->role_shares.room * sizeof(double) +
           recorder->frameworks.count * sizeof(HfFrameworkStats) +
           recorder->tasks.room * sizeof(HfTaskRecord) + recorder->live.room * 12 +
           recorder->volumes.room * sizeof(HfVolume) +
           recorder->failures.room * sizeof(HfStatefulFailure) +
           recorder->residents.room * sizeof(HfResident) +
           (size_t)recorder->resident_rows.room * 12 + recorder->used.room * sizeof(int64_t) +
           recorder->counted_agents.room +
           (recorder->agent_host.room + recorder->agent_total.room) * sizeof(uint32_t);
}

int64_t hf_recorder_tasks_running(const HfRecorder *recorder)
{
    return recorder->cluster[HF_LEVEL_TASKS_RUNNING].level.value;
}

int64_t hf_recorder_tasks_waiting(const HfRecorder *recorder)
{
    return recorder->cluster[HF_LEVEL_TASKS_WAITING].level.value;
}

gboolean hf_recorder__is_shown(const HfRecorder *recorder, uint32_t kind)
{
    return recorder->catalog->kind[kind].type == HF_TYPE_SCALAR &&
           hf_recorder__resource(recorder, kind, HF_LEVEL_TOTAL)->level.max > 0;
}

double hf_recorder__mean(const HfRecorder *recorder, const HfTracked *tracked)
{
    return hf_level_mean(&tracked->level, recorder->ended_at);
}

HfHistogram *hf_recorder__waits(const HfRecorder *recorder)
{
    HfHistogram *all = hf_histogram_new(HF_RECORDER_PRECISION);
    for (guint32 f = 0; f < recorder->frameworks.count; f++)
        if (recorder->frameworks.at[f].waits != NULL)
            hf_histogram_merge(all, recorder->frameworks.at[f].waits);
    return all;
}

double hf_recorder__share(const HfRecorder *recorder, const HfTracked *allocated)
{
    double share = 0;
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (!hf_recorder__is_shown(recorder, k)) continue;
        double total =
            hf_recorder__mean(recorder, hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL));
        if (total > 0) share = MAX(share, hf_recorder__mean(recorder, &allocated[k]) / total);
    }
    return share;
}

/* ---- stepping levels ---- */

/* Levels of somebody who was not there before: at 0 all along, so that every mean is over one span.
 */
HfTracked *hf_recorder__levels(const HfRecorder *recorder)
{
    HfTracked *levels = g_new0(HfTracked, recorder->kinds);
    for (uint32_t k = 0; k < recorder->kinds; k++)
        hf_level_init(&levels[k].level, recorder->marked_at, 0);
    return levels;
}

void hf_recorder__add_frameworks(HfRecorder *recorder, uint32_t framework)
{
    while (recorder->frameworks.count <= framework) {
        hf_vec_push_zero(&recorder->frameworks);
        HfFrameworkStats *stats = hf_vec_last(&recorder->frameworks);
        stats->allocated = hf_recorder__levels(recorder);
        hf_level_init(&stats->running.level, recorder->marked_at, 0);
        hf_level_init(&stats->below.level, recorder->marked_at, 0);
        hf_level_init(&stats->missing.level, recorder->marked_at, 0);
        hf_level_init(&stats->copying.level, recorder->marked_at, 0);
        hf_level_init(&stats->unavailable.level, recorder->marked_at, 0);
    }
}

void hf_recorder__add_roles(HfRecorder *recorder, HfRoleId role)
{
    while (recorder->roles.count <= role) {
        hf_vec_push_zero(&recorder->roles);
        hf_vec_last(&recorder->roles)->allocated = hf_recorder__levels(recorder);
    }
}

/* Here and below, what the levels share is held in variables of its own: to a compiler a step of
 * one level may change anything that lies in memory. */
static inline void step(HfRecorder *recorder, HfTime now, HfResourceLevel level,
                        const HfResources *resources, int64_t times)
{
    uint32_t count = hf_resources_count(resources);
    const HfResource *entry = hf_resources_entries(resources);
    HfTracked *levels = hf_recorder__resource(recorder, 0, level);
    for (uint32_t i = 0; i < count; i++, entry++)
        if (hf_recorder__has_levels(recorder, entry->kind))
            hf_level_add(&levels[entry->kind * HF_RESOURCE_LEVELS].level, now,
                         times * entry->milli);
}

/* Returns whether any of it is reserved. */
static inline __attribute__((always_inline)) gboolean
step_those_of(HfRecorder *recorder, HfFrameworkStats *framework, const HfRecord *record, int sign)
{
    HfRoleStats *role = hf_recorder__role(recorder, record->role);
    role->is_used = TRUE;
    gboolean has_reserved = hf_recorder__has_reserved(recorder, record);
    if (has_reserved) hf_recorder__step_reserved(recorder, record->at, record->resources, -sign);
    HfTracked *of_all = hf_recorder__resource(recorder, 0, HF_LEVEL_ALLOCATED);
    HfTracked *of_framework = framework->allocated, *of_role = role->allocated;
    HfTime now = record->at;
    uint32_t count = hf_resources_count(record->resources);
    const HfResource *entry = hf_resources_entries(record->resources);
    for (uint32_t i = 0; i < count; i++, entry++) {
        size_t kind = entry->kind;
        if (!hf_recorder__has_levels(recorder, entry->kind)) continue;
        int64_t by = sign * entry->milli;
        hf_level_add_to_three(&of_all[kind * HF_RESOURCE_LEVELS].level, &of_framework[kind].level,
                              &of_role[kind].level, now, by);
    }
    return has_reserved;
}

static void step_allocated(HfRecorder *recorder, const HfRecord *record, int sign)
{
    step_those_of(recorder, hf_recorder__framework(recorder, record->framework), record, sign);
}

void hf_recorder__bump(HfRecorder *recorder, const HfRecord *record, HfCounter counter, uint64_t by)
{
    recorder->count[counter] += by;
    if (record->framework != HF_ROW_NONE)
        hf_recorder__framework(recorder, record->framework)->count[counter] += by;
}

/* ---- the end of the warm-up ---- */

void hf_recorder__mark(HfTracked *tracked, HfTime now)
{
    tracked->rowed -= hf_level_integral(&tracked->level, now);
    hf_level_restart(&tracked->level, now);
}

static __attribute__((noinline, cold)) void mark_all(HfRecorder *recorder, HfTime now)
{
    recorder->is_marked = TRUE;
    recorder->marked_at = now;
    for (uint32_t i = 0; i < recorder->kinds * HF_RESOURCE_LEVELS; i++)
        hf_recorder__mark(&recorder->resource[i], now);
    for (uint32_t i = 0; i < HF_CLUSTER_LEVELS; i++) hf_recorder__mark(&recorder->cluster[i], now);
    for (guint32 f = 0; f < recorder->frameworks.count; f++) {
        HfFrameworkStats *framework = &recorder->frameworks.at[f];
        for (uint32_t k = 0; k < recorder->kinds; k++) {
            hf_recorder__mark(&framework->allocated[k], now);
            if (framework->reserved_idle) hf_recorder__mark(&framework->reserved_idle[k], now);
        }
        hf_recorder__mark(&framework->running, now);
        memcpy(framework->marked, framework->count, sizeof framework->count);
        if (framework->waits) hf_histogram_restart(framework->waits);
        framework->starved = 0;
        framework->hungry_since = now;
    }
    for (guint32 r = 0; r < recorder->roles.count; r++) {
        for (uint32_t k = 0; k < recorder->kinds; k++) {
            hf_recorder__mark(&recorder->roles.at[r].allocated[k], now);
            if (recorder->roles.at[r].reserved_idle)
                hf_recorder__mark(&recorder->roles.at[r].reserved_idle[k], now);
        }
    }
    hf_recorder__disks_mark(recorder, now);
    hf_recorder__mark_stores(recorder, now);
    recorder->data_kept = recorder->data_lost = recorder->data_left = 0;
    recorder->bytes_copied = 0;
    hf_recorder__mark_services(recorder, now);
    memcpy(recorder->marked, recorder->count, sizeof recorder->count);
    memset(recorder->demand, 0, recorder->kinds * sizeof *recorder->demand);
    hf_histogram_restart(recorder->responses);
    hf_histogram_restart(recorder->relaunch_times);
    hf_histogram_restart(recorder->stateful_times);
}

/* Levels are complete up to the last record, so the area at the end of the warm-up can be had at
 * the first record that does not lie before it. */
static void pass_warm_up(HfRecorder *recorder, HfTime now)
{
    if (!recorder->is_marked && now >= recorder->warm_up) mark_all(recorder, recorder->warm_up);
}

/* ---- records ---- */

/* `count` offers with equal resources are made, or end. */
static __attribute__((noinline)) void on_offers(HfRecorder *recorder, const HfRecord *record,
                                                uint32_t count, HfCounter counter)
{
    int64_t change = counter == HF_COUNT_OFFERS_SENT ? (int64_t)count : -(int64_t)count;
    step(recorder, record->at, HF_LEVEL_OFFERED, record->resources, change);
    hf_level_add(&recorder->cluster[HF_LEVEL_OFFERS].level, record->at, change);
    hf_recorder__bump(recorder, record, counter, count);
}

/* Tasks that end because an operator drains their agent, takes its machine down, or says that it is
 * gone. Of the last two the call follows upon what it did, at the same instant. */
static void count_maintenance(HfRecorder *recorder, const HfRecord *record)
{
    if (record->reason == HF_REASON_SLAVE_DRAINING)
        hf_recorder__bump(recorder, record, HF_COUNT_MAINTENANCE_KILLS, 1);
    if (record->reason != HF_REASON_SLAVE_REMOVED) return;
    if (recorder->removals.at != record->at) recorder->removals.count = 0;
    recorder->removals.at = record->at;
    recorder->removals.count++;
}

static void on_operator_call(HfRecorder *recorder, const HfRecord *record)
{
    hf_recorder__bump(recorder, record, HF_COUNT_OPERATOR_ACTIONS, 1);
    if (record->value >= 400) hf_recorder__bump(recorder, record, HF_COUNT_OPERATOR_REFUSALS, 1);
    if ((record->state == HF_CALL_START_MAINTENANCE || record->state == HF_CALL_MARK_AGENT_GONE) &&
        recorder->removals.at == record->at) {
        recorder->count[HF_COUNT_MAINTENANCE_KILLS] += recorder->removals.count;
        recorder->removals.count = 0;
    }
}

HfTime hf_recorder__starved(const HfFrameworkStats *framework, HfTime now)
{
    if (framework->waiting == 0) return framework->starved;
    return MAX(framework->starved, now - framework->hungry_since);
}

/* It launched a task, or what it wants changed between nothing and something. */
static void feed(HfFrameworkStats *framework, HfTime now)
{
    framework->starved = hf_recorder__starved(framework, now);
    framework->hungry_since = now;
}

static __attribute__((noinline)) void on_launched(HfRecorder *recorder, const HfRecord *record)
{
    HfFrameworkStats *framework = hf_recorder__framework(recorder, record->framework);
    recorder->moved_at = record->at;
    gboolean has_reserved = step_those_of(recorder, framework, record, 1);
    if (recorder->forgotten.count > 0 &&
        hf_map64_remove(&recorder->forgotten, hf_recorder__task_key(record)))
        return; /* it runs on, and is booked again */
    recorder->count[HF_COUNT_TASKS_LAUNCHED]++;
    framework->count[HF_COUNT_TASKS_LAUNCHED]++;
    feed(framework, record->at);
    if (hf_recorder__keeps_tasks(recorder)) hf_recorder__open_task(recorder, record);
    if (recorder->failures.count > 0 || has_reserved)
        hf_recorder__relaunches_on_launched(recorder, record);
}

static void on_forgotten(HfRecorder *recorder, const HfRecord *record)
{
    step_allocated(recorder, record, -1);
    hf_map64_set(&recorder->forgotten, hf_recorder__task_key(record), 0);
}

static void on_elected(HfRecorder *recorder, const HfRecord *record)
{
    hf_recorder__bump(recorder, record, HF_COUNT_MASTER_FAILOVERS, 1);
    hf_recorder__bump(recorder, record, HF_COUNT_LEADERLESS_NS,
                      (uint64_t)(record->at - recorder->master_lost_at));
}

/* ... and its resources are free. */
static __attribute__((noinline)) void on_task_over(HfRecorder *recorder, const HfRecord *record)
{
    step_those_of(recorder, hf_recorder__framework(recorder, record->framework), record, -1);
    if (hf_recorder__keeps_tasks(recorder)) hf_recorder__close_task(recorder, record);
    count_maintenance(recorder, record);
    if (recorder->residents.count > 0) hf_recorder__relaunches_on_end(recorder, record);
}

static __attribute__((noinline)) void on_task_state(HfRecorder *recorder, const HfRecord *record)
{
    if (record->reason == HF_REASON_CONTAINER_LIMITATION_DISK)
        hf_recorder__bump(recorder, record, HF_COUNT_QUOTA_KILLS, 1);
    static const int counter_of[HF_TASK_STATES] = {[HF_TASK_FINISHED] = HF_COUNT_TASKS_FINISHED,
                                                   [HF_TASK_FAILED] = HF_COUNT_TASKS_FAILED,
                                                   [HF_TASK_KILLED] = HF_COUNT_TASKS_KILLED,
                                                   [HF_TASK_ERROR] = HF_COUNT_TASKS_ERROR,
                                                   [HF_TASK_LOST] = HF_COUNT_TASKS_LOST,
                                                   [HF_TASK_DROPPED] = HF_COUNT_TASKS_LOST,
                                                   [HF_TASK_GONE] = HF_COUNT_TASKS_LOST,
                                                   [HF_TASK_GONE_BY_OPERATOR] = HF_COUNT_TASKS_LOST,
                                                   [HF_TASK_UNREACHABLE] = HF_COUNT_TASKS_LOST};
    if (counter_of[record->state] != 0)
        hf_recorder__bump(recorder, record, (HfCounter)counter_of[record->state], 1);
    if (G_UNLIKELY(record->reason == HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT))
        hf_recorder__bump(recorder, record, HF_COUNT_TASKS_UNREGISTERED, 1);
    if (record->resources != NULL) {
        on_task_over(recorder, record);
    } else if (hf_recorder__keeps_tasks(recorder)) {
        HfTaskRecord *task = hf_recorder__live_task(recorder, record);
        if (task && record->state == HF_TASK_RUNNING && task->start < 0) task->start = record->at;
    }
}

static __attribute__((noinline)) void on_waited(HfRecorder *recorder, const HfRecord *record)
{
    HfFrameworkStats *framework = hf_recorder__framework(recorder, record->framework);
    if (framework->waits == NULL) framework->waits = hf_histogram_new(HF_RECORDER_PRECISION);
    hf_histogram_add(framework->waits, record->value, 1);
    if (!hf_recorder__keeps_tasks(recorder)) return;
    HfTaskRecord *task = hf_recorder__live_task(recorder, record);
    if (task) task->submit = record->at - record->value;
}

static void on_demand(HfRecorder *recorder, const HfRecord *record)
{
    HfFrameworkStats *framework = hf_recorder__framework(recorder, record->framework);
    if ((framework->waiting == 0) != (record->value == 0)) feed(framework, record->at);
    hf_level_add(&recorder->cluster[HF_LEVEL_TASKS_WAITING].level, record->at,
                 record->value - framework->waiting);
    framework->waiting = record->value;
}

static void on_submitted(HfRecorder *recorder, const HfRecord *record)
{
    hf_recorder__bump(recorder, record, HF_COUNT_JOBS_SUBMITTED, 1);
    hf_recorder__bump(recorder, record, HF_COUNT_TASKS_SUBMITTED, (uint64_t)record->value);
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        if (entry->kind < recorder->kinds &&
            hf_kind_type(recorder->catalog, entry->kind) == HF_TYPE_SCALAR)
            recorder->demand[entry->kind] =
                hf_add(recorder->demand[entry->kind], entry->milli * record->value);
    }
}

/* The first refusal and each hundredth: how full is the cluster when things stop fitting? */
static void on_refused(HfRecorder *recorder, const HfRecord *record)
{
    hf_recorder__bump(recorder, record, HF_COUNT_PLACEMENTS_REFUSED, 1);
    if (record->value != 1 && record->value % 100 != 0) return;
    HfRefusal refusal = {.number = record->value,
                         .at = record->at,
                         .launched = recorder->count[HF_COUNT_TASKS_LAUNCHED],
                         .allocated = g_new0(double, recorder->kinds)};
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        int64_t total = hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL)->level.value;
        int64_t allocated = hf_recorder__resource(recorder, k, HF_LEVEL_ALLOCATED)->level.value;
        if (total > 0) refusal.allocated[k] = (double)allocated / (double)total;
    }
    hf_vec_push(&recorder->refusals, refusal);
}

static void on_replaced(HfRecorder *recorder, const HfRecord *record)
{
    hf_recorder__bump(recorder, record, HF_COUNT_RELAUNCHES, 1);
    if (record->state) hf_recorder__bump(recorder, record, HF_COUNT_RELAUNCHES_SAME_HOST, 1);
    hf_histogram_add(recorder->relaunch_times, record->value, 1);
    hf_vec_push(&recorder->relaunches, (HfRelaunch){record->framework, record->agent, record->id,
                                                    record->at, record->value, record->state != 0});
}

/* What does not come for each offer and each task. */
static __attribute__((noinline)) void on_others(HfRecorder *recorder, const HfRecord *record)
{
    switch ((HfRecordType)record->type) {
    case HF_RECORD_OFFER_RESCINDED:
        on_offers(recorder, record, 1, HF_COUNT_OFFERS_RESCINDED);
        break;
    case HF_RECORD_OFFER_EXPIRED:
        on_offers(recorder, record, 1, HF_COUNT_OFFERS_EXPIRED);
        break;
    case HF_RECORD_TASK_FORGOTTEN:
        on_forgotten(recorder, record);
        break;
    case HF_RECORD_MASTER_LOST:
        recorder->master_lost_at = record->at;
        break;
    case HF_RECORD_MASTER_ELECTED:
        on_elected(recorder, record);
        break;
    case HF_RECORD_AGENT_FORGOTTEN:
        hf_recorder__bump(recorder, record, HF_COUNT_AGENTS_FORGOTTEN, 1);
        break;
    case HF_RECORD_INVERSE_OFFER_SENT:
        hf_recorder__bump(recorder, record, HF_COUNT_INVERSE_SENT, 1);
        break;
    case HF_RECORD_INVERSE_OFFER_ACCEPTED:
        hf_recorder__bump(recorder, record, HF_COUNT_INVERSE_ACCEPTED, 1);
        break;
    case HF_RECORD_INVERSE_OFFER_DECLINED:
        hf_recorder__bump(recorder, record, HF_COUNT_INVERSE_DECLINED, 1);
        break;
    case HF_RECORD_EXECUTOR_LAUNCHED:
        step_allocated(recorder, record, 1);
        break;
    case HF_RECORD_EXECUTOR_REMOVED:
        recorder->moved_at = record->at;
        step_allocated(recorder, record, -1);
        break;
    case HF_RECORD_EXECUTOR_STARTED:
        hf_recorder__bump(recorder, record, HF_COUNT_EXECUTORS_STARTED, 1);
        hf_level_add(&recorder->cluster[HF_LEVEL_EXECUTORS_RUNNING].level, record->at, 1);
        hf_recorder__step_used(recorder, record, 1);
        break;
    case HF_RECORD_EXECUTOR_ENDED:
        hf_level_add(&recorder->cluster[HF_LEVEL_EXECUTORS_RUNNING].level, record->at, -1);
        hf_recorder__step_used(recorder, record, -1);
        break;
    case HF_RECORD_TASK_KILL:
        hf_recorder__relaunches_on_kill(recorder, record);
        break;
    case HF_RECORD_TASK_FOLLOWS:
        hf_recorder__relaunches_on_follows(recorder, record);
        break;
    case HF_RECORD_DATA_COPIED:
        hf_recorder__relaunches_on_copied(recorder, record);
        break;
    case HF_RECORD_INPUT_READ:
        hf_recorder__bump(recorder, record, HF_COUNT_INPUTS_READ, 1);
        hf_recorder__bump(recorder, record, HF_COUNT_INPUTS_LOCAL, record->value);
        break;
    case HF_RECORD_OPERATION:
        hf_recorder__on_conversion(recorder, record);
        break;
    case HF_RECORD_CONSUMED:
    case HF_RECORD_CONVERTED:
        hf_recorder__on_conversion(recorder, record);
        hf_recorder__volumes_on_conversion(recorder, record);
        break;
    case HF_RECORD_VOLUME_DISOWNED:
        hf_recorder__volumes_on_disowned(recorder, record);
        break;
    case HF_RECORD_DISK_LOST:
        hf_recorder__volumes_on_loss(recorder, record);
        hf_recorder__on_disk(recorder, record);
        break;
    case HF_RECORD_SANDBOX_REMOVED:
        hf_recorder__bump(recorder, record, HF_COUNT_SANDBOXES_REMOVED, 1);
        hf_recorder__on_disk(recorder, record);
        break;
    case HF_RECORD_PATH_ADOPTED:
        hf_recorder__bump(recorder, record, HF_COUNT_PATHS_ADOPTED, 1);
        hf_recorder__on_disk(recorder, record);
        break;
    case HF_RECORD_STORE_DECLARED:
    case HF_RECORD_STORE_STATE:
    case HF_RECORD_STORE_TAKEN:
    case HF_RECORD_STORE_LEFT:
    case HF_RECORD_STORE_FREED:
    case HF_RECORD_STORE_FULL:
    case HF_RECORD_STORE_STALLED:
    case HF_RECORD_STORE_READ:
    case HF_RECORD_STORE_ACTION:
    case HF_RECORD_STORE_CLIENTS:
    case HF_RECORD_STORE_RATE:
    case HF_RECORD_STORE_DEGRADED:
    case HF_RECORD_STORE_RECOVERED:
    case HF_RECORD_STORE_LOST:
    case HF_RECORD_STORE_SURPLUS:
        hf_recorder__on_store(recorder, record);
        break;
    case HF_RECORD_PATH_WRITTEN:
    case HF_RECORD_PATH_LEFT:
    case HF_RECORD_SANDBOX_MADE:
    case HF_RECORD_SANDBOX_GROWS:
    case HF_RECORD_SANDBOX_CLOSED:
    case HF_RECORD_OUT_OF_BAND:
    case HF_RECORD_VOLUMES_HOLD:
        hf_recorder__on_disk(recorder, record);
        break;
    case HF_RECORD_DISK_FULL:
        hf_recorder__bump(recorder, record, HF_COUNT_DISKS_FULL, 1);
        break;
    case HF_RECORD_AGENT_STARTED:
        hf_recorder__bump(recorder, record, HF_COUNT_AGENT_RESTARTS, 1);
        break;
    case HF_RECORD_DEMAND:
        on_demand(recorder, record);
        break;
    case HF_RECORD_JOB_SUBMITTED:
        on_submitted(recorder, record);
        break;
    case HF_RECORD_JOB_FINISHED:
        hf_recorder__bump(recorder, record, HF_COUNT_JOBS_FINISHED, 1);
        hf_histogram_add(recorder->responses, record->value, 1);
        break;
    case HF_RECORD_PLACEMENT_REFUSED:
        on_refused(recorder, record);
        break;
    case HF_RECORD_TASK_REPLACED:
        on_replaced(recorder, record);
        break;
    case HF_RECORD_AGENT_REGISTERED:
    case HF_RECORD_AGENT_REREGISTERED:
        hf_recorder__count_agent(recorder, record, TRUE);
        hf_recorder__volumes_on_agent(recorder, record);
        break;
    case HF_RECORD_AGENT_GONE:
        hf_recorder__volumes_on_loss(recorder, record);
        hf_recorder__count_agent(recorder, record, FALSE);
        break;
    case HF_RECORD_AGENT_REMOVED:
        hf_recorder__count_agent(recorder, record, FALSE);
        break;
    case HF_RECORD_AGENT_UNREACHABLE:
        hf_recorder__count_agent(recorder, record, FALSE);
        hf_recorder__bump(recorder, record, HF_COUNT_AGENTS_UNREACHABLE, 1);
        break;
    case HF_RECORD_AGENT_CRASHED:
        hf_recorder__bump(recorder, record, HF_COUNT_AGENT_CRASHES, 1);
        hf_level_add(&recorder->cluster[HF_LEVEL_AGENTS_UP].level, record->at, -1);
        break;
    case HF_RECORD_AGENT_RETURNED:
        hf_recorder__bump(recorder, record, HF_COUNT_AGENT_REBOOTS, 1);
        hf_level_add(&recorder->cluster[HF_LEVEL_AGENTS_UP].level, record->at, 1);
        break;
    case HF_RECORD_OPERATOR_CALL:
        on_operator_call(recorder, record);
        break;
    case HF_RECORD_FRAMEWORK_SUBSCRIBED:
        hf_recorder__framework(recorder, record->framework)->role = record->role;
        hf_recorder__volumes_on_framework(recorder, record);
        hf_recorder__role(recorder, record->role)->is_used = TRUE;
        break;
    case HF_RECORD_FRAMEWORK_REMOVED:
        hf_recorder__volumes_on_framework(recorder, record);
        break;
    case HF_RECORD_ACCEPT_INVALID:
        hf_recorder__bump(recorder, record, HF_COUNT_ACCEPTS_INVALID, 1);
        break;
    case HF_RECORD_MESSAGE_LOST:
        hf_recorder__bump(recorder, record, HF_COUNT_MESSAGES_LOST, 1);
        break;
    case HF_RECORD_SERVICE_DECLARED:
    case HF_RECORD_SERVICE_MEMBERS:
    case HF_RECORD_SERVICE_QUORUM:
    case HF_RECORD_MEMBER_REPLACED:
    case HF_RECORD_DATA_LOST:
    case HF_RECORD_COPY_STARTED:
    case HF_RECORD_COPY_ENDED:
        hf_recorder__on_service(recorder, record);
        break;
    case HF_RECORD_DEPLOYMENT_STARTED:
    case HF_RECORD_DEPLOYMENT_HEALTHY:
    case HF_RECORD_DEPLOYMENT_INSTANCES:
    case HF_RECORD_DEPLOYMENT_ENDED:
    case HF_RECORD_DEPLOYMENT_REFUSED:
        hf_recorder__on_deployment(recorder, record);
        break;
    default:
        break;
    }
}

/* The last call of each case is a jump: nothing is to be kept over it. */
static inline __attribute__((always_inline)) void book(HfRecorder *recorder, const HfRecord *record)
{
    switch ((HfRecordType)record->type) {
    case HF_RECORD_OFFER_SENT:
        on_offers(recorder, record, 1, HF_COUNT_OFFERS_SENT);
        break;
    case HF_RECORD_OFFER_DECLINED:
        on_offers(recorder, record, 1, HF_COUNT_OFFERS_DECLINED);
        break;
    case HF_RECORD_OFFER_ACCEPTED:
        on_offers(recorder, record, 1, HF_COUNT_OFFERS_ACCEPTED);
        break;
    case HF_RECORD_TASK_LAUNCHED:
        on_launched(recorder, record);
        break;
    case HF_RECORD_TASK_STARTED:
        hf_recorder__on_run(recorder, record, 1);
        break;
    case HF_RECORD_TASK_ENDED:
        recorder->moved_at = record->at;
        hf_recorder__on_run(recorder, record, -1);
        break;
    case HF_RECORD_TASK_STATE:
        on_task_state(recorder, record);
        break;
    case HF_RECORD_TASK_WAITED:
        on_waited(recorder, record);
        break;
    default:
        on_others(recorder, record);
        break;
    }
}

/* During the warm-up, which may yet be set when the run starts. */
static __attribute__((noinline)) void book_early(HfRecorder *recorder, const HfRecord *record)
{
    if (record->type == HF_RECORD_RUN_STARTED) return;
    pass_warm_up(recorder, record->at);
    book(recorder, record);
}

void hf_recorder_listen(void *context, const HfRecord *record)
{
    HfRecorder *recorder = context;
    if (G_LIKELY(recorder->is_marked))
        book(recorder, record);
    else
        book_early(recorder, record);
}

/* Changes of one sign at one instant: no peak is missed when they are booked as one. */
void hf_recorder_listen_run(void *context, const HfRecord *record, uint32_t count)
{
    HfRecorder *recorder = context;
    HF_ASSERT(record->type == HF_RECORD_OFFER_SENT || record->type == HF_RECORD_OFFER_DECLINED);
    pass_warm_up(recorder, record->at);
    on_offers(recorder, record, count,
              record->type == HF_RECORD_OFFER_SENT ? HF_COUNT_OFFERS_SENT
                                                   : HF_COUNT_OFFERS_DECLINED);
}

/* ---- the time series ---- */

void hf_recorder_tick(HfRecorder *recorder, HfTime now)
{
    pass_warm_up(recorder, now);
    if (now > recorder->row_start) hf_recorder__close_row(recorder, now);
}

void hf_recorder_finish(HfRecorder *recorder, HfTime now)
{
    hf_recorder_tick(recorder, now);
    if (!recorder->is_marked) mark_all(recorder, MIN(now, recorder->warm_up));
    recorder->ended_at = now;
    hf_recorder__close_tasks(recorder);
}
