/* See sorter_internal.h. Invariant, every group: `order` holds exactly the children that are not
 * inactive, sorted by their stored keys unless is_unsorted; `dirty` holds those of them with
 * is_dirty, each once. */
#include "allocator/sorter_internal.h"

#include <string.h>

#include "allocator/policy_internal.h"
#include "base/checked.h"

#define HF_LABEL_GAP (UINT64_C(1) << 32)

void hf_sorters__init(HfSorters *sorters)
{
    memset(sorters, 0, sizeof *sorters);
    sorters->version = sorters->structure = 1;
    hf_sorters__kinds(sorters, HF_KIND_FIXED);
}

void hf_sorters__clear(HfSorters *sorters)
{
    for (uint32_t g = 0; g < sorters->groups.count; g++) {
        hf_line__clear(&sorters->groups.at[g].order);
        hf_vec_clear(&sorters->groups.at[g].by_name);
        hf_vec_clear(&sorters->groups.at[g].dirty);
    }
    hf_vec_clear(&sorters->groups);
    hf_vec_clear(&sorters->vacant_groups);
    hf_vec_clear(&sorters->nodes);
    hf_vec_clear(&sorters->vacant_nodes);
    hf_vec_clear(&sorters->unweighted);
    hf_vec_clear(&sorters->scratch);
    hf_vec_clear(&sorters->runs);
    g_free(sorters->alloc);
    g_free(sorters->total);
    g_free(sorters->is_excluded);
    g_free(sorters->counted);
    memset(sorters, 0, sizeof *sorters);
}

void hf_sorters__kinds(HfSorters *sorters, uint32_t kinds)
{
    if (kinds <= sorters->stride) return;
    uint32_t stride = sorters->stride ? sorters->stride : 8;
    while (stride < kinds) stride *= 2;
    int64_t *alloc = g_new0(int64_t, (size_t)stride * MAX(sorters->alloc_rows, 1));
    for (size_t n = 0; n < sorters->nodes.count; n++)
        memcpy(alloc + n * stride, sorters->alloc + n * sorters->stride,
               sorters->stride * sizeof *alloc);
    g_free(sorters->alloc);
    sorters->alloc = alloc;
    if (sorters->alloc_rows == 0) sorters->alloc_rows = 1;
    sorters->total = g_renew(int64_t, sorters->total, stride);
    sorters->is_excluded = g_renew(gboolean, sorters->is_excluded, stride);
    memset(sorters->total + sorters->stride, 0,
           (stride - sorters->stride) * sizeof *sorters->total);
    memset(sorters->is_excluded + sorters->stride, 0,
           (stride - sorters->stride) * sizeof *sorters->is_excluded);
    sorters->counted = g_realloc_n(sorters->counted, stride, sizeof *sorters->counted);
    sorters->stride = stride;
}

void hf_sorters__recount(HfSorters *sorters)
{
    sorters->counted_version = sorters->version;
    sorters->counted_count = 0;
    sorters->counts_first = TRUE;
    for (uint32_t k = 0; k < sorters->stride; k++) {
        if (sorters->total[k] <= 0 || sorters->is_excluded[k]) continue;
        sorters->counted[sorters->counted_count].kind = (HfKindId)k;
        sorters->counted[sorters->counted_count].total = hf_sorter__units(sorters->total[k]);
        sorters->counted_count++;
        if (k >= HF_KIND_PORTS) sorters->counts_first = FALSE;
    }
}

void hf_sorters__total_change(HfSorters *sorters, const HfQuantities *more,
                              const HfQuantities *less)
{
    if (more->count + less->count == 0) return;
    const HfQuantity *in = hf_quantities_entries(more), *out = hf_quantities_entries(less);
    for (uint32_t i = 0; i < more->count; i++) {
        hf_sorters__kinds(sorters, (uint32_t)in[i].kind + 1);
        sorters->total[in[i].kind] = hf_add(sorters->total[in[i].kind], in[i].milli);
    }
    for (uint32_t i = 0; i < less->count; i++) {
        HF_ASSERT(out[i].kind < sorters->stride && sorters->total[out[i].kind] >= out[i].milli);
        sorters->total[out[i].kind] -= out[i].milli;
    }
    sorters->version++;
}

void hf_sorters__exclude(HfSorters *sorters, HfKindId kind)
{
    hf_sorters__kinds(sorters, (uint32_t)kind + 1);
    sorters->is_excluded[kind] = TRUE;
    sorters->version++;
}

