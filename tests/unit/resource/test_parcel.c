/* Shared resources: who holds what, and that equal ones are one. */
#include "resource/parcel.h"

#include "unit/resource/fixture.h"

static HfParcel *parcel(const char *text)
{
    return hf_parcel_copy(fx.catalog, res(text));
}

static void drop(HfParcel *parcel)
{
    hf_parcel_drop(fx.catalog, &parcel);
}

static void equal_scalars_are_one_parcel(void **state)
{
    HfParcel *a = parcel("cpus:1;mem:5"), *b = parcel("cpus:1;mem:5"), *c = parcel("cpus:2;mem:5");
    HfParcel *reserved = parcel("cpus(web):1;mem(web):5");
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    assert_ptr_not_equal(a, reserved);
    assert_text(hf_parcel_resources(c), "cpus:2;mem:5");
    drop(a);
    assert_text(hf_parcel_resources(b), "cpus:1;mem:5");
    drop(b);
    drop(c);
    drop(reserved);
}

static void ranges_are_kept_as_they_are(void **state)
{
    HfParcel *a = parcel("cpus:1;ports:[1-9]");
    HfParcel *b = parcel("cpus:1;ports:[1-4]");
    assert_text(hf_parcel_resources(a), "cpus:1;ports:[1-9]");
    assert_text(hf_parcel_resources(b), "cpus:1;ports:[1-4]");
    drop(a);
    drop(b);
}

static void taking_moves_and_copying_does_not(void **state)
{
    HfResources *content = res("cpus:3;mem:7");
    HfParcel *copied = hf_parcel_copy(fx.catalog, content);
    assert_text(content, "cpus:3;mem:7");
    HfParcel *taken = hf_parcel_take(fx.catalog, content);
    assert_true(hf_resources_is_empty(content));
    assert_ptr_equal(taken, copied);
    drop(copied);
    drop(taken);
}

static void nothing_is_the_null_parcel(void **state)
{
    HfParcel *none = parcel("");
    assert_null(none);
    assert_true(hf_resources_is_empty(hf_parcel_resources(none)));
    assert_null(hf_parcel_ref(none));
    assert_null(hf_parcel_allocate(fx.catalog, none, HF_ROLE_STAR));
    hf_parcel_drop(fx.catalog, &none);
}

static void less_is_what_subtracting_leaves(void **state)
{
    HfParcel *whole = parcel("cpus:4;mem:9;ports:[1-9]"), *part = parcel("cpus:4;ports:[3-4]");
    HfParcel *more = parcel("cpus:4;ports:[9-10]"), *rest = NULL, *again = NULL, *none = whole;
    for (int i = 0; i < 2; i++) {
        assert_true(hf_parcel_less(fx.catalog, whole, part, i == 0 ? &rest : &again));
        assert_false(hf_parcel_less(fx.catalog, whole, more, &none));
    }
    assert_text(hf_parcel_resources(rest), "mem:9;ports:[1-2,5-9]");
    assert_ptr_equal(rest, again);
    assert_ptr_equal(none, whole); /* untouched */
    drop(again);
    assert_true(hf_parcel_less(fx.catalog, whole, whole, &none));
    assert_null(none);
    assert_false(hf_parcel_less(fx.catalog, NULL, part, &none));
    assert_true(hf_parcel_less(fx.catalog, whole, NULL, &none));
    assert_ptr_equal(none, whole);
    drop(none);
    drop(rest);
    drop(more);
    drop(part);
    drop(whole);
}

static HfParcel *cpus(int count)
{
    HfResources content = {0};
    HfResource entry = hf_resource_scalar(HF_KIND_CPUS, HF_META_PLAIN, count * 1000);
    hf_resources_add_one(fx.catalog, &content, &entry);
    return hf_parcel_take(fx.catalog, &content);
}

/* More pairs than are remembered: what was forgotten is worked out anew. */
static void less_is_right_beyond_what_is_remembered(void **state)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 1; i < 600; i++) {
            HfParcel *whole = cpus(i + 1), *one = cpus(1), *rest;
            assert_true(hf_parcel_less(fx.catalog, whole, one, &rest));
            assert_int_equal(hf_resources_milli(hf_parcel_resources(rest), HF_KIND_CPUS), i * 1000);
            drop(rest);
            drop(one);
            drop(whole);
        }
    }
}

