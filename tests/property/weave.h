/*
 * A small world whose every event is chosen from outside: one agent, a service that keeps a volume
 * (framework 0, role db) and a framework that takes all it can get (1, role web). See weave.c.
 */
#ifndef HF_TESTS_PROPERTY_WEAVE_H
#define HF_TESTS_PROPERTY_WEAVE_H

#include "audit/audit.h"
#include "support/dump.h"

/* What may happen next. Those from CRASHES to LAST_CRASH are mishaps: a world has a few at most. */
typedef enum WeaveWhat {
    WEAVE_DELIVER,  /* arg: channel: the message that was sent first */
    WEAVE_TIMER,    /* the timer that ends first */
    WEAVE_END,      /* arg: framework: its task ends by itself */
    WEAVE_RECOVER,  /* what is down comes back, what is cut heals */
    WEAVE_REGISTER, /* the executor that was begun first registers */
    WEAVE_CRASHES,
    WEAVE_DIE_AT = WEAVE_CRASHES, /* arg: HfCheckpointStep: the agent takes an operation, and dies
                                     while it writes */
    WEAVE_STOP,                   /* the agent's process */
    WEAVE_CRASH,                  /* the host: seen by the master */
    WEAVE_VANISH,                 /* the host: nobody sees it */
    WEAVE_FORGET,                 /* the host, and its agent will have a new id */
    WEAVE_STOP_SCHEDULER,         /* arg: framework */
    WEAVE_BREAK,                  /* the connection of agent and master is reset */
    WEAVE_CUT,                    /* a partition between them; arg: 1 it ends in a reset */
    WEAVE_MASTER,                 /* the leading master; the next has its registry alone */
    WEAVE_LAST_CRASH = WEAVE_MASTER
} WeaveWhat;

typedef struct WeaveChoice {
    uint8_t what, arg;
} WeaveChoice;

/* Planted mistakes, to see that they are noticed. */
typedef enum WeaveFault {
    WEAVE_FAULT_NONE,
    WEAVE_FAULT_TARGET_DROPPED,   /* a start throws away the target that a crash left */
    WEAVE_FAULT_VOLUME_WIPED,     /* a reboot clears the volume's directory */
    WEAVE_FAULT_TASKS_UNREPORTED, /* an agent that registers again does not name its tasks */
    WEAVE_FAULT_OTHER_ROLE,       /* a restart reads the reservation's role wrongly */
    WEAVE_FAULT_END_SWALLOWED,    /* a terminal update is acknowledged before its framework knows */
    WEAVE_FAULT_RUN_TWICE,        /* an executor starts the task again when its agent is back */
    WEAVE_FAULT_GHOST,            /* an executor outlives its host */
    WEAVE_FAULT_OUTLIVES,         /* one that should not outlives its agent's process */
    WEAVE_FAULT_SAYS_ENDED,       /* one says that its task ended, and runs on */
    WEAVE_FAULT_LAUNCHED_AGAIN,   /* an order to launch arrives a second time, when all is over */
    WEAVE_FAULT_LOST_IN_TOTAL,    /* an agent that registers again leaves its volume out */
    WEAVE_FAULT_EXIT_UNTOLD,      /* nobody tells the master that an executor ended */
    WEAVE_FAULT_EXIT_TOLD,        /* the master is told that an executor ended, and it has not */
    WEAVE_FAULT_TASK_OUTLIVES,    /* a task runs on when its executor has ended */
    WEAVE_FAULT_BEGUN_AGAIN,      /* an executor that was shut down comes back */
    WEAVE_FAULTS
} WeaveFault;

typedef struct WeaveConfig {
    gboolean checkpoint; /* of the service */
    uint32_t capabilities;
    gboolean with_feedback; /* its operations have ids */
    gboolean with_executor; /* it brings an executor, which holds memory and outlives its tasks; it
                               registers when the chooser says so, or is late */
    gboolean ends_executor; /* it shuts that down when its task has ended */
    uint32_t crashes;       /* at most */
    WeaveFault fault;
    gboolean log; /* keep the text of all that happens */
} WeaveConfig;

typedef struct Weave Weave;

Weave *weave_new(const WeaveConfig *config);
void weave_free(Weave *weave);

/* All that may happen now, in a fixed order; [*count_out], borrowed until the next call. */
const WeaveChoice *weave_choices(Weave *weave, guint32 *count_out);
/* It happens. What is wrong afterwards, or NULL. */
const char *weave_take(Weave *weave, WeaveChoice choice);
/* Those that happened before, in another world, and were good. */
void weave_follow(Weave *weave, const WeaveChoice *choices, guint32 count);
/* Takes what an orderly world would: messages in order, then recovery, then the end of tasks, then
 * timers; no more mishaps. */
WeaveChoice weave_orderly(Weave *weave);
/* Run orderly until the service is through and all is given back. What is wrong, or NULL. */
const char *weave_heal(Weave *weave);

/* How far the service is: tasks launched, + 100 while one runs, + 1000 when it wants no more. */
uint32_t weave_progress(const Weave *weave);

/* The canonical state; see support/dump.h. */
void weave_dump(Weave *weave, GString *out);
void weave_say(WeaveChoice choice, GString *out);
char *weave_take_text(Weave *weave);
/* Has an executor not registered in time on the way? */
gboolean weave_was_late(const Weave *weave);

#endif
