/*
 * Workloads about offers: made, declined, suppressed, revived, updated.
 * Source: MESOS.md 7.2; MESOS-VERIFIED.md, "Workloads exactly". Frameworks come first, then agents,
 * whose used resources go round robin to the frameworks.
 */
#include "base/assert.h"
#include "tools/bench_allocator_internal.h"

#define AGENT_TEXT "cpus:24;mem:4096;disk:4096;ports:[31000-32000]"
#define DECLINE_ROUNDS                                                                             \
    10 /* Mesos does two for each framework; the measured ones were capped so                      \
        */
#define ROUNDS        5
#define VOLUME_ROUNDS 6
#define YEAR_SECONDS  (365.0 * 86400.0)

static void add_frameworks(HfBenchWatch *watch, HfBenchCell *cell, uint32_t count, HfRoleId role,
                           uint32_t capabilities)
{
    hf_bench_start(watch, cell);
    for (uint32_t f = 0; f < count; f++) hf_bench_cell_framework(cell, f, role, capabilities);
    hf_bench_cell_settle(cell);
    hf_bench_stop(watch, cell, "add frameworks");
}

/* Agents that are alike, with the same used on each. */
static void add_agents(HfBenchWatch *watch, HfBenchCell *cell, HfBenchSize size, const char *total,
                       HfRoleId role, const char *used)
{
    HfResources all = hf_bench_cell_parse(cell, total);
    HfResources held = hf_bench_cell_parse(cell, used != NULL ? used : "");
    hf_bench_cell_name_agents(cell, size.agents);
    hf_bench_start(watch, cell);
    for (uint32_t a = 0; a < size.agents; a++)
        hf_bench_cell_agent(cell, a, &all, a % size.frameworks, role, used != NULL ? &held : NULL);
    hf_bench_cell_settle(cell);
    hf_bench_stop(watch, cell, "add agents");
    hf_resources_clear(cell->catalog, &all);
    hf_resources_clear(cell->catalog, &held);
}

static void decline_and_run(HfBenchWatch *watch, HfBenchCell *cell, double refuse_seconds,
                            const char *run)
{
    hf_bench_start(watch, cell);
    hf_bench_cell_decline(cell, refuse_seconds);
    hf_bench_stop(watch, cell, refuse_seconds > 0 ? "decline" : "recover");
    hf_bench_start(watch, cell);
    hf_bench_cell_batch(cell);
    hf_bench_stop(watch, cell, run);
}

/* ---- DeclineOffers ---- */

static char *used_text(const char *scalars)
{
    g_autofree char *ports = hf_bench_ports(31000, 32000, 16);
    return g_strdup_printf("%s;%s", scalars, ports);
}

static void run_decline(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    (void)variant;
    g_autofree char *used = used_text("cpus:16;mem:2014;disk:1024");
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    add_frameworks(watch, cell, size.frameworks, HF_ROLE_STAR, 0);
    add_agents(watch, cell, size, AGENT_TEXT, HF_ROLE_STAR, used);
    for (uint32_t r = 0; r < MIN(DECLINE_ROUNDS, 2 * size.frameworks); r++)
        decline_and_run(watch, cell, YEAR_SECONDS, "run");
    hf_bench_cell_free(cell);
}

/* ---- OfferLife ---- */

/* All there is to an offer: it is made, sent (written to the host's list), declined with a filter
 * of five seconds, keeps away what it filters, and ends. From the seventh round on, as many end in
 * a round as are made. */
static void run_life(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    enum { WARM_UP = 8, TIMED = 24 };
    (void)variant;
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    add_frameworks(watch, cell, size.frameworks, HF_ROLE_STAR, 0);
    add_agents(watch, cell, size, AGENT_TEXT, HF_ROLE_STAR, NULL);
    for (int r = 0; r < WARM_UP + TIMED; r++) {
        if (r >= WARM_UP) hf_bench_start(watch, cell);
        hf_bench_cell_decline(cell, 5.0);
        hf_bench_cell_batch(cell);
        if (r >= WARM_UP) hf_bench_stop(watch, cell, "a round, offers all told");
    }
    hf_bench_cell_free(cell);
}

/* ---- SuppressOffers, ExtremeSuppressOffers ---- */

static void suppress(HfBenchWatch *watch, HfBenchCell *cell, uint32_t from, uint32_t to)
{
    hf_bench_start(watch, cell);
    for (uint32_t f = from; f < to; f++) {
        HfStatus status = hf_allocator_suppress(cell->allocator, cell->now, f, NULL, 0);
        HF_ASSERT(status == HF_OK);
    }
    hf_bench_stop(watch, cell, "suppress");
}

static HfBenchCell *suppress_cell(HfBenchWatch *watch, HfBenchSize size)
{
    g_autofree char *used = used_text("cpus:16;mem:1024;disk:1024");
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    add_frameworks(watch, cell, size.frameworks, HF_ROLE_STAR, 0);
    add_agents(watch, cell, size, AGENT_TEXT, HF_ROLE_STAR, used);
    return cell;
}

