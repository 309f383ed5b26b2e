/*
 * The service engine, shared by its files: config.c (keys), variants.c (parameters), scheduler.c
 * (what each instance waits for, and updates), queues.c (where it waits), offers.c (placing),
 * data.c (what the world does to the data: replicas, copies, losses, quorum).
 *
 * One state machine for all:
 *
 *     HELD -> WANTED -offer-> RESERVING -offered again-> LAUNCHED -> RUNNING
 *               ^  \______________at once______________/    |          |
 *               |                                           v          v   (failed: back-off)
 *               +-- replaced: gives up host X <-- SUSPENDED (data on X) <- DELAYED
 *                   (wait over, agent gone)            \-- X is offered --> LAUNCHED
 *
 * Cost follows change: instances that wait for a host stand in a list of that host, others in a
 * queue of their kind, and an offer meets those two alone. The scheduler knows what the master
 * tells it; the data half is told by the world, and neither reads the other's mind: they share only
 * which instance a task is.
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_SERVICE_H
#define HF_MODELS_FRAMEWORKS_SERVICE_SERVICE_H

#include "base/law.h"
#include "base/map64.h"
#include "base/vec.h"
#include "models/frameworks/placement.h"
#include "models/frameworks/service/constraints.h"
#include "models/frameworks/service/cron_spec.h"
#include "models/frameworks/service/variants.h"
#include "models/frameworks/writes.h"
#include "world/data.h"
#include "world/model.h"

#define HF_NO_NODE UINT32_MAX

typedef enum HfPhase {
    HF_PHASE_HELD, /* the plan has not come to it */
    HF_PHASE_WANTED,
    HF_PHASE_RESERVING,
    HF_PHASE_LAUNCHED,
    HF_PHASE_RUNNING,
    HF_PHASE_DELAYED,
    HF_PHASE_SUSPENDED,
    HF_PHASE_MISSING, /* out of reach, and not yet replaced */
    HF_PHASE_IDLE,    /* a row without instance */
    HF_PHASE_RESTING, /* a job whose time has not come */
    HF_PHASE_OVER
} HfPhase;

/* An instance, as its scheduler sees it. */
typedef struct HfNode {
    uint32_t kind;
    HfPhase phase;
    uint64_t task;     /* of the present or last launch; 0 = none yet */
    uint32_t host;     /* where it is bound to, or was last; HF_ROW_NONE */
    uint32_t agent;    /* the agent id there */
    uint32_t ran_on;   /* host of the last launch: what is reserved anew binds before it runs */
    gboolean is_bound; /* it counts at `host`: it runs there, or waits for it */
    gboolean is_new;   /* it is in the plan: launched for the first time, or replaced */
    gboolean has_run;
    uint32_t version;        /* of its app */
    gboolean is_ready;       /* it runs and is healthy */
    gboolean is_unfit;       /* it is killed because its checks failed, */
    gboolean is_overdue;     /* or because it did not run in time */
    gboolean is_staging;     /* it was said to be */
    HfTime launched_at;      /* where its scheduler has a limit for launches */
    HfTime sick, well_again; /* after its start, when its checks would begin to fail, and to
                                succeed again */
    gboolean is_doomed;      /* a deployment kills it */
    gboolean is_at_home;     /* it has been on `home`: that is really there */
    uint32_t next, prev;     /* in the list or queue that its phase says */
    uint32_t wait;           /* counts its waits, so that a timer of an earlier one is known */
    uint32_t attempt;        /* counts its reservations */
    uint32_t in_vain;  /* since it last ran: reservations that did not come, launches that ended */
    HfTime since;      /* when it began to wait, or to run */
    HfTime ended_at;   /* of its last task; -1 before */
    uint32_t parts;    /* of a pod: tasks of the present or last launch, from `task` on; 0 = one */
    uint32_t up, over; /* those of them that run, and that are over, a bit each, */
    uint8_t end, end_reason; /* and how the worst of these ended */
    uint64_t run;            /* a job's: its number, */
    uint32_t tries;          /* failures of it so far, */
    HfTime asked_at;         /* and when its time was */
    uint64_t twin;           /* another task of the same run, from before a restart; 0 = none */
    HfResources home;        /* what it has reserved, with its volume; empty = nothing */
    HfStream stream;
} HfNode;

