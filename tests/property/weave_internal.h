/* Between weave.c and weave_faults.c: the world of weave.h from the inside. */
#ifndef HF_TESTS_PROPERTY_WEAVE_INTERNAL_H
#define HF_TESTS_PROPERTY_WEAVE_INTERNAL_H

#include "property/weave.h"

typedef struct Service {
    uint64_t next, running; /* tasks; running 0 = none as far as it knows */
    uint64_t last_ran;
    uint32_t ran;
    gboolean is_ending; /* it asked for the end of its volume */
} Service;

struct Weave {
    WeaveConfig config;
    HfPump *pump;
    HfAudit *audit;
    HfRoleId db;
    HfResource volume; /* as it stands in an agent's total */
    Service service;
    uint64_t eaten, eaten_ended;
    uint32_t mishaps;
    int heal_steps;
    gboolean is_healing, is_host_down, has_new_id, is_scheduler_down[2];
    gboolean is_cut, will_reset;
    gboolean was_late;  /* an executor did not register in time */
    uint64_t held_from; /* while cut: messages of the agent's from this number on wait */
    uint64_t data;      /* in the volume when last seen */
    HfMessage *repeated;
    HfExecutorInfo *executor; /* owned: that of the service before the message that is delivered */
    const char *wrong;
    HF_VEC(WeaveChoice) choices;
};

static inline HfPumpHost *weave__host(const Weave *weave)
{
    return hf_pump_host(weave->pump, 0);
}

/* The first run of a framework's; UINT32_MAX when it has none. */
static inline guint32 weave__run_of(const Weave *weave, uint32_t framework)
{
    const HfPumpHost *host = weave__host(weave);
    guint32 i = 0;
    while (i < host->runs.count && host->runs.at[i].framework != framework) i++;
    return i < host->runs.count ? i : UINT32_MAX;
}

/* ---- weave_faults.c: mistakes that are made on purpose ---- */

static inline gboolean weave__is_planted(const Weave *weave, WeaveFault fault)
{
    return weave->config.fault == fault;
}

/* HfPump.passes: what is sent may be falsified, or swallowed. */
gboolean weave__passes(void *context, HfMessage *message);
/* Around each message that is delivered: an executor that ends with it may come back. */
void weave__before_message(Weave *weave);
void weave__after_message(Weave *weave);
/* Before an agent's process starts. */
void weave__plant_on_disk(Weave *weave);
/* A run of a framework's once more. */
void weave__run_again(Weave *weave, const HfPumpRun *run);
/* The service's run, before something happens to it; FALSE when it has none. */
gboolean weave__keep_run(Weave *weave, HfPumpRun *kept);
/* The run that was kept goes on in spite of what happened, if that mistake is planted. */
void weave__outlive(Weave *weave, gboolean has_kept, HfPumpRun *kept, WeaveFault fault);

#endif
