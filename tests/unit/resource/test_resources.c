/* Arithmetic, containment and choice on collections without disks and reservations of note. */
#include "unit/resource/fixture.h"

/* Mesos rows: 131. */
static void amounts_are_read_by_kind(void **state)
{
    HfResources *r = mesos("cpus:45.55;mem:1024;disk:512");
    assert_int_equal(hf_resources_milli(r, HF_KIND_CPUS), 45550);
    assert_int_equal(hf_resources_milli(r, HF_KIND_MEM), 1024000);
    assert_int_equal(hf_resources_milli(r, HF_KIND_DISK), 512000);
    assert_int_equal(hf_resources_milli(mesos("cpus:1"), HF_KIND_MEM), 0);
}

/* Mesos rows: 136. */
static void zeroed_memory_is_an_empty_collection(void **state)
{
    HfResources empty = {0};
    assert_true(hf_resources_is_empty(&empty));
    assert_true(has(&empty, &empty));
    assert_true(same(&empty, fresh()));
    hf_resources_clear(fx.catalog, &empty);
}

/* Mesos rows: 137. */
static void adding_an_empty_entry_changes_nothing(void **state)
{
    HfResources *r = res("cpus:1");
    HfResource zero = hf_resource_scalar(HF_KIND_CPUS, HF_META_PLAIN, 0);
    HfResource no_ports = {.kind = HF_KIND_PORTS, .copies = 1, .ranges = NULL};
    hf_resources_add_one(fx.catalog, r, &zero);
    hf_resources_add_one(fx.catalog, r, &no_ports);
    hf_resources_subtract_one(fx.catalog, r, &zero);
    assert_text(r, "cpus:1");
}

/* Mesos rows: 138, 162. */
static void equality_ignores_order_but_not_role_or_amount(void **state)
{
    assert_true(same(res("cpus:3;mem:3072"), res("mem:3072;cpus:3")));
    assert_false(same(res("cpus(role1):3"), res("cpus(role2):3")));
    assert_false(same(res("cpus:3"), res("cpus:4")));
    assert_false(same(fresh(), res("cpus:2")));
    assert_false(same(res("cpus:2"), fresh()));
}

/* Mesos rows: 139, 140. */
static void containing_is_per_name_and_role(void **state)
{
    assert_true(has(res("cpus:1;mem:4096"), res("cpus:1;mem:3072")));
    assert_false(has(res("cpus:1;mem:3072"), res("cpus:1;mem:4096")));
    assert_true(has(res("cpus(role1):3"), res("cpus(role1):1")));
    assert_false(has(res("cpus(role1):3"), res("cpus(role2):1")));
    assert_false(has(res("cpus(role1):3"), res("cpus:1")));
    assert_true(has(res("cpus:1"), fresh()));
}

/* Mesos rows: 141, 142. */
static void adding_merges_per_name_and_role(void **state)
{
    HfResources *sum = plus(res("cpus:1;mem:5"), res("cpus:2;mem:10"));
    assert_order(sum, "cpus:3;mem:15");
    assert_text(plus(res("cpus(r1):1;cpus(r2):3"), res("cpus(r1):5")), "cpus(S:r1):6;cpus(S:r2):3");
}

/* Mesos rows: 143, 144. */
static void subtracting_is_per_name_and_role(void **state)
{
    HfResources *a = res("cpus:50;mem:4096");
    assert_text(minus(a, res("cpus:0.5;mem:1024")), "cpus:49.5;mem:3072");
    assert_true(hf_resources_is_empty(minus(a, a)));
    assert_text(minus(res("cpus(r1):5;cpus(r2):3"), res("cpus(r1):1")),
                "cpus(S:r1):4;cpus(S:r2):3");
}

static void over_subtraction_is_clipped_entry_by_entry(void **state)
{
    assert_text(minus(res("cpus:5;mem:3"), res("cpus:7")), "mem:3");
    assert_text(minus(res("cpus:5"), res("mem:7")), "cpus:5");
    assert_text(minus(res("cpus(r):5;cpus:5"), res("cpus:7")), "cpus(S:r):5");
}

/* The order after a removal is what chopping to quota meets: the last takes the empty place. */
static void removal_moves_the_last_entry_into_the_place(void **state)
{
    HfResources *r = res("cpus:1;mem:2;disk:3;gpus:4");
    hf_resources_subtract(fx.catalog, r, res("mem:2"));
    assert_order(r, "cpus:1;gpus:4;disk:3");
    hf_resources_subtract(fx.catalog, r, res("disk:3"));
    assert_order(r, "cpus:1;gpus:4");
    hf_resources_add(fx.catalog, r, res("mem:9;cpus:1"));
    assert_order(r, "cpus:2;gpus:4;mem:9");
}

