/*
 * One master after another, as the auditor sees it: what the next one must find, and each way in
 * which it may not.
 */
#include "unit/audit/script.h"

#define ALL  "cpus:8;mem:1024"
#define TASK "cpus:3;mem:100"
/* Framework 0; agents 0 and 1; task 7 of 3 cpus runs on the first since 3 s, nothing is offered. */
static const char cluster[] = "0 run_started v=1\n"
                              "0 framework_subscribed f=0 r=a\n"
                              "0 agent_registered a=0 v=0 x=" ALL "\n"
                              "0 agent_registered a=1 v=1 x=cpus:4\n"
                              "1 offer_sent a=0 f=0 r=a o=0.1 x=" ALL "\n"
                              "2 offer_accepted a=0 f=0 r=a o=0.1 v=0 x=" ALL "\n"
                              "2 task_launched a=0 f=0 r=a t=7 x=" TASK "\n"
                              "3 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n"
                              "3 task_state a=0 f=0 r=a t=7 s=RUNNING\n";

#define LOST    "5 master_lost v=1\n5 task_forgotten a=0 f=0 r=a t=7 x=" TASK "\n"
#define BOTH    "6 agent_recovered a=0 m=1 v=0\n6 agent_recovered a=1 m=1 v=1\n"
#define ELECTED LOST "6 master_elected v=2\n" BOTH
#define AGENT   "8 agent_reregistered a=0 v=0 x=" ALL "\n"
#define BROUGHT                                                                                    \
    "8 task_launched a=0 f=0 r=a t=7 x=" TASK "\n8 task_state a=0 f=0 r=a t=7 s=RUNNING w=5\n"
#define REST "9 offer_sent a=0 f=0 r=a o=0.3 x=cpus:5;mem:924\n"

/* invariant: NULL = everything can be true; says: part of the sentence. */
typedef struct Story {
    const char *name, *text, *invariant, *says;
} Story;

