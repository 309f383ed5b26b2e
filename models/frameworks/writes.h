/*
 * What tasks write into their sandboxes: two keys that framework models share, and the draw for one
 * task. The draws are from a stream of their own, so that the keys change no other draw.
 */
#ifndef HF_MODELS_FRAMEWORKS_WRITES_H
#define HF_MODELS_FRAMEWORKS_WRITES_H

#include "base/law.h"
#include "control/message.h"
#include "scenario/keys.h"

typedef struct HfWrites {
    HfLaw at_once, each_second; /* MB; kind NULL = nothing */
} HfWrites;

/* The rows of a key table whose struct has an HfWrites member `writes`; AT_ is a macro that makes
 * `.offset = ...` of a member. */
#define HF_WRITES_KEYS(AT_)                                                                        \
    {.name = "sandbox",                                                                            \
     .type = HF_KEY_LAW,                                                                           \
     .unit = HF_UNIT_MEMORY,                                                                       \
     AT_(writes.at_once),                                                                          \
     .help = "What a task puts into its sandbox when it starts, in MB; absent = nothing."},        \
    {                                                                                              \
        .name = "sandbox_growth", .type = HF_KEY_LAW, .unit = HF_UNIT_MEMORY,                      \
        AT_(writes.each_second),                                                                   \
        .help = "How much it writes there each second while it runs, in MB; absent = nothing."     \
    }

/* Fill info's sandbox_mib and write_kib; `entity` is of the framework, info->id is set. */
void hf_writes_draw(const HfWrites *writes, uint64_t seed, uint64_t entity, HfTaskInfo *info);

#endif
