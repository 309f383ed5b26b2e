/*
 * The twin's sorters. A sorter is not a tree here: its nodes follow from who is a client, and what
 * is kept of a node is its history alone. Source: MESOS.md 3.2.
 */
#include "reference/twin_internal.h"

#include <string.h>

/* ---- History ---- */

static HfTwinNode *find_node(const HfTwin *twin, const char *sorter, const char *path)
{
    for (guint n = 0; n < twin->nodes->len; n++)
        if (strcmp(HF_TWIN_NODE(twin, n)->sorter, sorter) == 0 &&
            strcmp(HF_TWIN_NODE(twin, n)->path, path) == 0)
            return HF_TWIN_NODE(twin, n);
    return NULL;
}

static HfTwinNode *node_of(HfTwin *twin, const char *sorter, const char *path)
{
    HfTwinNode *node = find_node(twin, sorter, path);
    if (node != NULL) return node;
    HfTwinNode fresh = {g_strdup(sorter), g_strdup(path), 0, twin->entries++, 1.0, FALSE};
    g_array_append_val(twin->nodes, fresh);
    return HF_TWIN_NODE(twin, twin->nodes->len - 1);
}

static void forget_node(HfTwin *twin, const char *sorter, const char *path)
{
    HfTwinNode *node = find_node(twin, sorter, path);
    if (node == NULL) return;
    g_free(node->sorter);
    g_free(node->path);
    g_array_remove_index(twin->nodes, (guint)(node - HF_TWIN_NODE(twin, 0)));
}

gboolean hf_twin__is_client(const HfTwin *twin, HfRoleId role)
{
    for (guint s = 0; s < twin->subs->len; s++)
        if (HF_TWIN_SUB(twin, s)->role == role) return TRUE;
    return FALSE;
}

gboolean hf_twin__has_client_below(const HfTwin *twin, HfRoleId role)
{
    for (guint s = 0; s < twin->subs->len; s++)
        if (hf_role_is_strict_subrole(twin->catalog, HF_TWIN_SUB(twin, s)->role, role)) return TRUE;
    return FALSE;
}

static char *virtual_path(const HfTwin *twin, HfRoleId role)
{
    return g_strconcat(hf_role_path(twin->catalog, role), "/.", NULL);
}

/* The nodes from the top down to the parent of a new client: a leaf on the way that had no children
 * moves to its virtual leaf, and the internal node keeps a copy of its history. */
static void open_way(HfTwin *twin, HfRoleId role)
{
    if (role == HF_ROLE_NONE) return;
    open_way(twin, hf_role_parent(twin->catalog, role));
    HfTwinNode top = *node_of(twin, "", hf_role_path(twin->catalog, role));
    if (!hf_twin__is_client(twin, role) || hf_twin__has_client_below(twin, role)) return;
    g_autofree char *path = virtual_path(twin, role);
    uint64_t entries = twin->entries;
    HfTwinNode *leaf = node_of(twin, "", path);
    leaf->count = top.count;
    leaf->entry = top.entry;
    twin->entries = entries;
}

void hf_twin__client_added(HfTwin *twin, uint32_t framework, HfRoleId role, gboolean first)
{
    const HfCatalog *catalog = twin->catalog;
    if (first) {
        open_way(twin, hf_role_parent(catalog, role));
        g_autofree char *path = virtual_path(twin, role);
        gboolean is_internal = hf_twin__has_client_below(twin, role);
        node_of(twin, "", is_internal ? path : hf_role_path(catalog, role));
    }
    node_of(twin, hf_role_path(catalog, role), HF_TWIN_FRAMEWORK(twin, framework)->name);
}

/* Nodes without clients vanish; a virtual leaf left alone becomes a leaf again: with its own count,
 * or with the quirk that of the internal node. */
