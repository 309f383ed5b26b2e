/*
 * What the event lists order: 16-byte keys, and the records they point at.
 *
 * high = time (60 bits) . sequence, upper 3 bits;  low = sequence, lower 38 bits . slot (26 bits).
 * Compared as one 128-bit number the key is the total order (time, sequence), and it says where its
 * record lies. `low` is also the handle of the event: a record knows the `low` it was filled for,
 * so a key or handle whose record has moved on is recognised, and slots can be used again at once.
 * Slot 0 is never used, so that no handle is 0.
 */
#ifndef HF_ENGINE_KEY_INTERNAL_H
#define HF_ENGINE_KEY_INTERNAL_H

#include <glib.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/time.h"

#define HF_KEY_SLOT_BITS     26
#define HF_KEY_SLOT_MAX      ((UINT32_C(1) << HF_KEY_SLOT_BITS) - 1)
#define HF_KEY_SEQUENCE_LOW  (64 - HF_KEY_SLOT_BITS)
#define HF_KEY_SEQUENCE_HIGH 3
#define HF_KEY_SEQUENCE_MAX  ((UINT64_C(1) << (HF_KEY_SEQUENCE_LOW + HF_KEY_SEQUENCE_HIGH)) - 1)

_Static_assert(HF_TIME_MAX < INT64_C(1) << (63 - HF_KEY_SEQUENCE_HIGH),
               "high uses 63 bits at most");

typedef struct HfEventKey {
    uint64_t low, high;
} HfEventKey;

/* An event without its time, which only its key knows. */
typedef struct HfEventRecord {
    uint64_t low; /* of the key it was filled for; of a free one: the next free slot, 0 = none */
    uint64_t arg, arg2;
    uint64_t what; /* target, kind, is_timer: written and read in one, for they are read at once */
} HfEventRecord;

_Static_assert(sizeof(HfEventRecord) == 32, "two records fill one cache line");

/* Of a timer, target is the row of the timer. */
static inline uint64_t hf_event__what(uint32_t target, uint16_t kind, gboolean is_timer)
{
    return (uint64_t)(is_timer != FALSE) << 48 | (uint64_t)kind << 32 | target;
}

static inline uint32_t hf_event__target(uint64_t what)
{
    return (uint32_t)what;
}

static inline uint16_t hf_event__kind(uint64_t what)
{
    return (uint16_t)(what >> 32);
}

static inline gboolean hf_event__is_timer(uint64_t what)
{
    return what >> 48 != 0;
}

/* A sequence number as its two places in a key. */
typedef struct HfSequence {
    uint64_t low;  /* its lower bits, above the place of the slot */
    uint64_t high; /* its upper bits */
} HfSequence;

/* Count up by one. FALSE when no number is left. */
static inline gboolean hf_sequence__step(HfSequence *sequence)
{
    if (G_LIKELY(!__builtin_add_overflow(sequence->low, UINT64_C(1) << HF_KEY_SLOT_BITS,
                                         &sequence->low)))
        return TRUE;
    return ++sequence->high < 1U << HF_KEY_SEQUENCE_HIGH;
}

static inline HfEventKey hf_key__place(HfTime when, HfSequence sequence, uint32_t slot)
{
    return (HfEventKey){sequence.low | slot,
                        (uint64_t)when << HF_KEY_SEQUENCE_HIGH | sequence.high};
}

static inline HfEventKey hf_key__make(HfTime when, uint64_t sequence, uint32_t slot)
{
    return hf_key__place(
        when, (HfSequence){sequence << HF_KEY_SLOT_BITS, sequence >> HF_KEY_SEQUENCE_LOW}, slot);
}

static inline HfTime hf_key__time(HfEventKey key)
{
    return (HfTime)(key.high >> HF_KEY_SEQUENCE_HIGH);
}

static inline uint32_t hf_key__slot(uint64_t low)
{
    return (uint32_t)low & HF_KEY_SLOT_MAX;
}

/* Smallest and largest `high` of an instant. */
static inline uint64_t hf_key__high_first(HfTime when)
{
    return (uint64_t)when << HF_KEY_SEQUENCE_HIGH;
}

static inline uint64_t hf_key__high_last(HfTime when)
{
    return (uint64_t)when << HF_KEY_SEQUENCE_HIGH | ((1U << HF_KEY_SEQUENCE_HIGH) - 1);
}

/* Without a branch: the outcome is as good as random where it is asked. */
static inline int hf_key__less(HfEventKey a, HfEventKey b)
{
    __extension__ typedef unsigned __int128 Wide;
    return ((Wide)a.high << 64 | a.low) < ((Wide)b.high << 64 | b.low);
}

/* Two 8-byte moves, never one of 16: a wide load right after two narrow stores stalls. */
static inline void hf_key__put(HfEventKey *place, HfEventKey key)
{
    place->low = key.low;
    place->high = key.high;
}

/* Whether the event of this key is still to happen. */
static inline gboolean hf_key__is_live(const HfEventRecord *records, HfEventKey key)
{
    return records[hf_key__slot(key.low)].low == key.low;
}

/* Work done by an event list; equal runs count equally. */
typedef struct HfListWork {
    uint64_t keys_moved;  /* keys written to any place */
    uint64_t comparisons; /* of two keys */
    uint64_t allocations;
} HfListWork;

#endif
