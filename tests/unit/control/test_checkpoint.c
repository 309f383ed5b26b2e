/* An agent's disk: what is written in two steps is old or new, whole, wherever the process dies. */
#include "control/checkpoint.h"
#include "support/test.h"

#include "resource/text.h"
#include "trace/record.h"

typedef struct Disk {
    HfCatalog *catalog;
    HfCheckpoint checkpoint;
    HfRoleId db, web;
} Disk;

static int setup(void **state)
{
    Disk *disk = g_new0(Disk, 1);
    disk->catalog = hf_catalog_new(0);
    hf_checkpoint_init(&disk->checkpoint);
    assert_true(hf_role_intern(disk->catalog, "db", &disk->db, NULL));
    assert_true(hf_role_intern(disk->catalog, "web", &disk->web, NULL));
    *state = disk;
    return 0;
}

static int teardown(void **state)
{
    Disk *disk = *state;
    hf_checkpoint_clear(disk->catalog, &disk->checkpoint);
    hf_catalog_free(disk->catalog);
    g_free(disk);
    return 0;
}

static HfResources parse(Disk *disk, const char *text)
{
    HfResources resources = {0};
    assert_true(
        hf_resources_parse(disk->catalog, text, HF_ROLE_STAR, HF_PARSE_AGENT, &resources, NULL));
    return resources;
}

/* `amount` of `name`, dynamically reserved to a role on top of what `below` is. */
static void add_reserved(Disk *disk, HfResources *to, const char *text, HfRoleId role)
{
    HfResources part = parse(disk, text);
    hf_resources_push_reservation(disk->catalog, &part,
                                  &(HfReservation){HF_RESERVATION_DYNAMIC, role, 0, 0});
    hf_resources_add(disk->catalog, to, &part);
    hf_resources_clear(disk->catalog, &part);
}

static void add_volume(Disk *disk, HfResources *to, const char *mib, HfRoleId role, const char *id)
{
    g_autofree char *text = g_strconcat("disk:", mib, NULL);
    HfResources part = parse(disk, text);
    HfResource entry = *hf_resources_at(&part, 0);
    HfStackId stack =
        hf_stack_push(disk->catalog, 0, &(HfReservation){HF_RESERVATION_DYNAMIC, role, 0, 0});
    HfDiskId store =
        hf_disk_intern(disk->catalog, &(HfDisk){.persistence = hf_text_intern(disk->catalog, id),
                                                .has_volume = TRUE});
    HfMeta meta = HF_META_INIT;
    meta.stack = stack;
    meta.disk = store;
    entry.meta = hf_meta_intern(disk->catalog, &meta);
    hf_resources_add_one(disk->catalog, to, &entry);
    hf_resources_clear(disk->catalog, &part);
}

static uint64_t data_of(Disk *disk, HfRoleId role, const char *id)
{
    HfResources one = {0};
    add_volume(disk, &one, "1", role, id);
    uint64_t data = hf_checkpoint_data(disk->catalog, &disk->checkpoint, hf_resources_at(&one, 0));
    hf_resources_clear(disk->catalog, &one);
    return data;
}

static void assert_committed(Disk *disk, const HfResources *expected)
{
    assert_true(
        hf_resources_equal(disk->catalog, hf_checkpoint_committed(&disk->checkpoint), expected));
    hf_checkpoint_check(disk->catalog, &disk->checkpoint);
}

static void write_whole(Disk *disk, const HfResources *total)
{
    assert_true(hf_checkpoint_write(disk->catalog, &disk->checkpoint, total, HF_CHECKPOINT_WHOLE));
}

/* Only reservations made by operations and volumes are written; the rest comes with the flags. */
static void what_the_flags_say_is_not_written(void **state)
{
    Disk *disk = *state;
    HfResources total = parse(disk, "cpus:4;cpus(db):2;mem:1024"), kept = {0};
    add_reserved(disk, &total, "cpus:1", disk->db);
    add_reserved(disk, &kept, "cpus:1", disk->db);
    write_whole(disk, &total);
    assert_committed(disk, &kept);
    hf_resources_clear(disk->catalog, &total);
    hf_resources_clear(disk->catalog, &kept);
}

