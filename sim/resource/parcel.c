/*
 * Shared resources; see parcel.h. Invariant: the parcels in the table of recent ones hold a
 * reference of the table; equal parcels may exist twice, which costs memory and nothing else.
 */
#include "resource/parcel.h"

#include <string.h>

#include "resource/catalog_internal.h"

/* Where a collection would stand among the recent ones; HF_PARCELS_RECENT when it does not. */
static uint32_t place_of(const HfCatalog *catalog, const HfResources *content)
{
    if (content->room != 0) return HF_PARCELS_RECENT;
    uint64_t hash = content->count;
    for (uint32_t i = 0; i < content->count; i++) {
        const HfResource *entry = &content->few[i];
        if (catalog->kind[entry->kind].type != HF_TYPE_SCALAR) return HF_PARCELS_RECENT;
        uint64_t what = (uint64_t)entry->meta << 32 | (uint64_t)entry->copies << 16 | entry->kind;
        hash = (hash ^ what) * UINT64_C(0x9e3779b97f4a7c15);
        hash = (hash ^ hash >> 29 ^ (uint64_t)entry->milli) * UINT64_C(0xbf58476d1ce4e5b9);
    }
    return (uint32_t)(hash >> 40) % HF_PARCELS_RECENT;
}

static gboolean is_same(const HfResources *a, const HfResources *b)
{
    return a->count == b->count && memcmp(a->few, b->few, a->count * sizeof *a->few) == 0;
}

#define PARCELS_BLOCK 32 /* parcels are taken from the system by this many */

static void make_block(struct HfCatalogTables *tables)
{
    HfParcel *block = g_new0(HfParcel, PARCELS_BLOCK);
    for (uint32_t i = 0; i + 1 < PARCELS_BLOCK; i++) block[i].allocated = &block[i + 1];
    for (uint32_t i = 0; i < PARCELS_BLOCK; i++)
        block[i].number = tables->parcel_blocks.count * PARCELS_BLOCK + i;
    hf_vec_push(&tables->parcel_blocks, block);
    tables->vacant_parcels = block;
}

static HfParcel *vacant(HfCatalog *catalog)
{
    if (catalog->tables->vacant_parcels == NULL) make_block(catalog->tables);
    HfParcel *parcel = catalog->tables->vacant_parcels;
    catalog->tables->vacant_parcels = parcel->allocated;
    return parcel;
}

static uint32_t flags_of(const HfCatalog *catalog, const HfResources *content)
{
    const HfResource *entries = hf_resources_entries(content);
    uint32_t flags = 0, all = HF_META_ALLOCATED;
    for (uint32_t i = 0; i < hf_resources_count(content); i++) {
        flags |= hf_meta_info(catalog, entries[i].meta)->flags;
        all &= hf_meta_info(catalog, entries[i].meta)->flags;
    }
    return all != 0 ? flags | HF_PARCEL_ALLOCATED : flags;
}

HfParcel *hf_parcel_take(HfCatalog *catalog, HfResources *content)
{
    if (hf_resources_is_empty(content)) {
        hf_resources_clear(catalog, content);
        return NULL;
    }
    uint32_t place = place_of(catalog, content);
    HfParcel **recent = place < HF_PARCELS_RECENT ? &catalog->tables->recent_parcels[place] : NULL;
    if (recent != NULL && *recent != NULL && is_same(&(*recent)->resources, content)) {
        hf_resources_clear(catalog, content);
        return hf_parcel_ref(*recent);
    }
    HfParcel *parcel = vacant(catalog);
    parcel->refs = 1;
    parcel->flags = flags_of(catalog, content);
    parcel->allocated = NULL;
    parcel->fold[0] = parcel->fold[1] = 0;
    parcel->resources = *content;
    hf_resources_init(content);
    if (recent != NULL) {
        hf_parcel_drop(catalog, recent);
        *recent = hf_parcel_ref(parcel);
    }
    return parcel;
}

HfParcel *hf_parcel_copy(HfCatalog *catalog, const HfResources *content)
{
    uint32_t place = place_of(catalog, content);
    if (place < HF_PARCELS_RECENT) {
        HfParcel *recent = catalog->tables->recent_parcels[place];
        if (recent != NULL && is_same(&recent->resources, content)) return hf_parcel_ref(recent);
    }
    HfResources copy = {0};
    hf_resources_copy(catalog, &copy, content);
    return hf_parcel_take(catalog, &copy);
}

