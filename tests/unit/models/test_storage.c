/* The storage model: disks are made out of raw storage, for others to use, and given back. */
#include "unit/models/lab.h"

#define RAW(amount, source)                                                                        \
    "{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":" amount "},"                    \
    "\"provider_id\":{\"value\":\"lvm\"},\"disk\":{\"source\":{\"type\":\"RAW\"," source "}}}"
#define AGENTS(count, disks)                                                                       \
    "duration: 1d\n"                                                                               \
    "agent: {disk_profiles: [{name: fast}, {name: dev, capability: block}]}\n"                     \
    "agents: [{name: n, count: " count ", resources: '[{\"name\":\"cpus\",\"type\":\"SCALAR\","    \
    "\"scalar\":{\"value\":8}},{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":8192}}" \
    "," disks "]'}]\n"
#define FAST RAW("1000", "\"profile\":\"fast\"")

/* How many disks of a type the hosts have. */
static uint32_t disks(Cell *cell, HfDiskSource source)
{
    const HfCatalog *catalog = hf_world_catalog(cell->world);
    uint32_t count = 0;
    for (uint32_t h = 0; h < hf_world_hosts(cell->world); h++) {
        const HfResources *total = hf_agent_total(&cell->world->hosts[h].agent);
        for (uint32_t i = 0; i < hf_resources_count(total); i++) {
            const HfDisk *disk =
                hf_disk(catalog, hf_meta(catalog, hf_resources_at(total, i)->meta)->disk);
            count += disk != NULL && disk->source == source;
        }
    }
    return count;
}

static void as_many_disks_are_made_as_are_wanted(void **state)
{
    Cell *cell = cell_new(AGENTS("2", FAST) "frameworks: [{name: s, model: storage, profile: fast, "
                                            "size: 300, disks: 5, per_agent: 3}]\n");
    cell_run(cell, 60 * S);
    assert_int_equal(disks(cell, HF_DISK_MOUNT), 5);
    assert_int_equal(cell_count(cell, HF_RECORD_OPERATION_PENDING), 5);
    assert_int_equal(cell_count(cell, HF_RECORD_OPERATION), 5);
    cell_free(cell);
}

/* What there is no room for is not made; nor what the profile is not for, and that not again. */
static void what_cannot_be_made_is_not(void **state)
{
    Cell *cell = cell_new(AGENTS("1", FAST) "frameworks: [{name: s, model: storage, profile: fast, "
                                            "size: 300, disks: 5}]\n");
    cell_run(cell, 600 * S);
    assert_int_equal(disks(cell, HF_DISK_MOUNT), 3);
    cell_free(cell);
    cell = cell_new(AGENTS("1", FAST) "frameworks: [{name: s, model: storage, profile: fast, "
                                      "type: block, size: 300, disks: 2}]\n");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_OPERATION_PENDING), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_OPERATION_DROPPED), 2);
    assert_int_equal(disks(cell, HF_DISK_BLOCK), 0);
    cell_free(cell);
}

static void a_volume_that_was_there_before_is_used_too(void **state)
{
    Cell *cell =
        cell_new(AGENTS("1", RAW("500", "\"id\":\"old\"")) "frameworks: [{name: s, model: "
                                                           "storage, profile: dev, type: "
                                                           "block, size: 300, disks: 2}]\n");
    cell_run(cell, 60 * S);
    assert_int_equal(disks(cell, HF_DISK_BLOCK), 1);
    assert_int_equal(disks(cell, HF_DISK_RAW), 0);
    cell_free(cell);
}

/* A service stores its data on such disks, which nobody takes away from under it; the others are
 * given back. */
static void services_store_on_disks_that_were_made(void **state)
{
    Cell *cell = cell_new(AGENTS(
        "4",
        FAST) "frameworks:\n"
              "  - {name: s, model: storage, profile: fast, size: 400, disks: 8, "
              "per_agent: 2, remove_at: 2h}\n"
              "  - {name: db, role: db, model: service, nodes: 3, place: mount, cpus: 1, mem: 64,"
              " disk: 300, identity: reservation, same_wait: 1h, lifetime: 20m, checkpoint: true}\n"
              "failures: [{what: reboot, mtbf: 1h, down: 1m}]\n");
    cell_run(cell, 3600 * S);
    assert_int_equal(disks(cell, HF_DISK_MOUNT), 8);
    cell_run(cell, 4 * 3600 * S);
    assert_int_equal(disks(cell, HF_DISK_MOUNT), 3);
    assert_int_equal(disks(cell, HF_DISK_RAW), 4);
    cell_free(cell);
}

/* Whatever is lost on the way, and whoever is away meanwhile: in the end all disks are there. */
static void disks_are_made_in_spite_of_everything(void **state)
{
    Cell *cell =
        cell_new(AGENTS("4", FAST) "network: {latency: {law: exponential, mean: 2s}, loss: 0.1}\n"
                                   "frameworks: [{name: s, model: storage, profile: fast, "
                                   "size: 100, disks: 30, failover_timeout: 1d}]\n"
                                   "failures:\n"
                                   "  - {what: agent-restart, mtbf: 20s, down: 1s}\n"
                                   "  - {what: partition, mtbf: 1m, for: 5s}\n"
                                   "  - {what: framework-failover, mtbf: 1m, down: 3s}\n"
                                   "  - {what: master-failover, at: 20s, down: 2s}\n");
    cell_run(cell, 3600 * S);
    assert_in_range(disks(cell, HF_DISK_MOUNT), 30, 40);
    cell_free(cell);
}

/* A host that is lost takes two of four disks along: two others are made on the one in its place,
 * and no more; one that reboots keeps what it has. */
static void what_a_lost_host_had_is_made_anew(void **state)
{
    static const struct {
        const char *failure;
        uint32_t asked;
    } cases[] = {{"{what: host-loss, at: 1h, fraction: 50%, replaced_after: 10m}", 6},
                 {"{what: reboot, at: 1h, fraction: 50%, down: 10m}", 4}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(
            AGENTS("2", FAST), "frameworks: [{name: s, model: storage, profile: fast, ",
            "size: 300, disks: 4, per_agent: 2}]\nfailures: [", cases[i].failure, "]\n", NULL);
        Cell *cell = cell_new(text);
        cell_run(cell, 3600 * S);
        assert_int_equal(disks(cell, HF_DISK_MOUNT), 4);
        cell_run(cell, 3 * 3600 * S);
        assert_int_equal(disks(cell, HF_DISK_MOUNT), 4);
        assert_int_equal(cell_count(cell, HF_RECORD_OPERATION_PENDING), cases[i].asked);
        cell_free(cell);
    }
}

static void older_eras_have_no_such_model(void **state)
{
    g_autofree char *complaint =
        lab_complaint("era: '1.4'\n" AGENTS("1", FAST) "frameworks: [{name: s, model: storage, "
                                                       "profile: fast, size: 1, disks: 1}]\n");
    assert_non_null(strstr(complaint, "era 1.4 has no disk-operations"));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_disks_are_made_as_are_wanted),
        cmocka_unit_test(what_cannot_be_made_is_not),
        cmocka_unit_test(a_volume_that_was_there_before_is_used_too),
        cmocka_unit_test(services_store_on_disks_that_were_made),
        cmocka_unit_test(disks_are_made_in_spite_of_everything),
        cmocka_unit_test(what_a_lost_host_had_is_made_anew),
        cmocka_unit_test(older_eras_have_no_such_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
