/*
 * See sort_internal.h. The two fast ways order keys by a few bits of `high` first, without a branch
 * that could be guessed wrong, and mend afterwards what those bits did not tell apart.
 */
#include "engine/sort_internal.h"

#include <string.h>

#define CELLS_MAX 2048

static inline uint32_t bits_of(uint64_t number)
{
    return number > 0 ? 64 - (uint32_t)__builtin_clzll(number) : 0;
}

/* ---- Any order --------------------------------------------------------------------------------*/

static void sift(HfEventKey *key, uint32_t i, uint32_t count)
{
    HfEventKey k = key[i];
    for (;;) {
        uint64_t child = 2 * (uint64_t)i + 1;
        if (child >= count) break;
        if (child + 1 < count && hf_key__less(key[child + 1], key[child])) child++;
        if (!hf_key__less(key[child], k)) break;
        key[i] = key[child];
        i = (uint32_t)child;
    }
    key[i] = k;
}

static uint64_t heap_sort(HfEventKey *key, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;) sift(key, i, count);
    for (uint32_t n = count; n-- > 1;) {
        HfEventKey k = key[n];
        key[n] = key[0];
        key[0] = k;
        sift(key, 0, n);
    }
    return (uint64_t)count * bits_of(count) * 2;
}

/*
 * Insertion sort, for keys of which few are out of place, and those not far. Gives up, and sorts
 * another way, when it moved keys eight times as often as there are keys.
 */
static uint64_t mend(HfEventKey *key, uint32_t count)
{
    uint64_t shifted = 0;
#pragma GCC unroll 4
    for (size_t i = 1; i < count; i++) {
        if (G_LIKELY(key[i - 1].high > key[i].high)) continue;
        if (!hf_key__less(key[i - 1], key[i])) continue;
        HfEventKey k = key[i];
        size_t place = i;
        do {
            key[place] = key[place - 1];
            place--;
        } while (place > 0 && hf_key__less(key[place - 1], k));
        key[place] = k;
        shifted += i - place;
        if (G_UNLIKELY(shifted > 8 * (uint64_t)count)) return shifted + heap_sort(key, count);
    }
    return count + shifted;
}

uint64_t hf_sort__burst(HfEventKey *key, uint32_t count)
{
    gboolean is_sorted = TRUE;
    for (uint32_t i = 1; i < count; i++) is_sorted &= hf_key__less(key[i - 1], key[i]);
    for (uint32_t i = 0; i < count / 2; i++) {
        HfEventKey k = key[i];
        key[i] = key[count - 1 - i];
        key[count - 1 - i] = k;
    }
    return count + (is_sorted ? 0 : heap_sort(key, count));
}

/* ---- Few: by rank -----------------------------------------------------------------------------*/

typedef int16_t Words __attribute__((vector_size(16)));
typedef int16_t LooseWords __attribute__((vector_size(16), aligned(2), may_alias));
typedef uint64_t Pair __attribute__((vector_size(16)));

/* Which of eight keys is in which word of a vector: as four shifted pairs of highs leave them. */
#define LANE_0 0
#define LANES                                                                                      \
    {                                                                                              \
        LANE_0, 2, 4, 6, 1, 3, 5, 7                                                                \
    }

/*
 * Each key's place is how many are greater, counted for eight keys at once. What is compared is the
 * upper 10 bits of the distance from `start`, then the order of arrival; where this is not the
 * order of the keys themselves it is mended. Lanes beyond `count` compare as less than any key, and
 * all go to the place behind the last one. Every word meets every other one by being compared with
 * the row of words, written twice, at each offset. `vectors` is a constant where this is inlined:
 * then no loop has a count to mispredict.
 */
