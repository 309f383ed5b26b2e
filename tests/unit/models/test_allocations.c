/*
 * What a world asks of the system once it is warm, and what one idle agent costs. Counted at malloc
 * itself, which this file stands in front of; under AddressSanitizer, which does the same, there is
 * nothing to count and the test is skipped.
 */
#include "unit/models/lab.h"

#include <malloc.h>

#include "support/malloc_calls.h"

#ifndef HF_MALLOC_IS_COUNTED

HF_MALLOC_NOT_COUNTED

#else

static HfWorld *world_of(const char *text, HfScenarioSet **set_out)
{
    GError *error = NULL;
    *set_out = cell_parse(text);
    HfWorld *world = hf_world_new((*set_out)->arms[0], &error);
    if (world == NULL) fail_msg("%s", error->message);
    return world;
}

/*
 * A busy cell: services, batch work that comes and goes, think time, crashes. In the second five
 * hours nothing is allocated for each event; what is left are new peaks (of a message's list, of
 * what one agent holds at once), agents that register again, and the tables, which double.
 */
static void after_warm_up_only_new_peaks_allocate(void **state)
{
    static const char text[] =
        "name: steady\n"
        "duration: 10h\n"
        "warm_up: 5h\n"
        "record: {interval: 1m, tasks: none}\n"
        "agents: [{name: a, count: 200, resources: 'cpus:8;mem:16384;ports:[31000-32000]',"
        " attributes: 'rack:r{index/20}'}]\n"
        "frameworks:\n"
        "  - {name: web, model: marathon, role: web, checkpoint: false,\n"
        "     apps: [{id: /a, instances: 100, ports: 2, lifetime: {law: exponential, mean: "
        "30m}}]}\n"
        "  - {name: etl, model: batch, role: etl, arrivals: {law: exponential, mean: 2s},\n"
        "     tasks: {law: geometric, mean: 4}, duration: {law: exponential, mean: 120s}}\n"
        "  - {name: ml, model: batch, role: ml, arrivals: {law: exponential, mean: 30s}, hold: "
        "all,\n"
        "     tasks: 10, duration: {law: gamma, mean: 5m, shape: 2}, cpus: 2,\n"
        "     think: {base: 1s, per_task: 100ms}}\n"
        "failures:\n"
        "  - {what: agent-crash, mtbf: {law: exponential, mean: 1d},"
        " down: {law: exponential, mean: 5m}}\n";
    HfScenarioSet *set;
    HfWorld *world = world_of(text, &set);
    uint64_t before = hf_malloc_calls;
    hf_world_run(world, 5 * HF_NS_PER_HOUR);
    assert_true(hf_malloc_calls > before); /* the count works */
    uint64_t records = hf_trace_total(hf_world_trace(world));
    before = hf_malloc_calls;
    hf_world_run(world, 10 * HF_NS_PER_HOUR);
    records = hf_trace_total(hf_world_trace(world)) - records;
    print_message("%u allocations in %u records\n", (unsigned)(hf_malloc_calls - before),
                  (unsigned)records);
    assert_true(records > 500000);
    assert_true(hf_malloc_calls - before <= records / 5000);
    hf_world_free(world);
    hf_scenario_set_free(set);
}

/* Bytes in use of a world of so many idle agents, after all have registered. */
static size_t bytes_of(uint32_t agents)
{
    g_autofree char *text =
        g_strdup_printf("name: idle\nduration: 1d\nrecord: {tasks: none}\n"
                        "agents: [{name: a, count: %u,"
                        " resources: 'cpus:16;mem:65536;disk:1000000;ports:[31000-32000]',"
                        " attributes: 'rack:r{index/40}'}]\n"
                        "frameworks: [{name: f, model: batch, start: 20h, arrivals: 1d,"
                        " duration: 1s}]\n",
                        agents);
    struct mallinfo2 before = mallinfo2();
    HfScenarioSet *set;
    HfWorld *world = world_of(text, &set);
    hf_world_run(world, HF_NS_PER_HOUR);
    assert_int_equal(hf_master_agents(hf_world_master(world)), agents);
    struct mallinfo2 after = mallinfo2();
    size_t bytes = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
    HfWorldMemory memory = hf_world_memory(world);
    print_message("%u agents: %.0f bytes each (engine %.0f, master %.0f, allocator %.0f, messages "
                  "%.0f, hosts %.0f, recorder %.0f)\n",
                  agents, (double)bytes / agents, (double)memory.engine / agents,
                  (double)memory.master / agents, (double)memory.allocator / agents,
                  (double)memory.messages / agents, (double)memory.hosts / agents,
                  (double)memory.recorder / agents);
    hf_world_free(world);
    hf_scenario_set_free(set);
    return bytes;
}

static void an_idle_agent_costs_less_than_two_kibibytes(void **state)
{
    static const uint32_t counts[] = {1000, 10000, 20000};
    size_t bytes[3];
    for (int i = 0; i < 3; i++) bytes[i] = bytes_of(counts[i]);
    for (int i = 1; i < 3; i++) {
        assert_true(bytes[i] / counts[i] <= 2048);
        /* Linear: tables double, so an agent more may cost up to twice what it needs, not more. */
        assert_true((bytes[i] - bytes[i - 1]) / (counts[i] - counts[i - 1]) <= 2 * 2048);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_warm_up_only_new_peaks_allocate),
        cmocka_unit_test(an_idle_agent_costs_less_than_two_kibibytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
