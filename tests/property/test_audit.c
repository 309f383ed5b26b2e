/*
 * Whole runs under audit. Random scenarios, swarm-style (each seed draws which policies, laws,
 * frameworks and failures it has, some of them extreme), break no invariant.
 *
 * HOLDFAST_SWARM=N runs N seeds instead of the few; a seed that breaks prints its scenario.
 */
#include "unit/models/lab.h"

#include <stdlib.h>

#include "audit/audit.h"
#include "property/sometimes.h"

/* ---- random scenarios ---- */

typedef struct Draw {
    HfStream stream, writes; /* what tasks write is drawn apart */
    GString *text;
    HfEra era;
    gboolean has_quota, has_residents, has_failovers;
    uint32_t hosts, disk_hosts; /* that have disk for a resident */
} Draw;

static uint32_t pick(Draw *draw, uint32_t count)
{
    return (uint32_t)(hf_stream_uniform(&draw->stream) * count);
}

static gboolean chance(Draw *draw, double probability)
{
    return hf_stream_uniform(&draw->stream) < probability;
}

/* One of the alternatives, which "|" separates; "" is one, too. */
static char *one_of(Draw *draw, const char *alternatives)
{
    g_auto(GStrv) list = g_strsplit(alternatives, "|", -1);
    return g_strdup(list[pick(draw, g_strv_length(list))]);
}

static void say(Draw *draw, const char *key, const char *alternatives)
{
    g_autofree char *value = one_of(draw, alternatives);
    g_string_append_printf(draw->text, "%s: %s, ", key, value);
}

/* A duration between two (in ms), or a law with such a middle. */
static char *some_time(Draw *draw, uint32_t low_ms, uint32_t high_ms)
{
    uint32_t ms = low_ms + pick(draw, high_ms - low_ms + 1);
    switch (pick(draw, 3)) {
    case 0:
        return g_strdup_printf("%ums", ms);
    case 1:
        return g_strdup_printf("{law: exponential, mean: %ums}", ms);
    default:
        return g_strdup_printf("{law: lognormal, median: %ums, sigma: 1}", ms);
    }
}

static void say_time(Draw *draw, const char *key, uint32_t low_ms, uint32_t high_ms)
{
    g_autofree char *value = some_time(draw, low_ms, high_ms);
    g_string_append_printf(draw->text, "%s: %s, ", key, value);
}

/* The era, and whether some role has a quota: from a stream of their own. */
static void draw_era(Draw *draw, uint64_t seed)
{
    HfStream stream;
    hf_stream_init(&stream, seed, "swarm-era", 0);
    draw->era = (HfEra)hf_stream_below(&stream, HF_ERAS);
    draw->has_quota = draw->era >= HF_ERA_1_4 && hf_stream_below(&stream, 2) == 0;
    g_string_append_printf(draw->text, "era: '%s'\n", hf_era_name(draw->era));
    if (!draw->has_quota) return;
    gboolean is_limit = draw->era == HF_ERA_1_11 && hf_stream_below(&stream, 2) == 0;
    g_string_append_printf(draw->text, "roles: {a: {guarantee: 'cpus:1;mem:512'}, c: {%s}}\n",
                           is_limit ? "limit: 'cpus:2;mem:2048'" : "guarantee: 'cpus:1'");
}

static void draw_master(Draw *draw, uint64_t seed)
{
    g_string_append(draw->text, "master: {");
    say(draw, "policy", "drf|random|fifo");
    say(draw, "role_sorter", draw->era == HF_ERA_1_11 ? "drf|random" : "drf|drf");
    say(draw, "agent_order", "shuffled|sorted");
    say(draw, "offer_scope", draw->has_quota ? "agent|agent|agent" : "agent|agent|cell");
    say(draw, "heartbeats", "virtual|explicit");
    say(draw, "allocation_interval", "1s|200ms|5s");
    say(draw, "offer_timeout", "none|3s|30s");
    say(draw, "agent_ping_timeout", draw->era == HF_ERA_0_22 ? "15s|15s" : "15s|1s");
    if (draw->has_failovers) {
        say(draw, "registry_latency", "0s|0s|10ms|{law: exponential, mean: 3s}");
        say(draw, "registry_gc_interval", "15m|1m");
        say(draw, "registry_max_agent_age", "14d|1m");
        say(draw, "recovery_agent_removal_limit", "1|0.3");
    }
    g_string_append(draw->text, "}\nnetwork: {");
    if (chance(draw, 0.4))
        say(draw, "latency", "0s|1ms|1us");
    else if (chance(draw, 0.5))
        say_time(draw, "latency", 1, 2000);
    else
        say_time(draw, "latency", 1000, 8000); /* about as long as the time-outs */
    HfStream kept = draw->stream;
    hf_stream_init(&draw->stream, seed, "swarm-network", 0);
    say(draw, "retransmit_for", "0s|0s|20s|15m");
    say(draw, "loss", "0|0|0.1");
    draw->stream = kept;
    g_string_append(draw->text, "}\n");
}

