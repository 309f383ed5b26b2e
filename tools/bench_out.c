/* One sink for each suite; see bench_out.h. */
#include "tools/bench_out.h"

#include <stdio.h>
#include <string.h>

#include "tools/json_out.h"

void hf_bench_out_engine_head(const HfBenchOut *out)
{
    if (!out->is_json)
        printf("%-8s %-7s %9s %9s %9s %7s %9s %9s %6s\n", "workload", "list", "pending", "ns least",
               "median", "moves", "compares", "bytes", "allocs");
}

void hf_bench_out_engine(void *context, const HfBenchResult *result)
{
    HfBenchOut *out = context;
    json_builder_begin_object(out->json);
    hf_json_string(out->json, "suite", "engine");
    hf_json_string(out->json, "workload", result->workload);
    hf_json_string(out->json, "structure", result->structure);
    hf_json_int(out->json, "pending", (gint64)result->pending);
    hf_json_int(out->json, "operations", (gint64)result->operations);
    hf_json_int(out->json, "passes", result->passes);
    hf_json_double(out->json, "ns_least", result->ns_least);
    hf_json_double(out->json, "ns_median", result->ns_median);
    hf_json_double(out->json, "moves_per_op", result->moves_per_op);
    hf_json_double(out->json, "compares_per_op", result->compares_per_op);
    hf_json_double(out->json, "bytes_per_pending", result->bytes_per_pending);
    hf_json_int(out->json, "allocations", (gint64)result->allocations);
    json_builder_end_object(out->json);
    if (out->is_json) return;
    printf("%-8s %-7s %9" G_GUINT64_FORMAT " %9.1f %9.1f %7.2f %9.2f %9.1f %6" G_GUINT64_FORMAT
           "\n",
           result->workload, result->structure, (guint64)result->pending, result->ns_least,
           result->ns_median, result->moves_per_op, result->compares_per_op,
           result->bytes_per_pending, (guint64)result->allocations);
    fflush(stdout);
}

void hf_bench_out_resource_head(const HfBenchOut *out)
{
    if (!out->is_json)
        printf("%-10s %-14s %9s %9s %11s %11s %11s\n", "workload", "operation", "size", "times",
               "ms least", "ms median", "ns each");
}

void hf_bench_out_resource(void *context, const HfBenchResourceResult *result)
{
    HfBenchOut *out = context;
    json_builder_begin_object(out->json);
    hf_json_string(out->json, "suite", "resource");
    hf_json_string(out->json, "workload", result->workload);
    hf_json_string(out->json, "operation", result->operation);
    hf_json_int(out->json, "size", (gint64)result->size);
    hf_json_int(out->json, "operations", (gint64)result->operations);
    hf_json_int(out->json, "passes", result->passes);
    hf_json_double(out->json, "ms_least", result->ms_least);
    hf_json_double(out->json, "ms_median", result->ms_median);
    hf_json_double(out->json, "ns_per_op", result->ns_per_op);
    json_builder_end_object(out->json);
    if (out->is_json) return;
    printf("%-10s %-14s %9" G_GUINT64_FORMAT " %9" G_GUINT64_FORMAT " %11.3f %11.3f %11.1f\n",
           result->workload, result->operation, (guint64)result->size, (guint64)result->operations,
           result->ms_least, result->ms_median, result->ns_per_op);
    fflush(stdout);
}

/* ---- The allocator ---- */

/* What was not measured is left out. */
static void add_known(JsonBuilder *json, const char *member, double value)
{
    if (value > 0) hf_json_double(json, member, value);
}

static void add_allocator(JsonBuilder *json, const HfBenchAllocatorResult *result)
{
    json_builder_begin_object(json);
    hf_json_string(json, "suite", "allocator");
    hf_json_string(json, "workload", result->workload);
    hf_json_string(json, "variant", result->variant);
    hf_json_string(json, "phase", result->phase);
    hf_json_int(json, "agents", result->agents);
    hf_json_int(json, "frameworks", result->frameworks);
    hf_json_int(json, "samples", result->samples);
    hf_json_double(json, "ms_least", result->ms_least);
    hf_json_double(json, "ms_median", result->ms_median);
    add_known(json, "peak_mib", result->peak_mib);
    add_known(json, "ns_per_offer", result->ns_per_offer);
    add_known(json, "mesos_ms", result->mesos_ms);
    add_known(json, "mesos_mib", result->mesos_mib);
    if (result->mesos_ms > 0) add_known(json, "ratio", result->mesos_ms / result->ms_median);
    add_known(json, "at_most_ms", result->at_most_ms);
    add_known(json, "at_most_mib", result->at_most_mib);
    if (result->has_work) {
        hf_json_int(json, "runs", (gint64)result->work.runs);
        hf_json_int(json, "agents_visited", (gint64)result->work.agents_visited);
        hf_json_int(json, "frameworks_tried", (gint64)result->work.frameworks_tried);
        hf_json_int(json, "filter_checks", (gint64)result->work.filter_checks);
        hf_json_int(json, "offers", (gint64)result->work.offers);
        hf_json_int(json, "filters_made", (gint64)result->work.filters_made);
        hf_json_int(json, "filters_expired", (gint64)result->work.filters_expired);
        hf_json_int(json, "words_scanned", (gint64)result->work.words_scanned);
        hf_json_int(json, "totals_worked_out", (gint64)result->work.totals_worked_out);
        hf_json_int(json, "left_worked_out", (gint64)result->work.left_worked_out);
    }
    json_builder_end_object(json);
}

