/*
 * How large a program RE2 would make of a regular expression, about: one instruction for each
 * character, class, repetition mark, bar and border of a group, and everything repeated {n,m} times
 * is there as often. Mesos refuses what is larger than its limit, so that a framework cannot make
 * the master slow; what RE2 does not know at all (looking around, references back, possessive
 * repetition, some escapes) is refused as well. Whether the expression is well formed is left to
 * its compiler.
 */
#include <string.h>

#include "allocator/constraints_internal.h"

#define HF_DEPTH_MAX  200
#define HF_REPEAT_MAX 1000 /* RE2's own */
#define HF_SIZE_MAX   100000U

#define HF_LETTERS_KNOWN "abdfnprstvwxzABCDEPQSW" /* that RE2 has behind a backslash */

typedef struct Reader {
    const char *at;
    uint32_t depth;
    gboolean is_foreign; /* RE2 would not take it */
} Reader;

static uint32_t read_bars(Reader *reader);

static uint32_t capped(uint64_t size)
{
    return (uint32_t)MIN(size, HF_SIZE_MAX);
}

/* Behind '(' ; groups of flags alone, "(?i)", are nothing. */
static uint32_t read_group(Reader *reader)
{
    uint32_t borders = 2;
    if (*reader->at == '?') {
        const char *kind = reader->at + 1;
        if (kind[0] == 'P' && kind[1] == '<') {
            reader->at += 3;
            while (*reader->at != '\0' && *reader->at != '>') reader->at++;
        } else {
            borders = 0;
            kind += strspn(kind, "imsU-");
            reader->at = kind;
            if (*kind == '\0') return 0;
            reader->is_foreign |= *kind != ':' && *kind != ')';
            if (*kind == ')') {
                reader->at++;
                return 0;
            }
        }
        if (*reader->at != '\0') reader->at++;
    }
    if (++reader->depth > HF_DEPTH_MAX) {
        reader->is_foreign = TRUE;
        return 0;
    }
    uint32_t size = read_bars(reader);
    reader->depth--;
    if (*reader->at == ')') reader->at++;
    return size + borders;
}

/* Behind '[' . */
static void skip_class(Reader *reader)
{
    if (*reader->at == '^') reader->at++;
    if (*reader->at == ']') reader->at++;
    while (*reader->at != '\0' && *reader->at != ']') {
        const char *end = NULL;
        if (reader->at[0] == '[' && reader->at[1] == ':') end = strstr(reader->at + 2, ":]");
        if (end != NULL)
            reader->at = end + 2;
        else
            reader->at += reader->at[0] == '\\' && reader->at[1] != '\0' ? 2 : 1;
    }
    if (*reader->at == ']') reader->at++;
}

static uint32_t read_one(Reader *reader)
{
    char c = *reader->at++;
    if (c == '(') return read_group(reader);
    if (c == '[') skip_class(reader);
    if (c == '\\' && *reader->at != '\0') {
        c = *reader->at++;
        reader->is_foreign |=
            (c >= '1' && c <= '9') || (g_ascii_isalpha(c) && strchr(HF_LETTERS_KNOWN, c) == NULL);
    }
    return 1;
}

/* "{n}", "{n,}" or "{n,m}" at the reader, which moves behind it; else it is plain text. */
static gboolean read_bounds(Reader *reader, uint64_t *least_out, uint64_t *most_out)
{
    const char *at = reader->at + 1;
    char *end;
    if (*reader->at != '{' || !g_ascii_isdigit(*at)) return FALSE;
    *least_out = *most_out = g_ascii_strtoull(at, &end, 10);
    if (*end == ',') {
        at = end + 1;
        *most_out = UINT64_MAX; /* no end */
        end = (char *)at;
        if (g_ascii_isdigit(*at)) *most_out = g_ascii_strtoull(at, &end, 10);
    }
    if (*end != '}') return FALSE;
    reader->at = end + 1;
    return TRUE;
}

/* What stands behind one item makes more of it. */
static uint32_t read_repeats(Reader *reader, uint32_t size)
{
    uint64_t least, most;
    for (;;) {
        if (*reader->at == '*' || *reader->at == '+' || *reader->at == '?') {
            reader->at++;
            size = capped((uint64_t)size + 1);
        } else if (read_bounds(reader, &least, &most)) {
            if (least > HF_REPEAT_MAX || (most != UINT64_MAX && most > HF_REPEAT_MAX))
                reader->is_foreign = TRUE;
            least = MIN(least, HF_REPEAT_MAX);
            uint64_t more = most == UINT64_MAX ? 1
                            : most > least     ? (MIN(most, HF_REPEAT_MAX) - least) * (size + 1)
                                               : 0;
            if (most == UINT64_MAX && least == 0) more += size;
            size = capped(least * size + more);
        } else {
            return size;
        }
        if (*reader->at == '?') reader->at++;
        reader->is_foreign |= *reader->at == '+' || *reader->at == '*';
    }
}

static uint32_t read_bars(Reader *reader)
{
    uint64_t sum = 0;
    while (*reader->at != '\0' && *reader->at != ')' && !reader->is_foreign) {
        if (*reader->at == '|') {
            reader->at++;
            sum++;
        } else {
            uint32_t size = read_one(reader);
            sum += read_repeats(reader, size);
        }
        sum = capped(sum);
    }
    return (uint32_t)sum;
}

gboolean hf_constraint__regex_size(const char *regex, uint32_t *size_out)
{
    Reader reader = {.at = regex};
    uint32_t size = read_bars(&reader);
    if (reader.is_foreign) return FALSE;
    *size_out = size;
    return TRUE;
}
