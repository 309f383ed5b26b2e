/* The canonical form of one entry, in and out. */
#include <string.h>

#include "resource/catalog_internal.h"
#include "resource/intake.h"
#include "resource/text.h"

/* What is being read: a copy of the entry that is cut up in place. */
typedef struct Reader {
    HfCatalog *catalog;
    const char *whole; /* the entry as given, for messages */
    char *at;
    HfMeta meta;
    HfDisk disk;
    gboolean has_disk;
    uint32_t copies;
} Reader;

static gboolean fail(const Reader *reader, GError **error, HfResourceErrorCode code,
                     const char *what)
{
    return hf_intake__fail(error, code, reader->whole, what);
}

/* Cut the text up to the next of `marks` off; the mark itself is stored and skipped. NULL when
 * there is no such mark. */
static char *cut(Reader *reader, const char *marks, char *mark_out)
{
    char *begin = reader->at;
    char *end = begin + strcspn(begin, marks);
    if (*end == '\0') return NULL;
    *mark_out = *end;
    *end = '\0';
    reader->at = end + 1;
    return begin;
}

/* Split at the first `mark`; the rest, or NULL when it is not there. */
static char *split(char *text, char mark)
{
    char *at = strchr(text, mark);
    if (at == NULL) return NULL;
    *at = '\0';
    return at + 1;
}

/* ---- Labels ---- */

static HfLabelsId read_labels(HfCatalog *catalog, char *text)
{
    HF_VEC(HfLabel) labels = {NULL, 0, 0};
    for (char *next = text[0] == '\0' ? NULL : text; next != NULL;) {
        char *key = next;
        next = split(key, '&');
        char *value = split(key, '=');
        HfLabel label = {hf_text_intern(catalog, key), HF_TEXT_NONE};
        if (value != NULL) label.value = hf_text_intern(catalog, value);
        hf_vec_push(&labels, label);
    }
    HfLabelsId id = hf_labels_intern(catalog, labels.at, labels.count);
    hf_vec_clear(&labels);
    return id;
}

static void print_labels(const HfCatalog *catalog, HfLabelsId id, GString *out)
{
    uint32_t count;
    const HfLabel *labels = hf_labels(catalog, id, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) g_string_append_c(out, '&');
        g_string_append(out, hf_text(catalog, labels[i].key));
        if (labels[i].value != HF_TEXT_NONE)
            g_string_append_printf(out, "=%s", hf_text(catalog, labels[i].value));
    }
}

/* ---- Reservations ---- */

static gboolean read_reservation(Reader *reader, GError **error)
{
    char mark;
    char *text = cut(reader, ")", &mark);
    if (text == NULL) return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "a '(' without ')'");
    HfReservation top = {.type = HF_RESERVATION_STATIC};
    gboolean is_short = TRUE; /* "(role)", where "(*)" means nothing */
    if (g_str_has_prefix(text, "S:") || g_str_has_prefix(text, "D:")) {
        top.type = text[0] == 'D' ? HF_RESERVATION_DYNAMIC : HF_RESERVATION_STATIC;
        text += 2;
        is_short = FALSE;
    }
    char *part = split(text, ',');
    char *role = g_strstrip(text);
    while (part != NULL) {
        char *next = split(part, ',');
        if (g_str_has_prefix(part, "p=") && top.principal == HF_TEXT_NONE && top.labels == 0) {
            top.principal = hf_text_intern(reader->catalog, part + 2);
        } else if (g_str_has_prefix(part, "l=") && top.labels == 0) {
            top.labels = read_labels(reader->catalog, part + 2);
        } else {
            return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX,
                        "after the role of a reservation come ',p=' principal and ',l=' labels");
        }
        part = next;
    }
    if (!hf_role_intern(reader->catalog, role, &top.role, error)) {
        g_prefix_error(error, "'%s': ", reader->whole);
        return FALSE;
    }
    if (top.role == HF_ROLE_STAR && is_short && top.principal == HF_TEXT_NONE && top.labels == 0)
        return TRUE;
    if (hf_stack_depth(reader->catalog, reader->meta.stack) == HF_ROLE_DEPTH_MAX)
        return fail(reader, error, HF_RESOURCE_ERROR_TOO_LONG, "too many reservations");
    reader->meta.stack = hf_stack_push(reader->catalog, reader->meta.stack, &top);
    return TRUE;
}

