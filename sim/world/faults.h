/*
 * What failure models may do to the world, and see of it. Hosts are rows 0 .. hf_world_hosts()-1,
 * in the order of the scenario's agents.
 */
#ifndef HF_WORLD_FAULTS_H
#define HF_WORLD_FAULTS_H

#include "world/model.h"

uint32_t hf_world_hosts(const HfWorld *world);
const char *hf_world_host_name(const HfWorld *world, uint32_t host);
const char *hf_world_host_group(const HfWorld *world,
                                uint32_t host); /* name of its entry under agents */
const HfAttributes *hf_world_host_attributes(const HfWorld *world, uint32_t host);
gboolean hf_world_host_is_up(const HfWorld *world, uint32_t host);
HfTime hf_world_now(const HfWorld *world);
HfCatalog *hf_world_catalog(const HfWorld *world);

/*
 * The host goes down with all that runs on it. visible: its connections break at once, as when a
 * process dies or a host is shut down in order; FALSE: it falls silent, as when power or network
 * goes, and only pings find out. A host that is down already stays down: nothing happens, FALSE.
 */
gboolean hf_world_host_crash(HfWorld *world, uint32_t host, gboolean visible);

/* The host comes back: its agent registers again with the same agent id. FALSE when it is up. */
gboolean hf_world_host_return(HfWorld *world, uint32_t host);

/* Call the model's timer(kind, arg) after `delay`. `fault` is env->entity. */
void hf_world_fault_after(HfWorld *world, uint32_t fault, HfTime delay, uint32_t kind,
                          uint64_t arg);

#endif
