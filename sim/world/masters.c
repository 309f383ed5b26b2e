/*
 * One master after another, at the word of failure models or because one ends itself; see faults.h.
 *
 * Detection is not simulated: whoever lives hears at once that no master leads, and that the next
 * one does. What the old one sent, what was sent to it, and its timers are of an earlier reign, and
 * are lost.
 */
#include "base/assert.h"
#include "world/world_internal.h"

static const HfPeer master_peer = {HF_PEER_MASTER, 0};

static void tell_agent(HfWorld *world, HfMessageType type, uint32_t row)
{
    HfPeer to = {HF_PEER_AGENT, row};
    HfHost *host = &world->hosts[row];
    if (host->agent.state == HF_AGENT_DOWN) return;
    HfMessage *message = hf_message_pool_take(world->pool, type, master_peer, to);
    hf_agent_step(&host->agent, hf_world__now(world), message, &world->out);
    hf_outbox_done(&world->out, message);
    hf_world__flush(world, to);
}

/* A scheduler that has not started yet looks for a master when it does. */
static void tell_framework(HfWorld *world, HfMessageType type, uint32_t row)
{
    HfPeer to = {HF_PEER_FRAMEWORK, row};
    HfGuest *guest = &world->guests[row];
    if (guest->is_down || hf_driver_is_over(guest->driver) ||
        world->scenario->frameworks.at[row].start > hf_world__now(world))
        return;
    HfMessage *message = hf_message_pool_take(world->pool, type, master_peer, to);
    hf_driver_step(guest->driver, hf_world__now(world), message, &world->out);
    hf_outbox_done(&world->out, message);
    hf_world__flush(world, to);
}

static void tell_all(HfWorld *world, HfMessageType type)
{
    for (uint32_t h = 0; h < world->host_count; h++) tell_agent(world, type, h);
    for (uint32_t f = 0; f < world->guest_count; f++) tell_framework(world, type, f);
}

/* It says nothing more, and hears nothing more. */
static void fall_silent(HfWorld *world)
{
    HF_ASSERT(world->out.sent_on == NULL); /* no step is going on */
    for (guint32 i = 0; i < world->out.messages.count; i++)
        hf_message_pool_give(world->pool, world->out.messages.at[i]);
    hf_outbox_reset(&world->out);
    world->reign++;
    world->sent_reign = UINT32_MAX; /* nobody takes it */
    hf_world__take_answers(world);
    tell_all(world, HF_MESSAGE_NO_MASTER);
}

gboolean hf_world_registry_takes_time(const HfWorld *world)
{
    return hf_law_mean(&world->scenario->master.registry_latency) > 0;
}

gboolean hf_world_master_is_up(const HfWorld *world)
{
    return !hf_master_is_down(world->master);
}

gboolean hf_world_master_stop(HfWorld *world)
{
    if (hf_master_is_down(world->master)) return FALSE;
    hf_master_crash(world->master, hf_world__now(world), &world->out);
    fall_silent(world);
    return TRUE;
}

gboolean hf_world_master_start(HfWorld *world)
{
    if (!hf_master_is_down(world->master)) return FALSE;
    world->sent_reign = ++world->reign;
    hf_master_lead(world->master, hf_world__now(world), hf_world__new_allocator(world),
                   &world->out);
    hf_world__flush(world, master_peer);
    tell_all(world, HF_MESSAGE_DETECTED);
    return TRUE;
}

void hf_world__master_ended(HfWorld *world)
{
    fall_silent(world);
    hf_engine_after(world->engine, world->scenario->master.election_time, world->kind.election, 0,
                    world->reign);
}

static void on_election(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    if (world->reign == (uint32_t)event->arg) hf_world_master_start(world);
}

void hf_world__register_masters(HfWorld *world)
{
    world->kind.election = hf_engine_register(world->engine, "election", on_election, world);
}
