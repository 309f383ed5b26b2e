/* Cutting demands out of offers; see placement.h. */
#include "models/frameworks/placement.h"

#include "base/assert.h"
#include "resource/text.h"
#include "world/model.h"

gboolean hf_demand_add(HfDemand *demand, HfKindId kind, int64_t milli)
{
    if (milli <= 0) return TRUE;
    uint32_t i = 0;
    while (i < demand->count && demand->kind[i] != kind) i++;
    if (i == HF_DEMAND_KINDS) return FALSE;
    if (i == demand->count) {
        demand->kind[i] = kind;
        demand->milli[i] = 0;
        demand->count++;
    }
    demand->milli[i] += milli;
    return TRUE;
}

gboolean hf_demand_parse(HfCatalog *catalog, const char *text, HfDemand *demand_out, GError **error)
{
    HfResources resources = {0};
    if (!hf_resources_parse(catalog, text, HF_ROLE_STAR, 0, &resources, error)) return FALSE;
    HfDemand demand = {0};
    gboolean good = TRUE;
    for (uint32_t i = 0; good && i < hf_resources_count(&resources); i++) {
        const HfResource *entry = hf_resources_at(&resources, i);
        good = entry->meta == HF_META_PLAIN &&
               hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR &&
               hf_demand_add(&demand, entry->kind, entry->milli);
    }
    hf_resources_clear(catalog, &resources);
    if (good)
        *demand_out = demand;
    else
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "\"%s\": a task's demand is at most %d unreserved scalars", text,
                    HF_DEMAND_KINDS);
    return good;
}

void hf_demand_resources(HfCatalog *catalog, const HfDemand *demand, HfResources *out)
{
    hf_resources_reset(catalog, out);
    for (uint32_t k = 0; k < demand->count; k++) {
        HfResource entry = hf_resource_scalar(demand->kind[k], HF_META_PLAIN, demand->milli[k]);
        hf_resources_add_one(catalog, out, &entry);
    }
}

/* Persistent volumes, shared and revocable resources are not for tasks that only ask for amounts.
 */
static gboolean is_plain(const HfCatalog *catalog, HfMetaId meta)
{
    const uint32_t other =
        HF_META_PERSISTENT | HF_META_REVOCABLE | HF_META_SHARED | HF_META_INDIVISIBLE;
    return meta == HF_META_PLAIN || !(hf_meta_info(catalog, meta)->flags & other);
}

uint32_t hf_demand_fits(const HfCatalog *catalog, const HfDemand *demand, const HfResources *pool,
                        uint32_t limit)
{
    uint32_t count = hf_resources_count(pool);
    const HfResource *entries = hf_resources_entries(pool);
    for (uint32_t k = 0; k < demand->count && limit > 0; k++) {
        int64_t have = 0;
        for (uint32_t i = 0; i < count; i++)
            if (entries[i].kind == demand->kind[k] && is_plain(catalog, entries[i].meta))
                have += entries[i].milli;
        int64_t all;
        if (have < demand->milli[k])
            limit = 0;
        else if (__builtin_mul_overflow(demand->milli[k], limit, &all) || have < all)
            limit = (uint32_t)(have / demand->milli[k]);
    }
    if (demand->ports == 0 || limit == 0) return limit;
    uint64_t ports = 0;
    for (uint32_t i = 0; i < count; i++)
        if (entries[i].kind == HF_KIND_PORTS && is_plain(catalog, entries[i].meta))
            ports += hf_ranges_width(entries[i].ranges);
    return (uint32_t)MIN((uint64_t)limit, ports / demand->ports);
}

static void cut_scalar(HfCatalog *catalog, HfKindId kind, int64_t need, gboolean reserved,
                       const HfResources *pool, HfResources *out, int64_t *left_out)
{
    for (uint32_t i = 0; i < hf_resources_count(pool) && need > 0; i++) {
        const HfResource *entry = hf_resources_at(pool, i);
        if (entry->kind != kind || !is_plain(catalog, entry->meta)) continue;
        if (hf_meta_is_unreserved(catalog, entry->meta) == reserved) continue;
        HfResource piece = hf_resource_scalar(kind, entry->meta, MIN(need, entry->milli));
        need -= piece.milli;
        hf_resources_add_one(catalog, out, &piece);
    }
    *left_out = need;
}

