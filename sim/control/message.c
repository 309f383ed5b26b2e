/*
 * The message pool and the names of messages.
 *
 * Fields by type: SUBSCRIBE about roles connection; UPDATE_FRAMEWORK about roles;
 * FRAMEWORK_UPDATED task (a status code) name; ERROR name; INVERSE_OFFERS inverse;
 * RESCIND_INVERSE_OFFER ids; ACCEPT_INVERSE_OFFERS, DECLINE_INVERSE_OFFERS ids refuse_seconds;
 * ACCEPT ids tasks operations refuse_seconds; DECLINE ids refuse_seconds; REVIVE, SUPPRESS roles;
 * KILL, KILL_TASK task (agent) grace; EXECUTOR_KILL task grace; DRAIN_AGENT task (1: gone) grace;
 * ACKNOWLEDGE and STATUS_ACKNOWLEDGEMENT status; OFFERS offers windows; RESCIND ids; UPDATE,
 * STATUS_UPDATE, EXECUTOR_STATUS status; FAILURE agent executor; RECONCILE reports; PING task (1:
 * it is taken for disconnected); REGISTER_AGENT, REREGISTER_AGENT total attributes domain owner
 * name reports executors version statuses; AGENT_REGISTERED, AGENT_REREGISTERED reports statuses
 * ping_period ping_timeout; RUN_TASK info role about checkpoint launch and, in status, its place
 * and how it ends if it cannot be run; RUN_TASK_GROUP tasks and the same, of info the executor
 * alone; EXECUTOR_LAUNCH info about checkpoint and, in status, its place and seat; EXECUTOR_BEGIN
 * info checkpoint; EXECUTOR_REREGISTERED task or executor; SHUTDOWN, SHUTDOWN_EXECUTOR,
 * EXITED_EXECUTOR, EXECUTOR_EXITED, EXECUTOR_REGISTERED executor; EXECUTOR_SHUTDOWN executor grace;
 * APPLY_OPERATION operations (one) statuses (its) version; CHECKPOINT_RESOURCES total version;
 * OPERATION_STATUS, UPDATE_OPERATION, ACKNOWLEDGE_OPERATION, OPERATION_ACKNOWLEDGEMENT,
 * RECONCILE_OPERATIONS statuses. `framework` and `agent` are set wherever they make sense.
 */
#include "control/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

const char *hf_message_type_name(HfMessageType type)
{
    static const char *const names[HF_MESSAGE_TYPES] = {
        "SUBSCRIBE",
        "ACCEPT",
        "DECLINE",
        "REVIVE",
        "SUPPRESS",
        "KILL",
        "ACKNOWLEDGE",
        "TEARDOWN",
        "SUBSCRIBED",
        "OFFERS",
        "RESCIND",
        "UPDATE",
        "FAILURE",
        "REGISTER_AGENT",
        "REREGISTER_AGENT",
        "STATUS_UPDATE",
        "PONG",
        "AGENT_REGISTERED",
        "AGENT_REREGISTERED",
        "RUN_TASK",
        "KILL_TASK",
        "STATUS_ACKNOWLEDGEMENT",
        "PING",
        "SHUTDOWN_FRAMEWORK",
        "SHUTDOWN_AGENT",
        "EXECUTOR_LAUNCH",
        "EXECUTOR_KILL",
        "EXECUTOR_STATUS",
        "EXITED",
        "SILENT",
        "AUDIBLE",
        "EXECUTOR_RECONNECT",
        "EXECUTOR_REREGISTERED",
        "ACKNOWLEDGE_OPERATION",
        "RECONCILE_OPERATIONS",
        "UPDATE_OPERATION",
        "OPERATION_STATUS",
        "APPLY_OPERATION",
        "CHECKPOINT_RESOURCES",
        "OPERATION_ACKNOWLEDGEMENT",
        "RECONCILE",
        "ERROR",
        "DETECTED",
        "HALT_AGENT",
        "NO_MASTER",
        "UPDATE_FRAMEWORK",
        "FRAMEWORK_UPDATED",
        "INVERSE_OFFERS",
        "RESCIND_INVERSE_OFFER",
        "ACCEPT_INVERSE_OFFERS",
        "DECLINE_INVERSE_OFFERS",
        "DRAIN_AGENT",
        "SHUTDOWN",
        "SHUTDOWN_EXECUTOR",
        "EXITED_EXECUTOR",
        "EXECUTOR_SHUTDOWN",
        "EXECUTOR_EXITED",
        "RUN_TASK_GROUP",
        "EXECUTOR_BEGIN",
        "EXECUTOR_REGISTERED",
    };
    HF_ASSERT(type < HF_MESSAGE_TYPES);
    return names[type];
}

