/*
 * A small cluster for tests of the world: a scenario in text, one framework model whose moves are
 * its keys, hosts that the test takes down by hand, and every record kept. No model of models/ is
 * linked here.
 */
#ifndef HF_TESTS_UNIT_WORLD_CELL_H
#define HF_TESTS_UNIT_WORLD_CELL_H

#include "support/test.h"

#include <string.h>

#include "allocator/policy.h"
#include "resource/text.h"
#include "world/metrics.h"
#include "world/tables.h"
#include "world/world_internal.h"

#define S HF_NS_PER_SECOND

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
    for (uint32_t i = 0; i < hf_resources_count(&offer->resources); i++)
        if (hf_resources_at(&offer->resources, i)->kind == HF_KIND_CPUS)
            return hf_resources_at(&offer->resources, i)->meta;
    return HF_META_PLAIN;
}

static inline void greedy_offer(Greedy *greedy, HfDriver *driver, const HfOfferInfo *offer)
{
    HfTaskInfo tasks[16] = {0};
    uint32_t count = 0;
    int64_t have = hf_resources_milli(&offer->resources, HF_KIND_CPUS);
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
        hf_resources_add_one(greedy->env.catalog, &info->resources, &piece);
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

/* ---- the cell ---- */

typedef struct Cell {
    HfScenarioSet *set;
    HfWorld *world;
    HF_VEC(HfRecord) log; /* resources are left out */
} Cell;

static inline const HfScenarioRegistry *cell_registry(void)
{
    static const HfModelKeys *const frameworks[] = {&greedy_model.keys, NULL};
    static const HfModelKeys *const none[] = {NULL};
    static const char *policies[16];
    static HfScenarioRegistry registry;
    for (int i = 0; hf_policies[i]; i++) policies[i] = hf_policies[i]->name;
    registry = (HfScenarioRegistry){.models = {[HF_MODELS_FRAMEWORKS] = frameworks,
                                               [HF_MODELS_FAILURES] = none,
                                               [HF_MODELS_WORKLOADS] = none,
                                               [HF_MODELS_AGENT_TRACES] = none},
                                    .policies = policies,
                                    .metrics = hf_metric_prefixes};
    return &registry;
}

static inline HfScenarioSet *cell_parse(const char *text)
{
    GError *error = NULL;
    HfScenarioSet *set =
        hf_scenario_parse(text, strlen(text), "cell.yaml",
                          &(HfScenarioOptions){.registry = cell_registry()}, NULL, &error);
    if (set == NULL) fail_msg("%s", error->message);
    return set;
}

static inline void cell_keep(void *context, const HfRecord *record)
{
    Cell *cell = context;
    hf_vec_push(&cell->log, *record);
    hf_vec_last(&cell->log)->resources = NULL;
}

/* `text`: the whole scenario but its name. */
static inline Cell *cell_new(const char *text)
{
    g_autofree char *whole = g_strconcat("name: cell\n", text, NULL);
    Cell *cell = g_new0(Cell, 1);
    cell->set = cell_parse(whole);
    GError *error = NULL;
    cell->world = hf_world_new(cell->set->arms[0], &error);
    if (cell->world == NULL) fail_msg("%s", error->message);
    hf_trace_listen(hf_world_trace(cell->world), cell_keep, cell);
    return cell;
}

static inline void cell_free(Cell *cell)
{
    hf_world_free(cell->world);
    hf_scenario_set_free(cell->set);
    hf_vec_clear(&cell->log);
    g_free(cell);
}

static inline void cell_run(Cell *cell, HfTime until)
{
    hf_world_run(cell->world, until);
    assert_int_equal(hf_world_now(cell->world), until);
    hf_world_check(cell->world);
}

static inline Greedy *cell_greedy(Cell *cell, uint32_t row)
{
    return cell->world->guests[row].model;
}

/* The n-th record (from 0) of a type; NULL when there are fewer. */
static inline const HfRecord *cell_record(const Cell *cell, HfRecordType type, uint32_t n)
{
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == type && n-- == 0) return &cell->log.at[i];
    return NULL;
}

static inline uint32_t cell_count(const Cell *cell, HfRecordType type)
{
    uint32_t count = 0;
    for (guint32 i = 0; i < cell->log.count; i++) count += cell->log.at[i].type == type;
    return count;
}

static inline double cell_metric(const HfMetrics *metrics, const char *name)
{
    double value = 0;
    if (!hf_metrics_find(metrics, name, &value)) fail_msg("no metric %s", name);
    return value;
}

#endif
