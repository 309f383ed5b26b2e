/*
 * A collection of resources with Mesos's arithmetic: what an agent has, an offer holds, a task
 * uses. Entries stay in the order in which they came and are merged as far as they may be; removing
 * one moves the last entry into its place, as Mesos does (the order is what quotas are chopped in).
 *
 * An entry is a 16-byte value. Up to five stand inside the collection itself; from 32 on an index
 * makes finding one O(1). Zeroed memory is an empty collection; assignment moves (do not use the
 * source afterwards), hf_resources_copy copies.
 *
 * Cost, if not said otherwise: O(entries of the argument) for small collections and when both are
 * in the same order. On scalars and on unchanged ranges and sets nothing is allocated. Source:
 * MESOS.md 1.2, 1.3.
 */
#ifndef HF_RESOURCE_RESOURCES_H
#define HF_RESOURCE_RESOURCES_H

#include <glib.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/random.h"
#include "resource/catalog.h"
#include "resource/quantities.h"
#include "resource/value.h"

typedef struct HfResource {
    HfKindId kind;
    uint16_t copies; /* shared volumes: how many are held; 1 for everything else */
    HfMetaId meta;
    union {
        int64_t milli;    /* SCALAR: > 0 inside a collection */
        HfRanges *ranges; /* RANGES: never NULL inside a collection, which owns one reference */
        HfSet *set;       /* SET: likewise */
    };
} HfResource;

_Static_assert(sizeof(HfResource) == 16, "an entry is two words");

#define HF_RESOURCES_INLINE 5

/* Fields are private, except through the inline functions below. */
typedef struct HfResources {
    uint32_t count;
    uint32_t room; /* 0: the entries stand in few[], else of heap.at */
    union {
        HfResource few[HF_RESOURCES_INLINE];
        struct {
            HfResource *at;
            uint32_t *slots; /* index of entries by (kind, identity); NULL while small */
            uint32_t slots_mask;
        } heap;
    };
} HfResources;

/* ---- Life ---- */

static inline void hf_resources_init(HfResources *resources)
{
    resources->count = resources->room = 0;
}

void hf_resources__clear(HfCatalog *catalog, HfResources *resources); /* private */
void hf_resources__reset(HfCatalog *catalog, HfResources *resources);

/* Drop everything; the collection is empty and legal afterwards. */
static inline void hf_resources_clear(HfCatalog *catalog, HfResources *resources)
{
    if (resources->count != 0 || resources->room != 0) hf_resources__clear(catalog, resources);
}

/* Empty it but keep its memory. */
static inline void hf_resources_reset(HfCatalog *catalog, HfResources *resources)
{
    if (resources->count != 0) hf_resources__reset(catalog, resources);
}

/* `to` (legal, anything in it is dropped) becomes a copy of `from`. Copying onto itself is legal.
 */
void hf_resources_copy(HfCatalog *catalog, HfResources *to, const HfResources *from);

/* `to` becomes what `from` was, `from` becomes empty. Allocates nothing. */
void hf_resources_move(HfCatalog *catalog, HfResources *to, HfResources *from);

void hf_resources_swap(HfResources *a, HfResources *b);

/* ---- Looking ---- */

static inline gboolean hf_resources_is_empty(const HfResources *resources)
{
    return resources->count == 0;
}

static inline uint32_t hf_resources_count(const HfResources *resources)
{
    return resources->count;
}

/* [count] entries, borrowed until the collection is changed. */
static inline const HfResource *hf_resources_entries(const HfResources *resources)
{
    return resources->room != 0 ? resources->heap.at : resources->few;
}

static inline const HfResource *hf_resources_at(const HfResources *resources, uint32_t ix)
{
    HF_ASSERT(ix < resources->count);
    return &hf_resources_entries(resources)[ix];
}

/* Sum of the scalar entries of one kind, reserved or not; shared volumes count once. */
int64_t hf_resources_milli(const HfResources *resources, HfKindId kind);

