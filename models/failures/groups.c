/* Groups of agents by name; see groups.h. */
#include "models/failures/groups.h"

#include <string.h>

#include "base/near.h"

#define NAMES_MAX 1000 /* frameworks that are tried for a near miss */

static gboolean is_group(const HfWorld *world, const char *name)
{
    for (uint32_t h = 0; h < hf_world_hosts(world); h++)
        if (strcmp(hf_world_host_group(world, h), name) == 0) return TRUE;
    return FALSE;
}

/* "there is no WHAT named "NAME"; did you mean "NEAR"?" over names that there are. */
static gboolean refuse_name(const char *key, const char *what, const char *name, GPtrArray *known,
                            GError **error)
{
    g_ptr_array_add(known, NULL);
    const char *const *names = (const char *const *)known->pdata;
    const char *near = hf_near_find(name, names);
    if (near == NULL) near = hf_near_part(name, names);
    g_set_error(error, HF_MODEL_ERROR, 1, "%s: there is no %s named \"%s\"%s%s%s", key, what, name,
                near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                near != NULL ? "\"?" : "");
    return FALSE;
}

gboolean hf_failure_groups_check(const HfWorld *world, const char **names, GError **error)
{
    for (const char **name = names; name && *name; name++) {
        if (is_group(world, *name)) continue;
        g_autoptr(GPtrArray) known = g_ptr_array_new();
        for (uint32_t h = 0; h < hf_world_hosts(world); h++) {
            char *group = (char *)hf_world_host_group(world, h);
            if (h == 0 || strcmp(group, hf_world_host_group(world, h - 1)) != 0)
                g_ptr_array_add(known, group);
        }
        return refuse_name("agents", "group of agents", *name, known, error);
    }
    return TRUE;
}

gboolean hf_failure_has_attributes(const HfAttributes *have, const HfAttributes *want)
{
    for (uint32_t w = 0; w < want->count; w++) {
        gboolean found = FALSE;
        for (uint32_t h = 0; !found && h < have->count; h++)
            found = hf_attributes_equal(&(HfAttributes){&have->at[h], 1},
                                        &(HfAttributes){&want->at[w], 1});
        if (!found) return FALSE;
    }
    return TRUE;
}

gboolean hf_failure_groups_has(const HfWorld *world, const char **names, uint32_t host)
{
    return names == NULL ||
           g_strv_contains((const gchar *const *)names, hf_world_host_group(world, host));
}

/* By its own name, or by that of all of its entry. */
static gboolean is_called(const HfWorld *world, uint32_t framework, const char *name)
{
    return strcmp(hf_world_framework_name(world, framework), name) == 0 ||
           g_strcmp0(hf_world_framework_group(world, framework), name) == 0;
}

gboolean hf_failure_frameworks_check(const HfWorld *world, const char **names, GError **error)
{
    for (const char **name = names; name && *name; name++) {
        uint32_t row = 0, count = hf_world_frameworks(world);
        while (row < count && !is_called(world, row, *name)) row++;
        if (row < count) continue;
        g_autoptr(GPtrArray) known = g_ptr_array_new();
        for (row = 0; row < MIN(count, NAMES_MAX); row++)
            g_ptr_array_add(known, (char *)hf_world_framework_name(world, row));
        return refuse_name("frameworks", "framework", *name, known, error);
    }
    return TRUE;
}

gboolean hf_failure_frameworks_has(const HfWorld *world, const char **names, uint32_t framework)
{
    if (names == NULL) return TRUE;
    for (; *names != NULL; names++)
        if (is_called(world, framework, *names)) return TRUE;
    return FALSE;
}
