/*
 * Hash-consing of fixed-size records of 32-bit words: equal records get one id, from 0, in order of
 * first appearance. Records must have no padding.
 */
#ifndef HF_RESOURCE_CONS_H
#define HF_RESOURCE_CONS_H

#include <stddef.h>
#include <stdint.h>

typedef struct HfCons {
    uint32_t width; /* words of a record */
    uint32_t count, room;
    uint32_t *words; /* [count * width] */
    uint32_t *slots; /* [slots_mask + 1]: id + 1, 0 = vacant */
    uint32_t slots_mask;
} HfCons;

void hf_cons__init(HfCons *cons, size_t record_size);
void hf_cons__clear(HfCons *cons);

/* The id of a record, made at first sight. Borrowed pointers into the table end with a new one. */
uint32_t hf_cons__intern(HfCons *cons, const void *record);

static inline const void *hf_cons__at(const HfCons *cons, uint32_t id)
{
    return cons->words + (size_t)id * cons->width;
}

#endif
