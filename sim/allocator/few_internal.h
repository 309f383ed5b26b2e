/*
 * Short arrays that start inside their owner: HF_FEW(type, n) holds n elements in place and moves
 * to the heap beyond. Zeroed memory is empty. For rows that a run walks over, where following one
 * more pointer costs more than all the rest.
 */
#ifndef HF_ALLOCATOR_FEW_INTERNAL_H
#define HF_ALLOCATOR_FEW_INTERNAL_H

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"

#define HF_FEW(type, n)                                                                            \
    struct {                                                                                       \
        uint32_t count, room; /* room 0: the elements stand in few[] */                            \
        union {                                                                                    \
            type few[n];                                                                           \
            type *heap;                                                                            \
        };                                                                                         \
    }

#define hf_few_at(array) ((array)->room != 0 ? (array)->heap : (array)->few)

/* Would one more have to move it? */
#define hf_few_is_full(array)                                                                      \
    ((array)->count >= G_N_ELEMENTS((array)->few) && (array)->count >= (array)->room)

#define hf_few_push(array, ...)                                                                    \
    do {                                                                                           \
        if (G_LIKELY((array)->room == 0 && (array)->count < G_N_ELEMENTS((array)->few))) {         \
            (array)->few[(array)->count++] = (__VA_ARGS__);                                        \
            break;                                                                                 \
        }                                                                                          \
        uint32_t hf_have = (array)->room != 0 ? (array)->room : G_N_ELEMENTS((array)->few);        \
        __typeof__(&(array)->few[0]) hf_at = hf_few_at(array);                                     \
        if (G_UNLIKELY((array)->count == hf_have)) {                                               \
            hf_at = g_malloc_n((size_t)hf_have * 2, sizeof *hf_at);                                \
            memcpy(hf_at, hf_few_at(array), hf_have * sizeof *hf_at);                              \
            if ((array)->room != 0) g_free((array)->heap);                                         \
            (array)->heap = hf_at;                                                                 \
            (array)->room = hf_have * 2;                                                           \
        }                                                                                          \
        hf_at[(array)->count++] = (__VA_ARGS__);                                                   \
    } while (0)

/* Remove element i, keeping the order of the others. */
#define hf_few_remove(array, i)                                                                    \
    do {                                                                                           \
        uint32_t hf_i = (i);                                                                       \
        HF_ASSERT(hf_i < (array)->count);                                                          \
        (array)->count--;                                                                          \
        if (hf_i < (array)->count)                                                                 \
            memmove(hf_few_at(array) + hf_i, hf_few_at(array) + hf_i + 1,                          \
                    ((array)->count - hf_i) * sizeof *(array)->few);                               \
    } while (0)

#define hf_few_clear(array)                                                                        \
    do {                                                                                           \
        if ((array)->room != 0) g_free((array)->heap);                                             \
        (array)->count = (array)->room = 0;                                                        \
    } while (0)

#endif
