/*
 * A framework model for tests of the world, which link no model of models/: its moves are its keys.
 */
#ifndef HF_TESTS_UNIT_WORLD_GREEDY_H
#define HF_TESTS_UNIT_WORLD_GREEDY_H

#include "unit/world/cell.h"

/* ---- the framework "greedy": launches so many tasks as offers come, and notes what it hears ----
 */

typedef struct GreedyConfig {
    int64_t tasks, cpus;
    HfTime duration, kill_after;
    double usage;
    gboolean fails, holds;
} GreedyConfig;

static const HfKeyWord greedy_words[] = {{"never", HF_TIME_NEVER, "runs until it is killed"}, {0}};
static const HfKey greedy_keys[] = {{.name = "tasks",
                                     .type = HF_KEY_INT,
                                     .offset = offsetof(GreedyConfig, tasks),
                                     .fallback = "0",
                                     .help = "How many."},
                                    {.name = "cpus",
                                     .type = HF_KEY_AMOUNT,
                                     .offset = offsetof(GreedyConfig, cpus),
                                     .fallback = "1",
                                     .help = "Of each."},
                                    {.name = "duration",
                                     .type = HF_KEY_DURATION,
                                     .words = greedy_words,
                                     .offset = offsetof(GreedyConfig, duration),
                                     .fallback = "never",
                                     .help = "Of each."},
                                    {.name = "kill_after",
                                     .type = HF_KEY_DURATION,
                                     .offset = offsetof(GreedyConfig, kill_after),
                                     .fallback = "0s",
                                     .help = "Kill each so long after it was launched."},
                                    {.name = "usage",
                                     .type = HF_KEY_FRACTION,
                                     .offset = offsetof(GreedyConfig, usage),
                                     .fallback = "1",
                                     .help = "Really used."},
                                    {.name = "fails",
                                     .type = HF_KEY_BOOL,
                                     .offset = offsetof(GreedyConfig, fails),
                                     .fallback = "false",
                                     .help = "Ends with TASK_FAILED."},
                                    {.name = "holds",
                                     .type = HF_KEY_BOOL,
                                     .offset = offsetof(GreedyConfig, holds),
                                     .fallback = "false",
                                     .help = "Answers no offer."},
                                    {0}};
static const HfKeyTable greedy_table = {"greedy", sizeof(GreedyConfig), greedy_keys, "For tests.",
                                        NULL};

/* What the framework heard of one task. */
typedef struct Heard {
    HfTime at;
    uint64_t task;
    HfTaskState state;
} Heard;

typedef struct Greedy {
    HfModelEnv env;
    const GreedyConfig *config;
    uint64_t launched;
    uint32_t offers, rescinds, failures;
    HF_VEC(Heard) heard;
} Greedy;

static inline void *greedy_create(const HfModelEnv *env, const void *config, GError **error)
{
    Greedy *greedy = g_new0(Greedy, 1);
    greedy->env = *env;
    greedy->config = config;
    return greedy;
}

static inline void greedy_destroy(void *model)
{
    Greedy *greedy = model;
    hf_vec_clear(&greedy->heard);
    g_free(greedy);
}

/* What the CPUs of the offer are besides CPUs: allocated to a role. */
static inline HfMetaId greedy_meta(const HfOfferInfo *offer)
{
    for (uint32_t i = 0; i < hf_resources_count(hf_parcel_resources(offer->resources)); i++)
        if (hf_resources_at(hf_parcel_resources(offer->resources), i)->kind == HF_KIND_CPUS)
            return hf_resources_at(hf_parcel_resources(offer->resources), i)->meta;
    return HF_META_PLAIN;
}

static inline void greedy_offer(Greedy *greedy, HfDriver *driver, const HfOfferInfo *offer)
{
    HfTaskInfo tasks[16] = {0};
    uint32_t count = 0;
    int64_t have = hf_resources_milli(hf_parcel_resources(offer->resources), HF_KIND_CPUS);
    while (count < G_N_ELEMENTS(tasks) && have >= greedy->config->cpus &&
           greedy->launched < (uint64_t)greedy->config->tasks) {
        HfResource piece =
            hf_resource_scalar(HF_KIND_CPUS, greedy_meta(offer), greedy->config->cpus);
        have -= greedy->config->cpus;
        HfTaskInfo *info = &tasks[count++];
        info->id = ++greedy->launched;
        info->job = 1;
        info->duration = greedy->config->duration;
        info->end = greedy->config->fails ? HF_TASK_FAILED : HF_TASK_FINISHED;
        info->usage_milli = (uint32_t)(greedy->config->usage * 1000 + 0.5);
        HfResources resources = {0};
        hf_resources_add_one(greedy->env.catalog, &resources, &piece);
        info->resources = hf_parcel_take(greedy->env.catalog, &resources);
        if (greedy->config->kill_after > 0)
            hf_driver_after(driver, greedy->config->kill_after, 0, info->id);
    }
    hf_driver_accept(driver, &offer->id, 1, tasks, count, 1);
}

static inline void greedy_offers(void *model, HfDriver *driver, const HfOfferInfo *offers,
                                 uint32_t count)
{
    Greedy *greedy = model;
    greedy->offers += count;
    for (uint32_t i = 0; i < count && !greedy->config->holds; i++)
        greedy_offer(greedy, driver, &offers[i]);
}

static inline void greedy_rescind(void *model, HfDriver *driver, uint64_t offer)
{
    ((Greedy *)model)->rescinds++;
}

static inline void greedy_failure(void *model, HfDriver *driver, uint32_t agent)
{
    ((Greedy *)model)->failures++;
}

static inline void greedy_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    Greedy *greedy = model;
    hf_vec_push(&greedy->heard, (Heard){hf_driver_now(driver), status->task, status->state});
}

static inline void greedy_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t task)
{
    hf_driver_kill(driver, task);
}

static const HfSchedulerOps greedy_ops = {.offers = greedy_offers,
                                          .rescind = greedy_rescind,
                                          .update = greedy_update,
                                          .failure = greedy_failure,
                                          .timer = greedy_timer};
static const HfFrameworkModel greedy_model = {.keys = {"greedy", "For tests.", &greedy_table},
                                              .ops = &greedy_ops,
                                              .create = greedy_create,
                                              .destroy = greedy_destroy};

static const HfScenarioRegistry *cell_registry(void)
{
    static const HfModelKeys *const frameworks[] = {&greedy_model.keys, NULL};
    static const HfModelKeys *const none[] = {NULL};
    static const char *policies[16];
    static const char *metrics[HF_METRIC_PATTERNS_MAX];
    static HfScenarioRegistry registry;
    hf_metric_patterns(metrics);
    for (int i = 0; hf_policies[i]; i++) policies[i] = hf_policies[i]->name;
    registry = (HfScenarioRegistry){.models = {[HF_MODELS_FRAMEWORKS] = frameworks,
                                               [HF_MODELS_FAILURES] = none,
                                               [HF_MODELS_WORKLOADS] = none,
                                               [HF_MODELS_AGENT_TRACES] = none},
                                    .policies = policies,
                                    .metrics = metrics,
                                    .check_json = hf_operators_check_json};
    return &registry;
}

static inline Greedy *cell_greedy(Cell *cell, uint32_t row)
{
    return cell->world->guests[row].model;
}

#endif
