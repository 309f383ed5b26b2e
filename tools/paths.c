/* Looks in a fixed order; see paths.h. */
#include "tools/paths.h"

#include <gio/gio.h>
#include <string.h>

#include "base/near.h"

/* Directory of the running executable, or NULL where /proc tells nothing. */
static char *executable_dir(void)
{
    g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
    return path != NULL ? g_path_get_dirname(path) : NULL;
}

static gboolean lies_in(const char *path, const char *dir)
{
    size_t size = strlen(dir);
    return strncmp(path, dir, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

/* The places for `name`, in order; NULL-terminated. */
static char **candidates(const char *name)
{
    GStrvBuilder *list = g_strv_builder_new();
    g_autofree char *dir = executable_dir();
    if (dir != NULL && lies_in(dir, HF_BINARY_DIR)) {
        g_autofree char *source = g_build_filename(HF_SOURCE_DIR, name, NULL);
        g_strv_builder_add(list, source);
    } else if (dir != NULL) {
        g_autofree char *beside = g_build_filename(dir, "..", "share", "holdfast", name, NULL);
        g_strv_builder_add(list, beside);
    }
    g_autofree char *installed = g_build_filename(HF_DATA_DIR, name, NULL);
    g_strv_builder_add(list, installed);
    char **result = g_strv_builder_end(list);
    g_strv_builder_unref(list);
    return result;
}

char *hf_paths_find(const char *name, GError **error)
{
    g_auto(GStrv) places = candidates(name);
    for (char **place = places; *place != NULL; place++) {
        if (!g_file_test(*place, G_FILE_TEST_IS_DIR)) continue;
        return g_canonicalize_filename(*place, NULL);
    }
    g_autofree char *list = g_strjoinv(", ", places);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                "cannot find the program's own '%s' directory; looked at: %s", name, list);
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **hf_paths_scenarios(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    if (dir == NULL) return NULL;
    GPtrArray *names = g_ptr_array_new();
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        if (g_str_has_suffix(name, ".yaml"))
            g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".yaml")));
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/* `name` is neither a file nor a scenario of `folder` (NULL: there is none). */
static void means_nothing(const char *name, const char *folder, GError **error)
{
    g_auto(GStrv) known = folder != NULL ? hf_paths_scenarios(folder, NULL) : NULL;
    const char *near = known != NULL ? hf_near_find(name, (const char *const *)known) : NULL;
    g_set_error(
        error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "%s: there is no such file, and no scenario of that name comes with the program%s%s%s"
        " (see 'holdfast list scenarios')",
        name, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
        near != NULL ? "?" : "");
}

char *hf_paths_scenario(const char *name, GError **error)
{
    if (name[0] == '\0') {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "expected the name of a scenario file, got an empty text");
        return NULL;
    }
    gboolean is_file =
        g_file_test(name, G_FILE_TEST_EXISTS) && !g_file_test(name, G_FILE_TEST_IS_DIR);
    if (is_file || strchr(name, '/') != NULL) return g_strdup(name);
    g_autofree char *folder = hf_paths_find("scenarios", NULL);
    g_autofree char *with_suffix = g_strconcat(name, ".yaml", NULL);
    const char *const forms[] = {name, with_suffix};
    for (size_t i = 0; folder != NULL && i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *path = g_build_filename(folder, forms[i], NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) return g_steal_pointer(&path);
    }
    if (g_file_test(name, G_FILE_TEST_EXISTS)) return g_strdup(name);
    means_nothing(name, folder, error);
    return NULL;
}

char **hf_paths_trace_dirs(void)
{
    const char *given = g_getenv("HOLDFAST_TRACES");
    if (given != NULL) return g_strsplit(given, G_SEARCHPATH_SEPARATOR_S, -1);
    char **list = g_new0(char *, 2);
    g_autofree char *beside = g_canonicalize_filename(HF_SOURCE_DIR "/../shared/traces", NULL);
    if (g_file_test(beside, G_FILE_TEST_IS_DIR)) list[0] = g_steal_pointer(&beside);
    return list;
}
