/* The tree of clients: where virtual leaves come from and go, who counts what, and the order. */
#include "support/test.h"

#include <string.h>

#include "allocator/sorter_internal.h"

typedef struct Tree {
    HfCatalog *catalog;
    HfSorters sorters;
    HfNode root;
} Tree;

static int setup(void **state)
{
    Tree *tree = g_new0(Tree, 1);
    tree->catalog = hf_catalog_new(0);
    hf_sorters__init(&tree->sorters);
    tree->root = hf_sorter__new(&tree->sorters, HF_SORTER_DRF);
    HfQuantities total = {0};
    hf_quantities_set(&total, HF_KIND_CPUS, 100 * 1000);
    hf_quantities_set(&total, HF_KIND_MEM, 1000 * 1000);
    hf_sorters__total_add(&tree->sorters, &total, 1);
    *state = tree;
    return 0;
}

static int teardown(void **state)
{
    Tree *tree = *state;
    hf_sorters__clear(&tree->sorters);
    hf_catalog_free(tree->catalog);
    g_free(tree);
    return 0;
}

static HfNode add(Tree *tree, const char *path)
{
    HfRoleId role;
    assert_true(hf_role_intern(tree->catalog, path, &role, NULL));
    HfNode leaf = hf_sorter__add(&tree->sorters, tree->root, hf_role_path(tree->catalog, role),
                                 tree->catalog, role, role);
    hf_sorter__activate(&tree->sorters, leaf);
    return leaf;
}

static void allocate(Tree *tree, HfNode leaf, int64_t cpus, int sign)
{
    HfQuantity amount = {HF_KIND_CPUS, cpus * 1000};
    hf_sorter__allocated(&tree->sorters, leaf, (HfAmounts){&amount, 1}, sign);
}

static void list(Tree *tree, HfNode internal, GString *out)
{
    HfSorterGroup *group = hf_sorter__flush(&tree->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        const HfSorterNode *row = &tree->sorters.nodes.at[group->order.at[i]];
        if (row->kind == HF_NODE_INTERNAL)
            list(tree, group->order.at[i], out);
        else
            g_string_append_printf(out, "%s ", hf_role_path(tree->catalog, row->client));
    }
}

static void assert_order(Tree *tree, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);
    list(tree, tree->root, out);
    assert_string_equal(out->str, expected);
}

static void clients_stand_by_share_then_count_then_name(void **state)
{
    Tree *tree = *state;
    HfNode a = add(tree, "a"), b = add(tree, "b"), c = add(tree, "c");
    assert_order(tree, "a b c ");
    allocate(tree, a, 10, 1);
    assert_order(tree, "b c a ");
    allocate(tree, b, 5, 1);
    assert_order(tree, "c b a ");
    allocate(tree, a, 10, -1); /* share 0 again, but it was served once */
    assert_order(tree, "c a b ");
    allocate(tree, c, 0, 1);
    assert_order(tree, "a c b ");
}

/* 10 of 100 cpus against 200 of 1000 mem: the memory decides. */
static void the_largest_part_of_any_kind_is_the_share(void **state)
{
    Tree *tree = *state;
    HfNode a = add(tree, "a");
    HfQuantity amounts[] = {{HF_KIND_CPUS, 10 * 1000}, {HF_KIND_MEM, 200 * 1000}};
    hf_sorter__allocated(&tree->sorters, a, (HfAmounts){amounts, 2}, 1);
    assert_true(hf_sorter__share(&tree->sorters, a) == 0.2);
    hf_sorters__exclude(&tree->sorters, HF_KIND_MEM);
    assert_true(hf_sorter__share(&tree->sorters, a) == 0.1);
    /* twice the cpus: half the share */
    HfQuantities more = {0};
    hf_quantities_set(&more, HF_KIND_CPUS, 100 * 1000);
    hf_sorters__total_add(&tree->sorters, &more, 1);
    assert_true(hf_sorter__share(&tree->sorters, a) == 0.05);
}

static void a_client_with_clients_below_becomes_a_virtual_leaf(void **state)
{
    Tree *tree = *state;
    HfNode a = add(tree, "a");
    allocate(tree, a, 10, 1);
    HfNode ab = add(tree, "a/b");
    HfNode internal = hf_sorter__find(&tree->sorters, tree->root, "a");
    assert_int_not_equal(internal, a); /* the leaf kept its row below a new node */
    assert_int_equal(hf_sorter__find(&tree->sorters, tree->root, "a/."), a);
    assert_int_equal(hf_sorter__find(&tree->sorters, tree->root, "a/b"), ab);
    assert_int_equal(hf_sorter__find(&tree->sorters, tree->root, "a/c"), HF_NODE_NONE);
    assert_int_equal(tree->sorters.nodes.at[internal].count, 1);
    assert_int_equal(hf_sorter__alloc(&tree->sorters, internal)[HF_KIND_CPUS], 10000);
    allocate(tree, ab, 20, 1);
    assert_int_equal(tree->sorters.nodes.at[internal].count, 2);
    assert_int_equal(hf_sorter__alloc(&tree->sorters, internal)[HF_KIND_CPUS], 30000);
    assert_order(tree, "a a/b "); /* 10 before 20 among siblings */
}

