/*
 * Workloads about roles: quota, operations, and MultiFrameworkAllocations, a small cluster at work.
 * Source: MESOS.md 7.2 (UpdateAllocation, Metrics), 7.3; MESOS-VERIFIED.md, "Workloads exactly".
 */
#include <stdio.h>

#include "base/assert.h"
#include "tools/bench_allocator_internal.h"

/* "role0", "role1", ... */
static HfRoleId numbered_role(HfBenchCell *cell, uint32_t number)
{
    char path[32];
    snprintf(path, sizeof path, "role%u", number);
    return hf_bench_cell_role(cell, path);
}

static void add_empty_agents(HfBenchWatch *watch, HfBenchCell *cell, uint32_t count,
                             const char *text)
{
    HfResources total = hf_bench_cell_parse(cell, text);
    hf_bench_cell_name_agents(cell, count);
    hf_bench_start(watch, cell);
    for (uint32_t a = 0; a < count; a++)
        hf_bench_cell_agent(cell, a, &total, 0, HF_ROLE_STAR, NULL);
    hf_bench_cell_settle(cell);
    hf_bench_stop(watch, cell, "add agents");
    hf_resources_clear(cell->catalog, &total);
}

static HfSorterKind sorter_of(const char *variant)
{
    return g_str_has_prefix(variant, "random") ? HF_SORTER_RANDOM : HF_SORTER_DRF;
}

/* ---- LargeAndSmallQuota ---- */

/* The run that hands everything out, and one that finds nothing to do. */
static void first_and_second_run(HfBenchWatch *watch, HfBenchCell *cell)
{
    hf_allocator_resume(cell->allocator);
    hf_bench_start(watch, cell);
    hf_bench_cell_batch(cell);
    hf_bench_stop(watch, cell, "first run");
    uint32_t offers = cell->offers.offers.count;
    hf_bench_start(watch, cell);
    hf_bench_cell_batch(cell);
    hf_bench_stop(watch, cell, "second run");
    HF_ASSERT(cell->offers.offers.count == offers);
}

/* Size: as many agents as roles; one role in six is large. Agents come first, the rest while the
 * allocator is paused. */
static void run_large_and_small(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    HfBenchCell *cell = hf_bench_cell_new(sorter_of(variant));
    uint32_t large = size.frameworks / 6;
    add_empty_agents(watch, cell, size.agents, "cpus:2;mem:2048;disk:2048");
    hf_allocator_pause(cell->allocator);
    hf_bench_start(watch, cell);
    for (uint32_t r = 0; r < size.frameworks; r++)
        hf_bench_cell_quota(cell, numbered_role(cell, r),
                            r < large ? "cpus:4;mem:4096;disk:4096" : "cpus:1;mem:1024;disk:1024");
    hf_bench_stop(watch, cell, "set quotas");
    hf_bench_start(watch, cell);
    for (uint32_t r = 0; r < size.frameworks; r++)
        hf_bench_cell_framework(cell, r, numbered_role(cell, r), 0);
    hf_bench_stop(watch, cell, "add frameworks");
    first_and_second_run(watch, cell);
    hf_bench_cell_free(cell);
}

/* ---- NonQuotaVsQuota ---- */

/* Size: two frameworks for each role, as many agents as frameworks; a quota is two agents. */
static void run_non_quota_vs_quota(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    HfBenchCell *cell = hf_bench_cell_new(sorter_of(variant));
    uint32_t roles = MAX(size.frameworks / 2, 1);
    add_empty_agents(watch, cell, size.agents, "cpus:2;mem:2048;disk:2048");
    hf_allocator_pause(cell->allocator);
    if (!g_str_has_suffix(variant, "no quota")) {
        hf_bench_start(watch, cell);
        for (uint32_t r = 0; r < roles; r++)
            hf_bench_cell_quota(cell, numbered_role(cell, r), "cpus:4;mem:4096;disk:4096");
        hf_bench_stop(watch, cell, "set quotas");
    }
    hf_bench_start(watch, cell);
    for (uint32_t f = 0; f < size.frameworks; f++)
        hf_bench_cell_framework(cell, f, numbered_role(cell, f % roles), 0);
    hf_bench_stop(watch, cell, "add frameworks");
    first_and_second_run(watch, cell);
    hf_bench_cell_free(cell);
}

/* ---- Metrics ---- */

/* Size: a role with a quota and a framework for each of `frameworks`. The snapshot asks for the
 * share of every role and the counters. */
static void run_metrics(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    (void)variant;
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    hf_bench_start(watch, cell);
    for (uint32_t f = 0; f < size.frameworks; f++) {
        HfRoleId role = numbered_role(cell, f);
        hf_bench_cell_quota(cell, role, "cpus:1;mem:512;disk:256");
        hf_bench_cell_framework(cell, f, role, 0);
    }
    hf_bench_stop(watch, cell, "add frameworks");
    add_empty_agents(watch, cell, size.agents, "cpus:16;mem:2048;disk:1024");
    double sum = 0;
    hf_bench_start(watch, cell);
    for (uint32_t f = 0; f < size.frameworks; f++)
        sum += hf_allocator_role_share(cell->allocator, numbered_role(cell, f));
    sum += (double)hf_allocator_counters(cell->allocator).offers;
    hf_bench_stop(watch, cell, "snapshot");
    HF_ASSERT(sum > 0);
    hf_bench_cell_free(cell);
}

