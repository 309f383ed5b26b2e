/*
 * Grants: what subs hold on agents, how it is counted, and how it comes back.
 *
 * An agent keeps one grant for each offer that is out or was accepted; what tasks hold is what is
 * left of it. Giving back a whole grant, as a decline does, hands its bundle back to the agent and
 * to the filter; only giving back a part computes with resources.
 * Source: MESOS.md 3.2 (allocated, unallocated), 3.5.
 */
#include <string.h>

#include "allocator/allocator_internal.h"

#define HF_DAYS_365       (365 * HF_NS_PER_DAY)
#define HF_REFUSE_SECONDS 5.0

/* ---- Finding ---- */

/* Copies of a shared entry in the counted grants of one sub, or of all subs of one role. */
static uint32_t copies_granted(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfRoleId role,
                               const HfResource *entry)
{
    const HfAgent *row = &allocator->agents.at[agent];
    uint32_t copies = 0;
    for (uint32_t g = 0; g < row->grants.count; g++) {
        const HfGrant *grant = &hf_few_at(&row->grants)[g];
        if (!grant->is_counted || (sub != HF_ROW_NONE && grant->sub != sub)) continue;
        if (allocator->subs.at[grant->sub].role != role) continue;
        copies += hf_resources_copies(allocator->catalog,
                                      &hf_grant__bundle(allocator, grant)->resources, entry);
    }
    return copies;
}

/* Do this grant and those behind it that are like it hold this together? */
static gboolean holds_together(HfAllocator *allocator, const HfAgent *row, uint32_t first,
                               const HfResources *resources)
{
    HfCatalog *catalog = allocator->catalog;
    const HfGrant *grants = hf_few_at(&row->grants);
    HfResources sum = {0};
    hf_resources_copy(catalog, &sum, &hf_grant__bundle(allocator, &grants[first])->resources);
    for (uint32_t g = row->grants.count; g-- > first + 1;)
        if (grants[g].sub == grants[first].sub && grants[g].is_counted == grants[first].is_counted)
            hf_resources_add(catalog, &sum, &hf_grant__bundle(allocator, &grants[g])->resources);
    gboolean holds = hf_resources_contains(catalog, &sum, resources);
    hf_resources_clear(catalog, &sum);
    return holds;
}

uint32_t hf_allocator__find_grant(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                  const HfResources *resources, const HfBundle *part,
                                  HfGrantKind kind)
{
    HfAgent *row = &allocator->agents.at[agent];
    uint32_t first = HF_ROW_NONE;
    for (uint32_t g = row->grants.count; g-- > 0;) { /* what was offered last is answered next */
        const HfGrant *grant = &hf_few_at(&row->grants)[g];
        if (grant->sub != sub || !hf_grant__is_of(grant, kind)) continue;
        const HfBundle *whole = hf_grant__bundle(allocator, grant);
        if (part != NULL ? hf_bundle__holds(allocator, whole, part)
                         : hf_resources_contains(allocator->catalog, &whole->resources, resources))
            return g;
        first = g;
    }
    if (first == HF_ROW_NONE || !holds_together(allocator, row, first, resources))
        return HF_ROW_NONE;
    HfGrant *into = &hf_few_at(&row->grants)[first];
    HfBundle *sum = hf_grant__bundle(allocator, into);
    for (uint32_t g = row->grants.count; g-- > first + 1;) {
        HfGrant *grant = &hf_few_at(&row->grants)[g];
        if (grant->sub != sub || grant->is_counted != into->is_counted) continue;
        HfBundle *other = hf_grant__bundle(allocator, grant);
        hf_bundle__add(allocator, &sum, &other->resources);
        hf_bundle__unref(allocator, other);
        hf_few_remove(&row->grants, g);
        allocator->subs.at[sub].grants--;
        if (into->is_counted) allocator->subs.at[sub].counted--;
    }
    into->bundle = sum->number;
    return first;
}

/* ---- Counting ---- */

void hf_allocator__used_amounts(HfAllocator *allocator, uint32_t agent, HfRoleId role,
                                const HfBundle *bundle, int sign)
{
    const HfCatalog *catalog = allocator->catalog;
    allocator->quota_is_counted = FALSE;
    if (sign < 0) hf_allocator__quota_eased(allocator, role);
    const HfResource *at = hf_resources_entries(&bundle->resources);
    for (uint32_t i = 0; i < hf_resources_count(&bundle->resources); i++) {
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) continue;
        HfKindId kind = catalog->kind[at[i].kind].quantity;
        uint32_t flags = hf_meta_info(catalog, at[i].meta)->flags;
        /* a shared volume counts from its first copy to its last */
        if (flags & HF_META_SHARED &&
            copies_granted(allocator, agent, HF_ROW_NONE, role, &at[i]) != at[i].copies)
            continue;
        if (!(flags & (HF_META_RESERVED | HF_META_REVOCABLE)))
            hf_allocator__role_add(allocator, role, HF_ROLE_USED, kind, sign * at[i].milli);
        if (flags & HF_META_RESERVED) allocator->root_used_reserved[kind] += sign * at[i].milli;
    }
}

void hf_allocator__role_share_of(const HfAllocator *allocator, const HfResources *resources,
                                 HfQuantities *out)
{
    const HfCatalog *catalog = allocator->catalog;
    if (allocator->counts_reserved) {
        hf_resources_scalar_quantities(catalog, resources, out);
        return;
    }
    const HfResource *at = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (hf_kind_type(catalog, at[i].kind) == HF_TYPE_SCALAR &&
            !hf_meta_has(catalog, at[i].meta, HF_META_RESERVED))
            hf_quantities_add_one(out, catalog->kind[at[i].kind].quantity, at[i].milli);
}

