/*
 * Random small cells with the real models and their failures: all books are recounted after every
 * slice, the auditor watches every record, and no batch task is ever lost for good.
 */
#include "unit/models/lab.h"

#include "base/random.h"

static uint64_t below(HfStream *stream, uint64_t bound)
{
    return hf_stream_below(stream, bound);
}

#define PICK(stream, ...)                                                                          \
    ((const char *const[]){__VA_ARGS__})[below(                                                    \
        stream, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))]

static void add_framework(HfStream *stream, GString *text, unsigned f)
{
    g_string_append_printf(
        text,
        "  - {name: f%u, role: r%u, start: %us, failover_timeout: %us, checkpoint: %s%s, refuse: "
        "%us, ",
        f, (unsigned)below(stream, 3), (unsigned)below(stream, 60),
        100 * (unsigned)below(stream, 20), PICK(stream, "true", "false"),
        PICK(stream, "", ", capabilities: [PARTITION_AWARE]"), (unsigned)below(stream, 20));
    if (below(stream, 3) == 0)
        g_string_append_printf(
            text,
            "model: marathon, apps: [{id: /a, instances: %u, mem: 10, ports: %u%s},"
            " {id: /b, instances: %u, mem: 10, unique_hosts: true}]}\n",
            (unsigned)below(stream, 6), (unsigned)below(stream, 3),
            PICK(stream, "", ", lifetime: {law: exponential, mean: 2m}"),
            (unsigned)below(stream, 4));
    else
        g_string_append_printf(
            text,
            "model: batch, arrivals: {law: exponential, mean: %us}, jobs: %u, mem: 10, cpus: 0.%u,"
            " tasks: {law: geometric, mean: 3}, duration: {law: exponential, mean: %us},"
            " suppress: %s, hold: %s, tasks_per_offer: %u, think: {base: %s}}\n",
            1 + (unsigned)below(stream, 60), 1 + (unsigned)below(stream, 30),
            1 + (unsigned)below(stream, 9), 1 + (unsigned)below(stream, 100),
            PICK(stream, "true", "false"), PICK(stream, "used", "all"), (unsigned)below(stream, 3),
            PICK(stream, "0s", "1s", "20s"));
}

