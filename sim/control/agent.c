/*
 * The agent's state machine; see agent.h. Invariant: updates of one task leave in order, the next
 * only when the one before it was acknowledged, and a task is forgotten when its terminal update
 * was acknowledged.
 */
#include "control/agent_internal.h"
#include "control/agent_operations.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "base/random.h"

static const HfPeer master = {HF_PEER_MASTER, 0};

void hf_agent_config_init(HfAgentConfig *config, HfCatalog *catalog, uint64_t seed)
{
    *config = (HfAgentConfig){
        .seed = seed,
        .registration_backoff = HF_NS_PER_SECOND,
        .registration_max = HF_NS_PER_MINUTE,
        .retry_min = 10 * HF_NS_PER_SECOND,
        .retry_max = 10 * HF_NS_PER_MINUTE,
        .executor_registration_timeout = HF_NS_PER_MINUTE,
        .executor_reregistration_timeout = 2 * HF_NS_PER_SECOND,
        .executor_shutdown_grace = 5 * HF_NS_PER_SECOND,
        .catalog = catalog,
    };
}

/* The attempt number is in the timer's argument, so a timer of an earlier life means nothing. */
static void arm_registration(HfAgent *agent, HfTime now, HfOutbox *out)
{
    const HfAgentConfig *config = agent->config;
    HfTime bound = config->registration_backoff;
    for (uint32_t i = 0; i < agent->attempts && bound < config->registration_max; i++) bound *= 2;
    bound = MIN(bound, config->registration_max);
    HfStream stream;
    hf_stream_init(&stream, config->seed, "agent-registration", agent->entity + agent->draws);
    agent->draws++;
    HfTime delay = (HfTime)(hf_stream_uniform(&stream) * (double)bound);
    hf_outbox_timer(out, now + delay, HF_AGENT_TIMER_REGISTER, agent->draws);
}

void hf_agent__begin_registration(HfAgent *agent, HfTime now, HfOutbox *out)
{
    agent->state = HF_AGENT_REGISTERING;
    agent->attempts = 0;
    agent->give_up_at = HF_TIME_NEVER;
    arm_registration(agent, now, out);
}

void hf_agent_introduce(const HfAgent *agent, HfMessage *message)
{
    message->name = agent->name;
    hf_message_set_total(agent->config->catalog, message, hf_agent_total(agent));
    message->attributes = agent->flags.attributes;
    message->domain = agent->domain;
    message->owner = agent->owner;
}

static void ask_to_register(HfAgent *agent, HfTime now, HfOutbox *out)
{
    gboolean again = agent->id != HF_ROW_NONE;
    HfMessage *message =
        hf_outbox_send(out, again ? HF_MESSAGE_REREGISTER_AGENT : HF_MESSAGE_REGISTER_AGENT,
                       hf_agent__self(agent), master);
    message->agent = agent->id;
    hf_agent_introduce(agent, message);
    message->version = agent->version = agent->draws;
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;) {
        hf_vec_push_zero(&message->reports);
        HfTaskReport *report = hf_vec_last(&message->reports);
        report->framework = task->framework;
        report->task = task->id;
        report->role = task->role;
        report->state = (HfTaskState)task->state;
        report->about = task->about;
        report->resources = hf_parcel_ref(task->resources);
    }
    hf_agent__report_executors(agent, message);
    hf_agent__report_operations(agent, message);
    agent->attempts++;
    arm_registration(agent, now, out);
}

/* ---- tasks ---- */

static inline uint64_t *keys_of(const HfAgent *agent)
{
    return (uint64_t *)agent->tasks.at - hf_agent_task_room(agent);
}

/* Two tasks may have the same: not those of frameworks and ids that a master gives. */
static inline uint64_t key_of(uint32_t framework, uint64_t id)
{
    return (uint64_t)framework << 40 ^ id;
}

HfAgentTask *hf_agent_next_task(const HfAgent *agent, const HfAgentTask *after)
{
    const HfAgentTask *end = agent->tasks.at + agent->tasks.used;
    for (HfAgentTask *at = after == NULL ? agent->tasks.at : (HfAgentTask *)after + 1; at < end;
         at++)
        if (at->framework != HF_ROW_NONE) return at;
    return NULL;
}

