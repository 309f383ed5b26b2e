/* Mesos's own text form of resources: `name(role):value;...` in, its stream operators' text out. */
#include "resource/text.h"

#include <string.h>

#include "resource/catalog_internal.h"
#include "resource/check.h"
#include "resource/intake.h"
#include "resource/json_internal.h"

/* ---- In ---- */

/* Split `name` or `name(role)`; both trimmed in place. */
static gboolean split_name(char *text, char **name_out, char **role_out, const char *pair,
                           GError **error)
{
    char *open = strchr(text, '('), *close = strchr(text, ')');
    *name_out = text;
    *role_out = NULL;
    if (open != NULL || close != NULL) {
        if (open == NULL || close == NULL || close < open || strchr(open + 1, '(') != NULL ||
            close[1 + strspn(close + 1, " \t\r\n")] != '\0')
            return hf_intake__fail(error, HF_RESOURCE_ERROR_SYNTAX, pair,
                                   "parentheses that do not match, or text after them");
        *open = *close = '\0';
        *role_out = g_strstrip(open + 1);
    }
    *name_out = g_strstrip(text);
    return TRUE;
}

static gboolean read_pair(HfIntake *intake, const char *pair, HfRoleId default_role, GError **error)
{
    const char *colon = strchr(pair, ':');
    if (colon == NULL || strchr(colon + 1, ':') != NULL)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_SYNTAX, pair, "needs exactly one ':'");
    g_autofree char *left = g_strndup(pair, (gsize)(colon - pair));
    char *name, *role_path;
    if (!split_name(left, &name, &role_path, pair, error)) return FALSE;
    HfRoleId role = default_role;
    if (role_path != NULL && !hf_role_intern(intake->catalog, role_path, &role, error))
        return FALSE;
    HfMeta meta = HF_META_INIT;
    if (role != HF_ROLE_STAR) {
        HfReservation top = {.type = HF_RESERVATION_STATIC, .role = role};
        meta.stack = hf_stack_push(intake->catalog, 0, &top);
    }
    HfValue value;
    if (!hf_value_parse(intake->catalog, colon + 1, &value, error)) return FALSE;
    gboolean is_ok = hf_intake__add(intake, name, &meta, &value, 1, error);
    hf_value_clear(intake->catalog, &value);
    return is_ok;
}

static gboolean read_pairs(HfCatalog *catalog, const char *text, HfRoleId default_role,
                           HfResources *out, GError **error)
{
    HfIntake intake;
    hf_intake__init(&intake, catalog);
    gboolean is_ok = TRUE;
    char *pair;
    while (is_ok && (pair = hf_intake__next(&text, ";")) != NULL) {
        if (pair[0] != '\0') is_ok = read_pair(&intake, pair, default_role, error);
        g_free(pair);
    }
    if (is_ok) {
        hf_intake__finish(&intake, out);
    } else {
        hf_intake__clear(&intake);
    }
    return is_ok;
}

static gboolean read_json(HfCatalog *catalog, const char *text, HfRoleId default_role,
                          HfResources *out, GError **error)
{
    g_autoptr(JsonNode) node = hf_json_parse(text, -1, error);
    if (node == NULL) return FALSE;
    HfIntake intake;
    hf_intake__init(&intake, catalog);
    gboolean is_ok = hf_json__read(&intake, node, default_role, error);
    if (is_ok) {
        hf_intake__finish(&intake, out);
    } else {
        hf_intake__clear(&intake);
    }
    return is_ok;
}

gboolean hf_resources_parse(HfCatalog *catalog, const char *text, HfRoleId default_role,
                            unsigned flags, HfResources *out, GError **error)
{
    if (!hf_intake__check_text(text, error)) return FALSE;
    HfResources read = {0};
    gboolean is_json = text[strspn(text, " \t\r\n")] == '[';
    gboolean is_ok = is_json ? read_json(catalog, text, default_role, &read, error)
                             : read_pairs(catalog, text, default_role, &read, error);
    unsigned rules = (flags & HF_PARSE_AGENT) ? HF_RULES_AGENT : HF_RULE_ONE_TYPE;
    if (is_ok) is_ok = hf_resources_check(catalog, &read, rules, error);
    if (is_ok) {
        hf_resources_move(catalog, out, &read);
    } else {
        hf_resources_clear(catalog, &read);
    }
    return is_ok;
}

/* ---- Out ---- */

static void print_labels(const HfCatalog *catalog, HfLabelsId id, GString *out)
{
    uint32_t count;
    const HfLabel *labels = hf_labels(catalog, id, &count);
    g_string_append_c(out, '{');
    for (uint32_t i = 0; i < count; i++) {
        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", hf_text(catalog, labels[i].key));
        if (labels[i].value != HF_TEXT_NONE)
            g_string_append_printf(out, ": %s", hf_text(catalog, labels[i].value));
    }
    g_string_append_c(out, '}');
}

