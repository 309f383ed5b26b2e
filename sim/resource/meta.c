/*
 * Metadata: labels, reservation stacks, disks and their combination, each hash-consed, so that
 * equality is equality of ids. What Mesos's equality leaves out (container path, persistence
 * principal) is left out of `identity`, which is another id of the same table.
 */
#include <stdlib.h>
#include <string.h>

#include "resource/catalog.h"
#include "resource/catalog_internal.h"

_Static_assert(sizeof(HfStackNode) == 6 * sizeof(uint32_t), "records must not have padding");
_Static_assert(sizeof(HfDisk) == 12 * sizeof(uint32_t), "records must not have padding");
_Static_assert(sizeof(HfMeta) == 6 * sizeof(uint32_t), "records must not have padding");

/* ---- Labels ---- */

typedef struct LabelKey {
    const char *key, *value; /* value NULL: none */
    HfLabel label;
} LabelKey;

/* By the text "key" or "key=value"; a label without value comes before one with an empty value. */
static int compare_labels(const void *a, const void *b)
{
    const LabelKey *left = a, *right = b;
    int order = strcmp(left->key, right->key);
    if (order != 0) return order;
    if (left->value == NULL || right->value == NULL)
        return (left->value != NULL) - (right->value != NULL);
    return strcmp(left->value, right->value);
}

