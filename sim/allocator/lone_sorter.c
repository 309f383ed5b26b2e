/* A client's name outside is the row of its leaf. See lone_sorter.h. */
#include "allocator/lone_sorter.h"

#include "allocator/sorter_internal.h"

struct HfLoneSorter {
    HfCatalog *catalog;
    HfSorters sorters;
    HfNode root;
    HF_VEC(HfQuantity) amounts; /* scratch */
};

HfLoneSorter *hf_lone_sorter_new(HfCatalog *catalog)
{
    HfLoneSorter *sorter = g_new0(HfLoneSorter, 1);
    sorter->catalog = catalog;
    hf_sorters__init(&sorter->sorters);
    hf_sorters__kinds(&sorter->sorters, catalog->kind_count);
    sorter->root = hf_sorter__new(&sorter->sorters, HF_SORTER_DRF);
    return sorter;
}

void hf_lone_sorter_free(HfLoneSorter *sorter)
{
    if (sorter == NULL) return;
    hf_sorters__clear(&sorter->sorters);
    hf_vec_clear(&sorter->amounts);
    g_free(sorter);
}

void hf_lone_sorter_total_add(HfLoneSorter *sorter, const HfResources *agent)
{
    HfQuantities sum = {0};
    hf_resources_scalar_quantities(sorter->catalog, agent, &sum);
    hf_sorters__total_add(&sorter->sorters, &sum, 1);
    hf_quantities_clear(&sum);
}

uint32_t hf_lone_sorter_add(HfLoneSorter *sorter, const char *path)
{
    HfRoleId role = HF_ROLE_NONE;
    gboolean is_ok = hf_role_intern(sorter->catalog, path, &role, NULL);
    HF_ASSERT(is_ok);
    HfNode leaf = hf_sorter__add(&sorter->sorters, sorter->root,
                                 hf_role_path(sorter->catalog, role), sorter->catalog, role, 0);
    hf_sorter__activate(&sorter->sorters, leaf);
    return leaf;
}

void hf_lone_sorter_remove(HfLoneSorter *sorter, uint32_t client)
{
    hf_sorter__deactivate(&sorter->sorters, client);
    hf_sorter__remove(&sorter->sorters, client);
}

static void change(HfLoneSorter *sorter, uint32_t client, const HfResources *resources, int sign)
{
    const HfKindInfo *kinds = sorter->catalog->kind;
    const HfResource *at = hf_resources_entries(resources);
    hf_sorters__kinds(&sorter->sorters, sorter->catalog->kind_count);
    hf_vec_reset(&sorter->amounts);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (kinds[at[i].kind].type == HF_TYPE_SCALAR)
            hf_vec_push(&sorter->amounts, (HfQuantity){kinds[at[i].kind].quantity, at[i].milli});
    hf_sorter__allocated(&sorter->sorters, client,
                         (HfAmounts){sorter->amounts.at, sorter->amounts.count}, sign);
}

void hf_lone_sorter_allocated(HfLoneSorter *sorter, uint32_t client, const HfResources *resources)
{
    change(sorter, client, resources, 1);
}

void hf_lone_sorter_unallocated(HfLoneSorter *sorter, uint32_t client, const HfResources *resources)
{
    change(sorter, client, resources, -1);
}

static uint32_t walk(HfLoneSorter *sorter, HfNode internal, uint32_t *clients_out, uint32_t count)
{
    const HfSorterGroup *group = hf_sorter__flush(&sorter->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        HfNode node = group->order.at[i];
        if (sorter->sorters.nodes.at[node].kind == HF_NODE_ACTIVE)
            clients_out[count++] = node;
        else
            count = walk(sorter, node, clients_out, count);
    }
    return count;
}

uint32_t hf_lone_sorter_sort(HfLoneSorter *sorter, uint32_t *clients_out)
{
    hf_sorters__look_up_weights(&sorter->sorters);
    return walk(sorter, sorter->root, clients_out, 0);
}
