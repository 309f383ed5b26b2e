/*
 * Frameworks' operations under access control lists: what is denied is dropped by itself, and the
 * offers come back as if it had not been asked for.
 */
#include "unit/control/lab.h"

#define DENIED_TO_OPS(list, object)                                                                \
    "{'" list "':[{'principals':{'values':['ops']},'" object "':{'type':'NONE'}}]}"
/* Nobody but `ops` may, who may all. */
#define FOR_OPS_ALONE(list, object)                                                                \
    "'" list "':[{'principals':{'values':['ops']},'" object "':{'type':'ANY'}},"                   \
    "{'principals':{'type':'ANY'},'" object "':{'type':'NONE'}}]"
#define MEM  "mem(D:web,p=ops)"
#define CPUS "cpus(D:web,p=ops)"

typedef struct Permission {
    const char *principal; /* of the framework; NULL = none */
    const char *acls;
    Case test;
} Permission;

static const Permission permissions[] = {
    /* Mesos rows: 374. */
    {"ops",
     "{'permissive':false,'register_frameworks':[{}],"
     "'reserve_resources':[{'principals':{'values':['ops']},'roles':{'values':['web']}}],"
     "'unreserve_resources':[{'principals':{'values':['ops']},'reserver_principals':{'values':["
     "'ops']}}]}",
     {"who may, does", "cpus:1;mem:512", "RESERVE " CPUS ":1\nUNRESERVE " CPUS ":1",
      "RESERVE UNRESERVE", "cpus:1;mem:512"}},
    /* Mesos rows: 375. */
    {"ops",
     DENIED_TO_OPS("reserve_resources", "roles"),
     {"a reservation that is denied", "cpus:1;mem:512", "RESERVE " CPUS ":1;" MEM ":512",
      "RESERVE:UNAUTHORIZED", "cpus:1;mem:512"}},
    {"ops",
     "{'permissive':false,'register_frameworks':[{}],'reserve_resources':[{'roles':{'values':['db',"
     "'web/%']}}]}",
     {"for a role that is not allowed", "cpus:1;mem:512", "RESERVE " CPUS ":1",
      "RESERVE:UNAUTHORIZED", "cpus:1;mem:512"}},
    /* Mesos rows: 376. */
    {"ops",
     DENIED_TO_OPS("unreserve_resources", "reserver_principals"),
     {"the next one is done all the same", "cpus:2;mem:1024",
      "RESERVE " CPUS ":1;" MEM ":512\nUNRESERVE " CPUS ":1;" MEM ":512 | RESERVE " CPUS ":0.5;" MEM
      ":256",
      "RESERVE UNRESERVE:UNAUTHORIZED RESERVE", CPUS ":1.5;cpus:0.5;" MEM ":768;mem:256"}},
    /* Mesos rows: 377. */
    {"ops",
     DENIED_TO_OPS("unreserve_resources", "reserver_principals"),
     {"launches on what was not touched", "cpus:2;mem:1024",
      "RESERVE " CPUS ":1;" MEM ":512\nUNRESERVE " CPUS ":1;" MEM ":512 | RESERVE " CPUS ":0.5;" MEM
      ":256 | "
      "LAUNCH 1=" CPUS ":0.5;" MEM ":256\n"
      "UNRESERVE " CPUS ":0.5;" MEM ":256 | UNRESERVE " CPUS ":0.5;" MEM ":256 | "
      "LAUNCH 2=" CPUS ":1;" MEM ":512",
      "RESERVE UNRESERVE:UNAUTHORIZED RESERVE +1 UNRESERVE:UNAUTHORIZED UNRESERVE:UNAUTHORIZED +2",
      "cpus:0.5;mem:256"}},
    /* Mesos rows: 410. */
    {"ops",
     "{'permissive':false,'register_frameworks':[{}],'reserve_resources':[{}],'create_volumes':[{}]"
     ","
     "'resize_volumes':[{'principals':{'values':['ops']},'roles':{'values':['web']}}]}",
     {"who may resize", SMALL,
      "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4\nGROW " WEB_DISK
      "[a:p,p=ops]:4 " WEB_DISK ":5\n"
      "SHRINK " WEB_DISK "[a:p,p=ops]:9 5",
      "RESERVE CREATE GROW_VOLUME SHRINK_VOLUME",
      "cpus:1;disk(D:web,p=ops):5;disk(D:web,p=ops)[a:p,p=ops]:4;disk:1015;mem:512"}},
    /* Mesos rows: 411. */
    {"ops",
     DENIED_TO_OPS("resize_volumes", "roles"),
     {"who may not resize", SMALL,
      "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4\nGROW " WEB_DISK
      "[a:p,p=ops]:4 " WEB_DISK ":5\n"
      "SHRINK " WEB_DISK "[a:p,p=ops]:4 1",
      "RESERVE CREATE GROW_VOLUME:UNAUTHORIZED SHRINK_VOLUME:UNAUTHORIZED",
      "cpus:1;disk(D:web,p=ops):5;disk(D:web,p=ops)[a:p,p=ops]:4;disk:1015;mem:512"}},
    {NULL,
     "{" FOR_OPS_ALONE("resize_volumes", "roles") "}",
     {"nor may who has no principal", SMALL,
      "RESERVE disk(D:web):9 | CREATE disk(D:web)[a:p]:4\nGROW disk(D:web)[a:p]:4 disk(D:web):5\n"
      "SHRINK disk(D:web)[a:p]:4 1",
      "RESERVE CREATE GROW_VOLUME:UNAUTHORIZED SHRINK_VOLUME:UNAUTHORIZED",
      "cpus:1;disk(D:web):5;disk(D:web)[a:p]:4;disk:1015;mem:512"}},
    /* Mesos rows: 425. */
    {"ops",
     "{'permissive':false,'register_frameworks':[{}],'reserve_resources':[{}],"
     "'create_volumes':[{'principals':{'values':['ops']},'roles':{'values':['web']}}],"
     "'destroy_volumes':[{'principals':{'values':['ops']},'creator_principals':{'values':['ops']}}]"
     "}",
     {"who may create and destroy", SMALL,
      "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4\nDESTROY " WEB_DISK
      "[a:p,p=ops]:4",
      "RESERVE CREATE DESTROY", "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"}},
    /* Mesos rows: 426. */
    {NULL,
     "{'permissive':false,'register_frameworks':[{}],'reserve_resources':[{}],"
     "'create_volumes':[{'principals':{'type':'ANY'},'roles':{'type':'ANY'}}],"
     "'destroy_volumes':[{'principals':{'type':'ANY'},'creator_principals':{'type':'ANY'}}]}",
     {"ANY is also who has no principal", SMALL,
      "RESERVE disk(D:web):9 | CREATE disk(D:web)[a:p]:4\nDESTROY disk(D:web)[a:p]:4",
      "RESERVE CREATE DESTROY", "cpus:1;disk(D:web):9;disk:1015;mem:512"}},
    /* Mesos rows: 428. */
    {"ops",
     DENIED_TO_OPS("create_volumes", "roles"),
     {"who may neither create nor destroy", SMALL,
      "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4 | DESTROY " WEB_DISK
      "[a:p,p=ops]:4",
      "RESERVE CREATE:UNAUTHORIZED DESTROY:NOT_FOUND",
      "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"}},
    {"ops",
     DENIED_TO_OPS("destroy_volumes", "creator_principals"),
     {"who may not destroy", SMALL,
      "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4 | DESTROY " WEB_DISK
      "[a:p,p=ops]:4",
      "RESERVE CREATE DESTROY:UNAUTHORIZED",
      "cpus:1;disk(D:web,p=ops):5;disk(D:web,p=ops)[a:p,p=ops]:4;disk:1015;mem:512"}},
};

