/*
 * What models of services may do in the world besides scheduling: see its hosts, copy data between
 * them, wait, and record what becomes of their data. None of it goes through the master, so it
 * works while a scheduler is away.
 *
 * Copies share bandwidth. Each host has an interface (both directions apart) and a disk, of the
 * bandwidths that `agents[].network_bandwidth` and `agents[].disk_bandwidth` say; a copy runs at
 * the least of its own limit and an equal share of the sender's interface and disk and the
 * receiver's. What one copy cannot use of its share is not given to others, so a rate changes only
 * when a copy on one of its two hosts starts or ends, and that is all that costs anything.
 */
#ifndef HF_WORLD_DATA_H
#define HF_WORLD_DATA_H

#include "world/faults.h"

/* What the host's agent is configured with. Borrowed. */
const HfResources *hf_world_host_total(const HfWorld *world, uint32_t host);

/*
 * What one framework could use of a host if that were empty, under the role_ix-th of its roles
 * (from 0 on): unreserved, or reserved to that role or one above. FALSE: it has no such role. `out`
 * is replaced.
 */
gboolean hf_world_host_usable(const HfWorld *world, uint32_t framework, uint32_t role_ix,
                              uint32_t host, HfResources *out);
/* May hosts have other resources or attributes than they have now (operators' restart_agent,
 * failure models)? What fits nowhere may fit somewhere then. */
gboolean hf_world_hosts_may_change(const HfWorld *world);

/* Call data->timer(kind, arg) of the framework (env->row) after `delay`. */
void hf_world_data_after(HfWorld *world, uint32_t framework, HfTime delay, uint32_t kind,
                         uint64_t arg);

/*
 * Copy `bytes` > 0 from one host to another; data->copied(arg) is called when they are there.
 * Units:  bytes; `limit` bytes each second, 0 = none.
 * Returns the row of the copy, its own until it is whole or stopped.
 * Cost:   O(copies of the two hosts).
 */
uint32_t hf_world_copy_start(HfWorld *world, uint32_t framework, uint32_t from, uint32_t to,
                             int64_t bytes, int64_t limit, uint64_t arg);
/* Give it up, because a host is down or nobody wants it any more. */
void hf_world_copy_stop(HfWorld *world, uint32_t copy);

/*
 * Directories of services on the disks of hosts, out of band: Mesos accounts for nothing in them,
 * and nobody removes one that is left. `member` is the instance, as its framework counts them;
 * `key` is what besides the service a directory is named after (the agent's id, or 0), so that a
 * successor can find it there.
 *
 * hold: the instance's directory holds so many bytes from now on, as far as there is room (a
 *       partial write stays); it is made if the instance has none there. FALSE: there was not room
 *       for all.
 *
 * leave: the directory is nobody's from now on. Returns how many bytes are in it, whole KiB; 0 when
 *        the instance has none there.
 *
 * adopt: the instance makes a directory of this key its own that an instance `first` <= m < `end`
 *        of its framework has left there: FALSE when there is none. What is in it is not its data.
 *
 * Cost: O(directories of the host).
 */
gboolean hf_world_path_hold(HfWorld *world, uint32_t framework, uint32_t host, uint32_t key,
                            uint64_t member, int64_t bytes);
int64_t hf_world_path_leave(HfWorld *world, uint32_t framework, uint32_t host, uint64_t member);
gboolean hf_world_path_adopt(HfWorld *world, uint32_t framework, uint32_t host, uint32_t key,
                             uint64_t first, uint64_t end, uint64_t member);

/*
 * Stores out of band; see world/faults.h for their names and rules. `member` is the
 * instance, as its framework counts them.
 *
 * set_up: an operator sets up what the instance needs there, once; when that is done. He does one
 *         thing after the other.
 * take: the instance takes a share of so many bytes, of which it has none. FALSE: there is no room.
 * leave: its share is nobody's from now on, and is removed as the store's rules say. Nothing
 *         happens when it has none.
 * clients: so many instances more (or less) run and have their share.
 * stalled: so many instances more (or less) run and cannot reach their data, since it is down.
 * Cost: O(shares in the store).
 */
gboolean hf_world_store_is_up(const HfWorld *world, uint32_t store);
HfTime hf_world_store_set_up(HfWorld *world, uint32_t framework, uint32_t store, uint64_t member);
gboolean hf_world_store_take(HfWorld *world, uint32_t framework, uint32_t store, uint64_t member,
                             int64_t bytes);
void hf_world_store_leave(HfWorld *world, uint32_t framework, uint32_t store, uint64_t member);
void hf_world_store_clients(HfWorld *world, uint32_t framework, uint32_t store, int by);
void hf_world_store_stalled(HfWorld *world, uint32_t framework, uint32_t store, int by);

/*
 * Where the framework runs stores their content is what it keeps. Of the data of this group of its
 * instances (HF_RECORD_SERVICE_DECLARED), so great a part of the replicas is not there, though some
 * of each is; and so great a part has just been lost, once for all. A store's content is lost as
 * far as the data of any group is: without its metadata nothing of it is found.
 * Units: 0 to 1.
 */
void hf_world_store_content(HfWorld *world, uint32_t framework, uint64_t group, double degraded,
                            double lost);

/*
 * As hf_world_copy_start, of data that lies in a store: read there and, from another host
 * (HF_ROW_NONE = none: it is read into memory), written there again. The interfaces of the hosts
 * are shared as by other copies, the store's bandwidth by all that read and write there; a write
 * counts as many times as the store keeps replicas.
 */
uint32_t hf_world_store_copy_start(HfWorld *world, uint32_t framework, uint32_t store,
                                   uint32_t from, uint32_t to, int64_t bytes, int64_t limit,
                                   uint64_t arg);

/*
 * A host has an instance's share, or external volume, that one at a time can have; or has no more.
 * by_force: it was taken from it while it had not let go.
 */
void hf_world_note_share(HfWorld *world, uint32_t framework, uint64_t member, uint32_t host,
                         gboolean is_attached, gboolean by_force);

/* What the task had to wait for (data->prepares) is there: it runs from now on. FALSE: it does not,
 * for it is not there any more, or is about to end. */
gboolean hf_world_task_ready(HfWorld *world, uint32_t framework, uint32_t host, uint64_t task);

/* A task of the framework cannot write: it fails a second later, unless it does not run there, or
 * is being killed. */
void hf_world_task_fails(HfWorld *world, uint32_t framework, uint32_t host, uint64_t task);

/* A record of what becomes of a service; type HF_RECORD_SERVICE_DECLARED to HF_RECORD_DATA_LOST.
 * host: HF_ROW_NONE where the type has none. */
void hf_world_note_data(HfWorld *world, uint32_t framework, HfRecordType type, uint64_t id,
                        uint32_t host, int64_t value);

/*
 * A record of a deployment; type HF_RECORD_DEPLOYMENT_STARTED to REFUSED. `app`: what the group is
 * called in deployments.csv; NULL but for STARTED and REFUSED.
 */
void hf_world_note_deployment(HfWorld *world, uint32_t framework, HfRecordType type, uint64_t group,
                              int64_t value, const char *app);

#endif
