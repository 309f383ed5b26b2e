/* One framework's connection to the master; see driver.h. */
#include "control/driver.h"

#include "base/assert.h"
#include "base/map64.h"
#include "base/random.h"

typedef struct HfDriverTimer {
    uint32_t kind;
    uint64_t arg;
} HfDriverTimer;

/* Where a task runs. */
typedef struct HfDriverPlace {
    uint64_t task;
    uint32_t host;
} HfDriverPlace;

struct HfDriver {
    HfPeer self;
    uint32_t framework; /* id given by the master; HF_ROW_NONE before */
    const HfSchedulerOps *ops;
    void *model;
    uint64_t seed;
    HfMaintenancePolicy maintenance;
    HfTaskStops stops;
    HF_VEC(HfDriverPlace) places; /* VACATE: tasks that live, */
    HfMap64 place_of;             /* and their rows */
    HF_VEC(HfOfferInfo) staying;  /* VACATE: scratch */
    const HfFrameworkInfo *info;  /* what the master takes it for */
    const HfFrameworkInfo *asked; /* what it asked to become; NULL = nothing */
    GPtrArray *infos;             /* HfFrameworkInfo *, owned: all that it ever said of itself */
    gboolean is_subscribed, is_over;
    uint32_t connection;            /* how many there were before this one */
    uint32_t attempts;              /* to subscribe, over this connection */
    uint32_t draws;                 /* from the back-off stream so far */
    HfMap64 unanswered;             /* tasks asked about, until an update tells: task -> 1 */
    HF_VEC(HfDriverTask) uncertain; /* those that were, in order */
    uint32_t asks;                  /* how often so far, of this list */
    uint32_t list;                  /* which list; timers of an earlier one mean nothing */
    HF_VEC(HfDriverTimer) late;     /* timers that ended while it was not subscribed */
    const HfMessage *in;            /* what it is being told */
    /* Set while the host has called in; NULL otherwise, so a model cannot act out of turn. */
    HfOutbox *out;
    HfTime now;
    HfMessage *accept; /* between accept_begin and accept_end */
};

static const HfPeer master = {HF_PEER_MASTER, 0};

static void info_free(gpointer data)
{
    HfFrameworkInfo *info = data;
    g_free((gpointer)info->roles);
    g_free(info);
}

static const HfFrameworkInfo *add_info(HfDriver *driver, const HfDriverConfig *config)
{
    HF_ASSERT(config->role_count == 0 || config->roles != NULL);
    HfFrameworkInfo *info = g_new(HfFrameworkInfo, 1);
    *info = (HfFrameworkInfo){
        .name = config->name,
        .principal = config->principal,
        .roles = g_memdup2(config->roles, config->role_count * sizeof *config->roles),
        .role_count = config->role_count,
        .capabilities = config->capabilities,
        .checkpoint = config->checkpoint,
        .failover_timeout = config->failover_timeout,
        .wishes = config->wishes};
    g_ptr_array_add(driver->infos, info);
    return info;
}

HfDriver *hf_driver_new(uint32_t row, const HfDriverConfig *config, const HfSchedulerOps *ops,
                        void *model)
{
    HfDriver *driver = g_new0(HfDriver, 1);
    driver->self = (HfPeer){HF_PEER_FRAMEWORK, row};
    driver->framework = HF_ROW_NONE;
    driver->ops = ops;
    driver->model = model;
    driver->seed = config->seed;
    driver->maintenance = config->maintenance;
    driver->stops = config->stops;
    driver->infos = g_ptr_array_new_with_free_func(info_free);
    driver->info = add_info(driver, config);
    return driver;
}

void hf_driver_free(HfDriver *driver)
{
    if (driver == NULL) return;
    hf_vec_clear(&driver->places);
    hf_map64_clear(&driver->place_of);
    hf_vec_clear(&driver->staying);
    hf_vec_clear(&driver->late);
    hf_vec_clear(&driver->uncertain);
    hf_map64_clear(&driver->unanswered);
    g_ptr_array_unref(driver->infos);
    g_free(driver);
}

