/*
 * How the cost of an allocation cycle grows along agents, along frameworks, and along both
 * together. Two cycles are measured: busy   every offer is declined for a year, then a run offers
 * all agents again idle   every framework has refused every agent for a year and nothing has
 * changed: the run has nothing to do, whatever the size Times are the least of several (CPU time);
 * each series ends with the exponent that a straight line through the logarithms gives: 1 = in
 * proportion, 0 = not at all.
 */
#ifndef HF_TOOLS_BENCH_GROWTH_H
#define HF_TOOLS_BENCH_GROWTH_H

#include <glib.h>
#include <stdint.h>

typedef struct HfBenchGrowthResult {
    const char *what;  /* "busy" or "idle" */
    const char *along; /* "agents", "frameworks" or "both" */
    gboolean is_first; /* of its series */
    gboolean is_slope; /* the end of a series: the two times are exponents, the rest is 0 */
    uint32_t agents, frameworks;
    double offers;     /* of one run */
    double decline_us; /* to decline all of them; 0 when idle */
    double run_us;
    double work; /* counted in one run: agents visited, frameworks tried, filters checked, words of
                    agents scanned */
} HfBenchGrowthResult;

typedef void (*HfBenchGrowthSink)(void *context, const HfBenchGrowthResult *result);

/* All series; `is_quick` measures small sizes only. */
void hf_bench_growth(gboolean is_quick, HfBenchGrowthSink sink, void *context);

#endif
