/*
 * What the master does with an ACCEPT: offers become tasks, reservations, volumes.
 *
 * Operations are done strictly in order, each for itself: one that is not good is dropped, and the
 * next ones are tried on what is there without it. What operations made goes back at once without a
 * filter, what nothing was done with is refused for the time that the framework says.
 * Source: Mesos 1.11 Master::accept, Master::_accept; MESOS.md 2.3.
 */
#include "control/master_internal.h"

#include "base/assert.h"
#include "resource/check.h"
#include "resource/error.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

static void refuse_accept(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_ACCEPT_INVALID,
                                      .agent = HF_ROW_NONE,
                                      .framework = in->framework,
                                      .value = in->tasks.count});
    for (guint32 i = 0; i < in->ids.count;
         i++) { /* those still valid are discarded without filter */
        uint32_t row = hf_master__own_offer(master, in->framework, in->ids.at[i]);
        if (row != NO_ROW)
            hf_master__take_offer_back(master, now, row, HF_RECORD_OFFER_DECLINED, HF_NO_FILTER,
                                       FALSE, out);
    }
    for (guint32 i = 0; i < in->operations.count; i++)
        if (in->operations.at[i].action == HF_OFFER_CONVERT)
            hf_master__drop_operation(master, now, in->framework, HF_ROW_NONE, HF_ROLE_NONE,
                                      &in->operations.at[i], HF_RESOURCE_ERROR_INVALID_OFFER, out);
    for (guint32 i = 0; i < in->tasks.count; i++)
        hf_master__refuse_task(master, now, in->framework, in->tasks.at[i].id,
                               hf_master__state_for(master, in->framework, HF_TASK_DROPPED),
                               HF_REASON_INVALID_OFFERS, out);
}

/* A task may leave out for which role its resources are allocated: the offers' (MESOS 2.3, step 3).
 * A reference. */
static HfParcel *with_role(HfMaster *master, HfParcel *resources, HfRoleId role)
{
    return hf_parcel_is_allocated(resources) ? hf_parcel_ref(resources)
                                             : hf_parcel_allocate(master->catalog, resources, role);
}

/* A task is in the book from now on; the allocator is told by the caller. `resources` are those of
 * *info with their role. Its row. */
static uint32_t enter(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                      HfRoleId role, const HfTaskInfo *info, HfParcel *resources, HfOutbox *out)
{
    uint32_t row =
        hf_master__add_task(master, framework, agent, role, info->id, HF_TASK_STAGING, resources);
    master->tasks.at[row].tag = info->tag;
    hf_trace_emit_inline(out->trace, &(HfRecord){.at = now,
                                                 .type = HF_RECORD_TASK_LAUNCHED,
                                                 .agent = agent,
                                                 .framework = framework,
                                                 .role = role,
                                                 .id = info->id,
                                                 .value = (int64_t)info->job,
                                                 .resources = hf_parcel_resources(resources),
                                                 .parcel = resources});
    return row;
}

/* The order to run a task, or a group, on an agent; what it is is filled in by the caller. */
static HfMessage *order(HfMaster *master, HfMessageType type, uint32_t framework, uint32_t agent,
                        HfRoleId role, HfOutbox *out)
{
    HfMessage *message =
        hf_outbox_send(out, type, self, (HfPeer){HF_PEER_AGENT, master->agents.at[agent].host});
    message->framework = framework;
    message->agent = agent;
    message->about = master->frameworks.at[framework].about;
    message->checkpoint = master->frameworks.at[framework].checkpoint;
    message->status.place = 0;
    message->status.state = hf_master__state_for(master, framework, HF_TASK_DROPPED);
    message->role = role;
    return message;
}

/* Enter a task and send it to its agent; the reference to its resources is taken over. The order
 * has no executor yet. */
