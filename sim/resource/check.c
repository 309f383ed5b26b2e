/* The rules, one function each, behind one table. */
#include "resource/check.h"

#include <stdarg.h>
#include <string.h>

#include "resource/error.h"
#include "resource/text.h"

gboolean hf_resource_refuse(const HfCatalog *catalog, const HfResource *entry,
                            HfResourceErrorCode code, const char *what, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    hf_resource_print_canonical(catalog, entry, text);
    if (text->len > 200) {
        g_string_truncate(text, 200);
        g_string_append(text, "...");
    }
    g_autofree char *shown = g_utf8_make_valid(text->str, -1);
    g_set_error(error, HF_RESOURCE_ERROR, (int)code, "%s: %s", shown, what);
    return FALSE;
}

static gboolean fail(const HfCatalog *catalog, const HfResource *entry, GError **error,
                     HfResourceErrorCode code, const char *what)
{
    return hf_resource_refuse(catalog, entry, code, what, error);
}

/* ---- One resource ---- */

/* The error of one level of a stack and its text, or 0. */
static HfResourceErrorCode level_error(const HfCatalog *catalog, HfStackId stack,
                                       const char **what_out)
{
    const HfReservation *top = hf_stack_top(catalog, stack);
    if (top->role == HF_ROLE_STAR) {
        *what_out = "a reservation cannot be to '*'";
        return HF_RESOURCE_ERROR_RESERVED_TO_STAR;
    }
    HfStackId below = hf_stack_below(catalog, stack);
    if (below == 0) return (HfResourceErrorCode)0;
    if (top->type != HF_RESERVATION_DYNAMIC) {
        *what_out = "only the base of a reservation stack can be static";
        return HF_RESOURCE_ERROR_STATIC_ABOVE;
    }
    HfRoleId base = hf_stack_top(catalog, below)->role;
    if (!hf_role_is_strict_subrole(catalog, top->role, base)) {
        *what_out = "a reservation can be refined to a sub-role only";
        return HF_RESOURCE_ERROR_NOT_SUBROLE;
    }
    return (HfResourceErrorCode)0;
}

static HfResourceErrorCode stack_error(const HfCatalog *catalog, HfStackId stack,
                                       const char **what_out)
{
    HfResourceErrorCode code = (HfResourceErrorCode)0;
    for (; stack != 0 && code == 0; stack = hf_stack_below(catalog, stack))
        code = level_error(catalog, stack, what_out);
    return code;
}

gboolean hf_stack_check(const HfCatalog *catalog, HfStackId stack, GError **error)
{
    const char *what = NULL;
    HfResourceErrorCode code = stack_error(catalog, stack, &what);
    if (code == 0) return TRUE;
    g_set_error(error, HF_RESOURCE_ERROR, (int)code, "%s", what);
    return FALSE;
}

gboolean hf_resource_check(const HfCatalog *catalog, const HfResource *entry, GError **error)
{
    const HfMeta *meta = hf_meta(catalog, entry->meta);
    if (hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR && entry->milli < 0)
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_NEGATIVE, "is below zero");
    const char *what = NULL;
    HfResourceErrorCode code = stack_error(catalog, meta->stack, &what);
    if (code != 0) return fail(catalog, entry, error, code, what);
    const HfDisk *disk = hf_disk(catalog, meta->disk);
    if (disk != NULL && entry->kind != HF_KIND_DISK)
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_DISK_KIND,
                    "only 'disk' can have disk information");
    if (disk != NULL && disk->root != HF_TEXT_NONE && disk->source != HF_DISK_PATH &&
        disk->source != HF_DISK_MOUNT)
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_DISK_SOURCE,
                    "only PATH and MOUNT disks can have a root");
    if (meta->is_shared && (disk == NULL || disk->persistence == HF_TEXT_NONE))
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_SHARED,
                    "only a persistent volume can be shared");
    return TRUE;
}

const char *hf_persistence_id_invalid(const char *id)
{
    if (id[0] == '\0') return "it is empty";
    if (strlen(id) > 255) return "it is longer than 255 bytes";
    if (strcmp(id, ".") == 0 || strcmp(id, "..") == 0) return "it is '.' or '..'";
    for (const char *at = id; *at != '\0'; at++) {
        if (g_ascii_iscntrl(*at)) return "it holds a control character";
        if (*at == '/' || *at == '\\') return "it holds '/' or '\\'";
    }
    return NULL;
}

/* ---- Rules for each entry on its own ---- */

typedef gboolean (*EntryRule)(const HfCatalog *catalog, const HfResource *entry, GError **error);

static gboolean gpus_whole(const HfCatalog *catalog, const HfResource *entry, GError **error)
{
    if (entry->kind != HF_KIND_GPUS || entry->milli % 1000 == 0) return TRUE;
    return fail(catalog, entry, error, HF_RESOURCE_ERROR_GPUS, "GPUs must be whole");
}

