/*
 * Resources that never change, handed around by reference: what an offer holds and what a task uses
 * is the same in the framework, the master, the agent and its executor, so they share one
 * collection instead of copying it at each hop.
 *
 * Parcels of a few scalars, as most are, are looked up among those made lately: a cell full of
 * equal tasks has a handful of parcels, which stay in the fastest memory.
 *
 * NULL is the parcel without resources. Cost: O(entries) to make one, O(1) for the rest; after
 * warm-up nothing is allocated for parcels of at most HF_RESOURCES_INLINE entries.
 */
#ifndef HF_RESOURCE_PARCEL_H
#define HF_RESOURCE_PARCEL_H

#include "resource/resources.h"

/* Fields are private, except through the functions below. */
typedef struct HfParcel {
    uint32_t refs;
    HfRoleId role;              /* of `allocated` */
    uint32_t flags;             /* hf_parcel_flags(), and hf_parcel_is_allocated() */
    uint32_t number;            /* its place among all parcels of the catalog, for good */
    uint64_t fold[2];           /* hf_parcel_fold(), once it was asked for; else 0 */
    struct HfParcel *allocated; /* the last answer of hf_parcel_allocate(), or NULL; when vacant the
                                   next vacant one */
    HfResources resources;
} HfParcel;

/* A reference to a parcel with what `content` holds, in this order; `content` becomes empty. */
HfParcel *hf_parcel_take(HfCatalog *catalog, HfResources *content);

/* The same, leaving `content` as it is. */
HfParcel *hf_parcel_copy(HfCatalog *catalog, const HfResources *content);

static inline HfParcel *hf_parcel_ref(HfParcel *parcel)
{
    if (parcel != NULL) parcel->refs++;
    return parcel;
}

static inline HfParcel *hf_parcel_ref_some(HfParcel *parcel) /* not NULL */
{
    parcel->refs++;
    return parcel;
}

/* *parcel becomes NULL. */
void hf_parcel__end(HfCatalog *catalog, HfParcel *parcel); /* private: nobody holds it any more */
static inline void hf_parcel_unref(HfCatalog *catalog, HfParcel *parcel) /* the same, of a copy */
{
    if (parcel != NULL && --parcel->refs == 0) hf_parcel__end(catalog, parcel);
}
static inline void hf_parcel_drop(HfCatalog *catalog, HfParcel **parcel)
{
    HfParcel *gone = *parcel;
    *parcel = NULL;
    hf_parcel_unref(catalog, gone);
}

/* Borrowed while the parcel is held; never NULL. */
static inline const HfResources *hf_parcel_resources(const HfParcel *parcel)
{
    static const HfResources none;
    return parcel != NULL ? &parcel->resources : &none;
}

#define HF_PARCEL_ALLOCATED (1U << 31) /* private: no HF_META_ flag */
/* What any of the entries is: all their HF_META_ flags together. */
static inline uint32_t hf_parcel_flags(const HfParcel *parcel)
{
    return parcel != NULL ? parcel->flags & ~HF_PARCEL_ALLOCATED : 0;
}

/* Has each of the entries an allocation role? */
static inline gboolean hf_parcel_is_allocated(const HfParcel *parcel)
{
    return parcel == NULL || (parcel->flags & HF_PARCEL_ALLOCATED) != 0;
}

/* A small number of its own while it is held: for tables of what was worked out for parcels. */
static inline uint32_t hf_parcel_number(const HfParcel *parcel)
{
    return parcel->number;
}

/* The content as a part of a digest: hf_resources_fold(), worked out once for each parcel. */
HfFold hf_parcel__fold(const HfCatalog *catalog,
                       HfParcel *parcel); /* private: for the first time */
static inline HfFold hf_parcel_fold(const HfCatalog *catalog, HfParcel *parcel)
{
    if (G_UNLIKELY((parcel->fold[0] | parcel->fold[1]) == 0))
        return hf_parcel__fold(catalog, parcel);
    return (HfFold)parcel->fold[1] << 64 | parcel->fold[0];
}

/* A number that depends on the content alone; 0 until hf_parcel_fold() was asked for. */
static inline uint64_t hf_parcel_hash(const HfParcel *parcel)
{
    return parcel->fold[0];
}
/*
 * What is left of `whole` without `part`, as hf_resources_subtract() has it: a reference, in
 * *rest_out. FALSE, and nothing set, when `whole` does not contain `part`.
 * Cost: O(1) when the same was asked lately, as for equal tasks out of equal offers.
 */
gboolean hf_parcel_less(HfCatalog *catalog, HfParcel *whole, HfParcel *part, HfParcel **rest_out);

/* A reference to the parcel with all of this allocated to `role`, not HF_ROLE_NONE: itself when it
 * is already. */
HfParcel *hf_parcel_allocate(HfCatalog *catalog, HfParcel *parcel, HfRoleId role);

#endif
