/* Apps of a file with their absolute ids, and the order in which they are deployed; see
 * app_json.h. */
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/marathon/pod_json.h"

static void app_free(gpointer data)
{
    HfApp *app = data;
    g_ptr_array_unref(app->needs);
    g_free(app->id);
    g_free(app->place);
    g_free(app);
}

/* ---- paths ---- */

char *hf_app__absolute(const char *base, const char *path)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    g_autofree char *whole = path[0] == '/' ? g_strdup(path) : g_strconcat(base, "/", path, NULL);
    g_auto(GStrv) given = g_strsplit(whole, "/", -1);
    for (guint i = 0; given[i] != NULL; i++) {
        if (given[i][0] == '\0' || strcmp(given[i], ".") == 0) continue;
        if (strcmp(given[i], "..") == 0)
            g_ptr_array_set_size(parts, (gint)MAX(1, parts->len) - 1);
        else
            g_ptr_array_add(parts, given[i]);
    }
    GString *absolute = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++)
        g_string_append_printf(absolute, "/%s", (const char *)parts->pdata[i]);
    return g_string_free(absolute, FALSE);
}

static gboolean is_alnum(char c)
{
    return g_ascii_isdigit(c) || g_ascii_islower(c);
}

/* Labels of a-z, 0-9 and -, with dots between; - neither begins nor ends one. */
static gboolean is_name(const char *name)
{
    if (strcmp(name, "..") == 0 || strcmp(name, ".") == 0) return TRUE;
    g_auto(GStrv) labels = g_strsplit(name, ".", -1);
    for (guint i = 0; labels[i] != NULL; i++) {
        gsize length = strlen(labels[i]);
        if (length == 0 || !is_alnum(labels[i][0]) || !is_alnum(labels[i][length - 1]))
            return FALSE;
        for (gsize j = 0; j < length; j++)
            if (!is_alnum(labels[i][j]) && labels[i][j] != '-') return FALSE;
    }
    return TRUE;
}

static char *path_refusal(const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    for (guint i = 0; names[i] != NULL; i++)
        if (names[i][0] != '\0' && !is_name(names[i]))
            return g_strdup_printf("\"%s\": names in a path consist of a-z, 0-9, dots and dashes, "
                                   "and begin and end with a letter or digit",
                                   names[i]);
    return NULL;
}

static char *id_refusal(const char *id, const char *absolute)
{
    static const char *const reserved[] = {"restart", "tasks", "versions", NULL};
    char *why = path_refusal(id);
    if (why != NULL) return why;
    const char *last = strrchr(absolute, '/');
    if (last == NULL) return g_strdup("the root is no app");
    if (g_strv_contains(reserved, last + 1))
        return g_strdup_printf("it must not end in \"%s\"", last + 1);
    return NULL;
}

static gboolean is_child(const char *base, const char *id)
{
    gsize length = strlen(base);
    return strncmp(id, base, length) == 0 && id[length] == '/' &&
           strchr(id + length + 1, '/') == NULL;
}

/* ---- the tree ---- */

typedef struct Walk {
    GPtrArray *apps;
    GHashTable *seen; /* absolute id -> app */
    const char **path_out;
    char **why_out;
} Walk;

static gboolean refuse(const Walk *walk, const char *place, const char *key, char *why)
{
    g_autofree char *path = g_strconcat(place, place[0] != '\0' ? "." : "", key, NULL);
    *walk->path_out = g_intern_string(path);
    *walk->why_out = why;
    return FALSE;
}

static gboolean add_needs(const Walk *walk, const char *place, GPtrArray *needs, const char *base,
                          const char *const *given)
{
    for (uint32_t i = 0; given != NULL && given[i] != NULL; i++) {
        g_autofree char *key = g_strdup_printf("dependencies[%u]", i);
        char *why = path_refusal(given[i]);
        if (why != NULL) return refuse(walk, place, key, why);
        g_ptr_array_add(needs, hf_app__absolute(base, given[i]));
    }
    return TRUE;
}

