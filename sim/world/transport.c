/*
 * How messages travel: each waits for the latency of its channel, arrives in the order in which it
 * was sent there, and is lost when nobody is there to take it. Executors live on their agent's
 * host, so their messages arrive at once.
 */
#include "base/assert.h"
#include "world/world_internal.h"

static void dispatch_on_host(HfWorld *world, const HfMessage *message);

/* When a message from or to the far end of a channel arrives: later than everything sent before it.
 */
static HfTime arrival(const HfWorld *world, const HfLaw *law, HfStream *stream, HfTime *last)
{
    HfTime now = hf_world__now(world);
    if (world->constant_latency != HF_TIME_NEVER) return hf_time_add(now, world->constant_latency);
    HfTime latency = hf_time_from_seconds(hf_law_draw(law, stream));
    double loss = world->scenario->network.loss;
    if (loss > 0) latency = hf_time_add(latency, hf_world__retransmission_delay(loss, stream));
    *last = MAX(*last, hf_time_add(now, latency));
    return *last;
}

/* The same over a link that is slow, or was. */
static HfTime slow_arrival(const HfWorld *world, const HfLaw *law, HfLink *link, HfTime *last)
{
    HfTime latency =
        hf_time_from_seconds(hf_law_draw(link->slow ? link->slow : law, &link->stream));
    double loss = MAX(link->loss, world->scenario->network.loss);
    latency = hf_time_add(latency, hf_world__retransmission_delay(loss, &link->stream));
    *last = MAX(*last, hf_time_add(hf_world__now(world), latency));
    return *last;
}

/* The law of a link: its own, or that of the network. */
static const HfLaw *law_of(const HfWorld *world, const HfLaw *own)
{
    return own->kind != NULL ? own : &world->scenario->network.latency;
}

static const HfLaw *host_law(const HfWorld *world, const HfHost *host)
{
    return law_of(world, &world->scenario->agents.at[host->group].latency);
}

/* One end of every channel is the master; the other says which channel it is. */
static __attribute__((noinline)) HfTime arrival_of(HfWorld *world, const HfMessage *message)
{
    gboolean to_master = message->to.kind == HF_PEER_MASTER;
    HfPeer end = to_master ? message->from : message->to;
    if (end.kind == HF_PEER_FRAMEWORK) {
        HfChannel *channel = &world->guests[end.row].channel;
        const HfLaw *law = law_of(world, &world->scenario->frameworks.at[end.row].latency);
        return arrival(world, law, &channel->latency,
                       to_master ? &channel->last_from : &channel->last_to);
    }
    HF_ASSERT(end.kind == HF_PEER_AGENT);
    HfHost *host = &world->hosts[end.row];
    HfStream *stream = world->latency ? &world->latency[end.row] : NULL;
    if (G_UNLIKELY(world->links.count > 0)) {
        HfLink *link = hf_world__link(world, end);
        HfTime *last = to_master ? &host->last_from : &host->last_to;
        if (link != NULL && (link->slow != NULL || link->loss > 0))
            return slow_arrival(world, host_law(world, host), link, last);
        if (world->constant_latency != HF_TIME_NEVER) /* not before what was slow */
            return MAX(*last, hf_time_add(hf_world__now(world), world->constant_latency));
    }
    return arrival(world, host_law(world, host), stream,
                   to_master ? &host->last_from : &host->last_to);
}

/*
 * A connection lives as long as the agent's process: it is opened by the request to be registered,
 * and what the master sends before it has that goes to the connection of an earlier life.
 */
static inline void stamp(HfWorld *world, HfMessage *message)
{
    message->reign = world->sent_reign;
    if (message->to.kind == HF_PEER_AGENT)
        message->carrier = world->hosts[message->to.row].linked_life;
    else if (message->to.kind == HF_PEER_FRAMEWORK)
        message->carrier = world->guests[message->to.row].linked_life;
    else if (message->from.kind == HF_PEER_AGENT)
        message->carrier = hf_world__link_of(&world->hosts[message->from.row]);
    else if (message->from.kind == HF_PEER_FRAMEWORK)
        message->carrier = world->guests[message->from.row].life;
}

void hf_world__stamp(HfWorld *world, HfMessage *message)
{
    stamp(world, message);
}

