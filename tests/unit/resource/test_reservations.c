/* Reservation stacks, allocation roles, providers: what keeps entries apart, and changing it. */
#include "unit/resource/fixture.h"

/* Mesos rows: 184. */
static void every_sort_of_reservation_is_valid(void **state)
{
    HfResources *r = res("cpus:8;cpus(S:a):8;cpus(D:a):8;cpus(D:a,p=p):8;cpus(D:a,p=p,l=k=v):8;"
                         "cpus(S:a)(D:a/b,p=p)(D:a/b/c):8");
    for (uint32_t i = 0; i < hf_resources_count(r); i++)
        assert_true(hf_resource_check(fx.catalog, hf_resources_at(r, i), NULL));
}

/* Mesos rows: 185. */
static void type_role_principal_and_labels_all_distinguish(void **state)
{
    static const char *const cases[] = {
        "cpus:8",
        "cpus(S:role1):8",
        "cpus(S:role2):8",
        "cpus(D:role1):8",
        "cpus(D:role2):8",
        "cpus(D:role1,p=p1):8",
        "cpus(D:role1,p=p2):8",
        "cpus(D:role1,p=p1,l=foo=bar):8",
        "cpus(D:role1,p=p1,l=foo):8",
        "cpus(D:role1,l=):8",
        "cpus(D:role1,p=p1,l=foo=baz):8",
        "cpus(D:role1)(D:role1/a):8",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(cases); j++) {
            HfResources a = {0}, b = {0};
            assert_true(hf_resources_parse_canonical(fx.catalog, cases[i], &a, NULL));
            assert_true(hf_resources_parse_canonical(fx.catalog, cases[j], &b, NULL));
            if (same(&a, &b) != (i == j)) fail_msg("%s and %s", cases[i], cases[j]);
            hf_resources_clear(fx.catalog, &a);
            hf_resources_clear(fx.catalog, &b);
        }
}

/* Mesos rows: 186, 187, 188, 189. */
static void only_equal_reservations_merge(void **state)
{
    assert_text(plus(res("cpus(S:r):8"), res("cpus(S:r):4")), "cpus(S:r):12");
    assert_text(plus(res("cpus(D:r,p=p):8"), res("cpus(D:r,p=p):4")), "cpus(D:r,p=p):12");
    assert_text(plus(res("cpus(D:r,p=p,l=foo=bar):6"), res("cpus(D:r,p=p,l=foo=bar):6")),
                "cpus(D:r,p=p,l=foo=bar):12");
    assert_int_equal(hf_resources_count(
                         plus(res("cpus(D:r,p=p,l=foo=bar):6"), res("cpus(D:r,p=p,l=foo=baz):6"))),
                     2);
}

static void the_order_of_labels_does_not_matter_but_their_number_does(void **state)
{
    assert_true(same(res("cpus(D:r,l=a=1&b=2):1"), res("cpus(D:r,l=b=2&a=1):1")));
    assert_false(same(res("cpus(D:r,l=a&a):1"), res("cpus(D:r,l=a&b):1")));
    assert_false(same(res("cpus(D:r,l=a&b):1"), res("cpus(D:r,l=a&a):1")));
    assert_false(same(res("cpus(D:r,l=a&a):1"), res("cpus(D:r,l=a):1")));
}

/* Mesos rows: 190, 191. */
static void only_the_same_stack_is_subtracted_and_contained(void **state)
{
    HfResources *r = res("cpus(S:r):8");
    assert_text(minus(r, res("cpus(D:r):8")), "cpus(S:r):8");
    assert_text(minus(res("cpus(D:r,p=p,l=a):8"), res("cpus(D:r,p=p,l=a):2")),
                "cpus(D:r,p=p,l=a):6");
    assert_true(hf_resources_is_empty(minus(r, r)));
    assert_false(has(r, res("cpus(D:r):1")));
    assert_false(has(r, res("cpus(S:r)(D:r/s):1")));
    assert_true(has(plus(r, res("cpus(D:r):8")), res("cpus(D:r):1")));
}

/* Mesos rows: 163. */
static void reservations_are_grouped_by_role(void **state)
{
    HfResources *r =
        res("cpus:1;mem:2;disk:4;cpus(r1):2;mem(r1):4;disk(r1):8;cpus(r2):4;mem(r2):8;disk(r2):6");
    HfResources *out = fresh();
    hf_resources_reserved_to(fx.catalog, r, role("r1"), out);
    assert_text(out, "cpus(S:r1):2;disk(S:r1):8;mem(S:r1):4");
    hf_resources_reserved_to(fx.catalog, r, role("r2"), out);
    assert_text(out, "cpus(S:r2):4;disk(S:r2):6;mem(S:r2):8");
    hf_resources_reserved_to(fx.catalog, r, HF_ROLE_STAR, out);
    assert_text(out, "");
    hf_resources_reserved(fx.catalog, r, out);
    assert_int_equal(hf_resources_count(out), 6);
    hf_resources_unreserved(fx.catalog, r, out);
    assert_text(out, "cpus:1;disk:4;mem:2");
}

