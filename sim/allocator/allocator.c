/*
 * The allocator's calls: agents, frameworks, resources coming back. Runs are in run.c.
 * Source: MESOS.md 3.5, 3.6; Mesos 1.11 hierarchical.cpp.
 */
#include "allocator/allocator.h"

#include <math.h>
#include <string.h>

#include "allocator/allocator_internal.h"
#include "base/checked.h"

#define HF_DAYS_365       (365 * HF_NS_PER_DAY)
#define HF_REFUSE_SECONDS 5.0
#define HF_LOG_MAX        64 /* eligible subs remembered before agents behind are simply tried fully */

/* ---- Life ---- */

void hf_allocator_config_init(HfAllocatorConfig *config)
{
    memset(config, 0, sizeof *config);
    config->interval = HF_NS_PER_SECOND;
    config->role_sorter = HF_SORTER_DRF;
    config->framework_sorter = HF_SORTER_DRF;
    config->agent_order = HF_AGENT_ORDER_SHUFFLED;
    config->offer_scope = HF_OFFER_SCOPE_AGENT;
    config->filter_gpu_resources = TRUE;
    config->recovery_timeout = 10 * HF_NS_PER_MINUTE;
    config->agent_recovery_factor = 0.8;
    hf_stream_init(&config->stream, 0, "allocator", 0);
}

HfAllocator *hf_allocator_new(HfCatalog *catalog, const HfAllocatorConfig *config)
{
    HF_ASSERT(config->interval > 0);
    const HfPolicyOps *policy = config->policy != NULL ? config->policy : hf_policies[0];
    HfAllocator *allocator = g_new0(HfAllocator, 1);
    allocator->catalog = catalog;
    allocator->interval = config->interval;
    allocator->agent_order = config->agent_order;
    allocator->offer_scope = config->offer_scope;
    allocator->honours_owner = policy->honours_owner;
    allocator->filters_gpus = config->filter_gpu_resources;
    allocator->role_sort =
        policy->role_sorter < 0 ? config->role_sorter : (HfSorterKind)policy->role_sorter;
    allocator->framework_sort = policy->framework_sorter < 0
                                    ? config->framework_sorter
                                    : (HfSorterKind)policy->framework_sorter;
    allocator->min_count = config->min_allocatable_count;
    allocator->min = g_new0(HfQuantities, config->min_allocatable_count);
    for (uint32_t m = 0; m < config->min_allocatable_count; m++)
        hf_quantities_copy(&allocator->min[m], &config->min_allocatable[m]);
    allocator->region = g_strdup(config->region);
    allocator->recovery_timeout = config->recovery_timeout;
    allocator->agent_recovery_factor = config->agent_recovery_factor;
    allocator->recovery_ends = HF_TIME_NEVER;
    allocator->quirks = config->quirks;
    HfStream stream = config->stream;
    allocator->order_key = hf_stream_u64(&stream);
    hf_sorters__init(&allocator->sorters);
    hf_sorters__kinds(&allocator->sorters, catalog->kind_count);
    for (uint32_t k = 0; k < config->fairness_excluded_count; k++)
        hf_sorters__exclude(&allocator->sorters,
                            catalog->kind[config->fairness_excluded[k]].quantity);
    allocator->role_root = hf_sorter__new(&allocator->sorters, allocator->role_sort);
    hf_filters__init(&allocator->filters);
    hf_allocator__role_room(allocator, HF_ROLE_STAR);
    return allocator;
}

static void agent_clear(HfAllocator *allocator, HfAgent *row)
{
    HfCatalog *catalog = allocator->catalog;
    hf_resources_clear(catalog, &row->available);
    hf_resources_clear(catalog, &row->total);
    hf_resources_clear(catalog, &row->launched);
    for (uint32_t h = 0; h < row->held.count; h++)
        hf_resources_clear(catalog, &row->held.at[h].resources);
    for (uint32_t r = 0; r < row->refused.count; r++)
        hf_resources_clear(catalog, &row->refused.at[r].resources);
    hf_vec_clear(&row->held);
    hf_vec_clear(&row->refused);
    hf_vec_clear(&row->pending);
    hf_vec_clear(&row->filter_sub);
    hf_vec_clear(&row->filter_row);
    hf_attributes_clear(catalog, &row->attributes);
    hf_allocator__maintenance_free(row->maintenance);
    if (row->offered_shared != NULL) hf_resources_clear(catalog, row->offered_shared);
    g_free(row->offered_shared);
    g_free(row->name);
    g_free(row->hostname);
    g_free(row->region);
    g_free(row->zone);
    memset(row, 0, sizeof *row);
}

