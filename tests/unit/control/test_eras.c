/* What the master does otherwise in another era (resource/era.h). */
#include "cell.h"

static HfPump *pump_in(HfEra era)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.era = era;
    return hf_pump_new(&config);
}

static uint64_t runs(HfPump *pump)
{
    return hf_allocator_counters(hf_master_allocator(pump->master)).runs;
}

/* Three frameworks come at one instant: one run waits for all, or each has its own. */
static void triggers_have_a_run_each_before_1_2(void **state)
{
    static const struct {
        HfEra era;
        uint64_t runs;
    } cases[] = {{HF_ERA_0_22, 3}, {HF_ERA_0_23, 3}, {HF_ERA_1_4, 1}, {HF_ERA_1_11, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfPump *pump = pump_in(cases[i].era);
        hf_pump_add_agent(pump, "cpus:4;mem:1024");
        hf_pump_run(pump, HF_SECONDS(2));
        uint64_t before = runs(pump);
        hf_pump_add_framework(pump, "a", "a", 0, FALSE);
        hf_pump_add_framework(pump, "b", "b", 0, FALSE);
        hf_pump_add_framework(pump, "c", "c", 0, FALSE);
        hf_pump_run_for(pump, 0);
        assert_int_equal(runs(pump) - before, cases[i].runs);
        assert_int_equal(hf_pump_framework(pump, 0)->offered, 1); /* the first has it all */
        hf_pump_free(pump);
    }
}

static void suppress_is_dropped_before_0_25(void **state)
{
    for (int era = 0; era < HF_ERAS; era++) {
        HfPump *pump = pump_in((HfEra)era);
        gboolean is_known = era >= HF_ERA_1_4;
        hf_pump_add_framework(pump, "a", "a", 0, FALSE);
        hf_pump_run_for(pump, 0);
        hf_pump_suppress(pump, 0);
        hf_pump_run_for(pump, 0);
        hf_pump_add_agent(pump, "cpus:4;mem:1024");
        hf_pump_run(pump, HF_SECONDS(5));
        assert_int_equal(count(pump, HF_RECORD_SUPPRESSED), is_known);
        assert_int_equal(hf_pump_framework(pump, 0)->offered, is_known ? 0 : 1);
        hf_pump_free(pump);
    }
}

/* As records have it, in ms. */
static void a_refuse_time_is_capped_since_1_5(void **state)
{
    static const struct {
        HfEra era;
        double seconds;
        int64_t ms;
    } cases[] = {
        {HF_ERA_1_4, 4e7, INT64_C(40000000000)},
        {HF_ERA_1_4, 1e10, 5000},
        {HF_ERA_1_11, 4e7, INT64_C(31536000000)},
        {HF_ERA_1_11, 1e10, INT64_C(31536000000)},
        {HF_ERA_1_4, -1, 5000},
        {HF_ERA_1_11, -1, 5000},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfPump *pump = pump_in(cases[i].era);
        hf_pump_add_agent(pump, "cpus:4;mem:1024");
        hf_pump_run(pump, HF_SECONDS(2));
        hf_pump_add_framework(pump, "a", "a", 0, FALSE);
        hf_pump_run_for(pump, 0);
        hf_pump_decline(pump, 0, cases[i].seconds);
        hf_pump_run_for(pump, 0);
        assert_int_equal(pump->last[HF_RECORD_OFFER_DECLINED].value, cases[i].ms);
        hf_pump_free(pump);
    }
}

/* One task runs on one host. */
static HfPump *busy_in(HfEra era, uint32_t capabilities)
{
    HfPump *pump = pump_in(era);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "a", "a", capabilities, TRUE);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 1, "cpus:1;mem:64", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_update(pump, 0, 1)->status.state, HF_TASK_RUNNING);
    return pump;
}

/* An agent was cut off until it was given up, and is heard again. */
static void who_comes_back_from_a_partition(void **state)
{
    static const struct {
        HfEra era;
        uint32_t capabilities;
        uint32_t agents; /* ids given out */
        gboolean task_runs;
    } cases[] = {
        {HF_ERA_0_22, 0, 2, FALSE}, {HF_ERA_0_23, 0, 2, FALSE},
        {HF_ERA_1_4, 0, 1, FALSE},  {HF_ERA_1_4, HF_CAPABILITY_PARTITION_AWARE, 1, TRUE},
        {HF_ERA_1_11, 0, 1, TRUE},  {HF_ERA_1_11, HF_CAPABILITY_PARTITION_AWARE, 1, TRUE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfPump *pump = busy_in(cases[i].era, cases[i].capabilities);
        hf_pump_cut(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(100));
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
        assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1); /* nobody could tell it */
        hf_pump_heal(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(120));
        assert_int_equal(hf_master_agents(pump->master), cases[i].agents);
        assert_int_equal(hf_pump_host(pump, 0)->agent.id, cases[i].agents - 1);
        assert_true(hf_master_agent_is_registered(pump->master, cases[i].agents - 1));
        assert_int_equal(hf_pump_host(pump, 0)->runs.count, cases[i].task_runs);
        hf_pump_decline_all(pump, 0, 0);
        hf_pump_run_for(pump, 0);
        g_autofree char *idle = hf_pump_available(pump, cases[i].agents - 1);
        assert_string_equal(idle, cases[i].task_runs ? "cpus:3;mem:960" : "cpus:4;mem:1024");
        hf_master_check(pump->master);
        hf_pump_free(pump);
    }
}

static void a_rebooted_host_is_a_new_agent_before_1_4(void **state)
{
    for (int era = 0; era < HF_ERAS; era++) {
        HfPump *pump = busy_in((HfEra)era, 0);
        hf_pump_crash(pump, 0, TRUE);
        hf_pump_run_for(pump, HF_SECONDS(10));
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(30));
        uint32_t agents = era < HF_ERA_1_4 ? 2 : 1;
        assert_int_equal(hf_master_agents(pump->master), agents);
        assert_true(hf_master_agent_is_registered(pump->master, agents - 1));
        assert_int_equal(hf_pump_update(pump, 0, 1)->status.state,
                         era < HF_ERA_1_4 ? HF_TASK_LOST : HF_TASK_FAILED);
        hf_master_check(pump->master);
        hf_pump_free(pump);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triggers_have_a_run_each_before_1_2),
        cmocka_unit_test(suppress_is_dropped_before_0_25),
        cmocka_unit_test(a_refuse_time_is_capped_since_1_5),
        cmocka_unit_test(who_comes_back_from_a_partition),
        cmocka_unit_test(a_rebooted_host_is_a_new_agent_before_1_4),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
