/* Executors as frameworks describe them; see executor.h. */
#include "control/executor.h"

#include "base/assert.h"

HfExecutorInfo *hf_executor_info_new(HfExecutorInfo *like)
{
    HF_ASSERT(like->id > 0 && like->shutdown_grace >= 0 && like->usage_milli <= 1000);
    HfExecutorInfo *info = g_new(HfExecutorInfo, 1);
    *info = *like;
    info->refs = 1;
    like->resources = NULL;
    return info;
}

void hf_executor_info_release(HfCatalog *catalog, HfExecutorInfo *info)
{
    HF_ASSERT(info->refs > 0);
    if (--info->refs > 0) return;
    hf_parcel_drop(catalog, &info->resources);
    g_free(info);
}

static gboolean is_allocated(const HfCatalog *catalog, const HfResources *resources)
{
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (hf_meta_allocation_role(catalog, hf_resources_at(resources, i)->meta) == HF_ROLE_NONE)
            return FALSE;
    return TRUE;
}

/* As the master fills in for which role resources are allocated, where a framework left it out. */
static HfParcel *with_role(HfCatalog *catalog, const HfExecutorInfo *info, HfRoleId role)
{
    if (is_allocated(catalog, hf_executor_info_resources(info)))
        return hf_parcel_ref(info->resources);
    return hf_parcel_allocate(catalog, info->resources, role);
}

HfExecutorInfo *hf_executor_info_allocate(HfCatalog *catalog, HfExecutorInfo *info, HfRoleId role)
{
    if (is_allocated(catalog, hf_executor_info_resources(info))) return hf_executor_info_ref(info);
    HfExecutorInfo like = *info;
    like.resources = with_role(catalog, info, role);
    return hf_executor_info_new(&like);
}

gboolean hf_executor_info_is(HfCatalog *catalog, const HfExecutorInfo *info, HfRoleId role,
                             const HfExecutorInfo *other)
{
    if (info == other) return TRUE;
    if (info->id != other->id || !info->is_default != !other->is_default ||
        !info->has_shutdown_grace != !other->has_shutdown_grace ||
        info->shutdown_grace != other->shutdown_grace || info->usage_milli != other->usage_milli)
        return FALSE;
    HfParcel *one = with_role(catalog, info, role), *two = with_role(catalog, other, role);
    gboolean is_same =
        hf_resources_equal(catalog, hf_parcel_resources(one), hf_parcel_resources(two));
    hf_parcel_drop(catalog, &one);
    hf_parcel_drop(catalog, &two);
    return is_same;
}
