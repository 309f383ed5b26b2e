/*
 * What can never run, whatever else happens in the cluster, is told before the run begins.
 */
#ifndef HF_MODELS_FRAMEWORKS_POSSIBLE_H
#define HF_MODELS_FRAMEWORKS_POSSIBLE_H

#include "models/frameworks/placement.h"
#include "world/model.h"

/* Do these resources hold one of what is asked for? */
typedef gboolean (*HfPossibleFits)(const void *data, const HfResources *resources);

/* Of what this host has when it is empty: may the framework use as much under one of its roles? */
gboolean hf_possible_on(const HfModelEnv *env, HfPossibleFits fits, const void *data,
                        uint32_t host);

/*
 * Why no host could ever run a task of this demand, or NULL; newly allocated. Nothing is said where
 * hosts may change (hf_world_hosts_may_change). Cost: O(hosts).
 */
char *hf_possible_refusal(const HfModelEnv *env, const HfDemand *demand);

/* The same of other things than a demand: `what` is it that asks for `text`. */
char *hf_possible_refusal_of(const HfModelEnv *env, HfPossibleFits fits, const void *data,
                             const char *what, const char *text);

#endif
