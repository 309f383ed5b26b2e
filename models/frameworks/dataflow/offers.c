/* What a data-parallel scheduler makes of offers: Mesos tasks that are units, or executors of its
 * own; see dataflow.h. */
#include <math.h>

#include "base/assert.h"
#include "models/frameworks/dataflow/dataflow_internal.h"

/* ---- Mesos tasks ---- */

static void put_task(HfDataflow *flow, HfFlowTask task, const HfDemand *demand, HfTime duration,
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
    if (task.kind == HF_FLOW_EXECUTOR) flow->executors.rows.at[task.executor.row].task = task.id;
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

/* ---- offers ---- */

/* The framework's executor on an agent; NULL = none is there, as far as it knows. */
static HfExecutorInfo *executor_on(const HfDataflow *flow, uint32_t agent)
{
    return agent < flow->brought.count ? flow->brought.at[agent] : NULL;
}

/* The next task on this agent will bring an executor, cut out of the same offer. Spark keeps what
 * it described, for later tasks must describe it alike (slaveIdToExecutorInfo). */
static void bring_executor(HfDataflow *flow, uint32_t agent)
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

static void fill_fine(HfDataflow *flow, HfDriver *driver, const HfOfferInfo *offer)
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
            hf_dataflow__arm_wait(flow, driver, again);
            break;
        }
        if (needs_overhead) {
            bring_executor(flow, offer->agent);
            needs_overhead = FALSE;
        }
        put_task(flow, (HfFlowTask){.kind = HF_FLOW_UNIT, .pick = pick, .agent = offer->agent},
                 &flow->unit, pick.duration, hf_work_job(&flow->work, pick.job)->number);
        hf_vec_last(&flow->tasks)->executor = hf_executor_info_ref(executor_on(flow, offer->agent));
        hf_dataflow__note_input(flow, driver, &pick);
    }
}

static int64_t cpus_of(const HfDataflow *flow, const HfResources *pool)
{
    return hf_resources_milli(pool, HF_KIND_CPUS);
}

static void launch_executor(HfDataflow *flow, const HfOfferInfo *offer, HfHandle job, int64_t cores,
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
    put_task(flow, (HfFlowTask){.kind = HF_FLOW_EXECUTOR, .executor = handle}, &demand,
             HF_TIME_NEVER, owner ? owner->number : 0);
    if (owner == NULL) return;
    HfJobHolding *holding = hf_dataflow__holding_of(flow, job);
    holding->executors++;
    holding->cores += (int64_t)slots * flow->config->task_cpus;
}

/* Has the job as many executors there as it may have? */
static gboolean is_crowded(HfDataflow *flow, HfHandle job, uint32_t host)
{
    int64_t most = flow->config->executors_per_agent;
    if (most < 0) most = flow->env.era <= HF_ERA_0_23; /* Spark 1.x */
    if (most == 0) return FALSE;
    for (uint32_t row = hf_dataflow__holding_of(flow, job)->first; row != HF_ROW_NONE;
         row = flow->executors.rows.at[row].next) {
        const HfExecutor *executor = &flow->executors.rows.at[row];
        if (executor->host == host && !executor->is_ending && --most == 0) return TRUE;
    }
    return FALSE;
}

/* One executor of each job that wants one. */
static void fill_executors(HfDataflow *flow, const HfOfferInfo *offer)
{
    const HfDataflowConfig *config = flow->config;
    for (guint32 i = 0; i < flow->wanting.count;) {
        const HfWorkJob *job = hf_dataflow__wanting_at(flow, i);
        if (job == NULL) continue; /* another stands there now */
        i++;
        int64_t cores = MIN(hf_dataflow__wanted_cores(flow, job), cpus_of(flow, &flow->pool));
        if (config->executor_cpus > 0) cores = MIN(cores, config->executor_cpus);
        uint32_t slots = (uint32_t)MIN(cores / config->task_cpus, 100000);
        if (slots == 0 || is_crowded(flow, job->handle, offer->host)) continue;
        launch_executor(flow, offer, job->handle, (int64_t)slots * config->task_cpus, slots, 0);
    }
}

static void fill_trackers(HfDataflow *flow, const HfOfferInfo *offer)
{
    const HfDataflowConfig *config = flow->config;
    while (hf_dataflow__missing_slots(flow, HF_POOL_FIRST) > 0 ||
           hf_dataflow__missing_slots(flow, HF_POOL_LATER) > 0) {
        guint32 before = flow->tasks.count;
        launch_executor(flow, offer, HF_HANDLE_NONE, config->executor_cpus, (uint32_t)config->slots,
                        (uint32_t)config->later_slots);
        if (flow->tasks.count == before) return;
    }
}

void hf_dataflow__on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers,
                            uint32_t count)
{
    HfDataflow *flow = model;
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
    hf_dataflow__note_waiting(flow, driver);
    if (flow->is_suppressed || hf_dataflow__wants_anything(flow)) return;
    flow->is_suppressed = TRUE;
    hf_driver_suppress(driver);
}