static void print_heading(HfBenchOut *out, const HfBenchAllocatorResult *result)
{
    const HfBenchAllocatorResult *last = &out->last;
    if (last->workload != NULL && strcmp(last->workload, result->workload) == 0 &&
        strcmp(last->variant, result->variant) == 0 && last->agents == result->agents &&
        (last->frameworks == result->frameworks || result->agents == 0))
        return;
    printf("%s%s%s%s", last->workload != NULL ? "\n" : "", result->workload,
           *result->variant != '\0' ? ", " : "", result->variant);
    if (result->agents > 0) printf(": %u agents", result->agents);
    if (result->agents > 0 && result->frameworks > 0) printf(" x %u", result->frameworks);
    printf("\n  %-30s %6s %11s %11s %9s %9s %9s %8s %8s %9s %9s %9s %9s %9s\n", "phase", "times",
           "ms least", "ms median", "Mesos ms", "ratio", "at most", "MiB", "Mesos", "ns/offer",
           "offers", "visited", "tried", "checks");
    out->last = *result;
}

void hf_bench_out_growth(void *context, const HfBenchGrowthResult *result)
{
    HfBenchOut *out = context;
    json_builder_begin_object(out->json);
    hf_json_string(out->json, "suite", "growth");
    hf_json_string(out->json, "what", result->what);
    hf_json_string(out->json, "along", result->along);
    hf_json_bool(out->json, "is_slope", result->is_slope);
    if (!result->is_slope) {
        hf_json_int(out->json, "agents", result->agents);
        hf_json_int(out->json, "frameworks", result->frameworks);
        hf_json_double(out->json, "offers", result->offers);
        hf_json_double(out->json, "work", result->work);
    }
    hf_json_double(out->json, "decline_us", result->decline_us);
    hf_json_double(out->json, "run_us", result->run_us);
    json_builder_end_object(out->json);
    if (out->is_json) return;
    if (result->is_slope) {
        printf("%-6s %-10s %28s %13.2f %13.2f\n", result->what, result->along,
               "time grows with the power", result->decline_us, result->run_us);
        return;
    }
    if (result->is_first)
        printf("\n%-6s %-10s %8s %10s %8s %13s %13s %11s %11s %9s\n", "cycle", "along", "agents",
               "frameworks", "offers", "decline us", "run us", "decline ns", "run ns", "work");
    printf("%-6s %-10s %8u %10u %8.0f %13.2f %13.2f", result->what, result->along, result->agents,
           result->frameworks, result->offers, result->decline_us, result->run_us);
    if (result->offers > 0)
        printf(" %11.1f %11.1f", result->decline_us * 1e3 / result->offers,
               result->run_us * 1e3 / result->offers);
    else
        printf(" %11s %11s", "", "");
    printf(" %9.0f\n", result->work);
    fflush(stdout);
}

/* A number that is not known leaves its column blank. */
static void print_known(int width, int digits, double value)
{
    if (value > 0)
        printf(" %*.*f", width, digits, value);
    else
        printf(" %*s", width, "");
}

void hf_bench_out_allocator(void *context, const HfBenchAllocatorResult *result)
{
    HfBenchOut *out = context;
    add_allocator(out->json, result);
    if (out->is_json) return;
    print_heading(out, result);
    printf("  %-30s %6u %11.4f %11.4f", result->phase, result->samples, result->ms_least,
           result->ms_median);
    print_known(9, 1, result->mesos_ms);
    print_known(9, 0, result->ms_median > 0 ? result->mesos_ms / result->ms_median : 0);
    print_known(9, 2, result->at_most_ms);
    print_known(8, 1, result->peak_mib);
    print_known(8, 0, result->mesos_mib);
    print_known(9, 1, result->ns_per_offer);
    if (result->has_work)
        printf(" %9" G_GUINT64_FORMAT " %9" G_GUINT64_FORMAT " %9" G_GUINT64_FORMAT
               " %9" G_GUINT64_FORMAT,
               (guint64)result->work.offers, (guint64)result->work.agents_visited,
               (guint64)result->work.frameworks_tried, (guint64)result->work.filter_checks);
    printf("\n");
    fflush(stdout);
}