static void a_collection_can_be_added_to_and_taken_from_itself(void **state)
{
    HfResources *r = res("cpus:1;ports:[1-2];disk{src=MOUNT/m}:5");
    hf_resources_add(fx.catalog, r, r);
    assert_text(r, "cpus:2;disk{src=MOUNT/m}:5;disk{src=MOUNT/m}:5;ports:[1-2]");
    hf_resources_add_one(fx.catalog, r, hf_resources_at(r, 0));
    assert_int_equal(hf_resources_milli(r, HF_KIND_CPUS), 4000);
    hf_resources_subtract(fx.catalog, r, r);
    assert_true(hf_resources_is_empty(r));
}

/* Mesos rows: 145, 146, 147, 148, 149, 150. */
static void ranges_merge_inside_collections(void **state)
{
    assert_true(same(res("ports:[20-40]"), res("ports:[20-30,31-39,40-40]")));
    assert_true(has(res("ports:[1-10]"), res("ports:[2-2,4-5]")));
    assert_text(plus(res("ports:[20000-40000]"), res("ports:[30000-50000,10000-20000]")),
                "ports:[10000-50000]");
    HfResources *sum = plus(res("ports:[1-4]"), res("ports:[5-8]"));
    assert_int_equal(hf_resources_at(sum, 0)->ranges->count, 1);
}

/* Mesos rows: 151, 152, 153, 154, 155, 156, 157. */
static void ranges_are_cut_inside_collections(void **state)
{
    HfResources *total = res("ports:[50000-60000]");
    HfResources *nothing = fresh();
    assert_text(minus(total, plus(nothing, res("ports:[50000-50001]"))), "ports:[50002-60000]");
    assert_true(hf_resources_is_empty(minus(total, total)));
    assert_int_equal(hf_resources_count(minus(total, res("ports:[1-99999]"))), 0);
    assert_text(minus(res("ports:[1-10]"), res("ports:[11-20]")), "ports:[1-10]");
    assert_text(total, "ports:[50000-60000]"); /* the shared block was not touched */
}

/* Mesos rows: 158, 159, 160, 161. */
static void sets_work_inside_collections(void **state)
{
    assert_true(same(res("disks:{sda1,sda2}"), res("disks:{sda2,sda1}")));
    assert_true(has(res("disks:{sda1,sda3,sda4,sda2}"), res("disks:{sda1,sda2}")));
    assert_false(has(res("disks:{sda1,sda2}"), res("disks:{sda1,sda3,sda4,sda2}")));
    assert_text(plus(res("disks:{sda1,sda2,sda3}"), res("disks:{sda1,sda2,sda3,sda4}")),
                "disks:{sda1,sda2,sda3,sda4}");
    assert_text(minus(res("disks:{sda1,sda2,sda3,sda4}"), res("disks:{sda2,sda3,sda4}")),
                "disks:{sda1}");
}

/* Mesos rows: 173, 174, 175. */
static void entries_can_be_chosen_by_name(void **state)
{
    HfResources *r = mesos("cpus:1;cpus(r):2;mem:3;ports:[1-2]"), *out = fresh();
    hf_resources_of_kind(fx.catalog, r, HF_KIND_CPUS, out);
    assert_order(out, "cpus:1;cpus(S:r):2");
    hf_resources_scalars(fx.catalog, r, out);
    assert_order(out, "cpus:1;cpus(S:r):2;mem:3");
    HfQuantities names = {0};
    hf_resources_quantities(fx.catalog, r, &names);
    assert_int_equal(names.count, 3); /* cpus, mem, ports */
    hf_quantities_clear(&names);
    assert_int_equal(hf_kind_type(fx.catalog, HF_KIND_CPUS), HF_TYPE_SCALAR);
    assert_int_equal(hf_kind_type(fx.catalog, HF_KIND_PORTS), HF_TYPE_RANGES);
}

/* Mesos rows: 176, 177, 178. */
static void sums_do_not_drift(void **state)
{
    HfResources *r = res("cpus:1.001"), *step = res("cpus:1.001");
    hf_resources_add(fx.catalog, r, plus(step, step));
    hf_resources_subtract(fx.catalog, r, res("cpus:2.002"));
    assert_text(r, "cpus:1.001");
    for (int i = 0; i < 100000; i++) hf_resources_add(fx.catalog, r, step);
    assert_int_equal(hf_resources_milli(r, HF_KIND_CPUS), 100001 * INT64_C(1001));
    for (int i = 0; i < 100000; i++) hf_resources_subtract(fx.catalog, r, step);
    assert_text(r, "cpus:1.001");
}

