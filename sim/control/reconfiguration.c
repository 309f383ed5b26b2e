/* What may change of an agent between two starts; see reconfiguration.h. */
#include "control/reconfiguration.h"

#include "resource/text.h"

static const HfAttributes no_attributes = {NULL, 0};

static const HfAttributes *attributes_of(const HfAgentFlags *flags)
{
    return flags->attributes != NULL ? flags->attributes : &no_attributes;
}

static char *not_equal(HfCatalog *catalog, const HfAgentFlags *before, const HfAgentFlags *now)
{
    if (!hf_resources_equal(catalog, before->resources, now->resources)) {
        g_autofree char *was = hf_resources_to_text(catalog, before->resources),
                        *is = hf_resources_to_text(catalog, now->resources);
        return g_strdup_printf("resources were %s and are %s", was, is);
    }
    if (hf_attributes_equal(attributes_of(before), attributes_of(now))) return NULL;
    g_autofree char *was = hf_attributes_print(catalog, attributes_of(before)),
                    *is = hf_attributes_print(catalog, attributes_of(now));
    return g_strdup_printf("attributes were %s and are %s", was, is);
}

/* Is all of `before` in the entry of the same kind and metadata, whatever else that has? Disks that
 * cannot be divided may grow, too. */
static gboolean has_grown_to(const HfCatalog *catalog, const HfResource *before,
                             const HfResource *now)
{
    switch (hf_kind_type(catalog, before->kind)) {
    case HF_TYPE_SCALAR:
        return now->milli >= before->milli;
    case HF_TYPE_RANGES:
        return hf_ranges_contains(now->ranges, before->ranges);
    case HF_TYPE_SET:
        return hf_set_contains(now->set, before->set);
    }
    return FALSE;
}

static gboolean is_kept(const HfCatalog *catalog, const HfResource *before, const HfResources *now)
{
    const HfResource *entry = hf_resources_entries(now);
    for (uint32_t i = 0; i < hf_resources_count(now); i++, entry++)
        if (entry->kind == before->kind && hf_meta_equal(catalog, entry->meta, before->meta) &&
            has_grown_to(catalog, before, entry))
            return TRUE;
    return FALSE;
}

static gboolean attribute_is_kept(const HfAttribute *before, const HfAttribute *now)
{
    if (now == NULL || now->value.type != before->value.type) return FALSE;
    switch (before->value.type) {
    case HF_VALUE_SCALAR:
        return now->value.milli == before->value.milli;
    case HF_VALUE_RANGES:
        return hf_ranges_contains(now->value.ranges, before->value.ranges);
    case HF_VALUE_TEXT:
        return now->value.text == before->value.text;
    case HF_VALUE_SET:
        break;
    }
    return FALSE;
}

static char *not_additive(HfCatalog *catalog, const HfAgentFlags *before, const HfAgentFlags *now)
{
    for (uint32_t i = 0; i < hf_resources_count(before->resources); i++) {
        const HfResource *entry = hf_resources_at(before->resources, i);
        if (is_kept(catalog, entry, now->resources)) continue;
        g_autofree char *is = hf_resources_to_text(catalog, now->resources);
        return g_strdup_printf("%s of the resources before is not in what there is now, %s",
                               hf_kind_name(catalog, entry->kind), is);
    }
    const HfAttributes *attributes = attributes_of(before);
    for (uint32_t i = 0; i < attributes->count; i++) {
        HfTextId name = attributes->at[i].name;
        if (!attribute_is_kept(&attributes->at[i], hf_attributes_find(attributes_of(now), name)))
            return g_strdup_printf("attribute %s is gone or another", hf_text(catalog, name));
    }
    return NULL;
}

char *hf_reconfiguration_mismatch(HfCatalog *catalog, HfReconfigurationPolicy policy,
                                  const HfAgentFlags *before, const HfAgentFlags *now)
{
    return policy == HF_RECONFIGURATION_EQUAL ? not_equal(catalog, before, now)
                                              : not_additive(catalog, before, now);
}
