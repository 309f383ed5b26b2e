/*
 * Offer constraints: which agents a framework wants to see under a role, by their attributes.
 * For each role an OR over groups of AND over single constraints; a role without constraints sees
 * every agent.
 * Source: Mesos 1.11 offer_constraints_filter.cpp, MESOS.md 3.4. Regular expressions are those of
 * GLib (PCRE) matched against the whole text, as far as RE2 has them too; RE2's bound on the size
 * of its program is taken on an estimate of it.
 */
#ifndef HF_ALLOCATOR_CONSTRAINTS_H
#define HF_ALLOCATOR_CONSTRAINTS_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "resource/attributes.h"

typedef struct HfOfferConstraints HfOfferConstraints;

#define HF_CONSTRAINT_REGEX_MAX   4096 /* bytes */
#define HF_CONSTRAINT_PROGRAM_MAX 100  /* RE2 instructions (Mesos's default) */
#define HF_CONSTRAINTS_ERROR      (g_quark_from_static_string("hf-constraints-error"))

/*
 * From the JSON of Mesos's OfferConstraints: {"role_constraints": {ROLE: {"groups":
 * [{"attribute_constraints": [{"selector": {"attribute_name": NAME} | {"pseudoattribute_type":
 * "HOSTNAME" | "REGION" | "ZONE"}, "predicate": {"exists": {}} | {"not_exists": {}} |
 * {"text_equals": {"value": TEXT}} | {"text_not_equals": ..} | {"text_matches": {"regex": TEXT}} |
 * {"text_not_matches": ..}}]}]}}}. No role_constraints: every agent passes. The result has one
 * reference.
 * Errors: NULL and HF_CONSTRAINTS_ERROR, naming the role; empty groups are refused.
 */
HfOfferConstraints *hf_offer_constraints_from_json(HfCatalog *catalog, JsonNode *node,
                                                   GError **error);
HfOfferConstraints *hf_offer_constraints_ref(HfOfferConstraints *constraints);
void hf_offer_constraints_unref(HfOfferConstraints *constraints); /* NULL allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfOfferConstraints, hf_offer_constraints_unref)

/* Are all of them for one of these roles? */
gboolean hf_offer_constraints_are_of(const HfOfferConstraints *constraints, const HfRoleId *roles,
                                     uint32_t role_count);

/* What of an agent the constraints look at. */
typedef struct HfConstraintSubject {
    const HfAttributes *attributes;
    const char *hostname, *region, *zone; /* region and zone: NULL = none */
} HfConstraintSubject;

/* Does the role have constraints that no group of satisfies? Cost: O(constraints), no allocation
 * but inside regular expressions. */
gboolean hf_offer_constraints_exclude(const HfOfferConstraints *constraints,
                                      const HfCatalog *catalog, HfRoleId role,
                                      const HfConstraintSubject *agent);

#endif