/* What of a bundle with shared volumes counts for the sub, and for its role. */
static void countable(HfAllocator *allocator, uint32_t agent, uint32_t sub, const HfBundle *bundle)
{
    HfCatalog *catalog = allocator->catalog;
    HfRoleId role = allocator->subs.at[sub].role;
    const HfResource *at = hf_resources_entries(&bundle->resources);
    hf_vec_reset(&allocator->mine);
    hf_vec_reset(&allocator->role_part);
    for (uint32_t i = 0; i < hf_resources_count(&bundle->resources); i++) {
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) continue;
        HfQuantity amount = {catalog->kind[at[i].kind].quantity, at[i].milli};
        gboolean shared = hf_meta_is_shared(catalog, at[i].meta);
        if (!shared || copies_granted(allocator, agent, sub, role, &at[i]) == at[i].copies)
            hf_vec_push(&allocator->mine, amount);
        if (!allocator->counts_reserved && hf_meta_has(catalog, at[i].meta, HF_META_RESERVED))
            continue;
        if (!shared || copies_granted(allocator, agent, HF_ROW_NONE, role, &at[i]) == at[i].copies)
            hf_vec_push(&allocator->role_part, amount);
    }
}

/* The scalars of a bundle of which all count for the sub and for its role. */
static HfAmounts scalars_of(HfAllocator *allocator, const HfBundle *bundle)
{
    const HfKindInfo *kinds = allocator->catalog->kind;
    const HfResource *at = hf_resources_entries(&bundle->resources);
    uint32_t count = hf_resources_count(&bundle->resources), scalars = 0;
    if (count > allocator->mine.room) hf_vec_reserve(&allocator->mine, count);
    HfQuantity *mine = allocator->mine.at;
    for (uint32_t i = 0; i < count; i++) {
        HfKindId kind = at[i].kind;
        gboolean is_scalar = kind < HF_KIND_PORTS; /* the first kinds are, under their own name */
        if (!is_scalar) {
            is_scalar = kinds[kind].type == HF_TYPE_SCALAR;
            kind = kinds[kind].quantity;
        }
        mine[scalars] = (HfQuantity){kind, at[i].milli};
        scalars += (uint32_t)is_scalar;
    }
    return (HfAmounts){mine, scalars};
}

const int64_t *hf_allocator__count_kinds(HfAllocator *allocator, const HfBundle *bundle)
{
    HfBooked *booked = &allocator->booked[bundle->number % HF_BOOKED];
    int64_t *out = booked->amounts;
    booked->bundle = NULL;
    const HfResource *at = hf_resources_entries(&bundle->resources);
    uint32_t count = hf_resources_count(&bundle->resources);
    memset(out, 0, sizeof booked->amounts);
    for (uint32_t i = 0; i < count; i++) {
        if (G_LIKELY(at[i].kind < HF_KIND_PORTS))
            out[at[i].kind] += at[i].milli;
        else if (hf_kind_type(allocator->catalog, at[i].kind) == HF_TYPE_SCALAR)
            return NULL;
    }
    booked->bundle = bundle;
    return out;
}

/* `made` of them were allocations, the others their ends. */
static inline void node_allocated(HfSorters *sorters, HfNode node, const int64_t *amounts, int sign,
                                  uint64_t made)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    hf_amounts__add(sorters->alloc + (size_t)node * sorters->stride, amounts, sign);
    row->count += made;
    if (!row->is_dirty) hf_sorter__mark_dirty(sorters, node);
}

/* For a role: its used amounts or what is reserved, and the nodes of its path. */
static void book_role(HfAllocator *allocator, HfRoleId role, gboolean is_reserved,
                      const int64_t *amounts, int sign, uint64_t made)
{
    HfSorters *sorters = &allocator->sorters;
    const HfCatalog *catalog = allocator->catalog;
    if (is_reserved)
        hf_amounts__add(allocator->root_used_reserved, amounts, sign);
    else
        for (HfRoleId r = role; r != HF_ROLE_NONE; r = hf_role_parent(catalog, r))
            hf_amounts__add(hf_allocator__role_amounts(allocator, r, HF_ROLE_USED), amounts, sign);
    HfNode node = allocator->roles.at[role].leaf;
    for (; node != HF_NODE_NONE; node = sorters->nodes.at[node].parent)
        node_allocated(sorters, node, amounts, sign, made);
}

void hf_allocator__book_roles_now(HfAllocator *allocator)
{
    const HfRoleLag *lag = &allocator->lag;
    book_role(allocator, lag->role, lag->is_reserved, lag->amounts, 1, lag->made);
    memset(&allocator->lag, 0, sizeof allocator->lag);
}

/* What is neither revocable nor shared, and all reserved or nothing of it, counts alike in all
 * sorters, and in the used amounts of its role or among what is reserved. `made`: allocations. */