/* A message with lists is used again for the type that it was made for: the lists of an OFFERS
 * message may have room for a whole cell, and must not travel to all the others. Those without are
 * one kind: what a task's messages were written to a moment ago is still in the nearest cache. */
struct HfMessagePool {
    HfMessagePoolFront front; /* must stand first */
    HfCatalog *catalog;
    struct {
        HF_VEC(HfMessage *) list;
    } spare[HF_MESSAGE_TYPES]; /* those not in use, of types with lists */
};

static inline gboolean has_lists(HfMessageType type)
{
    return !hf_message__is_bare(type) && !hf_message__is_of_one_task(type);
}

/* What ACCEPT has, and nothing else is in it. */
static inline void reset_accepted(HfCatalog *catalog, HfMessage *message)
{
    for (guint32 i = 0; i < message->tasks.count; i++) {
        hf_parcel_drop(catalog, &message->tasks.at[i].resources);
        hf_executor_info_drop(catalog, &message->tasks.at[i].executor);
    }
    for (guint32 i = 0; i < message->operations.count; i++)
        hf_operation_clear(catalog, &message->operations.at[i].change);
    hf_vec_reset(&message->operations);
    hf_vec_reset(&message->ids);
    hf_vec_reset(&message->tasks);
}

static __attribute__((noinline)) void reset_lists(HfCatalog *catalog, HfMessage *message)
{
    reset_accepted(catalog, message);
    if (message->type == HF_MESSAGE_ACCEPT) return;
    for (guint32 i = 0; i < message->offers.count; i++)
        hf_parcel_unref(catalog, message->offers.at[i].resources);
    for (guint32 i = 0; i < message->reports.count; i++)
        hf_parcel_drop(catalog, &message->reports.at[i].resources);
    for (guint32 i = 0; i < message->executors.count; i++)
        hf_executor_info_drop(catalog, &message->executors.at[i].info);
    if (message->total != NULL) hf_resources_reset(catalog, message->total);
    hf_vec_reset(&message->statuses);
    hf_vec_reset(&message->offers);
    hf_vec_reset(&message->reports);
    hf_vec_reset(&message->executors);
    hf_vec_reset(&message->roles);
    hf_vec_reset(&message->windows);
    hf_vec_reset(&message->inverse);
}

static G_GNUC_UNUSED gboolean owns_nothing(const HfMessage *message)
{
    return message->info.resources == NULL && message->info.executor == NULL &&
           message->total == NULL &&
           message->ids.count + message->tasks.count + message->operations.count +
                   message->offers.count + message->reports.count + message->executors.count +
                   message->statuses.count + message->roles.count + message->windows.count +
                   message->inverse.count ==
               0;
}

static inline void message_reset(HfCatalog *catalog, HfMessage *message)
{
    if (hf_message__is_bare(message->type)) {
        HF_SLOW_ASSERT(owns_nothing(message));
        return;
    }
    hf_parcel_drop(catalog, &message->info.resources);
    hf_executor_info_drop(catalog, &message->info.executor);
    if (!hf_message__is_of_one_task(message->type)) reset_lists(catalog, message);
}