/* Mesos rows: 164. */
static void reservations_flow_down_to_sub_roles_only(void **state)
{
    HfResources *r = res("cpus:1;cpus(a):2;cpus(a/bx):3;cpus(a/b):4;cpus(a/bx/c):5"),
                *out = fresh();
    hf_resources_allocatable_to(fx.catalog, r, role("a/bx/c"), out);
    assert_text(out, "cpus(S:a):2;cpus(S:a/bx):3;cpus(S:a/bx/c):5;cpus:1");
    hf_resources_allocatable_to(fx.catalog, r, role("a"), out);
    assert_text(out, "cpus(S:a):2;cpus:1");
    hf_resources_allocatable_to(fx.catalog, r, role("other"), out);
    assert_text(out, "cpus:1");
}

/* The role of a refined reservation is that of the top. */
static void the_top_of_the_stack_is_the_reservation_role(void **state)
{
    HfResources *r = res("cpus(S:a)(D:a/b,p=p):1");
    HfMetaId meta = hf_resources_at(r, 0)->meta;
    assert_int_equal(hf_meta_reservation_role(fx.catalog, meta), role("a/b"));
    assert_true(hf_meta_is_refined(fx.catalog, meta));
    assert_true(hf_meta_is_dynamic(fx.catalog, meta));
    assert_false(hf_meta_is_allocatable_to(fx.catalog, meta, role("a")));
    assert_true(hf_meta_is_allocatable_to(fx.catalog, meta, role("a/b")));
    meta = hf_meta_pop_reservation(fx.catalog, meta);
    assert_int_equal(hf_meta_reservation_role(fx.catalog, meta), role("a"));
    assert_false(hf_meta_is_dynamic(fx.catalog, meta));
    meta = hf_meta_pop_reservation(fx.catalog, meta);
    assert_int_equal(meta, HF_META_PLAIN);
    expect_assert_failure(hf_meta_pop_reservation(fx.catalog, meta));
}

/* Mesos rows: 169. */
static void unreserving_strips_stacks_and_merges(void **state)
{
    HfResources *r = res("cpus(r1):1;cpus(r2):2;mem(D:r1)(D:r1/x):5");
    hf_resources_to_unreserved(fx.catalog, r);
    assert_order(r, "cpus:3;mem:5");
}

static void pushing_and_popping_reservations_are_inverse(void **state)
{
    HfResources *r = res("cpus:1;ports:[1-9]");
    HfReservation top = {.type = HF_RESERVATION_DYNAMIC,
                         .role = role("db"),
                         .principal = hf_text_intern(fx.catalog, "ops")};
    hf_resources_push_reservation(fx.catalog, r, &top);
    assert_text(r, "cpus(D:db,p=ops):1;ports(D:db,p=ops):[1-9]");
    hf_resources_pop_reservation(fx.catalog, r);
    assert_text(r, "cpus:1;ports:[1-9]");
}