static void print_stack(const HfCatalog *catalog, HfStackId stack, GString *out)
{
    HfStackId below = hf_stack_below(catalog, stack);
    if (below != 0) {
        print_stack(catalog, below, out);
        g_string_append_c(out, ',');
    }
    const HfReservation *top = hf_stack_top(catalog, stack);
    g_string_append_printf(out, "(%s,%s",
                           top->type == HF_RESERVATION_DYNAMIC ? "DYNAMIC" : "STATIC",
                           hf_role_path(catalog, top->role));
    if (top->principal != HF_TEXT_NONE)
        g_string_append_printf(out, ",%s", hf_text(catalog, top->principal));
    if (top->labels != 0) {
        g_string_append_c(out, ',');
        print_labels(catalog, top->labels, out);
    }
    g_string_append_c(out, ')');
}

static const char *text_or_empty(const HfCatalog *catalog, HfTextId text)
{
    return text == HF_TEXT_NONE ? "" : hf_text(catalog, text);
}

static void print_source(const HfCatalog *catalog, const HfDisk *disk, GString *out)
{
    static const char *const names[] = {[HF_DISK_PATH] = "PATH",
                                        [HF_DISK_MOUNT] = "MOUNT",
                                        [HF_DISK_BLOCK] = "BLOCK",
                                        [HF_DISK_RAW] = "RAW"};
    g_string_append(out, names[disk->source]);
    if (disk->id != HF_TEXT_NONE || disk->profile != HF_TEXT_NONE) {
        g_string_append_printf(out, "(%s,%s,%s)", text_or_empty(catalog, disk->vendor),
                               text_or_empty(catalog, disk->id),
                               text_or_empty(catalog, disk->profile));
    } else if (disk->root != HF_TEXT_NONE) {
        g_string_append_printf(out, ":%s", hf_text(catalog, disk->root));
    }
}

static void print_disk(const HfCatalog *catalog, const HfDisk *disk, GString *out)
{
    g_string_append_c(out, '[');
    if (disk->source != HF_DISK_ROOT) print_source(catalog, disk, out);
    if (disk->persistence != HF_TEXT_NONE)
        g_string_append_printf(out, "%s%s", disk->source != HF_DISK_ROOT ? "," : "",
                               hf_text(catalog, disk->persistence));
    if (disk->has_volume) {
        g_string_append_c(out, ':');
        if (disk->host_path != HF_TEXT_NONE)
            g_string_append_printf(out, "%s:", hf_text(catalog, disk->host_path));
        g_string_append(out, text_or_empty(catalog, disk->container_path));
        if (disk->host_path != HF_TEXT_NONE)
            g_string_append(out, disk->mode == HF_VOLUME_RO ? ":ro" : ":rw");
    }
    g_string_append_c(out, ']');
}

static void print_entry(const HfCatalog *catalog, const HfResource *entry, GString *out)
{
    const HfMeta *meta = hf_meta(catalog, entry->meta);
    g_string_append(out, hf_kind_name(catalog, entry->kind));
    if (meta->allocation_role != HF_ROLE_NONE)
        g_string_append_printf(out, "(allocated: %s)",
                               hf_role_path(catalog, meta->allocation_role));
    if (meta->stack != 0) {
        g_string_append(out, "(reservations: [");
        print_stack(catalog, meta->stack, out);
        g_string_append(out, "])");
    }
    if (meta->disk != 0) print_disk(catalog, hf_disk(catalog, meta->disk), out);
    if (meta->is_revocable) g_string_append(out, "{REV}");
    if (meta->is_shared) g_string_append(out, "<SHARED>");
    g_string_append_c(out, ':');
    char amount[HF_MILLI_TEXT_SIZE];
    switch (hf_kind_type(catalog, entry->kind)) {
    case HF_TYPE_SCALAR:
        g_string_append(out, hf_milli_print(entry->milli, amount));
        break;
    case HF_TYPE_RANGES:
        hf_ranges_print(entry->ranges, ", ", out);
        break;
    case HF_TYPE_SET:
        hf_set_print(catalog, entry->set, ", ", out);
        break;
    }
    if (meta->is_shared) g_string_append_printf(out, "<%u>", entry->copies);
}

char *hf_resources_print(const HfCatalog *catalog, const HfResources *resources)
{
    if (resources->count == 0) return g_strdup("{}");
    GString *text = g_string_new(NULL);
    for (uint32_t i = 0; i < resources->count; i++) {
        if (i > 0) g_string_append(text, "; ");
        print_entry(catalog, hf_resources_at(resources, i), text);
    }
    return g_string_free(text, FALSE);
}
