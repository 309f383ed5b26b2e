/*
 * Links between the master and the hosts and schedulers: cut by partitions, slow, or broken.
 *
 * A link is TCP: within one direction what arrives, arrives in order and once. What a partition
 * swallows is lost at once (network.retransmit_for: 0s), or repeated as TCP does: at 200 ms, 600
 * ms, 1.4 s ... after the first packet that was not acknowledged, then every two minutes.
 * Everything sent later waits behind it. When the partition heals, it arrives with the next
 * repetition; when TCP gives up before, the connection breaks: what waited is lost, the end that
 * had sent sees it at once and the other when it can be reached. One way cut, what is sent the
 * other way arrives and is not acknowledged, so that its sender gives up in time as well.
 *
 * Rows exist for links that were ever in trouble; all others cost nothing.
 * Source: Linux net/ipv4/tcp_timer.c, ip-sysctl.txt (tcp_retries2: 15 repetitions, 924.6 s);
 * RFC 6298.
 */
#include "base/assert.h"
#include "world/faults.h"
#include "world/world_internal.h"

#define RTO_MIN (HF_NS_PER_SECOND / 5)
#define RTO_MAX (2 * HF_NS_PER_MINUTE)

enum { TO_MASTER = 0, FROM_MASTER = 1 };

static const uint32_t cut_bit[2] = {HF_CUT_TO_MASTER, HF_CUT_FROM_MASTER};

/* ---- rows ---- */

static uint32_t ordinal(const HfWorld *world, HfPeer end)
{
    return end.kind == HF_PEER_FRAMEWORK ? world->host_count + end.row : end.row;
}

static HfPeer far_end(const HfMessage *message)
{
    return message->to.kind == HF_PEER_MASTER ? message->from : message->to;
}

HfLink *hf_world__link(const HfWorld *world, HfPeer end)
{
    if (world->link_rows == NULL) return NULL;
    uint32_t row = world->link_rows[ordinal(world, end)];
    return row == 0 ? NULL : &world->links.at[row - 1];
}

static uint64_t entity_of(const HfWorld *world, HfPeer end)
{
    return hf_stream_entity(end.kind == HF_PEER_FRAMEWORK
                                ? world->scenario->frameworks.at[end.row].name
                                : world->hosts[end.row].name);
}

static HfLink *make_link(HfWorld *world, HfPeer end)
{
    HfLink *known = hf_world__link(world, end);
    if (known != NULL) return known;
    if (world->link_rows == NULL)
        world->link_rows = g_new0(uint32_t, world->host_count + world->guest_count + 1);
    hf_vec_push_zero(&world->links);
    world->link_rows[ordinal(world, end)] = world->links.count;
    HfLink *link = hf_vec_last(&world->links);
    link->end = end;
    link->way[0].since = link->way[1].since = -1;
    hf_stream_init(&link->stream, world->scenario->seed,
                   end.kind == HF_PEER_FRAMEWORK ? "link-framework" : "link-agent",
                   entity_of(world, end));
    return link;
}

static uint32_t row_of(const HfWorld *world, const HfLink *link)
{
    return (uint32_t)(link - world->links.at);
}

/* ---- TCP ---- */

HfTime hf_world__retransmission_delay(double loss, HfStream *stream)
{
    HfTime delay = 0, rto = RTO_MIN;
    while (loss > 0 && hf_stream_uniform(stream) < loss) {
        delay = hf_time_add(delay, rto);
        rto = MIN(2 * rto, RTO_MAX);
    }
    return delay;
}

/* The first repetition, of what was sent at `since`, that is not before `now`. */
static HfTime next_attempt(HfTime since, HfTime now)
{
    HfTime at = since, rto = RTO_MIN;
    while (at < now) {
        at += rto;
        rto = MIN(2 * rto, RTO_MAX);
    }
    return at;
}

static HfTime patience(const HfWorld *world, const HfLink *link)
{
    return link->is_dead ? 0 : world->scenario->network.retransmit_for;
}

static void start_waiting(HfWorld *world, HfLink *link, int way, HfTime since)
{
    HfTime limit = patience(world, link);
    if (limit == 0 || (link->way[way].since >= 0 && link->way[way].since <= since)) return;
    hf_engine_cancel(world->engine, &link->way[way].give_up); /* it was for a ping to come */
    link->way[way].since = since;
    link->way[way].give_up =
        hf_engine_at(world->engine, hf_time_add(since, limit), world->kind.link_give_up,
                     row_of(world, link), (uint64_t)way);
}