static void account_plain(HfAllocator *allocator, uint32_t sub, gboolean is_reserved,
                          const int64_t *amounts, int sign, uint64_t made)
{
    HfRoleLag *lag = &allocator->lag;
    HfRoleId role = allocator->subs.at[sub].role;
    node_allocated(&allocator->sorters, allocator->subs.at[sub].leaf, amounts, sign, made);
    allocator->quota_is_counted = FALSE;
    if (allocator->quota_roles.count > 0 || !allocator->may_lag || allocator->compares_roles) {
        HF_ASSERT(!lag->is_behind);
        if (sign < 0) hf_allocator__quota_eased(allocator, role);
        book_role(allocator, role, is_reserved, amounts, sign, made);
        return;
    }
    if (lag->role != role || lag->is_reserved != is_reserved) hf_allocator__book_roles(allocator);
    lag->is_behind = TRUE;
    lag->is_reserved = is_reserved;
    lag->role = role;
    lag->made += made;
    hf_amounts__sum(lag->amounts, amounts, sign);
}

/* What counts differently in one place than in another, or has scalars of other kinds. */
static void account_otherwise(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                              const HfBundle *bundle, int sign)
{
    hf_allocator__book_roles(allocator);
    HfSorters *sorters = &allocator->sorters;
    HfNode leaf = allocator->subs.at[sub].leaf;
    HfRoleId role = allocator->subs.at[sub].role;
    HfNode role_leaf = allocator->roles.at[role].leaf;
    HfAmounts mine, role_part;
    uint32_t differs = HF_BUNDLE_SHARED | (allocator->counts_reserved ? 0 : HF_BUNDLE_SPECIAL);
    if (!(bundle->flags & differs)) {
        mine = role_part = scalars_of(allocator, bundle);
    } else {
        countable(allocator, agent, sub, bundle);
        mine = (HfAmounts){allocator->mine.at, allocator->mine.count};
        role_part = (HfAmounts){allocator->role_part.at, allocator->role_part.count};
    }
    if (!(bundle->flags & HF_BUNDLE_SPECIAL)) {
        allocator->quota_is_counted = FALSE;
        if (sign < 0) hf_allocator__quota_eased(allocator, role);
        hf_allocator__role_add_all(allocator, role, HF_ROLE_USED, mine, sign);
    } else {
        hf_allocator__used_amounts(allocator, agent, role, bundle, sign);
    }
    for (HfNode node = role_leaf; node != HF_NODE_NONE; node = sorters->nodes.at[node].parent)
        hf_sorter__node_allocated(sorters, node, role_part, sign);
    if (G_UNLIKELY(sorters->has_pools))
        hf_sorter__allocated(sorters, leaf, mine, sign);
    else
        hf_sorter__node_allocated(sorters, leaf, mine, sign);
}

void hf_allocator__account_anew(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                const HfBundle *bundle, int sign)
{
    const int64_t *amounts;
    gboolean is_reserved = (bundle->flags & HF_BUNDLE_ALIKE) != 0;
    if (G_LIKELY(!(bundle->flags & HF_BUNDLE_SPECIAL) ||
                 (is_reserved && allocator->counts_reserved)) &&
        G_LIKELY(!allocator->sorters.has_pools) &&
        G_LIKELY((amounts = hf_allocator__first_kinds(allocator, bundle)) != NULL))
        account_plain(allocator, sub, is_reserved, amounts, sign, sign > 0);
    else
        account_otherwise(allocator, agent, sub, bundle, sign);
}

void hf_allocator__account_gathered(HfAllocator *allocator, uint32_t sub, HfGathered *gathered,
                                    int sign)
{
    if (gathered->count == 0) return;
    account_plain(allocator, sub, FALSE, gathered->amounts, sign, sign > 0 ? gathered->count : 0);
    memset(gathered, 0, sizeof *gathered);
}

void hf_allocator__kept_sum_change(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                   const HfResources *resources, int sign)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgentInfo *info = &allocator->infos.at[agent];
    if (info->granted == NULL) info->granted = g_new0(HfResources, 1);
    HfResources *sum = info->granted;
    HfResources part = {0};
    hf_resources_copy(catalog, &part, resources);
    hf_resources_allocate(catalog, &part, allocator->subs.at[sub].role);
    if (sign > 0)
        hf_resources_add(catalog, sum, &part);
    else
        hf_resources_subtract(catalog, sum, &part);
    hf_resources_clear(catalog, &part);
}

/* Take all of a grant out; its bundle is the caller's. */
static inline __attribute__((always_inline)) HfBundle *take_whole(HfAllocator *allocator,
                                                                  uint32_t agent, uint32_t grant)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfGrant gone = hf_few_at(&row->grants)[grant];
    HfBundle *bundle = hf_grant__bundle(allocator, &gone);
    if (gone.is_counted) {
        hf_allocator__account(allocator, agent, gone.sub, bundle, -1);
        allocator->subs.at[gone.sub].counted--;
    }
    allocator->subs.at[gone.sub].grants--;
    hf_allocator__sum_change(allocator, agent, gone.sub, &bundle->resources, -1);
    hf_few_remove(&row->grants, grant);
    return bundle;
}

HfBundle *hf_allocator__take_grant(HfAllocator *allocator, uint32_t agent, uint32_t grant)
{
    return take_whole(allocator, agent, grant);
}

