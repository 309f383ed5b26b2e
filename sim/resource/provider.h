/*
 * Disks of a resource provider: raw storage that a plug-in manages, out of which CREATE_DISK makes
 * disks that are mounted (MOUNT) or given as devices (BLOCK), and DESTROY_DISK raw storage again.
 * What comes of either is the provider's to say; this file is that provider, without its plug-in.
 *
 * Raw storage is of two sorts: a storage pool, which has a profile and no id and can be divided;
 * and a volume that was there before, which has an id and no profile.
 *
 * Source: Mesos 1.11 src/resource_provider/storage/provider.cpp (applyCreateDisk,
 * applyDestroyDisk), mesos.proto (Offer.Operation.CreateDisk, DestroyDisk). Other than Mesos: of a
 * disk whose profile nobody knows any more nothing comes back there until the provider looks at its
 * pools again; here it stays, as raw storage with its id.
 */
#ifndef HF_RESOURCE_PROVIDER_H
#define HF_RESOURCE_PROVIDER_H

#include "resource/operation.h"

/* What a name of the disk profile adaptor stands for. */
typedef struct HfDiskProfile {
    const char *name;        /* borrowed */
    HfDiskSource capability; /* MOUNT or BLOCK */
    gboolean keeps_volumes;  /* its plug-in cannot delete a volume */
} HfDiskProfile;

/* All that providers know; names differ. */
typedef struct HfDiskProfiles {
    const HfDiskProfile *at; /* [count], borrowed */
    uint32_t count;
} HfDiskProfiles;

/*
 * What becomes of the disk of a CREATE_DISK or DESTROY_DISK that hf_operation_check accepts: of the
 * same amount, with the same reservations. A new volume is called after `serial`, which no other
 * operation may have.
 * Errors: FALSE, HF_RESOURCE_ERROR_PROFILE_UNKNOWN or _PROFILE_OTHER: OPERATION_FAILED.
 */
gboolean hf_provider_apply(HfCatalog *catalog, const HfDiskProfiles *profiles,
                           const HfOperation *operation, uint64_t serial, HfResource *made_out,
                           GError **error);

/* Does no provider manage it, or can it hold a persistent volume? (Mesos: applyCreate fails on what
 * is not MOUNT.) */
gboolean hf_provider_can_store(const HfCatalog *catalog, HfMetaId meta);

#endif