/* Union of the ranges (or sets) of all entries of one kind; a new reference, NULL when none. */
HfRanges *hf_resources_ranges(HfCatalog *catalog, const HfResources *resources, HfKindId kind);
HfSet *hf_resources_set(HfCatalog *catalog, const HfResources *resources, HfKindId kind);

/* How many times this very entry is there: copies of a shared one, else 0 or 1. */
uint32_t hf_resources_copies(const HfCatalog *catalog, const HfResources *resources,
                             const HfResource *entry);

/* Does any entry have all of these HF_META_* flags? */
gboolean hf_resources_any(const HfCatalog *catalog, const HfResources *resources, uint32_t flags);

/*
 * The entries, in their order, as a part of a digest: words in the places from
 * HF_RESOURCES_FOLD_PLACE on (hf_digest_product); those before are the caller's, who also says how
 * many entries there are. Kinds and metadata go in as their ids: these are given in order of first
 * appearance, which is the same in equal runs. O(entries, ranges, items).
 */
#define HF_RESOURCES_FOLD_PLACE 3
HfFold hf_resources_fold(const HfCatalog *catalog, const HfResources *resources);

/* ---- Single entries ---- */

static inline HfResource hf_resource_scalar(HfKindId kind, HfMetaId meta, int64_t milli)
{
    return (HfResource){.kind = kind, .copies = 1, .meta = meta, .milli = milli};
}

/* Same kind, equal metadata (hf_meta_equal) and equal value. */
gboolean hf_resource_equal(const HfCatalog *catalog, const HfResource *a, const HfResource *b);

/* Zero, no range, no item, or no copy. */
gboolean hf_resource_is_empty(const HfCatalog *catalog, const HfResource *entry);

/* Quantity of an entry: milli-units; 1000 for each number in ranges or item in a set. */
int64_t hf_resource_quantity(const HfCatalog *catalog, const HfResource *entry);

/* ---- Arithmetic ---- */

/* Merge into the first entry that can take it, else append. Arguments are borrowed; an empty entry
 * changes nothing. `more` may be the same collection. */
void hf_resources_add(HfCatalog *catalog, HfResources *to, const HfResources *more);
void hf_resources_add_one(HfCatalog *catalog, HfResources *to, const HfResource *entry);

/*
 * Take each entry off the first entry that it can be taken off. What is not there is ignored, and
 * taking more than there is removes the entry: never a negative rest.
 */
void hf_resources_subtract(HfCatalog *catalog, HfResources *from, const HfResources *less);
void hf_resources_subtract_one(HfCatalog *catalog, HfResources *from, const HfResource *entry);

/* Is all of `part` in `whole`? Indivisible entries are used up one by one (HF_QUIRK_CONTAINS). */
gboolean hf_resources_contains(const HfCatalog *catalog, const HfResources *whole,
                               const HfResources *part);
gboolean hf_resources_contains_one(const HfCatalog *catalog, const HfResources *whole,
                                   const HfResource *entry);

/* Each contains the other; order does not matter. */
gboolean hf_resources_equal(const HfCatalog *catalog, const HfResources *a, const HfResources *b);

/* ---- Choosing; `out` must be a legal collection, is replaced, and may not be `from` ---- */

typedef gboolean (*HfResourcePredicate)(const HfCatalog *catalog, const HfResource *entry,
                                        const void *data);
void hf_resources_filter(HfCatalog *catalog, const HfResources *from, HfResourcePredicate predicate,
                         const void *data, HfResources *out);

/* Entries whose meta flags under `mask` are exactly `want`: (HF_META_REVOCABLE, 0) = not revocable.
 */
void hf_resources_select(HfCatalog *catalog, const HfResources *from, uint32_t mask, uint32_t want,
                         HfResources *out);

void hf_resources_unreserved(HfCatalog *catalog, const HfResources *from, HfResources *out);
void hf_resources_reserved(HfCatalog *catalog, const HfResources *from, HfResources *out);
/* Reserved to exactly this role; nothing for `*`. */
void hf_resources_reserved_to(HfCatalog *catalog, const HfResources *from, HfRoleId role,
                              HfResources *out);
