/*
 * What a model says to the master, each call one message: accept with its operations, decline,
 * revive, kill, reconcile and so on.
 */
#include <string.h>

#include "base/random.h"
#include "control/driver_internal.h"

/* A task ends as its framework's tasks do, unless the model says otherwise. */
static void add_task(HfDriver *driver, HfMessage *message, HfTaskInfo *task)
{
    const HfTaskStops *stops = &driver->stops;
    if (stops->has_grace && !task->has_kill_grace) {
        task->has_kill_grace = TRUE;
        task->kill_grace = stops->grace;
    }
    if (stops->time != NULL && stops->time->kind != NULL && task->stop_time == 0) {
        HfStream stream;
        hf_stream_init(&stream, driver->seed, "task-stop", stops->entity + task->id);
        double seconds = hf_law_draw(stops->time, &stream);
        task->stop_time = hf_time_from_seconds(MAX(seconds, 0));
    }
    hf_message_add_task(message, task);
}

void hf_driver_accept(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                      HfTaskInfo *tasks, uint32_t task_count, double refuse_seconds)
{
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_ACCEPT);
    message->refuse_seconds = refuse_seconds;
    for (uint32_t i = 0; i < offer_count; i++) hf_vec_push(&message->ids, offers[i]);
    for (uint32_t i = 0; i < task_count; i++) add_task(driver, message, &tasks[i]);
}

void hf_driver_accept_begin(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                            double refuse_seconds)
{
    HF_ASSERT(driver->accept == NULL);
    driver->accept = hf_driver__say(driver, HF_MESSAGE_ACCEPT);
    driver->accept->refuse_seconds = refuse_seconds;
    for (uint32_t i = 0; i < offer_count; i++) hf_vec_push(&driver->accept->ids, offers[i]);
}

void hf_driver_accept_end(HfDriver *driver)
{
    HF_ASSERT(driver->accept != NULL);
    driver->accept = NULL;
}

/* Assignment moves the resources out of what the caller has. */
static void change(HfDriver *driver, uint64_t id, HfOperation operation)
{
    HF_ASSERT(driver->accept != NULL);
    hf_message_add_operation(
        driver->accept,
        &(HfOfferOperation){.action = HF_OFFER_CONVERT, .id = id, .change = operation});
}

void hf_driver_reserve(HfDriver *driver, uint64_t id, HfResources *reserved)
{
    change(driver, id, (HfOperation){.type = HF_OPERATION_RESERVE, .resources = *reserved});
    hf_resources_init(reserved);
}

void hf_driver_unreserve(HfDriver *driver, uint64_t id, HfResources *reserved)
{
    change(driver, id, (HfOperation){.type = HF_OPERATION_UNRESERVE, .resources = *reserved});
    hf_resources_init(reserved);
}

void hf_driver_create(HfDriver *driver, uint64_t id, HfResources *volumes)
{
    change(driver, id, (HfOperation){.type = HF_OPERATION_CREATE, .resources = *volumes});
    hf_resources_init(volumes);
}

void hf_driver_destroy(HfDriver *driver, uint64_t id, HfResources *volumes)
{
    change(driver, id, (HfOperation){.type = HF_OPERATION_DESTROY, .resources = *volumes});
    hf_resources_init(volumes);
}

void hf_driver_grow(HfDriver *driver, uint64_t id, HfResources *volume, HfResources *addition)
{
    change(driver, id,
           (HfOperation){
               .type = HF_OPERATION_GROW_VOLUME, .resources = *volume, .addition = *addition});
    hf_resources_init(volume);
    hf_resources_init(addition);
}

void hf_driver_shrink(HfDriver *driver, uint64_t id, HfResources *volume, int64_t subtract_milli)
{
    change(driver, id,
           (HfOperation){.type = HF_OPERATION_SHRINK_VOLUME,
                         .resources = *volume,
                         .subtract_milli = subtract_milli});
    hf_resources_init(volume);
}

void hf_driver_create_disk(HfDriver *driver, uint64_t id, HfResources *disk, HfDiskSource type,
                           HfTextId profile)
{
    change(driver, id,
           (HfOperation){.type = HF_OPERATION_CREATE_DISK,
                         .resources = *disk,
                         .target_type = type,
                         .target_profile = profile});
    hf_resources_init(disk);
}

void hf_driver_destroy_disk(HfDriver *driver, uint64_t id, HfResources *disk)
{
    change(driver, id, (HfOperation){.type = HF_OPERATION_DESTROY_DISK, .resources = *disk});
    hf_resources_init(disk);
}

static void add_launch(HfDriver *driver, HfOfferAction action, HfTaskInfo *tasks,
                       uint32_t task_count)
{
    HF_ASSERT(driver->accept != NULL);
    hf_message_add_operation(driver->accept,
                             &(HfOfferOperation){.action = action, .task_count = task_count});
    for (uint32_t i = 0; i < task_count; i++) add_task(driver, driver->accept, &tasks[i]);
}

void hf_driver_launch(HfDriver *driver, HfTaskInfo *tasks, uint32_t task_count)
{
    add_launch(driver, HF_OFFER_LAUNCH, tasks, task_count);
}

void hf_driver_launch_group(HfDriver *driver, HfTaskInfo *tasks, uint32_t task_count)
{
    add_launch(driver, HF_OFFER_LAUNCH_GROUP, tasks, task_count);
}

