/* Groups of agents by name; see groups.h. */
#include "models/failures/groups.h"

#include <string.h>

static gboolean is_group(const HfWorld *world, const char *name)
{
    for (uint32_t h = 0; h < hf_world_hosts(world); h++)
        if (strcmp(hf_world_host_group(world, h), name) == 0) return TRUE;
    return FALSE;
}

gboolean hf_failure_groups_check(const HfWorld *world, const char **names, GError **error)
{
    for (const char **name = names; name && *name; name++) {
        if (is_group(world, *name)) continue;
        g_set_error(error, HF_MODEL_ERROR, 1, "agents: there is no group of agents named \"%s\"",
                    *name);
        return FALSE;
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
        g_set_error(error, HF_MODEL_ERROR, 1, "frameworks: there is no framework named \"%s\"",
                    *name);
        return FALSE;
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
