/* The host of the allocator's benchmark: no messages, no time that passes; see
 * bench_allocator_internal.h. */
#include "base/assert.h"
#include "tools/bench_allocator_internal.h"

HfBenchCell *hf_bench_cell_new(HfSorterKind sorter)
{
    HfBenchCell *cell = g_new0(HfBenchCell, 1);
    cell->catalog = hf_catalog_new(0);
    cell->name = g_string_new(NULL);
    cell->names = g_ptr_array_new_with_free_func(g_free);
    HfQuantities min[2] = {0};
    hf_quantities_set(&min[0], HF_KIND_CPUS, 10);
    hf_quantities_set(&min[1], HF_KIND_MEM, 32000);
    HfAllocatorConfig config;
    hf_allocator_config_init(&config);
    config.min_allocatable = min;
    config.min_allocatable_count = G_N_ELEMENTS(min);
    config.role_sorter = config.framework_sorter = sorter;
    cell->allocator = hf_allocator_new(cell->catalog, &config);
    hf_quantities_clear(&min[0]);
    hf_quantities_clear(&min[1]);
    return cell;
}

void hf_bench_cell_free(HfBenchCell *cell)
{
    hf_offer_list_clear(cell->catalog, &cell->offers);
    hf_allocator_free(cell->allocator);
    hf_catalog_free(cell->catalog);
    g_string_free(cell->name, TRUE);
    g_ptr_array_unref(cell->names);
    g_free(cell);
}

HfRoleId hf_bench_cell_role(HfBenchCell *cell, const char *path)
{
    HfRoleId role = HF_ROLE_NONE;
    gboolean is_ok = hf_role_intern(cell->catalog, path, &role, NULL);
    HF_ASSERT(is_ok);
    return role;
}

HfResources hf_bench_cell_parse(HfBenchCell *cell, const char *text)
{
    HfResources resources = {0};
    gboolean is_ok = hf_resources_parse_canonical(cell->catalog, text, &resources, NULL);
    HF_ASSERT(is_ok); /* the texts are ours */
    return resources;
}

void hf_bench_cell_settle(HfBenchCell *cell)
{
    if (hf_allocator_wants_run(cell->allocator))
        hf_allocator_run(cell->allocator, cell->now, &cell->offers);
}

void hf_bench_cell_called(HfBenchCell *cell)
{
    if (cell->runs_each) hf_bench_cell_settle(cell);
}

void hf_bench_cell_framework(HfBenchCell *cell, uint32_t framework, HfRoleId role,
                             uint32_t capabilities)
{
    g_string_printf(cell->name, "framework%u", framework);
    HfFrameworkSpec spec = {.name = cell->name->str,
                            .roles = &role,
                            .role_count = 1,
                            .capabilities = capabilities | HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE};
    HfStatus status =
        hf_allocator_framework_add(cell->allocator, cell->now, framework, &spec, NULL, 0);
    HF_ASSERT(status == HF_OK);
    hf_bench_cell_called(cell);
}

void hf_bench_cell_name_agents(HfBenchCell *cell, uint32_t count)
{
    while (cell->names->len < count)
        g_ptr_array_add(cell->names, g_strdup_printf("agent%u", cell->names->len));
}

void hf_bench_cell_agent(HfBenchCell *cell, uint32_t agent, const HfResources *total,
                         uint32_t framework, HfRoleId role, const HfResources *used)
{
    hf_bench_cell_name_agents(cell, agent + 1);
    HfAgentSpec spec = {.name = cell->names->pdata[agent],
                        .total = total,
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE};
    HfHolding holding = {.framework = framework, .agent = agent, .role = role, .resources = used};
    HfStatus status = hf_allocator_agent_add(cell->allocator, cell->now, agent, &spec, &holding,
                                             used != NULL ? 1 : 0);
    HF_ASSERT(status == HF_OK);
    hf_bench_cell_called(cell);
}

void hf_bench_cell_quota(HfBenchCell *cell, HfRoleId role, const char *text)
{
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    gboolean is_ok = hf_quantities_parse(cell->catalog, text, &guarantees, NULL) &&
                     hf_limits_parse(cell->catalog, text, &limits, NULL);
    HF_ASSERT(is_ok);
    HfStatus status =
        hf_allocator_quota_set(cell->allocator, cell->now, role, &guarantees, &limits);
    HF_ASSERT(status == HF_OK);
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
}

void hf_bench_cell_batch(HfBenchCell *cell)
{
    cell->now += HF_NS_PER_SECOND;
    hf_allocator_batch(cell->allocator, cell->now, &cell->offers);
    hf_allocator_batch_armed(cell->allocator);
}

/* As the master does with a list of offers: what the next ones need is loaded ahead. */
void hf_bench_cell_decline(HfBenchCell *cell, double refuse_seconds)
{
    enum { AGENT = 8, GRANT = 4 };
    const HfOffered *at = cell->offers.offers.at;
    uint32_t count = cell->offers.offers.count;
    for (uint32_t i = 0; i < count; i++) {
        if (i + AGENT < count) hf_allocator_prefetch(cell->allocator, at[i + AGENT].agent, 0);
        if (i + GRANT < count) hf_allocator_prefetch(cell->allocator, at[i + GRANT].agent, 1);
        HfRecovery recovery = {.framework = at[i].framework,
                               .agent = at[i].agent,
                               .role = at[i].role,
                               .resources = hf_parcel_resources(at[i].resources),
                               .refuse_seconds = refuse_seconds};
        HfStatus status = hf_allocator_recover(cell->allocator, cell->now, &recovery);
        HF_ASSERT(status == HF_OK);
    }
    hf_offer_list_reset(cell->catalog, &cell->offers);
}

char *hf_bench_ports(unsigned from, unsigned to, unsigned ranges)
{
    GString *text = g_string_new("ports:[");
    unsigned step = (to - from + 1) / ranges;
    for (unsigned i = 0; i < ranges; i++)
        g_string_append_printf(text, "%s%u-%u", i > 0 ? "," : "", from + i * step,
                               from + (i + 1) * step - 2);
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}