void hf_resources_allocatable_to(HfCatalog *catalog, const HfResources *from, HfRoleId role,
                                 HfResources *out);
void hf_resources_allocated_to(HfCatalog *catalog, const HfResources *from, HfRoleId role,
                               HfResources *out);
void hf_resources_of_kind(HfCatalog *catalog, const HfResources *from, HfKindId kind,
                          HfResources *out);
void hf_resources_scalars(HfCatalog *catalog, const HfResources *from, HfResources *out);
void hf_resources_revocable(HfCatalog *catalog, const HfResources *from, HfResources *out);
void hf_resources_non_revocable(HfCatalog *catalog, const HfResources *from, HfResources *out);
void hf_resources_shared(HfCatalog *catalog, const HfResources *from, HfResources *out);
void hf_resources_non_shared(HfCatalog *catalog, const HfResources *from, HfResources *out);
void hf_resources_persistent_volumes(HfCatalog *catalog, const HfResources *from, HfResources *out);
/* What an agent writes down: no provider, and dynamically reserved or a persistent volume. */
void hf_resources_checkpointed(HfCatalog *catalog, const HfResources *from, HfResources *out);

/* ---- Changing the metadata of all entries, in place; entries that become alike are merged ---- */

void hf_resources_allocate(HfCatalog *catalog, HfResources *resources, HfRoleId role);
void hf_resources_unallocate(HfCatalog *catalog, HfResources *resources);
void hf_resources_push_reservation(HfCatalog *catalog, HfResources *resources,
                                   const HfReservation *top);
/* Every entry must be reserved. */
void hf_resources_pop_reservation(HfCatalog *catalog, HfResources *resources);
/* Without any reservation (Mesos: toUnreserved). */
void hf_resources_to_unreserved(HfCatalog *catalog, HfResources *resources);
/* Scalars with nothing but name and amount; ranges and sets vanish (createStrippedScalarQuantity).
 */
void hf_resources_strip(HfCatalog *catalog, HfResources *resources);

/* ---- Finding and shrinking ---- */

/*
 * Resources to cover `target` by name: for each entry of it first from the reservations of its own
 * role, then unreserved, then of any other role.
 * Errors: FALSE when there is not enough; `out` is then empty.
 */
gboolean hf_resources_find(HfCatalog *catalog, const HfResources *resources,
                           const HfResources *target, HfResources *out);

/*
 * Shrink one scalar entry to at most `target_milli`. FALSE if it is more and cannot be divided; it
 * is then unchanged.
 */
gboolean hf_resource_shrink(const HfCatalog *catalog, HfResource *entry, int64_t target_milli);

/*
 * Keep at most the target: entry by entry, each shrunk to what is left of the target of its name,
 * or dropped when it cannot be. Names without target are dropped (quantities) or kept whole
 * (limits; no limits at all: unchanged). Entries are taken in their order, or in random order when
 * a stream is given; the result is in the order in which they were taken. Ranges and sets are never
 * divided.
 */
void hf_resources_shrink_to_quantities(HfCatalog *catalog, HfResources *resources,
                                       const HfQuantities *target, HfStream *stream);
void hf_resources_shrink_to_limits(HfCatalog *catalog, HfResources *resources,
                                   const HfLimits *limits, HfStream *stream);

/* ---- Quantities ---- */

/* sum_out += every entry by name: scalars, widths of ranges, items of sets; shared counted once. */
void hf_resources_quantities(const HfCatalog *catalog, const HfResources *resources,
                             HfQuantities *sum_out);
/* The same for scalars alone. */
void hf_resources_scalar_quantities(const HfCatalog *catalog, const HfResources *resources,
                                    HfQuantities *sum_out);

/* At least these amounts by name, whatever the reservation? (HF_QUIRK_QUANTITIES) */
gboolean hf_resources_contains_quantities(const HfCatalog *catalog, const HfResources *resources,
                                          const HfQuantities *wanted);

#endif
