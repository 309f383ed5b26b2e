/*
 * CREATE_DISK and DESTROY_DISK: which are refused, what a resource provider makes of its disks, and
 * what becomes of a disk that is held when somebody dies or a message is lost.
 */
#include "resource/text.h"
#include "unit/control/cell.h"
#include "unit/control/lab.h"

#define CPUS "{'name':'cpus','type':'SCALAR','scalar':{'value':4}}"
#define DISK(milli, provider, source)                                                              \
    "{'name':'disk','type':'SCALAR','scalar':{'value':" milli "}" provider                         \
    ",'disk':{'source':" source "}}"
#define LVM ",'provider_id':{'value':'lvm'}"

#define POOL   DISK("100", LVM, "{'type':'RAW','profile':'fast'}")
#define BLOCKS DISK("50", LVM, "{'type':'RAW','profile':'dev'}")
#define OLD    DISK("30", LVM, "{'type':'RAW','id':'v1'}")
#define OURS   DISK("20", "", "{'type':'RAW','profile':'fast'}")
#define PATH   DISK("10", LVM, "{'type':'PATH','path':{'root':'/p'},'id':'v4'}")
#define MOUNT  DISK("10", LVM, "{'type':'MOUNT','mount':{'root':'/m'},'id':'v5'}")
#define BLOCK  DISK("10", LVM, "{'type':'BLOCK','id':'v6'}")

#define AGENT(disks) "[" CPUS "," disks "]"

static const HfDiskProfile known[] = {
    {"fast", HF_DISK_MOUNT, FALSE}, {"dev", HF_DISK_BLOCK, FALSE}, {"kept", HF_DISK_MOUNT, TRUE}};

/* Words of the trace, or none, when one framework does this with an offer of all the disks. */
typedef struct Refusal {
    const char *script, *done;
} Refusal;

#define RAW(amount) "disk{src=RAW,profile=fast,prov=lvm}:" amount

/* Mesos rows: 340, 341. */
static const Refusal refusals[] = {
    {"CREATE_DISK " RAW("10") " MOUNT", "CREATE_DISK?"},
    {"CREATE_DISK disk{src=RAW,profile=dev,prov=lvm}:50 BLOCK", "CREATE_DISK?"},
    {"CREATE_DISK disk{src=RAW,id=v1,prov=lvm}:30 MOUNT:fast", "CREATE_DISK?"},
    {"CREATE_DISK " RAW("10") " PATH", "CREATE_DISK:TARGET_TYPE"},
    {"CREATE_DISK " RAW("10") " MOUNT:fast", "CREATE_DISK:PROFILE_TWICE"},
    {"CREATE_DISK disk{src=RAW,id=v1,prov=lvm}:30 MOUNT", "CREATE_DISK:PROFILE_MISSING"},
    {"CREATE_DISK disk{src=MOUNT/m,id=v5,prov=lvm}:10 MOUNT", "CREATE_DISK:NOT_RAW"},
    {"CREATE_DISK disk{src=RAW,profile=fast}:20 MOUNT", "CREATE_DISK:NO_PROVIDER"},
    {"CREATE_DISK " RAW("101") " MOUNT", "CREATE_DISK:NOT_CONTAINED"},
    {"DESTROY_DISK disk{src=MOUNT/m,id=v5,prov=lvm}:10", "DESTROY_DISK?"},
    {"DESTROY_DISK disk{src=BLOCK,id=v6,prov=lvm}:10", "DESTROY_DISK?"},
    {"DESTROY_DISK disk{src=RAW,id=v1,prov=lvm}:30", "DESTROY_DISK?"},
    {"DESTROY_DISK disk{src=PATH/p,id=v4,prov=lvm}:10", "DESTROY_DISK:NOT_A_DISK"},
    {"DESTROY_DISK disk{src=MOUNT/m,id=v5}:10", "DESTROY_DISK:NO_PROVIDER"},
    {"DESTROY_DISK " RAW("100"), "DESTROY_DISK:NOT_BACKED"},
    {"DESTROY_DISK disk{src=MOUNT/m,id=v9,prov=lvm}:10", "DESTROY_DISK:NOT_CONTAINED"},
    {"RESERVE disk(D:web,p=ops){src=MOUNT/m,id=v5,prov=lvm}:10"
     " | CREATE disk(D:web,p=ops)[a:data,p=ops]{src=MOUNT/m,id=v5,prov=lvm}:10"
     " | DESTROY_DISK disk(D:web,p=ops)[a:data,p=ops]{src=MOUNT/m,id=v5,prov=lvm}:10",
     "RESERVE CREATE DESTROY_DISK:PERSISTENT"},
    /* what is in the air is not there for the next one; what was reserved before is */
    {"RESERVE disk(D:web,p=ops){src=RAW,profile=fast,prov=lvm}:100"
     " | CREATE_DISK disk(D:web,p=ops){src=RAW,profile=fast,prov=lvm}:60 MOUNT"
     " | CREATE_DISK disk(D:web,p=ops){src=RAW,profile=fast,prov=lvm}:60 MOUNT",
     "RESERVE CREATE_DISK? CREATE_DISK:NOT_CONTAINED"},
};

