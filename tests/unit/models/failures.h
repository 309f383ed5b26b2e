/* What the tests of failure models share: what runs on a host, and frameworks of two sorts. */
#ifndef HF_TESTS_UNIT_MODELS_FAILURES_H
#define HF_TESTS_UNIT_MODELS_FAILURES_H

#include "unit/models/lab.h"

#include <math.h>

static inline uint32_t runs_on(const Cell *cell, uint32_t host)
{
    uint32_t runs = 0;
    for (uint32_t row = cell->world->hosts[host].first_run; row != NO_ROW;
         row = cell->world->runs.at[row].next)
        runs++;
    return runs;
}

/* Services and batch jobs, before, while and after their schedulers were away. */
static inline Cell *two_frameworks(const char *failover_timeout, const char *failures)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 2d\n"
        "agents: [{name: a, count: 4, resources: 'cpus:4'}]\n"
        "frameworks: [{name: web, model: marathon, failover_timeout: %s,"
        " apps: [{id: /a, mem: 0, instances: 4}]},\n"
        "             {name: jobs, model: batch, failover_timeout: %s, arrivals: 20s, jobs: 50,"
        " mem: 0, duration: 30s, think: {base: 3s}}]\n"
        "failures: %s\n",
        failover_timeout, failover_timeout, failures);
    return cell_new(text);
}

#endif
