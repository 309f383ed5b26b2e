/* The distance of optimal string alignment (Damerau's without overlaps) over short words. */
#include "base/near.h"

#include <glib.h>
#include <string.h>

#define WORD_MAX 64
#define PART_MIN 3

static unsigned distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    unsigned cost[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= a_length; i++) cost[i][0] = (unsigned)i;
    for (size_t j = 0; j <= b_length; j++) cost[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        for (size_t j = 1; j <= b_length; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);
            unsigned least = cost[i - 1][j - 1] + (x != y);
            least = MIN(least, cost[i - 1][j] + 1);
            least = MIN(least, cost[i][j - 1] + 1);
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && y == g_ascii_tolower(a[i - 2]))
                least = MIN(least, cost[i - 2][j - 2] + 1);
            cost[i][j] = least;
        }
    }
    return cost[a_length][b_length];
}

static unsigned common_prefix(const char *a, const char *b)
{
    unsigned length = 0;
    while (a[length] != '\0' && a[length] == b[length]) length++;
    return length;
}

const char *hf_near_find(const char *word, const char *const *known)
{
    size_t length = strlen(word);
    if (known == NULL || length == 0 || length > WORD_MAX) return NULL;
    const char *best = NULL;
    unsigned least = MAX(1U, (unsigned)length / 3) + 1, prefix = 0;
    for (int i = 0; known[i] != NULL; i++) {
        size_t other = strlen(known[i]);
        if (other > WORD_MAX) continue;
        unsigned d = distance(word, known[i]), p = common_prefix(word, known[i]);
        if (d >= MAX(length, other)) continue;
        if (d < least || (best != NULL && d == least && p > prefix)) {
            least = d;
            prefix = p;
            best = known[i];
        }
    }
    return best;
}

/* Whether the shorter of the two begins or ends the longer one. */
static int is_part(const char *a, const char *b)
{
    const char *whole = strlen(a) < strlen(b) ? b : a, *part = whole == a ? b : a;
    size_t more = strlen(whole) - strlen(part);
    return g_ascii_strncasecmp(whole, part, strlen(part)) == 0 ||
           g_ascii_strcasecmp(whole + more, part) == 0;
}

const char *hf_near_part(const char *word, const char *const *known)
{
    const char *best = NULL;
    size_t length = strlen(word), longest = PART_MIN - 1, least = 0;
    for (int i = 0; known != NULL && known[i] != NULL; i++) {
        size_t other = strlen(known[i]), part = MIN(length, other);
        size_t apart = MAX(length, other) - part;
        if (part < longest || (part == longest && (best == NULL || apart >= least))) continue;
        if (!is_part(word, known[i])) continue;
        best = known[i];
        longest = part;
        least = apart;
    }
    return best;
}
