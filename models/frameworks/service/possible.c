/*
 * What can never run: an instance that no host is large enough for, or no host that its constraints
 * allow, or more instances than its constraints let there be. Looked for before the run; hosts are
 * gone through until enough is found, which is at once as a rule.
 */
#include "models/frameworks/possible.h"

#include "base/map64.h"
#include "models/frameworks/service/service.h"
#include "resource/text.h"

typedef struct Asked {
    HfService *service;
    const HfNodeKind *kind;
} Asked;

/* Does one instance fit into so much? */
static gboolean fits(const void *data, const HfResources *resources)
{
    const Asked *asked = data;
    const HfNodeKind *kind = asked->kind;
    HfCatalog *catalog = asked->service->env.catalog;
    if (hf_demand_fits(catalog, &kind->demand, resources, 1) == 0) return FALSE;
    if (kind->volume_count > 0 || !hf_resources_is_empty(&kind->fixed))
        return hf_service__fits(asked->service, kind, resources);
    if (kind->rules.place != HF_DATA_MOUNT) return TRUE;
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        if (entry->kind != HF_KIND_DISK || entry->milli < kind->rules.disk) continue;
        const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
        if (disk != NULL && disk->source == HF_DISK_MOUNT) return TRUE;
        if (disk != NULL && disk->source == HF_DISK_RAW &&
            hf_meta_has(catalog, entry->meta, HF_META_PROVIDER))
            return TRUE; /* of which a storage service may make one */
    }
    return FALSE;
}

static char *print_asked(const HfService *service, const HfNodeKind *kind)
{
    HfResources wanted = {0};
    hf_demand_resources(service->env.catalog, &kind->demand, &wanted);
    g_autofree char *text = hf_resources_print(service->env.catalog, &wanted);
    hf_resources_clear(service->env.catalog, &wanted);
    gboolean has_ports = kind->rules.ports > 0 || !hf_resources_is_empty(&kind->fixed);
    return g_strdup_printf("%s%s%s", text, has_ports ? " and ports" : "",
                           kind->volume_count > 0               ? " and volumes"
                           : kind->rules.place == HF_DATA_MOUNT ? " and a disk of its own (MOUNT)"
                                                                : "");
}

/* ---- how many ---- */

/* A rule that bounds how many instances there are where something is equal. */
typedef struct Bound {
    char *name;     /* owned */
    uint32_t most;  /* instances of one value */
    int constraint; /* >= 0: of this one; -1 = of a host; -2 = of a rack */
    HfMap64 seen;
    int64_t room; /* as far as hosts were looked at */
} Bound;

typedef HF_VEC(Bound) Bounds;

static void list_bounds(const HfNodeKind *kind, Bounds *bounds)
{
    const HfNodeRules *rules = &kind->rules;
    if (rules->max_per_host > 0)
        hf_vec_push(bounds, (Bound){.name = g_strdup_printf("max_per_host: %u",
                                                            (unsigned)rules->max_per_host),
                                    .most = (uint32_t)rules->max_per_host,
                                    .constraint = -1});
    if (rules->max_per_rack > 0)
        hf_vec_push(bounds, (Bound){.name = g_strdup_printf("max_per_rack: %u",
                                                            (unsigned)rules->max_per_rack),
                                    .most = (uint32_t)rules->max_per_rack,
                                    .constraint = -2});
    for (uint32_t c = 0; c < kind->constraints.count; c++)
        if (hf_constraints__most(&kind->constraints, c) > 0)
            hf_vec_push(bounds, (Bound){.name = hf_constraints__print(&kind->constraints, c),
                                        .most = hf_constraints__most(&kind->constraints, c),
                                        .constraint = (int)c});
}

static void clear_bounds(Bounds *bounds)
{
    for (guint32 i = 0; i < bounds->count; i++) {
        hf_map64_clear(&bounds->at[i].seen);
        g_free(bounds->at[i].name);
    }
    hf_vec_clear(bounds);
}

static uint64_t value_for(const HfService *service, const HfNodeKind *kind, const Bound *bound,
                          uint32_t host)
{
    if (bound->constraint == -1) return host;
    if (bound->constraint == -2) return hf_service__rack_of(service, host);
    return hf_constraints__value(&kind->constraints, (uint32_t)bound->constraint,
                                 service->env.world, host);
}

/* One more host that an instance could be on. TRUE: there is room for all now. */
static gboolean add_room(const HfService *service, const HfNodeKind *kind, Bounds *bounds,
                         uint32_t host, int64_t count)
{
    gboolean is_enough = TRUE;
    for (guint32 i = 0; i < bounds->count; i++) {
        Bound *bound = &bounds->at[i];
        uint64_t value = value_for(service, kind, bound, host);
        if (hf_map64_get(&bound->seen, value) == HF_MAP64_NONE) {
            hf_map64_set(&bound->seen, value, 1);
            bound->room += bound->most;
        }
        is_enough = is_enough && bound->room >= count;
    }
    return is_enough;
}

/* Hosts that are large enough, and of those the ones that constraints allow while nothing runs. */
typedef struct Found {
    gboolean is_large, is_allowed, is_enough;
} Found;

static Found look(HfService *service, HfNodeKind *kind, Bounds *bounds, int64_t count)
{
    Asked asked = {service, kind};
    Found found = {0};
    const HfResources *last = NULL;
    gboolean is_large = FALSE;
    for (uint32_t h = 0; h < hf_world_hosts(service->env.world) && !found.is_enough; h++) {
        const HfResources *total = hf_world_host_total(service->env.world, h);
        if (total != last) is_large = hf_possible_on(&service->env, fits, &asked, h);
        last = total;
        if (!is_large) continue;
        found.is_large = TRUE;
        if (!hf_constraints__allow(&kind->constraints, service->env.world, h, (uint32_t)count))
            continue;
        found.is_allowed = TRUE;
        found.is_enough = add_room(service, kind, bounds, h, count);
    }
    return found;
}

gboolean hf_possible__check(HfService *service, HfNodeKind *kind, int64_t count, GError **error)
{
    Bounds bounds = {0};
    Asked asked = {service, kind};
    if (count <= 0 || hf_world_hosts_may_change(service->env.world)) return TRUE;
    list_bounds(kind, &bounds);
    Found found = look(service, kind, &bounds, count);
    if (!found.is_large) {
        g_autofree char *text = print_asked(service, kind);
        g_autofree char *why =
            hf_possible_refusal_of(&service->env, fits, &asked, "instance", text);
        g_set_error_literal(error, HF_MODEL_ERROR, 1, why);
    } else if (!found.is_allowed) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "constraints: no host that is large enough is one that they allow");
    } else if (!found.is_enough) {
        guint32 tightest = 0;
        for (guint32 i = 1; i < bounds.count; i++)
            if (bounds.at[i].room < bounds.at[tightest].room) tightest = i;
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "%s lets at most %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                    " instances run on the hosts that are large enough",
                    bounds.at[tightest].name, bounds.at[tightest].room, count);
    }
    clear_bounds(&bounds);
    return found.is_enough;
}