static void stop_waiting(HfWorld *world, HfLink *link, int way)
{
    link->way[way].since = -1;
    hf_engine_cancel(world->engine, &link->way[way].give_up);
}

static void lose_held(HfWorld *world, HfLink *link, int way)
{
    for (guint32 i = 0; i < link->way[way].held.count; i++) {
        hf_world__record_lost(world, link->way[way].held.at[i]);
        hf_message_pool_give(world->pool, link->way[way].held.at[i]);
    }
    hf_vec_reset(&link->way[way].held);
    hf_engine_cancel(world->engine, &link->way[way].release);
    stop_waiting(world, link, way);
}

gboolean hf_world__link_takes(HfWorld *world, HfMessage *message)
{
    if (message->type == HF_MESSAGE_SILENT || message->type == HF_MESSAGE_AUDIBLE) return FALSE;
    HfLink *link = hf_world__link(world, far_end(message));
    if (link == NULL) return FALSE;
    int way = message->to.kind == HF_PEER_MASTER ? TO_MASTER : FROM_MASTER;
    gboolean is_stopped = (link->cut & cut_bit[way]) || link->way[way].release != 0;
    if (!is_stopped) {
        if (link->cut != 0) /* it arrives, but no acknowledgement comes */
            start_waiting(world, link, way, hf_world__now(world));
        return FALSE;
    }
    /* EXITED is no message: what it tells shows when the other end can be reached. */
    if (patience(world, link) == 0 && message->type != HF_MESSAGE_EXITED) {
        hf_world__record_lost(world, message);
        hf_message_pool_give(world->pool, message);
        return TRUE;
    }
    hf_world__stamp(world, message);
    hf_vec_push(&link->way[way].held, message);
    start_waiting(world, link, way, hf_world__now(world));
    return TRUE;
}

/* ---- pings that are understood ---- */

/* Who hears no pongs or pings any more, and who hears them again. */
static void tell_of_pings(HfWorld *world, HfLink *link)
{
    HfHost *host = &world->hosts[link->end.row];
    gboolean no_ping = (link->cut & HF_CUT_FROM_MASTER) || link->way[FROM_MASTER].release != 0;
    gboolean no_pong = link->cut != 0 || no_ping || link->way[TO_MASTER].release != 0;
    gboolean was_no_ping = link->no_ping, was_no_pong = link->no_pong;
    link->no_ping = no_ping;
    link->no_pong = no_pong;
    if (world->scenario->master.heartbeats != HF_HEARTBEATS_VIRTUAL || !host->is_agent_up) return;
    if (no_pong != was_no_pong)
        hf_world__tell_master(world, no_pong ? HF_MESSAGE_SILENT : HF_MESSAGE_AUDIBLE, host);
    if (no_ping != was_no_ping)
        hf_world__tell_agent(world, no_ping ? HF_MESSAGE_SILENT : HF_MESSAGE_AUDIBLE, host);
}

/* The next ping is the first that will not be acknowledged, or of which the pong will not. */
static void await_ping(HfWorld *world, HfLink *link)
{
    const HfAgent *agent = &world->hosts[link->end.row].agent;
    if (world->scenario->master.heartbeats != HF_HEARTBEATS_VIRTUAL || link->cut == 0 ||
        agent->state != HF_AGENT_REGISTERED || agent->ping_period <= 0)
        return;
    HfTime since = hf_world__now(world) - agent->registered_at;
    HfTime ping = agent->registered_at + (since / agent->ping_period + 1) * agent->ping_period;
    start_waiting(world, link, link->cut & HF_CUT_FROM_MASTER ? FROM_MASTER : TO_MASTER, ping);
}

/* ---- connections that break ---- */

static void record_link(HfWorld *world, const HfLink *link, HfRecordType type, int64_t value)
{
    gboolean is_framework = link->end.kind == HF_PEER_FRAMEWORK;
    HfRecord record = {.at = hf_world__now(world),
                       .type = (uint16_t)type,
                       .agent = is_framework ? HF_ROW_NONE : link->end.row,
                       .framework = HF_ROW_NONE,
                       .value = value};
    if (is_framework) record.framework = hf_driver_framework(world->guests[link->end.row].driver);
    hf_trace_emit(world->trace, &record);
}

/* The master's end of the connection: it sees that it is broken. */
static void tell_master_of_break(HfWorld *world, const HfLink *link)
{
    if (link->end.kind == HF_PEER_AGENT) {
        hf_world__tell_master(world, HF_MESSAGE_EXITED, &world->hosts[link->end.row]);
        return;
    }
    HfMessage *message = hf_message_pool_take(world->pool, HF_MESSAGE_EXITED, link->end,
                                              (HfPeer){HF_PEER_MASTER, 0});
    message->framework = hf_driver_framework(world->guests[link->end.row].driver);
    hf_world__send(world, message);
}

