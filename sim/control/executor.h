/*
 * Executors that frameworks bring with them (ExecutorInfo). One runs any number of tasks of its
 * framework on one agent, and holds resources of its own beside theirs, from its first task until
 * it ends: when its last task ends (a default executor), or when it is shut down. A task without
 * one is run by an executor of its own, which holds nothing and ends with it (a command executor).
 *
 * Source: Mesos 1.11 mesos.proto (ExecutorInfo), Master::addExecutor, Slave::__run.
 */
#ifndef HF_CONTROL_EXECUTOR_H
#define HF_CONTROL_EXECUTOR_H

#include "base/time.h"
#include "resource/parcel.h"

/* It never changes, and is handed around by reference as parcels are. NULL: a command executor. */
typedef struct HfExecutorInfo {
    uint32_t refs;
    uint32_t id;         /* of one framework on one agent; from 1 */
    HfParcel *resources; /* what it holds besides its tasks; owned: one reference; may be NULL */
    gboolean is_default; /* ExecutorInfo.type DEFAULT: for groups alone; ends with its last task */
    gboolean has_shutdown_grace; /* FALSE: the agent's executor_shutdown_grace_period */
    HfTime shutdown_grace;       /* ns, >= 0: how long it may take to end */
    uint32_t usage_milli;        /* what it really uses of its scalars, in 1/1000; 0..1000 */
} HfExecutorInfo;

/* A reference to one as `like` says, whose resources are moved. */
HfExecutorInfo *hf_executor_info_new(HfExecutorInfo *like);

static inline HfExecutorInfo *hf_executor_info_ref(HfExecutorInfo *info)
{
    if (G_UNLIKELY(info != NULL)) info->refs++;
    return info;
}

/* See hf_executor_info_drop(). */
void hf_executor_info_release(HfCatalog *catalog, HfExecutorInfo *info);

/* *info becomes NULL. */
static inline void hf_executor_info_drop(HfCatalog *catalog, HfExecutorInfo **info)
{
    if (G_LIKELY(*info == NULL)) return;
    hf_executor_info_release(catalog, *info);
    *info = NULL;
}

/* A reference to the same with its resources allocated to `role`: itself when they are already. */
HfExecutorInfo *hf_executor_info_allocate(HfCatalog *catalog, HfExecutorInfo *info, HfRoleId role);

/* Are both, once allocated to `role`, the same in everything? */
gboolean hf_executor_info_is(HfCatalog *catalog, const HfExecutorInfo *info, HfRoleId role,
                             const HfExecutorInfo *other);

static inline const HfResources *hf_executor_info_resources(const HfExecutorInfo *info)
{
    return hf_parcel_resources(info->resources);
}

#endif
