/*
 * Which agents a task of a trace may run on: those with one attribute that has one of several
 * values, written "gpu_model:V100|P100".
 */
#ifndef HF_MODELS_FRAMEWORKS_CONSTRAINT_H
#define HF_MODELS_FRAMEWORKS_CONSTRAINT_H

#include "base/vec.h"
#include "resource/attributes.h"

/* In place; zeroed allows every agent. The values are in the list it was parsed into. */
typedef struct HfConstraint {
    HfTextId attribute; /* HF_TEXT_NONE = any agent */
    uint32_t first, count;
} HfConstraint;

typedef HF_VEC(HfTextId) HfConstraintValues;

/* NULL gives the constraint that allows every agent. Its values are appended to *values. */
HfConstraint hf_constraint_parse(HfCatalog *catalog, const char *text, HfConstraintValues *values);

/* O(values). An attribute that is not a text is none of them. */
gboolean hf_constraint_allows(const HfConstraint *constraint, const HfConstraintValues *values,
                              const HfAttributes *attributes);

#endif
