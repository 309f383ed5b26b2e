/*
 * A small cell for allocator tests: agents and frameworks named by their rows, resources as text,
 * and the offers of a run as one line each, "f0 r1 a0 cpus@r1:4;mem@r1:1024", in order of the list.
 */
#ifndef HF_TESTS_UNIT_ALLOCATOR_CELL_H
#define HF_TESTS_UNIT_ALLOCATOR_CELL_H

#include "support/test.h"

#include <string.h>

#include "allocator/allocator.h"
#include "resource/json.h"
#include "resource/text.h"

typedef struct Cell {
    HfCatalog *catalog;
    HfAllocatorConfig config; /* change it between cell_new and cell_start */
    HfAllocator *allocator;
    HfOfferList list;
    HfTime now;
    GString *text;
    HfQuantities min[4]; /* of cell_minimum() */
} Cell;

static inline Cell *cell_new(void)
{
    Cell *cell = g_new0(Cell, 1);
    cell->catalog = hf_catalog_new(0);
    cell->text = g_string_new(NULL);
    hf_allocator_config_init(&cell->config);
    cell->config.agent_order = HF_AGENT_ORDER_SORTED;
    return cell;
}

static inline void cell_start(Cell *cell)
{
    cell->allocator = hf_allocator_new(cell->catalog, &cell->config);
    hf_allocator_batch_armed(cell->allocator);
}

/* The global minimum, alternatives separated by '|'; before cell_start. */
static inline void cell_minimum(Cell *cell, const char *alternatives)
{
    char **parts = g_strsplit(alternatives, "|", -1);
    uint32_t count = 0;
    for (; parts[count] != NULL; count++) {
        assert_true(count < G_N_ELEMENTS(cell->min));
        assert_true(hf_quantities_parse(cell->catalog, parts[count], &cell->min[count], NULL));
    }
    cell->config.min_allocatable = cell->min;
    cell->config.min_allocatable_count = count;
    g_strfreev(parts);
}

/* As a Mesos master starts it: with its minimum. */
static inline Cell *cell_new_started(void)
{
    Cell *cell = cell_new();
    cell_minimum(cell, "cpus:0.01|mem:32");
    cell_start(cell);
    return cell;
}

static inline void cell_free(Cell *cell)
{
    for (size_t m = 0; m < G_N_ELEMENTS(cell->min); m++) hf_quantities_clear(&cell->min[m]);
    hf_offer_list_clear(cell->catalog, &cell->list);
    hf_allocator_free(cell->allocator);
    hf_catalog_free(cell->catalog);
    g_string_free(cell->text, TRUE);
    g_free(cell);
}

static inline HfRoleId cell_role(Cell *cell, const char *path)
{
    HfRoleId role = HF_ROLE_NONE;
    assert_true(hf_role_intern(cell->catalog, path, &role, NULL));
    return role;
}

static inline HfResources cell_resources(Cell *cell, const char *text)
{
    HfResources resources = {0};
    GError *error = NULL;
    if (!hf_resources_parse_canonical(cell->catalog, text, &resources, &error))
        fail_msg("%s: %s", text, error->message);
    return resources;
}

static inline HfAgentSpec cell_agent_spec(char *name, const HfResources *total)
{
    return (HfAgentSpec){.name = name,
                         .total = total,
                         .capabilities = HF_AGENT_CAPABILITY_ALL,
                         .owner = HF_ROLE_NONE};
}

static inline void cell_agent(Cell *cell, uint32_t agent, const char *total)
{
    char name[16];
    g_snprintf(name, sizeof name, "a%u", agent);
    HfResources resources = cell_resources(cell, total);
    HfAgentSpec spec = cell_agent_spec(name, &resources);
    assert_int_equal(hf_allocator_agent_add(cell->allocator, cell->now, agent, &spec, NULL, 0),
                     HF_OK);
    hf_resources_clear(cell->catalog, &resources);
}

/* An agent of which a framework, known or not, holds something from the start. */
static inline void cell_agent_used(Cell *cell, uint32_t agent, const char *total,
                                   uint32_t framework, const char *role, const char *used)
{
    char name[16], owner[16];
    g_snprintf(name, sizeof name, "a%u", agent);
    g_snprintf(owner, sizeof owner, "f%u", framework);
    HfResources resources = cell_resources(cell, total), held = cell_resources(cell, used);
    HfAgentSpec spec = cell_agent_spec(name, &resources);
    HfHolding holding = {framework, agent, cell_role(cell, role), &held, owner};
    assert_int_equal(hf_allocator_agent_add(cell->allocator, cell->now, agent, &spec, &holding, 1),
                     HF_OK);
    hf_resources_clear(cell->catalog, &resources);
    hf_resources_clear(cell->catalog, &held);
}

/* The agent's total from now on. */
static inline void cell_total(Cell *cell, uint32_t agent, const char *total)
{
    HfResources resources = cell_resources(cell, total);
    HfAgentSpec spec = cell_agent_spec(NULL, &resources);
    assert_int_equal(hf_allocator_agent_update(cell->allocator, cell->now, agent, &spec), HF_OK);
    hf_resources_clear(cell->catalog, &resources);
}