void hf_allocator_free(HfAllocator *allocator)
{
    if (allocator == NULL) return;
    for (uint32_t a = 0; a < allocator->agents.count; a++)
        agent_clear(allocator, &allocator->agents.at[a]);
    for (uint32_t f = 0; f < allocator->frameworks.count; f++) {
        g_free(allocator->frameworks.at[f].name);
        hf_offer_constraints_unref(allocator->frameworks.at[f].constraints);
        hf_vec_clear(&allocator->frameworks.at[f].subs);
    }
    for (uint32_t s = 0; s < allocator->subs.count; s++)
        hf_allocator__minimum_clear(&allocator->subs.at[s]);
    for (uint32_t r = 0; r < allocator->roles.count; r++) {
        hf_quantities_clear(&allocator->roles.at[r].guarantees);
        hf_quantities_clear(&allocator->roles.at[r].consumed);
        hf_limits_clear(&allocator->roles.at[r].limits);
    }
    if (allocator->whitelist != NULL) g_hash_table_unref(allocator->whitelist);
    for (uint32_t m = 0; m < allocator->min_count; m++) hf_quantities_clear(&allocator->min[m]);
    g_free(allocator->min);
    g_free(allocator->region);
    g_free(allocator->amounts);
    g_free(allocator->root_reserved);
    g_free(allocator->root_used_reserved);
    g_free(allocator->idle_bits);
    g_free(allocator->visit_bits);
    hf_vec_clear(&allocator->agents);
    hf_vec_clear(&allocator->frameworks);
    hf_vec_clear(&allocator->subs);
    hf_vec_clear(&allocator->vacant_subs);
    hf_vec_clear(&allocator->roles);
    hf_vec_clear(&allocator->weights);
    hf_vec_clear(&allocator->by_name);
    hf_vec_clear(&allocator->candidates);
    hf_vec_clear(&allocator->eligible);
    hf_vec_clear(&allocator->visit);
    hf_vec_clear(&allocator->visit_keys);
    hf_vec_clear(&allocator->tries);
    hf_vec_clear(&allocator->drawn);
    hf_vec_clear(&allocator->regroup);
    hf_vec_clear(&allocator->regrouped);
    hf_resources_clear(allocator->catalog, &allocator->offer);
    hf_resources_clear(allocator->catalog, &allocator->rest);
    hf_resources_clear(allocator->catalog, &allocator->extra);
    hf_quantities_clear(&allocator->gained);
    hf_quantities_clear(&allocator->required);
    hf_quantities_clear(&allocator->headroom);
    hf_quantities_clear(&allocator->surplus_after);
    hf_vec_clear(&allocator->quota_roles);
    hf_vec_clear(&allocator->maintained);
    hf_vec_clear(&allocator->inverse);
    hf_vec_clear(&allocator->unmet);
    hf_filters__clear(&allocator->filters);
    hf_sorters__clear(&allocator->sorters);
    g_free(allocator);
}

/* ---- Finding rows ---- */

HfAgent *hf_allocator__agent(const HfAllocator *allocator, uint32_t agent)
{
    if (agent >= allocator->agents.count) return NULL;
    HfAgent *row = &allocator->agents.at[agent];
    return row->flags & HF_AGENT_KNOWN ? row : NULL;
}

HfFramework *hf_allocator__framework(const HfAllocator *allocator, uint32_t framework)
{
    if (framework >= allocator->frameworks.count) return NULL;
    HfFramework *row = &allocator->frameworks.at[framework];
    return row->is_known ? row : NULL;
}

uint32_t hf_allocator__sub(const HfAllocator *allocator, uint32_t framework, HfRoleId role)
{
    const HfFramework *row = &allocator->frameworks.at[framework];
    for (uint32_t i = 0; i < row->subs.count; i++)
        if (allocator->subs.at[row->subs.at[i]].role == role) return row->subs.at[i];
    return HF_ROW_NONE;
}

HfHeld *hf_allocator__held(HfAgent *agent, uint32_t framework, HfRoleId role)
{
    for (uint32_t h = 0; h < agent->held.count; h++)
        if (agent->held.at[h].framework == framework && agent->held.at[h].role == role)
            return &agent->held.at[h];
    return NULL;
}

/* ---- Who is to be visited ---- */

static int compare_names(const void *a, const void *b, void *data)
{
    const HfAllocator *allocator = data;
    return strcmp(allocator->agents.at[*(const uint32_t *)a].name,
                  allocator->agents.at[*(const uint32_t *)b].name);
}

static void bit_set(uint64_t *bits, uint32_t rank, gboolean on)
{
    uint64_t mask = UINT64_C(1) << (rank & 63);
    if (on)
        bits[rank >> 6] |= mask;
    else
        bits[rank >> 6] &= ~mask;
}

void hf_allocator__agent_touch(HfAllocator *allocator, uint32_t agent)
{
    if (allocator->ranks_are_stale) return;
    const HfAgent *row = &allocator->agents.at[agent];
    const uint32_t offerable = HF_AGENT_KNOWN | HF_AGENT_ACTIVE | HF_AGENT_WHITELISTED;
    gboolean idle =
        (row->flags & offerable) == offerable && !hf_resources_is_empty(&row->available);
    gboolean visit = idle && ((row->flags & HF_AGENT_CHANGED) || row->pending.count > 0);
    bit_set(allocator->idle_bits, row->rank, idle);
    bit_set(allocator->visit_bits, row->rank, visit);
}

void hf_allocator__agent_changed(HfAllocator *allocator, uint32_t agent)
{
    HfAgent *row = &allocator->agents.at[agent];
    row->version++;
    row->flags |= HF_AGENT_CHANGED;
    hf_vec_reset(&row->pending);
    hf_allocator__agent_touch(allocator, agent);
}

void hf_allocator__ranks(HfAllocator *allocator)
{
    if (!allocator->ranks_are_stale) return;
    hf_vec_reset(&allocator->by_name);
    for (uint32_t a = 0; a < allocator->agents.count; a++)
        if (allocator->agents.at[a].flags & HF_AGENT_KNOWN) hf_vec_push(&allocator->by_name, a);
    gboolean in_order = TRUE;
    for (uint32_t i = 1; i < allocator->by_name.count && in_order; i++)
        in_order =
            compare_names(&allocator->by_name.at[i - 1], &allocator->by_name.at[i], allocator) < 0;
    if (!in_order)
        g_qsort_with_data(allocator->by_name.at, (int)allocator->by_name.count, sizeof(uint32_t),
                          compare_names, allocator);
    uint32_t words = (allocator->by_name.count + 63) / 64;
    if (words > allocator->bit_words) {
        allocator->bit_words = MAX(words, allocator->bit_words * 2);
        allocator->idle_bits = g_renew(uint64_t, allocator->idle_bits, allocator->bit_words);
        allocator->visit_bits = g_renew(uint64_t, allocator->visit_bits, allocator->bit_words);
    }
    memset(allocator->idle_bits, 0, allocator->bit_words * sizeof(uint64_t));
    memset(allocator->visit_bits, 0, allocator->bit_words * sizeof(uint64_t));
    allocator->ranks_are_stale = FALSE;
    for (uint32_t i = 0; i < allocator->by_name.count; i++) {
        allocator->agents.at[allocator->by_name.at[i]].rank = i;
        hf_allocator__agent_touch(allocator, allocator->by_name.at[i]);
    }
}

