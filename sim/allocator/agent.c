/*
 * Agents: what they have, what of it is available, and the calls about them.
 * Source: MESOS.md 3.1 (available), 3.6.
 */
#include <string.h>

#include "allocator/allocator_internal.h"

/* ---- What is available ---- */

/* The sum of the grants without allocation roles, in the order in which Mesos would have it if that
 * matters: in `sum` (empty before), or what a single one has. */
static const HfResources *granted_on(HfAllocator *allocator, uint32_t agent, HfResources *sum)
{
    HfCatalog *catalog = allocator->catalog;
    const HfAgentInfo *info = &allocator->infos.at[agent];
    const HfAgent *row = &allocator->agents.at[agent];
    const HfGrant *grants = hf_few_at(&row->grants);
    if (info->granted != NULL) {
        hf_resources_copy(catalog, sum, info->granted);
        hf_resources_unallocate(catalog, sum);
        return sum;
    }
    if (row->grants.count == 1) return &hf_grant__bundle(allocator, &grants[0])->resources;
    for (uint32_t g = 0; g < row->grants.count; g++)
        hf_resources_add(catalog, sum, &hf_grant__bundle(allocator, &grants[g])->resources);
    return sum;
}

/* Takes over the reference to `available`. */
static void set_available(HfAllocator *allocator, uint32_t agent, HfBundle *available)
{
    HfAgent *row = &allocator->agents.at[agent];
    hf_bundle__unref(allocator, row->available);
    row->available = available;
    hf_bundle__unref(allocator, allocator->infos.at[agent].undo);
    allocator->infos.at[agent].undo = NULL;
}

/* available = total - granted; shared volumes are always there once */
static void recompute(HfAllocator *allocator, uint32_t agent, const HfResources *granted)
{
    HfCatalog *catalog = allocator->catalog;
    const HfResources *total = &allocator->infos.at[agent].total;
    HfResources part = {0}, available = {0};
    if (allocator->agents.at[agent].flags & HF_AGENT_SHARED) {
        hf_resources_non_shared(catalog, total, &available);
        hf_resources_non_shared(catalog, granted, &part);
        hf_resources_subtract(catalog, &available, &part);
        hf_resources_shared(catalog, total, &part);
        hf_resources_add(catalog, &available, &part);
    } else {
        hf_resources_copy(catalog, &available, total);
        hf_resources_subtract(catalog, &available, granted);
    }
    set_available(allocator, agent, hf_bundle__new(allocator, &available));
    hf_resources_clear(catalog, &available);
    hf_resources_clear(catalog, &part);
}

void hf_allocator__agent_recompute(HfAllocator *allocator, uint32_t agent)
{
    HfResources sum = {0};
    recompute(allocator, agent, granted_on(allocator, agent, &sum));
    hf_resources_clear(allocator->catalog, &sum);
}

void hf_allocator__agent_gain_anew(HfAllocator *allocator, uint32_t agent, HfBundle *back)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfAgentInfo *info = &allocator->infos.at[agent];
    if (info->undo == back && row->available == NULL) {
        row->available = info->undo;
        info->undo = NULL;
        return;
    }
    hf_allocator__agent_renew(allocator, agent);
}

static void set_flag(HfAgent *row, uint32_t flag, gboolean on)
{
    row->flags = on ? row->flags | flag : row->flags & ~flag;
}

/* Keep the sum of the grants in Mesos's order from now on, or no longer. */
static void keep_order(HfAllocator *allocator, uint32_t agent, gboolean keep)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgentInfo *info = &allocator->infos.at[agent];
    HfAgent *row = &allocator->agents.at[agent];
    gboolean was_kept = (row->flags & HF_AGENT_ORDERED) != 0;
    set_flag(row, HF_AGENT_ORDERED, keep);
    if (keep == was_kept || allocator->agent_order == HF_AGENT_ORDER_SORTED) return;
    if (info->granted != NULL) hf_resources_clear(catalog, info->granted);
    g_clear_pointer(&info->granted, g_free);
    if (!keep) return;
    HfResources *sum = g_new0(HfResources, 1), part = {0};
    for (uint32_t g = 0; g < row->grants.count; g++) {
        const HfGrant *grant = &hf_few_at(&row->grants)[g];
        hf_resources_copy(catalog, &part, &hf_grant__bundle(allocator, grant)->resources);
        hf_resources_allocate(catalog, &part, allocator->subs.at[grant->sub].role);
        hf_resources_add(catalog, sum, &part);
    }
    hf_resources_clear(catalog, &part);
    info->granted = sum;
}

