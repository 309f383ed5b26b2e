/*
 * The inflation experiment of Weng et al. (USENIX ATC 2023, "Beware of Fragmentation", section 6):
 * tasks of a trace arrive one by one, in file order, and never leave, until the cluster is full.
 * The framework keeps every offer it gets, places each task on one of them, and counts the tasks
 * for which no offer is large enough.
 *
 * What an accepted offer leaves comes back with the next allocation, so the gap between tasks must
 * be longer than one allocation interval: then all that is free is in the framework's hands when a
 * task comes.
 */
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/constraint.h"
#include "models/frameworks/frameworks.h"
#include "models/frameworks/placement.h"
#include "world/data.h"

typedef enum Fit { FIT_BEST, FIT_FIRST, FIT_WORST } Fit;

typedef struct InflationConfig {
    HfWorkloadKeys workload;
    HfTime gap;
    int fit;
} InflationConfig;

static const HfKeyWord fit_words[] = {
    {"best", FIT_BEST, "the agent that has least left, of gpus, then of cpus"},
    {"first", FIT_FIRST, "the first agent that has room"},
    {"worst", FIT_WORST, "the agent that has most left"},
    {0}};

static const HfKey inflation_keys[] = {
    {.name = "workload",
     .type = HF_KEY_TABLE,
     .is_required = TRUE,
     .offset = offsetof(InflationConfig, workload),
     .sub = &hf_workload_table,
     .help = "The trace whose tasks arrive; its times are not used."},
    {.name = "gap",
     .type = HF_KEY_DURATION,
     .offset = offsetof(InflationConfig, gap),
     .fallback = "2s",
     .minimum = 1e-3,
     .maximum = 1e9,
     .help = "Time between two tasks; more than one allocation interval."},
    {.name = "fit",
     .type = HF_KEY_ENUM,
     .offset = offsetof(InflationConfig, fit),
     .fallback = "best",
     .words = fit_words,
     .help = "Which of the agents with room takes the task."},
    {0}};
static const HfKeyTable inflation_table = {
    "inflation", sizeof(InflationConfig), inflation_keys,
    "Tasks of a trace arrive one by one and stay, until nothing fits any more.", NULL};

typedef struct Pod {
    HfDemand demand;
    HfConstraint constraint;
} Pod;

/* It found no room when it came, and is not tried again. */
typedef struct Refused {
    uint32_t pod;
    HfTime at;
} Refused;

typedef struct Held {
    uint64_t offer;
    const HfAttributes *attributes;
    uint32_t host;
    HfResources resources;
} Held;

typedef struct Inflation {
    HfModelEnv env;
    const InflationConfig *config;
    HF_VEC(Pod) pods;
    HfConstraintValues values; /* of the pods' constraints */
    HF_VEC(Held) held;
    uint32_t next;
    HF_VEC(Refused) refused;
    GError *error; /* while reading */
} Inflation;

static void on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    Inflation *inflation = model;
    for (uint32_t i = 0; i < count; i++) {
        hf_vec_push_zero(&inflation->held);
        Held *held = hf_vec_last(&inflation->held);
        held->offer = offers[i].id;
        held->attributes = offers[i].attributes;
        held->host = offers[i].host;
        hf_resources_copy(inflation->env.catalog, &held->resources,
                          hf_parcel_resources(offers[i].resources));
    }
}

static void let_go(Inflation *inflation, uint32_t i)
{
    hf_resources_clear(inflation->env.catalog, &inflation->held.at[i].resources);
    inflation->held.at[i] = *hf_vec_last(&inflation->held);
    inflation->held.count--;
}

static void on_rescind(void *model, HfDriver *driver, uint64_t offer)
{
    Inflation *inflation = model;
    for (uint32_t i = 0; i < inflation->held.count; i++) {
        if (inflation->held.at[i].offer != offer) continue;
        let_go(inflation, i);
        return;
    }
}

/* Is `a` to be taken before `b`? Total: hosts differ. */
static gboolean is_better(Fit fit, const Held *a, const Held *b)
{
    if (fit != FIT_FIRST) {
        int sign = fit == FIT_BEST ? 1 : -1;
        int64_t gpus = hf_resources_milli(&a->resources, HF_KIND_GPUS) -
                       hf_resources_milli(&b->resources, HF_KIND_GPUS);
        if (gpus != 0) return (gpus < 0) == (sign > 0);
        int64_t cpus = hf_resources_milli(&a->resources, HF_KIND_CPUS) -
                       hf_resources_milli(&b->resources, HF_KIND_CPUS);
        if (cpus != 0) return (cpus < 0) == (sign > 0);
    }
    return a->host < b->host;
}

static uint32_t choose(const Inflation *inflation, const Pod *pod)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < inflation->held.count; i++) {
        const Held *held = &inflation->held.at[i];
        if (!hf_constraint_allows(&pod->constraint, &inflation->values, held->attributes)) continue;
        if (hf_demand_fits(inflation->env.catalog, &pod->demand, &held->resources, 1) == 0)
            continue;
        if (best == UINT32_MAX ||
            is_better((Fit)inflation->config->fit, held, &inflation->held.at[best]))
            best = i;
    }
    return best;
}