static gboolean is_refused_so(const Refusal *test, HfPumpConfig *config)
{
    Lab lab = lab_with(AGENT(POOL "," BLOCKS "," OLD "," OURS "," PATH "," MOUNT "," BLOCK), "ops",
                       0, config);
    hf_pump_rule(lab.pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LATE, HF_SECONDS(1), 4);
    accept_all(&lab, test->script);
    gboolean is_good = strcmp(lab.done->str, test->done) == 0;
    if (!is_good) print_error("%s:\n  %s\n  not %s\n", test->script, lab.done->str, test->done);
    lab_free(&lab);
    return is_good;
}

static void disks_keep_the_rules(void **state)
{
    guint wrong = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
        HfPumpConfig config;
        hf_pump_config_init(&config);
        wrong += !is_refused_so(&refusals[i], &config);
    }
    assert_int_equal(wrong, 0);
}

static void an_agent_and_an_era_must_support_disks(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.agent_capabilities &= ~(uint32_t)HF_AGENT_CAPABILITY_OPERATION_FEEDBACK;
    assert_true(is_refused_so(
        &(Refusal){"CREATE_DISK " RAW("10") " MOUNT", "CREATE_DISK:CAPABILITY"}, &config));
    hf_pump_config_init(&config);
    config.era = HF_ERA_1_4;
    assert_true(is_refused_so(
        &(Refusal){"CREATE_DISK " RAW("10") " MOUNT", "CREATE_DISK:UNSUPPORTED"}, &config));
}

/* Each of the five actions has a list of its own, by the role of the disk. */
static void access_control_lists_decide_about_disks(void **state)
{
    static const struct {
        const char *list, *script, *done;
    } cases[] = {
        {"create_mount_disks", "CREATE_DISK " RAW("10") " MOUNT", "CREATE_DISK"},
        {"create_block_disks", "CREATE_DISK disk{src=RAW,profile=dev,prov=lvm}:50 BLOCK",
         "CREATE_DISK"},
        {"destroy_mount_disks", "DESTROY_DISK disk{src=MOUNT/m,id=v5,prov=lvm}:10", "DESTROY_DISK"},
        {"destroy_block_disks", "DESTROY_DISK disk{src=BLOCK,id=v6,prov=lvm}:10", "DESTROY_DISK"},
        {"destroy_raw_disks", "DESTROY_DISK disk{src=RAW,id=v1,prov=lvm}:30", "DESTROY_DISK"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(cases); k++) {
            g_autofree char *text = g_strdup_printf(
                "{'%s':[{'principals':{'values':['ops']},'roles':{'type':'NONE'}}]}",
                cases[k].list);
            g_autofree char *done =
                g_strconcat(cases[i].done, i == k ? ":UNAUTHORIZED" : "?", NULL);
            g_autoptr(HfAcls) acls = acls_of(text);
            HfPumpConfig config;
            hf_pump_config_init(&config);
            config.master.acls = acls;
            assert_true(is_refused_so(&(Refusal){cases[i].script, done}, &config));
        }
}

/* ---- what becomes of a disk ---- */

#define WHOLE "cpus:4;" RAW("100")
#define META  "meta=path=/csi/lvm/mounts/volume-1"

static HfPump *pump_of(const char *quoted)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.latency = HF_NS_PER_MS;
    config.log_messages = TRUE;
    HfPump *pump = hf_pump_new(&config);
    pump->agent_config.profiles = (HfDiskProfiles){known, G_N_ELEMENTS(known)};
    g_autofree char *text = g_strdelimit(g_strdup(quoted), "'", '"');
    hf_pump_add_agent(pump, text);
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_PARTITION_AWARE, TRUE);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    return pump;
}

static char *all_of(HfPump *pump)
{
    return hf_resources_to_text(pump->catalog, hf_agent_total(&hf_pump_host(pump, 0)->agent));
}

