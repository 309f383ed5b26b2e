/*
 * Executors: they start a task (at once, unless starts.c says otherwise), end it when its time has
 * come, and kill it when told to: it stops by itself in the time that it needs for that, or by
 * force when its grace is over. A host that goes down takes its executors with it. One of a
 * framework with checkpointing outlives its agent's process for the recovery timeout, and keeps for
 * the next process what it has to tell.
 */
#include "base/assert.h"
#include "world/data.h"
#include "world/world_internal.h"

#define FIRST_WRITE HF_NS_PER_SECOND /* after which a task finds that it cannot write (ours) */

static HfHandle handle_of(const HfWorld *world, uint32_t row)
{
    return (HfHandle){row, world->runs.at[row].generation};
}

static inline void record_run(HfWorld *world, const HfRun *run, HfRecordType type,
                              HfTaskState state)
{
    hf_trace_emit_inline(world->trace, &(HfRecord){.at = hf_world__now(world),
                                                   .type = (uint16_t)type,
                                                   .state = (uint16_t)state,
                                                   .agent = run->host,
                                                   .framework = run->framework,
                                                   .id = run->task,
                                                   .value = run->usage_milli,
                                                   .resources = hf_parcel_resources(run->resources),
                                                   .parcel = run->resources});
}

/* Take a run off the books: it ended, was killed, or its host went down. */
static void end_run(HfWorld *world, uint32_t row, HfTaskState state)
{
    HfRun *run = &world->runs.at[row];
    hf_engine_cancel(world->engine, &run->event);
    if (!run->is_preparing) record_run(world, run, HF_RECORD_TASK_ENDED, state);
    if (G_UNLIKELY(world->hosts[run->host].has_disk) || world->scenario->agent.stuck_unmounts > 0)
        hf_world__disk_on_end(world, run);
    if (run->next != NO_ROW) world->runs.at[run->next].prev = run->prev;
    if (run->prev != NO_ROW)
        world->runs.at[run->prev].next = run->next;
    else
        world->hosts[run->host].first_run = run->next;
    if (run->stop != NO_ROW)
        hf_slots_give(&world->stop_slots,
                      (HfHandle){run->stop, world->stop_slots.generation.at[run->stop]});
    hf_parcel_drop(world->catalog, &run->resources);
    uint32_t framework = run->framework, host = run->host;
    uint64_t task = run->task;
    if (G_UNLIKELY(run->process != NO_ROW)) world->processes.at[run->process].runs--;
    hf_slots_give(&world->run_slots, handle_of(world, row));
    if (world->keeps_data) hf_world__run_ended(world, framework, task, host, state);
}

/* The executor tells its agent how a task fares. */
static void report(HfWorld *world, uint32_t host, uint32_t framework, uint32_t seat, uint64_t task,
                   HfTaskState state, HfTaskReason reason)
{
    HfMessage *message =
        hf_outbox_send(&world->out, HF_MESSAGE_EXECUTOR_STATUS, (HfPeer){HF_PEER_EXECUTOR, host},
                       (HfPeer){HF_PEER_AGENT, host});
    message->framework = framework;
    hf_task_status_set(&message->status, framework, 0, seat, task, state, reason, 0, host);
}

/* The same, and the agent hears it here and now: where nothing that it was told before is still on
 * its way. */
static void tell(HfWorld *world, uint32_t host, uint32_t framework, uint32_t seat, uint64_t task,
                 HfTaskState state, HfTaskReason reason)
{
    HfMessage *message = &world->told;
    message->type = HF_MESSAGE_EXECUTOR_STATUS;
    message->from = (HfPeer){HF_PEER_EXECUTOR, host};
    message->to = (HfPeer){HF_PEER_AGENT, host};
    message->framework = framework;
    hf_task_status_set(&message->status, framework, 0, seat, task, state, reason, 0, host);
    hf_world__tell_own_agent(world, message);
}