static void access_lists_decide_about_each_operation(void **state)
{
    guint wrong = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(permissions); i++)
        wrong +=
            !is_as_expected(&permissions[i].test, permissions[i].acls, permissions[i].principal);
    assert_int_equal(wrong, 0);
}

static uint32_t offers_held(HfPump *pump, uint32_t framework)
{
    return hf_pump_framework(pump, framework)->offers.count;
}

/*
 * Mesos rows: 427, 428.
 * The first framework may neither create nor destroy, with or without a principal; it makes way for
 * another of its role, which may create, and asks for the volume again.
 */
static void who_may_not_create_lets_another_do_it(void **state)
{
    static const char *const first[] = {NULL, "eve"};
    for (gsize i = 0; i < G_N_ELEMENTS(first); i++) {
        g_autoptr(HfAcls) acls =
            acls_of("{" FOR_OPS_ALONE("create_volumes", "roles") "," FOR_OPS_ALONE(
                "destroy_volumes", "creator_principals") "}");
        HfPumpConfig config;
        hf_pump_config_init(&config);
        config.master.acls = acls;
        Lab lab = lab_with("cpus:2;mem:1024;disk(web):2048", first[i], 0, &config);
        HfPump *pump = lab.pump;
        accept_all(&lab,
                   i == 0 ? "CREATE disk(S:web)[v:p]:128" : "CREATE disk(S:web)[v:p,p=eve]:128");
        assert_available(pump, "cpus:2;disk(S:web):2048;mem:1024");
        hf_pump_run_for(pump, HF_SECONDS(1));
        hf_pump_decline(pump, 0, 0);
        hf_pump_suppress(pump, 0);
        hf_pump_run_for(pump, 0);
        hf_pump_add_framework_as(pump, "web2", "ops", "web", HF_CAPABILITY_MULTI_ROLE, FALSE);
        hf_pump_run_for(pump, 0);
        assert_int_equal(offers_held(pump, 0), 0);
        hf_pump_operate(pump, 1, 1, "CREATE disk(S:web)[v:p,p=ops]:128", 0);
        hf_pump_run_for(pump, HF_SECONDS(1));
        hf_pump_decline(pump, 1, 0);
        hf_pump_suppress(pump, 1);
        hf_pump_revive(pump, 0);
        hf_pump_run_for(pump, 0); /* at once, not at the next batch */
        assert_int_equal(offers_held(pump, 0), 1);
        accept_all(&lab, "DESTROY disk(S:web)[v:p]:128");
        assert_string_equal(lab.done->str, "CREATE:UNAUTHORIZED CREATE DESTROY:UNAUTHORIZED");
        assert_available(pump, "cpus:2;disk(S:web):1920;disk(S:web)[v:p,p=ops]:128;mem:1024");
        lab_free(&lab);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_lists_decide_about_each_operation),
        cmocka_unit_test(who_may_not_create_lets_another_do_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