void hf_parcel__end(HfCatalog *catalog, HfParcel *gone)
{
    hf_parcel_drop(catalog, &gone->allocated);
    hf_resources_clear(catalog, &gone->resources);
    gone->allocated = catalog->tables->vacant_parcels;
    catalog->tables->vacant_parcels = gone;
}

HfFold hf_parcel__fold(const HfCatalog *catalog, HfParcel *parcel)
{
    HfFold fold = hf_resources_fold(catalog, &parcel->resources);
    parcel->fold[0] = (uint64_t)fold;
    parcel->fold[1] = (uint64_t)(fold >> 64);
    return fold;
}

static void forget_step(HfCatalog *catalog, HfParcelStep *step)
{
    hf_parcel_drop(catalog, &step->whole);
    hf_parcel_drop(catalog, &step->part);
    hf_parcel_drop(catalog, &step->rest);
}

static gboolean take_step(HfCatalog *catalog, HfParcel *whole, HfParcel *part, HfParcelStep *step)
{
    if (!hf_resources_contains(catalog, &whole->resources, &part->resources)) return FALSE;
    HfResources rest = {0};
    hf_resources_copy(catalog, &rest, &whole->resources);
    hf_resources_subtract(catalog, &rest, &part->resources);
    HfParcelStep taken = {hf_parcel_ref(whole), hf_parcel_ref(part),
                          hf_parcel_take(catalog, &rest)};
    forget_step(catalog, step);
    *step = taken;
    return TRUE;
}

gboolean hf_parcel_less(HfCatalog *catalog, HfParcel *whole, HfParcel *part, HfParcel **rest_out)
{
    if (G_UNLIKELY(whole == NULL || part == NULL)) {
        if (part != NULL) return FALSE;
        *rest_out = hf_parcel_ref(whole);
        return TRUE;
    }
    uint32_t place = (whole->number * 31 + part->number) % HF_PARCEL_STEPS;
    HfParcelStep *step = &catalog->tables->parcel_steps[place];
    if (G_UNLIKELY(step->whole != whole || step->part != part) &&
        !take_step(catalog, whole, part, step))
        return FALSE;
    *rest_out = hf_parcel_ref(step->rest);
    return TRUE;
}

static gboolean is_allocated_to(const HfCatalog *catalog, const HfResources *resources,
                                HfRoleId role)
{
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (hf_meta_allocation_role(catalog, entries[i].meta) != role) return FALSE;
    return TRUE;
}

HfParcel *hf_parcel_allocate(HfCatalog *catalog, HfParcel *parcel, HfRoleId role)
{
    HF_ASSERT(role != HF_ROLE_NONE);
    if (parcel == NULL) return NULL;
    if (parcel->allocated != NULL && parcel->role == role) return hf_parcel_ref(parcel->allocated);
    if (is_allocated_to(catalog, &parcel->resources, role)) return hf_parcel_ref(parcel);
    gboolean is_plain = is_allocated_to(catalog, &parcel->resources, HF_ROLE_NONE);
    HfResources content = {0};
    hf_resources_copy(catalog, &content, &parcel->resources);
    hf_resources_allocate(catalog, &content, role);
    HfParcel *allocated = hf_parcel_take(catalog, &content);
    if (is_plain) { /* an answer is never plain: no parcel is kept by itself, over whatever way */
        hf_parcel_drop(catalog, &parcel->allocated);
        parcel->allocated = hf_parcel_ref(allocated);
        parcel->role = role;
    }
    return allocated;
}

void hf_parcel__clear(HfCatalog *catalog)
{
    for (uint32_t i = 0; i < HF_PARCELS_RECENT; i++)
        hf_parcel_drop(catalog, &catalog->tables->recent_parcels[i]);
    for (uint32_t i = 0; i < HF_PARCEL_STEPS; i++)
        forget_step(catalog, &catalog->tables->parcel_steps[i]);
    struct HfCatalogTables *tables = catalog->tables;
    uint32_t vacant_count = 0;
    for (HfParcel *parcel = tables->vacant_parcels; parcel != NULL; parcel = parcel->allocated)
        vacant_count++;
    HF_ASSERT(vacant_count == tables->parcel_blocks.count * PARCELS_BLOCK); /* none is lost */
    for (uint32_t b = 0; b < tables->parcel_blocks.count; b++) g_free(tables->parcel_blocks.at[b]);
    hf_vec_clear(&tables->parcel_blocks);
    tables->vacant_parcels = NULL;
}