static __attribute__((noinline)) void grow_tasks(HfAgent *agent)
{
    HfAgentTasks *tasks = &agent->tasks;
    guint32 before = hf_agent_task_room(agent), room = before > 0 ? before * 2 : 8;
    HF_ASSERT(room <= 1U << 20);
    uint64_t *keys = hf_memory_grow(NULL, 0, room * (sizeof *keys + sizeof *tasks->at));
    HfAgentTask *rows = (HfAgentTask *)(keys + room);
    if (before > 0) {
        memcpy(keys, keys_of(agent), before * sizeof *keys);
        memcpy(rows, tasks->at, before * sizeof *rows);
        free(keys_of(agent));
    }
    tasks->at = rows;
    agent->room_shift = (uint32_t)__builtin_ctz(room);
}

HfAgentTask *hf_agent__add_task(HfAgent *agent, uint32_t framework, uint64_t id)
{
    HfAgentTasks *tasks = &agent->tasks;
    guint32 i;
    if (tasks->vacant > 0) {
        i = tasks->vacant - 1;
        tasks->vacant = tasks->at[i].place;
    } else {
        if (G_UNLIKELY(tasks->used == hf_agent_task_room(agent))) grow_tasks(agent);
        i = tasks->used++;
    }
    tasks->count++;
    keys_of(agent)[i] = key_of(framework, id);
    tasks->at[i] = (HfAgentTask){.id = id, .framework = framework};
    return &tasks->at[i];
}

void hf_agent__clear_tasks(HfAgent *agent)
{
    if (agent->tasks.at != NULL) free(keys_of(agent));
    agent->tasks = (HfAgentTasks){0};
    agent->room_shift = 0;
}

HfAgentTask *hf_agent__search_task(const HfAgent *agent, uint32_t framework, uint64_t id)
{
    if (agent->tasks.used == 0) return NULL; /* there may be no keys */
    const uint64_t *keys = keys_of(agent), key = key_of(framework, id);
    for (guint32 i = 0; i < agent->tasks.used; i++) {
        HfAgentTask *task = &agent->tasks.at[i];
        if (keys[i] == key && task->id == id && task->framework == framework) return task;
    }
    return NULL;
}

HfTime hf_agent__retry_wait(const HfAgent *agent, uint8_t retries)
{
    HfTime wait = agent->config->retry_min;
    for (uint8_t i = 0; i < retries && wait < agent->config->retry_max; i++) wait *= 2;
    return MIN(wait, agent->config->retry_max);
}

/* One timer counts: the earliest. One armed for later is passed over when it fires. */
void hf_agent__arm_retry(HfAgent *agent, HfTime at, HfOutbox *out)
{
    if (at >= agent->retry_at) return;
    agent->retry_at = at;
    hf_outbox_timer(out, at, HF_AGENT_TIMER_RETRY, agent->life);
}

/* Send the oldest update of a task, and see to it that it is sent again if no acknowledgement
 * comes. */
static void send_update(HfAgent *agent, HfAgentTask *task, HfTime now, HfOutbox *out)
{
    HF_ASSERT(task->update_count > 0);
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_STATUS_UPDATE, hf_agent__self(agent), master);
    message->agent = agent->id;
    message->framework = task->framework;
    hf_task_status_set(&message->status, task->framework, task->place,
                       hf_agent__seat_of(agent, task), task->id, (HfTaskState)task->updates[0],
                       (HfTaskReason)task->reason, agent->id, agent->host);
    message->status.latest = (HfTaskState)task->state;
    message->status.needs_ack = TRUE;
    task->sent_at = now;
    hf_agent__arm_retry(agent, now + hf_agent__retry_wait(agent, task->retries), out);
}

static inline void queue_update(HfAgent *agent, HfAgentTask *task, HfTaskState state)
{
    if (task->update_count == 0) agent->unanswered++;
    task->updates[task->update_count++] = (uint8_t)state;
}

void hf_agent__update(HfAgent *agent, HfAgentTask *task, HfTaskState state, HfTime now,
                      HfOutbox *out)
{
    HF_ASSERT(task->update_count < HF_AGENT_UPDATES);
    task->state = (uint8_t)state;
    queue_update(agent, task, state);
    if (task->update_count == 1 && agent->state == HF_AGENT_REGISTERED) {
        task->retries = 0;
        send_update(agent, task, now, out);
    }
}

