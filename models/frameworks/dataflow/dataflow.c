/*
 * See dataflow.h. What runs is of three kinds: units (a task of a stage as a Mesos task), executors
 * (Mesos tasks with slots, in which units run without the master knowing), and, in fine mode, the
 * framework's own Mesos executors (ExecutorInfo): one on each agent, which runs the units there and
 * holds its overhead from the first of them on, busy or idle.
 *
 * Invariants: a unit that was picked is in `live` or runs in an executor until it ends; `wanting`
 * is what the next offer may be used for.
 */
#include "models/frameworks/dataflow/dataflow_internal.h"

#include <math.h>

#include "base/assert.h"
#include "models/frameworks/possible.h"
#include "world/faults.h"

/* ---- units inside executors ---- */

void hf_dataflow__arm_wait(HfDataflow *flow, HfDriver *driver, HfTime until)
{
    if (until == HF_TIME_NEVER || flow->wait_armed <= until) return;
    flow->wait_armed = until;
    hf_driver_after(driver, MAX(until - hf_driver_now(driver), 0), HF_FLOW_TIMER_WAIT, 0);
}

void hf_dataflow__note_input(HfDataflow *flow, HfDriver *driver, const HfPick *pick)
{
    if (pick->reads)
        hf_driver_note_input(driver, hf_work_job(&flow->work, pick->job)->number, pick->is_local);
}

/* Whether executors that have nothing to do are given back. */
static gboolean gives_back(const HfDataflow *flow)
{
    return flow->config->mode == HF_DATAFLOW_TRACKERS || flow->config->is_dynamic;
}

static HfPickStage stage_of(const HfDataflow *flow, int pool)
{
    if (flow->config->mode != HF_DATAFLOW_TRACKERS || flow->config->later_slots == 0)
        return HF_PICK_ANY;
    return pool == HF_POOL_FIRST ? HF_PICK_FIRST : HF_PICK_LATER;
}

/* Fill its free slots; begins to count its idleness when there is nothing for it. */
static void feed(HfDataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfExecutor *executor = &flow->executors.rows.at[handle.row];
    HfTime now = hf_driver_now(driver), again;
    if (!executor->is_running || executor->is_ending) return;
    for (int pool = 0; pool < HF_POOLS; pool++) {
        HfPick pick;
        while (executor->busy[pool] < executor->slots[pool]) {
            if (!hf_work_pick(&flow->work, executor->host, now, executor->job, stage_of(flow, pool),
                              &pick, &again)) {
                hf_dataflow__arm_wait(flow, driver, again);
                break;
            }
            HfHandle run = hf_executors_start_run(&flow->executors, handle, &pick, (uint32_t)pool);
            hf_driver_after(driver, pick.duration, HF_FLOW_TIMER_RUN, hf_handle_pack(run));
            hf_dataflow__note_input(flow, driver, &pick);
        }
    }
    if (!hf_executor_is_idle(executor) || executor->idle_since != HF_TIME_NEVER) return;
    executor->idle_since = now;
    if (gives_back(flow))
        hf_driver_after(driver, flow->config->idle_timeout, HF_FLOW_TIMER_IDLE,
                        hf_handle_pack(handle));
}

/* There is new work, or its wait is over: every executor with a free slot looks again. */
static void feed_all(HfDataflow *flow, HfDriver *driver, HfHandle job)
{
    if (flow->config->mode == HF_DATAFLOW_EXECUTORS && job.generation != 0) {
        if (hf_work_job(&flow->work, job) == NULL) return; /* its executors are ending */
        hf_executors_gather(&flow->executors, job);
        for (guint32 i = 0; i < flow->executors.gathered.count; i++)
            feed(flow, driver, flow->executors.rows.at[flow->executors.gathered.at[i]].handle);
        return;
    }
    for (guint32 i = 0; i < flow->executors.rows.count; i++) {
        const HfExecutor *executor = &flow->executors.rows.at[i];
        if (!hf_slots_is_live(&flow->executors.slots, executor->handle)) continue;
        if (job.generation != 0 && executor->job.generation != 0 &&
            (executor->job.row != job.row || executor->job.generation != job.generation))
            continue;
        feed(flow, driver, executor->handle);
    }
}

