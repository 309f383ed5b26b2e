/*
 * The batch model: jobs of many equal tasks arrive, wait in one queue, first come first served, and
 * are placed into whatever offers come. Stands for Hadoop, Spark and HPC queues as far as the
 * allocator can tell them apart.
 *
 * Thinking (Omega paper, section 3.3; google/cluster-scheduler-simulator): on each batch of offers
 * the framework decides at once what it would launch, but answers only after base + per_task x
 * (tasks of each job looked at), and several decisions can be under way. Until then the offers are
 * locked: all that came together (hold: all), or only those it will use (hold: used).
 *
 * Draws: job i has streams of its own, so a changed policy meets the same jobs with the same tasks.
 */
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/map64.h"
#include "base/slots.h"
#include "models/frameworks/batch_config.h"
#include "models/frameworks/constraint.h"
#include "models/frameworks/placement.h"
#include "models/frameworks/possible.h"
#include "world/data.h"

/* ---- state ---- */

enum { TIMER_ARRIVAL, TIMER_DECISION, TIMER_REVIVE };

#define NO_TRACE UINT32_MAX

#define NOTED ((HfTime)-1)

/* A task of a trace; its job and demand are its own. */
typedef struct Traced {
    HfTime submit, duration;
    uint64_t job;
    uint32_t line; /* its place in the trace */
    HfDemand demand;
    HfConstraint constraint;
} Traced;

/* A job whose tasks are not all done. */
typedef struct Job {
    uint64_t number; /* counted from 1 */
    HfTime submit;
    uint32_t to_launch, to_finish;
    uint32_t ready;      /* of those to launch, how many may be now: it is in the queue */
    uint32_t traced;     /* its next task in the trace, or NO_TRACE */
    uint32_t generation; /* of its row */
    uint32_t unused[3];
    uint64_t considered; /* the last decision that looked at it */
    uint64_t unused_too;
    HfStream stream; /* of its tasks' durations and usages, drawn in order of launch */
} Job;

_Static_assert(offsetof(Job, stream) == 64, "what the end of a task needs is one cache line");

/* A task that was taken from its job, until it has ended. */
typedef struct Task {
    uint64_t id : 48; /* 0 = it has ended */
    uint64_t usage_milli : 16;
    HfTime duration, queued; /* queued: when it began to wait; NOTED once it has run */
    uint32_t job;            /* its row, which is its job's until the last of its tasks has ended */
    uint32_t traced;
} Task;

_Static_assert(sizeof(Task) == 32, "a task is half a cache line");

typedef struct Accept {
    uint64_t offer;
    uint32_t first, count; /* in the decision's tasks */
} Accept;

typedef struct Decision {
    HF_VEC(HfTaskInfo) tasks;
    HF_VEC(Accept) accepts;
    HfIds declines;
} Decision;

typedef struct Batch {
    HfModelEnv env;
    const HfBatchConfig *config;
    HfDemand demand; /* of every task, unless there is a trace */
    HfStream arrivals;
    uint64_t jobs_seen, next_task, decisions_made;
    HF_VEC(Job) jobs; /* [row of job_slots] */
    HfSlots job_slots;
    HF_VEC(HfHandle) queue; /* jobs with tasks to launch, oldest first, from queue_head on */
    guint32 queue_head;
    HF_VEC(Task)
    again; /* to be launched once more, before all jobs; oldest first from again_head */
    guint32 again_head;
    HF_VEC(Task) live; /* [row]; launched, or in a decision */
    HF_VEC(uint32_t) spare;
    HfLateMap64 live_rows; /* task id -> row */
    HF_VEC(Traced) trace;
    HfConstraintValues values; /* of the trace's constraints */
    uint32_t next_traced;
    HF_VEC(Decision) decisions; /* [row] */
    HF_VEC(uint32_t) decision_spare;
    int64_t waiting, waiting_noted;
    gboolean is_suppressed, is_revive_armed;
    HfTime revived_at, started_at;
    HfTime arrives_at;         /* the next job; users do not wait for a scheduler that is away */
    HfResources pool;          /* of the offer being filled, once something was cut out of it */
    const HfParcel *too_small; /* among the offers at hand: what no task fits into, found last; NULL
                                  = none, or tasks differ */
    HfParcel *cut;             /* what the last task was given */
    HfCuts cuts;               /* where all tasks ask for the same */
} Batch;