void hf_driver_set_roles(HfDriver *driver, const HfRoleId *roles, uint32_t count)
{
    const HfFrameworkInfo *info = driver->info;
    driver->info =
        add_info(driver, &(HfDriverConfig){.name = info->name,
                                           .principal = info->principal,
                                           .roles = roles,
                                           .role_count = count,
                                           .capabilities =
                                               info->capabilities |
                                               (count > 1 ? (uint32_t)HF_CAPABILITY_MULTI_ROLE : 0),
                                           .checkpoint = info->checkpoint,
                                           .failover_timeout = info->failover_timeout,
                                           .wishes = info->wishes});
}

void hf_driver_adopt(HfDriver *driver, uint32_t framework)
{
    HF_ASSERT(!driver->is_subscribed && driver->framework == HF_ROW_NONE);
    driver->framework = framework;
}

void hf_driver_lose_id(HfDriver *driver)
{
    HF_ASSERT(!driver->is_subscribed);
    driver->framework = HF_ROW_NONE;
}

void hf_driver_describe(HfDriver *driver, const HfDriverConfig *config)
{
    driver->info = add_info(driver, config);
}

static HfMessage *say(HfDriver *driver, HfMessageType type)
{
    HF_ASSERT(driver->out != NULL);
    HfMessage *message = hf_outbox_send(driver->out, type, driver->self, master);
    message->framework = driver->framework;
    return message;
}

static void enter(HfDriver *driver, HfTime now, HfOutbox *out)
{
    HF_ASSERT(driver->out == NULL);
    driver->out = out;
    driver->now = now;
}

static void leave(HfDriver *driver)
{
    HF_ASSERT(driver->accept == NULL);
    driver->out = NULL;
}

/* SchedulerProcess::doReliableRegistration. */
static void arm_subscription(HfDriver *driver)
{
    HfTime bound = 2 * HF_NS_PER_SECOND;
    for (uint32_t i = 0; i < driver->attempts && bound < HF_NS_PER_MINUTE; i++) bound *= 2;
    bound = MIN(bound, HF_NS_PER_MINUTE);
    HfStream stream;
    hf_stream_init(&stream, driver->seed, "framework-registration",
                   (uint64_t)driver->self.row << 32 | driver->draws);
    driver->draws++;
    driver->attempts++;
    HfTime delay = (HfTime)(hf_stream_uniform(&stream) * (double)bound);
    hf_outbox_timer(driver->out, driver->now + delay, HF_DRIVER_TIMER_SUBSCRIBE, driver->draws);
}

static void subscribe(HfDriver *driver)
{
    HfMessage *message = say(driver, HF_MESSAGE_SUBSCRIBE);
    message->about = driver->info;
    message->connection = driver->connection;
    arm_subscription(driver);
}

void hf_driver_start(HfDriver *driver, HfTime now, HfOutbox *out)
{
    if (driver->is_over) return;
    enter(driver, now, out);
    driver->attempts = 0;
    subscribe(driver);
    leave(driver);
}

static void lose_connection(HfDriver *driver)
{
    driver->connection++;
    driver->draws++; /* attempts to subscribe that are under way mean nothing any more */
    if (!driver->is_subscribed) return;
    driver->is_subscribed = FALSE;
    if (driver->ops->disconnected) driver->ops->disconnected(driver->model, driver);
}

void hf_driver_disconnect(HfDriver *driver, HfTime now, HfOutbox *out)
{
    enter(driver, now, out);
    lose_connection(driver);
    leave(driver);
}

static void on_subscribed(HfDriver *driver, uint32_t framework)
{
    if (driver->is_subscribed) return; /* the answer to a call that was repeated */
    const HfSchedulerOps *ops = driver->ops;
    gboolean is_new = driver->framework == HF_ROW_NONE;
    driver->draws++; /* stops the attempts */
    driver->is_subscribed = TRUE;
    driver->framework = framework;
    if (is_new && ops->subscribed) ops->subscribed(driver->model, driver);
    if (!is_new && ops->resubscribed) ops->resubscribed(driver->model, driver);
    for (guint32 i = 0; ops->timer && i < driver->late.count; i++)
        ops->timer(driver->model, driver, driver->late.at[i].kind, driver->late.at[i].arg);
    hf_vec_reset(&driver->late);
}

