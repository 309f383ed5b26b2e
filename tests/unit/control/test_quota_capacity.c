/* Guarantees beside what the cluster has, and quota of several roles in one call. */
#include "unit/control/operators.h"

typedef struct Capacity {
    const char *agents; /* --resources of each, separated by blanks */
    gboolean is_cut;    /* the connection to the first is broken */
    const char *guarantee;
    int legacy, now; /* status of SET_QUOTA and UPDATE_QUOTA */
} Capacity;

#define HOST "cpus:2;mem:1024"

static const Capacity capacities[] = {
    /* Mesos rows: 460, 462. */
    {HOST, FALSE, "cpus 3", 409, 400},
    {HOST, FALSE, "mem 1025", 409, 400},
    {HOST, FALSE, "cpus 2", 200, 200},
    {HOST, FALSE, "gpus 1", 409, 400},
    /* Mesos rows: 461, 465. */
    {HOST " " HOST, FALSE, "cpus 5", 409, 400},
    {HOST " " HOST, FALSE, "mem 2049", 409, 400},
    {HOST " " HOST, FALSE, "cpus 4", 200, 200},
    {HOST " " HOST, FALSE, "mem 2048", 200, 200},
    /* Mesos rows: 463. What is reserved, to whomever, counts as what there is. */
    {"cpus(other):1;mem(other):512", FALSE, "cpus 1", 200, 200},
    {"cpus(other):1;mem(other):512", FALSE, "mem 513", 409, 400},
    /* Mesos rows: 464. */
    {HOST, TRUE, "cpus 2", 200, 200},
    {HOST, TRUE, "cpus 3", 409, 400},
};

static char *legacy_body(const char *name, const char *amount, gboolean is_forced)
{
    return g_strdup_printf(
        "{'quota_request':{'force':%s,'role':'q','guarantee':[{'name':'%s','type':"
        "'SCALAR','scalar':{'value':%s}}]}}",
        is_forced ? "true" : "false", name, amount);
}

static char *config_body(const char *name, const char *amount, gboolean is_forced)
{
    return g_strdup_printf(
        "{'force':%s,'quota_configs':[{'role':'q','guarantees':{'%s':{'value':%s}}}]}",
        is_forced ? "true" : "false", name, amount);
}

/* The call, and when it was refused the same with force; the quota is away again afterwards. */
static void ask_quota(HfPump *pump, HfCallType type, const char *name, const char *amount,
                      int expected)
{
    for (int forced = 0; forced < 2; forced++) {
        g_autofree char *body = type == HF_CALL_SET_QUOTA ? legacy_body(name, amount, forced)
                                                          : config_body(name, amount, forced);
        assert_call(pump, type, body, forced ? 200 : expected);
        if (forced || expected == 200) assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'q'}", 200);
    }
}

static void guarantees_must_fit_the_cluster_or_be_forced(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(capacities); i++) {
        const Capacity *test = &capacities[i];
        HfPump *pump = cluster(0, NULL);
        g_auto(GStrv) agents = g_strsplit(test->agents, " ", -1);
        for (char **agent = agents; *agent != NULL; agent++) hf_pump_add_agent(pump, *agent);
        hf_pump_run_for(pump, HF_SECONDS(2));
        if (test->is_cut) hf_pump_stop(pump, 0);
        hf_pump_run_for(pump, 0);
        g_auto(GStrv) words = g_strsplit(test->guarantee, " ", 2);
        ask_quota(pump, HF_CALL_SET_QUOTA, words[0], words[1], test->legacy);
        ask_quota(pump, HF_CALL_UPDATE_QUOTA, words[0], words[1], test->now);
        hf_pump_free(pump);
    }
}

/* Guarantees of all roles together count, those of the same call and those of before. */
static void guarantees_of_all_roles_add_up(void **state)
{
    HfPump *pump = cluster(1, NULL); /* 4 cpus */
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'a','guarantees':{'cpus':{'value':2}}},{'role':'b',"
                "'guarantees':{'cpus':{'value':3}}}]}",
                400);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'a','guarantees':{'cpus':{'value':2}}}]}", 200);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'b','guarantees':{'cpus':{'value':3}}}]}", 400);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'a'},{'role':'b','guarantees':{'cpus':{'value':3}}}]}",
                200);
    hf_pump_free(pump);
}

/* Mesos rows: 451. */
static void several_roles_are_updated_together_or_not_at_all(void **state)
{
    HfAcls *acls =
        acls_of("{'permissive':false,'get_quotas':[{}],'update_quotas':[{'principals':{'values':"
                "['ops']},'roles':{'values':['a','*']}}]}");
    HfPump *pump = cluster(1, acls);
    assert_call(
        pump, HF_CALL_UPDATE_QUOTA,
        "{'quota_configs':[{'role':'a','limits':{'cpus':{'value':1}}},{'role':'b','limits':{"
        "'cpus':{'value':1}}}]}",
        403);
    assert_int_equal(hf_pump_call(pump, "ops", HF_CALL_GET_QUOTA, "{}"), 200);
    assert_int_equal(occurrences(pump, "{\"status\":{\"configs\":[]}}"),
                     1); /* nothing of it is there */
    assert_call(
        pump, HF_CALL_UPDATE_QUOTA,
        "{'quota_configs':[{'role':'a','limits':{'cpus':{'value':1}}},{'role':'*','limits':{"
        "'mem':{'value':512}}}]}",
        200);
    assert_int_equal(hf_pump_call(pump, "ops", HF_CALL_GET_QUOTA, "{}"), 200);
    assert_int_equal(occurrences(pump,
                                 "[{\"role\":\"*\",\"guarantees\":{},\"limits\":{\"mem\":512}},"
                                 "{\"role\":\"a\",\"guarantees\":{},\"limits\":{\"cpus\":1}}]"),
                     1);
    hf_pump_free(pump);
    hf_acls_free(acls);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guarantees_must_fit_the_cluster_or_be_forced),
        cmocka_unit_test(guarantees_of_all_roles_add_up),
        cmocka_unit_test(several_roles_are_updated_together_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
