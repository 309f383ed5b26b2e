/*
 * Executors that take time to start: an agent fetches what one needs, makes its container and waits
 * until it registers. Here is what was begun and is not there yet, of tasks' own executors and of
 * those that frameworks bring: the order that it was begun with is carried out when its time has
 * come, or never, if it hangs; then its agent gives it up (executor_registration_timeout). Nothing
 * of it outlives the agent's process, which alone knows that it was begun.
 *
 * Where executors start at once, which is the default, nothing comes here, and nothing is recorded.
 */
#include "base/assert.h"
#include "world/world_internal.h"

static gboolean takes_time(const HfWorld *world)
{
    return world->startup != NULL;
}

gboolean hf_world__starts_take_time(const HfWorld *world)
{
    const HfScenarioAgentFlags *flags = &world->scenario->agent;
    return flags->executor_hangs > 0 ||
           (flags->executor_startup.kind != NULL && hf_law_mean(&flags->executor_startup) > 0);
}

HfTime hf_world_executor_registration_timeout(const HfWorld *world)
{
    return hf_world__starts_take_time(world) ? world->scenario->agent.executor_registration_timeout
                                             : 0;
}

void hf_world__build_starts(HfWorld *world)
{
    if (!hf_world__starts_take_time(world)) return;
    world->startup = g_new(HfStream, world->host_count);
    for (uint32_t h = 0; h < world->host_count; h++)
        hf_stream_init(&world->startup[h], world->scenario->seed, "executor-startup",
                       hf_stream_entity(world->hosts[h].name));
}

void hf_world__clear_starts(HfWorld *world)
{
    hf_vec_clear(&world->starts);
    hf_slots_clear(&world->start_slots);
    g_free(world->startup);
}

/* How long the next one on this host takes; HF_TIME_NEVER: it hangs. Both are drawn each time. */
static HfTime draw(HfWorld *world, uint32_t host)
{
    const HfScenarioAgentFlags *flags = &world->scenario->agent;
    HfStream *stream = &world->startup[host];
    gboolean hangs = hf_stream_uniform(stream) < flags->executor_hangs;
    HfTime takes = flags->executor_startup.kind != NULL
                       ? hf_time_from_seconds(hf_law_draw(&flags->executor_startup, stream))
                       : 0;
    return hangs ? HF_TIME_NEVER : takes;
}

static void record(HfWorld *world, const HfMessage *order, HfTime takes)
{
    gboolean is_own = order->type == HF_MESSAGE_EXECUTOR_LAUNCH;
    hf_trace_emit(world->trace,
                  &(HfRecord){.at = hf_world__now(world),
                              .type = is_own ? HF_RECORD_TASK_BEGUN : HF_RECORD_EXECUTOR_BEGUN,
                              .agent = order->to.row,
                              .framework = order->framework,
                              .id = is_own ? order->info.id : order->info.executor->id,
                              .value = takes == HF_TIME_NEVER ? -1 : takes,
                              .resources = is_own
                                               ? hf_parcel_resources(order->info.resources)
                                               : hf_executor_info_resources(order->info.executor)});
}

gboolean hf_world__start_later(HfWorld *world, const HfMessage *in)
{
    if (G_LIKELY(!takes_time(world))) return FALSE;
    HfTime takes = draw(world, in->to.row);
    record(world, in, takes);
    if (takes == 0) return FALSE;
    HfHandle handle = hf_slots_take(&world->start_slots);
    if (handle.row == world->starts.count) hf_vec_push_zero(&world->starts);
    HfStart *start = &world->starts.at[handle.row];
    *start = (HfStart){.order = hf_message_copy(world->pool, in),
                       .at = hf_time_add(hf_world__now(world), takes)};
    if (takes != HF_TIME_NEVER)
        start->event = hf_engine_after(world->engine, takes, world->kind.executor_start, handle.row,
                                       handle.generation);
    return TRUE;
}

/* NO_ROW = no such is being started. Of a task's own executor, or (id) one of its framework's. */
static uint32_t find(const HfWorld *world, uint32_t host, uint32_t framework, uint64_t task,
                     uint32_t id)
{
    for (guint32 row = 0; row < world->starts.count; row++) {
        const HfMessage *order = world->starts.at[row].order;
        if (order == NULL || order->to.row != host || order->framework != framework) continue;
        gboolean is_own = order->type == HF_MESSAGE_EXECUTOR_LAUNCH;
        if (is_own ? id == 0 && order->info.id == task : id == order->info.executor->id) return row;
    }
    return NO_ROW;
}

/* It is over, one way or the other. */
static void drop(HfWorld *world, uint32_t row)
{
    HfStart *start = &world->starts.at[row];
    hf_engine_cancel(world->engine, &start->event);
    hf_message_pool_give(world->pool, start->order);
    start->order = NULL;
    hf_slots_give(&world->start_slots, (HfHandle){row, world->start_slots.generation.at[row]});
}

gboolean hf_world__cancel_task(HfWorld *world, uint32_t host, uint32_t framework, uint64_t task)
{
    uint32_t row = world->start_slots.live > 0 ? find(world, host, framework, task, 0) : NO_ROW;
    if (row == NO_ROW) return FALSE;
    drop(world, row);
    return TRUE;
}

gboolean hf_world__stop_starting(HfWorld *world, const HfMessage *in)
{
    uint32_t row = world->start_slots.live > 0
                       ? find(world, in->to.row, in->framework, 0, in->executor)
                       : NO_ROW;
    if (row == NO_ROW) return FALSE;
    HfStart *start = &world->starts.at[row];
    if (in->grace == 0) {
        drop(world, row);
        return TRUE;
    }
    HfTime now = hf_world__now(world), ends_at = hf_time_add(now, in->grace);
    if (start->event != 0) ends_at = MIN(ends_at, start->at);
    hf_engine_cancel(world->engine, &start->event);
    start->is_stopping = TRUE;
    start->at = ends_at;
    start->event = hf_engine_at(world->engine, ends_at, world->kind.executor_start, row,
                                world->start_slots.generation.at[row]);
    return TRUE;
}

void hf_world__cancel_starts(HfWorld *world, uint32_t host)
{
    if (G_LIKELY(world->start_slots.live == 0)) return;
    for (guint32 row = 0; row < world->starts.count; row++)
        if (world->starts.at[row].order != NULL && world->starts.at[row].order->to.row == host)
            drop(world, row);
}

/* It registers; or it ends, if it was told to before it got there. */
static void on_start(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfStart *start = &world->starts.at[event->target];
    HF_ASSERT(world->start_slots.generation.at[event->target] == (uint32_t)event->arg);
    HfMessage *order = start->order;
    gboolean is_stopping = start->is_stopping;
    start->event = 0;
    start->order = NULL;
    hf_slots_give(&world->start_slots, (HfHandle){event->target, (uint32_t)event->arg});
    if (is_stopping)
        hf_world__say_exited(world, order->to.row, order->framework, order->info.executor->id);
    else
        hf_world__start_now(world, order);
    uint32_t host = order->to.row;
    hf_message_pool_give(world->pool, order);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, host});
}

void hf_world__register_starts(HfWorld *world)
{
    world->kind.executor_start =
        hf_engine_register(world->engine, "executor-start", on_start, world);
}