static void on_error(HfDriver *driver)
{
    driver->draws++;
    driver->is_subscribed = FALSE;
    driver->is_over = TRUE;
    if (driver->ops->error) driver->ops->error(driver->model, driver);
}

/* ---- maintenance ---- */

static void forget_place(HfDriver *driver, uint64_t task)
{
    uint32_t row = hf_map64_get(&driver->place_of, task);
    if (row == HF_MAP64_NONE) return;
    hf_map64_remove(&driver->place_of, task);
    driver->places.at[row] = *hf_vec_last(&driver->places);
    driver->places.count--;
    if (row < driver->places.count)
        hf_map64_set(&driver->place_of, driver->places.at[row].task, row);
}

static void note_place(HfDriver *driver, const HfTaskStatus *status)
{
    forget_place(driver, status->task);
    if (!hf_task_state_is_alive(status->state) || status->host == HF_ROW_NONE) return;
    hf_map64_set(&driver->place_of, status->task, driver->places.count);
    hf_vec_push(&driver->places, (HfDriverPlace){status->task, status->host});
}

/* Until the machine goes, there is nothing new to be said. */
static double seconds_until(const HfDriver *driver, const HfWindow *window)
{
    return MAX(HF_REFUSE_DEFAULT, hf_time_to_seconds(window->start - driver->now));
}

static void answer_by_policy(HfDriver *driver, const HfInverseOfferInfo *offer)
{
    double refuse_seconds = seconds_until(driver, &offer->window);
    if (driver->maintenance == HF_MAINTENANCE_IGNORE) return;
    if (driver->maintenance == HF_MAINTENANCE_DECLINE) {
        hf_driver_decline_inverse(driver, &offer->id, 1, refuse_seconds);
        return;
    }
    hf_driver_accept_inverse(driver, &offer->id, 1, refuse_seconds);
    for (guint32 i = 0; driver->maintenance == HF_MAINTENANCE_VACATE && i < driver->places.count;
         i++)
        if (driver->places.at[i].host == offer->host)
            hf_driver_kill(driver, driver->places.at[i].task);
}

/* VACATE: the model never sees offers of agents that will not be there. */
static void offer_what_stays(HfDriver *driver, const HfMessage *in)
{
    hf_vec_reset(&driver->staying);
    for (guint32 i = 0; i < in->offers.count; i++) {
        const HfWindow *window = hf_driver_window(driver, &in->offers.at[i]);
        if (window == NULL)
            hf_vec_push(&driver->staying, in->offers.at[i]);
        else
            hf_driver_decline(driver, &in->offers.at[i].id, 1, seconds_until(driver, window));
    }
    if (driver->staying.count > 0)
        driver->ops->offers(driver->model, driver, driver->staying.at, driver->staying.count);
}

static void on_offers(HfDriver *driver, const HfMessage *in)
{
    if (driver->ops->offers == NULL) return;
    if (G_UNLIKELY(driver->maintenance == HF_MAINTENANCE_VACATE && in->windows.count > 0))
        offer_what_stays(driver, in);
    else
        driver->ops->offers(driver->model, driver, in->offers.at, in->offers.count);
}

static void on_update(HfDriver *driver, const HfTaskStatus *status)
{
    if (G_UNLIKELY(driver->maintenance == HF_MAINTENANCE_VACATE)) note_place(driver, status);
    if (G_UNLIKELY(driver->unanswered.count > 0))
        hf_map64_remove(&driver->unanswered, status->task);
    if (driver->ops->update) driver->ops->update(driver->model, driver, status);
    if (!status->needs_ack) return;
    HfMessage *ack = say(driver, HF_MESSAGE_ACKNOWLEDGE);
    ack->agent = status->agent;
    ack->status = *status;
}