/* ---- arrivals ---- */

static void note_waiting(Batch *batch, HfDriver *driver)
{
    if (batch->waiting == batch->waiting_noted) return;
    batch->waiting_noted = batch->waiting;
    hf_driver_note_demand(driver, batch->waiting);
}

static void revive(Batch *batch, HfDriver *driver)
{
    batch->is_suppressed = FALSE;
    batch->revived_at = hf_driver_now(driver);
    hf_driver_revive(driver);
}

/* There is work again: ask for offers, but not more often than min_revive_interval. */
static void want_offers(Batch *batch, HfDriver *driver)
{
    if (!batch->is_suppressed || batch->is_revive_armed) return;
    HfTime wait = batch->revived_at + batch->config->min_revive - hf_driver_now(driver);
    if (wait <= 0) {
        revive(batch, driver);
    } else {
        batch->is_revive_armed = TRUE;
        hf_driver_after(driver, wait, TIMER_REVIVE, 0);
    }
}

static void add_job(Batch *batch, HfTime now, uint32_t tasks, uint32_t traced)
{
    int64_t limit = batch->config->at_once;
    uint32_t ready = limit > 0 ? (uint32_t)MIN(limit, (int64_t)tasks) : tasks;
    HfHandle handle = hf_slots_take(&batch->job_slots);
    if (handle.row == batch->jobs.count) hf_vec_push_zero(&batch->jobs);
    Job *job = &batch->jobs.at[handle.row];
    *job = (Job){.number = ++batch->jobs_seen,
                 .submit = now,
                 .to_launch = tasks,
                 .to_finish = tasks,
                 .ready = ready,
                 .traced = traced,
                 .generation = handle.generation};
    hf_model_stream(&job->stream, &batch->env, "batch-task", job->number);
    hf_vec_push(&batch->queue, handle);
    batch->waiting += ready;
}

static void arm_arrival(Batch *batch, HfDriver *driver)
{
    const HfBatchConfig *config = batch->config;
    if (batch->trace.count > 0) {
        if (batch->next_traced == batch->trace.count) return;
        batch->arrives_at = batch->started_at + batch->trace.at[batch->next_traced].submit;
        hf_driver_after(driver, MAX(batch->arrives_at - hf_driver_now(driver), 0), TIMER_ARRIVAL,
                        0);
        return;
    }
    if (config->jobs > 0 && batch->jobs_seen == (uint64_t)config->jobs) return;
    batch->arrives_at = hf_time_add(
        batch->arrives_at, hf_time_from_seconds(hf_law_draw(&config->arrivals, &batch->arrivals)));
    hf_driver_after(driver, MAX(batch->arrives_at - hf_driver_now(driver), 0), TIMER_ARRIVAL, 0);
}

static void note_job(Batch *batch, HfDriver *driver, const HfDemand *demand, uint32_t tasks)
{
    hf_demand_resources(batch->env.catalog, demand, &batch->pool);
    hf_driver_note_submitted(driver, batch->jobs_seen, tasks, &batch->pool);
}

static void on_arrival(Batch *batch, HfDriver *driver)
{
    HfTime now = batch->arrives_at; /* or later, when the scheduler was away */
    if (batch->trace.count > 0) {
        uint32_t first = batch->next_traced, next = first;
        while (next < batch->trace.count && batch->trace.at[next].job == batch->trace.at[first].job)
            next++;
        batch->next_traced = next;
        add_job(batch, now, next - first, first);
        for (uint32_t i = first; i < next; i++)
            note_job(batch, driver, &batch->trace.at[i].demand, 1);
    } else {
        double drawn = hf_law_draw(&batch->config->tasks, &batch->arrivals);
        uint32_t tasks = (uint32_t)MAX(1.0, floor(drawn + 0.5));
        add_job(batch, now, tasks, NO_TRACE);
        note_job(batch, driver, &batch->demand, tasks);
    }
    note_waiting(batch, driver);
    want_offers(batch, driver);
    arm_arrival(batch, driver);
}

/* ---- the queue ---- */

static Job *head_job(Batch *batch)
{
    return &batch->jobs.at[batch->queue.at[batch->queue_head].row];
}

static const HfDemand *demand_of(const Batch *batch, uint32_t traced)
{
    return traced == NO_TRACE ? &batch->demand : &batch->trace.at[traced].demand;
}

