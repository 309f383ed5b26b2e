/*
 * The names of one run, each once: resource kinds, roles, texts, and the metadata of resources
 * (reservation stack, disk, flags, allocation role). Everything above compares small numbers; the
 * strings are met only when parsing and printing. One catalog lives as long as everything that
 * carries its ids. Ids are given in order of first appearance, so they repeat from run to run.
 *
 * Where the code of Mesos does something else than its documents say, HfCatalog.quirks decides:
 * see quirks.h.
 */
#ifndef HF_RESOURCE_CATALOG_H
#define HF_RESOURCE_CATALOG_H

#include <glib.h>
#include <stdint.h>

#include "base/assert.h"
#include "resource/quirks.h"

/* A kind is a resource name with its type. The first five are the same in every run. */
typedef uint16_t HfKindId;
enum { HF_KIND_CPUS, HF_KIND_MEM, HF_KIND_DISK, HF_KIND_GPUS, HF_KIND_PORTS, HF_KIND_FIXED };
#define HF_KIND_NONE UINT16_MAX

typedef enum HfType { HF_TYPE_SCALAR, HF_TYPE_RANGES, HF_TYPE_SET } HfType;

/* A role; its ancestors are in the catalog as well. `*` is 0 and has no relatives. */
typedef uint32_t HfRoleId;
#define HF_ROLE_STAR ((HfRoleId)0)
#define HF_ROLE_NONE UINT32_MAX

/* An interned string; 0 = absent. The empty string is a text like any other. */
typedef uint32_t HfTextId;
#define HF_TEXT_NONE ((HfTextId)0)

/* Interned label list, reservation stack, DiskInfo; 0 = absent. */
typedef uint32_t HfLabelsId;
typedef uint32_t HfStackId;
typedef uint32_t HfDiskId;

/* What a resource is besides its kind and amount; 0 = unreserved, not allocated, plain. */
typedef uint32_t HfMetaId;
#define HF_META_PLAIN ((HfMetaId)0)

typedef struct HfLabel {
    HfTextId key, value; /* value HF_TEXT_NONE: a label without value */
} HfLabel;

typedef enum HfReservationType { HF_RESERVATION_STATIC, HF_RESERVATION_DYNAMIC } HfReservationType;

typedef struct HfReservation {
    HfReservationType type;
    HfRoleId role;
    HfTextId principal; /* or HF_TEXT_NONE */
    HfLabelsId labels;  /* or 0 */
} HfReservation;

typedef enum HfDiskSource {
    HF_DISK_ROOT, /* no source: the agent's own disk */
    HF_DISK_PATH,
    HF_DISK_MOUNT,
    HF_DISK_BLOCK,
    HF_DISK_RAW
} HfDiskSource;

typedef enum HfVolumeMode { HF_VOLUME_RW, HF_VOLUME_RO } HfVolumeMode;

/* Mesos's DiskInfo; all-zero is a DiskInfo with nothing in it (which differs from no DiskInfo). */
typedef struct HfDisk {
    HfDiskSource source;
    HfTextId root; /* PATH and MOUNT only */
    HfTextId vendor, id, profile;
    HfLabelsId metadata;
    HfTextId persistence;           /* persistence id; HF_TEXT_NONE = not a persistent volume */
    HfTextId persistence_principal; /* ignored by equality, as in Mesos */
    gboolean has_volume;            /* this and the rest too: ignored by equality */
    HfTextId container_path;
    HfTextId host_path;
    HfVolumeMode mode;
} HfDisk;

typedef struct HfMeta {
    HfStackId stack; /* 0 = unreserved */
    HfDiskId disk;
    HfTextId provider;
    HfRoleId allocation_role; /* HF_ROLE_NONE = not allocated */
    gboolean is_revocable;
    gboolean is_shared;
} HfMeta;

/* An HfMeta that says nothing: the one with id 0. (A zeroed one would be allocated to `*`.) */
#define HF_META_INIT ((HfMeta){.allocation_role = HF_ROLE_NONE})

/* Bits of HfMetaInfo.flags. */
enum {
    HF_META_RESERVED = 1 << 0,
    HF_META_DYNAMIC = 1 << 1, /* the top of the stack is DYNAMIC */
    HF_META_REFINED = 1 << 2, /* more than one reservation in the stack */
    HF_META_REVOCABLE = 1 << 3,
    HF_META_SHARED = 1 << 4,
    HF_META_HAS_DISK = 1 << 5,    /* a DiskInfo */
    HF_META_PERSISTENT = 1 << 6,  /* a persistent volume */
    HF_META_INDIVISIBLE = 1 << 7, /* never merged, and subtracted only as a whole: MOUNT, BLOCK,
                                     RAW with id, persistent volumes */
    HF_META_ALLOCATED = 1 << 8,
    HF_META_PROVIDER = 1 << 9
};

/* The hot row of a metadata id. Two metas are equal in Mesos's sense iff `identity` is equal. */
typedef struct HfMetaInfo {
    uint32_t flags;
    HfRoleId reservation_role; /* role of the top of the stack; HF_ROLE_STAR = unreserved */
    HfRoleId allocation_role;  /* HF_ROLE_NONE = not allocated */
    HfMetaId identity;         /* the id with what equality ignores left out */
    HfMetaId unallocated;      /* the id with the allocation role left out */
} HfMetaInfo;

