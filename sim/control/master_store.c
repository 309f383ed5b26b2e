/*
 * The master's way to the registry: changes wait while a batch is being written, and go all
 * together with the next (Registrar::update). What a change is for follows when it is written: a
 * master that dies before has done nothing. A batch is in the registry halfway through its latency;
 * a master that dies after that has changed what its successor finds, and nobody was told.
 *
 * Without a latency everything happens in the call that asks for it.
 */
#include "base/assert.h"
#include "base/random.h"
#include "control/master_internal.h"

static HfTime draw_latency(HfMaster *master)
{
    HfStream stream;
    hf_stream_init(&stream, master->config.seed, "registry", master->draws++);
    return hf_time_from_seconds(hf_law_draw(&master->config.registry_latency, &stream));
}

static void begin_write(HfMaster *master, HfTime now, HfOutbox *out)
{
    if (master->writing.count > 0 || master->waiting.count == 0) return;
    for (guint32 i = 0; i < master->waiting.count; i++)
        hf_vec_push(&master->writing, master->waiting.at[i]);
    hf_vec_reset(&master->waiting);
    master->is_written = FALSE;
    master->write++;
    HfTime latency = draw_latency(master);
    hf_outbox_timer(out, hf_time_add(now, latency / 2), HF_MASTER_TIMER_WRITTEN, master->write);
    if (latency > master->config.registry_store_timeout)
        hf_outbox_timer(out, now + master->config.registry_store_timeout,
                        HF_MASTER_TIMER_STORE_LATE, master->write);
    else
        hf_outbox_timer(out, hf_time_add(now, latency), HF_MASTER_TIMER_STORED, master->write);
}

/* ---- what follows ---- */

static void end_gone(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    hf_master__gone(master, now, row, out);
    hf_master__arm_gc(master, now, out);
}

static int answer(HfMaster *master, HfTime now, const HfStoring *what, HfOutbox *out,
                  char **why_out)
{
    const HfCall *call = what->change.call;
    switch (call->type) {
    case HF_CALL_UPDATE_QUOTA:
    case HF_CALL_SET_QUOTA:
    case HF_CALL_REMOVE_QUOTA:
        return hf_master__do_quota(master, now, call, out);
    case HF_CALL_UPDATE_WEIGHTS:
        return hf_master__do_weights(master, now, call, out);
    case HF_CALL_UPDATE_MAINTENANCE_SCHEDULE:
    case HF_CALL_START_MAINTENANCE:
    case HF_CALL_STOP_MAINTENANCE:
        return hf_master__do_maintenance(master, now, call, out);
    default:
        return hf_master__do_agent_call(master, now, what->change.agent, call, out, why_out);
    }
}

static int follow(HfMaster *master, HfTime now, const HfStoring *what, HfOutbox *out,
                  char **why_out)
{
    uint32_t agent = what->change.agent;
    switch (what->effect) {
    case HF_EFFECT_NONE:
        break;
    case HF_EFFECT_ADMIT:
        hf_master__admitted(master, now, agent, what->message, out);
        break;
    case HF_EFFECT_READMIT:
        hf_master__readmitted(master, now, agent, what->message, out);
        break;
    case HF_EFFECT_UNREACHABLE:
        hf_master__unreachable(master, now, agent, out);
        hf_master__arm_gc(master, now, out);
        break;
    case HF_EFFECT_DRAINED:
        hf_master__drained(master, now, agent, out);
        break;
    case HF_EFFECT_GONE:
        end_gone(master, now, agent, out);
        break;
    case HF_EFFECT_PRUNE:
        break;
    case HF_EFFECT_CALL:
        return answer(master, now, what, out, why_out);
    }
    return 0;
}

/* ---- forgetting ---- */

/* TASK_UNKNOWN from now on for those who ask (MESOS: RegistryGcByCount). */
static void forget_agent(void *context, uint32_t row)
{
    HfMaster *master = context;
    HfAgentRow *agent = &master->agents.at[row];
    if (agent->standing != HF_STANDING_UNREACHABLE && agent->standing != HF_STANDING_GONE) return;
    agent->standing = HF_STANDING_UNKNOWN;
    agent->is_deactivated = agent->is_gone_when_drained = FALSE;
    agent->drain = HF_DRAIN_NONE;
    hf_master__forget_unreachable(master, row);
}

static void count(void *context, uint32_t agent)
{
    (*(uint32_t *)context)++;
}

typedef struct Pruning {
    HfTime now;
    HfOutbox *out;
} Pruning;

static void record_forgotten(void *context, uint32_t row)
{
    const Pruning *pruning = context;
    hf_master__record(pruning->out, (HfRecord){.at = pruning->now,
                                               .type = HF_RECORD_AGENT_FORGOTTEN,
                                               .agent = row,
                                               .framework = HF_ROW_NONE});
}

/* A change that is in the registry from now on. */
static void apply(HfMaster *master, HfTime now, const HfRegistryChange *change, HfOutbox *out)
{
    const HfRegistryLimits *limits = &master->config.registry_limits;
    if (change->type == HF_REGISTRY_PRUNE) {
        hf_master_registry_overdue(&master->registry, change->at, limits, record_forgotten,
                                   &(Pruning){now, out});
        hf_master_registry_overdue(&master->registry, change->at, limits, forget_agent, master);
    }
    hf_master_registry_apply(&master->registry, change, limits);
}

