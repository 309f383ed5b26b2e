/*
 * Growable arrays of any plain type: HF_VEC(type) declares one in place; zero-initialised is empty
 * and legal. Growth doubles, so a run that has seen its peak allocates no more. Elements are moved
 * by memcpy: keep indices, not pointers, across a push.
 */
#ifndef HF_BASE_VEC_H
#define HF_BASE_VEC_H

#include <glib.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

#define HF_VEC_LARGE 2048 /* bytes */

#define HF_VEC(type)                                                                               \
    struct {                                                                                       \
        type *at;                                                                                  \
        guint32 count, room;                                                                       \
    }

/* Columns of rows begin with a cache line, small ones if their rows fill such: rows that fill one
 * or two lie in no more. */
static inline void *hf_vec__grow(void *old, size_t bytes_old, size_t bytes, size_t row)
{
    return bytes < HF_VEC_LARGE && row % 64 != 0 ? g_realloc(old, bytes)
                                                 : hf_memory_grow(old, bytes_old, bytes);
}

/* Make room for `extra` more elements. */
#define hf_vec_reserve(vec, extra)                                                                 \
    do {                                                                                           \
        guint64 hf_need = (guint64)(vec)->count + (guint64)(extra);                                \
        if (hf_need > (vec)->room) {                                                               \
            guint64 hf_room = (vec)->room ? (guint64)(vec)->room * 2 : 8;                          \
            while (hf_room < hf_need) hf_room *= 2;                                                \
            HF_ASSERT(hf_room <= G_MAXUINT32);                                                     \
            (vec)->at = hf_vec__grow((vec)->at, (size_t)(vec)->room * sizeof *(vec)->at,           \
                                     (size_t)hf_room * sizeof *(vec)->at, sizeof *(vec)->at);      \
            (vec)->room = (guint32)hf_room;                                                        \
        }                                                                                          \
    } while (0)

/* Append one element given as an expression. */
#define hf_vec_push(vec, ...)                                                                      \
    do {                                                                                           \
        if (G_UNLIKELY((vec)->count == (vec)->room)) hf_vec_reserve(vec, 1);                       \
        (vec)->at[(vec)->count++] = (__VA_ARGS__);                                                 \
    } while (0)

/* Append one zeroed element; the pointer to it is (vec)->at + (vec)->count - 1. */
#define hf_vec_push_zero(vec)                                                                      \
    do {                                                                                           \
        if (G_UNLIKELY((vec)->count == (vec)->room)) hf_vec_reserve(vec, 1);                       \
        memset(&(vec)->at[(vec)->count++], 0, sizeof *(vec)->at);                                  \
    } while (0)

#define hf_vec_last(vec) (&(vec)->at[(vec)->count - 1])

/* Forget the elements, keep the room. */
#define hf_vec_reset(vec) ((void)((vec)->count = 0))

/* Remove element i, keeping the order of the others. */
#define hf_vec_remove(vec, i)                                                                      \
    do {                                                                                           \
        guint32 hf_i = (i);                                                                        \
        HF_ASSERT(hf_i < (vec)->count);                                                            \
        memmove((vec)->at + hf_i, (vec)->at + hf_i + 1,                                            \
                ((vec)->count - hf_i - 1) * sizeof *(vec)->at);                                    \
        (vec)->count--;                                                                            \
    } while (0)

/* Give the memory back; the vector is empty and legal afterwards. */
#define hf_vec_clear(vec)                                                                          \
    do {                                                                                           \
        g_free((vec)->at);                                                                         \
        (vec)->at = NULL;                                                                          \
        (vec)->count = (vec)->room = 0;                                                            \
    } while (0)

#endif
