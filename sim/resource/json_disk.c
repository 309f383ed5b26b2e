/* Reading what kind of disk a resource is: source, persistence, volume. */
#include <string.h>

#include "resource/json_internal.h"

/* The root of PATH or MOUNT, which stands in an object of its own. */
static gboolean read_root(HfCatalog *catalog, JsonObject *source, const char *member, HfDisk *disk,
                          GError **error)
{
    static const char *const known[] = {"root", NULL};
    JsonObject *inner;
    if (!hf_json__object(source, member, &inner, error)) return FALSE;
    if (inner == NULL) return TRUE;
    if ((disk->source == HF_DISK_PATH) != (strcmp(member, "path") == 0) ||
        disk->source >= HF_DISK_BLOCK)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_DISK_SOURCE, member,
                               "does not go with the type of the disk source");
    return hf_json__members(inner, known, error) &&
           hf_json__text(catalog, inner, "root", &disk->root, error);
}

static gboolean read_source(HfCatalog *catalog, JsonObject *source, HfDisk *disk, GError **error)
{
    static const char *const known[] = {"type", "path",     "mount",   "vendor",
                                        "id",   "metadata", "profile", NULL};
    static const char *const types[] = {"", "PATH", "MOUNT", "BLOCK", "RAW"};
    const char *type;
    if (!hf_json__members(source, known, error) || !hf_json__string(source, "type", &type, error))
        return FALSE;
    size_t which = 1;
    while (type != NULL && which < G_N_ELEMENTS(types) && strcmp(type, types[which]) != 0) which++;
    if (type == NULL || which == G_N_ELEMENTS(types))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_DISK_SOURCE, type == NULL ? "source" : type,
                               "a disk source is PATH, MOUNT, BLOCK or RAW");
    disk->source = (HfDiskSource)which;
    return read_root(catalog, source, "path", disk, error) &&
           read_root(catalog, source, "mount", disk, error) &&
           hf_json__text(catalog, source, "vendor", &disk->vendor, error) &&
           hf_json__text(catalog, source, "id", &disk->id, error) &&
           hf_json__text(catalog, source, "profile", &disk->profile, error) &&
           hf_json__labels(catalog, source, "metadata", &disk->metadata, error);
}

static gboolean read_persistence(HfCatalog *catalog, JsonObject *persistence, HfDisk *disk,
                                 GError **error)
{
    static const char *const known[] = {"id", "principal", NULL};
    if (!hf_json__members(persistence, known, error) ||
        !hf_json__text(catalog, persistence, "id", &disk->persistence, error) ||
        !hf_json__text(catalog, persistence, "principal", &disk->persistence_principal, error))
        return FALSE;
    return disk->persistence != HF_TEXT_NONE ||
           hf_json__fail(error, "persistence", "the id is missing");
}

static gboolean read_volume(HfCatalog *catalog, JsonObject *volume, HfDisk *disk, GError **error)
{
    static const char *const known[] = {"container_path", "mode", "host_path", NULL};
    const char *path, *mode;
    if (!hf_json__members(volume, known, error) ||
        !hf_json__string(volume, "container_path", &path, error) ||
        !hf_json__string(volume, "mode", &mode, error) ||
        !hf_json__text(catalog, volume, "host_path", &disk->host_path, error))
        return FALSE;
    if (path == NULL || path[0] == '\0')
        return hf_json__fail(error, "volume", "'container_path' is missing");
    if (mode != NULL && strcmp(mode, "RW") != 0 && strcmp(mode, "RO") != 0)
        return hf_json__fail(error, "mode", "must be RW or RO");
    disk->has_volume = TRUE;
    disk->container_path = hf_text_intern(catalog, path);
    disk->mode = mode != NULL && mode[1] == 'O' ? HF_VOLUME_RO : HF_VOLUME_RW;
    return TRUE;
}

gboolean hf_json__disk(HfCatalog *catalog, JsonObject *object, HfDiskId *out, GError **error)
{
    static const char *const known[] = {"persistence", "volume", "source", NULL};
    JsonObject *info, *persistence, *volume, *source;
    HfDisk disk = {0};
    if (!hf_json__object(object, "disk", &info, error)) return FALSE;
    if (info == NULL) return TRUE;
    if (!hf_json__members(info, known, error) ||
        !hf_json__object(info, "persistence", &persistence, error) ||
        !hf_json__object(info, "volume", &volume, error) ||
        !hf_json__object(info, "source", &source, error))
        return FALSE;
    if (source != NULL && !read_source(catalog, source, &disk, error)) return FALSE;
    if (persistence != NULL && !read_persistence(catalog, persistence, &disk, error)) return FALSE;
    if (volume != NULL && !read_volume(catalog, volume, &disk, error)) return FALSE;
    *out = hf_disk_intern(catalog, &disk);
    return TRUE;
}