static void kill_executor(HfDataflow *flow, HfDriver *driver, HfExecutor *executor)
{
    if (executor->is_ending) return;
    executor->is_ending = TRUE;
    if (executor->job.generation != 0 && hf_work_job(&flow->work, executor->job) != NULL) {
        HfJobHolding *holding = hf_dataflow__holding_of(flow, executor->job);
        holding->executors--;
        holding->cores -= (int64_t)executor->slots[HF_POOL_FIRST] * flow->config->task_cpus;
        hf_dataflow__be_wanting(flow, executor->job);
    }
    hf_driver_kill(driver, executor->task);
}

/* ---- jobs ---- */

static void arm_arrival(HfDataflow *flow, HfDriver *driver)
{
    if (flow->config->jobs > 0 && flow->work.seen >= (uint64_t)flow->config->jobs) return;
    double gap = hf_law_draw(&flow->config->arrivals, &flow->arrivals);
    flow->arrives_at = hf_time_add(flow->arrives_at, hf_time_from_seconds(gap));
    hf_driver_after(driver, MAX(flow->arrives_at - hf_driver_now(driver), 0), HF_FLOW_TIMER_ARRIVAL,
                    0);
}

static int64_t executor_cores(const HfDataflow *flow)
{
    return flow->config->executor_cpus > 0 ? flow->config->executor_cpus : flow->config->task_cpus;
}

/* spark.dynamicAllocation: one executor at first, then 2, 4, ... each backlog_timeout. */
static void arm_backlog(HfDataflow *flow, HfDriver *driver, HfHandle job)
{
    HfJobHolding *holding = hf_dataflow__holding_of(flow, job);
    if (!flow->config->is_dynamic || holding->is_growing) return;
    holding->is_growing = TRUE;
    hf_driver_after(driver, flow->config->backlog_timeout, HF_FLOW_TIMER_BACKLOG,
                    hf_handle_pack(job));
}

static void note_stage(HfDataflow *flow, HfDriver *driver, const HfWorkJob *job)
{
    HfResources wanted = {0};
    hf_demand_resources(flow->env.catalog, &flow->unit, &wanted);
    hf_driver_note_submitted(driver, job->number, (int64_t)job->pending, &wanted);
    hf_resources_clear(flow->env.catalog, &wanted);
}

static void on_work(HfDataflow *flow, HfDriver *driver, HfHandle job)
{
    if (flow->config->mode != HF_DATAFLOW_FINE) feed_all(flow, driver, job);
    hf_dataflow__be_wanting(flow, job);
    if (flow->config->mode == HF_DATAFLOW_EXECUTORS) arm_backlog(flow, driver, job);
    hf_dataflow__note_waiting(flow, driver);
    if (hf_dataflow__wants_anything(flow)) hf_dataflow__want_offers(flow, driver, FALSE);
}

static void on_arrival(HfDataflow *flow, HfDriver *driver)
{
    HfHandle handle = hf_work_arrive(&flow->work, flow->arrives_at);
    hf_executors_job_arrived(&flow->executors, handle);
    note_stage(flow, driver, hf_work_job(&flow->work, handle));
    on_work(flow, driver, handle);
    arm_arrival(flow, driver);
}

/* One that has failed is not told to be done. */
static void end_job(HfDataflow *flow, HfDriver *driver, HfHandle handle, gboolean is_done)
{
    const HfWorkJob *job = hf_work_job(&flow->work, handle);
    if (is_done) hf_driver_note_job(driver, job->number, hf_driver_now(driver) - job->submit);
    hf_executors_gather(&flow->executors, handle);
    for (guint32 i = 0; i < flow->executors.gathered.count; i++)
        kill_executor(flow, driver, &flow->executors.rows.at[flow->executors.gathered.at[i]]);
    hf_executors_job_left(&flow->executors, handle);
    for (guint32 i = 0; hf_dataflow__holding_of(flow, handle)->is_wanting; i++)
        if (flow->wanting.at[i] == handle.row) hf_dataflow__want_no_more(flow, i);
    hf_work_leave(&flow->work, handle);
}

/* A stage begins: can it fetch what the one before has written? FALSE: the job has failed. */
static gboolean fetch(HfDataflow *flow, HfDriver *driver, HfHandle handle, HfTime kept_until)
{
    enum { ATTEMPTS = 4 };
    HfWorkJob *job = hf_work_job(&flow->work, handle);
    if (kept_until > hf_driver_now(driver)) {
        job->attempts = 0;
        return TRUE;
    }
    if (job->attempts + 1 == ATTEMPTS) {
        end_job(flow, driver, handle, FALSE);
        return FALSE;
    }
    hf_work_redo(&flow->work, handle, hf_driver_now(driver));
    return TRUE;
}

