/*
 * A random history of calls, played to the trio. Its steps are numbers that are read against the
 * world as it then is, so that any part of a history is a history: that is how one that fails is
 * shrunk.
 */
#ifndef HF_TESTS_REFERENCE_HISTORY_H
#define HF_TESTS_REFERENCE_HISTORY_H

#include "reference/trio.h"

#define HF_HISTORY_STEPS 250

typedef struct HfStep {
    uint32_t kind;
    uint32_t a, b, c; /* what they mean depends on the kind, modulo what there is */
} HfStep;

typedef struct HfHistory {
    uint64_t seed; /* decides the settings: policy, order, quirks, minimum */
    HfCanary canary;
    HfStep steps[HF_HISTORY_STEPS];
    uint32_t count;
    char *trouble; /* NULL = none */
    char *script;  /* after hf_history_shrink: what was played, for `holdfast replay` */
} HfHistory;

HfHistory *hf_history_new(uint64_t seed, HfCanary canary);
void hf_history_free(HfHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfHistory, hf_history_free)

/* Play it from the start up to the step that fails, after which `count` steps are left. Returns
 * the number of offers made. */
uint64_t hf_history_play(HfHistory *history);

/* Leave steps out of a history that fails for as long as it still does, and write its script. */
void hf_history_shrink(HfHistory *history);

#endif