static void print_stack(const HfCatalog *catalog, HfStackId stack, GString *out)
{
    if (stack == 0) return;
    print_stack(catalog, hf_stack_below(catalog, stack), out);
    const HfReservation *top = hf_stack_top(catalog, stack);
    g_string_append_printf(out, "(%c:%s", top->type == HF_RESERVATION_DYNAMIC ? 'D' : 'S',
                           hf_role_path(catalog, top->role));
    if (top->principal != HF_TEXT_NONE)
        g_string_append_printf(out, ",p=%s", hf_text(catalog, top->principal));
    if (top->labels != 0) {
        g_string_append(out, ",l=");
        print_labels(catalog, top->labels, out);
    }
    g_string_append_c(out, ')');
}

/* ---- Volumes ---- */

static gboolean read_volume(Reader *reader, GError **error)
{
    char mark;
    char *id = cut(reader, "]", &mark);
    if (id == NULL) return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "a '[' without ']'");
    char *path = split(id, ':');
    if (path == NULL) return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "a volume is [id:path]");
    reader->has_disk = TRUE;
    char *principal = strstr(path, ",p=");
    if (principal != NULL) {
        *principal = '\0';
        principal += 3;
        if (id[0] == '\0')
            return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX,
                        "a persistence principal without persistence id");
        reader->disk.persistence_principal = hf_text_intern(reader->catalog, principal);
    }
    if (id[0] != '\0') reader->disk.persistence = hf_text_intern(reader->catalog, id);
    if (path[0] != '\0') {
        reader->disk.has_volume = TRUE;
        reader->disk.container_path = hf_text_intern(reader->catalog, path);
    }
    return TRUE;
}

static void print_volume(const HfCatalog *catalog, const HfDisk *disk, GString *out)
{
    gboolean is_bare = disk->source == HF_DISK_ROOT; /* something must say that there is DiskInfo */
    if (disk->persistence == HF_TEXT_NONE && !disk->has_volume && !is_bare) return;
    g_string_append_c(out, '[');
    if (disk->persistence != HF_TEXT_NONE)
        g_string_append(out, hf_text(catalog, disk->persistence));
    g_string_append_c(out, ':');
    if (disk->container_path != HF_TEXT_NONE)
        g_string_append(out, hf_text(catalog, disk->container_path));
    if (disk->persistence_principal != HF_TEXT_NONE)
        g_string_append_printf(out, ",p=%s", hf_text(catalog, disk->persistence_principal));
    g_string_append_c(out, ']');
}

/* ---- Flags ---- */

static const char *const source_names[] = {
    [HF_DISK_ROOT] = NULL,     [HF_DISK_PATH] = "PATH", [HF_DISK_MOUNT] = "MOUNT",
    [HF_DISK_BLOCK] = "BLOCK", [HF_DISK_RAW] = "RAW",
};

static gboolean read_source(Reader *reader, const char *text, GError **error)
{
    size_t length = strcspn(text, "/");
    for (size_t s = HF_DISK_PATH; s < G_N_ELEMENTS(source_names); s++) {
        if (strlen(source_names[s]) != length || strncmp(source_names[s], text, length) != 0)
            continue;
        reader->disk.source = (HfDiskSource)s;
        reader->has_disk = TRUE;
        if (text[length] != '\0')
            reader->disk.root = hf_text_intern(reader->catalog, text + length);
        return TRUE;
    }
    return fail(reader, error, HF_RESOURCE_ERROR_DISK_SOURCE,
                "a disk source is PATH, MOUNT, BLOCK or RAW");
}

static gboolean read_copies(Reader *reader, const char *text, GError **error)
{
    guint64 copies;
    if (!g_ascii_string_to_unsigned(text, 10, 1, UINT16_MAX, &copies, NULL))
        return fail(reader, error, HF_RESOURCE_ERROR_TOO_LARGE,
                    "the number of copies is from 1 to 65535");
    reader->copies = (uint32_t)copies;
    return TRUE;
}

/* The flags that carry a text, and where it goes. */
static HfTextId *text_flag(Reader *reader, const char *key)
{
    if (strcmp(key, "prov") == 0) return &reader->meta.provider;
    if (strcmp(key, "vendor") == 0) return &reader->disk.vendor;
    if (strcmp(key, "id") == 0) return &reader->disk.id;
    if (strcmp(key, "profile") == 0) return &reader->disk.profile;
    if (strcmp(key, "host") == 0) return &reader->disk.host_path;
    return NULL;
}

static gboolean read_keyed_flag(Reader *reader, const char *key, char *text, GError **error)
{
    if (strcmp(key, "src") == 0) return read_source(reader, text, error);
    if (strcmp(key, "meta") == 0) {
        reader->disk.metadata = read_labels(reader->catalog, text);
        return TRUE;
    }
    HfTextId *place = text_flag(reader, key);
    if (place == NULL) return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "an unknown flag");
    *place = hf_text_intern(reader->catalog, text);
    return TRUE;
}

