/*
 * What failure models may do to the world, and see of it. Hosts are rows 0 .. hf_world_hosts()-1,
 * in the order of the scenario's agents.
 */
#ifndef HF_WORLD_FAULTS_H
#define HF_WORLD_FAULTS_H

#include "base/law.h"
#include "control/checkpoint.h"
#include "scenario/storage.h"
#include "world/model.h"

uint32_t hf_world_hosts(const HfWorld *world);
const char *hf_world_host_name(const HfWorld *world, uint32_t host);
const char *hf_world_host_group(const HfWorld *world,
                                uint32_t host); /* name of its entry under agents */
const HfAttributes *hf_world_host_attributes(const HfWorld *world, uint32_t host);
/* Where its agent stands; NULL: nothing is known of it. */
const HfDomain *hf_world_host_domain(const HfWorld *world, uint32_t host);
gboolean hf_world_host_is_up(const HfWorld *world, uint32_t host);
HfTime hf_world_now(const HfWorld *world);
HfCatalog *hf_world_catalog(const HfWorld *world);

/*
 * The host goes down with all that runs on it. visible: its connections break at once, as when a
 * process dies or a host is shut down in order; FALSE: it falls silent, as when power or network
 * goes, and only pings find out. A host that is down already stays down: nothing happens, FALSE.
 */
gboolean hf_world_host_crash(HfWorld *world, uint32_t host, gboolean visible);

/* The host comes back, rebooted, and its agent starts with what its disk has kept. FALSE when it is
 * up. */
gboolean hf_world_host_return(HfWorld *world, uint32_t host);

/* The host, which is down, will not come back: for an explanation of a run that came to a stop. */
void hf_world_host_lost(HfWorld *world, uint32_t host);

/* The disk of a host that is down is lost: its agent will be a new one, without reservations or
 * volumes. FALSE when the host is up. */
gboolean hf_world_disk_lose(HfWorld *world, uint32_t host);

/* ---- the file system of an agent's work directory ---- */

/* KiB that can still be written there; INT64_MAX = no limit. */
int64_t hf_world_disk_room(const HfWorld *world, uint32_t host);

/*
 * Something outside the cluster writes so many KiB there, as far as there is room (negative:
 * removes, as far as it wrote before). A file system that is full fails the tasks that write.
 * Returns: what was written or removed, >= 0.
 */
int64_t hf_world_disk_write(HfWorld *world, uint32_t host, int64_t kib);

/* The MOUNT disks of a host that is down will not be there when it is back: an agent that has such
 * disks refuses to start. When they are mounted it is started. FALSE when the host is up, or
 * nothing is missing. */
gboolean hf_world_mounts_lose(HfWorld *world, uint32_t host);
gboolean hf_world_mounts_return(HfWorld *world, uint32_t host);

/*
 * The agent's process dies, and the host stays up: connections break at once, executors of
 * frameworks without checkpointing end. The others wait for the recovery timeout (15 min) for the
 * agent to be back. FALSE when it does not run.
 */
gboolean hf_world_agent_stop(HfWorld *world, uint32_t host);

/* Of the executors that wait for their agent each ends by itself with this probability. */
void hf_world_executors_lose(HfWorld *world, uint32_t host, double probability, HfStream *stream);
/* Of the same each hangs with this probability: it runs on, and does not answer its agent when that
 * is back, which gives it up (executor_reregistration_timeout). */
void hf_world_executors_hang(HfWorld *world, uint32_t host, double probability, HfStream *stream);

/* The agent's process starts. FALSE when it runs already, its host is down, or it refuses. */
gboolean hf_world_agent_start(HfWorld *world, uint32_t host);

gboolean hf_world_agent_is_up(const HfWorld *world, uint32_t host);

/* Each task of the framework there fails by itself (TASK_FAILED) with this probability. */
void hf_world_tasks_fail(HfWorld *world, uint32_t host, uint32_t framework, double probability,
                         HfStream *stream);

/* The agent's process will die at this step of its next write of the checkpoint, and be started
 * again `down` ns after that. */
void hf_world_agent_dies_at(HfWorld *world, uint32_t host, HfCheckpointStep step, HfTime down);

/* What the agent knows of itself is removed from the disk: it starts under a new id. Reservations
 * and volumes stay. FALSE when its process runs. */
gboolean hf_world_agent_forget(HfWorld *world, uint32_t host);

/*
 * The agent, which does not run, will start with these flags; text in Mesos's form that
 * hf_world_flags_check accepts, NULL = as they are.
 */
void hf_world_agent_flags(HfWorld *world, uint32_t host, const char *resources,
                          const char *attributes);
gboolean hf_world_flags_check(HfWorld *world, const char *resources, const char *attributes,
                              GError **error);

/* ---- links between a host and the master ---- */

enum {
    HF_CUT_TO_MASTER = 1,   /* what the agent sends is lost */
    HF_CUT_FROM_MASTER = 2, /* what the master sends is lost */
    HF_CUT_BOTH = 3
};

