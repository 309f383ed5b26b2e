/*
 * Clients of a random sorter, drawn one after the other (draw.c).
 *
 * A draw gives each client a key, and the smallest comes first. Most often one or two are asked
 * for, so keys are not sorted, nor even worked out: a bound from below, which costs a few
 * multiplications, rules out all but a handful. What the chances depend on, the shape of the sorter
 * and its weights, is kept from draw to draw.
 */
#ifndef HF_ALLOCATOR_DRAW_INTERNAL_H
#define HF_ALLOCATOR_DRAW_INTERNAL_H

#include "allocator/sorter_internal.h"

struct HfAllocator;

/* A client in the order of a draw. */
typedef struct HfDrawn {
    double key;
    HfNode leaf;
} HfDrawn;

/* Zeroed is empty. */
typedef struct HfDraw {
    HfNode root;        /* of the sorter that `chances` is about */
    uint64_t structure; /* of the sorters then; 0 = none yet */
    struct {
        HfNode *leaf;   /* [count] active clients */
        double *chance; /* [count] relative weight, all of them together 1 */
        double *spread; /* [count] 1 / chance */
        double *least;  /* [count] no key is smaller; INFINITY for those that were drawn */
        uint32_t count, room;
    } clients;
    uint64_t key;   /* of the draw at hand */
    uint32_t taken; /* one by one; then the rest is sorted */
    gboolean is_sorted;
    HF_VEC(HfDrawn) sorted;
    uint32_t next; /* place in `sorted` */
} HfDraw;

void hf_draw__clear(HfDraw *draw);

/* Begin to draw the clients of a sorter under a key. Cost: O(clients). */
void hf_draw__begin(struct HfAllocator *allocator, HfDraw *draw, HfNode root, uint64_t key);
/* The next one, HF_NODE_NONE when all were drawn. Cost: O(clients) for each of the first few, then
 * the rest is sorted once. */
HfNode hf_draw__next(HfDraw *draw);

/* `some` becomes a draw among those clients of `all` that `is_in` accepts, with their chances. */
void hf_draw__choose(const struct HfAllocator *allocator, HfDraw *some, const HfDraw *all,
                     gboolean (*is_in)(const struct HfAllocator *allocator, HfNode leaf));
/* What the chances are is looked up if it may have changed; hf_draw__begin does so by itself. */
void hf_draw__look_up(struct HfAllocator *allocator, HfDraw *draw, HfNode root);
/* Begin to draw those that it has. */
void hf_draw__again(HfDraw *draw, uint64_t key);
/* One of them is not drawn any more. */
void hf_draw__drop(HfDraw *draw, HfNode leaf);

#endif