static const Story stories[] = {
    {"the framework is back first", ELECTED "7 framework_resubscribed f=0\n" AGENT BROUGHT REST,
     NULL, NULL},
    {"the agent is back first",
     ELECTED AGENT "8 framework_recovered f=0\n" BROUGHT "9 framework_resubscribed f=0\n" REST,
     NULL, NULL},
    {"twice in a row",
     ELECTED "6 master_lost v=1\n6 master_elected v=2\n" BOTH
             "7 framework_resubscribed f=0\n" AGENT BROUGHT REST,
     NULL, NULL},
    {"a task that ended meanwhile",
     ELECTED "7 task_ended a=0 f=0 t=7 s=FINISHED v=1000 x=" TASK
             "\n7 framework_resubscribed f=0\n" AGENT "8 task_launched a=0 f=0 r=a t=7 x=" TASK
             "\n8 task_state a=0 f=0 r=a t=7 s=FINISHED w=5 x=" TASK
             "\n9 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     NULL, NULL},
    {"one that does not come back is unreachable",
     ELECTED "7 framework_resubscribed f=0\n606 agent_unreachable a=0\n", NULL, NULL},
    {"a filter ends with its master",
     "4 offer_sent a=1 f=0 r=a o=1.1 x=cpus:4\n4 offer_declined a=1 f=0 r=a o=1.1 v=900000 "
     "x=cpus:4\n" ELECTED "7 framework_resubscribed f=0\n8 agent_reregistered a=1 v=1 x=cpus:4\n"
     "9 offer_sent a=1 f=0 r=a o=1.3 x=cpus:4\n",
     NULL, NULL},
    {"a removed framework is forgotten",
     "4 task_ended a=0 f=0 t=7 s=KILLED v=1000 x=" TASK
     "\n4 task_state a=0 f=0 r=a t=7 s=KILLED w=8 x=" TASK
     "\n4 framework_removed f=0\n5 master_lost v=1\n6 master_elected v=2\n" BOTH
     "7 framework_resubscribed f=0\n",
     NULL, NULL},
    {"what is forgotten is not found",
     "4 agent_unreachable a=1\n4 agent_forgotten a=1\n" LOST
     "6 master_elected v=1\n6 agent_recovered a=0 m=1 v=0\n",
     NULL, NULL},

    {"a task is still booked", "5 master_lost v=1\n6 master_elected v=2\n", "I-16", "1 tasks"},
    {"an offer is still out",
     "4 offer_sent a=1 f=0 r=a o=1.1 x=cpus:4\n" LOST "6 master_elected v=2\n", "I-16", "1 offers"},
    {"a task was booked otherwise",
     "5 master_lost v=1\n5 task_forgotten a=0 f=0 r=a t=7 x=cpus:2\n", "I-16", "not booked"},
    {"an agent is not found",
     LOST "6 master_elected v=1\n6 agent_recovered a=0 m=1 v=0\n7 framework_resubscribed f=0\n",
     "I-16", "does not know it"},
    {"fewer are found than are said to be", ELECTED "", NULL, NULL},
    {"the number is wrong", LOST "6 master_elected v=3\n" BOTH "7 framework_resubscribed f=0\n",
     "I-16", "1 agents more"},
    {"an unreachable agent is found registered", "4 agent_unreachable a=1\n" ELECTED, "I-16",
     "was unreachable"},
    {"an agent that is gone is found registered", "4 agent_gone a=1 x=cpus:4\n" ELECTED, "I-16",
     "was gone"},
    {"a deactivation is forgotten", "4 agent_deactivated a=1\n" ELECTED, "I-16",
     "deactivated when the master ended"},
    {"an agent is found on another host",
     LOST "6 master_elected v=2\n6 agent_recovered a=0 m=1 v=1\n", "I-22", "no such agent"},
    {"one is found that never was", LOST "6 master_elected v=2\n6 agent_recovered a=5 m=1 v=1\n",
     "I-22", "no such agent"},
    {"an agent is back without what its host runs",
     ELECTED "7 framework_resubscribed f=0\n" AGENT "9 agent_reregistered a=1 v=1 x=cpus:4\n",
     "I-16", "without task 7"},
    {"a framework is offered something before it is back",
     ELECTED AGENT "8 framework_recovered f=0\n" BROUGHT REST, "I-21", NULL},
    {"a framework is recovered that never was", ELECTED AGENT "8 framework_recovered f=3\n", "I-16",
     "never subscribed"},
    {"a framework is recovered that is there",
     ELECTED "7 framework_resubscribed f=0\n" AGENT "8 framework_recovered f=0\n", "I-16",
     "was known"},
    {"an agent is forgotten that is registered", "4 agent_forgotten a=1\n", "I-22",
     "neither unreachable nor gone"},

    {"an inverse offer is answered",
     "4 inverse_offer_sent a=0 f=0 o=0.1\n5 inverse_offer_accepted a=0 f=0 o=0.1\n"
     "9 inverse_offer_sent a=0 f=0 o=0.3\n9 inverse_offer_rescinded a=0 f=0 o=0.3\n",
     NULL, NULL},
    {"an inverse offer ends with its master",
     "4 inverse_offer_sent a=0 f=0 o=0.1\n" ELECTED "7 framework_resubscribed f=0\n" AGENT BROUGHT
     "9 inverse_offer_sent a=0 f=0 o=0.3\n",
     NULL, NULL},
    {"two inverse offers at once",
     "4 inverse_offer_sent a=0 f=0 o=0.1\n5 inverse_offer_sent a=0 f=0 o=0.3\n", "I-03",
     "another is out"},
    {"an inverse offer is answered twice",
     "4 inverse_offer_sent a=0 f=0 o=0.1\n5 inverse_offer_declined a=0 f=0 o=0.1\n"
     "6 inverse_offer_declined a=0 f=0 o=0.1\n",
     "I-03", "none was out"},
    {"an inverse offer to who has nothing",
     "4 framework_subscribed f=1 r=b\n4 inverse_offer_sent a=0 f=1 o=0.1\n", "I-03",
     "holds nothing"},
};

static void each_story_is_judged(void **state)
{
    guint wrong = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(stories); i++) {
        const Story *story = &stories[i];
        Script script = script_new();
        script_play(&script, cluster);
        script_play(&script, story->text);
        hf_audit_finish(script.audit);
        const HfAuditBreach *breach = hf_audit_breach(script.audit);
        gboolean is_good =
            story->invariant == NULL
                ? breach == NULL
                : breach != NULL && strcmp(breach->invariant, story->invariant) == 0 &&
                      (story->says == NULL || strstr(breach->sentence, story->says) != NULL);
        if (!is_good)
            print_error("\"%s\": %s: %s\n", story->name, breach ? breach->invariant : "no breach",
                        breach ? breach->sentence : "-");
        wrong += !is_good;
        script_clear(&script);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_story_is_judged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
