/*
 * Bundles of resources, shared by counting references; see allocator_internal.h. They come from
 * blocks that live as long as the allocator, so a run takes nothing from the system.
 */
#include <stdlib.h>
#include <string.h>

#include "allocator/allocator_internal.h"

static HfBundle *take(HfAllocator *allocator)
{
    if (allocator->vacant_bundles == NULL) {
        HfBundle *block = aligned_alloc(sizeof *block, HF_BUNDLE_BLOCK * sizeof *block);
        if (block == NULL) g_error("out of memory");
        memset(block, 0, HF_BUNDLE_BLOCK * sizeof *block);
        uint32_t first = allocator->bundle_blocks.count * HF_BUNDLE_BLOCK;
        hf_vec_push(&allocator->bundle_blocks, block);
        for (uint32_t i = HF_BUNDLE_BLOCK; i-- > 0;) {
            block[i].number = first + i;
            block[i].next = allocator->vacant_bundles;
            allocator->vacant_bundles = &block[i];
        }
    }
    HfBundle *bundle = allocator->vacant_bundles;
    allocator->vacant_bundles = bundle->next;
    hf_resources_init(&bundle->resources);
    bundle->parcel_role = HF_ROLE_NONE;
    return bundle;
}

static void drop_parcel(HfAllocator *allocator, HfBundle *bundle)
{
    hf_parcel_drop(allocator->catalog, &bundle->parcel);
    bundle->parcel_role = HF_ROLE_NONE;
}

static void give(HfAllocator *allocator, HfBundle *bundle)
{
    drop_parcel(allocator, bundle);
    hf_resources_clear(allocator->catalog, &bundle->resources);
    bundle->next = allocator->vacant_bundles;
    allocator->vacant_bundles = bundle;
}

/* Flags follow the content. */
static void describe(HfAllocator *allocator, HfBundle *bundle)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfResource *at = hf_resources_entries(&bundle->resources);
    uint32_t metas = 0, flags = 0;
    HfRoleId to = HF_ROLE_STAR; /* the first entry's, whose role all others must have */
    gboolean is_alike = TRUE;
    for (uint32_t i = 0; i < hf_resources_count(&bundle->resources); i++) {
        HfRoleId reserved_to = HF_ROLE_STAR;
        if (at[i].meta != HF_META_PLAIN) {
            const HfMetaInfo *info = hf_meta_info(catalog, at[i].meta);
            metas |= info->flags;
            reserved_to = info->reservation_role;
        }
        if (i == 0) to = reserved_to;
        is_alike &= reserved_to == to;
        if (G_UNLIKELY(at[i].kind >= HF_KIND_PORTS) && /* those before are scalars in every run */
            hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR)
            flags |= HF_BUNDLE_OTHER_TYPES;
    }
    if (metas & (HF_META_RESERVED | HF_META_REVOCABLE | HF_META_SHARED)) flags |= HF_BUNDLE_SPECIAL;
    if (metas & HF_META_REVOCABLE) flags |= HF_BUNDLE_REVOCABLE;
    if (metas & HF_META_SHARED) flags |= HF_BUNDLE_SHARED;
    if (is_alike && to != HF_ROLE_STAR &&
        !(metas & (HF_META_REFINED | HF_META_REVOCABLE | HF_META_SHARED))) {
        flags |= HF_BUNDLE_ALIKE;
        bundle->reserved_to = to;
    }
    bundle->flags = flags;
    if (allocator->checked_bundle == bundle || allocator->checked_refused == bundle)
        allocator->checked_bundle = allocator->checked_refused = NULL;
    HfBooked *booked = &allocator->booked[bundle->number % HF_BOOKED];
    if (booked->bundle == bundle) booked->bundle = NULL;
}