static inline __attribute__((always_inline)) void
change_grant(HfAllocator *allocator, uint32_t agent, uint32_t grant, HfBundle *less, HfBundle *more)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfGrant *changed = &hf_few_at(&row->grants)[grant];
    HfBundle *bundle = hf_grant__bundle(allocator, changed);
    if (less != NULL)
        hf_allocator__sum_change(allocator, agent, changed->sub, &less->resources, -1);
    if (more != NULL) hf_allocator__sum_change(allocator, agent, changed->sub, &more->resources, 1);
    if (less != NULL) hf_bundle__lose(allocator, &bundle, less);
    if (more != NULL) hf_bundle__gain(allocator, &bundle, more);
    if (bundle != NULL) {
        changed->bundle = bundle->number;
        return;
    }
    if (changed->is_counted) allocator->subs.at[changed->sub].counted--;
    allocator->subs.at[changed->sub].grants--;
    hf_few_remove(&row->grants, grant);
}

void hf_allocator__change_grant(HfAllocator *allocator, uint32_t agent, uint32_t grant,
                                HfBundle *less, HfBundle *more)
{
    change_grant(allocator, agent, grant, less, more);
}

gboolean hf_allocator__try_untrack_sub(HfAllocator *allocator, uint32_t sub)
{
    const HfSub *row = &allocator->subs.at[sub];
    gboolean is_cell = allocator->offer_scope == HF_OFFER_SCOPE_CELL;
    if (!row->is_live || row->is_subscribed || (is_cell ? row->grants : row->counted) > 0)
        return FALSE;
    hf_allocator__sub_untrack(allocator, sub);
    hf_allocator__sub_try_drop(allocator, sub);
    return TRUE;
}

/* ---- Coming back ---- */

HfTime hf_allocator__refuse_time(HfEra era, double seconds)
{
    if (seconds == HF_NO_FILTER) return 0;
    gboolean has_cap = hf_era_has(era, HF_RULE_FILTER_CAP);
    if (has_cap && seconds > 365.0 * 86400.0) return HF_DAYS_365;
    /* negative, no number, or more nanoseconds than Mesos's Duration holds */
    if (!(seconds >= 0.0) || seconds >= 9223372036.0) seconds = HF_REFUSE_SECONDS;
    return (HfTime)(seconds * 1e9); /* cut to whole nanoseconds, as Duration::create does */
}

/* Is this all of the bundle, which is another one? */
static inline gboolean is_all_of(const HfCatalog *catalog, const HfBundle *bundle,
                                 const HfBundle *part)
{
    return !(part->flags & bundle->flags & HF_BUNDLE_SHAPE) &&
           hf_bundle__has_same(catalog, bundle, &part->resources);
}

/* The last grant that is exactly this, or HF_ROW_NONE. */
static inline __attribute__((always_inline)) uint32_t find_whole(const HfAllocator *allocator,
                                                                 const HfAgent *row, uint32_t sub,
                                                                 const HfResources *resources,
                                                                 HfGrantKind kind)
{
    const HfGrant *at = hf_few_at(&row->grants);
    for (uint32_t g = row->grants.count; g-- > 0;)
        if (at[g].sub == sub && hf_grant__is_of(&at[g], kind) &&
            hf_bundle__is_same(allocator->catalog, hf_grant__bundle(allocator, &at[g]), resources))
            return g;
    return HF_ROW_NONE;
}

/* The last grant of just this bundle, or HF_ROW_NONE. */
static inline __attribute__((always_inline)) uint32_t find_bundle(const HfAgent *row, uint32_t sub,
                                                                  uint32_t number, HfGrantKind kind)
{
    const HfGrant *at = hf_few_at(&row->grants);
    for (uint32_t g = row->grants.count; g-- > 0;)
        if (at[g].bundle == number && at[g].sub == sub && hf_grant__is_of(&at[g], kind)) return g;
    return HF_ROW_NONE;
}

/* The last grant that is exactly the part (*is_whole_out), else the last that contains it, or
 * HF_ROW_NONE. */
static inline __attribute__((always_inline)) uint32_t
find_part(HfAllocator *allocator, const HfAgent *row, uint32_t sub, const HfBundle *part,
          HfGrantKind kind, gboolean *is_whole_out)
{
    const HfGrant *at = hf_few_at(&row->grants);
    uint32_t holds = HF_ROW_NONE;
    *is_whole_out = TRUE;
    for (uint32_t g = row->grants.count; g-- > 0;) {
        if (at[g].sub != sub || !hf_grant__is_of(&at[g], kind)) continue;
        if (at[g].bundle == part->number) return g;
        const HfBundle *bundle = hf_grant__bundle(allocator, &at[g]);
        if (is_all_of(allocator->catalog, bundle, part)) return g;
        if (holds == HF_ROW_NONE && hf_bundle__holds(allocator, bundle, part)) holds = g;
    }
    *is_whole_out = FALSE;
    return holds;
}

/* Take a part out of a grant that holds it. */
static void take_part(HfAllocator *allocator, uint32_t agent, uint32_t grant, HfBundle *part)
{
    const HfGrant *from = &hf_few_at(&allocator->agents.at[agent].grants)[grant];
    if (from->is_counted) hf_allocator__account(allocator, agent, from->sub, part, -1);
    change_grant(allocator, agent, grant, part, NULL);
}

/* Take resources out of the grants, a whole one if they are that. The bundle returned is the
 * caller's. NULL: the sub does not hold them, and nothing was changed. `parcel` as in HfRecovery.
 */
