/*
 * Laws of failures as published: `preset: lanl-18` of a failure model instead of laws of one's own.
 * Each is a row of one table with its source; a law that the scenario writes beside it wins.
 */
#ifndef HF_MODELS_FAILURES_PRESETS_H
#define HF_MODELS_FAILURES_PRESETS_H

#include "base/law.h"
#include "scenario/keys.h"

/* For HF_KEY_ENUM: the value is what hf_failure_preset_* take; 0 = none. */
extern const HfKeyWord hf_node_presets[];  /* time up and time down of one node */
extern const HfKeyWord hf_burst_presets[]; /* time between failures of a rack or such, time down,
                                              part of its nodes */

typedef struct HfFailurePreset {
    HfLaw mtbf, down; /* seconds, ready to draw; nothing to clear */
    double members;   /* of a burst: part of the nodes that go down */
} HfFailurePreset;

/* `preset`: a value of either list but 0. */
HfFailurePreset hf_failure_preset(int preset);

#endif