void hf_twin__client_removed(HfTwin *twin, uint32_t framework, HfRoleId role, gboolean last)
{
    const HfCatalog *catalog = twin->catalog;
    forget_node(twin, hf_role_path(catalog, role), HF_TWIN_FRAMEWORK(twin, framework)->name);
    if (!last) return;
    g_autofree char *gone = virtual_path(twin, role);
    forget_node(twin, "", gone);
    for (HfRoleId r = role; r != HF_ROLE_NONE; r = hf_role_parent(catalog, r)) {
        if (hf_twin__has_client_below(twin, r)) continue;
        g_autofree char *leaf = virtual_path(twin, r);
        HfTwinNode *left = find_node(twin, "", leaf);
        if (left != NULL && hf_twin__is_client(twin, r) &&
            !(catalog->quirks & HF_QUIRK_COLLAPSE_COUNT))
            find_node(twin, "", hf_role_path(catalog, r))->count = left->count;
        forget_node(twin, "", leaf);
        if (!hf_twin__is_client(twin, r)) forget_node(twin, "", hf_role_path(catalog, r));
    }
}

void hf_twin__count_allocation(HfTwin *twin, uint32_t framework, HfRoleId role)
{
    const HfCatalog *catalog = twin->catalog;
    if (hf_twin__has_client_below(twin, role)) {
        g_autofree char *leaf = virtual_path(twin, role);
        node_of(twin, "", leaf)->count += 1;
    }
    for (HfRoleId r = role; r != HF_ROLE_NONE; r = hf_role_parent(catalog, r))
        node_of(twin, "", hf_role_path(catalog, r))->count += 1;
    node_of(twin, hf_role_path(catalog, role), HF_TWIN_FRAMEWORK(twin, framework)->name)->count +=
        1;
}

void hf_twin__activated(HfTwin *twin, uint32_t framework, HfRoleId role)
{
    if (!hf_twin__has(twin, HF_RULE_COUNT_KEPT))
        node_of(twin, hf_role_path(twin->catalog, role), HF_TWIN_FRAMEWORK(twin, framework)->name)
            ->count = 0;
}

/* ---- Weights: a node looks its own up once (a quirk), or each time ---- */

static gboolean is_weighed(const HfTwinNode *node)
{
    return node->sorter[0] == '\0' && !g_str_has_suffix(node->path, "/.");
}

static double configured_weight(HfTwin *twin, const HfTwinNode *node)
{
    HfRoleId role = hf_role_find(twin->catalog, node->path);
    return is_weighed(node) && role != HF_ROLE_NONE ? hf_twin__role(twin, role)->weight : 1.0;
}

void hf_twin__look_up_weights(HfTwin *twin)
{
    for (guint n = 0; n < twin->nodes->len; n++) {
        HfTwinNode *node = HF_TWIN_NODE(twin, n);
        if (node->has_weight) continue;
        node->weight = configured_weight(twin, node);
        node->has_weight = TRUE;
    }
}

void hf_twin__weight_changed(HfTwin *twin, HfRoleId role, double weight)
{
    if (!hf_twin__is_client(twin, role)) return; /* only a client's node is refreshed */
    HfTwinNode *node = find_node(twin, "", hf_role_path(twin->catalog, role));
    node->weight = weight;
    node->has_weight = TRUE;
}

static double weight_of(HfTwin *twin, const HfTwinNode *node)
{
    gboolean is_cached = twin->catalog->quirks & HF_QUIRK_WEIGHT_CACHE && node->has_weight;
    return is_cached ? node->weight : configured_weight(twin, node);
}

/* ---- Shares ---- */

/* The scalars that count in shares of roles, and in the pool: in early eras not the reserved. */
static void add_of_role(const HfTwin *twin, const HfResources *from, HfQuantities *out)
{
    HfResources part = {0};
    if (hf_twin__has(twin, HF_RULE_RESERVED_IN_ROLE_SHARE))
        hf_resources_copy(twin->catalog, &part, from);
    else
        hf_resources_select(twin->catalog, from, HF_META_RESERVED, 0, &part);
    hf_resources_scalar_quantities(twin->catalog, &part, out);
    hf_resources_clear(twin->catalog, &part);
}

