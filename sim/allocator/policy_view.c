/* See policy_internal.h. */
#include "allocator/policy_internal.h"

#include <math.h>

_Static_assert(HF_POLICY_CPUS == (int)HF_KIND_CPUS && HF_POLICY_MEM == (int)HF_KIND_MEM &&
                   HF_POLICY_DISK == (int)HF_KIND_DISK && HF_POLICY_GPUS == (int)HF_KIND_GPUS,
               "the first kinds of a policy are those of the catalog");

HfPolicyView *hf_policy_view__new(const HfPolicyOps *policy, const HfCatalog *catalog)
{
    HfPolicyView *view = g_new0(HfPolicyView, 1);
    view->policy = policy;
    view->catalog = catalog;
    view->role_root = HF_NODE_NONE;
    return view;
}

void hf_policy_view__free(HfPolicyView *view)
{
    if (view == NULL) return;
    g_free(view->names);
    g_free(view->totals);
    g_free(view->share);
    g_free(view->size);
    hf_vec_clear(&view->ranked);
    g_free(view);
}

/* The cell as of now: kinds that are counted have a name and a total, all others neither. */
static const HfPolicyCell *look_at_cell(const HfSorters *sorters)
{
    HfPolicyView *view = sorters->view;
    hf_sorters__count(sorters);
    if (view->version == sorters->version && view->cell.kinds == sorters->stride)
        return &view->cell;
    uint32_t kinds = sorters->stride;
    view->names = g_renew(const char *, view->names, kinds);
    view->totals = g_renew(double, view->totals, kinds);
    view->share = g_renew(double, view->share, kinds);
    view->size = g_renew(double, view->size, kinds);
    for (uint32_t k = 0; k < kinds; k++) {
        view->names[k] = NULL;
        view->totals[k] = view->share[k] = view->size[k] = 0.0;
    }
    for (uint32_t i = 0; i < sorters->counted_count; i++) {
        HfKindId kind = sorters->counted[i].kind;
        view->names[kind] = hf_kind_name(view->catalog, kind);
        view->totals[kind] = sorters->counted[i].total;
    }
    view->cell = (HfPolicyCell){kinds, view->names, view->totals};
    view->version = sorters->version;
    return &view->cell;
}

static gboolean is_framework(const HfSorters *sorters, HfNode node)
{
    while (sorters->nodes.at[node].parent != HF_NODE_NONE) node = sorters->nodes.at[node].parent;
    return node != sorters->view->role_root;
}

static HfPolicyClient look_at_client(const HfSorters *sorters, HfNode node)
{
    const HfPolicyCell *cell = look_at_cell(sorters);
    const HfSorterNode *row = &sorters->nodes.at[node];
    const int64_t *alloc = hf_sorter__alloc(sorters, node);
    double *share = sorters->view->share, dominant = 0.0;
    for (uint32_t i = 0; i < sorters->counted_count; i++) {
        HfKindId kind = sorters->counted[i].kind;
        share[kind] = hf_sorter__units(alloc[kind]) / sorters->counted[i].total;
        if (share[kind] > dominant) dominant = share[kind];
    }
    return (HfPolicyClient){.cell = cell,
                            .share = share,
                            .dominant = dominant,
                            .weight = hf_sorter__weight(sorters, node),
                            .allocations = row->count,
                            .entry = row->entry,
                            .name = row->name,
                            .name_size = row->name_size,
                            .is_framework = is_framework(sorters, node)};
}

/* The policy may come from a library, so the failure names it. */
static void check_answer(const HfSorters *sorters, gboolean is_good, const char *what)
{
    char text[160];
    if (is_good) return;
    g_snprintf(text, sizeof text, "policy %s: %s", sorters->view->policy->name, what);
    hf_assert_failed(text, __FILE__, __LINE__);
}

HfPolicyKey hf_policy_view__key(const HfSorters *sorters, HfNode node)
{
    HfPolicyClient client = look_at_client(sorters, node);
    HfPolicyKey key = sorters->view->policy->client_key(&client);
    check_answer(sorters, !isnan(key.first) && !isnan(key.second), "client_key gives no NaN");
    return key;
}

double hf_policy_view__tickets(const HfSorters *sorters, HfNode node, uint32_t frameworks)
{
    HfPolicyClient client = look_at_client(sorters, node);
    double tickets = sorters->view->policy->tickets(&client, frameworks);
    check_answer(sorters, tickets > 0.0 && isfinite(tickets), "tickets gives numbers above 0");
    return tickets;
}

static void fill_shares(const HfSorters *sorters, const HfQuantities *amount, double *share)
{
    for (uint32_t i = 0; i < sorters->counted_count; i++) share[sorters->counted[i].kind] = 0.0;
    const HfQuantity *at = hf_quantities_entries(amount);
    const double *total = sorters->view->totals;
    for (uint32_t i = 0; i < amount->count; i++)
        if (at[i].kind < sorters->stride && total[at[i].kind] > 0.0)
            share[at[i].kind] = hf_sorter__units(at[i].milli) / total[at[i].kind];
}

double hf_policy_view__agent_key(const HfSorters *sorters, const HfQuantities *available,
                                 const HfQuantities *total)
{
    HfPolicyView *view = sorters->view;
    HfPolicyAgent agent = {look_at_cell(sorters), view->share, view->size};
    fill_shares(sorters, available, view->share);
    fill_shares(sorters, total, view->size);
    double key = view->policy->agent_key(&agent);
    check_answer(sorters, !isnan(key), "agent_key gives no NaN");
    return key;
}