static inline void cell_quota(Cell *cell, const char *role, const char *guarantee,
                              const char *limit)
{
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    if (*guarantee != '\0')
        assert_true(hf_quantities_parse(cell->catalog, guarantee, &guarantees, NULL));
    if (*limit != '\0') assert_true(hf_limits_parse(cell->catalog, limit, &limits, NULL));
    assert_int_equal(hf_allocator_quota_set(cell->allocator, cell->now, cell_role(cell, role),
                                            &guarantees, &limits),
                     HF_OK);
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
}

/* `roles` separated by ',' ; a '!' in front suppresses the role. */
static inline void cell_framework_as(Cell *cell, uint32_t framework, const char *roles,
                                     uint32_t capabilities, gboolean active, gboolean update)
{
    char name[16];
    g_snprintf(name, sizeof name, "f%u", framework);
    HfRoleId all[8], suppressed[8];
    HfFrameworkSpec spec = {.name = name,
                            .roles = all,
                            .suppressed = suppressed,
                            .capabilities = capabilities,
                            .active = active};
    char **parts = g_strsplit(roles, ",", -1);
    for (char **part = parts; *part != NULL; part++) {
        gboolean is_suppressed = **part == '!';
        all[spec.role_count++] = cell_role(cell, *part + is_suppressed);
        if (is_suppressed) suppressed[spec.suppressed_count++] = all[spec.role_count - 1];
    }
    g_strfreev(parts);
    HfStatus status =
        update ? hf_allocator_framework_update(cell->allocator, cell->now, framework, &spec)
               : hf_allocator_framework_add(cell->allocator, cell->now, framework, &spec, NULL, 0);
    assert_int_equal(status, HF_OK);
}

static inline void cell_framework(Cell *cell, uint32_t framework, const char *roles)
{
    cell_framework_as(cell, framework, roles, HF_CAPABILITY_MULTI_ROLE, TRUE, FALSE);
}

/* The offers made so far, one line each. */
static inline const char *cell_offers(Cell *cell)
{
    g_string_truncate(cell->text, 0);
    for (uint32_t o = 0; o < cell->list.offers.count; o++) {
        const HfOffered *offer = &cell->list.offers.at[o];
        char *resources =
            hf_resources_to_text(cell->catalog, hf_parcel_resources(offer->resources));
        g_string_append_printf(cell->text, "%sf%u %s a%u %s", o ? "\n" : "", offer->framework,
                               hf_role_path(cell->catalog, offer->role), offer->agent, resources);
        g_free(resources);
    }
    return cell->text->str;
}

/* The run that calls asked for; "" when none did or nothing was offered. */
static inline const char *cell_run(Cell *cell)
{
    hf_offer_list_reset(cell->catalog, &cell->list);
    if (hf_allocator_wants_run(cell->allocator))
        hf_allocator_run(cell->allocator, cell->now, &cell->list);
    return cell_offers(cell);
}

/* Time goes on by one interval, to the next batch. */
static inline const char *cell_batch(Cell *cell)
{
    cell->now += cell->config.interval;
    hf_offer_list_reset(cell->catalog, &cell->list);
    hf_allocator_batch(cell->allocator, cell->now, &cell->list);
    hf_allocator_batch_armed(cell->allocator);
    return cell_offers(cell);
}

/* How many agents the next batch visits, and how often a framework is tried: nobody gets anything.
 */
static inline void cell_expect_visits(Cell *cell, uint64_t visited, uint64_t tried)
{
    HfAllocatorCounters before = hf_allocator_counters(cell->allocator);
    assert_string_equal(cell_batch(cell), "");
    HfAllocatorCounters after = hf_allocator_counters(cell->allocator);
    assert_int_equal(after.agents_visited - before.agents_visited, visited);
    assert_int_equal(after.frameworks_tried - before.frameworks_tried, tried);
}

static inline HfStatus cell_recover(Cell *cell, uint32_t framework, uint32_t agent,
                                    const char *role, const char *resources, double refuse_seconds,
                                    gboolean launched)
{
    HfResources back = cell_resources(cell, resources);
    HfRecovery recovery = {.framework = framework,
                           .agent = agent,
                           .role = cell_role(cell, role),
                           .resources = &back,
                           .refuse_seconds = refuse_seconds,
                           .launched = launched};
    HfStatus status = hf_allocator_recover(cell->allocator, cell->now, &recovery);
    hf_resources_clear(cell->catalog, &back);
    return status;
}

/* Give back every offer of the last run with this filter. */
static inline void cell_decline_all(Cell *cell, double refuse_seconds)
{
    for (uint32_t o = 0; o < cell->list.offers.count; o++) {
        const HfOffered *offer = &cell->list.offers.at[o];
        HfRecovery recovery = {.framework = offer->framework,
                               .agent = offer->agent,
                               .role = offer->role,
                               .resources = hf_parcel_resources(offer->resources),
                               .refuse_seconds = refuse_seconds};
        assert_int_equal(hf_allocator_recover(cell->allocator, cell->now, &recovery), HF_OK);
    }
}