/* A task that ends may not have run at all. */
static inline HfTaskReason reason_of_end(const HfRun *run, HfTaskState state, HfTaskReason reason)
{
    if (G_LIKELY(!run->is_preparing)) return reason;
    return state == HF_TASK_FAILED   ? HF_REASON_CONTAINER_LAUNCH_FAILED
           : state == HF_TASK_KILLED ? HF_REASON_TASK_KILLED_DURING_LAUNCH
                                     : reason;
}

static void report_end(HfWorld *world, const HfRun *run, HfTaskState state, HfTaskReason reason)
{
    report(world, run->host, run->framework, run->seat, run->task, state,
           reason_of_end(run, state, reason));
}

/* The executor that runs tasks of a framework's own tells that one ended, and looks after the
 * others of its group. */
static void finish_run(HfWorld *world, uint32_t row, HfTaskState state);

static uint32_t new_stop(HfWorld *world)
{
    HfHandle handle = hf_slots_take(&world->stop_slots);
    if (handle.row == world->stops.count) hf_vec_push_zero(&world->stops);
    world->stops.at[handle.row] = (HfStop){0};
    return handle.row;
}

static uint32_t prepare_stop(HfWorld *world, const HfMessage *in)
{
    gboolean is_told =
        in->about != NULL && (in->about->capabilities & HF_CAPABILITY_TASK_KILLING_STATE) != 0;
    gboolean takes_time = in->info.stop_time != 0 || is_told;
    if (!takes_time && in->info.group == 0) return NO_ROW;
    uint32_t row = new_stop(world);
    world->stops.at[row] = (HfStop){
        .group = in->info.group,
        .takes_time = takes_time,
        .time = in->info.stop_time,
        .grace = in->info.has_kill_grace ? in->info.kill_grace : HF_KILL_GRACE_DEFAULT,
        .since = HF_TIME_NEVER,
        .is_told = is_told,
    };
    return row;
}

/* NULL: it ends as soon as it is told to. */
static HfStop *stop_of(const HfWorld *world, const HfRun *run)
{
    if (run->stop == NO_ROW || !world->stops.at[run->stop].takes_time) return NULL;
    return &world->stops.at[run->stop];
}

static uint64_t group_of(const HfWorld *world, const HfRun *run)
{
    return run->stop == NO_ROW ? 0 : world->stops.at[run->stop].group;
}

/* It was told to end, and takes its time. */
static gboolean is_stopping(const HfWorld *world, const HfRun *run)
{
    const HfStop *stop = stop_of(world, run);
    return stop != NULL && stop->since != HF_TIME_NEVER;
}

/* It runs, from now on, and that is to be told. */
static void go_on(HfWorld *world, HfRun *run, uint32_t row, HfTime duration)
{
    run->is_preparing = FALSE;
    if (duration != HF_TIME_NEVER)
        run->event =
            hf_engine_after(world->engine, duration, world->kind.task_end, row, run->generation);
    record_run(world, run, HF_RECORD_TASK_STARTED, HF_TASK_RUNNING);
}

/* It waits for something first. */
static void prepare(HfWorld *world, HfRun *run, HfTime duration)
{
    if (run->stop == NO_ROW) run->stop = new_stop(world);
    world->stops.at[run->stop].duration = duration;
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = HF_RECORD_TASK_PREPARES,
                                            .agent = run->host,
                                            .framework = run->framework,
                                            .id = run->task});
}

