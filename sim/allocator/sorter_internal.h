/*
 * Sorters: who comes first among siblings. One pool holds the nodes of the role sorter and of every
 * role's framework sorter; a sorter is the row of its root. All of them share one total, so the
 * memory does not grow with sorters times agents as in Mesos.
 *
 * A client is a leaf. When a client gets clients below it, its leaf becomes a virtual leaf named
 * "." of a new internal node, which competes with the others as a sibling; the row of the leaf
 * stays the same, so the caller's reference holds. Siblings stand in order of (share / weight,
 * number of allocations, name bytewise); inactive leaves stand in no order at all.
 *
 * Cost follows change: an allocation marks the nodes on its path dirty, and the next
 * hf_sorter__flush of a group moves only its dirty members. When the total changed, all members are
 * recomputed, and sorted only if their order changed.
 * Source: Mesos 1.11, src/master/allocator/mesos/sorter/drf/sorter.cpp (order, counts, collapse of
 * virtual leaves), MESOS-VERIFIED 5, 6.
 */
#ifndef HF_ALLOCATOR_SORTER_INTERNAL_H
#define HF_ALLOCATOR_SORTER_INTERNAL_H

#include "allocator/line_internal.h"
#include "allocator/policy.h"
#include "base/vec.h"
#include "resource/quantities.h"

typedef uint32_t HfNode;
#define HF_NODE_NONE UINT32_MAX

typedef enum HfNodeKind {
    HF_NODE_VACANT,
    HF_NODE_INACTIVE,
    HF_NODE_ACTIVE,
    HF_NODE_INTERNAL
} HfNodeKind;

typedef struct HfSorterNode {
    double share;  /* the key (share, key_count, label) under which it stands in its group; by a */
    double second; /* policy's key: (share, second, key_count, label) */
    uint64_t key_count;
    uint64_t label;   /* increases with the name among siblings */
    uint64_t count;   /* allocations ever made below this node */
    double weight;    /* meaningless until has_weight */
    uint64_t entry;   /* when it was first added */
    const char *name; /* path component, borrowed; length name_size */
    uint32_t name_size;
    HfNode parent;   /* HF_NODE_NONE for a root */
    uint32_t group;  /* internal nodes: their children */
    uint32_t client; /* leaves: what the caller gave */
    HfRoleId role;   /* whose weight counts, HF_ROLE_NONE = weight 1 */
    uint8_t kind;
    uint8_t is_dirty;
    uint8_t has_weight;
} HfSorterNode;

/* The children of an internal node. */
typedef struct HfSorterGroup {
    HfLine order;           /* active leaves and internal nodes, sorted once flushed */
    HF_VEC(HfNode) by_name; /* all children */
    HF_VEC(HfNode) dirty;   /* members of `order` whose key is out of date */
    uint64_t version;       /* of the totals that the shares were computed with */
    HfSorterKind sort;
    gboolean is_unsorted; /* something was put into `order` without a place */
    gboolean own_pool;    /* shares are those of what its clients hold together, not of the total */
} HfSorterGroup;

/* Amounts by kind in any order; a kind may come more than once. */
typedef struct HfAmounts {
    const HfQuantity *at; /* [count]; kinds are HfKindInfo.quantity */
    uint32_t count;
} HfAmounts;

