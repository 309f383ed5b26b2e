/* Volumes of an instance, by type of disk; see HfVolumeRules. */
#include "base/assert.h"
#include "models/frameworks/service/service.h"

static HfDiskSource source_of(const HfCatalog *catalog, const HfResource *entry)
{
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
    return disk != NULL ? disk->source : HF_DISK_ROOT;
}

/* The entry that the volume is cut from: the first that is large enough, or the smallest whole
 * disk; NULL = none. */
static const HfResource *disk_for(const HfCatalog *catalog, const HfVolumeRules *volume,
                                  const HfResources *pool)
{
    const HfResource *best = NULL;
    for (uint32_t i = 0; i < hf_resources_count(pool); i++) {
        const HfResource *entry = hf_resources_at(pool, i);
        if (entry->kind != HF_KIND_DISK || entry->milli < volume->size ||
            !hf_meta_is_unreserved(catalog, entry->meta) ||
            hf_meta_is_persistent(catalog, entry->meta) ||
            hf_meta_is_revocable(catalog, entry->meta) ||
            source_of(catalog, entry) != volume->source)
            continue;
        if (volume->source != HF_DISK_MOUNT) return entry;
        if (volume->most > 0 && entry->milli > volume->most) continue;
        if (best == NULL || entry->milli < best->milli) best = entry;
    }
    return best;
}

gboolean hf_volumes__cut(const HfService *service, const HfNodeKind *kind, HfResources *pool,
                         HfResource *disks)
{
    HfCatalog *catalog = service->env.catalog;
    for (uint32_t i = 0; i < kind->volume_count; i++) {
        const HfResource *entry = disk_for(catalog, &kind->volumes[i], pool);
        if (entry == NULL) return FALSE;
        disks[i] = *entry;
        if (kind->volumes[i].source != HF_DISK_MOUNT) disks[i].milli = kind->volumes[i].size;
        hf_resources_subtract_one(catalog, pool, &disks[i]);
    }
    return TRUE;
}