static HfMessage *launch(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                         HfRoleId role, const HfTaskInfo *info, HfParcel *resources, HfOutbox *out)
{
    uint32_t row = enter(master, now, framework, agent, role, info, resources, out);
    HfMessage *message = order(master, HF_MESSAGE_RUN_TASK, framework, agent, role, out);
    message->status.place = row + 1;
    message->info = *info;
    message->info.resources = resources;
    message->info.executor = NULL;
    return message;
}

/* `parcel`: what is launched, or NULL when it is none. */
static void transition(HfMaster *master, uint32_t framework, uint32_t agent, HfRoleId role,
                       const HfResources *launched, HfParcel *parcel)
{
    HfStatus status =
        hf_allocator_launched(master->allocator, framework, agent, role, launched, parcel);
    HF_ASSERT(status == HF_OK);
}

/* Both together. */
static HfParcel *sum_of(HfCatalog *catalog, const HfParcel *one, const HfParcel *other)
{
    HfResources sum = {0};
    hf_resources_copy(catalog, &sum, hf_parcel_resources(one));
    hf_resources_add(catalog, &sum, hf_parcel_resources(other));
    return hf_parcel_take(catalog, &sum);
}

/* Master::accept: ids not empty and unique, all outstanding, of this framework, one role, one
 * connected agent. The row of the first; NO_ROW: they are not so. */
static uint32_t find_offers(const HfMaster *master, const HfMessage *in)
{
    uint32_t first = NO_ROW;
    for (guint32 i = 0; i < in->ids.count; i++) {
        uint32_t row = hf_master__own_offer(master, in->framework, in->ids.at[i]);
        if (row == NO_ROW) return NO_ROW;
        for (guint32 k = 0; k < i; k++)
            if (in->ids.at[k] == in->ids.at[i]) return NO_ROW;
        if (i == 0) first = row;
        const HfOfferRow *offer = &master->offers.at[row], *other = &master->offers.at[first];
        if (offer->agent != other->agent || offer->role != other->role) return NO_ROW;
    }
    if (first == NO_ROW) return NO_ROW;
    const HfAgentRow *agent = &master->agents.at[master->offers.at[first].agent];
    return agent->standing == HF_STANDING_REGISTERED ? first : NO_ROW;
}

/* What the accepted offers hold, all together, as a reference; the offers are over. */
static HfParcel *collect_offers(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    HfParcel *offered = NULL;
    int64_t refuse_ms = hf_master__refuse_ms(hf_master__refuse_seconds_of(master, in));
    for (guint32 i = 0; i < in->ids.count; i++) {
        uint32_t row = (uint32_t)in->ids.at[i];
        hf_master__record_offer(master, row, now, HF_RECORD_OFFER_ACCEPTED, refuse_ms, out);
        HfParcel *before = offered, *more = master->offers.at[row].resources;
        offered = before == NULL ? hf_parcel_ref(more) : sum_of(master->catalog, before, more);
        hf_parcel_drop(master->catalog, &before);
        hf_master__drop_offer(master, row);
    }
    return offered;
}

/* What of a task does not depend on what is offered (validation::task::validate). */
static gboolean is_valid(HfMaster *master, uint32_t framework, uint64_t id,
                         const HfParcel *resources)
{
    if (hf_resources_is_empty(hf_parcel_resources(resources)) || id >= HF_TASK_IDS ||
        hf_master__has_task(master, framework, id) ||
        hf_master__unreachable_on(master, framework, id) != NO_ROW)
        return FALSE;
    return !(hf_parcel_flags(resources) & (HF_META_HAS_DISK | HF_META_REVOCABLE)) ||
           hf_resources_check(master->catalog, hf_parcel_resources(resources),
                              HF_RULE_DISK_INFO | HF_RULE_UNIQUE_PERSISTENCE |
                                  HF_RULE_REVOCABLE_MIX | HF_RULE_ONE_ALLOCATION,
                              NULL);
}