static void run_suppress(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    static const char *const names[ROUNDS] = {"run, 1/5 suppressed", "run, 2/5 suppressed",
                                              "run, 3/5 suppressed", "run, 4/5 suppressed",
                                              "run, all suppressed"};
    (void)variant;
    HfBenchCell *cell = suppress_cell(watch, size);
    for (uint32_t r = 0; r < ROUNDS; r++) {
        hf_bench_start(watch, cell);
        hf_bench_cell_decline(cell, HF_NO_FILTER);
        hf_bench_stop(watch, cell, "recover");
        suppress(watch, cell, size.frameworks * r / ROUNDS, size.frameworks * (r + 1) / ROUNDS);
        hf_bench_start(watch, cell);
        hf_bench_cell_batch(cell);
        hf_bench_stop(watch, cell, names[r]);
    }
    hf_bench_cell_free(cell);
}

static void run_extreme_suppress(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    (void)variant;
    HfBenchCell *cell = suppress_cell(watch, size);
    suppress(watch, cell, 0, (uint32_t)((uint64_t)size.frameworks * 99 / 100));
    for (uint32_t r = 0; r < ROUNDS; r++) decline_and_run(watch, cell, HF_NO_FILTER, "run");
    hf_bench_cell_free(cell);
}

/* ---- AddAndUpdateSlave ---- */

/* Event-driven runs wait in Mesos's queue behind calls that were made before: nearly all of them
 * are one run. A host that hands each call over by itself has a run behind each. */
static const char *const add_variants[] = {"batched", "run behind each", NULL};

static void run_add_and_update(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    static const char agent[] = "cpus:2;mem:1024;disk:4096;ports:[31000-32000]";
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    cell->runs_each = variant == add_variants[1];
    add_frameworks(watch, cell, size.frameworks, HF_ROLE_STAR, HF_CAPABILITY_REVOCABLE_RESOURCES);
    add_agents(watch, cell, size, agent, HF_ROLE_STAR,
               "cpus:1;mem:128;disk:1024;"
               "ports:[31126-31510,31512-31623,31810-31852,31854-31964]");
    HfResources more =
        hf_bench_cell_parse(cell, "cpus:2;mem:1024;disk:4096;ports:[31000-32000];cpus{rev}:10");
    hf_bench_start(watch, cell);
    for (uint32_t a = 0; a < size.agents; a++) {
        HfAgentSpec spec = {
            .total = &more, .capabilities = HF_AGENT_CAPABILITIES_KEEP, .owner = HF_ROLE_NONE};
        HfStatus status = hf_allocator_agent_update(cell->allocator, cell->now, a, &spec);
        HF_ASSERT(status == HF_OK);
        hf_bench_cell_called(cell);
    }
    hf_bench_cell_settle(cell);
    hf_bench_stop(watch, cell, "update agents");
    hf_resources_clear(cell->catalog, &more);
    hf_bench_cell_free(cell);
}

/* ---- AllocatorBacklog ---- */

static void run_backlog(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    (void)variant;
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    add_frameworks(watch, cell, size.frameworks, HF_ROLE_STAR, 0);
    add_agents(watch, cell, size, AGENT_TEXT, HF_ROLE_STAR, NULL);
    hf_bench_start(watch, cell);
    for (uint32_t f = 0; f < size.frameworks; f++) {
        HfStatus status = hf_allocator_revive(cell->allocator, cell->now, f, NULL, 0);
        HF_ASSERT(status == HF_OK);
        hf_bench_cell_settle(cell);
    }
    hf_bench_stop(watch, cell, "revive each framework");
    hf_bench_cell_free(cell);
}

/* ---- PersistentVolumes ---- */

static const char *const volume_variants[] = {"regular", "shared", "mixed", NULL};

static void add_volume_agent(HfBenchCell *cell, HfBenchSize size, uint32_t agent,
                             const HfResources *plain, gboolean shared, const HfResources *used)
{
    g_autofree char *text =
        g_strdup_printf("disk(S:test)[id%u:path]%s:1024", agent, shared ? "{shared}" : "");
    HfResources total = hf_bench_cell_parse(cell, text);
    hf_resources_add(cell->catalog, &total, plain);
    hf_bench_cell_agent(cell, agent, &total, agent % size.frameworks, HF_ROLE_STAR, used);
    hf_resources_clear(cell->catalog, &total);
}