/* ---- Nodes and groups ---- */

static HfNode node_take(HfSorters *sorters, HfNodeKind kind)
{
    HfNode node;
    if (sorters->vacant_nodes.count > 0) {
        node = sorters->vacant_nodes.at[--sorters->vacant_nodes.count];
        memset(&sorters->nodes.at[node], 0, sizeof *sorters->nodes.at);
    } else {
        node = sorters->nodes.count;
        hf_vec_push_zero(&sorters->nodes);
        if (node >= sorters->alloc_rows) {
            sorters->alloc_rows = MAX(sorters->alloc_rows * 2, 8);
            sorters->alloc =
                g_renew(int64_t, sorters->alloc, (size_t)sorters->alloc_rows * sorters->stride);
        }
    }
    memset(sorters->alloc + (size_t)node * sorters->stride, 0,
           sorters->stride * sizeof *sorters->alloc);
    HfSorterNode *row = &sorters->nodes.at[node];
    row->kind = (uint8_t)kind;
    row->parent = HF_NODE_NONE;
    row->client = UINT32_MAX;
    row->role = HF_ROLE_NONE;
    row->group = UINT32_MAX;
    return node;
}

static uint32_t group_take(HfSorters *sorters, HfSorterKind sort)
{
    uint32_t group;
    if (sorters->vacant_groups.count > 0) {
        group = sorters->vacant_groups.at[--sorters->vacant_groups.count];
    } else {
        group = sorters->groups.count;
        hf_vec_push_zero(&sorters->groups);
    }
    HfSorterGroup *row = &sorters->groups.at[group];
    hf_line__reset(&row->order);
    hf_vec_reset(&row->by_name);
    hf_vec_reset(&row->dirty);
    row->version = 0;
    row->sort = sort;
    row->is_unsorted = FALSE;
    row->own_pool = FALSE;
    return group;
}

static void group_give(HfSorters *sorters, uint32_t group)
{
    hf_line__clear(&sorters->groups.at[group].order);
    hf_vec_clear(&sorters->groups.at[group].by_name);
    hf_vec_clear(&sorters->groups.at[group].dirty);
    hf_vec_push(&sorters->vacant_groups, group);
}

/* The node has a weight, or needs none. */
static void forget_unweighted(HfSorters *sorters, HfNode node)
{
    for (uint32_t i = 0; i < sorters->unweighted.count; i++)
        if (sorters->unweighted.at[i] == node) {
            sorters->unweighted.at[i] = *hf_vec_last(&sorters->unweighted);
            sorters->unweighted.count--;
            return;
        }
}

static void node_give(HfSorters *sorters, HfNode node)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    if (row->group != UINT32_MAX) group_give(sorters, row->group);
    row->kind = HF_NODE_VACANT;
    if (!row->has_weight) forget_unweighted(sorters, node);
    hf_vec_push(&sorters->vacant_nodes, node);
}

HfNode hf_sorter__new(HfSorters *sorters, HfSorterKind sort)
{
    HfNode root = node_take(sorters, HF_NODE_INTERNAL);
    uint32_t group = group_take(sorters, sort);
    sorters->nodes.at[root].group = group;
    sorters->nodes.at[root].has_weight = 1;
    sorters->nodes.at[root].weight = 1.0;
    sorters->nodes.at[root].is_dirty = 1; /* for good: it has no siblings to be sorted among */
    return root;
}

void hf_sorter__pool(HfSorters *sorters, HfNode root)
{
    sorters->has_pools = TRUE;
    hf_sorters__group_of(sorters, root)->own_pool = TRUE;
}

/* Something below the node's parent changed: where that is the pool, so did every share in it. */
static inline void pool_moved(HfSorters *sorters, HfNode node)
{
    if (G_LIKELY(!sorters->has_pools)) return;
    HfSorterGroup *group = hf_sorters__group_of(sorters, sorters->nodes.at[node].parent);
    if (group->own_pool) group->is_unsorted = TRUE;
}

void hf_sorter__free(HfSorters *sorters, HfNode root)
{
    HF_ASSERT(sorters->nodes.at[root].parent == HF_NODE_NONE);
    HF_ASSERT(hf_sorters__group_of(sorters, root)->by_name.count == 0);
    node_give(sorters, root);
}