void hf_driver_prefetch(const HfDriver *driver, const HfMessage *in, uint32_t step)
{
    if (in->type == HF_MESSAGE_UPDATE && driver->ops->prefetch != NULL)
        driver->ops->prefetch(driver->model, &in->status, step);
}

static void on_operation(HfDriver *driver, const HfOperationStatus *status)
{
    if (driver->ops->operation) driver->ops->operation(driver->model, driver, status);
    if (!status->needs_ack) return;
    HfMessage *ack = say(driver, HF_MESSAGE_ACKNOWLEDGE_OPERATION);
    ack->agent = status->agent;
    hf_vec_push(&ack->statuses, *status);
}

static void answer_inverse(HfDriver *driver, HfMessageType type, const uint64_t *offers,
                           uint32_t offer_count, double refuse_seconds)
{
    if (offer_count == 0) return;
    HfMessage *message = say(driver, type);
    message->refuse_seconds = refuse_seconds;
    for (uint32_t i = 0; i < offer_count; i++) hf_vec_push(&message->ids, offers[i]);
}

void hf_driver_accept_inverse(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                              double refuse_seconds)
{
    answer_inverse(driver, HF_MESSAGE_ACCEPT_INVERSE_OFFERS, offers, offer_count, refuse_seconds);
}

void hf_driver_decline_inverse(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                               double refuse_seconds)
{
    answer_inverse(driver, HF_MESSAGE_DECLINE_INVERSE_OFFERS, offers, offer_count, refuse_seconds);
}

static void on_inverse_offers(HfDriver *driver, const HfMessage *in)
{
    if (driver->ops->inverse_offers) {
        driver->ops->inverse_offers(driver->model, driver, in->inverse.at, in->inverse.count);
        return;
    }
    for (guint32 i = 0; i < in->inverse.count; i++) answer_by_policy(driver, &in->inverse.at[i]);
}

static void on_updated(HfDriver *driver, int status)
{
    if (status == 200 && driver->asked != NULL) driver->info = driver->asked;
    driver->asked = NULL;
    if (driver->ops->updated) driver->ops->updated(driver->model, driver, status);
}

const HfWindow *hf_driver_window(const HfDriver *driver, const HfOfferInfo *offer)
{
    HF_ASSERT(driver->in != NULL && offer->window <= driver->in->windows.count);
    return offer->window == 0 ? NULL : &driver->in->windows.at[offer->window - 1];
}

const char *hf_driver_why(const HfDriver *driver)
{
    const char *why = driver->in != NULL ? driver->in->name : NULL;
    return why != NULL ? why : "";
}

void hf_driver_step(HfDriver *driver, HfTime now, const HfMessage *in, HfOutbox *out)
{
    const HfSchedulerOps *ops = driver->ops;
    enter(driver, now, out);
    driver->in = in;
    switch (in->type) {
    case HF_MESSAGE_SUBSCRIBED:
        on_subscribed(driver, in->framework);
        break;
    case HF_MESSAGE_ERROR:
        on_error(driver);
        break;
    case HF_MESSAGE_DETECTED:
        lose_connection(driver);
        driver->attempts = 0;
        subscribe(driver);
        break;
    case HF_MESSAGE_OFFERS:
        on_offers(driver, in);
        break;
    case HF_MESSAGE_RESCIND:
        for (guint32 i = 0; ops->rescind && i < in->ids.count; i++)
            ops->rescind(driver->model, driver, in->ids.at[i]);
        break;
    case HF_MESSAGE_UPDATE:
        on_update(driver, &in->status);
        break;
    case HF_MESSAGE_UPDATE_OPERATION:
        for (guint32 i = 0; i < in->statuses.count; i++) on_operation(driver, &in->statuses.at[i]);
        break;
    case HF_MESSAGE_FAILURE:
        if (ops->failure) ops->failure(driver->model, driver, in->agent);
        break;
    case HF_MESSAGE_NO_MASTER:
        lose_connection(driver);
        break;
    case HF_MESSAGE_INVERSE_OFFERS:
        on_inverse_offers(driver, in);
        break;
    case HF_MESSAGE_RESCIND_INVERSE_OFFER:
        for (guint32 i = 0; ops->rescind_inverse && i < in->ids.count; i++)
            ops->rescind_inverse(driver->model, driver, in->ids.at[i]);
        break;
    case HF_MESSAGE_FRAMEWORK_UPDATED:
        on_updated(driver, (int)in->task);
        break;
    default:
        HF_ASSERT(!"a message that no framework expects");
    }
    driver->in = NULL;
    leave(driver);
}

