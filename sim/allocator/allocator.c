/*
 * The allocator's life, its rows, and who is to be visited. The calls stand in agent.c,
 * framework.c, grant.c, role.c, quota.c, operation.c and maintenance.c; runs in run.c. Source:
 * MESOS.md 3; Mesos 1.11 hierarchical.cpp.
 */
#include "allocator/allocator.h"

#include <stdlib.h>
#include <string.h>

#include "allocator/allocator_internal.h"

#define HF_LOG_MAX 64 /* eligible subs remembered before agents behind are simply tried fully */

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
    config->era = HF_ERA_1_11;
    config->recovery_timeout = 10 * HF_NS_PER_MINUTE;
    config->agent_recovery_factor = 0.8;
    hf_stream_init(&config->stream, 0, "allocator", 0);
}

static HfSorterKind sorter_of(HfSorterKind policy, HfSorterKind configured)
{
    HF_ASSERT(configured == HF_SORTER_DRF || configured == HF_SORTER_RANDOM);
    return policy == HF_SORTER_CONFIGURED ? configured : policy;
}

static void apply_policy(HfAllocator *allocator, const HfAllocatorConfig *config)
{
    const HfPolicyOps *policy = config->policy != NULL ? config->policy : hf_policies[0];
    HF_ASSERT(hf_policy_invalid(policy) == NULL);
    allocator->policy = policy;
    allocator->role_sort = sorter_of(policy->role_order, config->role_sorter);
    allocator->framework_sort = sorter_of(policy->framework_order, config->framework_sorter);
    allocator->may_lag = allocator->role_sort != HF_SORTER_KEY && policy->tickets == NULL;
}

HfAllocator *hf_allocator_new(HfCatalog *catalog, const HfAllocatorConfig *config)
{
    HF_ASSERT(config->interval > 0);
    HfAllocator *allocator = g_new0(HfAllocator, 1);
    allocator->catalog = catalog;
    allocator->interval = config->interval;
    allocator->agent_order = config->agent_order;
    allocator->offer_scope = config->offer_scope;
    allocator->filters_gpus = config->filter_gpu_resources && hf_era_has(config->era, HF_RULE_GPUS);
    allocator->counts_reserved = hf_era_has(config->era, HF_RULE_RESERVED_IN_ROLE_SHARE);
    allocator->filter_min =
        hf_era_has(config->era, HF_RULE_FILTER_OUTLIVES_BATCH) ? config->interval : 0;
    allocator->quirks = catalog->quirks;
    allocator->era = config->era;
    apply_policy(allocator, config);
    allocator->min_count = config->min_allocatable_count;
    allocator->min = g_new0(HfQuantities, config->min_allocatable_count);
    for (uint32_t m = 0; m < config->min_allocatable_count; m++)
        hf_quantities_copy(&allocator->min[m], &config->min_allocatable[m]);
    allocator->region = g_strdup(config->region);
    allocator->recovery_timeout = config->recovery_timeout;
    allocator->agent_recovery_factor = config->agent_recovery_factor;
    allocator->recovery_ends = HF_TIME_NEVER;
    HfStream stream = config->stream;
    allocator->order_key = hf_stream_u64(&stream);
    hf_sorters__init(&allocator->sorters);
    allocator->sorters.collapse_keeps_count = (catalog->quirks & HF_QUIRK_COLLAPSE_COUNT) != 0;
    hf_sorters__kinds(&allocator->sorters, catalog->kind_count);
    for (uint32_t k = 0; k < config->fairness_excluded_count; k++)
        hf_sorters__exclude(&allocator->sorters,
                            catalog->kind[config->fairness_excluded[k]].quantity);
    allocator->role_root = hf_sorter__new(&allocator->sorters, allocator->role_sort);
    allocator->sorters.view = hf_policy_view__new(allocator->policy, catalog);
    allocator->sorters.view->role_root = allocator->role_root;
    hf_filters__init(&allocator->filters);
    hf_allocator__role_room(allocator, HF_ROLE_STAR);
    return allocator;
}

