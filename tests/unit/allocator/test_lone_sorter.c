/* A sorter by itself: order by share, and clients below clients. */
#include "support/test.h"

#include "allocator/lone_sorter.h"
#include "resource/text.h"

static HfResources parse(HfCatalog *catalog, const char *text)
{
    HfResources resources = {0};
    assert_true(hf_resources_parse_canonical(catalog, text, &resources, NULL));
    return resources;
}

static void order_is_by_dominant_share_then_count_then_path(void **state)
{
    (void)state;
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    HfLoneSorter *sorter = hf_lone_sorter_new(catalog);
    HfResources total = parse(catalog, "cpus:100;mem:100;ports:[1-10]");
    HfResources ten_cpus = parse(catalog, "cpus:10;mem:1;ports:[1-2]");
    HfResources thirty_mem = parse(catalog, "cpus:1;mem:30");
    hf_lone_sorter_total_add(sorter, &total);
    uint32_t a = hf_lone_sorter_add(sorter, "a"), b = hf_lone_sorter_add(sorter, "b");
    uint32_t ab = hf_lone_sorter_add(sorter, "a/b"), order[3];
    hf_lone_sorter_allocated(sorter, b, &ten_cpus); /* b: 10 of 100 */
    hf_lone_sorter_allocated(sorter, ab, &thirty_mem);
    /* the subtree of a has 30 of 100: behind b; within it a itself has nothing */
    assert_int_equal(hf_lone_sorter_sort(sorter, order), 3);
    assert_int_equal(order[0], b);
    assert_int_equal(order[1], a);
    assert_int_equal(order[2], ab);
    hf_lone_sorter_unallocated(sorter, ab, &thirty_mem);
    /* now the subtree has nothing; within it nothing against nothing, but a/b was counted once */
    assert_int_equal(hf_lone_sorter_sort(sorter, order), 3);
    assert_int_equal(order[0], a);
    assert_int_equal(order[1], ab);
    assert_int_equal(order[2], b);
    hf_lone_sorter_remove(sorter, a);
    assert_int_equal(hf_lone_sorter_sort(sorter, order), 2);
    assert_int_equal(order[0], ab);
    hf_lone_sorter_free(sorter);
    hf_resources_clear(catalog, &total);
    hf_resources_clear(catalog, &ten_cpus);
    hf_resources_clear(catalog, &thirty_mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_by_dominant_share_then_count_then_path),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
