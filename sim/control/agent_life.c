/*
 * How an agent goes down and comes back: what its disk keeps for it, and when it refuses to start;
 * see agent.h.
 */
#include "base/assert.h"
#include "control/agent_internal.h"

void hf_agent_init(HfAgent *agent, const HfAgentConfig *config, uint32_t host, const char *name,
                   const HfResources *resources, const HfAttributes *attributes, HfRoleId owner)
{
    *agent = (HfAgent){.config = config,
                       .name = name,
                       .flags = {resources, attributes},
                       .owner = owner,
                       .host = host,
                       .entity = (uint64_t)host << 32,
                       .id = HF_ROW_NONE,
                       .retry_at = HF_TIME_NEVER,
                       .give_up_at = HF_TIME_NEVER};
    hf_checkpoint_init(&agent->disk);
}

void hf_agent_set_domain(HfAgent *agent, const HfDomain *domain)
{
    HF_ASSERT(agent->id == HF_ROW_NONE && agent->draws == 0);
    agent->domain = domain;
}

static void forget_tasks(HfAgent *agent)
{
    for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        hf_agent__forget_task(agent, task);
}

static void keep_total(HfAgent *agent, const HfResources *total)
{
    HfCatalog *catalog = agent->config->catalog;
    if (total != NULL) {
        if (agent->changed == NULL) agent->changed = g_new0(HfResources, 1);
        hf_resources_copy(catalog, agent->changed, total);
    } else if (agent->changed != NULL) {
        hf_resources_clear(catalog, agent->changed);
        g_free(agent->changed);
        agent->changed = NULL;
    }
}

void hf_agent_clear(HfAgent *agent)
{
    forget_tasks(agent);
    hf_agent__lose_executors(agent, TRUE);
    hf_agent__clear_tasks(agent);
    hf_vec_clear(&agent->executors);
    hf_vec_clear(&agent->operations);
    hf_checkpoint_clear(agent->config->catalog, &agent->disk);
    keep_total(agent, NULL);
}

void hf_agent_set_flags(HfAgent *agent, const HfAgentFlags *flags)
{
    HF_ASSERT(agent->state == HF_AGENT_DOWN);
    agent->flags = *flags;
}

void hf_agent_crash(HfAgent *agent, HfAgentLoss loss)
{
    for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        if (!task->is_checkpointed || loss == HF_LOSS_DISK) hf_agent__forget_task(agent, task);
    hf_agent__lose_executors(agent, loss == HF_LOSS_DISK);
    if (loss != HF_LOSS_PROCESS) agent->was_rebooted = TRUE;
    if (loss == HF_LOSS_DISK) {
        hf_checkpoint_lose(agent->config->catalog, &agent->disk);
        agent->id = HF_ROW_NONE;
        agent->drain = HF_AGENT_DRAIN_NONE;
        hf_vec_reset(&agent->operations);
    }
    agent->state = HF_AGENT_DOWN;
    agent->death = HF_DEATH_KILLED;
    agent->draws++; /* an attempt that is under way is of an earlier life */
    agent->retry_at = agent->give_up_at = HF_TIME_NEVER;
    agent->is_ping_armed = FALSE;
    agent->life++;
    HF_ASSERT(agent->life != 0); /* else what is of an early life would pass for this one's */
}

void hf_agent__die(HfAgent *agent, HfAgentDeath why)
{
    hf_agent_crash(agent, HF_LOSS_PROCESS);
    agent->death = (uint8_t)why;
}

gboolean hf_agent_set_total(HfAgent *agent, const HfResources *total)
{
    HfCatalog *catalog = agent->config->catalog;
    HfCheckpointStep dies = (HfCheckpointStep)agent->dies_at;
    agent->dies_at = HF_CHECKPOINT_WHOLE;
    if (!hf_checkpoint_write(catalog, &agent->disk, total, dies)) {
        hf_agent__die(agent, HF_DEATH_WRITING);
        return FALSE;
    }
    keep_total(agent, total);
    return TRUE;
}

/* ---- starting ---- */

static gboolean refuse(HfAgent *agent, HfTime now, HfAgentRefusal why, HfOutbox *out)
{
    agent->refusal = (uint8_t)why;
    hf_trace_emit(out->trace, &(HfRecord){.at = now,
                                          .type = HF_RECORD_AGENT_REFUSED,
                                          .agent = agent->host,
                                          .framework = HF_ROW_NONE,
                                          .value = why});
    return FALSE;
}

/* It will be a new agent: what it ran before is nobody's; what its disk keeps for roles stays. */
void hf_agent_forget(HfAgent *agent)
{
    HF_ASSERT(agent->state == HF_AGENT_DOWN);
    forget_tasks(agent);
    hf_agent__lose_executors(agent, TRUE);
    agent->disk.agent_id = HF_ROW_NONE;
    agent->drain = HF_AGENT_DRAIN_NONE;
    agent->id = HF_ROW_NONE;
}

static gboolean flags_are_legal(HfAgent *agent)
{
    const HfAgentFlags before = {agent->disk.flags, agent->disk.attributes};
    g_autofree char *mismatch = hf_reconfiguration_mismatch(
        agent->config->catalog, agent->config->reconfiguration_policy, &before, &agent->flags);
    return mismatch == NULL;
}

