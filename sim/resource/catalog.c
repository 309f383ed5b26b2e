/* Names: kinds, texts and roles. Metadata stands in meta.c. */
#include "resource/catalog.h"

#include <string.h>

#include "resource/catalog_internal.h"
#include "resource/error.h"

#define TYPES 3

HfCatalog *hf_catalog_new(uint32_t quirks)
{
    HF_ASSERT((quirks & ~(uint32_t)HF_QUIRKS_MESOS) == 0);
    static const char *const scalars[] = {"cpus", "mem", "disk", "gpus"};
    HfCatalog *catalog = g_new0(HfCatalog, 1);
    catalog->quirks = quirks;
    catalog->tables = g_new0(struct HfCatalogTables, 1);
    catalog->tables->texts = hf_intern_new();
    catalog->tables->roles = hf_intern_new();
    catalog->tables->kind_names = hf_intern_new();
    for (HfKindId kind = 0; kind < G_N_ELEMENTS(scalars); kind++) {
        HfKindId id = hf_kind_intern(catalog, scalars[kind], HF_TYPE_SCALAR);
        HF_ASSERT(id == kind);
    }
    HfKindId ports = hf_kind_intern(catalog, "ports", HF_TYPE_RANGES);
    HF_ASSERT(ports == HF_KIND_PORTS);
    HfRoleId star = HF_ROLE_NONE;
    gboolean is_valid = hf_role_intern(catalog, "*", &star, NULL);
    HF_ASSERT(is_valid && star == HF_ROLE_STAR);
    hf_meta__init(catalog);
    return catalog;
}

void hf_catalog_free(HfCatalog *catalog)
{
    if (catalog == NULL) return;
    hf_parcel__clear(catalog);
    hf_value__clear_pool(catalog);
    hf_meta__clear(catalog);
    hf_intern_free(catalog->tables->texts);
    hf_intern_free(catalog->tables->roles);
    hf_intern_free(catalog->tables->kind_names);
    hf_vec_clear(&catalog->tables->kind_of_name);
    g_free(catalog->tables);
    g_free(catalog->meta);
    g_free(catalog->kind);
    g_free(catalog->role);
    g_free(catalog);
}

/* ---- Kinds ---- */

HfKindId hf_kind_intern(HfCatalog *catalog, const char *name, HfType type)
{
    HF_ASSERT(name[0] != '\0');
    struct HfCatalogTables *tables = catalog->tables;
    uint32_t name_ix = hf_intern(tables->kind_names, name);
    while (tables->kind_of_name.count < (name_ix + 1) * TYPES)
        hf_vec_push(&tables->kind_of_name, HF_KIND_NONE);
    HfKindId *of_name = tables->kind_of_name.at + (size_t)name_ix * TYPES;
    if (of_name[type] != HF_KIND_NONE) return of_name[type];
    if (catalog->kind_count == HF_KIND_NONE) return HF_KIND_NONE;

    if (catalog->kind_count == tables->kind_room) {
        tables->kind_room = tables->kind_room == 0 ? 8 : tables->kind_room * 2;
        catalog->kind = g_renew(HfKindInfo, catalog->kind, tables->kind_room);
    }
    HfKindId kind = (HfKindId)catalog->kind_count++;
    of_name[type] = kind;
    HfKindId quantity = kind;
    for (int t = 0; t < TYPES; t++) quantity = MIN(quantity, of_name[t]);
    catalog->kind[kind] = (HfKindInfo){hf_intern_name(tables->kind_names, name_ix), type, quantity};
    return kind;
}

HfKindId hf_kind_find(const HfCatalog *catalog, const char *name)
{
    uint32_t name_ix = hf_intern_find(catalog->tables->kind_names, name);
    if (name_ix == HF_INTERN_NONE) return HF_KIND_NONE;
    const HfKindId *of_name = catalog->tables->kind_of_name.at + (size_t)name_ix * TYPES;
    HfKindId first = HF_KIND_NONE;
    for (int t = 0; t < TYPES; t++) first = MIN(first, of_name[t]);
    return first;
}

/* ---- Texts ---- */

HfTextId hf_text_intern(HfCatalog *catalog, const char *text)
{
    return hf_intern(catalog->tables->texts, text) + 1;
}

HfTextId hf_text_find(const HfCatalog *catalog, const char *text)
{
    return hf_intern_find(catalog->tables->texts, text) + 1; /* NONE wraps to HF_TEXT_NONE */
}