/* Offers that are used for nothing but launches: the common case. */
static void launch_all(HfMaster *master, HfTime now, const HfMessage *in, uint32_t agent,
                       HfRoleId role, HfOutbox *out)
{
    HfParcel *remaining = collect_offers(master, now, in, out), *rest;
    for (guint32 i = 0; i < in->tasks.count;
         i++) { /* each stands for itself: a bad one does not stop the next */
        const HfTaskInfo *info = &in->tasks.at[i];
        HfParcel *resources = with_role(master, info->resources, role);
        if (!is_valid(master, in->framework, info->id, resources) ||
            !hf_parcel_less(master->catalog, remaining, resources, &rest)) {
            hf_master__refuse_task(master, now, in->framework, info->id, HF_TASK_ERROR,
                                   HF_REASON_TASK_INVALID, out);
            hf_parcel_drop(master->catalog, &resources);
            continue;
        }
        hf_parcel_drop(master->catalog, &remaining);
        remaining = rest;
        launch(master, now, in->framework, agent, role, info, resources, out);
        transition(master, in->framework, agent, role, hf_parcel_resources(resources), resources);
    }
    if (remaining != NULL)
        hf_master__recover(
            master, now,
            &(HfRecovery){.framework = in->framework,
                          .agent = agent,
                          .role = role,
                          .resources = hf_parcel_resources(remaining),
                          .parcel = remaining,
                          .refuse_seconds = hf_master__refuse_seconds_of(master, in)});
    hf_parcel_drop(master->catalog, &remaining);
}

/* ---- a list of operations ---- */

typedef struct Accept {
    HfMaster *master;
    HfTime now;
    const HfMessage *in;
    HfOutbox *out;
    uint32_t agent;
    HfRoleId role;
    HfResources offered, remaining; /* with allocation role */
    HfResources resized;            /* what GROW and SHRINK made: not for later operations */
    HfResources shared;             /* shared volumes that tasks may use, in use or not */
    HfResources launched;
    HfConversions conversions; /* in order, as the allocator is told */
} Accept;

/* Append; what `more` held is moved, and its array freed. */
static void append(HfConversions *to, HfConversions *more)
{
    to->at = g_renew(HfConversion, to->at, (gsize)to->count + more->count);
    memcpy(to->at + to->count, more->at, more->count * sizeof *more->at);
    to->count += more->count;
    g_free(more->at);
    *more = (HfConversions){0};
}

static void strip(HfCatalog *catalog, const HfOperation *operation, HfOperation *out)
{
    hf_operation_copy(catalog, out, operation);
    hf_resources_unallocate(catalog, &out->resources);
    hf_resources_unallocate(catalog, &out->source);
    hf_resources_unallocate(catalog, &out->addition);
}

/* A shared volume that is to go may be in other offers as well: these are taken back. */
static void rescind_others(Accept *a, const HfOperation *destroy)
{
    HfMaster *master = a->master;
    uint32_t next;
    for (uint32_t row = hf_master__first_offer(master, a->agent); row != NO_ROW; row = next) {
        const HfResources *offered = hf_parcel_resources(master->offers.at[row].resources);
        next = hf_master__next_offer(master, row);
        gboolean has_any = FALSE;
        for (uint32_t i = 0; i < hf_resources_count(&destroy->resources) && !has_any; i++) {
            HfResource volume = *hf_resources_at(&destroy->resources, i);
            volume.copies = 1;
            volume.meta =
                hf_meta_allocate(master->catalog, volume.meta, master->offers.at[row].role);
            has_any = hf_resources_contains_one(master->catalog, offered, &volume);
        }
        if (has_any)
            hf_master__take_offer_back(master, a->now, row, HF_RECORD_OFFER_RESCINDED, HF_NO_FILTER,
                                       TRUE, a->out);
    }
}

