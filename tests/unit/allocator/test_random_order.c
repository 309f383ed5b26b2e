/*
 * Random sorters: how often who comes at which place, against the tables of Mesos's tests of its
 * sorter (which its authors made by shuffling many times), within 5 percent. The draws are seeded.
 */
#include "unit/allocator/cell.h"

#include <math.h>

#include "allocator/allocator_internal.h"
#include "base/maths.h"

#define CLIENTS_MAX 5

/* Draw the clients of a sorter so often, and count who came where. */
static void expect_places(Cell *cell, HfNode root, const uint32_t *clients, uint32_t count,
                          uint32_t draws, const double (*expected)[CLIENTS_MAX])
{
    HfAllocator *allocator = cell->allocator;
    uint32_t seen[CLIENTS_MAX][CLIENTS_MAX] = {{0}};
    for (uint32_t d = 0; d < draws; d++) {
        hf_draw__begin(allocator, &allocator->role_draw, root, hf_order__mix(d + 1));
        for (uint32_t place = 0; place < count; place++) {
            HfNode leaf = hf_draw__next(&allocator->role_draw);
            assert_int_not_equal(leaf, HF_NODE_NONE);
            uint32_t who = 0;
            while (who < count && clients[who] != allocator->sorters.nodes.at[leaf].client) who++;
            assert_true(who < count);
            seen[who][place]++;
        }
        assert_int_equal(hf_draw__next(&allocator->role_draw), HF_NODE_NONE);
    }
    for (uint32_t who = 0; who < count; who++)
        for (uint32_t place = 0; place < count; place++) {
            double part = (double)seen[who][place] / draws;
            if (fabs(part - expected[who][place]) > 0.05)
                fail_msg("client %u at place %u: %g, expected %g", who, place, part,
                         expected[who][place]);
        }
}

/* Weights 1 to 5, one client after the other without replacement. Mesos rows: 91, 93. */
static void heavier_clients_come_first_more_often(void **state)
{
    Cell *cell = *state;
    static const double expected[][CLIENTS_MAX] = {{0.07, 0.08, 0.12, 0.20, 0.54},
                                                   {0.13, 0.16, 0.20, 0.28, 0.23},
                                                   {0.20, 0.22, 0.24, 0.22, 0.12},
                                                   {0.27, 0.26, 0.23, 0.17, 0.07},
                                                   {0.33, 0.28, 0.21, 0.13, 0.04}};
    static const char *const names[] = {"r0", "r1", "r2", "r3", "r4"};
    uint32_t roles[CLIENTS_MAX];
    for (uint32_t r = 0; r < CLIENTS_MAX; r++) {
        roles[r] = cell_role(cell, names[r]);
        assert_int_equal(hf_allocator_weight_set(cell->allocator, 0, (HfRoleId)roles[r], r + 1.0),
                         HF_OK);
        cell_framework(cell, r, names[r]);
    }
    expect_places(cell, cell->allocator->role_root, roles, CLIENTS_MAX, 1000, expected);
}

/* a (1) with itself (1) and a/b (2); c (2), no client, with c/d (1) and c/e (2): of 9 parts 1, 2, 2
 * and 4. An inactive client takes no part. Mesos rows: 92. */
static void weights_are_relative_to_siblings(void **state)
{
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    static const double expected[][CLIENTS_MAX] = {{0.11, 0.15, 0.23, 0.51},
                                                   {0.22, 0.27, 0.30, 0.21},
                                                   {0.22, 0.27, 0.30, 0.21},
                                                   {0.44, 0.31, 0.18, 0.07}};
    static const char *const names[] = {"a", "a/b", "c/d", "c/e"};
    static const double weights[] = {1.0, 2.0, 1.0, 2.0};
    uint32_t roles[CLIENTS_MAX];
    assert_int_equal(hf_allocator_weight_set(allocator, 0, cell_role(cell, "c"), 2.0), HF_OK);
    for (uint32_t r = 0; r < 4; r++) {
        roles[r] = cell_role(cell, names[r]);
        assert_int_equal(hf_allocator_weight_set(allocator, 0, (HfRoleId)roles[r], weights[r]),
                         HF_OK);
        cell_framework(cell, r, names[r]);
    }
    expect_places(cell, allocator->role_root, roles, 4, 10000, expected);
    /* without a itself, a/b has all of a's third: 3, 2 and 4 of 9 */
    static const double without[][CLIENTS_MAX] = {{0.33}, {0.22}, {0.44}};
    hf_sorter__deactivate(&allocator->sorters, allocator->roles.at[roles[0]].leaf);
    uint32_t first[3] = {0, 0, 0};
    for (uint32_t d = 0; d < 10000; d++) {
        hf_draw__begin(allocator, &allocator->role_draw, allocator->role_root,
                       hf_order__mix(d + 1));
        HfNode leaf = hf_draw__next(&allocator->role_draw);
        for (uint32_t r = 1; r < 4; r++)
            first[r - 1] += allocator->sorters.nodes.at[leaf].client == roles[r];
    }
    for (uint32_t r = 0; r < 3; r++) assert_true(fabs(first[r] / 1e4 - without[r][0]) < 0.05);
}