/* Mesos rows: 179, 180. */
static void the_fourth_decimal_is_lost(void **state)
{
    assert_text(mesos("cpus:1.5011"), "cpus:1.501");
    assert_text(mesos("cpus:1.5015"), "cpus:1.502");
    assert_true(same(mesos("cpus:1.5011"), mesos("cpus:1.501")));
}

static gboolean covers(const char *resources, const char *quantities)
{
    HfQuantities wanted = {0};
    assert_true(hf_quantities_parse(fx.catalog, quantities, &wanted, NULL));
    gboolean is_covered = hf_resources_contains_quantities(fx.catalog, res(resources), &wanted);
    hf_quantities_clear(&wanted);
    return is_covered;
}

/* Mesos rows: 183. */
static void quantities_count_scalars_widths_and_items(void **state)
{
    assert_true(covers("ports:[1-3]", "ports:2"));
    assert_true(covers("ports:[1-3]", "ports:3"));
    assert_false(covers("ports:[1-3]", "ports:4"));
    assert_true(covers("features:{a,b,c}", "features:2"));
    assert_false(covers("features:{a,b,c}", "features:4"));
    assert_true(covers("cpus(r1):2;cpus:1", "cpus:3"));
    assert_false(covers("cpus(r1):2;cpus:1", "cpus:3.001"));
    assert_true(covers("ports:[1-10];ports(r):[11-16]", "ports:12"));
    assert_true(covers("disk(r)[v:p]{shared*5}:64;disk:64", "disk:128"));
    assert_false(covers("disk(r)[v:p]{shared*5}:64;disk:64", "disk:129"));
    assert_true(covers("", ""));
    assert_false(covers("mem:5", "cpus:1"));
}

/* 0.1 + 0.7 is 0.7999... as doubles: Mesos's own sum misses 0.8, fixed point does not. */
static void quantities_are_exact_unless_mesos_is_asked_for(void **state)
{
    assert_true(covers("cpus:0.1;cpus(r):0.7", "cpus:0.8"));
    fx.catalog->quirks = HF_QUIRK_QUANTITIES;
    assert_false(covers("cpus:0.1;cpus(r):0.7", "cpus:0.8"));
}

/* Mesos rows: 216, 217, 218, 219, 220. */
static void revocable_resources_stay_apart(void **state)
{
    HfResources *r = plus(res("cpus:1"), res("cpus{rev}:1")), *out = fresh();
    assert_false(same(res("cpus:1"), res("cpus{rev}:1")));
    assert_int_equal(hf_resources_count(r), 2);
    assert_text(plus(r, res("cpus{rev}:2")), "cpus:1;cpus{rev}:3");
    assert_text(minus(r, res("cpus{rev}:5")), "cpus:1");
    assert_text(minus(res("cpus:1"), res("cpus{rev}:1")), "cpus:1");
    assert_false(has(res("cpus:5"), res("cpus{rev}:1")));
    assert_true(has(r, res("cpus{rev}:1")));
    hf_resources_revocable(fx.catalog, r, out);
    assert_text(out, "cpus{rev}:1");
    hf_resources_non_revocable(fx.catalog, r, out);
    assert_text(out, "cpus:1");
    assert_true(hf_resources_any(fx.catalog, r, HF_META_REVOCABLE));
    assert_false(hf_resources_any(fx.catalog, out, HF_META_REVOCABLE));
}

static void ranges_and_sets_of_a_kind_are_joined_over_reservations(void **state)
{
    HfResources *r = res("ports:[1-2];ports(r):[3-4];zones:{a};zones(r):{b}");
    HfRanges *ranges = hf_resources_ranges(fx.catalog, r, HF_KIND_PORTS);
    HfSet *set = hf_resources_set(fx.catalog, r, hf_kind_find(fx.catalog, "zones"));
    assert_int_equal(ranges->count, 1);
    assert_int_equal(set->count, 2);
    hf_ranges_unref(fx.catalog, ranges);
    hf_set_unref(fx.catalog, set);
    assert_null(hf_resources_ranges(fx.catalog, fresh(), HF_KIND_PORTS));
}

/* Mesos rows: 228. */
static void copies_of_an_exact_entry_are_counted(void **state)
{
    HfResources *shared = res("disk(r)[v:p]{shared}:64;disk(r)[v:p]{shared}:64");
    HfResources *cpus = res("cpus:2"), *volume = res("disk(r)[v:p]:64");
    HfResources *twice = plus(volume, volume);
    const HfCatalog *catalog = fx.catalog;
    HfResource one_cpu = hf_resource_scalar(HF_KIND_CPUS, HF_META_PLAIN, 1000);
    assert_int_equal(hf_resources_copies(catalog, shared, hf_resources_at(shared, 0)), 2);
    assert_int_equal(hf_resources_copies(catalog, twice, hf_resources_at(volume, 0)), 1);
    assert_int_equal(hf_resources_copies(catalog, cpus, &one_cpu), 0);
    assert_int_equal(hf_resources_copies(catalog, cpus, hf_resources_at(cpus, 0)), 1);
}

