/* Disks: sources, persistent volumes and shared volumes, which merge and divide by their own rules.
 */
#include "unit/resource/fixture.h"

/* Mesos rows: 192. */
static void disk_information_belongs_to_disk(void **state)
{
    GError *error = NULL;
    assert_false(hf_resources_parse_canonical(fx.catalog, "cpus[1:path]:1", fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_DISK_KIND);
    res("disk[1:path]:1");
    res("disk[:path]:1");
    res("disk[:path]{src=PATH/a}:1");
    res("disk[:path]{src=MOUNT/a}:1");
}

/* Mesos rows: 193. */
static void equality_of_disks_ignores_the_container_path(void **state)
{
    assert_false(same(res("disk:1"), res("disk[:path1]:1")));
    assert_true(same(res("disk[:path1]:1"), res("disk[:path2]:1")));
    assert_true(same(res("disk[:path1]:1"), res("disk[:]:1")));
    assert_true(same(res("disk[1:path1]:1"), res("disk[1:path2]:1")));
    assert_false(same(res("disk[1:path1]:1"), res("disk[2:path1]:1")));
    assert_false(same(res("disk[1:path1]:1"), res("disk[:path1]:1")));
    assert_true(same(res("disk[1:path1,p=a]:1"), res("disk[1:path1,p=b]:1")));
}

/* Mesos rows: 194. */
static void source_type_and_root_distinguish_disks(void **state)
{
    static const char *const cases[] = {
        "disk:10",
        "disk{src=PATH/1}:10",
        "disk{src=PATH/2}:10",
        "disk{src=MOUNT/1}:10",
        "disk{src=MOUNT/2}:10",
        "disk{src=PATH}:10",
        "disk{src=BLOCK}:10",
        "disk{src=RAW}:10",
        "disk{src=RAW,id=i}:10",
        "disk{src=RAW,vendor=v}:10",
        "disk{src=RAW,profile=p}:10",
        "disk{src=RAW,meta=a}:10",
        "disk[1:]{src=PATH/1}:10",
        "disk[2:]{src=PATH/1}:10",
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
    assert_true(same(res("disk[:p]{src=PATH/1}:10"), res("disk{src=PATH/1}:10")));
}

/* Which disks merge: PATH always, RAW unless it has an id, MOUNT and BLOCK never. */
/* Mesos rows: 195. */
static void the_identity_of_the_source_decides_about_merging(void **state)
{
    static const struct {
        const char *source;
        gboolean merges_without_id, merges_with_id;
    } cases[] = {
        {"PATH/a", TRUE, TRUE},
        {"MOUNT/a", FALSE, FALSE},
        {"BLOCK", FALSE, FALSE},
        {"RAW", TRUE, FALSE},
    };
    static const char *const vendors[] = {"", ",vendor=v"}, *const ids[] = {"", ",id=i"},
                             *const profiles[] = {"", ",profile=p"};
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++)
        for (size_t bits = 0; bits < 8; bits++) {
            g_autofree char *text =
                g_strdup_printf("disk{src=%s%s%s%s}:10", cases[c].source, vendors[bits & 1],
                                ids[bits >> 1 & 1], profiles[bits >> 2]);
            gboolean merges = bits & 2 ? cases[c].merges_with_id : cases[c].merges_without_id;
            HfResources one = {0}, two = {0};
            assert_true(hf_resources_parse_canonical(fx.catalog, text, &one, NULL));
            hf_resources_copy(fx.catalog, &two, &one);
            hf_resources_add(fx.catalog, &two, &one);
            if (hf_resources_count(&two) != (merges ? 1 : 2)) fail_msg("%s", text);
            assert_true(has(&two, &one));
            assert_false(has(&one, &two));
            hf_resources_subtract(fx.catalog, &two, &one);
            assert_true(same(&two, &one));
            hf_resources_clear(fx.catalog, &one);
            hf_resources_clear(fx.catalog, &two);
        }
}

/* Mesos rows: 196. */
static void volumes_never_merge(void **state)
{
    assert_text(plus(res("disk[:p]:10"), res("disk[:p]:10")), "disk[:p]:20");
    HfResources *sum = plus(res("disk[1:p]:10"), res("disk[1:p]:10"));
    assert_int_equal(hf_resources_count(sum), 2);
    assert_int_equal(hf_resources_count(plus(res("disk[1:p]:10"), res("disk[2:p]:10"))), 2);
    assert_false(has(sum, res("disk[1:p]:20")));
    assert_int_equal(hf_resources_milli(sum, HF_KIND_DISK), 20000);
}

/* Mesos rows: 197. */
static void path_disks_merge_and_mount_disks_do_not(void **state)
{
    HfResources *path = res("disk{src=PATH/a}:10"), *mount = res("disk{src=MOUNT/a}:10");
    assert_text(plus(path, path), "disk{src=PATH/a}:20");
    assert_int_equal(hf_resources_count(plus(path, res("disk{src=PATH/b}:10"))), 2);
    HfResources *two = plus(mount, mount);
    assert_int_equal(hf_resources_count(two), 2);
    assert_false(has(two, res("disk{src=MOUNT/a}:20")));
}

/* Mesos rows: 198. */
static void volumes_are_subtracted_whole_and_by_id(void **state)
{
    HfResources *volume = res("disk[1:path1]:10");
    assert_true(hf_resources_is_empty(minus(volume, res("disk[1:path2]:10"))));
    assert_text(minus(volume, res("disk[1:path1]:5")), "disk[1:path1]:10");
    assert_text(minus(volume, res("disk[2:path1]:10")), "disk[1:path1]:10");
    assert_text(minus(res("disk[:p]:10"), res("disk[:p]:4")), "disk[:p]:6");
}

/* Mesos rows: 199. */
static void mount_disks_are_subtracted_whole(void **state)
{
    HfResources *mount = res("disk{src=MOUNT/a}:20");
    assert_text(minus(mount, res("disk{src=MOUNT/a}:10")), "disk{src=MOUNT/a}:20");
    assert_true(hf_resources_is_empty(minus(mount, mount)));
    assert_text(minus(res("disk{src=PATH/a}:20"), res("disk{src=PATH/a}:10")),
                "disk{src=PATH/a}:10");
}

/* Mesos rows: 200. */
static void two_equal_volumes_need_two(void **state)
{
    HfResources *one = res("disk[1:p]:10"), *two = plus(one, one);
    assert_false(has(one, two));
    assert_true(has(two, two));
    assert_true(has(two, one));
    assert_false(same(one, two));
}

/* Mesos counts volumes only; by default every indivisible entry counts. */
static void two_equal_mounts_need_two_unless_mesos_is_asked_for(void **state)
{
    HfResources *one = res("disk{src=MOUNT/a}:10"), *two = plus(one, one);
    HfResources *volume = res("disk[1:p]:10"), *volumes = plus(volume, volume);
    assert_false(has(one, two));
    assert_false(same(one, two));
    fx.catalog->quirks = HF_QUIRK_CONTAINS;
    assert_true(has(one, two));
    assert_true(same(one, two));
    assert_false(has(volume, volumes));
}

/* Mesos rows: 201. */
static void a_part_of_a_volume_or_mount_is_not_contained(void **state)
{
    assert_true(has(res("disk{src=PATH/a}:10"), res("disk{src=PATH/a}:5")));
    assert_false(has(res("disk{src=MOUNT/a}:10"), res("disk{src=MOUNT/a}:5")));
    assert_true(has(res("disk{src=MOUNT/a}:10"), res("disk{src=MOUNT/a}:10")));
    assert_false(has(res("disk[1:p]{src=PATH/a}:10"), res("disk[1:p]{src=PATH/a}:5")));
    assert_true(has(res("disk[1:p]{src=PATH/a}:10"), res("disk[1:p]{src=PATH/a}:10")));
    assert_false(has(res("disk[1:p]{src=PATH/a}:10"), res("disk{src=PATH/a}:5")));
}

/* Mesos rows: 202. */
static void persistent_volumes_can_be_chosen(void **state)
{
    HfResources *r = res("cpus:1;disk[1:p]:10;disk[:p]:20;disk:30"), *out = fresh();
    hf_resources_persistent_volumes(fx.catalog, r, out);
    assert_text(out, "disk[1:p]:10");
}

/* Mesos rows: 232. */
static void adding_a_shared_volume_adds_a_copy_not_space(void **state)
{
    HfResources *shared = res("disk(r)[v:p]{shared}:50"), *sum = plus(shared, shared);
    assert_int_equal(hf_resources_count(sum), 1);
    assert_int_equal(hf_resources_milli(sum, HF_KIND_DISK), 50000);
    assert_text(sum, "disk(S:r)[v:p]{shared*2}:50");
    assert_true(has(sum, shared));
    assert_false(has(shared, sum));
}

/* Mesos rows: 233. */
static void subtracting_a_shared_volume_takes_copies(void **state)
{
    HfResources *one = res("disk(r)[v:p]{shared}:50"), *two = plus(one, one);
    HfResources *rest = minus(two, one);
    assert_text(rest, "disk(S:r)[v:p]{shared}:50");
    assert_true(hf_resources_is_empty(minus(rest, one)));
    assert_true(hf_resources_is_empty(minus(one, two)));
}

/* Mesos rows: 234. */
static void counts_of_shared_volumes_clip(void **state)
{
    HfResources *r1 = res("disk(r)[v:p]{shared*4}:50"), *r2 = res("disk(r)[v:p]{shared*3}:50");
    assert_true(same(plus(minus(r2, r1), r1), r1)); /* 3 - 4 + 4 = 4, not 3 */
    assert_true(same(minus(plus(r2, r1), r1), r2));
    assert_true(same(plus(minus(r1, r2), r2), r1));
}

/* Mesos rows: 235. */
static void different_shared_volumes_are_independent(void **state)
{
    HfResources *a = res("disk(r)[a:p]{shared}:50"), *b = res("disk(r)[b:p]{shared}:50");
    HfResources *sum = plus(a, b);
    assert_int_equal(hf_resources_count(sum), 2);
    assert_text(minus(sum, a), "disk(S:r)[b:p]{shared}:50");
    assert_text(minus(a, b), "disk(S:r)[a:p]{shared}:50");
    assert_int_equal(hf_resources_count(plus(a, res("disk(r)[a:p]{shared}:60"))), 2);
}

/* Mesos rows: 236. */
static void shared_and_plain_volumes_of_one_id_differ(void **state)
{
    HfResources *plain = res("disk(r)[v:p]:100"), *shared = res("disk(r)[v:p]{shared}:100");
    HfResources *sum = plus(plain, shared);
    assert_int_equal(hf_resources_count(sum), 2);
    assert_int_equal(hf_resources_milli(sum, HF_KIND_DISK), 200000);
    assert_text(minus(sum, shared), "disk(S:r)[v:p]:100");
    assert_false(has(plain, shared));
    assert_false(same(plain, shared));
}

/* Mesos rows: 237. */
static void shared_volumes_can_be_chosen(void **state)
{
    HfResources *r = res("disk(r)[v:p]{shared}:100;disk:5;cpus:1"), *out = fresh();
    hf_resources_shared(fx.catalog, r, out);
    assert_text(out, "disk(S:r)[v:p]{shared}:100");
    hf_resources_non_shared(fx.catalog, r, out);
    assert_text(out, "cpus:1;disk:5");
}

/* The entry that was there first keeps its own container path when an equal one is added. */
static void merging_keeps_the_first_container_path(void **state)
{
    assert_text(plus(res("disk[:a]:1"), res("disk[:b]:2")), "disk[:a]:3");
    assert_text(plus(res("disk(r)[v:a]{shared}:1"), res("disk(r)[v:b]{shared}:1")),
                "disk(S:r)[v:a]{shared*2}:1");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(disk_information_belongs_to_disk),
        WITH_FIXTURE(equality_of_disks_ignores_the_container_path),
        WITH_FIXTURE(source_type_and_root_distinguish_disks),
        WITH_FIXTURE(the_identity_of_the_source_decides_about_merging),
        WITH_FIXTURE(volumes_never_merge),
        WITH_FIXTURE(path_disks_merge_and_mount_disks_do_not),
        WITH_FIXTURE(volumes_are_subtracted_whole_and_by_id),
        WITH_FIXTURE(mount_disks_are_subtracted_whole),
        WITH_FIXTURE(two_equal_volumes_need_two),
        WITH_FIXTURE(two_equal_mounts_need_two_unless_mesos_is_asked_for),
        WITH_FIXTURE(a_part_of_a_volume_or_mount_is_not_contained),
        WITH_FIXTURE(persistent_volumes_can_be_chosen),
        WITH_FIXTURE(adding_a_shared_volume_adds_a_copy_not_space),
        WITH_FIXTURE(subtracting_a_shared_volume_takes_copies),
        WITH_FIXTURE(counts_of_shared_volumes_clip),
        WITH_FIXTURE(different_shared_volumes_are_independent),
        WITH_FIXTURE(shared_and_plain_volumes_of_one_id_differ),
        WITH_FIXTURE(shared_volumes_can_be_chosen),
        WITH_FIXTURE(merging_keeps_the_first_container_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