/* A persistent volume of each instance, where there are several or they are of a type. */
#define HF_VOLUMES_MAX 8
typedef struct HfVolumeRules {
    HfDiskSource source; /* NONE: of the agent's root disk */
    int64_t size, most;  /* milli-MB; most: of a whole disk (MOUNT), 0 = any */
} HfVolumeRules;

/* A container of a pod; see pods.c. */
#define HF_PARTS_MAX 32
typedef struct HfPodPart {
    const char *name; /* lives as long as the service */
    HfDemand demand;  /* of one instance's, beside its executor's */
    HfLaw lifetime;   /* until it ends by itself; kind NULL = as its kind says */
    HfTaskState ends; /* so: FAILED, unless the scenario says otherwise */
    gboolean has_kill_grace;
    HfTime kill_grace;
} HfPodPart;

/* A health check; see health.c. Times from the start of the instance. */
typedef struct HfHealthCheck {
    HfTime delay, interval, grace;
    int64_t failures; /* in a row, until it is killed; 0 = it is not */
} HfHealthCheck;

/* Of what is offered, what may be used: anything, what is reserved to nobody, or to its role. */
typedef enum HfAccepts { HF_ACCEPTS_ALL, HF_ACCEPTS_UNRESERVED, HF_ACCEPTS_RESERVED } HfAccepts;

typedef struct HfNodeKind {
    HfNodeRules rules;
    uint32_t store; /* 1 + row of the store that has its data; 0 = none */
    HfConstraints constraints;
    HfVolumeRules volumes[HF_VOLUMES_MAX]; /* then rules.disk is beside them */
    uint32_t volume_count;
    HfResources fixed; /* ports that it must have, besides the demand */
    HfAccepts accepts;
    HfTime inactive_after, expunge_after; /* out of reach for so long: it is replaced; forgotten */
    HfTime backoff, max_backoff;          /* -1 = the framework's */
    int64_t backoff_factor;
    HfLaw lifetime, usage;
    HfWrites writes;
    gboolean has_kill_grace; /* a kill policy of its own, in the place of the framework's */
    HfTime kill_grace;
    HfDemand demand;
    HfPodPart *parts; /* [part_count], owned; demand is of all of them and the executor together */
    uint32_t part_count; /* 0 = it is no pod */
    uint32_t holder;     /* the part that has the volumes */
    HfDemand loose;      /* what of it is not reserved: taken from the pool at each launch */
    uint32_t job;        /* number of tasks' job, and of the group in records */
    uint32_t first;      /* its instances are consecutive, */
    uint32_t rows;       /* and so many, at most; 0 before it is ready: as many as instances */
    HfLaw startup;       /* from running until its checks succeed */
    HF_VEC(HfHealthCheck) checks;         /* owned; none: what runs is healthy */
    HfTime readiness_interval;            /* -1 = there is no such check */
    HfLaw unhealthy_after, unhealthy_for; /* kind NULL: never; until it is killed */
    double most_over, least_healthy;      /* upgradeStrategy */
    /* a job that says when it runs, or after which others: */
    gboolean has_schedule, is_dependent, is_soft;
    HfTime first_run;
    struct HfCronTimes *times;     /* owned; NULL: each period */
    HfTime active_deadline;        /* a run that failed is tried again for so long */
    int64_t runs_left;             /* -1 = for ever */
    HF_VEC(uint32_t) parents;      /* kinds */
    HF_VEC(uint32_t) parents_done; /* since it last ran: 0 or 1 */
    uint32_t version;
    uint32_t deployment; /* that it is in, + 1; 0 = none */
    uint32_t claim;      /* head of the batch that it is in, + 1, until all of that is done */
    gboolean is_rolling; /* that replaces its instances */
    int64_t most;        /* how many may be there meanwhile */
    int64_t noted_healthy, noted_launched;
    gboolean kills_oldest;
    uint32_t level;   /* it is deployed once all kinds of lower levels have run */
    uint32_t started; /* instances that have run */
    int64_t missed;   /* times of jobs that were too late */
    uint32_t wanted;  /* how many stand in the queue */
    uint32_t first_wanted, last_wanted;
    HfMap64 on_host, on_rack; /* bound instances, where there is a limit */
    uint32_t failures;        /* in a row, for the back-off */
    HfTime deadline, reference;
    struct HfDataset *data; /* NULL: nothing is measured of it */
} HfNodeKind;

