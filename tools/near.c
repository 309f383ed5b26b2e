/* Damerau's distance (optimal string alignment) over short words, three rows at a time. */
#include "tools/near.h"

#include <glib.h>
#include <string.h>

#define WORD_MAX 64 /* longer words are no misspelt names */

static size_t distance(const char *a, const char *b)
{
    size_t a_size = strlen(a), b_size = strlen(b);
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b_size; j++) last[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            gboolean same = a[i - 1] == b[j - 1];
            now[j] = MIN(MIN(now[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = MIN(now[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b_size];
}

const char *hf_near_find(const char *word, const char *const *known)
{
    size_t size = strlen(word);
    if (size > WORD_MAX) return NULL;
    size_t allowed = MAX(1, (size + 1) / 3);
    const char *best = NULL;
    for (size_t i = 0; known[i] != NULL; i++) {
        size_t other = strlen(known[i]);
        if (other > WORD_MAX || MAX(size, other) - MIN(size, other) > allowed) continue;
        size_t edits = distance(word, known[i]);
        if (edits > allowed || edits >= MAX(size, other)) continue;
        best = known[i];
        allowed = edits - (edits > 0 ? 1 : 0);
        if (edits == 0) break;
    }
    return best;
}