/* What is told of a task, and the answers, are near: all that will be looked at was looked at a
 * moment ago, or loaded when the task was launched or about to end. */
static inline uint32_t way_of(const HfMessage *message)
{
    const uint64_t near = UINT64_C(1) << HF_MESSAGE_STATUS_UPDATE |
                          UINT64_C(1) << HF_MESSAGE_UPDATE | UINT64_C(1) << HF_MESSAGE_ACKNOWLEDGE |
                          UINT64_C(1) << HF_MESSAGE_STATUS_ACKNOWLEDGEMENT;
    static const uint32_t ways[] = {[HF_PEER_MASTER] = HF_ARRIVE_MASTER,
                                    [HF_PEER_AGENT] = HF_ARRIVE_AGENT,
                                    [HF_PEER_FRAMEWORK] = HF_ARRIVE_FRAMEWORK};
    HF_ASSERT(message->to.kind <
              G_N_ELEMENTS(ways)); /* executors are on the hosts of their agents */
    return ways[message->to.kind] + (uint32_t)(near >> message->type & 1);
}

static inline void post(HfWorld *world, HfTime at, HfMessage *message)
{
    hf_engine_post(world->engine, at, world->kind.deliver[way_of(message)], message->to.row,
                   (uint64_t)(uintptr_t)message);
}

void hf_world__send_stamped(HfWorld *world, HfMessage *message)
{
    post(world, arrival_of(world, message), message);
}

void hf_world__send(HfWorld *world, HfMessage *message)
{
    stamp(world, message);
    hf_world__send_stamped(world, message);
}

/* Where links are, or were, in trouble, or latencies are drawn. */
static __attribute__((noinline)) void send_slowly(HfWorld *world, HfMessage *message)
{
    if (world->links.count == 0 || !hf_world__link_takes(world, message))
        hf_world__send(world, message);
}

static __attribute__((noinline)) void arm_all(HfWorld *world, HfPeer self)
{
    HfEventKind kind = self.kind == HF_PEER_MASTER  ? world->kind.master_timer
                       : self.kind == HF_PEER_AGENT ? world->kind.agent_timer
                                                    : world->kind.framework_timer;
    uint32_t target = self.kind == HF_PEER_MASTER ? world->reign : self.row;
    for (guint32 i = 0; i < world->out.timers.count; i++) {
        const HfTimerRequest *timer = &world->out.timers.at[i];
        if (self.kind == HF_PEER_AGENT && timer->kind == HF_AGENT_TIMER_RETRY &&
            hf_world__retry_waits(world, self.row, timer))
            continue;
        hf_engine_at2(world->engine, timer->at, kind, target, timer->arg, timer->kind);
    }
}

void hf_world__record_lost(HfWorld *world, const HfMessage *message)
{
    HfPeer end = message->to.kind == HF_PEER_MASTER ? message->from : message->to;
    hf_trace_emit(
        world->trace,
        &(HfRecord){.at = hf_world__now(world),
                    .type = HF_RECORD_MESSAGE_LOST,
                    .agent = end.kind == HF_PEER_AGENT ? end.row : HF_ROW_NONE,
                    .framework = end.kind == HF_PEER_AGENT ? HF_ROW_NONE : message->framework,
                    .value = message->type});
}

/* Messages between an agent and its executor are handled here and now, and may add to the outbox;
 * the loop goes on until it is empty. Timers in it are of `self`, or of the agent that an
 * executor's message woke: the same host. */
void hf_world__flush(HfWorld *world, HfPeer self)
{
    HfOutbox *out = &world->out;
    for (guint32 i = 0; i < out->messages.count; i++) {
        HfMessage *message = out->messages.at[i];
        if (message->to.kind == HF_PEER_EXECUTOR || message->from.kind == HF_PEER_EXECUTOR) {
            dispatch_on_host(world, message);
            hf_outbox_done(out, message);
        } else if (G_LIKELY(world->constant_latency != HF_TIME_NEVER && world->links.count == 0)) {
            stamp(world, message);
            post(world, hf_time_add(hf_world__now(world), world->constant_latency), message);
        } else {
            send_slowly(world, message);
        }
    }
    if (out->timers.count > 0) arm_all(world, self);
    hf_outbox_reset(out);
    if (G_UNLIKELY(*world->removals != world->removals_seen)) hf_world__see_removals(world);
}