static void draw_agents(Draw *draw)
{
    static const char *const resources[] = {
        "cpus:8;mem:16384;ports:[31000-31099]", "cpus:4;mem:8192;disk:1000;ports:[31000-31010]",
        "cpus:2;cpus(a):2;mem:4096;mem(a):4096;ports(a):[1-5];ports:[31000-31003]",
        "cpus(a):1;cpus(b):1;cpus(c):1;cpus:3;mem:4096;mem(c):1024;disk(b):500;disk:500;gpus:2;"
        "ports:[31000-31004]",
        "cpus:4;mem:4096;ports:[1-4];bananas:7;set:{x,y,z}"};
    g_string_append(draw->text, "agents:\n");
    uint32_t groups = 1 + pick(draw, 2);
    for (uint32_t g = 0; g < groups; g++) {
        const char *what = resources[pick(draw, G_N_ELEMENTS(resources))];
        uint32_t count = 1 + pick(draw, 8);
        draw->hosts += count;
        if (strstr(what, "disk:") != NULL) draw->disk_hosts += count;
        g_string_append_printf(draw->text,
                               "  - {name: g%u, count: %u, resources: '%s', attributes: "
                               "'rack:r{index/2}'}\n",
                               g, count, what);
    }
}

/* Instances, each on a host of its own or not; more of those than hosts would be refused. */
static void say_instances(Draw *draw, uint32_t instances, gboolean is_unique, uint32_t hosts)
{
    if (is_unique) instances = MIN(instances, MAX(hosts, 1));
    g_string_append_printf(draw->text, "instances: %u, unique_hosts: %s, ", instances,
                           is_unique ? "true" : "false");
}

static void draw_writes(Draw *draw)
{
    HfStream other = draw->stream;
    draw->stream = draw->writes;
    if (chance(draw, 0.4)) {
        say(draw, "sandbox", "10|{law: exponential, mean: 100}");
        if (chance(draw, 0.6)) say(draw, "sandbox_growth", "0.5|{law: exponential, mean: 3}");
    }
    draw->writes = draw->stream;
    draw->stream = other;
}

static void draw_batch(Draw *draw)
{
    draw_writes(draw);
    g_string_append(draw->text, "model: batch, ");
    say_time(draw, "arrivals", 1000, 60000);
    say(draw, "tasks", "1|3|{law: geometric, mean: 4}");
    say_time(draw, "duration", 500, 200000);
    say(draw, "cpus", "1|0.5|2");
    say(draw, "mem", "128|512");
    say(draw, "refuse", "0s|1s|5s|2m|500ms");
    say(draw, "suppress", "true|false");
    say(draw, "min_revive_interval", "0s|1s|5s");
    say(draw, "think", "{base: 0s}|{base: 2s}|{base: 100ms}");
    say(draw, "hold", "used|all");
    say(draw, "tasks_per_offer", "0|1");
}

static void draw_marathon(Draw *draw)
{
    g_string_append(draw->text, "model: marathon, max_backoff: 30s, ");
    say(draw, "refuse", "0s|5s|120s");
    g_string_append(draw->text, "apps: [");
    uint32_t apps = 1 + pick(draw, 2);
    for (uint32_t a = 0; a < apps; a++) {
        g_string_append_printf(draw->text, "{id: /x%u, mem: 256, ", a);
        draw_writes(draw);
        static const uint32_t most[] = {1, 4, 10};
        uint32_t instances = most[pick(draw, G_N_ELEMENTS(most))];
        say(draw, "cpus", "1|0.25");
        say(draw, "ports", "0|1|2");
        say_instances(draw, instances, pick(draw, 3) == 0, draw->hosts);
        if (chance(draw, 0.6)) say_time(draw, "lifetime", 1000, 300000);
        g_string_append(draw->text, "}, ");
    }
    g_string_append(draw->text, "]");
}