static void cut_ports(HfCatalog *catalog, uint32_t need, const HfResources *pool, HfResources *out)
{
    for (uint32_t i = 0; i < hf_resources_count(pool) && need > 0; i++) {
        const HfResource *entry = hf_resources_at(pool, i);
        if (entry->kind != HF_KIND_PORTS || !is_plain(catalog, entry->meta)) continue;
        for (uint32_t r = 0; r < entry->ranges->count && need > 0; r++) {
            HfRange range = entry->ranges->at[r];
            uint64_t width = range.end - range.begin + 1;
            if (width > need) range.end = range.begin + need - 1;
            need -= (uint32_t)MIN(width, need);
            HfRanges *ranges = hf_ranges_new(catalog, &range, 1);
            HfResource piece = {
                .kind = HF_KIND_PORTS, .copies = 1, .meta = entry->meta, .ranges = ranges};
            hf_resources_add_one(catalog, out, &piece);
            hf_ranges_unref(catalog, ranges);
        }
    }
    HF_ASSERT(need == 0);
}

void hf_demand_cut(HfCatalog *catalog, const HfDemand *demand, HfResources *pool, HfResources *out)
{
    hf_resources_reset(catalog, out);
    for (uint32_t k = 0; k < demand->count; k++) {
        int64_t left = demand->milli[k];
        cut_scalar(catalog, demand->kind[k], left, TRUE, pool, out, &left);
        if (left > 0) cut_scalar(catalog, demand->kind[k], left, FALSE, pool, out, &left);
        HF_ASSERT(left == 0);
    }
    if (demand->ports > 0) cut_ports(catalog, demand->ports, pool, out);
    hf_resources_subtract(catalog, pool, out);
}

/* Would a cut give just these pieces? Of each scalar the demand takes one piece of one sort, and
 * the pool has that sort alone of it. May miss. */
static gboolean gives(const HfDemand *demand, const HfResources *pool, const HfResources *pieces)
{
    if (hf_resources_count(pieces) != demand->count || demand->ports > 0) return FALSE;
    const HfResource *piece = hf_resources_entries(pieces), *entry = hf_resources_entries(pool);
    for (uint32_t k = 0; k < demand->count; k++) {
        if (piece[k].kind != demand->kind[k] || piece[k].milli != demand->milli[k]) return FALSE;
        for (uint32_t i = 0; i < hf_resources_count(pool); i++)
            if (entry[i].kind == piece[k].kind && entry[i].meta != piece[k].meta) return FALSE;
    }
    return TRUE;
}

HfParcel *hf_demand_take(HfCatalog *catalog, const HfDemand *demand, HfResources *pool,
                         HfParcel **last)
{
    if (gives(demand, pool, hf_parcel_resources(*last))) {
        HF_SLOW_ASSERT(hf_demand_fits(catalog, demand, pool, 1) > 0);
        hf_resources_subtract(catalog, pool, hf_parcel_resources(*last));
        return hf_parcel_ref(*last);
    }
    HfResources cut = {0};
    hf_demand_cut(catalog, demand, pool, &cut);
    hf_parcel_drop(catalog, last);
    *last = hf_parcel_take(catalog, &cut);
    return hf_parcel_ref(*last);
}

static void drop_cut(HfCatalog *catalog, HfCut *cut)
{
    hf_parcel_drop(catalog, &cut->pool);
    hf_parcel_drop(catalog, &cut->task);
    hf_parcel_drop(catalog, &cut->rest);
}

static __attribute__((noinline)) void remember(HfCuts *cuts, HfCut *cut, HfCatalog *catalog,
                                               const HfDemand *demand, HfParcel *pool)
{
    HfParcel *held = hf_parcel_ref(pool); /* it may be the rest of this very cut */
    drop_cut(catalog, cut);
    cut->pool = held;
    if (hf_demand_fits(catalog, demand, hf_parcel_resources(pool), 1) == 0) return;
    HfResources rest = {0};
    hf_resources_copy(catalog, &rest, hf_parcel_resources(pool));
    cut->task = hf_demand_take(catalog, demand, &rest, &cuts->last);
    cut->rest = hf_parcel_take(catalog, &rest);
}

const HfCut *hf_cuts_find(HfCuts *cuts, HfCatalog *catalog, const HfDemand *demand, HfParcel *pool)
{
    HF_ASSERT(pool != NULL && demand->ports == 0);
    HfCut *cut = &cuts->at[hf_parcel_number(pool) % HF_CUTS];
    if (cut->pool != pool) remember(cuts, cut, catalog, demand, pool);
    return cut;
}

void hf_cuts_clear(HfCuts *cuts, HfCatalog *catalog)
{
    for (uint32_t c = 0; c < HF_CUTS; c++) drop_cut(catalog, &cuts->at[c]);
    hf_parcel_drop(catalog, &cuts->last);
}
