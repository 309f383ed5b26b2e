/* See bench_growth.h. */
#include "tools/bench_growth.h"

#include <math.h>
#include <time.h>

#include "base/assert.h"
#include "tools/bench_allocator_internal.h"

#define YEAR_SECONDS (365.0 * 86400.0)
#define BUSY_ROUNDS  9   /* fewer than frameworks, or nobody is left who has not declined */
#define IDLE_ROUNDS  200 /* one time: a single idle run is shorter than the clock can tell */
#define POINTS_MAX   8

typedef struct Series {
    const char *what, *along;
    HfBenchSize points[POINTS_MAX]; /* ended by zeros */
} Series;

static const Series full[] = {
    {"busy", "agents", {{1000, 50}, {2000, 50}, {5000, 50}, {10000, 50}, {20000, 50}, {50000, 50}}},
    {"busy",
     "frameworks",
     {{10000, 20},
      {10000, 50},
      {10000, 200},
      {10000, 500},
      {10000, 1000},
      {10000, 3000},
      {10000, 6000}}},
    {"busy",
     "both",
     {{1000, 20}, {2000, 40}, {5000, 100}, {10000, 200}, {20000, 400}, {50000, 1000}}},
    {"idle", "agents", {{500, 20}, {1000, 20}, {2000, 20}, {5000, 20}, {10000, 20}, {20000, 20}}},
    {"idle", "frameworks", {{500, 20}, {500, 50}, {500, 100}, {500, 200}, {500, 500}}},
    {"idle", "both", {{250, 10}, {500, 20}, {1000, 40}, {2000, 80}, {4000, 160}}},
    {0},
};

static const Series quick[] = {
    {"busy", "agents", {{100, 10}, {200, 10}, {400, 10}}},
    {"busy", "frameworks", {{200, 10}, {200, 20}, {200, 40}}},
    {"busy", "both", {{50, 10}, {100, 20}, {200, 40}}},
    {"idle", "agents", {{100, 5}, {200, 5}, {400, 5}}},
    {"idle", "frameworks", {{100, 5}, {100, 10}, {100, 20}}},
    {"idle", "both", {{50, 5}, {100, 10}, {200, 20}}},
    {0},
};

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double work_of(const HfBenchCell *cell)
{
    HfAllocatorCounters work = hf_allocator_counters(cell->allocator);
    return (double)(work.agents_visited + work.frameworks_tried + work.filter_checks +
                    work.words_scanned);
}

static HfBenchCell *cell_of(HfBenchSize size)
{
    HfBenchCell *cell = hf_bench_cell_new(HF_SORTER_DRF);
    for (uint32_t f = 0; f < size.frameworks; f++)
        hf_bench_cell_framework(cell, f, HF_ROLE_STAR, 0);
    HfResources total = hf_bench_cell_parse(cell, "cpus:24;mem:4096;disk:4096;ports:[31000-32000]");
    for (uint32_t a = 0; a < size.agents; a++)
        hf_bench_cell_agent(cell, a, &total, 0, HF_ROLE_STAR, NULL);
    hf_resources_clear(cell->catalog, &total);
    hf_bench_cell_settle(cell);
    return cell;
}

static void measure_busy(HfBenchCell *cell, HfBenchGrowthResult *result)
{
    for (uint32_t round = 0; round < BUSY_ROUNDS; round++) {
        double start = cpu_us();
        hf_bench_cell_decline(cell, YEAR_SECONDS);
        double between = cpu_us();
        double work = work_of(cell);
        hf_bench_cell_batch(cell);
        double end = cpu_us();
        result->offers = cell->offers.offers.count;
        HF_ASSERT(result->offers == result->agents); /* else nothing was measured */
        result->work = work_of(cell) - work;
        if (round == 0 || between - start < result->decline_us)
            result->decline_us = between - start;
        if (round == 0 || end - between < result->run_us) result->run_us = end - between;
    }
}

static void measure_idle(HfBenchCell *cell, HfBenchGrowthResult *result)
{
    while (cell->offers.offers.count > 0) { /* each agent goes round all frameworks */
        hf_bench_cell_decline(cell, YEAR_SECONDS);
        hf_bench_cell_batch(cell);
    }
    for (uint32_t round = 0; round < BUSY_ROUNDS; round++) {
        double start = cpu_us(), work = work_of(cell);
        for (uint32_t i = 0; i < IDLE_ROUNDS; i++) hf_bench_cell_batch(cell);
        double each = (cpu_us() - start) / IDLE_ROUNDS;
        result->work = (work_of(cell) - work) / IDLE_ROUNDS;
        if (round == 0 || each < result->run_us) result->run_us = each;
    }
    result->offers = cell->offers.offers.count;
}

/* The slope of the straight line through the logarithms. */
static double exponent(const double *x, const double *y, uint32_t count)
{
    double mean_x = 0, mean_y = 0, xy = 0, xx = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (y[i] <= 0) return 0;
        mean_x += log(x[i]) / count;
        mean_y += log(y[i]) / count;
    }
    for (uint32_t i = 0; i < count; i++) {
        xy += (log(x[i]) - mean_x) * (log(y[i]) - mean_y);
        xx += (log(x[i]) - mean_x) * (log(x[i]) - mean_x);
    }
    return xx > 0 ? xy / xx : 0;
}

static void run_series(const Series *series, HfBenchGrowthSink sink, void *context)
{
    double x[POINTS_MAX], decline[POINTS_MAX], run[POINTS_MAX];
    uint32_t count = 0;
    gboolean is_idle = series->what[0] == 'i', is_agents = series->along[0] != 'f';
    for (; count < POINTS_MAX && series->points[count].agents > 0; count++) {
        HfBenchSize size = series->points[count];
        HfBenchGrowthResult result = {.what = series->what,
                                      .along = series->along,
                                      .is_first = count == 0,
                                      .agents = size.agents,
                                      .frameworks = size.frameworks};
        HfBenchCell *cell = cell_of(size);
        if (is_idle)
            measure_idle(cell, &result);
        else
            measure_busy(cell, &result);
        hf_bench_cell_free(cell);
        sink(context, &result);
        x[count] = is_agents ? size.agents : size.frameworks;
        decline[count] = result.decline_us;
        run[count] = result.run_us;
    }
    sink(context, &(HfBenchGrowthResult){.what = series->what,
                                         .along = series->along,
                                         .is_slope = TRUE,
                                         .decline_us = exponent(x, decline, count),
                                         .run_us = exponent(x, run, count)});
}

void hf_bench_growth(gboolean is_quick, HfBenchGrowthSink sink, void *context)
{
    for (const Series *series = is_quick ? quick : full; series->what != NULL; series++)
        run_series(series, sink, context);
}