static void start_run(HfWorld *world, const HfMessage *in)
{
    HfHandle handle = hf_slots_take(&world->run_slots);
    uint32_t coming = hf_slots_coming(&world->run_slots, HF_SLOTS_AHEAD);
    if (coming < world->runs.count) __builtin_prefetch(&world->runs.at[coming], 1);
    if (handle.row == world->runs.count) hf_vec_push_zero(&world->runs);
    HfRun *run = &world->runs.at[handle.row];
    HfHost *host = &world->hosts[in->to.row];
    run->task = in->info.id;
    run->framework = in->framework;
    run->host = in->to.row;
    run->generation = handle.generation;
    run->usage_milli = (uint16_t)in->info.usage_milli;
    run->is_checkpointed = in->checkpoint != FALSE;
    run->is_hung = FALSE;
    run->end = (uint8_t)in->info.end;
    run->event = 0;
    run->resources = hf_parcel_ref(in->info.resources);
    run->process = NO_ROW;
    if (G_UNLIKELY(in->info.executor != NULL)) {
        run->process = hf_world__process_of(world, in);
        HF_ASSERT(run->process != NO_ROW);
        world->processes.at[run->process].runs++;
    }
    run->stop = prepare_stop(world, in);
    run->prev = NO_ROW;
    run->next = host->first_run;
    if (run->next != NO_ROW) world->runs.at[run->next].prev = handle.row;
    host->first_run = handle.row;
    run->place = in->status.place;
    run->seat = in->status.seat;
    run->is_preparing = world->keeps_data && hf_world__run_prepares(world, run);
    gboolean runs = !run->is_preparing;
    if (runs)
        go_on(world, run, handle.row, in->info.duration);
    else
        prepare(world, run, in->info.duration);
    if (world->keeps_data) hf_world__run_started(world, run);
    gboolean may_fill = host->has_disk || hf_parcel_flags(in->info.resources) & HF_META_PERSISTENT;
    if (in->info.sandbox_mib > 0 || in->info.write_kib > 0 ||
        (G_UNLIKELY(may_fill) && host->agent.disk.kept != NULL))
        hf_world__disk_on_start(world, handle.row, &in->info);
    if (runs)
        tell(world, in->to.row, in->framework, in->status.seat, in->info.id, HF_TASK_RUNNING,
             HF_REASON_NONE);
}

/* NO_ROW when no such task runs there. */
static uint32_t find_run(const HfWorld *world, uint32_t host, uint32_t framework, uint64_t task)
{
    uint32_t row = world->hosts[host].first_run;
    while (row != NO_ROW &&
           (world->runs.at[row].task != task || world->runs.at[row].framework != framework))
        row = world->runs.at[row].next;
    return row;
}

void hf_world__fail_run(HfWorld *world, uint32_t host, uint32_t framework, uint64_t task,
                        HfTaskReason reason)
{
    uint32_t row = find_run(world, host, framework, task);
    HF_ASSERT(row != NO_ROW);
    report_end(world, &world->runs.at[row], HF_TASK_FAILED, reason);
    finish_run(world, row, HF_TASK_FAILED);
}

/* It notices with its first write, some time after its start: were that no time, a framework that
 * launches it again at once would do so for ever at one instant. */
void hf_world__fail_soon(HfWorld *world, uint32_t row)
{
    HfRun *run = &world->runs.at[row];
    hf_engine_cancel(world->engine, &run->event);
    run->end = HF_TASK_FAILED;
    run->event =
        hf_engine_after(world->engine, FIRST_WRITE, world->kind.task_end, row, run->generation);
}

gboolean hf_world_task_ready(HfWorld *world, uint32_t framework, uint32_t host, uint64_t task)
{
    uint32_t row =
        find_run(world, host, hf_driver_framework(world->guests[framework].driver), task);
    if (row == NO_ROW) return FALSE;
    HfRun *run = &world->runs.at[row];
    if (!run->is_preparing || run->event != 0)
        return FALSE; /* it ends, or fails, without having run */
    go_on(world, run, row, world->stops.at[run->stop].duration);
    report(world, host, run->framework, run->seat, task, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, host});
    return TRUE;
}

void hf_world_tasks_fail(HfWorld *world, uint32_t host, uint32_t framework, double probability,
                         HfStream *stream)
{
    HF_ASSERT(host < world->host_count && framework < world->guest_count);
    uint32_t id = hf_driver_framework(world->guests[framework].driver);
    HF_VEC(uint64_t) tasks = {0}; /* one that fails may take others of its group along */
    for (uint32_t row = world->hosts[host].first_run; row != NO_ROW; row = world->runs.at[row].next)
        if (world->runs.at[row].framework == id && hf_stream_uniform(stream) < probability)
            hf_vec_push(&tasks, world->runs.at[row].task);
    for (guint32 i = 0; i < tasks.count; i++)
        if (find_run(world, host, id, tasks.at[i]) != NO_ROW)
            hf_world__fail_run(world, host, id, tasks.at[i], HF_REASON_NONE);
    hf_vec_clear(&tasks);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, host});
}