/* Flags that follow the total and what is granted beyond it, and with them what is available. */
static void renew(HfAllocator *allocator, uint32_t agent)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = &allocator->agents.at[agent];
    HfAgentInfo *info = &allocator->infos.at[agent];
    HfAlike *alike = hf_alike__total(allocator, &info->total);
    const uint32_t exceeded = HF_AGENT_RECOMPUTE | HF_AGENT_EXCEEDED;
    row->flags &= ~(uint32_t)(HF_AGENT_SHARED | exceeded | HF_AGENT_GPUS);
    row->flags |= alike->flags & ~(uint32_t)HF_AGENT_ORDERED;
    keep_order(allocator, agent, (alike->flags & HF_AGENT_ORDERED) != 0);
    if (hf_alike__left(allocator, alike, row)) {
        set_available(allocator, agent, hf_bundle__ref(alike->left));
        if (alike->exceeds) row->flags |= exceeded;
        return;
    }
    allocator->counters.left_worked_out++;
    HfResources sum = {0};
    const HfResources *granted = granted_on(allocator, agent, &sum);
    gboolean exceeds = !hf_resources_contains(catalog, &info->total, granted);
    if (exceeds) row->flags |= exceeded;
    recompute(allocator, agent, granted);
    hf_resources_clear(catalog, &sum);
    hf_alike__keep_left(allocator, alike, row, exceeds);
}

static gboolean is_overdrawn(const HfAgent *row)
{
    return (row->flags & (HF_AGENT_SHARED | HF_AGENT_EXCEEDED)) != 0;
}

void hf_allocator__agent_renew(HfAllocator *allocator, uint32_t agent)
{
    allocator->overdrawn -= is_overdrawn(&allocator->agents.at[agent]);
    renew(allocator, agent);
    allocator->overdrawn += is_overdrawn(&allocator->agents.at[agent]);
}

/* What an agent's total adds to the pool, and what its former one took from it. NULL = none. */
static void pool_change(HfAllocator *allocator, const HfResources *more, const HfResources *less)
{
    static const HfQuantities none;
    const HfAlike *to = more != NULL ? hf_alike__total(allocator, more) : NULL;
    const HfAlike *from = less != NULL ? hf_alike__total(allocator, less) : NULL;
    hf_sorters__total_change(&allocator->sorters, to != NULL ? &to->share : &none,
                             from != NULL ? &from->share : &none);
    /* first in, then out: no role passes below zero */
    if (to != NULL && to->is_reserved) hf_allocator__reservations(allocator, more, 1);
    if (from != NULL && from->is_reserved) hf_allocator__reservations(allocator, less, -1);
    allocator->quota_is_counted = FALSE;
}

/* The scalars of a part of an agent's total join or leave the pool. */
static void pool_add(HfAllocator *allocator, const HfResources *part, int sign)
{
    HfQuantities sum = {0};
    hf_allocator__role_share_of(allocator, part, &sum);
    hf_sorters__total_add(&allocator->sorters, &sum, sign);
    hf_quantities_clear(&sum);
    hf_allocator__reservations(allocator, part, sign);
    allocator->quota_is_counted = FALSE;
}

gboolean hf_allocator__convert_total(HfAllocator *allocator, uint32_t agent, HfResources *total,
                                     const HfConversions *conversions)
{
    HfCatalog *catalog = allocator->catalog;
    if (allocator->agents.at[agent].flags & HF_AGENT_RECOMPUTE ||
        hf_alike__flags(catalog, total) & HF_AGENT_RECOMPUTE)
        return FALSE;
    hf_allocator__role_room(allocator, HF_ROLE_STAR); /* kinds may be new */
    for (uint32_t c = 0; c < conversions->count; c++)
        pool_add(allocator, &conversions->at[c].converted, 1); /* first in, then out */
    for (uint32_t c = 0; c < conversions->count; c++)
        pool_add(allocator, &conversions->at[c].consumed, -1);
    hf_resources_move(catalog, &allocator->infos.at[agent].total, total);
    hf_allocator__agent_changed(allocator, agent);
    return TRUE;
}

gboolean hf_allocator__update_total(HfAllocator *allocator, uint32_t agent,
                                    const HfResources *total)
{
    HfAgentInfo *info = &allocator->infos.at[agent];
    if (hf_resources_equal(allocator->catalog, &info->total, total)) return FALSE;
    hf_allocator__role_room(allocator, HF_ROLE_STAR); /* kinds may be new */
    pool_change(allocator, total, &info->total);
    hf_resources_copy(allocator->catalog, &info->total, total);
    hf_allocator__agent_renew(allocator, agent);
    hf_allocator__agent_changed(allocator, agent);
    return TRUE;
}