/* How many instances of an app are wanted, as its users come and go. */
typedef struct HfCurve {
    uint32_t kind;
    HfTime every, period, peak_at;
    double mean, peak_to_mean, noise; /* noise: sigma of a lognormal factor of mean 1 */
    double burst;                     /* factor while a burst lasts; 1 = there are none */
    HfLaw burst_on, burst_off;
    gboolean is_on;
    HfTime until; /* the burst, or the quiet, lasts */
    int64_t most;
    HfStream stream;
} HfCurve;

/* A change of one app at a given time. Those of a group are a batch: in a row, those first that
 * others depend on, each level begun when the one before is done. */
typedef struct HfDeployment {
    HfTime at;
    uint32_t number;     /* in the scenario's list */
    uint32_t head, end;  /* of its batch: rows from head on; alone: its own */
    uint32_t begun;      /* of the head: rows so far, counted from 0 of all */
    gboolean is_dropped; /* of the head: another took its place */
    gboolean is_done;
    uint32_t kind;
    int64_t scale;    /* -1 = as many as before */
    double scale_by;  /* > 0: so many times as many as there are to be when it begins, rounded up */
    int64_t expected; /* how many there are to be then, if all before it were done */
    gboolean restart; /* or upgrade: instances are replaced */
    gboolean force;
    HfNodeKind *next; /* what an upgrade makes of the kind; owned, NULL = nothing */
    const char *app;  /* its id; lives as long as the service */
} HfDeployment;

/* A task that is out of reach and was replaced: it may come back before it is forgotten. */
typedef struct HfAbsent {
    uint64_t task;
    uint32_t row, host;
    uint32_t parts; /* as HfNode has it */
} HfAbsent;

/* An offer that is kept, for it may be of use; a reference to its resources is. */
typedef struct HfHeld {
    HfOfferInfo offer;
} HfHeld;

typedef struct HfService {
    HfModelEnv env;
    HfFrameworkRules rules;
    const HfVariant *variant;
    HfTextId rack; /* name of the attribute that says the rack */
    HfTime uninstall_at;
    gboolean is_leaving, is_over;
    HfNodeKind *kinds;
    HfNode *nodes;
    uint32_t kind_count, node_count;
    HF_VEC(uint32_t) active; /* kinds with instances in their queue, in order */
    HF_VEC(uint32_t) plan;   /* instances to be deployed one by one; from plan_head on */
    uint32_t level;          /* that kinds are being deployed of */
    HF_VEC(HfDeployment) deployments;
    HF_VEC(HfCurve) curves;
    gboolean was_deployed;       /* all apps have been there */
    uint32_t plan_head, in_plan; /* in_plan: the one under way, or HF_NO_NODE */
    HfMap64 task_nodes;          /* task -> instance, of launches that are not over */
    HfMap64 host_lists;          /* host -> first of those that wait for it */
    HfMap64 stray_stacks;        /* reservation stack -> 1: ours, and given up */
    int64_t waiting, waiting_noted;
    uint64_t next_task, runs;
    uint32_t next_executor;
    gboolean is_suppressed, is_revive_armed;
    HfTime revived_at;
    HF_VEC(HfAbsent) absent;
    HfMap64 absent_rows; /* task -> row of absent */
    HfMap64 twins;       /* task -> 1 + row whose run it is one of two tasks of; 0 = nobody's */
    uint32_t lives;      /* of its scheduler, when it last subscribed */
    HF_VEC(HfHeld) held; /* offers, oldest first */
    HfStream hold;
    gboolean is_dying; /* of an offer */
    /* scratch of an offer */
    HfResources offered, pool;
    HfResource disks[HF_VOLUMES_MAX]; /* of the volumes of the instance that is being placed */
    gboolean is_accepting;
    HF_VEC(HfTaskInfo) tasks;
    HF_VEC(uint64_t) declines;
    uint64_t part_count; /* of the data of all its kinds */
    HfMap64 truth_nodes; /* task -> instance, until it ends in the world */
} HfService;

