/* Finding resources by name, and shrinking collections to quantities and limits. */
#include "unit/resource/fixture.h"

static void assert_found(const char *from, const char *target, const char *expected)
{
    HfResources *out = res("mem:99");
    gboolean is_found = hf_resources_find(fx.catalog, res(from), res(target), out);
    if (is_found != (expected != NULL)) fail_msg("%s in %s", target, from);
    assert_text(out, expected == NULL ? "" : expected);
}

/* Mesos rows: 170. */
static void find_takes_its_own_role_then_unreserved_then_others(void **state)
{
    assert_found("cpus(r1):2;mem(r1):10;cpus:4;mem:20", "cpus(r1):3;mem(r1):15",
                 "cpus(S:r1):2;cpus:1;mem(S:r1):10;mem:5");
    assert_found("cpus(r1):1;mem(r1):5;cpus(r2):2;mem(r2):8;cpus:1;mem:7", "cpus(r1):3;mem(r1):15",
                 "cpus(S:r1):1;cpus(S:r2):1;cpus:1;mem(S:r1):5;mem(S:r2):3;mem:7");
    assert_found("cpus(r1):5;mem(r1):5;cpus:5;mem:5", "cpus:6;mem:6",
                 "cpus(S:r1):1;cpus:5;mem(S:r1):1;mem:5");
    assert_found("cpus(r1):1;mem(r1):1", "cpus:2;mem:2", NULL);
    assert_found("cpus(r1):1;cpus(r2):1;cpus(r3):1", "cpus:3",
                 "cpus(S:r1):1;cpus(S:r2):1;cpus(S:r3):1");
}

/* Mesos rows: 221. */
static void find_keeps_revocable_apart(void **state)
{
    assert_found("cpus:1;cpus{rev}:1", "cpus{rev}:1", "cpus{rev}:1");
    assert_found("cpus:1", "cpus{rev}:1", NULL);
    assert_found("cpus{rev}:5;cpus:1", "cpus:2", NULL);
}

/* Two wanted entries of one name must not both take the same resource. */
static void find_uses_nothing_twice(void **state)
{
    assert_found("cpus:3", "cpus(r1):2;cpus(r2):2", NULL);
    assert_found("cpus:4", "cpus(r1):2;cpus(r2):2", "cpus:4");
}

static void assert_shrunk(const char *from, const char *target, const char *expected)
{
    HfQuantities quantities = {0};
    HfResources *r = res(from);
    assert_true(hf_quantities_parse(fx.catalog, target, &quantities, NULL));
    hf_resources_shrink_to_quantities(fx.catalog, r, &quantities, NULL);
    assert_order(r, expected);
    hf_quantities_clear(&quantities);
}

/* Mesos rows: 171. */
static void shrinking_to_quantities_drops_what_they_do_not_name(void **state)
{
    assert_shrunk("cpus:2;mem:20", "cpus:1", "cpus:1");
    assert_shrunk("cpus:2;mem:20", "cpus:5;mem:20", "cpus:2;mem:20");
    assert_shrunk("cpus:2;mem:20", "", "");
    assert_shrunk("disk{src=MOUNT/a}:20", "disk:10", "");
    assert_shrunk("disk{src=MOUNT/a}:20", "disk:20", "disk{src=MOUNT/a}:20");
    assert_shrunk("disk{src=PATH/a}:20", "disk:10", "disk{src=PATH/a}:10");
    /* In insertion order: 10 of the root disk use the target up. */
    assert_shrunk("disk:10;disk{src=MOUNT/a}:10", "disk:10", "disk:10");
    assert_shrunk("disk{src=MOUNT/a}:10;disk:10", "disk:10", "disk{src=MOUNT/a}:10");
    /* The mount that is too large is passed over, and what is left goes to the next. */
    assert_shrunk("disk{src=MOUNT/a}:10;disk:10", "disk:9", "disk:9");
    assert_shrunk("cpus(r):3;cpus:3", "cpus:4", "cpus(S:r):3;cpus:1");
}

/* Mesos rows: 171. */
static void both_outcomes_appear_when_the_order_is_drawn(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 42, "test-shrink", 0);
    HfQuantities target = {0};
    assert_true(hf_quantities_parse(fx.catalog, "disk:10", &target, NULL));
    HfResources *from = res("disk:10;disk{src=MOUNT/a}:10"), *r = fresh();
    unsigned mounts = 0;
    for (int i = 0; i < 1000; i++) {
        hf_resources_copy(fx.catalog, r, from);
        hf_resources_shrink_to_quantities(fx.catalog, r, &target, &stream);
        assert_int_equal(hf_resources_count(r), 1);
        assert_int_equal(hf_resources_milli(r, HF_KIND_DISK), 10000);
        mounts += !hf_meta_is_divisible(fx.catalog, hf_resources_at(r, 0)->meta);
    }
    assert_in_range(mounts, 420, 580); /* 500 expected, deviation 15.8: five of them */
    hf_quantities_clear(&target);
}

static void assert_limited(const char *from, const char *text, const char *expected)
{
    HfLimits limits = {0};
    HfResources *r = res(from);
    assert_true(hf_limits_parse(fx.catalog, text, &limits, NULL));
    hf_resources_shrink_to_limits(fx.catalog, r, &limits, NULL);
    assert_order(r, expected);
    hf_limits_clear(&limits);
}

/* Mesos rows: 172. */
static void shrinking_to_limits_keeps_what_they_do_not_name(void **state)
{
    assert_limited("cpus:2;mem:20", "cpus:1", "cpus:1;mem:20");
    assert_limited("cpus:2;mem:20", "", "cpus:2;mem:20");
    assert_limited("cpus:2;mem:20", "cpus:0", "mem:20");
    assert_limited("cpus:2;mem:20", "cpus:5;disk:1", "cpus:2;mem:20");
    assert_limited("disk:10;disk{src=MOUNT/a}:10;cpus:1", "disk:15", "disk:10;cpus:1");
    assert_limited("disk{src=MOUNT/a}:10;disk:10;cpus:1", "disk:15",
                   "disk{src=MOUNT/a}:10;disk:5;cpus:1");
}

/* Ranges and sets are taken whole or not at all. */
static void ranges_are_never_divided(void **state)
{
    assert_shrunk("ports:[1-10]", "ports:10", "ports:[1-10]");
    assert_shrunk("ports:[1-10]", "ports:9", "");
    HfResource volume = *hf_resources_at(res("disk[v:p]:10"), 0);
    assert_false(hf_resource_shrink(fx.catalog, &volume, 5000));
    assert_int_equal(volume.milli, 10000);
    assert_true(hf_resource_shrink(fx.catalog, &volume, 10000));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(find_takes_its_own_role_then_unreserved_then_others),
        WITH_FIXTURE(find_keeps_revocable_apart),
        WITH_FIXTURE(find_uses_nothing_twice),
        WITH_FIXTURE(shrinking_to_quantities_drops_what_they_do_not_name),
        WITH_FIXTURE(both_outcomes_appear_when_the_order_is_drawn),
        WITH_FIXTURE(shrinking_to_limits_keeps_what_they_do_not_name),
        WITH_FIXTURE(ranges_are_never_divided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
