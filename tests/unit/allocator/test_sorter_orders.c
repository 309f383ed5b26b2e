/*
 * Orders of clients that Mesos's own tests of its sorter pin: shares, weights, ties, hierarchies.
 * Shares stand in the comments in percent of the total, which is 100 cpus and 100 mem unless said.
 */
#include "support/test.h"

#include <math.h>
#include <string.h>

#include "allocator/sorter_internal.h"

#define ROLES_MAX 32

typedef struct Tree {
    HfCatalog *catalog;
    HfSorters sorters;
    HfNode root;
    GHashTable *leaves; /* of the clients, by path */
    double weights[ROLES_MAX];
    HfQuantities total;
} Tree;

static void set_total(Tree *tree, const char *total)
{
    hf_sorters__total_add(&tree->sorters, &tree->total, -1);
    assert_true(hf_quantities_parse(tree->catalog, total, &tree->total, NULL));
    hf_sorters__total_add(&tree->sorters, &tree->total, 1);
}

static int setup(void **state)
{
    Tree *tree = g_new0(Tree, 1);
    tree->catalog = hf_catalog_new(0);
    hf_sorters__init(&tree->sorters);
    for (int r = 0; r < ROLES_MAX; r++) tree->weights[r] = 1.0;
    tree->sorters.role_weight = tree->weights;
    tree->sorters.role_weight_count = ROLES_MAX;
    tree->root = hf_sorter__new(&tree->sorters, HF_SORTER_DRF);
    tree->leaves = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set_total(tree, "cpus:100;mem:100");
    *state = tree;
    return 0;
}

static int teardown(void **state)
{
    Tree *tree = *state;
    g_hash_table_unref(tree->leaves);
    hf_quantities_clear(&tree->total);
    hf_sorters__clear(&tree->sorters);
    hf_catalog_free(tree->catalog);
    g_free(tree);
    return 0;
}

static HfRoleId role_of(Tree *tree, const char *path)
{
    HfRoleId role;
    assert_true(hf_role_intern(tree->catalog, path, &role, NULL));
    assert_true(role < ROLES_MAX);
    return role;
}

static HfNode leaf_of(Tree *tree, const char *path)
{
    assert_true(g_hash_table_contains(tree->leaves, path));
    return GPOINTER_TO_UINT(g_hash_table_lookup(tree->leaves, path));
}

static void add_inactive(Tree *tree, const char *path)
{
    HfRoleId role = role_of(tree, path);
    HfNode leaf = hf_sorter__add(&tree->sorters, tree->root, hf_role_path(tree->catalog, role),
                                 tree->catalog, role, role);
    g_hash_table_insert(tree->leaves, g_strdup(path), GUINT_TO_POINTER(leaf));
}

static void add(Tree *tree, const char *path)
{
    add_inactive(tree, path);
    hf_sorter__activate(&tree->sorters, leaf_of(tree, path));
}

static void drop(Tree *tree, const char *path)
{
    hf_sorter__remove(&tree->sorters, leaf_of(tree, path));
    g_hash_table_remove(tree->leaves, path);
}

static void change(Tree *tree, const char *path, const char *amount, int sign)
{
    HfQuantities quantities = {0};
    assert_true(hf_quantities_parse(tree->catalog, amount, &quantities, NULL));
    hf_sorter__allocated(&tree->sorters, leaf_of(tree, path),
                         (HfAmounts){hf_quantities_entries(&quantities), quantities.count}, sign);
    hf_quantities_clear(&quantities);
}

static void take(Tree *tree, const char *path, const char *amount)
{
    change(tree, path, amount, 1);
}

static void give(Tree *tree, const char *path, const char *amount)
{
    change(tree, path, amount, -1);
}

/* As the allocator sets it: its node, if there is one, follows. */
static void weigh(Tree *tree, const char *path, double weight)
{
    tree->weights[role_of(tree, path)] = weight;
    HfNode node = hf_sorter__find(&tree->sorters, tree->root, path);
    if (node != HF_NODE_NONE) hf_sorter__weight_set(&tree->sorters, node, weight);
}

static void list(Tree *tree, HfNode internal, GString *out)
{
    HfSorterGroup *group = hf_sorter__flush(&tree->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        HfNode node = group->order.at[i];
        const HfSorterNode *row = &tree->sorters.nodes.at[node];
        if (row->kind == HF_NODE_INTERNAL)
            list(tree, node, out);
        else
            g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "",
                                   hf_role_path(tree->catalog, row->client));
    }
}

