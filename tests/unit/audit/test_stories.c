/*
 * Each invariant broken once, by a few records, and legal stories beside them. All are told of the
 * same small cluster.
 */
#include "unit/audit/small_cluster.h"

#define RESERVED                                                                                   \
    ACCEPTED "2 operation a=0 f=0 r=a x=cpus(D:a):1\n2 consumed a=0 f=0 r=a x=cpus:1\n"            \
             "2 converted a=0 f=0 r=a x=cpus(D:a):1\n"

/* Two of the cpus of agent 0 are reserved to a. */
#define LIMIT(milli) "0 quota r=a x=cpus:1\n0 quota_limit r=a v=" milli " x=cpus:1\n"

/* A disk of a resource provider, of which a framework makes another. */
#define RAW        "disk{src=RAW,profile=f,prov=l}:50"
#define MOUNTED    "disk{src=MOUNT/m,id=x,profile=f,prov=l}:50"
#define DISK_AGENT "1 agent_registered a=2 v=2 x=" RAW "\n"
#define DISK_SENT                                                                                  \
    DISK_AGENT "1 offer_sent a=2 f=0 r=a o=0.1 x=" RAW                                             \
               "\n2 offer_accepted a=2 f=0 r=a o=0.1 v=0 x=" RAW                                   \
               "\n2 operation_pending a=2 f=0 r=a t=5 n=CREATE_DISK x=" RAW "\n"
#define DISK_MADE    "3 operation a=2 f=0 r=a t=5 n=CREATE_DISK x=" RAW "\n"
#define DISK_CHANGED "3 consumed a=2 f=0 r=a x=" RAW "\n3 converted a=2 f=0 r=a x=" MOUNTED "\n"

/* HF_REASON_*, by number */
#define INVALID_OFFERS    "1"
#define TASK_INVALID      "2"
#define DISCONNECTED      "3"
#define REMOVED           "4"
#define REREGISTERED      "5"
#define RECONCILIATION    "6"
#define RESOURCES_UNKNOWN "13"
#define FRAMEWORK_REMOVED "8"

/* Five of eight cpus are reserved for a task; the agent registers again and knows of neither. */
#define LOST_RESERVATION(at, offer, task)                                                          \
    at " offer_sent a=0 f=0 r=a o=" offer " x=cpus:8\n" at " offer_accepted a=0 f=0 r=a o=" offer  \
       " v=0 x=cpus:8\n" at " operation a=0 f=0 r=a x=cpus(D:a):5\n" at                            \
       " consumed a=0 f=0 r=a x=cpus:5\n" at " converted a=0 f=0 r=a x=cpus(D:a):5\n" at           \
       " task_launched a=0 f=0 r=a t=" task " x=cpus(D:a):5\n" at                                  \
       ".5 agent_reregistered a=0 v=0 x=" ALL "\n"