/* The agent has this, and nobody holds any of it once its framework has refused all. */
static void assert_all(HfPump *pump, const char *expected)
{
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    g_autofree char *available = hf_pump_available(pump, 0);
    HfResources a = {0}, b = {0};
    assert_true(hf_resources_parse_canonical(pump->catalog, available, &a, NULL));
    assert_true(hf_resources_parse_canonical(pump->catalog, expected, &b, NULL));
    if (!hf_resources_equal(pump->catalog, &a, &b)) assert_string_equal(available, expected);
    assert_true(
        hf_resources_equal(pump->catalog, &b, hf_agent_total(&hf_pump_host(pump, 0)->agent)));
    hf_resources_clear(pump->catalog, &a);
    hf_resources_clear(pump->catalog, &b);
}

static void operate(HfPump *pump, const char *script)
{
    hf_pump_operate(pump, 0, hf_pump_framework(pump, 0)->offers.count, script, 0);
    hf_pump_run_for(pump, HF_SECONDS(2)); /* and it is offered again */
}

static char *id_of_first(const char *text)
{
    const char *id = strstr(text, "id=volume-");
    assert_non_null(id);
    return g_strndup(id + 3, strcspn(id + 3, ",}"));
}

static void assert_state(HfPump *pump, uint64_t id, HfOperationState state)
{
    HfOperationState told = hf_pump_operation(pump, 0, id);
    assert_string_equal(told < HF_OPERATION_STATES ? hf_operation_state_name(told) : "nothing",
                        hf_operation_state_name(state));
}

static void a_pool_gives_a_disk_and_takes_it_back(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    operate(pump, "CREATE_DISK#1 " RAW("60") " MOUNT");
    assert_state(pump, 1, HF_OPERATION_FINISHED);
    g_autofree char *has = all_of(pump), *id = id_of_first(has);
    g_autofree char *mount = g_strdup_printf("disk{src=MOUNT/csi/lvm/mounts,id=%s,profile=fast,"
                                             "meta=path=/csi/lvm/mounts/%s,prov=lvm}:60",
                                             id, id);
    g_autofree char *expected = g_strdup_printf("cpus:4;%s;" RAW("40"), mount);
    HfResources a = {0}, b = {0};
    assert_true(hf_resources_parse_canonical(pump->catalog, has, &a, NULL));
    assert_true(hf_resources_parse_canonical(pump->catalog, expected, &b, NULL));
    if (!hf_resources_equal(pump->catalog, &a, &b)) assert_string_equal(has, expected);
    hf_resources_clear(pump->catalog, &a);
    hf_resources_clear(pump->catalog, &b);
    g_autofree char *back = g_strdup_printf("DESTROY_DISK#2 %s", mount);
    operate(pump, back);
    assert_state(pump, 2, HF_OPERATION_FINISHED);
    assert_all(pump, WHOLE);
    assert_int_equal(occurrences(pump, "\"ev\":\"operation_pending\""), 2);
    assert_int_equal(occurrences(pump, "\"ev\":\"operation\","), 2);
    hf_pump_free(pump);
}

/* A volume that was there before keeps its id; a profile is put on it, and is taken off again when
 * its plug-in cannot delete it. */
static void a_volume_that_was_there_before_keeps_its_id(void **state)
{
    HfPump *pump = pump_of(AGENT(OLD));
    operate(pump, "CREATE_DISK disk{src=RAW,id=v1,prov=lvm}:30 MOUNT:kept");
    g_autofree char *has = all_of(pump);
    assert_string_equal(has,
                        "cpus:4;disk{src=MOUNT/csi/lvm/mounts,id=v1,profile=kept,prov=lvm}:30");
    operate(pump, "DESTROY_DISK disk{src=MOUNT/csi/lvm/mounts,id=v1,profile=kept,prov=lvm}:30");
    assert_all(pump, "cpus:4;disk{src=RAW,id=v1,prov=lvm}:30");
    hf_pump_free(pump);
}

static void a_provider_fails_what_its_profiles_do_not_allow(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL "," OLD));
    operate(pump, "CREATE_DISK#1 " RAW(
                      "60") " BLOCK"
                            " | CREATE_DISK#2 disk{src=RAW,id=v1,prov=lvm}:30 MOUNT:nobody");
    assert_state(pump, 1, HF_OPERATION_FAILED);
    assert_state(pump, 2, HF_OPERATION_FAILED);
    assert_int_equal(occurrences(pump, "\"rule\":\"NOT_DONE\""), 2);
    assert_int_equal(occurrences(pump, "\"ev\":\"agent_reregistered\""), 0);
    assert_all(pump, WHOLE ";disk{src=RAW,id=v1,prov=lvm}:30");
    hf_pump_free(pump);
}