/* A task that is not here, and will not be: its launch was lost, the host went down, or the agent
 * does not have what it uses. The report that it is over is as reliable as any other update. */
static void deny_task(HfAgent *agent, const HfTaskReport *report, HfTaskReason reason, HfTime now,
                      HfOutbox *out)
{
    if (hf_agent__search_task(agent, report->framework, report->task) != NULL) return;
    HfAgentTask *task = hf_agent__add_task(agent, report->framework, report->task);
    task->role = report->role;
    task->state = (uint8_t)report->state;
    queue_update(agent, task, report->state);
    task->reason = (uint8_t)reason;
    if (agent->state == HF_AGENT_REGISTERED) send_update(agent, task, now, out);
}

/* The tasks of an order: one, or those of a group. */
static const HfTaskInfo *tasks_of(const HfMessage *in, guint32 *count_out)
{
    gboolean is_group = in->type == HF_MESSAGE_RUN_TASK_GROUP;
    *count_out = is_group ? in->tasks.count : 1;
    return is_group ? in->tasks.at : &in->info;
}

void hf_agent__refuse_tasks(HfAgent *agent, const HfMessage *in, HfTaskReason reason, HfTime now,
                            HfOutbox *out)
{
    guint32 count;
    const HfTaskInfo *tasks = tasks_of(in, &count);
    for (guint32 i = 0; i < count; i++)
        deny_task(agent,
                  &(HfTaskReport){.task = tasks[i].id,
                                  .framework = in->framework,
                                  .role = in->role,
                                  .state = in->status.state},
                  reason, now, out);
}

static HfTaskReason reason_to_refuse(const HfAgent *agent, const HfMessage *in)
{
    guint32 count;
    const HfTaskInfo *tasks = tasks_of(in, &count);
    for (guint32 i = 0; i < count; i++)
        if (!hf_agent__has_resources(agent, tasks[i].resources)) return HF_REASON_RESOURCES_UNKNOWN;
    if (G_UNLIKELY(in->info.executor != NULL) &&
        !hf_agent__has_resources(agent, in->info.executor->resources))
        return HF_REASON_RESOURCES_UNKNOWN;
    return G_UNLIKELY(agent->drain != HF_AGENT_DRAIN_NONE) ? HF_REASON_SLAVE_DRAINING
                                                           : HF_REASON_NONE;
}

static void run(HfAgent *agent, HfTime now, const HfMessage *in, const HfTaskInfo *info,
                uint16_t executor, HfOutbox *out)
{
    HfAgentTask *task = hf_agent__add_task(agent, in->framework, info->id);
    task->role = in->role;
    task->place = in->status.place;
    task->state = HF_TASK_STAGING;
    task->is_checkpointed = in->checkpoint != FALSE;
    task->is_connected = TRUE;
    task->executor = executor;
    task->about = in->about;
    task->has_kill_grace = info->has_kill_grace != FALSE;
    task->kill_grace = info->kill_grace;
    task->resources = hf_parcel_ref(info->resources);
    task->sent_at = now;
    if (G_UNLIKELY(executor != 0)) {
        hf_agent__give_task(agent, now, executor, in, info, out);
        return;
    }
    hf_agent__await_executor(agent, now, out);
    HfMessage *launch = hf_outbox_send(out, HF_MESSAGE_EXECUTOR_LAUNCH, hf_agent__self(agent),
                                       (HfPeer){HF_PEER_EXECUTOR, agent->host});
    launch->framework = in->framework;
    launch->agent = agent->id;
    launch->about = in->about;
    launch->checkpoint = in->checkpoint;
    launch->status.place = in->status.place;
    launch->status.seat = hf_agent__seat_of(agent, task);
    hf_task_info_copy(&launch->info, info);
    launch->info.group = 0;
}

