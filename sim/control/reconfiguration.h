/*
 * May an agent go on under its id with other flags than it had? What --reconfiguration_policy
 * decides when an agent starts.
 * Source: Mesos 1.11 src/slave/compatibility.cpp; MESOS.md 4.3. The parts of it about host name,
 * port and domain have no counterpart here: a host's are fixed.
 */
#ifndef HF_CONTROL_RECONFIGURATION_H
#define HF_CONTROL_RECONFIGURATION_H

#include "resource/attributes.h"
#include "resource/resources.h"

typedef enum HfReconfigurationPolicy {
    HF_RECONFIGURATION_EQUAL,   /* nothing may change (Mesos's default) */
    HF_RECONFIGURATION_ADDITIVE /* resources may grow or be added, attributes be added */
} HfReconfigurationPolicy;

/* The --resources and --attributes of one agent; borrowed. */
typedef struct HfAgentFlags {
    const HfResources *resources;
    const HfAttributes *attributes; /* NULL = none */
} HfAgentFlags;

/* NULL when `now` may follow `before`; else what is wrong, a newly allocated sentence. */
char *hf_reconfiguration_mismatch(HfCatalog *catalog, HfReconfigurationPolicy policy,
                                  const HfAgentFlags *before, const HfAgentFlags *now);

#endif