typedef struct HfKindInfo {
    const char *name;
    HfType type;
    HfKindId quantity; /* first kind of this name: the key under which quantities are counted */
} HfKindInfo;

typedef struct HfRoleInfo {
    const char *path;
    HfRoleId parent; /* HF_ROLE_NONE for `*` and top-level roles */
    uint32_t depth;  /* 1 = top level */
} HfRoleInfo;

/* Read through the functions below; the fields are here so that those can be inlined. */
typedef struct HfCatalog {
    HfMetaInfo *meta; /* [meta_count] */
    HfKindInfo *kind; /* [kind_count] */
    HfRoleInfo *role; /* [role_count] */
    uint32_t meta_count, kind_count, role_count;
    uint32_t quirks; /* HF_QUIRK_* */
    struct HfCatalogTables *tables;
} HfCatalog;

HfCatalog *hf_catalog_new(uint32_t quirks);
void hf_catalog_free(HfCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfCatalog, hf_catalog_free)

/* ---- Kinds ---- */

/*
 * The kind of (name, type), made at first sight.
 * Errors: HF_KIND_NONE when 65535 kinds exist already; the name must not be empty (asserted).
 */
HfKindId hf_kind_intern(HfCatalog *catalog, const char *name, HfType type);

/* The first kind of this name (any type), or HF_KIND_NONE. */
HfKindId hf_kind_find(const HfCatalog *catalog, const char *name);

static inline const char *hf_kind_name(const HfCatalog *catalog, HfKindId kind)
{
    HF_ASSERT(kind < catalog->kind_count);
    return catalog->kind[kind].name;
}

static inline HfType hf_kind_type(const HfCatalog *catalog, HfKindId kind)
{
    HF_ASSERT(kind < catalog->kind_count);
    return catalog->kind[kind].type;
}

/* ---- Texts and labels ---- */

HfTextId hf_text_intern(HfCatalog *catalog, const char *text); /* never 0 */
HfTextId hf_text_find(const HfCatalog *catalog, const char *text);
const char *hf_text(const HfCatalog *catalog, HfTextId text); /* NULL for HF_TEXT_NONE */

/* Labels are kept sorted by their text, so that the order in which they were given is immaterial.
 * count 0 is a list that is present and empty, which differs from id 0. */
HfLabelsId hf_labels_intern(HfCatalog *catalog, const HfLabel *labels, uint32_t count);
const HfLabel *hf_labels(const HfCatalog *catalog, HfLabelsId labels, uint32_t *count_out);

/* ---- Roles ---- */

/* Ours, so that hostile input stays cheap: Mesos has no such limits. */
#define HF_ROLE_LENGTH_MAX 512U
#define HF_ROLE_DEPTH_MAX  64U

/* NULL if `path` is a valid role name, else why not (static text). Source: MESOS.md 1.4. */
const char *hf_role_invalid(const char *path);

/*
 * The id of a role; its ancestors are interned first.
 * Errors: FALSE, HF_RESOURCE_ERROR_ROLE; nothing is interned then.
 */
gboolean hf_role_intern(HfCatalog *catalog, const char *path, HfRoleId *role_out, GError **error);

HfRoleId hf_role_find(const HfCatalog *catalog, const char *path); /* or HF_ROLE_NONE */

/* Comma-separated roles; empty tokens are ignored; any invalid one is an error. The array is a
 * GArray of HfRoleId, the caller's to unref. */
GArray *hf_roles_parse(HfCatalog *catalog, const char *text, GError **error);

static inline const char *hf_role_path(const HfCatalog *catalog, HfRoleId role)
{
    HF_ASSERT(role < catalog->role_count);
    return catalog->role[role].path;
}

static inline HfRoleId hf_role_parent(const HfCatalog *catalog, HfRoleId role)
{
    HF_ASSERT(role < catalog->role_count);
    return catalog->role[role].parent;
}

static inline uint32_t hf_role_depth(const HfCatalog *catalog, HfRoleId role)
{
    HF_ASSERT(role < catalog->role_count);
    return catalog->role[role].depth;
}

/* Is `role` strictly below `above`? O(difference in depth). */
static inline gboolean hf_role_is_strict_subrole(const HfCatalog *catalog, HfRoleId role,
                                                 HfRoleId above)
{
    uint32_t depth = hf_role_depth(catalog, above);
    if (hf_role_depth(catalog, role) <= depth) return FALSE;
    while (catalog->role[role].depth > depth) role = catalog->role[role].parent;
    return role == above;
}

/* The top-level role that `role` is or lies below. */
static inline HfRoleId hf_role_top(const HfCatalog *catalog, HfRoleId role)
{
    HF_ASSERT(role < catalog->role_count);
    while (catalog->role[role].depth > 1) role = catalog->role[role].parent;
    return role;
}

/* ---- Reservation stacks and disks ---- */