/*
 * Of many equal clients, who comes in the second half of the order is drawn as well: the keys as
 * Mesos computes them are 0 for nearly half of a thousand. Over D draws the mean place of each is
 * normal about 499.5 with a deviation of 288.7 / sqrt(D): 14.4 for 400, and of a thousand clients
 * hardly one is further off than 5 of those. Nor do neighbours in the order follow by their number.
 */
static void the_end_of_a_long_order_is_drawn_as_well(void **state)
{
    enum { CLIENTS = 1000, DRAWS = 400 };
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    g_autofree uint32_t *places = g_new0(uint32_t, CLIENTS);
    uint32_t rising = 0;
    for (uint32_t f = 0; f < CLIENTS; f++) {
        g_autofree char *role = g_strdup_printf("r%u", f);
        cell_framework(cell, f, role);
        assert_true(cell_role(cell, role) <= CLIENTS);
    }
    for (uint32_t d = 0; d < DRAWS; d++) {
        HfNode before = HF_NODE_NONE, leaf;
        hf_draw__begin(allocator, &allocator->role_draw, allocator->role_root,
                       hf_order__mix(d + 1));
        for (uint32_t p = 0; p < CLIENTS; p++, before = leaf) {
            leaf = hf_draw__next(&allocator->role_draw);
            places[allocator->sorters.nodes.at[leaf].client - 1] += p;
            if (p > CLIENTS / 2) rising += leaf > before;
        }
        assert_int_equal(hf_draw__next(&allocator->role_draw), HF_NODE_NONE);
    }
    for (uint32_t c = 0; c < CLIENTS; c++)
        assert_true(fabs((double)places[c] / DRAWS - 499.5) < 5 * 14.5);
    assert_true(fabs((double)rising / (DRAWS * (CLIENTS / 2 - 1)) - 0.5) < 0.02);
}

static int by_key(const void *a, const void *b)
{
    const HfDrawn *x = a, *y = b;
    return x->key != y->key    ? (x->key < y->key ? -1 : 1)
           : x->leaf < y->leaf ? -1
                               : x->leaf > y->leaf;
}

/* One after the other, clients come as if all keys were worked out and sorted: with weights that
 * are equal, or far apart, or of a tree, and while weights and clients change. */
static void clients_come_in_the_order_of_their_keys(void **state)
{
    enum { CLIENTS = 60, DRAWS = 2000 };
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    HfStream stream;
    hf_stream_init(&stream, 7, "draws", 0);
    HfDrawn all[CLIENTS];
    for (uint32_t f = 0; f < CLIENTS; f++) {
        g_autofree char *role = g_strdup_printf("r%u%s", f % 7, f % 3 == 0 ? "" : "/x");
        g_autofree char *path = g_strdup_printf("%s%u", role, f);
        cell_framework(cell, f, path);
    }
    HfDraw *draw = &allocator->role_draw;
    for (uint32_t d = 0; d < DRAWS; d++) {
        HfRoleId role = 1 + (HfRoleId)hf_stream_below(&stream, allocator->roles.count - 1);
        HfNode leaf = allocator->roles.at[role].leaf;
        if (d % 3 == 0) {
            double weight = d % 2 == 0 ? 1.0 : 0.001 + 1e6 * hf_stream_uniform(&stream);
            assert_int_equal(hf_allocator_weight_set(allocator, 0, role, weight), HF_OK);
        } else if (leaf != HF_NODE_NONE) {
            HfNodeKind kind = (HfNodeKind)allocator->sorters.nodes.at[leaf].kind;
            (kind == HF_NODE_ACTIVE ? hf_sorter__deactivate
                                    : hf_sorter__activate)(&allocator->sorters, leaf);
        }
        HfDraw fresh = {0};
        uint64_t key = hf_order__mix(d + 1);
        hf_draw__begin(allocator, &fresh, allocator->role_root, key);
        uint32_t count = fresh.clients.count;
        for (uint32_t i = 0; i < count; i++) {
            HfNode client = fresh.clients.leaf[i];
            double uniform = ((double)(hf_order__mix(key + client) >> 11) + 0.5) * 0x1p-53;
            all[i] = (HfDrawn){-hf_log(uniform) / fresh.clients.chance[i], client};
        }
        qsort(all, count, sizeof *all, by_key);
        hf_draw__clear(&fresh);
        hf_draw__begin(allocator, draw, allocator->role_root, key);
        uint32_t asked = d % 4 == 0 ? count : MIN(count, d % 9);
        for (uint32_t i = 0; i < asked; i++) assert_int_equal(hf_draw__next(draw), all[i].leaf);
        if (asked == count) assert_int_equal(hf_draw__next(draw), HF_NODE_NONE);
    }
}

static int setup(void **state)
{
    Cell *cell = cell_new();
    cell->config.role_sorter = HF_SORTER_RANDOM;
    cell->config.framework_sorter = HF_SORTER_RANDOM;
    cell_start(cell);
    *state = cell;
    return 0;
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(heavier_clients_come_first_more_often, setup,
                                        cell_teardown),
        cmocka_unit_test_setup_teardown(weights_are_relative_to_siblings, setup, cell_teardown),
        cmocka_unit_test_setup_teardown(clients_come_in_the_order_of_their_keys, setup,
                                        cell_teardown),
        cmocka_unit_test_setup_teardown(the_end_of_a_long_order_is_drawn_as_well, setup,
                                        cell_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