/* What the operation does to what is left of the offers. Nothing changes when it cannot be. */
static gboolean convert(Accept *a, const HfOperation *operation, const HfConversions *conversions,
                        HfResources *remaining, GError **error)
{
    HfCatalog *catalog = a->master->catalog;
    hf_resources_copy(catalog, remaining, &a->remaining);
    if (operation->type != HF_OPERATION_GROW_VOLUME &&
        operation->type != HF_OPERATION_SHRINK_VOLUME)
        return hf_resources_apply(catalog, remaining, conversions, error);
    const HfResources *consumed = &conversions->at[0].consumed;
    if (!hf_resources_contains(catalog, remaining, consumed)) {
        g_set_error_literal(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_NOT_CONTAINED,
                            "the offers do not hold the volume");
        return FALSE;
    }
    hf_resources_subtract(catalog, remaining, consumed);
    return TRUE;
}

/* Its disk is out of what is left; what becomes of it no later operation can use. */
static gboolean do_disk(Accept *a, const HfOfferOperation *offered, const HfOperation *operation,
                        GError **error)
{
    HfCatalog *catalog = a->master->catalog;
    if (!hf_resources_contains(catalog, &a->remaining, &operation->resources)) {
        g_set_error_literal(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_NOT_CONTAINED,
                            "the offers do not hold the disk");
        return FALSE;
    }
    HfOperation stripped = {0};
    strip(catalog, operation, &stripped);
    hf_resources_subtract(catalog, &a->remaining, &operation->resources);
    hf_master__begin_disk(a->master, a->now, a->in->framework, offered->id, a->agent, a->role,
                          &stripped, a->out);
    hf_operation_clear(catalog, &stripped);
    return TRUE;
}

static gboolean do_operation(Accept *a, const HfOfferOperation *offered, HfOperation *operation,
                             GError **error)
{
    HfMaster *master = a->master;
    HfCatalog *catalog = master->catalog;
    uint32_t framework = a->in->framework;
    HfTextId principal = master->frameworks.at[framework].principal;
    if (!hf_master__check_operation(master, framework, principal, a->agent, operation, error) ||
        !hf_master__authorize(master, principal, operation, error))
        return FALSE;
    if (!hf_operation_is_speculative(operation->type)) return do_disk(a, offered, operation, error);
    if (operation->type == HF_OPERATION_DESTROY) rescind_others(a, operation);
    HfConversions tagged = {0}, plain = {0};
    HfOperation stripped = {0};
    HfResources remaining = {0};
    strip(catalog, operation, &stripped);
    gboolean is_done = hf_operation_convert(catalog, operation, &tagged, error) &&
                       hf_operation_convert(catalog, &stripped, &plain, error) &&
                       convert(a, operation, &tagged, &remaining, error) &&
                       hf_master__apply_operation(master, a->now, framework, offered->id, a->agent,
                                                  a->role, &stripped, &plain, error, a->out);
    if (is_done) {
        hf_resources_move(catalog, &a->remaining, &remaining);
        if (operation->type == HF_OPERATION_GROW_VOLUME ||
            operation->type == HF_OPERATION_SHRINK_VOLUME)
            hf_resources_add(catalog, &a->resized, &tagged.at[0].converted);
        else
            hf_resources_shared(catalog, &a->remaining, &a->shared);
        append(&a->conversions, &tagged);
    }
    hf_resources_clear(catalog, &remaining);
    hf_conversions_clear(catalog, &tagged);
    hf_conversions_clear(catalog, &plain);
    hf_operation_clear(catalog, &stripped);
    return is_done;
}

static void on_convert(Accept *a, const HfOfferOperation *offered)
{
    HfCatalog *catalog = a->master->catalog;
    HfOfferOperation operation = {.action = HF_OFFER_CONVERT, .id = offered->id};
    hf_operation_copy(catalog, &operation.change, &offered->change);
    hf_operation_allocate(catalog, &operation.change, a->role);
    GError *error = NULL;
    if (!do_operation(a, offered, &operation.change, &error)) {
        int rule =
            error->domain == HF_RESOURCE_ERROR ? error->code : (int)HF_RESOURCE_ERROR_UNSUPPORTED;
        hf_resources_unallocate(catalog, &operation.change.resources);
        hf_master__drop_operation(a->master, a->now, a->in->framework, a->agent, a->role,
                                  &operation, rule, a->out);
        g_error_free(error);
    }
    hf_operation_clear(catalog, &operation.change);
}

