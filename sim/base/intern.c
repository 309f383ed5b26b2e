/* Interning over a GHashTable (looked up, never iterated) and an array of names. */
#include "base/intern.h"

#include "base/assert.h"

struct HfIntern {
    GHashTable *ids;  /* name -> id + 1; keys owned by names */
    GPtrArray *names; /* [id], owned */
};

HfIntern *hf_intern_new(void)
{
    HfIntern *table = g_new0(HfIntern, 1);
    table->ids = g_hash_table_new(g_str_hash, g_str_equal);
    table->names = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void hf_intern_free(HfIntern *table)
{
    if (table == NULL) return;
    g_hash_table_unref(table->ids);
    g_ptr_array_unref(table->names);
    g_free(table);
}

uint32_t hf_intern_find(const HfIntern *table, const char *name)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(table->ids, name)) - 1U;
}

uint32_t hf_intern(HfIntern *table, const char *name)
{
    uint32_t id = hf_intern_find(table, name);
    if (id != HF_INTERN_NONE) return id;
    id = table->names->len;
    HF_ASSERT(id < HF_INTERN_NONE - 1);
    char *copy = g_strdup(name);
    g_ptr_array_add(table->names, copy);
    g_hash_table_insert(table->ids, copy, GUINT_TO_POINTER(id + 1U));
    return id;
}

const char *hf_intern_name(const HfIntern *table, uint32_t id)
{
    HF_ASSERT(id < table->names->len);
    return g_ptr_array_index(table->names, id);
}

uint32_t hf_intern_count(const HfIntern *table)
{
    return table->names->len;
}
