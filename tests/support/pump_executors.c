/* Executors in the pump: those that frameworks bring with them kill what they run when they are
 * shut down, and end with it. They start at once, or when a test says so (executors_wait). */
#include "base/assert.h"
#include "support/pump.h"
#include "support/pump_internal.h"

static HfPumpExecutor *find(HfPump *pump, uint32_t row, uint32_t framework, uint32_t id)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    for (guint32 i = 0; i < host->executors.count; i++)
        if (host->executors.at[i].framework == framework && host->executors.at[i].info->id == id)
            return &host->executors.at[i];
    return NULL;
}

static void record(HfPump *pump, uint32_t host, const HfPumpExecutor *executor, HfRecordType type)
{
    hf_trace_emit(pump->trace,
                  &(HfRecord){.at = pump->now,
                              .type = (uint16_t)type,
                              .agent = host,
                              .framework = executor->framework,
                              .id = executor->info->id,
                              .value = executor->info->usage_milli,
                              .resources = hf_executor_info_resources(executor->info)});
}

void hf_pump__begin_executor(HfPump *pump, const HfMessage *in)
{
    HF_ASSERT(find(pump, in->to.row, in->framework, in->info.executor->id) == NULL);
    HfPumpHost *host = hf_pump_host(pump, in->to.row);
    hf_vec_push(&host->executors, (HfPumpExecutor){.framework = in->framework,
                                                   .info = hf_executor_info_ref(in->info.executor),
                                                   .is_checkpointed = in->checkpoint != FALSE});
    record(pump, in->to.row, hf_vec_last(&host->executors), HF_RECORD_EXECUTOR_STARTED);
    HfMessage *message =
        hf_outbox_send(&pump->out, HF_MESSAGE_EXECUTOR_REGISTERED,
                       (HfPeer){HF_PEER_EXECUTOR, in->to.row}, (HfPeer){HF_PEER_AGENT, in->to.row});
    message->framework = in->framework;
    message->executor = in->info.executor->id;
}

/* ---- those that are being started ---- */

static gboolean is_own(const HfMessage *order)
{
    return order->type == HF_MESSAGE_EXECUTOR_LAUNCH;
}

gboolean hf_pump__start_later(HfPump *pump, const HfMessage *in)
{
    if (!pump->executors_wait || (is_own(in) && in->info.executor != NULL)) return FALSE;
    hf_vec_push(&hf_pump_host(pump, in->to.row)->starts, hf_message_copy(pump->pool, in));
    return TRUE;
}

static void drop_start(HfPump *pump, HfPumpHost *host, guint32 i)
{
    hf_message_pool_give(pump->pool, host->starts.at[i]);
    hf_vec_remove(&host->starts, i);
}

gboolean hf_pump__cancel_task(HfPump *pump, uint32_t row, uint32_t framework, uint64_t task)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    for (guint32 i = 0; i < host->starts.count; i++) {
        const HfMessage *order = host->starts.at[i];
        if (!is_own(order) || order->framework != framework || order->info.id != task) continue;
        drop_start(pump, host, i);
        return TRUE;
    }
    return FALSE;
}

void hf_pump__cancel_starts(HfPump *pump, uint32_t row)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    while (host->starts.count > 0) drop_start(pump, host, host->starts.count - 1);
}

gboolean hf_pump_register_executor(HfPump *pump, uint32_t row)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    if (host->starts.count == 0) return FALSE;
    hf_pump__start_now(pump, host->starts.at[0]);
    drop_start(pump, host, 0);
    hf_pump__flush(pump, (HfPeer){HF_PEER_AGENT, row});
    return TRUE;
}

/* Its grace is over at once, here. */
static void stop_starting(HfPump *pump, const HfMessage *in)
{
    HfPumpHost *host = hf_pump_host(pump, in->to.row);
    for (guint32 i = 0; i < host->starts.count; i++) {
        const HfMessage *order = host->starts.at[i];
        if (is_own(order) || order->framework != in->framework ||
            order->info.executor->id != in->executor)
            continue;
        drop_start(pump, host, i);
        HfMessage *message = hf_outbox_send(&pump->out, HF_MESSAGE_EXECUTOR_EXITED,
                                            (HfPeer){HF_PEER_EXECUTOR, in->to.row},
                                            (HfPeer){HF_PEER_AGENT, in->to.row});
        message->framework = in->framework;
        message->executor = in->executor;
        return;
    }
}

