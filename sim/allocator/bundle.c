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
    return bundle;
}

/* Flags follow the content. */
static void describe(HfAllocator *allocator, HfBundle *bundle)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfResource *at = hf_resources_entries(&bundle->resources);
    uint32_t metas = 0, flags = 0;
    for (uint32_t i = 0; i < hf_resources_count(&bundle->resources); i++) {
        if (at[i].meta != HF_META_PLAIN) metas |= hf_meta_info(catalog, at[i].meta)->flags;
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) flags |= HF_BUNDLE_OTHER_TYPES;
    }
    if (metas & (HF_META_RESERVED | HF_META_REVOCABLE | HF_META_SHARED)) flags |= HF_BUNDLE_SPECIAL;
    if (metas & HF_META_REVOCABLE) flags |= HF_BUNDLE_REVOCABLE;
    bundle->flags = flags;
    if (allocator->checked_bundle == bundle || allocator->checked_refused == bundle)
        allocator->checked_bundle = allocator->checked_refused = NULL;
}

HfBundle *hf_bundle__new(HfAllocator *allocator, HfResources *content)
{
    if (hf_resources_is_empty(content)) return NULL;
    HfBundle *bundle = take(allocator);
    bundle->refs = 1;
    hf_resources_move(allocator->catalog, &bundle->resources, content);
    describe(allocator, bundle);
    return bundle;
}

void hf_bundle__unref(HfAllocator *allocator, HfBundle *bundle)
{
    if (bundle == NULL || --bundle->refs > 0) return;
    hf_resources_clear(allocator->catalog, &bundle->resources);
    bundle->next = allocator->vacant_bundles;
    allocator->vacant_bundles = bundle;
}

/* A bundle of one's own with the same content. */
static HfBundle *own(HfAllocator *allocator, HfBundle *bundle)
{
    if (bundle->refs == 1) return bundle;
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

gboolean hf_bundle__is_same(const HfCatalog *catalog, const HfBundle *bundle,
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
    allocator->vacant_bundles = NULL;
}