/* ---- Life ---- */

void hf_allocator__agent_clear(HfAllocator *allocator, uint32_t agent)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = &allocator->agents.at[agent];
    HfAgentInfo *info = &allocator->infos.at[agent];
    hf_bundle__unref(allocator, row->available);
    hf_bundle__unref(allocator, info->undo);
    for (uint32_t g = 0; g < row->grants.count; g++)
        hf_bundle__unref(allocator, hf_grant__bundle(allocator, &hf_few_at(&row->grants)[g]));
    for (uint32_t f = 0; f < row->filters.count; f++)
        hf_bundle__unref(allocator,
                         hf_bundle__numbered(allocator, hf_few_at(&row->filters)[f].refused));
    hf_few_clear(&row->grants);
    hf_few_clear(&row->filters);
    hf_few_clear(&row->pending);
    hf_resources_clear(catalog, &info->total);
    hf_launched__clear(allocator, &info->launched);
    if (info->launched_early != NULL) hf_resources_clear(catalog, info->launched_early);
    if (info->granted != NULL) hf_resources_clear(catalog, info->granted);
    if (info->offered_shared != NULL) hf_resources_clear(catalog, info->offered_shared);
    g_free(info->launched_early);
    g_free(info->granted);
    g_free(info->offered_shared);
    hf_attributes_clear(catalog, &info->attributes);
    hf_allocator__maintenance_free(info->maintenance);
    if (info->hostname != info->name) g_free(info->hostname);
    g_free(info->name);
    g_free(info->region);
    g_free(info->zone);
    allocator->overdrawn -= is_overdrawn(row);
    memset(row, 0, sizeof *row);
    memset(info, 0, sizeof *info);
}

/* Flags that follow names: is it on the whitelist, is it in another region? */
static void name_flags(const HfAllocator *allocator, uint32_t agent)
{
    HfAgent *row = &allocator->agents.at[agent];
    const HfAgentInfo *info = &allocator->infos.at[agent];
    set_flag(row, HF_AGENT_WHITELISTED,
             allocator->whitelist == NULL ||
                 g_hash_table_contains(allocator->whitelist, info->hostname));
    set_flag(row, HF_AGENT_REMOTE,
             info->region != NULL && g_strcmp0(info->region, allocator->region) != 0 &&
                 hf_era_has(allocator->era, HF_RULE_REGIONS));
}

void hf_allocator_whitelist_set(HfAllocator *allocator, HfTime now, const char *const *hostnames,
                                uint32_t hostname_count)
{
    if (allocator->whitelist != NULL) g_hash_table_unref(allocator->whitelist);
    allocator->whitelist = NULL;
    if (hostnames != NULL)
        allocator->whitelist = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (uint32_t h = 0; h < hostname_count; h++)
        g_hash_table_add(allocator->whitelist, g_strdup(hostnames[h]));
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        if (hf_allocator__agent(allocator, a) == NULL) continue;
        name_flags(allocator, a);
        hf_allocator__agent_touch(allocator, a);
    }
}

/* A framework that holds something before it is added. */
static void name_unknown(HfAllocator *allocator, uint32_t framework, const char *name)
{
    while (allocator->frameworks.count <= framework) hf_vec_push_zero(&allocator->frameworks);
    g_free(allocator->frameworks.at[framework].name);
    allocator->frameworks.at[framework].name = g_strdup(name);
}

/* What was held before the agent came: launched, and counted if its framework is known. */
static void hold(HfAllocator *allocator, uint32_t agent, const HfHolding *holding)
{
    if (hf_resources_is_empty(holding->resources)) return;
    gboolean is_known = hf_allocator__framework(allocator, holding->framework) != NULL;
    if (!is_known) name_unknown(allocator, holding->framework, holding->framework_name);
    uint32_t sub = hf_allocator__sub(allocator, holding->framework, holding->role);
    if (sub == HF_ROW_NONE)
        sub = hf_allocator__sub_new(allocator, holding->framework, holding->role);
    if (is_known) hf_allocator__sub_track(allocator, sub);
    const HfAlikeHolding *alike = hf_alike__holding(allocator, holding->resources, holding->role);
    HfResources **early = &allocator->infos.at[agent].launched_early;
    if (is_known) {
        hf_launched__add(allocator, agent, &alike->launched);
    } else {
        if (*early == NULL) *early = g_new0(HfResources, 1);
        hf_resources_add(allocator->catalog, *early, &alike->launched);
    }
    hf_allocator__grant(allocator, agent, sub, hf_bundle__ref(alike->bundle), is_known);
}