static gboolean read_flag(Reader *reader, char *flag, GError **error)
{
    char *text = split(flag, '=');
    if (text != NULL) return read_keyed_flag(reader, flag, text, error);
    char *copies = split(flag, '*');
    if (strcmp(flag, "shared") == 0) {
        reader->meta.is_shared = TRUE;
        return copies == NULL || read_copies(reader, copies, error);
    }
    if (copies == NULL && strcmp(flag, "rev") == 0) {
        reader->meta.is_revocable = TRUE;
        return TRUE;
    }
    if (copies == NULL && strcmp(flag, "ro") == 0) {
        reader->disk.mode = HF_VOLUME_RO;
        return TRUE;
    }
    return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "an unknown flag");
}

/* Do the parts of DiskInfo belong together? What qualifies a source needs one, and so on. */
static gboolean check_disk_parts(Reader *reader, GError **error)
{
    const HfDisk *disk = &reader->disk;
    if (disk->source == HF_DISK_ROOT && (disk->vendor != HF_TEXT_NONE || disk->id != HF_TEXT_NONE ||
                                         disk->profile != HF_TEXT_NONE || disk->metadata != 0))
        return fail(reader, error, HF_RESOURCE_ERROR_DISK_SOURCE,
                    "vendor, id, profile and meta describe a source: 'src=' is missing");
    if (!disk->has_volume && (disk->host_path != HF_TEXT_NONE || disk->mode != HF_VOLUME_RW))
        return fail(reader, error, HF_RESOURCE_ERROR_VOLUME_MISSING,
                    "host and ro describe a volume: its path is missing");
    return TRUE;
}

static gboolean read_flags(Reader *reader, GError **error)
{
    char mark;
    char *flag = cut(reader, "}", &mark);
    if (flag == NULL) return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "a '{' without '}'");
    while (flag != NULL) {
        char *next = split(flag, ',');
        if (!read_flag(reader, flag, error)) return FALSE;
        flag = next;
    }
    return TRUE;
}

static void print_text_flag(const HfCatalog *catalog, GString *flags, const char *key,
                            HfTextId text)
{
    if (text != HF_TEXT_NONE) g_string_append_printf(flags, ",%s=%s", key, hf_text(catalog, text));
}

static void print_flags(const HfCatalog *catalog, const HfMeta *meta, const HfDisk *disk,
                        uint16_t copies, GString *out)
{
    g_autoptr(GString) flags = g_string_new(NULL);
    if (disk != NULL && disk->source != HF_DISK_ROOT) {
        g_string_append_printf(flags, ",src=%s", source_names[disk->source]);
        if (disk->root != HF_TEXT_NONE) {
            const char *root = hf_text(catalog, disk->root);
            g_string_append_printf(flags, "%s%s", root[0] == '/' ? "" : "/", root);
        }
        print_text_flag(catalog, flags, "vendor", disk->vendor);
        print_text_flag(catalog, flags, "id", disk->id);
        print_text_flag(catalog, flags, "profile", disk->profile);
        if (disk->metadata != 0) {
            g_string_append(flags, ",meta=");
            print_labels(catalog, disk->metadata, flags);
        }
    }
    if (disk != NULL) print_text_flag(catalog, flags, "host", disk->host_path);
    if (disk != NULL && disk->mode == HF_VOLUME_RO) g_string_append(flags, ",ro");
    print_text_flag(catalog, flags, "prov", meta->provider);
    if (meta->is_revocable) g_string_append(flags, ",rev");
    if (meta->is_shared) g_string_append(flags, ",shared");
    if (meta->is_shared && copies > 1) g_string_append_printf(flags, "*%u", copies);
    if (flags->len > 0) g_string_append_printf(out, "{%s}", flags->str + 1);
}

/* ---- The whole entry ---- */

static gboolean read_decorations(Reader *reader, char mark, GError **error)
{
    int last = 0; /* the order is: reservations, volume, flags, role, value */
    while (mark != ':') {
        const char *order = "([{@";
        int stage = (int)(strchr(order, mark) - order);
        if (stage < last || (stage == last && mark != '(' && last > 0))
            return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX,
                        "parts in the wrong order: name(reservation)[volume]{flags}@role:value");
        last = stage;
        if (mark == '@') {
            char *role = cut(reader, ":", &mark);
            if (role == NULL) return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "no ':'");
            if (hf_role_intern(reader->catalog, g_strstrip(role), &reader->meta.allocation_role,
                               error))
                return TRUE;
            g_prefix_error(error, "'%s': ", reader->whole);
            return FALSE;
        }
        gboolean is_ok = mark == '('   ? read_reservation(reader, error)
                         : mark == '[' ? read_volume(reader, error)
                                       : read_flags(reader, error);
        if (!is_ok) return FALSE;
        mark = *reader->at;
        if (mark == '\0' || strchr("([{@:", mark) == NULL)
            return fail(reader, error, HF_RESOURCE_ERROR_SYNTAX, "text after a closing bracket");
        reader->at++;
    }
    return TRUE;
}