/* What it still runs ends with it, and it says nothing of that. */
static void end(HfPump *pump, uint32_t row, HfPumpExecutor *executor)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    for (guint32 i = host->runs.count; i-- > 0;)
        if (host->runs.at[i].framework == executor->framework &&
            host->runs.at[i].executor == executor->info->id)
            hf_pump__end_run(pump, row, i, HF_TASK_LOST);
    record(pump, row, executor, HF_RECORD_EXECUTOR_ENDED);
    if (host->agent.state != HF_AGENT_DOWN) {
        HfMessage *message =
            hf_outbox_send(&pump->out, HF_MESSAGE_EXECUTOR_EXITED, (HfPeer){HF_PEER_EXECUTOR, row},
                           (HfPeer){HF_PEER_AGENT, row});
        message->framework = executor->framework;
        message->executor = executor->info->id;
    }
    hf_executor_info_drop(pump->catalog, &executor->info);
    hf_vec_remove(&host->executors, (guint32)(executor - host->executors.at));
}

static gboolean runs_anything(const HfPumpHost *host, const HfPumpExecutor *executor)
{
    for (guint32 i = 0; i < host->runs.count; i++)
        if (host->runs.at[i].framework == executor->framework &&
            host->runs.at[i].executor == executor->info->id)
            return TRUE;
    return FALSE;
}

static void check(HfPump *pump, uint32_t row, uint32_t framework, uint32_t id)
{
    HfPumpExecutor *executor = find(pump, row, framework, id);
    if (executor != NULL && (executor->info->is_default || executor->is_stopping) &&
        !runs_anything(hf_pump_host(pump, row), executor))
        end(pump, row, executor);
}

/* One that is in its group and not yet told to end; UINT32_MAX = none. */
static guint32 other_of_group(HfPumpHost *host, const HfPumpRun *run)
{
    for (guint32 i = 0; i < host->runs.count; i++)
        if (host->runs.at[i].framework == run->framework &&
            host->runs.at[i].executor == run->executor && host->runs.at[i].group == run->group &&
            host->runs.at[i].stopped_at == HF_TIME_NEVER)
            return i;
    return UINT32_MAX;
}

void hf_pump__run_left(HfPump *pump, uint32_t row, const HfPumpRun *run, HfTaskState how)
{
    const HfPumpExecutor *executor =
        run->executor != 0 ? find(pump, row, run->framework, run->executor) : NULL;
    if (executor == NULL) return;
    if (run->group != 0 && executor->info->is_default && !executor->is_stopping &&
        (how == HF_TASK_FAILED || how == HF_TASK_KILLED)) {
        guint32 other;
        while ((other = other_of_group(hf_pump_host(pump, row), run)) != UINT32_MAX)
            hf_pump__kill_run(pump, row, other, HF_KILL_GRACE_DEFAULT);
    }
    check(pump, row, run->framework, run->executor);
}

void hf_pump__shut_down_executor(HfPump *pump, const HfMessage *in)
{
    uint32_t row = in->to.row;
    HfPumpExecutor *executor = find(pump, row, in->framework, in->executor);
    if (executor == NULL) {
        stop_starting(pump, in);
        return;
    }
    executor->is_stopping = TRUE;
    if (in->grace == 0) {
        end(pump, row, executor);
        return;
    }
    HfPumpHost *host = hf_pump_host(pump, row);
    for (guint32 i = host->runs.count; i-- > 0;)
        if (host->runs.at[i].framework == in->framework &&
            host->runs.at[i].executor == in->executor)
            hf_pump__kill_run(pump, row, i, MAX(0, in->grace - HF_SHUTDOWN_RESERVE));
    check(pump, row, in->framework, in->executor);
}

void hf_pump__reconnect_executors(HfPump *pump, uint32_t row)
{
    const HfPumpHost *host = hf_pump_host(pump, row);
    for (guint32 i = 0; i < host->executors.count; i++) {
        HfMessage *message =
            hf_outbox_send(&pump->out, HF_MESSAGE_EXECUTOR_REREGISTERED,
                           (HfPeer){HF_PEER_EXECUTOR, row}, (HfPeer){HF_PEER_AGENT, row});
        message->framework = host->executors.at[i].framework;
        message->task = 0;
        message->executor = host->executors.at[i].info->id;
    }
}

void hf_pump__end_executors(HfPump *pump, uint32_t row, gboolean checkpointed)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    for (guint32 i = host->executors.count; i-- > 0;) {
        HfPumpExecutor *executor = &host->executors.at[i];
        if (executor->is_checkpointed && !checkpointed) continue;
        record(pump, row, executor, HF_RECORD_EXECUTOR_ENDED);
        hf_executor_info_drop(pump->catalog, &executor->info);
        hf_vec_remove(&host->executors, i);
    }
}

void hf_pump_end_executor(HfPump *pump, uint32_t row, guint32 executor)
{
    HfPumpHost *host = hf_pump_host(pump, row);
    HF_ASSERT(executor < host->executors.count);
    end(pump, row, &host->executors.at[executor]);
    hf_pump__flush(pump, (HfPeer){HF_PEER_AGENT, row});
}
