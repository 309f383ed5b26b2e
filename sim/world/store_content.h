/*
 * What lies where in a store: which of its servers have a replica of what, and what becomes of that
 * when one of them is lost with its disks.
 *
 * A store's content is spread over placement groups, of which each share has its part; a group has
 * its replicas on as many servers, drawn when it comes to be. A replica that is lost is made anew
 * on another server, one after the other, those first of which the fewest are left; when the last
 * one of a group is lost, so is what every share had in it. Where servers are heads of the same
 * disks, the content goes with the last of them alone.
 *
 * A server that is down for too long is out: what it has is made anew elsewhere, as if it were
 * lost, and what it has when it is back and nobody needs any more is removed there.
 *
 * A state machine without events: its host (stores.c) asks what to make next, and says when it is
 * made. Nothing is kept of a store until a server of it goes down.
 *
 * Source: Ceph (placement groups, size, mon_osd_down_out_interval), HDFS (blocks of which many make
 * a group here, dfs.namenode.heartbeat.recheck-interval; replicas in excess are deleted).
 */
#ifndef HF_WORLD_STORE_CONTENT_H
#define HF_WORLD_STORE_CONTENT_H

#include "base/random.h"
#include "scenario/storage.h"

typedef struct HfStoreContent HfStoreContent;

HfStoreContent *hf_store_content_new(const HfStoreRules *rules, const HfStream *stream);
void hf_store_content_free(HfStoreContent *content); /* NULL allowed */

/*
 * A server is lost, with everything (part = 1: then it has nothing until it is replaced), or a disk
 * of it, with `part` of what it has. What is missing may be made anew from `due` on.
 * Returns how many groups are lost: they begin anew, empty, on servers that are there; one that
 * began anew at this instant had nothing to lose.
 */
uint32_t hf_store_content_lose(HfStoreContent *content, uint32_t server, double part, HfTime now,
                               HfTime due);
/* Another server, with nothing on it, takes its place. */
void hf_store_content_replace(HfStoreContent *content, uint32_t server);

/*
 * A server is down with what is on it, which may be made anew elsewhere from `due` on; or is there
 * again: as often as it was stopped. Nothing comes of that where heads see the same disks.
 * start: returns how many replicas it has that were made anew meanwhile, and are removed.
 */
void hf_store_content_stop(HfStoreContent *content, uint32_t server, HfTime due);
uint32_t hf_store_content_start(HfStoreContent *content, uint32_t server);

gboolean hf_store_content_is_lost(const HfStoreContent *content, uint32_t server);
uint32_t hf_store_content_groups(const HfStoreContent *content);
/*
 * Replicas that are not there, of groups of which one is at least: what no server has is lost, or
 * away with those that are down, and not degraded. Of groups x replicas.
 * Cost: O(groups x replicas).
 */
uint32_t hf_store_content_missing(const HfStoreContent *content);

/* Begin to make a replica anew: FALSE when there is none that is due, or nowhere to make it. One at
 * a time. */
gboolean hf_store_content_begin(HfStoreContent *content, HfTime now);
/* It is made. FALSE: in vain, as its source or target was lost meanwhile. */
gboolean hf_store_content_made(HfStoreContent *content);

#endif