void hf_driver_reconcile_operations(HfDriver *driver, const HfOperationStatus *asked,
                                    uint32_t count)
{
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_RECONCILE_OPERATIONS);
    for (uint32_t i = 0; i < count; i++) hf_vec_push(&message->statuses, asked[i]);
}

void hf_driver_decline(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                       double refuse_seconds)
{
    if (offer_count == 0) return;
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_DECLINE);
    message->refuse_seconds = refuse_seconds;
    hf_vec_reserve(&message->ids, offer_count);
    memcpy(message->ids.at + message->ids.count, offers, offer_count * sizeof *offers);
    message->ids.count += offer_count;
}

void hf_driver_decline_list(HfDriver *driver, HfIds *offers, double refuse_seconds)
{
    if (offers->count == 0) return;
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_DECLINE);
    message->refuse_seconds = refuse_seconds;
    HfIds empty = message->ids; /* with its room */
    HF_ASSERT(empty.count == 0);
    message->ids = *offers;
    *offers = empty;
}

void hf_driver_revive(HfDriver *driver)
{
    hf_driver__say(driver, HF_MESSAGE_REVIVE);
}

void hf_driver_suppress(HfDriver *driver)
{
    hf_driver__say(driver, HF_MESSAGE_SUPPRESS);
}

static void say_roles(HfDriver *driver, HfMessageType type, const HfRoleId *roles,
                      uint32_t role_count)
{
    HfMessage *message = hf_driver__say(driver, type);
    for (uint32_t i = 0; i < role_count; i++) hf_vec_push(&message->roles, roles[i]);
}

void hf_driver_revive_roles(HfDriver *driver, const HfRoleId *roles, uint32_t role_count)
{
    say_roles(driver, HF_MESSAGE_REVIVE, roles, role_count);
}

void hf_driver_suppress_roles(HfDriver *driver, const HfRoleId *roles, uint32_t role_count)
{
    say_roles(driver, HF_MESSAGE_SUPPRESS, roles, role_count);
}

void hf_driver_update_framework(HfDriver *driver, const HfDriverConfig *config,
                                const HfRoleId *suppressed, uint32_t suppressed_count)
{
    driver->asked = hf_driver__add_info(driver, config);
    say_roles(driver, HF_MESSAGE_UPDATE_FRAMEWORK, suppressed, suppressed_count);
    (*hf_vec_last(&driver->out->messages))->about = driver->asked;
}

static void say_kill(HfDriver *driver, uint64_t task, HfTime grace)
{
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_KILL);
    message->task = task;
    message->grace = grace;
}

void hf_driver_kill(HfDriver *driver, uint64_t task)
{
    say_kill(driver, task, driver->stops.has_call_grace ? driver->stops.call_grace : HF_TIME_NEVER);
}

void hf_driver_kill_within(HfDriver *driver, uint64_t task, HfTime grace)
{
    HF_ASSERT(grace >= 0);
    say_kill(driver, task, grace);
}

void hf_driver_teardown(HfDriver *driver)
{
    hf_driver__say(driver, HF_MESSAGE_TEARDOWN);
}

void hf_driver_shutdown(HfDriver *driver, uint32_t agent, uint32_t executor)
{
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_SHUTDOWN);
    message->agent = agent;
    message->executor = executor;
}

void hf_driver_reconcile(HfDriver *driver, const HfDriverTask *tasks, uint32_t task_count)
{
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_RECONCILE);
    for (uint32_t i = 0; i < task_count; i++)
        hf_vec_push(&message->reports, (HfTaskReport){.task = tasks[i].id,
                                                      .framework = driver->framework,
                                                      .agent = tasks[i].agent,
                                                      .role = HF_ROLE_NONE});
}

/* What is not answered yet. */
void hf_driver__ask_again(HfDriver *driver)
{
    guint32 kept = 0;
    for (guint32 i = 0; i < driver->uncertain.count; i++)
        if (hf_map64_get(&driver->unanswered, driver->uncertain.at[i].id) != HF_MAP64_NONE)
            driver->uncertain.at[kept++] = driver->uncertain.at[i];
    driver->uncertain.count = kept;
    if (kept == 0) return;
    hf_driver_reconcile(driver, driver->uncertain.at, kept);
    HfTime wait = 10 * HF_NS_PER_SECOND;
    for (uint32_t i = 0; i < driver->asks && wait < 5 * HF_NS_PER_MINUTE; i++) wait *= 2;
    driver->asks++;
    hf_outbox_timer(driver->out, driver->now + MIN(wait, 5 * HF_NS_PER_MINUTE),
                    HF_DRIVER_TIMER_RECONCILE, driver->list);
}

void hf_driver_reconcile_until_answered(HfDriver *driver, const HfDriverTask *tasks,
                                        uint32_t task_count)
{
    hf_vec_reset(&driver->uncertain);
    hf_map64_clear(&driver->unanswered);
    driver->asks = 0;
    driver->list++;
    for (uint32_t i = 0; i < task_count; i++) {
        hf_vec_push(&driver->uncertain, tasks[i]);
        hf_map64_set(&driver->unanswered, tasks[i].id, 1);
    }
    hf_driver__ask_again(driver);
}

void hf_driver_after(HfDriver *driver, HfTime delay, uint32_t kind, uint64_t arg)
{
    HF_ASSERT(driver->out != NULL && delay >= 0);
    hf_outbox_timer(driver->out, hf_time_add(driver->now, delay), kind, arg);
}