/* ---- Names ---- */

static int name_compare(const HfSorterNode *row, const char *name, uint32_t size)
{
    int order = memcmp(row->name, name, MIN(row->name_size, size));
    if (order != 0) return order;
    return row->name_size < size ? -1 : row->name_size > size;
}

/* Place of the first child whose name is not before this one. */
static uint32_t name_bound(const HfSorters *sorters, const HfSorterGroup *group, const char *name,
                           uint32_t size)
{
    uint32_t from = 0, to = group->by_name.count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (name_compare(&sorters->nodes.at[group->by_name.at[middle]], name, size) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static HfNode child_named(const HfSorters *sorters, const HfSorterGroup *group, const char *name,
                          uint32_t size)
{
    uint32_t place = name_bound(sorters, group, name, size);
    if (place == group->by_name.count) return HF_NODE_NONE;
    HfNode child = group->by_name.at[place];
    return name_compare(&sorters->nodes.at[child], name, size) == 0 ? child : HF_NODE_NONE;
}

static void relabel(HfSorters *sorters, HfSorterGroup *group)
{
    for (uint32_t i = 0; i < group->by_name.count; i++)
        sorters->nodes.at[group->by_name.at[i]].label = (i + 1) * HF_LABEL_GAP;
}

/* Make `node` a child of `parent`; it is in no order yet. */
static void name_insert(HfSorters *sorters, HfNode parent, HfNode node)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    HfSorterGroup *group = hf_sorters__group_of(sorters, parent);
    uint32_t place = name_bound(sorters, group, row->name, row->name_size);
    hf_vec_push(&group->by_name, node);
    HfNode *at = group->by_name.at;
    memmove(at + place + 1, at + place, (group->by_name.count - 1 - place) * sizeof *at);
    at[place] = node;
    row->parent = parent;
    uint64_t low = place > 0 ? sorters->nodes.at[at[place - 1]].label : 0;
    if (place + 1 == group->by_name.count) {
        row->label = low + HF_LABEL_GAP;
        if (row->label < low) relabel(sorters, group);
        return;
    }
    uint64_t high = sorters->nodes.at[at[place + 1]].label;
    row->label = low + (high - low) / 2;
    if (row->label == low) relabel(sorters, group);
}

static void name_remove(HfSorters *sorters, HfNode node)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    HfSorterGroup *group = hf_sorters__group_of(sorters, row->parent);
    uint32_t place = name_bound(sorters, group, row->name, row->name_size);
    HF_ASSERT(place < group->by_name.count && group->by_name.at[place] == node);
    hf_vec_remove(&group->by_name, place);
}

/* ---- Clients ---- */

/* The role of the first `size` bytes of `path`. */
static HfRoleId role_of_prefix(const HfCatalog *catalog, HfRoleId role, uint32_t size)
{
    if (catalog == NULL) return HF_ROLE_NONE;
    while (role != HF_ROLE_NONE && strlen(hf_role_path(catalog, role)) != size)
        role = hf_role_parent(catalog, role);
    return role;
}

static HfNode child_new(HfSorters *sorters, HfNode parent, HfNodeKind kind, const char *name,
                        uint32_t name_size, HfRoleId role)
{
    HfNode node = node_take(sorters, kind);
    if (kind == HF_NODE_INTERNAL) {
        uint32_t group = group_take(sorters, hf_sorters__group_of(sorters, parent)->sort);
        sorters->nodes.at[node].group = group;
    }
    HfSorterNode *row = &sorters->nodes.at[node];
    row->name = name;
    row->name_size = name_size;
    row->role = role;
    row->entry = sorters->entries++;
    if (role == HF_ROLE_NONE) {
        row->weight = 1.0;
        row->has_weight = 1;
    } else {
        hf_vec_push(&sorters->unweighted, node);
    }
    name_insert(sorters, parent, node);
    if (kind != HF_NODE_INACTIVE) hf_sorter__order_insert(sorters, node);
    return node;
}

/* A leaf gets children: a new internal node takes its place, name, amounts, count and weight; the
 * leaf becomes its virtual leaf. */