void hf_master__arm_gc(HfMaster *master, HfTime now, HfOutbox *out)
{
    if (master->is_gc_armed ||
        master->registry.unreachable.count + master->registry.gone.count == 0)
        return;
    master->is_gc_armed = TRUE;
    HfTime interval = master->config.registry_gc_interval;
    HfTime passed = (now - master->led_since) / interval;
    hf_outbox_timer(out, hf_time_add(master->led_since, (passed + 1) * interval),
                    HF_MASTER_TIMER_GC, 0);
}

void hf_master__on_gc_timer(HfMaster *master, HfTime now, HfOutbox *out)
{
    uint32_t overdue = 0;
    master->is_gc_armed = FALSE;
    hf_master_registry_overdue(&master->registry, now, &master->config.registry_limits, count,
                               &overdue);
    if (overdue > 0)
        hf_master__store(
            master, now,
            &(HfStoring){
                .change = {.type = HF_REGISTRY_PRUNE, .agent = NO_ROW, .host = NO_ROW, .at = now},
                .effect = HF_EFFECT_PRUNE},
            out, NULL);
    hf_master__arm_gc(master, now, out);
}

/* ---- asking ---- */

int hf_master__store(HfMaster *master, HfTime now, const HfStoring *what, HfOutbox *out,
                     char **why_out)
{
    if (master->config.registry_latency.kind == NULL) {
        master->registry.writes++;
        apply(master, now, &what->change, out);
        return follow(master, now, what, out, why_out);
    }
    HfStoring storing = *what;
    if (what->message != NULL) storing.message = hf_message_copy(out->pool, what->message);
    hf_vec_push(&master->waiting, storing);
    begin_write(master, now, out);
    return HF_CALL_PENDING;
}

int hf_master__store_call(HfMaster *master, HfTime now, uint32_t agent, HfTextId principal,
                          const HfCall *call, HfOutbox *out, char **why_out)
{
    return hf_master__store(
        master, now,
        &(HfStoring){.change = {.type = HF_REGISTRY_CALL, .agent = agent, .at = now, .call = call},
                     .effect = HF_EFFECT_CALL,
                     .principal = principal},
        out, why_out);
}

static gboolean is_of(const HfStoring *what, HfEffect effect, uint32_t agent, uint32_t host)
{
    return what->effect == effect &&
           (agent != NO_ROW ? what->change.agent == agent : what->change.host == host);
}

gboolean hf_master__is_storing(const HfMaster *master, HfEffect effect, uint32_t agent,
                               uint32_t host)
{
    for (guint32 i = 0; i < master->writing.count; i++)
        if (is_of(&master->writing.at[i], effect, agent, host)) return TRUE;
    for (guint32 i = 0; i < master->waiting.count; i++)
        if (is_of(&master->waiting.at[i], effect, agent, host)) return TRUE;
    return FALSE;
}

static HfStoring *find(HfMaster *master, HfEffect effect, uint32_t host)
{
    for (guint32 i = 0; i < master->writing.count; i++)
        if (is_of(&master->writing.at[i], effect, NO_ROW, host)) return &master->writing.at[i];
    for (guint32 i = 0; i < master->waiting.count; i++)
        if (is_of(&master->waiting.at[i], effect, NO_ROW, host)) return &master->waiting.at[i];
    return NULL;
}

gboolean hf_master__is_asked_again(HfMaster *master, HfEffect effect, const HfMessage *in)
{
    HfStoring *what = find(master, effect, in->from.row);
    if (what == NULL) return FALSE;
    ((HfMessage *)what->message)->version = in->version;
    return TRUE;
}

/* ---- the batch ---- */

void hf_master__on_written_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    if (arg != master->write || master->is_written) return;
    master->is_written = TRUE;
    master->registry.writes++;
    for (guint32 i = 0; i < master->writing.count; i++)
        apply(master, now, &master->writing.at[i].change, out);
}

static void reply(HfMaster *master, HfTime now, const HfStoring *what, int status, char *why,
                  HfOutbox *out)
{
    hf_vec_push(&master->answers, (HfCallAnswer){what->change.call, status, why});
    hf_master__record_call(master, now, what->change.call, status, out);
}

void hf_master__on_stored_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    if (arg != master->write) return;
    HF_ASSERT(master->is_written);
    HF_VEC(HfStoring) done = {0};
    for (guint32 i = 0; i < master->writing.count; i++) hf_vec_push(&done, master->writing.at[i]);
    hf_vec_reset(&master->writing);
    for (guint32 i = 0; i < done.count; i++) {
        char *why = NULL;
        const HfStoring *what = &done.at[i];
        int status = follow(master, now, what, out, &why);
        if (what->message != NULL) hf_message_pool_give(out->pool, (HfMessage *)what->message);
        if (what->effect == HF_EFFECT_CALL) reply(master, now, what, status, why, out);
    }
    hf_vec_clear(&done);
    begin_write(master, now, out);
}

void hf_master__on_store_late_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    if (arg == master->write) hf_master__end(master, now, HF_MASTER_END_STORE_TIMEOUT, out);
}

void hf_master__drop_storing(HfMaster *master, HfTime now, HfOutbox *out)
{
    for (guint32 i = 0; i < master->waiting.count; i++)
        hf_vec_push(&master->writing, master->waiting.at[i]);
    for (guint32 i = 0; i < master->writing.count; i++) {
        const HfStoring *what = &master->writing.at[i];
        if (what->message != NULL) hf_message_pool_give(out->pool, (HfMessage *)what->message);
        if (what->effect == HF_EFFECT_CALL)
            reply(master, now, what, 503, g_strdup("the leading master ended"), out);
    }
    hf_vec_reset(&master->waiting);
    hf_vec_reset(&master->writing);
    master->write++;
}
