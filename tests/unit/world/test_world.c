/* Building a world and running it: what is refused, and that how it is run changes no result. */
#include "unit/world/greedy.h"

#include "base/random.h"

#define FRAMEWORK "frameworks: [{name: f, model: greedy}]\n"

static void static_owners_follow_names_and_shares(void **state)
{
    Cell *cell = cell_new("duration: 1h\n"
                          "master: {policy: static}\n"
                          "agents: [{name: own, count: 3, resources: 'cpus:1'},\n"
                          "         {name: pool, count: 10, resources: 'cpus:1'}]\n"
                          "roles: {a: {agents: [own]}, b: {partition: 0.5}, c: {partition: 0.4}}\n"
                          "frameworks: [{name: f, model: greedy, role: a}]\n");
    HfRoleId a, b, c;
    assert_true(hf_role_intern(hf_world_catalog(cell->world), "a", &a, NULL));
    assert_true(hf_role_intern(hf_world_catalog(cell->world), "b", &b, NULL));
    assert_true(hf_role_intern(hf_world_catalog(cell->world), "c", &c, NULL));
    for (uint32_t h = 0; h < 13; h++) {
        HfRoleId owner = h < 3 ? a : h < 8 ? b : h < 12 ? c : HF_ROLE_NONE;
        assert_int_equal(cell->world->hosts[h].agent.owner, owner);
    }
    cell_free(cell);
}

static void a_run_ends_at_its_duration_and_not_later(void **state)
{
    Cell *cell =
        cell_new("duration: 100s\nagents: [{name: a, count: 2, resources: 'cpus:1'}]\n" FRAMEWORK);
    hf_world_run(cell->world, HF_TIME_NEVER);
    assert_int_equal(hf_world_now(cell->world), 100 * S);
    hf_world_finish(cell->world);
    assert_int_equal(cell_record(cell, HF_RECORD_RUN_ENDED, 0)->at, 100 * S);
    HfWorldMemory memory = hf_world_memory(cell->world);
    assert_true(memory.engine > 0 && memory.master > 0 && memory.allocator > 0 &&
                memory.messages > 0 && memory.hosts > 0 && memory.recorder > 0);
    HfTraceNames names = hf_world_names(cell->world);
    assert_string_equal(names.host(names.context, 1), "a-1");
    assert_null(names.host(names.context, 2));
    assert_string_equal(names.framework(names.context, 0), "f");
    assert_string_equal(names.agent(names.context, 1), "S00000001");
    cell_free(cell);
}

/* ---- random worlds ---- */

static uint64_t below(HfStream *stream, uint64_t bound)
{
    return hf_stream_below(stream, bound);
}

/* A scenario drawn from a seed: agents, frameworks and the master's settings. */
static char *draw_scenario(HfStream *stream)
{
    static const char *const policies[] = {"drf", "random", "fifo"};
    static const char *const latencies[] = {"0s", "1ms", "250ms", "4s",
                                            "{law: exponential, mean: 200ms}"};
    static const char *const timeouts[] = {"none", "5s", "40s"};
    GString *text = g_string_new("duration: 30m\nrecord: {interval: 1m}\n");
    g_string_append_printf(text, "seed: %u\nwarm_up: %us\n", (unsigned)below(stream, 1000),
                           (unsigned)below(stream, 900));
    g_string_append_printf(
        text,
        "master: {policy: %s, agent_order: %s, offer_scope: %s, offer_timeout: %s,"
        " heartbeats: %s, agent_ping_timeout: %us}\n",
        policies[below(stream, 3)], below(stream, 2) ? "shuffled" : "sorted",
        below(stream, 4) ? "agent" : "cell", timeouts[below(stream, 3)],
        below(stream, 2) ? "virtual" : "explicit", 5 + (unsigned)below(stream, 20));

    g_string_append_printf(text, "network: {latency: %s}\n", latencies[below(stream, 5)]);
    g_string_append_printf(text,
                           "agents: [{name: a, count: %u, resources: 'cpus:%u;mem:100'},\n"
                           "         {name: b, count: %u, resources: 'cpus:1;cpus(r1):2'}]\n"
                           "frameworks:\n",
                           1 + (unsigned)below(stream, 8), 1 + (unsigned)below(stream, 8),
                           1 + (unsigned)below(stream, 4));
    uint64_t frameworks = 1 + below(stream, 4);
    for (uint64_t f = 0; f < frameworks; f++)
        g_string_append_printf(
            text,
            "  - {name: f%u, model: greedy, role: r%u, start: %us, tasks: %u, cpus: 0.%u,"
            " duration: %s, kill_after: %us, fails: %s, holds: %s, checkpoint: %s%s}\n",
            (unsigned)f, (unsigned)below(stream, 3), (unsigned)below(stream, 100),
            (unsigned)below(stream, 300), 1 + (unsigned)below(stream, 9),
            below(stream, 4) ? "20s" : "never", below(stream, 3) ? 0 : 30,
            below(stream, 2) ? "true" : "false", below(stream, 6) ? "false" : "true",
            below(stream, 2) ? "true" : "false",
            below(stream, 3) ? "" : ", capabilities: [PARTITION_AWARE]");
    return g_string_free(text, FALSE);
}