static void rows_clear(HfAllocator *allocator)
{
    for (uint32_t a = 0; a < allocator->agents.count; a++) hf_allocator__agent_clear(allocator, a);
    for (uint32_t f = 0; f < allocator->frameworks.count; f++) {
        g_free(allocator->frameworks.at[f].name);
        hf_offer_constraints_unref(allocator->frameworks.at[f].constraints);
        hf_vec_clear(&allocator->frameworks.at[f].subs);
    }
    for (uint32_t s = 0; s < allocator->subs.count; s++)
        hf_allocator__minimum_clear(&allocator->subs.at[s]);
    for (uint32_t r = 0; r < allocator->roles.count; r++) {
        hf_quantities_clear(&allocator->roles.at[r].guarantees);
        hf_limits_clear(&allocator->roles.at[r].limits);
        hf_parcel_drop(allocator->catalog, &allocator->roles.at[r].parcel);
    }
    for (uint32_t m = 0; m < allocator->min_count; m++) hf_quantities_clear(&allocator->min[m]);
    hf_resources_clear(allocator->catalog, &allocator->offer);
    hf_resources_clear(allocator->catalog, &allocator->rest);
    hf_resources_clear(allocator->catalog, &allocator->extra);
    hf_alike__clear(allocator);
    hf_bundle__forget_steps(allocator);
    hf_bundles__clear(allocator);
}

void hf_allocator_free(HfAllocator *allocator)
{
    if (allocator == NULL) return;
    rows_clear(allocator);
    if (allocator->whitelist != NULL) g_hash_table_unref(allocator->whitelist);
    g_free(allocator->min);
    g_free(allocator->region);
    g_free(allocator->amounts);
    g_free(allocator->root_reserved);
    g_free(allocator->root_used_reserved);
    g_free(allocator->required);
    g_free(allocator->headroom);
    g_free(allocator->surplus_after);
    hf_vec_clear(&allocator->gains);
    hf_map64_clear(&allocator->left_places);
    hf_vec_clear(&allocator->left);
    g_free(allocator->idle_bits);
    g_free(allocator->visit_bits);
    g_free(allocator->visit_words);
    g_free(allocator->barren_bits);
    g_free(allocator->agents.block);
    hf_vec_clear(&allocator->infos);
    hf_vec_clear(&allocator->frameworks);
    hf_vec_clear(&allocator->subs);
    hf_vec_clear(&allocator->vacant_subs);
    hf_vec_clear(&allocator->roles);
    hf_vec_clear(&allocator->weights);
    hf_vec_clear(&allocator->quota_roles);
    hf_vec_clear(&allocator->maintained);
    hf_vec_clear(&allocator->by_name);
    hf_vec_clear(&allocator->candidates);
    hf_vec_clear(&allocator->eligible);
    hf_vec_clear(&allocator->visit);
    hf_vec_clear(&allocator->visit_keys);
    hf_vec_clear(&allocator->visit_buckets);
    hf_vec_clear(&allocator->tries);
    hf_draw__clear(&allocator->role_draw);
    hf_draw__clear(&allocator->framework_draw);
    hf_draw__clear(&allocator->unmet_draw);
    hf_vec_clear(&allocator->offers);
    hf_vec_clear(&allocator->grouped);
    hf_vec_clear(&allocator->places);
    hf_vec_clear(&allocator->served_frameworks);
    hf_map64_clear(&allocator->owed);
    hf_line__clear(&allocator->unmet);
    hf_vec_clear(&allocator->served);
    hf_vec_clear(&allocator->mine);
    hf_vec_clear(&allocator->role_part);
    hf_filters__clear(&allocator->filters);
    hf_policy_view__free(allocator->sorters.view);
    hf_sorters__clear(&allocator->sorters);
    g_free(allocator);
}