static inline __attribute__((always_inline)) HfBundle *take_back(HfAllocator *allocator,
                                                                 uint32_t agent, uint32_t sub,
                                                                 const HfResources *resources,
                                                                 HfParcel *parcel, HfGrantKind kind)
{
    const HfAgent *row = &allocator->agents.at[agent];
    uint32_t grant = HF_ROW_NONE;
    if (parcel == NULL && /* what is whole needs no bundle */
        (grant = find_whole(allocator, row, sub, resources, kind)) != HF_ROW_NONE)
        return take_whole(allocator, agent, grant);
    HfBundle *part = hf_bundle__of(allocator, resources, parcel);
    gboolean is_whole;
    grant = find_part(allocator, row, sub, part, kind, &is_whole);
    if (G_UNLIKELY(grant == HF_ROW_NONE)) /* several hold it together? */
        grant = hf_allocator__find_grant(allocator, agent, sub, &part->resources, part, kind);
    if (G_LIKELY(grant != HF_ROW_NONE && !is_whole)) {
        take_part(allocator, agent, grant, part);
        return part;
    }
    hf_bundle__unref(allocator, part);
    return grant == HF_ROW_NONE ? NULL : take_whole(allocator, agent, grant);
}

/* A grant of an offer counts from now on, behind all others, in a sum that is kept as well. */
static inline void count_whole(HfAllocator *allocator, uint32_t agent, uint32_t grant)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfGrant counted = hf_few_at(&row->grants)[grant];
    HfBundle *bundle = hf_grant__bundle(allocator, &counted);
    counted.is_counted = TRUE;
    hf_few_remove(&row->grants, grant);
    hf_few_at(&row->grants)[row->grants.count++] = counted; /* there is room */
    hf_allocator__sum_change(allocator, agent, counted.sub, &bundle->resources, -1);
    hf_allocator__sum_change(allocator, agent, counted.sub, &bundle->resources, 1);
    allocator->subs.at[counted.sub].counted++;
    hf_allocator__account(allocator, agent, counted.sub, bundle, 1);
}

/* A part of what the sub was offered is a grant of its own from now on, and counted. FALSE, and
 * nothing done, when it was not offered that. `parcel`: the part, or NULL. */
static inline gboolean count_part(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                  const HfResources *resources, HfParcel *parcel)
{
    const HfAgent *row = &allocator->agents.at[agent];
    if (parcel != NULL) {
        const HfBundleOf *named = hf_bundle__named(allocator, parcel);
        uint32_t grant = HF_ROW_NONE;
        if (named->parcel == parcel)
            grant = find_bundle(row, sub, named->bundle->number, HF_GRANT_UNCOUNTED);
        if (grant != HF_ROW_NONE) {
            count_whole(allocator, agent, grant);
            return TRUE;
        }
    }
    HfBundle *part = take_back(allocator, agent, sub, resources, parcel, HF_GRANT_UNCOUNTED);
    if (part == NULL) return FALSE;
    if (!(part->flags & HF_BUNDLE_SHARED))
        hf_bundle__settle(allocator, &part); /* tasks that are alike share it */
    hf_allocator__grant(allocator, agent, sub, part, TRUE);
    return TRUE;
}

HfStatus hf_allocator_launched(HfAllocator *allocator, uint32_t framework, uint32_t agent,
                               HfRoleId role, const HfResources *resources, HfParcel *parcel)
{
    if (hf_allocator__agent(allocator, agent) == NULL) return HF_UNKNOWN;
    if (hf_resources_is_empty(resources)) return HF_OK;
    uint32_t sub = hf_allocator__sub(allocator, framework, role);
    if (sub == HF_ROW_NONE || allocator->subs.at[sub].leaf == HF_NODE_NONE) return HF_UNKNOWN;
    if (allocator->offer_scope == HF_OFFER_SCOPE_CELL && /* it counts from now on */
        !count_part(allocator, agent, sub, resources, parcel))
        return HF_CONFLICT;
    hf_launched__begin(allocator, agent, role, resources, parcel);
    return HF_OK;
}

/* All of a grant that is gone from the row, where nothing else is free, is free again: its bundle
 * moves, as it did when it was offered. */
static inline __attribute__((always_inline)) void move_back(HfAllocator *allocator, HfTime now,
                                                            const HfReturns *returns,
                                                            HfGrantKind kind, uint32_t agent,
                                                            HfBundle *bundle, HfGathered *gathered)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfSub *of = &allocator->subs.at[returns->sub];
    HF_ASSERT(!(row->flags & HF_AGENT_SHARED)); /* else the grant would have to be there still */
    if (kind == HF_GRANT_COUNTED) {
        if (!hf_allocator__gather(allocator, bundle, gathered))
            hf_allocator__account(allocator, agent, returns->sub, bundle, -1);
        of->counted--;
    }
    of->grants--;
    row->available = bundle; /* with its reference */
    row->flags |= HF_AGENT_CHANGED;
    hf_agent__forget_pending(row);
    hf_allocator__agent_filled(allocator, row);
    if (returns->timeout > 0)
        hf_filters__add(allocator, now, returns->timeout, agent, returns->sub, bundle);
}

/* Is it an agent like most, with nothing free? */
static inline gboolean may_move_to(const HfAgent *row)
{
    const uint32_t unlike = HF_AGENT_RECOMPUTE | HF_AGENT_ORDERED;
    return (row->flags & (HF_AGENT_OFFERABLE | unlike)) == HF_AGENT_OFFERABLE &&
           row->available == NULL;
}