static void single_entries_are_equal_by_kind_metadata_and_value(void **state)
{
    static const char *const cases[] = {"cpus:1",      "cpus:2",      "mem:1", "cpus(r):1",
                                        "ports:[1-2]", "ports:[1-3]", "z:{a}", "z:{a,b}"};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(cases); j++) {
            HfResources a = {0}, b = {0};
            assert_true(hf_resources_parse_canonical(fx.catalog, cases[i], &a, NULL));
            assert_true(hf_resources_parse_canonical(fx.catalog, cases[j], &b, NULL));
            gboolean is_equal =
                hf_resource_equal(fx.catalog, hf_resources_at(&a, 0), hf_resources_at(&b, 0));
            if (is_equal != (i == j)) fail_msg("%s and %s", cases[i], cases[j]);
            hf_resources_clear(fx.catalog, &a);
            hf_resources_clear(fx.catalog, &b);
        }
    HfResource below_zero = hf_resource_scalar(HF_KIND_CPUS, HF_META_PLAIN, -1);
    GError *error = NULL;
    assert_false(hf_resource_check(fx.catalog, &below_zero, &error));
    assert_error(&error, HF_RESOURCE_ERROR_NEGATIVE);
}

static void copying_moving_and_swapping_keep_contents(void **state)
{
    HfResources *a = res("cpus:1;ports:[1-5]"), *b = res("a:1;b:2;c:3;d:4;e:5;f:6;g:7");
    HfResources *c = fresh();
    hf_resources_copy(fx.catalog, c, b);
    assert_text(c, "a:1;b:2;c:3;d:4;e:5;f:6;g:7");
    hf_resources_copy(fx.catalog, c, a);
    hf_resources_copy(fx.catalog, c, c);
    assert_text(c, "cpus:1;ports:[1-5]");
    hf_resources_swap(a, b);
    assert_text(b, "cpus:1;ports:[1-5]");
    hf_resources_move(fx.catalog, b, a);
    assert_true(hf_resources_is_empty(a));
    assert_text(b, "a:1;b:2;c:3;d:4;e:5;f:6;g:7");
    hf_resources_move(fx.catalog, b, b);
    hf_resources_reset(fx.catalog, b);
    assert_text(b, "");
}

static void an_overflowing_sum_is_a_programming_error(void **state)
{
    HfResource huge = hf_resource_scalar(HF_KIND_MEM, HF_META_PLAIN, INT64_MAX);
    HfResources *r = fresh();
    hf_resources_add_one(fx.catalog, r, &huge);
    expect_assert_failure(hf_resources_add_one(fx.catalog, r, &huge));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(amounts_are_read_by_kind),
        WITH_FIXTURE(zeroed_memory_is_an_empty_collection),
        WITH_FIXTURE(adding_an_empty_entry_changes_nothing),
        WITH_FIXTURE(equality_ignores_order_but_not_role_or_amount),
        WITH_FIXTURE(containing_is_per_name_and_role),
        WITH_FIXTURE(adding_merges_per_name_and_role),
        WITH_FIXTURE(subtracting_is_per_name_and_role),
        WITH_FIXTURE(over_subtraction_is_clipped_entry_by_entry),
        WITH_FIXTURE(removal_moves_the_last_entry_into_the_place),
        WITH_FIXTURE(a_collection_can_be_added_to_and_taken_from_itself),
        WITH_FIXTURE(ranges_merge_inside_collections),
        WITH_FIXTURE(ranges_are_cut_inside_collections),
        WITH_FIXTURE(sets_work_inside_collections),
        WITH_FIXTURE(entries_can_be_chosen_by_name),
        WITH_FIXTURE(sums_do_not_drift),
        WITH_FIXTURE(the_fourth_decimal_is_lost),
        WITH_FIXTURE(quantities_count_scalars_widths_and_items),
        WITH_FIXTURE(quantities_are_exact_unless_mesos_is_asked_for),
        WITH_FIXTURE(revocable_resources_stay_apart),
        WITH_FIXTURE(ranges_and_sets_of_a_kind_are_joined_over_reservations),
        WITH_FIXTURE(copies_of_an_exact_entry_are_counted),
        WITH_FIXTURE(single_entries_are_equal_by_kind_metadata_and_value),
        WITH_FIXTURE(copying_moving_and_swapping_keep_contents),
        WITH_FIXTURE(an_overflowing_sum_is_a_programming_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
