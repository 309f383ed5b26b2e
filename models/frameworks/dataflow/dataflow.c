/*
 * See dataflow.h. What runs is of three kinds: units (a task of a stage as a Mesos task), executors
 * (Mesos tasks with slots, in which units run without the master knowing), and, in fine mode, the
 * framework's own Mesos executors (ExecutorInfo): one on each agent, which runs the units there and
 * holds its overhead from the first of them on, busy or idle.
 *
 * Invariants: a unit that was picked is in `live` or runs in an executor until it ends; `wanting`
 * is what the next offer may be used for.
 */
#include "models/frameworks/dataflow/dataflow.h"

#include <math.h>

#include "base/assert.h"
#include "models/frameworks/dataflow/executors.h"
#include "models/frameworks/possible.h"
#include "world/faults.h"

enum { TIMER_ARRIVAL, TIMER_REVIVE, TIMER_RUN, TIMER_IDLE, TIMER_BACKLOG, TIMER_WAIT };
typedef enum TaskKind { TASK_UNIT, TASK_EXECUTOR } TaskKind;

/* A Mesos task. */
typedef struct Task {
    uint64_t id;
    TaskKind kind;
    HfPick pick;       /* TASK_UNIT */
    HfHandle executor; /* TASK_EXECUTOR */
    uint32_t agent;    /* TASK_UNIT: agent id */
    gboolean has_run;
} Task;

typedef struct Dataflow {
    HfModelEnv env;
    const HfDataflowConfig *config;
    HfWork work;
    HfStream arrivals, usage;
    uint64_t next_task;
    HF_VEC(Task) live; /* [row] */
    HF_VEC(uint32_t) spare;
    HfMap64 rows; /* Mesos task id -> row of live */
    HfExecutors executors;
    HF_VEC(uint32_t)
    wanting; /* rows of jobs, oldest first: all that want executors of their own,
                and some that do no more */
    HF_VEC(HfExecutorInfo *) brought; /* fine: [agent id]: what is there; NULL = nothing; owned */
    HfDemand unit, overhead;
    gboolean is_suppressed, is_revive_armed;
    HfTime arrives_at; /* the next job; users do not wait for a scheduler that is away */
    HfTime revived_at, wait_armed; /* wait_armed: NEVER = none */
    int64_t waiting_noted;
    HfResources pool;
    HF_VEC(HfTaskInfo) tasks;
    HF_VEC(uint64_t) declines;
} Dataflow;

/* ---- asking for offers ---- */

static HfJobHolding *holding_of(Dataflow *flow, HfHandle job)
{
    return hf_executors_holding(&flow->executors, job);
}

static int64_t executor_cores(const Dataflow *flow)
{
    return flow->config->executor_cpus > 0 ? flow->config->executor_cpus : flow->config->task_cpus;
}

/* CPUs (milli) that a job still wants for executors of its own. */
static int64_t wanted_cores(Dataflow *flow, const HfWorkJob *job)
{
    const HfDataflowConfig *config = flow->config;
    const HfJobHolding *holding = holding_of(flow, job->handle);
    int64_t most = config->cores_max > 0 ? config->cores_max : INT64_MAX;
    if (config->is_dynamic) {
        if (holding->executors >= holding->allowed) return 0;
        most = MIN(most, (int64_t)(job->pending + job->taken) * config->task_cpus);
    }
    return MAX(most - holding->cores, 0);
}

/* Slots of a pool that trackers should yet be launched for. */
static int64_t missing_slots(const Dataflow *flow, int pool)
{
    int64_t missing = 0;
    for (guint32 i = 0; i < flow->work.line.count; i++) {
        const HfWorkJob *job = flow->work.jobs.at[flow->work.line.at[i]];
        int of = flow->config->later_slots == 0 || job->stage == 0 ? HF_POOL_FIRST : HF_POOL_LATER;
        if (of == pool) missing += job->pending;
    }
    for (guint32 i = 0; i < flow->executors.rows.count; i++) {
        const HfExecutor *executor = &flow->executors.rows.at[i];
        if (hf_slots_is_live(&flow->executors.slots, executor->handle) && !executor->is_ending)
            missing -= executor->slots[pool] - executor->busy[pool];
    }
    return missing;
}

