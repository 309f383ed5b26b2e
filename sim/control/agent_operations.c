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
    agent->repeats_answers = TRUE;
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

/* Can the providers of what is to be a volume store anything in it? */
static gboolean can_store(const HfCatalog *catalog, const HfOperation *operation)
{
    if (operation->type != HF_OPERATION_CREATE) return TRUE;
    for (uint32_t i = 0; i < hf_resources_count(&operation->resources); i++)
        if (!hf_provider_can_store(catalog, hf_resources_at(&operation->resources, i)->meta))
            return FALSE;
    return TRUE;
}

/* A resource provider changes one of its disks. The plug-in behind it answers at once. */
static HfOperationState change_disk(const HfAgent *agent, const HfOperation *operation,
                                    HfOperationStatus *status, HfResources *total)
{
    HfCatalog *catalog = agent->config->catalog;
    HfResource made;
    if (!hf_resources_contains(catalog, total, &operation->resources)) return HF_OPERATION_DROPPED;
    if (!hf_provider_apply(catalog, &agent->config->profiles, operation, status->serial, &made,
                           NULL))
        return HF_OPERATION_FAILED;
    hf_resources_subtract(catalog, total, &operation->resources);
    hf_resources_add_one(catalog, total, &made);
    status->made = made.meta;
    return HF_OPERATION_FINISHED;
}

/* What comes of it; `total` is what the agent then has. */
static HfOperationState apply(const HfAgent *agent, const HfOperation *operation,
                              HfOperationStatus *status, HfResources *total)
{
    if (!hf_operation_is_speculative(operation->type))
        return change_disk(agent, operation, status, total);
    if (!can_store(agent->config->catalog, operation)) return HF_OPERATION_FAILED;
    return hf_resources_apply_operation(agent->config->catalog, total, operation, NULL)
               ? HF_OPERATION_FINISHED
               : HF_OPERATION_DROPPED;
}

void hf_agent__on_apply_operation(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    HfOperationStatus status = in->statuses.at[0];
    status.framework = in->framework;
    if (find(agent, status.serial) < agent->operations.count) return; /* it came twice */
    HfResources total = {0};
    hf_resources_copy(out->catalog, &total, hf_agent_total(agent));
    const HfOperation *operation = &in->operations.at[0].change;
    gboolean is_current = in->version == agent->version;
    status.state = is_current ? apply(agent, operation, &status, &total) : HF_OPERATION_DROPPED;
    gboolean applies = status.state == HF_OPERATION_FINISHED;
    /* Its answer is written together with what it did: whoever dies with the target written has
     * both when it starts again (Slave::applyOperation, checkpointResourceState). */
    gboolean is_kept = agent->dies_at >= HF_CHECKPOINT_TARGET && status.needs_ack;
    gboolean is_alive = !applies || hf_agent_set_total(agent, &total);
    hf_resources_clear(out->catalog, &total);
    if (!is_alive) {
        if (is_kept) hf_vec_push(&agent->operations, (HfAgentOperation){.status = status});
        return;
    }
    conclude(agent, &status, now, out);
    /* The master took for granted what was not done, or its books are wrong: they are put right. A
     * provider that could not do it said all there is to say. */
    gboolean was_granted =
        hf_operation_is_speculative(operation->type) || status.state == HF_OPERATION_DROPPED;
    if (is_current && !applies && was_granted) hf_agent__begin_registration(agent, now, out);
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
    agent->repeats_answers = FALSE;                       /* until one is sent */
    if (agent->state != HF_AGENT_REGISTERED) return next; /* registration sends them again */
    for (guint32 i = 0; i < agent->operations.count; i++) {
        HfAgentOperation *operation = &agent->operations.at[i];
        if (due(agent, operation) <= now) {
            if (operation->retries < 16) operation->retries++;
            send(agent, operation, now, out);
        }
        next = MIN(next, due(agent, operation));
    }
    agent->repeats_answers = next != HF_TIME_NEVER;
    return next;
}

gboolean hf_agent__has_checkpointed(const HfAgent *agent, const HfResources *resources)
{
    HfCatalog *catalog = agent->config->catalog;
    HfResources needed = {0}, had = {0};
    hf_resources_checkpointed(catalog, resources, &needed);
    hf_resources_unallocate(catalog, &needed);
    hf_resources_checkpointed(catalog, hf_agent_total(agent), &had);
    gboolean has = hf_resources_contains(catalog, &had, &needed);
    hf_resources_clear(catalog, &needed);
    hf_resources_clear(catalog, &had);
    return has;
}