/* RUN_TASK, RUN_TASK_GROUP: all of its tasks are run, or none. */
static __attribute__((noinline)) void on_run(HfAgent *agent, HfTime now, const HfMessage *in,
                                             HfOutbox *out)
{
    if (in->agent != agent->id) return; /* for the agent that it was before it was shut down */
    guint32 count;
    const HfTaskInfo *tasks = tasks_of(in, &count);
    if (hf_agent__search_task(agent, in->framework, tasks[0].id) != NULL) return; /* a duplicate */
    uint16_t executor = 0;
    HfTaskReason why_not = reason_to_refuse(agent, in);
    if (G_UNLIKELY(why_not != HF_REASON_NONE)) {
        hf_agent__refuse_tasks(agent, in, why_not, now, out);
        hf_agent__deny_executor(agent, in, out);
        return;
    }
    if (G_UNLIKELY(in->info.executor != NULL) &&
        !hf_agent__find_its_executor(agent, now, in, &executor, out))
        return;
    for (guint32 i = 0; i < count; i++) run(agent, now, in, &tasks[i], executor, out);
}

void hf_agent__kill(const HfAgent *agent, const HfAgentTask *task, HfTime grace, HfOutbox *out)
{
    HfMessage *kill = hf_outbox_send(out, HF_MESSAGE_EXECUTOR_KILL, hf_agent__self(agent),
                                     (HfPeer){HF_PEER_EXECUTOR, agent->host});
    kill->framework = task->framework;
    kill->task = task->id;
    kill->grace = grace;
}

/* The master gives the agent up for good, or while its machine is down: it ends all that it runs,
 * and itself. Whoever looks after it starts it again, and so it asks from time to time. */
static void on_halt(HfAgent *agent, HfTime now, HfOutbox *out)
{
    for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;) {
        hf_agent__kill(agent, task, 0, out);
        hf_agent__forget_task(agent, task);
    }
    hf_agent__destroy_executors(agent, out);
    hf_vec_reset(&agent->operations);
    agent->state = HF_AGENT_DOWN;
    if (agent->config->new_id_after_shutdown) hf_agent_forget(agent);
    agent->drain = HF_AGENT_DRAIN_NONE;
    agent->state = HF_AGENT_REGISTERING;
    agent->attempts = 32; /* the longest back-off */
    agent->give_up_at = HF_TIME_NEVER;
    arm_registration(agent, now, out);
}

static void on_kill_task(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    const HfAgentTask *task = hf_agent__search_task(agent, in->framework, in->task);
    if (task == NULL || hf_task_state_is_terminal(task->state)) return;
    if (hf_agent__kill_queued(agent, task, now, out)) return;
    hf_agent__kill(agent, task, in->grace, out);
}

static void on_shutdown_framework(HfAgent *agent, const HfMessage *in, HfOutbox *out)
{
    HfTime grace = MAX(0, agent->config->executor_shutdown_grace - HF_SHUTDOWN_RESERVE);
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        if (task->framework == in->framework && !hf_task_state_is_terminal(task->state) &&
            task->executor == 0)
            hf_agent__kill(agent, task, grace, out);
    hf_agent__shut_down_executors(agent, in->framework, out);
}

static __attribute__((noinline)) void on_executor(HfAgent *agent, HfTime now, const HfMessage *in,
                                                  HfOutbox *out)
{
    HfAgentTask *task =
        hf_agent__find_task(agent, in->status.framework, in->status.task, in->status.seat);
    if (task == NULL || hf_task_state_is_terminal(task->state)) return;
    HfTaskState state = in->status.state;
    task->is_connected = TRUE;
    task->reason = (uint8_t)in->status.reason;
    if (G_UNLIKELY(agent->drain != HF_AGENT_DRAIN_NONE) &&
        (state == HF_TASK_KILLING || state == HF_TASK_KILLED)) {
        state = hf_agent__drained_state(agent, task, state);
        task->reason = HF_REASON_SLAVE_DRAINING;
    }
    hf_agent__update(agent, task, state, now, out);
}

void hf_agent__forget_task(HfAgent *agent, HfAgentTask *task)
{
    uint16_t executor = task->executor;
    if (task->update_count > 0) agent->unanswered--;
    hf_parcel_drop(agent->config->catalog, &task->resources);
    task->framework = HF_ROW_NONE; /* whoever looks for it here finds nobody's */
    task->executor = 0;
    task->update_count = 0;
    task->place = agent->tasks.vacant;
    agent->tasks.vacant = hf_agent__seat_of(agent, task);
    if (--agent->tasks.count == 0) agent->tasks.vacant = agent->tasks.used = 0;
    if (G_UNLIKELY(executor != 0)) hf_agent__release_executor(agent, executor);
    hf_agent__check_drained(agent);
}

