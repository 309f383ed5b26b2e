/* Results of `holdfast bench` as they come: lines of a table, and an array of JSON. */
#ifndef HF_TOOLS_BENCH_OUT_H
#define HF_TOOLS_BENCH_OUT_H

#include <json-glib/json-glib.h>

#include "tools/bench_allocator.h"
#include "tools/bench_engine.h"
#include "tools/bench_growth.h"
#include "tools/bench_resource.h"

typedef struct HfBenchOut {
    gboolean is_json;            /* nothing is printed before the end */
    JsonBuilder *json;           /* an open array of results, to which each sink adds one object */
    HfBenchAllocatorResult last; /* of the allocator's: a heading stands before what differs */
} HfBenchOut;

/* The line above the table; nothing in JSON. The allocator's table has its own headings. */
void hf_bench_out_engine_head(const HfBenchOut *out);
void hf_bench_out_resource_head(const HfBenchOut *out);

/* Sinks; the context is an HfBenchOut. */
void hf_bench_out_engine(void *context, const HfBenchResult *result);
void hf_bench_out_resource(void *context, const HfBenchResourceResult *result);
void hf_bench_out_allocator(void *context, const HfBenchAllocatorResult *result);
void hf_bench_out_growth(void *context, const HfBenchGrowthResult *result);

#endif
