/* The memory of a loaded set, and the list of what was wrong with it; see scenario_internal.h. */
#include <string.h>

#include "scenario/scenario_internal.h"

static void law_free(gpointer law)
{
    hf_law_clear(law);
}

static void expect_free(gpointer expect)
{
    hf_expect_free(expect);
}

HfScenarioStore *hf_store__new(void)
{
    HfScenarioStore *store = g_new0(HfScenarioStore, 1);
    store->arena = hf_arena_new(16 * 1024);
    store->laws = g_ptr_array_new_with_free_func(law_free);
    store->expects = g_ptr_array_new_with_free_func(expect_free);
    return store;
}

void hf_store__free(HfScenarioStore *store)
{
    if (store == NULL) return;
    g_ptr_array_unref(store->laws); /* before the arena that holds them */
    g_ptr_array_unref(store->expects);
    hf_arena_free(store->arena);
    g_free(store);
}

void *hf_store__take(HfScenarioStore *store, size_t size)
{
    void *memory = hf_arena_take(store->arena, size);
    memset(memory, 0, size);
    return memory;
}

char *hf_store__text(HfScenarioStore *store, const char *text, gssize size)
{
    size_t length = size < 0 ? strlen(text) : (size_t)size;
    char *copy = hf_arena_take(store->arena, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *hf_store__printf(HfScenarioStore *store, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return hf_store__text(store, text, -1);
}

void hf_complaints__init(HfComplaints *complaints)
{
    complaints->texts = g_ptr_array_new_with_free_func(g_free);
    complaints->seen = g_hash_table_new(g_str_hash, g_str_equal);
    complaints->code = HF_SCENARIO_ERROR_INPUT;
}

void hf_complaints__clear(HfComplaints *complaints)
{
    g_hash_table_destroy(complaints->seen);
    g_ptr_array_unref(complaints->texts);
}

/* A message is one line, whatever stands in keys and values. */
static char *in_one_line(const char *text)
{
    GString *line = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) { /* bytes: file names may be no UTF-8 */
        if (*p == '\n')
            g_string_append(line, "\\n");
        else if (g_ascii_iscntrl(*p))
            g_string_append_printf(line, "\\u%04x", (unsigned)(unsigned char)*p);
        else
            g_string_append_c(line, *p);
    }
    return g_string_free(line, FALSE);
}

static gboolean complain(HfComplaints *complaints, HfScenarioError code, const HfNode *at,
                         const char *path, const char *text)
{
    GString *line = g_string_new(NULL);
    if (at != NULL) g_string_append(line, at->origin);
    if (at != NULL && at->line > 0) g_string_append_printf(line, ":%u:%u", at->line, at->column);
    if (line->len > 0) g_string_append(line, ": ");
    if (path != NULL && path[0] != '\0') g_string_append_printf(line, "%s: ", path);
    g_string_append(line, text);
    g_autofree char *raw = g_string_free(line, FALSE);
    g_autofree char *whole = in_one_line(raw);
    if (complaints->texts->len >= HF_COMPLAINTS_MAX) return FALSE;
    if (g_hash_table_contains(complaints->seen, whole)) return FALSE;
    if (complaints->texts->len == 0) complaints->code = code;
    g_hash_table_add(complaints->seen, whole);
    g_ptr_array_add(complaints->texts, g_steal_pointer(&whole));
    return FALSE;
}

gboolean hf_complain(HfComplaints *complaints, const HfNode *at, const char *path,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return complain(complaints, HF_SCENARIO_ERROR_INPUT, at, path, text);
}

gboolean hf_complain_io(HfComplaints *complaints, const HfNode *at, const char *path,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return complain(complaints, HF_SCENARIO_ERROR_IO, at, path, text);
}