static void submit(Inflation *inflation, HfDriver *driver)
{
    const Pod *pod = &inflation->pods.at[inflation->next++];
    HfResources wanted = {0};
    hf_demand_resources(inflation->env.catalog, &pod->demand, &wanted);
    hf_driver_note_submitted(driver, inflation->next, 1, &wanted);
    hf_resources_clear(inflation->env.catalog, &wanted);
    uint32_t i = choose(inflation, pod);
    if (i == UINT32_MAX) {
        hf_vec_push(&inflation->refused, (Refused){inflation->next - 1, hf_driver_now(driver)});
        hf_driver_note_refusal(driver, inflation->next, inflation->refused.count);
        return;
    }
    Held *held = &inflation->held.at[i];
    HfTaskInfo info = {.id = inflation->next,
                       .job = inflation->next,
                       .duration = HF_TIME_NEVER,
                       .end = HF_TASK_FINISHED,
                       .usage_milli = 1000};
    HfResources cut = {0};
    hf_demand_cut(inflation->env.catalog, &pod->demand, &held->resources, &cut);
    info.resources = hf_parcel_take(inflation->env.catalog, &cut);
    hf_driver_accept(driver, &held->offer, 1, &info, 1, 0);
    let_go(inflation, i);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    Inflation *inflation = model;
    submit(inflation, driver);
    hf_driver_note_demand(driver, inflation->refused.count);
    if (inflation->next < inflation->pods.count)
        hf_driver_after(driver, inflation->config->gap, 0, 0);
}

static void on_subscribed(void *model, HfDriver *driver)
{
    Inflation *inflation = model;
    /* The first task comes when every agent has registered and was offered. */
    if (inflation->pods.count > 0)
        hf_driver_after(driver, MAX(inflation->config->gap, 10 * HF_NS_PER_SECOND), 0, 0);
}

static void read_pod(void *context, const HfTraceTask *task)
{
    Inflation *inflation = context;
    if (inflation->error) return;
    Pod pod = {0};
    if (!hf_demand_parse(inflation->env.catalog, task->resources, &pod.demand, &inflation->error))
        return;
    pod.constraint =
        hf_constraint_parse(inflation->env.catalog, task->constraint, &inflation->values);
    hf_vec_push(&inflation->pods, pod);
}

static void destroy(void *model)
{
    Inflation *inflation = model;
    while (inflation->held.count > 0) let_go(inflation, 0);
    hf_vec_clear(&inflation->held);
    hf_vec_clear(&inflation->pods);
    hf_vec_clear(&inflation->values);
    hf_vec_clear(&inflation->refused);
    g_free(inflation);
}

static void *create(const HfModelEnv *env, const void *config, GError **error)
{
    Inflation *inflation = g_new0(Inflation, 1);
    inflation->env = *env;
    inflation->config = config;
    const HfModelChoice *choice = &inflation->config->workload.choice;
    const HfWorkloadFormat *format = (const HfWorkloadFormat *)(const void *)choice->model;
    if (format->read(choice->config, read_pod, inflation, error)) {
        if (inflation->error == NULL) return inflation;
        g_propagate_error(error, inflation->error);
    }
    destroy(inflation);
    return NULL;
}

/* ---- what was refused ---- */

static gboolean is_alike(const Inflation *inflation, const Pod *a, const Pod *b)
{
    if (a->demand.count != b->demand.count || a->demand.ports != b->demand.ports ||
        a->constraint.attribute != b->constraint.attribute ||
        a->constraint.count != b->constraint.count)
        return FALSE;
    for (uint32_t i = 0; i < a->demand.count; i++)
        if (a->demand.kind[i] != b->demand.kind[i] || a->demand.milli[i] != b->demand.milli[i])
            return FALSE;
    for (uint32_t i = 0; i < a->constraint.count; i++)
        if (inflation->values.at[a->constraint.first + i] !=
            inflation->values.at[b->constraint.first + i])
            return FALSE;
    return TRUE;
}

static gboolean allows(const HfWait *wait, uint32_t host)
{
    const Inflation *inflation = wait->of;
    const Pod *pod = wait->also;
    return hf_constraint_allows(&pod->constraint, &inflation->values,
                                hf_world_host_attributes(inflation->env.world, host));
}

/* Those that ask for the same as one, in the order of the first of them. */
static void waits(const void *model, HfWaitSink sink, void *context)
{
    const Inflation *inflation = model;
    g_autofree gboolean *is_told = g_new0(gboolean, MAX(inflation->refused.count, 1));
    for (guint32 i = 0; i < inflation->refused.count; i++) {
        const Refused *first = &inflation->refused.at[i];
        const Pod *pod = &inflation->pods.at[first->pod];
        int64_t tasks = 0;
        if (is_told[i]) continue;
        for (guint32 j = i; j < inflation->refused.count; j++) {
            if (is_told[j] ||
                !is_alike(inflation, pod, &inflation->pods.at[inflation->refused.at[j].pod]))
                continue;
            is_told[j] = TRUE;
            tasks++;
        }
        HfResources asks = {0};
        hf_demand_resources(inflation->env.catalog, &pod->demand, &asks);
        sink(context, &(HfWait){.tasks = tasks,
                                .since = first->at,
                                .asks = &asks,
                                .ports = pod->demand.ports,
                                .host = HF_ROW_NONE,
                                .allows = allows,
                                .of = inflation,
                                .also = pod});
        hf_resources_clear(inflation->env.catalog, &asks);
    }
}

static const HfSchedulerOps ops = {.subscribed = on_subscribed,
                                   .offers = on_offers,
                                   .rescind = on_rescind,
                                   .timer = on_timer,
                                   .waits = waits};

const HfFrameworkModel hf_framework_inflation = {
    .keys = {"inflation",
             "Tasks of a trace arrive one by one and never leave: how full does the cluster get?",
             &inflation_table},
    .ops = &ops,
    .create = create,
    .destroy = destroy,
};
