/*
 * A small cell for allocator tests: agents and frameworks named by their rows, resources as text,
 * and the offers of a run as one line each, "f0 r1 a0 cpus@r1:4;mem@r1:1024", in order of the list.
 */
#ifndef HF_TESTS_UNIT_ALLOCATOR_CELL_H
#define HF_TESTS_UNIT_ALLOCATOR_CELL_H

#include "support/test.h"

#include <string.h>

#include "allocator/allocator.h"
#include "resource/text.h"

typedef struct Cell {
    HfCatalog *catalog;
    HfAllocatorConfig config; /* change it between cell_new and cell_start */
    HfAllocator *allocator;
    HfOfferList list;
    HfTime now;
    GString *text;
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

static inline void cell_free(Cell *cell)
{
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
        char *resources = hf_resources_to_text(cell->catalog, &offer->resources);
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
                               .resources = &offer->resources,
                               .refuse_seconds = refuse_seconds};
        assert_int_equal(hf_allocator_recover(cell->allocator, cell->now, &recovery), HF_OK);
    }
}

#endif