typedef struct HfSorters {
    HF_VEC(HfSorterNode) nodes;
    HF_VEC(HfNode) vacant_nodes;
    HF_VEC(HfSorterGroup) groups;
    HF_VEC(uint32_t) vacant_groups;
    int64_t *alloc;        /* [room of nodes][stride] milli-units by kind */
    uint32_t alloc_rows;   /* rows that `alloc` has room for */
    uint32_t stride;       /* kinds a row has room for */
    int64_t *total;        /* [stride] of all agents */
    gboolean *is_excluded; /* [stride] kinds that no share counts */
    struct {
        HfKindId kind;
        double total;
    } * counted; /* [counted_count] kinds that shares are made of, for this version */
    uint32_t counted_count;
    uint64_t counted_version; /* these are of: hf_sorters__count() */
    gboolean counts_first;    /* all of them are before HF_KIND_PORTS */
    struct {
        uint64_t version; /* 0 = none */
        int64_t alloc[HF_KIND_PORTS];
        double share;
    } alike;                       /* the share worked out last: siblings often hold the same */
    uint64_t version;              /* raised with every change of the total */
    uint64_t structure;            /* ... of who is there and active, and of weights; from 1 on */
    uint64_t entries;              /* next HfSorterNode.entry */
    gboolean collapse_keeps_count; /* HF_QUIRK_COLLAPSE_COUNT */
    gboolean has_pools;            /* some group has own_pool */
    const double *role_weight;     /* [role], borrowed; NULL = all 1 */
    uint32_t role_weight_count;
    struct HfPolicyView *view; /* of the policy, for HF_SORTER_KEY and tickets; borrowed, or NULL */
    HF_VEC(HfNode) unweighted; /* nodes of the role sorter whose weight was not looked up yet */
    HF_VEC(HfNode) scratch;
    HF_VEC(uint32_t) runs; /* scratch of sorting */
} HfSorters;

/* Agents come and change by the thousand between two looks at a share: what shares are made of is
 * worked out by the first look. It does not show, so that those who look may hold them const. */
void hf_sorters__recount(HfSorters *sorters);
static inline void hf_sorters__count(const HfSorters *sorters)
{
    if (sorters->counted_version != sorters->version) hf_sorters__recount((HfSorters *)sorters);
}

static inline HfSorterGroup *hf_sorters__group_of(HfSorters *sorters, HfNode internal)
{
    return &sorters->groups.at[sorters->nodes.at[internal].group];
}

void hf_sorters__init(HfSorters *sorters);
void hf_sorters__clear(HfSorters *sorters);

/* Rows get room for that many kinds. Cost: O(nodes) when it grows, else none. */
void hf_sorters__kinds(HfSorters *sorters, uint32_t kinds);

static inline const int64_t *hf_sorter__alloc(const HfSorters *sorters, HfNode node)
{
    return sorters->alloc + (size_t)node * sorters->stride;
}

/* total += more, then -= less. Shares are recomputed at the next flush of each group. */
void hf_sorters__total_change(HfSorters *sorters, const HfQuantities *more,
                              const HfQuantities *less);
static inline void hf_sorters__total_add(HfSorters *sorters, const HfQuantities *amount, int sign)
{
    static const HfQuantities none;
    hf_sorters__total_change(sorters, sign > 0 ? amount : &none, sign > 0 ? &none : amount);
}
void hf_sorters__exclude(HfSorters *sorters, HfKindId kind);

/* An empty sorter: its root. */
HfNode hf_sorter__new(HfSorters *sorters, HfSorterKind sort);
/* Shares in this flat sorter are from now on those of what its clients hold together, and its
 * allocations must be told by hf_sorter__allocated (Mesos before 1.7.1). Cost: every change makes
 * the next flush recompute all members. */
void hf_sorter__pool(HfSorters *sorters, HfNode root);
/* A sorter without clients. */
void hf_sorter__free(HfSorters *sorters, HfNode root);

/*
 * Add a client; it is inactive. `path` may have several components separated by '/', and is
 * borrowed as long as the client or one below it lives.
 * Shape: role is that of the whole path, and `parents` gives the role of each shorter one; a sorter
 *        of plain names passes HF_ROLE_NONE and a catalog of NULL.
 * Returns the row of its leaf, which stays until hf_sorter__remove.
 */
HfNode hf_sorter__add(HfSorters *sorters, HfNode root, const char *path, const HfCatalog *catalog,
                      HfRoleId role, uint32_t client);
/* Its allocation leaves the ancestors. A virtual leaf left alone takes the place of its parent, and
 * with collapse_keeps_count its count. */
void hf_sorter__remove(HfSorters *sorters, HfNode leaf);

void hf_sorter__activate(HfSorters *sorters, HfNode leaf);
void hf_sorter__deactivate(HfSorters *sorters, HfNode leaf);