/* A volume needs a file system: CREATE on a BLOCK disk, which the master took for granted, fails,
 * and is undone. */
static void nothing_is_stored_on_a_block_disk(void **state)
{
    HfPump *pump = pump_of(AGENT(BLOCK));
    operate(pump, "RESERVE disk(D:web){src=BLOCK,id=v6,prov=lvm}:10"
                  " | CREATE#2 disk(D:web)[a:data]{src=BLOCK,id=v6,prov=lvm}:10");
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_state(pump, 2, HF_OPERATION_FAILED);
    assert_all(pump, "cpus:4;disk(D:web){src=BLOCK,id=v6,prov=lvm}:10");
    hf_pump_free(pump);
}

/* While the answer is on its way the disk is nobody's to have; it comes back without a filter. */
static void a_disk_is_held_until_its_provider_has_answered(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LATE, HF_SECONDS(5), 1);
    hf_pump_operate(pump, 0, 1, "CREATE_DISK#1 " RAW("60") " MOUNT", 3600);
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 0);
    assert_available(pump, "cpus:4;" RAW("40"));
    hf_pump_reconcile_operation(pump, 0, 1, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_state(pump, 1, HF_OPERATION_PENDING);
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_state(pump, 1, HF_OPERATION_FINISHED);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    hf_pump_free(pump);
}

/* Nobody asked to be told, and the answer is repeated all the same: it says what the disk is. */
static void an_answer_without_an_id_is_repeated_too(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "CREATE_DISK " RAW("100") " MOUNT", 3600);
    hf_pump_run_for(pump, HF_SECONDS(9));
    assert_available(pump, "cpus:4");
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    assert_int_equal(hf_pump_host(pump, 0)->agent.operations.count, 0);
    assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 0);
    hf_pump_free(pump);
}

static gboolean is_made(HfPump *pump)
{
    g_autofree char *has = all_of(pump);
    return strstr(has, "src=MOUNT") != NULL;
}

/* Whole, as one disk or as the other, wherever the agent dies while it writes; and so after it was
 * rebooted. */
static void a_disk_outlives_the_process_and_a_reboot(void **state)
{
    for (int step = HF_CHECKPOINT_WHOLE; step < HF_CHECKPOINT_STEPS; step++) {
        HfPump *pump = pump_of(AGENT(POOL));
        hf_pump_host(pump, 0)->agent.dies_at = (uint8_t)step;
        hf_pump_operate(pump, 0, 1, "RESERVE disk(D:web){src=RAW,profile=fast,prov=lvm}:100", 3600);
        hf_pump_run_for(pump, HF_SECONDS(2));
        if (step != HF_CHECKPOINT_WHOLE) hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(20));
        gboolean is_reserved = hf_resources_any(
            pump->catalog, hf_agent_total(&hf_pump_host(pump, 0)->agent), HF_META_DYNAMIC);
        assert_int_equal(is_reserved != FALSE, step == 0 || step >= HF_CHECKPOINT_TARGET);
        hf_pump_host(pump, 0)->agent.dies_at = (uint8_t)step;
        hf_pump_revive(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(2));
        hf_pump_operate(pump, 0, 1,
                        is_reserved
                            ? "CREATE_DISK#7 disk(D:web){src=RAW,profile=fast,prov=lvm}:100 MOUNT"
                            : "CREATE_DISK#7 " RAW("100") " MOUNT",
                        3600);
        hf_pump_run_for(pump, HF_SECONDS(2));
        if (step != HF_CHECKPOINT_WHOLE) hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(20));
        gboolean made = is_made(pump);
        assert_int_equal(made, step == 0 || step >= HF_CHECKPOINT_TARGET);
        assert_state(pump, 7, made ? HF_OPERATION_FINISHED : HF_OPERATION_DROPPED);
        g_autofree char *before = all_of(pump);
        hf_pump_crash(pump, 0, TRUE);
        hf_pump_run_for(pump, HF_SECONDS(1));
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(20));
        assert_all(pump, before);
        hf_pump_free(pump);
    }
}