static char *draw_scenario(HfStream *stream)
{
    GString *text = g_string_new("duration: 3h\nrecord: {interval: 5m}\n");
    g_string_append_printf(text, "seed: %u\n", (unsigned)below(stream, 1000));
    g_string_append_printf(
        text,
        "master: {policy: %s, agent_order: %s, offer_scope: %s, offer_timeout: %s, heartbeats: %s,"
        " agent_removal_rate_limit: %s,"
        " min_allocatable_resources: '%s'}\n",
        PICK(stream, "drf", "random", "fifo"), PICK(stream, "shuffled", "sorted"),
        PICK(stream, "agent", "agent", "cell"), PICK(stream, "none", "10s", "60s"),
        PICK(stream, "virtual", "explicit"), PICK(stream, "0/s", "0/s", "1/min"),
        PICK(stream, "cpus:0.01|mem:32", "cpus:0.5"));
    g_string_append_printf(
        text, "network: {latency: %s, retransmit_for: %s, loss: %s}\n",
        PICK(stream, "0s", "1ms", "300ms", "2s", "{law: exponential, mean: 100ms}"),
        PICK(stream, "0s", "30s", "15m"), PICK(stream, "0", "0", "0.2"));
    g_string_append_printf(
        text,
        "agent: {executor_startup: %s, executor_hangs: %s, executor_registration_timeout: %s}\n",
        PICK(stream, "0s", "4s", "{law: exponential, mean: 20s}"), PICK(stream, "0", "0", "0.2"),
        PICK(stream, "10s", "1m"));
    g_string_append_printf(
        text,
        "agents:\n"
        "  - {name: a, count: %u, resources: 'cpus:4;mem:1000;ports:[1-9]', attributes: "
        "'rack:r{index/2}'}\n"
        "  - {name: b, count: %u, resources: 'cpus:2;cpus(r1):1;mem:1000;ports:[1-3]'}\n"
        "frameworks:\n",
        2 + (unsigned)below(stream, 6), 1 + (unsigned)below(stream, 3));
    unsigned frameworks = 1 + (unsigned)below(stream, 4);
    for (unsigned f = 0; f < frameworks; f++) add_framework(stream, text, f);
    g_string_append_printf(
        text,
        "failures:\n"
        "  - {what: agent-crash, detect: %s, mtbf: {law: exponential, mean: %us},"
        " down: {law: exponential, mean: %us}}\n"
        "  - {what: outage, at: 20m, for: %us, every: 40m, attribute: 'rack:r0', detect: %s}\n",
        PICK(stream, "socket", "ping"), 300 + (unsigned)below(stream, 3000),
        1 + (unsigned)below(stream, 200), 1 + (unsigned)below(stream, 600),
        PICK(stream, "socket", "ping"));
    g_string_append_printf(
        text,
        "  - {what: agent-restart, mtbf: {law: exponential, mean: %us}, down: {law: exponential, "
        "mean: %us}, lose_executors: %s, hang_executors: %s}\n"
        "  - {what: reboot, mtbf: {law: exponential, mean: 2h}, down: 100s, detect: %s, agent_id: "
        "%s}\n"
        "  - {what: host-loss, at: 90m, fraction: 0.3, replaced_after: 10m}\n"
        "  - {what: partition, mtbf: {law: exponential, mean: 1h}, for: {law: exponential, mean: "
        "3m}, way: %s}\n"
        "  - {what: framework-failover, mtbf: {law: exponential, mean: 30m}, down: {law: "
        "exponential, mean: 2m}}\n",
        300 + (unsigned)below(stream, 3000), 1 + (unsigned)below(stream, 1200),
        PICK(stream, "0", "0.2"), PICK(stream, "0", "0.3"), PICK(stream, "socket", "ping"),
        PICK(stream, "era", "new"), PICK(stream, "both", "to-master", "from-master", "break"));
    g_string_append_printf(
        text,
        "  - {what: scheduler-partition, mtbf: {law: exponential, mean: 1h}, for: {law: "
        "exponential, "
        "mean: 3m}, way: %s}\n"
        "  - {what: slow-link, mtbf: {law: exponential, mean: 1h}, for: 10m, latency: {law: "
        "exponential, mean: %s}, loss: %s}\n",
        PICK(stream, "both", "to-master", "from-master", "break"), PICK(stream, "50ms", "20s"),
        PICK(stream, "0", "0.3"));
    return g_string_free(text, FALSE);
}

/* Tasks of batch jobs: each launched one is running, over, or back in the line. */
static void check_nothing_is_forgotten(const Cell *cell)
{
    int64_t finished = 0, launched = 0, ended = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        launched += record->type == HF_RECORD_TASK_LAUNCHED;
        /* In the master's book: a host may take the news of an end down with it. */
        finished += record->type == HF_RECORD_TASK_STATE && record->state == HF_TASK_FINISHED;
        ended += record->type == HF_RECORD_TASK_ENDED;
    }
    /* A task given up with its agent may end there after all, beside its successor. */
    assert_true(finished <= launched);
    assert_true(ended <= launched);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED) - ended, cell->world->run_slots.live);
}

static void books_balance_whatever_happens(void **state)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        HfStream stream;
        hf_stream_init(&stream, seed, "random-lab", 0);
        g_autofree char *text = draw_scenario(&stream);
        Cell *cell = cell_new(text);
        for (int slice = 1; slice <= 60; slice++) cell_run(cell, slice * 3 * HF_NS_PER_MINUTE);
        hf_world_finish(cell->world);
        check_nothing_is_forgotten(cell);
        cell_free(cell);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {cmocka_unit_test(books_balance_whatever_happens)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