/* ---- UpdateAllocation ---- */

/* Size: one agent, `frameworks` roles that hold four reserved resources of it each. */
static HfResources reserved_to(HfBenchCell *cell, uint32_t role)
{
    g_autofree char *label = g_strdup_printf("id=%036u", role);
    g_autofree char *text =
        g_strdup_printf("cpus(D:role%u,p=principal,l=%s):100;mem(D:role%u,p=principal,l=%s):100;"
                        "disk(D:role%u,p=principal,l=%s):100;ports(D:role%u,p=principal,l=%s):"
                        "[%u-%u]",
                        role, label, role, label, role, label, role, label, role + 1, role + 1);
    return hf_bench_cell_parse(cell, text);
}

static void operate(HfBenchWatch *watch, HfBenchCell *cell, HfOperationType type,
                    const HfResources *reserved, HfRoleId role, HfResources *held)
{
    HfOperation operation = {.type = type};
    HfConversions conversions = {0};
    HfResources after = {0};
    hf_resources_copy(cell->catalog, &operation.resources, reserved);
    hf_operation_allocate(cell->catalog, &operation, role);
    gboolean is_ok = hf_operation_convert(cell->catalog, &operation, &conversions, NULL);
    HF_ASSERT(is_ok);
    hf_bench_start(watch, cell);
    HfStatus status = hf_allocator_update_allocation(cell->allocator, cell->now, 0, 0, role, held,
                                                     &conversions, &after, NULL);
    hf_bench_stop(watch, cell, hf_operation_name(type));
    HF_ASSERT(status == HF_OK);
    hf_resources_move(cell->catalog, held, &after);
    hf_conversions_clear(cell->catalog, &conversions);
    hf_operation_clear(cell->catalog, &operation);
}

static void run_update_allocation(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    enum { PAIRS = 20 };
    (void)variant;
    uint32_t roles = size.frameworks;
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    HfResources total = {0}, *held = g_new0(HfResources, roles);
    HfHolding *used = g_new0(HfHolding, roles);
    for (uint32_t r = 0; r < roles; r++) {
        HfRoleId role = numbered_role(cell, r);
        hf_bench_cell_framework(cell, r, role, 0);
        held[r] = reserved_to(cell, r);
        hf_resources_add(cell->catalog, &total, &held[r]);
        used[r] = (HfHolding){.framework = r, .agent = 0, .role = role, .resources = &held[r]};
    }
    HfAgentSpec spec = {.name = "agent0",
                        .total = &total,
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE};
    HfStatus status = hf_allocator_agent_add(cell->allocator, cell->now, 0, &spec, used, roles);
    HF_ASSERT(status == HF_OK);
    HfResources reserved = reserved_to(cell, 0), mine = reserved_to(cell, 0);
    for (int i = 0; i < PAIRS; i++) {
        operate(watch, cell, HF_OPERATION_UNRESERVE, &reserved, used[0].role, &mine);
        operate(watch, cell, HF_OPERATION_RESERVE, &reserved, used[0].role, &mine);
    }
    hf_resources_clear(cell->catalog, &reserved);
    hf_resources_clear(cell->catalog, &mine);
    hf_resources_clear(cell->catalog, &total);
    for (uint32_t r = 0; r < roles; r++) hf_resources_clear(cell->catalog, &held[r]);
    g_free(held);
    g_free(used);
    hf_bench_cell_free(cell);
}

/* ---- MultiFrameworkAllocations ---- */

/* A kind of framework: how many of them, their tasks, and how many of those one offer may take. */
typedef struct Profile {
    const char *role; /* NULL: each its own */
    uint32_t count, tasks, per_offer;
    int64_t cpus_milli, mem_milli;
} Profile;

static const Profile profiles[] = {
    {.count = 4, .tasks = 4000, .per_offer = 100, .cpus_milli = 70, .mem_milli = 400000},
    {.role = "jenkins",
     .count = 500,
     .tasks = 5,
     .per_offer = 1,
     .cpus_milli = 100,
     .mem_milli = 4000000},
    {.count = 50, .tasks = 20, .per_offer = 5, .cpus_milli = 1000, .mem_milli = 1000000},
};
#define FRAMEWORKS_MULTI 554
#define ROUNDS_MAX       2000

typedef struct Worker {
    const Profile *profile;
    uint32_t left; /* tasks not launched yet */
} Worker;