/* ---- queues.c ---- */
/* It waits in the queue of its kind. */
void hf_service__want(HfService *service, HfDriver *driver, uint32_t row);
/* It waits no more: out of its queue or its host's list. */
void hf_service__unwait(HfService *service, uint32_t row);
/* It waits for its host: in its list. */
void hf_service__wait_at_host(HfService *service, uint32_t row);
/* It is on a host, or binds itself to it; and no more. */
void hf_service__bind(HfService *service, uint32_t row, uint32_t host, uint32_t agent);
void hf_service__unbind(HfService *service, uint32_t row);
/* Count an instance of a kind at a host, or no more: for its limits and constraints. */
void hf_service__count_at(HfService *service, HfNodeKind *kind, uint32_t host, int by);
/* The text of the host's attribute `rack`; 0 = it has none. */
HfTextId hf_service__rack_of(const HfService *service, uint32_t host);
/* Its reservation is nobody's. */
void hf_service__abandon_home(HfService *service, HfDriver *driver, uint32_t row);

/* ---- pods.c ---- */
/* The tasks of an instance are told of to it; and no more. */
void hf_service__remember_tasks(HfService *service, uint32_t row);
void hf_service__forget_tasks(HfService *service, uint32_t row);
/* All of them are killed. */
void hf_service__kill(HfDriver *driver, const HfNode *node);
/* Launch a pod, into the ACCEPT that is open: `like` its tasks, out of `resources`, which are taken
 * over; what is left of them its executor holds. */
void hf_pods__launch(HfService *service, HfDriver *driver, uint32_t row, const HfTaskInfo *like,
                     HfResources *resources);
/* What is told of one of its tasks, put together with what was of the others: TRUE when that is
 * news of the instance, as of one task. */
gboolean hf_pods__fold(HfService *service, uint32_t row, const HfTaskStatus *status,
                       HfTaskStatus *whole_out);

/* ---- scheduler.c ---- */
extern const HfSchedulerOps hf_service__ops;

/* Tell how many wait, if that has changed. */
void hf_service__note_waiting(HfService *service, HfDriver *driver);
/* It is being uninstalled: once nothing runs and nothing is to be given back, it says so. */
void hf_service__leave(HfService *service, HfDriver *driver);
/* It gives up its host, its reservation and its data. */
void hf_service__give_up(HfService *service, HfDriver *driver, uint32_t row);
/* It is to be launched: at its host where it has data there, else anywhere. */
void hf_service__again(HfService *service, HfDriver *driver, uint32_t row);
/* All apps are there for the first time, in the order of what they depend on. */
gboolean hf_service__is_deployed(HfService *service);

enum {
    HF_SERVICE_TIMER_REVIVE,
    HF_SERVICE_TIMER_BACKOFF,
    HF_SERVICE_TIMER_WAIT,    /* for the old host */
    HF_SERVICE_TIMER_RESERVE, /* for what was reserved to be offered */
    HF_SERVICE_TIMER_READY,
    HF_SERVICE_TIMER_UNINSTALL,
    HF_SERVICE_TIMER_TICK,     /* a job's time has come; arg: its row alone */
    HF_SERVICE_TIMER_MISSED,   /* or has passed */
    HF_SERVICE_TIMER_INACTIVE, /* it is out of reach too long */
    HF_SERVICE_TIMER_SET_UP,   /* what it needs in its store is there */
    HF_SERVICE_TIMER_EXPUNGE,  /* arg: the task */
    HF_SERVICE_TIMER_DEPLOY,   /* arg: which */
    HF_SERVICE_TIMER_HEALTHY,
    HF_SERVICE_TIMER_UNHEALTHY,
    HF_SERVICE_TIMER_UNFIT,
    HF_SERVICE_TIMER_OVERDUE,
    HF_SERVICE_TIMER_CURVE,     /* arg: which */
    HF_SERVICE_TIMER_HOLD,      /* arg: the offer */
    HF_SERVICE_TIMER_KILL_AGAIN /* arg: the task */
};

static inline uint64_t hf_service__timer_arg(const HfService *service, uint32_t row)
{
    return (uint64_t)service->nodes[row].wait << 32 | row;
}

