/*
 * When agents repeat what was not acknowledged. Each is to be woken some time after it began to
 * wait for answers, and nearly always has them all by then: those timers wait here, in the order in
 * which they fall due, with one event for the first of them, which passes over those that agents
 * can spare, up to a little later. They are armed for one delay; a repetition that waits longer, or
 * less, is an event like any other.
 */
#include "base/assert.h"
#include "world/world_internal.h"

#define PASSED_OVER HF_NS_PER_SECOND /* so long before they fall due */

void hf_world__arm_first_retry(HfWorld *world)
{
    if (world->retries_from == world->retries.count) return;
    const HfRetry *first = &world->retries.at[world->retries_from];
    hf_engine_at_place(world->engine, first->at, first->place, world->kind.agent_retries, 0, 0);
}

/* Room is made when half of the list is over. */
static void forget_past(HfWorld *world)
{
    guint32 from = world->retries_from, count = world->retries.count - from;
    if (from < count) return;
    memmove(world->retries.at, world->retries.at + from, count * sizeof *world->retries.at);
    world->retries.count = count;
    world->retries_from = 0;
}

/* Its own is the first of the list until it is done, so that nobody else arms an event. Each fires
 * in its place, as if it were an event by itself: an acknowledgement may come at the same instant.
 */
static void on_retries(void *context, const HfEventArgs *event)
{
    enum { AHEAD = 32 }; /* nearly all are passed over at once */
    HfWorld *world = context;
    guint32 own = world->retries_from;
    for (; world->retries_from < world->retries.count; world->retries_from++) {
        HfRetry retry = world->retries.at[world->retries_from];
        if (retry.at > hf_time_add(event->now, PASSED_OVER)) break;
        if (world->retries_from + AHEAD < world->retries.count)
            hf_world__prefetch_host(world, world->retries.at[world->retries_from + AHEAD].host);
        HfAgent *agent = &world->hosts[retry.host].agent;
        if (hf_agent_spares_retry(agent, retry.at, retry.life)) continue;
        if (world->retries_from != own) break; /* another's turn comes */
        hf_agent_timer(agent, event->now, HF_AGENT_TIMER_RETRY, retry.life, &world->out);
        hf_world__flush(world, (HfPeer){HF_PEER_AGENT, retry.host});
    }
    forget_past(world);
    hf_world__arm_first_retry(world);
}

void hf_world__register_retries(HfWorld *world)
{
    world->kind.agent_retries =
        hf_engine_register(world->engine, "agent-retries", on_retries, world);
}
