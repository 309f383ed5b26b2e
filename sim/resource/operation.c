/* Conversions of operations, applying them, and what can be checked without knowing any state. */
#include "resource/operation.h"

#include <string.h>

#include "base/checked.h"
#include "resource/check.h"
#include "resource/error.h"
#include "resource/text.h"

static const char *const names[] = {
    [HF_OPERATION_RESERVE] = "RESERVE",         [HF_OPERATION_UNRESERVE] = "UNRESERVE",
    [HF_OPERATION_CREATE] = "CREATE",           [HF_OPERATION_DESTROY] = "DESTROY",
    [HF_OPERATION_GROW_VOLUME] = "GROW_VOLUME", [HF_OPERATION_SHRINK_VOLUME] = "SHRINK_VOLUME",
    [HF_OPERATION_CREATE_DISK] = "CREATE_DISK", [HF_OPERATION_DESTROY_DISK] = "DESTROY_DISK",
};

const char *hf_operation_name(HfOperationType type)
{
    HF_ASSERT((size_t)type < G_N_ELEMENTS(names));
    return names[type];
}

/* ---- Life ---- */

void hf_operation_clear(HfCatalog *catalog, HfOperation *operation)
{
    hf_resources_clear(catalog, &operation->resources);
    hf_resources_clear(catalog, &operation->source);
    hf_resources_clear(catalog, &operation->addition);
    *operation = (HfOperation){0};
}

void hf_operation_copy(HfCatalog *catalog, HfOperation *to, const HfOperation *from)
{
    if (to == from) return;
    to->type = from->type;
    to->has_source = from->has_source;
    to->subtract_milli = from->subtract_milli;
    to->target_type = from->target_type;
    to->target_profile = from->target_profile;
    hf_resources_copy(catalog, &to->resources, &from->resources);
    hf_resources_copy(catalog, &to->source, &from->source);
    hf_resources_copy(catalog, &to->addition, &from->addition);
}

static void allocate_missing(HfCatalog *catalog, HfResources *resources, HfRoleId role)
{
    HfResources result = {0};
    for (uint32_t i = 0; i < resources->count; i++) {
        HfResource entry = *hf_resources_at(resources, i);
        if (!hf_meta_has(catalog, entry.meta, HF_META_ALLOCATED))
            entry.meta = hf_meta_allocate(catalog, entry.meta, role);
        hf_resources_add_one(catalog, &result, &entry);
    }
    hf_resources_move(catalog, resources, &result);
}

void hf_operation_allocate(HfCatalog *catalog, HfOperation *operation, HfRoleId role)
{
    allocate_missing(catalog, &operation->resources, role);
    allocate_missing(catalog, &operation->source, role);
    allocate_missing(catalog, &operation->addition, role);
}

void hf_conversions_clear(HfCatalog *catalog, HfConversions *conversions)
{
    for (uint32_t i = 0; i < conversions->count; i++) {
        hf_resources_clear(catalog, &conversions->at[i].consumed);
        hf_resources_clear(catalog, &conversions->at[i].converted);
    }
    g_free(conversions->at);
    *conversions = (HfConversions){0};
}

/* ---- Conversions ---- */

static gboolean fail(GError **error, HfResourceErrorCode code, const HfOperation *operation,
                     const char *what)
{
    g_set_error(error, HF_RESOURCE_ERROR, (int)code, "%s: %s", hf_operation_name(operation->type),
                what);
    return FALSE;
}

/* The same, about one of its resources. */
static gboolean fail_on(const HfCatalog *catalog, const HfResource *entry, GError **error,
                        HfResourceErrorCode code, const HfOperation *operation, const char *what)
{
    hf_resource_refuse(catalog, entry, code, what, error);
    g_prefix_error(error, "%s: ", hf_operation_name(operation->type));
    return FALSE;
}

/* Resources for a message, at most 500 bytes of them. */
static char *shown(const HfCatalog *catalog, const HfResources *resources)
{
    g_autofree char *text = hf_resources_to_text(catalog, resources);
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)MIN(strlen(text), 500));
    return g_strconcat("{", valid, strlen(text) > 500 ? "..." : "", "}", NULL);
}