void hf_twin__total(const HfTwin *twin, HfQuantities *out)
{
    for (guint a = 0; a < twin->agents->len; a++)
        if (HF_TWIN_AGENT(twin, a)->is_known)
            add_of_role(twin, &HF_TWIN_AGENT(twin, a)->total, out);
}

/* What the shares of a policy are made of: by kind, 0 where no share counts it. */
typedef struct Cell {
    HfPolicyCell shown;
    const char **names;
    double *totals;
} Cell;

static void cell_init(const HfTwin *twin, Cell *cell)
{
    HfQuantities total = {0};
    hf_twin__total(twin, &total);
    uint32_t kinds = twin->catalog->kind_count;
    cell->names = g_new0(const char *, kinds);
    cell->totals = g_new0(double, kinds);
    for (uint32_t k = 0; k < kinds; k++) {
        gboolean counts = TRUE;
        int64_t milli = hf_quantities_get(&total, (HfKindId)k);
        for (guint e = 0; e < twin->excluded->len; e++)
            counts &= g_array_index(twin->excluded, HfKindId, e) != k;
        if (!counts || milli == 0) continue;
        cell->names[k] = hf_kind_name(twin->catalog, (HfKindId)k);
        cell->totals[k] = hf_milli_to_double(milli);
    }
    cell->shown = (HfPolicyCell){kinds, cell->names, cell->totals};
    hf_quantities_clear(&total);
}

static void cell_clear(Cell *cell)
{
    g_free(cell->names);
    g_free(cell->totals);
}

/* [kinds] shares of the cell, the caller's; the largest to *dominant_out. */
static double *shares_of(const Cell *cell, const HfQuantities *amount, double *dominant_out)
{
    double *shares = g_new0(double, cell->shown.kinds);
    *dominant_out = 0.0;
    for (uint32_t k = 0; k < cell->shown.kinds; k++) {
        if (cell->totals[k] == 0.0) continue;
        shares[k] = hf_milli_to_double(hf_quantities_get(amount, (HfKindId)k)) / cell->totals[k];
        if (shares[k] > *dominant_out) *dominant_out = shares[k];
    }
    return shares;
}

static double share_of(const HfTwin *twin, const HfQuantities *amount)
{
    Cell cell;
    double dominant;
    cell_init(twin, &cell);
    g_free(shares_of(&cell, amount, &dominant));
    cell_clear(&cell);
    return dominant;
}

double hf_twin__agent_key(const HfTwin *twin, uint32_t agent)
{
    if (twin->policy->agent_key == NULL) return 0.0;
    Cell cell;
    HfResources available = {0};
    HfQuantities amounts[2] = {{0}, {0}};
    double unused;
    cell_init(twin, &cell);
    hf_twin__available(twin, agent, &available);
    hf_resources_scalar_quantities(twin->catalog, &available, &amounts[0]);
    hf_resources_scalar_quantities(twin->catalog, &HF_TWIN_AGENT(twin, agent)->total, &amounts[1]);
    g_autofree double *idle = shares_of(&cell, &amounts[0], &unused);
    g_autofree double *size = shares_of(&cell, &amounts[1], &unused);
    double key = twin->policy->agent_key(&(HfPolicyAgent){&cell.shown, idle, size});
    hf_resources_clear(twin->catalog, &available);
    hf_quantities_clear(&amounts[0]);
    hf_quantities_clear(&amounts[1]);
    cell_clear(&cell);
    return key;
}

/* Scalars held by a role (and all below it), by a framework under it, or both; of each agent and
 * role a shared volume counts once. */