/* What is not answered yet. */
static void ask_again(HfDriver *driver)
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
    ask_again(driver);
}

void hf_driver_timer(HfDriver *driver, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out)
{
    enter(driver, now, out);
    if (kind == HF_DRIVER_TIMER_SUBSCRIBE) {
        if (arg == driver->draws && !driver->is_subscribed && !driver->is_over) subscribe(driver);
    } else if (G_UNLIKELY(kind == HF_DRIVER_TIMER_RECONCILE)) {
        if (arg == driver->list && driver->is_subscribed) ask_again(driver);
    } else if (G_UNLIKELY(!driver->is_subscribed)) {
        hf_vec_push(&driver->late, (HfDriverTimer){kind, arg});
    } else if (driver->ops->timer) {
        driver->ops->timer(driver->model, driver, kind, arg);
    }
    leave(driver);
}

gboolean hf_driver_is_subscribed(const HfDriver *driver)
{
    return driver->is_subscribed;
}

void hf_driver_waits(const HfDriver *driver, HfWaitSink sink, void *context)
{
    if (driver->ops->waits) driver->ops->waits(driver->model, sink, context);
}

gboolean hf_driver_is_over(const HfDriver *driver)
{
    return driver->is_over;
}

uint32_t hf_driver_framework(const HfDriver *driver)
{
    return driver->framework;
}

HfTime hf_driver_now(const HfDriver *driver)
{
    return driver->now;
}

const char *hf_driver_name(const HfDriver *driver)
{
    return driver->info->name;
}

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
    HfMessage *message = say(driver, HF_MESSAGE_ACCEPT);
    message->refuse_seconds = refuse_seconds;
    for (uint32_t i = 0; i < offer_count; i++) hf_vec_push(&message->ids, offers[i]);
    for (uint32_t i = 0; i < task_count; i++) add_task(driver, message, &tasks[i]);
}

void hf_driver_accept_begin(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                            double refuse_seconds)
{
    HF_ASSERT(driver->accept == NULL);
    driver->accept = say(driver, HF_MESSAGE_ACCEPT);
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
    HfMessage *message = say(driver, HF_MESSAGE_RECONCILE_OPERATIONS);
    for (uint32_t i = 0; i < count; i++) hf_vec_push(&message->statuses, asked[i]);
}

void hf_driver_decline(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                       double refuse_seconds)
{
    if (offer_count == 0) return;
    HfMessage *message = say(driver, HF_MESSAGE_DECLINE);
    message->refuse_seconds = refuse_seconds;
    hf_vec_reserve(&message->ids, offer_count);
    for (uint32_t i = 0; i < offer_count; i++) hf_vec_push(&message->ids, offers[i]);
}

void hf_driver_revive(HfDriver *driver)
{
    say(driver, HF_MESSAGE_REVIVE);
}

void hf_driver_suppress(HfDriver *driver)
{
    say(driver, HF_MESSAGE_SUPPRESS);
}

static void say_roles(HfDriver *driver, HfMessageType type, const HfRoleId *roles,
                      uint32_t role_count)
{
    HfMessage *message = say(driver, type);
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
    driver->asked = add_info(driver, config);
    say_roles(driver, HF_MESSAGE_UPDATE_FRAMEWORK, suppressed, suppressed_count);
    (*hf_vec_last(&driver->out->messages))->about = driver->asked;
}