/* The agent's end. */
static void tell_agent_of_break(HfWorld *world, uint32_t row)
{
    HfHost *host = &world->hosts[row];
    if (!host->is_agent_up) return;
    HfMessage *message = hf_message_pool_take(
        world->pool, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_MASTER, 0}, (HfPeer){HF_PEER_AGENT, row});
    hf_agent_step(&host->agent, hf_world__now(world), message, &world->out);
    hf_outbox_done(&world->out, message);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, row});
}

/* The scheduler's end: it subscribes anew at once. */
static void tell_scheduler_of_break(HfWorld *world, uint32_t row)
{
    HfGuest *guest = &world->guests[row];
    if (guest->is_down) return;
    hf_driver_disconnect(guest->driver, hf_world__now(world), &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_FRAMEWORK, row});
    guest->life++;
    hf_driver_start(guest->driver, hf_world__now(world), &world->out);
    hf_world__flush(world, (HfPeer){HF_PEER_FRAMEWORK, row});
}

static void tell_end_of_break(HfWorld *world, HfPeer end)
{
    if (end.kind == HF_PEER_AGENT)
        tell_agent_of_break(world, end.row);
    else
        tell_scheduler_of_break(world, end.row);
}

/* Both ways are open: who has not seen yet that the connection broke sees it now. */
static void tell_untold(HfWorld *world, HfLink *link)
{
    uint32_t untold = link->untold;
    HfPeer end = link->end;
    link->untold = 0;
    link->is_dead = FALSE;
    if (untold & HF_CUT_TO_MASTER) tell_master_of_break(world, link);
    if (untold & HF_CUT_FROM_MASTER) tell_end_of_break(world, end); /* may add links */
}

/* TCP gave up: the sender sees it now, the other end when it can be reached. */
static void on_give_up(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfLink *link = &world->links.at[event->target];
    int way = (int)event->arg;
    link->way[way].give_up = 0;
    HF_ASSERT(link->way[way].since >= 0);
    record_link(world, link,
                link->end.kind == HF_PEER_AGENT ? HF_RECORD_LINK_BROKEN
                                                : HF_RECORD_SCHEDULER_LINK_BROKEN,
                0);
    lose_held(world, link, TO_MASTER);
    lose_held(world, link, FROM_MASTER);
    link->is_dead = TRUE;
    if (link->end.kind == HF_PEER_AGENT) world->hosts[link->end.row].breaks++;
    link->untold = (uint8_t)cut_bit[way]; /* the receiver of that way */
    HfPeer end = link->end;
    gboolean is_healed = link->cut == 0; /* but too late for the next attempt */
    if (way == FROM_MASTER)
        tell_master_of_break(world, link);
    else
        tell_end_of_break(world, end); /* may add links */
    if (is_healed) tell_untold(world, hf_world__link(world, end));
}

/* ---- cut and healed ---- */

static void on_release(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfLink *link = &world->links.at[event->target];
    int way = (int)event->arg;
    link->way[way].release = 0;
    stop_waiting(world, link, way);
    for (guint32 i = 0; i < link->way[way].held.count; i++)
        hf_world__send_stamped(world, link->way[way].held.at[i]);
    if (link->way[way].held.count > 0 && link->cut != 0)
        start_waiting(world, link, way, event->now);
    hf_vec_reset(&link->way[way].held);
    if (link->end.kind == HF_PEER_AGENT) tell_of_pings(world, link);
}

static void heal_way(HfWorld *world, HfLink *link, int way)
{
    HfTime now = hf_world__now(world), since = link->way[way].since;
    gboolean is_waiting = since >= 0 && since <= now;
    if (!is_waiting) stop_waiting(world, link, way);
    if (!is_waiting && link->way[way].held.count == 0) return;
    link->way[way].release =
        hf_engine_at(world->engine, is_waiting ? next_attempt(since, now) : now,
                     world->kind.link_release, row_of(world, link), (uint64_t)way);
}

static void change_cut(HfWorld *world, HfLink *link, uint32_t cut)
{
    uint32_t before = link->cut;
    link->cut = (uint8_t)cut;
    for (int way = 0; way < 2; way++) {
        gboolean was = (before & cut_bit[way]) != 0, is = (cut & cut_bit[way]) != 0;
        if (is && !was)
            hf_engine_cancel(world->engine, &link->way[way].release);
        else if (was && !is)
            heal_way(world, link, way);
        else if (!is && cut == 0 && link->way[way].held.count == 0)
            stop_waiting(world, link, way); /* acknowledgements come again */
    }
    if (cut == 0) tell_untold(world, link);
}