/* kept_until: what it has written for the next stage; HF_TIME_NEVER = until that has it. */
static void unit_done(HfDataflow *flow, HfDriver *driver, const HfPick *pick, HfTime kept_until)
{
    HfWorkJob *job = hf_work_job(&flow->work, pick->job);
    kept_until = job->kept_until = MIN(job->kept_until, kept_until);
    switch (hf_work_finish(&flow->work, pick->job, pick->unit, hf_driver_now(driver))) {
    case HF_WORK_JOB_DONE:
        end_job(flow, driver, pick->job, TRUE);
        break;
    case HF_WORK_STAGE_DONE:
        if (!fetch(flow, driver, pick->job, kept_until)) break;
        note_stage(flow, driver, hf_work_job(&flow->work, pick->job));
        on_work(flow, driver, pick->job);
        break;
    case HF_WORK_GOES_ON:
        break;
    }
}

static void on_run_end(HfDataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfUnitRun run;
    if (!hf_executors_end_run(&flow->executors, handle, &run)) return; /* its executor is gone */
    const HfExecutor *executor = hf_executors_at(&flow->executors, run.executor);
    HfTime kept = HF_TIME_NEVER;
    if (flow->config->is_dynamic && flow->config->shuffle_kept > 0 && executor != NULL)
        kept = hf_time_add(executor->started_at, flow->config->shuffle_kept);
    hf_work_credit(&flow->work, run.pick.job, run.pick.unit, run.executor);
    unit_done(flow, driver, &run.pick, kept);
    if (hf_executors_at(&flow->executors, run.executor) != NULL) feed(flow, driver, run.executor);
    hf_dataflow__note_waiting(flow, driver);
}

static void on_idle(HfDataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfExecutor *executor = hf_executors_at(&flow->executors, handle);
    if (executor == NULL) return;
    if (executor->idle_since == HF_TIME_NEVER || !hf_executor_is_idle(executor)) return;
    if (hf_driver_now(driver) - executor->idle_since < flow->config->idle_timeout) return;
    if (executor->job.generation != 0) {
        HfJobHolding *holding = hf_dataflow__holding_of(flow, executor->job);
        holding->allowed = MIN(holding->allowed, holding->executors - 1);
    }
    kill_executor(flow, driver, executor);
}

static void on_backlog(HfDataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfWorkJob *job = hf_work_job(&flow->work, handle);
    if (job == NULL) return;
    HfJobHolding *holding = hf_dataflow__holding_of(flow, handle);
    holding->is_growing = FALSE;
    if (job->pending == 0) return;
    holding->allowed = holding->allowed == 0 ? 1 : holding->allowed * 2;
    int64_t useful = ((int64_t)(job->pending + job->taken) * flow->config->task_cpus +
                      executor_cores(flow) - 1) /
                     executor_cores(flow);
    holding->allowed = (uint32_t)MIN((int64_t)holding->allowed, useful);
    hf_dataflow__be_wanting(flow, handle);
    if ((int64_t)holding->allowed < useful) arm_backlog(flow, driver, handle);
    if (hf_dataflow__wants_anything(flow)) hf_dataflow__want_offers(flow, driver, FALSE);
}

/* ---- what becomes of Mesos tasks ---- */

static void forget_executor(HfDataflow *flow, uint32_t agent)
{
    if (agent < flow->brought.count)
        hf_executor_info_drop(flow->env.catalog, &flow->brought.at[agent]);
}

static void executor_gone(HfDataflow *flow, HfHandle handle)
{
    const HfExecutor *executor = &flow->executors.rows.at[handle.row];
    HfUnitRun run;
    if (!executor->is_ending && hf_work_job(&flow->work, executor->job) != NULL) {
        HfJobHolding *holding = hf_dataflow__holding_of(flow, executor->job);
        holding->executors--;
        holding->cores -= (int64_t)executor->slots[HF_POOL_FIRST] * flow->config->task_cpus;
    }
    while (hf_executors_pop_run(&flow->executors, handle, &run))
        hf_work_return(&flow->work, run.pick.job, run.pick.unit);
    /* With dynamic allocation the shuffle service of the host has it. */
    if (flow->config->mode == HF_DATAFLOW_EXECUTORS && !flow->config->is_dynamic)
        hf_work_undo(&flow->work, executor->job, handle);
    hf_executors_remove(&flow->executors, handle);
}