/* It may want executors from now on. */
static void be_wanting(Dataflow *flow, HfHandle handle)
{
    const HfWorkJob *job = hf_work_job(&flow->work, handle);
    if (flow->config->mode != HF_DATAFLOW_EXECUTORS || job == NULL) return;
    HfJobHolding *holding = holding_of(flow, handle);
    if (holding->is_wanting) return;
    holding->is_wanting = TRUE;
    guint32 at = flow->wanting.count;
    hf_vec_push(&flow->wanting, handle.row);
    for (; at > 0 && flow->work.jobs.at[flow->wanting.at[at - 1]]->number > job->number; at--)
        flow->wanting.at[at] = flow->wanting.at[at - 1];
    flow->wanting.at[at] = handle.row;
}

static void want_no_more(Dataflow *flow, guint32 at)
{
    flow->executors.holdings.at[flow->wanting.at[at]].is_wanting = FALSE;
    hf_vec_remove(&flow->wanting, at);
}

/* The job in this place of `wanting`, if it wants an executor; else it stands there no more. */
static const HfWorkJob *wanting_at(Dataflow *flow, guint32 at)
{
    const HfWorkJob *job = flow->work.jobs.at[flow->wanting.at[at]];
    if (wanted_cores(flow, job) >= flow->config->task_cpus) return job;
    want_no_more(flow, at);
    return NULL;
}

static gboolean wants_anything(Dataflow *flow)
{
    switch ((HfDataflowMode)flow->config->mode) {
    case HF_DATAFLOW_FINE:
        return flow->work.pending > 0;
    case HF_DATAFLOW_TRACKERS:
        return missing_slots(flow, HF_POOL_FIRST) > 0 || missing_slots(flow, HF_POOL_LATER) > 0;
    case HF_DATAFLOW_EXECUTORS:
        break;
    }
    while (flow->wanting.count > 0)
        if (wanting_at(flow, 0) != NULL) return TRUE;
    return FALSE;
}

static void revive(Dataflow *flow, HfDriver *driver)
{
    flow->is_suppressed = FALSE;
    flow->revived_at = hf_driver_now(driver);
    hf_driver_revive(driver);
}

/* Filters of what was declined must go (`anew`), or offers be asked for again. */
static void want_offers(Dataflow *flow, HfDriver *driver, gboolean anew)
{
    if ((!flow->is_suppressed && !anew) || flow->is_revive_armed) return;
    HfTime wait = flow->revived_at + flow->config->min_revive - hf_driver_now(driver);
    if (wait <= 0) {
        revive(flow, driver);
        return;
    }
    flow->is_revive_armed = TRUE;
    hf_driver_after(driver, wait, TIMER_REVIVE, 0);
}

static void note_waiting(Dataflow *flow, HfDriver *driver)
{
    if (flow->work.pending == flow->waiting_noted) return;
    flow->waiting_noted = flow->work.pending;
    hf_driver_note_demand(driver, flow->work.pending);
}

/* ---- Mesos tasks ---- */

static void put_task(Dataflow *flow, Task task, const HfDemand *demand, HfTime duration,
                     uint64_t job)
{
    task.id = ++flow->next_task;
    uint32_t row = flow->live.count;
    if (flow->spare.count > 0) {
        row = flow->spare.at[--flow->spare.count];
        flow->live.at[row] = task;
    } else {
        hf_vec_push(&flow->live, task);
    }
    hf_map64_set(&flow->rows, task.id, row);
    if (task.kind == TASK_EXECUTOR) flow->executors.rows.at[task.executor.row].task = task.id;
    double usage = hf_law_draw(&flow->config->usage, &flow->usage);
    HfTaskInfo info = {.id = task.id,
                       .job = job,
                       .duration = duration,
                       .end = HF_TASK_FINISHED,
                       .usage_milli = (uint32_t)floor(usage * 1000 + 0.5)};
    HfResources cut = {0};
    hf_demand_cut(flow->env.catalog, demand, &flow->pool, &cut);
    info.resources = hf_parcel_take(flow->env.catalog, &cut);
    hf_vec_push(&flow->tasks, info);
}