static void allocating_asks_once_and_leaves_the_plain_one(void **state)
{
    HfRoleId web = role("web"), ads = role("ads");
    HfParcel *plain = parcel("cpus:4;mem:9");
    HfParcel *first = hf_parcel_allocate(fx.catalog, plain, web);
    HfParcel *again = hf_parcel_allocate(fx.catalog, plain, web);
    HfParcel *other = hf_parcel_allocate(fx.catalog, first, ads);
    HfParcel *back = hf_parcel_allocate(fx.catalog, other, web);
    HfParcel *same = hf_parcel_allocate(fx.catalog, other, ads);
    assert_ptr_equal(first, again);
    assert_ptr_equal(first, back);
    assert_ptr_equal(other, same);
    assert_ptr_not_equal(first, other);
    assert_int_equal(
        hf_meta_allocation_role(fx.catalog, hf_resources_at(hf_parcel_resources(first), 1)->meta),
        web);
    assert_int_equal(
        hf_meta_allocation_role(fx.catalog, hf_resources_at(hf_parcel_resources(plain), 0)->meta),
        HF_ROLE_NONE);
    HfParcel *all[] = {plain, first, again, other, back, same};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) drop(all[i]);
}

static void its_flags_are_those_of_all_entries(void **state)
{
    HfParcel *plain = parcel("cpus:1;mem:5"), *reserved = parcel("cpus:1;mem(web):5");
    HfParcel *given = hf_parcel_allocate(fx.catalog, reserved, HF_ROLE_STAR);
    assert_int_equal(hf_parcel_flags(NULL), 0);
    assert_int_equal(hf_parcel_flags(plain), 0);
    assert_int_equal(hf_parcel_flags(reserved), HF_META_RESERVED);
    assert_int_equal(hf_parcel_flags(given), HF_META_RESERVED | HF_META_ALLOCATED);
    drop(plain);
    drop(reserved);
    drop(given);
}

static void it_is_allocated_if_all_entries_are(void **state)
{
    HfParcel *none = parcel("cpus:1;mem:5"), *first = parcel("cpus@web:1;mem:5");
    HfParcel *last = parcel("cpus:1;mem@web:5"), *all = parcel("cpus@web:1;mem@web:5");
    assert_false(hf_parcel_is_allocated(none));
    assert_false(hf_parcel_is_allocated(first));
    assert_false(hf_parcel_is_allocated(last));
    assert_true(hf_parcel_is_allocated(all));
    assert_true(hf_parcel_is_allocated(NULL));
    assert_int_equal(hf_parcel_flags(first), HF_META_ALLOCATED);
    HfParcel *made[] = {none, first, last, all};
    for (size_t i = 0; i < G_N_ELEMENTS(made); i++) drop(made[i]);
}

/* More kinds of parcels than the table of recent ones has places: those held stay as they are. */
static void many_parcels_do_not_disturb_each_other(void **state)
{
    enum { MANY = 3000 };
    HfParcel **held = g_new(HfParcel *, MANY);
    for (int i = 0; i < MANY; i++) {
        HfResource cpus = hf_resource_scalar(HF_KIND_CPUS, HF_META_PLAIN, i + 1);
        HfResources content = {0};
        hf_resources_add_one(fx.catalog, &content, &cpus);
        held[i] = hf_parcel_take(fx.catalog, &content);
    }
    for (int i = 0; i < MANY; i++)
        assert_int_equal(hf_resources_milli(hf_parcel_resources(held[i]), HF_KIND_CPUS), i + 1);
    for (int i = 0; i < MANY; i++) drop(held[i]);
    g_free(held);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(equal_scalars_are_one_parcel),
        WITH_FIXTURE(ranges_are_kept_as_they_are),
        WITH_FIXTURE(taking_moves_and_copying_does_not),
        WITH_FIXTURE(nothing_is_the_null_parcel),
        WITH_FIXTURE(less_is_what_subtracting_leaves),
        WITH_FIXTURE(less_is_right_beyond_what_is_remembered),
        WITH_FIXTURE(allocating_asks_once_and_leaves_the_plain_one),
        WITH_FIXTURE(its_flags_are_those_of_all_entries),
        WITH_FIXTURE(it_is_allocated_if_all_entries_are),
        WITH_FIXTURE(many_parcels_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