/* The same of what most steps put out: one message, over links that never were in trouble. FALSE:
 * it is something else. */
static inline __attribute__((always_inline)) gboolean flush_one(HfWorld *world)
{
    HfOutbox *out = &world->out;
    if (out->messages.count != 1 || out->timers.count > 0 || world->links.count > 0 ||
        world->constant_latency == HF_TIME_NEVER)
        return FALSE;
    HfMessage *message = out->messages.at[0];
    if (message->to.kind == HF_PEER_EXECUTOR || message->from.kind == HF_PEER_EXECUTOR)
        return FALSE;
    stamp(world, message);
    post(world, hf_time_add(hf_world__now(world), world->constant_latency), message);
    out->messages.count = 0;
    return TRUE;
}

/* A ping opens a connection of its own if need be, and SILENT is no message. */
static gboolean is_of_its_life(const HfMessage *message, const HfHost *host)
{
    return message->carrier == hf_world__link_of(host) || message->type == HF_MESSAGE_PING ||
           message->type == HF_MESSAGE_SILENT || message->type == HF_MESSAGE_AUDIBLE;
}

static void deliver_to_framework(HfWorld *world, HfTime now, const HfMessage *message)
{
    HfGuest *guest = &world->guests[message->to.row];
    if (G_LIKELY(!guest->is_down && message->carrier == guest->life)) {
        hf_driver_step(guest->driver, now, message, &world->out);
        return;
    }
    hf_trace_emit(world->trace, &(HfRecord){.at = now,
                                            .type = HF_RECORD_MESSAGE_LOST,
                                            .agent = HF_ROW_NONE,
                                            .framework = message->framework,
                                            .value = message->type});
}

/* An agent that is heard and hears nothing answers no ping. */
static void tell_silence(HfWorld *world, HfHost *host)
{
    if (host->cut != 0 && world->scenario->master.heartbeats == HF_HEARTBEATS_VIRTUAL)
        hf_world__tell_master(world, HF_MESSAGE_SILENT, host);
}

static void deliver_to_master(HfWorld *world, HfTime now, const HfMessage *message)
{
    if (message->type == HF_MESSAGE_REGISTER_AGENT || message->type == HF_MESSAGE_REREGISTER_AGENT)
        world->hosts[message->from.row].linked_life = message->carrier;
    else if (message->type == HF_MESSAGE_SUBSCRIBE)
        world->guests[message->from.row].linked_life = message->carrier;
    hf_master_step(world->master, now, message, &world->out);
    if (G_UNLIKELY(message->type == HF_MESSAGE_REREGISTER_AGENT ||
                   message->type == HF_MESSAGE_REGISTER_AGENT))
        tell_silence(world, &world->hosts[message->from.row]);
}

static void deliver_to_agent(HfWorld *world, HfTime now, const HfMessage *message)
{
    HfHost *host = &world->hosts[message->to.row];
    gboolean is_local = message->from.kind == HF_PEER_EXECUTOR;
    if (G_LIKELY(host->agent.state != HF_AGENT_DOWN &&
                 (is_local || is_of_its_life(message, host)))) {
        hf_agent_step(&host->agent, now, message, &world->out);
        if (G_UNLIKELY(host->agent.state == HF_AGENT_DOWN))
            hf_world__agent_died(world, message->to.row);
        else if (G_UNLIKELY(host->has_disk) && (message->type == HF_MESSAGE_APPLY_OPERATION ||
                                                message->type == HF_MESSAGE_CHECKPOINT_RESOURCES))
            hf_world__disk_on_agent(world, message->to.row);
        return;
    }
    if (message->type == HF_MESSAGE_SILENT || message->type == HF_MESSAGE_AUDIBLE) return;
    if (is_local) { /* the executor keeps it until its agent is back */
        HF_ASSERT(message->type == HF_MESSAGE_EXECUTOR_STATUS);
        hf_vec_push(&host->untold, message->status);
        return;
    }
    hf_trace_emit(world->trace, &(HfRecord){.at = now,
                                            .type = HF_RECORD_MESSAGE_LOST,
                                            .agent = message->to.row,
                                            .framework = HF_ROW_NONE,
                                            .value = message->type});
}

