/*
 * One framework's connection to the master (see driver.h): how it subscribes, loses the connection
 * and has it again, and whom in the model each message and each timer is for. What the model says
 * stands in driver_calls.c, maintenance in driver_maintenance.c, what it notes in driver_notes.c.
 */
#include "base/random.h"
#include "control/driver_internal.h"

static void info_free(gpointer data)
{
    HfFrameworkInfo *info = data;
    g_free((gpointer)info->roles);
    g_free(info);
}

const HfFrameworkInfo *hf_driver__add_info(HfDriver *driver, const HfDriverConfig *config)
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
    driver->info = hf_driver__add_info(driver, config);
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
    driver->info = hf_driver__add_info(
        driver,
        &(HfDriverConfig){.name = info->name,
                          .principal = info->principal,
                          .roles = roles,
                          .role_count = count,
                          .capabilities = info->capabilities |
                                          (count > 1 ? (uint32_t)HF_CAPABILITY_MULTI_ROLE : 0),
                          .checkpoint = info->checkpoint,
                          .failover_timeout = info->failover_timeout,
                          .wishes = info->wishes});
}

const HfRoleId *hf_driver_roles(const HfDriver *driver, uint32_t *count_out)
{
    *count_out = driver->info->role_count;
    return driver->info->roles;
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
    driver->info = hf_driver__add_info(driver, config);
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
    HfMessage *message = hf_driver__say(driver, HF_MESSAGE_SUBSCRIBE);
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

static void on_offers(HfDriver *driver, const HfMessage *in)
{
    if (driver->ops->offers == NULL) return;
    if (G_UNLIKELY(driver->maintenance == HF_MAINTENANCE_VACATE && in->windows.count > 0))
        hf_driver__offer_what_stays(driver, in);
    else
        driver->ops->offers(driver->model, driver, in->offers.at, in->offers.count);
}

static void on_update(HfDriver *driver, const HfMessage *in)
{
    const HfTaskStatus *status = &in->status;
    if (G_UNLIKELY(driver->maintenance == HF_MAINTENANCE_VACATE))
        hf_driver__note_place(driver, status);
    if (G_UNLIKELY(driver->unanswered.count > 0))
        hf_map64_remove(&driver->unanswered, status->task);
    if (driver->ops->update) driver->ops->update(driver->model, driver, status);
    if (!status->needs_ack) return;
    HfMessage *ack = hf_outbox_send_on(driver->out, in, HF_MESSAGE_ACKNOWLEDGE, driver->self,
                                       (HfPeer){HF_PEER_MASTER, 0});
    ack->framework = driver->framework;
    ack->agent = status->agent;
}

void hf_driver_prefetch(const HfDriver *driver, uint32_t tag, uint32_t step)
{
    if (driver->ops->prefetch != NULL) driver->ops->prefetch(driver->model, tag, step);
}

static void on_operation(HfDriver *driver, const HfOperationStatus *status)
{
    if (driver->ops->operation) driver->ops->operation(driver->model, driver, status);
    if (!status->needs_ack) return;
    HfMessage *ack = hf_driver__say(driver, HF_MESSAGE_ACKNOWLEDGE_OPERATION);
    ack->agent = status->agent;
    hf_vec_push(&ack->statuses, *status);
}

static void on_updated(HfDriver *driver, int status)
{
    if (status == 200 && driver->asked != NULL) driver->info = driver->asked;
    driver->asked = NULL;
    if (driver->ops->updated) driver->ops->updated(driver->model, driver, status);
}

const char *hf_driver_why(const HfDriver *driver)
{
    const char *why = driver->in != NULL ? driver->in->name : NULL;
    return why != NULL ? why : "";
}

/* What does not come for each task. */
static __attribute__((noinline)) void on_others(HfDriver *driver, const HfMessage *in)
{
    const HfSchedulerOps *ops = driver->ops;
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
    case HF_MESSAGE_RESCIND:
        for (guint32 i = 0; ops->rescind && i < in->ids.count; i++)
            ops->rescind(driver->model, driver, in->ids.at[i]);
        break;
    case HF_MESSAGE_UPDATE_OPERATION:
        for (guint32 i = 0; i < in->statuses.count; i++) on_operation(driver, &in->statuses.at[i]);
        break;
    case HF_MESSAGE_FAILURE:
        if (in->executor != 0 && ops->executor_lost)
            ops->executor_lost(driver->model, driver, in->agent, in->executor);
        if (in->executor == 0 && ops->failure) ops->failure(driver->model, driver, in->agent);
        break;
    case HF_MESSAGE_NO_MASTER:
        lose_connection(driver);
        break;
    case HF_MESSAGE_INVERSE_OFFERS:
        hf_driver__on_inverse_offers(driver, in);
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
}

void hf_driver_step(HfDriver *driver, HfTime now, const HfMessage *in, HfOutbox *out)
{
    enter(driver, now, out);
    driver->in = in;
    if (G_LIKELY(in->type == HF_MESSAGE_UPDATE))
        on_update(driver, in);
    else if (in->type == HF_MESSAGE_OFFERS)
        on_offers(driver, in);
    else
        on_others(driver, in);
    driver->in = NULL;
    leave(driver);
}

void hf_driver_timer(HfDriver *driver, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out)
{
    enter(driver, now, out);
    if (kind == HF_DRIVER_TIMER_SUBSCRIBE) {
        if (arg == driver->draws && !driver->is_subscribed && !driver->is_over) subscribe(driver);
    } else if (G_UNLIKELY(kind == HF_DRIVER_TIMER_RECONCILE)) {
        if (arg == driver->list && driver->is_subscribed) hf_driver__ask_again(driver);
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

void hf_driver_unheard(const HfDriver *driver, HfUnheardSink sink, void *context)
{
    if (driver->ops->unheard) driver->ops->unheard(driver->model, sink, context);
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