void hf_world_task_fails(HfWorld *world, uint32_t framework, uint32_t host, uint64_t task)
{
    uint32_t row =
        find_run(world, host, hf_driver_framework(world->guests[framework].driver), task);
    if (row == NO_ROW) return;
    if (is_stopping(world, &world->runs.at[row])) return; /* it ends anyway */
    hf_world__fail_soon(world, row);
}

/*
 * A kill came. The first one begins its grace; a later one may shorten that, never prolong it.
 * FALSE: it changes nothing.
 * Source: Mesos 1.11 src/launcher/executor.cpp, CommandExecutor::kill.
 */
static gboolean may_stop(HfWorld *world, const HfRun *run, HfStop *stop, HfTime now,
                         HfTime override)
{
    HfTime grace = override != HF_TIME_NEVER ? override : stop->grace;
    gboolean is_first = stop->since == HF_TIME_NEVER;
    if (!is_first && grace >= stop->granted) return FALSE;
    stop->granted = grace;
    if (is_first) stop->since = now;
    hf_trace_emit(world->trace, &(HfRecord){.at = now,
                                            .type = HF_RECORD_TASK_STOPPING,
                                            .agent = run->host,
                                            .framework = run->framework,
                                            .id = run->task,
                                            .value = MAX(0, stop->since + grace - now)});
    if (is_first && stop->is_told)
        report(world, run->host, run->framework, run->seat, run->task, HF_TASK_KILLING,
               HF_REASON_NONE);
    return TRUE;
}

/* It is told to end. TRUE: it ends here and now, and that is the caller's to do. */
static gboolean tell_to_stop(HfWorld *world, uint32_t row, HfTime grace)
{
    HfRun *run = &world->runs.at[row];
    HfTime now = hf_world__now(world), ends_at = now;
    HfStop *stop = stop_of(world, run);
    if (stop != NULL) {
        if (!may_stop(world, run, stop, now, grace)) return FALSE;
        ends_at = MAX(now, stop->since + MIN(stop->time, stop->granted));
    }
    if (ends_at == now) {
        report_end(world, run, HF_TASK_KILLED, HF_REASON_NONE);
        return TRUE;
    }
    hf_engine_cancel(world->engine, &run->event);
    run->end = HF_TASK_KILLED;
    run->event = hf_engine_at(world->engine, ends_at, world->kind.task_end, row, run->generation);
    return FALSE;
}

static void stop_run(HfWorld *world, uint32_t row, HfTime grace)
{
    if (tell_to_stop(world, row, grace)) finish_run(world, row, HF_TASK_KILLED);
}

/* One task of a group has failed, or was killed: so are the others, whatever their kill policy.
 * Source: Mesos 1.11 src/launcher/default_executor.cpp, DefaultExecutor::waited, kill. */
static void stop_group(HfWorld *world, uint32_t process, uint64_t group)
{
    uint32_t next;
    for (uint32_t row = world->hosts[world->processes.at[process].host].first_run; row != NO_ROW;
         row = next) {
        const HfRun *run = &world->runs.at[row];
        next = run->next;
        if (run->process != process || group_of(world, run) != group) continue;
        if (is_stopping(world, run)) continue;
        if (tell_to_stop(world, row, HF_KILL_GRACE_DEFAULT)) end_run(world, row, HF_TASK_KILLED);
    }
}

static void finish_run(HfWorld *world, uint32_t row, HfTaskState state)
{
    uint32_t process = world->runs.at[row].process;
    uint64_t group = group_of(world, &world->runs.at[row]);
    end_run(world, row, state);
    if (G_LIKELY(process == NO_ROW)) return;
    if (group != 0 && (state == HF_TASK_FAILED || state == HF_TASK_KILLED) &&
        !world->processes.at[process].is_stopping && world->processes.at[process].info->is_default)
        stop_group(world, process, group);
    hf_world__process_left(world, process);
}

