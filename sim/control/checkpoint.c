/* An agent's disk; see checkpoint.h. */
#include "control/checkpoint.h"

#include "base/assert.h"
#include "trace/record.h"

void hf_checkpoint_init(HfCheckpoint *checkpoint)
{
    *checkpoint = (HfCheckpoint){.agent_id = HF_ROW_NONE};
}

void hf_checkpoint_clear(HfCatalog *catalog, HfCheckpoint *checkpoint)
{
    HfKept *kept = checkpoint->kept;
    if (kept == NULL) return;
    hf_resources_clear(catalog, &kept->committed);
    hf_resources_clear(catalog, &kept->target);
    hf_resources_clear(catalog, &kept->provided);
    hf_vec_clear(&kept->volumes);
    g_free(kept);
    checkpoint->kept = NULL;
}

const HfResources *hf_checkpoint_committed(const HfCheckpoint *checkpoint)
{
    static const HfResources nothing;
    return checkpoint->kept != NULL ? &checkpoint->kept->committed : &nothing;
}

void hf_checkpoint_lose(HfCatalog *catalog, HfCheckpoint *checkpoint)
{
    uint64_t created = checkpoint->created; /* data that was lost never comes back */
    hf_checkpoint_clear(catalog, checkpoint);
    hf_checkpoint_init(checkpoint);
    checkpoint->created = created;
}

/* ---- directories ---- */

static HfStoredVolume directory_of(const HfCatalog *catalog, const HfResource *volume)
{
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, volume->meta)->disk);
    HF_ASSERT(disk != NULL && disk->persistence != HF_TEXT_NONE);
    return (HfStoredVolume){.root = disk->root,
                            .role = hf_meta_reservation_role(catalog, volume->meta),
                            .id = disk->persistence};
}

static guint32 find_directory(const HfKept *kept, const HfStoredVolume *wanted)
{
    guint32 i = 0;
    while (i < kept->volumes.count &&
           (kept->volumes.at[i].root != wanted->root || kept->volumes.at[i].role != wanted->role ||
            kept->volumes.at[i].id != wanted->id))
        i++;
    return i;
}

static gboolean is_wanted(const HfCatalog *catalog, const HfResources *wanted,
                          const HfStoredVolume *directory)
{
    const HfResource *entry = hf_resources_entries(wanted);
    for (uint32_t i = 0; i < hf_resources_count(wanted); i++, entry++) {
        if (!hf_meta_is_persistent(catalog, entry->meta)) continue;
        HfStoredVolume one = directory_of(catalog, entry);
        if (one.root == directory->root && one.role == directory->role && one.id == directory->id)
            return TRUE;
    }
    return FALSE;
}

/* Volumes that are new get a directory, those that are gone lose theirs and what is in it. Doing it
 * again changes nothing. */
static void sync_directories(HfCatalog *catalog, HfCheckpoint *checkpoint,
                             const HfResources *wanted)
{
    HfKept *kept = checkpoint->kept;
    for (guint32 i = kept->volumes.count; i-- > 0;)
        if (!is_wanted(catalog, wanted, &kept->volumes.at[i])) hf_vec_remove(&kept->volumes, i);
    const HfResource *entry = hf_resources_entries(wanted);
    for (uint32_t i = 0; i < hf_resources_count(wanted); i++, entry++) {
        if (!hf_meta_is_persistent(catalog, entry->meta)) continue;
        HfStoredVolume directory = directory_of(catalog, entry);
        if (find_directory(kept, &directory) < kept->volumes.count) continue;
        directory.data = ++checkpoint->created;
        hf_vec_push(&kept->volumes, directory);
    }
}

static HfStoredVolume *volume_of(const HfCatalog *catalog, const HfCheckpoint *checkpoint,
                                 const HfResource *volume)
{
    HfKept *kept = checkpoint->kept;
    if (kept == NULL) return NULL;
    HfStoredVolume directory = directory_of(catalog, volume);
    guint32 i = find_directory(kept, &directory);
    return i < kept->volumes.count ? &kept->volumes.at[i] : NULL;
}