const char *hf_text(const HfCatalog *catalog, HfTextId text)
{
    return text == HF_TEXT_NONE ? NULL : hf_intern_name(catalog->tables->texts, text - 1);
}

char *hf_text__shown(const char *text)
{
    g_autofree char *head = g_strndup(text, 80);
    g_autofree char *escaped = g_strescape(head, "\"");
    return strlen(text) > 80 ? g_strconcat(escaped, "...", NULL) : g_steal_pointer(&escaped);
}

/* ---- Roles ---- */

/* Why one component of a role, [begin, end), is invalid; NULL if it is not. */
static const char *component_invalid(const char *begin, const char *end)
{
    size_t length = (size_t)(end - begin);
    if (length == 0) return "it has an empty component";
    if (length == 1 && begin[0] == '.') return "it has a component '.'";
    if (length == 1 && begin[0] == '*') return "it has a component '*'";
    if (length == 2 && begin[0] == '.' && begin[1] == '.') return "it has a component '..'";
    if (begin[0] == '-') return "it has a component that starts with '-'";
    for (const char *at = begin; at < end; at++)
        if (strchr("\t\n\v\f\r \x7f", *at) != NULL) return "it holds a blank or DEL";
    return NULL;
}

const char *hf_role_invalid(const char *path)
{
    if (path[0] == '\0') return "it is empty";
    if (strcmp(path, "*") == 0) return NULL;
    size_t length = strlen(path);
    if (length > HF_ROLE_LENGTH_MAX) return "it is longer than 512 bytes";
    if (path[0] == '/') return "it starts with '/'";
    if (path[length - 1] == '/') return "it ends with '/'";
    uint32_t depth = 0;
    for (const char *begin = path;;) {
        const char *end = begin + strcspn(begin, "/");
        const char *why = component_invalid(begin, end);
        if (why != NULL) return why;
        if (++depth > HF_ROLE_DEPTH_MAX) return "it is deeper than 64 levels";
        if (*end == '\0') return NULL;
        begin = end + 1;
    }
}

static HfRoleId add_role(HfCatalog *catalog, const char *path, HfRoleId parent, uint32_t depth)
{
    struct HfCatalogTables *tables = catalog->tables;
    HfRoleId role = hf_intern(tables->roles, path);
    if (role < catalog->role_count) return role;
    if (catalog->role_count == tables->role_room) {
        tables->role_room = tables->role_room == 0 ? 16 : tables->role_room * 2;
        catalog->role = g_renew(HfRoleInfo, catalog->role, tables->role_room);
    }
    catalog->role[role] = (HfRoleInfo){hf_intern_name(tables->roles, role), parent, depth};
    catalog->role_count++;
    return role;
}

gboolean hf_role_intern(HfCatalog *catalog, const char *path, HfRoleId *role_out, GError **error)
{
    HfRoleId known = hf_intern_find(catalog->tables->roles, path);
    if (known != HF_INTERN_NONE) {
        *role_out = known;
        return TRUE;
    }
    const char *why = hf_role_invalid(path);
    if (why != NULL) {
        g_autofree char *shown = hf_text__shown(path);
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_ROLE, "role '%s' is not valid: %s",
                    shown, why);
        return FALSE;
    }
    char prefix[HF_ROLE_LENGTH_MAX + 1];
    HfRoleId role = HF_ROLE_NONE;
    uint32_t depth = 0;
    for (size_t i = 0;; i++) {
        if (path[i] == '/' || path[i] == '\0') {
            prefix[i] = '\0';
            role = add_role(catalog, prefix, role, ++depth);
        }
        if (path[i] == '\0') break;
        prefix[i] = path[i];
    }
    *role_out = role;
    return TRUE;
}

HfRoleId hf_role_find(const HfCatalog *catalog, const char *path)
{
    return hf_intern_find(catalog->tables->roles, path);
}

GArray *hf_roles_parse(HfCatalog *catalog, const char *text, GError **error)
{
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    g_auto(GStrv) tokens = g_strsplit(text, ",", -1);
    for (char **token = tokens; *token != NULL; token++) {
        if (**token == '\0') continue;
        HfRoleId role;
        if (!hf_role_intern(catalog, *token, &role, error)) return NULL;
        g_array_append_val(roles, role);
    }
    return g_steal_pointer(&roles);
}