static void on_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    HfDataflow *flow = model;
    uint32_t row = hf_map64_get(&flow->rows, status->task);
    if (row == HF_MAP64_NONE) { /* repeated, or given up: it must not go on running */
        if (hf_task_state_is_alive(status->state)) hf_driver_kill(driver, status->task);
        return;
    }
    HfFlowTask *task = &flow->live.at[row];
    if (status->state == HF_TASK_RUNNING && !task->has_run) {
        task->has_run = TRUE;
        if (task->kind == HF_FLOW_EXECUTOR) {
            flow->executors.rows.at[task->executor.row].is_running = TRUE;
            flow->executors.rows.at[task->executor.row].started_at = hf_driver_now(driver);
            feed(flow, driver, task->executor);
            hf_dataflow__note_waiting(flow, driver);
        }
    }
    if (hf_task_state_is_alive(status->state)) return;
    HfFlowTask ended = *task;
    hf_map64_remove(&flow->rows, status->task);
    hf_vec_push(&flow->spare, row);
    /* The executor that it counted on is not what it thinks: nobody told it that it is gone. */
    if (status->reason == HF_REASON_TASK_INVALID && ended.kind == HF_FLOW_UNIT)
        forget_executor(flow, ended.agent);
    if (ended.kind == HF_FLOW_EXECUTOR) {
        HfHandle job = flow->executors.rows.at[ended.executor.row].job;
        executor_gone(flow, ended.executor);
        on_work(flow, driver, job);
    } else if (status->state == HF_TASK_FINISHED) {
        unit_done(flow, driver, &ended.pick, HF_TIME_NEVER);
        hf_dataflow__note_waiting(flow, driver);
    } else {
        hf_work_return(&flow->work, ended.pick.job, ended.pick.unit);
        on_work(flow, driver, ended.pick.job);
    }
}

/* MesosFineGrainedSchedulerBackend.executorLost, slaveLost. */
static void on_executor_lost(void *model, HfDriver *driver, uint32_t agent, uint32_t executor)
{
    forget_executor(model, agent);
}

static void on_failure(void *model, HfDriver *driver, uint32_t agent)
{
    forget_executor(model, agent);
}

/* ---- life ---- */

static void on_subscribed(void *model, HfDriver *driver)
{
    HfDataflow *flow = model;
    flow->revived_at = hf_driver_now(driver) - flow->config->min_revive;
    flow->arrives_at = hf_driver_now(driver);
    arm_arrival(flow, driver);
}

/* What was said last may be lost: ask about all. */
static void on_resubscribed(void *model, HfDriver *driver)
{
    HfDataflow *flow = model;
    HF_VEC(HfDriverTask) asked = {0};
    for (uint32_t row = 0; row < flow->live.count; row++)
        if (hf_map64_get(&flow->rows, flow->live.at[row].id) == row)
            hf_vec_push(&asked, (HfDriverTask){flow->live.at[row].id, HF_ROW_NONE});
    if (asked.count > 0) hf_driver_reconcile(driver, asked.at, asked.count);
    hf_vec_clear(&asked);
    flow->is_suppressed = !hf_dataflow__wants_anything(flow);
    if (flow->is_suppressed) hf_driver_suppress(driver);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    HfDataflow *flow = model;
    switch (kind) {
    case HF_FLOW_TIMER_ARRIVAL:
        on_arrival(flow, driver);
        break;
    case HF_FLOW_TIMER_REVIVE:
        flow->is_revive_armed = FALSE;
        if (hf_dataflow__wants_anything(flow)) hf_dataflow__revive(flow, driver);
        break;
    case HF_FLOW_TIMER_RUN:
        on_run_end(flow, driver, hf_handle_unpack(arg));
        break;
    case HF_FLOW_TIMER_IDLE:
        on_idle(flow, driver, hf_handle_unpack(arg));
        break;
    case HF_FLOW_TIMER_BACKLOG:
        on_backlog(flow, driver, hf_handle_unpack(arg));
        break;
    case HF_FLOW_TIMER_WAIT:
        flow->wait_armed = HF_TIME_NEVER;
        if (flow->config->mode == HF_DATAFLOW_FINE)
            hf_dataflow__want_offers(flow, driver, TRUE);
        else
            feed_all(flow, driver, HF_HANDLE_NONE);
        hf_dataflow__note_waiting(flow, driver);
        break;
    default:
        HF_ASSERT(!"a timer that dataflow did not arm");
    }
}