void hf_world__tell_own_agent(HfWorld *world, const HfMessage *message)
{
    deliver_to_agent(world, hf_world__now(world), message);
}

/* Between an agent and an executor of its host. */
static void dispatch_on_host(HfWorld *world, const HfMessage *message)
{
    if (message->to.kind == HF_PEER_EXECUTOR)
        hf_world__executor_message(world, message);
    else
        hf_world__tell_own_agent(world, message);
}

/* What a master sent that leads no more, or was sent to it, is lost. */
static __attribute__((noinline)) void lose(HfWorld *world, HfMessage *message)
{
    if (message->type != HF_MESSAGE_SILENT && message->type != HF_MESSAGE_AUDIBLE &&
        message->type != HF_MESSAGE_EXITED)
        hf_world__record_lost(world, message);
    hf_message_pool_give(world->pool, message);
}

/* Its receiver acts on a message; what it says in turn is in the outbox then. */
static inline __attribute__((always_inline)) void
arrive(HfWorld *world, const HfEventArgs *event, HfPeerKind at,
       void (*deliver)(HfWorld *world, HfTime now, const HfMessage *message))
{
    HfMessage *message = (void *)(uintptr_t)event->arg;
    hf_stall__count(world);
    if (G_UNLIKELY(message->reign != world->reign)) {
        lose(world, message);
        return;
    }
    deliver(world, event->now, message);
    hf_outbox_done(&world->out, message);
    if (world->out.messages.count + world->out.timers.count > 0 && !flush_one(world))
        hf_world__flush(world, (HfPeer){at, event->target});
    else if (G_UNLIKELY(*world->removals != world->removals_seen))
        hf_world__see_removals(world);
}

static void on_arrival_at_master(void *context, const HfEventArgs *event)
{
    arrive(context, event, HF_PEER_MASTER, deliver_to_master);
}

static void on_arrival_at_framework(void *context, const HfEventArgs *event)
{
    arrive(context, event, HF_PEER_FRAMEWORK, deliver_to_framework);
}

static void on_arrival_at_agent(void *context, const HfEventArgs *event)
{
    arrive(context, event, HF_PEER_AGENT, deliver_to_agent);
}

/* Inlined always: to gcc a call of a function that does nothing but prefetch is without effect. */
static inline __attribute__((always_inline)) void fetch(const void *start, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch((const char *)start + at, 1);
}

/* A message will arrive soon: what will its receiver need? First of all the message. */
static void look_to_master(void *context, uint32_t target, uint64_t arg, uint32_t step)
{
    const HfWorld *world = context;
    const HfMessage *message = (const void *)(uintptr_t)arg;
    if (step == 0) {
        fetch(message, sizeof *message);
        return;
    }
    uint32_t told = hf_master_prefetch(world->master, message, step - 1);
    if (told < world->host_count) hf_world__prefetch_host(world, told);
}

static void look_to_framework(void *context, uint32_t target, uint64_t arg, uint32_t step)
{
    const HfWorld *world = context;
    const HfMessage *message = (const void *)(uintptr_t)arg;
    if (step == 0)
        fetch(message, sizeof *message);
    else if (message->type == HF_MESSAGE_UPDATE)
        hf_driver_prefetch(world->guests[target].driver, message->status.tag, step - 1);
}

static void look_to_agent(void *context, uint32_t target, uint64_t arg, uint32_t step)
{
    const HfWorld *world = context;
    const HfMessage *message = (const void *)(uintptr_t)arg;
    if (step == 0) {
        fetch(message, sizeof *message);
    } else if (step == 1) {
        if (message->type == HF_MESSAGE_RUN_TASK) hf_recorder_prefetch(world->recorder, target);
        hf_world__prefetch_host(world, target);
    } else if (step == 2 && message->type == HF_MESSAGE_STATUS_ACKNOWLEDGEMENT) {
        hf_agent_prefetch_task(&world->hosts[target].agent, message->status.seat);
    } else if (step == 2 && message->type == HF_MESSAGE_RUN_TASK) {
        if (world->hosts[target].first_run != NO_ROW)
            __builtin_prefetch(&world->runs.at[world->hosts[target].first_run], 1);
        hf_world__prefetch_told(world, message->framework, message->info.tag, 0); /* that it runs */
        hf_agent_prefetch_launch(&world->hosts[target].agent);
    }
}

