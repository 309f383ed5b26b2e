/* See line_internal.h. */
#include "allocator/line_internal.h"

#include <string.h>

void hf_line__clear(HfLine *line)
{
    g_free(line->base);
    memset(line, 0, sizeof *line);
}

/* Members go to the middle of the room, which is at least three times what they take: so many moves
 * as there are members pass before the next time. */
void hf_line__make_room(HfLine *line)
{
    uint32_t head = (uint32_t)(line->at - line->base);
    if (head > 0 && head + line->count < line->room) return;
    uint32_t need = line->count * 3 + 6, *old = line->base;
    uint32_t room = MAX(line->room, 8);
    while (room < need) room *= 2;
    uint32_t *base = room > line->room ? g_new(uint32_t, room) : old;
    uint32_t *at = base + (room - line->count) / 2;
    if (line->count > 0) memmove(at, line->at, line->count * sizeof *at);
    if (base != old) g_free(old);
    line->at = at;
    line->base = base;
    line->room = room;
}

void hf_line__insert(HfLine *line, uint32_t place, uint32_t member)
{
    HF_ASSERT(place <= line->count);
    hf_line__make_room(line);
    if (place < line->count / 2) {
        line->at--;
        memmove(line->at, line->at + 1, place * sizeof member);
    } else {
        memmove(line->at + place + 1, line->at + place, (line->count - place) * sizeof member);
    }
    line->at[place] = member;
    line->count++;
}

void hf_line__remove(HfLine *line, uint32_t place)
{
    HF_ASSERT(place < line->count);
    line->count--;
    if (place < line->count / 2) {
        memmove(line->at + 1, line->at, place * sizeof *line->at);
        line->at++;
    } else {
        memmove(line->at + place, line->at + place + 1, (line->count - place) * sizeof *line->at);
    }
}

void hf_line__shift_inside(HfLine *line, uint32_t from, uint32_t to)
{
    uint32_t *at = line->at, member = at[from];
    if (from < to)
        memmove(at + from, at + from + 1, (to - from) * sizeof *at);
    else
        memmove(at + to + 1, at + to, (from - to) * sizeof *at);
    at[to] = member;
}

void hf_line__shift_outside(HfLine *line, uint32_t from, uint32_t to)
{
    uint32_t member = line->at[from], last = line->count - 1;
    hf_line__make_room(line);
    uint32_t *at = line->at;
    if (from < to) { /* what is before `from` and what is behind `to` goes one to the right */
        if (to < last) memmove(at + to + 2, at + to + 1, (last - to) * sizeof *at);
        if (from > 0) memmove(at + 1, at, from * sizeof *at);
        line->at = at + 1;
    } else { /* ... to the left */
        if (to > 0) memmove(at - 1, at, to * sizeof *at);
        if (from < last) memmove(at + from, at + from + 1, (last - from) * sizeof *at);
        line->at = at - 1;
    }
    line->at[to] = member;
}