static void say_kill(HfDriver *driver, uint64_t task, HfTime grace)
{
    HfMessage *message = say(driver, HF_MESSAGE_KILL);
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
    say(driver, HF_MESSAGE_TEARDOWN);
}

void hf_driver_reconcile(HfDriver *driver, const HfDriverTask *tasks, uint32_t task_count)
{
    HfMessage *message = say(driver, HF_MESSAGE_RECONCILE);
    for (uint32_t i = 0; i < task_count; i++)
        hf_vec_push(&message->reports, (HfTaskReport){.task = tasks[i].id,
                                                      .framework = driver->framework,
                                                      .agent = tasks[i].agent,
                                                      .role = HF_ROLE_NONE});
}

void hf_driver_after(HfDriver *driver, HfTime delay, uint32_t kind, uint64_t arg)
{
    HF_ASSERT(driver->out != NULL && delay >= 0);
    hf_outbox_timer(driver->out, hf_time_add(driver->now, delay), kind, arg);
}

static void note(HfDriver *driver, HfRecord record)
{
    HF_ASSERT(driver->out != NULL);
    record.at = driver->now;
    record.framework = driver->framework;
    hf_trace_emit(driver->out->trace, &record);
}

void hf_driver_note_demand(HfDriver *driver, int64_t tasks_waiting)
{
    note(driver,
         (HfRecord){.type = HF_RECORD_DEMAND, .agent = HF_ROW_NONE, .value = tasks_waiting});
}

void hf_driver_note_submitted(HfDriver *driver, uint64_t job, int64_t tasks,
                              const HfResources *wanted)
{
    note(driver, (HfRecord){.type = HF_RECORD_JOB_SUBMITTED,
                            .agent = HF_ROW_NONE,
                            .id = job,
                            .value = tasks,
                            .resources = wanted});
}

void hf_driver_note_waited(HfDriver *driver, const HfTaskStatus *status, HfTime waited)
{
    note(driver, (HfRecord){.type = HF_RECORD_TASK_WAITED,
                            .agent = status->agent,
                            .id = status->task,
                            .value = waited});
}

void hf_driver_note_job(HfDriver *driver, uint64_t job, HfTime response)
{
    note(driver,
         (HfRecord){
             .type = HF_RECORD_JOB_FINISHED, .agent = HF_ROW_NONE, .id = job, .value = response});
}

void hf_driver_note_refusal(HfDriver *driver, uint64_t task, int64_t refusals)
{
    note(driver, (HfRecord){.type = HF_RECORD_PLACEMENT_REFUSED,
                            .agent = HF_ROW_NONE,
                            .id = task,
                            .value = refusals});
}

void hf_driver_note_replaced(HfDriver *driver, uint64_t task, uint32_t host, HfTime after,
                             gboolean same_host)
{
    note(driver, (HfRecord){.type = HF_RECORD_TASK_REPLACED,
                            .agent = host,
                            .state = same_host ? 1 : 0,
                            .id = task,
                            .value = after});
}

void hf_driver_note_follows(HfDriver *driver, uint64_t task, uint64_t before)
{
    note(driver, (HfRecord){.type = HF_RECORD_TASK_FOLLOWS,
                            .agent = HF_ROW_NONE,
                            .id = task,
                            .value = (int64_t)before});
}

void hf_driver_note_disowned(HfDriver *driver, uint32_t host, const HfResources *resources)
{
    note(driver,
         (HfRecord){.type = HF_RECORD_VOLUME_DISOWNED, .agent = host, .resources = resources});
}

void hf_driver_note_copied(HfDriver *driver, uint64_t task, int64_t bytes)
{
    HF_ASSERT(bytes >= 0);
    note(driver,
         (HfRecord){
             .type = HF_RECORD_DATA_COPIED, .agent = HF_ROW_NONE, .id = task, .value = bytes});
}

void hf_driver_note_input(HfDriver *driver, uint64_t job, gboolean is_local)
{
    note(driver, (HfRecord){.type = HF_RECORD_INPUT_READ,
                            .agent = HF_ROW_NONE,
                            .id = job,
                            .value = is_local ? 1 : 0});
}