/* ---- Who is to be visited ---- */

void hf_allocator__barren_leave(HfAllocator *allocator, HfAgent *row)
{
    row->seen = allocator->run_seen;
    row->quota_seen = allocator->run_quota_seen;
    hf_bit_set(allocator->barren_bits, row->rank, 0);
}

void hf_allocator__barren_end(HfAllocator *allocator)
{
    if (!allocator->has_barren) return;
    allocator->has_barren = FALSE;
    for (uint32_t w = 0; w * 64 < allocator->by_name.count; w++)
        for (uint64_t word = allocator->barren_bits[w]; word != 0; word &= word - 1) {
            uint32_t rank = w * 64 + (uint32_t)__builtin_ctzll(word);
            hf_allocator__barren_leave(allocator,
                                       &allocator->agents.at[allocator->by_name.at[rank]]);
        }
}

void hf_allocator__agent_touch(HfAllocator *allocator, uint32_t agent)
{
    if (allocator->ranks_are_stale) return;
    HfAgent *row = &allocator->agents.at[agent];
    if (hf_allocator__is_barren(allocator, row->rank)) hf_allocator__barren_leave(allocator, row);
    const uint32_t offerable = HF_AGENT_KNOWN | HF_AGENT_ACTIVE | HF_AGENT_WHITELISTED;
    gboolean idle = (row->flags & offerable) == offerable && row->available != NULL;
    /* runs over all agents passed it by while it could not be offered */
    gboolean is_behind =
        row->seen < allocator->run_seen || row->quota_seen != allocator->run_quota_seen;
    gboolean visit =
        idle && ((row->flags & HF_AGENT_CHANGED) || hf_agent__is_pending(row) || is_behind);
    hf_bit_set(allocator->idle_bits, row->rank, idle);
    hf_bit_set(allocator->visit_bits, row->rank, visit);
    uint32_t word = row->rank >> 6;
    hf_bit_set(allocator->visit_words, word, allocator->visit_bits[word] != 0);
}

static int compare_names(const void *a, const void *b, void *data)
{
    const HfAllocator *allocator = data;
    return strcmp(allocator->infos.at[*(const uint32_t *)a].name,
                  allocator->infos.at[*(const uint32_t *)b].name);
}

static void sort_names(HfAllocator *allocator)
{
    uint32_t *at = allocator->by_name.at;
    gboolean in_order = TRUE;
    for (uint32_t i = 1; i < allocator->by_name.count && in_order; i++)
        in_order = compare_names(&at[i - 1], &at[i], allocator) < 0;
    if (!in_order)
        g_qsort_with_data(at, (int)allocator->by_name.count, sizeof *at, compare_names, allocator);
}

void hf_allocator__ranks(HfAllocator *allocator)
{
    if (!allocator->ranks_are_stale) return;
    hf_vec_reset(&allocator->by_name);
    for (uint32_t a = 0; a < allocator->agents.count; a++)
        if (allocator->agents.at[a].flags & HF_AGENT_KNOWN) hf_vec_push(&allocator->by_name, a);
    if (allocator->agent_order == HF_AGENT_ORDER_SORTED) sort_names(allocator);
    uint32_t words = (allocator->by_name.count + 63) / 64;
    if (words > allocator->bit_words) {
        allocator->bit_words = (MAX(words, allocator->bit_words * 2) + 63) / 64 * 64;
        allocator->idle_bits = g_renew(uint64_t, allocator->idle_bits, allocator->bit_words);
        allocator->visit_bits = g_renew(uint64_t, allocator->visit_bits, allocator->bit_words);
        allocator->barren_bits = g_renew(uint64_t, allocator->barren_bits, allocator->bit_words);
        allocator->visit_words =
            g_renew(uint64_t, allocator->visit_words, allocator->bit_words / 64);
    }
    if (allocator->bit_words > 0) {
        memset(allocator->idle_bits, 0, allocator->bit_words * sizeof(uint64_t));
        memset(allocator->visit_bits, 0, allocator->bit_words * sizeof(uint64_t));
        memset(allocator->barren_bits, 0, allocator->bit_words * sizeof(uint64_t));
        memset(allocator->visit_words, 0, allocator->bit_words / 64 * sizeof(uint64_t));
    }
    allocator->ranks_are_stale = FALSE;
    for (uint32_t i = 0; i < allocator->by_name.count; i++) {
        allocator->agents.at[allocator->by_name.at[i]].rank = i;
        hf_allocator__agent_touch(allocator, allocator->by_name.at[i]);
    }
}