static HfConversion *append(HfConversions *out)
{
    out->at = g_renew(HfConversion, out->at, (gsize)out->count + 1);
    out->at[out->count] = (HfConversion){0};
    return &out->at[out->count++];
}

/* One conversion of one entry into another. */
static void append_entry(HfCatalog *catalog, HfConversions *out, const HfResource *consumed,
                         const HfResource *converted, gboolean must_vanish)
{
    HfConversion *conversion = append(out);
    conversion->must_vanish = must_vanish;
    hf_resources_add_one(catalog, &conversion->consumed, consumed);
    hf_resources_add_one(catalog, &conversion->converted, converted);
}

static gboolean convert_reserve(HfCatalog *catalog, const HfOperation *operation,
                                HfConversions *out, GError **error)
{
    const HfResources *resources = &operation->resources;
    for (uint32_t i = 0; i < resources->count && !operation->has_source; i++)
        if (hf_meta_is_unreserved(catalog, hf_resources_at(resources, i)->meta))
            return fail_on(catalog, hf_resources_at(resources, i), error,
                           HF_RESOURCE_ERROR_NOT_DYNAMIC, operation, "is not reserved");
    HfConversion *conversion = append(out);
    hf_resources_copy(catalog, &conversion->converted, resources);
    if (operation->has_source) {
        hf_resources_copy(catalog, &conversion->consumed, &operation->source);
    } else {
        hf_resources_copy(catalog, &conversion->consumed, resources);
        hf_resources_pop_reservation(catalog, &conversion->consumed);
    }
    return TRUE;
}

static gboolean convert_unreserve(HfCatalog *catalog, const HfOperation *operation,
                                  HfConversions *out, GError **error)
{
    const HfResources *resources = &operation->resources;
    for (uint32_t i = 0; i < resources->count; i++)
        if (hf_meta_is_unreserved(catalog, hf_resources_at(resources, i)->meta))
            return fail_on(catalog, hf_resources_at(resources, i), error,
                           HF_RESOURCE_ERROR_NOT_DYNAMIC, operation, "is not reserved");
    for (uint32_t i = 0; i < resources->count; i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        HfResource converted = *entry;
        converted.meta = hf_meta_pop_reservation(catalog, entry->meta);
        append_entry(catalog, out, entry, &converted, FALSE);
    }
    return TRUE;
}

/* Copies count here: each is made of, or becomes, disk of its own. */
static gboolean check_total(const HfCatalog *catalog, const HfOperation *operation, GError **error)
{
    int64_t total = 0;
    for (uint32_t i = 0; i < operation->resources.count; i++) {
        const HfResource *volume = hf_resources_at(&operation->resources, i);
        if (volume->milli > (HF_MILLI_MAX - total) / volume->copies)
            return fail_on(catalog, volume, error, HF_RESOURCE_ERROR_TOO_LARGE, operation,
                           "more than 2^40 in all");
        total += volume->milli * volume->copies;
    }
    return TRUE;
}

/* CREATE and DESTROY: each copy of each volume on its own. */
static gboolean convert_volumes(HfCatalog *catalog, const HfOperation *operation,
                                HfConversions *out, GError **error)
{
    const HfResources *volumes = &operation->resources;
    for (uint32_t i = 0; i < volumes->count; i++)
        if (!hf_meta_is_persistent(catalog, hf_resources_at(volumes, i)->meta))
            return fail_on(catalog, hf_resources_at(volumes, i), error,
                           HF_RESOURCE_ERROR_NOT_PERSISTENT, operation,
                           "is not a persistent volume");
    if (!check_total(catalog, operation, error)) return FALSE;
    gboolean creates = operation->type == HF_OPERATION_CREATE;
    for (uint32_t i = 0; i < volumes->count; i++) {
        HfResource volume = *hf_resources_at(volumes, i);
        uint32_t copies = volume.copies;
        volume.copies = 1;
        HfResource plain = volume;
        plain.meta = hf_meta_strip_volume(catalog, volume.meta);
        for (uint32_t copy = 0; copy < copies; copy++)
            append_entry(catalog, out, creates ? &plain : &volume, creates ? &volume : &plain,
                         !creates);
    }
    return TRUE;
}