static gboolean has_again(const Batch *batch)
{
    return batch->again_head < batch->again.count;
}

/* Does the next task in line, and there must be one, find room in the pool, which is of an agent
 * with these attributes? */
static gboolean next_fits(Batch *batch, const HfAttributes *attributes, const HfResources *pool)
{
    HF_ASSERT(batch->waiting > 0);
    uint32_t traced =
        has_again(batch) ? batch->again.at[batch->again_head].traced : head_job(batch)->traced;
    return (traced == NO_TRACE || hf_constraint_allows(&batch->trace.at[traced].constraint,
                                                       &batch->values, attributes)) &&
           hf_demand_fits(batch->env.catalog, demand_of(batch, traced), pool, 1) > 0;
}

static Task take_again(Batch *batch)
{
    Task task = batch->again.at[batch->again_head++];
    if (batch->again_head * 2 > batch->again.count) {
        batch->again.count -= batch->again_head;
        memmove(batch->again.at, batch->again.at + batch->again_head,
                batch->again.count * sizeof *batch->again.at);
        batch->again_head = 0;
    }
    return task;
}

/* Take the next task out of the line. */
static Task take_next(Batch *batch)
{
    batch->waiting--;
    if (has_again(batch)) return take_again(batch);
    Job *job = head_job(batch);
    Task task = {.job = batch->queue.at[batch->queue_head].row,
                 .queued = job->submit,
                 .traced = job->traced};
    double usage = hf_law_draw(&batch->config->usage, &job->stream);
    task.usage_milli = (uint32_t)floor(usage * 1000 + 0.5);
    if (job->traced == NO_TRACE)
        task.duration = hf_time_from_seconds(hf_law_draw(&batch->config->duration, &job->stream));
    else
        task.duration = batch->trace.at[job->traced++].duration;
    job->to_launch--;
    if (--job->ready == 0) {
        batch->queue_head++;
        if (batch->queue_head > 1024 && batch->queue_head * 2 > batch->queue.count) {
            batch->queue.count -= batch->queue_head;
            memmove(batch->queue.at, batch->queue.at + batch->queue_head,
                    batch->queue.count * sizeof *batch->queue.at);
            batch->queue_head = 0;
        }
    }
    return task;
}

/* ---- deciding ---- */

static uint32_t new_decision(Batch *batch)
{
    batch->decisions_made++;
    if (batch->decision_spare.count > 0)
        return batch->decision_spare.at[--batch->decision_spare.count];
    hf_vec_push_zero(&batch->decisions);
    return batch->decisions.count - 1;
}

/* `resources`: what it is given, a reference; NULL = it is cut out of batch->pool. */
static void put_task(Batch *batch, Decision *decision, HfParcel *resources)
{
    enum { AHEAD = 8 }; /* rows lie anywhere in memory */
    Task task = take_next(batch);
    task.id = ++batch->next_task;
    uint32_t row = batch->live.count;
    if (batch->spare.count > 0) {
        row = batch->spare.at[--batch->spare.count];
        if (batch->spare.count >= AHEAD)
            __builtin_prefetch(&batch->live.at[batch->spare.at[batch->spare.count - AHEAD]], 1);
        batch->live.at[row] = task;
    } else {
        hf_vec_push(&batch->live, task);
    }
    hf_late_map64_set(&batch->live_rows, task.id, row);
    hf_vec_push_zero(&decision->tasks);
    HfTaskInfo *info = hf_vec_last(&decision->tasks);
    info->id = task.id;
    info->tag = row + 1;
    info->job = batch->jobs.at[task.job].number;
    info->duration = task.duration;
    info->end = HF_TASK_FINISHED;
    info->usage_milli = task.usage_milli;
    hf_writes_draw(&batch->config->writes, batch->env.seed, batch->env.entity, info);
    info->resources = resources != NULL
                          ? resources
                          : hf_demand_take(batch->env.catalog, demand_of(batch, task.traced),
                                           &batch->pool, &batch->cut);
}

/* The job at the head of the line is looked at in this decision: that takes time, once for each
 * decision. */
static HfTime consider(Batch *batch)
{
    const HfBatchThink *think = &batch->config->think;
    if (has_again(batch)) return 0;
    Job *job = head_job(batch);
    if (job->considered == batch->decisions_made) return 0;
    job->considered = batch->decisions_made;
    return hf_time_add(think->base, (HfTime)job->to_launch * think->per_task);
}