static void set_capabilities(HfAllocator *allocator, uint32_t agent, uint32_t capabilities)
{
    HfAgent *row = &allocator->agents.at[agent];
    allocator->infos.at[agent].capabilities = capabilities;
    set_flag(row, HF_AGENT_MULTI_ROLE, (capabilities & HF_AGENT_CAPABILITY_MULTI_ROLE) != 0);
    set_flag(row, HF_AGENT_HIERARCHICAL,
             (capabilities & HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE) != 0);
}

static void fill_row(HfAllocator *allocator, uint32_t agent, const HfAgentSpec *spec)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfAgentInfo *info = &allocator->infos.at[agent];
    row->flags = HF_AGENT_KNOWN | HF_AGENT_ACTIVE;
    row->owner = spec->owner;
    set_capabilities(allocator, agent, spec->capabilities);
    info->name = g_strdup(spec->name);
    info->hostname = spec->hostname != NULL && strcmp(spec->hostname, spec->name) != 0
                         ? g_strdup(spec->hostname)
                         : info->name;
    info->region = g_strdup(spec->region);
    info->zone = g_strdup(spec->zone);
    name_flags(allocator, agent);
    if (spec->attributes != NULL)
        hf_attributes_copy(allocator->catalog, &info->attributes, spec->attributes);
    hf_resources_copy(allocator->catalog, &info->total, spec->total);
}

/* Room up to this row, in whole cache lines. Large blocks are moved by their pages, not copied. */
static void make_rows(HfAllocator *allocator, uint32_t agent)
{
    enum { LINE = 64 };
    if (agent >= allocator->agents.room) {
        uint32_t room = MAX(allocator->agents.room * 2, 64);
        while (room <= agent) room *= 2;
        size_t used = allocator->agents.count * sizeof(HfAgent);
        size_t had =
            used > 0 ? (size_t)((char *)allocator->agents.at - allocator->agents.block) : 0;
        char *block = g_realloc(allocator->agents.block, room * sizeof(HfAgent) + LINE);
        char *at = block + (LINE - (uintptr_t)block % LINE) % LINE;
        if (at != block + had) memmove(at, block + had, used);
        allocator->agents.block = block;
        allocator->agents.at = (HfAgent *)(void *)at;
        allocator->agents.room = room;
    }
    while (allocator->agents.count <= agent) {
        memset(&allocator->agents.at[allocator->agents.count++], 0, sizeof(HfAgent));
        hf_vec_push_zero(&allocator->infos);
    }
}

HfStatus hf_allocator_agent_add(HfAllocator *allocator, HfTime now, uint32_t agent,
                                const HfAgentSpec *spec, const HfHolding *used, uint32_t used_count)
{
    HF_ASSERT(spec->name != NULL && spec->total != NULL);
    if (hf_allocator__agent(allocator, agent) != NULL) return HF_EXISTS;
    if (hf_alike__total(allocator, spec->total)->is_allocated) return HF_INVALID;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    if (allocator->is_paused && !allocator->is_recovering) return HF_CONFLICT;
    make_rows(allocator, agent);
    fill_row(allocator, agent, spec);
    hf_allocator__role_room(allocator, HF_ROLE_STAR); /* kinds may be new */
    pool_change(allocator, spec->total, NULL);
    allocator->agent_count++;
    hf_allocator__rank_new(allocator, agent);
    for (uint32_t u = 0; u < used_count; u++)
        if (used[u].agent == agent) hold(allocator, agent, &used[u]);
    hf_allocator__agent_renew(allocator, agent);
    hf_allocator__agent_changed(allocator, agent);
    hf_allocator__maintain(allocator, agent, spec->has_unavailability, spec->unavailable_start,
                           spec->unavailable_duration);
    if (allocator->is_paused && allocator->is_recovering &&
        allocator->agent_count >= allocator->expected_agents)
        allocator->is_recovering = allocator->is_paused = FALSE;
    hf_allocator__trigger(allocator, agent);
    return HF_OK;
}

/* `also` is another owner of the same text, or NULL. */
static gboolean replace_text(char **text, const char *also, const char *with)
{
    if (with == NULL || g_strcmp0(*text, with) == 0) return FALSE;
    if (*text != also) g_free(*text);
    *text = g_strdup(with);
    return TRUE;
}

