/*
 * Amounts by resource name, without reservations: quantities (absent = 0; zero is never kept) and
 * limits (absent = unlimited; zero is kept). Short vectors sorted by kind id, four of them in
 * place. Zeroed memory is empty; assignment moves. Source: MESOS.md 1.3 (ResourceQuantities,
 * ResourceLimits).
 */
#ifndef HF_RESOURCE_QUANTITIES_H
#define HF_RESOURCE_QUANTITIES_H

#include <glib.h>
#include <stdint.h>

#include "resource/catalog.h"

typedef struct HfQuantity {
    HfKindId kind; /* always HfKindInfo.quantity of itself: one per name */
    int64_t milli;
} HfQuantity;

#define HF_QUANTITIES_INLINE 4

/* Fields are private, except through the inline functions below. */
typedef struct HfQuantities {
    uint32_t count;
    uint32_t room; /* 0: in few[], else heap */
    union {
        HfQuantity few[HF_QUANTITIES_INLINE];
        HfQuantity *heap;
    };
} HfQuantities;

/* The same storage under another rule, so that the compiler tells them apart. */
typedef struct HfLimits {
    HfQuantities entries;
} HfLimits;

static inline const HfQuantity *hf_quantities_entries(const HfQuantities *quantities)
{
    return quantities->room != 0 ? quantities->heap : quantities->few;
}

static inline gboolean hf_quantities_is_empty(const HfQuantities *quantities)
{
    return quantities->count == 0;
}

/* ---- Quantities ---- */

void hf_quantities_clear(HfQuantities *quantities); /* frees; empty and legal afterwards */
void hf_quantities_copy(HfQuantities *to, const HfQuantities *from);

/* 0 when absent. */
int64_t hf_quantities_get(const HfQuantities *quantities, HfKindId kind);

/* Replace one; <= 0 removes it. */
void hf_quantities_set(HfQuantities *quantities, HfKindId kind, int64_t milli);

/* Add one amount >= 0. */
void hf_quantities_add_one(HfQuantities *quantities, HfKindId kind, int64_t milli);

void hf_quantities_add(HfQuantities *to, const HfQuantities *more);

/* Clipped at 0, and what reaches 0 is dropped; what is absent is ignored. */
void hf_quantities_subtract(HfQuantities *from, const HfQuantities *less);

gboolean hf_quantities_contains(const HfQuantities *whole, const HfQuantities *part);
gboolean hf_quantities_equal(const HfQuantities *a, const HfQuantities *b);

/*
 * Parse `cpus:1;mem:32`: trimmed, summed when a name comes twice, zeros dropped. A name unknown so
 * far becomes a scalar kind.
 * Errors: HF_RESOURCE_ERROR_*; `out` (legal, replaced on success) is left alone.
 */
gboolean hf_quantities_parse(HfCatalog *catalog, const char *text, HfQuantities *out,
                             GError **error);

/* "cpus:1; mem:1024" sorted by name, "{}" when empty; free with g_free. */
char *hf_quantities_print(const HfCatalog *catalog, const HfQuantities *quantities);

/* ---- Limits ---- */

void hf_limits_clear(HfLimits *limits);
void hf_limits_copy(HfLimits *to, const HfLimits *from);

/* FALSE when unlimited; *milli_out is then left alone. */
gboolean hf_limits_get(const HfLimits *limits, HfKindId kind, int64_t *milli_out);

/* Replace one, >= 0. */
void hf_limits_set(HfLimits *limits, HfKindId kind, int64_t milli);

static inline gboolean hf_limits_is_empty(const HfLimits *limits)
{
    return limits->entries.count == 0;
}

/* Clipped at 0 and kept; what is unlimited stays so. */
void hf_limits_subtract(HfLimits *from, const HfQuantities *less);

/* Is no limited name exceeded? */
gboolean hf_limits_contains_quantities(const HfLimits *limits, const HfQuantities *quantities);
/* Is everything that `part` allows allowed by `limits`? */
gboolean hf_limits_contains(const HfLimits *limits, const HfLimits *part);
gboolean hf_limits_equal(const HfLimits *a, const HfLimits *b);

/* As for quantities, but zeros are kept and a name twice is an error. */
gboolean hf_limits_parse(HfCatalog *catalog, const char *text, HfLimits *out, GError **error);
char *hf_limits_print(const HfCatalog *catalog, const HfLimits *limits);

#endif