/* What is used is allocated to role `*`, as Mesos's own code does. */
static void run_volumes(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    gboolean is_shared = g_str_equal(variant, "shared"), is_mixed = g_str_equal(variant, "mixed");
    g_autofree char *ports = hf_bench_ports(31000, 32000, 16);
    g_autofree char *text =
        g_strdup_printf("cpus(S:test):16;mem(S:test):1024;disk(S:test):1024;ports(S:test)%s",
                        ports + strlen("ports"));
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    add_frameworks(watch, cell, size.frameworks, hf_bench_cell_role(cell, "test"),
                   is_shared || is_mixed ? HF_CAPABILITY_SHARED_RESOURCES : 0);
    HfResources used = hf_bench_cell_parse(cell, text);
    HfResources plain = hf_bench_cell_parse(
        cell, "cpus(S:test):24;mem(S:test):4096;disk(S:test):3072;ports(S:test):[31000-32000]");
    hf_bench_cell_name_agents(cell, size.agents);
    hf_bench_start(watch, cell);
    for (uint32_t a = 0; a < size.agents; a++)
        add_volume_agent(cell, size, a, &plain, is_shared || (is_mixed && a % 2 == 0), &used);
    hf_bench_cell_settle(cell);
    hf_bench_stop(watch, cell, "add agents");
    for (uint32_t r = 0; r < VOLUME_ROUNDS; r++) decline_and_run(watch, cell, HF_NO_FILTER, "run");
    hf_resources_clear(cell->catalog, &used);
    hf_resources_clear(cell->catalog, &plain);
    hf_bench_cell_free(cell);
}

/* ---- ResourceLabels ---- */

/* Two reservations of 8 cpus with eleven labels in common. The labels that no other agent has both
 * go to the first, as in Mesos's code; and the agent's total has no reservations, as there. */
static char *labelled(uint32_t agent, const char *rest)
{
    GString *labels = g_string_new(NULL);
    for (unsigned i = 0; i < 11; i++)
        g_string_append_printf(labels, "%skey_%u=value_%u", i > 0 ? "&" : "", i, i);
    char *text = g_strdup_printf("cpus(D:role1,p=principal,l=%s&unique_1=%u&unique_2=%u):8;"
                                 "cpus(D:role1,p=principal,l=%s):8;%s",
                                 labels->str, agent, agent, labels->str, rest);
    g_string_free(labels, TRUE);
    return text;
}

static void run_labels(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    (void)variant;
    g_autofree char *rest = used_text("mem:2014;disk:1024");
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    HfRoleId role = hf_bench_cell_role(cell, "role1");
    add_frameworks(watch, cell, size.frameworks, role, 0);
    HfResources total = hf_bench_cell_parse(cell, AGENT_TEXT);
    HfResources *used = g_new0(HfResources, size.agents);
    for (uint32_t a = 0; a < size.agents; a++) {
        g_autofree char *text = labelled(a, rest);
        used[a] = hf_bench_cell_parse(cell, text);
    }
    hf_bench_cell_name_agents(cell, size.agents);
    hf_bench_start(watch, cell);
    for (uint32_t a = 0; a < size.agents; a++)
        hf_bench_cell_agent(cell, a, &total, a % size.frameworks, role, &used[a]);
    hf_bench_cell_settle(cell);
    hf_bench_stop(watch, cell, "add agents");
    for (uint32_t a = 0; a < size.agents; a++) hf_resources_clear(cell->catalog, &used[a]);
    g_free(used);
    for (uint32_t r = 0; r < MIN(DECLINE_ROUNDS, 2 * size.frameworks); r++)
        decline_and_run(watch, cell, YEAR_SECONDS, "run");
    hf_resources_clear(cell->catalog, &total);
    hf_bench_cell_free(cell);
}

const HfBenchLoad hf_bench_loads_offers[] = {
    {.name = "AddAndUpdateSlave",
     .help = "add agents, then 10 revocable cpus to each",
     .variants = add_variants,
     .has_grid = TRUE,
     .sizes = {{10000, 200}, {10000, 1000}},
     .run = run_add_and_update},
    {.name = "DeclineOffers",
     .help = "decline everything for a year, run, ten times",
     .has_grid = TRUE,
     .sizes = {{1000, 50}, {10000, 50}, {10000, 200}, {10000, 1000}, {50000, 6000}},
     .run = run_decline},
    {.name = "OfferLife",
     .help = "offers made, sent, declined for five seconds, filtered, expired: a batch each second",
     .has_grid = TRUE,
     .sizes = {{10000, 50}, {10000, 1000}},
     .run = run_life},
    {.name = "ResourceLabels",
     .help = "the same while each agent holds reservations of twelve labels",
     .has_grid = TRUE,
     .sizes = {{5000, 50}},
     .run = run_labels},
    {.name = "SuppressOffers",
     .help = "take everything back, suppress a fifth of the frameworks more, run",
     .has_grid = TRUE,
     .sizes = {{10000, 200}, {10000, 1000}},
     .run = run_suppress},
    {.name = "ExtremeSuppressOffers",
     .help = "take everything back and run while 99 of 100 frameworks are suppressed",
     .has_grid = TRUE,
     .sizes = {{10000, 1000}},
     .run = run_extreme_suppress},
    {.name = "PersistentVolumes",
     .help = "agents reserved to a role with a volume on each: take back, run",
     .variants = volume_variants,
     .has_grid = TRUE,
     .sizes = {{10000, 200}},
     .run = run_volumes},
    {.name = "AllocatorBacklog",
     .help = "revive each framework once",
     .has_grid = TRUE,
     .sizes = {{10000, 200}},
     .run = run_backlog},
    {0},
};
