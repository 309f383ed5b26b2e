/* The common end of all resource parsers. */
#include "resource/intake.h"

#include <string.h>

#include "resource/catalog_internal.h"
#include "resource/check.h"
#include "resource/text.h"
#include "resource/value.h"

void hf_intake__init(HfIntake *intake, HfCatalog *catalog)
{
    *intake = (HfIntake){.catalog = catalog};
}

void hf_intake__resume(HfIntake *intake, HfCatalog *catalog, const HfResources *list)
{
    hf_intake__init(intake, catalog);
    hf_resources_copy(catalog, &intake->list, list);
    hf_resources_quantities(catalog, list, &intake->sums);
    for (uint32_t i = 0; i < hf_resources_count(list); i++) {
        const HfResource *entry = hf_resources_at(list, i);
        if (hf_meta_is_shared(catalog, entry->meta)) intake->copies += entry->copies;
    }
}

void hf_intake__clear(HfIntake *intake)
{
    hf_resources_clear(intake->catalog, &intake->list);
    hf_quantities_clear(&intake->sums);
}

void hf_intake__finish(HfIntake *intake, HfResources *out)
{
    hf_resources_move(intake->catalog, out, &intake->list);
    hf_intake__clear(intake);
}

gboolean hf_intake__fail(GError **error, HfResourceErrorCode code, const char *text,
                         const char *what)
{
    g_autofree char *shown = hf_text__shown(text);
    g_set_error(error, HF_RESOURCE_ERROR, (int)code, "'%s': %s", shown, what);
    return FALSE;
}

gboolean hf_intake__check_text(const char *text, GError **error)
{
    size_t length = strlen(text);
    if (length > HF_TEXT_MAX)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LONG, text, "is longer than 4 MiB");
    if (!g_utf8_validate(text, (gssize)length, NULL))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_ENCODING, text, "is not UTF-8");
    return TRUE;
}

char *hf_intake__next(const char **rest, const char *marks)
{
    HF_ASSERT(marks[0] != '\0' && strlen(marks) <= 2);
    const char last = marks[strlen(marks) - 1];
    if (**rest == '\0') return NULL;
    const char *begin = *rest, *end = begin;
    while (*end != '\0' && *end != marks[0] && *end != last) end++;
    *rest = *end == '\0' ? end : end + 1;
    return g_strndup(begin, (gsize)(end - begin));
}

/* A name must be there and printable. */
static gboolean check_name(const char *name, GError **error)
{
    if (name[0] == '\0')
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NAME, name, "a resource needs a name");
    for (const char *at = name; *at != '\0'; at++)
        if (g_ascii_iscntrl(*at))
            return hf_intake__fail(error, HF_RESOURCE_ERROR_ENCODING, name,
                                   "a name may not hold control characters");
    return TRUE;
}

/* The entry for a name and value; kinds are made on the way. */
static gboolean make_entry(HfIntake *intake, const char *name, const HfValue *value,
                           HfResource *entry, GError **error)
{
    HfType type = HF_TYPE_SCALAR;
    switch (value->type) {
    case HF_VALUE_SCALAR:
        if (value->milli < 0)
            return hf_intake__fail(error, HF_RESOURCE_ERROR_NEGATIVE, name, "is below zero");
        if (value->milli > HF_MILLI_MAX) {
            char amount[HF_MILLI_TEXT_SIZE];
            g_autofree char *what =
                g_strconcat(hf_milli_print(value->milli, amount), " is beyond 2^40", NULL);
            return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, name, what);
        }
        if (value->rounds_to_zero)
            return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_SMALL, name,
                                   "is not zero, but less than 0.0005");
        entry->milli = value->milli;
        break;
    case HF_VALUE_RANGES:
        type = HF_TYPE_RANGES;
        entry->ranges = value->ranges;
        break;
    case HF_VALUE_SET:
        type = HF_TYPE_SET;
        entry->set = value->set;
        break;
    case HF_VALUE_TEXT:
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TYPE, name,
                               "the value is neither a number >= 0, nor ranges, nor a set");
    }
    entry->kind = hf_kind_intern(intake->catalog, name, type);
    if (entry->kind == HF_KIND_NONE)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, name,
                               "is one resource name too many");
    return TRUE;
}

gboolean hf_intake__add(HfIntake *intake, const char *name, const HfMeta *meta,
                        const HfValue *value, uint32_t copies, GError **error)
{
    HfCatalog *catalog = intake->catalog;
    HfResource entry = {.copies = 1};
    if (intake->entries == HF_ENTRIES_MAX)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LONG, name, "too many resources");
    if (!check_name(name, error) || !make_entry(intake, name, value, &entry, error)) return FALSE;
    entry.meta = hf_meta_intern(catalog, meta);
    if (!hf_resource_check(catalog, &entry, error)) return FALSE;
    intake->entries++;
    if (hf_resource_is_empty(catalog, &entry)) return TRUE;

    HfKindId key = catalog->kind[entry.kind].quantity;
    int64_t amount = hf_resource_quantity(catalog, &entry);
    if (amount > HF_MILLI_MAX - hf_quantities_get(&intake->sums, key))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, name, "sums to more than 2^40");
    HF_ASSERT(copies == 1 || meta->is_shared);
    if (meta->is_shared && copies > UINT16_MAX - intake->copies)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, name, "more than 65535 copies");
    entry.copies = (uint16_t)copies;
    if (meta->is_shared) intake->copies += copies;
    hf_quantities_add_one(&intake->sums, key, amount);
    hf_resources_add_one(catalog, &intake->list, &entry);
    return TRUE;
}
