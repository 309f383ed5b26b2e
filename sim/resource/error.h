/*
 * Everything that can be wrong with a resource, a role, a quantity, an attribute or an operation,
 * one code per rule. The message of the GError names the entry and what is wrong with it.
 * Source: MESOS.md 1.1, 1.4, 1.5, 2.1.
 */
#ifndef HF_RESOURCE_ERROR_H
#define HF_RESOURCE_ERROR_H

#include <glib.h>

typedef enum HfResourceErrorCode {
    /* The text itself. */
    HF_RESOURCE_ERROR_SYNTAX =
        1,                      /* missing ':', unbalanced brackets, junk after a part, bad JSON */
    HF_RESOURCE_ERROR_TOO_LONG, /* text, nesting or number of entries beyond the parser's limits */
    HF_RESOURCE_ERROR_ENCODING, /* not UTF-8, or a control character in a name */
    HF_RESOURCE_ERROR_FIELD,    /* a JSON member that is missing, of the wrong type or unknown */
    /* Values. */
    HF_RESOURCE_ERROR_NAME,       /* empty resource name */
    HF_RESOURCE_ERROR_TYPE,       /* TEXT value, unknown type, or value and type disagree */
    HF_RESOURCE_ERROR_TYPE_CLASH, /* one name with two types in one list */
    HF_RESOURCE_ERROR_NEGATIVE,   /* amount below zero */
    HF_RESOURCE_ERROR_TOO_SMALL,  /* not zero, but zero when rounded to 1/1000 */
    HF_RESOURCE_ERROR_TOO_LARGE,  /* beyond HF_MILLI_MAX, 65535 copies, or the catalog's room */
    HF_RESOURCE_ERROR_NUMBER,     /* not a number where one is needed; nan, infinite, subnormal */
    HF_RESOURCE_ERROR_RANGE,      /* begin > end, odd number of bounds, overlapping ranges */
    HF_RESOURCE_ERROR_SET,        /* the same item twice */
    HF_RESOURCE_ERROR_DUPLICATE,  /* one name twice where that is not a sum (limits) */
    HF_RESOURCE_ERROR_GPUS,       /* GPUs that are not whole */
    /* Roles and reservations. */
    HF_RESOURCE_ERROR_ROLE,             /* invalid role name */
    HF_RESOURCE_ERROR_RESERVED_TO_STAR, /* reservation to `*` */
    HF_RESOURCE_ERROR_STATIC_ABOVE,     /* a STATIC reservation above the bottom of the stack */
    HF_RESOURCE_ERROR_NOT_SUBROLE,      /* refined to a role not strictly below the previous one */
    HF_RESOURCE_ERROR_OLD_FORM,    /* `role`/`reservation` contradict each other or the stack */
    HF_RESOURCE_ERROR_REFINED,     /* a refined stack where only one level can be said */
    HF_RESOURCE_ERROR_DYNAMIC,     /* dynamic reservation where none may be */
    HF_RESOURCE_ERROR_NOT_DYNAMIC, /* RESERVE/UNRESERVE of what is not dynamically reserved */
    HF_RESOURCE_ERROR_DYNAMIC_REVOCABLE, /* dynamically reserved and revocable */
    HF_RESOURCE_ERROR_REVOCABLE,         /* revocable where none may be */
    HF_RESOURCE_ERROR_REVOCABLE_MIX,     /* revocable and other resources of one name together */
    HF_RESOURCE_ERROR_ALLOCATION,        /* allocation role present where forbidden, absent where
                                            needed, or more than one */
    HF_RESOURCE_ERROR_PROVIDER, /* resources of more than one provider, or of none at all */
    /* Disks and volumes. */
    HF_RESOURCE_ERROR_DISK_KIND,         /* DiskInfo on something that is not `disk` */
    HF_RESOURCE_ERROR_DISK_SOURCE,       /* unknown source, or a root on BLOCK or RAW */
    HF_RESOURCE_ERROR_DISK_EMPTY,        /* DiskInfo with neither persistence nor source */
    HF_RESOURCE_ERROR_SHARED,            /* shared, but not a persistent volume on `disk` */
    HF_RESOURCE_ERROR_PERSISTENT,        /* persistent volume where none may be */
    HF_RESOURCE_ERROR_NOT_PERSISTENT,    /* a persistent volume is needed */
    HF_RESOURCE_ERROR_VOLUME_MISSING,    /* persistence without volume */
    HF_RESOURCE_ERROR_VOLUME_ALONE,      /* volume without persistence */
    HF_RESOURCE_ERROR_VOLUME_HOST_PATH,  /* persistent volume with a host path */
    HF_RESOURCE_ERROR_VOLUME_READ_ONLY,  /* CREATE of a read-only volume */
    HF_RESOURCE_ERROR_VOLUME_UNRESERVED, /* persistent volume on unreserved disk */
    HF_RESOURCE_ERROR_VOLUME_REVOCABLE,  /* persistent volume on revocable disk */
    HF_RESOURCE_ERROR_PERSISTENCE_ID, /* empty, too long, `.`/`..`, or with forbidden characters */
    HF_RESOURCE_ERROR_PERSISTENCE_TWICE, /* the same id twice for one role */
    /* Operations. */
    HF_RESOURCE_ERROR_OPERATION, /* unknown type, or a part of it missing */
    HF_RESOURCE_ERROR_EMPTY,     /* an operation on no resources */
    HF_RESOURCE_ERROR_GROW,      /* the addition does not merge with the volume's disk */
    HF_RESOURCE_ERROR_SHRINK,    /* subtract <= 0, or not less than the volume, or a MOUNT disk */
    HF_RESOURCE_ERROR_NOT_CONTAINED, /* apply: what is to be consumed is not there */
    HF_RESOURCE_ERROR_STILL_THERE,   /* apply: copies of a destroyed shared volume remain */
    HF_RESOURCE_ERROR_SOURCE,        /* RESERVE from a source that differs in more than its stack */
    /* What only a master can tell. */
    HF_RESOURCE_ERROR_PRINCIPAL,     /* the caller's principal is not the one in the resource */
    HF_RESOURCE_ERROR_NOT_OWN_ROLE,  /* a framework reserves for a role that is not the offer's, or
                                        not one of its own */
    HF_RESOURCE_ERROR_CAPABILITY,    /* the agent or the framework does not support it */
    HF_RESOURCE_ERROR_UNAUTHORIZED,  /* an ACL forbids it */
    HF_RESOURCE_ERROR_NOT_FOUND,     /* DESTROY of a volume that is not there */
    HF_RESOURCE_ERROR_IN_USE,        /* DESTROY of a volume that a task uses */
    HF_RESOURCE_ERROR_INVALID_OFFER, /* the offers of the ACCEPT are not valid together */
    HF_RESOURCE_ERROR_UNSUPPORTED,   /* not in this era, or not by this path */
    /* Disks of resource providers. */
    HF_RESOURCE_ERROR_NO_PROVIDER,     /* CREATE_DISK, DESTROY_DISK of what no provider manages */
    HF_RESOURCE_ERROR_NOT_RAW,         /* CREATE_DISK of a disk that is not RAW */
    HF_RESOURCE_ERROR_TARGET_TYPE,     /* CREATE_DISK of neither MOUNT nor BLOCK */
    HF_RESOURCE_ERROR_PROFILE_TWICE,   /* a target profile for a disk that has a profile */
    HF_RESOURCE_ERROR_PROFILE_MISSING, /* no target profile for a disk that has none */
    HF_RESOURCE_ERROR_NOT_A_DISK,      /* DESTROY_DISK of neither MOUNT nor BLOCK nor RAW */
    HF_RESOURCE_ERROR_NOT_BACKED,      /* DESTROY_DISK of a disk without id */
    HF_RESOURCE_ERROR_PROFILE_UNKNOWN, /* the provider does not know the profile */
    HF_RESOURCE_ERROR_PROFILE_OTHER,   /* the profile is for the other of MOUNT and BLOCK */
    HF_RESOURCE_ERROR_NOT_DONE, /* sent to the agent, which did not get it or could not do it */
    HF_RESOURCE_ERROR_CODES
} HfResourceErrorCode;

/* "NOT_CONTAINED" and so on; never NULL. 0 is "NONE". */
const char *hf_resource_error_name(HfResourceErrorCode code);

#define HF_RESOURCE_ERROR (g_quark_from_static_string("hf-resource-error"))

#endif