/* What a task may use: what is left, and shared volumes even when other tasks use them. */
static void available_to_tasks(const Accept *a, HfResources *out)
{
    hf_resources_non_shared(a->master->catalog, &a->remaining, out);
    hf_resources_add(a->master->catalog, out, &a->shared);
}

/* Take what a task uses; copies of shared volumes that the offers do not hold are made. */
static void consume(Accept *a, const HfResources *used)
{
    HfCatalog *catalog = a->master->catalog;
    HfResources copies = {0}, held = {0};
    hf_resources_shared(catalog, used, &copies);
    if (!hf_resources_is_empty(&copies)) {
        hf_resources_shared(catalog, &a->remaining, &held);
        hf_resources_subtract(catalog, &copies, &held);
        if (!hf_resources_is_empty(&copies)) {
            HfConversions more = {g_new0(HfConversion, 1), 1};
            hf_resources_move(catalog, &more.at[0].converted, &copies);
            append(&a->conversions, &more);
        }
    }
    hf_resources_subtract(catalog, &a->remaining, used);
    hf_resources_add(catalog, &a->launched, used);
    hf_resources_clear(catalog, &copies);
    hf_resources_clear(catalog, &held);
}

/* Task i of an operation, with its role: a reference. */
static HfParcel *resources_of(Accept *a, const HfOfferOperation *operation, uint32_t i)
{
    return with_role(a->master, a->in->tasks.at[operation->first_task + i].resources, a->role);
}

/* A new executor is paid for, with its first task. */
static void begin_executor(Accept *a, const HfExecutorUse *use)
{
    if (use->info == NULL || !use->is_new) return;
    consume(a, hf_executor_info_resources(use->info));
    hf_master__add_executor(a->master, a->now, a->in->framework, a->agent, a->role, use->info,
                            a->out);
}

/* What the agent is told of the executor: the reference is taken over. */
static void name_executor(const Accept *a, HfExecutorUse *use, HfMessage *message)
{
    message->info.executor = use->info;
    message->launch = !hf_master__has(a->master, HF_RULE_EXECUTOR_LAUNCH_TOLD)
                          ? HF_EXECUTOR_AS_NEEDED
                      : use->is_new ? HF_EXECUTOR_NEW
                                    : HF_EXECUTOR_RUNNING;
    use->info = NULL;
}

/* The reference in `use`, if there is one, is taken over. */
static void start(Accept *a, const HfTaskInfo *info, HfParcel *resources, HfExecutorUse *use)
{
    begin_executor(a, use);
    consume(a, hf_parcel_resources(resources));
    HfMessage *message =
        launch(a->master, a->now, a->in->framework, a->agent, a->role, info, resources, a->out);
    if (use->info != NULL) name_executor(a, use, message);
}

static void refuse(Accept *a, const HfTaskInfo *info, HfParcel *resources, HfTaskReason reason)
{
    hf_master__refuse_task(a->master, a->now, a->in->framework, info->id, HF_TASK_ERROR, reason,
                           a->out);
    hf_parcel_drop(a->master->catalog, &resources);
}

/* Do they add up to less than the parts, in which case two parts name the same port, or the same
 * item of a set (validation::resource::detectOverlappingSetAndRangeResources)? */
static gboolean overlap(const HfCatalog *catalog, const HfQuantities *parts, const HfResources *sum)
{
    HfQuantities whole = {0};
    hf_resources_quantities(catalog, sum, &whole);
    gboolean is_less = !hf_quantities_equal(&whole, parts);
    hf_quantities_clear(&whole);
    return is_less;
}

