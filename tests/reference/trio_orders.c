/*
 * The orders that the allocator draws, for the twin: each is a function of the key of the run and
 * of the agent, so they can be asked for again once the run is over.
 */
#include "allocator/allocator_internal.h"
#include "reference/trio_internal.h"

static uint64_t key_of(const HfAllocator *full, HfTwinStage stage, uint32_t agent)
{
    uint64_t run = hf_order__mix(full->run_number);
    if (stage == HF_TWIN_CELL) return hf_order__mix(full->order_key ^ run);
    return hf_order__mix(full->order_key ^ run ^ hf_order__mix(agent + 1)) +
           (stage == HF_TWIN_GUARANTEES);
}

static uint64_t place_of(void *context, HfTwinStage stage, uint32_t agent)
{
    const HfAllocator *full = context;
    uint64_t run = full->run_number * 2 + (stage == HF_TWIN_GUARANTEES ? 0 : 1);
    uint64_t key = hf_order__mix(full->order_key + hf_order__mix(run));
    return hf_order__mix(key + agent) >> 32 << 32 | agent;
}

static void roles_of(void *context, HfTwinStage stage, uint32_t agent, GArray *out)
{
    HfAllocator *full = context;
    uint32_t from = hf_order__draw(full, full->role_root, key_of(full, stage, agent));
    for (uint32_t i = from; i < full->drawn.count; i++) {
        HfRoleId role = full->sorters.nodes.at[full->drawn.at[i].leaf].client;
        g_array_append_val(out, role);
    }
    full->drawn.count = from;
}

static void frameworks_of(void *context, HfTwinStage stage, uint32_t agent, HfRoleId role,
                          GArray *out)
{
    HfAllocator *full = context;
    HfNode leaf = full->roles.at[role].leaf;
    uint64_t key = stage == HF_TWIN_CELL ? hf_order__mix(full->order_key ^ leaf) + full->run_number
                                         : hf_order__mix(key_of(full, stage, agent) ^ leaf);
    uint32_t from = hf_order__draw(full, full->roles.at[role].frameworks, key);
    for (uint32_t i = from; i < full->drawn.count; i++) {
        uint32_t sub = full->sorters.nodes.at[full->drawn.at[i].leaf].client;
        g_array_append_val(out, full->subs.at[sub].framework);
    }
    full->drawn.count = from;
}

static HfStream *chop_of(void *context, uint32_t agent, uint32_t framework, HfRoleId role,
                         HfStream *stream)
{
    const HfAllocator *full = context;
    if (full->agent_order == HF_AGENT_ORDER_SORTED) return NULL;
    hf_stream_init(stream, full->order_key + full->run_number, "chop",
                   (uint64_t)agent << 32 | hf_allocator__sub(full, framework, role));
    return stream;
}

void hf_trio__tell_orders(HfTrio *trio)
{
    HfTwinOrders orders = {trio->full, place_of, roles_of, frameworks_of, chop_of};
    hf_twin_set_orders(trio->twin, &orders);
}
