/* What a resource provider makes of its disks; see provider.h. */
#include "resource/provider.h"

#include <string.h>

#include "resource/check.h"
#include "resource/error.h"

static const HfDiskProfile *find(const HfCatalog *catalog, const HfDiskProfiles *profiles,
                                 HfTextId name)
{
    if (name == HF_TEXT_NONE) return NULL;
    const char *text = hf_text(catalog, name);
    for (uint32_t i = 0; i < profiles->count; i++)
        if (strcmp(profiles->at[i].name, text) == 0) return &profiles->at[i];
    return NULL;
}

/* Where its disks are mounted (Mesos: a path below the agent's work directory). */
static char *mount_root(const HfCatalog *catalog, HfTextId provider)
{
    return g_strdup_printf("/csi/%s/mounts", hf_text(catalog, provider));
}

/* A volume that was not there before: its id, and what its plug-in notes of it. */
static void name_volume(HfCatalog *catalog, HfTextId provider, uint64_t serial, HfDisk *disk)
{
    g_autofree char *id = g_strdup_printf("volume-%" G_GUINT64_FORMAT, (guint64)serial);
    g_autofree char *root = mount_root(catalog, provider),
                    *path = g_strdup_printf("%s/%s", root, id);
    HfLabel label = {hf_text_intern(catalog, "path"), hf_text_intern(catalog, path)};
    disk->id = hf_text_intern(catalog, id);
    disk->metadata = hf_labels_intern(catalog, &label, 1);
}

static gboolean fail(const HfCatalog *catalog, const HfOperation *operation,
                     HfResourceErrorCode code, const char *why, GError **error)
{
    hf_resource_refuse(catalog, hf_resources_at(&operation->resources, 0), code, why, error);
    g_prefix_error(error, "%s: ", hf_operation_name(operation->type));
    return FALSE;
}

static gboolean make_disk(HfCatalog *catalog, const HfDiskProfiles *profiles,
                          const HfOperation *operation, uint64_t serial, HfTextId provider,
                          HfDisk *disk, GError **error)
{
    gboolean is_pool = disk->profile != HF_TEXT_NONE;
    HfTextId name = is_pool ? disk->profile : operation->target_profile;
    const HfDiskProfile *profile = find(catalog, profiles, name);
    if (profile == NULL) {
        g_autofree char *why = g_strdup_printf("there is no profile %s", hf_text(catalog, name));
        return fail(catalog, operation, HF_RESOURCE_ERROR_PROFILE_UNKNOWN, why, error);
    }
    if (profile->capability != operation->target_type) {
        g_autofree char *why =
            g_strdup_printf("profile %s cannot be used to create a %s disk", profile->name,
                            operation->target_type == HF_DISK_MOUNT ? "MOUNT" : "BLOCK");
        return fail(catalog, operation, HF_RESOURCE_ERROR_PROFILE_OTHER, why, error);
    }
    if (is_pool) name_volume(catalog, provider, serial, disk);
    disk->source = operation->target_type;
    disk->profile = name;
    if (disk->source == HF_DISK_MOUNT) {
        g_autofree char *root = mount_root(catalog, provider);
        disk->root = hf_text_intern(catalog, root);
    }
    return TRUE;
}

static void unmake_disk(const HfCatalog *catalog, const HfDiskProfiles *profiles, HfDisk *disk)
{
    const HfDiskProfile *profile = find(catalog, profiles, disk->profile);
    disk->source = HF_DISK_RAW;
    disk->root = HF_TEXT_NONE;
    if (profile == NULL || profile->keeps_volumes) {
        disk->profile = HF_TEXT_NONE;
    } else {
        disk->id = HF_TEXT_NONE;
        disk->metadata = 0;
    }
}

gboolean hf_provider_apply(HfCatalog *catalog, const HfDiskProfiles *profiles,
                           const HfOperation *operation, uint64_t serial, HfResource *made_out,
                           GError **error)
{
    HF_ASSERT(!hf_operation_is_speculative(operation->type));
    HfResource made = *hf_resources_at(&operation->resources, 0);
    HfMeta meta = *hf_meta(catalog, made.meta);
    HfDisk disk = *hf_disk(catalog, meta.disk);
    if (operation->type == HF_OPERATION_DESTROY_DISK)
        unmake_disk(catalog, profiles, &disk);
    else if (!make_disk(catalog, profiles, operation, serial, meta.provider, &disk, error))
        return FALSE;
    meta.disk = hf_disk_intern(catalog, &disk);
    made.meta = hf_meta_intern(catalog, &meta);
    *made_out = made;
    return TRUE;
}

gboolean hf_provider_can_store(const HfCatalog *catalog, HfMetaId meta)
{
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, meta)->disk);
    return !hf_meta_has(catalog, meta, HF_META_PROVIDER) ||
           (disk != NULL && disk->source == HF_DISK_MOUNT && disk->id != HF_TEXT_NONE);
}