HfBundle *hf_bundle__new(HfAllocator *allocator, HfResources *content)
{
    if (hf_resources_is_empty(content)) return NULL;
    HfBundle *bundle = take(allocator);
    bundle->refs = 1;
    bundle->resources = *content;
    hf_resources_init(content);
    describe(allocator, bundle);
    return bundle;
}

/* ---- Shapes ---- */

#define HF_SHAPE_NONE UINT32_MAX

/* Of the scalars and of what the entries are; that ranges and sets differ is seen by looking. */
static uint32_t content_hash(const HfCatalog *catalog, const HfResources *content)
{
    const HfResource *at = hf_resources_entries(content);
    uint64_t hash = hf_resources_count(content);
    for (uint32_t i = 0; i < hf_resources_count(content); i++) {
        hash += (uint64_t)at[i].meta << 32 | (uint32_t)at[i].copies << 16 | at[i].kind;
        hash *= UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) continue;
        hash += (uint64_t)at[i].milli;
        hash *= UINT64_C(0xbf58476d1ce4e5b9);
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

static void shapes_grow(HfAllocator *allocator)
{
    uint32_t room = allocator->shape_room, wider = MAX(room * 2, 64);
    size_t size = sizeof *allocator->shapes;
    void *old = allocator->shapes;
    allocator->shapes = g_malloc_n(wider, size);
    memset(allocator->shapes, 0xff, wider * size);
    allocator->shape_room = wider;
    __typeof__(allocator->shapes) from = old;
    for (uint32_t i = 0; i < room; i++) {
        if (from[i].number == HF_SHAPE_NONE) continue;
        uint32_t place = from[i].hash & (wider - 1);
        while (allocator->shapes[place].number != HF_SHAPE_NONE) place = (place + 1) & (wider - 1);
        allocator->shapes[place] = from[i];
    }
    g_free(old);
}

/* A shape becomes a bundle like others; those behind it that its place kept away move up. */
static void shape_forget(HfAllocator *allocator, HfBundle *bundle)
{
    uint32_t mask = allocator->shape_room - 1, hole = bundle->hash & mask;
    while (allocator->shapes[hole].number != bundle->number) hole = (hole + 1) & mask;
    for (uint32_t next = (hole + 1) & mask; allocator->shapes[next].number != HF_SHAPE_NONE;
         next = (next + 1) & mask) {
        uint32_t home = allocator->shapes[next].hash & mask;
        if (((next - home) & mask) < ((next - hole) & mask)) continue;
        allocator->shapes[hole] = allocator->shapes[next];
        hole = next;
    }
    allocator->shapes[hole].number = HF_SHAPE_NONE;
    allocator->shape_count--;
    bundle->flags &= ~(uint32_t)HF_BUNDLE_SHAPE;
}

void hf_bundle__find_shape(HfAllocator *allocator, HfBundle **bundle)
{
    HfBundle *one = *bundle;
    if (allocator->shape_count >= allocator->shape_room / 2) shapes_grow(allocator);
    uint32_t mask = allocator->shape_room - 1;
    uint32_t hash = content_hash(allocator->catalog, &one->resources), place = hash & mask;
    for (; allocator->shapes[place].number != HF_SHAPE_NONE; place = (place + 1) & mask) {
        if (allocator->shapes[place].hash != hash) continue;
        HfBundle *other = hf_bundle__numbered(allocator, allocator->shapes[place].number);
        if (!hf_bundle__is_same(allocator->catalog, other, &one->resources)) continue;
        *bundle = hf_bundle__ref(other);
        hf_bundle__unref(allocator, one);
        return;
    }
    allocator->shapes[place].hash = one->hash = hash;
    allocator->shapes[place].number = one->number;
    allocator->shape_count++;
    one->flags |= HF_BUNDLE_SHAPE;
}

HfParcel *hf_bundle__make_parcel(HfAllocator *allocator, HfBundle *bundle, HfRoleId role)
{
    HfCatalog *catalog = allocator->catalog;
    HfParcel **last = &allocator->roles.at[role].parcel;
    if (*last == NULL || !hf_bundle__is_same(catalog, bundle, hf_parcel_resources(*last))) {
        HfResources tagged = {0};
        hf_resources_copy(catalog, &tagged, &bundle->resources);
        hf_resources_allocate(catalog, &tagged, role);
        hf_parcel_drop(catalog, last);
        *last = hf_parcel_take(catalog, &tagged);
    }
    hf_parcel_drop(catalog, &bundle->parcel);
    bundle->parcel = hf_parcel_ref(*last);
    bundle->parcel_role = role;
    return hf_parcel_ref(bundle->parcel);
}

void hf_bundle__end(HfAllocator *allocator, HfBundle *bundle)
{
    if (bundle->flags & HF_BUNDLE_SHAPE) shape_forget(allocator, bundle);
    give(allocator, bundle);
}

/* A bundle of one's own with the same content. */
static HfBundle *own(HfAllocator *allocator, HfBundle *bundle)
{
    if (bundle->refs == 1) {
        if (bundle->flags & HF_BUNDLE_SHAPE) shape_forget(allocator, bundle);
        drop_parcel(allocator, bundle);
        return bundle;
    }
    bundle->refs--;
    HfBundle *copy = take(allocator);
    copy->refs = 1;
    hf_resources_copy(allocator->catalog, &copy->resources, &bundle->resources);
    return copy;
}

void hf_bundle__add(HfAllocator *allocator, HfBundle **bundle, const HfResources *more)
{
    if (hf_resources_is_empty(more)) return;
    if (*bundle == NULL) {
        HfResources content = {0};
        hf_resources_copy(allocator->catalog, &content, more);
        *bundle = hf_bundle__new(allocator, &content);
        return;
    }
    *bundle = own(allocator, *bundle);
    hf_resources_add(allocator->catalog, &(*bundle)->resources, more);
    describe(allocator, *bundle);
}

void hf_bundle__subtract(HfAllocator *allocator, HfBundle **bundle, const HfResources *less)
{
    if (*bundle == NULL || hf_resources_is_empty(less)) return;
    *bundle = own(allocator, *bundle);
    hf_resources_subtract(allocator->catalog, &(*bundle)->resources, less);
    if (hf_resources_is_empty(&(*bundle)->resources)) {
        hf_bundle__unref(allocator, *bundle);
        *bundle = NULL;
    } else {
        describe(allocator, *bundle);
    }
}

gboolean hf_bundle__has_same(const HfCatalog *catalog, const HfBundle *bundle,
                             const HfResources *resources)
{
    uint32_t count = hf_resources_count(resources);
    if (count != hf_resources_count(&bundle->resources)) return FALSE;
    const HfResource *a = hf_resources_entries(&bundle->resources);
    const HfResource *b = hf_resources_entries(resources);
    for (uint32_t i = 0; i < count; i++) {
        if (a[i].kind != b[i].kind || a[i].copies != b[i].copies ||
            a[i].meta != hf_meta_info(catalog, b[i].meta)->unallocated)
            return FALSE;
        if (a[i].milli == b[i].milli) continue; /* scalars, and ranges and sets that are shared */
        HfType type = hf_kind_type(catalog, a[i].kind);
        if (type == HF_TYPE_SCALAR) return FALSE;
        if (type == HF_TYPE_RANGES ? !hf_ranges_equal(a[i].ranges, b[i].ranges)
                                   : !hf_set_equal(a[i].set, b[i].set))
            return FALSE;
    }
    return TRUE;
}

void hf_bundles__clear(HfAllocator *allocator)
{
    for (uint32_t b = 0; b < allocator->bundle_blocks.count; b++)
        free(allocator->bundle_blocks.at[b]);
    hf_vec_clear(&allocator->bundle_blocks);
    g_free(allocator->shapes);
    allocator->shapes = NULL;
    allocator->vacant_bundles = NULL;
}