static gboolean persistent_volume_info(const HfCatalog *catalog, const HfResource *entry,
                                       const HfDisk *disk, GError **error)
{
    if (hf_meta_is_revocable(catalog, entry->meta))
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_VOLUME_REVOCABLE,
                    "a persistent volume cannot be on revocable disk");
    if (hf_meta_is_unreserved(catalog, entry->meta))
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_VOLUME_UNRESERVED,
                    "a persistent volume cannot be on unreserved disk");
    if (!disk->has_volume)
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_VOLUME_MISSING,
                    "a persistent volume needs a container path");
    if (disk->host_path != HF_TEXT_NONE)
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_VOLUME_HOST_PATH,
                    "a persistent volume cannot have a host path");
    const char *why = hf_persistence_id_invalid(hf_text(catalog, disk->persistence));
    if (why == NULL) return TRUE;
    g_autofree char *what = g_strconcat("the persistence id is not valid: ", why, NULL);
    return fail(catalog, entry, error, HF_RESOURCE_ERROR_PERSISTENCE_ID, what);
}

static gboolean disk_info(const HfCatalog *catalog, const HfResource *entry, GError **error)
{
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
    if (disk == NULL) return TRUE;
    if (disk->persistence != HF_TEXT_NONE)
        return persistent_volume_info(catalog, entry, disk, error);
    if (disk->has_volume)
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_VOLUME_ALONE,
                    "a volume needs a persistence id");
    if (disk->source == HF_DISK_ROOT)
        return fail(catalog, entry, error, HF_RESOURCE_ERROR_DISK_EMPTY,
                    "disk information needs a persistence id or a source");
    return TRUE;
}

/* Refuse entries that have all (or lack any) of some flags. */
typedef struct FlagRule {
    uint32_t flags;
    gboolean is_wanted;
    HfResourceErrorCode code;
    const char *what;
} FlagRule;

static gboolean check_flags(const HfCatalog *catalog, const HfResource *entry, const FlagRule *rule,
                            GError **error)
{
    if (hf_meta_has(catalog, entry->meta, rule->flags) == rule->is_wanted) return TRUE;
    return fail(catalog, entry, error, rule->code, rule->what);
}

static gboolean not_read_only(const HfCatalog *catalog, const HfResource *entry, GError **error)
{
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
    if (disk == NULL || !disk->has_volume || disk->mode != HF_VOLUME_RO) return TRUE;
    return fail(catalog, entry, error, HF_RESOURCE_ERROR_VOLUME_READ_ONLY,
                "a volume cannot be created read-only");
}

/* ---- Rules for all entries together: does `entry` go with one of those before it? ---- */

typedef gboolean (*PairRule)(const HfCatalog *catalog, const HfResource *earlier,
                             const HfResource *entry, GError **error);

static gboolean unique_persistence(const HfCatalog *catalog, const HfResource *earlier,
                                   const HfResource *entry, GError **error)
{
    if (!hf_meta_is_persistent(catalog, earlier->meta) ||
        !hf_meta_is_persistent(catalog, entry->meta) ||
        hf_meta_reservation_role(catalog, earlier->meta) !=
            hf_meta_reservation_role(catalog, entry->meta))
        return TRUE;
    const HfDisk *a = hf_disk(catalog, hf_meta(catalog, earlier->meta)->disk);
    const HfDisk *b = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
    if (a->persistence != b->persistence) return TRUE;
    return fail(catalog, entry, error, HF_RESOURCE_ERROR_PERSISTENCE_TWICE,
                "the persistence id comes twice for one role");
}

static gboolean same_name(const HfCatalog *catalog, const HfResource *a, const HfResource *b)
{
    return catalog->kind[a->kind].quantity == catalog->kind[b->kind].quantity;
}

static gboolean revocable_mix(const HfCatalog *catalog, const HfResource *earlier,
                              const HfResource *entry, GError **error)
{
    if (!same_name(catalog, earlier, entry) ||
        hf_meta_is_revocable(catalog, earlier->meta) == hf_meta_is_revocable(catalog, entry->meta))
        return TRUE;
    return fail(catalog, entry, error, HF_RESOURCE_ERROR_REVOCABLE_MIX,
                "revocable and other resources of one name together");
}

static gboolean one_provider(const HfCatalog *catalog, const HfResource *earlier,
                             const HfResource *entry, GError **error)
{
    if (hf_meta(catalog, earlier->meta)->provider == hf_meta(catalog, entry->meta)->provider)
        return TRUE;
    return fail(catalog, entry, error, HF_RESOURCE_ERROR_PROVIDER,
                "resources of more than one provider");
}

static gboolean one_allocation(const HfCatalog *catalog, const HfResource *earlier,
                               const HfResource *entry, GError **error)
{
    if (hf_meta_allocation_role(catalog, earlier->meta) ==
        hf_meta_allocation_role(catalog, entry->meta))
        return TRUE;
    return fail(catalog, entry, error, HF_RESOURCE_ERROR_ALLOCATION,
                "resources allocated to more than one role");
}

/* ---- Rules for the whole list ---- */

typedef gboolean (*ListRule)(const HfCatalog *catalog, const HfResources *resources,
                             GError **error);