/* The one volume of GROW and SHRINK, one copy of it; NULL and an error if it is not one. */
static const HfResource *the_volume(const HfCatalog *catalog, const HfOperation *operation,
                                    GError **error)
{
    if (operation->resources.count != 1) {
        fail(error, HF_RESOURCE_ERROR_OPERATION, operation, "exactly one volume is needed");
        return NULL;
    }
    const HfResource *volume = hf_resources_at(&operation->resources, 0);
    if (hf_meta_is_persistent(catalog, volume->meta)) return volume;
    fail_on(catalog, volume, error, HF_RESOURCE_ERROR_NOT_PERSISTENT, operation,
            "is not a persistent volume");
    return NULL;
}

static gboolean refuse_addition(const HfCatalog *catalog, const HfOperation *operation,
                                GError **error, const char *what)
{
    g_autofree char *addition = shown(catalog, &operation->addition);
    g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_GROW, "%s: %s: %s",
                hf_operation_name(operation->type), addition, what);
    return FALSE;
}

static gboolean convert_grow(HfCatalog *catalog, const HfOperation *operation, HfConversions *out,
                             GError **error)
{
    const HfResource *volume = the_volume(catalog, operation, error);
    if (volume == NULL) return FALSE;
    if (operation->addition.count != 1 ||
        hf_resources_at(&operation->addition, 0)->kind != HF_KIND_DISK)
        return refuse_addition(catalog, operation, error, "exactly one disk must be added");
    HfResource grown = *volume;
    grown.milli = hf_add(volume->milli, hf_resources_at(&operation->addition, 0)->milli);
    HfConversion *conversion = append(out);
    hf_resources_add_one(catalog, &conversion->consumed, volume);
    hf_resources_add(catalog, &conversion->consumed, &operation->addition);
    hf_resources_add_one(catalog, &conversion->converted, &grown);
    return TRUE;
}

static gboolean convert_shrink(HfCatalog *catalog, const HfOperation *operation, HfConversions *out,
                               GError **error)
{
    const HfResource *volume = the_volume(catalog, operation, error);
    if (volume == NULL) return FALSE;
    if (operation->subtract_milli <= 0 || operation->subtract_milli >= volume->milli)
        return fail_on(catalog, volume, error, HF_RESOURCE_ERROR_SHRINK, operation,
                       "what is subtracted must be more than 0 and less than the volume");
    HfResource smaller = *volume, freed = *volume;
    smaller.milli -= operation->subtract_milli;
    freed.milli = operation->subtract_milli;
    freed.meta = hf_meta_strip_volume(catalog, volume->meta);
    freed.copies = 1;
    HfConversion *conversion = append(out);
    hf_resources_add_one(catalog, &conversion->consumed, volume);
    hf_resources_add_one(catalog, &conversion->converted, &smaller);
    hf_resources_add_one(catalog, &conversion->converted, &freed);
    return TRUE;
}

gboolean hf_operation_convert(HfCatalog *catalog, const HfOperation *operation, HfConversions *out,
                              GError **error)
{
    switch (operation->type) {
    case HF_OPERATION_RESERVE:
        return convert_reserve(catalog, operation, out, error);
    case HF_OPERATION_UNRESERVE:
        return convert_unreserve(catalog, operation, out, error);
    case HF_OPERATION_CREATE:
    case HF_OPERATION_DESTROY:
        return convert_volumes(catalog, operation, out, error);
    case HF_OPERATION_GROW_VOLUME:
        return convert_grow(catalog, operation, out, error);
    case HF_OPERATION_SHRINK_VOLUME:
        return convert_shrink(catalog, operation, out, error);
    case HF_OPERATION_CREATE_DISK:
    case HF_OPERATION_DESTROY_DISK:
        return fail(error, HF_RESOURCE_ERROR_OPERATION, operation,
                    "what comes of it is the resource provider's to say");
    case HF_OPERATION_TYPES:
        break;
    }
    HF_ASSERT(!"an operation has one of eight types");
    return FALSE;
}

