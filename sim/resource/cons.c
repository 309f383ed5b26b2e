/* Open addressing with linear probing over records kept in one array; at most half full. */
#include "resource/cons.h"

#include <glib.h>
#include <string.h>

#include "base/assert.h"

#define FIRST_SLOTS 64U

void hf_cons__init(HfCons *cons, size_t record_size)
{
    HF_ASSERT(record_size % sizeof(uint32_t) == 0 && record_size > 0);
    memset(cons, 0, sizeof *cons);
    cons->width = (uint32_t)(record_size / sizeof(uint32_t));
    cons->slots = g_new0(uint32_t, FIRST_SLOTS);
    cons->slots_mask = FIRST_SLOTS - 1;
}

void hf_cons__clear(HfCons *cons)
{
    g_free(cons->words);
    g_free(cons->slots);
    memset(cons, 0, sizeof *cons);
}

static uint32_t hash_record(const uint32_t *record, uint32_t width)
{
    uint64_t hash = width;
    for (uint32_t i = 0; i < width; i++) {
        hash = (hash ^ record[i]) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 32;
    }
    return (uint32_t)(hash ^ hash >> 29);
}

static void grow_slots(HfCons *cons)
{
    uint32_t mask = cons->slots_mask * 2 + 1;
    g_free(cons->slots);
    cons->slots = g_new0(uint32_t, (gsize)mask + 1);
    cons->slots_mask = mask;
    for (uint32_t id = 0; id < cons->count; id++) {
        uint32_t slot = hash_record(hf_cons__at(cons, id), cons->width) & mask;
        while (cons->slots[slot] != 0) slot = (slot + 1) & mask;
        cons->slots[slot] = id + 1;
    }
}

static uint32_t append(HfCons *cons, const uint32_t *record)
{
    if (cons->count == cons->room) {
        cons->room = cons->room == 0 ? 16 : cons->room * 2;
        cons->words = g_realloc_n(cons->words, (gsize)cons->room * cons->width, sizeof(uint32_t));
    }
    memcpy(cons->words + (size_t)cons->count * cons->width, record, cons->width * sizeof(uint32_t));
    return cons->count++;
}

uint32_t hf_cons__intern(HfCons *cons, const void *record)
{
    const uint32_t *words = record;
    uint32_t slot = hash_record(words, cons->width) & cons->slots_mask;
    for (; cons->slots[slot] != 0; slot = (slot + 1) & cons->slots_mask) {
        uint32_t id = cons->slots[slot] - 1;
        if (memcmp(hf_cons__at(cons, id), words, cons->width * sizeof(uint32_t)) == 0) return id;
    }
    HF_ASSERT(cons->count < UINT32_MAX / 4);
    uint32_t id = append(cons, words);
    cons->slots[slot] = id + 1;
    if (cons->count * 2 > cons->slots_mask) grow_slots(cons);
    return id;
}
