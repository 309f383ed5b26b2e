/* Shared by the files that implement HfResources. */
#ifndef HF_RESOURCE_RESOURCES_INTERNAL_H
#define HF_RESOURCE_RESOURCES_INTERNAL_H

#include "resource/resources.h"

#define HF_POSITION_NONE UINT32_MAX

static inline HfResource *hf_resources__entries(HfResources *resources)
{
    return resources->room != 0 ? resources->heap.at : resources->few;
}

static inline gboolean hf_resources__has_index(const HfResources *resources)
{
    return resources->room != 0 && resources->heap.slots != NULL;
}

/* Same name and type, and metadata that Mesos calls equal? Only disks have two ids that are equal.
 */
static inline gboolean hf_resource__same_key(const HfCatalog *catalog, const HfResource *a,
                                             const HfResource *b)
{
    if (a->kind != b->kind) return FALSE;
    if (a->meta == b->meta) return TRUE;
    return a->kind == HF_KIND_DISK &&
           catalog->meta[a->meta].identity == catalog->meta[b->meta].identity;
}

/* The kinds before ports are scalars in every run; that spares most look-ups. */
static inline HfType hf_resource__type(const HfCatalog *catalog, const HfResource *entry)
{
    return entry->kind < HF_KIND_PORTS ? HF_TYPE_SCALAR : catalog->kind[entry->kind].type;
}

/* Has the entry this one flag? */
static inline gboolean hf_resource__has(const HfCatalog *catalog, const HfResource *entry,
                                        uint32_t flag)
{
    return entry->meta != HF_META_PLAIN && (catalog->meta[entry->meta].flags & flag) != 0;
}

static inline void hf_resource__ref(const HfCatalog *catalog, const HfResource *entry)
{
    HfType type = hf_resource__type(catalog, entry);
    if (type == HF_TYPE_SCALAR) return;
    if (type == HF_TYPE_RANGES) {
        hf_ranges_ref(entry->ranges);
    } else {
        hf_set_ref(entry->set);
    }
}

static inline void hf_resource__unref(HfCatalog *catalog, const HfResource *entry)
{
    HfType type = hf_resource__type(catalog, entry);
    if (type == HF_TYPE_SCALAR) return;
    if (type == HF_TYPE_RANGES) {
        hf_ranges_unref(catalog, entry->ranges);
    } else {
        hf_set_unref(catalog, entry->set);
    }
}

gboolean hf_resource__same_value(const HfCatalog *catalog, const HfResource *a,
                                 const HfResource *b);

/* Append without looking for an entry to merge with; takes over the entry's reference. */
void hf_resources__append(HfCatalog *catalog, HfResources *resources, HfResource entry);

/* Remove by moving the last entry into the place; drops the reference. */
void hf_resources__remove_at(HfCatalog *catalog, HfResources *resources, uint32_t position);

/* ---- The index of large collections (resources_index.c) ---- */

#define HF_INDEX_FROM 32U /* entries from which on a collection has an index */

/* (Re)build the index, or drop it if the collection is too small for one. */
void hf_index__rebuild(const HfCatalog *catalog, HfResources *resources);

/* Keep it: position was just appended, is about to be removed, or its entry moved. */
void hf_index__insert(const HfCatalog *catalog, HfResources *resources, uint32_t position);
void hf_index__erase(const HfCatalog *catalog, HfResources *resources, uint32_t position);
void hf_index__moved(const HfCatalog *catalog, HfResources *resources, uint32_t from, uint32_t to);

/* First position with the entry's key, and its value too if asked; HF_POSITION_NONE if none. */
uint32_t hf_index__find(const HfCatalog *catalog, const HfResources *resources,
                        const HfResource *entry, gboolean same_value);

#endif
