/*
 * One seed, one run; and what one entity draws is its own: another framework, another group,
 * another policy or more room change neither the jobs that arrive nor the hosts that fail.
 */
#include "unit/models/lab.h"

#define BASE_AGENTS                                                                                \
    "  - {name: a, count: 10, resources: 'cpus:8;mem:16384'}\n"                                    \
    "  - {name: b, count: 5, resources: 'cpus:4;mem:8192'}\n"
#define BASE_FRAMEWORKS                                                                            \
    "  - {name: etl, model: batch, role: etl, arrivals: {law: exponential, mean: 30s},"            \
    " tasks: {law: geometric, mean: 4}, duration: {law: lognormal, mean: 3m, sigma: 1}}\n"         \
    "  - {name: web, model: marathon, role: web,"                                                  \
    " apps: [{id: /x, instances: 12, lifetime: {law: exponential, mean: 20m}}]}\n"
#define BASE_FAILURES                                                                              \
    "  - {what: agent-crash, agents: [a], mtbf: {law: exponential, mean: 1h},"                     \
    " down: {law: lognormal, median: 5m, sigma: 1}}\n"

/* What stands in front of, and behind, the groups and frameworks that are looked at. */
typedef struct Surroundings {
    const char *what, *head, *agents_before, *agents, *frameworks_before, *frameworks, *failures;
} Surroundings;

static Cell *lab(Surroundings with)
{
#define TEXT(part) ((part) ? (part) : "")
    g_autofree char *text =
        g_strdup_printf("duration: 6h\n%sagents:\n%s" BASE_AGENTS
                        "%sframeworks:\n%s" BASE_FRAMEWORKS "%sfailures:\n" BASE_FAILURES "%s",
                        TEXT(with.head), TEXT(with.agents_before), TEXT(with.agents),
                        TEXT(with.frameworks_before), TEXT(with.frameworks), TEXT(with.failures));
    Cell *cell = cell_new(text);
    cell_run(cell, 6 * HF_NS_PER_HOUR);
    hf_world_finish(cell->world);
    return cell;
}

/* The jobs of the framework etl, and the crashes and returns of the hosts a-*: one line each. */
static char *fate(const Cell *cell)
{
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        gboolean is_job =
            record->type == HF_RECORD_JOB_SUBMITTED &&
            strcmp(hf_master_framework_name(hf_world_master(cell->world), record->framework),
                   "etl") == 0;
        gboolean is_crash =
            (record->type == HF_RECORD_AGENT_CRASHED || record->type == HF_RECORD_AGENT_RETURNED) &&
            g_str_has_prefix(hf_world_host_name(cell->world, record->agent), "a-");
        if (is_job || is_crash)
            g_string_append_printf(
                text, "%u %" G_GINT64_FORMAT " %s %u %" G_GINT64_FORMAT "\n", record->type,
                (gint64)record->at, is_job ? "job" : hf_world_host_name(cell->world, record->agent),
                is_job ? (unsigned)record->id : 0, is_job ? (gint64)record->value : 0);
    }
    assert_true(text->len > 10000);
    return g_string_free(text, FALSE);
}

static char *digest(const Cell *cell)
{
    char text[HF_DIGEST_TEXT_SIZE];
    hf_trace_digest(hf_world_trace(cell->world), text);
    return g_strdup(text);
}

static void what_happens_elsewhere_changes_nobodys_draws(void **state)
{
    static const char group[] = "  - {name: c, count: 7, resources: 'cpus:2;mem:4096'}\n";
    static const char idle[] =
        "  - {name: idle, model: batch, role: idle, arrivals: 5000d, duration: 1s}\n";
    static const char busy[] =
        "  - {name: busy, model: batch, role: etl, arrivals: 5s, duration: 5m, cpus: 2}\n";
    static const Surroundings variants[] = {
        {.what = "a framework without work", .frameworks = idle},
        {.what = "a framework with much work", .frameworks = busy},
        {.what = "a framework in front", .frameworks_before = busy},
        {.what = "failures of another group",
         .failures = "  - {what: agent-crash, agents: [b], mtbf: 30m, down: 1m}\n"},
        {.what = "another group", .agents = group},
        {.what = "a group in front", .agents_before = group},
        {.what = "another policy", .head = "master: {policy: fifo}\n"},
        {.what = "another order", .head = "master: {policy: random, agent_order: sorted}\n"},
        {.what = "another interval", .head = "master: {allocation_interval: 7s}\n"},
        {.what = "explicit heartbeats", .head = "master: {heartbeats: explicit}\n"},
        {.what = "offers that expire", .head = "master: {offer_timeout: 3s}\n"},
    };
    Cell *base = lab((Surroundings){0});
    g_autofree char *expected = fate(base);
    cell_free(base);
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        Cell *cell = lab(variants[i]);
        g_autofree char *is = fate(cell);
        if (strcmp(is, expected) != 0) fail_msg("%s changes it", variants[i].what);
        cell_free(cell);
    }
}

static void another_seed_is_another_fate(void **state)
{
    Cell *one = lab((Surroundings){.head = "seed: 1\n"}),
         *same = lab((Surroundings){.head = "seed: 1\n"}),
         *two = lab((Surroundings){.head = "seed: 2\n"});
    g_autofree char *a = fate(one), *b = fate(same), *c = fate(two);
    g_autofree char *da = digest(one), *db = digest(same), *dc = digest(two);
    assert_string_equal(a, b);
    assert_string_equal(da, db);
    assert_string_not_equal(a, c);
    assert_string_not_equal(da, dc);
    cell_free(one);
    cell_free(same);
    cell_free(two);
}

/* Slices of the run, odd and even, and a longer duration cut short, go the same way. */
static void pieces_of_a_run_go_the_same_way(void **state)
{
    Cell *whole = lab((Surroundings){0});
    g_autofree char *text =
        g_strdup_printf("duration: 6h\nagents:\n" BASE_AGENTS "frameworks:\n" BASE_FRAMEWORKS
                        "failures:\n" BASE_FAILURES);
    Cell *pieces = cell_new(text);
    HfTime at = 0;
    for (HfTime i = 0; at < 6 * HF_NS_PER_HOUR; i++) {
        HfTime step = 1 + i * i * 1000003 % (60 * S);
        at = MIN(at + step, 6 * HF_NS_PER_HOUR);
        cell_run(pieces, at);
    }
    hf_world_finish(pieces->world);
    g_autofree char *a = digest(whole), *b = digest(pieces);
    assert_string_equal(a, b);
    cell_free(whole);
    cell_free(pieces);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_elsewhere_changes_nobodys_draws),
        cmocka_unit_test(another_seed_is_another_fate),
        cmocka_unit_test(pieces_of_a_run_go_the_same_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
