/* What a collection of resources puts into a digest; see resources.h. */
#include "resource/resources.h"

/* What is no scalar: the first of its places says of how many parts it is, each takes one more. */
static uint32_t fold_parts(const HfCatalog *catalog, const HfResource *entry, uint64_t what,
                           uint32_t place, HfFold *fold)
{
    if (hf_kind_type(catalog, entry->kind) == HF_TYPE_RANGES) {
        const HfRanges *ranges = entry->ranges;
        *fold += hf_digest_product(place++, what, ranges->count);
        for (uint32_t k = 0; k < ranges->count; k++)
            *fold += hf_digest_product(place++, ranges->at[k].begin, ranges->at[k].end);
        return place;
    }
    *fold += hf_digest_product(place++, what, entry->set->count);
    for (uint32_t k = 0; k < entry->set->count; k++)
        *fold += hf_digest_product(place++, what, entry->set->at[k]);
    return place;
}

HfFold hf_resources_fold(const HfCatalog *catalog, const HfResources *resources)
{
    uint32_t count = hf_resources_count(resources), place = HF_RESOURCES_FOLD_PLACE;
    const HfResource *entry = hf_resources_entries(resources);
    HfFold fold = 0;
    for (uint32_t i = 0; i < count; i++, entry++) {
        uint64_t what = (uint64_t)entry->meta << 32 | (uint64_t)entry->copies << 16 | entry->kind;
        if (G_LIKELY(entry->kind < HF_KIND_PORTS || /* the first kinds are scalars in every run */
                     hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR))
            fold += hf_digest_product(place++, what, (uint64_t)entry->milli);
        else
            place = fold_parts(catalog, entry, what, place, &fold);
    }
    return fold;
}
