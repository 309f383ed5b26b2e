/*
 * Executors that frameworks bring with them, as the auditor sees them: what they hold, and where
 * they run. Each rule broken once, and legal stories beside.
 */
#include "unit/audit/story.h"

#define ALL  "cpus:8;mem:1024"
#define HELD "cpus:1;mem:64"
#define TASK "cpus:3;mem:100"
/* Executor 9 is booked on agent 0 with task 7, out of an offer of all that it has; host 0 runs it.
 */
#define OFFERED                                                                                    \
    "1 offer_sent a=0 f=0 r=a o=0.1 x=" ALL "\n2 offer_accepted a=0 f=0 r=a o=0.1 v=0 x=" ALL "\n"
#define BOOKED OFFERED "2 executor_launched a=0 f=0 r=a t=9 x=" HELD "\n"
#define BOTH   BOOKED "2 task_launched a=0 f=0 r=a t=7 x=" TASK "\n"
#define STARTED                                                                                    \
    BOTH "3 executor_started a=0 f=0 t=9 v=1000 x=" HELD                                           \
         "\n3 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n"
#define IDLE                                                                                       \
    STARTED "3 task_state a=0 f=0 r=a t=7 s=RUNNING\n4 task_ended a=0 f=0 t=7 s=FINISHED v=1000 "  \
            "x=" TASK "\n4 task_state a=0 f=0 r=a t=7 s=FINISHED x=" TASK "\n"
#define ENDED        IDLE "5 executor_ended a=0 f=0 t=9 v=1000 x=" HELD "\n"
#define REMOVED(why) " executor_removed a=0 f=0 r=a t=9 w=" why " x=" HELD "\n"
/* HF_REASON_*, by number */
#define NO_REASON         "0"
#define DISCONNECTED      "3"
#define AGENT_REMOVED     "4"
#define RECONCILIATION    "6"
#define FRAMEWORK_REMOVED "8"
#define TERMINATED        "9"
#define RECOVERED         "6 agent_recovered a=0 m=1 v=0\n"

static const char cluster[] = "0 run_started v=1\n"
                              "0 framework_subscribed f=0 r=a\n"
                              "0 framework_subscribed f=1 r=b\n"
                              "0 agent_registered a=0 v=0 x=" ALL "\n";