void hf_operation_consumed(HfCatalog *catalog, const HfOperation *operation, HfResources *out)
{
    HfConversions conversions = {0};
    if (!hf_operation_is_speculative(operation->type)) {
        hf_resources_copy(catalog, out, &operation->resources);
        return;
    }
    gboolean is_ok = hf_operation_convert(catalog, operation, &conversions, NULL);
    HF_ASSERT(is_ok);
    hf_resources_clear(catalog, out);
    for (uint32_t i = 0; i < conversions.count; i++)
        hf_resources_add(catalog, out, &conversions.at[i].consumed);
    hf_conversions_clear(catalog, &conversions);
}

/* ---- Applying ---- */

static gboolean apply_one(HfCatalog *catalog, HfResources *resources,
                          const HfConversion *conversion, GError **error)
{
    if (!hf_resources_contains(catalog, resources, &conversion->consumed)) {
        g_autofree char *have = shown(catalog, resources);
        g_autofree char *want = shown(catalog, &conversion->consumed);
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_NOT_CONTAINED,
                    "%s does not contain %s", have, want);
        return FALSE;
    }
    hf_resources_subtract(catalog, resources, &conversion->consumed);
    hf_resources_add(catalog, resources, &conversion->converted);
    if (conversion->must_vanish &&
        hf_resources_contains(catalog, resources, &conversion->consumed)) {
        g_autofree char *want = shown(catalog, &conversion->consumed);
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_STILL_THERE,
                    "%s: other copies of the volume remain", want);
        return FALSE;
    }
    return TRUE;
}

gboolean hf_resources_apply(HfCatalog *catalog, HfResources *resources,
                            const HfConversions *conversions, GError **error)
{
    HfResources result = {0};
    hf_resources_copy(catalog, &result, resources);
    gboolean is_ok = TRUE;
    for (uint32_t i = 0; i < conversions->count && is_ok; i++)
        is_ok = apply_one(catalog, &result, &conversions->at[i], error);
    if (is_ok) {
        hf_resources_move(catalog, resources, &result);
    } else {
        hf_resources_clear(catalog, &result);
    }
    return is_ok;
}

gboolean hf_resources_apply_operation(HfCatalog *catalog, HfResources *resources,
                                      const HfOperation *operation, GError **error)
{
    HfConversions conversions = {0};
    gboolean is_ok = hf_operation_convert(catalog, operation, &conversions, error) &&
                     hf_resources_apply(catalog, resources, &conversions, error);
    hf_conversions_clear(catalog, &conversions);
    return is_ok;
}

/* ---- Checking ---- */

/* Do all entries have the same reservation stack? */
static gboolean is_homogeneous(const HfCatalog *catalog, const HfResources *resources)
{
    for (uint32_t i = 1; i < resources->count; i++)
        if (hf_meta(catalog, hf_resources_at(resources, i)->meta)->stack !=
            hf_meta(catalog, hf_resources_at(resources, 0)->meta)->stack)
            return FALSE;
    return TRUE;
}

static gboolean refuse_source(const HfCatalog *catalog, const HfOperation *operation,
                              GError **error, const char *what)
{
    g_autofree char *from = shown(catalog, &operation->source);
    g_autofree char *to = shown(catalog, &operation->resources);
    g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_SOURCE, "%s: %s and %s: %s",
                hf_operation_name(operation->type), from, to, what);
    return FALSE;
}

static gboolean check_source(HfCatalog *catalog, const HfOperation *operation, GError **error)
{
    if (!operation->has_source) return TRUE;
    if (hf_resources_is_empty(&operation->source))
        return fail(error, HF_RESOURCE_ERROR_EMPTY, operation, "the source is empty");
    if (!is_homogeneous(catalog, &operation->source) ||
        !is_homogeneous(catalog, &operation->resources))
        return refuse_source(catalog, operation, error,
                             "source and target must each have one reservation");
    HfResources from = {0}, to = {0};
    hf_resources_copy(catalog, &from, &operation->source);
    hf_resources_copy(catalog, &to, &operation->resources);
    hf_resources_to_unreserved(catalog, &from);
    hf_resources_to_unreserved(catalog, &to);
    gboolean is_same = hf_resources_equal(catalog, &from, &to);
    hf_resources_clear(catalog, &from);
    hf_resources_clear(catalog, &to);
    return is_same || refuse_source(catalog, operation, error,
                                    "source and target differ in more than their reservations");
}