void hf_allocator__sub_eligible(HfAllocator *allocator, uint32_t sub)
{
    hf_vec_push(&allocator->eligible, sub);
    if (allocator->eligible.count > HF_LOG_MAX) {
        /* Agents that were visited before this point try everybody. */
        allocator->eligible_base += allocator->eligible.count;
        hf_vec_reset(&allocator->eligible);
    }
}

void hf_allocator__trigger_all(HfAllocator *allocator)
{
    if (allocator->is_paused) return;
    allocator->all_candidates = TRUE;
    allocator->wants_run = TRUE;
}

void hf_allocator__trigger(HfAllocator *allocator, uint32_t agent)
{
    if (allocator->is_paused) return;
    HfAgent *row = &allocator->agents.at[agent];
    if (!(row->flags & HF_AGENT_CANDIDATE)) {
        row->flags |= HF_AGENT_CANDIDATE;
        hf_vec_push(&allocator->candidates, agent);
    }
    allocator->wants_run = TRUE;
}

/* ---- Accounting ---- */

/* Copies of a shared entry that other holders of the same role have on the agent. */
static uint32_t copies_of_role(HfAllocator *allocator, const HfAgent *agent, HfRoleId role,
                               const HfResource *entry)
{
    uint32_t copies = 0;
    for (uint32_t h = 0; h < agent->held.count; h++)
        if (agent->held.at[h].role == role && agent->held.at[h].sub != HF_ROW_NONE)
            copies += hf_resources_copies(allocator->catalog, &agent->held.at[h].resources, entry);
    return copies;
}

/*
 * What counts of `resources` (one allocation role), which are part of what the sub holds on the
 * agent. A shared volume counts with its first copy and until its last: `mine` is the sub's share,
 * `role` that of all subs of the role. `held` must still hold `resources`.
 */
static void countable(HfAllocator *allocator, uint32_t agent, const HfSub *sub,
                      const HfResources *resources, HfQuantities *mine, HfQuantities *role)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *on = &allocator->agents.at[agent];
    const HfResource *at = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) continue;
        HfKindId kind = catalog->kind[at[i].kind].quantity;
        if (!hf_meta_is_shared(catalog, at[i].meta)) {
            hf_quantities_add_one(mine, kind, at[i].milli);
            hf_quantities_add_one(role, kind, at[i].milli);
            continue;
        }
        const HfHeld *held = hf_allocator__held(on, sub->framework, sub->role);
        uint32_t copies = hf_resources_copies(catalog, &held->resources, &at[i]);
        if (copies == at[i].copies) hf_quantities_add_one(mine, kind, at[i].milli);
        if (copies_of_role(allocator, on, sub->role, &at[i]) == at[i].copies)
            hf_quantities_add_one(role, kind, at[i].milli);
    }
}

void hf_allocator__used_amounts(HfAllocator *allocator, uint32_t agent, HfRoleId role,
                                const HfResources *resources, int sign)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfResource *at = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) continue;
        HfKindId kind = catalog->kind[at[i].kind].quantity;
        uint32_t flags = hf_meta_info(catalog, at[i].meta)->flags;
        if (!(flags & (HF_META_RESERVED | HF_META_REVOCABLE)))
            hf_allocator__role_add(allocator, role, HF_ROLE_USED, kind, sign * at[i].milli);
        if (!(flags & HF_META_RESERVED)) continue;
        const HfAgent *on = &allocator->agents.at[agent];
        if (!(flags & HF_META_SHARED) ||
            copies_of_role(allocator, on, role, &at[i]) == at[i].copies)
            allocator->root_used_reserved[kind] += sign * at[i].milli;
    }
    if (sign < 0) hf_allocator__quota_eased(allocator, role);
}

static void account(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                    const HfResources *resources, int sign)
{
    const HfSub *row = &allocator->subs.at[sub];
    HfNode role_leaf = allocator->roles.at[row->role].leaf;
    hf_allocator__used_amounts(allocator, agent, row->role, resources, sign);
    HfQuantities mine = {0};
    if (!(allocator->agents.at[agent].flags & HF_AGENT_SHARED)) {
        hf_resources_scalar_quantities(allocator->catalog, resources, &mine);
        if (sign > 0) {
            hf_sorter__allocated(&allocator->sorters, role_leaf, &mine);
            hf_sorter__allocated(&allocator->sorters, row->leaf, &mine);
        } else {
            hf_sorter__unallocated(&allocator->sorters, role_leaf, &mine);
            hf_sorter__unallocated(&allocator->sorters, row->leaf, &mine);
        }
    } else {
        HfQuantities role = {0};
        countable(allocator, agent, row, resources, &mine, &role);
        if (sign > 0) {
            hf_sorter__allocated(&allocator->sorters, role_leaf, &role);
            hf_sorter__allocated(&allocator->sorters, row->leaf, &mine);
        } else {
            hf_sorter__unallocated(&allocator->sorters, role_leaf, &role);
            hf_sorter__unallocated(&allocator->sorters, row->leaf, &mine);
        }
        hf_quantities_clear(&role);
    }
    hf_quantities_clear(&mine);
}

void hf_allocator__track(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                         const HfResources *resources)
{
    account(allocator, agent, sub, resources, 1);
}

void hf_allocator__untrack(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                           const HfResources *resources)
{
    account(allocator, agent, sub, resources, -1);
}

gboolean hf_allocator__try_untrack_sub(HfAllocator *allocator, uint32_t sub)
{
    const HfSub *row = &allocator->subs.at[sub];
    if (row->is_subscribed || row->holdings > 0) return FALSE;
    hf_allocator__sub_drop(allocator, sub);
    return TRUE;
}

/* Flags that follow what is available. */
static void available_flags(HfAllocator *allocator, HfAgent *row)
{
    row->flags &= ~(uint32_t)(HF_AGENT_SPECIAL | HF_AGENT_REVOCABLE);
    const HfResource *at = hf_resources_entries(&row->available);
    uint32_t metas = 0;
    for (uint32_t i = 0; i < hf_resources_count(&row->available); i++)
        if (at[i].meta != HF_META_PLAIN)
            metas |= hf_meta_info(allocator->catalog, at[i].meta)->flags;
    if (metas & (HF_META_RESERVED | HF_META_REVOCABLE | HF_META_SHARED))
        row->flags |= HF_AGENT_SPECIAL;
    if (metas & HF_META_REVOCABLE) row->flags |= HF_AGENT_REVOCABLE;
}