/* ---- units inside executors ---- */

static void arm_wait(Dataflow *flow, HfDriver *driver, HfTime until)
{
    if (until == HF_TIME_NEVER || flow->wait_armed <= until) return;
    flow->wait_armed = until;
    hf_driver_after(driver, MAX(until - hf_driver_now(driver), 0), TIMER_WAIT, 0);
}

static void note_input(Dataflow *flow, HfDriver *driver, const HfPick *pick)
{
    if (pick->reads)
        hf_driver_note_input(driver, hf_work_job(&flow->work, pick->job)->number, pick->is_local);
}

/* Whether executors that have nothing to do are given back. */
static gboolean gives_back(const Dataflow *flow)
{
    return flow->config->mode == HF_DATAFLOW_TRACKERS || flow->config->is_dynamic;
}

static HfPickStage stage_of(const Dataflow *flow, int pool)
{
    if (flow->config->mode != HF_DATAFLOW_TRACKERS || flow->config->later_slots == 0)
        return HF_PICK_ANY;
    return pool == HF_POOL_FIRST ? HF_PICK_FIRST : HF_PICK_LATER;
}

/* Fill its free slots; begins to count its idleness when there is nothing for it. */
static void feed(Dataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfExecutor *executor = &flow->executors.rows.at[handle.row];
    HfTime now = hf_driver_now(driver), again;
    if (!executor->is_running || executor->is_ending) return;
    for (int pool = 0; pool < HF_POOLS; pool++) {
        HfPick pick;
        while (executor->busy[pool] < executor->slots[pool]) {
            if (!hf_work_pick(&flow->work, executor->host, now, executor->job, stage_of(flow, pool),
                              &pick, &again)) {
                arm_wait(flow, driver, again);
                break;
            }
            HfHandle run = hf_executors_start_run(&flow->executors, handle, &pick, (uint32_t)pool);
            hf_driver_after(driver, pick.duration, TIMER_RUN, hf_handle_pack(run));
            note_input(flow, driver, &pick);
        }
    }
    if (!hf_executor_is_idle(executor) || executor->idle_since != HF_TIME_NEVER) return;
    executor->idle_since = now;
    if (gives_back(flow))
        hf_driver_after(driver, flow->config->idle_timeout, TIMER_IDLE, hf_handle_pack(handle));
}

/* There is new work, or its wait is over: every executor with a free slot looks again. */
static void feed_all(Dataflow *flow, HfDriver *driver, HfHandle job)
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

static void kill_executor(Dataflow *flow, HfDriver *driver, HfExecutor *executor)
{
    if (executor->is_ending) return;
    executor->is_ending = TRUE;
    if (executor->job.generation != 0 && hf_work_job(&flow->work, executor->job) != NULL) {
        HfJobHolding *holding = holding_of(flow, executor->job);
        holding->executors--;
        holding->cores -= (int64_t)executor->slots[HF_POOL_FIRST] * flow->config->task_cpus;
        be_wanting(flow, executor->job);
    }
    hf_driver_kill(driver, executor->task);
}

/* ---- jobs ---- */

static void arm_arrival(Dataflow *flow, HfDriver *driver)
{
    if (flow->config->jobs > 0 && flow->work.seen >= (uint64_t)flow->config->jobs) return;
    double gap = hf_law_draw(&flow->config->arrivals, &flow->arrivals);
    flow->arrives_at = hf_time_add(flow->arrives_at, hf_time_from_seconds(gap));
    hf_driver_after(driver, MAX(flow->arrives_at - hf_driver_now(driver), 0), TIMER_ARRIVAL, 0);
}