/* Decline offers from the i-th on, for which there is room, as long as it is known without looking
 * into one that nothing goes into it. Returns which is the first of the others. */
static uint32_t pass_useless(const Batch *batch, HfIds *declines, const HfOfferInfo *offers,
                             uint32_t i, uint32_t count)
{
    uint64_t *to = declines->at + declines->count;
    const HfParcel *too_small = batch->too_small;
    if (batch->waiting == 0)
        for (; i < count; i++) *to++ = offers[i].id;
    else if (too_small != NULL)
        for (; i < count && offers[i].resources == too_small; i++) *to++ = offers[i].id;
    declines->count = (guint32)(to - declines->at);
    return i;
}

/* Put up to `room` tasks into an offer; returns the thinking that went into it. */
static HfTime fill_apart(Batch *batch, Decision *decision, const HfOfferInfo *offer, uint32_t room)
{
    HfTime thinking = 0;
    const HfResources *pool = hf_parcel_resources(offer->resources);
    for (; batch->waiting > 0 && room > 0; room--) {
        if (!next_fits(batch, offer->attributes, pool)) {
            if (pool != &batch->pool && batch->trace.count == 0)
                batch->too_small = offer->resources;
            break;
        }
        if (pool != &batch->pool) hf_resources_copy(batch->env.catalog, &batch->pool, pool);
        pool = &batch->pool;
        thinking += consider(batch);
        put_task(batch, decision, NULL);
    }
    return thinking;
}

/* The same of tasks that all ask for the same, and for no ports. */
static HfTime fill_alike(Batch *batch, Decision *decision, const HfOfferInfo *offer, uint32_t room)
{
    HfTime thinking = 0;
    HfParcel *pool = offer->resources;
    for (; batch->waiting > 0 && room > 0 && pool != NULL; room--) {
        const HfCut *cut = hf_cuts_find(&batch->cuts, batch->env.catalog, &batch->demand, pool);
        if (cut->task == NULL) {
            if (pool == offer->resources) batch->too_small = pool;
            break;
        }
        thinking += consider(batch);
        put_task(batch, decision, hf_parcel_ref(cut->task));
        pool = cut->rest;
    }
    return thinking;
}

/* Fill one offer, or decline it; returns the thinking that went into it. */
static HfTime fill(Batch *batch, Decision *decision, const HfOfferInfo *offer)
{
    uint32_t first = decision->tasks.count;
    uint32_t room =
        batch->config->tasks_per_offer > 0 ? (uint32_t)batch->config->tasks_per_offer : UINT32_MAX;
    gboolean is_alike = batch->trace.count == 0 && batch->demand.ports == 0;
    HfTime thinking = is_alike ? fill_alike(batch, decision, offer, room)
                               : fill_apart(batch, decision, offer, room);
    uint32_t count = decision->tasks.count - first;
    if (count > 0)
        hf_vec_push(&decision->accepts, (Accept){offer->id, first, count});
    else
        hf_vec_push(&decision->declines, offer->id);
    return thinking;
}

static void decline(Batch *batch, HfDriver *driver, Decision *decision)
{
    hf_driver_decline_list(driver, &decision->declines, hf_time_to_seconds(batch->config->refuse));
}

static void answer(Batch *batch, HfDriver *driver, uint32_t row)
{
    Decision *decision = &batch->decisions.at[row];
    for (guint32 i = 0; i < decision->accepts.count; i++) {
        const Accept *accept = &decision->accepts.at[i];
        hf_driver_accept(driver, &accept->offer, 1, &decision->tasks.at[accept->first],
                         accept->count, hf_time_to_seconds(batch->config->refuse));
    }
    decline(batch, driver, decision);
    hf_vec_reset(&decision->tasks); /* their resources were moved out */
    hf_vec_reset(&decision->accepts);
    hf_vec_push(&batch->decision_spare, row);
}

static void on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    Batch *batch = model;
    HfTime thinking = 0;
    uint32_t row = new_decision(batch);
    batch->too_small = NULL; /* parcels of offers answered before may be others now */
    Decision *decision = &batch->decisions.at[row];
    hf_vec_reserve(&decision->declines, count);
    for (uint32_t i = pass_useless(batch, &decision->declines, offers, 0, count); i < count;
         i = pass_useless(batch, &decision->declines, offers, i + 1, count))
        thinking += fill(batch, decision, &offers[i]);
    note_waiting(batch, driver);
    if (batch->config->suppress && batch->waiting == 0 && !batch->is_suppressed) {
        batch->is_suppressed = TRUE;
        hf_driver_suppress(driver);
    }
    if (thinking == 0) {
        answer(batch, driver, row);
        return;
    }
    if (batch->config->hold == HF_BATCH_HOLD_USED) decline(batch, driver, decision);
    hf_driver_after(driver, thinking, TIMER_DECISION, row);
}