/* Do they ask for nothing twice, each in its own way? (validateTaskAndExecutorResources,
 * validateTaskGroupAndExecutorResources.) `sum`, `parts`: of the tasks; of the executor as well
 * afterwards, whether it is paid for or not. */
static gboolean go_together(HfCatalog *catalog, HfResources *sum, HfQuantities *parts,
                            const HfResources *executor)
{
    hf_resources_add(catalog, sum, executor);
    hf_resources_quantities(catalog, executor, parts);
    return !overlap(catalog, parts, sum) &&
           hf_resources_check(catalog, sum, HF_RULE_UNIQUE_PERSISTENCE | HF_RULE_REVOCABLE_MIX,
                              NULL);
}

/* Has the task an executor that may be launched beside it, or runs already? Adds to `needed` what
 * that costs. */
static gboolean may_use_executor(Accept *a, const HfTaskInfo *info, const HfResources *content,
                                 HfExecutorUse *use, HfResources *needed)
{
    HfCatalog *catalog = a->master->catalog;
    if (!hf_master__may_use(a->master, a->in->framework, a->agent, a->role, info->executor, FALSE,
                            use))
        return FALSE;
    const HfResources *held = hf_executor_info_resources(use->info);
    HfResources sum = {0};
    HfQuantities parts = {0};
    hf_resources_copy(catalog, &sum, content);
    hf_resources_quantities(catalog, content, &parts);
    gboolean is_good = go_together(catalog, &sum, &parts, held);
    if (use->is_new) hf_resources_add(catalog, needed, held);
    hf_resources_clear(catalog, &sum);
    hf_quantities_clear(&parts);
    return is_good;
}

/* Is there room for the task, and for its executor if it brings a new one? */
static gboolean has_room(Accept *a, const HfTaskInfo *info, const HfResources *content,
                         HfExecutorUse *use)
{
    HfCatalog *catalog = a->master->catalog;
    HfResources available = {0}, needed = {0};
    gboolean is_good = TRUE;
    if (G_UNLIKELY(info->executor != NULL)) {
        hf_resources_copy(catalog, &needed, content);
        is_good = may_use_executor(a, info, content, use, &needed);
        content = &needed;
    }
    available_to_tasks(a, &available);
    is_good = is_good && hf_resources_contains(catalog, &available, content);
    hf_resources_clear(catalog, &available);
    hf_resources_clear(catalog, &needed);
    return is_good;
}

static void on_launch(Accept *a, const HfOfferOperation *operation)
{
    for (uint32_t i = 0; i < operation->task_count; i++) {
        const HfTaskInfo *info = &a->in->tasks.at[operation->first_task + i];
        HfParcel *resources = resources_of(a, operation, i);
        const HfResources *content = hf_parcel_resources(resources);
        HfExecutorUse use = {0};
        if (operation->id == 0 && is_valid(a->master, a->in->framework, info->id, resources) &&
            has_room(a, info, content, &use))
            start(a, info, resources, &use);
        else
            refuse(a, info, resources, HF_REASON_TASK_INVALID);
        hf_executor_info_drop(a->master->catalog, &use.info);
    }
}

/* Each task of a group must name its executor ("'TaskInfo.executor' must be set"), and all the same
 * ("The `ExecutorInfo` of task ... is different from executor ..."). */
static gboolean is_same_executor(const Accept *a, const HfExecutorInfo *one,
                                 const HfExecutorInfo *other)
{
    return one != NULL && other != NULL &&
           hf_executor_info_is(a->master->catalog, one, a->role, other);
}

/*
 * All tasks of a group are valid, none has another's id or port, all name the same executor, and
 * there is room for all at once. Shared volumes cannot be used by groups, as in Mesos. Two
 * tasks of one id, which end Mesos's master, are refused.
 * Source: Mesos 1.11 src/master/validation.cpp, task::group::validate.
 */
