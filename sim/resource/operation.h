/*
 * What offer operations do to resources: each is a list of conversions (consumed -> converted), and
 * applying one to a collection either does all of it or nothing.
 * Source: MESOS.md 2.1 (getResourceConversions, Resources::apply).
 */
#ifndef HF_RESOURCE_OPERATION_H
#define HF_RESOURCE_OPERATION_H

#include <glib.h>

#include "resource/resources.h"

typedef enum HfOperationType {
    HF_OPERATION_RESERVE,
    HF_OPERATION_UNRESERVE,
    HF_OPERATION_CREATE,
    HF_OPERATION_DESTROY,
    HF_OPERATION_GROW_VOLUME,
    HF_OPERATION_SHRINK_VOLUME,
    HF_OPERATION_CREATE_DISK, /* these two are no conversions: what comes of them is the resource */
    HF_OPERATION_DESTROY_DISK, /* provider's to say; see provider.h */
    HF_OPERATION_TYPES
} HfOperationType;

/* May a master take its effect for granted as soon as it is sent? */
static inline gboolean hf_operation_is_speculative(HfOperationType type)
{
    return type < HF_OPERATION_CREATE_DISK;
}

/* "RESERVE", ...; never NULL. */
const char *hf_operation_name(HfOperationType type);

typedef struct HfOperation {
    HfOperationType type;
    HfResources resources;  /* RESERVE, UNRESERVE: the reserved form; CREATE, DESTROY: the volumes;
                               GROW_VOLUME, SHRINK_VOLUME: the one volume; CREATE_DISK,
                               DESTROY_DISK: the one disk (`source`) */
    gboolean has_source;    /* RESERVE: consume `source` instead of the stack below */
    HfResources source;     /* RESERVE only */
    HfResources addition;   /* GROW_VOLUME only: the disk to add */
    int64_t subtract_milli; /* SHRINK_VOLUME only */
    HfDiskSource target_type; /* CREATE_DISK only: MOUNT or BLOCK */
    HfTextId target_profile;  /* CREATE_DISK only; HF_TEXT_NONE = that of the disk */
} HfOperation;

/* A zeroed operation is legal and empty. */
void hf_operation_clear(HfCatalog *catalog, HfOperation *operation);
void hf_operation_copy(HfCatalog *catalog, HfOperation *to, const HfOperation *from);

/* Give an allocation role to every resource of it that has none. */
void hf_operation_allocate(HfCatalog *catalog, HfOperation *operation, HfRoleId role);

/*
 * What the operation must find (Mesos: consumed resources), summed over its conversions; `out` is
 * replaced. The operation must be one that hf_operation_convert accepts, or of the other two types.
 */
void hf_operation_consumed(HfCatalog *catalog, const HfOperation *operation, HfResources *out);

typedef struct HfConversion {
    HfResources consumed;
    HfResources converted;
    gboolean must_vanish; /* post check: the result must not contain `consumed` any more */
} HfConversion;

/* In place; zeroed is empty. */
typedef struct HfConversions {
    HfConversion *at; /* [count] */
    uint32_t count;
} HfConversions;

void hf_conversions_clear(HfCatalog *catalog, HfConversions *conversions);

/*
 * The conversions of an operation, appended to `out`.
 * Errors: HF_RESOURCE_ERROR_* when its form does not allow any: no stack to pop, not a volume, not
 *         exactly one volume, sizes that do not fit, CREATE_DISK and DESTROY_DISK; nothing is
 *         appended then.
 */
gboolean hf_operation_convert(HfCatalog *catalog, const HfOperation *operation, HfConversions *out,
                              GError **error);

/*
 * Apply in order: resources - consumed + converted, then the post check.
 * Errors: HF_RESOURCE_ERROR_NOT_CONTAINED, HF_RESOURCE_ERROR_STILL_THERE; `resources` is unchanged.
 */
gboolean hf_resources_apply(HfCatalog *catalog, HfResources *resources,
                            const HfConversions *conversions, GError **error);

/* Convert and apply in one step; all or nothing. */
gboolean hf_resources_apply_operation(HfCatalog *catalog, HfResources *resources,
                                      const HfOperation *operation, GError **error);

/*
 * The state-free part of Mesos's validation of one operation: rules of its resources, homogeneous
 * source, volume against addition, subtract against size, disk against target. Who may do it, and
 * what an agent or a framework supports, is the master's business.
 */
gboolean hf_operation_check(HfCatalog *catalog, const HfOperation *operation, GError **error);

#endif