static gboolean one_type(const HfCatalog *catalog, const HfResources *resources, GError **error)
{
    g_autofree HfKindId *kind_of_name = g_new(HfKindId, catalog->kind_count);
    memset(kind_of_name, 0xff, catalog->kind_count * sizeof *kind_of_name); /* HF_KIND_NONE */
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++) {
        HfKindId *seen = &kind_of_name[catalog->kind[entries[i].kind].quantity];
        if (*seen != HF_KIND_NONE && *seen != entries[i].kind)
            return fail(catalog, &entries[i], error, HF_RESOURCE_ERROR_TYPE_CLASH,
                        "one name comes with two types");
        *seen = entries[i].kind;
    }
    return TRUE;
}

/* ---- All of them ---- */

/* One row for each rule: of the four sorts of check, those that it has. */
static const struct RuleRow {
    HfRule rule;
    EntryRule entry;
    FlagRule flags; /* .flags 0: none */
    PairRule pair;
    gboolean first_only; /* the pair rule is an equality: comparing with the first is enough */
    ListRule list;
} rule_rows[] = {
    {.rule = HF_RULE_GPUS_WHOLE, .entry = gpus_whole},
    {.rule = HF_RULE_DISK_INFO, .entry = disk_info},
    {.rule = HF_RULE_DYNAMIC_REVOCABLE,
     .flags = {HF_META_DYNAMIC | HF_META_REVOCABLE, FALSE, HF_RESOURCE_ERROR_DYNAMIC_REVOCABLE,
               "dynamically reserved resources cannot be revocable"}},
    {.rule = HF_RULE_UNIQUE_PERSISTENCE, .pair = unique_persistence},
    {.rule = HF_RULE_REVOCABLE_MIX, .pair = revocable_mix},
    {.rule = HF_RULE_ONE_PROVIDER, .pair = one_provider, .first_only = TRUE},
    {.rule = HF_RULE_ONE_ALLOCATION,
     .flags = {HF_META_ALLOCATED, TRUE, HF_RESOURCE_ERROR_ALLOCATION,
               "must be allocated to a role"},
     .pair = one_allocation,
     .first_only = TRUE},
    {.rule = HF_RULE_NO_ALLOCATION,
     .flags = {HF_META_ALLOCATED, FALSE, HF_RESOURCE_ERROR_ALLOCATION,
               "must not be allocated to a role"}},
    {.rule = HF_RULE_ALL_DYNAMIC,
     .flags = {HF_META_DYNAMIC, TRUE, HF_RESOURCE_ERROR_NOT_DYNAMIC,
               "is not dynamically reserved"}},
    {.rule = HF_RULE_ALL_PERSISTENT,
     .flags = {HF_META_PERSISTENT, TRUE, HF_RESOURCE_ERROR_NOT_PERSISTENT,
               "is not a persistent volume"}},
    {.rule = HF_RULE_NO_PERSISTENT,
     .flags = {HF_META_PERSISTENT, FALSE, HF_RESOURCE_ERROR_PERSISTENT,
               "a persistent volume is not allowed here"}},
    {.rule = HF_RULE_NO_REVOCABLE,
     .flags = {HF_META_REVOCABLE, FALSE, HF_RESOURCE_ERROR_REVOCABLE,
               "revocable resources are not allowed here"}},
    {.rule = HF_RULE_NO_DYNAMIC,
     .flags = {HF_META_DYNAMIC, FALSE, HF_RESOURCE_ERROR_DYNAMIC,
               "dynamically reserved resources are not allowed here"}},
    {.rule = HF_RULE_ONE_TYPE, .list = one_type},
    {.rule = HF_RULE_NOT_READ_ONLY, .entry = not_read_only},
};

static gboolean check_row(const HfCatalog *catalog, const HfResources *resources,
                          const struct RuleRow *row, GError **error)
{
    if (row->list != NULL && !row->list(catalog, resources, error)) return FALSE;
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++) {
        if (row->entry != NULL && !row->entry(catalog, &entries[i], error)) return FALSE;
        if (row->flags.flags != 0 && !check_flags(catalog, &entries[i], &row->flags, error))
            return FALSE;
        uint32_t earlier = row->pair == NULL ? 0 : row->first_only ? MIN(i, 1) : i;
        for (uint32_t j = 0; j < earlier; j++)
            if (!row->pair(catalog, &entries[j], &entries[i], error)) return FALSE;
    }
    return TRUE;
}

gboolean hf_resources_check(const HfCatalog *catalog, const HfResources *resources, unsigned rules,
                            GError **error)
{
    if ((rules & HF_RULE_NOT_EMPTY) && hf_resources_is_empty(resources)) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_EMPTY, "no resources are given");
        return FALSE;
    }
    for (size_t r = 0; r < G_N_ELEMENTS(rule_rows); r++)
        if ((rules & rule_rows[r].rule) && !check_row(catalog, resources, &rule_rows[r], error))
            return FALSE;
    return TRUE;
}