static void kill_run(HfWorld *world, const HfMessage *in)
{
    uint32_t row = find_run(world, in->to.row, in->framework, in->task);
    if (row != NO_ROW)
        stop_run(world, row, in->grace); /* else it has just ended by itself, or not begun */
    else if (hf_world__cancel_task(world, in->to.row, in->framework, in->task))
        report(world, in->to.row, in->framework, 0, in->task, HF_TASK_KILLED,
               HF_REASON_TASK_KILLED_DURING_LAUNCH);
}

void hf_world__end_runs_of(HfWorld *world, uint32_t process)
{
    uint32_t next;
    for (uint32_t row = world->hosts[world->processes.at[process].host].first_run; row != NO_ROW;
         row = next) {
        next = world->runs.at[row].next;
        if (world->runs.at[row].process == process) end_run(world, row, HF_TASK_LOST);
    }
}

/* What an executor that is shut down keeps for itself of its grace: HF_SHUTDOWN_RESERVE. */
void hf_world__stop_runs(HfWorld *world, uint32_t process, HfTime grace)
{
    if (grace == 0) {
        hf_world__end_runs_of(world, process);
        hf_world__process_left(world, process);
        return;
    }
    uint32_t next, left = world->processes.at[process].runs;
    for (uint32_t row = world->hosts[world->processes.at[process].host].first_run;
         row != NO_ROW && left > 0; row = next) {
        next = world->runs.at[row].next;
        if (world->runs.at[row].process != process) continue;
        left--; /* with the last the executor may be gone */
        stop_run(world, row, MAX(0, grace - HF_SHUTDOWN_RESERVE));
    }
}

static void reconnect(HfWorld *world, uint32_t row)
{
    HfHost *host = &world->hosts[row];
    HfPeer executor = {HF_PEER_EXECUTOR, row}, agent = {HF_PEER_AGENT, row};
    for (uint32_t run = host->first_run; run != NO_ROW; run = world->runs.at[run].next) {
        const HfRun *at = &world->runs.at[run];
        if (at->is_hung || (at->process != NO_ROW && world->processes.at[at->process].is_hung))
            continue;
        HfMessage *message =
            hf_outbox_send(&world->out, HF_MESSAGE_EXECUTOR_REREGISTERED, executor, agent);
        message->framework = world->runs.at[run].framework;
        message->task = world->runs.at[run].task;
        message->executor = 0;
    }
    hf_world__reconnect_processes(world, row);
    for (guint32 i = 0; i < host->untold.count; i++) {
        const HfTaskStatus *status = &host->untold.at[i];
        report(world, row, status->framework, status->seat, status->task, status->state,
               status->reason);
    }
    hf_vec_reset(&host->untold);
}

void hf_world__start_now(HfWorld *world, const HfMessage *in)
{
    if (G_UNLIKELY(in->type == HF_MESSAGE_EXECUTOR_BEGIN))
        hf_world__begin_process(world, in);
    else
        start_run(world, in);
}

void hf_world__executor_message(HfWorld *world, const HfMessage *in)
{
    switch (in->type) {
    case HF_MESSAGE_EXECUTOR_LAUNCH: /* one that is there takes no time */
        if (G_UNLIKELY(in->info.executor != NULL) || !hf_world__start_later(world, in))
            start_run(world, in);
        break;
    case HF_MESSAGE_EXECUTOR_BEGIN:
        if (!hf_world__start_later(world, in)) hf_world__begin_process(world, in);
        break;
    case HF_MESSAGE_EXECUTOR_KILL:
        kill_run(world, in);
        break;
    case HF_MESSAGE_EXECUTOR_SHUTDOWN:
        hf_world__shut_down_process(world, in);
        break;
    default:
        HF_ASSERT(in->type == HF_MESSAGE_EXECUTOR_RECONNECT);
        reconnect(world, in->to.row);
    }
}

