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
    HfDraw draw = {0}; /* which knows nothing from former draws */
    hf_draw__begin(full, &draw, full->role_root, key_of(full, stage, agent));
    for (HfNode leaf; (leaf = hf_draw__next(&draw)) != HF_NODE_NONE;) {
        HfRoleId role = full->sorters.nodes.at[leaf].client;
        g_array_append_val(out, role);
    }
    hf_draw__clear(&draw);
}

static void frameworks_of(void *context, HfTwinStage stage, uint32_t agent, HfRoleId role,
                          GArray *out)
{
    HfAllocator *full = context;
    HfNode leaf = full->roles.at[role].leaf;
    uint64_t key = stage == HF_TWIN_CELL ? hf_order__mix(full->order_key ^ leaf) + full->run_number
                                         : hf_order__mix(key_of(full, stage, agent) ^ leaf);
    HfDraw draw = {0};
    hf_draw__begin(full, &draw, full->roles.at[role].frameworks, key);
    for (HfNode client; (client = hf_draw__next(&draw)) != HF_NODE_NONE;) {
        uint32_t sub = full->sorters.nodes.at[client].client;
        g_array_append_val(out, full->subs.at[sub].framework);
    }
    hf_draw__clear(&draw);
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