/* The leaf that is left takes the place of the node above it, and keeps its own count. */
static void a_virtual_leaf_left_alone_becomes_a_leaf_again(void **state)
{
    Tree *tree = *state;
    HfNode a = add(tree, "a"), ab = add(tree, "a/b");
    allocate(tree, ab, 20, 1);
    allocate(tree, a, 10, 1);
    hf_sorter__remove(&tree->sorters, ab);
    assert_int_equal(hf_sorter__find(&tree->sorters, tree->root, "a"), a);
    assert_int_equal(tree->sorters.nodes.at[a].count, 1);
    assert_int_equal(hf_sorter__alloc(&tree->sorters, a)[HF_KIND_CPUS], 10000);
    assert_order(tree, "a ");
    hf_sorter__remove(&tree->sorters, a);
    assert_order(tree, "");
}

/* In Mesos it takes the count of the node above as well. */
static void a_virtual_leaf_left_alone_inherits_the_count_under_the_quirk(void **state)
{
    Tree *tree = *state;
    HfNode a = add(tree, "a"), ab = add(tree, "a/b");
    tree->sorters.collapse_keeps_count = TRUE;
    allocate(tree, ab, 20, 1);
    allocate(tree, a, 10, 1);
    hf_sorter__remove(&tree->sorters, ab);
    assert_int_equal(tree->sorters.nodes.at[a].count, 2);
}

static void internal_nodes_go_with_their_last_client(void **state)
{
    Tree *tree = *state;
    HfNode deep = add(tree, "x/y/z");
    assert_int_not_equal(hf_sorter__find(&tree->sorters, tree->root, "x/y"), HF_NODE_NONE);
    hf_sorter__remove(&tree->sorters, deep);
    assert_int_equal(hf_sorter__find(&tree->sorters, tree->root, "x"), HF_NODE_NONE);
}

/* '.' sorts after '-' and before letters: a/-b, a/., a/b. */
static void the_virtual_leaf_is_named_by_a_dot(void **state)
{
    Tree *tree = *state;
    add(tree, "a");
    add(tree, "a/b");
    HfRoleId invalid;
    assert_false(hf_role_intern(tree->catalog, "a/-b", &invalid, NULL));
    add(tree, "a/+b");
    assert_order(tree, "a/+b a a/b ");
}

static void inactive_clients_are_left_out_but_count(void **state)
{
    Tree *tree = *state;
    HfNode a = add(tree, "a"), ab = add(tree, "a/b");
    add(tree, "c");
    allocate(tree, ab, 50, 1);
    hf_sorter__deactivate(&tree->sorters, ab);
    assert_order(tree, "c a "); /* the subtree of a still holds 50 */
    hf_sorter__deactivate(&tree->sorters, a);
    assert_order(tree, "c ");
    hf_sorter__activate(&tree->sorters, a);
    assert_order(tree, "c a ");
}

/* Every order reached by moving single members must be the one that sorting from scratch gives. */
static void moving_and_sorting_agree(void **state)
{
    Tree *tree = *state;
    enum { CLIENTS = 60 };
    HfNode leaf[CLIENTS];
    uint64_t noise = 1;
    for (int i = 0; i < CLIENTS; i++) {
        char path[8];
        g_snprintf(path, sizeof path, "r%02d", (i * 37) % CLIENTS);
        leaf[i] = add(tree, path);
    }
    for (int step = 0; step < 3000; step++) {
        noise = noise * 6364136223846793005u + 1442695040888963407u;
        HfNode node = leaf[(noise >> 33) % CLIENTS];
        int64_t held = hf_sorter__alloc(&tree->sorters, node)[HF_KIND_CPUS] / 1000;
        allocate(tree, node, held > 2 ? held : (int64_t)(noise >> 60), held > 2 ? -1 : 1);
        if (step % 7 != 0) continue;
        const HfSorterGroup *group = hf_sorter__flush(&tree->sorters, tree->root);
        assert_int_equal(group->order.count, CLIENTS);
        for (uint32_t i = 1; i < CLIENTS; i++) {
            HfNode left = group->order.at[i - 1], right = group->order.at[i];
            const HfSorterNode *x = &tree->sorters.nodes.at[left];
            const HfSorterNode *y = &tree->sorters.nodes.at[right];
            double share_x = hf_sorter__share(&tree->sorters, left);
            double share_y = hf_sorter__share(&tree->sorters, right);
            assert_true(share_x <= share_y);
            if (share_x == share_y) assert_true(x->count <= y->count);
            if (share_x == share_y && x->count == y->count)
                assert_true(memcmp(x->name, y->name, 3) < 0);
        }
    }
}

static void amounts_below_zero_are_a_programming_error(void **state)
{
    Tree *tree = *state;
    HfNode a = add(tree, "a");
    allocate(tree, a, 1, 1);
    expect_assert_failure(allocate(tree, a, 2, -1));
}

int main(void)
{
    hf_test_init();
#define SORTER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        SORTER_TEST(clients_stand_by_share_then_count_then_name),
        SORTER_TEST(the_largest_part_of_any_kind_is_the_share),
        SORTER_TEST(a_client_with_clients_below_becomes_a_virtual_leaf),
        SORTER_TEST(a_virtual_leaf_left_alone_becomes_a_leaf_again),
        SORTER_TEST(a_virtual_leaf_left_alone_inherits_the_count_under_the_quirk),
        SORTER_TEST(internal_nodes_go_with_their_last_client),
        SORTER_TEST(the_virtual_leaf_is_named_by_a_dot),
        SORTER_TEST(inactive_clients_are_left_out_but_count),
        SORTER_TEST(moving_and_sorting_agree),
        SORTER_TEST(amounts_below_zero_are_a_programming_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