static void sum_held(const HfTwin *twin, HfRoleId role, gboolean and_below, uint32_t framework,
                     HfQuantities *out)
{
    HfCatalog *catalog = twin->catalog;
    for (guint a = 0; a < twin->agents->len; a++) {
        HfResources all = {0}, part = {0};
        for (guint h = 0; h < twin->held->len; h++) {
            const HfTwinHeld *held = HF_TWIN_HELD(twin, h);
            if (held->agent != a || !held->is_counted) continue;
            if (and_below ? !hf_twin__is_within(twin, held->role, role) : held->role != role)
                continue;
            if (framework != HF_TWIN_ANY && held->framework != framework) continue;
            hf_resources_copy(catalog, &part, &held->resources);
            hf_resources_allocate(catalog, &part, held->role);
            hf_resources_add(catalog, &all, &part);
        }
        if (framework == HF_TWIN_ANY)
            add_of_role(twin, &all, out);
        else
            hf_resources_scalar_quantities(catalog, &all, out);
        hf_resources_clear(catalog, &all);
        hf_resources_clear(catalog, &part);
    }
}

/* In early eras a framework's share is that of what its role's frameworks hold together. */
static double share_of_pool(const HfTwin *twin, HfRoleId role, const HfQuantities *amount)
{
    HfQuantities pool = {0}, one = {0};
    double dominant = 0.0;
    for (guint s = 0; s < twin->subs->len; s++) {
        if (HF_TWIN_SUB(twin, s)->role != role) continue;
        hf_quantities_clear(&one);
        sum_held(twin, role, FALSE, HF_TWIN_SUB(twin, s)->framework, &one);
        hf_quantities_add(&pool, &one);
    }
    const HfQuantity *at = hf_quantities_entries(&pool);
    for (uint32_t i = 0; i < pool.count; i++) {
        gboolean counts = TRUE;
        for (guint e = 0; e < twin->excluded->len; e++)
            counts &= g_array_index(twin->excluded, HfKindId, e) != at[i].kind;
        double part = hf_milli_to_double(hf_quantities_get(amount, at[i].kind)) /
                      hf_milli_to_double(at[i].milli);
        if (counts) dominant = MAX(dominant, part);
    }
    hf_quantities_clear(&pool);
    hf_quantities_clear(&one);
    return dominant;
}

double hf_twin_role_share(const HfTwin *twin, HfRoleId role)
{
    if (!hf_twin__is_client(twin, role) && !hf_twin__has_client_below(twin, role)) return 0.0;
    HfQuantities amount = {0};
    sum_held(twin, role, TRUE, HF_TWIN_ANY, &amount);
    double share = share_of(twin, &amount);
    hf_quantities_clear(&amount);
    return share;
}

/* ---- Order ---- */

static gint compare_entries(gconstpointer a, gconstpointer b)
{
    const HfTwinEntry *x = a, *y = b;
    if (x->is_active != y->is_active) return x->is_active ? -1 : 1;
    if (x->is_active && x->sort != HF_SORTER_RANDOM) {
        if (x->key.first != y->key.first) return x->key.first < y->key.first ? -1 : 1;
        if (x->key.second != y->key.second) return x->key.second < y->key.second ? -1 : 1;
        if (x->node->count != y->node->count) return x->node->count < y->node->count ? -1 : 1;
    }
    return strcmp(x->node->path, y->node->path);
}

static void clear_entry(gpointer data)
{
    hf_quantities_clear(&((HfTwinEntry *)data)->amount);
}