/*
 * A partition: what is sent that way from now on is lost, or waits to be repeated for as long as
 * the scenario's network.retransmit_for; the ends find out by pings, or when that time is over.
 * `cut` replaces what was cut before; 0 heals.
 */
void hf_world_link_cut(HfWorld *world, uint32_t host, uint32_t cut);
uint32_t hf_world_link_is_cut(const HfWorld *world, uint32_t host);

/* The connection breaks while both ends live: what is under way is lost, both see it at once, and
 * the agent registers again when the next ping tells it that it is taken for disconnected. */
void hf_world_link_break(HfWorld *world, uint32_t host);

/* From now on messages over this link take a latency of this law (borrowed; NULL = that of the
 * scenario), and their packets are lost with this probability, 0 <= loss < 1. They keep their
 * order. */
void hf_world_link_slow(HfWorld *world, uint32_t host, const HfLaw *latency, double loss);

/* ---- frameworks: rows in the order of the scenario ---- */
uint32_t hf_world_frameworks(const HfWorld *world);
const char *hf_world_framework_name(const HfWorld *world, uint32_t framework);
/* The name of its entry when that stands for several (count); else NULL. */
const char *hf_world_framework_group(const HfWorld *world, uint32_t framework);

/*
 * The scheduler's process dies: its connection breaks at once. What it knew is kept in a store, and
 * what becomes due meanwhile waits for its successor. FALSE when it is down, or was never started.
 */
gboolean hf_world_scheduler_stop(HfWorld *world, uint32_t framework);
/* Its successor subscribes under the same id. FALSE when it is up. */
gboolean hf_world_scheduler_start(HfWorld *world, uint32_t framework);
/* How often its scheduler's process has been stopped: whoever is subscribed again after another
 * number is a new one, and had not only lost its connection. */
uint32_t hf_world_scheduler_lives(const HfWorld *world, uint32_t framework);
/* The same with other roles: valid names, each once, NULL-terminated; NULL = as before. */
gboolean hf_world_scheduler_start_as(HfWorld *world, uint32_t framework, const char *const *roles);

/* ---- masters ---- */
gboolean hf_world_master_is_up(const HfWorld *world);
/*
 * The leading master ends, and with it all that is not in the registry; what is under way between
 * it and the others is lost. FALSE when none leads.
 */
gboolean hf_world_master_stop(HfWorld *world);
/* The next one is elected. FALSE when one leads. */
gboolean hf_world_master_start(HfWorld *world);

/* ---- links of schedulers ---- */
/* The same as of a host, of the link between a scheduler and the master. When the connection breaks
 * the scheduler subscribes anew at once, and what was under way to it is lost. Nothing happens to
 * one that is down or was never subscribed, nor, at a break, to one whose link is cut. */
void hf_world_scheduler_link_cut(HfWorld *world, uint32_t framework, uint32_t cut);
uint32_t hf_world_scheduler_link_is_cut(const HfWorld *world, uint32_t framework);
void hf_world_scheduler_link_break(HfWorld *world, uint32_t framework);

/* ---- stores out of band: rows in the order of the scenario ---- */
uint32_t hf_world_stores(const HfWorld *world);
const char *hf_world_store_name(const HfWorld *world, uint32_t store);
uint32_t hf_world_store_find(const HfWorld *world, const char *name); /* HF_ROW_NONE = none */
/* How it behaves; see scenario/storage.h. */
const HfStoreRules *hf_world_store_rules(const HfWorld *world, uint32_t store);
/* Its content is what a framework of the scenario keeps: its servers are the tasks of that. */
gboolean hf_world_store_is_provided(const HfWorld *world, uint32_t store);
/*
 * One of its servers goes down with what is on it, or comes back, as often as it has gone. Down for
 * longer than recover_after, what it has is made anew on the others, and is one too many when it is
 * back. 0 <= server < servers.
 */
void hf_world_store_server_stop(HfWorld *world, uint32_t store, uint32_t server);
void hf_world_store_server_start(HfWorld *world, uint32_t store, uint32_t server);
/*
 * A server of it is lost with what is on it, and is down until another takes its place; or (part <
 * 1) a disk of it is, with so much of what is on it, and the server stays. What had no other
 * replica is lost: the services hear of it. 0 <= server < servers, and it is not lost already. Not
 * of a store that a framework runs: what that loses is lost.
 */
void hf_world_store_server_lose(HfWorld *world, uint32_t store, uint32_t server, double part);
void hf_world_store_server_replace(HfWorld *world, uint32_t store, uint32_t server);
gboolean hf_world_store_server_is_lost(const HfWorld *world, uint32_t store, uint32_t server);

/* Call the model's timer(kind, arg) after `delay`. `fault` is env->row. */
void hf_world_fault_after(HfWorld *world, uint32_t fault, HfTime delay, uint32_t kind,
                          uint64_t arg);

#endif
