/*
 * Fitting tasks into offers: what every framework model needs. A demand is what one task wants:
 * scalars by kind and a number of ports; it is cut out of an offer, taking what is reserved to the
 * framework's role first, as Mesos frameworks do with Resources::find.
 */
#ifndef HF_MODELS_FRAMEWORKS_PLACEMENT_H
#define HF_MODELS_FRAMEWORKS_PLACEMENT_H

#include "resource/parcel.h"
#include "resource/resources.h"

#define HF_DEMAND_KINDS 8

/* In place; zeroed is empty. */
typedef struct HfDemand {
    uint32_t count;
    HfKindId kind[HF_DEMAND_KINDS];
    int64_t milli[HF_DEMAND_KINDS]; /* > 0 */
    uint32_t ports;
} HfDemand;

/* Add a scalar; amounts of one kind are summed, 0 is ignored. FALSE when there are too many kinds.
 */
gboolean hf_demand_add(HfDemand *demand, HfKindId kind, int64_t milli);

/* From resources text (scalars only). Errors: HF_RESOURCE_ERROR, or one that names what a demand
 * cannot hold. */
gboolean hf_demand_parse(HfCatalog *catalog, const char *text, HfDemand *demand_out,
                         GError **error);

/* The demand as unreserved resources; ports are left out. `out` is replaced. */
void hf_demand_resources(HfCatalog *catalog, const HfDemand *demand, HfResources *out);

/* How many tasks of this demand fit into the pool, at most `limit`. O(entries x kinds). */
uint32_t hf_demand_fits(const HfCatalog *catalog, const HfDemand *demand, const HfResources *pool,
                        uint32_t limit);

/*
 * Cut one task's resources out of the pool: reserved entries first, then unreserved; the lowest
 * free ports. Precondition: hf_demand_fits() >= 1. `out` is replaced.
 */
void hf_demand_cut(HfCatalog *catalog, const HfDemand *demand, HfResources *pool, HfResources *out);

/*
 * The same, as a reference to a parcel. `*last` is what the caller's last cut gave: NULL at first,
 * and to be dropped in the end. Where this one gives the same, as it does for equal tasks on agents
 * without reservations, that is shared and not made again.
 */
HfParcel *hf_demand_take(HfCatalog *catalog, const HfDemand *demand, HfResources *pool,
                         HfParcel **last);

/*
 * What cuts of one demand gave, remembered by the parcel that was cut: the offers of agents that
 * are alike share a parcel, and so their tasks cost a look here. Zeroed at first.
 */
#define HF_CUTS 128
typedef struct HfCut {
    HfParcel *pool; /* owned; NULL = vacant */
    HfParcel *task; /* what one task takes of it, owned; NULL = it does not fit */
    HfParcel *rest; /* what is left then, owned; NULL = nothing */
} HfCut;
typedef struct HfCuts {
    HfCut at[HF_CUTS]; /* by the number of the pool */
    HfParcel *last;    /* as of hf_demand_take() */
} HfCuts;

/* Borrowed until the next call. `demand` is the same in all calls, and wants no ports: these differ
 * from agent to agent. Cost: O(1) for a pool that was asked for lately, else that of the cut. */
const HfCut *hf_cuts_find(HfCuts *cuts, HfCatalog *catalog, const HfDemand *demand, HfParcel *pool);
void hf_cuts_clear(HfCuts *cuts, HfCatalog *catalog);

#endif