static void on_master_timer(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    if (G_UNLIKELY(event->target != world->reign)) return; /* of a master that leads no more */
    hf_master_timer(world->master, event->now, (uint32_t)event->arg2, event->arg, &world->out);
    if (G_UNLIKELY(hf_master_is_down(world->master)))
        hf_world__master_ended(world);
    else
        hf_world__flush(world, (HfPeer){HF_PEER_MASTER, 0});
    hf_world__take_answers(world);
}

static void on_agent_timer(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfHost *host = &world->hosts[event->target];
    hf_agent_timer(&host->agent, event->now, (uint32_t)event->arg2, event->arg, &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, event->target});
}

static void on_framework_timer(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    hf_stall__count(world);
    hf_driver_timer(world->guests[event->target].driver, event->now, (uint32_t)event->arg2,
                    event->arg, &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_FRAMEWORK, event->target});
}

void hf_world__register_transport(HfWorld *world)
{
    static const struct {
        const char *name;
        HfEventHandler handler;
        HfLookAhead look;
    } ways[HF_WAYS_TO_ARRIVE] = {
        [HF_ARRIVE_FRAMEWORK] = {"message-to-framework", on_arrival_at_framework,
                                 look_to_framework},
        [HF_ARRIVE_FRAMEWORK_NEAR] = {"update-to-framework", on_arrival_at_framework,
                                      look_to_framework},
        [HF_ARRIVE_MASTER] = {"message-to-master", on_arrival_at_master, look_to_master},
        [HF_ARRIVE_MASTER_NEAR] = {"update-to-master", on_arrival_at_master, look_to_master},
        [HF_ARRIVE_AGENT] = {"message-to-agent", on_arrival_at_agent, look_to_agent},
        [HF_ARRIVE_AGENT_NEAR] = {"acknowledgement-to-agent", on_arrival_at_agent, look_to_agent}};
    /* Where latencies are constant messages are posts. They soon arrive: what is near is so still,
     * and an OFFERS message is not looked at. */
    const uint32_t far = 1U << HF_ARRIVE_MASTER | 1U << HF_ARRIVE_AGENT;
    gboolean are_posts = world->constant_latency != HF_TIME_NEVER;
    for (uint32_t way = 0; way < HF_WAYS_TO_ARRIVE; way++) {
        HfEventKind kind =
            hf_engine_register(world->engine, ways[way].name, ways[way].handler, world);
        world->kind.deliver[way] = kind;
        if (!are_posts || far >> way & 1) hf_engine_look_ahead(world->engine, kind, ways[way].look);
    }
    world->kind.master_timer =
        hf_engine_register(world->engine, "master-timer", on_master_timer, world);
    world->kind.agent_timer =
        hf_engine_register(world->engine, "agent-timer", on_agent_timer, world);
    world->kind.framework_timer =
        hf_engine_register(world->engine, "framework-timer", on_framework_timer, world);
}

/* Of one message, one way; drawn latencies are taken at their mean. */
static HfTime typical_latency(const HfWorld *world, const HfHost *host)
{
    if (world->constant_latency != HF_TIME_NEVER) return world->constant_latency;
    return MIN(hf_time_from_seconds(hf_law_mean(host_law(world, host))),
               HF_NS_PER_HOUR); /* as the key's range; the mean of a heavy tail may be infinite */
}

void hf_world__tell_agent(HfWorld *world, HfMessageType type, HfHost *host)
{
    hf_world__send(world, hf_message_pool_take(world->pool, type, (HfPeer){HF_PEER_MASTER, 0},
                                               (HfPeer){HF_PEER_AGENT, host->agent.host}));
}

void hf_world__tell_master(HfWorld *world, HfMessageType type, HfHost *host)
{
    HfMessage *message = hf_message_pool_take(
        world->pool, type, (HfPeer){HF_PEER_AGENT, host->agent.host}, (HfPeer){HF_PEER_MASTER, 0});
    message->agent = host->agent.id;
    message->round_trip = 2 * typical_latency(world, host);
    hf_world__send(world, message);
}
