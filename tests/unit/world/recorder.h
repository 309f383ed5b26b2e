/* What the tests of the recorder share: a recorder that is fed records by hand. */
#ifndef HF_TESTS_UNIT_WORLD_RECORDER_H
#define HF_TESTS_UNIT_WORLD_RECORDER_H

#include "support/test.h"

#include <math.h>
#include <string.h>

#include "resource/text.h"
#include "world/recorder_internal.h"

#define S HF_NS_PER_SECOND

typedef struct Fixture {
    HfScenario scenario;
    HfCatalog *catalog;
    HfRecorder *recorder;
    GPtrArray *texts; /* HfResources * handed out */
    HF_VEC(HfTaskRecord) sunk;
} Fixture;

static inline HfResources *resources(Fixture *f, const char *text)
{
    HfResources *parsed = g_new0(HfResources, 1);
    GError *error = NULL;
    if (!hf_resources_parse(f->catalog, text, HF_ROLE_STAR, HF_PARSE_AGENT, parsed, &error))
        fail_msg("%s: %s", text, error->message);
    g_ptr_array_add(f->texts, parsed);
    return parsed;
}

/* A recorder of one run: two hosts, rows of 10 s, 100 s in all. */
static inline Fixture *start(HfTime warm_up)
{
    Fixture *f = g_new0(Fixture, 1);
    f->catalog = hf_catalog_new(0);
    f->texts = g_ptr_array_new();
    f->scenario.duration = 100 * S;
    f->scenario.warm_up = warm_up;
    f->scenario.record.interval = 10 * S;
    resources(f, "cpus:1;mem:1;disk:1;gpus:1;ports:[1-2]"); /* kinds are known from the start */
    f->recorder = hf_recorder_new(f->catalog, &f->scenario, 2, NULL);
    return f;
}

static inline void stop(Fixture *f)
{
    hf_recorder_free(f->recorder);
    for (guint i = 0; i < f->texts->len; i++) {
        hf_resources_clear(f->catalog, g_ptr_array_index(f->texts, i));
        g_free(g_ptr_array_index(f->texts, i));
    }
    g_ptr_array_unref(f->texts);
    hf_vec_clear(&f->sunk);
    hf_catalog_free(f->catalog);
    g_free(f);
}

/* Feed one record; rows that are due before it are closed first, as the world does. */
static inline void feed(Fixture *f, HfRecord record)
{
    while (f->recorder->row_start + f->scenario.record.interval <= record.at)
        hf_recorder_tick(f->recorder, f->recorder->row_start + f->scenario.record.interval);
    hf_recorder_listen(f->recorder, &record);
}

static inline void finish(Fixture *f, HfTime now)
{
    while (f->recorder->row_start + f->scenario.record.interval <= now)
        hf_recorder_tick(f->recorder, f->recorder->row_start + f->scenario.record.interval);
    hf_recorder_finish(f->recorder, now);
}

static inline void agent(Fixture *f, HfTime at, HfRecordType type, uint32_t id, const char *text)
{
    feed(f, (HfRecord){.at = at,
                       .type = (uint16_t)type,
                       .agent = id,
                       .framework = HF_ROW_NONE,
                       .value = id,
                       .resources = resources(f, text)});
}

static inline void offer(Fixture *f, HfTime at, HfRecordType type, const char *text)
{
    feed(f, (HfRecord){.at = at, .type = (uint16_t)type, .resources = resources(f, text)});
}

static inline void task(Fixture *f, HfTime at, HfRecordType type, uint64_t id, HfTaskState state,
                        const char *text)
{
    feed(f, (HfRecord){.at = at,
                       .type = (uint16_t)type,
                       .state = (uint16_t)state,
                       .id = id,
                       .value = type == HF_RECORD_TASK_LAUNCHED ? 7 : 500,
                       .resources = text ? resources(f, text) : NULL});
}

static inline double mean(const Fixture *f, HfKindId kind, HfResourceLevel level)
{
    return hf_recorder__mean(f->recorder, hf_recorder__resource(f->recorder, kind, level)) / 1000;
}

static inline double cluster(const Fixture *f, HfClusterLevel level)
{
    return hf_recorder__mean(f->recorder, &f->recorder->cluster[level]);
}

static inline uint64_t counted(const Fixture *f, HfCounter counter)
{
    return hf_recorder__count(f->recorder, counter);
}

#define assert_near(have, want) assert_true(fabs((have) - (want)) < 1e-12)

#endif
