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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triggers_have_a_run_each_before_1_2),
        cmocka_unit_test(suppress_is_dropped_before_0_25),
        cmocka_unit_test(a_refuse_time_is_capped_since_1_5),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
