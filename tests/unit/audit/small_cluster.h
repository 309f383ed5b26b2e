/* The small cluster that the stories of the audit are told of, and pieces of them. */
#ifndef HF_TESTS_UNIT_AUDIT_SMALL_CLUSTER_H
#define HF_TESTS_UNIT_AUDIT_SMALL_CLUSTER_H

#include "unit/audit/story.h"

#define ALL "cpus:8;mem:1024;cpus(a):2;ports:[1-9]"

/* Frameworks 0 and 1 under roles a and b; agent 0 of host 0 with ALL, agent 1 of host 1. */
static const char cluster[] = "0 run_started v=1\n"
                              "0 framework_subscribed f=0 r=a\n"
                              "0 framework_subscribed f=1 r=b\n"
                              "0 agent_registered a=0 v=0 x=" ALL "\n"
                              "0 agent_registered a=1 v=1 x=cpus:4;mem:512\n";

#define SENT(offer) "1 offer_sent a=0 f=0 r=a o=" offer " x=" ALL "\n"
#define ACCEPTED    SENT("0.1") "2 offer_accepted a=0 f=0 r=a o=0.1 v=5000 x=" ALL "\n"
#define TASK        "cpus:3;mem:100;ports:[2-3]"
#define LAUNCHED    ACCEPTED "2 task_launched a=0 f=0 r=a t=7 v=1 x=" TASK "\n"
#define STARTED     LAUNCHED "3 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n"
#define RUNNING     STARTED "4 task_state a=0 f=0 r=a t=7 s=RUNNING\n"
#define OVER        RUNNING "9 task_ended a=0 f=0 t=7 s=FINISHED v=1000 x=" TASK "\n"
#define FINISHED    OVER "9 task_state a=0 f=0 r=a t=7 s=FINISHED x=" TASK "\n"

#endif