void hf_dataflow_destroy(void *model)
{
    HfDataflow *flow = model;
    hf_work_clear(&flow->work);
    hf_vec_clear(&flow->live);
    hf_vec_clear(&flow->spare);
    hf_map64_clear(&flow->rows);
    hf_executors_clear(&flow->executors);
    hf_vec_clear(&flow->wanting);
    for (guint32 i = 0; i < flow->brought.count; i++) forget_executor(flow, i);
    hf_vec_clear(&flow->brought);
    hf_resources_clear(flow->env.catalog, &flow->pool);
    hf_vec_clear(&flow->tasks);
    hf_vec_clear(&flow->declines);
    g_free(flow);
}

void *hf_dataflow_create(const HfModelEnv *env, const void *config, GError **error)
{
    const HfDataflowConfig *keys = config;
    uint32_t hosts = hf_world_hosts(env->world);
    if (keys->reads_blocks && hosts < (uint64_t)keys->replication) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "replication: %" G_GINT64_FORMAT " replicas need as many agents; there are %u",
                    keys->replication, hosts);
        return NULL;
    }
    HfDataflow *flow = g_new0(HfDataflow, 1);
    flow->env = *env;
    flow->config = keys;
    flow->wait_armed = HF_TIME_NEVER;
    HfWorkConfig work = {.stages = keys->stages.at,
                         .stage_count = keys->stages.count,
                         .is_fair = keys->is_fair,
                         .reads_blocks = keys->reads_blocks,
                         .replicas = (uint32_t)keys->replication,
                         .wait = keys->locality_wait,
                         .remote_factor = keys->remote_factor};
    hf_work_init(&flow->work, &work, env->seed, env->entity, hosts);
    hf_model_stream(&flow->arrivals, env, "dataflow-arrivals", 0);
    hf_model_stream(&flow->usage, env, "dataflow-usage", 0);
    hf_demand_add(&flow->unit, HF_KIND_CPUS, keys->task_cpus);
    hf_demand_add(&flow->unit, HF_KIND_MEM, keys->task_mem);
    if (keys->mode == HF_DATAFLOW_FINE && keys->overhead_cpus > 0) {
        hf_demand_add(&flow->overhead, HF_KIND_CPUS, keys->overhead_cpus);
        hf_demand_add(&flow->overhead, HF_KIND_MEM, keys->executor_mem);
    }
    HfDemand least = hf_dataflow_least(keys);
    g_autofree char *why = hf_possible_refusal(env, &least);
    if (why == NULL) return flow;
    g_set_error_literal(error, HF_MODEL_ERROR, 1, why);
    hf_dataflow_destroy(flow);
    return NULL;
}

static void waits(const void *model, HfWaitSink sink, void *context)
{
    const HfDataflow *flow = model;
    if (flow->work.pending == 0) return;
    HfResources asks = {0};
    HfTime since = HF_TIME_NEVER;
    for (guint32 i = 0; i < flow->work.line.count; i++) {
        const HfWorkJob *job = flow->work.jobs.at[flow->work.line.at[i]];
        if (job->pending > 0) since = MIN(since, job->waits_since);
    }
    hf_demand_resources(flow->env.catalog, &flow->unit, &asks);
    sink(context, &(HfWait){.tasks = flow->work.pending,
                            .since = since == HF_TIME_NEVER ? 0 : since,
                            .asks = &asks,
                            .host = HF_ROW_NONE});
    hf_resources_clear(flow->env.catalog, &asks);
}

static void unheard(const void *model, HfUnheardSink sink, void *context)
{
    const HfDataflow *flow = model;
    for (guint32 row = 0; row < flow->live.count; row++) {
        const HfFlowTask *task = &flow->live.at[row];
        gboolean is_over = hf_map64_get(&flow->rows, task->id) != row;
        if (task->has_run || is_over) continue;
        sink(context, &(HfUnheard){.task = task->id, .since = HF_TIME_NEVER});
    }
}

const HfSchedulerOps hf_dataflow_ops = {.subscribed = on_subscribed,
                                        .offers = hf_dataflow__on_offers,
                                        .update = on_update,
                                        .executor_lost = on_executor_lost,
                                        .failure = on_failure,
                                        .resubscribed = on_resubscribed,
                                        .timer = on_timer,
                                        .waits = waits,
                                        .unheard = unheard};