/* The sum of what is held, in Mesos's order of adding. */
static void sum_held(HfAllocator *allocator, HfAgent *row, HfResources *out)
{
    hf_resources_reset(allocator->catalog, out);
    for (uint32_t h = 0; h < row->held.count; h++)
        hf_resources_add(allocator->catalog, out, &row->held.at[h].resources);
    hf_resources_unallocate(allocator->catalog, out);
}

/* available = total - held; shared volumes are always there once. */
void hf_allocator__agent_recompute(HfAllocator *allocator, uint32_t agent)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = &allocator->agents.at[agent];
    HfResources held = {0}, part = {0};
    sum_held(allocator, row, &held);
    if (row->flags & HF_AGENT_SHARED) {
        hf_resources_non_shared(catalog, &row->total, &row->available);
        hf_resources_non_shared(catalog, &held, &part);
        hf_resources_subtract(catalog, &row->available, &part);
        hf_resources_shared(catalog, &row->total, &part);
        hf_resources_add(catalog, &row->available, &part);
    } else {
        hf_resources_copy(catalog, &row->available, &row->total);
        hf_resources_subtract(catalog, &row->available, &held);
    }
    available_flags(allocator, row);
    hf_resources_clear(catalog, &held);
    hf_resources_clear(catalog, &part);
}

/* Flags that follow the total and what is held beyond it. */
void hf_allocator__agent_flags(HfAllocator *allocator, HfAgent *row)
{
    HfCatalog *catalog = allocator->catalog;
    row->flags &= ~(uint32_t)(HF_AGENT_SHARED | HF_AGENT_RECOMPUTE | HF_AGENT_GPUS);
    if (hf_resources_any(catalog, &row->total, HF_META_SHARED))
        row->flags |= HF_AGENT_SHARED | HF_AGENT_RECOMPUTE;
    if (hf_resources_milli(&row->total, HF_KIND_GPUS) > 0) row->flags |= HF_AGENT_GPUS;
    const HfResource *at = hf_resources_entries(&row->total);
    for (uint32_t i = 0; i < hf_resources_count(&row->total); i++) {
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) continue;
        for (uint32_t j = 0; j < i; j++)
            if (at[i].kind == at[j].kind && hf_meta_is_unreserved(catalog, at[i].meta) &&
                hf_meta_is_unreserved(catalog, at[j].meta))
                row->flags |= HF_AGENT_RECOMPUTE;
    }
    HfResources held = {0};
    sum_held(allocator, row, &held);
    if (!hf_resources_contains(catalog, &row->total, &held)) row->flags |= HF_AGENT_RECOMPUTE;
    hf_resources_clear(catalog, &held);
}

/* ---- Agents ---- */

static void whitelist_flag(const HfAllocator *allocator, HfAgent *row)
{
    row->flags &= ~(uint32_t)HF_AGENT_WHITELISTED;
    if (allocator->whitelist == NULL || g_hash_table_contains(allocator->whitelist, row->hostname))
        row->flags |= HF_AGENT_WHITELISTED;
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
        HfAgent *row = hf_allocator__agent(allocator, a);
        if (row == NULL) continue;
        whitelist_flag(allocator, row);
        hf_allocator__agent_touch(allocator, a);
    }
}

static gboolean is_remote(const HfAllocator *allocator, const char *region)
{
    return region != NULL && g_strcmp0(region, allocator->region) != 0;
}

/* The agent's scalars join or leave the pool. */
static void pool_add(HfAllocator *allocator, const HfResources *total, int sign)
{
    HfQuantities sum = {0};
    hf_resources_scalar_quantities(allocator->catalog, total, &sum);
    const HfQuantity *at = hf_quantities_entries(&sum);
    for (uint32_t i = 0; i < sum.count; i++)
        hf_sorters__total_add(&allocator->sorters, at[i].kind, sign * at[i].milli);
    hf_quantities_clear(&sum);
    hf_allocator__reservations(allocator, total, sign);
}

/* Append to what is held on an agent; the caller accounts for it. */
static HfHeld *held_add(HfAllocator *allocator, uint32_t agent, uint32_t framework, HfRoleId role,
                        uint32_t sub, const HfResources *resources)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfHeld *held = hf_allocator__held(row, framework, role);
    if (held == NULL) {
        hf_vec_push_zero(&row->held);
        held = hf_vec_last(&row->held);
        held->framework = framework;
        held->role = role;
        held->sub = sub;
        if (sub != HF_ROW_NONE) allocator->subs.at[sub].holdings++;
    }
    hf_resources_add(allocator->catalog, &held->resources, resources);
    return held;
}

/* Resources as the allocator keeps held ones: allocated to `role`. */
static void tagged(HfAllocator *allocator, const HfResources *resources, HfRoleId role,
                   HfResources *out)
{
    hf_resources_copy(allocator->catalog, out, resources);
    hf_resources_allocate(allocator->catalog, out, role);
}

static uint32_t sub_or_new(HfAllocator *allocator, uint32_t framework, HfRoleId role)
{
    uint32_t sub = hf_allocator__sub(allocator, framework, role);
    return sub != HF_ROW_NONE ? sub : hf_allocator__sub_new(allocator, framework, role);
}

/* A framework that holds something before it is added. */
static void name_unknown(HfAllocator *allocator, uint32_t framework, const char *name)
{
    while (allocator->frameworks.count <= framework) hf_vec_push_zero(&allocator->frameworks);
    g_free(allocator->frameworks.at[framework].name);
    allocator->frameworks.at[framework].name = g_strdup(name);
}

