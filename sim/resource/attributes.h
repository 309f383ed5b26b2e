/*
 * Attributes of an agent: `rack:r1;level:3;cores:[0-7]`. A name may come more than once; a
 * constraint looks at the first only.
 * Source: MESOS.md 1.6.
 */
#ifndef HF_RESOURCE_ATTRIBUTES_H
#define HF_RESOURCE_ATTRIBUTES_H

#include <glib.h>

#include "resource/catalog.h"
#include "resource/value.h"

typedef struct HfAttribute {
    HfTextId name;
    HfValue value; /* SCALAR, RANGES or TEXT; never SET */
} HfAttribute;

/* Where an agent stands; both are given. */
typedef struct HfDomain {
    const char *region, *zone;
} HfDomain;

/* In place, in the order given; zeroed is empty. */
typedef struct HfAttributes {
    HfAttribute *at; /* [count] */
    uint32_t count;
} HfAttributes;

void hf_attributes_clear(HfCatalog *catalog, HfAttributes *attributes);
void hf_attributes_copy(HfCatalog *catalog, HfAttributes *to, const HfAttributes *from);

#define HF_ATTRIBUTES_MAX 4096U /* more in one list are refused */

/*
 * Parse `name:value` pairs separated by `;` or newlines; only the first `:` of a pair splits.
 * Errors: HF_RESOURCE_ERROR_*; `out` (legal, replaced on success) is left alone. A set is refused.
 */
gboolean hf_attributes_parse(HfCatalog *catalog, const char *text, HfAttributes *out,
                             GError **error);

/* `name:value;name:value`, as hf_attributes_parse takes it; free with g_free. */
char *hf_attributes_print(const HfCatalog *catalog, const HfAttributes *attributes);

/* As many pairs, and each of either among those of the other, in any order (Mesos: how often a pair
 * comes does not matter). Cost: O(count) in the same order, O(count^2) in any other. */
gboolean hf_attributes_equal(const HfAttributes *a, const HfAttributes *b);

/* The first attribute of this name, or NULL. */
const HfAttribute *hf_attributes_find(const HfAttributes *attributes, HfTextId name);

#endif
