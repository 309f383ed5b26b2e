/* The auditor on services: members, replicas and losses, copies. */
#include "unit/audit/script.h"

/* Two agents, and a service with a group of two members whose tasks have job 1. */
static const char opening[] = "0 agent_registered a=0 v=0 x=cpus:8\n"
                              "0 agent_registered a=1 v=1 x=cpus:8\n"
                              "0 framework_subscribed f=0 r=db\n"
                              "0 service_declared f=0 t=1 v=2\n"
                              "1 offer_sent a=0 f=0 r=db o=0.1 x=cpus:8\n"
                              "1 offer_accepted a=0 f=0 r=db o=0.1 v=-1 x=cpus:8\n"
                              "1 task_launched a=0 f=0 r=db t=1 v=1 x=cpus:2\n"
                              "2 task_started a=0 f=0 t=1 v=1000 x=cpus:2\n";

/* The invariant that `text` breaks after the opening; NULL = none. */
static void check(const char *text, const char *invariant)
{
    Script script = script_new();
    hf_audit_free(script.audit);
    script.audit =
        hf_audit_new(script.catalog, &(HfAuditConfig){.allocation_interval = HF_NS_PER_SECOND,
                                                      .era = HF_ERA_1_11,
                                                      .copy_bytes_per_second = 100});
    script.listener = script.audit;
    script_play(&script, opening);
    assert_null(hf_audit_breach(script.audit));
    script_play(&script, text);
    hf_audit_finish(script.audit);
    const HfAuditBreach *breach = hf_audit_breach(script.audit);
    if (invariant == NULL && breach != NULL) fail_msg("%s\n%s", text, breach->sentence);
    if (invariant != NULL && breach == NULL) fail_msg("nothing was found in\n%s", text);
    if (invariant != NULL) assert_string_equal(breach->invariant, invariant);
    script_clear(&script);
}

static void members_that_run_are_tasks_that_run(void **state)
{
    check("2 service_members f=0 t=1 v=1\n", NULL);
    check("2 service_members f=0 t=1 v=2\n", "I-24"); /* one task alone runs */
    check("2 service_members f=0 t=1 v=0\n", "I-24");
    check("2 service_members f=0 t=9 v=1\n", "I-24"); /* nobody declared it */
    check("2 service_declared f=0 t=1 v=2\n", "I-24");
    check("2 service_members f=0 t=1 v=1\n3 task_ended a=0 f=0 t=1 s=LOST v=1000 x=cpus:2\n"
          "3 service_members f=0 t=1 v=1\n",
          "I-24");
}

static void data_is_lost_with_its_last_replica_and_only_then(void **state)
{
    check("3 replica_made a=0 f=0 t=5 v=10\n3 replica_made a=1 f=0 t=5 v=10\n"
          "4 replica_gone a=0 f=0 t=5 v=10\n4 replica_gone a=1 f=0 t=5 v=10\n"
          "4 data_lost f=0 t=5 v=10\n",
          NULL);
    check("3 replica_made a=0 f=0 t=5 v=10\n4 data_lost f=0 t=5 v=10\n", "I-23");
    check("3 replica_made a=0 f=0 t=5 v=10\n4 replica_gone a=1 f=0 t=5 v=10\n", "I-23");
    /* The last has gone, and nobody says so. */
    check("3 replica_made a=0 f=0 t=5 v=10\n4 replica_gone a=0 f=0 t=5 v=10\n", "I-23");
    check("3 replica_made a=0 f=0 t=5 v=10\n4 replica_gone a=0 f=0 t=5 v=10\n"
          "5 replica_made a=0 f=0 t=5 v=10\n",
          "I-23");
    check("3 replica_made a=0 f=0 t=5 v=10\n3 replica_made a=0 f=0 t=6 v=10\n"
          "4 replica_gone a=0 f=0 t=5 v=10\n4 data_lost f=0 t=6 v=10\n",
          "I-23");
}

static void no_more_is_copied_than_bandwidth_and_time_allow(void **state)
{
    check("3 copy_started a=0 f=0 t=1 v=1000\n13 copy_ended a=0 f=0 t=1 v=1000\n", NULL);
    check("3 copy_started a=0 f=0 t=1 v=1000\n12 copy_ended a=0 f=0 t=1 v=1000\n", "I-25");
    check("3 copy_started a=0 f=0 t=1 v=1000\n99 copy_ended a=0 f=0 t=1 v=1001\n", "I-25");
    check("3 copy_ended a=0 f=0 t=1 v=1000\n", "I-25");
    check("3 copy_started a=0 f=0 t=1 v=10\n3 copy_started a=0 f=0 t=1 v=10\n", "I-25");
    /* Two at a time into one host: each alone would be possible. */
    check("3 copy_started a=0 f=0 t=1 v=1000\n3 copy_started a=0 f=0 t=2 v=1000\n"
          "13 copy_ended a=0 f=0 t=1 v=1000\n13 copy_ended a=0 f=0 t=2 v=1000\n",
          "I-25");
    check("3 copy_started a=0 f=0 t=1 v=1000\n3 copy_started a=1 f=0 t=2 v=1000\n"
          "13 copy_ended a=0 f=0 t=1 v=1000\n13 copy_ended a=1 f=0 t=2 v=1000\n",
          NULL);
}

#define DEPLOYING "3 deployment_started f=0 t=1 v=0\n3 deployment_instances f=0 t=1 v=2\n"

static void an_app_is_in_one_deployment_and_what_is_healthy_is_launched(void **state)
{
    check(DEPLOYING "4 deployment_healthy f=0 t=1 v=2\n5 deployment_ended f=0 t=1 v=0\n"
                    "6 deployment_started f=0 t=1 v=1\n",
          NULL);
    check(DEPLOYING "4 deployment_refused f=0 t=1 v=1\n", NULL);
    check(DEPLOYING "4 deployment_started f=0 t=2 v=1\n", NULL); /* of another app */
    check(DEPLOYING "4 deployment_started f=0 t=1 v=1\n", "I-24");
    check(DEPLOYING "4 deployment_healthy f=0 t=1 v=3\n", "I-24");
    check("3 deployment_ended f=0 t=1 v=0\n", "I-24");
    check("3 deployment_healthy f=0 t=1 v=0\n", "I-24");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_that_run_are_tasks_that_run),
        cmocka_unit_test(data_is_lost_with_its_last_replica_and_only_then),
        cmocka_unit_test(no_more_is_copied_than_bandwidth_and_time_allow),
        cmocka_unit_test(an_app_is_in_one_deployment_and_what_is_healthy_is_launched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
