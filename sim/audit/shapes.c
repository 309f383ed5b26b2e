/*
 * Resources that the book has many times over, held once: what agents have left, what offers hold
 * and what filters refuse is of a few kinds on thousands of agents. A row of the book refers to
 * them, and so fits a line of the cache; that an offer is all that its agent has left is seen by
 * looking at what other agents had as well.
 *
 * A shape is found by its content, entry by entry in the same order: equal resources in another
 * order are another shape, which costs memory and nothing else. Never changed; ends with its last
 * reference. NULL is the shape of nothing.
 */
#include "audit/audit_internal.h"

#define SHAPES_BLOCK 64
#define MULTIPLIER   UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t hash, uint64_t with)
{
    hash = (hash ^ with) * MULTIPLIER;
    return hash ^ hash >> 29;
}

static uint32_t hash_of(const HfCatalog *catalog, const HfResources *content)
{
    const HfResource *at = hf_resources_entries(content);
    uint32_t count = hf_resources_count(content);
    uint64_t hash = count;
    for (uint32_t i = 0; i < count; i++) {
        hash = mix(hash, (uint64_t)at[i].meta << 32 | (uint64_t)at[i].copies << 16 | at[i].kind);
        switch (hf_kind_type(catalog, at[i].kind)) {
        case HF_TYPE_SCALAR:
            hash = mix(hash, (uint64_t)at[i].milli);
            break;
        case HF_TYPE_RANGES:
            for (uint32_t r = 0; r < MIN(at[i].ranges->count, 4); r++)
                hash = mix(mix(hash, at[i].ranges->at[r].begin), at[i].ranges->at[r].end);
            break;
        case HF_TYPE_SET:
            for (uint32_t s = 0; s < MIN(at[i].set->count, 4); s++)
                hash = mix(hash, at[i].set->at[s]);
            break;
        }
    }
    return (uint32_t)(hash >> 32);
}

static void grow(HfShapes *shapes)
{
    uint32_t room = MAX(shapes->room * 2, 256);
    HfShape **wider = g_new0(HfShape *, room);
    for (uint32_t b = 0; b < shapes->room; b++)
        for (HfShape *shape = shapes->bucket[b], *next; shape != NULL; shape = next) {
            next = shape->next;
            shape->next = wider[shape->hash & (room - 1)];
            wider[shape->hash & (room - 1)] = shape;
        }
    g_free(shapes->bucket);
    shapes->bucket = wider;
    shapes->room = room;
}

static HfShape *vacant(HfShapes *shapes)
{
    if (shapes->vacant == NULL) {
        HfShape *block = g_new0(HfShape, SHAPES_BLOCK);
        hf_vec_push(&shapes->blocks, block);
        for (int i = 0; i < SHAPES_BLOCK; i++) {
            block[i].next = shapes->vacant;
            shapes->vacant = &block[i];
        }
    }
    HfShape *shape = shapes->vacant;
    shapes->vacant = shape->next;
    return shape;
}

HfShape *hf_shape__of(HfAudit *audit, const HfResources *content)
{
    HfShapes *shapes = &audit->shapes;
    if (hf_resources_is_empty(content)) return NULL;
    if (shapes->count >= shapes->room) grow(shapes);
    uint32_t hash = hash_of(audit->catalog, content);
    HfShape **bucket = &shapes->bucket[hash & (shapes->room - 1)];
    for (HfShape *shape = *bucket; shape != NULL; shape = shape->next)
        if (shape->hash == hash && hf_audit__is_same_row(audit, &shape->content, content))
            return hf_shape__ref(shape);
    HfShape *shape = vacant(shapes);
    hf_resources_copy(audit->catalog, &shape->content, content);
    shape->refs = 1;
    shape->hash = hash;
    shape->next = *bucket;
    *bucket = shape;
    shapes->count++;
    return shape;
}

void hf_shape__end(HfAudit *audit, HfShape *shape)
{
    HfShapes *shapes = &audit->shapes;
    HfShape **at = &shapes->bucket[shape->hash & (shapes->room - 1)];
    while (*at != shape) at = &(*at)->next;
    *at = shape->next;
    hf_resources_reset(audit->catalog, &shape->content);
    shape->next = shapes->vacant;
    shapes->vacant = shape;
    shapes->count--;
}

void hf_shapes__clear(HfAudit *audit)
{
    HfShapes *shapes = &audit->shapes;
    for (uint32_t b = 0; b < shapes->blocks.count; b++) {
        for (int i = 0; i < SHAPES_BLOCK; i++)
            hf_resources_clear(audit->catalog, &shapes->blocks.at[b][i].content);
        g_free(shapes->blocks.at[b]);
    }
    hf_vec_clear(&shapes->blocks);
    g_free(shapes->bucket);
}

size_t hf_shapes__memory(const HfShapes *shapes)
{
    return (size_t)shapes->blocks.count * SHAPES_BLOCK * sizeof(HfShape) +
           (size_t)shapes->room * sizeof(HfShape *);
}