/* ---- waits.c ---- */
void hf_service__waits(const void *model, HfWaitSink sink, void *context);
void hf_service__unheard(const void *model, HfUnheardSink sink, void *context);

/* ---- cron.c ---- */
/* When a job runs that has a crontab. */
typedef struct HfCronTimes {
    HfCronSpec spec;
    GTimeZone *zone; /* a reference */
    int64_t epoch;   /* of time 0, in seconds since 1970 */
} HfCronTimes;
/* The first time of such a job that is later than `after`; HF_TIME_NEVER = none. */
HfTime hf_cron__next(const HfNodeKind *kind, HfTime after);
void hf_cron__start(HfService *service, HfDriver *driver, uint32_t row);
void hf_cron__on_tick(HfService *service, HfDriver *driver, uint32_t row);
void hf_cron__on_missed(HfService *service, uint32_t row);
/* Of no dependent job has any parent run. */
void hf_cron__forget_parents(HfService *service);
void hf_cron__on_ended(HfService *service, HfDriver *driver, uint32_t row, HfTaskState state);

/* ---- deploy.c: apps that change while they run ---- */
void hf_deploy__start_all(HfService *service, HfDriver *driver); /* their timers */
void hf_deploy__on_time(HfService *service, HfDriver *driver, uint32_t row);
void hf_deploy__on_healthy(HfService *service, HfDriver *driver, uint32_t row);
void hf_deploy__on_unhealthy(HfService *service, HfDriver *driver, uint32_t row);
/* Kill its task, again and again until it has ended. It is doomed, unfit or overdue. */
void hf_deploy__kill_surely(HfDriver *driver, const HfNode *node);
/* Its task is over. TRUE: that was meant, or a deployment goes on with it. */
gboolean hf_deploy__on_ended(HfService *service, HfDriver *driver, uint32_t row);
void hf_deploy__on_kill_again(HfService *service, HfDriver *driver, uint64_t task);
/* So many instances `by` times, rounded up. */
int64_t hf_deploy__times(int64_t count, double by);
/* So many are wanted from now on, without a deployment; nothing while there is one. */
void hf_deploy__set_count(HfService *service, HfDriver *driver, HfNodeKind *kind, int64_t count);
/* ---- health.c ---- */
/* It runs: it is healthy now, or when its checks say so. */
void hf_health__on_running(HfService *service, HfDriver *driver, uint32_t row);
/* The checks that matter: one succeeds, one fails for the first time, one fails too often. */
void hf_health__on_healthy(HfService *service, HfDriver *driver, uint32_t row);
void hf_health__on_unhealthy(HfService *service, HfDriver *driver, uint32_t row);
void hf_health__on_unfit(HfService *service, HfDriver *driver, uint32_t row);

/* ---- overdue.c: launches that take too long ---- */
void hf_overdue__on_launched(HfService *service, HfDriver *driver, uint32_t row);
void hf_overdue__on_staging(HfService *service, HfDriver *driver, uint32_t row);
void hf_overdue__on_time(HfService *service, HfDriver *driver, uint32_t row);

/* ---- curve.c ---- */
void hf_curve__start_all(HfService *service, HfDriver *driver);
void hf_curve__on_time(HfService *service, HfDriver *driver, uint32_t row);
/* The most that a curve asks for. */
int64_t hf_curve__most(const HfCurve *curve);

/* How many are launched or healthy may have changed. */
void hf_deploy__note(HfService *service, HfNodeKind *kind);

/* ---- absent.c: what is out of reach ---- */
/* Its agent is: it waits before it is replaced, if its kind does so. FALSE: it does not. */
gboolean hf_absent__begin(HfService *service, HfDriver *driver, uint32_t row);
void hf_absent__on_inactive(HfService *service, HfDriver *driver, uint32_t row);
void hf_absent__on_expunge(HfService *service, uint64_t task);
/* An update of a task that was replaced; FALSE when it is none. */
gboolean hf_absent__on_update(HfService *service, HfDriver *driver, const HfTaskStatus *status);