/* Move what comes back if it is all of a grant. FALSE, and nothing done, when it is not so. */
static gboolean find_and_move_back(HfAllocator *allocator, HfTime now, const HfReturns *returns,
                                   HfGrantKind kind, uint32_t agent, const HfResources *resources,
                                   HfGathered *gathered)
{
    if (agent >= allocator->agents.count) return FALSE;
    HfAgent *row = &allocator->agents.at[agent];
    if (!may_move_to(row)) return FALSE;
    uint32_t grant = find_whole(allocator, row, returns->sub, resources, kind);
    if (grant == HF_ROW_NONE) return FALSE;
    HfBundle *bundle = hf_grant__bundle(allocator, &hf_few_at(&row->grants)[grant]);
    hf_few_remove(&row->grants, grant);
    move_back(allocator, now, returns, kind, agent, bundle, gathered);
    if (!allocator->subs.at[returns->sub].is_subscribed) {
        hf_allocator__account_gathered(allocator, returns->sub, gathered, -1);
        hf_allocator__try_untrack_sub(allocator, returns->sub);
    }
    return TRUE;
}

/* The last grant that is an offer of just this parcel to the sub, with its bundle, or HF_ROW_NONE.
 * What came back of other offers may have been granted again behind it. */
static inline __attribute__((always_inline)) uint32_t
find_offer(HfBundle *const *blocks, const HfAgent *row, uint32_t sub, const HfParcel *parcel,
           HfGrantKind kind, HfBundle **bundle_out)
{
    const HfGrant *at = hf_few_at(&row->grants);
    for (uint32_t g = row->grants.count; g-- > 0;) {
        if (at[g].sub != sub || !hf_grant__is_of(&at[g], kind)) continue;
        HfBundle *bundle = blocks[at[g].bundle / HF_BUNDLE_BLOCK] + at[g].bundle % HF_BUNDLE_BLOCK;
        if (bundle->parcel != parcel) continue;
        *bundle_out = bundle;
        return g;
    }
    return HF_ROW_NONE;
}

/* The same of a sub that is subscribed, if it is as it was offered: as most often it is. */
static inline __attribute__((always_inline)) gboolean
move_offer_back(HfAllocator *allocator, HfTime now, const HfReturns *returns, HfGrantKind kind,
                const HfReturned *what, HfGathered *gathered)
{
    if (what->agent >= allocator->agents.count || what->resources == NULL) return FALSE;
    HfAgent *row = &allocator->agents.at[what->agent];
    if (!may_move_to(row)) return FALSE;
    HfBundle *bundle;
    uint32_t grant =
        find_offer(allocator->bundle_blocks.at, row, returns->sub, what->resources, kind, &bundle);
    if (grant == HF_ROW_NONE) return FALSE;
    hf_few_remove(&row->grants, grant);
    move_back(allocator, now, returns, kind, what->agent, bundle, gathered);
    return TRUE;
}

/* What was taken out of the grants is free again; takes over the reference to it. */
static inline void set_free(HfAllocator *allocator, HfTime now, const HfReturns *returns,
                            uint32_t agent, HfBundle *back)
{
    hf_allocator__agent_gain(allocator, agent, back);
    if (returns->timeout > 0) /* also under a role that was given up: it may be subscribed again */
        hf_filters__add(allocator, now, returns->timeout, agent, returns->sub, back);
    if (G_UNLIKELY(!allocator->subs.at[returns->sub].is_subscribed))
        hf_allocator__try_untrack_sub(allocator, returns->sub);
    hf_bundle__unref(allocator, back);
}

static inline __attribute__((always_inline)) void find_returns(const HfAllocator *allocator,
                                                               uint32_t framework, HfRoleId role,
                                                               double refuse_seconds,
                                                               HfReturns *returns_out)
{
    HfTime timeout = hf_allocator__refuse_time(allocator->era, refuse_seconds);
    returns_out->timeout = timeout > 0 ? MAX(timeout, allocator->filter_min) : 0;
    returns_out->sub = hf_allocator__sub(allocator, framework, role);
    returns_out->status = hf_allocator__framework(allocator, framework) == NULL ? HF_UNKNOWN
                          : returns_out->sub == HF_ROW_NONE                     ? HF_CONFLICT
                                                                                : HF_OK;
    /* sums in Mesos's order would have to follow, and places in bit sets are not known */
    returns_out->may_move = returns_out->status == HF_OK && !allocator->ranks_are_stale &&
                            allocator->agent_order != HF_AGENT_ORDER_SORTED;
}

void hf_allocator_returns(const HfAllocator *allocator, uint32_t framework, HfRoleId role,
                          double refuse_seconds, HfReturns *returns_out)
{
    find_returns(allocator, framework, role, refuse_seconds, returns_out);
}

/* Of grants that are offers. */
static inline HfGrantKind kind_offered(const HfAllocator *allocator)
{
    return allocator->offer_scope != HF_OFFER_SCOPE_CELL ? HF_GRANT_COUNTED : HF_GRANT_UNCOUNTED;
}

static HfStatus take_and_free(HfAllocator *allocator, HfTime now, const HfReturns *returns,
                              uint32_t agent, const HfResources *resources, HfParcel *parcel)
{
    if (hf_allocator__agent(allocator, agent) == NULL) return HF_UNKNOWN;
    if (hf_resources_is_empty(resources)) return HF_OK;
    if (returns->status != HF_OK) return returns->status;
    if (!allocator->subs.at[returns->sub].is_live) return HF_CONFLICT; /* all came back before */
    HfBundle *back =
        take_back(allocator, agent, returns->sub, resources, parcel, kind_offered(allocator));
    if (back == NULL) return HF_CONFLICT;
    set_free(allocator, now, returns, agent, back);
    return HF_OK;
}