static gboolean group_is_valid(Accept *a, const HfOfferOperation *operation, HfExecutorUse *use)
{
    HfCatalog *catalog = a->master->catalog;
    const HfTaskInfo *tasks = a->in->tasks.at + operation->first_task;
    static const HfResources none;
    HfResources sum = {0}, needed = {0};
    HfQuantities parts = {0};
    gboolean is_good = operation->id == 0 && operation->task_count > 0 &&
                       hf_master__has(a->master, HF_RULE_TASK_GROUPS);
    for (uint32_t i = 0; i < operation->task_count && is_good; i++) {
        HfParcel *resources = resources_of(a, operation, i);
        const HfResources *content = hf_parcel_resources(resources);
        is_good = is_valid(a->master, a->in->framework, tasks[i].id, resources) &&
                  is_same_executor(a, tasks[0].executor, tasks[i].executor);
        for (uint32_t k = 0; k < i && is_good; k++) is_good = tasks[k].id != tasks[i].id;
        hf_resources_add(catalog, &sum, content);
        hf_resources_quantities(catalog, content, &parts);
        hf_parcel_drop(catalog, &resources);
    }
    is_good = is_good && hf_master__may_use(a->master, a->in->framework, a->agent, a->role,
                                            tasks[0].executor, TRUE, use);
    const HfResources *held = use->info != NULL ? hf_executor_info_resources(use->info) : &none;
    hf_resources_copy(catalog, &needed, &sum);
    if (use->is_new) hf_resources_add(catalog, &needed, held);
    is_good = is_good && go_together(catalog, &sum, &parts, held) &&
              !hf_resources_any(catalog, &sum, HF_META_SHARED) &&
              hf_resources_contains(catalog, &a->remaining, &needed);
    hf_resources_clear(catalog, &sum);
    hf_resources_clear(catalog, &needed);
    hf_quantities_clear(&parts);
    return is_good;
}

/* One order for all of them. The reference in `use` is taken over. */
static void start_group(Accept *a, const HfOfferOperation *operation, HfExecutorUse *use)
{
    begin_executor(a, use);
    HfMessage *message =
        order(a->master, HF_MESSAGE_RUN_TASK_GROUP, a->in->framework, a->agent, a->role, a->out);
    for (uint32_t i = 0; i < operation->task_count; i++) {
        HfTaskInfo info = a->in->tasks.at[operation->first_task + i];
        info.resources = resources_of(a, operation, i);
        info.executor = NULL;
        consume(a, hf_parcel_resources(info.resources));
        enter(a->master, a->now, a->in->framework, a->agent, a->role, &info, info.resources,
              a->out);
        hf_message_add_task(message, &info);
    }
    name_executor(a, use, message);
}

static void on_launch_group(Accept *a, const HfOfferOperation *operation)
{
    HfExecutorUse use = {0};
    if (group_is_valid(a, operation, &use)) {
        start_group(a, operation, &use);
    } else {
        for (uint32_t i = 0; i < operation->task_count; i++)
            refuse(a, &a->in->tasks.at[operation->first_task + i], resources_of(a, operation, i),
                   HF_REASON_TASK_GROUP_INVALID);
    }
    hf_executor_info_drop(a->master->catalog, &use.info);
}