/* spark.dynamicAllocation: one executor at first, then 2, 4, ... each backlog_timeout. */
static void arm_backlog(Dataflow *flow, HfDriver *driver, HfHandle job)
{
    HfJobHolding *holding = holding_of(flow, job);
    if (!flow->config->is_dynamic || holding->is_growing) return;
    holding->is_growing = TRUE;
    hf_driver_after(driver, flow->config->backlog_timeout, TIMER_BACKLOG, hf_handle_pack(job));
}

static void note_stage(Dataflow *flow, HfDriver *driver, const HfWorkJob *job)
{
    HfResources wanted = {0};
    hf_demand_resources(flow->env.catalog, &flow->unit, &wanted);
    hf_driver_note_submitted(driver, job->number, (int64_t)job->pending, &wanted);
    hf_resources_clear(flow->env.catalog, &wanted);
}

static void on_work(Dataflow *flow, HfDriver *driver, HfHandle job)
{
    if (flow->config->mode != HF_DATAFLOW_FINE) feed_all(flow, driver, job);
    be_wanting(flow, job);
    if (flow->config->mode == HF_DATAFLOW_EXECUTORS) arm_backlog(flow, driver, job);
    note_waiting(flow, driver);
    if (wants_anything(flow)) want_offers(flow, driver, FALSE);
}

static void on_arrival(Dataflow *flow, HfDriver *driver)
{
    HfHandle handle = hf_work_arrive(&flow->work, flow->arrives_at);
    hf_executors_job_arrived(&flow->executors, handle);
    note_stage(flow, driver, hf_work_job(&flow->work, handle));
    on_work(flow, driver, handle);
    arm_arrival(flow, driver);
}

static void end_job(Dataflow *flow, HfDriver *driver, HfHandle handle)
{
    const HfWorkJob *job = hf_work_job(&flow->work, handle);
    hf_driver_note_job(driver, job->number, hf_driver_now(driver) - job->submit);
    hf_executors_gather(&flow->executors, handle);
    for (guint32 i = 0; i < flow->executors.gathered.count; i++)
        kill_executor(flow, driver, &flow->executors.rows.at[flow->executors.gathered.at[i]]);
    hf_executors_job_left(&flow->executors, handle);
    for (guint32 i = 0; holding_of(flow, handle)->is_wanting; i++)
        if (flow->wanting.at[i] == handle.row) want_no_more(flow, i);
    hf_work_leave(&flow->work, handle);
}

static void unit_done(Dataflow *flow, HfDriver *driver, const HfPick *pick)
{
    switch (hf_work_finish(&flow->work, pick->job, pick->unit, hf_driver_now(driver))) {
    case HF_WORK_JOB_DONE:
        end_job(flow, driver, pick->job);
        break;
    case HF_WORK_STAGE_DONE:
        note_stage(flow, driver, hf_work_job(&flow->work, pick->job));
        on_work(flow, driver, pick->job);
        break;
    case HF_WORK_GOES_ON:
        break;
    }
}

static void on_run_end(Dataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfUnitRun run;
    if (!hf_executors_end_run(&flow->executors, handle, &run)) return; /* its executor is gone */
    unit_done(flow, driver, &run.pick);
    if (hf_executors_at(&flow->executors, run.executor) != NULL) feed(flow, driver, run.executor);
    note_waiting(flow, driver);
}

static void on_idle(Dataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfExecutor *executor = hf_executors_at(&flow->executors, handle);
    if (executor == NULL) return;
    if (executor->idle_since == HF_TIME_NEVER || !hf_executor_is_idle(executor)) return;
    if (hf_driver_now(driver) - executor->idle_since < flow->config->idle_timeout) return;
    if (executor->job.generation != 0) {
        HfJobHolding *holding = holding_of(flow, executor->job);
        holding->allowed = MIN(holding->allowed, holding->executors - 1);
    }
    kill_executor(flow, driver, executor);
}