static void draw_frameworks(Draw *draw)
{
    g_string_append(draw->text, "frameworks:\n");
    uint32_t count = 1 + pick(draw, 4);
    for (uint32_t f = 0; f < count; f++) {
        gboolean is_early = draw->era < HF_ERA_1_4; /* one flat role, and no capabilities */
        g_autofree char *role =
            one_of(draw, is_early ? "role: a|role: b|role: a|role: c|role: b|role: '*'"
                                  : "role: a|role: b|role: a/x|role: c|roles: [a, b]|role: '*'");
        g_string_append_printf(draw->text, "  - {name: f%u, %s, ", f, role);
        say(draw, "capabilities",
            is_early ? "[]|[]|[]|[]"
                     : "[MULTI_ROLE]|[MULTI_ROLE, PARTITION_AWARE]|[MULTI_ROLE, GPU_RESOURCES, "
                       "PARTITION_AWARE]|[MULTI_ROLE, RESERVATION_REFINEMENT]");
        say(draw, "checkpoint", "true|false");
        say(draw, "start", "0s|90s");
        if (chance(draw, 0.6))
            draw_batch(draw);
        else
            draw_marathon(draw);
        g_string_append(draw->text, "}\n");
    }
}

/* A service that keeps its data, and agents with room for it, from streams of their own.
 * Reservations came with 0.23. */
static void draw_homes(Draw *draw, uint64_t seed)
{
    Draw own = {.text = draw->text};
    hf_stream_init(&own.stream, seed, "swarm-homes", 0);
    draw->has_residents = draw->era >= HF_ERA_0_23 && chance(&own, 0.7);
    if (!draw->has_residents) return;
    g_string_append(own.text, "  - {name: home, attributes: 'rack:r0', ");
    say(&own, "count", "1|2|4");
    say(&own, "resources", "'cpus:4;mem:4096;disk:400'|'cpus:1;mem:1024;disk:60'");
    g_string_append(own.text, "}\n");
}

static void draw_residents(Draw *draw, uint64_t seed)
{
    Draw own = {.text = draw->text};
    hf_stream_init(&own.stream, seed, "swarm-residents", 0);
    if (!draw->has_residents) return;
    g_string_append(own.text, "  - {name: keeper, role: d, model: marathon, principal: keeper, "
                              "max_backoff: 10s, ");
    say(&own, "checkpoint", "true|true|false");
    say(&own, "failover_timeout", "10s|5m");
    g_string_append(own.text, "apps: [{id: /d, cpus: 0.5, mem: 256, disk: 50, residency: true, ");
    uint32_t instances = 1 + pick(&own, 3);
    say_instances(&own, instances, pick(&own, 2) == 0, draw->disk_hosts);
    say_time(&own, "lifetime", 5000, 200000);
    g_string_append(own.text, "}]}\n");
}

/* A framework with executors of its own, which hold something beside their tasks: from a stream of
 * its own. */
static void draw_executors(Draw *draw, uint64_t seed)
{
    Draw own = {.text = draw->text};
    hf_stream_init(&own.stream, seed, "swarm-executors", 0);
    if (chance(&own, 0.5)) return;
    g_string_append(own.text, "  - {name: spark, model: spark, mode: fine, task_cpus: 0.5, "
                              "mesos_executor_cpus: 0.25, executor_mem: 256, ");
    say(&own, "role", "a|b|'*'");
    say(&own, "checkpoint", "true|false");
    say(&own, "failover_timeout", "0s|10s|5m");
    say(&own, "capabilities",
        draw->era < HF_ERA_1_4 ? "[]|[]" : "[MULTI_ROLE]|[MULTI_ROLE, PARTITION_AWARE]");
    say_time(&own, "arrivals", 2000, 60000);
    g_string_append(own.text, "stages: [{");
    say(&own, "tasks", "1|4|{law: geometric, mean: 6}");
    say_time(&own, "duration", 500, 60000);
    g_string_append(own.text, "}]}\n");
}

static void draw_failures(Draw *draw)
{
    g_string_append(draw->text, "failures: [\n");
    if (chance(draw, 0.2)) return;
    uint32_t count = 1 + pick(draw, 2);
    for (uint32_t f = 0; f < count; f++) {
        if (chance(draw, 0.6)) {
            g_string_append(draw->text, "  {what: agent-crash, ");
            say_time(draw, "mtbf", 20000, 600000);
            if (chance(draw, 0.5))
                say_time(draw, "down", 1, 2000); /* back before anybody knows */
            else
                say_time(draw, "down", 2000, 300000);
        } else {
            g_string_append(draw->text, "  {what: outage, at: 2m, every: 5m, "
                                        "attribute: 'rack:r0', ");
            say(draw, "for", "100ms|5s|70s|80s|200s");
        }
        say(draw, "detect", "socket|ping");
        g_string_append(draw->text, "},\n");
    }
}

