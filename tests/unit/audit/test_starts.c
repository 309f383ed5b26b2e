/*
 * Executors that take time to start, as the auditor sees them: each begins where it was ordered,
 * registers when it was to, and is late only when it is. Each rule broken once, and legal stories
 * beside.
 */
#include "base/time.h"

#define SCRIPT_EXECUTOR_TIMEOUT (60 * HF_NS_PER_SECOND)
#include "unit/audit/story.h"

#define ALL "cpus:8"
#define OFFERED                                                                                    \
    "1 offer_sent a=0 f=0 r=a o=0.1 x=" ALL "\n2 offer_accepted a=0 f=0 r=a o=0.1 v=0 x=" ALL "\n"
/* Task 7 with an executor of its own, or with executor 9. */
#define OWN OFFERED "2 task_launched a=0 f=0 r=a t=7 x=cpus:1\n"
#define BROUGHT                                                                                    \
    OFFERED                                                                                        \
    "2 executor_launched a=0 f=0 r=a t=9 x=cpus:1\n2 task_launched a=0 f=0 r=a t=7 x=cpus:1\n"
#define BEGUN  OWN "3 task_begun a=0 f=0 t=7 v=20000000000 x=cpus:1\n"
#define HANGS  OWN "3 task_begun a=0 f=0 t=7 v=-1 x=cpus:1\n"
#define MAKING BROUGHT "3 executor_begun a=0 f=0 t=9 v=20000000000 x=cpus:1\n"
#define LATE   " task_state a=0 f=0 r=a t=7 s=FAILED w=15 x=cpus:1\n"
#define KILLED " task_state a=0 f=0 r=a t=7 s=KILLED w=7 x=cpus:1\n"
#define GONE   " task_state a=0 f=0 r=a t=7 s=GONE w=10 x=cpus:1\n"
#define WAITS  OWN "3 task_prepares a=0 f=0 t=7\n"
#define UNMADE " task_state a=0 f=0 r=a t=7 s=FAILED w=17 x=cpus:1\n"
#define FAILED " task_state a=0 f=0 r=a t=7 s=FAILED w=16 x=cpus:1\n"

_Static_assert(HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT == 15 &&
                   HF_REASON_TASK_KILLED_DURING_LAUNCH == 7 &&
                   HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT == 10 &&
                   HF_REASON_COMMAND_EXECUTOR_FAILED == 16 &&
                   HF_REASON_CONTAINER_LAUNCH_FAILED == 17,
               "as the stories have them");

static const char cluster[] = "0 run_started v=1\n"
                              "0 framework_subscribed f=0 r=a\n"
                              "0 agent_registered a=0 v=0 x=" ALL "\n";

static const Story stories[] = {
    {"it registers when it was to", BEGUN "23 task_started a=0 f=0 t=7 v=1 x=cpus:1\n", NULL, NULL},
    {"it registers at another time", BEGUN "22 task_started a=0 f=0 t=7 v=1 x=cpus:1\n", "I-24",
     "another time"},
    {"one that hangs registers", HANGS "23 task_started a=0 f=0 t=7 v=1 x=cpus:1\n", "I-24",
     "hangs"},
    {"it is begun twice", BEGUN "4 task_begun a=0 f=0 t=7 v=1 x=cpus:1\n", "I-24", "did before"},
    {"it is begun elsewhere", OWN "3 task_begun a=1 f=0 t=7 v=1 x=cpus:1\n", "I-24", "elsewhere"},
    {"it is begun and nobody launched it", "3 task_begun a=0 f=0 t=7 v=1 x=cpus:1\n", "I-24",
     "never launched"},
    {"it is late", HANGS "63" LATE, NULL, NULL},
    {"it is said to be late, and is not", HANGS "62" LATE, "I-20", "has never run"},
    {"it runs, and is said to be late", BEGUN "23 task_started a=0 f=0 t=7 v=1 x=cpus:1\n63" LATE,
     "I-20", "runs"},
    {"it is killed before it runs", BEGUN "4" KILLED, NULL, NULL},
    {"it runs, and is said to be killed before",
     BEGUN "23 task_started a=0 f=0 t=7 v=1 x=cpus:1\n24" KILLED, "I-20", "runs"},
    {"it does not come back", BEGUN "24" GONE, NULL, NULL},
    {"it does not come back, and runs", BEGUN "23 task_started a=0 f=0 t=7 v=1 x=cpus:1\n24" GONE,
     "I-20", "runs"},
    {"a framework's executor registers when it was to",
     MAKING "23 executor_started a=0 f=0 t=9 v=1 x=cpus:1\n", NULL, NULL},
    {"or at another time", MAKING "24 executor_started a=0 f=0 t=9 v=1 x=cpus:1\n", "I-24",
     "not its time"},
    {"or was not begun", BROUGHT "24 executor_started a=0 f=0 t=9 v=1 x=cpus:1\n", "I-24",
     "was not begun"},
    {"it is begun where nobody ordered it", BROUGHT "3 executor_begun a=1 f=0 t=9 v=1 x=cpus:1\n",
     "I-24", "no master ordered"},
    {"it is late, and its task with it",
     BROUGHT "3 executor_begun a=0 f=0 t=9 v=-1 x=cpus:1\n63" LATE, NULL, NULL},
    {"a task waits for one that is not late", MAKING "62" LATE, "I-20", "has never run"},
    {"what it waits for comes", WAITS "9 task_started a=0 f=0 t=7 v=1 x=cpus:1\n", NULL, NULL},
    {"what it waits for does not come", WAITS "9" UNMADE, NULL, NULL},
    {"it waited for nothing, and that did not come", OWN "9" UNMADE, "I-20", "has never run"},
    {"its executor ends while it waits", WAITS "9" FAILED, NULL, NULL},
    {"its executor ends, which was not begun", OWN "9" FAILED, "I-20", "has never run"},
    {"it waits twice", WAITS "4 task_prepares a=0 f=0 t=7\n", "I-24", "did before"},
    {"it waits elsewhere", OWN "3 task_prepares a=1 f=0 t=7\n", "I-24", "elsewhere"},
    {"it waits when it has run",
     OWN "3 task_started a=0 f=0 t=7 v=1 x=cpus:1\n4 task_prepares a=0 f=0 t=7\n", "I-24",
     "has run before"},
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