static __attribute__((noinline)) void on_acknowledged(HfAgent *agent, HfTime now,
                                                      const HfMessage *in, HfOutbox *out)
{
    HfAgentTask *task =
        hf_agent__find_task(agent, in->status.framework, in->status.task, in->status.seat);
    if (task == NULL || task->update_count == 0 || task->updates[0] != (uint8_t)in->status.state)
        return; /* a duplicate */
    task->update_count--;
    for (uint8_t u = 0; u < task->update_count; u++) task->updates[u] = task->updates[u + 1];
    task->retries = 0;
    if (task->update_count == 0) {
        agent->unanswered--;
        if (hf_task_state_is_terminal(task->state)) hf_agent__forget_task(agent, task);
    } else if (agent->state == HF_AGENT_REGISTERED) {
        send_update(agent, task, now, out);
    }
}

/* ---- pings ---- */

static void expect_ping(HfAgent *agent, HfTime until, HfOutbox *out)
{
    agent->give_up_at = until;
    if (agent->is_ping_armed) return; /* it is for no later time, and armed anew when it fires */
    agent->is_ping_armed = TRUE;
    hf_outbox_timer(out, until, HF_AGENT_TIMER_PING, agent->life);
}

static void on_registered(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    gboolean was_registered = agent->state == HF_AGENT_REGISTERED;
    if (agent->id != HF_ROW_NONE && agent->id != in->agent) {
        /* Two attempts were answered, and the master had given up the first agent in between.
         * Mesos ends the process ("Registered but got wrong id"), which then returns under the id
         * that it wrote down; an agent that is looking for its master takes the second id there,
         * with the tasks of the first: not copied. */
        hf_agent__die(agent, HF_DEATH_WRONG_ID);
        return;
    }
    agent->id = in->agent;
    hf_checkpoint_register(&agent->disk, agent->id, agent->flags.resources,
                           agent->flags.attributes);
    agent->state = HF_AGENT_REGISTERED;
    agent->has_new_master = FALSE;
    agent->registered_at = now;
    agent->ping_period = in->ping_period;
    agent->ping_timeout = in->ping_timeout;
    agent->pings_are_messages = in->pings_are_messages != FALSE;
    agent->draws++; /* stops the attempts */
    if (in->pings_are_messages) expect_ping(agent, now + agent->ping_timeout + 1, out);
    for (HfAgentTask *task = NULL;
         !was_registered && (task = hf_agent_next_task(agent, task)) != NULL;) {
        if (task->update_count == 0) continue;
        task->retries = 0;
        send_update(agent, task, now, out);
    }
    for (guint32 i = 0; i < in->reports.count; i++)
        deny_task(agent, &in->reports.at[i], HF_REASON_RECONCILIATION, now, out);
    hf_agent__on_operations_asked(agent, now, in, was_registered, out);
}

static void on_ping(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    hf_outbox_send(out, HF_MESSAGE_PONG, hf_agent__self(agent), master)->agent = agent->id;
    if (agent->state == HF_AGENT_REGISTERED && in->task != 0)
        hf_agent__begin_registration(agent, now, out); /* the master takes it for disconnected */
    else if (agent->state == HF_AGENT_REGISTERED)
        expect_ping(agent, now + agent->ping_timeout + 1, out); /* one just then still counts */
}

/* No ping comes any more: the last one came at a whole number of periods after registration. */
static void on_silent(HfAgent *agent, HfTime now, HfOutbox *out)
{
    if (agent->state != HF_AGENT_REGISTERED || agent->give_up_at != HF_TIME_NEVER) return;
    HfTime last = now - (now - agent->registered_at) % agent->ping_period;
    expect_ping(agent, MAX(now, last + agent->ping_timeout + 1), out);
}

/* The connection to the master broke. The next ping says whether that noticed, too (MESOS-7187:
 * "Master marked the agent as disconnected"); where pings are understood, it comes at its time. */