static HfNode split(HfSorters *sorters, HfNode leaf)
{
    HfNode parent = sorters->nodes.at[leaf].parent;
    if (sorters->nodes.at[leaf].kind == HF_NODE_ACTIVE) hf_sorter__order_remove(sorters, leaf);
    name_remove(sorters, leaf);
    HfNode internal = node_take(sorters, HF_NODE_INTERNAL);
    uint32_t group = group_take(sorters, hf_sorters__group_of(sorters, parent)->sort);
    HfSorterNode *top = &sorters->nodes.at[internal], *row = &sorters->nodes.at[leaf];
    top->group = group;
    top->name = row->name;
    top->name_size = row->name_size;
    top->role = row->role;
    top->count = row->count;
    top->entry = row->entry;
    top->weight = row->weight;
    top->has_weight = row->has_weight;
    for (uint32_t i = 0; i < sorters->unweighted.count; i++)
        if (sorters->unweighted.at[i] == leaf) sorters->unweighted.at[i] = internal;
    memcpy(sorters->alloc + (size_t)internal * sorters->stride, hf_sorter__alloc(sorters, leaf),
           sorters->stride * sizeof *sorters->alloc);
    name_insert(sorters, parent, internal);
    hf_sorter__order_insert(sorters, internal);
    row->name = ".";
    row->name_size = 1;
    row->weight = 1.0;
    row->has_weight = 1;
    row->role = HF_ROLE_NONE;
    name_insert(sorters, internal, leaf);
    if (row->kind == HF_NODE_ACTIVE) hf_sorter__order_insert(sorters, leaf);
    return internal;
}

/* The reverse: `internal` has only its virtual leaf left, which takes its place. */
static void collapse(HfSorters *sorters, HfNode internal, HfNode leaf)
{
    HfNode parent = sorters->nodes.at[internal].parent;
    if (sorters->nodes.at[leaf].kind == HF_NODE_ACTIVE) hf_sorter__order_remove(sorters, leaf);
    name_remove(sorters, leaf);
    hf_sorter__order_remove(sorters, internal);
    name_remove(sorters, internal);
    HfSorterNode *top = &sorters->nodes.at[internal], *row = &sorters->nodes.at[leaf];
    row->name = top->name;
    row->name_size = top->name_size;
    row->role = top->role;
    if (sorters->collapse_keeps_count) row->count = top->count;
    row->entry = top->entry;
    row->weight = top->weight;
    row->has_weight = top->has_weight;
    if (!top->has_weight) hf_vec_push(&sorters->unweighted, leaf);
    node_give(sorters, internal);
    name_insert(sorters, parent, leaf);
    if (row->kind == HF_NODE_ACTIVE) hf_sorter__order_insert(sorters, leaf);
}

HfNode hf_sorter__add(HfSorters *sorters, HfNode root, const char *path, const HfCatalog *catalog,
                      HfRoleId role, uint32_t client)
{
    HfNode current = root;
    const char *name = path;
    HfNode leaf;
    sorters->structure++;
    for (;;) {
        uint32_t size = (uint32_t)(catalog != NULL ? strcspn(name, "/") : strlen(name));
        gboolean is_last = name[size] == '\0';
        HfNode child = child_named(sorters, hf_sorters__group_of(sorters, current), name, size);
        if (child == HF_NODE_NONE) {
            HfRoleId prefix = role_of_prefix(catalog, role, (uint32_t)(name + size - path));
            child = child_new(sorters, current, is_last ? HF_NODE_INACTIVE : HF_NODE_INTERNAL, name,
                              size, prefix);
            if (is_last) {
                leaf = child;
                break;
            }
        } else if (is_last) {
            HF_ASSERT(sorters->nodes.at[child].kind == HF_NODE_INTERNAL);
            leaf = child_new(sorters, child, HF_NODE_INACTIVE, ".", 1, HF_ROLE_NONE);
            break;
        } else if (sorters->nodes.at[child].kind != HF_NODE_INTERNAL) {
            child = split(sorters, child);
        }
        current = child;
        name += size + 1;
    }
    sorters->nodes.at[leaf].client = client;
    return leaf;
}