static void agent_hold(HfAllocator *allocator, uint32_t agent, const HfHolding *holding)
{
    HfCatalog *catalog = allocator->catalog;
    hf_allocator__role_room(allocator, holding->role);
    HfResources resources = {0};
    tagged(allocator, holding->resources, holding->role, &resources);
    uint32_t sub = HF_ROW_NONE;
    if (hf_allocator__framework(allocator, holding->framework) != NULL)
        sub = sub_or_new(allocator, holding->framework, holding->role);
    else
        name_unknown(allocator, holding->framework, holding->framework_name);
    held_add(allocator, agent, holding->framework, holding->role, sub, &resources);
    hf_resources_add(catalog, &allocator->agents.at[agent].launched, &resources);
    if (sub != HF_ROW_NONE) {
        hf_allocator__track(allocator, agent, sub, &resources);
        hf_allocator__launched_amounts(allocator, &resources, 1);
    }
    hf_resources_clear(catalog, &resources);
}

HfStatus hf_allocator_agent_add(HfAllocator *allocator, HfTime now, uint32_t agent,
                                const HfAgentSpec *spec, const HfHolding *used, uint32_t used_count)
{
    HF_ASSERT(spec->name != NULL && spec->total != NULL);
    if (hf_allocator__agent(allocator, agent) != NULL) return HF_EXISTS;
    if (hf_resources_any(allocator->catalog, spec->total, HF_META_ALLOCATED)) return HF_INVALID;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    while (allocator->agents.count <= agent) hf_vec_push_zero(&allocator->agents);
    HfAgent *row = &allocator->agents.at[agent];
    memset(row, 0, sizeof *row);
    row->flags = HF_AGENT_KNOWN | HF_AGENT_ACTIVE;
    row->capabilities = spec->capabilities;
    row->version = 1;
    row->refused_vacant = HF_ROW_NONE;
    row->owner = spec->owner;
    row->name = g_strdup(spec->name);
    row->hostname = g_strdup(spec->hostname != NULL ? spec->hostname : spec->name);
    whitelist_flag(allocator, row);
    row->region = g_strdup(spec->region);
    row->zone = g_strdup(spec->zone);
    if (is_remote(allocator, row->region)) row->flags |= HF_AGENT_REMOTE;
    if (spec->attributes != NULL)
        hf_attributes_copy(allocator->catalog, &row->attributes, spec->attributes);
    hf_resources_copy(allocator->catalog, &row->total, spec->total);
    hf_allocator__role_room(allocator, HF_ROLE_STAR); /* kinds may be new */
    pool_add(allocator, &row->total, 1);
    allocator->agent_count++;
    allocator->ranks_are_stale = TRUE;
    for (uint32_t u = 0; u < used_count; u++)
        if (used[u].agent == agent) agent_hold(allocator, agent, &used[u]);
    row = &allocator->agents.at[agent];
    hf_allocator__agent_flags(allocator, row);
    hf_allocator__agent_recompute(allocator, agent);
    hf_allocator__agent_changed(allocator, agent);
    hf_allocator__maintain(allocator, agent, spec->has_unavailability, spec->unavailable_start,
                           spec->unavailable_duration);
    if (allocator->is_recovering && allocator->agent_count >= allocator->expected_agents)
        allocator->is_recovering = allocator->is_paused = FALSE;
    hf_allocator__trigger(allocator, agent);
    return HF_OK;
}

gboolean hf_allocator__update_total(HfAllocator *allocator, uint32_t agent,
                                    const HfResources *total)
{
    HfAgent *row = &allocator->agents.at[agent];
    if (hf_resources_equal(allocator->catalog, &row->total, total)) return FALSE;
    hf_allocator__role_room(allocator, HF_ROLE_STAR);
    pool_add(allocator, total, 1); /* first in, then out: no role or total passes below zero */
    pool_add(allocator, &row->total, -1);
    hf_resources_copy(allocator->catalog, &row->total, total);
    hf_allocator__agent_flags(allocator, row);
    hf_allocator__agent_recompute(allocator, agent);
    hf_allocator__agent_changed(allocator, agent);
    return TRUE;
}

static gboolean replace_text(char **text, const char *with)
{
    if (with == NULL || g_strcmp0(*text, with) == 0) return FALSE;
    g_free(*text);
    *text = g_strdup(with);
    return TRUE;
}

HfStatus hf_allocator_agent_update(HfAllocator *allocator, HfTime now, uint32_t agent,
                                   const HfAgentSpec *spec)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    if (spec->total != NULL && hf_resources_any(allocator->catalog, spec->total, HF_META_ALLOCATED))
        return HF_INVALID;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    gboolean is_updated = FALSE;
    if (spec->attributes != NULL && !hf_attributes_equal(spec->attributes, &row->attributes)) {
        hf_attributes_copy(allocator->catalog, &row->attributes, spec->attributes);
        hf_filters__drop_agent(allocator, agent);
        hf_allocator__inverse_drop(allocator, HF_ROW_NONE, agent);
        is_updated = TRUE;
    }
    is_updated |= replace_text(&row->hostname, spec->hostname);
    whitelist_flag(allocator, row);
    is_updated |= replace_text(&row->region, spec->region);
    is_updated |= replace_text(&row->zone, spec->zone);
    row->flags &= ~(uint32_t)HF_AGENT_REMOTE;
    if (is_remote(allocator, row->region)) row->flags |= HF_AGENT_REMOTE;
    if (spec->capabilities != HF_AGENT_CAPABILITIES_KEEP &&
        spec->capabilities != row->capabilities) {
        row->capabilities = spec->capabilities;
        is_updated = TRUE;
    }
    row->owner = spec->owner;
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
    hf_filters__drop_agent(allocator, agent);
    hf_allocator__inverse_drop(allocator, HF_ROW_NONE, agent);
    hf_allocator__maintain(allocator, agent, FALSE, 0, 0);
    /* what a framework that was never added has launched was never counted */
    for (uint32_t h = 0; h < row->held.count; h++)
        if (row->held.at[h].sub == HF_ROW_NONE)
            hf_resources_subtract(allocator->catalog, &row->launched, &row->held.at[h].resources);
    hf_allocator__launched_amounts(allocator, &row->launched, -1);
    while (row->held.count > 0) {
        HfHeld *held = hf_vec_last(&row->held);
        uint32_t sub = held->sub;
        if (sub != HF_ROW_NONE) {
            hf_allocator__untrack(allocator, agent, sub, &held->resources);
            allocator->subs.at[sub].holdings--;
        }
        hf_resources_clear(allocator->catalog, &held->resources);
        row->held.count--;
        if (sub != HF_ROW_NONE) hf_allocator__try_untrack_sub(allocator, sub);
    }
    pool_add(allocator, &row->total, -1);
    for (uint32_t c = 0; c < allocator->candidates.count; c++)
        if (allocator->candidates.at[c] == agent) {
            hf_vec_remove(&allocator->candidates, c);
            break;
        }
    agent_clear(allocator, row);
    allocator->agent_count--;
    allocator->ranks_are_stale = TRUE;
    return HF_OK;
}