void hf_allocator__rank_new(HfAllocator *allocator, uint32_t agent)
{
    uint32_t rank = allocator->by_name.count;
    gboolean is_last = !allocator->ranks_are_stale && rank > 0 && rank < allocator->bit_words * 64;
    if (is_last) {
        uint32_t before = *hf_vec_last(&allocator->by_name);
        is_last = allocator->agent_order == HF_AGENT_ORDER_SORTED
                      ? compare_names(&before, &agent, allocator) < 0
                      : before < agent;
    }
    if (!is_last) {
        hf_allocator__barren_end(allocator);
        allocator->ranks_are_stale = TRUE;
        return;
    }
    allocator->agents.at[agent].rank = rank; /* its bits are clear: nobody had the rank */
    hf_vec_push(&allocator->by_name, agent);
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

/* ---- Looking in ---- */

HfEra hf_allocator_era(const HfAllocator *allocator)
{
    return allocator->era;
}

double hf_allocator_role_share(const HfAllocator *allocator, HfRoleId role)
{
    hf_allocator__book_roles((HfAllocator *)allocator); /* which it does not show */
    const HfSorters *sorters = &allocator->sorters;
    HfNode node =
        hf_sorter__find(sorters, allocator->role_root, hf_role_path(allocator->catalog, role));
    return node == HF_NODE_NONE ? 0.0 : hf_sorter__raw_share(sorters, node);
}

double hf_allocator_weight(const HfAllocator *allocator, HfRoleId role)
{
    return role < allocator->weights.count ? allocator->weights.at[role] : 1.0;
}

const HfResources *hf_allocator_available(const HfAllocator *allocator, uint32_t agent)
{
    const HfAgent *row = hf_allocator__agent(allocator, agent);
    return row != NULL ? hf_bundle__resources(row->available) : NULL;
}

const HfResources *hf_allocator_total(const HfAllocator *allocator, uint32_t agent)
{
    return hf_allocator__agent(allocator, agent) != NULL ? &allocator->infos.at[agent].total : NULL;
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
    size_t bytes =
        sizeof *allocator + hf_sorters__memory(&allocator->sorters) +
        allocator->agents.room * (sizeof(HfAgent) + sizeof(HfAgentInfo)) +
        allocator->frameworks.room * sizeof(HfFramework) + allocator->subs.room * sizeof(HfSub) +
        allocator->roles.room * (sizeof(HfRoleState) + sizeof(double)) +
        (size_t)allocator->amount_roles * HF_ROLE_AMOUNTS * allocator->amount_stride *
            sizeof(int64_t) +
        allocator->bundle_blocks.count * HF_BUNDLE_BLOCK * sizeof(HfBundle) +
        hf_filters__memory(&allocator->filters) + allocator->offers.room * sizeof(HfPending);
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        const HfAgent *row = &allocator->agents.at[a];
        const HfAgentInfo *info = &allocator->infos.at[a];
        bytes += row->grants.room * sizeof(HfGrant) + row->filters.room * sizeof(HfFilterPlace) +
                 row->pending.room * sizeof(uint32_t);
        if (info->name == NULL) continue;
        bytes += strlen(info->name) + 1;
        if (info->hostname != info->name) bytes += strlen(info->hostname) + 1;
    }
    return bytes;
}