/* `json` or `pod`; a pod has no dependencies of its own. */
static gboolean add_app(Walk *walk, const HfAppJson *json, const HfPodJson *pod, const char *base,
                        gboolean is_grouped, const GPtrArray *inherited, char *place)
{
    HfApp *app = g_new0(HfApp, 1);
    const char *id = json != NULL ? json->id : pod->id;
    app->json = json;
    app->pod = pod;
    app->place = place;
    app->id = hf_app__absolute(base, id);
    app->needs = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(walk->apps, app);
    char *why = id_refusal(id, app->id);
    if (why != NULL) return refuse(walk, place, "id", why);
    if (is_grouped && !is_child(base, app->id))
        return refuse(walk, place, "id",
                      g_strdup_printf("%s does not stand in group %s", app->id, base));
    const HfApp *first = g_hash_table_lookup(walk->seen, app->id);
    if (first != NULL)
        return refuse(walk, place, "id",
                      g_strdup_printf("there is an app %s already, at %s", app->id, first->place));
    g_hash_table_insert(walk->seen, app->id, app);
    for (guint i = 0; i < inherited->len; i++)
        g_ptr_array_add(app->needs, g_strdup(inherited->pdata[i]));
    return json == NULL || add_needs(walk, place, app->needs, base, json->dependencies);
}

static gboolean add_group(Walk *walk, const HfGroupJson *group, const char *base, gboolean is_root,
                          const GPtrArray *inherited, const char *place)
{
    g_autofree char *id = hf_app__absolute(base, group->id != NULL ? group->id : "");
    g_autoptr(GPtrArray) needs = g_ptr_array_new_with_free_func(g_free);
    if (group->id == NULL && !is_root)
        return refuse(walk, place, "id", g_strdup("a group in a group needs an id"));
    char *why = group->id != NULL ? path_refusal(group->id) : NULL;
    if (why != NULL) return refuse(walk, place, "id", why);
    if (!is_root && !is_child(base, id))
        return refuse(walk, place, "id",
                      g_strdup_printf("%s does not stand in group %s", id, base[0] ? base : "/"));
    for (guint i = 0; i < inherited->len; i++)
        g_ptr_array_add(needs, g_strdup(inherited->pdata[i]));
    if (!add_needs(walk, place, needs, id, group->dependencies)) return FALSE;
    const char *dot = place[0] != '\0' ? "." : "";
    for (uint32_t i = 0; i < group->apps.count; i++)
        if (!add_app(walk, &group->apps.at[i], NULL, id, group->id != NULL, needs,
                     g_strdup_printf("%s%sapps[%u]", place, dot, i)))
            return FALSE;
    const HfPodJson *pods = group->pods.at;
    for (uint32_t i = 0; i < group->pods.count; i++)
        if (!add_app(walk, NULL, &pods[i], id, group->id != NULL, needs,
                     g_strdup_printf("%s%spods[%u]", place, dot, i)))
            return FALSE;
    for (uint32_t i = 0; i < group->groups.count; i++) {
        g_autofree char *inner = g_strdup_printf("%s%sgroups[%u]", place, dot, i);
        if (!add_group(walk, &group->groups.at[i], id, FALSE, needs, inner)) return FALSE;
    }
    return TRUE;
}

GPtrArray *hf_apps__of(const HfGroupJson *root, const char **path_out, char **why_out)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    Walk walk = {.apps = g_ptr_array_new_with_free_func(app_free),
                 .seen = seen,
                 .path_out = path_out,
                 .why_out = why_out};
    if (add_group(&walk, root, "", TRUE, none, "")) return walk.apps;
    g_ptr_array_unref(walk.apps);
    return NULL;
}

/* ---- order ---- */

typedef enum Visit { VISIT_NOT, VISIT_OPEN, VISIT_DONE } Visit;

static gboolean is_need(const HfApp *app, const char *need)
{
    gsize length = strlen(need);
    return strncmp(app->id, need, length) == 0 &&
           (app->id[length] == '\0' || app->id[length] == '/');
}

/* The level of an app, with those below it; -1 - row of one in a circle. */
static int visit(const GPtrArray *apps, uint32_t row, Visit *visits, uint32_t *levels)
{
    const HfApp *app = apps->pdata[row];
    if (visits[row] == VISIT_OPEN) return -1 - (int)row;
    if (visits[row] == VISIT_DONE) return (int)levels[row];
    visits[row] = VISIT_OPEN;
    for (guint n = 0; n < app->needs->len; n++) {
        for (guint i = 0; i < apps->len; i++) {
            if (!is_need(apps->pdata[i], app->needs->pdata[n])) continue;
            int below = visit(apps, i, visits, levels);
            if (below < 0) return below;
            levels[row] = MAX(levels[row], (uint32_t)below + 1);
        }
    }
    visits[row] = VISIT_DONE;
    return (int)levels[row];
}

int hf_apps__levels(const GPtrArray *apps, uint32_t *levels)
{
    g_autofree Visit *visits = g_new0(Visit, apps->len + 1);
    for (guint i = 0; i < apps->len; i++) {
        int level = visit(apps, i, visits, levels);
        if (level < 0) return -1 - level;
    }
    return -1;
}