void hf_sorter__remove(HfSorters *sorters, HfNode leaf)
{
    HfNode current = sorters->nodes.at[leaf].parent;
    sorters->structure++;
    if (sorters->nodes.at[leaf].kind == HF_NODE_ACTIVE) hf_sorter__order_remove(sorters, leaf);
    pool_moved(sorters, leaf);
    name_remove(sorters, leaf);
    const int64_t *gone = hf_sorter__alloc(sorters, leaf);
    for (HfNode above = current; above != HF_NODE_NONE; above = sorters->nodes.at[above].parent) {
        int64_t *alloc = sorters->alloc + (size_t)above * sorters->stride;
        for (uint32_t k = 0; k < sorters->stride; k++) alloc[k] -= gone[k];
        hf_sorter__mark_dirty(sorters, above);
    }
    node_give(sorters, leaf);
    while (sorters->nodes.at[current].parent != HF_NODE_NONE) {
        HfNode parent = sorters->nodes.at[current].parent;
        HfSorterGroup *group = hf_sorters__group_of(sorters, current);
        if (group->by_name.count == 0) {
            hf_sorter__order_remove(sorters, current);
            name_remove(sorters, current);
            node_give(sorters, current);
        } else if (group->by_name.count == 1) {
            HfNode child = group->by_name.at[0];
            if (sorters->nodes.at[child].name_size == 1 && sorters->nodes.at[child].name[0] == '.')
                collapse(sorters, current, child);
        }
        current = parent;
    }
}

void hf_sorter__activate(HfSorters *sorters, HfNode leaf)
{
    if (sorters->nodes.at[leaf].kind != HF_NODE_INACTIVE) return;
    sorters->structure++;
    sorters->nodes.at[leaf].kind = HF_NODE_ACTIVE;
    hf_sorter__order_insert(sorters, leaf);
}

void hf_sorter__deactivate(HfSorters *sorters, HfNode leaf)
{
    if (sorters->nodes.at[leaf].kind != HF_NODE_ACTIVE) return;
    sorters->structure++;
    hf_sorter__order_remove(sorters, leaf);
    sorters->nodes.at[leaf].kind = HF_NODE_INACTIVE;
}

void hf_sorter__weight_set(HfSorters *sorters, HfNode node, double weight)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    sorters->structure++;
    row->weight = weight;
    if (!row->has_weight) forget_unweighted(sorters, node);
    row->has_weight = 1;
    hf_sorter__mark_dirty(sorters, node);
}

HfNode hf_sorter__find(const HfSorters *sorters, HfNode root, const char *path)
{
    HfNode current = root;
    for (const char *name = path;; name++) {
        if (sorters->nodes.at[current].kind != HF_NODE_INTERNAL) return HF_NODE_NONE;
        uint32_t size = (uint32_t)strcspn(name, "/");
        const HfSorterGroup *group = &sorters->groups.at[sorters->nodes.at[current].group];
        current = child_named(sorters, group, name, size);
        name += size;
        if (current == HF_NODE_NONE || *name == '\0') return current;
    }
}

/* ---- Allocations ---- */

void hf_sorter__allocated(HfSorters *sorters, HfNode leaf, HfAmounts amounts, int sign)
{
    for (HfNode node = leaf; node != HF_NODE_NONE; node = sorters->nodes.at[node].parent)
        hf_sorter__node_allocated(sorters, node, amounts, sign);
    pool_moved(sorters, leaf);
}

void hf_sorter__update(HfSorters *sorters, HfNode leaf, const HfQuantities *before,
                       const HfQuantities *after)
{
    const HfQuantity *less = hf_quantities_entries(before), *more = hf_quantities_entries(after);
    for (HfNode node = leaf; node != HF_NODE_NONE; node = sorters->nodes.at[node].parent) {
        int64_t *alloc = sorters->alloc + (size_t)node * sorters->stride;
        for (uint32_t i = 0; i < before->count; i++)
            alloc[less[i].kind] = MAX(alloc[less[i].kind] - less[i].milli, 0);
        for (uint32_t i = 0; i < after->count; i++) alloc[more[i].kind] += more[i].milli;
        hf_sorter__mark_dirty(sorters, node);
    }
    pool_moved(sorters, leaf);
}

size_t hf_sorters__memory(const HfSorters *sorters)
{
    size_t bytes = (size_t)sorters->nodes.room * sizeof *sorters->nodes.at +
                   (size_t)sorters->groups.room * sizeof *sorters->groups.at +
                   (size_t)sorters->alloc_rows * sorters->stride * sizeof *sorters->alloc;
    for (uint32_t g = 0; g < sorters->groups.count; g++)
        bytes += ((size_t)sorters->groups.at[g].order.room + sorters->groups.at[g].by_name.room +
                  sorters->groups.at[g].dirty.room) *
                 sizeof(HfNode);
    return bytes;
}