/* ---- what becomes of tasks ---- */

static void finish_task(Batch *batch, HfDriver *driver, const Task *task)
{
    Job *job = &batch->jobs.at[task->job];
    HfHandle handle = {task->job, job->generation};
    HF_ASSERT(job->to_finish > 0 && hf_slots_is_live(&batch->job_slots, handle));
    if (--job->to_finish > 0) {
        if (job->to_launch == job->ready) return;
        if (job->ready++ == 0) hf_vec_push(&batch->queue, handle); /* the next of its array */
        batch->waiting++;
        note_waiting(batch, driver);
        want_offers(batch, driver);
        return;
    }
    hf_driver_note_job(driver, job->number, hf_driver_now(driver) - job->submit);
    hf_slots_give(&batch->job_slots, handle);
}

/* The rows of tasks that are over have the id 0. */
static __attribute__((noinline)) void index_tasks(Batch *batch)
{
    batch->live_rows.is_kept = TRUE;
    for (uint32_t row = 0; row < batch->live.count; row++)
        if (batch->live.at[row].id != 0)
            hf_late_map64_set(&batch->live_rows, batch->live.at[row].id, row);
}

/* HF_MAP64_NONE: there is no such task, or no more. */
static uint32_t row_of(Batch *batch, const HfTaskStatus *status)
{
    uint32_t row = status->tag - 1;
    if (G_LIKELY(row < batch->live.count && batch->live.at[row].id == status->task)) return row;
    if (!batch->live_rows.is_kept) index_tasks(batch);
    return hf_map64_get(&batch->live_rows.map, status->task);
}

static void on_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    Batch *batch = model;
    uint32_t row = row_of(batch, status);
    if (row ==
        HF_MAP64_NONE) { /* repeated; or given up, and it must not run beside its successor */
        if (hf_task_state_is_alive(status->state)) hf_driver_kill(driver, status->task);
        return;
    }
    Task *task = &batch->live.at[row];
    if (status->state == HF_TASK_RUNNING && task->queued != NOTED) { /* updates may be repeated */
        hf_driver_note_waited(driver, status, hf_driver_now(driver) - task->queued);
        task->queued = NOTED;
    }
    if (hf_task_state_is_alive(status->state)) return;
    hf_late_map64_remove(&batch->live_rows, status->task);
    task->id = 0;
    hf_vec_push(&batch->spare, row);
    if (status->state == HF_TASK_FINISHED) {
        finish_task(batch, driver, task);
        return;
    }
    Task again = *task; /* from the beginning: a batch task keeps no state */
    again.queued = hf_driver_now(driver);
    hf_vec_push(&batch->again, again);
    batch->waiting++;
    note_waiting(batch, driver);
    want_offers(batch, driver);
}

static void prefetch(const void *model, uint32_t tag, uint32_t step)
{
    const Batch *batch = model;
    uint32_t row = tag - 1;
    if (row >= batch->live.count) return;
    const Task *task = &batch->live.at[row];
    if (step == 0)
        __builtin_prefetch(task, 1);
    else if (step == 1)
        __builtin_prefetch(&batch->jobs.at[task->job], 1);
}

static void on_subscribed(void *model, HfDriver *driver)
{
    Batch *batch = model;
    batch->started_at = batch->arrives_at = hf_driver_now(driver);
    batch->revived_at = batch->started_at - batch->config->min_revive;
    arm_arrival(batch, driver);
}

