/* Operations at the agent; see agent_operations.h. */
#include "control/agent_operations.h"

#include "base/assert.h"
#include "control/agent_internal.h"

static const HfPeer master = {HF_PEER_MASTER, 0};

static HfTime due(const HfAgent *agent, const HfAgentOperation *operation)
{
    return operation->sent_at + hf_agent__retry_wait(agent, operation->retries);
}

static HfMessage *answer(HfAgent *agent, const HfOperationStatus *status, HfOutbox *out)
{
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_OPERATION_STATUS, hf_agent__self(agent), master);
    message->framework = status->framework;
    message->agent = agent->id;
    hf_vec_push(&message->statuses, *status);
    hf_vec_last(&message->statuses)->agent = agent->id;
    return message;
}

static void send(HfAgent *agent, HfAgentOperation *operation, HfTime now, HfOutbox *out)
{
    answer(agent, &operation->status, out);
    operation->sent_at = now;
    hf_agent__arm_retry(agent, due(agent, operation), out);
}

/* What is to be acknowledged is kept until it is. */
static void conclude(HfAgent *agent, const HfOperationStatus *status, HfTime now, HfOutbox *out)
{
    if (!status->needs_ack) {
        answer(agent, status, out);
        return;
    }
    hf_vec_push(&agent->operations, (HfAgentOperation){.status = *status});
    send(agent, hf_vec_last(&agent->operations), now, out);
}

static guint32 find(const HfAgent *agent, uint64_t serial)
{
    guint32 i = 0;
    while (i < agent->operations.count && agent->operations.at[i].status.serial != serial) i++;
    return i;
}

void hf_agent__on_apply_operation(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    HfOperationStatus status = in->statuses.at[0];
    status.framework = in->framework;
    if (find(agent, status.serial) < agent->operations.count) return; /* it came twice */
    HfResources total = {0};
    hf_resources_copy(out->catalog, &total, hf_agent_total(agent));
    gboolean is_current = in->version == agent->version;
    gboolean applies = is_current && hf_resources_apply_operation(
                                         out->catalog, &total, &in->operations.at[0].change, NULL);
    /* Its answer is written together with what it did: whoever dies with the target written has
     * both when it starts again (Slave::applyOperation, checkpointResourceState). */
    gboolean is_kept = agent->dies_at >= HF_CHECKPOINT_TARGET && status.needs_ack;
    gboolean is_alive = !applies || hf_agent_set_total(agent, &total);
    hf_resources_clear(out->catalog, &total);
    status.state = applies ? HF_OPERATION_FINISHED : HF_OPERATION_DROPPED;
    if (!is_alive) {
        if (is_kept) hf_vec_push(&agent->operations, (HfAgentOperation){.status = status});
        return;
    }
    conclude(agent, &status, now, out);
    if (is_current && !applies) hf_agent__begin_registration(agent, now, out);
}

void hf_agent__on_checkpoint_resources(HfAgent *agent, const HfMessage *in)
{
    if (in->version == agent->version) hf_agent_set_total(agent, in->total);
}

void hf_agent__on_operation_acknowledged(HfAgent *agent, const HfMessage *in)
{
    for (guint32 k = 0; k < in->statuses.count; k++) {
        guint32 i = find(agent, in->statuses.at[k].serial);
        if (i < agent->operations.count) hf_vec_remove(&agent->operations, i);
    }
    hf_agent__check_drained(agent);
}

void hf_agent__on_operations_asked(HfAgent *agent, HfTime now, const HfMessage *in,
                                   gboolean was_registered, HfOutbox *out)
{
    for (guint32 i = 0; i < agent->operations.count && !was_registered; i++) {
        agent->operations.at[i].retries = 0;
        send(agent, &agent->operations.at[i], now, out);
    }
    for (guint32 i = 0; i < in->statuses.count; i++)
        if (find(agent, in->statuses.at[i].serial) == agent->operations.count)
            conclude(agent, &in->statuses.at[i], now, out);
}

void hf_agent__report_operations(const HfAgent *agent, HfMessage *message)
{
    for (guint32 i = 0; i < agent->operations.count; i++)
        hf_vec_push(&message->statuses, agent->operations.at[i].status);
}

HfTime hf_agent__retry_operations(HfAgent *agent, HfTime now, HfOutbox *out)
{
    HfTime next = HF_TIME_NEVER;
    if (agent->state != HF_AGENT_REGISTERED) return next; /* registration sends them again */
    for (guint32 i = 0; i < agent->operations.count; i++) {
        HfAgentOperation *operation = &agent->operations.at[i];
        if (due(agent, operation) <= now) {
            if (operation->retries < 16) operation->retries++;
            send(agent, operation, now, out);
        }
        next = MIN(next, due(agent, operation));
    }
    return next;
}

gboolean hf_agent__has_resources(const HfAgent *agent, const HfResources *resources)
{
    HfCatalog *catalog = agent->config->catalog;
    const HfResource *entries = hf_resources_entries(resources);
    uint32_t count = hf_resources_count(resources), first = 0;
    while (first < count && !(hf_meta_info(catalog, entries[first].meta)->flags &
                              (HF_META_DYNAMIC | HF_META_PERSISTENT)))
        first++;
    if (first == count) return TRUE;
    HfResources needed = {0}, had = {0};
    hf_resources_checkpointed(catalog, resources, &needed);
    hf_resources_unallocate(catalog, &needed);
    hf_resources_checkpointed(catalog, hf_agent_total(agent), &had);
    gboolean has = hf_resources_contains(catalog, &had, &needed);
    hf_resources_clear(catalog, &needed);
    hf_resources_clear(catalog, &had);
    return has;
}