/* Mesos rows: 413. Wherever the process dies while v1 makes way for v2: before the target is there
 * the old state stands, after that the new one, and the data of what is in both is the same. */
static void a_write_that_is_cut_short_leaves_the_old_state_or_the_new(void **state)
{
    for (int step = HF_CHECKPOINT_NOTHING; step < HF_CHECKPOINT_STEPS; step++) {
        setup(state);
        Disk *disk = *state;
        HfResources before = {0}, after = {0};
        add_volume(disk, &before, "64", disk->db, "stays");
        add_volume(disk, &before, "64", disk->db, "goes");
        add_volume(disk, &after, "64", disk->db, "stays");
        add_volume(disk, &after, "32", disk->db, "comes");
        write_whole(disk, &before);
        uint64_t stays = data_of(disk, disk->db, "stays");
        assert_false(
            hf_checkpoint_write(disk->catalog, &disk->checkpoint, &after, (HfCheckpointStep)step));
        gboolean had_target = hf_checkpoint_finish(disk->catalog, &disk->checkpoint);
        assert_int_equal(had_target, step == HF_CHECKPOINT_TARGET || step == HF_CHECKPOINT_VOLUMES);
        assert_false(hf_checkpoint_finish(disk->catalog, &disk->checkpoint)); /* once is enough */
        gboolean is_new = step != HF_CHECKPOINT_NOTHING;
        assert_committed(disk, is_new ? &after : &before);
        assert_int_equal(data_of(disk, disk->db, "stays"), stays);
        assert_int_equal(data_of(disk, disk->db, "goes") == 0, is_new);
        assert_int_equal(data_of(disk, disk->db, "comes") == 0, !is_new);
        hf_resources_clear(disk->catalog, &before);
        hf_resources_clear(disk->catalog, &after);
        teardown(state);
    }
    setup(state);
}

/* Mesos rows: 416. */
static void a_volume_made_anew_has_other_data(void **state)
{
    Disk *disk = *state;
    HfResources with = {0}, without = {0};
    add_volume(disk, &with, "64", disk->db, "v");
    write_whole(disk, &with);
    uint64_t first = data_of(disk, disk->db, "v");
    write_whole(disk, &with);
    assert_int_equal(data_of(disk, disk->db, "v"), first);
    write_whole(disk, &without);
    assert_int_equal(data_of(disk, disk->db, "v"), 0);
    write_whole(disk, &with);
    assert_true(data_of(disk, disk->db, "v") > first);
    hf_resources_clear(disk->catalog, &with);
}

/* Mesos rows: 498. */
static void volumes_of_two_roles_may_have_one_id(void **state)
{
    Disk *disk = *state;
    HfResources both = {0}, one = {0};
    add_volume(disk, &both, "64", disk->db, "v");
    add_volume(disk, &both, "64", disk->web, "v");
    add_volume(disk, &one, "64", disk->web, "v");
    write_whole(disk, &both);
    uint64_t kept = data_of(disk, disk->web, "v");
    assert_true(kept != data_of(disk, disk->db, "v"));
    write_whole(disk, &one);
    assert_int_equal(data_of(disk, disk->db, "v"), 0);
    assert_int_equal(data_of(disk, disk->web, "v"), kept);
    hf_resources_clear(disk->catalog, &both);
    hf_resources_clear(disk->catalog, &one);
}