/* Mesos rows: 230. */
static void the_common_base_of_two_stacks_is_their_ancestor(void **state)
{
    static const struct {
        const char *a, *b, *ancestor;
    } cases[] = {
        {"cpus(D:foo):1", "cpus(D:foo)(D:foo/bar):1", "cpus(D:foo):1"},
        {"cpus(D:foo)(D:foo/bar):1", "cpus(D:foo)(D:foo/baz):1", "cpus(D:foo):1"},
        {"cpus(D:foo)(D:foo/bar):1", "cpus(D:foo)(D:foo/bar):1", "cpus(D:foo)(D:foo/bar):1"},
        {"cpus(D:foo):1", "cpus(D:bar):1", "cpus:1"},
        {"cpus(D:foo):1", "cpus(S:foo):1", "cpus:1"},
        {"cpus:1", "cpus(S:foo):1", "cpus:1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfStackId a = hf_meta(fx.catalog, hf_resources_at(res(cases[i].a), 0)->meta)->stack;
        HfStackId b = hf_meta(fx.catalog, hf_resources_at(res(cases[i].b), 0)->meta)->stack;
        HfStackId base =
            hf_meta(fx.catalog, hf_resources_at(res(cases[i].ancestor), 0)->meta)->stack;
        assert_int_equal(hf_stack_ancestor(fx.catalog, a, b), base);
        assert_int_equal(hf_stack_ancestor(fx.catalog, b, a), base);
    }
}

/* Mesos rows: 238, 239, 240, 241. */
static void the_allocation_role_keeps_entries_apart(void **state)
{
    HfResources *a = res("cpus@r1:1"), *b = res("cpus@r2:2");
    assert_false(same(a, res("cpus@r2:1")));
    assert_false(same(a, res("cpus:1")));
    assert_false(has(b, a));
    HfResources *sum = plus(a, b);
    assert_int_equal(hf_resources_count(sum), 2);
    assert_int_equal(hf_resources_milli(sum, HF_KIND_CPUS), 3000);
    assert_true(has(sum, a));
    assert_text(minus(sum, res("cpus@r1:5")), "cpus@r2:2");
    assert_text(minus(a, res("cpus:1")), "cpus@r1:1");
}

/* Mesos rows: 207, 242. */
static void allocating_and_unallocating_change_all_entries(void **state)
{
    HfResources *r = res("cpus:1;mem(S:a):2;ports:[1-2]"), *out = fresh();
    hf_resources_allocate(fx.catalog, r, role("a/b"));
    assert_order(r, "cpus@a/b:1;mem(S:a)@a/b:2;ports@a/b:[1-2]");
    HfResources *mixed = plus(r, res("cpus@c:5;cpus:7"));
    hf_resources_allocated_to(fx.catalog, mixed, role("c"), out);
    assert_text(out, "cpus@c:5");
    hf_resources_allocated_to(fx.catalog, mixed, HF_ROLE_NONE, out);
    assert_text(out, "cpus:7");
    hf_resources_allocated_to(fx.catalog, mixed, role("a/b"), out);
    assert_true(same(out, r));
    hf_resources_unallocate(fx.catalog, mixed);
    assert_order(mixed, "cpus:13;mem(S:a):2;ports:[1-2]"); /* 1 + 5 + 7 merge */
}

/* Mesos rows: 165, 166, 167, 168. */
static void the_provider_keeps_entries_apart(void **state)
{
    HfResources *plain = res("disk:1"), *p = res("disk{prov=P}:1"), *q = res("disk{prov=Q}:1");
    assert_int_equal(hf_resources_count(plus(plain, p)), 2);
    assert_int_equal(hf_resources_count(plus(p, q)), 2);
    assert_text(plus(p, p), "disk{prov=P}:2");
    assert_text(minus(p, q), "disk{prov=P}:1");
    assert_text(minus(plain, p), "disk:1");
    assert_true(hf_resources_is_empty(minus(p, p)));
    assert_true(same(p, res("disk{prov=P}:1")));
    assert_false(same(p, plain));
    assert_false(same(plain, p));
    assert_false(same(p, q));
    assert_true(has(plus(plain, p), p));
    assert_false(has(plain, p));
    assert_false(has(p, plain));
}

/* Mesos rows: 206, 208, 209, 210, 211. */
static void stripping_leaves_names_and_scalars(void **state)
{
    HfResources *r = res("disk(D:r,p=p)[v:p]@r:200;cpus(S:a)(D:a/b)@a/b:2;cpus{rev}:1;"
                         "mem{prov=P}:5;ports:[1-9];z:{a}");
    hf_resources_strip(fx.catalog, r);
    assert_text(r, "cpus:3;disk:200;mem:5");
}

static void stacks_can_be_checked_alone(void **state)
{
    HfReservation above = {.type = HF_RESERVATION_STATIC, .role = role("a/b")};
    HfReservation base = {.type = HF_RESERVATION_STATIC, .role = role("a")};
    HfStackId good = hf_stack_push(fx.catalog, 0, &base);
    HfStackId bad = hf_stack_push(fx.catalog, good, &above);
    GError *error = NULL;
    assert_true(hf_stack_check(fx.catalog, 0, NULL));
    assert_true(hf_stack_check(fx.catalog, good, NULL));
    assert_false(hf_stack_check(fx.catalog, bad, &error));
    assert_error(&error, HF_RESOURCE_ERROR_STATIC_ABOVE);
}

static void what_an_agent_checkpoints_is_dynamic_or_persistent_and_its_own(void **state)
{
    HfResources *r = res("cpus:1;cpus(S:a):2;cpus(D:a):3;disk(S:a)[v:p]:4;disk(D:a){prov=P}:5");
    HfResources *out = fresh();
    hf_resources_checkpointed(fx.catalog, r, out);
    assert_text(out, "cpus(D:a):3;disk(S:a)[v:p]:4");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(every_sort_of_reservation_is_valid),
        WITH_FIXTURE(type_role_principal_and_labels_all_distinguish),
        WITH_FIXTURE(only_equal_reservations_merge),
        WITH_FIXTURE(the_order_of_labels_does_not_matter_but_their_number_does),
        WITH_FIXTURE(only_the_same_stack_is_subtracted_and_contained),
        WITH_FIXTURE(reservations_are_grouped_by_role),
        WITH_FIXTURE(reservations_flow_down_to_sub_roles_only),
        WITH_FIXTURE(the_top_of_the_stack_is_the_reservation_role),
        WITH_FIXTURE(unreserving_strips_stacks_and_merges),
        WITH_FIXTURE(pushing_and_popping_reservations_are_inverse),
        WITH_FIXTURE(the_common_base_of_two_stacks_is_their_ancestor),
        WITH_FIXTURE(the_allocation_role_keeps_entries_apart),
        WITH_FIXTURE(allocating_and_unallocating_change_all_entries),
        WITH_FIXTURE(the_provider_keeps_entries_apart),
        WITH_FIXTURE(stripping_leaves_names_and_scalars),
        WITH_FIXTURE(stacks_can_be_checked_alone),
        WITH_FIXTURE(what_an_agent_checkpoints_is_dynamic_or_persistent_and_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