uint64_t hf_checkpoint_data(const HfCatalog *catalog, const HfCheckpoint *checkpoint,
                            const HfResource *volume)
{
    const HfStoredVolume *stored = volume_of(catalog, checkpoint, volume);
    return stored != NULL ? stored->data : 0;
}

int64_t hf_checkpoint_fill(const HfCatalog *catalog, HfCheckpoint *checkpoint,
                           const HfResource *volume, int64_t kib)
{
    HfStoredVolume *stored = volume_of(catalog, checkpoint, volume);
    if (stored == NULL || kib <= stored->kib) return 0;
    int64_t growth = kib - stored->kib;
    stored->kib = kib;
    return growth;
}

int64_t hf_checkpoint_empty(const HfCatalog *catalog, HfCheckpoint *checkpoint,
                            const HfResource *volume)
{
    HfStoredVolume *stored = volume_of(catalog, checkpoint, volume);
    int64_t kib = stored != NULL ? stored->kib : 0;
    if (stored != NULL) stored->kib = 0;
    return kib;
}

int64_t hf_checkpoint_content(const HfCatalog *catalog, const HfCheckpoint *checkpoint,
                              const HfResource *volume)
{
    const HfStoredVolume *stored = volume_of(catalog, checkpoint, volume);
    return stored != NULL ? stored->kib : 0;
}

int64_t hf_checkpoint_stored(const HfCheckpoint *checkpoint)
{
    int64_t sum = 0;
    const HfKept *kept = checkpoint->kept;
    for (guint32 i = 0; kept != NULL && i < kept->volumes.count; i++)
        if (kept->volumes.at[i].root == HF_TEXT_NONE) sum += kept->volumes.at[i].kib;
    return sum;
}

/* ---- writing ---- */

static gboolean is_provided(const HfCatalog *catalog, const HfResource *entry)
{
    return hf_meta_has(catalog, entry->meta, HF_META_PROVIDER);
}

/* All that is of providers, too, if they have anything. */
static void add_provided(HfCatalog *catalog, HfCheckpoint *checkpoint, const HfResources *total)
{
    HfKept *kept = checkpoint->kept;
    if (G_LIKELY(!hf_resources_any(catalog, total, HF_META_PROVIDER))) return;
    for (uint32_t i = 0; i < hf_resources_count(total); i++) {
        const HfResource *entry = hf_resources_at(total, i);
        if (is_provided(catalog, entry)) hf_resources_add_one(catalog, &kept->target, entry);
    }
    if (hf_resources_is_empty(&kept->provided) && checkpoint->flags != NULL)
        hf_resources_select(catalog, checkpoint->flags, HF_META_PROVIDER, HF_META_PROVIDER,
                            &kept->provided);
}

static void commit(HfCatalog *catalog, HfKept *kept)
{
    hf_resources_move(catalog, &kept->committed, &kept->target);
    kept->has_target = FALSE;
}

gboolean hf_checkpoint_write(HfCatalog *catalog, HfCheckpoint *checkpoint, const HfResources *total,
                             HfCheckpointStep dies)
{
    HF_ASSERT(dies < HF_CHECKPOINT_STEPS);
    HF_ASSERT(!hf_resources_any(catalog, total, HF_META_ALLOCATED));
    if (dies == HF_CHECKPOINT_NOTHING) return FALSE;
    if (checkpoint->kept == NULL) checkpoint->kept = g_new0(HfKept, 1);
    HfKept *kept = checkpoint->kept;
    HF_ASSERT(!kept->has_target);
    hf_resources_checkpointed(catalog, total, &kept->target);
    add_provided(catalog, checkpoint, total);
    kept->has_target = TRUE;
    if (dies == HF_CHECKPOINT_TARGET) return FALSE;
    sync_directories(catalog, checkpoint, &kept->target);
    if (dies == HF_CHECKPOINT_VOLUMES) return FALSE;
    commit(catalog, kept);
    return dies == HF_CHECKPOINT_WHOLE;
}