/* Processes, disks, links and schedulers that fail: from a stream of their own. */
static void draw_more_failures(Draw *draw, uint64_t seed)
{
    hf_stream_init(&draw->stream, seed, "swarm-failures", 0);
    static const char *const what[] = {"agent-restart", "reboot",    "host-loss",
                                       "partition",     "disk-fill", "mount-missing"};
    for (size_t i = 0; i < G_N_ELEMENTS(what); i++) {
        if (!chance(draw, 0.3)) continue;
        g_string_append_printf(draw->text, "  {what: %s, ", what[i]);
        say_time(draw, "mtbf", 20000, 600000);
        if (i == 0) say(draw, "lose_executors", "0|0.5");
        if (i == 1) say(draw, "agent_id", "era|new");
        if (i == 2) say_time(draw, "replaced_after", 1, 300000);
        if (i == 4) say(draw, "amount", "100|{law: exponential, mean: 1000}");
        if (i == 4) say_time(draw, "for", 1, 200000);
        if (i == 5) say_time(draw, "missing", 1, 100000);
        if (i == 3) say(draw, "way", "both|to-master|from-master|break");
        if (i < 2 || i == 5) say_time(draw, "down", 1, 100000);
        if (i == 3) say_time(draw, "for", 1, 200000);
        if (i == 1 || i == 2) say(draw, "detect", "socket|ping");
        g_string_append(draw->text, "},\n");
    }
    if (!chance(draw, 0.3)) return;
    g_string_append(draw->text, "  {what: framework-failover, ");
    say_time(draw, "mtbf", 20000, 600000);
    say_time(draw, "down", 1, 100000);
    g_string_append(draw->text, "},\n");
}

/* What befalls those who keep data: the agent dies while it writes, early, when there is something
 * to write; their scheduler is gone for longer than it may be. */
static void draw_losses(Draw *draw, uint64_t seed)
{
    Draw own = {.text = draw->text};
    hf_stream_init(&own.stream, seed, "swarm-losses", 0);
    if (!draw->has_residents) return;
    if (chance(&own, 0.2))
        g_string_append(own.text, "  {what: framework-failover, frameworks: [keeper], at: 5m, "
                                  "down: 30s},\n");
    if (chance(&own, 0.5)) return;
    g_string_append(own.text, "  {what: agent-restart, at: 3s, every: 2m, down: 20s, ");
    say(&own, "dies_while_writing", "nothing|target|volumes|committed");
    g_string_append(own.text, "},\n");
}

/* Links in trouble: from a stream of their own, so that the rest of a seed's scenario stays. */
static void draw_links(Draw *draw, uint64_t seed)
{
    hf_stream_init(&draw->stream, seed, "swarm-links", 0);
    if (chance(draw, 0.5)) return;
    uint32_t count = 1 + pick(draw, 3);
    for (uint32_t f = 0; f < count; f++) {
        uint32_t kind = pick(draw, 3);
        say(draw, "  {what",
            kind == 0   ? "partition"
            : kind == 1 ? "scheduler-partition"
                        : "slow-link");
        say_time(draw, "mtbf", 20000, 600000);
        if (chance(draw, 0.5))
            say_time(draw, "for", 100, 20000);
        else
            say_time(draw, "for", 20000, 300000);
        if (kind < 2) say(draw, "way", "both|both|to-master|from-master|break");
        if (kind == 2) say_time(draw, "latency", 1, 8000);
        g_string_append(draw->text, "},\n");
    }
}

/* Masters that end: now and then, several in a row, or because the registry is slow. */
static void draw_failovers(Draw *draw)
{
    g_string_append(draw->text, "  {what: master-failover, ");
    say_time(draw, "mtbf", 5000, 400000);
    say_time(draw, "down", 1, 100000);
    say(draw, "times", "1|1|3");
    say(draw, "between", "0s|300ms|5s");
    g_string_append(draw->text, "},\n");
}

