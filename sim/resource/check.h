/*
 * The rules that resources must keep. Parsers apply those of one resource (hf_resource_check) to
 * everything they read; the others belong to operations and are asked for one by one.
 * Source: MESOS.md 1.5.
 */
#ifndef HF_RESOURCE_CHECK_H
#define HF_RESOURCE_CHECK_H

#include <glib.h>

#include "resource/error.h"
#include "resource/resources.h"

/* Set an error of this code whose message is "entry: what"; always FALSE. */
gboolean hf_resource_refuse(const HfCatalog *catalog, const HfResource *entry,
                            HfResourceErrorCode code, const char *what, GError **error);

/*
 * Is one resource well formed: reservation stack, DiskInfo, shared, value?
 * Errors: FALSE and a GError that prints the entry.
 */
gboolean hf_resource_check(const HfCatalog *catalog, const HfResource *entry, GError **error);

/* The rules of a reservation stack alone. */
gboolean hf_stack_check(const HfCatalog *catalog, HfStackId stack, GError **error);

/* NULL if `id` may be a persistence id, else why not (static text). */
const char *hf_persistence_id_invalid(const char *id);

typedef enum HfRule {
    HF_RULE_GPUS_WHOLE = 1 << 0,
    HF_RULE_DISK_INFO = 1 << 1,          /* what volumes and DiskInfo must and must not have */
    HF_RULE_DYNAMIC_REVOCABLE = 1 << 2,  /* never both */
    HF_RULE_UNIQUE_PERSISTENCE = 1 << 3, /* one id once per reservation role */
    HF_RULE_REVOCABLE_MIX = 1 << 4,      /* one name is revocable or not, not both */
    HF_RULE_ONE_PROVIDER = 1 << 5,       /* all of one provider or all of none */
    HF_RULE_ONE_ALLOCATION = 1 << 6,     /* all allocated, to one role */
    HF_RULE_NO_ALLOCATION = 1 << 7,
    HF_RULE_ALL_DYNAMIC = 1 << 8,    /* every entry dynamically reserved */
    HF_RULE_ALL_PERSISTENT = 1 << 9, /* every entry a persistent volume */
    HF_RULE_NO_PERSISTENT = 1 << 10,
    HF_RULE_NO_REVOCABLE = 1 << 11,
    HF_RULE_NO_DYNAMIC = 1 << 12,
    HF_RULE_ONE_TYPE = 1 << 13,      /* no name with two types */
    HF_RULE_NOT_READ_ONLY = 1 << 14, /* no read-only volume */
    HF_RULE_NOT_EMPTY = 1 << 15      /* at least one entry; asked before all others */
} HfRule;

/* Extra checks that every operation makes (Mesos: resource::validate). */
#define HF_RULES_OPERATION (HF_RULE_GPUS_WHOLE | HF_RULE_DISK_INFO | HF_RULE_DYNAMIC_REVOCABLE)
/* What an agent's own `--resources` may not hold. */
#define HF_RULES_AGENT                                                                             \
    (HF_RULE_NO_PERSISTENT | HF_RULE_NO_REVOCABLE | HF_RULE_NO_DYNAMIC | HF_RULE_ONE_TYPE)

/* Do all entries keep the rules asked for? Checked in the order of the list above; the first broken
 * one is reported. */
gboolean hf_resources_check(const HfCatalog *catalog, const HfResources *resources, unsigned rules,
                            GError **error);

#endif