static void finish_entry(HfTwin *twin, GArray *entries, HfTwinEntry *entry)
{
    Cell cell;
    double dominant, weight = weight_of(twin, entry->node);
    cell_init(twin, &cell);
    g_autofree double *shares = shares_of(&cell, &entry->amount, &dominant);
    gboolean is_framework = entry->node->sorter[0] != '\0';
    const char *slash = is_framework ? NULL : strrchr(entry->node->path, '/');
    const char *name = slash != NULL ? slash + 1 : entry->node->path;
    HfPolicyClient client = {.cell = &cell.shown,
                             .share = shares,
                             .dominant = dominant,
                             .weight = weight,
                             .allocations = entry->node->count,
                             .entry = entry->node->entry,
                             .name = name,
                             .name_size = (uint32_t)strlen(name),
                             .is_framework = is_framework};
    entry->share = dominant / weight;
    if (is_framework && !hf_twin__has(twin, HF_RULE_CLUSTER_WIDE_SHARE))
        entry->share = share_of_pool(twin, entry->role, &entry->amount) / weight;
    entry->key = (HfPolicyKey){entry->share, 0.0};
    if (entry->sort == HF_SORTER_KEY) entry->key = twin->policy->client_key(&client);
    cell_clear(&cell);
    g_array_append_val(entries, *entry);
}

static void add_role_entry(HfTwin *twin, GArray *entries, HfRoleId role, gboolean is_leaf,
                           gboolean is_virtual)
{
    HfTwinEntry entry = {.role = role, .is_leaf = is_leaf, .is_active = TRUE};
    g_autofree char *dot = virtual_path(twin, role);
    entry.sort = twin->role_sort;
    entry.node = find_node(twin, "", is_virtual ? dot : hf_role_path(twin->catalog, role));
    sum_held(twin, role, !is_leaf, HF_TWIN_ANY, &entry.amount);
    finish_entry(twin, entries, &entry);
}

GArray *hf_twin__role_entries(HfTwin *twin, HfRoleId above)
{
    GArray *entries = g_array_new(FALSE, TRUE, sizeof(HfTwinEntry));
    g_array_set_clear_func(entries, clear_entry);
    if (above != HF_ROLE_NONE && hf_twin__is_client(twin, above))
        add_role_entry(twin, entries, above, TRUE, TRUE);
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++) {
        if (hf_role_parent(twin->catalog, r) != above) continue;
        if (hf_twin__has_client_below(twin, r))
            add_role_entry(twin, entries, r, FALSE, FALSE);
        else if (hf_twin__is_client(twin, r))
            add_role_entry(twin, entries, r, TRUE, FALSE);
    }
    g_array_sort(entries, compare_entries);
    return entries;
}

GArray *hf_twin__framework_entries(HfTwin *twin, HfRoleId role)
{
    GArray *entries = g_array_new(FALSE, TRUE, sizeof(HfTwinEntry));
    g_array_set_clear_func(entries, clear_entry);
    for (guint s = 0; s < twin->subs->len; s++) {
        const HfTwinSub *sub = HF_TWIN_SUB(twin, s);
        if (sub->role != role) continue;
        HfTwinEntry entry = {.role = role, .is_leaf = TRUE, .is_active = sub->is_active, .sub = s};
        entry.sort = twin->framework_sort;
        entry.node = find_node(twin, hf_role_path(twin->catalog, role),
                               HF_TWIN_FRAMEWORK(twin, sub->framework)->name);
        sum_held(twin, role, FALSE, sub->framework, &entry.amount);
        finish_entry(twin, entries, &entry);
    }
    g_array_sort(entries, compare_entries);
    return entries;
}

void hf_twin__list_roles(HfTwin *twin, HfRoleId above, GArray *out)
{
    g_autoptr(GArray) entries = hf_twin__role_entries(twin, above);
    for (guint e = 0; e < entries->len; e++) {
        const HfTwinEntry *entry = &g_array_index(entries, HfTwinEntry, e);
        if (entry->is_leaf)
            g_array_append_val(out, entry->role);
        else
            hf_twin__list_roles(twin, entry->role, out);
    }
}

GArray *hf_twin__list_subs(HfTwin *twin, HfRoleId role)
{
    GArray *subs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) entries = hf_twin__framework_entries(twin, role);
    for (guint e = 0; e < entries->len; e++) {
        const HfTwinEntry *entry = &g_array_index(entries, HfTwinEntry, e);
        if (entry->is_active) g_array_append_val(subs, entry->sub);
    }
    return subs;
}