static void assert_total(Disk *disk, const char *flags, gboolean fits)
{
    HfResources given = parse(disk, flags), total = {0}, sum = {0};
    assert_int_equal(hf_checkpoint_apply(disk->catalog, &disk->checkpoint, &given, &total), fits);
    if (fits) { /* as much as before, and all that is committed */
        assert_true(hf_resources_contains(disk->catalog, &total,
                                          hf_checkpoint_committed(&disk->checkpoint)));
        HfKindId cpus = hf_kind_find(disk->catalog, "cpus");
        assert_int_equal(hf_resources_milli(&total, cpus), hf_resources_milli(&given, cpus));
        HfKindId space = hf_kind_find(disk->catalog, "disk");
        assert_int_equal(hf_resources_milli(&total, space), hf_resources_milli(&given, space));
    } else {
        assert_true(hf_resources_is_empty(&total));
    }
    hf_resources_clear(disk->catalog, &given);
    hf_resources_clear(disk->catalog, &total);
    hf_resources_clear(disk->catalog, &sum);
}

/* Mesos rows: 371, 372, 373, 415. */
static void reservations_must_fit_into_the_resources_of_the_flags(void **state)
{
    Disk *disk = *state;
    HfResources kept = {0};
    add_reserved(disk, &kept, "cpus:8;mem:2048", disk->db);
    add_volume(disk, &kept, "1024", disk->db, "v");
    write_whole(disk, &kept);
    assert_total(disk, "cpus:8;mem:4096;disk:2048", TRUE);
    assert_total(disk, "cpus:12;mem:2048;disk:1024", TRUE);
    assert_total(disk, "cpus:4;mem:2048;disk:1024", FALSE);
    assert_total(disk, "cpus:8;mem:4096;disk:1023", FALSE);
    assert_total(disk, "cpus(db):8;mem:4096;disk:2048", FALSE); /* made of what nobody had */
    hf_resources_clear(disk->catalog, &kept);
}

/* A volume on a static reservation is made of just that. */
static void what_was_reserved_by_flags_is_found_there(void **state)
{
    Disk *disk = *state;
    HfResources kept = parse(disk, "disk(db):64");
    HfResource entry = *hf_resources_at(&kept, 0);
    HfMeta meta = *hf_meta(disk->catalog, entry.meta);
    meta.disk =
        hf_disk_intern(disk->catalog, &(HfDisk){.persistence = hf_text_intern(disk->catalog, "v"),
                                                .has_volume = TRUE});
    entry.meta = hf_meta_intern(disk->catalog, &meta);
    hf_resources_reset(disk->catalog, &kept);
    hf_resources_add_one(disk->catalog, &kept, &entry);
    write_whole(disk, &kept);
    assert_total(disk, "cpus:1;disk(db):1024", TRUE);
    assert_total(disk, "cpus:1;disk:1024", FALSE);
    hf_resources_clear(disk->catalog, &kept);
}

static void a_lost_disk_has_nothing(void **state)
{
    Disk *disk = *state;
    HfResources kept = {0};
    add_volume(disk, &kept, "64", disk->db, "v");
    write_whole(disk, &kept);
    hf_checkpoint_register(&disk->checkpoint, 7, &kept, NULL);
    uint64_t before = data_of(disk, disk->db, "v");
    hf_checkpoint_lose(disk->catalog, &disk->checkpoint);
    assert_int_equal(disk->checkpoint.agent_id, HF_ROW_NONE);
    assert_true(hf_resources_is_empty(hf_checkpoint_committed(&disk->checkpoint)));
    write_whole(disk, &kept);
    assert_true(data_of(disk, disk->db, "v") > before); /* the same volume, never the same data */
    hf_resources_clear(disk->catalog, &kept);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_flags_say_is_not_written, setup, teardown),
        cmocka_unit_test_teardown(a_write_that_is_cut_short_leaves_the_old_state_or_the_new,
                                  teardown),
        cmocka_unit_test_setup_teardown(a_volume_made_anew_has_other_data, setup, teardown),
        cmocka_unit_test_setup_teardown(volumes_of_two_roles_may_have_one_id, setup, teardown),
        cmocka_unit_test_setup_teardown(reservations_must_fit_into_the_resources_of_the_flags,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_reserved_by_flags_is_found_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_disk_has_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