/* Tasks whose executors are not there are over. */
static void fail_tasks(HfAgent *agent, HfExecutorEnd why, HfTime now, HfOutbox *out)
{
    for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;) {
        if (hf_task_state_is_terminal(task->state) || task->is_connected) continue;
        hf_agent__kill(agent, task, 0, out);
        hf_agent__lose_task(agent, task, why, now, out);
    }
    hf_agent__give_up_executors(agent, out);
}

static guint32 disconnect_executors(HfAgent *agent)
{
    guint32 running = 0;
    for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;) {
        task->is_connected = FALSE;
        running += !hf_task_state_is_terminal(task->state);
    }
    return running + hf_agent__disconnect_executors(agent);
}

static gboolean await_executors(HfAgent *agent, HfTime now, HfOutbox *out)
{
    if (disconnect_executors(agent) == 0) return FALSE;
    agent->state = HF_AGENT_RECOVERING;
    hf_outbox_send(out, HF_MESSAGE_EXECUTOR_RECONNECT, hf_agent__self(agent),
                   (HfPeer){HF_PEER_EXECUTOR, agent->host});
    hf_outbox_timer(out, now + agent->config->executor_reregistration_timeout,
                    HF_AGENT_TIMER_RECOVERED, agent->life);
    return TRUE;
}

void hf_agent__on_executor_back(HfAgent *agent, const HfMessage *in)
{
    if (G_UNLIKELY(in->executor != 0)) {
        hf_agent__on_that_executor_back(agent, in);
        return;
    }
    HfAgentTask *task = hf_agent__search_task(agent, in->framework, in->task);
    if (task != NULL) task->is_connected = TRUE;
}

/* Slave::reregisterExecutorTimeout: who is not back by now does not come back. */
void hf_agent__on_recovered(HfAgent *agent, HfTime now, HfOutbox *out)
{
    fail_tasks(agent, HF_EXECUTOR_NOT_BACK, now, out);
    hf_agent__resume_drain(agent, now, out);
    hf_agent__begin_registration(agent, now, out);
}

/* All that it runs, of which it will say nothing. */
static void kill_all(HfAgent *agent, HfOutbox *out)
{
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;) {
        if (hf_task_state_is_terminal(task->state)) continue;
        hf_agent__kill(agent, task, 0, out);
    }
    hf_agent__destroy_executors(agent, out);
}

/* The master gave it up and does not take it back: it ends, with all that it runs, and is started
 * again as a new agent (Mesos 0.23 Slave::shutdown, which forgets the id). */
void hf_agent__on_shutdown(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (agent->id == HF_ROW_NONE || agent->id != in->agent) return; /* of an earlier life */
    kill_all(agent, out);
    agent->state = HF_AGENT_DOWN;
    hf_agent_forget(agent);
    hf_agent__begin_registration(agent, now, out);
}

static gboolean recover_total(HfAgent *agent)
{
    if (hf_resources_is_empty(hf_checkpoint_committed(&agent->disk))) {
        keep_total(agent, NULL);
        return TRUE;
    }
    HfCatalog *catalog = agent->config->catalog;
    HfResources total = {0};
    gboolean good = hf_checkpoint_apply(catalog, &agent->disk, agent->flags.resources, &total);
    if (good) keep_total(agent, &total);
    hf_resources_clear(catalog, &total);
    return good;
}

static gboolean has_mounts(const HfAgent *agent)
{
    const HfCatalog *catalog = agent->config->catalog;
    const HfResource *entry = hf_resources_entries(agent->flags.resources);
    for (uint32_t i = 0; i < hf_resources_count(agent->flags.resources); i++, entry++) {
        const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
        if (disk != NULL && disk->source == HF_DISK_MOUNT) return TRUE;
    }
    return FALSE;
}

gboolean hf_agent_start(HfAgent *agent, HfTime now, HfOutbox *out)
{
    HF_ASSERT(agent->state == HF_AGENT_DOWN);
    HfCatalog *catalog = agent->config->catalog;
    agent->refusal = HF_REFUSAL_NONE;
    if (agent->mounts_are_missing && has_mounts(agent))
        return refuse(agent, now, HF_REFUSAL_MOUNT, out);
    hf_checkpoint_finish(catalog, &agent->disk);
    hf_checkpoint_check(catalog, &agent->disk);
    if (!recover_total(agent)) return refuse(agent, now, HF_REFUSAL_CHECKPOINT, out);
    if (agent->disk.agent_id != HF_ROW_NONE && !flags_are_legal(agent)) {
        if (!agent->was_rebooted) return refuse(agent, now, HF_REFUSAL_RECONFIGURATION, out);
        hf_agent_forget(agent);
    }
    if (agent->was_rebooted && agent->config->new_id_after_reboot) hf_agent_forget(agent);
    if (agent->cleans_up && agent->config->new_id_after_shutdown) {
        kill_all(agent, out);
        hf_agent_forget(agent);
    }
    if (agent->was_rebooted || agent->cleans_up) { /* after a clean-up Mesos exits, to be started
                                                      once more: that is not told apart here */
        disconnect_executors(agent);
        fail_tasks(agent, HF_EXECUTOR_ENDED, now, out);
        agent->cleans_up = FALSE;
    } else if (await_executors(agent, now, out)) {
        return TRUE;
    }
    hf_agent__resume_drain(agent, now, out);
    agent->was_rebooted = FALSE;
    hf_agent__begin_registration(agent, now, out);
    return TRUE;
}
