/* Bundles: resources that stay together, shared by counting references (bundle.c). */
#ifndef HF_ALLOCATOR_BUNDLE_INTERNAL_H
#define HF_ALLOCATOR_BUNDLE_INTERNAL_H

#include "allocator/allocator.h"

#define HF_ROW_NONE UINT32_MAX

enum {
    HF_BUNDLE_SPECIAL = 1 << 0,     /* has reserved, revocable or shared entries */
    HF_BUNDLE_REVOCABLE = 1 << 1,   /* ... revocable ones */
    HF_BUNDLE_OTHER_TYPES = 1 << 2, /* has ranges or sets */
    HF_BUNDLE_MIN_KNOWN = 1 << 3,   /* MIN_OK was computed */
    HF_BUNDLE_MIN_OK = 1 << 4,      /* meets the global minimum */
    HF_BUNDLE_SHARED = 1 << 6,      /* has shared entries */
    HF_BUNDLE_ALIKE = 1 << 7,       /* reserved to `reserved_to`, all of it, and nothing of it is
                                       refined, revocable or shared */
    HF_BUNDLE_SHAPE = 1 << 5        /* the only one with this content among those with this flag */
};

/*
 * Resources that stay together: what is available on an agent, what was granted in one offer, what
 * a filter refuses. An offer that is made, declined and filtered hands one bundle around instead of
 * copying it. Shared bundles are never changed.
 */
typedef struct HfBundle {
    uint32_t refs, flags;
    uint32_t number;      /* its place among all bundles, for good */
    uint32_t hash;        /* of a shape's content */
    HfParcel *parcel;     /* the same with an allocation role, as it was last offered; or NULL */
    HfRoleId parcel_role; /* that; HF_ROLE_NONE = there is no parcel */
    HfRoleId reserved_to; /* with HF_BUNDLE_ALIKE */
    union {
        HfResources resources; /* without allocation role; not empty */
        struct HfBundle *next; /* of the vacant ones */
    };
    char pad[4];
} HfBundle;

_Static_assert(sizeof(HfBundle) == 128, "a bundle is two cache lines");

/* A new bundle with what `content` holds, which becomes empty; NULL when that is nothing. */
HfBundle *hf_bundle__new(HfAllocator *allocator, HfResources *content);
static inline HfBundle *hf_bundle__ref(HfBundle *bundle)
{
    if (bundle != NULL) bundle->refs++;
    return bundle;
}
void hf_bundle__end(HfAllocator *allocator, HfBundle *bundle); /* of the last reference */
static inline void hf_bundle__unref(HfAllocator *allocator, HfBundle *bundle) /* NULL allowed */
{
    if (bundle != NULL && --bundle->refs == 0) hf_bundle__end(allocator, bundle);
}
/* The bundle of a number. */
static inline HfBundle *hf_bundle__numbered(const HfAllocator *allocator, uint32_t number);
/* *bundle (NULL = nothing) with `more` added or `less` taken, in place if it is not shared. */
void hf_bundle__add(HfAllocator *allocator, HfBundle **bundle, const HfResources *more);
void hf_bundle__subtract(HfAllocator *allocator, HfBundle **bundle, const HfResources *less);
/*
 * Make *bundle the shape of its content: the one bundle that all agents share which have just this
 * available, so that a run over agents that are alike reads it once. It may become another one.
 * Cost: a look-up when it is not a shape yet.
 */
void hf_bundle__find_shape(HfAllocator *allocator, HfBundle **bundle);
static inline void hf_bundle__settle(HfAllocator *allocator, HfBundle **bundle)
{
    if (!((*bundle)->flags & HF_BUNDLE_SHAPE)) hf_bundle__find_shape(allocator, bundle);
}
/* A reference to its content with an allocation role. Cost: O(1) if it was asked for last. */
HfParcel *hf_bundle__make_parcel(HfAllocator *allocator, HfBundle *bundle, HfRoleId role);
static inline HfParcel *hf_bundle__parcel(HfAllocator *allocator, HfBundle *bundle, HfRoleId role)
{
    if (bundle->parcel_role == role) return hf_parcel_ref(bundle->parcel);
    return hf_bundle__make_parcel(allocator, bundle, role);
}
/* Are these its entries in the same order, whatever their allocation role? May miss. */
gboolean hf_bundle__has_same(const HfCatalog *catalog, const HfBundle *bundle,
                             const HfResources *resources); /* by looking at each entry */
static inline gboolean hf_bundle__is_same(const HfCatalog *catalog, const HfBundle *bundle,
                                          const HfResources *resources)
{
    return (bundle->parcel != NULL && resources == &bundle->parcel->resources) ||
           hf_bundle__has_same(catalog, bundle, resources);
}
static inline const HfResources *hf_bundle__resources(const HfBundle *bundle)
{
    static const HfResources none;
    return bundle != NULL ? &bundle->resources : &none;
}
/*
 * ---- bundle_steps.c: the same, remembered for agents that are alike ----
 */
/* A bundle with another one added to it, or taken from it; each holds a reference. */
typedef struct HfBundleStep {
    HfBundle *from, *by, *to; /* `to` NULL: nothing is left; all NULL: nothing is known here */
    uint64_t seen;            /* the numbers of the pair that was asked for last and not known */
} HfBundleStep;
#define HF_BUNDLE_STEPS 512 /* a power of two; sums in odd places, differences in even ones */

/* The bundle of what a parcel holds. */
typedef struct HfBundleOf {
    HfParcel *parcel;
    HfBundle *bundle;
    uint32_t seen; /* 1 + the number of the parcel that was asked for last */
} HfBundleOf;
#define HF_BUNDLES_NAMED 128 /* a power of two */

/* Where a step is if it is known. */
static inline HfBundleStep *hf_bundle__step(HfAllocator *allocator, const HfBundle *from,
                                            const HfBundle *by, int sign);
/* *bundle (NULL = nothing) with `more` added; and with `less` taken off, which it contains. Cost:
 * O(1) if the same step was taken lately. */
void hf_bundle__gain(HfAllocator *allocator, HfBundle **bundle, HfBundle *more);
void hf_bundle__lose(HfAllocator *allocator, HfBundle **bundle, HfBundle *less);
/* The bundle of resources, allocation role apart, of which there are some: a reference. `parcel`:
 * they are its content; NULL: they are nobody's. Cost: O(1) for a parcel asked for lately. */
static inline HfBundle *hf_bundle__of(HfAllocator *allocator, const HfResources *resources,
                                      HfParcel *parcel);
HfBundle *hf_bundle__find_of(HfAllocator *allocator, const HfResources *resources,
                             HfParcel *parcel); /* of one that was not */
/* Does the bundle contain the part? */
static inline gboolean hf_bundle__holds(HfAllocator *allocator, const HfBundle *bundle,
                                        const HfBundle *part);
void hf_bundle__forget_steps(HfAllocator *allocator);

#define HF_BUNDLE_BLOCK 64 /* bundles are taken from the system by this many */
void hf_bundles__clear(HfAllocator *allocator);

#endif
