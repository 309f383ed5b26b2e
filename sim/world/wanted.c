/*
 * What a scenario asks of the allocator besides weights: quota of roles, the lists of roles and of
 * agents, and what each framework wants to be offered.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/assert.h"
#include "world/world_internal.h"

/* ---- roles ---- */

/* Quota of a role; FALSE when its guarantee and those before it, `sum`, are more than there is. */
static gboolean build_quota(HfWorld *world, const HfScenarioRole *keys, HfRoleId role,
                            const HfQuantities *capacity, HfQuantities *sum, GError **error)
{
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    gboolean good =
        (keys->guarantee == NULL ||
         hf_quantities_parse(world->catalog, keys->guarantee, &guarantees, error)) &&
        (keys->limit == NULL || hf_limits_parse(world->catalog, keys->limit, &limits, error));
    hf_quantities_add(sum, &guarantees);
    if (good && !hf_quantities_contains(capacity, sum)) {
        g_autofree char *wanted = hf_quantities_print(world->catalog, sum);
        g_autofree char *have = hf_quantities_print(world->catalog, capacity);
        g_set_error(error, HF_WORLD_ERROR, HF_WORLD_ERROR_INPUT,
                    "roles.%s.guarantee: guarantees add up to %s, more than the agents have: %s",
                    keys->name, wanted, have);
        good = FALSE;
    }
    if (good) hf_master_quota_set(world->master, role, &guarantees, &limits);
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
    return good;
}

/* Guarantees must fit into what all agents have, reserved or not (Mesos: quota_handler.cpp). */
gboolean hf_world__build_quotas(HfWorld *world, const HfRoleId *roles, GError **error)
{
    const HfScenario *scenario = world->scenario;
    HfQuantities capacity = {0}, sum = {0};
    gboolean good = TRUE;
    for (uint32_t h = 0; h < world->host_count; h++)
        hf_resources_scalar_quantities(world->catalog, world->hosts[h].total, &capacity);
    for (uint32_t r = 0; r < scenario->roles.count && good; r++) {
        const HfScenarioRole *keys = &scenario->roles.at[r];
        if (keys->guarantee != NULL || keys->limit != NULL)
            good = build_quota(world, keys, roles[r], &capacity, &sum, error);
    }
    hf_quantities_clear(&capacity);
    hf_quantities_clear(&sum);
    return good;
}

gboolean hf_world__build_role_list(HfWorld *world, GError **error)
{
    const char **names = world->scenario->master.roles;
    if (names == NULL) return TRUE;
    world->listed_roles = g_new0(HfRoleId, g_strv_length((char **)names));
    for (; names[world->listed_role_count] != NULL; world->listed_role_count++) {
        HfRoleId *role = &world->listed_roles[world->listed_role_count];
        if (!hf_role_intern(world->catalog, names[world->listed_role_count], role, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- agents ---- */

gboolean hf_world__build_whitelist(HfWorld *world, GError **error)
{
    const char **names = world->scenario->master.whitelist;
    if (names == NULL) return TRUE;
    g_autoptr(GHashTable) hosts = g_hash_table_new(g_str_hash, g_str_equal);
    for (uint32_t h = 0; h < world->host_count; h++) g_hash_table_add(hosts, world->hosts[h].name);
    uint32_t count = 0;
    for (; names[count] != NULL; count++) {
        if (g_hash_table_contains(hosts, names[count])) continue;
        g_set_error(error, HF_WORLD_ERROR, HF_WORLD_ERROR_INPUT,
                    "master.whitelist: no agent is called \"%s\"", names[count]);
        return FALSE;
    }
    hf_world__set_whitelist(world, hf_master_allocator(world->master));
    return TRUE;
}

void hf_world__set_whitelist(const HfWorld *world, HfAllocator *allocator)
{
    const char **names = world->scenario->master.whitelist;
    if (names == NULL) return;
    hf_allocator_whitelist_set(allocator, hf_world__now(world), names,
                               g_strv_length((gchar **)names));
}

/* ---- frameworks ---- */

static gboolean fail(uint32_t row, const char *key, GError *inner, GError **error)
{
    g_set_error(error, HF_WORLD_ERROR, HF_WORLD_ERROR_INPUT, "frameworks[%u].%s: %s", row, key,
                inner->message);
    g_error_free(inner);
    return FALSE;
}

/* One minimum for all its roles. */
static gboolean build_minima(HfWorld *world, uint32_t row, const HfDriverConfig *config,
                             GError **error)
{
    HfGuest *guest = &world->guests[row];
    const char *text = world->scenario->frameworks.at[row].min_allocatable_resources;
    if (text == NULL) return TRUE;
    g_auto(GStrv) sets = g_strsplit(text, "|", -1);
    guest->minimum = g_new0(HfQuantities, g_strv_length(sets));
    for (; sets[guest->minimum_count] != NULL; guest->minimum_count++) {
        GError *inner = NULL;
        if (!hf_quantities_parse(world->catalog, sets[guest->minimum_count],
                                 &guest->minimum[guest->minimum_count], &inner))
            return fail(row, "min_allocatable_resources", inner, error);
    }
    HfRoleMinimum *minima = g_new0(HfRoleMinimum, config->role_count);
    for (uint32_t r = 0; r < config->role_count; r++)
        minima[r] = (HfRoleMinimum){config->roles[r], guest->minimum, guest->minimum_count};
    guest->wishes.minima = minima;
    guest->wishes.minimum_count = config->role_count;
    return TRUE;
}

static gboolean build_constraints(HfWorld *world, uint32_t row, GError **error)
{
    const char *text = world->scenario->frameworks.at[row].offer_constraints;
    if (text == NULL) return TRUE;
    GError *inner = NULL;
    g_autoptr(JsonNode) node = json_from_string(text, &inner);
    if (node == NULL && inner == NULL)
        g_set_error_literal(&inner, HF_WORLD_ERROR, HF_WORLD_ERROR_INPUT, "it is empty");
    if (node == NULL) return fail(row, "offer_constraints", inner, error);
    HfOfferConstraints *constraints = hf_offer_constraints_from_json(world->catalog, node, &inner);
    if (constraints == NULL) return fail(row, "offer_constraints", inner, error);
    world->guests[row].wishes.constraints = constraints;
    return TRUE;
}

const HfOfferWishes *hf_world__build_wishes(HfWorld *world, uint32_t row,
                                            const HfDriverConfig *config, GError **error)
{
    if (!build_minima(world, row, config, error) || !build_constraints(world, row, error))
        return NULL;
    return &world->guests[row].wishes;
}

void hf_world__clear_wishes(HfGuest *guest)
{
    for (uint32_t m = 0; m < guest->minimum_count; m++) hf_quantities_clear(&guest->minimum[m]);
    g_free(guest->minimum);
    g_free((gpointer)guest->wishes.minima);
    hf_offer_constraints_unref(guest->wishes.constraints);
}