static void message_free(HfCatalog *catalog, HfMessage *message)
{
    message_reset(catalog, message);
    if (message->total != NULL) hf_resources_clear(catalog, message->total);
    g_free(message->total);
    hf_vec_clear(&message->offers);
    hf_vec_clear(&message->ids);
    hf_vec_clear(&message->tasks);
    hf_vec_clear(&message->reports);
    hf_vec_clear(&message->executors);
    hf_vec_clear(&message->operations);
    hf_vec_clear(&message->statuses);
    hf_vec_clear(&message->roles);
    hf_vec_clear(&message->windows);
    hf_vec_clear(&message->inverse);
    free(message);
}

HfMessagePool *hf_message_pool_new(HfCatalog *catalog)
{
    HfMessagePool *pool = g_new0(HfMessagePool, 1);
    pool->catalog = catalog;
    return pool;
}

void hf_message_pool_free(HfMessagePool *pool)
{
    if (pool == NULL) return;
    for (guint32 i = 0; i < pool->front.all.count; i++)
        message_free(pool->catalog, pool->front.all.at[i]);
    hf_vec_clear(&pool->front.all);
    hf_vec_clear(&pool->front.spare);
    for (int type = 0; type < HF_MESSAGE_TYPES; type++) hf_vec_clear(&pool->spare[type].list);
    g_free(pool);
}

static HfMessage *new_message(HfMessagePool *pool)
{
    HfMessage *message = hf_memory_grow(NULL, 0, sizeof *message);
    memset(message, 0, sizeof *message);
    hf_vec_push(&pool->front.all, message);
    hf_vec_reserve(&pool->front.spare, pool->front.all.count - pool->front.spare.count);
    return message;
}

/* Of a type with lists; or there was none to spare without. */
HfMessage *hf_message__take(HfMessagePool *pool, HfMessageType type, HfPeer from, HfPeer to)
{
    HF_ASSERT(type < HF_MESSAGE_TYPES);
    guint32 *spare = has_lists(type) ? &pool->spare[type].list.count : &pool->front.spare.count;
    HfMessage **at = has_lists(type) ? pool->spare[type].list.at : pool->front.spare.at;
    HfMessage *message = *spare > 0 ? at[--*spare] : new_message(pool);
    pool->front.live++;
    if (type == HF_MESSAGE_ACCEPT && *spare >= 8) {
        const char *coming = (const char *)at[*spare - 8];
        __builtin_prefetch(coming, 1);
        __builtin_prefetch(coming + 64, 1);
        __builtin_prefetch(coming + 128, 1);
        const HfMessage *near = at[*spare - 4];
        __builtin_prefetch(near->ids.at, 1);
        __builtin_prefetch(near->tasks.at, 1);
        __builtin_prefetch((const char *)near->tasks.at + 64, 1);
    }
    hf_message__begin(message, type, from, to);
    return message;
}

/* In debug builds: whoever reads a field that its message was not given does not find what one of
 * another type left there. */
static inline void spoil(HfMessage *message)
{
#ifdef HF_SLOW_ASSERTIONS
    if (has_lists(message->type)) return;
    memset(&message->status, 0xa5, sizeof message->status);
    memset(&message->info, 0xa5, sizeof message->info);
    message->info.resources = NULL;
    message->info.executor = NULL;
    message->task = UINT64_C(0xa5a5a5a5a5a5a5a5);
    message->grace = (HfTime)message->task;
    message->role = message->executor = 0xa5a5a5a5;
    message->about = NULL;
#else
    (void)message;
#endif
}

void hf_message__give(HfMessagePool *pool, HfMessage *message)
{
    message_reset(pool->catalog, message);
    spoil(message);
    if (has_lists(message->type))
        hf_vec_push(&pool->spare[message->type].list, message);
    else
        pool->front.spare.at[pool->front.spare.count++] = message;
    pool->front.live--;
}

uint32_t hf_message_pool_live(const HfMessagePool *pool)
{
    return pool->front.live;
}