/* Launch what fits of an offer; the rest of it goes back without a filter. */
static void work_on(HfBenchCell *cell, Worker *workers, const HfOffered *offer)
{
    Worker *worker = &workers[offer->framework];
    const Profile *profile = worker->profile;
    const HfResources *offered = hf_parcel_resources(offer->resources);
    int64_t cpus = hf_resources_milli(offered, HF_KIND_CPUS) / profile->cpus_milli;
    int64_t mem = hf_resources_milli(offered, HF_KIND_MEM) / profile->mem_milli;
    uint32_t tasks = (uint32_t)MIN(MIN(cpus, mem), MIN(profile->per_offer, worker->left));
    HfResources launched = {0}, rest = {0};
    hf_resources_copy(cell->catalog, &rest, offered);
    if (tasks > 0) {
        HfResource use =
            hf_resource_scalar(HF_KIND_CPUS, HF_META_PLAIN, tasks * profile->cpus_milli);
        hf_resources_add_one(cell->catalog, &launched, &use);
        use = hf_resource_scalar(HF_KIND_MEM, HF_META_PLAIN, tasks * profile->mem_milli);
        hf_resources_add_one(cell->catalog, &launched, &use);
        hf_resources_allocate(cell->catalog, &launched, offer->role);
        hf_resources_subtract(cell->catalog, &rest, &launched);
        HfStatus status = hf_allocator_launched(cell->allocator, offer->framework, offer->agent,
                                                offer->role, &launched, NULL);
        HF_ASSERT(status == HF_OK);
        worker->left -= tasks;
    }
    HfRecovery recovery = {.framework = offer->framework,
                           .agent = offer->agent,
                           .role = offer->role,
                           .resources = &rest,
                           .refuse_seconds = HF_NO_FILTER};
    HfStatus status = hf_allocator_recover(cell->allocator, cell->now, &recovery);
    HF_ASSERT(status == HF_OK);
    hf_resources_clear(cell->catalog, &launched);
    hf_resources_clear(cell->catalog, &rest);
}

/* As it was meant: offers of a round are all answered, and who has launched everything suppresses
 * (without that, those who are done have the lowest shares, are offered everything again each
 * round, and starve the others). It ends when all tasks are launched. */
static void run_multi(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    (void)variant;
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    Worker workers[FRAMEWORKS_MULTI];
    uint32_t frameworks = 0, left = 0;
    hf_bench_start(watch, cell);
    for (size_t p = 0; p < G_N_ELEMENTS(profiles); p++)
        for (uint32_t i = 0; i < profiles[p].count; i++, frameworks++) {
            HF_ASSERT(frameworks < FRAMEWORKS_MULTI);
            workers[frameworks] = (Worker){&profiles[p], profiles[p].tasks};
            left += profiles[p].tasks;
            hf_bench_cell_framework(cell, frameworks,
                                    profiles[p].role != NULL
                                        ? hf_bench_cell_role(cell, profiles[p].role)
                                        : numbered_role(cell, frameworks),
                                    0);
        }
    hf_bench_stop(watch, cell, "add frameworks");
    add_empty_agents(watch, cell, size.agents, "cpus:64;mem:488000");
    for (uint32_t round = 0; round < ROUNDS_MAX && left > 0; round++) {
        hf_bench_start(watch, cell);
        hf_bench_cell_batch(cell);
        hf_bench_stop(watch, cell, "run");
        hf_bench_start(watch, cell);
        for (uint32_t o = 0; o < cell->offers.offers.count; o++) {
            const HfOffered *offer = &cell->offers.offers.at[o];
            uint32_t before = workers[offer->framework].left;
            work_on(cell, workers, offer);
            left -= before - workers[offer->framework].left;
            if (before > 0 && workers[offer->framework].left == 0)
                hf_allocator_suppress(cell->allocator, cell->now, offer->framework, NULL, 0);
        }
        hf_offer_list_reset(cell->catalog, &cell->offers);
        hf_bench_stop(watch, cell, "launch");
    }
    HF_ASSERT(left == 0);
    hf_bench_cell_free(cell);
}

static const char *const sorters[] = {"drf", "random", NULL};
static const char *const quotas[] = {"drf, no quota", "drf, quota", "random, no quota",
                                     "random, quota", NULL};

const HfBenchLoad hf_bench_loads_quota[] = {
    {.name = "LargeAndSmallQuota",
     .help = "a quota for each role, the sixth of them large: two runs",
     .variants = sorters,
     .sizes = {{30, 30}, {300, 300}, {3000, 3000}},
     .run = run_large_and_small},
    {.name = "NonQuotaVsQuota",
     .help = "two frameworks and two agents for each role, with and without quota: two runs",
     .variants = quotas,
     .sizes = {{20, 20}, {200, 200}, {2000, 2000}},
     .run = run_non_quota_vs_quota},
    {.name = "Metrics",
     .help = "a quota for each role while agents come, then a look at all shares",
     .has_grid = TRUE,
     .sizes = {{1000, 200}, {10000, 200}},
     .run = run_metrics},
    {.name = "UpdateAllocation",
     .help = "UNRESERVE and RESERVE on an agent full of reservations, 20 times",
     .sizes = {{1, 50}, {1, 100}, {1, 200}},
     .run = run_update_allocation},
    {.name = "MultiFrameworkAllocations",
     .help = "554 frameworks of three kinds launch 19,500 tasks on 80 agents",
     .sizes = {{80, FRAMEWORKS_MULTI}},
     .run = run_multi},
    {0},
};