/* The stack `below` (0 = empty) with one more reservation on top. Rules are not checked here. */
HfStackId hf_stack_push(HfCatalog *catalog, HfStackId below, const HfReservation *top);

/* Of a non-empty stack. O(1). */
const HfReservation *hf_stack_top(const HfCatalog *catalog, HfStackId stack);
HfStackId hf_stack_below(const HfCatalog *catalog, HfStackId stack);
uint32_t hf_stack_depth(const HfCatalog *catalog, HfStackId stack); /* 0 for the empty stack */

/* Longest common base of two stacks, 0 = nothing in common. */
HfStackId hf_stack_ancestor(const HfCatalog *catalog, HfStackId a, HfStackId b);

HfDiskId hf_disk_intern(HfCatalog *catalog, const HfDisk *disk); /* never 0 */
const HfDisk *hf_disk(const HfCatalog *catalog, HfDiskId disk);  /* NULL for 0 */

/* ---- Metadata ---- */

/*
 * The id of `meta`. Rules of one resource are not checked (hf_resource_check does).
 * Cost: one hash lookup; allocates when new.
 */
HfMetaId hf_meta_intern(HfCatalog *catalog, const HfMeta *meta);

/* The full record; borrowed until the next hf_meta_intern. */
const HfMeta *hf_meta(const HfCatalog *catalog, HfMetaId meta);

static inline const HfMetaInfo *hf_meta_info(const HfCatalog *catalog, HfMetaId meta)
{
    HF_ASSERT(meta < catalog->meta_count);
    return &catalog->meta[meta];
}

static inline gboolean hf_meta_has(const HfCatalog *catalog, HfMetaId meta, uint32_t flags)
{
    return (hf_meta_info(catalog, meta)->flags & flags) == flags;
}

static inline gboolean hf_meta_is_unreserved(const HfCatalog *catalog, HfMetaId meta)
{
    return (hf_meta_info(catalog, meta)->flags & HF_META_RESERVED) == 0;
}

/* HF_ROLE_STAR when unreserved. */
static inline HfRoleId hf_meta_reservation_role(const HfCatalog *catalog, HfMetaId meta)
{
    return hf_meta_info(catalog, meta)->reservation_role;
}

/* HF_ROLE_NONE when not allocated. */
static inline HfRoleId hf_meta_allocation_role(const HfCatalog *catalog, HfMetaId meta)
{
    return hf_meta_info(catalog, meta)->allocation_role;
}

static inline gboolean hf_meta_is_revocable(const HfCatalog *catalog, HfMetaId meta)
{
    return hf_meta_has(catalog, meta, HF_META_REVOCABLE);
}

static inline gboolean hf_meta_is_shared(const HfCatalog *catalog, HfMetaId meta)
{
    return hf_meta_has(catalog, meta, HF_META_SHARED);
}

static inline gboolean hf_meta_is_persistent(const HfCatalog *catalog, HfMetaId meta)
{
    return hf_meta_has(catalog, meta, HF_META_PERSISTENT);
}

static inline gboolean hf_meta_is_dynamic(const HfCatalog *catalog, HfMetaId meta)
{
    return hf_meta_has(catalog, meta, HF_META_DYNAMIC);
}

static inline gboolean hf_meta_is_refined(const HfCatalog *catalog, HfMetaId meta)
{
    return hf_meta_has(catalog, meta, HF_META_REFINED);
}

static inline gboolean hf_meta_is_divisible(const HfCatalog *catalog, HfMetaId meta)
{
    return (hf_meta_info(catalog, meta)->flags & HF_META_INDIVISIBLE) == 0;
}

/* Equal in Mesos's sense: container path, mode and persistence principal do not count. */
static inline gboolean hf_meta_equal(const HfCatalog *catalog, HfMetaId a, HfMetaId b)
{
    return a == b || hf_meta_info(catalog, a)->identity == hf_meta_info(catalog, b)->identity;
}

/* May a framework in `role` be given this? Unreserved, reserved to `role`, or to an ancestor. */
static inline gboolean hf_meta_is_allocatable_to(const HfCatalog *catalog, HfMetaId meta,
                                                 HfRoleId role)
{
    HfRoleId reserved = hf_meta_info(catalog, meta)->reservation_role;
    return reserved == HF_ROLE_STAR || reserved == role ||
           hf_role_is_strict_subrole(catalog, role, reserved);
}

/* The same with another allocation role (HF_ROLE_NONE: none). One hash lookup unless removing. */
HfMetaId hf_meta_allocate(HfCatalog *catalog, HfMetaId meta, HfRoleId role);

/* The same with a reservation more, or one less (must be reserved), or with none. */
HfMetaId hf_meta_push_reservation(HfCatalog *catalog, HfMetaId meta, const HfReservation *top);
HfMetaId hf_meta_pop_reservation(HfCatalog *catalog, HfMetaId meta);
HfMetaId hf_meta_unreserve(HfCatalog *catalog, HfMetaId meta);

/* A volume's disk before it was made a volume: no persistence, volume or `shared`; the source
 * stays, and a DiskInfo without source goes. */
HfMetaId hf_meta_strip_volume(HfCatalog *catalog, HfMetaId meta);

#endif