HfStatus hf_allocator_agent_activate(HfAllocator *allocator, HfTime now, uint32_t agent)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    row->flags |= HF_AGENT_ACTIVE;
    hf_allocator__agent_touch(allocator, agent);
    return HF_OK;
}

HfStatus hf_allocator_agent_deactivate(HfAllocator *allocator, HfTime now, uint32_t agent)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    row->flags &= ~(uint32_t)HF_AGENT_ACTIVE;
    hf_allocator__agent_touch(allocator, agent);
    return HF_OK;
}

/* ---- Frameworks ---- */

static gboolean in_roles(const HfRoleId *roles, uint32_t count, HfRoleId role)
{
    for (uint32_t r = 0; r < count; r++)
        if (roles[r] == role) return TRUE;
    return FALSE;
}

void hf_allocator__minimum_clear(HfSub *sub)
{
    for (uint32_t m = 0; m < sub->min_count; m++) hf_quantities_clear(&sub->min[m]);
    g_free(sub->min);
    sub->min = NULL;
    sub->min_count = 0;
    sub->has_min = FALSE;
}

static void set_minimum(HfSub *sub, const HfFrameworkSpec *spec)
{
    hf_allocator__minimum_clear(sub);
    for (uint32_t r = 0; r < spec->minimum_count; r++) {
        const HfRoleMinimum *minimum = &spec->minima[r];
        if (minimum->role != sub->role) continue;
        sub->has_min = TRUE;
        sub->min_count = minimum->count;
        sub->min = g_new0(HfQuantities, minimum->count);
        for (uint32_t m = 0; m < minimum->count; m++)
            hf_quantities_copy(&sub->min[m], &minimum->alternatives[m]);
        return;
    }
}

static void activate_and_log(HfAllocator *allocator, uint32_t sub)
{
    hf_allocator__sub_activate(allocator, sub);
    hf_allocator__sub_eligible(allocator, sub);
}

/* What an agent already knows that this framework holds is counted from now on. */
static void adopt(HfAllocator *allocator, uint32_t framework, const HfHolding *holding)
{
    HfAgent *agent = hf_allocator__agent(allocator, holding->agent);
    if (agent == NULL) return;
    HfHeld *held = hf_allocator__held(agent, framework, holding->role);
    if (held == NULL || held->sub != HF_ROW_NONE) return;
    uint32_t sub = sub_or_new(allocator, framework, holding->role);
    held->sub = sub;
    allocator->subs.at[sub].holdings++;
    hf_allocator__track(allocator, holding->agent, sub, &held->resources);
    hf_allocator__launched_amounts(allocator, &held->resources, 1);
}

HfStatus hf_allocator_framework_add(HfAllocator *allocator, HfTime now, uint32_t framework,
                                    const HfFrameworkSpec *spec, const HfHolding *used,
                                    uint32_t used_count)
{
    if (hf_allocator__framework(allocator, framework) != NULL) return HF_EXISTS;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    while (allocator->frameworks.count <= framework) hf_vec_push_zero(&allocator->frameworks);
    HfFramework *row = &allocator->frameworks.at[framework];
    row->is_known = TRUE;
    row->is_active = spec->active;
    row->capabilities = spec->capabilities;
    row->constraints = spec->constraints;
    if (row->constraints != NULL) hf_offer_constraints_ref(row->constraints);
    g_free(row->name);
    row->name = g_strdup(spec->name);
    for (uint32_t r = 0; r < spec->role_count; r++) {
        uint32_t sub = sub_or_new(allocator, framework, spec->roles[r]);
        HfSub *of = &allocator->subs.at[sub];
        of->is_subscribed = TRUE;
        of->is_suppressed = in_roles(spec->suppressed, spec->suppressed_count, spec->roles[r]);
        set_minimum(of, spec);
        if (spec->active && !of->is_suppressed) activate_and_log(allocator, sub);
    }
    for (uint32_t u = 0; u < used_count; u++) adopt(allocator, framework, &used[u]);
    if (spec->active) hf_allocator__trigger_all(allocator);
    return HF_OK;
}

static void suppress_sub(HfAllocator *allocator, uint32_t sub)
{
    hf_allocator__sub_deactivate(allocator, sub);
    allocator->subs.at[sub].is_suppressed = TRUE;
}

/* As in Mesos, this activates the sub even if the framework is not active: the host guards that. */
static void revive_sub(HfAllocator *allocator, uint32_t sub)
{
    hf_filters__drop_sub(allocator, sub);
    allocator->subs.at[sub].is_suppressed = FALSE;
    activate_and_log(allocator, sub);
}