static void on_backlog(Dataflow *flow, HfDriver *driver, HfHandle handle)
{
    HfWorkJob *job = hf_work_job(&flow->work, handle);
    if (job == NULL) return;
    HfJobHolding *holding = holding_of(flow, handle);
    holding->is_growing = FALSE;
    if (job->pending == 0) return;
    holding->allowed = holding->allowed == 0 ? 1 : holding->allowed * 2;
    int64_t useful = ((int64_t)(job->pending + job->taken) * flow->config->task_cpus +
                      executor_cores(flow) - 1) /
                     executor_cores(flow);
    holding->allowed = (uint32_t)MIN((int64_t)holding->allowed, useful);
    be_wanting(flow, handle);
    if ((int64_t)holding->allowed < useful) arm_backlog(flow, driver, handle);
    if (wants_anything(flow)) want_offers(flow, driver, FALSE);
}

/* ---- offers ---- */

/* The framework's executor on an agent; NULL = none is there, as far as it knows. */
static HfExecutorInfo *executor_on(const Dataflow *flow, uint32_t agent)
{
    return agent < flow->brought.count ? flow->brought.at[agent] : NULL;
}

static void forget_executor(Dataflow *flow, uint32_t agent)
{
    if (agent < flow->brought.count)
        hf_executor_info_drop(flow->env.catalog, &flow->brought.at[agent]);
}

/* The next task on this agent will bring an executor, cut out of the same offer. Spark keeps what
 * it described, for later tasks must describe it alike (slaveIdToExecutorInfo). */
static void bring_executor(Dataflow *flow, uint32_t agent)
{
    HfResources cut = {0};
    hf_demand_cut(flow->env.catalog, &flow->overhead, &flow->pool, &cut);
    double usage = hf_law_draw(&flow->config->usage, &flow->usage);
    HfExecutorInfo like = {.id = agent + 1,
                           .resources = hf_parcel_take(flow->env.catalog, &cut),
                           .usage_milli = (uint32_t)floor(usage * 1000 + 0.5)};
    while (flow->brought.count <= agent) hf_vec_push(&flow->brought, NULL);
    flow->brought.at[agent] = hf_executor_info_new(&like);
}

static void fill_fine(Dataflow *flow, HfDriver *driver, const HfOfferInfo *offer)
{
    HfTime again = HF_TIME_NEVER;
    HfDemand both = flow->unit;
    gboolean needs_overhead = flow->overhead.count > 0 && executor_on(flow, offer->agent) == NULL;
    for (uint32_t k = 0; needs_overhead && k < flow->overhead.count; k++)
        hf_demand_add(&both, flow->overhead.kind[k], flow->overhead.milli[k]);
    while (flow->work.pending > 0) {
        HfPick pick;
        const HfDemand *demand = needs_overhead ? &both : &flow->unit;
        if (hf_demand_fits(flow->env.catalog, demand, &flow->pool, 1) == 0) break;
        if (!hf_work_pick(&flow->work, offer->host, hf_driver_now(driver), HF_HANDLE_NONE,
                          HF_PICK_ANY, &pick, &again)) {
            arm_wait(flow, driver, again);
            break;
        }
        if (needs_overhead) {
            bring_executor(flow, offer->agent);
            needs_overhead = FALSE;
        }
        put_task(flow, (Task){.kind = TASK_UNIT, .pick = pick, .agent = offer->agent}, &flow->unit,
                 pick.duration, hf_work_job(&flow->work, pick.job)->number);
        hf_vec_last(&flow->tasks)->executor = hf_executor_info_ref(executor_on(flow, offer->agent));
        note_input(flow, driver, &pick);
    }
}

static int64_t cpus_of(const Dataflow *flow, const HfResources *pool)
{
    return hf_resources_milli(pool, HF_KIND_CPUS);
}