/* The allocator learns what became of the offers: first what changed, then what comes back. */
static void settle(Accept *a)
{
    HfMaster *master = a->master;
    HfCatalog *catalog = master->catalog;
    uint32_t framework = a->in->framework;
    if (a->conversions.count > 0) {
        HfStatus status =
            hf_allocator_update_allocation(master->allocator, a->now, framework, a->agent, a->role,
                                           &a->offered, &a->conversions, NULL, NULL);
        HF_ASSERT(status == HF_OK);
    }
    /* (Mesos counts what GROW and SHRINK made in `made` alone, and so loses what a SHRINK frees
     * when the offers hold more of the same disk. Here it comes back.) */
    HfResources made = {0};
    hf_resources_add(catalog, &a->remaining, &a->resized);
    hf_resources_copy(catalog, &made, &a->remaining);
    hf_resources_subtract(catalog, &made, &a->offered);
    hf_resources_subtract(catalog, &a->remaining, &made);
    if (!hf_resources_is_empty(&made))
        hf_master__give_back(master, a->now, framework, a->agent, a->role, &made, HF_NO_FILTER,
                             FALSE);
    if (!hf_resources_is_empty(&a->remaining))
        hf_master__give_back(master, a->now, framework, a->agent, a->role, &a->remaining,
                             hf_master__refuse_seconds_of(master, a->in), FALSE);
    if (!hf_resources_is_empty(&a->launched))
        transition(master, framework, a->agent, a->role, &a->launched, NULL);
    hf_resources_clear(catalog, &made);
}

/* Does the list name tasks that are in the message, each once and in order? */
static gboolean tasks_are_named(const HfMessage *in)
{
    uint32_t next = 0;
    for (guint32 i = 0; i < in->operations.count; i++) {
        const HfOfferOperation *operation = &in->operations.at[i];
        if (operation->first_task != next || operation->task_count > in->tasks.count - next)
            return FALSE;
        next += operation->task_count;
    }
    return next == in->tasks.count;
}

static void launch_list(Accept *a)
{
    on_launch(a, &(HfOfferOperation){.action = HF_OFFER_LAUNCH, .task_count = a->in->tasks.count});
}

/* Of a message without operations, too: its tasks are one LAUNCH. */
static void do_operations(HfMaster *master, HfTime now, const HfMessage *in, uint32_t agent,
                          HfRoleId role, HfOutbox *out)
{
    HfCatalog *catalog = master->catalog;
    Accept a = {.master = master, .now = now, .in = in, .out = out, .agent = agent, .role = role};
    HfParcel *offered = collect_offers(master, now, in, out);
    hf_resources_copy(catalog, &a.offered, hf_parcel_resources(offered));
    hf_resources_copy(catalog, &a.remaining, hf_parcel_resources(offered));
    hf_parcel_drop(catalog, &offered);
    hf_resources_shared(catalog, &a.offered, &a.shared);
    if (in->operations.count == 0) launch_list(&a);
    for (guint32 i = 0; i < in->operations.count; i++) {
        const HfOfferOperation *operation = &in->operations.at[i];
        switch (operation->action) {
        case HF_OFFER_LAUNCH:
            on_launch(&a, operation);
            break;
        case HF_OFFER_LAUNCH_GROUP:
            on_launch_group(&a, operation);
            break;
        case HF_OFFER_CONVERT:
            on_convert(&a, operation);
            break;
        }
    }
    settle(&a);
    hf_resources_clear(catalog, &a.offered);
    hf_resources_clear(catalog, &a.remaining);
    hf_resources_clear(catalog, &a.resized);
    hf_resources_clear(catalog, &a.shared);
    hf_resources_clear(catalog, &a.launched);
    hf_conversions_clear(catalog, &a.conversions);
}

static gboolean has_executors(const HfMessage *in)
{
    for (guint32 i = 0; i < in->tasks.count; i++)
        if (G_UNLIKELY(in->tasks.at[i].executor != NULL)) return TRUE;
    return FALSE;
}

void hf_master__on_accept(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->tasks.count == 0 && in->operations.count == 0) {
        hf_master__on_decline(master, now, in, out); /* nothing is to be done: it is a DECLINE */
        return;
    }
    uint32_t first = find_offers(master, in);
    if (first == NO_ROW || (in->operations.count > 0 && !tasks_are_named(in))) {
        refuse_accept(master, now, in, out);
        return;
    }
    uint32_t agent = master->offers.at[first].agent;
    HfRoleId role = master->offers.at[first].role;
    if (in->operations.count == 0 && !has_executors(in))
        launch_all(master, now, in, agent, role, out);
    else
        do_operations(master, now, in, agent, role, out);
}
