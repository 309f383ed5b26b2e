/* See possible.h. */
#include "models/frameworks/possible.h"

#include "resource/text.h"
#include "world/data.h"

gboolean hf_possible_on(const HfModelEnv *env, HfPossibleFits fits, const void *data, uint32_t host)
{
    HfResources usable = {0};
    gboolean is_good = FALSE;
    for (uint32_t r = 0; !is_good && hf_world_host_usable(env->world, env->row, r, host, &usable);
         r++)
        is_good = fits(data, &usable);
    hf_resources_clear(env->catalog, &usable);
    return is_good;
}

/* Hosts of the same resources in a row are asked once. */
static gboolean is_anywhere(const HfModelEnv *env, HfPossibleFits fits, const void *data)
{
    const HfResources *last = NULL;
    for (uint32_t host = 0; host < hf_world_hosts(env->world); host++) {
        const HfResources *total = hf_world_host_total(env->world, host);
        if (total == last) continue;
        last = total;
        if (hf_possible_on(env, fits, data, host)) return TRUE;
    }
    return FALSE;
}

char *hf_possible_refusal_of(const HfModelEnv *env, HfPossibleFits fits, const void *data,
                             const char *what, const char *text)
{
    if (hf_world_hosts_may_change(env->world) || is_anywhere(env, fits, data)) return NULL;
    for (uint32_t host = 0; host < hf_world_hosts(env->world); host++) {
        if (!fits(data, hf_world_host_total(env->world, host))) continue;
        return g_strdup_printf(
            "no host has enough for one of its roles for one %s, which asks for %s: "
            "of what %s has, too much is reserved to others",
            what, text, hf_world_host_name(env->world, host));
    }
    g_autofree char *has = hf_resources_print(env->catalog, hf_world_host_total(env->world, 0));
    return g_strdup_printf("no host is large enough for one %s, which asks for %s; %s has %s", what,
                           text, hf_world_host_name(env->world, 0), has);
}

typedef struct Asked {
    const HfCatalog *catalog;
    const HfDemand *demand;
} Asked;

static gboolean fits_demand(const void *data, const HfResources *resources)
{
    const Asked *asked = data;
    return hf_demand_fits(asked->catalog, asked->demand, resources, 1) > 0;
}

char *hf_possible_refusal(const HfModelEnv *env, const HfDemand *demand)
{
    Asked asked = {env->catalog, demand};
    HfResources wanted = {0};
    hf_demand_resources(env->catalog, demand, &wanted);
    g_autofree char *text = hf_resources_print(env->catalog, &wanted);
    hf_resources_clear(env->catalog, &wanted);
    return hf_possible_refusal_of(env, fits_demand, &asked, "task", text);
}