static const Story stories[] = {
    {"what an idle executor holds is not offered",
     IDLE "9 offer_sent a=0 f=1 r=b o=0.3 x=cpus:7;mem:960\n", NULL, NULL},
    {"or it is", IDLE "9 offer_sent a=0 f=1 r=b o=0.3 x=" ALL "\n", "I-03", "is left"},
    {"what it gave back is offered",
     ENDED "5" REMOVED(TERMINATED) "9 offer_sent a=0 f=1 r=b o=0.3 x=" ALL "\n", NULL, NULL},
    {"another begins under its id when it has ended",
     ENDED "5" REMOVED(TERMINATED) "9 offer_sent a=0 f=0 r=a o=0.3 x=" ALL
                                   "\n9 offer_accepted a=0 f=0 r=a o=0.3 v=0 x=" ALL
                                   "\n9 executor_launched a=0 f=0 r=a t=9 x=cpus:2\n"
                                   "9 executor_started a=0 f=0 t=9 v=1 x=cpus:2\n",
     NULL, NULL},
    {"one that was never begun", BOOKED "3" REMOVED(TERMINATED), NULL, NULL},
    {"an order to begin it that comes after the verdict",
     BOOKED "3 agent_unreachable a=0\n3" REMOVED(AGENT_REMOVED) "4 executor_started a=0 f=0 t=9 "
                                                                "v=1 x=" HELD "\n",
     NULL, NULL},
    {"an agent registers without it while the order is on its way",
     BOTH "3 agent_reregistered a=0 v=0 x=" ALL
          "\n3" REMOVED(RECONCILIATION) "4 executor_started a=0 f=0 t=9 v=1 x=" HELD "\n",
     NULL, NULL},
    {"its host goes down",
     IDLE "5 agent_crashed a=0 v=1\n5 executor_ended a=0 f=0 t=9 v=1000 x=" HELD
          "\n5 agent_disconnected a=0\n5" REMOVED(DISCONNECTED),
     NULL, NULL},
    {"it comes back with its agent",
     IDLE "5 agent_unreachable a=0\n5" REMOVED(
         AGENT_REMOVED) "9 agent_reregistered a=0 v=0 x=" ALL
                        "\n9 executor_launched a=0 f=0 r=a t=9 x=" HELD
                        "\n9 offer_sent a=0 f=1 r=b o=0.3 x=cpus:7;mem:960\n",
     NULL, NULL},
    {"a new master learns of it",
     IDLE "5 master_lost v=1\n5" REMOVED(
         NO_REASON) "6 master_elected v=1\n" RECOVERED "8 agent_reregistered a=0 v=0 x=" ALL
                    "\n8 framework_recovered f=0\n"
                    "8 executor_launched a=0 f=0 r=a t=9 x=" HELD "\n",
     NULL, NULL},
    {"or does not",
     IDLE "5 master_lost v=1\n5" REMOVED(NO_REASON) "6 master_elected v=1\n" RECOVERED
                                                    "8 agent_reregistered a=0 v=0 x=" ALL "\n",
     "I-16", "which its host runs"},
    {"a master ends and does not strike it off", IDLE "5 master_lost v=1\n6 master_elected v=1\n",
     "I-16", "1 executors"},
    {"it takes more than the offer has", OFFERED "2 executor_launched a=0 f=0 r=a t=9 x=cpus:9\n",
     "I-01", "executor 9 takes"},
    {"it gives back less", ENDED "5 executor_removed a=0 f=0 r=a t=9 w=" TERMINATED " x=cpus:1\n",
     "I-01", "gives back"},
    {"it gives back twice", ENDED "5" REMOVED(TERMINATED) "5" REMOVED(TERMINATED), "I-01",
     "held nothing"},
    {"it is paid for again", BOOKED "2 executor_launched a=0 f=0 r=a t=9 x=" HELD "\n", "I-02",
     "and is there"},
    {"without an offer", "2 executor_launched a=0 f=0 r=a t=9 x=" HELD "\n", "I-03",
     "without an accepted offer"},
    {"it is said to have ended and runs", IDLE "5" REMOVED(TERMINATED), "I-22", "how it stands"},
    {"its agent is said to have gone, and is there", IDLE "5" REMOVED(DISCONNECTED), "I-22",
     "how it stands"},
    {"its agent is said to have registered without it", IDLE "5" REMOVED(RECONCILIATION), "I-22",
     "how it stands"},
    {"its agent is unreachable and it holds on", IDLE "5 agent_unreachable a=0\n6 demand f=1 v=0\n",
     "I-22", "1 executors"},
    {"its host is down and it runs on", IDLE "5 agent_crashed a=0 v=1\n6 demand f=1 v=0\n", "I-22",
     "1 executors"},
    {"its framework is removed and it holds on", IDLE "5 framework_removed f=0\n", "I-21",
     "1 executors"},
    {"its framework is removed",
     IDLE "5" REMOVED(FRAMEWORK_REMOVED) "5 framework_removed f=0\n"
                                         "5 executor_ended a=0 f=0 t=9 v=1000 x=" HELD "\n",
     NULL, NULL},
    {"it begins and nobody ordered it", "3 executor_started a=0 f=0 t=9 v=1 x=" HELD "\n", "I-24",
     "no master ordered"},
    {"it begins twice", STARTED "4 executor_started a=0 f=0 t=9 v=1 x=" HELD "\n", "I-24",
     "runs there already"},
    {"it begins on another host", BOTH "3 executor_started a=1 f=0 t=9 v=1 x=" HELD "\n", "I-24",
     "no master ordered"},
    {"it begins with more", BOTH "3 executor_started a=0 f=0 t=9 v=1 x=cpus:2\n", "I-24",
     "no master ordered"},
    {"it begins on a host that is down",
     BOTH "3 agent_crashed a=0 v=1\n4 executor_started a=0 f=0 t=9 v=1 x=" HELD "\n", "I-24",
     "is down"},
    {"it ends and never began", BOTH "3 executor_ended a=0 f=0 t=9 v=1 x=" HELD "\n", "I-24",
     "does not run"},
    {"it counts to the quota of its role",
     "0 quota r=b x=cpus:1\n0 quota_limit r=b v=3000 x=cpus:1\n"
     "1 offer_sent a=0 f=1 r=b o=0.1 x=cpus:3\n2 offer_accepted a=0 f=1 r=b o=0.1 v=0 x=cpus:3\n"
     "2 executor_launched a=0 f=1 r=b t=9 x=cpus:1\n2 task_launched a=0 f=1 r=b t=7 x=cpus:1\n"
     "9 offer_sent a=0 f=1 r=b o=0.3 x=cpus:2\n",
     "I-08", "may have 3"},
};

static void stories_are_judged_as_they_should_be(void **state)
{
    uint32_t wrong = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(stories); i++)
        wrong += !story_is_judged(&stories[i], cluster);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_are_judged_as_they_should_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
