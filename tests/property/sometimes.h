/*
 * Situations that random scenarios must get into now and then, else they are blind to what may go
 * wrong there (RELIABILITY.md B.3, sometimes-assertions; those that can be here). Counted from the
 * trace.
 *
 * Not counted, for nothing here gets there: snapshots, ports that must lie side by side, sandbox
 * collection under pressure, MOUNT disks (no model asks for one).
 */
#ifndef HF_TESTS_PROPERTY_SOMETIMES_H
#define HF_TESTS_PROPERTY_SOMETIMES_H

#include "base/map64.h"
#include "base/vec.h"
#include "world/world_internal.h"

typedef enum Situation {
    SOMETIMES_ACCEPT_TOO_LATE,
    SOMETIMES_VOLUME_OFFERED_AGENT_LOST,
    SOMETIMES_RESERVED_NOT_CREATED,
    SOMETIMES_EXPIRED_WITH_VOLUMES,
    SOMETIMES_NEW_ID_WITH_VOLUMES,
    SOMETIMES_TIE_BROKEN_BY_NAME,
    SOMETIMES_FILTER_ENDS_AS_REVIVED,
    SOMETIMES_QUOTA_STARVED_THEN_SERVED,
    SOMETIMES_TWO_HOSTS_OF_ONE_SERVICE,
    SOMETIMES_DIED_WHILE_WRITING,
    SOMETIMES_RELAUNCHED_ON_VOLUME,
    SOMETIMES_AGENT_BACK_FROM_UNREACHABLE,
    SITUATIONS
} Situation;

typedef struct SometimesAgent {
    uint32_t volumes; /* that the master takes it to have */
    HfTime rescinded; /* an offer with a volume, last; 0 = never */
    gboolean is_unreachable;
} SometimesAgent;

typedef struct SometimesFramework {
    uint32_t volumes; /* created, less destroyed */
    HfTime wanting;   /* since when it waits for an offer; HF_TIME_NEVER = it does not */
    HfTime ends[32];  /* of its last filters */
    uint32_t end;
    uint64_t lost_on; /* hosts, as bits, that went down with a task of its */
    gboolean has_volume_task;
} SometimesFramework;

typedef struct Sometimes {
    uint64_t count[SITUATIONS];
    const HfWorld *world; /* of the run at hand */
    HF_VEC(SometimesAgent) agents;
    HF_VEC(SometimesFramework) frameworks;
    uint32_t subscribed;
    uint64_t down; /* hosts, as bits (a swarm has few) */
    gboolean was_offered;
} Sometimes;

/* Another run: it is listened to from now on. */
void sometimes_begin(Sometimes *sometimes, HfWorld *world);
/* How many situations never came; all are printed. */
uint32_t sometimes_never(const Sometimes *sometimes);
void sometimes_clear(Sometimes *sometimes);

#endif