/* What --resources says of a provider is not changed under it. */
static void a_provider_that_began_to_write_keeps_its_flags(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    g_autofree char *text = g_strdelimit(g_strdup(AGENT(POOL "," BLOCKS)), "'", '"');
    HfResources more = hf_pump_resources(pump, text);
    operate(pump, "CREATE_DISK " RAW("60") " MOUNT");
    hf_pump_stop(pump, 0);
    HfAgentFlags flags = agent->flags;
    flags.resources = &more;
    hf_agent_set_flags(agent, &flags);
    hf_pump_boot(pump, 0);
    assert_int_equal(agent->refusal, HF_REFUSAL_CHECKPOINT);
    hf_resources_clear(pump->catalog, &more);
    hf_pump_free(pump);
}

static void a_lost_operation_leaves_the_disk_as_it_was(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "CREATE_DISK#7 " RAW("60") " MOUNT", 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_available(pump, "cpus:4;" RAW("40"));
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, NULL, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_state(pump, 7, HF_OPERATION_DROPPED);
    assert_all(pump, WHOLE);
    hf_pump_free(pump);
}

/* The answer comes with the registration, which says what the agent now has: it counts once. */
static void an_answer_that_comes_with_a_registration_counts_once(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "CREATE_DISK#7 " RAW("100") " MOUNT", 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(20));
    assert_state(pump, 7, HF_OPERATION_FINISHED);
    assert_int_equal(occurrences(pump, "\"ev\":\"operation\","), 1);
    g_autofree char *has = all_of(pump);
    assert_all(pump, has);
    assert_true(is_made(pump));
    hf_pump_free(pump);
}

/* Its framework is removed: the disk is nobody's until the answer comes, whichever that is. */
static void a_disk_outlives_its_framework(void **state)
{
    for (int fails = 0; fails < 2; fails++) {
        HfPump *pump = pump_of(AGENT(POOL));
        hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LATE, HF_SECONDS(5), 1);
        hf_pump_operate(pump, 0, 1,
                        fails ? "CREATE_DISK#7 " RAW("60") " BLOCK"
                              : "CREATE_DISK#7 " RAW("60") " MOUNT",
                        3600);
        hf_pump_run_for(pump, HF_SECONDS(1));
        hf_pump_teardown(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(1));
        assert_available(pump, "cpus:4;" RAW("40"));
        hf_pump_run_for(pump, HF_SECONDS(20));
        g_autofree char *available = hf_pump_available(pump, 0), *has = all_of(pump);
        assert_string_equal(available, has);
        assert_int_equal(is_made(pump), !fails);
        assert_int_equal(hf_pump_host(pump, 0)->agent.operations.count, 0);
        hf_pump_free(pump);
    }
}

/* A new master learns from the agent what there is. */
static void a_disk_outlives_the_master(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "CREATE_DISK#7 " RAW("60") " MOUNT", 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_state(pump, 7, HF_OPERATION_FINISHED);
    assert_true(is_made(pump));
    g_autofree char *has = all_of(pump);
    assert_all(pump, has);
    hf_pump_free(pump);
}

static void with_its_agent_a_disk_is_out_of_reach(void **state)
{
    HfPump *pump = pump_of(AGENT(POOL));
    hf_pump_cut(pump, 0);
    hf_pump_operate(pump, 0, 1, "CREATE_DISK#7 " RAW("60") " MOUNT", 3600);
    hf_pump_run_for(pump, HF_SECONDS(100));
    assert_state(pump, 7, HF_OPERATION_UNREACHABLE);
    hf_pump_heal(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(100));
    assert_all(pump, WHOLE);
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disks_keep_the_rules),
        cmocka_unit_test(an_agent_and_an_era_must_support_disks),
        cmocka_unit_test(access_control_lists_decide_about_disks),
        cmocka_unit_test(a_pool_gives_a_disk_and_takes_it_back),
        cmocka_unit_test(a_volume_that_was_there_before_keeps_its_id),
        cmocka_unit_test(a_provider_fails_what_its_profiles_do_not_allow),
        cmocka_unit_test(nothing_is_stored_on_a_block_disk),
        cmocka_unit_test(a_disk_is_held_until_its_provider_has_answered),
        cmocka_unit_test(an_answer_without_an_id_is_repeated_too),
        cmocka_unit_test(a_disk_outlives_the_process_and_a_reboot),
        cmocka_unit_test(a_provider_that_began_to_write_keeps_its_flags),
        cmocka_unit_test(a_lost_operation_leaves_the_disk_as_it_was),
        cmocka_unit_test(an_answer_that_comes_with_a_registration_counts_once),
        cmocka_unit_test(a_disk_outlives_its_framework),
        cmocka_unit_test(a_disk_outlives_the_master),
        cmocka_unit_test(with_its_agent_a_disk_is_out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