static void launch_executor(Dataflow *flow, const HfOfferInfo *offer, HfHandle job, int64_t cores,
                            uint32_t slots, uint32_t later_slots)
{
    HfDemand demand = {0};
    hf_demand_add(&demand, HF_KIND_CPUS, cores);
    hf_demand_add(&demand, HF_KIND_MEM, flow->config->executor_mem);
    hf_demand_add(&demand, HF_KIND_DISK, flow->config->executor_disk);
    if (hf_demand_fits(flow->env.catalog, &demand, &flow->pool, 1) == 0) return;
    const HfWorkJob *owner = hf_work_job(&flow->work, job);
    HfExecutor executor = {.job = job,
                           .host = offer->host,
                           .slots = {slots, later_slots},
                           .idle_since = HF_TIME_NEVER};
    HfHandle handle = hf_executors_add(&flow->executors, executor, owner != NULL);
    put_task(flow, (Task){.kind = TASK_EXECUTOR, .executor = handle}, &demand, HF_TIME_NEVER,
             owner ? owner->number : 0);
    if (owner == NULL) return;
    HfJobHolding *holding = holding_of(flow, job);
    holding->executors++;
    holding->cores += (int64_t)slots * flow->config->task_cpus;
}

/* One executor of each job that wants one. */
static void fill_executors(Dataflow *flow, const HfOfferInfo *offer)
{
    const HfDataflowConfig *config = flow->config;
    for (guint32 i = 0; i < flow->wanting.count;) {
        const HfWorkJob *job = wanting_at(flow, i);
        if (job == NULL) continue; /* another stands there now */
        i++;
        int64_t cores = MIN(wanted_cores(flow, job), cpus_of(flow, &flow->pool));
        if (config->executor_cpus > 0) cores = MIN(cores, config->executor_cpus);
        uint32_t slots = (uint32_t)MIN(cores / config->task_cpus, 100000);
        if (slots == 0) continue;
        launch_executor(flow, offer, job->handle, (int64_t)slots * config->task_cpus, slots, 0);
    }
}

static void fill_trackers(Dataflow *flow, const HfOfferInfo *offer)
{
    const HfDataflowConfig *config = flow->config;
    while (missing_slots(flow, HF_POOL_FIRST) > 0 || missing_slots(flow, HF_POOL_LATER) > 0) {
        guint32 before = flow->tasks.count;
        launch_executor(flow, offer, HF_HANDLE_NONE, config->executor_cpus, (uint32_t)config->slots,
                        (uint32_t)config->later_slots);
        if (flow->tasks.count == before) return;
    }
}

static void on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    Dataflow *flow = model;
    double refuse = hf_time_to_seconds(flow->config->refuse);
    hf_vec_reset(&flow->declines);
    for (uint32_t i = 0; i < count; i++) {
        hf_vec_reset(&flow->tasks);
        hf_resources_copy(flow->env.catalog, &flow->pool, hf_parcel_resources(offers[i].resources));
        if (flow->config->mode == HF_DATAFLOW_FINE)
            fill_fine(flow, driver, &offers[i]);
        else if (flow->config->mode == HF_DATAFLOW_EXECUTORS)
            fill_executors(flow, &offers[i]);
        else
            fill_trackers(flow, &offers[i]);
        if (flow->tasks.count > 0)
            hf_driver_accept(driver, &offers[i].id, 1, flow->tasks.at, flow->tasks.count, refuse);
        else
            hf_vec_push(&flow->declines, offers[i].id);
    }
    if (flow->declines.count > 0)
        hf_driver_decline(driver, flow->declines.at, flow->declines.count, refuse);
    hf_vec_reset(&flow->tasks); /* their resources were moved out */
    note_waiting(flow, driver);
    if (flow->is_suppressed || wants_anything(flow)) return;
    flow->is_suppressed = TRUE;
    hf_driver_suppress(driver);
}

/* ---- what becomes of Mesos tasks ---- */

static void executor_gone(Dataflow *flow, HfHandle handle)
{
    const HfExecutor *executor = &flow->executors.rows.at[handle.row];
    HfUnitRun run;
    if (!executor->is_ending && hf_work_job(&flow->work, executor->job) != NULL) {
        HfJobHolding *holding = holding_of(flow, executor->job);
        holding->executors--;
        holding->cores -= (int64_t)executor->slots[HF_POOL_FIRST] * flow->config->task_cpus;
    }
    while (hf_executors_pop_run(&flow->executors, handle, &run))
        hf_work_return(&flow->work, run.pick.job, run.pick.unit);
    hf_executors_remove(&flow->executors, handle);
}