static inline __attribute__((always_inline)) uint64_t
sort_by_rank(HfEventKey *restrict sorted, const HfEventKey *restrict key, int count, uint64_t start,
             uint32_t shift, const int vectors)
{
    static const int lane[8] = LANES;
    int16_t row[2 * HF_SORT_FEW] __attribute__((aligned(16)));
    Words mine[HF_SORT_FEW / 8];
    for (int v = 0; v < vectors; v++) {
        Pair packed = {0, 0};
        for (int i = 0; i < 4; i++) {
            Pair high = {key[8 * v + 2 * i].high, key[8 * v + 2 * i + 1].high};
            packed |= ((high - start) >> shift) << 16 * i;
        }
        Words index = (Words)LANES + (int16_t)(8 * v);
        mine[v] = ((Words)packed << 5 | index) | (index >= (int16_t)count);
        *(LooseWords *)&row[8 * v] = mine[v];
        *(LooseWords *)&row[8 * (vectors + v)] = mine[v];
    }
    for (int v = 0; v < vectors; v++) {
        Words greater = {0};
        for (int i = 1; i < 8 * vectors; i++)
            greater -= *(const LooseWords *)&row[8 * v + i] > mine[v];
        for (int i = 0; i < 8; i++) sorted[greater[i]] = key[8 * v + lane[i]];
    }
    int is_wrong = 0;
#pragma GCC unroll 4
    for (size_t i = 1; i < (size_t)count; i++) is_wrong |= hf_key__less(sorted[i - 1], sorted[i]);
    uint64_t compared = (uint64_t)count * (uint64_t)(count - 1) / 2;
    return G_LIKELY(!is_wrong) ? compared : compared + mend(sorted, (uint32_t)count);
}

static uint64_t sort_few(HfEventKey *sorted, const HfEventKey *key, uint32_t count, uint64_t start,
                         uint32_t width_bits)
{
    uint32_t shift = width_bits > 10 ? width_bits - 10 : 0;
    int n = (int)count;
    if (n <= 8) return sort_by_rank(sorted, key, n, start, shift, 1);
    if (n <= 16) return sort_by_rank(sorted, key, n, start, shift, 2);
    if (n <= 24) return sort_by_rank(sorted, key, n, start, shift, 3);
    return sort_by_rank(sorted, key, n, start, shift, 4);
}

/* ---- More: by cell ----------------------------------------------------------------------------*/

/* counts[] becomes, at each place, the sum up to and with it; `count` is a multiple of 8. */
static void sum_up(uint16_t *counts, uint32_t count)
{
    Words carry = {0};
    for (uint32_t c = 0; c < count; c += 8) {
        Words sum = *(const LooseWords *)&counts[c];
        sum += __builtin_shufflevector(sum, (Words){0}, 8, 0, 1, 2, 3, 4, 5, 6);
        sum += __builtin_shufflevector(sum, (Words){0}, 8, 8, 0, 1, 2, 3, 4, 5);
        sum += __builtin_shufflevector(sum, (Words){0}, 8, 8, 8, 8, 0, 1, 2, 3);
        *(LooseWords *)&counts[c] = sum + carry;
        carry += (Words){0} + sum[7];
    }
}

/* Two to four cells for each key, the greatest first: counted, summed up to the place where each
 * cell ends, filled from there, in order of arrival. */
static uint64_t sort_by_cell(HfEventKey *restrict sorted, const HfEventKey *restrict key,
                             uint32_t count, uint64_t start, uint32_t width_bits)
{
    uint16_t end[CELLS_MAX];
    uint32_t cell_bits = bits_of(count) + 1, cells = 1U << cell_bits;
    uint32_t shift = width_bits > cell_bits ? width_bits - cell_bits : 0;
    uint64_t last = start + (UINT64_C(1) << MAX(width_bits, cell_bits)) - 1;
    memset(end, 0, cells * sizeof *end);
#pragma GCC unroll 4
    for (size_t i = 0; i < count; i++) end[(last - key[i].high) >> shift]++;
    sum_up(end, cells);
#pragma GCC unroll 4
    for (size_t i = 0; i < count; i++) sorted[--end[(last - key[i].high) >> shift]] = key[i];
    return mend(sorted, count);
}

_Static_assert(CELLS_MAX >= 4 * HF_SORT_MANY, "cells are twice the power of two above the count");

uint64_t hf_sort__range(HfEventKey *sorted_out, const HfEventKey *key, uint32_t count,
                        uint64_t start, uint32_t width_bits)
{
    HF_ASSERT(count <= HF_SORT_MANY);
    if (count <= HF_SORT_FEW) return sort_few(sorted_out, key, count, start, width_bits);
    return sort_by_cell(sorted_out, key, count, start, width_bits);
}