static void on_exited(HfAgent *agent, HfTime now, HfOutbox *out)
{
    if (agent->state != HF_AGENT_REGISTERED || agent->pings_are_messages) return;
    HfTime since = now - agent->registered_at;
    HfTime ping = agent->registered_at + (since / agent->ping_period + 1) * agent->ping_period;
    hf_outbox_timer(out, ping, HF_AGENT_TIMER_NUDGE, agent->draws);
}

/* No master leads: it waits until it is told of one (Slave::detected with nobody). */
static void on_no_master(HfAgent *agent)
{
    agent->has_new_master = TRUE; /* the one that it will be told of */
    if (agent->state == HF_AGENT_RECOVERING) return;
    agent->state = HF_AGENT_REGISTERING;
    agent->draws++; /* an attempt that is armed means nothing */
    agent->give_up_at = HF_TIME_NEVER;
}

static void on_ping_timer(HfAgent *agent, HfTime now, HfOutbox *out)
{
    agent->is_ping_armed = FALSE;
    if (agent->state != HF_AGENT_REGISTERED || agent->give_up_at == HF_TIME_NEVER) return;
    if (now < agent->give_up_at)
        expect_ping(agent, agent->give_up_at, out);
    else
        hf_agent__begin_registration(agent, now,
                                     out); /* Mesos: the agent detects its master anew */
}

void hf_agent_prefetch_launch(const HfAgent *agent)
{
    if (agent->tasks.at == NULL) return;
    uint32_t row = agent->tasks.vacant > 0 ? agent->tasks.vacant - 1 : agent->tasks.used;
    __builtin_prefetch(&agent->tasks.at[row], 1); /* or where there is no room yet */
    for (uint32_t i = 0; i <= agent->tasks.used; i += 8) __builtin_prefetch(&keys_of(agent)[i], 1);
}

/* What does not come for each task. */
static __attribute__((noinline)) void on_others(HfAgent *agent, HfTime now, const HfMessage *in,
                                                HfOutbox *out)
{
    switch (in->type) {
    case HF_MESSAGE_AGENT_REGISTERED:
    case HF_MESSAGE_AGENT_REREGISTERED:
        on_registered(agent, now, in, out);
        break;
    case HF_MESSAGE_KILL_TASK:
        on_kill_task(agent, now, in, out);
        break;
    case HF_MESSAGE_HALT_AGENT:
        on_halt(agent, now, out);
        break;
    case HF_MESSAGE_EXECUTOR_REREGISTERED:
        hf_agent__on_executor_back(agent, in);
        break;
    case HF_MESSAGE_EXECUTOR_REGISTERED:
        hf_agent__on_executor_registered(agent, now, in, out);
        break;
    case HF_MESSAGE_EXECUTOR_EXITED:
        hf_agent__on_executor_exited(agent, now, in, out);
        break;
    case HF_MESSAGE_SHUTDOWN_EXECUTOR:
        hf_agent__on_shutdown_executor(agent, in, out);
        break;
    case HF_MESSAGE_APPLY_OPERATION:
        hf_agent__on_apply_operation(agent, now, in, out);
        break;
    case HF_MESSAGE_CHECKPOINT_RESOURCES:
        hf_agent__on_checkpoint_resources(agent, in);
        break;
    case HF_MESSAGE_OPERATION_ACKNOWLEDGEMENT:
        hf_agent__on_operation_acknowledged(agent, in);
        break;
    case HF_MESSAGE_PING:
        on_ping(agent, now, in, out);
        break;
    case HF_MESSAGE_EXITED:
        on_exited(agent, now, out);
        break;
    case HF_MESSAGE_SILENT:
        on_silent(agent, now, out);
        break;
    case HF_MESSAGE_AUDIBLE:
        agent->give_up_at = HF_TIME_NEVER;
        break;
    case HF_MESSAGE_SHUTDOWN_AGENT:
        hf_agent__on_shutdown(agent, now, in, out);
        break;
    case HF_MESSAGE_NO_MASTER:
        on_no_master(agent);
        break;
    case HF_MESSAGE_DETECTED:
        if (agent->state != HF_AGENT_RECOVERING) hf_agent__begin_registration(agent, now, out);
        break;
    case HF_MESSAGE_SHUTDOWN_FRAMEWORK:
        on_shutdown_framework(agent, in, out);
        break;
    case HF_MESSAGE_DRAIN_AGENT:
        hf_agent__on_drain(agent, now, in, out);
        break;
    default:
        HF_ASSERT(!"a message that no agent expects");
    }
}

