/*
 * Quirks: where the code of Mesos does something else than its documents say (marked [Q] in the
 * reading of its source). Here is the one list of them. The documented intent is the default; a
 * bit of HfCatalog.quirks asks for what the code does. The resource layer and the allocator both
 * read that word, so a run has one setting: `master.quirks` of a scenario, `quirks` of a script's
 * `init`. What recordings of the real allocator are compared with runs under HF_QUIRKS_MESOS.
 */
#ifndef HF_RESOURCE_QUIRKS_H
#define HF_RESOURCE_QUIRKS_H

#include <stdint.h>

enum {
    HF_QUIRK_CONTAINS = 1 << 0,        /* contains(collection) uses up persistent volumes alone */
    HF_QUIRK_QUANTITIES = 1 << 1,      /* contains(quantities) adds plain doubles */
    HF_QUIRK_RANGE_OVERLAP = 1 << 2,   /* overlap of ranges is looked for in one direction */
    HF_QUIRK_WEIGHT_CACHE = 1 << 3,    /* the new weight of a role that is no client goes unseen */
    HF_QUIRK_SHARED_AGAIN = 1 << 4,    /* a shared volume is offered again within one run */
    HF_QUIRK_COLLAPSE_COUNT = 1 << 5,  /* a role left alone inherits its sub-roles' count */
    HF_QUIRK_REVIVE_INACTIVE = 1 << 6, /* who is not active is offered something once revived */
    HF_QUIRKS_MESOS = (1 << 7) - 1
};

typedef struct HfQuirkInfo {
    const char *name;       /* NULL ends the table */
    uint32_t bit;           /* 0: not reproduced in either setting; `strict` says why */
    const char *documented; /* what happens by default */
    const char *strict;     /* what the code of Mesos does, or why that is not reproduced */
    const char *source;     /* Mesos file, ticket */
} HfQuirkInfo;

extern const HfQuirkInfo hf_quirks[];

#endif