/* Given back without a filter. */
static inline void cell_back(Cell *cell, uint32_t framework, uint32_t agent, const char *role,
                             const char *resources)
{
    assert_int_equal(cell_recover(cell, framework, agent, role, resources, HF_NO_FILTER, FALSE),
                     HF_OK);
}

static inline void cell_decline(Cell *cell, uint32_t framework, uint32_t agent, const char *role,
                                const char *resources, double refuse_seconds)
{
    assert_int_equal(cell_recover(cell, framework, agent, role, resources, refuse_seconds, FALSE),
                     HF_OK);
}

static inline HfOperation cell_operation(Cell *cell, HfOperationType type, const char *resources)
{
    return (HfOperation){.type = type, .resources = cell_resources(cell, resources)};
}

/* The framework does this with what it was offered. */
static inline HfStatus cell_operate(Cell *cell, uint32_t framework, uint32_t agent,
                                    const char *role, const char *offered, HfOperationType type,
                                    const char *resources)
{
    HfOperation operation = cell_operation(cell, type, resources);
    HfConversions conversions = {0};
    hf_operation_allocate(cell->catalog, &operation, cell_role(cell, role));
    assert_true(hf_operation_convert(cell->catalog, &operation, &conversions, NULL));
    HfResources held = cell_resources(cell, offered);
    HfStatus status =
        hf_allocator_update_allocation(cell->allocator, cell->now, framework, agent,
                                       cell_role(cell, role), &held, &conversions, NULL, NULL);
    hf_resources_clear(cell->catalog, &held);
    hf_conversions_clear(cell->catalog, &conversions);
    hf_operation_clear(cell->catalog, &operation);
    return status;
}

/* An operator does this with what nobody holds. */
static inline HfStatus cell_operator(Cell *cell, uint32_t agent, HfOperationType type,
                                     const char *resources)
{
    HfOperation operation = cell_operation(cell, type, resources);
    HfStatus status =
        hf_allocator_update_available(cell->allocator, cell->now, agent, &operation, 1, NULL);
    hf_operation_clear(cell->catalog, &operation);
    return status;
}

/* All that the allocator knows, as one text. Free with g_free. */
static inline char *cell_state(Cell *cell)
{
    JsonNode *node = hf_allocator_state(cell->allocator);
    char *text = json_to_string(node, FALSE);
    json_node_unref(node);
    return text;
}

/* A part of it by the members on the way, separated by '|', as text; NULL when there is none. Free
 * with g_free. */
static inline char *cell_part(Cell *cell, const char *path)
{
    JsonNode *node = hf_allocator_state(cell->allocator), *at = node;
    char **names = g_strsplit(path, "|", -1);
    for (char **name = names; *name != NULL && at != NULL; name++)
        at = JSON_NODE_HOLDS_OBJECT(at) ? json_object_get_member(json_node_get_object(at), *name)
                                        : NULL;
    char *text = at != NULL ? json_to_string(at, FALSE) : NULL;
    g_strfreev(names);
    json_node_unref(node);
    return text;
}

static inline void cell_expect(Cell *cell, const char *path, const char *expected)
{
    char *text = cell_part(cell, path);
    if (g_strcmp0(text, expected) != 0)
        fail_msg("%s is %s, expected %s", path, text != NULL ? text : "not there",
                 expected != NULL ? expected : "nothing");
    g_free(text);
}

/* The active clients of a framework sorter in order, "f1 f0". Free with g_free. */
static inline char *cell_order(Cell *cell, const char *role)
{
    JsonNode *node = hf_allocator_state(cell->allocator);
    JsonObject *sorters =
        json_object_get_object_member(json_node_get_object(node), "framework_sorters");
    JsonArray *clients = json_object_get_array_member(sorters, role);
    GString *order = g_string_new(NULL);
    for (guint c = 0; c < json_array_get_length(clients); c++) {
        JsonObject *client = json_array_get_object_element(clients, c);
        if (strcmp(json_object_get_string_member(client, "kind"), "active") != 0) continue;
        g_string_append_printf(order, "%s%s", order->len > 0 ? " " : "",
                               json_object_get_string_member(client, "path"));
    }
    json_node_unref(node);
    return g_string_free(order, FALSE);
}

static inline void cell_expect_order(Cell *cell, const char *role, const char *expected)
{
    char *order = cell_order(cell, role);
    assert_string_equal(order, expected);
    g_free(order);
}

/* For groups of tests: a cell as a Mesos master starts it. */
static inline int cell_setup(void **state)
{
    *state = cell_new_started();
    return 0;
}

static inline int cell_teardown(void **state)
{
    cell_free(*state);
    return 0;
}

#define CELL_TEST(name) cmocka_unit_test_setup_teardown(name, cell_setup, cell_teardown)

#endif