uint32_t hf_world_link_is_cut(const HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    return world->hosts[row].cut;
}

void hf_world_link_cut(HfWorld *world, uint32_t row, uint32_t cut)
{
    HF_ASSERT(row < world->host_count && cut <= HF_CUT_BOTH);
    HfHost *host = &world->hosts[row];
    if (host->cut == cut) return;
    HfLink *link = make_link(world, (HfPeer){HF_PEER_AGENT, row});
    record_link(world, link, HF_RECORD_LINK_CUT, cut);
    host->cut = (uint8_t)cut;
    change_cut(world, link, cut);
    link = hf_world__link(world, (HfPeer){HF_PEER_AGENT, row});
    await_ping(world, link);
    tell_of_pings(world, link);
}

void hf_world_link_break(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    HfHost *host = &world->hosts[row];
    if (!host->is_agent_up || host->cut != 0) return;
    HfLink *link = make_link(world, (HfPeer){HF_PEER_AGENT, row});
    record_link(world, link, HF_RECORD_LINK_BROKEN, 0);
    lose_held(world, link, TO_MASTER);
    lose_held(world, link, FROM_MASTER);
    host->breaks++;
    hf_world__tell_master(world, HF_MESSAGE_EXITED, host);
    tell_of_pings(world, link);
    tell_agent_of_break(world, row);
}

void hf_world__link_left(HfWorld *world, uint32_t row)
{
    HfLink *link = hf_world__link(world, (HfPeer){HF_PEER_AGENT, row});
    if (link != NULL) lose_held(world, link, TO_MASTER);
}

/* ---- slow links ---- */

void hf_world_link_slow(HfWorld *world, uint32_t row, const HfLaw *latency, double loss)
{
    HF_ASSERT(row < world->host_count && loss >= 0 && loss < 1);
    HfLink *link = make_link(world, (HfPeer){HF_PEER_AGENT, row});
    HfHost *host = &world->hosts[row];
    if (world->constant_latency != HF_TIME_NEVER) { /* what is under way has set no mark */
        HfTime arrival = hf_time_add(hf_world__now(world), world->constant_latency);
        host->last_to = MAX(host->last_to, arrival);
        host->last_from = MAX(host->last_from, arrival);
    }
    link->slow = latency;
    link->loss = loss;
    record_link(world, link, HF_RECORD_LINK_SLOW, latency != NULL || loss > 0 ? 1 : 0);
}

/* ---- schedulers ---- */

uint32_t hf_world_scheduler_link_is_cut(const HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->guest_count);
    const HfLink *link = hf_world__link(world, (HfPeer){HF_PEER_FRAMEWORK, row});
    return link == NULL ? 0 : link->cut;
}

void hf_world_scheduler_link_cut(HfWorld *world, uint32_t row, uint32_t cut)
{
    HF_ASSERT(row < world->guest_count && cut <= HF_CUT_BOTH);
    HfLink *link = make_link(world, (HfPeer){HF_PEER_FRAMEWORK, row});
    if (link->cut == cut) return;
    record_link(world, link, HF_RECORD_SCHEDULER_LINK_CUT, cut);
    change_cut(world, link, cut);
}

void hf_world_scheduler_link_break(HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->guest_count);
    HfGuest *guest = &world->guests[row];
    if (guest->is_down || hf_driver_framework(guest->driver) == HF_ROW_NONE) return;
    HfLink *link = make_link(world, (HfPeer){HF_PEER_FRAMEWORK, row});
    if (link->cut != 0) return;
    record_link(world, link, HF_RECORD_SCHEDULER_LINK_BROKEN, 0);
    lose_held(world, link, TO_MASTER);
    lose_held(world, link, FROM_MASTER);
    tell_master_of_break(world, link);
    tell_scheduler_of_break(world, row);
}

/* ---- life ---- */

void hf_world__register_links(HfWorld *world)
{
    world->kind.link_give_up = hf_engine_register(world->engine, "link-give-up", on_give_up, world);
    world->kind.link_release = hf_engine_register(world->engine, "link-release", on_release, world);
}

void hf_world__clear_links(HfWorld *world)
{
    for (guint32 i = 0; i < world->links.count; i++)
        for (int way = 0; way < 2; way++) hf_vec_clear(&world->links.at[i].way[way].held);
    hf_vec_clear(&world->links);
    g_free(world->link_rows);
}
