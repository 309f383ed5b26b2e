/*
 * What instructions.sh has counted: an allocation run under quota, with nothing beside it. As in
 * Mesos's benchmark NonQuotaVsQuota each role has two frameworks, and a guarantee and a limit of
 * two agents, and the run hands out every agent.
 *
 *   quota_steps quota AGENTS AGENTS     (the same arguments as hold_steps)
 *
 * The run is made by measured(), where the counting is switched on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "tools/bench_allocator_internal.h"

void measured(HfBenchCell *cell);

__attribute__((noinline)) void measured(HfBenchCell *cell)
{
    hf_bench_cell_batch(cell);
    __asm__ volatile("" ::: "memory"); /* so that the call is one, and no jump */
}

int main(int argc, char **argv)
{
    if (argc != 4 || strcmp(argv[1], "quota") != 0 || strcmp(argv[2], argv[3]) != 0) return 2;
    uint32_t agents = (uint32_t)strtoul(argv[2], NULL, 10);
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    HfResources total = hf_bench_cell_parse(cell, "cpus:2;mem:2048;disk:2048");
    hf_allocator_pause(cell->allocator);
    for (uint32_t a = 0; a < agents; a++) {
        char path[32];
        snprintf(path, sizeof path, "role%u", a % (agents / 2));
        HfRoleId role = hf_bench_cell_role(cell, path);
        if (a < agents / 2) hf_bench_cell_quota(cell, role, "cpus:4;mem:4096;disk:4096");
        hf_bench_cell_framework(cell, a, role, 0);
    }
    hf_allocator_resume(cell->allocator);
    for (uint32_t a = 0; a < agents; a++)
        hf_bench_cell_agent(cell, a, &total, 0, HF_ROLE_STAR, NULL);
    hf_resources_clear(cell->catalog, &total);
    measured(cell);
    HF_ASSERT(cell->offers.offers.count == agents);
    hf_bench_cell_free(cell);
    return 0;
}