/* What was said last may be lost: ask about every task but those of which nothing was said yet. */
static void on_resubscribed(void *model, HfDriver *driver)
{
    Batch *batch = model;
    HfMap64 unsaid = {0};
    HF_VEC(HfDriverTask) asked = {0};
    for (guint32 d = 0; d < batch->decisions.count; d++)
        for (guint32 i = 0; i < batch->decisions.at[d].tasks.count; i++)
            hf_map64_set(&unsaid, batch->decisions.at[d].tasks.at[i].id, 1);
    for (uint32_t row = 0; row < batch->live.count; row++) {
        uint64_t id = batch->live.at[row].id;
        if (id != 0 && hf_map64_get(&unsaid, id) == HF_MAP64_NONE)
            hf_vec_push(&asked, (HfDriverTask){id, HF_ROW_NONE});
    }
    hf_driver_reconcile_until_answered(driver, asked.at, asked.count);
    hf_map64_clear(&unsaid);
    hf_vec_clear(&asked);
    batch->is_suppressed = batch->config->suppress && batch->waiting == 0;
    if (batch->is_suppressed) hf_driver_suppress(driver);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    Batch *batch = model;
    switch (kind) {
    case TIMER_ARRIVAL:
        on_arrival(batch, driver);
        break;
    case TIMER_DECISION:
        answer(batch, driver, (uint32_t)arg);
        break;
    case TIMER_REVIVE:
        batch->is_revive_armed = FALSE;
        if (batch->is_suppressed && batch->waiting > 0) revive(batch, driver);
        break;
    default:
        HF_ASSERT(!"a timer that batch did not arm");
    }
}

/* ---- life ---- */

typedef struct Reader {
    Batch *batch;
    GError *error;
} Reader;

static void read_task(void *context, const HfTraceTask *task)
{
    Reader *reader = context;
    if (reader->error) return;
    Batch *batch = reader->batch;
    Traced traced = {.submit = task->submit,
                     .duration = task->duration,
                     .job = task->job,
                     .line = batch->trace.count};
    if (!hf_demand_parse(batch->env.catalog, task->resources, &traced.demand, &reader->error))
        return;
    traced.constraint = hf_constraint_parse(batch->env.catalog, task->constraint, &batch->values);
    hf_vec_push(&batch->trace, traced);
}

static int by_submit(const void *a, const void *b)
{
    const Traced *left = a, *right = b;
    if (left->submit != right->submit) return left->submit < right->submit ? -1 : 1;
    return (left->line > right->line) - (left->line < right->line);
}

static gboolean read_trace(Batch *batch, GError **error)
{
    const HfModelChoice *choice = &batch->config->workload.choice;
    if (choice->model == NULL) return TRUE;
    const HfWorkloadFormat *format = (const HfWorkloadFormat *)(const void *)choice->model;
    Reader reader = {.batch = batch};
    if (!format->read(choice->config, read_task, &reader, error)) return FALSE;
    if (reader.error) {
        g_propagate_error(error, reader.error);
        return FALSE;
    }
    /* Some lists are not in order of time; a job's tasks share theirs and stay together. */
    if (batch->trace.count > 0)
        qsort(batch->trace.at, batch->trace.count, sizeof *batch->trace.at, by_submit);
    return TRUE;
}

static void destroy(void *model)
{
    Batch *batch = model;
    for (guint32 d = 0; d < batch->decisions.count; d++) {
        Decision *decision = &batch->decisions.at[d];
        for (guint32 t = 0; t < decision->tasks.count; t++)
            hf_parcel_drop(batch->env.catalog, &decision->tasks.at[t].resources);
        hf_vec_clear(&decision->tasks);
        hf_vec_clear(&decision->accepts);
        hf_vec_clear(&decision->declines);
    }
    hf_vec_clear(&batch->decisions);
    hf_vec_clear(&batch->decision_spare);
    hf_vec_clear(&batch->jobs);
    hf_vec_clear(&batch->queue);
    hf_vec_clear(&batch->again);
    hf_vec_clear(&batch->live);
    hf_vec_clear(&batch->spare);
    hf_vec_clear(&batch->trace);
    hf_vec_clear(&batch->values);
    hf_slots_clear(&batch->job_slots);
    hf_map64_clear(&batch->live_rows.map);
    hf_resources_clear(batch->env.catalog, &batch->pool);
    hf_parcel_drop(batch->env.catalog, &batch->cut);
    hf_cuts_clear(&batch->cuts, batch->env.catalog);
    g_free(batch);
}