/* Its key is out of date; nothing for one that is in no order. */
static inline void hf_sorter__mark_dirty(HfSorters *sorters, HfNode node)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    if (row->is_dirty || row->kind == HF_NODE_INACTIVE) return;
    row->is_dirty = 1;
    hf_vec_push(&hf_sorters__group_of(sorters, row->parent)->dirty, node);
}

/* One allocation of these amounts to a node alone (sign 1), which counts one more; or the end of
 * one (sign -1). Enough for a leaf in a sorter of frameworks, where nobody asks for its root. */
static inline void hf_sorter__node_allocated(HfSorters *sorters, HfNode node, HfAmounts amounts,
                                             int sign)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    int64_t *alloc = sorters->alloc + (size_t)node * sorters->stride, least = 0;
    for (uint32_t i = 0; i < amounts.count; i++)
        least |= alloc[amounts.at[i].kind] += sign * amounts.at[i].milli;
    HF_ASSERT(least >= 0); /* the sign bit of any of them */
    row->count += sign > 0;
    if (!row->is_dirty) hf_sorter__mark_dirty(sorters, node);
}

/* The same for the whole path of a leaf. */
void hf_sorter__allocated(HfSorters *sorters, HfNode leaf, HfAmounts amounts, int sign);
/* Swap amounts without counting; clipped at 0 as Mesos's quantities are. */
void hf_sorter__update(HfSorters *sorters, HfNode leaf, const HfQuantities *before,
                       const HfQuantities *after);

/* The weight of a role changed, and with it that of its node. */
void hf_sorter__weight_set(HfSorters *sorters, HfNode node, double weight);
/* Nodes without a weight look theirs up (Mesos does so at their first sort). */
void hf_sorters__look_up_weights(HfSorters *sorters);

/* Of a node, looked up or not. */
static inline double hf_sorter__weight(const HfSorters *sorters, HfNode node)
{
    const HfSorterNode *row = &sorters->nodes.at[node];
    if (row->has_weight) return row->weight;
    return row->role < sorters->role_weight_count ? sorters->role_weight[row->role] : 1.0;
}

/* A child enters or leaves the order of its group (sorter_order.c). */
void hf_sorter__order_insert(HfSorters *sorters, HfNode node);
void hf_sorter__order_remove(HfSorters *sorters, HfNode node);

/* The node of a path ("a/b"): a leaf or an internal node; HF_NODE_NONE when there is none. */
HfNode hf_sorter__find(const HfSorters *sorters, HfNode root, const char *path);

/* Does client leaf a come before b in a walk over their common sorter? Flushes what it must. */
gboolean hf_sorter__is_before(HfSorters *sorters, HfNode a, HfNode b);

/* Dominant share of a node, not divided by its weight. */
double hf_sorter__raw_share(const HfSorters *sorters, HfNode node);

/* Dominant share of a node divided by its weight, from its amounts as they are now. */
double hf_sorter__share(const HfSorters *sorters, HfNode node);

/*
 * The children of an internal node in order: active leaves and internal nodes. Borrowed; the order
 * does not change until the next flush of this group.
 * Cost: O(d log n) for d dirty members, O(n) and perhaps a sort when the total changed.
 */
static inline gboolean hf_sorter__is_clean(const HfSorters *sorters, const HfSorterGroup *group)
{
    if (group->order.count <= 1) return TRUE; /* keys are made when somebody comes to compare */
    return group->dirty.count == 0 && group->version == sorters->version && !group->is_unsorted;
}
void hf_sorter__flush_group(HfSorters *sorters, HfSorterGroup *group);
static inline HfSorterGroup *hf_sorter__flush(HfSorters *sorters, HfNode internal)
{
    HfSorterGroup *group = &sorters->groups.at[sorters->nodes.at[internal].group];
    if (!hf_sorter__is_clean(sorters, group)) hf_sorter__flush_group(sorters, group);
    return group;
}

/* Mesos's double of a fixed-point amount; the same arithmetic as hf_milli_to_double. */
static inline double hf_sorter__units(int64_t milli)
{
    return (double)(milli / 1000) + (double)(milli % 1000) / 1000.0;
}

/* Bytes held. */
size_t hf_sorters__memory(const HfSorters *sorters);

#endif