/* ---- twins.c: jobs that were launched twice ---- */
/* A scheduler that has started anew launches what runs once more. */
void hf_twins__begin(HfService *service, HfDriver *driver);
/* An update of a task that it has lost sight of, or is one of two; FALSE when it is none. */
gboolean hf_twins__on_update(HfService *service, HfDriver *driver, const HfTaskStatus *status);
/* The run is over: what else runs of it is nobody's. */
void hf_twins__part(HfService *service, uint32_t row);
/* A task of an instance is over, of whichever this was said. */
void hf_service__on_ended(HfService *service, HfDriver *driver, uint32_t row,
                          const HfTaskStatus *status);

/* ---- held.c: offers that are kept, or that kill ---- */
/* It has no use for an offer: it is kept, or FALSE: to be declined. */
gboolean hf_held__keep(HfService *service, HfDriver *driver, const HfOfferInfo *offer);
/* Something is wanted: use what is kept. */
void hf_held__use(HfService *service, HfDriver *driver);
void hf_held__on_time(HfService *service, HfDriver *driver, uint64_t offer);
void hf_held__on_rescind(void *model, HfDriver *driver, uint64_t offer);
void hf_held__drop_all(HfService *service);
/* Does its scheduler die of this offer? Then nothing is to be said any more. */
gboolean hf_held__is_deadly(HfService *service, const HfOfferInfo *offer);
void hf_held__on_death(HfService *service, gboolean is_over);

/* ---- offers.c ---- */
/* What it makes of one offer; FALSE: nothing. */
gboolean hf_service__fill(HfService *service, HfDriver *driver, const HfOfferInfo *offer);
void hf_service__on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers,
                           uint32_t count);

/* Is there room for one more of the kind on this host, as its limits and constraints have it? */
gboolean hf_service__allows(const HfService *service, HfNodeKind *kind, uint32_t host);

/* Do the demand, the volumes and the ports of one instance fit? */
gboolean hf_service__fits(const HfService *service, const HfNodeKind *kind,
                          const HfResources *pool);
/* Of so much of one agent, would one of the kind be launched? `node`: this one, which waits for its
 * host; NULL = one that may go anywhere, as far as resources go. */
gboolean hf_service__would_launch(const HfService *service, const HfNodeKind *kind,
                                  const HfNode *node, const HfResources *offered);

/* ---- volumes.c: several volumes, or of a type ---- */
/* Cut the volumes of one instance out of `pool`, each as one entry of `disks` [volume_count],
 * unreserved; FALSE when one does not fit, and `pool` is then not to be used. */
gboolean hf_volumes__cut(const HfService *service, const HfNodeKind *kind, HfResources *pool,
                         HfResource *disks);

/* ---- data.c ---- */
extern const HfDataOps hf_service__data_ops;

struct HfDataset *hf_dataset__new(HfService *service, uint32_t kind);
void hf_dataset__free(struct HfDataset *data);
/* It is subscribed: how many members its groups are to have. */
void hf_service__declare_data(HfService *service);
/* A launch: this task will be this instance, on the agent that is in its row. */
void hf_service__data_launched(HfService *service, uint32_t row);
/* The scheduler gives up the data that the instance has; what is left behind is nobody's. */
void hf_service__data_given_up(HfService *service, uint32_t row);

/* ---- build.c ---- */
/* A service of so many kinds, whose rules and laws the caller fills in; then make it ready. */
HfService *hf_service__new(const HfModelEnv *env, const HfFrameworkRules *rules, uint32_t kinds);
/*
 * `stream`: purpose of its instances' streams. FALSE and an error that names the kind when one asks
 * for nothing, or for more than any host has; it can then only be destroyed.
 */
gboolean hf_service__ready(HfService *service, const char *stream, GError **error);
/* A kind's demand from its rules; the same errors. */
gboolean hf_service__make_kind(HfService *service, HfNodeKind *kind, GError **error);
void hf_service__destroy(void *model);

/* ---- possible.c: what can never run is told before the run ---- */
/* Can so many instances of a kind that is made run at once, were the hosts empty? FALSE and an
 * error that says why not. Nothing is refused where hosts may change. */
gboolean hf_possible__check(HfService *service, HfNodeKind *kind, int64_t count, GError **error);

HfModelDefaults hf_service__defaults(const void *model);

#endif