size_t hf_message_pool_memory(const HfMessagePool *pool)
{
    size_t bytes = pool->front.all.count * 2 * sizeof(gpointer);
    for (guint32 i = 0; i < pool->front.all.count; i++) {
        const HfMessage *message = pool->front.all.at[i];
        bytes += sizeof *message + message->offers.room * sizeof(HfOfferInfo) +
                 message->ids.room * sizeof(uint64_t) + message->tasks.room * sizeof(HfTaskInfo) +
                 message->reports.room * sizeof(HfTaskReport) +
                 message->executors.room * sizeof(HfExecutorReport) +
                 message->operations.room * sizeof(HfOfferOperation) +
                 message->statuses.room * sizeof(HfOperationStatus) +
                 message->roles.room * sizeof(HfRoleId) +
                 message->windows.room * sizeof(HfOfferWindow) +
                 message->inverse.room * sizeof(HfInverseOfferInfo);
    }
    return bytes;
}

void hf_message_set_total(HfCatalog *catalog, HfMessage *message, const HfResources *total)
{
    if (message->total == NULL) message->total = g_new0(HfResources, 1);
    hf_resources_copy(catalog, message->total, total);
}

void hf_message_add_task(HfMessage *message, HfTaskInfo *info)
{
    hf_vec_push(&message->tasks, *info);
    info->resources = NULL;
    info->executor = NULL;
}

void hf_message_add_operation(HfMessage *message, HfOfferOperation *operation)
{
    hf_vec_push(&message->operations, *operation);
    operation->change = (HfOperation){0}; /* assignment moved it */
    hf_vec_last(&message->operations)->first_task = message->tasks.count;
}

/* Plain data is copied at once; then each list, and a reference for each parcel in it. */
#define COPY_LIST(list)                                                                            \
    for (guint32 i = 0; i < from->list.count; i++) hf_vec_push(&to->list, from->list.at[i])

HfMessage *hf_message_copy(HfMessagePool *pool, const HfMessage *from)
{
    HfMessage *to = hf_message_pool_take(pool, from->type, from->from, from->to);
    to->framework = from->framework;
    to->agent = from->agent;
    to->carrier = from->carrier;
    to->reign = from->reign;
    to->status = from->status;
    to->task = from->task;
    to->role = from->role;
    to->about = from->about;
    hf_task_info_copy(&to->info, &from->info);
    COPY_LIST(offers);
    COPY_LIST(ids);
    COPY_LIST(tasks);
    COPY_LIST(reports);
    COPY_LIST(executors);
    COPY_LIST(statuses);
    COPY_LIST(roles);
    COPY_LIST(windows);
    COPY_LIST(inverse);
    for (guint32 i = 0; i < to->offers.count; i++) hf_parcel_ref(to->offers.at[i].resources);
    for (guint32 i = 0; i < to->tasks.count; i++) {
        hf_parcel_ref(to->tasks.at[i].resources);
        hf_executor_info_ref(to->tasks.at[i].executor);
    }
    for (guint32 i = 0; i < to->reports.count; i++) hf_parcel_ref(to->reports.at[i].resources);
    for (guint32 i = 0; i < to->executors.count; i++)
        hf_executor_info_ref(to->executors.at[i].info);
    for (guint32 i = 0; i < from->operations.count; i++) {
        HfOfferOperation copy = from->operations.at[i];
        copy.change = (HfOperation){0};
        hf_operation_copy(pool->catalog, &copy.change, &from->operations.at[i].change);
        hf_vec_push(&to->operations, copy);
    }
    to->refuse_seconds = from->refuse_seconds;
    to->round_trip = from->round_trip;
    to->name = from->name;
    to->checkpoint = from->checkpoint;
    to->launch = from->launch;
    to->executor = from->executor;
    to->connection = from->connection;
    if (from->total != NULL) hf_message_set_total(pool->catalog, to, from->total);
    to->attributes = from->attributes;
    to->domain = from->domain;
    to->version = from->version;
    to->owner = from->owner;
    to->ping_period = from->ping_period;
    to->ping_timeout = from->ping_timeout;
    to->pings_are_messages = from->pings_are_messages;
    to->grace = from->grace;
    return to;
}