/* Each call is a jump: nothing is to be kept over it. */
void hf_agent_step(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    HF_ASSERT(agent->state != HF_AGENT_DOWN); /* the world loses what is sent to a dead host */
    switch (in->type) {
    case HF_MESSAGE_RUN_TASK:
    case HF_MESSAGE_RUN_TASK_GROUP:
        on_run(agent, now, in, out);
        break;
    case HF_MESSAGE_EXECUTOR_STATUS:
        on_executor(agent, now, in, out);
        break;
    case HF_MESSAGE_STATUS_ACKNOWLEDGEMENT:
        on_acknowledged(agent, now, in, out);
        break;
    default:
        on_others(agent, now, in, out);
    }
}

static G_GNUC_UNUSED uint32_t count_unanswered(const HfAgent *agent)
{
    uint32_t count = 0;
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        count += task->update_count > 0;
    return count;
}

static void on_retry(HfAgent *agent, HfTime now, HfOutbox *out)
{
    HF_SLOW_ASSERT(agent->unanswered == count_unanswered(agent));
    if (now < agent->retry_at) return; /* another timer, for then, took its place */
    HfTime next = HF_TIME_NEVER;       /* retry_at stays, so that no send_update arms one */
    uint32_t rest = agent->state == HF_AGENT_REGISTERED ? agent->unanswered : 0;
    for (HfAgentTask *task = NULL; rest > 0;) {
        task = hf_agent_next_task(agent, task);
        HF_ASSERT(task != NULL);
        if (task->update_count == 0) continue;
        rest--;
        if (task->sent_at + hf_agent__retry_wait(agent, task->retries) <= now) {
            if (task->retries < 16) task->retries++;
            send_update(agent, task, now, out);
        }
        next = MIN(next, task->sent_at + hf_agent__retry_wait(agent, task->retries));
    }
    HF_SLOW_ASSERT(agent->repeats_answers || agent->operations.count == 0 ||
                   agent->state != HF_AGENT_REGISTERED);
    if (G_UNLIKELY(agent->repeats_answers))
        next = MIN(next, hf_agent__retry_operations(agent, now, out));
    agent->retry_at = HF_TIME_NEVER;
    hf_agent__arm_retry(agent, next, out);
}

gboolean hf_agent_spares_retry(HfAgent *agent, HfTime at, uint64_t arg)
{
    if (arg != agent->life || at != agent->retry_at) return TRUE;
    if (agent->unanswered > 0 || agent->repeats_answers) return FALSE;
    agent->retry_at = HF_TIME_NEVER;
    return TRUE;
}

void hf_agent_timer(HfAgent *agent, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out)
{
    switch (kind) {
    case HF_AGENT_TIMER_REGISTER:
        if (agent->state == HF_AGENT_REGISTERING && arg == agent->draws)
            ask_to_register(agent, now, out);
        break;
    case HF_AGENT_TIMER_RETRY:
        if (arg == agent->life && agent->state != HF_AGENT_DOWN) on_retry(agent, now, out);
        break;
    case HF_AGENT_TIMER_PING:
        if (arg == agent->life) on_ping_timer(agent, now, out);
        break;
    case HF_AGENT_TIMER_NUDGE:
        if (agent->state == HF_AGENT_REGISTERED && arg == agent->draws &&
            agent->give_up_at == HF_TIME_NEVER)
            hf_agent__begin_registration(agent, now, out);
        break;
    case HF_AGENT_TIMER_EXECUTORS:
        if (arg == agent->life && agent->state != HF_AGENT_DOWN)
            hf_agent__on_executors_timer(agent, now, out);
        break;
    case HF_AGENT_TIMER_RECOVERED:
        if (arg == agent->life) hf_agent__on_recovered(agent, now, out);
        break;
    default:
        HF_ASSERT(!"a timer that no agent armed");
    }
}
