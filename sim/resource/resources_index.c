/*
 * Open addressing from (kind, identity of the metadata) to positions, for collections of many
 * entries (hundreds of labelled reservations on an agent). Entries with one key may be many
 * (identical MOUNT disks); the smallest position wins, because "first" is what Mesos takes.
 */
#include <string.h>

#include "resource/resources_internal.h"

static uint32_t home_of(const HfCatalog *catalog, const HfResources *resources, HfResource entry)
{
    uint64_t key = (uint64_t)catalog->meta[entry.meta].identity << 16 | entry.kind;
    uint64_t hash = key * UINT64_C(0x9fb21c651e98df25);
    return (uint32_t)(hash ^ hash >> 32) & resources->heap.slots_mask;
}

void hf_index__insert(const HfCatalog *catalog, HfResources *resources, uint32_t position)
{
    uint32_t slot = home_of(catalog, resources, resources->heap.at[position]);
    while (resources->heap.slots[slot] != 0) slot = (slot + 1) & resources->heap.slots_mask;
    resources->heap.slots[slot] = position + 1;
}

void hf_index__rebuild(const HfCatalog *catalog, HfResources *resources)
{
    if (resources->count < HF_INDEX_FROM) {
        if (hf_resources__has_index(resources)) g_clear_pointer(&resources->heap.slots, g_free);
        return;
    }
    uint32_t size = 2 * HF_INDEX_FROM;
    while (size < 2 * resources->room) size *= 2;
    if (resources->heap.slots == NULL || resources->heap.slots_mask != size - 1) {
        g_free(resources->heap.slots);
        resources->heap.slots = g_new(uint32_t, size);
        resources->heap.slots_mask = size - 1;
    }
    memset(resources->heap.slots, 0, size * sizeof(uint32_t));
    for (uint32_t i = 0; i < resources->count; i++) hf_index__insert(catalog, resources, i);
}

static uint32_t slot_of(const HfCatalog *catalog, const HfResources *resources, uint32_t position)
{
    uint32_t slot = home_of(catalog, resources, resources->heap.at[position]);
    while (resources->heap.slots[slot] != position + 1) {
        HF_ASSERT(resources->heap.slots[slot] != 0);
        slot = (slot + 1) & resources->heap.slots_mask;
    }
    return slot;
}

/* Vacate the slot, and move back later ones of the same run that may stand there. */
void hf_index__erase(const HfCatalog *catalog, HfResources *resources, uint32_t position)
{
    uint32_t mask = resources->heap.slots_mask;
    uint32_t *slots = resources->heap.slots;
    uint32_t vacant = slot_of(catalog, resources, position);
    for (uint32_t slot = (vacant + 1) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
        uint32_t home = home_of(catalog, resources, resources->heap.at[slots[slot] - 1]);
        if (((slot - home) & mask) >= ((slot - vacant) & mask)) {
            slots[vacant] = slots[slot];
            vacant = slot;
        }
    }
    slots[vacant] = 0;
}

void hf_index__moved(const HfCatalog *catalog, HfResources *resources, uint32_t from, uint32_t to)
{
    resources->heap.slots[slot_of(catalog, resources, from)] = to + 1;
}

uint32_t hf_index__find(const HfCatalog *catalog, const HfResources *resources,
                        const HfResource *entry, gboolean same_value)
{
    uint32_t first = HF_POSITION_NONE;
    uint32_t slot = home_of(catalog, resources, *entry);
    for (; resources->heap.slots[slot] != 0; slot = (slot + 1) & resources->heap.slots_mask) {
        uint32_t position = resources->heap.slots[slot] - 1;
        const HfResource *other = &resources->heap.at[position];
        if (position < first && hf_resource__same_key(catalog, other, entry) &&
            (!same_value || hf_resource__same_value(catalog, other, entry)))
            first = position;
    }
    return first;
}