static void on_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    Dataflow *flow = model;
    uint32_t row = hf_map64_get(&flow->rows, status->task);
    if (row == HF_MAP64_NONE) { /* repeated, or given up: it must not go on running */
        if (hf_task_state_is_alive(status->state)) hf_driver_kill(driver, status->task);
        return;
    }
    Task *task = &flow->live.at[row];
    if (status->state == HF_TASK_RUNNING && !task->has_run) {
        task->has_run = TRUE;
        if (task->kind == TASK_EXECUTOR) {
            flow->executors.rows.at[task->executor.row].is_running = TRUE;
            feed(flow, driver, task->executor);
            note_waiting(flow, driver);
        }
    }
    if (hf_task_state_is_alive(status->state)) return;
    Task ended = *task;
    hf_map64_remove(&flow->rows, status->task);
    hf_vec_push(&flow->spare, row);
    /* The executor that it counted on is not what it thinks: nobody told it that it is gone. */
    if (status->reason == HF_REASON_TASK_INVALID && ended.kind == TASK_UNIT)
        forget_executor(flow, ended.agent);
    if (ended.kind == TASK_EXECUTOR) {
        HfHandle job = flow->executors.rows.at[ended.executor.row].job;
        executor_gone(flow, ended.executor);
        on_work(flow, driver, job);
    } else if (status->state == HF_TASK_FINISHED) {
        unit_done(flow, driver, &ended.pick);
        note_waiting(flow, driver);
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
    Dataflow *flow = model;
    flow->revived_at = hf_driver_now(driver) - flow->config->min_revive;
    flow->arrives_at = hf_driver_now(driver);
    arm_arrival(flow, driver);
}

/* What was said last may be lost: ask about all. */
static void on_resubscribed(void *model, HfDriver *driver)
{
    Dataflow *flow = model;
    HF_VEC(HfDriverTask) asked = {0};
    for (uint32_t row = 0; row < flow->live.count; row++)
        if (hf_map64_get(&flow->rows, flow->live.at[row].id) == row)
            hf_vec_push(&asked, (HfDriverTask){flow->live.at[row].id, HF_ROW_NONE});
    if (asked.count > 0) hf_driver_reconcile(driver, asked.at, asked.count);
    hf_vec_clear(&asked);
    flow->is_suppressed = !wants_anything(flow);
    if (flow->is_suppressed) hf_driver_suppress(driver);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    Dataflow *flow = model;
    switch (kind) {
    case TIMER_ARRIVAL:
        on_arrival(flow, driver);
        break;
    case TIMER_REVIVE:
        flow->is_revive_armed = FALSE;
        if (wants_anything(flow)) revive(flow, driver);
        break;
    case TIMER_RUN:
        on_run_end(flow, driver, hf_handle_unpack(arg));
        break;
    case TIMER_IDLE:
        on_idle(flow, driver, hf_handle_unpack(arg));
        break;
    case TIMER_BACKLOG:
        on_backlog(flow, driver, hf_handle_unpack(arg));
        break;
    case TIMER_WAIT:
        flow->wait_armed = HF_TIME_NEVER;
        if (flow->config->mode == HF_DATAFLOW_FINE)
            want_offers(flow, driver, TRUE);
        else
            feed_all(flow, driver, HF_HANDLE_NONE);
        note_waiting(flow, driver);
        break;
    default:
        HF_ASSERT(!"a timer that dataflow did not arm");
    }
}

void hf_dataflow_destroy(void *model)
{
    Dataflow *flow = model;
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
    Dataflow *flow = g_new0(Dataflow, 1);
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
    const Dataflow *flow = model;
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

const HfSchedulerOps hf_dataflow_ops = {.subscribed = on_subscribed,
                                        .offers = on_offers,
                                        .update = on_update,
                                        .executor_lost = on_executor_lost,
                                        .failure = on_failure,
                                        .resubscribed = on_resubscribed,
                                        .timer = on_timer,
                                        .waits = waits};
