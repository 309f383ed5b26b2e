/*
 * The three value types of resources: scalars as int64 milli-units, ranges and sets as immutable
 * blocks that are shared by counting references, so that copying an offer copies pointers. Blocks
 * come from the catalog's pool and go back to it; one thread.
 * Source: MESOS.md 1.1.
 */
#ifndef HF_RESOURCE_VALUE_H
#define HF_RESOURCE_VALUE_H

#include <glib.h>
#include <stdint.h>

#include "resource/catalog.h"

/* Most that one parsed amount, or the sum of those of one entry, may be: 2^40 units (Mesos's own
 * cap for quota: 1 EiB in MB). The sum over 8,000 agents still fits; sums beyond int64 assert. */
#define HF_MILLI_MAX (INT64_C(1000) << 40)

/* Mesos's fixed point: llround(units * 1000), half away from zero on the double product. */
int64_t hf_milli_from_double(double units);

/* Back, with Mesos's own arithmetic: (milli / 1000) + (milli % 1000) / 1000.0. */
double hf_milli_to_double(int64_t milli);

/* Decimal with at most 3 fraction digits and no trailing zeros ("1.235", "4"); at least 32 bytes.
 * Returns the buffer. */
#define HF_MILLI_TEXT_SIZE 32
char *hf_milli_print(int64_t milli, char *buffer);

typedef struct HfRange {
    uint64_t begin, end; /* inclusive; begin <= end */
} HfRange;

/* Sorted, disjoint and coalesced (next.begin > end + 1); an empty one is the NULL pointer. */
typedef struct HfRanges {
    uint32_t refs;
    uint32_t count;
    uint32_t size_class; /* of the pool */
    uint32_t pad;
    HfRange at[];
} HfRanges;

/* Sorted by id, no duplicates; an empty one is the NULL pointer. */
typedef struct HfSet {
    uint32_t refs;
    uint32_t count;
    uint32_t size_class;
    uint32_t pad;
    HfTextId at[];
} HfSet;

/* All below: NULL is the empty value, arguments are borrowed, results are new references. */

/* From ranges in any order, overlapping or not, each with begin <= end: sorted and coalesced. The
 * array is sorted in place. */
HfRanges *hf_ranges_new(HfCatalog *catalog, HfRange *ranges, uint32_t count);
HfRanges *hf_ranges_add(HfCatalog *catalog, const HfRanges *a, const HfRanges *b);
HfRanges *hf_ranges_subtract(HfCatalog *catalog, const HfRanges *a, const HfRanges *b);
gboolean hf_ranges_contains(const HfRanges *whole, const HfRanges *part); /* O(n + m) */
gboolean hf_ranges_equal(const HfRanges *a, const HfRanges *b);
uint64_t hf_ranges_width(const HfRanges *ranges); /* how many numbers; saturates */

/* From texts in any order; duplicates are dropped. The array is sorted in place. */
HfSet *hf_set_new(HfCatalog *catalog, HfTextId *items, uint32_t count);
HfSet *hf_set_add(HfCatalog *catalog, const HfSet *a, const HfSet *b);
HfSet *hf_set_subtract(HfCatalog *catalog, const HfSet *a, const HfSet *b);
gboolean hf_set_contains(const HfSet *whole, const HfSet *part);
gboolean hf_set_equal(const HfSet *a, const HfSet *b);

/* Take or drop a reference; NULL is allowed. */
static inline HfRanges *hf_ranges_ref(HfRanges *ranges)
{
    if (ranges != NULL) ranges->refs++;
    return ranges;
}

static inline HfSet *hf_set_ref(HfSet *set)
{
    if (set != NULL) set->refs++;
    return set;
}

void hf_ranges_unref(HfCatalog *catalog, HfRanges *ranges);
void hf_set_unref(HfCatalog *catalog, HfSet *set);

/* Append "[1-2,5-5]" or "{a,b}" (items by their text); the separator as given ("," or ", "). */
void hf_ranges_print(const HfRanges *ranges, const char *separator, GString *text_out);
void hf_set_print(const HfCatalog *catalog, const HfSet *set, const char *separator,
                  GString *text_out);

/* Mesos's value grammar. TEXT is legal for attributes only. */
typedef enum HfValueType {
    HF_VALUE_SCALAR,
    HF_VALUE_RANGES,
    HF_VALUE_SET,
    HF_VALUE_TEXT
} HfValueType;

typedef struct HfValue {
    HfValueType type;
    union {
        int64_t milli;
        HfRanges *ranges; /* owned */
        HfSet *set;       /* owned */
        HfTextId text;
    };
    gboolean rounds_to_zero; /* a non-zero number that 1/1000 cannot hold */
} HfValue;

/*
 * Parse one value: a number is SCALAR, `[..]` RANGES, `{..}` SET, anything else TEXT ("inf", "nan"
 * and negative numbers as well).
 * Errors: unbalanced brackets, a bracket that is not first, bad ranges, subnormal numbers, blank.
 * Source: Mesos, src/common/values.cpp, parse(); inf, nan and negative numbers as after 1.11.0,
 *         where each of them was an error. We are stricter: each item of a set has brackets that
 *         match, so that it can be printed in another order, and a number that a double holds not
 *         at all (1e-400) is an error as a subnormal one is.
 */
gboolean hf_value_parse(HfCatalog *catalog, const char *text, HfValue *value_out, GError **error);
void hf_value_clear(HfCatalog *catalog, HfValue *value);

#endif
