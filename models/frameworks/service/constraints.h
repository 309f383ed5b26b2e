/*
 * Where the instances of an app may run, as Marathon's constraints say: an operator on a field of
 * the host (its name, its region or zone, or an attribute), counted over the instances that are
 * placed.
 *
 * Source: Marathon, mesos/Constraints.scala and api/v2/validation/SchedulingValidation.scala of
 * 1.11; GROUP_BY without a value as documented and done until 1.8 or so (the newest divides by
 * zero there).
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_CONSTRAINTS_H
#define HF_MODELS_FRAMEWORKS_SERVICE_CONSTRAINTS_H

#include <glib.h>

#include "base/map64.h"
#include "base/vec.h"
#include "world/faults.h"

typedef enum HfConstraintOp {
    HF_CONSTRAINT_UNIQUE,   /* no two on one value */
    HF_CONSTRAINT_CLUSTER,  /* all on one value: the one given, or the first one's */
    HF_CONSTRAINT_GROUP_BY, /* evenly over values; given: over at least so many */
    HF_CONSTRAINT_LIKE,     /* the value matches a regular expression */
    HF_CONSTRAINT_UNLIKE,   /* it does not, or there is none */
    HF_CONSTRAINT_MAX_PER,  /* at most so many on one value */
    HF_CONSTRAINT_IS,       /* the value, exactly */
    HF_CONSTRAINT_OPS
} HfConstraintOp;

/* "UNIQUE" and so on; never NULL. */
const char *hf_constraint_op_name(HfConstraintOp op);

/*
 * Why Marathon would refuse this constraint; NULL when it would not (then *op_out is set). Newly
 * allocated; `value` NULL = none. *part_out: 0 the field, 1 the operator, 2 the value.
 */
char *hf_constraints__refusal(const char *field, const char *op, const char *value,
                              HfConstraintOp *op_out, int *part_out);

/* The constraints of one kind; zeroed has none and allows every host. */
typedef struct HfConstraints {
    struct HfConstraintRow *at;
    uint32_t count;
} HfConstraints;

/* One more; what hf_constraints__refusal() refuses is a bug here. */
void hf_constraints__add(HfConstraints *constraints, HfCatalog *catalog, const char *field,
                         HfConstraintOp op, const char *value);
void hf_constraints__clear(HfConstraints *constraints);

/*
 * May one more instance run on that host? `wanted`: how many there are to be.
 * Cost: O(constraints), or with GROUP_BY O(values in use); an expression is tried once for each
 * value.
 */
gboolean hf_constraints__allow(HfConstraints *constraints, const HfWorld *world, uint32_t host,
                               uint32_t wanted);

/* What it says of how many instances a value of its field may have: 0 = any number. */
uint32_t hf_constraints__most(const HfConstraints *constraints, uint32_t i);
/* The host's value in the field of the i-th constraint; 0 = it has none. */
HfTextId hf_constraints__value(const HfConstraints *constraints, uint32_t i, const HfWorld *world,
                               uint32_t host);
/* The i-th constraint as it was written, "hostname UNIQUE"; newly allocated. */
char *hf_constraints__print(const HfConstraints *constraints, uint32_t i);

/* An instance is placed on that host, or is no more. */
void hf_constraints__count(HfConstraints *constraints, const HfWorld *world, uint32_t host, int by);

/* How many stand where this one stands, by the first GROUP_BY; 0 without one. For kills that keep
 * groups even. */
uint32_t hf_constraints__group_size(const HfConstraints *constraints, const HfWorld *world,
                                    uint32_t host);

#endif