/* What was offered comes back, or what is left of it. */
static HfStatus return_one(HfAllocator *allocator, HfTime now, const HfReturns *returns,
                           uint32_t agent, const HfResources *resources, HfParcel *parcel,
                           HfGathered *gathered)
{
    if (returns->may_move && !hf_resources_is_empty(resources) && parcel == NULL &&
        find_and_move_back(allocator, now, returns, kind_offered(allocator), agent, resources,
                           gathered))
        return HF_OK;
    return take_and_free(allocator, now, returns, agent, resources, parcel);
}

/* The agents of a long list lie anywhere in memory: load them, and what they point to where they
 * have more grants than most. */
enum { AHEAD_AGENT = 24, AHEAD_GRANT = 8 };

static inline __attribute__((always_inline)) void
fetch_agent(const HfAgent *agents, const HfReturned *returned, gboolean filters)
{
    const HfAgent *row = &agents[returned->agent];
    __builtin_prefetch(row, 1);
    if (filters) __builtin_prefetch((const char *)row + 64, 1);
}

/* `rooms`: of the grants of those before, together; while it is 0 none has more than most. */
static inline __attribute__((always_inline)) void
fetch_returned(const HfAgent *agents, uint32_t agent_count, const HfReturned *at, uint32_t i,
               uint32_t count, gboolean filters, uint32_t rooms)
{
    if (i + AHEAD_AGENT < count) fetch_agent(agents, &at[i + AHEAD_AGENT], filters);
    if (G_LIKELY(rooms == 0)) return;
    if (i + AHEAD_GRANT >= count || at[i + AHEAD_GRANT].agent >= agent_count) return;
    const HfAgent *row = &agents[at[i + AHEAD_GRANT].agent];
    if (row->grants.room != 0) __builtin_prefetch(row->grants.heap + row->grants.count - 1, 1);
}

/*
 * What move_offer_back() does, in scope cell and without a filter, for as many in a row from place
 * i on as it is that easy for: no call, and what does not change stays in registers. Returns the
 * place of the first of the others.
 */
static uint32_t move_row_back(HfAllocator *allocator, uint32_t sub, const HfReturned *at,
                              uint32_t i, uint32_t count)
{
    const uint32_t unlike =
        HF_AGENT_RECOMPUTE | HF_AGENT_ORDERED | HF_AGENT_SHARED | HF_AGENT_PENDING;
    const uint32_t like =
        HF_AGENT_OFFERABLE | HF_AGENT_CHANGED; /* it changed when it was offered */
    HfAgent *agents = allocator->agents.at;
    HfBundle *const *blocks = allocator->bundle_blocks.at;
    uint64_t *idle_bits = allocator->idle_bits, *visit_bits = allocator->visit_bits;
    uint32_t agent_count = allocator->agents.count, from = i, rooms = 0;
    for (; i < count; i++) {
        fetch_returned(agents, agent_count, at, i, count, FALSE, rooms);
        if (at[i].agent >= agent_count || at[i].resources == NULL) break;
        HfAgent *row = &agents[at[i].agent];
        if ((row->flags & (like | unlike)) != like || row->available != NULL) break;
        rooms |= row->grants.room;
        HfBundle *bundle;
        uint32_t grant = find_offer(blocks, row, sub, at[i].resources, HF_GRANT_UNCOUNTED, &bundle);
        if (grant == HF_ROW_NONE) break;
        hf_few_remove(&row->grants, grant);
        row->available = bundle;        /* with its reference */
        uint32_t word = row->rank >> 6; /* as hf_allocator__agent_filled() */
        uint64_t bit = UINT64_C(1) << (row->rank & 63);
        idle_bits[word] |= bit;
        if (visit_bits[word] == 0) hf_bit_set(allocator->visit_words, word, 1);
        visit_bits[word] |= bit;
    }
    allocator->subs.at[sub].grants -= i - from;
    return i;
}

HfStatus hf_allocator_return(HfAllocator *allocator, HfTime now, const HfReturns *returns,
                             const HfReturned *at, uint32_t count)
{
    HfStatus status = HF_OK;
    HfGathered gathered = {0};
    const HfAgent *agents = allocator->agents.at;
    HfGrantKind kind = kind_offered(allocator);
    gboolean moves = returns->may_move && allocator->subs.at[returns->sub].is_subscribed;
    gboolean filters = returns->timeout > 0;
    gboolean is_easy = moves && !filters && kind == HF_GRANT_UNCOUNTED;
    for (uint32_t i = 0; i < MIN(count, AHEAD_AGENT); i++) fetch_agent(agents, &at[i], filters);
    uint32_t rooms = 0;
    for (uint32_t i = 0; i < count && status == HF_OK; i++) {
        if (is_easy) i = move_row_back(allocator, returns->sub, at, i, count);
        if (i == count) break;
        if (!is_easy) fetch_returned(agents, allocator->agents.count, at, i, count, filters, rooms);
        if (at[i].agent < allocator->agents.count) rooms |= agents[at[i].agent].grants.room;
        if (G_LIKELY(moves && move_offer_back(allocator, now, returns, kind, &at[i], &gathered)))
            continue;
        status = return_one(allocator, now, returns, at[i].agent,
                            hf_parcel_resources(at[i].resources), NULL, &gathered);
    }
    hf_allocator__account_gathered(allocator, returns->sub, &gathered, -1);
    return status;
}