/* A run will end soon: it, its host, its neighbours there, and what agent, master and framework
 * know of it. Those are told one after the other, so soon that there is no time to look then. */
static void look_at_task_end(void *context, uint32_t target, uint64_t arg, uint32_t step)
{
    const HfWorld *world = context;
    const HfRun *run = &world->runs.at[target];
    if (step == 0) {
        for (size_t at = 0; at < sizeof *run; at += 64)
            __builtin_prefetch((const char *)run + at, 1);
        hf_slots_prefetch(&world->run_slots, target);
        return;
    }
    if (step > 1) {
        const HfAgent *agent = &world->hosts[run->host].agent;
        uint32_t tag = hf_master_prefetch_end(world->master, run->place, agent->id, step - 1);
        hf_world__prefetch_told(world, run->framework, tag, step - 2);
        if (step == 2) hf_agent_prefetch_task(agent, run->seat);
        return;
    }
    hf_master_prefetch_end(world->master, run->place, HF_ROW_NONE, 0);
    hf_world__prefetch_host(world, run->host);
    if (run->next != NO_ROW) __builtin_prefetch(&world->runs.at[run->next].prev, 1);
    if (run->prev != NO_ROW) __builtin_prefetch(&world->runs.at[run->prev].next, 1);
    hf_recorder_prefetch(world->recorder, run->host);
}

static void on_task_end(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    uint32_t row = event->target;
    HF_ASSERT(world->runs.at[row].generation == (uint32_t)event->arg);
    HfRun *run = &world->runs.at[row];
    uint32_t host = run->host, framework = run->framework, seat = run->seat;
    uint64_t task = run->task;
    HfTaskState state = run->end;
    HfTaskReason reason = reason_of_end(run, state, HF_REASON_NONE);
    run->event = 0;
    finish_run(world, row, state);
    tell(world, host, framework, seat, task, state, reason);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, host});
}

void hf_world__kill_all(HfWorld *world, uint32_t host)
{
    while (world->hosts[host].first_run != NO_ROW)
        end_run(world, world->hosts[host].first_run, HF_TASK_LOST);
    hf_world__end_processes(world, host, TRUE);
    hf_world__cancel_starts(world, host);
    hf_vec_reset(&world->hosts[host].untold);
}

void hf_world__agent_left(HfWorld *world, uint32_t host)
{
    uint32_t next;
    for (uint32_t row = world->hosts[host].first_run; row != NO_ROW; row = next) {
        next = world->runs.at[row].next;
        if (!world->runs.at[row].is_checkpointed) end_run(world, row, HF_TASK_LOST);
    }
    hf_world__end_processes(world, host, FALSE);
    hf_world__cancel_starts(world, host);
}

void hf_world__lose_executors(HfWorld *world, uint32_t host, double probability, HfStream *stream)
{
    uint32_t next;
    for (uint32_t row = world->hosts[host].first_run; row != NO_ROW; row = next) {
        next = world->runs.at[row].next;
        if (G_UNLIKELY(world->runs.at[row].process != NO_ROW)) continue; /* it goes with that */
        if (hf_stream_uniform(stream) < probability) end_run(world, row, HF_TASK_LOST);
    }
    hf_world__lose_processes(world, host, probability, stream);
}

void hf_world__hang_executors(HfWorld *world, uint32_t host, double probability, HfStream *stream)
{
    for (uint32_t row = world->hosts[host].first_run; row != NO_ROW; row = world->runs.at[row].next)
        if (world->runs.at[row].process == NO_ROW && hf_stream_uniform(stream) < probability)
            world->runs.at[row].is_hung = TRUE;
    hf_world__hang_processes(world, host, probability, stream);
}

void hf_world__register_executor(HfWorld *world)
{
    world->kind.task_end = hf_engine_register(world->engine, "task-end", on_task_end, world);
    hf_engine_look_ahead(world->engine, world->kind.task_end, look_at_task_end);
}