/* What GROW and SHRINK ask of their volume. */
static gboolean check_resizable(const HfCatalog *catalog, const HfOperation *operation,
                                GError **error)
{
    const HfResource *volume = the_volume(catalog, operation, error);
    if (volume == NULL) return FALSE;
    if (hf_meta_has(catalog, volume->meta, HF_META_PROVIDER))
        return fail_on(catalog, volume, error, HF_RESOURCE_ERROR_PROVIDER, operation,
                       "volumes of a resource provider cannot be resized");
    if (hf_meta_is_shared(catalog, volume->meta))
        return fail_on(catalog, volume, error, HF_RESOURCE_ERROR_SHARED, operation,
                       "shared volumes cannot be resized");
    return TRUE;
}

static gboolean check_grow(HfCatalog *catalog, const HfOperation *operation, GError **error)
{
    if (!check_resizable(catalog, operation, error)) return FALSE;
    if (hf_resources_is_empty(&operation->addition))
        return refuse_addition(catalog, operation, error, "nothing is added");
    HfResource plain = *hf_resources_at(&operation->resources, 0);
    plain.meta = hf_meta_strip_volume(catalog, plain.meta);
    HfResources sum = {0};
    hf_resources_add_one(catalog, &sum, &plain);
    hf_resources_add(catalog, &sum, &operation->addition);
    gboolean merges = sum.count == 1;
    hf_resources_clear(catalog, &sum);
    return merges || refuse_addition(catalog, operation, error,
                                     "the addition does not merge with the disk of the volume");
}

static gboolean check_shrink(HfCatalog *catalog, const HfOperation *operation, GError **error)
{
    if (!check_resizable(catalog, operation, error)) return FALSE;
    const HfResource *volume = hf_resources_at(&operation->resources, 0);
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, volume->meta)->disk);
    if (disk->source == HF_DISK_MOUNT)
        return fail_on(catalog, volume, error, HF_RESOURCE_ERROR_SHRINK, operation,
                       "a volume on a MOUNT disk cannot be resized");
    if (operation->subtract_milli <= 0 || operation->subtract_milli >= volume->milli)
        return fail_on(catalog, volume, error, HF_RESOURCE_ERROR_SHRINK, operation,
                       "what is subtracted must be more than 0 and less than the volume");
    return TRUE;
}

/* The one disk of CREATE_DISK and DESTROY_DISK, of a resource provider; NULL and an error if it is
 * not one. */
static const HfDisk *the_disk(const HfCatalog *catalog, const HfOperation *operation,
                              GError **error)
{
    static const HfDisk plain;
    if (operation->resources.count != 1) {
        fail(error, HF_RESOURCE_ERROR_OPERATION, operation, "exactly one disk is needed");
        return NULL;
    }
    HfMetaId meta = hf_resources_at(&operation->resources, 0)->meta;
    if (!hf_meta_has(catalog, meta, HF_META_PROVIDER)) {
        fail_on(catalog, hf_resources_at(&operation->resources, 0), error,
                HF_RESOURCE_ERROR_NO_PROVIDER, operation,
                "it is not managed by a resource provider");
        return NULL;
    }
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, meta)->disk);
    return disk != NULL ? disk : &plain;
}