/* Run it in slices, with hosts going down and coming back between them, and all books recounted. */
static void random_worlds_keep_their_books(void **state)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        HfStream stream;
        hf_stream_init(&stream, seed, "random-world", 0);
        g_autofree char *text = draw_scenario(&stream);
        Cell *cell = cell_new(text);
        HfTime at = 0;
        while (at < 1800 * S) {
            HfTime step = 1 + (HfTime)below(&stream, 20 * (uint64_t)S);
            at = MIN(at + step, 1800 * S);
            cell_run(cell, at); /* checks */
            uint32_t host = (uint32_t)below(&stream, hf_world_hosts(cell->world));
            if (below(&stream, 3) == 0) hf_world_host_crash(cell->world, host, below(&stream, 2));
            if (below(&stream, 3) == 0) hf_world_host_return(cell->world, host);
            hf_world_check(cell->world);
        }
        hf_world_finish(cell->world);
        HfMetrics *metrics = hf_metrics_new(cell->world);
        /* What holds of every run: nobody uses what is not allocated, or allocates what is not
         * there. */
        double allocated = cell_metric(metrics, "utilization.cpus.allocated_peak");
        assert_true(!(allocated > 1));
        hf_metrics_free(metrics);
        cell_free(cell);
    }
}

static void digest_of(Cell *cell, char out[HF_DIGEST_TEXT_SIZE])
{
    hf_trace_digest(hf_world_trace(cell->world), out);
}

static void count_record(void *context, const HfRecord *record)
{
    ++*(uint64_t *)context;
}

static void sink_task(void *context, const HfTaskRecord *task)
{
    ++*(uint64_t *)context;
}

/* One run or many slices, with listeners and without, checked or not: the digest is the same. */
static void how_it_is_run_and_watched_changes_no_digest(void **state)
{
    for (uint64_t seed = 100; seed < 110; seed++) {
        char whole[HF_DIGEST_TEXT_SIZE], sliced[HF_DIGEST_TEXT_SIZE];
        HfStream stream;
        hf_stream_init(&stream, seed, "random-world", 0);
        g_autofree char *text = draw_scenario(&stream);
        Cell *one = cell_new(text);
        hf_world_run(one->world, HF_TIME_NEVER);
        hf_world_finish(one->world);
        digest_of(one, whole);
        Cell *two = cell_new(text);
        uint64_t records = 0, tasks = 0;
        hf_trace_listen(hf_world_trace(two->world), count_record, &records);
        hf_recorder_set_task_sink(hf_world_recorder(two->world), sink_task, &tasks);
        for (int i = 1; i <= 1000; i++) cell_run(two, 1800 * S / 1000 * i);
        hf_world_finish(two->world);
        digest_of(two, sliced);
        assert_string_equal(whole, sliced);
        assert_int_equal(one->log.count, two->log.count);
        assert_int_equal(records, two->log.count);
        cell_free(one);
        cell_free(two);
    }
}

static void another_seed_has_another_digest(void **state)
{
    char digests[3][HF_DIGEST_TEXT_SIZE];
    static const unsigned seeds[] = {1, 1, 2};
    for (int i = 0; i < 3; i++) {
        g_autofree char *text =
            g_strdup_printf("duration: 10m\nseed: %u\n"
                            "agents: [{name: a, count: 5, resources: 'cpus:4'}]\n"
                            "frameworks: [{name: f, model: greedy, tasks: 50, duration: 20s}]\n",
                            seeds[i]);
        Cell *cell = cell_new(text);
        hf_world_run(cell->world, HF_TIME_NEVER);
        hf_world_finish(cell->world);
        digest_of(cell, digests[i]);
        cell_free(cell);
    }
    assert_string_equal(digests[0], digests[1]);
    assert_string_not_equal(digests[0], digests[2]);
}

static void stop_at_first_registration(void *context, const HfRecord *record)
{
    if (record->type == HF_RECORD_AGENT_REGISTERED) hf_world_stop(context);
}

static void stopping_ends_the_run_after_the_event_in_hand(void **state)
{
    Cell *cell =
        cell_new("duration: 100s\nagents: [{name: a, count: 2, resources: 'cpus:1'}]\n" FRAMEWORK);
    hf_trace_listen(hf_world_trace(cell->world), stop_at_first_registration, cell->world);
    assert_int_equal(hf_world_run(cell->world, 50 * S), HF_RUN_STOPPED);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 1);
    assert_int_equal(hf_world_now(cell->world),
                     cell_record(cell, HF_RECORD_AGENT_REGISTERED, 0)->at);
    assert_int_equal(hf_world_run(cell->world, 50 * S), HF_RUN_STOPPED); /* the second agent */
    assert_int_equal(hf_world_run(cell->world, 50 * S), HF_RUN_REACHED);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 2);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(static_owners_follow_names_and_shares),
        cmocka_unit_test(a_run_ends_at_its_duration_and_not_later),
        cmocka_unit_test(random_worlds_keep_their_books),
        cmocka_unit_test(how_it_is_run_and_watched_changes_no_digest),
        cmocka_unit_test(another_seed_has_another_digest),
        cmocka_unit_test(stopping_ends_the_run_after_the_event_in_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
