/*
 * A strict check of JSON text before json-glib sees it: that reader accepts comments, assignments
 * and missing commas, and recurses as deep as the text does.
 */
#include <string.h>

#include "resource/json_internal.h"

typedef struct Scan {
    const char *at, *end;
    unsigned depth;
    const char *why; /* set once, at the place of the error */
} Scan;

static gboolean refuse(Scan *scan, const char *why)
{
    if (scan->why == NULL) scan->why = why;
    return FALSE;
}

static char peek(const Scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static void skip_blanks(Scan *scan)
{
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) != NULL && *scan->at != '\0')
        scan->at++;
}

static gboolean scan_string(Scan *scan)
{
    if (peek(scan) != '"') return refuse(scan, "a string is expected");
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        unsigned char byte = (unsigned char)*scan->at;
        if (byte < 0x20) return refuse(scan, "a control character inside a string");
        scan->at++;
        if (byte != '\\') continue;
        char escape = peek(scan);
        if (escape == '\0' || strchr("\"\\/bfnrtu", escape) == NULL)
            return refuse(scan, "an unknown escape");
        scan->at++;
        if (escape != 'u') continue;
        unsigned code = 0;
        for (int i = 0; i < 4; i++, scan->at++) {
            if (!g_ascii_isxdigit(peek(scan))) return refuse(scan, "\\u needs four digits");
            code = code * 16 + (unsigned)g_ascii_xdigit_value(peek(scan));
        }
        if (code == 0) return refuse(scan, "a NUL character inside a string");
        if (code >= 0xd800 && code <= 0xdbff) {
            /* The second half must follow, or the text is not Unicode. */
            if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u' ||
                g_ascii_tolower(scan->at[2]) != 'd' || strchr("cdefCDEF", scan->at[3]) == NULL ||
                scan->at[3] == '\0' || !g_ascii_isxdigit(scan->at[4]) ||
                !g_ascii_isxdigit(scan->at[5]))
                return refuse(scan, "half of a surrogate pair");
            scan->at += 6;
        } else if (code >= 0xdc00 && code <= 0xdfff) {
            return refuse(scan, "half of a surrogate pair");
        }
    }
    if (scan->at == scan->end) return refuse(scan, "a string without end");
    scan->at++;
    return TRUE;
}

static gboolean scan_digits(Scan *scan)
{
    if (!g_ascii_isdigit(peek(scan))) return refuse(scan, "a digit is expected");
    while (g_ascii_isdigit(peek(scan))) scan->at++;
    return TRUE;
}

static gboolean scan_number(Scan *scan)
{
    if (peek(scan) == '-') scan->at++;
    if (peek(scan) == '0') {
        scan->at++;
        if (g_ascii_isdigit(peek(scan))) return refuse(scan, "a number with a leading zero");
    } else if (!scan_digits(scan)) {
        return FALSE;
    }
    if (peek(scan) == '.') {
        scan->at++;
        if (!scan_digits(scan)) return FALSE;
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-') scan->at++;
        return scan_digits(scan);
    }
    return TRUE;
}

static gboolean scan_word(Scan *scan, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(scan->end - scan->at) < length || strncmp(scan->at, word, length) != 0)
        return refuse(scan, "a value is expected");
    scan->at += length;
    return TRUE;
}

static gboolean scan_value(Scan *scan);

/* The members of an object or the elements of an array, up to and with `close`. */
static gboolean scan_members(Scan *scan, char close)
{
    if (++scan->depth > HF_JSON_DEPTH_MAX) return refuse(scan, "nested too deeply");
    scan->at++;
    skip_blanks(scan);
    gboolean is_first = TRUE;
    while (peek(scan) != close) {
        if (!is_first) {
            if (peek(scan) != ',') return refuse(scan, "',' or the closing bracket is expected");
            scan->at++;
            skip_blanks(scan);
        }
        is_first = FALSE;
        if (close == '}') {
            if (!scan_string(scan)) return FALSE;
            skip_blanks(scan);
            if (peek(scan) != ':') return refuse(scan, "':' is expected");
            scan->at++;
            skip_blanks(scan);
        }
        if (!scan_value(scan)) return FALSE;
        skip_blanks(scan);
    }
    scan->at++;
    scan->depth--;
    return TRUE;
}

static gboolean scan_value(Scan *scan)
{
    switch (peek(scan)) {
    case '{':
        return scan_members(scan, '}');
    case '[':
        return scan_members(scan, ']');
    case '"':
        return scan_string(scan);
    case 't':
        return scan_word(scan, "true");
    case 'f':
        return scan_word(scan, "false");
    case 'n':
        return scan_word(scan, "null");
    default:
        return scan_number(scan);
    }
}

const char *hf_json__syntax_error(const char *text, size_t length, size_t *byte_out)
{
    Scan scan = {.at = text, .end = text + length};
    skip_blanks(&scan);
    if (scan_value(&scan)) {
        skip_blanks(&scan);
        if (scan.at < scan.end) refuse(&scan, "text after the value");
    }
    *byte_out = (size_t)(scan.at - text);
    return scan.why;
}