static void *create(const HfModelEnv *env, const void *config, GError **error)
{
    Batch *batch = g_new0(Batch, 1);
    batch->env = *env;
    batch->config = config;
    hf_model_stream(&batch->arrivals, env, "batch-arrivals", 0);
    hf_demand_add(&batch->demand, HF_KIND_CPUS, batch->config->cpus);
    hf_demand_add(&batch->demand, HF_KIND_MEM, batch->config->mem);
    hf_demand_add(&batch->demand, HF_KIND_DISK, batch->config->disk);
    hf_demand_add(&batch->demand, HF_KIND_GPUS, batch->config->gpus);
    char *why = NULL; /* a job of a trace that is too large is told when the run comes to a stop */
    if (batch->config->workload.choice.model == NULL)
        why = hf_possible_refusal(env, &batch->demand);
    if (why != NULL)
        g_set_error_literal(error, HF_MODEL_ERROR, 1, why);
    else if (read_trace(batch, error))
        return batch;
    g_free(why);
    destroy(batch);
    return NULL;
}

/* May a task of the trace be on this host? */
static gboolean allows(const HfWait *wait, uint32_t host)
{
    const Batch *batch = wait->of;
    const Traced *traced = wait->also;
    return hf_constraint_allows(&traced->constraint, &batch->values,
                                hf_world_host_attributes(batch->env.world, host));
}

/* Of tasks to be run again the demand is their own; of a trace's jobs each has another. */
static void tell_wait(const Batch *batch, uint32_t traced, int64_t tasks, HfTime since,
                      HfWaitSink sink, void *context)
{
    HfResources asks = {0};
    const HfDemand *demand = demand_of(batch, traced);
    hf_demand_resources(batch->env.catalog, demand, &asks);
    sink(context, &(HfWait){.tasks = tasks,
                            .since = since,
                            .asks = &asks,
                            .ports = demand->ports,
                            .host = HF_ROW_NONE,
                            .allows = traced == NO_TRACE ? NULL : allows,
                            .of = batch,
                            .also = traced == NO_TRACE ? NULL : &batch->trace.at[traced]});
    hf_resources_clear(batch->env.catalog, &asks);
}

static void waits(const void *model, HfWaitSink sink, void *context)
{
    const Batch *batch = model;
    int64_t tasks = 0;
    HfTime since = HF_TIME_NEVER;
    for (guint32 i = batch->queue_head; i < batch->queue.count; i++) {
        if (!hf_slots_is_live(&batch->job_slots, batch->queue.at[i])) continue;
        const Job *job = &batch->jobs.at[batch->queue.at[i].row];
        if (job->ready == 0) continue;
        if (batch->trace.count > 0)
            tell_wait(batch, job->traced, job->ready, job->submit, sink, context);
        else
            since = MIN(since, job->submit);
        tasks += job->ready;
    }
    for (guint32 i = batch->again_head; i < batch->again.count; i++) {
        const Task *task = &batch->again.at[i];
        if (batch->trace.count > 0)
            tell_wait(batch, task->traced, 1, MAX(task->queued, 0), sink, context);
        else
            since = MIN(since, MAX(task->queued, 0));
        tasks++;
    }
    if (batch->trace.count == 0 && tasks > 0)
        tell_wait(batch, NO_TRACE, tasks, since, sink, context);
}

/* Those that are launched and not known to run; what it still thinks about is not launched. */
static void unheard(const void *model, HfUnheardSink sink, void *context)
{
    const Batch *batch = model;
    g_autoptr(GHashTable) thought_of = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint32 d = 0; d < batch->decisions.count; d++)
        for (guint32 t = 0; t < batch->decisions.at[d].tasks.count; t++)
            g_hash_table_add(thought_of, &batch->decisions.at[d].tasks.at[t].id);
    for (guint32 row = 0; row < batch->live.count; row++) {
        const Task *task = &batch->live.at[row];
        uint64_t id = task->id;
        if (id == 0 || task->queued == NOTED || g_hash_table_contains(thought_of, &id)) continue;
        sink(context, &(HfUnheard){.task = id, .since = MAX(task->queued, 0)});
    }
}

static const HfSchedulerOps ops = {.subscribed = on_subscribed,
                                   .offers = on_offers,
                                   .update = on_update,
                                   .resubscribed = on_resubscribed,
                                   .timer = on_timer,
                                   .prefetch = prefetch,
                                   .waits = waits,
                                   .unheard = unheard};

const HfFrameworkModel hf_framework_batch = {
    .keys =
        {"batch",
         "Batch jobs: they arrive, wait first come first served, run for a drawn time and leave.",
         &hf_batch_table},
    .ops = &ops,
    .create = create,
    .destroy = destroy,
};