static const Story stories[] = {
    {"a master ends, and a task is still booked", /* more in test_masters.c */
     RUNNING "5 master_lost v=1\n6 master_elected v=2\n", "I-16", "still has"},
    /* ---- legal ---- */
    {"nothing happens", "", NULL, NULL},
    {"a task from offer to end", FINISHED, NULL, NULL},
    {"what a task gave back is offered",
     FINISHED "20 offer_sent a=0 f=1 r=b o=0.3 x=cpus:8;mem:1024;ports:[1-9]\n", NULL, NULL},
    {"what is left of an accept goes to another framework at once",
     LAUNCHED "2 offer_sent a=0 f=1 r=b o=0.3 x=cpus:5;mem:924;ports:[1-1,4-9]\n", NULL, NULL},
    {"two offers in one accept",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:3\n1 offer_sent a=0 f=0 r=a o=1.1 x=cpus:5\n"
     "2 offer_accepted a=0 f=0 r=a o=0.1 v=0 x=cpus:3\n"
     "2 offer_accepted a=0 f=0 r=a o=1.1 v=0 x=cpus:5\n"
     "2 task_launched a=0 f=0 r=a t=1 x=cpus:8\n",
     NULL, NULL},
    {"an accept whose tasks are all invalid",
     ACCEPTED "2 task_state f=0 t=7 s=ERROR w=" TASK_INVALID "\n", NULL, NULL},
    {"resources with and without their allocation role",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus@a:8;cpus(a)@a:2\n"
     "2 offer_accepted a=0 f=0 r=a o=0.1 v=0 x=cpus@a:8;cpus(a)@a:2\n"
     "2 task_launched a=0 f=0 r=a t=1 x=cpus:8;cpus(a):2\n",
     NULL, NULL},
    {"an offer again when the filter's time is over",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=5000 x=" ALL
                 "\n7 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     NULL, NULL},
    {"an offer again at once without filter",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=0 x=" ALL
                 "\n2 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     NULL, NULL},
    {"a filter is of one role", /* and -1 is none */
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=5000 x=" ALL
                 "\n2 offer_sent a=0 f=0 r=a/b o=0.3 x=" ALL
                 "\n3 offer_rescinded a=0 f=0 r=a/b o=0.3 v=-1 x=" ALL
                 "\n3 offer_sent a=0 f=0 r=a/b o=0.5 x=" ALL "\n",
     NULL, NULL},
    {"more than what was refused",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:7\n"
     "2 offer_declined a=0 f=0 r=a o=0.1 v=5000 x=cpus:7\n"
     "3 offer_sent a=0 f=0 r=a o=0.3 x=cpus:8\n",
     NULL, NULL},
    {"revive clears filters",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=60000 x=" ALL
                 "\n3 revived f=0\n3 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     NULL, NULL},
    {"an agent that went takes its filters along",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=600000 x=" ALL
                 "\n3 agent_unreachable a=0\n9 agent_reregistered a=0 v=0 x=" ALL
                 "\n9 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     NULL, NULL},
    {"offers after a revive", "0 suppressed f=0\n1 revived f=0\n" SENT("0.1"), NULL, NULL},
    {"suppression of another role", "1 suppressed f=0 r=b\n" SENT("0.1"), NULL, NULL},
    {"a revive of all roles overrules a suppress of one",
     "1 suppressed f=0 r=a\n1 revived f=0\n" SENT("0.1"), NULL, NULL},
    {"a host goes down with its task",
     RUNNING "5 agent_crashed a=0 v=1\n5 task_ended a=0 f=0 t=7 s=LOST v=1000 x=" TASK
             "\n5 agent_disconnected a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" DISCONNECTED
             " x=" TASK "\n6 agent_returned a=0\n7 agent_reregistered a=0 v=0 x=" ALL
             "\n8 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     NULL, NULL},
    {"an unreachable agent brings its task back",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=UNREACHABLE w=" REMOVED
             " x=" TASK "\n9 agent_reregistered a=0 v=0 x=" ALL
             "\n9 task_launched a=0 f=0 r=a t=7 x=" TASK
             "\n9 task_state a=0 f=0 r=a t=7 s=RUNNING w=" REREGISTERED
             "\n9 offer_sent a=0 f=1 r=b o=0.3 x=cpus:5;mem:924;ports:[1-1,4-9]\n"
             "10 task_ended a=0 f=0 t=7 s=FINISHED v=1000 x=" TASK
             "\n10 task_state a=0 f=0 r=a t=7 s=FINISHED x=" TASK "\n",
     NULL, NULL},
    {"an agent comes back without its tasks",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
             "\n9 task_ended a=0 f=0 t=7 s=FINISHED v=1000 x=" TASK
             "\n9 agent_reregistered a=0 v=0 x=" ALL "\n9 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     NULL, NULL},
    {"a report from before the end of a task that was given up",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
             "\n6 agent_reregistered a=0 v=0 x=" ALL
             "\n7 task_ended a=0 f=0 t=7 s=KILLED v=1000 x=" TASK
             "\n8 agent_unreachable a=0\n9 agent_reregistered a=0 v=0 x=" ALL
             "\n9 task_launched a=0 f=0 r=a t=7 x=" TASK
             "\n9 task_state a=0 f=0 r=a t=7 s=RUNNING w=" REREGISTERED
             "\n9 task_state a=0 f=0 r=a t=7 s=KILLED x=" TASK "\n",
     NULL, NULL},
    {"an order to run that comes after the verdict",
     LAUNCHED "3 agent_unreachable a=0\n3 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
              "\n4 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n",
     NULL, NULL},
    {"an id again when the task has ended",
     FINISHED "10 offer_sent a=1 f=0 r=a o=0.3 x=cpus:4\n"
              "11 offer_accepted a=1 f=0 r=a o=0.3 v=0 x=cpus:4\n"
              "11 task_launched a=1 f=0 r=a t=7 x=cpus:4\n",
     NULL, NULL},
    {"a framework is removed and its task runs out",
     RUNNING
     "5 task_state a=0 f=0 r=a t=7 s=KILLED w=" FRAMEWORK_REMOVED " x=" TASK
     "\n5 framework_removed f=0\n5 offer_sent a=0 f=1 r=b o=0.3 x=cpus:8;mem:1024;ports:[1-9]\n"
     "6 task_ended a=0 f=0 t=7 s=KILLED v=1000 x=" TASK "\n",
     NULL, NULL},
    {"an agent registers again with more after its host was down",
     "1 agent_crashed a=1 v=1\n2 agent_returned a=1\n3 agent_reregistered a=1 v=1 x=cpus:5\n"
     "4 offer_sent a=1 f=0 r=a o=0.1 x=cpus:5\n",
     NULL, NULL},
    {"a task that is killed stops in time, and sooner when it is told so",
     RUNNING "5 task_stopping a=0 f=0 t=7 v=9000000000\n5 task_state a=0 f=0 r=a t=7 s=KILLING\n"
             "6 task_stopping a=0 f=0 t=7 v=2000000000\n"
             "8 task_ended a=0 f=0 t=7 s=KILLED v=1000 x=" TASK "\n"
             "8 task_state a=0 f=0 r=a t=7 s=KILLED x=" TASK "\n",
     NULL, NULL},
    {"a kill of a task that nobody knows",
     "1 task_kill f=0 t=99\n1 task_state f=0 t=99 s=LOST w=" RECONCILIATION "\n", NULL, NULL},
    {"a host comes back as another agent",
     "1 agent_unreachable a=1\n2 agent_registered a=2 v=1 x=cpus:4\n", NULL, NULL},
    {"two accepts at once leave a filter each",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:3\n1 offer_sent a=0 f=0 r=a o=1.1 x=cpus:5\n"
     "2 offer_accepted a=0 f=0 r=a o=0.1 v=5000 x=cpus:3\n"
     "2 task_launched a=0 f=0 r=a t=1 x=cpus:1\n"
     "2 offer_accepted a=0 f=0 r=a o=1.1 v=5000 x=cpus:5\n"
     "2 task_launched a=0 f=0 r=a t=2 x=cpus:1\n"
     "3 offer_sent a=0 f=0 r=a o=0.3 x=cpus:6\n",
     NULL, NULL},
    {"one filter ends at this instant, another stands",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:8\n"
     "1 offer_declined a=0 f=0 r=a o=0.1 v=5000 x=cpus:8\n"
     "2 offer_sent a=0 f=0 r=a o=0.3 x=mem:100\n"
     "2 offer_declined a=0 f=0 r=a o=0.3 v=60000 x=mem:100\n"
     "6 offer_sent a=0 f=0 r=a o=0.5 x=cpus:1\n",
     NULL, NULL},
    {"an id again while its first life is away with its agent",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
             "\n5 task_ended a=0 f=0 t=7 s=LOST v=1000 x=" TASK
             "\n6 offer_sent a=1 f=0 r=a o=0.3 x=cpus:4\n"
             "6 offer_accepted a=1 f=0 r=a o=0.3 v=0 x=cpus:4\n"
             "6 task_launched a=1 f=0 r=a t=7 x=cpus:4\n7 agent_reregistered a=0 v=0 x=" ALL
             "\n8 task_started a=1 f=0 t=7 v=1000 x=cpus:4\n"
             "9 task_state a=1 f=0 r=a t=7 s=RUNNING\n",
     NULL, NULL},

    /* ---- I-01 ---- */
    {"an offer gives back less", SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 x=cpus:8\n",
     "I-01", "gives back"},
    {"a task takes more than its offers",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:3\n2 offer_accepted a=0 f=0 r=a o=0.1 v=0 x=cpus:3\n"
     "2 task_launched a=0 f=0 r=a t=1 x=cpus:2\n2 task_launched a=0 f=0 r=a t=2 x=cpus:2\n",
     "I-01", "takes cpus:2 on agent 0, where cpus:1 is left"},
    {"a task gives back less", OVER "9 task_state a=0 f=0 r=a t=7 s=FINISHED x=cpus:3\n", "I-01",
     "gives back"},
    {"a task gives back nothing", OVER "9 task_state a=0 f=0 r=a t=7 s=FINISHED\n", "I-01",
     "gives back nothing"},
    {"a task runs with more", LAUNCHED "3 task_started a=0 f=0 t=7 v=1000 x=cpus:4\n", "I-01",
     "runs with"},
    {"a task comes back with more",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
             "\n9 agent_reregistered a=0 v=0 x=" ALL "\n9 task_launched a=0 f=0 r=a t=7 x=cpus:4\n",
     "I-01", "comes back with"},
    {"a task that ended while away comes back with more",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
             "\n6 task_ended a=0 f=0 t=7 s=FINISHED v=1000 x=" TASK
             "\n9 agent_reregistered a=0 v=0 x=" ALL "\n9 task_launched a=0 f=0 r=a t=7 x=cpus:4\n",
     "I-01", "comes back with"},
    {"an agent comes back with less than its tasks hold",
     RUNNING "5 agent_crashed a=0\n5 task_ended a=0 f=0 t=7 s=LOST x=" TASK
             "\n6 agent_returned a=0\n7 agent_reregistered a=0 v=0 x=cpus:2\n",
     "I-01", "cpus:2 is left"},
    {"an operation never reached the agent",
     RESERVED "2 task_launched a=0 f=0 r=a t=8 x=cpus(D:a):1\n"
              "4 agent_reregistered a=0 v=0 x=" ALL
              "\n5 task_state a=0 f=0 r=a t=8 s=LOST w=" RESOURCES_UNKNOWN
              " x=cpus(D:a):1\n6 offer_sent a=0 f=1 r=b o=0.3 x=cpus:8\n",
     NULL, NULL},
    {"operations never reached the agent, nor did the tasks on them, twice",
     LOST_RESERVATION("2", "0.1", "8") LOST_RESERVATION(
         "5", "0.3", "9") "8 task_state a=0 f=0 r=a t=8 s=LOST w=" RECONCILIATION
                          " x=cpus(D:a):5\n8 task_state a=0 f=0 r=a t=9 s=LOST w=" RECONCILIATION
                          " x=cpus(D:a):5\n9 offer_sent a=0 f=1 r=b o=0.5 x=cpus:8\n",
     NULL, NULL},
    {"an operator reserves what nobody holds",
     "1 operation a=0 r=a x=cpus(D:a):3\n1 consumed a=0 r=a x=cpus:3\n"
     "1 converted a=0 r=a x=cpus(D:a):3\n1 offer_sent a=0 f=0 r=a o=0.1 x=cpus(D:a):3;cpus:5\n",
     NULL, NULL},
    {"an operator reserves what is offered",
     SENT("0.1") "1 operation a=0 r=a x=cpus(D:a):3\n1 consumed a=0 r=a x=cpus:3\n", "I-11",
     "takes cpus:3 on agent 0"},
    {"a reservation made in an accept is offered at once, the rest is not",
     RESERVED "3 offer_sent a=0 f=0 r=a o=0.3 x=cpus(D:a):1\n"
              "3 offer_sent a=0 f=0 r=a o=1.1 x=cpus:2\n",
     "I-07", "is offered part of it"},
    {"a framework's operation without an offer", "1 operation a=0 f=0 r=a x=cpus(D:a):1\n", "I-11",
     "RESERVE without an accepted offer"},
    {"a reservation out of more than was offered",
     ACCEPTED "2 operation a=0 f=0 r=a x=cpus(D:a):9\n2 consumed a=0 f=0 r=a x=cpus:9\n", "I-11",
     "takes cpus:9"},
    /* ---- I-10, I-13 ---- */
    {"a volume on disk that nobody reserved",
     "1 agent_registered a=2 v=2 x=disk:9\n1 operation a=2 r=a x=disk[v:p]:4\n"
     "1 consumed a=2 r=a x=disk:4\n1 converted a=2 r=a x=disk[v:p]:4\n",
     "I-10", "volume v on agent 2 lies on disk that is not reserved"},
    {"a volume twice",
     "1 agent_registered a=2 v=2 x=disk(S:a):9\n1 operation a=2 r=a x=disk(S:a)[v:p]:4\n"
     "1 consumed a=2 r=a x=disk(S:a):4\n1 converted a=2 r=a x=disk(S:a)[v:p]:4\n"
     "1 operation a=2 r=a x=disk(S:a)[v:q]:2\n1 consumed a=2 r=a x=disk(S:a):2\n"
     "1 converted a=2 r=a x=disk(S:a)[v:q]:2\n",
     "I-13", "volume v on agent 2 is there twice"},
    /* ---- I-11 ---- */
    {"a reservation taken away from under a volume",
     "1 agent_registered a=2 v=2 x=disk(D:a)[v:p]:9\n"
     "1 operation a=2 r=a n=UNRESERVE x=disk(D:a)[v:p]:9\n1 consumed a=2 r=a x=disk(D:a)[v:p]:9\n",
     "I-11", "UNRESERVE takes a volume"},
    {"a volume destroyed that is offered",
     "1 agent_registered a=2 v=2 x=disk(D:a)[v:p]:9\n1 offer_sent a=2 f=0 r=a o=0.1 "
     "x=disk(D:a)[v:p]:9\n2 operation a=2 r=a n=DESTROY x=disk(D:a)[v:p]:9\n"
     "2 consumed a=2 r=a x=disk(D:a)[v:p]:9\n",
     "I-11", "where nothing is left"},
    {"a disk becomes another one",
     DISK_SENT DISK_MADE DISK_CHANGED "4 offer_sent a=2 f=1 r=b o=1.1 x=" MOUNTED "\n", NULL, NULL},
    {"a disk is offered while an operation holds it",
     DISK_SENT "3 offer_sent a=2 f=1 r=b o=1.1 x=" RAW "\n", "I-03", "where nothing is left"},
    {"a disk that could not be made is there again",
     DISK_SENT "3 operation_dropped a=2 f=0 r=a t=5 n=CREATE_DISK e=NOT_DONE x=" RAW
               "\n4 offer_sent a=2 f=1 r=b o=1.1 x=" RAW "\n",
     NULL, NULL},
    {"a disk is made that no operation holds", DISK_AGENT DISK_MADE, "I-11",
     "none holds such a disk"},
    {"a disk is made twice", DISK_SENT DISK_MADE DISK_CHANGED DISK_MADE, "I-11",
     "none holds such a disk"},
    {"a disk grows when it is made",
     DISK_SENT DISK_MADE "3 consumed a=2 f=0 r=a x=" RAW
                         "\n3 converted a=2 f=0 r=a x=disk{src=MOUNT/m,id=x,prov=l}:60\n",
     "I-05", "CREATE_DISK turns"},
    {"a disk is made without an offer",
     DISK_AGENT "1 operation_pending a=2 f=0 r=a t=5 n=CREATE_DISK x=" RAW "\n", "I-11",
     "CREATE_DISK without an accepted offer"},
    {"a framework is removed while its disk is being made",
     DISK_SENT "3 framework_removed f=0\n4 operation a=2 t=5 n=CREATE_DISK x=" RAW
               "\n4 consumed a=2 x=" RAW "\n4 converted a=2 x=" MOUNTED
               "\n4 offer_sent a=2 f=1 r=b o=1.1 x=" MOUNTED "\n",
     NULL, NULL},
    {"a disk that was held when its agent went is there when it comes back",
     DISK_SENT "3 agent_unreachable a=2\n5 agent_reregistered a=2 v=2 x=" RAW
               "\n6 offer_sent a=2 f=1 r=b o=1.1 x=" RAW "\n",
     NULL, NULL},
    /* ---- I-12, I-14 ---- */
    {"other data in a volume",
     "1 volume_opened a=0 f=0 r=a t=5 v=1 x=disk(S:a)[v:p]:4\n"
     "9 volume_opened a=0 f=0 r=a t=6 v=2 x=disk(S:a)[v:p]:4\n",
     "I-12", "was not destroyed has other data"},
    {"the same data after a reboot, other data on another disk",
     "1 volume_opened a=0 f=0 r=a t=5 v=1 x=disk(S:a)[v:p]:4\n"
     "2 volume_opened a=0 f=0 r=a t=6 v=1 x=disk(S:a)[v:p]:4\n3 disk_lost a=0\n"
     "9 volume_opened a=0 f=0 r=a t=7 v=2 x=disk(S:a)[v:p]:4\n",
     NULL, NULL},
    {"what a task wrote in 3 s at 2 KiB/s",
     "1 sandbox_made a=0 f=0 t=5 v=10\n1 sandbox_grows a=0 f=0 t=5 v=2\n"
     "2 out_of_band a=0 v=100\n4 sandbox_closed a=0 f=0 t=5 v=16\n4 disk_used a=0 v=116\n"
     "9 sandbox_removed a=0 f=0 t=5 v=16\n9 disk_used a=0 v=100\n",
     NULL, NULL},
    {"more than a task wrote",
     "1 sandbox_made a=0 f=0 t=5 v=10\n1 sandbox_grows a=0 f=0 t=5 v=2\n"
     "4 sandbox_closed a=0 f=0 t=5 v=17\n",
     "I-14", "17 is said, 16 is counted"},
    {"a full disk that is not", "1 out_of_band a=0 v=100\n1 disk_full a=0 v=101\n", "I-14",
     "101 is said, 100 is counted"},
    /* ---- I-02 ---- */
    {"a port in two offers",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=ports:[1-5]\n1 offer_sent a=0 f=1 r=b o=1.1 x=ports:[5-9]\n",
     "I-02", "ports:[6-9]"},
    {"a port in two tasks", LAUNCHED "2 task_launched a=0 f=0 r=a t=8 x=cpus:1;ports:[3-4]\n",
     "I-02", "ports:"},
    /* ---- I-03 ---- */
    {"more than is free",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:5\n1 offer_sent a=0 f=1 r=b o=1.1 x=cpus:4\n", "I-03",
     "takes cpus:4 on agent 0, where cpus(S:a):2; cpus:3;"},
    {"a kind that the agent has not", "1 offer_sent a=1 f=0 r=a o=0.1 x=disk:1\n", "I-03", "disk"},
    {"an empty offer", "1 offer_sent a=0 f=0 r=a o=0.1\n", "I-03", "empty"},
    {"an offer id that is out", SENT("0.1") "1 offer_sent a=1 f=0 r=a o=0.1 x=cpus:1\n", "I-03",
     "second time"},
    {"an offer in the place of one that is out",
     SENT("0.1") "1 offer_sent a=1 f=0 r=a o=0.3 x=cpus:1\n", "I-03", "which is still out"},
    {"an offer id that was out",
     SENT("0.1") "2 offer_expired a=0 f=0 r=a o=0.1 v=-1 x=" ALL
                 "\n3 offer_sent a=0 f=0 r=a o=0.1 x=" ALL "\n",
     "I-03", "second time"},
    {"an answer to an answered offer", ACCEPTED "2 offer_declined a=0 f=0 r=a o=0.1 x=" ALL "\n",
     "I-03", "answered a second time"},
    {"an answer to no offer", "2 offer_declined a=0 f=0 r=a o=5.1 x=cpus:1\n", "I-03",
     "was never sent"},
    {"an answer to a later life of the offer",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.3 x=" ALL "\n", "I-03", "was never sent"},
    {"an answer to another's offer", SENT("0.1") "2 offer_declined a=0 f=1 r=a o=0.1 x=" ALL "\n",
     "I-03", "is answered by 1"},
    {"a task without an offer", "2 task_launched a=0 f=0 r=a t=1 x=cpus:1\n", "I-03",
     "without an accepted offer"},
    {"a task after its accept was closed",
     ACCEPTED "2 demand f=0 v=1\n2 task_launched a=0 f=0 r=a t=1 x=cpus:1\n", "I-03",
     "without an accepted offer"},
    /* ---- I-04 ---- */
    {"reserved to another role", "1 offer_sent a=0 f=1 r=b o=0.1 x=cpus:1;cpus(a):1\n", "I-04",
     "gives role b what is reserved to a"},
    /* ---- I-05 ---- */
    {"a reservation that nobody made", "1 offer_sent a=0 f=1 r=b o=0.1 x=cpus(b):1\n", "I-05",
     "cpus(S:b):1"},
    {"a total that changes", "1 agent_reregistered a=1 v=1 x=cpus:4;mem(a):512\n", "I-05",
     "without having been restarted"},
    {"a total that changes after a restart was heard of",
     "1 agent_crashed a=1 v=1\n2 agent_returned a=1\n3 agent_reregistered a=1 v=1 "
     "x=cpus:4;mem:512\n4 agent_reregistered a=1 v=1 x=cpus:5;mem:512\n",
     "I-05", "without having been restarted"},
    {"an operation makes more than it takes",
     "1 operation a=0 r=a x=cpus(D:a):3\n1 consumed a=0 r=a x=cpus:3\n"
     "1 converted a=0 r=a x=cpus(D:a):4\n",
     "I-05", "RESERVE turns cpus:3 into cpus(D:a):4"},
    {"a reservation out of nowhere", "1 converted a=0 r=a x=cpus(D:a):1\n", "I-05",
     "without an operation"},
    /* ---- I-06 ---- */
    {"an offer of next to nothing", "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:0.005\n", "I-06",
     "smaller than an offer may be"},
    {"an offer of the least", "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:0.01\n", NULL, NULL},
    /* ---- I-07 ---- */
    {"an offer of what was refused",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=5000 x=" ALL
                 "\n6.999 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     "I-07", "refused cpus(S:a):2; cpus:8; mem:1024; ports:[1-9] at 2s until 7s"},
    {"an offer of a part of what was refused",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=5000 x=" ALL
                 "\n3 offer_sent a=0 f=0 r=a o=0.3 x=cpus:1;ports:[2-3]\n",
     "I-07", "is offered part of it"},
    {"no filter is shorter than the allocation interval",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=1 x=" ALL
                 "\n2.999 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     "I-07", "until 3s"},
    {"an earlier filter stands beside a later one",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:1\n1 offer_declined a=0 f=0 r=a o=0.1 v=60000 "
     "x=cpus:1\n"
     "2 offer_sent a=0 f=0 r=a o=0.3 x=cpus:2\n2 offer_declined a=0 f=0 r=a o=0.3 v=1000 x=cpus:2\n"
     "9 offer_sent a=0 f=0 r=a o=0.5 x=cpus:1\n",
     "I-07", "until 61s"},
    {"what an accept left", LAUNCHED "6.999 offer_sent a=0 f=0 r=a o=0.3 x=cpus:5\n", "I-07",
     "until 7s"},
    {"an offer to who suppressed", "1 suppressed f=0\n" SENT("0.1"), "I-07", "suppressed"},
    {"an offer under a role that suppressed", "1 revived f=0\n1 suppressed f=0 r=a\n" SENT("0.1"),
     "I-07", "suppressed"},
    {"a suppress of all roles overrules a revive of one",
     "1 revived f=0 r=a\n1 suppressed f=0\n" SENT("0.1"), "I-07", "suppressed"},
    {"a revive of another role clears nothing",
     SENT("0.1") "2 offer_declined a=0 f=0 r=a o=0.1 v=60000 x=" ALL
                 "\n3 revived f=0 r=b\n3 offer_sent a=0 f=0 r=a o=0.3 x=" ALL "\n",
     "I-07", "refused"},
    /* ---- I-08 ---- */
    {"an offer within the limit", LIMIT("6000") "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:4\n", NULL,
     NULL},
    {"an offer beyond the limit, of which two are reserved",
     LIMIT("6000") "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:5\n", "I-08",
     "role a is offered 5.000 cpus, has 2.000, and may have 6.000"},
    {"what is reserved is offered whatever the limit",
     LIMIT("1000") "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus(a):2;mem:512\n", NULL, NULL},
    {"a task counts as well",
     LIMIT("6000") "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:3\n2 offer_accepted a=0 f=0 r=a o=0.1 "
                   "v=0 x=cpus:3\n2 task_launched a=0 f=0 r=a t=7 x=cpus:3\n"
                   "9 offer_sent a=0 f=0 r=a o=0.3 x=cpus:2\n",
     "I-08", "is offered 2.000 cpus, has 5.000"},
    {"a task that has ended does not",
     LIMIT("6000") "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:3\n2 offer_accepted a=0 f=0 r=a o=0.1 "
                   "v=0 x=cpus:3\n2 task_launched a=0 f=0 r=a t=7 x=cpus:3\n"
                   "3 task_started a=0 f=0 t=7 v=1000 x=cpus:3\n"
                   "9 task_ended a=0 f=0 t=7 s=FINISHED v=1000 x=cpus:3\n"
                   "9 task_state a=0 f=0 r=a t=7 s=FINISHED x=cpus:3\n"
                   "9 offer_sent a=0 f=0 r=a o=0.3 x=cpus:4\n",
     NULL, NULL},
    {"what a role below holds counts for the one above",
     "0 framework_subscribed f=2 r=a/b\n" LIMIT(
         "6000") "1 offer_sent a=0 f=2 r=a/b o=0.1 x=cpus:3\n2 offer_sent a=0 f=0 r=a o=1.1 "
                 "x=cpus:2\n",
     "I-08", "is offered 2.000 cpus, has 5.000"},
    {"but not in the same run, which does not see it",
     "0 framework_subscribed f=2 r=a/b\n" LIMIT(
         "6000") "1 offer_sent a=0 f=2 r=a/b o=0.1 x=cpus:3\n1 offer_sent a=0 f=0 r=a o=1.1 "
                 "x=cpus:2\n",
     NULL, NULL},
    {"a limit that is set later binds what is offered later",
     "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus:5\n2 quota r=a\n2 quota_limit r=a v=3000 x=cpus:1\n"
     "3 offer_sent a=0 f=0 r=a o=1.1 x=mem:512\n4 offer_sent a=0 f=0 r=a o=2.1 x=cpus:1\n",
     "I-08", "is offered 1.000 cpus, has 7.000, and may have 3.000"},
    {"a quota that is taken away", LIMIT("1000") "1 quota r=a\n" SENT("0.1"), NULL, NULL},
    {"a limit of nothing that is set", "0 quota_limit r=a v=1 x=cpus:1\n", "I-08",
     "a limit of a quota that is not set"},
    /* ---- I-19 ---- */
    {"time goes back", "5 demand f=0 v=1\n4.999 demand f=0 v=2\n", "I-19", "follows"},
    /* ---- I-20 ---- */
    {"a task ends twice", FINISHED "9 task_state a=0 f=0 r=a t=7 s=FINISHED x=" TASK "\n", "I-20",
     "has ended"},
    {"a task is told to be killed and nobody stops it",
     RUNNING "5 task_state a=0 f=0 r=a t=7 s=KILLING\n", "I-20", "KILLING"},
    {"a task stops too late",
     RUNNING "5 task_stopping a=0 f=0 t=7 v=2000000000\n"
             "8 task_ended a=0 f=0 t=7 s=KILLED v=1000 x=" TASK "\n",
     "I-20", "was to stop by"},
    {"a task does not stop at all",
     RUNNING "5 task_stopping a=0 f=0 t=7 v=2000000000\n9 task_kill f=0 t=99\n", "I-20",
     "was to stop by"},
    {"a task gets more time to stop than it had",
     RUNNING "5 task_stopping a=0 f=0 t=7 v=2000000000\n6 task_stopping a=0 f=0 t=7 v=2000000000\n",
     "I-20", "was to stop sooner"},
    {"a task stops that does not run", LAUNCHED "5 task_stopping a=0 f=0 t=7 v=0\n", "I-20",
     "does not run"},
    {"a task goes backwards", RUNNING "5 task_state a=0 f=0 r=a t=7 s=STARTING\n", "I-20",
     "from TASK_RUNNING to TASK_STARTING"},
    {"a state twice", RUNNING "5 task_state a=0 f=0 r=a t=7 s=RUNNING\n", "I-20",
     "from TASK_RUNNING to TASK_RUNNING"},
    {"a state of no task", "5 task_state a=0 f=0 r=a t=7 s=RUNNING\n", "I-20", "is not there"},
    {"a task launched twice", LAUNCHED "2 task_launched a=0 f=0 r=a t=7 x=cpus:1\n", "I-20",
     "has not ended"},
    {"a task that asks for nothing", ACCEPTED "2 task_launched a=0 f=0 r=a t=8\n", "I-20",
     "asks for nothing"},
    {"running before it runs", LAUNCHED "3 task_state a=0 f=0 r=a t=7 s=RUNNING\n", "I-20",
     "has never run"},
    {"finished before it ends", RUNNING "5 task_state a=0 f=0 r=a t=7 s=FINISHED x=" TASK "\n",
     "I-20", "on host 0 it runs"},
    {"finished when it failed",
     RUNNING "5 task_ended a=0 f=0 t=7 s=FAILED v=1000 x=" TASK
             "\n5 task_state a=0 f=0 r=a t=7 s=FINISHED x=" TASK "\n",
     "I-20", "ended otherwise"},
    {"unknown to its agent while it runs",
     RUNNING "5 task_state a=0 f=0 r=a t=7 s=LOST w=" RECONCILIATION " x=" TASK "\n", "I-20",
     "on host 0 it runs"},
    {"a run ends twice", OVER "9 task_ended a=0 f=0 t=7 s=FINISHED v=1000 x=" TASK "\n", "I-20",
     "does not run"},
    {"a run ends running", RUNNING "9 task_ended a=0 f=0 t=7 s=RUNNING v=1000 x=" TASK "\n", "I-20",
     "no terminal state"},
    {"unknown although it is booked",
     RUNNING "5 task_kill f=0 t=7\n5 task_state f=0 t=7 s=LOST w=" RECONCILIATION "\n", "I-20",
     "has one"},
    {"refused and running", "1 task_state f=0 t=7 s=RUNNING w=" INVALID_OFFERS "\n", "I-20",
     "of no agent"},
    /* ---- I-21 ---- */
    {"removed with an offer", SENT("0.1") "2 framework_removed f=0\n", "I-21", "has 1 offers"},
    {"removed with a task", RUNNING "5 framework_removed f=0\n", "I-21", "1 tasks"},
    {"an offer to who was removed", "0 framework_removed f=0\n" SENT("0.1"), "I-21",
     "not subscribed"},
    {"an offer to who never subscribed", "1 offer_sent a=0 f=2 r=a o=0.1 x=cpus:1\n", "I-21",
     "not subscribed"},
    {"removed and back", "1 framework_removed f=0\n2 framework_subscribed f=0 r=a\n", "I-21",
     "subscribes again"},
    {"removed twice", "1 framework_removed f=0\n2 framework_removed f=0\n", "I-21",
     "not subscribed"},
    {"a task without an offer on an unreachable agent",
     "1 agent_unreachable a=0\n2 task_launched a=0 f=0 r=a t=1 x=cpus:1\n", "I-03",
     "without an accepted offer"},
    /* ---- I-22 ---- */
    {"an agent id given out twice", "1 agent_registered a=1 v=1 x=cpus:4;mem:512\n", "I-22",
     "given out twice"},
    {"an agent id at another host", "1 agent_reregistered a=1 v=2 x=cpus:4;mem:512\n", "I-22",
     "used by host 2"},
    {"two agents on one host", "1 agent_registered a=2 v=1 x=cpus:1\n", "I-22", "still there"},
    {"again without a first time", "1 agent_reregistered a=5 v=5 x=cpus:1\n", "I-22",
     "never registered"},
    {"an offer of an unreachable agent", "1 agent_unreachable a=0\n" SENT("0.1"), "I-22",
     "not there"},
    {"an offer of a disconnected agent", "1 agent_disconnected a=0\n" SENT("0.1"), "I-22",
     "not there"},
    {"an offer of no agent", "1 offer_sent a=9 f=0 r=a o=0.1 x=cpus:1\n", "I-22", "not there"},
    {"unreachable with an offer", SENT("0.1") "2 agent_unreachable a=0\n", "I-22", "1 offers"},
    {"disconnected with an offer", SENT("0.1") "2 agent_disconnected a=0\n", "I-22", "1 offers"},
    {"unreachable with a task", RUNNING "5 agent_unreachable a=0\n5 demand f=0 v=0\n", "I-22",
     "still holds 1 tasks"},
    {"a task is lost with an agent that is there",
     RUNNING "5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK "\n", "I-22",
     "gets REASON_SLAVE_REMOVED"},
    {"a task is lost by a connection that is there",
     LAUNCHED "3 task_state a=0 f=0 r=a t=7 s=LOST w=" DISCONNECTED " x=" TASK "\n", "I-22",
     "gets REASON_SLAVE_DISCONNECTED"},
    {"a task is back without its agent",
     LAUNCHED "3 task_state a=0 f=0 r=a t=7 s=RUNNING w=" REREGISTERED "\n", "I-22",
     "gets REASON_SLAVE_REREGISTERED"},
    {"unreachable, and its tasks are given up too late",
     RUNNING "5 agent_unreachable a=0\n5 demand f=0 v=0\n5 task_state a=0 f=0 r=a t=7 s=LOST "
             "w=" REMOVED " x=" TASK "\n",
     "I-22", "still holds 1 tasks"},
    {"a host that is down ends its runs too late",
     RUNNING "5 agent_crashed a=0\n5 demand f=0 v=0\n5 task_ended a=0 f=0 t=7 s=LOST x=" TASK "\n",
     "I-22", "still runs 1 tasks"},
    {"lost twice", "1 agent_unreachable a=0\n2 agent_unreachable a=0\n", "I-22", "was not there"},
    {"a host that is down runs a task", RUNNING "5 agent_crashed a=0\n5 demand f=0 v=0\n", "I-22",
     "still runs 1 tasks"},
    {"a host that is down starts a task",
     LAUNCHED "3 agent_crashed a=0\n4 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n", "I-22",
     "which is down"},
    {"a host goes down twice", "1 agent_crashed a=0\n2 agent_crashed a=0\n", "I-22",
     "was so already"},
    {"a host comes back that was there", "1 agent_returned a=0\n", "I-22", "was so already"},
    {"a task comes back when its agent has long been back",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
             "\n9 agent_reregistered a=0 v=0 x=" ALL "\n9 demand f=0 v=1\n"
             "9 task_launched a=0 f=0 r=a t=7 x=" TASK "\n",
     "I-03", "without an accepted offer"},
    /* ---- I-24 ---- */
    {"an agent comes back with the task of another",
     RUNNING "5 agent_unreachable a=0\n5 task_state a=0 f=0 r=a t=7 s=LOST w=" REMOVED " x=" TASK
             "\n6 agent_unreachable a=1\n7 agent_reregistered a=1 v=1 x=cpus:4;mem:512\n"
             "7 task_launched a=1 f=0 r=a t=7 x=" TASK "\n",
     "I-24", "of another agent"},
    {"started elsewhere", LAUNCHED "3 task_started a=1 f=0 t=7 v=1000 x=" TASK "\n", "I-24",
     "launched elsewhere"},
    {"started twice", STARTED "3 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n", "I-24",
     "runs already"},
    {"started again", OVER "9 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n", "I-24",
     "has run before"},
    {"started and never launched", "3 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n", "I-24",
     "never launched"},
    {"started when its agent was said not to have it",
     LAUNCHED "3 task_state a=0 f=0 r=a t=7 s=DROPPED w=" RECONCILIATION " x=" TASK
              "\n4 task_started a=0 f=0 t=7 v=1000 x=" TASK "\n",
     "I-24", "said not to have it"},
    {"a state told of another agent", RUNNING "5 task_state a=1 f=0 r=a t=7 s=KILLING\n", "I-24",
     "is of agent 1"},
    {"an id that still runs elsewhere",
     RUNNING "5 task_state a=0 f=0 r=a t=7 s=KILLED w=" FRAMEWORK_REMOVED " x=" TASK
             "\n6 offer_sent a=1 f=0 r=a o=0.3 x=cpus:4\n"
             "6 offer_accepted a=1 f=0 r=a o=0.3 v=0 x=cpus:4\n"
             "6 task_launched a=1 f=0 r=a t=7 x=cpus:4\n",
     "I-24", "still runs"},
    {"data said to be lost with a replica left",
     "3 replica_made a=0 f=0 t=5 v=10\n4 data_lost f=0 t=5 v=10\n", "I-23", "replicas are left"},
    {"a copy that ends and never began", "3 copy_ended a=0 f=0 t=5 v=10\n", "I-25",
     "not under way"},
};

static void stories_are_judged_as_they_should_be(void **state)
{
    (void)state;
    uint32_t wrong = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(stories); i++)
        wrong += !story_is_judged(&stories[i], cluster);
    assert_int_equal(wrong, 0);
}

/* Every invariant of the table is broken by some story, so none can be lost unnoticed. */
static void every_invariant_has_a_story(void **state)
{
    (void)state;
    guint checked = 0;
    for (const HfInvariantInfo *info = hf_invariants; info->id != NULL; info++) {
        gboolean is_told = strcmp(info->id, "I-09") == 0; /* it needs the allocator; see below */
        for (size_t i = 0; i < G_N_ELEMENTS(stories); i++)
            is_told = is_told || g_strcmp0(stories[i].invariant, info->id) == 0;
        gboolean is_checked = g_str_has_prefix(info->where, "--audit");
        if (is_checked != is_told)
            fail_msg("%s %s", info->id,
                     is_told ? "is said to be checked elsewhere" : "has no story");
        checked += is_checked;
    }
    assert_int_equal(checked, HF_INVARIANTS);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_are_judged_as_they_should_be),
        cmocka_unit_test(every_invariant_has_a_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