static void expect(Tree *tree, const char *order)
{
    g_autoptr(GString) out = g_string_new(NULL);
    list(tree, tree->root, out);
    assert_string_equal(out->str, order);
}

/* The same story for flat clients, for each below a role of its own, and at all depths: only the
 * shares decide. a 5, b 6, c 1, d 3; then a gone and b 2; of 50 cpus c 2, b 4, e mem 5, d 6; of 200
 * mem e 2.5, b 4, d 6, c mem 8, f 10. Inactive ones are kept, not listed.
 * Mesos rows: 94, 98, 99. */
static void shares_decide_at_any_depth(void **state)
{
    static const char *const names[][6] = {
        {"a", "b", "c", "d", "e", "f"},
        {"a/a", "b/b", "c/c", "d/d", "e/e", "f/f"},
        {"a/a/a/a/a", "b/b/b/b", "c/c/c", "d/d/d/d", "e/e", "f"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
        const char *const *at = names[n];
        const char *a = at[0], *b = at[1], *c = at[2], *d = at[3], *e = at[4], *f = at[5];
        void *fresh;
        setup(&fresh);
        Tree *tree = fresh;
#define EXPECT(...)                                                                                \
    do {                                                                                           \
        g_autofree char *text = g_strjoin(" ", __VA_ARGS__, NULL);                                 \
        expect(tree, text);                                                                        \
    } while (0)
        add(tree, a);
        take(tree, a, "cpus:5;mem:5");
        add(tree, b);
        take(tree, b, "cpus:6;mem:6");
        EXPECT(a, b);
        add(tree, c);
        add(tree, d);
        EXPECT(c, d, a, b);
        take(tree, c, "cpus:1;mem:1");
        take(tree, d, "cpus:3;mem:1");
        EXPECT(c, d, a, b);
        drop(tree, a);
        give(tree, b, "cpus:4;mem:4");
        EXPECT(c, b, d);
        add(tree, e);
        take(tree, e, "cpus:1;mem:5");
        set_total(tree, "cpus:50;mem:100");
        EXPECT(c, b, e, d);
        add(tree, f);
        take(tree, f, "cpus:5;mem:1");
        take(tree, c, "mem:15");
        set_total(tree, "cpus:50;mem:200");
        EXPECT(e, b, d, c, f);
        hf_sorter__deactivate(&tree->sorters, leaf_of(tree, d));
        EXPECT(e, b, c, f);
        assert_int_equal(g_hash_table_size(tree->leaves), 5);
        assert_int_equal(hf_sorter__alloc(&tree->sorters, leaf_of(tree, d))[HF_KIND_CPUS], 3000);
        hf_sorter__activate(&tree->sorters, leaf_of(tree, d));
        EXPECT(e, b, d, c, f);
        teardown(&fresh);
    }
#undef EXPECT
}

/* a 5, b 6/2; c 4; d mem 20/10 = 2; without b, d mem 45/10 = 4.5; e 1/.1 = 10. Mesos rows: 95. */
static void weights_divide_shares(void **state)
{
    Tree *tree = *state;
    add(tree, "a");
    take(tree, "a", "cpus:5;mem:5");
    weigh(tree, "b", 2.0);
    add(tree, "b");
    take(tree, "b", "cpus:6;mem:6");
    expect(tree, "b a");
    add(tree, "c");
    take(tree, "c", "cpus:4;mem:4");
    expect(tree, "b c a");
    weigh(tree, "d", 10.0);
    add(tree, "d");
    take(tree, "d", "cpus:10;mem:20");
    expect(tree, "d b c a");
    drop(tree, "b");
    expect(tree, "d c a");
    take(tree, "d", "cpus:10;mem:25");
    expect(tree, "c d a");
    weigh(tree, "e", 0.1);
    add(tree, "e");
    take(tree, "e", "cpus:1;mem:1");
    expect(tree, "c d a e");
    drop(tree, "a");
    expect(tree, "c d e");
}

/* b 6/2 < a 5. Mesos rows: 96. */
static void a_changed_weight_acts_on_the_next_sort(void **state)
{
    Tree *tree = *state;
    add(tree, "a");
    add(tree, "b");
    take(tree, "a", "cpus:5;mem:5");
    take(tree, "b", "cpus:6;mem:6");
    expect(tree, "a b");
    weigh(tree, "b", 2.0);
    expect(tree, "b a");
}

/* All hold 3: a, b, e in one allocation, d in two, c in three. Giving back and inactivity take
 * nothing from the count; one of an inactive client counts. Mesos rows: 97. */
static void ties_go_by_the_number_of_allocations(void **state)
{
    Tree *tree = *state;
    static const char *const clients[] = {"a", "b", "c", "d", "e"};
    for (size_t c = 0; c < G_N_ELEMENTS(clients); c++) add(tree, clients[c]);
    take(tree, "a", "cpus:3;mem:3");
    take(tree, "b", "cpus:3;mem:3");
    for (int i = 0; i < 3; i++) take(tree, "c", "cpus:1;mem:1");
    take(tree, "d", "cpus:2;mem:2");
    take(tree, "d", "cpus:1;mem:1");
    take(tree, "e", "cpus:3;mem:3");
    expect(tree, "a b e d c");
    give(tree, "c", "cpus:3;mem:3");
    expect(tree, "c a b e d");
    take(tree, "c", "cpus:3;mem:3");
    expect(tree, "a b e d c");
    hf_sorter__deactivate(&tree->sorters, leaf_of(tree, "a"));
    give(tree, "a", "cpus:3;mem:3");
    take(tree, "a", "cpus:3;mem:3");
    expect(tree, "b e d c");
    hf_sorter__activate(&tree->sorters, leaf_of(tree, "a"));
    expect(tree, "b e a d c"); /* two allocations, as d */
}

/* a against b = b/c + b/d: 6 : 0, 6 : 7, 8 : 7; b/e/f is a subtree of its own: 8 : 10.5; what
 * leaves the tree leaves its ancestors. Mesos rows: 100. */
static void a_subtree_has_the_share_of_its_sum(void **state)
{
    Tree *tree = *state;
    add(tree, "a");
    add(tree, "b/c");
    add(tree, "b/d");
    expect(tree, "a b/c b/d");
    take(tree, "a", "cpus:6;mem:6");
    expect(tree, "b/c b/d a");
    take(tree, "b/c", "cpus:4;mem:4");
    take(tree, "b/d", "cpus:3;mem:3");
    expect(tree, "a b/d b/c");
    take(tree, "a", "cpus:2;mem:2");
    expect(tree, "b/d b/c a");
    add(tree, "b/e/f");
    expect(tree, "b/e/f b/d b/c a");
    take(tree, "b/e/f", "cpus:3.5;mem:3.5");
    expect(tree, "a b/d b/e/f b/c");
    drop(tree, "b/e/f");
    expect(tree, "b/d b/c a");
    HfQuantities four = {0}, one = {0};
    assert_true(hf_quantities_parse(tree->catalog, "cpus:4;mem:4", &four, NULL));
    assert_true(hf_quantities_parse(tree->catalog, "cpus:1;mem:1", &one, NULL));
    hf_sorter__update(&tree->sorters, leaf_of(tree, "b/c"), &four, &one);
    expect(tree, "b/c b/d a");
    add(tree, "b/e/f");
    take(tree, "b/e/f", "cpus:3.5;mem:3.5");
    expect(tree, "b/c b/d b/e/f a");
    assert_int_equal(g_hash_table_size(tree->leaves), 4);
    HfNode b = hf_sorter__find(&tree->sorters, tree->root, "b"); /* no client */
    assert_int_equal(tree->sorters.nodes.at[b].kind, HF_NODE_INTERNAL);
    assert_int_equal(hf_sorter__find(&tree->sorters, tree->root, "b/."), HF_NODE_NONE);
}

/* d, a client with a client below it, stands among its children. d = 5 : c 8, then a/b 6.
 * Mesos rows: 101. */
static void the_order_is_a_walk_over_the_tree(void **state)
{
    Tree *tree = *state;
    static const char *const clients[] = {"a/b", "c", "d", "d/e"};
    for (size_t c = 0; c < G_N_ELEMENTS(clients); c++) add(tree, clients[c]);
    expect(tree, "a/b c d d/e");
    take(tree, "c", "cpus:8;mem:8");
    expect(tree, "a/b d d/e c");
    take(tree, "d", "cpus:3;mem:3");
    take(tree, "d/e", "cpus:2;mem:2");
    expect(tree, "a/b d/e d c");
    take(tree, "a/b", "cpus:6;mem:6");
    expect(tree, "d/e d a/b c");
}

/* a 10 : b 6; a 15; without a itself 5; the weight of a/c is against a itself, that of a against b:
 * 5/.2 = 25 : 10, then 15/3 = 5 : 6. Mesos rows: 102. */
static void a_client_becomes_a_leaf_among_its_children(void **state)
{
    Tree *tree = *state;
    add(tree, "a");
    add(tree, "b");
    take(tree, "a", "cpus:10;mem:10");
    take(tree, "b", "cpus:6;mem:6");
    expect(tree, "b a");
    add(tree, "a/c");
    take(tree, "a/c", "cpus:5;mem:5");
    expect(tree, "b a/c a");
    drop(tree, "a");
    expect(tree, "a/c b");
    add(tree, "a");
    take(tree, "a", "cpus:10;mem:10");
    expect(tree, "b a/c a");
    weigh(tree, "a/c", 0.2);
    expect(tree, "b a a/c");
    weigh(tree, "a", 3.0);
    expect(tree, "a a/c b");
    weigh(tree, "a/c", 1.0);
    expect(tree, "a/c a b");
}

/* x itself 7 between x/b 6 and x/a 10; z 20 < 23, and > 16 without it. Mesos rows: 103. */
static void an_internal_node_may_become_a_client(void **state)
{
    Tree *tree = *state;
    add(tree, "x/a");
    add(tree, "x/b");
    take(tree, "x/a", "cpus:10;mem:10");
    take(tree, "x/b", "cpus:6;mem:6");
    expect(tree, "x/b x/a");
    add(tree, "x");
    take(tree, "x", "cpus:7;mem:7");
    expect(tree, "x/b x x/a");
    add(tree, "z");
    take(tree, "z", "cpus:20;mem:20");
    expect(tree, "z x/b x x/a");
    drop(tree, "x");
    expect(tree, "x/b x/a z");
}

/* a is inactive; its 10 count in the subtree with a/c: 15 > 6. Mesos rows: 104. */
static void an_inactive_client_counts_in_its_subtree(void **state)
{
    Tree *tree = *state;
    add_inactive(tree, "a");
    add(tree, "b");
    take(tree, "a", "cpus:10;mem:10");
    take(tree, "b", "cpus:6;mem:6");
    expect(tree, "b");
    add(tree, "a/c");
    take(tree, "a/c", "cpus:5;mem:5");
    expect(tree, "b a/c");
}

/* The only child goes; a is what it was, active or not. Mesos rows: 105, 106. */
static void without_its_only_child_a_client_is_a_leaf(void **state)
{
    for (int active = 0; active < 2; active++) {
        void *fresh;
        setup(&fresh);
        Tree *tree = fresh;
        add_inactive(tree, "a");
        if (active) hf_sorter__activate(&tree->sorters, leaf_of(tree, "a"));
        add(tree, "b");
        add(tree, "a/c");
        expect(tree, active ? "a a/c b" : "a/c b");
        drop(tree, "a/c");
        expect(tree, active ? "a b" : "b");
        HfNode a = hf_sorter__find(&tree->sorters, tree->root, "a");
        assert_int_equal(a, leaf_of(tree, "a"));
        teardown(&fresh);
    }
}

/* Weights said before there is a node: b 10/3 < a 10/2; .15/3 is, as a double, just below .05; with
 * b itself 19/3 > 5; a 12/2 = 6 < 6.33. Mesos rows: 107. */
static void weights_act_on_whole_subtrees(void **state)
{
    Tree *tree = *state;
    weigh(tree, "b", 3.0);
    weigh(tree, "a", 2.0);
    add(tree, "a/x");
    add(tree, "b/y");
    expect(tree, "a/x b/y");
    take(tree, "a/x", "cpus:10;mem:10");
    take(tree, "b/y", "cpus:10;mem:10");
    expect(tree, "b/y a/x");
    add(tree, "b/z");
    take(tree, "b/z", "cpus:5;mem:5");
    expect(tree, "b/z b/y a/x");
    add(tree, "b");
    take(tree, "b", "cpus:4;mem:4");
    expect(tree, "a/x b b/z b/y");
    add(tree, "a/zz");
    take(tree, "a/zz", "cpus:2;mem:2");
    expect(tree, "a/zz a/x b b/z b/y");
}

/* Of 10 cpus and 100 mem a has 20, b 10; of 100 and 10, a 10 and b 20. Mesos rows: 114. */
static void another_total_is_another_order(void **state)
{
    Tree *tree = *state;
    set_total(tree, "cpus:10;mem:100");
    add(tree, "a");
    add(tree, "b");
    take(tree, "a", "cpus:2;mem:1");
    take(tree, "b", "cpus:1;mem:2");
    expect(tree, "b a");
    set_total(tree, "cpus:100;mem:10");
    expect(tree, "a b");
}

/* The same with a total of two agents, one of which changes: 95 + 5 cpus, 5 + 5 mem.
 * Mesos rows: 115. */
static void the_total_is_that_of_all_agents(void **state)
{
    Tree *tree = *state;
    HfQuantities half = {0}, other = {0};
    assert_true(hf_quantities_parse(tree->catalog, "cpus:5;mem:50", &half, NULL));
    assert_true(hf_quantities_parse(tree->catalog, "cpus:95;mem:5", &other, NULL));
    set_total(tree, "");
    hf_sorters__total_add(&tree->sorters, &half, 1);
    hf_sorters__total_add(&tree->sorters, &half, 1);
    add(tree, "a");
    add(tree, "b");
    take(tree, "a", "cpus:2;mem:1");
    take(tree, "b", "cpus:1;mem:2");
    expect(tree, "b a");
    hf_sorters__total_add(&tree->sorters, &half, -1);
    hf_sorters__total_add(&tree->sorters, &other, 1); /* a 2, b mem 2/55 = 3.6 */
    expect(tree, "a b");
}

/* Total and allocation shrink together: of 10 a 6, b 4; of 5 a 1, b 4. Mesos rows: 116. */
static void what_is_removed_leaves_total_and_client(void **state)
{
    Tree *tree = *state;
    set_total(tree, "cpus:10;mem:10");
    add(tree, "a");
    add(tree, "b");
    take(tree, "a", "cpus:6;mem:6");
    take(tree, "b", "cpus:4;mem:4");
    expect(tree, "b a");
    give(tree, "a", "cpus:5;mem:5");
    set_total(tree, "cpus:5;mem:5");
    expect(tree, "a b");
}

/* A name that stands in several entries counts with their sum: b's 5 + 5 disk are more than 9.
 * Mesos rows: 108. */
static void entries_of_one_name_are_summed(void **state)
{
    Tree *tree = *state;
    set_total(tree, "cpus:100;mem:100;disk:100");
    add(tree, "a");
    add(tree, "b");
    take(tree, "a", "cpus:9;mem:9;disk:9");
    HfQuantity entries[] = {{HF_KIND_DISK, 5000}, {HF_KIND_CPUS, 9000}, {HF_KIND_DISK, 5000}};
    hf_sorter__allocated(&tree->sorters, leaf_of(tree, "b"), (HfAmounts){entries, 3}, 1);
    expect(tree, "a b");
    give(tree, "a", "cpus:9;mem:9;disk:9");
    take(tree, "a", "cpus:9;mem:9;disk:10"); /* as much, and served twice */
    expect(tree, "b a");
}

/* A weight is a node's own, once it was looked up: a virtual leaf has none (weight 1), and one said
 * of a client before the first sort stays when the client goes. */
static void a_weight_set_on_a_client_stays_with_its_node(void **state)
{
    Tree *tree = *state;
    add(tree, "a");
    add(tree, "a/x");
    weigh(tree, "a", 4.0); /* before anybody sorts */
    take(tree, "a/x", "cpus:8");
    add(tree, "b");
    take(tree, "b", "cpus:3");
    drop(tree, "a");
    tree->weights[role_of(tree, "a")] = 1.0; /* a is no client: its node is not told */
    hf_sorters__look_up_weights(&tree->sorters);
    expect(tree, "a/x b"); /* 8/4 < 3 */
}

int main(void)
{
    hf_test_init();
#define ORDER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_decide_at_any_depth),
        ORDER_TEST(weights_divide_shares),
        ORDER_TEST(a_changed_weight_acts_on_the_next_sort),
        ORDER_TEST(ties_go_by_the_number_of_allocations),
        ORDER_TEST(a_subtree_has_the_share_of_its_sum),
        ORDER_TEST(the_order_is_a_walk_over_the_tree),
        ORDER_TEST(a_client_becomes_a_leaf_among_its_children),
        ORDER_TEST(an_internal_node_may_become_a_client),
        ORDER_TEST(an_inactive_client_counts_in_its_subtree),
        cmocka_unit_test(without_its_only_child_a_client_is_a_leaf),
        ORDER_TEST(weights_act_on_whole_subtrees),
        ORDER_TEST(another_total_is_another_order),
        ORDER_TEST(the_total_is_that_of_all_agents),
        ORDER_TEST(what_is_removed_leaves_total_and_client),
        ORDER_TEST(entries_of_one_name_are_summed),
        ORDER_TEST(a_weight_set_on_a_client_stays_with_its_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