static char *scenario_of(uint64_t seed, gboolean has_failovers)
{
    Draw draw = {.text = g_string_new(NULL), .has_failovers = has_failovers};
    hf_stream_init(&draw.stream, seed, "swarm", 0);
    hf_stream_init(&draw.writes, seed, "swarm-writes", 0);
    g_string_append_printf(draw.text, "seed: %" G_GUINT64_FORMAT "\nduration: 15m\n", seed);
    draw_era(&draw, seed);
    draw_master(&draw, seed);
    draw_agents(&draw);
    draw_homes(&draw, seed);
    draw_frameworks(&draw);
    draw_residents(&draw, seed);
    draw_executors(&draw, seed);
    draw_failures(&draw);
    draw_more_failures(&draw, seed);
    draw_losses(&draw, seed);
    if (has_failovers) draw_failovers(&draw);
    draw_links(&draw, seed);
    g_string_append(draw.text, "]\n");
    return g_string_free(draw.text, FALSE);
}

static void check_shares(const Cell *cell)
{
    const HfCatalog *catalog = hf_world_catalog(cell->world);
    const HfAllocator *allocator = hf_master_allocator(hf_world_master(cell->world));
    gboolean is_cell = hf_world_scenario(cell->world)->master.offer_scope == HF_OFFER_CELL;
    for (HfRoleId role = 0; role < catalog->role_count; role++)
        if (hf_role_depth(catalog, role) <= 1)
            hf_audit_share(cell->audit, role, !is_cell, NULL, 0,
                           hf_allocator_role_share(allocator, role));
}

typedef struct Seen {
    uint64_t seeds, records, lost, elected;
    Sometimes sometimes;
} Seen;

static void run_seed(uint64_t seed, gboolean has_failovers, Seen *seen)
{
    g_autofree char *text = scenario_of(seed, has_failovers);
    Cell *cell = cell_new(text);
    sometimes_begin(&seen->sometimes, cell->world);
    hf_world_run(cell->world, hf_world_scenario(cell->world)->duration);
    check_shares(cell);
    hf_audit_finish(cell->audit);
    const HfAuditBreach *breach = hf_audit_breach(cell->audit);
    if (breach) {
        for (guint i = 0; i < breach->records->len; i++)
            g_printerr("%s\n", (const char *)g_ptr_array_index(breach->records, i));
        g_printerr("%s\n", text); /* cmocka's print_error cuts long texts */
        fail_msg("seed %u: %s: %s", (unsigned)seed, breach->invariant, breach->sentence);
    }
    hf_world_check(cell->world);
    seen->seeds++;
    seen->records += hf_audit_records(cell->audit);
    seen->lost += cell_count(cell, HF_RECORD_MESSAGE_LOST);
    seen->elected += cell_count(cell, HF_RECORD_MASTER_ELECTED);
    cell_free(cell);
}

static void run_swarm(uint64_t first, gboolean has_failovers)
{
    const char *wanted = g_getenv("HOLDFAST_SWARM");
    uint64_t seeds = wanted ? g_ascii_strtoull(wanted, NULL, 10) : has_failovers ? 60 : 100;
    Seen seen = {0};
    for (uint64_t seed = first; seed < first + seeds; seed++) run_seed(seed, has_failovers, &seen);
    /* Else the search is blind. */
    assert_true(seen.records > 2000 * seeds);
    assert_true(seen.lost > seeds);
    if (!has_failovers) assert_int_equal(sometimes_never(&seen.sometimes), 0);
    sometimes_clear(&seen.sometimes);
    assert_true(!has_failovers || seen.elected > 3 * seeds);
}

/* Seeds that once broke, beyond those that are always run: a master that writes an agent off and
 * ends before it says so; an agent that runs more than fits, for orders to stop were lost; an agent
 * that was admitted, of which the next master speaks first. */
static void seeds_that_once_broke_do_not_again(void **state)
{
    static const uint64_t seeds[] = {1568, 1735, 1952};
    Seen seen = {0};
    for (guint i = 0; i < G_N_ELEMENTS(seeds); i++) run_seed(seeds[i], TRUE, &seen);
    sometimes_clear(&seen.sometimes);
}

static void random_scenarios_break_no_invariant(void **state)
{
    run_swarm(1, FALSE);
}

static void masters_that_follow_each_other_break_no_invariant(void **state)
{
    run_swarm(1001, TRUE);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_scenarios_break_no_invariant),
        cmocka_unit_test(masters_that_follow_each_other_break_no_invariant),
        cmocka_unit_test(seeds_that_once_broke_do_not_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