/*
 * What nearly every end of a task is: its parcel stands apart among what is launched, and is all of
 * a grant. It is free again without a filter, on an agent like most. FALSE, and nothing done, when
 * it is not so.
 */
static inline gboolean end_whole(HfAllocator *allocator, const HfRecovery *recovery)
{
    uint32_t agent = recovery->agent, place;
    uint32_t sub = hf_allocator__sub(allocator, recovery->framework, recovery->role);
    if (sub == HF_ROW_NONE || !allocator->subs.at[sub].is_subscribed || recovery->parcel == NULL ||
        recovery->refuse_seconds != HF_NO_FILTER || agent >= allocator->agents.count)
        return FALSE;
    HfAgent *row = &allocator->agents.at[agent];
    const HfBundleOf *named = hf_bundle__named(allocator, recovery->parcel);
    if ((row->flags & (HF_AGENT_KNOWN | HF_AGENT_RECOMPUTE)) != HF_AGENT_KNOWN ||
        hf_allocator__keeps_sum(allocator, row) || named->parcel != recovery->parcel)
        return FALSE;
    HfBundle *bundle = named->bundle;
    uint32_t grant = find_bundle(row, sub, bundle->number, HF_GRANT_COUNTED);
    if (grant == HF_ROW_NONE || (place = hf_launched__place(allocator, recovery)) == HF_ROW_NONE)
        return FALSE;
    hf_allocator__account(allocator, agent, sub, bundle, -1);
    allocator->subs.at[sub].counted--;
    allocator->subs.at[sub].grants--;
    hf_few_remove(&row->grants, grant); /* its reference goes on to what is available */
    hf_launched__end_apart(allocator, agent, place);
    if (row->available == NULL) {
        row->available = bundle;
    } else {
        hf_bundle__gain(allocator, &row->available, bundle);
        hf_bundle__unref(allocator, bundle);
    }
    hf_allocator__agent_changed(allocator, agent);
    return TRUE;
}

/* The same of what had been launched, which counts in every scope. */
static __attribute__((noinline)) HfStatus recover_launched(HfAllocator *allocator, HfTime now,
                                                           const HfRecovery *recovery,
                                                           const HfReturns *returns)
{
    uint32_t agent = recovery->agent, sub = returns->sub, place;
    if (hf_allocator__agent(allocator, agent) == NULL) return HF_UNKNOWN;
    if (hf_resources_is_empty(recovery->resources)) return HF_OK;
    gboolean is_early = sub != HF_ROW_NONE && allocator->subs.at[sub].leaf == HF_NODE_NONE;
    if (!hf_launched__find(allocator, recovery, is_early, &place)) return HF_CONFLICT;
    if (returns->status == HF_UNKNOWN) {
        hf_launched__end(allocator, recovery, is_early, place);
        return HF_OK;
    }
    /* what an agent brought along for a framework that did not name it when added is not its own */
    if (sub == HF_ROW_NONE) return HF_CONFLICT;
    HfBundle *back =
        take_back(allocator, agent, sub, recovery->resources, recovery->parcel, HF_GRANT_COUNTED);
    if (back == NULL) return HF_CONFLICT;
    hf_launched__end(allocator, recovery, is_early, place);
    set_free(allocator, now, returns, agent, back);
    return HF_OK;
}

HfStatus hf_allocator_recover(HfAllocator *allocator, HfTime now, const HfRecovery *recovery)
{
    HfReturns returns;
    if (recovery->launched && G_LIKELY(end_whole(allocator, recovery))) return HF_OK;
    find_returns(allocator, recovery->framework, recovery->role, recovery->refuse_seconds,
                 &returns);
    if (recovery->launched) return recover_launched(allocator, now, recovery, &returns);
    HfGathered gathered = {0};
    HfStatus status = return_one(allocator, now, &returns, recovery->agent, recovery->resources,
                                 recovery->parcel, &gathered);
    hf_allocator__account_gathered(allocator, returns.sub, &gathered, -1);
    return status;
}

static inline __attribute__((always_inline)) void fetch_bundle(const HfBundle *bundle)
{
    __builtin_prefetch(bundle);
    __builtin_prefetch((const char *)bundle + 64);
}

/* So few bundles, those of agents that are alike, that they are all near. */
static inline gboolean bundles_are_near(const HfAllocator *allocator)
{
    return allocator->bundle_blocks.count <= 8;
}

void hf_allocator_prefetch(const HfAllocator *allocator, uint32_t agent, int step)
{
    if (agent >= allocator->agents.count) return;
    const HfAgent *row = &allocator->agents.at[agent];
    if (step == 0) {
        __builtin_prefetch(row);
        __builtin_prefetch(&allocator->infos.at[agent].launched);
        return;
    }
    if (step == 1) {
        if (row->flags & HF_AGENT_FILTERED) __builtin_prefetch((const char *)row + 64, 1);
        if (row->available != NULL && !bundles_are_near(allocator)) fetch_bundle(row->available);
    }
    if (step == 1 && row->grants.room != 0) {
        const char *end = (const char *)(row->grants.heap + row->grants.count) - 1;
        __builtin_prefetch(end); /* the last are looked at first */
        __builtin_prefetch(end - 64);
        __builtin_prefetch(row->grants.heap);
    } else if (!bundles_are_near(allocator)) {
        for (uint32_t g = 0; g < row->grants.count; g++)
            fetch_bundle(hf_grant__bundle(allocator, &hf_few_at(&row->grants)[g]));
    }
}