static gboolean read_entry(HfIntake *intake, const char *text, GError **error)
{
    g_autofree char *copy = g_strstrip(g_strdup(text));
    g_autofree char *shown = hf_text__shown(text);
    Reader reader = {
        .catalog = intake->catalog, .whole = shown, .at = copy, .meta = HF_META_INIT, .copies = 1};
    char mark;
    char *name = cut(&reader, "([{@:", &mark);
    if (name == NULL) return fail(&reader, error, HF_RESOURCE_ERROR_SYNTAX, "no ':'");
    if (!read_decorations(&reader, mark, error)) return FALSE;
    if (!check_disk_parts(&reader, error)) return FALSE;
    if (reader.has_disk) reader.meta.disk = hf_disk_intern(intake->catalog, &reader.disk);

    HfValue value;
    gboolean is_ok = hf_value_parse(intake->catalog, reader.at, &value, error);
    if (is_ok) {
        is_ok =
            hf_intake__add(intake, g_strstrip(name), &reader.meta, &value, reader.copies, error);
        hf_value_clear(intake->catalog, &value);
    }
    return is_ok;
}

gboolean hf_resources_add_canonical(HfCatalog *catalog, HfResources *to, const char *entry,
                                    GError **error)
{
    if (!hf_intake__check_text(entry, error)) return FALSE;
    HfIntake intake;
    hf_intake__resume(&intake, catalog, to);
    gboolean is_ok = read_entry(&intake, entry, error);
    if (is_ok) {
        hf_intake__finish(&intake, to);
    } else {
        hf_intake__clear(&intake);
    }
    return is_ok;
}

gboolean hf_intake__add_canonical(HfIntake *intake, const char *text, GError **error)
{
    char *entry;
    gboolean is_ok = TRUE;
    while (is_ok && (entry = hf_intake__next(&text, ";")) != NULL) {
        if (entry[strspn(entry, " \t\r\n")] != '\0') is_ok = read_entry(intake, entry, error);
        g_free(entry);
    }
    return is_ok;
}

gboolean hf_resources_parse_canonical(HfCatalog *catalog, const char *text, HfResources *out,
                                      GError **error)
{
    if (!hf_intake__check_text(text, error)) return FALSE;
    HfIntake intake;
    hf_intake__init(&intake, catalog);
    gboolean is_ok = hf_intake__add_canonical(&intake, text, error);
    if (is_ok) {
        hf_intake__finish(&intake, out);
    } else {
        hf_intake__clear(&intake);
    }
    return is_ok;
}

void hf_resource_print_canonical(const HfCatalog *catalog, const HfResource *entry,
                                 GString *text_out)
{
    const HfMeta *meta = hf_meta(catalog, entry->meta);
    const HfDisk *disk = hf_disk(catalog, meta->disk);
    g_string_append(text_out, hf_kind_name(catalog, entry->kind));
    print_stack(catalog, meta->stack, text_out);
    if (disk != NULL) print_volume(catalog, disk, text_out);
    print_flags(catalog, meta, disk, entry->copies, text_out);
    if (meta->allocation_role != HF_ROLE_NONE)
        g_string_append_printf(text_out, "@%s", hf_role_path(catalog, meta->allocation_role));
    g_string_append_c(text_out, ':');
    char amount[HF_MILLI_TEXT_SIZE];
    switch (hf_kind_type(catalog, entry->kind)) {
    case HF_TYPE_SCALAR:
        g_string_append(text_out, hf_milli_print(entry->milli, amount));
        break;
    case HF_TYPE_RANGES:
        hf_ranges_print(entry->ranges, ",", text_out);
        break;
    case HF_TYPE_SET:
        hf_set_print(catalog, entry->set, ",", text_out);
        break;
    }
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **hf_resources_print_canonical(const HfCatalog *catalog, const HfResources *resources)
{
    char **entries = g_new0(char *, (gsize)resources->count + 1);
    for (uint32_t i = 0; i < resources->count; i++) {
        GString *text = g_string_new(NULL);
        hf_resource_print_canonical(catalog, hf_resources_at(resources, i), text);
        entries[i] = g_string_free(text, FALSE);
    }
    if (resources->count > 1) qsort(entries, resources->count, sizeof *entries, compare_strings);
    return entries;
}

char *hf_resources_to_text(const HfCatalog *catalog, const HfResources *resources)
{
    g_auto(GStrv) entries = hf_resources_print_canonical(catalog, resources);
    return g_strjoinv(";", entries);
}