HfStatus hf_allocator_agent_update(HfAllocator *allocator, HfTime now, uint32_t agent,
                                   const HfAgentSpec *spec)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    if (spec->total != NULL && hf_alike__total(allocator, spec->total)->is_allocated)
        return HF_INVALID;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    HfAgentInfo *info = &allocator->infos.at[agent];
    gboolean is_updated = FALSE;
    if (spec->attributes != NULL && !hf_attributes_equal(spec->attributes, &info->attributes)) {
        hf_attributes_copy(allocator->catalog, &info->attributes, spec->attributes);
        hf_filters__drop_agent(allocator, agent);
        hf_allocator__inverse_drop(allocator, HF_ROW_NONE, agent);
        is_updated = TRUE;
    }
    is_updated |= replace_text(&info->hostname, info->name, spec->hostname);
    is_updated |= replace_text(&info->region, NULL, spec->region);
    is_updated |= replace_text(&info->zone, NULL, spec->zone);
    name_flags(allocator, agent);
    if (spec->capabilities != HF_AGENT_CAPABILITIES_KEEP &&
        spec->capabilities != info->capabilities) {
        set_capabilities(allocator, agent, spec->capabilities);
        is_updated = TRUE;
    }
    if (row->owner != spec->owner) { /* others may be offered it, by the next run that comes */
        row->owner = spec->owner;
        hf_allocator__agent_changed(allocator, agent);
    }
    if (spec->total != NULL)
        is_updated |= hf_allocator__update_total(allocator, agent, spec->total);
    if (!is_updated) return HF_OK;
    hf_allocator__agent_changed(allocator, agent);
    hf_allocator__trigger(allocator, agent);
    return HF_OK;
}

HfStatus hf_allocator_agent_remove(HfAllocator *allocator, HfTime now, uint32_t agent)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    HfAgentInfo *info = &allocator->infos.at[agent];
    hf_allocator__barren_end(allocator);
    hf_filters__drop_agent(allocator, agent);
    hf_allocator__inverse_drop(allocator, HF_ROW_NONE, agent);
    hf_allocator__maintain(allocator, agent, FALSE, 0, 0);
    while (row->grants.count > 0) {
        uint32_t sub = hf_few_at(&row->grants)[row->grants.count - 1].sub;
        hf_bundle__unref(allocator,
                         hf_allocator__take_grant(allocator, agent, row->grants.count - 1));
        hf_allocator__try_untrack_sub(allocator, sub);
    }
    pool_change(allocator, NULL, &info->total);
    for (uint32_t c = 0; c < allocator->candidates.count; c++)
        if (allocator->candidates.at[c] == agent) {
            hf_vec_remove(&allocator->candidates, c);
            break;
        }
    hf_allocator__agent_clear(allocator, agent);
    allocator->agent_count--;
    allocator->ranks_are_stale = TRUE;
    return HF_OK;
}

static HfStatus set_active(HfAllocator *allocator, uint32_t agent, gboolean active)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    set_flag(row, HF_AGENT_ACTIVE, active);
    hf_allocator__agent_touch(allocator, agent);
    return HF_OK;
}

HfStatus hf_allocator_agent_activate(HfAllocator *allocator, HfTime now, uint32_t agent)
{
    return set_active(allocator, agent, TRUE);
}

HfStatus hf_allocator_agent_deactivate(HfAllocator *allocator, HfTime now, uint32_t agent)
{
    return set_active(allocator, agent, FALSE);
}

HfStatus hf_allocator_provider_add(HfAllocator *allocator, HfTime now, uint32_t agent,
                                   const HfResources *more, const HfHolding *used,
                                   uint32_t used_count)
{
    HfCatalog *catalog = allocator->catalog;
    if (hf_allocator__agent(allocator, agent) == NULL) return HF_UNKNOWN;
    if (hf_resources_any(catalog, more, HF_META_ALLOCATED)) return HF_INVALID;
    HfResources part = {0};
    hf_resources_copy(catalog, &part, &allocator->infos.at[agent].total);
    hf_resources_add(catalog, &part, more);
    hf_allocator__update_total(allocator, agent, &part);
    for (uint32_t u = 0; u < used_count; u++) {
        uint32_t framework = used[u].framework;
        if (hf_resources_is_empty(used[u].resources)) continue;
        if (hf_allocator__framework(allocator, framework) == NULL) continue;
        uint32_t sub = hf_allocator__sub(allocator, framework, used[u].role);
        if (sub == HF_ROW_NONE) sub = hf_allocator__sub_new(allocator, framework, used[u].role);
        hf_allocator__sub_track(allocator, sub);
        hf_resources_copy(catalog, &part, used[u].resources);
        hf_resources_unallocate(catalog, &part);
        hf_allocator__grant(allocator, agent, sub, hf_bundle__new(allocator, &part), TRUE);
    }
    hf_allocator__agent_renew(allocator, agent);
    hf_allocator__agent_changed(allocator, agent);
    hf_resources_clear(catalog, &part);
    return HF_OK;
}