gboolean hf_checkpoint_finish(HfCatalog *catalog, HfCheckpoint *checkpoint)
{
    HfKept *kept = checkpoint->kept;
    if (kept == NULL || !kept->has_target) return FALSE;
    sync_directories(catalog, checkpoint, &kept->target);
    commit(catalog, kept);
    return TRUE;
}

void hf_checkpoint_register(HfCheckpoint *checkpoint, uint32_t agent_id, const HfResources *flags,
                            const HfAttributes *attributes)
{
    HF_ASSERT(agent_id != HF_ROW_NONE);
    checkpoint->agent_id = agent_id;
    checkpoint->flags = flags;
    checkpoint->attributes = attributes;
}

/* ---- totals ---- */

/* What a checkpointed resource was made of: no volume, no dynamic reservation. */
static HfResource made_of(HfCatalog *catalog, const HfResource *entry)
{
    HfResource plain = *entry;
    plain.copies = 1;
    if (hf_meta_is_persistent(catalog, plain.meta))
        plain.meta = hf_meta_strip_volume(catalog, plain.meta);
    while (hf_meta_is_dynamic(catalog, plain.meta))
        plain.meta = hf_meta_pop_reservation(catalog, plain.meta);
    return plain;
}

/* Do the flags say the same of providers as when these began to write? */
static gboolean has_provided(HfCatalog *catalog, const HfCheckpoint *checkpoint,
                             const HfResources *flags)
{
    const HfKept *kept = checkpoint->kept;
    if (kept == NULL || hf_resources_is_empty(&kept->provided)) return TRUE;
    HfResources now = {0};
    hf_resources_select(catalog, flags, HF_META_PROVIDER, HF_META_PROVIDER, &now);
    gboolean is_same = hf_resources_equal(catalog, &now, &kept->provided);
    hf_resources_clear(catalog, &now);
    return is_same;
}

gboolean hf_checkpoint_apply(HfCatalog *catalog, const HfCheckpoint *checkpoint,
                             const HfResources *flags, HfResources *total_out)
{
    HfResources total = {0};
    const HfResources *committed = hf_checkpoint_committed(checkpoint);
    if (!has_provided(catalog, checkpoint, flags)) return FALSE;
    if (hf_resources_any(catalog, committed, HF_META_PROVIDER))
        hf_resources_select(catalog, flags, HF_META_PROVIDER, 0, &total);
    else
        hf_resources_copy(catalog, &total, flags);
    for (uint32_t i = 0; i < hf_resources_count(committed); i++) {
        const HfResource *entry = hf_resources_at(committed, i);
        if (is_provided(catalog, entry)) {
            hf_resources_add_one(catalog, &total, entry);
            continue;
        }
        HfResource plain = made_of(catalog, entry);
        if (!hf_resources_contains_one(catalog, &total, &plain)) {
            hf_resources_clear(catalog, &total);
            return FALSE;
        }
        hf_resources_subtract_one(catalog, &total, &plain);
        hf_resources_add_one(catalog, &total, entry);
    }
    hf_resources_move(catalog, total_out, &total);
    hf_resources_clear(catalog, &total);
    return TRUE;
}

void hf_checkpoint_check(HfCatalog *catalog, const HfCheckpoint *checkpoint)
{
    const HfKept *kept = checkpoint->kept;
    if (kept == NULL) return;
    HF_ASSERT(kept->has_target || hf_resources_is_empty(&kept->target));
    if (kept->has_target) return; /* directories are between the two */
    uint32_t volumes = 0;
    for (uint32_t i = 0; i < hf_resources_count(&kept->committed); i++) {
        const HfResource *entry = hf_resources_at(&kept->committed, i);
        if (!hf_meta_is_persistent(catalog, entry->meta)) continue;
        HF_ASSERT(hf_checkpoint_data(catalog, checkpoint, entry) > 0);
        volumes++;
    }
    HF_ASSERT(volumes == kept->volumes.count);
}