static uint32_t hash_labels(const HfLabel *labels, uint32_t count)
{
    uint64_t hash = count + UINT64_C(1);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t word = (uint64_t)labels[i].key << 32 | labels[i].value;
        hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 31;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

static void grow_label_slots(struct HfCatalogTables *tables)
{
    uint32_t size = tables->label_slots.count == 0 ? 16 : tables->label_slots.count * 2;
    hf_vec_reset(&tables->label_slots);
    while (tables->label_slots.count < size) hf_vec_push(&tables->label_slots, 0U);
    for (uint32_t id = 1; id < tables->labels.count; id++) {
        const HfLabelList *list = &tables->labels.at[id];
        uint32_t slot = hash_labels(list->at, list->count) & (size - 1);
        while (tables->label_slots.at[slot] != 0) slot = (slot + 1) & (size - 1);
        tables->label_slots.at[slot] = id;
    }
}

/* The id of labels that are in order already. */
static HfLabelsId intern_sorted(HfCatalog *catalog, const HfLabel *labels, uint32_t count)
{
    struct HfCatalogTables *tables = catalog->tables;
    uint32_t mask = tables->label_slots.count - 1;
    uint32_t slot = hash_labels(labels, count) & mask;
    for (; tables->label_slots.at[slot] != 0; slot = (slot + 1) & mask) {
        const HfLabelList *list = &tables->labels.at[tables->label_slots.at[slot]];
        if (list->count == count &&
            (count == 0 || memcmp(list->at, labels, count * sizeof *labels) == 0))
            return tables->label_slots.at[slot];
    }
    HfLabelsId id = tables->labels.count;
    tables->label_slots.at[slot] = id;
    hf_vec_push(&tables->labels, (HfLabelList){g_memdup2(labels, count * sizeof *labels), count});
    if (tables->labels.count * 2 > tables->label_slots.count) grow_label_slots(tables);
    return id;
}

HfLabelsId hf_labels_intern(HfCatalog *catalog, const HfLabel *labels, uint32_t count)
{
    g_autofree LabelKey *keys = g_new(LabelKey, count);
    for (uint32_t i = 0; i < count; i++) {
        HF_ASSERT(labels[i].key != HF_TEXT_NONE);
        keys[i] = (LabelKey){hf_text(catalog, labels[i].key), hf_text(catalog, labels[i].value),
                             labels[i]};
    }
    if (count > 1) qsort(keys, count, sizeof *keys, compare_labels);
    g_autofree HfLabel *sorted = g_new(HfLabel, count);
    for (uint32_t i = 0; i < count; i++) sorted[i] = keys[i].label;
    return intern_sorted(catalog, sorted, count);
}

const HfLabel *hf_labels(const HfCatalog *catalog, HfLabelsId labels, uint32_t *count_out)
{
    HF_ASSERT(labels < catalog->tables->labels.count);
    *count_out = catalog->tables->labels.at[labels].count;
    return catalog->tables->labels.at[labels].at;
}

/* ---- Stacks ---- */

static const HfStackNode *stack_node(const HfCatalog *catalog, HfStackId stack)
{
    HF_ASSERT(stack != 0 && stack < catalog->tables->stacks.count);
    return hf_cons__at(&catalog->tables->stacks, stack);
}

HfStackId hf_stack_push(HfCatalog *catalog, HfStackId below, const HfReservation *top)
{
    HF_ASSERT(top->role < catalog->role_count);
    HfStackNode node = {*top, below, hf_stack_depth(catalog, below) + 1};
    return hf_cons__intern(&catalog->tables->stacks, &node);
}

const HfReservation *hf_stack_top(const HfCatalog *catalog, HfStackId stack)
{
    return &stack_node(catalog, stack)->top;
}

HfStackId hf_stack_below(const HfCatalog *catalog, HfStackId stack)
{
    return stack_node(catalog, stack)->below;
}

uint32_t hf_stack_depth(const HfCatalog *catalog, HfStackId stack)
{
    return stack == 0 ? 0 : stack_node(catalog, stack)->depth;
}

HfStackId hf_stack_ancestor(const HfCatalog *catalog, HfStackId a, HfStackId b)
{
    while (a != b) {
        if (hf_stack_depth(catalog, a) >= hf_stack_depth(catalog, b)) {
            a = hf_stack_below(catalog, a);
        } else {
            b = hf_stack_below(catalog, b);
        }
    }
    return a;
}

/* ---- Disks ---- */

HfDiskId hf_disk_intern(HfCatalog *catalog, const HfDisk *disk)
{
    HfDisk plain = *disk;
    plain.has_volume = disk->has_volume != FALSE;
    return hf_cons__intern(&catalog->tables->disks, &plain);
}

const HfDisk *hf_disk(const HfCatalog *catalog, HfDiskId disk)
{
    HF_ASSERT(disk < catalog->tables->disks.count);
    return disk == 0 ? NULL : hf_cons__at(&catalog->tables->disks, disk);
}

/* The disk with what equality ignores left out. */
static HfDiskId disk_identity(HfCatalog *catalog, HfDiskId disk)
{
    if (disk == 0) return 0;
    HfDisk plain = *hf_disk(catalog, disk);
    plain.persistence_principal = HF_TEXT_NONE;
    plain.has_volume = FALSE;
    plain.container_path = plain.host_path = HF_TEXT_NONE;
    plain.mode = HF_VOLUME_RW;
    return hf_disk_intern(catalog, &plain);
}

/* ---- Metadata ---- */

static uint32_t disk_flags(const HfDisk *disk)
{
    if (disk == NULL) return 0;
    uint32_t flags = HF_META_HAS_DISK;
    if (disk->persistence != HF_TEXT_NONE) flags |= HF_META_PERSISTENT | HF_META_INDIVISIBLE;
    if (disk->source == HF_DISK_MOUNT || disk->source == HF_DISK_BLOCK)
        flags |= HF_META_INDIVISIBLE;
    if (disk->source == HF_DISK_RAW && disk->id != HF_TEXT_NONE) flags |= HF_META_INDIVISIBLE;
    return flags;
}

static HfMetaInfo describe(HfCatalog *catalog, const HfMeta *meta)
{
    HfMetaInfo info = {.reservation_role = HF_ROLE_STAR, .allocation_role = meta->allocation_role};
    if (meta->stack != 0) {
        const HfStackNode *node = stack_node(catalog, meta->stack);
        info.reservation_role = node->top.role;
        info.flags |= HF_META_RESERVED;
        if (node->top.type == HF_RESERVATION_DYNAMIC) info.flags |= HF_META_DYNAMIC;
        if (node->depth > 1) info.flags |= HF_META_REFINED;
    }
    info.flags |= disk_flags(hf_disk(catalog, meta->disk));
    if (meta->is_revocable) info.flags |= HF_META_REVOCABLE;
    if (meta->is_shared) info.flags |= HF_META_SHARED | HF_META_INDIVISIBLE;
    if (meta->allocation_role != HF_ROLE_NONE) info.flags |= HF_META_ALLOCATED;
    if (meta->provider != HF_TEXT_NONE) info.flags |= HF_META_PROVIDER;
    return info;
}

/* The row of the id that is next. */
static void add_row(HfCatalog *catalog, const HfMetaInfo *info)
{
    struct HfCatalogTables *tables = catalog->tables;
    HfMetaInfo row = *info; /* which may stand in the table */
    if (catalog->meta_count == tables->meta_room) {
        tables->meta_room = tables->meta_room == 0 ? 16 : tables->meta_room * 2;
        catalog->meta = g_renew(HfMetaInfo, catalog->meta, tables->meta_room);
    }
    catalog->meta[catalog->meta_count++] = row;
}

/* The id of `meta`, whose own is `id`, with what equality ignores left out. */
static HfMetaId identity_of(HfCatalog *catalog, HfMetaId id, const HfMeta *meta)
{
    HfMeta other = *meta;
    other.disk = disk_identity(catalog, meta->disk);
    return other.disk == meta->disk ? id : hf_meta_intern(catalog, &other);
}

HfMetaId hf_meta_intern(HfCatalog *catalog, const HfMeta *meta)
{
    struct HfCatalogTables *tables = catalog->tables;
    HfMeta plain = *meta;
    plain.is_revocable = meta->is_revocable != FALSE;
    plain.is_shared = meta->is_shared != FALSE;
    HfMetaId id = hf_cons__intern(&tables->metas, &plain);
    if (id < catalog->meta_count) return id;

    HF_ASSERT(id == catalog->meta_count);
    HfMetaInfo info = describe(catalog, &plain);
    info.identity = info.unallocated = id;
    add_row(catalog, &info);
    /* Now that this id has its row, the ids that it refers to may be made: at most three more. */
    HfMetaId identity = identity_of(catalog, id, &plain);
    HfMeta other = plain;
    other.allocation_role = HF_ROLE_NONE;
    HfMetaId unallocated =
        plain.allocation_role == HF_ROLE_NONE ? id : hf_meta_intern(catalog, &other);
    catalog->meta[id].identity = identity;
    catalog->meta[id].unallocated = unallocated;
    return id;
}

const HfMeta *hf_meta(const HfCatalog *catalog, HfMetaId meta)
{
    HF_ASSERT(meta < catalog->meta_count);
    return hf_cons__at(&catalog->tables->metas, meta);
}

HfMetaId hf_meta_allocate(HfCatalog *catalog, HfMetaId meta, HfRoleId role)
{
    HF_ASSERT(role == HF_ROLE_NONE || role < catalog->role_count);
    const HfMetaInfo *info = hf_meta_info(catalog, meta);
    if (info->allocation_role == role) return meta;
    if (role == HF_ROLE_NONE) return info->unallocated;
    uint64_t key = (uint64_t)meta << 32 | role;
    HfMetaId allocated = hf_map64_get(&catalog->tables->allocated, key);
    if (allocated != HF_MAP64_NONE) return allocated;
    HfMeta changed = *hf_meta(catalog, meta);
    changed.allocation_role = role;
    allocated = hf_cons__intern(&catalog->tables->metas, &changed);
    if (allocated == catalog->meta_count) {
        HfMetaInfo made = *info;
        made.allocation_role = role;
        made.flags |= HF_META_ALLOCATED;
        made.identity = allocated;
        add_row(catalog, &made);
        if (changed.disk != 0) { /* which may move the table */
            HfMetaId identity = identity_of(catalog, allocated, &changed);
            catalog->meta[allocated].identity = identity;
        }
    }
    hf_map64_set(&catalog->tables->allocated, key, allocated);
    return allocated;
}

HfMetaId hf_meta_push_reservation(HfCatalog *catalog, HfMetaId meta, const HfReservation *top)
{
    HfMeta changed = *hf_meta(catalog, meta);
    changed.stack = hf_stack_push(catalog, changed.stack, top);
    return hf_meta_intern(catalog, &changed);
}

HfMetaId hf_meta_pop_reservation(HfCatalog *catalog, HfMetaId meta)
{
    HfMeta changed = *hf_meta(catalog, meta);
    changed.stack = hf_stack_below(catalog, changed.stack);
    return hf_meta_intern(catalog, &changed);
}

HfMetaId hf_meta_unreserve(HfCatalog *catalog, HfMetaId meta)
{
    if (hf_meta_is_unreserved(catalog, meta)) return meta;
    HfMeta changed = *hf_meta(catalog, meta);
    changed.stack = 0;
    return hf_meta_intern(catalog, &changed);
}

HfMetaId hf_meta_strip_volume(HfCatalog *catalog, HfMetaId meta)
{
    HfMeta changed = *hf_meta(catalog, meta);
    changed.is_shared = FALSE;
    if (changed.disk != 0) {
        HfDisk disk = *hf_disk(catalog, changed.disk);
        disk.persistence = disk.persistence_principal = HF_TEXT_NONE;
        disk.has_volume = FALSE;
        disk.container_path = disk.host_path = HF_TEXT_NONE;
        disk.mode = HF_VOLUME_RW;
        changed.disk = disk.source == HF_DISK_ROOT ? 0 : hf_disk_intern(catalog, &disk);
    }
    return hf_meta_intern(catalog, &changed);
}

/* ---- The tables ---- */

void hf_meta__init(HfCatalog *catalog)
{
    struct HfCatalogTables *tables = catalog->tables;
    hf_vec_push(&tables->labels, (HfLabelList){NULL, 0});
    grow_label_slots(tables);

    HfStackNode no_stack;
    HfDisk no_disk;
    memset(&no_stack, 0xff, sizeof no_stack);
    memset(&no_disk, 0xff, sizeof no_disk);
    hf_cons__init(&tables->stacks, sizeof(HfStackNode));
    hf_cons__init(&tables->disks, sizeof(HfDisk));
    hf_cons__init(&tables->metas, sizeof(HfMeta));
    hf_cons__intern(&tables->stacks, &no_stack); /* row 0: equal to no real record */
    hf_cons__intern(&tables->disks, &no_disk);
    HfMetaId plain = hf_meta_intern(catalog, &HF_META_INIT);
    HF_ASSERT(plain == HF_META_PLAIN);
}

void hf_meta__clear(HfCatalog *catalog)
{
    struct HfCatalogTables *tables = catalog->tables;
    for (uint32_t id = 1; id < tables->labels.count; id++) g_free((void *)tables->labels.at[id].at);
    hf_vec_clear(&tables->labels);
    hf_vec_clear(&tables->label_slots);
    hf_cons__clear(&tables->stacks);
    hf_cons__clear(&tables->disks);
    hf_cons__clear(&tables->metas);
    hf_map64_clear(&tables->allocated);
}