HfStatus hf_allocator_framework_update(HfAllocator *allocator, HfTime now, uint32_t framework,
                                       const HfFrameworkSpec *spec)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    for (uint32_t r = 0; r < spec->role_count; r++) {
        uint32_t sub = sub_or_new(allocator, framework, spec->roles[r]);
        if (allocator->subs.at[sub].is_subscribed) continue;
        allocator->subs.at[sub].is_subscribed = TRUE;
        allocator->subs.at[sub].is_suppressed = FALSE;
        activate_and_log(allocator, sub);
    }
    for (uint32_t i = row->subs.count; i-- > 0;) {
        uint32_t sub = row->subs.at[i];
        HfSub *of = &allocator->subs.at[sub];
        if (!of->is_subscribed || in_roles(spec->roles, spec->role_count, of->role)) continue;
        hf_allocator__sub_deactivate(allocator, sub);
        hf_filters__drop_sub(allocator, sub);
        of->is_subscribed = of->is_suppressed = FALSE;
        hf_allocator__try_untrack_sub(allocator, sub);
    }
    row->capabilities = spec->capabilities;
    if (spec->constraints != NULL) hf_offer_constraints_ref(spec->constraints);
    hf_offer_constraints_unref(row->constraints);
    row->constraints = spec->constraints;
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE); /* Mesos: as by a revive */
    for (uint32_t i = 0; i < row->subs.count; i++) {
        uint32_t sub = row->subs.at[i];
        HfSub *of = &allocator->subs.at[sub];
        if (!of->is_subscribed) continue;
        gboolean suppress = in_roles(spec->suppressed, spec->suppressed_count, of->role);
        if (suppress && !of->is_suppressed) suppress_sub(allocator, sub);
        if (!suppress && of->is_suppressed) revive_sub(allocator, sub);
        set_minimum(of, spec);
        hf_allocator__sub_eligible(allocator, sub);
    }
    return HF_OK;
}

/* Give back what a held entry holds, without accounting. */
static void release(HfAllocator *allocator, uint32_t agent, uint32_t h)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = &allocator->agents.at[agent];
    HfResources back = {0};
    hf_resources_move(catalog, &back, &row->held.at[h].resources);
    hf_vec_remove(&row->held, h);
    if (row->flags & HF_AGENT_RECOMPUTE) {
        hf_allocator__agent_flags(allocator, row);
        hf_allocator__agent_recompute(allocator, agent);
    } else {
        hf_resources_unallocate(catalog, &back);
        hf_resources_add(catalog, &row->available, &back);
        available_flags(allocator, row);
    }
    hf_resources_clear(catalog, &back);
    hf_allocator__agent_changed(allocator, agent);
}

HfStatus hf_allocator_framework_remove(HfAllocator *allocator, HfTime now, uint32_t framework)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        HfAgent *agent = &allocator->agents.at[a];
        for (uint32_t h = agent->held.count; h-- > 0;) {
            HfHeld *held = &agent->held.at[h];
            if (held->framework != framework) continue;
            if (held->sub != HF_ROW_NONE) {
                hf_allocator__untrack(allocator, a, held->sub, &held->resources);
                allocator->subs.at[held->sub].holdings--;
            }
            release(allocator, a, h);
        }
    }
    while (row->subs.count > 0) {
        uint32_t sub = *hf_vec_last(&row->subs);
        allocator->subs.at[sub].is_subscribed = FALSE;
        hf_allocator__sub_drop(allocator, sub);
    }
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE);
    hf_offer_constraints_unref(row->constraints);
    row->constraints = NULL;
    row->is_known = row->is_active = FALSE;
    return HF_OK;
}

HfStatus hf_allocator_framework_activate(HfAllocator *allocator, HfTime now, uint32_t framework)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    row->is_active = TRUE;
    for (uint32_t i = 0; i < row->subs.count; i++) {
        const HfSub *of = &allocator->subs.at[row->subs.at[i]];
        if (of->is_subscribed && !of->is_suppressed) activate_and_log(allocator, row->subs.at[i]);
    }
    hf_allocator__trigger_all(allocator);
    return HF_OK;
}

HfStatus hf_allocator_framework_deactivate(HfAllocator *allocator, HfTime now, uint32_t framework)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    row->is_active = FALSE;
    for (uint32_t i = 0; i < row->subs.count; i++) {
        hf_allocator__sub_deactivate(allocator, row->subs.at[i]);
        hf_filters__drop_sub(allocator, row->subs.at[i]);
    }
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE);
    return HF_OK;
}

/* Call `f` for the subs of these roles (all subscribed ones when none is named). */
static HfStatus for_roles(HfAllocator *allocator, uint32_t framework, const HfRoleId *roles,
                          uint32_t role_count, void (*f)(HfAllocator *, uint32_t))
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    for (uint32_t r = 0; r < role_count; r++)
        if (hf_allocator__sub(allocator, framework, roles[r]) == HF_ROW_NONE) return HF_UNKNOWN;
    for (uint32_t i = 0; i < row->subs.count; i++) {
        const HfSub *of = &allocator->subs.at[row->subs.at[i]];
        if (role_count == 0 ? of->is_subscribed : in_roles(roles, role_count, of->role))
            f(allocator, row->subs.at[i]);
    }
    return HF_OK;
}

HfStatus hf_allocator_suppress(HfAllocator *allocator, HfTime now, uint32_t framework,
                               const HfRoleId *roles, uint32_t role_count)
{
    return for_roles(allocator, framework, roles, role_count, suppress_sub);
}

HfStatus hf_allocator_revive(HfAllocator *allocator, HfTime now, uint32_t framework,
                             const HfRoleId *roles, uint32_t role_count)
{
    HfStatus status = for_roles(allocator, framework, roles, role_count, revive_sub);
    if (status != HF_OK) return status;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE);
    hf_allocator__trigger_all(allocator);
    return HF_OK;
}

/* ---- Resources ---- */

HfTime hf_allocator__refuse_time(double seconds)
{
    if (seconds == HF_NO_FILTER) return 0;
    if (seconds > 365.0 * 86400.0) return HF_DAYS_365;
    if (!(seconds >= 0.0)) seconds = HF_REFUSE_SECONDS;
    return hf_time_from_seconds(seconds);
}