static gboolean check_create_disk(const HfCatalog *catalog, const HfOperation *operation,
                                  GError **error)
{
    const HfDisk *disk = the_disk(catalog, operation, error);
    if (disk == NULL) return FALSE;
    const HfResource *entry = hf_resources_at(&operation->resources, 0);
    if (disk->source != HF_DISK_RAW)
        return fail_on(catalog, entry, error, HF_RESOURCE_ERROR_NOT_RAW, operation,
                       "it is not a RAW disk");
    if (operation->target_type != HF_DISK_MOUNT && operation->target_type != HF_DISK_BLOCK)
        return fail_on(catalog, entry, error, HF_RESOURCE_ERROR_TARGET_TYPE, operation,
                       "the target type is neither MOUNT nor BLOCK");
    if (disk->profile != HF_TEXT_NONE && operation->target_profile != HF_TEXT_NONE)
        return fail_on(catalog, entry, error, HF_RESOURCE_ERROR_PROFILE_TWICE, operation,
                       "a target profile is given for a disk that has a profile");
    if (disk->profile == HF_TEXT_NONE && operation->target_profile == HF_TEXT_NONE)
        return fail_on(catalog, entry, error, HF_RESOURCE_ERROR_PROFILE_MISSING, operation,
                       "no target profile is given for a disk without profile");
    return TRUE;
}

static gboolean check_destroy_disk(const HfCatalog *catalog, const HfOperation *operation,
                                   GError **error)
{
    const HfDisk *disk = the_disk(catalog, operation, error);
    if (disk == NULL) return FALSE;
    const HfResource *entry = hf_resources_at(&operation->resources, 0);
    if (disk->source != HF_DISK_MOUNT && disk->source != HF_DISK_BLOCK &&
        disk->source != HF_DISK_RAW)
        return fail_on(catalog, entry, error, HF_RESOURCE_ERROR_NOT_A_DISK, operation,
                       "it is neither a MOUNT nor a BLOCK nor a RAW disk");
    if (disk->id == HF_TEXT_NONE)
        return fail_on(catalog, entry, error, HF_RESOURCE_ERROR_NOT_BACKED, operation,
                       "no volume of the provider is behind it");
    if (disk->persistence != HF_TEXT_NONE)
        return fail_on(catalog, entry, error, HF_RESOURCE_ERROR_PERSISTENT, operation,
                       "there is a persistent volume on it, which must be destroyed first");
    return TRUE;
}

gboolean hf_operation_check(HfCatalog *catalog, const HfOperation *operation, GError **error)
{
    static const unsigned rules[HF_OPERATION_TYPES] = {
        [HF_OPERATION_RESERVE] = HF_RULE_ALL_DYNAMIC,
        [HF_OPERATION_UNRESERVE] = HF_RULE_ALL_DYNAMIC | HF_RULE_NO_PERSISTENT,
        [HF_OPERATION_CREATE] =
            HF_RULE_ALL_PERSISTENT | HF_RULE_NOT_READ_ONLY | HF_RULE_UNIQUE_PERSISTENCE,
        [HF_OPERATION_DESTROY] = HF_RULE_ALL_PERSISTENT,
        [HF_OPERATION_GROW_VOLUME] = HF_RULE_ALL_PERSISTENT,
        [HF_OPERATION_SHRINK_VOLUME] = HF_RULE_ALL_PERSISTENT,
    };
    unsigned all = HF_RULES_OPERATION | HF_RULE_NOT_EMPTY | HF_RULE_ONE_PROVIDER;
    gboolean is_ok =
        hf_resources_check(catalog, &operation->resources, all | rules[operation->type], error);
    if (!is_ok) {
        g_prefix_error(error, "%s: ", hf_operation_name(operation->type));
        return FALSE;
    }
    switch (operation->type) {
    case HF_OPERATION_RESERVE:
        return check_source(catalog, operation, error);
    case HF_OPERATION_CREATE:
    case HF_OPERATION_DESTROY:
        return check_total(catalog, operation, error);
    case HF_OPERATION_GROW_VOLUME:
        return check_grow(catalog, operation, error);
    case HF_OPERATION_SHRINK_VOLUME:
        return check_shrink(catalog, operation, error);
    case HF_OPERATION_CREATE_DISK:
        return check_create_disk(catalog, operation, error);
    case HF_OPERATION_DESTROY_DISK:
        return check_destroy_disk(catalog, operation, error);
    default:
        return TRUE;
    }
}
