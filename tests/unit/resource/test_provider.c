/* What a resource provider makes of its disks, by profile. */
#include "resource/provider.h"
#include "unit/resource/fixture.h"

static const HfDiskProfile known[] = {
    {"fast", HF_DISK_MOUNT, FALSE}, {"dev", HF_DISK_BLOCK, FALSE}, {"kept", HF_DISK_MOUNT, TRUE}};
static const HfDiskProfiles profiles = {known, G_N_ELEMENTS(known)};

static HfOperation operation_on(HfOperationType type, const char *disk, HfDiskSource target,
                                const char *profile)
{
    HfOperation operation = {.type = type, .target_type = target};
    assert_true(hf_resources_parse_canonical(fx.catalog, disk, &operation.resources, NULL));
    if (profile != NULL) operation.target_profile = hf_text_intern(fx.catalog, profile);
    return operation;
}

/* `expected` NULL: it fails with this code. */
static void assert_made(HfOperation operation, const char *expected, int code)
{
    HfResource made;
    HfResources all = {0};
    GError *error = NULL;
    gboolean is_made = hf_provider_apply(fx.catalog, &profiles, &operation, 42, &made, &error);
    assert_int_equal(is_made, expected != NULL);
    if (is_made) {
        hf_resources_add_one(fx.catalog, &all, &made);
        assert_text(&all, expected);
    } else {
        assert_error(&error, code);
    }
    hf_resources_clear(fx.catalog, &all);
    hf_operation_clear(fx.catalog, &operation);
}

static void a_pool_becomes_a_disk_of_its_profile(void **state)
{
    assert_made(operation_on(HF_OPERATION_CREATE_DISK, "disk{src=RAW,profile=fast,prov=lvm}:5",
                             HF_DISK_MOUNT, NULL),
                "disk{src=MOUNT/csi/lvm/mounts,id=volume-42,profile=fast,"
                "meta=path=/csi/lvm/mounts/volume-42,prov=lvm}:5",
                0);
    assert_made(operation_on(HF_OPERATION_CREATE_DISK, "disk(D:r){src=RAW,profile=dev,prov=lvm}:5",
                             HF_DISK_BLOCK, NULL),
                "disk(D:r){src=BLOCK,id=volume-42,profile=dev,"
                "meta=path=/csi/lvm/mounts/volume-42,prov=lvm}:5",
                0);
}

static void a_volume_that_was_there_gets_a_profile(void **state)
{
    assert_made(operation_on(HF_OPERATION_CREATE_DISK, "disk{src=RAW,id=v,meta=a=b,prov=lvm}:5",
                             HF_DISK_BLOCK, "dev"),
                "disk{src=BLOCK,id=v,profile=dev,meta=a=b,prov=lvm}:5", 0);
}

static void a_profile_that_is_unknown_or_for_something_else_fails(void **state)
{
    assert_made(operation_on(HF_OPERATION_CREATE_DISK, "disk{src=RAW,profile=slow,prov=lvm}:5",
                             HF_DISK_MOUNT, NULL),
                NULL, HF_RESOURCE_ERROR_PROFILE_UNKNOWN);
    assert_made(operation_on(HF_OPERATION_CREATE_DISK, "disk{src=RAW,profile=fast,prov=lvm}:5",
                             HF_DISK_BLOCK, NULL),
                NULL, HF_RESOURCE_ERROR_PROFILE_OTHER);
}

static void a_disk_becomes_raw_storage_again(void **state)
{
    assert_made(operation_on(HF_OPERATION_DESTROY_DISK,
                             "disk{src=MOUNT/m,id=v,profile=fast,meta=a=b,prov=lvm}:5",
                             HF_DISK_ROOT, NULL),
                "disk{src=RAW,profile=fast,prov=lvm}:5", 0);
    /* its plug-in cannot delete it, or nobody knows its profile: it stays */
    assert_made(operation_on(HF_OPERATION_DESTROY_DISK,
                             "disk{src=MOUNT/m,id=v,profile=kept,meta=a=b,prov=lvm}:5",
                             HF_DISK_ROOT, NULL),
                "disk{src=RAW,id=v,meta=a=b,prov=lvm}:5", 0);
    assert_made(operation_on(HF_OPERATION_DESTROY_DISK, "disk{src=RAW,id=v,prov=lvm}:5",
                             HF_DISK_ROOT, NULL),
                "disk{src=RAW,id=v,prov=lvm}:5", 0);
}

static void volumes_are_stored_on_mounted_disks_alone(void **state)
{
    static const struct {
        const char *disk;
        gboolean can;
    } cases[] = {{"disk:5", TRUE},
                 {"disk{src=BLOCK}:5", TRUE}, /* of no provider */
                 {"disk{src=MOUNT/m,id=v,prov=lvm}:5", TRUE},
                 {"disk{src=MOUNT/m,prov=lvm}:5", FALSE},
                 {"disk{src=BLOCK,id=v,prov=lvm}:5", FALSE},
                 {"disk{src=RAW,id=v,prov=lvm}:5", FALSE},
                 {"disk{prov=lvm}:5", FALSE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources all = {0};
        assert_true(hf_resources_parse_canonical(fx.catalog, cases[i].disk, &all, NULL));
        assert_int_equal(hf_provider_can_store(fx.catalog, hf_resources_at(&all, 0)->meta) != FALSE,
                         cases[i].can);
        hf_resources_clear(fx.catalog, &all);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(a_pool_becomes_a_disk_of_its_profile),
        WITH_FIXTURE(a_volume_that_was_there_gets_a_profile),
        WITH_FIXTURE(a_profile_that_is_unknown_or_for_something_else_fails),
        WITH_FIXTURE(a_disk_becomes_raw_storage_again),
        WITH_FIXTURE(volumes_are_stored_on_mounted_disks_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