HfStatus hf_allocator_recover(HfAllocator *allocator, HfTime now, const HfRecovery *recovery)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = hf_allocator__agent(allocator, recovery->agent);
    if (row == NULL) return HF_UNKNOWN;
    if (hf_resources_is_empty(recovery->resources)) return HF_OK;
    HfResources *back = &allocator->rest, *plain = &allocator->offer;
    tagged(allocator, recovery->resources, recovery->role, back);
    if (recovery->launched && !hf_resources_contains(catalog, &row->launched, back))
        return HF_CONFLICT;
    HfHeld *held = hf_allocator__held(row, recovery->framework, recovery->role);
    gboolean is_known = hf_allocator__framework(allocator, recovery->framework) != NULL;
    if (is_known && (held == NULL || !hf_resources_contains(catalog, &held->resources, back)))
        return HF_CONFLICT;
    if (recovery->launched) {
        hf_resources_subtract(catalog, &row->launched, back);
        if (held == NULL || held->sub != HF_ROW_NONE)
            hf_allocator__launched_amounts(allocator, back, -1);
    }
    if (!is_known) return recovery->launched ? HF_OK : HF_UNKNOWN;

    uint32_t sub = held->sub;
    if (sub != HF_ROW_NONE) hf_allocator__untrack(allocator, recovery->agent, sub, back);
    hf_resources_subtract(catalog, &held->resources, back);
    if (hf_resources_is_empty(&held->resources)) {
        hf_resources_clear(catalog, &held->resources);
        hf_vec_remove(&row->held, (uint32_t)(held - row->held.at));
        if (sub != HF_ROW_NONE) allocator->subs.at[sub].holdings--;
    }
    hf_resources_copy(catalog, plain, back);
    hf_resources_unallocate(catalog, plain);
    if (row->flags & HF_AGENT_RECOMPUTE) {
        hf_allocator__agent_flags(allocator, row);
        hf_allocator__agent_recompute(allocator, recovery->agent);
    } else {
        hf_resources_add(catalog, &row->available, plain);
        available_flags(allocator, row);
    }
    hf_allocator__agent_changed(allocator, recovery->agent);
    if (sub != HF_ROW_NONE && hf_allocator__try_untrack_sub(allocator, sub)) return HF_OK;
    HfTime timeout = hf_allocator__refuse_time(recovery->refuse_seconds);
    if (timeout > 0 && sub != HF_ROW_NONE)
        hf_filters__add(allocator, now, MAX(timeout, allocator->interval), recovery->agent, sub,
                        plain);
    return HF_OK;
}

HfStatus hf_allocator_launched(HfAllocator *allocator, uint32_t framework, uint32_t agent,
                               HfRoleId role, const HfResources *resources)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    hf_allocator__role_room(allocator, role);
    tagged(allocator, resources, role, &allocator->rest);
    hf_resources_add(allocator->catalog, &row->launched, &allocator->rest);
    hf_allocator__launched_amounts(allocator, &allocator->rest, 1);
    return HF_OK;
}

/* ---- Roles ---- */

HfStatus hf_allocator_weight_set(HfAllocator *allocator, HfTime now, HfRoleId role, double weight)
{
    if (!(weight > 0.0) || !isfinite(weight)) return HF_INVALID;
    hf_allocator__role_room(allocator, role);
    allocator->weights.at[role] = weight;
    gboolean is_client = allocator->roles.at[role].leaf != HF_NODE_NONE;
    if (allocator->quirks & HF_ALLOCATOR_QUIRK_WEIGHT_CACHE && !is_client) return HF_OK;
    HfNode node = hf_sorter__find(&allocator->sorters, allocator->role_root,
                                  hf_role_path(allocator->catalog, role));
    if (node != HF_NODE_NONE) hf_sorter__weight_set(&allocator->sorters, node, weight);
    return HF_OK;
}

/* ---- Looking in ---- */

double hf_allocator_role_share(const HfAllocator *allocator, HfRoleId role)
{
    const HfSorters *sorters = &allocator->sorters;
    HfNode node =
        hf_sorter__find(sorters, allocator->role_root, hf_role_path(allocator->catalog, role));
    if (node == HF_NODE_NONE) return 0.0;
    const int64_t *alloc = hf_sorter__alloc(sorters, node);
    double share = 0.0;
    for (uint32_t i = 0; i < sorters->counted_count; i++)
        share = MAX(share,
                    hf_sorter__units(alloc[sorters->counted[i].kind]) / sorters->counted[i].total);
    return share;
}

const HfResources *hf_allocator_available(const HfAllocator *allocator, uint32_t agent)
{
    const HfAgent *row = hf_allocator__agent(allocator, agent);
    return row != NULL ? &row->available : NULL;
}

HfAllocatorCounters hf_allocator_counters(const HfAllocator *allocator)
{
    return allocator->counters;
}

void hf_allocator_full_visits(HfAllocator *allocator, gboolean full)
{
    allocator->visits_fully = full;
}

size_t hf_allocator_memory(const HfAllocator *allocator)
{
    size_t bytes = sizeof *allocator + hf_sorters__memory(&allocator->sorters) +
                   allocator->agents.room * sizeof(HfAgent) +
                   allocator->frameworks.room * sizeof(HfFramework) +
                   allocator->subs.room * sizeof(HfSub) +
                   allocator->roles.room * (sizeof(HfRoleState) + sizeof(double)) +
                   (size_t)allocator->amount_roles * HF_ROLE_AMOUNTS * allocator->amount_stride *
                       sizeof(int64_t) +
                   allocator->filters.rows.room * sizeof(HfFilter) +
                   allocator->filters.heap.room * sizeof(HfLaneEntry) +
                   allocator->regrouped.room * sizeof(HfOffered);
    for (uint32_t l = 0; l < allocator->filters.lane_count; l++)
        bytes += allocator->filters.lanes[l].room * sizeof(HfLaneEntry);
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        const HfAgent *row = &allocator->agents.at[a];
        bytes +=
            row->held.room * sizeof(HfHeld) + row->refused.room * sizeof(HfRefused) +
            (row->filter_sub.room + row->filter_row.room + row->pending.room) * sizeof(uint32_t);
        if (row->name != NULL) bytes += strlen(row->name) + strlen(row->hostname) + 2;
    }
    return bytes;
}
