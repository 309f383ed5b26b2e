/*
 * An array with room at both ends: members in order, of which one is moved at a time, most often
 * the first behind the last. A move shifts the shorter of what lies between the two places and what
 * lies outside them. Zeroed memory is empty; `at` and `count` may be read as those of a vector.
 */
#ifndef HF_ALLOCATOR_LINE_INTERNAL_H
#define HF_ALLOCATOR_LINE_INTERNAL_H

#include <glib.h>
#include <stdint.h>

#include "base/assert.h"

typedef struct HfLine {
    uint32_t *at; /* [count], somewhere in base[room] */
    uint32_t count, room;
    uint32_t *base;
} HfLine;

void hf_line__clear(HfLine *line);
static inline void hf_line__reset(HfLine *line)
{
    line->at = line->base;
    line->count = 0;
}

/* Put a member before the one at `place` (count = at the end), or take it out there. */
void hf_line__insert(HfLine *line, uint32_t place, uint32_t member);
void hf_line__remove(HfLine *line, uint32_t place);

/* Make room for one more member at each end. Cost: amortised O(1). */
void hf_line__make_room(HfLine *line);

/* Between the two is shifted; no room is needed. */
void hf_line__shift_inside(HfLine *line, uint32_t from, uint32_t to);
void hf_line__shift_outside(HfLine *line, uint32_t from, uint32_t to);

/* Take the member at `from` out and put it in where it stands at `to` afterwards. */
static inline void hf_line__move(HfLine *line, uint32_t from, uint32_t to)
{
    if (from == 0 && to + 1 == line->count && line->at + line->count < line->base + line->room) {
        line->at[line->count] = line->at[0]; /* the first behind the last */
        line->at++;
        return;
    }
    uint32_t inside = from < to ? to - from : from - to, outside = line->count - 1 - inside;
    if (inside <= outside + 1)
        hf_line__shift_inside(line, from, to);
    else
        hf_line__shift_outside(line, from, to);
}

#endif
